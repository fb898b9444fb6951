"""Judges conditions and whole packs of constraints: what they come to, and which of them are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.evaluate import WORDS, Evaluator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.condition import Condition
    from mbc_explorer.space import Diagram, Space


class Judge:
    """The evaluator and, where the solver is installed, every case at once."""

    def __init__(self, catalog: Catalog, space: Space | None) -> None:
        """Judge by a catalog with every fact that mutants ask for, and its space."""
        self.catalog, self.space, self.evaluator = catalog, space, Evaluator(catalog)

    def truth(self, condition: Condition, known: Mapping[str, str]) -> str:
        """What a condition comes to."""
        return WORDS[self.evaluator.truth(condition, known)]

    def is_same(self, one: Condition, other: Condition) -> bool:
        """Whether no possible case tells two conditions apart: proven over every case, or searched for."""
        if self.space is not None:
            return not self.space.is_possible(self.between(one, other, self.space))
        return not any(self.evaluator.possible({}, [(one, here), (other, not here)]) for here in (True, False))

    @staticmethod
    def between(one: Condition, other: Condition, space: Space) -> Diagram:
        """The cases that meet one of two conditions and not the other."""
        return space.diagram(one) ^ space.diagram(other)

    def rules_out_the_same(self, other: Catalog) -> bool:
        """Whether a catalog with other constraints on the same facts allows the same cases."""
        own, theirs = self.catalog.constraints, other.constraints
        if self.space is not None:
            return bool(self.space.allowed(theirs.values()) == self.space.possible)
        sides = (
            (self.evaluator, [row for row in theirs.values() if row not in own.values()]),
            (Evaluator(other), [row for row in own.values() if row not in theirs.values()]),
        )
        return not any(
            evaluator.possible({}, [(row.given, True), (row.then, False)]) for evaluator, rows in sides for row in rows
        )
