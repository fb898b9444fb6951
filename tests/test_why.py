"""Why an option is described, why not, and what is nearest: what a reader of the five texts expects, and how it reads.

The expectations on what the documents say are written by hand from their sentences, never copied from the output.
"""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from command_line import EXAMPLES, Ran, mbc
from mbc_explorer import Explorer, Profile, load_catalog, nearest, why, why_not
from mbc_explorer.cli.options import option_words
from mbc_explorer.counterfactuals import KINDS
from mbc_explorer.published import MODELS, ErrorOut
from mbc_explorer.render.page import Page, Twig
from mbc_explorer.render.reasons import render_why, render_why_not
from mbc_explorer.render.ways import FEW, HEADINGS, render_nearest
from mbc_explorer.render.words import assignment, folded, slots_text
from mbc_explorer.report import DISCLAIMER, enveloped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mbc_explorer import Case

Plain = dict[str, Any]

WIDTH = 80
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = ("why", "why-not", "nearest")
DEMONSTRATION = shlex.split("--er + --pr + --her2 - --menopause postmenopausal --prior none")
FULL: Plain = {
    "er": "positive", "pr": "negative", "her2": "negative", "brca": "not_mutated", "pik3ca": "mutated",
    "menopause": "premenopausal", "ovarian_suppression": "receiving", "sites": ["bone", "liver", "lung"],
    "metastatic_areas": 5, "symptoms": ["bone_pain"], "disease_status": "progressing", "presentation": "recurrent",
    "prior": [
        "docetaxel@neoadjuvant", "tamoxifen@adjuvant,stopped=completed,months=30",
        "letrozole+palbociclib@metastatic,stopped=progression", "capecitabine@metastatic,stopped=side_effects",
    ],
    "current": ["fulvestrant", "alpelisib"],
}  # fmt: skip
"""A case of which much is known."""


@cache
def the_explorer() -> Explorer:
    """An explorer; which engine answers makes no difference to what is explained."""
    return Explorer(load_catalog(), "reference")


@cache
def the_cases() -> dict[str, Case]:
    """Nothing known, much known, and each example profile."""
    stored = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in EXAMPLES}
    return {name: the_explorer().case(Profile(given)) for name, given in {"empty": {}, "full": FULL, **stored}.items()}


def answer(*words: str) -> Plain:
    """The JSON of a command that succeeds."""
    ran = mbc(*words, "--json")
    assert (ran.code, ran.err) == (0, "")
    found: Plain = json.loads(ran.out)
    return found


def flat(text: str) -> str:
    """Text without its line breaks, indentation and the lines of its trees."""
    return " ".join(re.sub(r"[├└│─]", " ", text).split())


def sentences(rule: Plain) -> tuple[int, ...]:
    """The numbers of the sentences that a rule's statement stands in."""
    return tuple(row["number"] for row in rule["anchor"]["sentences"])


def rules(found: Plain, source: str) -> dict[tuple[int, ...], Plain]:
    """The rules of a source in an answer, by the sentences of their statements."""
    return {sentences(rule): rule for view in found["sources"] if view["source"] == source for rule in view["rules"]}


def criteria(tree: Plain) -> Iterator[Plain]:
    """The criteria of a tree."""
    if tree["kind"] == "criterion":
        yield tree
    for part in tree["parts"]:
        yield from criteria(part)


def cited(origin: Plain) -> set[str]:
    """The sentences that an origin, and all that it rests on, cites, as `source:number`."""
    own = {f"{cite['source']}:{number}" for cite in origin["citations"] for number in cite["sentences"]}
    return own.union(*map(cited, origin["from"]))


# What the documents say: why


class Held(NamedTuple):
    """A statement that holds: the profile, the option, the source, the sentences, and its criteria that decide."""

    profile: str
    option: str
    source: str
    sentences: tuple[int, ...]
    criteria: tuple[str, ...]


HELD = [
    # "Hormonal therapy medicines … are used … hormone receptor-positive"; a list of them names letrozole.
    Held("--er +", "letrozole", "breastcancer-org-2022", (182,), ("HR: positive",)),
    # ASCO on women after menopause: letrozole is one of the three named.
    Held("--er + --menopause postmenopausal", "letrozole", "breastcancer-org-2022", (189,),
         ("HR: positive", "sex: female", "menopausal status: postmenopausal")),
    # HER2-negative, ER- or PR-positive: palbociclib; letrozole and fulvestrant after menopause only.
    Held("--er - --pr + --her2 -", "palbociclib", "mnt-undated", (27,), ("HER2: negative", "PR: positive")),
    # Each CDK4/6 inhibitor of the list is for ER-positive, HER2-negative disease.
    Held("--er + --her2 -", "abemaciclib", "cancercare-2024", (77,), ("ER: positive", "HER2: negative")),
    # AIs: after menopause, or before it under ovarian suppression.
    Held("--er + --menopause premenopausal --ovarian-suppression receiving", "aromatase_inhibitor", "cancercare-2024",
         (38,), ("HR: positive", "menopausal status: premenopausal", "ovarian suppression: receiving")),
    # BRCA-positive, HER2-negative, previously treated with chemotherapy.
    Held("--her2 - --brca mutated --prior docetaxel", "olaparib", "cancercare-2024", (88,),
         ("HER2: negative", "BRCA: mutated", "earlier therapies include chemotherapy")),
    # T-DM1 when treatment has already involved trastuzumab and chemotherapy.
    Held("--her2 + --prior trastuzumab+docetaxel", "trastuzumab_emtansine", "mnt-undated", (25,),
         ("HER2: positive", "earlier therapies include trastuzumab", "earlier therapies include chemotherapy")),
    # At least two anti-HER2 regimens; T-DM1 is one of them.
    Held("--her2 + --prior trastuzumab+docetaxel --prior T-DM1", "margetuximab", "cancercare-2024", (64,),
         ("HER2: positive", "earlier anti-HER2 regimens: at least 2")),
    # Triple-negative and at least two prior therapies, of whatever kind.
    Held("--er - --pr - --her2 - --prior docetaxel --prior capecitabine", "sacituzumab_govitecan", "cancercare-2024",
         (103,), ("triple-negative disease: present", "earlier regimens: at least 2")),
    # Men: any hormonal therapy medicine as the first treatment.
    Held("--sex male --er + --prior none", "tamoxifen", "breastcancer-org-2022", (192,),
         ("HR: positive", "sex: male", "line of therapy: first")),
    # No response any more to an aromatase inhibitor: fulvestrant.
    Held("--er + --prior letrozole@stopped=progression", "fulvestrant", "breastcancer-org-2022", (191,),
         ("HR: positive", "therapies that stopped working include aromatase inhibitors")),
]  # fmt: skip


@pytest.mark.parametrize("held", HELD, ids=lambda held: f"{held.option}, {held.source}:{held.sentences[0]}")
def test_why_names_the_statement_and_the_criteria_that_hold(held: Held) -> None:
    """The statement's sentences, and the criteria on which it rests, each met, with the fact that meets it."""
    found = answer("why", held.option, *shlex.split(held.profile))
    rule = rules(found, held.source)[held.sentences]
    deciding = [criterion for criterion in criteria(rule["tree"]) if criterion["decides"]]
    assert sorted(criterion["text"] for criterion in deciding) == sorted(held.criteria)
    assert {criterion["truth"] for criterion in deciding} == {rule["tree"]["truth"]} == {"met"}
    assert None not in [criterion["origin"] for criterion in deciding]
    assert found["option"]["status"] == "described"


class Origin(NamedTuple):
    """Where a criterion's fact comes from: how, the facts it rests on, whose words say so, and their sentences."""

    profile: str
    option: str
    criterion: str
    how: str
    basis: str | None
    rests_on: tuple[str, ...]
    sentences: frozenset[str]


def origin_row(profile: str, option: str, criterion: str, how: str, *rests_on: str, says: str = "") -> Any:
    """A row of the next test; `says` names the sentences that it rests on, and the curator where it is his step."""
    told = frozenset(word for word in says.split() if ":" in word)
    basis = "curator" if "curator" in says else "stated" if told else None
    return pytest.param(
        Origin(profile, option, criterion, how, basis, rests_on, told), id=f"{criterion} ({how}: {profile})"
    )


@pytest.mark.parametrize(
    "wanted",
    [
        origin_row("--er + --her2 -", "palbociclib", "ER: positive", "entered"),
        # receptors for estrogen and/or progesterone are hormone-positive
        origin_row("--er + --pr -", "letrozole", "HR: positive", "derived", "ER: positive", says="cancercare-2024:14"),
        origin_row("--er - --pr +", "letrozole", "HR: positive", "derived", "PR: positive", says="cancercare-2024:14"),
        # no receptors for estrogen or progesterone and no overabundance of HER2
        origin_row("--er - --pr - --her2 - --prior docetaxel --prior capecitabine", "sacituzumab_govitecan",
                   "triple-negative disease: present", "derived", "HR: negative", "HER2: negative",
                   says="cancercare-2024:14 cancercare-2024:22"),
        # goserelin is one of the drugs of ovarian suppression; that who is given one receives it is a curator's step
        origin_row("--er + --menopause premenopausal --current goserelin", "aromatase_inhibitor",
                   "ovarian suppression: receiving", "derived", "sex: female",
                   "present therapies include ovarian suppression", says="curator cancercare-2024:31"),
        # a PIK3CA mutation lies in the PI3-kinase pathway: no document says so
        origin_row("--er + --pik3ca mutated", "alpelisib", "PI3-kinase pathway: mutated", "derived", "PIK3CA: mutated",
                   says="curator"),
        origin_row("--sex male --er + --prior none", "tamoxifen", "line of therapy: first", "derived",
                   "earlier regimens for metastatic disease: none", says="curator"),
        origin_row("--er + --menopause postmenopausal", "letrozole", "sex: female", "derived",
                   "menopausal status: postmenopausal", says="curator"),
        # docetaxel is named as a taxane among the chemotherapies
        origin_row("--her2 - --brca mutated --prior docetaxel", "olaparib", "earlier therapies include chemotherapy",
                   "read", says="cancercare-2024:98"),
        # letrozole is named as an aromatase inhibitor
        origin_row("--er + --prior letrozole@stopped=progression", "fulvestrant",
                   "therapies that stopped working include aromatase inhibitors", "read", says="cancercare-2024:37"),
        origin_row("--her2 + --prior trastuzumab+docetaxel", "tucatinib", "earlier anti-HER2 regimens: at least 1",
                   "read"),
        origin_row("--her2 + --prior trastuzumab+docetaxel", "lapatinib", "earlier therapies include trastuzumab",
                   "entered"),
    ],
)  # fmt: skip
def test_a_fact_says_where_it_comes_from(wanted: Origin) -> None:
    """Entered; read from an entry, filed by a document; or concluded from other facts, by a document or a curator."""
    found = answer("why", wanted.option, *shlex.split(wanted.profile))
    trees = [rule["tree"] for view in found["sources"] for rule in view["rules"]]
    origin = next(
        one["origin"]
        for tree in trees
        for one in criteria(tree)
        if one["text"] == wanted.criterion and one["truth"] == "met"
    )
    assert (origin["how"], origin["text"], origin["basis"]) == (wanted.how, wanted.criterion, wanted.basis)
    assert tuple(fact["text"] for fact in origin["from"]) == wanted.rests_on
    assert wanted.sentences <= cited(origin)
    assert (origin["given"] is None) == (wanted.how == "derived")


@pytest.mark.parametrize(
    ("prior", "option", "criterion", "entries"),
    [
        (["letrozole@adjuvant,stopped=completed,months=30", "exemestane@stopped=progression", "docetaxel"],
         "fulvestrant", "therapies that stopped working include aromatase inhibitors",
         ["exemestane@stopped=progression"]),
        (["docetaxel@neoadjuvant", "trastuzumab", "capecitabine"], "lapatinib",
         "earlier therapies include chemotherapy", ["docetaxel@neoadjuvant", "capecitabine"]),
        (["trastuzumab+pertuzumab", "docetaxel", "T-DM1"], "margetuximab",
         "earlier anti-HER2 regimens: at least 2", ["trastuzumab+pertuzumab", "trastuzumab_emtansine"]),
        (["trastuzumab@stopped=completed,months=20", "docetaxel@stopped=completed,months=4"], "trastuzumab_deruxtecan",
         "months from the last regimen to recurrence: at most 6", ["docetaxel@stopped=completed,months=4"]),
    ],
    ids=["stopped", "holds a class", "counted", "the last"],
)  # fmt: skip
def test_of_a_history_those_regimens_are_named_that_count(
    prior: list[str], option: str, criterion: str, entries: list[str]
) -> None:
    """The one that stopped working; those that hold a class; those that are counted; the last that was completed."""
    case = the_explorer().case(Profile(er="positive", her2="positive", presentation="recurrent", prior=prior))
    trees = [rule["tree"] for view in why(case, option)["sources"] for rule in view["rules"]]
    (told, *_) = [one["origin"]["entries"] for tree in trees for one in criteria(tree) if one["text"] == criterion]
    assert told == entries


def test_another_reading_says_what_it_comes_to() -> None:
    """HER2-positive after T-DM1 alone: by the other reading its parts count as earlier trastuzumab and chemotherapy."""
    found = answer("why-not", "lapatinib", "--her2", "+", "--prior", "T-DM1")
    rule = rules(found, "cancercare-2024")[61,]
    assert rule["criterion"] == "not_met"
    assert "met" in [reading["criterion"] for reading in rule["readings"]]
    text = flat(mbc("why-not", "lapatinib", "--her2", "+", "--prior", "T-DM1").out)
    for reading in rule["readings"]:
        shown = reading["criterion"] != rule["criterion"]
        assert (f"read otherwise [{reading['criterion'].replace('_', ' ')}]: {reading['because']}" in text) == shown


# What the documents say: why not


class Failed(NamedTuple):
    """A statement that does not hold: the profile, option, source and sentences, and what blocks it."""

    profile: str
    option: str
    source: str
    sentences: tuple[int, ...]
    blocked_by: list[set[str]]


@pytest.mark.parametrize(
    "failed",
    [
        # the chemotherapy is lacking, and that alone; whether BRCA is mutated is not known
        Failed("--er + --her2 - --prior none", "olaparib", "cancercare-2024", (88,),
               [{"earlier therapies include chemotherapy"}]),
        # before menopause and without suppression: it takes both to block the one sentence
        Failed("--er + --menopause premenopausal --ovarian-suppression not_receiving", "aromatase_inhibitor",
               "cancercare-2024", (38,), [{"menopausal status: postmenopausal", "ovarian suppression: receiving"}]),
        # either is enough to block
        Failed("--her2 - --prior none", "tucatinib", "cancercare-2024", (66,),
               [{"HER2: positive"}, {"earlier anti-HER2 regimens: at least 1"}]),
        # HER2 alone, or both hormone receptors together
        Failed("--er - --pr - --her2 +", "palbociclib", "mnt-undated", (27,),
               [{"HER2: negative"}, {"ER: positive", "PR: positive"}]),
        # two drugs of one regimen are one regimen
        Failed("--her2 + --prior trastuzumab+pertuzumab", "margetuximab", "cancercare-2024", (64,),
               [{"earlier anti-HER2 regimens: at least 2"}]),
        Failed("--her2 + --presentation recurrent --prior trastuzumab@stopped=completed,months=7",
               "trastuzumab_deruxtecan", "cancercare-2024", (68,),
               [{"months from the last regimen to recurrence: at most 6"}]),
        # a question that does not apply to a man is not met
        Failed("--sex male --er +", "ovarian_suppression", "cancercare-2024", (29,),
               [{"menopausal status: premenopausal"}]),
    ],
    ids=lambda failed: f"{failed.option}, {failed.source}:{failed.sentences[0]}",
)  # fmt: skip
def test_why_not_names_the_smallest_sets_that_block(failed: Failed) -> None:
    """Each set is enough by itself, and none of its criteria can be left out."""
    found = answer("why-not", failed.option, *shlex.split(failed.profile))
    rule = rules(found, failed.source)[failed.sentences]
    told = [{criterion["text"] for criterion in blocking["criteria"]} for blocking in rule["blocked_by"]]
    assert sorted(map(sorted, told)) == sorted(map(sorted, failed.blocked_by))
    assert {one["truth"] for blocking in rule["blocked_by"] for one in blocking["criteria"]} == {"not_met"}
    assert rule["settled_by"] == []
    assert None not in [one["origin"] for blocking in rule["blocked_by"] for one in blocking["criteria"]]


@pytest.mark.parametrize(
    ("profile", "option", "where", "met", "not_met"),
    [
        ("--er - --her2 -", "sacituzumab_govitecan", ("cancercare-2024", 103),
         [{"PR: negative", "earlier regimens: at least 2"}], [{"PR: positive"}, {"earlier regimens: at most 1"}]),
        ("--her2 - --brca mutated", "olaparib", ("cancercare-2024", 88),
         [{"earlier therapies include chemotherapy"}], [{"earlier therapies do not include chemotherapy"}]),
        ("--her2 + --prior trastuzumab+docetaxel", "trastuzumab_deruxtecan", ("cancercare-2024", 68),
         [{"months from the last regimen to recurrence: at most 6"}],
         [{"months from the last regimen to recurrence: at least 7 or not applicable"}]),
        ("--her2 -", "palbociclib", ("mnt-undated", 27),
         [{"ER: positive"}, {"PR: positive"}], [{"ER: negative", "PR: negative"}]),
    ],
    ids=["PR and history", "history", "months", "either receptor"],
)  # fmt: skip
def test_why_not_names_the_smallest_sets_that_settle(
    profile: str, option: str, where: tuple[str, int], met: list[set[str]], not_met: list[set[str]]
) -> None:
    """Of a statement that is unknown: what would meet it and what would not, no fact of which is idle."""
    found = answer("why-not", option, *shlex.split(profile))
    rule = rules(found, where[0])[where[1],]
    for criterion, wanted in (("met", met), ("not_met", not_met)):
        sets = [row["facts"] for row in rule["settled_by"] if row["criterion"] == criterion]
        told = [{fact["text"] for fact in facts} for facts in sets]
        assert sorted(map(sorted, told)) == sorted(map(sorted, wanted))
    assert rule["blocked_by"] == []


def test_why_not_shows_who_says_that_it_is_not_used() -> None:
    """Hormonal therapy does not work on hormone receptor-negative cancer (breastcancer-org-2022:184)."""
    words = ("why-not", "hormone_therapy", "--er", "-", "--pr", "-")
    view = next(view for view in answer(*words)["sources"] if view["source"] == "breastcancer-org-2022")
    told = {sentences(rule): rule for rule in view["other_stances"]}
    assert (told[184,]["stance"], told[184,]["criterion"]) == ("describes_as_not_used", "met")
    assert f"sentence 184, says it is not used or not usual: {told[184,]['paraphrase']}" in flat(mbc(*words).out)


@pytest.mark.parametrize(
    ("option", "profile", "stance", "criterion"),
    [
        ("akt_inhibitor", "", "investigational", "met"),
        ("surgery_for_recurrence", "", "describes_as_not_used", "unknown"),
        ("surgery_for_recurrence", "--presentation recurrent", "describes_as_not_used", "met"),
    ],
)
def test_an_option_that_nothing_describes_shows_what_is_said_of_it(
    option: str, profile: str, stance: str, criterion: str
) -> None:
    """It is under study, or not used; no change leads to it."""
    found = answer("why-not", option, *shlex.split(profile))
    others = [rule for view in found["sources"] for rule in view["other_stances"]]
    assert (stance, criterion) in {(rule["stance"], rule["criterion"]) for rule in others}
    assert [rule for view in found["sources"] for rule in view["rules"]] == []
    assert "None of the documents describe a use of it, whatever the profile." in flat(
        mbc("why-not", option, *shlex.split(profile)).out
    )
    assert answer("nearest", option, *shlex.split(profile))["ways"] == []
    assert f"No change leads to it; `mbc why-not {option}`" in flat(mbc("nearest", option, *shlex.split(profile)).out)


def test_an_option_that_is_described_already() -> None:
    """`why-not` shows the statements that do not hold, or that all do; `nearest` has nothing to change."""
    words = ("letrozole", "--er", "+", "--menopause", "premenopausal")
    found = answer("why-not", *words)
    assert (found["option"]["status"], list(rules(found, "breastcancer-org-2022"))) == ("described", [(189,), (192,)])
    assert "Shown are the statements that do not hold; `mbc why letrozole`" in flat(mbc("why-not", *words).out)
    every = flat(mbc("why-not", "trastuzumab", "--her2", "+").out)
    assert "Every statement that describes it holds; `mbc why trastuzumab`" in every
    assert answer("nearest", *words)["ways"] == []
    assert "Nothing has to change. `mbc why letrozole`" in flat(mbc("nearest", *words).out)


def test_an_option_that_is_not_described_has_nothing_for_why() -> None:
    """`why` says that no statement holds, and who speaks of it how."""
    text = mbc("why", "trastuzumab", "--her2", "-").out
    assert "No statement on it holds for this profile; `mbc why-not trastuzumab` tells why." in flat(text)
    others = text.partition("The other documents")[2]
    assert "Under other conditions: Medical News Today, undated; Dana-Farber" in flat(others)
    assert "Speaks of the class only: Memorial Sloan Kettering Cancer Center, 2016-10-27; Breastcancer.org" in flat(
        others
    )


# What the documents say: nearest


class Near(NamedTuple):
    """A way to a statement: the profile, option, source and sentences, and the changes with their kinds."""

    profile: str
    option: str
    where: tuple[str, int]
    changes: dict[str, tuple[Any, str]]


@pytest.mark.parametrize(
    "near",
    [
        Near("--er + --her2 - --prior none", "olaparib", ("cancercare-2024", 88),
             {"brca_status": ("mutated", "unknown"), "prior_therapies": (["chemotherapy"], "can_change")}),
        Near("--her2 - --brca mutated", "olaparib", ("cancercare-2024", 88),
             {"prior_therapies": (["chemotherapy", "unknown"], "unknown")}),
        # the biology of a tumor can change over time
        Near("--her2 -", "trastuzumab", ("cancercare-2024", 52), {"her2_status": ("positive", "can_change")}),
        Near("--her2 + --prior trastuzumab", "margetuximab", ("cancercare-2024", 64),
             {"prior_therapies": (["trastuzumab", "her2_directed_therapy"], "can_change")}),
        # a regimen that was given cannot be taken back: the first treatment of men is past
        Near("--er - --pr - --prior docetaxel@metastatic", "tamoxifen", ("breastcancer-org-2022", 192),
             {"er_status": ("positive", "can_change"), "sex": ("male", "unknown"),
              "prior_therapies": ("none", "cannot_change")}),
        Near("--sex male --er + --pr +", "ovarian_suppression", ("cancercare-2024", 29),
             {"sex": ("female", "cannot_change"), "menopausal_status": ("premenopausal", "can_change")}),
    ],
    ids=lambda near: f"{near.option} ({near.profile})",
)  # fmt: skip
def test_nearest_names_the_smallest_changes_and_their_kinds(near: Near) -> None:
    """What is merely unknown, what can come to be otherwise, and what cannot change."""
    found = answer("nearest", near.option, *shlex.split(near.profile))
    ways = [way for way in found["ways"] if (way["source"], *sentences(way)) == near.where]
    told = [{row["attribute"]: (row["to"], row["kind"]) for row in way["changes"]} for way in ways]
    assert near.changes in told


def test_a_change_says_which_facts_it_brings_about() -> None:
    """Of its own attribute, and of a history also what is taken from it."""
    words = ("--her2", "-", "--prior", "trastuzumab")
    (way,) = answer("nearest", "margetuximab", *words)["ways"]
    assert {row["attribute"]: row["facts"] for row in way["changes"]} == {
        "her2_status": ["HER2: positive"],
        "prior_therapies": ["earlier anti-HER2 regimens: at least 2"],
    }
    told = (
        "HER2: positive (now negative); and earlier anti-HER2 regimens: at least 2 (now earlier therapies: trastuzumab)"
    )
    assert told in flat(mbc("nearest", "margetuximab", *words).out)


@pytest.mark.parametrize(
    ("profile", "option"),
    [
        ("--er + --her2 - --prior none", "olaparib"),
        ("--her2 + --prior trastuzumab+docetaxel@adjuvant", "margetuximab"),
        ("--sex male --er + --pr +", "ovarian_suppression"),
        ("--her2 + --prior trastuzumab@metastatic --prior T-DM1@metastatic", "tamoxifen"),
        ("--er - --pr unknown --her2 -", "sacituzumab_govitecan"),
        ("", "fulvestrant"),
        ("", "another_chemotherapy"),
        ("", "local_treatment_of_few_metastases"),
    ],
)
def test_every_way_can_be_typed_and_leads_to_the_option(profile: str, option: str) -> None:
    """What is shown after `--set`, given to `mbc what-if` as it stands, makes the option appear."""
    words = shlex.split(profile)
    text = mbc("nearest", option, "--all", *words).out
    found = re.findall(r"(?:for example )?(--set .+?)(?=\n[│ ]*[├└])", text, re.DOTALL)
    assert found
    for typed in found:
        changes = shlex.split(flat(typed))
        after = answer("what-if", *words, *changes)
        assert option in [row["id"] for row in after["options"] if row["move"] == "appears"], changes


def test_a_long_history_has_a_way_to_a_first_line() -> None:
    """Five regimens, three of them for metastatic disease: a statement on the first line is still reached."""
    history = ["docetaxel@neoadjuvant", "tamoxifen@adjuvant"]
    history += [f"{drug}@metastatic" for drug in ("letrozole+palbociclib", "capecitabine", "paclitaxel")]
    case = the_explorer().case(Profile(er="negative", pr="negative", prior=history))
    ways = [
        way for way in nearest(case, "tamoxifen")["ways"] if way["rule"] == "breastcancer-org-2022.asco-men-tamoxifen"
    ]
    assert [change["kind"] for change in ways[0]["changes"] if change["attribute"] == "prior_therapies"] == [
        "cannot_change"
    ]


def test_the_kinds_are_kept_apart() -> None:
    """Under one heading for each kind, the merely unknown first; each way under that of its furthest change."""
    words = ("fulvestrant", "--her2", "+", "--prior", "trastuzumab@metastatic")
    text = mbc("nearest", *words, "--all").out
    places = [text.index(f"\n{HEADINGS[kind]}\n") for kind in KINDS]
    assert places == sorted(places)
    unknown, can, cannot = (flat(text[place:]) for place in places)
    assert "--set er_status=positive" in unknown.partition(HEADINGS["can_change"])[0]
    assert "HER2: negative (now positive)" in can.partition(HEADINGS["cannot_change"])[0]
    assert "which cannot change" in cannot
    assert "which cannot change" not in unknown.partition(HEADINGS["cannot_change"])[0]


def test_many_ways_are_cut_unless_all_are_asked_for() -> None:
    """`--all` shows what the note at the end counts."""
    words = ("nearest", "fulvestrant")
    brief, every = mbc(*words).out, mbc(*words, "--all").out
    (hidden,) = map(int, re.findall(r"^and (\d+) more ways? \(--all\)$", brief, re.MULTILINE))
    assert brief.count("--set") < every.count("--set")
    assert len(re.findall(r"^[├└]─ ", brief, re.MULTILINE)) == FEW
    assert len(re.findall(r"^[├└]─ ", every, re.MULTILINE)) == FEW + hidden
    assert "(--all)" not in every


# How it reads


@cache
def shown(name: str, option: str) -> dict[str, tuple[Plain, dict[str, str]]]:
    """Each answer on an option of a case, with every way that its text can be shown."""
    case = the_cases()[name]
    about = case.report.data
    records = {record["id"]: record for record in about["sources"]}
    answers: dict[str, tuple[Any, Any, Plain]] = {
        "why": (why, render_why, {"details": True}),
        "why-not": (why_not, render_why_not, {"details": True}),
        "nearest": (nearest, render_nearest, {"everything": True}),
    }
    found = {}
    for command, (explained, render, whole) in answers.items():
        data = enveloped({**case.heading, **explained(case, option)})
        forms: dict[str, Plain] = {"brief": {}, "whole": whole, "color": {"color": True}}
        texts = {form: render(data, about["names"], records, **more) for form, more in forms.items()}
        found[command] = (data, texts)
    return found


SOME = (
    "letrozole", "fulvestrant", "alpelisib", "trastuzumab_emtansine", "hormone_therapy", "ovarian_suppression",
    "another_chemotherapy", "radiation_therapy", "surgery_for_recurrence", "akt_inhibitor",
)  # fmt: skip
"""Options of many kinds: drugs, classes, procedures, care, trials, and what nothing describes."""


@pytest.mark.parametrize("name", ["empty", "full", *(path.stem for path in EXAMPLES)])
def test_every_answer_fits_its_schema_and_its_text_80_columns(name: str) -> None:
    """For many options: valid data; lines of at most 80 columns, no escape code; color changes no word."""
    for option in SOME:
        for command, (data, texts) in shown(name, option).items():
            MODELS[command].model_validate(data)
            for form, text in texts.items():
                plain = ESCAPE.sub("", text) if form == "color" else text
                lines = [line.rstrip() for line in plain.splitlines()]
                assert [line for line in lines if len(line) > WIDTH] == []
                assert plain.replace("\n", "").isprintable()
                assert DISCLAIMER in flat(plain)
            assert [line.rstrip() for line in ESCAPE.sub("", texts["color"]).splitlines()] == texts[
                "brief"
            ].splitlines()


@pytest.mark.parametrize("name", ["full", *(path.stem for path in EXAMPLES)])
def test_each_statement_is_told_with_its_document_date_and_sentences(name: str) -> None:
    """Every rule of an answer stands below its document's name and date, with place and paraphrase."""
    sources = {row["id"]: row for row in the_cases()[name].report.data["sources"]}
    for option in SOME:
        for command, (data, texts) in shown(name, option).items():
            views = (
                data["sources"]
                if command != "nearest"
                else [{"source": w["source"], "rules": [w]} for w in data["ways"]]
            )
            for view in views:
                source = sources[view["source"]]
                told = f"{source['publisher']}, {source['date'] or 'undated'}"
                for rule in [*view["rules"], *view.get("other_stances", [])]:
                    numbers = " and ".join(
                        re.sub(r", (\d+)$", r" and \1", ", ".join(map(str, sentences(rule)))).rsplit(" and ", 1)
                    )
                    text = flat(texts["whole"])
                    assert told in text
                    assert f"{rule['anchor']['section']}, sentence{'s' if ' and ' in numbers else ''} {numbers}" in text
                    assert rule["paraphrase"] in text


def test_every_citation_of_an_origin_is_told() -> None:
    """Whatever was concluded or read says which sentences let it be, or that a curator does."""
    for name in ("full", "triple-negative-pdl1-positive", "man-hr-positive"):
        for option in SOME:
            data, texts = shown(name, option)["why"]
            text = flat(texts["whole"])
            for view in data["sources"]:
                for rule in view["rules"]:
                    for criterion in criteria(rule["tree"]):
                        for place in cited(criterion["origin"]) if criterion["origin"] else ():
                            source, _, number = place.partition(":")
                            assert re.search(rf"\[[^\]]*{source}, sentences? [^;\]]*\b{number}\b", text), place


def test_what_was_told_once_is_not_told_again() -> None:
    """Why a tumor counts as hormone receptor-positive stands once, however many statements ask for it."""
    text = flat(mbc("why", "hormone_therapy", "--er", "+").out)
    assert text.count("because: A tumor is hormone receptor-positive") == 1
    assert text.count("HR: positive (concluded, as above)") >= 3


def test_the_supporter_of_a_booklet_is_named_with_it() -> None:
    """Beside the statements of `cancercare-2024` stands who supports it."""
    for command, option in (("why", "palbociclib"), ("why-not", "olaparib")):
        text = mbc(command, option, *DEMONSTRATION).out
        assert "CancerCare, 2024-02-19\nThe booklet states that it is supported by Menarini Stemline.\n" in text


def test_alternatives_that_decide_nothing_are_told_in_a_line() -> None:
    """Of an *any of* that is met, the branch that is not met is told without where its facts come from."""
    text = mbc("why", "aromatase_inhibitor", "--er", "+", "--menopause", "postmenopausal").out
    part = flat(text.partition("CancerCare")[2])
    assert "[met] any of: [met] menopausal status: postmenopausal (entered)" in part
    assert "[not met] menopausal status: premenopausal and ovarian suppression: receiving" in part


def test_details_open_notes_and_readings() -> None:
    """`--details` tells the note of each statement and every other reading; without, a count of those that agree."""
    words = ("why", "letrozole", *DEMONSTRATION)
    brief, whole = flat(mbc(*words).out), flat(mbc(*words, "--details").out)
    for view in answer(*words)["sources"]:
        for rule in view["rules"]:
            assert rule["note"] is None or (f"Note: {rule['note']}" in whole and rule["note"] not in brief)
            for reading in rule["readings"]:
                assert reading["because"] in whole
                assert (reading["because"] in brief) == (reading["criterion"] != "met")
    assert "(--details)" in brief
    assert "(--details)" not in whole


# The parts of a page


@pytest.mark.parametrize(
    ("sets", "wanted"),
    [
        ([], []),
        ([("a",)], ["a"]),
        ([("a",), ("b",)], ["a, or b"]),
        ([("a", "x"), ("b", "x"), ("c",)], ["a, or b; x", "c"]),
        ([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")], ["a, or b; x, or y"]),
        ([("a", "x"), ("b", "y")], ["a; x", "b; y"]),
        ([("a",), ("a", "x")], ["a", "a; x"]),
    ],
)
def test_sets_that_differ_in_one_member_are_told_as_one(sets: list[tuple[str, ...]], wanted: list[str]) -> None:
    """What stands in one place is written once, and nothing is said that was not."""
    slots = folded(sets)
    assert [slots_text(some) for some in slots] == wanted
    assert sorted(frozenset(one) for some in slots for one in product(*some)) == sorted(map(frozenset, sets))


def test_folding_loses_and_adds_nothing() -> None:
    """Over every rule that is unknown for a profile of which nothing is known, the sets are those that were."""
    for option in the_explorer().catalog.options:
        for view in why_not(the_cases()["empty"], option)["sources"]:
            for rule in view["rules"]:
                for truth in ("met", "not_met"):
                    sets = [
                        tuple(fact["text"] for fact in row["facts"])
                        for row in rule["settled_by"]
                        if row["criterion"] == truth
                    ]
                    again = {frozenset(one) for slots in folded(sets) for one in product(*slots)}
                    assert again == set(map(frozenset, sets))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("positive", "--set x=positive"),
        (2, "--set x=2"),
        (None, "--set x=unknown"),
        ([], "--set x=none"),
        (["bone", "unknown"], "--set 'x=bone; unknown'"),
        (["a+b@adjuvant,months=8"], "--set x=a+b@adjuvant,months=8"),
    ],
)
def test_a_change_is_told_as_it_is_typed(value: Any, wanted: str) -> None:
    """Lists are parted with a semicolon and quoted for a shell; what is taken back is unknown."""
    assert assignment("x", value) == wanted


def test_set_takes_what_is_told() -> None:
    """`--set` understands the entries of a list or history, parted with a semicolon."""
    found = answer("explore", "--set", "prior=trastuzumab+docetaxel@adjuvant; T-DM1", "--set", "sites=bone;liver")
    assert found["profile"] == {
        "metastatic_sites": ["bone", "liver"],
        "prior_therapies": ["trastuzumab+docetaxel@adjuvant", "trastuzumab_emtansine"],
    }
    ran = mbc("explore", "--set", "prior=docetaxel;;")
    assert (ran.code, "a therapy is missing" in ran.err) == (2, True)


def test_a_tree_is_drawn_with_its_lines() -> None:
    """Each paragraph hangs from the one above; what is held together stays on a line."""
    page = Page(color=False)
    long = " ".join(["word"] * 20)
    page.tree(
        [Twig("one", (Twig(long), Twig("two", (Twig("three"),)))), Twig(f"{'x' * 70} four\N{NO-BREAK SPACE}five")]
    )
    assert page.text().splitlines() == [
        "├─ one",
        f"│  ├─ {' '.join(['word'] * 15)}",
        f"│  │     {' '.join(['word'] * 5)}",
        "│  └─ two",
        "│     └─ three",
        f"└─ {'x' * 70}",
        "      four five",
    ]


# The command line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("Lynparza", "olaparib"), ("OLAPARIB", "olaparib"), ("T-DM1", "trastuzumab_emtansine"),
        ("Tukysa", "tucatinib"), ("chemo", "chemotherapy"), ("Aromatase inhibitors", "aromatase_inhibitor"),
        ("Enhertu", "trastuzumab_deruxtecan"),
    ],
)  # fmt: skip
def test_an_option_is_known_by_all_its_names(command: str, words: str, option: str) -> None:
    """By id, name, drug, brand or class, in any case."""
    assert mbc(command, words, "--her2", "+", "--json") == mbc(command, option, "--her2", "+", "--json")


def test_every_word_for_a_therapy_leads_to_its_option() -> None:
    """A drug of the documents that an option has its name from is found by each of its words."""
    catalog = load_catalog()
    words = option_words(catalog)
    assert [word for word, meaning in catalog.words.items() if meaning in catalog.options and word not in words] == []
    assert {words[word] for word in words} == set(catalog.options)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("letrozol", "{command}: 'letrozol' is not a known option; did you mean 'letrozole' or 'anastrozole'?"),
        ("zzzzzz", "{command}: 'zzzzzz' is not a known option; `mbc categories` lists the options."),
        ("olaparib --source msk-2017", "--source: 'msk-2017' is not a known source; did you mean 'msk-2016'?"),
        ("olaparib --er green", "er_status: 'green' is not one of positive, negative, unknown."),
        ("olaparib --engine prolog", "engine: 'prolog' is not one of durable, reference."),
        ("olaparib --profile nowhere.yaml", "nowhere.yaml: cannot be read (No such file or directory)."),
        ("olaparib --set er", "--set: 'er' is written attribute=value, as in er_status=positive."),
        ("", "Missing argument 'OPTION'. `mbc {command} --help` shows what it takes."),
    ],
)
def test_what_is_not_understood_is_refused_and_as_json_too(command: str, words: str, told: str) -> None:
    """Exit code 2, the place and the nearest valid word; with --json the same as JSON on stdout."""
    text = mbc(command, *shlex.split(words))
    assert (text.code, text.out) == (2, "")
    assert told.format(command=command) in text.err.splitlines()
    as_json = mbc(command, *shlex.split(words), "--json")
    assert (as_json.code, as_json.err) == (2, "")
    problems = ErrorOut.model_validate_json(as_json.out).error.problems
    assert told.format(command=command) in [f"{p.where}: {p.message}" if p.where else p.message for p in problems]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("--er + --triple-negative present", "er_status + triple_negative"),
        ("--sex male --menopause premenopausal", "sex + menopausal_status"),
        ("--prior trastuzumab --anti-her2-regimens 2", "prior_anti_her2_regimens + prior_therapies"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(command: str, words: str, named: str) -> None:
    """The two fields are named, and what says that they cannot be together."""
    ran = mbc(command, "letrozole", *shlex.split(words))
    assert (ran.code, ran.out) == (2, "")
    assert re.search(rf"^{re.escape(named)}: contradict each other: ", ran.err, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_one_source_can_be_heard_alone(command: str) -> None:
    """`--source` shows what it says; the option's status stays that of all, and the answer says so."""
    words = (command, "fulvestrant", "--her2", "-", "--menopause", "postmenopausal")
    whole, part = answer(*words), answer(*words, "--source", "mnt-undated")
    assert part["narrowed_to"] == {"sources": ["mnt-undated"]}
    assert part["option"] == whole["option"]
    key = "ways" if command == "nearest" else "sources"
    assert part[key] == [row for row in whole[key] if row["source"] == "mnt-undated"]
    text = flat(mbc(*words, "--source", "mnt-undated").out)
    assert "Shown: sources: mnt-undated. Verdicts and counts are those of the whole." in text
    assert "CancerCare" not in text.partition("Verdicts")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_ways_to_give_a_profile_give_the_same_bytes(command: str, tmp_path: Path) -> None:
    """Options, `--set`, a file and stdin; and the same input gives the same bytes again."""
    target = tmp_path / "case.yaml"
    target.write_text("er: positive\nher2: negative\nprior: none\n", encoding="utf-8")
    words = (command, "olaparib", "--json")
    wanted = mbc(*words, "--er", "+", "--her2", "-", "--prior", "none")
    assert wanted.code == 0
    for given in (
        ["--er", "+", "--her2", "-", "--prior", "none"],
        ["--set", "er=+", "--set", "her2=-", "--set", "prior=none"],
        ["--profile", str(target)],
        ["--profile", str(target), "--her2", "negative"],
    ):
        assert mbc(*words, *given) == wanted
    assert mbc(*words, "--profile", "-", stdin=target.read_bytes()) == wanted


@pytest.mark.parametrize("command", COMMANDS)
def test_both_engines_explain_the_same(command: str, explorer: Explorer) -> None:
    """Which engine answered is named; nothing else differs."""
    found = answer(command, "fulvestrant", *DEMONSTRATION, "--engine", explorer.engine)
    reference = answer(command, "fulvestrant", *DEMONSTRATION, "--engine", "reference")
    assert found["software"].pop("engine") == explorer.engine
    assert reference["software"].pop("engine") == "reference"
    assert found == reference


@pytest.mark.parametrize("command", COMMANDS)
def test_output_goes_to_a_file(command: str, tmp_path: Path) -> None:
    """`--output` writes what would have been printed."""
    target = tmp_path / "answer"
    for more in ([], ["--json"]):
        printed = mbc(command, "olaparib", *DEMONSTRATION, *more)
        written = mbc(command, "olaparib", *DEMONSTRATION, *more, "--output", str(target))
        assert written == Ran(0, "", f"wrote {target}\n")
        assert target.read_text(encoding="utf-8") == printed.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_json_begins_as_every_json_and_is_that_of_the_library(command: str) -> None:
    """Version, disclaimer, software, knowledge, profile; then what the library's function gives."""
    case = Explorer(load_catalog()).case(Profile(er="positive", her2="negative"))
    library = {"why": why, "why-not": why_not, "nearest": nearest}[command](case, "palbociclib")
    found = answer(command, "palbociclib", "--er", "+", "--her2", "-")
    assert list(found) == ["schema_version", "disclaimer", "software", "knowledge", "profile", *library]
    assert found == {**enveloped(case.heading), **json.loads(json.dumps(library))}
    assert found["profile"] == {"er_status": "positive", "her2_status": "negative"}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_profile_is_answered(command: str) -> None:
    """Of a case of which nothing is known: what would settle it, and how near each statement is."""
    ran = mbc(command, "olaparib")
    assert (ran.code, ran.err) == (0, "")
    assert "nothing is known" in ran.out
    assert "Olaparib: undetermined" in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_schema_is_published(command: str) -> None:
    """`mbc schema` gives it by the command's name, and its answer's fields are those of the schema."""
    schema = json.loads(mbc("schema", command).out)
    assert set(answer(command, "olaparib")) <= set(schema["properties"])
    assert schema["$comment"] == DISCLAIMER
