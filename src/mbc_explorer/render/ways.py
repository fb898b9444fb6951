"""The smallest changes under which a document would describe an option, as text."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.counterfactuals import KINDS
from mbc_explorer.edit import CAN_CHANGE, CANNOT_CHANGE, UNKNOWN_BEFORE
from mbc_explorer.explain import counted
from mbc_explorer.render.frame import asked, closed, opened
from mbc_explorer.render.page import HELD, Twig
from mbc_explorer.render.words import assignment, fact_text, folded, partners, place, source_name

if TYPE_CHECKING:
    from mbc_explorer.render.words import Slots

Plain = dict[str, Any]

HEADINGS = {
    UNKNOWN_BEFORE: "With facts that are merely unknown so far",
    CAN_CHANGE: "With a fact that can come to be otherwise",
    CANNOT_CHANGE: "With a fact that cannot change: another case than this one",
}
"""What stands above the ways whose changes go so far."""
FEW = 5
"""So many ways are shown unless all are asked for."""
LONG = 50
"""What is longer is not said again."""


class Change(NamedTuple):
    """A change that a way makes, in words."""

    text: str
    """What comes to be so."""
    now: str
    """What is so before it."""
    typed: str


def render_nearest(data: Plain, names: Plain, sources: Plain, *, everything: bool = False, color: bool = False) -> str:
    """The smallest changes to a profile under which a document would describe an option.

    Args:
        data: what `counterfactuals.nearest` found, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        everything: show every way, however many there are.
        color: mark up with terminal colors; the words are the same without.
    """
    option = data["option"]
    page = opened(f"Nearest: {option['name']}", data, names, color=color)
    asked(page, data, names)
    if option["status"] == "described":
        page.say(f"Nothing has to change. `mbc why {option['id']}` shows the statements that hold.", 2, hang=2)
    elif not data["ways"]:
        of = " in these documents" if "narrowed_to" in data else ""
        page.say(f"No change leads to it{of}; `mbc why-not {option['id']}` shows what is said of it.", 2, hang=2)
    numbers = count(1)
    seen: set[str] = set()
    hidden = 0
    for kind in KINDS:
        found = _together([way for way in data["ways"] if _kind(way) == kind], kind, names)
        shown = {slots: rules for slots, rules in found.items() if everything or next(numbers) <= FEW}
        hidden += len(found) - len(shown)
        if shown:
            page.heading(HEADINGS[kind])
            page.tree(
                _way(slots, [_statement(rule, names, sources, seen) for rule in rules])
                for slots, rules in shown.items()
            )
    if hidden:
        page.say(f"and {counted(hidden, 'more way')} (--all)", 0, "dim")
    if data["ways"]:
        page.heading("To see what else such a change brings and takes")
        page.say("Give it to `mbc what-if`, with the same profile.", 2)
    return closed(page, data)


def _together(ways: list[Plain], kind: str, names: Plain) -> dict[Slots[Change], list[Plain]]:
    """Ways that differ in one change of which any will do as one, each with the rules that it meets."""
    by_rule: dict[str, list[Plain]] = {}
    for way in ways:
        by_rule.setdefault(way["rule"], []).append(way)
    found: dict[Slots[Change], list[Plain]] = {}
    for rows in by_rule.values():
        for slots in folded(tuple(_change(change, kind, names) for change in way["changes"]) for way in rows):
            found.setdefault(slots, []).append(rows[0])
    return dict(sorted(found.items(), key=lambda way: len(way[0])))


def _kind(way: Plain) -> str:
    """The kind of the change that goes furthest."""
    return KINDS[max(KINDS.index(change["kind"]) for change in way["changes"])]


def _change(change: Plain, of: str, names: Plain) -> Change:
    """A change within a way whose changes go so far."""
    label = names["attributes"][change["attribute"]]
    text = " and ".join(change["facts"]) or f"{label}: {_stated(change['to'])}"
    now = "" if of == UNKNOWN_BEFORE and change["from"] is None else _now(change, label, text)
    return Change(text, now, assignment(change["attribute"], change["to"]))


def _now(change: Plain, label: str, text: str) -> str:
    """What is so before a change, without what was just said, and not at length."""
    if change["from"] is None:
        return "unknown now" if change["kind"] == UNKNOWN_BEFORE else "not stated now"
    stated = fact_text(change["from"])
    told = stated if text.startswith(f"{label}: ") else f"{label}: {stated}"
    now = f"now {told}" if len(told) <= LONG else "now otherwise"
    return f"{now}, which cannot change" if change["kind"] == CANNOT_CHANGE else now


def _stated(value: Any) -> str:
    return "not stated" if value is None else fact_text(value)


def _statement(rule: Plain, names: Plain, sources: Plain, seen: set[str]) -> str:
    """Who says it and where, and what, unless that was told before."""
    where = f"{source_name(sources[rule['source']])}, {place(rule)}{partners(rule, names)}"
    if rule["rule"] in seen:
        return f"{where}, as above"
    seen.add(rule["rule"])
    worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
    return f"{where}: {rule['paraphrase']}{worded}"


def _way(slots: Slots[Change], statements: list[str]) -> Twig:
    """Changes that are made together, what to type, and the statements that then hold."""
    told = [f"{', or '.join(change.text for change in slot)}{_now_of(slot)}" for slot in slots]
    example = "for example " if any(len(slot) > 1 for slot in slots) else ""
    typed = example + " ".join(slot[0].typed.replace(" ", HELD, 1) for slot in slots)
    return Twig("; and ".join(told), (Twig(typed, style="bold"), *map(Twig, statements)))


def _now_of(changes: tuple[Change, ...]) -> str:
    now = [change.now for change in changes if change.now]
    return f" ({'; '.join(dict.fromkeys(now))})" if now else ""
