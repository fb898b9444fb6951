"""Statements with one small thing changed in what they cite or name: what `mbc check --mutate` tries of citations.

A sentence is exchanged for a neighbor, a context sentence left out or exchanged, a drug, class, receptor, setting or
figure of the paraphrase exchanged for one that it could be taken for, and so is what the statement says it concerns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import Anchored
from mbc_explorer.explain import therapy_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.checks.attribution import Attribution
    from mbc_explorer.checks.naming import Named
    from mbc_explorer.checks.paraphrases import Claim

MOVE, CONTEXT, DRUG, CLASS, TERM, FIGURE, CONCERN = "sentence", "context", "drug", "class", "term", "figure", "concern"
OF_CITATIONS = (MOVE, CONTEXT, DRUG, CLASS, TERM, FIGURE, CONCERN)
"""The kinds of changes, in the order in which they are told."""


class Misquote(NamedTuple):
    """A claim as it would stand with one thing changed."""

    kind: str
    claim: Claim
    what: str
    """The change in words."""
    left: int | None = None
    """The sentence that is no longer cited by it."""
    taken: int | None = None
    """The sentence that it cites instead."""
    was: str | None = None
    """What the paraphrase named, or the statement said to concern."""
    named: str | None = None
    """What it names or says instead."""


def misquotes(claim: Claim, attribution: Attribution) -> Iterator[Misquote]:
    """Every claim that differs from this one in one place."""
    catalog = attribution.catalog
    yield from _moved(claim, catalog)
    yield from _without_context(claim, catalog)
    yield from _renamed(claim, attribution)
    yield from _other_figures(claim)
    for name in claim.concerns:
        for other in _near(name, attribution):
            if other not in claim.concerns:
                concerns = tuple(other if one == name else one for one in claim.concerns)
                what = f"it is said to concern {other} instead of {name}"
                yield Misquote(CONCERN, claim._replace(concerns=concerns), what, was=name, named=other)


def _beside(number: int, cited: set[int], last: int) -> list[int]:
    """The sentences before and after one that are there and not cited already."""
    return [other for other in (number - 1, number + 1) if 1 <= other <= last and other not in cited]


def _moved(claim: Claim, catalog: Catalog) -> Iterator[Misquote]:
    statement = claim.statement
    rows = catalog.sentences[statement.source]
    numbers = {anchor.number for anchor in statement.sentences}
    for number in sorted(numbers):
        for other in _beside(number, numbers, len(rows)):
            anchors = tuple(_anchor(n, catalog, statement.source) for n in sorted(numbers - {number} | {other}))
            changed = claim._replace(statement=statement._replace(sentences=anchors))
            yield Misquote(MOVE, changed, f"cites sentence {other} instead of {number}", number, other)


def _without_context(claim: Claim, catalog: Catalog) -> Iterator[Misquote]:
    source = claim.statement.source
    last = len(catalog.sentences[source])
    own = {anchor.number for anchor in claim.statement.sentences}
    for index, rule in enumerate(claim.rules):
        numbers = {anchor.number for anchor in rule.context}
        for number, others in _exchanges(numbers, own, last):
            anchors = tuple(_anchor(n, catalog, source) for n in sorted(others))
            rules = (*claim.rules[:index], rule._replace(context=anchors), *claim.rules[index + 1 :])
            what = f"the context of {rule.id} is {_listed(others)}, without {number}"
            yield Misquote(CONTEXT, claim._replace(rules=rules), what)
    for number, others in _exchanges({*claim.context}, own, last):
        what = f"its context is {_listed(others)}, without {number}"
        yield Misquote(CONTEXT, claim._replace(context=tuple(sorted(others))), what)


def _exchanges(numbers: set[int], own: set[int], last: int) -> Iterator[tuple[int, set[int]]]:
    """Each number left out, and exchanged for its neighbors."""
    for number in sorted(numbers):
        rest = numbers - {number}
        yield number, rest
        for other in _beside(number, numbers | own, last):
            yield number, rest | {other}


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "nothing"


def _anchor(number: int, catalog: Catalog, source: str) -> Anchored:
    row = catalog.sentences[source][number - 1]
    return Anchored(number, row.section, row.fingerprint)


def _renamed(claim: Claim, attribution: Attribution) -> Iterator[Misquote]:
    """The paraphrase with a drug, class, receptor or setting in the place of another."""
    catalog, naming, paraphrase = attribution.catalog, attribution.naming, claim.statement.paraphrase
    for agent in sorted(naming.drugs(paraphrase)):
        for other in _near(agent, attribution):
            text = naming.exchanged(paraphrase, agent, catalog.agents[other].name)
            yield _reworded(claim, DRUG, text, agent, other)
    for name in [name for name in naming.therapies if name in catalog.categories]:
        for other in _near(name, attribution):
            text = _exchanged(paraphrase, naming.therapies[name], therapy_name(other, catalog))
            if text != paraphrase:
                yield _reworded(claim, CLASS, text, name, other)
    for term in naming.terms:
        for kin in naming.terms:
            if term.near and term.near == kin.near and term is not kin:
                text = _exchanged(paraphrase, term, kin.name)
                if text != paraphrase:
                    yield _reworded(claim, TERM, text, term.name, kin.name)


def _reworded(claim: Claim, kind: str, paraphrase: str, was: str, named: str) -> Misquote:
    changed = claim._replace(statement=claim.statement._replace(paraphrase=paraphrase))
    return Misquote(kind, changed, f"the paraphrase says {named} instead of {was}", was=was, named=named)


def _exchanged(paraphrase: str, words: Named, name: str) -> str:
    """Other words in the place of these, where they are found by one expression."""
    if len(words.ours.found) != 1:
        return paraphrase
    return re.sub(rf"(?:{words.ours.found[0].pattern})\w*", name, paraphrase, flags=re.IGNORECASE)


def _near(name: str, attribution: Attribution) -> list[str]:
    """What a drug or class could be taken for: the drugs filed beside it, the classes of the same wider one."""
    catalog = attribution.catalog
    if name in catalog.agents:
        filed = {fact.what for fact in catalog.agents[name].categories}
        return [
            other
            for other, row in catalog.agents.items()
            if other != name and filed & {fact.what for fact in row.categories}
        ]
    if name not in catalog.categories:
        return []
    above = catalog.categories[name].path[:-1]
    return [
        other
        for other, row in catalog.categories.items()
        if other != name and row.path[:-1] == above and other in attribution.naming.therapies
    ]


def _other_figures(claim: Claim) -> Iterator[Misquote]:
    paraphrase = claim.statement.paraphrase
    for match in re.finditer(r"(?<![\w/.,-])\d+(?![\w/.,-]*\d)(?![\w/])", paraphrase):
        other = str(int(match.group()) + 1)
        text = paraphrase[: match.start()] + other + paraphrase[match.end() :]
        yield _reworded(claim, FIGURE, text, match.group(), other)
