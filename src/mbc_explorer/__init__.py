"""What five public documents on metastatic breast cancer say of a tumor profile. Educational, never prescriptive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.version import VERSION

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.compiled import load_catalog
    from mbc_explorer.errors import EngineError, KnowledgeError, MbcError, Problem, ProfileError, UsageError
    from mbc_explorer.explorer import Explorer, explore
    from mbc_explorer.profile import Profile
    from mbc_explorer.report import Report

__version__ = VERSION

__all__ = [
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
    "explore",
    "load_catalog",
]

_HOMES = {
    "Catalog": "catalog",
    "Explorer": "explorer",
    "Profile": "profile",
    "Report": "report",
    "explore": "explorer",
    "load_catalog": "compiled",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that a command pays only for what it needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"mbc_explorer.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = found
    return found
