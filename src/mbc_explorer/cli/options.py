"""Options that several commands share, and the options of a profile, made from the vocabulary."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperOption

from mbc_explorer.cli.app import talk
from mbc_explorer.compiled import load_catalog
from mbc_explorer.errors import (
    MANY,
    UNSEEN,
    UNSEEN_BUT_COLOR,
    OutputError,
    Problem,
    ProfileError,
    ReaderGone,
    UsageError,
    one,
    suggestion,
    visible,
)
from mbc_explorer.folders import TooLarge, read_file, write_whole
from mbc_explorer.profile import MAX_WORD, NONE, PARTED, UNKNOWN, Profile, fold, read_profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import Attribute, Catalog
    from mbc_explorer.profile import Understood

Knowledge = Annotated[
    Path | None,
    typer.Option("--knowledge", metavar="DIR", help="Another knowledge pack: a folder with 'knowledge' and 'rules'."),
]
Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", envvar="MBC_CORPUS", metavar="DIR", help="Your local copy of the five texts."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON: compact when piped, indented on a terminal.")]

FACTS = "mbc_explorer.facts"
MAX_PROFILE = 64 * 1024
"""So many bytes are read of a profile."""
FEW = 10
"""So many valid words are listed in full when another is given."""
LISTS = {"regimens": "REGIMEN", "therapies": "THERAPY", "list": "ITEM"}
"""How the help names an item, for the kinds of attribute whose option is repeated."""


@cache
def catalog_of(directory: Path | None) -> Catalog:
    """The catalog of a pack, loaded once a run."""
    is_watched = sys.stderr.isatty() and "_MBC_COMPLETE" not in os.environ
    return load_catalog(directory, waiting=_tell_of_the_wait if is_watched else None)


def _tell_of_the_wait() -> None:
    talk("mbc: reading the knowledge for the first time, which takes a moment.\n")


def attribute_options(catalog: Catalog) -> list[TyperOption]:
    """One option for each attribute of the vocabulary, made directly: reading a signature takes ten times as long."""
    return [
        _option(attribute, catalog.groups.get(attribute.group, attribute.group))
        for attribute in catalog.attributes.values()
    ]


def flags(attribute: Attribute) -> list[str]:
    """The long options of an attribute: its id, then those of its aliases that can be typed as an option."""
    names = [attribute.id, *(alias for alias in attribute.aliases if alias.replace("-", "").isalnum())]
    return list(dict.fromkeys(f"--{name.replace('_', '-')}" for name in names))


def _option(attribute: Attribute, heading: str) -> TyperOption:
    if attribute.kind == "choice":
        metavar = "|".join(value.id for value in attribute.values)
    else:
        metavar = LISTS.get(attribute.kind, "NUMBER")
    return TyperOption(
        callback=_keep,
        expose_value=False,
        param_decls=[attribute.id, *flags(attribute)],
        type=str,
        multiple=True,
        metavar=metavar,
        help=_help(attribute),
        rich_help_panel=heading,
        autocompletion=_completer(attribute),
    )


def _keep(context: typer.Context, option: TyperOption, value: Any) -> Any:
    """Put the value of an attribute's option where `stated` finds it. One value may be repeated, not contradicted."""
    if option.metavar not in LISTS.values():
        if len({fold(word) for word in value or ()}) > 1:
            told = " and as ".join(map(quoted, value))
            raise UsageError(one("given-twice", option.opts[0], f"is given as {told}; give it once."))
        value = value[0] if value else None
    elif value is not None:
        value = list(value)
    context.meta.setdefault(FACTS, {})[option.name] = value
    return value


def stated(context: typer.Context) -> dict[str, Any]:
    """What the attributes' options of a command say; an option that was not given is left out."""
    return {name: value for name, value in context.meta.get(FACTS, {}).items() if value not in (None, [], ())}


def _help(attribute: Attribute) -> str:
    match attribute.kind:
        case "regimens":
            return (
                f"{attribute.name}, one regimen each time, oldest first: 'trastuzumab+docetaxel', or with details "
                "'tamoxifen@adjuvant,months=8'. 'none' for never treated; not given is unknown."
            )
        case "list":
            items = ", ".join(value.id for value in attribute.values)
            return f"{attribute.name}, repeated or with commas: {items}; 'none'."
        case "therapies":
            return f"{attribute.name}, repeated or joined with '+'; 'none'."
        case _:
            return f"{attribute.name}."


def _completer(attribute: Attribute) -> Any:
    def complete(_context: typer.Context, _words: list[str], incomplete: str) -> list[str]:
        catalog = catalog_of(None)
        names: Iterable[str] = [value.id for value in attribute.values]
        if attribute.kind in ("therapies", "regimens"):
            names = [NONE, *catalog.agents, *(name for name, row in catalog.categories.items() if row.therapy)]
        head, plus, tail = incomplete.rpartition("+")
        if not head.isprintable():  # it would come back to the terminal
            return []
        return [f"{head}{plus}{name}" for name in [*names, UNKNOWN] if name.startswith(tail.casefold())]

    return complete


def profile_from(catalog: Catalog, file: str | None, assigned: list[str], given: dict[str, Any]) -> Profile:
    """The profile of a command: a file or stdin, `--set` assignments, and the options of the attributes.

    Raises:
        ProfileError: when the file cannot be read, or says otherwise than an option.
    """
    facts = assignments(catalog, assigned, given)
    if file is None:
        return Profile(facts)
    stored = read_profile_file(file)
    _stop_on_differences(catalog, stored, facts, file)
    return Profile({**stored, **facts})


def assignments(catalog: Catalog, assigned: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """What is given, with what `--set` assignments state beside it; what a list holds is parted with `;`.

    Raises:
        UsageError: when one is not written as an assignment, or states an attribute a second time.
    """
    facts = dict(given)
    for text in assigned:
        name, equals, value = text.partition("=")
        attribute = attribute_named(catalog, name)
        key = attribute.id if attribute else name
        if not equals or key in facts:
            told = (
                f"gives {key[:MAX_WORD]} a second time"
                if equals
                else "is written attribute=value, as in er_status=positive"
            )
            raise UsageError(one("wrong-assignment", "--set", f"{quoted(text)} {told}."))
        many = attribute is not None and attribute.kind in LISTS
        facts[key] = [part.strip() for part in value.split(PARTED)] if many else value
    return facts


def _stop_on_differences(catalog: Catalog, stored: dict[str, Any], facts: dict[str, Any], file: str) -> None:
    problems = []
    for key in list(stored):
        attribute = attribute_named(catalog, str(key))
        if attribute is None or attribute.id not in facts:
            continue
        value, option = stored.pop(key), facts[attribute.id]
        if value != option and _meaning(catalog, attribute, value) != _meaning(catalog, attribute, option):
            said = [quoted(given) if isinstance(given, str) else _shortened(str(given)) for given in (value, option)]
            text = f"{_file_name(file)} says {said[0]} and the command {said[1]}; give it once, or the same."
            problems.append(Problem("file-and-option", attribute.id, text))
    if problems:
        raise ProfileError(problems)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_WORD else f"{text[:MAX_WORD]}…"


def _meaning(catalog: Catalog, attribute: Attribute, value: Any) -> Understood:
    """What a value says, in whatever words it is said."""
    return read_profile(Profile({attribute.id: value}), catalog)


def attribute_named(catalog: Catalog, name: str) -> Attribute | None:
    """The attribute of an id or alias."""
    wanted = fold(name)
    return next((a for a in catalog.attributes.values() if wanted in map(fold, (a.id, *a.aliases))), None)


def _file_name(file: str) -> str:
    """The name of a file as an error shows it."""
    return "stdin" if file == "-" else file if file.isprintable() else repr(file)


def quoted(word: str) -> str:
    """A word as an error shows it: in quotes, and not too long."""
    return repr(word) if len(word) <= MAX_WORD else f"{word[:MAX_WORD]!r}…"


def stop_without_folder(corpus: Path | None) -> None:
    """Stop where a corpus is named that is no folder.

    Raises:
        UsageError: naming it.
    """
    if corpus is not None and not corpus.is_dir():
        raise UsageError(one("no-corpus", "--corpus", f"{str(corpus)!r} is not a folder."))


def read_profile_file(file: str) -> dict[str, Any]:
    """A profile from a YAML or JSON file, or from stdin where the name is `-`.

    Raises:
        ProfileError: with the place of everything that is wrong.
    """
    from mbc_explorer.yaml_source import parse_json, parse_yaml

    name = _file_name(file)
    if file == "-" and sys.stdin is None:
        raise ProfileError(one("unreadable-file", name, "cannot be read (it is closed)."))
    try:
        content = _stdin() if file == "-" else read_file(file or ".", MAX_PROFILE, streams=True)
        text = content.decode("utf-8-sig")
    except OSError as reason:
        raise ProfileError(one("unreadable-file", name, f"cannot be read ({reason.strerror}).")) from None
    except UnicodeDecodeError as reason:
        raise ProfileError(one("not-utf-8", name, f"is not UTF-8 text (byte {reason.start}).")) from None
    parse = parse_json if file.endswith(".json") or text.lstrip().startswith("{") else parse_yaml
    document = parse(text, name, ProfileError)
    if document.data is None:
        return {}
    if not isinstance(document.data, dict):
        raise ProfileError(one("wrong-kind", document.place(()), "a profile is a mapping of attributes to values."))
    found: dict[str, Any] = document.data
    return found


def _stdin() -> bytes:
    content = sys.stdin.buffer.read(MAX_PROFILE + 1)
    if len(content) > MAX_PROFILE:
        raise TooLarge(MAX_PROFILE)
    return content


def chosen(
    words: list[str] | None,
    valid: Iterable[str],
    what: str,
    aliases: dict[str, str] | None = None,
    where: str = "",
    *,
    otherwise: str = ".",
) -> tuple[str, ...]:
    """The ids that a narrowing option names; `otherwise` ends the message where no valid word is near.

    Raises:
        UsageError: naming each word that is not one, with the nearest valid ones.
    """
    valid = list(valid)
    known = {fold(name): name for name in valid} | {fold(word): name for word, name in (aliases or {}).items()}
    named = [*valid, *(aliases or {})]
    few = f"; it is one of {', '.join(valid)}." if len(valid) <= FEW else otherwise
    kind, place = f"unknown-{what.replace(' ', '-')}", where or f"--{what}"
    problems: list[Problem] = []
    for word in words or []:
        if fold(word) not in known:
            hint = suggestion(word, named, few) if len(problems) < MANY else "."
            problems.append(Problem(kind, place, f"{quoted(word)} is not a known {what}{hint}"))
    if problems:
        raise UsageError(problems)
    return tuple(known[fold(word)] for word in words or [])


def option_words(catalog: Catalog) -> dict[str, str]:
    """Other words for options: their names and aliases, and every word for a drug or class that one stands for."""
    found = {word: row.id for row in catalog.options.values() for word in (row.name, *row.aliases)}
    alone = {row.agents[0]: row.id for row in catalog.options.values() if len(row.agents) == 1}
    by_meaning = alone | {name: name for name in catalog.options}
    return found | {word: by_meaning[meaning] for word, meaning in catalog.words.items() if meaning in by_meaning}


def write_output(text: str, output: Path | None) -> None:
    """Print text, or write it to a file: whole or not at all. The file `-` is the standard output.

    Raises:
        OutputError: when the file cannot be written, or the standard output.
        ReaderGone: when nobody reads the standard output any more.
    """
    plain = visible(text, UNSEEN_BUT_COLOR if output is None and wants_color() else UNSEEN)
    ended = plain if plain.endswith("\n") else f"{plain}\n"
    if output is None or str(output) == "-" or _is_stdout(output):
        _print(ended)
        return
    try:
        if _can_be_a_file(output):
            write_whole(Path(os.path.realpath(output)), ended.encode())
        else:  # a folder, which is refused, or a device or a pipe
            output.write_text(ended, encoding="utf-8")
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as reason:
        raise OutputError(
            one("unwritable-file", _file_name(str(output)), f"cannot be written ({reason.strerror}).")
        ) from None
    talk(f"wrote {_file_name(str(output))}\n")


def _can_be_a_file(path: Path) -> bool:
    """Whether a path is a file or nothing yet; a loop of links is neither, and an error of the system."""
    try:
        return S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _is_stdout(path: Path) -> bool:
    """Whether a path is where the standard output goes, as `/dev/stdout` is: there it adds to what was written."""
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def write_json(data: dict[str, Any]) -> None:
    """Print plain data as JSON that starts with what every JSON output starts with."""
    from mbc_explorer.report import enveloped

    write_output(as_json(enveloped(data)), None)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as reason:
        raise OutputError(one("unwritable-file", "stdout", f"cannot be written ({reason.strerror}).")) from None


def wants_color() -> bool:
    """Color only on a terminal that has it, and not where NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def json_indent() -> int | None:
    """JSON is indented on a terminal and compact in a pipe."""
    return 2 if sys.stdout.isatty() else None


def as_json(data: dict[str, Any], output: Path | None = None) -> str:
    """Plain data as JSON text, indented on a terminal and compact in a pipe or a file."""
    from mbc_explorer.report import json_text

    return json_text(data, None if output else json_indent())
