"""Facts: what follows from a profile by itself (closures, counts, intervals), what does not apply, what contradicts."""

from __future__ import annotations

from copy import copy
from itertools import product
from operator import le
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from mbc_explorer import Explorer, Profile, ProfileError, load_catalog
from mbc_explorer.condition import NOT_APPLICABLE, AtLeast, AtMost, Condition, Not, OneOf, attribute_of
from mbc_explorer.engine import DurableEngine, is_available
from mbc_explorer.evaluate import Evaluator
from mbc_explorer.facts import contradictions, known_facts
from mbc_explorer.profile import read_profile

if TYPE_CHECKING:
    from mbc_explorer.catalog import Conflict

CATALOG = load_catalog()
REFERENCE = Evaluator(CATALOG)
ENGINES: list[Evaluator | DurableEngine] = [REFERENCE, DurableEngine(CATALOG)] if is_available() else [REFERENCE]


def facts(**given: Any) -> dict[str, str]:
    """Every fact that a profile settles, derived ones included, as every engine has it."""
    known = known_facts(read_profile(Profile(given), CATALOG), CATALOG).known
    first, *others = [engine.answer(known).known for engine in ENGINES]
    assert all(other == first for other in others)
    return first


def refused(**given: Any) -> list[str]:
    """The fields of each contradiction of a profile."""
    with pytest.raises(ProfileError) as caught:
        known_facts(read_profile(Profile(given), CATALOG), CATALOG)
    assert {problem.kind for problem in caught.value.problems} == {"contradiction"}
    return [problem.where for problem in caught.value.problems]


def earlier(*items: str, regimens: list[Any]) -> list[str | None]:
    """What is known of therapies in a history."""
    found = facts(prior=regimens)
    return [found.get(f"prior_therapies:{item}") for item in items]


def holds(condition: Condition, **given: Any) -> bool | None:
    """The truth of a condition for a profile."""
    return REFERENCE.truth(condition, facts(**given))


# Agents and classes


@pytest.mark.parametrize(
    ("agent", "item"),
    [
        ("letrozole", "hormone_therapy"),
        ("tamoxifen", "hormone_therapy"),
        ("docetaxel", "chemotherapy"),
        ("capecitabine", "chemotherapy"),
        ("pertuzumab", "her2_directed_therapy"),
        ("trastuzumab", "trastuzumab"),
        ("aromatase_inhibitor", "hormone_therapy"),
        ("taxane", "chemotherapy"),
    ],
)
def test_an_agent_or_class_implies_what_it_is_filed_under(agent: str, item: str) -> None:
    """Having had a drug is having had its class, and having had a class is having had the wider one."""
    assert earlier(item, regimens=[agent]) == ["present"]


def test_a_class_never_implies_one_of_its_agents() -> None:
    """A HER2-directed therapy without a name may or may not have been trastuzumab; a taxane was not."""
    assert earlier("her2_directed_therapy", "trastuzumab", regimens=["anti-HER2"]) == ["present", None]
    assert earlier("her2_directed_therapy", "trastuzumab", regimens=["taxane"]) == ["absent", "absent"]


def test_a_wide_class_leaves_the_narrower_ones_unknown() -> None:
    """Targeted therapy may have been HER2-directed and was no chemotherapy; systemic therapy may be anything."""
    items = ("her2_directed_therapy", "trastuzumab", "chemotherapy", "hormone_therapy")
    assert earlier(*items, regimens=["targeted therapy"]) == [None, None, "absent", "absent"]
    assert earlier(*items, regimens=["systemic therapy"]) == [None, None, None, None]


def test_a_drug_that_is_named_settles_what_a_class_beside_it_leaves_open() -> None:
    """Trastuzumab beside an unnamed anti-HER2 therapy is still trastuzumab."""
    assert earlier("trastuzumab", regimens=["anti-HER2", "trastuzumab"]) == ["present"]


@pytest.mark.parametrize("conjugate", ["trastuzumab_emtansine", "trastuzumab_deruxtecan"])
def test_a_trastuzumab_conjugate_is_neither_earlier_trastuzumab_nor_earlier_chemotherapy(conjugate: str) -> None:
    """A conjugate counts as the class that it is filed under, and not as its parts."""
    items = ("her2_directed_therapy", "trastuzumab", "chemotherapy")
    assert earlier(*items, regimens=[conjugate]) == ["present", "absent", "absent"]


def test_sacituzumab_govitecan_is_not_earlier_chemotherapy() -> None:
    """It is filed as an antibody-drug conjugate (cancercare-2024:104), not as chemotherapy and not as anti-HER2."""
    assert earlier("chemotherapy", "her2_directed_therapy", regimens=["Trodelvy"]) == ["absent", "absent"]


def test_ovarian_suppression_is_not_earlier_hormone_therapy() -> None:
    """Hormone therapy begins along with ovarian suppression (cancercare-2024:32); the two are filed side by side."""
    assert earlier("hormone_therapy", regimens=["goserelin"]) == ["absent"]


def test_what_an_agent_is_filed_under_is_said_with_its_sentences() -> None:
    """The class that follows from a drug is reported with the sentences that file the drug under it."""
    # breastcancer-org-2022:177-181 lists exemestane under hormonal therapy; cancercare-2024:32,35,37 under AIs.
    entailed = known_facts(read_profile(Profile(prior="exemestane"), CATALOG), CATALOG).entailed
    (said,) = [item for item in entailed if item.value == "hormone_therapy"]
    assert (said.attribute, said.because) == ("prior_therapies", "exemestane is filed under Hormone therapy.")
    assert {cite.source for cite in said.cites} == {"breastcancer-org-2022", "cancercare-2024"}


# Complete and open lists


def test_a_complete_list_settles_what_is_absent() -> None:
    """A list that is given is all there is."""
    found = facts(sites="bone")
    assert [found.get(f"metastatic_sites:{site}") for site in ("bone", "spine", "liver", "brain")] == [
        "present",
        "absent",
        "absent",
        "absent",
    ]
    assert earlier("chemotherapy", "trastuzumab", "hormone_therapy", regimens=["letrozole"]) == [
        "absent",
        "absent",
        "present",
    ]


def test_an_open_list_settles_only_what_is_present() -> None:
    """`unknown` in a list leaves everything that is not in it unknown."""
    found = facts(sites="bone,unknown")
    assert [found.get(f"metastatic_sites:{site}") for site in ("bone", "liver")] == ["present", None]
    assert earlier("hormone_therapy", "chemotherapy", regimens=["letrozole", "unknown"]) == ["present", None]
    assert earlier("hormone_therapy", "chemotherapy", regimens=["unknown", "letrozole"]) == ["present", None]


def test_an_open_regimen_settles_only_what_is_present() -> None:
    """`unknown` in a regimen leaves its other drugs unknown, and it is still one regimen."""
    found = facts(prior=["trastuzumab+unknown"])
    assert found["prior_therapies:trastuzumab"] == "present"
    assert "prior_therapies:chemotherapy" not in found
    assert (found["prior_regimens>=1"], found["prior_regimens>=2"]) == ("yes", "no")


def test_a_list_that_is_not_given_settles_nothing() -> None:
    """Facts that are absent are unknown, never negative."""
    for fact in facts(er="positive"):
        assert attribute_of(fact) in ("er_status", "hr_status", "triple_negative")


def test_none_settles_a_whole_history() -> None:
    """`none` is a history without regimens: nothing was given, first line, and nothing to count months from."""
    found = facts(prior="none")
    history = {name: value for name, value in found.items() if attribute_of(name).startswith("prior_")}
    assert set(history.values()) == {"absent", "no"}
    assert found["line_of_therapy"] == "first"
    assert found["months_to_recurrence>=7"] == NOT_APPLICABLE


def test_a_symptom_may_imply_another_and_an_empty_list_says_that_there_are_none() -> None:
    """Bone pain is pain and not the reverse; a symptom makes the case symptomatic without saying how much."""
    assert facts(symptoms="bone pain")["symptoms:pain"] == "present"
    assert facts(symptoms="pain")["symptoms:bone_pain"] == "absent"
    assert facts(symptoms="none")["symptom_level"] == "none"
    symptomatic = OneOf("symptom_level", ("not_affecting_daily_life", "affecting_daily_life"))
    assert "symptom_level" not in facts(symptoms="fatigue")
    assert holds(symptomatic, symptoms="fatigue") is True
    assert holds(symptomatic, symptoms="unknown") is None


# Counts


@pytest.mark.parametrize(
    ("regimens", "at_least_one", "at_least_two"),
    [
        ("none", "no", "no"),
        (["docetaxel"], "no", "no"),
        (["trastuzumab+pertuzumab+docetaxel"], "yes", "no"),
        (["trastuzumab", "trastuzumab"], "yes", "yes"),
        (["trastuzumab+docetaxel", "T-DM1"], "yes", "yes"),
        (["trastuzumab+docetaxel", "capecitabine"], "yes", "no"),
        (["trastuzumab+docetaxel", "unknown"], "yes", None),
        (["trastuzumab", "lapatinib", "unknown"], "yes", "yes"),
        (["docetaxel", "unknown"], None, None),
        (["trastuzumab", "docetaxel+unknown"], "yes", None),
        (["trastuzumab", "targeted therapy"], "yes", None),
        (["targeted therapy"], None, "no"),
        ("unknown", None, None),
    ],
)
def test_anti_her2_regimens_are_counted_as_an_interval(
    regimens: Any, at_least_one: str | None, at_least_two: str | None
) -> None:
    """Several drugs of one regimen are one regimen, and what may have been counts on one side only."""
    found = facts(prior=regimens)
    count = [found.get(f"prior_anti_her2_regimens>={number}") for number in (1, 2)]
    assert count == [at_least_one, at_least_two]


@pytest.mark.parametrize(
    ("regimens", "at_least_one", "at_least_two"),
    [
        ("none", "no", "no"),
        (["tamoxifen"], "yes", "no"),
        (["doxorubicin+docetaxel"], "yes", "no"),
        (["tamoxifen@adjuvant", "letrozole@metastatic"], "yes", "yes"),
        (["tamoxifen", "unknown"], "yes", None),
        (["unknown+unknown"], "yes", "no"),
        ("unknown", None, None),
    ],
)
def test_regimens_of_any_setting_are_counted(regimens: Any, at_least_one: str | None, at_least_two: str | None) -> None:
    """Prior therapies are systemic regimens in any setting (DESIGN section 8, point 8)."""
    found = facts(prior=regimens)
    assert [found.get(f"prior_regimens>={number}") for number in (1, 2)] == [at_least_one, at_least_two]


def test_a_count_can_be_stated_without_a_history() -> None:
    """Two anti-HER2 regimens are two regimens with a HER2-directed therapy, which may not be trastuzumab."""
    found = facts(prior_anti_her2_regimens=2)
    assert found["prior_anti_her2_regimens>=1"] == "yes"
    assert found["prior_regimens>=2"] == "yes"
    assert found["prior_therapies:her2_directed_therapy"] == "present"
    assert "prior_therapies:trastuzumab" not in found


def test_a_stated_count_settles_what_a_list_leaves_open() -> None:
    """A count within what the list allows is taken."""
    assert facts(prior=["trastuzumab", "unknown"], prior_anti_her2_regimens=2)["prior_anti_her2_regimens>=2"] == "yes"
    assert facts(prior=["trastuzumab", "unknown"], prior_anti_her2_regimens=1)["prior_anti_her2_regimens>=2"] == "no"


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (["trastuzumab"], "1"),
        (["trastuzumab", "unknown"], "at least 1"),
        (["trastuzumab", "targeted therapy"], "1 to 2"),
    ],
)
def test_what_was_counted_is_reported_as_an_interval(rows: list[str], value: str) -> None:
    """A count from a history is said as far as it is known."""
    entailed = known_facts(read_profile(Profile(prior=rows), CATALOG), CATALOG).entailed
    assert [e.value for e in entailed if e.attribute == "prior_anti_her2_regimens"] == [value]


# Settings and line of therapy (DESIGN section 8, point 5)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, None),
        ({"prior": "unknown"}, None),
        ({"prior": "none"}, "first"),
        ({"prior": ["docetaxel@neoadjuvant", "tamoxifen@adjuvant"]}, "first"),
        ({"prior": ["letrozole@metastatic"]}, "later"),
        ({"prior": ["tamoxifen@adjuvant", "letrozole@metastatic"]}, "later"),
        ({"prior": ["letrozole"]}, None),
        ({"prior": ["tamoxifen@adjuvant", "letrozole"]}, None),
        ({"prior": ["tamoxifen@metastatic", "letrozole"]}, "later"),
        ({"prior": ["tamoxifen@adjuvant", "unknown"]}, None),
        ({"prior": ["unknown", "letrozole@metastatic"]}, "later"),
        ({"prior": ["letrozole"], "line": "first"}, "first"),
        ({"prior": ["letrozole"], "line": "later"}, "later"),
        ({"prior_regimens": 0}, "first"),
        ({"prior_regimens": 1}, None),
        ({"metastatic_regimens": 0, "prior_regimens": 2}, "first"),
        ({"metastatic_regimens": 1}, "later"),
        ({"current": ["letrozole"], "prior": "none"}, "first"),
    ],
)
def test_the_line_of_therapy_follows_from_the_settings(given: dict[str, Any], line: str | None) -> None:
    """First with no regimen for metastatic disease, later with one; a setting that is not stated leaves it unknown."""
    assert facts(**given).get("line_of_therapy") == line


# Months from the last completed regimen


@pytest.mark.parametrize(
    ("regimens", "seven_or_more"),
    [
        (["trastuzumab@months=6"], "no"),
        (["trastuzumab@months=7"], "yes"),
        (["trastuzumab@months=0"], "no"),
        (["docetaxel@months=20", "trastuzumab@months=3"], "no"),
        (["docetaxel@months=3", "trastuzumab@months=20"], "yes"),
        (["trastuzumab@months=3", "lapatinib@stopped=progression"], "no"),
        (["trastuzumab@months=3", "lapatinib@stopped=side_effects"], "no"),
        (["trastuzumab@months=3", "lapatinib"], None),
        (["trastuzumab@months=3", "lapatinib@stopped=completed"], None),
        (["trastuzumab@months=3", "unknown"], None),
        (["unknown", "trastuzumab@months=3"], "no"),
        (["unknown", "trastuzumab@stopped=progression"], None),
        (["trastuzumab@stopped=completed"], None),
        (["trastuzumab@stopped=progression"], NOT_APPLICABLE),
        (["trastuzumab@stopped=progression", "lapatinib@stopped=choice"], NOT_APPLICABLE),
        ("none", NOT_APPLICABLE),
        ("unknown", None),
    ],
)
def test_months_are_read_from_the_last_completed_regimen(regimens: Any, seven_or_more: str | None) -> None:
    """A regimen that stopped for another reason is passed over; one that may have been completed leaves it unknown."""
    assert facts(prior=regimens).get("months_to_recurrence>=7") == seven_or_more


def test_stated_months_mean_that_a_regimen_was_completed() -> None:
    """Months to recurrence count from a completed regimen, so there was one."""
    found = facts(months_to_recurrence=6)
    assert found["completed_regimens>=1"] == "yes"
    assert found["prior_regimens>=1"] == "yes"
    assert found["months_to_recurrence>=7"] == "no"


# What stopped working, and what is given now


@pytest.mark.parametrize(
    ("regimens", "hormone", "chemotherapy", "regimens_stopped"),
    [
        (["letrozole@stopped=progression"], "present", "absent", "yes"),
        (["letrozole@stopped=completed"], "absent", "absent", "no"),
        (["letrozole@stopped=side_effects"], "absent", "absent", "no"),
        (["letrozole"], None, "absent", None),
        (["letrozole@stopped=progression", "docetaxel"], "present", None, "yes"),
        (["letrozole@stopped=progression", "unknown"], "present", None, "yes"),
        ("none", "absent", "absent", "no"),
    ],
)
def test_what_stopped_working_is_read_from_the_history(
    regimens: Any, hormone: str | None, chemotherapy: str | None, regimens_stopped: str | None
) -> None:
    """Only a regimen stopped for progression stopped working; a reason that is not given leaves it unknown."""
    found = facts(prior=regimens)
    assert found.get("therapies_stopped_for_progression:hormone_therapy") == hormone
    assert found.get("therapies_stopped_for_progression:chemotherapy") == chemotherapy
    assert found.get("regimens_stopped_for_progression>=1") == regimens_stopped


def test_a_stated_list_of_what_stopped_working_is_joined_with_the_history() -> None:
    """An open list and a history that tell different parts are both taken."""
    found = facts(
        prior=["letrozole@stopped=progression", "docetaxel"], therapies_stopped_for_progression="docetaxel+unknown"
    )
    assert found["therapies_stopped_for_progression:aromatase_inhibitor"] == "present"
    assert found["therapies_stopped_for_progression:chemotherapy"] == "present"
    assert found["therapies_stopped_for_progression:tamoxifen"] == "absent"


def test_a_therapy_that_stopped_working_was_part_of_a_regimen_that_did() -> None:
    """Naming a therapy that stopped working settles that at least one regimen did, and that it was given."""
    found = facts(therapies_stopped_for_progression="tamoxifen")
    assert found["regimens_stopped_for_progression>=1"] == "yes"
    assert found["prior_regimens>=1"] == "yes"
    assert found["prior_therapies:hormone_therapy"] == "present"
    assert refused(therapies_stopped_for_progression="tamoxifen", regimens_stopped_for_progression=0) == [
        "therapies_stopped_for_progression + regimens_stopped_for_progression"
    ]


def test_a_present_therapy_never_counts_as_an_earlier_one() -> None:
    """What is being given now says nothing of what was given before."""
    found = facts(current="trastuzumab+docetaxel")
    assert found["current_therapies:her2_directed_therapy"] == "present"
    assert [name for name in found if attribute_of(name) != "current_therapies"] == []
    assert facts(current="trastuzumab", prior="none")["prior_anti_her2_regimens>=1"] == "no"


def test_a_planned_therapy_is_neither_present_nor_earlier() -> None:
    """What is to be given is a list of its own."""
    known = facts(planned="docetaxel")
    assert known["planned_therapies:chemotherapy"] == "present"
    assert {fact.partition(":")[0] for fact in known} == {"planned_therapies"}


def test_a_present_ovarian_suppression_is_one_that_a_woman_receives() -> None:
    """Goserelin now means suppression in a woman; a man may be given it too; given earlier it says nothing of now."""
    assert facts(current="goserelin", menopause="pre")["ovarian_suppression"] == "receiving"
    assert facts(current="goserelin", sex="male")["ovarian_suppression"] == NOT_APPLICABLE
    assert "ovarian_suppression" not in facts(current="goserelin")
    assert "ovarian_suppression" not in facts(prior="goserelin", sex="female")


# Derived facts


@pytest.mark.parametrize(
    ("er", "pr", "hr"),
    [
        ("+", "+", "positive"),
        ("+", "-", "positive"),
        ("-", "+", "positive"),
        ("+", "unknown", "positive"),
        ("not_tested", "+", "positive"),
        ("-", "-", "negative"),
        ("-", "unknown", None),
        ("equivocal", "-", None),
        ("unknown", "unknown", None),
    ],
)
def test_hormone_receptor_status_follows_as_soon_as_it_is_settled(er: str, pr: str, hr: str | None) -> None:
    """One positive receptor is enough for positive; negative takes both (cancercare-2024:14)."""
    assert facts(er=er, pr=pr).get("hr_status") == hr


@pytest.mark.parametrize(
    ("er", "pr", "her2", "triple_negative"),
    [
        ("-", "-", "-", "present"),
        ("-", "-", "?", None),
        ("-", "?", "-", None),
        ("?", "-", "-", None),
        ("+", "?", "?", "absent"),
        ("?", "?", "+", "absent"),
        ("-", "+", "-", "absent"),
    ],
)
def test_triple_negative_needs_all_three_and_is_ruled_out_by_one(
    er: str, pr: str, her2: str, triple_negative: str | None
) -> None:
    """Triple-negative is present with all three negative, absent with one positive (cancercare-2024:22)."""
    assert facts(er=er, pr=pr, her2=her2).get("triple_negative") == triple_negative


def test_a_stated_conclusion_settles_what_it_is_made_of() -> None:
    """Triple-negative means three negative receptors; HR-negative means two; HR-positive with ER negative leaves PR."""
    found = facts(tnbc="present")
    assert [found[name] for name in ("er_status", "pr_status", "her2_status", "hr_status")] == ["negative"] * 4
    assert facts(hr="negative")["pr_status"] == "negative"
    assert facts(hr="positive", er="negative")["pr_status"] == "positive"
    assert "er_status" not in facts(hr="positive")
    assert facts(tnbc="absent", er="-", pr="-")["her2_status"] == "positive"


def test_a_pik3ca_mutation_lies_in_the_pathway_and_not_the_reverse() -> None:
    """PIK3CA mutated settles the pathway, the pathway mutated leaves PIK3CA, and no mutation in it rules it out."""
    assert facts(pik3ca="mutated")["pi3k_pathway_status"] == "mutated"
    assert "pik3ca_status" not in facts(pi3k="mutated")
    assert "pi3k_pathway_status" not in facts(pik3ca="not_mutated")
    assert facts(pi3k="not_mutated")["pik3ca_status"] == "not_mutated"


# What does not apply


MENOPAUSE = ("premenopausal", "postmenopausal")


@pytest.mark.parametrize(
    "condition",
    [
        OneOf("menopausal_status", ("premenopausal",)),
        OneOf("menopausal_status", ("postmenopausal",)),
        OneOf("menopausal_status", MENOPAUSE),
        Not(OneOf("menopausal_status", ("premenopausal",))),
        Not(OneOf("menopausal_status", MENOPAUSE)),
        OneOf("ovarian_suppression", ("not_receiving",)),
        Not(OneOf("ovarian_suppression", ("receiving",))),
    ],
    ids=repr,
)
def test_a_condition_on_menopause_is_not_met_for_a_man_and_neither_is_its_negation(condition: Condition) -> None:
    """What does not apply is in no atom and in no complement."""
    assert holds(condition, sex="male") is False


def test_a_condition_on_menopause_is_open_while_the_sex_is_unknown() -> None:
    """Neither before nor after menopause is known of a woman, or of somebody whose sex is not given."""
    for given in ({}, {"sex": "female"}):
        assert holds(OneOf("menopausal_status", ("premenopausal",)), **given) is None
        assert holds(Not(OneOf("menopausal_status", ("premenopausal",))), **given) is None
    assert holds(OneOf("menopausal_status", MENOPAUSE), sex="female") is True


@pytest.mark.parametrize("condition", [AtMost("months_to_recurrence", 6), AtLeast("months_to_recurrence", 7)], ids=repr)
def test_a_condition_on_months_is_not_met_without_a_completed_regimen(condition: Condition) -> None:
    """Months from a regimen that was never completed are neither few nor many, nor not few, nor not many."""
    assert holds(condition, prior="trastuzumab@stopped=progression") is False
    assert holds(Not(condition), prior="trastuzumab@stopped=progression") is False
    assert holds(condition, prior="trastuzumab") is None


def test_the_menopausal_status_of_a_man_is_never_missing(explorer: Explorer) -> None:
    """A question that does not apply is asked for in no option and in no rule."""
    report = explorer.explore(Profile(sex="male"))
    asked = {name for option in report.options for name in option["missing"]}
    for option in report.options:
        for source in option["sources"]:
            asked.update(name for rule in source["rules"] for name in rule["missing"])
    assert asked
    assert asked.isdisjoint({"menopausal_status", "ovarian_suppression", "sex"})
    assert "menopausal_status" not in report.data["summary"]["missing"]


def test_menopause_given_as_unknown_for_a_man_does_not_apply_either() -> None:
    """Not knowing what does not apply changes nothing."""
    assert facts(sex="male", menopause="unknown")["menopausal_status"] == NOT_APPLICABLE
    assert facts(sex="male")["ovarian_suppression"] == NOT_APPLICABLE


@pytest.mark.parametrize("status", MENOPAUSE)
def test_a_stated_menopausal_status_settles_the_sex(status: str) -> None:
    """Whoever is before or after menopause is female; the sex alone does not say which."""
    assert facts(menopause=status)["sex"] == "female"
    assert "menopausal_status" not in facts(sex="female")


# Contradictions


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"tnbc": "present", "er": "+"}, "er_status + triple_negative"),
        ({"tnbc": "present", "pr": "+"}, "pr_status + triple_negative"),
        ({"tnbc": "present", "her2": "+"}, "her2_status + triple_negative"),
        ({"tnbc": "present", "hr": "+"}, "hr_status + triple_negative"),
        (
            {"tnbc": "absent", "er": "-", "pr": "-", "her2": "-"},
            "er_status + pr_status + her2_status + triple_negative",
        ),
        ({"hr": "-", "er": "+"}, "er_status + hr_status"),
        ({"hr": "-", "pr": "+"}, "pr_status + hr_status"),
        ({"hr": "+", "er": "-", "pr": "-"}, "er_status + pr_status + hr_status"),
        ({"pik3ca": "mutated", "pi3k": "not_mutated"}, "pik3ca_status + pi3k_pathway_status"),
        ({"sex": "male", "menopause": "pre"}, "sex + menopausal_status"),
        ({"sex": "male", "menopause": "post"}, "sex + menopausal_status"),
        ({"sex": "male", "ovarian_suppression": "receiving"}, "sex + ovarian_suppression"),
        ({"sex": "male", "ovarian_suppression": "not_receiving"}, "sex + ovarian_suppression"),
        (
            {"menopause": "pre", "os": "not_receiving", "current": "goserelin"},
            "ovarian_suppression + current_therapies",
        ),
        ({"symptoms": "pain", "symptom_level": "none"}, "symptoms + symptom_level"),
        ({"symptoms": "other", "symptom_level": "none"}, "symptoms + symptom_level"),
        ({"symptoms": "none", "symptom_level": "major"}, "symptoms + symptom_level"),
        ({"metastatic_areas": 2, "metastatic_growths": 1}, "metastatic_areas + metastatic_growths"),
        ({"prior": "trastuzumab", "prior_anti_her2_regimens": 2}, "prior_anti_her2_regimens + prior_therapies"),
        ({"prior": "trastuzumab", "prior_anti_her2_regimens": 0}, "prior_anti_her2_regimens + prior_therapies"),
        ({"prior": "none", "prior_regimens": 1}, "prior_regimens + prior_therapies"),
        ({"prior": ["letrozole", "unknown"], "prior_regimens": 0}, "prior_regimens + prior_therapies"),
        ({"prior": "letrozole@adjuvant", "metastatic_regimens": 1}, "metastatic_regimens + prior_therapies"),
        ({"prior": "letrozole@months=3", "completed_regimens": 0}, "completed_regimens + prior_therapies"),
        (
            {"prior": "letrozole@stopped=choice", "regimens_stopped_for_progression": 1},
            "regimens_stopped_for_progression + prior_therapies",
        ),
        ({"prior": "letrozole@metastatic", "line": "first"}, "prior_therapies + line_of_therapy"),
        ({"prior": "letrozole@adjuvant", "line": "later"}, "prior_therapies + line_of_therapy"),
        ({"prior": "none", "line": "later"}, "prior_therapies + line_of_therapy"),
        ({"metastatic_regimens": 1, "line": "first"}, "metastatic_regimens + line_of_therapy"),
        ({"prior_regimens": 1, "prior_anti_her2_regimens": 2}, "prior_regimens + prior_anti_her2_regimens"),
        ({"prior_regimens": 0, "metastatic_regimens": 1}, "prior_regimens + metastatic_regimens"),
        ({"completed_regimens": 0, "months_to_recurrence": 3}, "completed_regimens + months_to_recurrence"),
        (
            {"prior": "letrozole@stopped=progression", "months_to_recurrence": 3},
            "prior_therapies + months_to_recurrence",
        ),
        ({"prior": "letrozole@months=8", "months_to_recurrence": 5}, "months_to_recurrence + prior_therapies"),
        (
            {"prior": "letrozole", "therapies_stopped_for_progression": "anastrozole"},
            "therapies_stopped_for_progression + prior_therapies",
        ),
        (
            {"prior": "letrozole@stopped=completed", "therapies_stopped_for_progression": "letrozole"},
            "therapies_stopped_for_progression + prior_therapies",
        ),
        (
            {"prior": "letrozole@stopped=progression", "therapies_stopped_for_progression": "none"},
            "therapies_stopped_for_progression + prior_therapies",
        ),
        (
            {"prior_regimens": 0, "therapies_stopped_for_progression": "letrozole"},
            "prior_regimens + therapies_stopped_for_progression",
        ),
    ],
)
def test_what_cannot_be_true_together_is_refused_with_the_fields(given: dict[str, Any], fields: str) -> None:
    """A contradiction names the fields that the user stated, once."""
    assert refused(**given) == [fields]


# Counts of which one is a part of the other


PARTS = ("prior_anti_her2_regimens", "metastatic_regimens", "regimens_stopped_for_progression", "completed_regimens")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("whole", [0, 1, 2, 3, 7, 9998])
def test_a_part_is_as_much_as_the_whole_and_not_more(part: str, whole: int) -> None:
    """However far beyond the numbers that some rule asks for; what is unknown contradicts nothing."""
    assert facts(prior_regimens=whole, **{part: whole})
    assert facts(prior_regimens="unknown", **{part: whole + 1})
    assert facts(prior_regimens=whole, **{part: "unknown"})
    assert refused(prior_regimens=whole, **{part: whole + 1}) == [f"prior_regimens + {part}"]


@pytest.mark.parametrize(
    ("prior", "whole", "most"),
    [
        (["letrozole", "unknown"], 3, 2),
        (["unknown", "letrozole"], 3, 2),
        (["letrozole", "docetaxel", "unknown"], 7, 5),
        (["trastuzumab", "letrozole", "unknown"], 3, 2),
        (["targeted therapy", "unknown"], 3, 3),
        (["letrozole+unknown", "unknown"], 3, 3),
    ],
)
def test_regimens_that_are_no_part_leave_the_fewer_for_it(prior: list[str], whole: int, most: int) -> None:
    """Of three regimens of which one held no HER2-directed therapy, two can have."""
    assert facts(prior=prior, prior_regimens=whole, prior_anti_her2_regimens=most)
    three = ["prior_regimens + prior_anti_her2_regimens + prior_therapies"]
    two = ["prior_regimens + prior_anti_her2_regimens"]
    beyond = refused(prior=prior, prior_regimens=whole, prior_anti_her2_regimens=most + 1)
    assert beyond == (three if most < whole else two)


@pytest.mark.parametrize(
    ("stopped", "count", "fields"),
    [
        ("T-DM1", "prior_anti_her2_regimens", ["prior_anti_her2_regimens + therapies_stopped_for_progression"]),
        ("letrozole", "prior_anti_her2_regimens", []),
        ("targeted therapy", "prior_anti_her2_regimens", []),
        ("letrozole", "metastatic_regimens", []),
        ("letrozole", "completed_regimens", []),
    ],
)
def test_a_therapy_that_is_listed_is_counted(stopped: str, count: str, fields: list[str]) -> None:
    """That none is counted is refused beside a therapy that surely was part of such a regimen; that one is, is not."""
    assert facts(therapies_stopped_for_progression=stopped, **{count: 1})
    if fields:
        assert refused(therapies_stopped_for_progression=stopped, **{count: 0}) == fields
    else:
        assert facts(therapies_stopped_for_progression=stopped, **{count: 0})


def test_counts_that_contradict_each_other_are_told_with_both_and_the_reason() -> None:
    """The message gives the numbers, why they cannot be, and what in the history makes it so."""
    with pytest.raises(ProfileError) as caught:
        facts(prior_regimens=3, prior_anti_her2_regimens=7)
    assert str(caught.value) == (
        "prior_regimens + prior_anti_her2_regimens: contradict each other: prior_regimens (3) and "
        "prior_anti_her2_regimens (7). A part is not more than the whole. Correct one of them, or give it as unknown."
    )
    with pytest.raises(ProfileError) as caught:
        facts(prior=["letrozole", "unknown"], prior_regimens=3, prior_anti_her2_regimens=3)
    assert str(caught.value) == (
        "prior_regimens + prior_anti_her2_regimens + prior_therapies: contradict each other: prior_regimens (3) and "
        "prior_anti_her2_regimens (3) and prior_therapies (letrozole, unknown). By prior_therapies, prior_regimens is "
        "at least 1 more than prior_anti_her2_regimens. Correct one of them, or give it as unknown."
    )


@pytest.mark.parametrize(
    ("stated", "fields"),
    [
        ({"metastatic_regimens": 3, "both": 3}, []),
        ({"metastatic_regimens": 3, "both": 4}, ["metastatic_regimens + both"]),
        ({"prior_anti_her2_regimens": 3, "both": 4}, ["prior_anti_her2_regimens + both"]),
        ({"prior_regimens": 3, "both": 4}, ["prior_regimens + both"]),
        ({"completed_regimens": 3, "both": 4}, []),
        # a complete list, of which both may be for metastatic disease: then both of them hold trastuzumab
        ({"prior_therapies": ["trastuzumab", "trastuzumab"], "metastatic_regimens": 2, "both": 2}, []),
        (
            {"prior_therapies": ["trastuzumab", "letrozole@metastatic"], "metastatic_regimens": 2, "both": 0},
            ["metastatic_regimens + both + prior_therapies"],
        ),
    ],
    ids=str,
)
def test_which_counts_are_parts_of_others_is_read_from_the_vocabulary(
    stated: dict[str, Any], fields: list[str]
) -> None:
    """A count that asks for more of a regimen is a part of each that asks for some of that."""
    catalog = copy(CATALOG)
    row = CATALOG.attributes["metastatic_regimens"]
    assert row.from_regimens
    source = row.from_regimens._replace(including="her2_directed_therapy")
    catalog.attributes = {**CATALOG.attributes, "both": row._replace(id="both", aliases=(), from_regimens=source)}
    understood = read_profile(Profile(stated), catalog)
    assert [problem.where for problem in contradictions({}, understood, catalog)] == fields


def kinds(row: dict[str, Any]) -> list[dict[str, int]]:
    """What a regimen can count as that is given so: written here by hand, and not read from the vocabulary."""
    her2 = {"trastuzumab": [1], "letrozole": [0], "targeted_therapy": [0, 1]}[row["agents"][0]]
    metastatic = [0, 1] if row["setting"] is None else [int(row["setting"] == "metastatic")]
    stopped = [0, 1] if row["stopped"] is None else [int(row["stopped"] == "progression")]
    completed = [0, 1] if row["stopped"] is None else [int(row["stopped"] == "completed")]
    if row["months"] is not None:
        completed = [1]
    every = product([1], her2, metastatic, stopped, completed)
    return [dict(zip(("prior_regimens", *PARTS), kind, strict=True)) for kind in every]


UNKNOWN = {"agents": ["targeted_therapy"], "setting": None, "stopped": None, "months": None}
"""A regimen that can count as anything."""


def is_possible(rows: list[dict[str, Any]], complete: bool, counts: dict[str, int]) -> bool:
    """By brute force: whether some history, with some more regimens if it is open, has these counts."""
    wanted = tuple(counts.values())
    reached = {tuple(0 for _ in counts)}
    for row in [*rows, *([] if complete else [UNKNOWN] * sum(wanted))]:
        left = reached if row is UNKNOWN else set()
        added = {tuple(kind[name] for name in counts) for kind in kinds(row)}
        more = {tuple(map(sum, zip(before, one, strict=True))) for before in reached for one in added}
        reached = left | {found for found in more if all(map(le, found, wanted))}
    return wanted in reached


@settings(max_examples=400)
@drawn(
    st.lists(
        st.fixed_dictionaries(
            {
                "agents": st.sampled_from([["trastuzumab"], ["letrozole"], ["targeted_therapy"]]),
                "setting": st.sampled_from([None, "adjuvant", "metastatic"]),
                "stopped": st.sampled_from([None, "progression", "completed", "choice"]),
                "months": st.sampled_from([None, None, 3]),
            }
        ),
        max_size=2,
    ),
    st.booleans(),
    st.fixed_dictionaries({}, optional={name: st.integers(0, 3) for name in ("prior_regimens", *PARTS)}),
)
def test_counts_are_refused_exactly_where_no_history_has_them(
    rows: list[dict[str, Any]], complete: bool, counts: dict[str, int]
) -> None:
    """With a history beside them that is complete or open, or with none."""
    history: Any = rows or "none" if complete else [*rows, "unknown"]
    try:
        known_facts(read_profile(Profile(prior_therapies=history, **counts), CATALOG), CATALOG)
    except ProfileError as error:
        assert not is_possible(rows, complete, counts), error
    else:
        assert is_possible(rows, complete, counts)


def said(conflict: Conflict) -> dict[str, Any] | None:
    """A profile that states a conflict in a user's words, or None where no user can state it."""
    profile: dict[str, Any] = {}
    for fact, values in conflict.cube:
        attribute = CATALOG.attributes[attribute_of(fact)]
        value = next((value for value in values if value != NOT_APPLICABLE), None)
        if value is None or attribute.id in profile:  # not applicable is never stated; one list is not stated twice
            return None
        _, at_least, number = fact.partition(">=")
        if attribute.kind == "choice":
            profile[attribute.id] = value
        elif not at_least:
            profile[attribute.id] = [fact.partition(":")[2]] if value == "present" else ["none"]
        elif attribute.kind in ("count", "months"):
            profile[attribute.id] = int(number) if value == "yes" else int(number) - 1
        else:
            profile[attribute.id] = ["other"] if value == "yes" else ["none"]
    return profile


STATED = {str(profile): profile for conflict in CATALOG.conflicts if (profile := said(conflict)) is not None}
"""Each contradiction that a profile can state, once, by how it is stated."""


@pytest.mark.parametrize("profile", STATED.values(), ids=STATED)
def test_every_contradiction_of_the_catalog_is_refused(profile: dict[str, Any]) -> None:
    """Each conflict that a user can state is refused, naming two or more of the stated fields and no other."""
    named = [set(fields.split(" + ")) for fields in refused(**profile)]
    assert all(len(fields) > 1 and fields <= set(profile) for fields in named)


def test_most_conflicts_can_be_stated() -> None:
    """The walk over the catalog's conflicts covers more than the hand-written ones."""
    assert len(STATED) > 40


def test_a_contradiction_is_told_in_words_with_its_reason_and_place() -> None:
    """The message gives the values, why they cannot be, where that stands, and how to mend it."""
    with pytest.raises(ProfileError) as caught:
        known_facts(read_profile(Profile(tnbc="present", er="+"), CATALOG), CATALOG)
    assert str(caught.value) == (
        "er_status + triple_negative: contradict each other: er_status (positive) and triple_negative (present). "
        "Triple-negative means that estrogen receptors, progesterone receptors and an excess of HER2 are all missing. "
        "(cancercare-2024, sentence 22; msk-2016, sentence 29) Correct one of them, or give it as unknown."
    )


@pytest.mark.parametrize(
    ("regimens", "count", "told"),
    [
        (["trastuzumab+pertuzumab"], 2, "(trastuzumab+pertuzumab) allow exactly 1"),
        (["targeted therapy", "letrozole"], 2, "(targeted_therapy, letrozole) allow 0 to 1"),
        (["trastuzumab", "unknown"], 0, "(trastuzumab) allow at least 1"),
        ("none", 1, "(none) allow exactly 0"),
    ],
)
def test_a_count_that_the_list_does_not_allow_is_told_with_what_it_allows(regimens: Any, count: int, told: str) -> None:
    """The message says what was stated, what the list allows, and that the list can be kept open."""
    with pytest.raises(ProfileError) as caught:
        facts(prior=regimens, prior_anti_her2_regimens=count)
    assert str(caught.value) == (
        f"prior_anti_her2_regimens + prior_therapies: contradict each other: prior_anti_her2_regimens is {count}, "
        f"but prior_therapies {told}. Correct one of them, or put 'unknown' in the list to keep it open."
    )


def test_months_that_the_history_tells_otherwise_are_told_with_both() -> None:
    """Months stated beside a history that gives others are refused, not chosen between."""
    with pytest.raises(ProfileError) as caught:
        facts(prior="letrozole@months=8", months_to_recurrence=5)
    assert str(caught.value) == (
        "months_to_recurrence + prior_therapies: contradict each other: months_to_recurrence (5) and "
        "prior_therapies (letrozole@months=8), which tell of the same treatment. Correct one of them, or leave one out."
    )


def test_several_contradictions_are_told_at_once() -> None:
    """Each contradiction is told, and then how many there are."""
    assert refused(hr="-", er="+", sex="male", menopause="pre") == ["er_status + hr_status", "sex + menopausal_status"]


@pytest.mark.parametrize(
    "given",
    [
        {"sex": "male", "menopause": "unknown"},
        {"tnbc": "present", "er": "unknown", "her2": "-"},
        {"prior": ["trastuzumab", "unknown"], "prior_anti_her2_regimens": 5},
        {"prior": "letrozole@months=8", "months_to_recurrence": 8},
        {"prior": "letrozole", "therapies_stopped_for_progression": "letrozole"},
        {"prior": "aromatase inhibitor", "therapies_stopped_for_progression": "letrozole"},
        {"prior": "letrozole@stopped=progression", "therapies_stopped_for_progression": "AI"},
        {"metastatic_areas": 2, "metastatic_growths": 2},
        {"her2": "-", "prior": "trastuzumab"},
        {"er": "-", "pr": "-", "current": "tamoxifen"},
    ],
    ids=str,
)
def test_what_can_be_true_of_a_patient_is_accepted(given: dict[str, Any]) -> None:
    """What is unusual, or only looks like a contradiction, is no contradiction."""
    assert facts(**given)


# Notes


@pytest.mark.parametrize(
    ("note", "with_it", "without_it"),
    [
        ("her2-changed", {"her2": "-", "prior": "trastuzumab"}, {"her2": "+", "prior": "trastuzumab"}),
        ("her2-changed", {"her2": "-", "current": "Perjeta"}, {"her2": "-", "current": "docetaxel"}),
        ("her2-changed", {"her2": "-", "prior": "anti-HER2"}, {"her2": "-", "prior": "targeted therapy"}),
        ("hormone-therapy-without-receptor", {"hr": "-", "prior": "AI"}, {"hr": "-", "prior": "none"}),
        ("hormone-therapy-without-receptor", {"hr": "-", "current": "tamoxifen"}, {"er": "-", "current": "tamoxifen"}),
        ("male-wording", {"sex": "male"}, {"sex": "female"}),
        ("both-receptors", {"er": "+", "her2": "+"}, {"er": "+", "her2": "-"}),
        ("both-receptors", {"hr": "+", "her2": "+"}, {"hr": "-", "her2": "+"}),
        ("pr-only", {"er": "-", "pr": "+"}, {"er": "+", "pr": "+"}),
        ("pr-only", {"er": "-", "hr": "+"}, {"er": "-", "pr": "unknown"}),
        ("nothing-known", {}, {"er": "+"}),
        ("nothing-known", {"er": "unknown", "prior": "unknown"}, {"prior": "none"}),
    ],
)
def test_a_note_is_given_where_its_facts_are_known_and_only_there(
    explorer: Explorer, note: str, with_it: dict[str, Any], without_it: dict[str, Any]
) -> None:
    """What is unusual but possible deserves a word, and nobody else gets it."""
    assert note in [found["id"] for found in explorer.explore(Profile(with_it)).data["notes"]]
    assert note not in [found["id"] for found in explorer.explore(Profile(without_it)).data["notes"]]


def test_every_note_of_the_catalog_is_tried_above() -> None:
    """A new note needs its example and its counterexample."""
    assert set(CATALOG.notes) == {
        "her2-changed",
        "hormone-therapy-without-receptor",
        "male-wording",
        "both-receptors",
        "pr-only",
    }


def test_an_ordinary_case_gets_no_note(explorer: Explorer) -> None:
    """A case without anything unusual is answered without remarks."""
    report = explorer.explore(Profile(er="+", pr="+", her2="-", menopause="post", prior="none"))
    assert report.data["notes"] == []
