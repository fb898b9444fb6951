"""Minimal pairs: two complete profiles that differ in one fact and in the answer, for each criterion of each rule.

They are made up from a seed, not taken from anybody: a complete profile is bent until the rule turns on one fact.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import NOT_APPLICABLE, attribute_of, attributes_read, facts_read, leaves, literal
from mbc_explorer.edit import edits
from mbc_explorer.errors import ProfileError
from mbc_explorer.explain import fact_text
from mbc_explorer.primes import masked, meet, spelled
from mbc_explorer.profile import SETTINGS, History, Items, Profile
from mbc_explorer.report import askable, stated_by
from mbc_explorer.settling import grounded, opposite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Attribute, Catalog, Rule
    from mbc_explorer.condition import Leaf
    from mbc_explorer.edit import Changes, Wanted
    from mbc_explorer.explorer import Explorer
    from mbc_explorer.profile import Fact, Regimen

Plain = dict[str, Any]
STARTS = 6
"""So many profiles are started from before a criterion is given up."""
MAX_REPAIRS = 4
MONTHS = 12


class Boundary(NamedTuple):
    """A fact that a rule asks about: on one side of it the rule is met, on the other not."""

    rule: Rule
    fact: str


def boundaries(rules: Iterable[Rule], catalog: Catalog) -> list[Boundary]:
    """Every fact that each of the rules asks about and turns on, in reading order.

    A rule that is always met has none, nor has a criterion that follows from the others of its rule.
    """
    found = [Boundary(rule, fact) for rule in rules for fact in facts_read(rule.condition)]
    return [boundary for boundary in found if _values(boundary, catalog)]


def drawn(asked: list[Boundary], number: int, seed: int = 0) -> list[Boundary]:
    """So many of the boundaries, drawn by the seed, in their order; all where there are no more."""
    places = Random(seed).sample(range(len(asked)), min(number, len(asked)))
    return [asked[place] for place in sorted(places)]


def pairs(explorer: Explorer, asked: Iterable[Boundary], seed: int = 0) -> Iterator[Plain]:
    """A minimal pair for each boundary: complete, consistent profiles that differ in one fact and in the answer.

    Complete means that every fact is known, so that every rule is met or not met. What follows from the fact differs
    with it: a receptor group with a receptor; a question that no longer applies.

    Args:
        explorer: answers for both profiles.
        asked: the boundaries; see `boundaries`.
        seed: other seeds give other profiles; the same gives the same.

    Yields:
        For each boundary, in order: `rule`, `option` with its `name`, `stance`, the statement and its `anchor`; `fact`
        (the criterion in words) and `asks` (the attributes that the rule asks about, as they are stated); `differ` (the
        attribute, and what is stated of it on either side) and `follows` (facts of other attributes that differ with
        it, in words); `met` and `not_met`, each with the `profile`, the option's `status` and the rules on it that
        hold (`says`), with their statements. Where no pair was found, `differ`, `met` and `not_met` are None.
    """
    starts = _Starts(explorer, seed)
    for boundary in asked:
        found = _pair(boundary, starts)
        rule, catalog = boundary.rule, explorer.catalog
        asks = askable(catalog, attributes_read(rule.condition))
        yield {
            "rule": rule.id,
            "option": rule.option,
            "name": catalog.options[rule.option].name,
            "stance": rule.stance,
            **stated_by(rule, catalog),
            "fact": _criterion(boundary, catalog),
            "asks": [name for name in catalog.attributes if name in asks],
            **(_pair_plain(*found, rule) if found else {**_NOTHING, "follows": []}),
        }


_NOTHING = dict.fromkeys(("differ", "met", "not_met"))


class _Starts:
    """Complete profiles to start from, each made when it is first wanted."""

    def __init__(self, explorer: Explorer, seed: int) -> None:
        self._explorer, self._seed = explorer, seed
        self._made: list[Case] = []

    def __iter__(self) -> Iterator[Case]:
        for number in range(STARTS):
            if number == len(self._made):
                self._made.append(_whole(self._explorer, Random(self._seed * STARTS + number)))
            yield self._made[number]


def _pair_plain(met: Case, not_met: Case, rule: Rule) -> Plain:
    (name,) = _stated_otherwise(met, not_met)
    texts = {
        fact: [fact_text(fact, [case.known[fact]], met.catalog) for case in (met, not_met)]
        for fact in met.catalog.facts
        if met.known[fact] != not_met.known[fact] and attribute_of(fact) != name
    }
    return {
        "differ": {"attribute": name, "met": met.plain[name], "not_met": not_met.plain[name]},
        "follows": [
            {"attribute": attribute_of(fact), "met": one, "not_met": other} for fact, (one, other) in texts.items()
        ],
        "met": _side(met, rule),
        "not_met": _side(not_met, rule),
    }


def _side(case: Case, rule: Rule) -> Plain:
    says = [other for other in case.catalog.rules_of[rule.option] if case.is_met(other)]
    return {
        "profile": case.plain,
        "status": case.statuses[rule.option],
        "says": [{"rule": other.id, "stance": other.stance, **stated_by(other, case.catalog)} for other in says],
    }


def _values(boundary: Boundary, catalog: Catalog) -> tuple[str, ...]:
    """The values of the fact with which the rule can be met."""
    cubes = [dict(catalog.cubes[number]) for number in boundary.rule.settling]
    values = [value for cube in cubes for value in cube.get(boundary.fact, ())]
    return tuple(value for value in catalog.facts[boundary.fact] if value in values)


def _criterion(boundary: Boundary, catalog: Catalog) -> str:
    """The fact with the values that the rule asks for; where it excludes them, with those that are left."""
    asked = {value for leaf in leaves(boundary.rule.condition) for value in _asked(leaf, boundary.fact)}
    values = _values(boundary, catalog)
    wanted = [value for value in values if value in asked] or [value for value in values if value != NOT_APPLICABLE]
    return fact_text(boundary.fact, wanted, catalog)


def _asked(leaf: Leaf, fact: str) -> tuple[str, ...]:
    read, values = literal(leaf)
    return values if read == fact else ()


def _pair(boundary: Boundary, starts: Iterable[Case]) -> tuple[Case, Case] | None:
    """A profile that meets the rule and one that does not, one fact apart; with another status, if a start has it."""
    first: tuple[Case, Case] | None = None
    for start in starts:
        found = _pair_near(start, boundary)
        if found and _status_turns(*found, boundary.rule):
            return found
        first = first or found
        if first and not _status_can_turn(start, boundary.rule):
            break
    return first


def _pair_near(start: Case, boundary: Boundary) -> tuple[Case, Case] | None:
    for turning in _turnings(boundary, start.catalog):
        for met in _sides(start, turning.held, boundary.rule, to_met=True):
            for not_met in _sides(met, turning.lost, boundary.rule, to_met=False):
                for back in _sides(not_met, turning.gained, boundary.rule, to_met=True):
                    if _are_one_apart(back, not_met):
                        return back, not_met
                if _are_one_apart(met, not_met):
                    return met, not_met
    return None


def _status_turns(met: Case, not_met: Case, rule: Rule) -> bool:
    return met.statuses[rule.option] != not_met.statuses[rule.option]


def _status_can_turn(case: Case, rule: Rule) -> bool:
    """Whether the option's status can hang on the rule: it describes, and no other rule always does."""
    describing = [other.condition for other in case.catalog.rules_of[rule.option] if other.stance == DESCRIBES]
    goals = [(condition, False) for condition in describing]
    return rule.stance == DESCRIBES and case.evaluator.possible({}, goals)


class _Turning(NamedTuple):
    """Facts with which a rule is met, and of them the one that decides, with the values on either side."""

    held: Wanted
    lost: Wanted
    gained: Wanted


def _turnings(boundary: Boundary, catalog: Catalog) -> Iterator[_Turning]:
    """Where the rule turns on the boundary's fact alone.

    A smallest set that meets the rule is joined with the rest of a smallest set that blocks it and that an opposite
    value of the fact is part of, so that nothing else decides. An opposite value goes before not being applicable.
    """
    fact, domains = boundary.fact, catalog.facts
    meeting = [masked(catalog.cubes[number], domains) for number in boundary.rule.settling]
    blocking = opposite(boundary.rule.condition, catalog)
    for cube, other in product(*([c for c in cubes if fact in c] for cubes in (meeting, blocking))):
        gained, lost = cube[fact] & ~other[fact], other[fact] & ~cube[fact]
        joint = meet(cube, {**other, fact: gained}) if gained and lost else None
        idle = 1 << domains[fact].index(NOT_APPLICABLE) if NOT_APPLICABLE in domains[fact] else 0
        if joint is None:
            continue
        for values in filter(None, (lost & ~idle, lost & idle)):
            sides = [dict(spelled(side, domains)) for side in (joint, {fact: values}, {fact: gained})]
            yield _Turning(*sides)


def _sides(case: Case, wanted: Wanted, rule: Rule, *, to_met: bool) -> Iterator[Case]:
    """Complete profiles near this one that hold what is wanted and meet the rule, or do not."""
    for stated in _stated(wanted, case.catalog):
        for reached in _reached(case, stated):
            if reached.is_met(rule) is to_met:
                yield reached


def _stated(wanted: Wanted, catalog: Catalog) -> Iterator[Wanted]:
    """Ways to say it with facts that are stated themselves, not defined by others."""
    for cube in grounded([masked(tuple(wanted.items()), catalog.facts)], {}, catalog):
        yield dict(spelled(cube, catalog.facts))


def _reached(case: Case, wanted: Wanted) -> Iterator[Case]:
    """Complete profiles that hold what is wanted, by the smallest changes; what stands in the way is taken back."""
    for changes in edits(case, wanted, whole=True):
        found = _repaired(case, changes, MAX_REPAIRS)
        found = found and filled(found)
        if found is not None and is_complete(found):
            yield found


def _repaired(case: Case, changes: Changes, repairs: int) -> Case | None:
    try:
        return case.altered(changes)
    except ProfileError as error:
        named = [name for problem in error.problems for name in problem.where.split(" + ")]
        for name in dict.fromkeys(named) if repairs else ():
            if name in case.understood.facts and name not in changes:
                found = _repaired(case, {**changes, name: None}, repairs - 1)
                if found is not None:
                    return found
    return None


def _are_one_apart(one: Case, other: Case) -> bool:
    """Whether one attribute is stated otherwise, by one step, but for those that follow from it or no longer apply."""
    stated = _stated_otherwise(one, other)
    return (
        len(stated) == 1
        and _are_a_step_apart(one.understood.facts[stated[0]], other.understood.facts[stated[0]])
        and all(_follows(other, name) for name in {*one.plain} - {*other.plain})
        and all(_follows(one, name) for name in {*other.plain} - {*one.plain})
    )


def _stated_otherwise(one: Case, other: Case) -> list[str]:
    """The attributes that both state, and not the same of."""
    return [name for name in one.plain if name in other.plain and one.plain[name] != other.plain[name]]


def _are_a_step_apart(one: Fact, other: Fact) -> bool:
    """Lists differ in an item, histories in a regimen or in a detail of one."""
    match one, other:
        case Items(), Items():
            return len({*one.items} ^ {*other.items}) == 1
        case History(), History():
            few, many = sorted((one.regimens, other.regimens), key=len)
            if len(few) == len(many):
                apart = [pair for pair in zip(few, many, strict=True) if pair[0] != pair[1]]
                return len(apart) == 1 and _differ_in_a_detail(*apart[0])
            return any(few == (*many[:place], *many[place + 1 :]) for place in range(len(many)))
        case _:
            return True


def _differ_in_a_detail(one: Regimen, other: Regimen) -> bool:
    """A drug more or less, another setting, or another end; the months belong to the end."""
    details = (one.setting != other.setting, (one.stopped, one.months) != (other.stopped, other.months))
    return len({*one.agents} ^ {*other.agents}) + sum(details) == 1


def _follows(case: Case, name: str) -> bool:
    return all(fact in case.known for fact in case.catalog.facts if attribute_of(fact) == name)


def is_complete(case: Case) -> bool:
    """Whether every fact is known."""
    return len(case.known) == len(case.catalog.facts)


def filled(case: Case) -> Case:
    """The case with each unknown fact stated, one after the other, as far as nothing is contradicted."""
    catalog = case.catalog
    for fact, values in catalog.facts.items():
        if fact in case.known:
            continue
        for value in reversed(values):  # absent and no come last: what is not listed is not there
            reached = next(_attempts(case, {fact: (value,)}), None)
            if reached is not None:
                case = reached
                break
    return case


def _attempts(case: Case, wanted: Wanted) -> Iterator[Case]:
    for changes in edits(case, wanted, whole=True):
        try:
            found = case.altered(changes)
        except ProfileError:
            continue
        if all(found.known.get(fact) in values for fact, values in wanted.items()):
            yield found


def _whole(explorer: Explorer, random: Random) -> Case:
    """A complete, consistent profile."""
    case = explorer.case(Profile())
    for attribute in explorer.catalog.attributes.values():
        if attribute.id in explorer.catalog.definitions or attribute.from_regimens:
            continue
        try:
            case = case.altered({attribute.id: _some(attribute, explorer.catalog, random)})
        except ProfileError:
            continue
    return filled(case)


def _some(attribute: Attribute, catalog: Catalog, random: Random) -> Any:
    agents = list(catalog.agents)
    match attribute.kind:
        case "choice":
            return random.choice([value.id for value in attribute.values])
        case "list":
            return random.sample([value.id for value in attribute.values], random.randint(0, 2)) or "none"
        case "therapies":
            return random.sample(agents, random.randint(0, 1)) or "none"
        case "regimens":
            return [_regimen(agents, random) for _ in range(random.randint(0, 2))] or "none"
        case _:
            return random.randint(max(attribute.minimum, 1), 4)


def _regimen(agents: list[str], random: Random) -> str:
    setting, drug = random.choice(SETTINGS[1:]), random.choice(agents)
    return f"{drug}@{setting},{random.choice(['stopped=progression', f'stopped=completed,months={MONTHS}'])}"
