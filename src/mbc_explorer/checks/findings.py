"""What a proof found not to hold, told with the facts of a case on which it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.errors import Problem
from mbc_explorer.explain import fact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.space import Diagram, Space


class Findings:
    """Problems, gathered by several proofs."""

    def __init__(self, space: Space, catalog: Catalog) -> None:
        """Nothing found yet."""
        self._space, self._catalog = space, catalog
        self.problems: list[Problem] = []

    def report(self, kind: str, where: str, message: str, shown: Diagram | None = None) -> None:
        """Add a problem, with a few facts that are enough for a case to be in the diagram."""
        facts = self._space.few(shown) if shown is not None else None
        told = f" For instance: {self.texts(facts)}." if facts else ""
        self.problems.append(Problem(kind, where, message + told))

    def texts(self, facts: Mapping[str, str]) -> str:
        """Facts in words."""
        return "; ".join(fact_text(fact, [value], self._catalog) for fact, value in facts.items())
