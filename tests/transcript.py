"""The transcript in docs/hour.md: each command of it is run, and what it prints is what stands there.

`python tests/transcript.py` writes the outputs anew; the test says when they are no longer what the commands print.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from command_line import mbc

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "hour.md"
_SHOWN = re.compile(r"^```console\n\$ mbc (?P<words>.+)\n(?:.*\n)*?```$", re.MULTILINE)
_NOTE = re.compile(r"\nPlease note\n(?:  .*\n)*\Z")


def refreshed(text: str) -> str:
    """A page with the output of each of its commands as it is now, without the closing note: the page has it once."""
    return _SHOWN.sub(_run, text)


def _run(found: re.Match[str]) -> str:
    words = found["words"]
    ran = mbc(*shlex.split(words))
    assert ran.code == 0, f"mbc {words}: {ran.err}"
    return f"```console\n$ mbc {words}\n{_NOTE.sub('', ran.out).rstrip()}\n```"


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
