"""Verdicts from durable_rules: what the facts of a case imply, and which rules are met, not met or unknown.

The only module that imports durable_rules, and only its C functions: the Host, its threads, actions, `sid`s and
`delete_state` are what makes the library lose results or crash (see docs/decisions/003-durable-rules.md). Everything
given to it is text; every engine rule is a conjunction of `fact == value`; one fact, with one constant id, is asserted
and retracted at a time. Each ruleset ends with a guard rule that always fires, and fires last, so that firings that
are not delivered are an error and never read as "unknown".
"""

from __future__ import annotations

import json
import os
import sys
from itertools import count, product
from math import prod
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.errors import EngineError, one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mbc_explorer.catalog import Catalog, Cube

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"

KIND, PROFILE, ID = "kind", "profile", "id"
"""The property that every engine rule asks first, its only value, and the id of the one live fact."""
GUARD = "guard"
OPERATORS = (
    "$and", "$or", "$eq", "$neq", "$lt", "$lte", "$gt", "$gte", "$ex", "$nex", "$mt", "$imt", "$iall", "$iany",
)  # fmt: skip
RESERVED = (ID, "sid", "$s", KIND, *OPERATORS)

MAX_PENDING = 60
"""The engine drops results when more than 64 nodes wait at once; a ruleset is closed before its bound passes this."""
MAX_TESTS = 500
"""The engine loops for ever over 512 tests after one test."""
MAX_ENDS = 250
"""The engine crashes with 256 conjunctions that end with one test; the guard is one of them."""
MAX_RULES = 1000
MAX_FACTS = 250
"""The engine refuses a case of more facts; it counts three of its own."""
MAX_CONJUNCTIONS = 20_000
"""Of all rulesets together; the shipped rules come to a few hundred."""
MAX_TEXT = 60_000
"""Longer text, as JSON writes it, is compared by its length modulo 65,536 inside the engine."""
MAX_STAGES = 12
"""Derivations settle in three or four rounds; more means that a constraint derives in a circle."""

_names = count()

Assignment = tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """What an engine says of a case."""

    known: dict[str, str]
    """The facts given and those derived from them."""
    truths: tuple[str, ...]
    """`met`, `not_met` or `unknown` for each rule of the catalog, in its order."""


def library() -> Any:
    """The C module of durable_rules.

    Raises:
        EngineError: when it is not installed or cannot be loaded, saying how to get it.
    """
    try:
        import durable_rules_engine
    except ImportError as reason:
        message = (
            f"the engine durable_rules cannot be loaded ({reason}). It is built from C: see 'The engine' in the "
            "README. Meanwhile `--engine reference` answers the same."
        )
        raise EngineError(one("engine-missing", "", message)) from None
    return durable_rules_engine


def is_available() -> bool:
    """Whether durable_rules can be loaded here."""
    try:
        library()
    except EngineError:
        return False
    return True


def property_hash(name: str) -> int:
    """The 32-bit FNV-1a hash by which the engine tells property names apart."""
    value = 0x811C9DC5
    for byte in json.dumps(name)[1:-1].encode():  # it reads the text as JSON writes it
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def problems_of(facts: Mapping[str, Iterable[str]]) -> list[str]:
    """Why facts cannot be used with the engine: too many, a value too long, or what `name_problems` says."""
    problems = name_problems(facts)
    if len(facts) > MAX_FACTS:
        problems.append(f"there are {len(facts)} facts, and the engine takes {MAX_FACTS}")
    for name, values in facts.items():
        if any(_is_too_long(value) for value in values):
            problems.append(f"a value of the fact {name[:20]!r} is longer than the engine can tell apart")
    return problems


def name_problems(names: Iterable[str]) -> list[str]:
    """Why a set of fact names cannot be used with the engine: too long, reserved, or two with one hash."""
    problems: list[str] = []
    seen = {property_hash(name): name for name in RESERVED}
    for name in names:
        if name in RESERVED:
            problems.append(f"the fact name {name!r} is reserved by the engine")
        elif _is_too_long(name):
            problems.append(f"the fact name {name[:20]!r}… is longer than the engine can tell apart")
        elif (other := seen.setdefault(property_hash(name), name)) != name:
            problems.append(f"the fact names {name!r} and {other!r} have one hash in the engine; rename one")
    return problems


def _is_too_long(text: str) -> bool:
    return len(json.dumps(text)) > MAX_TEXT


class Rulesets:
    """Conjunctions registered with durable_rules, split so that no ruleset can drop a result.

    Each conjunction has a name; `fire` returns the names that hold for a set of facts.
    """

    def __init__(self, conjunctions: Iterable[tuple[str, Assignment]], texts: list[str] | None = None) -> None:
        """Register conjunctions, or texts that `ruleset_texts` made of them before."""
        self._handles: list[int] = []
        self._is_settled = False
        self._library = library()
        self._sets = ruleset_texts(conjunctions) if texts is None else texts
        self._register()

    def __len__(self) -> int:
        return len(self._sets)

    def _register(self) -> None:
        self._handles = [self._library.create_ruleset(f"mbc{next(_names)}", text) for text in self._sets]

    def close(self) -> None:
        """Give the memory of the rulesets back; they cannot be used after that."""
        handles, self._handles = self._handles, []
        for handle in handles:
            if self._is_settled:  # deleting the state of a ruleset that never fired crashes the process
                self._library.delete_state(handle, None)
            self._library.delete_ruleset(handle)

    def __del__(self, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if not is_finalizing():  # at its end the interpreter has taken apart what `close` needs
            self.close()

    def fire(self, facts: Mapping[str, str]) -> Iterator[str]:
        """The names of the conjunctions that hold for these facts.

        Raises:
            EngineError: when the engine lost track of a ruleset even after all of them were registered anew.
        """
        if not self._handles:
            raise EngineError(one("engine-closed", "", "the engine was closed and cannot answer; make a new one."))
        message = json.dumps({**facts, KIND: PROFILE, ID: ID})
        self._is_settled = False
        try:
            fired = [self._fire(handle, message) for handle in self._handles]
        except _LostResult:
            self._register()  # the old handles are left alone: what the engine holds behind them is no longer known
            try:
                fired = [self._fire(handle, message) for handle in self._handles]
            except _LostResult as reason:
                text = f"durable_rules did not answer reliably ({reason}); please report this profile."
                raise EngineError(one("engine-lost-result", "", text)) from None
        self._is_settled = True
        return (name for names in fired for name in names)

    def _fire(self, handle: int, message: str) -> list[str]:
        engine = self._library
        try:
            code, offset = engine.assert_fact(handle, message)
            if code != 0:
                raise _LostResult(f"code {code} for a fact")
            names = []
            found = engine.start_action_for_state(handle, offset)
            text = found[1] if found else None
            while text:
                names.append(text[2 : text.index('"', 2)])
                text = engine.complete_and_start_action(handle, offset)
            engine.retract_fact(handle, f'{{"{ID}":"{ID}"}}')
        except _LostResult:
            raise
        except Exception as reason:  # the C module raises the plain class Exception
            raise _LostResult(str(reason)) from None
        if not names or names.pop() != GUARD:
            raise _LostResult("the guard rule did not fire last")
        return names


class _LostResult(Exception):
    """The engine answered with an error, or without the guard."""


class _Running(NamedTuple):
    """What belongs to one process. After a fork the parent's lock may be held for ever and its fact be half judged."""

    process: int
    lock: Lock
    derive: Rulesets
    match: Rulesets


class DurableEngine:
    """The catalog's derivations and rules in durable_rules. Safe to share between threads and after a fork."""

    name = "durable"

    def __init__(self, catalog: Catalog, verdicts: tuple[str, ...] = (MET, NOT_MET)) -> None:
        """Compile a catalog.

        Args:
            catalog: the knowledge.
            verdicts: which verdicts come out of the engine. Only a benchmark leaves one out.

        Raises:
            EngineError: when durable_rules is absent, or a name cannot be used with it.
        """
        self._heads = [(head.fact, head.value) for head in catalog.heads]
        self._settles = _settles(catalog, verdicts)
        self._rules = len(catalog.rules)
        made_before = catalog.rulesets if verdicts == (MET, NOT_MET) else ()
        self._texts = made_before or compiled_rulesets(catalog, verdicts)
        self._running = self._start()

    def _start(self) -> _Running:
        derive, match = (Rulesets((), texts) for texts in self._texts)
        return _Running(os.getpid(), Lock(), derive, match)

    def close(self) -> None:
        """Give the engine's memory back; the engine cannot be used after that."""
        running = self._here()
        with running.lock:
            running.derive.close()
            running.match.close()

    def _here(self) -> _Running:
        """What runs in this process: made anew after a fork, whole before another thread can see it."""
        running = self._running
        if running.process != os.getpid():
            running = self._running = self._start()
        return running

    def answer(self, known: Mapping[str, str]) -> Answer:
        """Derive what follows from the known facts, then judge every rule.

        Args:
            known: values of facts; a fact that is absent is unknown. They must not contradict each other.

        Raises:
            EngineError: when the engine did not answer reliably.
        """
        running = self._here()
        with running.lock:
            facts = dict(known)
            self._forward(facts, running.derive)
            truths = [UNKNOWN] * self._rules
            for name in running.match.fire(facts):
                for rule, verdict in self._settles[int(name)]:
                    if truths[rule] not in (UNKNOWN, verdict):
                        text = f"durable_rules says met and not met of rule number {rule}; please report this profile."
                        raise EngineError(one("engine-contradiction", "", text))
                    truths[rule] = verdict
        return Answer(facts, tuple(truths))

    def _forward(self, facts: dict[str, str], derive: Rulesets) -> None:
        """Chain forward: assert, add what fired, and again, until nothing new follows."""
        for _ in range(MAX_STAGES):
            fired = [self._heads[int(name)] for name in derive.fire(facts)]
            new = {fact: value for fact, value in fired if fact not in facts}
            if not new:
                return
            facts |= new
        raise EngineError(one("engine-endless", "", f"derivations did not settle in {MAX_STAGES} rounds."))


def compiled_rulesets(catalog: Catalog, verdicts: tuple[str, ...] = (MET, NOT_MET)) -> tuple[list[str], list[str]]:
    """The rulesets that derive facts and those that judge rules, as the texts that the engine registers.

    Raises:
        EngineError: when a name or value of the catalog cannot be used with the engine.
    """
    problems = problems_of(catalog.facts)
    if problems:
        raise EngineError(one("engine-name", "", "; ".join(problems) + "."))
    settling = _settles(catalog, verdicts)
    cubes = [*(head.cube for head in catalog.heads), *(catalog.cubes[i] for i in settling)]
    if sum(prod(len(values) for _, values in cube) for cube in cubes) > MAX_CONJUNCTIONS:
        text = f"the rules come to more than {MAX_CONJUNCTIONS} conjunctions, and no more are registered."
        raise EngineError(one("too-many-conjunctions", "", text))
    derive = [named for i, head in enumerate(catalog.heads) for named in _conjunctions(str(i), head.cube)]
    match = [named for i in settling for named in _conjunctions(str(i), catalog.cubes[i])]
    return ruleset_texts(derive), ruleset_texts(match)


def ruleset_texts(conjunctions: Iterable[tuple[str, Assignment]]) -> list[str]:
    """Conjunctions as texts that the engine registers, split so that no ruleset can drop a result."""
    return [_definition(group) for group in split(conjunctions)]


def _settles(catalog: Catalog, verdicts: tuple[str, ...]) -> dict[int, list[tuple[int, str]]]:
    """For each cube that settles something: which rules, and to which verdict."""
    found: dict[int, list[tuple[int, str]]] = {}
    for index, rule in enumerate(catalog.rules.values()):
        for verdict, cubes in ((MET, rule.met), (NOT_MET, rule.not_met)):
            for cube in cubes if verdict in verdicts else ():
                found.setdefault(cube, []).append((index, verdict))
    return found


def _conjunctions(name: str, cube: Cube) -> Iterator[tuple[str, Assignment]]:
    """A cube as conjunctions of single values: one for each way to choose; at most one of them can hold."""
    for values in product(*(values for _, values in cube)):
        yield name, tuple(zip((fact for fact, _ in cube), values, strict=True))


def _definition(conjunctions: list[tuple[str, Assignment]]) -> str:
    """The JSON text of one ruleset, the guard last. Conjunctions of one name are told apart by zeros before it."""
    first = {KIND: PROFILE}
    rules: dict[str, Any] = {}
    for name, assignment in conjunctions:
        asked: list[dict[str, str]] = [first, *({fact: value} for fact, value in assignment)]
        key = name
        while key in rules:
            key = f"0{key}"  # int() reads the number back
        rules[key] = {"all": [{"m": {"$and": asked} if assignment else first}]}
    return json.dumps({**rules, GUARD: {"all": [{"m": first}]}})


class _Node:
    """One node of the engine's network as it will be built: a test shared by the conjunctions that begin alike."""

    __slots__ = ("children", "ends")

    def __init__(self) -> None:
        self.children: dict[tuple[str, str], _Node] = {}
        self.ends = 0

    def add(self, assignment: Assignment) -> None:
        if not assignment:
            self.ends += 1
            return
        self.children.setdefault(assignment[0], _Node()).add(assignment[1:])

    def bound(self) -> int:
        """How many nodes can be waiting at once below this one: of the tests on one fact at most one holds."""
        width = len({fact for fact, _ in self.children})
        return max(width, width - 1 + max((child.bound() for child in self.children.values()), default=0))

    def fits(self) -> bool:
        """Whether the engine has room for the tests that follow and the conjunctions that end, here and below."""
        room = len(self.children) < MAX_TESTS and self.ends < MAX_ENDS
        return room and all(child.fits() for child in self.children.values())


def split(conjunctions: Iterable[tuple[str, Assignment]]) -> list[list[tuple[str, Assignment]]]:
    """Group conjunctions so that no group passes a limit of the engine.

    The facts that most conjunctions ask about are asked first, so that the engine shares those tests.
    """
    named = list(conjunctions)
    often: dict[str, int] = {}
    for _, assignment in named:
        for fact, _value in assignment:
            often[fact] = often.get(fact, 0) + 1
    ordered = sorted(
        ((name, tuple(sorted(assignment, key=lambda pair: (-often[pair[0]], pair)))) for name, assignment in named),
        key=lambda row: (row[1], row[0]),
    )
    parts = 1
    while True:
        size = -(-len(ordered) // parts) or 1
        groups = [ordered[start : start + size] for start in range(0, len(ordered), size)] or [[]]
        if all(len(group) < MAX_RULES and _is_safe(_network(group)) for group in groups):
            return groups
        parts += 1


def _is_safe(root: _Node) -> bool:
    return root.bound() <= MAX_PENDING and root.fits()


def _network(group: list[tuple[str, Assignment]]) -> _Node:
    root = _Node()
    for _, assignment in group:
        root.add(assignment)
    return root
