"""Other readings as text: the statement, the condition that decides, each other one, and where they part."""

from __future__ import annotations

from typing import Any

from mbc_explorer.explain import counted, listing
from mbc_explorer.render.frame import closed, opened
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import STANCE_WORDS, STATUS_TITLES, brief_place, fact_text, partners, place, source_name

Plain = dict[str, Any]
DECIDES = "The reading that is named first is the one that decides every answer."
TRUTHS = {"met": "met", "not_met": "not met", "unknown": "unknown"}


def render_readings(data: Plain, names: Plain, sources: Plain, *, details: bool = False, color: bool = False) -> str:
    """The other readings by statement; those that rules of a statement share are told once.

    Args:
        data: readings, with what every answer begins with; with a `profile`, those that come to something else there.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: with a profile, tell also those in full on which no option's status hangs.
        color: mark up with terminal colors; the words are the same without.
    """
    rows = data["readings"]
    if "profile" in data:
        page = opened("Where another reading comes to something else", data, names, color=color)
        page.heading(f"Other readings: {len(rows)} come to something else here, {data['agree']} to the same")
        page.say(DECIDES, 2)
    else:
        page = Page(color=color)
        page.say("Sentences that can be read in two ways", style="bold")
        page.say("Educational only; not medical advice. See the end.")
        rules = len({row["rule"] for row in rows})
        page.say(f"{counted(len(rows), 'other reading')} of {counted(rules, 'rule')}. {DECIDES}")
    moving = [row for row in rows if "statuses" not in row or row["statuses"]["own"] != row["statuses"]["other"]]
    for some in _by_statement(moving):
        _statement(page, some, names, sources)
    rest = [row for row in rows if row not in moving]
    if rest:
        page.heading(f"Without a change of any option's status ({len(rest)}{'' if details else '; --details'})")
    for some in _by_statement(rest):
        if details:
            _statement(page, some, names, sources)
        else:
            _in_short(page, some, names, sources)
    return closed(page, data)


def _by_statement(rows: list[Plain]) -> list[list[Plain]]:
    """Readings of rules that share a statement and a condition, together."""
    found: dict[tuple[str, str], list[Plain]] = {}
    for row in rows:
        found.setdefault((row["statement"], row["own"]), []).append(row)
    return list(found.values())


def _in_short(page: Page, rows: list[Plain], names: Plain, sources: Plain) -> None:
    """A statement in a line: what its condition comes to here, and what by the other readings."""
    first = rows[0]
    options = listing(dict.fromkeys(f"{row['name']}{partners(row, names)}" for row in rows))
    where = f"{source_name(sources[first['anchor']['source']])}: {brief_place(first)}"
    others = listing(dict.fromkeys(TRUTHS[row["truths"]["other"]] for row in rows))
    page.say(f"{options} ({where}): {TRUTHS[first['truths']['own']]}; read otherwise, {others}", 2, hang=2)


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
        only = "" if len(some) == len(options) else f"; of {listing(options[row['rule']] for row in some)}"
        truth = f" [{TRUTHS[some[0]['truths']['other']]}]" if "truths" in some[0] else ""
        name = some[0]["id"].rpartition("/")[2]
        page.say(f"Read otherwise ({name}{only}){truth}: {other}", 2, hang=2)
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
