"""`mbc pairs`: minimal pairs for every boundary of the rules that are asked for."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Engine, Output
from mbc_explorer.cli.options import Json, Knowledge, as_json, catalog_of, chosen, wants_color, write_output
from mbc_explorer.condition import attribute_of
from mbc_explorer.explorer import Explorer
from mbc_explorer.lookup import asks_about, leads_to, names_with_rules
from mbc_explorer.minimal_pairs import boundaries, drawn
from mbc_explorer.minimal_pairs import pairs as pairs_of
from mbc_explorer.profile import Profile
from mbc_explorer.report import enveloped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.lookup import Name
    from mbc_explorer.minimal_pairs import Boundary

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...", show_default=False,
        help="An option, drug, category, attribute, source, statement, rule or source:sentence; everything without.",
    ),
]  # fmt: skip
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only the rules of this source.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Other seeds make up other cases; the same, the same.")]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="Only so many pairs, drawn by the seed.")
]
Details = Annotated[bool, typer.Option("--details", "-d", help="Also all that the two cases share.")]
EPILOG = (
    "Examples:  mbc pairs olaparib  |  mbc pairs --limit 3 --seed 7  |  mbc pairs her2_status --source cancercare-2024 "
    "--json  |  mbc pairs cancercare-2024:66 --details"
)
LONG = 40
"""From so many pairs on, a terminal is told how far the work is."""


def pairs(
    *,
    names: Names = None,
    source: Sources = None,
    seed: Seed = 0,
    limit: Limit = None,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Minimal pairs: two complete, consistent, made-up profiles that differ in one fact and in what a document says,
    one pair for each criterion that a rule turns on. To learn or to test what decides. The name of an attribute asks
    for what turns on it, any other for all that its rules turn on."""
    catalog = catalog_of(knowledge)
    sources = chosen(source, catalog.sources, "source")
    rules = [rule for rule in catalog.rules.values() if not sources or rule.source in sources]
    found = boundaries(rules, catalog)
    if names:
        wanted = names_with_rules(catalog, names)
        found = [boundary for boundary in found if any(_is_of(name, boundary, catalog) for name in wanted)]
    asked = drawn(found, limit, seed) if limit is not None else found
    explorer = Explorer(catalog, engine)
    made = list(_told(pairs_of(explorer, asked, seed), asked))
    about = explorer.case(Profile()).report.data
    data = enveloped(
        {
            "software": about["software"],
            "knowledge": about["knowledge"],
            "seed": seed,
            "boundaries": len(found),
            "pairs": made,
        }
    )
    if json:
        write_output(as_json(data, output), output)
        return
    from mbc_explorer.render.pairs import render_pairs

    records = {record["id"]: record for record in about["sources"]}
    color = output is None and wants_color()
    write_output(render_pairs(data, about["names"], records, details=details, color=color), output)


def _is_of(name: Name, boundary: Boundary, catalog: Catalog) -> bool:
    """Whether a boundary belongs to what a name stands for: an attribute to what turns on it, all else to its rules."""
    if name.kind == "attribute":
        return asks_about(catalog, name.id, [attribute_of(boundary.fact)])
    return leads_to(catalog, name, boundary.rule)


def _told(made: Iterator[dict[str, Any]], asked: list[Boundary]) -> Iterator[dict[str, Any]]:
    """The pairs as they are made; where it takes long and somebody watches, how many are done."""
    watched = len(asked) >= LONG and sys.stderr.isatty()
    for number, pair in enumerate(made, 1):
        if watched:
            with suppress(OSError):  # nobody can be told
                sys.stderr.write(f"\r{number} of {len(asked)} pairs" if number < len(asked) else f"\r{' ' * 24}\r")
                sys.stderr.flush()
        yield pair


def command() -> Any:
    """The command."""
    return single(pairs, "pairs", EPILOG)
