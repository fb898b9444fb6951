"""How many mutants of each kind were tried, which checks notice them, and what could not be told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.errors import Problem

Plain = dict[str, Any]

CASES, INVARIANTS, PROOFS, NAMES, ACCOUNTS = "cases", "invariants", "proofs", "names", "accounts"
"""What notices a mutant: a case beside its rule, an invariant, another proof, the words of paraphrases and texts, the
account of every sentence."""
TEXTS = "texts"
CRITERIA, ALTERNATIVES, CITATIONS, OTHERS = "criteria", "alternatives", "citations of rules", "citations of the rest"
DERIVATIONS, APPLICABILITY, IMPLIED = "derivations", "applicability", "values that imply others"
HISTORIES, FILINGS = "counts from a history", "filings of drugs"
NOTES, READINGS, WHENS = "notes", "other readings", "conditions of statements"


@dataclass
class Tally:
    """The mutants of one kind."""

    made: int = 0
    caught: int = 0
    by: Counter[str] = field(default_factory=Counter)
    """How many each check notices; some are noticed by several."""
    asked: Counter[str] = field(default_factory=Counter)
    """How many each check was asked of."""
    equivalent: int = 0
    """Those that no possible case tells from the rule."""
    same: int = 0
    """Those after which everything that is spoken of is still named."""
    survived: int = 0

    def count(self, caught: Iterable[str], asked: Iterable[str]) -> bool:
        """Count a mutant that is neither equivalent nor the same; whether something notices it."""
        found = set(caught)
        self.by.update(found)
        self.asked.update(asked)
        self.caught += bool(found)
        return bool(found)


class Mutated(NamedTuple):
    """What was tried, by group and kind, what could not be told apart, and what survived."""

    groups: dict[str, dict[str, Tally]]
    equivalent: list[Plain]
    """Conditions that no possible case tells from the one that is there: `of` what, `kind`, `condition`."""
    same: list[Plain]
    """Changed citations that still name everything: `statement`, `kind`, `change`, and `names` that are named."""
    without: list[str]
    """What could not be asked here: proofs without the solver, texts without a corpus."""
    problems: list[Problem]

    def plain(self) -> Plain:
        """As JSON holds it."""
        groups = {
            group: {
                kind: {
                    "made": tally.made,
                    "caught": tally.caught,
                    "by": {name: {"caught": tally.by[name], "asked": number} for name, number in tally.asked.items()},
                    "equivalent": tally.equivalent,
                    "same": tally.same,
                    "survived": tally.survived,
                }
                for kind, tally in kinds.items()
            }
            for group, kinds in self.groups.items()
        }
        return {"groups": groups, "equivalent": self.equivalent, "same": self.same, "without": self.without}
