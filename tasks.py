"""The project's tasks, for a machine that has only Python, a C compiler and git.

  setup   install the project, its rule engine and the development tools again
  demo    explore one profile
  test    run every check: format, style, types, knowledge, tests (also called check)
  format  format the code and mend what the linter can
  lint    check format and style
  types   check the types
  bench   measure the speed
  differential   hold durable_rules to the reference evaluator on a million random profiles (half an hour)
  fuzz   give every way in hostile input for an hour, guided by what it reaches
  fuzz-briefly   the same for a few seconds each, but for packs and kept catalogs
  audit   look every pinned library up in the advisory database; says so where that cannot be reached
  lock    pin the newest libraries that fit pyproject.toml in requirements.lock
  build   build the source distribution and the wheel into dist
  clean   remove .venv, dist and the caches

Every task first installs what it needs into .venv, which is quick when nothing has changed.
"""

# The syntax is kept plain, so that an older Python can still read this file and say what is needed.

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python does reach this line
    sys.exit("tasks.py needs Python 3.11 or later; this is Python " + sys.version.split()[0])

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
import tomllib
from hashlib import sha256
from pathlib import Path

LINT = ["ruff format --check", "ruff check"]
CHECKS = [*LINT, "mypy", "mbc check", "pytest -n auto"]
TASKS = {
    "setup": [],
    "demo": ["mbc explore --er positive --pr positive --her2 negative --menopause postmenopausal --prior none"],
    "test": CHECKS,
    "check": CHECKS,
    "format": ["ruff check --fix", "ruff format"],
    "lint": LINT,
    "types": ["mypy"],
    "bench": ["python benchmarks/bench.py"],
    "differential": ["python benchmarks/differential.py"],
    "fuzz": [
        "pytest -n auto --hypothesis-profile=wide tests/test_hostile.py",
        "pytest -m fuzz",
        "python benchmarks/fuzz.py",
    ],
    "fuzz-briefly": ["python benchmarks/fuzz.py --minutes 0.05 options profile facts completion text sentences"],
    "audit": [],
    "lock": [],
    "build": ["python -m build"],
    "clean": [],
}
"""The programs of `.venv` that each task runs."""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "setup.json"
LOCK = ROOT / "requirements.lock"
"""Every library of the development set-up, pinned with its hashes; the engine is apart, since it is built here."""
NOT_RUN = 3
"""The exit code of an audit that reached nothing: neither a pass nor a failure."""
ENGINE_LOG = VENV / "engine-build.log"
ENGINE_MACRO = "-DPyEval_CallObject=PyObject_CallObject"
"""durable_rules 2.0.28 calls a function that Python 3.13 removed; this names its successor."""

NO_ENGINE = """\
The rule engine durable_rules is not installed ({reason}): mbc uses its reference evaluator and says so.
To get it: `apt install build-essential python3-dev` (Debian, Ubuntu), `dnf install gcc python3-devel` (Fedora)
or `xcode-select --install` (macOS), then `python3 tasks.py setup`."""

ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> int:
    parser = argparse.ArgumentParser(
        usage="python3 tasks.py TASK", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK", help="one of the above")
    task = parser.parse_args().task
    if task == "clean":
        clean()
        return 0
    texts = find_corpus() if TASKS[task] is CHECKS else None
    install(dev=task != "demo", again=task == "setup")
    if task in ("audit", "lock"):
        return audit() if task == "audit" else 0 if lock() else 1
    if task in ("fuzz", "fuzz-briefly") and not has_fuzzer():
        say("Atheris, which guides the fuzzer, cannot be had for this Python: a slower loop takes its place.")
    failed = [step for step in TASKS[task] if not run_step(step, texts)]
    if TASKS[task] is CHECKS:
        if texts is None:
            say("No copy of the five texts in MBC_CORPUS or ../shared/sources: no fingerprint was verified.")
        say("All checks passed." if not failed else "Failed: " + ", ".join(failed))
    return 1 if failed else 0


def install(*, dev: bool, again: bool) -> None:
    """Make `.venv` hold the project, editable, with all it needs, unless its stamp says that it does."""
    place = f"{sys.version} {sys.base_prefix} {ROOT}"
    stamp = json.loads(STAMP.read_text()) if STAMP.exists() else {"place": place}
    foreign = stamp["place"] != place
    sources = [ROOT / "pyproject.toml", ROOT / "src/mbc_explorer/version.py", LOCK]
    wanted = {
        "place": place,
        "project": sha256(b"".join(source.read_bytes() for source in sources)).hexdigest(),
        "dev": dev or (stamp.get("dev", False) and not foreign),
        "missing": missing_tool(),
    }
    if again or not wanted.items() <= stamp.items():
        make_venv(clear=foreign)
        project = tomllib.loads(sources[0].read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"]
        needed = ["--require-hashes", "--requirement", str(LOCK)]
        if not wanted["dev"]:
            needed = [name for name in project["dependencies"] if not name.startswith("durable_rules")]
        say("Installing the libraries" + (" and the development tools" if wanted["dev"] else ""))
        if not (pip("install", *needed) and pip("install", "--no-deps", "--editable", ".")):
            sys.exit("The installation failed; pip says why above.")
        stamp = {**wanted, "engine": engine_works() or build_engine(extras["engine"])}
        STAMP.write_text(json.dumps(stamp, indent=2))
    if not stamp["engine"]:
        say(NO_ENGINE.format(reason=stamp["missing"] or f"its build failed, see {ENGINE_LOG.relative_to(ROOT)}"))


def has_fuzzer() -> bool:
    """Install what fuzzes by coverage, which is published for some Pythons and systems only; whether that went well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pip("install", *project["optional-dependencies"]["fuzz"], quiet=True)


def make_venv(*, clear: bool) -> None:
    """Create `.venv` where it is missing; empty it first where another Python made it or the checkout was moved."""
    STAMP.unlink(missing_ok=True)
    if clear or not (VENV / "pyvenv.cfg").exists():
        say("Creating .venv")
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("This Python cannot make virtual environments. On Debian or Ubuntu: `apt install python3-venv`.")
        call(sys.executable, "-m", "venv", "--clear", str(VENV))
    if not call(BIN / "python", "-c", f"import pip, sys; sys.exit(sys.version != {sys.version!r})", quiet=True):
        sys.exit("The folder .venv cannot be used with this Python: remove it and try again.")


def build_engine(requirements: list[str]) -> bool:
    """Build durable_rules, of which no wheels are published; a build that cannot be imported is taken away again."""
    say("Building the rule engine")
    options = ["--force-reinstall", "--no-deps", "--log", str(ENGINE_LOG)]
    env = ENV
    if sys.version_info >= (3, 13):
        options.append("--no-cache-dir")  # the cache may hold a wheel that was built without the macro
        env = {**ENV, "CPPFLAGS": f"{ENV.get('CPPFLAGS', '')} {ENGINE_MACRO}".strip()}
    ENGINE_LOG.unlink(missing_ok=True)
    built = pip("install", *options, *requirements, env=env, quiet=True) and engine_works()
    if not built:
        pip("uninstall", "--yes", "durable_rules", quiet=True)
    return built


def lock() -> bool:
    """Write the lock anew, with uv."""
    options = ["--extra", "dev", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--upgrade"]
    options += ["--no-emit-package", "durable-rules", "--quiet", "--output-file", LOCK.name]
    return pip("install", "uv") and call(BIN / "python", "-m", "uv", "pip", "compile", "pyproject.toml", *options)


def audit() -> int:
    """Look up every pinned library. Where the database knew none of them, the audit was not run, and says so."""
    if not pip("install", "pip-audit"):
        return NOT_RUN
    options = ["-r", LOCK.name, "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run([str(BIN / "pip-audit"), *options], cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        found = []
    known = [row for row in found if "vulns" in row]
    if not known:
        say("The audit was NOT RUN: the advisory database could not be reached, or knew none of the libraries.")
        return NOT_RUN
    bad = [f"{row['name']} {row['version']}: {vuln['id']}" for row in known for vuln in row["vulns"]]
    say("\n".join([f"{len(known)} of {len(found)} libraries looked up, {len(bad)} advisories.", *bad]))
    return 1 if bad else 0


def engine_works() -> bool:
    return call(BIN / "python", "-c", "import durable_rules_engine", quiet=True)


def missing_tool() -> str:
    """What a build of the engine lacks on this machine, or nothing."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"no C compiler: {compiler}"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "no Python headers: Python.h"
    return ""


def find_corpus() -> Path | None:
    """The folder of the five texts: MBC_CORPUS, else `../shared/sources` beside the checkout, else none."""
    named = os.environ.get("MBC_CORPUS")
    folder = Path(named).resolve() if named else ROOT.parent / "shared" / "sources"
    if named and not folder.is_dir():
        sys.exit(f"MBC_CORPUS names no folder: {named}")
    return folder if folder.is_dir() else None


def run_step(step: str, texts: Path | None) -> bool:
    program, *words = step.split()
    env = ENV
    if texts:
        env = {**ENV, "MBC_CORPUS": str(texts)}
        words += ["--corpus", str(texts)] if step == "mbc check" else []
    say(" ".join(["$", program, *words]))
    return call(BIN / program, *words, env=env)


def pip(*arguments: str, env: dict[str, str] = ENV, quiet: bool = False) -> bool:
    return call(BIN / "python", "-m", "pip", "-q", "--disable-pip-version-check", *arguments, env=env, quiet=quiet)


def call(program: Path | str, *arguments: str, env: dict[str, str] = ENV, quiet: bool = False) -> bool:
    """Run a program in the checkout; whether it is there and ended well."""
    command = [str(program), *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=quiet, check=False).returncode == 0
    except OSError as error:
        say(str(error))
        return False


def clean() -> None:
    for name in (".venv", "build", "dist", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for cache in list(ROOT.rglob("__pycache__")):
        shutil.rmtree(cache)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
