"""`mbc glossary`: words of the field, as the documents explain them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.agents import listed
from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of

Word = Annotated[
    str | None, typer.Argument(metavar="[WORD]", help="Only terms that hold this word.", show_default=False)
]
EPILOG = "Examples:  mbc glossary  |  mbc glossary receptor"


def glossary(*, word: Word = None, json: Json = False, knowledge: Knowledge = None) -> None:
    """The words of the field, each in the documents' sense, with the statements that explain it."""
    catalog = catalog_of(knowledge)
    rows: list[dict[str, Any]] = [
        {
            "id": term.id,
            "term": term.term,
            "aliases": list(term.aliases),
            "statements": [{"id": s, "paraphrase": catalog.statements[s].paraphrase} for s in term.statements],
        }
        for term in catalog.glossary.values()
        if word is None or word.casefold() in " ".join([term.id, term.term, *term.aliases]).casefold()
    ]
    shown = [(row["term"], " ".join(f"{s['paraphrase']} [{s['id']}]" for s in row["statements"])) for row in rows]
    listed(rows, "terms", f"{len(rows)} terms", shown, json)


def command() -> Any:
    """The command."""
    return single(glossary, "glossary", EPILOG)
