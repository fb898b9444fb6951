"""Every fingerprint of the ledgers against a local copy of the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mbc_explorer.corpus import LedgerEntry, read_copy, verify
from mbc_explorer.errors import Problem
from mbc_explorer.loading import Resolver

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.loading import Pack


def check_fingerprints(pack: Pack, catalog: Catalog, corpus: Path) -> tuple[int, list[Problem]]:
    """How many sentences were found where the ledgers say, and a problem for each that was not."""
    resolver = Resolver(pack)
    verified, problems = 0, []
    for loaded in pack.ledgers:
        source = catalog.sources[loaded.model.source]
        path = corpus / source.filename
        if not path.is_file():
            problems.append(Problem("missing-text", str(path), f"the text of {source.id} is not in the corpus."))
            continue
        rows = loaded.model.sentences
        ledger = [LedgerEntry(number, resolver.section(source.id, number), words, mark) for number, words, mark in rows]
        found, missing = verify(read_copy(path), ledger)
        verified += len(found)
        for mismatch in missing:
            entry = mismatch.entry
            used = [
                s.id
                for s in catalog.statements.values()
                if s.source == source.id and entry.number in [a.number for a in s.sentences]
            ]
            cited = f"; statements that rest on it: {', '.join(used)}" if used else ""
            message = (
                f"sentence {entry.number} of {source.id} (section {entry.section}, {entry.words} words, fingerprint "
                f"{entry.fingerprint}) is not in {source.filename} at its place{cited}."
            )
            problems.append(Problem("fingerprint", loaded.place("sentences", entry.number - 1), message))
    return verified, problems
