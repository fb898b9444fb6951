"""Packs that a test may break: this checkout's, with the rules of one topic only so that each test is quick."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from mbc_explorer import load_catalog
from mbc_explorer.checks import Checked, check
from mbc_explorer.errors import KnowledgeError, Problem
from mbc_explorer.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path

SOURCE, TOPIC = "mnt-undated", "treatment"
"""Of this topic of this source the small pack has the rules."""


def make_small_pack(root: Path, folders: Folders) -> None:
    """The knowledge of all sources and the rules of one topic of one source.

    The sentences that the other rules point back to are left to the statements that these rested on.
    """
    shutil.copytree(folders.knowledge, root / "knowledge")
    (root / "rules" / SOURCE).mkdir(parents=True)
    for name in (f"{TOPIC}.yaml", f"{TOPIC}.cases.yaml"):
        shutil.copy(folders.rules / SOURCE / name, root / "rules" / SOURCE)
    context: dict[str, set[int]] = {}
    for rule in load_catalog().rules.values():
        context.setdefault(rule.statement, set()).update(anchor.number for anchor in rule.context)
    for path in (root / "knowledge/statements").glob("*/*.yaml"):
        if (path.parent.name, path.stem) != (SOURCE, TOPIC):
            first, *rows = path.read_text(encoding="utf-8").split("\n  - id: ")
            handed = [_with_context(row, context.get(f"{path.parent.name}.{row.splitlines()[0]}")) for row in rows]
            path.write_text("\n  - id: ".join([first, *handed]), encoding="utf-8")


def _with_context(row: str, numbers: set[int] | None) -> str:
    if not numbers or "\n    context: " in row:
        return row
    return row.replace("\n    sentences: ", f"\n    context: {sorted(numbers)}\n    sentences: ", 1)


class Copy:
    """A copy of the pack that a test may break."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders = Folders(root / "knowledge", root / "rules")

    def edit(self, file: str, old: str, new: str, after: str = "") -> None:
        """Put new words in the place of the first old ones that stand after a mark."""
        text = (self.root / file).read_text(encoding="utf-8")
        start = text.index(old, text.index(after))
        (self.root / file).write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8")

    def place(self, file: str, words: str, after: str = "") -> str:
        """file:line:column of the first such words after a mark, as the file stands now."""
        text = (self.root / file).read_text(encoding="utf-8")
        start = text.index(words, text.index(after))
        return f"{file}:{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"

    def paraphrase(self, file: str, after: str) -> str:
        """The first paraphrase after a mark."""
        text = (self.root / file).read_text(encoding="utf-8").split(after, 1)[1]
        return text.split("paraphrase: ", 1)[1].split("\n", 1)[0]

    def checked(self, corpus: Path | None = None) -> Checked:
        return check(self.folders, corpus)

    def problems(self, corpus: Path | None = None) -> list[Problem]:
        """Everything that is wrong, whether loading or a check finds it, in the order of files and lines."""
        try:
            found = self.checked(corpus).problems
        except KnowledgeError as error:
            found = list(error.problems)
        return sorted(found, key=lambda problem: (by_line(problem.where), problem.message))


def by_line(where: str) -> list[tuple[int, str]]:
    """A place in the order of its lines: numbers as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in where.split(":")]
