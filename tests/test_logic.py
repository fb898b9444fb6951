"""What conditions mean, on a tiny hand-made catalog: every truth is asked of both engines and must be the same."""

from __future__ import annotations

import json
from itertools import count, product
from typing import TYPE_CHECKING, Any

import pytest

from mbc_explorer.compiling import compile_catalog
from mbc_explorer.condition import (
    ALWAYS,
    AtLeast,
    AtMost,
    Includes,
    Not,
    OneOf,
    attribute_of,
    attributes_read,
    facts_read,
    from_yaml,
    literal,
    to_yaml,
)
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.errors import KnowledgeError, Problem, ProfileError
from mbc_explorer.evaluate import Evaluator, unsettled
from mbc_explorer.facts import known_facts
from mbc_explorer.folders import Folders
from mbc_explorer.primes import closed, complement, cubes_of, formula, primes, spelled
from mbc_explorer.profile import Profile, read_profile

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer.catalog import Catalog, Cube
    from mbc_explorer.condition import Condition


def attribute(name: str, kind: str, *values: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A row of the vocabulary; a value is its name, or a mapping where it says more."""
    rows = [value if isinstance(value, dict) else {"id": value} for value in values]
    words = {"name": name, "label": name, "group": "tumor", "about": name, "cites": []}
    because = {"applies_because": "So."} if "applies_when" in more else {}
    return {"id": name, "kind": kind, **words, **({"values": rows} if rows else {}), **because, **more}


def agent(name: str, category: str) -> dict[str, Any]:
    """A drug that is filed under one category."""
    empty: dict[str, Any] = {key: [] for key in ("names", "brands", "as_given", "routes", "notes")}
    filed = [{"category": category, "cites": ["leaflet:1"]}]
    return {"id": name, "name": name, **empty, "categories": filed, "mentions": ["leaflet:1"]}


def definition(name: str, **values: dict[str, Any]) -> dict[str, Any]:
    """A derivation that says exactly when an attribute has each of its values."""
    return {"id": name, "definition": name, "values": values, "because": "So.", "basis": "curator", "cites": []}


NEGATIVE, POSITIVE = ([{name: sign} for name in ("er", "pr", "her2")] for sign in ("negative", "positive"))
TINY: dict[str, dict[str, Any]] = {
    "sources": {
        "version": "0.0.1",
        "sources": [
            {
                **{"id": "leaflet", "filename": "leaflet.txt", "title": None, "publisher": "Nobody", "people": []},
                **{"publisher_basis": "attributed", "date": None, "date_precision": "none", "date_basis": "made up"},
                **{"url": None, "url_status": "not_verified", "disclosure": None},
                "sections": [{"id": "all", "from": 1, "name": "All of it"}],
            }
        ],
    },
    "ledger/leaflet": {"source": "leaflet", "sentences": [[1, 2, "0" * 16]]},
    "statements/leaflet/all": {
        "source": "leaflet",
        "statements": [{"id": "claim", "sentences": [1], "paraphrase": "The leaflet says so."}],
    },
    "categories": {
        "categories": [
            {"id": "drug", "name": "Drugs", "therapy": True},
            {"id": "antibody", "name": "Antibodies", "parent": "drug", "therapy": True},
            {"id": "cytotoxic", "name": "Cytotoxics", "parent": "drug", "therapy": True},
        ],
        "options": [{"id": "thing", "name": "Thing", "category": "drug", "kind": "class"}],
    },
    "agents": {"agents": [agent("alphamab", "antibody"), agent("betatoxin", "cytotoxic")]},
    "profile": {
        "groups": [{"id": "tumor", "name": "Tumor"}],
        "not_known": [{"id": "unknown"}, {"id": "not_tested"}, {"id": "equivocal"}],
        "attributes": [
            *(attribute(name, "choice", "positive", "negative") for name in ("er", "pr", "her2", "hr")),
            attribute("tnbc", "choice", "present", "absent"),
            attribute("grade", "choice", "low", "middle", "high"),
            attribute("sex", "choice", "female", "male"),
            attribute("menopause", "choice", "before", "after", applies_when={"sex": "female"}),
            attribute("sites", "list", "bone", {"id": "spine", "implies": ["bone"]}, "liver"),
            attribute("areas", "count", minimum=1),
            attribute("prior", "regimens"),
            attribute("regimens", "count", **{"from": {"regimens": "prior"}}),
            attribute("antibody_regimens", "count", **{"from": {"regimens": "prior", "including": "antibody"}}),
            attribute("completed", "count", **{"from": {"regimens": "prior", "stopped": "completed"}}),
            attribute(
                "months",
                "months",
                applies_when={"completed": {"at_least": 1}},
                **{"from": {"regimens": "prior", "stopped": "completed", "last": "months"}},
            ),
            attribute("failed", "therapies", **{"from": {"regimens": "prior", "stopped": "progression"}}),
        ],
        "derivations": [
            definition("hr", positive={"any": POSITIVE[:2]}, negative={"all": NEGATIVE[:2]}),
            definition("tnbc", present={"all": NEGATIVE}, absent={"any": POSITIVE}),
        ],
        "notes": [],
        "nothing_known": "Nothing is known.",
    },
}
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
TABLE = {"positive": MET, "negative": NOT_MET, "unknown": UNKNOWN}


class Tiny:
    """The tiny pack with one rule more: what a condition is, for a profile."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for name, content in TINY.items():
            path = root / "knowledge" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
        self._numbers = count()
        self._catalogs: dict[str, Catalog] = {}

    def catalog(self, when: dict[str, Any], *, always: bool = False) -> Catalog:
        """The catalog whose only rule has the condition."""
        name = json.dumps([when, always])
        if name not in self._catalogs:
            rules = self._root / f"rules{next(self._numbers)}"
            (rules / "leaflet").mkdir(parents=True)
            row = {"id": "rule", "statement": "claim", "option": "thing", "stance": "describes", "when": when}
            text = json.dumps({"source": "leaflet", "rules": [{**row, "always": always}]})
            (rules / "leaflet" / "rule.yaml").write_text(text, encoding="utf-8")
            self._catalogs[name] = compile_catalog(Folders(self._root / "knowledge", rules))
        return self._catalogs[name]

    def truth(self, when: dict[str, Any], *, always: bool = False, **profile: Any) -> str:
        """The truth of a condition for a profile, once both engines say the same."""
        catalog = self.catalog(when, always=always)
        known = facts_of(catalog, profile)
        by_reference = Evaluator(catalog).answer(known)
        if is_available():
            engine = DurableEngine(catalog)
            try:
                assert engine.answer(known) == by_reference
            finally:
                engine.close()
        return by_reference.truths[0]

    def derived(self, **profile: Any) -> dict[str, str]:
        """Every fact that is known of a profile, the derived ones too."""
        catalog = self.catalog({"er": "positive"})
        return Evaluator(catalog).answer(facts_of(catalog, profile)).known


def facts_of(catalog: Catalog, profile: dict[str, Any]) -> dict[str, str]:
    return known_facts(read_profile(Profile(profile), catalog), catalog).known


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return Tiny(tmp_path_factory.mktemp("tiny"))


ER, PR, HER2 = {"er": "positive"}, {"pr": "positive"}, {"her2": "positive"}


@pytest.mark.parametrize("er", TABLE)
@pytest.mark.parametrize("her2", TABLE)
def test_all_is_the_weakest_of_its_parts(tiny: Tiny, er: str, her2: str) -> None:
    """All is not met when a part is not, unknown when a part is and none fails, and met otherwise."""
    truths = {TABLE[er], TABLE[her2]}
    expected = NOT_MET if NOT_MET in truths else UNKNOWN if UNKNOWN in truths else MET
    assert tiny.truth({"all": [ER, HER2]}, er=er, her2=her2) == expected


@pytest.mark.parametrize("er", TABLE)
@pytest.mark.parametrize("her2", TABLE)
def test_any_is_the_strongest_of_its_parts(tiny: Tiny, er: str, her2: str) -> None:
    """Any is met when a part is, unknown when a part is and none is met, and not met otherwise."""
    truths = {TABLE[er], TABLE[her2]}
    expected = MET if MET in truths else UNKNOWN if UNKNOWN in truths else NOT_MET
    assert tiny.truth({"any": [ER, HER2]}, er=er, her2=her2) == expected


@pytest.mark.parametrize(("er", "expected"), [("positive", NOT_MET), ("negative", MET), ("unknown", UNKNOWN)])
def test_not_turns_met_and_not_met_round_and_keeps_unknown(tiny: Tiny, er: str, expected: str) -> None:
    """Not swaps met and not met; what is unknown stays unknown."""
    assert tiny.truth({"not": ER}, er=er) == expected


@pytest.mark.parametrize("way", ["unknown", "not_tested", "equivocal", None])
def test_every_way_of_not_knowing_is_unknown_and_not_negative(tiny: Tiny, way: str | None) -> None:
    """Unknown, not tested, equivocal and not given leave a condition unknown, and so does its negation."""
    given: dict[str, Any] = {} if way is None else {"er": way}
    assert (
        tiny.truth(ER, **given)
        == tiny.truth({"er": "negative"}, **given)
        == tiny.truth({"not": ER}, **given)
        == UNKNOWN
    )


@pytest.mark.parametrize(
    "when",
    [
        {"her2": ["positive", "negative"]},
        {"any": [HER2, {"her2": "negative"}]},
        {"any": [HER2, {"not": HER2}]},
        {"not": {"all": [HER2, {"her2": "negative"}]}},
        {"any": [{"grade": "low"}, {"grade": ["middle", "high"]}]},
        {"any": [{"hr": "positive"}, {"all": [{"er": "negative"}, {"pr": "negative"}]}]},
        {"any": [{"hr": "positive"}, {"pr": "negative"}]},
        {"any": [{"areas": {"at_least": 2}}, {"areas": {"at_most": 1}}]},
    ],
)
def test_a_tautology_is_met_though_its_facts_are_unknown(tiny: Tiny, when: dict[str, Any]) -> None:
    """What is met whatever the unknown facts are is met, and so is a part of it within a larger condition."""
    assert tiny.truth(when, always=True) == MET
    assert tiny.truth({"all": [ER, when]}, er="positive") == MET
    assert tiny.truth({"all": [ER, when]}) == UNKNOWN


@pytest.mark.parametrize(
    "impossible",
    [
        {"all": [HER2, {"her2": "negative"}]},
        {"all": [{"grade": ["low", "middle"]}, {"grade": ["middle", "high"]}, {"not": {"grade": "middle"}}]},
        {"all": [{"tnbc": "present"}, ER]},
        {"all": [{"hr": "negative"}, PR]},
        {"all": [{"areas": {"at_least": 3}}, {"areas": {"at_most": 1}}]},
        {"all": [{"sites": {"include": "spine"}}, {"not": {"sites": {"include": "bone"}}}]},
        {"all": [{"menopause": "before"}, {"sex": "male"}]},
    ],
)
def test_a_contradiction_is_not_met_though_its_facts_are_unknown(tiny: Tiny, impossible: dict[str, Any]) -> None:
    """What no consistent case can meet is not met, with nothing known; a rule of it alone is refused."""
    assert tiny.truth({"any": [ER, impossible]}, er="negative", pr="unknown") == NOT_MET
    assert tiny.truth({"any": [ER, impossible]}) == UNKNOWN
    with pytest.raises(KnowledgeError) as refused:
        tiny.catalog(impossible)
    assert refused.value.problems == (Problem("never", "leaflet.rule", "the rule can be met by no case."),)


def test_a_repeated_fact_counts_once(tiny: Tiny) -> None:
    """(HER2+ and ER+) or (HER2- and ER+) is ER+: the unknown HER2 does not make it vague."""
    when = {"any": [{"all": [HER2, ER]}, {"all": [{"her2": "negative"}, ER]}]}
    assert [tiny.truth(when, er=er) for er in TABLE] == [MET, NOT_MET, UNKNOWN]


def test_what_is_left_of_three_values_settles_a_condition(tiny: Tiny) -> None:
    """Of three values, two branches that overlap leave one value open, and three branches none."""
    low, high = {"grade": ["low", "middle"]}, {"grade": ["middle", "high"]}
    assert tiny.truth({"all": [low, high]}, grade="middle") == MET
    assert tiny.truth({"all": [low, high]}, grade="high") == NOT_MET
    assert tiny.truth({"all": [low, high]}) == UNKNOWN
    assert tiny.truth({"any": [low, high]}, always=True) == MET


def test_constraints_tie_facts_that_a_condition_asks_apart(tiny: Tiny) -> None:
    """HR-positive with ER negative can only be by PR, so a condition on the two is that on PR."""
    when = {"all": [{"hr": "positive"}, {"er": "negative"}]}
    assert tiny.truth(when, er="negative") == UNKNOWN
    assert tiny.truth(when, er="negative", pr="positive") == MET
    assert tiny.truth({"all": [{"hr": "positive"}, {"pr": "negative"}]}, er="negative") == NOT_MET


def test_hr_is_settled_by_one_positive_receptor_and_left_open_by_one_negative(tiny: Tiny) -> None:
    """ER positive makes HR positive though PR is unknown; ER negative alone leaves it unknown."""
    assert tiny.truth({"hr": "positive"}, er="positive") == MET
    assert tiny.truth({"hr": "positive"}, pr="positive", er="negative") == MET
    assert tiny.truth({"hr": "positive"}, er="negative") == UNKNOWN
    assert tiny.truth({"hr": "negative"}, er="negative", pr="negative") == MET


def test_a_stated_hr_status_works_back_on_its_receptors(tiny: Tiny) -> None:
    """HR positive and ER negative leave PR positive; HR negative makes both negative; HR positive alone: neither."""
    assert tiny.derived(hr="positive", er="negative") == {
        "hr": "positive",
        "er": "negative",
        "pr": "positive",
        "tnbc": "absent",
    }
    assert tiny.derived(hr="negative") == {"hr": "negative", "er": "negative", "pr": "negative"}
    assert tiny.derived(hr="positive") == {"hr": "positive", "tnbc": "absent"}


def test_stated_triple_negative_makes_all_three_negative(tiny: Tiny) -> None:
    """Triple-negative disease has ER, PR and HER2 negative, and so HR."""
    assert tiny.derived(tnbc="present") == {
        "tnbc": "present", "er": "negative", "pr": "negative", "her2": "negative", "hr": "negative",
    }  # fmt: skip


def test_triple_negative_needs_all_three_known_negative(tiny: Tiny) -> None:
    """Two negatives leave it unknown, one positive rules it out, and absent with two negatives gives the third."""
    present = {"tnbc": "present"}
    assert tiny.truth(present, er="negative", her2="negative") == UNKNOWN
    assert tiny.truth(present, er="negative", pr="negative", her2="negative") == MET
    assert tiny.truth(present, her2="positive") == NOT_MET
    assert tiny.derived(tnbc="absent", er="negative", pr="negative")["her2"] == "positive"


def test_a_question_that_does_not_apply_is_in_no_atom_and_in_no_complement(tiny: Tiny) -> None:
    """For a man a condition on menopause is not met, and its negation is not met either."""
    before, after = {"menopause": "before"}, {"menopause": "after"}
    for when in (before, after, {"not": before}, {"not": {"not": before}}, {"menopause": ["before", "after"]}):
        assert tiny.truth(when, sex="male") == NOT_MET
    assert tiny.truth({"any": [before, {"not": before}]}) == UNKNOWN  # not a tautology: it may not apply
    assert tiny.truth({"any": [before, {"not": before}]}, sex="female") == MET


def test_a_stated_menopausal_status_settles_the_sex(tiny: Tiny) -> None:
    """A case with a menopausal status is female; a man with one is refused."""
    assert tiny.truth({"sex": "female"}, menopause="after") == MET
    with pytest.raises(ProfileError) as refused:
        tiny.truth({"menopause": "after"}, menopause="after", sex="male")
    assert [(problem.kind, problem.where) for problem in refused.value.problems] == [
        ("contradiction", "sex + menopause")
    ]


def test_a_given_list_is_complete_and_an_open_one_is_not(tiny: Tiny) -> None:
    """What is not in a given list is absent; `unknown` in it keeps it open; no list is unknown."""
    liver = {"sites": {"include": "liver"}}
    assert tiny.truth(liver, sites=["liver"]) == MET
    assert tiny.truth(liver, sites=["bone"]) == NOT_MET
    assert tiny.truth(liver, sites="none") == NOT_MET
    assert tiny.truth(liver, sites=["bone", "unknown"]) == UNKNOWN
    assert tiny.truth(liver, sites=["liver", "unknown"]) == MET
    assert tiny.truth(liver) == UNKNOWN


def test_an_item_counts_as_what_it_implies_and_never_the_reverse(tiny: Tiny) -> None:
    """Spine counts as bone; bone alone is not spine."""
    assert tiny.truth({"sites": {"include": "bone"}}, sites=["spine"]) == MET
    assert tiny.truth({"sites": {"include": "spine"}}, sites=["bone"]) == NOT_MET
    assert tiny.truth({"sites": {"include": "spine"}}, sites=["bone", "unknown"]) == UNKNOWN


@pytest.mark.parametrize(("areas", "least", "most"), [(1, NOT_MET, MET), (2, MET, MET), (3, MET, NOT_MET)])
def test_a_count_is_met_at_its_bound(tiny: Tiny, areas: int, least: str, most: str) -> None:
    """At least 2 begins with 2 and at most 2 ends with it."""
    assert tiny.truth({"areas": {"at_least": 2}}, areas=areas) == least
    assert tiny.truth({"areas": {"at_most": 2}}, areas=areas) == most
    assert tiny.truth({"not": {"areas": {"at_most": 2}}}, areas=areas) == (NOT_MET if most == MET else MET)


def test_an_agent_is_its_category_and_a_category_leaves_its_agents_open(tiny: Tiny) -> None:
    """Alphamab was an antibody and a drug; a prior antibody may have been alphamab, and was no betatoxin."""
    alphamab, antibody = {"prior": {"include": "alphamab"}}, {"prior": {"include": "antibody"}}
    betatoxin, drug = {"prior": {"include": "betatoxin"}}, {"prior": {"include": "drug"}}
    assert [tiny.truth(asked, prior=["alphamab"]) for asked in (alphamab, antibody, drug, betatoxin)] == [
        MET,
        MET,
        MET,
        NOT_MET,
    ]
    assert [tiny.truth(asked, prior=["antibody"]) for asked in (alphamab, antibody, betatoxin)] == [
        UNKNOWN,
        MET,
        NOT_MET,
    ]
    assert [tiny.truth(asked, prior="none") for asked in (alphamab, drug)] == [NOT_MET, NOT_MET]
    assert tiny.truth({"all": [antibody, {"not": alphamab}]}, prior=["alphamab"]) == NOT_MET


def test_drugs_given_together_are_one_regimen(tiny: Tiny) -> None:
    """Two drugs of one regimen count once, two regimens twice, and an open history has no upper bound."""
    two = {"regimens": {"at_least": 2}}
    assert tiny.truth(two, prior=["alphamab+betatoxin"]) == NOT_MET
    assert tiny.truth(two, prior=["alphamab", "betatoxin"]) == MET
    assert tiny.truth(two, prior=["alphamab", "unknown"]) == UNKNOWN
    assert tiny.truth({"regimens": {"at_least": 1}}, prior=["alphamab", "unknown"]) == MET
    assert tiny.truth(two, prior="none") == NOT_MET


def test_a_count_of_some_regimens_is_an_interval(tiny: Tiny) -> None:
    """A regimen of drugs that are not told may hold an antibody: at least one is met while at least two is unknown."""
    history = ["alphamab", "drug"]
    assert tiny.truth({"antibody_regimens": {"at_least": 1}}, prior=history) == MET
    assert tiny.truth({"antibody_regimens": {"at_least": 2}}, prior=history) == UNKNOWN
    assert tiny.truth({"antibody_regimens": {"at_least": 3}}, prior=history) == NOT_MET
    assert tiny.truth({"antibody_regimens": {"at_least": 2}}, prior=["alphamab", "betatoxin"]) == NOT_MET


def test_a_count_and_a_list_of_one_history_constrain_each_other(tiny: Tiny) -> None:
    """With no antibody regimen there was no antibody; with an antibody there was a regimen."""
    assert tiny.truth({"prior": {"include": "antibody"}}, antibody_regimens=0) == NOT_MET
    assert (
        tiny.truth({"all": [{"prior": {"include": "alphamab"}}, {"regimens": {"at_least": 1}}]}, regimens=0) == NOT_MET
    )
    assert tiny.truth({"any": [{"regimens": {"at_least": 1}}, {"her2": "positive"}]}, antibody_regimens=1) == MET
    with pytest.raises(ProfileError) as refused:
        tiny.truth({"regimens": {"at_least": 1}}, prior=["alphamab", "betatoxin"], antibody_regimens=2)
    assert refused.value.problems == (
        Problem(
            "contradiction",
            "antibody_regimens + prior",
            "contradict each other: antibody_regimens is 2, but prior (alphamab, betatoxin) allow exactly 1. "
            "Correct one of them, or put 'unknown' in the list to keep it open.",
        ),
    )


def test_months_are_those_of_the_last_completed_regimen(tiny: Tiny) -> None:
    """Months are read from the last completed regimen; where none was completed the question does not apply."""
    within_six = {"months": {"at_most": 6}}
    assert tiny.truth(within_six, prior=["betatoxin@months=6"]) == MET
    assert tiny.truth(within_six, prior=["betatoxin@months=7"]) == NOT_MET
    assert tiny.truth(within_six, prior=["betatoxin@months=3", "alphamab@stopped=progression"]) == MET
    assert tiny.truth(within_six, prior=["betatoxin@months=3", "alphamab"]) == UNKNOWN  # it may have been completed
    for when in (within_six, {"not": within_six}):
        assert tiny.truth(when, prior=["betatoxin@stopped=progression"]) == NOT_MET
        assert tiny.truth(when, prior="none") == NOT_MET


def test_what_stopped_working_is_read_from_the_regimens_that_did(tiny: Tiny) -> None:
    """A therapy failed when its regimen stopped for progression; a reason that is not told leaves it unknown."""
    failed = {"failed": {"include": "antibody"}}
    assert tiny.truth(failed, prior=["alphamab@stopped=progression"]) == MET
    assert tiny.truth(failed, prior=["alphamab@stopped=completed"]) == NOT_MET
    assert tiny.truth(failed, prior=["alphamab"]) == UNKNOWN
    assert tiny.truth(failed, prior=["betatoxin@stopped=progression", "alphamab@stopped=choice"]) == NOT_MET


def test_always_is_met_with_nothing_known(tiny: Tiny) -> None:
    """The condition without parts is met, and its opposite is not."""
    evaluator = Evaluator(tiny.catalog(ER))
    assert evaluator.truth(ALWAYS, {}) is True
    assert evaluator.truth(Not(ALWAYS), {}) is False


def test_possible_asks_for_one_consistent_case(tiny: Tiny) -> None:
    """ER positive and triple-negative cannot be together; each alone can, and each can be without the other."""
    evaluator = Evaluator(tiny.catalog(ER))
    er, triple = OneOf("er", ("positive",)), OneOf("tnbc", ("present",))
    together = {
        wanted: evaluator.possible({}, [(er, wanted[0]), (triple, wanted[1])])
        for wanted in product((True, False), repeat=2)
    }
    assert together == {(True, True): False, (True, False): True, (False, True): True, (False, False): True}


def test_a_leaf_asks_about_one_fact() -> None:
    """Each kind of leaf names its fact and the values that meet it; at most n is the opposite of at least n + 1."""
    assert [
        literal(leaf) for leaf in (OneOf("er", ("a", "b")), Includes("sites", "bone"), AtLeast("n", 2), AtMost("n", 2))
    ] == [
        ("er", ("a", "b")),
        ("sites:bone", ("present",)),
        ("n>=2", ("yes",)),
        ("n>=3", ("no",)),
    ]
    assert [attribute_of(fact) for fact in ("er", "sites:bone", "n>=3")] == ["er", "sites", "n"]


EVERY_NODE = {
    "all": [
        {"er": "positive"},
        {"any": [{"grade": ["low", "high"]}, {"sites": {"include": "bone"}}, {"n": {"at_least": 2}}]},
        {"not": {"n": {"at_most": 1}}},
    ]
}


def test_a_condition_is_the_same_after_a_way_through_yaml() -> None:
    """Every node is written in the words of the rule files and read back as it was."""
    assert to_yaml(from_yaml(EVERY_NODE)) == EVERY_NODE
    assert from_yaml(to_yaml(from_yaml(EVERY_NODE))) == from_yaml(EVERY_NODE)


def test_a_condition_lists_what_it_reads_in_order_and_once() -> None:
    """Facts and attributes are listed in reading order, repeats once: at least 2 and at most 1 are one fact."""
    condition = from_yaml(EVERY_NODE)
    assert facts_read(condition) == ["er", "grade", "sites:bone", "n>=2"]
    assert attributes_read(condition) == ["er", "grade", "sites", "n"]


DOMAINS = {"a": ("x", "y"), "b": ("x", "y"), "g": ("low", "middle", "high"), "m": ("x", "y", "not_applicable")}


def prime_cubes(when: dict[str, Any], *, opposite: bool = False) -> set[Cube]:
    """The prime cubes of a condition, or of its opposite, written out."""
    condition: Condition = from_yaml(when)
    what = formula(condition, DOMAINS)
    cover = cubes_of(complement(what, DOMAINS) if opposite else what, DOMAINS)
    return {spelled(cube, DOMAINS) for cube in primes(cover, DOMAINS)}


def test_consensus_finds_the_cube_that_no_branch_names() -> None:
    """(a and b=x) or (not a and g=low) is also settled by b=x and g=low, whatever a is."""
    when = {"any": [{"all": [{"a": "x"}, {"b": "x"}]}, {"all": [{"a": "y"}, {"g": "low"}]}]}
    assert prime_cubes(when) == {
        (("a", ("x",)), ("b", ("x",))),
        (("a", ("y",)), ("g", ("low",))),
        (("b", ("x",)), ("g", ("low",))),
    }


def test_values_of_one_fact_join_in_one_cube() -> None:
    """Two branches on one fact become one cube of both values; all values together leave the fact free."""
    assert prime_cubes({"any": [{"g": "low"}, {"g": "high"}]}) == {(("g", ("low", "high")),)}
    assert prime_cubes({"any": [{"g": "low"}, {"g": ["middle", "high"]}]}) == {()}


def test_the_opposite_of_a_fact_that_may_not_apply_holds_its_not_applying() -> None:
    """A negation does not take in `not_applicable`; the opposite, where a condition is not met, does."""
    assert prime_cubes({"not": {"m": "x"}}) == {(("m", ("y",)),)}
    assert prime_cubes({"m": "x"}, opposite=True) == {(("m", ("y", "not_applicable")),)}
    assert prime_cubes({"any": [{"m": "x"}, {"not": {"m": "x"}}]}, opposite=True) == {(("m", ("not_applicable",)),)}


def test_impossible_worlds_do_not_count(tiny: Tiny) -> None:
    """Triple-negative is settled by its three receptors, by HR and HER2, or by its own name."""
    catalog = tiny.catalog({"tnbc": "present"})
    world = closed(catalog.constraints.values(), catalog.facts)
    cubes = {
        spelled(cube, catalog.facts) for cube in world.settled(formula(OneOf("tnbc", ("present",)), catalog.facts))
    }
    negative = ("negative",)
    assert {tuple(sorted(cube)) for cube in cubes} == {
        (("tnbc", ("present",)),),
        (("her2", negative), ("hr", negative)),
        (("er", negative), ("her2", negative), ("pr", negative)),
    }


def test_unsettled_facts_are_those_of_the_smallest_sets() -> None:
    """A cube that is ruled out asks for nothing, and one that asks for more than another is not asked."""
    cubes: list[Cube] = [
        (("a", ("x",)), ("b", ("x",))),
        (("a", ("x",)), ("b", ("x",)), ("g", ("low",))),
        (("m", ("x",)),),
    ]
    assert unsettled(cubes, {}) == ["a", "b", "m"]
    assert unsettled(cubes, {"a": "x"}) == ["b", "m"]
    assert unsettled(cubes, {"a": "y"}) == ["m"]
    assert unsettled(cubes, {"m": "y", "b": "y"}) == []
