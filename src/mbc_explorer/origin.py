"""Where a fact of a case comes from: entered, read from something entered, or concluded, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import Head
from mbc_explorer.condition import PRESENT, attribute_of
from mbc_explorer.explain import fact_text
from mbc_explorer.facts import stated_facts
from mbc_explorer.profile import Understood
from mbc_explorer.report import citations, derived_plain

if TYPE_CHECKING:
    from mbc_explorer.case import Case

Plain = dict[str, Any]
ENTERED, READ, DERIVED = "entered", "read", "derived"
"""Stated in the profile; counted or read in what is stated there, or implied by a drug; concluded from other facts."""


def origin(fact: str, case: Case) -> Plain:
    """Where a known fact comes from, as plain data.

    `how` is `entered`, `read` or `derived`; `given` is what the profile states of the attribute it was taken from;
    `because`, `basis` and `citations` say what lets it be read or concluded; `from` holds the origins that a
    conclusion rests on.

    Raises:
        KeyError: for a fact that is not known in the case.
    """
    value = case.known[fact]
    attribute = attribute_of(fact)
    told: Plain = {"attribute": attribute, "text": fact_text(fact, [value], case.catalog)}
    if fact not in case.facts.known:
        head = case.derived[fact]
        step = derived_plain(case.catalog, head, case.known)
        told |= {"how": DERIVED, "given": None}
        told |= {name: step[name] for name in ("because", "basis", "citations")}
        return {**told, "from": [origin(name, case) for name, _ in head.cube]}
    stated = _stated(fact, value, case)
    told |= {
        "how": ENTERED if stated == attribute else READ,
        "given": {"attribute": stated, "value": case.plain[stated]},
    }
    return {**told, **_reading(fact, value, case), "from": []}


def left_open(fact: str, case: Case) -> Plain | None:
    """Why a fact that is not known can have only some of its values, as `origin` tells it; None where it has all."""
    catalog, known = case.catalog, case.known
    left = set(catalog.facts[fact])
    against = []
    for conflict in catalog.conflicts:
        cube = dict(conflict.cube)
        if fact in cube and all(known.get(name) in values for name, values in cube.items() if name != fact):
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


def _reading(fact: str, value: str, case: Case) -> Plain:
    """How a list or history was read: what was counted, or the category that a drug is filed under."""
    attribute, _, item = fact.partition(":")
    for entailed in case.facts.entailed:
        counted = entailed.attribute == attribute_of(fact) and not item
        filed = entailed.attribute == attribute and entailed.value == item and value == PRESENT
        if counted or filed:
            how = {"how": READ} if filed else {}
            because = f"{entailed.because.rstrip('.')}: {entailed.value}." if counted else entailed.because
            return {**how, "because": because, "basis": entailed.basis, "citations": citations(entailed.cites)}
    return {"because": None, "basis": None, "citations": []}
