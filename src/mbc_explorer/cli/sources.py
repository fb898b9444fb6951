"""`mbc sources`: the bibliographic records."""

from __future__ import annotations

from typing import Any

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, wants_color, write_json, write_output
from mbc_explorer.report import source_record

EPILOG = "Examples:  mbc sources  |  mbc sources --json"


def sources(*, json: Json = False, knowledge: Knowledge = None) -> None:
    """The five documents: publisher, date as printed, address, who paid, and what is stated or attributed by us."""
    catalog = catalog_of(knowledge)
    records = [source_record(catalog, name) for name in catalog.sources]
    if json:
        write_json({"sources": records})
        return
    from mbc_explorer.render.vocabulary import render_sources

    write_output(render_sources(records, color=wants_color()), None)


def command() -> Any:
    """The command."""
    return single(sources, "sources", EPILOG)
