"""The meaning of a condition: met, not met, or unknown exactly when consistent completions of the facts differ.

The reference for the engine, and independent of it and of the prime cubes: a condition is walked as it was written,
and where that is not enough (a fact occurs twice, or constraints tie unknown facts together) cases are split over
the unknown facts. Strong Kleene logic, part by part, comes first: what it settles is settled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mbc_explorer.condition import (
    NOT_APPLICABLE,
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
    from collections.abc import Iterable, Mapping

    from mbc_explorer.catalog import Catalog, Constraint

Truth = bool | None
WORDS = {True: MET, False: NOT_MET, None: UNKNOWN}


def kleene(condition: Condition, known: Mapping[str, str], positive: bool = True) -> Truth:
    """Strong Kleene truth of a condition, or with `positive=False` of its opposite.

    The opposite of a leaf is met by the other values of its fact; a fact that does not apply meets neither.
    """
    match condition:
        case All(parts) | Any(parts):
            decisive = isinstance(condition, Any) == positive
            found: Truth = not decisive
            for part in parts:
                truth = kleene(part, known, positive)
                if truth is decisive:
                    return decisive
                if truth is None:
                    found = None
            return found
        case Not(part):
            return kleene(part, known, not positive)
        case OneOf() | Includes() | AtLeast() | AtMost():
            fact, values = literal(condition)
            value = known.get(fact)
            if value is None:
                return None
            return value != NOT_APPLICABLE and (value in values) == positive
    assert_never(condition)


class Evaluator:
    """Exact truth under a catalog's constraints. Holds no state between calls; safe to share between threads."""

    name = "reference"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._domains = catalog.facts
        self._group: dict[str, int] = {}
        """Facts that constraints tie together share a number."""
        self._constraints: dict[int, list[Constraint]] = {}
        self._tie()
        self._read: dict[int, list[str]] = {}

    def close(self) -> None:
        """Nothing to give back; engines are interchangeable."""

    def _tie(self) -> None:
        groups: list[tuple[set[str], list[Constraint]]] = []
        for constraint in self._catalog.constraints.values():
            facts = set(_facts(constraint.given)) | set(_facts(constraint.then))
            joined = [group for group in groups if group[0] & facts]
            groups = [group for group in groups if group not in joined]
            merged = [rule for group in joined for rule in group[1]]
            groups.append((facts.union(*(group[0] for group in joined)), [*merged, constraint]))
        for number, (facts, constraints) in enumerate(groups):
            self._constraints[number] = constraints
            self._group.update(dict.fromkeys(facts, number))

    def answer(self, known: Mapping[str, str]) -> Answer:
        """Derive what follows from the known facts, then judge every rule of the catalog."""
        facts = {**known, **self.implied(known)}
        truths = tuple(WORDS[self.truth(rule.condition, facts)] for rule in self._catalog.rules.values())
        return Answer(facts, truths)

    def implied(self, known: Mapping[str, str]) -> dict[str, str]:
        """The facts that have one value in every consistent completion of the known ones."""
        found: dict[str, str] = {}
        for number, constraints in self._constraints.items():
            facts = [fact for fact in self._domains if self._group.get(fact) == number]
            if not any(fact in known for fact in facts):
                continue
            unknown = [fact for fact in facts if fact not in known]
            seen: dict[str, set[str]] = {fact: set() for fact in unknown}
            for fact in unknown:
                for value in self._domains[fact]:
                    if value not in seen[fact] and len(seen[fact]) < 2:  # noqa: PLR2004
                        world = self._completion({**known, fact: value}, constraints)
                        for other in unknown if world else ():
                            if world and other in world:
                                seen[other].add(world[other])
            found |= {fact: values.copy().pop() for fact, values in seen.items() if len(values) == 1}
        return found

    def truth(self, condition: Condition, known: Mapping[str, str]) -> Truth:
        """Exact truth of a condition. `known` must hold what its facts imply (`implied`)."""
        truth = kleene(condition, known)
        if truth is not None:
            return truth
        unknown = [fact for fact in self._facts_of(condition) if fact not in known]
        if not self._tied(unknown):
            return None
        numbers = {self._group[fact] for fact in unknown if fact in self._group}
        constraints = [rule for number in sorted(numbers) for rule in self._constraints[number]]
        if self._completion(known, constraints, condition, wanted=True) is None:
            return False
        return True if self._completion(known, constraints, condition, wanted=False) is None else None

    def _facts_of(self, condition: Condition) -> list[str]:
        """The facts of a condition with repeats; conditions live as long as the catalog, so their identity is a key."""
        found = self._read.get(id(condition))
        if found is None:
            found = self._read[id(condition)] = _facts(condition)
        return found

    def _tied(self, unknown: list[str]) -> bool:
        """Whether part-by-part logic may be too vague: an unknown fact twice, two under one constraint, or one of three values."""
        if len(set(unknown)) < len(unknown):
            return True
        groups = [self._group[fact] for fact in unknown if fact in self._group]
        return len(set(groups)) < len(groups) or any(len(self._domains[fact]) > 2 for fact in unknown)  # noqa: PLR2004

    def _completion(
        self,
        known: Mapping[str, str],
        constraints: list[Constraint],
        condition: Condition = All(()),
        *,
        wanted: bool = True,
    ) -> dict[str, str] | None:
        """A way of completing the facts that keeps the constraints and makes the condition met (or not), if there is one."""
        truth = kleene(condition, known)
        if truth is (not wanted):
            return None
        undecided: list[Condition] = [] if truth is wanted else [condition]
        for rule in constraints:
            given = kleene(rule.given, known)
            if given is False:
                continue
            then = kleene(rule.then, known)
            if given is True and then is False:
                return None
            if then is not True:
                undecided += [rule.given, rule.then]
        fact = next((fact for part in undecided for fact in self._facts_of(part) if fact not in known), None)
        if fact is None:
            return dict(known)
        for value in self._domains[fact]:
            found = self._completion({**known, fact: value}, constraints, condition, wanted=wanted)
            if found is not None:
                return found
        return None


def _facts(condition: Condition) -> list[str]:
    return [literal(leaf)[0] for leaf in leaves(condition)]


def unsettled(cubes: Iterable[tuple[tuple[str, tuple[str, ...]], ...]], known: Mapping[str, str]) -> list[str]:
    """The facts that stand in a smallest set of further facts that would make one of the cubes hold."""
    left: list[frozenset[tuple[str, tuple[str, ...]]]] = []
    for cube in cubes:
        if all(known.get(fact, values[0]) in values for fact, values in cube):
            left.append(frozenset(pair for pair in cube if pair[0] not in known))
    smallest = [cube for cube in left if not any(other < cube for other in left)]
    return list(dict.fromkeys(fact for cube in smallest for fact, _ in sorted(cube)))
