"""Everything that is known, immutable and with every reference resolved.

A catalog is made by `loading` from the YAML folders, written as plain JSON by `compiled`, and read back here in
about a millisecond. Records are tuples with names; a record's order of fields is its order in the JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar
from typing import Any as Anything

from mbc_explorer.condition import (
    All,
    Any,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Not,
    OneOf,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Cube = tuple[tuple[str, tuple[str, ...]], ...]
"""A conjunction: each fact has one of the values. The empty cube is always met."""

DESCRIBES, NOT_USED, INVESTIGATIONAL = "describes", "describes_as_not_used", "investigational"
STANCES = (DESCRIBES, NOT_USED, INVESTIGATIONAL)


class Section(NamedTuple):
    """A part of a document, from its first sentence on; the name is ours."""

    id: str
    first: int
    name: str


class Source(NamedTuple):
    """The bibliographic record of one document."""

    id: str
    title: str | None
    publisher: str
    publisher_basis: str
    """`stated` in the text, or `attributed` by a curator."""
    people: tuple[str, ...]
    date: str | None
    """ISO date as printed in the text, or None where it prints none."""
    date_precision: str
    date_basis: str
    url: str | None
    url_status: str
    disclosure: str | None
    filename: str
    sections: tuple[Section, ...]


class Citation(NamedTuple):
    """Where a source says something: sentence numbers of its ledger."""

    source: str
    sentences: tuple[int, ...]


class Anchored(NamedTuple):
    """One sentence that a claim rests on."""

    number: int
    section: str
    fingerprint: str


class Statement(NamedTuple):
    """One claim of one source, in our words."""

    id: str
    source: str
    sentences: tuple[Anchored, ...]
    paraphrase: str
    worded_for: str | None
    """The word of the text for whom it speaks of (`women`), where that is not a condition."""
    note: str | None
    kind: str
    agents: tuple[str, ...]
    """What it concerns: said of the statement itself, or taken from the rules that rest on it."""
    categories: tuple[str, ...]
    attributes: tuple[str, ...]
    when: Condition | None
    """The condition that it states, where no rule carries it."""
    speaks_of: tuple[str, ...]
    """The agents that it makes its claim of, or else the categories; not those that its sentences only name."""


class Value(NamedTuple):
    """A value that a fact can have, and other words accepted for it."""

    id: str
    aliases: tuple[str, ...]
    implies: tuple[str, ...] = ()
    """In a list: the items that are in it too when this one is."""


class NotInDocuments(NamedTuple):
    """Words that a user may type and that no document speaks of, with the answer in words."""

    words: tuple[str, ...]
    answer: str


A_PART, A_THERAPY = "A part is not more than the whole.", "A therapy is part of a regimen."


class FromRegimens(NamedTuple):
    """How an attribute follows from the regimens of a history, when it is not stated."""

    regimens: str
    """The attribute that holds the regimens."""
    including: str | None
    """Only regimens with a therapy of this category."""
    setting: str | None
    stopped: str | None
    last: str | None
    """Take this field of the last completed regimen instead of counting."""

    def is_part_of(self, whole: FromRegimens, implied: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether all regimens that are counted here are counted there, too, beside others."""
        includes = self.including is not None and whole.including in implied[self.including]
        return (
            self != whole
            and (self.regimens, self.last) == (whole.regimens, whole.last)
            and (whole.including is None or includes)
            and whole.setting in (None, self.setting)
            and whole.stopped in (None, self.stopped)
        )


class Attribute(NamedTuple):
    """One thing that can be said of a case."""

    id: str
    name: str
    label: str
    """The name as it stands within a sentence."""
    group: str
    kind: str
    aliases: tuple[str, ...]
    about: str
    cites: tuple[Citation, ...]
    values: tuple[Value, ...]
    not_in_documents: tuple[NotInDocuments, ...]
    applies_when: Condition | None
    applies_because: str | None
    from_regimens: FromRegimens | None
    minimum: int
    alters: str
    """Whether a stated value can come to be another: `freely`, `grows` (to more, or to a later value) or `never`."""

    def is_part_of(self, whole: Attribute, implied: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether both are taken from a history, and this one counts a part of what the other counts."""
        own, other = self.from_regimens, whole.from_regimens
        return own is not None and other is not None and own.is_part_of(other, implied)


class Constraint(NamedTuple):
    """What is true of every case: when the first condition is met, so is the second."""

    id: str
    given: Condition
    then: Condition
    because: str
    basis: str
    """`stated`, `curator`, or `structure` (an agent implies its category; two regimens are more than one)."""
    cites: tuple[Citation, ...]


class Head(NamedTuple):
    """A fact that must have a value whenever the cube is met, and the constraints that make it so."""

    fact: str
    value: str
    cube: Cube
    constraints: tuple[str, ...]


class Conflict(NamedTuple):
    """Facts that cannot be true together, and the constraints that say so."""

    cube: Cube
    constraints: tuple[str, ...]


class Note(NamedTuple):
    """Something worth saying of a case that is unusual but possible."""

    id: str
    when: Condition
    note: str
    cites: tuple[Citation, ...]


class Category(NamedTuple):
    """A treatment category; `path` runs from the root to the category itself."""

    id: str
    name: str
    path: tuple[str, ...]
    therapy: bool
    aliases: tuple[str, ...]


class Option(NamedTuple):
    """One thing that a document describes."""

    id: str
    name: str
    category: str
    kind: str
    agents: tuple[str, ...]
    aliases: tuple[str, ...]


class Fact(NamedTuple):
    """Words of a source on an agent, with the sentences that hold them."""

    what: str
    words: str
    cites: tuple[Citation, ...]


class Agent(NamedTuple):
    """A drug by its INN, with what each source calls it, where it files it and how it is given."""

    id: str
    name: str
    names: tuple[Fact, ...]
    brands: tuple[Fact, ...]
    categories: tuple[Fact, ...]
    as_given: tuple[Fact, ...]
    routes: tuple[Fact, ...]
    mentions: tuple[Citation, ...]
    notes: tuple[str, ...]


class Side(NamedTuple):
    """What one source says on a point on which sources differ."""

    source: str
    sentences: tuple[Anchored, ...]
    says: str


class LedgerRow(NamedTuple):
    """One sentence of a source: no text, only where it stands, what it hashes to and why nothing cites it."""

    section: str
    words: int
    fingerprint: str
    set_aside: str | None


class Reading(NamedTuple):
    """Another condition that the sentences of a rule can be read to state. The rule's own decides."""

    id: str
    rule: str
    because: str
    """Which words can be read in two ways, and how."""
    condition: Condition


class AxisValue(NamedTuple):
    """One value of an axis, and what is stated of a case that has it."""

    id: str
    name: str
    profile: dict[str, Anything]


class Axis(NamedTuple):
    """One way in which the cases of the matrix differ."""

    id: str
    name: str
    values: tuple[AxisValue, ...]


class Difference(NamedTuple):
    """A curated point on which sources differ, one is dated by another, or one is odd in itself."""

    id: str
    kind: str
    title: str
    sides: tuple[Side, ...]
    silent: tuple[str, ...]
    why: str
    """Why it matters to a reader."""
    options: tuple[str, ...]
    categories: tuple[str, ...]
    attributes: tuple[str, ...]


class Point(NamedTuple):
    """A difference in short: what a report needs to point to it."""

    id: str
    kind: str
    title: str
    sources: tuple[str, ...]
    options: tuple[str, ...]
    attributes: tuple[str, ...]


class Term(NamedTuple):
    """A word of the field, with the statements that explain it."""

    id: str
    term: str
    aliases: tuple[str, ...]
    statements: tuple[str, ...]


class Rule(NamedTuple):
    """One statement's condition on a case, and the option that it concerns."""

    id: str
    source: str
    statement: str
    option: str
    stance: str
    partners: tuple[str, ...]
    """Agents or categories that the source names together with the option."""
    context: tuple[Anchored, ...]
    """Headings and other sentences that carry part of the condition."""
    condition: Condition
    always: bool
    met: tuple[int, ...]
    """Cubes, by number in the catalog: one holds exactly when the condition is met and all derived facts are known."""
    not_met: tuple[int, ...]
    settling: tuple[int, ...]
    """All prime cubes of the condition: what is left of them under what is known tells which facts are missing."""


Plain = dict[str, Anything]
CORE_VALUES = (
    "version", "digest", "groups", "nothing_known", "not_known", "definitions", "facts", "cubes", "heads", "conflicts",
    "words", "implied", "rulesets",
)  # fmt: skip
CORE_RECORDS = (
    "sources",
    "attributes",
    "categories",
    "options",
    "agents",
    "constraints",
    "notes",
    "rule_statements",
    "rules",
    "points",
)
JUDGING = (
    "constraints", "notes", "rule_statements", "rules", "rules_of", "points", "cubes", "heads", "conflicts",
)  # fmt: skip
REST = ("statements", "differences", "glossary", "readings", "axes", "sentences")


class Catalog:
    """The knowledge: sources, statements, vocabulary, agents, categories, options and rules.

    The vocabulary is there from the start. What verdicts and reports need (`JUDGING`) and the rest (`REST`) are each
    read when a part of them is first asked for: completing a word needs neither.
    """

    __slots__ = (
        "_core", "_rest", "agents", "attributes", "axes", "categories", "conflicts", "constraints", "cubes",
        "definitions", "differences", "digest", "facts", "glossary", "groups", "heads", "implied", "not_known",
        "notes", "nothing_known", "options", "points", "readings", "rule_statements", "rules", "rules_of", "rulesets",
        "sentences", "sources", "statements", "version", "words",
    )  # fmt: skip

    constraints: dict[str, Constraint]
    notes: dict[str, Note]
    rule_statements: dict[str, Statement]
    """The statements that rules rest on."""
    rules: dict[str, Rule]
    rules_of: dict[str, list[Rule]]
    """The rules of each option."""
    points: dict[str, Point]
    """The differences in short."""
    cubes: tuple[Cube, ...]
    heads: tuple[Head, ...]
    conflicts: tuple[Conflict, ...]
    statements: dict[str, Statement]
    differences: dict[str, Difference]
    glossary: dict[str, Term]
    axes: dict[str, Axis]
    """The axes of the matrix."""
    readings: dict[str, Reading]
    """Other readings of rules, by id: that of the rule, a slash and a name."""
    sentences: dict[str, tuple[LedgerRow, ...]]
    """Every sentence of each source, in order."""

    def __init__(self, core: Plain, rest: Callable[[], Plain]) -> None:
        self._core, self._rest = core, rest
        self.version: str = core["version"]
        self.digest: str = core["digest"]
        """SHA-256 of the knowledge and rule files, shortened to 16 hex digits."""
        self.sources = _records(core["sources"], _source)
        self.attributes = _records(core["attributes"], _attribute)
        self.groups: dict[str, str] = core.get("groups", {})
        """The groups of attributes, with their names; a pack may leave them unnamed."""
        self.nothing_known: str = core["nothing_known"]
        """What to say of a profile without any fact."""
        self.not_known: tuple[Value, ...] = _values(core["not_known"])
        self.categories = _records(core["categories"], _category)
        self.options = _records(core["options"], _option)
        self.agents = _records(core["agents"], _agent)
        self.definitions: dict[str, tuple[str, ...]] = {name: tuple(row) for name, row in core["definitions"].items()}
        """The attributes that are defined by others, with those others."""
        self.facts: dict[str, tuple[str, ...]] = {name: tuple(values) for name, values in core["facts"].items()}
        """Every fact that a condition reads, with its possible values; `not_applicable` last where it can be."""
        self.rulesets: tuple[list[str], ...] = tuple(core.get("rulesets", ()))
        """What the engine registers: rulesets that derive facts, rulesets that judge rules; none until made."""
        self.words: dict[str, str] = core["words"]
        """Every accepted word for a therapy, case-folded, and the agent or category that it names."""
        self.implied: dict[str, tuple[str, ...]] = {name: tuple(row) for name, row in core["implied"].items()}
        """For each agent and therapy category: itself and every category that it implies."""

    def __getattr__(self, name: str) -> Anything:
        """Read what verdicts need, or the rest, when a part of it is first asked for."""
        if name in JUDGING:
            self._read_judging(self._core)
        elif name in REST:
            self._read_rest(self._rest())
        else:
            raise AttributeError(f"a catalog has no {name!r}")
        return getattr(self, name)

    def _read_judging(self, core: Plain) -> None:
        self.constraints = _records(core["constraints"], _constraint)
        self.notes = _records(core["notes"], lambda row: Note(row[0], decode(row[1]), row[2], _citations(row[3])))
        self.rule_statements = _records(core["rule_statements"], _statement)
        shared: dict[Condition, Condition] = {}  # many rules ask the same: a report works each condition out once
        self.rules = _records(core["rules"], lambda row: _rule(row, shared))
        self.points = _records(core["points"], lambda row: Point._make((*row[:3], *map(tuple, row[3:6]))))
        self.cubes = tuple(_cube(row) for row in core["cubes"])
        self.heads = tuple(Head(row[0], row[1], _cube(row[2]), tuple(row[3])) for row in core["heads"])
        self.conflicts = tuple(Conflict(_cube(row[0]), tuple(row[1])) for row in core["conflicts"])
        rules_of: dict[str, list[Rule]] = {option: [] for option in self.options}
        for rule in self.rules.values():
            rules_of[rule.option].append(rule)
        self.rules_of = rules_of

    def _read_rest(self, rest: Plain) -> None:
        self.statements = _records(rest["statements"], _statement)
        self.differences = _records(rest["differences"], _difference)
        self.sentences = {row[0]: tuple(LedgerRow(*entry) for entry in row[1]) for row in rest["sentences"]}
        self.glossary = _records(rest["glossary"], lambda row: Term(row[0], row[1], tuple(row[2]), tuple(row[3])))
        self.axes = _records(
            rest["axes"], lambda row: Axis(row[0], row[1], tuple(AxisValue(*value) for value in row[2]))
        )
        self.readings = _records(rest["readings"], lambda row: Reading(row[0], row[1], row[2], decode(row[3])))

    def plain(self) -> tuple[Plain, Plain]:
        """The catalog as JSON can hold it: what a report needs, and the rest."""
        plain: Plain = {name: getattr(self, name) for name in (*CORE_VALUES, *CORE_RECORDS, *REST)}
        records = (*CORE_RECORDS, *REST[:-1])
        plain |= {name: list(plain[name].values()) for name in records}
        plain["sentences"] = list(plain["sentences"].items())
        return {name: plain[name] for name in (*CORE_VALUES, *CORE_RECORDS)}, {name: plain[name] for name in REST}


def decode(row: list[Anything], shared: dict[Condition, Condition] | None = None) -> Condition:
    """A condition from its JSON row, whose last item is the kind of node; with `shared`, equal nodes are one object."""
    match row[-1]:
        case "all":
            found: Condition = All(tuple([decode(part, shared) for part in row[0]]))
        case "any":
            found = Any(tuple([decode(part, shared) for part in row[0]]))
        case "not":
            found = Not(decode(row[0], shared))
        case "one_of":
            found = OneOf(row[0], tuple(row[1]))
        case "includes":
            found = Includes(row[0], row[1])
        case "at_least":
            found = AtLeast(row[0], row[1])
        case _:
            found = AtMost(row[0], row[1])
    return found if shared is None else shared.setdefault(found, found)


_Record = TypeVar("_Record", bound=tuple[Anything, ...])


def _records(rows: list[Anything], make: Callable[[Anything], _Record]) -> dict[str, _Record]:
    return {row[0]: make(row) for row in rows}


def _cube(row: list[Anything]) -> Cube:
    return tuple((fact, tuple(values)) for fact, values in row)


def _citations(rows: list[Anything]) -> tuple[Citation, ...]:
    return tuple(Citation(source, tuple(numbers)) for source, numbers in rows)


def _values(rows: list[Anything]) -> tuple[Value, ...]:
    return tuple(Value(name, tuple(aliases), tuple(implies)) for name, aliases, implies in rows)


def _anchors(rows: list[Anything]) -> tuple[Anchored, ...]:
    return tuple(Anchored(*row) for row in rows)


def _source(row: list[Anything]) -> Source:
    sections = tuple(Section(*section) for section in row[12])
    return Source._make((*row[:4], tuple(row[4]), *row[5:12], sections))


def _category(row: list[Anything]) -> Category:
    return Category(row[0], row[1], tuple(row[2]), row[3], tuple(row[4]))


def _option(row: list[Anything]) -> Option:
    return Option._make((*row[:4], tuple(row[4]), tuple(row[5])))


def _statement(row: list[Anything]) -> Statement:
    name, source, sentences, *words, agents, categories, attributes, when, speaks_of = row
    concerns = (tuple(agents), tuple(categories), tuple(attributes), decode(when) if when else None, tuple(speaks_of))
    return Statement._make((name, source, _anchors(sentences), *words, *concerns))


def _attribute(row: list[Anything]) -> Attribute:
    *head, aliases, about, cites, values, not_in_documents, applies, because, source, minimum, alters = row
    unspoken = tuple(NotInDocuments(tuple(words), answer) for words, answer in not_in_documents)
    applies_when = decode(applies) if applies else None
    regimens = FromRegimens(*source) if source else None
    return Attribute._make(
        (
            *(*head, tuple(aliases), about, _citations(cites), _values(values), unspoken),
            *(applies_when, because, regimens, minimum, alters),
        )
    )


def _constraint(row: list[Anything]) -> Constraint:
    return Constraint(row[0], decode(row[1]), decode(row[2]), row[3], row[4], _citations(row[5]))


def _agent(row: list[Anything]) -> Agent:
    facts = [tuple(Fact(what, words, _citations(cites)) for what, words, cites in part) for part in row[2:7]]
    return Agent._make((row[0], row[1], *facts, _citations(row[7]), tuple(row[8])))


def _difference(row: list[Anything]) -> Difference:
    sides = tuple(Side(source, _anchors(sentences), says) for source, sentences, says in row[3])
    return Difference._make((*row[:3], sides, tuple(row[4]), row[5], *map(tuple, row[6:9])))


def _rule(row: list[Anything], shared: dict[Condition, Condition]) -> Rule:
    *head, partners, context, condition, always, met, not_met, settling = row
    cubes = (tuple(met), tuple(not_met), tuple(settling))
    return Rule._make((*head, tuple(partners), _anchors(context), decode(condition, shared), always, *cubes))
