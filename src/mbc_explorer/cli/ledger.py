"""`mbc ledger`: write the ledgers from a local copy of the texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Corpus, Knowledge, write_output
from mbc_explorer.errors import UsageError, one
from mbc_explorer.folders import find_folders
from mbc_explorer.report import DISCLAIMER

EPILOG = "Example:  mbc ledger --corpus texts --output ledgers"

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Where to write; the pack's own ledger folder.")
]


def ledger(*, corpus: Corpus = None, output: Output = None, knowledge: Knowledge = None) -> None:
    """Write one ledger a source: every sentence by number, word count and fingerprint. No word of a text is written."""
    from mbc_explorer.ledger import write_ledgers
    from mbc_explorer.loading import read_sources

    if corpus is None:
        raise UsageError(one("no-corpus", "--corpus", "say where your copy of the texts is, or set MBC_CORPUS."))
    folders = find_folders(knowledge)
    target = output or folders.knowledge / "ledger"
    for source, number in write_ledgers(read_sources(folders), corpus, target).items():
        write_output(f"{source}: {number} sentences", None)
    write_output(DISCLAIMER, None)


def command() -> Any:
    """The command."""
    return single(ledger, "ledger", EPILOG)
