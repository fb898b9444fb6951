"""`mbc what-if`: what is different when something of a profile is stated otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Details, Engine, Output, ProfileFile
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    assignments,
    attribute_options,
    catalog_of,
    profile_from,
    stated,
)
from mbc_explorer.cli.question import show
from mbc_explorer.comparing import what_if as what_if_of
from mbc_explorer.errors import Problem, ProfileError, UsageError, one
from mbc_explorer.explorer import Explorer
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]

Changed = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ATTRIBUTE=VALUE",
        help="The change, repeated for more: what is stated then, in place of what the profile says; "
        "'ATTRIBUTE=' or 'ATTRIBUTE=unknown' takes a statement back, ';' parts the entries of a list.",
    ),
]
Everything = Annotated[
    bool, typer.Option("--all", "-a", help="Also the statements on options whose status stays as it is.")
]
EPILOG = (
    "The other options and --profile say what the case is; --set says what is changed in it, and may say otherwise. "
    "Examples:  mbc what-if --er + --her2 - --set her2_status=positive  |  mbc what-if --profile case.yaml --set "
    "'prior_therapies=letrozole;docetaxel' --set disease_status=progressing  |  mbc what-if --er - --pr - --set "
    "pr_status= --json"
)


def what_if(
    context: typer.Context,
    *,
    set_: Changed = None,
    profile: ProfileFile = None,
    all_: Everything = False,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """What would be different if something of a profile were stated otherwise: which options appear, disappear, are
    settled or become undetermined, and by which statements."""
    catalog = catalog_of(knowledge)
    changes = _changes(catalog, set_ or [])
    explorer = Explorer(catalog, engine)
    case = explorer.case(profile_from(catalog, profile, [], stated(context)))

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.changes import View, render_what_if

        return render_what_if(data, names, sources, view=View(details, all_), color=color)

    show({**case.heading, **_what_if(case, changes)}, case, render, json=json, output=output)


def _changes(catalog: Catalog, assigned: list[str]) -> Plain:
    """What is stated of each attribute then; None where a statement is taken back.

    Raises:
        UsageError: when there is no change, or one is not written as an assignment.
        ProfileError: when it names no attribute.
    """
    if not assigned:
        raise UsageError(one("no-change", "--set", "says what is changed, and is not given."))
    given = assignments(catalog, assigned, {})
    read_profile(Profile(dict.fromkeys(given)), catalog)
    return {name: value if any(value) else None for name, value in given.items()}


def _what_if(case: Case, changes: Plain) -> Plain:
    """The differences; where the changed profile contradicts itself, the refusal says how to take back the rest."""
    try:
        return what_if_of(case, changes)
    except ProfileError as error:
        raise ProfileError([_with_a_way(problem, case, changes) for problem in error.problems]) from None


def _with_a_way(problem: Problem, case: Case, changes: Plain) -> Problem:
    others = [name for name in problem.where.split(" + ") if name in case.plain and name not in changes]
    if problem.kind != "contradiction" or not others:
        return problem
    typed = " ".join(f"--set {name}=" for name in others)
    return problem._replace(message=f"{problem.message} To take back what the profile says: {typed}")


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(what_if, "what-if", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
