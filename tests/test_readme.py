"""The pages that people read first say what is so: every command line in them runs, and every example holds."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import mbc_explorer
from mbc_explorer import Explorer, Profile
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.engine import is_available

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?mbc (?P<words>[^#]+)")


class Line(NamedTuple):
    """A command line as a page has it, without the program's name."""

    page: str
    words: str


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language; of none for an empty one."""
    return [body for found, body in FENCE.findall(text) if found == language]


def command_lines(path: Path) -> list[Line]:
    """Every command line of a page: in its fenced blocks, and in code within sentences and tables."""
    text = path.read_text(encoding="utf-8")
    page = path.relative_to(ROOT).as_posix()
    lines = [line for body in (*blocks(text, ""), *blocks(text, "sh")) for line in body.splitlines()]
    lines += [span.replace("\\|", "|") for span in SPAN.findall(FENCE.sub("", text))]
    found = [match["words"].strip() for line in lines if (match := COMMAND.match(line))]
    return [Line(page, words) for words in dict.fromkeys(found) if "…" not in words]


LINES = [line for path in PAGES for line in command_lines(path)]
ONCE = list({line.words: line for line in reversed(LINES)}.values())
"""What several pages say is run once."""


def run(*words: str, cwd: Path = ROOT, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program, with something to read on stdin."""
    env = {name: value for name, value in os.environ.items() if name != "MBC_CORPUS"}
    env["PYTHONPATH"] = str(Path(mbc_explorer.__file__).parents[1])
    command = [sys.executable, "-m", "mbc_explorer", *words]
    return subprocess.run(command, cwd=cwd, env=env, input=text, capture_output=True, text=True, check=False)


def answer(*words: str, cwd: Path = ROOT, text: str = "") -> str:
    """What the program prints when all is well."""
    done = run(*words, cwd=cwd, text=text)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Command lines


def test_the_pages_hold_command_lines() -> None:
    """The README, the tour, the examples' page and the page for contributors each show how the program is called."""
    assert {line.page for line in LINES} >= {"README.md", "CONTRIBUTING.md", "docs/tour.md", "examples/README.md"}
    assert {line.words.split()[0] for line in LINES} - {"--version", "--help"} == set(COMMANDS)


@pytest.mark.parametrize("line", ONCE, ids=lambda line: f"{line.page}: mbc {line.words}")
def test_every_command_line_of_a_page_runs(line: Line, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Each ends with exit code 0. What is in brackets is left out; NAME, DIR and the like are given a value.

    A command that is only named (`mbc ledger`) has a help.
    """
    words = re.sub(r"\[[^\]]*\]", "", line.words).strip()
    if "--mutate" in words:  # `test_rule_mutations` does what it does; here that it is a command
        words = f"{words.partition(' --corpus')[0]} --help"
    if " " not in words and not line.words.endswith("]"):
        assert answer(*([words] if words.startswith("-") else [words, "--help"]))
        return
    if "--corpus" in words:
        corpus: Path = request.getfixturevalue("corpus")
        words = re.sub(r"--corpus(?: DIR)?(?=\s|$)", f"--corpus {shlex.quote(str(corpus))}", words)
    (tmp_path / "case.yaml").write_text("er_status: positive\n", encoding="utf-8")
    words = re.sub(r"(?<=--profile )case.yaml", str(tmp_path / "case.yaml"), words)
    words = re.sub(r"(?<=--output )(?:DIR|FILE)", str(tmp_path / "written"), words)
    words = words.replace("examples/profiles/NAME.yaml", "examples/profiles/few-metastases.yaml")
    words = re.sub(r"(?<=--option )NAME", "alpelisib", words)
    words = re.sub(r"^compare A B$", "compare examples/profiles/few-metastases.yaml -", words)
    words, _, target = words.partition(" > ")
    words, _, _ = words.partition(" | ")
    assert answer(*shlex.split(words), text='{"er_status": "positive"}').strip() or target


def _profile_options() -> list[str]:
    """The second column of the table on stating a profile: what is written as options."""
    section = README.partition("## Stating a profile")[2].partition("\n## ")[0]
    cells = [row.split("|")[2] for row in section.splitlines() if row.startswith("|")]
    spans = [span for cell in cells for span in SPAN.findall(cell)]
    assert len(spans) > 12
    return [span if span.startswith("--") else f"--pr {span}" for span in spans]


@pytest.mark.parametrize("words", _profile_options())
def test_every_way_of_stating_a_fact_is_understood(words: str) -> None:
    """Each option that the README shows for a profile is accepted."""
    assert json.loads(answer("explore", *shlex.split(words), "--json"))["profile"] is not None


def test_every_long_option_that_the_readme_names_exists() -> None:
    """Options in the README are those of the program; the helps of its commands list them."""
    spans = [span for span in SPAN.findall(FENCE.sub("", README)) if span.startswith(("mbc ", "--"))]
    named = {word for span in spans for word in re.findall(r"(?<![\w-])--[a-z0-9-]+", span)}
    helps = "".join(answer(*command, "--help") for command in ((), *([name] for name in COMMANDS)))
    assert len(named) > 20
    assert named - set(re.findall(r"--[a-z0-9-]+", helps)) == set()


def test_the_table_of_commands_names_every_command() -> None:
    """The README has a row for each command, in the order in which `mbc --help` lists them."""
    section = README.partition("## Commands")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `mbc ([\w-]+)", section, re.MULTILINE) == list(COMMANDS)
    assert re.findall(r"^  ([\w-]+)  ", answer("--help").partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)


def test_every_example_profile_is_listed_and_runs() -> None:
    """The page of the examples has a row for each file, and each file is a valid profile."""
    files = sorted(path.stem for path in (ROOT / "examples" / "profiles").iterdir())
    page = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([\w-]+)`", page, re.MULTILINE)) == files
    assert len(files) >= 12
    for name in files:
        assert json.loads(answer("explore", "--profile", f"examples/profiles/{name}.yaml", "--json"))["profile"]


# The answer that is shown


def test_the_answer_in_the_readme_is_the_answer_of_the_program() -> None:
    """Each part of the printed answer stands in the real one, in that order; only engine and digest may differ."""
    section = README.partition("## What an answer looks like")[2].partition("\n## ")[0]
    command = SPAN.search(section)
    assert command
    real = re.sub(r"\(digest \w+\)|\(\w{16}\)", "(…)", answer(*shlex.split(command[1])[1:]))
    (shown,) = blocks(section, "")
    engine = "durable" if is_available() else "reference"
    parts = [part.strip("\n") for part in shown.replace("engine durable", f"engine {engine}").split("[…]\n")]
    assert len(parts) > 3
    place = 0
    for part in parts:
        found = real.find(part, place)
        assert found >= 0, part
        place = found + len(part)


def test_the_table_of_the_json_names_every_field_of_an_answer(explorer: Explorer) -> None:
    """The first rows of the README's table are the top of a report, the others its inner parts."""
    section = README.partition("\n## JSON")[2].partition("\n## ")[0]
    cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    inner = [cell for cell in cells if cell.startswith((" `options[", " `…"))]
    data = explorer.explore(Profile(er="positive")).data
    assert {name for cell in cells if cell not in inner for name in SPAN.findall(cell)} == set(data)
    assert [SPAN.findall(cell) for cell in inner] == [["options[].sources[]"], ["…rules[]"]]


# Python


@pytest.mark.parametrize(
    ("page", "code"),
    [(path.relative_to(ROOT).as_posix(), code) for path in PAGES for code in blocks(path.read_text("utf-8"), "python")],
    ids=lambda value: value if value.endswith(".md") else "",
)
def test_every_example_in_python_runs(page: str, code: str, tmp_path: Path) -> None:
    """What a page shows in Python runs as it stands, its assertions included, in a process of its own."""
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(mbc_explorer.__file__).parents[1])}
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{page}: {done.stderr}"
    printed = re.search(r"^\s+print\(.*\)  # (\S+ \w+)$", code, re.MULTILINE)
    assert printed is None or printed[1] in done.stdout.splitlines()


def test_the_readme_has_an_example_in_python() -> None:
    """The README shows the public Python surface once."""
    (code,) = blocks(README, "python")
    assert "from mbc_explorer import Profile, explore, load_catalog" in code


# Setting up


def test_the_readme_has_two_commands_and_the_second_is_what_is_run_on_a_clean_checkout() -> None:
    """One sets up and explores a profile, one sets up and runs every check; `.ci/run` calls the second."""
    section = README.partition("## Two commands")[2].partition("\n## ")[0]
    (block,) = blocks(section, "")
    demo, test = [line for line in block.splitlines() if line.startswith("python3 ")]
    assert (demo, test) == ("python3 tasks.py demo", "python3 tasks.py test")
    tasks = runpy.run_path(str(ROOT / "tasks.py"), run_name="tasks")["TASKS"]
    assert [step.split()[:2] for step in tasks["demo"]] == [["mbc", "explore"]]
    assert {"mypy", "mbc check", "pytest -n auto", "ruff check", "ruff format --check"} == set(tasks["test"])
    runs = [line.strip() for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()]
    assert test in runs
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_first_command_explores_the_profile_of_the_readme() -> None:
    """What the set-up shows is the answer that the README explains."""
    tasks = runpy.run_path(str(ROOT / "tasks.py"), run_name="tasks")["TASKS"]
    section = README.partition("## What an answer looks like")[2]
    assert f"`{tasks['demo'][0]}`" in section


def test_every_task_is_offered_by_make_too() -> None:
    """`make TASK` and `python3 tasks.py TASK` are the same list, and `tasks.py` explains each in a line."""
    run_path = runpy.run_path(str(ROOT / "tasks.py"), run_name="tasks")
    tasks = list(run_path["TASKS"])
    make = re.search(r"^TASKS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert make
    assert sorted(make[1].split()) == sorted(tasks)
    explained = {line.split()[0] for line in run_path["__doc__"].splitlines() if line.startswith("  ")}
    assert explained | {"check"} == set(tasks)
    named = re.findall(r"python3 tasks\.py (\w+)|`make (\w+)", "".join(path.read_text("utf-8") for path in PAGES))
    assert {word for words in named for word in words if word} <= {*tasks, "TASK"}


def test_the_versions_that_the_readme_names_are_those_that_are_supported() -> None:
    """The Pythons that the README calls tested are those of the package's classifiers."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    sentence = re.search(r"tested on Linux with CPython ([\d., and]+)\.", README)
    assert sentence
    assert re.findall(r"\d+\.\d+", sentence[1]) == re.findall(r'Python :: (\d+\.\d+)"', project)
