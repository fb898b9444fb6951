"""What becomes of every sentence: cited by a statement, or set aside with a reason; none left over, none both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.errors import Problem

if TYPE_CHECKING:
    from mbc_explorer.loading import Pack


class Account(NamedTuple):
    """The sentences of one source by what became of them."""

    source: str
    sentences: int
    cited: tuple[int, ...]
    set_aside: dict[str, tuple[int, ...]]
    """By reason."""
    unaccounted: tuple[int, ...]

    def plain(self) -> dict[str, object]:
        """The counts, as JSON holds them."""
        return {
            "source": self.source,
            "sentences": self.sentences,
            "cited": len(self.cited),
            "set_aside": {reason: len(numbers) for reason, numbers in self.set_aside.items()},
            "unaccounted": len(self.unaccounted),
        }


def accounts(pack: Pack) -> list[Account]:
    """One account for each source, in the order of the sources."""
    return [_account(pack, source.id) for source in pack.sources.model.sources]


def _account(pack: Pack, source: str) -> Account:
    total = next(len(ledger.model.sentences) for ledger in pack.ledgers if ledger.model.source == source)
    cited = {
        number
        for file in pack.statements
        if file.model.source == source
        for row in file.model.statements
        for number in row.sentences
    }
    aside: dict[str, tuple[int, ...]] = {}
    for file in pack.set_aside:
        if file.model.source == source:
            for row in file.model.set_aside:
                aside[row.reason] = tuple(sorted({*aside.get(row.reason, ()), *row.sentences}))
    gone = {number for numbers in aside.values() for number in numbers}
    left = tuple(number for number in range(1, total + 1) if number not in cited and number not in gone)
    return Account(source, total, tuple(sorted(cited)), aside, left)


def check_accounts(pack: Pack) -> list[Problem]:
    """Every sentence that is neither cited nor set aside, that is both, or that is set aside twice or is not there."""
    problems = []
    for account in accounts(pack):
        where = f"knowledge/set_aside/{account.source}.yaml"
        if account.unaccounted:
            numbers = ", ".join(map(str, account.unaccounted))
            text = f"sentences of {account.source} are neither cited by a statement nor set aside: {numbers}."
            problems.append(Problem("unaccounted-sentence", where, text))
        seen: set[int] = set()
        for reason, numbers_aside in account.set_aside.items():
            for number in numbers_aside:
                if number > account.sentences or number < 1:
                    text = (
                        f"{account.source} has sentences 1 to {account.sentences}; {number} is set aside as {reason}."
                    )
                    problems.append(Problem("unknown-sentence", where, text))
                elif number in account.cited:
                    text = (
                        f"sentence {number} of {account.source} is set aside as {reason} and also cited by a statement."
                    )
                    problems.append(Problem("set-aside-and-cited", where, text))
                elif number in seen:
                    problems.append(
                        Problem("set-aside-twice", where, f"sentence {number} is set aside for two reasons.")
                    )
                seen.add(number)
    return problems
