"""The cases of what is no rule: what follows by the derivations, when a note is made, when a statement is brought, and
what other readings of rules come to.

They stand in `knowledge/cases.yaml`, those of other readings beside the rules. Every note, every statement with a
condition of its own and every other reading has some; a reading has one on which it parts from its rule.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.engine import MET
from mbc_explorer.errors import MbcError
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.loading import Resolver
from mbc_explorer.profile import Profile, read_profile
from mbc_explorer.structure import structural_constraints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Attribute, Catalog, Constraint
    from mbc_explorer.condition import Condition
    from mbc_explorer.errors import Problem
    from mbc_explorer.loading import Loaded, Pack

READING, NOTE, STATEMENT, CONDITION = "reading", "note", "statement", "condition"
"""What a case can be of, beside a rule."""


class Row(NamedTuple):
    """One profile of a case, and what is expected of it."""

    name: str
    place: str
    profile: Mapping[str, Any]
    truth: str


class Asked(NamedTuple):
    """A condition that is no rule's, and what it is the condition of."""

    kind: str
    name: str
    condition: Condition
    place: str


class Expectation(NamedTuple):
    """One case: the conditions that it is of, each judged alike, and its profiles."""

    asked: list[Asked]
    place: str
    rows: list[Row]


def asked_of(pack: Pack, catalog: Catalog) -> dict[str, dict[str, Asked]]:
    """Every condition that is neither a rule's nor the knowledge's own: of readings, of notes, of statements."""
    notes = [(row.id, pack.profile.place("notes", i)) for i, row in enumerate(pack.profile.model.notes)]
    readings = [
        (f"{file.model.source}.{row.id}/{other.id}", file.place("rules", i, "other_readings", n))
        for file in pack.rules
        for i, row in enumerate(file.model.rules)
        for n, other in enumerate(row.other_readings)
    ]
    statements = [
        (f"{file.model.source}.{row.id}", file.place("statements", i, "when"))
        for file in pack.statements
        for i, row in enumerate(file.model.statements)
        if row.when
    ]
    whens = {name: row.when for name, row in catalog.statements.items() if row.when}
    return {
        READING: {name: Asked(READING, name, catalog.readings[name].condition, at) for name, at in readings},
        NOTE: {name: Asked(NOTE, name, catalog.notes[name].when, at) for name, at in notes},
        STATEMENT: {name: Asked(STATEMENT, name, whens[name], at) for name, at in statements},
    }


def read_expectations(pack: Pack, catalog: Catalog, resolver: Resolver) -> Iterator[Expectation]:
    """Every case that is not of a rule; what one is of and is not there is reported."""
    asked = asked_of(pack, catalog)

    def named(kind: str, names: Iterable[str], place: str) -> list[Asked]:
        for name in names:
            if name not in asked[kind]:
                resolver.unknown(kind, name, asked[kind], place)
        return [asked[kind][name] for name in names if name in asked[kind]]

    for loaded in pack.cases:
        for index, case in enumerate(loaded.model.cases):
            if case.readings:
                place = loaded.place("cases", index)
                names = [f"{loaded.model.source}.{name}" for name in case.readings]
                yield Expectation(named(READING, names, place), place, _rows(case, loaded, index))
    for loaded in pack.expectations:
        for index, case in enumerate(loaded.model.cases):
            place, rows = loaded.place("cases", index), _rows(case, loaded, index)
            if case.asks:
                condition = resolver.condition(case.asks, loaded, "cases", index, "asks")
                yield Expectation([Asked(CONDITION, case.met, condition, place)], place, rows)
            else:
                kind, names = (NOTE, [case.note]) if case.note else (STATEMENT, case.statements)
                yield Expectation(named(kind, names, place), place, rows)


def _rows(case: Any, loaded: Loaded, index: int) -> list[Row]:
    changes = [
        Row(c.name, loaded.place("cases", index, "changes", n), {**case.profile, **c.set}, c.truth)
        for n, c in enumerate(case.changes)
    ]
    return [Row(case.met, loaded.place("cases", index, "met"), case.profile, MET), *changes]


def check_expectations(pack: Pack, catalog: Catalog) -> tuple[int, list[Problem]]:
    """How many profiles were run, each that differs from what was written, and what has no case."""
    find = Resolver(pack)
    found = list(read_expectations(pack, catalog, find))
    if find.problems:
        return 0, find.problems
    wide = widened(catalog, [one.condition for case in found for one in case.asked])
    evaluator = Evaluator(wide)
    parted: set[str] = set()
    for row, asked in [(row, case.asked) for case in found for row in case.rows]:
        try:
            known = known_facts(read_profile(Profile(row.profile), wide), wide).known
        except MbcError as error:
            find.report("case-profile", row.place, f"the profile of {row.name!r} is not accepted: {error}")
            continue
        known = {**known, **evaluator.implied(known)}
        for one in asked:
            truth = WORDS[evaluator.truth(one.condition, known)]
            if truth != row.truth:
                told = f"{row.name!r}: the {one.kind} {one.name} is {truth}, but the case says {row.truth}."
                find.report("case-truth", row.place, told)
            if one.kind == READING:
                own = catalog.rules[catalog.readings[one.name].rule].condition
                if WORDS[evaluator.truth(own, known)] != truth:
                    parted.add(one.name)
    covered = {(one.kind, one.name) for case in found for one in case.asked}
    for kind, rows in asked_of(pack, catalog).items():
        for name, one in rows.items():
            if (kind, name) not in covered:
                find.report("no-case", one.place, f"the {kind} {name} has no case.")
            elif kind == READING and name not in parted:
                find.report("case-reading", one.place, f"no case of {name} tells it from the rule's own reading.")
    return sum(len(case.rows) for case in found), find.problems


def widened(
    catalog: Catalog,
    asked: Iterable[Condition],
    attributes: Mapping[str, Attribute] | None = None,
    implied: Mapping[str, tuple[str, ...]] | None = None,
) -> Catalog:
    """A catalog with every fact that these conditions ask for beside its own, and what ties them to the others.

    Args:
        catalog: the catalog.
        asked: further conditions.
        attributes: other attributes in the place of its own.
        implied: what drugs and categories count as, in the place of its own.
    """
    wider = copy(catalog)
    wider.attributes, wider.implied = dict(attributes or catalog.attributes), dict(implied or catalog.implied)
    declared, stated = list(wider.attributes.values()), list(derivations(catalog).values())
    own = [*(row.condition for row in catalog.rules.values()), *(row.condition for row in catalog.readings.values())]
    own += [note.when for note in catalog.notes.values()]
    own += [row.when for row in catalog.statements.values() if row.when]
    own += [side for row in stated for side in (row.given, row.then)]
    own += [row.applies_when for row in declared if row.applies_when]
    structural, facts = structural_constraints(declared, [*own, *asked], wider.implied)
    wider.constraints = {row.id: row for row in (*stated, *structural)}
    wider.facts = facts
    return wider


def derivations(catalog: Catalog) -> dict[str, Constraint]:
    """What the knowledge states of facts, without what is true of every case because of what facts are."""
    rows = catalog.constraints.items()
    return {name: row for name, row in rows if row.basis != "structure" and not name.startswith("applies.")}
