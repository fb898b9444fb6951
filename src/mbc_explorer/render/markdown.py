"""A report as Markdown, for a handout or a page."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import counted
from mbc_explorer.render.words import (
    QUIET_VIEWS,
    STATUS_TITLES,
    citation_text,
    derived_text,
    fact_text,
    made_by,
    missing_text,
    narrowed_text,
    partners,
    place,
    reason,
    said,
    source_line,
    source_name,
)
from mbc_explorer.report import LEGEND, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.report import Report

Plain = dict[str, Any]
_ITEM = re.compile(r"^(\d*)([-+.)=])")
"""What at the beginning of a line makes it an item of a list, a rule or a heading."""


def render_markdown(report: Report, *, everything: bool = False) -> str:
    """The report as Markdown; see `render_text` for what is shown."""
    return "\n".join(_lines(report.data, everything)) + "\n"


def escaped(text: str) -> str:
    """Text in which nothing is read as Markdown or HTML: one line, every mark of either escaped."""
    text = " ".join(text.split())
    for mark in "\\`*_[]<>#|~&":
        text = text.replace(mark, f"\\{mark}")
    return _ITEM.sub(r"\1\\\2", text)


def _lines(data: Plain, everything: bool) -> Iterator[str]:
    names = data["names"]
    yield "# What five public documents say of this profile"
    yield f"\n> {escaped(data['disclaimer'])}"
    yield "\n## The profile, as understood\n"
    for name, value in data["profile"].items():
        yield f"- {escaped(names['attributes'][name])}: {escaped(fact_text(value))}"
    if not data["profile"]:
        yield "- nothing is known"
    derived = [fact for fact in data["derived"] if fact["basis"] != "structure"]
    if derived:
        yield "\n## What follows from it\n"
    for fact in derived:
        yield f"- {escaped(derived_text(fact, names))}"
    if data["notes"]:
        yield "\n## Notes\n"
    for note in data["notes"]:
        yield f"- {escaped(note['note'] + citation_text(note['citations']))}"
    yield "\n## Options\n"
    for status in STATUSES:
        yield f"- **{STATUS_TITLES[status]}** ({data['summary']['statuses'][status]}): {LEGEND[status]}"
    if "narrowed_to" in data:
        yield f"\n{escaped(narrowed_text(data['narrowed_to']))}"
    for status in STATUSES:
        yield from _status(data, status, everything)
    if data.get("beside_profile"):
        yield "\n## What the documents say of what was given\n"
    for statement in data.get("beside_profile", []):
        where = f"{statement['anchor']['source']}, {place(statement)}"
        yield f"- {escaped(statement['paraphrase'])} ({escaped(where)})"
    if data["differences"]:
        yield "\n## Where the documents differ on this\n"
    for point in data["differences"]:
        yield f"- {escaped(point['title'])} ({escaped(point['id'])})"
    yield "\n## The documents\n"
    for source in data["sources"]:
        yield f"- {escaped(source['id'])}: {escaped(source_line(source))}"
    yield f"\n{escaped(made_by(data))}"


def _status(data: Plain, status: str, everything: bool) -> Iterator[str]:
    options = [option for option in data["options"] if option["status"] == status]
    if not options:
        return
    yield f"\n## {STATUS_TITLES[status]} ({len(options)})"
    if status == "not_described" and not everything:
        yield f"\n{counted(len(options), 'option')}; `--all` shows them with what rules them out."
        return
    sources = {source["id"]: source for source in data["sources"]}
    for category, group in groupby(options, key=lambda option: option["category"]):
        yield f"\n### {escaped(' > '.join(data['names']['categories'][step] for step in category))}\n"
        for option in group:
            yield from _option(option, sources, data["names"])


def _option(option: Plain, sources: dict[str, Plain], names: Plain) -> Iterator[str]:
    missing = f"; missing: {missing_text(option['missing'], names)}" if option["missing"] else ""
    yield f"- **{escaped(option['name'])}**{escaped(missing)}"
    for view in option["sources"]:
        for rule in view["rules"]:
            where = f"{source_name(sources[view['source']])}, {place(rule)}, {said(rule)}{partners(rule, names)}"
            worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
            yield f"  - {escaped(f'{where}: {reason(rule)}. ' + rule['paraphrase'] + worded)}"
    for kind, text in QUIET_VIEWS.items():
        quiet = [view["source"] for view in option["sources"] if kind in view["view"]]
        if quiet:
            yield f"  - {text}: {escaped(', '.join(quiet))}"
