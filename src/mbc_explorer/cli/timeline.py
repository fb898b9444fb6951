"""`mbc timeline`: which source mentions an option, since when."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.agents import listed
from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, chosen, option_words
from mbc_explorer.explain import words
from mbc_explorer.timeline import timeline as timeline_of

Named = Annotated[str, typer.Argument(metavar="OPTION", help="An option, by id, name or the name of its drug.")]
EPILOG = "Examples:  mbc timeline olaparib  |  mbc timeline Kadcyla --json"


def timeline(*, option: Named, json: Json = False, knowledge: Knowledge = None) -> None:
    """Which source mentions an option since when: dated sources oldest first, the undated apart, the silent named."""
    catalog = catalog_of(knowledge)
    (wanted,) = chosen([option], catalog.options, "option", option_words(catalog))
    rows = timeline_of(catalog, wanted)
    shown = [
        (
            f"{row['date'] or 'undated'}, {row['publisher']}",
            f"{', '.join(map(words, row['stances']))} (sentences {', '.join(map(str, row['sentences']))})"
            if row["stances"]
            else "silent",
        )
        for row in rows
    ]
    listed(rows, "timeline", catalog.options[wanted].name, shown, json)


def command() -> Any:
    """The command."""
    return single(timeline, "timeline", EPILOG)
