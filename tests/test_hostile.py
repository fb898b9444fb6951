"""Hostile input to every way in: what a stranger may type, hand over as a file, or leave in a folder.

Fuzzing by hypothesis, small here and wide with `--hypothesis-profile=wide`; `benchmarks/fuzz.py` goes on for as long as
it is let. Then the limits, each at its border and beyond, and what was found once and must not come back.
"""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hostile
from command_line import Ran, mbc
from hostile import ASKED, ODD, PACK_SECONDS, SECONDS, SMALL_PACK, Broken, InFolder, asked
from mbc_explorer import KnowledgeError, Profile, ProfileError, load_catalog
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.cli.options import MAX_PROFILE, catalog_of
from mbc_explorer.cli.search import MAX_QUESTION
from mbc_explorer.compiling import MAX_CASES, MAX_DEPTH
from mbc_explorer.condition import Includes
from mbc_explorer.corpus import MAX_COPY, LedgerEntry, normalize, sentences, verify
from mbc_explorer.engine import MAX_CONJUNCTIONS, MAX_FACTS
from mbc_explorer.errors import MANY, MAX_LINE, MAX_SHOWN, UNSEEN, UNSEEN_BUT_COLOR, Problem, UsageError, visible
from mbc_explorer.folders import MAX_FILE, MAX_FILES, MAX_PACK
from mbc_explorer.loading import MAX_CRITERIA
from mbc_explorer.primes import MAX_OWN_STEPS, MAX_STEPS, Domains, TooManyCubes, at_most, primes, spend
from mbc_explorer.profile import MAX_ITEMS, MAX_NUMBER, MAX_TEXT, MAX_WORD, read_profile
from mbc_explorer.render.markdown import escaped
from mbc_explorer.schema import MOST_SENTENCES, MOST_WORDS
from mbc_explorer.verbatim import sentences_of
from mbc_explorer.yaml_source import MAX_NESTING, parse_json, parse_yaml
from mbc_explorer.yaml_source import MAX_TEXT as MAX_KNOWLEDGE_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer import Catalog

README = Path(__file__).resolve().parents[1] / "README.md"
WIDE = settings.get_profile("wide").max_examples
"""So many examples a run with `--hypothesis-profile=wide` looks at."""


def fuzzed(number: int) -> settings:
    """So many examples, or as many as a wide run looks at."""
    wide = settings().max_examples == WIDE
    return settings(
        max_examples=WIDE if wide else number,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The shipped knowledge is compiled and all is imported before any answer is timed."""
    for words in (["explore", "--profile", "-"], ["sources"], ["check", "--knowledge", "nowhere"], ["search", "x"]):
        mbc(*words)
    load_catalog()


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> InFolder:
    """The ways in that need a folder."""
    return InFolder(tmp_path_factory.mktemp("inside"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bytes]]:
    """What the ways in begin with."""
    return hostile.seeds(tmp_path_factory.mktemp("seeds"))


# Fuzzing

CHARACTERS = st.text(
    st.one_of(
        st.characters(codec="utf-8"), st.sampled_from("\x1b\x9b\u202e\u2028\ufeff\x07\r\n\t-=+@;,:'\"{}[]#&*!|>%")
    )
)
WORDS = st.one_of(
    CHARACTERS, st.sampled_from([str(odd) for odd in ODD]), st.sampled_from(["\udcff", "-", "--", "--json"])
)
NUMBERS = st.integers(0, 2**32)


@fuzzed(120)
@given(st.sampled_from(sorted(COMMANDS)), st.lists(WORDS, max_size=4), NUMBERS)
def test_no_command_line_breaks(command: str, words: list[str], number: int) -> None:
    """Whatever is typed after a command: an answer or a refusal, in time, with nothing unseen in it."""
    chance = Random(number)
    trade = hostile.words_of_the_trade()
    given = [part for word in words for part in (chance.choice(trade), word.replace("\0", ""))]
    if command in ("check", "ledger", "pairs", "readings") or not all(map(hostile.is_safe, given)):
        return
    asked([command, *given], b"er_status: positive")


@fuzzed(150)
@given(st.one_of(st.binary(), CHARACTERS.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_no_bytes_as_a_profile_break(content: bytes) -> None:
    """Any bytes on stdin."""
    hostile.by_profile(content)


@fuzzed(150)
@given(number=NUMBERS)
def test_no_profile_of_any_shape_breaks(number: int, begun: dict[str, list[bytes]]) -> None:
    """A profile of which parts were replaced, moved, nested or repeated, as a document and as plain data."""
    chance = Random(number)
    for way, give in (("profile", hostile.by_profile), ("facts", hostile.by_facts)):
        give(hostile.reshaped(chance.choice(begun[way]), way, chance))


@fuzzed(100)
@given(number=NUMBERS)
def test_no_pack_breaks(number: int, begun: dict[str, list[bytes]], inside: InFolder) -> None:
    """One file of a pack with parts replaced, moved, nested or repeated: refused, or every command answers."""
    chance = Random(number)
    inside.by_pack(hostile.reshaped(chance.choice(begun["pack"]), "pack", chance))


@fuzzed(25)
@given(number=NUMBERS)
def test_no_kept_catalog_breaks(number: int, begun: dict[str, list[bytes]], inside: InFolder) -> None:
    """A kept catalog with wrong types deep inside, and the right hash: it is made anew where it fails."""
    chance = Random(number)
    inside.by_kept(hostile.reshaped(chance.choice(begun["kept"]), "kept", chance))


@fuzzed(80)
@given(st.one_of(st.binary(), CHARACTERS.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_no_copy_of_a_text_breaks(inside: InFolder, content: bytes) -> None:
    """Any bytes as the copy of a text; and what is text verifies against its own ledger."""
    inside.by_text(content)
    hostile.by_sentences(content)


@fuzzed(60)
@given(CHARACTERS, st.one_of(CHARACTERS, st.integers().map(str)))
def test_no_line_to_complete_breaks(line: str, place: str) -> None:
    """Any line that a shell hands over, at any place of it."""
    hostile.by_completion(f"mbc {line}\n{place}".encode("utf-8", "surrogatepass"))
    hostile.by_completion(f"{line}\n{place}".encode("utf-8", "surrogatepass"))


def test_what_is_asked_of_a_pack_is_every_command(inside: InFolder) -> None:
    """Every command but the two that write is among the questions, and the small pack answers all but its check."""
    assert {words[0] for words in ASKED} == set(COMMANDS) - {"ledger"}
    (inside.root / "none.yaml").write_text("")
    refused = [words for words in ASKED if inside.ask(words).code and words[0] not in ("check", "compare")]
    assert refused == []


def test_the_judge_sees_what_is_wrong() -> None:
    """A wrong exit code, a traceback, a defect, an escape code, JSON that is none and a slow answer are all found."""
    fine = Ran(0, "fine", "")
    assert hostile.judged(fine, [], before=process_time()) == fine
    for ran, words in (
        (Ran(3, "", ""), []),
        (Ran(1, "", "Traceback (most recent call last)"), []),
        (Ran(1, "", "KeyError. This is a defect; please report it"), []),
        (Ran(0, "\x1b[31m", ""), []),
        (Ran(0, "", "\u202e"), []),
        (Ran(0, "{", ""), ["--json"]),
        (Ran(2, "", ""), []),
    ):
        with pytest.raises(Broken):
            hostile.judged(ran, words, before=process_time())
    with pytest.raises(Broken):
        hostile.judged(fine, [], before=process_time() - 2 * SECONDS)


# Documents that are small and want much

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{there}: &{there} [{','.join([f'*{here}'] * 9)}]\n"
    for here, there in zip("abcdefghij", "bcdefghijk", strict=True)
)
GREEDY = {
    "aliases of aliases of aliases": BOMB,
    "an alias within itself": "a: &a [*a]",
    "an alias that is its own key": "? &a [*a]\n: 1",
    "many anchors": "\n".join(f"a{number}: &b{number} x" for number in range(4000)),
    "many tags": "[" + "!a b," * 12_000 + "]",
    "one key many times": "a: 1\n" * 13_000,
    "many keys": "\n".join(f"k{number}: v" for number in range(5000)),
    "many keys like one that there is": "\n".join(f"her{number}: v" for number in range(5000)),
    "many keys in JSON": json.dumps({f"k{number}": 1 for number in range(5000)}),
    "one key many times in JSON": "{" + ",".join(['"a":1'] * 10_000) + "}",
    "many therapies that are none": json.dumps({"prior": [{"agents": [f"trastuzumb{n}" for n in range(199)]}] * 19}),
    "many regimens": json.dumps({"prior": ["trastuzumab"] * 4000}),
    "a long word": json.dumps({"er": "x" * 60_000}),
    "a long name": json.dumps({"e" * 60_000: "x"}),
    "a long list in one word": json.dumps({"prior": "+".join(["trastuzumab"] * 5000)}),
    "a wide list": "a: [" + "x," * 30_000 + "]",
    "a list of lists": "[" + "[]," * 20_000 + "]",
    "line breaks only": "\n" * 65_000,
    "a long comment": "#" * 65_000,
    "a long number": json.dumps({"metastatic_areas": 1}).replace("1}", "9" * 60_000 + "}"),
    "a long fraction": '{"metastatic_areas": 1.' + "9" * 60_000 + "}",
    "a large exponent": '{"metastatic_areas": 1e' + "9" * 60_000 + "}",
}


@pytest.mark.parametrize("name", GREEDY)
def test_a_small_document_takes_a_small_time(name: str) -> None:
    """Bombs of aliases, endless keys and words: refused within a second, in an error that can be read."""
    assert len(GREEDY[name].encode()) <= MAX_PROFILE
    ran = asked(["explore", "--profile", "-"], GREEDY[name].encode())
    assert ran.code == 2 or name in ("line breaks only", "a long comment")
    assert len(ran.err.splitlines()) <= MANY + 3
    assert len(ran.err) < 40_000
    if ran.code:
        json.loads(asked(["explore", "--json", "--profile", "-"], GREEDY[name].encode()).out)


NUMBERS_AS_WORDS = ["no", "on", "yes", "off", "y", "1:30", "-012", "0o12", "0x1F", "1_000", ".inf", ".nan", "1e999"]


@pytest.mark.parametrize("word", NUMBERS_AS_WORDS)
def test_a_word_that_yaml_could_read_otherwise_stays_a_word(word: str) -> None:
    """What YAML 1.1 reads as a truth, a date, an hour or an octal number is refused as the word that it is."""
    for attribute in ("er", "metastatic_areas"):
        ran = asked(["explore", "--profile", "-"], f"{attribute}: {word}".encode())
        assert ran.code == 2
        assert word in ran.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"])
@pytest.mark.parametrize(
    "document", ["er_status: positive # é", '{"er_status": "positive", "é": 1}'], ids=["yaml", "json"]
)
def test_another_encoding_is_refused(document: str, encoding: str) -> None:
    """A profile that is not UTF-8 is refused; a byte order mark of UTF-8 is read over."""
    assert asked(["explore", "--profile", "-"], document.encode(encoding)).code == 2
    assert asked(["explore", "--profile", "-"], b"\xef\xbb\xbf" + b"er_status: positive").code == 0
    assert asked(["explore", "--profile", "-"], b"metastatic_areas: 012").code == 0  # twelve, and not ten


# Limits


def limit_of(text: str) -> tuple[int, str]:
    """The exit code of a profile, and what is told of it."""
    ran = asked(["explore", "--profile", "-"], text.encode())
    return ran.code, ran.err


def test_a_profile_is_read_up_to_its_limit(tmp_path: Path) -> None:
    """The last byte that fits is read, one more is refused: from stdin, from a file, and from what never ends."""
    told = "cannot be read (it holds more than 64 KiB)."
    fits = "er_status: positive #"
    fits += "x" * (MAX_PROFILE - len(fits))
    file = tmp_path / "case.yaml"
    file.write_text(fits)
    assert (limit_of(fits)[0], asked(["explore", "--profile", str(file)]).code) == (0, 0)
    file.write_text(f"{fits}x")
    assert limit_of(f"{fits}x") == (2, f"mbc: the profile is not understood\nstdin: {told}\n")
    assert f"{file}: {told}" in asked(["explore", "--profile", str(file)]).err
    assert f"/dev/zero: {told}" in asked(["explore", "--profile", "/dev/zero"]).err


@pytest.mark.parametrize(
    ("at", "beyond", "told"),
    [
        ({f"a{n}": 1 for n in range(MAX_ITEMS)}, {f"a{n}": 1 for n in range(MAX_ITEMS + 1)}, "holds 201 attributes"),
        ({"sites": ["bone"] * MAX_ITEMS}, {"sites": ["bone"] * (MAX_ITEMS + 1)}, "holds 201 entries"),
        (
            {"sites": ",".join(["bone"] * MAX_ITEMS)},
            {"sites": ",".join(["bone"] * (MAX_ITEMS + 1))},
            "holds 201 entries",
        ),
        ({"prior": ["T-DM1"] * MAX_ITEMS}, {"prior": ["T-DM1"] * (MAX_ITEMS + 1)}, "holds 201 regimens"),
        (
            {"prior": ["+".join(["T-DM1"] * MAX_ITEMS)]},
            {"prior": ["+".join(["T-DM1"] * 201)]},
            "regimen of 201 therapies",
        ),
        (
            {"sites": "bone" + " " * (MAX_TEXT - 4)},
            {"sites": "bone" + " " * (MAX_TEXT - 3)},
            "more than 10000 characters",
        ),
        ({"metastatic_areas": 9999}, {"metastatic_areas": 10_000}, "from 1 to 9999"),
        (
            {"prior": [{"agents": ["T-DM1"], "months": 9999}]},
            {"prior": [{"agents": ["T-DM1"], "months": 10_000}]},
            "9999",
        ),
    ],
    ids=["attributes", "entries", "entries in a word", "regimens", "therapies", "characters", "count", "months"],
)
def test_a_profile_is_understood_up_to_its_limits(at: Any, beyond: Any, told: str) -> None:
    """What is at a limit is read (and refused, if at all, for what it is); what is beyond is refused for the limit."""
    assert told not in limit_of(json.dumps(at))[1]
    code, text = limit_of(json.dumps(beyond))
    assert code == 2
    assert told in text


def test_at_most_a_hundred_problems_are_told() -> None:
    """A hundred problems are told one by one; of more, that there are more."""
    for number, more in ((MANY, False), (MANY + 1, True)):
        text = limit_of(json.dumps({f"a{n}": 1 for n in range(number)}))[1]
        assert ("more." in text) == more
        assert f"{number} problems" in text
    error = UsageError(Problem("x", str(n), "y") for n in range(5 * MANY))
    assert (len(error.problems), str(error).splitlines()[-2:]) == (MANY + 1, ["and 400 more.", "500 problems"])


def test_the_readme_states_every_limit() -> None:
    """Each number of its table is the program's own, and the program has no other; each is tried in this file."""
    kib, mib = 1024, 1024 * 1024
    limits = [
        MAX_PROFILE // kib, MAX_NESTING, MAX_ITEMS, MAX_ITEMS, MAX_TEXT, MAX_NUMBER, MAX_QUESTION, MAX_COPY // kib,
        MAX_FILES, MAX_FILE // mib, MAX_PACK // mib, MAX_KNOWLEDGE_TEXT, MOST_SENTENCES, MAX_CRITERIA, MAX_FACTS,
        MAX_CONJUNCTIONS, MAX_OWN_STEPS, MAX_STEPS, MAX_DEPTH, MAX_CASES, MOST_WORDS, MANY, MAX_WORD, MAX_LINE,
    ]  # fmt: skip
    table = README.read_text(encoding="utf-8").partition("## Limits")[2].partition("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    assert [int(n.replace(",", "")) for row in rows for n in re.findall(r"\d[\d,]*", row)] == limits


@pytest.mark.parametrize("sign", ["x", "x ", "\u202e"], ids=["one word", "many words", "unseen"])
def test_what_was_typed_is_told_as_far_as_it_can_be_read(sign: str) -> None:
    """A word or a line without end, wherever it is typed: the error shows its beginning."""
    text = sign * 40_000
    for words in (
        [text], [f"--{text}"], ["explore", f"--{text}"], ["explore", text], ["explore", "--engine", text],
        ["explore", "--as-of", text], ["explore", "--profile", text], ["explore", "--knowledge", text], ["show", text],
        ["why", text], ["matrix", "--category", text], ["schema", text], ["explore", "--set", text],
    ):  # fmt: skip
        told = asked(words).err
        assert len(told) <= 12 * MAX_LINE, words[:1]
        assert MAX_SHOWN == MAX_WORD
        assert sign != "x" or max(map(len, told.split())) <= 2 * MAX_SHOWN, words[:1]


def test_an_option_that_has_one_value_is_given_once() -> None:
    """Of two profiles none is forgotten: a second one is refused, with the option's name."""
    for words in (["--profile", "a", "-p", "b"], ["--engine", "reference", "--engine", "reference"]):
        ran = asked(["explore", *words])
        assert (ran.code, f"{words[0]}: is given more than once; give it once." in ran.err) == (2, True)
    assert asked(["explore", "--source", "msk-2016", "--source", "mnt-undated", "-a", "-a"]).code == 0


def test_a_question_is_read_up_to_its_limit() -> None:
    """A question of so many characters is answered within a second; a longer one is refused."""
    words = ("side effects of tamoxifen and of everything else " * 20)[:MAX_QUESTION]
    assert asked(["search", words]).code == 0
    assert asked(["search", *"x" * 150]).code == 0
    ran = asked(["search", f"{words}x"])
    assert (ran.code, "holds 301 characters; at most 300 are read." in ran.err) == (2, True)
    assert asked(["search", *["hot"] * 5000]).code == 2


def test_an_option_may_be_given_often() -> None:
    """Hundreds of wrong words: each of the first hundred is told, within a second."""
    words = [part for number in range(1500) for part in ("--option", f"letrzole{number}")]
    assert len(asked(["explore", *words]).err.splitlines()) == MANY + 3


# Packs

Change = tuple[str, str, str]
"""A file of the small pack, what stands there, and what is put in its place."""


def changed(root: Path, *changes: Change, more: dict[str, str] | None = None) -> Path:
    """The small pack with changes."""
    files = {name: hostile.with_marks(text) for name, text in SMALL_PACK.items()} | (more or {})
    for name, before, after in changes:
        assert before in files[name]
        files[name] = files[name].replace(before, after)
    return hostile.write_pack(root, files)


def problems(root: Path, *changes: Change, more: dict[str, str] | None = None) -> list[str]:
    """What is told of the small pack with changes, within the time of a pack."""
    folder = changed(root, *changes, more=more)
    before = process_time()
    try:
        load_catalog(folder)
        found: list[str] = []
    except KnowledgeError as error:
        found = str(error).splitlines()
    assert process_time() - before < PACK_SECONDS
    return found


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    if "pack" in request.node.name and "inside" not in request.fixturenames:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


PROFILE, CATEGORIES, RULES = "knowledge/profile.yaml", "knowledge/categories.yaml", "rules/leaflet/all.yaml"
ALL_OF = "{all: [{courses: {at_least: 2}}, {not: {months: {at_most: 6}}}, {areas: {at_least: 2}}]}"
WIDE_VALUES = ", ".join(f"{{id: v{number}}}" for number in range(12))
WIDE_ATTRIBUTES = "".join(
    f"""  - {{id: a{number}, name: A, label: a, group: tumor, kind: choice, about: a., cites: [],
     values: [{WIDE_VALUES}]}}
"""
    for number in range(12)
)
MOST_VALUES = ", ".join(f"v{number}" for number in range(11))
ALL_WIDE = f"{{all: [{', '.join(f'{{a{number}: [{MOST_VALUES}]}}' for number in range(12))}]}}"
ANY_OF_PAIRS = f"""{{all: [{
    ", ".join(
        f"{{any: [{', '.join(f'{{all: [{{a{n}: v{m}}}, {{a{(n + 1) % 12}: v{(m + n) % 12}}}]}}' for m in range(12))}]}}"
        for n in range(12)
    )
}]}}"""


SOURCES, AGENTS = "knowledge/sources.yaml", "knowledge/agents.yaml"
MATRIX, LEDGER = "knowledge/matrix.yaml", "knowledge/ledger/leaflet.yaml"
TERM, NAMED = ("knowledge/glossary.yaml", "term: Grade"), ("knowledge/naming.yaml", "in_text: grade}]\nc")
MORE = (PROFILE, "attributes:\n", f"attributes:\n{WIDE_ATTRIBUTES}")
IN_CIRCLES = "lies below itself."
BY_PATTERN = "filename: String should match pattern"
BY_SPAN = "a citation is written source:sentence"
NO_PATTERN = "is no regular expression"
WANTING: dict[str, tuple[list[Change], str]] = {
    "a category below one below it": ([(CATEGORIES, "name: Drugs,", "name: Drugs, parent: kind,")], IN_CIRCLES),
    "a category below itself": ([(CATEGORIES, "name: Drugs,", "name: Drugs, parent: drug,")], IN_CIRCLES),
    "a definition by itself": ([(PROFILE, "present: {grade: low}", "present: {mild: absent}")], "'mild' is defined by"),
    "a value twice": ([(PROFILE, '{id: low, aliases: ["1"]}', "{id: middle}")], "the value 'middle' is already at"),
    "a value that says unknown": ([(PROFILE, "{id: high,", "{id: unknown,")], "'unknown' means something else, too."),
    "a reserved value": ([(PROFILE, "{id: high,", "{id: not_applicable,")], "'not_applicable' means something else"),
    "a value that implies none": ([(PROFILE, "implies: [bone]", "implies: [skin]")], "unknown value 'skin'"),
    "a place of an axis twice": ([(MATRIX, "{id: high,", "{id: low,")], "the value 'low' is already at"),
    "an axis twice": ([(MATRIX, "{id: history,", "{id: grade,")], "the axis 'grade' is already at"),
    "a text in another folder": ([(SOURCES, "leaflet.txt", "../leaflet.txt")], BY_PATTERN),
    "a text at the root": ([(SOURCES, "leaflet.txt", "/etc/passwd")], BY_PATTERN),
    "an endless span": ([(AGENTS, "leaflet:1,2", "leaflet:1-99999999999")], BY_SPAN),
    "a long span": ([(AGENTS, "leaflet:1,2", "leaflet:1-99999")], "names at most 500"),
    "a span backwards": ([(AGENTS, "leaflet:1,2", "leaflet:2-1")], "goes from a sentence to a later one"),
    "digits of another writing": ([(AGENTS, "leaflet:1,2", "leaflet:١")], BY_SPAN),
    "a large number": ([(RULES, "at_least: 2}}, {not", "at_least: 10000}}, {not")], "a whole number from 0 to 9999"),
    "a sentence without words": ([(LEDGER, "[1, 3,", "[1, 0,")], "should be greater than or equal to 1"),
    "a sentence of endless words": ([(LEDGER, "[1, 3,", "[1, 999999999,")], "should be less than or equal to 2000"),
    "an escape code": ([(*TERM, 'term: "Gr\\x1b[2Jade"')], "holds the character U+001B"),
    "a mark of direction": ([(*TERM, "term: Gr\u202eade")], "holds the character U+202E"),
    "a byte order mark inside": ([(*TERM, 'term: "Gr\\uFEFFade"')], "holds the character U+FEFF"),
    "a long text": ([(*TERM, f"term: {'x' * 10_001}")], "a text has at most 10000 characters."),
    "an unfinished pattern": ([(*NAMED, "in_text: '('}]\nc")], NO_PATTERN),
    "a pattern that counts far": ([(*NAMED, "in_text: 'a{9999999999}'}]\nc")], NO_PATTERN),
    "a deep pattern": ([(*NAMED, f"in_text: '{'(' * 5000}'}}]\nc")], NO_PATTERN),
    "a condition of many values": ([MORE, (RULES, ALL_OF, ALL_WIDE)], "20000 conjunctions"),
    "a condition that explodes": ([MORE, (RULES, ALL_OF, ANY_OF_PAIRS)], "leaflet.counted: the condition cannot be"),
    "a deep condition": (
        [(RULES, ALL_OF, "{not: " * 120 + "{grade: low}" + "}" * 120)],
        "is nested more than 100 levels deep.",
    ),
    "an anchor": ([(RULES, "{grade: low}, ", "{grade: low}, {grade: &a low}, ")], "anchors, aliases and tags"),
}


@pytest.mark.parametrize("name", WANTING)
def test_a_pack_that_wants_too_much_is_refused(name: str, tmp_path: Path) -> None:
    """Circles, collisions, endless spans and conditions that explode: a clear error, in time."""
    changes, told = WANTING[name]
    found = problems(tmp_path, *changes)
    assert any(told in line for line in found), found[:5]
    assert not any(re.search(UNSEEN, line) for line in found)


def test_a_pack_is_read_up_to_its_limits(tmp_path: Path) -> None:
    """A file, all files together, and their number: what fits is read, one byte or file more is refused."""
    name, rule = "rules/leaflet/all.yaml", "rules/leaflet/more.yaml"
    text = SMALL_PACK[name]
    fits = f"{text}#{'x' * (MAX_FILE - len(text) - 2)}\n"
    assert problems(tmp_path / "a", more={name: fits}) == []
    told = "rules/leaflet/all.yaml: cannot be read (it holds more than 1 MiB)."
    assert problems(tmp_path / "b", more={name: f"{fits}x"}) == [told]
    empty = "source: leaflet\nrules: []\n"
    padded = f"{empty}#{'x' * (MAX_FILE - len(empty) - 2)}\n"
    whole = MAX_PACK // MAX_FILE
    told = f"rules/leaflet/more{whole - 1}.yaml: with this file the pack holds more than 8 MiB, and no more is read."
    many = {rule.replace("more", f"more{number}"): padded for number in range(whole)}
    assert problems(tmp_path / "c", more=dict(list(many.items())[:-1])) == []
    assert problems(tmp_path / "d", more=many) == [told]
    few = {rule.replace("more", f"more{number:04}"): empty for number in range(MAX_FILES - len(SMALL_PACK))}
    assert problems(tmp_path / "e", more=few) == []
    told = "rules: at most 1000 files are read of a pack."
    assert problems(tmp_path / "f", more={**few, rule: empty}) == [told]


BORDERS: dict[str, tuple[Change, Change, str]] = {
    "characters of a text": (
        (*TERM, f"term: {'x' * MAX_KNOWLEDGE_TEXT}"),
        (*TERM, f"term: {'x' * (MAX_KNOWLEDGE_TEXT + 1)}"),
        "a text has at most 10000 characters.",
    ),
    "sentences of a citation": (
        (AGENTS, "leaflet:1,2", f"leaflet:1-{MOST_SENTENCES}"),
        (AGENTS, "leaflet:1,2", f"leaflet:1-{MOST_SENTENCES + 1}"),
        "names at most 500",
    ),
    "words of a sentence": (
        (LEDGER, "[1, 3,", f"[1, {MOST_WORDS},"),
        (LEDGER, "[1, 3,", f"[1, {MOST_WORDS + 1},"),
        "should be less than or equal to 2000",
    ),
    "nesting": (
        (RULES, ALL_OF, "{not: " * (MAX_NESTING - 4) + "{grade: low}" + "}" * (MAX_NESTING - 4)),
        (RULES, ALL_OF, "{not: " * (MAX_NESTING - 3) + "{grade: low}" + "}" * (MAX_NESTING - 3)),
        "is nested more than 100 levels deep.",
    ),
    "criteria of a condition": (
        (RULES, ALL_OF, f"{{any: [{', '.join(['{grade: low}'] * MAX_CRITERIA)}]}}"),
        (RULES, ALL_OF, f"{{any: [{', '.join(['{grade: low}'] * (MAX_CRITERIA + 1))}]}}"),
        "a condition has at most 500 criteria; this one has 501.",
    ),
    "a number": (
        (RULES, "at_least: 2}}, {not", f"at_least: {MAX_NUMBER}}}}}, {{not"),
        (RULES, "at_least: 2}}, {not", f"at_least: {MAX_NUMBER + 1}}}}}, {{not"),
        "a whole number from 0 to 9999",
    ),
}


@pytest.mark.parametrize("name", BORDERS)
def test_a_file_of_a_pack_is_understood_up_to_its_limits(name: str, tmp_path: Path) -> None:
    """What is at a limit is not refused for it; one more is."""
    at, beyond, told = BORDERS[name]
    assert not [line for line in problems(tmp_path / "at", at) if told in line]
    assert [line for line in problems(tmp_path / "beyond", beyond) if told in line]


def test_a_profile_nests_as_deep_as_its_limit() -> None:
    """A hundred levels are read (and refused for what they hold), one more is not."""
    for levels, deep in ((MAX_NESTING - 1, False), (MAX_NESTING, True)):
        for document in ("er: {}", '{{"er": {}}}'):
            code, text = limit_of(document.format("[" * levels + "]" * levels))
            assert (code, "is nested more than 100 levels deep" in text) == (2, deep)


def test_a_pack_asks_for_so_many_facts_and_no_more(tmp_path: Path) -> None:
    """As many facts as the engine takes, or a clear error."""
    sites = "values: [{id: bone}, {id: spine, implies: [bone]}]"
    for number, told in ((MAX_FACTS - 60, None), (MAX_FACTS + 1, "facts; at most 250 are worked out.")):
        values = ", ".join(f"{{id: v{n}}}" for n in range(number))
        asks = ", ".join(f"{{sites: {{include: v{n}}}}}" for n in range(number))
        changes = [
            (PROFILE, sites, f"{sites[:-1]}, {values}]"),
            (RULES, "{any: [{grade: low}, ", f"{{any: [{asks}, "),
        ]
        found = problems(tmp_path / str(number), *changes)
        assert (found == []) == (told is None), found[:3]
        assert told is None or told in found[0]


def test_a_pack_has_categories_so_deep_and_no_deeper(tmp_path: Path) -> None:
    """A category has so many above it and no more."""
    before = "{id: kind, name: A kind of drug, parent: drug, therapy: true}"
    for number, told in ((MAX_DEPTH - 2, None), (MAX_DEPTH - 1, f"has more than {MAX_DEPTH} above it.")):
        rows = [
            f"{{id: c{n}, name: C{n}, parent: {f'c{n - 1}' if n else 'drug'}, therapy: true}}" for n in range(number)
        ]
        rows.append(f"{{id: kind, name: A kind of drug, parent: c{number - 1}, therapy: true}}")
        found = problems(tmp_path / str(number), (CATEGORIES, before, "\n  - ".join(rows)))
        assert (found == []) == (told is None), found
        assert told is None or told in found[0]


def test_a_pack_spans_so_many_cases_and_no_more(tmp_path: Path) -> None:
    """The axes of a matrix multiply to so many cases and no more."""
    for number in (MAX_CASES // 4, MAX_CASES // 4 + 1):
        values = ", ".join(f"{{id: v{n}, name: V{n}, profile: {{}}}}" for n in range(number))
        axis = f"axes:\n  - {{id: more, name: More, values: [{values}]}}"
        found = problems(tmp_path / str(number), ("knowledge/matrix.yaml", "axes:", axis))
        assert (found == []) == (number * 4 <= MAX_CASES), found


def test_a_pack_without_a_matrix_has_none(tmp_path: Path) -> None:
    """A pack may leave its axes out: the matrix says so, and everything else is answered."""
    folder = changed(tmp_path)
    (folder / "knowledge/matrix.yaml").unlink()
    (folder / "knowledge/naming.yaml").unlink()
    (folder / "knowledge/glossary.yaml").unlink()
    (folder / "rules/invariants.yaml").unlink()
    ran = asked(["matrix", "--knowledge", str(folder)], limit=PACK_SECONDS)
    assert (ran.code, "has no matrix" in ran.err) == (2, True)
    assert asked(["explore", "--knowledge", str(folder)], limit=PACK_SECONDS).code == 0


def test_the_work_of_a_pack_is_counted() -> None:
    """So many steps and no more: within the limit primes are found, beyond it the work ends; outside nothing counts."""
    domains: Domains = {f"f{n}": ("a", "b", "c") for n in range(8)}
    cover = [{f"f{n}": 1 << n % 3, f"f{(n + 3) % 8}": 1 << (n + 1) % 3} for n in range(8)]
    whole = primes(cover, domains)
    with at_most(100_000):
        assert primes(cover, domains) == whole
    with at_most(100), pytest.raises(TooManyCubes):
        primes(cover, domains)
    with at_most(10**7), pytest.raises(TooManyCubes):  # what is done within counts for what it is done in
        with at_most(10**6):
            spend(10**6)
        spend(9 * 10**6)
        spend(1)
    spend(10**12)
    endless = [{f"f{n}": 1 << (n + m) % 3, f"f{(n + 3) % 8}": 1 << m % 3} for n in range(8) for m in range(5)]
    with pytest.raises(TooManyCubes, match=r"more (steps )?than"):
        primes(endless, domains)


# Texts


def test_a_text_is_read_up_to_its_limit(inside: InFolder) -> None:
    """A copy of so many bytes is looked through within a second; a larger one is refused."""
    for content, code in ((b"x" * MAX_COPY, 0), (b"This is it. " * (MAX_COPY // 12), 0), (b"x" * (MAX_COPY + 1), 2)):
        (inside.texts / "leaflet.txt").write_bytes(content)
        ran = asked(["show", "leaflet:1", "--corpus", str(inside.texts), *inside.own], b"", SECONDS, **inside.env)
        assert ran.code == code
        assert code == 0 or "cannot be read (it holds more than 256 KiB)." in ran.err
        catalog_of.cache_clear()
        sentences_of.cache_clear()


LONG_TEXTS = {
    "points": "." * MAX_COPY,
    "marks on marks": "a" + "\u0301\u0316" * (MAX_COPY // 4),
    "letters with points": "A. " * (MAX_COPY // 3),
    "numbers with points": "1. " * (MAX_COPY // 3),
    "ends and quotes": '."' * (MAX_COPY // 2),
    "ends and blanks": ". " + " " * MAX_COPY,
    "one letter a line": "x\n" * (MAX_COPY // 2),
    "letters that are many": "\ufdfa" * (MAX_COPY // 3),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_text_takes_a_time_that_grows_with_its_length(name: str) -> None:
    """No text of the largest size takes longer than the others to be split, or to be found to be another."""
    before = process_time()
    sentences(LONG_TEXTS[name])
    ledger = [LedgerEntry(number, "all", 10 + number % 40, "0" * 16) for number in range(1, 300)]
    verify(LONG_TEXTS[name], ledger)
    assert process_time() - before < 2 * SECONDS


@given(st.text())
def test_words_are_normalized_one_by_one_as_all_at_once(text: str) -> None:
    """That words are taken one by one, so that no long run of marks is composed, changes no fingerprint."""
    import unicodedata

    from mbc_explorer.corpus import _BULLETS, _GLYPHS, _LIST_NUMBER

    plain = unicodedata.normalize("NFKC", text.translate(_GLYPHS)).translate(_GLYPHS).casefold().split()
    assert normalize(text) == tuple(w for w in plain if w not in _BULLETS and not _LIST_NUMBER.fullmatch(w))


# Escaping

MARKUP = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&lt;b&gt;", "]]>",
    "=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "＝1", "[a](javascript:b)", "![a](b)", "`c`", "**d**", "_e_",
    "~~f~~", "# g", "> h", "1. i", "| j |", "%%{init: {}}%%", "\"]; k --> l", "<!-- m -->", "{{n}}", "${o}", "\\",
)  # fmt: skip
UNSEEN_ONES = "\x1b[31m\x1b]8;;http://x\x07\x9b2J\x00\x08\x7f\u202e\u2066\u200b\u2028\ufeff\U000e0041"
PROSE = {
    "name", "title", "publisher", "disclosure", "date_basis", "paraphrase", "note", "worded_for", "about", "label",
    "because", "applies_because", "answer", "why", "says", "term", "nothing_known", "words",
}  # fmt: skip
"""The keys of a pack under which prose stands."""


def poisoned(data: Any, poison: Iterator[str]) -> Any:
    """A document in which every prose begins with another poison."""
    if isinstance(data, list):
        return [poisoned(part, poison) for part in data]
    if not isinstance(data, dict):
        return data
    return {
        key: f"{next(poison)} {value}" if key in PROSE and isinstance(value, str) else poisoned(value, poison)
        for key, value in data.items()
    }


def poisons(more: str) -> Iterator[str]:
    """Markup of every kind, over and over; each apart, because names are told apart."""
    number = 0
    while True:
        for markup in MARKUP:
            number += 1
            yield f"{markup}{more}{number}"


@pytest.fixture(params=["markup", "markup and what cannot be seen"])
def poisonous(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack whose every prose is hostile. What cannot be seen is refused at the door, which is held open here."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    more = UNSEEN_ONES if "seen" in request.param else ""
    if more:
        monkeypatch.setattr("mbc_explorer.yaml_source.UNSEEN", "(?!)")
    poison, files = poisons(more), {}
    for name, text in SMALL_PACK.items():
        data = yaml.safe_load(hostile.with_marks(text))
        whole = data if name.endswith(("naming.yaml", ".cases.yaml", "invariants.yaml")) else poisoned(data, poison)
        files[name] = yaml.safe_dump(whole, width=10**6, sort_keys=False)
    hostile.write_pack(tmp_path / "pack", files)
    (tmp_path / "texts").mkdir()
    (tmp_path / "none.yaml").write_text("")
    for name, text in hostile.TEXTS.items():
        (tmp_path / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


class Elements(HTMLParser):
    """The elements of a page, and their attributes that act."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.acting: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.acting += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name in ("src", "style")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_answer_shows_a_packs_prose_unescaped(poisonous: Path) -> None:
    """Whatever a pack says, no answer of any command in any form holds what a terminal or a reader would obey."""
    for words in ASKED:
        given = [str(poisonous / word) if word == "none.yaml" else word for word in words]
        ran = asked([*given, "--knowledge", str(poisonous / "pack")], b"", PACK_SECONDS)
        assert ran.code == 0 or words[0] in ("check", "compare"), ran.err
        if "html" in words:
            page = Elements(ran.out)
            assert page.found.isdisjoint({"img", "b1", "iframe", "object"})
            assert page.acting == []
            assert "alert(1)" in page.text
            assert ran.out.count("<script>alert") == 0
        elif "svg" in words:
            elements = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(ran.out).iter()}
            assert elements <= {"svg", "title", "desc", "style", "text", "g", "rect", "path"}
        elif "csv" in words:
            cells = [cell for row in csv.reader(StringIO(ran.out)) for cell in row]
            assert len(cells) > 20
            assert not [cell for cell in cells if re.match(r"\s*[=+\-@＝＋－＠]", cell)]
        elif "markdown" in words:
            assert_plain_markdown(ran.out)
        elif "--template" in words:
            assert yaml.safe_load(ran.out) is None


def assert_plain_markdown(text: str) -> None:
    """Markdown whose only marks are our own: headings, lists, a quotation, bold names, code of options."""
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds = {part.type for token in markdown.parse(text) for part in (token, *(token.children or ()))}
    allowed = (
        r"(heading|paragraph|bullet_list|list_item|blockquote|strong)_(open|close)|inline|text|text_special|softbreak"
    )
    assert [kind for kind in kinds if not re.fullmatch(rf"{allowed}|code_inline", kind)] == []
    for code in re.findall(r"(?<!\\)`([^`]*[^`\\])`", text):
        assert code.startswith("--")


def test_a_copy_of_a_text_is_shown_escaped(inside: InFolder, tmp_path: Path) -> None:
    """A sentence of a reader's own copy, whatever stands in it: as text on the terminal, in JSON and in the page."""
    text = f"This is it.{UNSEEN_ONES} <script>alert(1)</script>\nUse it.\n".replace("\x00", "")
    ledger = "".join(f'  - [{s.number}, {len(s.words)}, "{s.fingerprint}"]\n' for s in sentences(text))
    name = "knowledge/ledger/leaflet.yaml"
    folder = changed(tmp_path / "pack", more={name: f"source: leaflet\nsentences:\n{ledger}"})
    (tmp_path / "leaflet.txt").write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    whole = ["--corpus", str(tmp_path), "--knowledge", str(folder)]
    env = inside.env
    shown = asked(["show", "leaflet:2", *whole], b"", PACK_SECONDS, **env)
    as_json = asked(["coverage", "--json", *whole], b"", PACK_SECONDS, **env)
    asked(["coverage", "--html", str(page), *whole], b"", PACK_SECONDS, **env)
    assert "<script>" in f"{shown.out}{as_json.out}"
    assert "\x1b[31m" in json.dumps(json.loads(as_json.out), ensure_ascii=False).encode().decode(
        "unicode_escape", "replace"
    )
    found = Elements(page.read_text(encoding="utf-8"))
    assert "script" not in found.found
    assert "alert(1)" in found.text
    assert not re.search(UNSEEN, page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["\x1b[31mx", "a\nb: c", "\u202etxet", "x\udcff", "\x9b2J"], ids=ascii)
def test_a_word_that_was_typed_is_told_escaped(name: str, tmp_path: Path) -> None:
    """A name of a file, an option, a command or an attribute never acts on the terminal, in error or success."""
    for words in (
        [name], ["explore", f"--{name}"], ["explore", name], ["profile", name], ["show", name], ["map", name],
        ["explore", "--profile", name], ["explore", "--knowledge", name], ["coverage", "--corpus", name],
        ["explore", "--set", f"{name}=1"], ["explore", "--engine", name], ["explore", "--as-of", name],
        ["explore", "--output", f"{name}/x"], ["pairs", name], ["readings", name], ["schema", name],
    ):  # fmt: skip
        ran = asked(words)
        assert ran.code in (1, 2)
        assert "b: c" not in [line[:4] for line in ran.err.splitlines()]
    ran = asked(["sources", "--json"])
    target = str(tmp_path / name.replace("/", ""))
    assert asked(["map", "olaparib", "--output", target]).code == 0


def test_json_escapes_what_cannot_be_seen_and_stays_the_same_data() -> None:
    """What a terminal would obey is written as an escape, which JSON reads as the same character."""
    from mbc_explorer.report import json_text

    data = {"a": UNSEEN_ONES + "é宽", "b": ["\ud800", "\t\n"]}
    for indent in (None, 2):
        text = json_text(data, indent)
        assert not re.search(UNSEEN, text)
        assert "é宽" in text
        assert json.loads(text) == data


def test_what_is_seen_is_left_as_it_is() -> None:
    """Letters of every writing, signs, line breaks and tabs stay; colors of our own stay where they are asked for."""
    plain = "aé宽\tb\nc 👩‍⚕️ \u00a0 עברית فارسی‌ها"
    assert visible(plain) == plain
    assert visible("\x1b[1;32mgreen\x1b[0m\x1b[2J", UNSEEN_BUT_COLOR) == "\x1b[1;32mgreen\x1b[0m\\x1b[2J"
    assert visible("a\x1bb\u202ec\udcff") == "a\\x1bb\\u202ec\\udcff"


@given(st.text())
def test_markdown_of_any_text_is_that_text(text: str) -> None:
    """Escaped as one line, any text is one paragraph of plain text that reads the same."""
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark")
    given = " ".join(visible(text).split())
    parts = [part for token in markdown.parse(f"- x {escaped(given)}") for part in token.children or ()]
    assert {part.type for part in parts} <= {"text", "text_special"}
    assert "".join(part.content for part in parts) == f"x {given}".rstrip()


def test_a_problem_is_told_in_one_line() -> None:
    """A place with a line break in it cannot pass for another problem."""
    assert str(Problem("kind", "a\nb", "c")) == "a\\nb: c"
    assert "\n" not in str(Problem("kind", "\r\x1b", "\x9b"))


# What was found once


def test_a_long_name_is_not_cut_to_one_that_there_is(catalog: Catalog) -> None:
    """A name whose first 200 characters are an attribute's, blanks included, is not that attribute."""
    with pytest.raises(ProfileError):
        read_profile(Profile({"er" + " " * 300 + "x": "positive"}), catalog)


def test_a_word_with_what_cannot_be_seen_is_not_completed() -> None:
    """What stands before a `+` comes back with each completion: never with a character that a terminal obeys."""
    hostile.by_completion(b"mbc explore --prior trastuzuma\x1a+doc\n3")
    hostile.by_completion("mbc explore --prior \u202e+doc\n3".encode())
    env = {"_MBC_COMPLETE": "complete_bash", "COMP_WORDS": "mbc explore --prior trastuzumab+doce", "COMP_CWORD": "3"}
    assert asked(["x"], b"", SECONDS, **env).out == "trastuzumab+docetaxel\n"


def test_asking_for_json_is_heard_in_words_only() -> None:
    """A line break within a word does not make an option of what follows it."""
    assert asked(["explore", "--er", "x\n--json"]).out == ""
    assert asked(["explore", "--er", "x", "-f", "json"]).err == ""


def test_a_repeated_key_of_any_depth_is_refused_in_json() -> None:
    """Each key that stands more than once in one mapping is told, wherever that mapping stands."""
    with pytest.raises(ProfileError) as caught:
        parse_json('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 1, "d": 1}]}', "x", ProfileError)
    assert [problem.message.split("'")[1] for problem in caught.value.problems] == ["b", "d"]


def test_an_anchor_is_refused_before_anything_is_composed() -> None:
    """An alias of itself, or of much, is refused by its first sign."""
    for text in (BOMB, "a: &a [*a]", "&a {*a : 1}"):
        with pytest.raises(KnowledgeError) as caught:
            parse_yaml(text, "x")
        assert {problem.kind for problem in caught.value.problems} <= {"yaml-anchor-or-tag", "more-problems"}


def test_primes_are_found_though_cubes_come_and_go() -> None:
    """A cube that takes the place of one that is gone is not taken for it: the primes are the same in any order."""
    chance = Random(3)
    domains: Domains = {f"f{n}": ("a", "b", "c") for n in range(6)}
    for _ in range(40):
        cover = [{name: chance.randint(1, 6) for name in chance.sample(list(domains), 3)} for _ in range(8)]
        one = primes(cover, domains)
        other = primes(list(reversed(cover)), domains)
        assert sorted(map(sorted, map(dict.items, one))) == sorted(map(sorted, map(dict.items, other)))


def test_an_engine_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    """Deep inside a pack, too: nothing is registered that multiplies without end."""
    assert Includes("a", "b").kind == "includes"
    assert problems(tmp_path) == []
    assert mbc("check", "--knowledge", str(tmp_path)).code == 1
