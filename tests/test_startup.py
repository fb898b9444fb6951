"""What a command imports, counted: start-up is design, and a module too many is seen here before it is felt.

Each command runs in a process of its own, which first imports typer alone; what comes on top of that is compared. No
time is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import mbc_explorer
from mbc_explorer.cli.app import COMMANDS

PROBE = """\
import json, sys
import typer
bare = set(sys.modules)
from mbc_explorer.cli import main
try:
    main()
except SystemExit as stopped:
    code = stopped.code or 0
print(json.dumps([code, sorted(set(sys.modules) - bare)]), file=sys.stderr)
"""
ALONE = "import sys; bare = set(sys.modules); import mbc_explorer; print(*sorted(set(sys.modules) - bare))"
PROFILE = ("--er=positive", "--pr=positive", "--her2=negative", "--menopause=postmenopausal", "--prior=none")

ROOT_COMMAND = {f"mbc_explorer{name}" for name in ("", ".cli", ".cli.app", ".errors", ".version")}
"""All of this package that the root command needs to say its version, its help or its commands."""
ENGINE = "durable_rules_engine"
HEAVY = {
    "pydantic", "pydantic_core", "yaml", "rich", "pygments", "durable", "importlib.metadata", "dataclasses", "asyncio",
    "urllib.request", "http", "email", "socket", "ssl", "logging", "multiprocessing", "concurrent", "tempfile",
}  # fmt: skip
"""What a quick command does not import: libraries for other commands, and big parts of the standard library."""
READING_YAML = {f"mbc_explorer.{name}" for name in ("compiling", "loading", "primes", "schema", "structure")}


class Run(NamedTuple):
    """What a command printed, and the modules that it imported beyond those of typer."""

    out: str
    modules: set[str]

    @property
    def heavy(self) -> set[str]:
        """The heavy modules among them."""
        return {name for name in HEAVY for module in self.modules if f"{module}.".startswith(f"{name}.")}

    @property
    def ours(self) -> set[str]:
        """The modules of this package among them."""
        return {name for name in self.modules if name.partition(".")[0] == "mbc_explorer"}

    @property
    def libraries(self) -> set[str]:
        """The libraries among them: neither ours, nor typer's, nor of the standard library."""
        known = {*sys.stdlib_module_names, "mbc_explorer", "typer"}
        return {name for name in self.modules if name.partition(".")[0] not in known}


def environment(cache: Path, **variables: str) -> dict[str, str]:
    """The environment of a command: this package, and a cache folder of the tests'."""
    place = str(Path(mbc_explorer.__file__).parents[1])
    inherited = {name: value for name, value in os.environ.items() if name != "MBC_CORPUS"}
    return {**inherited, "PYTHONPATH": place, "XDG_CACHE_HOME": str(cache), **variables}


def run(cache: Path, *words: str, **variables: str) -> Run:
    """Run a command that ends well; a word of the environment may make it complete instead."""
    env = environment(cache, **variables)
    done = subprocess.run([sys.executable, "-c", PROBE, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return Run(done.stdout, set(modules))


def complete(cache: Path, line: str) -> Run:
    """Ask for the completions of the last word of a line, as bash does."""
    return run(cache, _MBC_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(line.count(" ")))


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that holds the catalog."""
    cache = tmp_path_factory.mktemp("warm")
    run(cache, "explore", "--json")
    assert len(list((cache / "mbc-explorer").iterdir())) == 1
    return cache


@pytest.fixture
def cold(tmp_path: Path) -> Path:
    """A cache folder that is empty, and stays so unless a catalog is made."""
    return tmp_path


def test_a_cold_explore_imports_what_a_warm_one_does_not(cold: Path) -> None:
    """The probe sees pydantic, yaml and the compiling modules when they are imported."""
    first = run(cold, "explore", "--json")
    assert {"pydantic", "yaml"} <= first.heavy
    assert first.ours >= READING_YAML


def test_explore_as_json_imports_no_library_but_the_engine(warm: Path) -> None:
    """Beyond typer: at most 19 modules of ours, the engine's C module, and json and hashlib of the standard library."""
    answer = run(warm, "explore", *PROFILE, "--json")
    assert json.loads(answer.out)["summary"]
    assert answer.heavy == set()
    assert answer.libraries <= {ENGINE}
    assert answer.ours.isdisjoint({*READING_YAML, "mbc_explorer.yaml_source", "mbc_explorer.corpus"})
    assert not {name for name in answer.ours if name.startswith(("mbc_explorer.render", "mbc_explorer.checks"))}
    assert len(answer.ours) <= 19
    assert len(answer.modules) <= 36


def test_explore_with_a_profile_file_imports_yaml_and_no_other_library(warm: Path, tmp_path: Path) -> None:
    """A profile in YAML needs yaml, and neither pydantic nor rich."""
    case = tmp_path / "case.yaml"
    case.write_text("er_status: positive\n")
    answer = run(warm, "explore", "--profile", str(case), "--json")
    assert answer.heavy == {"yaml"}
    assert {name.partition(".")[0].lstrip("_") for name in answer.libraries if "cython" not in name} <= {"yaml", ENGINE}


@pytest.mark.parametrize("words", [(), ("--format=markdown",)], ids=["text", "markdown"])
def test_explore_for_a_person_imports_neither_pydantic_nor_yaml(warm: Path, words: tuple[str, ...]) -> None:
    """Text and Markdown are made from the same kept catalog; only text uses rich."""
    answer = run(warm, "explore", *PROFILE, *words)
    assert answer.heavy.isdisjoint({"pydantic", "yaml", "durable", "importlib.metadata", "asyncio"})
    assert ("rich" in answer.heavy) == (not words)


@pytest.mark.parametrize("form", ["text", "mermaid", "svg", "html", "json"])
def test_a_map_imports_no_library_but_the_engine_and_for_text_rich(warm: Path, form: str) -> None:
    """Neither pydantic nor yaml is imported to draw a map, and rich only where text is printed."""
    answer = run(warm, "map", *PROFILE, "--format", form)
    assert answer.heavy.isdisjoint({"pydantic", "yaml", "durable"})
    assert "rich" in answer.heavy if form == "text" else answer.heavy == set()
    assert answer.ours.isdisjoint({*READING_YAML, "mbc_explorer.yaml_source", "mbc_explorer.published"})


@pytest.mark.parametrize(
    "words",
    [
        ("why", "letrozole"),
        ("why-not", "olaparib"),
        ("what-if", "--set=er=negative"),
        ("missing",),
        ("nearest", "olaparib"),
        ("readings",),
    ],
    ids=" ".join,
)
def test_a_reason_imports_no_library_but_the_engine_and_for_text_rich(warm: Path, words: tuple[str, ...]) -> None:
    """Neither pydantic nor yaml is imported to explain an answer, and rich only where text is printed."""
    for more in ((), ("--json",)):
        answer = run(warm, *words, *PROFILE, *more)
        assert answer.heavy.isdisjoint({"pydantic", "yaml", "durable"})
        assert answer.heavy == set() if more else "rich" in answer.heavy
        assert answer.ours.isdisjoint({"mbc_explorer.compiling", "mbc_explorer.yaml_source", "mbc_explorer.published"})


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_pairs_import_no_library_but_the_engine_and_for_text_rich(warm: Path, more: tuple[str, ...]) -> None:
    """Neither pydantic nor yaml is imported to make minimal pairs, and rich only where text is printed."""
    answer = run(warm, "pairs", "olaparib", *more)
    assert answer.heavy == set() if more else "rich" in answer.heavy
    assert answer.heavy.isdisjoint({"pydantic", "yaml", "durable"})
    assert answer.ours.isdisjoint({"mbc_explorer.compiling", "mbc_explorer.yaml_source", "mbc_explorer.published"})


@pytest.mark.parametrize("words", [("explore", "--help"), ("profile",), ("sources",), ("profile", "--json")])
def test_other_commands_that_show_knowledge_read_the_kept_catalog(warm: Path, words: tuple[str, ...]) -> None:
    """Neither pydantic nor yaml is imported to show the vocabulary, the sources or the options of a profile."""
    answer = run(warm, *words)
    assert answer.heavy.isdisjoint({"pydantic", "yaml", "durable"})
    assert answer.ours.isdisjoint(READING_YAML)


@pytest.mark.parametrize("words", [("--version",), ("--help",)], ids=lambda words: words[0])
def test_the_root_command_imports_five_modules_and_no_catalog(cold: Path, words: tuple[str, ...]) -> None:
    """Version and help need five modules of ours and no knowledge: nothing is compiled, read or kept."""
    answer = run(cold, *words)
    assert answer.out.startswith(("mbc-explorer ", "Usage: mbc"))
    assert answer.ours == ROOT_COMMAND
    assert (answer.heavy, answer.libraries) == (set(), set())
    assert len(answer.modules) <= 12
    assert list(cold.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("mbc ", set(COMMANDS)), ("mbc expl", {"explore"})],
)
def test_the_names_of_the_commands_are_completed_without_the_commands(cold: Path, line: str, wanted: set[str]) -> None:
    """To complete a command's name needs what the version needs: no command is imported, no catalog read or kept."""
    answer = complete(cold, line)
    assert set(answer.out.split()) == wanted
    assert answer.ours == ROOT_COMMAND
    assert (answer.heavy, answer.libraries) == (set(), set())
    assert list(cold.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("mbc explore --menopa", "--menopausal-status"),
        ("mbc explore --prior trastuzumab+doce", "trastuzumab+docetaxel"),
    ],
    ids=["an option", "a value"],
)
def test_options_and_values_are_completed_from_the_kept_catalog(warm: Path, line: str, wanted: str) -> None:
    """To complete an option or a therapy needs the kept catalog, and none of the libraries."""
    answer = complete(warm, line)
    assert wanted in answer.out.split()
    assert answer.heavy == set()
    assert answer.libraries <= {ENGINE}


def test_the_package_alone_imports_no_library_and_one_module_more() -> None:
    """`import mbc_explorer` brings the package and its version; public names are imported when they are used."""
    env = environment(Path())
    done = subprocess.run([sys.executable, "-c", ALONE], env=env, capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names} == {
        "mbc_explorer",
        "mbc_explorer.version",
    }


def test_the_public_names_import_no_library_but_the_engine(warm: Path) -> None:
    """A program that explores a profile with a kept catalog has imported no library, not even typer."""
    code = (
        "import sys; from mbc_explorer import Profile, explore; explore(Profile(er='positive'));"
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )
    script = [sys.executable, "-S", "-c", code]
    paths = os.pathsep.join([str(Path(mbc_explorer.__file__).parents[1]), *(path for path in sys.path if path)])
    env = {**environment(warm), "PYTHONPATH": paths}
    done = subprocess.run(script, env=env, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - {ENGINE} == {"__main__", "mbc_explorer"}


@pytest.mark.parametrize("words", [("explore",), ("explore", "--json"), ("check",), ("schema",)], ids=" ".join)
def test_the_python_half_of_durable_rules_is_never_imported(warm: Path, words: tuple[str, ...]) -> None:
    """Only the C module of durable_rules is used: its Python half starts threads and reads a clock."""
    assert {name for name in run(warm, *words).modules if name.partition(".")[0] == "durable"} == set()
