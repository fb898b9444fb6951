"""Which source mentions an option, since when: by date, the undated ones apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]


def timeline(catalog: Catalog, option: str) -> list[Plain]:
    """One row for each source: its date, the stances of its statements on the option, and their sentences.

    Dated sources come first, oldest first; then the undated, in the sources' order. A silent source has no stances.
    """
    rows = []
    for source in catalog.sources.values():
        rules = [rule for rule in catalog.rules_of[option] if rule.source == source.id]
        numbers = sorted({a.number for rule in rules for a in catalog.rule_statements[rule.statement].sentences})
        rows.append(
            {
                "source": source.id,
                "publisher": source.publisher,
                "date": source.date,
                "date_basis": source.date_basis,
                "stances": list(dict.fromkeys(rule.stance for rule in rules)),
                "sentences": numbers,
            }
        )
    return sorted(rows, key=lambda row: (row["date"] is None, row["date"] or ""))
