"""The wheel, installed where nothing of the checkout is: the same answers, from the catalog that was compiled into it.

The build needs no network (no isolation). The installation does: its dependencies come from wherever pip finds them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

import mbc_explorer

ROOT = Path(__file__).resolve().parents[1]
PROFILE = ("--er=positive", "--pr=positive", "--her2=negative", "--menopause=postmenopausal", "--prior=none")
NO_INDEX = ("No matching distribution", "Could not find a version", "ConnectionError", "NewConnectionError", "Network")
"""What pip says when it cannot reach an index."""


class Built(NamedTuple):
    """The two files that are published."""

    sdist: Path
    wheel: Path


class Installed(NamedTuple):
    """A virtual environment that holds the wheel and its dependencies only, and an empty home to run in."""

    bin: Path
    home: Path

    def run(self, program: str, *words: str) -> str:
        """Run a program of the environment in another directory; what it printed."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG", "MBC"))}
        command = [str(self.bin / program), *words]
        done = subprocess.run(
            command, cwd=self.home, env={**env, "HOME": str(self.home)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def build(target: Path, *words: str, seed: str) -> Path:
    """Build what is published, as a release does; the hash seed is given because no file may depend on it."""
    env = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), *words, str(ROOT)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def names(path: Path) -> set[str]:
    """The files in a wheel or a source distribution, the latter without its folder."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return set(wheel.namelist())
    with tarfile.open(path) as sdist:
        return {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}


def pack_files() -> dict[str, bytes]:
    """Every file of the knowledge and the rules of the checkout."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for folder in ("knowledge", "rules")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The source distribution, and the wheel made from it."""
    target = build(tmp_path_factory.mktemp("dist"), seed="1")
    (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh virtual environment."""
    place = tmp_path_factory.mktemp("fresh")
    (place / "home").mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
    programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if sys.version_info >= (3, 13):
        env["CPPFLAGS"] = "-DPyEval_CallObject=PyObject_CallObject"
    command = [
        str(programs / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        str(built.wheel),
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        required = os.environ.get("CI") or os.environ.get("MBC_REQUIRE_CORPUS") == "1"
        if not required and any(words in done.stderr for words in NO_INDEX):
            pytest.skip("pip reaches no index here, so the wheel's dependencies cannot be installed")
        pytest.fail(f"the wheel cannot be installed:\n{done.stderr}")
    return Installed(programs, place / "home")


# What is in the files


def test_the_wheel_holds_the_package_and_the_knowledge_to_the_byte(built: Built) -> None:
    """Every module, every knowledge and rules file as it stands in the checkout, the compiled catalog, the license."""
    package = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files = pack_files()
    shipped = {f"mbc_explorer/_data/{name}" for name in files}
    found = names(built.wheel)
    assert {name for name in found if ".dist-info/" not in name} == {
        *package,
        *shipped,
        "mbc_explorer/_data/compiled.json",
    }
    assert {name.partition(".dist-info/")[2] for name in found} - {""} == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"),
    }
    with zipfile.ZipFile(built.wheel) as wheel:
        assert {name: wheel.read(f"mbc_explorer/_data/{name}") for name in files} == files


def test_the_source_distribution_holds_all_that_git_tracks(built: Built) -> None:
    """From the source distribution one can do all that one can from a clone: build, test, read."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    tracked = {name for name in listed if name and (ROOT / name).is_file()}
    assert names(built.sdist) - tracked == {"PKG-INFO"}
    assert tracked - names(built.sdist) == set()


def test_the_wheel_is_the_same_whenever_it_is_built(built: Built, tmp_path: Path) -> None:
    """Built from the source distribution or from the checkout, in another process: the same bytes."""
    (again,) = build(tmp_path, "--wheel", seed="2").iterdir()
    with zipfile.ZipFile(again) as second, zipfile.ZipFile(built.wheel) as first:
        assert [name for name in first.namelist() if first.read(name) != second.read(name)] == []
    assert again.read_bytes() == built.wheel.read_bytes()


def test_building_leaves_nothing_behind(built: Built) -> None:
    """The compiled catalog stands beside the wheel only while it is built."""
    assert sorted(path.name for path in built.wheel.parent.iterdir()) == sorted((built.sdist.name, built.wheel.name))


# What it does


@pytest.mark.slow
def test_the_installed_program_gives_the_answer_of_the_checkout(installed: Installed) -> None:
    """From another directory, with an empty home, the same bytes; the shipped catalog is used, nothing is written."""
    env = {**os.environ, "PYTHONPATH": str(Path(mbc_explorer.__file__).parents[1])}
    command = [sys.executable, "-m", "mbc_explorer", "explore", *PROFILE, "--json"]
    here = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    there = installed.run("mbc", "explore", *PROFILE, "--json")
    engines = [json.loads(text)["software"]["engine"] for text in (here, there)]
    assert there.replace(engines[1], engines[0]) == here
    assert list(installed.home.iterdir()) == []


@pytest.mark.slow
def test_the_installed_program_reads_no_yaml(installed: Installed) -> None:
    """The shipped catalog is taken: pydantic and yaml, which are installed, are not imported."""
    code = "import sys, mbc_explorer; mbc_explorer.load_catalog(); print({'yaml', 'pydantic'} & set(sys.modules))"
    assert installed.run("python", "-c", code) == "set()\n"
    installed.run("python", "-c", "import yaml, pydantic")


@pytest.mark.slow
def test_the_three_names_of_the_program_are_the_same(installed: Installed) -> None:
    """`mbc`, `mbc-explorer` and `python -m mbc_explorer` say the version that the package has."""
    wanted = f"mbc-explorer {mbc_explorer.__version__}\n"
    for program, *words in (["mbc"], ["mbc-explorer"], ["python", "-m", "mbc_explorer"]):
        assert installed.run(program, *words, "--version") == wanted


@pytest.mark.slow
def test_the_installed_knowledge_passes_its_checks(installed: Installed) -> None:
    """Rules, cases and knowledge are inside the wheel: `mbc check` verifies all of them from another directory."""
    found = json.loads(installed.run("python", "-m", "mbc_explorer", "check", "--json"))
    here = len([name for name in pack_files() if name.startswith("rules/")])
    assert found["problems"] == []
    assert found["verified"]["sources"] == 5
    assert found["verified"]["rules"] >= here > 0
    assert found["verified"]["cases"] > found["verified"]["rules"]
    assert list(installed.home.iterdir()) == []
