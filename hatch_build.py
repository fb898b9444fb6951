"""Build hook: `rules/` and `knowledge/` into the wheel as package data, with the catalog compiled from them.

An editable install reads the folders of the checkout and takes nothing from here.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataBuildHook(BuildHookInterface[BuilderConfig]):
    """Adds `mbc_explorer/_data/` to a standard wheel."""

    @property
    def compiled(self) -> Path:
        """Where the compiled catalog stands while the wheel is built."""
        return Path(self.directory) / ".mbc-compiled.json"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from mbc_explorer.compiled import write_compiled

        write_compiled(root / "knowledge", root / "rules", self.compiled)
        for source, name in (
            (root / "knowledge", "knowledge"),
            (root / "rules", "rules"),
            (self.compiled, "compiled.json"),
        ):
            build_data["force_include"][str(source)] = f"mbc_explorer/_data/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self.compiled.unlink(missing_ok=True)
