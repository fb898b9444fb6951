"""YAML and JSON text into plain data with the place of every node, strictly.

Refused: repeated keys, anchors, aliases and merge keys, tags. Words that YAML 1.1 reads as booleans, dates or
octal numbers (`no`, `on`, `2024-02-19`, `012`) stay the text that they are; only `true`, `false`, `null` and
plain decimal numbers have a type.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from mbc_explorer.errors import MANY, MAX_SHOWN, UNSEEN, KnowledgeError, MbcError, Problem, one
from mbc_explorer.folders import MAX_FILE, read_file

if TYPE_CHECKING:
    from pathlib import Path

Path_ = tuple[str | int, ...]
Positions = dict[Path_, tuple[int, int]]
"""1-based (line, column) of the node at each path of keys and indexes."""

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DIGITS = 4000
"""A number of more digits stays text: Python refuses to read it, and nothing here counts so far."""
MAX_TEXT = 10_000
"""So many characters may a text of a knowledge file have."""
MAX_NESTING = 100
"""Deeper text is refused before it is composed, where libyaml would run out of stack and end the process."""
TOO_DEEP = f"is nested more than {MAX_NESTING} levels deep."
_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None, "~": None}


_HINTS = {
    "block sequence": " A value that begins with + or - must be quoted: '-'.",
    "cannot start any token": " Indent with spaces, not with tabs, and quote a value that begins with @, % or `.",
}


class Document:
    """Plain data (dict, list, str, int, bool, None) and where each part of it stands."""

    __slots__ = ("data", "name", "positions")

    def __init__(self, name: str, data: Any, positions: Positions) -> None:
        self.name = name
        self.data = data
        self.positions = positions

    def place(self, path: Path_) -> str:
        """`file:line:column` of the node at a path, or of its nearest ancestor that has a place."""
        while path and path not in self.positions:
            path = path[:-1]
        line, column = self.positions.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"


def read_yaml(path: Path, name: str | None = None, error: type[MbcError] = KnowledgeError) -> Document:
    """Read one YAML file.

    Raises:
        MbcError: of the given type, with every problem of the file, each at its place.
    """
    shown = name or str(path)
    try:
        text = read_file(path, MAX_FILE).decode("utf-8-sig")
    except OSError as reason:
        raise error(one("unreadable-file", shown, f"cannot be read ({reason.strerror}).")) from None
    except UnicodeDecodeError as reason:
        raise error(one("not-utf-8", shown, f"is not UTF-8 text (byte {reason.start}).")) from None
    return parse_yaml(text, shown, error, shows=True)


def parse_yaml(text: str, name: str, error: type[MbcError] = KnowledgeError, *, shows: bool = False) -> Document:
    """Parse YAML text; see `read_yaml`.

    Args:
        text: the YAML.
        name: how the text is called in errors.
        error: what is raised.
        shows: whether its texts will be shown, so that none may be endless or hold what cannot be seen.
    """
    try:
        problems = _anchors_and_depth(text, name)
        if problems:  # before anything is composed: an alias of aliases of aliases has no end
            raise error(problems)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as reason:
        raise error(one("yaml-syntax", _error_place(name, reason), _error_words(reason))) from None
    builder = _Builder(name, shows=shows)
    data = builder.build(node, ()) if node is not None else None
    if builder.problems:
        raise error(builder.problems)
    return Document(name, data, builder.positions)


def parse_json(text: str, name: str, error: type[MbcError] = KnowledgeError) -> Document:
    """Parse JSON text, refusing repeated keys; places inside the text are not kept."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                repeated.append(key)
            found[key] = value
        return found

    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=pairs, parse_int=_whole_number)
    except ValueError as reason:
        line, column = getattr(reason, "lineno", 1), getattr(reason, "colno", 1)
        words = getattr(reason, "msg", str(reason))
        raise error(one("json-syntax", f"{name}:{line}:{column}", f"is not valid JSON: {words}.")) from None
    except RecursionError:
        raise error(one("json-syntax", name, TOO_DEEP)) from None
    if _is_deeper(data, MAX_NESTING):
        raise error(one("json-syntax", name, TOO_DEEP))
    if repeated:
        raise error(_repeated(key, name) for key in repeated)
    return Document(name, data, {})


def _is_deeper(data: Any, levels: int) -> bool:
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else None
    return parts is not None and (levels == 0 or any(_is_deeper(part, levels - 1) for part in parts))


class _Builder:
    def __init__(self, name: str, *, shows: bool) -> None:
        self.name = name
        self.shows = shows
        self.positions: Positions = {}
        self.problems: list[Problem] = []

    def build(self, node: Any, path: Path_) -> Any:
        self.positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        if self.shows:
            self._fit_to_be_shown(str(node.value), node)
        return _scalar(node)

    def _fit_to_be_shown(self, text: str, node: Any) -> None:
        place = f"{self.name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
        if len(text) > MAX_TEXT:
            self.problems.append(Problem("too-long", place, f"a text has at most {MAX_TEXT} characters."))
        elif not text.isprintable() and (found := re.search(UNSEEN, text)):
            message = f"holds the character U+{ord(found.group()):04X}, which cannot be seen; leave it out."
            self.problems.append(Problem("unseen-character", place, message))

    def _mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = f"{self.name}:{key_node.start_mark.line + 1}:{key_node.start_mark.column + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem("key-not-a-word", place, "a key must be a plain word."))
                continue
            key = str(key_node.value)
            if self.shows:
                self._fit_to_be_shown(key, key_node)
            if key in found:
                self.problems.append(_repeated(key, place))
            found[key] = self.build(value_node, (*path, key))
        return found


def _scalar(node: Any) -> Any:
    text = str(node.value)
    if node.style:  # quoted, or a block
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    return _whole_number(text) if _INTEGER.fullmatch(text) else text


def _whole_number(text: str) -> int | str:
    return int(text) if len(text) <= _DIGITS else text


def _repeated(key: str, place: str) -> Problem:
    return Problem("repeated-key", place, f"the key {key[:MAX_SHOWN]!r} stands more than once.")


def _anchors_and_depth(text: str, name: str) -> list[Problem]:
    problems = []
    depth = 0
    for token in yaml.scan(text, Loader=_Loader):
        place = f"{name}:{token.start_mark.line + 1}:{token.start_mark.column + 1}"
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
            problems.append(
                Problem("yaml-anchor-or-tag", place, "anchors, aliases and tags are not used here; write it out.")
            )
            if len(problems) > MANY:
                return problems
        elif isinstance(token, _OPENING):
            depth += 1
            if depth > MAX_NESTING:
                return [*problems, Problem("yaml-depth", place, TOO_DEEP)]
        elif isinstance(token, _CLOSING):
            depth -= 1
    return problems


def _error_place(name: str, reason: yaml.YAMLError) -> str:
    mark = getattr(reason, "problem_mark", None)
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _error_words(reason: yaml.YAMLError) -> str:
    problem = getattr(reason, "problem", None) or getattr(reason, "reason", None) or str(reason)
    return f"is not valid YAML: {problem}.{next((hint for words, hint in _HINTS.items() if words in problem), '')}"
