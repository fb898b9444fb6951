"""What another profile changes in the answer, as text."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.comparing import MOVES, RESTATED
from mbc_explorer.explain import words
from mbc_explorer.render.frame import closed, opened
from mbc_explorer.render.page import Page
from mbc_explorer.render.text import MARKS, STYLES
from mbc_explorer.render.words import (
    STANCE_WORDS,
    citation_text,
    fact_text,
    partners,
    place,
    reason,
    source_name,
)

Plain = dict[str, Any]

FEW = 12
"""So many options of a move are shown with their statements unless all are asked for."""


class Wording(NamedTuple):
    """How the two profiles are called."""

    headings: dict[str, str]
    """What stands above the options of each move."""
    one: str
    """What stands before the status by the first profile."""
    gone: str
    """What is said of a statement that held for the first profile alone."""
    why: str
    """What stands before the reason for that, which is the second profile's."""
    same: str
    """What is said of a status that is the same."""


NOW = Wording({name: f"{name.upper()}: {told}" for name, told in MOVES.items()}, "before", "no longer", "", "as before")
FOR_B = Wording(
    {
        "appears": "DESCRIBED FOR B, and not for A",
        "disappears": "DESCRIBED FOR A, and not for B",
        "settled": "UNDETERMINED FOR A, and not described for B",
        "unsettled": "UNDETERMINED FOR B, and not for A",
        "restated": "OTHERWISE STATED: the same status for both, by other statements",
    },
    "for A", "for A alone", "for B ", "for both",
)  # fmt: skip


class View(NamedTuple):
    """How much of an answer is shown."""

    details: bool = False
    """Each statement on its own, paraphrased, instead of one line a source."""
    everything: bool = False
    """Also what is otherwise cut, however long it is."""


BRIEF = View()


class Shown(NamedTuple):
    """What a page of moves is made with."""

    names: Plain
    sources: Plain
    wording: Wording
    view: View


def render_what_if(data: Plain, names: Plain, sources: Plain, *, view: View = BRIEF, color: bool = False) -> str:
    """What is different when something of a profile is stated otherwise.

    Args:
        data: what `comparing.what_if` found, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        view: how much is shown.
        color: mark up with terminal colors; the words are the same without.
    """
    page = opened("What would be different", data, names, color=color)
    page.heading("Stated otherwise")
    for row in data["stated"]:
        label = names["attributes"][row["attribute"]]
        page.say(f"{label}: {_value(row['to'])} (before: {_value(row['from'])})", 2, hang=2)
    if not data["stated"]:
        page.say("nothing; the profile says so already", 2)
    if data["follows"]:
        page.heading("What follows from that")
    for row in data["follows"]:
        label = names["attributes"][row["attribute"]]
        before = (row["from"] or "not known").removeprefix(label).removeprefix(":").strip()
        page.say(f"{row['to'] or f'{label}: not known'} (before: {before})", 2, hang=2)
    before, after = data["notes"]
    _notes(page, [note for note in after if note not in before])
    _moves(page, data["options"], Shown(names, sources, NOW, view))
    return closed(page, data)


def render_compared(data: Plain, names: Plain, sources: Plain, *, view: View = BRIEF, color: bool = False) -> str:
    """How the answers to two profiles differ; `files` in the data are the names that the two came by."""
    page = Page(color=color)
    page.say("How the answers to two profiles differ", style="bold")
    page.say("Educational only; not medical advice. See the end.")
    page.heading("The profiles, as understood")
    for letter, file, profile in zip("AB", data["files"], data["profiles"], strict=True):
        page.say(f"{letter}: {file}{'' if profile else ' (nothing is known)'}", 2, hang=2)
    differing = {row["attribute"]: row for row in data["stated"]}
    shared = {name: value for name, value in data["profiles"][0].items() if name not in differing}
    for name, value in shared.items():
        page.say(f"{names['attributes'][name]}: {fact_text(value)} (both)", 2, hang=2)
    for name, row in differing.items():
        label = names["attributes"][name]
        page.say(f"{label}: {_value(row['from'])} (A), {_value(row['to'])} (B)", 2, hang=2)
    if data["follows"]:
        page.heading("What follows for one of them, or otherwise for the other")
    for row in data["follows"]:
        label = names["attributes"][row["attribute"]]
        one, other = (
            (row[side] or "not known").removeprefix(label).removeprefix(":").strip() for side in ("from", "to")
        )
        page.say(f"{label}: {one} (A), {other} (B)", 2, hang=2)
    for letter, notes in zip("AB", data["notes"], strict=True):
        _notes(page, notes, f"Notes on {letter}")
    _moves(page, data["options"], Shown(names, sources, FOR_B, view))
    return closed(page, data)


def _value(value: Any) -> str:
    return "not stated" if value is None else fact_text(value)


def _notes(page: Page, notes: list[Plain], heading: str = "Notes") -> None:
    if notes:
        page.heading(heading)
    for note in notes:
        page.say(f"* {note['note']}{citation_text(note['citations'])}", 2, hang=2)


def _moves(page: Page, options: list[Plain], shown: Shown) -> None:
    """The options by how they move; those whose status stays by name only, unless everything is asked for."""
    if not options:
        page.heading("No option moves")
        page.say("The same statements hold for the same options.", 2)
    for move, heading in shown.wording.headings.items():
        rows = [option for option in options if option["move"] == move]
        if rows:
            page.heading(f"{heading} ({len(rows)})")
        opened_rows = rows if shown.view.everything else rows[: 0 if move == RESTATED else FEW]
        for option in opened_rows:
            status = words(option["from"])
            told = f"; {status}, {shown.wording.same}" if move == RESTATED else f"; {shown.wording.one}: {status}"
            page.say(f"{MARKS[option['to']]} {option['name']}{told}", 2, STYLES[option["to"]], hang=2)
            say_statements(page, option, shown, 4)
        rest = [row["name"] for row in rows[len(opened_rows) :]]
        if rest:
            page.say(f"{'and ' if opened_rows else ''}{', '.join(rest)} (--all shows the statements)", 2, hang=2)


def say_statements(page: Page, option: Plain, shown: Shown, indent: int) -> None:
    """The statements that move an option, by source: in short, or each on its own and paraphrased."""
    for source, group in groupby(option["because"], key=lambda row: row["anchor"]["source"]):
        rules = [{**row, "why": _why(row, option["move"], shown.wording)} for row in group]
        name = source_name(shown.sources[source])
        if not shown.view.details:
            told = "; ".join(f"{places} [{why}]" for why, places in _places(rules, shown.names).items())
            page.say(f"{name}: {told}", indent, hang=2)
            continue
        page.say(name, indent)
        for rule in rules:
            worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
            page.say(f"{place(rule)}{partners(rule, shown.names)} [{rule['why']}]:", indent + 2, hang=2)
            page.say(f"{rule['paraphrase']}{worded}", indent + 4)


def _places(rules: list[Plain], names: Plain) -> dict[str, str]:
    """Where the rules stand that have the same reason: `hr-positive 28, 33 (with ovarian suppression)`."""
    found: dict[str, dict[tuple[str, str], dict[int, None]]] = {}
    for rule in rules:
        place = rule["anchor"]["section"], partners(rule, names)
        numbers = found.setdefault(rule["why"], {}).setdefault(place, {})
        numbers.update(dict.fromkeys(sentence["number"] for sentence in rule["anchor"]["sentences"]))
    return {
        why: ", ".join(f"{section} {', '.join(map(str, some))}{beside}" for (section, beside), some in places.items())
        for why, places in found.items()
    }


def _why(rule: Plain, move: str, wording: Wording) -> str:
    """What a statement does, if it is not a plain "says" for the second profile, and why."""
    stance = "" if rule["stance"] == DESCRIBES else STANCE_WORDS[rule["stance"], "met"]
    told = reason({**rule, "criterion": rule["to"]})
    if rule["from"] == "met" and (stance or move == RESTATED):
        return f"{wording.gone}{stance and ': '}{stance}; {wording.why}{told}"
    return f"{stance}: {told}" if stance else told
