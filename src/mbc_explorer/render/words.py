"""What every way of showing a report says in the same words: labels of statuses and views, places, dates, facts."""

from __future__ import annotations

from itertools import combinations
from shlex import quote
from typing import TYPE_CHECKING, Any, TypeVar

from mbc_explorer.explain import listing, words
from mbc_explorer.profile import NONE, PARTED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

Plain = dict[str, Any]
Member = TypeVar("Member")
Slots = tuple[tuple[Member, ...], ...]
"""A set of members, each with those that may stand in its place."""

STATUS_TITLES = {"described": "Described", "undetermined": "Undetermined", "not_described": "Not described"}
QUIET_VIEWS = {
    "class_only": "class only",
    "silent": "silent",
}
CURATORS_STEP = " (a curator's step; no document states it)"
STANCE_WORDS = {
    ("describes", "met"): "says",
    ("describes", "unknown"): "would say, if known",
    ("describes", "not_met"): "says under other conditions",
    ("describes_as_not_used", "met"): "says it is not used or not usual",
    ("describes_as_not_used", "unknown"): "would say it is not used or not usual, if known",
    ("describes_as_not_used", "not_met"): "says it is not used or not usual under other conditions",
    ("investigational", "met"): "under study at its date",
    ("investigational", "unknown"): "under study at its date, if known",
    ("investigational", "not_met"): "under study at its date under other conditions",
}


def source_name(source: Plain) -> str:
    """`CancerCare, 2024-02-19`, or `Medical News Today, undated`."""
    return f"{source['publisher']}, {source['date'] or 'undated'}"


def source_line(source: Plain) -> str:
    """The record of a source in a sentence or two: who, when, how old, who pays."""
    parts = [source_name(source)]
    if source["years_before_newest"]:
        years = source["years_before_newest"]
        parts.append(f"{years} {'year' if years == 1 else 'years'} older than the newest of the five")
    if not source["date"]:
        parts.append(source["date_basis"])
    if source["publisher_basis"] == "attributed":
        parts.append("publisher attributed by a curator, not named in the text")
    text = "; ".join(parts) + "."
    return f"{text} {source['disclosure']}" if source["disclosure"] else text


def place(rule: Plain) -> str:
    """Where the statement of a rule stands: `hr-positive, sentence 28`."""
    anchor = rule["anchor"]
    return f"{anchor['section']}, {sentences(s['number'] for s in anchor['sentences'])}"


def brief_place(rule: Plain) -> str:
    """The same in short: `hr-positive 28`."""
    anchor = rule["anchor"]
    return f"{anchor['section']} {', '.join(str(s['number']) for s in anchor['sentences'])}"


def sentences(numbers: Any) -> str:
    """`sentence 3`, `sentences 3 and 5`."""
    shown = [str(number) for number in numbers]
    return f"sentence{'s' if len(shown) > 1 else ''} {listing(shown)}"


def citation_text(citations: list[Plain]) -> str:
    """Citations in brackets, or nothing."""
    found: dict[str, set[int]] = {}
    for cite in citations:
        found.setdefault(cite["source"], set()).update(cite["sentences"])
    shown = [f"{source}, {sentences(sorted(numbers))}" for source, numbers in found.items()]
    return f" [{'; '.join(shown)}]" if shown else ""


def said(rule: Plain) -> str:
    """What the source says by this rule, for this profile."""
    return STANCE_WORDS[rule["stance"], rule["criterion"]]


def derived_text(fact: Plain, names: Plain) -> str:
    """A derived fact with what says so."""
    basis = CURATORS_STEP if fact["basis"] == "curator" else ""
    label = names["attributes"][fact["attribute"]]
    value = names["categories"].get(fact["value"]) or words(fact["value"])
    return f"{label}: {value}. {fact['because']}{citation_text(fact['citations'])}{basis}"


def made_by(data: Plain) -> str:
    """Which software, engine and knowledge made a report."""
    software, knowledge = data["software"], data["knowledge"]
    shown = f"knowledge {knowledge['version']} ({knowledge['digest']})"
    return f"{software['name']} {software['version']}, engine {software['engine']}, {shown}"


def narrowed_text(narrowed_to: Plain) -> str:
    """What a report was narrowed to."""
    asked = "; ".join(f"{name}: {', '.join(map(words, wanted))}" for name, wanted in narrowed_to.items())
    return f"Shown: {asked}. Verdicts and counts are those of the whole."


def reason(rule: Plain) -> str:
    """Why the criterion has its truth: what is met, `open: …` or `not met: …`."""
    mark = {"met": "", "unknown": "open: ", "not_met": "not met: "}[rule["criterion"]]
    return f"{mark}{rule['reason']}"


def partners(rule: Plain, names: Plain) -> str:
    """` (with trastuzumab and chemotherapy)`, or nothing."""
    known = {
        **{key: value.casefold() if value.istitle() else value for key, value in names["categories"].items()},
        **names["agents"],
    }
    shown = [lowered(known.get(partner, words(partner))) for partner in rule["with"]]
    return f" (with {listing(shown)})" if shown else ""


def lowered(name: str) -> str:
    """A name within a sentence: the first letter small, unless it belongs to an abbreviation."""
    return name if len(name) > 1 and name[1].isupper() else name[:1].lower() + name[1:]


def fact_text(value: Any) -> str:
    """A value of a profile in words."""
    if isinstance(value, list):
        return "; ".join(map(str, value)) if value else "none"
    return words(str(value))


def assignment(attribute: str, value: Any) -> str:
    """What to type to state a value: `--set her2_status=negative`; None takes a statement back."""
    if isinstance(value, list):
        value = f"{PARTED} ".join(map(str, value)) or NONE
    return f"--set {quote(f'{attribute}={UNKNOWN if value is None else value}')}"


def missing_text(missing: list[str], names: Plain) -> str:
    """The labels of missing attributes."""
    return ", ".join(dict.fromkeys(names["attributes"][name] for name in missing))


def folded(sets: Iterable[tuple[Member, ...]]) -> list[Slots[Member]]:
    """Sets as few as can be: those that differ in one member are told as one, with either member in its place."""
    found: list[Slots[Member]] = [tuple((member,) for member in some) for some in sets]
    while pair := next(filter(None, (_joined(one, other) for one, other in combinations(found, 2))), None):
        one, other, joint = pair
        found = [joint if slots is one else slots for slots in found if slots is not other]
    return found


def _joined(one: Slots[Member], other: Slots[Member]) -> tuple[Slots[Member], Slots[Member], Slots[Member]] | None:
    mine = [slot for slot in one if slot not in other]
    theirs = [slot for slot in other if slot not in one]
    if len(mine) != 1 or len(theirs) != 1:
        return None
    return one, other, tuple((*slot, *theirs[0]) if slot == mine[0] else slot for slot in one)


def slots_text(slots: Slots[str]) -> str:
    """`a, or b; c`."""
    return "; ".join(", or ".join(slot) for slot in slots)
