"""Explanations agree with the answer, and what they tell to do brings about what they say.

Profiles are drawn as in `test_properties`. What is right is found here by brute force with the reference evaluator,
which shares nothing with the prime cubes that most explanations are made from.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain, combinations, product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mbc_explorer import Explorer, Profile, ProfileError
from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.comparing import compare, what_if
from mbc_explorer.condition import (
    NOT_APPLICABLE,
    All,
    AtLeast,
    AtMost,
    Includes,
    Not,
    OneOf,
    attribute_of,
    facts_read,
    leaves,
    literal,
)
from mbc_explorer.condition import Any as AnyOf
from mbc_explorer.counterfactuals import nearest, ways
from mbc_explorer.edit import edits, kind_of_change
from mbc_explorer.engine import is_available
from mbc_explorer.evaluate import MAX_PREPARED, WORDS, Evaluator
from mbc_explorer.explain import fact_text, leaf_text
from mbc_explorer.facts import known_facts
from mbc_explorer.histories import MAX_STEPS, nearest_history
from mbc_explorer.origin import origin
from mbc_explorer.profile import History, Items, read_profile
from mbc_explorer.questions import missing
from mbc_explorer.reasons import Criterion, explained, reasons, why, why_not
from mbc_explorer.second_readings import readings
from mbc_explorer.settling import settling
from test_properties import facts_of, profiles, the_catalog, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.case import Case
    from mbc_explorer.catalog import Catalog, Cube, Rule
    from mbc_explorer.condition import Condition, Leaf
    from mbc_explorer.profile import Regimen

Plain = dict[str, Any]
Known = dict[str, str]


@cache
def explorers() -> tuple[Explorer, ...]:
    """One with each engine."""
    return tuple(
        Explorer(the_catalog(), name) for name in ("durable", "reference") if name != "durable" or is_available()
    )


@cache
def evaluator() -> Evaluator:
    return Evaluator(the_catalog())


@cache
def conditions() -> tuple[Condition, ...]:
    """Every condition of a rule, each once."""
    return tuple(dict.fromkeys(rule.condition for rule in the_catalog().rules.values()))


@st.composite
def cases(draw: st.DrawFn, most: int = 40) -> Case:
    """A profile of few or many attributes, judged by one of the engines."""
    names = st.sampled_from(list(the_catalog().attributes))
    number = draw(st.sampled_from([number for number in (0, 3, 8, 20, 40) if number <= most]))
    first = draw(st.lists(names, min_size=number, max_size=number, unique=True))
    return draw(st.sampled_from(explorers())).case(Profile(draw(profiles(first=tuple(first)))))


def closure(known: Known) -> Known:
    """Facts with all that follows from them."""
    return {**known, **evaluator().implied(known)}


def fits(known: Known, *pairs: tuple[str, str]) -> bool:
    """Whether some case has these facts and those that are known."""
    return evaluator().possible(known, [(OneOf(fact, (value,)), True) for fact, value in pairs])


def open_values(fact: str, known: Known) -> list[str]:
    """The values that a fact has in some case with the facts that are known."""
    return [value for value in the_catalog().facts[fact] if fits(known, (fact, value))]


# ---------------------------------------------------------------- why and why not


@cache
def said() -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """The fact and the values that a text tells of an attribute."""
    catalog = the_catalog()
    told = [
        ((attribute_of(fact), fact_text(fact, values, catalog)), (fact, values))
        for fact, domain in catalog.facts.items()
        for size in range(1, len(domain))
        for values in combinations(domain, size)
    ]
    assert len(dict(told)) == len(told), "two facts of an attribute are told in the same words"
    return dict(told)


def nodes_of(tree: Plain) -> Iterator[Plain]:
    """A node of an explanation and all below it."""
    yield tree
    for part in tree.get("parts", ()):
        yield from nodes_of(part)


def origins_of(found: Plain) -> Iterator[Plain]:
    """Every origin in a rule of `why` or `why_not`, and those that it rests on."""
    criteria = (
        [*nodes_of(found["tree"])] if "tree" in found else [c for b in found["blocked_by"] for c in b["criteria"]]
    )
    waiting = [criterion["origin"] for criterion in criteria if criterion["origin"]]
    while waiting:
        row = waiting.pop()
        yield row
        waiting += row["from"]


def assert_true(told: Plain, case: Case) -> None:
    """What an origin tells is so in the case, and what it is taken from makes it so by itself."""
    fact, values = said()[told["attribute"], told["text"]]
    if fact in case.known:
        assert values == (case.known[fact],)
    if told["how"] == "derived":
        assert told["given"] is None
        assert told["because"]
        assert told["from"]
        assert fact not in case.facts.known
        rests_on = [said()[row["attribute"], row["text"]] for row in told["from"]]
        assert tuple(open_values(fact, {name: value for name, (value,) in rests_on})) == values
        return
    assert told["from"] == []
    attribute, stated = told["given"].values()
    assert case.plain[attribute] == stated
    assert (told["how"] == "entered") == (attribute == told["attribute"] and not told["because"])
    understood = read_profile(Profile({attribute: stated}), case.catalog)
    assert (known_facts(understood, case.catalog).known.get(fact),) == values


def rules_of(found: Plain) -> list[Plain]:
    """The rules of an explanation, over all sources."""
    return [rule for source in found["sources"] for rule in source["rules"]]


@settings(max_examples=25)
@given(cases())
def test_why_and_why_not_agree_with_explore(case: Case) -> None:
    """Of every option: its status, the rules that hold, those that describe it and do not, each with its reason."""
    report = explorers()[0].explore(Profile(case.plain))
    for option in report.options:
        held, failed = why(case, option["id"]), why_not(case, option["id"])
        for told in (held, failed):
            assert {name: option[name] for name in told["option"]} == told["option"]
            assert [(row["source"], row["view"]) for row in told["sources"]] == [
                (view["source"], view["view"]) for view in option["sources"]
            ]
        shown = [rule for view in option["sources"] for rule in view["rules"]]
        met = [rule["id"] for rule in shown if rule["criterion"] == "met"]
        assert [rule["id"] for rule in rules_of(held)] == met
        assert [rule["id"] for rule in rules_of(failed)] == [
            rule["id"] for rule in shown if rule["id"] not in met and rule["stance"] == DESCRIBES
        ]
        for rule in rules_of(failed):
            blocking = {frozenset(row["text"] for row in found["criteria"]) for found in rule["blocked_by"]}
            assert blocking == (told_reasons(rule["id"], False, case) if rule["criterion"] == "not_met" else set())
            assert bool(rule["settled_by"]) == (rule["criterion"] == "unknown")
        for rule in [*rules_of(held), *rules_of(failed)]:
            assert rule["criterion"] == case.truths[rule["id"]]
            for row in origins_of(rule):
                assert_true(row, case)


def told_reasons(rule: str, truth: bool, case: Case) -> set[frozenset[str]]:
    """By brute force: the smallest sets of criteria that give a rule its truth, in words."""
    found = smallest_reasons(case.catalog.rules[rule].condition, truth, tuple(case.known.items()))
    return {frozenset(text_of(*criterion) for criterion in some) for some in found}


def text_of(leaf: Leaf, wanted: bool) -> str:
    """A criterion as it is told."""
    return f"{'' if wanted else 'not '}{leaf_text(leaf, the_catalog())}"


@settings(max_examples=40)
@given(cases())
def test_every_known_fact_has_an_origin_that_makes_it_so(case: Case) -> None:
    """Where it was entered or read, the statement tells it by itself; where it was concluded, the facts named do."""
    for fact in case.known:
        told = origin(fact, case)
        assert (told["how"] == "derived") == (fact in case.derived)
        assert_true(told, case)


def test_a_fact_that_the_history_adds_to_an_open_list_is_said_to_be_read_there() -> None:
    """A list that is stated beside the history is named as the origin of what it tells itself, and of nothing else."""
    listed, history = ["tamoxifen", "unknown"], ["tamoxifen@stopped=progression", "chemotherapy@stopped=progression"]
    case = explorers()[0].case(Profile(therapies_stopped_for_progression=listed, prior_therapies=history))
    told = {fact: origin(fact, case) for fact in case.known if fact.startswith("therapies_stopped_for_progression:")}
    for row in told.values():
        assert_true(row, case)
    named = {fact.partition(":")[2]: row["given"]["attribute"] for fact, row in told.items()}
    assert named["tamoxifen"] == named["hormone_therapy"] == "therapies_stopped_for_progression"
    assert named["chemotherapy"] == named["aromatase_inhibitor"] == "prior_therapies"


@settings(max_examples=15)
@given(cases())
def test_the_tree_of_why_is_the_condition_with_its_truths(case: Case) -> None:
    """Node for node, with what decides; each criterion that is settled says where its fact comes from."""
    for option in case.catalog.options:
        for rule in rules_of(why(case, option)):
            assert_tree(rule["tree"], case.catalog.rules[rule["id"]].condition, case)
            criteria = [node for node in nodes_of(rule["tree"]) if node["kind"] == "criterion"]
            deciding = {text for some in told_reasons(rule["id"], True, case) for text in some}
            assert {node["text"] for node in criteria if node["decides"]} == deciding
            assert rule["tree"]["decides"] == bool(deciding)
            for node in criteria:
                if not node["origin"]:
                    assert node["truth"] == "unknown" or node["text"] in asked_whatever()


@cache
def asked_whatever() -> set[str]:
    """Criteria that ask for any value that their fact can have, so that nothing needs to be known."""
    catalog = the_catalog()
    every = {leaf: None for condition in conditions() for leaf in leaves(condition)}
    asked = [(leaf, *literal(leaf)) for leaf in every]
    return {leaf_text(leaf, catalog) for leaf, fact, values in asked if set(values) == set(catalog.facts[fact])}


def assert_tree(tree: Plain, condition: Condition, case: Case, *, wanted: bool = True) -> None:
    """A tree tells of each node what is asked of it: within a *not*, that it is excluded."""
    assert tree["truth"] == WORDS[evaluator().truth(condition if wanted else Not(condition), case.known)]
    match condition:
        case All(parts) | AnyOf(parts):
            assert tree["kind"] == ("all" if (condition.kind == "all") is wanted else "any")
            for inner, part in zip(tree["parts"], parts, strict=True):
                assert_tree(inner, part, case, wanted=wanted)
        case Not(part):
            (inner,) = tree["parts"]
            assert tree["kind"] == "not"
            assert_tree(inner, part, case, wanted=not wanted)
        case OneOf() | Includes() | AtLeast() | AtMost():
            assert (tree["kind"], tree["text"], tree["parts"]) == ("criterion", text_of(condition, wanted), [])


@settings(max_examples=8)
@given(st.data())
def test_explanations_are_the_same_with_either_engine(data: st.DataObject) -> None:
    """The engine judges; what is told of its verdicts does not depend on which it is."""
    profile = data.draw(cases()).plain
    option = data.draw(st.sampled_from(list(the_catalog().options)))
    told = []
    for case in judged(Profile(profile)) or []:
        told.append([missing(case), *(tell(case, option) for tell in (why, why_not, nearest))])
    assert all(row == told[0] for row in told)


# ---------------------------------------------------------------- reasons


def is_true(node: Condition, true: set[Criterion], *, wanted: bool = True) -> bool:
    """Whether a condition is met where these of its criteria are."""
    match node:
        case All(parts) | AnyOf(parts):
            together = all if (node.kind == "all") is wanted else any
            return together(is_true(part, true, wanted=wanted) for part in parts)
        case Not(part):
            return is_true(part, true, wanted=not wanted)
        case OneOf() | Includes() | AtLeast() | AtMost():
            return Criterion(node, wanted) in true


def is_so(criterion: Criterion, case: Known) -> bool:
    """Whether a criterion is met; what does not apply meets neither it nor its opposite."""
    fact, values = literal(criterion.leaf)
    return case[fact] != NOT_APPLICABLE and (case[fact] in values) is criterion.wanted


def every_case(facts: Iterable[str], known: Known) -> list[Known]:
    """Every way that some facts can be in a case of which others are known."""
    found: list[Known] = [{}]
    for fact in facts:
        values = [known[fact]] if fact in known else the_catalog().facts[fact]
        found = [{**case, fact: value} for case in found for value in values]
        found = [case for case in found if fits(known, *((f, v) for f, v in case.items() if f not in known))]
    return found


def criteria_of(node: Condition, *, wanted: bool = True) -> dict[Criterion, None]:
    """The criteria of a condition, each once."""
    match node:
        case All(parts) | AnyOf(parts):
            return {criterion: None for part in parts for criterion in criteria_of(part, wanted=wanted)}
        case Not(part):
            return criteria_of(part, wanted=not wanted)
        case OneOf() | Includes() | AtLeast() | AtMost():
            return {Criterion(node, wanted): None}


@lru_cache(maxsize=512)
def smallest_reasons(
    condition: Condition, truth: bool, known: tuple[tuple[str, str], ...]
) -> set[frozenset[Criterion]]:
    """By brute force: the smallest sets of criteria with which a condition has this truth, whatever the others are."""
    criteria = list(criteria_of(condition))
    possible = [{c: is_so(c, case) for c in criteria} for case in every_case(facts_read(condition), dict(known))]
    found: list[frozenset[Criterion]] = []
    for some in map(frozenset, chain.from_iterable(combinations(criteria, n) for n in range(len(criteria) + 1))):
        # all others stand against it, which is the worst that they can do
        cases = ({c for c in criteria if (case[c] if c in some else not truth)} for case in possible)
        if not any(smaller <= some for smaller in found) and all(is_true(condition, case) is truth for case in cases):
            found.append(some)
    return set(found)


def assert_reasons(condition: Condition, case: Case) -> None:
    """The reasons that are found are those that brute force finds, each once, the fewest criteria first."""
    truth = case.truth(condition)
    if truth is None:
        return
    found = reasons(condition, truth, case)
    assert len(found) == len(set(found))
    assert [len(some) for some in found] == sorted(len(some) for some in found)
    assert set(found) == smallest_reasons(condition, truth, tuple(case.known.items()))


@settings(max_examples=40)
@given(cases())
def test_the_reasons_of_rules_are_exactly_the_smallest_that_suffice(case: Case) -> None:
    """Each set suffices, none can do with less, and none is missing."""
    for condition in conditions():
        assert_reasons(condition, case)


def asked(condition_facts: Iterable[str]) -> st.SearchStrategy[Leaf]:
    """Criteria on some facts."""
    options: list[Leaf] = []
    for fact in condition_facts:
        name, colon, item = fact.partition(":")
        count, at_least, number = fact.partition(">=")
        if colon:
            options.append(Includes(name, item))
        elif at_least:
            options += [AtLeast(count, int(number)), AtMost(count, int(number) - 1)]
        else:
            values = [value for value in the_catalog().facts[fact] if value != NOT_APPLICABLE]
            options += [OneOf(fact, some) for size in (1, 2) for some in combinations(values, size)]
    return st.sampled_from(options)


TIED = {
    "receptors": ["er_status", "pr_status", "hr_status", "her2_status", "triple_negative"],
    "person": ["sex", "menopausal_status", "ovarian_suppression", "current_therapies:ovarian_suppression"],
    "symptoms": ["symptoms:pain", "symptoms:bone_pain", "symptoms>=1", "symptom_level"],
    "counts": ["prior_regimens>=1", "metastatic_regimens>=1", "line_of_therapy", "completed_regimens>=1"],
    "spread": ["metastatic_areas>=2", "metastatic_areas>=3", "metastatic_growths>=2", "metastatic_growths>=3"],
}
"""Facts that constraints tie together, a few of each group."""


def small_conditions() -> st.SearchStrategy[Condition]:
    """Conditions of a few criteria on facts that are tied together."""

    def over(facts: list[str]) -> st.SearchStrategy[Condition]:
        return st.recursive(
            asked(facts),
            lambda inner: st.one_of(
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
                st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
                inner.map(Not),
            ),
            max_leaves=6,
        )

    return st.sampled_from(list(TIED.values())).flatmap(over)


@settings(max_examples=300)
@given(cases(most=8), small_conditions())
def test_the_reasons_of_any_condition_are_exactly_the_smallest_that_suffice(case: Case, condition: Condition) -> None:
    """The same of conditions that no rule has, where one criterion or another must be met whatever the case is.

    And they are told node for node as they are.
    """
    assert_reasons(condition, case)
    assert_tree(explained(condition, case, ()), condition, case)


# ---------------------------------------------------------------- what would settle a condition


def chosen(cube: Cube) -> list[Known]:
    """Every way to choose one of the values of each fact."""
    return [dict(zip(dict(cube), values, strict=True)) for values in product(*(values for _, values in cube))]


def settles(condition: Condition, met: bool, known: Known) -> bool:
    """Whether a condition comes to this in every case that has these facts."""
    return not evaluator().possible(known, [(condition, not met)])


def follows(cube: Cube, known: Known) -> bool:
    """Whether every case with these facts has one of the values of each fact of a cube."""
    others = [(fact, value) for fact, values in cube for value in the_catalog().facts[fact] if value not in values]
    return not any(fits(known, pair) for pair in others)


def assert_settles(condition: Condition, cube: Cube, met: bool, known: Known) -> None:
    """A set of facts is possible, settles the condition as it says, and none of it can be left out or be widened."""
    consistent = [told for told in chosen(cube) if fits(known, *told.items())]
    assert {pair for told in consistent for pair in told.items()} == {(f, v) for f, vs in cube for v in vs}
    assert all(settles(condition, met, {**known, **told}) for told in consistent)
    for fact, values in cube:
        rest = tuple(pair for pair in cube if pair[0] != fact)
        for other in open_values(fact, known):
            wider = ((fact, (other,)), *rest)
            told = [told for told in chosen(wider) if fits(known, *told.items())]
            if other not in values:
                assert not told or not all(settles(condition, met, {**known, **some}) for some in told)


@settings(max_examples=15)
@given(cases())
def test_what_settles_a_condition_does_so_and_holds_nothing_idle(case: Case) -> None:
    """Each set is possible, settles as it says, and can do with nothing less; none follows from another."""
    catalog, known = case.catalog, dict(case.known)
    for condition in conditions():
        found = settling(condition, known, catalog)
        truth = case.truth(condition)
        if truth is not None:
            assert found == [((), truth)]
            continue
        assert [(not row.met, len(row.cube)) for row in found] == sorted((not row.met, len(row.cube)) for row in found)
        for cube, met in found:
            assert cube
            assert catalog.definitions.keys().isdisjoint(attribute_of(fact) for fact, _ in cube)
            assert_settles(condition, cube, met, known)
        for one, other in ((a, b) for a in found for b in found if a is not b and a.met == b.met):
            assert not all(
                follows(other.cube, {**known, **told}) for told in chosen(one.cube) if fits(known, *told.items())
            )


@cache
def tied(condition: Condition) -> tuple[str, ...]:
    """The facts that a condition asks about, and those that constraints tie to them, however far."""
    found = set(facts_read(condition))
    rows = [{*facts_read(row.given), *facts_read(row.then)} for row in the_catalog().constraints.values()]
    while near := [row for row in rows if row & found and not row <= found]:
        found.update(*near)
    return tuple(fact for fact in the_catalog().facts if fact in found)


def completed(known: Known, facts: Iterable[str], random: Random) -> Known:
    """Some case with the facts that are known, as far as the others are listed."""
    found = closure(known)
    for fact in facts:
        if fact not in found:
            found = closure({**found, fact: random.choice(open_values(fact, found))})
    return found


def smallest_that_settles(condition: Condition, world: Known, known: Known, random: Random) -> Known:
    """Of one case, facts that settle a condition as it is there, beside those known: none is idle, none defined."""
    met = evaluator().truth(condition, closure(world))
    assert met is not None
    kept = {fact: value for fact, value in world.items() if fact not in known}
    order = random.sample(list(kept), len(kept))
    for fact in sorted(order, key=lambda fact: attribute_of(fact) not in the_catalog().definitions):
        fewer = {other: value for other, value in kept.items() if other != fact}
        if settles(condition, met, {**known, **fewer}):
            kept = fewer
    return kept


@settings(max_examples=25)
@given(cases(), st.integers(0, 2**32))
def test_whatever_settles_a_condition_something_that_is_listed_follows_from(case: Case, seed: int) -> None:
    """No set is missing: from all facts that settle an open condition, but for defined ones, a listed set follows.

    So every case has one of the sets. What is left out on purpose: a set from which a listed one follows (pain, where
    any symptom will do), and one with a fact that is defined by others (that a tumor is HR-positive follows from no
    set on ER and PR, though each of these makes it so).
    """
    random = Random(seed)
    known = dict(case.known)
    waiting = [condition for condition in conditions() if case.truth(condition) is None]
    for condition in random.sample(waiting, min(len(waiting), 15)):
        found = settling(condition, known, case.catalog)
        world = completed(known, tied(condition), random)
        met = evaluator().truth(condition, world)
        told = {**known, **smallest_that_settles(condition, world, known, random)}
        assert any(follows(row.cube, told) for row in found if row.met == met), (condition, told)


# ---------------------------------------------------------------- the nearest profiles


def given_with(case: Case, changes: Plain) -> Profile:
    """The profile of a case with attributes stated otherwise; None takes a statement back."""
    return Profile({name: value for name, value in {**case.plain, **changes}.items() if value is not None})


def judged(profile: Profile) -> list[Case] | None:
    """A profile judged by each engine; None where it contradicts itself."""
    try:
        return [explorer.case(profile) for explorer in explorers()]
    except ProfileError:
        return None


def proper_parts(changes: Plain) -> Iterator[Plain]:
    """The changes with one or more of them left out."""
    for size in range(len(changes)):
        yield from (dict(some) for some in combinations(changes.items(), size))


def facts_on(attribute: str, case: Case) -> Known:
    """What is known of an attribute, and of those that are taken from it and not stated themselves."""
    sources = {name: row.from_regimens for name, row in case.catalog.attributes.items()}
    taken = {name for name, source in sources.items() if source and source.regimens == attribute}
    names = {attribute, *(taken - case.understood.facts.keys())}
    return {fact: value for fact, value in case.known.items() if attribute_of(fact) in names}


def kind_expected(attribute: str, before: Case, after: Case) -> str:
    """Whether a change tells what was unknown, alters what can come to be so, or alters what cannot."""
    if facts_on(attribute, before).items() <= after.known.items():
        return "unknown"
    alters = before.catalog.attributes[attribute].alters
    if alters == "freely":
        return "can_change"
    row = before.catalog.attributes[attribute]
    stated, then = before.plain.get(attribute), after.plain.get(attribute)
    if alters == "never":
        grows = False
    elif stated is None or then is None:
        there = [pair for pair in facts_on(attribute, before).items() if pair[1] in ("present", "yes")]
        values = [value.id for value in row.values]
        was, now = (values.index(case.known[attribute]) if attribute in case.known else 0 for case in (before, after))
        grows = set(there) <= set(after.known.items()) and was <= now
    elif row.kind == "choice":
        grows = [value.id for value in row.values] == [stated, then]
    elif row.kind == "count":
        grows = then > stated
    else:
        rows, later = ([entry for entry in one if entry not in ("unknown", "none")] for one in (stated, then))
        grows = later[: len(rows)] == rows if row.kind == "regimens" else set(rows) <= set(later)
    return "can_change" if grows else "cannot_change"


def assert_way(case: Case, rule: Rule, way: Plain) -> None:
    """Its changes, all of them, meet the rule; each is of the kind it says."""
    changes = {row["attribute"]: row["to"] for row in way["changes"]}
    assert len(changes) == len(way["changes"])
    assert changes
    reached = judged(given_with(case, changes))
    assert reached is not None, "the changed profile contradicts itself"
    for after in reached:
        assert after.is_met(rule)
        assert after.statuses[rule.option] == "described"
    (after, *_) = reached
    for row in way["changes"]:
        assert row["from"] == case.plain.get(row["attribute"])
        assert row["from"] != row["to"]
        assert row["kind"] == kind_expected(row["attribute"], case, after), row
        if row["to"] is None:  # taken back, and nothing follows that could be stated instead
            assert after.known.get(row["attribute"], NOT_APPLICABLE) == NOT_APPLICABLE
    if all(row["kind"] == "unknown" for row in way["changes"]):
        assert case.known.items() <= after.known.items()
    for fewer in proper_parts(changes):
        assert not any(found.is_met(rule) for found in judged(given_with(case, fewer)) or [])


@settings(max_examples=12)
@given(cases(), st.integers(0, 2**32))
def test_the_nearest_profiles_are_described_and_no_change_of_theirs_can_be_left_out(case: Case, seed: int) -> None:
    """Each way is applied anew and judged by both engines; what kind of change it is follows from what is known."""
    catalog = case.catalog
    near = met_by_one_choice(case)
    for option in Random(seed).sample(list(catalog.options), 5):
        found = nearest(case, option)
        assert found["option"]["status"] == case.statuses[option]
        if case.statuses[option] == "described":
            assert found["ways"] == []
            continue
        describing = {rule.id for rule in catalog.rules_of[option] if rule.stance == DESCRIBES}
        assert {way["rule"] for way in found["ways"]} == describing
        for way in found["ways"]:
            assert_way(case, catalog.rules[way["rule"]], way)
        sizes = [len(way["changes"]) for way in found["ways"]]
        assert sizes == sorted(sizes)
        assert sizes[:1] == [1] or near.isdisjoint(describing)


def met_by_one_choice(case: Case) -> set[str]:
    """The rules that are met once one attribute has another of its values; a defined one only where it is stated."""
    defined = case.catalog.definitions.keys() - case.understood.facts.keys()
    rows = [row for row in case.catalog.attributes.values() if row.kind == "choice" and row.id not in defined]
    reached = [judged(given_with(case, {row.id: value.id})) for row in rows for value in row.values]
    return {rule for some in reached for rule, truth in (some[0].truths.items() if some else ()) if truth == "met"}


def smallest_correction(case: Case, condition: Condition) -> int:
    """By brute force: of how few attributes what is stated must be given up before a condition can be met."""
    stated = list(case.understood.facts)
    for size in range(len(stated) + 1):
        for some in combinations(stated, size):
            kept = facts_of({name: value for name, value in case.plain.items() if name not in some})
            assert kept is not None
            if evaluator().possible(kept, [(condition, True)]):
                return size
    raise AssertionError("the condition cannot be met")


@pytest.mark.parametrize(
    ("attribute", "stated", "then", "kind"),
    [
        ("line_of_therapy", "first", "later", "can_change"),
        ("line_of_therapy", "later", "first", "cannot_change"),
        ("age_group", "young", "not_young", "can_change"),
        ("age_group", "not_young", "young", "cannot_change"),
        ("menopausal_status", "postmenopausal", "premenopausal", "can_change"),  # cancercare-2024:227, temporary
        ("presentation", "recurrent", "de_novo", "cannot_change"),
    ],
)
def test_a_choice_that_grows_goes_on_and_never_back(attribute: str, stated: str, then: str, kind: str) -> None:
    (case, *_) = judged(Profile({attribute: stated})) or []
    assert kind_of_change(case, attribute, case.altered({attribute: then})) == kind


@pytest.mark.parametrize(
    ("stated", "then", "kind"),
    [
        (["tamoxifen"], ["tamoxifen", "docetaxel"], "can_change"),
        (["tamoxifen"], ["docetaxel"], "cannot_change"),
        (["tamoxifen"], ["docetaxel", "tamoxifen"], "cannot_change"),
        (["chemotherapy", "unknown"], ["chemotherapy", "tamoxifen"], "unknown"),
        (["chemotherapy"], ["docetaxel@stopped=progression"], "unknown"),
    ],
)
def test_a_history_grows_at_its_end(stated: list[str], then: list[str], kind: str) -> None:
    """A further regimen can come to be; another than was given cannot; what was left open was only unknown."""
    (case, *_) = judged(Profile(prior_therapies=stated)) or []
    assert kind_of_change(case, "prior_therapies", case.altered({"prior_therapies": then})) == kind


def fewest_altered(case: Case, rule: Rule) -> int:
    """Of how few stated attributes a way does more than tell what was unknown."""
    found = []
    for way in ways(case, rule):
        after = case.altered(way.changes)
        stated = way.changes.keys() & case.understood.facts.keys()
        found.append(sum(1 for name in stated if kind_of_change(case, name, after) != "unknown"))
    return min(found)


@settings(max_examples=25)
@given(cases(most=3), st.integers(0, 2**32))
def test_no_nearest_profile_alters_more_of_what_is_stated_than_it_must(case: Case, seed: int) -> None:
    """The fewest stated attributes that a way alters are as few as brute force finds; never fewer.

    They can be more where a count or list is stated beside the history that it is taken from: brute force takes every
    number that no rule asks for to be as good as another, and does not see that there is no room for a regimen more.
    """
    assume(len(case.plain) <= 6)
    names = case.understood.facts.keys()
    beside = "prior_therapies" in names and not taken_from_history().isdisjoint(names)
    rules = {rule.condition: rule for rule in case.catalog.rules.values() if not case.is_met(rule)}
    for condition, rule in Random(seed).sample(list(rules.items()), 12):
        found, fewest = fewest_altered(case, rule), smallest_correction(case, condition)
        assert found == fewest or (beside and found > fewest), rule.id


@cache
def taken_from_history() -> set[str]:
    """The attributes that follow from a history where they are not stated."""
    return {name for name, row in the_catalog().attributes.items() if row.from_regimens}


@st.composite
def counted(draw: st.DrawFn) -> Case:
    """A case of which counts and lists are stated that could be taken from a history, and no history."""
    names = st.sampled_from([*sorted(taken_from_history()), "line_of_therapy"])
    profile: Plain = {}
    for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        more = {**profile, name: draw(values_of(name))}
        profile = more if facts_of(more) is not None else profile
    return draw(st.sampled_from(explorers())).case(Profile(profile))


@settings(max_examples=60)
@given(counted(), st.integers(0, 2**32))
def test_a_history_is_made_up_to_fit_what_is_stated_alone(case: Case, seed: int) -> None:
    """No statement on a history that is not given is altered, where some history agrees with all of them."""
    rules = {rule.condition: rule for rule in case.catalog.rules.values() if not case.is_met(rule)}
    asks = {row: rule for row, rule in rules.items() if any(asked_of_history(fact) for fact in facts_read(row))}
    for condition, rule in Random(seed).sample(list(asks.items()), min(len(asks), 8)):
        assert fewest_altered(case, rule) == smallest_correction(case, condition), rule.id


def asked_of_history(fact: str) -> bool:
    """Whether a fact is one of a history, or is taken from it."""
    return attribute_of(fact) in {"prior_therapies", "line_of_therapy", *taken_from_history()}


# ---------------------------------------------------------------- comparing


MIRRORED = {
    ("described", "not_described"): "disappears",
    ("not_described", "described"): "appears",
    ("undetermined", "described"): "appears",
    ("described", "undetermined"): "unsettled",
    ("undetermined", "not_described"): "settled",
    ("not_described", "undetermined"): "unsettled",
}
"""The move of an option whose status changes; turned around, the move is that of the statuses turned around."""


def met_rules(case: Case, option: str) -> set[str]:
    """The rules on an option that are met."""
    return {rule.id for rule in case.catalog.rules_of[option] if case.truths[rule.id] == "met"}


def open_rules(case: Case, option: str) -> set[str]:
    """The rules that would describe an option, and may or may not be met."""
    rules = (rule for rule in case.catalog.rules_of[option] if rule.stance == DESCRIBES)
    return {rule.id for rule in rules if case.truths[rule.id] == "unknown"}


def responsible(one: Case, other: Case, option: str) -> set[str]:
    """The rules that are met on one side alone; and those that leave, or left, open what is not described."""
    before, after = one.statuses[option], other.statuses[option]
    found = met_rules(one, option) ^ met_rules(other, option)
    if before != after == "undetermined":
        found |= open_rules(other, option)
    if (before, after) == ("undetermined", "not_described"):
        found |= open_rules(one, option)
    return found


def assert_moves(rows: list[Plain], one: Case, other: Case) -> None:
    """Every option whose status or whose statements differ, and no other, with the move and the rules to blame."""
    differ = [
        name
        for name in one.catalog.options
        if one.statuses[name] != other.statuses[name] or met_rules(one, name) != met_rules(other, name)
    ]
    assert [row["id"] for row in rows] == differ
    for row in rows:
        before, after = one.statuses[row["id"]], other.statuses[row["id"]]
        assert (row["from"], row["to"]) == (before, after)
        assert row["move"] == MIRRORED.get((before, after), "restated")
        assert {because["rule"] for because in row["because"]} == responsible(one, other, row["id"])
        assert row["because"]
        for because in row["because"]:
            assert (because["from"], because["to"]) == (one.truths[because["rule"]], other.truths[because["rule"]])


@st.composite
def neighbors(draw: st.DrawFn) -> tuple[Case, Case]:
    """Two cases that have most of what is stated in common, or nothing."""
    one = draw(cases())
    kept = {name: value for name, value in one.plain.items() if draw(st.integers(0, 9)) < 7}
    for name in draw(st.lists(st.sampled_from(list(the_catalog().attributes)), max_size=4, unique=True)):
        more = {**kept, name: draw(values_of(name))}
        kept = more if facts_of(more) is not None else kept
    return one, draw(st.one_of(st.just(explorers()[-1].case(Profile(kept))), cases()))


@settings(max_examples=100)
@given(neighbors())
def test_comparing_turned_around_is_its_mirror_image(pair: tuple[Case, Case]) -> None:
    """What appears from one side disappears from the other; what is settled is unsettled; nothing else is told."""
    there, back = compare(*pair), compare(*reversed(pair))
    assert_moves(there["options"], *pair)
    assert_moves(back["options"], *reversed(pair))
    for name in ("profiles", "notes"):
        assert there[name] == back[name][::-1]
    for name in ("stated", "follows"):
        assert [{**row, "from": row["to"], "to": row["from"]} for row in there[name]] == back[name]
    for row, turned in zip(there["options"], back["options"], strict=True):
        assert (row["id"], row["from"], row["to"]) == (turned["id"], turned["to"], turned["from"])
        mirrored = {"appears": {"disappears", "unsettled"}, "disappears": {"appears"}, "settled": {"unsettled"}}
        mirrored |= {"unsettled": {"settled", "appears"}, "restated": {"restated"}}
        assert turned["move"] in mirrored[row["move"]]


@settings(max_examples=25)
@given(neighbors())
def test_what_is_said_to_follow_is_what_differs_and_is_not_stated(pair: tuple[Case, Case]) -> None:
    """Every fact that differs belongs to an attribute that one side states, or is said to follow."""
    one, other = pair
    told = compare(one, other)
    stated = {*one.understood.facts, *other.understood.facts}
    differ = [fact for fact in the_catalog().facts if one.known.get(fact) != other.known.get(fact)]
    sides = [
        [fact_text(fact, [case.known[fact]], the_catalog()) if fact in case.known else None for case in pair]
        for fact in differ
        if attribute_of(fact) not in stated
    ]
    assert [[row["from"], row["to"]] for row in told["follows"]] == sides
    names = [name for name in the_catalog().attributes if one.plain.get(name) != other.plain.get(name)]
    assert [row["attribute"] for row in told["stated"]] == names


@settings(max_examples=25)
@given(cases())
def test_nothing_is_different_when_nothing_changes(case: Case) -> None:
    """No change, and every statement made once more, move nothing."""
    for changes in ({}, case.plain):
        found = what_if(case, changes)
        assert found["profiles"] == [case.plain, case.plain]
        assert found["stated"] == found["follows"] == found["options"] == []


# ---------------------------------------------------------------- what is missing


@settings(max_examples=8)
@given(cases())
def test_each_answer_moves_what_it_says(case: Case) -> None:
    """Stated anew and judged by the other engine, it takes nothing back and moves these options and no others."""
    found = missing(case)
    asked = {row["attribute"]: row["answers"] for row in found["attributes"]}
    assert list(asked) == [name for name in case.catalog.attributes if name in asked]
    settled: dict[str, list[int]] = {name: [] for name in asked}
    for name, answers in asked.items():
        assert len({row["text"] for row in answers}) == len(answers)
        for row in answers:
            ((stated, value),) = row["stated"].items()
            after = explorers()[-1].case(Profile({**case.plain, stated: value}))
            assert case.known.items() < after.known.items()
            assert_moves(row["options"], case, after)
            moved = [option for option, status in after.statuses.items() if status != case.statuses[option]]
            settled[name].append(sum(1 for option in moved if case.statuses[option] == "undetermined"))
        if case.catalog.attributes[name].kind == "choice":
            told = {row["stated"].get(name) for row in answers}
            assert told == {value for value in open_values(name, dict(case.known)) if value != NOT_APPLICABLE}
    questions = [(row["attribute"], row["at_most"], row["at_least"]) for row in found["questions"]]
    assert [row[1:] for row in questions] == sorted([row[1:] for row in questions], reverse=True)
    assert {name for name, _, _ in questions} <= case.report.data["summary"]["missing"].keys()
    for name, at_most, at_least in questions:
        assert (at_most, at_least) == (max(settled[name]), min(settled[name]))
    assert found["undetermined"] == list(case.statuses.values()).count("undetermined")
    assert bool(questions) == bool(found["undetermined"])


def in_full(case: Case, name: str, random: Random) -> Any:
    """An answer to a question with nothing left open, that keeps what is stated."""
    catalog = case.catalog
    attribute = catalog.attributes[name]
    stated = case.understood.facts.get(name)
    if attribute.kind == "choice":
        return random.choice([value for value in open_values(name, dict(case.known)) if value != NOT_APPLICABLE])
    if attribute.kind in ("count", "months"):
        return random.randint(attribute.minimum, 8)
    if isinstance(stated, History):
        told = [regimen_in_full(regimen, catalog, random) for regimen in stated.regimens]
        return [new_regimen(catalog, random) for _ in range(0 if stated.complete else random.randint(0, 1))] + told
    if attribute.kind == "regimens":
        return new_history(case, random) or "none"
    items = [value.id for value in attribute.values] or list(catalog.agents)
    listed = [agent_of(item, catalog, random) for item in stated.items] if isinstance(stated, Items) else []
    is_open = not isinstance(stated, Items) or not stated.complete
    return listed + (random.sample(items, random.randint(0, 2)) if is_open else []) or "none"


def agent_of(item: str, catalog: Catalog, random: Random) -> str:
    """A drug that a category stands for; anything else is itself."""
    agents = [agent for agent in catalog.agents if item in catalog.implied[agent]] if item in catalog.categories else []
    return random.choice(agents) if agents else item


def new_regimen(catalog: Catalog, random: Random) -> Plain:
    """A regimen with every detail."""
    stopped = random.choice(["progression", "completed"])
    return {
        "agents": [random.choice(list(catalog.agents))],
        "setting": random.choice(["adjuvant", "metastatic"]),
        "stopped": stopped,
        "months": random.randint(0, 12) if stopped == "completed" else None,
    }


def new_history(case: Case, random: Random) -> list[Plain]:
    """Regimens with every detail, as many of each kind as are stated."""
    facts = case.understood.facts
    told = {name: facts[name] for name, row in case.catalog.attributes.items() if row.from_regimens and name in facts}
    number = {name: value for name, value in told.items() if isinstance(value, int)}
    stops = number.get("regimens_stopped_for_progression", random.randint(0, 1))
    ends = number.get("completed_regimens", random.randint(0, 1))
    later = {"first": 0, "later": 1}.get(case.known.get("line_of_therapy", ""), random.randint(0, 2))
    later = number.get("metastatic_regimens", later)
    her2 = number.get("prior_anti_her2_regimens", 0)
    size = number.get("prior_regimens", max(stops + ends, later, her2))
    found = [new_regimen(case.catalog, random) for _ in range(size)]
    for place, row in enumerate(found):
        row |= {"setting": "metastatic" if place < later else "adjuvant"}
        if "prior_anti_her2_regimens" in number:
            row |= {"agents": ["trastuzumab" if place < her2 else random.choice(["letrozole", "capecitabine"])]}
        if place < stops:
            row |= {"stopped": "progression", "months": None}
        elif place >= size - ends:
            row |= {"stopped": "completed", "months": number.get("months_to_recurrence", random.randint(0, 12))}
        else:
            row |= {"stopped": "choice", "months": None}
    return found


def regimen_in_full(regimen: Regimen, catalog: Catalog, random: Random) -> Plain:
    """A regimen that was given with everything else told of it."""
    more = new_regimen(catalog, random)
    stopped = regimen.stopped or ("completed" if regimen.months is not None else more["stopped"])
    return {
        "agents": [agent_of(a, catalog, random) for a in regimen.agents] + ([] if regimen.complete else more["agents"]),
        "setting": regimen.setting or more["setting"],
        "stopped": stopped,
        "months": 3 if stopped == "completed" and regimen.months is None else regimen.months,
    }


@settings(max_examples=40)
@given(cases(), st.integers(0, 2**32))
def test_with_every_question_answered_in_full_nothing_is_undetermined(case: Case, seed: int) -> None:
    """Whatever the answers are, as long as nothing is left open."""
    random = Random(seed)
    names = [row["attribute"] for row in missing(case)["questions"]]
    for name in names:
        if name in case.known:
            continue  # it follows from an answer before it
        answered = (answer_of(case, name, random) for _ in range(40))
        found = next((after for after in answered if after is not None), None)
        assume(found is not None)
        assert found is not None
        case = found
    assert "undetermined" not in case.statuses.values()


def answer_of(case: Case, name: str, random: Random) -> Case | None:
    """A case with a question answered in full; None where that contradicts what is known."""
    try:
        return case.altered({name: in_full(case, name, random)})
    except ProfileError:
        return None


# ---------------------------------------------------------------- facts as changes to a profile


@st.composite
def wanted_facts(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """A few facts with values of which any will do."""
    facts = draw(st.lists(st.sampled_from(list(the_catalog().facts)), min_size=1, max_size=3, unique=True))
    return {fact: draw(st.sampled_from(some_of(the_catalog().facts[fact]))) for fact in facts}


def some_of(domain: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Some of the values, but neither none nor all."""
    return [values for size in range(1, len(domain)) for values in combinations(domain, size)]


@settings(max_examples=150)
@given(cases(), wanted_facts(), st.booleans())
def test_what_is_edited_states_the_facts_or_contradicts_the_rest(
    case: Case, wanted: dict[str, tuple[str, ...]], whole: bool
) -> None:
    """Each way to state facts states all of them, unless the profile then contradicts itself."""
    assert_states(case, wanted, edits(case, wanted, whole=whole))


def assert_states(case: Case, wanted: dict[str, tuple[str, ...]], found: list[Plain]) -> int:
    """How many of the changes contradict nothing; each of these states the facts, and touches nothing that does.

    A fact that only followed from others is left alone, and follows no more where these are changed.
    """
    number = 0
    for changes in found:
        try:
            after = case.altered(changes)
        except ProfileError:
            continue
        number += 1
        told = [fact for fact in wanted if fact not in case.derived or case.known[fact] not in wanted[fact]]
        assert all(after.known.get(fact) in wanted[fact] for fact in told), changes
        for name in changes:
            asked = [fact for fact in wanted if name in (attribute_of(fact), taken_from(fact))]
            assert any(case.known.get(fact) not in wanted[fact] for fact in asked), changes
    return number


def taken_from(fact: str) -> str | None:
    """The history that a fact is taken from."""
    source = the_catalog().attributes[attribute_of(fact)].from_regimens
    return source.regimens if source else None


@pytest.mark.parametrize(
    ("number", "least", "most", "then"), [(3, "no", "no", 1), (3, "yes", "no", 2), (1, "yes", "yes", 3)]
)
def test_a_number_is_brought_to_the_nearest_that_is_asked_for(number: int, least: str, most: str, then: int) -> None:
    """Above and below it."""
    case = explorers()[0].case(Profile(metastatic_areas=number))
    assert edits(case, {"metastatic_areas>=2": (least,), "metastatic_areas>=3": (most,)}) == [
        {"metastatic_areas": then}
    ]


@cache
def asked_of_histories() -> list[dict[str, tuple[str, ...]]]:
    """What rules ask of a history together, and each fact on one by itself."""
    catalog = the_catalog()
    on_history = [fact for fact in catalog.facts if "prior_therapies" in (attribute_of(fact), taken_from(fact))]
    alone = [((fact, (value,)),) for fact in on_history for value in catalog.facts[fact] if value != NOT_APPLICABLE]
    cubes = [row.cube for condition in conditions() for row in settling(condition, {}, catalog)]
    together = [tuple(pair for pair in cube if pair[0] in on_history) for cube in cubes]
    return [dict(pairs) for pairs in dict.fromkeys([*alone, *together]) if pairs]


@settings(max_examples=60)
@given(st.data(), st.booleans())
def test_from_any_history_what_rules_ask_of_one_can_be_stated(data: st.DataObject, whole: bool) -> None:
    """Counts, stops, months, drugs that are there and classes that are not; with all details, where one is found."""
    case = explorers()[0].case(Profile(prior_therapies=data.draw(values_of("prior_therapies"))))
    wanted = data.draw(st.sampled_from(asked_of_histories()))
    found = edits(case, wanted, whole=whole)
    assert assert_states(case, wanted, found) == len(found)
    assert found or whole


# ---------------------------------------------------------------- other readings


def truths(case: Case, name: str) -> tuple[str, str]:
    """What a rule comes to by the engine, and another reading of it by the evaluator."""
    reading = case.catalog.readings[name]
    return case.truths[reading.rule], WORDS[case.truth(reading.condition)]


@pytest.mark.parametrize("number", range(4))
def test_on_its_parting_profile_one_reading_is_met_and_the_other_is_not(number: int) -> None:
    """So it is with each engine, for every other reading of a rule; and nothing of the profile can be left out."""
    catalog = the_catalog()
    some = list(catalog.readings.values())[number::4]
    for row in readings(explorers()[0].case(Profile()), some):
        profile = row["parting"]["profile"]
        for explorer in explorers():
            case = explorer.case(Profile(profile))
            assert set(truths(case, row["id"])) == {"met", "not_met"}
            assert tuple(row["parting"][side] for side in ("own", "other")) == truths(case, row["id"])
        for fewer in proper_parts(profile):
            part = judged(Profile(fewer))
            assert part is None or set(truths(part[0], row["id"])) != {"met", "not_met"}, row["id"]


@settings(max_examples=10)
@given(cases())
def test_both_readings_are_judged_by_the_profile(case: Case) -> None:
    """With a profile, the rule's own reading comes to what the engine says, and the other to what it would say."""
    rows = readings(explorers()[0].case(Profile()), case.catalog.readings.values(), case)
    for row in rows:
        assert (row["truths"]["own"], row["truths"]["other"]) == truths(case, row["id"])


# ---------------------------------------------------------------- what these properties found


def test_a_woman_is_not_asked_whether_menopause_applies() -> None:
    """Values that the case rules out are no part of what would settle a condition."""
    condition = All((OneOf("sex", ("female",)), OneOf("menopausal_status", ("postmenopausal",))))
    found = settling(condition, closure({"sex": "female"}), the_catalog())
    assert [row.cube for row in found if row.met] == [(("menopausal_status", ("postmenopausal",)),)]


def test_a_fact_that_is_only_narrowed_has_an_origin() -> None:
    """That there is a symptom rules out that there are none; the criterion that is met by this says so."""
    case = explorers()[0].case(Profile(symptoms=["pain", "unknown"]))
    found = why(case, "complementary_care")
    (told,) = [node["origin"] for rule in rules_of(found) for node in nodes_of(rule["tree"]) if node["origin"]]
    assert told["text"] == "symptoms: not affecting daily life or affecting daily life"
    assert [row["text"] for row in told["from"]] == ["symptoms present"]


def test_a_stated_value_is_altered_rather_than_taken_back() -> None:
    """Another weight of the symptoms is one change; a list of them, and the weight taken back, would be two."""
    case = explorers()[0].case(Profile(symptom_level="none"))
    found = ways(case, case.catalog.rules["breastcancer-org-2022.complementary-symptoms"])
    assert min(len(way.changes) for way in found) == 1


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        # two regimens of which it is not said why they stopped can have stopped for progression
        ({"prior_therapies": ["docetaxel", "capecitabine"]}, "mnt-undated.other-targeted-options"),
        # one such regimen, with progression now: more changes than adding two regimens, but none that alters anything
        ({"prior_therapies": ["docetaxel", "letrozole@stopped=choice"]}, "mnt-undated.other-targeted-options"),
        # the targeted therapy can have been trastuzumab; a systemic therapy this and a chemotherapy
        ({"prior_therapies": ["targeted_therapy+docetaxel"]}, "mnt-undated.trastuzumab-emtansine"),
        ({"prior_therapies": ["systemic_therapy"]}, "mnt-undated.trastuzumab-emtansine"),
        # that pain does not affect daily life is unknown; that there are no symptoms is not
        ({"symptoms": ["pain"]}, "breastcancer-org-2022.local-no-major-symptoms"),
    ],
)
def test_what_is_only_unknown_is_told_before_anything_is_altered(stated: Plain, rule: str) -> None:
    """Where telling what was left open meets a rule, some way does no more than that."""
    case = explorers()[0].case(Profile(stated))
    told = [(way.changes, case.altered(way.changes)) for way in ways(case, case.catalog.rules[rule])]
    kinds = [{kind_of_change(case, name, after) for name in changes} for changes, after in told]
    assert {"unknown"} in kinds


@pytest.mark.parametrize(
    "stated",
    [
        {
            "prior_regimens": 2,
            "prior_anti_her2_regimens": 2,
            "completed_regimens": 2,
            "regimens_stopped_for_progression": 2,
            "months_to_recurrence": 3,
        },
        {"prior_therapies": ["tamoxifen", "docetaxel@metastatic", "unknown"], "metastatic_regimens": 2},
    ],
)
def test_as_many_counts_are_taken_back_as_contradict_a_history(stated: Plain) -> None:
    """A way is found even where everything that can be taken from a history is stated beside it."""
    case = explorers()[0].case(Profile(stated))
    rule = case.catalog.rules["cancercare-2024.tamoxifen-first"]
    assert all(case.altered(way.changes).is_met(rule) for way in ways(case, rule))
    assert ways(case, rule)


@pytest.mark.parametrize(
    ("stated", "rule", "history"),
    [
        # no chemotherapy so far, of two regimens: two others
        ({"prior_regimens": 2}, "cancercare-2024.tamoxifen-first", 2),
        # trastuzumab and chemotherapy, of one regimen: given together
        ({"prior_regimens": 1}, "mnt-undated.trastuzumab-emtansine", 1),
    ],
)
def test_a_history_is_as_long_as_is_stated(stated: Plain, rule: str, history: int) -> None:
    """A count that is stated alone is kept, and the history made up to agree with it."""
    case = explorers()[0].case(Profile(stated))
    made = [way.changes for way in ways(case, case.catalog.rules[rule])]
    found = [changes for changes in made if stated.keys().isdisjoint(changes)]
    assert found
    for changes in found:
        rows = [row for row in changes["prior_therapies"] if row != "unknown"]
        assert len(rows) == history


def test_a_number_is_brought_to_one_that_agrees_with_its_parts() -> None:
    """Three completed regimens are three at least, where two would do for the rule."""
    case = explorers()[0].case(Profile(completed_regimens=3))
    assert edits(case, {"prior_regimens>=2": ("yes",)}) == [{"prior_regimens": 3}]
    case = explorers()[0].case(Profile(prior_regimens=1, metastatic_regimens=1))
    assert edits(case, {"metastatic_regimens>=1": ("no",)}) == [{"metastatic_regimens": 0}]


def test_a_long_history_is_altered_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight regimens of three drugs and a rule that is for the first treatment: a small part of the steps is enough."""
    drugs = [
        "letrozole",
        "palbociclib",
        "docetaxel",
        "goserelin",
        "everolimus",
        "lapatinib",
        "fulvestrant",
        "cisplatin",
    ]
    rows = [
        {"agents": [drugs[place], drugs[place - 1], drugs[place - 3]], "stopped": stopped}
        for place, stopped in enumerate(["progression", "choice", "side_effects", "completed"] * 2)
    ]
    case = explorers()[0].case(Profile(prior_therapies=rows, er_status="negative"))
    whole = nearest(case, "tamoxifen")["ways"]
    assert whole
    nearest_history.cache_clear()
    monkeypatch.setattr("mbc_explorer.histories.MAX_STEPS", MAX_STEPS // 20)
    assert nearest(case, "tamoxifen")["ways"] == whole


def test_a_symptom_that_is_not_to_be_there_is_none_of_those_that_will_do() -> None:
    """Where any item will do but one, that one is not tried."""
    case = explorers()[0].case(Profile())
    found = edits(case, {"symptoms>=1": ("yes",), "symptoms:pain": ("absent",)})
    assert found
    assert all(case.altered(changes).known["symptoms:pain"] == "absent" for changes in found)


def test_explaining_many_cases_keeps_no_more_and_more_conditions() -> None:
    """What is prepared for one explanation is not kept for ever."""
    explorer = Explorer(the_catalog(), "reference")
    case = explorer.case(Profile(er="positive", her2="negative"))
    for number in range(MAX_PREPARED + 100):
        case.truth(Not(OneOf("er_status", (("positive", "negative")[number % 2],))))
    assert len(case.evaluator._walks) <= MAX_PREPARED
