"""Every complete, consistent case at once, as a decision diagram: what no search through samples can prove.

A case is one value for each fact that some condition asks about; the constraints of the knowledge say which are
possible. The solver is oxidd, from the extra `verify`; this is the only module that imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from mbc_explorer.errors import SolverError, one
from mbc_explorer.primes import And, Formula, Literal, Or, complement, formula

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mbc_explorer.catalog import Catalog, Constraint
    from mbc_explorer.condition import Condition

Diagram = Any
"""A set of cases."""
NODES = 1 << 20
CACHE = 1 << 18


def _manager() -> Any:
    try:
        from oxidd.bdd import BDDManager
    except ImportError as reason:
        message = f"the solver oxidd cannot be loaded ({reason}); `pip install 'mbc-explorer[verify]'` brings it."
        raise SolverError(one("solver-missing", "--prove", message)) from None
    return BDDManager(NODES, CACHE, 1)


class Space:
    """All cases that a catalog's constraints allow."""

    def __init__(self, catalog: Catalog) -> None:
        """Build the space.

        Raises:
            SolverError: when the solver is not installed.
        """
        self._manager = _manager()
        self._domains = catalog.facts
        self._values: dict[tuple[str, str], Diagram] = {}
        self._variables: dict[str, list[int]] = {}
        self.nothing: Diagram = self._manager.false()
        self._complete: Diagram = self._manager.true()
        for fact, values in catalog.facts.items():
            self._complete &= self._declared(fact, values)
        self._allowed = {constraint.id: self._cases(constraint) for constraint in catalog.constraints.values()}
        self.possible: Diagram = self._kept(self._allowed)
        """The cases that contradict nothing."""

    def _declared(self, fact: str, values: tuple[str, ...]) -> Diagram:
        """The diagrams of a fact's values; what comes back says that it has one of them, and only one.

        Two values need one variable; more have one each.
        """
        numbers = list(self._manager.add_vars(1 if len(values) <= 2 else len(values)))  # noqa: PLR2004
        self._variables[fact] = numbers
        variables = [self._manager.var(number) for number in numbers]
        if len(values) <= 2:  # noqa: PLR2004
            self._values |= {(fact, value): v for value, v in zip(values, (variables[0], ~variables[0]), strict=False)}
            return self._manager.true() if len(values) > 1 else variables[0]
        for value, alone in zip(values, variables, strict=True):
            self._values[fact, value] = alone
            for other in variables:
                if other != alone:
                    self._values[fact, value] &= ~other
        return self.joined(self._values[fact, value] for value in values)

    def _kept(self, constraints: Iterable[str]) -> Diagram:
        """The cases that contradict none of these constraints."""
        found = self._complete
        for name in constraints:
            found &= self._allowed[name]
        return found

    def _cases(self, constraint: Constraint) -> Diagram:
        return ~self.diagram(constraint.given) | self.diagram(constraint.then)

    def allowed(self, constraints: Iterable[Constraint]) -> Diagram:
        """The cases that contradict none of some other constraints on the same facts."""
        found = self._complete
        for constraint in constraints:
            found &= self._cases(constraint)
        return found

    def diagram(self, condition: Condition) -> Diagram:
        """The cases that meet a condition, possible or not."""
        return self._lowered(formula(condition, self._domains))

    def opposite(self, condition: Condition) -> Diagram:
        """The cases that do not meet a condition, a fact that does not apply among them."""
        return self._lowered(complement(formula(condition, self._domains), self._domains))

    def _lowered(self, what: Formula) -> Diagram:
        match what:
            case Literal(fact, mask):
                values = [value for i, value in enumerate(self._domains[fact]) if mask >> i & 1]
                return self.joined(self._values[fact, value] for value in values)
            case And(parts):
                found = self._manager.true()
                for part in parts:
                    found &= self._lowered(part)
                return found
            case Or(parts):
                return self.joined(map(self._lowered, parts))
        assert_never(what)

    def joined(self, diagrams: Iterable[Diagram]) -> Diagram:
        """The cases of any of the diagrams."""
        found = self.nothing
        for diagram in diagrams:
            found |= diagram
        return found

    def case(self, facts: Mapping[str, str]) -> Diagram:
        """The cases that have these facts."""
        found = self._manager.true()
        for fact, value in facts.items():
            found &= self._values[fact, value]
        return found

    def is_possible(self, diagram: Diagram) -> bool:
        """Whether some possible case is among them."""
        return bool((diagram & self.possible) != self.nothing)

    def implies(self, one: Diagram, other: Diagram) -> bool:
        """Whether every possible case of the first is one of the second."""
        return not self.is_possible(one & ~other)

    def follows(self, constraints: Collection[str]) -> bool:
        """Whether the other constraints rule out already what these do."""
        others = self._kept(name for name in self._allowed if name not in constraints)
        return bool((others & ~self.possible) == self.nothing)

    def without(self, diagram: Diagram, facts: Iterable[str]) -> Diagram:
        """The cases of a diagram, and those that differ from one of them in these facts alone, possible or not."""
        for fact in facts:
            for number in self._variables[fact]:
                diagram = diagram.exists(self._manager.var(number))
        return diagram

    def grown(self, diagram: Diagram, facts: Iterable[str]) -> Diagram:
        """The cases of a diagram, and those that differ from one only in having more of these facts, possible or not.

        The facts are of lists and counts: their first value says more than their second.
        """
        for fact in facts:
            more, fewer = (self._values[fact, value] for value in self._domains[fact][:2])
            diagram |= self.without(diagram & fewer, [fact]) & more
        return diagram

    def witness(self, diagram: Diagram) -> dict[str, str] | None:
        """A possible case of a diagram, complete; None where there is none."""
        chosen = diagram & self.possible
        if chosen == self.nothing:
            return None
        for fact, values in self._domains.items():
            for value in values:
                narrowed = chosen & self._values[fact, value]
                if narrowed != self.nothing:
                    chosen = narrowed
                    break
        return {
            fact: next(value for value in values if chosen & self._values[fact, value] != self.nothing)
            for fact, values in self._domains.items()
        }

    def few(self, diagram: Diagram) -> dict[str, str] | None:
        """A few facts with which every possible case is in a diagram, none of them idle; None where it has no case.

        Of facts that say the same, those stay of which the diagram speaks.
        """
        facts = self.witness(diagram)
        if facts is None:
            return None
        spoken_of = {fact: bool(self.without(diagram, [fact]) != diagram) for fact in facts}
        for fact in sorted(facts, key=spoken_of.__getitem__):
            fewer = {name: value for name, value in facts.items() if name != fact}
            if self.implies(self.case(fewer), diagram):
                facts = fewer
        return facts

    def count(self, diagram: Diagram) -> int:
        """How many possible cases are among them."""
        total = sum(len(numbers) for numbers in self._variables.values())
        return int((diagram & self.possible).sat_count(total))
