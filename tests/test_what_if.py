"""What changes when a profile is stated otherwise: `mbc what-if`, `mbc compare`, and the functions behind them.

The expectations on what the documents say are read in the texts, sentence by sentence, never copied from an answer.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from command_line import EXAMPLES, Ran, mbc
from mbc_explorer import Explorer, Profile, ProfileError, compare, what_if
from mbc_explorer.comparing import MOVES
from mbc_explorer.published import ComparedOut, ErrorOut, WhatIfOut
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Case, Catalog

Plain = dict[str, Any]
WIDTH = 80
FIRST_LINE = "--er + --pr + --her2 - --menopause postmenopausal --prior none"
PLAIN_RECURRENCE = "trastuzumab+docetaxel@adjuvant,stopped=completed,months="
OPPOSITE = {
    "appears": {"disappears", "unsettled"},
    "disappears": {"appears"},
    "settled": {"unsettled"},
    "unsettled": {"settled", "appears"},
    "restated": {"restated"},
}
"""What a move can be on the way back."""


@pytest.fixture(scope="module")
def explorer(catalog: Catalog) -> Explorer:
    """One explorer; that both engines answer alike is tested elsewhere."""
    return Explorer(catalog)


def stored(path: Path) -> Plain:
    """The profile of an example."""
    found: Plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def asked(base: str, *changes: str) -> Plain:
    """The JSON of a what-if."""
    ran = mbc("what-if", *shlex.split(base), *(f"--set={change}" for change in changes), "--json")
    assert (ran.code, ran.err) == (0, "")
    found: Plain = json.loads(ran.out)
    return found


def shown(*words: str) -> str:
    """What a command prints, without line breaks and indentation."""
    ran = mbc(*words)
    assert (ran.code, ran.err) == (0, ""), ran.err
    return " ".join(ran.out.split())


def moved(data: Plain, option: str) -> tuple[str, set[tuple[str, str, tuple[int, ...]]]]:
    """How an option moves, and the statements that move it: stance, source and sentences."""
    (row,) = [row for row in data["options"] if row["id"] == option]
    because = {
        (rule["stance"], rule["anchor"]["source"], tuple(s["number"] for s in rule["anchor"]["sentences"]))
        for rule in row["because"]
    }
    return row["move"], because


def says(source: str, *numbers: int) -> tuple[str, str, tuple[int, ...]]:
    """A statement that describes an option."""
    return "describes", source, numbers


# What the documents say


TEXTS = {
    "HER2-positive instead of negative brings trastuzumab, of which three documents speak": (
        FIRST_LINE, "her2=positive", "trastuzumab", "appears",
        {says("mnt-undated", 22), says("dana-farber-undated", 94), says("cancercare-2024", 52)},
    ),
    "abemaciclib is for HER2-negative disease": (
        FIRST_LINE, "her2=positive", "abemaciclib", "disappears",
        {says("cancercare-2024", 75), says("cancercare-2024", 76), says("cancercare-2024", 77)},
    ),
    "talazoparib waited for the BRCA genes, and no longer does": (
        FIRST_LINE, "her2=positive", "talazoparib", "settled", {says("cancercare-2024", 87)},
    ),
    "a BRCA mutation settles it the other way": (
        FIRST_LINE, "brca=mutated", "talazoparib", "appears", {says("cancercare-2024", 87)},
    ),
    "olaparib comes after chemotherapy": (
        "--her2 - --brca mutated --prior none", "prior=chemotherapy", "olaparib", "appears",
        {says("cancercare-2024", 88)},
    ),
    "margetuximab comes after two anti-HER2 regimens, not after one": (
        "--her2 + --prior trastuzumab+docetaxel", "prior=trastuzumab+docetaxel;T-DM1", "margetuximab", "appears",
        {says("cancercare-2024", 64)},
    ),
    "tucatinib comes after one": (
        "--her2 + --prior none", "prior=trastuzumab+docetaxel", "tucatinib", "appears", {says("cancercare-2024", 66)},
    ),
    "seven months after therapy are more than six": (
        f"--her2 + --prior {PLAIN_RECURRENCE}5", f"prior={PLAIN_RECURRENCE}7", "trastuzumab_deruxtecan", "disappears",
        {says("cancercare-2024", 68)},
    ),
    "six months are within six": (
        f"--her2 + --prior {PLAIN_RECURRENCE}7", f"prior={PLAIN_RECURRENCE}6", "trastuzumab_deruxtecan", "appears",
        {says("cancercare-2024", 68)},
    ),
    "without the months nobody knows": (
        f"--her2 + --prior {PLAIN_RECURRENCE}5", "prior=trastuzumab+docetaxel@adjuvant,stopped=completed",
        "trastuzumab_deruxtecan", "unsettled", {says("cancercare-2024", 68)},
    ),
    "without PD-L1 the first immunotherapy is not described": (
        "--er - --pr - --her2 - --pdl1 +", "pdl1=negative", "unnamed_immunotherapy_2019", "disappears",
        {says("dana-farber-undated", 96)},
    ),
    "after menopause one document has ovarian suppression no longer, and another says it is not used": (
        "--er + --menopause premenopausal", "menopause=postmenopausal", "ovarian_suppression", "disappears",
        {says("cancercare-2024", 29), ("describes_as_not_used", "mnt-undated", (13,))},
    ),
    "of surgery for a recurrence a document says only that it is not usual": (
        "--presentation de_novo", "presentation=recurrent", "surgery_for_recurrence", "restated",
        {("describes_as_not_used", "breastcancer-org-2022", (122,))},
    ),
    "one of two documents on alpelisib falls away, the other is left open": (
        "--er + --her2 - --pik3ca mutated --prior letrozole", "pik3ca=not_mutated", "alpelisib", "unsettled",
        {says("cancercare-2024", 90), says("dana-farber-undated", 80)},
    ),
    "what leaves an option open is told though it was open before": (
        "--er + --pr + --her2 -", "her2=positive", "pi3k_inhibitor", "unsettled",
        {says("cancercare-2024", 72, 89), says("dana-farber-undated", 80)},
    ),
}  # fmt: skip
"""What a change does to an option, with the sentences that are responsible."""


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_change_does_stands_in_the_texts(name: str) -> None:
    """The option moves as the sentences have it, and these are the statements that are named."""
    base, change, option, move, because = TEXTS[name]
    assert moved(asked(base, change), option) == (move, because)


def test_a_statement_that_is_taken_back_leaves_open_what_it_decided() -> None:
    """Without the estrogen receptor, hormone therapy hangs on it again (msk-2016:9, cancercare-2024:28)."""
    data = asked("--er + --her2 -", "er=")
    move, because = moved(data, "hormone_therapy")
    assert move == "unsettled"
    assert because >= {says("msk-2016", 9), says("cancercare-2024", 28)}
    assert data["stated"] == [{"attribute": "er_status", "from": "positive", "to": None}]
    assert {"attribute": "hr_status", "from": "HR: positive", "to": None} in data["follows"]
    assert asked("--er + --her2 -", "er=unknown")["options"] == data["options"]


def test_notes_on_the_changed_profile_are_told() -> None:
    """Trastuzumab in the past of a HER2-negative tumor is unusual; the note comes with the change."""
    before, after = asked("--her2 + --prior trastuzumab", "her2=negative")["notes"]
    new = [note["note"] for note in after if note not in before]
    assert new
    assert new[0] in shown("what-if", "--her2", "+", "--prior", "trastuzumab", "--set", "her2=-")


# What is true of every change


def pairs_of_cases(explorer: Explorer) -> list[tuple[Case, Case]]:
    """Each example beside the next, and beside one of which nothing is known."""
    cases = [explorer.case(Profile(stored(path))) for path in EXAMPLES]
    blank = explorer.case(Profile())
    return [*zip(cases, [*cases[1:], cases[0]], strict=True), *((case, blank) for case in cases), (blank, blank)]


def test_the_options_that_move_are_those_whose_status_or_statements_differ(explorer: Explorer) -> None:
    """By the reports of the two profiles alone: a status, or a statement that holds for one of them."""
    for one, other in pairs_of_cases(explorer):
        found = {row["id"]: (row["from"], row["to"]) for row in compare(one, other)["options"]}
        expected = {}
        for before, after in zip(one.report.options, other.report.options, strict=True):
            holding = [
                {rule["id"] for view in option["sources"] for rule in view["rules"] if rule["criterion"] == "met"}
                for option in (before, after)
            ]
            if before["status"] != after["status"] or holding[0] != holding[1]:
                expected[before["id"]] = (before["status"], after["status"])
        assert found == expected


def test_every_move_names_what_is_responsible(explorer: Explorer) -> None:
    """A rule that holds now, or held before, or is open: none is named without a part in it, and none is missing."""
    for one, other in pairs_of_cases(explorer):
        for row in compare(one, other)["options"]:
            assert row["because"], row["id"]
            for rule in row["because"]:
                assert (rule["from"], rule["to"]) == (one.truths[rule["rule"]], other.truths[rule["rule"]])
                assert "met" in (rule["from"], rule["to"]) or row["move"] in ("settled", "unsettled")
                assert rule["from"] != rule["to"] or (rule["to"], row["move"]) == ("unknown", "unsettled")
            named = {rule["rule"] for rule in row["because"]}
            rules = {rule.id for rule in one.catalog.rules_of[row["id"]]}
            assert {name for name in rules if (one.truths[name] == "met") != (other.truths[name] == "met")} <= named


def test_the_way_back_moves_the_same_options_back(explorer: Explorer) -> None:
    """What appears one way disappears, or is undetermined, the other way."""
    for one, other in pairs_of_cases(explorer):
        there, back = compare(one, other), compare(other, one)
        ways = [(row["id"], row["move"]) for row in there["options"]]
        assert [name for name, _ in ways] == [row["id"] for row in back["options"]]
        for (_, move), row in zip(ways, back["options"], strict=True):
            assert row["move"] in OPPOSITE[move]
        assert there["profiles"] == back["profiles"][::-1]
        assert there["notes"] == back["notes"][::-1]


def test_a_change_is_the_comparison_with_the_changed_profile(explorer: Explorer) -> None:
    """`what_if` takes any name of an attribute, and None to take a statement back."""
    case = explorer.case(Profile(er="+", her2="-", prior="none"))
    other = explorer.case(Profile(her2_status="positive", prior_therapies="none"))
    assert what_if(case, {"HER2": "positive", "er": None}) == compare(case, other)
    for unknown in ({"estrogen": None}, {"estrogen": "positive"}):
        with pytest.raises(ProfileError, match="estrogen: is not an attribute of a profile"):
            what_if(case, unknown)


# The command


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_json_is_as_published_and_the_text_fits(path: Path) -> None:
    """Over the examples: each JSON is valid, the same twice, and the text is plain and of 80 columns."""
    for words in (
        ["what-if", "--profile", str(path), "--set", "trial_participation=not_possible", "--set", "er="],
        ["compare", str(path), str(EXAMPLES[-1])],
    ):
        ran = mbc(*words, "--json")
        assert ran == mbc(*words, "--json")
        model = WhatIfOut if words[0] == "what-if" else ComparedOut
        model.model_validate_json(ran.out)
        for view in ([], ["--all", "--details"]):
            out = mbc(*words, *view).out
            assert [line for line in out.splitlines() if len(line) > WIDTH or line != line.rstrip()] == []
            assert out.replace("\n", "").isprintable()
            assert DISCLAIMER in " ".join(out.split())


def test_the_text_tells_each_move_with_document_date_and_sentence() -> None:
    """Each move has its heading; each option what it was before, and who says so, when, where and why."""
    text = shown("what-if", *shlex.split(FIRST_LINE), "--set", "her2=positive", "--set", "menopause=pre")
    for told in (
        "HER2: positive (before: negative)",
        "menopausal status: premenopausal (before: postmenopausal)",
        f"APPEARS: {MOVES['appears']}",
        "+ Trastuzumab emtansine (T-DM1); before: not described "
        "CancerCare, 2024-02-19: her2-positive 49, 53 [HER2: positive]",
        "- Abemaciclib; before: described CancerCare, 2024-02-19: her2-negative 75",
        "- Talazoparib; before: undetermined CancerCare, 2024-02-19: her2-negative 87 [not met: HER2: negative]",
        "? PI3-kinase and PIK3CA inhibitors; before: described "
        "Dana-Farber Cancer Institute, undated: clinical-trials 80 [open: PI3-kinase pathway: mutated]",
        "[no longer: says it is not used or not usual; not met: menopausal status: postmenopausal]",
        "(--all shows the statements)",
    ):
        assert told in text
    assert "paraphrase" not in text
    full = shown("what-if", *shlex.split(FIRST_LINE), "--set", "her2=positive", "--set", "menopause=pre", "--all")
    assert "+ Anastrozole; described, as before Breastcancer.org, 2022-08-17: hormone-therapy 189 [no longer;" in full
    assert "(--all shows" not in full


def test_details_have_the_paraphrase_of_each_statement() -> None:
    """With `--details` each statement stands by itself, paraphrased (cancercare-2024:66)."""
    words = ["what-if", "--her2", "+", "--prior", "none", "--set", "prior=trastuzumab"]
    rules = [rule for row in asked("--her2 + --prior none", "prior=trastuzumab")["options"] for rule in row["because"]]
    told = shown(*words, "--details", "--all")
    assert rules
    assert [rule["rule"] for rule in rules if rule["paraphrase"] not in told] == []
    assert rules[0]["paraphrase"] not in shown(*words)


def test_many_options_are_cut_and_their_names_are_kept() -> None:
    """A receptor that is taken back moves dozens of options: the first ones are opened, the others named."""
    data = asked("--er +", "er=")
    names = [row["name"] for row in data["options"] if row["move"] == "unsettled"]
    assert len(names) > 20
    text = shown("what-if", "--er", "+", "--set", "er=")
    assert [name for name in names if name not in text] == []
    assert len(shown("what-if", "--er", "+", "--set", "er=", "--all")) > len(text)


def test_a_change_that_changes_nothing_is_told() -> None:
    """The same value again, and one on which no rule hangs here."""
    same = shown("what-if", "--er", "+", "--set", "er=positive")
    assert "Stated otherwise nothing; the profile says so already" in same
    assert "No option moves The same statements hold for the same options." in same
    idle = asked("--er - --pr - --her2 + --prior none", "pik3ca=mutated")
    assert [row["attribute"] for row in idle["stated"]] == ["pik3ca_status"]
    assert [row for row in idle["options"] if row["move"] != "restated"] == []


def test_the_changes_may_say_otherwise_than_the_profile_and_lists_are_parted() -> None:
    """The base comes from options and a file together; `--set` is what is changed, in any words."""
    base = ["--profile", "-", "--er", "+"]
    ran = mbc("what-if", *base, "--set", "ER=neg", "--set", "sites=bone;liver", "--json", stdin=b"her2: positive")
    data = WhatIfOut.model_validate_json(ran.out)
    assert data.profile == {"er_status": "positive", "her2_status": "positive"}
    assert data.profiles == [
        data.profile,
        {"er_status": "negative", "her2_status": "positive", "metastatic_sites": ["bone", "liver"]},
    ]


def refused(*words: str, stdin: bytes = b"") -> list[str]:
    """What a refused command says, which is the same as JSON where JSON is asked for."""
    text, as_json = mbc(*words, stdin=stdin), mbc(*words, "--json", stdin=stdin)
    assert (text.code, text.out, as_json.code, as_json.err) == (2, "", 2, "")
    told = ErrorOut.model_validate_json(as_json.out).error
    lines = text.err.splitlines()
    assert lines[0] == f"mbc: {told.headline}"
    return [line for line in lines[1:] if not re.fullmatch(r"\d+ problems", line)]


CONTRADICTION = (
    "sex + menopausal_status: contradict each other: sex (male) and menopausal_status (premenopausal). Menopausal "
    "status is a question for women only. Correct one of them, or give it as unknown."
)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--er +", "--set: says what is changed, and is not given."),
        ("--set er", "--set: 'er' is written attribute=value, as in er_status=positive."),
        ("--set er=+ --set er_status=-", "--set: 'er_status=-' gives er_status a second time."),
        ("--set err=", "err: is not an attribute of a profile; did you mean 'er'?"),
        ("--set er=green", "er_status: 'green' is not one of positive, negative, unknown."),
        ("--er green --set er=+", "er_status: 'green' is not one of positive, negative, unknown."),
        (
            "--sex male --menopause pre --set er=+",
            CONTRADICTION,
        ),
        (
            "--menopause pre --set sex=male",
            f"{CONTRADICTION} To take back what the profile says: --set menopausal_status=",
        ),
        ("--set sex=male --set menopause=pre", CONTRADICTION),
    ],
)
def test_a_change_that_is_not_understood_says_what_is_wrong(words: str, told: str) -> None:
    """Unfinished, unknown, given twice, or against the rest of the profile, with the way to take that back."""
    assert refused("what-if", *words.split()) == [told]


def test_taking_back_what_stands_in_the_way_is_accepted() -> None:
    """What the refusal says to type works."""
    data = asked("--menopause pre", "sex=male", "menopausal_status=")
    assert data["profiles"][1] == {"sex": "male"}


@pytest.mark.parametrize(
    ("files", "stdin", "told"),
    [
        (["-", "-"], b"", ["compare: '-' stands for stdin, which can be read only once."]),
        (["-", "nowhere.yaml"], b"er: +", ["nowhere.yaml: cannot be read (No such file or directory)."]),
        (
            ["-", "nowhere.yaml"],
            b"er: green\nprior: nothing",
            [
                "stdin: er_status: 'green' is not one of positive, negative, unknown.",
                "stdin: prior_therapies: 'nothing' is not a therapy of the documents; `mbc profile prior_therapies` "
                "lists the therapies that the documents name.",
                "nowhere.yaml: cannot be read (No such file or directory).",
            ],
        ),
        (["-", str(EXAMPLES[0])], b"sex: male\nmenopause: pre", [f"stdin: {CONTRADICTION}"]),
    ],
)
def test_two_files_that_cannot_be_compared_say_which_and_why(files: list[str], stdin: bytes, told: list[str]) -> None:
    """Everything that is wrong in either is told, with the file."""
    assert refused("compare", *files, stdin=stdin) == told


def test_two_files_are_compared() -> None:
    """A man and a premenopausal woman (mnt-undated:12, breastcancer-org-2022:192): what is described for one alone."""
    paths = {path.stem: str(path) for path in EXAMPLES}
    text = shown("compare", paths["hr-positive-premenopausal"], paths["man-hr-positive"], "--all")
    for told in (
        f"A: {paths['hr-positive-premenopausal']}",
        "ER: positive (both)",
        "sex: not stated (A), male (B)",
        "menopausal status: premenopausal (A), not stated (B)",
        "Notes on B * Several statements are worded for women.",
        "DESCRIBED FOR A, and not for B",
        "- Ovarian suppression; for A: described CancerCare, 2024-02-19: hr-positive 29 "
        "[not met: menopausal status: premenopausal]",
        "+ Tamoxifen; described, for both",
        "hormone-therapy 192 [HR: positive; sex: male; line of therapy: first]",
        "first-line 12 [for A alone; for B not met: menopausal status: premenopausal]",
    ):
        assert told in text
    same = shown("compare", paths["man-hr-positive"], paths["man-hr-positive"])
    assert "No option moves The same statements hold for the same options." in same
    assert "(A)" not in same


def test_output_writes_what_would_have_been_printed(tmp_path: Path) -> None:
    """`--output` takes text and JSON."""
    words = ["what-if", "--er", "+", "--set", "er=-"]
    for more in ([], ["--json"]):
        target = tmp_path / "answer"
        assert mbc(*words, *more, "--output", str(target)) == Ran(0, "", f"wrote {target}\n")
        assert target.read_text(encoding="utf-8") == mbc(*words, *more).out


@pytest.mark.parametrize("name", ["what-if", "compare"])
def test_the_examples_of_the_help_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example in the help ends well; the help of what-if says what the changes are."""
    monkeypatch.chdir(tmp_path)
    for file in ("case.yaml", "first.yaml"):
        (tmp_path / file).write_text("er_status: positive\n", encoding="utf-8")
    (tmp_path / "second.yaml").write_text("her2_status: positive\n", encoding="utf-8")
    text = " ".join(mbc(name, "--help").out.split())
    assert ("--set says what is changed in it, and may say otherwise" in text) == (name == "what-if")
    examples = text.partition("Examples:")[2].split(" | ")
    assert len(examples) >= 3
    for line in examples:
        ran = mbc(*shlex.split(line.replace("mbc ", "", 1)), stdin=b"pr_status: positive")
        assert (ran.code, ran.err) == (0, ""), line
