"""Full text over the knowledge: paraphrases, names, brands, terms, differences and curators' notes, ranked.

A question is read as *concepts*: a word, or several that name one thing (a brand, a class, a term of the glossary or
its alias). A concept is found wherever one of the names of that thing stands; a misspelled word is read as the nearest
one that the knowledge holds. Common words do not count. An entry answers when it says by itself, and not in a curator's
remark, everything that the question names, and the greater part of its other words, rare ones weighing more. Where no
entry does, or a word stands nowhere, the documents do not answer, and what is nearest is shown.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from difflib import get_close_matches
from math import log
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.english import COMMON, LIGHT, compares, same, states_comparison
from mbc_explorer.explain import condition_text, words
from mbc_explorer.lookup import Name, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Statement
    from mbc_explorer.condition import Condition

_WORD = re.compile(r"[a-z0-9]+(?:[/+-][a-z0-9]+)*")
_PLURAL = re.compile(r"(?<=[cs]h)es$|s$")
_SIGN = re.compile(r"(?<=[r\d])([+-])(?![a-z0-9])")
_SIGNS = {"+": " positive ", "-": " negative "}
"""How a sign behind a receptor is read."""
_MEANING = "definition"
_ASKS_MEANING = re.compile(r"\b(what (is|are|was|were|does|do)|what's|means?|meaning|defin\w+|explain)\b")
_HINTS = {
    _ASKS_MEANING: _MEANING,
    re.compile(r"\bhow long\b"): "until",
    re.compile(r"\bhow often\b"): "intervals",
    re.compile(r"\bhow (many|common)\b"): "percent",
}
"""Turns of a question, each with a word that stands in statements which answer such questions."""
_FIELDS = {"name": 4.0, "body": 2.0, "concerns": 1.0, "remarks": 0.5}
"""The columns, with the weight of each."""
_RANKED = f"SELECT rowid, bm25(entries, {', '.join(map(str, _FIELDS.values()))}) FROM entries WHERE entries MATCH ?"
_SAID = "{name concerns}"
"""The columns of what one entry says by itself; a body gathers statements."""
_ANYWHERE = f"{{{' '.join(_FIELDS)}}}"
_OTHER_NAME = 0.9
"""What another name of a thing weighs beside the one that was asked for."""
_SYNONYM = 0.7
"""What another word for the same weighs."""
_LIGHT_WEIGHT = 0.2
"""What a word weighs that says little."""
_TOPIC_WEIGHT = 0.3
_NAMESAKE = 1.0
"""What the term of a name weighs more than what else holds the name."""
_KIND_WEIGHTS = {"difference": 0.5, "option": 0.5, "attribute": 0.5, "agent": 0.8}
"""What an entry weighs beside statements and terms, where it is less of an answer."""
_CLOSE = 0.84
"""How like a misspelled word is to what it is read as."""
_SHARE = 0.6
"""The part of the weight of a question's words that an answer holds."""
_WORTH_SHOWING = 0.5
"""The part of the best score that further results reach."""
_SHORTEST_MISSPELLED = 4
_LONGEST_NAME = 6
"""Words of the longest name that is looked for in a question."""
LIMIT = 12


class Hit(NamedTuple):
    """One entry that a search found."""

    name: Name
    source: str | None
    shown: str
    where: str


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
    hits: tuple[Hit, ...]


class _Entry(NamedTuple):
    """One entry as it is indexed, its texts apart."""

    hit: Hit
    name: str
    body: str
    concerns: str
    """Further words that it can be found by."""
    remarks: str
    """What curators say of it."""
    belongs: set[str]
    """The agents and categories that it concerns."""
    kind: str


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
    compared: bool = False
    """Whether it is a treatment."""


class Index:
    """The knowledge in a full-text table in memory. Not shared between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._table = sqlite3.connect(":memory:")
        self._table.execute(
            f"CREATE VIRTUAL TABLE entries USING fts5({', '.join(_FIELDS)}, tokenize='porter unicode61')"
        )
        self._entries = list(_entries(catalog))
        rows = [
            (number, *map(_plain, (entry.name, entry.body, entry.concerns, entry.remarks)))
            for number, entry in enumerate(self._entries)
        ]
        self._table.executemany(f"INSERT INTO entries(rowid, {', '.join(_FIELDS)}) VALUES (?, ?, ?, ?, ?)", rows)
        self._named = _named(catalog)
        of_terms = {entry.hit.name.id: row for row, entry in enumerate(self._entries) if entry.kind == "term"}
        called = [(term.id, name) for term in catalog.glossary.values() for name in (*term.aliases, term.term)]
        self._terms = {_key(name): of_terms[term] for term, name in called}
        self._brands = {_key(brand.words): agent.name for agent in catalog.agents.values() for brand in agent.brands}
        subject = set.intersection(*({*_key(s.title).split()} for s in catalog.sources.values() if s.title))
        self._subject = {
            key for key, names in self._named.items() if any(subject.issuperset(_key(name).split()) for name in names)
        }
        """Names of what every document is about, by its title."""
        self._therapies = {
            _key(name)
            for names in (
                *((a.name, *(f.words for f in (*a.names, *a.brands))) for a in catalog.agents.values()),
                *((c.name, *c.aliases) for c in catalog.categories.values() if c.therapy),
            )
            for name in names
        }
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
        spelled = [self._spelled(word, read_as) for word in _words(question)]
        concepts = self._concepts(spelled, read_as)
        unspoken = [self._unspoken[c.typed] for c in concepts if c.typed in self._unspoken]
        found = {c.typed: self._scores(c, _ANYWHERE) for c in concepts}
        unknown = [c.typed for c in concepts if c.typed in self._unspoken or not (c.light or found[c.typed])]
        compared = [c.typed for c in concepts if c.compared] if compares(question) else []

        kept = self._kept(source, kind, {part for part in (category, agent) if part})
        scores: defaultdict[int, float] = defaultdict(float)
        shares: defaultdict[int, float] = defaultdict(float)
        said, total = set(kept), 0.0
        for concept in concepts:
            anywhere, alone = found[concept.typed], self._scores(concept, _SAID)
            weight = self._rarity(len(anywhere)) ** 2 * (_LIGHT_WEIGHT if concept.light else 1) if anywhere else 0.0
            total += weight
            for row, score in anywhere.items():
                scores[row] += weight * score
                shares[row] += weight * (row in alone)
            key = _key(concept.typed)
            if concept.required:
                said &= alone.keys()
            if key in self._terms and (_ASKS_MEANING.search(question.casefold()) or len(concepts) == 1):
                scores[self._terms[key]] += _NAMESAKE * weight * anywhere[self._terms[key]]
        for turn, hint in _HINTS.items():
            if turn.search(question.casefold()):
                anywhere = self._scores(_Concept(hint, (hint,)), _ANYWHERE)
                for row in scores.keys() & anywhere.keys():
                    scores[row] += _TOPIC_WEIGHT * self._rarity(len(anywhere)) * anywhere[row]
        said = {row for row in said if shares[row] >= _SHARE * total}
        if len(compared) > 1:
            said = {row for row in said if states_comparison(self._entries[row].name)}
        answered = bool(concepts) and bool(said) and not unknown
        order = sorted(kept & scores.keys(), key=lambda row: (-scores[row] * (1 + (row in said)), row))
        if answered:
            order = [row for row in order if row in said or scores[row] >= _WORTH_SHOWING * scores[order[0]]]
        hits = [*unspoken, *(self._entries[row].hit for row in order)]
        return Found(answered, tuple(c.typed for c in concepts), read_as, tuple(unknown), tuple(hits[:LIMIT]))

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
        if word in COMMON or word in LIGHT or len(word) < _SHORTEST_MISSPELLED or self._stands(word):
            return word
        near = get_close_matches(word, [w for w in self._known if w[0] == word[0]], n=1, cutoff=_CLOSE)
        if not near:
            return word
        read_as[word] = near[0]
        return near[0]

    def _concepts(self, spelled: list[str], read_as: dict[str, str]) -> list[_Concept]:
        """What is asked about. Where every word says little, all of them count."""
        parts = [part for word in spelled for part in ([word] if word in self._unspoken else _plain(word).split())]
        concepts: dict[str, _Concept] = {}
        while parts:
            starts = (" ".join(parts[:length]) for length in range(min(_LONGEST_NAME, len(parts)), 1, -1))
            typed = next((start for start in starts if _key(start) in self._named), parts[0])
            key = _key(typed)
            if key in self._brands:
                read_as[typed] = self._brands[key]
            if typed not in COMMON:
                named = key in self._named
                concepts[typed] = _Concept(
                    typed, (typed, *self._named.get(key, ())), () if named else same(typed),
                    light=typed in LIGHT, required=named and key not in self._subject, compared=key in self._therapies,
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
                fit = -badness / self._rarity(len(found)) * _KIND_WEIGHTS.get(self._entries[row].kind, 1.0)
                best[row] = max(best[row], weight * fit)
        return best

    def _rarity(self, count: int) -> float:
        """What it weighs that something stands in so many entries only."""
        return log(1 + len(self._entries) / (1 + count))


def _entries(catalog: Catalog) -> Iterator[_Entry]:
    """Everything that can be found."""
    conditions: defaultdict[str, list[Condition]] = defaultdict(list)
    for rule in catalog.rules.values():
        conditions[rule.statement].append(rule.condition)
    for statement in catalog.statements.values():
        numbers = ", ".join(str(anchor.number) for anchor in statement.sentences)
        where = f"{statement.source}, {statement.sentences[0].section} {numbers}"
        hit = Hit(Name("statement", statement.id), statement.source, statement.paraphrase, where)
        about, belongs = _concerns(catalog, statement, conditions[statement.id]), _belongs(catalog, statement)
        yield _Entry(hit, hit.shown, "", about, statement.note or "", belongs, statement.kind)
    for agent in catalog.agents.values():
        names = " ".join(f.words for f in (*agent.names, *agent.brands, *agent.as_given, *agent.routes))
        filed = {step for f in agent.categories for step in catalog.categories[f.what].path}
        hit = Hit(Name("agent", agent.id), None, agent.name, "agent")
        yield _Entry(hit, hit.shown, "", names, " ".join(agent.notes), {agent.id, *filed}, "agent")
    for term in catalog.glossary.values():
        text = " ".join(catalog.statements[s].paraphrase for s in term.statements)
        hit = Hit(Name("term", term.id), None, f"{term.term}: {text}", "glossary")
        yield _Entry(hit, term.term, text, " ".join([_MEANING, *term.aliases]), "", set(), "term")
    for difference in catalog.differences.values():
        text = " ".join(side.says for side in difference.sides)
        options = " ".join(catalog.options[option].name for option in difference.options)
        touched = {*difference.options, *difference.categories}
        where = ", ".join(dict.fromkeys(side.source for side in difference.sides))
        hit = Hit(Name("difference", difference.id), None, difference.title, where)
        yield _Entry(hit, hit.shown, f"{text} {options}", "", difference.why, touched, "difference")
    for attribute in catalog.attributes.values():
        names = " ".join([*attribute.aliases, *(value.id for value in attribute.values)])
        hit = Hit(Name("attribute", attribute.id), None, attribute.name, "attribute")
        yield _Entry(hit, hit.shown, "", names, attribute.about, set(), "attribute")
    for option in catalog.options.values():
        path = catalog.categories[option.category].path
        name = Name("option", option.id)
        hit = Hit(name, None, title(catalog, name), "option")
        yield _Entry(hit, hit.shown, " ".join(option.aliases), "", "", {*path, *option.agents}, "option")


def _concerns(catalog: Catalog, statement: Statement, conditions: Iterable[Condition]) -> str:
    """Further words that a statement can be found by: what it is about, and its conditions."""
    agents = [catalog.agents[name] for name in statement.agents]
    parts = [words(statement.kind), *(agent.name for agent in agents), *(f.words for a in agents for f in a.brands)]
    steps = dict.fromkeys(step for name in statement.categories for step in catalog.categories[name].path)
    parts += [catalog.categories[step].name for step in steps]
    parts += [catalog.attributes[name].label for name in statement.attributes]
    parts += [condition_text(condition, catalog) for condition in conditions]
    return " ".join(parts)


def _belongs(catalog: Catalog, statement: Statement) -> set[str]:
    steps = {step for name in statement.categories for step in catalog.categories[name].path}
    return {*statement.agents, *steps}


def _named(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Each name of an agent, a category or a term, as it is looked up, with every name of the same thing."""
    things: list[Iterable[str]] = [
        *((a.name, *(f.words for f in (*a.names, *a.brands))) for a in catalog.agents.values()),
        *((category.name, *category.aliases) for category in catalog.categories.values()),
        *((term.term, *term.aliases) for term in catalog.glossary.values()),
    ]
    found: dict[str, dict[str, None]] = {}
    for names in things:
        for name in names:
            found.setdefault(_key(name), {}).update(dict.fromkeys(names))
    return {key: tuple(names) for key, names in found.items() if key}


def _words(question: str) -> list[str]:
    """The words of a question; a sign after a receptor in words."""
    return _WORD.findall(_SIGN.sub(lambda sign: _SIGNS[sign[1]], question.casefold()))


def _key(name: str) -> str:
    """A name as it is looked up: without plurals."""
    return " ".join(_PLURAL.sub("", part) for part in _plain(name).split())


def _plain(text: str) -> str:
    """Text as the table splits it: words of letters and digits, joined signs taken apart."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _quoted(name: str) -> str:
    return f'"{_plain(name)}"'
