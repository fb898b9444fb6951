"""The knowledge of facts, which every answer rests on, with one small thing changed: whether the cases notice.

A case notices when its profile is refused, or its condition comes to something else, with the change made. Cases that
speak of what was changed are asked first; the others only where these notice nothing and some case is ruled out, or
let in, by the change.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import Fact
from mbc_explorer.checks.expectations import CONDITION, derivations, widened
from mbc_explorer.checks.tally import CASES, Tally
from mbc_explorer.condition import attributes_read, facts_read, leaves, to_yaml
from mbc_explorer.engine import MET, NOT_MET, UNKNOWN
from mbc_explorer.errors import Problem, ProfileError
from mbc_explorer.evaluate import WORDS, Evaluator, walk
from mbc_explorer.explain import condition_text
from mbc_explorer.facts import stated_facts
from mbc_explorer.profile import History, Profile, read_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.checks.derivations import Changed, Derived
    from mbc_explorer.checks.expectations import Expectation, Row
    from mbc_explorer.checks.judge import Judge
    from mbc_explorer.checks.known import Known
    from mbc_explorer.condition import Condition
    from mbc_explorer.profile import Understood


class Ground(NamedTuple):
    """One profile of a case: as it is understood, what it states by itself, the condition, and what that comes to."""

    understood: Understood
    facts: Mapping[str, str]
    condition: Condition
    truth: str
    tied: frozenset[str]
    """The attributes that the case speaks of, and the therapies."""
    asks: frozenset[str]
    """The attributes and the items that its condition asks for."""
    is_of_facts: bool
    """Whether the case is there for what follows from facts."""


def asked_by_grounds(derived: dict[str, list[Derived]], expectations: list[Expectation]) -> list[Condition]:
    """What mutants of derivations ask for, and the cases that are no rule's: every question once."""
    asked = [one.condition for case in expectations for one in case.asked]
    mutants = [mutant for rows in derived.values() for row in rows for mutant in row.mutants]
    asked += [mutant.condition for mutant in mutants if mutant.condition]
    return list(dict.fromkeys(leaf for condition in asked for leaf in leaves(condition)))


def grounds_of(expectations: Iterable[Expectation], catalog: Catalog) -> Iterator[Ground]:
    """The cases that are no rule's."""
    for case in expectations:
        for row, one in product(case.rows, case.asked):
            yield from _ground(row, one.condition, catalog, is_of_facts=one.kind == CONDITION)


def grounds_of_rules(cases: Mapping[str, list[Known]], catalog: Catalog) -> Iterator[Ground]:
    """The cases of rules, by rule."""
    for name, rows in cases.items():
        for row in rows:
            yield from _ground(row, catalog.rules[name].condition, catalog, is_of_facts=False)


def _ground(row: Row | Known, condition: Condition, catalog: Catalog, *, is_of_facts: bool) -> Iterator[Ground]:
    """A case, unless its profile is not understood, which another check reports."""
    try:
        understood = read_profile(Profile(row.profile), catalog)
    except ProfileError:
        return
    facts = _stated(understood, catalog)
    if facts is not None:
        asks = frozenset(str(word) for leaf in leaves(condition) for word in leaf[:2])
        tied = frozenset([*attributes_read(condition), *understood.order, *_therapies(understood)])
        yield Ground(understood, facts, condition, row.truth, tied, asks, is_of_facts)


def _therapies(understood: Understood) -> Iterator[str]:
    """The drugs and categories of a history."""
    for fact in understood.facts.values():
        for regimen in fact.regimens if isinstance(fact, History) else ():
            yield from regimen.agents


def _stated(understood: Understood, catalog: Catalog) -> dict[str, str] | None:
    """What a profile states by itself in a catalog; None where that contradicts itself."""
    try:
        return stated_facts(understood, catalog).known
    except ProfileError:
        return None


class Grounds:
    """The derivations of a pack and the cases that are asked of each change of them."""

    def __init__(
        self, derived: dict[str, list[Derived]], asked: list[Condition], cases: Iterable[Ground], judge: Judge
    ) -> None:
        """Prepare a pack.

        Args:
            derived: what is tried, by group.
            asked: what mutants and cases ask for, beside the catalog.
            cases: those first that are to be asked first.
            judge: of a catalog with all of this.
        """
        self._derived, self._asked, self._cases, self._judge = derived, asked, list(cases), judge
        stated = derivations(judge.catalog)
        self._structural = {name: row for name, row in judge.catalog.constraints.items() if name not in stated}
        self.problems: list[Problem] = []
        self.equivalent: list[dict[str, Any]] = []

    def tally(self, group: str, progress: Callable[[int, int], None]) -> dict[str, Tally]:
        """Try every mutant of a group."""
        tallies: dict[str, Tally] = {}
        rows, of_facts = self._derived[group], [case for case in self._cases if case.is_of_facts]
        for number, row in enumerate(rows, 1):
            near = deque(sorted(of_facts, key=lambda case: row.touched.isdisjoint(case.tied)))
            far = deque(case for case in self._cases if not case.is_of_facts)
            for mutant in row.mutants:
                self._try(row, mutant, (near, far), tallies.setdefault(mutant.kind, Tally()))
            progress(number, len(rows))
        return tallies

    def _try(self, row: Derived, mutant: Changed, cases: tuple[deque[Ground], deque[Ground]], tally: Tally) -> None:
        tally.made += 1
        read = mutant.implied is not None or (mutant.attributes is not None and not mutant.condition)
        if read and self._states_otherwise(row, mutant):
            tally.count([CASES], [CASES])
            return
        other = self._with(mutant)
        evaluator = Evaluator(other)
        is_same = read and mutant.reads_alike and other.constraints == self._judge.catalog.constraints
        noticed = not is_same and _first(cases[0], other, evaluator, read)
        if not noticed and mutant.reads_alike and (is_same or self._judge.rules_out_the_same(other)):
            tally.equivalent += 1
            condition = to_yaml(mutant.condition) if mutant.condition else {}
            self.equivalent.append({"of": f"{row.name}: {mutant.what}", "kind": mutant.kind, "condition": condition})
            return
        if not tally.count([CASES] if noticed or _first(cases[1], other, evaluator, read) else [], [CASES]):
            tally.survived += 1
            told = f" with the condition {condition_text(mutant.condition, other)!r}" if mutant.condition else ""
            message = f"no check notices {row.name} ({mutant.what}){told} ({mutant.kind})."
            self.problems.append(Problem("surviving-mutant", row.place, message))

    def _states_otherwise(self, row: Derived, mutant: Changed) -> bool:
        """Whether some profile decides its condition otherwise by what it states alone.

        With all that follows it then does so, too, or is refused: the case notices. This asks nothing of constraints.
        """
        own = self._judge.catalog
        other = copy(own)
        other.attributes, other.implied = dict(mutant.attributes or own.attributes), dict(mutant.implied or own.implied)
        _refiled(other)
        for case in self._cases:
            if case.is_of_facts and not (mutant.asks.isdisjoint(case.asks) or row.touched.isdisjoint(case.tied)):
                near = copy(other)
                near.facts = {name: own.facts[name] for name in facts_read(case.condition)}
                facts = _stated(case.understood, near)
                if facts is None or WORDS[walk(case.condition, near.facts)(facts)] not in (UNKNOWN, case.truth):
                    return True
        return False

    def _with(self, mutant: Changed) -> Catalog:
        """The catalog with one thing changed."""
        if mutant.attributes is not None or mutant.implied is not None:
            return _refiled(widened(self._judge.catalog, self._asked, mutant.attributes, mutant.implied))
        other = copy(self._judge.catalog)
        other.constraints = {**self._structural, **mutant.stated}
        return other


def _refiled(catalog: Catalog) -> Catalog:
    """The same with every drug filed under what it counts as: what else it is filed under, no fact is taken from."""
    filed = {name: tuple(Fact(what, "", ()) for what in catalog.implied[name][1:]) for name in catalog.agents}
    catalog.agents = {name: row._replace(categories=filed[name]) for name, row in catalog.agents.items()}
    return catalog


def _first(cases: deque[Ground], other: Catalog, evaluator: Evaluator, read: bool) -> bool:
    """Whether some case notices. It is asked first from then on: what noticed one change is likely to notice more."""
    found = next((index for index, case in enumerate(cases) if _notices(case, other, evaluator, read)), None)
    if found is not None:
        noticing = cases[found]
        del cases[found]
        cases.appendleft(noticing)
    return found is not None


def _notices(ground: Ground, other: Catalog, evaluator: Evaluator, read: bool) -> bool:
    """Whether a case fails with other constraints; with `read`, its profile states other facts too."""
    facts = _stated(ground.understood, other) if read else ground.facts
    if facts is None or not evaluator.is_consistent(facts):
        return True
    can_be = [evaluator.possible(facts, [(ground.condition, wanted)]) for wanted in (True, False)]
    return can_be != [ground.truth != NOT_MET, ground.truth != MET]
