"""Mutants of rules, of what they rest on, of what stands beside them and of citations, and which check notices each of
them: `mbc check --mutate`.

A mutant that no check notices is a problem, unless nothing could tell it apart: a condition that no possible case tells
from the rule's own, a sentence that names the same as its neighbor. These are proven so, and counted apart.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mbc_explorer.checks.asides import Asides, aside_mutants
from mbc_explorer.checks.attribution import Attribution, Texts, rule_places, statement_places
from mbc_explorer.checks.citations import CONCERN, OF_CITATIONS, misquotes
from mbc_explorer.checks.derivations import applicability_mutants, derivation_mutants, implied_mutants
from mbc_explorer.checks.expectations import NOTE, READING, STATEMENT, read_expectations, widened
from mbc_explorer.checks.filings import filing_mutants, history_mutants
from mbc_explorer.checks.grounds import Grounds, asked_by_grounds, grounds_of, grounds_of_rules
from mbc_explorer.checks.judge import Judge
from mbc_explorer.checks.known import Known, known_of
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
    APPLICABILITY,
    CASES,
    CITATIONS,
    CRITERIA,
    DERIVATIONS,
    FILINGS,
    HISTORIES,
    IMPLIED,
    INVARIANTS,
    NAMES,
    NOTES,
    OTHERS,
    PROOFS,
    READINGS,
    TEXTS,
    WHENS,
    Mutated,
    Tally,
)
from mbc_explorer.checks.trials import Trials
from mbc_explorer.condition import facts_read, to_yaml
from mbc_explorer.errors import EngineError, Problem
from mbc_explorer.explain import condition_text, fact_text
from mbc_explorer.loading import Resolver
from mbc_explorer.space import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.citations import Misquote
    from mbc_explorer.checks.mutants import Mutant
    from mbc_explorer.checks.paraphrases import Claim
    from mbc_explorer.condition import Condition
    from mbc_explorer.evaluate import Evaluator
    from mbc_explorer.loading import Pack

Plain = dict[str, Any]


_ASIDES = {NOTES: NOTE, READINGS: READING, WHENS: STATEMENT}


def asked_by_mutants(catalog: Catalog) -> list[Condition]:
    """What the mutants of rules ask for."""
    return [mutant.rule.condition for _, mutants in condition_mutants(catalog) for mutant in mutants]


def cases_of(pack: Pack, catalog: Catalog, evaluator: Evaluator) -> dict[str, list[Known]]:
    """For each rule, the profiles of its cases."""
    found: dict[str, list[Known]] = {}
    for loaded in pack.cases:
        for case in [case for case in loaded.model.cases if case.rule]:
            stated = [(case.profile, "met"), *(({**case.profile, **c.set}, c.truth) for c in case.changes)]
            rows = [known_of(profile, truth, catalog, evaluator) for profile, truth in stated]
            found.setdefault(f"{loaded.model.source}.{case.rule}", []).extend(row for row in rows if row)
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
        self._expectations = list(read_expectations(pack, catalog, Resolver(pack)))
        self._derived = {
            DERIVATIONS: list(derivation_mutants(pack, catalog)),
            APPLICABILITY: list(applicability_mutants(pack, catalog)),
            IMPLIED: list(implied_mutants(pack, catalog)),
            HISTORIES: list(history_mutants(pack, catalog)),
            FILINGS: list(filing_mutants(pack, catalog)),
        }
        self._aside = aside_mutants(pack, catalog)
        beside = [mutant for rows in self._aside.values() for row in rows for mutant in row.mutants]
        self._wide = widened(catalog, [*asked_by_mutants(catalog), *beside])
        self._attribution = Attribution(pack, catalog, texts) if pack.naming else None
        self._rules, self._statements = rule_places(pack), statement_places(pack)
        self._problems: list[Problem] = []
        self._equivalent: list[Plain] = []
        self._same: list[Plain] = []
        self._without: list[str] = [] if pack.naming else [NAMES]
        self._without += [] if texts is not None else [TEXTS]
        self._space = self._solver()
        self._judge = Judge(self._wide, self._space)
        self._cases = cases_of(pack, self._wide, self._judge.evaluator)
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
        groups |= self._of_grounds()
        groups |= self._of_asides()
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
        noticed = any(self._judge.truth(condition, case.facts) != case.truth for case in self._cases.get(rule.id, ()))
        if not noticed and self._judge.is_same(rule.condition, condition):
            tally.equivalent += 1
            self._equivalent.append({"of": rule.id, "kind": mutant.kind, "condition": to_yaml(condition)})
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
            truths = [self._judge.truth(one.condition, known.facts) for one in (rule, mutant)]
            if truths[0] != truths[1]:
                return f"a case to add: profile {dict(known.profile)}, truth {truths[0]} (the mutant: {truths[1]})"
        space = self._space
        facts = space.few(self._judge.between(rule.condition, mutant.condition, space)) if space else None
        texts = "; ".join(fact_text(fact, [value], self._wide) for fact, value in (facts or {}).items())
        return f"a case to add has: {texts}" if texts else "no profile of any case tells them apart"

    # what rules rest on, and what stands beside them

    def _of_grounds(self) -> dict[str, dict[str, Tally]]:
        asked = asked_by_grounds(self._derived, self._expectations)
        wide = widened(self._catalog, asked)
        judge = Judge(wide, Space(wide) if self._space else None)
        cases = [*grounds_of(self._expectations, wide), *grounds_of_rules(self._cases, wide)]
        grounds = Grounds(self._derived, asked, cases, judge)
        found = {group: grounds.tally(group, partial(self._progress, group)) for group in self._derived}
        self._problems += grounds.problems
        self._equivalent += grounds.equivalent
        return found

    def _of_asides(self) -> dict[str, dict[str, Tally]]:
        asides = Asides(self._aside, self._expectations, self._judge, self._attribution)
        found = {group: asides.tally(kind, partial(self._progress, group)) for group, kind in _ASIDES.items()}
        self._problems += asides.problems
        self._equivalent += asides.equivalent
        return found

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
