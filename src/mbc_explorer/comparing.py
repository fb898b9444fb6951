"""What another profile changes in the answer, and which statements are responsible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import attribute_of
from mbc_explorer.engine import MET
from mbc_explorer.explain import fact_text, reason_text
from mbc_explorer.report import DESCRIBED, UNDETERMINED, stated_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Option, Rule

Plain = dict[str, Any]

APPEARS, DISAPPEARS, SETTLED, UNSETTLED, RESTATED = "appears", "disappears", "settled", "unsettled", "restated"
MOVES = {
    APPEARS: "described now, and not before",
    DISAPPEARS: "described before, and not described now",
    SETTLED: "undetermined before, and not described now",
    UNSETTLED: "undetermined now, and not before",
    RESTATED: "its status is the same, but not the statements that say so",
}


def what_if(case: Case, changes: Mapping[str, Any]) -> Plain:
    """What is different when some attributes are stated otherwise.

    Args:
        case: the profile, judged.
        changes: attributes with what is stated of them then; None takes a statement back.

    Returns:
        As `compare`, of the profile and the profile so changed.

    Raises:
        ProfileError: when the changed profile is not understood or contradicts itself.
    """
    return compare(case, case.altered(changes))


def compare(one: Case, other: Case) -> Plain:
    """How the answers to two profiles differ.

    Returns:
        `profiles`: both, as valid input. `notes`: for each, what is unusual about it. `stated`: each attribute that
        they state otherwise, `from` and `to` (None where it is not stated). `follows`: facts known of one and not, or
        otherwise, of the other, in words. `options`: each option that moves, with `from` and `to` (its status), its
        `move` (see `MOVES`), and `because`: the rules that moved it or leave it open, each with its stance, its truth
        before and after, its reason and its statement; and those of another stance (not used, under study) that come
        or go with it.
    """
    return {
        "profiles": [one.plain, other.plain],
        "notes": [case.report.data["notes"] for case in (one, other)],
        "stated": [
            {"attribute": name, "from": one.plain.get(name), "to": other.plain.get(name)}
            for name in one.catalog.attributes
            if one.plain.get(name) != other.plain.get(name)
        ],
        "follows": _follows(one, other),
        "options": moves(one, other),
    }


def _follows(one: Case, other: Case) -> list[Plain]:
    """Facts that differ and that neither profile states itself."""
    stated = {*one.understood.facts, *other.understood.facts}
    return [
        {
            "attribute": attribute_of(fact),
            "from": fact_text(fact, [one.known[fact]], one.catalog) if fact in one.known else None,
            "to": fact_text(fact, [other.known[fact]], one.catalog) if fact in other.known else None,
        }
        for fact in one.catalog.facts
        if one.known.get(fact) != other.known.get(fact) and attribute_of(fact) not in stated
    ]


def moves(one: Case, other: Case) -> list[Plain]:
    """Every option whose status, or whose statements, differ between two profiles; in the taxonomy's order."""
    changed: dict[str, list[Rule]] = {}
    for name, rule in one.catalog.rules.items():
        if one.truths[name] != other.truths[name]:
            changed.setdefault(rule.option, []).append(rule)
    options = [option for name, option in one.catalog.options.items() if name in changed]
    return [row for option in options for row in _moved(option, changed[option.id], one, other)]


def _moved(option: Option, changed: list[Rule], one: Case, other: Case) -> list[Plain]:
    before, after = one.statuses[option.id], other.statuses[option.id]
    if before == after and MET not in {case.truths[rule.id] for rule in changed for case in (one, other)}:
        return []
    rules = one.catalog.rules_of[option.id] if before != after == UNDETERMINED else changed
    because = [_because(rule, one, other) for rule in rules if _is_responsible(rule, before, after, one, other)]
    found = {"id": option.id, "name": option.name, "from": before, "to": after, "move": _move(before, after)}
    return [{**found, "because": because}]


def _move(before: str, after: str) -> str:
    if before == after:
        return RESTATED
    if DESCRIBED in (before, after):
        return APPEARS if after == DESCRIBED else UNSETTLED if after == UNDETERMINED else DISAPPEARS
    return UNSETTLED if after == UNDETERMINED else SETTLED


def _is_responsible(rule: Rule, before: str, after: str, one: Case, other: Case) -> bool:
    """Whether a rule came to be met or ceased to be, or is what left, or leaves, the option open."""
    if one.is_met(rule) is not other.is_met(rule):
        return True
    if rule.stance != DESCRIBES or before == after:
        return False
    if after == UNDETERMINED:
        return other.is_open(rule)
    return before == UNDETERMINED and after != DESCRIBED and one.is_open(rule)


def _because(rule: Rule, one: Case, other: Case) -> Plain:
    return {
        "rule": rule.id,
        "stance": rule.stance,
        "from": one.truths[rule.id],
        "to": other.truths[rule.id],
        "reason": reason_text(rule.condition, other.truth, other.catalog),
        **stated_by(rule, other.catalog),
    }
