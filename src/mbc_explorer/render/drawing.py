"""A decision map as one SVG: columns by depth, rows by what ends, nothing from outside, the same bytes each time.

`layout` says where everything stands; `render_svg` writes it. Widths of text are estimated for a wide font, because
which font draws it is not known.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.criteria_map import CLOSED, LIT, OPEN, PATHS
from mbc_explorer.render.decision_map import (
    FOLLOWS,
    NOTHING,
    branches,
    clean,
    documents,
    follows,
    heading,
    made_by,
    mark,
    options_of,
    profile,
    reading,
    said_text,
    statement_text,
    title,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Plain = dict[str, Any]

MARGIN, PAD, GAP = 24, 9, 10
"""Around the page, within a box, between boxes that stand under one another."""
CRITERION, FINDING, GUTTER = 220, 450, 40
"""The widths of the two kinds of box, and of the space between columns."""
COLUMN = CRITERION + GUTTER
NARROWEST = 860
TEXT, SMALL, BIG = 13, 12, 20
LINE = 17
ANCHOR = PAD + LINE // 2
"""So far below the top of a box its edges meet it: at its first line, whatever its height."""
BETWEEN = 6
"""Between two options in one box."""
ROUND = 6

_WIDTHS = {
    mark: width
    for width, marks in (
        (0.30, "ijlIJ'"), (0.34, " .,:;|/"), (0.42, "frt()[]-!"), (0.53, "sz_"), (0.60, "ckvxyL"),
        (0.64, "abdeghnopqu0123456789?*FET"), (0.70, "ABCKPRSVXYZ"), (0.83, "wDGHNOQU&+<>="), (1.00, "mMW@%"),
    )
    for mark in marks
}  # fmt: skip
"""The width of a character as a part of the size of the font, in the widest of the usual fonts without serifs."""
_BOLD = 1.13
_STYLE = """
.mbc-map { background: #ffffff; }
.mbc-map text { font-family: sans-serif; font-size: 13px; fill: #1d2126; }
.mbc-map .title { font-size: 20px; font-weight: bold; }
.mbc-map .tree { font-size: 15px; font-weight: bold; }
.mbc-map .small, .mbc-map .cite, .mbc-map .aside { font-size: 12px; }
.mbc-map .name, .mbc-map .mark { font-weight: bold; }
.mbc-map .always .text, .mbc-map .aside { font-style: italic; }
.mbc-map rect { fill: #ffffff; stroke: #59616b; stroke-width: 1; }
.mbc-map .finding rect { fill: #eef4fb; stroke: #0b57a4; }
.mbc-map path { fill: none; stroke: #59616b; stroke-width: 1; }
.mbc-map .lit rect { fill: #e3f5e8; stroke: #1a7f37; stroke-width: 2.5; }
.mbc-map .open rect { fill: #fff6dd; stroke: #8a5a00; stroke-width: 1.5; stroke-dasharray: 6 4; }
.mbc-map .closed rect { fill: #f4f5f7; stroke: #b5bcc4; }
.mbc-map path.lit { stroke: #1a7f37; stroke-width: 2.5; }
.mbc-map path.open { stroke: #8a5a00; stroke-width: 1.5; stroke-dasharray: 6 4; }
.mbc-map path.closed { stroke: #b5bcc4; }
.mbc-map .closed text { fill: #59616b; }
@media (prefers-color-scheme: dark) {
  .mbc-map { background: #15181c; }
  .mbc-map text { fill: #e4e7eb; }
  .mbc-map rect { fill: #1e2329; stroke: #a3abb5; }
  .mbc-map .finding rect { fill: #17283b; stroke: #7db8f5; }
  .mbc-map path { stroke: #a3abb5; }
  .mbc-map .lit rect { fill: #143320; stroke: #5fd38a; }
  .mbc-map .open rect { fill: #372c10; stroke: #e5b94e; }
  .mbc-map .closed rect { fill: #191d22; stroke: #4b535c; }
  .mbc-map path.lit { stroke: #5fd38a; }
  .mbc-map path.open { stroke: #e5b94e; }
  .mbc-map path.closed { stroke: #4b535c; }
  .mbc-map .closed text { fill: #a3abb5; }
}
@media print { .mbc-map { background: none; } }
"""


class Line(NamedTuple):
    """A line of text, from the top of its box to its baseline, and what is said on pointing at it."""

    down: int
    text: str
    style: str
    hint: str = ""


class Box(NamedTuple):
    """A criterion, or what ends at one."""

    x: int
    y: int
    width: int
    height: int
    style: str
    lines: tuple[Line, ...]


class Edge(NamedTuple):
    """From the right of a box to the left of a later one, down a trunk between their columns."""

    x: int
    y: int
    trunk: int
    to_x: int
    to_y: int
    style: str


class Heading(NamedTuple):
    """Text outside of boxes."""

    x: int
    y: int
    text: str
    style: str


class Drawing(NamedTuple):
    """Everything with its place."""

    width: int
    height: int
    headings: tuple[Heading, ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def layout(data: Plain, *, alone: bool = True) -> Drawing:
    """Where each box, line and heading of a map stands; not `alone`, it is without what a page around it says."""
    return _Page(data).drawing(alone)


def text_width(text: str, size: int = TEXT, *, bold: bool = False) -> float:
    """How wide a text is at most in a usual font, about."""
    return sum(_WIDTHS.get(mark, 1.0) for mark in text) * size * (_BOLD if bold else 1.0)


def fitted(text: str, width: int, size: int = TEXT, *, bold: bool = False) -> list[str]:
    """A text in lines that are no wider; a word that is wider is broken, after a hyphen or a dot where there is one."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if text_width(joined, size, bold=bold) <= width:
            lines[-1] = joined
            continue
        lines += [""] if lines[-1] else []
        for part in [word] if text_width(word, size, bold=bold) <= width else re.findall(r"[^-.]*[-.]|[^-.]+", word):
            for piece in [part] if text_width(part, size, bold=bold) <= width else part:
                if text_width(lines[-1] + piece, size, bold=bold) > width:
                    lines.append("")
                lines[-1] += piece
    return lines


class _Page:
    """Fills a page from the top."""

    def __init__(self, data: Plain) -> None:
        self._data = data
        self._headings: list[Heading] = []
        self._boxes: list[Box] = []
        self._edges: list[Edge] = []
        self._y = MARGIN
        self._width = max(NARROWEST, MARGIN * 2 + FINDING + COLUMN * max(map(_depth, data["trees"]), default=0))

    def drawing(self, alone: bool) -> Drawing:
        data = self._data
        if alone:
            self._say([title(data)], "title", BIG, LINE + 10)
            self._say([data["disclaimer"]], "small", SMALL)
            self._y += GAP
            told = [f"{FOLLOWS}: {line}" for line in follows(data)]
            self._say([*reading(data), profile(data), *told], "small", SMALL)
            self._y += GAP
        self._legend()
        for tree in data["trees"]:
            self._tree(tree)
        if not data["trees"]:
            self._say([NOTHING], "tree", TEXT)
        if alone:
            self._y += GAP
            self._say([*documents(data), made_by(data)], "small", SMALL)
        parts = tuple(self._headings), tuple(self._boxes), tuple(self._edges)
        return Drawing(self._width, self._y + MARGIN - LINE, *parts)

    def _say(self, texts: Iterable[str], style: str, size: int, line: int = LINE) -> None:
        for text in filter(None, texts):
            for part in fitted(text, self._width - 2 * MARGIN, size, bold=style in ("title", "tree")):
                self._headings.append(Heading(MARGIN, self._y + size, part, style))
                self._y += line

    def _legend(self) -> None:
        """A box of each kind that the map may hold, saying what it stands for."""
        kinds = [("criterion", "a criterion"), ("finding", "options, with statements and sentences")]
        if "profile" in self._data:
            kinds = [(f"criterion {path}", f"{path}: {PATHS[path]}") for path in (LIT, OPEN, CLOSED)]
        x, tallest = MARGIN, 0
        for style, text in kinds:
            lines = _paragraph(PAD, text, "text", CRITERION - 2 * PAD)
            height = _height(lines)
            self._boxes.append(Box(x, self._y, CRITERION, height, style, tuple(lines)))
            x, tallest = x + COLUMN, max(tallest, height)
        self._y += tallest + 3 * GAP

    def _tree(self, tree: Plain) -> None:
        if tree["source"]:
            self._say([heading(tree)], "tree", TEXT + 2, LINE + 6)
        bottom = self._y
        for branch in branches(self._data, tree):
            bottom = self._branch(branch, 0, bottom, None) + GAP
        self._y = bottom + GAP

    def _branch(self, node: Plain, depth: int, top: int, parent: Box | None) -> int:
        """Place a criterion, what ends there and what goes on; the bottom of it all."""
        x = MARGIN + depth * COLUMN
        state = node.get("path") or ""
        lines = [Line(PAD + TEXT, mark(node), "mark")] if mark(node) else []
        lines += _paragraph(PAD + LINE * len(lines), clean(node["text"]), "text", CRITERION - 2 * PAD)
        always = "" if "condition" in node else " always"
        box = Box(x, top, CRITERION, _height(lines), f"criterion {state}{always}".strip(), tuple(lines))
        self._place(box, parent, state)
        bottom, below = top + box.height, top
        if node["ends"]:
            told, judged = verdict(node)
            ends = self._ends(node, told, judged or "", (x + COLUMN, top))
            self._place(ends, box, judged or "")
            below = ends.y + ends.height + GAP
            bottom = max(bottom, ends.y + ends.height)
        for child in node["nodes"]:
            end = self._branch(child, depth + 1, below, box)
            below, bottom = end + GAP, max(bottom, end)
        return bottom

    def _ends(self, node: Plain, told: str, state: str, place: tuple[int, int]) -> Box:
        """One box with every option that ends at a criterion."""
        inner = FINDING - 2 * PAD
        lines = _paragraph(PAD, told, "mark", inner) if told else []
        down = PAD + LINE * len(lines)
        for number, (name, rules) in enumerate(options_of(node, self._data)):
            down += BETWEEN if number or told else 0
            for text, style, hint in [(name, "name", "")] + [
                (statement_text(rule, self._data), "cite" if rule["stance"] == DESCRIBES else "aside", said_text(rule))
                for rule in rules
            ]:
                part = _paragraph(down, text, style, inner, hint)
                lines += part
                down += LINE * len(part)
        return Box(*place, FINDING, down + PAD, f"finding {state}".strip(), tuple(lines))

    def _place(self, box: Box, parent: Box | None, state: str) -> None:
        self._boxes.append(box)
        if parent is not None:
            start = parent.x + parent.width, parent.y + ANCHOR
            self._edges.append(Edge(*start, box.x - GUTTER // 2, box.x, box.y + ANCHOR, state))


def _depth(node: Plain) -> int:
    """How many criteria follow one another at most, what is without any counted as one."""
    return max(
        (1 + _depth(child) for child in node["nodes"]), default=1 if node["ends"] and "condition" not in node else 0
    )


def _paragraph(down: int, text: str, style: str, width: int, hint: str = "") -> list[Line]:
    size = SMALL if style in ("cite", "aside") else TEXT
    lines = fitted(text, width, size, bold=style in ("mark", "name"))
    return [Line(down + TEXT + LINE * number, line, style, hint) for number, line in enumerate(lines)]


def _height(lines: list[Line]) -> int:
    return 2 * PAD + LINE * len(lines)


def render_svg(data: Plain) -> str:
    """The map as an SVG file."""
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *svg_lines(data))) + "\n"


def svg_lines(data: Plain, *, alone: bool = True) -> Iterator[str]:
    """The SVG element, to stand in a file, or in a page that says what is to be said of it."""
    drawing = layout(data, alone=alone)
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    labels = 'role="group" aria-labelledby="mbc-map-title mbc-map-about"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="mbc-map" {size} {labels}>'
    yield f'<title id="mbc-map-title">{escape(title(data))}</title>'
    yield f'<desc id="mbc-map-about">{escape(data["disclaimer"])}</desc>'
    yield f"<style>{_STYLE}</style>"
    for line in drawing.headings:
        yield f'<text class="{line.style}" x="{line.x}" y="{line.y}">{escape(line.text)}</text>'
    yield '<g aria-hidden="true">'
    order = ("", CLOSED, OPEN, LIT)  # what is lit is drawn over what is not
    for edge in sorted(drawing.edges, key=lambda edge: order.index(edge.style)):
        kind = f' class="{edge.style}"' if edge.style else ""
        yield f'<path{kind} d="{_route(edge)}"/>'
    yield "</g>"
    for box in drawing.boxes:
        yield from _box(box)
    yield "</svg>"


def _route(edge: Edge) -> str:
    """Right, down the trunk around two corners, right."""
    if edge.y == edge.to_y:
        return f"M{edge.x} {edge.y}H{edge.to_x}"
    corners = f"H{edge.trunk - ROUND}q{ROUND} 0 {ROUND} {ROUND}V{edge.to_y - ROUND}q0 {ROUND} {ROUND} {ROUND}"
    return f"M{edge.x} {edge.y}{corners}H{edge.to_x}"


def _box(box: Box) -> Iterator[str]:
    corner = 10 if "finding" in box.style else 2
    yield f'<g class="{box.style}">'
    yield f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{corner}"/>'
    for line in box.lines:
        hint = f"<title>{escape(line.hint)}</title>" if line.hint else ""
        place = f'x="{box.x + PAD}" y="{box.y + line.down}"'
        yield f'<text class="{line.style}" {place}>{hint}{escape(line.text)}</text>'
    yield "</g>"
