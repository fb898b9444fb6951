"""What is unknown and matters, as text: the questions, and what each answer brings and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.comparing import APPEARS, RESTATED, SETTLED
from mbc_explorer.explain import counted
from mbc_explorer.render.changes import NOW, Shown, say_statements
from mbc_explorer.render.frame import closed, opened
from mbc_explorer.render.words import source_line

if TYPE_CHECKING:
    from mbc_explorer.render.page import Page

Plain = dict[str, Any]

FEW_QUESTIONS, FEW_OPTIONS = 6, 6
"""So many questions are opened, and so many options told of an answer, unless all are asked for."""
TOLD = {APPEARS: "brings", SETTLED: "takes", RESTATED: "says more of"}
"""What an answer does to an option: described then; not described then; described before and by more statements."""
LEGEND = (
    "brings: described with this answer; takes: undetermined now, not described with this answer; says more of: the "
    "status stays, a further statement holds."
)


def render_questions(
    data: Plain, titles: Plain, names: Plain, sources: Plain, *,
    details: bool = False, everything: bool = False, color: bool = False,
) -> str:  # fmt: skip
    """The questions still worth asking, and what each answer brings and takes.

    Args:
        data: what `questions.missing` found, with what every answer begins with.
        titles: the names of attributes.
        names: labels of attributes, categories and agents, as a report has them.
        sources: the record of each source by its id.
        details: each statement on its own, paraphrased.
        everything: every question and every option, however many.
        color: mark up with terminal colors; the words are the same without.
    """
    page = opened("What is still worth asking", data, names, color=color)
    _questions(page, data, titles)
    narrowed = "narrowed_to" in data
    rows = data["attributes"]
    if not narrowed and not everything:
        settling = [row["attribute"] for row in data["questions"] if row["at_most"]][:FEW_QUESTIONS]
        rows = sorted((row for row in rows if row["attribute"] in settling), key=lambda r: settling.index(r["attribute"]))
    if rows:
        page.heading("What each answer brings and takes")
        page.say(LEGEND, 2)
    shown = Shown(names, sources, NOW, details)
    for row in rows:
        _answers(page, row, titles, shown, everything=everything or narrowed, open_=narrowed or details)
    ...
    return closed(page, data)
