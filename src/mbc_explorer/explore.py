"""A profile in, a report out: the whole program."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mbc_explorer.compiled import load_catalog
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.errors import UsageError, one
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import read_profile
from mbc_explorer.report import Reporter

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.profile import Profile
    from mbc_explorer.report import Report

ENGINES = ("durable", "reference")


class Explorer:
    """A catalog and an engine, loaded once to answer many profiles. Safe to share between threads and after a fork."""

    def __init__(self, catalog: Catalog, engine: str | None = None) -> None:
        """Get ready to answer.

        Args:
            catalog: the knowledge.
            engine: `durable`, `reference`, or None for durable_rules where it is installed and the reference elsewhere.

        Raises:
            UsageError: for another engine's name.
            EngineError: when `durable` is asked for and not installed.
        """
        if engine is not None and engine not in ENGINES:
            raise UsageError(one("unknown-engine", "engine", f"{engine!r} is not one of {', '.join(ENGINES)}."))
        self.catalog = catalog
        durable = is_available() if engine is None else engine == "durable"
        self._engine = DurableEngine(catalog) if durable else Evaluator(catalog)
        self._reporter = Reporter(catalog)

    @property
    def engine(self) -> str:
        """Which engine answers: `durable` or `reference`."""
        return self._engine.name

    def explore(self, profile: Profile) -> Report:
        """What the documents say of a profile.

        Raises:
            ProfileError: when the profile is not understood or contradicts itself.
            EngineError: when the engine fails; never a wrong answer instead.
        """
        understood = read_profile(profile, self.catalog)
        facts = known_facts(understood, self.catalog)
        return self._reporter.report(understood, facts, self._engine.answer(facts.known), self.engine)


def explore(profile: Profile, catalog: Catalog | None = None, engine: str | None = None) -> Report:
    """What the documents say of a profile; see `Explorer`, which is kept for the next call."""
    return _explorer(catalog or load_catalog(), engine).explore(profile)


@lru_cache(maxsize=4)
def _explorer(catalog: Catalog, engine: str | None) -> Explorer:
    return Explorer(catalog, engine)
