"""Small changes of every rule and every citation, and the checks that must notice them: `mbc check --mutate`.

Most tests break one thing of a small pack, or try one change by hand; one tries every change of the checkout.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from command_line import command, environment, mbc
from copies import Copy
from mbc_explorer.checks import mutations as module
from mbc_explorer.checks.attribution import Attribution
from mbc_explorer.checks.citations import CONTEXT, MOVE, misquotes
from mbc_explorer.checks.expectations import widened
from mbc_explorer.checks.mutants import (
    ADD,
    DROP,
    NARROW,
    NEGATE,
    OF_ALTERNATIVES,
    OF_CONDITIONS,
    SWAP,
    WEAKEN,
    Vocabulary,
    alternative_mutants,
    changed,
    condition_mutants,
    siblings,
)
from mbc_explorer.checks.mutations import asked_by_mutants, mutate
from mbc_explorer.checks.tally import (
    ALTERNATIVES,
    APPLICABILITY,
    CASES,
    CITATIONS,
    CRITERIA,
    DERIVATIONS,
    FILINGS,
    HISTORIES,
    IMPLIED,
    NAMES,
    NOTES,
    OTHERS,
    READINGS,
    WHENS,
)
from mbc_explorer.checks.trials import Trials
from mbc_explorer.compiling import Compiler
from mbc_explorer.condition import ALWAYS, All, AtLeast, AtMost, Includes, Not, OneOf
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.errors import EngineError, one
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.loading import read_pack
from mbc_explorer.published import CheckOut
from mbc_explorer.space import Space
from mbc_explorer.verbatim import sentences_of

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Catalog
    from mbc_explorer.catalog import Rule
    from mbc_explorer.checks.tally import Mutated
    from mbc_explorer.condition import Condition
    from mbc_explorer.folders import Folders

RULES = "rules/mnt-undated/treatment.yaml"
CASES_FILE = "rules/mnt-undated/treatment.cases.yaml"
STATEMENTS = "knowledge/statements/mnt-undated/treatment.yaml"
BESIDE = (DERIVATIONS, APPLICABILITY, IMPLIED, HISTORIES, FILINGS, NOTES, READINGS, WHENS)
"""The groups of what is no rule; tests/test_ground_mutations.py has their tests."""
POSITIVE, NEGATIVE = OneOf("her2_status", ("positive",)), OneOf("her2_status", ("negative",))


@pytest.fixture
def pack(tmp_path: Path, small: Path) -> Copy:
    """A copy of the small pack that a test may break."""
    shutil.copytree(small, tmp_path, dirs_exist_ok=True)
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def trials(folders: Folders, catalog: Catalog) -> Trials:
    """The proofs of this checkout, to be asked about changed rules."""
    return Trials(read_pack(folders), catalog)


def tried(pack: Copy, corpus: Path | None = None) -> Mutated:
    """Every mutant of a small pack."""
    loaded = read_pack(pack.folders)
    catalog = Compiler(loaded).catalog()
    texts = {name: sentences_of(catalog, name, corpus) for name in catalog.sources} if corpus else None
    return mutate(loaded, catalog, texts)


# ---------------------------------------------------------------- every mutant of the checkout


@pytest.mark.corpus
@pytest.mark.slow
def test_every_mutant_of_the_checkout_is_noticed(folders: Folders, corpus: Path) -> None:
    """Nothing survives. The cases alone notice every changed criterion, the words alone nearly everything else."""
    loaded = read_pack(folders)
    catalog = Compiler(loaded).catalog()
    texts = {name: sentences_of(catalog, name, corpus) for name in catalog.sources}
    done: list[tuple[str, int, int]] = []
    found = mutate(loaded, catalog, texts, lambda *told: done.append(told))
    assert found.problems == []
    assert found.without == []
    assert {(group, of) for group, number, of in done if number == of} == {
        (CRITERIA, len(catalog.rules)),
        (ALTERNATIVES, len(catalog.rules)),
        (CITATIONS, len(catalog.rule_statements)),
        (OTHERS, len(catalog.statements) - len(catalog.rule_statements)),
        (DERIVATIONS, len(loaded.profile.model.derivations)),
        (APPLICABILITY, sum(row.applies_when is not None for row in catalog.attributes.values())),
        (IMPLIED, 1),
        (HISTORIES, sum(row.from_regimens is not None for row in catalog.attributes.values())),
        (FILINGS, len(catalog.agents) + sum(row.therapy for row in catalog.categories.values())),
        (NOTES, len(catalog.notes)),
        (READINGS, len(catalog.readings)),
        (WHENS, sum(row.when is not None for row in catalog.statements.values())),
    }
    for kinds in found.groups.values():
        for kind, tally in kinds.items():
            assert tally.made == tally.caught + tally.equivalent + tally.same + tally.survived, kind
            assert tally.made > 0, kind
    for group in (CRITERIA, *BESIDE):
        for kind, tally in found.groups[group].items():
            assert tally.by[CASES] == tally.caught, f"only another check notices a {kind} of {group}"
    assert len(found.equivalent) == sum(tally.equivalent for kinds in found.groups.values() for tally in kinds.values())
    rules = found.groups[CITATIONS]
    assert rules[MOVE].same <= 4, "more sentences of rules can be exchanged for a neighbor"
    assert all(tally.same <= 2 for kind, tally in rules.items() if kind not in (MOVE, CONTEXT))
    assert len(found.same) == sum(tally.same for kinds in found.groups.values() for tally in kinds.values())
    assert all(row["names"] for row in found.same if row["statement"] in catalog.rule_statements)


def test_what_is_equivalent_by_the_solver_is_so_by_the_search(catalog: Catalog) -> None:
    """Two ways to the same: decision diagrams over every case, and the evaluator's search for a case that differs."""
    wide = widened(catalog, asked_by_mutants(catalog))
    space, evaluator = Space(wide), Evaluator(wide)
    counted: Counter[bool] = Counter()
    for rule, mutants in condition_mutants(catalog):
        for mutant in [m for m in mutants if m.kind in (DROP, WEAKEN, NARROW, SWAP)]:
            other = mutant.rule.condition
            differ = space.is_possible(space.diagram(rule.condition) ^ space.diagram(other))
            searched = any(
                evaluator.possible({}, [(rule.condition, here), (other, not here)]) for here in (True, False)
            )
            assert differ is searched, f"{rule.id}: {other}"
            counted[differ] += 1
    assert counted[True] > 1000
    assert counted[False] > 10


# ---------------------------------------------------------------- which mutants there are


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (POSITIVE, {(SWAP, NEGATIVE), (WEAKEN, OneOf("her2_status", ("positive", "negative")))}),
        (
            Includes("prior_therapies", "hormone_therapy"),
            {
                (WEAKEN, Includes("prior_therapies", "systemic_therapy")),
                (NARROW, Includes("prior_therapies", "aromatase_inhibitor")),
                (SWAP, Includes("prior_therapies", "chemotherapy")),
                (SWAP, Includes("current_therapies", "hormone_therapy")),
            },
        ),
        (
            AtLeast("prior_regimens", 2),
            {
                (NARROW, AtLeast("prior_regimens", 3)),
                (WEAKEN, AtLeast("prior_regimens", 1)),
                (SWAP, AtMost("prior_regimens", 2)),
                (SWAP, AtLeast("prior_anti_her2_regimens", 2)),
            },
        ),
        (
            AtMost("metastatic_areas", 2),
            {
                (WEAKEN, AtMost("metastatic_areas", 3)),
                (NARROW, AtMost("metastatic_areas", 1)),
                (SWAP, AtMost("metastatic_growths", 2)),
            },
        ),
        (Not(POSITIVE), {(NEGATE, POSITIVE), (NARROW, Not(OneOf("her2_status", ("positive", "negative"))))}),
        (
            All((POSITIVE, OneOf("sex", ("male",)))),
            {
                (DROP, All((POSITIVE,))),
                (NEGATE, All((Not(POSITIVE), OneOf("sex", ("male",))))),
                (WEAKEN, AnyOf((POSITIVE, OneOf("sex", ("male",))))),
                (SWAP, All((NEGATIVE, OneOf("sex", ("male",))))),
            },
        ),
        (AnyOf((POSITIVE, NEGATIVE)), {(DROP, AnyOf((POSITIVE,))), (NARROW, All((POSITIVE, NEGATIVE)))}),
    ],
)  # fmt: skip
def test_a_criterion_is_dropped_turned_loosened_tightened_and_exchanged(
    catalog: Catalog, condition: Condition, expected: set[tuple[str, Condition]]
) -> None:
    """The changes of a condition by hand, each of its kind."""
    assert set(changed(condition, Vocabulary(catalog))) >= expected


def test_every_rule_has_mutants_of_its_condition_or_takes_on_a_criterion(catalog: Catalog) -> None:
    """A rule with a condition has it dropped and negated as a whole; any rule takes on those of its source."""
    kinds: Counter[str] = Counter()
    for rule, mutants in condition_mutants(catalog):
        conditions = [mutant.rule.condition for mutant in mutants]
        assert rule.condition not in conditions
        assert len(conditions) == len(set(conditions))
        assert any(mutant.kind == ADD for mutant in mutants), rule.id
        if rule.condition != ALWAYS:
            assert {ALWAYS, Not(rule.condition)} <= set(conditions)
        kinds.update(mutant.kind for mutant in mutants)
    assert set(kinds) == set(OF_CONDITIONS)


def test_every_rule_has_other_stances_options_and_partners(catalog: Catalog) -> None:
    """Two other stances for each, the options beside its own, and partners fewer, others and more."""
    for rule, mutants in alternative_mutants(catalog):
        assert {mutant.kind for mutant in mutants} == set(OF_ALTERNATIVES), rule.id
        stances = {mutant.rule.stance for mutant in mutants if mutant.kind == "stance"}
        assert stances == {"describes", "describes_as_not_used", "investigational"} - {rule.stance}
    assert {"letrozole", "exemestane", "aromatase_inhibitor", "hormone_therapy"} <= set(
        siblings("anastrozole", catalog)
    )
    assert {"radiation_for_pain", "surgery"} <= {*siblings("radiation_therapy", catalog)}


@pytest.mark.corpus
def test_a_citation_is_moved_and_its_names_exchanged(folders: Folders, catalog: Catalog, corpus: Path) -> None:
    """The statement on olaparib: sentence 88 as 87 or 89, other drugs, receptors, genes and classes, less context."""
    texts = {name: sentences_of(catalog, name, corpus) for name in catalog.sources}
    attribution = Attribution(read_pack(folders), catalog, texts)
    claim = attribution.claims["cancercare-2024.olaparib"]
    found = {(changed.kind, changed.what) for changed in misquotes(claim, attribution)}
    assert found >= {
        ("sentence", "cites sentence 87 instead of 88"),
        ("sentence", "cites sentence 89 instead of 88"),
        ("context", "the context of cancercare-2024.olaparib is 71, 72, without 83"),
        ("drug", "the paraphrase says talazoparib instead of olaparib"),
        ("class", "the paraphrase says hormone_therapy instead of chemotherapy"),
        ("term", "the paraphrase says HER2-positive instead of HER2-negative"),
        ("term", "the paraphrase says triple-negative instead of HER2-negative"),
        ("term", "the paraphrase says PIK3CA instead of BRCA"),
    }


# ---------------------------------------------------------------- each check notices


def rule(catalog: Catalog, name: str) -> Rule:
    """A rule of the catalog."""
    return catalog.rules[name]


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("cancercare-2024.talazoparib", OneOf("brca_status", ("mutated",))),
        ("breastcancer-org-2022.hormone-therapy", OneOf("hr_status", ("negative",))),
        ("cancercare-2024.tucatinib", All((POSITIVE, AtMost("prior_anti_her2_regimens", 1)))),
    ],
)  # fmt: skip
def test_an_invariant_notices(catalog: Catalog, trials: Trials, name: str, condition: Condition) -> None:
    """HER2 left out, hormone receptors turned, and at most one anti-HER2 regimen where two imply what one implies."""
    own = rule(catalog, name)
    assert not trials.breaks_invariant(own, own)
    assert trials.breaks_invariant(own, own._replace(condition=condition))


def test_an_invariant_notices_another_stance_and_another_option(catalog: Catalog, trials: Trials) -> None:
    """Ovarian suppression described after menopause, and trastuzumab in the place of chemotherapy."""
    own = rule(catalog, "mnt-undated.postmenopausal-no-ovarian-suppression")
    assert trials.breaks_invariant(own, own._replace(stance="describes")) or trials.breaks_proof(
        own, own._replace(stance="describes")
    )
    own = rule(catalog, "cancercare-2024.chemotherapy-triple-negative")
    assert trials.breaks_invariant(own, own._replace(option="trastuzumab"))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("cancercare-2024.talazoparib", {"condition": All((POSITIVE, NEGATIVE))}),
        ("cancercare-2024.talazoparib", {"condition": ALWAYS}),
        ("cancercare-2024.talazoparib", {"option": "olaparib", "condition": NEGATIVE}),
        ("cancercare-2024.talazoparib", {"option": "tamoxifen"}),
        ("breastcancer-org-2022.hormone-therapy", {"stance": "describes_as_not_used"}),
    ],
)  # fmt: skip
def test_another_proof_notices(catalog: Catalog, trials: Trials, name: str, change: dict[str, Any]) -> None:
    """Never met; always met; met wherever another of the option is; an option without a rule; used and not used."""
    own = rule(catalog, name)
    assert not trials.breaks_proof(own, own)
    assert trials.breaks_proof(own, own._replace(**change))


def test_no_proof_fails_on_the_rules_themselves(catalog: Catalog, trials: Trials) -> None:
    """What a proof notices is the change."""
    assert not any(trials.breaks_invariant(own, own) or trials.breaks_proof(own, own) for own in catalog.rules.values())


def test_without_cases_and_words_the_turned_condition_survives(pack: Copy) -> None:
    """Words do not notice a condition that is turned: without its cases it survives, and is told with a profile."""
    text = (pack.root / CASES_FILE).read_text(encoding="utf-8")
    cases = text.split("  - rule: ")
    kept = [case for case in cases if not case.startswith("her2-directed-therapy\n")]
    assert len(kept) == len(cases) - 1
    (pack.root / CASES_FILE).write_text("  - rule: ".join(kept), encoding="utf-8")
    found = tried(pack)
    tally = found.groups[CRITERIA][NEGATE]
    assert (tally.survived, tally.by[CASES], tally.caught) == (1, tally.made - 1, tally.made - 1)
    (problem,) = [problem for problem in found.problems if "(negate)" in problem.message]
    assert problem.kind == "surviving-mutant"
    assert problem.where == pack.place(RULES, "id: her2-directed-therapy\n")
    assert problem.message.startswith(
        "no check notices mnt-undated.her2-directed-therapy with the condition 'not HER2: positive' instead of "
        "'HER2: positive' (negate); a case to add: profile {'her2_status': "
    )


def test_with_a_case_taken_away_a_mutant_survives(pack: Copy) -> None:
    """Options after two regimens that stopped working: the case that tells them from two that were given at all."""
    lines = (pack.root / CASES_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if "Two regimens for metastatic disease were stopped for" in line)
    del lines[first : first + 3]
    (pack.root / CASES_FILE).write_text("".join(lines), encoding="utf-8")
    assert pack.problems() == [], "no other check asks for this case"
    (problem,) = tried(pack).problems
    assert problem.message.startswith("no check notices mnt-undated.other-targeted-options with the condition ")
    assert "earlier regimens for metastatic disease: at least 2" in problem.message
    assert problem.where == pack.place(RULES, "id: other-targeted-options")


def test_without_words_another_partner_survives(pack: Copy) -> None:
    """No proof and no case speaks of partners; without naming.yaml nothing does."""
    (pack.root / "knowledge/naming.yaml").unlink()
    found = tried(pack)
    assert found.without == [NAMES, "texts"]
    tally = found.groups[ALTERNATIVES]["partners"]
    assert tally.survived == tally.made > 0
    assert any(
        problem.message == "no check notices mnt-undated.palbociclib with the partners ('trastuzumab',)."
        for problem in found.problems
    )


@pytest.mark.corpus
def test_a_hole_in_the_words_lets_a_drug_be_exchanged(pack: Copy, corpus: Path) -> None:
    """HER2-positive without words of ours cannot be found in a paraphrase, wherever it is put."""
    pack.edit("knowledge/naming.yaml", "in_paraphrase: 'HER2-positive|", "in_paraphrase: 'HER2-plus|")
    survived = [problem.message for problem in tried(pack, corpus).problems]
    assert any(
        message.startswith("no check notices cancercare-2024.") and "says HER2-positive instead of" in message
        for message in survived
    )


@pytest.mark.corpus
def test_what_names_the_same_is_told_with_its_names(pack: Copy, corpus: Path) -> None:
    """What two neighboring sentences both name cannot tell them apart: counted apart, with what is still named."""
    found = tried(pack, corpus)
    assert found.problems == []
    assert len(found.same) == sum(tally.same for kinds in found.groups.values() for tally in kinds.values())
    rows = [row for row in found.same if row["statement"] == "cancercare-2024.four-subtypes" and row["kind"] == MOVE]
    kinds = ["HER2", "HER2-negative", "HER2-positive", "hormone receptor-positive", "hormone receptors"]
    assert rows == [
        {
            "statement": "cancercare-2024.four-subtypes",
            "kind": MOVE,
            "change": "cites sentence 14 instead of 13",
            "names": [*kinds, "triple-negative"],
        }
    ]


def test_without_the_solver_the_rest_still_works(pack: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search proves what is equivalent, no proof is asked, and what only a proof could notice is no problem."""
    with_solver = tried(pack)

    def missing(_: Catalog) -> Space:
        raise EngineError(one("solver-missing", "--prove", "the solver cannot be loaded."))

    monkeypatch.setattr(module, "Space", missing)
    found = tried(pack)
    assert found.problems == []
    assert found.without == ["texts", "proofs"]
    assert found.equivalent == with_solver.equivalent
    assert all("proofs" not in tally.asked for kinds in found.groups.values() for tally in kinds.values())


# ---------------------------------------------------------------- the command


def test_the_command_tells_what_it_tried(pack: Copy) -> None:
    """As text, tables of at most 80 columns; as JSON, of the published shape; nothing of it where it was not asked."""
    ran = mbc("check", "--mutate", "--knowledge", str(pack.root))
    assert ran.code == 0
    assert re.search(r"^Mutants: \d+ tried, \d+ equal, 0 same\.\nOf the other (\d+) caught \1 \(100 %\), survived 0\.$",
                     ran.out, re.MULTILINE)  # fmt: skip
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "No citation was changed" in ran.out
    assert "\r" not in ran.err
    data = json.loads(mbc("check", "--mutate", "--knowledge", str(pack.root), "--json").out)
    CheckOut.model_validate(data)
    assert set(data["mutations"]["groups"]) == {CRITERIA, ALTERNATIVES, *BESIDE}
    assert data["mutations"]["without"] == ["texts"]
    plain = json.loads(mbc("check", "--knowledge", str(pack.root), "--json").out)
    CheckOut.model_validate(plain)
    assert plain["mutations"] == {}


def test_a_survivor_makes_the_command_fail(pack: Copy) -> None:
    """Without the words for partners, mutants survive: exit code 1, and they are told."""
    (pack.root / "knowledge/naming.yaml").unlink()
    ran = mbc("check", "--mutate", "--knowledge", str(pack.root))
    assert ran.code == 1
    assert "no check notices mnt-undated.palbociclib with the partners" in ran.err
    assert re.search(r"survived [1-9]\d*\.$", ran.out, re.MULTILINE)


def test_nothing_is_tried_where_something_is_wrong(pack: Copy) -> None:
    """A check that fails without any mutant would notice every one of them."""
    pack.edit(STATEMENTS, "T-DM1", "T-DM1, which is the best drug,", after="id: trastuzumab-emtansine\n")
    ran = mbc("check", "--mutate", "--knowledge", str(pack.root))
    assert ran.code == 1
    assert "No mutant was tried, since there are problems without any." in ran.err
    assert "Mutants: " not in ran.out


def test_a_terminal_is_told_how_far_it_is(pack: Copy) -> None:
    """Somebody who watches sees the numbers pass; a pipe does not."""
    import os
    import pty
    import subprocess

    leader, follower = pty.openpty()
    words = command("check", "--mutate", "--knowledge", str(pack.root))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=follower, env=environment()) as process:
        os.close(follower)
        told = b""
        while True:
            try:
                part = os.read(leader, 1024)
            except OSError:
                break
            if not part:
                break
            told += part
        out = process.stdout.read() if process.stdout else b""
    os.close(leader)
    assert process.returncode == 0
    assert b"mutants of criteria: 1 of " in told
    assert b"Mutants: " in out
    assert b"\r" not in out


def test_the_evaluator_judges_mutants_of_facts_that_no_rule_asks_for(catalog: Catalog) -> None:
    """A mutant may ask whether tamoxifen is planned, which no rule does; the wider catalog has the fact."""
    wide = widened(catalog, asked_by_mutants(catalog))
    assert "planned_therapies:tamoxifen" not in catalog.facts
    evaluator = Evaluator(wide)
    condition = Includes("planned_therapies", "tamoxifen")
    known = {"planned_therapies:tamoxifen": "present"}
    assert WORDS[evaluator.truth(condition, {**known, **evaluator.implied(known)})] == "met"
    wider = Includes("planned_therapies", "hormone_therapy")
    assert WORDS[evaluator.truth(wider, {**known, **evaluator.implied(known)})] == "met"
