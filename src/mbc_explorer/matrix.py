"""Many typical cases at once: for each combination of the axes, what every source says of every category."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from mbc_explorer.errors import Problem, ProfileError
from mbc_explorer.grid import grid
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import AxisValue, Catalog
    from mbc_explorer.explorer import Explorer

Plain = dict[str, Any]


def matrix(explorer: Explorer, at: Iterable[str] = ()) -> Plain:
    """What every source says of every category, for each combination of one value of each axis.

    Args:
        explorer: answers for each case.
        at: ids of values of axes; only cases that have one of them on their axis. All where none is given.

    Returns:
        `axes`: each with its `values`. `cells`: for each case `at` (the value on each axis), the `profile`, and
        `rows`: for each category its path, and the strongest thing that each source says of an option in it, as in
        `grid`; a source that says nothing of it is `silent` there, which is no error.

    Raises:
        ProfileError: when a combination contradicts itself.
    """
    axes, wanted = list(explorer.catalog.axes.values()), set(at)
    said = {value.id: said_by(value, explorer.catalog) for axis in axes for value in axis.values}
    kept = [[v for v in axis.values if v.id in wanted] or list(axis.values) for axis in axes]
    cells = []
    for chosen in product(*kept):
        report = explorer.explore(together([said[point.id] for point in chosen]))
        where = {axis.id: point.id for axis, point in zip(axes, chosen, strict=True)}
        cells.append({"at": where, "profile": report.data["profile"], "rows": grid(report)})
    named = [
        {"id": axis.id, "name": axis.name, "values": [{"id": v.id, "name": v.name} for v in axis.values]}
        for axis in axes
    ]
    return {"axes": named, "cells": cells}


def said_by(value: AxisValue, catalog: Catalog) -> Plain:
    """What a value of an axis states, by attribute and in the catalog's words."""
    return read_profile(Profile(value.profile), catalog).plain()


def together(said: Iterable[Plain]) -> Profile:
    """What values of several axes state together.

    Raises:
        ProfileError: when two state an attribute otherwise.
    """
    stated: Plain = {}
    problems = []
    for facts in said:
        for name, fact in facts.items():
            if stated.setdefault(name, fact) != fact:
                told = f"two axes state it otherwise, as {stated[name]} and as {fact}; state it in one of them."
                problems.append(Problem("stated-otherwise", name, told))
    if problems:
        raise ProfileError(problems)
    return Profile(stated)
