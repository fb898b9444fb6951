"""Facts that are wanted of a case, as changes to what its profile states: the smallest that bring them about.

A change is a profile's own: an attribute and what is stated of it then, so that anybody can make it.
"""

from __future__ import annotations

from functools import lru_cache
from heapq import heappop, heappush
from itertools import count, product
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.condition import ABSENT, NO, NOT_APPLICABLE, PRESENT, YES, attribute_of
from mbc_explorer.errors import ProfileError
from mbc_explorer.facts import holds, matches, stated_facts
from mbc_explorer.profile import NONE, SETTINGS, STOPPED, UNKNOWN, History, Items, Regimen, Understood, plain_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Attribute, Catalog, Cube
    from mbc_explorer.profile import Fact

Wanted = dict[str, tuple[str, ...]]
"""Facts with the values of which any will do."""
Changes = dict[str, Any]
"""What is to be stated of attributes, as a profile's input; None takes a statement back."""

UNKNOWN_BEFORE, CAN_CHANGE, CANNOT_CHANGE = "unknown", "can_change", "cannot_change"
"""A change that only tells what was not known; one of what can come to be otherwise; one of what cannot."""
FEW = 4
"""So many drugs of a class are tried."""
MAX_TRIES, FEW_TRIES = 600, 200
"""So many histories are looked at for one that brings about what is wanted; the rules need a few dozen. Few, where
there is one already: another could only be nearer."""


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
    for name, asked in by_attribute.items():
        if all(case.known.get(fact) in values for fact, values in asked.items()):
            continue
        stated = _ways(case, case.catalog.attributes[name], asked, whole=whole, telling=telling)
        ways = [{**way, name: value} for way in ways for value in stated]
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


def _ways(case: Case, attribute: Attribute, asked: Wanted, *, whole: bool, telling: bool) -> list[Any]:
    stated = case.understood.facts.get(attribute.id)
    match attribute.kind:
        case "choice":
            return [value for value in asked[attribute.id] if value != NOT_APPLICABLE]
        case "list" | "therapies":
            return _lists(case.catalog, attribute, stated if isinstance(stated, Items) else None, asked, whole=whole)
        case "regimens":
            start = stated if isinstance(stated, History) else History((), complete=False, last_known=False)
            return _histories(case.catalog, attribute, _Search(start, tuple(asked.items()), whole, telling))
        case _:
            return _numbers(attribute, stated if isinstance(stated, int) else None, asked)


def _numbers(attribute: Attribute, stated: int | None, asked: Wanted) -> list[Any]:
    """The nearest number within the bounds that are asked for."""
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
    nearest = max(least, stated if stated is not None else least)
    return [nearest if most is None else min(nearest, most)]


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


class _Pool(NamedTuple):
    """What regimens are made of while a history is looked for."""

    therapies: tuple[str, ...]
    settings: tuple[str | None, ...]
    stops: tuple[str | None, ...]
    months: tuple[int, ...]
    whole: bool
    adding: bool
    """Whether a further regimen can help: something is to be there that may not be."""


class _Search(NamedTuple):
    """What is looked for: a history near one that is given, with these facts."""

    start: History
    asked: Cube
    whole: bool
    telling: bool


@lru_cache(maxsize=2048)
def _histories(catalog: Catalog, attribute: Attribute, search: _Search) -> list[Any]:
    """A nearest history of which everything is true that is asked, by the steps from the given one; or none."""
    start, whole, telling = search.start, search.whole, search.telling
    asked = dict(search.asked)
    pool = _pool(catalog, attribute, asked, whole=whole)
    order = count()
    waiting = [(0, next(order), 0, start)]
    seen = {start}
    shortcuts = [] if telling or whole else list(_shortcuts(catalog, attribute, search, pool))
    for cost, history in shortcuts:
        heappush(waiting, (cost, next(order), cost, history))
    for _ in range(FEW_TRIES if shortcuts else MAX_TRIES):
        if not waiting:
            break
        _, _, steps, history = heappop(waiting)
        if _still_wanted(catalog, attribute, history, asked) == 0:
            return [stating(history)]
        steps_on = (
            _told_more(history, pool, catalog) if telling else _steps(history, len(start.regimens), pool, catalog)
        )
        for cost, other in steps_on:
            if other not in seen:
                seen.add(other)
                left = _still_wanted(catalog, attribute, other, asked)
                heappush(waiting, (steps + cost + 2 * left, next(order), steps + cost, other))
    return [stating(min(shortcuts, key=lambda found: found[0])[1])] if shortcuts else []


def _shortcuts(catalog: Catalog, attribute: Attribute, search: _Search, pool: _Pool) -> Iterator[tuple[int, History]]:
    """Histories that bring about what is asked at one stroke, and what they cost.

    A detail is told of every regimen that leaves it open, and the regimens that then stand against what is asked are
    left out.
    """
    asked = dict(search.asked)
    for cost, told in ((0, search.start), *_told_of_all(search.start, pool)):
        kept = list(told.regimens)
        for fact, values in asked.items():
            if values in ((ABSENT,), (NO,)):
                most = int(fact.partition(">=")[2] or 1) - 1
                against = [regimen for regimen in kept if _counts(regimen, fact, catalog)]
                kept = [regimen for regimen in kept if regimen not in against[most:]]
        found = History(tuple(kept))
        if found != search.start and _still_wanted(catalog, attribute, found, asked) == 0:
            yield cost + 4 * (len(told.regimens) - len(kept)), found


def _told_of_all(history: History, pool: _Pool) -> Iterator[tuple[int, History]]:
    """The histories that tell one detail of every regimen that leaves it open, each with how many these are."""
    regimens = history.regimens
    for setting in filter(None, pool.settings):
        told = tuple(regimen._replace(setting=regimen.setting or setting) for regimen in regimens)
        yield sum(1 for regimen in regimens if not regimen.setting), history._replace(regimens=told)
    for stopped in filter(None, pool.stops):
        told = tuple(regimen._replace(stopped=regimen.stopped or stopped) for regimen in regimens)
        yield sum(1 for regimen in regimens if not regimen.stopped), history._replace(regimens=told)


def _counts(regimen: Regimen, fact: str, catalog: Catalog) -> bool:
    """Whether a regimen may be one of those that a fact tells of."""
    source = catalog.attributes[attribute_of(fact)].from_regimens
    item = fact.partition(":")[2]
    told = source is None or matches(regimen, source, catalog) is not False
    return told and not (item and holds(item, regimen.agents, regimen.complete, catalog) is False)


def _still_wanted(catalog: Catalog, attribute: Attribute, history: History, asked: Wanted) -> int:
    """How many of the facts a history does not bring about."""
    try:
        known = stated_facts(Understood({attribute.id: history}, {}, (attribute.id,)), catalog).known
    except ProfileError:
        return len(asked) + 1
    return sum(1 for fact, values in asked.items() if known.get(fact) not in values)


def _pool(catalog: Catalog, attribute: Attribute, asked: Wanted, *, whole: bool) -> _Pool:
    therapies: list[str] = []
    settings: list[str | None] = []
    stops: list[str | None] = []
    months: list[int] = []
    for fact, values in asked.items():
        source = catalog.attributes[attribute_of(fact)].from_regimens
        _, colon, item = fact.partition(":")
        if colon and PRESENT in values:
            therapies.append(item)
        if source:
            therapies += [source.including] if source.including else []
            settings += [source.setting]
            stops += [source.stopped]
            if source.last and not colon:
                number = int(fact.partition(">=")[2])
                months += [number, number - 1]
    absent = {fact for fact, values in asked.items() if values == (ABSENT,)}
    own = {fact.removeprefix(f"{attribute.id}:") for fact in absent}  # those of another list stay as they are in it
    items = own if whole else {fact.partition(":")[2] for fact in absent}
    plainest = [agent for agent in _plainest(catalog, attribute) if items.isdisjoint(catalog.implied[agent])]
    members = [agent for item in therapies for agent in plainest if item in catalog.implied[agent]]
    if whole:
        settings, stops = [s for s in settings if s], [s for s in stops if s]
        therapies = [*(t for t in therapies if t in catalog.agents), *members, *plainest[:2]]
    else:
        settings, stops = [None, *settings], [None, *stops]
        therapies += [*members, *plainest[:2]] if absent else []
    return _Pool(
        tuple(dict.fromkeys(therapies)),
        tuple(dict.fromkeys([*settings, *SETTINGS[1:]])),
        tuple(dict.fromkeys([*stops, *(STOPPED[3:] if whole else STOPPED[:2])])),
        tuple(dict.fromkeys([*months, *([12] if whole else [])])),
        whole,
        whole or bool(months) or any(values in ((PRESENT,), (YES,)) for values in asked.values()),
    )


def _plainest(catalog: Catalog, attribute: Attribute) -> list[str]:
    """Agents by how few of the facts on a history they touch, the fewest first."""
    read = {fact.partition(":")[2] for fact in catalog.facts if fact.startswith(f"{attribute.id}:")}
    return sorted(catalog.agents, key=lambda agent: len(read.intersection(catalog.implied[agent])))


def _steps(history: History, given: int, pool: _Pool, catalog: Catalog) -> Iterator[tuple[int, History]]:
    """The histories one step away, and what the step costs.

    Telling what was left open costs least, and adding less than altering what was given; where all is made up, altering
    a detail costs least.
    """
    regimens = history.regimens
    if not history.complete and not pool.whole:
        yield 1, History(regimens, complete=True)
    for added in _new_regimens(pool) if pool.adding else ():
        yield 2, history._replace(regimens=(*regimens, added))
    for place, regimen in enumerate(regimens):
        before, after = regimens[:place], regimens[place + 1 :]
        yield 2 if pool.whole else 4 if place < given else 1, history._replace(regimens=before + after)
        for other in _told_regimens(regimen, pool, catalog) if not pool.whole else ():
            yield 1, history._replace(regimens=(*before, other, *after))
        for cost, other in _other_regimens(regimen, pool):
            price = 1 if pool.whole else cost + (2 if place < given else 0)
            yield price, history._replace(regimens=(*before, other, *after))


def _told_more(history: History, pool: _Pool, catalog: Catalog) -> Iterator[tuple[int, History]]:
    """The histories that tell one thing more and take nothing back: of one regimen, or of all that leave it open."""
    regimens = history.regimens
    if not history.complete:
        yield 1, History(regimens, complete=True)
        for added in _new_regimens(pool):
            more = (added, *regimens) if history.last_known else (*regimens, added)
            yield 2, history._replace(regimens=more)
    yield from _told_of_all(history, pool)
    for place, regimen in enumerate(regimens):
        for other in _told_regimens(regimen, pool, catalog):
            yield 1, history._replace(regimens=(*regimens[:place], other, *regimens[place + 1 :]))


def _told_regimens(regimen: Regimen, pool: _Pool, catalog: Catalog) -> Iterator[Regimen]:
    if not regimen.complete and regimen.agents:
        yield regimen._replace(complete=True)
    for therapy in pool.therapies:
        named = [agent for agent in regimen.agents if agent in catalog.implied[therapy]]
        if therapy not in named and (named or not regimen.complete):
            others = tuple(agent for agent in regimen.agents if agent not in named)
            yield regimen._replace(agents=(*others, therapy))
            if named:  # what was named may stand for more than one drug
                yield regimen._replace(agents=(*regimen.agents, therapy))
    if regimen.setting is None:
        yield from (regimen._replace(setting=setting) for setting in pool.settings if setting)
    if regimen.stopped is None:
        yield from (regimen._replace(stopped=stopped) for stopped in pool.stops if stopped)
    if regimen.months is None and regimen.stopped in (None, "completed"):
        yield from (regimen._replace(stopped="completed", months=months) for months in pool.months)


def _new_regimens(pool: _Pool) -> Iterator[Regimen]:
    agents = [(therapy,) for therapy in pool.therapies] + ([] if pool.whole else [()])
    for some in agents:
        for setting in pool.settings:
            for stopped in pool.stops:
                told = pool.months if stopped == "completed" or not pool.whole else ()
                whole = pool.whole and stopped == "completed"
                for months in (*(() if whole else (None,)), *told):
                    yield Regimen(some, setting, stopped, months, complete=bool(some))


def _other_regimens(regimen: Regimen, pool: _Pool) -> Iterator[tuple[int, Regimen]]:
    if not regimen.complete and regimen.agents:
        yield 1, regimen._replace(complete=True)
    for agent in regimen.agents:
        if len(regimen.agents) > 1:
            yield 2, regimen._replace(agents=tuple(a for a in regimen.agents if a != agent))
    for therapy in pool.therapies:
        if therapy not in regimen.agents:
            yield 2, regimen._replace(agents=(*regimen.agents, therapy))
    for setting in pool.settings:
        if setting and setting != regimen.setting:
            yield 1 if regimen.setting is None else 2, regimen._replace(setting=setting)
    for stopped in pool.stops:
        if stopped and stopped != regimen.stopped:
            months = regimen.months if stopped == "completed" else None
            if pool.whole and stopped == "completed" and months is None:
                continue
            yield 1 if regimen.stopped is None else 2, regimen._replace(stopped=stopped, months=months)
    for months in pool.months:
        if months != regimen.months:
            yield 1 if regimen.months is None else 2, regimen._replace(months=months, stopped="completed")


def kind_of_change(case: Case, attribute: str, after: Case) -> str:
    """Whether a change only tells what was not known, or alters what can, or what cannot, come to be otherwise."""
    if _told_by(case, attribute).items() <= after.known.items():
        return UNKNOWN_BEFORE
    alters = case.catalog.attributes[attribute].alters
    return CAN_CHANGE if alters == "freely" or (alters == "grows" and _grows(case, after, attribute)) else CANNOT_CHANGE


def _told_by(case: Case, attribute: str) -> dict[str, str]:
    """What is known of an attribute, and of what is taken from it."""
    sources = {name: row.from_regimens for name, row in case.catalog.attributes.items()}
    taken = {name for name, source in sources.items() if source and source.regimens == attribute}
    of = {attribute, *taken.difference(case.understood.facts)}
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
