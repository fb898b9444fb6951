"""Where a knowledge pack stands: a `knowledge` and a `rules` folder, their files, and a digest of the content.

Every file that comes from outside is read here, as far as its limit and no further; every file that this program makes
is written here, whole or not at all.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import get_ident
from typing import NamedTuple

from mbc_explorer.errors import KnowledgeError, one

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "_data"
"""In an installed package, the place of the two folders."""
MAX_FILES = 1000
"""So many YAML files are read of a pack."""
MAX_FILE = 1024 * 1024
"""So many bytes are read of each."""
MAX_PACK = 8 * MAX_FILE
"""So many bytes are read of all of them."""
UNFINISHED: set[str] = set()
"""What is being written beside the file that it is to become; whoever ends the process takes it away."""


class TooLarge(OSError):
    """A file that holds more than is read."""

    def __init__(self, limit: int) -> None:
        super().__init__(0, f"it holds more than {size_text(limit)}")


class NotAFile(OSError):
    """A pipe, a device or a socket where a file is needed."""

    def __init__(self) -> None:
        super().__init__(0, "it is no file")


def size_text(number: int) -> str:
    """A number of bytes in the unit that fits: `64 KiB`."""
    return f"{number // MAX_FILE} MiB" if number >= MAX_FILE else f"{number // 1024} KiB"


def read_file(path: Path | str, limit: int, *, streams: bool = False) -> bytes:
    """What a file holds.

    Args:
        path: the file; a symbolic link is followed.
        limit: so many bytes are read at most.
        streams: also read a pipe or a device, as `--profile <(…)` is one.

    Raises:
        TooLarge: when it holds more.
        NotAFile: when it is no file, and streams are not read.
        OSError: when it cannot be read.
    """
    flags = getattr(os, "O_NOCTTY", 0) | (0 if streams else getattr(os, "O_NONBLOCK", 0))  # a pipe waits for a writer
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
        if not streams and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotAFile
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(limit)
    return content


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file whole or not at all; without a mode, one that is there keeps its permissions.

    Raises:
        OSError: when it cannot be written; then nothing of it is left.
    """
    beside = str(path.with_name(f".mbc-{os.getpid()}-{get_ident()}.part"))
    UNFINISHED.add(beside)
    try:
        with suppress(FileNotFoundError):
            os.unlink(beside)  # noqa: PTH108  of a process of this number that was killed
        with open(beside, "xb", opener=partial(os.open, mode=mode or 0o666)) as file:
            file.write(content)
        if mode is None and path.exists():
            os.chmod(beside, stat.S_IMODE(path.stat().st_mode))  # noqa: PTH101  the same
        os.replace(beside, path)  # noqa: PTH105  plain names can be taken away at any moment
    except BaseException:
        with suppress(OSError):  # where nothing can be written, nothing can be removed either
            os.unlink(beside)  # noqa: PTH108  the same
        raise
    finally:
        UNFINISHED.discard(beside)


class Folders(NamedTuple):
    """The two folders of a pack."""

    knowledge: Path
    rules: Path

    def files(self) -> list[tuple[str, Path]]:
        """Every file of the pack with its name within it, in a fixed order.

        Raises:
            KnowledgeError: when a folder cannot be listed, is a link to another, or holds more files than are read.
        """
        found = []
        for name, root in zip(("knowledge", "rules"), self, strict=True):
            for directory, folders, files in os.walk(root, onerror=_stop):
                inside = os.path.relpath(directory, root).replace(os.sep, "/")
                prefix = name if inside == "." else f"{name}/{inside}"
                linked = [folder for folder in folders if os.path.islink(f"{directory}/{folder}")]  # noqa: PTH114
                if linked:
                    text = "is a link to a folder, which is not followed; put the folder itself there."
                    raise KnowledgeError(one("linked-folder", f"{prefix}/{linked[0]}", text))
                found += [(f"{prefix}/{file}", Path(directory, file)) for file in files if file.endswith(".yaml")]
                if len(found) > MAX_FILES:
                    raise KnowledgeError(one("too-many-files", name, f"at most {MAX_FILES} files are read of a pack."))
        return sorted(found)

    def digest(self) -> str:
        """SHA-256 over the names and bytes of the files, shortened to 16 hex digits.

        Raises:
            KnowledgeError: when a file cannot be read, or the files are too large.
        """
        seen = sha256()
        left = MAX_PACK
        for name, path in self.files():
            try:
                content = read_file(path, MAX_FILE)
            except OSError as reason:
                raise KnowledgeError(one("unreadable-file", name, f"cannot be read ({reason.strerror}).")) from None
            left -= len(content)
            if left < 0:
                text = f"with this file the pack holds more than {size_text(MAX_PACK)}, and no more is read."
                raise KnowledgeError(one("too-large", name, text))
            seen.update(f"{name} {len(content)}\n".encode(errors="surrogateescape"))
            seen.update(content)
        return seen.hexdigest()[:16]


def _stop(reason: OSError) -> None:
    if isinstance(reason, FileNotFoundError):  # what is not there holds no file
        return
    raise KnowledgeError(one("unreadable-file", str(reason.filename), f"cannot be read ({reason.strerror})."))


def find_folders(directory: Path | None = None) -> Folders:
    """The folders of a pack in a directory, or those that this package ships or stands in.

    Raises:
        KnowledgeError: when the folders are not there, or cannot be reached.
    """
    root = directory or (DATA if DATA.is_dir() else PACKAGE.parents[1])
    folders = Folders(root / "knowledge", root / "rules")
    try:
        missing = [folder.name for folder in folders if not folder.is_dir()]
    except OSError as reason:  # a name that is too long, or a folder that may not be entered
        raise KnowledgeError(one("no-pack", str(root), f"cannot be read ({reason.strerror}).")) from None
    if missing:
        text = (
            f"there is no folder {' and no folder '.join(map(repr, missing))} here; a pack has 'knowledge' and 'rules'."
        )
        raise KnowledgeError(one("no-pack", str(root), text))
    return folders
