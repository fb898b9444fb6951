"""The knowledge as of a day: only sources dated by then, with undated ones in or out as asked, never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import Catalog
from mbc_explorer.errors import UsageError, one

if TYPE_CHECKING:
    from collections.abc import Collection

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
UNDATED = ("in", "out")


class AsOf(NamedTuple):
    """Which sources answer."""

    date: str
    undated: str
    sources: tuple[str, ...]
    left_out: tuple[str, ...]

    def plain(self) -> dict[str, str | list[str]]:
        """As JSON holds it."""
        return {"date": self.date, "undated": self.undated, "sources": [*self.sources], "left_out": [*self.left_out]}


def as_of(catalog: Catalog, date: str, undated: str = "out") -> AsOf:
    """Which sources were there on a day.

    Args:
        catalog: the knowledge.
        date: an ISO day, or a month or year, which stands for its last day.
        undated: `in` to let the undated sources answer too, `out` to leave them out.

    Raises:
        UsageError: for what is not a date, or another word for `undated`.
    """
    if not _is_date(date):
        text = f"{date!r} is not a date; write it as 2022, 2022-08 or 2022-08-17."
        raise UsageError(one("wrong-date", "--as-of", text))
    if undated not in UNDATED:
        raise UsageError(one("wrong-word", "--undated", f"{undated!r} is not one of in, out."))
    there = [
        source.id
        for source in catalog.sources.values()
        if (source.date[: len(date)] <= date if source.date else undated == "in")
    ]
    return AsOf(date, undated, tuple(there), tuple(name for name in catalog.sources if name not in there))


def _is_date(text: str) -> bool:
    """Whether a text is an ISO day, month or year of the calendar."""
    from datetime import date

    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[: len("2022-08-17")]))
    except ValueError:
        return False


def restricted(catalog: Catalog, sources: Collection[str]) -> Catalog:
    """A catalog of some of the sources: their statements and rules, with the whole vocabulary and every option."""
    core, rest = catalog.plain()
    core["sources"] = [row for row in core["sources"] if row.id in sources]
    core["rules"] = [row for row in core["rules"] if row.source in sources]
    core["rule_statements"] = [row for row in core["rule_statements"] if row.source in sources]
    core["points"] = [row for row in core["points"] if set(row.sources) <= set(sources)]
    core["rulesets"] = ()
    rest["statements"] = [row for row in rest["statements"] if row.source in sources]
    rest["differences"] = [row for row in rest["differences"] if {side.source for side in row.sides} <= set(sources)]
    kept = {row.id for row in core["rules"]}
    rest["readings"] = [row for row in rest["readings"] if row.rule in kept]
    rest["sentences"] = [row for row in rest["sentences"] if row[0] in sources]
    return Catalog(core, lambda: rest)
