"""`mbc explore`: a profile in, a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    attribute_options,
    catalog_of,
    chosen,
    json_indent,
    option_words,
    profile_from,
    stated,
    wants_color,
    write_output,
)
from mbc_explorer.errors import UsageError, one
from mbc_explorer.explorer import Explorer
from mbc_explorer.report import STATUSES, Narrowing, Report, narrowed

if TYPE_CHECKING:
    from mbc_explorer.as_of import AsOf
    from mbc_explorer.catalog import Catalog

FORMATS = ("text", "json", "markdown")
EPILOG = (
    "Examples:  mbc explore --er + --pr + --her2 - --menopause postmenopausal --prior none  |  "
    "mbc explore --her2 positive --prior trastuzumab+docetaxel --category her2_directed_therapy  |  "
    "mbc explore --profile case.yaml --json  |  mbc explore --er - --pr unknown --her2 - --status undetermined. "
    "An attribute that is not given is unknown, never negative."
)

ProfileFile = Annotated[
    str | None, typer.Option("--profile", "-p", metavar="FILE", help="A profile in YAML or JSON; '-' reads stdin.")
]
Assigned = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="ATTRIBUTE=VALUE", help="State any attribute by its name; ';' parts the entries of a list."
    ),
]
Format = Annotated[str, typer.Option("--format", "-f", metavar="text|json|markdown", help="How to show the answer.")]
Everything = Annotated[
    bool, typer.Option("--all", "-a", help="Also show the not described, with the criterion that rules them out.")
]
Details = Annotated[
    bool, typer.Option("--details", "-d", help="Each statement on its own, paraphrased, instead of one line a source.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of the terminal.")
]
Categories = Annotated[
    list[str] | None,
    typer.Option("--category", metavar="CATEGORY", help="Show only this category, and those below it."),
]
Options = Annotated[list[str] | None, typer.Option("--option", metavar="OPTION", help="Show only this option.")]
Statuses = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="STATUS", help=f"Show only options that are {', '.join(STATUSES)}."),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="Show only what this source says; verdicts stay those of all."),
]
AsOfDate = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Answer only with sources dated up to a day: 2022, 2022-08, 2022-08-17."
    ),
]
Undated = Annotated[
    str, typer.Option("--undated", metavar="in|out", help="With --as-of: undated sources in, or left out.")
]
Engine = Annotated[
    str | None,
    typer.Option("--engine", metavar="durable|reference", help="Which engine answers; durable_rules where installed."),
]


def explore(
    context: typer.Context,
    *,
    profile: ProfileFile = None,
    set_: Assigned = None,
    format_: Format = "text",
    json: Json = False,
    all_: Everything = False,
    details: Details = False,
    output: Output = None,
    category: Categories = None,
    option: Options = None,
    status: Statuses = None,
    source: Sources = None,
    as_of_: AsOfDate = None,
    undated: Undated = "out",
    engine: Engine = None,
    knowledge: Knowledge = None,
) -> None:
    """What the five documents say of a profile: options described, undetermined or not described, each with the
    document, its date and place, the reason, and what is still unknown."""
    shown = "json" if json else chosen([format_], FORMATS, "format")[0]
    catalog = catalog_of(knowledge)
    by_category = {word: row.id for row in catalog.categories.values() for word in (row.name, *row.aliases)}
    to = Narrowing(
        chosen(category, catalog.categories, "category", by_category),
        chosen(option, catalog.options, "option", option_words(catalog)),
        chosen(status, STATUSES, "status"),
        chosen(source, catalog.sources, "source"),
    )
    if json and format_ not in ("text", "json"):
        raise UsageError(one("two-formats", "--json", f"--json and --format {format_} are both given; give one."))
    explorer = Explorer(catalog, engine, _as_of(catalog, as_of_, undated))
    given = profile_from(catalog, profile, set_ or [], stated(context))
    report = narrowed(explorer.explore(given, details=details), to)
    everything = all_ or "not_described" in to.statuses or bool(to.options)
    write_output(_rendered(report, shown, everything, details or bool(to.options), output), output)


def _as_of(catalog: Catalog, date: str | None, undated: str) -> AsOf | None:
    if date is None:
        return None
    from mbc_explorer.as_of import as_of

    return as_of(catalog, date, undated)


def _rendered(report: Report, shown: str, everything: bool, details: bool, output: Path | None) -> str:
    if shown == "json":
        return report.json(indent=None if output else json_indent())
    if shown == "markdown":
        from mbc_explorer.render.markdown import render_markdown

        return render_markdown(report, everything=everything)
    from mbc_explorer.render.text import render_text

    return render_text(report, everything=everything, details=details, color=output is None and wants_color())


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(explore, "explore", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
