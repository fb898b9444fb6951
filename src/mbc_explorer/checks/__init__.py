"""What `mbc check` verifies: cases against both engines, texts against the corpus and against prescriptive wording.

Loading has checked shapes and references before any of these run. Each check is a function that returns problems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.checks.accounting import Account, accounts, check_accounts
from mbc_explorer.checks.attribution import check_attribution
from mbc_explorer.checks.axes import check_axes
from mbc_explorer.checks.cases import check_cases
from mbc_explorer.checks.expectations import check_expectations
from mbc_explorer.checks.fingerprints import check_fingerprints
from mbc_explorer.checks.wording import check_copying, check_wording, knowledge_texts
from mbc_explorer.compiling import Compiler
from mbc_explorer.corpus import normalize
from mbc_explorer.loading import read_pack
from mbc_explorer.verbatim import sentences_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mbc_explorer.errors import Problem
    from mbc_explorer.folders import Folders

    Progress = Callable[[str, int, int], None]


class Checked(NamedTuple):
    """What was verified, counted, and what was found wrong."""

    counts: dict[str, int]
    accounts: list[Account]
    proven: dict[str, int]
    """How much was proven of every possible case, by kind of claim; nothing where that was not asked for."""
    mutations: dict[str, Any]
    """Which check notices mutants of rules, derivations, citations and so on; nothing where that was not asked for."""
    problems: list[Problem]


def check(
    folders: Folders,
    corpus: Path | None,
    *,
    proofs: bool = False,
    mutations: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Verify a pack.

    Args:
        folders: the pack.
        corpus: a local copy of the texts; without it, fingerprints and copied words are not checked, and not counted.
        proofs: also prove the rules and invariants of every possible case; this needs the solver of the extra `verify`.
        mutations: also try mutants of every rule, of what it rests on and of every citation, where nothing is wrong.
        progress: told how far the mutants are.

    Raises:
        KnowledgeError: when the pack does not even load.
        EngineError: when proofs are asked for and the solver is not installed.
    """
    pack = read_pack(folders)
    catalog = Compiler(pack).catalog()
    texts = knowledge_texts(pack)
    cases, case_problems = check_cases(pack, catalog)
    further, expectation_problems = check_expectations(pack, catalog)
    counts = {
        "sources": len(catalog.sources),
        "statements": len(catalog.statements),
        "differences": len(catalog.differences),
        "rules": len(catalog.rules),
        "readings": len(catalog.readings),
        "cases": cases + further,
        "agents": len(catalog.agents),
        "texts": len(texts),
    }
    problems = [
        *case_problems,
        *expectation_problems,
        *check_axes(pack, catalog),
        *check_wording(texts),
        *check_accounts(pack),
    ]
    spoken = {name: sentences_of(catalog, name, corpus) for name in catalog.sources} if corpus else None
    problems += check_attribution(pack, catalog, spoken)
    if corpus is not None and spoken is not None:
        verified, mismatches = check_fingerprints(pack, catalog, corpus)
        counts["fingerprints"] = verified
        words = {name: [normalize(sentence) for sentence in found.values()] for name, found in spoken.items()}
        problems += [*mismatches, *check_copying(texts, words, catalog)]
    proven: dict[str, int] = {}
    if proofs:
        from mbc_explorer.checks.proofs import prove

        proven, unproven = prove(pack, catalog)
        problems += unproven
    tried: dict[str, Any] = {}
    if mutations and not problems:
        from mbc_explorer.checks.mutations import mutate

        found = mutate(pack, catalog, spoken, progress)
        tried = found.plain()
        problems += found.problems
    return Checked(counts, accounts(pack), proven, tried, problems)
