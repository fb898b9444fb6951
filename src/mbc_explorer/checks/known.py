"""The profiles of cases as the facts that are known of them, ready to be judged again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.errors import ProfileError
from mbc_explorer.facts import stated_facts
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.evaluate import Evaluator


class Known(NamedTuple):
    """One profile of a case: what is known of it, and what the case says of its condition."""

    profile: Mapping[str, Any]
    facts: dict[str, str]
    truth: str


def known_of(profile: Mapping[str, Any], truth: str, catalog: Catalog, evaluator: Evaluator) -> Known | None:
    """A profile with all that follows from it; None where it is not accepted, which another check reports."""
    stated = stated_of(profile, catalog)
    if stated is None or not evaluator.is_consistent(stated):
        return None
    return Known(profile, {**stated, **evaluator.implied(stated)}, truth)


def stated_of(profile: Mapping[str, Any], catalog: Catalog) -> dict[str, str] | None:
    """What a profile states by itself, without what derivations add; None where it is not understood."""
    try:
        return stated_facts(read_profile(Profile(profile), catalog), catalog).known
    except ProfileError:
        return None
