"""What is spoken of is named: paraphrases held to their rules, rules and paraphrases to the texts, each broken once.

Each test changes one thing of a pack whose checks find nothing and expects exactly what is then reported.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from copies import Copy
from mbc_explorer.checks.attribution import Attribution
from mbc_explorer.checks.naming import Naming, figures
from mbc_explorer.loading import read_pack

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Catalog
    from mbc_explorer.folders import Folders

RULES = "rules/mnt-undated/treatment.yaml"
STATEMENTS = "knowledge/statements/mnt-undated/treatment.yaml"
NAMING = "knowledge/naming.yaml"


@pytest.fixture
def pack(tmp_path: Path, small: Path) -> Copy:
    """A copy of the small pack that a test may break."""
    shutil.copytree(small, tmp_path, dirs_exist_ok=True)
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def naming(folders: Folders, catalog: Catalog) -> Naming:
    """The words of this checkout."""
    return Naming(read_pack(folders), catalog)


def found(pack: Copy, corpus: Path | None = None) -> list[tuple[str, str]]:
    """Kind and message of every problem."""
    return [(problem.kind, problem.message) for problem in pack.problems(corpus)]


def reword(pack: Copy, statement: str, old: str, new: str) -> None:
    """Exchange words of a statement's paraphrase."""
    pack.edit(STATEMENTS, old, new, after=f"id: {statement}\n")


# ---------------------------------------------------------------- paraphrases and rules, without any text


def test_the_words_of_the_checkout_find_nothing_wrong(folders: Folders, catalog: Catalog) -> None:
    """Every rule of the checkout speaks of what its paraphrase names."""
    attribution = Attribution(read_pack(folders), catalog, None)
    assert [found for claim in attribution.claims.values() for found in attribution.findings(claim)] == []
    assert len(attribution.claims) == len(catalog.statements)


def test_an_option_that_the_paraphrase_does_not_name(pack: Copy) -> None:
    """Tamoxifen for letrozole: the rule is about what its paraphrase does not name, and the paraphrase of another."""
    pack.edit(RULES, "option: letrozole", "option: tamoxifen", after="id: letrozole\n")
    other = "which is neither its option nor a partner or criterion"
    assert set(found(pack)) == {
        ("unspoken-therapy", "the paraphrase of mnt-undated.letrozole names letrozole, which no rule on it is about."),
        ("unnamed-therapy", "mnt-undated.letrozole is about tamoxifen, which the paraphrase does not name."),
        ("unspoken-therapy", f"mnt-undated.letrozole has a paraphrase that names letrozole, {other}."),
    }


def test_a_partner_that_is_left_out_or_another(pack: Copy) -> None:
    """Pertuzumab without its partners, or with a taxane, where the paraphrase names trastuzumab and chemotherapy."""
    after = "id: pertuzumab-combination\n"
    pack.edit(RULES, "with: [trastuzumab, chemotherapy]", "with: []", after=after)
    told = "mnt-undated.pertuzumab-combination has no partner, and the paraphrase speaks of one."
    assert ("other-partners", told) in found(pack)
    pack.edit(RULES, "with: []", "with: [trastuzumab, taxane]", after=after)
    told = "mnt-undated.pertuzumab-combination is about taxane, which the paraphrase does not name."
    assert ("unnamed-therapy", told) in found(pack)


def test_a_partner_that_the_paraphrase_names_as_an_earlier_treatment(pack: Copy) -> None:
    """After trastuzumab and chemotherapy is not together with them."""
    pack.edit(RULES, "with: []", "with: [chemotherapy]", after="id: trastuzumab-emtansine\n")
    told = "mnt-undated.trastuzumab-emtansine has partners of which the paraphrase does not speak."
    assert found(pack) == [("other-partners", told)]


def test_a_partner_that_goes_without_saying(pack: Copy) -> None:
    """Letrozole is a hormone therapy, so hormone therapy is no partner of it."""
    reword(pack, "letrozole", "include letrozole,", "include letrozole combined with a hormone therapy,")
    pack.edit(RULES, "with: []", "with: [hormone_therapy]", after="id: letrozole\n")
    told = "mnt-undated.letrozole has a partner that is its option's own: hormone_therapy."
    assert found(pack) == [("other-partners", told)]


def test_another_stance_than_the_words_of_the_paraphrase(pack: Copy) -> None:
    """What is not part of treatment is not described, and what is described is not under study."""
    after = "id: postmenopausal-no-ovarian-suppression\n"
    pack.edit(RULES, "stance: describes_as_not_used", "stance: describes", after=after)
    pack.edit(RULES, "stance: describes", "stance: investigational", after="id: palbociclib\n")
    assert found(pack) == [
        (
            "other-stance",
            "mnt-undated.postmenopausal-no-ovarian-suppression says describes, and its paraphrase has the words of "
            "describes_as_not_used.",
        ),
        (
            "other-stance",
            "mnt-undated.palbociclib says investigational, and its paraphrase has the words of describes.",
        ),
    ]


def test_a_criterion_that_the_paraphrase_says_and_the_rule_does_not_ask(pack: Copy) -> None:
    """Before menopause in the paraphrase, after menopause in the rule and in its cases alike."""
    reword(pack, "postmenopausal-aromatase-inhibitor", "After menopause", "Before menopause")
    told = "does not ask for what its paraphrase says: before menopause."
    assert found(pack) == [("other-criterion", f"mnt-undated.postmenopausal-aromatase-inhibitor {told}")]


def test_an_earlier_therapy_that_the_rule_asks_for_and_the_paraphrase_does_not_name(pack: Copy) -> None:
    """T-DM1 after trastuzumab and chemotherapy, of which the paraphrase keeps one."""
    reword(pack, "trastuzumab-emtansine", "once trastuzumab and chemotherapy have", "once trastuzumab has")
    told = "mnt-undated.trastuzumab-emtansine asks for chemotherapy, which the paraphrase does not name."
    assert found(pack) == [("unnamed-therapy", told)]


def test_two_rules_that_say_the_same_on_one_statement(pack: Copy) -> None:
    """Tamoxifen and an aromatase inhibitor, made twice tamoxifen."""
    after = "id: premenopausal-aromatase-inhibitor\n"
    pack.edit(RULES, "option: aromatase_inhibitor", "option: tamoxifen", after=after)
    problems = found(pack)
    told = "says what another rule on its statement says of tamoxifen."
    for name in ("premenopausal-aromatase-inhibitor", "premenopausal-tamoxifen"):
        assert ("repeated-rule", f"mnt-undated.{name} {told}") in problems


def test_words_that_are_excused_without_need(pack: Copy) -> None:
    """A paraphrase is said to name in passing what it does not name."""
    pack.edit(STATEMENTS, "in_passing: [trastuzumab]", "in_passing: [trastuzumab, lapatinib]")
    told = "the paraphrase of mnt-undated.her2-directed-therapy does not name lapatinib in passing."
    assert found(pack) == [("idle-word", told)]


def test_words_for_something_that_is_not_there(pack: Copy) -> None:
    """An option, an attribute and a value that nothing declares, and an expression that is none."""
    pack.edit(NAMING, "{of: akt_inhibitor,", "{of: akt_inhibitors,")
    pack.edit(NAMING, "{of: planned_therapies,", "{of: planned_therapy,")
    pack.edit(NAMING, "{of: {tumor_size: small},", "{of: {tumor_size: tiny},")
    assert [kind for kind, _ in found(pack)] == ["unknown-therapy", "unknown-value", "unknown-attribute"]
    pack.edit(NAMING, "in_text: isolated", "in_text: '(isolated'")
    assert [kind for kind, _ in found(pack)] == ["file-shape"]


def test_an_option_without_words(pack: Copy) -> None:
    """A rule on an option for which there are no words cannot be held to anything, and says so."""
    pack.edit(NAMING, "  - {of: another_treatment,", "  # - {of: another_treatment,")
    told = "is about another_treatment, for which knowledge/naming.yaml has no words."
    assert found(pack) == [("no-words", f"mnt-undated.options-on-progression {told}")]


def test_context_that_a_statement_rests_on_already(pack: Copy) -> None:
    """A sentence is cited, or pointed back to, not both."""
    pack.edit(STATEMENTS, "context: [30]", "context: [30, 31]", after="id: trastuzumab-heart-monitoring\n")
    pack.edit(RULES, "context: [22]", "context: [22, 23]", after="id: pertuzumab\n")
    assert set(found(pack)) == {
        ("idle-context", f"{subject} as context and rests on it already.")
        for subject in (
            "the paraphrase of mnt-undated.trastuzumab-heart-monitoring has sentence 31",
            "mnt-undated.pertuzumab has sentence 23",
        )
    }


# ---------------------------------------------------------------- the texts


@pytest.mark.corpus
def test_the_small_pack_and_the_texts_have_nothing_wrong(pack: Copy, corpus: Path) -> None:
    """What the tests below find is what they broke."""
    assert found(pack, corpus) == []


@pytest.mark.corpus
def test_a_statement_on_a_neighboring_sentence(pack: Copy, corpus: Path) -> None:
    """T-DM1 cited to the sentence before: its name, and the earlier therapies, are not in it; and 25 is left over."""
    pack.edit(STATEMENTS, "sentences: [25]", "sentences: [24]", after="id: trastuzumab-emtansine\n")
    cited = "its sentences and context (22, 24) do not"
    assert sorted(found(pack, corpus)) == [
        (
            "unaccounted-sentence",
            "sentences of mnt-undated are neither cited by a statement nor set aside: 25.",
        ),
        (
            "unattributed-agent",
            "the paraphrase of mnt-undated.trastuzumab-emtansine names trastuzumab emtansine, which its sentences (24) "
            "do not.",
        ),
        *(
            (
                "unattributed-criterion",
                f"mnt-undated.trastuzumab-emtansine asks for {{prior_therapies: {{include: {therapy}}}}}, "
                f"which {cited} say, or knowledge/naming.yaml has no words for it.",
            )
            for therapy in ("chemotherapy", "trastuzumab")
        ),
        (
            "unattributed-therapy",
            f"mnt-undated.trastuzumab-emtansine is about trastuzumab_emtansine, which {cited} name.",
        ),
    ]


@pytest.mark.corpus
def test_a_criterion_whose_context_is_left_out(pack: Copy, corpus: Path) -> None:
    """Pertuzumab asks for HER2-positive, which the sentence before says; without it, nothing does."""
    pack.edit(RULES, "context: [22]", "context: []", after="id: pertuzumab\n")
    ((kind, message),) = found(pack, corpus)
    assert kind == "unattributed-criterion"
    assert message.startswith(
        "mnt-undated.pertuzumab asks for {her2_status: positive}, which its sentences and context"
    )


@pytest.mark.corpus
def test_a_drug_and_a_setting_that_the_sentence_does_not_name(pack: Copy, corpus: Path) -> None:
    """An agent of another sentence, and a setting that the sentence does not name, each at the paraphrase."""
    reword(pack, "trastuzumab-emtansine", "Trastuzumab emtansine (T-DM1) is", "After menopause T-DM1 and olaparib are")
    where = pack.place(STATEMENTS, "After menopause T-DM1")
    texts = [problem for problem in pack.problems(corpus) if problem.kind.startswith("unattributed")]
    assert {(problem.kind, problem.where) for problem in texts} >= {
        ("unattributed-agent", where),
        ("unattributed-setting", where),
    }
    told = "the paraphrase of mnt-undated.trastuzumab-emtansine names olaparib, which its sentences (25) do not."
    assert told in [problem.message for problem in texts]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("more", "kind", "name"),
    [("or 2 regimens", "figure", "2"), ("and a risk", "word", "risk"), ("and surgery", "therapy", "surgery")],
)
def test_a_figure_a_word_and_a_class_that_the_sentence_does_not_have(
    pack: Copy, corpus: Path, more: str, kind: str, name: str
) -> None:
    """A number, a word that both have to use, and a class, put into a paraphrase."""
    reword(pack, "other-targeted-options", "several treatments", f"several treatments {more}")
    told = f"the paraphrase of mnt-undated.other-targeted-options names {name}, which its sentences (26) do not."
    assert (f"unattributed-{kind}", told) in found(pack, corpus)


@pytest.mark.corpus
def test_a_receptor_that_no_paraphrase_keeps(pack: Copy, corpus: Path) -> None:
    """The sentence on three drugs names HER2-negative: lost when no paraphrase on it does, and asked for in vain."""
    for name in ("palbociclib", "letrozole", "fulvestrant"):
        reword(pack, name, "In HER2-negative disease that is ER- or PR-positive", "In ER- or PR-positive disease")
    problems = found(pack, corpus)
    told = "sentence 27 of mnt-undated names HER2-negative, and no paraphrase that rests on it does."
    assert problems.count(("lost-name", told)) == 1
    told = "mnt-undated.palbociclib asks for what its sentences say and its paraphrase does not: HER2-negative."
    assert ("lost-criterion", told) in problems


@pytest.mark.corpus
def test_the_condition_of_a_statement_without_rules(pack: Copy, corpus: Path) -> None:
    """A drug that a statement says it concerns, and the therapy of its own condition, are named where it says so."""
    pack.edit(STATEMENTS, "context: [30]", "context: [32]", after="id: trastuzumab-heart-monitoring\n")
    kinds = [kind for kind, _ in found(pack, corpus)]
    assert sorted(kinds) == ["unattributed-agent", "unattributed-criterion", "unattributed-criterion"]


# ---------------------------------------------------------------- words


def test_a_drug_within_a_longer_name_is_not_named(naming: Naming) -> None:
    """Trastuzumab emtansine is not trastuzumab, and albumin-bound paclitaxel is not paclitaxel."""
    assert naming.drugs("Trastuzumab emtansine, then albumin-bound paclitaxel.") == {
        "trastuzumab_emtansine",
        "albumin_bound_paclitaxel",
    }
    assert naming.drugs("margetuximab-cmkb (Margenza)") == {"margetuximab"}


def test_figures_are_numbers_that_stand_by_themselves() -> None:
    """Not those of a receptor, an inhibitor or a gene."""
    assert figures("HER2 and CDK4/6 and BRCA1/2: 150 minutes, 6 months, 2.5 and 1 percent in 2019.") == [
        "150",
        "6",
        "2.5",
        "1",
        "2019",
    ]


def test_every_term_has_its_own_name_among_its_words(naming: Naming) -> None:
    """What is put into a paraphrase to try the check is found again by the words for it."""
    for term in naming.terms:
        if term.near:
            assert term.ours.fit(term.name), term.name
