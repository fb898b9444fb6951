"""What a search can find: every entry of the knowledge with its texts, and every name of a thing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.explain import condition_text, words
from mbc_explorer.lookup import Name, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Source, Statement
    from mbc_explorer.condition import Condition

DEFINITION = "definition"
"""The word by which what explains a word is found."""


class Hit(NamedTuple):
    """One entry that a search found."""

    name: Name
    source: str | None
    shown: str
    where: str


class Findable(NamedTuple):
    """One entry as it is indexed, its texts apart."""

    hit: Hit
    name: str
    body: str
    concerns: str
    """Further words that it can be found by."""
    said_by: str
    """The document that says it."""
    remarks: str
    """What curators say of it."""
    belongs: set[str]
    """The agents and categories that it concerns."""
    kind: str


def findables(catalog: Catalog) -> Iterator[Findable]:
    """Everything that can be found."""
    yield from _statements(catalog)
    for agent in catalog.agents.values():
        names = " ".join(f.words for f in (*agent.names, *agent.brands, *agent.as_given, *agent.routes))
        filed = {step for f in agent.categories for step in catalog.categories[f.what].path}
        hit = Hit(Name("agent", agent.id), None, agent.name, "agent")
        yield Findable(hit, hit.shown, "", names, "", " ".join(agent.notes), {agent.id, *filed}, "agent")
    for term in catalog.glossary.values():
        text = " ".join(catalog.statements[s].paraphrase for s in term.statements)
        hit = Hit(Name("term", term.id), None, f"{term.term}: {text}", "glossary")
        yield Findable(hit, term.term, text, " ".join([DEFINITION, *term.aliases]), "", "", set(), "term")
    for difference in catalog.differences.values():
        text = " ".join(side.says for side in difference.sides)
        options = " ".join(catalog.options[option].name for option in difference.options)
        touched = {*difference.options, *difference.categories}
        where = ", ".join(dict.fromkeys(side.source for side in difference.sides))
        hit = Hit(Name("difference", difference.id), None, difference.title, where)
        yield Findable(hit, hit.shown, f"{text} {options}", "", "", difference.why, touched, "difference")
    for attribute in catalog.attributes.values():
        names = " ".join([*attribute.aliases, *(value.id for value in attribute.values)])
        hit = Hit(Name("attribute", attribute.id), None, attribute.name, "attribute")
        yield Findable(hit, hit.shown, "", names, "", attribute.about, set(), "attribute")
    for option in catalog.options.values():
        path = catalog.categories[option.category].path
        name = Name("option", option.id)
        hit = Hit(name, None, title(catalog, name), "option")
        yield Findable(hit, hit.shown, " ".join(option.aliases), "", "", "", {*path, *option.agents}, "option")


def _statements(catalog: Catalog) -> Iterator[Findable]:
    conditions: defaultdict[str, list[Condition]] = defaultdict(list)
    for rule in catalog.rules.values():
        conditions[rule.statement].append(rule.condition)
    explained: defaultdict[str, list[str]] = defaultdict(list)
    for term in catalog.glossary.values():
        for statement_id in term.statements:
            explained[statement_id] += (term.term, *term.aliases)
    for statement in catalog.statements.values():
        numbers = ", ".join(str(anchor.number) for anchor in statement.sentences)
        where = f"{statement.source}, {statement.sentences[0].section} {numbers}"
        hit = Hit(Name("statement", statement.id), statement.source, statement.paraphrase, where)
        about = " ".join([_concerns(catalog, statement, conditions[statement.id]), *explained[statement.id]])
        belongs = {*statement.agents, *_steps(catalog, statement)}
        said_by = _called(catalog.sources[statement.source])
        yield Findable(hit, hit.shown, "", about, said_by, statement.note or "", belongs, statement.kind)


def _concerns(catalog: Catalog, statement: Statement, conditions: Iterable[Condition]) -> str:
    """Further words that a statement can be found by: what it is about, and its conditions."""
    agents = [catalog.agents[name] for name in statement.agents]
    parts = [words(statement.kind), *(agent.name for agent in agents), *(f.words for a in agents for f in a.brands)]
    parts += [catalog.categories[step].name for step in _steps(catalog, statement)]
    parts += [catalog.attributes[name].label for name in statement.attributes]
    parts += [condition_text(condition, catalog) for condition in conditions]
    return " ".join(parts)


def _steps(catalog: Catalog, statement: Statement) -> dict[str, None]:
    """The categories of a statement, and those above them."""
    return dict.fromkeys(step for name in statement.categories for step in catalog.categories[name].path)


def _called(source: Source) -> str:
    """A document as it may be asked for: id, publisher, year."""
    return f"{source.id} {source.publisher} {(source.date or '')[:4]}"


def treatments(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Every name of each agent and each category."""
    yield from ((a.name, *(f.words for f in (*a.names, *a.brands))) for a in catalog.agents.values())
    yield from ((c.name, *c.aliases) for c in catalog.categories.values())


def things(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Every name of each agent, category and term."""
    yield from treatments(catalog)
    yield from ((term.term, *term.aliases) for term in catalog.glossary.values())
