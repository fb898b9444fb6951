"""Mutants of every rule and every citation, and which check notices each of them: `mbc check --mutate`.

A mutant that no check notices is a problem, unless nothing could tell it apart: a condition that no possible case tells
from the rule's own, a sentence that names the same as its neighbor. These are proven so, and counted apart.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.checks.attribution import Attribution, Texts, rule_places, statement_places
from mbc_explorer.checks.citations import CONCERN, MOVE, OF_CITATIONS, misquotes
from mbc_explorer.checks.mutants import (
    ADD,
    OF_ALTERNATIVES,
    OF_CONDITIONS,
    PARTNERS,
    alternative_mutants,
    condition_mutants,
)
from mbc_explorer.checks.trials import Trials
from mbc_explorer.condition import facts_read
from mbc_explorer.errors import EngineError, Problem, ProfileError
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.explain import condition_text, fact_text
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import Profile, read_profile
from mbc_explorer.space import Space
from mbc_explorer.structure import structural_constraints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.attribution import Claim
    from mbc_explorer.checks.citations import Misquote
    from mbc_explorer.checks.mutants import Mutant
    from mbc_explorer.condition import Condition
    from mbc_explorer.loading import Pack
    from mbc_explorer.space import Diagram

Plain = dict[str, Any]

CASES, INVARIANTS, PROOFS, NAMES, ACCOUNTS = "cases", "invariants", "proofs", "names", "accounts"
"""What notices a mutant: a case beside its rule, an invariant, another proof, the words of paraphrases and texts, the
account of every sentence."""
CRITERIA, ALTERNATIVES, CITATIONS, OTHERS = "criteria", "alternatives", "citations of rules", "citations of the rest"


@dataclass
class Tally:
    """The mutants of one kind."""

    made: int = 0
    caught: int = 0
    by: Counter[str] = field(default_factory=Counter)
    """How many each check notices; some are noticed by several."""
    asked: Counter[str] = field(default_factory=Counter)
    """How many each check was asked of."""
    equivalent: int = 0
    """Those that no possible case tells from the rule."""
    same: int = 0
    """Those after which everything that is spoken of is still named."""
    survived: int = 0

    def count(self, caught: Iterable[str], asked: Iterable[str]) -> bool:
        """Count a mutant that is neither equivalent nor the same; whether something notices it."""
        found = set(caught)
        self.by.update(found)
        self.asked.update(asked)
        self.caught += bool(found)
        return bool(found)


class Mutated(NamedTuple):
    """What was tried, by group and kind, what could not be told apart, and what survived."""

    groups: dict[str, dict[str, Tally]]
    same: list[Plain]
    """Changed citations that still name everything: `statement`, `kind`, `change`, and `names` that are named."""
    without: list[str]
    """What could not be asked here: proofs without the solver, texts without a corpus."""
    problems: list[Problem]

    def plain(self) -> Plain:
        """As JSON holds it."""
        groups = {
            group: {
                kind: {
                    "made": tally.made,
                    "caught": tally.caught,
                    "by": {name: {"caught": tally.by[name], "asked": number} for name, number in tally.asked.items()},
                    "equivalent": tally.equivalent,
                    "same": tally.same,
                    "survived": tally.survived,
                }
                for kind, tally in kinds.items()
            }
            for group, kinds in self.groups.items()
        }
        return {"groups": groups, "same": self.same, "without": self.without}


class Known(NamedTuple):
    """One profile of a case beside a rule: what is known of it and what the case says of the rule."""

    profile: Mapping[str, Any]
    facts: dict[str, str]
    truth: str


def widened(pack: Pack, catalog: Catalog) -> Catalog:
    """A catalog with every fact that a mutant of one of its rules asks for, and what ties it to the others."""
    asked: list[Condition] = [mutant.rule.condition for _, mutants in condition_mutants(catalog) for mutant in mutants]
    asked += [rule.condition for rule in catalog.rules.values()]
    asked += [reading.condition for reading in catalog.readings.values()]
    asked += [note.when for note in catalog.notes.values()]
    asked += [row.when for row in catalog.statements.values() if row.when]
    stated = [row for row in catalog.constraints.values() if row.basis != "structure"]
    asked += [side for row in stated for side in (row.given, row.then)]
    attributes = list(catalog.attributes.values())
    asked += [row.applies_when for row in attributes if row.applies_when]
    structural, facts = structural_constraints(attributes, asked, catalog.implied)
    wider = copy(catalog)
    wider.constraints = {row.id: row for row in (*stated, *structural)}
    wider.facts = facts
    return wider


def cases_of(pack: Pack, catalog: Catalog, evaluator: Evaluator) -> dict[str, list[Known]]:
    """For each rule, the profiles of its cases."""
    found: dict[str, list[Known]] = {}
    for loaded in pack.cases:
        for case in loaded.model.cases:
            rows = found.setdefault(f"{loaded.model.source}.{case.rule}", [])
            stated = [(case.profile, "met"), *(({**case.profile, **c.set}, c.truth) for c in case.changes)]
            for profile, truth in stated:
                try:
                    known = known_facts(read_profile(Profile(profile), catalog), catalog).known
                except ProfileError:  # reported by the check of the cases
                    continue
                rows.append(Known(profile, {**known, **evaluator.implied(known)}, truth))
    return found


def mutate(
    pack: Pack, catalog: Catalog, texts: Texts | None, progress: Callable[[str, int, int], None] | None = None
) -> Mutated:
    """Try every mutant of a pack whose checks find nothing wrong.

    Args:
        pack: the files.
        catalog: the same, compiled.
        texts: the sentences of each source, from a copy of the texts; without them no citation is changed.
        progress: told after each rule or statement: the group, how many are done, how many there are.
    """
    return Mutations(pack, catalog, texts, progress).run()


class Mutations:
    """One pack, its mutants and its checks."""

    def __init__(
        self, pack: Pack, catalog: Catalog, texts: Texts | None, progress: Callable[[str, int, int], None] | None
    ) -> None:
        self._pack, self._catalog, self._texts = pack, catalog, texts
        self._progress = progress or (lambda *_: None)
        self._wide = widened(pack, catalog)
        self._evaluator = Evaluator(self._wide)
        self._cases = cases_of(pack, self._wide, self._evaluator)
        self._attribution = Attribution(pack, catalog, texts)
        self._rules, self._statements = rule_places(pack), statement_places(pack)
        self._problems: list[Problem] = []
        self._same: list[Plain] = []
        self._without: list[str] = [] if texts is not None else ["texts"]
        self._space = self._solver()
        self._trials = Trials(pack, catalog) if self._space else None
        self._wide_trials: Trials | None = None

    def _solver(self) -> Space | None:
        """Every case, with the facts that only mutants ask for; None where the solver is not installed."""
        try:
            return Space(self._wide)
        except EngineError:
            self._without.append(PROOFS)
            return None

    def run(self) -> Mutated:
        """Everything, group by group."""
        groups = {CRITERIA: self._criteria(), ALTERNATIVES: self._alternatives()}
        if self._texts is not None:
            groups[CITATIONS] = self._citations(CITATIONS, [c for c in self._attribution.claims.values() if c.rules])
            groups[OTHERS] = self._citations(OTHERS, [c for c in self._attribution.claims.values() if not c.rules])
        return Mutated(groups, self._same, self._without, self._problems)

    # conditions

    def _criteria(self) -> dict[str, Tally]:
        tallies = {kind: Tally() for kind in OF_CONDITIONS}
        for number, (rule, mutants) in enumerate(condition_mutants(self._catalog), 1):
            for mutant in mutants:
                self._criterion(rule, mutant, tallies[mutant.kind])
            self._progress(CRITERIA, number, len(self._catalog.rules))
        return tallies

    def _criterion(self, rule: Rule, mutant: Mutant, tally: Tally) -> None:
        tally.made += 1
        condition = mutant.rule.condition
        noticed = any(
            WORDS[self._evaluator.truth(condition, case.facts)] != case.truth for case in self._cases.get(rule.id, ())
        )
        if not noticed and self._is_equivalent(rule, mutant.rule):
            tally.equivalent += 1
            return
        caught, asked = [CASES] if noticed else [], [CASES, NAMES]
        caught += [NAMES] if self._is_named_otherwise(rule, mutant.rule) else []
        known = self._catalog.facts.keys() >= set(facts_read(condition))
        if not noticed or (known and mutant.kind != ADD):
            trials = self._trials if known else self._wider_trials()
            asked += [INVARIANTS, PROOFS] if trials else []
            caught += self._proven_otherwise(trials, rule, mutant.rule)
        if not tally.count(caught, asked):
            tally.survived += 1
            self._survives(rule, mutant)

    def _is_equivalent(self, rule: Rule, mutant: Rule) -> bool:
        if self._space is not None:
            return not self._space.is_possible(self._between(rule, mutant, self._space))
        return not any(
            self._evaluator.possible({}, [(rule.condition, here), (mutant.condition, not here)])
            for here in (True, False)
        )

    def _between(self, rule: Rule, mutant: Rule, space: Space) -> Diagram:
        """The cases that meet one of the conditions and not the other."""
        return space.diagram(rule.condition) ^ space.diagram(mutant.condition)

    def _wider_trials(self) -> Trials | None:
        """The proofs with the facts that only mutants ask for; slower, and seldom needed."""
        if self._space is not None and self._wide_trials is None:
            self._wide_trials = Trials(self._pack, self._wide)
        return self._wide_trials

    def _proven_otherwise(self, trials: Trials | None, rule: Rule, mutant: Rule) -> list[str]:
        """The proofs that no longer hold with a mutant in the place of its rule."""
        if trials is None:
            return []
        found = [INVARIANTS] if trials.breaks_invariant(rule, mutant) else []
        return [*found, PROOFS] if trials.breaks_proof(rule, mutant) else found

    def _is_named_otherwise(self, rule: Rule, mutant: Rule) -> bool:
        """Whether what the mutant speaks of is not what its statement's paraphrase and sentences name."""
        claim = self._attribution.claims[rule.statement]
        rules = tuple(mutant if other.id == rule.id else other for other in claim.rules)
        return next(self._attribution.findings_with(mutant, claim._replace(rules=rules)), None) is not None

    def _survives(self, rule: Rule, mutant: Mutant) -> None:
        text, own = (condition_text(one.condition, self._wide) for one in (mutant.rule, rule))
        message = f"no check notices {rule.id} with the condition {text!r} instead of {own!r} ({mutant.kind})"
        told = self._told_apart(rule, mutant.rule)
        self._problems.append(Problem("surviving-mutant", self._rules[rule.id], f"{message}; {told}."))

    def _told_apart(self, rule: Rule, mutant: Rule) -> str:
        """A profile on which the rule is met and the mutant not, or the other way round: a case that could be added."""
        for known in (known for cases in self._cases.values() for known in cases):
            truths = [WORDS[self._evaluator.truth(one.condition, known.facts)] for one in (rule, mutant)]
            if truths[0] != truths[1]:
                return f"a case to add: profile {dict(known.profile)}, truth {truths[0]} (the mutant: {truths[1]})"
        facts = self._space.few(self._between(rule, mutant, self._space)) if self._space else None
        texts = "; ".join(fact_text(fact, [value], self._wide) for fact, value in (facts or {}).items())
        return f"a case to add has: {texts}" if texts else "no profile of any case tells them apart"

    # alternatives

    def _alternatives(self) -> dict[str, Tally]:
        tallies = {kind: Tally() for kind in OF_ALTERNATIVES}
        for number, (rule, mutants) in enumerate(alternative_mutants(self._catalog), 1):
            for mutant in mutants:
                self._alternative(rule, mutant, tallies[mutant.kind])
            self._progress(ALTERNATIVES, number, len(self._catalog.rules))
        return tallies

    def _alternative(self, rule: Rule, mutant: Mutant, tally: Tally) -> None:
        tally.made += 1
        caught, asked = [NAMES] if self._is_named_otherwise(rule, mutant.rule) else [], [NAMES]
        if mutant.kind != PARTNERS and self._trials is not None:  # no proof speaks of partners
            asked += [INVARIANTS, PROOFS]
            caught += self._proven_otherwise(self._trials, rule, mutant.rule)
        if not tally.count(caught, asked):
            tally.survived += 1
            changed = {"stance": mutant.rule.stance, "option": mutant.rule.option, "partners": mutant.rule.partners}
            message = f"no check notices {rule.id} with the {mutant.kind} {changed[mutant.kind]!r}."
            self._problems.append(Problem("surviving-mutant", self._rules[rule.id], message))

    # citations

    def _citations(self, group: str, claims: list[Claim]) -> dict[str, Tally]:
        tallies = {kind: Tally() for kind in OF_CITATIONS}
        for number, claim in enumerate(claims, 1):
            for changed in misquotes(claim, self._attribution):
                self._citation(claim, changed, tallies[changed.kind])
            self._progress(group, number, len(claims))
        return tallies

    def _citation(self, claim: Claim, changed: Misquote, tally: Tally) -> None:
        tally.made += 1
        caught = [NAMES] if next(self._attribution.findings(changed.claim), None) else []
        asked = [NAMES]
        if changed.kind == MOVE:
            asked.append(ACCOUNTS)
            caught += [ACCOUNTS] if self._is_unaccounted(claim, changed) else []
        if caught:
            tally.count(caught, asked)
            return
        names = self._still_named(claim, changed)
        if names is not None:
            tally.same += 1
            row = {"statement": claim.statement.id, "kind": changed.kind, "change": changed.what, "names": names}
            self._same.append(row)
            return
        tally.count((), asked)
        tally.survived += 1
        place, name = self._statements[claim.statement.id], claim.statement.id
        self._problems.append(Problem("surviving-mutant", place, f"no check notices {name} where {changed.what}."))

    def _is_unaccounted(self, claim: Claim, changed: Misquote) -> bool:
        """Whether the sentence that was cited is now left over, or the one cited instead was set aside."""
        source = claim.statement.source
        assert changed.left is not None and changed.taken is not None
        others = [name for name in self._attribution.citing(source, changed.left) if name != claim.statement.id]
        return not others or self._catalog.sentences[source][changed.taken - 1].set_aside is not None

    def _still_named(self, claim: Claim, changed: Misquote) -> list[str] | None:
        """What the claim speaks of, where all of it is named after the change too; None where something is not."""
        text = self._attribution.text(changed.claim)
        if text is None:
            return None
        if changed.was is None or changed.named is None:
            named = self._attribution.spoken(claim, text)
        else:
            said = f"{text} {claim.statement.paraphrase.casefold()}" if changed.kind == CONCERN else text
            named = {name: self._attribution.says(name, said) for name in (changed.was, changed.named)}
        return sorted(named) if all(named.values()) else None
