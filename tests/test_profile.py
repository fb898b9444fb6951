"""Profiles: what a user may write, what is understood of it, and what every refusal says."""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mbc_explorer.profile as profile_module
from mbc_explorer import Profile, ProfileError, load_catalog
from mbc_explorer.profile import MAX_ITEMS, History, Items, Regimen, fold, read_profile

if TYPE_CHECKING:
    from mbc_explorer import Catalog

CATALOG = load_catalog()

GRAMMAR = "AGENT+AGENT@SETTING,stopped=REASON,months=NUMBER"
SITES = "bone, spine, liver, lung, brain, skin, lymph_nodes, other"


def read(profile: dict[Any, Any], catalog: Catalog = CATALOG) -> dict[str, Any]:
    """What is understood of a profile, in the catalog's words."""
    return read_profile(Profile(profile), catalog).plain()


def refused(profile: dict[Any, Any], catalog: Catalog = CATALOG) -> list[str]:
    """Every problem of a profile, as a user reads it."""
    with pytest.raises(ProfileError) as caught:
        read_profile(Profile(profile), catalog)
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


# What is accepted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"er": "positive"}, {"er_status": "positive"}),
        ({"er": "+"}, {"er_status": "positive"}),
        ({"er": "-"}, {"er_status": "negative"}),
        ({"er": " + "}, {"er_status": "positive"}),
        ({"ER": "POS"}, {"er_status": "positive"}),
        ({"er": "ER+"}, {"er_status": "positive"}),
        ({"er": "er +"}, {"er_status": "positive"}),
        ({"er": "ER-positive"}, {"er_status": "positive"}),
        ({"er": "ER positive"}, {"er_status": "positive"}),
        ({"er_status": "neg"}, {"er_status": "negative"}),
        ({"Estrogen Receptor": "negative"}, {"er_status": "negative"}),
        ({"er-status": "negative"}, {"er_status": "negative"}),
        ({"pgr": "pr-"}, {"pr_status": "negative"}),
        ({"hr": "HR-positive"}, {"hr_status": "positive"}),
        ({"her2": "overexpressed"}, {"her2_status": "positive"}),
        ({"HER2/neu": "HER2 -"}, {"her2_status": "negative"}),
        ({"tnbc": "triple negative"}, {"triple_negative": "present"}),
        ({"brca": "wild-type"}, {"brca_status": "not_mutated"}),
        ({"brca1/2": "BRCA positive"}, {"brca_status": "mutated"}),
        ({"pik3ca": "+"}, {"pik3ca_status": "mutated"}),
        ({"PI3-kinase pathway": "mutation"}, {"pi3k_pathway_status": "mutated"}),
        ({"pd-l1": "pos"}, {"pdl1_status": "positive"}),
        ({"menopause": "post"}, {"menopausal_status": "postmenopausal"}),
        ({"menopause": "Pre-Menopausal"}, {"menopausal_status": "premenopausal"}),
        ({"gender": "F"}, {"sex": "female"}),
        ({"sex": "man"}, {"sex": "male"}),
        ({"line": 1}, {"line_of_therapy": "first"}),
        ({"line": "second-line"}, {"line_of_therapy": "later"}),
        ({"os": "none"}, {"ovarian_suppression": "not_receiving"}),
        ({"growth_before_surgery": "none"}, {"growth_before_surgery": "no_growth"}),
        ({"symptom_level": "asymptomatic"}, {"symptom_level": "none"}),
        ({"er": ["positive"]}, {"er_status": "positive"}),
        ({"metastatic_areas": 2}, {"metastatic_areas": 2}),
        ({"metastatic_areas": " 2 "}, {"metastatic_areas": 2}),
        ({"prior_regimens": 0}, {"prior_regimens": 0}),
    ],
)
def test_a_short_form_is_understood(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The usual short forms, signs, capitals, spaces and hyphens mean the vocabulary's words."""
    assert read(given) == wanted


def test_every_name_of_every_attribute_and_value_is_understood_however_it_is_written() -> None:
    """Each id and alias reads as its meaning: as printed, in capitals, with spaces around it and with other hyphens."""
    for attribute in CATALOG.attributes.values():
        for name in (attribute.id, *attribute.aliases):
            for value in attribute.values:
                for word in (value.id, *value.aliases):
                    for spelling in (word, word.upper(), f"  {word} ", word.replace("_", "-"), word.replace("_", " ")):
                        wanted = [value.id] if attribute.kind == "list" else value.id
                        assert read({name.title(): spelling}) == {attribute.id: wanted}, (name, spelling)


def test_every_name_of_every_therapy_is_understood_however_it_is_written() -> None:
    """Each INN, brand, class name and other name reads as the therapy, with or without capitals and hyphens."""
    for word, meaning in CATALOG.words.items():
        for spelling in (word, word.upper(), f" {word}  ", word.replace("_", " "), word.replace("-", " ")):
            assert read({"prior": spelling}) == {"prior_therapies": [meaning]}, spelling
            assert read({"current": spelling}) == {"current_therapies": [meaning]}, spelling


@pytest.mark.parametrize(
    ("written", "regimen"),
    [
        ("Herceptin", "trastuzumab"),
        ("T-DM1", "trastuzumab_emtansine"),
        ("t dm1", "trastuzumab_emtansine"),
        ("Kadcyla", "trastuzumab_emtansine"),
        ("Enhertu", "trastuzumab_deruxtecan"),
        ("Platinol", "cisplatin"),
        ("capecitabin", "capecitabine"),
        ("Doxil", "pegylated_liposomal_doxorubicin"),
        ("AI", "aromatase_inhibitor"),
        ("chemo", "chemotherapy"),
        ("endocrine therapy", "hormone_therapy"),
        ("CDK4/6", "cdk4_6_inhibitor"),
        ("anti-HER2", "her2_directed_therapy"),
        ("Herceptin + Perjeta+TAXOTERE", "trastuzumab+pertuzumab+docetaxel"),
        ("trastuzumab+Herceptin", "trastuzumab"),
    ],
)
def test_brands_and_classes_are_understood_in_a_history(written: str, regimen: str) -> None:
    """Brands, abbreviations and classes stand for the drug or class, and the same drug twice is one."""
    assert read({"prior": written}) == {"prior_therapies": [regimen]}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("tamoxifen", Regimen(("tamoxifen",))),
        ("tamoxifen@adjuvant", Regimen(("tamoxifen",), "adjuvant")),
        ("tamoxifen@ Adjuvant ", Regimen(("tamoxifen",), "adjuvant")),
        ("tamoxifen@setting=neoadjuvant", Regimen(("tamoxifen",), "neoadjuvant")),
        ("tamoxifen@stopped=progression", Regimen(("tamoxifen",), None, "progression")),
        ("tamoxifen@stopped=side effects", Regimen(("tamoxifen",), None, "side_effects")),
        ("tamoxifen@months=0", Regimen(("tamoxifen",), None, None, 0)),
        ("tamoxifen@months=8,stopped=completed,metastatic", Regimen(("tamoxifen",), "metastatic", "completed", 8)),
        ("tamoxifen@setting=unknown,stopped=unknown,months=unknown", Regimen(("tamoxifen",))),
        ("tamoxifen+unknown", Regimen(("tamoxifen",), complete=False)),
        ("unknown+unknown", Regimen((), complete=False)),
        ("unknown@adjuvant", Regimen((), "adjuvant", complete=False)),
        ({"agents": "tamoxifen"}, Regimen(("tamoxifen",))),
        ({"agents": ["trastuzumab", "docetaxel"]}, Regimen(("trastuzumab", "docetaxel"))),
        (
            {"agents": ["tamoxifen"], "setting": "adjuvant", "stopped": "progression", "months": 8},
            Regimen(("tamoxifen",), "adjuvant", "progression", 8),
        ),
        ({"agents": ["tamoxifen"], "setting": None, "months": "unknown"}, Regimen(("tamoxifen",))),
        ({"agents": ["unknown"]}, Regimen((), complete=False)),
    ],
)
def test_a_regimen_is_written_as_words_or_as_a_mapping(written: Any, wanted: Regimen) -> None:
    """A regimen has therapies, and may have a setting, a reason it stopped and months; each may be unknown."""
    assert read_profile(Profile(prior=[written]), CATALOG).facts == {"prior_therapies": History((wanted,))}
    assert read_profile(Profile(prior=written), CATALOG).facts == {"prior_therapies": History((wanted,))}


def test_regimens_keep_their_order() -> None:
    """Several regimens are a history, oldest first, each on its own."""
    assert read({"prior": ["docetaxel", "trastuzumab+pertuzumab", "docetaxel"]}) == {
        "prior_therapies": ["docetaxel", "trastuzumab+pertuzumab", "docetaxel"]
    }


@pytest.mark.parametrize(
    "name", ["prior_therapies", "current_therapies", "metastatic_sites", "symptoms", "side_effects"]
)
@pytest.mark.parametrize("nothing", ["none", " NONE ", ["none"], [], ()])
def test_none_is_an_empty_list_that_is_known(name: str, nothing: Any) -> None:
    """`none` says that a list is known to be empty; that is not the same as not knowing."""
    assert read({name: nothing}) == {name: []}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"sites": "bone, liver"}, Items(("bone", "liver"))),
        ({"sites": ["bone", "liver,lung"]}, Items(("bone", "liver", "lung"))),
        ({"sites": ["bone", "bones"]}, Items(("bone",))),
        ({"sites": ["bone", "unknown"]}, Items(("bone",), complete=False)),
        ({"sites": "?,lymph nodes"}, Items(("lymph_nodes",), complete=False)),
        ({"current": "letrozole+palbociclib"}, Items(("letrozole", "palbociclib"))),
        ({"current": ["letrozole", "unknown"]}, Items(("letrozole",), complete=False)),
    ],
)
def test_a_list_is_complete_unless_unknown_stands_in_it(given: dict[str, Any], wanted: Items) -> None:
    """A list that is given is all there is; `unknown` in it keeps it open."""
    assert list(read_profile(Profile(given), CATALOG).facts.values()) == [wanted]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (["tamoxifen", "unknown"], History((Regimen(("tamoxifen",)),), complete=False, last_known=False)),
        (["unknown", "tamoxifen"], History((Regimen(("tamoxifen",)),), complete=False, last_known=True)),
    ],
)
def test_unknown_in_a_history_says_where_more_may_have_been(rows: list[str], wanted: History) -> None:
    """`unknown` after the regimens leaves open which one was the last; before them it does not."""
    assert read_profile(Profile(prior=rows), CATALOG).facts == {"prior_therapies": wanted}


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("unknown", "unknown"),
        ("?", "unknown"),
        ("Not known", "unknown"),
        (None, "unknown"),
        (["unknown"], "unknown"),
        (["unknown", "unknown"], "unknown"),
        ("not_tested", "not_tested"),
        ("Not tested", "not_tested"),
        ("untested", "not_tested"),
        ("equivocal", "equivocal"),
        ("indeterminate", "equivocal"),
    ],
)
@pytest.mark.parametrize("name", ["metastatic_sites", "prior_therapies", "current_therapies"])
def test_the_three_ways_of_not_knowing_a_list_are_kept_apart(name: str, word: Any, way: str) -> None:
    """A list given as unknown, not tested or equivocal is no list, and the way of not knowing is reported."""
    understood = read_profile(Profile({name: word}), CATALOG)
    assert (understood.facts, understood.not_known) == ({}, {name: way})


def test_not_tested_equivocal_and_unknown_are_kept_apart() -> None:
    """Three ways of not knowing are three different words in what was understood, and none is a fact."""
    understood = read_profile(Profile(er="untested", pr="borderline", her2="?"), CATALOG)
    assert understood.facts == {}
    assert understood.plain() == {"er_status": "not_tested", "pr_status": "equivocal", "her2_status": "unknown"}


def test_a_number_that_is_not_known_is_no_number() -> None:
    """Counts and months may be given as unknown too."""
    assert read({"prior_regimens": "unknown", "months_to_recurrence": None}) == {
        "prior_regimens": "unknown",
        "months_to_recurrence": "unknown",
    }


def test_nothing_given_is_nothing_understood() -> None:
    """An empty profile is valid, and holds no fact."""
    assert read({}) == {}


def test_a_profile_is_the_same_from_a_mapping_and_from_names() -> None:
    """A mapping and keyword arguments make equal profiles; another fact makes another profile."""
    assert Profile({"er": "+"}, her2="-") == Profile(er="+", her2="-")
    assert Profile(er="+") != Profile(er="-")
    assert repr(Profile(er="+")) == "Profile({'er': '+'})"


def test_facts_stand_in_the_vocabulary_s_order() -> None:
    """What is understood does not depend on the order in which it was given."""
    names = list(read({"prior": "none", "sex": "female", "her2": "-", "er": "+"}))
    assert names == ["er_status", "her2_status", "sex", "prior_therapies"]


# The way back


WORDS = sorted({*CATALOG.words.values()})
MAYBE = st.sampled_from(["unknown", "not_tested", "equivocal"])
THERAPY = st.sampled_from(WORDS)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "setting": st.sampled_from(["neoadjuvant", "adjuvant", "metastatic"]),
        "stopped": st.sampled_from(["progression", "completed", "side_effects", "choice"]),
        "months": st.integers(0, 9999),
    },
)
REGIMEN = st.builds(
    lambda agents, details: {"agents": agents, **details},
    st.lists(st.one_of(THERAPY, st.just("unknown")), min_size=1, max_size=4),
    DETAILS,
)


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Anything that may be said of one attribute."""
    attribute = CATALOG.attributes[name]
    items = st.sampled_from([value.id for value in attribute.values] or WORDS)
    match attribute.kind:
        case "choice":
            return MAYBE | items
        case "count" | "months":
            return MAYBE | st.integers(attribute.minimum, 9999)
        case "regimens":
            return MAYBE | st.lists(REGIMEN | st.just("unknown"), max_size=4)
        case _:
            return MAYBE | st.lists(items | st.just("unknown"), max_size=4)


PROFILES = st.fixed_dictionaries({}, optional={name: values_of(name) for name in CATALOG.attributes})


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"prior": [{"agents": ["unknown"]}]}, {"prior_therapies": ["unknown+unknown"]}),
        ({"prior": [{"agents": ["unknown"], "months": 3}]}, {"prior_therapies": ["unknown@months=3"]}),
        ({"prior": ["unknown", "T-DM1"]}, {"prior_therapies": ["unknown", "trastuzumab_emtansine"]}),
        ({"prior": ["T-DM1", "unknown"]}, {"prior_therapies": ["trastuzumab_emtansine", "unknown"]}),
        (
            {"prior": ["AI", "unknown", "T-DM1"]},
            {"prior_therapies": ["unknown", "aromatase_inhibitor", "trastuzumab_emtansine"]},
        ),
        ({"prior": "unknown+AI@adjuvant"}, {"prior_therapies": ["aromatase_inhibitor+unknown@adjuvant"]}),
        ({"sites": ["unknown", "bone"]}, {"metastatic_sites": ["bone", "unknown"]}),
        ({"sites": "none", "er": "not tested"}, {"er_status": "not_tested", "metastatic_sites": []}),
    ],
)
def test_what_is_reported_of_a_profile_says_the_same(given: dict[str, Any], plain: dict[str, Any]) -> None:
    """A report's profile is in the catalog's words, and reading it gives the same words again."""
    assert read(given) == plain
    assert read(plain) == plain
    assert read_profile(Profile(plain), CATALOG) == read_profile(Profile(given), CATALOG)


@given(PROFILES)
def test_what_was_understood_is_valid_input_again(profile: dict[str, Any]) -> None:
    """A report's profile, read again, is understood as the same facts and the same ways of not knowing."""
    understood = read_profile(Profile(profile), CATALOG)
    again = read_profile(Profile(understood.plain()), CATALOG)
    assert again == understood
    assert again.plain() == understood.plain()


@given(st.text())
def test_folding_a_word_twice_changes_nothing(word: str) -> None:
    """The folded form of a word is its own folded form."""
    assert fold(fold(word)) == fold(word)


# What is refused

WORD = "takes one word (positive, negative), not"
AREAS = "metastatic_areas: takes a whole number from 1 to 9999, not"
MONTHS = "prior_therapies (months): takes a whole number from 0 to 9999, not"
PRIOR = "prior_therapies:"
WRITTEN = f"a regimen is written {GRAMMAR}"
WRITTEN_SO = f"{WRITTEN}, or as agents, setting, stopped and months; not"
SETTING = "setting is one of neoadjuvant, adjuvant, metastatic; not"
STOPPED = "stopped is one of progression, completed, side_effects, choice; not"
KEYS = "a regimen has agents, setting, stopped, months; not"
AGENTS = "a regimen's agents are a list of words, not"
NOT_A_THERAPY = "is not a therapy of the documents"
NOT_SYSTEMIC = "is not systemic therapy and no condition counts it as a regimen; leave it out."
LISTED = "`mbc profile prior_therapies` lists the therapies that the documents name."
TWICE_NONE = "holds 'none' beside something else; say one or the other."
JOIN = (
    "join what was given together with '+', and give each regimen on its own (repeat --prior, or one list entry each)."
)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        # an attribute
        (
            {"her_2_status": "negative"},
            "her_2_status: is not an attribute of a profile; did you mean 'her2_status' or 'hr_status' or 'er_status'?",
        ),
        (
            {"menopase": "pre"},
            "menopase: is not an attribute of a profile; did you mean 'menopause' or 'menopausal'?",
        ),
        ({"weight": "80"}, "weight: is not an attribute of a profile; `mbc profile` lists what can be said."),
        ({"": "x"}, "is not an attribute of a profile; `mbc profile` lists what can be said."),
        ({"er": "+", "er_status": "+"}, "er_status: is given twice, as 'er' and as 'er_status'; give it once."),
        # one word
        ({"sex": "femal"}, "sex: 'femal' is not one of female, male, unknown; did you mean 'female' or 'male'?"),
        ({"er": "maybe"}, "er_status: 'maybe' is not one of positive, negative, unknown."),
        ({"er": ""}, "er_status: '' is not one of positive, negative, unknown."),
        ({"er": 1}, "er_status: '1' is not one of positive, negative, unknown."),
        ({"er": True}, f"er_status: {WORD} true."),
        ({"er": False}, f"er_status: {WORD} false."),
        ({"er": 1.0}, f"er_status: {WORD} the number 1.0."),
        ({"er": {"is": "positive"}}, f"er_status: {WORD} a mapping."),
        ({"er": []}, f"er_status: {WORD} a list."),
        ({"er": ["positive", "negative"]}, f"er_status: {WORD} a list."),
        ({"er": "none"}, "er_status: 'none' is not one of positive, negative, unknown."),
        # a list
        ({"sites": "lever"}, f"metastatic_sites: 'lever' is not one of {SITES}, unknown; did you mean 'liver'?"),
        ({"sites": ["bone", 3]}, "metastatic_sites: takes a list of words, not 3 in it."),
        ({"sites": ["bone", None]}, "metastatic_sites: takes a list of words, not nothing in it."),
        ({"sites": {"bone": "yes"}}, "metastatic_sites: takes a list of words, not a mapping in it."),
        ({"sites": ["none", "bone"]}, f"metastatic_sites: {TWICE_NONE}"),
        ({"sites": ["none", "unknown"]}, f"metastatic_sites: {TWICE_NONE}"),
        ({"sites": "bone,"}, f"metastatic_sites: '' is not one of {SITES}, unknown."),
        (
            {"current": "letrozol"},
            f"current_therapies: 'letrozol' {NOT_A_THERAPY}; did you mean 'letrozole' or 'anastrozole'?",
        ),
        # a number
        ({"metastatic_areas": 0}, f"{AREAS} 0."),
        ({"metastatic_areas": -1}, f"{AREAS} -1."),
        ({"metastatic_areas": 10000}, f"{AREAS} 10000."),
        ({"metastatic_areas": 2.0}, f"{AREAS} the number 2.0."),
        ({"metastatic_areas": float("nan")}, f"{AREAS} the number nan."),
        ({"metastatic_areas": True}, f"{AREAS} true."),
        ({"metastatic_areas": "two"}, f"{AREAS} 'two'."),
        ({"metastatic_areas": "1e3"}, f"{AREAS} '1e3'."),
        ({"metastatic_areas": [1]}, f"{AREAS} a list."),
        ({"prior_regimens": -1}, "prior_regimens: takes a whole number from 0 to 9999, not -1."),
        # a history
        ({"prior": "tamoxyfen"}, f"{PRIOR} 'tamoxyfen' {NOT_A_THERAPY}; did you mean 'tamoxifen'?"),
        ({"prior": "aspirin"}, f"{PRIOR} 'aspirin' {NOT_A_THERAPY}; {LISTED}"),
        ({"prior": "Surgery"}, f"{PRIOR} 'Surgery' {NOT_A_THERAPY}: surgery {NOT_SYSTEMIC}"),
        (
            {"prior": "radiation therapy"},
            f"{PRIOR} 'radiation therapy' {NOT_A_THERAPY}: radiation therapy {NOT_SYSTEMIC}",
        ),
        ({"prior": ["none", "tamoxifen"]}, f"{PRIOR} {TWICE_NONE}"),
        ({"prior": ["none", "none"]}, f"{PRIOR} {TWICE_NONE}"),
        ({"prior": "tamoxifen+none"}, f"{PRIOR} a therapy is missing; {WRITTEN}."),
        ({"prior": "tamoxifen+"}, f"{PRIOR} a therapy is missing; {WRITTEN}."),
        ({"prior": ""}, f"{PRIOR} a therapy is missing; {WRITTEN}."),
        ({"prior": "@adjuvant"}, f"{PRIOR} a therapy is missing; {WRITTEN}."),
        ({"prior": "tamoxifen,letrozole"}, f"{PRIOR} {JOIN}"),
        ({"prior": "tamoxifen@adjuvent"}, f"{PRIOR} {SETTING} 'adjuvent'; did you mean 'adjuvant' or 'neoadjuvant'?"),
        ({"prior": "tamoxifen@adjuvant,metastatic"}, f"{PRIOR} 'metastatic' is given twice; {WRITTEN}."),
        ({"prior": "tamoxifen@reason=progression"}, f"{PRIOR} 'reason=progression' is not understood; {WRITTEN}."),
        ({"prior": "tamoxifen@agents=letrozole"}, f"{PRIOR} 'agents=letrozole' is not understood; {WRITTEN}."),
        ({"prior": "tamoxifen@stopped=relapse"}, f"{PRIOR} {STOPPED} 'relapse'."),
        ({"prior": "tamoxifen@stopped=complete"}, f"{PRIOR} {STOPPED} 'complete'; did you mean 'completed'?"),
        ({"prior": "tamoxifen@months=-1"}, f"{MONTHS} '-1'."),
        ({"prior": "tamoxifen@months=8.5"}, f"{MONTHS} '8.5'."),
        ({"prior": "tamoxifen@months="}, f"{MONTHS} ''."),
        ({"prior": 5}, f"{PRIOR} {WRITTEN_SO} 5."),
        ({"prior": [["tamoxifen"]]}, f"{PRIOR} {WRITTEN_SO} a list."),
        ({"prior": [None, "tamoxifen"]}, f"{PRIOR} {WRITTEN_SO} nothing."),
        ({"prior": [{}]}, f"{PRIOR} {AGENTS} nothing."),
        ({"prior": [{"agents": []}]}, f"{PRIOR} a therapy is missing; {WRITTEN}."),
        ({"prior": [{"agents": ["tamoxifen", 7]}]}, f"{PRIOR} {AGENTS} 7."),
        ({"prior": [{"agents": {"tamoxifen": 1}}]}, f"{PRIOR} {AGENTS} a mapping."),
        ({"prior": [{"agents": ["tamoxifen"], "month": 8}]}, f"{PRIOR} {KEYS} 'month'; did you mean 'months'?"),
        ({"prior": [{"agents": ["tamoxifen"], 3: 8}]}, f"{PRIOR} {KEYS} 3."),
        ({"prior": [{"agents": ["tamoxifen"], "months": True}]}, f"{MONTHS} true."),
        ({"prior": [{"agents": ["tamoxifen"], "months": 8.0}]}, f"{MONTHS} the number 8.0."),
        ({"prior": [{"agents": ["tamoxifen"], "setting": 2}]}, f"{PRIOR} {SETTING} 2."),
        ({"prior": [{"agents": ["tamoxifen"], "stopped": False}]}, f"{PRIOR} {STOPPED} false."),
    ],
)
def test_input_that_is_not_understood_is_refused_with_what_was_expected(given: dict[Any, Any], message: str) -> None:
    """A refusal names the field, what was found, what was expected and the nearest valid words."""
    assert refused(given) == [message]


@pytest.mark.parametrize("word", ["low", "HER2-low", "her2 low", "HER2low", "ultralow"])
def test_her2_low_is_answered_in_words(word: str) -> None:
    """HER2-low is refused, saying that the documents know only positive and negative and that unknown may be given."""
    answer = (
        "The five documents know HER2 only as positive or negative; none of them speaks of HER2-low. "
        "State one of the two, or unknown."
    )
    assert refused({"her2": word}) == [f"her2_status: {word!r}: {answer}"]


@pytest.mark.parametrize("score", ["0", "1+", "2+", "3+", 2, 3])
def test_a_her2_test_score_is_answered_in_words(score: str | int) -> None:
    """A score is a measurement; the documents know only its interpretation."""
    answer = (
        "The five documents give no test score for HER2; they know only positive and negative. "
        "State the interpretation, or unknown."
    )
    assert refused({"her2": score})[0].removeprefix("her2_status: ").partition(": ")[2] == answer


def test_perimenopausal_is_answered_in_words() -> None:
    """A state between the two that the documents know is refused with what they know."""
    assert refused({"menopause": "peri-menopausal"}) == [
        "menopausal_status: 'peri-menopausal': The five documents know only premenopausal and postmenopausal; "
        "none of them speaks of a state between. State one of the two, or unknown."
    ]


@pytest.mark.parametrize("word", ["+", "-", "positive", "negative"])
def test_a_positive_brca_result_is_asked_back(word: str) -> None:
    """A sign or 'positive' for BRCA can be read two ways and is never mapped in silence."""
    assert refused({"brca": word}) == [
        f"brca_status: {word!r}: A positive BRCA result can be read two ways; say mutated or not_mutated. "
        "(cancercare-2024 writes BRCA-positive for mutated.)"
    ]


def test_every_word_that_no_document_speaks_of_is_answered() -> None:
    """Each listed word is refused with its own answer, never taken for a value."""
    for attribute in CATALOG.attributes.values():
        for entry in attribute.not_in_documents:
            for word in entry.words:
                assert refused({attribute.id: word}) == [f"{attribute.id}: {word!r}: {entry.answer}"]


def test_all_problems_are_reported_at_once() -> None:
    """One bad field does not hide the next, nor one bad regimen another."""
    with pytest.raises(ProfileError) as caught:
        read_profile(
            Profile(er="posative", foo=1, sites=["lever", "brian"], prior=["tamoxyfen", "letrozole@adjuvent"]), CATALOG
        )
    assert [(problem.kind, problem.where) for problem in caught.value.problems] == [
        ("unknown-attribute", "foo"),
        ("unknown-value", "er_status"),
        ("unknown-value", "metastatic_sites"),
        ("unknown-value", "metastatic_sites"),
        ("unknown-therapy", "prior_therapies"),
        ("wrong-regimen", "prior_therapies"),
    ]
    assert str(caught.value).splitlines()[-1] == "6 problems"


# Absurd input


def nested(depth: int) -> Any:
    """A list in a list in a list, deeper than Python can print."""
    found: Any = []
    for _ in range(depth):
        found = [found]
    return found


def nested_mapping(depth: int) -> Any:
    """A mapping in a mapping, deeper than Python can print."""
    found: Any = {}
    for _ in range(depth):
        found = {"agents": found}
    return found


ABSURD = [
    pytest.param(nested(100_000), id="deep-list"),
    pytest.param(nested_mapping(100_000), id="deep-mapping"),
    pytest.param((nested(100_000),), id="deep-list-in-a-tuple"),
    pytest.param(10**6000, id="a-number-too-long-to-print"),
    pytest.param(-(10**6000), id="a-negative-number-too-long-to-print"),
    pytest.param("9" * 10_000, id="many-digits"),
    pytest.param("x" * 1_000_000, id="a-million-letters"),
    pytest.param("+" * 10_000, id="ten-thousand-signs"),
    pytest.param(["x"] * 100_000, id="a-long-list"),
    pytest.param("x," * 100_000, id="a-long-list-in-one-word"),
    pytest.param("x+" * 100_000, id="a-long-regimen-in-one-word"),
    pytest.param("\x00\x1b[31m\u202e\ud800", id="control-characters"),
    pytest.param(float("inf"), id="infinity"),
    pytest.param(b"positive", id="bytes"),
    pytest.param(object(), id="an-object"),
    pytest.param({"agents": ["tamoxifen"], "months": 10**6000}, id="months-too-long-to-print"),
    pytest.param({"agents": ["tamoxifen"], "setting": nested(100_000)}, id="a-deep-setting"),
    pytest.param({"agents": ["tamoxifen"], 10**6000: 1}, id="a-key-too-long-to-print"),
    pytest.param("tamoxifen@" + "x=1," * 1000, id="many-details"),
]


@pytest.mark.parametrize("name", ["er", "sites", "prior", "current", "metastatic_areas", "months_to_recurrence"])
@pytest.mark.parametrize("value", ABSURD)
def test_absurd_input_is_a_profile_error_that_can_be_printed(name: str, value: Any) -> None:
    """Nothing that can be put into a profile leads to another error, and every message is short and printable."""
    for message in refused({name: value}):
        assert len(message) < 600
        assert message.isprintable(), message


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\x1b[31mred", id="a-control-character"),
        pytest.param("\ud800", id="half-a-character"),
        pytest.param("x" * 100_000, id="many-letters"),
        pytest.param(7, id="a-number"),
        pytest.param(None, id="nothing"),
        pytest.param(10**6000, id="a-number-too-long-to-print"),
        pytest.param(("er",), id="a-list"),
    ],
)
def test_an_absurd_name_is_a_profile_error_that_can_be_printed(name: Any) -> None:
    """A name that is no word, or cannot be printed, is refused in words that can."""
    (message,) = refused({name: "positive"})
    assert len(message) < 600
    assert message.isprintable(), message


def test_a_list_holds_as_many_entries_as_are_read_and_no_more() -> None:
    """The limit on a list's length is exact, for items, for regimens and for the therapies of one regimen."""
    full = ["bone"] * MAX_ITEMS
    assert read({"sites": full}) == {"metastatic_sites": ["bone"]}
    assert refused({"sites": [*full, "bone"]}) == ["metastatic_sites: holds 201 entries; at most 200 are read."]
    assert refused({"sites": "bone," * 200 + "bone"}) == ["metastatic_sites: holds 201 entries; at most 200 are read."]
    assert len(read({"prior": ["letrozole"] * MAX_ITEMS})["prior_therapies"]) == MAX_ITEMS
    assert refused({"prior": ["letrozole"] * 201}) == ["prior_therapies: holds 201 regimens; at most 200 are read."]
    assert read({"prior": "letrozole+" * 199 + "letrozole"}) == {"prior_therapies": ["letrozole"]}
    assert refused({"prior": "letrozole+" * 200 + "letrozole"}) == [
        "prior_therapies: holds a regimen of 201 therapies; at most 200 are read."
    ]


class Mute:
    """Something that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


class Agreeable(int):
    """A number that says yes to every comparison."""

    def __le__(self, _: object) -> bool:
        return True

    __lt__ = __ge__ = __gt__ = __le__


class Endless(list[Any]):
    """A list without end, to whoever walks through it."""

    def __iter__(self) -> Any:
        while True:
            yield "bone"


class Pretender:
    """Something that fails whoever asks for its class."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError

    def __repr__(self) -> str:
        return "a\nb"


class Word(StrEnum):
    """A word as a program may hold it."""

    POSITIVE = "positive"


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ({"er": Mute()}, "er_status: takes one word (positive, negative), not a value of the type Mute."),
        ({"sites": ["bone", Mute()]}, "metastatic_sites: takes a list of words, not a value of the type Mute in it."),
        ({Mute(): 1}, "a value of the type Mute: is not an attribute of a profile;"),
        ({"prior": [{"agents": [Mute()]}]}, "prior_therapies: a regimen's agents are a list of words, not a value of"),
        ({"prior": [{"agents": "tamoxifen", "setting": Mute()}]}, "prior_therapies: setting is one of"),
        ({"prior": [{"agents": "tamoxifen", Mute(): 1}]}, "prior_therapies: a regimen has agents, setting, stopped"),
        ({"prior": Mute()}, "prior_therapies: a regimen is written"),
        ({"metastatic_areas": Mute()}, "metastatic_areas: takes a whole number from 1 to 9999, not a value of the"),
        ({"metastatic_areas": Agreeable(-5)}, "metastatic_areas: takes a whole number from 1 to 9999, not -5."),
        ({"sites": Endless(["bone"] * 201)}, "metastatic_sites: holds 201 entries; at most 200 are read."),
        ({"er": Pretender()}, "er_status: takes one word (positive, negative), not 'a\\nb'."),
    ],
)
def test_what_a_value_does_by_itself_leads_to_no_other_error(profile: dict[Any, Any], told: str) -> None:
    """A value that cannot be shown is told by its type; one that compares or walks its own way is read as it is."""
    (message,) = refused(profile)
    assert message.startswith(told)


def test_types_derived_from_pythons_own_are_read_as_these() -> None:
    """A number, a word, a list or a mapping of a program's own type means what it holds."""
    assert read({"er": Word.POSITIVE, "metastatic_areas": Agreeable(2), "sites": Endless(["bone"])}) == {
        "er_status": "positive",
        "metastatic_areas": 2,
        "metastatic_sites": ["bone"],
    }
    prior = Endless([OrderedDict(agents=Endless(["tamoxifen"]), months=Agreeable(8))])
    assert read({"prior": prior}) == {"prior_therapies": ["tamoxifen@months=8"]}
    assert type(read({"metastatic_areas": Agreeable(2)})["metastatic_areas"]) is int


def test_a_list_that_is_too_long_is_not_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a list of lists, or in one that is refused by its length, is not read: ten million in no time."""
    seen = []
    scalar = profile_module._scalar

    def counted(value: object) -> Any:
        seen.append(value)
        return scalar(value)

    monkeypatch.setattr(profile_module, "_scalar", counted)
    row = ["bone"] * 100_000
    assert refused({"sites": [row] * 100}) == ["metastatic_sites: takes a list of words, not a list in it."]
    assert refused({"sites": row}) == ["metastatic_sites: holds 100000 entries; at most 200 are read."]
    assert refused({"prior": [{"agents": row}] * 100}) == [
        "prior_therapies: holds a regimen of 100000 therapies; at most 200 are read."
    ]
    refused({"prior": dict.fromkeys(range(100_000), "bone")})
    assert len(seen) < 1000


@given(st.dictionaries(st.sampled_from(sorted(CATALOG.attributes)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
), max_size=3))  # fmt: skip
def test_any_plain_data_is_understood_or_refused(profile: dict[str, Any]) -> None:
    """Whatever JSON can hold is either understood or a profile error; there is no third outcome."""
    try:
        understood = read_profile(Profile(profile), CATALOG)
    except ProfileError as error:
        assert error.problems
    else:
        assert set(understood.plain()) == set(profile)
