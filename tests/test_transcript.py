"""The transcript of a trainee's hour is what its commands print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transcript import PAGE, ROOT, refreshed

if TYPE_CHECKING:
    import pytest


def test_every_output_of_the_hour_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python tests/transcript.py` writes them anew."""
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")
    assert refreshed(text) == text


def test_the_hour_has_ten_questions_on_one_profile() -> None:
    """One profile, ten numbered questions, each with a command and its output."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]
    assert [part.split(".")[0] for part in parts] == [str(number) for number in range(1, 11)]
    assert all(re.search(r"^\$ mbc .+\n\S", part, re.MULTILINE) for part in parts)
    assert len(set(re.findall(r"examples/profiles/[a-z0-9-]+\.yaml", text))) == 1
