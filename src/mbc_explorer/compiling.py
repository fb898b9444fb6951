"""Checked files into a Catalog: references resolved, constraints closed, every rule as prime cubes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import (
    Agent,
    Anchored,
    Attribute,
    Axis,
    AxisValue,
    Catalog,
    Category,
    Conflict,
    Constraint,
    Cube,
    Difference,
    Fact,
    FromRegimens,
    Head,
    LedgerRow,
    Note,
    NotInDocuments,
    Option,
    Reading,
    Rule,
    Section,
    Side,
    Source,
    Statement,
    Term,
    Value,
)
from mbc_explorer.condition import ALWAYS, NOT_APPLICABLE, Condition, OneOf, attributes_read
from mbc_explorer.engine import MAX_FACTS, compiled_rulesets
from mbc_explorer.errors import EngineError, KnowledgeError, one, place_order
from mbc_explorer.loading import Loaded, Pack, Resolver, read_pack
from mbc_explorer.primes import (
    MAX_OWN_STEPS,
    MAX_STEPS,
    Masks,
    TooManyCubes,
    World,
    at_most,
    closed,
    complement,
    formula,
    spelled,
    spend,
)
from mbc_explorer.schema import citation_parts
from mbc_explorer.structure import structural_constraints

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mbc_explorer.folders import Folders


def compile_catalog(folders: Folders) -> Catalog:
    """Read, check and compile a pack.

    Raises:
        KnowledgeError: with every problem found.
    """
    return Compiler(read_pack(folders)).catalog()


MAX_DEPTH = 20
"""So many categories may lie above one another."""
MAX_CASES = 2000
"""So many cases may the axes of a matrix span."""


class Compiler:
    """One pack on its way to a catalog."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.resolver = Resolver(pack)
        self.numbers: dict[Cube, int] = {}
        self.definitions: dict[str, list[str]] = {}
        self.reading_places: dict[str, str] = {}
        self.mentions = {
            row.id: [(source, set(numbers)) for source, numbers in map(citation_parts, row.mentions)]
            for row in pack.agents.model.agents
        }

    def catalog(self) -> Catalog:
        """The catalog.

        Raises:
            KnowledgeError: with every problem found.
        """
        try:
            with at_most(MAX_STEPS):
                return self._catalog()
        except TooManyCubes as reason:
            raise KnowledgeError(one("too-much-work", "", f"the pack cannot be worked out: {reason}")) from None

    def _catalog(self) -> Catalog:
        find = self.resolver
        sources = [self._source(row) for row in self.pack.sources.model.sources]
        attributes = [self._attribute(i, row) for i, row, _ in find.rows(self.pack.profile, "attributes")]
        categories = [self._category(row.id) for row in self.pack.categories.model.categories]
        options = [self._option(i, row) for i, row, _ in find.rows(self.pack.categories, "options")]
        agents = [self._agent(i, row) for i, row, _ in find.rows(self.pack.agents, "agents")]
        statements = [s for loaded in self.pack.statements for s in self._statements(loaded)]
        stated = self._derivations()
        notes = [self._note(i, row) for i, row, _ in find.rows(self.pack.profile, "notes")]
        differences = [d for loaded in self.pack.differences for d in self._differences(loaded)]
        glossary = [term for loaded in self.pack.glossary for term in self._glossary(loaded)]
        drafts = [rule for loaded in self.pack.rules for rule in self._rules(loaded)]
        readings = [reading for loaded in self.pack.rules for reading in self._readings(loaded)]
        axes = [axis for loaded in self.pack.matrix for axis in self._axes(loaded)]
        self._unique_ids()
        self._values_are_told_apart()
        self._definitions_end()
        words = self._words()
        self._stop_on_problems()

        by_source = {source.id: i for i, source in enumerate(sources)}
        statements.sort(key=lambda s: (by_source[s.source], s.sentences[0].number, s.id))
        first = {s.id: (by_source[s.source], s.sentences[0].number) for s in statements}
        drafts.sort(key=lambda rule: (*first[rule.statement], rule.id))
        resting: dict[str, list[Rule]] = {s.id: [] for s in statements}
        for rule in drafts:
            resting[rule.statement].append(rule)
        statements = [self._concerning(s, resting[s.id]) for s in statements]
        implied = self._implied()
        asked: list[Condition] = [rule.condition for rule in drafts] + [note.when for note in notes]
        asked += [condition for rule in stated for condition in (rule.given, rule.then)]
        asked += [a.applies_when for a in attributes if a.applies_when]
        asked += [s.when for s in statements if s.when]
        asked += [reading.condition for reading in readings]
        structural, domains = structural_constraints(attributes, asked, implied, MAX_FACTS)
        constraints = [*stated, *structural]
        world = closed(constraints, domains)
        compiled = [self._compiled(rule, world) for rule in drafts]
        self._stop_on_equal_readings(drafts, readings, world)
        self._stop_on_problems()
        heads = [
            Head(fact, domains[fact][value], spelled(cube, domains), by)
            for fact, value, cube, by in needed_heads(world)
        ]
        conflicts = [Conflict(spelled(cube, domains), world.blamed(cube)) for cube in world.impossible]
        core = {
            "version": self.pack.sources.model.version,
            "digest": self.pack.digest,
            "groups": {row.id: row.name for row in self.pack.profile.model.groups},
            "nothing_known": self.pack.profile.model.nothing_known,
            "not_known": [(row.id, row.aliases, ()) for row in self.pack.profile.model.not_known],
            "sources": sources,
            "attributes": attributes,
            "categories": categories,
            "options": options,
            "agents": agents,
            "constraints": constraints,
            "definitions": self.definitions,
            "notes": notes,
            "rule_statements": [statement for statement in statements if resting[statement.id]],
            "rules": compiled,
            "points": [
                (d.id, d.kind, d.title, [side.source for side in d.sides], d.options, d.attributes) for d in differences
            ],
            "facts": domains,
            "cubes": list(self.numbers),
            "heads": heads,
            "conflicts": conflicts,
            "words": words,
            "implied": implied,
        }
        rest = {
            "statements": statements,
            "differences": differences,
            "glossary": glossary,
            "readings": readings,
            "axes": axes,
            "sentences": [(source.id, self._sentences(source.id)) for source in sources],
        }
        catalog = Catalog(core, lambda: rest)
        try:
            catalog.rulesets = compiled_rulesets(catalog)
        except EngineError as error:
            raise KnowledgeError(error.problems) from None
        return catalog

    def _sentences(self, source: str) -> list[LedgerRow]:
        aside = {
            number: row.reason
            for file in self.pack.set_aside
            if file.model.source == source
            for row in file.model.set_aside
            for number in row.sentences
        }
        return [
            LedgerRow(self.resolver.section(source, number), words, mark, aside.get(number))
            for number, words, mark in self.resolver.ledgers[source].model.sentences
        ]

    def _stop_on_problems(self) -> None:
        if self.resolver.problems:
            raise KnowledgeError(sorted(set(self.resolver.problems), key=place_order))

    def _source(self, row: Any) -> Source:
        sections = tuple(Section(section.id, section.first, section.name) for section in row.sections)
        return Source(
            row.id, row.title, row.publisher, row.publisher_basis, tuple(row.people), row.date, row.date_precision,
            row.date_basis, row.url, row.url_status, row.disclosure, row.filename, sections,
        )  # fmt: skip

    def _attribute(self, index: int, row: Any) -> Attribute:
        loaded, find = self.pack.profile, self.resolver
        at = ("attributes", index)
        groups = [group.id for group in self.pack.profile.model.groups]
        if groups and row.group not in groups:
            find.unknown("group", row.group, groups, loaded.place(*at, "group"))
        applies = find.condition(row.applies_when, loaded, *at, "applies_when") if row.applies_when else None
        source = row.from_
        if source and (
            find.attributes.get(source.regimens) is None or find.attributes[source.regimens].kind != "regimens"
        ):
            find.unknown("attribute", source.regimens, find.attributes, loaded.place(*at, "from"))
        if source and source.including and source.including not in find.therapies():
            find.unknown("category", source.including, find.categories, loaded.place(*at, "from"))
        return Attribute(
            row.id, row.name, row.label, row.group, row.kind, tuple(row.aliases), row.about,
            find.cites(row.cites, loaded, *at, "cites"),
            tuple(Value(value.id, tuple(value.aliases), tuple(value.implies)) for value in row.values),
            tuple(NotInDocuments(tuple(entry.words), entry.answer) for entry in row.not_in_documents),
            applies, row.applies_because,
            FromRegimens._make(source.model_dump().values()) if source else None,
            row.minimum, row.alters,
        )  # fmt: skip

    def _category(self, name: str) -> Category:
        row = self.resolver.categories[name]
        return Category(name, row.name, self._path(name), row.therapy, tuple(row.aliases))

    def _path(self, name: str) -> tuple[str, ...]:
        path: tuple[str, ...] = ()
        step: str | None = name
        place = self.pack.categories.place("categories")
        while step is not None:
            spend(1)
            if step in path or len(path) == MAX_DEPTH:
                told = "lies below itself" if step in path else f"has more than {MAX_DEPTH} above it"
                self.resolver.report("wrong-parent", place, f"the category {name!r} {told}.")
                return path
            path = (step, *path)
            row = self.resolver.categories.get(step)
            if row is None:
                self.resolver.unknown("category", step, self.resolver.categories, place)
                return path
            step = row.parent
        return path

    def _option(self, index: int, row: Any) -> Option:
        place = self.pack.categories.place("options", index)
        if row.category not in self.resolver.categories:
            self.resolver.unknown("category", row.category, self.resolver.categories, place)
        for agent in row.agents:
            if agent not in self.resolver.agents:
                self.resolver.unknown("agent", agent, self.resolver.agents, place)
        return Option(row.id, row.name, row.category, row.kind, tuple(row.agents), tuple(row.aliases))

    def _agent(self, index: int, row: Any) -> Agent:
        def facts(key: str, what: str, words: str) -> tuple[Fact, ...]:
            entries = getattr(row, key)
            return tuple(
                Fact(getattr(e, what), getattr(e, words), self.resolver.cites(e.cites, loaded, *at, key, i, "cites"))
                for i, e in enumerate(entries)
            )

        loaded, at = self.pack.agents, ("agents", index)
        filed = facts("categories", "category", "category")
        for fact in filed:
            if fact.what not in self.resolver.categories:
                self.resolver.unknown("category", fact.what, self.resolver.categories, loaded.place(*at))
        return Agent(
            row.id, row.name, facts("names", "name", "name"), facts("brands", "name", "name"), filed,
            facts("as_given", "words", "words"), facts("routes", "route", "words"),
            self.resolver.cites(row.mentions, loaded, *at, "mentions"), tuple(row.notes),
        )  # fmt: skip

    def _statements(self, loaded: Loaded) -> list[Statement]:
        source, find = loaded.model.source, self.resolver
        found = []
        for index, row, _ in find.rows(loaded, "statements"):
            at = ("statements", index)
            self._names_exist(row, ("agents", "categories", "attributes"), loaded, *at)
            anchors = find.anchors(source, row.sentences, loaded, *at, "sentences")
            find.anchors(source, row.context, loaded, *at, "context")
            self._names_exist(row, ("in_passing", "means", "further"), loaded, *at)
            when = find.condition(row.when, loaded, *at, "when") if row.when else None
            names = (tuple(row.agents), tuple(row.categories), tuple(row.attributes))
            found.append(
                Statement(
                    f"{source}.{row.id}",
                    source,
                    anchors,
                    row.paraphrase,
                    row.worded_for,
                    row.note,
                    row.kind,
                    *names,
                    when,
                    tuple(row.agents or row.categories),
                )
            )
        return found

    def _names_exist(self, row: Any, keys: Iterable[str], loaded: Loaded, *at: str | int) -> None:
        """Report every name in these lists of a row that nothing declares."""
        find = self.resolver
        therapies = {*find.agents, *find.categories, *find.options}
        declared: dict[str, tuple[str, Collection[str]]] = {
            "agents": ("agent", find.agents),
            "categories": ("category", find.categories),
            "attributes": ("attribute", find.attributes),
            "options": ("option", find.options),
            "in_passing": ("therapy", therapies),
            "means": ("therapy", therapies),
            "further": ("therapy", therapies),
        }
        for key in keys:
            what, valid = declared[key]
            for name in getattr(row, key):
                if name not in valid:
                    find.unknown(what, name, valid, loaded.place(*at, key))

    def _concerning(self, statement: Statement, rules: list[Rule]) -> Statement:
        """A statement with what it concerns: its own words, and those of the rules that rest on it."""
        options = [self.resolver.options[rule.option] for rule in rules]
        numbers = {anchor.number for anchor in statement.sentences}
        spend(len(self.mentions))
        agents = [
            agent
            for agent, mentions in self.mentions.items()
            if any(name == statement.source and numbers & cited for name, cited in mentions)
        ]
        agents += [agent for option in options for agent in option.agents]
        attributes = [name for rule in rules for name in attributes_read(rule.condition)]
        attributes += attributes_read(statement.when) if statement.when else []
        return statement._replace(
            agents=tuple(dict.fromkeys([*statement.agents, *agents])),
            categories=tuple(dict.fromkeys([*statement.categories, *(option.category for option in options)])),
            attributes=tuple(dict.fromkeys([*statement.attributes, *attributes])),
        )

    def _derivations(self) -> list[Constraint]:
        """Definitions and implications, and for each attribute that does not always apply, when it does."""
        loaded, find = self.pack.profile, self.resolver
        found: list[Constraint] = []
        for index, row, place in find.rows(loaded, "derivations"):
            at = ("derivations", index)
            cites = find.cites(row.cites, loaded, *at, "cites")
            if row.implication:
                given = find.condition(row.implication.if_, loaded, *at, "implication", "if")
                then = find.condition(row.implication.then, loaded, *at, "implication", "then")
                found.append(Constraint(row.id, given, then, row.because, row.basis, cites))
                continue
            declared = find.attributes.get(row.definition)
            if declared is None or [value.id for value in declared.values] != list(row.values):
                find.report(
                    "wrong-definition", place, f"{row.definition!r} is defined by a condition for each of its values."
                )
                continue
            for value, data in row.values.items():
                condition = find.condition(data, loaded, *at, "values", value)
                is_value = OneOf(row.definition, (value,))
                parts = [*self.definitions.get(row.definition, []), *attributes_read(condition)]
                self.definitions[row.definition] = list(dict.fromkeys(parts))
                found.append(Constraint(f"{row.id}.{value}", condition, is_value, row.because, row.basis, cites))
                found.append(Constraint(f"{row.id}.{value}.back", is_value, condition, row.because, row.basis, cites))
        return found

    def _note(self, index: int, row: Any) -> Note:
        at = ("notes", index)
        when = self.resolver.condition(row.when, self.pack.profile, *at, "when")
        return Note(row.id, when, row.note, self.resolver.cites(row.cites, self.pack.profile, *at, "cites"))

    def _differences(self, loaded: Loaded) -> list[Difference]:
        find = self.resolver
        found = []
        for index, row, place in find.rows(loaded, "differences"):
            at = ("differences", index)
            self._names_exist(row, ("options", "categories", "attributes"), loaded, *at)
            for name in row.silent:
                if name not in find.sources or name in [side.source for side in row.sides]:
                    find.report("wrong-silence", place, f"{name!r} is not a source that is silent here.")
            sides = tuple(
                Side(side.source, find.anchors(side.source, side.sentences, loaded, *at, "sides", i), side.says)
                for i, side in enumerate(row.sides)
            )
            touched = (tuple(row.options), tuple(row.categories), tuple(row.attributes))
            found.append(Difference(row.id, row.kind, row.title, sides, tuple(row.silent), row.why, *touched))
        return found

    def _glossary(self, loaded: Loaded) -> list[Term]:
        known = {f"{file.model.source}.{row.id}" for file in self.pack.statements for row in file.model.statements}
        found = []
        for index, row, _ in self.resolver.rows(loaded, "terms"):
            for name in row.statements:
                if name not in known:
                    self.resolver.unknown("statement", name, known, loaded.place("terms", index))
            found.append(Term(row.id, row.term, tuple(row.aliases), tuple(row.statements)))
        return found

    def _rules(self, loaded: Loaded) -> list[Rule]:
        find, source = self.resolver, loaded.model.source
        statements = {f"{file.model.source}.{row.id}" for file in self.pack.statements for row in file.model.statements}
        found = []
        for index, row, place in find.rows(loaded, "rules"):
            at = ("rules", index)
            statement = f"{source}.{row.statement}"
            if statement not in statements:
                find.unknown("statement", statement, statements, loaded.place(*at, "statement"))
            if row.option not in find.options:
                find.unknown("option", row.option, find.options, loaded.place(*at, "option"))
            for partner in row.partners:
                if partner not in find.agents and partner not in find.categories:
                    find.unknown("partner", partner, [*find.agents, *find.categories], place)
            context: tuple[Anchored, ...] = find.anchors(source, row.context, loaded, *at, "context")
            condition = find.condition(row.when, loaded, *at, "when") if row.when else ALWAYS
            found.append(
                Rule(
                    f"{source}.{row.id}", source, statement, row.option, row.stance, tuple(row.partners), context,
                    condition, row.always, (), (), (),
                )
            )  # fmt: skip
        return found

    def _axes(self, loaded: Loaded) -> list[Axis]:
        find = self.resolver
        find.unique(((row.id, place) for _, row, place in find.rows(loaded, "axes")), "axis")
        find.unique(((value.id, place) for _, row, place in find.rows(loaded, "axes") for value in row.values), "value")
        if prod(len(row.values) for row in loaded.model.axes) > MAX_CASES:
            find.report("too-many-cases", loaded.place("axes"), f"the axes span more than {MAX_CASES} cases.")
        values = {
            row.id: tuple(AxisValue(value.id, value.name, value.profile) for value in row.values)
            for row in loaded.model.axes
        }
        return [Axis(row.id, row.name, values[row.id]) for row in loaded.model.axes]

    def _readings(self, loaded: Loaded) -> list[Reading]:
        found = []
        places = []
        for index, row, _ in self.resolver.rows(loaded, "rules"):
            rule = f"{loaded.model.source}.{row.id}"
            for number, other in enumerate(row.other_readings):
                at = ("rules", index, "other_readings", number)
                condition = self.resolver.condition(other.when, loaded, *at, "when") if other.when else ALWAYS
                found.append(Reading(f"{rule}/{other.id}", rule, other.because, condition))
                places.append((found[-1].id, loaded.place(*at)))
        self.resolver.unique(places, "reading")
        self.reading_places.update(places)
        return found

    def _stop_on_equal_readings(self, rules: list[Rule], readings: list[Reading], world: World) -> None:
        """Another reading must part from the rule's own in some case."""
        own = {rule.id: rule.condition for rule in rules}
        for reading in readings:
            cubes = [world.settled(formula(c, world.domains)) for c in (own[reading.rule], reading.condition)]
            one, other = (sorted(spelled(cube, world.domains) for cube in some) for some in cubes)
            if one == other:
                name = reading.id.rpartition("/")[2]
                message = f"the reading {name!r} comes to the same as the rule's own in every case; leave it out."
                self.resolver.report("same-reading", self.reading_places[reading.id], message)

    def _unique_ids(self) -> None:
        find = self.resolver
        for loaded, key in (
            (self.pack.sources, "sources"), (self.pack.profile, "attributes"), (self.pack.profile, "derivations"),
            (self.pack.profile, "notes"), (self.pack.categories, "categories"), (self.pack.categories, "options"),
            (self.pack.agents, "agents"),
        ):  # fmt: skip
            find.unique(((row.id, place) for _, row, place in find.rows(loaded, key)), key.removesuffix("s"))
        for files, key in ((self.pack.differences, "differences"), (self.pack.glossary, "terms")):
            find.unique(((row.id, place) for file in files for _, row, place in find.rows(file, key)), key[:-1])
        for files, key in ((self.pack.statements, "statements"), (self.pack.rules, "rules")):
            rows = [
                (f"{file.model.source}.{row.id}", place) for file in files for _, row, place in find.rows(file, key)
            ]
            find.unique(rows, key.removesuffix("s"))

    def _values_are_told_apart(self) -> None:
        """No word of an attribute means two of its values, and none is what says that it is not known."""
        find, loaded = self.resolver, self.pack.profile
        reserved = {word.casefold() for way in loaded.model.not_known for word in (way.id, *way.aliases)}
        reserved.add(NOT_APPLICABLE)
        for _, row, place in find.rows(loaded, "attributes"):
            find.unique(((value.id, place) for value in row.values), "value")
            values = {value.id for value in row.values}
            meant: dict[str, str] = {}
            for value in row.values:
                for word in {spelling.casefold() for spelling in (value.id, *value.aliases)}:
                    is_taken = word in reserved or (row.kind == "list" and word == "none")
                    if is_taken or meant.setdefault(word, value.id) != value.id:
                        text = f"the word {word!r} of the value {value.id!r} means something else, too."
                        find.report("ambiguous-word", place, text)
                for implied in set(value.implies) - values:
                    find.unknown("value", implied, values, place)

    def _definitions_end(self) -> None:
        """No attribute is defined by itself, not even by way of others."""
        for name in self.definitions:
            reached: set[str] = set()
            ahead = list(self.definitions[name])
            while ahead:
                step = ahead.pop()
                if step not in reached:
                    spend(1)
                    reached.add(step)
                    ahead += self.definitions.get(step, ())
            if name in reached:
                place = self.pack.profile.place("derivations")
                self.resolver.report("circular-definition", place, f"{name!r} is defined by itself.")

    def _words(self) -> dict[str, str]:
        """Every word that names a therapy, and which one. A word that names two is a problem."""
        words: dict[str, str] = {}
        find = self.resolver
        for row in find.agents.values():
            names = [row.id, row.name, *(e.name for e in row.names), *(e.name for e in row.brands)]
            self._take_words(words, names, row.id)
        for row in find.categories.values():
            if row.therapy:
                self._take_words(words, [row.id, row.name, *row.aliases], row.id)
        return words

    def _take_words(self, words: dict[str, str], names: list[str], meaning: str) -> None:
        for name in names:
            for spelling in dict.fromkeys((name.casefold(), name.casefold().replace("_", " "))):
                if words.setdefault(spelling, meaning) != meaning:
                    message = f"the word {name!r} names both {words[spelling]!r} and {meaning!r}."
                    self.resolver.report("ambiguous-word", self.pack.agents.document.name, message)

    def _implied(self) -> dict[str, tuple[str, ...]]:
        """Agents imply the categories they are filed under, and those the categories above them; never the reverse."""
        find = self.resolver
        paths = {
            name: tuple(step for step in self._path(name) if find.categories[step].therapy)
            for name, row in find.categories.items()
            if row.therapy
        }
        agents = {
            name: tuple(
                dict.fromkeys([name, *(step for filed in row.categories for step in paths.get(filed.category, ()))])
            )
            for name, row in find.agents.items()
        }
        return {**agents, **paths}

    def _compiled(self, rule: Rule, world: World) -> Rule:
        what = formula(rule.condition, world.domains)
        try:
            with at_most(MAX_OWN_STEPS):
                met = world.settled(what)
                not_met = world.settled(complement(what, world.domains))
        except TooManyCubes as reason:
            self.resolver.report("too-many-cubes", rule.id, f"the condition cannot be compiled: {reason}")
            return rule
        if rule.always != (met == [{}]):
            told = (
                "says 'always: true' but some case does not meet it"
                if rule.always
                else "is met by every case; say 'always: true'"
            )
            self.resolver.report("always", rule.id, f"the rule {told}.")
        if not met:
            self.resolver.report("never", rule.id, "the rule can be met by no case.")
        number = self._number
        return rule._replace(
            met=tuple(number(cube, world) for cube in world.reduced(met)),
            not_met=tuple(number(cube, world) for cube in world.reduced(not_met)),
            settling=tuple(number(cube, world) for cube in met),
        )

    def _number(self, cube: Masks, world: World) -> int:
        return self.numbers.setdefault(spelled(cube, world.domains), len(self.numbers))


def needed_heads(world: World) -> list[tuple[str, int, Masks, tuple[str, ...]]]:
    """The heads from which, applied again and again, every other follows; the vocabulary's first facts first."""
    order = list(world.domains)
    heads = sorted(world.heads(), key=lambda head: (len(head[2]), sorted(map(order.index, head[2]))))
    kept = list(heads)
    for head in reversed(heads):
        spend(len(kept))
        others = [other for other in kept if other is not head]
        if _follows(head, others):
            kept = others
    return kept


def _follows(
    head: tuple[str, int, Masks, tuple[str, ...]], others: list[tuple[str, int, Masks, tuple[str, ...]]]
) -> bool:
    known = dict(head[2])
    changed = True
    while changed:
        changed = False
        spend(len(others))
        for fact, value, cube, _ in others:
            if fact not in known and all(name in known and known[name] & ~mask == 0 for name, mask in cube.items()):
                known[fact] = 1 << value
                changed = True
    return known.get(head[0]) == 1 << head[1]
