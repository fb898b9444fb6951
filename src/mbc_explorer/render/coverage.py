"""Coverage as text, and as one self-contained HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mbc_explorer.explain import words
from mbc_explorer.render.page import Page
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mbc_explorer.catalog import Catalog

Plain = dict[str, Any]
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #ccc; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; color: #666; }
.aside { color: #666; }
.open { background: #fde2e2; }
.rule { font-family: ui-monospace, monospace; font-size: 0.85em; color: #345; }
blockquote { margin: 0; color: #444; }
.note { border-left: 4px solid #888; padding-left: 1rem; }
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
    rules = f" ({counts['rules']} rules)" if counts["rules"] else ""
    parts = [f"{counts['sentences']} sentences", f"{counts['cited']} cited{rules}"]
    parts += [f"set aside: {aside}"] if aside else []
    return "; ".join([*parts, f"{counts['unaccounted']} unaccounted"])


def coverage_html(records: list[Plain], catalog: Catalog) -> str:
    """One page without anything from outside: each sentence beside its statements and rules, or why it is set aside.

    The sentence itself is shown only where the records hold it, from the reader's own copy.
    """
    return "\n".join(_html(records, catalog)) + "\n"


def _html(records: list[Plain], catalog: Catalog) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>What became of every sentence</title><style>{_STYLE}</style></head><body>"
    yield "<h1>What became of every sentence</h1>"
    yield f'<p class="note">{escape(DISCLAIMER)}</p>'
    yield "<nav><ul>"
    for record in records:
        yield f'<li><a href="#{escape(record["source"])}">{escape(record["source"])}</a>: {escape(_told(record))}</li>'
    yield "</ul></nav>"
    for record in records:
        yield f'<h2 id="{escape(record["source"])}">{escape(record["source"])}</h2>'
        for section in record["sections"]:
            yield f"<h3>{escape(section['name'])}</h3><p>{escape(_told(section))}</p>"
            yield "<table><thead><tr><th>No.</th><th>Sentence</th><th>What is taken from it</th></tr></thead><tbody>"
            for row in section["rows"]:
                yield from _row(row, catalog)
            yield "</tbody></table>"
    yield "</body></html>"


def _row(row: Plain, catalog: Catalog) -> Iterator[str]:
    open_ = not row["statements"] and not row["set_aside"]
    kind = ' class="open"' if open_ else ""
    yield f'<tr{kind}><td class="number">{row["number"]}</td>'
    text = escape(row["text"]) if "text" in row else "<span class='aside'>(shown with a corpus)</span>"
    yield f"<td><blockquote>{text}</blockquote></td><td>"
    for name in row["statements"]:
        yield f"<p>{escape(catalog.statements[name].paraphrase)}<br><span class='rule'>{escape(name)}</span></p>"
    if row["rules"]:
        yield f"<p class='rule'>rules: {escape(', '.join(row['rules']))}</p>"
    if row["context_of"]:
        yield f"<p class='rule'>carries a condition of: {escape(', '.join(row['context_of']))}</p>"
    if row["set_aside"]:
        yield f"<p class='aside'>set aside: {escape(words(row['set_aside']))}</p>"
    if open_:
        yield "<p>not accounted for</p>"
    yield "</td></tr>"
