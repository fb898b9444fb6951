"""What is known of one case, from a user's words to the catalog's.

A `Profile` holds what was given, as it was given. `read_profile` understands it with a catalog's vocabulary: every
attribute, value and therapy by any accepted word, everything that is not understood reported at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.errors import MANY, MAX_SHOWN, Problem, ProfileError, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mbc_explorer.catalog import Attribute, Catalog

NONE, UNKNOWN = "none", "unknown"
SETTINGS = ("neoadjuvant", "adjuvant", "metastatic")
STOPPED = ("progression", "completed", "side_effects", "choice")
REGIMEN_KEYS = ("agents", "setting", "stopped", "months")
REGIMEN_GRAMMAR = "AGENT+AGENT@SETTING,stopped=REASON,months=NUMBER"
PARTED = ";"
"""Parts the entries of a list that is given in one word on a command line: a comma belongs to a regimen's details."""
MAX_ITEMS = 200
"""So many attributes has a profile, and so many entries a list or a regimen."""
MAX_TEXT = 10_000
"""So many characters has one entry."""
MAX_WORD = MAX_SHOWN
"""So many characters of a word are shown in an error."""
MAX_NUMBER = 9999
_TOO_LONG_TO_SHOW = 10**40

_EXACTLY: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)
"""Python's own types, each with what makes it of a type derived from it, whatever that does otherwise."""

_WORD_HYPHEN = re.compile(r"(?<=[^\W_])[-_](?=[^\W_])")
_SPACED_SIGN = re.compile(r"(?<=\w)\s+(?=[+-]$)")
_WHOLE_NUMBER = re.compile(r"\d{1,4}")


class Regimen(NamedTuple):
    """One systemic regimen: therapies given together."""

    agents: tuple[str, ...]
    """Agents and categories; a category leaves its agents unknown."""
    setting: str | None = None
    stopped: str | None = None
    months: int | None = None
    """Months from the end of the regimen to recurrence."""
    complete: bool = True
    """Whether nothing else was part of the regimen."""

    def __str__(self) -> str:
        words = [*self.agents, *([] if self.complete else [UNKNOWN])]
        details = [self.setting] if self.setting else []
        details += [f"stopped={self.stopped}"] if self.stopped else []
        details += [f"months={self.months}"] if self.months is not None else []
        if words == [UNKNOWN] and not details:
            words.append(
                UNKNOWN
            )  # a regimen of drugs that are not known; `unknown` alone says that there may be more regimens
        agents = "+".join(words)
        return f"{agents}@{','.join(details)}" if details else agents


class Items(NamedTuple):
    """A list that was given. `complete` is false where `unknown` stands in it: it may hold more."""

    items: tuple[str, ...]
    complete: bool = True


class History(NamedTuple):
    """The regimens that were given, oldest first. Not complete: there may be others, which are not known."""

    regimens: tuple[Regimen, ...]
    complete: bool = True
    last_known: bool = True
    """Whether the last regimen of the list is the last there was."""


Fact = str | int | Items | History


class Profile:
    """What is known of one case, as given: attribute or alias to value, list or number.

    A fact that is absent is unknown, never negative. Names and values are those of the catalog's vocabulary, or any
    word it accepts; they are checked when the profile is explored.

    >>> Profile(er="positive", pr="+", her2="negative", prior=["trastuzumab+docetaxel"]).given["er"]
    'positive'
    """

    __slots__ = ("given",)

    def __init__(self, given: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Keep what is given.

        Raises:
            ProfileError: when it is no mapping.
        """
        try:
            held = {} if given is None else dict.copy(given) if isinstance(given, dict) else {**given}
        except Exception:  # no mapping, or one that fails
            text = f'a profile is made of names or a mapping, as Profile(er="positive"), not of {shown(given)}.'
            raise ProfileError((Problem("wrong-kind", "", text),)) from None
        self.given: dict[str, Any] = {**held, **more}

    def __repr__(self) -> str:
        return f"Profile({self.given!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self.given == other.given

    __hash__ = None  # type: ignore[assignment]


class Understood(NamedTuple):
    """A profile in the catalog's words."""

    facts: dict[str, Fact]
    """By attribute, in the vocabulary's order."""
    not_known: dict[str, str]
    """Attributes given as not known, and in which way: `unknown`, `not_tested`, `equivocal`."""
    order: tuple[str, ...]
    """Every attribute that was given, in the vocabulary's order."""

    def plain(self) -> dict[str, Any]:
        """The profile as plain data that is valid input again."""
        return {
            name: plain_fact(self.facts[name]) if name in self.facts else self.not_known[name] for name in self.order
        }


def plain_fact(fact: Fact) -> str | int | list[str]:
    """A fact as plain data that is valid input again."""
    match fact:
        case Items(items, complete):
            return [*items] if complete else [*items, UNKNOWN]
        case History(regimens, complete, last_known):
            rows = [str(regimen) for regimen in regimens]
            return rows if complete else [*rows, UNKNOWN] if not last_known else [UNKNOWN, *rows]
        case _:
            return fact


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word as it is compared: case, space around it or before a sign, and hyphens inside it do not count."""
    return _SPACED_SIGN.sub("", " ".join(_WORD_HYPHEN.sub(" ", word.casefold()).split()))


def read_profile(profile: Profile, catalog: Catalog) -> Understood:
    """Understand a profile.

    Raises:
        ProfileError: with everything that is not understood, each with the attribute, what was found, what was
            expected and the nearest valid words.
    """
    words = _given(profile)
    reader = _Reader(catalog)
    if len(words) > MAX_ITEMS:
        told = f"a profile holds {len(words)} attributes; at most {MAX_ITEMS} are read."
        raise ProfileError((Problem("too-long", "", told),))
    given: dict[str, tuple[str, Any]] = {}
    for word, held in words.items():
        name = _scalar(word)
        attribute = reader.attribute(name)
        if attribute is None:
            continue
        if attribute.id in given:
            reader.problem(
                "given-twice",
                _name(name),
                f"is given twice, as {given[attribute.id][0]!r} and as {name!r}; give it once.",
            )
            continue
        value = _exact(held)
        if any(len(text) > MAX_TEXT for text in _texts(value)):
            told = f"holds an entry of more than {MAX_TEXT} characters, and no more are read."
            reader.problem("too-long", _name(name), told)
            continue
        given[attribute.id] = (name, value)
    facts: dict[str, Fact] = {}
    not_known: dict[str, str] = {}
    for attribute in catalog.attributes.values():
        if attribute.id not in given:
            continue
        value = given[attribute.id][1]
        way = reader.way_of_not_knowing(value)
        if way is not None:
            not_known[attribute.id] = way
            continue
        fact = reader.read(attribute, value)
        if isinstance(fact, Items | History) and not fact[0] and not fact.complete:
            not_known[attribute.id] = UNKNOWN  # a list that holds nothing but `unknown`
        elif fact is not None:
            facts[attribute.id] = fact
    if reader.problems:
        raise ProfileError(reader.problems)
    return Understood(facts, not_known, tuple(name for name in catalog.attributes if name in given))


def _given(profile: object) -> dict[str, Any]:
    if not isinstance(profile, Profile):
        text = f'a profile is given as Profile(...), as in Profile(er="positive"), not as {shown(profile)}.'
        raise ProfileError((Problem("wrong-kind", "", text),))
    return profile.given


class _Reader:
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.problems: list[Problem] = []

    def problem(self, kind: str, where: str, message: str) -> None:
        """Keep a problem.

        Raises:
            ProfileError: with all of them, once there are too many to be read.
        """
        self.problems.append(Problem(kind, where, message))
        if len(self.problems) > MANY:
            raise ProfileError(self.problems)

    def attribute(self, name: str) -> Attribute | None:
        shown = _name(name)
        wanted = fold(shown)
        for attribute in self.catalog.attributes.values() if shown == name else ():
            if wanted in map(fold, (attribute.id, *attribute.aliases)):
                return attribute
        valid = [word for a in self.catalog.attributes.values() for word in (a.id, *a.aliases)]
        hint = suggestion(shown, valid, "; `mbc profile` lists what can be said.")
        self.problem("unknown-attribute", shown, f"is not an attribute of a profile{hint}")
        return None

    def way_of_not_knowing(self, value: Any) -> str | None:
        if value is None:
            return UNKNOWN
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, str):
            return None
        for way in self.catalog.not_known:
            if fold(value) in map(fold, (way.id, *way.aliases)):
                return way.id
        return None

    def read(self, attribute: Attribute, value: Any) -> Fact | None:
        match attribute.kind:
            case "choice":
                return self._choice(attribute, value)
            case "list":
                return self._items(attribute, value, self._item)
            case "therapies":
                return self._items(attribute, value, self._therapy)
            case "regimens":
                return self._history(attribute, value)
            case _:
                return self._number(attribute.id, value, attribute.minimum)

    def _choice(self, attribute: Attribute, value: Any) -> str | None:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, str | int):
            names = ", ".join(v.id for v in attribute.values)
            self.problem("wrong-kind", attribute.id, f"takes one word ({names}), not {shown(value)}.")
            return None
        return self._item(attribute, value if isinstance(value, str) else shown(value))

    def _item(self, attribute: Attribute, word: str) -> str | None:
        wanted = fold(word)
        for value in attribute.values:
            if wanted in map(fold, (value.id, *value.aliases)):
                return value.id
        for entry in attribute.not_in_documents:
            if wanted in map(fold, entry.words):
                self.problem("not-in-documents", attribute.id, f"{shown(word)}: {entry.answer}")
                return None
        names = ", ".join(v.id for v in attribute.values)
        hint = suggestion(word, [w for v in attribute.values for w in (v.id, *v.aliases)])
        self.problem("unknown-value", attribute.id, f"{word[:MAX_WORD]!r} is not one of {names}, unknown{hint}")
        return None

    def _therapy(self, attribute: Attribute, word: str) -> str | None:
        words = self.catalog.words
        wanted = " ".join(word.casefold().split())
        found = words.get(wanted)
        if found is None:
            folded = fold(word)
            found = next((meaning for spelling, meaning in words.items() if fold(spelling) == folded), None)
        if found is None:
            listed = "; `mbc profile prior_therapies` lists the therapies that the documents name."
            hint = self._named_elsewhere(word) or suggestion(word, words, listed)
            self.problem(
                "unknown-therapy", attribute.id, f"{word[:MAX_WORD]!r} is not a therapy of the documents{hint}"
            )
        return found

    def _named_elsewhere(self, word: str) -> str:
        for category in self.catalog.categories.values():
            if not category.therapy and fold(word) in map(fold, (category.id, category.name, *category.aliases)):
                name = category.name.casefold()
                return f": {name} is not systemic therapy and no condition counts it as a regimen; leave it out."
        return ""

    def _items(self, attribute: Attribute, value: Any, read: Any) -> Items | None:
        rows = self._list(attribute, value)
        if rows is None:
            return None
        words = [
            part.strip()
            for row in rows
            for part in (row.split("+") if attribute.kind == "therapies" else row.split(","))
        ]
        if len(words) > MAX_ITEMS:
            self.problem("too-long", attribute.id, f"holds {len(words)} entries; at most {MAX_ITEMS} are read.")
            return None
        complete = not any(self.way_of_not_knowing(word) for word in words)
        words = [word for word in words if not self.way_of_not_knowing(word)]
        none = [word for word in words if fold(word) == NONE]
        if none and (len(words) > 1 or not complete):
            self.problem("none-and-more", attribute.id, "holds 'none' beside something else; say one or the other.")
            return None
        if none:
            return Items(())
        found = [read(attribute, word) for word in words]
        return None if None in found else Items(tuple(dict.fromkeys(found)), complete)

    def _list(self, attribute: Attribute, value: Any) -> list[str] | None:
        rows = value if isinstance(value, list | tuple) else [value]
        if len(rows) > MAX_ITEMS:
            self.problem("too-long", attribute.id, f"holds {len(rows)} entries; at most {MAX_ITEMS} are read.")
            return None
        for row in rows:
            if not isinstance(row, str):
                self.problem("wrong-kind", attribute.id, f"takes a list of words, not {shown(row)} in it.")
                return None
        return list(rows)

    def _number(self, where: str, value: Any, minimum: int) -> int | None:
        if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= MAX_NUMBER:
            self.problem(
                "wrong-number", where, f"takes a whole number from {minimum} to {MAX_NUMBER}, not {shown(value)}."
            )
            return None
        return value

    def _history(self, attribute: Attribute, value: Any) -> History | None:
        rows = value if isinstance(value, list | tuple) else [value]
        if len(rows) > MAX_ITEMS:
            self.problem("too-long", attribute.id, f"holds {len(rows)} regimens; at most {MAX_ITEMS} are read.")
            return None
        none = [row for row in rows if isinstance(row, str) and fold(row) == NONE]
        if none and len(rows) > 1:
            self.problem("none-and-more", attribute.id, "holds 'none' beside something else; say one or the other.")
            return None
        if none or not rows:
            return History(())
        is_open = [isinstance(row, str) and self.way_of_not_knowing(row) is not None for row in rows]
        regimens = [self._regimen(attribute, row) for row, unknown in zip(rows, is_open, strict=True) if not unknown]
        found = [regimen for regimen in regimens if regimen is not None]
        if len(found) < len(regimens):
            return None
        return History(tuple(found), not any(is_open), not is_open[-1])

    def _regimen(self, attribute: Attribute, row: Any) -> Regimen | None:
        if isinstance(row, str):
            agents, _, text = row.partition("@")
            return self._checked(attribute, agents.split("+"), self._details(attribute, text))
        if isinstance(row, dict):
            for key in row:
                if key not in REGIMEN_KEYS:
                    names = ", ".join(REGIMEN_KEYS)
                    self.problem(
                        "unknown-key",
                        attribute.id,
                        f"a regimen has {names}; not {shown(key)}{_near(key, REGIMEN_KEYS)}",
                    )
            agents_given = row.get("agents")
            agents_list: list[Any] = agents_given if isinstance(agents_given, list) else [agents_given]
            if len(agents_list) > MAX_ITEMS:
                self._too_many(attribute, len(agents_list))
                return None
            wrong = [agent for agent in agents_list if not isinstance(agent, str)]
            if wrong:
                self.problem(
                    "wrong-kind", attribute.id, f"a regimen's agents are a list of words, not {shown(wrong[0])}."
                )
                return None
            details = {key: row[key] for key in REGIMEN_KEYS[1:] if row.get(key) is not None}
            return self._checked(attribute, agents_list, details)
        self.problem(
            "wrong-kind",
            attribute.id,
            f"a regimen is written {REGIMEN_GRAMMAR}, or as agents, setting, stopped and months; not {shown(row)}.",
        )
        return None

    def _details(self, attribute: Attribute, text: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key, equals, value = part.partition("=")
            name = fold(key) if equals else "setting"
            if name not in REGIMEN_KEYS[1:] or name in found:
                told = "given twice" if name in found else "not understood"
                self.problem(
                    "wrong-regimen", attribute.id, f"{shown(part)} is {told}; a regimen is written {REGIMEN_GRAMMAR}."
                )
            else:
                found[name] = value.strip() if equals else part
        return found

    def _checked(self, attribute: Attribute, agents: list[str], details: dict[str, Any]) -> Regimen | None:
        before = len(self.problems)
        words = [agent.strip() for agent in agents]
        if any("," in word for word in words):
            message = (
                "join what was given together with '+', and give each regimen on its own (repeat --prior, or one list "
                "entry each)."
            )
            self.problem("wrong-regimen", attribute.id, message)
            return None
        if len(words) > MAX_ITEMS:
            self._too_many(attribute, len(words))
            return None
        known = [word for word in words if not self.way_of_not_knowing(word)]
        if not words or "" in words or any(fold(word) == NONE for word in words):
            self.problem(
                "wrong-regimen", attribute.id, f"a therapy is missing; a regimen is written {REGIMEN_GRAMMAR}."
            )
            return None
        named = [self._therapy(attribute, word) for word in known]
        setting = self._word(attribute, "setting", details.get("setting"), SETTINGS)
        stopped = self._word(attribute, "stopped", details.get("stopped"), STOPPED)
        months = details.get("months")
        number = None if self.way_of_not_knowing(months) else self._number(f"{attribute.id} (months)", months, 0)
        if len(self.problems) > before:
            return None
        found = tuple(dict.fromkeys(name for name in named if name))
        return Regimen(found, setting, stopped, number, len(known) == len(words))

    def _too_many(self, attribute: Attribute, number: int) -> None:
        message = f"holds a regimen of {number} therapies; at most {MAX_ITEMS} are read."
        self.problem("too-long", attribute.id, message)

    def _word(self, attribute: Attribute, key: str, value: Any, valid: tuple[str, ...]) -> str | None:
        if value is None or self.way_of_not_knowing(value):
            return None
        for name in valid:
            if isinstance(value, str) and fold(value) == fold(name):
                return name
        message = f"{key} is one of {', '.join(valid)}; not {shown(value)}{_near(value, valid)}"
        self.problem("wrong-regimen", attribute.id, message)
        return None


class _Other:
    """Something that is no part of a profile, as an error shows it."""

    __slots__ = ("told",)

    def __init__(self, told: str) -> None:
        self.told = told


def _scalar(value: Any) -> Any:
    """A word, a number, a truth value or nothing in Python's own types; of anything else, how it is shown.

    So nothing of another's making runs when it is read.
    """
    kind = type(value)  # not isinstance, which asks the value
    if value is None or kind is bool:
        return value
    for plain, exactly in _EXACTLY:
        if issubclass(kind, plain):
            return exactly(value)
    return _Other(shown(value))


def _exact(value: Any, rows_of: Callable[[Any], Any] | None = None) -> Any:
    """A value as `_scalar` reads it, or a list of such values and regimens, or a regimen."""
    kind = type(value)
    if issubclass(kind, dict):
        return _exact_regimen(value)
    if not issubclass(kind, list | tuple):
        return _scalar(value)
    rows = list.copy(value) if issubclass(kind, list) else list(tuple.__iter__(value))
    if len(rows) <= MAX_ITEMS:  # a longer one is refused by its length
        rows = list(map(rows_of or _exact_row, rows))
    return rows if issubclass(kind, list) else tuple(rows)


def _exact_row(row: Any) -> Any:
    return _exact_regimen(row) if issubclass(type(row), dict) else _scalar(row)


def _exact_regimen(row: Any) -> dict[Any, Any]:
    parts = [(_scalar(key), part) for key, part in islice(dict.items(row), MANY)]  # of more, enough are unknown
    return {key: (_exact_agents if key == REGIMEN_KEYS[0] else _scalar)(part) for key, part in parts}


def _exact_agents(part: Any) -> Any:
    return _exact(part, _scalar) if issubclass(type(part), list | tuple) else _scalar(part)


def _texts(value: Any) -> Iterator[str]:
    """Every text in an exact value: a word, or those of a list, and of a regimen in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | dict) and len(value) <= MAX_ITEMS:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def shown(value: Any) -> str:
    """A value as an error shows it: in the user's terms, and not too long."""
    kind = type(value)
    for plain, exactly in _EXACTLY:
        if issubclass(kind, plain):
            value = exactly(value)
    if value is None:
        return "nothing"
    if kind is bool:
        return "true" if value else "false"
    if kind is _Other:
        return str(value.told)
    if issubclass(kind, dict):
        return "a mapping"
    if issubclass(kind, list | tuple | set):
        return "a list"
    if issubclass(kind, int) and abs(value) >= _TOO_LONG_TO_SHOW:
        return "a very long number"
    if issubclass(kind, float):
        return f"the number {value}"
    if issubclass(kind, str):
        return repr(value[:MAX_WORD]) + "…" * (len(value) > MAX_WORD)
    try:
        text = str.__str__(repr(value))
    except Exception:  # it is of another's making
        return f"a value of the type {kind.__name__[:MAX_WORD]}"
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= MAX_WORD + 2 else text[:MAX_WORD] + "…"


def _name(name: Any) -> str:
    """An attribute's name as it was given, fit to be printed."""
    text = name[:MAX_WORD] if isinstance(name, str) else shown(name)
    return text if text.isprintable() else repr(text)


def _near(value: Any, valid: tuple[str, ...]) -> str:
    return suggestion(value, valid) if isinstance(value, str) else "."
