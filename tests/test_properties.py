"""What is true of every profile: exactness against brute force, one answer of two engines, nothing un-settled by more.

The oracle is written here and shares nothing with the package but the catalog's data: it lists every world that the
constraints allow, by plain two-valued evaluation, and asks whether a rule is met in all, in none or in some of those
that fit what is known.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mbc_explorer import Explorer, Profile, ProfileError
from mbc_explorer.catalog import Constraint
from mbc_explorer.compiling import Compiler, needed_heads
from mbc_explorer.condition import NOT_APPLICABLE, All, AtLeast, AtMost, Includes, Not, OneOf
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.facts import known_facts
from mbc_explorer.folders import find_folders
from mbc_explorer.loading import read_pack
from mbc_explorer.primes import And as AndFormula
from mbc_explorer.primes import Literal, Or, closed, cubes_of, formula, primes, spelled
from mbc_explorer.profile import read_profile
from mbc_explorer.report import STATUSES, Narrowing, Reporter, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, Cube, Rule
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.primes import Formula

Known = dict[str, str]
Case = dict[str, str]
"""A complete assignment of values to some facts."""


# ---------------------------------------------------------------- the oracle


def asks(condition: Condition) -> dict[str, None]:
    """The facts of a condition, in reading order."""
    match condition:
        case All(parts) | AnyOf(parts):
            return {fact: None for part in parts for fact in asks(part)}
        case Not(part):
            return asks(part)
        case OneOf(attribute):
            return {attribute: None}
        case Includes(attribute, item):
            return {f"{attribute}:{item}": None}
        case AtLeast(attribute, number):
            return {f"{attribute}>={number}": None}
        case AtMost(attribute, number):
            return {f"{attribute}>={number + 1}": None}


def holds(condition: Condition, world: Case, wanted: bool = True) -> bool:
    """Two-valued truth in a complete world; `wanted=False` asks whether the opposite holds, which is not the same as
    not holding: a fact that does not apply meets neither."""
    match condition:
        case All(parts):
            return all(holds(p, world) for p in parts) if wanted else any(holds(p, world, False) for p in parts)
        case AnyOf(parts):
            return any(holds(p, world) for p in parts) if wanted else all(holds(p, world, False) for p in parts)
        case Not(part):
            return holds(part, world, not wanted)
        case OneOf() | Includes() | AtLeast() | AtMost():
            value, is_met = found(condition, world)
            return is_met is wanted and value != NOT_APPLICABLE


def found(leaf: Leaf, world: Case) -> tuple[str, bool]:
    """The value that a leaf's fact has in a world, and whether the leaf is met by it."""
    (fact,) = asks(leaf)
    value = world[fact]
    match leaf:
        case OneOf(_, values):
            return value, value in values
        case Includes():
            return value, value == "present"
        case AtLeast():
            return value, value == "yes"
        case AtMost():
            return value, value == "no"


class Oracle:
    """Every world that the constraints allow, group by group of facts that constraints tie together.

    A set of worlds of one group is the bits of a number, so that what fits several facts is found by `&`.
    """

    def __init__(self, domains: dict[str, tuple[str, ...]], constraints: list[Constraint]) -> None:
        self.domains = domains
        groups: list[set[str]] = [{fact} for fact in domains]
        for constraint in constraints:
            tied = set(asks(constraint.given)) | set(asks(constraint.then))
            touched = [group for group in groups if group & tied]
            groups = [group for group in groups if not group & tied] + [set().union(*touched)]
        self.groups = [tuple(fact for fact in domains if fact in group) for group in groups]
        self.worlds = [self._worlds(facts, constraints) for facts in self.groups]
        self.group_of = {fact: number for number, facts in enumerate(self.groups) for fact in facts}
        self._ways: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def _worlds(self, facts: tuple[str, ...], constraints: list[Constraint]) -> list[Case]:
        """Fact by fact, keeping what breaks no constraint whose facts all have a value."""
        worlds: list[Case] = [{}]
        waiting = [c for c in constraints if set(asks(c.given)) <= set(facts)]
        for index, fact in enumerate(facts):
            seen = set(facts[: index + 1])
            due = [c for c in waiting if set(asks(c.given)) | set(asks(c.then)) <= seen]
            waiting = [c for c in waiting if c not in due]
            grown = [{**world, fact: value} for world in worlds for value in self.domains[fact]]
            worlds = [w for w in grown if all(holds(c.then, w) or not holds(c.given, w) for c in due)]
        return worlds

    def ways(self, facts: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """Each way that facts of one group can be together, and the worlds in which they are."""
        if facts not in self._ways:
            ways = self._ways[facts] = {}
            for index, world in enumerate(self.worlds[self.group_of[facts[0]]]):
                way = tuple(world[fact] for fact in facts)
                ways[way] = ways.get(way, 0) | 1 << index
        return self._ways[facts]

    def fitting(self, known: Known) -> list[int]:
        """The worlds of each group that agree with what is known."""
        fits = [(1 << len(worlds)) - 1 for worlds in self.worlds]
        for fact, value in known.items():
            fits[self.group_of[fact]] &= self.ways((fact,))[(value,)]
        return fits

    def by_group(self, condition: Condition) -> dict[int, tuple[str, ...]]:
        """The facts of a condition, group by group."""
        groups: dict[int, tuple[str, ...]] = {}
        for fact in asks(condition):
            number = self.group_of[fact]
            groups[number] = (*groups.get(number, ()), fact)
        return groups

    def truth(self, condition: Condition, fitting: list[int]) -> str:
        """Met in every completion, in none, or unknown."""
        groups = self.by_group(condition)
        left = [[way for way, bits in self.ways(facts).items() if bits & fitting[n]] for n, facts in groups.items()]
        truths = set(truths_of(condition, list(groups.values()), left))
        return "unknown" if len(truths) == 2 else "met" if truths == {True} else "not_met"

    def implied(self, fitting: list[int]) -> Known:
        """Every fact that has one value in all fitting worlds."""
        values = {
            fact: [value for (value,), bits in self.ways((fact,)).items() if bits & fitting[number]]
            for fact, number in self.group_of.items()
        }
        return {fact: left[0] for fact, left in values.items() if len(left) == 1}


def truths_of(
    condition: Condition, facts: list[tuple[str, ...]], ways: Iterable[Iterable[tuple[str, ...]]]
) -> Iterator[bool]:
    """The truth of a condition in every combination of the ways that its facts can be, group by group."""
    names = [fact for group in facts for fact in group]
    for parts in product(*ways):
        yield holds(condition, dict(zip(names, [value for part in parts for value in part], strict=True)))


@cache
def the_catalog() -> Catalog:
    """The shipped rules without the conditions of statements that no rule rests on.

    These ask for dozens of symptoms, each free of the others: more worlds than can be listed, and none turns a verdict.
    """
    pack = read_pack(find_folders())
    bare = [
        loaded._replace(
            model=loaded.model.model_copy(
                update={"statements": [row.model_copy(update={"when": None}) for row in loaded.model.statements]}
            )
        )
        for loaded in pack.statements
    ]
    return Compiler(pack._replace(statements=bare)).catalog()


@cache
def oracle() -> Oracle:
    catalog = the_catalog()
    return Oracle(catalog.facts, list(catalog.constraints.values()))


@cache
def engines() -> list[Evaluator | DurableEngine]:
    catalog = the_catalog()
    return [Evaluator(catalog), *([DurableEngine(catalog)] if is_available() else [])]


@cache
def an_explorer() -> Explorer:
    return Explorer(the_catalog())


@cache
def another_explorer() -> Explorer:
    return Explorer(the_catalog.__wrapped__())


# ---------------------------------------------------------------- what is drawn


@st.composite
def worlds(draw: st.DrawFn) -> Case:
    """A complete, consistent case: one world of each group."""
    return {fact: value for group in oracle().worlds for fact, value in draw(st.sampled_from(group)).items()}


@st.composite
def known_of(draw: st.DrawFn, world: Case) -> Known:
    """Some of the facts of a case: few, half or most of them."""
    share = draw(st.sampled_from([5, 20, 50, 80, 95]))
    return {fact: value for fact, value in world.items() if draw(st.integers(0, 99)) < share}


def therapies() -> st.SearchStrategy[str]:
    """Therapies as a history names them: half of them those that some rule asks for, or the categories above them."""
    implied = the_catalog().implied
    asked = {fact.partition(":")[2] for fact in the_catalog().facts} & implied.keys()
    near = sorted({wider for item in asked for wider in implied[item]})
    return st.one_of(st.sampled_from(near), st.sampled_from(sorted(implied)))


@st.composite
def regimens(draw: st.DrawFn) -> dict[str, Any]:
    """A regimen as JSON gives it, with as many of its details as are drawn."""
    details: dict[str, Any] = {}
    if draw(st.booleans()):
        details["setting"] = draw(st.sampled_from(["neoadjuvant", "adjuvant", "metastatic"]))
    if draw(st.booleans()):
        details["stopped"] = draw(st.sampled_from(["progression", "completed", "side_effects", "choice"]))
    if draw(st.booleans()):
        details["months"] = draw(st.sampled_from([0, 5, 6, 7, 12]))
    return {"agents": draw(st.lists(therapies(), min_size=1, max_size=3, unique=True)), **details}


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Values of an attribute as a user gives them."""
    attribute = the_catalog().attributes[name]
    if attribute.kind == "choice":
        return st.sampled_from([value.id for value in attribute.values])
    if attribute.kind in ("count", "months"):
        return st.integers(attribute.minimum, 8)
    items: st.SearchStrategy[Any] = regimens() if attribute.kind == "regimens" else therapies()
    if attribute.kind == "list":
        items = st.sampled_from([value.id for value in attribute.values])
    full = st.lists(items, min_size=1, max_size=3)
    open_ended = st.lists(items, max_size=2).map(lambda found: [*found, "unknown"])
    return st.one_of(st.just("none"), full, full, open_ended)


def facts_of(profile: dict[str, Any]) -> Known | None:
    """The known facts of a profile, or None where it contradicts itself."""
    try:
        return known_facts(read_profile(Profile(profile), the_catalog()), the_catalog()).known
    except ProfileError:
        return None


@st.composite
def profiles(draw: st.DrawFn, first: tuple[str, ...] = ()) -> dict[str, Any]:
    """A profile as a user gives it, without contradictions: attributes that would make one are left out.

    The attributes that are asked for come first, so that they are in it.
    """
    names = [name for name in the_catalog().attributes if name not in first]
    size = draw(st.sampled_from([4, 10, 24]))
    chosen = [*first, *draw(st.lists(st.sampled_from(names), max_size=size, unique=True))]
    profile: dict[str, Any] = {}
    for name in chosen:
        more = {**profile, name: draw(values_of(name))}
        if facts_of(more) is not None:
            profile = more
    return profile


@st.composite
def refined(draw: st.DrawFn, profile: dict[str, Any]) -> dict[str, Any]:
    """A profile that says more: attributes added, lists closed, categories made agents, details of regimens given."""
    catalog = the_catalog()
    found = dict(profile)
    for name, value in profile.items():
        kind = catalog.attributes[name].kind
        if kind not in ("list", "therapies", "regimens") or not isinstance(value, list) or draw(st.booleans()):
            continue
        rows = [row for row in value if row != "unknown" or draw(st.booleans())] or "none"
        if kind == "regimens" and isinstance(rows, list):
            rows = [row if row == "unknown" else draw(refined_regimen(row)) for row in rows]
        more = {**found, name: rows}
        found = more if facts_of(more) is not None else found
    for name in draw(st.lists(st.sampled_from(list(catalog.attributes)), max_size=8, unique=True)):
        more = {**found, name: draw(values_of(name))}
        if name not in profile and facts_of(more) is not None:
            found = more
    return found


@st.composite
def refined_regimen(draw: st.DrawFn, regimen: dict[str, Any]) -> dict[str, Any]:
    """A regimen with an agent in the place of one category, and with details that were not given."""
    catalog = the_catalog()
    agents = list(regimen["agents"])
    place = draw(st.integers(0, len(agents) - 1))
    narrower = [name for name, wider in catalog.implied.items() if agents[place] in wider]
    asked = [name for name in narrower if f"prior_therapies:{name}" in catalog.facts]
    agents[place] = draw(st.one_of(st.sampled_from(asked or narrower), st.sampled_from(narrower)))
    return {**draw(regimens()), **regimen, "agents": agents}


def assert_keeps(less: Known, more: Known) -> None:
    """What fewer facts settle, more facts settle alike: no known fact is lost, no verdict turned."""
    for engine in engines():
        before, after = engine.answer(less), engine.answer(more)
        assert before.known.items() <= after.known.items()
        pairs = zip(the_catalog().rules, before.truths, after.truths, strict=True)
        assert [rule for rule, old, new in pairs if old not in ("unknown", new)] == []


# ---------------------------------------------------------------- exactness


def assert_exact(known: Known) -> None:
    """Both engines conclude what brute force concludes, for every fact and every rule."""
    fitting = oracle().fitting(known)
    assert all(fitting), "the facts are not consistent"
    rules = the_catalog().rules
    by_condition = {rule.condition: oracle().truth(rule.condition, fitting) for rule in rules.values()}
    expected = {name: by_condition[rule.condition] for name, rule in rules.items()}
    implied = oracle().implied(fitting)
    for engine in engines():
        answer = engine.answer(known)
        assert dict(zip(rules, answer.truths, strict=True)) == expected, engine.name
        assert answer.known == implied, engine.name


def test_the_oracle_knows_every_fact_and_lists_worlds_of_each_group() -> None:
    """No group is without a world, and with nothing known no fact has only one value."""
    assert sorted(oracle().group_of) == sorted(the_catalog().facts)
    assert all(oracle().worlds)
    assert oracle().implied(oracle().fitting({})) == {}


@settings(max_examples=400)
@given(profiles())
def test_engines_are_exact_for_profiles_as_users_give_them(profile: dict[str, Any]) -> None:
    """Met, not met and unknown of every rule, and every derived fact, are those of brute force over all completions."""
    known = facts_of(profile)
    assert known is not None
    assert_exact(known)


@settings(max_examples=400)
@given(st.data())
def test_engines_are_exact_for_any_consistent_facts(data: st.DataObject) -> None:
    """The same, for parts of any world that the constraints allow."""
    assert_exact(data.draw(known_of(data.draw(worlds()))))


@settings(max_examples=40)
@given(worlds())
def test_a_complete_case_leaves_nothing_unknown(world: Case) -> None:
    """With every fact known no rule is unknown."""
    for engine in engines():
        assert "unknown" not in engine.answer(world).truths
    assert_exact(world)


# ---------------------------------------------------------------- more information


@settings(max_examples=120)
@given(st.data())
def test_more_facts_never_unsettle_and_never_turn_a_verdict(data: st.DataObject) -> None:
    """A part of a case is never answered otherwise than more of it, but by unknown."""
    more = data.draw(known_of(data.draw(worlds())))
    less = data.draw(known_of(more))
    assert_keeps(less, more)


@settings(max_examples=120)
@given(st.data())
def test_a_profile_that_says_more_never_unsettles_and_never_turns_a_verdict(data: st.DataObject) -> None:
    """Closing a list, naming an agent of a class, telling why a regimen stopped, adding an attribute: all settle."""
    profile = data.draw(profiles(first=("prior_therapies", "current_therapies")))
    less, more = facts_of(profile), facts_of(data.draw(refined(profile)))
    assert less is not None
    assert more is not None
    assert_keeps(less, more)


# ---------------------------------------------------------------- what is missing


def stands_for(attribute: str) -> list[str]:
    """The facts that are known once an attribute is: its own, and those taken from it."""
    found = []
    for fact in the_catalog().facts:
        name = fact.split(":")[0].split(">=")[0]
        source = the_catalog().attributes[name].from_regimens
        if attribute in (name, source.regimens if source else None):
            found.append(fact)
    return found


def is_settled_by(rule: Rule, attributes: tuple[str, ...], fitting: list[int]) -> bool:
    """Whether every consistent way to know the attributes makes the rule met or not met."""
    told = {fact for attribute in attributes for fact in stands_for(attribute)}
    groups = oracle().by_group(rule.condition)
    left: list[set[frozenset[tuple[str, ...]]]] = []
    for number, facts in groups.items():
        here = tuple(fact for fact in oracle().groups[number] if fact in told)
        stated = oracle().ways(here).values() if here else [-1]  # -1: all bits, so nothing is told
        open_ways = {way: bits & fitting[number] for way, bits in oracle().ways(facts).items()}
        left.append({frozenset(way for way, bits in open_ways.items() if bits & told_bits) for told_bits in stated})
    named = list(groups.values())
    return all(len(set(truths_of(rule.condition, named, ways))) < 2 for ways in product(*left))


@settings(max_examples=40)
@given(profiles())
def test_what_is_missing_settles_an_unknown_rule(profile: dict[str, Any]) -> None:
    """However the missing attributes turn out, the rule is then met or not met; and each of them is open now."""
    catalog = the_catalog()
    reporter = Reporter(catalog)
    answer = engines()[0].answer(facts_of(profile) or {})
    fitting = oracle().fitting(answer.known)
    checked = set()
    for rule, truth in zip(catalog.rules.values(), answer.truths, strict=True):
        missing = tuple(reporter.missing(rule, answer.known))
        if truth == "unknown" and (rule.condition, missing) not in checked:
            checked.add((rule.condition, missing))
            assert missing, rule.id
            assert is_settled_by(rule, missing, fitting), rule.id
            assert all(set(stands_for(name)) - answer.known.keys() for name in missing), rule.id


@settings(max_examples=25)
@given(profiles())
def test_stating_the_missing_values_settles_the_rule_for_the_user_too(profile: dict[str, Any]) -> None:
    """Where single-valued attributes are missing, each accepted way to state them settles the rule, and one exists."""
    catalog = the_catalog()
    report = an_explorer().explore(Profile(profile))
    unknown = {tuple(r["missing"]): r["id"] for r in rules_of(report.data) if r["criterion"] == "unknown"}
    for missing, rule in unknown.items():
        attributes = [catalog.attributes[name] for name in missing]
        if any(attribute.kind != "choice" for attribute in attributes):
            continue
        settled = []
        for values in product(*([value.id for value in attribute.values] for attribute in attributes)):
            known = facts_of({**profile, **dict(zip(missing, values, strict=True))})
            if known is not None:
                answer = engines()[-1].answer(known)
                settled.append(dict(zip(catalog.rules, answer.truths, strict=True))[rule])
        assert settled, rule
        assert "unknown" not in settled, rule


# ---------------------------------------------------------------- reports


def rules_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Every rule of a report."""
    return [rule for option in report["options"] for view in option["sources"] for rule in view["rules"]]


@settings(max_examples=40)
@given(profiles())
def test_only_an_unknown_rule_has_something_missing(profile: dict[str, Any]) -> None:
    """A rule of a report is unknown exactly when something is missing for it, and an option undetermined likewise."""
    report = an_explorer().explore(Profile(profile)).data
    assert [rule["id"] for rule in rules_of(report) if bool(rule["missing"]) != (rule["criterion"] == "unknown")] == []
    odd = [o["id"] for o in report["options"] if bool(o["missing"]) != (o["status"] == "undetermined")]
    assert odd == []


@settings(max_examples=30)
@given(profiles())
def test_a_report_is_the_same_bytes_for_the_same_profile(profile: dict[str, Any]) -> None:
    """Asked by another explorer, with the attributes in another order, or with the profile that the report shows."""
    report = an_explorer().explore(Profile(profile))
    again = another_explorer().explore(Profile(profile))
    turned = an_explorer().explore(Profile(dict(reversed(profile.items()))))
    read_back = an_explorer().explore(Profile(report.data["profile"]))
    assert report.json() == again.json() == turned.json() == read_back.json()


@settings(max_examples=40)
@given(st.data())
def test_narrowing_never_changes_a_verdict(data: st.DataObject) -> None:
    """A narrowed report holds the same options, views and counts as the whole, only fewer of them."""
    catalog = the_catalog()
    report = an_explorer().explore(Profile(data.draw(profiles())))

    def some(valid: list[str]) -> tuple[str, ...]:
        return tuple(data.draw(st.lists(st.sampled_from(valid), max_size=3, unique=True)))

    to = Narrowing(
        some(list(catalog.categories)), some(list(catalog.options)), some(list(STATUSES)), some(list(catalog.sources))
    )
    part = narrowed(report, to)
    whole = {option["id"]: option for option in report.options}
    for option in part.options:
        views = [v for v in whole[option["id"]]["sources"] if not to.sources or v["source"] in to.sources]
        assert option == {**whole[option["id"]], "sources": views}
    same = ("schema_version", "disclaimer", "software", "knowledge", "profile", "notes", "derived", "summary")
    assert {key: part.data[key] for key in same} == {key: report.data[key] for key in same}


# ---------------------------------------------------------------- prime cubes

MANY = {"a": ("x", "y"), "b": ("x", "y", NOT_APPLICABLE), "c": ("low", "middle", "high"), "d": ("p", "q", "r", "s")}


def formulas() -> st.SearchStrategy[Formula]:
    """Small formulas over facts of two to four values; a literal asks for any values but none or all."""
    literals = st.sampled_from([(f, mask) for f, domain in MANY.items() for mask in range(1, 2 ** len(domain) - 1)])
    leaves = literals.map(lambda pair: Literal(*pair))
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.lists(parts, min_size=1, max_size=3).map(lambda found: AndFormula(tuple(found))),
            st.lists(parts, min_size=1, max_size=3).map(lambda found: Or(tuple(found))),
        ),
        max_leaves=7,
    )


def is_true(what: Formula, world: Case) -> bool:
    match what:
        case Literal(fact, mask):
            return bool(mask >> MANY[fact].index(world[fact]) & 1)
        case AndFormula(parts):
            return all(is_true(part, world) for part in parts)
        case Or(parts):
            return any(is_true(part, world) for part in parts)


def every_world() -> list[Case]:
    return [dict(zip(MANY, values, strict=True)) for values in product(*MANY.values())]


def every_cube() -> list[dict[str, int]]:
    """Every conjunction of literals, as masks; a fact with all its values is left free."""
    masks = [range(1, 2 ** len(domain)) for domain in MANY.values()]
    return [dict(zip(MANY, chosen, strict=True)) for chosen in product(*masks)]


def inside(world: Case, cube: dict[str, int]) -> bool:
    return all(mask >> MANY[fact].index(world[fact]) & 1 for fact, mask in cube.items())


@settings(max_examples=80)
@given(formulas())
def test_the_prime_cubes_are_exactly_the_maximal_implied_ones(what: Formula) -> None:
    """Every prime cube is implied, none can be widened by one value, and no such cube is left out."""
    false_worlds = [world for world in every_world() if not is_true(what, world)]
    implied = [cube for cube in every_cube() if not any(inside(world, cube) for world in false_worlds)]
    widened = {tuple(cube.values()) for cube in implied}
    full = {fact: 2 ** len(domain) - 1 for fact, domain in MANY.items()}
    maximal = [
        cube
        for cube in implied
        if not any(
            tuple({**cube, fact: mask | 1 << bit}.values()) in widened
            for fact, mask in cube.items()
            for bit in range(len(MANY[fact]))
            if not mask >> bit & 1
        )
    ]
    expected = {tuple((f, m) for f, m in cube.items() if m != full[f]) for cube in maximal}
    found = primes(cubes_of(what, MANY), MANY)
    assert {tuple((f, cube[f]) for f in MANY if f in cube) for cube in found} == expected
    assert len(found) == len(expected)


@st.composite
def constraints(draw: st.DrawFn) -> list[Constraint]:
    """A few constraints between conditions of one or two leaves."""

    def side() -> Condition:
        leaves = [OneOf(f, (draw(st.sampled_from([v for v in MANY[f] if v != NOT_APPLICABLE])),)) for f in chosen()]
        return leaves[0] if len(leaves) == 1 else draw(st.sampled_from([All, AnyOf]))(tuple(leaves))

    def chosen() -> list[str]:
        return draw(st.lists(st.sampled_from(list(MANY)), min_size=1, max_size=2, unique=True))

    number = draw(st.integers(1, 3))
    return [Constraint(f"c{i}", side(), side(), "", "curator", ()) for i in range(number)]


def lies_inside(cubes: list[Cube], known: Known) -> bool:
    return any(all(known.get(fact) in values for fact, values in cube) for cube in cubes)


@settings(max_examples=120)
@given(constraints(), formulas())
def test_cubes_and_heads_keep_verdicts_exact_under_constraints(tied: list[Constraint], what: Formula) -> None:
    """With what the heads derive, a cube holds exactly when every allowed world agrees; the needed ones do as well."""
    world = closed(tied, MANY)
    ids = list(MANY)
    allowed = [w for w in every_world() if all(holds(c.then, w) or not holds(c.given, w) for c in tied)]
    assume(allowed)
    settled = world.settled(what)
    all_cubes = [spelled(cube, MANY) for cube in settled]
    needed = [spelled(cube, MANY) for cube in world.reduced(settled)]
    heads = [(fact, MANY[fact][value], spelled(cube, MANY)) for fact, value, cube, _ in needed_heads(world)]
    for chosen in product(*([None, *domain] for domain in MANY.values())):
        known = {fact: value for fact, value in zip(ids, chosen, strict=True) if value is not None}
        left = [w for w in allowed if known.items() <= w.items()]
        impossible = any(lies_inside([spelled(cube, MANY)], known) for cube in world.impossible)
        assert impossible == (not left)
        if not left:
            continue
        implied = {fact: left[0][fact] for fact in ids if len({w[fact] for w in left}) == 1}
        derived = dict(known)
        for _ in ids:
            derived |= {fact: value for fact, value, cube in heads if lies_inside([cube], derived)}
        assert derived == implied
        expected = all(is_true(what, w) for w in left)
        assert lies_inside(all_cubes, derived) == expected
        assert lies_inside(needed, derived) == expected


def test_a_formula_is_true_where_its_condition_is_met() -> None:
    """Lowering a condition to literals keeps its meaning in every world, negation and not applying included."""
    leaves = [OneOf("a", ("x",)), OneOf("b", ("x",)), OneOf("c", ("low", "high")), OneOf("d", ("p",))]
    condition = AnyOf((All((leaves[0], Not(AnyOf((leaves[1], leaves[2]))))), Not(All((leaves[1], Not(leaves[3]))))))
    for positive in (True, False):
        what = formula(condition, MANY, positive)
        assert [is_true(what, w) for w in every_world()] == [holds(condition, w, positive) for w in every_world()]
