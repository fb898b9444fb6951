"""Clinical cases: what each text says of a profile, written by hand from the texts, through both engines.

A comment such as cancercare-2024:64 names a source and the sentence of it that an expectation rests on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mbc_explorer import Profile

if TYPE_CHECKING:
    from mbc_explorer import Explorer, Report

DESCRIBED, UNDETERMINED, NOT_DESCRIBED = "described", "undetermined", "not_described"
SAYS, IF_KNOWN, ELSEWHERE = "says", "would_say_if_known", "says_under_other_conditions"
NOT_USED, TRIAL, CLASS, SILENT = "says_not_used", "investigational", "class_only", "silent"

MSK, BCO, MNT, DFCI, CC = "msk-2016", "breastcancer-org-2022", "mnt-undated", "dana-farber-undated", "cancercare-2024"

View = str | set[str]

HR_POSITIVE = {"er": "+", "pr": "+", "her2": "-"}
TRIPLE_NEGATIVE = {"er": "-", "pr": "-", "her2": "-"}
FIRST_LINE = {**HR_POSITIVE, "menopause": "post", "prior": "none"}

HER2_DRUGS = (
    "trastuzumab", "pertuzumab", "trastuzumab_pertuzumab_chemotherapy", "trastuzumab_emtansine", "lapatinib",
    "margetuximab", "tucatinib", "trastuzumab_deruxtecan", "her2_directed_therapy",
)  # fmt: skip
HORMONE_DRUGS = ("tamoxifen", "fulvestrant", "anastrozole", "letrozole", "exemestane", "aromatase_inhibitor")
SUPPRESSION = ("ovarian_suppression", "oophorectomy", "ovarian_suppression_drugs", "leuprolide", "goserelin")
CDK_DRUGS = ("abemaciclib", "palbociclib", "ribociclib")
CHEMOTHERAPY_DRUGS = (
    "doxorubicin", "pegylated_liposomal_doxorubicin", "epirubicin", "capecitabine", "gemcitabine", "ixabepilone",
    "eribulin", "vinorelbine", "cisplatin", "carboplatin", "paclitaxel", "docetaxel", "albumin_bound_paclitaxel",
)  # fmt: skip
CHEMOTHERAPY_CLASSES = ("anthracycline", "antimetabolite", "antimicrotubule_agent", "platinum_agent", "taxane")


def finds(report: Report, option: str, status: str, *missing: str, **views: View) -> None:
    """An option has this status, these facts are missing, and these sources view it so."""
    found = report.option(option)
    assert (found["status"], found["missing"]) == (status, list(missing)), option
    seen = {view["source"]: set(view["view"]) for view in found["sources"]}
    names = {"msk": MSK, "bco": BCO, "mnt": MNT, "dfci": DFCI, "cc": CC}
    wanted = {names[name]: {view} if isinstance(view, str) else view for name, view in views.items()}
    assert {name: seen[name] for name in wanted} == wanted, option


def criterion(report: Report, rule: str) -> tuple[str, list[str]]:
    """The truth of one rule, and what is missing for it."""
    for option in report.options:
        for source in option["sources"]:
            for found in source["rules"]:
                if found["id"] == rule:
                    return found["criterion"], found["missing"]
    raise KeyError(rule)


# Hormone receptor-positive, HER2-negative, first line, after menopause


@pytest.fixture
def first_line(explorer: Explorer) -> Report:
    """The issue's first example: ER and PR positive, HER2 negative, postmenopausal, never treated."""
    return explorer.explore(Profile(FIRST_LINE))


def test_hormone_therapy_is_described_by_all_five_texts(first_line: Report) -> None:
    """Each text describes hormone therapy for hormone receptor-positive disease, in its own words."""
    # msk-2016:9,25; breastcancer-org-2022:177; mnt-undated:11; dana-farber-undated:92-93; cancercare-2024:28
    # msk-2016:11 also has new hormone treatments in trials; breastcancer-org-2022:197 on stopping it is open.
    finds(
        first_line, "hormone_therapy", DESCRIBED,
        msk={SAYS, TRIAL}, bco={SAYS, IF_KNOWN}, mnt=SAYS, dfci=SAYS, cc=SAYS,
    )  # fmt: skip
    assert criterion(first_line, "cancercare-2024.hormone-therapy-first") == ("met", [])


def test_each_hormonal_drug_is_described_by_the_texts_that_name_it_for_her(first_line: Report) -> None:
    """A text that names only the class is not made to name the drug."""
    # aromatase inhibitors: breastcancer-org-2022:189; mnt-undated:13; cancercare-2024:38
    finds(first_line, "aromatase_inhibitor", DESCRIBED, msk=CLASS, bco=SAYS, mnt=SAYS, dfci=CLASS, cc=SAYS)
    # letrozole: breastcancer-org-2022:182; mnt-undated:27; cancercare-2024:37
    finds(first_line, "letrozole", DESCRIBED, msk=CLASS, bco=SAYS, mnt=SAYS, dfci=CLASS, cc=SAYS)
    # anastrozole, exemestane: mnt-undated names neither
    finds(first_line, "anastrozole", DESCRIBED, msk=CLASS, bco=SAYS, mnt=CLASS, dfci=CLASS, cc=SAYS)
    finds(first_line, "exemestane", DESCRIBED, msk=CLASS, bco=SAYS, mnt=CLASS, dfci=CLASS, cc=SAYS)
    # tamoxifen: mnt-undated:12 is for premenopausal disease; cancercare-2024:34 on young women is open without an age
    finds(first_line, "tamoxifen", DESCRIBED, msk=CLASS, bco=SAYS, mnt=ELSEWHERE, dfci=CLASS, cc={SAYS, IF_KNOWN})
    # fulvestrant: cancercare-2024:40 wants a hormone therapy that did not work; present therapies are not given
    finds(first_line, "fulvestrant", DESCRIBED, bco={SAYS, IF_KNOWN}, mnt=SAYS, cc=IF_KNOWN)


def test_cdk4_6_inhibitors_are_described_each_source_under_its_own_conditions(first_line: Report) -> None:
    """One text asks ER-positive and HER2-negative, one names palbociclib alone, one has them in trials."""
    # dana-farber-undated:79,92-93; cancercare-2024:75; msk-2016:35 (2016) has them under investigation
    finds(first_line, "cdk4_6_inhibitor", DESCRIBED, msk=TRIAL, bco=CLASS, mnt=CLASS, dfci=SAYS, cc=SAYS)
    # palbociclib: mnt-undated:27; cancercare-2024:75. dana-farber-undated names no drug of the class
    finds(first_line, "palbociclib", DESCRIBED, msk=CLASS, bco=CLASS, mnt=SAYS, dfci=CLASS, cc=SAYS)
    finds(first_line, "abemaciclib", DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=CLASS, cc=SAYS)
    finds(first_line, "ribociclib", DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=CLASS, cc=SAYS)


def test_trastuzumab_is_not_described_because_her2_is_negative(first_line: Report) -> None:
    """Every text that names trastuzumab does so for HER2-positive disease, and the reason says so."""
    # mnt-undated:22; dana-farber-undated:94; cancercare-2024:48-52
    finds(
        first_line, "trastuzumab", NOT_DESCRIBED,
        msk=CLASS, bco=CLASS, mnt=ELSEWHERE, dfci=ELSEWHERE, cc=ELSEWHERE,
    )  # fmt: skip
    rules = [rule for source in first_line.option("trastuzumab")["sources"] for rule in source["rules"]]
    assert {rule["reason"] for rule in rules} == {"HER2: positive"}
    assert {rule["criterion"] for rule in rules} == {"not_met"}


def test_alpelisib_is_kept_apart_by_source(first_line: Report) -> None:
    """One text asks for an earlier endocrine therapy, which there was not; the other only for the pathway."""
    # cancercare-2024:90; dana-farber-undated:80
    finds(first_line, "alpelisib", UNDETERMINED, "pi3k_pathway_status", dfci=IF_KNOWN, cc=ELSEWHERE)
    assert criterion(first_line, "cancercare-2024.alpelisib") == ("not_met", [])
    assert criterion(first_line, "dana-farber-undated.alpelisib") == ("unknown", ["pi3k_pathway_status"])


def test_everolimus_with_exemestane_is_described_by_one_text(first_line: Report) -> None:
    """Postmenopausal, hormone-positive, HER2-negative is all that its one text asks."""
    # cancercare-2024:81
    finds(first_line, "everolimus", DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=SILENT, cc=SAYS)


def test_ovarian_suppression_after_menopause_is_described_as_not_used(first_line: Report) -> None:
    """One text says that there is none after menopause; the other speaks of it before menopause only."""
    # mnt-undated:13; cancercare-2024:29
    finds(first_line, "ovarian_suppression", NOT_DESCRIBED, msk=SILENT, mnt=NOT_USED, dfci=SILENT, cc=ELSEWHERE)


def test_chemotherapy_is_described_by_three_texts_and_open_in_one(first_line: Report) -> None:
    """One text waits for hormone therapy to stop working; another counts it among first-line options."""
    # msk-2016:10; breastcancer-org-2022:147; mnt-undated:15; cancercare-2024:107
    finds(first_line, "chemotherapy", DESCRIBED, msk=SAYS, bco={SAYS, IF_KNOWN}, mnt=SAYS, dfci=SILENT, cc=IF_KNOWN)


def test_later_lines_lose_only_what_is_said_of_the_first(explorer: Explorer) -> None:
    """After a regimen for metastatic disease, first-line statements are not met; the others still are."""
    later = explorer.explore(Profile({**FIRST_LINE, "prior": "letrozole@metastatic"}))
    assert criterion(later, "cancercare-2024.hormone-therapy-first") == ("not_met", [])
    assert criterion(later, "mnt-undated.chemotherapy-first-line") == ("not_met", [])
    assert criterion(later, "mnt-undated.hormone-therapy") == ("met", [])
    finds(later, "aromatase_inhibitor", DESCRIBED, bco=SAYS, mnt=SAYS, cc=SAYS)


# ER negative, PR unknown, HER2 negative


@pytest.fixture
def pr_unknown(explorer: Explorer) -> Report:
    """The issue's second example."""
    return explorer.explore(Profile(er="negative", pr="unknown", her2="negative"))


@pytest.mark.parametrize("option", [*CHEMOTHERAPY_DRUGS, *CHEMOTHERAPY_CLASSES[:4], "pembrolizumab"])
def test_triple_negative_options_wait_for_pr(pr_unknown: Report, option: str) -> None:
    """What is described for triple-negative disease is undetermined while PR is unknown."""
    # cancercare-2024:91-98,222
    finds(pr_unknown, option, UNDETERMINED, "pr_status", cc=IF_KNOWN)


def test_triple_negative_options_wait_for_pr_and_what_else_they_ask(pr_unknown: Report) -> None:
    """Two prior therapies and PD-L1 are missing beside PR where a text asks for them."""
    # cancercare-2024:103; dana-farber-undated:96
    finds(pr_unknown, "sacituzumab_govitecan", UNDETERMINED, "pr_status", "prior_therapies", dfci=SILENT, cc=IF_KNOWN)
    finds(pr_unknown, "unnamed_immunotherapy_2019", UNDETERMINED, "pr_status", "pdl1_status", dfci=IF_KNOWN)


def test_talazoparib_waits_for_brca_only(pr_unknown: Report) -> None:
    """PARP inhibitors ask for HER2 and BRCA; olaparib also for earlier chemotherapy; neither for PR."""
    # cancercare-2024:87-88
    finds(pr_unknown, "talazoparib", UNDETERMINED, "brca_status", mnt=CLASS, cc=IF_KNOWN)
    finds(pr_unknown, "olaparib", UNDETERMINED, "brca_status", "prior_therapies", mnt=CLASS, cc=IF_KNOWN)


def test_er_negative_rules_out_what_asks_for_er_itself(pr_unknown: Report) -> None:
    """A text that says ER-positive is not met by PR; one that says either receptor is still open."""
    # cancercare-2024:75 asks ER-positive; mnt-undated:27 estrogen or progesterone receptor-positive
    finds(pr_unknown, "palbociclib", UNDETERMINED, "pr_status", mnt=IF_KNOWN, cc=ELSEWHERE)
    finds(pr_unknown, "abemaciclib", NOT_DESCRIBED, mnt=CLASS, cc=ELSEWHERE)
    finds(pr_unknown, "ribociclib", NOT_DESCRIBED, mnt=CLASS, cc=ELSEWHERE)


def test_hormonal_drugs_wait_for_pr(pr_unknown: Report) -> None:
    """HR is open with ER negative and PR unknown, so what asks for hormone receptors is open."""
    # breastcancer-org-2022:177-183; cancercare-2024:37
    for option in ("anastrozole", "letrozole", "exemestane", "tamoxifen", "fulvestrant", "hormone_therapy"):
        assert pr_unknown.status(option) == UNDETERMINED
        assert "pr_status" in pr_unknown.option(option)["missing"]


@pytest.mark.parametrize("option", HER2_DRUGS)
def test_her2_directed_drugs_are_ruled_out_by_her2_alone(pr_unknown: Report, option: str) -> None:
    """HER2 negative settles them, whatever PR is."""
    assert (pr_unknown.status(option), pr_unknown.option(option)["missing"]) == (NOT_DESCRIBED, [])


def test_a_positive_pr_turns_the_answer_round(explorer: Explorer) -> None:
    """With PR positive the tumor is hormone receptor-positive: no triple-negative option, and hormone therapy."""
    report = explorer.explore(Profile(er="-", pr="+", her2="-"))
    finds(report, "pembrolizumab", NOT_DESCRIBED, cc=ELSEWHERE)
    # breastcancer-org-2022:189,192 would say more of letrozole for a woman after menopause and for a man
    finds(report, "letrozole", DESCRIBED, bco={SAYS, IF_KNOWN}, mnt=IF_KNOWN, cc=SAYS)
    finds(report, "palbociclib", DESCRIBED, mnt=SAYS, cc=ELSEWHERE)


# HER2-positive, after trastuzumab with docetaxel


@pytest.fixture
def after_trastuzumab(explorer: Explorer) -> Report:
    """The issue's third example: one earlier anti-HER2 regimen, with chemotherapy."""
    return explorer.explore(Profile(her2="positive", prior=["trastuzumab+docetaxel"]))


def test_what_needs_one_anti_her2_regimen_is_described(after_trastuzumab: Report) -> None:
    """Lapatinib, tucatinib and T-DM1 are described after trastuzumab with chemotherapy."""
    # lapatinib: cancercare-2024:61; tucatinib: cancercare-2024:66
    finds(after_trastuzumab, "lapatinib", DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=SILENT, cc=SAYS)
    finds(after_trastuzumab, "tucatinib", DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=SILENT, cc=SAYS)
    # T-DM1: mnt-undated:25 after trastuzumab and chemotherapy; cancercare-2024:48,53 asks for HER2 only
    finds(after_trastuzumab, "trastuzumab_emtansine", DESCRIBED, mnt=SAYS, dfci=SILENT, cc=SAYS)


def test_what_needs_two_anti_her2_regimens_is_not_described_after_one(after_trastuzumab: Report) -> None:
    """Margetuximab asks for at least two."""
    # cancercare-2024:64
    finds(after_trastuzumab, "margetuximab", NOT_DESCRIBED, msk=CLASS, mnt=CLASS, cc=ELSEWHERE)
    assert criterion(after_trastuzumab, "cancercare-2024.margetuximab") == ("not_met", [])


def test_trastuzumab_deruxtecan_waits_for_the_time_to_recurrence(after_trastuzumab: Report) -> None:
    """Its text asks for recurrence within 6 months of completing therapy, which the history can tell."""
    # cancercare-2024:68
    finds(after_trastuzumab, "trastuzumab_deruxtecan", UNDETERMINED, "prior_therapies", mnt=CLASS, cc=IF_KNOWN)


def test_what_asks_only_for_her2_is_described_too(after_trastuzumab: Report) -> None:
    """Trastuzumab and pertuzumab are described whatever came before, each text with its own partners."""
    # mnt-undated:22-24; dana-farber-undated:94; cancercare-2024:50-58
    finds(after_trastuzumab, "trastuzumab", DESCRIBED, msk=CLASS, bco=CLASS, mnt=SAYS, dfci=SAYS, cc=SAYS)
    finds(after_trastuzumab, "pertuzumab", DESCRIBED, msk=CLASS, bco=CLASS, mnt=SAYS, dfci=SAYS, cc=SAYS)
    finds(after_trastuzumab, "taxane", DESCRIBED, msk=CLASS, dfci=SAYS, cc=ELSEWHERE)
    # msk-2016:8,22-23 speaks of the class, and of new agents in trials (37)
    finds(after_trastuzumab, "her2_directed_therapy", DESCRIBED, msk={SAYS, TRIAL}, mnt=SAYS)


@pytest.mark.parametrize(
    ("prior", "margetuximab", "tucatinib", "lapatinib"),
    [
        ("none", NOT_DESCRIBED, NOT_DESCRIBED, NOT_DESCRIBED),
        (["docetaxel"], NOT_DESCRIBED, NOT_DESCRIBED, NOT_DESCRIBED),
        (["trastuzumab"], NOT_DESCRIBED, DESCRIBED, NOT_DESCRIBED),
        (["trastuzumab+pertuzumab+docetaxel"], NOT_DESCRIBED, DESCRIBED, DESCRIBED),
        (["trastuzumab+docetaxel", "capecitabine"], NOT_DESCRIBED, DESCRIBED, DESCRIBED),
        (["trastuzumab+docetaxel", "T-DM1"], DESCRIBED, DESCRIBED, DESCRIBED),
        (["T-DM1", "Enhertu"], DESCRIBED, DESCRIBED, NOT_DESCRIBED),
        (["anti-HER2", "anti-HER2"], DESCRIBED, DESCRIBED, NOT_DESCRIBED),
        (["anti-HER2+chemo"], NOT_DESCRIBED, DESCRIBED, UNDETERMINED),
        (["trastuzumab+docetaxel", "unknown"], UNDETERMINED, DESCRIBED, DESCRIBED),
        ("unknown", UNDETERMINED, UNDETERMINED, UNDETERMINED),
    ],
)
def test_earlier_anti_her2_regimens_decide_between_margetuximab_tucatinib_and_lapatinib(
    explorer: Explorer, prior: Any, margetuximab: str, tucatinib: str, lapatinib: str
) -> None:
    """Two regimens, one regimen, and trastuzumab with chemotherapy are three different conditions."""
    # cancercare-2024:64 (at least two), 66 (one or more), 61 (chemotherapy and trastuzumab)
    report = explorer.explore(Profile(her2="+", prior=prior))
    for option, status in (("margetuximab", margetuximab), ("tucatinib", tucatinib), ("lapatinib", lapatinib)):
        finds(report, option, status, *(["prior_therapies"] if status == UNDETERMINED else []))


@pytest.mark.parametrize(
    ("prior", "mnt"),
    [
        (["trastuzumab+docetaxel"], SAYS),
        (["docetaxel", "trastuzumab"], SAYS),
        (["trastuzumab"], ELSEWHERE),
        (["T-DM1"], ELSEWHERE),
        ("none", ELSEWHERE),
        ("unknown", IF_KNOWN),
    ],
)
def test_t_dm1_is_conditional_in_one_text_and_not_in_the_other(explorer: Explorer, prior: Any, mnt: str) -> None:
    """One text asks for earlier trastuzumab and chemotherapy, the other only for HER2; neither bends the other."""
    # mnt-undated:25; cancercare-2024:53
    finds(explorer.explore(Profile(her2="+", prior=prior)), "trastuzumab_emtansine", DESCRIBED, mnt=mnt, cc=SAYS)


@pytest.mark.parametrize(
    ("prior", "status"),
    [
        (["trastuzumab+docetaxel@adjuvant,stopped=completed,months=0"], DESCRIBED),
        (["trastuzumab+docetaxel@adjuvant,stopped=completed,months=6"], DESCRIBED),
        (["trastuzumab+docetaxel@adjuvant,stopped=completed,months=7"], NOT_DESCRIBED),
        (["trastuzumab@months=24", "T-DM1@months=6"], DESCRIBED),
        (["trastuzumab@months=6", "T-DM1@months=24"], NOT_DESCRIBED),
        (["trastuzumab@months=6", "T-DM1@stopped=progression"], DESCRIBED),
        (["trastuzumab@stopped=progression"], NOT_DESCRIBED),
        (["trastuzumab@stopped=completed"], UNDETERMINED),
        ("none", NOT_DESCRIBED),
        ("unknown", UNDETERMINED),
    ],
)
def test_recurrence_within_six_months_includes_the_sixth_and_not_the_seventh(
    explorer: Explorer, prior: Any, status: str
) -> None:
    """Trastuzumab deruxtecan is described up to six months after the last completed regimen."""
    # cancercare-2024:68
    report = explorer.explore(Profile(her2="+", prior=prior))
    finds(report, "trastuzumab_deruxtecan", status, *(["prior_therapies"] if status == UNDETERMINED else []))


def test_a_present_anti_her2_therapy_is_not_an_earlier_one(explorer: Explorer) -> None:
    """Trastuzumab with docetaxel that is being given now makes nothing a later treatment."""
    report = explorer.explore(Profile(her2="+", prior="none", current="trastuzumab+docetaxel"))
    for option in ("lapatinib", "tucatinib", "margetuximab", "trastuzumab_deruxtecan"):
        finds(report, option, NOT_DESCRIBED, cc=ELSEWHERE)


# A man


@pytest.fixture
def man(explorer: Explorer) -> Report:
    """A man with hormone receptor-positive, HER2-negative disease, never treated."""
    return explorer.explore(Profile({**HR_POSITIVE, "sex": "male", "prior": "none"}))


@pytest.mark.parametrize("drug", ["tamoxifen", "anastrozole", "exemestane", "letrozole", "fulvestrant"])
def test_the_asco_sentence_on_men_is_met_for_each_hormonal_drug(man: Report, drug: str) -> None:
    """ASCO's sentence on men covers any of the listed drugs as the first treatment; those on women are not met."""
    # breastcancer-org-2022:192, with the list of 178-183
    assert criterion(man, f"breastcancer-org-2022.asco-men-{drug}") == ("met", [])
    assert man.status(drug) == DESCRIBED


def test_the_asco_sentences_set_the_sexes_apart(explorer: Explorer) -> None:
    """The sentence on men is not met for a woman, those on women not for a man; all wait for an unknown sex."""
    # breastcancer-org-2022:189-190,192
    men, women = "breastcancer-org-2022.asco-men-letrozole", "breastcancer-org-2022.asco-postmenopausal-letrozole"
    truths = {
        sex: [
            criterion(explorer.explore(Profile({**HR_POSITIVE, "sex": sex, "prior": "none"})), rule)
            for rule in (men, women)
        ]
        for sex in ("male", "female", "unknown")
    }
    assert truths == {
        "male": [("met", []), ("not_met", [])],
        "female": [("not_met", []), ("unknown", ["menopausal_status"])],
        "unknown": [("unknown", ["sex"]), ("unknown", ["sex", "menopausal_status"])],
    }


def test_conditions_on_menopause_are_not_met_for_a_man(man: Report) -> None:
    """What is said before or after menopause is said under other conditions, and is never missing."""
    # cancercare-2024:29-33,38,81; mnt-undated:12-13,27; breastcancer-org-2022:189-190
    for option in SUPPRESSION:
        finds(man, option, NOT_DESCRIBED, cc=ELSEWHERE)
    finds(man, "ovarian_suppression", NOT_DESCRIBED, mnt=ELSEWHERE)
    finds(man, "aromatase_inhibitor", NOT_DESCRIBED, msk=CLASS, bco=ELSEWHERE, mnt=ELSEWHERE, cc=ELSEWHERE)
    finds(man, "everolimus", NOT_DESCRIBED, cc=ELSEWHERE)
    finds(man, "fulvestrant", DESCRIBED, mnt=ELSEWHERE, cc=ELSEWHERE)
    finds(man, "letrozole", DESCRIBED, mnt=ELSEWHERE, cc=SAYS)


def test_statements_worded_for_women_rule_a_man_out_nowhere_else(man: Report) -> None:
    """Sex is a condition in the ASCO paragraphs only; CDK4/6 inhibitors and chemotherapy are described for a man."""
    # cancercare-2024:75; mnt-undated:27; breastcancer-org-2022:147; cancercare-2024:34 is open on age alone
    finds(man, "palbociclib", DESCRIBED, mnt=SAYS, cc=SAYS)
    finds(man, "chemotherapy", DESCRIBED, msk=SAYS, mnt=SAYS)
    assert criterion(man, "cancercare-2024.tamoxifen-first") == ("unknown", ["age_group"])
    assert "male-wording" in [note["id"] for note in man.data["notes"]]


def test_a_man_after_a_first_line_is_no_longer_under_the_sentence_on_men(explorer: Explorer) -> None:
    """ASCO's sentence on men is on the first treatment; the lists of drugs still stand."""
    later = explorer.explore(Profile({**HR_POSITIVE, "sex": "male", "prior": "tamoxifen@metastatic"}))
    assert criterion(later, "breastcancer-org-2022.asco-men-hormone-therapy") == ("not_met", [])
    finds(later, "hormone_therapy", DESCRIBED, cc=ELSEWHERE)


# Before menopause, with and without ovarian suppression


@pytest.mark.parametrize(
    ("given", "cancercare"),
    [
        ({"ovarian_suppression": "receiving"}, SAYS),
        ({"current": "goserelin"}, SAYS),
        ({"ovarian_suppression": "not_receiving"}, ELSEWHERE),
        ({}, IF_KNOWN),
    ],
)
def test_an_aromatase_inhibitor_before_menopause_depends_on_suppression_in_one_text(
    explorer: Explorer, given: dict[str, Any], cancercare: str
) -> None:
    """One text asks for ovarian suppression with it; the two others that speak of it before menopause do not."""
    # cancercare-2024:38; breastcancer-org-2022:190; mnt-undated:12
    report = explorer.explore(Profile({**HR_POSITIVE, "menopause": "pre", "prior": "none", **given}))
    finds(report, "aromatase_inhibitor", DESCRIBED, msk=CLASS, bco=SAYS, mnt=SAYS, dfci=CLASS, cc=cancercare)


def test_ovarian_suppression_is_described_before_menopause_by_one_text(explorer: Explorer) -> None:
    """Suppression by drugs or surgery is described whether or not it is already received."""
    # cancercare-2024:29-31; mnt-undated:13 speaks of it after menopause only
    for given in ({}, {"ovarian_suppression": "not_receiving"}, {"ovarian_suppression": "receiving"}):
        report = explorer.explore(Profile({**HR_POSITIVE, "menopause": "pre", "prior": "none", **given}))
        for option in SUPPRESSION:
            finds(report, option, DESCRIBED, msk=SILENT, dfci=SILENT, cc=SAYS)
        finds(report, "ovarian_suppression", DESCRIBED, mnt=ELSEWHERE)


def test_what_is_described_after_menopause_only_is_not_described_before_it(explorer: Explorer) -> None:
    """Everolimus is for postmenopausal disease; letrozole and fulvestrant are so in one text and not in others."""
    # cancercare-2024:81,41,37; mnt-undated:27,12; breastcancer-org-2022:182-183,190
    report = explorer.explore(Profile({**HR_POSITIVE, "menopause": "pre", "prior": "none"}))
    finds(report, "everolimus", NOT_DESCRIBED, cc=ELSEWHERE)
    finds(report, "letrozole", DESCRIBED, bco=SAYS, mnt=ELSEWHERE, cc=SAYS)
    finds(report, "fulvestrant", DESCRIBED, bco={SAYS, IF_KNOWN}, mnt=ELSEWHERE, cc=SAYS)
    finds(report, "tamoxifen", DESCRIBED, bco=SAYS, mnt=SAYS, cc={SAYS, IF_KNOWN})


@pytest.mark.parametrize(
    ("given", "truth"),
    [
        ({"age": "young", "prior": "none"}, ("met", [])),
        ({"age": "young", "prior": "docetaxel@adjuvant"}, ("met", [])),
        ({"age": "young", "prior": "letrozole@adjuvant"}, ("not_met", [])),
        ({"age": "young", "prior": "docetaxel@metastatic"}, ("not_met", [])),
        ({"age": "not_young", "prior": "none"}, ("not_met", [])),
        ({"prior": "none"}, ("unknown", ["age_group"])),
        ({"age": "young"}, ("unknown", ["prior_therapies"])),
        ({"age": "young", "prior": "docetaxel"}, ("unknown", ["prior_therapies"])),
    ],
)
def test_tamoxifen_first_is_for_the_young_without_earlier_hormonal_therapy(
    explorer: Explorer, given: dict[str, Any], truth: tuple[str, list[str]]
) -> None:
    """First treatment, young, and no earlier hormonal therapy in any setting."""
    # cancercare-2024:34
    report = explorer.explore(Profile({**HR_POSITIVE, "menopause": "pre", **given}))
    assert criterion(report, "cancercare-2024.tamoxifen-first") == truth


# Triple-negative


@pytest.mark.parametrize(
    ("pdl1", "status", "missing"),
    [
        ("positive", DESCRIBED, []),
        ("negative", NOT_DESCRIBED, []),
        ("not_tested", UNDETERMINED, ["pdl1_status"]),
        ("unknown", UNDETERMINED, ["pdl1_status"]),
    ],
)
def test_pd_l1_decides_on_one_immunotherapy_and_not_on_the_other(
    explorer: Explorer, pdl1: str, status: str, missing: list[str]
) -> None:
    """The unnamed immunotherapy of 2019 asks for PD-L1; the text on pembrolizumab does not make it a condition."""
    # dana-farber-undated:96; cancercare-2024:222-223
    report = explorer.explore(Profile({**TRIPLE_NEGATIVE, "pdl1": pdl1, "prior": "none"}))
    view = {DESCRIBED: SAYS, NOT_DESCRIBED: ELSEWHERE, UNDETERMINED: IF_KNOWN}[status]
    finds(report, "unnamed_immunotherapy_2019", status, *missing, msk=CLASS, bco=CLASS, mnt=SILENT, dfci=view, cc=CLASS)
    finds(report, "pembrolizumab", DESCRIBED, msk=CLASS, bco=CLASS, mnt=SILENT, dfci=CLASS, cc=SAYS)


def test_chemotherapy_of_every_class_is_described_for_triple_negative_disease(explorer: Explorer) -> None:
    """One text lists five classes and thirteen drugs; another describes chemotherapy and names no drug."""
    # cancercare-2024:92-98; msk-2016:30
    report = explorer.explore(Profile({**TRIPLE_NEGATIVE, "prior": "none"}))
    for option in (*CHEMOTHERAPY_DRUGS, *CHEMOTHERAPY_CLASSES):
        finds(report, option, DESCRIBED, msk=CLASS, bco=CLASS, mnt=CLASS, cc=SAYS)
    finds(report, "chemotherapy", DESCRIBED, msk=SAYS, mnt=ELSEWHERE, dfci=SILENT, cc=SAYS)
    assert criterion(report, "cancercare-2024.chemotherapy-first-triple-negative") == ("met", [])


def test_hormone_therapy_is_described_as_not_used_for_triple_negative_disease(explorer: Explorer) -> None:
    """One text says that it does not work without the receptors; the others speak of it for those who have them."""
    # breastcancer-org-2022:184; msk-2016:11 (new hormone treatments in trials)
    report = explorer.explore(Profile({**TRIPLE_NEGATIVE, "prior": "none", "current": "none"}))
    finds(
        report, "hormone_therapy", NOT_DESCRIBED,
        msk=TRIAL, bco=NOT_USED, mnt=ELSEWHERE, dfci=ELSEWHERE, cc=ELSEWHERE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prior", "status"),
    [
        ("none", NOT_DESCRIBED),
        (["docetaxel"], NOT_DESCRIBED),
        (["doxorubicin+docetaxel"], NOT_DESCRIBED),
        (["docetaxel@neoadjuvant", "capecitabine@adjuvant"], DESCRIBED),
        (["docetaxel", "pembrolizumab+carboplatin", "eribulin"], DESCRIBED),
        (["docetaxel", "unknown"], UNDETERMINED),
        ("unknown", UNDETERMINED),
    ],
)
def test_sacituzumab_govitecan_takes_two_prior_regimens(explorer: Explorer, prior: Any, status: str) -> None:
    """Two regimens in any setting; two drugs of one regimen are one."""
    # cancercare-2024:103
    profile = Profile({**TRIPLE_NEGATIVE, "prior": prior})
    missing = ["prior_therapies"] if status == UNDETERMINED else []
    finds(explorer.explore(profile), "sacituzumab_govitecan", status, *missing, msk=SILENT, mnt=SILENT)


# BRCA: talazoparib and olaparib


@pytest.mark.parametrize("receptors", [HR_POSITIVE, TRIPLE_NEGATIVE], ids=["hr-positive", "triple-negative"])
@pytest.mark.parametrize(
    ("brca", "prior", "statuses"),
    [
        ("mutated", "none", (DESCRIBED, NOT_DESCRIBED)),
        ("mutated", ["letrozole"], (DESCRIBED, NOT_DESCRIBED)),
        ("mutated", ["docetaxel@adjuvant"], (DESCRIBED, DESCRIBED)),
        ("mutated", ["letrozole", "capecitabine"], (DESCRIBED, DESCRIBED)),
        ("mutated", ["chemotherapy"], (DESCRIBED, DESCRIBED)),
        ("mutated", ["sacituzumab govitecan"], (DESCRIBED, NOT_DESCRIBED)),
        ("mutated", ["systemic therapy"], (DESCRIBED, UNDETERMINED)),
        ("mutated", "unknown", (DESCRIBED, UNDETERMINED)),
        ("not_mutated", ["docetaxel"], (NOT_DESCRIBED, NOT_DESCRIBED)),
        ("not_mutated", "unknown", (NOT_DESCRIBED, NOT_DESCRIBED)),
    ],
)
def test_earlier_chemotherapy_sets_olaparib_apart_from_talazoparib(
    explorer: Explorer, receptors: dict[str, str], brca: str, prior: Any, statuses: tuple[str, str]
) -> None:
    """Both ask for BRCA and HER2-negative, only olaparib for earlier chemotherapy, neither for hormone receptors."""
    # cancercare-2024:87-88
    talazoparib, olaparib = statuses
    report = explorer.explore(Profile({**receptors, "brca": brca, "prior": prior}))
    finds(report, "talazoparib", talazoparib)
    finds(report, "olaparib", olaparib, *(["prior_therapies"] if olaparib == UNDETERMINED else []))


def test_a_brca_test_that_was_not_done_is_what_is_missing(explorer: Explorer) -> None:
    """Not tested is unknown to the rules, and kept as not tested in the profile."""
    report = explorer.explore(Profile({**TRIPLE_NEGATIVE, "brca": "not tested", "prior": "docetaxel"}))
    assert report.data["profile"]["brca_status"] == "not_tested"
    finds(report, "talazoparib", UNDETERMINED, "brca_status", cc=IF_KNOWN)
    finds(report, "olaparib", UNDETERMINED, "brca_status", cc=IF_KNOWN)


# Alpelisib, source by source


@pytest.mark.parametrize(
    ("given", "status", "views", "missing"),
    [
        ({"pik3ca": "mutated", "prior": "letrozole"}, DESCRIBED, (SAYS, SAYS), []),
        ({"pik3ca": "mutated", "prior": "none"}, DESCRIBED, (SAYS, ELSEWHERE), []),
        ({"pik3ca": "mutated", "prior": "docetaxel"}, DESCRIBED, (SAYS, ELSEWHERE), []),
        ({"pik3ca": "mutated", "prior": "goserelin"}, DESCRIBED, (SAYS, ELSEWHERE), []),
        ({"pik3ca": "mutated", "prior": "none", "current": "tamoxifen"}, DESCRIBED, (SAYS, ELSEWHERE), []),
        ({"pik3ca": "mutated"}, DESCRIBED, (SAYS, IF_KNOWN), []),
        ({"pi3k": "mutated", "prior": "letrozole"}, DESCRIBED, (SAYS, IF_KNOWN), []),
        ({"pik3ca": "not_mutated", "prior": "letrozole"}, UNDETERMINED, (IF_KNOWN, ELSEWHERE), ["pi3k_pathway_status"]),
        ({"pi3k": "not_mutated", "prior": "letrozole"}, NOT_DESCRIBED, (ELSEWHERE, ELSEWHERE), []),
        ({"pik3ca": "mutated", "prior": "letrozole", "her2": "+"}, DESCRIBED, (SAYS, ELSEWHERE), []),
        ({"pik3ca": "mutated", "prior": "letrozole", "er": "-", "pr": "-"}, NOT_DESCRIBED, (ELSEWHERE, ELSEWHERE), []),
        (
            {"prior": "letrozole"}, UNDETERMINED, (IF_KNOWN, IF_KNOWN),
            ["pik3ca_status", "pi3k_pathway_status"],
        ),
    ],
)  # fmt: skip
def test_alpelisib_has_two_texts_with_conditions_of_their_own(
    explorer: Explorer, given: dict[str, Any], status: str, views: tuple[str, str], missing: list[str]
) -> None:
    """One asks HR, HER2, PIK3CA and earlier endocrine therapy; the other HR and any mutation in the pathway."""
    # cancercare-2024:90; dana-farber-undated:80
    report = explorer.explore(Profile({**HR_POSITIVE, **given}))
    finds(report, "alpelisib", status, *missing, msk=CLASS, bco=CLASS, mnt=CLASS, dfci=views[0], cc=views[1])


def test_each_rule_on_alpelisib_cites_its_own_text(explorer: Explorer) -> None:
    """The two statements are never merged: each has its own anchor and partner."""
    sources = explorer.explore(Profile(HR_POSITIVE)).option("alpelisib")["sources"]
    cited = {
        rule["id"]: ([sentence["number"] for sentence in rule["anchor"]["sentences"]], rule["with"])
        for source in sources
        for rule in source["rules"]
    }
    assert cited == {
        "dana-farber-undated.alpelisib": ([80], ["hormone_therapy"]),
        "cancercare-2024.alpelisib": ([90], ["fulvestrant"]),
    }


# Controls: for whom an option may not be described


CONTROLS = {
    "triple-negative, never treated": (
        {**TRIPLE_NEGATIVE, "menopause": "post", "prior": "none", "brca": "not_mutated", "pdl1": "negative"},
        (*HER2_DRUGS, *HORMONE_DRUGS, *SUPPRESSION, *CDK_DRUGS, "hormone_therapy", "everolimus", "alpelisib",
         "talazoparib", "olaparib", "unnamed_immunotherapy_2019", "sacituzumab_govitecan"),
    ),
    "hormone receptor-positive, HER2-negative, after menopause, never treated": (
        {**FIRST_LINE, "brca": "not_mutated", "pi3k": "not_mutated"},
        (*HER2_DRUGS, *SUPPRESSION, *CHEMOTHERAPY_DRUGS, *CHEMOTHERAPY_CLASSES, "talazoparib", "olaparib", "alpelisib",
         "pembrolizumab", "unnamed_immunotherapy_2019", "sacituzumab_govitecan"),
    ),
    "HER2-positive, hormone receptor-negative, never treated": (
        {"er": "-", "pr": "-", "her2": "+", "brca": "mutated", "pi3k": "mutated", "pdl1": "+", "prior": "none"},
        (*HORMONE_DRUGS, *SUPPRESSION, *CDK_DRUGS, "hormone_therapy", "everolimus", "alpelisib", "mtor_inhibitor",
         "parp_inhibitor", "talazoparib", "olaparib", "lapatinib", "margetuximab", "tucatinib",
         "trastuzumab_deruxtecan", "pembrolizumab", "unnamed_immunotherapy_2019", "sacituzumab_govitecan",
         *CHEMOTHERAPY_DRUGS, "anthracycline", "platinum_agent"),
    ),
    "HER2-positive and hormone receptor-positive, after menopause": (
        {"er": "+", "pr": "+", "her2": "+", "menopause": "post", "prior": "none", "brca": "mutated"},
        (*CDK_DRUGS, *SUPPRESSION, "everolimus", "talazoparib", "olaparib", "pembrolizumab",
         "sacituzumab_govitecan"),
    ),
    "a man": (
        {**HR_POSITIVE, "sex": "male", "prior": "none"},
        (*SUPPRESSION, *HER2_DRUGS, "aromatase_inhibitor", "everolimus", "sacituzumab_govitecan"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("profile", "options"), CONTROLS.values(), ids=list(CONTROLS))
def test_an_option_is_not_described_for_whom_no_text_describes_it(
    explorer: Explorer, profile: dict[str, Any], options: tuple[str, ...]
) -> None:
    """Control profiles: each of these options is not described, and nothing that is missing could change that."""
    report = explorer.explore(Profile(profile))
    found = {option: (report.status(option), report.option(option)["missing"]) for option in options}
    assert found == dict.fromkeys(options, (NOT_DESCRIBED, []))


def test_her2_positive_disease_is_not_without_any_description(explorer: Explorer) -> None:
    """The controls are not met by an empty answer: what asks only for HER2 is described for the same profile."""
    report = explorer.explore(Profile(CONTROLS["HER2-positive, hormone receptor-negative, never treated"][0]))
    for option in ("trastuzumab", "pertuzumab", "trastuzumab_emtansine", "taxane", "her2_directed_therapy"):
        assert report.status(option) == DESCRIBED


# Investigational, class only, silent


@pytest.mark.parametrize(
    "option", ["akt_inhibitor", "mutated_estrogen_receptor_drug", "androgen_receptor_drug", "mutation_targeted_drug"]
)
@pytest.mark.parametrize(
    "profile", [{}, FIRST_LINE, TRIPLE_NEGATIVE], ids=["nothing", "hr-positive", "triple-negative"]
)
def test_what_is_only_a_topic_of_trials_is_not_described(
    explorer: Explorer, option: str, profile: dict[str, Any]
) -> None:
    """Drugs under study in one text of 2016 are shown as investigational, whatever the profile."""
    # msk-2016:35-36,40
    finds(explorer.explore(Profile(profile)), option, NOT_DESCRIBED, msk=TRIAL, dfci=SILENT)


def test_a_topic_of_trials_in_one_text_is_described_by_another(explorer: Explorer) -> None:
    """Under study in 2016 and described later are two views, never merged."""
    # msk-2016:35,37; dana-farber-undated:79,90; cancercare-2024:218-222; breastcancer-org-2022:205
    report = explorer.explore(Profile())
    finds(report, "cdk4_6_inhibitor", DESCRIBED, msk=TRIAL, dfci={SAYS, IF_KNOWN}, cc=IF_KNOWN)
    finds(report, "immunotherapy", DESCRIBED, msk=TRIAL, bco=SAYS, mnt=SILENT, dfci=TRIAL, cc=SAYS)


@pytest.mark.parametrize(
    "profile", [{}, FIRST_LINE, TRIPLE_NEGATIVE], ids=["nothing", "hr-positive", "triple-negative"]
)
@pytest.mark.parametrize(
    ("option", "views"),
    [
        # msk-2016 names no drug; dana-farber-undated:94 says taxane and names none of them
        ("docetaxel", {"msk": CLASS, "bco": CLASS, "mnt": CLASS, "dfci": CLASS}),
        ("capecitabine", {"msk": CLASS, "bco": CLASS, "mnt": CLASS, "dfci": SILENT}),
        ("pertuzumab", {"msk": CLASS, "bco": CLASS}),
        ("lapatinib", {"msk": CLASS, "bco": CLASS, "mnt": CLASS, "dfci": SILENT}),
        ("abemaciclib", {"msk": CLASS, "bco": CLASS, "mnt": CLASS, "dfci": CLASS}),
        ("anastrozole", {"msk": CLASS, "mnt": CLASS, "dfci": CLASS}),
        ("pembrolizumab", {"msk": CLASS, "bco": CLASS, "mnt": SILENT, "dfci": CLASS}),
        # antibody-drug conjugates: cancercare-2024:104 alone speaks of them
        ("sacituzumab_govitecan", {"msk": SILENT, "bco": SILENT, "mnt": SILENT, "dfci": SILENT}),
        ("leuprolide", {"msk": SILENT, "bco": SILENT, "mnt": CLASS, "dfci": SILENT}),
        # breastcancer-org-2022:217 speaks of bone medicines and names none
        ("denosumab", {"msk": SILENT, "bco": CLASS, "mnt": SILENT, "dfci": SILENT}),
        ("egg_freezing", {"msk": SILENT, "bco": SILENT, "mnt": SILENT, "dfci": SILENT}),
        ("cryoablation", {"msk": SILENT, "mnt": SILENT, "dfci": SILENT, "cc": SILENT}),
    ],
)
def test_a_text_that_speaks_only_of_the_class_or_not_at_all_is_shown_so(
    explorer: Explorer, profile: dict[str, Any], option: str, views: dict[str, View]
) -> None:
    """Class only and silent are properties of a text; no profile changes them, and a class never lends its status."""
    report = explorer.explore(Profile(profile))
    finds(report, option, report.status(option), *report.option(option)["missing"], **views)


# Nothing known


def test_nothing_known_is_not_nothing_said(explorer: Explorer) -> None:
    """Without any fact, what has no condition is described and what has one is undetermined; little is ruled out."""
    report = explorer.explore(Profile())
    # chemotherapy: msk-2016:10, breastcancer-org-2022:147; targeted therapy: cancercare-2024:45 names both HER2 results
    for option in ("chemotherapy", "targeted_therapy", "immunotherapy", "surgery", "palliative_care"):
        assert report.status(option) == DESCRIBED
    for option in (*HER2_DRUGS, *HORMONE_DRUGS, *CDK_DRUGS, *CHEMOTHERAPY_DRUGS, "alpelisib", "olaparib"):
        assert report.status(option) == UNDETERMINED
    finds(report, "trastuzumab", UNDETERMINED, "her2_status")
    finds(report, "olaparib", UNDETERMINED, "her2_status", "brca_status", "prior_therapies")


@pytest.mark.parametrize("status", ["positive", "negative"])
def test_targeted_therapy_is_described_for_either_her2_result(explorer: Explorer, status: str) -> None:
    """A condition that both results meet is met while the result is unknown, and stays so."""
    # cancercare-2024:44-45
    for given in ({}, {"her2": "not_tested"}, {"her2": status}):
        assert criterion(explorer.explore(Profile(given)), "cancercare-2024.targeted-therapy") == ("met", [])
