"""`mbc grid`: categories by sources for a profile."""

from __future__ import annotations

from typing import Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, ProfileFile
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    attribute_options,
    catalog_of,
    profile_from,
    stated,
    wants_color,
    write_json,
    write_output,
)
from mbc_explorer.explorer import Explorer
from mbc_explorer.grid import grid as grid_of

EPILOG = "Examples:  mbc grid --er positive --her2 negative  |  mbc grid --her2 positive --prior none --json"


def grid(
    context: typer.Context,
    *,
    profile: ProfileFile = None,
    set_: Assigned = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Categories by sources for a profile, as one table: the strongest thing that each source says, or silence."""
    catalog = catalog_of(knowledge)
    report = Explorer(catalog, engine).explore(profile_from(catalog, profile, set_ or [], stated(context)))
    rows = grid_of(report)
    if json:
        write_json({"profile": report.data["profile"], "grid": rows})
        return
    from mbc_explorer.render.grid import render_grid

    write_output(render_grid(rows, report.data, color=wants_color()), None)


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(grid, "grid", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
