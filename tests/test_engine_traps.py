"""The known defects of durable_rules 2.0.28, and for each that the engine is not hit by it.

docs/decisions/003-durable-rules.md says how the engine keeps clear of them. Nothing here is timed.
"""

from __future__ import annotations

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread, current_thread
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_trials import (
    Tampered,
    fired,
    holding,
    in_child,
    known_cases,
    memory,
    python,
    random_conjunctions,
    random_profiles,
    raw_fired,
    run_python,
    tiny_catalog,
)
from mbc_explorer import engine
from mbc_explorer.condition import ALWAYS, All, Any, Not, OneOf
from mbc_explorer.engine import (
    GUARD,
    ID,
    KIND,
    MAX_ENDS,
    MAX_FACTS,
    MAX_PENDING,
    MAX_RULES,
    MAX_TESTS,
    MAX_TEXT,
    MET,
    NOT_MET,
    PROFILE,
    UNKNOWN,
    Answer,
    DurableEngine,
    Rulesets,
    is_available,
    name_problems,
    problems_of,
    property_hash,
    split,
)
from mbc_explorer.errors import EngineError
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.explorer import Explorer
from mbc_explorer.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mbc_explorer.catalog import Catalog
    from mbc_explorer.engine import Assignment

pytestmark = pytest.mark.skipif(not is_available(), reason="the engine durable_rules is not installed")
needs_linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory from /proc of Linux")
forks_beside_threads = pytest.mark.filterwarnings(
    r"ignore:This process \(pid=\d+\) is multi-threaded, use of fork\(\):DeprecationWarning"
)

STAINS = dict.fromkeys(("er", "pr", "her2", "hr", "triple"), ("positive", "negative"))
"""A small world: hormone receptors and what follows from them."""
OPERATORS = "and or eq neq lt lte gt gte ex nex mt imt iall iany"
LOST = "durable_rules did not answer reliably ({}); please report this profile."


@pytest.fixture
def stains() -> Catalog:
    """A tiny catalog in which HR follows from ER and PR, and triple-negative from HR and HER2."""
    hr_positive = Any((OneOf("er", ("positive",)), OneOf("pr", ("positive",))))
    triple = All((OneOf("hr", ("negative",)), OneOf("her2", ("negative",))))
    return tiny_catalog(
        STAINS,
        {
            "hormones": OneOf("hr", ("positive",)),
            "her2": OneOf("her2", ("positive",)),
            "triple": OneOf("triple", ("positive",)),
            "either": Any((OneOf("her2", ("positive",)), OneOf("triple", ("positive",)))),
            "not both": Not(All((OneOf("er", ("positive",)), OneOf("pr", ("positive",))))),
            "always": ALWAYS,
        },
        {
            "hr": (hr_positive, OneOf("hr", ("positive",))),
            "hr back": (OneOf("hr", ("positive",)), hr_positive),
            "triple": (triple, OneOf("triple", ("positive",))),
            "triple back": (OneOf("triple", ("positive",)), triple),
        },
    )


@pytest.fixture
def tamper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Tampered]]:
    """Put a tampered library where the engine finds it."""

    def put(*how: Callable[[str, Callable[[], object]], object]) -> Tampered:
        library = Tampered(*how)
        monkeypatch.setitem(sys.modules, "durable_rules_engine", library)
        return library

    yield put
    monkeypatch.undo()


def failure(call: Callable[[], object]) -> str:
    """The whole text of the engine error that a call ends with."""
    with pytest.raises(EngineError) as caught:
        call()
    return str(caught.value)


def chosen(chance: random.Random, facts: dict[str, list[str]], left_out: float = 0) -> dict[str, str]:
    """A value for each fact, but for some."""
    return {name: chance.choice(values) for name, values in facts.items() if chance.random() >= left_out}


def deep(widths: tuple[int, ...]) -> list[tuple[str, Assignment]]:
    """Conjunctions of which all hold at once: so many facts are asked first, so many more after the last of them, …"""
    conjunctions: list[tuple[str, Assignment]] = []
    path: Assignment = ()
    for level, width in enumerate(widths):
        facts = [f"{level:03}.{number:03}" for number in range(width)]
        conjunctions += [(fact, (*path, (fact, "x"))) for fact in facts]
        path = (*path, (facts[-1], "x"))
    return conjunctions


class TestThreadsOfTheLibrary:
    def test_no_thread_ever_runs_in_the_background(self) -> None:
        """`durable.engine` steals results on threads of its own; it and `durable.lang` are never imported."""
        told = run_python(
            "import sys, threading, engine_trials\n"
            "from pathlib import Path\n"
            "from mbc_explorer.compiled import load_catalog\n"
            "from mbc_explorer.explorer import Explorer\n"
            "catalog = load_catalog()\n"
            "explorer = Explorer(catalog, 'durable')\n"
            "for profile in engine_trials.random_profiles(catalog, 200, seed=1):\n"
            "    explorer.explore(profile)\n"
            "tasks = Path('/proc/self/task')\n"
            "print(threading.active_count(), len(list(tasks.iterdir())) if tasks.exists() else 1)\n"
            "print(*sorted(name for name in sys.modules if name.startswith('durable')))\n"
        )
        assert told == "1 1\ndurable_rules_engine\n"

    def test_an_engine_that_is_closed_or_dropped_at_any_time_does_not_crash(self) -> None:
        """`delete_state` crashes for a state that never fired, and whoever looks at the state afterwards."""
        told = run_python(
            "import gc\n"
            "from mbc_explorer.engine import Rulesets\n"
            "conjunctions = [('1', (('er', 'positive'),))]\n"
            "for queries in (0, 1, 2) * 20:\n"
            "    for close in (True, False):\n"
            "        rulesets = Rulesets(conjunctions)\n"
            "        for _ in range(queries):\n"
            "            assert list(rulesets.fire({'er': 'positive'})) == ['1']\n"
            "        if close:\n"
            "            rulesets.close()\n"
            "            rulesets.close()\n"
            "        del rulesets\n"
            "gc.collect()\n"
            "print('well')\n",
            MALLOC_PERTURB_="165",
        )
        assert told == "well\n"

    def test_only_the_safe_functions_of_the_library_are_called(
        self, catalog: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """A `sid` is told apart by a hash only, and an event is eaten by the first rule; neither is used."""
        library = tamper()
        durable = DurableEngine(catalog)
        for known in known_cases(catalog, 50, seed=2):
            durable.answer(known)
        durable.close()
        assert {name for name, _ in library.calls} == {
            "create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact",
            "delete_state", "delete_ruleset",
        }  # fmt: skip
        names = [name for name, _ in library.calls]
        assert max(i for i, name in enumerate(names) if name == "retract_fact") < names.index("delete_state")

    def test_every_message_is_flat_text_with_one_constant_id(
        self, catalog: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """Ids clash, and lists, numbers and nulls are misread; all is text, under one id."""
        library = tamper()
        durable = DurableEngine(catalog)
        cases = known_cases(catalog, 50, seed=3)
        for known in cases:
            durable.answer(known)
        asserted = [json.loads(str(given[1])) for name, given in library.calls if name == "assert_fact"]
        assert len(asserted) > len(cases)
        assert {(message[KIND], message[ID]) for message in asserted} == {(PROFILE, "id")}
        assert all(set(message) - {KIND, ID} <= set(catalog.facts) for message in asserted)
        assert {type(value) for message in asserted for value in message.values()} == {str}
        retracted = {given[1] for name, given in library.calls if name == "retract_fact"}
        assert retracted == {'{"id":"id"}'}


class TestInterruption:
    def test_every_interruption_of_a_long_run_arrives_and_the_next_answer_is_right(self) -> None:
        """The library's actions swallow KeyboardInterrupt and SystemExit; there are no actions."""
        told = run_python(
            "import random, signal\n"
            "from engine_trials import fired\n"
            "from mbc_explorer.engine import Rulesets\n"
            "sent = caught = right = 0\n"
            "def interrupt(*_):\n"
            "    global sent\n"
            "    sent += 1\n"
            "    raise KeyboardInterrupt\n"
            "signal.signal(signal.SIGALRM, interrupt)\n"
            "rulesets = Rulesets([(str(n), (('f', 'x'), ('g', str(n % 7)))) for n in range(200)])\n"
            "case = {'f': 'x', 'g': '3'}\n"
            "wanted = fired(rulesets, case)\n"
            "def query_until(number):\n"
            "    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.002))\n"
            "    while sent < number:\n"
            "        fired(rulesets, case)\n"
            "for number in range(1, 201):\n"
            "    try:\n"
            "        query_until(number)\n"
            "    except KeyboardInterrupt:\n"
            "        caught += 1\n"
            "    right += fired(rulesets, case) == wanted\n"
            "print(len(wanted), sent, caught, right)\n"
        )
        assert told == "29 200 200 200\n"

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_query_interrupted_at_any_call_leaves_nothing_behind(
        self, stains: Catalog, tamper: Callable[..., Tampered], moment: str
    ) -> None:
        """A fact that was asserted and not retracted would be mixed into the next answer."""
        at = -1
        calls = count()

        def interrupt(_: str, call: Callable[[], object]) -> object:
            here = next(calls) == at
            if here and moment == "before":
                raise KeyboardInterrupt
            result = call()
            if here:
                raise KeyboardInterrupt
            return result

        library = tamper(interrupt)
        durable, reference = DurableEngine(stains), Evaluator(stains)
        positive, negative = {"er": "positive", "her2": "negative"}, {"er": "negative", "pr": "negative"}
        before = len(library.calls)
        assert durable.answer(positive) == reference.answer(positive)
        number = len(library.calls) - before
        assert number > 10
        for step in range(number):
            calls, at = count(), step
            with pytest.raises(KeyboardInterrupt):
                durable.answer(positive)
            assert durable.answer(negative) == reference.answer(negative)
            assert durable.answer(positive) == reference.answer(positive)


class TestNames:
    def test_names_of_one_hash_are_refused(self) -> None:
        """The library tells property names apart by a 32-bit hash only."""
        names = ("costarring", "liquid", "declinate", "er", "macallums")
        assert name_problems(names) == [
            "the fact names 'liquid' and 'costarring' have one hash in the engine; rename one",
            "the fact names 'macallums' and 'declinate' have one hash in the engine; rename one",
        ]

    def test_a_name_is_hashed_as_json_writes_it(self) -> None:
        """The library hashes the text of the JSON, escapes and all, so that is what must not clash."""
        assert property_hash("a") == 0xE40C292C
        for one, other in (("é562789", "é779192"), ('"8479', '"318992')):
            assert name_problems([one, other]) == [
                f"the fact names {other!r} and {one!r} have one hash in the engine; rename one"
            ]
            condition, fact = json.dumps({one: "x"}), json.dumps({other: "x"})
            assert raw_fired(condition, fact) == 1

    def test_a_catalog_whose_names_clash_is_refused(self) -> None:
        """The engine is not made at all, rather than answer for the wrong fact."""
        facts = {"costarring": ("yes", "no"), "liquid": ("yes", "no")}
        clash = tiny_catalog(facts, {"rule": OneOf("costarring", ("yes",))}, {})
        told = "the fact names 'liquid' and 'costarring' have one hash in the engine; rename one."
        assert failure(lambda: DurableEngine(clash)) == told

    @pytest.mark.parametrize("name", ["id", "sid", "$s", "kind", *(f"${word}" for word in OPERATORS.split())])
    def test_a_reserved_name_is_refused(self, name: str) -> None:
        """The library reads its own meaning into some names: ids, its state, its operators."""
        assert name_problems([name]) == [f"the fact name {name!r} is reserved by the engine"]

    def test_the_shipped_facts_have_no_problem(self, catalog: Catalog) -> None:
        """The names and values of the shipped knowledge can all be told apart."""
        assert problems_of(catalog.facts) == []

    def test_values_and_rule_names_of_one_hash_do_not_clash(self) -> None:
        """Values are compared letter by letter, and the names of rules only read back."""
        words = ["costarring", "liquid", "declinate", "macallums", "40189", "797186"]
        rulesets = Rulesets([(word, (("f", word),)) for word in words])
        for word in words:
            assert fired(rulesets, {"f": word}) == [word]


class TestLimits:
    def test_hundreds_of_conjunctions_over_many_facts_all_fire(self) -> None:
        """The library gives up (error 303) when more than 64 conditions wait at once."""
        facts = {f"fact{number}": ["x", "y", "z"] for number in range(90)}
        for seed in range(6):
            chance = random.Random(seed)
            conjunctions = random_conjunctions(chance, facts, 600, longest=4)
            assert engine._network(list(conjunctions)).bound() > 64
            rulesets = Rulesets(conjunctions)
            for _ in range(25):
                case = chosen(chance, facts, chance.choice((0, 0, 0.3)))
                assert fired(rulesets, case) == holding(conjunctions, case)

    def test_without_the_split_the_library_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Shows that the split is what protects, and that the library still has the limit."""
        conjunctions = [(str(number), ((f"fact{number}", "x"),)) for number in range(70)]
        case = {f"fact{number}": "x" for number in range(70)}
        assert fired(Rulesets(conjunctions), case) == holding(conjunctions, case)
        monkeypatch.setattr(engine, "split", lambda conjunctions: [list(conjunctions)])
        unsplit = Rulesets(conjunctions)
        assert failure(lambda: unsplit.fire(case)) == LOST.format("Could not assert fact, error code: 303")

    @pytest.mark.parametrize(
        "widths",
        [(64,), (1, 64), (2, 63), (60, 3, 3), (22, 22, 22), (2,) * 63],
        ids=["wide", "wide below one", "wide below two", "narrow below", "even", "deep"],
    )
    def test_the_bound_is_what_the_library_needs(
        self, monkeypatch: pytest.MonkeyPatch, widths: tuple[int, ...]
    ) -> None:
        """Conditions wait while those below another are tried; 64 may wait, and one more may not."""
        most, too_many = deep(widths), deep((*widths[:-1], widths[-1] + 1))
        assert [engine._network(conjunctions).bound() for conjunctions in (most, too_many)] == [64, 65]
        facts = sorted({fact for _, assignment in too_many for fact, _ in assignment})
        worst = dict.fromkeys(facts, "x")  # the last condition at each level is tried first, and leads on
        assert fired(Rulesets(most), worst) == holding(most, worst)
        assert fired(Rulesets(too_many), worst) == holding(too_many, worst)
        monkeypatch.setattr(engine, "split", lambda conjunctions: [list(conjunctions)])
        assert fired(Rulesets(most), worst) == holding(most, worst)
        unsplit = Rulesets(too_many)
        assert failure(lambda: unsplit.fire(worst)) == LOST.format("Could not assert fact, error code: 303")

    def test_no_ruleset_within_the_bound_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The bound that the split computes is never less than what the library needs."""
        monkeypatch.setattr(engine, "split", lambda conjunctions: [list(conjunctions)])
        bounds = []
        for seed in range(60):
            chance = random.Random(seed)
            facts = {f"fact{number}": ["x", "y"][: chance.randint(1, 2)] for number in range(chance.randint(8, 70))}
            conjunctions = sorted(
                (name, tuple(sorted(assignment)))
                for name, assignment in random_conjunctions(chance, facts, 400, longest=chance.randint(1, 6))
            )
            while engine._network(conjunctions).bound() > 64:
                conjunctions = conjunctions[: len(conjunctions) * 9 // 10]
            bounds.append(engine._network(conjunctions).bound())
            rulesets = Rulesets(conjunctions)
            for _ in range(10):
                case = chosen(chance, facts)
                assert fired(rulesets, case) == holding(conjunctions, case)
        assert sum(1 for bound in bounds if bound > MAX_PENDING) > 5

    @given(st.data())
    def test_the_split_loses_and_doubles_nothing_and_keeps_every_limit(self, data: st.DataObject) -> None:
        """Every conjunction is in one group, and no group passes a limit of the library."""
        chance = random.Random(data.draw(st.integers(0, 2**32)))
        facts = {f"fact{number}": [str(value) for value in range(chance.randint(1, 300))] for number in range(80)}
        width = data.draw(st.integers(1, 80))
        some = {name: facts[name] for name in list(facts)[:width]}
        number = data.draw(st.integers(0, 700))
        conjunctions = random_conjunctions(chance, some, number, longest=data.draw(st.integers(0, 5)))
        groups = split(conjunctions)
        spread = [(name, sorted(assignment)) for group in groups for name, assignment in group]
        assert sorted(spread) == sorted((name, sorted(assignment)) for name, assignment in conjunctions)
        for group in groups:
            starts: dict[object, set[object]] = {}
            ends: dict[object, int] = {}
            for _, assignment in group:
                for depth, pair in enumerate(assignment):
                    starts.setdefault(assignment[:depth], set()).add(pair)
                ends[assignment] = ends.get(assignment, 0) + 1
            assert max(map(len, starts.values()), default=0) < MAX_TESTS
            assert max(ends.values(), default=0) < MAX_ENDS
            assert len(group) < MAX_RULES
            assert engine._network(group).bound() <= MAX_PENDING

    @pytest.mark.parametrize("before", [(), (("first", "x"), ("then", "y"))], ids=["at the root", "below others"])
    def test_a_fact_may_have_hundreds_of_values(self, before: tuple[tuple[str, str], ...]) -> None:
        """With 512 conditions under one condition the library never comes back from the registration."""
        conjunctions = [(str(number), (*before, ("last", str(number)))) for number in range(1300)]
        groups = split(conjunctions)
        assert max(map(len, groups)) < MAX_TESTS  # an engine that is not split would hang here, not fail
        rulesets = Rulesets(conjunctions)
        for number in (0, 1, 499, 500, 511, 512, 1299):
            assert fired(rulesets, {**dict(before), "last": str(number)}) == [str(number)]
        assert fired(rulesets, {**dict(before), "last": "1300"}) == []

    @pytest.mark.parametrize("assignment", [(), (("f", "x"),), (("f", "x"), ("g", "y"))], ids=["none", "one", "two"])
    def test_hundreds_of_conjunctions_may_be_alike(self, assignment: tuple[tuple[str, str], ...]) -> None:
        """256 rules on one condition crash the library, and 257 are refused (error 108)."""
        conjunctions = [(str(number), assignment) for number in range(600)]
        groups = split(conjunctions)
        assert max(map(len, groups)) < MAX_ENDS  # an engine that is not split could crash here, not fail
        case = {"f": "x", "g": "y"}
        assert fired(Rulesets(conjunctions), case) == holding(conjunctions, case)

    def test_a_conjunction_may_ask_about_as_many_facts_as_there_may_be(self) -> None:
        """Only 15 operators can be nested in a rule; a conjunction is one, however long."""
        whole = tuple((f"fact{number}", "x") for number in range(MAX_FACTS))
        conjunctions = [("all", whole), ("all but one", whole[1:]), ("other", (*whole[:-1], (whole[-1][0], "y")))]
        rulesets = Rulesets(conjunctions)
        assert fired(rulesets, dict(whole)) == ["all", "all but one"]
        assert fired(rulesets, dict(whole[1:])) == ["all but one"]
        assert fired(rulesets, dict(whole[:-1])) == []

    def test_a_catalog_of_too_many_facts_is_refused(self) -> None:
        """A fact of the library has at most 252 properties."""
        facts = {f"fact{number}": ("x", "y") for number in range(MAX_FACTS + 1)}
        rules = {"rule": OneOf("fact0", ("x",))}
        assert failure(lambda: DurableEngine(tiny_catalog(facts, rules, {}))) == (
            "there are 251 facts, and the engine takes 250."
        )
        del facts["fact250"]
        durable = DurableEngine(tiny_catalog(facts, rules, {}))
        assert durable.answer(dict.fromkeys(facts, "x")).truths == (MET,)

    def test_every_registered_rule_is_a_plain_conjunction_of_texts(
        self, catalog: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """`$or`, `$not`, `$neq`, `$nex`, joins and nesting misfire; none is ever registered."""
        library = tamper()
        for some in (catalog, tiny_catalog(STAINS, {"a": ALWAYS, "b": Not(OneOf("er", ("positive",)))}, {})):
            DurableEngine(some)
        texts = [str(given[1]) for name, given in library.calls if name == "create_ruleset"]
        assert len(texts) >= 4
        for text in texts:
            rules = json.loads(text)
            assert list(rules)[-1] == GUARD
            for name, rule in rules.items():
                (conditions,) = rule.values()
                (asked,) = [condition["m"] for condition in conditions]
                parts = asked.get("$and", [asked])
                assert (list(rule), [list(condition) for condition in conditions]) == (["all"], [["m"]])
                assert len(asked) == 1
                assert parts[0] == {KIND: PROFILE}
                assert all(isinstance(value, str) and len(part) == 1 for part in parts for value in part.values())
                assert not any(fact.startswith("$") for part in parts for fact in part)
                assert name == GUARD or name.isdecimal()


ODD = st.sampled_from(
    ["", " ", "2", "02", "2.0", "2e0", "-2", "10", "9", "true", "True", "null", "NaN", "unknown", '"', '""', "'", "\\",
     '\\"', "\\u0061", "a", "A", "ab", "ab ", "ab c", 'ab"', "é", "e\u0301", "🧬", "\0", "a\0b", "\n", "\t", "{}", "}]",
     "[2]", "$and", "$or", "id", "kind", "profile", "guard", "a.b", ",", ":"]
)  # fmt: skip
TEXTS = ODD | st.text(max_size=12) | st.text(alphabet="ab\\\"'é", max_size=4)
NAMES = TEXTS.filter(lambda name: not name_problems([name]))


class TestTexts:
    @settings(max_examples=300)
    @given(name=NAMES, values=st.lists(TEXTS, unique=True, min_size=1, max_size=8), other=TEXTS)
    def test_a_value_equals_itself_and_nothing_else(self, name: str, values: list[str], other: str) -> None:
        """The library takes 2 for "2", "unknown" for more than 2, and "ab" for no less than "ab c"."""
        conjunctions = [(str(number), ((name, value),)) for number, value in enumerate(values)]
        rulesets = Rulesets(conjunctions)
        for value in [*values, other]:
            assert fired(rulesets, {name: value}) == holding(conjunctions, {name: value})

    @settings(max_examples=150)
    @given(st.data())
    def test_facts_of_odd_names_do_not_disturb_each_other(self, data: st.DataObject) -> None:
        """Operators, dots, quotes and escapes in a name mean nothing."""
        names = data.draw(
            st.lists(NAMES, unique=True, min_size=1, max_size=6).filter(lambda some: not name_problems(some))
        )
        cases = st.dictionaries(st.sampled_from(names), st.sampled_from(["x", "y"]))
        conjunctions = [(str(number), tuple(case.items())) for number, case in enumerate(data.draw(st.lists(cases)))]
        rulesets = Rulesets(conjunctions)
        for case in data.draw(st.lists(cases, min_size=1, max_size=4)):
            assert fired(rulesets, case) == holding(conjunctions, case)

    @pytest.mark.parametrize("letter", ["y", "é", "🧬", '"', "\\"])
    def test_the_longest_texts_are_told_apart(self, letter: str) -> None:
        """The library compares texts by a length of 16 bits, of the text as JSON writes it."""
        longest = letter * ((MAX_TEXT - 2) // (len(json.dumps(letter)) - 2))
        values = [longest, longest[:-1], longest[:-1] + "z", "z" + longest[1:], letter, letter * 3, ""]
        assert problems_of({"f": values, longest[:-1]: ()}) == []
        conjunctions = [(str(number), (("f", value),)) for number, value in enumerate(values)]
        rulesets = Rulesets(conjunctions)
        for value in values:
            assert fired(rulesets, {"f": value}) == holding(conjunctions, {"f": value})

    @pytest.mark.parametrize("letter", ["y", "é", "🧬", '"'])
    def test_longer_texts_are_refused(self, letter: str) -> None:
        """A text of 65,539 letters equals its first three."""
        longer = letter * ((MAX_TEXT - 2) // (len(json.dumps(letter)) - 2) + 1)
        assert name_problems([longer]) == [f"the fact name {longer[:20]!r}… is longer than the engine can tell apart"]
        assert problems_of({"f": ("x", longer)}) == ["a value of the fact 'f' is longer than the engine can tell apart"]
        catalog = tiny_catalog({"f": ("x", longer)}, {"rule": OneOf("f", ("x",))}, {})
        told = "a value of the fact 'f' is longer than the engine can tell apart."
        assert failure(lambda: DurableEngine(catalog)) == told


class TestTheLibraryStill:
    @pytest.mark.parametrize(
        ("condition", "fact", "firings"),
        [
            pytest.param('{"costarring": "x"}', '{"liquid": "x"}', 1, id="takes liquid for costarring"),
            pytest.param('{"$or": [{"a": "x"}, {"b": "x"}]}', '{"a": "x", "b": "x"}', 2, id="fires $or twice"),
            pytest.param('{"$not": {"a": "y"}}', '{"a": "x"}', 0, id="never matches $not"),
            pytest.param('{"$neq": {"a": "y"}}', '{"b": "x"}', 0, id="finds nothing unequal to what is missing"),
            pytest.param('{"a": "2"}', '{"a": 2}', 1, id="takes 2 for the text 2"),
            pytest.param('{"$gte": {"a": 2}}', '{"a": "unknown"}', 1, id="finds unknown to be more than 2"),
            pytest.param('{"a": "yyy"}', f'{{"a": "{"y" * 65536}abc"}}', 1, id="compares lengths of 16 bits"),
        ],
    )
    def test_has_its_defects(self, condition: str, fact: str, firings: int) -> None:
        """A control: were a defect mended, what guards against it could go."""
        assert raw_fired(condition, fact) == firings

    def test_fails_with_too_many_rules_on_one_condition(self) -> None:
        """A control, in a process of its own: memory is written past its end, then the library refuses or crashes."""
        program = 'from engine_trials import raw_fired; text = \'{"a": "x"}\'; print(raw_fired(text, text, rules=%d))'
        assert python(program % 200).stdout == "200\n"
        assert python(program % 300).stdout == ""


class TestQueries:
    def test_the_engine_answers_like_the_reference(self, catalog: Catalog) -> None:
        """Whatever is lost, doubled or misread would show as a difference."""
        durable, reference = DurableEngine(catalog), Evaluator(catalog)
        for known in [{}, *known_cases(catalog, 300, seed=4)]:
            assert durable.answer(known) == reference.answer(known)

    def test_a_case_without_facts_is_unknown_and_no_error(self, stains: Catalog) -> None:
        """The library calls a fact that matches no rule an error; the guard always matches."""
        assert DurableEngine(stains).answer({}) == Answer({}, (UNKNOWN,) * 5 + (MET,))

    def test_no_conjunction_fires_twice(self, catalog: Catalog) -> None:
        """One rule and one fact gave up to 168 firings."""
        durable = DurableEngine(catalog)
        running = durable._running
        for known in known_cases(catalog, 200, seed=5):
            for rulesets in (running.derive, running.match):
                numbers = [int(name) for name in rulesets.fire(known)]
                assert len(numbers) == len(set(numbers))

    def test_the_first_query_answers_like_the_second(self, stains: Catalog) -> None:
        """With the first query the library asserts a fact of its own, which some conditions match."""
        for known in ({}, {"er": "negative"}, {"er": "negative", "pr": "negative", "her2": "negative"}):
            durable = DurableEngine(stains)
            assert durable.answer(known) == durable.answer(known) == Evaluator(stains).answer(known)

    def test_nothing_of_a_case_stays_for_the_next(self, catalog: Catalog) -> None:
        """Facts that stay are mixed with the next case's, or taken for seen already."""
        shared = DurableEngine(catalog)
        cases = [*known_cases(catalog, 12, seed=6), {}]
        alone = {}
        for number, known in enumerate(cases):
            durable = DurableEngine(catalog)
            alone[number] = durable.answer(known)
            durable.close()
        for first in alone:
            for second in alone:
                for number in (first, second, second):
                    assert shared.answer(cases[number]) == alone[number]

    def test_the_given_facts_are_not_changed(self, stains: Catalog) -> None:
        """A caller's mapping is read only; what is derived is in the answer."""
        known = {"er": "positive"}
        assert DurableEngine(stains).answer(known).known == {"er": "positive", "hr": "positive", "triple": "negative"}
        assert known == {"er": "positive"}


class TestFailures:
    """What the library does wrong is an error, or is mended by registering anew; never a silent 'unknown'."""

    KNOWN = {"er": "positive", "pr": "negative", "her2": "negative"}  # noqa: RUF012  never changed

    def faults(self) -> dict[str, tuple[Callable[[str, Callable[[], object]], object], str]]:
        """Ways of failing, and what is told of each."""

        def dropping(name: str, call: Callable[[], object]) -> object:
            found = call()
            return None if name == "start_action_for_state" else found

        def ending_early(name: str, call: Callable[[], object]) -> object:
            found = call()
            return None if name == "complete_and_start_action" else found

        def seen_already(name: str, call: Callable[[], object]) -> object:
            found = call()
            return (2, 1) if name == "assert_fact" else found

        def refusing(name: str, call: Callable[[], object]) -> object:
            if name == "assert_fact":
                raise Exception("Could not assert fact, error code: 303")  # the class that the library raises
            return call()

        def out_of_memory(name: str, call: Callable[[], object]) -> object:
            if name == "retract_fact":
                raise MemoryError
            return call()

        return {
            "dropping": (dropping, "the guard rule did not fire last"),
            "ending early": (ending_early, "the guard rule did not fire last"),
            "seen already": (seen_already, "code 2 for a fact"),
            "refusing": (refusing, "Could not assert fact, error code: 303"),
            "out of memory": (out_of_memory, ""),
        }

    @pytest.mark.parametrize("fault", ["dropping", "ending early", "seen already", "refusing", "out of memory"])
    def test_a_lasting_failure_is_an_error_and_the_answer_after_it_is_right(
        self, stains: Catalog, tamper: Callable[..., Tampered], fault: str
    ) -> None:
        """A result that is lost, refused or late reads as 'unknown' if nobody looks."""
        wanted = Evaluator(stains).answer(self.KNOWN)
        library = tamper()
        durable = DurableEngine(stains)
        assert durable.answer(self.KNOWN) == wanted
        library.tamper, told = self.faults()[fault]
        for _ in range(2):
            assert failure(lambda: durable.answer(self.KNOWN)) == LOST.format(told)
        library.tamper = Tampered().tamper
        assert durable.answer({}) == Evaluator(stains).answer({})
        assert durable.answer(self.KNOWN) == wanted

    @pytest.mark.parametrize("fault", ["dropping", "ending early", "seen already", "refusing", "out of memory"])
    def test_a_single_failure_is_mended_by_registering_anew(
        self, stains: Catalog, tamper: Callable[..., Tampered], fault: str
    ) -> None:
        """After an error the library's state is not to be used again."""
        wanted = Evaluator(stains).answer(self.KNOWN)
        failing = self.faults()[fault][0]
        library = tamper()
        durable = DurableEngine(stains)
        before = library.count("create_ruleset")

        def once(name: str, call: Callable[[], object]) -> object:
            if library.count("create_ruleset") == before:
                return failing(name, call)
            return call()

        library.tamper = once
        assert durable.answer(self.KNOWN) == wanted
        assert library.count("create_ruleset") > before
        assert durable.answer({"er": "negative"}) == Evaluator(stains).answer({"er": "negative"})

    def test_a_firing_lost_anywhere_never_changes_a_verdict_in_silence(
        self, catalog: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """The guard sees what ends early; a single firing lost between others is seen beside the evaluator."""
        lost = -1
        firings = count()
        library = tamper()

        def losing(name: str, call: Callable[[], object]) -> object:
            found = call()
            is_firing = bool(found) and name in ("start_action_for_state", "complete_and_start_action")
            if not is_firing or next(firings) != lost:
                return found
            following = library.genuine.complete_and_start_action(*library.calls[-1][1])
            return following if isinstance(found, str) else ("", following)

        library.tamper = losing
        explorer = Explorer(catalog, "durable")
        profile = Profile(er_status="positive", her2_status="positive", sex="female", prior_therapies=["trastuzumab"])
        right = explorer.explore(profile)
        number = next(firings)
        seen = 0
        for step in range(number):
            firings, lost = count(), step
            try:
                found = explorer.explore(profile)
            except EngineError:
                seen += 1
            else:
                assert found.data == right.data
        assert seen > 5

    def test_a_contradictory_verdict_is_an_error(self, stains: Catalog) -> None:
        """A rule that fires for both verdicts is not answered by whichever came last."""
        hormones = stains.rules["hormones"]
        stains.rules["hormones"] = hormones._replace(not_met=hormones.met)
        durable = DurableEngine(stains)
        told = "durable_rules says met and not met of rule number 0; please report this profile."
        assert failure(lambda: durable.answer({"er": "positive"})) == told
        assert durable.answer({"er": "negative"}).truths[0] == UNKNOWN

    def test_derivations_in_a_circle_are_an_error(self, stains: Catalog) -> None:
        """A chain that never settles ends with an error, and the engine is not blocked."""
        durable = DurableEngine(stains)
        heads = durable._heads
        fresh = count()

        class Endless(list[tuple[str, str]]):
            def __getitem__(self, _: object) -> tuple[str, str]:  # type: ignore[override]
                return f"new{next(fresh)}", "x"

        durable._heads = Endless()
        assert failure(lambda: durable.answer({"er": "positive"})) == "derivations did not settle in 12 rounds."
        durable._heads = heads
        assert durable.answer({"er": "positive"}) == Evaluator(stains).answer({"er": "positive"})

    def test_a_closed_engine_is_an_error(self, stains: Catalog) -> None:
        """An engine whose memory was given back knows no rule, which would read as 'unknown'."""
        durable = DurableEngine(stains)
        durable.close()
        durable.close()
        told = "the engine was closed and cannot answer; make a new one."
        assert failure(lambda: durable.answer({"er": "positive"})) == told


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(task: Callable[[int], object], threads: int = 8) -> list[object]:
    """What a task finds in each of some threads that start together."""
    barrier = Barrier(threads)

    def run(number: int) -> object:
        barrier.wait()
        return task(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


class TestThreadsAndForks:
    @pytest.mark.slow
    def test_threads_that_share_an_explorer_all_get_the_right_reports(self, catalog: Catalog) -> None:
        """Of 2,400 results of eight threads on one state of the library, 1,536 were wrong."""
        explorer = Explorer(catalog, "durable")
        profiles = random_profiles(catalog, 200, seed=7)
        alone = [explorer.explore(profile).data for profile in profiles]
        assert len({json.dumps(report) for report in alone}) > 150

        def all_of_them(thread: int) -> int:
            order = random.Random(thread).sample(range(len(profiles)), len(profiles))
            return sum(1 for number in order if explorer.explore(profiles[number]).data != alone[number])

        assert at_once(all_of_them) == [0] * 8

    @pytest.mark.usefixtures("hurried")
    def test_threads_that_share_an_engine_never_meet_in_the_library(
        self, stains: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """Two facts at once are taken for one, which would be mended by registering anew, over and over."""
        library = tamper()
        durable = DurableEngine(stains)
        before = library.count("create_ruleset")
        cases = known_cases(stains, 200, seed=8)
        alone = [durable.answer(known) for known in cases]

        def all_of_them(thread: int) -> int:
            order = random.Random(thread).choices(range(len(cases)), k=500)
            return sum(1 for number in order if durable.answer(cases[number]) != alone[number])

        assert at_once(all_of_them) == [0] * 8
        assert library.count("create_ruleset") == before

    def test_a_fork_answers_like_its_parent(self, catalog: Catalog) -> None:
        """A fork after use, and a fork of that fork, have engines of their own."""
        durable = DurableEngine(catalog)
        cases = known_cases(catalog, 20, seed=9)
        wanted = [durable.answer(known) for known in cases]

        def is_right() -> bool:
            return [durable.answer(known) for known in cases] == wanted

        assert in_child(is_right)
        assert in_child(lambda: is_right() and in_child(is_right) and is_right())
        assert is_right()

    @forks_beside_threads
    def test_a_fork_while_a_thread_holds_the_lock_answers_right(
        self, stains: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """After such a fork the lock is never released, and the library holds the other thread's fact."""
        waits, go_on = Event(), Event()
        library = tamper()
        durable, reference = DurableEngine(stains), Evaluator(stains)
        negative, positive = {"er": "negative", "pr": "negative"}, {"er": "positive"}
        wanted = reference.answer(positive)
        found: list[Answer] = []

        def stop_in_the_middle(name: str, call: Callable[[], object]) -> object:
            result = call()
            if name == "complete_and_start_action" and not waits.is_set():
                waits.set()
                go_on.wait()
            return result

        def closes() -> bool:
            durable.close()
            return True

        library.tamper = stop_in_the_middle
        thread = Thread(target=lambda: found.append(durable.answer(negative)))
        thread.start()
        waits.wait()
        try:
            assert in_child(lambda: durable.answer(positive) == wanted)
            assert in_child(lambda: at_once(lambda _: durable.answer(positive) == wanted) == [True] * 8)
            assert in_child(closes)
        finally:
            go_on.set()
            thread.join()
        assert found == [reference.answer(negative)]
        assert durable.answer(positive) == wanted

    @forks_beside_threads
    def test_threads_of_a_fork_never_see_an_engine_half_made(
        self, stains: Catalog, tamper: Callable[..., Tampered]
    ) -> None:
        """The first two queries of a fork may come at once; neither may use what belongs to the parent."""
        library = tamper()
        durable = DurableEngine(stains)
        known = {"er": "positive"}
        wanted = durable.answer(known)
        parents = durable._running.derive._handles + durable._running.match._handles
        kept = durable._running  # so that the child gives no handle of the parent to a ruleset of its own
        before = len(library.calls)
        making, answered = Event(), Event()
        answers: list[Answer] = []

        def wait_while_making(name: str, call: Callable[[], object]) -> object:
            if name == "create_ruleset" and current_thread().name == "first":
                making.set()
                answered.wait()
            return call()

        def is_right() -> bool:
            library.tamper = wait_while_making
            first = Thread(target=lambda: answers.append(durable.answer(known)), name="first")  # made in the fork
            first.start()
            making.wait()
            answers.append(durable.answer(known))
            answered.set()
            first.join()
            used = {given[0] for name, given in library.calls[before:] if name == "assert_fact"}
            return answers == [wanted] * 2 and not used & set(parents)

        assert in_child(is_right)
        assert durable._running is kept


class TestMemory:
    @needs_linux
    @pytest.mark.slow
    def test_a_hundred_thousand_cases_need_no_more_memory_than_the_first(
        self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ids clash after 65,710 facts, states run out after 1,024, and facts that are kept add up."""
        library = Tampered().genuine
        registered: list[str] = []

        def create_ruleset(name: str, text: str) -> object:
            registered.append(name)
            return library.create_ruleset(name, text)

        counting = SimpleNamespace(**{**vars(library), "create_ruleset": create_ruleset})
        monkeypatch.setitem(sys.modules, "durable_rules_engine", counting)
        durable = DurableEngine(catalog)
        cases = known_cases(catalog, 500, seed=10, most=25)
        wanted = [durable.answer(known) for known in cases]
        first = list(registered)

        def wrong(number: int) -> int:
            return sum(1 for step in range(number) if durable.answer(cases[step % 500]) != wanted[step % 500])

        assert wrong(2_000) == 0
        before = memory()
        assert wrong(98_000) == 0
        assert memory() - before < 8
        assert registered == first  # nothing was lost and mended on the way

    @needs_linux
    @pytest.mark.parametrize("end", ["closed", "dropped"])
    def test_explorers_that_come_and_go_give_their_memory_back(self, catalog: Catalog, end: str) -> None:
        """A ruleset keeps some megabytes for ever, unless its state is deleted before it."""
        profile = random_profiles(catalog, 1, seed=11)[0]

        def come_and_go(number: int) -> None:
            for _ in range(number):
                explorer = Explorer(catalog, "durable")
                explorer.explore(profile)
                if end == "closed":
                    explorer._engine.close()

        come_and_go(10)
        before = memory()
        come_and_go(40)
        assert memory() - before < 20


class TestWithoutTheEngine:
    @pytest.fixture(autouse=True)
    def without(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where durable_rules is not installed."""
        monkeypatch.setitem(sys.modules, "durable_rules_engine", None)

    def test_it_is_known_to_be_absent(self) -> None:
        """No wheels are published, and Python 3.13 needs a macro; a set-up may end without the engine."""
        assert is_available() is False

    def test_the_reference_answers_and_the_report_says_so(self, catalog: Catalog) -> None:
        """Never silently: the report names the engine that answered."""
        explorer = Explorer(catalog)
        report = explorer.explore(Profile(er="positive"))
        assert explorer.engine == "reference"
        assert report.data["software"]["engine"] == "reference"

    def test_asking_for_it_says_how_to_get_it(self, catalog: Catalog) -> None:
        """Who asks for the engine by name gets no other."""
        assert failure(lambda: Explorer(catalog, "durable")) == (
            "the engine durable_rules cannot be loaded (import of durable_rules_engine halted; None in sys.modules). "
            "It is built from C: see 'The engine' in the README. Meanwhile `--engine reference` answers the same."
        )


def test_with_the_engine_it_answers_and_the_report_says_so(catalog: Catalog) -> None:
    """The counterpart of the engine's absence."""
    assert is_available() is True
    assert Explorer(catalog).explore(Profile(er="positive")).data["software"]["engine"] == "durable"


def test_leaving_out_a_verdict_leaves_it_unknown(stains: Catalog) -> None:
    """A benchmark may ask for 'met' alone; what is not asked for is unknown, never the opposite."""
    known = {"er": "positive", "her2": "negative"}
    assert DurableEngine(stains).answer(known).truths == (MET, NOT_MET, NOT_MET, NOT_MET, UNKNOWN, MET)
    assert DurableEngine(stains, (MET,)).answer(known).truths == (MET, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, MET)
