"""Questions that a trainee asks, each with the statements that answer it; and questions that no document answers.

The expectations are written by hand from the five texts, never copied from what a search gave.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from command_line import mbc
from mbc_explorer.lookup import Name, entry, find
from mbc_explorer.render.entries import render_found
from mbc_explorer.search import Index
from mbc_explorer.yaml_source import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer import Catalog
    from mbc_explorer.findable import Hit

FIRST = 5
"""The right statement is among so many hits."""
FIRST_FRESH = 3
"""The same, of the fresh questions."""

CANCERCARE = {
    "what does triple-negative mean": "triple-negative",
    "How do aromatase inhibitors work?": "aromatase-inhibitor-action",
    "When is Lynparza approved?": "olaparib",
    "Can chemo cause numbness and tingling in hands and feet?": "chemotherapy-neuropathy",
    "does tamoxifen give you hot flushes": "hormone-therapy-hot-flashes",
    "Is Verzenio ever given on its own?": "abemaciclib-alone",
    "who can get Trodelvy": "sacituzumab-govitecan",
    "What should I eat when I have diarrhea?": "diarrhea-soluble-fiber diarrhea-pectin diarrhea-low-fat",
    "Can I freeze my eggs before chemotherapy?": "egg-freezing",
    "what are tumour markers": "tumor-marker",
    "does denosumab make bones stronger?": "osteoporosis-denosumab",
    "fulvestrant: pill or injection?": "fulvestrant-injection",
    "can men get breast cancer": "men",
    "When was Enhertu approved?": "trastuzumab-deruxtecan",
    "Does radiotherapy make you tired?": "radiation-fatigue",
    "first line for TNBC": "chemotherapy-first-triple-negative",
    "what drugs are used after two anti-HER2 regimens": "margetuximab",
    "why should a biopsy be repeated when the cancer recurs": "biopsy",
}
BREASTCANCER_ORG = {
    "What does de novo mean?": "de-novo-stage-four de-novo-first-diagnosis",
    "Who reads the scans?": "radiologist-imaging",
    "Is a second opinion worth it?": "second-opinion second-opinion-value",
    "How long do you stay on hormonal therapy?": "hormone-therapy-duration",
    "What is oligometastatic disease?": "local-candidate-few-areas",
    "How much exercise per week is advised?": "exercise",
    "May I take a break from treatment?": "treatment-break",
    "does hormone therapy work if the cancer is HR-": "hormone-therapy-hr-negative",
    "right to try": "expanded-access",
    "Can liver metastases be removed by surgery?": "surgery-liver-benefit",
    "acupunture, massage and yoga": "complementary-practices",
    "Which hormone therapy does ASCO recommend for men?": "asco-men",
    "Can radiation help a pinched nerve?": "radiation-nerve",
    "Faslodex after tamoxifen stops working": "fulvestrant-after",
}
DANA_FARBER = {
    "bad headaches: could it be in the brain?": "brain-headaches",
    "What are the symptoms of spread to the liver?": "liver-jaundice liver-belly-swelling liver-abdominal-pain",
    "how often will I have scans": "routine-imaging",
    "Does the blood-brain barrier matter when brain metastases are treated?": "brain-exception",
    "What happens if a scan shows something abnormal?": "biopsy",
    "Is metastatic breast cancer curable?": "treatable-not-curable",
    "Where can patients find support groups?": "organizations embrace",
    "coughing up blood": "lung-coughing-blood",
    "standard treatment with Herceptin and Perjeta for HER2+ disease": "her2-standard",
    "A new symptom has lasted more than two weeks - should it be checked?": "two-weeks",
    "Is breast cancer in the liver called liver cancer?": "not-liver-cancer",
    "PD-L1 positive TNBC": "immunotherapy-pd-l1",
}
MNT = {
    "Can Herceptin damage the heart?": "trastuzumab-heart",
    "what does the tumor profile tell": "tumor-profile",
    "Should people with MBC drink alcohol?": "alcohol",
    "Does yoga improve sleep?": "yoga",
    "low white blood cell count from targeted drugs": "targeted-neutropenia",
    "Which websites list clinical trials?": "finding-trials",
    "When is Kadcyla an option?": "trastuzumab-emtansine",
    "What is the prognosis?": "no-single-outlook outlook-factors",
    "Is ovarian suppression used in postmenopausal people?": "postmenopausal-no-ovarian-suppression",
    "does obesity raise the risk of breast cancer": "obesity-and-risk",
    "Is palbocilcib an option for HER2 negative ER positive disease?": "palbociclib",
}
MSK = {
    "Is palliative care only for the end of life?": "palliative-care",
    "What are the goals of treatment in metastatic disease?": "goals",
    "Do HER2 drugs have many side effects?": "her2-directed-therapy her2-key-point",
    "What is IMPACT testing?": "tumor-gene-testing",
    "Is there counseling for families?": "psychosocial-support",
    "has screening made metastatic disease less common?": "becoming-less-common",
    "drugs against the androgen receptor": "androgen-receptor",
    "why does cancer come back after the tumor was removed": "remaining-cells",
    "when TNBC stops responding to a chemo drug, what else is there?": "triple-negative-another-chemotherapy",
    "is it a chronic disease": "chronic-condition",
}
QUESTIONS = {
    "cancercare-2024": CANCERCARE,
    "breastcancer-org-2022": BREASTCANCER_ORG,
    "dana-farber-undated": DANA_FARBER,
    "mnt-undated": MNT,
    "msk-2016": MSK,
}
"""Each question with the statements of a document, any of which answers it."""

SHOWN = {
    "T-DM1": "cancercare-2024.trastuzumab-emtansine-components",
    "Ibrance": "mnt-undated.palbociclib",
    "NED": "breastcancer-org-2022.local-remission-goal",
    "oligometastatic disease": "breastcancer-org-2022.local-candidate-few-areas",
    "ADC": "cancercare-2024.sacituzumab-conjugate",
    "neoadjuvant": "msk-2016.becoming-less-common",
    "dana-farber-undated:60": "dana-farber-undated.brain-exception",
    "radiologist": "breastcancer-org-2022.radiologist-imaging",
}
"""Names that a trainee looks up, each with a statement that the entry leads to."""

UNANSWERED = [
    "What is HER2-low?",
    "What is the dose of palbociclib?",
    "How much does Ibrance cost?",
    "What is the median survival in months?",
    "Which drugs are used in perimenopause?",
    "Are biosimilars of trastuzumab allowed?",
    "Is elacestrant used for ESR1 mutations?",
    "Should I get a COVID vaccine during chemotherapy?",
    "Can gene editing cure it?",
    "Is tamoxifen safe in pregnancy?",
    "Does scalp cooling prevent hair loss?",
    "Does palbociclib cause hair loss?",
    "What are the side effects of pertuzumab?",
    "What does olaparib do to blood counts?",
    "five year survival rate of triple-negative disease",
    "Is pertuzumab given as an injection under the skin?",
    "What is a Ki-67 score?",
    "Is afatinib an option?",
]
"""Of these, no document says anything: the words occur nowhere, or never of what is asked about."""


FRESH = read_yaml(Path(__file__).with_name("fresh_questions.yaml")).data
"""Further questions, written before the search was tuned to them."""


def numbers(spans: list[int | str]) -> set[int]:
    """`[3, "5-7"]` as 3, 5, 6 and 7."""
    ends = [[int(end) for end in str(span).split("-")] for span in spans]
    return {number for first, *last in ends for number in range(first, (last or [first])[0] + 1)}


@pytest.fixture(scope="module")
def index(catalog: Catalog) -> Index:
    """The index of this checkout's knowledge."""
    return Index(catalog)


def ids(hits: Iterable[Hit]) -> list[str]:
    """The ids of what was found, in order."""
    return [hit.name.id for hit in hits]


@pytest.mark.parametrize(
    ("source", "question"), [(source, question) for source, asked in QUESTIONS.items() for question in asked]
)
def test_a_question_finds_the_statement_that_answers_it(index: Index, source: str, question: str) -> None:
    """A question in natural words is answered, with a right statement among the first hits."""
    right = {f"{source}.{name}" for name in QUESTIONS[source][question].split()}
    found = index.search(question)
    assert found.answered, found
    assert right & set(ids(found.hits[:FIRST])), ids(found.hits)


@pytest.mark.parametrize("row", [row for row in FRESH["answered"] if "missed" not in row], ids=lambda row: row["ask"])
def test_a_fresh_question_finds_a_statement_on_its_sentence(
    catalog: Catalog, index: Index, row: dict[str, Any]
) -> None:
    """A question that the search was not made for is answered by a statement on one of the right sentences."""
    found = index.search(row["ask"])
    assert found.answered, found
    first = [catalog.statements[name] for name in ids(found.hits[:FIRST_FRESH]) if name in catalog.statements]
    right = {source: numbers(spans) for source, spans in row["sentences"].items()}
    assert any(anchor.number in right.get(s.source, ()) for s in first for anchor in s.sentences), ids(found.hits)


def test_few_fresh_questions_are_missed() -> None:
    """The questions that are known to be missed are not many."""
    assert sum("missed" in row for row in FRESH["answered"]) <= len(FRESH["answered"]) * 0.15


@pytest.mark.parametrize(
    "question",
    [
        "Is letrozole better than anastrozole?",
        "letrozole vs anastrozole",
        "Is tamoxifen or an aromatase inhibitor more effective?",
        "Would one choose Ibrance over Kisqali?",
    ],
)
def test_a_comparison_that_no_sentence_makes_is_told(index: Index, question: str) -> None:
    """That a statement names both treatments is no comparison of them."""
    found = index.search(question)
    assert not found.answered
    assert len(found.compared) == 2
    assert "no statement compares" in render_found(found)


def test_a_comparison_that_a_sentence_makes_is_found(index: Index) -> None:
    """Side effects of targeted therapy are set against those of chemotherapy."""
    found = index.search("Do targeted treatments have fewer side effects than chemotherapy?")
    assert found.answered
    assert not found.compared


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("How often are scans done?", True),
        ("How often is zoledronic acid given?", False),
        ("How long is hormonal therapy taken?", True),
        ("When was Enhertu approved?", True),
        ("When was lapatinib approved?", False),
        ("Is Tykerb a tablet or an infusion?", True),
        ("Does the Dana-Farber text mention alpelisib?", True),
        ("Does tumour DNA get tested?", True),
    ],
)
def test_turns_of_questions(index: Index, question: str, answered: bool) -> None:
    """How often, how long and when are answered only by an interval, a span and a date; of two things one is enough."""
    assert index.search(question).answered == answered, ids(index.search(question).hits)


def test_every_expected_statement_is_there(catalog: Catalog) -> None:
    """No question waits for a statement that the knowledge does not hold."""
    expected = {f"{source}.{n}" for source, asked in QUESTIONS.items() for ns in asked.values() for n in ns.split()}
    assert expected <= catalog.statements.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_a_name_leads_to_the_statement(catalog: Catalog, name: str) -> None:
    """What a name, brand, abbreviation or sentence shows leads to the statement that says it."""
    linked = {
        link["id"]
        for named in find(catalog, name)
        for links in entry(catalog, named)["links"].values()
        for link in links
    }
    assert SHOWN[name] in linked


@pytest.mark.parametrize("question", [*UNANSWERED, *FRESH["unanswered"]])
def test_a_question_without_an_answer_is_told_so(index: Index, question: str) -> None:
    """Where the documents are silent, the search says so, in its text too."""
    found = index.search(question)
    assert not found.answered, ids(found.hits)
    assert "The documents do not answer" in render_found(found)


def test_the_silence_that_curators_noted_is_shown(index: Index) -> None:
    """What no document knows is named with the curators' answer, other spellings of it included."""
    for question, attribute, answer in (
        ("HER2-low", "her2_status", "none of them speaks of HER2-low"),
        ("perimenopause", "menopausal_status", "none of them speaks of a state between"),
    ):
        hit = index.search(question).hits[0]
        assert hit.name == Name("attribute", attribute)
        assert answer in hit.shown


def test_words_that_carry_nothing(index: Index) -> None:
    """A question of common words alone asks nothing; one on the disease alone is answered by its definition."""
    assert not index.search("what is it and why").asked
    assert not index.search("").hits
    assert ids(index.search("What is metastatic breast cancer?").hits)[0] == "metastatic"


def test_each_term_is_found_by_its_names(catalog: Catalog, index: Index) -> None:
    """A term of the glossary is found by its name, and shown with its explanation by its aliases."""
    for term in catalog.glossary.values():
        found = index.search(term.term)
        assert found.answered, term.id
        assert term.id in ids(found.hits[:FIRST]), term.id
        assert all(Name("term", term.id) in find(catalog, alias) for alias in term.aliases)


def test_a_brand_is_read_as_its_drug(catalog: Catalog, index: Index) -> None:
    """A search for a brand says which drug it was read as, and finds statements on that drug."""
    for agent in catalog.agents.values():
        for brand in agent.brands:
            found = index.search(brand.words)
            assert found.answered, brand.words
            assert list(found.read_as.values()) == [agent.name]
            assert any(agent.id in catalog.statements[name].agents for name in ids(found.hits) if "." in name)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("letrazole", "letrozole"), ("palbocilcib", "palbociclib"), ("nuropathy", "neuropathy"),
        ("oopherectomy", "oophorectomy"), ("metastisis", "metastasis"),
    ],
)  # fmt: skip
def test_a_misspelled_word_is_forgiven(index: Index, typed: str, meant: str) -> None:
    """A misspelled word is read as the nearest one, which is said, and finds the same."""
    found = index.search(typed)
    assert found.answered
    assert found.read_as == {typed: meant}
    assert found.hits == index.search(meant).hits


@pytest.mark.parametrize("drug", ["afatinib", "bevacizumab", "elacestrant", "atezolizumab", "neratinib"])
def test_another_drug_is_no_misspelling(index: Index, drug: str) -> None:
    """A drug that no document names is never read as one that they name."""
    assert index.search(drug).unknown == (drug,)


@pytest.mark.parametrize(
    ("filters", "belongs"),
    [
        ({"source": "mnt-undated"}, lambda s: s.source == "mnt-undated"),
        ({"kind": "side_effect"}, lambda s: s.kind == "side_effect"),
        ({"category": "targeted_therapy"}, lambda s: {"targeted_therapy", "her2_directed_therapy"} & {*s.categories}),
        ({"agent": "trastuzumab"}, lambda s: "trastuzumab" in s.agents),
    ],
)
def test_filters(catalog: Catalog, index: Index, filters: dict[str, str], belongs: Any) -> None:
    """Each filter leaves only what belongs to it, and keeps what answers."""
    question = "side effects of targeted therapy, trastuzumab, on the heart"
    statements = [catalog.statements[name] for name in ids(index.search(question, **filters).hits) if "." in name]
    assert "mnt-undated.trastuzumab-heart" in [statement.id for statement in statements]
    assert all(belongs(statement) for statement in statements)


def test_a_filter_can_leave_no_answer(index: Index) -> None:
    """What only other documents say is not answered by this one."""
    assert index.search("olaparib", source="cancercare-2024").answered
    assert not index.search("olaparib", source="msk-2016").answered
    assert {hit.name.kind for hit in index.search("olaparib", kind="difference").hits} == {"difference"}


def test_json_of_the_command() -> None:
    """`mbc search --json` gives the same answer as data."""
    ran = mbc("search", "Herceptin", "and", "the", "hart", "--source", "mnt-undated", "--json")
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    assert data["answered"] is True
    assert data["read_as"] == {"herceptin": "trastuzumab", "hart": "heart"}
    assert data["asked"] == ["herceptin", "heart"]
    assert data["unknown"] == []
    assert data["hits"][0]["id"] == "mnt-undated.trastuzumab-heart"
    assert set(data["hits"][0]) == {"kind", "id", "source", "text", "where"}
    assert {hit["source"] for hit in data["hits"]} == {"mnt-undated"}


def test_text_of_the_command() -> None:
    """`mbc search` tells what was read as what, and that the documents do not answer."""
    ran = mbc("search", "cost", "of", "Ibrance")
    assert ran.code == 0, ran.err
    assert "'ibrance' was read as 'palbociclib'" in ran.out
    assert "The documents do not answer as asked" in ran.out
    assert mbc("search", "heart", "--source", "nowhere").code == 2


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("café", ["café"]),
        ("cafe\u0301 trastuzumab", ["café"]),
        ("naïve-crème", ["naïve", "crème"]),
        ("рак trastuzumab", ["рак"]),
        ("हिन्दी", ["हिन्दी"]),
        ("乳がん", ["乳がん"]),
    ],
)
def test_a_word_of_any_letters_is_told_as_it_was_typed(index: Index, question: str, unknown: list[str]) -> None:
    """No letter is cut off a word that stands nowhere, whatever its script."""
    found = index.search(question)
    assert (found.answered, list(found.unknown)) == (False, unknown)
    assert set(unknown) <= set(found.asked)


def test_accents_do_not_count_where_words_are_compared(index: Index) -> None:
    """A word with an accent finds what the word without it finds, and is told as it was typed."""
    plain, accented = index.search("trastuzumab heart"), index.search("trastuzumáb heärt")
    assert accented.hits == plain.hits
    assert accented.asked == ("trastuzumáb", "heärt")
    assert index.search("hërceptin").read_as == {"hërceptin": "trastuzumab"}
    assert index.search("hárt").read_as == {"hárt": "heart"}
