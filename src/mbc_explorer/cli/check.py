"""`mbc check`: verify the knowledge and the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single, talk
from mbc_explorer.cli.options import Corpus, Json, Knowledge, stop_without_folder, write_json, write_output
from mbc_explorer.explain import counted
from mbc_explorer.folders import find_folders
from mbc_explorer.report import DISCLAIMER

EPILOG = (
    "Examples:  mbc check  |  mbc check --corpus texts --json  |  mbc check --prove  |  "
    "mbc check --mutate --corpus texts"
)


Prove = Annotated[
    bool, typer.Option("--prove", help="Also prove rules and invariants of every possible case (extra 'verify').")
]
Mutate = Annotated[
    bool,
    typer.Option(
        "--mutate",
        help="Also change every rule, derivation, note, other reading and condition of a statement and, with a corpus, "
        "every citation in one small thing after the other: some check has to notice each change.",
    ),
]


def check(
    *,
    corpus: Corpus = None,
    prove: Prove = False,
    mutate: Mutate = False,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Verify that knowledge and rules load, that every reference resolves, that every rule has its cases and they hold,
    and with a corpus that every fingerprint verifies and no words were copied. Exit code 1 when something is wrong."""
    from mbc_explorer.checks import check as run_checks
    from mbc_explorer.engine import is_available

    stop_without_folder(corpus)
    found = run_checks(find_folders(knowledge), corpus, proofs=prove, mutations=mutate, progress=_progress())
    engines = ["durable", "reference"] if is_available() else ["reference"]
    if json:
        write_json(
            {
                "verified": found.counts,
                "engines": engines,
                "accounts": [account.plain() for account in found.accounts],
                "proven": found.proven,
                "mutations": found.mutations,
                "problems": [problem._asdict() for problem in found.problems],
            }
        )
    else:
        verified = ", ".join(f"{number} {what}" for what, number in found.counts.items())
        _say(f"Verified: {verified}; cases through {' and '.join(engines)}.")
        if found.proven:
            proven = ", ".join(f"{what}: {number}" for what, number in found.proven.items())
            _say(f"Proven of every possible case: {proven}.")
        if found.mutations:
            from mbc_explorer.render.mutations import render_mutations

            write_output(render_mutations(found.mutations), None)
        elif mutate:
            talk("No mutant was tried, since there are problems without any.\n")
        for account in found.accounts:
            aside = ", ".join(
                f"{len(numbers)} {reason.replace('_', ' ')}" for reason, numbers in account.set_aside.items()
            )
            told = f"{account.sentences} sentences: {len(account.cited)} cited, set aside {aside or 'none'}"
            _say(f"{account.source}: {told}, {len(account.unaccounted)} unaccounted.")
        if corpus is None:
            talk("Fingerprints and copied words were not checked:\nno corpus (--corpus DIR or MBC_CORPUS).\n")
        for problem in found.problems:
            talk(f"{problem}\n")
        _say(f"{counted(len(found.problems), 'problem')} found. {DISCLAIMER}")
    if found.problems:
        raise typer.Exit(1)


def _say(text: str) -> None:
    """Print a paragraph, wrapped."""
    from mbc_explorer.render.page import Page

    page = Page(color=False)
    page.say(text, hang=2)
    write_output(page.text(), None)


def _progress() -> Callable[[str, int, int], None] | None:
    """Tells somebody who watches how far the mutants are."""
    if not sys.stderr.isatty():
        return None

    def told(group: str, done: int, of: int) -> None:
        text = f"mutants of {group}: {done} of {of}"
        sys.stderr.write(f"\r{text:<60}" if done < of else f"\r{'':<60}\r")
        sys.stderr.flush()

    return told


def command() -> Any:
    """The command."""
    return single(check, "check", EPILOG)
