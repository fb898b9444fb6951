"""What asks something of a profile and is no rule, with one small thing changed: other readings, notes, and statements
with a condition of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.checks.derivations import questions
from mbc_explorer.checks.expectations import CONDITION, NOTE, READING, STATEMENT, asked_of
from mbc_explorer.checks.known import Known, known_of
from mbc_explorer.checks.mutants import OF_CONDITIONS, Vocabulary, variants
from mbc_explorer.checks.tally import CASES, NAMES, Tally
from mbc_explorer.condition import leaves, to_yaml
from mbc_explorer.errors import Problem
from mbc_explorer.explain import condition_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.checks.attribution import Attribution
    from mbc_explorer.checks.expectations import Asked, Expectation
    from mbc_explorer.checks.judge import Judge
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.loading import Pack


class Aside(NamedTuple):
    """A condition, and every one that differs from it in one place, with the kind of the change."""

    asked: Asked
    mutants: dict[Condition, str]


def aside_mutants(pack: Pack, catalog: Catalog) -> dict[str, list[Aside]]:
    """For each reading, note and statement with a condition, everything that differs from it in one place."""
    vocabulary = Vocabulary(catalog)
    added = _added(catalog)
    return {
        kind: [Aside(one, variants(one.condition, vocabulary, added[kind][_whose(one)])) for one in rows.values()]
        for kind, rows in asked_of(pack, catalog).items()
    }


def _whose(one: Asked) -> str:
    """The source that a reading or statement is of; notes are of none."""
    return "" if one.kind == NOTE else one.name.partition(".")[0]


def _added(catalog: Catalog) -> dict[str, dict[str, list[Leaf]]]:
    """What could be asked besides: what the rules and the statements of the source ask, or what derivations do."""
    rules = dict(_by_source([(row.source, row.condition) for row in catalog.rules.values()], catalog))
    own = [(row.source, row.when) for row in catalog.statements.values() if row.when]
    statements = {source: list(dict.fromkeys([*asked, *rules[source]])) for source, asked in _by_source(own, catalog)}
    return {READING: rules, NOTE: {"": questions(catalog)}, STATEMENT: statements}


def _by_source(rows: list[tuple[str, Condition]], catalog: Catalog) -> Iterator[tuple[str, list[Leaf]]]:
    for source in catalog.sources:
        yield source, list(dict.fromkeys(leaf for name, asked in rows if name == source for leaf in leaves(asked)))


class Asides:
    """The asides of a pack and their checks: the cases, and of statements the words."""

    def __init__(
        self,
        mutants: dict[str, list[Aside]],
        expectations: Iterable[Expectation],
        judge: Judge,
        attribution: Attribution | None,
    ) -> None:
        """Prepare a pack.

        Args:
            mutants: what is tried, by kind.
            expectations: the cases that are no rule's.
            judge: of a catalog with every fact that a mutant asks for.
            attribution: the words, where the pack has them.
        """
        self._mutants = mutants
        self._known: dict[tuple[str, str], list[Known]] = {}
        """For each aside, by kind and name, the profiles of its cases."""
        for case in expectations:
            asides = [one for one in case.asked if one.kind != CONDITION]
            for row in case.rows if asides else ():
                known = known_of(row.profile, row.truth, judge.catalog, judge.evaluator)
                if known is None:
                    continue
                for one in asides:
                    self._known.setdefault((one.kind, one.name), []).append(known)
        self._judge, self._attribution = judge, attribution
        self.problems: list[Problem] = []
        self.equivalent: list[dict[str, Any]] = []

    def tally(self, kind: str, progress: Callable[[int, int], None]) -> dict[str, Tally]:
        """Try every mutant of the asides of one kind."""
        tallies = {change: Tally() for change in OF_CONDITIONS}
        rows = self._mutants[kind]
        for number, aside in enumerate(rows, 1):
            for condition, change in aside.mutants.items():
                self._try(aside.asked, condition, change, tallies[change])
            progress(number, len(rows))
        return tallies

    def _try(self, one: Asked, mutant: Condition, change: str, tally: Tally) -> None:
        tally.made += 1
        known = self._known.get((one.kind, one.name), ())
        caught = [CASES] if any(self._judge.truth(mutant, case.facts) != case.truth for case in known) else []
        if not caught and self._judge.is_same(one.condition, mutant):
            tally.equivalent += 1
            self.equivalent.append({"of": one.name, "kind": change, "condition": to_yaml(mutant)})
            return
        asked = [CASES]
        if one.kind == STATEMENT and self._attribution is not None:
            asked.append(NAMES)
            caught += [NAMES] if self._is_named_otherwise(one.name, mutant, self._attribution) else []
        if not tally.count(caught, asked):
            tally.survived += 1
            text, own = (condition_text(condition, self._judge.catalog) for condition in (mutant, one.condition))
            message = f"no check notices the {one.kind} {one.name} with the condition {text!r} instead of {own!r}"
            self.problems.append(Problem("surviving-mutant", one.place, f"{message} ({change})."))

    @staticmethod
    def _is_named_otherwise(name: str, mutant: Condition, words: Attribution) -> bool:
        """Whether the sentences of a statement do not say what the mutant asks."""
        claim = words.claims[name]
        changed = claim._replace(statement=claim.statement._replace(when=mutant))
        return next(words.of_when(changed), None) is not None
