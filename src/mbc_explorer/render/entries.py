"""Entries, lists and search results as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import counted, listing, words
from mbc_explorer.render.page import Page
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from mbc_explorer.search import Found

Plain = dict[str, Any]
SHOWN_LINKS = 12


def render_entries(entries: list[Plain], *, everything: bool, color: bool = False) -> str:
    """Entries with their paragraphs and links; long lists of links are cut unless everything is asked for."""
    page = Page(color=color)
    for entry in entries:
        page.heading(f"{words(entry['kind']).upper()} {entry['id']}")
        if entry["name"] not in entry["text"]:
            page.say(entry["name"], 2, "bold", hang=2)
        for paragraph in entry["text"]:
            page.say(paragraph, 2, hang=2)
        for verbatim in entry.get("verbatim", []):
            page.say(f"In the text, sentence {verbatim['number']}: {verbatim['text']}", 2, hang=2)
        for address in entry.get("addresses", []):
            page.say(f"At its address: {address}", 2, hang=2)
        for label, links in entry["links"].items():
            shown = links if everything else links[:SHOWN_LINKS]
            page.say(f"{label[0].upper()}{label[1:]} ({len(links)}):", 2, "dim")
            for link in shown:
                same = link["name"] == link["id"]
                page.say(link["id"] if same else f"{link['id']}: {link['name']}", 4, hang=2)
            if len(shown) < len(links):
                page.say(f"and {len(links) - len(shown)} more (--all)", 4, "dim")
    return _ended(page)


def render_found(found: Found, *, color: bool = False) -> str:
    """What a search found, and whether the documents answer."""
    page = Page(color=color)
    for word, meant in found.read_as.items():
        page.say(f"{word!r} was read as {meant!r}.")
    if not found.asked:
        page.say("No word of the question counts; say what it is about.")
    elif found.unknown:
        shown = listing([repr(word) for word in found.unknown])
        page.say(f"The documents do not answer: nothing that was taken from them speaks of {shown}.")
    elif found.compared:
        shown = listing([repr(word) for word in found.compared])
        page.say(f"The documents do not answer: no statement compares {shown}.")
    elif not found.answered:
        shown = listing([repr(word) for word in found.asked])
        page.say(f"The documents do not answer as asked: no statement holds all of {shown}.")
    else:
        page.say(f"{counted(len(found.hits), 'result')}, the closest match of words first.")
    if found.hits and not found.answered:
        page.say("Nearest:")
    for hit in found.hits:
        page.say(f"{hit.name.kind} {hit.name.id}", 2, "bold", hang=2)
        page.say(hit.shown, 4)
        page.say(hit.where, 4, "dim")
    return _ended(page)


def render_list(heading: str, rows: list[tuple[str, str]], *, color: bool = False) -> str:
    """A list of (name, what of it)."""
    page = Page(color=color)
    page.say(heading, style="bold")
    for name, told in rows:
        page.say(f"{name}: {told}" if told else name, 2, hang=4)
    return _ended(page)


def render_differences(differences: list[Plain], *, color: bool = False) -> str:
    """Each difference with what every source says, who is silent, and why it matters."""
    page = Page(color=color)
    page.say(
        f"{counted(len(differences), 'point')} on which the documents differ, are dated or are oddly worded",
        style="bold",
    )
    for row in differences:
        page.heading(f"{row['title']} ({row['kind']}; {row['id']})")
        for side in row["sides"]:
            page.say(f"{side['source']} {', '.join(map(str, side['sentences']))}: {side['says']}", 2, hang=2)
        if row["silent"]:
            page.say(f"Silent: {', '.join(row['silent'])}", 2, hang=2)
        page.say(f"Why it matters: {row['why']}", 2, hang=2)
    return _ended(page)


def _ended(page: Page) -> str:
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()
