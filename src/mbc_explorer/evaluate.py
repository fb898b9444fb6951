"""The meaning of a condition: met, not met, or unknown exactly when consistent completions of the facts differ.

The reference for the engine, and independent of it and of the prime cubes: a condition is walked as it was written,
and where that is not enough (a fact occurs twice, or constraints tie unknown facts together) cases are split over
the unknown facts. Strong Kleene logic, part by part, comes first: what it settles is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    leaves,
    literal,
)
from mbc_explorer.engine import MET, NOT_MET, UNKNOWN, Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import Catalog, Cube

Truth = bool | None
Walk = Callable[[Mapping[str, str]], Truth]
WORDS = {True: MET, False: NOT_MET, None: UNKNOWN}
MAX_PREPARED = 4000
"""So many conditions are kept prepared; all of the shipped rules have a few hundred parts."""


def walk(condition: Condition, domains: Mapping[str, tuple[str, ...]], positive: bool = True) -> Walk:
    """A function from known facts to the strong Kleene truth of a condition, or with `positive=False` of its opposite.

    The opposite of a leaf is met by the other values of its fact; a fact that does not apply meets neither.
    """
    match condition:
        case All(parts) | Any(parts):
            walks = tuple(walk(part, domains, positive) for part in parts)
            return _joint(walks, decisive=(condition.kind == "any") == positive)
        case Not(part):
            return walk(part, domains, not positive)
        case OneOf() | Includes() | AtLeast() | AtMost():
            fact, values = literal(condition)
            others = [value for value in domains[fact] if value not in values and value != NOT_APPLICABLE]
            return _leaf(fact, frozenset(values if positive else others))
    assert_never(condition)


def _leaf(fact: str, values: frozenset[str]) -> Walk:
    def truth(known: Mapping[str, str]) -> Truth:
        value = known.get(fact)
        return None if value is None else value in values

    return truth


def _joint(walks: tuple[Walk, ...], decisive: bool) -> Walk:
    def truth(known: Mapping[str, str]) -> Truth:
        found: Truth = not decisive
        for part in walks:
            one = part(known)
            if one is decisive:
                return decisive
            if one is None:
                found = None
        return found

    return truth


class _Rule(NamedTuple):
    """A constraint ready to be walked."""

    given: Walk
    then: Walk
    given_forced: tuple[str, str] | None
    """The one fact that breaks the first condition, where it is a leaf and one value does."""
    then_forced: tuple[str, str] | None
    """The one fact that meets the second."""
    facts: tuple[str, ...]


class Evaluator:
    """Exact truth under a catalog's constraints. Keeps nothing of a profile; safe to share between threads."""

    name = "reference"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._domains = catalog.facts
        self._touching: dict[str, list[_Rule]] = {}
        """The constraints that each fact occurs in."""
        for constraint in catalog.constraints.values():
            facts = tuple(dict.fromkeys(_facts(constraint.given) + _facts(constraint.then)))
            walks = (walk(constraint.given, self._domains), walk(constraint.then, self._domains))
            rule = _Rule(
                *walks, self._forced(constraint.given, wanted=False), self._forced(constraint.then, wanted=True), facts
            )
            for fact in facts:
                self._touching.setdefault(fact, []).append(rule)
        self._group = self._groups()
        self._walks: dict[int, tuple[Condition, Walk, list[str]]] = {}

    def close(self) -> None:
        """Nothing to give back; engines are interchangeable."""

    def _groups(self) -> dict[str, int]:
        """A number for each constrained fact; facts that constraints tie together, however far, share it."""
        group: dict[str, int] = {}
        for start in self._touching:
            waiting = [] if start in group else [start]
            while waiting:
                fact = waiting.pop()
                if fact not in group:
                    group[fact] = len(group) if fact == start else group[start]
                    waiting += [other for rule in self._touching[fact] for other in rule.facts]
        return group

    def answer(self, known: Mapping[str, str]) -> Answer:
        """Derive what follows from the known facts, then judge every rule of the catalog.

        Args:
            known: values of facts that do not contradict each other; a fact that is absent is unknown.
        """
        facts = {**known, **self.implied(known)}
        truths = tuple(WORDS[self.truth(rule.condition, facts)] for rule in self._catalog.rules.values())
        return Answer(facts, truths)

    def implied(self, known: Mapping[str, str]) -> dict[str, str]:
        """The facts that have one value in every consistent completion of the known ones."""
        reached = {self._group[fact] for fact in known if fact in self._group}
        found: dict[str, str] = {}
        for fact, group in self._group.items():
            if group in reached and fact not in known:
                possible = [
                    value for value in self._domains[fact] if self._search(dict(known), set(), [(fact, value)], [])
                ]
                if len(possible) == 1:
                    found[fact] = possible[0]
        return found

    def truth(self, condition: Condition, known: Mapping[str, str]) -> Truth:
        """Exact truth of a condition. `known` must be consistent and hold what its facts imply (`implied`)."""
        _, walked, facts = self._prepared(condition)
        truth = walked(known)
        if truth is not None or not self._is_tied(facts, known):
            return truth
        if not self.possible(known, [(condition, True)]):
            return False
        return None if self.possible(known, [(condition, False)]) else True

    def possible(self, known: Mapping[str, str], goals: list[tuple[Condition, bool]]) -> bool:
        """Whether some consistent completion of the facts makes each condition met, or not met, as wanted."""
        return self._search(dict(known), set(), [], goals)

    def is_consistent(self, facts: Mapping[str, str]) -> bool:
        """Whether some case has all these facts."""
        return self._search({}, set(), list(facts.items()), [])

    def _prepared(self, condition: Condition) -> tuple[Condition, Walk, list[str]]:
        """A condition with its walk and facts, prepared once; kept with them, so that its identity can be the key."""
        found = self._walks.get(id(condition))
        if found is None:
            if len(self._walks) >= MAX_PREPARED:  # conditions that were made to explain a case are not met again
                self._walks.clear()
            found = self._walks[id(condition)] = (condition, walk(condition, self._domains), _facts(condition))
        return found

    def _is_tied(self, facts: list[str], known: Mapping[str, str]) -> bool:
        """Whether part-by-part logic may be too vague here.

        It is exact unless an unknown fact occurs twice, two of them are tied by constraints, or one has more than two
        values (of which constraints may have ruled one out).
        """
        seen: set[object] = set()
        for fact in facts:
            if fact not in known:
                tie = self._group.get(fact, fact)
                if tie in seen or len(self._domains[fact]) > TWO_VALUED:
                    return True
                seen.add(tie)
        return False

    def _search(
        self, known: dict[str, str], new: set[str], assume: list[tuple[str, str]], goals: list[tuple[Condition, bool]]
    ) -> bool:
        """Assume facts, add what they force, and split on what is open.

        Only constraints that a new fact occurs in need attention: the others are kept by any completion of the facts
        as they were, of which there is one because they were consistent.
        """
        if not self._propagate(known, new, assume):
            return False
        open_goals = []
        for condition, wanted in goals:
            truth = self._prepared(condition)[1](known)
            if truth is (not wanted):
                return False
            if truth is None:
                open_goals.append((condition, wanted))
        fact = self._open_fact(known, new, open_goals)
        if fact is None:
            return True
        return any(self._search(dict(known), set(new), [(fact, value)], open_goals) for value in self._domains[fact])

    def _open_fact(self, known: dict[str, str], new: set[str], goals: list[tuple[Condition, bool]]) -> str | None:
        """A fact to split on: of a goal while one is open, then of a constraint that new facts left open."""
        for condition, _ in goals:
            return next(fact for fact in self._prepared(condition)[2] if fact not in known)
        for fact in new:
            for rule in self._touching.get(fact, ()):
                if rule.given(known) is not False and rule.then(known) is not True:
                    return next(other for other in rule.facts if other not in known)
        return None

    def _propagate(self, known: dict[str, str], new: set[str], assume: list[tuple[str, str]]) -> bool:
        """Add facts and what single constraints force with them; False when a constraint is broken."""
        while assume:
            fact, value = assume.pop()
            if known.setdefault(fact, value) != value:
                return False
            new.add(fact)
            for rule in self._touching.get(fact, ()):
                given = rule.given(known)
                if given is False:
                    continue
                then = rule.then(known)
                if given is True and then is False:
                    return False
                if given is True and then is None and rule.then_forced:
                    assume.append(rule.then_forced)
                elif given is None and then is False and rule.given_forced:
                    assume.append(rule.given_forced)
        return True

    def _forced(self, condition: Condition, *, wanted: bool) -> tuple[str, str] | None:
        """The one value of a leaf's fact that meets it (or not); none where there are several: a split finds them."""
        if not isinstance(condition, OneOf | Includes | AtLeast | AtMost):
            return None
        fact, values = literal(condition)
        fitting = [value for value in self._domains[fact] if (value in values) == wanted]
        return (fact, fitting[0]) if len(fitting) == 1 else None


def _facts(condition: Condition) -> list[str]:
    """The facts of a condition, once for each value that a leaf asks for: two values may be all there are."""
    return [fact for leaf in leaves(condition) for fact, values in [literal(leaf)] for _ in values]


def unsettled(cubes: Iterable[Cube], known: Mapping[str, str]) -> list[str]:
    """The facts that stand in a smallest set of further facts that would make one of the cubes hold."""
    left = [
        frozenset(pair for pair in cube if pair[0] not in known)
        for cube in cubes
        if all(known.get(fact, values[0]) in values for fact, values in cube)
    ]
    smallest = [cube for cube in left if not any(other < cube for other in left)]
    return list(dict.fromkeys(fact for cube in smallest for fact, _ in sorted(cube)))
