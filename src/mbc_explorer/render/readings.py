"""Other readings as text: the statement, the condition that decides, each other one, and where they part."""

from __future__ import annotations

from typing import Any

from mbc_explorer.explain import counted, listing
from mbc_explorer.render.frame import closed, opened
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import STANCE_WORDS, STATUS_TITLES, fact_text, partners, place, source_name

Plain = dict[str, Any]
TRUTHS = {"met": "met", "not_met": "not met", "unknown": "unknown"}


def render_readings(data: Plain, names: Plain, sources: Plain, *, color: bool = False) -> str:
    """The other readings by statement; those that rules of a statement share are told once.

    Args:
        data: readings, with what every answer begins with; with a `profile`, those that come to something else there.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        color: mark up with terminal colors; the words are the same without.
    """
    page = _of_profile(data, names, color) if "profile" in data else _of_texts(data, color)
    by_statement: dict[tuple[str, str], list[Plain]] = {}
    for row in data["readings"]:
        by_statement.setdefault((row["statement"], row["own"]), []).append(row)
    for rows in by_statement.values():
        _statement(page, rows, names, sources)
    return closed(page, data)


def _of_texts(data: Plain, color: bool) -> Page:
    page = Page(color=color)
    page.say("Sentences that can be read in two ways", style="bold")
    page.say("Educational only; not medical advice. See the end.")
    rules = len({row["rule"] for row in data["readings"]})
    page.say(
        f"{counted(len(data['readings']), 'other reading')} of {counted(rules, 'rule')}. The reading named first is the "
        "one that decides every answer; with a profile, only readings that come to something else are shown."
    )
    return page


def _of_profile(data: Plain, names: Plain, color: bool) -> Page:
    page = opened("Where another reading comes to something else", data, names, color=color)
    apart = data["readings"]
    moved = {row["option"]: row["name"] for row in apart if row["statuses"]["own"] != row["statuses"]["other"]}
    page.heading(f"Other readings: {len(apart)} come to something else, {data['agree']} to the same")
    if apart:
        told = f"An option's status hangs on it for {', '.join(moved.values())}." if moved else "No status hangs on one."
        page.say(f"The reading named first is the one that decides. {told}", 2)
    return page


def _statement(page: Page, rows: list[Plain], names: Plain, sources: Plain) -> None:
    """A statement with the condition that decides, and each other reading of it."""
    first = rows[0]
    options = {row["rule"]: f"{row['name']}{partners(row, names)}" for row in rows}
    page.heading(listing(dict.fromkeys(options.values())))
    worded = f" Worded for {first['worded_for']}." if first["worded_for"] else ""
    of = source_name(sources[first["anchor"]["source"]])
    page.say(f"{of}, {place(first)}, {STANCE_WORDS[first['stance'], 'met']}: {first['paraphrase']}{worded}", 2, hang=2)
    truth = f" [{TRUTHS[first['truths']['own']]}]" if "truths" in first else ""
    page.say(f"Decides{truth}: {first['own']}", 2, hang=2)
    shared: dict[tuple[str, str], list[Plain]] = {}
    for row in rows:
        shared.setdefault((row["because"], row["other"]), []).append(row)
    for (because, other), some in shared.items():
        only = "" if len(some) == len(options) else f", of {listing(options[row['rule']] for row in some)}"
        truth = f" [{TRUTHS[some[0]['truths']['other']]}]" if "truths" in some[0] else ""
        page.say(f"Read otherwise{only}{truth}: {other}", 2, hang=2)
        page.say(because, 4)
        page.say(_consequence(some) if truth else _parting(some[0]["parting"], names), 4, hang=2)


def _parting(parting: Plain, names: Plain) -> str:
    stated = "; ".join(f"{names['attributes'][name]}: {fact_text(value)}" for name, value in parting["profile"].items())
    own, other = (TRUTHS[parting[side]] for side in ("own", "other"))
    return f"They part on {stated}: as it decides, {own}; read otherwise, {other}."


def _consequence(rows: list[Plain]) -> str:
    """What the options would be if this reading decided."""
    told: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        own, other = (STATUS_TITLES[row["statuses"][side]].casefold() for side in ("own", "other"))
        told.setdefault((own, other), []).append(row["name"])
    return " ".join(
        f"{listing(found)}: {own} either way." if own == other else f"{listing(found)}: {own}; read so, {other}."
        for (own, other), found in told.items()
    )
