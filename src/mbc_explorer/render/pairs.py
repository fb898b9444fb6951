"""Minimal pairs as text: each statement with the cases that its criteria tell apart."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import counted
from mbc_explorer.render.frame import closed
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import STANCE_WORDS, STATUS_TITLES, fact_text, partners, place, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable

Plain = dict[str, Any]
SIDES = {"met": "A", "not_met": "B"}


def render_pairs(data: Plain, names: Plain, sources: Plain, *, details: bool = False, color: bool = False) -> str:
    """The pairs of each rule, with what the documents say of the option on either side.

    Args:
        data: pairs, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: also show everything that both cases share.
        color: mark up with terminal colors; the words are the same without.
    """
    page = Page(color=color)
    page.say("Minimal pairs: two made-up cases, A and B, that one fact tells apart", style="bold")
    page.say("Educational only; not medical advice. See the end.")
    drawn = "" if len(data["pairs"]) == data["boundaries"] else f" of {data['boundaries']}, drawn by the seed"
    page.say(f"{counted(len(data['pairs']), 'pair')}{drawn}. Seed {data['seed']}. Every fact of a case is known.")
    told = _Told(names, sources, details)
    numbered = enumerate(data["pairs"], 1)
    for _, some in groupby(numbered, key=lambda row: row[1]["rule"]):
        told.rule(page, list(some))
    if not data["boundaries"]:
        page.say("No statement that is asked for has a criterion that tells cases apart.")
    elif not details:
        page.heading("The rest of each case")
        page.say("Shown is what the statement asks about; --details shows both cases whole, as --json does.", 2)
    return closed(page, data)


class _Told:
    """What is said of rules and of the two sides of their pairs."""

    def __init__(self, names: Plain, sources: Plain, details: bool) -> None:
        self._names = names
        self._sources = sources
        self._details = details

    def rule(self, page: Page, pairs: list[tuple[int, Plain]]) -> None:
        """A rule with its pairs, each with its number on the page."""
        rule = pairs[0][1]
        page.heading(f"{rule['name']}{partners(rule, self._names)}")
        worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
        of = f"{source_name(self._sources[rule['anchor']['source']])}: {place(rule)}"
        page.say(f"{of}, {STANCE_WORDS[rule['stance'], 'met']}: {rule['paraphrase']}{worded}", 2, hang=2)
        for number, pair in pairs:
            page.say(f"{number}. It turns on {pair['fact']}", 2, hang=3)
            if pair["differ"] is None:
                page.say("No pair was found with this seed; another may find one.", 5)
            else:
                self._pair(page, pair)

    def _pair(self, page: Page, pair: Plain) -> None:
        for side, label in SIDES.items():
            page.say(f"{label}: {self._differs(pair, side)}", 5, hang=3)
            page.say(self._outcome(pair, side), 8, hang=2)
        shared = self._shared(pair)
        asked = [text for name, text in shared.items() if name in pair["asks"]]
        rest = [text for name, text in shared.items() if name not in pair["asks"]]
        if asked:
            page.say(f"In both: {'; '.join(asked)}", 5, hang=3)
        if self._details:
            page.say(f"Not asked about, in both: {'; '.join(rest)}", 5, hang=3)

    def _stated(self, attribute: str, value: Any) -> str:
        return f"{self._names['attributes'][attribute]}: {fact_text(value)}"

    def _differs(self, pair: Plain, side: str) -> str:
        """The fact that differs, and what follows from it: what is asked about, or stated on the other side."""
        differ = pair["differ"]
        shown = {*pair["asks"], *(pair["met"]["profile"].keys() ^ pair["not_met"]["profile"].keys())}
        follows = [fact[side] for fact in pair["follows"] if fact["attribute"] in shown or fact["met"] == pair["fact"]]
        also = f" (with it {'; '.join(follows)})" if follows else ""
        return f"{self._stated(differ['attribute'], differ[side])}{also}"

    def _outcome(self, pair: Plain, side: str) -> str:
        """Whether the statement holds, what the option is there, and which other statements on it hold."""
        told = pair[side]
        holds = "The statement holds" if side == "met" else "The statement does not hold"
        still = "still " if side == "not_met" and told["status"] == pair["met"]["status"] else ""
        status = STATUS_TITLES[told["status"]].casefold()
        others = {name: [rule for rule in pair[name]["says"] if rule["rule"] != pair["rule"]] for name in SIDES}
        by = f" {'Also holding' if side == 'met' else 'Holding'}: {self._places(others[side])}." if others[side] else ""
        if side == "not_met" and others["met"] and others["not_met"] == others["met"]:
            by = " The other statements hold here too."
        return f"{holds}; the option is {still}{status}.{by}"

    def _places(self, rules: Iterable[Plain]) -> str:
        """`CancerCare, 2024-02-19: hr-positive 33, 34`, and the same of the other documents."""
        found: dict[str, dict[str, list[str]]] = {}
        for rule in rules:
            stance = "" if rule["stance"] == "describes" else f" ({STANCE_WORDS[rule['stance'], 'met']})"
            anchor = rule["anchor"]
            sections = found.setdefault(source_name(self._sources[anchor["source"]]), {})
            numbers = [str(sentence["number"]) for sentence in anchor["sentences"]]
            sections.setdefault(anchor["section"], []).append(f"{', '.join(numbers)}{stance}")
        told = {
            name: ", ".join(f"{section} {', '.join(dict.fromkeys(numbers))}" for section, numbers in sections.items())
            for name, sections in found.items()
        }
        return "; ".join(f"{name}: {text}" for name, text in told.items())

    def _shared(self, pair: Plain) -> dict[str, str]:
        """What is stated alike in both cases, by attribute."""
        met, not_met = (pair[side]["profile"] for side in SIDES)
        return {name: self._stated(name, value) for name, value in met.items() if not_met.get(name) == value}
