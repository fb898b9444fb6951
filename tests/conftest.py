"""What every test can ask for: the catalog, an explorer with each engine, the pack's folders, the five texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from copies import make_small_pack
from mbc_explorer import Catalog, Explorer, load_catalog
from mbc_explorer.engine import is_available
from mbc_explorer.folders import Folders

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run, so that a run says something of the code and not of luck; `--hypothesis-profile=wide`
# looks at others. No deadline: a slow machine is not a failure.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("wide", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The knowledge of this checkout."""
    return load_catalog()


@pytest.fixture(scope="session", params=["durable", "reference"])
def explorer(request: pytest.FixtureRequest, catalog: Catalog) -> Explorer:
    """An explorer with each engine in turn; durable_rules is skipped where it is not installed."""
    engine: str = request.param
    if engine == "durable" and not is_available():
        pytest.skip("durable_rules is not installed here")
    return Explorer(catalog, engine)


@pytest.fixture(scope="session")
def folders() -> Folders:
    """The knowledge and rules folders of this checkout."""
    return Folders(ROOT / "knowledge", ROOT / "rules")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, folders: Folders) -> Path:
    """The knowledge of all sources and the rules of one topic of one source; no test may change it."""
    root = tmp_path_factory.mktemp("small")
    make_small_pack(root, folders)
    return root


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder that holds the five texts: MBC_CORPUS, or shared/sources beside the checkout."""
    directory = Path(os.environ.get("MBC_CORPUS") or ROOT.parent / "shared" / "sources")
    if directory.is_dir():
        return directory
    reason = f"the five texts are not in {directory}; set MBC_CORPUS to a folder that holds them"
    if os.environ.get("MBC_REQUIRE_CORPUS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
