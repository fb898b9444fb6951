"""The rules of some options as a tree of criteria, as plain data: each path of criteria ends at what documents say.

A rule stands once in it, at the end of its criteria. Nothing is judged here: with a report, each criterion and each
end takes its truth from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from mbc_explorer.condition import (
    All,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Leaf,
    Not,
    OneOf,
    attributes_read,
    leaves,
    to_yaml,
)
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.engine import MET, NOT_MET, UNKNOWN
from mbc_explorer.explain import condition_text, listing
from mbc_explorer.report import DISCLAIMER, SCHEMA_VERSION, source_record, stated_by
from mbc_explorer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mbc_explorer.catalog import Catalog, Option, Rule
    from mbc_explorer.report import Report

Plain = dict[str, Any]

LIT, OPEN, CLOSED = "lit", "open", "closed"
PATHS = {
    LIT: "every criterion so far is met",
    OPEN: "a criterion so far is unknown, and none is not met",
    CLOSED: "a criterion so far is not met",
}
"""What a path has come to at one of its criteria, for one profile."""


def decision_map(
    catalog: Catalog,
    options: Collection[str],
    report: Report | None = None,
    *,
    sources: Collection[str] = (),
    by_source: bool = False,
) -> Plain:
    """The decision map of some options: trees of criteria with what the documents say at their ends.

    A rule is the conjunction of its criteria: the parts of its condition, where an alternative or a negation is one
    criterion. They stand in the vocabulary's order of attributes, so that rules that share criteria share a path.
    Rules without a condition stand at the root.

    Args:
        catalog: the knowledge.
        options: their ids; whatever their order, ends stand in the taxonomy's.
        report: of a profile, over this catalog and not narrowed: criteria then have their truth, paths are `lit`,
            `open` or `closed`, and ends have the verdict of their rule.
        sources: only the rules of these; none for those of all.
        by_source: a tree for each source instead of one for all of them together.
    """
    wanted = [option for option in catalog.options.values() if option.id in options]
    chosen = [name for name in catalog.sources if not sources or name in sources]
    rules = [rule for option in wanted for rule in catalog.rules_of[option.id] if rule.source in chosen]
    groups = (
        [(name, own) for name in chosen if (own := [rule for rule in rules if rule.source == name])]
        if by_source
        else [(None, rules)]
        if rules
        else []
    )
    maker = _Maker(catalog, report)
    trees = [{"source": name, **maker.tree(group)} for name, group in groups]
    speaking = {rule.source for rule in rules}
    statuses = {option["id"]: {"status": option["status"]} for option in report.options} if report else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "disclaimer": DISCLAIMER,
        "software": report.data["software"] if report else {"name": "mbc-explorer", "version": VERSION},
        "knowledge": {"version": catalog.version, "digest": catalog.digest},
        "of": _subject(catalog, wanted),
        **({"narrowed_to": {"sources": chosen}} if sources else {}),
        **({name: report.data[name] for name in ("profile", "notes", "derived")} if report else {}),
        "sources": [source_record(catalog, name) for name in chosen],
        "silent": [name for name in chosen if name not in speaking],
        "names": {
            "attributes": {name: row.label for name, row in catalog.attributes.items()},
            "categories": {name: row.name for name, row in catalog.categories.items()},
            "agents": {name: row.name for name, row in catalog.agents.items()},
        },
        "options": [
            {
                "id": option.id,
                "name": option.name,
                "kind": option.kind,
                "category": list(catalog.categories[option.category].path),
                **statuses.get(option.id, {}),
            }
            for option in wanted
        ],
        "trees": trees,
        "summary": maker.summary(rules),
    }


def _subject(catalog: Catalog, wanted: list[Option]) -> Plain:
    """What a map of these options is of: everything, one option, all options of a category, or some options."""
    if len(wanted) == len(catalog.options):
        return {"kind": "everything", "id": None, "name": "everything that the documents describe"}
    if len(wanted) == 1:
        return {"kind": "option", "id": wanted[0].id, "name": wanted[0].name}
    for category in catalog.categories.values():
        if wanted == [row for row in catalog.options.values() if category.id in catalog.categories[row.category].path]:
            return {"kind": "category", "id": category.id, "name": category.name}
    return {"kind": "options", "id": None, "name": listing(option.name for option in wanted) if wanted else "nothing"}


def criteria(condition: Condition) -> list[Condition]:
    """The criteria of a condition that is their conjunction, as written; none where there is no condition."""
    return [one for part in condition.parts for one in criteria(part)] if isinstance(condition, All) else [condition]


def walk(tree: Plain) -> Iterator[tuple[list[Plain], Plain]]:
    """Every end of a tree, with the criteria that lead to it."""
    for end in tree["ends"]:
        yield [], end
    for node in tree["nodes"]:
        for path, end in walk(node):
            yield [node, *path], end


class _Criterion(NamedTuple):
    """A condition as a step of a path; those that ask the same have the same key."""

    key: object
    rank: tuple[object, ...]
    condition: Condition
    text: str


class _Node:
    """A criterion below others, with what ends and what goes on there."""

    def __init__(self, criterion: _Criterion | None = None, truth: str | None = None, path: str | None = None) -> None:
        self.criterion = criterion
        self.truth = truth
        self.path = path
        self.ends: list[Plain] = []
        self.nodes: dict[object, _Node] = {}

    def plain(self) -> Plain:
        below = sorted(self.nodes.values(), key=lambda node: node.criterion.rank if node.criterion else ())
        ends_and_nodes = {"ends": self.ends, "nodes": [node.plain() for node in below]}
        if self.criterion is None:
            return ends_and_nodes
        return {
            "text": self.criterion.text,
            "condition": to_yaml(self.criterion.condition),
            "attributes": attributes_read(self.criterion.condition),
            **({"truth": self.truth, "path": self.path} if self.truth else {}),
            **ends_and_nodes,
        }


class _Maker:
    """Makes trees, and counts what is in them."""

    def __init__(self, catalog: Catalog, report: Report | None) -> None:
        self._catalog = catalog
        self._order = {name: number for number, name in enumerate(catalog.attributes)}
        self._asked: dict[Condition, _Criterion] = {}
        self._criteria = 0
        self._judged: dict[str, Plain] | None = (
            {rule["id"]: rule for option in report.options for view in option["sources"] for rule in view["rules"]}
            if report
            else None
        )

    def tree(self, rules: list[Rule]) -> Plain:
        """The criteria of the rules, with each rule at the end of its own."""
        root = _Node(path=LIT)
        for rule in rules:
            node = root
            for criterion, truth in sorted(self._path(rule), key=lambda step: step[0].rank):
                if criterion.key not in node.nodes:
                    path = _onward(node.path, truth) if node.path and truth else None
                    node.nodes[criterion.key] = _Node(criterion, truth, path)
                    self._criteria += 1
                node = node.nodes[criterion.key]
            node.ends.append(self._end(rule))
        return root.plain()

    def summary(self, rules: list[Rule]) -> Plain:
        """How many rules and criteria the trees made so far hold; with a report, how many rules have each verdict."""
        counts: Plain = {"rules": len(rules), "criteria": self._criteria}
        if self._judged is not None:
            verdicts = [self._judged[rule.id]["criterion"] for rule in rules]
            counts["verdicts"] = {verdict: verdicts.count(verdict) for verdict in (MET, UNKNOWN, NOT_MET)}
        return counts

    def _path(self, rule: Rule) -> list[tuple[_Criterion, str | None]]:
        """The criteria of a rule, each once, with their truth where there is a report."""
        parts = criteria(rule.condition)
        truths = _truths(self._judged[rule.id]["condition"]) if self._judged is not None else [None] * len(parts)
        found: dict[object, tuple[_Criterion, str | None]] = {}
        for part, truth in zip(parts, truths, strict=True):
            criterion = self._asked.get(part) or self._criterion(part)
            found.setdefault(criterion.key, (criterion, truth))
        return list(found.values())

    def _criterion(self, condition: Condition) -> _Criterion:
        text = condition_text(condition, self._catalog)
        found = self._asked[condition] = _Criterion(_key(condition), self._rank(condition, text), condition, text)
        return found

    def _rank(self, condition: Condition, text: str) -> tuple[object, ...]:
        """By the first attribute asked about, a plain question before a compound one, then by what is asked."""
        asked = leaves(condition)
        attributes = sorted(self._order[leaf.attribute] for leaf in asked)
        compound = isinstance(condition, AnyOf | Not)
        return attributes[:1], compound, attributes, [self._answer(leaf) for leaf in asked], text

    def _answer(self, leaf: Leaf) -> list[int]:
        """The place of a leaf's answer among those that the vocabulary knows."""
        values = [value.id for value in self._catalog.attributes[leaf.attribute].values]
        match leaf:
            case OneOf(_, named):
                return sorted(values.index(name) for name in named)
            case Includes(_, item):
                known = values or list(self._catalog.implied)
                return [known.index(item)] if item in known else [len(known)]
            case AtLeast(_, number) | AtMost(_, number):
                return [number]
        assert_never(leaf)

    def _end(self, rule: Rule) -> Plain:
        judged = self._judged[rule.id] if self._judged is not None else None
        return {
            "rule": rule.id,
            "option": rule.option,
            "source": rule.source,
            "stance": rule.stance,
            **({"criterion": judged["criterion"], "missing": judged["missing"]} if judged else {}),
            **stated_by(rule, self._catalog),
        }


def _truths(tree: Plain) -> list[str]:
    """The truths of the criteria of a report's condition tree, in the order of `criteria`."""
    return [truth for part in tree["all"] for truth in _truths(part)] if "all" in tree else [tree["truth"]]


def _onward(path: str, truth: str) -> str:
    """What a path has come to after one more criterion."""
    if path == CLOSED or truth == NOT_MET:
        return CLOSED
    return OPEN if path == OPEN or truth == UNKNOWN else LIT


def _key(condition: Condition) -> object:
    """The same for conditions that ask the same in another order."""
    match condition:
        case All(parts) | AnyOf(parts):
            return condition.kind, frozenset(_key(part) for part in parts)
        case Not(part):
            return condition.kind, _key(part)
        case OneOf(attribute, values):
            return condition.kind, attribute, frozenset(values)
        case Includes() | AtLeast() | AtMost():
            return condition
    assert_never(condition)
