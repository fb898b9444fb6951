"""The command line: every command and option, the ways to give a profile, and what every refusal says and where."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from command_line import EXAMPLES, Ran, command, environment, mbc, process
from mbc_explorer import Explorer, Profile, __version__
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.cli.schema import KINDS
from mbc_explorer.profile import read_profile
from mbc_explorer.published import MODELS, ErrorOut, ReportOut
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Callable

    from mbc_explorer import Catalog
    from mbc_explorer.folders import Folders

DEMONSTRATION = shlex.split("--er positive --pr positive --her2 negative --menopause postmenopausal --prior none")
SHELLS = ("bash", "zsh", "fish")


def answer(*words: str, stdin: bytes | None = b"") -> dict[str, Any]:
    """The JSON of a command that succeeds."""
    ran = mbc(*words, stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, Any] = json.loads(ran.out)
    return found


def refused(*words: str, stdin: bytes | None = b"", code: int = 2) -> list[str]:
    """What a refused command says: once on stderr as text, and the same as JSON on stdout where JSON is asked for."""
    text = mbc(*words, stdin=stdin)
    assert (text.code, text.out) == (code, "")
    first, *lines = text.err.splitlines()
    as_json = mbc(*words, "--format", "json", stdin=stdin)
    if "--format" not in words and words[:1] == ("explore",):
        assert (as_json.code, as_json.err) == (code, "")
        told = ErrorOut.model_validate_json(as_json.out).error
        assert (told.exit_code, f"mbc: {told.headline}") == (code, first)
        shown = [
            f"{problem.where}: {problem.message}" if problem.where else problem.message for problem in told.problems
        ]
        assert lines[: len(shown)] == shown
    return lines


def verdicts(report: dict[str, Any]) -> dict[str, tuple[str, tuple[str, ...], dict[str, str]]]:
    """Each option's status, what is missing, and the criterion of each rule that is shown."""
    return {
        option["id"]: (
            option["status"],
            tuple(option["missing"]),
            {rule["id"]: rule["criterion"] for view in option["sources"] for rule in view["rules"]},
        )
        for option in report["options"]
    }


# A profile: options, YAML, JSON, stdin, Python


def test_the_ways_to_give_a_profile_give_the_same_bytes(tmp_path: Path, catalog: Catalog) -> None:
    """Options, `--set`, YAML, JSON, stdin and a Python object are one and the same profile."""
    facts = {
        "er_status": "positive",
        "her2_status": "negative",
        "pik3ca_status": "not_tested",
        "metastatic_sites": ["bone", "liver"],
        "metastatic_areas": 2,
        "prior_therapies": ["letrozole@adjuvant,stopped=progression,months=8", "T-DM1"],
    }
    in_yaml = tmp_path / "case.yaml"
    in_yaml.write_text(yaml.safe_dump(facts), encoding="utf-8")
    in_json = tmp_path / "case.json"
    in_json.write_text(json.dumps(facts), encoding="utf-8")
    options = shlex.split(
        "--er positive --her2 negative --pik3ca not_tested --sites bone,liver --metastatic-areas 2 "
        "--prior letrozole@adjuvant,stopped=progression,months=8 --prior T-DM1"
    )
    wanted = Explorer(catalog).explore(Profile(facts)).json() + "\n"
    given = [
        mbc("explore", "--json", *options),
        mbc("explore", "--json", "--profile", str(in_yaml)),
        mbc("explore", "--json", "--profile", str(in_json)),
        mbc("explore", "--json", "--profile", "-", stdin=in_yaml.read_bytes()),
        mbc("explore", "--json", "--profile", "-", stdin=in_json.read_bytes()),
        mbc("explore", "--json", "-p", "-", stdin=b"\xef\xbb\xbf" + in_json.read_bytes()),
        mbc("explore", "--json", *options[:2], "--profile", "-", stdin=yaml.safe_dump(facts).encode()),
        mbc("explore", "--json", *options[2:], "--set", "ER=+"),
        process("explore", "--json", *options),
    ]
    assert given == [Ran(0, wanted, "")] * len(given)


def test_a_reports_profile_is_valid_input_that_gives_the_same_report() -> None:
    """What a report says that it understood can be given back."""
    first = mbc("explore", "--json", *DEMONSTRATION, "--sites", "bone,unknown", "--prior-regimens", "unknown")
    profile = json.loads(first.out)["profile"]
    assert mbc("explore", "--json", "--profile", "-", stdin=json.dumps(profile).encode()) == first


@pytest.mark.parametrize(
    ("file", "option"),
    [
        ("er_status: positive", "--er positive"),
        ("er: '+'", "--er-status ER-positive"),
        ("sites: [bone, liver]", "--sites bone,liver"),
        ("sites: [bone, liver]", "--site bone --site liver"),
        ("prior: none", "--prior none"),
        ("prior: [T-DM1]", "--prior Kadcyla"),
        ("metastatic_areas: 2", "--metastatic-areas 2"),
        ("er: unknown", "--er unknown"),
    ],
    ids=str,
)
def test_the_same_fact_in_a_file_and_an_option_is_accepted(file: str, option: str) -> None:
    """A file and an option may say the same, in whatever words."""
    by_file = answer("explore", "--json", "--profile", "-", stdin=file.encode())
    by_both = answer("explore", "--json", "--profile", "-", *option.split(), stdin=file.encode())
    assert by_both == by_file


@pytest.mark.parametrize(
    ("file", "options", "told"),
    [
        (
            "er: negative",
            "--er positive",
            ["er_status: stdin says 'negative' and the command 'positive'; give it once, or the same."],
        ),
        (
            "er_status: unknown",
            "--set er=positive",
            ["er_status: stdin says 'unknown' and the command 'positive'; give it once, or the same."],
        ),
        (
            "prior: [letrozole]\nher2: positive",
            "--prior none --her2 -",
            [
                "prior_therapies: stdin says ['letrozole'] and the command ['none']; give it once, or the same.",
                "her2_status: stdin says 'positive' and the command '-'; give it once, or the same.",
                "2 problems",
            ],
        ),
    ],
)
def test_a_file_and_an_option_that_differ_are_an_error(file: str, options: str, told: list[str]) -> None:
    """An option that contradicts the file is refused, every such attribute named at once."""
    assert refused("explore", "--profile", "-", *options.split(), stdin=file.encode()) == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--er positive --er negative", "--er-status: is given as 'positive' and as 'negative'; give it once."),
        ("--set er=positive --set er_status=negative", "--set: 'er_status=negative' gives er_status a second time."),
        ("--er positive --set er=negative", "--set: 'er=negative' gives er_status a second time."),
        ("--set er", "--set: 'er' is written attribute=value, as in er_status=positive."),
        ("--set =positive", ": is not an attribute of a profile; `mbc profile` lists what can be said."),
        ("--set ser=positive", "ser: is not an attribute of a profile; did you mean 'er' or 'sex'?"),
    ],
)
def test_a_fact_that_is_given_twice_or_unfinished_is_an_error(words: str, told: str) -> None:
    """No value that was given is dropped in silence."""
    assert refused("explore", *words.split()) == [told.removeprefix(": ")]


def test_a_value_may_be_repeated() -> None:
    """The same value twice is the same value."""
    assert answer("explore", "--json", "--er", "positive", "--er", "Positive")["profile"] == {"er_status": "positive"}


# Narrowing


@pytest.mark.parametrize(
    "words",
    [
        "--category her2_directed_therapy",
        "--category 'HER2-directed therapy' --category hormone_therapy",
        "--option trastuzumab",
        "--option Trastuzumab --option letrozole",
        "--status undetermined",
        "--status described --status not_described",
        "--source msk-2016",
        "--source cancercare-2024 --source mnt-undated",
        "--category targeted_therapy --status described --source dana-farber-undated",
    ],
)
def test_narrowing_changes_no_verdict(words: str) -> None:
    """What is shown is narrowed; each verdict, the counts and the order stay those of the whole."""
    whole = answer("explore", "--json", *DEMONSTRATION)
    part = answer("explore", "--json", *DEMONSTRATION, *shlex.split(words))
    all_verdicts, shown = verdicts(whole), verdicts(part)
    assert shown
    assert len(mbc("explore", "--json", *DEMONSTRATION, *shlex.split(words)).out) < len(
        mbc("explore", "--json", *DEMONSTRATION).out
    )
    assert [name for name in all_verdicts if name in shown] == list(shown)
    for name, (status, missing, rules) in shown.items():
        assert (status, missing) == all_verdicts[name][:2]
        assert rules.items() <= all_verdicts[name][2].items()
    for kept in ("profile", "notes", "derived", "summary", "names", "software", "knowledge", "disclaimer"):
        assert part[kept] == whole[kept]


def test_each_narrowing_shows_what_it_names() -> None:
    """A category with those below it, an option by id or name, a status, a source: that and nothing else."""
    category = answer("explore", "--json", *DEMONSTRATION, "--category", "targeted_therapy")
    option = answer("explore", "--json", *DEMONSTRATION, "--option", "Trastuzumab")
    status = answer("explore", "--json", *DEMONSTRATION, "--status", "not-described")
    source = answer("explore", "--json", *DEMONSTRATION, "--source", "mnt-undated")
    assert all("targeted_therapy" in row["category"] for row in category["options"])
    assert {"her2_directed_therapy", "cdk4_6_inhibitor"} <= {row["category"][-1] for row in category["options"]}
    assert [row["id"] for row in option["options"]] == ["trastuzumab"]
    assert {row["status"] for row in status["options"]} == {"not_described"}
    assert len(status["options"]) == status["summary"]["statuses"]["not_described"]
    assert [row["id"] for row in source["sources"]] == ["mnt-undated"]
    assert {view["source"] for row in source["options"] for view in row["sources"]} == {"mnt-undated"}
    assert all(view["rules"] for row in source["options"] for view in row["sources"])
    assert source["narrowed_to"] == {"sources": ["mnt-undated"]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--status described_ --status met", 2),
        ("--source msk", 1),
        ("--category hormones --option nothing_like_it", 1),
        ("--format xml", 1),
        ("--engine prolog", 1),
    ],
)
def test_a_narrowing_that_is_not_known_is_an_error(words: str, told: int) -> None:
    """Every unknown word of an option is told with what was expected."""
    lines = refused("explore", *words.split())
    assert len([line for line in lines if line.startswith(("--", "engine"))]) == told


def test_an_unknown_word_is_answered_with_the_valid_ones() -> None:
    """The nearest valid words are named, or all of them where they are few."""
    assert refused("explore", "--status", "describd") == [
        "--status: 'describd' is not a known status; did you mean 'described' or 'not_described'?"
    ]
    assert refused("explore", "--source", "x") == [
        "--source: 'x' is not a known source; it is one of msk-2016, breastcancer-org-2022, mnt-undated, "
        "dana-farber-undated, cancercare-2024."
    ]
    assert refused("explore", "--format", "xml") == [
        "--format: 'xml' is not a known format; it is one of text, json, markdown."
    ]
    assert refused("explore", "--engine", "x") == ["engine: 'x' is not one of durable, reference."]


# Formats, output, what is shown


def test_each_format_is_what_it_is_called() -> None:
    """Text by default; JSON by `--json` or `--format json`, compact in a pipe; Markdown with a heading."""
    text = mbc("explore", *DEMONSTRATION)
    as_json = mbc("explore", *DEMONSTRATION, "--json")
    assert text == mbc("explore", *DEMONSTRATION, "--format", "text")
    assert as_json == mbc("explore", *DEMONSTRATION, "--format", "JSON") == mbc("explore", *DEMONSTRATION, "-f", "json")
    assert text.out.startswith("What five public documents say of this profile\n")
    assert as_json.out == json.dumps(json.loads(as_json.out), ensure_ascii=False, separators=(",", ":")) + "\n"
    assert mbc("explore", *DEMONSTRATION, "-f", "markdown").out.startswith("# What five public documents say")


def test_json_and_another_format_contradict_each_other() -> None:
    """`--json` beside another format is refused, in JSON."""
    ran = mbc("explore", "--json", "--format", "markdown")
    assert (ran.code, ran.err) == (2, "")
    (problem,) = ErrorOut.model_validate_json(ran.out).error.problems
    assert problem.message == "--json and --format markdown are both given; give one."


@pytest.mark.parametrize("shown", ["text", "json", "markdown"])
def test_output_writes_what_would_have_been_printed(shown: str, tmp_path: Path) -> None:
    """`--output` writes the same bytes to the file, replaces what it held, and leaves stdout empty."""
    target = tmp_path / "answer"
    target.write_text("old", encoding="utf-8")
    ran = mbc("explore", *DEMONSTRATION, "--format", shown, "--output", str(target))
    assert ran == Ran(0, "", f"wrote {target}\n")
    assert target.read_text(encoding="utf-8") == mbc("explore", *DEMONSTRATION, "--format", shown).out
    assert list(tmp_path.iterdir()) == [target]


def test_the_output_that_is_called_by_a_dash_is_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--output -` prints, as it does elsewhere, and makes no file of that name."""
    monkeypatch.chdir(tmp_path)
    assert mbc("explore", *DEMONSTRATION, "--output", "-") == mbc("explore", *DEMONSTRATION)
    assert list(tmp_path.iterdir()) == []


def test_the_output_that_is_stdout_by_another_name_adds_to_it(tmp_path: Path) -> None:
    """`--output /dev/stdout` in a redirection keeps what was written before, and what comes after."""
    target = tmp_path / "all"
    line = " ".join(command("explore", "--json", "--output", "/dev/stdout"))
    line = f"{{ echo before; {line}; echo after; }} > {target}"
    done = subprocess.run(["sh", "-c", line], env=environment(), check=False)
    assert done.returncode == 0
    first, answer, last = target.read_text(encoding="utf-8").splitlines()
    assert (first, last) == ("before", "after")
    assert json.loads(answer)["disclaimer"]


def test_a_refused_command_leaves_the_output_as_it_was(tmp_path: Path) -> None:
    """A command that fails writes nothing."""
    target = tmp_path / "answer"
    target.write_text("old", encoding="utf-8")
    refused("explore", "--er", "green", "--output", str(target))
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("answer", "old")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Is a directory"),
        ("/", "Is a directory"),
        ("folder", "Is a directory"),
        ("file/inside", "Not a directory"),
        ("nowhere/answer", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ],
    ids=["empty", "root", "folder", "in-a-file", "no-such-folder", "long-name"],
)
def test_an_output_that_cannot_be_written_is_a_clear_error(name: str, reason: str, tmp_path: Path) -> None:
    """The path and the system's reason are told, and nothing is left beside."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    target = str(tmp_path / name) if name else ""
    shown = str(Path(target)) if len(name) < 200 else f"{str(tmp_path / name)[:200]}…"
    assert refused("explore", "--output", target) == [f"{shown}: cannot be written ({reason})."]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_an_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where the disk is full before the end, the file stays as it was and no part is left beside it."""
    target = tmp_path / "answer"
    target.write_text("old", encoding="utf-8")
    words = shlex.join(command("explore", "--all", "--format", "markdown", "--output", str(target)))
    ran = subprocess.run(["sh", "-c", f"ulimit -f 8; {words}"], capture_output=True, env=environment(), check=False)
    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        f"mbc: the answer cannot be written\n{target}: cannot be written (File too large).\n",
    )
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("answer", "old")]


def test_an_output_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    """What a link points to is replaced, not the link."""
    target, link = tmp_path / "answer", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    assert mbc("sources").code == mbc("explore", "--json", "--output", str(link)).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))["disclaimer"] == DISCLAIMER


def test_an_output_that_is_no_file_is_written_to_and_kept(tmp_path: Path) -> None:
    """A pipe or a device (`--output /dev/stdout`) is written to, never replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        ran = mbc("explore", "--option", "letrozole", "--output", str(pipe))
        got = os.read(reader, 1 << 16).decode()
    finally:
        os.close(reader)
    assert (ran.code, got, pipe.is_fifo()) == (0, mbc("explore", "--option", "letrozole").out, True)


def test_all_shows_what_is_not_described_and_why() -> None:
    """`--all` shows the not described with the criterion that rules each out (cancercare-2024:52: HER2-positive)."""
    brief = mbc("explore", "--her2", "negative").out
    everything = mbc("explore", "--her2", "negative", "--all").out
    assert re.search(
        r"^NOT DESCRIBED \((\d+)\)\n  \1 options; --all shows them with what rules them out\.$", brief, re.M
    )
    assert "\n  - Trastuzumab\n" not in brief
    assert (
        "CancerCare, 2024-02-19: her2-positive 52 [not met: HER2: positive]"
        in everything.partition("- Trastuzumab\n")[2]
    )


def test_details_shows_each_statement_in_a_paraphrase() -> None:
    """`--details` adds each statement's paraphrase, which the brief form leaves out."""
    report = answer("explore", "--json", "--her2", "positive", "--option", "pertuzumab")
    rules = [rule for view in report["options"][0]["sources"] for rule in view["rules"]]
    told = " ".join(mbc("explore", "--her2", "positive", "--details").out.split())
    brief = " ".join(mbc("explore", "--her2", "positive").out.split())
    assert rules
    assert [rule["paraphrase"] in told for rule in rules] == [True] * len(rules)
    assert [rule["paraphrase"] in brief for rule in rules] == [False] * len(rules)


@pytest.mark.parametrize("engine", ["durable", "reference"])
def test_the_engine_can_be_chosen_and_is_named(engine: str, explorer: Explorer) -> None:
    """Both engines give the same answer, which names the one that ran."""
    if explorer.engine != engine:
        pytest.skip("the other engine's turn")
    chosen = answer("explore", "--json", *DEMONSTRATION, "--engine", engine)
    reference = answer("explore", "--json", *DEMONSTRATION, "--engine", "reference")
    assert chosen["software"].pop("engine") == engine
    assert reference["software"].pop("engine") == "reference"
    assert chosen == reference


# Another pack


@pytest.fixture
def pack(tmp_path: Path, folders: Folders) -> Path:
    """A copy of the pack, to be changed."""
    shutil.copytree(folders.knowledge, tmp_path / "pack" / "knowledge")
    shutil.copytree(folders.rules, tmp_path / "pack" / "rules")
    return tmp_path / "pack"


def test_a_copied_pack_gives_the_same_answer(pack: Path) -> None:
    """`--knowledge` reads another pack; a copy says the same in every command."""
    for words in (["explore", *DEMONSTRATION, "--json"], ["profile", "--json"], ["sources"], ["schema", "profile"]):
        assert mbc(*words, "--knowledge", str(pack)) == mbc(*words)


def test_another_packs_words_are_the_answers(pack: Path) -> None:
    """What another pack calls an option is what is shown of it."""
    categories = pack / "knowledge" / "categories.yaml"
    text = categories.read_text(encoding="utf-8")
    assert "name: Exemestane" in text
    categories.write_text(text.replace("name: Exemestane", "name: Another name"), encoding="utf-8")
    own = answer("explore", "--json", "--option", "exemestane")
    other = answer("explore", "--json", "--option", "exemestane", "--knowledge", str(pack))
    assert (own["options"][0]["name"], other["options"][0]["name"]) == ("Exemestane", "Another name")
    assert own["knowledge"]["digest"] != other["knowledge"]["digest"]


@pytest.mark.parametrize("words", [["explore"], ["profile"], ["sources"], ["schema"], ["check"]], ids=str)
def test_a_folder_without_a_pack_is_an_error_of_knowledge(words: list[str], tmp_path: Path) -> None:
    """A folder that holds no pack is refused with exit code 1, saying what a pack has."""
    told = "there is no folder 'knowledge' and no folder 'rules' here; a pack has 'knowledge' and 'rules'."
    assert refused(*words, "--knowledge", str(tmp_path), code=1) == [f"{tmp_path}: {told}"]


def test_a_pack_with_an_unknown_key_is_an_error_with_its_place(pack: Path) -> None:
    """Invalid knowledge gives exit code 1 and file, line and column."""
    (pack / "knowledge" / "agents.yaml").write_text("agents: []\nextra: 1\n", encoding="utf-8")
    lines = refused("explore", "--knowledge", str(pack), code=1)
    assert any(line.startswith("knowledge/agents.yaml:2:") and "extra" in line for line in lines), lines


# profile, sources, schema


def test_profile_lists_every_attribute_once(catalog: Catalog) -> None:
    """Without a name, every attribute is shown with its values."""
    listed = re.findall(r"^  (\w+): ", mbc("profile").out, re.M)
    assert [name for name in listed if name in catalog.attributes] == list(catalog.attributes)
    assert "her2_status: positive, negative" in mbc("profile").out


@pytest.mark.parametrize("name", ["her2_status", "her2", "HER2/neu", "HER2 status"])
def test_profile_shows_one_attribute_by_any_of_its_names(name: str) -> None:
    """One attribute, by id or alias: its words, its definition with citations, and what the documents do not know."""
    out = mbc("profile", name).out
    assert out == mbc("profile", "her2_status").out
    for told in ("  her2_status: positive, negative\n", "overexpressed", "msk-2016, sentence 22", "- low, her2-low"):
        assert told in out
    assert "er_status:" not in out.replace("her2_status:", "")


def test_profile_answers_a_misspelled_name_with_the_nearest() -> None:
    """A misspelled attribute is refused with the nearest names."""
    assert refused("profile", "menopausl") == [
        "menopausl: is not an attribute of a profile; did you mean 'menopausal' or 'menopause' or 'menopausal_status'?"
    ]
    (problem,) = ErrorOut.model_validate_json(mbc("profile", "menopausl", "--json").out).error.problems
    assert (problem.kind, problem.where) == ("unknown-attribute", "menopausl")


def test_profile_as_json_names_options_that_the_command_line_takes(catalog: Catalog) -> None:
    """The vocabulary as JSON: every attribute, and `explore` takes each option that it names."""
    rows = answer("profile", "--json")["attributes"]
    assert [row["id"] for row in rows] == list(catalog.attributes)
    assert all(row["options"] for row in rows)
    for turn in range(max(len(row["options"]) for row in rows)):
        named = {row["id"]: row["options"][turn] for row in rows if turn < len(row["options"])}
        words = [word for option in named.values() for word in (option, "equivocal")]
        assert answer("explore", "--json", *words)["profile"] == dict.fromkeys(named, "equivocal")


def test_the_template_is_accepted_as_it_is() -> None:
    """An empty template is a profile of which nothing is known."""
    template = mbc("profile", "--template")
    assert (template.code, template.err) == (0, "")
    given = mbc("explore", "--json", "--profile", "-", stdin=template.out.encode())
    assert given == mbc("explore", "--json")


def test_every_word_of_the_templates_comments_is_understood(catalog: Catalog) -> None:
    """Each line of the template is one attribute, and each value in its comment can be filled in."""
    lines = [line[1:] for line in mbc("profile", "--template").out.splitlines() if re.match(r"#\w", line)]
    assert [line.partition(":")[0] for line in lines] == list(catalog.attributes)
    filled = 0
    for line in lines:
        empty, _, comment = line.partition("#")
        kind = catalog.attributes[empty.partition(":")[0]].kind
        for word in re.findall(r"\w+", comment.removeprefix(" any of")) if kind in ("choice", "list") else ():
            given = yaml.safe_load(empty.replace("[]", f"[{word}]") if kind == "list" else f"{empty}{word}")
            assert read_profile(Profile(given), catalog).plain() == given
            filled += 1
    assert filled == sum(len(attribute.values) for attribute in catalog.attributes.values())


def test_the_template_is_accepted_with_every_line_un_commented() -> None:
    """A teacher who removes every # gets an answer, with the empty lists and the untreated history that it states."""
    text = re.sub(r"^#(?=\w)", "", mbc("profile", "--template").out, flags=re.M)
    understood = answer("explore", "--json", "--profile", "-", stdin=text.encode())["profile"]
    assert understood["metastatic_sites"] == understood["prior_therapies"] == []
    assert understood["er_status"] == "unknown"


def test_sources_shows_the_five_records() -> None:
    """The five sources: two undated, one address established, one support disclosed, three publishers attributed."""
    records = answer("sources", "--json")["sources"]
    assert [(row["id"], row["date"], row["publisher_basis"]) for row in records] == [
        ("msk-2016", "2016-10-27", "stated"),
        ("breastcancer-org-2022", "2022-08-17", "attributed"),
        ("mnt-undated", None, "attributed"),
        ("dana-farber-undated", None, "stated"),
        ("cancercare-2024", "2024-02-19", "attributed"),
    ]
    assert {row["id"]: row["url"] for row in records if row["url_status"] == "established"} == {
        "msk-2016": "https://www.mskcc.org/news/what-you-should-know-about-metastatic-breast"
    }
    assert {row["url"] for row in records if row["url_status"] == "not_verified"} == {None}
    assert [row["id"] for row in records if row["disclosure"]] == ["cancercare-2024"]
    text = mbc("sources").out
    assert [line for line in text.splitlines() if line in {row["id"] for row in records}] == [
        row["id"] for row in records
    ]


def test_schema_gives_the_published_shapes(catalog: Catalog) -> None:
    """The report's schema names what a report holds, the error's what an error holds, the profile's every attribute."""
    report, profile, error = (answer("schema", kind) for kind in ("report", "profile", "error"))
    assert mbc("schema") == mbc("schema", "report")
    assert set(report["required"]) == set(answer("explore", "--json"))
    narrow = set(answer("explore", "--json", "--source", "msk-2016"))
    assert (narrow - set(report["required"]), narrow <= set(report["properties"])) == ({"narrowed_to"}, True)
    assert set(profile["properties"]) == set(catalog.attributes)
    assert set(error["properties"]) == {"schema_version", "disclaimer", "error"}
    assert {row["$comment"] for row in (report, profile, error)} == {DISCLAIMER}
    assert refused("schema", "rule") == [f"schema: 'rule' is not a known schema; it is one of {', '.join(KINDS)}."]


def test_every_published_shape_has_its_schema_and_no_other_is_offered() -> None:
    """`mbc schema` knows the profile and every model of what comes out, and each gives a schema with the disclaimer."""
    assert set(KINDS) == {"profile", *MODELS}
    for kind in KINDS:
        assert {"$schema", "$comment", "properties"} <= set(answer("schema", kind)), kind


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_gives_a_valid_report_and_is_a_valid_profile(example: Path) -> None:
    """Each example, and what is understood of it, is valid by the profile's schema, its report by the model."""
    out = mbc("explore", "--json", "--profile", str(example)).out
    report = ReportOut.model_validate_json(out)
    schema = answer("schema", "profile")
    written = yaml.safe_load(example.read_text(encoding="utf-8"))
    assert report.summary.statuses["described"] > 0
    assert (invalid(written, schema), invalid(report.profile, schema)) == ([], [])


def test_the_schema_of_a_profile_refuses_what_is_not_one() -> None:
    """A wrong value, an unknown attribute and a wrong kind are invalid by the published schema."""
    schema = answer("schema", "profile")
    assert invalid({"er_status": "green", "nothing": 1, "metastatic_areas": "two", "prior_therapies": [1]}, schema) == [
        "er_status", "nothing", "metastatic_areas", "prior_therapies"
    ]  # fmt: skip


def invalid(profile: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The attributes of a profile that a JSON Schema does not allow; reads the few keywords that the schema uses."""
    return [
        name
        for name, value in profile.items()
        if name not in schema["properties"] or not allowed(value, schema["properties"][name])
    ]


def allowed(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a JSON Schema of the few keywords that are used here allows a value."""
    kinds = {"array": list, "integer": int, "string": str, "object": dict}
    checks: dict[str, Callable[[Any], bool]] = {
        "enum": lambda wanted: value in wanted,
        "oneOf": lambda wanted: sum(allowed(value, one) for one in wanted) == 1,
        "type": lambda wanted: isinstance(value, kinds[wanted]) and not isinstance(value, bool),
        "items": lambda wanted: not isinstance(value, list) or all(allowed(item, wanted) for item in value),
        "minItems": lambda wanted: not isinstance(value, list) or len(value) >= wanted,
        "minimum": lambda wanted: not isinstance(value, int) or value >= wanted,
        "required": lambda wanted: not isinstance(value, dict) or set(wanted) <= set(value),
        "additionalProperties": lambda _: not isinstance(value, dict) or set(value) <= set(schema["properties"]),
        "properties": lambda wanted: (
            not isinstance(value, dict) or all(allowed(value[key], wanted[key]) for key in value if key in wanted)
        ),
        "title": lambda _: True,
        "description": lambda _: True,
    }
    return all(checks[keyword](wanted) for keyword, wanted in schema.items())


# check and ledger


def entries(root: Path, pattern: str, key: str) -> int:
    """How many entries of a key the files of a pack hold."""
    return sum(len(yaml.safe_load(path.read_text(encoding="utf-8"))[key]) for path in root.glob(pattern))


def test_check_counts_what_it_verified(folders: Folders) -> None:
    """Without a corpus: exit code 0, the numbers of what is in the files, and that no fingerprint was checked."""
    ran = mbc("check", "--json")
    found = json.loads(ran.out)
    cases = list(folders.rules.glob("*/*.cases.yaml"))
    rules = sum(
        len(yaml.safe_load(path.read_text(encoding="utf-8"))["rules"])
        for path in folders.rules.glob("*/*.yaml")
        if path not in cases
    )
    verified = found["verified"]
    assert (ran.code, found["problems"]) == (0, [])
    assert verified["sources"] == 5
    assert verified["rules"] == rules
    assert verified["readings"] == sum(
        len(rule.get("other_readings", []))
        for path in folders.rules.glob("*/*.yaml")
        if path not in cases
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    )
    assert verified["statements"] == entries(folders.knowledge, "statements/*/*.yaml", "statements")
    assert verified["agents"] == entries(folders.knowledge, "agents.yaml", "agents")
    assert verified["cases"] == sum(
        1 + len(case.get("changes", []))
        for path in (*cases, folders.knowledge / "cases.yaml")
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    )
    assert "fingerprints" not in verified
    text = mbc("check")
    assert text.code == 0
    told = ", ".join(f"{number} {what}" for what, number in verified.items())
    assert " ".join(text.out.split()).startswith(f"Verified: {told}; cases through ")
    assert text.err == "Fingerprints and copied words were not checked:\nno corpus (--corpus DIR or MBC_CORPUS).\n"


def test_check_fails_on_a_changed_condition(pack: Path) -> None:
    """One changed condition in a rule: exit code 1, and the case that no longer holds is named (cancercare-2024:88)."""
    rules = next(
        path for path in pack.glob("rules/cancercare-2024/*.yaml") if re.search(r"id: olaparib\b", path.read_text())
    )
    text = rules.read_text(encoding="utf-8")
    head, found, tail = text.partition("id: olaparib")
    assert "brca_status: mutated" in tail
    rules.write_text(
        head + found + tail.replace("brca_status: mutated", "brca_status: not_mutated", 1), encoding="utf-8"
    )
    ran = mbc("check", "--knowledge", str(pack), "--json")
    problems = json.loads(ran.out)["problems"]
    assert ran.code == 1
    assert any("cancercare-2024.olaparib" in f"{row['where']} {row['message']}" for row in problems), problems
    assert mbc("check", "--knowledge", str(pack)).code == 1


@pytest.mark.corpus
def test_check_verifies_every_fingerprint_of_the_corpus(corpus: Path, folders: Folders) -> None:
    """With the five texts, as an option or a variable, each sentence of the ledgers verifies."""
    ran = mbc("check", "--corpus", str(corpus), "--json")
    ledgers = entries(folders.knowledge, "ledger/*.yaml", "sentences")
    assert (ran.code, json.loads(ran.out)["verified"]["fingerprints"]) == (0, ledgers)
    assert mbc("check", "--json", env={"MBC_CORPUS": str(corpus)}) == ran


@pytest.mark.corpus
def test_check_fails_on_one_changed_letter_of_a_text(corpus: Path, tmp_path: Path) -> None:
    """One changed letter in one text: exit code 1, naming the text."""
    copy = tmp_path / "texts"
    shutil.copytree(corpus, copy)
    text = copy / "004_3ead4ece1ec83b4a.txt"
    content = text.read_text(encoding="utf-8")
    text.write_text(content.replace("Lapatinib is", "Lapatinib iz", 1), encoding="utf-8")
    ran = mbc("check", "--corpus", str(copy))
    assert ran.code == 1
    assert "cancercare-2024" in ran.err
    assert "sentence 61" in ran.err


@pytest.mark.corpus
def test_ledger_writes_the_committed_ledgers(corpus: Path, tmp_path: Path, folders: Folders) -> None:
    """From the five texts, exactly the committed ledgers are written, and the counts are told."""
    ran = mbc("ledger", "--corpus", str(corpus), "--output", str(tmp_path / "ledger"))
    committed = {path.name: path.read_bytes() for path in (folders.knowledge / "ledger").iterdir()}
    assert ran.code == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "ledger").iterdir()} == committed
    assert [line.partition(":")[0] for line in ran.out.splitlines()[:5]] == [
        "msk-2016", "breastcancer-org-2022", "mnt-undated", "dana-farber-undated", "cancercare-2024"
    ]  # fmt: skip


def test_check_and_ledger_need_a_corpus_that_is_there(tmp_path: Path) -> None:
    """A folder that is missing, or lacks the texts, is an error, and nothing is written."""
    told = "say where your copy of the texts is, or set MBC_CORPUS."
    nowhere = str(tmp_path / "nowhere")
    assert refused("ledger") == [f"--corpus: {told}"]
    assert refused("check", "--corpus", nowhere) == [f"--corpus: {nowhere!r} is not a folder."]
    (line,) = refused("ledger", "--corpus", str(tmp_path), "--output", nowhere)
    assert line.startswith(f"{tmp_path}: these texts are not in the corpus: 000_ee36c8569d49b246.txt, ")
    assert not Path(nowhere).exists()
    ran = mbc("check", "--corpus", str(tmp_path), "--json")
    assert (ran.code, json.loads(ran.out)["verified"]["fingerprints"]) == (1, 0)


# Version, help, completion


def test_the_version_is_the_packages() -> None:
    """`--version` names the program and its version."""
    assert mbc("--version") == mbc("-V") == process("--version") == Ran(0, f"mbc-explorer {__version__}\n", "")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_teaches_within_80_columns(name: str) -> None:
    """Each command's help fits 80 columns, names an example of the command, and exits with 0."""
    ran = mbc(*name.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran == mbc(*name.split(), "-h")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert f"mbc {name}" in " ".join(ran.out.partition("--help")[2].split())
    for command_name in COMMANDS if not name else ():
        assert f"\n  {command_name} " in ran.out


def test_help_of_explore_names_every_option_of_the_vocabulary(catalog: Catalog) -> None:
    """Each attribute is an option, under its group."""
    out = mbc("explore", "--help").out
    assert [name for name in catalog.attributes if f"--{name.replace('_', '-')}" not in out] == []
    assert [
        line for line in ("The tumor:", "Genes and proteins:", "Treatment so far, and now:") if line not in out
    ] == []


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_examples_of_a_help_work(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every command that a help shows as an example succeeds."""
    text = " ".join(mbc(*name.split(), "--help").out.split())
    shown = re.split(r"Examples?: |Start with: ", text)[-1].partition("An attribute that is not given")[0]
    examples = [words for part in re.split(r"\||, then ", shown) if (words := shlex.split(part.rstrip(". ")))]
    places = {"ledgers": str(tmp_path / "ledgers"), "case.yaml": str(EXAMPLES[0])}
    places |= {"first.yaml": str(EXAMPLES[0]), "second.yaml": str(EXAMPLES[1])}
    if "texts" in shown:
        places["texts"] = str(request.getfixturevalue("corpus"))
    assert examples
    for first, *words in examples:
        redirected = words.index(">") if ">" in words else len(words)
        assert first == "mbc"
        given = [places.get(word, word) for word in words[:redirected]]
        if "--mutate" not in given:  # it takes long; `test_readme` runs the same line
            assert mbc(*given).code == 0


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("explore --her2 ", ["positive", "negative", "unknown"]),
        ("explore --her2 n", ["negative"]),
        ("explore --prior tras", ["trastuzumab", "trastuzumab_emtansine", "trastuzumab_deruxtecan"]),
        ("explore --prior trastuzumab+doce", ["trastuzumab+docetaxel"]),
        ("explore --er positive --menop", ["--menopausal-status", "--menopause", "--menopausal"]),
        ("", list(COMMANDS)),
        ("sche", ["schema"]),
        ("nonsense --x", []),
    ],
)
def test_completion_gives_the_words_that_fit(shell: str, words: str, wanted: list[str]) -> None:
    """A shell that asks gets values, therapies, options and commands, one a line, and never an error."""
    line = f"mbc {words}"
    asked = {
        "_MBC_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    ran = mbc(env=asked)
    found = [re.split(r"\t|\":\"", row)[0].strip('"') for row in completed(shell, ran.out)]
    assert (ran.code, ran.err, found) == (0, "", wanted)


def completed(shell: str, out: str) -> list[str]:
    """The candidates in what a shell is told."""
    if shell == "zsh":
        inner = re.fullmatch(r"_arguments '\*: :\(\((.*)\)\)'\n", out, re.DOTALL)
        out = inner.group(1) if inner else out.removeprefix("_files")
    return [row for row in out.split("\n") if row]


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_can_be_installed(shell: str) -> None:
    """The script that a shell is given defines the completion of `mbc`."""
    out = mbc(env={"_MBC_COMPLETE": f"source_{shell}"}).out
    assert "_MBC_COMPLETE" in out
    assert re.search(r"\bmbc\b", out)


# Refusals: always a message, never a traceback

DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "stdin: is not UTF-8 text (byte 0)."),
    "invalid-utf-8": (b"er_status: \xff", "stdin: is not UTF-8 text (byte 11)."),
    "invalid-utf-8-in-json": (b'{"er": "\xff"}', "stdin: is not UTF-8 text (byte 8)."),
    "list": (b"- er_status\n", "stdin:1:1: a profile is a mapping of attributes to values."),
    "list-in-json": (b"[1]", "stdin:1:1: a profile is a mapping of attributes to values."),
    "word": (b"positive", "stdin:1:1: a profile is a mapping of attributes to values."),
    "tab": (
        b"er_status:\n\tpositive",
        "stdin:2:1: is not valid YAML: found character that cannot start any token. Indent with spaces, not with tabs, "
        "and quote a value that begins with @, % or `.",
    ),
    "minus": (
        b"er_status: -",
        "stdin:1:12: is not valid YAML: block sequence entries are not allowed in this context. A value that begins "
        "with + or - must be quoted: '-'.",
    ),
    "key-twice": (b"er: positive\ner: positive\n", "stdin:2:1: the key 'er' stands more than once."),
    "key-twice-in-json": (b'{"er": "positive", "er": "negative"}', "stdin: the key 'er' stands more than once."),
    "attribute-twice": (
        b"er: positive\ner_status: positive\n",
        "er_status: is given twice, as 'er' and as 'er_status'; give it once.",
    ),
    "anchor": (
        b"er: &x positive\npr: *x\n",
        "stdin:1:5: anchors, aliases and tags are not used here; write it out.\n"
        "stdin:2:5: anchors, aliases and tags are not used here; write it out.\n2 problems",
    ),
    "tag": (
        b"er: !!python/object/apply:os.getcwd []\n",
        "stdin:1:5: anchors, aliases and tags are not used here; write it out.",
    ),
    "merge-key": (
        b"<<: {er: positive}\n",
        "<<: is not an attribute of a profile; `mbc profile` lists what can be said.",
    ),
    "two-documents": (
        b"er: positive\n---\npr: positive\n",
        "stdin:2:1: is not valid YAML: but found another document.",
    ),
    "key-is-a-list": (b"? [er]\n: positive\n", "stdin:1:3: a key must be a plain word."),
    "key-is-a-number": (b"1: positive", "1: is not an attribute of a profile; `mbc profile` lists what can be said."),
    "unfinished-json": (b'{"er": "positive"', "stdin:1:18: is not valid JSON: Expecting ',' delimiter."),
    "boolean": (b"er: true", "er_status: takes one word (positive, negative), not true."),
    "yes-and-no": (b"er: no", "er_status: 'no' is not one of positive, negative, unknown."),
    "mapping": (b"er: {is: positive}", "er_status: takes one word (positive, negative), not a mapping."),
    "control-character": (b"er: a\0b", "stdin: is not valid YAML: control characters are not allowed."),
    "nul-escaped": (b'{"er": "a\\u0000b"}', "er_status: 'a\\x00b' is not one of positive, negative, unknown."),
    "lone-surrogate": (b'{"er": "\\ud800"}', "er_status: '\\ud800' is not one of positive, negative, unknown."),
    "infinite": (
        b'{"metastatic_areas": 1e999}',
        "metastatic_areas: takes a whole number from 1 to 9999, not the number inf.",
    ),
    "not-a-number": (
        b'{"metastatic_areas": NaN}',
        "metastatic_areas: takes a whole number from 1 to 9999, not the number nan.",
    ),
    "fraction": (b"metastatic_areas: 1.5", "metastatic_areas: takes a whole number from 1 to 9999, not '1.5'."),
    "negative-number": (b"metastatic_areas: -3", "metastatic_areas: takes a whole number from 1 to 9999, not -3."),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_profile_is_refused_with_its_place(name: str) -> None:
    """Each kind of bad profile is told in words, as text and as JSON."""
    content, told = DOCUMENTS[name]
    assert refused("explore", "--profile", "-", stdin=content) == told.splitlines()


@pytest.mark.parametrize("content", [b"", b"\n", b"# only a comment\n", b"{}", b"null", b"---\n"])
def test_an_empty_profile_is_one_of_which_nothing_is_known(content: bytes) -> None:
    """An empty document is the all-unknown profile, with the note on what to state first."""
    report = answer("explore", "--json", "--profile", "-", stdin=content)
    assert report["profile"] == {}
    assert [note["id"] for note in report["notes"]] == ["nothing-known"]


@pytest.mark.parametrize("digits", [41, 5000])
@pytest.mark.parametrize("form", ["metastatic_areas: {}", '{{"metastatic_areas": {}}}'], ids=["yaml", "json"])
def test_a_huge_number_is_refused_in_a_users_words(form: str, digits: int) -> None:
    """A number of any length is refused as out of range, not as a fault of Python."""
    (line,) = refused("explore", "--profile", "-", stdin=form.format("9" * digits).encode())
    assert line.startswith("metastatic_areas: takes a whole number from 1 to 9999, not ")
    assert len(line) < 300


DEEP = {
    "yaml-lists": "er: " + "[" * 10_000 + "]" * 10_000,
    "yaml-mappings": "er: " + "{a: " * 10_000 + "}" * 10_000,
    "yaml-dashes": "- " * 30_000,
    "yaml-blocks": "\n".join(" " * depth + "a:" for depth in range(300)),
    "yaml-brackets-only": "[" * 60_000,
    "json-lists": '{"er": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "json-objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_refused(name: str) -> None:
    """However deep a document is nested, it is refused: no recursion error, no crash of the YAML library."""
    ran = process(
        "explore", "--profile", "-", stdin=DEEP[name].encode()
    )  # in its own process: a crash would end this one
    head, line = ran.err.splitlines()
    assert (ran.code, ran.out, head) == (2, "", "mbc: the profile is not understood")
    assert re.fullmatch(r"stdin(:\d+:\d+)?: is nested more than 100 levels deep\.", line)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere.yaml", "cannot be read (No such file or directory)."),
        (".", "cannot be read (Is a directory)."),
        ("file/inside", "cannot be read (Not a directory)."),
    ],
)
def test_a_profile_that_cannot_be_read_is_a_clear_error(name: str, told: str, tmp_path: Path) -> None:
    """A missing file, a folder, a path through a file: the path and the system's reason."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = str(tmp_path / name)
    assert refused("explore", "--profile", path) == [f"{path}: {told}"]


def test_a_closed_stdin_is_a_clear_error() -> None:
    """`--profile -` without a stdin says so."""
    assert refused("explore", "--profile", "-", stdin=None) == ["stdin: cannot be read (it is closed)."]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("explore --nope", "No such option: --nope; did you mean "),
        ("explore --estrogen positive", "No such option: --estrogen; did you mean "),
        ("explore --er", "Option '--er' requires an argument. `mbc explore --help` shows what it takes."),
        ("explore --prior", "Option '--prior' requires an argument. `mbc explore --help` shows what it takes."),
        ("explore extra", "Got unexpected extra argument(s) (extra). `mbc explore --help` shows what it takes."),
        ("explore --json=yes", "Option '--json' does not take a value. `mbc explore --help` shows what it takes."),
        ("explor", "there is no command 'explor'; did you mean 'explore'?"),
        (
            "nonsense",
            f"there is no command 'nonsense'; the commands are {', '.join(COMMANDS)}.",
        ),
        ("--nope", "No such option: --nope. `mbc --help` shows what it takes."),
        ("profile her2 er", "Got unexpected extra argument(s) (er). `mbc profile --help` shows what it takes."),
        ("explore --er green", "er_status: 'green' is not one of positive, negative, unknown."),
        ("explore --her2 postive", "her2_status: 'postive' is not one of positive, negative, unknown; did you mean "),
        (
            "explore --prior trastuzumba",
            "prior_therapies: 'trastuzumba' is not a therapy of the documents; did you mean ",
        ),
        ("explore --prior none --prior letrozole", "prior_therapies: holds 'none' beside something else; "),
        ("explore --metastatic-areas many", "metastatic_areas: takes a whole number from 1 to 9999, not 'many'."),
        ("explore --her2 low", "her2_status: 'low': The five documents know HER2 only as positive or negative; "),
    ],
)
def test_a_command_that_is_not_understood_says_what_was_expected(words: str, told: str) -> None:
    """Each wrong word is told on stderr with exit code 2, and as JSON where JSON was asked for."""
    first, *rest = words.split()
    text = mbc(first, *rest)
    assert (text.code, text.out) == (2, "")
    assert text.err.splitlines()[1].startswith(told)
    for asked in (["--json"], ["--format", "json"], ["--format=json"], ["-f", "json"], ["-fjson"], ["-af", "JSON"]):
        unfinished = words.endswith(("--er", "--prior"))
        as_json = mbc(first, *asked, *rest) if unfinished else mbc(first, *rest, *asked)
        assert (as_json.code, as_json.err) == (2, "")
        error = ErrorOut.model_validate_json(as_json.out)
        assert error.disclaimer == DISCLAIMER
        assert error.error.exit_code == 2


def test_no_command_at_all_shows_the_help() -> None:
    """`mbc` alone says on stderr what it can do, and is no success."""
    ran = mbc()
    assert (ran.code, ran.out) == (2, "")
    assert mbc("--help").out.strip() in ran.err


WORDS = {
    "empty": "",
    "blank": " ",
    "no-text": "\udcff",
    "accented": "é",
    "long": "x" * 100_000,
    "minus": "-",
    "two-minuses": "--",
    "format": "%s{0}",
    "escape": "\x1b[31m",
    "line-break": "\n",
}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    "option", ["--er", "--prior", "--sites", "--set", "--option", "--profile", "--metastatic-areas"]
)
def test_any_word_as_a_value_is_an_answer_or_a_refusal(option: str, name: str) -> None:
    """Whatever is typed as a value, the exit code is 0 or 2 and nothing is a defect or too long to read."""
    word = WORDS[name]
    ran = mbc("explore", option, word)
    assert ran.code in (0, 2)
    assert "defect" not in ran.err
    assert len(ran.err) < 1500 or option == "--profile"
    assert "\x1b" not in ran.err
    if ran.code == 2:
        ErrorOut.model_validate_json(mbc("explore", "--json", option, word).out)


# As a process: pipes, encodings, folders, interruption


def started(*words: str, **settings: Any) -> subprocess.Popen[bytes]:
    """A running `mbc` with its streams as pipes, unless the settings say otherwise."""
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command(*words), env=environment(), **{**streams, **settings})


@pytest.mark.parametrize(
    "words", [["explore", "--all", "--details"], ["explore", "--json"], ["explore", "--er", "x", "--json"]]
)
def test_a_reader_that_goes_away_ends_the_command_in_silence(words: list[str]) -> None:
    """`mbc explore | head -1` says nothing of a broken pipe."""
    running = started(*words)
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate()
    assert (running.returncode, err) == (141, b"")


@pytest.mark.parametrize("words", [["explore", "--json"], ["explore", "--er", "x", "--json"], ["sources"]], ids=str)
def test_a_full_disk_is_told_on_stderr(words: list[str]) -> None:
    """What cannot be printed is an error with a message, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        running = started(*words, stdout=full)
        _, err = running.communicate()
    assert running.returncode == 2
    assert err.startswith(b"mbc: ")
    assert (b"Traceback" in err, b"Exception" in err) == (False, False)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize(
    ("words", "code"), [("explore --json", 0), ("explore --er x", 2), ("explore --er x --json", 2)]
)
def test_a_closed_stream_does_no_harm(words: str, code: int, closed: str) -> None:
    """A command whose stdin, stdout or stderr is closed ends as it would otherwise."""
    line = f"{shlex.join(command(*words.split()))} {closed}"
    ran = subprocess.run(["sh", "-c", line], capture_output=True, env=environment(), check=False)
    assert ran.returncode == code
    assert b"Traceback" not in ran.stderr


def test_an_interrupted_command_ends_in_silence() -> None:
    """Ctrl-C while a profile is awaited on stdin ends with 130 and no traceback."""
    running = started("explore", "--profile", "-", start_new_session=True)
    wait_until_reading(running.pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert (running.returncode, out, err.strip()) == (130, b"", b"")


def wait_until_reading(pid: int) -> None:
    """Wait until a process waits for its stdin."""
    if not Path(f"/proc/{pid}/wchan").exists():
        pytest.skip("needs /proc to see what a process waits for")
    for _ in range(100_000):
        try:
            if Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").startswith("0 0x0 "):
                return
        except OSError:
            pytest.skip("may not see what a process waits for")
    pytest.skip("never saw the process wait")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8:strict", "utf-16"])
def test_any_encoding_of_the_terminal_does_no_harm(encoding: str) -> None:
    """Output is UTF-8 and refusals are readable whatever encoding Python was told."""
    plain = process("explore", "--json")
    told = process("explore", "--json", env={"PYTHONIOENCODING": encoding})
    assert (told.code, told.out) == (0, plain.out)
    bad = subprocess.run(
        command("explore", "--json", "--er", "é"),
        env=environment({"PYTHONIOENCODING": encoding}),
        capture_output=True,
        check=False,
    )
    assert bad.returncode == 2
    assert ErrorOut.model_validate_json(bad.stdout).error.problems[0].message.startswith("'é' is not one of")


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME"])
@pytest.mark.parametrize("value", ["", "relative", "/dev/null", "/proc", "\udcff"], ids=ascii)
def test_a_cache_that_cannot_be_kept_does_no_harm(variable: str, value: str) -> None:
    """Without a home, or with a cache folder that cannot be written, the answer is the same."""
    env = environment({variable: value})
    if variable == "HOME":
        env.pop("XDG_CACHE_HOME", None)
    ran = subprocess.run(command("sources"), env=env, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, mbc("sources").out, b"")


def test_no_home_at_all_does_no_harm() -> None:
    """With hardly any environment the answer is the same."""
    ran = subprocess.run(
        command("explore", "--json"), env={"PYTHONPATH": environment()["PYTHONPATH"]}, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, mbc("explore", "--json").out, b"")


def test_the_module_is_the_command() -> None:
    """`python -m mbc_explorer` answers and refuses as `mbc` does."""
    assert process("explore", *DEMONSTRATION) == mbc("explore", *DEMONSTRATION)
    assert process("explore", "--er", "x", "--json") == mbc("explore", "--er", "x", "--json")
    assert process("check", "--knowledge", os.devnull) == mbc("check", "--knowledge", os.devnull)
    assert sys.version_info >= (3, 11)
