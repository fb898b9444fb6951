"""Where a knowledge pack stands: a `knowledge` and a `rules` folder, their files, and a digest of the content."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from mbc_explorer.errors import KnowledgeError, one

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "_data"
"""In an installed package, the place of the two folders."""


class Folders(NamedTuple):
    """The two folders of a pack."""

    knowledge: Path
    rules: Path

    def files(self) -> list[tuple[str, Path]]:
        """Every file of the pack with its name within it, in a fixed order."""
        found = []
        for name, root in zip(("knowledge", "rules"), self, strict=True):
            for directory, _, files in os.walk(root):
                inside = os.path.relpath(directory, root).replace(os.sep, "/")
                prefix = name if inside == "." else f"{name}/{inside}"
                found += [(f"{prefix}/{file}", Path(directory, file)) for file in files if file.endswith(".yaml")]
        return sorted(found)

    def digest(self) -> str:
        """SHA-256 over the names and bytes of the files, shortened to 16 hex digits.

        Raises:
            KnowledgeError: when a file cannot be read.
        """
        seen = sha256()
        for name, path in self.files():
            try:
                content = path.read_bytes()
            except OSError as reason:
                raise KnowledgeError(one("unreadable-file", name, f"cannot be read ({reason.strerror}).")) from None
            seen.update(f"{name} {len(content)}\n".encode())
            seen.update(content)
        return seen.hexdigest()[:16]


def find_folders(directory: Path | None = None) -> Folders:
    """The folders of a pack in a directory, or those that this package ships or stands in.

    Raises:
        KnowledgeError: when the folders are not there.
    """
    root = directory or (DATA if DATA.is_dir() else PACKAGE.parents[1])
    folders = Folders(root / "knowledge", root / "rules")
    missing = [folder.name for folder in folders if not folder.is_dir()]
    if missing:
        text = (
            f"there is no folder {' and no folder '.join(map(repr, missing))} here; a pack has 'knowledge' and 'rules'."
        )
        raise KnowledgeError(one("no-pack", str(root), text))
    return folders
