"""The words by which paraphrases and texts name drugs, classes, receptors and criteria, as `knowledge/naming.yaml` has
them, and what they find in a text.

A text is read normalized: small letters, plain dashes and quotes. A paraphrase is read as it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.condition import AtLeast, AtMost, Includes, OneOf, from_yaml, leaves, to_yaml
from mbc_explorer.corpus import normalize
from mbc_explorer.loading import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.condition import Leaf
    from mbc_explorer.errors import Problem
    from mbc_explorer.loading import Pack

_FIGURE = re.compile(r"(?<![\w/.,-])\d+(?:[.,]\d+)*(?![\w/]|-(?!\d))")
"""A number that stands by itself: not that of HER2 or of CDK4/6."""
_WORD = re.compile(r"[a-z]{4,}")
_LETTERS = 4


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


class Naming:
    """The words of a pack."""

    def __init__(self, pack: Pack, catalog: Catalog) -> None:
        """Compile the expressions of a pack; one without the file has no words."""
        self._catalog = catalog
        rows = [loaded.model for loaded in pack.naming]
        self.therapies = {row.of: _named(row.of, row, row.within) for model in rows for row in model.therapies}
        """Options, categories, and drugs that go by other words than their names."""
        self.terms = [
            _named(row.name, row, row.kin, leaves(from_yaml(row.asks))[0] if row.asks else None, row.left_out)
            for model in rows
            for row in model.terms
        ]
        self.partners = next((_named("partners", m.partners) for m in rows if m.partners), None)
        self.stances = {row.of: _named(row.of, row) for model in rows for row in model.stances}
        self.narrowing = frozenset(name for name, row in self.therapies.items() if row.near)
        """The narrower options."""
        self._beginnings = [word for model in rows for word in model.words]
        self._criteria = {str(row.of): _patterns(row.in_text) for model in rows for row in model.criteria}
        self._keeping = [row for row in self.therapies.values() if row.name in catalog.implied]
        self._keeping += [row for row in self.terms if row.near and not row.left_out]
        self._drugs = {
            normal(name): agent.id
            for agent in catalog.agents.values()
            for name in (agent.name, *(fact.words for fact in (*agent.names, *agent.brands)))
        }
        either = "|".join(map(re.escape, sorted(self._drugs, key=len, reverse=True)))
        self._drug = re.compile(rf"(?<![\w-])(?:{either})(?!\w)" if either else r"(?!)", re.IGNORECASE)

    # drugs, classes and options

    @lru_cache(maxsize=8192)  # noqa: B019  lives as long as a check
    def drugs(self, text: str) -> frozenset[str]:
        """The drugs that a text or paraphrase names; a name within a longer one is not named."""
        return frozenset(self._drugs[normal(name)] for name in self._drug.findall(normal(text)))

    @lru_cache(maxsize=8192)  # noqa: B019
    def named(self, paraphrase: str) -> frozenset[str]:
        """The drugs, classes and options that a paraphrase names."""
        return self.drugs(paraphrase) | {name for name, row in self.therapies.items() if row.ours.fit(paraphrase)}

    def is_named(self, therapy: str, text: str) -> bool:
        """Whether a text names a drug, a class or an option."""
        if therapy in self.drugs(text):
            return True
        return therapy in self.therapies and self.therapies[therapy].theirs.fit(text)

    def is_concerned(self, name: str, paraphrase: str, text: str) -> bool:
        """Whether a paraphrase names a drug, or it or its text a class or a drug of it; a group has no words."""
        if name in self._catalog.agents:
            return name in self.drugs(paraphrase)
        both = f"{normal(paraphrase)} {text}"
        drugs = [name in self._catalog.implied[drug] for drug in self.drugs(both)]
        return name not in self.therapies or self.is_named(name, both) or any(drugs)

    def has_words(self, name: str) -> bool:
        """Whether there are words for an option, category or drug."""
        return name in self.therapies or name in self._catalog.agents

    def with_wider(self, name: str) -> tuple[str, ...]:
        """A therapy with the classes that it implies."""
        return self._catalog.implied.get(name, (name,))

    def exchanged(self, paraphrase: str, drug: str, name: str) -> str:
        """A paraphrase with other words in the place of every name of a drug."""

        def other(found: re.Match[str]) -> str:
            return name if self._drugs[normal(found.group())] == drug else found.group()

        return self._drug.sub(other, paraphrase)

    # what a paraphrase may not leave out

    @lru_cache(maxsize=8192)  # noqa: B019
    def kept(self, paraphrase: str) -> frozenset[str]:
        """What a paraphrase names of that which none may leave out, a drug's classes with it."""
        named = {row.name for row in self._keeping if row.ours.fit(paraphrase)} | self.drugs(paraphrase)
        return frozenset(wider for name in named for wider in self.with_wider(name))

    @lru_cache(maxsize=4096)  # noqa: B019
    def told(self, sentence: str) -> frozenset[str]:
        """What a sentence names of that which no paraphrase may leave out."""
        return self.drugs(sentence) | {row.name for row in self._keeping if row.theirs.fit(sentence)}

    # criteria, words and figures

    @lru_cache(maxsize=65536)  # noqa: B019
    def is_asked(self, leaf: Leaf, text: str) -> bool:
        """Whether a text says what a criterion asks."""
        own = self._criteria.get(str(to_yaml(leaf)))
        if own is not None:
            return own.fit(text)
        match leaf:
            case OneOf(attribute, values) if len(values) > 1:
                return all(self.is_asked(OneOf(attribute, (value,)), text) for value in values)
            case Includes(attribute):
                general = self._criteria.get(attribute)
                return general is not None and general.fit(text) and self.is_item(leaf, text)
            case OneOf() | AtLeast() | AtMost():
                return False

    def is_item(self, leaf: Includes, text: str) -> bool:
        """Whether a text names the therapy, or has the words of the item."""
        if self._catalog.attributes[leaf.attribute].kind != "list":
            return self.is_named(leaf.item, text)
        return all(word in text for word in leaf.item.split("_"))

    def words_not_in(self, paraphrase: str, text: str) -> Iterator[str]:
        """Beginnings of words that a paraphrase has and its text has not, of those that both have to have."""
        ours, theirs = _by_letters(normal(paraphrase)), _by_letters(text)
        for start in self._beginnings:
            own, other = ours.get(start[:_LETTERS], ()), theirs.get(start[:_LETTERS], ())
            if any(word.startswith(start) for word in own) and not any(word.startswith(start) for word in other):
                yield start

    def says(self, name: str, text: str) -> bool:
        """Whether a text names a drug, class or option, has the words of a term, or a figure."""
        terms = any(row.name == name and row.theirs.fit(text) for row in self.terms)
        return terms or self.is_named(name, text) or name in figures(text)


def figures(text: str) -> list[str]:
    """The numbers of a text, each once."""
    return list(dict.fromkeys(_FIGURE.findall(normal(text))))


@lru_cache(maxsize=16384)
def normal(text: str) -> str:
    """A text in small letters, its dashes and quotes made plain."""
    return " ".join(normalize(text))


@lru_cache(maxsize=8192)
def _by_letters(plain: str) -> dict[str, list[str]]:
    """The words of a normalized text by their first letters."""
    found: dict[str, list[str]] = {}
    for word in _WORD.findall(plain):
        found.setdefault(word[:_LETTERS], []).append(word)
    return found


def _named(name: str, row: Any, *details: Any) -> Named:
    return Named(name, _patterns(row.in_paraphrase), _patterns(row.in_text), *details)


def _patterns(expressions: Iterable[str]) -> Patterns:
    return Patterns(tuple(re.compile(expression, re.IGNORECASE) for expression in expressions))


def check_naming(pack: Pack, catalog: Catalog) -> list[Problem]:
    """Words for something that is not there, and criteria that cannot be asked."""
    known = {*catalog.agents, *catalog.categories, *catalog.options}
    find = Resolver(pack)
    for loaded in pack.naming:
        for _, row, place in find.rows(loaded, "therapies"):
            for name in (row.of, row.within):
                if name is not None and name not in known:
                    find.unknown("therapy", name, known, place)
        for index, row, place in find.rows(loaded, "criteria"):
            if not isinstance(row.of, str):
                find.condition(row.of, loaded, "criteria", index, "of")
            elif row.of not in catalog.attributes:
                find.unknown("attribute", row.of, catalog.attributes, place)
        for index, row, _ in find.rows(loaded, "terms"):
            if row.asks:
                find.condition(row.asks, loaded, "terms", index, "asks")
    return find.problems
