"""A text into its sentences, their fingerprints, and the check of a ledger against a local copy.

Nothing of a text is kept: a sentence leaves this module as a number, a word count and a hash.
The sentence itself is handed back only to be shown beside its paraphrase, from a copy that the
reader owns.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.errors import UsageError, one
from mbc_explorer.folders import read_file

if TYPE_CHECKING:
    from pathlib import Path

MAX_COPY = 256 * 1024
"""So many bytes are read of a text."""
MAX_WORD = 200
"""A longer word is no word: its letters are taken as they stand."""
_TAIL = 64
"""So many characters before its end tell whether a sentence ends there; the longest abbreviation has a few."""
_MAX_SEEN = 100_000
FINGERPRINT_DIGITS = 16
RESYNC_SENTENCES = 40
"""How many sentences ahead a verification looks for its place again after one that does not match."""

_GLYPHS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_BULLETS = frozenset("•◦▪‣●○·")
_LIST_NUMBER = re.compile(r"\d{1,2}\.")
_ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|etc|e\.g|i\.e|No|Fig)|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z])\.$")
_SENTENCE_END = re.compile(r"(?<![.?!])[.?!]++[\"')\]”’]*+(?=\s+[\"'(\[“‘]?(?:[A-Z0-9]|[a-z]+[A-Z]))")


class Sentence(NamedTuple):
    """One sentence of a text: its 1-based number, its normalized words and the text as it stands."""

    number: int
    words: tuple[str, ...]
    verbatim: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.words)


class LedgerEntry(NamedTuple):
    """One sentence as the ledger holds it: no text, only where it stands and what it hashes to."""

    number: int
    section: str
    words: int
    fingerprint: str


class Mismatch(NamedTuple):
    """A ledger entry that a local copy does not contain at its place."""

    entry: LedgerEntry
    near: str
    """The first words that stand there instead; empty at the end of the text."""


def normalize(text: str) -> tuple[str, ...]:
    """The words that a fingerprint is taken over.

    Unicode NFKC, white space collapsed, quote and dash glyphs unified, bullets and list numbers
    dropped wherever they stand, case folded. Signs (`+ - < > %`), digits and every word are kept.
    """
    plain = text if text.isascii() else " ".join(map(_composed, text.translate(_GLYPHS).split()))
    words = plain.translate(_GLYPHS).casefold().split()
    return tuple(word for word in words if word not in _BULLETS and not _LIST_NUMBER.fullmatch(word))


def _composed(word: str) -> str:
    return unicodedata.normalize("NFKC", word) if len(word) <= MAX_WORD else word  # of marks on marks it takes for ever


def fingerprint(words: tuple[str, ...]) -> str:
    """SHA-256 of the normalized words joined by single spaces, shortened to 16 hex digits."""
    return sha256(" ".join(words).encode()).hexdigest()[:FINGERPRINT_DIGITS]


def sentences(text: str) -> list[Sentence]:
    """Every sentence of a text in order. A line break always ends a sentence; headings and bullets count."""
    found: list[Sentence] = []
    for line in text.splitlines():
        for piece in _split(line.strip()):
            words = normalize(piece)
            if words:
                found.append(Sentence(len(found) + 1, words, piece))
    return found


def _split(line: str) -> list[str]:
    pieces, start = [], 0
    for end in _SENTENCE_END.finditer(line):
        tail = line[max(start, end.end() - _TAIL) : end.end()]
        if _ABBREVIATION.search(tail) or (end.end() - start <= _TAIL and _LIST_NUMBER.fullmatch(tail.strip())):
            continue
        pieces.append(line[start : end.end()].strip())
        start = end.end()
    pieces.append(line[start:].strip())
    return [piece for piece in pieces if piece]


def verify(text: str, ledger: list[LedgerEntry]) -> tuple[dict[int, str], list[Mismatch]]:
    """Find every ledger entry in a text, in order, however its lines are broken.

    Returns:
        The verbatim words of each sentence that was found (by number), and the entries that were not.
    """
    raw = [(word, normalize(word)) for word in text.split()]
    spelled = [word for word, pieces in raw for _ in pieces]
    stream = _Stream([piece for _, pieces in raw for piece in pieces])
    found: dict[int, str] = {}
    missing: list[Mismatch] = []
    position = 0
    for index, entry in enumerate(ledger):
        if stream.has(entry, position):
            found[entry.number] = " ".join(spelled[position : position + entry.words])
            position += entry.words
            continue
        missing.append(Mismatch(entry, " ".join(spelled[position : position + 6])))
        position = stream.resynced(position, ledger[index + 1 : index + 1 + RESYNC_SENTENCES])
    return found, missing


class _Stream:
    """The words of a text in order, and the fingerprints that were taken of them."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._seen: dict[tuple[int, int], str] = {}

    def has(self, entry: LedgerEntry, position: int) -> bool:
        """Whether an entry stands at a place."""
        place = (position, entry.words)
        mark = self._seen.get(place)
        if mark is None:
            window = tuple(self._words[position : position + entry.words])
            if len(self._seen) > _MAX_SEEN:
                self._seen.clear()
            mark = self._seen[place] = fingerprint(window) if len(window) == entry.words else ""
        return mark == entry.fingerprint

    def resynced(self, position: int, following: list[LedgerEntry]) -> int:
        """Where the next entry that still matches begins, or the same place when none does."""
        ahead = sum(entry.words for entry in following) + 60
        for entry in following[:3]:
            for start in range(position, min(position + ahead, len(self._words))):
                if self.has(entry, start):
                    return start
        return position


def read_copy(path: Path) -> str:
    """A reader's copy of a text.

    Raises:
        UsageError: when it cannot be read.
    """
    try:
        return read_file(path, MAX_COPY).decode("utf-8-sig")
    except OSError as reason:
        raise UsageError(one("unreadable-file", str(path), f"cannot be read ({reason.strerror}).")) from None
    except UnicodeDecodeError as reason:
        raise UsageError(one("not-utf-8", str(path), f"is not UTF-8 text (byte {reason.start}).")) from None
