"""`mbc search`: full text over the knowledge."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, chosen, wants_color, write_json, write_output
from mbc_explorer.errors import UsageError, one
from mbc_explorer.lookup import KINDS

Words = Annotated[list[str], typer.Argument(metavar="WORDS...", help="What to look for: words or a whole question.")]
Source = Annotated[str | None, typer.Option("--source", metavar="SOURCE", help="Only what this source says.")]
Kind = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help="Only this kind: side_effect, definition, agent …")
]
Category = Annotated[
    str | None, typer.Option("--category", metavar="CATEGORY", help="Only what concerns this category.")
]
Agent = Annotated[str | None, typer.Option("--agent", metavar="AGENT", help="Only what concerns this agent.")]
MAX_QUESTION = 300
"""So many characters has a question."""
EPILOG = (
    "Examples:  mbc search side effects of tamoxifen  |  mbc search hot flashes --source cancercare-2024  |  "
    "mbc search Kadcyla"
)


def search(
    *,
    words: Words,
    source: Source = None,
    kind: Kind = None,
    category: Category = None,
    agent: Agent = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Look for words in paraphrases, names, brands, terms, differences and curators' notes. Misspellings are forgiven;
    where the documents do not answer, it says so."""
    from mbc_explorer.search import Index

    question = " ".join(words)
    if len(question) > MAX_QUESTION:
        told = f"holds {len(question)} characters; at most {MAX_QUESTION} are read."
        raise UsageError(one("too-long", "the question", told))
    catalog = catalog_of(knowledge)
    narrowing = {
        "source": _one(source, catalog.sources, "source"),
        "kind": _one(kind, [*_statement_kinds(), *KINDS], "kind"),
        "category": _one(category, catalog.categories, "category"),
        "agent": catalog.words.get(agent.casefold(), agent) if agent else None,
    }
    if narrowing["agent"] is not None:
        chosen([narrowing["agent"]], catalog.agents, "agent")
    found = Index(catalog).search(question, **narrowing)
    if json:
        hits = [
            {"kind": hit.name.kind, "id": hit.name.id, "source": hit.source, "text": hit.shown, "where": hit.where}
            for hit in found.hits
        ]
        data = {
            "answered": found.answered,
            "asked": list(found.asked),
            "read_as": found.read_as,
            "unknown": list(found.unknown),
            "compared": list(found.compared),
            "hits": hits,
        }
        write_json(data)
        return
    from mbc_explorer.render.entries import render_found

    write_output(render_found(found, color=wants_color()), None)


def _one(word: str | None, valid: Any, what: str) -> str | None:
    return chosen([word], valid, what)[0] if word is not None else None


def _statement_kinds() -> tuple[str, ...]:
    from mbc_explorer.schema import Kind as StatementKind

    return get_args(StatementKind)


def command() -> Any:
    """The command."""
    return single(search, "search", EPILOG)
