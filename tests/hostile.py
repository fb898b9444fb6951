"""Hostile input, and what is asked of every answer to it: shared by the tests and by `benchmarks/fuzz.py`.

A *way in* is a function of bytes that gives them to the program where a stranger could: as words of a command line, as
a profile, as a file of a knowledge pack, as a copy of a text, as a kept catalog, as variables of the environment. It
raises `Broken` where the answer is none that a user may get.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import yaml

from command_line import Ran, mbc
from mbc_explorer import Explorer, MbcError, Profile, compiled, load_catalog
from mbc_explorer.cli.app import COMMANDS
from mbc_explorer.cli.options import MAX_PROFILE, catalog_of
from mbc_explorer.compiled import _key
from mbc_explorer.corpus import LedgerEntry, sentences, verify
from mbc_explorer.errors import UNSEEN
from mbc_explorer.folders import Folders
from mbc_explorer.verbatim import sentences_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

SECONDS = 1.0
"""An answer takes no more processor time than this, the loading of a pack apart."""
PACK_SECONDS = 5.0
CODES = (0, 1, 2)

SMALL_PACK = {
    "knowledge/sources.yaml": """\
version: 0.0.1
sources:
  - {id: leaflet, filename: leaflet.txt, title: A leaflet, publisher: Nobody, publisher_basis: attributed, people: [],
     date: "2020-02-29", date_precision: day, date_basis: made up, url: "https://example.org/leaflet",
     url_status: established, disclosure: Paid for by nobody., sections: [{id: all, from: 1, name: All of it}]}
  - {id: poster, filename: poster.txt, title: null, publisher: Somebody, publisher_basis: stated, people: [A. Person],
     date: null, date_precision: none, date_basis: none, url: null, url_status: not_verified, disclosure: null,
     sections: [{id: top, from: 1, name: The top}, {id: rest, from: 2, name: The rest}]}
""",
    "knowledge/ledger/leaflet.yaml": """\
source: leaflet
sentences: [[1, 3, "LEAFLET1"], [2, 2, "LEAFLET2"]]
""",
    "knowledge/ledger/poster.yaml": """\
source: poster
sentences: [[1, 2, "POSTER1"], [2, 4, "POSTER2"]]
""",
    "knowledge/statements/leaflet/all.yaml": """\
source: leaflet
statements:
  - {id: claim, sentences: [1], paraphrase: The leaflet says so., worded_for: women, note: A remark., agents: [pill]}
  - {id: more, kind: side_effect, sentences: [2], paraphrase: It says more., when: {grade: low}, attributes: [grade]}
""",
    "knowledge/statements/poster/all.yaml": """\
source: poster
statements: [{id: claim, sentences: [2], paraphrase: The poster says otherwise., categories: [drug]}]
""",
    "knowledge/set_aside/poster.yaml": """\
source: poster
set_aside: [{reason: heading, sentences: [1]}]
""",
    "knowledge/categories.yaml": """\
categories:
  - {id: drug, name: Drugs, therapy: true, aliases: [medicine]}
  - {id: kind, name: A kind of drug, parent: drug, therapy: true}
options:
  - {id: thing, name: Thing, category: drug, kind: class, aliases: [stuff]}
  - {id: pill, name: Pill, category: kind, kind: agent, agents: [pill]}
""",
    "knowledge/agents.yaml": """\
agents:
  - {id: pill, name: Pill, names: [{name: pillule, cites: ["leaflet:1"]}], as_given: [], mentions: ["leaflet:1,2"],
     brands: [{name: Pillex, cites: ["poster:1-2"]}], categories: [{category: kind, cites: ["leaflet:2"]}],
     notes: [A note.], routes: [{route: oral, words: by mouth, cites: ["leaflet:1"]}]}
""",
    "knowledge/profile.yaml": """\
groups: [{id: tumor, name: The tumor}, {id: treatment, name: Treatment}]
not_known: [{id: unknown}, {id: not_tested, aliases: [untested]}]
attributes:
  - {id: grade, name: Grade, label: grade, group: tumor, kind: choice, about: The grade., cites: ["leaflet:1"],
     aliases: [g], values: [{id: low, aliases: ["1"]}, {id: middle}, {id: high, aliases: ["+"]}],
     not_in_documents: [{words: [huge], answer: No document knows it.}]}
  - {id: mild, name: Mild, label: mild disease, group: tumor, kind: choice, about: Mildness., cites: [],
     values: [{id: present}, {id: absent}]}
  - {id: sites, name: Sites, label: sites, group: tumor, kind: list, about: Where it is., cites: [],
     values: [{id: bone}, {id: spine, implies: [bone]}]}
  - {id: areas, name: Areas, label: areas, group: tumor, kind: count, minimum: 1, about: How many., cites: [],
     applies_when: {mild: absent}, applies_because: Areas are counted where it is not mild.}
  - {id: earlier, name: Earlier, label: earlier therapy, group: treatment, kind: regimens, about: What was given.,
     cites: [], aliases: [prior], alters: grows}
  - {id: courses, name: Courses, label: courses, group: treatment, kind: count, about: How many., cites: [],
     from: {regimens: earlier, including: kind}, alters: grows}
  - {id: months, name: Months, label: months, group: treatment, kind: months, about: Since when., cites: [],
     from: {regimens: earlier, stopped: completed, last: months}}
  - {id: now, name: Now, label: present therapy, group: treatment, kind: therapies, about: What is given., cites: []}
derivations:
  - {id: mild, definition: mild, because: It is defined so., basis: curator, cites: [],
     values: {present: {grade: low}, absent: {grade: [middle, high]}}}
  - {id: spread, implication: {if: {sites: {include: spine}}, then: {mild: absent}}, because: Said so., basis: stated,
     cites: ["poster:2"]}
notes: [{id: odd, when: {all: [{grade: high}, {now: {include: pill}}]}, note: That is odd., cites: ["leaflet:2"]}]
nothing_known: Nothing is known.
""",
    "knowledge/differences/between.yaml": """\
differences:
  - {id: apart, kind: scope, title: They differ, why: It matters., options: [thing], attributes: [grade],
     sides: [{source: leaflet, sentences: [1], says: One thing.}], silent: [poster]}
""",
    "knowledge/glossary.yaml": """\
terms: [{id: grade, term: Grade, aliases: [grading], statements: [leaflet.more]}]
""",
    "knowledge/matrix.yaml": """\
axes:
  - {id: grade, name: Grade, values: [{id: low, name: Low grade, profile: {grade: low}},
                                      {id: high, name: High grade, profile: {grade: high}}]}
  - {id: history, name: History, values: [{id: none, name: Never treated, profile: {earlier: none}},
                                          {id: once, name: Once, profile: {earlier: [pill]}}]}
""",
    "knowledge/naming.yaml": """\
therapies: [{of: thing, in_paraphrase: thing, in_text: [thing, stuff]}]
terms: [{name: grade, in_paraphrase: grade, in_text: grade}]
criteria: [{of: grade, in_text: grade}]
stances: [{of: investigational, in_paraphrase: study, in_text: [study, trial]}]
""",
    "rules/leaflet/all.yaml": """\
source: leaflet
rules:
  - {id: low, statement: claim, option: thing, stance: describes, when: {any: [{grade: low}, {sites: {include: bone}}]},
     with: [pill], context: [2], other_readings: [{id: wide, because: It may be wider., always: true}]}
  - {id: counted, statement: claim, option: pill, stance: describes_as_not_used,
     when: {all: [{courses: {at_least: 2}}, {not: {months: {at_most: 6}}}, {areas: {at_least: 2}}]}, note: A remark.}
""",
    "rules/leaflet/all.cases.yaml": """\
source: leaflet
cases:
  - {rule: low, met: A low grade, profile: {grade: low},
     changes: [{name: A high grade, set: {grade: high, sites: none}, truth: not_met}]}
""",
    "rules/poster/all.yaml": """\
source: poster
rules: [{id: any, statement: claim, option: pill, stance: investigational, always: true}]
""",
    "rules/invariants.yaml": """\
invariants:
  - {id: never, says: So it is., given: {grade: low}, claims: never_described, options: [pill], cites: ["leaflet:1"]}
""",
}
"""A tiny pack with one of everything that a pack can hold."""
TEXTS = {"leaflet": "This is it. Use it.\n", "poster": "A headline\nThe rest is silence.\n"}
"""The texts that its ledgers are made of."""
ASKED = (
    ["explore", "--all", "--details"],
    ["explore", "--json", "--set", "grade=high", "--set", "earlier=pill@adjuvant,months=3"],
    ["explore", "--format", "markdown", "--all", "--set", "sites=spine"],
    ["profile"],
    ["profile", "grade", "--json"],
    ["profile", "--template"],
    ["show", "pill", "--all"],
    ["show", "leaflet:1"],
    ["search", "grade"],
    ["differences"],
    ["matrix"],
    ["matrix", "--format", "csv"],
    ["matrix", "--format", "html"],
    ["grid", "--set", "grade=low"],
    ["map"],
    ["map", "--format", "mermaid", "--set", "grade=low"],
    ["map", "--format", "html", "--by", "source"],
    ["map", "--format", "svg"],
    ["timeline", "thing"],
    ["coverage"],
    ["agents"],
    ["categories", "--json"],
    ["glossary"],
    ["sources"],
    ["schema", "profile"],
    ["why", "thing", "--set", "grade=low"],
    ["why-not", "pill", "--set", "grade=low"],
    ["what-if", "--set", "grade=high"],
    ["compare", "-", "none.yaml"],
    ["missing"],
    ["nearest", "thing", "--set", "grade=high"],
    ["pairs", "thing"],
    ["readings"],
    ["check"],
)
"""What is asked of a pack: every command, and every form of answer. `-` is a profile of which nothing is known."""


class Broken(AssertionError):
    """An answer that no user may get."""


def judged(ran: Ran, words: list[str], *, before: float, limit: float = SECONDS) -> Ran:
    """An answer, if it may be one: an exit code that is documented, no defect, nothing unseen, in time.

    Raises:
        Broken: saying why it may not.
    """
    spent = process_time() - before
    told = f"{ran.out}\n{ran.err}"
    wrong = {
        f"exit code {ran.code}": ran.code not in CODES,
        "a traceback": "Traceback" in told,
        "a defect": "This is a defect" in told,
        "an unseen character": re.search(UNSEEN, told) is not None,
        f"{spent:.1f} seconds": spent > limit,
        "no word on what is wrong": ran.code == 2 and len(told) < 10,
        "an endless error": ran.code != 0 and len(told) > 200_000,
    }
    if "--json" in words and ran.out:
        try:
            json.loads(ran.out)
        except ValueError:
            wrong["no JSON"] = True
    if any(wrong.values()):
        raise Broken(f"{', '.join(what for what, is_so in wrong.items() if is_so)}: mbc {words}\n{told[:600]}")
    return ran


def asked(words: list[str], stdin: bytes = b"", limit: float = SECONDS, **env: str) -> Ran:
    """What a command answers, if it may."""
    before = process_time()
    return judged(mbc(*words, stdin=stdin, env=env), words, before=before, limit=limit)


def is_safe(word: str) -> bool:
    """Whether a word of a command line writes nothing and reads nothing that never ends."""
    return not re.match(r"-[^-]*o|--output|--html|--install|/dev|/proc|/sys", word) and "\0" not in word


# Ways in


def by_options(data: bytes) -> None:
    """The words of a command line, between line breaks; the first byte chooses the command."""
    words = data[1:].decode("utf-8", "surrogateescape").split("\n")[:12]
    command = [*COMMANDS, ""][data[0] % (len(COMMANDS) + 1)] if data else ""
    if command == "ledger" or not all(map(is_safe, words)):
        return
    given = [word for word in (command, *words) if word]
    slow = PACK_SECONDS * 20 if command in ("check", "pairs", "readings", "matrix") else SECONDS
    asked(given, b"er_status: positive", limit=slow)


def by_profile(data: bytes) -> None:
    """A profile in YAML or JSON, on stdin."""
    asked(["explore", "--profile", "-", "--json"], data)


def by_facts(data: bytes) -> None:
    """The facts of a profile as a program states them: what JSON can hold."""
    try:
        facts = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(facts, dict):
        return
    before = process_time()
    try:
        json.loads(_EXPLORERS[0].explore(Profile(facts)).json())
    except MbcError as error:
        if re.search(UNSEEN, str(error)):
            raise Broken(f"an unseen character: {error!r}") from None
    if process_time() - before > SECONDS and len(data) <= MAX_PROFILE:
        raise Broken(f"{process_time() - before:.1f} seconds")


def by_completion(data: bytes) -> None:
    """A line that a shell wants completed."""
    line, _, place = data.decode("utf-8", "surrogateescape").replace("\0", "").partition("\n")
    for shell in ("bash", "zsh", "fish"):
        env: dict[str, Any] = {
            "COMP_WORDS": line,
            "COMP_CWORD": place,
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": place,
        }
        asked(["x"], _MBC_COMPLETE=f"complete_{shell}", **env)


class InFolder:
    """The ways in that need a folder of their own: a pack, the copies of its texts, a cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pack, self.texts, self.cache = root / "pack", root / "texts", root / "cache"
        self.names = sorted(SMALL_PACK)
        for folder in (self.pack, self.texts, self.cache):
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in TEXTS.items():
            (self.texts / f"{name}.txt").write_text(text, encoding="utf-8")
        write_pack(self.pack)
        self.env = {"XDG_CACHE_HOME": str(self.cache)}
        self.own = ["--knowledge", str(self.pack)]
        mbc("schema", "profile", env=self.env)
        self.shipped = set(self.cache.glob("*/*"))
        if self.ask(["explore"]).code:
            raise Broken("the small pack is not valid any more")

    def ask(self, words: list[str], limit: float = PACK_SECONDS) -> Ran:
        """What a command answers from the pack, if it may, as a new process would."""
        compiled._used.clear()
        catalog_of.cache_clear()
        sentences_of.cache_clear()
        return asked([*words, *self.own], b"", limit, **self.env)

    def by_pack(self, data: bytes) -> None:
        """One file of a pack: the first byte says which, another what is asked; the rest is what it holds."""
        if len(data) < 2:
            return
        name = self.names[data[0] % len(self.names)]
        path = self.pack / name
        try:
            path.write_bytes(data[2:])
            first = self.ask(["sources"])
            if first.code == 0:
                self.ask(list(ASKED[data[1] % len(ASKED)]))
        finally:
            path.write_text(with_marks(SMALL_PACK[name]), encoding="utf-8")
            for kept in set(self.cache.glob("*/*")) - self.shipped:
                kept.unlink()

    def by_text(self, data: bytes) -> None:
        """A copy of a text."""
        (self.texts / "leaflet.txt").write_bytes(data)
        for words in (["show", "leaflet:1"], ["coverage", "--json"], ["show", "leaflet.claim", "--json"]):
            self.ask([*words, "--corpus", str(self.texts)])

    def by_kept(self, data: bytes) -> None:
        """A catalog in the cache that says of itself that it is whole; the first byte says what is asked."""
        folders = Folders(self.pack / "knowledge", self.pack / "rules")
        key = _key(folders)
        kept = self.cache / "mbc-explorer" / f"{key}.json"
        kept.parent.mkdir(exist_ok=True)
        head = json.dumps({"key": key, "sha256": sha256(data[1:]).hexdigest()}).encode()
        kept.write_bytes(head + b"\n" + data[1:])
        self.ask(list(ASKED[data[0] % len(ASKED)] if data else ASKED[0]))


def by_sentences(data: bytes) -> None:
    """A text, taken apart and searched for sentences."""
    text = data.decode("utf-8", "replace")
    before = process_time()
    found = sentences(text)
    ledger = [LedgerEntry(s.number, "all", len(s.words), s.fingerprint) for s in found]
    spoken, missing = verify(text, ledger)
    if missing or len(spoken) != len(found):
        raise Broken(f"a text does not verify against its own ledger: {text!r}")
    if process_time() - before > SECONDS:
        raise Broken(f"{process_time() - before:.1f} seconds")


def write_pack(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write the small pack, or other files of a pack as they are, below a folder, which is returned."""
    for name, text in (files or {name: with_marks(text) for name, text in SMALL_PACK.items()}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def with_marks(text: str) -> str:
    """A file of the small pack with the fingerprints of its texts."""
    for name, whole in TEXTS.items():
        for sentence in sentences(whole):
            text = text.replace(f"{name.upper()}{sentence.number}", sentence.fingerprint)
    return text


def ways_in(root: Path) -> dict[str, Callable[[bytes], None]]:
    """Every way in by its name; those that need files have them below a folder."""
    inside = InFolder(root)
    return {
        "options": by_options,
        "profile": by_profile,
        "facts": by_facts,
        "completion": by_completion,
        "pack": inside.by_pack,
        "text": inside.by_text,
        "kept": inside.by_kept,
        "sentences": by_sentences,
    }


def seeds(root: Path) -> dict[str, list[bytes]]:
    """What each way in begins with: the examples of this repository, and what the small pack comes to."""
    examples = sorted((Path(__file__).resolve().parents[1] / "examples" / "profiles").glob("*.yaml"))
    profiles = [path.read_bytes() for path in examples]
    catalog = load_catalog()
    facts = [json.dumps(_EXPLORERS[0].explore(_profile(path)).data["profile"]).encode() for path in examples]
    lines = ["--er\npositive\n--her2\n-\n--prior\ntrastuzumab+docetaxel@adjuvant,months=8", "Kadcyla\n--all",
             "hot\nflashes", "--as-of\n2022-08\n--undated\nin\n--json",
             "--set\ner=+\n--status\ndescribed\n--source\nmsk-2016",
             "letrozole\n--er\n+", "--format\njson\n--category\nhormone_therapy"]  # fmt: skip
    options = [bytes([number]) + line.encode() for number in range(len(COMMANDS)) for line in lines]
    inside = InFolder(root)
    plain = load_catalog(inside.pack).plain()
    body = "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in plain).encode()
    return {
        "options": options,
        "profile": [*profiles, *facts],
        "facts": facts,
        "completion": [
            b"mbc explore --er \n3",
            b"mbc expl\n1",
            b"mbc explore --prior trastuzumab+doc\n3",
            b"\nget-args",
        ],
        "pack": [
            bytes([number, question]) + with_marks(SMALL_PACK[name]).encode()
            for number, name in enumerate(sorted(SMALL_PACK))
            for question in range(0, len(ASKED), 5)
        ],
        "text": [text.encode() for text in TEXTS.values()],
        "kept": [bytes([question]) + body for question in range(len(ASKED))],
        "sentences": [text.encode() for text in TEXTS.values()]
        + [statement.paraphrase.encode() for statement in list(catalog.statements.values())[:40]],
    }


ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2, 10**30, 1e308, "", " ", "x" * 3000, "\x1b[31m", "\u202etxet", "\x9b2J", "a\nb", "\x00",
    "\ud800", "<script>alert(1)</script>", "=1+1", "../../etc/passwd", "nan", "no", "1:30", "leaflet:1-999",
    "leaflet:2-1", "unknown", "none", "not_applicable", "grade", "mild", "pill", "thing", "kind", "drug", "leaflet",
    "(a+)+$", "[",
    "*", [], {}, [[]], {"": None}, {"all": []}, {"any": [{"grade": "low"}, {"not": {"grade": "low"}}]},
    {"not": {"mild": "present"}}, {"courses": {"at_least": 9999}}, {"earlier": {"include": "pill"}},
    {"areas": {"at_most": 1}},
)  # fmt: skip
"""What is put in the place of a part of a document."""
ALIKE = 0.6
"""Of the changes to a part, those that leave it of its kind, so that more than its shape is tried."""
DOCUMENTS = {"pack": 2, "profile": 0, "facts": 0, "kept": 1}
"""The ways in that take documents, each with the bytes that stand before one."""


def reshaped(content: bytes, way: str, chance: Random) -> bytes:
    """A document with a few of its parts replaced, removed, repeated, nested or moved; as it was, where it is none."""
    before = DOCUMENTS[way]
    head, body = content[:before], content[before:]
    lines = body.split(b"\n") if way == "kept" else [body]
    number = chance.randrange(len(lines))
    try:
        data = yaml.load(lines[number], yaml.CBaseLoader) if way == "profile" else json.loads(lines[number])
    except (ValueError, RecursionError, yaml.YAMLError):
        try:
            data = yaml.safe_load(lines[number])
        except (ValueError, RecursionError, yaml.YAMLError):
            return content
    for _ in range(chance.randint(1, 3)):
        data = _with_a_change(data, chance)
    try:
        lines[number] = json.dumps(data, ensure_ascii=chance.random() < 0.3).encode("utf-8", "backslashreplace")
    except (RecursionError, ValueError, TypeError):
        return content
    if head and chance.random() < 0.3:
        head = bytes([*head[:-1], chance.randrange(256)])
    return head + b"\n".join(lines)


def _with_a_change(data: Any, chance: Random) -> Any:
    """A document with one part of it changed, wherever it stands."""
    nodes = list(_nodes(data))
    if not nodes:
        return chance.choice(ODD)
    holder, key = chance.choice(nodes)
    value = holder[key]
    alike = [other for other in (*ODD, *(row[place] for row, place in nodes)) if type(other) is type(value)]
    if chance.random() < ALIKE and alike:
        holder[key] = json.loads(json.dumps(chance.choice(alike), default=str))
        return data
    match chance.randrange(9):
        case 0 | 1 | 2:
            holder[key] = chance.choice(ODD)
        case 3:
            other, place = chance.choice(nodes)
            holder[key] = json.loads(json.dumps(other[place], default=str))
        case 4:
            del holder[key]
        case 5 if isinstance(holder, list):
            holder[key:key] = [value] * chance.choice([1, 3, 50])
        case 5:
            holder[f"{key}{chance.choice(['', 'x', '_', chr(8238), ' '])}"] = value
        case 6:
            for _ in range(chance.choice([1, 5, 60])):
                value = [value] if chance.random() < 0.5 else {"not": value}
            holder[key] = value
        case 7 if isinstance(value, str) and value:
            place = chance.randrange(len(value))
            holder[key] = value[:place] + str(chance.choice(ODD)) + value[place + chance.randrange(3) :]
        case 8 if isinstance(value, int):
            holder[key] = chance.choice([-value, value + 1, value * 1000, str(value)])
        case _:
            holder[key] = [value, value]
    return data


def _nodes(data: Any, depth: int = 60) -> Iterator[tuple[Any, Any]]:
    """Every part of a document, as what holds it and where; not without end into the deep."""
    rows = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(rows) if depth else ():
        yield data, key
        yield from _nodes(value, depth - 1)


def rewritten(content: bytes, words: list[str], chance: Random) -> bytes:
    """A command line with a few of its words replaced, removed, repeated or joined."""
    lines = content[1:].decode("utf-8", "surrogateescape").split("\n")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines) + 1)
        odd = str(chance.choice(ODD)).replace("\n", " ").replace("\0", "")[:300]
        word = chance.choice([chance.choice(words), odd])
        match chance.randrange(4):
            case 0:
                lines[place : place + 1] = [word]
            case 1:
                lines[place:place] = [word]
            case 2:
                del lines[place : place + 1]
            case _:
                lines[place : place + 1] = [
                    f"{''.join(lines[place : place + 1])}{chance.choice(['', '=', '+', ','])}{word}"
                ]
    head = bytes([chance.randrange(256)]) if chance.random() < 0.2 else content[:1]
    return head + "\n".join(lines).encode("utf-8", "replace" if chance.random() < 0.5 else "backslashreplace")


def words_of_the_trade() -> list[str]:
    """Words that mean something to the program, for a fuzzer to put together."""
    catalog = load_catalog()
    options = ["--json", "--format", "--all", "--details", "--set", "--profile", "--category", "--option", "--status",
               "--source", "--as-of", "--undated", "--engine", "--knowledge", "--corpus", "--limit", "--seed", "--by",
               "--kind", "--template", "--", "-", "@", "+", "=", ";", ",", "stopped=", "months=", "unknown",
               "none"]  # fmt: skip
    yaml = ["{", "}", "[", "]", ": ", "- ", "? ", "|", ">", "&a", "*a", "!!str", "<<", "---", "...", "#", "~", "null"]
    odd = [
        "\x1b[31m",
        "\u202e",
        "\u2028",
        "\x9b",
        "\ufeff",
        "1e999",
        "nan",
        "0o17",
        "1:30",
        "012",
        "\\ud800",
        "\\u0000",
    ]
    keys = sorted(set(re.findall(r"\w+(?=:)", "".join(SMALL_PACK.values()))))
    return [*options, *yaml, *odd, *keys, *COMMANDS, *catalog.attributes, *list(catalog.words)[:60], *catalog.options]


def _profile(path: Path) -> Profile:
    from mbc_explorer.cli.options import read_profile_file

    return Profile(read_profile_file(str(path)))


class _Explorers:
    """Explorers of the shipped knowledge, made when first asked for."""

    def __init__(self) -> None:
        self._made: list[Explorer] = []

    def __getitem__(self, number: int) -> Explorer:
        if not self._made:
            self._made.append(Explorer(load_catalog(), "reference"))
        return self._made[number]


_EXPLORERS = _Explorers()


def limits(processor: int = 20, memory: int = 1 << 30) -> Callable[[], None]:
    """What a process is started with that may take so many seconds and so much memory, and no more."""

    def set_them() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return set_them
