"""durable_rules against the reference: `python3 tasks.py differential`, or this file with `--profiles NUMBER`.

Random profiles, with unknowns, open lists, histories and contradictions, through both engines: every derived fact and
every verdict must be the same. A profile that is refused for a contradiction must be impossible for the reference too,
and one that is accepted must be possible. The first difference is printed as a profile that `mbc explore --profile -`
takes. Memory is read at the start, when warm and at the end.
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer import load_catalog
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.errors import ProfileError
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.facts import beyond_facts, contradictions, stated_facts
from mbc_explorer.profile import NONE, SETTINGS, STOPPED, UNKNOWN, Profile, read_profile

if TYPE_CHECKING:
    from mbc_explorer import Catalog
    from mbc_explorer.catalog import Attribute

FIXED_SEED = 20240219
FLAT_MIB = 8.0
"""Memory that grows by less between the warm state and the end is flat: allocators keep pages."""
LONG = 50_000
"""From so many profiles on, a process tells how far it is."""
WARM = 0.1
"""The part of the profiles after which memory is taken as warm."""


class Found(NamedTuple):
    """What one run of profiles came to."""

    answered: int
    contradictions: int
    refused: int
    """Refused before the engines: a history or counts that tell of the same thing otherwise, in numbers."""
    unknown: int
    """Verdicts that were unknown, of all rules of all profiles answered."""
    verdicts: int
    difference: str | None
    grown_mib: float


def random_profile(catalog: Catalog, random: Random) -> dict[str, Any]:
    """A profile of valid words: each attribute is stated with one probability for the whole profile.

    What others define or tell is stated more rarely beside them, so that not most profiles contradict themselves.
    """
    share = random.choice([0.1, 0.3, 0.5, 0.8])
    therapies = [*catalog.agents, *(name for name, row in catalog.categories.items() if row.therapy)]
    found: dict[str, Any] = {}
    for attribute in catalog.attributes.values():
        told = attribute.id in catalog.definitions or attribute.from_regimens or attribute.applies_when
        if random.random() < (share / 10 if told else share):
            found[attribute.id] = _some(attribute, therapies, random)
    return found


def one_in(random: Random, number: int) -> bool:
    """True once in so many times."""
    return random.randrange(number) == 0


def _some(attribute: Attribute, therapies: list[str], random: Random) -> Any:
    if one_in(random, 20):
        return UNKNOWN
    match attribute.kind:
        case "choice":
            return random.choice(attribute.values).id
        case "list":
            return _open(random.sample([value.id for value in attribute.values], random.randint(0, 3)), random)
        case "therapies":
            return _open(random.sample(therapies, random.randint(0, 3)), random)
        case "regimens":
            return _open([_regimen(therapies, random) for _ in range(random.randint(0, 4))], random)
        case _:
            return random.randint(attribute.minimum, random.choice([2, 4, 12]))


def _open(items: list[str], random: Random) -> list[str] | str:
    """A list, at times one that may hold more; an empty one is `none`."""
    if one_in(random, 4):
        items.insert(random.choice([0, len(items)]), UNKNOWN)
    return items or NONE


def _regimen(therapies: list[str], random: Random) -> str:
    agents = random.sample(therapies, random.randint(1, 3)) + ([UNKNOWN] if one_in(random, 10) else [])
    details = [] if one_in(random, 3) else [random.choice(SETTINGS)]
    stopped = random.choice([*STOPPED, None, None])
    if stopped:
        details.append(f"stopped={stopped}")
    if stopped in (None, "completed") and one_in(random, 3):
        details.append(f"months={random.randint(0, 14)}")
    return f"{'+'.join(agents)}{'@' if details else ''}{','.join(details)}"


def compare(seed: int, profiles: int) -> Found:
    """Random profiles until so many were answered by both engines; stops at the first difference."""
    catalog, random = load_catalog(), Random(seed)
    durable, reference = DurableEngine(catalog), Evaluator(catalog)
    answered = contradicting = refused = unknown = verdicts = 0
    warm = memory_mib()
    while answered < profiles:
        if answered == int(profiles * WARM):
            warm = memory_mib()
        given = random_profile(catalog, random)
        understood = read_profile(Profile(given), catalog)
        try:
            known = stated_facts(understood, catalog).known
        except ProfileError:
            refused += 1
            continue
        if beyond_facts(understood, catalog):
            refused += 1
            continue
        is_refused = bool(contradictions(known, understood, catalog))
        if is_refused == reference.is_consistent(known):
            told = "refused and possible" if is_refused else "accepted and impossible"
            return Found(answered, contradicting, refused, unknown, verdicts, f"{told}: {json.dumps(given)}", 0.0)
        if is_refused:
            contradicting += 1
            continue
        one, other = durable.answer(known), reference.answer(known)
        if one.known != other.known or one.truths != other.truths:
            return Found(answered, contradicting, refused, unknown, verdicts, json.dumps(given), 0.0)
        answered += 1
        if profiles >= LONG and answered % (profiles // 10) == 0:
            print(f"seed {seed}: {answered:,} of {profiles:,} alike", file=sys.stderr, flush=True)
        verdicts += len(one.truths)
        unknown += one.truths.count("unknown")
    return Found(answered, contradicting, refused, unknown, verdicts, None, memory_mib() - warm)


def memory_mib() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold durable_rules to the reference evaluator.")
    parser.add_argument("--profiles", type=int, default=1_000_000, help="how many are answered (default: a million)")
    parser.add_argument("--seed", type=int, help="another seed; by default one half is fixed, the other fresh")
    parser.add_argument("--processes", type=int, default=2, help="processes side by side")
    given = parser.parse_args()
    if not is_available():
        print("durable_rules is not installed: there is nothing to compare.")
        return 1
    seeds = [FIXED_SEED, secrets.randbelow(2**31)] if given.seed is None else [given.seed]
    each = -(-given.profiles // len(seeds) // given.processes)
    jobs = [(seed * given.processes + i, each) for seed in seeds for i in range(given.processes)]
    print(f"{given.profiles} profiles, seeds {', '.join(map(str, seeds))}, {given.processes} processes", flush=True)
    start = perf_counter()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(compare, *zip(*jobs, strict=True)))
    answered, contradicting = sum(row.answered for row in found), sum(row.contradictions for row in found)
    refused = sum(row.refused for row in found)
    unknown, verdicts = sum(row.unknown for row in found), sum(row.verdicts for row in found)
    print(f"{answered} answered alike: {verdicts} verdicts, {unknown} of them unknown")
    print(f"{contradicting} contradictions refused and impossible; {refused} refused before the engines")
    grown = max(row.grown_mib for row in found)
    print(f"memory grew by at most {grown:.1f} MiB a process since warm; {perf_counter() - start:.0f} s")
    differences = [row.difference for row in found if row.difference]
    for difference in differences:
        print(f"DIFFERENCE: {difference}")
    return 1 if differences or grown > FLAT_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
