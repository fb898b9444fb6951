"""A hostile system: what is no file, no rights, a full disk, readers that go, interrupts, two at once.

Long runs of the same stand behind the mark `fuzz`: `python3 tasks.py fuzz` runs them, the tests do not.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hostile
from command_line import Ran, command, environment, mbc, process
from mbc_explorer import KnowledgeError, load_catalog
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.cli.options import catalog_of
from mbc_explorer.compiled import MAX_KEPT, forget
from mbc_explorer.errors import UsageError
from mbc_explorer.folders import UNFINISHED, NotAFile, TooLarge, find_folders, read_file, write_whole
from mbc_explorer.ledger import write_ledgers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and capabilities")
LONG = [
    ["explore", "--all", "--details"], ["explore", "--json"], ["explore", "--format", "markdown"], ["profile"],
    ["profile", "--json"], ["profile", "--template"], ["show", "trastuzumab", "--all"], ["search", "hormone therapy"],
    ["differences"], ["differences", "--json"], ["matrix"], ["matrix", "--format", "csv"], ["grid"], ["map"],
    ["map", "--format", "svg"], ["timeline", "olaparib"], ["coverage"], ["agents"], ["categories"], ["glossary"],
    ["sources"], ["schema"], ["why", "letrozole", "--er=+"], ["why-not", "olaparib", "--er=+"], ["missing"],
    ["what-if", "--er=+", "--set", "er=-"], ["nearest", "olaparib", "--er=+"], ["pairs", "olaparib"],
    ["readings", "tamoxifen"], ["compare", os.devnull, "-"], ["--help"], ["explore", "--help"], ["--version"],
    ["check", "--knowledge", "SMALL"],
]  # fmt: skip
"""Every command with an answer that is long, or as long as it has one."""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small pack, in a folder of its own, with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return hostile.write_pack(tmp_path / "pack")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The small pack, for commands that do not change it."""
    return str(hostile.write_pack(tmp_path_factory.mktemp("small")))


def told(folder: Path) -> list[str]:
    """What is told of a pack that does not load."""
    with pytest.raises(KnowledgeError) as caught:
        load_catalog(folder)
    return str(caught.value).splitlines()


# Files that are none


def a_loop(place: Path) -> None:
    place.symlink_to(place.name)


def a_link_to_nowhere(place: Path) -> None:
    place.symlink_to("nowhere")


def a_link_to_zeros(place: Path) -> None:
    place.symlink_to("/dev/zero")


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


def a_folder(place: Path) -> None:
    place.mkdir()


NO_FILES: dict[Callable[[Path], None], str] = {
    a_loop: "Too many levels of symbolic links",
    a_link_to_nowhere: "No such file or directory",
    a_link_to_zeros: "it is no file",
    a_pipe: "it is no file",
}


@pytest.mark.parametrize("make", NO_FILES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", ["knowledge/glossary.yaml", "rules/leaflet/more.yaml"])
def test_what_is_no_file_in_a_pack_is_refused_at_once(name: str, make: Callable[[Path], None], pack: Path) -> None:
    """A loop of links, a device, a pipe that nobody writes to: named, never read, never waited for."""
    (pack / name).unlink(missing_ok=True)
    make(pack / name)
    assert told(pack) == [f"{name}: cannot be read ({NO_FILES[make]})."]


def test_a_folder_with_a_files_name_is_no_file_of_a_pack(pack: Path) -> None:
    """A folder that is called like a file is walked through like any other, and needs no reading."""
    (pack / "rules/leaflet/more.yaml").mkdir()
    assert load_catalog(pack).rules


def test_a_linked_folder_in_a_pack_is_refused_and_a_linked_pack_is_read(pack: Path, tmp_path: Path) -> None:
    """What is behind a link inside a pack would not count for its digest: refused. The pack itself may be linked."""
    (tmp_path / "elsewhere").symlink_to(pack)
    assert load_catalog(tmp_path / "elsewhere").digest == load_catalog(pack).digest
    (pack / "rules/more").symlink_to(pack / "rules/poster")
    text = "is a link to a folder, which is not followed; put the folder itself there."
    assert told(pack) == [f"rules/more: {text}"]
    (pack / "rules/more").unlink()
    (pack / "knowledge/statements/round").symlink_to("..")
    assert told(pack) == [f"knowledge/statements/round: {text}"]


@pytest.mark.parametrize("make", [a_loop, a_link_to_nowhere, a_folder], ids=lambda make: make.__name__)
def test_what_is_no_file_is_no_profile(make: Callable[[Path], None], tmp_path: Path) -> None:
    """The system's reason is told for a profile that is no file."""
    make(tmp_path / "case.yaml")
    ran = mbc("explore", "--profile", str(tmp_path / "case.yaml"))
    assert (ran.code, "cannot be read (" in ran.err) == (2, True)


def test_a_pipe_is_a_profile() -> None:
    """`--profile <(…)` is read, a pipe without end is not."""
    for source, code in (("printf 'er_status: positive'", 0), ("yes er_status:", 2)):
        line = f"{sys.executable} -m mbc_explorer explore --option letrozole --profile <({source})"
        ran = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False, timeout=60)
        assert ran.returncode == code, ran.stderr
        assert code == 0 or b"it holds more than 64 KiB" in ran.stderr


def test_an_answer_is_written_through_a_link_and_not_in_the_place_of_a_loop(tmp_path: Path) -> None:
    """A link to a file, or to where one can be, leads to it; a loop of links is refused and stays."""
    (tmp_path / "link").symlink_to("answer")
    assert mbc("explore", "--output", str(tmp_path / "link")).code == 0
    assert (tmp_path / "answer").read_text() == mbc("explore").out
    a_loop(tmp_path / "loop")
    ran = mbc("explore", "--output", str(tmp_path / "loop"))
    assert (ran.code, "cannot be written (Too many levels of symbolic links)." in ran.err) == (2, True)
    assert (tmp_path / "loop").is_symlink()


@pytest.mark.parametrize("make", [a_link_to_zeros, a_pipe, a_folder, a_loop], ids=lambda make: make.__name__)
def test_what_is_no_file_is_no_copy_of_a_text(make: Callable[[Path], None], pack: Path, tmp_path: Path) -> None:
    """A device, a pipe or a folder in the place of a text is told to be missing, and never read."""
    make(tmp_path / "leaflet.txt")
    words = ["--corpus", str(tmp_path), "--knowledge", str(pack)]
    ran = mbc("ledger", *words, "--output", str(tmp_path / "made"))
    assert (ran.code, "leaflet.txt" in ran.err) == (2, True)
    assert mbc("show", "leaflet:1", *words).code == 0


@pytest.mark.parametrize("name", ["a\nb.yaml", "\x1b[31m.yaml", "\udcff.yaml", "a:²:3.yaml", "\u202e.yaml"], ids=ascii)
def test_a_file_of_any_name_in_a_pack_is_told_visibly(name: str, pack: Path) -> None:
    """Names that no terminal takes well: the file counts for the digest, and its error is one line without an act."""
    before = load_catalog(pack).digest
    (pack / "rules/leaflet" / name).write_text("source: leaflet\nrules: []\n")
    assert load_catalog(pack).digest != before
    (pack / "rules/leaflet" / name).write_text("source: [\n")
    (line,) = told(pack)
    assert line.isprintable()
    assert mbc("sources", "--knowledge", str(pack)).code == 1


def test_a_file_that_vanishes_is_told(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was listed and is gone when it is read is an error of the pack; nothing of it is kept."""
    import mbc_explorer.folders as module

    whole = module.read_file

    def read(path: Path | str, limit: int, *, streams: bool = False) -> bytes:
        if str(path).endswith("glossary.yaml"):
            Path(path).unlink()
        return whole(path, limit, streams=streams)

    monkeypatch.setattr(module, "read_file", read)
    assert told(pack) == ["knowledge/glossary.yaml: cannot be read (No such file or directory)."]


def test_a_pack_that_changes_while_it_is_read_is_not_kept(pack: Path, tmp_path: Path) -> None:
    """Between the key of a pack and its reading a file may change: what was read is not kept under the older key."""
    import mbc_explorer.compiled as module

    folders = find_folders(pack)
    older = module._key(folders)
    with (pack / "knowledge/glossary.yaml").open("a") as file:
        file.write("# changed\n")
    newer = module._compile(folders)
    assert not older.startswith(newer.digest)
    assert module._key(folders).startswith(newer.digest)
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_a_file_is_read_as_far_as_its_limit(tmp_path: Path) -> None:
    """A file of the limit is read, one byte more is refused, and so is what is no file."""
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1024)
    assert read_file(file, 1024) == b"x" * 1024
    with pytest.raises(TooLarge, match="it holds more than 0 KiB"):
        read_file(file, 1023)
    with pytest.raises(NotAFile):
        read_file("/dev/null", 10)
    assert read_file("/dev/null", 10, streams=True) == b""
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, 10)


# Rights


def without_rights() -> None:
    """Give up what lets root read and write whatever it likes; run in a process before it becomes `mbc`."""
    import ctypes

    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def unprivileged(*words: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """Run `mbc` as somebody to whom the rights of files apply."""
    drop = without_rights if os.getuid() == 0 else None
    done = subprocess.run(
        command(*words), env=environment(env), capture_output=True, preexec_fn=drop, check=False, cwd=cwd, timeout=120
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Callable[[Path, int], Path]]:
    """Close files and folders; they are opened again at the end."""
    if sys.platform != "linux":
        pytest.skip("needs capabilities")
    probe = tmp_path / "probe"
    probe.write_text("x")
    probe.chmod(0)
    drop = without_rights if os.getuid() == 0 else None
    if subprocess.run(["cat", str(probe)], capture_output=True, preexec_fn=drop, check=False).returncode == 0:
        pytest.skip("rights of files do not apply here")
    changed: list[Path] = []

    def close(path: Path, mode: int = 0) -> Path:
        path.chmod(mode)
        changed.append(path)
        return path

    yield close
    for path in reversed(changed):
        path.chmod(0o700)


def test_what_may_not_be_read_is_told(closed: Callable[..., Path], pack: Path, tmp_path: Path) -> None:
    """A profile, a file of a pack, a folder of a pack and a copy of a text without the right to read them."""
    case, copy = tmp_path / "case.yaml", tmp_path / "leaflet.txt"
    case.write_text("er_status: positive")
    copy.write_text("text")
    (tmp_path / "poster.txt").write_text("text")
    denied = "cannot be read (Permission denied)."
    ran = unprivileged("explore", "--profile", str(closed(case)))
    assert (ran.code, f"{case}: {denied}" in ran.err) == (2, True)
    closed(copy)
    for words in (["show", "leaflet:1"], ["coverage"], ["check"], ["ledger", "--output", str(tmp_path / "made")]):
        ran = unprivileged(*words, "--corpus", str(tmp_path), "--knowledge", str(pack))
        assert (ran.code, f"{copy}: {denied}" in ran.err) == (2, True), ran
    assert not (tmp_path / "made").exists()
    closed(pack / "knowledge/glossary.yaml")
    ran = unprivileged("sources", "--knowledge", str(pack))
    assert (ran.code, f"knowledge/glossary.yaml: {denied}" in ran.err) == (1, True)
    (pack / "knowledge/glossary.yaml").chmod(0o600)
    closed(pack / "rules/poster")
    ran = unprivileged("sources", "--knowledge", str(pack))
    assert (ran.code, f"{pack}/rules/poster: {denied}" in ran.err) == (1, True)


def test_what_may_not_be_written_is_told(closed: Callable[..., Path], tmp_path: Path) -> None:
    """A folder without the right to write: no answer is written, none is lost in silence, no part stays."""
    folder = tmp_path / "folder"
    folder.mkdir()
    closed(folder, 0o500)
    ran = unprivileged("explore", "--output", str(folder / "answer"))
    assert (ran.code, ran.err.endswith("cannot be written (Permission denied).\n")) == (2, True)
    ran = unprivileged("coverage", "--html", str(folder / "page"))
    assert (ran.code, "cannot be written (Permission denied)." in ran.err) == (2, True)
    ran = unprivileged("--install-completion", "bash", env={"HOME": str(folder)})
    assert (ran.code, "defect" in ran.err, "Permission denied" in ran.err) == (2, False, True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o500])
@pytest.mark.parametrize("folder", ["", ".cache/mbc-explorer"], ids=["home", "cache"])
def test_a_home_that_may_not_be_written_does_no_harm(
    mode: int, folder: str, closed: Callable[..., Path], tmp_path: Path, pack: Path
) -> None:
    """Without the right to write, list or enter the home or the cache, the answer is the same, and nothing is said."""
    place = tmp_path / "home" / folder
    place.mkdir(parents=True)
    closed(place, mode)
    env = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": ""}
    ran = unprivileged("sources", "--knowledge", str(pack), env=env)
    assert (ran.code, ran.err) == (0, "")
    place.chmod(0o700)
    assert list(place.iterdir()) == []


def test_a_kept_file_that_others_may_write_is_not_used(pack: Path, tmp_path: Path) -> None:
    """The kept file is for its owner alone; where its group or all may write to it, it is made anew."""
    load_catalog(pack)
    (kept,) = (tmp_path / "cache").glob("*/*.json")
    assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    before = kept.stat().st_ino
    for mode in (0o660, 0o602):
        kept.chmod(mode)
        load_catalog(pack)
        assert (kept.stat().st_ino != before, stat.S_IMODE(kept.stat().st_mode) & 0o022) == (True, 0)
        before = kept.stat().st_ino


# Streams


@pytest.mark.parametrize("words", LONG, ids=" ".join)
def test_a_reader_that_goes_away_ends_every_command_in_silence(words: list[str], small: str) -> None:
    """`mbc … | head` ends with 141 and says nothing, whatever the command; `check` has its warning said before."""
    given = [small if word == "SMALL" else word for word in words]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            command(*given), stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, env=environment(),
            check=False, timeout=120,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert ran.returncode == 141
    assert ran.stderr in (
        b"",
        b"Fingerprints and copied words were not checked: no corpus (--corpus DIR or MBC_CORPUS).\n",
    )


def test_every_command_is_read_and_left() -> None:
    """The commands that are tried so are all that there are, but the one that writes files."""
    assert {words[0] for words in LONG if not words[0].startswith("-")} == set(COMMANDS) - {"ledger"}


FULL = [["explore"], ["profile", "--json"], ["--help"], ["--version"], ["matrix", "--format", "csv"], ["map"], ["nope"]]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", FULL, ids=" ".join)
def test_a_full_disk_is_told_where_it_can_be(words: list[str]) -> None:
    """Standard output, standard error and both on a full disk: the exit code says it, and no traceback."""
    line = " ".join(command(*words))
    for redirection, code in (
        (">/dev/full", 2),
        ("2>/dev/full", 2 if words == ["nope"] else 0),
        (">/dev/full 2>&1", 2),
    ):
        ran = subprocess.run(["sh", "-c", f"{line} {redirection}"], capture_output=True, env=environment(), check=False)
        assert (ran.returncode, b"Traceback" in ran.stderr, b"defect" in ran.stderr) == (code, False, False)
    ran = subprocess.run(["sh", "-c", f"{line} >/dev/full"], capture_output=True, env=environment(), check=False)
    assert b"No space left on device" in ran.stderr or words == ["nope"]


def test_a_disk_that_fills_leaves_nothing_half_written(tmp_path: Path, pack: Path) -> None:
    """Where a file grows too large for its disk, what was there stays, and the cache is done without."""
    target = tmp_path / "answer"
    target.write_text("old")
    line = f"ulimit -f 4; {' '.join(command('explore', '--knowledge', str(pack), '--all', '--format', 'markdown'))}"
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = subprocess.run(
        ["sh", "-c", f"{line} --details --output {target}; {line} --output {tmp_path / 'new'}; true"],
        capture_output=True, env=environment(env), check=False,
    )  # fmt: skip
    assert b"Traceback" not in ran.stderr
    assert target.read_text() in ("old", (tmp_path / "new").read_text() if (tmp_path / "new").exists() else "old")
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "cache").rglob("*.json"))


@pytest.mark.parametrize("closing", ["0<&- 1>&- 2>&-", "0<&-", "1>&- 2>&-"])
def test_closed_streams_do_not_reach_into_files(closing: str, tmp_path: Path) -> None:
    """Where streams are closed, a file that takes their number holds the answer and nothing else."""
    target = tmp_path / "answer"
    line = " ".join(command("explore", "--json", "--output", str(target)))
    ran = subprocess.run(["sh", "-c", f"{line} {closing}"], capture_output=True, env=environment(), check=False)
    assert ran.returncode == 0
    assert json.loads(target.read_text())["disclaimer"]


# Writing


def test_a_file_that_is_replaced_keeps_its_rights(tmp_path: Path) -> None:
    """An answer that only its owner may read stays so when it is written again; a new one has the usual rights."""
    target = tmp_path / "answer"
    for mode in (0o600, 0o640, 0o444):
        target.write_text("old") if not target.exists() else None
        target.chmod(mode)
        assert mbc("explore", "--json", "--output", str(target)).code == 0
        assert stat.S_IMODE(target.stat().st_mode) == mode
    usual = tmp_path / "usual"
    usual.write_text("")
    assert mbc("explore", "--json", "--output", str(tmp_path / "new")).code == 0
    assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode


def test_a_link_that_lies_in_wait_is_not_written_through(tmp_path: Path) -> None:
    """A file of another name is made beside the answer; whoever guesses its name has it replaced, not followed."""
    prey, target = tmp_path / "prey", tmp_path / "answer"
    prey.write_text("precious")
    guessed = tmp_path / f".mbc-{os.getpid()}-{__import__('threading').get_ident()}.part"
    guessed.symlink_to(prey)
    write_whole(target, b"answer")
    assert (prey.read_text(), target.read_text()) == ("precious", "answer")
    assert not guessed.is_symlink()
    assert not UNFINISHED


def test_a_ledger_is_written_whole_or_not_at_all(pack: Path, tmp_path: Path) -> None:
    """A ledger that cannot be written is a clear error, and the one that is there stays as it was."""
    from mbc_explorer.loading import read_sources

    for name, text in hostile.TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text)
    sources = read_sources(find_folders(pack))
    made = tmp_path / "made"
    assert write_ledgers(sources, tmp_path, made) == {"leaflet": 2, "poster": 2}
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    (tmp_path / "poster.txt").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        write_ledgers(sources, tmp_path, made)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before
    for name in hostile.TEXTS:
        (tmp_path / f"{name}.txt").write_text("x")
    for place in (tmp_path / "poster.txt", Path("/proc/nowhere"), Path("/dev/null/x")):
        with pytest.raises(UsageError, match="cannot be written"):
            write_ledgers(sources, tmp_path, place)


def test_two_that_write_one_answer_both_write_it_whole(tmp_path: Path) -> None:
    """Processes that write to one file at once: it holds the whole answer of one of them, and no part stays."""
    target = tmp_path / "answer"
    words = ("explore", "--json", "--output", str(target))
    running = [subprocess.Popen(command(*words), env=environment(), stderr=subprocess.PIPE) for _ in range(4)]
    assert [one.communicate()[1] for one in running] == [f"wrote {target}\n".encode()] * 4
    assert json.loads(target.read_text())["disclaimer"]
    assert list(tmp_path.iterdir()) == [target]


# Interrupts


def until_ready(running: subprocess.Popen[bytes]) -> bool:
    """Wait until a process has its own way to end, which is the first thing that it sees to; whether it still runs."""
    caught = 1 << (signal.SIGTERM - 1)
    while running.poll() is None:
        try:
            text = Path(f"/proc/{running.pid}/status").read_text(encoding="ascii")
        except OSError:
            return False
        if int(text.partition("SigCgt:")[2].split()[0], 16) & caught:
            return True
    return False


def interrupted(words: list[str], delay: float, number: int, **more: Any) -> tuple[int, bytes]:
    """Interrupt a command some time after it has begun; its exit code and what it said."""
    running = subprocess.Popen(
        command(*words), env=environment(more.pop("env", None)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **more,
    )  # fmt: skip
    if until_ready(running):
        time.sleep(delay)
        running.send_signal(number)
    _, err = running.communicate(timeout=120)
    return running.returncode, err


def interrupt_often(times: int, tmp_path: Path, pack: Path, seed: int) -> list[int]:
    """Interrupt runs at random moments; what is left of each must be whole. The exit codes."""
    chance = random.Random(seed)
    target = tmp_path / "answer"
    words = ["explore", "--all", "--knowledge", str(pack), "--output", str(target)]
    assert process(*words).code == 0
    whole = {"old", target.read_text()}
    codes = []
    for turn in range(times):
        cold = turn % 3 == 0
        if cold:
            shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        number = chance.choice([signal.SIGINT, signal.SIGINT, signal.SIGTERM])
        target.write_text("old")
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if cold else {}
        code, err = interrupted(words, chance.uniform(0, 0.6), number, env=env)
        assert code in (0, 128 + number), err
        assert err in (b"", f"wrote {target}\n".encode())
        assert target.read_text() in whole
        assert not list(tmp_path.rglob("*.part"))
        codes.append(code)
    return codes


@LINUX
def test_an_interrupt_at_any_moment_ends_in_silence_and_leaves_nothing_half_written(tmp_path: Path, pack: Path) -> None:
    """SIGINT and SIGTERM at random moments, with and without a kept catalog: 130 or 143, nothing said, nothing left."""
    codes = interrupt_often(18, tmp_path, pack, seed=7)
    assert {130, 143} & set(codes)


def test_an_interrupt_while_modules_are_imported_ends_the_same_way() -> None:
    """A module that is half imported has nothing to take away yet."""
    code = (
        "import sys, types, signal; from mbc_explorer.__main__ import _end;"
        "sys.modules['mbc_explorer.folders'] = types.ModuleType('half'); _end(signal.SIGTERM, None)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (143, b"")


@LINUX
@pytest.mark.fuzz
def test_interrupts_by_the_hundred(tmp_path: Path, pack: Path) -> None:
    """The same, often, at other moments."""
    codes = interrupt_often(400, tmp_path, pack, seed=int(time.time()))
    assert {130, 143} <= set(codes)


@LINUX
def test_an_interrupt_that_was_to_be_ignored_is_ignored() -> None:
    """In the background of a shell, or under `nohup`, signals that are ignored stay so."""

    line = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command("explore", "--profile", "-")]
    pipe = subprocess.PIPE
    running = subprocess.Popen(line, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe)
    assert until_ready(running)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(b"er_status: positive")
    assert (running.returncode, err) == (0, b"")
    assert out


# The cache


def killed_while_filling(times: int, pack: Path, cache: Path, seed: int) -> None:
    """Two processes fill an empty cache, one of them killed at a random moment; whoever comes next is right."""
    chance = random.Random(seed)
    wanted = process("sources", "--json", "--knowledge", str(pack)).out
    words = command("sources", "--json", "--knowledge", str(pack))
    env = environment({"XDG_CACHE_HOME": str(cache)})
    for _ in range(times):
        shutil.rmtree(cache, ignore_errors=True)
        first, second = (
            subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
        )
        time.sleep(chance.uniform(0.15, 0.7))
        first.kill()
        first.communicate()
        out, err = second.communicate()
        assert (second.returncode, out.decode(), err) == (0, wanted, b"")
        again = subprocess.run(words, env=env, capture_output=True, check=False)
        assert (again.returncode, again.stdout.decode(), again.stderr) == (0, wanted, b"")
        kept = [path for path in cache.rglob("*") if path.is_file()]
        assert [path.suffix for path in kept if path.suffix != ".part"] == [".json"]


def test_two_that_fill_the_cache_and_one_that_is_killed_do_no_harm(pack: Path, tmp_path: Path) -> None:
    """A kill in the middle leaves the other its answer, and at most a part that the next writer takes away."""
    killed_while_filling(4, pack, tmp_path / "cache", seed=3)


@pytest.mark.fuzz
def test_kills_by_the_hundred(pack: Path, tmp_path: Path) -> None:
    """The same, often."""
    killed_while_filling(100, pack, tmp_path / "cache", seed=int(time.time()))


def test_what_a_killed_process_left_is_taken_away(pack: Path, tmp_path: Path) -> None:
    """A part of a process that is gone is removed by the next that keeps a catalog; of one that runs it is left."""
    cache = tmp_path / "cache" / "mbc-explorer"
    cache.mkdir(parents=True)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive, odd = (cache / f".mbc-{name}-1.part" for name in (gone.pid, os.getppid(), "x"))
    for part in (dead, alive, odd):
        part.write_text("half")
    load_catalog(pack)
    assert [part.exists() for part in (dead, alive, odd)] == [False, True, True]


def test_a_part_that_cannot_be_taken_away_stops_no_keeping(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder with the name of a part, or the part of a process of another user, stays; the catalog is kept."""
    cache = tmp_path / "cache" / "mbc-explorer"
    folder, others, dead = (cache / f".mbc-{number}-5.part" for number in (999999999, 1, 999999998))
    folder.mkdir(parents=True)
    others.write_text("half")
    dead.write_text("half")

    def may_not(number: int, _: int) -> None:
        raise PermissionError if number == 1 else ProcessLookupError

    monkeypatch.setattr(os, "kill", may_not)
    load_catalog(pack)
    assert [part.exists() for part in (folder, others, dead)] == [True, True, False]
    assert len(list(cache.glob("*.json"))) == 1


@pytest.mark.parametrize("make", [a_link_to_zeros, a_pipe, a_folder, a_loop], ids=lambda make: make.__name__)
def test_what_is_no_file_is_no_kept_catalog(make: Callable[[Path], None], pack: Path, tmp_path: Path) -> None:
    """A device, a pipe, a folder or a loop in the place of the kept file is not read and does no harm."""
    load_catalog(pack)
    (kept,) = (tmp_path / "cache").glob("*/*.json")
    kept.unlink()
    make(kept)
    assert load_catalog(pack).rules


def test_a_huge_kept_file_is_not_read(pack: Path, tmp_path: Path) -> None:
    """A kept file beyond its limit is made anew, in little memory: a hole of a terabyte is never read."""
    load_catalog(pack)
    (kept,) = (tmp_path / "cache").glob("*/*.json")
    whole = kept.read_bytes()
    for size in (MAX_KEPT + 1, 1 << 40):
        with kept.open("r+b") as file:
            file.truncate(size)
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        ran = subprocess.run(
            command("sources", "--knowledge", str(pack)), env=environment(env), capture_output=True, check=False,
            preexec_fn=hostile.limits(),
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert kept.read_bytes() == whole


def test_a_kept_catalog_that_fails_is_made_anew(pack: Path, tmp_path: Path) -> None:
    """A file with the right hash and wrong types deep inside: the answer is right, the file is replaced, or it is told.

    Of what no answer touches, nothing can be known.
    """
    right = mbc("show", "pill", "--all", "--knowledge", str(pack))
    (kept,) = (path for path in (tmp_path / "cache").glob("*/*.json") if b'"leaflet.low"' in path.read_bytes())
    whole = kept.read_bytes()
    head, core, rest = whole.split(b"\n")
    data = json.loads(rest)
    data["statements"] = [[5] * len(row) for row in data["statements"]]
    body = core + b"\n" + json.dumps(data).encode()
    sha = sha256(body).hexdigest()
    kept.write_bytes(json.dumps({**json.loads(head), "sha256": sha}).encode() + b"\n" + body)
    catalog_of.cache_clear()
    assert mbc("show", "pill", "--all", "--knowledge", str(pack)) == right
    assert kept.read_bytes() == whole
    load_catalog(pack)
    assert (forget(), forget(), kept.exists()) == (True, False, False)


# Bounds


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["explore", "--profile", "/dev/zero"], b""),
        (["explore", "--profile", "-"], b"x" * 50_000_000),
        (["explore", "--profile", "-"], b"[" * 60_000),
        (["explore", "--profile", "-"], b"{" * 60_000),
        (["explore", "--profile", "-"], b"- " * 30_000),
        (["explore", "--profile", "/dev/urandom"], b""),
    ],
    ids=["zeros", "fifty million letters", "brackets", "braces", "dashes", "noise"],
)
def test_a_process_keeps_within_its_bounds(words: list[str], content: bytes) -> None:
    """Within a gigabyte and a few seconds of processor time, whatever comes in."""
    ran = subprocess.run(
        command(*words), input=content, env=environment(), capture_output=True, check=False,
        preexec_fn=hostile.limits(processor=8),
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b"mbc: the profile is not understood\n")


ENVIRONMENTS: dict[str, dict[str, str]] = {
    "completion of no line": {"_MBC_COMPLETE": "complete_bash"},
    "completion at no place": {"_MBC_COMPLETE": "complete_bash", "COMP_WORDS": "mbc ex", "COMP_CWORD": "x"},
    "completion of quotes": {"_MBC_COMPLETE": "complete_bash", "COMP_WORDS": "mbc 'ex", "COMP_CWORD": "1"},
    "completion for no shell": {"_MBC_COMPLETE": "complete_nothing"},
    "completion of another make": {"_MBC_COMPLETE": "\x1b[31m_x"},
    "a corpus that is none": {"MBC_CORPUS": "\x1b[31mnowhere"},
    "a terminal that is none": {"TERM": "\x1b[31m", "COLUMNS": "-5", "LINES": "x"},
    "a language that is none": {"LC_ALL": "xx_YY.UTF-99", "LANG": "\x1b"},
    "no home": {"HOME": "", "XDG_CACHE_HOME": ""},
    "a home of another make": {"HOME": "\udcff\x1b[31m", "XDG_CACHE_HOME": ""},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_variable_of_the_environment_breaks(name: str) -> None:
    """Variables that a shell, a terminal or a stranger set: an answer or a clear error, and no escape code."""
    for words in (["show", "Kadcyla"], ["--version"], ["nope"]):
        ran = subprocess.run(
            command(*words), env=environment(ENVIRONMENTS[name]), capture_output=True, check=False, timeout=60
        )
        said = ran.stdout + ran.stderr
        assert ran.returncode in (0, 1, 2)
        assert not any(sign in said for sign in (b"Traceback", b"defect", b"\x1b"))
