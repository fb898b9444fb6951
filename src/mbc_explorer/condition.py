"""The condition language: what a statement asks of a profile, as data.

Each reader of a condition (`evaluate`, `primes`, `explain`, `facts_read`) is one function with an exhaustive match.
A leaf asks about one *fact*: a named variable with a few possible values. `er_status` is a fact; so are
`metastatic_sites:liver` (present or absent) and `prior_regimens>=2` (yes or no).
"""

from __future__ import annotations

from typing import Any as Anything
from typing import Literal, NamedTuple, assert_never

NOT_APPLICABLE = "not_applicable"
"""The value of a fact that does not apply, such as the menopausal status of a man: in no atom and in no complement."""

TWO_VALUED = 2
"""Of a fact with so many values, ruling one out settles the other."""

PRESENT, ABSENT = "present", "absent"
YES, NO = "yes", "no"


class All(NamedTuple):
    """Met when every part is met. Without parts it is always met."""

    parts: tuple[Condition, ...]
    kind: Literal["all"] = "all"


class Any(NamedTuple):
    """Met when at least one part is met."""

    parts: tuple[Condition, ...]
    kind: Literal["any"] = "any"


class Not(NamedTuple):
    """Met when the part cannot be met by the value that the fact has. A fact that does not apply meets neither."""

    part: Condition
    kind: Literal["not"] = "not"


class OneOf(NamedTuple):
    """Met when the attribute has one of the values."""

    attribute: str
    values: tuple[str, ...]
    kind: Literal["one_of"] = "one_of"


class Includes(NamedTuple):
    """Met when the list holds the item, or something that implies it (an agent implies its categories)."""

    attribute: str
    item: str
    kind: Literal["includes"] = "includes"


class AtLeast(NamedTuple):
    """Met when the count is the number or more."""

    attribute: str
    number: int
    kind: Literal["at_least"] = "at_least"


class AtMost(NamedTuple):
    """Met when the count is the number or less."""

    attribute: str
    number: int
    kind: Literal["at_most"] = "at_most"


Leaf = OneOf | Includes | AtLeast | AtMost
Condition = All | Any | Not | Leaf

ALWAYS = All(())


def literal(leaf: Leaf) -> tuple[str, tuple[str, ...]]:
    """The fact that a leaf asks about, and the values of it that meet the leaf."""
    match leaf:
        case OneOf(attribute, values):
            return attribute, values
        case Includes(attribute, item):
            return f"{attribute}:{item}", (PRESENT,)
        case AtLeast(attribute, number):
            return f"{attribute}>={number}", (YES,)
        case AtMost(attribute, number):
            return f"{attribute}>={number + 1}", (NO,)
    assert_never(leaf)


def attribute_of(fact: str) -> str:
    """The attribute that a fact belongs to: `prior_regimens` of `prior_regimens>=2`."""
    return fact.split(":", 1)[0].split(">=", 1)[0]


def leaves(condition: Condition) -> list[Leaf]:
    """Every leaf, in reading order, repeats included."""
    match condition:
        case All(parts) | Any(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            return leaves(part)
        case OneOf() | Includes() | AtLeast() | AtMost():
            return [condition]
    assert_never(condition)


def facts_read(condition: Condition) -> list[str]:
    """The facts that a condition asks about, in reading order, each once."""
    return list(dict.fromkeys(literal(leaf)[0] for leaf in leaves(condition)))


def attributes_read(condition: Condition) -> list[str]:
    """The attributes that a condition asks about, in reading order, each once."""
    return list(dict.fromkeys(leaf.attribute for leaf in leaves(condition)))


def to_yaml(condition: Condition) -> dict[str, Anything]:
    """A condition in the words of the rule files."""
    match condition:
        case All(parts):
            return {"all": [to_yaml(part) for part in parts]}
        case Any(parts):
            return {"any": [to_yaml(part) for part in parts]}
        case Not(part):
            return {"not": to_yaml(part)}
        case OneOf(attribute, values):
            return {attribute: values[0] if len(values) == 1 else list(values)}
        case Includes(attribute, item):
            return {attribute: {"include": item}}
        case AtLeast(attribute, number):
            return {attribute: {"at_least": number}}
        case AtMost(attribute, number):
            return {attribute: {"at_most": number}}
    assert_never(condition)


def from_yaml(data: dict[str, Anything]) -> Condition:
    """The reverse of `to_yaml`, for data that has been checked already."""
    (key, value), *_ = data.items()
    if key == "all":
        return All(tuple(from_yaml(part) for part in value))
    if key == "any":
        return Any(tuple(from_yaml(part) for part in value))
    if key == "not":
        return Not(from_yaml(value))
    if isinstance(value, str):
        return OneOf(key, (value,))
    if isinstance(value, list):
        return OneOf(key, tuple(value))
    (operator, operand), *_ = value.items()
    if operator == "include":
        return Includes(key, operand)
    return AtLeast(key, operand) if operator == "at_least" else AtMost(key, operand)
