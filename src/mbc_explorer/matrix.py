"""Many typical cases at once: for each combination of the axes, what every source says of every category."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from mbc_explorer.errors import Problem, ProfileError
from mbc_explorer.facts import known_facts
from mbc_explorer.grid import grid
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import AxisValue, Catalog
    from mbc_explorer.explorer import Explorer
    from mbc_explorer.loading import Pack

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
    said = {value.id: _said(value, explorer.catalog) for axis in axes for value in axis.values}
    kept = [[v for v in axis.values if v.id in wanted] or list(axis.values) for axis in axes]
    cells = []
    for chosen in product(*kept):
        report = explorer.explore(_together([said[point.id] for point in chosen]))
        where = {axis.id: point.id for axis, point in zip(axes, chosen, strict=True)}
        cells.append({"at": where, "profile": report.data["profile"], "rows": grid(report)})
    named = [
        {"id": axis.id, "name": axis.name, "values": [{"id": v.id, "name": v.name} for v in axis.values]}
        for axis in axes
    ]
    return {"axes": named, "cells": cells}


def check_matrix(pack: Pack, catalog: Catalog) -> list[Problem]:
    """Each contradiction of a combination of values of axes, once for the values that state what contradicts."""
    found: dict[Problem, None] = {}
    for loaded in pack.matrix:
        said: dict[str, Plain] = {}
        places: dict[str, str] = {}
        for index, axis in enumerate(catalog.axes.values()):
            for number, value in enumerate(axis.values):
                places[value.id] = loaded.place("axes", index, "values", number)
                with suppress(ProfileError):  # what is not understood by itself is another check's
                    said[value.id] = _said(value, catalog)
        for chosen in product(*(axis.values for axis in catalog.axes.values())):
            by_value = {value.id: said[value.id] for value in chosen if value.id in said}
            try:
                known_facts(read_profile(_together(by_value.values()), catalog), catalog)
            except ProfileError as error:
                for problem in error.problems:
                    fields = set(problem.where.split(" + "))
                    of = [name for name, facts in by_value.items() if fields & facts.keys()] or list(by_value)
                    told = f"{' with '.join(map(repr, of))}: {problem}"
                    found[Problem(problem.kind, places[of[-1]], told)] = None
    return list(found)


def _said(value: AxisValue, catalog: Catalog) -> Plain:
    """What a value of an axis states, by attribute and in the catalog's words."""
    return read_profile(Profile(value.profile), catalog).plain()


def _together(said: Iterable[Plain]) -> Profile:
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
