"""Coverage as text, and as one self-contained HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mbc_explorer.condition import All
from mbc_explorer.explain import condition_text, counted, listing, therapy_name, words
from mbc_explorer.render.page import Page
from mbc_explorer.render.words import sentences
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog, Rule

Plain = dict[str, Any]
_OPEN = ' class="open"'
_TITLE = "What became of every sentence"
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1d2126; --soft: #59616b; --line: #d5dae0;
  --link: #0b57a4; --open: #b3141b; --open-page: #fdecec; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181c; --ink: #e4e7eb; --soft: #a3abb5; --line: #363c44;
    --link: #7db8f5; --open: #ff9a9a; --open-page: #47191c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 88rem; padding: 0 1rem 4rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.25rem 0 0.5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.25rem; }
h3 { font-size: 1rem; position: sticky; top: 0; margin: 1.5rem 0 0; padding: 0.4rem 0; background: var(--page);
  border-bottom: 2px solid var(--ink); }
h3 small { color: var(--soft); font-weight: normal; }
p { margin: 0.25rem 0; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.4rem 1rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr { scroll-margin-top: 2.6rem; }
tr:target { outline: 2px solid var(--link); outline-offset: -1px; }
td > :first-child { margin-top: 0; }
td > :last-child { margin-bottom: 0; }
td ul { margin: 0.15rem 0 0.6rem; padding-left: 1.1rem; font-size: 0.9rem; }
.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.counts { width: auto; }
.number { width: 3.2rem; text-align: right; }
.number a { color: var(--soft); text-decoration: none; }
.text { width: 42%; }
.aside, .id, .soft { color: var(--soft); }
.id, .soft { font-size: 0.85rem; }
.id { font-family: ui-monospace, monospace; }
.open { background: var(--open-page); }
.open b, b.open { color: var(--open); white-space: nowrap; }
.note { border-left: 4px solid var(--line); padding-left: 1rem; max-width: 60rem; }
nav summary { cursor: pointer; padding: 0.15rem 0; }
nav ul { list-style: none; margin: 0 0 0.5rem; padding-left: 1rem; }
.top { position: fixed; right: 0.75rem; bottom: 0.75rem; padding: 0.3rem 0.7rem; background: var(--page);
  border: 1px solid var(--line); border-radius: 0.4rem; }
@media (min-width: 64rem) {
  .columns { display: grid; grid-template-columns: 16rem 1fr; gap: 2.5rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1rem 0; }
  .top { display: none; }
}
@media (max-width: 44rem) {
  .rows, .rows tbody, .rows tr, .rows td { display: block; width: auto; }
  .rows thead { display: none; }
  .rows tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  .rows td { border: 0; padding: 0.1rem 0; }
  .rows .number { text-align: left; }
  .rows .number::before { content: "Sentence "; color: var(--soft); }
  .rows .text { border-left: 3px solid var(--line); padding-left: 0.7rem; margin: 0.2rem 0; }
  .counts { font-size: 0.8rem; }
  .counts :is(th, td) { padding-right: 0.5rem; }
  .counts :is(th, td):is(:nth-child(3), :nth-child(4)) { display: none; }
}
@media print {
  html { font-size: 8.5pt; }
  body { max-width: none; padding: 0; }
  th, td { padding-top: 0.2rem; padding-bottom: 0.2rem; }
  nav, .top { display: none; }
  .columns { display: block; }
  h3 { position: static; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""


def render_coverage(records: list[Plain], *, color: bool = False) -> str:
    """Counts by source and section."""
    page = Page(color=color)
    page.say("What became of every sentence of the documents", style="bold")
    for record in records:
        page.heading(f"{record['source']}: {_told(record)}")
        for section in record["sections"]:
            page.say(f"{section['id']}: {_told(section)}", 2, hang=2)
    page.heading("Please note")
    page.say(DISCLAIMER, 2)
    return page.text()


def _told(counts: Plain) -> str:
    aside = ", ".join(f"{number} {words(reason)}" for reason, number in counts["set_aside"].items())
    rules = f" ({counted(counts['rules'], 'rule')})" if counts["rules"] else ""
    parts = [counted(counts["sentences"], "sentence"), f"{counts['cited']} cited{rules}"]
    parts += [f"set aside: {aside}"] if aside else []
    return "; ".join([*parts, f"{counts['unaccounted']} unaccounted"])


def coverage_html(records: list[Plain], catalog: Catalog) -> str:
    """One page without anything from outside: each sentence beside its statements and rules, or why it is set aside.

    The sentence itself is shown only where the records hold it, from the reader's own copy.
    """
    return "\n".join(_html(records, catalog)) + "\n"


def _html(records: list[Plain], catalog: Catalog) -> Iterator[str]:
    spoken = any("text" in row for record in records for row in _rows(record))
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_TITLE}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1 id="top">{_TITLE}</h1>'
    yield f'<p class="note">{escape(DISCLAIMER)}</p>'
    yield "<p>Each sentence of the documents with what is taken from it: statements in words of our own, and the rules"
    yield "that rest on them; or the reason why it is set aside.</p>"
    if not spoken:
        yield "<p>The sentences themselves are shown only with a reader's own copy of the texts"
        yield "(<code>--corpus DIR</code>); without one, their numbers.</p>"
    yield from _summary(records, catalog)
    yield '<div class="columns"><nav><b>Sections</b>'
    for record in records:
        yield f"<details><summary>{escape(record['source'])}{_unaccounted(record)}</summary><ul>"
        for section in record["sections"]:
            yield f"<li>{_link(_place(record, section), section['name'])}{_unaccounted(section)}</li>"
        yield "</ul></details>"
    yield "</nav><main>"
    for record in records:
        yield from _document(record, catalog)
    yield '</main></div><a class="top" href="#top">Contents</a></body></html>'


def _summary(records: list[Plain], catalog: Catalog) -> Iterator[str]:
    columns = "".join(f'<th class="count">{name}</th>' for name in ("Sentences", "Cited", "Set aside", "Unaccounted"))
    yield f'<table class="counts"><thead><tr><th>Document</th>{columns}</tr></thead><tbody>'
    for record in records:
        source = catalog.sources[record["source"]]
        numbers = (record["sentences"], record["cited"], sum(record["set_aside"].values()), record["unaccounted"])
        cells = "".join(f'<td class="count">{number}</td>' for number in numbers)
        told = f"{_link(source.id, source.id)}<br><span class='soft'>{escape(source.publisher)}, "
        kind = _OPEN if record["unaccounted"] else ""
        yield f"<tr{kind}><td>{told}{source.date or 'undated'}</span></td>{cells}</tr>"
    yield "</tbody></table>"
    left = [_link(f"{r['source']}:{row['number']}") for r in records for row in _rows(r) if _is_open(row)]
    if left:
        yield f'<p class="open"><b>Not accounted for:</b> {", ".join(left)}</p>'


def _document(record: Plain, catalog: Catalog) -> Iterator[str]:
    name = escape(record["source"])
    yield f'<h2 id="{name}">{name}</h2><p class="soft">{escape(_told(record))}</p>'
    spoken = any("text" in row for row in _rows(record))
    for section in record["sections"]:
        place = escape(_place(record, section))
        yield f'<section id="{place}"><h3>{escape(section["name"])} <small>{name}</small></h3>'
        yield f'<p class="soft">{escape(_told(section))}</p><table class="rows"><thead><tr><th class="number">No.</th>'
        yield f"{'<th>Sentence</th>' if spoken else ''}<th>What is taken from it</th></tr></thead><tbody>"
        for row in section["rows"]:
            yield from _row(f"{record['source']}:{row['number']}", row, catalog, spoken=spoken)
        yield "</tbody></table></section>"


def _row(name: str, row: Plain, catalog: Catalog, *, spoken: bool) -> Iterator[str]:
    kind = _OPEN if _is_open(row) else ' class="aside"' if row["set_aside"] else ""
    yield f'<tr id="{escape(name)}"{kind}><td class="number">{_link(name, str(row["number"]))}</td>'
    if spoken:
        yield f'<td class="text">{escape(row.get("text", "(not found in this copy)"))}</td>'
    yield "<td>"
    for told in row["statements"]:
        statement = catalog.statements[told]
        also = [anchor.number for anchor in statement.sentences if anchor.number != row["number"]]
        rests = f"; also of {sentences(also)}" if also else ""
        yield f"<p>{escape(statement.paraphrase)}<br><span class='id'>{escape(told)}</span>"
        yield f"<span class='soft'>({escape(words(statement.kind))}{rests})</span></p>"
        rules = [catalog.rules[rule] for rule in row["rules"] if catalog.rules[rule].statement == told]
        if rules:
            yield f"<ul>{''.join(f'<li>{escape(_rule_text(rule, catalog))}</li>' for rule in rules)}</ul>"
    if row["context_of"]:
        shown = ", ".join(rule.partition(".")[2] for rule in row["context_of"])
        number = counted(len(row["context_of"]), "rule")
        yield f"<p class='soft'>Carries a condition of {number}: <span class='id'>{escape(shown)}</span></p>"
    if row["set_aside"]:
        yield f"<p>Set aside: {escape(words(row['set_aside']))}</p>"
    if _is_open(row):
        yield "<p><b>Not accounted for</b></p>"
    yield "</td></tr>"


def _rule_text(rule: Rule, catalog: Catalog) -> str:
    """`describes: Pertuzumab with trastuzumab and chemotherapy, if HER2: positive`."""
    partners = listing([therapy_name(partner, catalog) for partner in rule.partners]) if rule.partners else ""
    given = f" with {partners}" if partners else ""
    asked = ", without a condition" if rule.condition == All(()) else f", if {condition_text(rule.condition, catalog)}"
    return f"{words(rule.stance)}: {catalog.options[rule.option].name}{given}{asked}"


def _is_open(row: Plain) -> bool:
    return not row["statements"] and not row["set_aside"]


def _rows(record: Plain) -> list[Plain]:
    return [row for section in record["sections"] for row in section["rows"]]


def _place(record: Plain, section: Plain) -> str:
    return f"{record['source']}/{section['id']}"


def _link(place: str, shown: str | None = None) -> str:
    return f'<a href="#{escape(place)}">{escape(shown or place)}</a>'


def _unaccounted(counts: Plain) -> str:
    return f" <b class='open'>{counts['unaccounted']} unaccounted</b>" if counts["unaccounted"] else ""
