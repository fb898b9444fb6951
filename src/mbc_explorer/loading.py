"""The knowledge and rule folders into a Catalog, every problem of every file reported at once.

`read_pack` checks each file's shape, `Resolver` every reference between them; `compiling` adds what is worked out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from mbc_explorer.catalog import Anchored, Citation
from mbc_explorer.condition import AtLeast, AtMost, Condition, Includes, Leaf, OneOf, from_yaml, leaves
from mbc_explorer.errors import MANY, KnowledgeError, MbcError, Problem, place_order, suggestion
from mbc_explorer.schema import (
    AgentsFile,
    CasesFile,
    CategoriesFile,
    DifferencesFile,
    ExpectationsFile,
    GlossaryFile,
    InvariantsFile,
    LedgerFile,
    MatrixFile,
    NamingFile,
    ProfileFile,
    RulesFile,
    SetAsideFile,
    SourceData,
    SourcesFile,
    StatementsFile,
    citation_parts,
)
from mbc_explorer.yaml_source import Document, Path_, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mbc_explorer.folders import Folders

_Model = TypeVar("_Model", bound=BaseModel)
FEW = 12
"""So many valid words are listed when none is near."""
CASES_SUFFIX = ".cases.yaml"
MAX_CRITERIA = 500
"""So many criteria has one condition; the longest of the shipped ones has two dozen."""


class Loaded(NamedTuple):
    """A checked file and the document that knows where each part of it stands."""

    model: Any
    document: Document

    def place(self, *path: str | int) -> str:
        return self.document.place(path)


class Pack(NamedTuple):
    """Every file of one knowledge pack, its shape checked."""

    sources: Loaded
    profile: Loaded
    categories: Loaded
    agents: Loaded
    ledgers: list[Loaded]
    set_aside: list[Loaded]
    differences: list[Loaded]
    glossary: list[Loaded]
    matrix: list[Loaded]
    naming: list[Loaded]
    statements: list[Loaded]
    rules: list[Loaded]
    cases: list[Loaded]
    expectations: list[Loaded]
    invariants: list[Loaded]
    digest: str


def read_pack(folders: Folders) -> Pack:
    """Read and check the shape of every file.

    Raises:
        KnowledgeError: with every problem of every file.
    """
    knowledge, rules = folders
    digest = folders.digest()
    listed = [path for _, path in folders.files()]
    problems: list[Problem] = []

    def load(path: Path, model: type[_Model], root: Path) -> Loaded | None:
        try:
            return _load(path, model, f"{root.name}/{path.relative_to(root).as_posix()}")
        except MbcError as error:
            problems.extend(error.problems)
            return None

    def every(root: Path, pattern: str, model: type[_Model], skip: str = "\0") -> list[Loaded]:
        inside = [path.relative_to(root) for path in listed if path.is_relative_to(root)]
        deep = pattern.count("/") + 1
        paths = [root / path for path in inside if len(path.parts) == deep and path.match(pattern)]
        paths = [path for path in paths if not path.name.endswith(skip)]
        return [loaded for path in paths if (loaded := load(path, model, root)) is not None]

    single = {name: load(knowledge / f"{name}.yaml", model, knowledge) for name, model in _SINGLE_FILES.items()}
    ledgers = every(knowledge, "ledger/*.yaml", LedgerFile)
    set_aside = every(knowledge, "set_aside/*.yaml", SetAsideFile)
    differences = every(knowledge, "differences/*.yaml", DifferencesFile)
    glossary = every(knowledge, "glossary.yaml", GlossaryFile)
    matrix = every(knowledge, "matrix.yaml", MatrixFile)
    naming = every(knowledge, "naming.yaml", NamingFile)
    statements = every(knowledge, "statements/*/*.yaml", StatementsFile)
    rule_files = every(rules, "*/*.yaml", RulesFile, skip=CASES_SUFFIX)
    cases = every(rules, f"*/*{CASES_SUFFIX}", CasesFile)
    expectations = every(knowledge, "cases.yaml", ExpectationsFile)
    invariants = every(rules, "invariants.yaml", InvariantsFile)
    if problems:
        raise KnowledgeError(sorted(problems, key=place_order))
    sources, profile, categories, agents = (loaded for loaded in single.values() if loaded is not None)
    return Pack(
        *(sources, profile, categories, agents, ledgers, set_aside, differences, glossary, matrix, naming),
        *(statements, rule_files, cases, expectations, invariants, digest),
    )


def read_sources(folders: Folders) -> list[SourceData]:
    """The bibliographic records alone, for making ledgers that are not there yet.

    Raises:
        KnowledgeError: with every problem of the file.
    """
    sources: list[SourceData] = _load(
        folders.knowledge / "sources.yaml", SourcesFile, "knowledge/sources.yaml"
    ).model.sources
    return sources


_SINGLE_FILES: dict[str, type[BaseModel]] = {
    "sources": SourcesFile,
    "profile": ProfileFile,
    "categories": CategoriesFile,
    "agents": AgentsFile,
}


def _load(path: Path, model: type[BaseModel], name: str) -> Loaded:
    document = read_yaml(path, name)
    try:
        return Loaded(model.model_validate(document.data), document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_shape_problem(document, dict(item), model) for item in found[:MANY]]
        problems += [Problem("file-shape", document.place(item["loc"]), "is wrong, too.") for item in found[MANY:]]
        raise KnowledgeError(problems) from None


def _shape_problem(document: Document, error: dict[str, Any], model: type[BaseModel]) -> Problem:
    location: Path_ = tuple(error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = f"unknown key {location[-1]!r}{suggestion(str(location[-1]), _keys(model))}"
    elif error["type"] == "missing":
        message = f"the key {location[-1]!r} is missing"
    else:
        path = ".".join(str(part) for part in location if not isinstance(part, int))
        message = f"{path}: {message}" if path else message
    text = f"{message[0].lower()}{message[1:]}"
    return Problem("file-shape", document.place(location), text if text.endswith((".", "?")) else f"{text}.")


@cache
def _keys(model: type[BaseModel]) -> frozenset[str]:
    """Every key that a file of this shape can hold, at any depth."""
    found: set[str] = set()

    def walk(schema: dict[str, Any]) -> None:
        found.update(schema.get("properties", {}))
        for inner in schema.get("$defs", {}).values():
            walk(inner)

    walk(model.model_json_schema())
    return frozenset(found)


def _leaf_paths(data: dict[str, Any], path: Path_) -> Iterator[Path_]:
    """Where each leaf of a condition stands, in reading order."""
    (key, value), *_ = data.items()
    if key in ("all", "any"):
        for index, part in enumerate(value):
            yield from _leaf_paths(part, (*path, key, index))
    elif key == "not":
        yield from _leaf_paths(value, (*path, key))
    else:
        yield path


class Resolver:
    """Looks up what one file says of another, and keeps a list of what it does not find."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.problems: list[Problem] = []
        self.sources: dict[str, SourceData] = {source.id: source for source in pack.sources.model.sources}
        self.attributes = {row.id: row for row in pack.profile.model.attributes}
        self.categories = {row.id: row for row in pack.categories.model.categories}
        self.agents = {row.id: row for row in pack.agents.model.agents}
        self.options = {row.id: row for row in pack.categories.model.options}
        self.ledgers = {ledger.model.source: ledger for ledger in pack.ledgers}
        for ledger in pack.ledgers:
            for index, (number, _, _) in enumerate(ledger.model.sentences):
                if number != index + 1:
                    text = f"sentence {number} stands where sentence {index + 1} is expected."
                    self.report("ledger-number", ledger.place("sentences", index), text)
        for name in self.sources:
            if name not in self.ledgers:
                self.report("missing-ledger", f"knowledge/ledger/{name}.yaml", f"source {name!r} has no ledger.")
        for loaded in (*pack.ledgers, *pack.set_aside, *pack.statements, *pack.rules, *pack.cases):
            if loaded.model.source not in self.sources:
                self.unknown("source", loaded.model.source, self.sources, loaded.place("source"))

    def report(self, kind: str, where: str, message: str) -> None:
        self.problems.append(Problem(kind, where, message))

    def unknown(self, what: str, name: str, valid: Iterable[str], where: str) -> None:
        hint = suggestion(name, valid) if len(self.problems) < MANY else "."
        self.report(f"unknown-{what}", where, f"unknown {what} {name!r}{hint}")

    def unique(self, rows: Iterable[tuple[str, str]], what: str) -> None:
        """Report every name that is given twice. Rows are (name, place)."""
        seen: dict[str, str] = {}
        for name, place in rows:
            if name in seen:
                self.report("repeated-id", place, f"the {what} {name!r} is already at {seen[name]}.")
            seen.setdefault(name, place)

    def therapies(self) -> set[str]:
        """Every agent and category that a history can hold."""
        return set(self.agents) | {name for name, row in self.categories.items() if row.therapy}

    def cites(self, texts: Iterable[str], loaded: Loaded, *path: str | int) -> tuple[Citation, ...]:
        found = []
        for index, text in enumerate(texts):
            source, numbers = citation_parts(text)
            where = loaded.place(*path, index)
            if self._sentences_exist(source, numbers, where):
                found.append(Citation(source, numbers))
        return tuple(found)

    def anchors(self, source: str, numbers: Iterable[int], loaded: Loaded, *path: str | int) -> tuple[Anchored, ...]:
        numbers = list(numbers)
        if not self._sentences_exist(source, numbers, loaded.place(*path)):
            return ()
        rows = self.ledgers[source].model.sentences
        return tuple(Anchored(number, self.section(source, number), rows[number - 1][2]) for number in numbers)

    def section(self, source: str, number: int) -> str:
        """The section that a sentence stands in."""
        return max((s for s in self.sources[source].sections if s.first <= number), key=lambda s: s.first).id

    def _sentences_exist(self, source: str, numbers: Iterable[int], where: str) -> bool:
        if source not in self.sources:
            self.unknown("source", source, self.sources, where)
            return False
        if source not in self.ledgers:
            return False
        last = len(self.ledgers[source].model.sentences)
        missing = [str(number) for number in numbers if not 1 <= number <= last]
        if missing:
            self.report("unknown-sentence", where, f"{source} has sentences 1 to {last}; not {', '.join(missing)}.")
        return not missing

    def condition(self, data: dict[str, Any], loaded: Loaded, *path: str | int) -> Condition:
        """A condition whose every attribute, value and item exists."""
        found = from_yaml(data)
        asked = list(leaves(found))
        if len(asked) > MAX_CRITERIA:
            told = f"a condition has at most {MAX_CRITERIA} criteria; this one has {len(asked)}."
            self.report("large-condition", loaded.place(*path), told)
        for leaf, place in zip(asked, _leaf_paths(data, path), strict=True):
            self._leaf(leaf, loaded.place(*place))
        return found

    def _leaf(self, leaf: Leaf, where: str) -> None:
        attribute = self.attributes.get(leaf.attribute)
        if attribute is None:
            self.unknown("attribute", leaf.attribute, self.attributes, where)
            return
        asked = {
            "one_of": "choice",
            "includes": "list therapies regimens",
            "at_least": "count months list",
            "at_most": "count months",
        }
        if attribute.kind not in asked[leaf.kind].split():
            self.report(
                "wrong-question",
                where,
                f"{attribute.id!r} is of kind {attribute.kind} and cannot be asked {leaf.kind!r}.",
            )
            return
        values = [value.id for value in attribute.values]
        match leaf:
            case OneOf(_, wanted):
                for value in wanted:
                    if value not in values:
                        self._unknown_in(attribute.id, "value", value, values, where)
            case Includes(_, item):
                valid = values if attribute.kind == "list" else self.therapies()
                if item not in valid:
                    self._unknown_in(attribute.id, "item", item, valid, where)
            case AtLeast(_, number) | AtMost(_, number):
                if number < 0 or (attribute.kind == "list" and number != 1):
                    text = (
                        "a list can only be asked whether it holds at least 1."
                        if number >= 0
                        else "a count is not negative."
                    )
                    self.report("wrong-number", where, text)

    def _unknown_in(self, attribute: str, what: str, word: str, valid: Iterable[str], where: str) -> None:
        names = list(valid)
        listed = f"; it is one of {', '.join(names)}." if len(names) <= FEW else "."
        hint = suggestion(word, names, listed) if len(self.problems) < MANY else listed
        self.report(f"unknown-{what}", where, f"unknown {what} {word!r} of {attribute}{hint}")

    def rows(self, loaded: Loaded, key: str) -> Iterator[tuple[int, Any, str]]:
        """(index, row, place) of each row of a file's list."""
        for index, row in enumerate(getattr(loaded.model, key)):
            yield index, row, loaded.place(key, index)
