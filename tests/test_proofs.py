"""The proofs: the pack is clean, every finding is shown on a pack that is broken on purpose, the space is exact.

What is proven of every possible case must not rest on the solver alone: the space is checked against brute force on
small systems, against the reference evaluator and profiles as users give them on the real one, and against z3.
"""

from __future__ import annotations

import builtins
import shutil
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from copies import Copy
from mbc_explorer.catalog import Catalog, Conflict, Constraint
from mbc_explorer.checks.proofs import Proven, prove
from mbc_explorer.compiling import Compiler
from mbc_explorer.condition import (
    NO,
    NOT_APPLICABLE,
    YES,
    All,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Not,
    OneOf,
    from_yaml,
    literal,
)
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.errors import EngineError, Problem
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.loading import read_pack
from mbc_explorer.space import Space
from test_properties import MANY, constraints, every_world, facts_of, holds, profiles, the_catalog

if TYPE_CHECKING:
    from mbc_explorer.folders import Folders

pytest.importorskip("oxidd", reason="the solver of the extra 'verify' (oxidd) is not installed, so nothing is proven")

INVARIANTS = "rules/invariants.yaml"
PROFILE = "knowledge/profile.yaml"


@cache
def the_space() -> Space:
    return Space(the_catalog())


# ---------------------------------------------------------------- the pack


def test_everything_is_proven_of_the_pack(folders: Folders) -> None:
    """Nothing is found, and something of every kind was proven."""
    pack = read_pack(folders)
    counts, problems = prove(pack, Compiler(pack).catalog())
    assert problems == []
    assert [kind for kind, number in counts.items() if not number] == []
    assert counts["invariants"] >= 60
    claims = {row.claims for loaded in pack.invariants for row in loaded.model.invariants}
    assert len(claims) == 5


def test_without_the_solver_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where oxidd cannot be imported, proofs are refused with the extra that brings it."""
    real = builtins.__import__

    def importing(name: str, *rest: Any) -> Any:
        if name.startswith("oxidd"):
            raise ImportError("no such module")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(EngineError, match=r"mbc-explorer\[verify\]"):
        Space(the_catalog())


# ---------------------------------------------------------------- findings, each broken on purpose


class Broken(NamedTuple):
    """A copy of the pack with many things wrong, and what the proofs found."""

    pack: Copy
    found: Proven

    def told(self, kind: str, *words: str) -> Problem:
        """The one problem of a kind that holds all of these words."""
        (problem,) = [p for p in self.found.problems if p.kind == kind and all(word in p.message for word in words)]
        return problem


NEW_INVARIANTS = """
  - {id: never, says: Nobody is given everolimus., claims: never_described, given: {hr_status: positive}, options: [alpelisib], sources: [cancercare-2024], basis: curator}
  - {id: idle-given, says: x, claims: never_described, given: {all: [{er_status: positive}, {triple_negative: present}]}, basis: curator}
  - {id: idle-attribute, says: x, claims: unchanged_by, attributes: [sex], basis: curator}
  - {id: idle-comparison, says: x, claims: unchanged_by, attributes: [brca_status], given: {her2_status: positive}, options: [talazoparib], basis: curator}
  - {id: idle-exception, says: x, claims: never_described, given: {her2_status: negative}, options: [lapatinib], except: [{rule: cancercare-2024.lapatinib, because: x, cites: ["cancercare-2024:61"]}], basis: curator}
  - {id: idle-comparing-exception, says: x, claims: unchanged_by, attributes: [care_center], except: [{rule: msk-2016.tumor-gene-testing, because: x, cites: ["msk-2016:38"]}, {rule: msk-2016.palliative-care, because: x, cites: ["msk-2016:49"]}], basis: curator}
  - {id: other-exception, says: x, claims: never_described, given: {her2_status: negative}, options: [lapatinib], except: [{rule: mnt-undated.yoga, because: x, cites: ["mnt-undated:48"]}], basis: curator}
  - {id: empty, says: x, claims: always_described, options: [everolimus], sources: [msk-2016], basis: curator}
  - {id: unknown-category, says: x, claims: always_described, categories: [hormone_therapies], basis: curator}
  - {id: unknown-option, says: x, claims: always_described, options: [tamoxifene], basis: curator}
  - {id: unknown-source, says: x, claims: always_described, options: [tamoxifen], sources: [msk-2015], basis: curator}
  - {id: unknown-attribute, says: x, claims: unchanged_by, attributes: [symptom], basis: curator}
  - {id: unknown-asking, says: x, claims: always_described, asking: [gender], basis: curator}
  - {id: unknown-exception, says: x, claims: never_described, given: {her2_status: negative}, except: [{rule: mnt-undated.yoge, because: x, cites: ["mnt-undated:48"]}], basis: curator}
  - {id: unknown-in-condition, says: x, claims: always_described, given: {her3_status: negative}, basis: curator}
  - {id: unknown-sentence, says: x, claims: always_described, options: [systemic_therapy], cites: ["msk-2016:99"]}
  - {id: unread, says: x, claims: never_described, given: {prior_therapies: {include: zoledronic_acid}}, basis: curator}
  - {id: unread, says: x, claims: always_described, options: [systemic_therapy], basis: curator}
"""  # noqa: E501  one invariant a line
NEW_OVERLAPS = "\n  - {rules: [mnt-undated.yoge, mnt-undated.yoga, mnt-undated.exercise], because: x}"
NEW_ATTRIBUTES = """attributes:
  - {id: smoking, name: Smoking, label: smoking, group: person, kind: choice, about: Whether., cites: ["mnt-undated:1"], values: [{id: yes_now}, {id: never}]}
"""  # noqa: E501  the same
NEW_DERIVATIONS = """derivations:
  - {id: said-already, implication: {if: {er_status: positive}, then: {hr_status: positive}}, because: x, basis: curator, cites: []}
  - {id: of-nothing, implication: {if: {smoking: never}, then: {smoking: never}}, because: x, basis: curator, cites: []}
"""  # noqa: E501  the same


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, folders: Folders) -> Broken:
    """The whole pack, each rule or entry broken once; all are proven in one run, so that the tests stay quick."""
    root = tmp_path_factory.mktemp("broken")
    shutil.copytree(folders.knowledge, root / "knowledge")
    shutil.copytree(folders.rules, root / "rules")
    copy = Copy(root)
    exemestane = "rules/breastcancer-org-2022/hormone-therapy.yaml"
    copy.edit(exemestane, "{hr_status: positive}", "{hr_status: negative}", after="id: exemestane")
    few = "rules/breastcancer-org-2022/local-treatment.yaml"
    copy.edit(few, "        - {tumor_size: small}\n", "", after="id: local-small-tumors")
    tucatinib = "rules/cancercare-2024/her2-positive.yaml"
    copy.edit(tucatinib, "{at_least: 1}", "{at_most: 1}", after="id: tucatinib")
    immunotherapy = "rules/cancercare-2024/immunotherapy.yaml"
    more = "{all: [{triple_negative: present}, {disease_pace: growing_quickly}]}"
    copy.edit(immunotherapy, "{triple_negative: present}", more, after="id: pembrolizumab")
    talazoparib = "rules/cancercare-2024/her2-negative.yaml"
    more = "- {brca_status: mutated}\n        - {metastatic_sites: {include: liver}}"
    copy.edit(talazoparib, "- {brca_status: mutated}", more, after="id: talazoparib")
    copy.edit(PROFILE, "attributes:\n", NEW_ATTRIBUTES)
    copy.edit(PROFILE, "derivations:\n", NEW_DERIVATIONS)
    copy.edit(PROFILE, "{id: small, aliases: []}", "{id: small, aliases: []}, {id: huge, aliases: []}")
    copy.edit(PROFILE, "{id: spine, aliases: []}", "{id: spine, aliases: [], unasked: x}")
    copy.edit(PROFILE, "{id: liver, aliases: []}", "{id: liver, aliases: []}\n      - {id: chest}")
    copy.edit(INVARIANTS, "\noverlaps:", f"{NEW_INVARIANTS}\noverlaps:{NEW_OVERLAPS}")
    pack = read_pack(copy.folders)
    catalog = Compiler(pack).catalog()
    alter(catalog, "cancercare-2024.everolimus", {"all": [{"sex": "male"}, {"menopausal_status": "postmenopausal"}]})
    alter(catalog, "dana-farber-undated.biopsy", {"imaging_result": ["normal", "abnormal"]})
    alter(catalog, "mnt-undated.clinical-trials", {"hr_status": "positive"})
    catalog.conflicts += (Conflict((("her2_status", ("positive",)), ("brca_status", ("mutated",))), ()),)
    return Broken(copy, prove(pack, catalog))


def alter(catalog: Catalog, name: str, condition: dict[str, Any]) -> None:
    """Put another condition in a rule after compiling, which would refuse one that is always met or never."""
    rule = catalog.rules[name]
    catalog.rules[name] = rule._replace(condition=from_yaml(condition))
    rows = catalog.rules_of[rule.option]
    rows[rows.index(rule)] = catalog.rules[name]


def test_a_rule_that_no_case_meets_is_found(broken: Broken) -> None:
    """A man has no menopausal status, so everolimus cannot be met, and so the option is never described."""
    told = broken.told("never-met", "cancercare-2024.everolimus")
    assert told.where == broken.pack.place("rules/cancercare-2024/her2-negative.yaml", "id: everolimus")
    assert broken.told("unreachable-option").where == "everolimus"


def test_a_rule_that_every_case_meets_is_found(broken: Broken) -> None:
    """Either result of a scan meets it, and it is not marked; another is marked, and some case does not meet it."""
    assert "is met by every case" in broken.told("always-met", "dana-farber-undated.biopsy").message
    marked = broken.told("always-met", "mnt-undated.clinical-trials")
    assert "is marked 'always: true'" in marked.message
    assert marked.message.endswith("For instance: HR: negative.")


def test_facts_that_are_possible_after_all_are_found(broken: Broken) -> None:
    """Facts that a profile would be refused for, and that no constraint forbids."""
    told = broken.told("possible-conflict")
    assert told.where == "her2_status + brca_status"
    assert told.message.endswith("For instance: HER2: positive; BRCA: mutated.")


def test_an_implied_rule_without_a_reason_is_found(broken: Broken) -> None:
    """Without its size of tumors, a rule is met wherever the one for people who feel well is."""
    told = broken.told("implied-rule", "local-small-tumors is met wherever breastcancer-org-2022.local-feeling-well is")
    where = broken.pack.place("rules/breastcancer-org-2022/local-treatment.yaml", "id: local-small-tumors")
    assert told.where == where
    for fact in ("general health: feeling well", "metastatic growths: at most 2", "areas of metastasis: at most 1"):
        assert fact in told.message


def test_a_contradiction_without_a_reason_is_found(broken: Broken) -> None:
    """A drug described for negative receptors, where the same document says that its class does not work."""
    names = "hormone-therapy-hr-negative says not used where breastcancer-org-2022.exemestane describes"
    assert broken.told("contradiction", names).message.endswith("For instance: HR: negative.")


def test_a_reason_that_is_not_needed_is_found(broken: Broken) -> None:
    """Two rules of a group that no longer imply one another, one that never did, and a name that is none."""
    assert broken.told("idle-reason", "breastcancer-org-2022.exemestane needs no reason under overlaps")
    assert broken.told("idle-reason", "breastcancer-org-2022.asco-men-exemestane needs no reason")
    assert broken.told("idle-reason", "mnt-undated.exercise needs no reason").where == broken.pack.place(
        INVARIANTS, "{rules: [mnt-undated.yoge"
    )
    assert broken.told("unknown-rule", "there is no rule 'mnt-undated.yoge'")


def test_attributes_values_and_derivations_that_nothing_uses_are_found(broken: Broken) -> None:
    """An attribute, a value of a list, one of a choice, and derivations that add nothing; and a reason too many."""
    assert broken.told("unused-attribute").message == "nothing asks for 'smoking'."
    assert broken.told("unused-value", "'chest' of metastatic_sites is asked for by nothing")
    assert broken.told("unused-value", "'spine' of metastatic_sites is asked for, though it says why not")
    assert broken.told("unused-value", "nothing tells 'huge' of tumor_size from 'not_small'")
    assert broken.told("unused-derivation", "'said-already'").where == broken.pack.place(PROFILE, "{id: said-already")
    assert broken.told("unused-derivation", "'of-nothing'")


def test_what_is_never_described_is_shown_where_it_is(broken: Broken) -> None:
    """The facts of a case on which it is, and no others."""
    message = broken.told("broken-invariant", "never does not hold").message
    assert message.startswith("never does not hold (Nobody is given everolimus.): cancercare-2024.alpelisib is met.")
    facts = "HR: positive; HER2: negative; PIK3CA: mutated; earlier therapies include hormone therapy"
    assert message.endswith(f"For instance: {facts}.")
    hormones = broken.told(
        "broken-invariant", "no-hormone-therapy-without-receptors", "breastcancer-org-2022.exemestane"
    )
    assert hormones.message.endswith("For instance: HR: negative.")


def test_what_is_always_described_is_shown_where_it_is_not(broken: Broken) -> None:
    """The option and a case."""
    told = broken.told(
        "broken-invariant", "hormone-receptor-positive-in-breastcancer-org", "exemestane is not described"
    )
    assert told.message.endswith("For instance: HR: positive; menopausal status: premenopausal.")
    told = broken.told("broken-invariant", "trials-for-everybody-in-mnt", "clinical_trial is not described")
    assert told.message.endswith("For instance: HR: negative.")


def test_what_changes_is_shown_with_the_difference(broken: Broken) -> None:
    """Both sides of what was to change nothing, the least of it, and the facts beside it."""
    message = broken.told("broken-invariant", "sites-change-no-medicine does not hold").message
    change = "is met with sites of spread include liver; not with sites of spread do not include liver."
    assert f"cancercare-2024.talazoparib {change}" in message
    assert message.endswith("For instance: HER2: negative; BRCA: mutated.")


def test_what_changes_for_an_option_is_shown(broken: Broken) -> None:
    """Compared option by option, the option is named."""
    message = broken.told("broken-invariant", "burden-and-pace-change-no-option does not hold").message
    change = "met with pace of growth: growing quickly; not with pace of growth: not growing quickly."
    assert f"pembrolizumab is {change} For instance: triple-negative disease: present." in message


def test_what_is_lost_is_shown_with_the_difference(broken: Broken) -> None:
    """The one regimen with which a rule is met, and the second one that undoes it."""
    message = broken.told("broken-invariant", "two-anti-her2-regimens-do-what-one-does does not hold").message
    change = "met with earlier anti-HER2 regimens: at most 1; not with earlier anti-HER2 regimens: at least 2."
    assert f"cancercare-2024.tucatinib is {change}" in message
    assert "HER2: positive" in message


def test_what_is_lost_by_more_is_shown_with_the_difference(broken: Broken) -> None:
    """The same of a history that grows."""
    message = broken.told(
        "broken-invariant", "a-longer-history-takes-nothing-away", "cancercare-2024.tucatinib"
    ).message
    met, _, lost = message.partition(" is met with ")[2].partition("; not with ")
    assert "earlier anti-HER2 regimens: at most 1" in met
    assert "earlier anti-HER2 regimens: at least 2" in lost


def test_an_invariant_that_claims_nothing_is_found(broken: Broken) -> None:
    """No case is meant, no two cases differ in what is named, nothing compared is described, or nothing is chosen."""
    assert broken.told("idle-invariant", "idle-given is of no case")
    assert broken.told("idle-attribute", "'sex' differs in no two cases that idle-attribute compares")
    assert broken.told("idle-invariant", "nothing that idle-comparison compares is ever described")
    assert broken.told("empty-invariant", "no rule is among those that empty speaks of")


def test_an_exception_that_is_none_is_found(broken: Broken) -> None:
    """A rule that keeps the claim, for each way of claiming, and one that it does not speak of."""
    assert broken.told("idle-exception", "cancercare-2024.lapatinib keeps idle-exception")
    assert broken.told("idle-exception", "msk-2016.palliative-care keeps idle-comparing-exception")
    assert broken.told("idle-exception", "mnt-undated.yoga is not among the rules that other-exception speaks of")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("unknown-name", "'hormone_therapies' is not known"),
        ("unknown-name", "'tamoxifene' is not known; did you mean 'tamoxifen'"),
        ("unknown-name", "'msk-2015' is not known; did you mean 'msk-2016'?"),
        ("unknown-name", "'symptom' is not known; did you mean 'symptoms'"),
        ("unknown-name", "'gender' is not known"),
        ("unknown-name", "'mnt-undated.yoge' is not known; did you mean 'mnt-undated.yoga'"),
        ("unknown-attribute", "unknown attribute 'her3_status'; did you mean 'her2_status'"),
        ("unknown-sentence", "msk-2016 has sentences 1 to 77; not 99."),
        ("unread-fact", "prior_therapies:zoledronic_acid is asked for by no rule"),
        ("repeated-id", "the invariant 'unread' is already at"),
    ],
    ids=lambda value: str(value).partition(" ")[0].strip("'"),
)
def test_what_an_invariant_names_and_nothing_knows_is_found(broken: Broken, kind: str, words: str) -> None:
    """Each unknown name is told once, with the nearest known one; one of them hides no other."""
    assert broken.told(kind, words).where.startswith(INVARIANTS)


# ---------------------------------------------------------------- the space against brute force


def conditions() -> st.SearchStrategy[Condition]:
    """Small conditions over facts of two to four values, one of which can be not applicable."""
    asked = [(f, value) for f, domain in MANY.items() for value in domain if value != NOT_APPLICABLE]
    leaves: st.SearchStrategy[Condition] = st.sampled_from(asked).map(lambda pair: OneOf(pair[0], (pair[1],)))
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            parts.map(Not),
            st.lists(parts, min_size=1, max_size=3).map(lambda found: All(tuple(found))),
            st.lists(parts, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
        ),
        max_leaves=6,
    )


def small_space(domains: dict[str, tuple[str, ...]], tied: list[Constraint]) -> Space:
    """The space of facts and constraints that belong to no catalog."""
    named = {constraint.id: constraint for constraint in tied}
    return Space(cast("Catalog", SimpleNamespace(facts=domains, constraints=named)))


@settings(max_examples=150)
@given(constraints(), conditions(), conditions(), st.sampled_from(sorted(MANY)))
def test_the_space_is_that_of_brute_force(tied: list[Constraint], one: Condition, other: Condition, fact: str) -> None:
    """Possible cases, those that meet a condition or its opposite, what implies what, and what differs in one fact."""
    space = small_space(MANY, tied)
    allowed = [w for w in every_world() if all(holds(c.then, w) or not holds(c.given, w) for c in tied)]
    met = [w for w in allowed if holds(one, w)]
    first, second = space.diagram(one), space.diagram(other)
    assert space.count(space.possible) == len(allowed)
    assert space.count(first) == len(met)
    assert space.count(space.opposite(one)) == len(allowed) - len(met)
    assert space.is_possible(first) == bool(met)
    assert space.implies(first, second) == all(holds(other, w) for w in met)
    assert [space.is_possible(space.case(w)) for w in every_world()] == [w in allowed for w in every_world()]
    near = [w for w in allowed if any({**w, fact: value} in met for value in MANY[fact])]
    assert space.count(space.without(first & space.possible, [fact])) == len(near)
    wider = [w for w in every_world() if all(holds(c.then, w) or not holds(c.given, w) for c in tied[1:])]
    assert space.follows([tied[0].id]) == (wider == allowed)


@settings(max_examples=100)
@given(constraints(), conditions())
def test_a_shown_case_is_one_and_its_few_facts_are_enough(tied: list[Constraint], one: Condition) -> None:
    """A witness is a complete, possible case that meets the condition; its few facts suffice, and none is idle."""
    space = small_space(MANY, tied)
    allowed = [w for w in every_world() if all(holds(c.then, w) or not holds(c.given, w) for c in tied)]
    met = [w for w in allowed if holds(one, w)]
    witness, few = space.witness(space.diagram(one)), space.few(space.diagram(one))
    assert (witness is None) == (few is None) == (not met)
    if witness is None or few is None:
        return
    assert witness in met
    assert few.items() <= witness.items()
    assert all(w in met for w in allowed if few.items() <= w.items())
    for fact in few:
        fewer = few.items() - {(fact, few[fact])}
        assert not all(w in met for w in allowed if fewer <= w.items())


COUNTED = {"n>=1": (YES, NO), "n>=2": (YES, NO), "m>=1": (YES, NO, NOT_APPLICABLE), "c": ("x", "y", "z")}


@given(st.sets(st.sampled_from(list(product(*COUNTED.values()))), max_size=6))
def test_what_has_grown_has_more_and_nothing_else(chosen: set[tuple[str, ...]]) -> None:
    """From some cases, exactly those with the same or more of what grows; what does not apply stays so."""
    space = small_space(COUNTED, [])
    names = list(COUNTED)
    start = space.joined(space.case(dict(zip(names, values, strict=True))) for values in chosen)
    grown = space.grown(start, ["n>=1", "n>=2", "m>=1"])
    for values in product(*COUNTED.values()):
        reached = any(
            all(
                old == new or (name != "c" and (old, new) == (NO, YES))
                for name, old, new in zip(names, row, values, strict=True)
            )
            for row in chosen
        )
        assert space.is_possible(grown & space.case(dict(zip(names, values, strict=True)))) == reached


# ---------------------------------------------------------------- the space against profiles and the evaluator


@settings(max_examples=150)
@given(profiles())
def test_every_profile_maps_into_the_space(profile: dict[str, Any]) -> None:
    """What a profile settles is possible in the space; a profile without contradictions never falls outside."""
    known = facts_of(profile)
    assert known is not None
    assert known.keys() <= the_catalog().facts.keys()
    assert the_space().is_possible(the_space().case(known))


@settings(max_examples=25)
@given(profiles())
def test_the_space_says_of_a_profile_what_the_evaluator_says(profile: dict[str, Any]) -> None:
    """A rule is met where all of its cases meet it, not met where none does, unknown between; for every rule."""
    space, catalog = the_space(), the_catalog()
    known = facts_of(profile) or {}
    cases = space.case(known) & space.possible
    truths = {}
    for rule in catalog.rules.values():
        met = space.diagram(rule.condition)
        truths[rule.id] = WORDS[
            True if space.implies(cases, met) else None if space.is_possible(cases & met) else False
        ]
    answer = Evaluator(catalog).answer(known)
    assert truths == dict(zip(catalog.rules, answer.truths, strict=True))


@st.composite
def complete_profiles(draw: st.DrawFn) -> dict[str, Any]:
    """A profile that leaves nothing open: lists are closed, regimens have every detail, all else has a value."""
    catalog = the_catalog()
    agents = [name for name in catalog.agents if catalog.implied[name][1:]]
    profile: dict[str, Any] = {}
    for attribute in catalog.attributes.values():
        if attribute.from_regimens or attribute.id in catalog.definitions:
            continue
        match attribute.kind:
            case "choice":
                values: list[Any] = draw(st.permutations([value.id for value in attribute.values]))
            case "count":
                values = draw(st.permutations(range(attribute.minimum, 7)))
            case "list":
                names = [value.id for value in attribute.values]
                values = [draw(st.lists(st.sampled_from(names), unique=True, max_size=3)) or "none", "none"]
            case "therapies":
                values = [draw(st.lists(st.sampled_from(agents), unique=True, max_size=2)) or "none", "none"]
            case _:
                values = [draw(st.lists(complete_regimens(agents), max_size=4)) or "none"]
        for value in values:
            if facts_of({**profile, attribute.id: value}) is not None:
                profile[attribute.id] = value
                break
    return profile


@st.composite
def complete_regimens(draw: st.DrawFn, agents: list[str]) -> dict[str, Any]:
    """A regimen with every detail."""
    stopped = draw(st.sampled_from(["progression", "completed", "side_effects", "choice"]))
    return {
        "agents": draw(st.lists(st.sampled_from(agents), min_size=1, max_size=2, unique=True)),
        "setting": draw(st.sampled_from(["neoadjuvant", "adjuvant", "metastatic"])),
        "stopped": stopped,
        **({"months": draw(st.integers(0, 12))} if stopped == "completed" else {}),
    }


@settings(max_examples=20)
@given(complete_profiles())
def test_a_complete_profile_is_exactly_one_case(profile: dict[str, Any]) -> None:
    """Nothing that the space tells apart is left open by a profile that says everything."""
    known = facts_of(profile)
    assert known is not None
    assert the_space().count(the_space().case(known)) == 1


# ---------------------------------------------------------------- the space against another solver


class Reader:
    """The catalog in the terms of z3, written from the meaning of conditions and sharing nothing with the space."""

    def __init__(self, catalog: Catalog) -> None:
        self.facts = catalog.facts
        self.solver = z3.Solver()
        self.values = {fact: z3.Int(fact) for fact in catalog.facts}
        for fact, value in self.values.items():
            self.solver.add(value >= 0, value < len(catalog.facts[fact]))
        for rule in catalog.constraints.values():
            self.solver.add(z3.Implies(self.read(rule.given), self.read(rule.then)))

    def read(self, condition: Condition, wanted: bool = True) -> Any:
        """A condition, or with `wanted=False` its opposite; a fact that does not apply meets neither."""
        match condition:
            case All(parts) | AnyOf(parts):
                joint = z3.And if isinstance(condition, All) == wanted else z3.Or
                return joint([self.read(part, wanted) for part in parts])
            case Not(part):
                return self.read(part, not wanted)
            case OneOf() | Includes() | AtLeast() | AtMost():
                fact, values = literal(condition)
                fitting = [i for i, v in enumerate(self.facts[fact]) if (v in values) == wanted and v != NOT_APPLICABLE]
                return z3.Or([self.values[fact] == i for i in fitting])

    def is_possible(self, *asked: Any) -> bool:
        """Whether some case allows all of these."""
        return bool(self.solver.check(*asked) == z3.sat)


def test_another_solver_finds_the_same() -> None:
    """Whether each rule can be met and not met, and which of one option implies which, by z3."""
    catalog, space = the_catalog(), the_space()
    reader = Reader(catalog)
    terms = {rule.id: reader.read(rule.condition) for rule in catalog.rules.values()}
    diagrams = {rule.id: space.diagram(rule.condition) for rule in catalog.rules.values()}
    for name, met in diagrams.items():
        assert space.is_possible(met) == reader.is_possible(terms[name]), name
        assert space.is_possible(~met) == reader.is_possible(z3.Not(terms[name])), name
    for rules in catalog.rules_of.values():
        for one, other in product(rules, rules):
            implies = not reader.is_possible(terms[one.id], z3.Not(terms[other.id]))
            assert space.implies(diagrams[one.id], diagrams[other.id]) == implies, (one.id, other.id)
    for conflict in catalog.conflicts:
        joint = [z3.Or([reader.values[f] == reader.facts[f].index(v) for v in values]) for f, values in conflict.cube]
        assert not reader.is_possible(*joint), conflict
