"""Rules with one small thing changed, as an inattentive curator might write them: what `mbc check --mutate` tries.

A mutant is a rule that differs from a rule in one place: a criterion dropped, turned, loosened, tightened, exchanged or
added, or another stance, option or partner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import STANCES
from mbc_explorer.condition import ALWAYS, All, Any, AtLeast, AtMost, Includes, Not, OneOf, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Attribute, Catalog, Rule
    from mbc_explorer.condition import Condition, Leaf

DROP, NEGATE, WEAKEN, NARROW, SWAP, ADD = "drop", "negate", "weaken", "narrow", "swap", "add"
STANCE, OPTION, PARTNERS = "stance", "option", "partners"
OF_CONDITIONS = (DROP, NEGATE, WEAKEN, NARROW, SWAP, ADD)
OF_ALTERNATIVES = (STANCE, OPTION, PARTNERS)
"""The kinds of mutants, in the order in which they are told."""

_TREATMENTS = ("therapies", "regimens")
_NUMBERS = ("count", "months")


class Mutant(NamedTuple):
    """A rule as it would stand with one thing changed."""

    kind: str
    rule: Rule


def condition_mutants(catalog: Catalog) -> Iterator[tuple[Rule, list[Mutant]]]:
    """For each rule, every rule that differs from it in one place of its condition, each once."""
    vocabulary = Vocabulary(catalog)
    asked: dict[str, dict[Leaf, None]] = {}
    for rule in catalog.rules.values():
        asked.setdefault(rule.source, {}).update(dict.fromkeys(leaves(rule.condition)))
    for rule in catalog.rules.values():
        found = variants(rule.condition, vocabulary, asked[rule.source])
        yield rule, [Mutant(kind, rule._replace(condition=condition)) for condition, kind in found.items()]


def variants(condition: Condition, vocabulary: Vocabulary, asked: Iterable[Leaf]) -> dict[Condition, str]:
    """Every condition that differs from this one in one place, with the kind of the change, each once.

    Args:
        condition: what is changed.
        vocabulary: what may stand in the place of what it asks.
        asked: the questions that could be added to it.
    """
    found: dict[Condition, str] = {}
    if condition != ALWAYS:
        found[ALWAYS] = DROP
        found[Not(condition)] = NEGATE
        for kind, mutant in changed(condition, vocabulary):
            found.setdefault(mutant, kind)
    own = {leaf.attribute for leaf in leaves(condition)}
    for leaf in asked:
        if leaf.attribute not in own:
            parts = condition.parts if isinstance(condition, All) else (condition,)
            found.setdefault(All((*parts, leaf)), ADD)
    found.pop(condition, None)
    return found


def alternative_mutants(catalog: Catalog) -> Iterator[tuple[Rule, list[Mutant]]]:
    """For each rule, every rule of another stance, of a sibling's option, or with other partners."""
    for rule in catalog.rules.values():
        found = [Mutant(STANCE, rule._replace(stance=stance)) for stance in STANCES if stance != rule.stance]
        found += [Mutant(OPTION, rule._replace(option=name)) for name in siblings(rule.option, catalog)]
        found += [Mutant(PARTNERS, rule._replace(partners=partners)) for partners in _partners(rule, catalog)]
        yield rule, found


def siblings(option: str, catalog: Catalog) -> list[str]:
    """The other options of an option's category, of the one above it and of those right below it."""
    categories, own = catalog.categories, catalog.options[option].category
    above = categories[own].path[-2:-1]
    near = {own, *above, *(name for name, row in categories.items() if row.path[-2:-1] in ((own,), above or None))}
    return [name for name, row in catalog.options.items() if name != option and row.category in near]


def _partners(rule: Rule, catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Partners with one left out, or with one in the place of a near one; one where the rule has none."""
    partners = rule.partners
    for index, partner in enumerate(partners):
        before, after = partners[:index], partners[index + 1 :]
        yield (*before, *after)
        for other in near_therapies(partner, catalog):
            if other not in partners:
                yield (*before, other, *after)
    own = {rule.option, *catalog.options[rule.option].agents, catalog.options[rule.option].category}
    others = {partner: None for other in catalog.rules.values() for partner in other.partners}
    for other in others:
        if other not in partners and other not in own:
            yield (*partners, other)


def near_therapies(term: str, catalog: Catalog) -> list[str]:
    """The therapies that could be meant instead: wider, narrower, and those beside it."""
    wider = catalog.implied.get(term, (term,))[1:]
    narrower = [name for name, row in catalog.implied.items() if term in row[1:]]
    beside = [name for name, row in catalog.implied.items() if set(row[1:2]) & set(wider[:1])]
    return [name for name in dict.fromkeys([*wider, *narrower, *beside]) if name != term]


class Vocabulary:
    """What may stand in the place of an item, a value or an attribute."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        therapies: dict[str, None] = {}
        for rule in catalog.rules.values():
            for leaf in leaves(rule.condition):
                if isinstance(leaf, Includes) and leaf.item in catalog.implied:
                    therapies.update(dict.fromkeys(catalog.implied[leaf.item]))
        self._therapies = list(therapies)
        """The therapies that rules ask for, and the categories above them."""

    def items(self, attribute: Attribute) -> list[str]:
        """What a list or history can be asked for."""
        return self._therapies if attribute.kind in _TREATMENTS else [value.id for value in attribute.values]

    def alike(self, leaf: Leaf) -> Iterator[str]:
        """The other attributes of which the same can be asked."""
        for name, other in self.catalog.attributes.items():
            if name != leaf.attribute and self._is_alike(leaf, other):
                yield name

    def _is_alike(self, leaf: Leaf, other: Attribute) -> bool:
        kind = self.catalog.attributes[leaf.attribute].kind
        match leaf:
            case OneOf(_, values):
                return other.kind == "choice" and {*values} <= {value.id for value in other.values}
            case Includes(_, item):
                return other.kind in (_TREATMENTS if kind in _TREATMENTS else (kind,)) and item in self.items(other)
            case AtLeast() | AtMost():
                return other.kind in (_NUMBERS if kind in _NUMBERS else (kind,))


def changed(condition: Condition, vocabulary: Vocabulary) -> Iterator[tuple[str, Condition]]:
    """Every condition that differs from this one in one place, and the kind of the change."""
    match condition:
        case All(parts) | Any(parts):
            make = type(condition)
            for index, part in enumerate(parts):
                before, after = parts[:index], parts[index + 1 :]
                if len(parts) > 1:
                    yield DROP, make((*before, *after))
                yield NEGATE, make((*before, Not(part), *after))
                for kind, other in changed(part, vocabulary):
                    yield kind, make((*before, other, *after))
            if len(parts) > 1:
                yield (WEAKEN, Any(parts)) if isinstance(condition, All) else (NARROW, All(parts))
        case Not(part):
            yield NEGATE, part
            turned = {WEAKEN: NARROW, NARROW: WEAKEN}
            for kind, other in changed(part, vocabulary):
                yield turned.get(kind, kind), Not(other)
        case OneOf() | Includes() | AtLeast() | AtMost():
            yield from _changed_leaf(condition, vocabulary)
            for name in vocabulary.alike(condition):
                yield SWAP, condition._replace(attribute=name)


def _changed_leaf(leaf: Leaf, vocabulary: Vocabulary) -> Iterator[tuple[str, Condition]]:
    """A question with another value, item or number."""
    attribute = vocabulary.catalog.attributes[leaf.attribute]
    match leaf:
        case OneOf(name, values):
            others = [value.id for value in attribute.values if value.id not in values]
            for index in range(len(values)):
                before, after = values[:index], values[index + 1 :]
                if before or after:
                    yield NARROW, OneOf(name, (*before, *after))
                yield from ((SWAP, OneOf(name, (*before, other, *after))) for other in others)
            yield from ((WEAKEN, OneOf(name, (*values, other))) for other in others)
        case Includes(name, item):
            implied = vocabulary.catalog.implied
            for other in vocabulary.items(attribute):
                if other != item:
                    wider, narrower = other in implied.get(item, ()), item in implied.get(other, ())
                    yield WEAKEN if wider else NARROW if narrower else SWAP, Includes(name, other)
        case AtLeast(name, number) | AtMost(name, number):
            if attribute.kind == "list":
                return  # of a list only whether it holds something can be asked
            more, fewer = (NARROW, WEAKEN) if isinstance(leaf, AtLeast) else (WEAKEN, NARROW)
            yield more, leaf._replace(number=number + 1)
            if number > int(isinstance(leaf, AtLeast)):
                yield fewer, leaf._replace(number=number - 1)
            if attribute.kind in _NUMBERS:
                yield SWAP, AtMost(name, number) if isinstance(leaf, AtLeast) else AtLeast(name, number)
