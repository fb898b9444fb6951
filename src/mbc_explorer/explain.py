"""Conditions and their truth in English. The wording of the whole product is here and nowhere per rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from mbc_explorer.condition import (
    ABSENT,
    NO,
    NOT_APPLICABLE,
    PRESENT,
    YES,
    All,
    Any,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Leaf,
    Not,
    OneOf,
    attribute_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mbc_explorer.catalog import Catalog

    Truth = Callable[[Condition], bool | None]

NO_CONDITION = "no condition"
"""What is said of a condition that asks for nothing."""


def words(identifier: str) -> str:
    """An identifier as words: `not_mutated` as `not mutated`."""
    return identifier.replace("_", " ")


def therapy_name(term: str, catalog: Catalog) -> str:
    """An agent or category as it stands within a sentence."""
    if term in catalog.agents:
        return catalog.agents[term].name
    name = catalog.categories[term].name if term in catalog.categories else words(term)
    return name if name[:2].isupper() or name[1:2].isupper() or name[:2] == "PI" else name[0].lower() + name[1:]


@lru_cache(maxsize=4096)
def leaf_text(leaf: Leaf, catalog: Catalog) -> str:
    """One question to the profile: `HER2 negative`, `earlier therapies include taxanes`."""
    attribute = catalog.attributes[leaf.attribute]
    match leaf:
        case OneOf(_, values):
            return f"{attribute.label}: {alternatives(map(words, values))}"
        case Includes(_, item):
            name = words(item) if attribute.kind == "list" else therapy_name(item, catalog)
            return f"{attribute.label} include {name}"
        case AtLeast(_, number):
            if attribute.kind == "list":
                return f"{attribute.label} present"
            return f"{attribute.label}: at least {number}"
        case AtMost(_, number):
            return f"{attribute.label}: at most {number}"
    assert_never(leaf)


def fact_text(fact: str, values: Iterable[str], catalog: Catalog) -> str:
    """A fact with the values that it has or could have: `ER: positive`, `earlier therapies do not include taxanes`."""
    values = tuple(values)
    attribute = catalog.attributes[attribute_of(fact)]
    if values == (NOT_APPLICABLE,):
        return f"{attribute.label}: not applicable"
    _, colon, item = fact.partition(":")
    _, at_least, number = fact.partition(">=")
    if colon and values == (PRESENT,):
        return leaf_text(Includes(attribute.id, item), catalog)
    if colon and values == (ABSENT,):
        return leaf_text(Includes(attribute.id, item), catalog).replace(" include ", " do not include ", 1)
    if at_least and values == (YES,):
        return leaf_text(AtLeast(attribute.id, int(number)), catalog)
    if at_least and values == (NO,):
        none = attribute.kind in ("list", "count") and number == "1"
        return f"{attribute.label}: none" if none else leaf_text(AtMost(attribute.id, int(number) - 1), catalog)
    if (colon or at_least) and NOT_APPLICABLE in values:
        rest = [value for value in values if value != NOT_APPLICABLE]
        return f"{fact_text(fact, rest, catalog)} or not applicable"
    if at_least:
        return f"{leaf_text(AtLeast(attribute.id, int(number)), catalog)} or fewer"
    if colon:
        return f"{leaf_text(Includes(attribute.id, item), catalog)} or do not"
    return leaf_text(OneOf(attribute.id, values), catalog)


def stated_text(name: str, stated: str | int | list[str], catalog: Catalog) -> str:
    """What is stated of an attribute, as far as it matters: `areas of metastasis: at least 3`, `sites of spread: none`.

    A number stands for all those that no condition tells from it; a list is taken as complete.
    """
    attribute = catalog.attributes[name]
    if not isinstance(stated, int):
        told = [stated] if isinstance(stated, str) else stated
        items = [words(item) if attribute.kind == "list" else therapy_name(item, catalog) for item in told]
        only = "" if isinstance(stated, str) else ", nothing else"
        return f"{attribute.label}: {listing(items)}{only}"
    numbers = sorted(int(fact.partition(">=")[2]) for fact in catalog.facts if fact.startswith(f"{name}>="))
    least = max((number for number in numbers if number <= stated), default=attribute.minimum)
    most = min((number - 1 for number in numbers if number > stated), default=None)
    if most is None:
        return leaf_text(AtLeast(name, least), catalog)
    if least == attribute.minimum < most:
        return leaf_text(AtMost(name, most), catalog)
    return f"{attribute.label}: {least or 'none'}" if least == most else f"{attribute.label}: {least} to {most}"


def condition_text(condition: Condition, catalog: Catalog, nested: bool = False) -> str:
    """A whole condition as one phrase."""
    match condition:
        case All(()):
            return NO_CONDITION
        case All(parts) | Any(parts):
            joint = (
                "; " if isinstance(condition, All) and not nested else " and " if isinstance(condition, All) else " or "
            )
            text = joint.join(condition_text(part, catalog, nested=True) for part in parts)
            return f"({text})" if nested and len(parts) > 1 else text
        case Not(part):
            return f"not {condition_text(part, catalog, nested=True)}"
        case OneOf() | Includes() | AtLeast() | AtMost():
            return leaf_text(condition, catalog)
    assert_never(condition)


def reason_text(condition: Condition, truth: Truth, catalog: Catalog) -> str:
    """The parts that show why a condition has its truth: what is met, what blocks it, or what is open, in one line."""
    if condition == All(()):
        return "stated without a condition"
    return _reason(condition, truth, catalog, nested=False)


def _reason(condition: Condition, truth: Truth, catalog: Catalog, nested: bool) -> str:
    match condition:
        case All(parts) | Any(parts):
            chosen = [part for part in parts if truth(part) is truth(condition)] or list(parts)
            inside = nested or len(chosen) > 1
            texts = dict.fromkeys(_reason(part, truth, catalog, inside) for part in chosen)
            joint = " or " if isinstance(condition, Any) else " and " if nested else "; "
            return f"({joint.join(texts)})" if nested and len(texts) > 1 else joint.join(texts)
        case Not() | OneOf() | Includes() | AtLeast() | AtMost():
            return condition_text(condition, catalog, nested=True)
    assert_never(condition)


def alternatives(names: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *rest, last = names
    return f"{', '.join(rest)} or {last}" if rest else last


def listing(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def counted(number: int, noun: str) -> str:
    """`1 option`, `2 options`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
