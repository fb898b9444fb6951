"""`mbc why-not`: what blocks an option in each document, or what would settle it."""

from __future__ import annotations

from typing import Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, Output, ProfileFile
from mbc_explorer.cli.options import Json, Knowledge, attribute_options, catalog_of
from mbc_explorer.cli.question import Details, Named, Sources, asked
from mbc_explorer.reasons import why_not as why_not_of

Plain = dict[str, Any]

EPILOG = (
    "Examples:  mbc why-not olaparib --er + --her2 - --prior none  |  "
    "mbc why-not Trodelvy --er - --her2 - --pr unknown  |  "
    "mbc why-not margetuximab --her2 positive --prior T-DM1 --json"
)


def why_not(
    context: typer.Context,
    *,
    option: Named,
    profile: ProfileFile = None,
    set_: Assigned = None,
    source: Sources = None,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Why an option is not described: for each document the smallest sets of criteria that block its statements; where
    something is unknown, the smallest sets of facts that would settle them, and which way. And who says that it is not
    used, or is under study."""
    question = asked(context, option, profile=profile, assigned=set_, source=source, engine=engine, knowledge=knowledge)
    found = why_not_of(question.case, question.option)
    views = [view for view in found["sources"] if question.hears(view["source"])]

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.reasons import render_why_not

        return render_why_not(data, names, sources, details=details, color=color)

    question.show({**found, "sources": views}, render, json=json, output=output)


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(why_not, "why-not", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
