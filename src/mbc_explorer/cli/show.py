"""`mbc show`: one thing that the knowledge holds, with what it refers to and what refers to it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import (
    Corpus,
    Json,
    Knowledge,
    catalog_of,
    stop_without_folder,
    wants_color,
    write_json,
    write_output,
)
from mbc_explorer.lookup import entry, find
from mbc_explorer.verbatim import with_verbatim

Named = Annotated[str, typer.Argument(metavar="NAME", help="An id, name, brand, abbreviation, or source:sentence.")]
Everything = Annotated[bool, typer.Option("--all", "-a", help="Every link, however many.")]
EPILOG = (
    "Examples:  mbc show Kadcyla  |  mbc show cancercare-2024:61  |  mbc show her2_status  |  mbc show olaparib --json"
)


def show(
    *,
    name: Named,
    everything: Everything = False,
    corpus: Corpus = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Show a source, statement, sentence, rule, option, category, agent, attribute, term or difference, with everything
    that it refers to and that refers to it. With a corpus, the sentences themselves are shown."""
    stop_without_folder(corpus)
    catalog = catalog_of(knowledge)
    entries = [with_verbatim(catalog, entry(catalog, found), corpus) for found in find(catalog, name)]
    if json:
        write_json({"entries": entries})
        return
    from mbc_explorer.render.entries import render_entries

    write_output(render_entries(entries, everything=everything, color=wants_color()), None)


def command() -> Any:
    """The command."""
    return single(show, "show", EPILOG)
