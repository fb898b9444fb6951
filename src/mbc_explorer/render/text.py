"""A report as text for a terminal: 80 columns, readable without color."""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from mbc_explorer.explain import counted, words
from mbc_explorer.render.words import (
    QUIET_VIEWS,
    STATUS_TITLES,
    citation_text,
    fact_text,
    missing_text,
    partners,
    place,
    said,
    source_line,
    source_name,
)
from mbc_explorer.report import LEGEND, STATUSES

if TYPE_CHECKING:
    from mbc_explorer.report import Report

Plain = dict[str, Any]
WIDTH = 80
MARKS = {"described": "+", "undetermined": "?", "not_described": "-"}
STYLES = {"described": "green", "undetermined": "yellow", "not_described": "dim"}


def render_text(report: Report, *, everything: bool = False, color: bool = False) -> str:
    """The report as text.

    Args:
        report: what to show.
        everything: also show what is not described, with the criterion that rules it out.
        color: mark up with terminal colors; the words are the same without.
    """
    return _Page(report.data, color).text(everything)


class _Page:
    def __init__(self, data: Plain, color: bool) -> None:
        self.data = data
        self.names = data["names"]
        self.sources = {source["id"]: source for source in data["sources"]}
        self.out = StringIO()
        self.console = Console(
            file=self.out, width=WIDTH, force_terminal=color, color_system="standard" if color else None,
            highlight=False, legacy_windows=False,
        )  # fmt: skip

    def say(self, text: str, indent: int = 0, style: str = "") -> None:
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))

    def heading(self, text: str) -> None:
        self.console.print()
        self.say(text, style="bold")

    def text(self, everything: bool) -> str:
        software, knowledge = self.data["software"], self.data["knowledge"]
        self.say("What five public documents say of this profile. Educational only; not medical advice.", style="bold")
        self._profile()
        self._notes()
        self._statuses(everything)
        self.heading("The documents")
        for source in self.data["sources"]:
            self.say(f"{source['id']}: {source_line(source)}", 2)
        self.heading("Please note")
        self.say(self.data["disclaimer"], 2)
        made = f"mbc-explorer {software['version']}, engine {software['engine']}, knowledge {knowledge['version']} ({knowledge['digest']})"
        self.say(made, 2, "dim")
        return "\n".join(line.rstrip() for line in self.out.getvalue().splitlines()) + "\n"

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
            basis = " (a curator's step; no document states it)" if fact["basis"] == "curator" else ""
            label = self.names["attributes"][fact["attribute"]]
            self.say(f"{label}: {words(fact['value'])}. {fact['because']}{citation_text(fact['citations'])}{basis}", 2)

    def _notes(self) -> None:
        if self.data["notes"]:
            self.heading("Notes")
        for note in self.data["notes"]:
            self.say(f"* {note['note']}{citation_text(note['citations'])}", 2)

    def _statuses(self, everything: bool) -> None:
        counts = self.data["summary"]["statuses"]
        self.heading("Options")
        for status in STATUSES:
            total = counts[status]
            self.say(f"{MARKS[status]} {STATUS_TITLES[status].casefold()} ({total}): {LEGEND[status]}", 2)
        if "narrowed_to" in self.data:
            asked = "; ".join(f"{name}: {', '.join(map(words, wanted))}" for name, wanted in self.data["narrowed_to"].items())
            self.say(f"Shown: {asked}. Verdicts and counts are those of the whole.", 2)
        for status in STATUSES:
            options = [option for option in self.data["options"] if option["status"] == status]
            if not options:
                continue
            self.heading(f"{STATUS_TITLES[status].upper()} ({len(options)})")
            if status == "not_described" and not everything:
                self.say(f"{counted(len(options), 'option')}; --all shows them with what rules them out.", 2)
                continue
            for category, group in groupby(options, key=lambda option: option["category"]):
                self.say(" > ".join(self.names["categories"][step] for step in category), 1, "bold")
                for option in group:
                    self._option(option)

    def _option(self, option: Plain) -> None:
        status = option["status"]
        agents = [self.names["agents"][agent] for agent in option["agents"]]
        unnamed = [agent for agent in agents if agent.casefold() not in option["name"].casefold()]
        name = f"{option['name']} ({', '.join(unnamed)})" if unnamed else option["name"]
        missing = f"; missing: {missing_text(option['missing'], self.names)}" if option["missing"] else ""
        self.say(f"{MARKS[status]} {name}{missing}", 2, STYLES[status])
        quiet: dict[str, list[str]] = {}
        for view in option["sources"]:
            for rule in view["rules"]:
                source = source_name(self.sources[view["source"]])
                self.say(f"{source}, {place(rule)}, {said(rule)}{partners(rule, self.names)}:", 6)
                self.say(self._reason(rule), 8)
            for kind in QUIET_VIEWS:
                if kind in view["view"]:
                    quiet.setdefault(kind, []).append(view["source"])
        rest = "; ".join(f"{QUIET_VIEWS[kind]}: {', '.join(names)}" for kind, names in quiet.items())
        if rest:
            self.say(rest, 6, "dim")

    def _reason(self, rule: Plain) -> str:
        worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
        match rule["criterion"]:
            case "met":
                return f"{rule['reason']}. {rule['paraphrase']}{worded}"
            case "unknown":
                return f"open: {rule['reason']}. {rule['paraphrase']}{worded}"
            case _:
                return f"not met here: {rule['reason']}.{worded}"
