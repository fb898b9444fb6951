"""Which check notices mutants of rules, of what they rest on and of citations, as tables."""

from __future__ import annotations

from typing import Any

from mbc_explorer.render.page import WIDTH, Page

Plain = dict[str, Any]

_APART = {
    "equivalent": "equal: no possible case tells the mutant from what is there (each proven so; --json lists them)",
    "same": "same: what is then cited still names all that is spoken of (--json lists them with the names)",
}
_SEVERAL = "One mutant may be noticed by several checks; n/m: of m that the check was asked of."
_HEADS = {"equivalent": "equal", "same": "same"}
_WITHOUT = {
    "proofs": "No proof was asked: the solver is not installed (extra 'verify'). What survived may be noticed by one.",
    "texts": "No citation was changed, and no text was asked: no corpus (--corpus DIR or MBC_CORPUS).",
    "names": "No words were asked: the pack has no knowledge/naming.yaml.",
}


def render_mutations(data: Plain) -> str:
    """For each group of mutants a table: how many of each kind were tried, caught (by which check) and survived."""
    page = Page(color=False)
    page.say(_total(data))
    for group, kinds in data["groups"].items():
        page.heading(f"{group}:")
        for line in _table(kinds):
            page.say(line)
    page.say("")
    apart = [text for key, text in _APART.items() if _sum(data, key)]
    for text in (_SEVERAL, *apart, *(_WITHOUT[name] for name in data["without"])):
        page.say(text, hang=2)
    return page.text()


def _sum(data: Plain, key: str) -> int:
    return sum(row[key] for kinds in data["groups"].values() for row in kinds.values())


def _total(data: Plain) -> str:
    made, caught, survived = (_sum(data, key) for key in ("made", "caught", "survived"))
    apart = "".join(f", {_sum(data, key)} {head}" for key, head in _HEADS.items())
    share = f"{100 * caught / (caught + survived):.4g} %" if caught + survived else "none"
    rest = f"Of the other {caught + survived} caught {caught} ({share}), survived {survived}."
    return f"Mutants: {made} tried{apart}.\n{rest}"


def _table(kinds: Plain) -> list[str]:
    """The lines of a table, in as many parts below one another as its columns need."""
    checks = list(dict.fromkeys(name for row in kinds.values() for name in row["by"]))
    apart = [key for key in _APART if any(row[key] for row in kinds.values())]
    rows = [["", "tried", *(_HEADS[key] for key in apart), "caught", *checks, "survived"]]
    for kind, row in kinds.items():
        if row["made"]:
            asked = [_asked(row, name) for name in checks]
            rows.append([kind, row["made"], *(row[key] for key in apart), row["caught"], *asked, row["survived"]])
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    parts: list[list[int]] = [[0]]
    for column in range(1, len(widths)):
        if sum(widths[held] + 2 for held in (*parts[-1], column)) > WIDTH:
            parts.append([0])
        parts[-1].append(column)
    return [_line([row[c] for c in part], [widths[c] for c in part]) for part in parts for row in rows]


def _asked(row: Plain, name: str) -> str:
    found = row["by"].get(name)
    if found is None:
        return "-"
    every = found["asked"] == row["caught"] + row["survived"]
    return str(found["caught"]) if every else f"{found['caught']}/{found['asked']}"


def _line(row: list[Any], widths: list[int]) -> str:
    first, *rest = (
        f"{cell:<{width}}" if i == 0 else f"{cell!s:>{width}}"
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"  {first}  {'  '.join(rest)}".rstrip()
