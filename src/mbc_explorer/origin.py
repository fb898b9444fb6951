"""Where a fact of a case comes from: entered, read from something entered, or concluded, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import Head
from mbc_explorer.condition import PRESENT, attribute_of
from mbc_explorer.explain import fact_text, words
from mbc_explorer.facts import filing, holds, matches, stated_facts
from mbc_explorer.profile import History, Items, Regimen, Understood
from mbc_explorer.report import citations, derived_plain

if TYPE_CHECKING:
    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Attribute, Catalog
    from mbc_explorer.profile import Fact

Plain = dict[str, Any]
ENTERED, READ, DERIVED = "entered", "read", "derived"
"""Stated in the profile; counted or read in what is stated there, or implied by a drug; concluded from other facts."""


def origin(fact: str, case: Case) -> Plain:
    """Where a known fact comes from, as plain data.

    `how` is `entered`, `read` or `derived`; `given` is what the profile states of the attribute it was taken from, and
    `entries` those of its entries that make it so; `because`, `basis` and `citations` say what lets it be read or
    concluded; `from` holds the origins that a conclusion rests on.

    Raises:
        KeyError: for a fact that is not known in the case.
    """
    value = case.known[fact]
    attribute = attribute_of(fact)
    told: Plain = {"attribute": attribute, "text": fact_text(fact, [value], case.catalog)}
    if fact not in case.facts.known:
        head = case.derived[fact]
        step = derived_plain(case.catalog, head, case.known)
        told |= {"how": DERIVED, "given": None, "entries": []}
        told |= {name: step[name] for name in ("because", "basis", "citations")}
        return {**told, "from": [origin(name, case) for name, _ in head.cube]}
    stated = _stated(fact, value, case)
    told |= {
        "how": ENTERED if stated == attribute else READ,
        "given": {"attribute": stated, "value": case.plain[stated]},
    }
    return {**told, **_reading(fact, value, stated, case), "from": []}


def left_open(fact: str, case: Case) -> Plain | None:
    """Why a fact that is not known can have only some of its values, as `origin` tells it; None where it has all."""
    catalog, known = case.catalog, case.known
    left = set(catalog.facts[fact])
    against = []
    for conflict in sorted(catalog.conflicts, key=lambda conflict: len(conflict.constraints)):
        cube = dict(conflict.cube)
        rest = (known.get(name) in values for name, values in cube.items() if name != fact)
        if not left.isdisjoint(cube.get(fact, ())) and all(rest):
            left.difference_update(cube[fact])
            against.append(conflict)
    if not against:
        return None
    rests_on = tuple(dict.fromkeys(pair for conflict in against for pair in conflict.cube if pair[0] != fact))
    constraints = dict.fromkeys(name for conflict in against for name in conflict.constraints)
    step = derived_plain(catalog, Head(fact, "", rests_on, tuple(constraints)), known)
    return {
        "attribute": attribute_of(fact),
        "text": fact_text(fact, [value for value in catalog.facts[fact] if value in left], catalog),
        "how": DERIVED,
        "given": None,
        "entries": [],
        **{name: step[name] for name in ("because", "basis", "citations")},
        "from": [origin(name, case) for name, _ in rests_on],
    }


def _stated(fact: str, value: str, case: Case) -> str:
    """The attribute that a fact was taken from: the history, where what is stated beside it leaves the fact open."""
    attribute = attribute_of(fact)
    source = case.catalog.attributes[attribute].from_regimens
    own = case.understood.facts.get(attribute)
    if source is None:
        return attribute
    told = stated_facts(Understood({attribute: own}, {}, (attribute,)), case.catalog).known if own is not None else {}
    return attribute if told.get(fact) == value else source.regimens


def _reading(fact: str, value: str, stated: str, case: Case) -> Plain:
    """How a list or history was read: the entries that were counted or hold an item, and why one holds it."""
    entries = _entries(fact, value, case.understood.facts.get(stated), case)
    told: Plain = {"entries": list(map(str, entries)), "because": None, "basis": None, "citations": []}
    return {**told, **(_held(fact, entries[0], case) if entries else {})}


def _entries(fact: str, value: str, given: Fact | None, case: Case) -> list[Regimen | str]:
    """The entries of a list that hold an item, and of a history also those that count for what is taken from it."""
    catalog = case.catalog
    attribute = catalog.attributes[attribute_of(fact)]
    item = fact.partition(":")[2]
    if item and value != PRESENT:
        return []
    match given:
        case Items(items):
            return [entry for entry in items if not item or item in _implied(entry, attribute, catalog)]
        case History(regimens):
            source = attribute.from_regimens
            counted = [row for row in regimens if source is None or matches(row, source, catalog) is True]
            if source and source.last:
                counted = [row for row in counted if row.months is not None][-1:]
            return [row for row in counted if not item or holds(item, row.agents, row.complete, catalog) is True]
        case _:
            return []


def _implied(entry: str, attribute: Attribute, catalog: Catalog) -> tuple[str, ...]:
    """An entry of a list with what is in the list too when it is."""
    values = {row.id: (row.id, *row.implies) for row in attribute.values}
    return values.get(entry) or catalog.implied[entry]


def _held(fact: str, entry: Regimen | str, case: Case) -> Plain:
    """Why an entry holds an item: nothing where it names it, else what the drug or class is filed under."""
    catalog = case.catalog
    attribute = catalog.attributes[attribute_of(fact)]
    item = fact.partition(":")[2]
    names = entry.agents if isinstance(entry, Regimen) else (entry,)
    named = next((name for name in names if item in _implied(name, attribute, catalog)), item)
    if named == item:
        return {}
    if named in catalog.agents:
        because, cites = filing(named, item, catalog)
        return {"how": READ, "because": because, "basis": "stated", "citations": citations(cites)}
    of = f"is filed under {catalog.categories[item].name}" if item in catalog.categories else f"counts as {words(item)}"
    return {"how": READ, "because": f"{words(named)} {of}.", "basis": "structure", "citations": []}
