"""What is unknown and matters: what each answer would bring and take, and which questions are still worth asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.comparing import moves
from mbc_explorer.condition import attribute_of
from mbc_explorer.edit import edits
from mbc_explorer.errors import ProfileError
from mbc_explorer.explain import fact_text
from mbc_explorer.report import UNDETERMINED, askable
from mbc_explorer.settling import settling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.edit import Changes

Plain = dict[str, Any]


def missing(case: Case) -> Plain:
    """For every unknown attribute that matters, what each answer would bring and take.

    Returns:
        `undetermined`: how many options are open. `attributes`: each that some open rule waits for, in the
        vocabulary's order, with its `answers`: what is `stated` (an attribute and a value, as they can be given),
        the `text` of the fact, and the `options` that move, as in `compare`. `questions`: the attributes that
        undetermined options wait for, each with the number of options that an answer settles by itself, `at_most`
        and `at_least`; those that can settle most come first. The count ranks questions, not treatments. Once every
        question is answered in full, no option is undetermined.
    """
    asked: dict[str, list[Plain]] = {}
    for name, text, changes, after in _answers(case):
        asked.setdefault(name, []).append({"stated": changes, "text": text, "options": moves(case, after)})
    undetermined = [name for name, status in case.statuses.items() if status == UNDETERMINED]
    order = [name for name in case.catalog.attributes if name in asked]
    waited_for = _waited_for(case)
    questions = [_question(name, asked[name]) for name in order if name in waited_for]
    return {
        "undetermined": len(undetermined),
        "questions": sorted(questions, key=lambda row: (-row["at_most"], -row["at_least"])),
        "attributes": [{"attribute": name, "answers": asked[name]} for name in order],
    }


def _waited_for(case: Case) -> set[str]:
    """The attributes that undetermined options wait for, as the report names them."""
    waiting = [name for name, status in case.statuses.items() if status == UNDETERMINED]
    rules = [rule for name in waiting for rule in case.catalog.rules_of[name] if rule.stance == DESCRIBES]
    return {name for rule in rules for name in case.missing(rule)}


def _question(name: str, answers: list[Plain]) -> Plain:
    settled = [
        sum(1 for row in answer["options"] if row["from"] == UNDETERMINED and row["to"] != UNDETERMINED)
        for answer in answers
    ]
    return {"attribute": name, "at_most": max(settled), "at_least": min(settled)}


def _answers(case: Case) -> Iterator[tuple[str, str, Changes, Case]]:
    """Each answer that can be given: the attribute it answers, the fact in words, what to state, and the case then."""
    values: dict[str, dict[str, None]] = {}
    for condition in dict.fromkeys(rule.condition for rule in case.catalog.rules.values() if case.is_open(rule)):
        for found in settling(condition, case.known, case.catalog):
            for fact, allowed in found.cube:
                values.setdefault(fact, {}).update(dict.fromkeys(allowed))
    seen: list[Changes] = []
    for fact in case.catalog.facts:
        for value in case.catalog.facts[fact] if fact in values else ():
            for changes in edits(case, {fact: (value,)})[:1] if value in values[fact] else ():
                after = _altered(case, changes) if changes not in seen else None
                if after is not None and after.known.get(fact) == value:
                    seen.append(changes)
                    (name,) = askable(case.catalog, [attribute_of(fact)])[:1]
                    yield name, fact_text(fact, [value], case.catalog), changes, after


def _altered(case: Case, changes: Changes) -> Case | None:
    """The case with a statement made; None where it cannot be."""
    try:
        return case.altered(changes)
    except ProfileError:
        return None
