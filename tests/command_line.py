"""The command line as a user meets it: words and stdin in; exit code, stdout and stderr out."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SRC = Path(__file__).resolve().parents[1] / "src"
EXAMPLES = sorted((SRC.parent / "examples" / "profiles").glob("*.yaml"))
UNSET = ("MBC_CORPUS", "MBC_TRACEBACK", "NO_COLOR", "_MBC_COMPLETE")
"""Variables of whoever runs the tests that a command would heed."""


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def mbc(*words: str, stdin: bytes | None = b"", env: Mapping[str, str] | None = None) -> Ran:
    """Run `mbc` in this process, as its console script does, with streams that are no terminal.

    Args:
        words: the command line after `mbc`.
        stdin: the bytes on stdin; None where stdin is closed.
        env: variables set while it runs.
    """
    out, err = (io.BytesIO() for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8") if stdin is not None else None
    shown = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    told = io.TextIOWrapper(err, encoding="utf-8", write_through=True, errors="backslashreplace")
    with _variables(env or {}), _streams(["mbc", *words], given, shown, told):
        try:
            main()
            code: object = "main() returned"
        except SystemExit as stop:
            code = stop.code
        finally:
            gc.enable()
    assert isinstance(code, int), code
    return Ran(code, out.getvalue().decode(), err.getvalue().decode())


def process(*words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Ran:
    """Run `python -m mbc_explorer` as a process of its own."""
    done = subprocess.run(command(*words), input=stdin, capture_output=True, env=environment(env), check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def command(*words: str) -> list[str]:
    """The words that start `mbc` as a process."""
    return [sys.executable, "-m", "mbc_explorer", *words]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what a command would heed, with the package on the path."""
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return {**kept, "PYTHONPATH": str(SRC), **(more or {})}


@contextmanager
def _variables(env: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _streams(
    words: list[str], given: io.TextIOWrapper | None, out: io.TextIOWrapper, err: io.TextIOWrapper
) -> Iterator[None]:
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr
    sys.argv, sys.stdin, sys.stdout, sys.stderr = words, given, out, err
    try:
        yield
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = before
