"""Full text over the knowledge: paraphrases, names, brands, terms, differences and curators' notes, ranked.

Every word of a question counts unless it is a common one. What the knowledge calls otherwise is looked for under its
own name (a brand as its drug), a misspelled word as the nearest word that the knowledge holds. Where nothing holds all
the words, the answer says that the documents do not answer, and shows what is nearest.
"""

from __future__ import annotations

import re
import sqlite3
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.explain import words
from mbc_explorer.lookup import Name, title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog, Statement

Plain = dict[str, Any]
_WORD = re.compile(r"[a-z0-9]+(?:[/+-][a-z0-9]+)*")
_COMMON_WORDS = """
    a about after all am an and any are as at be been before being both but by can could did do does doing each for
    from get give given gives go had has have having how i if in into is it its just kind kinds know last long make
    many may me mean meaning means might much my need of on one or other our out over per say says she should so
    some such take tell than that the their them then there these they this those to too under use used using was we
    were what when where which while who why will with without would you your document documents text texts patient
    patients person people woman women metastatic breast cancer disease mbc treatment treatments
"""
"""Words that carry nothing, or that every statement is about."""
_COMMON = frozenset(_COMMON_WORDS.split())
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
    """Whether some entry holds every word that counts."""
    asked: tuple[str, ...]
    """The words that counted."""
    read_as: dict[str, str]
    """Words that were looked for under another spelling or name."""
    unknown: tuple[str, ...]
    """Words that stand nowhere in the knowledge, and near nothing there."""
    hits: tuple[Hit, ...]


class Index:
    """The knowledge in a full-text table in memory. Not shared between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE VIRTUAL TABLE entries USING fts5(name, body, extra, tokenize='porter unicode61')")
        self._rows: list[tuple[Hit, set[str], str]] = []
        for hit, body, extra, belongs, kind in _rows(catalog):
            self._rows.append((hit, belongs, kind))
            values = (len(self._rows), *map(_plain, (hit.shown, body, extra)))
            self._table.execute("INSERT INTO entries(rowid, name, body, extra) VALUES (?, ?, ?, ?)", values)
        self._known = {
            word
            for row in self._table.execute("SELECT name || ' ' || body || ' ' || extra FROM entries")
            for word in row[0].split()
        }

    def search(
        self,
        question: str,
        *,
        source: str | None = None,
        kind: str | None = None,
        category: str | None = None,
        agent: str | None = None,
    ) -> Found:
        """Look for the words of a question.

        Args:
            question: words, in any order; common ones do not count.
            source: only what this source says.
            kind: only entries or statements of this kind.
            category: only what concerns this category or one below it.
            agent: only what concerns this agent.
        """
        asked = list(dict.fromkeys(word for word in _WORD.findall(question.casefold()) if word not in _COMMON))
        read_as: dict[str, str] = {}
        unknown: list[str] = []
        terms: list[str] = []
        for word in asked:
            meant = self._meant(word)
            if meant is None:
                unknown.append(word)
            elif meant != word:
                read_as[word] = meant
            terms.append(meant or word)
        wanted = {part for part in (category, agent) if part}
        exact = self._match(" AND ".join(map(_quoted, terms)), source, kind, wanted) if terms else []
        nearest = exact or (self._match(" OR ".join(map(_quoted, terms)), source, kind, wanted) if terms else [])
        return Found(bool(exact) and not unknown, tuple(asked), read_as, tuple(unknown), tuple(nearest[:LIMIT]))

    def _meant(self, word: str) -> str | None:
        """The word to look for: itself, a brand's drug, or the nearest one held; None where none is near."""
        meaning = self._catalog.words.get(word)
        if meaning in self._catalog.agents:
            return self._catalog.agents[meaning].name.casefold()
        plain = _plain(word)
        if all(part in self._known or self._stands(part) for part in plain.split()):
            return word
        near = get_close_matches(plain, self._known, n=1, cutoff=0.8) if len(plain) > 3 else []  # noqa: PLR2004
        return near[0] if near else None

    def _stands(self, word: str) -> bool:
        """Whether a word stands somewhere in another form (porter stems)."""
        return (
            self._table.execute("SELECT 1 FROM entries WHERE entries MATCH ? LIMIT 1", (_quoted(word),)).fetchone()
            is not None
        )

    def _match(self, query: str, source: str | None, kind: str | None, wanted: set[str]) -> list[Hit]:
        found = self._table.execute(
            "SELECT rowid FROM entries WHERE entries MATCH ? ORDER BY bm25(entries, 4.0, 2.0, 1.0), rowid", (query,)
        )
        hits = []
        for (row,) in found:
            hit, belongs, of_kind = self._rows[row - 1]
            if (
                (source is None or hit.source == source)
                and (kind is None or kind in (of_kind, hit.name.kind))
                and wanted <= belongs
            ):
                hits.append(hit)
        return hits


def _rows(catalog: Catalog) -> Iterator[tuple[Hit, str, str, set[str], str]]:
    """Each entry as (hit, body, further words, what it belongs to, kind)."""
    for statement in catalog.statements.values():
        numbers = ", ".join(str(anchor.number) for anchor in statement.sentences)
        hit = Hit(
            Name("statement", statement.id), statement.source, statement.paraphrase,
            f"{statement.source}, {statement.sentences[0].section} {numbers}",
        )  # fmt: skip
        yield hit, statement.note or "", _concerns(catalog, statement), _belongs(catalog, statement), statement.kind
    for agent in catalog.agents.values():
        names = " ".join(f.words for f in (*agent.names, *agent.brands, *agent.as_given, *agent.routes))
        filed = {step for f in agent.categories for step in catalog.categories[f.what].path}
        name = Name("agent", agent.id)
        yield Hit(name, None, agent.name, "agent"), " ".join(agent.notes), names, {agent.id, *filed}, "agent"
    for term in catalog.glossary.values():
        text = " ".join(catalog.statements[s].paraphrase for s in term.statements)
        yield Hit(Name("term", term.id), None, term.term, "glossary"), text, " ".join(term.aliases), set(), "term"
    for difference in catalog.differences.values():
        text = " ".join([*(side.says for side in difference.sides), difference.why])
        extra = " ".join(catalog.options[option].name for option in difference.options)
        touched = {*difference.options, *difference.categories}
        where = ", ".join(dict.fromkeys(side.source for side in difference.sides))
        yield Hit(Name("difference", difference.id), None, difference.title, where), text, extra, touched, "difference"
    for attribute in catalog.attributes.values():
        extra = " ".join([*attribute.aliases, *(value.id for value in attribute.values)])
        yield (
            Hit(Name("attribute", attribute.id), None, attribute.name, "attribute"),
            attribute.about,
            extra,
            set(),
            "attribute",
        )
    for option in catalog.options.values():
        path = set(catalog.categories[option.category].path)
        name = Name("option", option.id)
        yield (
            Hit(name, None, title(catalog, name), "option"),
            " ".join(option.aliases),
            "",
            {*path, *option.agents},
            "option",
        )


def _concerns(catalog: Catalog, statement: Statement) -> str:
    """Further words that a statement can be found by: what it is about."""
    agents = [catalog.agents[name] for name in statement.agents]
    parts = [words(statement.kind), *(agent.name for agent in agents), *(f.words for a in agents for f in a.brands)]
    parts += [
        f"{catalog.categories[name].name} {' '.join(catalog.categories[name].aliases)}" for name in statement.categories
    ]
    parts += [catalog.attributes[name].label for name in statement.attributes]
    return " ".join(parts)


def _belongs(catalog: Catalog, statement: Statement) -> set[str]:
    steps = {step for name in statement.categories for step in catalog.categories[name].path}
    return {*statement.agents, *steps}


def _plain(text: str) -> str:
    """Text as the table splits it: words of letters and digits, joined signs taken apart."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _quoted(word: str) -> str:
    return f'"{_plain(word)}"'
