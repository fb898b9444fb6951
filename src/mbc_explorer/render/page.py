"""A page of text for a terminal: 80 columns, readable without color."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

WIDTH = 80


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
        wrapped = (
            Text(text, style=style).wrap(self._console, WIDTH - indent - hang) if hang else [Text(text, style=style)]
        )
        for number, line in enumerate(wrapped):
            self._console.print(Padding(line, (0, 0, 0, indent + (hang if number else 0))))

    def show(self, table: RenderableType) -> None:
        """Anything that rich can draw, such as a table."""
        self._console.print(table)

    def heading(self, text: str) -> None:
        """A heading, with an empty line before it."""
        if self._out.tell():
            self._console.print()
        self.say(text, style="bold")

    def text(self) -> str:
        """Everything that was said, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().splitlines()) + "\n"
