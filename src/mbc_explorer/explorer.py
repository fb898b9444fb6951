"""A profile in, a report out: the whole program."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mbc_explorer.case import Case
from mbc_explorer.compiled import load_catalog
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.errors import UsageError, one
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.profile import shown
from mbc_explorer.report import Report, Reporter

if TYPE_CHECKING:
    from mbc_explorer.as_of import AsOf
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.profile import Profile

ENGINES = ("durable", "reference")


class Explorer:
    """A catalog and an engine, loaded once to answer many profiles. Safe to share between threads and after a fork."""

    def __init__(self, catalog: Catalog, engine: str | None = None, as_of: AsOf | None = None) -> None:
        """Get ready to answer.

        Args:
            catalog: the knowledge.
            engine: `durable`, `reference`, or None for durable_rules where it is installed and the reference elsewhere.
            as_of: answer with these sources only; the others are named as left out.

        Raises:
            UsageError: for another engine's name.
            EngineError: when `durable` is asked for and not installed.
        """
        _check_engine(engine)
        if as_of is not None:
            from mbc_explorer.as_of import restricted

            catalog = restricted(catalog, as_of.sources)
        self.catalog = catalog
        self._as_of = as_of
        durable = is_available() if engine is None else engine == "durable"
        self._engine = DurableEngine(catalog) if durable else Evaluator(catalog)
        self._reporter = Reporter(catalog)

    @property
    def engine(self) -> str:
        """Which engine answers: `durable` or `reference`."""
        return self._engine.name

    def explore(self, profile: Profile, *, details: bool = False) -> Report:
        """What the documents say of a profile.

        Args:
            profile: what is known of the case.
            details: also give the statements on side effects, monitoring and the like that belong beside each described
                option, and those that the profile's sites, symptoms, therapies and concerns bring.

        Raises:
            ProfileError: when the profile is not understood or contradicts itself.
            EngineError: when the engine fails; never a wrong answer instead.
        """
        case = self.case(profile)
        report = case.report
        if self._as_of is not None:
            report = Report({**report.data, "as_of": self._as_of.plain()})
        if not details:
            return report
        from mbc_explorer.concerning import detailed

        return Report(detailed(self.catalog, self._reporter.evaluator, report.data, case.known))

    def case(self, profile: Profile) -> Case:
        """A profile understood and judged, for `why`, `why_not`, `nearest` and the like.

        Raises:
            ProfileError: when the profile is not understood or contradicts itself.
            EngineError: when the engine fails; never a wrong answer instead.
        """
        return Case(profile, self.catalog, self._engine, self._reporter)


def _check_engine(engine: object) -> None:
    if engine is not None and (not isinstance(engine, str) or engine not in ENGINES):
        raise UsageError(one("unknown-engine", "engine", f"{shown(engine)} is not one of {', '.join(ENGINES)}."))


def explore(profile: Profile, catalog: Catalog | None = None, engine: str | None = None) -> Report:
    """What the documents say of a profile; see `Explorer`, which is kept for the next call."""
    _check_engine(engine)
    return _explorer(catalog, engine).explore(profile)


@lru_cache(maxsize=4)
def _explorer(catalog: Catalog | None, engine: str | None) -> Explorer:
    return Explorer(catalog or load_catalog(), engine)
