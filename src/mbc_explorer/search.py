"""Full text over the knowledge: paraphrases, names, brands, terms, differences and curators' notes, ranked.

A question is read as *concepts*: a word, or several that name one thing (a brand, a class, a term of the glossary or
its alias). A concept is found wherever one of the names of that thing stands, or a word for the same; a misspelled
word is read as the nearest one that the knowledge holds. Common words do not count, and words that say little only
help to rank. An entry answers when it says by itself, and not in a curator's remark, everything that the question
names (of things joined by "or", one), and the greater part of its other words, rare ones weighing more; where two
treatments are compared, only when it compares. Where no entry does, or a word stands nowhere, the documents do not
answer, and what is nearest is shown.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from difflib import get_close_matches
from math import log
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category, normalize

from mbc_explorer.english import COMMON, TURNS, american_spellings, compares, same, says_little, states_comparison
from mbc_explorer.findable import DEFINITION, Hit, findables, things, treatments
from mbc_explorer.lookup import Name

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog

_WORD = re.compile(r"[a-z0-9]+(?:[/+-][a-z0-9]+)*")
_JOIN = re.compile(r"[/+-]")
_SPLIT = re.compile(r"[\W_]+")
_PLURAL = re.compile(r"(?<=[cs]h)es$|s$")
_SIGN = re.compile(r"(?<=[r\d])([+-])(?![a-z0-9])")
_SIGNS = {"+": " positive ", "-": " negative "}
"""How a sign behind a receptor is read."""
_ASKS_MEANING = re.compile(r"\b(what (is|are|was|were|does|do)|what's|means?|meaning|defin\w+|explain)\b")
_FIELDS = {"name": 4.0, "body": 2.0, "concerns": 1.0, "said_by": 0.5, "remarks": 0.5}
"""The columns, with the weight of each."""
_RANKED = f"SELECT rowid, bm25(entries, {', '.join(map(str, _FIELDS.values()))}) FROM entries WHERE entries MATCH ?"
_SAID = "{name concerns said_by}"
"""The columns of what one entry says by itself; a body gathers statements."""
_ANYWHERE = f"{{{' '.join(_FIELDS)}}}"
_OTHER_NAME = 0.9
"""What another name of a thing weighs beside the one that was asked for."""
_SYNONYM = 0.7
"""What another word for the same weighs."""
_LIGHT = 0.2
"""What a word weighs that says little."""
_HINT = 0.3
"""What it weighs to be a definition, where one is asked for."""
_KIND_WEIGHTS = {"difference": 0.5, "option": 0.5, "attribute": 0.5, "agent": 0.8}
"""What an entry weighs beside statements and terms, where it is less of an answer."""
_CLOSE = 0.84
"""How like a misspelled word is to what it is read as."""
_SHARE = 0.6
"""The part of the weight of a question's words that an answer holds."""
_WORTH_SHOWING = 0.5
"""The part of the best score that further results reach."""
TWO = 2
_SHORTEST_MISSPELLED = 4
_LONGEST_NAME = 6
"""Words of the longest name that is looked for in a question."""
LIMIT = 12


class Found(NamedTuple):
    """What a search found."""

    answered: bool
    """Whether some entry says all that is named and most of the rest, and no word is unknown."""
    asked: tuple[str, ...]
    """The words that counted."""
    read_as: dict[str, str]
    """Words that were looked for under another spelling or name."""
    unknown: tuple[str, ...]
    """Words that stand nowhere in the knowledge, and near nothing there."""
    compared: tuple[str, ...]
    """Treatments that the question compares, where nothing compares them."""
    hits: tuple[Hit, ...]


class _Concept(NamedTuple):
    """One thing that a question asks about."""

    typed: str
    names: tuple[str, ...]
    """Every name to look for, the typed one first."""
    others: tuple[str, ...] = ()
    """Other words for the same."""
    light: bool = False
    """Whether it says little."""
    required: bool = False
    """Whether an answer names it."""
    treatment: bool = False
    """Whether it is a treatment."""
    place: int = 0
    """Its place in the question; things joined by "or" share one."""


class Index:
    """The knowledge in a full-text table in memory. Not shared between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._table = sqlite3.connect(":memory:")
        self._table.execute(
            f"CREATE VIRTUAL TABLE entries USING fts5({', '.join(_FIELDS)}, tokenize='porter unicode61')"
        )
        self._entries = list(findables(catalog))
        rows = [
            (number, *(_plain(getattr(entry, field)) for field in _FIELDS))
            for number, entry in enumerate(self._entries)
        ]
        places = ", ".join("?" * (1 + len(_FIELDS)))
        self._table.executemany(f"INSERT INTO entries(rowid, {', '.join(_FIELDS)}) VALUES ({places})", rows)
        self._named = _named(catalog)
        of_terms = {entry.hit.name.id: row for row, entry in enumerate(self._entries) if entry.kind == "term"}
        called = [(term.id, name) for term in catalog.glossary.values() for name in (*term.aliases, term.term)]
        self._terms = {_key(name): of_terms[term] for term, name in called}
        self._brands = {_key(brand.words): agent.name for agent in catalog.agents.values() for brand in agent.brands}
        titles = [{*_key(source.title).split()} for source in catalog.sources.values() if source.title]
        subject = set.intersection(*titles) if titles else set()
        self._subject = {
            key for key, names in self._named.items() if any(subject.issuperset(_key(name).split()) for name in names)
        }
        """Names of what every document is about, by its title."""
        self._treatments = {_key(name) for names in treatments(catalog) for name in names}
        self._proper = self._treatments | {_key(term.term) for term in catalog.glossary.values()}
        """Names, without what readers may type instead of a term."""
        self._unspoken = {
            _plain(word): Hit(Name("attribute", attribute.id), None, entry.answer, "attribute")
            for attribute in catalog.attributes.values()
            for entry in attribute.not_in_documents
            for word in entry.words
            if _plain(word) and not self._stands(word)
        }
        self._known = {word for row in rows for text in row[1:] for word in str(text).split()} | set(self._unspoken)

    def close(self) -> None:
        """Give the table back."""
        self._table.close()

    def __del__(self) -> None:
        if hasattr(self, "_table"):
            self.close()

    def search(
        self,
        question: str,
        *,
        source: str | None = None,
        kind: str | None = None,
        category: str | None = None,
        agent: str | None = None,
    ) -> Found:
        """Look for what a question asks about.

        Args:
            question: words, in any order; common ones do not count.
            source: only what this source says.
            kind: only entries or statements of this kind.
            category: only what concerns this category or one below it.
            agent: only what concerns this agent.
        """
        read_as: dict[str, str] = {}
        typed = _words(question)
        spelled = [self._spelled(word, read_as) for word in map(_folded, typed) if word]
        concepts = self._concepts(spelled, read_as)
        unspoken = [self._unspoken[c.typed] for c in concepts if c.typed in self._unspoken]
        unknown = [c.typed for c in concepts if not c.light and not self._known_of(c)]
        compared = [c for c in concepts if c.treatment] if compares(question) else []
        if len(compared) < TWO:
            compared = []
        kept = self._kept(source, kind, {part for part in (category, agent) if part})
        scores = self._ranked(question, concepts)
        said = kept & self._answering(question, concepts, compared) if concepts else set()
        order = sorted(kept & scores.keys(), key=lambda row: (-scores[row] * (1 + (row in said)), row))
        answered = bool(said) and not unknown
        if answered:
            order = [row for row in order if row in said or scores[row] >= _WORTH_SHOWING * scores[order[0]]]
        hits = [*unspoken, *(self._entries[row].hit for row in order)]
        accented = {_folded(part): part for word in typed if not word.isascii() for part in (*_JOIN.split(word), word)}

        def as_typed(words: str) -> str:
            return accented.get(words) or " ".join(accented.get(word, word) for word in words.split())

        asked, missing, strange = (
            tuple(map(as_typed, found))
            for found in ([c.typed for c in concepts], [c.typed for c in compared if not answered], unknown)
        )
        read_as = {as_typed(word): meant for word, meant in read_as.items()}
        return Found(answered, asked, read_as, strange, missing, tuple(hits[:LIMIT]))

    def _ranked(self, question: str, concepts: list[_Concept]) -> dict[int, float]:
        """How well each entry fits a question."""
        asks_meaning = _ASKS_MEANING.search(question.casefold())
        scores: defaultdict[int, float] = defaultdict(float)
        for concept in concepts:
            fitting = self._scores(concept, _ANYWHERE)
            weight = self._rarity(concept) ** 2
            for row, fit in fitting.items():
                scores[row] += weight * fit * (_LIGHT if concept.light else 1)
            term = self._terms.get(_key(concept.typed))
            if term is not None and (asks_meaning or len(concepts) == 1):
                scores[term] += weight * fitting[term]
        if asks_meaning:
            hint = _Concept(DEFINITION, (DEFINITION,))
            fitting = self._scores(hint, _ANYWHERE)
            for row in scores.keys() & fitting.keys():
                scores[row] += _HINT * self._rarity(hint) * fitting[row]
        return scores

    def _answering(self, question: str, concepts: list[_Concept], compared: list[_Concept]) -> set[int]:
        """The entries that say what a question names, and the greater part of the rest."""
        said = set(range(len(self._entries)))
        shares: defaultdict[int, float] = defaultdict(float)
        total = 0.0
        for place in {concept.place for concept in concepts}:
            either = [concept for concept in concepts if concept.place == place]
            alone = {row for concept in either for row in self._scores(concept, _SAID)}
            if any(concept.required for concept in either):
                said &= alone
            if not all(concept.light for concept in either):
                weight = max(self._rarity(concept) ** 2 for concept in either)
                total += weight
                for row in alone:
                    shares[row] += weight
        said = {row for row in said if shares[row] >= _SHARE * total}
        for turn in TURNS:
            if turn.asks.search(question.casefold()):
                said = {row for row in said if turn.answers.search(self._text(row))}
        if compared:
            said = {row for row in said if states_comparison(self._text(row)) and self._is_statement(row)}
            said &= {*said}.intersection(*(self._scores(concept, _SAID) for concept in compared))
        return said

    def _known_of(self, concept: _Concept) -> bool:
        """Whether a thing stands anywhere, under whatever name."""
        return concept.typed not in self._unspoken and bool(self._scores(concept, _ANYWHERE))

    def _is_statement(self, row: int) -> bool:
        return self._entries[row].hit.name.kind == "statement"

    def _text(self, row: int) -> str:
        """What an entry says, in small letters."""
        return f"{self._entries[row].name} {self._entries[row].body}".casefold()

    def _kept(self, source: str | None, kind: str | None, wanted: set[str]) -> set[int]:
        """The entries that a search is narrowed to."""
        return {
            row
            for row, entry in enumerate(self._entries)
            if (source is None or entry.hit.source == source)
            and (kind is None or kind in (entry.kind, entry.hit.name.kind))
            and wanted <= entry.belongs
        }

    def _spelled(self, word: str, read_as: dict[str, str]) -> str:
        """A word in the spelling that the knowledge holds: itself, or the nearest one."""
        if _plain(word) in self._unspoken:
            return _plain(word)
        if word in COMMON or says_little(word) or len(word) < _SHORTEST_MISSPELLED:
            return word
        american = next((other for other in american_spellings(word) if self._stands(other)), None)
        if american or self._stands(word):
            return american or word
        near = get_close_matches(word, [w for w in self._known if w[0] == word[0]], n=1, cutoff=_CLOSE)
        if not near:
            return word
        read_as[word] = near[0]
        return near[0]

    def _concepts(self, spelled: list[str], read_as: dict[str, str]) -> list[_Concept]:
        """What is asked about. Where every word says little, all of them count."""
        parts = [part for word in spelled for part in ([word] if word in self._unspoken else _plain(word).split())]
        concepts: dict[str, _Concept] = {}
        place, joined = -1, False
        while parts:
            starts = (" ".join(parts[:length]) for length in range(min(_LONGEST_NAME, len(parts)), 1, -1))
            typed = next((start for start in starts if _key(start) in self._named), parts[0])
            key = _key(typed)
            if key in self._brands:
                read_as[typed] = self._brands[key]
            if typed == "or":
                joined = bool(concepts)
            elif typed not in COMMON:
                place, joined = place + (not joined), False
                named = key in self._named
                concepts[typed] = _Concept(
                    typed, (typed, *self._named.get(key, ())), () if named else same(typed),
                    not named and says_little(typed), key in self._proper and key not in self._subject,
                    key in self._treatments, place,
                )  # fmt: skip
            parts = parts[1:] if typed in self._unspoken else parts[len(typed.split()) :]
        found = list(concepts.values())
        return [c._replace(light=False) for c in found] if all(c.light for c in found) else found

    def _stands(self, name: str) -> bool:
        """Whether a name stands somewhere, in whatever form of its words."""
        found = self._table.execute("SELECT 1 FROM entries WHERE entries MATCH ? LIMIT 1", (_quoted(name),))
        return found.fetchone() is not None

    def _scores(self, concept: _Concept, fields: str) -> dict[int, float]:
        """How well each entry fits a concept, by the name of it that fits best, however rare the name is."""
        apart = " AND ".join(map(_quoted, concept.typed.split()))
        queries = {_quoted(word): _SYNONYM for word in concept.others}
        queries |= {_quoted(name): _OTHER_NAME for name in concept.names} | {apart: _OTHER_NAME}
        queries[_quoted(concept.typed)] = 1.0
        best: defaultdict[int, float] = defaultdict(float)
        for query, weight in queries.items():
            found = self._table.execute(_RANKED, (f"{fields} : ({query})",)).fetchall()
            for row, badness in found:
                fit = -badness / self._weight(len(found)) * _KIND_WEIGHTS.get(self._entries[row].kind, 1.0)
                best[row] = max(best[row], weight * fit)
        return best

    def _rarity(self, concept: _Concept) -> float:
        """What it weighs that a thing stands in so few entries, by its own names where they stand anywhere."""
        own = len(self._scores(concept._replace(others=()), _ANYWHERE))
        return self._weight(own or len(self._scores(concept, _ANYWHERE)))

    def _weight(self, count: int) -> float:
        """What it weighs that something stands in so many entries only."""
        return log(1 + len(self._entries) / (1 + count))


def _named(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Each name of an agent, a category or a term, as it is looked up, with every name of the same thing."""
    found: dict[str, dict[str, None]] = {}
    for names in things(catalog):
        for name in names:
            found.setdefault(_key(name), {}).update(dict.fromkeys(names))
    return {key: tuple(names) for key, names in found.items() if key}


def _words(question: str) -> list[str]:
    """The words of a question, of any letters and with their accents; a sign after a receptor in words."""
    text = _SIGN.sub(lambda sign: _SIGNS[sign[1]], normalize("NFC", question.casefold()))
    latin = "".join(map(_latin, text))
    return [text[found.start() : found.end()] for found in _WORD.finditer(latin)]


def _latin(sign: str) -> str:
    """A sign as words are told apart by: for a letter, a digit or a mark on one, of any script, a letter."""
    return sign if sign.isascii() else "x" if sign.isalnum() or category(sign).startswith("M") else " "


def _folded(text: str) -> str:
    """Text without the marks on its letters."""
    if text.isascii():
        return text
    return "".join(sign for sign in normalize("NFKD", text) if not category(sign).startswith("M"))


def _key(name: str) -> str:
    """A name as it is looked up: without plurals."""
    return " ".join(_PLURAL.sub("", part) for part in _plain(name).split())


def _plain(text: str) -> str:
    """Text as the table splits it: words of letters and digits, joined signs taken apart."""
    return " ".join(_SPLIT.sub(" ", _folded(text.casefold())).split())


def _quoted(name: str) -> str:
    return f'"{_plain(name)}"'
