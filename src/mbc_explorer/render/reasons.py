"""Why an option is described, or why it is not, as text: a tree for each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import NO_CONDITION, counted
from mbc_explorer.render.frame import asked, closed, opened
from mbc_explorer.render.page import Twig
from mbc_explorer.render.words import (
    CURATORS_STEP,
    citation_text,
    fact_text,
    folded,
    partners,
    place,
    said,
    slots_text,
    source_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.render.page import Page

Plain = dict[str, Any]

MARKS = {"met": "[met]", "unknown": "[unknown]", "not_met": "[not met]"}
STYLES = {"met": "green", "unknown": "yellow", "not_met": "dim"}
LONG = 60
"""What was stated is not said again when it is longer."""
VIEWS = {
    "says": "Its conditions are met",
    "would_say_if_known": "Would say, if more were known",
    "says_under_other_conditions": "Under other conditions",
    "class_only": "Speaks of the class only",
    "silent": "Silent",
}
"""How the documents without a statement on the page are told apart."""


def render_why(data: Plain, names: Plain, sources: Plain, *, details: bool = False, color: bool = False) -> str:
    """Why an option has its status: for each document the statements that hold, criterion by criterion.

    Args:
        data: what `reasons.why` found, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: also show curators' notes, and the readings that come to the same.
        color: mark up with terminal colors; the words are the same without.
    """
    told = _Told(names, sources, details)
    option = data["option"]
    page = opened(f"Why: {option['name']}", data, names, color=color)
    asked(page, data, names)
    if not any(view["rules"] for view in data["sources"]):
        of = " in these documents" if "narrowed_to" in data else ""
        page.say(f"No statement on it holds for this profile{of}; `mbc why-not {option['id']}` tells why.", 2)
    for view in data["sources"]:
        told.documents(page, view, [told.held(rule) for rule in view["rules"]])
    told.others(page, [view for view in data["sources"] if not view["rules"]])
    return closed(page, data)


def render_why_not(data: Plain, names: Plain, sources: Plain, *, details: bool = False, color: bool = False) -> str:
    """Why an option is not described: for each document what blocks its statements, or what would settle them.

    Args:
        data: what `reasons.why_not` found, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: also show curators' notes, and the readings that come to the same.
        color: mark up with terminal colors; the words are the same without.
    """
    told = _Told(names, sources, details)
    option = data["option"]
    page = opened(f"Why not: {option['name']}", data, names, color=color)
    asked(page, data, names)
    failed = [rule for view in data["sources"] for rule in view["rules"]]
    if option["status"] == "described":
        rest = "Shown are the statements that do not hold" if failed else "Every statement that describes it holds"
        page.say(f"{rest}; `mbc why {option['id']}` shows those that do.", 2)
    elif not failed:
        of = "these documents describe" if "narrowed_to" in data else "the documents describe"
        page.say(f"None of {of} a use of it, whatever the profile.", 2)
    for view in data["sources"]:
        twigs = [told.failed(rule) for rule in view["rules"]]
        told.documents(page, view, [*twigs, *(told.held(rule) for rule in view["other_stances"])])
    told.others(page, [view for view in data["sources"] if not view["rules"] and not view["other_stances"]])
    if failed:
        page.heading("What would have to be otherwise")
        page.say(f"`mbc nearest {option['id']}` shows the smallest changes to the profile.", 2)
    return closed(page, data)


class _Told:
    """What is said of rules; where a fact comes from is told once a page."""

    def __init__(self, names: Plain, sources: Plain, details: bool) -> None:
        self._names = names
        self._sources = sources
        self._details = details
        self._seen: set[str] = set()

    def documents(self, page: Page, view: Plain, twigs: list[Twig]) -> None:
        """A document with what it says."""
        if twigs:
            source = self._sources[view["source"]]
            page.heading(source_name(source))
            if source["disclosure"]:
                page.say(source["disclosure"], style="dim", hang=2)
            page.tree(twigs)

    def others(self, page: Page, views: list[Plain]) -> None:
        """The documents of which there is nothing to show, by what they say of the option."""
        found: dict[str, list[str]] = {}
        for view in views:
            for kind in view["view"]:
                found.setdefault(VIEWS[kind], []).append(source_name(self._sources[view["source"]]))
        if found:
            page.heading("The other documents")
        for label in VIEWS.values():
            if label in found:
                page.say(f"{label}: {'; '.join(found[label])}", 2, hang=2)

    def held(self, rule: Plain) -> Twig:
        """A rule with its criteria as they stand."""
        return self._rule(rule, self._criteria(rule["tree"]))

    def failed(self, rule: Plain) -> Twig:
        """A rule that does not hold, with what blocks it or would settle it."""
        return self._rule(rule, [*self._blocked(rule["blocked_by"]), *_settled(rule["settled_by"])])

    def _rule(self, rule: Plain, inner: Iterable[Twig]) -> Twig:
        worded = f" Worded for {rule['worded_for']}." if rule["worded_for"] else ""
        text = f"{place(rule)}, {said(rule)}{partners(rule, self._names)}: {rule['paraphrase']}{worded}"
        note = [Twig(f"Note: {rule['note']}")] if self._details and rule["note"] else []
        return Twig(text, (*inner, *note, *self._readings(rule)))

    def _criteria(self, tree: Plain) -> Iterator[Twig]:
        if tree["kind"] == "all":
            if not tree["parts"]:
                yield Twig(f"{MARKS['met']} stated without a condition", style=STYLES["met"])
            for part in tree["parts"]:
                yield self._node(part)
        else:
            yield self._node(tree)

    def _node(self, node: Plain) -> Twig:
        if node["kind"] == "criterion":
            return self._criterion(node)
        if node["kind"] == "not":
            return self._node(node["parts"][0])
        alternatives = node["kind"] == "any" and node["truth"] == "met" and not self._details
        parts = tuple(
            _brief(part) if alternatives and not part["decides"] else self._node(part) for part in node["parts"]
        )
        settled_by_none = node["truth"] != "unknown" and all(part["truth"] == "unknown" for part in node["parts"])
        whole = " together, whatever each turns out to be" if settled_by_none else ""
        return Twig(f"{MARKS[node['truth']]} {node['text']}{whole}:", parts, STYLES[node["truth"]])

    def _criterion(self, node: Plain) -> Twig:
        text = f"{MARKS[node['truth']]} {node['text']}"
        if node["origin"] is None:
            return Twig(text, style=STYLES[node["truth"]])
        brief, below = self._origin(node["origin"])
        label, _, _ = node["text"].partition(": ")
        known = (
            ""
            if node["origin"]["text"] == node["text"]
            else f"; here {node['origin']['text'].removeprefix(f'{label}: ')}"
        )
        return Twig(f"{text}{known} ({brief})", below, STYLES[node["truth"]])

    def _origin(self, origin: Plain) -> tuple[str, tuple[Twig, ...]]:
        """Where a fact comes from: in a word or two, and what there is to say below."""
        how = "concluded" if origin["how"] == "derived" else self._stated(origin)
        if origin["because"] is None:
            return how, ()
        if origin["text"] in self._seen:
            return f"{how}, as above", ()
        self._seen.add(origin["text"])
        step = CURATORS_STEP if origin["basis"] == "curator" else ""
        facts = tuple(self._fact(fact) for fact in origin["from"])
        return how, (Twig(f"because: {origin['because']}{citation_text(origin['citations'])}{step}", facts),)

    def _stated(self, origin: Plain) -> str:
        """What was entered, or from which entries it was read; not at length, and not what was just said."""
        label = self._names["attributes"][origin["given"]["attribute"]]
        whole = fact_text(origin["given"]["value"])
        if f"{label}: {whole}" == origin["text"]:
            return "entered"
        how = "entered, as" if origin["how"] == "entered" else "read from"
        if origin["how"] == "entered" and origin["entries"]:
            return "entered"
        shown = "; ".join(origin["entries"]) or (whole if len(whole) <= LONG else "")
        return f"{how} {label}{': ' if shown else ''}{shown}"

    def _fact(self, origin: Plain) -> Twig:
        brief, below = self._origin(origin)
        return Twig(f"{origin['text']} ({brief})", below)

    def _blocked(self, sets: list[Plain]) -> Iterator[Twig]:
        """What blocks a rule: one set of criteria, or several of which any one is enough."""
        blocking = [self._blocking(found) for found in sets]
        if len(blocking) == 1:
            yield blocking[0]._replace(text=f"blocked by {blocking[0].text}")
        elif blocking:
            yield Twig("blocked by any one of these:", tuple(blocking))

    def _blocking(self, found: Plain) -> Twig:
        criteria = tuple(map(self._criterion, found["criteria"]))
        if len(criteria) == 1:
            return criteria[0]
        cannot = ", which cannot all be met" if found["jointly"] else ""
        return Twig(f"these together{cannot}:", criteria)

    def _readings(self, rule: Plain) -> Iterator[Twig]:
        """The other readings that come to something else; the rest in a line, unless all is asked for."""
        same = [reading for reading in rule["readings"] if reading["criterion"] == rule["criterion"]]
        for reading in rule["readings"]:
            if self._details or reading not in same:
                mark = MARKS[reading["criterion"]]
                yield Twig(f"read otherwise {mark}: {reading['because']} {_then(reading)}")
        if same and not self._details:
            mark = MARKS[rule["criterion"]]
            yield Twig(f"{counted(len(same), 'other reading')} of it, {mark} too (--details)", style="dim")


def _brief(node: Plain) -> Twig:
    """An alternative that decides nothing, in a line."""
    return Twig(f"{MARKS[node['truth']]} {_phrase(node)}", style=STYLES[node["truth"]])


def _phrase(node: Plain) -> str:
    match node["kind"]:
        case "all" | "any":
            return (" and " if node["kind"] == "all" else " or ").join(map(_phrase, node["parts"]))
        case "not":
            return _phrase(node["parts"][0])
        case _:
            return str(node["text"])


def _then(reading: Plain) -> str:
    """What a reading asks for."""
    if reading["condition"] == NO_CONDITION:
        return f"It then has {NO_CONDITION}."
    return f"It then asks for: {reading['condition']}."


def _settled(sets: list[Plain]) -> Iterator[Twig]:
    for truth, told in (("met", "would be met with"), ("not_met", "would not be met with")):
        found = [tuple(fact["text"] for fact in some["facts"]) for some in sets if some["criterion"] == truth]
        lines = [slots_text(slots) for slots in folded(found)]
        if len(lines) == 1:
            yield Twig(f"{told} {lines[0]}")
        elif lines:
            yield Twig(f"{told} any of these:", tuple(map(Twig, lines)))
