"""What became of every sentence, by source and section: cited by which statements and rules, or set aside and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]


def coverage(catalog: Catalog, verbatim: Mapping[str, Mapping[int, str]] | None = None) -> list[Plain]:
    """One record for each source, with its sections and their sentences.

    Args:
        catalog: the knowledge.
        verbatim: the sentences of each source by number, from a reader's own copy; shown where given.

    Returns:
        For each source `sentences`, `cited`, `set_aside` (by reason), `unaccounted` (a number) and `sections`, each
        with its `rows`: number, statements, rules, context_of (rules), set_aside, and `text` where it is at hand.
    """
    return [_source(catalog, name, (verbatim or {}).get(name, {})) for name in catalog.sources]


def _source(catalog: Catalog, name: str, spoken: Mapping[int, str]) -> Plain:
    cited: dict[int, list[str]] = {}
    for statement in catalog.statements.values():
        for anchor in statement.sentences if statement.source == name else ():
            cited.setdefault(anchor.number, []).append(statement.id)
    resting: dict[str, list[str]] = {}
    context: dict[int, list[str]] = {}
    for rule in catalog.rules.values():
        resting.setdefault(rule.statement, []).append(rule.id)
        for anchor in rule.context if rule.source == name else ():
            context.setdefault(anchor.number, []).append(rule.id)
    rows = [
        {
            "number": number,
            "section": row.section,
            "statements": cited.get(number, []),
            "rules": [rule for statement in cited.get(number, []) for rule in resting.get(statement, [])],
            "context_of": context.get(number, []),
            "set_aside": row.set_aside,
            **({"text": spoken[number]} if number in spoken else {}),
        }
        for number, row in enumerate(catalog.sentences[name], 1)
    ]
    return {
        "source": name,
        **_counts(rows),
        "sections": [
            {"id": section.id, "name": section.name, **_counts(own), "rows": own}
            for section in catalog.sources[name].sections
            for own in [[row for row in rows if row["section"] == section.id]]
        ],
    }


def _counts(rows: list[Plain]) -> Plain:
    aside: dict[str, int] = {}
    for row in rows:
        if row["set_aside"]:
            aside[row["set_aside"]] = aside.get(row["set_aside"], 0) + 1
    return {
        "sentences": len(rows),
        "cited": sum(1 for row in rows if row["statements"]),
        "rules": len({rule for row in rows for rule in row["rules"]}),
        "set_aside": aside,
        "unaccounted": sum(1 for row in rows if not row["statements"] and not row["set_aside"]),
    }
