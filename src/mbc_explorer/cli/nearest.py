"""`mbc nearest`: the smallest changes to a profile under which a document would describe an option."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, Output, ProfileFile
from mbc_explorer.cli.options import Json, Knowledge, attribute_options, catalog_of
from mbc_explorer.cli.question import Named, Sources, asked
from mbc_explorer.counterfactuals import nearest as nearest_of

Plain = dict[str, Any]

EPILOG = (
    "Examples:  mbc nearest olaparib --er + --her2 - --prior none  |  "
    "mbc nearest margetuximab --her2 positive --prior trastuzumab+docetaxel  |  "
    "mbc nearest fulvestrant --her2 positive --source mnt-undated --json"
)

Everything = Annotated[bool, typer.Option("--all", "-a", help="Show every way, however many there are.")]


def nearest(
    context: typer.Context,
    *,
    option: Named,
    profile: ProfileFile = None,
    set_: Assigned = None,
    source: Sources = None,
    all_: Everything = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """The smallest changes to a profile under which a document would describe an option: what is merely unknown, what
    can come to be otherwise, and what cannot change are kept apart. Each change can be typed as it stands."""
    question = asked(context, option, profile=profile, assigned=set_, source=source, engine=engine, knowledge=knowledge)
    found = nearest_of(question.case, question.option)
    ways = [way for way in found["ways"] if question.hears(way["source"])]

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.ways import render_nearest

        return render_nearest(data, names, sources, everything=all_, color=color)

    question.show({**found, "ways": ways}, render, json=json, output=output)


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(nearest, "nearest", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
