"""Anything that the knowledge holds, by id, name, brand or abbreviation, with all that it and that others refer to.

An *entry* is plain data: kind, id, name, a few paragraphs, and links to other entries under a label each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.condition import attributes_read
from mbc_explorer.errors import UsageError, one, suggestion
from mbc_explorer.explain import condition_text, listing, words
from mbc_explorer.profile import fold
from mbc_explorer.report import askable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mbc_explorer.catalog import Agent, Anchored, Catalog, Citation, Fact, Reading, Rule
    from mbc_explorer.condition import Condition

Plain = dict[str, Any]


class Name(NamedTuple):
    """What an entry is called by: its kind and its id within the kind."""

    kind: str
    id: str


KINDS = ("source", "option", "agent", "category", "attribute", "term", "statement", "rule", "difference", "sentence")


def find(catalog: Catalog, word: str) -> list[Name]:
    """Every entry that a word names, in the order of the kinds. A sentence is named `source:number`.

    Raises:
        UsageError: when there is none, with the nearest words.
    """
    source, colon, number = word.partition(":")
    if colon and source in catalog.sources and number.isdigit() and 1 <= int(number) <= len(catalog.sentences[source]):
        return [Name("sentence", word)]
    wanted = fold(word)
    found = dict.fromkeys(name for name, called in _names(catalog) if fold(called) == wanted)
    if not found:
        known = [called for _, called in _names(catalog)]
        hint = suggestion(word, known, "; `mbc search` looks inside texts.")
        text = f"{word!r} is nothing that the knowledge holds{hint}"
        raise UsageError(one("unknown-name", "", text))
    return sorted(found, key=lambda name: KINDS.index(name.kind))


def _names(catalog: Catalog) -> Iterator[tuple[Name, str]]:
    """Every entry with every word that names it."""
    for source in catalog.sources.values():
        yield from ((Name("source", source.id), called) for called in (source.id, source.publisher))
    for option in catalog.options.values():
        yield from ((Name("option", option.id), called) for called in (option.id, option.name, *option.aliases))
    for agent in catalog.agents.values():
        called_so = (agent.id, agent.name, *(f.words for f in (*agent.names, *agent.brands)))
        yield from ((Name("agent", agent.id), called) for called in called_so)
    for category in catalog.categories.values():
        yield from (
            (Name("category", category.id), called) for called in (category.id, category.name, *category.aliases)
        )
    for attribute in catalog.attributes.values():
        names = (attribute.id, attribute.name, attribute.label, *attribute.aliases)
        yield from ((Name("attribute", attribute.id), called) for called in names)
    for term in catalog.glossary.values():
        yield from ((Name("term", term.id), called) for called in (term.id, term.term, *term.aliases))
    for kind, records in (
        ("statement", catalog.statements),
        ("rule", catalog.rules),
        ("difference", catalog.differences),
    ):
        yield from ((Name(kind, name), name) for name in records)
    yield from ((Name("rule", reading.rule), reading.id) for reading in catalog.readings.values())


def rules_named(catalog: Catalog, words: Iterable[str]) -> list[Rule]:
    """Every rule that one of the words leads to, in the catalog's order; see `names_with_rules`.

    Raises:
        UsageError: for a word that names nothing, or nothing that a rule is on.
    """
    names = names_with_rules(catalog, words)
    return [rule for rule in catalog.rules.values() if any(leads_to(catalog, name, rule) for name in names)]


def names_with_rules(catalog: Catalog, words: Iterable[str]) -> list[Name]:
    """What the words name, as far as it leads to rules.

    An option, source or statement leads to its own rules; a category to those below it, a drug to those of its
    options, a sentence to those whose statement rests on it, an attribute to those that ask about it.

    Raises:
        UsageError: for a word that names nothing, or nothing that a rule is on.
    """
    found: list[Name] = []
    for word in words:
        names = find(catalog, word)
        leading = [name for name in names if any(leads_to(catalog, name, rule) for rule in catalog.rules.values())]
        if not leading:
            kind = names[0].kind
            text = f"{word!r} is {'an' if kind[0] in 'aio' else 'a'} {kind} on which there is no rule."
            raise UsageError(one("no-rules", "", text))
        found += leading
    return list(dict.fromkeys(found))


def leads_to(catalog: Catalog, name: Name, rule: Rule) -> bool:
    """Whether a rule is on what a name stands for."""
    option = catalog.options[rule.option]
    match name.kind:
        case "rule":
            return rule.id == name.id
        case "source" | "option" | "statement":
            return name.id in (rule.source, rule.option, rule.statement)
        case "category":
            return name.id in catalog.categories[option.category].path
        case "agent":
            return name.id in option.agents
        case "attribute":
            return asks_about(catalog, name.id, attributes_read(rule.condition))
        case "sentence":
            numbers = [anchor.number for anchor in catalog.rule_statements[rule.statement].sentences]
            return name.id in [f"{rule.source}:{number}" for number in numbers]
        case _:
            return False


def asks_about(catalog: Catalog, attribute: str, asked: Iterable[str]) -> bool:
    """Whether an attribute is among those asked about, or among those that they are taken from."""
    asked = list(asked)
    return attribute in asked or attribute in askable(catalog, asked)


def entry(catalog: Catalog, name: Name) -> Plain:
    """The entry of a name."""
    text, links = _ENTRIES[name.kind](catalog, name.id)
    return {
        "kind": name.kind,
        "id": name.id,
        "name": title(catalog, name),
        "text": [paragraph for paragraph in text if paragraph],
        "links": {label: [_link(catalog, other) for other in others] for label, others in links.items() if others},
    }


def _link(catalog: Catalog, name: Name) -> Plain:
    return {"kind": name.kind, "id": name.id, "name": title(catalog, name)}


def title(catalog: Catalog, name: Name) -> str:
    """What an entry is called in a list."""
    match name.kind:
        case "source":
            source = catalog.sources[name.id]
            return f"{source.publisher}, {source.date or 'undated'}"
        case "option":
            return catalog.options[name.id].name
        case "agent":
            return catalog.agents[name.id].name
        case "category":
            return catalog.categories[name.id].name
        case "attribute":
            return catalog.attributes[name.id].name
        case "term":
            return catalog.glossary[name.id].term
        case "statement":
            return catalog.statements[name.id].paraphrase
        case "rule":
            rule = catalog.rules[name.id]
            return f"{catalog.options[rule.option].name}: {words(rule.stance)}"
        case "difference":
            return catalog.differences[name.id].title
        case _:
            source_id, _, number = name.id.partition(":")
            return f"sentence {number} of {source_id}"


Parts = tuple[list[str], dict[str, list[Name]]]


def _source(catalog: Catalog, name: str) -> Parts:
    source = catalog.sources[name]
    stated = "stated in the text" if source.publisher_basis == "stated" else "attributed by a curator"
    text = [
        f"Title: {source.title or 'the text prints none'}. Publisher: {source.publisher}, {stated}.",
        f"Date: {source.date or 'none'} ({source.date_basis}).",
        f"Address: {source.url or 'not verified'}.",
        source.disclosure or "",
        f"Sections: {', '.join(section.id for section in source.sections)}.",
    ]
    return text, {
        "statements": [Name("statement", s.id) for s in catalog.statements.values() if s.source == name],
        "differences": [
            Name("difference", d.id) for d in catalog.differences.values() if name in [side.source for side in d.sides]
        ],
    }


def _statement(catalog: Catalog, name: str) -> Parts:
    statement = catalog.statements[name]
    numbers = [anchor.number for anchor in statement.sentences]
    text = [
        statement.paraphrase,
        f"Kind: {words(statement.kind)}. Place: {place(statement.source, statement.sentences)}.",
        f"Condition: {condition_text(statement.when, catalog)}." if statement.when else "",
        f"Worded for {statement.worded_for}." if statement.worded_for else "",
        f"Curator's note: {statement.note}" if statement.note else "",
        *_readings(catalog, [rule for rule in catalog.rules.values() if rule.statement == name]),
    ]
    return text, {
        "sentences": [Name("sentence", f"{statement.source}:{number}") for number in numbers],
        "rules": [Name("rule", rule.id) for rule in catalog.rules.values() if rule.statement == name],
        "agents": [Name("agent", agent) for agent in statement.agents],
        "categories": [Name("category", category) for category in statement.categories],
        "attributes": [Name("attribute", attribute) for attribute in statement.attributes],
        "terms": [Name("term", term.id) for term in catalog.glossary.values() if name in term.statements],
        "differences": _differences_on(catalog, statement.source, numbers),
    }


def _sentence(catalog: Catalog, name: str) -> Parts:
    source, _, text_number = name.partition(":")
    number = int(text_number)
    row = catalog.sentences[source][number - 1]
    aside = f"Set aside: {words(row.set_aside)}." if row.set_aside else ""
    text = [f"Section {row.section}; {row.words} words; fingerprint {row.fingerprint}.", aside]
    return text, {
        "source": [Name("source", source)],
        "statements": [
            Name("statement", s.id)
            for s in catalog.statements.values()
            if s.source == source and number in [anchor.number for anchor in s.sentences]
        ],
        "rules that take a condition from it": [
            Name("rule", rule.id)
            for rule in catalog.rules.values()
            if rule.source == source and number in [anchor.number for anchor in rule.context]
        ],
        "agents": [
            Name("agent", agent.id)
            for agent in catalog.agents.values()
            if any(cite.source == source and number in cite.sentences for cite in agent.mentions)
        ],
        "attributes": [
            Name("attribute", a.id)
            for a in catalog.attributes.values()
            if any(cite.source == source and number in cite.sentences for cite in a.cites)
        ],
        "differences": _differences_on(catalog, source, [number]),
    }


def _rule(catalog: Catalog, name: str) -> Parts:
    rule = catalog.rules[name]
    partners = [Name("agent" if partner in catalog.agents else "category", partner) for partner in rule.partners]
    text = [
        f"Stance: {words(rule.stance)}.",
        f"Condition: {condition_text(rule.condition, catalog)}.",
        catalog.statements[rule.statement].paraphrase,
        *_readings(catalog, [rule]),
    ]
    return text, {
        "option": [Name("option", rule.option)],
        "statement": [Name("statement", rule.statement)],
        "given with": partners,
        "condition taken from": [Name("sentence", f"{rule.source}:{anchor.number}") for anchor in rule.context],
        "attributes": [Name("attribute", attribute) for attribute in attributes_read(rule.condition)],
    }


def _readings(catalog: Catalog, rules: list[Rule]) -> Iterator[str]:
    """The other readings of rules: what is read otherwise, and which condition that gives; what several share, once."""
    shared: dict[tuple[str, Condition], list[Reading]] = {}
    for reading in catalog.readings.values():
        if reading.rule in [rule.id for rule in rules]:
            shared.setdefault((reading.because, reading.condition), []).append(reading)
    for (because, condition), found in shared.items():
        some = "" if len(found) == len(rules) else f", for {listing(reading.rule for reading in found)}"
        yield f"Could also be read{some}: {because} The condition is then: {condition_text(condition, catalog)}."


def _option(catalog: Catalog, name: str) -> Parts:
    option = catalog.options[name]
    speaking = {rule.source for rule in catalog.rules_of[name]}
    silent = [source for source in catalog.sources if source not in speaking]
    text = [f"Kind: {option.kind}.", f"No statement of its own in: {', '.join(silent)}." if silent else ""]
    return text, {
        "category": [Name("category", option.category)],
        "agents": [Name("agent", agent) for agent in option.agents],
        "rules": [Name("rule", rule.id) for rule in catalog.rules_of[name]],
        "differences": [Name("difference", d.id) for d in catalog.differences.values() if name in d.options],
    }


def _category(catalog: Catalog, name: str) -> Parts:
    category = catalog.categories[name]
    text = [" > ".join(catalog.categories[step].name for step in category.path)]
    return text, {
        "categories within": [
            Name("category", c.id) for c in catalog.categories.values() if c.path[:-1] == category.path
        ],
        "options": [Name("option", o.id) for o in catalog.options.values() if o.category == name],
        "agents": [Name("agent", a.id) for a in catalog.agents.values() if name in [f.what for f in a.categories]],
        "statements": [Name("statement", s.id) for s in catalog.statements.values() if name in s.categories],
        "differences": [Name("difference", d.id) for d in catalog.differences.values() if name in d.categories],
    }


def _agent(catalog: Catalog, name: str) -> Parts:
    agent = catalog.agents[name]
    text = [
        *_agent_facts(catalog, agent),
        *(f"Curator's note: {note}" for note in agent.notes),
        f"Named in: {cited(agent.mentions)}.",
    ]
    return text, {
        "categories": list(dict.fromkeys(Name("category", filed.what) for filed in agent.categories)),
        "options": [Name("option", o.id) for o in catalog.options.values() if name in o.agents],
        "given with, in rules": [Name("rule", r.id) for r in catalog.rules.values() if name in r.partners],
        "statements": [Name("statement", s.id) for s in catalog.statements.values() if name in s.agents],
        "differences": [
            Name("difference", d.id)
            for d in catalog.differences.values()
            if any(name in catalog.options[option].agents for option in d.options)
        ],
    }


def _agent_facts(catalog: Catalog, agent: Agent) -> Iterator[str]:
    """Each kind of fact on an agent, every word with the sentences that hold it."""

    def said(label: str, facts: Iterable[Fact], shown: Callable[[Fact], str]) -> str:
        parts = [f"{shown(fact)} [{cited(fact.cites)}]" for fact in facts]
        return f"{label}: {'; '.join(parts)}." if parts else ""

    yield said("Also called", agent.names, lambda fact: fact.words)
    yield said("Brands", agent.brands, lambda fact: fact.words)
    yield said("Filed under", agent.categories, lambda fact: catalog.categories[fact.what].name)
    yield said("In a text's words", agent.as_given, lambda fact: fact.words)
    yield said("Route", agent.routes, lambda fact: f"{fact.what} ({fact.words})") or "Route: no source states one."


def _attribute(catalog: Catalog, name: str) -> Parts:
    attribute = catalog.attributes[name]
    values = ", ".join(value.id for value in attribute.values)
    text = [
        attribute.about,
        f"Values: {values}." if values else "",
        f"Defined in: {cited(attribute.cites)}." if attribute.cites else "",
        *(f"{', '.join(entry.words)}: {entry.answer}" for entry in attribute.not_in_documents),
    ]
    return text, {
        "rules": [Name("rule", r.id) for r in catalog.rules.values() if name in attributes_read(r.condition)],
        "statements": [Name("statement", s.id) for s in catalog.statements.values() if name in s.attributes],
        "differences": [Name("difference", d.id) for d in catalog.differences.values() if name in d.attributes],
    }


def _term(catalog: Catalog, name: str) -> Parts:
    term = catalog.glossary[name]
    text = [f"{catalog.statements[s].paraphrase} [{s}]" for s in term.statements]
    return text, {"statements": [Name("statement", statement) for statement in term.statements]}


def _difference(catalog: Catalog, name: str) -> Parts:
    difference = catalog.differences[name]
    text = [
        *(f"{side.source}: {side.says} [{place(side.source, side.sentences)}]" for side in difference.sides),
        f"Silent: {', '.join(difference.silent)}." if difference.silent else "",
        f"Why it matters: {difference.why}",
    ]
    numbers = [Name("sentence", f"{side.source}:{a.number}") for side in difference.sides for a in side.sentences]
    return text, {
        "options": [Name("option", option) for option in difference.options],
        "categories": [Name("category", category) for category in difference.categories],
        "attributes": [Name("attribute", attribute) for attribute in difference.attributes],
        "sentences": numbers,
    }


def _differences_on(catalog: Catalog, source: str, numbers: list[int]) -> list[Name]:
    return [
        Name("difference", d.id)
        for d in catalog.differences.values()
        if any(side.source == source and {a.number for a in side.sentences} & set(numbers) for side in d.sides)
    ]


def place(source: str, sentences: tuple[Anchored, ...]) -> str:
    """`cancercare-2024, hr-positive, 28 and 29`."""
    return f"{source}, {sentences[0].section}, {', '.join(str(anchor.number) for anchor in sentences)}"


def cited(cites: Iterable[Citation]) -> str:
    """`cancercare-2024 33, 42; mnt-undated 12`."""
    return "; ".join(f"{cite.source} {', '.join(map(str, cite.sentences))}" for cite in cites)


_ENTRIES: dict[str, Callable[[Catalog, str], Parts]] = {
    "source": _source,
    "statement": _statement,
    "sentence": _sentence,
    "rule": _rule,
    "option": _option,
    "category": _category,
    "agent": _agent,
    "attribute": _attribute,
    "term": _term,
    "difference": _difference,
}
