"""What is shown: 80 columns, readable without color, in a fixed order, with ages, legend and disclaimer."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from command_line import EXAMPLES, command, environment, mbc
from mbc_explorer import Explorer, Profile, Report
from mbc_explorer.checks.wording import PRESCRIPTIVE, prescriptive_words
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.render.markdown import escaped, render_markdown
from mbc_explorer.render.text import render_text
from mbc_explorer.report import DISCLAIMER, LEGEND, STATUSES, Narrowing, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mbc_explorer import Catalog

WIDTH = 80
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
VIEWS = {
    "brief": {},
    "all": {"everything": True},
    "details": {"details": True},
    "all-details": {"everything": True, "details": True},
}
NAMES = {
    "msk-2016": "Memorial Sloan Kettering Cancer Center, 2016-10-27",
    "breastcancer-org-2022": "Breastcancer.org, 2022-08-17",
    "mnt-undated": "Medical News Today, undated",
    "dana-farber-undated": "Dana-Farber Cancer Institute, undated",
    "cancercare-2024": "CancerCare, 2024-02-19",
}
"""The sources in their order, each as a reader meets it: publisher and date as printed in the texts."""
WORDS = {
    "check": [],
    "compare": [str(EXAMPLES[0]), str(EXAMPLES[1])],
    "ledger": ["--corpus", "{corpus}", "--output", "{folder}"],
    "nearest": ["olaparib"],
    "pairs": ["tamoxifen"],
    "profile": [],
    "schema": [],
    "search": ["tamoxifen"],
    "show": ["olaparib"],
    "timeline": ["olaparib"],
    "what-if": ["--set", "her2=positive"],
    "why": ["letrozole"],
    "why-not": ["letrozole"],
}
"""The words that a command needs to say something; none where it is not listed."""


@pytest.fixture(scope="module")
def reference(catalog: Catalog) -> Explorer:
    """An explorer; which engine answers makes no difference to what is shown of it."""
    return Explorer(catalog, "reference")


@pytest.fixture(params=[None, *EXAMPLES], ids=lambda path: path.stem if path else "nothing-known")
def report(request: pytest.FixtureRequest, reference: Explorer) -> Report:
    """The report of nothing known, and of each example profile."""
    path: Path | None = request.param
    return reference.explore(Profile(yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}))


def flat(text: str) -> str:
    """Text without its line breaks and indentation."""
    return " ".join(text.split())


def shown(report: Report) -> dict[str, str]:
    """A report in every way it can be shown to a person."""
    texts = {f"text, {name}": render_text(report, **view) for name, view in VIEWS.items()}
    return texts | {
        "markdown": render_markdown(report),
        "markdown, all": render_markdown(report, everything=True),
    }


def rules(report: Report) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each rule of a report with its option."""
    for option in report.options:
        for view in option["sources"]:
            for rule in view["rules"]:
                yield option, rule


# Text


@pytest.mark.parametrize("view", VIEWS)
def test_text_is_80_columns_wide_and_has_no_escape_codes(report: Report, view: str) -> None:
    """No line is wider than 80 columns or ends in a blank, and nothing but plain characters is printed."""
    text = render_text(report, **VIEWS[view])
    assert [line for line in text.splitlines() if len(line) > WIDTH or line != line.rstrip()] == []
    assert text.replace("\n", "").isprintable()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_color_changes_no_word(report: Report) -> None:
    """With color, the words and the lines are the same, and something is colored."""
    for view in VIEWS.values():
        colored = render_text(report, **view, color=True)
        plain = render_text(report, **view)
        assert "\x1b[32m" in colored
        assert [line.rstrip() for line in ESCAPE.sub("", colored).splitlines()] == plain.splitlines()


def test_text_shows_what_was_understood_and_what_follows(reference: Explorer) -> None:
    """Each fact and each derived fact is shown, with who states the step (cancercare-2024:14)."""
    report = reference.explore(Profile(er="positive", her2="negative", sites=["bone", "liver"], prior=["T-DM1"]))
    text = flat(render_text(report))
    for line in ("ER: positive", "HER2: negative", "bone; liver", "trastuzumab_emtansine", "HR: positive."):
        assert line in text.partition("Options")[0]
    assert re.search(r"\[cancercare-2024, sentences? (13 and )?14\]", text.partition("Options")[0])


def test_every_note_is_shown_with_its_citation(reference: Explorer) -> None:
    """A note on an unusual case stands before the options, in text and in Markdown."""
    report = reference.explore(Profile(her2="negative", prior=["trastuzumab"]))
    assert report.data["notes"]
    for out in shown(report).values():
        before = out.replace("\\", "").partition("Options")[0]
        for note in report.data["notes"]:
            assert note["note"] in flat(before)
            assert all(cite["source"] in flat(before) for cite in note["citations"])


def test_the_legend_says_what_each_status_means(report: Report) -> None:
    """Each status is explained with its count before the options are listed."""
    counts = report.data["summary"]["statuses"]
    for name, out in shown(report).items():
        for status in STATUSES:
            word = status.replace("_", " ")
            label = f"**{word.capitalize()}**" if "markdown" in name else word
            assert f"{label} ({counts[status]}): {LEGEND[status]}" in flat(out)


def test_each_described_option_names_its_sources_with_date_and_place(report: Report) -> None:
    """Under each option: the source's name and date, the section and the sentences of every rule that is met."""
    told = blocks(report)
    seen = set()
    for option, rule in rules(report):
        if option["status"] != "described" or rule["criterion"] != "met":
            continue
        seen.add(option["id"])
        numbers = ", ".join(str(sentence["number"]) for sentence in rule["anchor"]["sentences"])
        assert f"{rule['anchor']['section']} {numbers}" in told[option["id"]]
        assert NAMES[rule["anchor"]["source"]] in told[option["id"]]
        assert rule["reason"] in told[option["id"]]
    assert seen == set(report.with_status("described"))


def blocks(report: Report, *, everything: bool = False) -> dict[str, str]:
    """What the text says of each option that it shows, by the option's id, without line breaks."""
    text = render_text(report, everything=everything)
    first = re.search(r"\n[A-Z ]+ \(\d+\)\n", text)
    assert first
    body = text[first.start() :].partition("\nThe documents\n")[0]
    found = [flat(part.partition("\n\n")[0]) for part in re.split(r"\n(?=  [+?-] )", body)[1:]]
    listed = STATUSES if everything else STATUSES[:2]
    return dict(zip([name for status in listed for name in report.with_status(status)], found, strict=True))


def test_each_undetermined_option_names_what_is_missing(report: Report) -> None:
    """What would settle an undetermined option stands beside its name."""
    names = report.data["names"]["attributes"]
    told = blocks(report)
    undetermined = [option for option in report.options if option["status"] == "undetermined"]
    for option in undetermined:
        missing = ", ".join(dict.fromkeys(names[name] for name in option["missing"]))
        assert f"; missing: {missing}" in told[option["id"]]
    assert all(option["missing"] for option in undetermined)


def test_what_is_not_described_is_counted_or_shown_with_what_rules_it_out(report: Report) -> None:
    """Without `--all` a count; with it each option, and each of its rules with the criterion."""
    brief, told = render_text(report), blocks(report, everything=True)
    options = [option for option in report.options if option["status"] == "not_described"]
    if not options:
        pytest.skip("everything is described or undetermined for this profile")
    assert re.search(rf"\n  {len(options)} options?; --all shows them with what rules them out\.\n", brief)
    for option in options:
        assert f"\n  - {option['name']}" not in brief
        for view in option["sources"]:
            for rule in view["rules"]:
                assert rule["reason"] in told[option["id"]]


def test_every_statement_is_paraphrased_in_details_and_in_markdown(report: Report) -> None:
    """`--details --all` and Markdown with everything hold each statement's paraphrase and whom it is worded for."""
    text = flat(render_text(report, everything=True, details=True))
    markdown = render_markdown(report, everything=True)
    for _, rule in rules(report):
        assert rule["paraphrase"] in text
        assert escaped(rule["paraphrase"]) in markdown
        if rule["worded_for"]:
            assert f"{rule['paraphrase']} Worded for {rule['worded_for']}." in text


@pytest.mark.parametrize("form", ["text, brief", "markdown"])
def test_the_sources_are_shown_with_age_basis_and_support(reference: Explorer, form: str) -> None:
    """Date, age beside the newest, undated named as undated, attributed publishers, and who supports a booklet."""
    out = flat(shown(reference.explore(Profile()))[form].replace("\\", ""))
    for source, name in NAMES.items():
        assert f"{source}: {name}" in out
    for told in (
        "Memorial Sloan Kettering Cancer Center, 2016-10-27; 7 years older than the newest of the five.",
        "Breastcancer.org, 2022-08-17; 1 year older than the newest of the five; publisher attributed by a curator",
        "Medical News Today, undated; the text prints no date; publisher attributed by a curator",
        "Dana-Farber Cancer Institute, undated; the text prints no date; the latest event that it names is of 2019.",
        "CancerCare, 2024-02-19; publisher attributed by a curator",
        "Menarini Stemline",
    ):
        assert told in out


def test_the_answer_names_the_software_the_engine_and_the_knowledge(report: Report) -> None:
    """The last line says which version, engine and knowledge answered."""
    software, knowledge = report.data["software"], report.data["knowledge"]
    for out in shown(report).values():
        pack = f"knowledge {knowledge['version']} ({knowledge['digest']})"
        wanted = f"mbc-explorer {software['version']}, engine reference, {pack}"
        assert flat(out.replace("\\", "")).endswith(wanted)


def test_a_narrowed_answer_says_so(reference: Explorer) -> None:
    """A narrowed view names what it was narrowed to, and that verdicts are those of the whole."""
    report = narrowed(reference.explore(Profile(her2="positive")), Narrowing(options=("trastuzumab",)))
    for out in shown(report).values():
        assert "Shown: options: trastuzumab. Verdicts and counts are those of the whole." in flat(out)


# Order


def test_options_stand_in_the_order_of_the_tree(catalog: Catalog) -> None:
    """Options stand by category, a category before those below it, as the tree of categories is written."""
    numbers = {name: number for number, name in enumerate(catalog.categories)}
    positions = [[numbers[step] for step in catalog.categories[row.category].path] for row in catalog.options.values()]
    assert positions == sorted(positions)


def test_a_reports_order_is_the_catalogs_then_the_sources(report: Report, catalog: Catalog) -> None:
    """Options and sources stand in the catalog's order in every report; nothing is ordered by how much is said."""
    assert [option["id"] for option in report.options] == list(catalog.options)
    for option in report.options:
        assert [view["source"] for view in option["sources"]] == list(NAMES)


def test_rules_stand_in_the_order_of_the_sentences(report: Report) -> None:
    """Within a source, rules stand by the sentence of their statement."""
    for option in report.options:
        for view in option["sources"]:
            numbers = [[s["number"] for s in rule["anchor"]["sentences"]] for rule in view["rules"]]
            assert all(one <= two for one, two in pairwise(numbers)), (option["id"], numbers)


def test_dated_sources_stand_by_date(catalog: Catalog) -> None:
    """The dated sources stand from the oldest to the newest."""
    dates = [source.date for source in catalog.sources.values() if source.date]
    assert dates == sorted(dates) == ["2016-10-27", "2022-08-17", "2024-02-19"]


def test_text_and_markdown_keep_the_reports_order(report: Report) -> None:
    """Within each status, options are shown in the report's order."""
    for name, out in shown(report).items():
        everything = "all" in name
        for status in STATUSES:
            wanted = [option["name"] for option in report.options if option["status"] == status]
            if status == "not_described" and not everything:
                continue
            mark = {"described": r"\+", "undetermined": r"\?", "not_described": "-"}[status]
            if "markdown" in name:
                part = out.partition(f"\n## {status.replace('_', ' ').capitalize()} (")[2].partition("\n## ")[0]
                found = re.findall(r"^- \*\*(.+?)\*\*", part, re.MULTILINE)
                assert found == [escaped(option) for option in wanted]
            else:
                part = out.partition(f"\n{status.replace('_', ' ').upper()} (")[2]
                part = re.split(r"\n(?:[A-Z ]+ \(\d+\)|The documents)\n", part)[0]
                found = re.findall(rf"^  {mark} (.+)", part, re.MULTILINE)
                assert len(found) == len(wanted)
                assert all(line.startswith(option[:50]) for line, option in zip(found, wanted, strict=True))


# Markdown


def test_markdown_has_headings_and_begins_with_the_disclaimer(report: Report) -> None:
    """One title, the disclaimer under it, then sections of one level and categories of the next."""
    out = render_markdown(report, everything=True)
    lines = out.splitlines()
    assert lines[0] == "# What five public documents say of this profile"
    assert lines[2] == f"> {escaped(DISCLAIMER)}"
    headings = [line for line in lines if line.startswith("#")]
    assert [line for line in headings if re.match(r"# ", line)] == headings[:1]
    assert {line.partition(" ")[0] for line in headings[1:]} == {"##", "###"}
    assert [line for line in headings if line.startswith("## ")][-1] == "## The documents"
    for before, line in pairwise(lines):
        assert not line.startswith("#") or before == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("HER2_status *bold* `code`", r"HER2\_status \*bold\* \`code\`"),
        ("[link](x) <b> # | \\", r"\[link\](x) \<b\> \# \| \\"),
        ("trastuzumab + docetaxel, >= 2", r"trastuzumab + docetaxel, \>= 2"),
    ],
)
def test_markdown_escapes_what_would_be_read_as_markup(text: str, wanted: str) -> None:
    """No mark of Markdown or HTML in a text is read as one."""
    assert escaped(text) == wanted


def test_no_text_of_a_report_is_read_as_markup(report: Report) -> None:
    """Outside its own headings, bullets and bold names, Markdown holds no unescaped mark."""
    for line in render_markdown(report, everything=True).splitlines():
        rest = re.sub(r"^(#{1,3} |> |\s*- |)(\*\*(?:\\.|[^*\\])+\*\*)?", "", line).replace("`--all`", "")
        assert re.search(r"(?<!\\)[`*_\[\]<>#|]", re.sub(r"\\.", "", rest)) is None, line


# Every command


def output(name: str, more: list[str], request: pytest.FixtureRequest, folder: Path) -> str:
    """What a command prints, on one line, without the marks of a comment or of Markdown."""
    words = [*WORDS.get(name, []), *more]
    corpus = request.getfixturevalue("corpus") if "{corpus}" in words else None
    ran = mbc(name, *(word.format(corpus=corpus, folder=folder) for word in words))
    assert ran.code == 0, ran.err
    return flat(re.sub(r"^(# |> )", "", ran.out.replace("\\", ""), flags=re.MULTILINE))


OUTPUTS = [
    *((name, []) for name in COMMANDS),
    *((name, ["--json"]) for name in COMMANDS if name not in ("schema", "ledger")),
    *(("explore", ["--format", shape, *view]) for shape in ("json", "markdown") for view in ([], ["--all"])),
    ("explore", ["--all", "--details"]),
    ("explore", ["--er", "positive", "--status", "undetermined"]),
    ("explore", ["--option", "letrozole"]),
    ("explore", ["--source", "msk-2016", "--json"]),
    ("profile", ["her2"]),
    ("profile", ["prior"]),
    ("profile", ["--template"]),
    ("profile", ["her2", "--template"]),
    ("profile", ["her2", "--json"]),
    *(("map", ["--er", "positive", "--format", shape]) for shape in ("text", "mermaid", "svg", "html", "json")),
    ("schema", ["profile"]),
    ("schema", ["error"]),
    ("check", ["--corpus", "{corpus}"]),
]


@pytest.mark.parametrize(("name", "more"), OUTPUTS, ids=lambda part: part if isinstance(part, str) else " ".join(part))
def test_every_output_carries_the_disclaimer_and_prescribes_nothing(
    name: str, more: list[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Every command in every format ends or begins with the disclaimer, whole, and has no prescriptive word of ours."""
    out = output(name, more, request, tmp_path)
    assert DISCLAIMER in out
    assert prescriptive_words(out.replace(DISCLAIMER, "")) == []


@pytest.mark.parametrize("name", ["explore", "profile", "check"])
def test_every_error_as_json_carries_the_disclaimer(name: str) -> None:
    """A refusal as JSON carries it too."""
    ran = mbc(name, "--json", "--nope")
    assert ran.code == 2
    assert DISCLAIMER in ran.out


def test_no_way_of_showing_a_report_prescribes(report: Report) -> None:
    """No rendered report has a prescriptive word outside a sentence that says whose it is."""
    for name, out in shown(report).items():
        text = flat(re.sub(r"^> ", "", out.replace("\\", ""), flags=re.MULTILINE))
        assert DISCLAIMER in text
        assert (name, prescriptive_words(text.replace(DISCLAIMER, ""))) == (name, [])


@pytest.mark.parametrize("facts", [{}, {"er": "positive", "her2": "negative", "sex": "male"}], ids=["nothing", "man"])
def test_the_renderers_own_words_never_prescribe(facts: dict[str, str], reference: Explorer) -> None:
    """What is left of a page without the knowledge's sentences has no prescriptive word, attributed or not."""
    report = reference.explore(Profile(facts))
    pieces = sorted({flat(piece) for piece in strings(report.data) if " " in piece}, key=len, reverse=True)
    titles = [source["title"] for source in report.data["sources"]]  # a title is as its document prints it
    assert [piece for piece in pieces if prescriptive_words(piece) and piece not in titles] == []
    for name, out in shown(report).items():
        rest = flat(re.sub(r"^> ", "", out.replace("\\", ""), flags=re.MULTILINE))
        for piece in pieces:
            rest = rest.replace(piece, " ")
        assert (name, PRESCRIPTIVE.findall(rest)) == (name, [])


def strings(data: Any) -> Iterator[str]:
    """Every text in plain data."""
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from strings(value)
        case list():
            for value in data:
                yield from strings(value)
        case _:
            pass


@pytest.mark.parametrize(
    "words",
    [[], ["--all"], ["--details"], ["sources"], ["profile"], ["profile", "prior"]],
    ids=lambda words: " ".join(words) or "brief",
)
def test_nothing_but_a_template_or_json_is_wider_than_80_columns(words: list[str]) -> None:
    """What a person reads of any command fits 80 columns."""
    ran = mbc(*(words if words and words[0] in COMMANDS else ["explore", *words]))
    assert [line for line in ran.out.splitlines() if len(line) > WIDTH] == []


# A terminal


def on_terminal(*words: str, **env: str) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    kept = {"TERM": "xterm-256color", "COLUMNS": "132", **env}
    running = subprocess.Popen(
        command(*words), env=environment(kept), stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    got = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        got += part
    os.close(ours)
    assert running.wait() == 0
    return got.decode().replace("\r\n", "\n")


def test_a_terminal_gets_color_and_the_same_words() -> None:
    """On a terminal text is colored, and the words are those of a pipe."""
    colored = on_terminal("explore", "--her2", "positive")
    plain = mbc("explore", "--her2", "positive").out
    assert "\x1b[32m" in colored
    assert [line.rstrip() for line in ESCAPE.sub("", colored).splitlines()] == plain.splitlines()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=lambda env: next(iter(env)))
def test_a_terminal_without_color_gets_none(env: dict[str, str]) -> None:
    """Where NO_COLOR is set, or the terminal cannot, no escape code is printed."""
    assert on_terminal("explore", "--her2", "positive", **env) == mbc("explore", "--her2", "positive").out


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TTY_COMPATIBLE"])
def test_a_pipe_gets_no_color_and_80_columns_whatever_is_set(variable: str) -> None:
    """What is piped depends on no variable of the terminal."""
    assert mbc("explore", env={variable: "40"}) == mbc("explore")


def test_json_is_indented_on_a_terminal() -> None:
    """On a terminal JSON is indented for a reader; its content is the same."""
    out = on_terminal("sources", "--json")
    assert out.startswith('{\n  "schema_version": "')
    assert yaml.safe_load(out) == yaml.safe_load(mbc("sources", "--json").out)
