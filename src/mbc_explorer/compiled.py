"""A catalog as one JSON file, so that YAML is read once: shipped in the wheel, or in the user's cache for a checkout.

The first line of the file says what it was made from and the hash of the rest. A file that is stale (any byte of the
knowledge, the rules or the compiling code differs), damaged, too large, another user's or open to others is not used,
and never an error. What the user himself puts there is trusted, as the program is, until it fails (`forget`).
"""

from __future__ import annotations

import json
import os
import re
import stat
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mbc_explorer.catalog import Catalog
from mbc_explorer.folders import DATA, PACKAGE, Folders, find_folders, read_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = DATA / "compiled.json"
MAX_KEPT = 16 * 1024 * 1024
"""So many bytes are read of a kept file; that of the shipped knowledge has one million."""
MOST_KEPT = 20
"""So many catalogs are kept in a cache folder, the newest."""
_KEPT_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}\.json")
_used: set[Path] = set()
_COMPILING = (
    "catalog", "compiled", "compiling", "condition", "corpus", "engine", "folders", "loading", "primes", "schema",
    "structure", "yaml_source",
)  # fmt: skip


def load_catalog(directory: Path | str | None = None, *, waiting: Callable[[], object] | None = None) -> Catalog:
    """The knowledge of this package, or of another pack of the same shape.

    Args:
        directory: holds the folders `knowledge` and `rules`; None for the pack that this package ships.
        waiting: called before YAML is compiled, which takes seconds; not where a kept catalog serves.

    Raises:
        KnowledgeError: when the pack is not there or not valid, with every problem.
    """
    folders = find_folders(Path(directory) if directory is not None else None)
    key = _key(folders)
    kept = SHIPPED if folders == (DATA / "knowledge", DATA / "rules") and SHIPPED.is_file() else _cache_file(key)
    found = _read(kept, key) if kept else None
    if found is not None:
        return found
    if waiting:
        waiting()
    catalog = _compile(folders)
    if kept and kept != SHIPPED and key.startswith(catalog.digest):  # no file was changed in the meantime
        _write(kept, key, catalog)
    return catalog


def write_compiled(knowledge: Path, rules: Path, target: Path) -> None:
    """Compile two folders into a file, for the build of the wheel.

    Raises:
        KnowledgeError: with every problem.
        OSError: when the file cannot be written.
    """
    folders = Folders(knowledge, rules)
    target.write_bytes(_file(_key(folders), _compile(folders)))


def _compile(folders: Folders) -> Catalog:
    from mbc_explorer.compiling import compile_catalog

    return compile_catalog(folders)


def _key(folders: Folders) -> str:
    """What a kept file was made from: the digest of the pack and of the code that compiles it."""
    code = sha256(b"".join((PACKAGE / f"{name}.py").read_bytes() for name in _COMPILING)).hexdigest()[:16]
    return f"{folders.digest()}-{code}"


def _cache_file(key: str) -> Path | None:
    """Where the catalog of a key is kept; None where the user has no cache folder."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:  # no home directory
        return None
    return home / "mbc-explorer" / f"{key}.json" if home.is_absolute() else None


def _read(path: Path, key: str) -> Catalog | None:
    """The catalog of a kept file, or None where the file is not to be used."""
    try:
        if path != SHIPPED and not _is_ours(path):
            return None
        head, _, body = read_file(path, MAX_KEPT).partition(b"\n")
        if json.loads(head) != {"key": key, "sha256": sha256(body).hexdigest()}:
            return None
        core, _, rest = body.partition(b"\n")
        found = Catalog(json.loads(core), partial(json.loads, rest))
    except Exception:  # unreadable, damaged, of brackets without end; or whole, and yet no catalog
        return None
    if path != SHIPPED:
        _used.add(path)
    return found


def _is_ours(path: Path) -> bool:
    """Whether nobody but the user can have written a file."""
    state = path.stat()
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)


def forget() -> bool:
    """Take away every kept file that was used in this process, so that its catalog is made anew; whether there was any.

    For whoever meets something in a catalog that cannot be.
    """
    used = list(_used)
    _used.clear()
    for path in used:
        with suppress(OSError):
            path.unlink()
    return bool(used)


def _file(key: str, catalog: Catalog) -> bytes:
    """A header line, then what a report needs in one line and the rest in another."""
    parts = (json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in catalog.plain())
    body = "\n".join(parts).encode()
    return json.dumps({"key": key, "sha256": sha256(body).hexdigest()}).encode() + b"\n" + body


def _write(path: Path, key: str, catalog: Catalog) -> None:
    """Keep a catalog, whole or not at all; where the folder cannot be written or there is no home, go without."""
    folder = path.parent
    with suppress(OSError):
        if not folder.parent.parent.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            _sweep(folder)
        write_whole(path, _file(key, catalog), 0o600)
        _thin_out(folder, path)


def _sweep(folder: Path) -> None:
    """Take away what processes that were killed left half-written; what cannot be taken away stays."""
    for part in folder.glob(".mbc-*.part"):
        number = part.name.split("-")[1]
        if number.isdecimal() and hasattr(os, "getuid"):
            with suppress(OSError):
                if not _runs(int(number)):
                    part.unlink()


def _runs(number: int) -> bool:
    """Whether there is a process of a number, whoever's it is."""
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _thin_out(folder: Path, newest: Path) -> None:
    """Take away the oldest kept catalogs, where there are more than are kept; nothing that is not ours."""
    others = []
    for path in folder.iterdir():
        with suppress(OSError):  # another process may take it away at any moment
            state = path.lstat()
            if _KEPT_NAME.fullmatch(path.name) and stat.S_ISREG(state.st_mode) and path != newest and _is_ours(path):
                others.append((state.st_mtime_ns, path))
    for _, path in sorted(others, reverse=True)[MOST_KEPT - 1 :]:
        with suppress(OSError):
            path.unlink()
