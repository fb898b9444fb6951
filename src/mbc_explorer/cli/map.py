"""`mbc map`: the decision map of a category, of an option, or of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, Options, Output, ProfileFile
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    as_json,
    attribute_options,
    catalog_of,
    chosen,
    option_words,
    profile_from,
    stated,
    wants_color,
    write_output,
)
from mbc_explorer.criteria_map import decision_map
from mbc_explorer.errors import UsageError, one

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.report import Report

FORMATS = ("text", "mermaid", "svg", "html", "json")
TOGETHER, BY_SOURCE = WAYS = ("together", "source")
EPILOG = (
    "Examples:  mbc map hormone_therapy  |  mbc map --er positive --her2 negative --format html > map.html  |  "
    "mbc map olaparib --her2 negative --brca mutated  |  mbc map hormone_therapy --by source --json"
)

Named = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="A category with those below it, or an option; everything without.",
                   show_default=False),
]  # fmt: skip
Format = Annotated[
    str, typer.Option("--format", "-f", metavar="text|mermaid|svg|html|json", help="How to show the map.")
]
By = Annotated[str, typer.Option("--by", metavar="together|source", help="One tree, or one for each source.")]
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only the rules of this source.")]


def map_(
    context: typer.Context,
    *,
    name: Named = None,
    profile: ProfileFile = None,
    set_: Assigned = None,
    format_: Format = "text",
    json: Json = False,
    output: Output = None,
    option: Options = None,
    by: By = TOGETHER,
    source: Sources = None,
    engine: Engine = None,
    knowledge: Knowledge = None,
) -> None:
    """The decision map of a category, an option, or everything: the criteria of the rules as a tree, with what the
    documents say at the ends. With a profile, the paths that it meets are lit."""
    shown = "json" if json else chosen([format_], FORMATS, "format")[0]
    if json and format_ not in ("text", "json"):
        raise UsageError(one("two-formats", "--json", f"--json and --format {format_} are both given; give one."))
    catalog = catalog_of(knowledge)
    options = _options(catalog, name, chosen(option, catalog.options, "option", option_words(catalog)))
    sources = chosen(source, catalog.sources, "source")
    by_source = chosen([by], WAYS, "way", where="--by")[0] == BY_SOURCE
    report = _report(catalog, profile, set_ or [], stated(context), engine)
    data = decision_map(catalog, options, report, sources=sources, by_source=by_source)
    write_output(_rendered(data, shown, output), output)


def _options(catalog: Catalog, name: str | None, only: tuple[str, ...]) -> list[str]:
    """The options that a name stands for, as far as they are wanted; a word for a category and an option is the first.

    Raises:
        UsageError: when the word is neither, or no option is left.
    """
    wanted = list(catalog.options)
    if name is not None:
        words = option_words(catalog) | {
            word: row.id for row in catalog.categories.values() for word in (row.name, *row.aliases)
        }
        known = list(dict.fromkeys((*catalog.categories, *catalog.options)))
        listed = "; `mbc categories` lists them."
        (found,) = chosen([name], known, "category or option", words, where="map", otherwise=listed)
        below = [row.id for row in catalog.options.values() if found in catalog.categories[row.category].path]
        wanted = below if found in catalog.categories else [found]
        if not wanted:
            text = f"{found} is a category without options; `mbc categories` lists those that have some."
            raise UsageError(one("no-options", "map", text))
    left = [option for option in wanted if not only or option in only]
    if not left:
        text = f"{', '.join(only)} is not among the options of {name}; `mbc categories` lists them."
        raise UsageError(one("no-options", "--option", text))
    return left


def _report(
    catalog: Catalog, file: str | None, assigned: list[str], given: dict[str, Any], engine: str | None
) -> Report | None:
    """The report of the profile, where one is given.

    Raises:
        UsageError: when an engine is named and no profile is given.
    """
    if file is None and not assigned and not given:
        if engine is not None:
            raise UsageError(one("no-profile", "--engine", "is for a profile, and none is given."))
        return None
    from mbc_explorer.explorer import Explorer

    return Explorer(catalog, engine).explore(profile_from(catalog, file, assigned, given))


def _rendered(data: dict[str, Any], shown: str, output: Path | None) -> str:
    if shown == "json":
        return as_json(data, output)
    if shown == "svg":
        from mbc_explorer.render.drawing import render_svg

        return render_svg(data)
    if shown == "html":
        from mbc_explorer.render.map_page import map_html

        return map_html(data)
    from mbc_explorer.render.decision_map import render_map, render_mermaid

    return render_mermaid(data) if shown == "mermaid" else render_map(data, color=output is None and wants_color())


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(map_, "map", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
