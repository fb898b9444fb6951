"""Other readings: where they part from the one that decides, what they come to for a profile, how they are shown."""

from __future__ import annotations

import json
import shutil
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from command_line import EXAMPLES, Ran, mbc, process
from mbc_explorer import Explorer, Profile, readings
from mbc_explorer.compiling import compile_catalog
from mbc_explorer.engine import is_available
from mbc_explorer.folders import Folders
from mbc_explorer.published import ErrorOut, ReadingsOut
from mbc_explorer.report import DISCLAIMER
from mbc_explorer.second_readings import apart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mbc_explorer import Case, Catalog

Plain = dict[str, Any]
PROFILES: dict[str, Plain] = {
    "nothing known": {},
    "a man": {"er": "positive", "her2": "negative", "sex": "male", "prior": "none"},
    **{path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in EXAMPLES},
}


@pytest.fixture(scope="module")
def reference(catalog: Catalog) -> Explorer:
    """An explorer; the truth of another reading is the evaluator's with either engine."""
    return Explorer(catalog, "reference")


@pytest.fixture(scope="module")
def blank(reference: Explorer) -> Case:
    """A case of which nothing is known."""
    return reference.case(Profile())


@pytest.fixture(scope="module")
def found(blank: Case) -> list[Plain]:
    """Every other reading."""
    return readings(blank, blank.catalog.readings.values())


# Where they part


def test_every_reading_parts_from_its_rules_own(explorer: Explorer, found: list[Plain]) -> None:
    """By each engine the rule comes to what is told on the profile, and one of the two is met, the other not."""
    assert [row["id"] for row in found] == list(explorer.catalog.readings)
    for row in found:
        case = explorer.case(Profile(row["parting"]["profile"]))
        assert case.truths[row["rule"]] == row["parting"]["own"], row["id"]
        assert {row["parting"]["own"], row["parting"]["other"]} == {"met", "not_met"}, row["id"]


def test_nothing_of_a_profile_on_which_they_part_can_be_left_out(reference: Explorer, found: list[Plain]) -> None:
    """Without any of its statements, one reading or both come to unknown, or both to the same."""
    for row in found:
        profile = row["parting"]["profile"]
        for left_out in profile:
            fewer = reference.case(Profile({name: value for name, value in profile.items() if name != left_out}))
            both = {fewer.truths[row["rule"]], word(fewer, row["id"])}
            assert both != {"met", "not_met"}, (row["id"], left_out)


def word(case: Case, reading: str) -> str:
    """What another reading comes to."""
    return {True: "met", False: "not_met", None: "unknown"}[case.truth(case.catalog.readings[reading].condition)]


@pytest.fixture(scope="module")
def otherwise(tmp_path_factory: pytest.TempPathFactory, folders: Folders, catalog: Catalog) -> list[Catalog]:
    """Packs in which other readings are the rules' own: in each pack the next reading of each rule that has one."""
    by_rule: dict[str, list[str]] = {}
    for reading in catalog.readings.values():
        by_rule.setdefault(reading.rule, []).append(reading.id)
    made = []
    for number in range(max(map(len, by_rule.values()))):
        root = tmp_path_factory.mktemp("otherwise")
        shutil.copytree(folders.knowledge, root / "knowledge")
        shutil.copytree(folders.rules, root / "rules")
        for path in (root / "rules").glob("*/*.yaml"):
            if not path.name.endswith(".cases.yaml"):
                _read_otherwise(path, number)
        made.append(compile_catalog(Folders(root / "knowledge", root / "rules")))
    return made


def _read_otherwise(path: Path, number: int) -> None:
    """Make another reading of each rule of a file its own."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for rule in data["rules"]:
        others = rule.pop("other_readings", [])
        if number < len(others):
            for key in ("when", "always"):
                rule.pop(key, None)
                if key in others[number]:
                    rule[key] = others[number][key]
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


@pytest.mark.parametrize("engine", ["durable", "reference"])
def test_another_reading_comes_to_what_it_would_as_the_rules_own(
    engine: str, otherwise: list[Catalog], found: list[Plain]
) -> None:
    """Encoded as the rule's own condition, each reading comes to what is told, and gives the status that is told."""
    if engine == "durable" and not is_available():
        pytest.skip("durable_rules is not installed here")
    explorers = [Explorer(catalog, engine) for catalog in otherwise]
    by_rule: dict[str, list[Plain]] = {}
    for row in found:
        by_rule.setdefault(row["rule"], []).append(row)
    for rule, rows in by_rule.items():
        for explorer, row in zip_longest(explorers[: len(rows)], rows):
            case = explorer.case(Profile(row["parting"]["profile"]))
            assert case.truths[rule] == row["parting"]["other"], row["id"]


def test_the_status_by_another_reading_is_that_of_a_pack_with_it(
    reference: Explorer, catalog: Catalog, otherwise: list[Catalog]
) -> None:
    """For a profile: where one rule of an option is read otherwise, the status is that of the pack so encoded."""
    first = [reading for reading in catalog.readings.values() if reading.id == _first_of(catalog, reading.rule)]
    alone = [reading for reading in first if _read_alone(catalog, reading.rule)]
    other = Explorer(otherwise[0], "reference")
    for profile in list(PROFILES.values())[::4]:
        case, there = reference.case(Profile(profile)), other.case(Profile(profile))
        for row in readings(case, alone, case):
            assert row["statuses"]["own"] == case.statuses[row["option"]], row["id"]
            assert row["statuses"]["other"] == there.statuses[row["option"]], row["id"]
    assert len(alone) > 30


def _first_of(catalog: Catalog, rule: str) -> str:
    return next(reading.id for reading in catalog.readings.values() if reading.rule == rule)


def _read_alone(catalog: Catalog, rule: str) -> bool:
    """Whether no other rule on the option has another reading."""
    rules = {other.id for other in catalog.rules_of[catalog.rules[rule].option]}
    return {reading.rule for reading in catalog.readings.values()} & rules == {rule}


# By hand, from the texts

BY_HAND = [
    # breastcancer-org-2022:155: "chemotherapy before or do not have severe organ dysfunction" may have meant both
    ("breastcancer-org-2022.chemotherapy-single/or-as-and",
     {"prior": ["chemotherapy"], "organ_function": "severe_dysfunction"}, "met", "not_met"),
    ("breastcancer-org-2022.chemotherapy-single/or-as-and",
     {"prior": ["chemotherapy"], "organ_function": "no_severe_dysfunction"}, "met", "met"),
    # mnt-undated:27: the words on menopause stand last, after palbociclib, letrozole and fulvestrant
    ("mnt-undated.palbociclib/postmenopausal",
     {"er": "positive", "her2": "negative", "menopause": "premenopausal"}, "met", "not_met"),
    ("mnt-undated.palbociclib/postmenopausal",
     {"er": "positive", "her2": "negative", "menopause": "postmenopausal"}, "met", "met"),
    ("mnt-undated.palbociclib/postmenopausal", {"er": "positive", "her2": "negative"}, "met", "unknown"),
    # cancercare-2024:61: T-DM1 alone is or is not "chemotherapy and trastuzumab"
    ("cancercare-2024.lapatinib/conjugates-count", {"her2": "positive", "prior": ["T-DM1"]}, "not_met", "met"),
    ("cancercare-2024.lapatinib/conjugates-count",
     {"her2": "positive", "prior": ["trastuzumab+docetaxel"]}, "met", "met"),
    # mnt-undated:25: "has already involved" may count what is given now
    ("mnt-undated.trastuzumab-emtansine/present-counts",
     {"her2": "positive", "prior": ["docetaxel"], "current": ["trastuzumab"]}, "not_met", "met"),
    # cancercare-2024:33: both pre- and postmenopausal patients, or whatever the menopause: a man
    ("cancercare-2024.tamoxifen/whatever-menopause", {"er": "positive", "sex": "male"}, "not_met", "met"),
    # breastcancer-org-2022:192: the first treatment at all, or for the metastatic disease
    ("breastcancer-org-2022.asco-men-tamoxifen/first-of-all",
     {"er": "positive", "sex": "male", "prior": ["docetaxel@adjuvant"]}, "met", "not_met"),
    # msk-2016:8: the key point names no tumors
    ("msk-2016.her2-key-point/no-condition", {"her2": "negative"}, "not_met", "met"),
    # cancercare-2024:103: at least two prior therapies, in any setting or for metastatic disease
    ("cancercare-2024.sacituzumab-govitecan/treated-when-metastatic",
     {"er": "-", "pr": "-", "her2": "-", "prior": ["docetaxel@adjuvant", "capecitabine@metastatic"]},
     "met", "not_met"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "profile", "own", "other"), BY_HAND)
def test_both_readings_of_a_sentence(reference: Explorer, name: str, profile: Plain, own: str, other: str) -> None:
    """What the sentence says of a profile by the reading that decides, and by the other."""
    case = reference.case(Profile(profile))
    (row,) = readings(case, [case.catalog.readings[name]], case)
    assert row["truths"] == {"own": own, "other": other}
    assert (case.truths[row["rule"]], bool(apart(case, [case.catalog.readings[name]]))) == (own, own != other)


def test_an_option_hangs_on_a_reading_or_not(reference: Explorer) -> None:
    """T-DM1 before lapatinib changes its status; a man's tamoxifen is described by another document either way."""
    conjugate = reference.case(Profile(her2="positive", prior=["T-DM1"]))
    (lapatinib,) = readings(
        conjugate, [conjugate.catalog.readings["cancercare-2024.lapatinib/conjugates-count"]], conjugate
    )
    assert lapatinib["statuses"] == {"own": "not_described", "other": "described"}
    man = reference.case(Profile(er="positive", sex="male"))
    (tamoxifen,) = readings(man, [man.catalog.readings["cancercare-2024.tamoxifen/whatever-menopause"]], man)
    assert tamoxifen["statuses"] == {"own": "described", "other": "described"}  # breastcancer-org-2022:179


@pytest.mark.parametrize("name", PROFILES)
def test_the_readings_that_part_on_a_profile_are_those_that_come_to_something_else(
    name: str, explorer: Explorer
) -> None:
    """By each engine, none is left out and none told that agrees; only what a document describes moves a status."""
    case = explorer.case(Profile(PROFILES[name]))
    every = list(case.catalog.readings.values())
    some = apart(case, every)
    assert [row.id for row in every if word(case, row.id) != case.truths[row.rule]] == [row.id for row in some]
    for row in readings(case, some[::4], case):
        assert row["truths"] == {"own": case.truths[row["rule"]], "other": word(case, row["id"])}
        if row["statuses"]["own"] != row["statuses"]["other"]:
            assert row["stance"] == "describes", row["id"]


# The command


def told(*words: str) -> ReadingsOut:
    """The JSON of the command, valid by its published shape."""
    ran = mbc("readings", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ReadingsOut.model_validate_json(ran.out)


def in_order(catalog: Catalog) -> Iterator[str]:
    """The ids of readings in the order of their rules."""
    for rule in catalog.rules:
        yield from (reading.id for reading in catalog.readings.values() if reading.rule == rule)


def test_the_json_is_the_librarys_data_in_the_order_of_the_rules(catalog: Catalog, found: list[Plain]) -> None:
    """All of them without a name, in the order in which a report has the rules."""
    data = json.loads(mbc("readings", "--json").out)
    assert list(data) == ["schema_version", "disclaimer", "software", "knowledge", "readings"]
    assert [row["id"] for row in data["readings"]] == list(in_order(catalog))
    assert sorted(data["readings"], key=lambda row: row["id"]) == sorted(found, key=lambda row: row["id"])
    assert len(told().readings) == len(catalog.readings)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_with_a_profile_those_that_part_are_told_and_the_others_counted(example: Path, catalog: Catalog) -> None:
    """Each example: valid by the shape, each with what it comes to, and none missing from the count."""
    data = told("--profile", str(example))
    assert data.profile
    assert data.agree == len(catalog.readings) - len(data.readings)
    assert all(row.truths and row.truths.own != row.truths.other for row in data.readings)
    assert all(row.statuses for row in data.readings)


def test_a_profile_of_which_nothing_is_known_is_a_profile_too() -> None:
    """An empty file is a profile: readings without a condition are met where the rule's own is unknown."""
    ran = mbc("readings", "--profile", "-", "--json", stdin=b"")
    data = ReadingsOut.model_validate_json(ran.out)
    assert data.profile == {}
    assert {(row.truths.own, row.truths.other) for row in data.readings if row.truths} == {
        ("unknown", "met"),
        ("met", "unknown"),
    }


def test_the_same_input_gives_the_same_bytes() -> None:
    """In this process and in others."""
    words = ("readings", "--er", "positive", "--prior", "letrozole", "--json")
    here = mbc(*words)
    assert {process(*words, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")} == {here}


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["palbociclib"], {"mnt-undated.palbociclib"}),
        (["Ibrance"], {"mnt-undated.palbociclib"}),
        (["mnt-undated:25"], {"mnt-undated.trastuzumab-emtansine"}),
        (["cancercare-2024.lapatinib"], {"cancercare-2024.lapatinib"}),
        (["lapatinib", "--source", "mnt-undated"], set()),
        (["mnt-undated.palbociclib/postmenopausal"], {"mnt-undated.palbociclib"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_readings_are_asked_for_by_any_name_of_their_rules(words: list[str], rules: set[str]) -> None:
    """An option, a brand, a sentence, a statement or rule, a reading's own id; a source narrows them."""
    assert {row.rule for row in told(*words).readings} == rules


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["palbociclip"], "'palbociclip' is nothing that the knowledge holds; did you mean 'palbociclib'"),
        (["--source", "mnt"], "--source: 'mnt' is not a known source; it is one of "),
        (["--er", "green"], "er_status: 'green' is not one of positive, negative, unknown."),
        (["--sex", "male", "--menopause", "premenopausal"], ""),
        (["--engine", "x"], "engine: 'x' is not one of durable, reference."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_understood_is_told_as_text_and_as_json(words: list[str], line: str) -> None:
    """Exit code 2, what was wrong and what was expected; a profile that contradicts itself too."""
    text, as_json = mbc("readings", *words), mbc("readings", *words, "--json")
    assert (text.code, text.out, as_json.code, as_json.err) == (2, "", 2, "")
    assert text.err.splitlines()[1].startswith(line)
    (problem,) = ErrorOut.model_validate_json(as_json.out).error.problems
    assert f"{problem.where}: {problem.message}".removeprefix(": ") in text.err


DEMONSTRATION = ["--er", "positive", "--her2", "negative", "--menopause", "premenopausal", "--prior", "tamoxifen"]


@pytest.mark.parametrize(
    "words", [[], ["tamoxifen"], DEMONSTRATION, [*DEMONSTRATION, "--details"]], ids=["all", "one", "profile", "details"]
)
def test_the_text_fits_and_is_plain(words: list[str]) -> None:
    """80 columns, no color in a pipe, the disclaimer at the end."""
    ran = mbc("readings", *words)
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.out.splitlines() if len(line) > 80 or line != line.rstrip()] == []
    assert "\x1b" not in ran.out
    assert DISCLAIMER in " ".join(ran.out.split())


def test_the_text_tells_both_readings_why_and_where_they_part(found: list[Plain]) -> None:
    """The statement with document and sentence, the condition that decides, the other, the reason, a profile."""
    text = " ".join(mbc("readings", "palbociclib").out.split())
    (row,) = [row for row in found if row["id"] == "mnt-undated.palbociclib/postmenopausal"]
    told_in_order = [
        "Medical News Today, undated, targeted-therapy, sentence 27, says: ",
        f"Decides: {row['own']} ",
        f"Read otherwise (postmenopausal): {row['other']} {row['because']} They part on ER: positive; ",
        "menopausal status: premenopausal: as it decides, met; read otherwise, not met.",
    ]
    places = [text.find(part) for part in told_in_order]
    assert -1 not in places
    assert places == sorted(places)


def test_with_a_profile_the_text_tells_on_which_reading_a_status_hangs() -> None:
    """What changes a status is told in full, what does not in a line, or in full too with `--details`."""
    words = [
        "readings",
        "cancercare-2024:61",
        "mnt-undated:27",
        "--er",
        "+",
        "--her2",
        "-",
        "--menopause",
        "premenopausal",
    ]
    text = " ".join(mbc(*words).out.split())
    assert "Letrozole (Medical News Today, undated: targeted-therapy 27): not met; read otherwise, met" in text
    assert "Read otherwise" not in text
    details = " ".join(mbc(*words, "--details").out.split())
    assert (
        "Decides [met]: HER2: negative; (ER: positive or PR: positive) Read otherwise (postmenopausal) [not met]: "
        in details
    )
    assert "Palbociclib: described either way." in details
    conjugate = " ".join(mbc("readings", "lapatinib", "--her2", "+", "--prior", "T-DM1").out.split())
    assert (
        "Decides [not met]: HER2: positive; earlier therapies include chemotherapy; earlier therapies include "
        in conjugate
    )
    assert "Lapatinib: not described; read so, described." in conjugate


def test_a_file_can_be_written(tmp_path: Path) -> None:
    """`--output` holds what would have been printed, as text and as JSON."""
    for more in ([], ["--json"]):
        target = tmp_path / "readings"
        assert mbc("readings", "palbociclib", *more, "--output", str(target)) == Ran(0, "", f"wrote {target}\n")
        assert target.read_text(encoding="utf-8") == mbc("readings", "palbociclib", *more).out


# Elsewhere


def test_a_rule_and_its_statement_show_their_other_readings(found: list[Plain]) -> None:
    """`mbc show` tells what can be read otherwise, and the condition that this gives; so does a reading's own id."""
    (row,) = [row for row in found if row["id"] == "mnt-undated.palbociclib/postmenopausal"]
    paragraph = f"Could also be read: {row['because']} The condition is then: {row['other']}."
    entries = json.loads(mbc("show", "mnt-undated.palbociclib", "--json").out)["entries"]
    assert [entry["kind"] for entry in entries if paragraph in entry["text"]] == ["statement", "rule"]
    assert [entry["id"] for entry in json.loads(mbc("show", row["id"], "--json").out)["entries"]] == [row["rule"]]
    assert paragraph in " ".join(mbc("show", row["rule"]).out.split())


def test_a_reading_that_rules_of_a_statement_share_is_shown_once(catalog: Catalog) -> None:
    """Rules on a class and its drugs read alike are told once; a reading of some of them names these."""
    text = " ".join(mbc("show", "cancercare-2024.anthracyclines").out.partition("Sentences (")[0].split())
    rules = [rule for rule in catalog.rules.values() if rule.statement == "cancercare-2024.anthracyclines"]
    shared = [reading for reading in catalog.readings.values() if reading.rule in {rule.id for rule in rules}]
    assert (len(rules), len({reading.because for reading in shared})) == (4, 1)
    assert text.count("Could also be read: ") == 1
