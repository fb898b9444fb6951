"""The smallest changes to a profile under which a document would describe an option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.condition import NOT_APPLICABLE, attribute_of
from mbc_explorer.edit import CAN_CHANGE, CANNOT_CHANGE, UNKNOWN_BEFORE, change_plain, edits, kind_of_change
from mbc_explorer.errors import ProfileError
from mbc_explorer.explain import fact_text
from mbc_explorer.primes import masked, spelled
from mbc_explorer.report import stated_by
from mbc_explorer.settling import grounded, weakest, world_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Cube, Rule
    from mbc_explorer.edit import Changes, Wanted

Plain = dict[str, Any]
MAX_REPAIRS = 4
"""So many times further statements are taken back for those that they contradict."""
KINDS = (UNKNOWN_BEFORE, CAN_CHANGE, CANNOT_CHANGE)


def nearest(case: Case, option: str) -> Plain:
    """The smallest changes to a profile under which a document describes an option.

    Args:
        case: the profile, judged.
        option: the id of an option.

    Returns:
        `option`, `status` and `ways`: none where the option is described already or nothing describes it at all.
        Each way has the `rule` that would then be met with its source and statement, the `facts` that it lacks, in
        words, and the `changes` that bring them about: `attribute`, `from` (None where it was not stated), `to`
        (None to take the statement back), those of the `facts` that it brings about, and its `kind`: `unknown` where
        it only tells what was not known, `can_change` and `cannot_change` where it alters what was stated. No change
        of a way can be left out. Fewest changes first; among as many, those that alter nothing.

    Raises:
        KeyError: for an option that is not in the catalog.
    """
    row = case.report.option(option)
    found: list[Plain] = []
    for rule in case.catalog.rules_of[option] if row["status"] != "described" else ():
        if rule.stance != DESCRIBES:
            continue
        told = {"rule": rule.id, "source": rule.source, "stance": rule.stance, **stated_by(rule, case.catalog)}
        for way in ways(case, rule):
            after = case.altered(way.changes)
            facts = [fact_text(fact, values, case.catalog) for fact, values in way.facts]
            made = [
                {**change, "facts": _brought_about(change["attribute"], way, case)}
                for change in change_plain(case, after, way.changes)
            ]
            found.append({**told, "facts": facts, "changes": made})
    return {
        "option": {name: row[name] for name in ("id", "name", "category", "agents", "status", "missing")},
        "ways": sorted(found, key=_size),
    }


def _size(way: Plain) -> tuple[int, ...]:
    kinds = [change["kind"] for change in way["changes"]]
    return len(kinds), kinds.count(CANNOT_CHANGE), kinds.count(CAN_CHANGE)


class Way(NamedTuple):
    """Facts that a rule lacks in a case, and changes to the profile that bring them about."""

    facts: Cube
    changes: Changes


def _brought_about(name: str, way: Way, case: Case) -> list[str]:
    """The facts of a way that come from what is stated of an attribute: its own, and those taken from a history."""
    catalog = case.catalog
    found = []
    for fact, values in way.facts:
        attribute = catalog.attributes[attribute_of(fact)]
        source = attribute.from_regimens
        taken = source is not None and source.regimens == name and attribute.id not in way.changes
        if attribute.id == name or taken:
            found.append(fact_text(fact, values, catalog))
    return found


def ways(case: Case, rule: Rule) -> list[Way]:
    """A way to meet the rule for each smallest set of facts that does.

    None changes all that another does and more, unless it alters less of what is stated.
    """
    found: list[Way] = []
    for cube in _cubes(case, rule):
        changes = next((c for few in range(MAX_REPAIRS + 1) for c in _met(case, rule, dict(cube), {}, few)), None)
        if changes is not None:
            facts = tuple(pair for pair in cube if case.known.get(pair[0]) not in pair[1])
            found.append(Way(facts, _reduced(case, rule, changes)))
    kept: list[tuple[Way, set[str]]] = []
    for way in sorted(found, key=lambda way: len(way.changes)):
        altered = _altered(case, way)
        if not any(_is_less(other.changes, way.changes) and less <= altered for other, less in kept):
            kept.append((way, altered))
    return [way for way, _ in kept]


def _is_less(changes: Changes, others: Changes) -> bool:
    return set(changes) < set(others) or changes == others


def _altered(case: Case, way: Way) -> set[str]:
    """The attributes of which a way does more than tell what was not known."""
    after = case.altered(way.changes)
    return {name for name in way.changes if kind_of_change(case, name, after) != UNKNOWN_BEFORE}


def _cubes(case: Case, rule: Rule) -> list[Cube]:
    """The smallest sets of facts that meet the rule, those that ask for least beyond what is known first."""
    catalog = case.catalog
    own = [catalog.cubes[number] for number in rule.settling]
    masks = [masked(cube, catalog.facts) for cube in own]
    by_definition = weakest(grounded(masks, {}, catalog), world_left(frozenset(), catalog))
    asked = {fact for cube in by_definition for fact in cube}
    direct = [cube for cube in own if any(f not in asked and _is_stated(f, values, case) for f, values in cube)]
    cubes = [*direct, *(spelled(cube, catalog.facts) for cube in by_definition)]
    left = {cube: {pair for pair in cube if case.known.get(pair[0]) not in pair[1]} for cube in cubes}
    ordered = sorted(left, key=lambda cube: len(left[cube]))
    return [cube for i, cube in enumerate(ordered) if not any(left[other] <= left[cube] for other in ordered[:i])]


def _is_stated(fact: str, values: tuple[str, ...], case: Case) -> bool:
    """Whether a fact stands in the profile itself and is defined by others, or stands there otherwise."""
    told = case.understood.facts.get(fact)
    return isinstance(told, str) and (fact in case.catalog.definitions or told not in values)


def _met(case: Case, rule: Rule, wanted: Wanted, made: Changes, repairs: int) -> Iterator[Changes]:
    """Changes that bring about what is wanted, with the statements taken back that stand in their way."""
    now = case.altered(made) if made else case
    for more in edits(now, wanted):
        yield from _without_contradiction(case, rule, wanted, {**made, **more}, repairs)


def _without_contradiction(case: Case, rule: Rule, wanted: Wanted, changes: Changes, repairs: int) -> Iterator[Changes]:
    try:
        after = case.altered(changes)
    except ProfileError as error:
        for names in _in_the_way(error, case, changes) if repairs else ():
            yield from _without_contradiction(case, rule, wanted, {**changes, **dict.fromkeys(names)}, repairs - 1)
        return
    if after.is_met(rule):
        yield {name: _following(after, name) if value is None else value for name, value in changes.items()}
    elif repairs:
        yield from _met(case, rule, wanted, changes, repairs - 1)


def _following(after: Case, name: str) -> str | None:
    """What follows for a statement that was taken back, where something does."""
    value = after.known.get(name)
    return None if value == NOT_APPLICABLE else value


def _in_the_way(error: ProfileError, case: Case, changes: Changes) -> list[list[str]]:
    """The statements to take back for a contradiction: all that nothing else can be taken back for, or any one."""
    named = [
        [name for name in problem.where.split(" + ") if _can_be_taken_back(name, case, changes)]
        for problem in error.problems
    ]
    if not all(named):
        return []
    alone = [names[0] for names in named if len(names) == 1]
    return [alone] if alone else [[name] for name in dict.fromkeys(name for names in named for name in names)]


def _can_be_taken_back(name: str, case: Case, changes: Changes) -> bool:
    """Whether a statement stands as it did, or tells once more what a history tells."""
    again = case.catalog.attributes[name].from_regimens is not None and changes.get(name) is not None
    return name in case.understood.facts and (name not in changes or again)


def _reduced(case: Case, rule: Rule, changes: Changes) -> Changes:
    """Changes without those that the rest can do without."""
    kept = dict(changes)
    for name in changes:
        fewer = {other: value for other, value in kept.items() if other != name}
        try:
            if case.altered(fewer).is_met(rule):
                kept = fewer
        except ProfileError:
            continue
    return kept
