"""The axes of the matrix: each value is understood, and no values contradict one another."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from mbc_explorer.errors import MbcError, Problem, ProfileError
from mbc_explorer.facts import known_facts
from mbc_explorer.matrix import said_by, together
from mbc_explorer.profile import read_profile

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.loading import Pack


def check_axes(pack: Pack, catalog: Catalog) -> list[Problem]:
    """Each value that is not understood; and each contradiction, once for the values that state what contradicts."""
    found: dict[Problem, None] = {}
    for loaded in pack.matrix:
        said: dict[str, dict[str, Any]] = {}
        places: dict[str, str] = {}
        axes = list(catalog.axes.values())
        for index, axis in enumerate(axes):
            for number, value in enumerate(axis.values):
                places[value.id] = loaded.place("axes", index, "values", number)
                try:
                    said[value.id] = said_by(value, catalog)
                except MbcError as error:
                    found |= {Problem(one.kind, places[value.id], str(one)): None for one in error.problems}
        for chosen in product(*(axis.values for axis in axes)):
            by_value = {value.id: said[value.id] for value in chosen if value.id in said}
            try:
                known_facts(read_profile(together(by_value.values()), catalog), catalog)
            except ProfileError as error:
                for problem in error.problems:
                    fields = set(problem.where.split(" + "))
                    of = [name for name, facts in by_value.items() if fields & facts.keys()] or list(by_value)
                    told = f"{' with '.join(map(repr, of))}: {problem}"
                    found[Problem(problem.kind, places[of[-1]], told)] = None
    return list(found)
