"""The repository itself: nobody else's text, nobody's name or machine, imports one way, and no oncology in Python."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import mbc_explorer
from mbc_explorer.checks.wording import plain_words, vocabulary
from mbc_explorer.corpus import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer import Catalog

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(mbc_explorer.__file__).parent
RUN = 10
"""So many words in a row that a text has too are its words, not ours."""

ORDER = (
    "version", "errors", "condition", "catalog", "folders", "corpus", "yaml_source", "schema", "loading", "structure",
    "primes", "space", "engine", "compiling", "compiled", "ledger", "profile", "facts", "evaluate", "explain", "report",
    "case", "concerning", "as_of", "explorer", "settling", "origin", "reasons", "comparing", "histories", "edit",
    "questions", "counterfactuals", "minimal_pairs", "second_readings", "published", "lookup", "verbatim", "english",
    "findable",
    "search", "grid", "matrix", "timeline", "criteria_map", "render.words", "render.page", "render.frame",
    "render.text", "render.reasons", "render.ways", "render.changes", "render.questions", "render.markdown",
    "render.vocabulary", "render.entries", "render.grid", "render.matrix", "render.mutations", "render.errors",
    "render.pairs", "render.readings", "render.decision_map", "render.drawing", "render.map_page", "render",
    "checks.wording", "checks.fingerprints", "checks.accounting", "checks.naming", "checks.paraphrases",
    "checks.attribution", "checks.citations", "checks.axes", "checks.cases", "checks.expectations", "checks.findings",
    "checks.invariants", "checks.proofs", "checks.trials", "checks.mutants", "checks.tally", "checks.known",
    "checks.judge", "checks.derivations", "checks.filings", "checks.asides", "checks.grounds", "checks.mutations",
    "checks", "coverage", "render.coverage",
    "cli.app", "cli.options", "cli.explore", "cli.profile", "cli.sources", "cli.schema", "cli.check", "cli.ledger",
    "cli.agents", "cli.categories", "cli.glossary", "cli.differences", "cli.show", "cli.search", "cli.question",
    "cli.why", "cli.why_not", "cli.nearest", "cli.what_if", "cli.compare", "cli.missing", "cli.pairs", "cli.readings",
    "cli.grid", "cli.matrix", "cli.timeline", "cli.coverage", "cli.map", "cli", "", "__main__",
)  # fmt: skip
"""The modules of the package, each importing only from those before it. The empty name is the package: public names."""

OUTSIDE = {
    "datetime", "time", "random", "secrets", "uuid", "socket", "ssl", "urllib.request", "urllib.error", "http",
    "ftplib", "smtplib", "asyncio", "requests", "httpx", "urllib3", "aiohttp", "logging", "webbrowser", "calendar",
    "zoneinfo",
}  # fmt: skip
"""Clock, chance, network and logs."""
EXCEPTED = {("minimal_pairs", "random"), ("as_of", "datetime")}
"""Chance drawn from a seed that the caller gives, so that the same comes out again; a calendar, and no clock."""
EXECUTING = {"pickle", "marshal", "shelve", "dill", "runpy", "code", "ctypes", "subprocess", "multiprocessing"}
"""Modules that turn data into actions."""

EXAMPLES = {
    "cli.agents": {"taxane"},
    "cli.categories": {"targeted_therapy"},
    "cli.coverage": {"msk-2016"},
    "cli.differences": {"olaparib"},
    "cli.map": {"hormone_therapy", "olaparib"},
    "cli.why": {"letrozole", "Kadcyla", "trastuzumab", "docetaxel", "palbociclib", "cancercare-2024"},
    "cli.why_not": {"olaparib", "Trodelvy", "margetuximab", "T-DM1"},
    "cli.nearest": {"olaparib", "margetuximab", "trastuzumab", "docetaxel", "fulvestrant", "mnt-undated"},
    "cli.missing": {"prior_therapies"},
    "cli.what_if": {"her2_status", "prior_therapies", "letrozole", "docetaxel", "disease_status", "pr_status"},
    "cli.pairs": {"olaparib", "her2_status", "cancercare-2024"},
    "cli.readings": {"tamoxifen", "msk-2016", "cancercare-2024"},
    "cli.timeline": {"olaparib", "Kadcyla"},
    "cli.app": {"er", "pr", "her2", "menopause", "prior"},
    "cli.explore": {"trastuzumab", "docetaxel", "her2_directed_therapy"},
    "cli.matrix": {"chemotherapy"},
    "cli.options": {"trastuzumab", "docetaxel", "tamoxifen", "er_status"},
    "cli.profile": {"prior_therapies"},
    "cli.search": {"tamoxifen", "Kadcyla", "cancercare-2024"},
    "cli.show": {"Kadcyla", "cancercare-2024", "her2_status", "olaparib"},
    "profile": {"prior_therapies"},
    "schema": {"cancercare-2024"},
    "checks.wording": {"msk-2016", "cancercare-2024", "breastcancer-org-2022"},
    "render.vocabulary": {"er_status", "letrozole", "cdk4_6_inhibitor", "trastuzumab", "docetaxel", "tamoxifen"},
}
"""Words of the knowledge that stand in examples of helps, templates and messages, by module; and the documents that a
prose may be attributed to."""
PLAIN = {"side_effects", "testing"}
"""Ids that are also plain words of the program: a reason why a regimen stopped, a group of attributes."""


class Import(NamedTuple):
    """One import statement: where it stands and the module that it names, in full."""

    where: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.where}:{self.line} imports {self.name}"


def module_name(path: Path) -> str:
    """The name of a module within the package: `cli.app`, `cli`, and nothing for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def trees() -> dict[str, ast.Module]:
    """The syntax of every module of the package, by its name."""
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def imports(tree: ast.Module, where: str = "") -> Iterator[Import]:
    """Every import statement of a module, wherever it stands: in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(where, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"{'.' * node.level}{node.module or ''}"
            if base in ("mbc_explorer", "mbc_explorer.render", "mbc_explorer.checks", "mbc_explorer.cli"):
                names = (f"{base}.{alias.name}" for alias in node.names)
                known = (name if name.partition(".")[2] in ORDER else base for name in names)
                yield from (Import(where, node.lineno, name) for name in known)
            else:
                yield Import(where, node.lineno, base)


def all_imports() -> list[Import]:
    """Every import statement of the package."""
    return [found for name, tree in trees().items() for found in imports(tree, name)]


def tracked() -> dict[str, str]:
    """Every text file that git tracks or would track, by its name."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a clone, so the files of the repository are not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [name for name in listed if name and (ROOT / name).is_file()]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in paths}


def lines_with(pattern: str, files: dict[str, str]) -> list[str]:
    """`file:line: words` for each place where a pattern stands."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{name}:{number}: {match.group()}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in wanted.finditer(line)
    ]


# Other people's text, and people


def runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Every run of so many words."""
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


def own_words(text: str, taken_out: frozenset[str]) -> list[str]:
    """The words of a text without the names of drugs, classes and receptors."""
    return [word for word in plain_words(text) if word not in taken_out]


@pytest.mark.corpus
def test_no_file_holds_ten_words_in_a_row_of_a_text(catalog: Catalog, corpus: Path) -> None:
    """In any file, once vocabulary is taken out, no run of ten words stands that stands in one of the five texts."""
    taken_out = vocabulary(catalog)
    texts = {source.id: (corpus / source.filename).read_text(encoding="utf-8") for source in catalog.sources.values()}
    theirs = {
        run: name
        for name, text in texts.items()
        for run in runs([word for one in sentences(text) for word in own_words(" ".join(one.words), taken_out)])
    }
    assert len(theirs) > 5000
    copied = [
        f"{name}: {' '.join(run)} ({theirs[run]})"
        for name, text in tracked().items()
        for run in runs(own_words(text, taken_out))
        if run in theirs
    ]
    assert copied == []


@pytest.mark.corpus
def test_no_file_holds_the_name_of_a_reader(catalog: Catalog, corpus: Path) -> None:
    """Readers who left a comment below `msk-2016`, and are addressed by name there, are named nowhere here."""
    text = (corpus / catalog.sources["msk-2016"].filename).read_text(encoding="utf-8")
    readers = set(re.findall(r"\bDear (\w+)", text))
    assert readers
    assert lines_with(rf"\b(?:{'|'.join(readers)})\b", tracked()) == []


# Machines and workplaces


def test_no_file_holds_a_path_of_a_machine() -> None:
    """No absolute path of somebody's machine; the temporary folder is named in tests only."""
    files = tracked()
    home = r"(?<![\w.~$)}\]*-])/(?:work|root|home/\w+|Users|mnt|opt|srv)(?:/|\b)"
    assert lines_with(home, files) == []
    elsewhere = {name: text for name, text in files.items() if not name.startswith("tests/")}
    assert lines_with(r"(?<![\w.~$)}\]*-])/t[m]p\b|[A-Z]:\\\\Users", elsewhere) == []


def test_no_file_names_a_package_index_or_a_tool_of_a_workplace() -> None:
    """Where packages come from, and what the project was written with, is no part of it."""
    index = r"\b(?:pypi\.o[r]g|pythonho[s]ted|artifa[c]tory|nexu[s]\.|index-ur[l]|find-lin[k]s|devp[i])"
    tools = r"\b(?:cla[u]de|anth[r]opic|open[a]i|chat[g]pt|cop[i]lot|sub-?ag[e]nt|lang[u]age mod[e]l|issues sh[o]w)\b"
    outside = r"\b(?:DES[I]GN|STY[L]E|ENG[I]NE-NOTES|ECOSYS[T]EM)\.md\b|\breading-no[t]es\b"
    assert lines_with("|".join((index, tools, outside)), tracked()) == []


def test_every_link_to_a_file_leads_to_one() -> None:
    """A link in a Markdown page to another file of the repository has that file at its end."""
    broken = [
        f"{name}: {target}"
        for name, text in tracked().items()
        if name.endswith(".md")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
        if not ((ROOT / name).parent / target).exists()
    ]
    assert broken == []


# Imports


def test_the_order_of_modules_names_every_module() -> None:
    """A new module takes its place in the order before anything may import it."""
    assert set(trees()) == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


def test_imports_go_one_way() -> None:
    """Every module of ours that a module imports stands before it in the order, also where only types are wanted."""
    backward = [
        str(found)
        for found in all_imports()
        if found.name.partition(".")[0] == "mbc_explorer"
        and ORDER.index(found.name.partition(".")[2]) >= ORDER.index(found.where)
    ]
    assert backward == []
    assert [str(found) for found in all_imports() if found.name.startswith(".")] == []


def test_one_module_imports_the_rule_engine() -> None:
    """durable_rules is imported by `engine.py`, once, and only its C module."""
    found = [(found.where, found.name) for found in all_imports() if found.name.startswith("durable")]
    assert found == [("engine", "durable_rules_engine")]


@pytest.mark.parametrize(
    ("library", "where"),
    [
        ("typer", {name for name in ORDER if name.partition(".")[0] == "cli"}),
        ("rich", {"render.page"}),
        ("yaml", {"yaml_source"}),
        ("pydantic", {"loading", "schema", "published"}),
    ],
)  # fmt: skip
def test_a_library_is_imported_where_it_belongs(library: str, where: set[str]) -> None:
    """The command line knows typer, the page rich, the YAML reader yaml, and the edges pydantic; nobody else does."""
    assert {found.where for found in all_imports() if found.name.partition(".")[0] == library} <= where


def test_nothing_reads_a_clock_throws_dice_logs_or_opens_a_connection() -> None:
    """No module imports a clock, chance, a network or a log: same input, same bytes, and no trace left."""
    found = [found for found in all_imports() if {found.name, found.name.partition(".")[0]} & OUTSIDE]
    assert [str(one) for one in found if (one.where, one.name) not in EXCEPTED] == []
    for where, name in EXCEPTED:
        text = (PACKAGE / f"{where}.py").read_text(encoding="utf-8")
        taken, never = {"random": ("Random", r"\bRandom\(\)"), "datetime": ("date", r"\b(today|now)\(")}[name]
        assert re.search(rf"from {name} import {taken}\n", text), f"{where} takes more of {name} than it may"
        assert not re.search(never, text), f"{where} throws dice or reads a clock"


def test_nothing_executes_data() -> None:
    """No module imports what turns data into actions, and none calls `eval`, `exec`, `compile` or `__import__`."""
    assert [str(found) for found in all_imports() if found.name.partition(".")[0] in EXECUTING] == []
    calls = [
        f"{name}:{node.lineno} calls {node.func.id}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "__import__"}
    ]
    assert calls == []


def test_only_the_command_line_prints() -> None:
    """The library hands text back; nothing but the command line writes to stdout or stderr."""
    printing = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        if name.partition(".")[0] not in ("cli", "__main__")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "print")
        or (isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr"))
    ]
    assert printing == []


# Oncology


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that stands in code, parts of f-strings included; strings that only document are left out."""
    documenting = {
        id(part.value) for node in ast.walk(tree) if hasattr(node, "body") and isinstance(node.body, list)
        for part in node.body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documenting:
            yield node


def test_nothing_about_breast_cancer_is_written_in_python(catalog: Catalog) -> None:
    """No string in the code holds the id of an attribute, option, agent, category or source, or a drug's name or brand.

    Examples in helps and messages are listed above; they decide nothing.
    """
    ids = {*catalog.attributes, *catalog.options, *catalog.categories, *catalog.agents, *catalog.sources}
    names = {agent.name.casefold() for agent in catalog.agents.values()}
    brands = {fact.words.casefold() for agent in catalog.agents.values() for fact in agent.brands}
    words = {row.id for a in catalog.attributes.values() if a.kind == "choice" for row in a.values if "_" in row.id}
    known = sorted(map(re.escape, (ids | names | brands | words) - PLAIN), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(known)})(?![\w-])", re.IGNORECASE)
    found = [
        f"{name}:{node.lineno}: {word}"
        for name, tree in trees().items()
        for node in literals(tree)
        for word in pattern.findall(str(node.value))
        if word not in EXAMPLES.get(name, ())
    ]
    assert found == []


def test_the_examples_in_python_are_words_of_the_knowledge(catalog: Catalog) -> None:
    """What an example in a help or a message names is there to be asked for."""
    aliases = {word for attribute in catalog.attributes.values() for word in (attribute.id, *attribute.aliases)}
    known = {*aliases, *catalog.options, *catalog.categories, *catalog.agents, *catalog.sources}
    assert {word for words in EXAMPLES.values() for word in words if word.casefold() not in catalog.words} <= known
