"""The statements that belong beside an answer: side effects, monitoring and the like of a described option, and what
the documents say of the sites, symptoms, therapies and concerns of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import attributes_read
from mbc_explorer.engine import MET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog, Option, Statement
    from mbc_explorer.evaluate import Evaluator

Plain = dict[str, Any]
BESIDE_OPTION = (
    "mechanism",
    "administration",
    "side_effect",
    "monitoring",
    "management",
    "background",
    "definition",
    "fertility",
)
BESIDE_PROFILE = (
    "symptom", "side_effect", "management", "monitoring", "testing", "supportive", "lifestyle", "fertility", "decision",
    "trial", "outlook",
)  # fmt: skip


def beside_option(catalog: Catalog, option: Option, source: str) -> list[Statement]:
    """What a source says beside an option: of its own agents, or of its own class; never of another agent.

    A statement on agents belongs only where all of them are the option's; one on classes where the option's category
    is the class or lies below it.
    """
    path = set(catalog.categories[option.category].path)
    found = []
    for statement in catalog.statements.values():
        if statement.source != source or statement.kind not in BESIDE_OPTION:
            continue
        of = set(statement.speaks_of)
        if of & path or (of and of <= set(option.agents)):
            found.append(statement)
    return found


def beside_profile(
    catalog: Catalog, evaluator: Evaluator, given: Mapping[str, Any], known: Mapping[str, str]
) -> list[Statement]:
    """What the documents say of what was given: statements whose condition is met by it and asks about it."""
    return [
        statement
        for statement in catalog.statements.values()
        if statement.when is not None
        and statement.kind in BESIDE_PROFILE
        and any(name in given for name in attributes_read(statement.when))
        and evaluator.truth(statement.when, known) is True
    ]


def detailed(catalog: Catalog, evaluator: Evaluator, data: Plain, known: Mapping[str, str]) -> Plain:
    """A report's data with the statements that belong beside each described option, and beside the profile."""
    options = []
    for row in data["options"]:
        option = catalog.options[row["id"]]
        views = []
        for view in row["sources"]:
            described = any(rule["stance"] == DESCRIBES and rule["criterion"] == MET for rule in view["rules"])
            beside = beside_option(catalog, option, view["source"]) if described else []
            views.append({**view, "beside": [plain(statement) for statement in beside]})
        options.append({**row, "sources": views})
    of_profile = [plain(s) for s in beside_profile(catalog, evaluator, data["profile"], known)]
    return {**data, "options": options, "beside_profile": of_profile}


def plain(statement: Statement) -> Plain:
    """A statement as plain data."""
    return {
        "statement": statement.id,
        "kind": statement.kind,
        "paraphrase": statement.paraphrase,
        "worded_for": statement.worded_for,
        "note": statement.note,
        "anchor": {
            "source": statement.source,
            "section": statement.sentences[0].section,
            "sentences": [anchor._asdict() for anchor in statement.sentences],
            "context": [],
        },
    }
