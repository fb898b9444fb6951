"""The public names as a program uses them. The type checker reads this file too: a wrong type is a failed check.

Each promise of a type is an assignment, so that `mypy --strict` fails where the promise is broken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import mbc_explorer
from mbc_explorer import (
    Catalog,
    EngineError,
    Explorer,
    KnowledgeError,
    MbcError,
    Problem,
    Profile,
    ProfileError,
    Report,
    UsageError,
    explore,
    load_catalog,
)

PUBLIC = {
    "Catalog", "EngineError", "Explorer", "KnowledgeError", "MbcError", "Problem", "Profile", "ProfileError", "Report",
    "UsageError", "__version__", "explore", "load_catalog",
    "Case", "boundaries", "compare", "decision_map", "missing", "nearest", "pairs", "readings", "what_if", "why",
    "why_not",
}  # fmt: skip


def python(code: str) -> str:
    """Run Python code in a process of its own, where nothing was imported before; what it printed."""
    env = {**os.environ, "PYTHONPATH": str(Path(mbc_explorer.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def problems(error: type[MbcError], call: Any) -> list[str]:
    """The kinds of the problems that a call is refused with."""
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).splitlines()[0] == str(caught.value.problems[0])
    return [problem.kind for problem in caught.value.problems]


# Names


def test_the_public_names_are_these() -> None:
    """These names, sorted; each is there, and no other is promised."""
    assert set(mbc_explorer.__all__) == PUBLIC
    assert sorted(mbc_explorer.__all__) == list(mbc_explorer.__all__)
    for name in PUBLIC:
        assert getattr(mbc_explorer, name) is not None


@pytest.mark.parametrize("names", list(permutations(["Explorer", "explore", "Profile"])), ids=" ".join)
def test_the_public_names_may_be_imported_in_any_order(names: tuple[str, ...]) -> None:
    """`explore` is the function, whatever was imported before it; no module of ours takes its name."""
    code = f"from mbc_explorer import {', '.join(names)}; print(explore(Profile(er='positive')).status('trastuzumab'))"
    assert python(code) == "undetermined\n"


def test_no_module_of_the_package_has_the_name_of_a_public_function() -> None:
    """Importing a module of a package sets an attribute of its name there: it would hide the function."""
    modules = {path.stem for path in Path(mbc_explorer.__file__).parent.iterdir()}
    assert modules & PUBLIC == set()


def test_every_public_name_is_had_from_a_star_import() -> None:
    """`from mbc_explorer import *` gives exactly the public names, functions and classes each."""
    code = (
        "from mbc_explorer import *\n"
        "names = [name for name in dir() if not name.startswith('__')]\n"
        "print(*names, *[name for name in names if not callable(globals()[name])])"
    )
    assert set(python(code).split()) == PUBLIC - {"__version__"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as of any module, so that `hasattr` and `from … import` work."""
    assert not hasattr(mbc_explorer, "recommend")
    with pytest.raises(AttributeError, match=r"^module 'mbc_explorer' has no attribute 'recommend'$"):
        mbc_explorer.recommend  # noqa: B018


def test_the_package_is_marked_as_typed() -> None:
    """`py.typed` tells the type checkers of those who use the package that its annotations are meant."""
    assert (Path(mbc_explorer.__file__).parent / "py.typed").is_file()


# Use, with types


def test_a_profile_is_explored(catalog: Catalog) -> None:
    """A catalog, a profile, a report: statuses, options and plain data that is the JSON."""
    explorer: Explorer = Explorer(catalog, "reference")
    report: Report = explorer.explore(Profile(her2="positive", prior=["trastuzumab+docetaxel"]))
    engine: str = explorer.engine
    # cancercare-2024:66: HER2-positive, after one or more earlier anti-HER2 regimens
    status: str = report.status("tucatinib")
    option: dict[str, Any] = report.option("tucatinib")
    data: dict[str, Any] = report.data
    text: str = report.json()
    assert (engine, status, option["status"]) == ("reference", "described", "described")
    assert json.loads(text) == json.loads(json.dumps(data))


def test_a_profile_is_made_of_names_or_of_a_mapping(catalog: Catalog) -> None:
    """Keywords and a mapping say the same, with any alias; what is given is kept as it was given."""
    explorer = Explorer(catalog, "reference")
    by_name: Profile = Profile(er="positive", her2="negative")
    by_mapping: Profile = Profile({"er_status": "positive", "her2_status": "negative"})
    assert explorer.explore(by_name).json() == explorer.explore(by_mapping).json()


def test_the_profile_of_a_report_is_a_profile_again(catalog: Catalog) -> None:
    """What was understood can be asked again, and gives the same answer."""
    explorer = Explorer(catalog, "reference")
    first = explorer.explore(Profile(er="+", her2="neg", prior=["tamoxifen@adjuvant,stopped=progression,months=8"]))
    assert explorer.explore(Profile(first.data["profile"])).json() == first.json()


def test_the_short_function_answers_as_the_explorer_does() -> None:
    """`explore(profile)` loads the catalog of the package, and gives the bytes that an `Explorer` gives."""
    code = (
        "from mbc_explorer import explore, load_catalog, Explorer, Profile\n"
        "profile = Profile(er='positive')\n"
        "answers = {explore(profile).json(), explore(profile, load_catalog()).json(),\n"
        "           explore(profile, engine=None).json(), Explorer(load_catalog()).explore(profile).json()}\n"
        "print(len(answers))"
    )
    assert python(code) == "1\n"


def test_a_catalog_is_loaded_from_a_path_or_its_text(catalog: Catalog) -> None:
    """Another pack is named by a path or a string; the pack of this checkout is the same by its name."""
    root = Path(__file__).resolve().parents[1]
    by_path: Catalog = load_catalog(root)
    by_text: Catalog = load_catalog(str(root))
    assert by_path.plain() == by_text.plain() == catalog.plain()


# Errors


@pytest.mark.parametrize(
    ("error", "code"), [(ProfileError, 2), (UsageError, 2), (KnowledgeError, 1), (EngineError, 1), (MbcError, 1)]
)
def test_every_error_is_an_mbc_error_with_its_exit_code(error: type[MbcError], code: int) -> None:
    """Whoever catches `MbcError` catches all; each says which exit code the command line gives it."""
    made: MbcError = error([Problem("kind", "where", "message.")])
    found: tuple[Problem, ...] = made.problems
    assert (made.exit_code, str(made), found) == (code, "where: message.", (Problem("kind", "where", "message."),))


def test_an_error_of_each_kind_is_raised(catalog: Catalog, tmp_path: Path) -> None:
    """A wrong value, a wrong engine and a folder that is no pack are told apart by their class."""
    explorer = Explorer(catalog, "reference")
    assert sorted(problems(ProfileError, lambda: explorer.explore(Profile(er="blue", her3="positive")))) == [
        "unknown-attribute",
        "unknown-value",
    ]
    assert problems(UsageError, lambda: Explorer(catalog, "drools")) == ["unknown-engine"]
    assert problems(KnowledgeError, lambda: load_catalog(tmp_path)) == ["no-pack"]


class Mute:
    """Something that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


def test_what_is_no_profile_is_refused_with_what_to_pass(catalog: Catalog) -> None:
    """A mapping where a profile belongs, and a list where a mapping does, are told how a profile is written."""
    explorer = Explorer(catalog, "reference")
    mapping: Any = {"er": "positive"}
    for call in (explorer.explore, explorer.case, lambda given: explore(given, catalog, "reference")):
        with pytest.raises(
            ProfileError, match=r'given as Profile\(\.\.\.\), as in Profile\(er="positive"\), not as a map'
        ):
            call(mapping)
    wrong: Any
    for wrong in (["er"], 7, Mute(), "er=positive"):
        assert problems(ProfileError, lambda given=wrong: Profile(given)) == ["wrong-kind"]
    changes: Any = ["er"]
    assert problems(ProfileError, lambda: explorer.case(Profile()).altered(changes)) == ["wrong-kind"]
    changes = {7: "positive"}
    assert problems(ProfileError, lambda: explorer.case(Profile()).altered(changes)) == ["unknown-attribute"]


@pytest.mark.parametrize("engine", [[], Mute(), 7], ids=["a list", "what cannot be shown", "a number"])
def test_what_is_no_engine_is_refused(catalog: Catalog, engine: Any) -> None:
    """An engine is one of two words, whatever is given instead."""
    assert problems(UsageError, lambda: Explorer(catalog, engine)) == ["unknown-engine"]
    assert problems(UsageError, lambda: explore(Profile(), catalog, engine)) == ["unknown-engine"]


def test_a_name_too_long_for_a_folder_is_no_pack() -> None:
    """What the system does not take as a name is told as any folder that is no pack, and not in all its length."""
    with pytest.raises(KnowledgeError) as caught:
        load_catalog("x" * 10_000)
    assert [problem.kind for problem in caught.value.problems] == ["no-pack"]
    assert len(str(caught.value)) < 600


def test_an_unknown_option_is_told_with_the_nearest(catalog: Catalog) -> None:
    """A wrong id is a usage error with what may have been meant; who expects a KeyError catches it, too."""
    report = Explorer(catalog, "reference").explore(Profile())
    with pytest.raises(
        UsageError, match=r"^option: 'tucatinb' is not the id of an option here; did you mean 'tucatinib'\?"
    ):
        report.status("tucatinb")
    with pytest.raises(KeyError):
        report.option("tucatinb")
    mute: Any = Mute()
    assert problems(UsageError, lambda: report.option(mute)) == ["unknown-option"]
