"""What the rules on a statement speak of is what its paraphrase names: options, partners, stances, criteria.

A rule's option and partners are named by the paraphrase, and no therapy is named that no rule speaks of; rules have
partners where the paraphrase has its words for them, and the stance that its words mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import Includes, OneOf, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Rule, Statement
    from mbc_explorer.checks.naming import Naming
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.loading import Pack


class Finding(NamedTuple):
    """Something that is not named where it has to be."""

    kind: str
    statement: str
    rule: str | None
    """The rule that speaks of it; None where the paraphrase does."""
    message: str


class Claim(NamedTuple):
    """A statement with the rules that rest on it, and what its file says of its wording."""

    statement: Statement
    rules: tuple[Rule, ...]
    context: tuple[int, ...]
    """The sentences that the statement points back to; a rule declares its own besides."""
    in_passing: tuple[str, ...]
    """Therapies and options that the paraphrase names and no rule on it is about."""
    means: tuple[str, ...]
    """Those that it means without naming each of them."""
    further: tuple[str, ...]
    """Classes of which the paraphrase means further drugs, beside one of the same class."""
    leaves_out: tuple[str, ...]
    """Words for criteria that the sentences have and the paraphrase has not."""
    concerns: tuple[str, ...]
    """The agents and categories that the statement says it concerns."""

    @property
    def numbers(self) -> list[int]:
        """The sentences that it rests on."""
        return [anchor.number for anchor in self.statement.sentences]

    def about(self, rule: Rule | None, kind: str, what: str) -> Finding:
        """A finding on the paraphrase, or on one of the rules."""
        subject = rule.id if rule else f"the paraphrase of {self.statement.id}"
        return Finding(kind, self.statement.id, rule.id if rule else None, f"{subject} {what}.")


def claims_of(pack: Pack, catalog: Catalog) -> dict[str, Claim]:
    """Every statement, with the rules that rest on it."""
    rules: dict[str, list[Rule]] = {}
    for rule in catalog.rules.values():
        rules.setdefault(rule.statement, []).append(rule)
    rows = {f"{file.model.source}.{row.id}": row for file in pack.statements for row in file.model.statements}
    found = {}
    for name, statement in catalog.statements.items():
        row = rows[name]
        words = (row.context, row.in_passing, row.means, row.further, row.leaves_out, [*row.agents, *row.categories])
        found[name] = Claim(statement, tuple(rules.get(name, ())), *map(tuple, words))
    return found


def asked(condition: Condition) -> list[Leaf]:
    """Every question of a condition, each once."""
    return list(dict.fromkeys(leaves(condition)))


def asks_for(condition: Condition, wanted: Leaf) -> bool:
    """Whether a condition asks for something, perhaps among other values."""
    if not isinstance(wanted, OneOf):
        return wanted in asked(condition)
    own = [leaf for leaf in asked(condition) if isinstance(leaf, OneOf) and leaf.attribute == wanted.attribute]
    return {value for leaf in own for value in leaf.values}.issuperset(wanted.values)


def items(rule: Rule) -> list[str]:
    """The therapies and other items that a rule asks for."""
    return [leaf.item for leaf in asked(rule.condition) if isinstance(leaf, Includes)]


class Paraphrases:
    """Compares paraphrases with the rules that rest on them."""

    def __init__(self, naming: Naming, catalog: Catalog) -> None:
        self._naming, self._catalog = naming, catalog

    def findings(self, claim: Claim) -> Iterator[Finding]:
        """What a paraphrase and the rules on it do not have in common; context that is cited already."""
        contexts = [(None, claim.context), *((rule, [a.number for a in rule.context]) for rule in claim.rules)]
        for rule, numbers in contexts:
            for number in sorted(set(numbers).intersection(claim.numbers)):
                yield claim.about(rule, "idle-context", f"has sentence {number} as context and rests on it already")
        if claim.rules:
            yield from self._of_all(claim)
        for rule in claim.rules:
            yield from self._of_rule(rule, claim)

    def own(self, rule: Rule) -> list[str]:
        """What has to be named of a rule: its option, or the drugs of it, and its partners."""
        option = self._catalog.options[rule.option]
        return list(dict.fromkeys([*(option.agents or (option.id,)), *rule.partners]))

    def _spoken_of(self, rule: Rule) -> set[str]:
        """Every therapy that a rule speaks of, with the wider ones."""
        option = self._catalog.options[rule.option]
        direct = [option.id, *option.agents, *rule.partners, *items(rule)]
        wider = {step for name in direct for step in self._naming.with_wider(name)}
        return wider.union(self._catalog.categories[option.category].path)

    def _of_all(self, claim: Claim) -> Iterator[Finding]:
        """What the paraphrase names, or means, and no rule on it is about; and what is excused without need."""
        named = self._naming.named(claim.statement.paraphrase).union(claim.means)
        options = {rule.option for rule in claim.rules}
        narrow = named & self._naming.narrowing
        spoken = {term for rule in claim.rules for term in self._spoken_of(rule)}
        left = (named - narrow - spoken) | (narrow - options) | (set(claim.means) - spoken)
        for name in sorted(left.difference(claim.in_passing)):
            yield claim.about(None, "unspoken-therapy", f"names {name}, which no rule on it is about")
        for name in self._widened(claim, named):
            yield claim.about(None, "unspoken-therapy", f"names {name}, and only a rule on a wider class rests on it")
        for name in claim.further:
            if not any(name in rule.partners for rule in claim.rules):
                yield claim.about(None, "unspoken-therapy", f"means further {name}, which is no rule's partner")
        both = [(rule.option, rule.condition) for rule in claim.rules]
        for rule in [rule for rule in claim.rules if both.count((rule.option, rule.condition)) > 1]:
            yield claim.about(rule, "repeated-rule", f"says what another rule on its statement says of {rule.option}")
        beside = {term for rule in claim.rules for term in self._not_its_own(rule, claim, named)}
        for name in claim.in_passing:
            if name not in left | beside:
                yield claim.about(None, "idle-word", f"does not name {name} in passing")

    def _widened(self, claim: Claim, named: Iterable[str]) -> list[str]:
        """Classes that a paraphrase names, without a rule on them, where a rule is on a wider class."""
        categories, options = self._catalog.categories, {rule.option for rule in claim.rules}
        other = {name for rule in claim.rules for name in (*rule.partners, *items(rule))}.union(claim.in_passing)
        classes = [name for name in named if name in categories and name not in options | other]
        return sorted(name for name in classes if options.intersection(categories[name].path))

    def _of_rule(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        paraphrase = claim.statement.paraphrase
        named = self._naming.named(paraphrase)
        for term in self.own(rule):
            if not self._naming.has_words(term):
                yield claim.about(rule, "no-words", f"is about {term}, for which knowledge/naming.yaml has no words")
            elif term not in named and (term not in claim.means or term in rule.partners):
                yield claim.about(rule, "unnamed-therapy", f"is about {term}, which the paraphrase does not name")
        for term in items(rule):
            if term in self._catalog.implied and term not in named.union(claim.means):
                yield claim.about(rule, "unnamed-therapy", f"asks for {term}, which the paraphrase does not name")
        for term in sorted(self._not_its_own(rule, claim, named).difference(claim.in_passing)):
            told = f"has a paraphrase that names {term}, which is neither its option nor a partner or criterion"
            yield claim.about(rule, "unspoken-therapy", told)
        for row in self._naming.terms:
            if row.asks and row.ours.fit(paraphrase) and not asks_for(rule.condition, row.asks):
                yield claim.about(rule, "other-criterion", f"does not ask for what its paraphrase says: {row.name}")
        marks = [stance for stance, words in self._naming.stances.items() if words.ours.fit(paraphrase)]
        if marks != ([] if rule.stance == DESCRIBES else [rule.stance]):
            told = f"says {rule.stance}, and its paraphrase has the words of {' and '.join(marks) or DESCRIBES}"
            yield claim.about(rule, "other-stance", told)
        yield from self._of_partners(rule, claim)

    def _of_partners(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        """Partners where the paraphrase says so, none where it does not, and none that goes without saying."""
        option, partners = self._catalog.options[rule.option], self._naming.partners
        if partners is not None and partners.ours.fit(claim.statement.paraphrase) != bool(rule.partners):
            yield claim.about(
                rule,
                "other-partners",
                "has partners of which the paraphrase does not speak" if rule.partners else
                "has no partner, and the paraphrase speaks of one",
            )  # fmt: skip
        others = [name for name in option.agents if name != option.id] if option.id in option.agents else []
        for name in others:
            if name not in rule.partners:
                yield claim.about(rule, "other-partners", f"is on a combination with {name}, which is no partner")
        own = {option.id, *self._catalog.categories[option.category].path, *claim.in_passing}
        for name in rule.partners:
            beside = [other for other in (*option.agents, *rule.partners) if other != name]
            wider = {step for other in beside for step in self._naming.with_wider(other)}.difference(others)
            if name in own | wider and name not in claim.further:
                yield claim.about(rule, "other-partners", f"has a partner that is its option's own: {name}")

    def _not_its_own(self, rule: Rule, claim: Claim, named: Iterable[str]) -> set[str]:
        """Therapies that a paraphrase names and a rule on it does not speak of, nor one beside it."""
        therapies = {term for term in named if term in self._catalog.implied} - self._spoken_of(rule)
        return {term for term in therapies if not any(self._is_beside(term, rule, other) for other in claim.rules)}

    def _is_beside(self, term: str, rule: Rule, other: Rule) -> bool:
        """Whether another rule on the statement is about a therapy, and not with this rule's option as its partner."""
        own, theirs = self._catalog.options[rule.option], self._catalog.options[other.option]
        about = [step for name in (other.option, *theirs.agents) for step in self._naming.with_wider(name)]
        if other is rule or term not in about:
            return False
        return not {rule.option, *own.agents} & {other.option, *theirs.agents, *other.partners}
