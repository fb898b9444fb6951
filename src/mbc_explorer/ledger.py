"""A local copy of the texts into the ledgers: one file a source, every sentence by number, word count and fingerprint.

No word of a text is written. A ledger is made once from the texts and committed; `mbc check --corpus` verifies it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.corpus import read_copy, sentences
from mbc_explorer.errors import OutputError, UsageError, one
from mbc_explorer.folders import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
# Every sentence of {source}: [number, words, fingerprint]. Written by `mbc ledger`; holds no text.
source: {source}
sentences:
"""


def ledger_text(source: str, text: str) -> str:
    """The ledger file of one text."""
    rows = (f'  - [{s.number}, {len(s.words)}, "{s.fingerprint}"]\n' for s in sentences(text))
    return _HEAD.format(source=source) + "".join(rows)


def write_ledgers(sources: list[Any], corpus: Path, target: Path) -> dict[str, int]:
    """Write a ledger for every source whose text is in the corpus.

    Args:
        sources: records with `id` and `filename`.
        corpus: the folder of the texts.
        target: the `ledger` folder.

    Returns:
        The number of sentences of each source.

    Raises:
        UsageError: naming every text that is not there or cannot be read, before anything is written.
        OutputError: when a file cannot be written.
    """
    missing = [source.filename for source in sources if not (corpus / source.filename).is_file()]
    if missing:
        raise UsageError(one("missing-text", str(corpus), f"these texts are not in the corpus: {', '.join(missing)}."))
    texts = {source.id: read_copy(corpus / source.filename) for source in sources}
    path = target
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = target / f"{name}.yaml"
            write_whole(path, ledger_text(name, text).encode())
    except OSError as reason:
        raise OutputError(one("unwritable-file", str(path), f"cannot be written ({reason.strerror}).")) from None
    return {name: len(sentences(text)) for name, text in texts.items()}
