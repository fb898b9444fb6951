"""What the documents say of one case: plain data, ordered, versioned, the same bytes for the same input.

Verdicts of rules come from the engine; the truth of every node of a condition comes from `evaluate`. Where the two
differ on a rule, that is an error and no report.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from mbc_explorer.catalog import DESCRIBES, INVESTIGATIONAL, NOT_USED
from mbc_explorer.condition import (
    All,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Not,
    OneOf,
    attribute_of,
    attributes_read,
    to_yaml,
)
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.engine import MET, UNKNOWN
from mbc_explorer.errors import UNSEEN, EngineError, UsageError, one, suggestion
from mbc_explorer.evaluate import WORDS, Evaluator, unsettled
from mbc_explorer.explain import leaf_text, reason_text
from mbc_explorer.profile import shown
from mbc_explorer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mbc_explorer.catalog import Anchored, Catalog, Citation, Head, Option, Point, Rule
    from mbc_explorer.condition import Leaf
    from mbc_explorer.engine import Answer
    from mbc_explorer.facts import Facts
    from mbc_explorer.profile import Understood

Plain = dict[str, Any]

SCHEMA_VERSION = "1.0"
DISCLAIMER = (
    "Educational only. This tool reports what five public patient-education documents say; it is not medical advice, "
    "gives no guidance on what to choose, and puts options in no order of merit. The documents are dated, differ from "
    "one another and leave much unsaid. Decisions about care belong to patients and their health care teams."
)
DESCRIBED, UNDETERMINED, NOT_DESCRIBED = "described", "undetermined", "not_described"
STATUSES = (DESCRIBED, UNDETERMINED, NOT_DESCRIBED)
LEGEND = {
    DESCRIBED: "at least one document describes the option under conditions that this profile meets",
    UNDETERMINED: "no document's conditions are met yet, but some would be or not depending on facts that are missing",
    NOT_DESCRIBED: "every document that speaks of the option does so under other conditions or describes no use of it",
}
VIEWS = (
    "says",
    "would_say_if_known",
    "says_under_other_conditions",
    "says_not_used",
    "investigational",
    "class_only",
    "silent",
)


class UnknownOption(UsageError, KeyError):
    """A report was asked for an option that it does not have."""

    __str__ = Exception.__str__  # a KeyError puts its text in quotation marks

    def __init__(self, name: object, valid: Iterable[str]) -> None:
        near = suggestion(name, valid) if isinstance(name, str) else "."
        super().__init__(one("unknown-option", "option", f"{shown(name)} is not the id of an option here{near}"))


class Report:
    """A report as plain data (`data`), and the few things that are asked of it often."""

    __slots__ = ("data",)

    def __init__(self, data: Plain) -> None:
        self.data = data

    def __repr__(self) -> str:
        counts = ", ".join(f"{number} {status}" for status, number in self.data["summary"]["statuses"].items())
        return f"<Report: {counts}>"

    @property
    def options(self) -> list[Plain]:
        """Every option in the taxonomy's order."""
        found: list[Plain] = self.data["options"]
        return found

    def option(self, name: str) -> Plain:
        """One option by its id.

        Raises:
            UnknownOption: where there is none; a UsageError, and a KeyError too.
        """
        found = next((option for option in self.options if option["id"] == name), None)
        if found is None:
            raise UnknownOption(name, [option["id"] for option in self.options])
        return found

    def status(self, option: str) -> str:
        """`described`, `undetermined` or `not_described`.

        Raises:
            UnknownOption: where there is no such option; a UsageError, and a KeyError too.
        """
        return str(self.option(option)["status"])

    def with_status(self, status: str) -> list[str]:
        """The ids of the options of one status."""
        return [option["id"] for option in self.options if option["status"] == status]

    def json(self, *, indent: int | None = None) -> str:
        """The report as JSON: compact without `indent`, and always the same bytes for the same report."""
        return json_text(self.data, indent)


def json_text(data: Plain, indent: int | None = None) -> str:
    """Plain data as JSON: compact without `indent`. What acts on a terminal or cannot be seen is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, separators=(",", ":") if indent is None else None)
    if text.isprintable():
        return text
    from re import sub

    return sub(UNSEEN, lambda found: json.dumps(found.group())[1:-1], text)


def enveloped(data: Plain) -> Plain:
    """What every JSON output starts with, and then the data."""
    return {"schema_version": SCHEMA_VERSION, "disclaimer": DISCLAIMER, **data}


class Narrowing(NamedTuple):
    """Which part of a report to show. Verdicts and counts stay those of the whole."""

    categories: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def plain(self) -> Plain:
        return {name: list(wanted) for name, wanted in self._asdict().items() if wanted}


def narrowed(report: Report, to: Narrowing) -> Report:
    """The part of a report that was asked for; the same report where nothing was."""
    if not any(to):
        return report
    chosen = [option for option in report.options if _is_wanted(option, to)]
    if to.sources:
        chosen = [
            {**option, "sources": [view for view in option["sources"] if view["source"] in to.sources]}
            for option in chosen
        ]
    sources = [source for source in report.data["sources"] if not to.sources or source["id"] in to.sources]
    shown = {option["id"] for option in chosen}
    points = [point for point in report.data["differences"] if shown & set(point["options"])]
    data = {**report.data, "narrowed_to": to.plain(), "sources": sources, "options": chosen, "differences": points}
    return Report(data)


def _is_wanted(option: Plain, to: Narrowing) -> bool:
    speaks = any(view["rules"] for view in option["sources"] if view["source"] in to.sources)
    return (
        (not to.categories or any(category in to.categories for category in option["category"]))
        and (not to.options or option["id"] in to.options)
        and (not to.statuses or option["status"] in to.statuses)
        and (not to.sources or speaks)
    )


class _Judged(NamedTuple):
    """What a condition comes to for one case; many rules ask the same."""

    tree: Plain
    reason: str
    missing: list[str]


class _Case(NamedTuple):
    """What is known of a case, and what conditions come to, by their identity: in a catalog, equal ones are one."""

    known: Mapping[str, str]
    truths: dict[int, bool | None]
    trees: dict[int, Plain]
    judged: dict[int, _Judged]


class Reporter:
    """Assembles reports from one catalog. Holds nothing of any profile."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.evaluator = Evaluator(catalog)
        self._names: Plain = {
            "attributes": {name: row.label for name, row in catalog.attributes.items()},
            "categories": {name: row.name for name, row in catalog.categories.items()},
            "agents": {name: row.name for name, row in catalog.agents.items()},
        }
        self._sources = [source_record(catalog, name) for name in catalog.sources]
        spoken: dict[str, set[str]] = {name: set() for name in catalog.sources}
        for rule in catalog.rules.values():
            spoken[rule.source].add(rule.option)
        self._unspoken = {
            (source, option.id): ["class_only" if spoken[source].intersection(_above(option, catalog)) else "silent"]
            for source in catalog.sources
            for option in catalog.options.values()
        }
        """The view of a source that has no rule on an option."""
        self._touching = [
            (frozenset(point.options), frozenset(point.attributes), _point(point)) for point in catalog.points.values()
        ]
        """Each difference with the options and the attributes that it touches."""
        self._static: dict[str, Plain] = {}
        self._asked: dict[str, list[str]] = {}
        self._leaves: dict[int, tuple[Condition, Plain]] = {}

    def report(self, understood: Understood, facts: Facts, answer: Answer, engine: str) -> Report:
        """The report of one case.

        Raises:
            EngineError: when the engine and the evaluator disagree on a rule.
        """
        catalog = self._catalog
        verdicts = dict(zip(catalog.rules, answer.truths, strict=True))
        case = _Case(answer.known, {}, {}, {})
        options = [self._option(option, verdicts, case) for option in catalog.options.values()]
        return Report(
            {
                "schema_version": SCHEMA_VERSION,
                "disclaimer": DISCLAIMER,
                "software": {"name": "mbc-explorer", "version": VERSION, "engine": engine},
                "knowledge": {"version": catalog.version, "digest": catalog.digest},
                "profile": understood.plain(),
                "notes": self._notes(understood, answer.known),
                "derived": [*self._entailed(facts), *derived_facts(catalog, facts.known, answer.known)],
                "sources": self._sources,
                "names": self._names,
                "options": options,
                "differences": self._points(understood, options),
                "summary": _summary(options),
            }
        )

    def _points(self, understood: Understood, options: list[Plain]) -> list[Plain]:
        """The differences that touch an option that is not ruled out, and a stated attribute where they name any."""
        at_hand = {option["id"] for option in options if option["status"] != NOT_DESCRIBED}
        return [
            plain
            for touched, asked, plain in self._touching
            if not at_hand.isdisjoint(touched) and (not asked or not asked.isdisjoint(understood.order))
        ]

    def _notes(self, understood: Understood, known: Mapping[str, str]) -> list[Plain]:
        found: list[Plain] = []
        if not understood.facts:
            found.append({"id": "nothing-known", "note": self._catalog.nothing_known, "citations": []})
        for note in self._catalog.notes.values():
            if self.evaluator.truth(note.when, known):
                found.append({"id": note.id, "note": note.note, "citations": citations(note.cites)})
        return found

    def _entailed(self, facts: Facts) -> list[Plain]:
        return [
            {
                "attribute": item.attribute,
                "value": item.value,
                "because": item.because,
                "basis": item.basis,
                "citations": citations(item.cites),
            }
            for item in facts.entailed
        ]

    def _option(self, option: Option, verdicts: Mapping[str, str], case: _Case) -> Plain:
        catalog = self._catalog
        by_source: dict[str, list[Plain]] = {name: [] for name in catalog.sources}
        for rule in catalog.rules_of[option.id]:
            by_source[rule.source].append(self._rule(rule, verdicts[rule.id], case))
        describing = [rule for rules in by_source.values() for rule in rules if rule["stance"] == DESCRIBES]
        status = status_of(catalog.rules_of[option.id], verdicts)
        missing = dict.fromkeys(name for rule in describing for name in rule["missing"])
        return {
            "id": option.id,
            "name": option.name,
            "kind": option.kind,
            "category": list(catalog.categories[option.category].path),
            "agents": list(option.agents),
            "status": status,
            "missing": [name for name in catalog.attributes if name in missing] if status == UNDETERMINED else [],
            "sources": [
                {"source": name, "view": _view(rules) if rules else [*self._unspoken[name, option.id]], "rules": rules}
                for name, rules in by_source.items()
            ],
        }

    def _rule(self, rule: Rule, verdict: str, case: _Case) -> Plain:
        found = case.judged.get(id(rule.condition)) or self._judge(rule, case)
        if found.tree["truth"] != verdict:
            truth = found.tree["truth"]
            text = f"the engine says {verdict} of {rule.id} and the evaluator {truth}; please report this profile."
            raise EngineError(one("engine-disagreement", rule.id, text))
        return {
            "id": rule.id,
            "stance": rule.stance,
            "criterion": verdict,
            "reason": found.reason,
            "missing": found.missing,
            "condition": found.tree,
            **(self._static.get(rule.id) or self._prepared(rule)),
        }

    def _judge(self, rule: Rule, case: _Case) -> _Judged:
        tree = self._tree(rule.condition, case)
        reason = reason_text(rule.condition, lambda part: case.truths[id(part)], self._catalog)
        missing = self.missing(rule, case.known) if tree["truth"] == UNKNOWN else []
        found = case.judged[id(rule.condition)] = _Judged(tree, reason, missing)
        return found

    def _prepared(self, rule: Rule) -> Plain:
        """The part of a rule that is the same for every profile; made when it is first shown."""
        self._asked[rule.id] = askable(self._catalog, attributes_read(rule.condition))
        static = self._static[rule.id] = stated_by(rule, self._catalog)
        return static

    def _tree(self, node: Condition, case: _Case) -> Plain:
        found = case.trees.get(id(node))
        if found is not None:
            return found
        case.truths[id(node)] = truth = self.evaluator.truth(node, case.known)
        match node:
            case All(parts) | AnyOf(parts):
                asked: Plain = {node.kind: [self._tree(part, case) for part in parts]}
            case Not(part):
                asked = {"not": self._tree(part, case)}
            case OneOf() | Includes() | AtLeast() | AtMost():
                _, asked = self._leaves.get(id(node)) or self._leaf(node)
            case _:
                assert_never(node)
        found = case.trees[id(node)] = {**asked, "truth": WORDS[truth]}
        return found

    def _leaf(self, leaf: Leaf) -> tuple[Condition, Plain]:
        ((attribute, question),) = to_yaml(leaf).items()
        asked = (
            question
            if isinstance(question, dict)
            else {"one_of": question if isinstance(question, list) else [question]}
        )
        asked = {"attribute": attribute, **asked}
        self._leaves[id(leaf)] = found = (leaf, {**asked, "text": leaf_text(leaf, self._catalog)})
        return found

    def missing(self, rule: Rule, known: Mapping[str, str]) -> list[str]:
        """The attributes that the rule asks about, and that would settle it."""
        if rule.id not in self._static:
            self._prepared(rule)
        cubes = [self._catalog.cubes[number] for number in rule.settling]
        facts = unsettled(cubes, known)
        open_ones = askable(self._catalog, [attribute_of(fact) for fact in facts])
        wanted = [
            name for name in open_ones if name in self._asked[rule.id] and not _is_settled(self._catalog, name, known)
        ]
        return [name for name in self._catalog.attributes if name in wanted]


def status_of(rules: Iterable[Rule], verdicts: Mapping[str, str]) -> str:
    """The status of an option from what its rules come to: only those that describe it count."""
    truths = {verdicts[rule.id] for rule in rules if rule.stance == DESCRIBES}
    return DESCRIBED if MET in truths else UNDETERMINED if UNKNOWN in truths else NOT_DESCRIBED


def stated_by(rule: Rule, catalog: Catalog) -> Plain:
    """What a rule rests on: the statement, paraphrased, with its sentences and what the source names beside it."""
    statement = catalog.rule_statements[rule.statement]
    return {
        "with": list(rule.partners),
        "statement": statement.id,
        "paraphrase": statement.paraphrase,
        "worded_for": statement.worded_for,
        "note": statement.note,
        "anchor": {
            "source": rule.source,
            "section": statement.sentences[0].section,
            "sentences": _anchored(statement.sentences),
            "context": _anchored(rule.context),
        },
    }


def _point(point: Point) -> Plain:
    return {
        "id": point.id,
        "kind": point.kind,
        "title": point.title,
        "sources": list(dict.fromkeys(point.sources)),
        "options": list(point.options),
        "attributes": list(point.attributes),
    }


def _above(option: Option, catalog: Catalog) -> list[str]:
    """The classes that an option belongs to; a root is a drawer, not a class."""
    path = catalog.categories[option.category].path
    return [step for step in path[1:] or path if step != option.id]


def _view(rules: list[Plain]) -> list[str]:
    """What a source says of an option that it has rules on."""
    truths = {(rule["stance"], rule["criterion"]) for rule in rules}
    view = {
        "says": (DESCRIBES, MET) in truths,
        "would_say_if_known": any(truth == UNKNOWN for _, truth in truths),
        "says_not_used": (NOT_USED, MET) in truths,
        "investigational": (INVESTIGATIONAL, MET) in truths,
    }
    return [name for name in VIEWS if view.get(name)] or ["says_under_other_conditions"]


def _is_settled(catalog: Catalog, attribute: str, known: Mapping[str, str]) -> bool:
    """Whether nothing of an attribute is left to ask. A history can be given and still leave things open."""
    return catalog.attributes[attribute].kind == "choice" and attribute in known


def askable(catalog: Catalog, attributes: Iterable[str]) -> list[str]:
    """The attributes that a person can state: for a defined or counted one, those that it is taken from."""
    found: dict[str, None] = {}
    for name in attributes:
        source = catalog.attributes[name].from_regimens
        if source:
            found[source.regimens] = None
        elif name in catalog.definitions:
            found.update(dict.fromkeys(askable(catalog, catalog.definitions[name])))
        else:
            found[name] = None
    return list(found)


def derivations(catalog: Catalog, given: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Head]:
    """Each fact that was concluded, with what it was concluded from; each rests on given ones or on earlier ones."""
    reached = dict(given)
    found: dict[str, Head] = {}
    waiting = [head for head in catalog.heads if head.fact not in given and known.get(head.fact) == head.value]
    while ready := [head for head in waiting if all(reached.get(fact) in values for fact, values in head.cube)]:
        for head in ready:
            found.setdefault(head.fact, head)
            reached[head.fact] = head.value
        waiting = [head for head in waiting if head.fact not in reached]
    return found


def derived_facts(catalog: Catalog, given: Mapping[str, str], known: Mapping[str, str]) -> list[Plain]:
    """The concluded facts as plain data, each with what says so."""
    return [derived_plain(catalog, head, known) for head in derivations(catalog, given, known).values()]


def derived_plain(catalog: Catalog, head: Head, known: Mapping[str, str]) -> Plain:
    rules = [catalog.constraints[name] for name in head.constraints]
    bases = {rule.basis for rule in rules}
    return {
        "attribute": attribute_of(head.fact),
        "value": fact_value(head.fact, head.value),
        "because": " ".join(dict.fromkeys(rule.because for rule in rules)),
        "from": [{"attribute": attribute_of(fact), "value": fact_value(fact, known[fact])} for fact, _ in head.cube],
        "basis": next(basis for basis in ("curator", "stated", "structure") if basis in bases),
        "citations": citations(cite for rule in rules for cite in rule.cites),
    }


def fact_value(fact: str, value: str) -> str:
    """The value of a fact as one word or phrase: `positive`, `liver`, `not liver`, `at least 2`, `at most 1`."""
    _, colon, item = fact.partition(":")
    if colon:
        return item if value == "present" else f"not {item}" if value == "absent" else value
    _, at_least, number = fact.partition(">=")
    if at_least:
        return f"at least {number}" if value == "yes" else f"at most {int(number) - 1}" if value == "no" else value
    return value


def citations(cites: Iterable[Citation]) -> list[Plain]:
    """Citations as plain data, each once."""
    return [{"source": cite.source, "sentences": list(cite.sentences)} for cite in dict.fromkeys(cites)]


def source_record(catalog: Catalog, name: str) -> Plain:
    """The bibliographic record of a source, and its age relative to the newest dated one."""
    source = catalog.sources[name]
    newest = max((other.date for other in catalog.sources.values() if other.date), default=None)
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "publisher_basis": source.publisher_basis,
        "people": list(source.people),
        "date": source.date,
        "date_precision": source.date_precision,
        "date_basis": source.date_basis,
        "years_before_newest": _years_between(source.date, newest) if source.date and newest else None,
        "url": source.url,
        "url_status": source.url_status,
        "disclosure": source.disclosure,
        "sections": [
            {"id": section.id, "name": section.name, "first_sentence": section.first} for section in source.sections
        ],
    }


def _years_between(earlier: str, later: str) -> int:
    """Whole years from one ISO date to another."""
    return int(later[:4]) - int(earlier[:4]) - (later[5:] < earlier[5:])


def _anchored(sentences: Collection[Anchored]) -> list[Plain]:
    return [{"number": s.number, "section": s.section, "fingerprint": s.fingerprint} for s in sentences]


def _summary(options: list[Plain]) -> Plain:
    missing: dict[str, int] = {}
    for option in options:
        for name in option["missing"]:
            missing[name] = missing.get(name, 0) + 1
    return {
        "statuses": {status: sum(1 for option in options if option["status"] == status) for status in STATUSES},
        "missing": dict(sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))),
    }
