"""What can go wrong, as facts that say where, what was found, what was expected and how to mend it.

A run reports every problem it finds, not only the first. No error of this package shows a traceback to a user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match

MANY = 100
"""So many problems are told; of more, only their number."""
_UNSEEN = (
    r"\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
"""What acts on a terminal, turns the direction of writing, cannot be seen or is half a character; no break, no tab."""
UNSEEN = rf"[{_UNSEEN}\x1b]"
UNSEEN_BUT_COLOR = rf"[{_UNSEEN}]|\x1b(?!\[[0-9;]*m)"
"""The same without the codes of color, for text that was colored here."""
MAX_SHOWN, MAX_LINE = 200, 5000
"""So many characters of one word, and of one problem, are shown."""


def visible(text: str, unseen: str = UNSEEN) -> str:
    """Text in which nothing acts on a terminal and nothing hides: `\\x1b` is written where the character was."""
    if text.isprintable():
        return text
    from re import sub

    return sub(unseen, _spelled_out, text)


def _spelled_out(found: Match[str]) -> str:
    return found.group().encode("unicode_escape", "surrogatepass").decode("ascii")


class Problem(NamedTuple):
    """One thing that is wrong."""

    kind: str
    """A kebab-case name of the fact, for programs: `unknown-attribute`."""
    where: str
    """`file:line:column` for a file, an option or an attribute's name for a profile; empty where there is no place."""
    message: str
    """What was found, what was expected and how to mend it, in one or two sentences."""

    def __str__(self) -> str:
        place = self.where.replace("\n", "\\n")
        return visible(f"{place}: {self.message}" if place else self.message)

    def shortened(self) -> Problem:
        """The same with no word longer than can be read, and no endless line: what was typed may have no end."""
        if len(self.where) + len(self.message) <= MAX_SHOWN:
            return self
        from re import sub

        where, message = (sub(rf"(\S{{{MAX_SHOWN}}})\S+", r"\1…", text) for text in (self.where, self.message))
        return self._replace(
            where=where[:MAX_LINE], message=message if len(message) <= MAX_LINE else f"{message[:MAX_LINE]}…"
        )


def place_order(problem: Problem) -> tuple[str, list[int], str]:
    """A key that puts problems in the order of their places: by file, then by line and column as numbers."""
    file, *numbers = problem.where.split(":")
    return file, [int(number) for number in numbers if number.isdecimal()], problem.message


class MbcError(Exception):
    """The base of every error that this package raises on purpose."""

    exit_code: ClassVar[int] = 1
    headline: ClassVar[str] = "something is wrong"

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(dict.fromkeys(problem.shortened() for problem in problems))
        more = (Problem("more-problems", "", f"and {len(found) - MANY} more."),) if len(found) > MANY else ()
        self.problems: tuple[Problem, ...] = (*found[:MANY], *more)
        super().__init__(self._text(len(found)))

    def _text(self, number: int) -> str:
        lines = [str(problem) for problem in self.problems]
        if number > 1:
            lines.append(f"{number} problems")
        return "\n".join(lines)


class KnowledgeError(MbcError):
    """The knowledge or the rules are not valid."""

    headline = "the knowledge is not valid"


class ProfileError(MbcError):
    """A profile is not understood or contradicts itself."""

    exit_code = 2
    headline = "the profile is not understood"


class UsageError(MbcError):
    """A command or a call was given something that it cannot use."""

    exit_code = 2
    headline = "the command is not understood"


class OutputError(UsageError):
    """An answer was asked for in a place where it cannot be written."""

    headline = "the answer cannot be written"


class EngineError(MbcError):
    """The rule engine is absent, or did something that it must not do."""

    headline = "the rule engine failed"


class SolverError(EngineError):
    """The solver that proofs are made with is absent."""

    headline = "the solver is not installed"


class InternalError(MbcError):
    """Something went wrong that nobody foresaw: a defect of this package."""

    headline = "something went wrong inside"


class ReaderGone(Exception):
    """Nobody reads what is printed any more: `mbc explore | head -1`."""


def one(kind: str, where: str, message: str) -> tuple[Problem]:
    """A single problem, for `raise SomeError(one(…))`."""
    return (Problem(kind, where, message),)


def suggestion(word: str, valid: Iterable[str], otherwise: str = ".") -> str:
    """The end of a message: `; did you mean 'x' or 'y'?` with the nearest valid words, or `otherwise`."""
    from difflib import get_close_matches

    candidates = {name.casefold(): name for name in valid}
    close = get_close_matches(word[:100].casefold(), candidates, n=3, cutoff=0.6)
    names = list(dict.fromkeys(candidates[name] for name in close))
    return f"; did you mean {' or '.join(repr(name) for name in names)}?" if names else otherwise
