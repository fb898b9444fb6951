"""The words of the texts, from a copy that the reader owns, beside what we say of them; and links to the passage."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mbc_explorer.corpus import LedgerEntry, read_copy, verify

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]
FRAGMENT_WORDS = 5
"""A link names the first and the last words of a sentence."""


def with_verbatim(catalog: Catalog, entry: Plain, corpus: Path | None) -> Plain:
    """An entry of a sentence or statement with the sentences themselves, and where an address is known a link to each.

    Without a corpus, or for any other kind, the entry as it was.
    """
    if corpus is None or entry["kind"] not in ("sentence", "statement"):
        return entry
    if entry["kind"] == "sentence":
        source, _, number = entry["id"].partition(":")
        numbers = [int(number)]
    else:
        statement = catalog.statements[entry["id"]]
        source, numbers = statement.source, [anchor.number for anchor in statement.sentences]
    found = sentences_of(catalog, source, corpus)
    verbatim: list[Plain] = [{"number": number, "text": found[number]} for number in numbers if number in found]
    url = catalog.sources[source].url
    addresses = [passage(url, row["text"]) for row in verbatim] if url else []
    return {**entry, "verbatim": verbatim, **({"addresses": addresses} if addresses else {})}


@lru_cache(maxsize=8)
def sentences_of(catalog: Catalog, source: str, corpus: Path) -> dict[int, str]:
    """Every sentence of a source that the corpus holds, by number. Empty where the text is absent."""
    path = corpus / catalog.sources[source].filename
    if not path.is_file():
        return {}
    rows = catalog.sentences[source]
    ledger = [LedgerEntry(number, row.section, row.words, row.fingerprint) for number, row in enumerate(rows, 1)]
    return verify(read_copy(path), ledger)[0]


def passage(url: str, text: str) -> str:
    """The address of a passage: the page with a text fragment that names its first and last words."""
    words = text.lstrip("•-– ").split()
    if len(words) <= 2 * FRAGMENT_WORDS:
        return f"{url}#:~:text={quote(' '.join(words), safe='')}"
    first, last = " ".join(words[:FRAGMENT_WORDS]), " ".join(words[-FRAGMENT_WORDS:])
    return f"{url}#:~:text={quote(first, safe='')},{quote(last, safe='')}"
