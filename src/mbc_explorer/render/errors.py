"""An error as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mbc_explorer.report import DISCLAIMER, SCHEMA_VERSION

if TYPE_CHECKING:
    from mbc_explorer.errors import MbcError


def error_json(error: MbcError) -> str:
    """What is wrong, every problem with its kind and place."""
    problems = [problem._asdict() for problem in error.problems]
    data = {
        "schema_version": SCHEMA_VERSION,
        "disclaimer": DISCLAIMER,
        "error": {"headline": error.headline, "exit_code": error.exit_code, "problems": problems},
    }
    return json.dumps(data, separators=(",", ":"))  # ASCII: what is quoted may be no text at all
