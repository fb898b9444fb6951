"""Minimal pairs: two complete profiles that differ in one fact and in the answer, for each criterion of each rule."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.condition import attribute_of, facts_read
from mbc_explorer.edit import edits
from mbc_explorer.errors import ProfileError
from mbc_explorer.explain import fact_text
from mbc_explorer.primes import masked, meet, spelled
from mbc_explorer.profile import SETTINGS, Profile
from mbc_explorer.report import stated_by
from mbc_explorer.settling import grounded, opposite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Attribute, Catalog, Rule
    from mbc_explorer.edit import Changes, Wanted
    from mbc_explorer.explorer import Explorer

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


def pairs(explorer: Explorer, asked: Iterable[Boundary], seed: int = 0) -> Iterator[Plain]:
    """A minimal pair for each boundary: complete, consistent profiles that differ in one fact and in the answer.

    Complete means that every rule is met or not met. What follows from the fact differs with it: a receptor group with
    a receptor; that a question no longer applies.

    Args:
        explorer: answers for both profiles.
        asked: the boundaries; see `boundaries`.
        seed: other seeds give other profiles; the same gives the same.

    Yields:
        For each boundary, in order: `rule`, `option`, its statement and `anchor`; `fact` (the criterion in words);
        `differ` (the attribute, and what is stated of it on either side); `met` and `not_met`, each with the
        `profile`, the option's `status` and the rules on it that hold (`says`), with their statements. Where no
        pair was found, `differ`, `met` and `not_met` are None.
    """
    starts = [_whole(explorer, Random(seed * STARTS + number)) for number in range(STARTS)]
    for boundary in asked:
        found = _pair(boundary, starts)
        rule, catalog = boundary.rule, explorer.catalog
        told = {"rule": rule.id, "option": rule.option, **stated_by(rule, catalog)}
        told["fact"] = fact_text(boundary.fact, _values(boundary, catalog), catalog)
        yield {**told, **(_pair_plain(*found, boundary) if found else dict.fromkeys(("differ", "met", "not_met")))}


def _pair_plain(met: Case, not_met: Case, boundary: Boundary) -> Plain:
    differ = [
        {"attribute": name, "not_met": not_met.plain.get(name), "met": met.plain.get(name)}
        for name in met.catalog.attributes
        if met.plain.get(name) != not_met.plain.get(name)
    ]
    sides = {"met": met, "not_met": not_met}
    return {"differ": differ, **{name: _side(case, boundary.rule) for name, case in sides.items()}}


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


def _pair(boundary: Boundary, starts: list[Case]) -> tuple[Case, Case] | None:
    """A profile that meets the rule and one that does not, one fact apart."""
    for start in starts:
        for turning in _turnings(boundary, start.catalog):
            for met in _sides(start, turning.held, boundary.rule, to_met=True):
                for not_met in _sides(met, turning.lost, boundary.rule, to_met=False):
                    for back in _sides(not_met, turning.gained, boundary.rule, to_met=True):
                        if _are_one_apart(back, not_met):
                            return back, not_met
                    if _are_one_apart(met, not_met):
                        return met, not_met
    return None


class _Turning(NamedTuple):
    """Facts with which a rule is met, and of them the one that decides, with the values on either side."""

    held: Wanted
    lost: Wanted
    gained: Wanted


def _turnings(boundary: Boundary, catalog: Catalog) -> Iterator[_Turning]:
    """Where the rule turns on the boundary's fact alone.

    A smallest set that meets the rule is joined with the rest of a smallest set that blocks it and that an opposite
    value of the fact is part of, so that nothing else decides.
    """
    fact, domains = boundary.fact, catalog.facts
    meeting = [masked(catalog.cubes[number], domains) for number in boundary.rule.settling]
    blocking = opposite(boundary.rule.condition, catalog)
    for cube, other in product(*([c for c in cubes if fact in c] for cubes in (meeting, blocking))):
        gained, lost = cube[fact] & ~other[fact], other[fact] & ~cube[fact]
        joint = meet(cube, {**other, fact: gained}) if gained and lost else None
        if joint is not None:
            sides = [dict(spelled(side, domains)) for side in (joint, {fact: lost}, {fact: gained})]
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
    """Whether one attribute is stated otherwise, but for those that no longer apply or that follow from it."""
    stated = [name for name in one.catalog.attributes if one.plain.get(name) != other.plain.get(name)]
    return sum(1 for name in stated if name in one.plain and name in other.plain) == 1 and all(
        _follows(case, name) for name in stated for case in (one, other) if name not in case.plain
    )


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
