"""`mbc matrix`: what every source says of many typical cases."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Engine, Output
from mbc_explorer.cli.options import Json, Knowledge, as_json, catalog_of, chosen, wants_color, write_output
from mbc_explorer.errors import UsageError, one
from mbc_explorer.explorer import Explorer
from mbc_explorer.matrix import matrix as matrix_of
from mbc_explorer.report import enveloped

FORMATS = ("text", "csv", "html", "json")
EPILOG = (
    "Examples:  mbc matrix  |  mbc matrix triple-negative --category chemotherapy  |  mbc matrix man none  |  "
    "mbc matrix --format csv  |  mbc matrix --format html"
)
At = Annotated[
    list[str] | None,
    typer.Argument(metavar="[VALUE]...", help="Only cases with these values of the axes; all are listed by --json."),
]
Category = Annotated[str | None, typer.Option("--category", metavar="CATEGORY", help="What is said of one category.")]
Format = Annotated[str, typer.Option("--format", "-f", metavar="text|csv|html|json", help="How to show it.")]


def matrix(
    *,
    at: At = None,
    category: Category = None,
    format_: Format = "text",
    json: Json = False,
    output: Output = None,
    engine: Engine = None,
    knowledge: Knowledge = None,
) -> None:
    """Subtypes by menopausal status by earlier treatment: for each such case and each document, in how many categories
    it describes an option, would if more were known, or is silent. One category is shown in words. CSV starts with its
    header; its column `disclaimer` is filled in the first row only."""
    catalog = catalog_of(knowledge)
    shown = "json" if json else chosen([format_], FORMATS, "format")[0]
    if json and format_ not in ("text", "json"):
        raise UsageError(one("two-formats", "--json", f"--json and --format {format_} are both given; give one."))
    if not catalog.axes:
        raise UsageError(one("no-matrix", "", "this pack has no matrix: there is no file knowledge/matrix.yaml in it."))
    by_name = {word: row.id for row in catalog.categories.values() for word in (row.name, *row.aliases)}
    wanted = chosen([category] if category else None, catalog.categories, "category", by_name)
    values = {value.id: value.id for axis in catalog.axes.values() for value in axis.values}
    names = {value.name: value.id for axis in catalog.axes.values() for value in axis.values}
    data = matrix_of(Explorer(catalog, engine), chosen(at, values, "value", names, where="value"))
    if wanted:
        for cell in data["cells"]:
            cell["rows"] = [row for row in cell["rows"] if row["category"][-1] in wanted]
    if shown == "json":
        write_output(as_json(enveloped(data)), output)
        return
    from mbc_explorer.render.matrix import matrix_csv, matrix_html, render_matrix

    if shown == "text":
        text = render_matrix(data, catalog, wanted[0] if wanted else None, color=output is None and wants_color())
    else:
        text = (matrix_csv if shown == "csv" else matrix_html)(data, catalog)
    write_output(text, output)


def command() -> Any:
    """The command."""
    return single(matrix, "matrix", EPILOG)
