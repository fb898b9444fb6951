"""The published shapes of what goes in and what comes out, as pydantic models and JSON Schema.

The hot path builds plain data without these models; the tests validate that data with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mbc_explorer.profile import REGIMEN_GRAMMAR, SETTINGS, STOPPED, UNKNOWN
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from mbc_explorer.catalog import Attribute, Catalog

Truth = Literal["met", "not_met", "unknown"]
Status = Literal["described", "undetermined", "not_described"]
View = Literal[
    "says",
    "would_say_if_known",
    "says_under_other_conditions",
    "says_not_used",
    "investigational",
    "class_only",
    "silent",
]


class Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CitationOut(Published):
    """Sentences of a source, by their numbers in its ledger."""

    source: str
    sentences: list[int]


class NoteOut(Published):
    """Something worth saying of an unusual but possible case."""

    id: str
    note: str
    citations: list[CitationOut]


class FactOut(Published):
    attribute: str
    value: str


class DerivedOut(Published):
    """A fact that follows from those given."""

    attribute: str
    value: str
    because: str
    from_: list[FactOut] = Field(default=[], alias="from")
    basis: Literal["stated", "curator", "structure"]
    citations: list[CitationOut]


class SectionOut(Published):
    id: str
    name: str
    first_sentence: int


class SourceOut(Published):
    """The bibliographic record of a document."""

    id: str
    title: str | None
    publisher: str
    publisher_basis: Literal["stated", "attributed"]
    people: list[str]
    date: str | None
    date_precision: str
    date_basis: str
    years_before_newest: int | None
    url: str | None
    url_status: str
    disclosure: str | None
    sections: list[SectionOut]


class AnchoredOut(Published):
    number: int
    section: str
    fingerprint: str


class AnchorOut(Published):
    """Where a statement stands; `context` holds headings and other sentences that carry part of the condition."""

    source: str
    section: str
    sentences: list[AnchoredOut]
    context: list[AnchoredOut]


class NodeOut(Published):
    """A node of a condition with its truth: all, any, not, or a question to one attribute."""

    truth: Truth
    all: list[NodeOut] | None = None
    any: list[NodeOut] | None = None
    not_: NodeOut | None = Field(default=None, alias="not")
    attribute: str | None = None
    one_of: list[str] | None = None
    include: str | None = None
    at_least: int | None = None
    at_most: int | None = None
    text: str | None = None


class RuleOut(Published):
    """One statement's condition on the profile."""

    id: str
    stance: Literal["describes", "describes_as_not_used", "investigational"]
    criterion: Truth
    reason: str
    missing: list[str]
    condition: NodeOut
    with_: list[str] = Field(alias="with")
    statement: str
    paraphrase: str
    worded_for: str | None
    note: str | None
    anchor: AnchorOut


class BesideOut(Published):
    """A statement that belongs beside an option or a profile."""

    statement: str
    kind: str
    paraphrase: str
    worded_for: str | None
    note: str | None
    anchor: AnchorOut


class PointOut(Published):
    """A curated difference that touches what is at hand; `mbc differences` and `mbc show` tell it whole."""

    id: str
    kind: str
    title: str
    sources: list[str]
    options: list[str]
    attributes: list[str]


class AsOfOut(Published):
    """Which sources answered, where not all of them were asked to."""

    date: str
    undated: Literal["in", "out"]
    sources: list[str]
    left_out: list[str]


class SourceViewOut(Published):
    """What one source says of one option."""

    source: str
    view: list[View]
    rules: list[RuleOut]
    beside: list[BesideOut] | None = None


class OptionOut(Published):
    """One thing that a document describes."""

    id: str
    name: str
    kind: Literal["class", "agent", "combination", "procedure", "care"]
    category: list[str]
    agents: list[str]
    status: Status
    missing: list[str]
    sources: list[SourceViewOut]


class SoftwareOut(Published):
    name: str
    version: str
    engine: Literal["durable", "reference"]


class KnowledgeOut(Published):
    version: str
    digest: str


class NamesOut(Published):
    attributes: dict[str, str]
    categories: dict[str, str]
    agents: dict[str, str]


class SummaryOut(Published):
    """Counts over all options, whatever is shown."""

    statuses: dict[Status, int]
    missing: dict[str, int]


class ReportOut(Published):
    """What the documents say of one profile."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    profile: dict[str, str | int | list[str]]
    notes: list[NoteOut]
    derived: list[DerivedOut]
    sources: list[SourceOut]
    names: NamesOut
    options: list[OptionOut]
    differences: list[PointOut]
    summary: SummaryOut
    as_of: AsOfOut | None = None
    beside_profile: list[BesideOut] | None = None
    narrowed_to: dict[str, list[str]] | None = None


class StatedOut(Published):
    """A rule, with the statement that it rests on."""

    rule: str
    stance: Literal["describes", "describes_as_not_used", "investigational"]
    with_: list[str] = Field(alias="with")
    statement: str
    paraphrase: str
    worded_for: str | None
    note: str | None
    anchor: AnchorOut


Stated = str | int | list[str]
"""What a profile states of an attribute, as valid input."""


class DiffersOut(Published):
    """The one attribute that is stated otherwise in the two cases of a pair."""

    attribute: str
    met: Stated
    not_met: Stated


class DiffersTooOut(Published):
    """A fact of another attribute that differs with it, in words."""

    attribute: str
    met: str
    not_met: str


class PairSideOut(Published):
    """A complete, made-up case, with what is said of the option there."""

    profile: dict[str, Stated]
    status: Status
    says: list[StatedOut] = Field(description="Every rule on the option that holds.")


class PairOut(StatedOut):
    """Two cases that one criterion of a rule tells apart."""

    option: str
    name: str
    fact: str = Field(description="The criterion in words.")
    asks: list[str] = Field(description="The attributes that the rule asks about, as they are stated.")
    differ: DiffersOut | None = Field(description="null, as both cases are, where no pair was found with this seed.")
    follows: list[DiffersTooOut]
    met: PairSideOut | None
    not_met: PairSideOut | None


class PairsOut(Published):
    """Minimal pairs for the criteria of rules."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    seed: int
    boundaries: int = Field(description="How many pairs there are without a limit.")
    pairs: list[PairOut]


class PartingOut(Published):
    """A profile on which two readings part, with the truth of both."""

    profile: dict[str, Stated]
    own: Truth
    other: Truth


class TruthsOut(Published):
    own: Truth
    other: Truth


class StatusesOut(Published):
    own: Status
    other: Status


class ReadingOut(StatedOut):
    """Another reading of a rule; the rule's own decides. `truths` and `statuses` are there with a profile."""

    id: str
    option: str
    name: str
    because: str
    own: str = Field(description="The condition that decides, in words.")
    other: str = Field(description="The condition of the other reading, in words.")
    parting: PartingOut
    truths: TruthsOut | None = None
    statuses: StatusesOut | None = Field(default=None, description="The option's status by either reading.")


class ReadingsOut(Published):
    """Sentences with two defensible readings; with a profile, those that come to something else there."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    profile: dict[str, Stated] | None = None
    agree: int | None = Field(default=None, description="How many readings come to the same for the profile.")
    readings: list[ReadingOut]


class MapEndOut(Published):
    """A rule at the end of its criteria. `criterion` and `missing` are its verdict, where there is a profile."""

    rule: str
    option: str
    source: str
    stance: Literal["describes", "describes_as_not_used", "investigational"]
    criterion: Truth | None = None
    missing: list[str] | None = None
    with_: list[str] = Field(alias="with")
    statement: str
    paraphrase: str
    worded_for: str | None
    note: str | None
    anchor: AnchorOut


class MapNodeOut(Published):
    """A criterion: what ends there, and the criteria that go on from it.

    Where there is a profile, `truth` is that of the criterion, and `path` says what all criteria so far come to.
    """

    text: str
    condition: dict[str, Any] = Field(description="The criterion in the words of the rule files.")
    attributes: list[str]
    truth: Truth | None = None
    path: Literal["lit", "open", "closed"] | None = None
    ends: list[MapEndOut]
    nodes: list[MapNodeOut]


class MapTreeOut(Published):
    """The rules of a source, or of all of them together; those without a condition end at its root."""

    source: str | None
    ends: list[MapEndOut]
    nodes: list[MapNodeOut]


class MapSubjectOut(Published):
    """What a map is of."""

    kind: Literal["everything", "category", "option", "options"]
    id: str | None
    name: str


class MapOptionOut(Published):
    id: str
    name: str
    kind: Literal["class", "agent", "combination", "procedure", "care"]
    category: list[str]
    status: Status | None = None


class MapSoftwareOut(Published):
    name: str
    version: str
    engine: Literal["durable", "reference"] | None = None


class MapSummaryOut(Published):
    """How many rules and criteria the trees hold, and how many rules have each verdict."""

    rules: int
    criteria: int
    verdicts: dict[Truth, int] | None = None


class MapOut(Published):
    """The decision map of some options; `profile`, `notes` and `derived` are there where a profile lights it."""

    schema_version: str
    disclaimer: str
    software: MapSoftwareOut
    knowledge: KnowledgeOut
    of: MapSubjectOut
    narrowed_to: dict[str, list[str]] | None = None
    profile: dict[str, str | int | list[str]] | None = None
    notes: list[NoteOut] | None = None
    derived: list[DerivedOut] | None = None
    sources: list[SourceOut]
    silent: list[str] = Field(description="The sources that have no rule on these options.")
    names: NamesOut
    options: list[MapOptionOut]
    trees: list[MapTreeOut]
    summary: MapSummaryOut


class ProblemOut(Published):
    kind: str
    where: str
    message: str


class ErrorBodyOut(Published):
    headline: str
    exit_code: Literal[1, 2]
    problems: list[ProblemOut]


class ErrorOut(Published):
    """What is wrong, where JSON was asked for."""

    schema_version: str
    disclaimer: str
    error: ErrorBodyOut


class AxisValueOut(Published):
    id: str
    name: str


class AxisOut(Published):
    """One way in which the cases of the matrix differ."""

    id: str
    name: str
    values: list[AxisValueOut]


class GridCellOut(Published):
    """The strongest thing that a source says of the options of a category, and of how many."""

    view: View
    options: int


class GridRowOut(Published):
    category: list[str]
    cells: dict[str, GridCellOut]


class MatrixCellOut(Published):
    """One typical case: its value on each axis, and what each source says of each category."""

    at: dict[str, str]
    profile: dict[str, Any]
    rows: list[GridRowOut]


class MatrixOut(Published):
    """What every source says of many typical cases."""

    schema_version: str
    disclaimer: str
    axes: list[AxisOut]
    cells: list[MatrixCellOut]


MODELS: dict[str, type[Published]] = {
    "report": ReportOut,
    "pairs": PairsOut,
    "readings": ReadingsOut,
    "map": MapOut,
    "matrix": MatrixOut,
    "error": ErrorOut,
}
"""What comes out, by the name of its schema."""


def schema_of(kind: str, catalog: Catalog) -> dict[str, Any]:
    """The JSON Schema of a `profile`, or of one of `MODELS`."""
    if kind == "profile":
        return _profile_schema(catalog)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": DISCLAIMER,
        **MODELS[kind].model_json_schema(),
    }


def _profile_schema(catalog: Catalog) -> dict[str, Any]:
    """The canonical names and values. Reading is more forgiving: aliases, brands, capitals and spaces are accepted."""
    ways = [way.id for way in catalog.not_known]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": DISCLAIMER,
        "title": "Profile",
        "description": "What is known of one case. A fact that is absent is unknown, never negative.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            a.id: {"title": a.name, "description": a.about, **_value_schema(a, ways, catalog)}
            for a in catalog.attributes.values()
        },
    }


def _value_schema(attribute: Attribute, ways: list[str], catalog: Catalog) -> dict[str, Any]:
    therapies = [*catalog.implied, UNKNOWN]
    match attribute.kind:
        case "choice":
            return {"enum": [*(value.id for value in attribute.values), *ways]}
        case "list":
            return _list_schema([*(value.id for value in attribute.values), UNKNOWN], ways)
        case "therapies":
            return _list_schema(therapies, ways)
        case "regimens":
            agents = {"type": "array", "items": {"enum": therapies}, "minItems": 1}
            details = {
                "setting": {"enum": [*SETTINGS, UNKNOWN]},
                "stopped": {"enum": [*STOPPED, UNKNOWN]},
                "months": {"type": "integer", "minimum": 0},
            }
            regimen = {
                "type": "object",
                "additionalProperties": False,
                "required": ["agents"],
                "properties": {"agents": agents, **details},
            }
            text = {"type": "string", "description": REGIMEN_GRAMMAR}
            return {"oneOf": [{"type": "array", "items": {"oneOf": [text, regimen]}}, {"enum": ["none", *ways]}]}
        case _:
            return {"oneOf": [{"type": "integer", "minimum": attribute.minimum}, {"enum": ways}]}


def _list_schema(items: list[str], ways: list[str]) -> dict[str, Any]:
    return {"oneOf": [{"type": "array", "items": {"enum": items}}, {"enum": ["none", *ways]}]}
