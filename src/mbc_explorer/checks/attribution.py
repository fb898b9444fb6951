"""What statements and rules speak of must be named: by the paraphrase, and by the sentences or their declared context.

The words by which a drug, a class, a receptor or a criterion is named are data (`knowledge/naming.yaml`). Of a
paraphrase and the rules that rest on it this asks:

* a rule's option and partners are named by the paraphrase, and no therapy is named that no rule speaks of;
* the paraphrase has the words of the rule's stance, and of no other.

And of the sentences, with a copy of the texts:

* a rule's option, partners, stance and every criterion are named by its sentences or the context that it declares;
* so is everything that a paraphrase names: drugs, classes, receptors, sexes, sites, figures.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import All, Any, AtLeast, AtMost, Includes, Not, OneOf, from_yaml, to_yaml
from mbc_explorer.corpus import normalize
from mbc_explorer.errors import Problem
from mbc_explorer.loading import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Rule, Statement
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.loading import Loaded, Pack

Texts = dict[str, dict[int, str]]
"""The sentences of each source, by number."""

_FIGURE = re.compile(r"(?<![\w/.,-])\d+(?:[.,]\d+)*(?![\w/]|-(?!\d))")
"""A number that stands by itself: not that of HER2 or of CDK4/6."""

_WORD = re.compile(r"[a-z]{4,}")
_BEGINNING = 4


class Patterns(NamedTuple):
    """Regular expressions that all have to be found."""

    found: tuple[re.Pattern[str], ...]

    def fit(self, text: str) -> bool:
        """Whether each is found in a text."""
        return all(pattern.search(text) for pattern in self.found)


class Named(NamedTuple):
    """Something with the words for it: ours, and those of the texts."""

    name: str
    ours: Patterns
    theirs: Patterns
    near: str | None = None
    """Of a therapy the wider one that it narrows; of a term the kind of those that it could be taken for."""
    asks: Leaf | None = None
    """Of a term the criterion that it states of a rule."""
    left_out: bool = False
    """Whether a paraphrase may leave it out."""


class Finding(NamedTuple):
    """Something that is not named where it has to be."""

    kind: str
    statement: str
    rule: str | None
    """The rule that speaks of it; None where the paraphrase does."""
    message: str


class Claim(NamedTuple):
    """A statement with the rules that rest on it, and the sentences that it points back to."""

    statement: Statement
    rules: tuple[Rule, ...]
    context: tuple[int, ...]
    """Of a statement without rules; a rule declares its own."""
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


def check_attribution(pack: Pack, catalog: Catalog, texts: Texts | None) -> list[Problem]:
    """Everything that is spoken of and not named, at its place.

    Args:
        pack: the files.
        catalog: the same, compiled.
        texts: the sentences, from a copy of the texts; without it only paraphrases and rules are compared.
    """
    if not pack.naming:
        return []
    attribution = Attribution(pack, catalog, texts)
    statements, rules = statement_places(pack), rule_places(pack)
    found: dict[tuple[str, str], Problem] = {}  # what a sentence loses is found from every statement that rests on it
    for claim in attribution.claims.values():
        for finding in attribution.findings(claim):
            place = rules[finding.rule] if finding.rule else statements[finding.statement]
            found.setdefault((finding.kind, finding.message), Problem(finding.kind, place, finding.message))
    return [*_unknown_names(pack, catalog), *found.values()]


def _unknown_names(pack: Pack, catalog: Catalog) -> list[Problem]:
    """Words for something that is not there, and criteria that cannot be asked."""
    known = {*catalog.agents, *catalog.categories, *catalog.options}
    resolver = Resolver(pack)
    for loaded in pack.naming:
        for index, row in enumerate(loaded.model.therapies):
            for name in (row.of, row.within):
                if name is not None and name not in known:
                    resolver.unknown("therapy", name, known, loaded.place("therapies", index))
        for index, row in enumerate(loaded.model.criteria):
            if not isinstance(row.of, str):
                resolver.condition(row.of, loaded, "criteria", index, "of")
            elif row.of not in catalog.attributes:
                resolver.unknown("attribute", row.of, catalog.attributes, loaded.place("criteria", index))
    return resolver.problems


def statement_places(pack: Pack) -> dict[str, str]:
    """Where the paraphrase of each statement stands."""
    return _places(pack.statements, "statements", "paraphrase")


def rule_places(pack: Pack) -> dict[str, str]:
    """Where each rule stands."""
    return _places(pack.rules, "rules")


def _places(files: Iterable[Loaded], key: str, *within: str) -> dict[str, str]:
    return {
        f"{file.model.source}.{row.id}": file.place(key, index, *within)
        for file in files
        for index, row in enumerate(getattr(file.model, key))
    }


class Attribution:
    """The words of a pack, and what they find in paraphrases and texts."""

    def __init__(self, pack: Pack, catalog: Catalog, texts: Texts | None) -> None:
        self.catalog = catalog
        self._texts = texts
        self.therapies: dict[str, Named] = {}
        self.terms: list[Named] = []
        self._words: list[str] = []
        self._partners: Named | None = None
        self._criteria: dict[str, Patterns] = {}
        self._stances: dict[str, Named] = {}
        for loaded in pack.naming:
            naming = loaded.model
            for row in naming.therapies:
                ours, theirs = _compiled(row.in_paraphrase), _compiled(row.in_text)
                self.therapies[row.of] = Named(row.of, ours, theirs, row.within)
            for row in naming.terms:
                ours, theirs = _compiled(row.in_paraphrase), _compiled(row.in_text)
                leaf = _asked(from_yaml(row.asks))[0] if row.asks else None
                self.terms.append(Named(row.name, ours, theirs, row.kin, leaf, row.left_out))
            self._words += naming.words
            for row in naming.criteria:
                self._criteria[row.of if isinstance(row.of, str) else str(row.of)] = _compiled(row.in_text)
            if naming.partners:
                ours, theirs = _compiled(naming.partners.in_paraphrase), _compiled(naming.partners.in_text)
                self._partners = Named("partners", ours, theirs)
            for row in naming.stances:
                ours, theirs = _compiled(row.in_paraphrase), _compiled(row.in_text)
                self._stances[row.of] = Named(row.of, ours, theirs)
        words: dict[str, str] = {}
        for agent in catalog.agents.values():
            for name in (agent.name, *(fact.words for fact in (*agent.names, *agent.brands))):
                words[" ".join(normalize(name))] = agent.id
        self._narrowing = frozenset(name for name, row in self.therapies.items() if row.near)
        self._agent_words = words
        longest = sorted(words, key=len, reverse=True)
        either = "|".join(map(re.escape, longest))
        self._agents = re.compile(rf"(?<![\w-])(?:{either})(?!\w)" if words else r"(?!)", re.IGNORECASE)
        self._keeping = [words for words in self.therapies.values() if words.name in catalog.implied]
        self._keeping += [words for words in self.terms if words.near and not words.left_out]
        self.claims = self._claims(pack)
        self._citing: dict[tuple[str, int], list[str]] = {}
        """The statements that rest on each sentence."""
        for claim in self.claims.values():
            for anchor in claim.statement.sentences:
                self._citing.setdefault((claim.statement.source, anchor.number), []).append(claim.statement.id)

    def _claims(self, pack: Pack) -> dict[str, Claim]:
        """Every statement, with the rules that rest on it."""
        rules: dict[str, list[Rule]] = {}
        for rule in self.catalog.rules.values():
            rules.setdefault(rule.statement, []).append(rule)
        rows = {f"{file.model.source}.{row.id}": row for file in pack.statements for row in file.model.statements}
        return {
            name: Claim(
                statement,
                tuple(rules.get(name, ())),
                tuple(rows[name].context),
                tuple(rows[name].in_passing),
                tuple(rows[name].means),
                tuple(rows[name].further),
                tuple(rows[name].leaves_out),
                (*rows[name].agents, *rows[name].categories),
            )
            for name, statement in self.catalog.statements.items()
        }

    def findings(self, claim: Claim) -> Iterator[Finding]:
        """What a claim speaks of and does not name."""
        yield from self._of_paraphrase(claim)
        for rule in claim.rules:
            yield from self._of_rule(rule, claim)
        yield from self._of_texts(claim)

    def findings_with(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        """The same of a claim of which all but one rule is known to be named."""
        yield from self._of_paraphrase(claim)
        for other in claim.rules:
            yield from self._of_rule(other, claim)
        if self._texts is not None:
            yield from self._of_rule_in_text(rule, claim)

    def citing(self, source: str, number: int) -> list[str]:
        """The statements that rest on a sentence."""
        return self._citing.get((source, number), [])

    def spoken(self, claim: Claim, text: str) -> dict[str, bool]:
        """Everything that a paraphrase and the rules on it name or ask for, and whether a text says it."""
        paraphrase = claim.statement.paraphrase
        drugs = self.agents_in(text)
        found = {agent: agent in drugs for agent in sorted(self.agents_in_paraphrase(paraphrase))}
        for words in (*self.therapies.values(), *self.terms):
            if words.ours.fit(paraphrase):
                found[words.name] = words.theirs.fit(text)
        for rule in claim.rules:
            found |= {term: self.is_named(term, text) for term in self._own(rule)}
            found |= {_shown(leaf): self.is_asked(leaf, text) for leaf in _asked(rule.condition)}
        return found

    def says(self, name: str, text: str) -> bool:
        """Whether a text names a drug, a class or option, a receptor or setting, or a figure."""
        terms = any(words.name == name and words.theirs.fit(text) for words in self.terms)
        return terms or self.is_named(name, text) or name in _FIGURE.findall(text)

    def text(self, claim: Claim) -> str | None:
        """The sentences of a claim with all the context that it and its rules declare; None where one is not there."""
        numbers = {anchor.number for anchor in claim.statement.sentences} | {*claim.context}
        numbers |= {anchor.number for rule in claim.rules for anchor in rule.context}
        spoken = (self._texts or {}).get(claim.statement.source, {})
        return _plain(spoken, numbers) if numbers <= spoken.keys() else None

    # the paraphrase and the rules on it

    def _of_paraphrase(self, claim: Claim) -> Iterator[Finding]:
        """What the paraphrase names, or means, and no rule on it is about; and what is excused without need."""
        if not claim.rules:
            return
        named = self._named(claim.statement.paraphrase) | set(claim.means)
        spoken = {term for rule in claim.rules for term in self._spoken_of(rule)}
        options = {rule.option for rule in claim.rules}
        narrow = {name for name in named if name in self._narrowing}
        left = (named - narrow - spoken) | (narrow - options) | (set(claim.means) - spoken)
        for name in sorted(left - set(claim.in_passing)):
            yield _finding(claim, None, "unspoken-therapy", f"names {name}, which no rule on it is about")
        for name in self._lost(claim, named):
            yield _finding(claim, None, "unspoken-therapy", f"names {name}, and only a rule on a wider class is on it")
        for name in claim.further:
            if not any(name in rule.partners for rule in claim.rules):
                yield _finding(claim, None, "unspoken-therapy", f"means further {name}, which is no rule's partner")
        asked = [(rule.option, rule.condition) for rule in claim.rules]
        for rule in [rule for rule in claim.rules if asked.count((rule.option, rule.condition)) > 1]:
            yield _finding(claim, rule, "repeated-rule", f"another rule on its statement says the same of {rule.option}")
        beside = {term for rule in claim.rules for term in self._not_its_own(rule, claim, named)}
        for name in claim.in_passing:
            if name not in left | beside:
                yield _finding(claim, None, "idle-word", f"{name} needs no excuse as named in passing")

    def _lost(self, claim: Claim, named: Iterable[str]) -> list[str]:
        """Classes that a paraphrase names, without a rule on them, where a rule is on a wider class."""
        categories, options = self.catalog.categories, {rule.option for rule in claim.rules}
        other = {name for rule in claim.rules for name in (*rule.partners, *_items(rule))} | set(claim.in_passing)
        classes = [name for name in named if name in categories and name not in options | other]
        return sorted(name for name in classes if options.intersection(categories[name].path))

    def _of_rule(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        paraphrase = claim.statement.paraphrase
        named = self._named(paraphrase)
        for term in self._own(rule):
            if term not in self.therapies and term not in self.catalog.agents:
                yield _finding(claim, rule, "no-words", f"no words for {term} are in knowledge/naming.yaml")
            elif term not in named and (term not in claim.means or term in rule.partners):
                yield _finding(claim, rule, "unnamed-therapy", f"the paraphrase of its statement does not name {term}")
        for term in _items(rule):
            if term in self.catalog.implied and term not in named and term not in claim.means:
                yield _finding(claim, rule, "unnamed-therapy", f"asks for {term}, which the paraphrase does not name")
        for words in self.terms:
            if words.asks and words.ours.fit(paraphrase) and not _is_asked_by(rule.condition, words.asks):
                text = f"the paraphrase of its statement says {words.name}, for which it does not ask"
                yield _finding(claim, rule, "other-criterion", text)
        yield from self._of_partners(rule, claim)
        marks = [stance for stance, words in self._stances.items() if words.ours.fit(paraphrase)]
        if marks != ([] if rule.stance == DESCRIBES else [rule.stance]):
            told = " and ".join(marks) or DESCRIBES
            yield _finding(claim, rule, "other-stance", f"says {rule.stance}, but the paraphrase has the words of {told}")
        for term in sorted(self._not_its_own(rule, claim, named) - set(claim.in_passing)):
            text = f"the paraphrase of its statement names {term}, which is neither its option nor a partner or criterion"
            yield _finding(claim, rule, "unspoken-therapy", text)

    def _of_partners(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        """Partners where the paraphrase says so, none where it does not, and none that goes without saying."""
        option = self.catalog.options[rule.option]
        if self._partners is not None and self._partners.ours.fit(claim.statement.paraphrase) != bool(rule.partners):
            told = "has partners, of which" if rule.partners else "has no partner, but"
            text = f"{told} its statement's paraphrase {'does not speak' if rule.partners else 'speaks of one'}"
            yield _finding(claim, rule, "other-partners", text)
        others = [name for name in option.agents if name != option.id] if option.id in option.agents else []
        for name in others:
            if name not in rule.partners:
                yield _finding(claim, rule, "other-partners", f"{name} is part of its option, and no partner")
        own = {option.id, *self.catalog.categories[option.category].path, *claim.in_passing}
        for name in rule.partners:
            beside = [other for other in (*option.agents, *rule.partners) if other != name]
            wider = {step for other in beside for step in self._with_wider(other)} - set(others)
            if name in own | wider and name not in claim.further:
                yield _finding(claim, rule, "other-partners", f"the partner {name} is its option's own, or named in passing")

    def _not_its_own(self, rule: Rule, claim: Claim, named: Iterable[str]) -> set[str]:
        """Therapies that a paraphrase names and a rule on it does not speak of, nor one beside it."""
        therapies = {term for term in named if term in self.catalog.implied} - self._spoken_of(rule)
        return {term for term in therapies if not any(self._is_beside(term, rule, other) for other in claim.rules)}

    def _is_beside(self, term: str, rule: Rule, other: Rule) -> bool:
        """Whether another rule on the statement is about a therapy, and not with this rule's option as its partner."""
        own, theirs = self.catalog.options[rule.option], self.catalog.options[other.option]
        if other is rule or not any(term in self._with_wider(name) for name in (other.option, *theirs.agents)):
            return False
        return not {rule.option, *own.agents} & {other.option, *theirs.agents, *other.partners}

    def _own(self, rule: Rule) -> list[str]:
        """What has to be named of a rule: its option, or the drugs of it, and its partners."""
        option = self.catalog.options[rule.option]
        return list(dict.fromkeys([*(option.agents or (option.id,)), *rule.partners]))

    def _spoken_of(self, rule: Rule) -> set[str]:
        """Every therapy that a rule speaks of, with the wider ones."""
        option = self.catalog.options[rule.option]
        direct = [option.id, *option.agents, *rule.partners, *_items(rule)]
        return {step for name in direct for step in self._with_wider(name)} | {
            *self.catalog.categories[option.category].path
        }

    def _with_wider(self, name: str) -> tuple[str, ...]:
        return self.catalog.implied.get(name, (name,))

    @lru_cache(maxsize=4096)  # noqa: B019  lives as long as one check
    def _named(self, paraphrase: str) -> frozenset[str]:
        """The drugs, classes and options that a paraphrase names."""
        plain = _normal(paraphrase)
        classes = {name for name, words in self.therapies.items() if words.ours.fit(paraphrase)}
        return frozenset(self.agents_in(plain) | classes)

    @lru_cache(maxsize=4096)  # noqa: B019
    def agents_in(self, plain: str) -> set[str]:
        """The drugs that a normalized text names; a name within a longer one is not named."""
        return {self._agent_words[match] for match in self._agents.findall(plain)}

    def agents_in_paraphrase(self, paraphrase: str) -> set[str]:
        """The drugs that a paraphrase names."""
        return self.agents_in(_normal(paraphrase))

    def with_agent(self, paraphrase: str, agent: str, name: str) -> str:
        """A paraphrase with a name in the place of every name of a drug."""

        def other(found: re.Match[str]) -> str:
            return name if self._agent_words[_normal(found.group())] == agent else found.group()

        return self._agents.sub(other, paraphrase)

    # the texts

    def _of_texts(self, claim: Claim) -> Iterator[Finding]:
        """What the sentences do not name; one that is not there is reported by its fingerprint."""
        if self._texts is None:
            return
        for rule in claim.rules:
            yield from self._of_rule_in_text(rule, claim)
        spoken = self._texts[claim.statement.source]
        own = {anchor.number for anchor in claim.statement.sentences}
        for number in sorted(own & spoken.keys()):
            yield from self._lost_from(number, _normal(spoken[number]), claim)
        text = self.text(claim)
        if text is not None:
            yield from self._paraphrase_in_text(claim, text)
            yield from self._condition_in_text(claim, text)

    def _of_rule_in_text(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        spoken = (self._texts or {}).get(rule.source, {})
        own = {anchor.number for anchor in claim.statement.sentences}
        of_rule = own | {anchor.number for anchor in rule.context}
        if of_rule <= spoken.keys():
            yield from self._rule_in_text(rule, claim, _plain(spoken, of_rule), _plain(spoken, own))

    def _lost_from(self, number: int, sentence: str, claim: Claim) -> Iterator[Finding]:
        """Drugs, classes and receptors that a sentence names and no paraphrase that rests on it."""
        source, name = claim.statement.source, claim.statement.id
        others = [self.claims[other].statement.paraphrase for other in self._citing.get((source, number), ())
                  if other != name]  # fmt: skip
        kept = {term for text in (claim.statement.paraphrase, *others) for term in self._kept(text)}
        for term in sorted(self._told(sentence) - kept):
            told = f"sentence {number} of {source} names {term}, and no paraphrase that rests on it does"
            yield Finding("lost-name", name, None, f"{told}.")

    @lru_cache(maxsize=8192)  # noqa: B019
    def _kept(self, paraphrase: str) -> frozenset[str]:
        """What a paraphrase names of that which none may leave out, a drug's classes with it."""
        named = {words.name for words in self._keeping if words.ours.fit(paraphrase)}
        named |= self.agents_in_paraphrase(paraphrase)
        return frozenset(named.union(*(self._with_wider(name) for name in named)))

    @lru_cache(maxsize=4096)  # noqa: B019
    def _told(self, sentence: str) -> frozenset[str]:
        """What a sentence names of that which no paraphrase may leave out."""
        named = {words.name for words in self._keeping if words.theirs.fit(sentence)}
        return frozenset(named | self.agents_in(sentence))

    def _condition_in_text(self, claim: Claim, text: str) -> Iterator[Finding]:
        """The condition that a statement states itself: of a list or therapy, the item."""
        when = claim.statement.when
        for leaf in _asked(when) if when else ():
            if not (self.is_asked(leaf, text) or (isinstance(leaf, Includes) and self._is_item(leaf, text))):
                what = f"its sentences and context do not say {_shown(leaf)}, or naming.yaml has no words for it"
                yield _finding(claim, None, "unattributed-criterion", what)

    def _rule_in_text(self, rule: Rule, claim: Claim, text: str, own: str) -> Iterator[Finding]:
        for term in self._own(rule):
            if not self.is_named(term, text):
                yield _finding(claim, rule, "unattributed-therapy", f"{_cited(rule, claim)} do not name {term}")
        for leaf in _asked(rule.condition):
            if not self.is_asked(leaf, text):
                what = f"{_cited(rule, claim)} do not say {_shown(leaf)}, or naming.yaml has no words for it"
                yield _finding(claim, rule, "unattributed-criterion", what)
        for words in self.terms:
            if words.asks and _is_asked_by(rule.condition, words.asks) and words.theirs.fit(own):
                if not words.ours.fit(claim.statement.paraphrase) and words.name not in claim.leaves_out:
                    what = f"its sentences say {words.name}, for which it asks, and the paraphrase does not"
                    yield _finding(claim, rule, "lost-criterion", what)
        if rule.partners and self._partners is not None and not self._partners.theirs.fit(text):
            yield _finding(claim, rule, "unattributed-partners", f"{_cited(rule, claim)} do not speak of partners")
        stance = self._stances.get(rule.stance)
        if stance is not None and not stance.theirs.fit(own):
            yield _finding(claim, rule, "unattributed-stance", f"{_cited(rule, claim)} do not say {rule.stance}")

    def _paraphrase_in_text(self, claim: Claim, text: str) -> Iterator[Finding]:
        paraphrase = claim.statement.paraphrase
        plain = _normal(paraphrase)
        cited = ", ".join(str(anchor.number) for anchor in claim.statement.sentences)
        missing = [("unattributed-agent", self.catalog.agents[name].name) for name in self._agents_not_in(plain, text)]
        for name, words in self.therapies.items():
            if words.ours.fit(paraphrase) and name not in self.catalog.agents and not words.theirs.fit(text):
                missing.append(("unattributed-therapy", name))
        for term in self.terms:
            if term.ours.fit(paraphrase) and not term.theirs.fit(text):
                missing.append(("unattributed-term", term.name))
        both = f"{plain} {text}"
        for name in claim.concerns:
            if not self._concerned(name, plain if name in self.catalog.agents else both):
                missing.append(("unattributed-concern", name))
        missing += [("unattributed-word", word) for word in self._words_not_in(plain, text)]
        dated = (self.catalog.sources[claim.statement.source].date or "").split("-")
        figures = {*_FIGURE.findall(text), *dated, *(part.lstrip("0") for part in dated)}
        for figure in dict.fromkeys(_FIGURE.findall(plain)):
            if figure not in figures:
                missing.append(("unattributed-figure", figure))
        for kind, name in missing:
            told = f"the paraphrase of {claim.statement.id} names {name}, which its sentences ({cited}) do not"
            yield Finding(kind, claim.statement.id, None, f"{told}.")

    def _concerned(self, name: str, text: str) -> bool:
        """Whether a text names a drug or class, or a drug of the class; groups of options have no words."""
        if name not in self.therapies and name not in self.catalog.agents:
            return True
        agents = self.agents_in(text)
        if name in self.catalog.agents:
            return name in agents
        return self.is_named(name, text) or any(name in self.catalog.implied[agent] for agent in agents)

    def _words_not_in(self, plain: str, text: str) -> Iterator[str]:
        """Words of ours, of those that both have to use, without one in the text that begins so."""
        ours, theirs = _beginnings(plain), _beginnings(text)
        for word in self._words:
            if any(one.startswith(word) for one in ours.get(word[:_BEGINNING], ())) and not any(
                one.startswith(word) for one in theirs.get(word[:_BEGINNING], ())
            ):
                yield word

    def _agents_not_in(self, plain: str, text: str) -> list[str]:
        return [name for name in self.catalog.agents if name in self.agents_in(plain) - self.agents_in(text)]

    def is_named(self, therapy: str, text: str) -> bool:
        """Whether a normalized text names a drug, a class or an option."""
        if therapy in self.agents_in(text):
            return True
        return therapy in self.therapies and self.therapies[therapy].theirs.fit(text)

    @lru_cache(maxsize=65536)  # noqa: B019
    def is_asked(self, leaf: Leaf, text: str) -> bool:
        """Whether a normalized text says what a criterion asks."""
        own = self._criteria.get(str(to_yaml(leaf)))
        if own is not None:
            return own.fit(text)
        match leaf:
            case OneOf(attribute, values) if len(values) > 1:
                return all(self.is_asked(OneOf(attribute, (value,)), text) for value in values)
            case Includes(attribute):
                general = self._criteria.get(attribute)
                return general is not None and general.fit(text) and self._is_item(leaf, text)
            case OneOf() | AtLeast() | AtMost():
                return False

    def _is_item(self, leaf: Includes, text: str) -> bool:
        """Whether a text names the therapy, or has the words of the item."""
        if self.catalog.attributes[leaf.attribute].kind != "list":
            return self.is_named(leaf.item, text)
        return all(word in text for word in leaf.item.split("_"))


def _finding(claim: Claim, rule: Rule | None, kind: str, what: str) -> Finding:
    subject = rule.id if rule else f"the paraphrase of {claim.statement.id}"
    return Finding(kind, claim.statement.id, rule.id if rule else None, f"{subject}: {what}.")


def _cited(rule: Rule, claim: Claim) -> str:
    numbers = [anchor.number for anchor in (*claim.statement.sentences, *rule.context)]
    return f"its sentences and context ({', '.join(map(str, sorted(numbers)))})"


def _is_asked_by(condition: Condition, wanted: Leaf) -> bool:
    """Whether a condition asks for something, perhaps among other values."""
    if not isinstance(wanted, OneOf):
        return wanted in _asked(condition)
    values = {
        value
        for leaf in _asked(condition)
        if isinstance(leaf, OneOf) and leaf.attribute == wanted.attribute
        for value in leaf.values
    }
    return values.issuperset(wanted.values)


def _items(rule: Rule) -> list[str]:
    """The therapies and other items that a rule asks for."""
    return [leaf.item for leaf in _asked(rule.condition) if isinstance(leaf, Includes)]


def _shown(leaf: Leaf) -> str:
    return str(to_yaml(leaf)).replace("'", "")


def _asked(condition: Condition) -> list[Leaf]:
    """Every question of a condition, each once."""
    match condition:
        case All(parts) | Any(parts):
            return list(dict.fromkeys(leaf for part in parts for leaf in _asked(part)))
        case Not(part):
            return _asked(part)
        case OneOf() | Includes() | AtLeast() | AtMost():
            return [condition]


@lru_cache(maxsize=8192)
def _beginnings(plain: str) -> dict[str, list[str]]:
    """The words of a normalized text by their first letters."""
    found: dict[str, list[str]] = {}
    for word in _WORD.findall(plain):
        found.setdefault(word[:_BEGINNING], []).append(word)
    return found


def _plain(spoken: dict[int, str], numbers: Iterable[int]) -> str:
    return " ".join(_normal(spoken[number]) for number in sorted(numbers))


@lru_cache(maxsize=4096)
def _normal(sentence: str) -> str:
    return " ".join(normalize(sentence))


def _compiled(patterns: Iterable[str]) -> Patterns:
    return Patterns(tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns))
