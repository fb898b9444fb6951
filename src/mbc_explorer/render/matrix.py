"""The matrix of typical cases as tables of 80 columns, as CSV, and as one self-contained HTML page."""

from __future__ import annotations

import csv
from html import escape
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mbc_explorer.render.grid import CELLS
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import source_name
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]
_FORMULA = frozenset("=+-@＝＋－＠")
SAYS, OPEN, CLASS_ONLY, SILENT = "says", "would_say_if_known", "class_only", "silent"
_COUNTS = (
    "Each cell: in how many of {} categories the source describes an option / would, or not, if more were known / is "
    "silent. The rest: it says that an option is not used, is under study or is for other conditions, or speaks of "
    "the class alone."
)
_GAPS = "Where a source has no word on a category, the document is silent: that is no error and no verdict."
_MORE = "--category NAME tells what each says of one category; --format html or csv names all of them in each cell."
_WORDS = (
    "Each cell: the strongest thing that the source says of an option in the category. says: its conditions are met; "
    "if known: they would be or not, depending on missing facts; not used: it says so; studied: under study at its "
    "date; otherwise: under other conditions; class only: it speaks of the class alone; silent: it says nothing of it."
)
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1d2126; --soft: #59616b; --line: #d5dae0; --head: #f1f3f5; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181c; --ink: #e4e7eb; --soft: #a3abb5; --line: #363c44; --head: #22272d; } }
body { margin: 0 auto; max-width: 110rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 0.95rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid var(--line); padding: 0.4rem 0.5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: var(--head); }
tbody th { background: var(--head); font-weight: 600; }
p { margin: 0 0 0.3rem; } .soft { color: var(--soft); } summary { cursor: pointer; color: var(--soft); }
@media screen and (max-width: 64rem) {
  div { overflow-x: auto; } table { width: max-content; table-layout: auto; border: solid var(--line);
    border-width: 1px 0 0 1px; border-collapse: separate; border-spacing: 0; }
  th, td { width: 11rem; min-width: 11rem; overflow-wrap: break-word; border-width: 0 1px 1px 0; }
  thead th { position: static; }
  tr > :first-child { position: sticky; left: 0; width: 7rem; min-width: 7rem; } }
@media print { thead th { position: static; } details:not([open]) { display: none; } }
"""


def render_matrix(data: Plain, catalog: Catalog, category: str | None, *, color: bool) -> str:
    """The tables, one for each value of the first axis: counts of categories, or one category's words."""
    page = Page(color=color)
    title = catalog.categories[category].name if category else "every category"
    page.say(f"What each document says of {len(data['cells'])} typical cases: {title}", style="bold")
    sources = list(catalog.sources)
    for number, source in enumerate(catalog.sources.values(), 1):
        page.say(f"[{number}] {source_name({'publisher': source.publisher, 'date': source.date})}", 2)
    page.say("")
    page.say(_WORDS if category else _COUNTS.format(len(data["cells"][0]["rows"])))
    page.say(_GAPS)
    if not category:
        page.say(_MORE)
    for heading, cases in _tables(data):
        page.heading(heading)
        rows: list[list[str]] = []
        group = ""
        for (*outer, inner), cell in cases:
            if group != ", ".join(outer):
                group = ", ".join(outer)
                rows.append([group, *("" for _ in sources)])
            rows.append([f"  {inner}" if group else inner, *(_short(cell, source, category) for source in sources)])
        headings = ["Case", *(f"[{number}]" for number in range(1, len(sources) + 1))]
        page.table(headings, rows, [24, *(10 for _ in sources)])
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()


def _tables(data: Plain) -> Iterator[tuple[str, list[tuple[list[str], Plain]]]]:
    """For each value of the first axis its name, and its cells with the names on the others; one table of one axis."""
    names = _names(data)
    apart = [axis["id"] for axis in data["axes"][:-1][:1]]
    for at, cells in groupby(data["cells"], lambda cell: [(axis, cell["at"][axis]) for axis in apart]):
        heading = names[at[0]] if at else data["axes"][0]["name"]
        yield heading, [([names[pair] for pair in list(cell["at"].items())[len(at) :]], cell) for cell in cells]


def _names(data: Plain) -> dict[tuple[str, str], str]:
    return {(axis["id"], value["id"]): value["name"] for axis in data["axes"] for value in axis["values"]}


def _short(cell: Plain, source: str, category: str | None) -> str:
    views = [row["cells"][source]["view"] for row in cell["rows"] if category in (None, row["category"][-1])]
    if category:
        return CELLS[views[0]] if views else CELLS[SILENT]
    return " / ".join(str(views.count(view)) for view in (SAYS, OPEN, SILENT))


def matrix_csv(data: Plain, catalog: Catalog) -> str:
    """One line for each case, category and source; the disclaimer stands in the last column of the first of them.

    What a spreadsheet could take for a formula is quoted with '.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = _names(data)
    writer.writerow([*(axis["id"] for axis in data["axes"]), "category", "source", "says", "options", "disclaimer"])
    note = DISCLAIMER
    for cell in data["cells"]:
        at = [_plain_cell(names[axis, value]) for axis, value in cell["at"].items()]
        for row in cell["rows"]:
            for source, found in row["cells"].items():
                name = _plain_cell(catalog.categories[row["category"][-1]].name)
                told = "the document is silent" if found["view"] == SILENT else CELLS[found["view"]]
                writer.writerow([*at, name, source, told, found["options"], note])
                note = ""
    return out.getvalue()


def _plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever blanks stand before it and however wide its sign is."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1].isspace() else text


def matrix_html(data: Plain, catalog: Catalog) -> str:
    """A page with a table for each value of the first axis: cases by sources, the categories listed in each cell."""
    heads = "".join(
        f"<th scope=col>{escape(source_name({'publisher': s.publisher, 'date': s.date}))}</th>"
        for s in catalog.sources.values()
    )
    parts = [
        "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>What five documents say of typical cases</title><style>{_STYLE}</style>",
        f"<h1>What each document says of {len(data['cells'])} typical cases</h1>",
        f"<p>{escape(_GAPS)}</p><p class=soft>{escape(DISCLAIMER)}</p>",
    ]
    for heading, cases in _tables(data):
        title = escape(heading, quote=True)
        rows = "".join(_html_row(at, cell, catalog) for at, cell in cases)
        parts.append(f'<h2>{title}</h2><div role=region tabindex=0 aria-label="{title}"><table>')
        parts.append(f"<thead><tr><th scope=col>Case</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>")
    return "\n".join(parts) + "\n</html>\n"


def _html_row(at: list[str], cell: Plain, catalog: Catalog) -> str:
    columns = "".join(f"<td>{''.join(_html_cell(cell, source, catalog))}</td>" for source in catalog.sources)
    return f"<tr><th scope=row>{escape(', '.join(at))}</th>{columns}</tr>"


def _html_cell(cell: Plain, source: str, catalog: Catalog) -> Iterator[str]:
    by_view: dict[str, list[str]] = {}
    for row in cell["rows"]:
        name = catalog.categories[row["category"][-1]].name
        by_view.setdefault(row["cells"][source]["view"], []).append(name)
    for view, label in ((SAYS, "Described"), (OPEN, "Undetermined")):
        if view in by_view:
            yield f"<p><b>{label}:</b> {escape(', '.join(by_view.pop(view)))}</p>"
    quiet = [(view, by_view.pop(view)) for view in (CLASS_ONLY, SILENT) if view in by_view]
    for view, found in by_view.items():
        yield f"<p class=soft><b>{escape(CELLS[view].capitalize())}:</b> {escape(', '.join(found))}</p>"
    for view, found in quiet:
        told = "speaks of the class alone" if view == CLASS_ONLY else "the document is silent"
        yield f"<details><summary>{told}: {len(found)}</summary>{escape(', '.join(found))}</details>"
