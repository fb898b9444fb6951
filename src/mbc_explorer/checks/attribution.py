"""What a paraphrase names must be named by its sentences or by their declared context: the section's sentences up to
them, and those that a rule takes a condition from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog, Statement
    from mbc_explorer.loading import Pack

Texts = dict[str, dict[int, str]]
"""The sentences of each source, by number."""


class Setting(NamedTuple):
    """A setting or marker, and how a paraphrase and how a text names it."""

    name: str
    ours: re.Pattern[str]
    theirs: re.Pattern[str]


def check_attribution(pack: Pack, catalog: Catalog, texts: Texts) -> list[Problem]:
    """Every agent, receptor or setting that a paraphrase names and its sentences and their context do not."""
    settings = [
        Setting(row.name, re.compile(row.in_paraphrase), re.compile(row.in_text, re.IGNORECASE))
        for row in pack.profile.model.named_in_texts
    ]
    return [
        Problem(
            kind,
            file.place("statements", index, "paraphrase"),
            f"the paraphrase of {row.id} names {name}, which its sentences ({', '.join(map(str, row.sentences))}) do not.",
        )
        for file in pack.statements
        for index, row in enumerate(file.model.statements)
        for kind, name in _unattributed(catalog, catalog.statements[f"{file.model.source}.{row.id}"], settings, texts)
    ]


def _unattributed(
    catalog: Catalog, statement: Statement, settings: list[Setting], texts: Texts
) -> Iterator[tuple[str, str]]:
    """Kind of problem and name of everything that a paraphrase names and its context does not."""
    said = _context(catalog, statement, texts)
    if not said:
        return
    folded = said.casefold()
    for agent in catalog.agents.values():
        names = [agent.name, *(fact.words for fact in (*agent.names, *agent.brands))]
        if _names(agent.name, statement.paraphrase.casefold()) and not any(name.casefold() in folded for name in names):
            yield "unattributed-agent", agent.name
    for name, ours, theirs in settings:
        if ours.search(statement.paraphrase) and not theirs.search(said):
            yield "unattributed-setting", name


def _names(agent: str, paraphrase: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(agent.casefold())}(?![\w-])", paraphrase) is not None


def _context(catalog: Catalog, statement: Statement, texts: Texts) -> str:
    """The sentences of a statement, those before them in the section, and those that its rules take conditions from.

    Empty where the corpus lacks one of them: nothing can be said then, and its fingerprint is reported already.
    """
    spoken = texts[statement.source]
    rows = catalog.sentences[statement.source]
    last = max(anchor.number for anchor in statement.sentences)
    sections = {anchor.section for anchor in statement.sentences}
    numbers = {number for number in range(1, last + 1) if rows[number - 1].section in sections}
    numbers |= {anchor.number for anchor in statement.sentences}
    numbers |= {a.number for rule in catalog.rules.values() if rule.statement == statement.id for a in rule.context}
    return "" if numbers - spoken.keys() else " ".join(spoken[number] for number in sorted(numbers))
