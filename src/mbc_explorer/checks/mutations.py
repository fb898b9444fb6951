"""Mutants of every rule and every citation, and which check notices each of them: `mbc check --mutate`.

A mutant that no check notices is a problem, unless nothing could tell it apart: a condition that no possible case tells
from the rule's own, a sentence that names the same as its neighbor. These are proven so, and counted apart.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.checks.attribution import Attribution, Texts, rule_places, statement_places
from mbc_explorer.checks.citations import CONCERN, OF_CITATIONS, misquotes
from mbc_explorer.checks.mutants import (
    ADD,
    OF_ALTERNATIVES,
    OF_CONDITIONS,
    PARTNERS,
    alternative_mutants,
    condition_mutants,
)
from mbc_explorer.checks.tally import (
    ACCOUNTS,
    ALTERNATIVES,
    CASES,
    CITATIONS,
    CRITERIA,
    INVARIANTS,
    NAMES,
    OTHERS,
    PROOFS,
    TEXTS,
    Mutated,
    Tally,
)
from mbc_explorer.checks.trials import Trials
from mbc_explorer.condition import facts_read, to_yaml
from mbc_explorer.errors import EngineError, Problem, ProfileError
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.explain import condition_text, fact_text
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import Profile, read_profile
from mbc_explorer.space import Space
from mbc_explorer.structure import structural_constraints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.citations import Misquote
    from mbc_explorer.checks.mutants import Mutant
    from mbc_explorer.checks.paraphrases import Claim
    from mbc_explorer.condition import Condition
    from mbc_explorer.loading import Pack
    from mbc_explorer.space import Diagram

Plain = dict[str, Any]


class Known(NamedTuple):
    """One profile of a case beside a rule: what is known of it and what the case says of the rule."""

    profile: Mapping[str, Any]
    facts: dict[str, str]
    truth: str


def widened(catalog: Catalog) -> Catalog:
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
        self._wide = widened(catalog)
        self._evaluator = Evaluator(self._wide)
        self._cases = cases_of(pack, self._wide, self._evaluator)
        self._attribution = Attribution(pack, catalog, texts) if pack.naming else None
        self._rules, self._statements = rule_places(pack), statement_places(pack)
        self._problems: list[Problem] = []
        self._equivalent: list[Plain] = []
        self._same: list[Plain] = []
        self._without: list[str] = [] if pack.naming else [NAMES]
        self._without += [] if texts is not None else [TEXTS]
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
        if self._texts is not None and self._attribution is not None:
            claims = self._attribution.claims.values()
            groups[CITATIONS] = self._citations(CITATIONS, self._attribution, [c for c in claims if c.rules])
            groups[OTHERS] = self._citations(OTHERS, self._attribution, [c for c in claims if not c.rules])
        return Mutated(groups, self._equivalent, self._same, self._without, self._problems)

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
            self._equivalent.append({"rule": rule.id, "kind": mutant.kind, "condition": to_yaml(condition)})
            return
        caught, asked = [CASES] if noticed else [], [CASES, *self._names_asked]
        caught += [NAMES] if self._is_named_otherwise(rule, mutant.rule) else []
        known = self._catalog.facts.keys() >= set(facts_read(condition))
        if not noticed or (known and mutant.kind != ADD):
            trials = self._trials if known else self._wider_trials()
            asked += [INVARIANTS, PROOFS] if trials else []
            caught += self._proven_otherwise(trials, rule, mutant.rule)
        if not tally.count(caught, asked):
            tally.survived += 1
            self._survives(rule, mutant)

    @property
    def _names_asked(self) -> list[str]:
        return [NAMES] if self._attribution else []

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
        if self._attribution is None:
            return False
        claim = self._attribution.claims[rule.statement]
        rules = tuple(mutant if other.id == rule.id else other for other in claim.rules)
        return next(self._attribution.findings(claim._replace(rules=rules), mutant), None) is not None

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
        caught, asked = [NAMES] if self._is_named_otherwise(rule, mutant.rule) else [], self._names_asked
        if mutant.kind != PARTNERS and self._trials is not None:  # no proof speaks of partners
            asked += [INVARIANTS, PROOFS]
            caught += self._proven_otherwise(self._trials, rule, mutant.rule)
        if not tally.count(caught, asked):
            tally.survived += 1
            if PROOFS in self._without:
                return  # a proof might notice it: to be seen where the solver is installed
            changed = {"stance": mutant.rule.stance, "option": mutant.rule.option, "partners": mutant.rule.partners}
            message = f"no check notices {rule.id} with the {mutant.kind} {changed[mutant.kind]!r}."
            self._problems.append(Problem("surviving-mutant", self._rules[rule.id], message))

    # citations

    def _citations(self, group: str, words: Attribution, claims: list[Claim]) -> dict[str, Tally]:
        tallies = {kind: Tally() for kind in OF_CITATIONS}
        for number, claim in enumerate(claims, 1):
            for changed in misquotes(claim, words):
                self._citation(words, claim, changed, tallies[changed.kind])
            self._progress(group, number, len(claims))
        return tallies

    def _citation(self, words: Attribution, claim: Claim, changed: Misquote, tally: Tally) -> None:
        tally.made += 1
        caught = [NAMES] if next(words.findings(changed.claim), None) else []
        asked = [NAMES]
        if changed.left is not None and changed.taken is not None:
            asked.append(ACCOUNTS)
            unaccounted = self._is_unaccounted(words, claim, changed.left, changed.taken)
            caught += [ACCOUNTS] if unaccounted else []
        if caught:
            tally.count(caught, asked)
            return
        names = _still_named(words, claim, changed)
        if names is not None:
            tally.same += 1
            row = {"statement": claim.statement.id, "kind": changed.kind, "change": changed.what, "names": names}
            self._same.append(row)
            return
        tally.count((), asked)
        tally.survived += 1
        place, name = self._statements[claim.statement.id], claim.statement.id
        self._problems.append(Problem("surviving-mutant", place, f"no check notices {name} where {changed.what}."))

    def _is_unaccounted(self, words: Attribution, claim: Claim, left: int, taken: int) -> bool:
        """Whether the sentence that was cited is now left over, or the one cited instead was set aside."""
        source = claim.statement.source
        others = [name for name in words.citing(source, left) if name != claim.statement.id]
        return not others or self._catalog.sentences[source][taken - 1].set_aside is not None


def _still_named(words: Attribution, claim: Claim, changed: Misquote) -> list[str] | None:
    """What the claim speaks of, where all of it is named after the change too; None where something is not."""
    text = words.text(changed.claim)
    if text is None:
        return None
    if changed.was is None or changed.named is None:
        named = words.spoken(claim, text)
    else:
        said = f"{text} {claim.statement.paraphrase.casefold()}" if changed.kind == CONCERN else text
        named = {name: words.naming.says(name, said) for name in (changed.was, changed.named)}
    return sorted(named) if all(named.values()) else None
