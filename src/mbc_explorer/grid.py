"""Categories by sources for one report: in each cell the strongest thing that the source says of an option there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.report import VIEWS

if TYPE_CHECKING:
    from mbc_explorer.report import Report

Plain = dict[str, Any]
_ORDER = (
    "says", "would_say_if_known", "says_not_used", "investigational", "says_under_other_conditions", "class_only",
    "silent",
)  # fmt: skip


def grid(report: Report) -> list[Plain]:
    """One row for each category that has options, in the taxonomy's order: each source's view, and of how many."""
    assert set(_ORDER) == set(VIEWS)
    rows: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for option in report.options:
        row = rows.setdefault(tuple(option["category"]), {})
        for view in option["sources"]:
            row.setdefault(view["source"], []).extend(view["view"])
    return [
        {"category": list(path), "cells": {source: _cell(views) for source, views in row.items()}}
        for path, row in rows.items()
    ]


def _cell(views: list[str]) -> Plain:
    strongest = min(views, key=_ORDER.index)
    return {"view": strongest, "options": views.count(strongest)}
