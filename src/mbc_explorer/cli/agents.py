"""`mbc agents`, `mbc categories`, `mbc glossary`: lists of what the documents name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, chosen, wants_color, write_json, write_output
from mbc_explorer.lookup import cited

Category = Annotated[
    str | None, typer.Option("--category", metavar="CATEGORY", help="Only what is filed under this category.")
]
EPILOG = "Examples:  mbc agents  |  mbc agents --category taxane --json"


def agents(*, category: Category = None, json: Json = False, knowledge: Knowledge = None) -> None:
    """The drugs that the documents name: INN, brands, where they are filed and who names them."""
    catalog = catalog_of(knowledge)
    wanted = chosen([category], catalog.categories, "category")[0] if category is not None else None
    rows: list[dict[str, Any]] = []
    for agent in catalog.agents.values():
        filed = [fact.what for fact in agent.categories]
        if wanted is None or any(wanted in catalog.categories[step].path for step in filed):
            brands = [fact.words for fact in agent.brands]
            named_in = cited(agent.mentions)
            rows.append(
                {"id": agent.id, "name": agent.name, "brands": brands, "categories": filed, "named_in": named_in}
            )
    shown = [
        (
            str(row["name"]),
            f"{', '.join(row['brands']) or 'no brand'}; {', '.join(row['categories'])}; named in {row['named_in']}",
        )
        for row in rows
    ]
    listed(rows, "agents", f"{len(rows)} agents", shown, json)


def listed(rows: list[dict[str, Any]], key: str, heading: str, shown: list[tuple[str, str]], json: bool) -> None:
    """Print a list as text or JSON."""
    if json:
        write_json({key: rows})
        return
    from mbc_explorer.render.entries import render_list

    write_output(render_list(heading, shown, color=wants_color()), None)


def command() -> Any:
    """The command."""
    return single(agents, "agents", EPILOG)
