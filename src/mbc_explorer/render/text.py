"""A report as text for a terminal: 80 columns, readable without color."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import counted, words
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import (
    QUIET_VIEWS,
    STATUS_TITLES,
    brief_place,
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
    from mbc_explorer.report import Report

Plain = dict[str, Any]
FEW_POINTS = 12
MARKS = {"described": "+", "undetermined": "?", "not_described": "-"}
FURTHER = (
    ("mbc grid", "the categories in one table; --category NAME or --option NAME shows a part of this page"),
    ("mbc why NAME, mbc why-not NAME", "one option, criterion by criterion"),
    ("mbc missing", "which questions are still worth asking"),
)
"""The commands that go on from an answer."""
STYLES = {"described": "green", "undetermined": "yellow", "not_described": "dim"}


def render_text(report: Report, *, everything: bool = False, details: bool = False, color: bool = False) -> str:
    """The report as text.

    Args:
        report: what to show.
        everything: also show what is not described, with the criterion that rules it out.
        details: each statement on its own, paraphrased, instead of one line a source.
        color: mark up with terminal colors; the words are the same without.
    """
    return _ReportPage(report.data, details, color).rendered(everything)


class _ReportPage(Page):
    def __init__(self, data: Plain, details: bool, color: bool) -> None:
        super().__init__(color=color)
        self.details = details
        self.data = data
        self.names = data["names"]
        self.sources = {source["id"]: source for source in data["sources"]}

    def rendered(self, everything: bool) -> str:
        self.say("What five public documents say of this profile", style="bold")
        self.say("Educational only; not medical advice. See the end.")
        self._profile()
        self._notes()
        self._statuses(everything)
        self._beside_profile()
        self._points()
        self.heading("The documents")
        if "as_of" in self.data:
            asked = self.data["as_of"]
            left_out = ", ".join(asked["left_out"]) or "none"
            self.say(f"As of {asked['date']}, undated sources {asked['undated']}. Left out: {left_out}.", 2, hang=2)
        for source in self.data["sources"]:
            self.say(f"{source['id']}: {source_line(source)}", 2, hang=2)
        self.heading("To go on, with the same profile")
        for command, what in FURTHER:
            self.say(f"{command}: {what}", 2, hang=2)
        self.heading("Please note")
        self.say(self.data["disclaimer"], 2)
        self.say(made_by(self.data), 2, "dim")
        return self.text()

    def _profile(self) -> None:
        self.heading("The profile, as understood")
        for name, value in self.data["profile"].items():
            self.say(f"{self.names['attributes'][name]}: {fact_text(value)}", 2)
        if not self.data["profile"]:
            self.say("nothing is known", 2)
        derived = [fact for fact in self.data["derived"] if fact["basis"] != "structure"]
        if derived:
            self.heading("What follows from it")
        for fact in derived:
            self.say(derived_text(fact, self.names), 2, hang=2)

    def _beside_profile(self) -> None:
        if self.data.get("beside_profile"):
            self.heading("What the documents say of what was given")
        for statement in self.data.get("beside_profile", []):
            self._beside(statement, 2)

    def _beside(self, statement: Plain, indent: int) -> None:
        where = f"{statement['anchor']['source']} {brief_place(statement)}"
        self.say(f"{words(statement['kind'])}: {statement['paraphrase']} [{where}]", indent, hang=2)

    def _points(self) -> None:
        """The differences at hand by title: a dozen, or all where details are asked for."""
        points = self.data["differences"]
        if not points:
            return
        self.heading(f"Where the documents differ on this ({len(points)})")
        shown = points if self.details else points[:FEW_POINTS]
        for point in shown:
            self.say(f"{point['title']} ({point['id']})", 2, hang=2)
        rest = f"and {len(points) - len(shown)} more (--details). " if len(shown) < len(points) else ""
        self.say(f"{rest}`mbc show ID` tells what each document says.", 2, "dim")

    def _notes(self) -> None:
        if self.data["notes"]:
            self.heading("Notes")
        for note in self.data["notes"]:
            self.say(f"* {note['note']}{citation_text(note['citations'])}", 2, hang=2)

    def _statuses(self, everything: bool) -> None:
        counts = self.data["summary"]["statuses"]
        self.heading("Options")
        for status in STATUSES:
            total = counts[status]
            self.say(f"{MARKS[status]} {STATUS_TITLES[status].casefold()} ({total}): {LEGEND[status]}", 2, hang=2)
        if "narrowed_to" in self.data:
            self.say(narrowed_text(self.data["narrowed_to"]), 2, hang=2)
        for status in STATUSES:
            options = [option for option in self.data["options"] if option["status"] == status]
            if not options:
                continue
            self.heading(f"{STATUS_TITLES[status].upper()} ({len(options)})")
            if status == "not_described" and not everything:
                self.say(f"{counted(len(options), 'option')}; --all shows them with what rules them out.", 2)
                continue
            for category, group in groupby(options, key=lambda option: option["category"]):
                self.heading(" > ".join(self.names["categories"][step] for step in category))
                for option in group:
                    self._option(option)

    def _option(self, option: Plain) -> None:
        status = option["status"]
        agents = [self.names["agents"][agent] for agent in option["agents"]]
        unnamed = [agent for agent in agents if agent.casefold() not in option["name"].casefold()]
        name = f"{option['name']} ({', '.join(unnamed)})" if unnamed else option["name"]
        missing = f"; missing: {missing_text(option['missing'], self.names)}" if option["missing"] else ""
        self.say(f"{MARKS[status]} {name}{missing}", 2, STYLES[status], hang=2)
        for view in option["sources"]:
            everything = self.details or status == "not_described"
            told = [rule for rule in view["rules"] if everything or rule["criterion"] != "not_met"]
            if told and self.details:
                self.say(source_name(self.sources[view["source"]]), 4)
                for rule in told:
                    self._statement(rule)
                for statement in view.get("beside", []):
                    self._beside(statement, 6)
            elif told:
                name = source_name(self.sources[view["source"]])
                self.say(f"{name}: {'; '.join(self._brief(rule) for rule in told)}", 4, hang=2)
        rest = self._rest(option)
        if rest:
            self.say(rest, 4, "dim", hang=2)

    def _brief(self, rule: Plain) -> str:
        """One rule within a line: where, what of it if it is not a plain "says", and why."""
        stance = "" if rule["stance"] == "describes" else f"{said(rule)}: "
        return f"{brief_place(rule)}{partners(rule, self.names)} [{stance}{reason(rule)}]"

    def _statement(self, rule: Plain) -> None:
        worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
        self.say(f"{place(rule)}, {said(rule)}{partners(rule, self.names)}:", 6, hang=2)
        self.say(f"{reason(rule)}. {rule['paraphrase']}{worded}", 8)

    def _rest(self, option: Plain) -> str:
        """In one line: who speaks of it under other conditions, who only of its class, who not at all."""
        found: dict[str, list[str]] = {}
        for view in option["sources"]:
            other = [rule for rule in view["rules"] if rule["criterion"] == "not_met"]
            if other and not self.details and option["status"] != "not_described":
                numbers = dict.fromkeys(str(s["number"]) for rule in other for s in rule["anchor"]["sentences"])
                found.setdefault("other conditions", []).append(f"{view['source']} {', '.join(numbers)}")
            for kind, label in QUIET_VIEWS.items():
                if kind in view["view"]:
                    found.setdefault(label, []).append(view["source"])
        return ". ".join(f"{label[0].upper()}{label[1:]}: {', '.join(names)}" for label, names in found.items())
