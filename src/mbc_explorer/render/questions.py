"""What is unknown and matters, as text: the questions, and what each answer brings and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.comparing import APPEARS, RESTATED, SETTLED
from mbc_explorer.explain import counted
from mbc_explorer.render.changes import BRIEF, NOW, Shown, View, say_statements
from mbc_explorer.render.frame import closed, opened
from mbc_explorer.render.words import assignment, source_line

if TYPE_CHECKING:
    from mbc_explorer.render.page import Page

Plain = dict[str, Any]

FEW_QUESTIONS, FEW_OPTIONS = 6, 6
"""So many questions are opened, and so many options told of an answer, unless all are asked for."""
TOLD = {APPEARS: "brings", SETTLED: "takes", RESTATED: "says more of"}
"""What an answer does to an option: described then; not described then; described before and by more statements."""
STANCES = {"describes": "", "describes_as_not_used": ", not used or not usual", "investigational": ", under study"}
LEGEND = (
    "brings: described with this answer; takes: undetermined now, not described with this answer; says more of: the "
    "status stays, a further statement holds."
)


def render_questions(data: Plain, names: Plain, sources: Plain, *, view: View = BRIEF, color: bool = False) -> str:
    """The questions still worth asking, and what each answer brings and takes.

    Args:
        data: what `questions.missing` found, with what every answer begins with.
        names: labels of attributes, categories and agents, as a report has them, and `titles`: names of attributes.
        sources: the record of each source by its id.
        view: how much is shown.
        color: mark up with terminal colors; the words are the same without.
    """
    page = opened("What is still worth asking", data, names, color=color)
    _questions(page, data, names["titles"])
    rows = _chosen(data, everything=view.everything)
    if rows:
        page.heading("What each answer brings and takes")
        page.say(LEGEND, 2)
    for row in rows:
        page.heading(f"{names['titles'][row['attribute']]} ({row['attribute']})")
        if "narrowed_to" in data or view.details:
            _opened(page, row["answers"], Shown(names, sources, NOW, view))
        else:
            _told(page, row["answers"], everything=view.everything)
        quiet = [answer["text"] for answer in row["answers"] if not answer["options"]]
        if quiet:
            page.say(f"nothing by itself: {'; '.join(quiet)}", 2, "dim", hang=2)
    _left(page, data, len(data["attributes"]) - len(rows), names["titles"])
    page.heading("The documents")
    for name, source in sources.items():
        page.say(f"{name}: {source_line(source)}", 2, hang=2)
    return closed(page, data)


def _chosen(data: Plain, *, everything: bool) -> list[Plain]:
    """The questions that are opened: those that were asked for, or all, or the first few."""
    rows: list[Plain] = data["attributes"]
    if "narrowed_to" in data or everything:
        return rows
    by_name = {row["attribute"]: row for row in rows}
    settling = [row["attribute"] for row in data["questions"] if row["at_most"]]
    return [by_name[name] for name in settling[:FEW_QUESTIONS]]


def _left(page: Page, data: Plain, left: int, titles: Plain) -> None:
    """What has no answers on the page: because none was asked for, or because there is none."""
    told = {row["attribute"] for row in data["attributes"]}
    for name in data.get("narrowed_to", {"attributes": []})["attributes"]:
        if name not in told:
            page.heading(f"{titles[name]} ({name})")
            page.say("No statement that is still open waits for it.", 2)
    if left:
        page.heading(f"And {left} more")
        text = (
            "Further questions, and attributes on which no option hangs but a statement does. --all tells the answers "
            "to them all, --attribute NAME to one of them with the reasons."
        )
        page.say(text, 2)


def _questions(page: Page, data: Plain, titles: Plain) -> None:
    questions, total = data["questions"], data["undetermined"]
    page.heading(f"Questions ({len(questions)})")
    if not questions:
        page.say("none: no option is undetermined", 2)
        return
    told = counted(total, "option")
    page.say(
        f"{told} {'is' if total == 1 else 'are'} undetermined. The number of them that one answer settles by itself "
        "stands before each question; it orders the questions and says nothing of the options. Once every question is "
        "answered in full, no option is undetermined.",
        2,
    )
    for row in questions:
        least, most = row["at_least"], row["at_most"]
        if most:
            number = str(most) if least == most else f"{least} to {most}"
            page.say(f"{number:>8}  {titles[row['attribute']]} ({row['attribute']})", 2, hang=10)
    quiet = [f"{titles[row['attribute']]} ({row['attribute']})" for row in questions if not row["at_most"]]
    if quiet:
        page.say(f"{'0':>8}  by themselves, but needed beside others: {'; '.join(quiet)}", 2, hang=10)


def _told(page: Page, answers: list[Plain], *, everything: bool) -> None:
    """Each answer in short: the options by name, with the sentences."""
    for answer in answers:
        if answer["options"]:
            page.say(answer["text"], 2, hang=2)
        for move, verb in TOLD.items():
            options = [row for row in answer["options"] if row["move"] == move]
            if move == RESTATED and options and not everything:
                page.say(f"{verb} {counted(len(options), 'option')}", 4, "dim")
                continue
            few = options if everything else options[:FEW_OPTIONS]
            rest = f"; and {len(options) - len(few)} more" if len(few) < len(options) else ""
            if options:
                page.say(f"{verb} {'; '.join(map(_cited, few))}{rest}", 4, hang=2)


def _cited(option: Plain) -> str:
    """`Olaparib (cancercare-2024 88)`."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for rule in option["because"]:
        found = numbers.setdefault((rule["anchor"]["source"], rule["stance"]), set())
        found.update(sentence["number"] for sentence in rule["anchor"]["sentences"])
    told = [
        f"{source} {', '.join(map(str, sorted(some)))}{STANCES[stance]}" for (source, stance), some in numbers.items()
    ]
    return f"{option['name']} ({'; '.join(told)})"


def _opened(page: Page, answers: list[Plain], shown: Shown) -> None:
    """Each answer with every option that it moves, and each statement with its reason."""
    for answer in answers:
        if answer["options"]:
            page.say(answer["text"], 2, hang=2)
            page.say(f"stated as {' '.join(assignment(*pair) for pair in answer['stated'].items())}", 4, "dim", hang=2)
        for row in answer["options"]:
            page.say(f"{TOLD[row['move']]} {row['name']}", 4, hang=2)
            say_statements(page, row, shown, 6)
