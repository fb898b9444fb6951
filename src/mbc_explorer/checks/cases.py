"""The cases beside the rules: each is run through both engines, and each rule must have the cases that prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.condition import All, AtLeast, AtMost, Condition, Includes, Not, OneOf
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.engine import MET, NOT_MET, UNKNOWN, DurableEngine, is_available
from mbc_explorer.errors import MbcError, Problem
from mbc_explorer.evaluate import WORDS, Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import Profile, read_profile
from mbc_explorer.report import Reporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.loading import Loaded, Pack


class Expected(NamedTuple):
    """What a case says of one profile: name, place, the rule's truth, and what is missing where it is unknown."""

    name: str
    place: str
    truth: str
    missing: list[str] | None


class Ran(NamedTuple):
    """One profile of a case, run."""

    name: str
    place: str
    wanted: str
    truth: str
    known: dict[str, str]


def check_cases(pack: Pack, catalog: Catalog) -> tuple[int, list[Problem]]:
    """How many profiles were run, each that differs from what was written, and each rule without its proof."""
    return CaseRunner(catalog).run(pack)


class CaseRunner:
    """Runs cases through the reference evaluator and, where it is installed, the engine."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._reference = Evaluator(catalog)
        self._engine = DurableEngine(catalog) if is_available() else None
        self._reporter = Reporter(catalog)
        self._order = {name: index for index, name in enumerate(catalog.rules)}
        self.problems: list[Problem] = []

    def run(self, pack: Pack) -> tuple[int, list[Problem]]:
        """Run every case of a pack."""
        proven: dict[str, list[Ran]] = {}
        for loaded in pack.cases:
            for index, case in enumerate(loaded.model.cases):
                if case.rule is None:
                    continue
                name = f"{loaded.model.source}.{case.rule}"
                rule = self._catalog.rules.get(name)
                if rule is None:
                    self._report("unknown-rule", loaded.place("cases", index), f"there is no rule {name!r}.")
                    continue
                proven.setdefault(name, []).extend(self._case(rule, case, loaded, index))
        for name, rule in self._catalog.rules.items():
            self._prove(rule, proven.get(name, []))
        return sum(map(len, proven.values())), self.problems

    def _report(self, kind: str, where: str, message: str) -> None:
        self.problems.append(Problem(kind, where, message))

    def _case(self, rule: Rule, case: Any, loaded: Loaded, index: int) -> list[Ran]:
        at = ("cases", index)
        base = Expected(case.met, loaded.place(*at, "met"), MET, None)
        found = [self._profile(rule, case.profile, base)]
        for number, change in enumerate(case.changes):
            place = loaded.place(*at, "changes", number)
            expected = Expected(change.name, place, change.truth, change.missing)
            found.append(self._profile(rule, {**case.profile, **change.set}, expected))
        return [ran for ran in found if ran is not None]

    def _profile(self, rule: Rule, profile: Mapping[str, Any], expected: Expected) -> Ran | None:
        name, place, wanted, missing = expected
        try:
            facts = known_facts(read_profile(Profile(profile), self._catalog), self._catalog)
        except MbcError as error:
            self._report("case-profile", place, f"the profile of {name!r} is not accepted: {error}")
            return None
        known = {**facts.known, **self._reference.implied(facts.known)}
        truth = WORDS[self._reference.truth(rule.condition, known)]
        if truth != wanted:
            self._report("case-truth", place, f"{name!r}: {rule.id} is {truth}, but the case says {wanted}.")
        if self._engine is not None:
            answer = self._engine.answer(facts.known)
            said = answer.truths[self._order[rule.id]]
            if said != truth or answer.known != known:
                text = f"{name!r}: {rule.id} is {said} by the engine and {truth} by the reference."
                self._report("engines-differ", place, text)
        if truth == UNKNOWN:
            needed = self._reporter.missing(rule, known)
            if missing is None or sorted(missing) != sorted(needed):
                told = ", ".join(missing or ["nothing"])
                self._report(
                    "case-missing", place, f"{name!r}: {', '.join(needed)} is missing, but the case says {told}."
                )
        return Ran(name, place, wanted, truth, known)

    def _prove(self, rule: Rule, ran: list[Ran]) -> None:
        """Every criterion broken once, every branch met alone, something unknown."""
        if not ran:
            self._report("no-case", rule.id, f"the rule {rule.id} has no case.")
            return
        if rule.always:
            return
        criteria = list(rule.condition.parts) if isinstance(rule.condition, All) else [rule.condition]
        for criterion in criteria:
            others = [part for part in criteria if part is not criterion]
            alone = self._reference.possible({}, [(criterion, False), *((part, True) for part in others)])
            held = others if alone else []
            if not any(
                run.truth == NOT_MET and self._holds(criterion, run) is False and all(self._holds(o, run) for o in held)
                for run in ran
            ):
                told = "while the others stay met" if alone else ""
                self._report(
                    "case-not-met",
                    ran[0].place,
                    f"{rule.id}: no case breaks {_shown(criterion)} {told}.".replace(" .", "."),
                )
        if not any(run.truth == UNKNOWN for run in ran):
            self._report("case-unknown", ran[0].place, f"{rule.id}: no case leaves it unknown.")
        for branch, rest in _branches(rule.condition):
            possible = self._reference.possible(
                {}, [(rule.condition, True), (branch, True), *((other, False) for other in rest)]
            )
            if possible and not any(
                run.truth == MET and self._holds(branch, run) and not any(self._holds(o, run) for o in rest)
                for run in ran
            ):
                self._report("case-branch", ran[0].place, f"{rule.id}: no case meets it by {_shown(branch)} alone.")

    def _holds(self, condition: Condition, run: Ran) -> bool | None:
        return self._reference.truth(condition, run.known)


def _branches(condition: Condition) -> list[tuple[Condition, list[Condition]]]:
    """Each way to meet an any or a one-of, with the ways beside it."""
    match condition:
        case All(parts):
            return [pair for part in parts for pair in _branches(part)]
        case AnyOf(parts):
            here: list[tuple[Condition, list[Condition]]] = [
                (part, [other for other in parts if other is not part]) for part in parts
            ]
            return here + [pair for part in parts for pair in _branches(part)]
        case OneOf(attribute, values) if len(values) > 1:
            return [(OneOf(attribute, (value,)), []) for value in values]
        case Not() | OneOf() | Includes() | AtLeast() | AtMost():
            return []


def _shown(condition: Condition) -> str:
    from mbc_explorer.condition import to_yaml

    return str(to_yaml(condition)).replace("'", "")
