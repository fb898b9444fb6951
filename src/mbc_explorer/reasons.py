"""Why an option is described, and why it is not: criteria with their facts, smallest blocking sets, what would settle.

Computed from the condition trees and from the engine's verdicts and derived facts; nothing is written per rule.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import (
    ALWAYS,
    All,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Leaf,
    Not,
    OneOf,
    attribute_of,
    literal,
)
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.engine import MET, NOT_MET
from mbc_explorer.evaluate import WORDS
from mbc_explorer.explain import condition_text, fact_text, leaf_text
from mbc_explorer.origin import left_open, origin
from mbc_explorer.settling import settling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Rule

Plain = dict[str, Any]


class Criterion(NamedTuple):
    """A leaf of a condition, asked for or excluded, with the truth of what is asked."""

    leaf: Leaf
    wanted: bool

    @property
    def condition(self) -> Condition:
        """What is asked: the leaf, or that it is excluded."""
        return self.leaf if self.wanted else Not(self.leaf)


NEVER = AnyOf(())
Reasons = list[frozenset[Criterion]]
"""Smallest sets of criteria that settle a condition together."""


def why(case: Case, option: str) -> Plain:
    """Why an option has its status: for each source, the rules that hold, criterion by criterion.

    Args:
        case: the profile, judged.
        option: the id of an option.

    Returns:
        `option` (with its `status`) and `sources`; each source has its `view` and the `rules` that hold. A rule has the
        statement with its anchor, and a `tree`: of each node its `kind` (`all`, `any`, `not`, `criterion`), `text`,
        `truth`, whether it `decides`, its `parts`, and for a criterion the `origin` of the fact that settles it.
        A source without a rule that holds has none.

    Raises:
        KeyError: for an option that is not in the catalog.
    """
    return _answer(case, option, rules=_held)


def why_not(case: Case, option: str) -> Plain:
    """Why an option is not described: for each source, what blocks each of its rules, or what would settle it.

    Returns:
        `option` and `sources`, as `why`; the rules are those that describe the option and do not hold. One that is
        not met has `blocked_by`: the smallest sets of criteria, each enough to block it, with the origins of
        their facts. One that is unknown has `settled_by`: the smallest sets of further facts that settle it, and
        whether it is then met or not met. `other_stances` has the rules that say something else of the option (that it
        is not used, or is under study) and hold or may hold, each with its `tree`.

    Raises:
        KeyError: for an option that is not in the catalog.
    """
    return _answer(case, option, rules=_failed, other_stances=_held_otherwise)


def _answer(case: Case, option: str, **told: Callable[[Case, Rule], Plain | None]) -> Plain:
    """The option, and for each source the rules of which there is something to tell, under each name."""
    row = case.report.option(option)
    sources = []
    for view in row["sources"]:
        found: dict[str, list[Plain]] = {name: [] for name in told}
        for rule in view["rules"]:
            for name, tell in told.items():
                more = tell(case, case.catalog.rules[rule["id"]])
                if more is not None:
                    kept = {key: value for key, value in rule.items() if key != "condition"}
                    found[name].append({**kept, **more})
        sources.append({"source": view["source"], "view": view["view"], **found})
    head = {name: row[name] for name in ("id", "name", "category", "agents", "status", "missing")}
    return {"option": head, "sources": sources}


def _held(case: Case, rule: Rule) -> Plain | None:
    return _with_tree(case, rule) if case.is_met(rule) else None


def _held_otherwise(case: Case, rule: Rule) -> Plain | None:
    held = rule.stance != DESCRIBES and (case.is_met(rule) or case.is_open(rule))
    return _with_tree(case, rule) if held else None


def _with_tree(case: Case, rule: Rule) -> Plain:
    found = reasons(rule.condition, True, case) if case.is_met(rule) else []
    deciding = {criterion for some in found for criterion in some}
    return {"tree": explained(rule.condition, case, deciding), "readings": other_readings(case, rule)}


def _failed(case: Case, rule: Rule) -> Plain | None:
    if rule.stance != DESCRIBES or case.is_met(rule):
        return None
    blocked = [] if case.is_open(rule) else [_blocking(some, case) for some in reasons(rule.condition, False, case)]
    settled = [
        {
            "criterion": MET if found.met else NOT_MET,
            "facts": [
                {"attribute": attribute_of(fact), "text": fact_text(fact, values, case.catalog)}
                for fact, values in found.cube
            ],
        }
        for found in (settling(rule.condition, case.known, case.catalog) if case.is_open(rule) else [])
    ]
    return {"blocked_by": blocked, "settled_by": settled, "readings": other_readings(case, rule)}


def _blocking(some: frozenset[Criterion], case: Case) -> Plain:
    """A set of criteria that blocks; `jointly` where each could be met, but not all of them."""
    criteria = sorted(some, key=lambda criterion: list(case.catalog.attributes).index(criterion.leaf.attribute))
    return {
        "criteria": [criterion_plain(criterion.leaf, case, wanted=criterion.wanted) for criterion in criteria],
        "jointly": all(case.truth(criterion.leaf) is None for criterion in criteria),
    }


def other_readings(case: Case, rule: Rule) -> list[Plain]:
    """The other readings of a rule, and what each of them comes to."""
    return [
        {
            "id": reading.id,
            "because": reading.because,
            "condition": condition_text(reading.condition, case.catalog),
            "criterion": WORDS[case.truth(reading.condition)],
        }
        for reading in case.catalog.readings.values()
        if reading.rule == rule.id
    ]


def explained(node: Condition, case: Case, deciding: Iterable[Criterion], *, wanted: bool = True) -> Plain:
    """A condition as a tree of plain data: its truth, node by node, and where the facts come from.

    Inside a *not* each node is turned into what is asked of it: all of these as any of those, each excluded.
    """
    truth = WORDS[case.truth(node if wanted else Not(node))]
    match node:
        case All(parts) | AnyOf(parts):
            inner = [explained(part, case, deciding, wanted=wanted) for part in parts]
            kind = node.kind if wanted else {"all": "any", "any": "all"}[node.kind]
            text = f"{kind} of"
        case Not(part):
            inner, kind, text = [explained(part, case, deciding, wanted=not wanted)], "not", "not"
        case OneOf() | Includes() | AtLeast() | AtMost():
            told = criterion_plain(node, case, wanted=wanted)
            return {**told, "decides": Criterion(node, wanted) in deciding, "parts": []}
        case _:
            assert_never(node)
    decides = any(part["decides"] for part in inner)
    return {"kind": kind, "text": text, "truth": truth, "origin": None, "decides": decides, "parts": inner}


def criterion_plain(leaf: Leaf, case: Case, *, wanted: bool = True) -> Plain:
    """One criterion with its truth and the origin of the fact that settles it; None while that is not known."""
    fact, _ = literal(leaf)
    text = leaf_text(leaf, case.catalog)
    truth = case.truth(Criterion(leaf, wanted).condition)
    told = origin(fact, case) if fact in case.known else None if truth is None else left_open(fact, case)
    return {
        "kind": "criterion",
        "text": text if wanted else f"not {text}",
        "truth": WORDS[truth],
        "origin": told,
    }


def reasons(condition: Condition, truth: bool, case: Case) -> Reasons:
    """Every smallest set of criteria that gives a condition its truth, whatever the others are; the fewest first.

    Most often a set's criteria each have the truth that they lend. Where a whole is settled though its parts are
    open (they cannot all be met, or not all fail), the set holds those parts.

    Args:
        condition: one with this truth in the case.
        truth: True for what meets it, False for what blocks it.
        case: the profile, judged.
    """
    lending = [c for c in dict.fromkeys(_criteria(condition)) if case.truth(c.condition) is not (not truth)]

    def suffice(some: frozenset[Criterion]) -> bool:
        left = _left(condition, some, truth)
        return not case.evaluator.possible(case.known, [(left, not truth)])

    needed = frozenset(c for c in lending if not suffice(frozenset(lending) - {c}))
    others = [c for c in lending if c not in needed]
    found: Reasons = []
    for some in chain.from_iterable(combinations(others, size) for size in range(len(others) + 1)):
        together = needed.union(some)
        if not any(smaller <= together for smaller in found) and suffice(together):
            found.append(together)
    return found


def _left(node: Condition, kept: frozenset[Criterion], truth: bool, *, wanted: bool = True) -> Condition:
    """A condition of some of its criteria, each of the others standing against the truth."""
    match node:
        case All(parts):
            return All(tuple(_left(part, kept, truth, wanted=wanted) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_left(part, kept, truth, wanted=wanted) for part in parts))
        case Not(part):
            return Not(_left(part, kept, truth, wanted=not wanted))
        case OneOf() | Includes() | AtLeast() | AtMost():
            against = ALWAYS if truth is not wanted else NEVER
            return node if Criterion(node, wanted) in kept else against
    assert_never(node)


def _criteria(node: Condition, *, wanted: bool = True) -> list[Criterion]:
    match node:
        case All(parts) | AnyOf(parts):
            return [criterion for part in parts for criterion in _criteria(part, wanted=wanted)]
        case Not(part):
            return _criteria(part, wanted=not wanted)
        case OneOf() | Includes() | AtLeast() | AtMost():
            return [Criterion(node, wanted)]
    assert_never(node)
