"""Minimal pairs as text: a criterion each, the statement, and two cases that it tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import counted, listing
from mbc_explorer.render.frame import closed
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import STANCE_WORDS, STATUS_TITLES, brief_place, fact_text, partners, place, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable

Plain = dict[str, Any]
SIDES = {"met": "Case A", "not_met": "Case B"}


def render_pairs(data: Plain, names: Plain, sources: Plain, *, details: bool = False, color: bool = False) -> str:
    """Each pair with the statement, what tells its cases apart, and what the documents say of the option in either.

    Args:
        data: pairs, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: also show everything that both cases share.
        color: mark up with terminal colors; the words are the same without.
    """
    page = Page(color=color)
    page.say("Minimal pairs: two made-up cases that differ in one fact, and in what a document says", style="bold")
    page.say("Educational only; not medical advice. See the end.")
    drawn = "" if len(data["pairs"]) == data["boundaries"] else f", of {data['boundaries']}"
    page.say(f"{counted(len(data['pairs']), 'pair')}{drawn}; seed {data['seed']}. Every fact of each case is known.")
    told = _Told(names, sources)
    for number, pair in enumerate(data["pairs"], 1):
        page.heading(f"{number}. {pair['name']}{partners(pair, names)}. It turns on: {pair['fact']}")
        worded = f" Worded for {pair['worded_for']}." if pair["worded_for"] else ""
        said = STANCE_WORDS[pair["stance"], "met"]
        of = source_name(sources[pair["anchor"]["source"]])
        page.say(f"{of}, {place(pair)}, {said}: {pair['paraphrase']}{worded}", 2, hang=2)
        if pair["differ"] is None:
            page.say("No pair was found with this seed; another may find one.", 2)
            continue
        for side, label in SIDES.items():
            page.say(f"{label}. {told.differs(pair, side)}", 2, hang=2)
            page.say(told.outcome(pair, side), 4, hang=2)
        shared = told.shared(pair, pair["asks"])
        if shared:
            page.say(f"In both: {'; '.join(shared)}", 2, hang=2)
        if details:
            page.say(f"And also in both: {'; '.join(told.shared(pair, but=pair['asks']))}", 2, hang=2)
    if not details:
        page.heading("The rest of each case")
        page.say("Shown is what a statement asks about; --details shows the whole cases, --json all of it as data.", 2)
    return closed(page, data)


class _Told:
    """What is said of the two sides of a pair."""

    def __init__(self, names: Plain, sources: Plain) -> None:
        self._names = names
        self._sources = sources

    def _stated(self, attribute: str, value: Any) -> str:
        return f"{self._names['attributes'][attribute]}: {fact_text(value)}"

    def differs(self, pair: Plain, side: str) -> str:
        """The fact that differs, and what follows from it for what is asked about or otherwise stated."""
        differ = pair["differ"]
        shown = {*pair["asks"], *pair["met"]["profile"].keys() ^ pair["not_met"]["profile"].keys()}
        follows = [fact[side] for fact in pair["follows"] if fact["attribute"] in shown]
        derived = f" ({'; '.join(follows)})" if follows else ""
        return f"{self._stated(differ['attribute'], differ[side])}{derived}"

    def outcome(self, pair: Plain, side: str) -> str:
        """Whether the statement holds, what the option is, and by which statements."""
        told = pair[side]
        holds = "The statement holds" if side == "met" else "It does not"
        others = [rule for rule in told["says"] if rule["rule"] != pair["rule"]]
        by = f" Also holding: {self._places(others)}." if others and side == "met" else ""
        by = f" Holding: {self._places(others)}." if others and side == "not_met" else by
        return f"{holds}; the option is {STATUS_TITLES[told['status']].casefold()}.{by}"

    def _places(self, rules: Iterable[Plain]) -> str:
        by_source: dict[str, list[str]] = {}
        for rule in rules:
            stance = "" if rule["stance"] == "describes" else f" ({STANCE_WORDS[rule['stance'], 'met']})"
            by_source.setdefault(rule["anchor"]["source"], []).append(f"{brief_place(rule)}{stance}")
        return "; ".join(f"{source_name(self._sources[name])}: {listing(some)}" for name, some in by_source.items())

    def shared(self, pair: Plain, among: Iterable[str] | None = None, *, but: Iterable[str] = ()) -> list[str]:
        """What is stated alike in both cases, of some attributes, or of all others."""
        met, not_met = (pair[side]["profile"] for side in SIDES)
        return [
            self._stated(name, value)
            for name, value in met.items()
            if name not in but and (among is None or name in among) and not_met.get(name) == value
        ]
