"""What five public documents on metastatic breast cancer say of a tumor profile. Educational, never prescriptive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.version import VERSION

if TYPE_CHECKING:
    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.comparing import compare, what_if
    from mbc_explorer.compiled import load_catalog
    from mbc_explorer.counterfactuals import nearest
    from mbc_explorer.criteria_map import decision_map
    from mbc_explorer.errors import EngineError, KnowledgeError, MbcError, Problem, ProfileError, UsageError
    from mbc_explorer.explorer import Explorer, explore
    from mbc_explorer.minimal_pairs import boundaries, pairs
    from mbc_explorer.profile import Profile
    from mbc_explorer.questions import missing
    from mbc_explorer.reasons import why, why_not
    from mbc_explorer.report import Report
    from mbc_explorer.second_readings import readings

__version__ = VERSION

__all__ = [
    "Case",
    "Catalog",
    "EngineError",
    "Explorer",
    "KnowledgeError",
    "MbcError",
    "Problem",
    "Profile",
    "ProfileError",
    "Report",
    "UsageError",
    "__version__",
    "boundaries",
    "compare",
    "decision_map",
    "explore",
    "load_catalog",
    "missing",
    "nearest",
    "pairs",
    "readings",
    "what_if",
    "why",
    "why_not",
]

_HOMES = {
    "case": ("Case",),
    "catalog": ("Catalog",),
    "comparing": ("compare", "what_if"),
    "compiled": ("load_catalog",),
    "criteria_map": ("decision_map",),
    "errors": ("EngineError", "KnowledgeError", "MbcError", "Problem", "ProfileError", "UsageError"),
    "explorer": ("Explorer", "explore"),
    "questions": ("missing",),
    "counterfactuals": ("nearest",),
    "minimal_pairs": ("boundaries", "pairs"),
    "profile": ("Profile",),
    "second_readings": ("readings",),
    "report": ("Report",),
    "reasons": ("why", "why_not"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that a command pays only for what it needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = next(module for module, names in _HOMES.items() if name in names)
    found = getattr(import_module(f"mbc_explorer.{home}"), name)
    globals()[name] = found
    return found
