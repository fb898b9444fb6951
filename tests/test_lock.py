"""The lock: every library that development needs, at one version within its range, with hashes and no place named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENGINE = "durable-rules"
"""Built here from its one source distribution, pinned in pyproject.toml itself."""
WANTED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]

PINS = {
    canonicalize_name(match["name"]): match["version"]
    for match in re.finditer(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", LOCK, re.MULTILINE)
}


@pytest.mark.parametrize("text", WANTED)
def test_each_library_is_pinned_within_its_range(text: str) -> None:
    """What users are offered as a range is what development uses one version of."""
    wanted = Requirement(text)
    name = canonicalize_name(wanted.name)
    if name == ENGINE:
        assert name not in PINS
        assert str(wanted.specifier) == "==2.0.28"
        return
    assert wanted.specifier.contains(PINS[name]), f"{name} {PINS[name]} is not {wanted.specifier}: `tasks.py lock`"


def test_each_pin_has_hashes_and_no_place() -> None:
    """Each entry is checked by its bytes, wherever it comes from."""
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) == len(PINS) > len(WANTED)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?:|file:|index", LOCK)
