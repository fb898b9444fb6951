"""`mbc why`: why an option is described, criterion by criterion, with where each fact comes from."""

from __future__ import annotations

from typing import Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, Output, ProfileFile
from mbc_explorer.cli.options import Json, Knowledge, attribute_options, catalog_of
from mbc_explorer.cli.question import Details, Named, Sources, asked
from mbc_explorer.reasons import why as why_of

Plain = dict[str, Any]

EPILOG = (
    "Examples:  mbc why letrozole --er + --pr + --menopause postmenopausal  |  "
    "mbc why Kadcyla --her2 positive --prior trastuzumab+docetaxel  |  "
    "mbc why palbociclib --er + --her2 - --source cancercare-2024 --json"
)


def why(
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
    """Why an option is described: for each document the statements that hold, criterion by criterion, with the fact
    that meets it, where that comes from (entered, read from a list, or concluded, and by which document), and what
    other readings of the statement come to."""
    question = asked(context, option, profile=profile, assigned=set_, source=source, engine=engine, knowledge=knowledge)
    found = why_of(question.case, question.option)
    views = [view for view in found["sources"] if question.hears(view["source"])]

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.reasons import render_why

        return render_why(data, names, sources, details=details, color=color)

    question.show({**found, "sources": views}, render, json=json, output=output)


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(why, "why", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
