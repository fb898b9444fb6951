"""`mbc coverage`: what became of every sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import (
    Corpus,
    Json,
    Knowledge,
    catalog_of,
    chosen,
    stop_without_folder,
    wants_color,
    write_json,
    write_output,
)
from mbc_explorer.coverage import coverage as coverage_of
from mbc_explorer.verbatim import sentences_of

Sources = Annotated[list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only this source.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page instead.")]
EPILOG = "Examples:  mbc coverage  |  mbc coverage --source msk-2016 --json"


def coverage(
    *, source: Sources = None, html: Html = None, corpus: Corpus = None, json: Json = False, knowledge: Knowledge = None
) -> None:
    """What became of every sentence, by source and section: cited by statements and rules, or set aside and why. With a
    corpus, the page and the JSON hold each sentence beside what is taken from it."""
    stop_without_folder(corpus)
    catalog = catalog_of(knowledge)
    names = chosen(source, catalog.sources, "source") or tuple(catalog.sources)
    spoken = {name: sentences_of(catalog, name, corpus) for name in names} if corpus is not None else None
    records = [record for record in coverage_of(catalog, spoken) if record["source"] in names]
    if html is not None:
        from mbc_explorer.render.coverage import coverage_html

        write_output(coverage_html(records, catalog), html)
    elif json:
        write_json({"sources": records})
    else:
        from mbc_explorer.render.coverage import render_coverage

        write_output(render_coverage(records, color=wants_color()), None)


def command() -> Any:
    """The command."""
    return single(coverage, "coverage", EPILOG)
