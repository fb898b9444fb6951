"""Minimal pairs: complete, consistent, one fact apart, told apart by the rule, and the same for the same seed."""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from command_line import Ran, mbc, process
from mbc_explorer import Explorer, Profile, boundaries, pairs
from mbc_explorer.cli.pairs import LONG, _told
from mbc_explorer.condition import attribute_of, facts_read
from mbc_explorer.minimal_pairs import drawn
from mbc_explorer.published import ErrorOut, PairsOut
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Catalog

Plain = dict[str, Any]
SIDES = {"met": "met", "not_met": "not_met"}
SEEDS = {0: 1, 11: 5}
"""Which seeds are tried, and which of the boundaries with each: all of them, or every fifth."""
MOST_SECONDS = 30
"""So long may all pairs take."""

FOLLOWING = {
    ("breastcancer-org-2022.radiation-pain", "symptom_level"),  # pain is a symptom, and so are the three others
    ("breastcancer-org-2022.radiation-bleeding", "symptom_level"),
    ("breastcancer-org-2022.radiation-airway", "symptom_level"),
    ("breastcancer-org-2022.radiation-nerve", "symptom_level"),
    ("cancercare-2024.targeted-therapy", "her2_status"),  # HER2 positive or negative: everybody
    ("cancercare-2024.trastuzumab-deruxtecan", "prior_regimens>=1"),  # months after a therapy, so there was one
}
"""Criteria that follow from the others of their rule: there is no boundary on which they decide alone."""


@lru_cache
def made_with(seed: int, catalog: Catalog) -> list[Plain]:
    """A pair for each boundary of each rule, or for some of them, made with a seed."""
    start = process_time()
    found = list(pairs(Explorer(catalog), boundaries(catalog.rules.values(), catalog)[:: SEEDS[seed]], seed))
    assert process_time() - start < MOST_SECONDS
    return found


@pytest.fixture(params=SEEDS)
def some(request: pytest.FixtureRequest, catalog: Catalog) -> list[Plain]:
    """Pairs made with each seed."""
    return made_with(request.param, catalog)


@pytest.fixture
def made(catalog: Catalog) -> list[Plain]:
    """A pair for each boundary of each rule."""
    return made_with(0, catalog)


def sides(found: list[Plain]) -> list[tuple[Plain, str]]:
    """Each pair with each of its sides."""
    return [(pair, side) for pair in found for side in SIDES]


def names(pair: Plain) -> str:
    """What a pair is of, for a message."""
    return f"{pair['rule']}: {pair['fact']}"


# What is promised of every pair


def test_every_criterion_that_decides_has_a_boundary_and_every_boundary_a_pair(
    catalog: Catalog, made: list[Plain]
) -> None:
    """Of each fact that a rule asks about there is a pair, but for those that follow from its others."""
    asked = {(rule.id, fact) for rule in catalog.rules.values() for fact in facts_read(rule.condition)}
    found = boundaries(catalog.rules.values(), catalog)
    assert asked - {(boundary.rule.id, boundary.fact) for boundary in found} == FOLLOWING
    assert [pair["rule"] for pair in made] == [boundary.rule.id for boundary in found]
    assert [names(pair) for pair in made if pair["differ"] is None] == []
    assert len({(pair["rule"], pair["fact"]) for pair in made}) == len(made) > 350


def test_both_cases_are_complete_and_consistent_and_the_rule_tells_them_apart(
    explorer: Explorer, some: list[Plain]
) -> None:
    """By each engine: accepted as it is, every fact known, every rule settled, this one met and not met."""
    for pair, side in sides(some):
        case = explorer.case(Profile(pair[side]["profile"]))
        assert case.plain == pair[side]["profile"], names(pair)
        assert set(case.known) == set(explorer.catalog.facts), names(pair)
        assert "unknown" not in case.truths.values(), names(pair)
        assert case.truths[pair["rule"]] == SIDES[side], names(pair)
        assert case.statuses[pair["option"]] == pair[side]["status"], names(pair)
        rules = explorer.catalog.rules_of[pair["option"]]
        holding = [rule.id for rule in rules if case.truths[rule.id] == "met"]
        assert [rule["rule"] for rule in pair[side]["says"]] == holding, names(pair)


def test_the_cases_differ_in_one_fact(catalog: Catalog, some: list[Plain]) -> None:
    """One attribute is stated otherwise, by one item, one regimen or one detail; the rest is alike or follows."""
    explorer = Explorer(catalog, "reference")
    for pair in some:
        met, not_met = (pair[side]["profile"] for side in SIDES)
        both = [name for name in met if name in not_met]
        (name,) = [name for name in both if met[name] != not_met[name]]
        assert pair["differ"] == {"attribute": name, "met": met[name], "not_met": not_met[name]}, names(pair)
        assert is_a_step(name, met[name], not_met[name]), names(pair)
        for one, other in ((met, not_met), (not_met, met)):
            known = explorer.case(Profile({key: one[key] for key in one if key in both})).known
            left_out = {fact for fact in catalog.facts if attribute_of(fact) in other.keys() - one.keys()}
            assert left_out <= set(known), names(pair)


def is_a_step(name: str, one: Any, other: Any) -> bool:
    """Whether two statements are one step apart."""
    if not isinstance(one, list):
        return True
    if name != "prior_therapies":
        return len(set(one) ^ set(other)) == 1
    few, many = sorted((one, other), key=len)
    if len(few) < len(many):
        return any(few == many[:place] + many[place + 1 :] for place in range(len(many)))
    ((first, second),) = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return sum(a != b for a, b in zip(parts(first), parts(second), strict=True)) == 1 and (
        len(parts(first)[0] ^ parts(second)[0]) <= 1
    )


def parts(regimen: str) -> tuple[set[str], str, str]:
    """A regimen's drugs, its setting, and how it ended with the months since."""
    agents, _, details = regimen.partition("@")
    setting, _, ended = details.partition(",")
    return set(agents.split("+")), setting, ended


def test_what_follows_is_what_differs_beyond_the_statement(catalog: Catalog, made: list[Plain]) -> None:
    """Each fact of another attribute that is known otherwise is told, with both texts; and no other."""
    explorer = Explorer(catalog, "reference")
    for pair in made[::7]:
        met, not_met = (explorer.case(Profile(pair[side]["profile"])).known for side in SIDES)
        facts = [fact for fact in catalog.facts if met[fact] != not_met[fact]]
        others = [attribute_of(fact) for fact in facts if attribute_of(fact) != pair["differ"]["attribute"]]
        assert [row["attribute"] for row in pair["follows"]] == others, names(pair)
        assert all(row["met"] != row["not_met"] for row in pair["follows"]), names(pair)


def test_a_status_turns_wherever_no_other_document_describes_the_option_anyway(made: list[Plain]) -> None:
    """Most pairs turn the option's status; where it stays described, another statement is named that holds."""
    turning = [pair for pair in made if pair["met"]["status"] != pair["not_met"]["status"]]
    assert len(turning) > 2 / 3 * len(made)
    for pair in made:
        told = pair["not_met"]
        describing = [rule for rule in told["says"] if rule["stance"] == "describes"]
        assert bool(describing) == (told["status"] == "described"), names(pair)
        assert pair["rule"] not in [rule["rule"] for rule in told["says"]], names(pair)


# By hand, from the texts


def pair_of(found: list[Plain], rule: str, fact: str) -> Plain:
    """The pair of a rule for a criterion."""
    (pair,) = [pair for pair in found if (pair["rule"], pair["fact"]) == (rule, fact)]
    return pair


@pytest.mark.parametrize(
    ("rule", "fact", "attribute", "values"),
    [
        # cancercare-2024:88: BRCA-positive, HER2-negative, after chemotherapy
        ("cancercare-2024.olaparib", "BRCA: mutated", "brca_status", ("mutated", "not_mutated")),
        ("cancercare-2024.olaparib", "HER2: negative", "her2_status", ("negative", "positive")),
        # cancercare-2024:90: PIK3CA-mutated
        ("cancercare-2024.alpelisib", "PIK3CA: mutated", "pik3ca_status", ("mutated", "not_mutated")),
        # mnt-undated:27: HER2-negative
        ("mnt-undated.palbociclib", "HER2: negative", "her2_status", ("negative", "positive")),
        # dana-farber-undated:96: positive for PD-L1
        ("dana-farber-undated.immunotherapy-pd-l1", "PD-L1: positive", "pdl1_status", ("positive", "negative")),
        # breastcancer-org-2022:189: women, by the same sentence those after menopause
        ("breastcancer-org-2022.asco-postmenopausal-letrozole", "menopausal status: postmenopausal",
         "menopausal_status", ("postmenopausal", "premenopausal")),
        ("breastcancer-org-2022.asco-postmenopausal-letrozole", "sex: female", "sex", ("female", "male")),
        # breastcancer-org-2022:192: for men
        ("breastcancer-org-2022.asco-men-tamoxifen", "sex: male", "sex", ("male", "female")),
        # cancercare-2024:34: young, and no hormonal therapy before
        ("cancercare-2024.tamoxifen-first", "age: young", "age_group", ("young", "not_young")),
    ],
)  # fmt: skip
def test_a_fact_of_a_sentence_tells_the_cases_apart(
    made: list[Plain], rule: str, fact: str, attribute: str, values: tuple[str, str]
) -> None:
    """A receptor, a mutation, a sex: the value that the sentence asks for, and another."""
    differ = {"attribute": attribute, **dict(zip(SIDES, values, strict=True))}
    assert pair_of(made, rule, fact)["differ"] == differ


def test_months_are_told_apart_at_the_month_that_the_sentence_names(made: list[Plain]) -> None:
    """Within 6 months of completing therapy: 6 months are, 7 are not (cancercare-2024:68)."""
    rule = "cancercare-2024.trastuzumab-deruxtecan"
    differ = pair_of(made, rule, "months from the last regimen to recurrence: at most 6")["differ"]
    assert differ["attribute"] == "prior_therapies"
    ((met, not_met),) = [pair for pair in zip(differ["met"], differ["not_met"], strict=True) if pair[0] != pair[1]]
    assert met.endswith(",stopped=completed,months=6")
    assert not_met == met.replace("months=6", "months=7")


@pytest.mark.parametrize(
    ("rule", "fact", "number"),
    [
        ("cancercare-2024.margetuximab", "earlier anti-HER2 regimens: at least 2", 2),  # cancercare-2024:64
        ("cancercare-2024.tucatinib", "earlier anti-HER2 regimens: at least 1", 1),  # cancercare-2024:66
        ("cancercare-2024.sacituzumab-govitecan", "earlier regimens: at least 2", 2),  # cancercare-2024:103
    ],
)
def test_regimens_are_told_apart_at_the_number_that_the_sentence_names(
    catalog: Catalog, made: list[Plain], rule: str, fact: str, number: int
) -> None:
    """At least two regimens, or one or more: just as many as are asked for, and one fewer."""
    differ = pair_of(made, rule, fact)["differ"]
    regimens = [
        [row for row in differ[side] if "anti-HER2" not in fact or "her2_directed_therapy" in kinds_of([row], catalog)]
        for side in SIDES
    ]
    assert [len(rows) for rows in regimens] == [number, number - 1]


def kinds_of(regimens: list[str], catalog: Catalog) -> set[str]:
    """The drugs of regimens, and every category that these are filed under."""
    agents = [agent for regimen in regimens for agent in regimen.partition("@")[0].split("+")]
    return {kind for agent in agents for kind in catalog.implied[agent]}


def test_both_earlier_treatments_are_needed_where_the_sentence_joins_them(catalog: Catalog, made: list[Plain]) -> None:
    """T-DM1 after trastuzumab and chemotherapy (mnt-undated:25): each is lacking once while the other was given."""
    rule = "mnt-undated.trastuzumab-emtansine"
    for item, other in (("trastuzumab", "chemotherapy"), ("chemotherapy", "trastuzumab")):
        pair = pair_of(made, rule, f"earlier therapies include {item}")
        given = {side: kinds_of(pair[side]["profile"]["prior_therapies"], catalog) for side in SIDES}
        assert {item, other} <= given["met"]
        assert item not in given["not_met"]
        assert other in given["not_met"]


def test_the_first_line_turns_on_treatment_of_the_metastatic_disease(made: list[Plain]) -> None:
    """Treatment of an earlier stage leaves the first line open, treatment for metastatic disease does not."""
    pair = pair_of(made, "cancercare-2024.chemotherapy-first-triple-negative", "line of therapy: first")
    met, not_met = (pair["differ"][side] for side in SIDES)
    assert not any("@metastatic" in regimen for regimen in met)
    assert any("@metastatic" in regimen for regimen in not_met)


def test_what_follows_from_the_fact_is_told_with_it(made: list[Plain]) -> None:
    """With ER, whether the disease is triple-negative; with sex, that menopause is no question (cancercare-2024:93)."""
    receptors = pair_of(made, "cancercare-2024.epirubicin-triple-negative", "triple-negative disease: present")
    assert receptors["differ"]["attribute"] in ("er_status", "pr_status", "her2_status")
    told = {"attribute": "triple_negative", "met": "triple-negative disease: present"}
    assert {**told, "not_met": "triple-negative disease: absent"} in receptors["follows"]
    men = pair_of(made, "breastcancer-org-2022.asco-men-tamoxifen", "sex: male")
    follows = {row["attribute"]: row["met"] for row in men["follows"]}
    assert follows["menopausal_status"] == "menopausal status: not applicable"


# The same for the same seed


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    """Nothing hangs on the process, the order of hashes, or what was asked before."""
    words = ("pairs", "tamoxifen", "--seed", "5", "--json")
    here = mbc(*words)
    assert here.code == 0
    assert {process(*words, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")} == {here}


def test_a_pair_does_not_hang_on_which_others_are_asked_for(catalog: Catalog) -> None:
    """The pair of a boundary is the same alone and among all of its option."""
    explorer = Explorer(catalog, "reference")
    found = boundaries(catalog.rules_of["alpelisib"], catalog)
    together = list(pairs(explorer, found, 3))
    assert [next(pairs(explorer, [boundary], 3)) for boundary in reversed(found)] == together[::-1]
    assert len(together) >= 4  # cancercare-2024:90 names four things


def test_other_seeds_give_other_cases(catalog: Catalog) -> None:
    """Five seeds make five different cases of the same boundary."""
    (boundary,) = [b for b in boundaries(catalog.rules.values(), catalog) if b.rule.id == "mnt-undated.trastuzumab"]
    explorer = Explorer(catalog, "reference")
    cases = [next(pairs(explorer, [boundary], seed))["met"]["profile"] for seed in range(5)]
    assert len({json.dumps(case) for case in cases}) == 5
    assert {case["her2_status"] for case in cases} == {"positive"}  # mnt-undated:22


def test_some_are_drawn_by_the_seed_in_their_order(catalog: Catalog) -> None:
    """As many as asked for, each once, in reading order; the same for a seed; all where more are asked for."""
    found = boundaries(catalog.rules.values(), catalog)
    some = drawn(found, 9, 4)
    assert some == drawn(found, 9, 4) == sorted(some, key=found.index)
    assert (len(set(some)), drawn(found, 9, 5) == some) == (9, False)
    assert drawn(found, len(found) + 1) == found


# The command


def told(*words: str) -> PairsOut:
    """The JSON of the command, valid by its published shape."""
    ran = mbc("pairs", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    return PairsOut.model_validate_json(ran.out)


def test_the_json_is_the_librarys_data_and_valid_by_its_shape(catalog: Catalog, made: list[Plain]) -> None:
    """For the whole rule base: the envelope, and then what the library made, unchanged."""
    ran = mbc("pairs", "--json")
    data = json.loads(ran.out)
    assert PairsOut.model_validate_json(ran.out).boundaries == len(data["pairs"])
    assert list(data) == ["schema_version", "disclaimer", "software", "knowledge", "seed", "boundaries", "pairs"]
    assert data["pairs"] == made
    assert data["knowledge"] == {"version": catalog.version, "digest": catalog.digest}


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["olaparib"], {"cancercare-2024.olaparib"}),
        (["Lynparza"], {"cancercare-2024.olaparib"}),
        (["olaparip-", "--source"], None),
        (["cancercare-2024:88"], {"cancercare-2024.olaparib"}),
        (["cancercare-2024.olaparib", "cancercare-2024.margetuximab"],
         {"cancercare-2024.olaparib", "cancercare-2024.margetuximab"}),
        (["T-DM1", "--source", "mnt-undated"], {"mnt-undated.trastuzumab-emtansine"}),
        (["cancercare-2024.tamoxifen-first/until-suppressed"], {"cancercare-2024.tamoxifen-first"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_rules_are_asked_for_by_any_name(words: list[str], rules: set[str] | None) -> None:
    """An option, a brand, a sentence, a statement, another reading of a rule; a source narrows them."""
    if rules is None:
        assert mbc("pairs", *words).code == 2
        return
    assert {pair.rule for pair in told(*words).pairs} == rules


def test_a_category_an_attribute_and_a_source_lead_to_their_rules(catalog: Catalog) -> None:
    """A category to the rules below it, an attribute to what turns on it or on what follows, a source to its own."""
    below = {pair.option for pair in told("her2_directed_therapy").pairs}
    assert {"trastuzumab", "tucatinib", "trastuzumab_emtansine", "her2_directed_therapy"} <= below
    assert "tamoxifen" not in below
    turning = told("brca_status").pairs
    assert "cancercare-2024.olaparib" in {pair.rule for pair in turning}
    assert {pair.fact for pair in turning} == {"BRCA: mutated"}
    assert {"ER: positive", "HR: positive", "triple-negative disease: present"} <= {p.fact for p in told("er").pairs}
    own = {rule.id for rule in catalog.rules.values() if rule.source == "msk-2016" and not rule.always}
    assert {pair.rule for pair in told("msk-2016").pairs} == own
    assert {pair.rule for pair in told("--source", "msk-2016").pairs} == own


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["olaparip"], "'olaparip' is nothing that the knowledge holds; did you mean 'olaparib' or "),
        (["visceral crisis"], "'visceral crisis' is nothing that the knowledge holds"),
        (["taxane", "--source", "mnt"], "--source: 'mnt' is not a known source; it is one of "),
        (["--limit", "0"], "Invalid value for '--limit': 0 is not in the range x>=1. "),
        (["--limit", "many"], "Invalid value for '--limit': 'many' is not a valid int"),
        (["--seed", "x"], "Invalid value for '--seed': 'x' is not a valid int"),
        (["--engine", "x"], "engine: 'x' is not one of durable, reference."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_understood_is_told_as_text_and_as_json(words: list[str], line: str) -> None:
    """Exit code 2, the wrong word and what was expected, and as JSON where JSON is asked for."""
    text, as_json = mbc("pairs", *words), mbc("pairs", *words, "--json")
    assert (text.code, text.out, as_json.code, as_json.err) == (2, "", 2, "")
    assert text.err.splitlines()[1].startswith(line)
    (problem,) = ErrorOut.model_validate_json(as_json.out).error.problems
    assert f"{problem.where}: {problem.message}".removeprefix(": ").startswith(line)


def test_a_name_without_rules_says_so(catalog: Catalog) -> None:
    """A word of the glossary, or a difference, is known, and no rule is on it."""
    difference = next(iter(catalog.differences))
    assert mbc("pairs", difference).err.splitlines()[1] == f"{difference!r} is a difference on which there is no rule."


def test_rules_that_hold_for_everybody_have_no_pair() -> None:
    """A statement without a condition turns on nothing, and that is no error."""
    assert told("msk-2016.clinical-trials").pairs == []
    ran = mbc("pairs", "msk-2016.clinical-trials")
    assert ran.code == 0
    assert "0 pairs. Seed 0." in ran.out
    assert "No statement that is asked for has a criterion that tells cases apart." in ran.out


@pytest.mark.parametrize("words", [[], ["--details"]], ids=["short", "details"])
def test_the_text_fits_and_is_plain(words: list[str]) -> None:
    """80 columns, no color in a pipe, the disclaimer at the end, and every pair of the rules."""
    ran = mbc("pairs", "tamoxifen", "lapatinib", *words)
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if len(line) > 80 or line != line.rstrip()] == []
    assert "\x1b" not in ran.out
    assert DISCLAIMER in " ".join(ran.out.split())
    assert ran.out.count("It turns on ") == len(told("tamoxifen", "lapatinib").pairs)


def test_the_text_tells_a_pair_in_the_words_of_the_knowledge() -> None:
    """The statement with document, date and sentence, both cases, what the option is, and what is alike."""
    text = " ".join(mbc("pairs", "olaparib").out.split())
    assert "CancerCare, 2024-02-19: her2-negative, sentence 88, says: Olaparib has approval for" in text
    assert (
        "It turns on BRCA: mutated A: BRCA: mutated The statement holds; the option is described. B: BRCA: not mutated "
        "The statement does not hold; the option is not described. In both: HER2: negative; earlier therapies: "
    ) in text
    whole = " ".join(mbc("pairs", "olaparib", "--details").out.split())
    assert "Not asked about, in both: ER: " in whole


def test_the_pairs_can_be_written_to_a_file(tmp_path: Path) -> None:
    """`--output` holds what would have been printed, as text and as JSON."""
    for more in ([], ["--json"]):
        target = tmp_path / "pairs"
        assert mbc("pairs", "olaparib", *more, "--output", str(target)) == Ran(0, "", f"wrote {target}\n")
        assert target.read_text(encoding="utf-8") == mbc("pairs", "olaparib", *more).out


class _Watched:
    """A stderr that somebody watches, or not."""

    def __init__(self, watched: bool) -> None:
        self._watched = watched
        self.told = ""

    def isatty(self) -> bool:
        return self._watched

    def write(self, text: str) -> None:
        self.told += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(("number", "watched"), [(LONG, True), (LONG, False), (LONG - 1, True)])
def test_progress_is_told_on_a_terminal_and_for_long_work_only(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, number: int, watched: bool
) -> None:
    """How many pairs are done, on one line that is gone at the end; nothing in a pipe or for a few pairs."""
    stderr = _Watched(watched)
    monkeypatch.setattr(sys, "stderr", stderr)
    asked = boundaries(catalog.rules.values(), catalog)[:number]
    assert len(list(_told(iter([{}] * number), asked))) == number
    lines = stderr.told.split("\r")
    if watched and number >= LONG:
        assert lines[1] == f"1 of {number} pairs"
        assert lines[-2:] == [" " * 24, ""]
    else:
        assert stderr.told == ""
