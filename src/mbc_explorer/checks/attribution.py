"""What statements and rules speak of must be named: by the paraphrase, and by the sentences or their declared context.

With a copy of the texts, a rule's option, partners, stance and every criterion must be named by the sentences of its
statement or by its context; so must everything that a paraphrase names: drugs, classes, receptors, settings, figures.
And what a sentence names of drugs, classes and receptors, some paraphrase that rests on it must name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.checks.naming import Naming, check_naming, figures, normal
from mbc_explorer.checks.paraphrases import Paraphrases, asked, asks_for, claims_of
from mbc_explorer.condition import Includes, to_yaml
from mbc_explorer.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.paraphrases import Claim, Finding
    from mbc_explorer.condition import Leaf
    from mbc_explorer.loading import Loaded, Pack

Texts = dict[str, dict[int, str]]
"""The sentences of each source, by number."""


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
    return [*check_naming(pack, catalog), *found.values()]


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
    """The claims of a pack, held to their own words and to the texts."""

    def __init__(self, pack: Pack, catalog: Catalog, texts: Texts | None) -> None:
        """Prepare a pack; without texts only paraphrases and rules are compared."""
        self.catalog = catalog
        self.naming = Naming(pack, catalog)
        self.claims = claims_of(pack, catalog)
        self._texts = texts or {}
        self._paraphrases = Paraphrases(self.naming, catalog)
        self._citing: dict[tuple[str, int], list[str]] = {}
        for claim in self.claims.values():
            for number in claim.numbers:
                self._citing.setdefault((claim.statement.source, number), []).append(claim.statement.id)

    def citing(self, source: str, number: int) -> list[str]:
        """The statements that rest on a sentence."""
        return self._citing.get((source, number), [])

    def findings(self, claim: Claim, changed: Rule | None = None) -> Iterator[Finding]:
        """What a claim speaks of and does not name; of the texts, with `changed`, only what this rule speaks of."""
        yield from self._paraphrases.findings(claim)
        for rule in claim.rules if changed is None else (changed,):
            yield from self._of_rule(rule, claim)
        if changed is None:
            yield from self._of_statement(claim)

    def text(self, claim: Claim) -> str | None:
        """The sentences of a claim with all the context that it and its rules declare; None where one is not there."""
        context = [anchor.number for rule in claim.rules for anchor in rule.context]
        return self._joined(claim.statement.source, [*claim.numbers, *claim.context, *context])

    def spoken(self, claim: Claim, text: str) -> dict[str, bool]:
        """Everything that a paraphrase and the rules on it name or ask for, and whether a text says it."""
        naming, paraphrase = self.naming, claim.statement.paraphrase
        found = {drug: drug in naming.drugs(text) for drug in sorted(naming.drugs(paraphrase))}
        rows = [*naming.therapies.values(), *naming.terms]
        found |= {row.name: row.theirs.fit(text) for row in rows if row.ours.fit(paraphrase)}
        for rule in claim.rules:
            found |= {term: naming.is_named(term, text) for term in self._paraphrases.own(rule)}
            found |= {_shown(leaf): naming.is_asked(leaf, text) for leaf in asked(rule.condition)}
        return found

    def _joined(self, source: str, numbers: Iterable[int]) -> str | None:
        """Sentences as one text; None where one is not there: its fingerprint is reported already."""
        spoken, wanted = self._texts.get(source, {}), set(numbers)
        return " ".join(normal(spoken[number]) for number in sorted(wanted)) if wanted <= spoken.keys() else None

    # rules

    def _of_rule(self, rule: Rule, claim: Claim) -> Iterator[Finding]:
        """What a rule speaks of and its sentences and context do not name."""
        numbers = sorted({*claim.numbers, *(anchor.number for anchor in rule.context)})
        text, own = self._joined(rule.source, numbers), self._joined(rule.source, claim.numbers)
        if text is None or own is None:
            return
        naming, cited = self.naming, f"its sentences and context ({', '.join(map(str, numbers))}) do not"
        for term in self._paraphrases.own(rule):
            if not naming.is_named(term, text):
                yield claim.about(rule, "unattributed-therapy", f"is about {term}, which {cited} name")
        for leaf in asked(rule.condition):
            if not naming.is_asked(leaf, text):
                told = f"asks for {_shown(leaf)}, which {cited} say, or knowledge/naming.yaml has no words for it"
                yield claim.about(rule, "unattributed-criterion", told)
        for row in naming.terms:
            said = row.asks is not None and asks_for(rule.condition, row.asks) and row.theirs.fit(own)
            if said and row.name not in claim.leaves_out and not row.ours.fit(claim.statement.paraphrase):
                told = f"asks for what its sentences say and its paraphrase does not: {row.name}"
                yield claim.about(rule, "lost-criterion", told)
        if rule.partners and naming.partners and not naming.partners.theirs.fit(text):
            yield claim.about(rule, "unattributed-partners", f"has partners, of which {cited} speak")
        if rule.stance in naming.stances and not naming.stances[rule.stance].theirs.fit(own):
            yield claim.about(rule, "unattributed-stance", f"says {rule.stance}, which {cited} say")

    # statements

    def _of_statement(self, claim: Claim) -> Iterator[Finding]:
        for number in claim.numbers:
            sentence = self._joined(claim.statement.source, [number])
            yield from self._lost(number, sentence, claim) if sentence else ()
        text = self.text(claim)
        if text is None:
            return
        cited = f"its sentences ({', '.join(map(str, claim.numbers))}) do not"
        for kind, name in self._missing(claim, text):
            yield claim.about(None, f"unattributed-{kind}", f"names {name}, which {cited}")
        yield from self.of_when(claim)

    def of_when(self, claim: Claim) -> Iterator[Finding]:
        """What the condition of a statement itself asks and its sentences do not say."""
        text, when = self.text(claim), claim.statement.when
        if text is None or when is None:
            return
        cited = f"its sentences ({', '.join(map(str, claim.numbers))}) do not"
        for leaf in asked(when):
            if not (
                self.naming.is_asked(leaf, text) or (isinstance(leaf, Includes) and self.naming.is_item(leaf, text))
            ):
                told = (
                    f"has a condition, {_shown(leaf)}, that {cited} say, or knowledge/naming.yaml has no words for it"
                )
                yield claim.about(None, "unattributed-criterion", told)

    def _lost(self, number: int, sentence: str, claim: Claim) -> Iterator[Finding]:
        """Drugs, classes and receptors that a sentence names and no paraphrase that rests on it."""
        source, own = claim.statement.source, claim.statement
        others = [self.claims[name].statement for name in self.citing(source, number) if name != own.id]
        kept = {name for statement in (own, *others) for name in self.naming.kept(statement.paraphrase)}
        for name in sorted(self.naming.told(sentence) - kept):
            told = f"sentence {number} of {source} names {name}, and no paraphrase that rests on it does."
            yield claim.about(None, "lost-name", "")._replace(message=told)

    def _missing(self, claim: Claim, text: str) -> Iterator[tuple[str, str]]:
        """Kind and name of everything that a paraphrase names and its text does not."""
        naming, paraphrase, source = self.naming, claim.statement.paraphrase, claim.statement.source
        for drug in sorted(naming.drugs(paraphrase) - naming.drugs(text)):
            yield "agent", self.catalog.agents[drug].name
        for name, row in naming.therapies.items():
            if name not in self.catalog.agents and row.ours.fit(paraphrase) and not row.theirs.fit(text):
                yield "therapy", name
        for row in naming.terms:
            if row.ours.fit(paraphrase) and not row.theirs.fit(text):
                yield "setting", row.name
        for name in claim.concerns:
            if not naming.is_concerned(name, paraphrase, text):
                yield "concern", name
        yield from (("word", word) for word in naming.words_not_in(paraphrase, text))
        dated = self._dated(source, paraphrase)
        yield from (("figure", figure) for figure in figures(paraphrase) if figure not in [*figures(text), *dated])

    def _dated(self, source: str, paraphrase: str) -> list[str]:
        """The figures of a source's own date: the year, and with it the day."""
        year, *rest = (self.catalog.sources[source].date or "").split("-")
        return [year, *(part.lstrip("0") for part in rest)] if year in figures(paraphrase) else [year]


def _shown(leaf: Leaf) -> str:
    return str(to_yaml(leaf)).replace("'", "")
