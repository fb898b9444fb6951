"""The compiled catalog: kept once, read without pydantic and yaml, and never used when stale, damaged or foreign.

Whether a kept file was used is seen in the answer: `mark` changes the version inside it and mends its hash, as nobody
but these tests does, so a catalog of that version can only have come from the file.
"""

from __future__ import annotations

import json
import os
import pickle
import pwd
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mbc_explorer
from command_line import command, environment
from mbc_explorer import Catalog, KnowledgeError, Problem, load_catalog
from mbc_explorer.compiled import MOST_KEPT
from mbc_explorer.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Callable

    Damage = Callable[[bytes], bytes]

PACKAGE = Path(mbc_explorer.__file__).parent
MARKED = "from the kept file"
SLOW_READERS = ("pydantic", "yaml", "mbc_explorer.compiling", "mbc_explorer.loading", "mbc_explorer.schema")
"""What a command that finds a kept catalog never pays for."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of this user, and the folder in it where catalogs are kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mbc-explorer"


LEAFLET = {
    "knowledge/sources.yaml": """\
version: 0.0.1
sources:
  - {id: leaflet, filename: leaflet.txt, title: null, publisher: Nobody, publisher_basis: attributed, people: [],
     date: null, date_precision: none, date_basis: made up, url: null, url_status: not_verified, disclosure: null,
     sections: [{id: all, from: 1, name: All of it}]}
""",
    "knowledge/ledger/leaflet.yaml": "{source: leaflet, sentences: [[1, 2, '0123456789abcdef']]}\n",
    "knowledge/statements/leaflet/all.yaml": """\
source: leaflet
statements: [{id: claim, sentences: [1], paraphrase: The leaflet says so.}]
""",
    "knowledge/categories.yaml": """\
categories: [{id: drug, name: Drugs, therapy: true}]
options: [{id: thing, name: Thing, category: drug, kind: class}]
""",
    "knowledge/agents.yaml": "agents: []\n",
    "knowledge/profile.yaml": """\
not_known: [{id: unknown}]
attributes:
  - {id: grade, name: grade, label: grade, group: tumor, kind: choice, about: the grade, cites: [],
     values: [{id: low}, {id: middle}, {id: high}]}
derivations: []
notes: []
nothing_known: Nothing is known.
""",
    "rules/leaflet/all.yaml": """\
source: leaflet
rules: [{id: rule, statement: claim, option: thing, stance: describes, when: {grade: low}}]
""",
    "rules/leaflet/all.cases.yaml": """\
source: leaflet
cases:
  - rule: rule
    met: A low grade
    profile: {grade: low}
    changes: [{name: A high grade, set: {grade: high}, truth: not_met}]
""",
}
"""A tiny pack, quickly compiled."""


@pytest.fixture
def pack(tmp_path: Path) -> Folders:
    """A pack that a test may change."""
    for name, text in LEAFLET.items():
        path = tmp_path / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Folders(tmp_path / "pack" / "knowledge", tmp_path / "pack" / "rules")


def load(pack: Folders) -> Catalog:
    """The catalog of a pack, from the cache or made anew."""
    return load_catalog(pack.knowledge.parent)


def mark(kept: Path) -> bytes:
    """Change a kept file so that its use can be seen; what it held before."""
    before = kept.read_bytes()
    head, core, rest = before.split(b"\n")
    body = json.dumps({**json.loads(core), "version": MARKED}).encode() + b"\n" + rest
    kept.write_bytes(json.dumps({**json.loads(head), "sha256": sha256(body).hexdigest()}).encode() + b"\n" + body)
    return before


def only_file(directory: Path) -> Path:
    """The one file of a folder."""
    (found,) = directory.iterdir()
    return found


def python(code: str, *arguments: str, package: Path = PACKAGE, **variables: str) -> subprocess.Popen[str]:
    """Start Python code in a process of its own, with this package or a copy of it."""
    env = {**os.environ, "PYTHONPATH": str(package.parent), **variables}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    """What a process printed, once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


# Written once, read ever after


def test_who_watches_is_told_of_the_wait_once(tmp_path: Path) -> None:
    """On a terminal the first command says that it reads the knowledge; the next, a pipe and a completion do not."""
    pty = pytest.importorskip("pty")
    env = environment({"XDG_CACHE_HOME": str(tmp_path)})
    told = []
    for more, cached in (({}, False), ({}, True), ({"_MBC_COMPLETE": "complete_bash"}, False)):
        if not cached:
            shutil.rmtree(tmp_path / "mbc-explorer", ignore_errors=True)
        reading, writing = pty.openpty()
        subprocess.run(command("sources"), env={**env, **more}, stdout=subprocess.DEVNULL, stderr=writing, check=False)
        os.write(writing, b".")
        told.append(os.read(reading, 1000))
        os.close(reading)
        os.close(writing)
    assert [b"for the first time" in text for text in told] == [True, False, False]


def test_a_catalog_is_kept_once_and_read_from_then_on(cache: Path, pack: Folders) -> None:
    """The first load keeps one file; the next reads it and writes nothing; both give the same catalog."""
    made = load(pack)
    kept = only_file(cache)
    state = kept.stat()
    read = load(pack)
    assert json.dumps(read.plain()) == json.dumps(made.plain())
    assert only_file(cache) == kept
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (state.st_ino, state.st_mtime_ns)
    mark(kept)
    assert load(pack).version == MARKED


def test_the_cache_folder_is_for_the_user_alone(cache: Path, pack: Folders) -> None:
    """The folder in which catalogs are kept is made readable and writable by its owner only."""
    load(pack)
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_kept_catalog_is_read_without_pydantic_and_yaml(cache: Path, pack: Folders) -> None:
    """Making a catalog imports the readers of YAML; reading a kept one imports none of them."""
    code = (
        "import sys; from mbc_explorer import load_catalog; load_catalog(sys.argv[1]);"
        f"print([name for name in {SLOW_READERS} if name in sys.modules])"
    )
    root = str(pack.knowledge.parent)
    assert said(python(code, root)) == str(list(SLOW_READERS))
    assert only_file(cache).is_file()
    assert said(python(code, root)) == "[]"


def test_the_same_pack_is_compiled_to_the_same_bytes_in_every_process(folders: Folders, tmp_path: Path) -> None:
    """What is compiled depends on the pack and the code only, not on the process and its hash seed."""
    code = (
        "import sys; from pathlib import Path; from mbc_explorer.compiled import write_compiled;"
        "write_compiled(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))"
    )
    targets = [tmp_path / f"{seed}.json" for seed in ("0", "1", "2")]
    for target in targets:
        said(python(code, *map(str, folders), str(target), PYTHONHASHSEED=target.stem))
    assert len({target.read_bytes() for target in targets}) == 1


# Stale


def test_a_byte_of_any_file_of_the_pack_changes_its_digest(folders: Folders, tmp_path: Path) -> None:
    """One other byte in any YAML file of ours, cases and ledgers included, is another pack."""
    for folder in folders:
        shutil.copytree(folder, tmp_path / folder.name)
    pack = Folders(tmp_path / "knowledge", tmp_path / "rules")
    digests = {pack.digest()}
    files = pack.files()
    for _, path in files:
        content = path.read_bytes()
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        digests.add(pack.digest())
        path.write_bytes(content)
    assert len(digests) == len(files) + 1
    assert {path for _, path in files} == {
        path for folder in pack for path in folder.rglob("*") if path.suffix == ".yaml"
    }


def test_a_name_and_the_border_between_files_change_the_digest(tmp_path: Path) -> None:
    """A file of another name is another pack, and so is the same text divided otherwise into files."""
    digests = set()
    for number, files in enumerate(({"a": "12"}, {"b": "12"}, {"a": "1", "b": "2"}, {"a": "12", "b": ""}, {})):
        folders = Folders(tmp_path / str(number) / "knowledge", tmp_path / str(number) / "rules")
        folders.knowledge.mkdir(parents=True)
        for name, text in files.items():
            (folders.knowledge / f"{name}.yaml").write_text(text)
        digests.add(folders.digest())
    assert len(digests) == 5


@pytest.mark.parametrize("name", ["knowledge/profile.yaml", "rules/leaflet/all.cases.yaml"])
def test_a_catalog_of_a_pack_that_has_changed_is_not_used(cache: Path, pack: Folders, name: str) -> None:
    """A comment more in a file is enough: the pack is compiled again, and kept beside the older one."""
    load(pack)
    older = only_file(cache)
    mark(older)
    with (pack.knowledge.parent / name).open("a") as file:
        file.write("# a remark\n")
    assert load(pack).version != MARKED
    assert older in cache.iterdir()
    assert len(list(cache.iterdir())) == 2


def test_a_catalog_of_other_compiling_code_is_not_used(cache: Path, pack: Folders, tmp_path: Path) -> None:
    """A byte more in any module that compiling imports, or in the one that keeps catalogs, asks for compiling anew.

    Only the texts of errors and the version of the software are not part of a compiled catalog.
    """
    package = tmp_path / "copy" / "mbc_explorer"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    names = "print(*(name for name in sys.modules if name.startswith('mbc_explorer.')))"
    used = set(said(python(f"import sys, mbc_explorer.compiling; {names}", package=package)).split())
    compiling = used - {"mbc_explorer.errors", "mbc_explorer.version"} | {"mbc_explorer.compiled"}
    assert "mbc_explorer.primes" in compiling
    code = "import sys; from mbc_explorer import load_catalog; print(load_catalog(sys.argv[1]).version)"
    root = str(pack.knowledge.parent)
    current = said(python(code, root, package=package))
    mark(only_file(cache))
    assert said(python(code, root, package=package)) == MARKED
    changed = []
    for name in sorted(compiling):
        module = package / f"{name.removeprefix('mbc_explorer.')}.py"
        before = module.read_bytes()
        module.write_bytes(before + b"\n")
        if said(python(code, root, package=package)) == current:
            changed.append(name)
        module.write_bytes(before)
    assert changed == sorted(compiling)


# Damaged


def _head(change: Callable[[dict[str, str]], object]) -> Damage:
    def damage(content: bytes) -> bytes:
        head, _, body = content.partition(b"\n")
        return json.dumps(change(json.loads(head))).encode() + b"\n" + body

    return damage


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGES: dict[str, Damage] = {
    "empty": lambda _: b"",
    "only a line break": lambda _: b"\n",
    "cut in half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "one byte long": lambda content: content + b" ",
    "without its last line": lambda content: content.partition(b"\n")[0],
    "without the rest": lambda content: content.rpartition(b"\n")[0],
    "without its first line": lambda content: content.partition(b"\n")[2],
    "a bit flipped in the first line": lambda content: _flipped(content, 12),
    "a bit flipped in the middle": lambda content: _flipped(content, len(content) // 2),
    "a bit flipped at the end": lambda content: _flipped(content, len(content) - 1),
    "not JSON": lambda _: b"catalog\n{}",
    "not text": lambda _: bytes(range(256)),
    "brackets without end": lambda _: b"[" * 200_000,
    "another catalog under the old hash": lambda content: content.partition(b"\n")[0] + b"\n{}",
    "the key of another pack": _head(lambda head: {**head, "key": "0" * 33}),
    "no key": _head(lambda head: {"sha256": head["sha256"]}),
    "no hash": _head(lambda head: {"key": head["key"]}),
    "more than it should say": _head(lambda head: {**head, "more": "so"}),
    "a list for a first line": _head(list),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_not_used_and_is_replaced(cache: Path, pack: Folders, damage: Damage) -> None:
    """Whatever became of a kept file, the catalog is right, and afterwards so is the file."""
    right = load(pack)
    kept = only_file(cache)
    whole = mark(kept)
    kept.write_bytes(damage(kept.read_bytes()))
    assert json.dumps(load(pack).plain()) == json.dumps(right.plain())
    assert only_file(cache) == kept
    assert kept.read_bytes() == whole


# Foreign


def test_a_file_of_another_user_is_not_used(cache: Path, pack: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept file counts only when it belongs to the user who runs the program."""
    load(pack)
    kept = only_file(cache)
    mark(kept)
    assert load(pack).version == MARKED
    monkeypatch.setattr(os, "getuid", lambda: kept.stat().st_uid + 1)
    assert load(pack).version != MARKED


def test_a_catalog_of_another_pack_under_the_right_name_is_not_used(cache: Path, pack: Folders, tmp_path: Path) -> None:
    """The name of a file is not trusted: its first line has to say the same."""
    load(pack)
    ours = only_file(cache)
    shutil.copytree(pack.knowledge.parent, tmp_path / "other")
    other = Folders(tmp_path / "other" / "knowledge", tmp_path / "other" / "rules")
    with (other.knowledge / "profile.yaml").open("a") as file:
        file.write("# a remark\n")
    load(other)
    (theirs,) = set(cache.iterdir()) - {ours}
    mark(theirs)
    assert load(other).version == MARKED
    ours.write_bytes(theirs.read_bytes())
    assert load(pack).version != MARKED


def test_loading_a_kept_file_executes_nothing(cache: Path, pack: Folders, tmp_path: Path) -> None:
    """A pickle that would make a folder when loaded is only a damaged file."""

    class Mischief:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "executed"),)

    load(pack)
    kept = only_file(cache)
    payload = pickle.dumps(Mischief())
    kept.write_bytes(payload)
    load(pack)
    assert not (tmp_path / "executed").exists()
    pickle.loads(payload)
    assert (tmp_path / "executed").exists()


def test_loading_knowledge_executes_nothing(cache: Path, pack: Folders, tmp_path: Path) -> None:
    """A YAML tag that asks for a call is refused with its place, and nothing is called or kept."""
    name = "rules/leaflet/all.yaml"
    (pack.knowledge.parent / name).write_text(f"source: !!python/object/apply:os.mkdir ['{tmp_path / 'executed'}']\n")
    with pytest.raises(KnowledgeError) as caught:
        load(pack)
    assert [(problem.kind, problem.where) for problem in caught.value.problems] == [
        ("yaml-anchor-or-tag", f"{name}:1:9")
    ]
    assert not (tmp_path / "executed").exists()
    assert not cache.exists()


# Where nothing can be kept


def _a_file_for_the_cache_folder(place: Path) -> str:
    place.write_text("")
    return str(place)


def _a_file_for_our_folder(place: Path) -> str:
    place.mkdir()
    (place / "mbc-explorer").write_text("")
    return str(place)


PLACES: dict[str, Callable[[Path], str]] = {
    "a file stands where the cache folder should be": _a_file_for_the_cache_folder,
    "a file stands where our folder should be": _a_file_for_our_folder,
    "nothing can be made there": lambda _: "/proc/nowhere",
    "the name is too long": lambda _: "/" + "x" * 300,
    "the path is relative": lambda _: "relative",
}


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
def test_where_nothing_can_be_kept_the_catalog_is_made_each_time(
    pack: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], str]
) -> None:
    """Without a place for it there is no file and no error."""
    monkeypatch.setenv("XDG_CACHE_HOME", make(tmp_path / "place"))
    monkeypatch.chdir(tmp_path)
    there = sorted(tmp_path.rglob("*"))
    assert load(pack).rules
    assert load(pack).rules
    assert sorted(tmp_path.rglob("*")) == there


def test_a_folder_under_the_name_of_a_kept_file_is_left_alone(cache: Path, pack: Folders) -> None:
    """What is not a file is not read and not replaced, and no half-written file stays beside it."""
    load(pack)
    kept = only_file(cache)
    kept.unlink()
    (kept / "something").mkdir(parents=True)
    assert load(pack).rules
    assert only_file(cache) == kept
    assert (kept / "something").is_dir()


def test_a_user_without_a_home_is_answered(pack: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither XDG_CACHE_HOME nor HOME nor an entry among the users: the catalog is made each time."""

    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert load(pack).rules


def test_without_the_variable_the_folder_is_cache_in_the_home(
    pack: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catalogs are kept where the README says: in `.cache/mbc-explorer` of the user's home."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    load(pack)
    assert only_file(tmp_path / "home" / ".cache" / "mbc-explorer").suffix == ".json"


@pytest.mark.parametrize(("variable", "place"), [("HOME", "none/home"), ("XDG_CACHE_HOME", "none/cache")])
def test_a_home_that_is_not_there_is_not_made(
    variable: str, place: str, pack: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may make any folder makes no home: below a place that does not exist nothing is kept."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / place))
    assert load(pack).rules
    assert not (tmp_path / "none").exists()


def test_a_pack_with_a_file_that_cannot_be_read_is_refused_by_name(cache: Path, pack: Folders) -> None:
    """A dangling link, such as an editor leaves beside a file that it holds open, is named; it is no defect of ours."""
    (pack.rules / "leaflet" / ".#all.yaml").symlink_to("nowhere")
    with pytest.raises(KnowledgeError) as caught:
        load(pack)
    assert caught.value.problems == (
        Problem("unreadable-file", "rules/leaflet/.#all.yaml", "cannot be read (No such file or directory)."),
    )
    assert not cache.exists()


# Never too many


def filled(cache: Path, number: int) -> list[Path]:
    """A cache that holds so many catalogs of other packs, the oldest first."""
    cache.mkdir(parents=True)
    paths = [cache / f"{name:016x}-{0:016x}.json" for name in range(number)]
    for age, path in enumerate(paths):
        path.write_text("{}")
        os.utime(path, (age, age))
    return paths


def test_only_the_newest_catalogs_are_kept(cache: Path, pack: Folders) -> None:
    """With a new one the oldest go, so that twenty stay; reading one that is kept takes nothing away."""
    before = filled(cache, 30)
    load(pack)
    (kept,) = set(cache.iterdir()) - set(before)
    assert sorted(cache.iterdir()) == sorted([kept, *before[11:]])
    more = filled(cache / "more", 30)
    for path in more:
        path.rename(cache / path.name)
    mark(kept)
    assert load(pack).version == MARKED
    assert {path.name for path in more} < {path.name for path in cache.iterdir()}


def test_the_catalog_that_was_just_kept_stays_whatever_the_clock_says(cache: Path, pack: Folders) -> None:
    """Files of the future are not newer than what was just written."""
    before = filled(cache, 25)
    for path in before:
        os.utime(path, (2**33, 2**33))
    load(pack)
    assert len(set(cache.iterdir()) - set(before)) == 1
    assert len(list(cache.iterdir())) == MOST_KEPT


def test_nothing_that_is_not_a_kept_catalog_is_taken_away(cache: Path, pack: Folders, tmp_path: Path) -> None:
    """Another name, a folder, a link and a file that others may write are left where they are."""
    before = filled(cache, 25)
    (tmp_path / "elsewhere").write_text("{}")
    strange = [cache / name for name in ("notes.json", "0" * 33 + ".json", f"{'f' * 16}-{'f' * 16}.json.bak")]
    for path in strange:
        path.write_text("{}")
    folder, link, shared = (cache / f"{letter * 16}-{'0' * 16}.json" for letter in "abc")
    folder.mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    shared.write_text("{}")
    shared.chmod(0o666)
    strange += [folder, link, shared]
    for path in strange:
        os.utime(path, (0, 0), follow_symlinks=False)
    load(pack)
    assert all(path.is_symlink() or path.exists() for path in strange)
    assert not before[0].exists()
    assert len(list(cache.iterdir())) == MOST_KEPT + len(strange)


def test_two_that_take_away_at_once_do_no_harm(cache: Path, pack: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another process took away between the list and the look, or before it is removed, is gone."""
    before = filled(cache, 30)
    look, remove = Path.lstat, Path.unlink

    def look_late(path: Path) -> os.stat_result:
        if path == before[0]:
            remove(path)
        return look(path)

    def remove_late(path: Path, missing_ok: bool = False) -> None:
        if path == before[1]:
            remove(path)
        remove(path, missing_ok)

    monkeypatch.setattr(Path, "lstat", look_late)
    monkeypatch.setattr(Path, "unlink", remove_late)
    assert load(pack).rules
    assert len(list(cache.iterdir())) == MOST_KEPT
    assert set(before[11:]) < set(cache.iterdir())


# Together


def test_processes_that_start_at_once_are_all_right_and_leave_one_whole_file(cache: Path, pack: Folders) -> None:
    """Four processes find an empty cache together: each has the right catalog, and one whole file stays."""
    code = (
        "import sys, json, hashlib; from mbc_explorer import load_catalog;"
        "plain = json.dumps(load_catalog(sys.argv[1]).plain(), sort_keys=True);"
        "print(hashlib.sha256(plain.encode()).hexdigest(), 'pydantic' in sys.modules)"
    )
    root = str(pack.knowledge.parent)
    answers = [said(process).split()[0] for process in [python(code, root) for _ in range(4)]]
    assert only_file(cache).is_file()
    assert said(python(code, root)) == f"{answers[0]} False"
    assert len(set(answers)) == 1


def test_threads_that_load_at_once_are_all_right_and_leave_one_whole_file(cache: Path, pack: Folders) -> None:
    """Four threads of one process find an empty cache together: as with processes."""
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(load, [pack] * 4))
    assert len({json.dumps(catalog.plain()) for catalog in loaded}) == 1
    mark(only_file(cache))
    assert load(pack).version == MARKED
