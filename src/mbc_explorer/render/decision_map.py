"""A decision map as text and as Mermaid, and the words that every way of showing it shares."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.criteria_map import CLOSED, LIT, OPEN
from mbc_explorer.engine import MET, NOT_MET, UNKNOWN
from mbc_explorer.explain import counted
from mbc_explorer.render.words import (
    STANCE_WORDS,
    citation_text,
    derived_text,
    fact_text,
    partners,
    sentences,
    source_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.render.page import Twig

Plain = dict[str, Any]

ALWAYS = "Whatever the profile"
"""What stands in the place of a criterion where there is none."""
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
FOLLOWS = "What follows from the profile"
NOTHING = "None of these documents has a rule on this."
AT_ODDS = "these criteria cannot hold together for this profile"
"""Of an end that is not met although no criterion that leads to it is not met by itself."""
READING = (
    "Each criterion asks what a profile is to have; what comes after it on its branch asks for it too. At the ends "
    "stand the options, each with the statements of the documents and their sentences."
)
READING_LIT = (
    "With each criterion stands whether this profile meets it. What comes after one that is not met is said of other "
    "profiles; after one that is unknown, it depends on what is missing."
)
MARKS = {MET: "met", UNKNOWN: "unknown", NOT_MET: "not met"}
STYLES = {LIT: "green", OPEN: "yellow", CLOSED: "dim", None: ""}
STATES = {MET: LIT, UNKNOWN: OPEN, NOT_MET: CLOSED}
"""How a verdict is drawn."""


def title(data: Plain) -> str:
    """What the map is of."""
    return f"Decision map: {clean(data['of']['name'])}"


def reading(data: Plain) -> list[str]:
    """How the map is read, and what it holds."""
    lines = [READING, READING_LIT] if "profile" in data else [READING]
    if "narrowed_to" in data:
        lines.append(f"Only the rules of {', '.join(data['narrowed_to']['sources'])} are shown.")
    if data["silent"]:
        lines.append(f"Without a rule on this: {', '.join(data['silent'])}.")
    return [clean(line) for line in (*lines, _counts(data))]


def profile(data: Plain) -> str:
    """The profile that lights the map, as it was understood; nothing where there is none."""
    if "profile" not in data:
        return ""
    labels = data["names"]["attributes"]
    told = [f"{labels[name]}: {fact_text(value)}" for name, value in data["profile"].items()]
    return clean(f"The profile, as understood: {'; '.join(told) or 'nothing is known'}.")


def follows(data: Plain) -> list[str]:
    """What follows from the profile, and what is to be noted of it."""
    facts = [fact for fact in data.get("derived", []) if fact["basis"] != "structure"]
    notes = [f"{note['note']}{citation_text(note['citations'])}" for note in data.get("notes", [])]
    return [clean(line) for line in (*(derived_text(fact, data["names"]) for fact in facts), *notes)]


def _counts(data: Plain) -> str:
    summary = data["summary"]
    held = f"{counted(summary['rules'], 'rule')} on {counted(len(data['options']), 'option')}"
    verdicts = [f"{number} {MARKS[verdict]}" for verdict, number in summary.get("verdicts", {}).items()]
    return f"{held}{': ' if verdicts else ''}{', '.join(verdicts)}."


def documents(data: Plain) -> list[str]:
    """The records of the documents, a line each."""
    return [clean(f"{source['id']}: {source_line(source)}") for source in data["sources"]]


def made_by(data: Plain) -> str:
    """Which software, engine and knowledge made the map."""
    software, knowledge = data["software"], data["knowledge"]
    engine = f", engine {software['engine']}" if "engine" in software else ""
    return f"{software['name']} {software['version']}{engine}, knowledge {knowledge['version']} ({knowledge['digest']})"


def heading(tree: Plain) -> str:
    """What stands above a tree."""
    return clean(f"The rules of {tree['source']}" if tree["source"] else "The rules")


def branches(data: Plain, tree: Plain) -> list[Plain]:
    """The first criteria of a tree, after what has none."""
    always = {"text": ALWAYS, "ends": tree["ends"], "nodes": [], **({"path": LIT} if "profile" in data else {})}
    return [*([always] if tree["ends"] else []), *tree["nodes"]]


def options_of(node: Plain, data: Plain) -> list[tuple[str, list[Plain]]]:
    """The options that end at a criterion, by name, each with its rules."""
    names = {option["id"]: option["name"] for option in data["options"]}
    return [(clean(names[name]), list(ends)) for name, ends in groupby(node["ends"], key=lambda end: end["option"])]


def statement_text(end: Plain, data: Plain) -> str:
    """A statement with its sentences and partners, after its stance where it does more or less than describe."""
    told = "" if end["stance"] == DESCRIBES else f"{STANCE_WORDS[end['stance'], MET]}: "
    where = f"{end['statement']}, {sentences(row['number'] for row in end['anchor']['sentences'])}"
    return clean(f"{told}{where}{partners(end, data['names'])}")


def said_text(end: Plain) -> str:
    """The paraphrase of a statement, with whom it is worded for and what is to be noted of it."""
    parts = [end["paraphrase"]]
    parts += [f"Worded for {end['worded_for']}."] if end["worded_for"] else []
    parts += [f"Note: {end['note']}"] if end["note"] else []
    return clean(" ".join(parts))


def mark(node: Plain) -> str:
    """The truth of a criterion in a word; nothing without a profile."""
    return MARKS[node["truth"]] if "truth" in node else ""


def verdict(node: Plain) -> tuple[str, str | None]:
    """What the rules that end at a criterion come to, in words, and how that is drawn."""
    found = node["ends"][0].get("criterion") if node["ends"] else None
    if found is None:
        return "", None
    at_odds = found == NOT_MET and node["path"] != CLOSED
    return f"{MARKS[found]}{': ' + AT_ODDS if at_odds else ''}", STATES[found]


def clean(text: str) -> str:
    """One line, in which whatever cannot be printed is replaced."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(mark if mark.isprintable() else UNPRINTABLE for mark in line)


# Text


def render_map(data: Plain, *, color: bool = False) -> str:
    """The map as a tree of 80 columns."""
    from mbc_explorer.render.page import Page

    page = Page(color=color)
    page.say(title(data), style="bold", hang=2)
    page.say("Educational only; not medical advice. See the end.")
    page.heading("How to read it")
    for line in filter(None, (*reading(data), profile(data))):
        page.say(line, 2, hang=2)
    if follows(data):
        page.heading(FOLLOWS)
    for line in follows(data):
        page.say(line, 2, hang=2)
    for tree in data["trees"]:
        page.heading(heading(tree))
        page.tree(_twig(branch, data) for branch in branches(data, tree))
    if not data["trees"]:
        page.heading(NOTHING)
    page.heading("The documents")
    for line in documents(data):
        page.say(line, 2, hang=2)
    page.heading("Please note")
    page.say(data["disclaimer"], 2)
    page.say(made_by(data), 2, "dim")
    return page.text()


def _twig(node: Plain, data: Plain) -> Twig:
    """A criterion with the options that end there, each above its statements, and what goes on."""
    from mbc_explorer.render.page import Twig

    told, state = verdict(node)
    style = STYLES[state]
    options = [
        Twig(
            f"* {f'[{told}] ' if told else ''}{name}",
            tuple(Twig(statement_text(rule, data), style=style) for rule in rules),
            style,
        )
        for name, rules in options_of(node, data)
    ]
    marked = f"[{mark(node)}] " if mark(node) else ""
    below = (*options, *(_twig(child, data) for child in node["nodes"]))
    return Twig(f"{marked}{clean(node['text'])}", below, STYLES[node.get("path")])


# Mermaid

MERMAID_CLASSES = {
    "criterion": "fill:#ffffff,stroke:#59616b,color:#1d2126",
    "finding": "fill:#eef4fb,stroke:#0b57a4,color:#1d2126",
    LIT: "fill:#e3f5e8,stroke:#1a7f37,stroke-width:3px,color:#10331b",
    OPEN: "fill:#fff6dd,stroke:#8a5a00,stroke-dasharray:6 4,color:#3d2900",
    CLOSED: "fill:#f1f3f5,stroke:#b5bcc4,color:#59616b",
    "note": "fill:#ffffff,stroke:#ffffff,color:#1d2126",
}
_LINKS = {LIT: "==>", OPEN: "-.->", CLOSED: "-->", None: "-->"}
_LABEL = 60
"""So many characters stand in a line of the note."""
_MARKUP = frozenset('#"&<>`\\%{}')
_SETTINGS = '{"flowchart": {"wrappingWidth": 440}}'


def render_mermaid(data: Plain) -> str:
    """The map as a Mermaid flowchart, for a page that draws it."""
    lines = [
        f"%% {labelled(title(data))}",
        f"%% {data['disclaimer']}",
        f"%% {made_by(data)}",
        f"%%{{init: {_SETTINGS}}}%%",
        "flowchart LR",
        "  accTitle: Decision map",
        f"  accDescr: {data['disclaimer']}",
    ]
    drawing = _Mermaid(data)
    for number, tree in enumerate(data["trees"]):
        label = f"{labelled(title(data))}<br/>{labelled(heading(tree))}"
        root = f"r{number}"
        drawing.add(root, f'["{label}"]', "criterion")
        for branch in branches(data, tree):
            drawing.branch(root, branch)
    if not data["trees"]:
        drawing.add("r0", f'["{labelled(title(data))}<br/>{labelled(NOTHING)}"]', "criterion")
    note = "<br/>".join(labelled(line) for line in wrap(data["disclaimer"], _LABEL))
    drawing.add("note", f'["{note}"]', "note")
    drawing.lines.append("  note ~~~ r0")  # a link that is not drawn, so that no other is drawn through the note
    classes = [f"  classDef {name} {style}" for name, style in MERMAID_CLASSES.items()]
    return "\n".join((*lines, *drawing.lines, *classes)) + "\n"


def labelled(text: str) -> str:
    """Text of a Mermaid label in quotes: nothing of it is read as markup."""
    return "".join(f"#{ord(mark)};" if mark in _MARKUP else mark for mark in clean(text))


class _Mermaid:
    """The lines of a flowchart, with an id for each box."""

    def __init__(self, data: Plain) -> None:
        self.lines: list[str] = []
        self._data = data
        self._number = 0

    def add(self, name: str, shape: str, kind: str) -> None:
        """A box, or a link to a box, of a class."""
        self.lines.append(f"  {name}{shape}:::{kind}")

    def branch(self, parent: str, node: Plain) -> None:
        """A criterion, one box with what ends there, and what goes on."""
        path = node.get("path")
        own = self._box(parent, self._lines((mark(node), node["text"])), '["{}"]', path or "criterion", path)
        if node["ends"]:
            told, state = verdict(node)
            lines = [self._lines((told,))] if told else []
            for name, rules in options_of(node, self._data):
                lines += [f"<b>{labelled(name)}</b>", *(labelled(statement_text(rule, self._data)) for rule in rules)]
            self._box(own, "<br/>".join(lines), '("{}")', state or "finding", state)
        for child in node["nodes"]:
            self.branch(own, child)

    def _lines(self, texts: Iterable[str]) -> str:
        return "<br/>".join(labelled(text) for text in texts if text)

    def _box(self, parent: str, label: str, shape: str, kind: str, state: str | None) -> str:
        name = f"n{self._number}"
        self._number += 1
        self.add(f"{parent}{_LINKS[state]}{name}", shape.replace("{}", label), kind)
        return name
