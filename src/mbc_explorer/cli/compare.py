"""`mbc compare`: how the answers to two profiles differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Details, Engine, Output
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    catalog_of,
    read_profile_file,
)
from mbc_explorer.cli.question import show
from mbc_explorer.cli.what_if import Everything
from mbc_explorer.comparing import compare as compare_of
from mbc_explorer.errors import ProfileError, UsageError, one
from mbc_explorer.explorer import Explorer
from mbc_explorer.profile import Profile

if TYPE_CHECKING:
    from mbc_explorer.case import Case
    from mbc_explorer.errors import Problem

Plain = dict[str, Any]

EPILOG = (
    "`mbc profile --template` prints a profile to fill in. Examples:  mbc compare first.yaml second.yaml  |  "
    "mbc compare first.yaml second.yaml --all --details  |  mbc compare case.yaml - --json"
)
First = Annotated[str, typer.Argument(metavar="A", help="A profile in YAML or JSON; '-' reads stdin.")]
Second = Annotated[str, typer.Argument(metavar="B", help="Another one.")]


def compare(
    *,
    first: First,
    second: Second,
    all_: Everything = False,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """How the answers to two profiles differ: options described for one and not for the other, settled for one only,
    or described by other statements."""
    catalog = catalog_of(knowledge)
    files = [first, second]
    if files == ["-", "-"]:
        raise UsageError(one("stdin-twice", "compare", "'-' stands for stdin, which can be read only once."))
    explorer = Explorer(catalog, engine)
    case, other = _cases(explorer, files)
    made_by = {name: case.heading[name] for name in ("software", "knowledge")}

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.changes import View, render_compared

        shown = {**data, "files": ["stdin" if file == "-" else file for file in files]}
        return render_compared(shown, names, sources, view=View(details, all_), color=color)

    show({**made_by, **compare_of(case, other)}, case, render, json=json, output=output)


def _cases(explorer: Explorer, files: list[str]) -> list[Case]:
    """The cases of two files.

    Raises:
        ProfileError: with all that is wrong in either, and where.
    """
    found: list[Case] = []
    problems: list[Problem] = []
    for file in files:
        name = "stdin" if file == "-" else file
        try:
            stored = read_profile_file(file)
        except ProfileError as error:
            problems += error.problems  # they name the file
            continue
        try:
            found.append(explorer.case(Profile(stored)))
        except ProfileError as error:
            problems += [problem._replace(where=f"{name}: {problem.where}") for problem in error.problems]
    if problems:
        raise ProfileError(problems)
    return found


def command() -> Any:
    """The command."""
    return single(compare, "compare", EPILOG)
