"""The vocabulary and the sources as text: what can be said of a case, an empty profile, the five documents."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import words
from mbc_explorer.profile import REGIMEN_GRAMMAR, SETTINGS, STOPPED
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import citation_text, source_line
from mbc_explorer.report import DISCLAIMER, citations

if TYPE_CHECKING:
    from mbc_explorer.catalog import Attribute, Catalog

_KINDS = {
    "choice": "one value",
    "list": "a list",
    "therapies": "a list of agents or categories",
    "regimens": f"regimens, oldest first, each {REGIMEN_GRAMMAR}",
    "count": "a whole number",
    "months": "a whole number of months",
}


def render_sources(records: list[dict[str, Any]], *, color: bool = False) -> str:
    """The bibliographic records, one paragraph each."""
    page = Page(color=color)
    for record in records:
        page.heading(record["id"])
        page.say(f"Title: {record['title'] or 'the text prints none'}", 2, hang=2)
        page.say(source_line(record), 2, hang=2)
        page.say(f"Date: {record['date'] or 'none'} ({record['date_basis']})", 2, hang=2)
        page.say(f"People: {'; '.join(record['people']) or 'none named'}", 2, hang=2)
        page.say(f"Address: {record['url'] or 'not verified, so none is given'}", 2, hang=2)
        names = ", ".join(section["id"] for section in record["sections"])
        page.say(f"Sections (our names): {names}", 2, hang=2)
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()


def render_attributes(attributes: list[Attribute], catalog: Catalog, *, detailed: bool, color: bool = False) -> str:
    """Every attribute by group; in detail with every accepted word, definition and citation."""
    page = Page(color=color)
    if not detailed:
        page.say("What can be said of a case. An attribute that is not given is unknown, never negative.")
    for group, rows in groupby(attributes, key=lambda attribute: attribute.group):
        page.heading(catalog.groups.get(group, words(group)))
        for attribute in rows:
            _attribute(page, attribute, catalog, detailed)
    ways = ", ".join(way.id for way in catalog.not_known)
    page.heading("For every attribute")
    page.say(f"Not known: {ways}. All are unknown to the rules, and reported as given.", 2, hang=2)
    if not detailed:
        page.say(
            "`mbc profile ATTRIBUTE` shows every accepted word, `--template` an empty profile to fill in.", 2, hang=2
        )
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()


def _attribute(page: Page, attribute: Attribute, catalog: Catalog, detailed: bool) -> None:
    values = ", ".join(value.id for value in attribute.values) or _KINDS[attribute.kind]
    page.say(f"{attribute.id}: {values}", 2, "bold" if detailed else "", hang=4)
    page.say(attribute.about + (citation_text(citations(attribute.cites)) if detailed else ""), 6)
    if not detailed:
        return
    page.say(f"Also called: {', '.join(attribute.aliases) or 'nothing else'}. Takes {_KINDS[attribute.kind]}.", 6)
    for value in attribute.values:
        also = f" (also {', '.join(value.aliases)})" if value.aliases else ""
        implies = f"; counts as {', '.join(value.implies)} too" if value.implies else ""
        page.say(f"- {value.id}{also}{implies}", 6, hang=2)
    for entry in attribute.not_in_documents:
        page.say(f"- {', '.join(entry.words)}: {entry.answer}", 6, hang=2)
    if attribute.kind == "regimens":
        page.say(f"Settings: {', '.join(SETTINGS)}. Reasons for stopping: {', '.join(STOPPED)}.", 6)
    if attribute.kind in ("regimens", "therapies"):
        _therapies(page, catalog)


def _therapies(page: Page, catalog: Catalog) -> None:
    page.say("Therapies, with the words accepted for each:", 6)
    for name in catalog.implied:
        accepted = [word for word, meaning in catalog.words.items() if meaning == name and word != name]
        spelled = sorted({word.replace("_", " ") for word in accepted} - {name.replace("_", " ")})
        page.say(f"- {name}" + (f" ({', '.join(spelled)})" if spelled else ""), 8, hang=2)


def render_template(attributes: list[Attribute], catalog: Catalog) -> str:
    """An empty profile in YAML, with comments; every line is a comment until it is filled in."""
    lines = [
        "# A profile for `mbc explore --profile FILE`. Remove the # before what is known; what is left out is unknown.",
        "# Quote + and -: er_status: '+'",
    ]
    for group, rows in groupby(attributes, key=lambda attribute: attribute.group):
        lines += ["", f"# {' '.join(catalog.groups.get(group, words(group)).split())}"]
        for attribute in rows:
            lines.append(f"#{attribute.id}: {_example(attribute)}")
    lines += ["", *(f"# {line}" for line in _wrapped(DISCLAIMER))]
    return "\n".join(lines) + "\n"


def _example(attribute: Attribute) -> str:
    names = [value.id for value in attribute.values]
    match attribute.kind:
        case "choice":
            return f"          # {' | '.join(names)}"
        case "list":
            return f"[]        # any of {', '.join(names)}"
        case "therapies":
            return "[]        # agents or categories, such as [letrozole, cdk4_6_inhibitor]"
        case "regimens":
            return "none      # or a list: ['tamoxifen@adjuvant,stopped=completed,months=30', 'trastuzumab+docetaxel']"
        case _:
            return "          # a whole number"


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 100)
