"""Small changes of every rule's condition, and the cases beside the rules that must notice each of them.

A mutant is a condition with one part dropped, one value, number or item changed, or one node turned. The rule's own
cases kill it when one of their profiles gives another truth than the case says. A mutant that means the same under the
constraints (no consistent case tells the two apart) cannot be killed and is not asked for.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING

import pytest

from mbc_explorer import Profile, load_catalog
from mbc_explorer.condition import ALWAYS, All, AtLeast, AtMost, Includes, Not, OneOf, leaves, to_yaml
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.folders import find_folders
from mbc_explorer.loading import read_pack
from mbc_explorer.profile import read_profile
from mbc_explorer.structure import structural_constraints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mbc_explorer import Catalog
    from mbc_explorer.condition import Condition, Leaf

SOURCES = ("msk-2016", "breastcancer-org-2022", "mnt-undated", "dana-farber-undated", "cancercare-2024")


def mutants(condition: Condition, catalog: Catalog, items: dict[str, list[str]]) -> Iterator[Condition]:
    """Every condition that differs from this one in one place."""
    match condition:
        case All(parts) | AnyOf(parts):
            make = type(condition)
            for index, part in enumerate(parts):
                before, after = parts[:index], parts[index + 1 :]
                if len(parts) > 1:
                    yield make((*before, *after))
                for other in mutants(part, catalog, items):
                    yield make((*before, other, *after))
            if len(parts) > 1:
                yield AnyOf(parts) if isinstance(condition, All) else All(parts)
        case Not(part):
            yield part
            for other in mutants(part, catalog, items):
                yield Not(other)
        case OneOf() | Includes() | AtLeast() | AtMost():
            yield Not(condition)
            yield from changed(condition, catalog, items)


def changed(leaf: Leaf, catalog: Catalog, items: dict[str, list[str]]) -> Iterator[Leaf]:
    """The leaf with another value, item or number."""
    match leaf:
        case OneOf(attribute, values):
            others = [value.id for value in catalog.attributes[attribute].values if value.id not in values]
            for index in range(len(values)):
                before, after = values[:index], values[index + 1 :]
                if before or after:
                    yield OneOf(attribute, (*before, *after))
                yield from (OneOf(attribute, (*before, other, *after)) for other in others)
            yield from (OneOf(attribute, (*values, other)) for other in others)
        case Includes(attribute, item):
            for other in items[attribute]:
                if other != item:
                    yield Includes(attribute, other)
        case AtLeast(attribute, number):
            yield AtLeast(attribute, number + 1)
            if number > 1:
                yield AtLeast(attribute, number - 1)
        case AtMost(attribute, number):
            yield AtMost(attribute, number + 1)
            if number > 0:
                yield AtMost(attribute, number - 1)


def all_mutants(condition: Condition, catalog: Catalog, items: dict[str, list[str]]) -> list[Condition]:
    """Every mutant once; the one that asks for nothing is among them."""
    found = dict.fromkeys([ALWAYS, *mutants(condition, catalog, items)])
    return [mutant for mutant in found if mutant != condition]


@cache
def parents_and_used() -> dict[str, list[str]]:
    """For each list or history: the items that some rule asks for, and the categories above them."""
    catalog = load_catalog()
    found: dict[str, dict[str, None]] = {}
    for rule in catalog.rules.values():
        for leaf in leaves(rule.condition):
            if isinstance(leaf, Includes):
                kind = catalog.attributes[leaf.attribute].kind
                wider = catalog.implied[leaf.item] if kind != "list" else ()
                found.setdefault(leaf.attribute, {}).update(dict.fromkeys((leaf.item, *wider)))
    return {name: list(items) for name, items in found.items()}


@cache
def extended() -> Catalog:
    """The catalog with the facts that mutants ask for and no rule does, and what ties them to the others."""
    catalog = load_catalog()
    asked: list[Condition] = [rule.condition for rule in catalog.rules.values()]
    asked += [m for c in list(asked) for m in all_mutants(c, catalog, parents_and_used())]
    stated = [rule for rule in catalog.constraints.values() if rule.basis != "structure"]
    asked += [note.when for note in catalog.notes.values()]
    asked += [side for rule in stated for side in (rule.given, rule.then)]
    attributes = list(catalog.attributes.values())
    asked += [a.applies_when for a in attributes if a.applies_when]
    structural, facts = structural_constraints(attributes, asked, catalog.implied)
    wider = copy(catalog)
    wider.constraints = {rule.id: rule for rule in (*stated, *structural)}
    wider.facts = facts
    return wider


def profiles_of(source: str) -> dict[str, list[tuple[dict[str, Any], str]]]:
    """For each rule of a source, the profiles of its cases and the truth that each says."""
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for loaded in read_pack(find_folders()).cases:
        if loaded.model.source == source:
            for case in loaded.model.cases:
                rows = found.setdefault(f"{source}.{case.rule}", [])
                rows.append((case.profile, "met"))
                rows += [({**case.profile, **change.set}, change.truth) for change in case.changes]
    return found


def survivors(source: str) -> tuple[int, list[str]]:
    """How many mutants a source's cases killed, and those that they did not and that mean something else."""
    catalog = extended()
    evaluator = Evaluator(catalog)
    killed, left = 0, []
    for name, rows in profiles_of(source).items():
        rule = catalog.rules[name]
        cases = []
        for profile, wanted in rows:
            known = known_facts(read_profile(Profile(profile), catalog), catalog).known
            cases.append(({**known, **evaluator.implied(known)}, wanted))
        for mutant in all_mutants(rule.condition, catalog, parents_and_used()):
            if any(WORDS[evaluator.truth(mutant, known)] != wanted for known, wanted in cases):
                killed += 1
            elif any(evaluator.possible({}, [(rule.condition, here), (mutant, not here)]) for here in (True, False)):
                left.append(f"{name}: {to_yaml(mutant)}")
    return killed, left


@pytest.mark.parametrize("source", SOURCES)
def test_the_cases_of_a_rule_notice_every_small_change_of_its_condition(source: str) -> None:
    """No mutant of a rule that means something else gives all its cases the truth that they say."""
    killed, left = survivors(source)
    assert left == []
    assert killed > 0
