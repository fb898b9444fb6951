"""Facts that are wanted of a case, as changes to what its profile states: the smallest that bring them about.

A change is a profile's own: an attribute and what is stated of it then, so that anybody can make it.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from mbc_explorer.condition import ABSENT, NO, NOT_APPLICABLE, PRESENT, YES, OneOf, attribute_of, attributes_read
from mbc_explorer.errors import ProfileError
from mbc_explorer.histories import Search, nearest_history
from mbc_explorer.profile import NONE, UNKNOWN, History, Items, plain_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Attribute, Catalog, Cube
    from mbc_explorer.condition import Condition
    from mbc_explorer.profile import Fact

Wanted = dict[str, tuple[str, ...]]
"""Facts with the values of which any will do."""
Changes = dict[str, Any]
"""What is to be stated of attributes, as a profile's input; None takes a statement back."""

UNKNOWN_BEFORE, CAN_CHANGE, CANNOT_CHANGE = "unknown", "can_change", "cannot_change"
"""A change that only tells what was not known; one of what can come to be otherwise; one of what cannot."""
FEW = 4
"""So many drugs of a class are tried."""


def edits(case: Case, wanted: Wanted, *, whole: bool = False, telling: bool = False) -> list[Changes]:
    """Ways to change the profile so that it states the facts that are wanted; each is as small as could be found.

    Attributes of which everything wanted is so already are left alone. Whether the changed profile contradicts itself
    is not looked at here.

    Args:
        case: the profile, judged.
        wanted: facts with the values of which any will do.
        whole: leave nothing open that was not open: a regimen is then added with all its details.
        telling: of a history, only tell what it leaves open.
    """
    by_attribute: dict[str, Wanted] = {}
    for fact, values in wanted.items():
        by_attribute.setdefault(_stated_by(fact, wanted, case), {})[fact] = values
    ways: list[Changes] = [{}]
    attributes = case.catalog.attributes
    for name in sorted(by_attribute, key=lambda name: attributes[name].kind == "regimens"):
        asked = by_attribute[name]
        if all(case.known.get(fact) in values for fact, values in asked.items()):
            continue
        if attributes[name].kind == "regimens":
            search = Search(tuple(asked.items()), whole=whole, telling=telling)
            found = [(way, _history(case, name, way, search)) for way in ways]
            ways = [{**way, name: stating(history)} for way, history in found if history is not None]
        else:
            ways = [{**way, name: value} for way in ways for value in _ways(case, attributes[name], asked, whole=whole)]
    return ways


def _stated_by(fact: str, wanted: Iterable[str], case: Case) -> str:
    """The attribute to state: the history, for what is taken from it, once it is given or asked for itself."""
    attribute = attribute_of(fact)
    source = case.catalog.attributes[attribute].from_regimens
    if source is None or attribute in case.understood.facts:
        return attribute
    of_history = {attribute_of(name) for name in wanted}
    several = sum(1 for name in of_history if case.catalog.attributes[name].from_regimens) > 1
    asked = source.regimens in of_history or several
    return source.regimens if source.regimens in case.understood.facts or asked else attribute


def _ways(case: Case, attribute: Attribute, asked: Wanted, *, whole: bool) -> list[Any]:
    stated = case.understood.facts.get(attribute.id)
    match attribute.kind:
        case "choice":
            return [value for value in asked[attribute.id] if value != NOT_APPLICABLE]
        case "list" | "therapies":
            return _lists(case.catalog, attribute, stated if isinstance(stated, Items) else None, asked, whole=whole)
        case _:
            return _numbers(attribute, stated if isinstance(stated, int) else None, asked, case)


def _history(case: Case, name: str, way: Changes, search: Search) -> History | None:
    """The nearest history, such that as few statements as can be are to be taken back for it."""
    stated = case.understood.facts.get(name)
    if isinstance(stated, History):
        search = search._replace(start=stated)
    of = {name, *_taken_from(case.catalog, name)}
    rest = _agreeing(case, {**way, name: None}, of, search.asked)
    if rest is not None:
        beside = tuple((other, fact) for other, fact in rest.understood.facts.items() if other in of)
        known = tuple((f, (rest.known[f],)) for f in case.catalog.facts if attribute_of(f) in of and f in rest.known)
        found = nearest_history(case.catalog, name, search._replace(stated=beside, known=known))
        if found is not None:
            return found
    return nearest_history(case.catalog, name, search)


def _agreeing(case: Case, way: Changes, of: set[str], asked: Cube) -> Case | None:
    """The case once a way is taken, without as few of the statements that are tied to a history as stand against it."""
    constraints = (
        {*attributes_read(row.given), *attributes_read(row.then)} for row in case.catalog.constraints.values()
    )
    tied = of.union(*(row for row in constraints if row & of))
    stated = [name for name in case.understood.facts if name in tied and name not in way]
    wanted: list[tuple[Condition, bool]] = [(OneOf(fact, values), True) for fact, values in asked]
    for size in range(len(stated) + 1):
        for some in combinations(stated, size):
            try:
                rest = case.altered({**way, **dict.fromkeys(some)})
            except ProfileError:
                continue
            if rest.evaluator.possible(rest.known, wanted):
                return rest
    return None


def _numbers(attribute: Attribute, stated: int | None, asked: Wanted, case: Case) -> list[Any]:
    """The nearest number within the bounds that are asked for, and within those of other counts as far as can be."""
    least, most = attribute.minimum, None
    for fact, values in asked.items():
        number = int(fact.removeprefix(f"{attribute.id}>="))
        if YES in values and NO not in values:
            least = max(least, number)
        elif NO in values and YES not in values:
            most = number - 1 if most is None else min(most, number - 1)
        elif YES not in values:
            return []
    if most is not None and most < least:
        return []
    numbers = {name: fact for name, fact in case.understood.facts.items() if isinstance(fact, int)}
    attributes, implied = case.catalog.attributes, case.catalog.implied
    parts = [number for name, number in numbers.items() if attributes[name].is_part_of(attribute, implied)]
    limits = [number for name, number in numbers.items() if attribute.is_part_of(attributes[name], implied)]
    nearest = max([least, stated if stated is not None else least, *parts])
    return [max(least, min([nearest, *limits, *([] if most is None else [most])]))]


def _lists(catalog: Catalog, attribute: Attribute, stated: Items | None, asked: Wanted, *, whole: bool) -> list[Any]:
    """The list with items added and taken out; where any item will do, one way for each."""
    implied = {value.id: (value.id, *value.implies) for value in attribute.values} or catalog.implied
    items = list(stated.items) if stated else []
    complete = stated.complete if stated else False
    anything = False
    added: list[str] = []
    for fact, values in asked.items():
        item = fact.removeprefix(f"{attribute.id}:")
        if ABSENT in values and PRESENT not in values:
            items = [other for other in items if item not in implied[other] and other not in implied[item]]
            complete = True
        elif PRESENT in values and ABSENT not in values and not any(item in implied[other] for other in items):
            added.append(item)
        elif YES in values and NO not in values:
            anything = not items
        elif NO in values and YES not in values:
            items, complete = [], True
    complete |= whole
    absent = {fact.partition(":")[2] for fact, values in asked.items() if values == (ABSENT,)}
    if anything and not items and not added:
        fitting = [value.id for value in attribute.values if absent.isdisjoint(implied[value.id])]
        return [stating(Items((item,), complete)) for item in fitting]
    named = [_named(item, catalog, absent, attribute) if whole or absent else [item] for item in added]
    return [stating(Items(tuple(dict.fromkeys([*items, *some])), complete)) for some in product(*named)]


def _named(item: str, catalog: Catalog, absent: set[str], attribute: Attribute) -> list[str]:
    """The drugs that an item of therapies can stand for, without those that hold what is to be absent."""
    if attribute.kind == "list":
        return [item]
    fitting = [agent for agent in catalog.agents if item in catalog.implied[agent]]
    return [agent for agent in fitting if absent.isdisjoint(catalog.implied[agent])][:FEW]


def stating(fact: Fact) -> Any:
    """What to state for a fact: an empty list is `none`, and one of which nothing is known is taken back."""
    plain = plain_fact(fact)
    if plain == []:
        return NONE
    return None if plain == [UNKNOWN] else plain


def _taken_from(catalog: Catalog, history: str) -> set[str]:
    """The attributes that are taken from a history where they are not stated."""
    sources = {name: row.from_regimens for name, row in catalog.attributes.items()}
    return {name for name, source in sources.items() if source and source.regimens == history}


def kind_of_change(case: Case, attribute: str, after: Case) -> str:
    """Whether a change only tells what was not known, or alters what can, or what cannot, come to be otherwise."""
    if _told_by(case, attribute).items() <= after.known.items():
        return UNKNOWN_BEFORE
    alters = case.catalog.attributes[attribute].alters
    return CAN_CHANGE if alters == "freely" or (alters == "grows" and _grows(case, after, attribute)) else CANNOT_CHANGE


def _told_by(case: Case, attribute: str) -> dict[str, str]:
    """What is known of an attribute, and of what is taken from it."""
    of = {attribute, *_taken_from(case.catalog, attribute).difference(case.understood.facts)}
    return {fact: value for fact, value in case.known.items() if attribute_of(fact) in of}


def _grows(case: Case, after: Case, attribute: str) -> bool:
    """Whether there is only more of what an attribute tells; where one side does not state it, of what follows."""
    sides = (one.understood.facts.get(attribute, one.known.get(attribute)) for one in (case, after))
    match tuple(sides):
        case str(before), str(then):
            order = [value.id for value in case.catalog.attributes[attribute].values]
            return before in order and then in order and order.index(before) <= order.index(then)
        case History() as before, History() as then:
            return then.regimens[: len(before.regimens)] == before.regimens
        case Items() as before, Items() as then:
            return set(before.items) <= set(then.items)
        case int(before), int(then):
            return then >= before
        case _:
            there = {fact: value for fact, value in _told_by(case, attribute).items() if value in (PRESENT, YES)}
            return there.items() <= after.known.items()


def change_plain(case: Case, after: Case, changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Changes as plain data, in the vocabulary's order: each `attribute`, `from`, `to`, and its `kind`."""
    order = list(case.catalog.attributes)
    return [
        {
            "attribute": name,
            "from": case.plain.get(name),
            "to": changes[name],
            "kind": kind_of_change(case, name, after),
        }
        for name in sorted(changes, key=order.index)
    ]
