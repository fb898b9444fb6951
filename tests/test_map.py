"""The decision map: every rule once at the end of its criteria, lit as the report says, legible however it is shown."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from html.parser import HTMLParser
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
import yaml

from command_line import EXAMPLES, Ran, command, environment, mbc
from mbc_explorer import Explorer, Profile, load_catalog
from mbc_explorer.condition import ALWAYS
from mbc_explorer.criteria_map import CLOSED, LIT, OPEN, criteria, decision_map, walk
from mbc_explorer.explain import condition_text
from mbc_explorer.published import ErrorOut, MapOut
from mbc_explorer.render.decision_map import (
    ALWAYS as WHATEVER,
)
from mbc_explorer.render.decision_map import (
    AT_ODDS,
    NOTHING,
    labelled,
    render_map,
    render_mermaid,
    said_text,
    statement_text,
)
from mbc_explorer.render.drawing import Box, Drawing, Edge, fitted, layout, render_svg, text_width
from mbc_explorer.render.map_page import map_html
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mbc_explorer import Catalog, Report

Plain = dict[str, Any]

WIDTH = 80
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
FORMATS = {"text": render_map, "mermaid": render_mermaid, "svg": render_svg, "html": map_html}
SVG = "{http://www.w3.org/2000/svg}"
MERMAID_TEXT, MERMAID_EDGES = 50_000, 500
"""What Mermaid draws at most, unless a page allows it more."""


@pytest.fixture(scope="module")
def reference(catalog: Catalog) -> Explorer:
    """An explorer; which engine answers makes no difference here."""
    return Explorer(catalog, "reference")


@pytest.fixture(scope="module", params=[None, *EXAMPLES], ids=lambda path: path.stem if path else "nothing-known")
def report(request: pytest.FixtureRequest, reference: Explorer) -> Report:
    """The report of nothing known, and of each example profile."""
    path: Path | None = request.param
    return reference.explore(Profile(yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}))


@pytest.fixture(scope="module")
def plain(catalog: Catalog) -> Plain:
    """The map of everything, without a profile."""
    return decision_map(catalog, list(catalog.options))


@pytest.fixture(scope="module", params=["plain", "lit", "by source", "one option", "nothing"])
def shown(request: pytest.FixtureRequest, catalog: Catalog, reference: Explorer) -> Plain:
    """Maps of every make: of everything without and with a profile, by source, of one option, and empty."""
    profile = Profile(er="positive", her2="negative", menopause="postmenopausal", prior="none")
    everything = list(catalog.options)
    if request.param == "plain":
        return decision_map(catalog, everything)
    if request.param == "nothing":
        return decision_map(catalog, ["pembrolizumab"], sources=["msk-2016"])
    lit = reference.explore(profile)
    if request.param == "one option":
        return decision_map(catalog, ["alpelisib"], lit)
    return decision_map(catalog, everything, lit, by_source=request.param == "by source")


def below(catalog: Catalog, category: str) -> list[str]:
    """The options of a category and of those below it."""
    return [row.id for row in catalog.options.values() if category in catalog.categories[row.category].path]


def ends(data: Plain) -> list[tuple[list[Plain], Plain]]:
    """Every end of a map with the criteria that lead to it."""
    return [found for tree in data["trees"] for found in walk(tree)]


def nodes(tree: Plain) -> Iterator[Plain]:
    """Every criterion of a tree."""
    for node in tree["nodes"]:
        yield node
        yield from nodes(node)


def flat(text: str) -> str:
    """Text without its line breaks and indentation."""
    return " ".join(text.split())


def outline(node: Plain) -> Any:
    """A tree in short: what ends there, and what goes on."""
    return [end["rule"] for end in node["ends"]], {child["text"]: outline(child) for child in node["nodes"]}


# The tree


@pytest.mark.parametrize("by_source", [False, True], ids=["together", "by source"])
def test_every_rule_stands_once(catalog: Catalog, by_source: bool) -> None:
    """The map of everything has each rule at one end, and as many criteria as are counted."""
    data = decision_map(catalog, list(catalog.options), by_source=by_source)
    assert Counter(end["rule"] for _, end in ends(data)) == Counter(dict.fromkeys(catalog.rules, 1))
    assert data["summary"]["rules"] == len(catalog.rules)
    assert data["summary"]["criteria"] == sum(len(list(nodes(tree))) for tree in data["trees"])
    assert [tree["source"] for tree in data["trees"]] == (list(catalog.sources) if by_source else [None])


def test_the_map_of_a_category_has_the_rules_of_its_options(catalog: Catalog) -> None:
    """Each category's map holds the rules of the options in and below it, and says which category it is of."""
    for category in catalog.categories:
        options = below(catalog, category)
        data = decision_map(catalog, options)
        wanted = {rule.id for option in options for rule in catalog.rules_of[option]}
        assert {end["rule"] for _, end in ends(data)} == wanted
        assert [option["id"] for option in data["options"]] == options
        assert set(data["silent"]) == set(catalog.sources) - {catalog.rules[name].source for name in wanted}
        kind = "option" if len(options) == 1 else "category"
        assert data["of"]["kind"] == kind
        assert (
            data["of"]["name"] == (catalog.options if kind == "option" else catalog.categories)[data["of"]["id"]].name
        )


def test_a_path_is_the_criteria_of_its_rule(catalog: Catalog, plain: Plain) -> None:
    """What leads to a rule are the parts of its condition, each once, in the vocabulary's order of attributes."""
    order = {name: number for number, name in enumerate(catalog.attributes)}
    for path, end in ends(plain):
        condition = catalog.rules[end["rule"]].condition
        assert {node["text"] for node in path} == {condition_text(part, catalog) for part in criteria(condition)}
        assert len(path) == len({node["text"] for node in path})
        firsts = [min(order[name] for name in node["attributes"]) for node in path]
        assert firsts == sorted(firsts), end["rule"]
        assert (path == []) == (condition == ALWAYS)


def test_rules_that_share_their_first_criteria_share_a_path(plain: Plain) -> None:
    """No two criteria that stand side by side are the same, and no criterion stands there for nothing."""
    (tree,) = plain["trees"]
    for node in (tree, *nodes(tree)):
        texts = [child["text"] for child in node["nodes"]]
        assert len(texts) == len(set(texts))
        assert node["ends"] or node["nodes"]
    assert plain["summary"]["criteria"] < sum(len(path) for path, _ in ends(plain)) / 2


def test_criteria_stand_side_by_side_in_the_vocabularys_order(catalog: Catalog, plain: Plain) -> None:
    """Receptors come first: children by their first attribute, a plain question before an alternative."""
    order = {name: number for number, name in enumerate(catalog.attributes)}
    (tree,) = plain["trees"]
    for node in (tree, *nodes(tree)):
        ranks = [
            (min(order[name] for name in child["attributes"]), bool({"any", "not"} & set(child["condition"])))
            for child in node["nodes"]
        ]
        assert ranks == sorted(ranks)


def test_the_map_of_an_option_in_full(catalog: Catalog) -> None:
    """Alpelisib: one document asks for four criteria (cancercare-2024:90), one for two (dana-farber-undated:80)."""
    data = decision_map(catalog, ["alpelisib"])
    (tree,) = data["trees"]
    history: Plain = {"earlier therapies include hormone therapy": (["cancercare-2024.alpelisib"], {})}
    assert outline(tree) == (
        [],
        {
            "HR: positive": (
                [],
                {
                    "HER2: negative": ([], {"PIK3CA: mutated": ([], history)}),
                    "PI3-kinase pathway: mutated": (["dana-farber-undated.alpelisib"], {}),
                },
            )
        },
    )
    assert tree["nodes"][0]["condition"] == {"hr_status": "positive"}
    assert data["silent"] == ["msk-2016", "breastcancer-org-2022", "mnt-undated"]
    assert data["of"] == {"kind": "option", "id": "alpelisib", "name": "Alpelisib with hormone therapy"}


def test_ends_stand_by_option_and_then_by_source(catalog: Catalog, plain: Plain) -> None:
    """At a criterion, what ends stands in the order of the taxonomy, and of one option in that of the sources."""
    options, sources = list(catalog.options), list(catalog.sources)
    (tree,) = plain["trees"]
    for node in (tree, *nodes(tree)):
        places = [(options.index(end["option"]), sources.index(end["source"])) for end in node["ends"]]
        assert places == sorted(places)


def test_an_end_is_as_the_report_has_the_rule(catalog: Catalog, report: Report) -> None:
    """Verdict, stance, statement, partners, anchor and what is missing are the report's, for every rule."""
    rules = {row["id"]: row for option in report.options for view in option["sources"] for row in view["rules"]}
    data = decision_map(catalog, list(catalog.options), report)
    for _, end in ends(data):
        row = rules[end["rule"]]
        assert {name: end[name] for name in set(row) - {"id", "condition", "reason"}} == {
            name: value for name, value in row.items() if name not in ("id", "condition", "reason")
        }
    counts = Counter(row["criterion"] for row in rules.values())
    assert data["summary"]["verdicts"] == {verdict: counts[verdict] for verdict in ("met", "unknown", "not_met")}
    assert {option["id"]: option["status"] for option in data["options"]} == {
        option["id"]: option["status"] for option in report.options
    }


def truths(tree: Plain) -> list[str]:
    """The truths of a report's condition tree, for the parts of its conjunction."""
    parts: list[Plain] = tree.get("all", [tree])
    return [part["truth"] for part in parts]


def test_the_truth_on_a_path_is_the_reports(catalog: Catalog, report: Report) -> None:
    """Each criterion on the way to a rule has the truth that `explore` gives it in that rule's condition."""
    rules = {row["id"]: row for option in report.options for view in option["sources"] for row in view["rules"]}
    for path, end in ends(decision_map(catalog, list(catalog.options), report)):
        parts = criteria(catalog.rules[end["rule"]].condition)
        texts = [condition_text(part, catalog) for part in parts]
        wanted = dict(zip(texts, truths(rules[end["rule"]]["condition"]), strict=True))
        assert {node["text"]: node["truth"] for node in path} == wanted


def test_a_path_is_lit_as_far_as_all_is_met(catalog: Catalog, report: Report) -> None:
    """Lit where all so far is met, closed from the first that is not, else open; and a rule is met where it is lit."""
    for path, end in ends(decision_map(catalog, list(catalog.options), report)):
        so_far: list[str] = []
        for node in path:
            so_far.append(node["truth"])
            wanted = CLOSED if "not_met" in so_far else OPEN if "unknown" in so_far else LIT
            assert node["path"] == wanted
        last = path[-1]["path"] if path else LIT
        assert (end["criterion"] == "met") == (last == LIT)
        assert end["criterion"] == "not_met" or last != CLOSED


def test_without_a_profile_nothing_is_lit(plain: Plain) -> None:
    """A map without a report has neither truths nor verdicts, nor anything of a profile."""
    assert not {"profile", "derived", "notes"} & set(plain)
    for path, end in ends(plain):
        assert not {"criterion", "missing"} & set(end)
        assert not any({"truth", "path"} & set(node) for node in path)
    assert "verdicts" not in plain["summary"]


def test_only_the_rules_of_a_source_may_be_wanted(catalog: Catalog) -> None:
    """With sources, only theirs; who has no rule on it is named; and where none has, there is no tree."""
    data = decision_map(catalog, list(catalog.options), sources=["mnt-undated"])
    assert {end["source"] for _, end in ends(data)} == {"mnt-undated"}
    assert (data["narrowed_to"], data["silent"]) == ({"sources": ["mnt-undated"]}, [])
    empty = decision_map(catalog, ["pembrolizumab"], sources=["msk-2016"])
    assert (empty["trees"], empty["silent"], empty["summary"]["rules"]) == ([], ["msk-2016"], 0)


@pytest.mark.parametrize(
    "words", [[], ["--er", "+"], ["--by", "source"], ["taxane"], ["olaparib", "--brca", "mutated"]]
)
def test_the_json_is_valid_by_its_published_schema(words: list[str]) -> None:
    """What `--json` prints is what `mbc schema map` describes, compact in a pipe and the same in a file."""
    ran = mbc("map", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    data = json.loads(ran.out)
    MapOut.model_validate(data)
    assert ran.out == json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    schema = json.loads(mbc("schema", "map").out)
    assert set(schema["required"]) <= set(data) <= set(schema["properties"])
    assert mbc("map", *words, "--format", "json") == ran


# A pack of our own: what the real one does not hold

LEAFLET = {
    "knowledge/sources.yaml": """\
version: 0.0.1
sources:
  - {id: leaflet, filename: leaflet.txt, title: null, publisher: Nobody, publisher_basis: attributed, people: [],
     date: null, date_precision: none, date_basis: made up, url: null, url_status: not_verified, disclosure: null,
     sections: [{id: all, from: 1, name: All of it}]}
""",
    "knowledge/ledger/leaflet.yaml": "{source: leaflet, sentences: [[1, 2, '0123456789abcdef']]}\n",
    "knowledge/statements/leaflet/all.yaml": """\
source: leaflet
statements: [{id: claim, sentences: [1], paraphrase: PARAPHRASE}]
""",
    "knowledge/categories.yaml": """\
categories: [{id: drug, name: Drugs, therapy: true}, {id: bare, name: Without options, therapy: true}]
options: [{id: thing, name: NAME, category: drug, kind: class}, {id: other, name: Other, category: drug, kind: class}]
""",
    "knowledge/agents.yaml": "agents: []\n",
    "knowledge/profile.yaml": """\
not_known: [{id: unknown}]
attributes:
  - {id: left, name: left, label: LABEL, group: tumor, kind: choice, about: left, cites: [], alters: freely,
     values: [{id: positive}, {id: negative}, {id: mixed}]}
  - {id: right, name: right, label: right, group: tumor, kind: choice, about: right, cites: [], alters: freely,
     values: [{id: positive}, {id: negative}]}
  - {id: front, name: front, label: front, group: tumor, kind: choice, about: front, cites: [], alters: freely,
     values: [{id: positive}, {id: negative}]}
  - {id: sum, name: sum, label: sum, group: tumor, kind: choice, about: sum, cites: [], alters: freely,
     values: [{id: positive}, {id: negative}]}
derivations:
  - {id: sum, definition: sum, because: It is the sum., basis: curator, cites: [],
     values: {positive: {any: [{front: positive}, {right: positive}]},
              negative: {all: [{front: negative}, {right: negative}]}}}
notes: []
nothing_known: Nothing is known.
""",
    "rules/leaflet/all.yaml": """\
source: leaflet
rules:
  - {id: odds, statement: claim, option: thing, stance: describes, when: {all: [{sum: positive}, {front: negative}]}}
  - {id: one-way, statement: claim, option: thing, stance: describes,
     when: {all: [{any: [{left: positive}, {right: positive}]}, {front: positive}]}}
  - {id: other-way, statement: claim, option: other, stance: describes_as_not_used,
     when: {all: [{front: positive}, {any: [{right: positive}, {left: positive}]}]}}
  - {id: deep, statement: claim, option: other, stance: investigational,
     when: {all: [{all: [{left: [negative, mixed]}, {right: positive}]}, {not: {front: positive}}]}}
  - {id: wide, statement: claim, option: thing, stance: describes, when: {left: [mixed, negative]}}
""",
    "rules/leaflet/all.cases.yaml": "source: leaflet\ncases: []\n",
}
"""A tiny pack with nested conditions, alternatives in another order, and criteria that cannot hold together."""
HOSTILE = (
    "</text></title><script>alert(1)</script>&amp;\"'`#]];--}}%%{init: {}}%%\\e[31m\\u202E\\u0007 ┴ 宽宽 " + "w" * 90
)
"""As YAML has it, in quotes."""


def leaflet(folder: Path, monkeypatch: pytest.MonkeyPatch, hostile: str = "Thing") -> Catalog:
    """The catalog of the tiny pack, with a text of one's own in the places where it is shown."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setattr("mbc_explorer.yaml_source.UNSEEN", "(?!)")  # a pack with such characters is refused otherwise
    quoted = '"' + hostile.replace('"', '\\"') + '"'
    for name, text in LEAFLET.items():
        path = folder / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"\b(?:PARAPHRASE|NAME|LABEL)\b", lambda _: quoted, text), encoding="utf-8")
    return load_catalog(folder / "pack")


def test_criteria_that_ask_the_same_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alternatives and values in another order are the same criterion; a conjunction within one is taken apart."""
    data = decision_map(leaflet(tmp_path, monkeypatch), ["thing", "other"])
    (tree,) = data["trees"]
    alternatives: Plain = {"front: positive": (["leaflet.one-way", "leaflet.other-way"], {})}
    deep: Plain = {"right: positive": ([], {"not front: positive": (["leaflet.deep"], {})})}
    assert outline(tree) == (
        [],
        {
            "Thing: mixed or negative": (["leaflet.wide"], deep),
            "Thing: positive or right: positive": ([], alternatives),
            "front: negative": ([], {"sum: positive": (["leaflet.odds"], {})}),
        },
    )


def test_criteria_that_cannot_hold_together_are_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each criterion is unknown and the rule is not met, the end says why it is not met."""
    catalog = leaflet(tmp_path, monkeypatch)
    data = decision_map(catalog, ["thing"], Explorer(catalog, "reference").explore(Profile(right="negative")))
    ((path, end),) = [(path, end) for path, end in ends(data) if end["rule"] == "leaflet.odds"]
    assert {node["truth"] for node in path} == {"unknown"}
    assert (path[-1]["path"], end["criterion"]) == (OPEN, "not_met")
    for name, render in FORMATS.items():
        text = render(data)
        words = " ".join(ElementTree.fromstring(text).itertext()) if name == "svg" else text
        assert AT_ODDS in flat(re.sub(r"[│├└─]", "", words)), name


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_a_pack_is_read_as_markup(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in names and paraphrases is shown as text: no element, no escape code, no directive."""
    catalog = leaflet(tmp_path, monkeypatch, HOSTILE)
    explorer = Explorer(catalog, "reference")
    for report in (None, explorer.explore(Profile(left="mixed"))):
        data = decision_map(catalog, ["thing", "other"], report)
        text = FORMATS[form](data)
        assert text.replace("\n", "").isprintable()
        if form == "text":
            assert max(map(len, text.splitlines())) <= WIDTH
        if form == "mermaid":
            check_mermaid(text)
        if form == "svg":
            check_svg(text, layout(data))
        if form == "html":
            page = Page(text)
            assert page.scripts == 1
            assert "<script>alert(1)</script>" in page.text


# Text


def test_text_is_a_tree_of_80_columns(shown: Plain) -> None:
    """No line is wider or ends in a blank; every statement stands in it with its sentences; the disclaimer is whole."""
    text = render_map(shown)
    assert [line for line in text.splitlines() if len(line) > WIDTH or line != line.rstrip()] == []
    assert text.replace("\n", "").isprintable()
    words = re.sub(r"[│├└─\s]", "", text)  # a long id may be broken
    for _, end in ends(shown):
        assert re.sub(r"\s", "", statement_text(end, shown)) in words
    drawn = "".join(re.findall(r"\nThe rules.*\n((?:.+\n)+)", text))
    assert [line for line in drawn.splitlines() if not line.startswith(("├─ ", "│  ", "└─ ", "   "))] == []
    assert DISCLAIMER in flat(text)
    assert (NOTHING in text) == (not shown["trees"])


def test_the_light_is_read_without_color(catalog: Catalog, report: Report) -> None:
    """Beside each criterion and each option stands its truth in a word, and color changes no word."""
    data = decision_map(catalog, below(catalog, "hormone_therapy"), report)
    text = render_map(data)
    marks = {"met": "[met]", "unknown": "[unknown]", "not_met": "[not met]"}
    (tree,) = data["trees"]
    wanted = Counter(marks[node["truth"]] for node in nodes(tree))
    for node in (tree, *nodes(tree)):
        wanted.update(marks[verdict] for _, verdict in {(end["option"], end["criterion"]) for end in node["ends"]})
    assert Counter(re.findall(r"\[(?:met|unknown|not met)\]", text)) == wanted
    colored = render_map(data, color=True)
    assert "\x1b[32m" in colored
    assert [line.rstrip() for line in ESCAPE.sub("", colored).splitlines()] == text.splitlines()


def test_the_text_of_an_option_in_full(catalog: Catalog, reference: Explorer) -> None:
    """The tree of alpelisib for a profile whose PIK3CA is unknown, as it is printed."""
    profile = Profile(hr="positive", her2="negative", prior=["letrozole"])
    text = render_map(decision_map(catalog, ["alpelisib"], reference.explore(profile)))
    assert text.partition("\nThe rules\n")[2].partition("\nThe documents\n")[0] == (
        "└─ [met] HR: positive\n"
        "   ├─ [met] HER2: negative\n"
        "   │  └─ [unknown] PIK3CA: mutated\n"
        "   │     └─ [met] earlier therapies include hormone therapy\n"
        "   │        └─ * [unknown] Alpelisib with hormone therapy\n"
        "   │           └─ cancercare-2024.alpelisib, sentence 90 (with fulvestrant)\n"
        "   └─ [unknown] PI3-kinase pathway: mutated\n"
        "      └─ * [unknown] Alpelisib with hormone therapy\n"
        "         └─ dana-farber-undated.alpelisib, sentence 80 (with hormone therapy)\n"
    )


def test_what_is_not_just_described_says_so_first(plain: Plain) -> None:
    """What is under study or not used is told to be so before its statement (msk-2016:11)."""
    told = {end["rule"]: (end["stance"], statement_text(end, plain)) for _, end in ends(plain)}
    assert told["msk-2016.new-hormone-treatments"][1].startswith("under study at its date: msk-2016.latest-")
    stances = {
        "describes": "",
        "investigational": "under study at its date: ",
        "describes_as_not_used": "says it is not used or not usual: ",
    }
    assert {stance for stance, _ in told.values()} == set(stances)
    for _, end in ends(plain):
        stance, text = told[end["rule"]]
        assert text.startswith(f"{stances[stance]}{end['statement']}, sentence")


# Mermaid


def check_mermaid(text: str) -> None:
    """The lines of a flowchart are of the few kinds that we write, each id is given once and used after that."""
    head, *lines = text.partition("\nflowchart LR\n")[2].splitlines()
    assert head == "  accTitle: Decision map"
    label = r'"(?:[^"#&<>`\\%{}]|#\d+;|<br/>|<b>|</b>)*"'
    defined: list[str] = []
    for line in lines[1:]:
        box = re.fullmatch(rf"  (?:(\w+)(?:==>|-\.->|-->))?(\w+)(?:\[{label}\]|\({label}\)):::(\w+)", line)
        if box is None:
            assert re.fullmatch(r"  classDef \w+ [\w:#,\- ]+|  note ~~~ r0", line), line
            continue
        assert box[1] is None or box[1] in defined, line
        defined.append(box[2])
        assert f"  classDef {box[3]} " in text
    assert len(defined) == len(set(defined))
    assert [line for line in text.splitlines() if "%%{" in line] == [text.splitlines()[3]]


def test_mermaid_is_a_flowchart_that_mermaid_draws(shown: Plain) -> None:
    """Only lines that we know, unique ids, labels without markup, and not larger than Mermaid draws unasked."""
    text = render_mermaid(shown)
    check_mermaid(text)
    assert len(text) < MERMAID_TEXT
    assert len(re.findall(r"^  \w+(?:==>|-\.->|-->)", text, re.MULTILINE)) < MERMAID_EDGES
    for _, end in ends(shown):
        assert labelled(statement_text(end, shown)) in text
    assert DISCLAIMER in text


def test_mermaid_has_a_box_for_each_criterion_and_one_for_what_ends_there(plain: Plain) -> None:
    """Boxes are counted: the root, each criterion, what ends at each, and the note."""
    (tree,) = plain["trees"]
    every = [tree, *nodes(tree)]
    boxes = 1 + len(every) + sum(1 for node in every if node["ends"]) + 1
    assert len(re.findall(r":::\w+$", render_mermaid(plain), re.MULTILINE)) == boxes


# SVG


def check_svg(text: str, drawing: Drawing) -> ElementTree.Element:
    """Well-formed, self-contained, and nothing over anything else."""
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "text", "g", "path", "rect"
    }  # fmt: skip
    for element in root.iter():
        assert not any("href" in name or name.startswith("on") or "url(" in value for name, value in element.items())
    assert "url(" not in text
    assert "@import" not in text
    check_layout(drawing)
    return root


def check_layout(drawing: Drawing) -> None:
    """Boxes are apart and on the page, text is within its box, and edges go through no box and start and end at one."""
    for box in drawing.boxes:
        assert box.x > 0
        assert box.y > 0
        assert box.x + box.width < drawing.width
        assert box.y + box.height < drawing.height
        for line in box.lines:
            size = 12 if line.style in ("cite", "aside") else 13
            bold = line.style in ("mark", "name")
            assert text_width(line.text, size, bold=bold) <= box.width - 18
            assert line.down > size - 2
            assert line.down < box.height
        downs = [line.down for line in box.lines]
        assert all(two - one >= 17 for one, two in pairwise(downs))
    for one, two in combinations(drawing.boxes, 2):
        assert not overlap(one, two), (one, two)
    for heading in drawing.headings:
        size = {"title": 20, "tree": 15}.get(heading.style, 12)
        assert heading.x + text_width(heading.text, size, bold=size > 12) <= drawing.width
        assert not any(box.y < heading.y + 4 and heading.y - size < box.y + box.height for box in drawing.boxes)
    for edge in drawing.edges:
        check_edge(edge, drawing.boxes)


def overlap(one: Box, two: Box) -> bool:
    """Whether two boxes have a point in common."""
    return (
        one.x <= two.x + two.width and two.x <= one.x + one.width
        and one.y <= two.y + two.height and two.y <= one.y + one.height
    )  # fmt: skip


def check_edge(edge: Edge, boxes: tuple[Box, ...]) -> None:
    """An edge leaves the right side of a box, meets the left side of another, and touches no third."""
    starts = [box for box in boxes if box.x + box.width == edge.x and box.y < edge.y < box.y + box.height]
    targets = [box for box in boxes if box.x == edge.to_x and box.y < edge.to_y < box.y + box.height]
    assert (len(starts), len(targets)) == (1, 1)
    parts = (
        Box(edge.x, edge.y, edge.trunk - edge.x, 0, "", ()),
        Box(edge.trunk, edge.y, 0, edge.to_y - edge.y, "", ()),
        Box(edge.trunk, edge.to_y, edge.to_x - edge.trunk, 0, "", ()),
    )
    touched = {id(box) for box in boxes for part in parts if overlap(box, part)}
    assert touched == {id(starts[0]), id(targets[0])}


def test_the_drawing_is_well_formed_and_nothing_overlaps(shown: Plain) -> None:
    """XML that parses, a title and a description, boxes apart, edges around them, and every statement in it."""
    root = check_svg(render_svg(shown), layout(shown))
    about = {element.tag.removeprefix(SVG): element.text for element in list(root)[:2]}
    assert about["desc"] == DISCLAIMER
    assert str(about["title"]).startswith("Decision map: ")
    headings = [element.text or "" for element in root.findall(f"{SVG}text")]
    assert DISCLAIMER in " ".join(headings)
    hints = [element.text for element in root.iterfind(f".//{SVG}text/{SVG}title")]
    lines = "".join(visible(element) for element in root.iterfind(f".//{SVG}g/{SVG}text"))
    for _, end in ends(shown):
        assert said_text(end) in hints
        assert re.sub(r"\s", "", statement_text(end, shown)) in re.sub(r"\s", "", lines)


def visible(element: ElementTree.Element) -> str:
    """The text of an element without what is shown on pointing at it."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def test_the_drawing_has_a_box_for_each_criterion_and_an_edge_to_each_but_the_first(shown: Plain) -> None:
    """Boxes and edges are counted, and each box is drawn as its path or verdict is."""
    drawing = layout(shown, alone=False)
    every = [node for tree in shown["trees"] for node in ([tree] if tree["ends"] else []) + list(nodes(tree))]
    findings = [node for node in every if node["ends"]]
    inner = sum(len(node["nodes"]) for node in every if "text" in node)
    legend = 3 if "profile" in shown else 2
    assert len(drawing.boxes) == legend + len(every) + len(findings)
    assert len(drawing.edges) == inner + len(findings)
    if "profile" in shown:
        styles = Counter(box.style for box in drawing.boxes[legend:] if box.style.startswith("criterion"))
        paths = Counter(f"criterion {node['path']}" if "text" in node else "criterion lit always" for node in every)
        assert styles == paths
        drawn = {"met": "lit", "unknown": "open", "not_met": "closed"}
        verdicts = Counter(f"finding {drawn[node['ends'][0]['criterion']]}" for node in findings)
        assert Counter(box.style for box in drawing.boxes if box.style.startswith("finding")) == verdicts
    first = [line.text for box in drawing.boxes[legend : legend + 1] for line in box.lines]
    assert (first == [WHATEVER]) == any(tree["ends"] for tree in shown["trees"][:1])


def test_the_drawing_of_every_category_and_option_is_sound(catalog: Catalog, reference: Explorer) -> None:
    """Nothing overlaps and nothing is cut, whatever the map is of, with a profile and without."""
    lit = reference.explore(Profile(her2="positive", prior=["trastuzumab"], sites=["bone"]))
    for options in (*([name] for name in catalog.options), *(below(catalog, name) for name in catalog.categories)):
        check_layout(layout(decision_map(catalog, options)))
        check_layout(layout(decision_map(catalog, options, lit, by_source=True), alone=False))


def test_the_check_of_the_drawing_sees_what_is_wrong() -> None:
    """Two boxes that touch, a text that is too wide, and an edge through a box are each seen."""
    one, two = Box(10, 10, 100, 40, "", ()), Box(150, 10, 100, 40, "", ())
    check_layout(Drawing(300, 100, (), (one, two), (Edge(110, 30, 130, 150, 30, ""),)))
    for boxes, edges in (
        ((one, one._replace(y=50)), ()),
        ((one._replace(x=350),), ()),
        ((one, two._replace(x=350, width=20), Box(150, 10, 100, 40, "", ())), (Edge(110, 30, 130, 350, 30, ""),)),
        ((one, two), (Edge(110, 30, 130, 150, 90, ""),)),
    ):
        with pytest.raises(AssertionError):
            check_layout(Drawing(400, 100, (), boxes, edges))


def test_text_is_wrapped_by_its_width() -> None:
    """Lines are no wider than asked, words stay whole unless they are wider, and a long one breaks at a hyphen."""
    assert fitted("one two three", 60) == ["one two", "three"]
    assert "".join(fitted("breastcancer-org-2022.asco-men", 100)) == "breastcancer-org-2022.asco-men"
    assert all(line.endswith(("-", ".")) for line in fitted("breastcancer-org-2022.asco-men", 100)[:-1])
    assert all(text_width(line) <= 50 for line in fitted("w" * 40 + " iii", 50))
    assert fitted("", 50) == [""]


# HTML


class Page(HTMLParser):
    """What a page holds; it fails on a tag that is not closed, or closed where it was not opened."""

    VOID = frozenset({"meta", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self._words: list[str] = []
        self.scripts = 0
        self.details: list[dict[str, str | None]] = []
        self.titles: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []
        self.text = flat(" ".join(self._words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not any(name in ("src", "href", "style") or name.startswith("on") for name in given), (tag, given)
        self.scripts += tag == "script"
        if tag == "details":
            self.details.append(given)
        if given.get("title"):
            self.titles.append(str(given["title"]))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "svg"} & set(self._open):
            self._words.append(data)


def test_the_page_holds_the_tree_the_paraphrases_and_the_drawing(shown: Plain) -> None:
    """Self-contained: every criterion and statement opens, each paraphrase is there, nothing is fetched."""
    text = map_html(shown)
    page = Page(text)
    opening = Counter((given.get("class") or "").split()[0] if given.get("class") else "" for given in page.details)
    every = [node for tree in shown["trees"] for node in ([tree] if tree["ends"] else []) + list(nodes(tree))]
    assert opening["branch"] == len(every)
    assert opening["said"] == shown["summary"]["rules"]
    assert opening["drawing"] == 1
    for _, end in ends(shown):
        assert said_text(end) in page.text
        assert said_text(end) in page.titles
        assert statement_text(end, shown) in page.text
    assert flat(DISCLAIMER) in page.text
    assert "default-src 'none'" in text
    assert text.count("<svg ") == 1
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text.replace(flat(page.text), ""))


def test_what_the_profile_rules_out_is_closed_at_first(shown: Plain) -> None:
    """The branches that are not met are closed, all others open."""
    for given in Page(map_html(shown)).details:
        kind = (given.get("class") or "").split()
        if kind[:1] == ["branch"]:
            assert ("open" in given) == ("closed" not in kind)


# The command


@pytest.mark.parametrize("form", [*FORMATS, "json"])
def test_a_map_is_the_same_bytes_in_every_process(form: str) -> None:
    """The order of a set or a hash decides nothing."""
    words = ["map", "hormone_therapy", "--er", "positive", "--format", form]
    outs = {
        subprocess.run(
            command(*words), env=environment({"PYTHONHASHSEED": seed}), capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert outs == {mbc(*words).out.encode()}


@pytest.mark.parametrize("form", [*FORMATS, "json"])
def test_output_writes_what_would_have_been_printed(form: str, tmp_path: Path) -> None:
    """`--output` writes the same bytes to a file."""
    target = tmp_path / "map"
    ran = mbc("map", "taxane", "--format", form, "--output", str(target))
    assert ran == Ran(0, "", f"wrote {target}\n")
    assert target.read_text(encoding="utf-8") == mbc("map", "taxane", "--format", form).out


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("hormone_therapy", {"kind": "category", "id": "hormone_therapy", "name": "Hormone therapy"}),
        ("Hormone Therapy", {"kind": "category", "id": "hormone_therapy", "name": "Hormone therapy"}),
        ("taxane", {"kind": "category", "id": "taxane", "name": "Taxanes"}),
        ("Kadcyla", {"kind": "option", "id": "trastuzumab_emtansine", "name": "Trastuzumab emtansine (T-DM1)"}),
    ],
)
def test_a_name_is_a_category_or_an_option(name: str, of: Plain) -> None:
    """By id, name, alias or brand; a word for both is the category, which holds the option too."""
    assert json.loads(mbc("map", name, "--json").out)["of"] == of


def test_an_option_narrows_a_map() -> None:
    """`--option` shows one option, also where a category has its name."""
    data = json.loads(mbc("map", "taxane", "--option", "taxane", "--json").out)
    assert [option["id"] for option in data["options"]] == ["taxane"]
    data = json.loads(mbc("map", "--option", "letrozole", "--option", "anastrozole", "--json").out)
    assert data["of"] == {"kind": "options", "id": None, "name": "Anastrozole and Letrozole"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["hormone_terapy"],
            "map: 'hormone_terapy' is not a known category or option; did you mean 'hormone_therapy' or "
            "'hormone therapy' or 'hormonal therapy'?",
        ),
        (["xyzzy"], "map: 'xyzzy' is not a known category or option; `mbc categories` lists them."),
        (
            ["taxane", "--option", "olaparib"],
            "--option: olaparib is not among the options of taxane; `mbc categories` lists them.",
        ),
        (["--engine", "reference"], "--engine: is for a profile, and none is given."),
        (["--er", "+", "--engine", "x"], "engine: 'x' is not one of durable, reference."),
        (["--by", "date"], "--by: 'date' is not a known way; it is one of together, source."),
        (["--format", "png"], "--format: 'png' is not a known format; it is one of text, mermaid, svg, html, json."),
        (["--er", "green"], "er_status: 'green' is not one of positive, negative, unknown."),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_map_that_cannot_be_is_a_clear_error(words: list[str], told: str) -> None:
    """Each wrong word is told with what was expected, as text and as JSON, with exit code 2."""
    ran = mbc("map", *words)
    assert (ran.code, ran.out, ran.err.splitlines()[1:]) == (2, "", [told])
    if "--format" not in words:
        (problem,) = ErrorOut.model_validate_json(mbc("map", *words, "--json").out).error.problems
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.kind)


def test_json_and_another_format_contradict_each_other() -> None:
    """`--json` beside another format is refused, in JSON."""
    ran = mbc("map", "--json", "--format", "svg")
    (problem,) = ErrorOut.model_validate_json(ran.out).error.problems
    assert (ran.code, problem.message) == (2, "--json and --format svg are both given; give one.")


def test_a_category_without_options_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A category of a pack that holds no option has no map."""
    leaflet(tmp_path, monkeypatch)
    ran = mbc("map", "bare", "--knowledge", str(tmp_path / "pack"), env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    told = "map: bare is a category without options; `mbc categories` lists those that have some."
    assert (ran.code, ran.out, ran.err.splitlines()[1:]) == (2, "", [told])
    assert mbc("map", "drug", "--knowledge", str(tmp_path / "pack")).code == 0


def test_a_profile_lights_the_map_whatever_way_it_is_given(tmp_path: Path) -> None:
    """Options, `--set` and a file give the same map; an empty profile is one of which nothing is known."""
    case = tmp_path / "case.yaml"
    case.write_text("er_status: positive\n", encoding="utf-8")
    by_option = mbc("map", "--er", "positive")
    assert "The profile, as understood: ER: positive." in by_option.out
    assert by_option == mbc("map", "--set", "er=positive") == mbc("map", "--profile", str(case))
    empty = mbc("map", "--profile", "-", stdin=b"{}")
    assert "The profile, as understood: nothing is known." in empty.out
    assert "The profile" not in mbc("map").out
