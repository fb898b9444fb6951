"""What is true of every case because of what facts are, whatever the subject: which facts there are, with which values,
and how counts, lists and histories constrain one another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mbc_explorer.catalog import A_PART, A_THERAPY, Attribute, Constraint
from mbc_explorer.condition import (
    ABSENT,
    NO,
    NOT_APPLICABLE,
    PRESENT,
    YES,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Leaf,
    OneOf,
    leaves,
)
from mbc_explorer.errors import KnowledgeError, one

if TYPE_CHECKING:
    from collections.abc import Iterable

_COUNTED = ("count", "months")
_LISTED = ("list", "therapies", "regimens")


def structural_constraints(
    attributes: list[Attribute], asked: Iterable[Condition], implied: dict[str, tuple[str, ...]], limit: int = 1000
) -> tuple[list[Constraint], dict[str, tuple[str, ...]]]:
    """The constraints that follow from kinds of attributes, and every fact with its possible values.

    Raises:
        KnowledgeError: when there are more facts than the limit.
    """
    items: dict[str, list[str]] = {a.id: [] for a in attributes if a.kind in _LISTED}
    numbers: dict[str, set[int]] = {a.id: set() for a in attributes if a.kind in (*_COUNTED, "list")}
    for leaf in [leaf for condition in asked for leaf in leaves(condition)]:
        match leaf:
            case Includes(attribute, item):
                items[attribute].append(item)
            case AtLeast(attribute, number):
                numbers[attribute].add(number)
            case AtMost(attribute, number):
                numbers[attribute].add(number + 1)
            case OneOf():
                pass
    for declared in attributes:
        if declared.from_regimens and declared.kind == "count":
            numbers[declared.id].add(1)
    used = {name: list(dict.fromkeys(found)) for name, found in items.items()}
    thresholds = {name: sorted(found) for name, found in numbers.items()}
    by_id = {attribute.id: attribute for attribute in attributes}
    domains: dict[str, tuple[str, ...]] = {}
    for declared in attributes:
        domains.update(_facts(declared, used.get(declared.id, []), thresholds.get(declared.id, [])))
    if len(domains) > limit:
        text = f"the conditions of the pack ask for {len(domains)} facts; at most {limit} are worked out."
        raise KnowledgeError(one("too-many-facts", "", text))
    found = [
        *_applicability(attributes, thresholds),
        *(
            rule
            for name, these in used.items()
            for rule in _closure(name, these, _implied_items(by_id[name]) or implied)
        ),
        *(rule for name, these in thresholds.items() for rule in _chain(name, these)),
        *(rule for name, these in used.items() if thresholds.get(name) for rule in _filled(name, these)),
        *(
            rule
            for a in attributes
            if a.kind == "regimens"
            for rule in _history(a.id, attributes, used, thresholds, implied)
        ),
    ]
    return found, domains


def _facts(attribute: Attribute, items: list[str], thresholds: list[int]) -> dict[str, tuple[str, ...]]:
    extra = (NOT_APPLICABLE,) if attribute.applies_when else ()
    if attribute.kind == "choice":
        return {attribute.id: (*(value.id for value in attribute.values), *extra)}
    if attribute.kind in _LISTED:
        listed = {f"{attribute.id}:{item}": (PRESENT, ABSENT, *extra) for item in items}
        return listed | {f"{attribute.id}>={number}": (YES, NO, *extra) for number in thresholds}
    return {f"{attribute.id}>={number}": (YES, NO, *extra) for number in thresholds}


def _applicability(attributes: list[Attribute], thresholds: dict[str, list[int]]) -> list[Constraint]:
    found = []
    for a in (a for a in attributes if a.applies_when):
        leaf: list[Leaf] = [OneOf(a.id, tuple(value.id for value in a.values))] if a.kind == "choice" else []
        applies = a.applies_when
        assert applies is not None
        because = a.applies_because or ""
        for condition in leaf:
            found.append(Constraint(f"applies.{a.id}", condition, applies, because, "curator", ()))
            found.append(Constraint(f"applies.{a.id}.back", applies, condition, because, "curator", ()))
        for number in thresholds.get(a.id, []):
            for half in (AtLeast(a.id, number), AtMost(a.id, number - 1)):
                found.append(Constraint(f"applies.{half.kind}.{a.id}.{number}", half, applies, because, "curator", ()))
    return found


def _implied_items(attribute: Attribute) -> dict[str, tuple[str, ...]]:
    """For each value of a list, itself and what it implies; nothing for an attribute whose items are therapies."""
    return {value.id: (value.id, *value.implies) for value in attribute.values}


def _closure(name: str, items: list[str], implied: dict[str, tuple[str, ...]]) -> list[Constraint]:
    return [
        Constraint(
            f"implies.{name}.{item}.{wider}", Includes(name, item), Includes(name, wider),
            f"{item} counts as {wider}.", "structure", (),
        )
        for item in items
        for wider in items
        if wider != item and wider in implied[item]
    ]  # fmt: skip


def _filled(name: str, items: list[str]) -> list[Constraint]:
    """A list that holds an item holds at least one."""
    return [
        Constraint(
            f"filled.{name}.{item}",
            Includes(name, item),
            AtLeast(name, 1),
            "An item is one of the list.",
            "structure",
            (),
        )
        for item in items
    ]


def _chain(name: str, thresholds: list[int]) -> list[Constraint]:
    return [
        Constraint(
            f"count.{name}.{more}",
            AtLeast(name, more),
            AtLeast(name, less),
            f"{more} is more than {less}.",
            "structure",
            (),
        )
        for less, more in pairwise(thresholds)
    ]


def _history(
    regimens: str,
    attributes: list[Attribute],
    used: dict[str, list[str]],
    thresholds: dict[str, list[int]],
    implied: dict[str, tuple[str, ...]],
) -> list[Constraint]:
    """How the counts and lists that are taken from one history constrain one another and it."""
    found: list[Constraint] = []

    def add(given: Leaf, then: Leaf, because: str) -> None:
        name = f"history.{given.attribute}.{given[1]}.{then.attribute}.{then[1]}"
        found.append(Constraint(name, given, then, because, "structure", ()))

    taken = [a for a in attributes if a.from_regimens and a.from_regimens.regimens == regimens]
    counts = [a for a in taken if a.kind == "count"]
    everything = [a.id for a in counts if a.from_regimens and not any(a.from_regimens[1:])]
    for count in counts:
        including = count.from_regimens.including if count.from_regimens else None
        if count.id in everything or including:
            for item in used[regimens]:
                if including is None or including in implied[item]:
                    add(Includes(regimens, item), AtLeast(count.id, 1), A_THERAPY)
        if including and including in used[regimens]:
            add(AtLeast(count.id, 1), Includes(regimens, including), "Such a regimen holds such a therapy.")
        for whole in (a for a in counts if count.is_part_of(a, implied)):
            for number in thresholds[count.id]:
                fitting = [n for n in thresholds[whole.id] if n <= number]
                if fitting:
                    add(AtLeast(count.id, number), AtLeast(whole.id, max(fitting)), A_PART)
    for part in (a for a in taken if a.kind == "therapies"):
        for item in used[part.id]:
            for wider in used[regimens]:
                if wider in implied[item]:
                    add(Includes(part.id, item), Includes(regimens, wider), "What was stopped was given.")
            for count in counts:
                if count.id in everything or count.from_regimens == part.from_regimens:
                    add(Includes(part.id, item), AtLeast(count.id, 1), A_THERAPY)
    return found
