"""What is unknown and matters: what each answer would bring and take, and which questions are still worth asking."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.comparing import moves
from mbc_explorer.condition import ABSENT, NOT_APPLICABLE, attribute_of
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.edit import edits
from mbc_explorer.errors import ProfileError
from mbc_explorer.explain import fact_text, stated_text
from mbc_explorer.profile import NONE
from mbc_explorer.report import UNDETERMINED, askable
from mbc_explorer.settling import facts_that_settle, telling_the_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Catalog
    from mbc_explorer.condition import Condition
    from mbc_explorer.edit import Changes
    from mbc_explorer.settling import Pair

Plain = dict[str, Any]


class Answer(NamedTuple):
    """Something that can be said of what is unknown."""

    text: str
    changes: Changes
    """What to state: an attribute and its value, as they can be given."""
    after: Case


def missing(case: Case) -> Plain:
    """For every unknown attribute that matters, what each answer would bring and take.

    Returns:
        `undetermined`: how many options are open. `questions`: the attributes without which some undetermined option
        cannot be settled, each with the number of options that one answer settles by itself, `at_most` and
        `at_least`; those that can settle most come first. The count ranks questions, not treatments. Once every
        question is answered in full, no option is undetermined; what one of them tells too is not asked again.
        `attributes`: each that some open rule waits for, in the vocabulary's order, with its `answers`: what is
        `stated` (an attribute and a value, as they can be given), the `text` of it, and the `options` that move, as in
        `compare`. An answer takes nothing back that is known.
    """
    open_ones = dict.fromkeys(rule.condition for rule in case.catalog.rules.values() if case.is_open(rule))
    waiting = {condition: facts_that_settle(condition, case.known, case.catalog) for condition in open_ones}
    matter = {fact for pairs in waiting.values() for fact, _ in pairs}
    asked: dict[str, list[Plain]] = {name: [] for name in case.catalog.attributes if name in _asked(matter, case)}
    for name, told in asked.items():
        for answer in _answers(case, name, matter):
            told.append({"stated": answer.changes, "text": answer.text, "options": moves(case, answer.after)})
    undetermined = [name for name, status in case.statuses.items() if status == UNDETERMINED]
    needed = _needed({pair for name in undetermined for pair in _waited_for(name, case, waiting)}, case)
    questions = [_question(name, answers) for name, answers in asked.items() if name in needed]
    return {
        "undetermined": len(undetermined),
        "questions": sorted(questions, key=lambda row: (-row["at_most"], -row["at_least"])),
        "attributes": [{"attribute": name, "answers": answers} for name, answers in asked.items()],
    }


def _waited_for(option: str, case: Case, waiting: dict[Condition, set[Pair]]) -> set[Pair]:
    """What is part of what settles an undetermined option: what one rule needs, another may make idle."""
    rules = [rule for rule in case.catalog.rules_of[option] if rule.stance == DESCRIBES and case.is_open(rule)]
    conditions = tuple(dict.fromkeys(rule.condition for rule in rules))
    if len(conditions) == 1:
        return waiting[conditions[0]]
    return facts_that_settle(AnyOf(conditions), case.known, case.catalog)


def _needed(pairs: set[Pair], case: Case) -> set[str]:
    """The attributes to ask for, without those of which everything is known once the others are."""
    asked: dict[str, list[Pair]] = {}
    for pair in pairs:
        for name in _asked([pair[0]], case):
            asked.setdefault(name, []).append(pair)
    for name in [name for name in case.catalog.attributes if name in asked]:
        if all(_is_told(fact, values, asked.keys() - {name}, case) for fact, values in asked[name]):
            del asked[name]
    return set(asked)


def _is_told(fact: str, values: tuple[str, ...], others: AbstractSet[str], case: Case) -> bool:
    same = telling_the_same(fact, values, case.known, case.catalog)
    return any(_asked([other], case) <= others for other in same)


def _asked(facts: Iterable[str], case: Case) -> set[str]:
    """The attributes that a person states these facts by."""
    return set(askable(case.catalog, map(attribute_of, facts)))


def _question(name: str, answers: list[Plain]) -> Plain:
    settled = [
        sum(1 for row in answer["options"] if row["from"] == UNDETERMINED and row["to"] != UNDETERMINED)
        for answer in answers
    ]
    return {"attribute": name, "at_most": max(settled, default=0), "at_least": min(settled, default=0)}


def _answers(case: Case, name: str, matter: set[str]) -> Iterator[Answer]:
    """The answers to a question: each value, each number that makes a difference, each item and that there is none."""
    catalog = case.catalog
    seen: set[frozenset[tuple[str, str]]] = set()
    facts = [fact for fact in catalog.facts if fact in matter and name in _asked([fact], case)]
    for attribute, group in groupby(facts, key=lambda fact: catalog.attributes[attribute_of(fact)]):
        source = attribute.from_regimens
        if attribute.kind in ("count", "months") and not (source and source.regimens in case.understood.facts):
            found = _numbers(case, attribute.id)
        else:
            tellings = [(value, fact) for fact in group for value in catalog.facts[fact] if value != NOT_APPLICABLE]
            tellings.sort(key=lambda telling: telling[0] == ABSENT)
            found = (answer for value, fact in tellings for answer in _tellings(case, fact, value))
        for answer in found:
            known = frozenset(answer.after.known.items())
            if known not in seen:
                seen.add(known)
                yield answer


def _numbers(case: Case, name: str) -> Iterator[Answer]:
    """One number of each range that no condition divides: of the lower ranges the highest, of the last the lowest."""
    numbers = sorted(int(fact.partition(">=")[2]) for fact in case.catalog.facts if fact.startswith(f"{name}>="))
    for number in dict.fromkeys([*(number - 1 for number in numbers), numbers[-1]]):
        after = _altered(case, {name: number})
        if after is not None:
            yield Answer(stated_text(name, number, case.catalog), {name: number}, after)


def _tellings(case: Case, fact: str, value: str) -> Iterator[Answer]:
    """A way to state a fact that takes nothing back of what is known, where there is one."""
    for changes in edits(case, {fact: (value,)}, telling=True):
        after = _altered(case, changes)
        if after is not None and after.known.get(fact) == value and case.known.items() <= after.known.items():
            yield Answer(_text(fact, value, changes, case.catalog), changes, after)
            return


def _text(fact: str, value: str, changes: Changes, catalog: Catalog) -> str:
    ((name, stated),) = changes.items()
    whole = value == ABSENT and (stated == NONE or catalog.attributes[name].kind != "regimens")
    return stated_text(name, stated, catalog) if whole else fact_text(fact, [value], catalog)


def _altered(case: Case, changes: Changes) -> Case | None:
    """The case with a statement made; None where it cannot be."""
    try:
        return case.altered(changes)
    except ProfileError:
        return None
