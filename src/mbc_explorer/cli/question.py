"""A question about an option of a profile: what `mbc why`, `why-not` and `nearest` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from mbc_explorer.cli.options import (
    as_json,
    catalog_of,
    chosen,
    option_words,
    profile_from,
    stated,
    wants_color,
    write_output,
)
from mbc_explorer.explorer import Explorer
from mbc_explorer.report import enveloped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mbc_explorer.case import Case

    Render = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], bool], str]
    """Text from an answer, the labels, the records of the sources, and whether to color it."""

Named = Annotated[str, typer.Argument(metavar="OPTION", help="An option, by id, name, drug or brand.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE", help="Show only what this source says.")
]
Details = Annotated[
    bool, typer.Option("--details", "-d", help="Also curators' notes, and other readings that come to the same.")
]


class Question(NamedTuple):
    """What was asked: a case, an option, and the sources to hear."""

    case: Case
    option: str
    sources: tuple[str, ...]

    def hears(self, source: str) -> bool:
        """Whether a source was asked for."""
        return not self.sources or source in self.sources

    def show(self, found: dict[str, Any], render: Render, *, json: bool, output: Path | None) -> None:
        """Print what was found, as JSON or as text."""
        narrowing = {"narrowed_to": {"sources": list(self.sources)}} if self.sources else {}
        show({**self.case.heading, **narrowing, **found}, self.case, render, json=json, output=output)


def show(found: dict[str, Any], case: Case, render: Render, *, json: bool, output: Path | None) -> None:
    """Print an answer on a case, as JSON or as text."""
    data = enveloped(found)
    if json:
        write_output(as_json(data, output), output)
        return
    about = case.report.data
    records = {record["id"]: record for record in about["sources"]}
    write_output(render(data, about["names"], records, output is None and wants_color()), output)


def asked(
    context: typer.Context,
    word: str,
    *,
    profile: str | None,
    assigned: list[str] | None,
    source: list[str] | None,
    engine: str | None,
    knowledge: Path | None,
) -> Question:
    """The question that the words of a command ask.

    Raises:
        UsageError: when the option or a source is not known.
        ProfileError: when the profile is not understood or contradicts itself.
    """
    catalog = catalog_of(knowledge)
    listed = "; `mbc categories` lists the options."
    where = str(context.info_name)
    (option,) = chosen([word], catalog.options, "option", option_words(catalog), where=where, otherwise=listed)
    sources = chosen(source, catalog.sources, "source")
    given = profile_from(catalog, profile, assigned or [], stated(context))
    return Question(Explorer(catalog, engine).case(given), option, sources)
