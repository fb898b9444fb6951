"""Coverage-guided fuzzing of every way in: `python3 tasks.py fuzz`, or this file with `--minutes NUMBER [WAY …]`.

Atheris (the extra `fuzz`) mutates inputs towards parts of the program that none has reached yet; where it cannot be
had, a plain loop does the same, slower, by the lines that are traced. It begins with the examples of this repository.
What breaks an answer (see `tests/hostile.py`) is printed and kept, and the exit code is 1. Where this is root, it goes
on as nobody, if nobody may run this Python.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT / "tests") not in sys.path:
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

WAYS = ("options", "profile", "facts", "completion", "pack", "text", "kept", "sentences")
LONGEST = {"profile": 70_000, "facts": 70_000, "text": 300_000, "sentences": 300_000, "kept": 60_000, "pack": 20_000}
SHORT = 2000
MEMORY_MIB = 2048
HANG = 60
SIGN = 128
"""From here on a byte is no letter of ASCII."""
SHAPED = 0.7
"""Of the changes to a document, the part that leaves it a document."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz every way in.")
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"some of {', '.join(WAYS)}; all by default")
    parser.add_argument("--minutes", type=float, default=5.0, help="for each way in (default: 5)")
    parser.add_argument("--keep", type=Path, help="where inputs are kept, to go on from (default: a new folder)")
    parser.add_argument("--seed", type=int, default=0, help="another seed; 0 is a fresh one")
    parser.add_argument("--alone", metavar="WAY", help=argparse.SUPPRESS)
    given = parser.parse_args()
    keep = (given.keep or Path(mkdtemp(prefix="mbc-fuzz-"))).resolve()
    if given.alone:
        return fuzz(given.alone, keep / given.alone, int(given.minutes * 60), given.seed)
    if wrong := set(given.ways) - set(WAYS):
        parser.error(f"no way in is called {', '.join(sorted(wrong))}")
    keep.mkdir(parents=True, exist_ok=True)
    leave_root(keep)
    ways = given.ways or WAYS
    print(f"{len(ways)} ways in, {given.minutes:g} minutes each; inputs in {keep}", flush=True)
    seed = given.seed or random.randrange(1, 2**31)

    def alone(way: str) -> bool:
        words = ["--alone", way, "--minutes", str(given.minutes), "--keep", str(keep), "--seed", str(seed)]
        ran = subprocess.run([sys.executable, __file__, *words], capture_output=True, text=True, check=False)
        said = ran.stdout + ran.stderr
        runs = re.search(r"number_of_executed_units: (\d+)|(\d+) runs without Atheris", said)
        told = f"{int(runs[1] or runs[2]):,} runs" if runs else "no run was counted"
        is_well = ran.returncode == 0 and runs is not None
        print(f"{way}: {told}, {'nothing broke' if is_well else 'BROKEN'}", flush=True)
        if not is_well:
            print("".join(line for line in said.splitlines(keepends=True) if not line.startswith("INFO")), flush=True)
        return is_well

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        well = list(pool.map(alone, ways))
    print("nothing broke" if all(well) else f"BROKEN; --seed {seed} goes the same way again")
    return 0 if all(well) else 1


NOBODY = 65534


def leave_root(keep: Path) -> None:
    """Go on as nobody where nobody may run this Python, in a folder that nobody owns."""
    if hasattr(os, "getuid") and os.getuid() == 0:
        try:
            subprocess.run(
                [sys.executable, "-c", "import mbc_explorer, yaml"],
                check=True,
                capture_output=True,
                user=NOBODY,
                group=NOBODY,
                extra_groups=(),
            )
        except (OSError, subprocess.CalledProcessError):
            print("Nobody may not run this Python: it stays root. Options that name files to write are left out.")
        else:
            os.chown(keep, NOBODY, NOBODY)
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
    os.environ.update(HOME=str(keep), XDG_CACHE_HOME=str(keep / "cache"), PYTHONDONTWRITEBYTECODE="1")
    os.environ.pop("MBC_CORPUS", None)


def fuzz(way: str, keep: Path, seconds: int, seed: int) -> int:
    """Fuzz one way in."""
    corpus, found, work = keep / "inputs", keep / "broken", keep / "work"
    for folder in (corpus, found, work):
        folder.mkdir(parents=True, exist_ok=True)
    os.chdir(work)
    import mbc_explorer

    try:
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        atheris = None
    if atheris is not None:
        with atheris.instrument_imports(include=["mbc_explorer"]):
            every(Path(mbc_explorer.__file__).parent)
    import hostile

    hostile.asked(["sources"], limit=HANG)  # keeps the shipped knowledge, which takes a while the first time
    give = hostile.ways_in(work)[way]
    for number, content in enumerate(hostile.seeds(work)[way]):
        (corpus / f"seed-{number:03}").write_bytes(content)
    if atheris is None:
        return plainly(way, give, keep, seconds, seed)
    trade = hostile.words_of_the_trade()
    words = keep / "words"
    words.write_bytes(b"".join(b'"%b"\n' % quoted(word) for word in trade))
    settings = [
        f"-max_total_time={seconds}", f"-max_len={LONGEST.get(way, SHORT)}", f"-artifact_prefix={found}/",
        f"-dict={words}",
        f"-rss_limit_mb={MEMORY_MIB}", f"-timeout={HANG}", f"-seed={seed}", "-verbosity=0", "-print_final_stats=1",
        "-len_control=0",
    ]  # fmt: skip

    def mutator(content: bytes, most: int, number: int) -> bytes:
        chance = random.Random(number)
        if way in hostile.DOCUMENTS and chance.random() < SHAPED:
            return hostile.reshaped(content, way, chance)[:most]
        if way == "options" and chance.random() < SHAPED:
            return hostile.rewritten(content, trade, chance)[:most]
        changed: bytes = atheris.Mutate(content, most)
        return changed

    atheris.Setup([sys.argv[0], str(corpus), *settings], give, custom_mutator=mutator)
    atheris.Fuzz()
    return 0


def every(package: Path) -> None:
    """Import every module of the package, so that none is reached without being watched."""
    from importlib import import_module

    for path in sorted(package.rglob("*.py")):
        name = ".".join(("mbc_explorer", *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__")
        if not name.endswith("__main__"):
            import_module(name)


def quoted(word: str) -> bytes:
    """A word as a dictionary of libFuzzer writes it."""
    return b"".join(
        bytes([byte]) if chr(byte).isalnum() and byte < SIGN else b"\\x%02x" % byte
        for byte in word.encode("utf-8", "surrogateescape")
    )


def plainly(way: str, give: Callable[[bytes], None], keep: Path, seconds: int, seed: int) -> int:
    """Mutate, run, keep what reaches a line that nothing reached before; without any library."""
    longest = LONGEST.get(way, SHORT)
    chance = random.Random(seed or None)
    reached: set[tuple[str, int]] = set()
    kept: list[bytes] = []
    waiting = [path.read_bytes() for path in sorted((keep / "inputs").iterdir())]
    package = str(ROOT / "src" / "mbc_explorer")
    runs = broken = 0

    def watch(frame: FrameType, event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(package):
            return None
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return watch

    end = monotonic() + seconds
    while waiting or monotonic() < end:
        content = waiting.pop() if waiting else mutated(kept, way, chance)[:longest]
        before = len(reached)
        sys.settrace(watch)
        try:
            give(content)
        except BaseException as error:
            sys.settrace(None)
            if isinstance(error, KeyboardInterrupt):
                raise
            broken += 1
            (keep / "broken" / f"broken-{broken:03}").write_bytes(content)
            print(f"{type(error).__name__}: {error}", flush=True)
        finally:
            sys.settrace(None)
        runs += 1
        if len(reached) > before or not kept:
            kept.append(content)
    print(f"{runs} runs without Atheris, {len(kept)} inputs kept, {len(reached)} lines reached, {broken} broken")
    return 1 if broken else 0


def mutated(kept: list[bytes], way: str, chance: random.Random) -> bytes:
    """One of the inputs, changed in a few places, or joined with another."""
    import hostile

    if way in hostile.DOCUMENTS and chance.random() < SHAPED:
        return hostile.reshaped(chance.choice(kept), way, chance)
    if way == "options" and chance.random() < SHAPED:
        return hostile.rewritten(chance.choice(kept), hostile.words_of_the_trade(), chance)
    content = bytearray(chance.choice(kept))
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(content))
        size = chance.choice([1, 1, 2, 4, 16, 64])
        other = chance.choice(kept)
        start = chance.randint(0, len(other))
        match chance.randrange(5):
            case 0:
                content[place : place + size] = chance.randbytes(size)
            case 1:
                del content[place : place + size]
            case 2:
                content[place:place] = other[start : start + size]
            case 3:
                content[place:] = other[start:]
            case _:
                content[place:place] = content[place : place + size] * chance.choice([2, 10, 100])
    return bytes(content)


if __name__ == "__main__":
    sys.exit(main())
