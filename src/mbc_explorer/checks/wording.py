"""The words of the knowledge: none copied from the texts, none prescriptive unless attributed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.corpus import normalize
from mbc_explorer.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.loading import Loaded, Pack

RUN = 8
"""A run of this many words in common with a text counts as copied."""
WHOLE = 4
"""A whole sentence of this many words or more counts as copied."""

PRESCRIPTIVE = re.compile(
    r"\b(should|must|ought|best|recommend\w*|advis(?:e|es|ed|able)|first[- ]choice|(?:drug|treatment) of choice|"
    r"prefer(?:red|able|ably)|ideal\w*|superior|optimal)\b",
    re.IGNORECASE,
)
ATTRIBUTED = re.compile(
    r"\b(ASCO|pages?|doctors?|oncologists?|surgeons?|organi[sz]ations?|booklet|documents?|sources?|texts?|teams?|society|sentences?|"
    r"centers?|interviewee|researchers?|FDA|curator|advice|wording|msk-2016|cancercare-2024|[a-z-]+-undated|breastcancer-org-2022)\b",
    re.IGNORECASE,
)
_SKIPPED = {
    "id",
    "statement",
    "option",
    "source",
    "filename",
    "title",
    "publisher",
    "url",
    "people",
    "date_basis",
    "words",
    "aliases",
}
_EDGE = re.compile(r"^[^\w+%<>]+|[^\w+%<>]+$")


class KnowledgeText(NamedTuple):
    """A piece of prose of ours and where it stands."""

    text: str
    place: str


def knowledge_texts(pack: Pack) -> list[KnowledgeText]:
    """Every piece of prose in a pack. Identifiers, names of drugs and bibliographic fields are not prose."""
    files: list[Loaded] = [
        pack.sources,
        pack.profile,
        pack.categories,
        pack.agents,
        *pack.statements,
        *pack.differences,
        *pack.glossary,
        *pack.naming,
        *pack.rules,
        *pack.cases,
        *pack.expectations,
        *pack.invariants,
    ]
    return [
        KnowledgeText(text, loaded.place(*path)) for loaded in files for path, text in _prose(loaded.document.data, ())
    ]


def _prose(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in _SKIPPED:
                yield from _prose(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _prose(value, (*path, index))
    elif isinstance(data, str) and " " in data:
        yield path, data


def check_wording(texts: Iterable[KnowledgeText]) -> list[Problem]:
    """Prescriptive words in our own voice."""
    return [
        Problem(
            "prescriptive-wording", place, f"{word!r} is prescriptive; say who says so, or say it otherwise: {text!r}."
        )
        for text, place in texts
        for word in prescriptive_words(text)
    ]


def prescriptive_words(text: str) -> list[str]:
    """Prescriptive words in sentences that attribute nothing to anybody."""
    found = []
    for sentence in re.split(r"(?<=[.;!?])\s", text):
        if not ATTRIBUTED.search(sentence):
            found += [match.group() for match in PRESCRIPTIVE.finditer(sentence)]
    return found


def vocabulary(catalog: Catalog) -> frozenset[str]:
    """The words of names of drugs, classes and receptors, which any paraphrase shares with any text."""
    names = [
        name
        for agent in catalog.agents.values()
        for name in (agent.name, *(f.words for f in (*agent.names, *agent.brands)))
    ]
    names += [name for category in catalog.categories.values() for name in (category.name, *category.aliases)]
    names += [
        name
        for attribute in catalog.attributes.values()
        if attribute.group in ("tumor", "genes")
        for name in (attribute.label, attribute.name, *attribute.aliases)
    ]
    words = {word for name in names for word in plain_words(name)} - {
        "and",
        "or",
        "of",
        "for",
        "to",
        "the",
        "a",
        "with",
        "by",
        "in",
        "if",
    }
    marks = ("positive", "negative", "mutated", "directed")
    return frozenset(words | {f"{word}-{mark}" for word in words for mark in marks} | set(marks))


def plain_words(text: str) -> list[str]:
    """Normalized words without the punctuation at their edges."""
    return [word for raw in normalize(text) if (word := _EDGE.sub("", raw))]


def check_copying(
    texts: Iterable[KnowledgeText], sentences: dict[str, list[tuple[str, ...]]], catalog: Catalog
) -> list[Problem]:
    """Runs of words, and whole sentences, that our prose shares with the texts."""
    finder = CopyFinder(sentences, vocabulary(catalog))
    return [
        Problem("copied-words", place, f"shares {shared!r} with {source}; say it in other words.")
        for text, place in texts
        for source, shared in finder.find(text)
    ]


class CopyFinder:
    """Looks for words of the texts in other prose, once the vocabulary is taken out of both."""

    def __init__(self, sentences: dict[str, list[tuple[str, ...]]], taken_out: frozenset[str]) -> None:
        self._taken_out = taken_out
        self._runs: dict[tuple[str, ...], str] = {}
        self._wholes: dict[tuple[str, ...], str] = {}
        for source, spoken in sentences.items():
            stream: list[str] = []
            for words in spoken:
                left = self._left(" ".join(words))
                stream += left
                if len(left) >= WHOLE:
                    self._wholes.setdefault(left, source)
            for start in range(len(stream) - RUN + 1):
                self._runs.setdefault(tuple(stream[start : start + RUN]), source)
        self._lengths = sorted({len(whole) for whole in self._wholes})

    def _left(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in plain_words(text) if word not in self._taken_out)

    def find(self, text: str) -> list[tuple[str, str]]:
        """(source, the words in common): the first shared run and the first shared whole sentence."""
        words = self._left(text)
        found = [(source, " ".join(run)) for run, source in self._windows(words, [RUN], self._runs)][:1]
        return (
            found
            + [(source, " ".join(whole)) for whole, source in self._windows(words, self._lengths, self._wholes)][:1]
        )

    def _windows(
        self, words: tuple[str, ...], lengths: list[int], among: dict[tuple[str, ...], str]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        for length in lengths:
            for start in range(len(words) - length + 1):
                window = words[start : start + length]
                if window in among:
                    yield window, among[window]
