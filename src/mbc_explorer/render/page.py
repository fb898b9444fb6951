"""A page of text for a terminal: 80 columns, readable without color."""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mbc_explorer.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH = 80
HELD = "\N{NO-BREAK SPACE}"
"""Holds two words of a tree on one line; it is printed as a blank."""


class Twig(NamedTuple):
    """A paragraph of a tree, and what hangs below it."""

    text: str
    below: tuple[Twig, ...] = ()
    style: str = ""


class Page:
    """Lines that are wrapped and indented as they are said; `text` gives them back."""

    def __init__(self, *, color: bool) -> None:
        self._out = StringIO()
        self._console = Console(
            file=self._out, width=WIDTH, force_terminal=color, color_system="standard" if color else None,
            highlight=False, legacy_windows=False,
        )  # fmt: skip

    def say(self, text: str, indent: int = 0, style: str = "", hang: int = 0) -> None:
        """A paragraph. `hang` indents its second and later lines further."""
        said = Text(visible(text), style=style)
        wrapped = said.wrap(self._console, WIDTH - indent - hang) if hang else [said]
        for number, line in enumerate(wrapped):
            self._console.print(Padding(line, (0, 0, 0, indent + (hang if number else 0))))

    def table(self, headings: list[str], rows: list[list[str]], widths: list[int]) -> None:
        """A table without lines. Each cell is cut to its column, but for the first, which wraps."""
        drawn = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for number, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            drawn.add_column(Text(heading), width=width, no_wrap=number > 0)
        for row in rows:
            drawn.add_row(*map(Text, map(visible, row)))
        self._console.print(drawn)

    def tree(self, twigs: Iterable[Twig]) -> None:
        """Paragraphs below one another, with lines that lead from each to what hangs below it."""
        for style, lines in groupby(_drawn(tuple(twigs), ""), key=lambda line: line[1]):
            self.say("\n".join(text for text, _ in lines), style=style)

    def heading(self, text: str) -> None:
        """A heading, with an empty line before it."""
        if self._out.tell():
            self._console.print()
        self.say(text, style="bold")

    def text(self) -> str:
        """Everything that was said, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().splitlines()) + "\n"


def _drawn(twigs: tuple[Twig, ...], before: str) -> Iterator[tuple[str, str]]:
    """The lines of twigs that hang together, each with its style."""
    for number, twig in enumerate(twigs, 1):
        last = number == len(twigs)
        first, rest = (f"{before}└─ ", f"{before}   ") if last else (f"{before}├─ ", f"{before}│  ")
        hang = f"{rest}│  " if twig.below else f"{rest}   "
        for line in wrap(twig.text, WIDTH, initial_indent=first, subsequent_indent=hang, break_on_hyphens=False):
            yield line.replace(HELD, " "), twig.style
        yield from _drawn(twig.below, rest)
