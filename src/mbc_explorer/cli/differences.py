"""`mbc differences`: where the documents differ."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.catalog import Difference
from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Json, Knowledge, catalog_of, chosen, wants_color, write_json, write_output

KINDS = ("conditions", "scope", "dated", "wording", "classification", "silence", "internal")
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help=f"Only these kinds: {', '.join(KINDS)}.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only points on which this source speaks.")
]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="OPTION", help="Only points that touch this option.")
]
Attributes = Annotated[
    list[str] | None, typer.Option("--attribute", metavar="ATTRIBUTE", help="Only points that touch this attribute.")
]
EPILOG = "Examples:  mbc differences  |  mbc differences --option olaparib  |  mbc differences --kind dated --json"


def differences(
    *,
    kind: Kinds = None,
    source: Sources = None,
    option: Options = None,
    attribute: Attributes = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Every curated point on which two documents differ, one is dated by another, or one is at odds with itself: what
    each says, who is silent, and why it matters."""
    catalog = catalog_of(knowledge)
    kinds = chosen(kind, KINDS, "kind")
    sources = set(chosen(source, catalog.sources, "source"))
    options = set(chosen(option, catalog.options, "option"))
    attributes = set(chosen(attribute, catalog.attributes, "attribute"))
    rows = [
        plain(row)
        for row in catalog.differences.values()
        if (not kinds or row.kind in kinds)
        and (not sources or sources & {side.source for side in row.sides})
        and (not options or options & set(row.options))
        and (not attributes or attributes & set(row.attributes))
    ]
    if json:
        write_json({"differences": rows})
        return
    from mbc_explorer.render.entries import render_differences

    write_output(render_differences(rows, color=wants_color()), None)


def plain(row: Difference) -> dict[str, Any]:
    """A difference as plain data."""
    sides = [
        {
            "source": side.source,
            "sentences": [anchor.number for anchor in side.sentences],
            "fingerprints": [anchor.fingerprint for anchor in side.sentences],
            "says": side.says,
        }
        for side in row.sides
    ]
    return {**row._asdict(), "sides": sides}


def command() -> Any:
    """The command."""
    return single(differences, "differences", EPILOG)
