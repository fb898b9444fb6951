"""A history of which everything is true that is asked, as near as can be to one that is given.

What is asked of a history is how many regimens of some kind it holds. So regimens are altered one by one, the newest
first: of the ways to alter one, the cheapest is tried for each thing that it then counts as, and of the histories up to
it, the cheapest for each tally.
"""

from __future__ import annotations

from functools import lru_cache
from heapq import heappop, heappush
from itertools import count, product
from operator import ge
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.condition import ABSENT, NO, NOT_APPLICABLE, PRESENT, YES, attribute_of
from mbc_explorer.errors import ProfileError
from mbc_explorer.facts import holds, is_treatment, known_facts, matches, stated_facts
from mbc_explorer.profile import SETTINGS, STOPPED, History, Items, Regimen, Understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Cube, FromRegimens
    from mbc_explorer.facts import Truth
    from mbc_explorer.profile import Fact

    Agents = tuple[tuple[str, ...], bool]

MAX_STEPS = 5_000
"""So many steps are taken for one history; most take fewer than a hundred, the longest seen some two thousand."""
MAX_ADDED = 10
"""So many regimens are made up."""
MAX_TOGETHER = 3
"""So many drugs has a regimen that is made up."""
MAX_DRUGS = 50
"""So many ways to alter the drugs of one regimen are looked at."""
TOLD, ADDED, ALTERED = 1, 10**3, 10**6
"""What it costs to tell what was open, to add a regimen, and to alter what was given: each more than any number of the
lesser steps."""


_Pair = tuple[int, int]


class Search(NamedTuple):
    """What is looked for: a history near one that is given, with these facts."""

    asked: Cube
    start: History = History((), complete=False, last_known=False)
    stated: tuple[tuple[str, Fact], ...] = ()
    """What is stated beside the history of what is taken from it."""
    known: Cube = ()
    """What is known without the history of it and of what is taken from it."""
    whole: bool = False
    """Leave nothing open of what is made up; what is given is made up, too."""
    telling: bool = False
    """Only tell what is open."""


class _Number(NamedTuple):
    """How many regimens of a kind there are to be."""

    source: FromRegimens | None
    item: str
    least: int
    most: int | None
    known: bool
    """Whether this is to be known; else it is to be possible."""

    @property
    def none(self) -> _Pair:
        """How many surely are of the kind, and how many perhaps, as far as it matters."""
        return 0, 0

    def counts(self, regimen: Regimen, catalog: Catalog) -> _Pair:
        """Whether a regimen surely is of the kind, and perhaps."""
        told = self.source is None or matches(regimen, self.source, catalog)
        held = not self.item or holds(self.item, regimen.agents, regimen.complete, catalog)
        return int(told is True and held is True), int(told is not False and held is not False)

    def joined(self, tally: _Pair, one: _Pair) -> _Pair | None:
        """The tally with one regimen more; None where there are too many."""
        surely, perhaps = tally[0] + one[0], tally[1] + one[1]
        if self.known:
            if self.most is None:
                return min(surely, self.least), 0
            return None if perhaps > self.most else (min(surely, self.least), perhaps)
        if self.most is None:
            return 0, min(perhaps, self.least)
        return None if surely > self.most else (surely, min(perhaps, self.least))

    def is_so(self, tally: _Pair, complete: bool, _last_known: bool) -> bool:
        """Whether it is as asked, once there are no more regimens."""
        surely, perhaps = tally
        if self.known:
            return surely >= self.least and (self.most is None or complete)
        return not complete or perhaps >= self.least

    def worth(self, one: _Pair) -> _Pair:
        """What a regimen does for it, and against it: more is better of either."""
        if self.known:
            return one[0], 0 if self.most is None else -one[1]
        return one[1], 0 if self.most is None else -one[0]

    def lacks(self, tally: _Pair, complete: bool) -> int:
        """So many regimens more are needed."""
        return self.least - tally[0] if self.known else self.least - tally[1] if complete else 0


class _Last(NamedTuple):
    """What the last regimen of a kind is to tell."""

    source: FromRegimens
    asked: tuple[tuple[int, tuple[str, ...]], ...]
    """Numbers with whether as many months are to be reached."""
    stated: int | None

    @property
    def none(self) -> _Pair:
        """No such regimen so far; then the months that it tells, or -1 where it does not, or may be none."""
        return -2, 0

    def worth(self, one: _Pair) -> _Pair:
        """What a regimen does for it: what it tells is better than nothing else."""
        return one[0], -one[0]

    def lacks(self, _tally: _Pair, _complete: bool) -> int:
        """No regimen is needed for certain."""
        return 0

    def months(self) -> Iterator[int]:
        """The numbers that make a difference."""
        yield from () if self.stated is None else (self.stated,)
        for number, _ in self.asked:
            yield from (number, max(number - 1, 0))

    def counts(self, regimen: Regimen, catalog: Catalog) -> _Pair:
        """What a regimen tells."""
        truth = matches(regimen, self.source, catalog)
        return self.none if truth is False else (-1 if truth is None or regimen.months is None else regimen.months, 0)

    def joined(self, tally: _Pair, one: _Pair) -> _Pair | None:
        """The tally with one regimen more: the first that is found is the last that was given."""
        return one if tally == self.none else tally

    def is_so(self, tally: _Pair, complete: bool, last_known: bool) -> bool:
        """Whether it is as asked, once there are no more regimens."""
        months, is_known = tally[0], last_known and (tally[0] >= 0 or (tally == self.none and complete))
        for number, values in self.asked:
            value = NOT_APPLICABLE if months < 0 else YES if months >= number else NO
            if not is_known or value not in values:
                return False
        return not is_known or self.stated in (None, months)


_Choice = tuple[int, Regimen, tuple[_Pair, ...]]
"""A regimen, with what it costs or how many times over, and what it counts as for each demand."""


class _Place(NamedTuple):
    """How far a history is made: what comes to the same from here on is looked at once."""

    left: int
    """So many of the given regimens are still to be looked at; below zero once the history is made."""
    complete: bool
    grown: bool
    """Whether there are more regimens than were given; to tell more of those that were is an alteration then."""
    tally: tuple[_Pair, ...]


@lru_cache(maxsize=2048)
def nearest_history(catalog: Catalog, name: str, search: Search) -> History | None:
    """A history of which everything is true that is asked, by the cheapest steps from the given one; or none.

    Nothing that is stated beside it is contradicted.

    Args:
        catalog: has the vocabulary.
        name: the attribute that holds the history.
        search: what is looked for.
    """
    start, order = search.start, count()
    demands = _demands(catalog, search)
    steps = _Steps(search, demands, _Regimens(catalog, search, demands))
    first = _Place(len(start.regimens), start.complete, False, tuple(demand.none for demand in demands))
    waiting: list[tuple[int, int, int, int, _Place, tuple[Regimen, ...]]] = []

    def reached(cost: int, place: _Place, regimens: tuple[Regimen, ...]) -> None:
        ahead = steps.ahead(place)
        heappush(waiting, (cost + ahead, ahead, next(order), cost, place, regimens))

    reached(0, first, ())
    if not start.complete:
        reached(TOLD, first._replace(complete=True), ())
    seen = set()
    for _ in range(MAX_STEPS):
        if not waiting:
            break
        *_, cost, place, regimens = heappop(waiting)
        if place.left < 0:
            history = History(regimens, place.complete, place.complete or start.last_known)
            if _brings_about(history, name, search, catalog) and _fits(history, name, search, catalog):
                return history
        elif place not in seen:
            seen.add(place)
            for more, then, added in steps.on(place, len(regimens)):
                reached(cost + more, then, (*added, *regimens))
    return None


def _brings_about(history: History, name: str, search: Search, catalog: Catalog) -> bool:
    known = stated_facts(Understood({name: history}, {}, (name,)), catalog).known
    return all(known.get(fact) in values for fact, values in search.asked)


def _fits(history: History, name: str, search: Search, catalog: Catalog) -> bool:
    """Whether a history contradicts nothing that is stated beside it."""
    facts = {name: history, **dict(search.stated)}
    try:
        known_facts(Understood(facts, {}, tuple(facts)), catalog)
    except ProfileError:
        return False
    return True


def _demands(catalog: Catalog, search: Search) -> list[_Number | _Last]:
    """What is asked of the history, and what is known beside it."""
    sources = {name: row.from_regimens for name, row in catalog.attributes.items()}
    numbers: dict[tuple[FromRegimens | None, str, bool], tuple[int, int | None]] = {}
    months: dict[FromRegimens, dict[int, tuple[str, ...]]] = {}

    def ask(source: FromRegimens | None, item: str, known: bool, least: int, most: int | None) -> None:
        before, limit = numbers.get((source, item, known), (0, None))
        most = most if limit is None else limit if most is None else min(most, limit)
        numbers[source, item, known] = max(before, least), most

    for facts, known in ((search.asked, True), (search.known, False)):
        for fact, values in facts:
            source = sources[attribute_of(fact)]
            number = int(fact.partition(">=")[2] or 1)
            if source and source.last:
                if known:
                    months.setdefault(source, {})[number] = values
            elif {ABSENT, NO}.isdisjoint(values):
                ask(source, fact.partition(":")[2], known, number, None)
            elif {PRESENT, YES}.isdisjoint(values):
                ask(source, fact.partition(":")[2], known, 0, number - 1)
    stated_months: dict[FromRegimens, int] = {}
    for name, stated in search.stated:
        source = sources[name]
        if isinstance(stated, int) and source and source.last:
            stated_months[source] = stated
        elif isinstance(stated, int):
            ask(source, "", False, stated, stated)
        elif isinstance(stated, Items):
            for item in stated.items:
                ask(source, item, False, 1, None)
    last = dict.fromkeys([*months, *stated_months])
    return [
        *(_Number(source, item, *bounds, known) for (source, item, known), bounds in numbers.items()),
        *(_Last(source, tuple(months.get(source, {}).items()), stated_months.get(source)) for source in last),
    ]


class _Steps:
    """The steps by which a history is made, regimen by regimen."""

    def __init__(self, search: Search, demands: list[_Number | _Last], regimens: _Regimens) -> None:
        self.search = search
        self.demands = demands
        self.given = search.start.regimens
        self.ways = {regimen: regimens.near(regimen) for regimen in dict.fromkeys(self.given)}
        self.new = regimens.new()
        self.grows = search.start.complete or search.start.last_known
        """Whether a regimen at the end is more than was given; else it may have been there."""
        self.adding = ADDED if self.grows and not search.whole else 2 * TOLD

    def ahead(self, place: _Place) -> int:
        """What it costs from a place at the least: so many regimens have to be added."""
        if place.left < 0:
            return 0
        lacking = (demand.lacks(tally, place.complete) for demand, tally in zip(self.demands, place.tally, strict=True))
        return max(0, min(max(lacking, default=0) - place.left, MAX_ADDED)) * 2 * TOLD

    def on(self, place: _Place, size: int) -> Iterator[tuple[int, _Place, tuple[Regimen, ...]]]:
        """The steps from a place, each with its cost, where it leads, and the regimen that is put before the others."""
        start, whole, telling = self.search.start, self.search.whole, self.search.telling
        alters = place.grown and not whole
        if size - len(self.given) + place.left < MAX_ADDED:
            if place.left == len(self.given) and not (self.grows and telling):
                yield from self._joined(place._replace(grown=self.grows), self.adding, self.new)
            if place.left == 0 and not start.complete and start.last_known:
                yield from self._joined(place, ALTERED if alters else 2 * TOLD, self.new)
        if place.left == 0:
            last_known = place.complete or start.last_known
            demands = zip(self.demands, place.tally, strict=True)
            if all(demand.is_so(tally, place.complete, last_known) for demand, tally in demands):
                yield 0, place._replace(left=-1), ()
            return
        then = place._replace(left=place.left - 1)
        if not telling:
            yield 2 * TOLD if whole else ALTERED, then, ()
        for cost, regimen, counted in self.ways[self.given[then.left]]:
            price = cost + (ALTERED if alters and 0 < cost < ALTERED else 0)
            yield from self._joined(then, price, [(1, regimen, counted)])

    def _joined(
        self, place: _Place, cost: int, choices: list[_Choice]
    ) -> Iterator[tuple[int, _Place, tuple[Regimen, ...]]]:
        for times, regimen, counted in choices:
            tally: list[_Pair] = []
            for demand, before, one in zip(self.demands, place.tally, counted, strict=True):
                joined = demand.joined(before, one)
                if joined is None:
                    break
                tally.append(joined)
            else:
                yield cost * times + times - 1, place._replace(tally=tuple(tally)), (regimen,)


class _Regimens:
    """What a regimen can be told or altered to be, as far as it makes a difference to what is asked."""

    def __init__(self, catalog: Catalog, search: Search, demands: list[_Number | _Last]) -> None:
        self.catalog = catalog
        self.search = search
        self.demands = demands
        sources = [demand.source for demand in demands if demand.source]
        numbers = [demand for demand in demands if isinstance(demand, _Number)]
        asked = [source.including for source in sources if source.including]
        self.items = tuple(dict.fromkeys([*(row.item for row in numbers if row.item), *asked]))
        settings = [source.setting for source in sources if source.setting]
        stops = [source.stopped for source in sources if source.stopped]
        self.settings = tuple(dict.fromkeys([*settings, *SETTINGS[1:]])) if settings or search.whole else ()
        self.stops = tuple(dict.fromkeys([*stops, STOPPED[3], STOPPED[0]])) if stops or search.whole else ()
        self.months = tuple(dict.fromkeys(month for row in demands if isinstance(row, _Last) for month in row.months()))
        if search.whole and not self.months:
            self.months = (12,)
        read = {fact.partition(":")[2] for fact in catalog.facts if ":" in fact}
        treatments = [agent for agent in catalog.agents if is_treatment(agent, catalog)]
        plainest = sorted(treatments, key=lambda agent: len(read.intersection(catalog.implied[agent])))
        self.listed = [*(() if search.whole else self.items), *plainest]
        self.therapies = self._apart((), self.listed)

    def _apart(self, named: tuple[str, ...], therapies: Iterable[str]) -> list[str]:
        """Of therapies that hold the same of what is asked, and can be what some of those named stand for, one each."""
        found: dict[object, str] = {}
        for therapy in therapies:
            wider = [name for name in named if name in self.catalog.implied[therapy]]
            if wider or not named:
                found.setdefault((self._held((therapy,), True), *wider), therapy)
        return list(found.values())

    def _held(self, agents: tuple[str, ...], complete: bool) -> tuple[Truth, ...]:
        return tuple(holds(item, agents, complete, self.catalog) for item in self.items)

    def _counted(self, regimen: Regimen) -> tuple[_Pair, ...]:
        return tuple(demand.counts(regimen, self.catalog) for demand in self.demands)

    def new(self) -> list[_Choice]:
        """Regimens that can be added, each with how many drugs of it are asked for."""
        whole = self.search.whole
        agents: list[Agents] = [*self._together(), *([] if whole else [((), False)])]
        open_ = () if whole else (None,)
        ends = [
            (stopped, months)
            for stopped in (*open_, *self.stops)
            for months in ((*open_, *self.months) if stopped in (None, "completed") else (None,))
        ]
        found: dict[tuple[_Pair, ...], _Choice] = {}
        for (some, complete), setting, (stopped, months) in product(agents, (*open_, *self.settings), ends):
            regimen = Regimen(some, setting, "completed" if months is not None else stopped, months, complete)
            counted = self._counted(regimen)
            found.setdefault(counted, (max(len(some), 1), regimen, counted))
        return self._best(found.values())

    def _together(self) -> list[Agents]:
        """Drugs that can be given together, the fewest for each way in which they hold what is asked."""
        found: dict[tuple[Truth, ...], Agents] = {}
        more: list[tuple[str, ...]] = [()]
        for _ in range(MAX_TOGETHER):
            drugs = [(*some, therapy) for some in more for therapy in self.therapies if therapy not in some]
            more = []
            for some in drugs:
                held = self._held(some, True)
                if held not in found:
                    found[held] = (some, True)
                    more.append(some)
        return list(found.values())

    def near(self, regimen: Regimen) -> list[_Choice]:
        """What a regimen can be made, the cheapest for each thing that it then counts as."""
        found: dict[tuple[_Pair, ...], _Choice] = {}
        agents, settings, ends = self._agents(regimen), self._settings(regimen), self._ends(regimen)
        ways = [(a + s + e, one, setting, end) for (a, one), (s, setting), (e, end) in product(agents, settings, ends)]
        for cost, (some, complete), setting, (stopped, months) in sorted(ways, key=lambda way: way[0]):
            made = Regimen(some, setting, stopped, months, complete)
            counted = self._counted(made)
            found.setdefault(counted, (cost, made, counted))
        return self._best(found.values())

    def _best(self, choices: Iterable[_Choice]) -> list[_Choice]:
        """The choices but those to which another that costs no more does nothing worse."""
        kept: list[tuple[_Choice, tuple[int, ...]]] = []
        for choice in sorted(choices, key=lambda choice: choice[0]):
            pairs = zip(self.demands, choice[2], strict=True)
            worth = tuple(number for demand, one in pairs for number in demand.worth(one))
            if not any(all(map(ge, other, worth)) for _, other in kept):
                kept = [row for row in kept if row[0][0] < choice[0] or not all(map(ge, worth, row[1]))]
                kept.append((choice, worth))
        return [choice for choice, _ in kept]

    def _price(self, told: bool) -> int:
        """What a step costs; nothing where it cannot be taken, since only telling will do."""
        return TOLD if told or self.search.whole else 0 if self.search.telling else ALTERED

    def _settings(self, regimen: Regimen) -> list[tuple[int, str | None]]:
        price = self._price(regimen.setting is None)
        others = [(price, setting) for setting in self.settings if setting != regimen.setting] if price else []
        return [(0, regimen.setting), *others]

    def _ends(self, regimen: Regimen) -> list[tuple[int, tuple[str | None, int | None]]]:
        """Why it stopped and how many months ago, which count from its completion."""
        stopped, months = regimen.stopped, regimen.months
        found: dict[tuple[str | None, int | None], int] = {(stopped, months): 0}
        told, altered = self._price(True), self._price(False)
        for other in self.stops if stopped is None else ():
            found[other, months] = told
        for number in self.months if months is None and stopped in (None, "completed") else ():
            found["completed", number] = told
        for other in self.stops if altered else ():
            found.setdefault((other, months if other == "completed" else None), altered)
        for number in self.months if altered else ():
            found.setdefault(("completed", number), altered)
        whole = self.search.whole
        return [(cost, end) for end, cost in found.items() if not (whole and cost and end == ("completed", None))]

    def _agents(self, regimen: Regimen) -> list[tuple[int, Agents]]:
        """The drugs that it can hold, the cheapest for each way in which they hold what is asked."""
        first = (regimen.agents, regimen.complete)
        waiting: list[tuple[int, int, Agents]] = [(0, 0, first)]
        order = count(1)
        found: dict[tuple[Truth, ...], tuple[int, Agents]] = {}
        seen = set()
        for _ in range(MAX_DRUGS if self.items else 1):
            if not waiting:
                break
            cost, _, agents = heappop(waiting)
            if agents in seen:
                continue
            seen.add(agents)
            held = self._held(*agents)
            found.setdefault(held, (cost, agents))
            for told, other in self._other_agents(*agents):
                price = self._price(told)
                if price and other not in seen:
                    heappush(waiting, (cost + price, next(order), other))
        return list(found.values())

    def _other_agents(self, agents: tuple[str, ...], complete: bool) -> Iterator[tuple[bool, Agents]]:
        """The drugs that are one step away, and whether the step only tells what was open."""
        if agents and not complete:
            yield True, (agents, True)
        for therapy in self._apart(agents, self.listed) if agents else ():
            if therapy not in agents:
                others = tuple(agent for agent in agents if agent not in self.catalog.implied[therapy])
                yield True, ((*others, therapy), complete)
                yield True, ((*agents, therapy), complete)  # what was named may stand for more than one drug
        for therapy in self.therapies:
            if therapy not in agents:
                yield not complete, ((*agents, therapy), complete)
        for agent in agents if len(agents) > 1 else ():
            yield False, (tuple(other for other in agents if other != agent), complete)
