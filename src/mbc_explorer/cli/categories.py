"""`mbc categories`: the tree of categories with their options."""

from __future__ import annotations

from typing import Any

from mbc_explorer.cli.agents import Category, listed
from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, chosen

EPILOG = "Examples:  mbc categories  |  mbc categories --category targeted_therapy"


def categories(*, category: Category = None, json: Json = False, knowledge: Knowledge = None) -> None:
    """The treatment categories as a tree, with the options in each."""
    catalog = catalog_of(knowledge)
    wanted = chosen([category], catalog.categories, "category")[0] if category is not None else None
    rows = [
        {
            "id": row.id,
            "name": row.name,
            "path": list(row.path),
            "options": [option.id for option in catalog.options.values() if option.category == row.id],
        }
        for row in catalog.categories.values()
        if wanted is None or wanted in row.path
    ]
    shown = [(f"{'  ' * (len(row['path']) - 1)}{row['name']}", ", ".join(row["options"])) for row in rows]
    listed(rows, "categories", f"{len(rows)} categories", shown, json)


def command() -> Any:
    """The command."""
    return single(categories, "categories", EPILOG)
