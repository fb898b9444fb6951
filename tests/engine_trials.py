"""What the trials of the rule engine share: tiny catalogs, cases, plain oracles, and a library to tamper with."""

from __future__ import annotations

import importlib
import os
import random
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from mbc_explorer.catalog import CORE_RECORDS, DESCRIBES, REST, Catalog, Conflict, Constraint, Cube, Head, Rule
from mbc_explorer.compiling import needed_heads
from mbc_explorer.errors import ProfileError
from mbc_explorer.facts import known_facts
from mbc_explorer.primes import Masks, closed, complement, formula, spelled
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mbc_explorer.condition import Condition
    from mbc_explorer.engine import Assignment, Rulesets

    Conjunctions = Sequence[tuple[str, Assignment]]


def tiny_catalog(
    values: Mapping[str, tuple[str, ...]],
    rules: Mapping[str, Condition],
    constraints: Mapping[str, tuple[Condition, Condition]],
) -> Catalog:
    """A catalog of facts with their values, a rule for each condition, and constraints: what is given, what follows."""
    stated = [Constraint(name, given, then, "", "curator", ()) for name, (given, then) in constraints.items()]
    facts = dict(values)
    world = closed(stated, facts)
    numbers: dict[Cube, int] = {}

    def numbered(cubes: list[Masks]) -> tuple[int, ...]:
        return tuple(numbers.setdefault(spelled(cube, facts), len(numbers)) for cube in cubes)

    rows = []
    for name, condition in rules.items():
        what = formula(condition, facts)
        met, not_met = world.settled(what), world.settled(complement(what, facts))
        cubes = (numbered(world.reduced(met)), numbered(world.reduced(not_met)), numbered(met))
        rows.append(Rule(name, "source", name, "option", DESCRIBES, (), (), condition, met == [{}], *cubes))
    heads = [Head(fact, facts[fact][value], spelled(cube, facts), by) for fact, value, cube, by in needed_heads(world)]
    core: dict[str, object] = {
        **dict.fromkeys(CORE_RECORDS, ()),
        "version": "1.0.0",
        "digest": "0" * 16,
        "nothing_known": "",
        "not_known": (),
        "definitions": {},
        "options": [("option", "Option", "category", "agent", (), ())],
        "constraints": stated,
        "rules": rows,
        "facts": facts,
        "cubes": list(numbers),
        "heads": heads,
        "conflicts": [Conflict(spelled(cube, facts), world.blamed(cube)) for cube in world.impossible],
        "words": {},
        "implied": {},
    }
    return Catalog(core, lambda: dict.fromkeys(REST, ()))


def known_cases(catalog: Catalog, number: int, seed: int, most: int = 200) -> list[dict[str, str]]:
    """Cases at random, as facts that do not contradict each other; `most` is how many facts are tried for one."""
    chance = random.Random(seed)
    names = list(catalog.facts)
    cases = []
    for _ in range(number):
        known: dict[str, str] = {}
        for name in chance.sample(names, chance.randint(0, min(most, len(names)))):
            known[name] = chance.choice(catalog.facts[name])
            if any(all(known.get(fact) in values for fact, values in conflict.cube) for conflict in catalog.conflicts):
                del known[name]
        cases.append(known)
    return cases


def random_profiles(catalog: Catalog, number: int, seed: int) -> list[Profile]:
    """Profiles at random in the words of the catalog, of which none is refused."""
    chance = random.Random(seed)
    found: list[Profile] = []
    while len(found) < number:
        profile = Profile()
        for attribute in chance.sample(list(catalog.attributes.values()), chance.randint(0, 12)):
            items = [value.id for value in attribute.values]
            therapies = [*catalog.agents, *(name for name in catalog.categories if catalog.categories[name].therapy)]
            match attribute.kind:
                case "choice":
                    value: object = chance.choice(items)
                case "list":
                    value = chance.sample(items, min(2, len(items)))
                case "therapies" | "regimens":
                    value = chance.sample(therapies, 2)
                case _:
                    value = chance.randint(attribute.minimum, 4)
            profile.given[attribute.id] = value
            try:
                known_facts(read_profile(profile, catalog), catalog)
            except ProfileError:
                del profile.given[attribute.id]
        found.append(profile)
    return found


def random_conjunctions(
    chance: random.Random, facts: Mapping[str, Sequence[str]], number: int, longest: int
) -> Conjunctions:
    """Conjunctions at random, named by their number."""
    found = []
    for name in range(number):
        asked = chance.sample(list(facts), chance.randint(0, min(longest, len(facts))))
        found.append((str(name), tuple((fact, chance.choice(facts[fact])) for fact in asked)))
    return found


def holding(conjunctions: Conjunctions, facts: Mapping[str, str]) -> list[str]:
    """The names of the conjunctions that hold, by plain Python, in order."""
    return sorted(
        name for name, assignment in conjunctions if all(facts.get(fact) == value for fact, value in assignment)
    )


def fired(rulesets: Rulesets, facts: Mapping[str, str]) -> list[str]:
    """The names that the engine says hold, repeats included, in order."""
    return sorted(rulesets.fire(facts))


def raw_fired(condition: object, fact: str, rules: int = 1) -> int:
    """How many firings the library itself, without this package, makes of so many rules of one condition and a fact."""
    library = importlib.import_module("durable_rules_engine")
    texts = ", ".join(f'"{number}": {{"all": [{{"m": {condition}}}]}}' for number in range(rules))
    handle = library.create_ruleset("raw", f"{{{texts}}}")
    _, offset = library.assert_fact(handle, fact)
    found = library.start_action_for_state(handle, offset)
    text = found[1] if found else None
    count = 0
    while text:
        count += 1
        text = library.complete_and_start_action(handle, offset)
    return count


class Tampered:
    """The library, with each call noted, and handed to a function that may refuse it or change its result."""

    def __init__(self, tamper: Callable[[str, Callable[[], object]], object] = lambda _, call: call()) -> None:
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.tamper = tamper
        self.genuine = importlib.import_module("durable_rules_engine")

    def __getattr__(self, name: str) -> Callable[..., object]:
        real = getattr(self.genuine, name)

        def call(*given: object) -> object:
            self.calls.append((name, given))
            return self.tamper(name, lambda: real(*given))

        return call

    def count(self, name: str) -> int:
        """How often a function was called."""
        return sum(1 for called, _ in self.calls if called == name)


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program that has been run in a process of its own, where every warning is an error."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **environment}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=600, check=False)


def run_python(program: str, **environment: str) -> str:
    """What a program prints in a process of its own; it must end well and complain of nothing."""
    done = python(program, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def in_child(task: Callable[[], bool]) -> bool:
    """Whether a task that is run in a fork of this process ends, and says that all is well."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that waits for ever is ended, not waited for
        ended_well = False
        try:
            ended_well = task()
        except BaseException:  # nothing of the child may return into the tests
            traceback.print_exc()
        finally:
            os._exit(0 if ended_well else 1)
    return os.waitpid(child, 0)[1] == 0


def memory() -> float:
    """The memory that this process occupies, in MB. Linux only."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
