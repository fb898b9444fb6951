"""A decision map as one self-contained HTML page: the tree to open and close, and the drawing below it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mbc_explorer.catalog import DESCRIBES
from mbc_explorer.criteria_map import CLOSED, PATHS, walk
from mbc_explorer.explain import counted
from mbc_explorer.render.decision_map import (
    FOLLOWS,
    NOTHING,
    branches,
    clean,
    documents,
    follows,
    heading,
    made_by,
    mark,
    options_of,
    profile,
    reading,
    said_text,
    statement_text,
    title,
    verdict,
)
from mbc_explorer.render.drawing import svg_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

Plain = dict[str, Any]

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched: the browser sees to it."""
_STYLE = """
:root { color-scheme: light dark; --page: #ffffff; --ink: #1d2126; --soft: #59616b; --line: #c3c9d0; --shade: #eef4fb;
  --lit: #1a7f37; --lit-page: #e3f5e8; --open: #8a5a00; --open-page: #fff6dd; --closed-page: #f1f3f5; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181c; --ink: #e4e7eb; --soft: #a3abb5; --line: #454c55; --shade: #17283b;
    --lit: #5fd38a; --lit-page: #143320; --open: #e5b94e; --open-page: #372c10; --closed-page: #22272d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 0 1rem 4rem; background: var(--page); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.25rem 0 0.5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
p { margin: 0.35rem 0; }
.note { border-left: 4px solid var(--line); padding-left: 1rem; }
.legend { list-style: none; padding: 0; }
.legend li { margin: 0.3rem 0; }
.buttons button { font: inherit; font-size: 0.9rem; padding: 0.2rem 0.7rem; margin-right: 0.4rem; cursor: pointer; }
summary { cursor: pointer; }
.tree ul { list-style: none; margin: 0; padding-left: 1.1rem; }
.tree > ul { padding-left: 0; }
.tree li { margin: 0.2rem 0; }
.branch { border-left: 2px solid var(--line); padding-left: 0.6rem; }
.branch.lit { border-left: 4px solid var(--lit); }
.branch.open { border-left: 3px dashed var(--open); }
.branch.closed > summary { color: var(--soft); }
.tree .criterion { font-weight: 600; }
.tree .always { font-style: italic; }
.tree .count, .tree .cite, footer { font-size: 0.875rem; color: var(--soft); }
.tree .mark, .legend .mark { display: inline-block; font-size: 0.8rem; font-weight: bold; padding: 0 0.45rem;
  border: 1px solid var(--line); border-radius: 0.6rem; background: var(--closed-page); color: var(--ink); }
.tree .mark.lit, .legend .mark.lit { border-color: var(--lit); background: var(--lit-page); }
.tree .mark.open, .legend .mark.open { border: 1px dashed var(--open); background: var(--open-page); }
.tree .finding { background: var(--shade); border-radius: 0.4rem; padding: 0.25rem 0.6rem; }
.tree .finding.lit { background: var(--lit-page); }
.tree .finding.open { background: var(--open-page); }
.tree .finding.closed { background: var(--closed-page); }
.tree .name { font-weight: 600; }
.tree .aside { font-style: italic; }
.said p { color: var(--ink); margin: 0.1rem 0 0.4rem 1rem; max-width: 46rem; }
.scroll { overflow: auto; border: 1px solid var(--line); }
.scroll svg { display: block; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .buttons { display: none; }
  .branch > summary, .finding, .said { break-inside: avoid; }
  .branch > summary { break-after: avoid; }
  .scroll { overflow: visible; border: 0; }
  .scroll svg { max-width: 100%; height: auto; }
}
"""
_SCRIPT = """
const parts = [...document.querySelectorAll("details:not(.drawing)")];
const opened = () => parts.map(part => part.open);
const set = open => parts.forEach((part, number) => { part.open = open(part, number); });
const first = opened();
const buttons = { all: () => true, criteria: part => part.matches(".branch"), none: () => false,
  first: (part, number) => first[number] };
document.querySelectorAll(".buttons button").forEach(button => {
  button.addEventListener("click", () => set(buttons[button.value]));
});
document.querySelector(".buttons").hidden = false;
let before = first;
addEventListener("beforeprint", () => { before = opened(); set(() => true); });
addEventListener("afterprint", () => set((part, number) => before[number]));
"""
_BUTTONS = {
    "all": "Open everything",
    "criteria": "Open the criteria",
    "none": "Close everything",
    "first": "As at first",
}


def map_html(data: Plain) -> str:
    """The page. Without a script, everything but the buttons is there."""
    return "\n".join(_html(data)) + "\n"


def _html(data: Plain) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title(data))}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title(data))}</h1>"
    yield f'<p class="note">{escape(data["disclaimer"])}</p>'
    yield from (f"<p>{escape(line)}</p>" for line in reading(data))
    yield from _profile(data)
    yield '<p class="buttons" hidden>'
    yield from (f'<button type="button" value="{value}">{text}</button>' for value, text in _BUTTONS.items())
    yield "</p><main>"
    for tree in data["trees"]:
        yield f"<h2>{escape(heading(tree))}</h2>"
        yield '<div class="tree"><ul>'
        for branch in branches(data, tree):
            yield from _branch(branch, data)
        yield "</ul></div>"
    if not data["trees"]:
        yield f"<h2>{NOTHING}</h2>"
    yield "<h2>The same as a drawing</h2>"
    yield '<details class="drawing"><summary>Show the drawing</summary><div class="scroll">'
    yield from svg_lines(data, alone=False)
    yield "</div></details></main><footer><h2>The documents</h2>"
    yield from (f"<p>{escape(line)}</p>" for line in documents(data))
    yield f"<p>{escape(made_by(data))}</p></footer>"
    yield f"<script>{_SCRIPT}</script></body></html>"


def _profile(data: Plain) -> Iterator[str]:
    """The profile with what follows from it, and what its light means."""
    if "profile" not in data:
        return
    yield f"<p>{escape(profile(data))}</p>"
    if follows(data):
        yield f"<details><summary>{FOLLOWS}</summary><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in follows(data))
        yield "</ul></details>"
    yield '<ul class="legend">'
    for path, text in PATHS.items():
        yield f'<li class="branch {path}">{_mark(path, path)}{text}</li>'
    yield "</ul>"


def _branch(node: Plain, data: Plain) -> Iterator[str]:
    """A criterion that opens on what ends there and what goes on; closed at first where the profile rules it out."""
    path = node.get("path") or ""
    always = "" if "condition" in node else " always"
    rules = counted(sum(1 for _ in walk(node)), "rule")
    yield f'<li><details class="branch {path}"{"" if path == CLOSED else " open"}><summary>'
    yield _mark(mark(node), path)
    yield f'<span class="criterion{always}">{escape(clean(node["text"]))}</span> <span class="count">({rules})</span>'
    yield "</summary><ul>"
    told, state = verdict(node)
    for name, ends in options_of(node, data):
        yield f'<li class="finding {state or ""}">{_mark(told, state or "")}'
        yield f'<span class="name">{escape(name)}</span><ul>'
        for end in ends:
            yield from _statement(end, data)
        yield "</ul></li>"
    for child in node["nodes"]:
        yield from _branch(child, data)
    yield "</ul></details></li>"


def _mark(text: str, kind: str) -> str:
    return f'<span class="mark {kind}">{escape(text)}</span> ' if text else ""


def _statement(end: Plain, data: Plain) -> Iterator[str]:
    """A statement that opens on its paraphrase, which is also shown on pointing at it."""
    told = escape(said_text(end))
    aside = "" if end["stance"] == DESCRIBES else " aside"
    yield f'<li><details class="said"><summary class="cite{aside}" title="{told}">'
    yield f"{escape(statement_text(end, data))}</summary><p>{told}</p></details></li>"
