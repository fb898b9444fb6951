"""Sentences that can be read in two ways: the reading that decides, the other one, and a profile on which they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.edit import edits
from mbc_explorer.errors import ProfileError
from mbc_explorer.evaluate import WORDS
from mbc_explorer.explain import condition_text
from mbc_explorer.primes import And, complement, contains, cubes_of, formula, spelled
from mbc_explorer.report import stated_by, status_of
from mbc_explorer.settling import grounded, world_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Catalog, Cube, Reading
    from mbc_explorer.condition import Condition

Plain = dict[str, Any]


def readings(blank: Case, asked: Iterable[Reading], case: Case | None = None) -> list[Plain]:
    """Other readings of rules, each with a profile on which it parts from the rule's own.

    Args:
        blank: a case of which nothing is known; of another, what it states is left out.
        asked: readings of its catalog.
        case: a profile to judge by both readings, if there is one.

    Returns:
        For each reading its `id`, the `rule` with its `option`, its `name` and the statement, and `because`; both
        conditions in words, `own` and `other`; and `parting`: the smallest `profile` found on which one of them is met
        and the other not, with the truth of both. With a case, `truths` has what both come to there, and `statuses`
        what the option is by the rule's own and what it would be by the other.
    """
    found = []
    blank = blank.altered(dict.fromkeys(blank.plain))
    parted: dict[tuple[Condition, Condition], Plain] = {}  # many rules share a condition and another reading of it
    for reading in asked:
        rule = blank.catalog.rules[reading.rule]
        told: Plain = {"id": reading.id, "rule": rule.id, "option": rule.option}
        told |= {"name": blank.catalog.options[rule.option].name, "stance": rule.stance}
        told |= stated_by(rule, blank.catalog)
        told |= {
            "because": reading.because,
            "own": condition_text(rule.condition, blank.catalog),
            "other": condition_text(reading.condition, blank.catalog),
        }
        both = rule.condition, reading.condition
        if both not in parted:
            parted[both] = _parting_plain(blank, reading)
        told["parting"] = parted[both]
        if case is not None:
            told |= {"truths": _truths(case, reading), "statuses": _statuses(case, reading)}
        found.append(told)
    return found


def apart(case: Case, asked: Iterable[Reading]) -> list[Reading]:
    """The readings that come to something else than the rule's own, for a case."""
    return [reading for reading in asked if len({*_truths(case, reading).values()}) > 1]


def _statuses(case: Case, reading: Reading) -> Plain:
    option = case.catalog.rules[reading.rule].option
    otherwise = {**case.truths, reading.rule: _truths(case, reading)["other"]}
    return {"own": case.statuses[option], "other": status_of(case.catalog.rules_of[option], otherwise)}


def _truths(case: Case, reading: Reading) -> Plain:
    own = case.catalog.rules[reading.rule].condition
    return {"own": WORDS[case.truth(own)], "other": WORDS[case.truth(reading.condition)]}


def _parting_plain(blank: Case, reading: Reading) -> Plain:
    case = parting(blank, reading)
    return {"profile": case.plain, **_truths(case, reading)}


def parting(blank: Case, reading: Reading) -> Case:
    """A case of as few facts as could be found on which one reading is met and the other is not.

    Raises:
        LookupError: where there is none, which the compiler of the knowledge rules out.
    """
    for cube in sorted(_cubes(reading, blank.catalog), key=len):
        for changes in edits(blank, dict(cube)):
            try:
                case = blank.altered(changes)
            except ProfileError:
                continue
            if _part(case, reading):
                return _reduced(case, reading)
    raise LookupError(f"no profile was found on which {reading.id} parts from the rule's own reading")


def _part(case: Case, reading: Reading) -> bool:
    return {*_truths(case, reading).values()} == {WORDS[True], WORDS[False]}


def _reduced(case: Case, reading: Reading) -> Case:
    """The case without the statements that follow from the others."""
    for name in case.plain:
        fewer = case.altered({name: None})
        if _part(fewer, reading):
            case = fewer
    return case


def _cubes(reading: Reading, catalog: Catalog) -> Iterator[Cube]:
    """Sets of facts under which one reading is met and the other is not; there may be smaller ones."""
    domains, impossible = catalog.facts, world_left(frozenset(), catalog).impossible
    own, other = (formula(c, domains) for c in (catalog.rules[reading.rule].condition, reading.condition))
    for one, against in ((own, other), (other, own)):
        apart = cubes_of(And((one, complement(against, domains))), domains)
        for cube in grounded(apart, {}, catalog):
            if not any(contains(bad, cube) for bad in impossible):
                yield spelled(cube, domains)
