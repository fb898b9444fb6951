"""The smallest sets of further facts that settle a condition, and those under which it can be met at all."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.condition import NOT_APPLICABLE, OneOf, attribute_of
from mbc_explorer.primes import (
    Masks,
    Or,
    World,
    absorbed,
    complement,
    contains,
    cubes_of,
    formula,
    masked,
    meet,
    restricted,
    spelled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mbc_explorer.catalog import Catalog, Cube
    from mbc_explorer.condition import Condition


Pair = tuple[str, tuple[str, ...]]
"""A fact with values of which any will do."""


class Settling(NamedTuple):
    """Facts that settle a condition together, none of them idle."""

    cube: Cube
    """Each fact with the values of which any will do."""
    met: bool
    """Whether the condition is then met or not met."""


def settling(condition: Condition, known: Mapping[str, str], catalog: Catalog) -> list[Settling]:
    """Every smallest set of further facts that settles a condition, first those that meet it; fewest facts first.

    Facts that are defined by others (a receptor group by its receptors) are given as those others, and a set from which
    another follows is left out (one symptom of many, where any will do). Of a condition that is settled already there
    is one set, and it is empty.

    Args:
        condition: in the catalog's vocabulary.
        known: what is given of a case and all that follows from it.
    """
    domains = catalog.facts
    world = world_left(frozenset(known.items()), catalog)
    what = formula(condition, domains)
    found = []
    for met, asked in ((True, what), (False, complement(what, domains))):
        primes = world.settled(restricted(asked, known, domains), weakest=True)
        cubes = grounded([_narrowed(cube, world) for cube in primes], known, catalog)
        found += [Settling(spelled(cube, domains), met) for cube in weakest(cubes, world)]
    return found


def facts_that_settle(condition: Condition, known: Mapping[str, str], catalog: Catalog) -> set[Pair]:
    """Every fact that is part of what settles a condition, with its values.

    Of a fact that may not apply, those that make it so are told too: nobody states that something does not apply.
    """
    found = {pair for settled in settling(condition, known, catalog) for pair in settled.cube}
    idle = [((fact, (NOT_APPLICABLE,)),) for fact, values in found if NOT_APPLICABLE in values]
    for cube in grounded([masked(pairs, catalog.facts) for pairs in idle], known, catalog):
        found.update(spelled(cube, catalog.facts))
    return found


def _narrowed(cube: Masks, world: World) -> Masks:
    """A cube without the values that the case or its other facts rule out; for a woman, `not_applicable`."""
    if all(mask & (mask - 1) == 0 for mask in cube.values()):
        return cube
    closed = world.closure(cube)
    return {fact: closed[fact] for fact in cube}


def telling_the_same(fact: str, values: tuple[str, ...], known: Mapping[str, str], catalog: Catalog) -> list[str]:
    """Other facts that each tell, whatever they turn out to be, whether a fact has one of these values."""
    world = world_left(frozenset(known.items()), catalog)
    cube = masked(((fact, values),), catalog.facts)
    followed = world.closure(cube)
    return [
        other
        for other, mask in followed.items()
        if other != fact and NOT_APPLICABLE not in catalog.facts[other] and contains(cube, world.closure({other: mask}))
    ]


@lru_cache(maxsize=16)
def world_left(known: frozenset[tuple[str, str]], catalog: Catalog) -> World:
    """What no case can be, once some facts are known; these and what follows from them no longer occur in it."""
    facts = dict(known)
    left = []
    for conflict in catalog.conflicts:
        if all(facts.get(fact, values[0]) in values for fact, values in conflict.cube):
            left.append(masked(tuple(pair for pair in conflict.cube if pair[0] not in facts), catalog.facts))
    return World(catalog.facts, left)


@lru_cache(maxsize=512)
def opposite(condition: Condition, catalog: Catalog) -> list[Masks]:
    """Every prime cube under which a condition is not met."""
    domains = catalog.facts
    return world_left(frozenset(), catalog).settled(complement(formula(condition, domains), domains))


def weakest(cubes: Iterable[Masks], world: World) -> list[Masks]:
    """The cubes that follow from no other; of two that follow from each other, the one of fewer facts and values."""
    ordered = sorted(cubes, key=lambda cube: (len(cube), sum(mask.bit_count() for mask in cube.values())))
    kept = list(ordered)
    for cube in reversed(ordered):
        if len(kept) == 1:
            break
        followed = world.closure(cube)
        if any(other is not cube and contains(other, followed) for other in kept):
            kept = [other for other in kept if other is not cube]
    return kept


def grounded(cubes: Iterable[Masks], known: Mapping[str, str], catalog: Catalog) -> list[Masks]:
    """Cubes with each fact that is defined, or does not apply, replaced by the facts that make it so, unless known."""
    found = []
    for cube in cubes:
        defined = [fact for fact in cube if attribute_of(fact) in catalog.definitions or _is_idle(fact, cube, catalog)]
        ways = [_definition(fact, cube[fact], known, catalog) for fact in defined]
        own = {fact: mask for fact, mask in cube.items() if fact not in defined}
        for chosen in product(*ways):
            joint: Masks | None = own
            for part in chosen:
                joint = meet(joint, part) if joint is not None else None
            if joint is not None:
                found.append(joint)
    return absorbed(found)


def _is_idle(fact: str, cube: Masks, catalog: Catalog) -> bool:
    """Whether a cube asks that a fact does not apply, where something is known of when that is so."""
    declared = catalog.attributes[attribute_of(fact)]
    domain = catalog.facts[fact]
    return declared.applies_when is not None and cube[fact] == 1 << domain.index(NOT_APPLICABLE)


def _definition(fact: str, mask: int, known: Mapping[str, str], catalog: Catalog) -> list[Masks]:
    applies = catalog.attributes[attribute_of(fact)].applies_when
    if applies is not None:
        otherwise = complement(formula(applies, catalog.facts), catalog.facts)
        return cubes_of(restricted(otherwise, known, catalog.facts), catalog.facts)
    values = [value for i, value in enumerate(catalog.facts[fact]) if mask >> i & 1]
    named = [OneOf(fact, (value,)) for value in values]
    defining = [row.then for row in catalog.constraints.values() if row.given in named]
    either = Or(tuple(formula(condition, catalog.facts) for condition in defining))
    return cubes_of(restricted(either, known, catalog.facts), catalog.facts)
