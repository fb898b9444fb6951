"""Small changes of what rules rest on and of what stands beside them: derivations, applicability, what values imply,
what is counted in a history, where drugs are filed, notes, other readings, the conditions of statements. Cases written
by hand have to notice each.

A change that a curator could make is made in the files of a small pack, and some case fails; a case that is taken away
lets changes survive, and the command tells them; what is equivalent is so by two ways of proving it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from copies import Copy
from mbc_explorer.checks import grounds as module
from mbc_explorer.checks.asides import aside_mutants
from mbc_explorer.checks.derivations import (
    CONVERSE,
    applicability_mutants,
    derivation_mutants,
    implied_mutants,
)
from mbc_explorer.checks.expectations import NOTE, READING, STATEMENT, derivations, read_expectations, widened
from mbc_explorer.checks.filings import filing_mutants, history_mutants
from mbc_explorer.checks.grounds import Grounds, asked_by_grounds, grounds_of
from mbc_explorer.checks.judge import Judge
from mbc_explorer.checks.mutants import ADD, DROP, NARROW, NEGATE, SWAP, WEAKEN
from mbc_explorer.checks.mutations import mutate
from mbc_explorer.checks.tally import (
    APPLICABILITY,
    CASES,
    DERIVATIONS,
    FILINGS,
    HISTORIES,
    IMPLIED,
    NAMES,
    NOTES,
    READINGS,
    WHENS,
)
from mbc_explorer.compiling import Compiler
from mbc_explorer.condition import ALWAYS, AtLeast, Includes, Not, OneOf
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.loading import Resolver, read_pack
from mbc_explorer.space import Space

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Catalog
    from mbc_explorer.checks.tally import Mutated
    from mbc_explorer.errors import Problem
    from mbc_explorer.folders import Folders
    from mbc_explorer.loading import Pack

PROFILE, EXPECTED = "knowledge/profile.yaml", "knowledge/cases.yaml"
AGENTS, CATEGORIES = "knowledge/agents.yaml", "knowledge/categories.yaml"
RULES, RULE_CASES = "rules/mnt-undated/treatment.yaml", "rules/mnt-undated/treatment.cases.yaml"
STATEMENTS = "knowledge/statements/mnt-undated/side-effects.yaml"
NEW = (DERIVATIONS, APPLICABILITY, IMPLIED, HISTORIES, FILINGS, NOTES, READINGS, WHENS)


@pytest.fixture
def pack(tmp_path: Path, small: Path) -> Copy:
    """A copy of the small pack that a test may break."""
    shutil.copytree(small, tmp_path, dirs_exist_ok=True)
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def loaded(folders: Folders) -> Pack:
    """The files of this checkout."""
    return read_pack(folders)


def tried(pack: Copy) -> Mutated:
    """Every mutant of a small pack, but for those of citations."""
    files = read_pack(pack.folders)
    return mutate(files, Compiler(files).catalog(), None)


def without(pack: Copy, file: str, first: str, last: str) -> None:
    """Take the lines from the one that holds the first words to the one before the last words out of a file."""
    lines = (pack.root / file).read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if first in line)
    end = next(i for i, line in enumerate(lines) if i > start and last in line)
    (pack.root / file).write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")


# ---------------------------------------------------------------- what a curator could break


@pytest.mark.parametrize(
    ("file", "old", "new", "after", "noticed"),
    [
        # cancercare-2024, 14: estrogen and/or progesterone
        (PROFILE, "positive: {any: [{er_status: positive}, {pr_status: positive}]}", "positive: {er_status: positive}",
         "id: hr-status", "'ER is negative, PR is positive'"),
        (PROFILE, "positive: {any:", "positive: {all:", "id: hr-status", "'ER is positive, PR is negative'"),
        # cancercare-2024, 22: none of the three
        (PROFILE, ", {her2_status: negative}]}", "]}", "id: triple-negative", "'HER2 is positive'"),
        (PROFILE, "first: {metastatic_regimens: {at_most: 0}}", "first: {metastatic_regimens: {at_most: 1}}",
         "id: line-of-therapy", "'One regimen for metastatic disease'"),
        (PROFILE, "if: {pik3ca_status: mutated}, then: {pi3k_pathway_status: mutated}",
         "if: {pi3k_pathway_status: mutated}, then: {pik3ca_status: mutated}", "id: pik3ca-in-pathway",
         "'PIK3CA is mutated'"),
        (PROFILE, "{all: [{sex: female}, {current_therapies: {include: ovarian_suppression}}]}",
         "{current_therapies: {include: ovarian_suppression}}", "id: suppression-now", "'A man on goserelin'"),
        (PROFILE, "then: {symptom_level: [not_affecting_daily_life, affecting_daily_life]}",
         "then: {symptom_level: affecting_daily_life}", "id: symptoms-mean", "'Pain of unknown weight'"),
        (PROFILE, "if: {metastatic_areas: {at_least: 3}}", "if: {metastatic_areas: {at_least: 2}}", "id: more-areas",
         "'Two areas with a growth each'"),
        (PROFILE, "applies_when: {sex: female}", "applies_when: {sex: male}", "id: menopausal_status", "'Any woman'"),
        (PROFILE, "implies: [pain]", "implies: [swelling]", "id: bone_pain", "'Bone pain'"),
        (PROFILE, "{id: severe_headaches, aliases: [severe headache]}",
         "{id: severe_headaches, aliases: [severe headache], implies: [pain]}", "", "'Everything else that is listed'"),
        # cancercare-2024, 66: one or more anti-HER2 regimens
        (PROFILE, "including: her2_directed_therapy", "including: targeted_therapy", "id: prior_anti_her2_regimens",
         "'Palbociclib with letrozole, then olaparib'"),
        (PROFILE, ", including: her2_directed_therapy", "", "id: prior_anti_her2_regimens", "'Olaparib'"),
        (PROFILE, ", setting: metastatic", "", "id: metastatic_regimens", "'Letrozole after surgery'"),
        (PROFILE, "stopped: completed", "stopped: side_effects", "id: completed_regimens", "'Docetaxel was completed'"),
        (PROFILE, "stopped: completed, last", "stopped: progression, last", "id: months_to_recurrence",
         "'Four months from the end of docetaxel'"),
        # cancercare-2024, 37, 49 and 67, 81, 88
        (AGENTS, "category: aromatase_inhibitor", "category: anthracycline", "id: anastrozole",
         "'Every other drug that a document names'"),
        (AGENTS, "category: her2_directed_therapy", "category: hormone_therapy", "id: trastuzumab_deruxtecan",
         "'Fam-trastuzumab deruxtecan was given'"),
        (AGENTS, "category: mtor_inhibitor", "category: hormone_therapy", "id: everolimus", "'Everolimus was given'"),
        (AGENTS, "category: parp_inhibitor", "category: anthracycline", "id: olaparib", "'Olaparib was given'"),
        (AGENTS, "category: supportive_care", "category: chemotherapy", "id: loperamide",
         "'Every other drug that a document names'"),
        (CATEGORIES, "parent: targeted_therapy", "parent: chemotherapy", "id: cdk4_6_inhibitor",
         "'Palbociclib was given'"),
        (PROFILE, "when: {sex: male}", "when: {sex: female}", "id: male-wording", "the note male-wording is not_met"),
        (STATEMENTS, "when: {current_therapies: {include: targeted_therapy}}",
         "when: {current_therapies: {include: her2_directed_therapy}}", "id: targeted-diarrhea",
         "'Palbociclib is being given': the statement mnt-undated.targeted-diarrhea is not_met"),
        (RULES, "{menopausal_status: postmenopausal}", "{menopausal_status: premenopausal}", "- id: postmenopausal\n",
         "the reading mnt-undated.palbociclib/postmenopausal is not_met"),
    ],
)  # fmt: skip
def test_a_case_notices(pack: Copy, file: str, old: str, new: str, *, after: str, noticed: str) -> None:
    """A definition, an implication, an applicability, a value, a note, a statement's condition and a reading broken."""
    pack.edit(file, old, new, after=after)
    told = [problem.message for problem in pack.problems() if problem.kind in ("case-truth", "case-profile")]
    assert any(noticed in message for message in told), told


def test_the_small_pack_is_whole(pack: Copy) -> None:
    """What the cases notice above is the change."""
    assert pack.problems() == []


def test_no_case_notices_what_was_not_changed(loaded: Pack, catalog: Catalog) -> None:
    """Neither by itself, nor since a catalog was made up anew for the trial."""
    cases = list(read_expectations(loaded, catalog, Resolver(loaded)))
    asked = asked_by_grounds({DERIVATIONS: list(derivation_mutants(loaded, catalog))}, cases)
    wide = widened(catalog, asked)
    evaluator, found = Evaluator(wide), list(grounds_of(cases, wide))
    assert len(found) > 1000
    assert not any(module._notices(case, wide, evaluator, True) for case in found)
    assert {row.id for row in wide.constraints.values()} >= {row.id for row in catalog.constraints.values()}


# ---------------------------------------------------------------- every mutant


def test_every_mutant_of_the_small_pack_is_noticed(pack: Copy) -> None:
    """All of the derivations, and what stands beside the rules of one topic; each kind counted under its heading."""
    found = tried(pack)
    assert found.problems == []
    for group in NEW:
        tallies = found.groups[group]
        assert sum(tally.made for tally in tallies.values()) > 0, group
        for kind, tally in tallies.items():
            assert tally.made == tally.caught + tally.equivalent, (group, kind)
            assert tally.by[CASES] == tally.caught, f"only the words notice a {kind} of {group}"
    assert set(found.groups[DERIVATIONS]) == {DROP, NEGATE, WEAKEN, NARROW, SWAP, ADD, CONVERSE}
    assert set(found.groups[IMPLIED]) == {DROP, SWAP, ADD}
    assert found.groups[WHENS][SWAP].by[NAMES] == 0, "no text was given"
    ids = {row["of"] for row in found.equivalent}
    assert any(name.startswith("triple-negative: ") for name in ids)


def test_a_derivation_is_changed_in_each_place(loaded: Pack, catalog: Catalog) -> None:
    """The implication of the PI3-kinase pathway: by hand, what stands instead of it."""
    rows = {row.name: row for row in derivation_mutants(loaded, catalog)}
    mutants = rows["pik3ca-in-pathway"].mutants
    mutated, pathway = OneOf("pik3ca_status", ("mutated",)), OneOf("pi3k_pathway_status", ("mutated",))
    stated = {(m.kind, row.given, row.then) for m in mutants for n, row in m.stated.items() if n == "pik3ca-in-pathway"}
    assert stated >= {
        (CONVERSE, pathway, mutated),
        (DROP, ALWAYS, pathway),
        (NEGATE, Not(mutated), pathway),
        (NEGATE, mutated, Not(pathway)),
        (SWAP, OneOf("brca_status", ("mutated",)), pathway),
        (WEAKEN, mutated, OneOf("pi3k_pathway_status", ("mutated", "not_mutated"))),
    }
    assert [m.kind for m in mutants if "pik3ca-in-pathway" not in m.stated] == [DROP]
    swapped = [m for m in rows["hr-status"].mutants if m.what == "positive and negative"]
    (both,) = [{name: row.given for name, row in m.stated.items()} for m in swapped]
    own = derivations(catalog)
    assert both["hr-status.positive"] == own["hr-status.negative"].given
    assert both["hr-status.negative"] == own["hr-status.positive"].given
    assert not any("hr_status" in str(m.condition) for m in rows["hr-status"].mutants), "it would define itself"


def test_applicability_and_values_are_changed_in_each_place(loaded: Pack, catalog: Catalog) -> None:
    """Men asked for menopause; bone pain no pain, or a swelling."""
    rows = {row.name: row.mutants for row in applicability_mutants(loaded, catalog)}
    assert set(rows) == {"menopausal_status", "ovarian_suppression", "months_to_recurrence"}
    found = {(m.kind, m.condition) for m in rows["menopausal_status"]}
    assert found >= {(DROP, ALWAYS), (SWAP, OneOf("sex", ("male",))), (WEAKEN, OneOf("sex", ("female", "male")))}
    assert (NARROW, AtLeast("completed_regimens", 2)) in {(m.kind, m.condition) for m in rows["months_to_recurrence"]}
    (symptoms,) = implied_mutants(loaded, catalog)
    whats = {(m.kind, m.what) for m in symptoms.mutants}
    assert whats >= {
        (DROP, "bone_pain implies nothing"),
        (SWAP, "bone_pain implies swelling"),
        (ADD, "bone_pain implies pain, swelling"),
        (ADD, "severe_headaches implies pain"),
    }


def test_histories_and_filings_are_changed_in_each_place(loaded: Pack, catalog: Catalog) -> None:
    """Every field of `from`; every drug under every other category of therapies; every such category under others."""
    histories = {row.name: {m.what: m for m in row.mutants} for row in history_mutants(loaded, catalog)}
    assert set(histories) == {name for name, row in catalog.attributes.items() if row.from_regimens}
    assert set(histories["prior_anti_her2_regimens"]) >= {
        "as a whole",
        "including her2_directed_therapy",
        "including targeted_therapy instead of her2_directed_therapy",
        "setting adjuvant",
        "stopped progression",
        "last months",
    }
    assert "setting adjuvant instead of metastatic" in histories["metastatic_regimens"]
    months = histories["months_to_recurrence"]
    assert [what for what, mutant in months.items() if mutant.reads_alike] == ["last months"]
    filings = {row.name: {m.what: m for m in row.mutants} for row in filing_mutants(loaded, catalog)}
    therapies = [name for name, row in catalog.categories.items() if row.therapy]
    assert list(filings) == [*catalog.agents, *therapies]
    for name, agent in catalog.agents.items():
        filed = [row.what for row in agent.categories]
        for other in set(therapies) - set(filed):
            assert {f"under {other}, not {own}" for own in filed} | {f"under {other} too"} <= set(filings[name])
        assert {f"not under {own}" for own in filed} <= set(filings[name])
    moved = filings["trastuzumab_deruxtecan"]["under hormone_therapy, not her2_directed_therapy"].implied or {}
    assert set(moved["trastuzumab_deruxtecan"]) == {"trastuzumab_deruxtecan", "hormone_therapy", "systemic_therapy"}
    above = filings["cdk4_6_inhibitor"]["under chemotherapy"].implied or {}
    assert set(above["palbociclib"]) == {"palbociclib", "cdk4_6_inhibitor", "chemotherapy", "systemic_therapy"}
    assert not any("aromatase" in what for what in filings["hormone_therapy"]), "no category lies below itself"
    alike = {what for what, mutant in filings["anastrozole"].items() if mutant.reads_alike}
    assert alike == {
        "not under hormone_therapy",
        "under systemic_therapy, not hormone_therapy",
        "under systemic_therapy too",
    }


def test_what_a_profile_states_otherwise_is_noticed_with_all_that_follows(loaded: Pack, catalog: Catalog) -> None:
    """The quick way of noticing finds nothing that the whole evaluation does not."""
    cases = list(read_expectations(loaded, catalog, Resolver(loaded)))
    groups = {
        HISTORIES: [row for row in history_mutants(loaded, catalog) if row.name == "prior_anti_her2_regimens"],
        FILINGS: [row for row in filing_mutants(loaded, catalog) if row.name in ("everolimus", "taxane")],
    }
    asked = asked_by_grounds(groups, cases)
    wide = widened(catalog, asked)
    found = list(grounds_of(cases, wide))
    grounds = Grounds(groups, asked, found, Judge(wide, None))
    quick = 0
    tried_here = [row for rows in groups.values() for row in rows]
    for row, mutant in [(one, mutant) for one in tried_here for mutant in one.mutants]:
        if grounds._states_otherwise(row, mutant):
            quick += 1
            other = grounds._with(mutant)
            near = [case for case in found if not row.touched.isdisjoint(case.tied)]
            assert any(module._notices(case, other, Evaluator(other), True) for case in near), (row.name, mutant.what)
            assert not mutant.reads_alike
    assert quick > 100


def test_asides_are_changed_as_rules_are(loaded: Pack, catalog: Catalog) -> None:
    """Every reading, note and statement with a condition; one that is always met only takes on a criterion."""
    asides = aside_mutants(loaded, catalog)
    whens = [row for row in catalog.statements.values() if row.when]
    assert [len(asides[kind]) for kind in (READING, NOTE, STATEMENT)] == [
        len(catalog.readings),
        len(catalog.notes),
        len(whens),
    ]
    for aside in [aside for rows in asides.values() for aside in rows]:
        assert aside.asked.condition not in aside.mutants
        if aside.asked.condition == ALWAYS:
            assert set(aside.mutants.values()) == {ADD}
    (brain,) = [row for row in asides[STATEMENT] if row.asked.name == "dana-farber-undated.brain-exception"]
    assert brain.mutants[ALWAYS] == DROP
    assert brain.mutants[Includes("metastatic_sites", "liver")] == SWAP


def test_what_is_equivalent_by_the_solver_is_so_by_the_search(loaded: Pack, catalog: Catalog) -> None:
    """Of derivations: the same cases are allowed, over every case at once, and as no case is found that differs."""
    rows = {DERIVATIONS: list(derivation_mutants(loaded, catalog))}
    asked = asked_by_grounds(rows, [])
    wide = widened(catalog, asked)
    judges = [Judge(wide, Space(wide)), Judge(wide, None)]
    grounds = Grounds(rows, asked, [], judges[0])
    counted = {True: 0, False: 0}
    for mutant in [mutant for row in rows[DERIVATIONS] for mutant in row.mutants if mutant.kind != ADD]:
        same, searched = (judge.rules_out_the_same(grounds._with(mutant)) for judge in judges)
        assert same == searched, (mutant.kind, mutant.what, mutant.condition)
        counted[same] += 1
    assert counted[True] >= 3
    assert counted[False] > 200


# ---------------------------------------------------------------- what survives is told


def test_without_its_cases_a_filing_survives(pack: Copy) -> None:
    """Nothing else asks whether paclitaxel is a taxane."""
    without(pack, EXPECTED, "asks: {prior_therapies: {include: taxane}}", "  - asks: {prior_therapies: {include: chemo")
    assert pack.problems() == []
    found = tried(pack)
    survived = {problem.message: problem.where for problem in found.problems}
    told = "no check notices paclitaxel (not under taxane) (drop)."
    assert survived[told] == pack.place(AGENTS, "- {category: taxane", "id: paclitaxel\n")
    assert sum(tally.survived for tally in found.groups[FILINGS].values()) == len(survived)


def test_without_its_cases_a_derivation_survives(pack: Copy) -> None:
    """No rule of the small pack asks for areas: without the cases on them nothing tells the derivation from others."""
    without(pack, EXPECTED, "# ---------------------------------------------------------------- areas", "# ------")
    assert pack.problems() == []
    found = tried(pack)
    survived = [problem for problem in found.problems if "areas-and-growths" in problem.message]
    own = [problem for problem in survived if " areas-and-growths " in problem.message]
    assert {problem.where for problem in own} == {pack.place(PROFILE, "id: areas-and-growths")}
    assert "no check notices areas-and-growths (as a whole) (drop)." in {problem.message for problem in own}
    assert len(survived) <= sum(tally.survived for tally in found.groups[DERIVATIONS].values())


@pytest.mark.parametrize(
    ("file", "case", "survivor", "group", "where"),
    [
        (RULE_CASES, "- readings: [palbociclib/postmenopausal]", "the reading mnt-undated.palbociclib/postmenopausal",
         READINGS, (RULES, "id: postmenopausal\n", "")),
        (EXPECTED, "- statements: [mnt-undated.progression", "the statement mnt-undated.progression-considerations",
         WHENS, ("knowledge/statements/mnt-undated/treatment.yaml", "{disease_status", "id: progression-consid")),
        (EXPECTED, "- note: male-wording", "the note male-wording", NOTES, (PROFILE, "id: male-wording", "")),
    ],
)  # fmt: skip
def test_with_a_case_taken_away_a_mutant_survives(
    pack: Copy, file: str, case: str, *, survivor: str, group: str, where: tuple[str, str, str]
) -> None:
    """The changes of a case, on which it is not met: without them the condition could be weaker, or none at all."""
    lines = (pack.root / file).read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if case in line) + 3
    end = next(i for i, line in enumerate(lines) if i > start and not line.startswith("      - "))
    assert lines[start] == "    changes:\n"
    (pack.root / file).write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")
    found = tried(pack)
    told = f"no check notices {survivor} with the condition "
    survived = [problem for problem in found.problems if problem.message.startswith(told)]
    assert survived, [problem.message for problem in found.problems]
    assert sum(tally.survived for tally in found.groups[group].values()) == len(survived) == len(found.problems)
    assert {problem.where for problem in survived} == {pack.place(*where)}


# ---------------------------------------------------------------- what has no case, and cases of nothing


def test_a_reading_without_a_case_is_told(pack: Copy) -> None:
    """So is one of which every case comes to the same as by the rule's own reading."""
    pack.edit(RULE_CASES, "  - readings: [palbociclib/postmenopausal]", "  - rule: palbociclib")
    kinds = {problem.kind: problem for problem in pack.problems()}
    assert kinds["no-case"].message == "the reading mnt-undated.palbociclib/postmenopausal has no case."
    assert kinds["no-case"].where == pack.place(RULES, "id: postmenopausal\n")


def test_a_reading_that_no_case_tells_from_its_rule_is_told(pack: Copy) -> None:
    """Its cases have to part it from the rule's own somewhere."""
    pack.edit(RULE_CASES, "      - {name: Before menopause, set: {menopausal_status: premenopausal}, truth: met}\n", "",
              after="letrozole/no-menopause")  # fmt: skip
    (pack.root / RULE_CASES).write_text(
        (pack.root / RULE_CASES).read_text(encoding="utf-8").replace(
            "profile: {her2_status: negative, er_status: positive}\n",
            "profile: {her2_status: negative, er_status: positive, menopausal_status: postmenopausal}\n"),
        encoding="utf-8",
    )  # fmt: skip
    told = [problem.message for problem in pack.problems() if problem.kind == "case-reading"]
    assert "no case of mnt-undated.letrozole/no-menopause tells it from the rule's own reading." in told


def test_a_note_and_a_statement_without_a_case_are_told(pack: Copy) -> None:
    """Each has a condition, and nothing says what it comes to."""
    without(pack, EXPECTED, "  - note: pr-only", "  # =====")
    without(pack, EXPECTED, "  - statements: [mnt-undated.trastuzumab-heart]", "  - statements: [mnt-undated.trastuz")
    told = {problem.message for problem in pack.problems()}
    assert {
        "the note pr-only has no case.",
        "the statement mnt-undated.trastuzumab-heart has no case.",
    } <= told


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (EXPECTED, "- note: pr-only", "- note: pr-alone", "unknown note 'pr-alone'"),
        (EXPECTED, "[mnt-undated.trastuzumab-heart]", "[mnt-undated.heart]", "unknown statement 'mnt-undated.heart'"),
        (EXPECTED, "asks: {hr_status: positive}", "asks: {hr_status: present}", "unknown value 'present'"),
        (RULE_CASES, "[palbociclib/postmenopausal]", "[palbociclib/later]",
         "unknown reading 'mnt-undated.palbociclib/later'"),
        (EXPECTED, "- note: pr-only", "- note: pr-only\n    asks: {sex: male}",
         "a case asks a condition, or is of a note, or of statements"),
        (RULE_CASES, "- rule: palbociclib\n", "- rule: palbociclib\n    readings: [palbociclib/postmenopausal]\n",
         "a case is of a rule, or of other readings"),
        (EXPECTED, "profile: {er_status: positive}", "profile: {er_status: positiv}", "is not accepted"),
    ],
)  # fmt: skip
def test_a_case_of_nothing_is_told(pack: Copy, file: str, old: str, new: str, told: str) -> None:
    """A name that is not there, a value that is not one, a case of two things, a profile that is not understood."""
    pack.edit(file, old, new)
    problems: list[Problem] = pack.problems()
    assert any(told in problem.message for problem in problems), problems
    assert all(problem.where.startswith(file) for problem in problems if told in problem.message)
