"""The grid of categories by sources as a table of 80 columns."""

from __future__ import annotations

from typing import Any

from mbc_explorer.render.page import Page
from mbc_explorer.render.words import source_name
from mbc_explorer.report import DISCLAIMER

Plain = dict[str, Any]
CELLS = {
    "says": "says",
    "would_say_if_known": "if known",
    "says_not_used": "not used",
    "investigational": "studied",
    "says_under_other_conditions": "otherwise",
    "class_only": "class only",
    "silent": "silent",
}
_LEGEND = (
    "Each cell: the strongest thing that the source says of an option in the category. says: its conditions are met; "
    "if known: they would be or not, depending on missing facts; not used: it says so; studied: under study at its "
    "date; otherwise: under other conditions; class only: it speaks of the class alone."
)


def render_grid(rows: list[Plain], data: Plain, *, color: bool = False) -> str:
    """The table, its legend and the disclaimer."""
    page = Page(color=color)
    page.say("What each document says of this profile, by category", style="bold")
    sources = [source["id"] for source in data["sources"]]
    lines = []
    for row in rows:
        name = data["names"]["categories"][row["category"][-1]]
        cells = [CELLS[row["cells"][source]["view"]] for source in sources]
        lines.append([f"{'  ' * (len(row['category']) - 1)}{name}", *cells])
    for number, source in enumerate(data["sources"], 1):
        page.say(f"[{number}] {source_name(source)}", 2)
    headings = ["category", *(f"[{number}]" for number in range(1, len(sources) + 1))]
    page.table(headings, lines, [23, *(10 for _ in sources)])
    page.say(_LEGEND, 0)
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()
