"""The knowledge of facts with one small thing changed: derivations, applicability and what values imply.

A derivation is exact when a definition (a condition for each value), and one way round when an implication. Each side
of each is changed as the condition of a rule is; whole derivations are left out, turned round, and their values
exchanged. What the loader refuses is no mutant: a definition that reads itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.checks.expectations import derivations
from mbc_explorer.checks.mutants import ADD, DROP, SWAP, Vocabulary, variants
from mbc_explorer.condition import ALWAYS, attributes_read, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Attribute, Catalog, Constraint
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.loading import Pack

CONVERSE = "converse"
"""An implication the other way round."""


class Changed(NamedTuple):
    """The knowledge as it would stand with one thing changed."""

    kind: str
    what: str
    """The changed part: the value of a definition, a side of an implication, a value of a list."""
    stated: Mapping[str, Constraint]
    """The derivations."""
    attributes: Mapping[str, Attribute] | None = None
    """The attributes, where they are changed."""
    condition: Condition | None = None
    """What stands there instead, where it is a condition."""
    implied: Mapping[str, tuple[str, ...]] | None = None
    """What each drug and category counts as, where that is changed."""
    reads_alike: bool = True
    """Whether every profile states the same facts as before."""
    asks: frozenset[str] = frozenset()
    """Where profiles state other facts: the attributes or categories of which they do."""


class Derived(NamedTuple):
    """A derivation, an attribute that does not always apply or is taken from a history, a value that implies others, a
    drug or a category that is filed."""

    name: str
    place: str
    touched: frozenset[str]
    """The attributes, drugs and categories that it speaks of."""
    mutants: list[Changed]


def derivation_mutants(pack: Pack, catalog: Catalog) -> Iterator[Derived]:
    """For each derivation, everything that differs from it in one place."""
    stated = derivations(catalog)
    vocabulary, asked = Vocabulary(catalog), questions(catalog)
    for index, row in enumerate(pack.profile.model.derivations):
        own = {name: c for name, c in stated.items() if name == row.id or name.startswith(f"{row.id}.")}
        sides = [side for c in own.values() for side in (c.given, c.then)]
        touched = frozenset(name for side in sides for name in attributes_read(side))
        changes = _of_definition if row.definition else _of_implication
        found = [
            Changed(kind, what, {**{n: c for n, c in stated.items() if n not in own}, **changed}, None, to)
            for kind, what, changed, to in changes(row.id, own, vocabulary, asked)
        ]
        yield Derived(row.id, pack.profile.place("derivations", index), touched, found)


def applicability_mutants(pack: Pack, catalog: Catalog) -> Iterator[Derived]:
    """For each attribute that does not always apply, every other condition for it."""
    stated = derivations(catalog)
    vocabulary, asked = Vocabulary(catalog), questions(catalog)
    for index, row in enumerate(pack.profile.model.attributes):
        own = catalog.attributes[row.id]
        if own.applies_when:
            found = [
                Changed(
                    kind, row.id, stated, {**catalog.attributes, row.id: own._replace(applies_when=to)}, to
                )
                for to, kind in variants(own.applies_when, vocabulary, asked).items()
                if row.id not in attributes_read(to)
            ]  # fmt: skip
            touched = frozenset((row.id, *attributes_read(own.applies_when)))
            yield Derived(row.id, pack.profile.place("attributes", index, "applies_when"), touched, found)


def implied_mutants(pack: Pack, catalog: Catalog) -> Iterator[Derived]:
    """For each list with values that imply others: each that implies less, another one, or one more."""
    stated = derivations(catalog)
    for index, row in enumerate(pack.profile.model.attributes):
        own = catalog.attributes[row.id]
        wider = list(dict.fromkeys(name for value in own.values for name in value.implies))
        found = []
        for number, value in enumerate(own.values):
            for kind, implies in _other_items(value.id, value.implies, wider):
                values = (*own.values[:number], value._replace(implies=implies), *own.values[number + 1 :])
                attributes = {**catalog.attributes, row.id: own._replace(values=values)}
                what = f"{value.id} implies {', '.join(implies) or 'nothing'}"
                found.append(Changed(kind, what, stated, attributes, reads_alike=False))
        if wider:
            yield Derived(row.id, pack.profile.place("attributes", index, "values"), frozenset({row.id}), found)


def questions(catalog: Catalog) -> list[Leaf]:
    """What derivations, notes and applicability ask for, each once."""
    asked = [side for row in derivations(catalog).values() for side in (row.given, row.then)]
    asked += [note.when for note in catalog.notes.values()]
    asked += [row.applies_when for row in catalog.attributes.values() if row.applies_when]
    return list(dict.fromkeys(leaf for condition in asked for leaf in leaves(condition)))


Parts = tuple[str, str, dict[str, "Constraint"], "Condition | None"]


def _of_definition(
    name: str, own: Mapping[str, Constraint], vocabulary: Vocabulary, asked: Iterable[Leaf]
) -> Iterator[Parts]:
    """A definition with another condition for one of its values, with two of them exchanged, or left out."""
    asked = list(asked)
    values = [one.removeprefix(f"{name}.") for one in own if not one.endswith(".back")]
    defined = {attribute for value in values for attribute in attributes_read(own[f"{name}.{value}"].then)}
    yield DROP, "as a whole", {}, None
    for value in values:
        condition = own[f"{name}.{value}"].given
        for to, kind in variants(condition, vocabulary, asked).items():
            if defined.isdisjoint(attributes_read(to)):
                yield kind, value, {**own, **_defined(name, value, to, own)}, to
    for index, value in enumerate(values):
        for other in values[index + 1 :]:
            one, two = own[f"{name}.{value}"].given, own[f"{name}.{other}"].given
            both = {**_defined(name, value, two, own), **_defined(name, other, one, own)}
            yield SWAP, f"{value} and {other}", {**own, **both}, None


def _defined(name: str, value: str, to: Condition, own: Mapping[str, Constraint]) -> dict[str, Constraint]:
    forth, back = f"{name}.{value}", f"{name}.{value}.back"
    return {forth: own[forth]._replace(given=to), back: own[back]._replace(then=to)}


def _of_implication(
    name: str, own: Mapping[str, Constraint], vocabulary: Vocabulary, asked: Iterable[Leaf]
) -> Iterator[Parts]:
    """An implication with another condition on one of its sides, the other way round, or left out."""
    asked, row = list(asked), own[name]
    yield DROP, "as a whole", {}, None
    yield CONVERSE, "as a whole", {name: row._replace(given=row.then, then=row.given)}, None
    for to, kind in variants(row.given, vocabulary, asked).items():
        yield kind, "if", {name: row._replace(given=to)}, to
    for to, kind in variants(row.then, vocabulary, asked).items():
        if to != ALWAYS:
            yield kind, "then", {name: row._replace(then=to)}, to


def _other_items(value: str, implies: tuple[str, ...], wider: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    others = [name for name in wider if name not in (value, *implies)]
    for index in range(len(implies)):
        before, after = implies[:index], implies[index + 1 :]
        yield DROP, (*before, *after)
        yield from ((SWAP, (*before, other, *after)) for other in others)
    yield from ((ADD, (*implies, other)) for other in others)
