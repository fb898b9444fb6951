"""How fast it is, and how that stands to the targets: `python benchmarks/bench.py` or `python3 tasks.py bench`.

Everything that is compared is run in turn (A B A B …) in one run, after a warm-up, with compiled bytecode. Figures are
medians; a ratio is the median of the ratios of each turn, so that other work on the machine disturbs it least.
Processes are timed by the wall, work within this process by its processor time: on an idle machine the same.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import random
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from textwrap import fill
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from mbc_explorer import Explorer, Profile, load_catalog
from mbc_explorer.cli.options import read_profile_file
from mbc_explorer.condition import attribute_of
from mbc_explorer.engine import MET, DurableEngine, is_available
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.profile import read_profile
from mbc_explorer.report import Reporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Head
    from mbc_explorer.engine import Answer

    Engine = DurableEngine | Evaluator
    Work = Callable[[], object]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "profiles"
ORDINARY = ["--er=positive", "--pr=positive", "--her2=negative", "--menopause=postmenopausal", "--prior=none"]
COMPARED = [EXAMPLES / f"hr-positive-{name}.yaml" for name in ("premenopausal", "postmenopausal-first-line")]
PACKAGES = ("mbc_explorer", "durable", "pydantic", "rich", "typer", "yaml")
BARE, LIBRARIES = "(a) python -c pass", "(b) import the libraries"
IMPORTS = "import typer, rich.console, rich.table, pydantic, yaml, durable.lang"
MODEL = "class Model(pydantic.BaseModel): name: str"

SEED = 2024
HIDDEN = (0, 10, 30)
"""Percent of the facts that are unknown."""
TIMES_WITH_ALL_KNOWN, TIMES_WITH_UNKNOWN = 5.0, 4.0
"""What three-valued may cost, in times of two-valued."""
DATA_MS, TEXT_MS = 5.0, 10.0
"""What a report may take: as plain data, and as JSON text."""
FLAT_MIB = 1.0
"""Memory that grows by less than this is flat; an allocator does not give every page back."""

Cell = str | float | bool | None
Row = dict[str, Cell]
Facts = dict[str, str]
Name = TypeVar("Name")


class Table(NamedTuple):
    """One part of the benchmark."""

    title: str
    rows: list[Row]
    notes: list[str]


class Amount(NamedTuple):
    """How much is run."""

    starts: int
    rounds: int
    profiles: int
    flow: int


FULL = Amount(starts=25, rounds=15, profiles=100, flow=100_000)
QUICK = Amount(starts=5, rounds=3, profiles=30, flow=10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the speed of mbc-explorer.")
    parser.add_argument("--quick", action="store_true", help="fewer runs: a first look, not figures to quote")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    amount = QUICK if wanted.quick else FULL
    machine = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "bytecode": "compiled" if all(map(compile_package, PACKAGES)) else "could not be written",
        "durable_rules": version("durable_rules") if is_available() else "absent: rows that need it are left out",
        "mbc": "the installed command" if _script().exists() else "python -m mbc_explorer",
        "runs": f"{amount.starts} starts, {amount.rounds} rounds" + (", too few to quote" if wanted.quick else ""),
    }
    if not wanted.json:
        print(*(f"{name}: {value}" for name, value in machine.items()), sep="\n")
    tables = []
    for table in measure(amount):
        tables.append(table._asdict())
        if not wanted.json:
            print(f"\n{render(table)}", flush=True)
    if wanted.json:
        print(json.dumps({"machine": machine, "tables": tables}, indent=2))


def compile_package(name: str) -> bool:
    """Compile a package's bytecode where it is missing; what else is imported is compiled by the warm-up."""
    found = find_spec(name)
    return found is None or compileall.compile_dir(str(Path(found.origin or "").parent), quiet=2)


def measure(amount: Amount) -> Iterator[Table]:
    """The parts, each when it is done."""
    with TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        catalog = load_catalog()
        yield commands(amount)
        if is_available():
            yield verdicts(catalog, amount)
        yield reports(catalog, amount)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # a process that has done nothing else
            yield pool.submit(memory, amount).result()
        yield cold_start(amount)


# 1 and 5: whole processes


class Command(NamedTuple):
    """A process to start."""

    name: str
    words: list[str]
    shows: str = ""
    """Stands in what it prints."""
    target: float | None = None
    """At most so many times (b)."""
    env: Facts | None = None


def commands(amount: Amount) -> Table:
    rows = [*_baselines(), *_mbc_commands()]
    printed = {command.name: _start(command, subprocess.PIPE) for command in rows}  # the warm-up
    taken = in_turn({row.name: partial(_start, row) for row in rows}, amount.starts, perf_counter)
    notes = [f"{name} gives: {' '.join(text.split())}" for name, text in printed.items() if name.startswith("complete")]
    shown = [_command_row(row, taken) for row in rows]
    return Table("1. Whole processes: wall time", shown, [f"(b) is `{_imports()}` and one pydantic model", *notes])


def cold_start(amount: Amount) -> Table:
    explore = Command("explore --json", _mbc("explore", *ORDINARY, "--json"), '"options":')
    rows = [*_baselines(), explore]
    work: dict[str, Work] = {row.name: partial(_start, row) for row in rows}

    def start_cold() -> None:
        with TemporaryDirectory() as empty:
            _start(explore._replace(env={"XDG_CACHE_HOME": empty}))

    cold = Command("explore --json, empty cache", [])
    _start(explore, subprocess.PIPE)  # the warm-up
    taken = in_turn({**work, cold.name: start_cold}, max(3, amount.starts // 3), perf_counter)
    shown = [_command_row(row, taken) for row in (*rows, cold)]
    note = "the first run in a checkout compiles the YAML; an installed package ships it compiled"
    return Table("5. Cold start", shown, [note])


def _baselines() -> list[Command]:
    python = [sys.executable, "-c"]
    return [Command(BARE, [*python, "pass"]), Command(LIBRARIES, [*python, f"{_imports()}\n{MODEL}"])]


def _imports() -> str:
    return IMPORTS if is_available() else IMPORTS.removesuffix(", durable.lang")


def _mbc_commands() -> list[Command]:
    explore = _mbc("explore", *ORDINARY)
    completion = {"_MBC_COMPLETE": "complete_bash"}
    word = {**completion, "COMP_WORDS": "mbc exp", "COMP_CWORD": "1"}
    value = {**completion, "COMP_WORDS": "mbc explore --her2 p", "COMP_CWORD": "3"}
    found = [
        Command("--version", _mbc("--version"), "mbc-explorer", 0.45),
        Command("complete: mbc exp", _mbc(), "explore", 0.45, word),
        Command("complete: mbc explore --her2 p", _mbc(), "positive", 0.45, value),
        Command("--help", _mbc("--help"), "explore", 1.0),
        Command("explore --help", _mbc("explore", "--help"), "--menopause", 1.0),
        Command("explore --json, durable", [*explore, "--json", "--engine", "durable"], '"options":', 0.7),
        Command("explore --json, reference", [*explore, "--json", "--engine", "reference"], '"options":', 0.7),
        Command("explore, text", explore, "Educational only"),
        Command("why --json", _mbc("why", "letrozole", *ORDINARY, "--json"), '"tree":', 1.5),
        Command("why, text", _mbc("why", "letrozole", *ORDINARY), "Educational only", 1.5),
        Command("why-not --json", _mbc("why-not", "olaparib", *ORDINARY, "--json"), '"blocked_by":', 1.5),
        Command("why-not, text", _mbc("why-not", "olaparib", *ORDINARY), "Educational only", 1.5),
        Command("nearest --json", _mbc("nearest", "olaparib", *ORDINARY, "--json"), '"ways":', 1.5),
        Command("nearest, text", _mbc("nearest", "olaparib", *ORDINARY), "Educational only", 1.5),
        Command("what-if --json", _mbc("what-if", *ORDINARY, "--set=her2=positive", "--json"), '"move":', 1.5),
        Command("what-if, text", _mbc("what-if", *ORDINARY, "--set=her2=positive"), "Educational only", 1.5),
        Command("compare --json", _mbc("compare", *map(str, COMPARED), "--json"), '"move":', 1.5),
        Command("compare, text", _mbc("compare", *map(str, COMPARED)), "Educational only", 1.5),
        Command("missing --json", _mbc("missing", *ORDINARY, "--json"), '"at_most":', 1.5),
        Command("missing, text", _mbc("missing", *ORDINARY), "Educational only", 1.5),
        Command("pairs --json", _mbc("pairs", "olaparib", "--json"), '"differ":', 1.5),
        Command("pairs, text", _mbc("pairs", "olaparib"), "Educational only", 1.5),
        Command("readings --json", _mbc("readings", *ORDINARY, "--json"), '"agree":', 1.5),
        Command("readings, text", _mbc("readings", *ORDINARY), "Educational only", 1.5),
    ]
    return [command for command in found if is_available() or "durable" not in command.words]


def _mbc(*words: str) -> list[str]:
    script = _script()
    return [*([str(script)] if script.exists() else [sys.executable, "-m", "mbc_explorer"]), *words]


def _script() -> Path:
    return Path(sys.executable).with_name("mbc.exe" if os.name == "nt" else "mbc")


def _start(command: Command, output: int = subprocess.DEVNULL) -> str:
    done = subprocess.run(
        command.words, env={**os.environ, **(command.env or {})}, stdout=output, text=True, check=True
    )
    if output == subprocess.PIPE and command.shows not in done.stdout:
        sys.exit(f"`{command.name}` did not print {command.shows!r}.")
    return done.stdout or ""


def _command_row(row: Command, taken: dict[str, list[float]]) -> Row:
    times = ratio(taken[row.name], taken[LIBRARIES])
    return {
        "command": row.name,
        "ms": round(median(taken[row.name]) * 1e3, 1),
        "times (a)": round(ratio(taken[row.name], taken[BARE]), 2),
        "times (b)": round(times, 2),
        **against(row.target, times),
    }


# 2: verdicts of all rules


def verdicts(catalog: Catalog, amount: Amount) -> Table:
    chance = random.Random(SEED)
    worlds = [complete_world(catalog, chance) for _ in range(amount.profiles)]
    cases = {percent: [hidden(catalog, world, percent, chance) for world in worlds] for percent in HIDDEN}
    three, two, reference = DurableEngine(catalog), DurableEngine(catalog, (MET,)), Evaluator(catalog)
    for known in (known for some in cases.values() for known in some):
        _stop_on_difference(three.answer(known), two.answer(known), reference.answer(known))
    engines: dict[str, Engine] = {"three": three, "two": two, "reference": reference}
    pairs = [(name, percent) for percent in HIDDEN for name in engines]
    taken = in_turn({pair: partial(_answer_all, engines[pair[0]], cases[pair[1]]) for pair in pairs}, amount.rounds)
    rows: list[Row] = []
    for percent in HIDDEN:
        exact = taken["three", percent]
        same, complete = ratio(exact, taken["two", percent]), ratio(exact, taken["two", 0])
        rows.append(
            {
                "unknown": f"{percent} %",
                **{name: round(median(taken[name, percent]) / len(worlds) * 1e6) for name in engines},
                "three/two": round(same, 2),
                "/complete": round(complete, 2),
                "/ref.": round(ratio(exact, taken["reference", percent]), 2),
                **against(TIMES_WITH_UNKNOWN if percent else TIMES_WITH_ALL_KNOWN, max(same, complete)),
            }
        )
    notes = [
        "three, two: through durable_rules, three-valued and two-valued (only which rules are met)",
        "three/two: on the same facts; /complete: against two on the complete profiles; /ref.: against reference",
        f"{len(catalog.rules)} rules, {len(catalog.facts)} facts, {len(worlds)} profiles; unknown after derivation too",
        "checked: three and reference answer the same, and two finds the same rules met",
    ]
    return Table("2. Verdicts of all rules: microseconds per profile", rows, notes)


def _stop_on_difference(three: Answer, two: Answer, reference: Answer) -> None:
    met = [[truth == MET for truth in answer.truths] for answer in (three, two)]
    if three != reference or met[0] != met[1]:
        sys.exit(f"The engines differ on {three.known}.")


def _answer_all(engine: Engine, cases: list[Facts]) -> None:
    for known in cases:
        engine.answer(known)


def complete_world(catalog: Catalog, chance: random.Random) -> Facts:
    """A case at random in which every fact is known and no constraint is broken."""
    world: Facts = {}
    for fact in chance.sample(list(catalog.facts), len(catalog.facts)):
        possible = [value for value in catalog.facts[fact] if _is_possible(catalog, {**world, fact: value})]
        world[fact] = chance.choice(possible)
    return world


def _is_possible(catalog: Catalog, known: Facts) -> bool:
    return not any(all(known.get(fact) in values for fact, values in conflict.cube) for conflict in catalog.conflicts)


def hidden(catalog: Catalog, world: Facts, percent: int, chance: random.Random) -> Facts:
    """What a profile would give of a case of which a share of the facts is unknown, and cannot be derived.

    Facts that are defined by others (triple-negative) are left to the engine; those that the structure of lists and
    histories settles (an agent implies its class) are known, as `known_facts` has them.
    """
    known = {fact: value for fact, value in world.items() if attribute_of(fact) not in catalog.definitions}
    for fact in chance.sample(list(known), len(known)):
        if len(_closed(known, catalog.heads)) <= len(world) * (1 - percent / 100):
            break
        del known[fact]
    constraints = catalog.constraints
    structure = [h for h in catalog.heads if all(constraints[name].basis == "structure" for name in h.constraints)]
    return _closed(known, structure)


def _closed(known: Facts, heads: Iterable[Head]) -> Facts:
    """Facts with all that the heads derive from them."""
    reached = dict(known)
    size = -1
    while size != len(reached):
        size = len(reached)
        for head in heads:
            if head.fact not in reached and all(reached.get(fact) in values for fact, values in head.cube):
                reached[head.fact] = head.value
    return reached


# 3: reports


def reports(catalog: Catalog, amount: Amount) -> Table:
    explorer, reporter = Explorer(catalog), Reporter(catalog)
    engine = DurableEngine(catalog) if is_available() else Evaluator(catalog)
    profiles = ordinary_profiles()
    work: dict[tuple[str, str], Work] = {}
    for name, profile in profiles.items():
        understood = read_profile(profile, catalog)
        facts = known_facts(understood, catalog)
        answer, report = engine.answer(facts.known), explorer.explore(profile)
        work["Reporter.report alone", name] = partial(reporter.report, understood, facts, answer, engine.name)
        work["Report.json alone", name] = report.json
        work["profile to plain data", name] = partial(explorer.explore, profile)
        work["profile to JSON text", name] = partial(_json_text, explorer, profile)
    taken = in_turn(work, amount.rounds)
    targets = {"profile to plain data": DATA_MS, "profile to JSON text": TEXT_MS}
    rows: list[Row] = []
    for step in dict.fromkeys(step for step, _ in work):
        each = [median(taken[step, name]) * 1e3 for name in profiles]
        figures: Row = {"step": step, "ms": round(median(each), 2), "slowest profile": round(max(each), 2)}
        rows.append({**figures, **against(targets.get(step), max(each))})
    sizes = [len(_json_text(explorer, profile).encode()) // 1000 for profile in profiles.values()]
    note = f"{len(profiles)} profiles, {min(sizes)} to {max(sizes)} kB of compact JSON each; engine: {engine.name}"
    return Table("3. The report, in process: milliseconds", rows, [note])


def _json_text(explorer: Explorer, profile: Profile) -> str:
    return explorer.explore(profile).json()


def ordinary_profiles() -> dict[str, Profile]:
    return {path.name: Profile(read_profile_file(str(path))) for path in sorted(EXAMPLES.glob("*.*"))}


# 4: memory


def memory(amount: Amount) -> Table:
    catalog = load_catalog()
    explorer = Explorer(catalog)
    engine = DurableEngine(catalog) if is_available() else Evaluator(catalog)
    chance = random.Random(SEED)
    worlds = [complete_world(catalog, chance) for _ in range(100)]
    profiles = list(ordinary_profiles().values())

    def answer_one(number: int) -> None:
        share = chance.random()
        engine.answer({fact: value for fact, value in worlds[number % len(worlds)].items() if chance.random() > share})

    def report_one(number: int) -> None:
        explorer.explore(profiles[number % len(profiles)]).json()

    rows = [_memory_row("loading", resident())]
    for what, work, few, most in (
        ("profiles", answer_one, amount.flow // 50, amount.flow),
        ("reports", report_one, amount.flow // 500, amount.flow // 50),
    ):
        for number in range(few):
            work(number)
        warm = resident()
        for number in range(few, most):
            work(number)
        rows += [_memory_row(f"{few:,} {what}", warm), _memory_row(f"{most:,} {what}", resident(), warm)]
    notes = [
        f"a process of its own, engine: {engine.name}; every profile differs in what is known of it",
        "flat is growth of at most 1 MiB after the first profiles, which fill the allocator",
    ]
    return Table("4. Resident memory", rows, notes)


def _memory_row(after: str, held: float, before: float | None = None) -> Row:
    row: Row = {"after": after, "MiB": round(held, 2), "grown by": None, **against(None, 0)}
    return row if before is None else {**row, "grown by": round(held - before, 2), **against(FLAT_MIB, held - before)}


def resident() -> float:
    """MiB of memory that this process holds; where the system does not say, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import resource

        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# Timing and printing


def in_turn(work: dict[Name, Work], rounds: int, clock: Callable[[], float] = process_time) -> dict[Name, list[float]]:
    """Seconds that each piece of work took, one of each in every round."""
    taken: dict[Name, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            start = clock()
            run()
            taken[name].append(clock() - start)
    return taken


def ratio(times: list[float], base: list[float]) -> float:
    """The median of the ratios of each round."""
    return median(one / other for one, other in zip(times, base, strict=True))


def against(target: float | None, figure: float) -> Row:
    """The cells of a target, which a figure must not pass."""
    return {"target": target, "reached": None if target is None else figure <= target}


def render(table: Table) -> str:
    """A table of 80 columns, the notes under it."""
    columns = [name for name in table.rows[0] if any(row[name] is not None for row in table.rows)]
    cells = [columns, *([_shown(row[name]) for name in columns] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    form = "  ".join(f"{{:{'>' if number else '<'}{width}}}" for number, width in enumerate(widths))
    lines = [form.format(*row).rstrip() for row in cells]
    rule = "-" * len(lines[0])
    notes = [fill(note, 80, subsequent_indent="  ") for note in table.notes]
    return "\n".join([table.title, "", lines[0], rule, *lines[1:], "", *notes])


def _shown(cell: Cell) -> str:
    if isinstance(cell, bool) or cell is None:
        return {True: "yes", False: "NO", None: ""}[cell]
    return cell if isinstance(cell, str) else f"{cell:,}"


if __name__ == "__main__":
    main()
