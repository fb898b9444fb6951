"""What a paraphrase names must be named by its sentences or by their declared context: the section's sentences up to
them, and those that a rule takes a condition from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mbc_explorer.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog, Statement

Texts = dict[str, dict[int, str]]
"""The sentences of each source, by number."""

RECEPTORS = {
    name: (re.compile(said), re.compile(meant, re.IGNORECASE))
    for name, said, meant in (
        ("HER2", r"HER2", r"HER2|triple.negative"),
        (
            "hormone receptors",
            r"\b(?:HR|ER|PR)\b|[Hh]ormone receptor",
            r"\b(?:HR|ER|PR)\b|hormone|estrogen|progesterone",
        ),
        ("triple-negative", r"[Tt]riple-negative", r"triple.negative"),
        ("BRCA", r"BRCA", r"BRCA"),
        ("PIK3CA", r"PIK3CA", r"PIK3CA"),
        ("PD-L1", r"PD-L1", r"PD-L1"),
        ("menopause", r"menopaus", r"menopaus"),
    )
}
"""For each: how a paraphrase names it, and how a text does."""


def check_attribution(catalog: Catalog, texts: Texts) -> list[Problem]:
    """Every agent, receptor or setting that a paraphrase names and its sentences and their context do not."""
    return [problem for statement in catalog.statements.values() for problem in _statement(catalog, statement, texts)]


def _statement(catalog: Catalog, statement: Statement, texts: Texts) -> Iterator[Problem]:
    said = _context(catalog, statement, texts)
    if not said:
        return
    place = f"{statement.id} ({', '.join(str(anchor.number) for anchor in statement.sentences)})"
    folded = said.casefold()
    for agent in catalog.agents.values():
        names = [agent.name, *(fact.words for fact in (*agent.names, *agent.brands))]
        if _names(agent.name, statement.paraphrase.casefold()) and not any(name.casefold() in folded for name in names):
            yield Problem(
                "unattributed-agent", place, f"the paraphrase names {agent.name}, which its sentences do not."
            )
    for name, (ours, theirs) in RECEPTORS.items():
        if ours.search(statement.paraphrase) and not theirs.search(said):
            yield Problem("unattributed-setting", place, f"the paraphrase names {name}, which its sentences do not.")


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
