"""An understood profile into the finite facts that conditions ask about: closures, counts and intervals.

What a list or a history leaves open stays unknown. What contradicts itself is refused here, with the fields' names.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import A_PART, A_THERAPY
from mbc_explorer.condition import ABSENT, NO, NOT_APPLICABLE, PRESENT, YES, attribute_of
from mbc_explorer.errors import Problem, ProfileError
from mbc_explorer.profile import History, Items, Regimen, Understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Attribute, Catalog, Citation, FromRegimens

Truth = bool | None
"""True, False, or None for unknown."""


class Entailed(NamedTuple):
    """Something that follows from a list or history as it was given."""

    attribute: str
    value: str
    because: str
    basis: str
    """`stated` where a document files an agent, `structure` where something was only counted or read."""
    cites: tuple[Citation, ...]


class Facts(NamedTuple):
    """What is known of a case, fact by fact."""

    known: dict[str, str]
    entailed: tuple[Entailed, ...]


def known_facts(understood: Understood, catalog: Catalog) -> Facts:
    """The value of every fact that the profile settles by itself.

    Raises:
        ProfileError: when facts contradict each other, naming them and what says so.
    """
    found = stated_facts(understood, catalog)
    problems = contradictions(found.known, understood, catalog)
    if problems:
        raise ProfileError(problems)
    return found


def stated_facts(understood: Understood, catalog: Catalog) -> Facts:
    """The same without looking for attributes that contradict each other.

    Raises:
        ProfileError: when a history and what is stated beside it tell of the same thing otherwise.
    """
    reading = _Reading(understood, catalog)
    if reading.problems:
        raise ProfileError(reading.problems)
    return Facts(reading.known, tuple(reading.entailed))


def contradictions(known: Mapping[str, str], understood: Understood, catalog: Catalog) -> list[Problem]:
    """Every smallest set of fields that no case can have together, with the first reason for each."""
    found: dict[frozenset[str], Problem] = {}
    for fields, reason in (*_among_facts(known, understood, catalog), *beyond_facts(understood, catalog)):
        named = " and ".join(f"{field} ({_stated(field, understood)})" for field in fields)
        text = f"contradict each other: {named}. {reason} Correct one of them, or give it as unknown."
        found.setdefault(frozenset(fields), Problem("contradiction", " + ".join(fields), text))
    return [problem for fields, problem in found.items() if not any(other < fields for other in found)]


def _among_facts(known: Mapping[str, str], understood: Understood, catalog: Catalog) -> Iterator[tuple[list[str], str]]:
    """The fields of facts that no case can have together, with the reasons."""
    for conflict in catalog.conflicts:
        for fact, values in conflict.cube:
            if known.get(fact) not in values:
                break
        else:
            fields = dict.fromkeys(_field(attribute_of(fact), understood, catalog) for fact, _ in conflict.cube)
            reasons = dict.fromkeys(_reason(name, catalog) for name in conflict.constraints)
            yield list(fields), " ".join(reasons)


def beyond_facts(understood: Understood, catalog: Catalog) -> list[tuple[list[str], str]]:
    """Fields whose numbers no case can have together, with the reason; facts tell of numbers up to thresholds only."""
    return [*_uneven(understood, catalog), *_uncounted(understood, catalog)]


def _uneven(understood: Understood, catalog: Catalog) -> Iterator[tuple[list[str], str]]:
    """The fields of stated counts of which one is a part of the other, and cannot be so, with the reason."""
    stated = {name: fact for name, fact in understood.facts.items() if isinstance(fact, int)}
    for part, whole in permutations(stated, 2):
        if catalog.attributes[part].is_part_of(catalog.attributes[whole], catalog.implied):
            number, source = stated[part], catalog.attributes[whole].from_regimens
            assert source is not None
            fields = [name for name in stated if name in (part, whole)]
            history = understood.facts.get(source.regimens)
            least, most = _beside(part, source, history, catalog) if isinstance(history, History) else (0, None)
            if number > stated[whole]:
                yield fields, A_PART
            elif not least <= stated[whole] - number <= (stated[whole] if most is None else most):
                reason = f"By {source.regimens}, {whole} is {_span(least, most)} more than {part}."
                yield [*fields, source.regimens], reason


def _uncounted(understood: Understood, catalog: Catalog) -> Iterator[tuple[list[str], str]]:
    """The fields of a list of therapies and of a count of none that counts each regimen with one of these."""
    for name, listed in understood.facts.items():
        source = catalog.attributes[name].from_regimens
        if source is None or not isinstance(listed, Items):
            continue
        for regimen in (Regimen((item,), source.setting, source.stopped) for item in listed.items):
            for count, number in understood.facts.items():
                asked = catalog.attributes[count].from_regimens
                if number == 0 and asked and not asked.last and matches(regimen, asked, catalog):
                    yield [field for field in understood.facts if field in (name, count)], A_THERAPY


def _beside(part: str, whole: FromRegimens, history: History, catalog: Catalog) -> tuple[int, int | None]:
    """How many regimens count for the whole and not for the part: at least, and at most where that is known."""
    own = catalog.attributes[part].from_regimens
    assert own is not None
    further = own._replace(
        including=None if own.including == whole.including else own.including,
        setting=None if whole.setting else own.setting,
        stopped=None if whole.stopped else own.stopped,
    )
    truths = [(matches(regimen, whole, catalog), matches(regimen, further, catalog)) for regimen in history.regimens]
    most = sum(1 for in_whole, in_part in truths if in_whole is not False and in_part is not True)
    return truths.count((True, False)), most if history.complete else None


def _span(least: int, most: int | None) -> str:
    return f"exactly {least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"


def _field(attribute: str, understood: Understood, catalog: Catalog) -> str:
    """The attribute that the user stated: the history, where a count or list was taken from it."""
    source = catalog.attributes[attribute].from_regimens
    return source.regimens if source and attribute not in understood.facts else attribute


def _stated(attribute: str, understood: Understood) -> str:
    value = understood.plain().get(attribute, "unknown")
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def _reason(constraint: str, catalog: Catalog) -> str:
    rule = catalog.constraints[constraint]
    places = "; ".join(f"{cite.source}, sentence {', '.join(map(str, cite.sentences))}" for cite in rule.cites)
    return f"{rule.because} ({places})" if places else rule.because


@lru_cache(maxsize=4)
def _facts_by_attribute(catalog: Catalog) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in catalog.facts:
        found.setdefault(attribute_of(fact), []).append(fact)
    return found


class _Reading:
    def __init__(self, understood: Understood, catalog: Catalog) -> None:
        self.catalog = catalog
        self.facts = understood.facts
        self.known: dict[str, str] = {}
        self.entailed: list[Entailed] = []
        self.problems: list[Problem] = []
        self._asked = _facts_by_attribute(catalog)
        for attribute in catalog.attributes.values():
            fact_given = self.facts.get(attribute.id)
            match fact_given:
                case str():
                    self.known[attribute.id] = fact_given
                case int():
                    self._interval(attribute, fact_given, fact_given)
                case Items():
                    self._items(attribute, fact_given)
                case History():
                    self._history(attribute, fact_given)
                case None:
                    pass
        for attribute in catalog.attributes.values():
            source = attribute.from_regimens
            history = self.facts.get(source.regimens) if source else None
            if source and isinstance(history, History):
                self._from_history(attribute, source, history)

    def _settle(self, fact: str, truth: Truth, yes: str = PRESENT, no: str = ABSENT) -> None:
        if truth is not None and fact in self.catalog.facts:
            self.known[fact] = yes if truth else no

    def _items(self, attribute: Attribute, given: Items) -> None:
        listed = {item for value in attribute.values if value.id in given.items for item in (value.id, *value.implies)}
        for fact in self._asked.get(attribute.id, []):
            item = fact.removeprefix(f"{attribute.id}:")
            if fact == f"{attribute.id}>=1":
                self._settle(fact, True if given.items else False if given.complete else None, YES, NO)
                continue
            if attribute.kind == "list":
                found: Truth = True if item in listed else (False if given.complete else None)
            else:
                found = holds(item, given.items, given.complete, self.catalog)
            self._settle(fact, found)
        if attribute.kind == "therapies":
            self._entail_categories(attribute, given.items)

    def _history(self, attribute: Attribute, history: History) -> None:
        for fact in self._asked.get(attribute.id, []):
            item = fact.removeprefix(f"{attribute.id}:")
            parts = [holds(item, regimen.agents, regimen.complete, self.catalog) for regimen in history.regimens]
            self._settle(fact, _any([*parts, *([] if history.complete else [None])]))
        self._entail_categories(attribute, [agent for regimen in history.regimens for agent in regimen.agents])

    def _from_history(self, attribute: Attribute, source: FromRegimens, history: History) -> None:
        match attribute.kind:
            case "count":
                self._count(attribute, source, history)
            case "therapies":
                self._stopped(attribute, source, history)
            case "months":
                self._last(attribute, source, history)
            case _:
                pass

    def _count(self, attribute: Attribute, source: FromRegimens, history: History) -> None:
        counted = [matches(regimen, source, self.catalog) for regimen in history.regimens]
        least = sum(1 for truth in counted if truth is True)
        most = sum(1 for truth in counted if truth is not False) if history.complete else None
        stated = self.facts.get(attribute.id)
        if isinstance(stated, int):
            if stated < least or (most is not None and stated > most):
                listed = ", ".join(map(str, history.regimens)) or "none"
                message = (
                    f"contradict each other: {attribute.id} is {stated}, but {source.regimens} ({listed}) "
                    f"allow {_span(least, most)}. Correct one of them, or put 'unknown' in the list to keep it open."
                )
                self.problems.append(Problem("contradiction", f"{attribute.id} + {source.regimens}", message))
            return
        self._interval(attribute, least, most)
        if attribute.id in self._asked:
            value = _span(least, most).removeprefix("exactly ")
            self.entailed.append(
                Entailed(attribute.id, value, f"Counted in {source.regimens}.", "structure", attribute.cites)
            )

    def _interval(self, attribute: Attribute, least: int, most: int | None) -> None:
        for fact in self._asked.get(attribute.id, []):
            number = int(fact.removeprefix(f"{attribute.id}>="))
            truth = True if least >= number else False if most is not None and most < number else None
            self._settle(fact, truth, YES, NO)

    def _stopped(self, attribute: Attribute, source: FromRegimens, history: History) -> None:
        def told(item: str) -> Truth:
            parts: list[Truth] = [] if history.complete else [None]
            for regimen in history.regimens:
                both = (
                    matches(regimen, source, self.catalog),
                    holds(item, regimen.agents, regimen.complete, self.catalog),
                )
                parts.append(False if False in both else None if None in both else True)
            return _any(parts)

        stated = self.facts.get(attribute.id)
        differs = isinstance(stated, Items) and any(told(item) is False for item in stated.items)
        for fact in self._asked.get(attribute.id, []):
            truth = told(fact.removeprefix(f"{attribute.id}:"))
            differs |= truth is True and self.known.get(fact) == ABSENT
            self._settle(fact, truth)
        if differs:
            self._differ(attribute, source, history)

    def _differ(self, attribute: Attribute, source: FromRegimens, history: History) -> None:
        """Refuse what was stated beside a history that tells it otherwise."""
        fact = self.facts.get(attribute.id)
        stated = ", ".join([*fact.items, *([] if fact.complete else ["unknown"])]) if isinstance(fact, Items) else fact
        listed = ", ".join(map(str, history.regimens)) or "none"
        message = (
            f"contradict each other: {attribute.id} ({stated or 'none'}) and {source.regimens} ({listed}), "
            "which tell of the same treatment. Correct one of them, or leave one out."
        )
        self.problems.append(Problem("contradiction", f"{attribute.id} + {source.regimens}", message))

    def _last(self, attribute: Attribute, source: FromRegimens, history: History) -> None:
        """Read the months of the last regimen that counts; a regimen that may or may not count leaves them unknown."""
        if not history.last_known:
            return
        for regimen in reversed(history.regimens):
            counts = matches(regimen, source, self.catalog)
            if counts is True and regimen.months is not None:
                if self.facts.get(attribute.id, regimen.months) != regimen.months:
                    self._differ(attribute, source, history)
                self._interval(attribute, regimen.months, regimen.months)
                because = f"Read from the regimen {regimen}."
                self.entailed.append(Entailed(attribute.id, str(regimen.months), because, "structure", attribute.cites))
            if counts is not False:
                return
        if history.complete and attribute.id not in self.facts:
            for fact in self._asked.get(attribute.id, []):
                self.known[fact] = NOT_APPLICABLE

    def _entail_categories(self, attribute: Attribute, therapies: Iterable[str]) -> None:
        """Say which categories the named agents stand for, where some condition asks for them."""
        asked = {fact.removeprefix(f"{attribute.id}:") for fact in self._asked.get(attribute.id, [])}
        for agent in dict.fromkeys(therapies):
            record = self.catalog.agents.get(agent)
            for category in self.catalog.implied[agent][1:] if record else ():
                if category in asked:
                    because, cites = filing(agent, category, self.catalog)
                    self.entailed.append(Entailed(attribute.id, category, because, "stated", cites))


def holds(wanted: str, therapies: Iterable[str], complete: bool, catalog: Catalog) -> Truth:
    """Whether therapies hold one: by name, by what they imply, or perhaps, where a wider category is named."""
    therapies = tuple(therapies)
    if any(wanted in catalog.implied[therapy] for therapy in therapies):
        return True
    perhaps = not complete or any(therapy in catalog.implied[wanted] for therapy in therapies)
    return None if perhaps else False


def is_treatment(therapy: str, catalog: Catalog) -> bool:
    """Whether a therapy can be a regimen: a class is, a drug is unless it is filed under none, as one for the bones."""
    return therapy not in catalog.agents or len(catalog.implied[therapy]) > 1


def _holds_treatment(regimen: Regimen, catalog: Catalog) -> Truth:
    filed = [is_treatment(therapy, catalog) for therapy in regimen.agents]
    return True if any(filed) or not filed else False if regimen.complete else None


def matches(regimen: Regimen, source: FromRegimens, catalog: Catalog) -> Truth:
    """Whether a regimen is one of those that an attribute is taken from."""
    asked = [_holds_treatment(regimen, catalog)]
    if source.including:
        asked.append(holds(source.including, regimen.agents, regimen.complete, catalog))
    if source.setting:
        asked.append(regimen.setting == source.setting if regimen.setting else None)
    if source.stopped:
        completed = source.stopped == "completed" and regimen.months is not None  # months count from completion
        asked.append(completed or (regimen.stopped == source.stopped if regimen.stopped else None))
    return False if False in asked else None if None in asked else True


def filing(agent: str, category: str, catalog: Catalog) -> tuple[str, tuple[Citation, ...]]:
    """That an agent is filed under a category, in words, and who says so."""
    filed = [row for row in catalog.agents[agent].categories if category in catalog.implied.get(row.what, ())]
    cites = tuple(cite for row in filed for cite in row.cites)
    return f"{agent} is filed under {catalog.categories[category].name}.", cites


def _any(parts: list[Truth]) -> Truth:
    return True if True in parts else None if None in parts else False
