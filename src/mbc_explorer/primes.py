"""A condition as prime implicants: every smallest set of facts that settles it.

`Formula` is a condition in negation normal form over literals (a fact has one of these values). The *primes* of a
formula are its maximal cubes; a formula holds under partial knowledge exactly when one of its primes lies inside what
is known. Worlds that the constraints forbid do not count, so the primes are taken of "formula, or forbidden".
Used when a catalog is compiled, and to explain what would settle a condition; never for a verdict.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple, assert_never

from mbc_explorer.condition import (
    NOT_APPLICABLE,
    TWO_VALUED,
    All,
    Any,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Not,
    OneOf,
    literal,
)
from mbc_explorer.errors import MbcError, one

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Constraint, Cube

Domains = dict[str, tuple[str, ...]]
Masks = dict[str, int]
"""A cube while it is worked on: fact to the bits of its allowed values. A fact that is absent is free."""

MAX_CUBES = 4000
"""A condition that needs more prime cubes than this is refused; the largest of the shipped rules needs a few dozen."""


MAX_PRODUCT = 100_000
"""So many pairs of cubes are multiplied out at once."""
MAX_STEPS = 6_000_000
"""So many steps are taken for one pack, or for one question; the shipped pack takes some two million."""
MAX_OWN_STEPS = 400_000
"""So many steps are taken for one condition; the shipped ones take forty thousand at most."""
_budget: ContextVar[list[int] | None] = ContextVar("budget", default=None)


class TooManyCubes(MbcError):
    """A condition explodes into more prime cubes than can be used."""

    headline = "the conditions take too much work"

    def __init__(self, told: str) -> None:
        super().__init__(one("too-much-work", "", f"{told}."))


@contextmanager
def at_most(steps: int) -> Iterator[None]:
    """Let what is done within take so many steps and no more; they count for what it is done within, too."""
    own, outer = [steps], _budget.get()
    token = _budget.set(own)
    try:
        yield
    finally:
        _budget.reset(token)
        if outer is not None:
            outer[0] -= steps - own[0]


def spend(steps: int) -> None:
    """Count steps.

    Raises:
        TooManyCubes: when no more of them may be taken.
    """
    budget = _budget.get()
    if budget is not None:
        budget[0] -= steps
        if budget[0] < 0:
            raise TooManyCubes("more steps than are taken for one condition, pack or question")


class And(NamedTuple):
    parts: tuple[Formula, ...]


class Or(NamedTuple):
    parts: tuple[Formula, ...]
    disjunction: bool = True  # so that an Or never equals an And of the same parts


class Literal(NamedTuple):
    fact: str
    mask: int


Formula = And | Or | Literal


def formula(condition: Condition, domains: Domains, positive: bool = True) -> Formula:
    """Negation pushed to the leaves, where it becomes the other values of the fact; `not_applicable` is in neither."""
    match condition:
        case All(parts) | Any(parts):
            lowered = tuple(formula(part, domains, positive) for part in parts)
            return And(lowered) if isinstance(condition, All) == positive else Or(lowered)
        case Not(part):
            return formula(part, domains, not positive)
        case OneOf() | Includes() | AtLeast() | AtMost():
            fact, values = literal(condition)
            domain = domains[fact]
            mask = sum(1 << domain.index(value) for value in values)
            if not positive:
                applicable = sum(1 << i for i, value in enumerate(domain) if value != NOT_APPLICABLE)
                mask = applicable & ~mask
            return Literal(fact, mask)
    assert_never(condition)


def complement(what: Formula, domains: Domains) -> Formula:
    """True exactly where the formula is not (two-valued, over complete worlds, `not_applicable` included)."""
    match what:
        case Literal(fact, mask):
            return Literal(fact, full(domains, fact) & ~mask)
        case And(parts):
            return Or(tuple(complement(part, domains) for part in parts))
        case Or(parts):
            return And(tuple(complement(part, domains) for part in parts))
    assert_never(what)


def forbidden(constraint: Constraint, domains: Domains) -> Formula:
    """The worlds that a constraint rules out: its first condition met and its second not."""
    return And((formula(constraint.given, domains), complement(formula(constraint.then, domains), domains)))


def full(domains: Domains, fact: str) -> int:
    return (1 << len(domains[fact])) - 1


def cubes_of(what: Formula, domains: Domains) -> list[Masks]:
    """A disjunctive normal form: not minimal, without contradictions."""
    match what:
        case Literal(fact, mask):
            if mask == full(domains, fact):
                return [{}]
            return [{fact: mask}] if mask else []
        case Or(parts):
            return absorbed(cube for part in parts for cube in cubes_of(part, domains))
        case And(parts):
            cubes: list[Masks] = [{}]
            for part in parts:
                others = cubes_of(part, domains)
                if len(cubes) * len(others) > MAX_PRODUCT:
                    raise TooManyCubes(f"more than {MAX_PRODUCT} pairs of cubes")
                pairs = product(cubes, others)
                cubes = absorbed(both for left, right in pairs if (both := meet(left, right)) is not None)
            return cubes
    assert_never(what)


def primes(cover: Iterable[Masks], domains: Domains) -> list[Masks]:
    """All prime cubes of the union of the given cubes, by iterated consensus."""
    if _budget.get() is None:
        with at_most(MAX_STEPS):
            return primes(cover, domains)
    known = absorbed(cover)
    before: list[Masks] = []
    changed = True
    while changed:
        changed = False
        tried = {id(cube) for cube in before}  # with one another; what they are of is held until the next round
        before = known
        for left, right in ((a, b) for i, a in enumerate(before) for b in before[:i]):
            spend(1)
            if id(left) in tried and id(right) in tried:
                continue
            for candidate in _consensus(left, right, domains):
                spend(len(known))
                if not any(contains(cube, candidate) for cube in known):
                    known = [cube for cube in known if not contains(candidate, cube)]
                    known.append(candidate)
                    changed = True
                    if len(known) > MAX_CUBES:
                        raise TooManyCubes(f"more than {MAX_CUBES} prime cubes")
    return known


def _consensus(left: Masks, right: Masks, domains: Domains) -> Iterable[Masks]:
    """For each fact of both: the cube that lets the fact have either's values and keeps what both ask of the rest."""
    shared = [fact for fact in left if fact in right]
    for fact in shared:
        union = left[fact] | right[fact]
        if union in (left[fact], right[fact]):
            continue
        rest = meet({k: v for k, v in left.items() if k != fact}, {k: v for k, v in right.items() if k != fact})
        if rest is not None:
            yield rest if union == full(domains, fact) else {**rest, fact: union}


def meet(left: Masks, right: Masks) -> Masks | None:
    both = dict(left)
    for fact, mask in right.items():
        both[fact] = both.get(fact, mask) & mask
        if not both[fact]:
            return None
    return both


def contains(outer: Masks, inner: Masks) -> bool:
    """Every world of the inner cube is one of the outer."""
    return all(fact in inner and inner[fact] & ~mask == 0 for fact, mask in outer.items())


def _narrowness(cube: Masks) -> tuple[int, int]:
    """Orders cubes so that none comes after one that it contains: fewer facts first, then more values."""
    return len(cube), -sum(mask.bit_count() for mask in cube.values())


def absorbed(cubes: Iterable[Masks]) -> list[Masks]:
    kept: list[Masks] = []
    for cube in sorted(cubes, key=_narrowness):
        spend(1 + len(kept))
        if not any(contains(other, cube) for other in kept):
            kept.append(cube)
            if len(kept) > MAX_CUBES:
                raise TooManyCubes(f"more than {MAX_CUBES} cubes")
    return kept


def spelled(cube: Masks, domains: Domains) -> Cube:
    """A cube with its values written out, in the order of the facts' declaration."""
    order = {fact: i for i, fact in enumerate(domains)}
    return tuple(
        (fact, tuple(value for i, value in enumerate(domains[fact]) if cube[fact] >> i & 1))
        for fact in sorted(cube, key=order.__getitem__)
    )


def masked(cube: Cube, domains: Domains) -> Masks:
    """The reverse of `spelled`."""
    return {fact: sum(1 << domains[fact].index(value) for value in values) for fact, values in cube}


def restricted(what: Formula, known: Mapping[str, str], domains: Domains) -> Formula:
    """What is left of a formula once some facts are known."""
    match what:
        case Literal(fact, mask):
            if fact not in known:
                return what
            return And(()) if mask >> domains[fact].index(known[fact]) & 1 else Or(())
        case And(parts):
            return And(tuple(restricted(part, known, domains) for part in parts))
        case Or(parts):
            return Or(tuple(restricted(part, known, domains) for part in parts))
    assert_never(what)


def closed(constraints: Iterable[Constraint], domains: Domains) -> World:
    """The world of some constraints."""
    direct = {rule.id: cubes_of(forbidden(rule, domains), domains) for rule in constraints}
    impossible = [cube for group in _groups(direct.values()) for cube in primes(group, domains)]
    return World(domains, impossible, direct)  # groups are independent, so their primes are the primes of the whole


class World:
    """The constraints, closed: which cubes are impossible, and what a set of facts implies."""

    def __init__(self, domains: Domains, impossible: list[Masks], direct: dict[str, list[Masks]] | None = None) -> None:
        """A world from every prime cube that is impossible in it.

        Args:
            domains: every fact with its possible values.
            impossible: the prime cubes of what no case can be.
            direct: the cubes that each constraint forbids by itself; needed only to say which is to blame.
        """
        self.domains = domains
        self.direct = direct or {}
        self.impossible = impossible
        self._touching: dict[str, list[Masks]] = {}
        for cube in self.impossible:
            for fact in cube:
                self._touching.setdefault(fact, []).append(cube)

    def blamed(self, cube: Masks) -> tuple[str, ...]:
        """The fewest constraints that make a cube impossible: one, else two, else all that touch its facts."""
        spend(len(self.direct))
        for name, cubes in self.direct.items():
            if any(contains(own, cube) for own in cubes):
                return (name,)
        near = [name for name, cubes in self.direct.items() if any(set(own) & set(cube) for own in cubes)]
        for first, second in combinations(near, 2):
            spend(1)
            if any(contains(own, cube) for own in primes([*self.direct[first], *self.direct[second]], self.domains)):
                return (first, second)
        return tuple(near)

    def heads(self) -> list[tuple[str, int, Masks, tuple[str, ...]]]:
        """(fact, index of its value, cube that forces it, constraints) for every fact that others can settle."""
        found = []
        for cube in self.impossible:
            for fact, mask in cube.items():
                left = full(self.domains, fact) & ~mask
                if left and left & (left - 1) == 0:
                    rest = {k: v for k, v in cube.items() if k != fact}
                    found.append((fact, left.bit_length() - 1, rest, self.blamed(cube)))
        return found

    def closure(self, cube: Masks) -> Masks:
        """A cube with everything added that it implies."""
        known = dict(cube)
        changed = True
        while changed:
            changed = False
            spend(sum(len(self._touching.get(fact, ())) for fact in known))
            for bad in {id(c): c for fact in known for c in self._touching.get(fact, ())}.values():
                open_facts = [fact for fact, mask in bad.items() if known.get(fact, full(self.domains, fact)) & ~mask]
                if len(open_facts) == 1:
                    fact = open_facts[0]
                    narrowed = known.get(fact, full(self.domains, fact)) & ~bad[fact]
                    if narrowed != known.get(fact, full(self.domains, fact)):
                        known[fact] = narrowed
                        changed = True
        return known

    def relevant(self, facts: Iterable[str]) -> list[Masks]:
        """The impossible cubes that can matter to a formula on these facts once single facts are propagated.

        A cube of two literals on two-valued facts does nothing that propagation does not do, unless both facts are
        in the formula. Any other cube that touches the formula draws its facts in.
        """
        inside = set(facts)
        size = -1
        while size != len(inside):
            size = len(inside)
            for fact in list(inside):
                for cube in self._touching.get(fact, ()):
                    several = any(len(self.domains[name]) > TWO_VALUED for name in cube if name in inside)
                    if several or len(cube) > 2:  # noqa: PLR2004  a pair is what propagation handles
                        inside |= set(cube)
        return [cube for cube in self.impossible if set(cube) <= inside]

    def settled(self, what: Formula, *, weakest: bool = False) -> list[Masks]:
        """All primes of a formula, counting possible worlds only; cubes that are impossible themselves are left out.

        With `weakest`, facts that can only force others (one symptom of many) are not looked at for themselves: a prime
        with one of them follows to another without it.
        """
        cover = cubes_of(what, self.domains)
        inside = {fact for cube in cover for fact in cube} | _facts(what)
        bad = _without_pure(self.relevant(inside), inside) if weakest else self.relevant(inside)
        found = primes([*cover, *bad], self.domains)
        return [cube for cube in found if not any(contains(other, cube) for other in self._near(cube))]

    def _near(self, cube: Masks) -> Iterator[Masks]:
        """The impossible cubes that share a fact with a cube."""
        for fact in cube:
            yield from self._touching.get(fact, ())

    def reduced(self, cubes: list[Masks]) -> list[Masks]:
        """The cubes that are still needed when every implied fact is known: those whose closure holds no other.

        What a cube narrows without settling (not `not_applicable`, but one of two others) is no known fact.
        """
        kept = sorted(cubes, key=len)
        for cube in sorted(cubes, key=len, reverse=True):
            spend(len(kept))
            closed = {fact: mask for fact, mask in self.closure(cube).items() if fact in cube or mask & (mask - 1) == 0}
            if any(other is not cube and contains(other, closed) for other in kept):
                kept = [other for other in kept if other is not cube]
        return kept


def _without_pure(cubes: list[Masks], inside: set[str]) -> list[Masks]:
    """Cubes without the pairs in which a fact from outside has the one value that it has in every cube."""
    kept = cubes
    while True:
        values: dict[str, set[int]] = {}
        for cube in kept:
            for fact, mask in cube.items():
                values.setdefault(fact, set()).add(mask)
        pure = {fact for fact, masks in values.items() if len(masks) == 1 and fact not in inside}
        fewer = [cube for cube in kept if len(cube) > 2 or pure.isdisjoint(cube)]  # noqa: PLR2004  a pair
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def _facts(what: Formula) -> set[str]:
    return {what.fact} if isinstance(what, Literal) else {fact for part in what.parts for fact in _facts(part)}


def _groups(cubes: Iterable[list[Masks]]) -> list[list[Masks]]:
    """Cubes grouped so that no two groups share a fact."""
    groups: list[tuple[set[str], list[Masks]]] = []
    for cube in [cube for some in cubes for cube in some]:
        spend(1 + len(groups))
        joined = [group for group in groups if group[0] & set(cube)]
        groups = [group for group in groups if group not in joined]
        facts = set(cube).union(*(group[0] for group in joined))
        groups.append((facts, [cube, *(c for group in joined for c in group[1])]))
    return [group[1] for group in groups]
