"""One case, understood and judged: what every explanation starts from, and what a change to it leads to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mbc_explorer.engine import MET, UNKNOWN
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import Profile, fold, read_profile
from mbc_explorer.report import derivations, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog, Head, Rule
    from mbc_explorer.condition import Condition
    from mbc_explorer.engine import Answer, DurableEngine
    from mbc_explorer.evaluate import Evaluator
    from mbc_explorer.facts import Facts
    from mbc_explorer.profile import Understood
    from mbc_explorer.report import Report, Reporter


class Case:
    """A profile with what was understood of it, what follows from it, and what every rule says of it.

    Made by `Explorer.case`. Nothing in it changes; `altered` gives another case.
    """

    def __init__(
        self, profile: Profile, catalog: Catalog, engine: DurableEngine | Evaluator, reporter: Reporter
    ) -> None:
        """Read and judge a profile.

        Raises:
            ProfileError: when the profile is not understood or contradicts itself.
            EngineError: when the engine fails.
        """
        self.catalog = catalog
        self.understood: Understood = read_profile(profile, catalog)
        self.facts: Facts = known_facts(self.understood, catalog)
        self._engine = engine
        self._reporter = reporter
        answer: Answer = engine.answer(self.facts.known)
        self.answer = answer
        self.known: Mapping[str, str] = answer.known
        """Every fact that is given or follows, with its value."""
        self.truths: dict[str, str] = dict(zip(catalog.rules, answer.truths, strict=True))
        """`met`, `not_met` or `unknown` for each rule, by its id."""

    @property
    def evaluator(self) -> Evaluator:
        """The reference evaluator, for the truth of parts of conditions and for what is possible."""
        return self._reporter.evaluator

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The profile in the catalog's words, as valid input."""
        return self.understood.plain()

    @cached_property
    def report(self) -> Report:
        """The whole report of the case."""
        return self._reporter.report(self.understood, self.facts, self.answer, self._engine.name)

    @property
    def heading(self) -> dict[str, Any]:
        """What every answer on the case begins with: what made it, from which knowledge, and the profile."""
        return {name: self.report.data[name] for name in ("software", "knowledge", "profile")}

    @cached_property
    def statuses(self) -> dict[str, str]:
        """`described`, `undetermined` or `not_described` for each option, by its id."""
        return {name: status_of(rules, self.truths) for name, rules in self.catalog.rules_of.items()}

    @cached_property
    def derived(self) -> dict[str, Head]:
        """Each fact that was concluded, with what it was concluded from; each rests on given or earlier ones."""
        return derivations(self.catalog, self.facts.known, self.known)

    def truth(self, condition: Condition) -> bool | None:
        """Whether a condition is met, not met, or (None) unknown."""
        return self.evaluator.truth(condition, self.known)

    def is_met(self, rule: Rule) -> bool:
        """Whether the engine found the rule met."""
        return self.truths[rule.id] == MET

    def is_open(self, rule: Rule) -> bool:
        """Whether the engine left the rule unknown."""
        return self.truths[rule.id] == UNKNOWN

    def missing(self, rule: Rule) -> list[str]:
        """The attributes that would settle an unknown rule; none for the others."""
        return self._reporter.missing(rule, self.known) if self.is_open(rule) else []

    def altered(self, changes: Mapping[str, Any]) -> Case:
        """The same case with some attributes stated otherwise; None takes a statement back.

        Raises:
            ProfileError: when the outcome is not understood or contradicts itself.
        """
        given = dict(self.plain)
        for word, value in Profile(changes).given.items():
            name = self._attribute(word)
            if value is None and name in self.catalog.attributes:
                given.pop(name, None)
            else:
                given[name] = value
        return Case(Profile(given), self.catalog, self._engine, self._reporter)

    def _attribute(self, word: Any) -> Any:
        """The id of an attribute by any of its names; a word that is none stays, and is refused where it is read."""
        attributes = self.catalog.attributes
        if not isinstance(word, str) or word in attributes:
            return word
        named = (row.id for row in attributes.values() if fold(word) in map(fold, row.aliases))
        return next(named, word)
