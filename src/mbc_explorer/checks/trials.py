"""The proofs once more with one rule in another's place: whether they notice.

What `proofs` and `invariants` prove of all rules together is asked here of what a changed rule touches, so that
thousands of changes can be tried.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import DESCRIBES, NOT_USED
from mbc_explorer.checks.findings import Findings
from mbc_explorer.checks.invariants import Invariants
from mbc_explorer.checks.proofs import Prover
from mbc_explorer.condition import ALWAYS, facts_read, from_yaml

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.invariants import Pairs
    from mbc_explorer.loading import Pack
    from mbc_explorer.schema import InvariantData
    from mbc_explorer.space import Diagram


class _Claim(NamedTuple):
    """An invariant, ready to be asked of one rule or option."""

    row: InvariantData
    excepted: frozenset[str]
    among: Diagram
    pairs: Pairs | None
    """The cases that it compares; None where it compares none."""
    differing: frozenset[str]
    """The facts in which these differ."""


class _Kinds(Findings):
    """Which problems there are, without the cases that show them."""

    def report(self, kind: str, where: str, message: str, shown: Diagram | None = None) -> None:  # noqa: ARG002
        super().report(kind, where, message)


class Trials:
    """The proofs of a pack, to be asked about changed rules."""

    def __init__(self, pack: Pack, catalog: Catalog) -> None:
        """Prepare the proofs.

        Args:
            pack: the files; what does not hold of them anyhow notices nothing.
            catalog: the same, with every fact that a changed rule may ask about.

        Raises:
            EngineError: when the solver is not installed.
        """
        self._catalog = catalog
        self._prover = Prover(pack, catalog)
        self.space = self._prover.space
        self._met = {rule.id: self.space.diagram(rule.condition) for rule in catalog.rules.values()}
        self._invariants = Invariants(pack, catalog, self.space, self._met, Findings(self.space, catalog))
        self._claims = [self._claim(row) for loaded in pack.invariants for row in loaded.model.invariants]
        self._holding: dict[str, list[_Claim]] = {}
        """For each rule, the invariants that hold with it."""
        self._before: dict[frozenset[str], frozenset[tuple[str, ...]]] = {}

    def _claim(self, row: InvariantData) -> _Claim:
        given = from_yaml(row.given) if row.given else ALWAYS
        sides = (self.space.diagram(given), self.space.diagram(from_yaml(row.becomes) if row.becomes else given))
        compares = row.claims not in ("never_described", "always_described")
        pairs = self._invariants.pairs(row, sides) if compares else None
        excepted = frozenset(entry.rule for entry in row.exceptions)
        return _Claim(row, excepted, sides[0], pairs, frozenset(pairs.differing) if pairs else frozenset())

    # invariants

    def breaks_invariant(self, rule: Rule, mutant: Rule) -> bool:
        """Whether an invariant no longer holds with the mutant in the place of its rule, or an exception is idle."""
        if rule.id not in self._holding:
            self._holding[rule.id] = [claim for claim in self._claims if not self._breaks(claim, rule, rule)]
        return any(self._breaks(claim, rule, mutant) for claim in self._holding[rule.id])

    def _breaks(self, claim: _Claim, rule: Rule, mutant: Rule) -> bool:
        spoke, speaks = (self._invariants.speaks_of(claim.row, one) for one in (rule, mutant))
        if rule.id in claim.excepted:
            return not speaks or not self._is_against(claim, [mutant])
        if claim.row.claims != "always_described" and claim.row.each == "rule":
            return speaks and self._is_against(claim, [mutant])
        options = {one.option for one, does in ((rule, spoke), (mutant, speaks)) if does}
        return any(self._is_against(claim, self._of_option(claim, option, mutant)) for option in options)

    def _of_option(self, claim: _Claim, option: str, mutant: Rule) -> list[Rule]:
        """The rules by which an invariant judges an option, the mutant among them."""
        others = [rule for rule in self._catalog.rules_of[option] if rule.id != mutant.id]
        rules = [*others, mutant] if mutant.option == option else others
        return [rule for rule in rules if rule.id not in claim.excepted and self._invariants.speaks_of(claim.row, rule)]

    def _is_against(self, claim: _Claim, rules: list[Rule]) -> bool:
        """Whether what some rules describe together breaks an invariant. It judges no option without a rule."""
        if claim.pairs is not None and claim.differing.isdisjoint(
            fact for rule in rules for fact in facts_read(rule.condition)
        ):
            return False  # what a condition does not read makes no difference to it
        met = self.space.joined(self.space.diagram(rule.condition) for rule in rules)
        if claim.pairs is not None:
            return self.space.is_possible(claim.pairs.lost(met))
        if claim.row.claims == "never_described":
            return self.space.is_possible(met & claim.among)
        return bool(rules) and self.space.is_possible(claim.among & ~met)

    # the other proofs

    def breaks_proof(self, rule: Rule, mutant: Rule) -> bool:
        """Whether another proof fails with the mutant in the place of its rule."""
        near = self._near(rule, mutant)
        options = frozenset([*(other.option for other in near), mutant.option])
        key = options.union(other.id for other in near)
        if key not in self._before:
            self._before[key] = self._problems(near, options, {})
        changed = [mutant if other.id == rule.id else other for other in near]
        met = {rule.id: self.space.diagram(mutant.condition)}
        return not self._problems(changed, options, met) <= self._before[key]

    def _near(self, rule: Rule, mutant: Rule) -> list[Rule]:
        """The rules of the source that a proof may hold beside this one, of the two options and of what is under them.

        Of the options themselves also those of other sources, for whether the options are reached.
        """
        options = {rule.option, mutant.option}
        denied = NOT_USED in (rule.stance, mutant.stance)
        return [
            other
            for other in self._catalog.rules.values()
            if other.option in options
            or (other.source == rule.source and other.stance == NOT_USED)
            or (other.source == rule.source and denied and other.stance == DESCRIBES and options & self._under(other))
        ]

    def _under(self, rule: Rule) -> set[str]:
        return {rule.option, *self._catalog.categories[self._catalog.options[rule.option].category].path}

    def _problems(
        self, rules: list[Rule], options: frozenset[str], met: dict[str, Diagram]
    ) -> frozenset[tuple[str, ...]]:
        """What the proofs find of some rules by themselves."""
        catalog, found = copy(self._catalog), _Kinds(self.space, self._catalog)
        catalog.rules = {rule.id: rule for rule in rules}
        catalog.rules_of = {option: [] for option in options}
        for rule in rules:
            catalog.rules_of[rule.option].append(rule)
        self._prover.on(catalog, {**self._met, **met}, found).of_rules()
        return frozenset(found.problems)
