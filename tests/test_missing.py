"""What is unknown and matters: `mbc missing`, and the function behind it.

The expectations on what the documents say are read in the texts, sentence by sentence, never copied from an answer.
"""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from command_line import EXAMPLES, mbc
from mbc_explorer import Explorer, Profile, ProfileError, boundaries, load_catalog, missing, pairs
from mbc_explorer.profile import read_profile
from mbc_explorer.published import ErrorOut, MissingOut
from mbc_explorer.report import DISCLAIMER
from mbc_explorer.settling import facts_that_settle

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Case, Catalog

Plain = dict[str, Any]
WIDTH = 80
FIRST_LINE = "--er + --pr + --her2 - --menopause postmenopausal --prior none"


@pytest.fixture(scope="module")
def explorer(catalog: Catalog) -> Explorer:
    """One explorer; that both engines answer alike is tested elsewhere."""
    return Explorer(catalog)


def stored(path: Path) -> Plain:
    """The profile of an example."""
    found: Plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def asked(words: str) -> Plain:
    """The JSON of the command."""
    ran = mbc("missing", *shlex.split(words), "--json")
    assert (ran.code, ran.err) == (0, "")
    found: Plain = json.loads(ran.out)
    return found


def shown(words: str) -> str:
    """What the command prints, without line breaks and indentation."""
    ran = mbc("missing", *shlex.split(words))
    assert (ran.code, ran.err) == (0, ""), ran.err
    return " ".join(ran.out.split())


def answers(data: Plain, attribute: str) -> dict[str, Plain]:
    """The answers to a question by their text."""
    (row,) = [row for row in data["attributes"] if row["attribute"] == attribute]
    return {answer["text"]: answer for answer in row["answers"]}


def moved(answer: Plain) -> dict[str, tuple[str, set[tuple[str, tuple[int, ...]]]]]:
    """How the options move by an answer, and by which sentences."""
    return {
        row["id"]: (
            row["move"],
            {
                (rule["anchor"]["source"], tuple(s["number"] for s in rule["anchor"]["sentences"]))
                for rule in row["because"]
            },
        )
        for row in answer["options"]
    }


@cache
def examples() -> list[tuple[Case, Plain]]:
    """The examples, the empty profile, and one that names a class without its drug, each with what is missing."""
    explorer = Explorer(load_catalog())
    profiles = [{}, {"er_status": "positive", "current_therapies": ["hormone_therapy"]}, *map(stored, EXAMPLES)]
    cases = [explorer.case(Profile(profile)) for profile in profiles]
    return [(case, missing(case)) for case in cases]


# What the documents say


TEXTS = {
    "a BRCA mutation brings talazoparib": (
        FIRST_LINE, "brca_status", "BRCA: mutated", "talazoparib", "appears", {("cancercare-2024", (87,))},
    ),
    "without one it is not described": (
        FIRST_LINE, "brca_status", "BRCA: not mutated", "talazoparib", "settled", {("cancercare-2024", (87,))},
    ),
    "spread to the brain brings radiation": (
        FIRST_LINE, "metastatic_sites", "sites of spread include brain", "radiation_for_brain_metastasis", "appears",
        {("dana-farber-undated", (61,))},
    ),
    "de novo disease brings the question of surgery on the primary tumor": (
        FIRST_LINE, "presentation", "presentation: de novo", "surgery_primary_tumor", "appears",
        {("breastcancer-org-2022", (129,)), ("breastcancer-org-2022", (130,))},
    ),
    "six months are within six": (
        "--her2 + --prior trastuzumab+docetaxel@adjuvant,stopped=completed", "prior_therapies",
        "months from the last regimen to recurrence: at most 6", "trastuzumab_deruxtecan", "appears",
        {("cancercare-2024", (68,))},
    ),
    "seven are not": (
        "--her2 + --prior trastuzumab+docetaxel@adjuvant,stopped=completed", "prior_therapies",
        "months from the last regimen to recurrence: at least 7", "trastuzumab_deruxtecan", "settled",
        {("cancercare-2024", (68,))},
    ),
    "two anti-HER2 regimens bring margetuximab": (
        "--her2 +", "prior_therapies", "earlier anti-HER2 regimens: at least 2", "margetuximab", "appears",
        {("cancercare-2024", (64,))},
    ),
    "one is not enough for it": (
        "--her2 +", "prior_therapies", "earlier anti-HER2 regimens: 1", "margetuximab", "settled",
        {("cancercare-2024", (64,))},
    ),
    "one is enough for tucatinib": (
        "--her2 +", "prior_therapies", "earlier anti-HER2 regimens: 1", "tucatinib", "appears",
        {("cancercare-2024", (66,))},
    ),
    "a man is not given ovarian suppression": (
        "--er + --her2 -", "sex", "sex: male", "ovarian_suppression", "settled", {("cancercare-2024", (29,))},
    ),
}  # fmt: skip
"""What an answer does to an option, with the sentences that are responsible."""


@pytest.mark.parametrize("name", TEXTS)
def test_what_an_answer_brings_and_takes_stands_in_the_texts(name: str) -> None:
    """The option moves as the sentences have it, and these are the statements that are named."""
    words, attribute, text, option, move, because = TEXTS[name]
    assert moved(answers(asked(words), attribute)[text])[option] == (move, because)


def test_pd_l1_alone_settles_the_first_immunotherapy() -> None:
    """Of triple-negative disease, PD-L1 decides one option, and is counted so (dana-farber-undated:96)."""
    data = asked("--er - --pr - --her2 -")
    assert {"attribute": "pdl1_status", "at_most": 1, "at_least": 1} in data["questions"]
    told = answers(data, "pdl1_status")
    assert moved(told["PD-L1: positive"])["unnamed_immunotherapy_2019"][0] == "appears"
    assert moved(told["PD-L1: negative"])["unnamed_immunotherapy_2019"][0] == "settled"


# What is promised of every answer


def test_an_answer_brings_about_what_it_says(explorer: Explorer) -> None:
    """What is stated is valid input, takes nothing back that was known, and each option then is as it says."""
    for case, data in examples():
        for row in data["attributes"]:
            for answer in row["answers"]:
                after = explorer.case(Profile({**case.plain, **answer["stated"]}))
                changed = {
                    name: (before, after.statuses[name])
                    for name, before in case.statuses.items()
                    if before != after.statuses[name]
                }
                told = {row["id"]: (row["from"], row["to"]) for row in answer["options"] if row["move"] != "restated"}
                assert told == changed
                assert {move["move"] for move in answer["options"]} <= {"appears", "settled", "restated"}
                assert case.known.items() <= after.known.items()


def test_every_value_of_an_attribute_is_an_answer(catalog: Catalog) -> None:
    """Each value of a choice that can be, each item that some condition asks for, none of them, and each range."""
    for case, data in examples():
        for row in data["attributes"]:
            attribute = catalog.attributes[row["attribute"]]
            stated = [answer["stated"].get(attribute.id) for answer in row["answers"]]
            assert len(stated) == len(set(map(str, row["answers"]))) > 0
            if attribute.kind == "choice":
                possible = [value.id for value in attribute.values if can_be(case, attribute.id, value.id)]
                assert stated == possible
            elif attribute.kind == "list" and attribute.id not in case.plain:
                assert stated.count("none") == 1
                items = [value for value in stated if value != "none"]
                asked_for = [fact.partition(":")[2] for fact in catalog.facts if fact.startswith(f"{attribute.id}:")]
                assert items
                assert all(value == [value[0], "unknown"] and value[0] in asked_for for value in items)


def can_be(case: Case, name: str, value: str) -> bool:
    try:
        case.altered({name: value})
    except ProfileError:
        return False
    return True


def test_ranges_of_a_number_are_told_apart_where_a_condition_does() -> None:
    """Of areas: one, two, three or more (breastcancer-org-2022:219,223,231); of months: six or seven."""
    data = asked("")
    assert list(answers(data, "metastatic_areas")) == [
        "areas of metastasis: 1",
        "areas of metastasis: 2",
        "areas of metastasis: at least 3",
    ]
    history = list(answers(data, "prior_therapies"))
    assert "months from the last regimen to recurrence: at most 6" in history
    assert "months from the last regimen to recurrence: at least 7" in history
    assert "earlier therapies: none" in history


def test_a_history_that_is_given_is_only_told_in_more_detail(catalog: Catalog) -> None:
    """A list of regimens that is complete gets no regimen more, and no detail of it is stated otherwise."""
    for case, data in examples():
        given = case.plain.get("prior_therapies")
        if given is None or "unknown" in given:
            continue
        for row in data["attributes"]:
            for answer in row["answers"] if row["attribute"] == "prior_therapies" else ():
                told = answer["stated"].get("prior_therapies", given)
                before, after = (
                    read_profile(Profile(prior_therapies=value), catalog).facts["prior_therapies"]
                    for value in (given, told)
                )
                assert len(before.regimens) == len(after.regimens)  # type: ignore[union-attr]
                for one, other in zip(before.regimens, after.regimens, strict=True):  # type: ignore[union-attr]
                    assert one.agents == other.agents
                    for detail in ("setting", "stopped", "months"):
                        assert getattr(one, detail) in (None, getattr(other, detail))


def test_the_questions_are_counted_by_what_an_answer_settles() -> None:
    """The most and the least options that an answer settles by itself; those that can settle most come first."""
    for _, data in examples():
        counts = {}
        for row in data["attributes"]:
            settled = [
                sum(1 for move in answer["options"] if move["from"] == "undetermined") for answer in row["answers"]
            ]
            counts[row["attribute"]] = {"at_most": max(settled), "at_least": min(settled)}
        for question in data["questions"]:
            assert question == {"attribute": question["attribute"], **counts[question["attribute"]]}
        assert [row["at_most"] for row in data["questions"]] == sorted(
            (row["at_most"] for row in data["questions"]), reverse=True
        )


def test_the_attributes_are_those_that_open_rules_wait_for(catalog: Catalog) -> None:
    """Whatever an open rule misses has answers, and nothing else; questions are among them."""
    for case, data in examples():
        waited_for = {name for rule in catalog.rules.values() for name in case.missing(rule)}
        found = [row["attribute"] for row in data["attributes"]]
        assert set(found) == waited_for
        assert found == [name for name in catalog.attributes if name in waited_for]
        assert {row["attribute"] for row in data["questions"]} <= waited_for
        assert data["undetermined"] == list(case.statuses.values()).count("undetermined")


# Once every question is answered


@cache
def wholes() -> list[Case]:
    """Complete, consistent cases, as minimal pairs are made of."""
    explorer = Explorer(load_catalog())
    asked_for = boundaries(explorer.catalog.rules.values(), explorer.catalog)
    made = [pair for seed in range(2) for pair in pairs(explorer, asked_for[seed::70], seed)]
    return [explorer.case(Profile(pair[side]["profile"])) for pair in made for side in ("met", "not_met")]


def opened(whole: Case, random: Random) -> Case | None:
    """The same case with part of what is known of it: attributes left out, lists left open, details not told."""
    share = random.choice([0.2, 0.5, 0.8])
    known = {name: value for name, value in whole.plain.items() if random.random() < share}
    for name, value in known.items():
        if isinstance(value, list) and random.random() < 0.5:
            rows = [row.partition("@")[0] if random.random() < 0.5 else row for row in value if random.random() < 0.7]
            known[name] = [*rows, "unknown"]
    try:
        return whole.altered({**dict.fromkeys(whole.plain), **known})
    except ProfileError:
        return None


def in_full(whole: Case, names: list[str]) -> Plain:
    """The answers to questions, in full."""
    told = {name: whole.plain.get(name, whole.known.get(name)) for name in names}
    return {name: value for name, value in told.items() if value not in (None, "not_applicable")}


def test_once_every_question_is_answered_in_full_no_option_is_undetermined() -> None:
    """Of many cases of which part is known: with the answers to the questions alone, everything is settled."""
    random = Random(7)
    for whole in wholes():
        case = opened(whole, random)
        if case is None:
            continue
        names = [row["attribute"] for row in missing(case)["questions"]]
        after = case.altered(in_full(whole, names))
        left = [name for name, status in after.statuses.items() if status == "undetermined"]
        assert left == [], (case.plain, names)


def test_a_man_under_an_ovarian_suppressant_is_asked_for_his_sex(explorer: Explorer) -> None:
    """What does not apply to a man is settled by his sex, which is asked for wherever that may be so."""
    case = explorer.case(Profile(er="+", pik3ca="mutated", prior="none", current=["goserelin", "unknown"]))
    assert "sex" in [row["attribute"] for row in missing(case)["questions"]]


def test_what_may_not_apply_is_settled_by_what_makes_it_so(explorer: Explorer) -> None:
    """A condition on menopausal status alone is settled by the sex of a man too (cancercare-2024:81)."""
    case = explorer.case(Profile(er="+", her2="-"))
    rule = explorer.catalog.rules["cancercare-2024.everolimus"]
    facts = {fact for fact, _ in facts_that_settle(rule.condition, case.known, case.catalog)}
    assert facts == {"menopausal_status", "sex"}


def test_what_another_question_tells_is_not_asked_too() -> None:
    """Who lists the symptoms has said whether there are any; a gene in a pathway that is asked for adds nothing."""
    for case, data in examples():
        names = [row["attribute"] for row in data["questions"]]
        assert not {"symptoms", "symptom_level"} <= set(names), case.plain
        assert not {"pik3ca_status", "pi3k_pathway_status"} <= set(names), case.plain


def test_of_a_complete_case_nothing_is_missing() -> None:
    """Where every fact is known there is no question, and the text says so."""
    whole = wholes()[0]
    data = missing(whole)
    assert data == {"undetermined": 0, "questions": [], "attributes": []}
    ran = mbc("missing", "--profile", "-", stdin=json.dumps(whole.plain).encode())
    assert "Questions (0) none: no option is undetermined" in " ".join(ran.out.split())


def test_both_engines_ask_the_same(catalog: Catalog) -> None:
    """The engine makes no difference."""
    profile = Profile(her2="positive", prior=["trastuzumab+docetaxel"])
    by = {name: missing(Explorer(catalog, name).case(profile)) for name in ("reference", None)}
    assert by["reference"] == by[None]


# The command


@pytest.mark.parametrize("path", [None, *EXAMPLES], ids=lambda path: path.stem if path else "nothing-known")
def test_the_json_is_as_published_and_the_text_fits(path: Path | None) -> None:
    """Over the examples: the JSON is valid, the same twice, and the text is plain and of 80 columns."""
    words = ["missing", *(["--profile", str(path)] if path else [])]
    ran = mbc(*words, "--json")
    assert ran == mbc(*words, "--json")
    MissingOut.model_validate_json(ran.out)
    for view in ([], ["--all"], ["--attribute", "prior", "--details"]):
        out = mbc(*words, *view).out
        assert [line for line in out.splitlines() if len(line) > WIDTH or line != line.rstrip()] == []
        assert out.replace("\n", "").isprintable()
        assert DISCLAIMER in " ".join(out.split())


def test_the_text_asks_first_and_then_tells_what_each_answer_does() -> None:
    """Questions with counts; the first ones opened with their sentences; the others behind `--all`."""
    text = shown(FIRST_LINE)
    for told in (
        "2 to 7 Symptoms (symptoms)",
        "1 BRCA1 or BRCA2 (brca_status)",
        "0 by themselves, but needed beside others: General health (overall_health);",
        "sites of spread include brain brings Radiation for brain metastases (dana-farber-undated 61)",
        "nothing by itself: sites of spread include spine",
        "breastcancer-org-2022: Breastcancer.org, 2022-08-17;",
        "--all tells the answers to them all",
    ):
        assert told in text
    assert "brings Talazoparib (cancercare-2024 87)" not in text
    everything = shown(f"{FIRST_LINE} --all")
    assert "BRCA: mutated brings Talazoparib (cancercare-2024 87) BRCA: not mutated takes Talazoparib" in everything
    assert "says more of Tamoxifen (cancercare-2024 34)" in everything
    assert "--all tells" not in everything
    titles = re.findall(
        r"^[A-Z].* \(([a-z]\w+)\)$", mbc("missing", *shlex.split(f"{FIRST_LINE} --all")).out, re.MULTILINE
    )
    assert titles == [row["attribute"] for row in asked(FIRST_LINE)["attributes"]]


def test_one_question_is_opened_with_reasons_and_with_what_to_type() -> None:
    """`--attribute` takes any name, tells document, date, sentence and reason, and `--details` the paraphrase."""
    told = (
        "BRCA1 or BRCA2 (brca_status) BRCA: mutated stated as --set brca_status=mutated brings Talazoparib "
        "CancerCare, 2024-02-19: her2-negative 87 [HER2: negative; BRCA: mutated]"
    )
    text = shown(f"{FIRST_LINE} --attribute brca")
    assert told in text
    assert "Symptoms (symptoms) symptoms include pain" not in text
    catalog = load_catalog()
    paraphrase = catalog.rule_statements[catalog.rules["cancercare-2024.talazoparib"].statement].paraphrase
    assert paraphrase not in text
    assert paraphrase in shown(f"{FIRST_LINE} --attribute BRCA1 --details")
    data = asked(f"{FIRST_LINE} --attribute brca")
    assert data["narrowed_to"] == {"attributes": ["brca_status"]}
    assert [row["attribute"] for row in data["attributes"]] == ["brca_status"]
    assert data["questions"] == asked(FIRST_LINE)["questions"]


def test_an_attribute_that_is_made_of_others_stands_for_them() -> None:
    """Of the hormone receptors the two receptors are asked for, of the line of therapy the history."""
    assert asked("--attribute hr --attribute line")["narrowed_to"] == {
        "attributes": ["er_status", "pr_status", "prior_therapies"]
    }


def test_an_attribute_that_nothing_waits_for_is_told_so() -> None:
    """What is known, or does not matter here, has no answers to tell."""
    assert "HER2 (her2_status) No statement that is still open waits for it." in shown(f"{FIRST_LINE} --attribute her2")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--attribute her", "--attribute: 'her' is not a known attribute; did you mean "),
        ("--attribute xyz", "--attribute: 'xyz' is not a known attribute; `mbc profile` lists them."),
        ("--er green", "er_status: 'green' is not one of positive, negative, unknown."),
        ("--sex male --menopause pre", "sex + menopausal_status: contradict each other: "),
    ],
)
def test_what_is_not_understood_says_what_was_expected(words: str, told: str) -> None:
    """On stderr, and as JSON where JSON is asked for."""
    text, as_json = mbc("missing", *words.split()), mbc("missing", *words.split(), "--json")
    assert (text.code, text.out, as_json.code, as_json.err) == (2, "", 2, "")
    assert text.err.splitlines()[1].startswith(told)
    assert ErrorOut.model_validate_json(as_json.out).error.exit_code == 2


def test_the_examples_of_the_help_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example in the help ends well."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text("er_status: positive\n", encoding="utf-8")
    text = " ".join(mbc("missing", "--help").out.split())
    lines = text.partition("Examples:")[2].split(" | ")
    assert len(lines) >= 3
    for line in lines:
        ran = mbc(*shlex.split(line.replace("mbc ", "", 1)))
        assert (ran.code, ran.err) == (0, ""), line
