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


class JudgedOut(Published):
    """A rule with its truth, and the statement that it rests on."""

    id: str
    stance: Literal["describes", "describes_as_not_used", "investigational"]
    criterion: Truth
    reason: str
    missing: list[str]
    with_: list[str] = Field(alias="with")
    statement: str
    paraphrase: str
    worded_for: str | None
    note: str | None
    anchor: AnchorOut


class RuleOut(JudgedOut):
    """One statement's condition on the profile."""

    condition: NodeOut


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


class MovedByOut(StatedOut):
    """A rule that moves an option, or leaves it open, with its truth before and after."""

    from_: Truth = Field(alias="from")
    to: Truth
    reason: str = Field(description="Why it has its truth after.")


class MovedOut(Published):
    """An option whose status, or whose statements, differ between two profiles."""

    id: str
    name: str
    from_: Status = Field(alias="from")
    to: Status
    move: Literal["appears", "disappears", "settled", "unsettled", "restated"]
    because: list[MovedByOut]


class OtherwiseOut(Published):
    """An attribute that two profiles state otherwise; null where one of them does not state it."""

    attribute: str
    from_: Stated | None = Field(alias="from")
    to: Stated | None


class FollowsOut(Published):
    """A fact that differs with that, in words; null where it is not known."""

    attribute: str
    from_: str | None = Field(alias="from")
    to: str | None


class ComparedOut(Published):
    """How the answers to two profiles differ."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    profiles: list[dict[str, Stated]] = Field(min_length=2, max_length=2)
    notes: list[list[NoteOut]] = Field(min_length=2, max_length=2, description="What is unusual of either profile.")
    stated: list[OtherwiseOut]
    follows: list[FollowsOut]
    options: list[MovedOut]


class WhatIfOut(ComparedOut):
    """What is different when something of a profile is stated otherwise; `profiles` holds it before and after."""

    profile: dict[str, Stated]


class QuestionOut(Published):
    """An attribute that is worth asking for, and how many options one answer settles by itself."""

    attribute: str
    at_most: int
    at_least: int


class AnswerOut(Published):
    """Something that can be said of what is unknown, and the options that it moves."""

    stated: dict[str, Stated] = Field(description="What to state, as valid input.")
    text: str
    options: list[MovedOut]


class AnswersOut(Published):
    attribute: str
    answers: list[AnswerOut]


class MissingOut(Published):
    """What is unknown and matters: the questions still worth asking, and what each answer brings and takes."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    profile: dict[str, Stated]
    undetermined: int = Field(description="How many options are undetermined.")
    questions: list[QuestionOut]
    attributes: list[AnswersOut] = Field(description="In the vocabulary's order; also those on which no option hangs.")
    narrowed_to: dict[str, list[str]] | None = None


class OptionAskedOut(Published):
    """The option that is asked about, with its status for the profile."""

    id: str
    name: str
    category: list[str]
    agents: list[str]
    status: Status
    missing: list[str]


class GivenOut(Published):
    """What the profile states of an attribute."""

    attribute: str
    value: Stated


class OriginOut(Published):
    """Where a fact comes from."""

    attribute: str
    text: str
    how: Literal["entered", "read", "derived"]
    given: GivenOut | None = Field(description="What it was taken from; null for a fact that was concluded.")
    entries: list[str] = Field(description="The entries of a list or history that make it so.")
    because: str | None = Field(description="What lets it be read or concluded.")
    basis: Literal["stated", "curator", "structure"] | None
    citations: list[CitationOut]
    from_: list[OriginOut] = Field(alias="from", description="The facts that it was concluded from.")


class CriterionOut(Published):
    """One criterion with its truth; `origin` is null while it is unknown."""

    kind: Literal["criterion"]
    text: str
    truth: Truth
    origin: OriginOut | None


class TreeOut(Published):
    """A node of a condition with its truth, and whether the truth of the whole rests on it."""

    kind: Literal["all", "any", "not", "criterion"]
    text: str
    truth: Truth
    origin: OriginOut | None
    decides: bool
    parts: list[TreeOut]


class OtherReadingOut(Published):
    """Another reading of a rule, and what it comes to."""

    id: str
    because: str
    condition: str
    criterion: Truth


class HeldOut(JudgedOut):
    """A rule with its condition as a tree."""

    tree: TreeOut
    readings: list[OtherReadingOut]


class BlockingOut(Published):
    """Criteria that block a rule together; `jointly` where each could be met, but not all of them."""

    criteria: list[CriterionOut]
    jointly: bool


class SettlingFactOut(Published):
    attribute: str
    text: str


class SettlingOut(Published):
    """Facts that settle a rule together, and what it then is."""

    criterion: Literal["met", "not_met"]
    facts: list[SettlingFactOut]


class FailedOut(JudgedOut):
    """A rule that does not hold: the smallest sets of criteria that block it, or of facts that would settle it."""

    blocked_by: list[BlockingOut]
    settled_by: list[SettlingOut]
    readings: list[OtherReadingOut]


class WhySourceOut(Published):
    source: str
    view: list[View]
    rules: list[HeldOut]


class WhyNotSourceOut(Published):
    source: str
    view: list[View]
    rules: list[FailedOut]
    other_stances: list[HeldOut] = Field(
        description="Rules that hold, or may, and say that it is not used, or is under study."
    )


class AskedOut(Published):
    """What every answer about an option of a profile begins with."""

    schema_version: str
    disclaimer: str
    software: SoftwareOut
    knowledge: KnowledgeOut
    profile: dict[str, Stated]
    narrowed_to: dict[str, list[str]] | None = None
    option: OptionAskedOut


class WhyOut(AskedOut):
    """Why an option has its status: for each source the rules that hold, criterion by criterion."""

    sources: list[WhySourceOut]


class WhyNotOut(AskedOut):
    """Why an option is not described: for each source what blocks its rules, or what would settle them."""

    sources: list[WhyNotSourceOut]


class ChangeOut(OtherwiseOut):
    """A change to a profile; `to` is null where a statement is taken back."""

    kind: Literal["unknown", "can_change", "cannot_change"]
    facts: list[str] = Field(description="What it brings about.")


class WayOut(StatedOut):
    """The smallest changes under which a rule is met, all of them together."""

    rule: str
    source: str
    facts: list[str] = Field(description="What the profile lacks.")
    changes: list[ChangeOut]


class NearestOut(AskedOut):
    """The smallest changes to a profile under which a document would describe an option."""

    ways: list[WayOut]


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


class AccountOut(Published):
    """What became of the sentences of a source, in numbers."""

    source: str
    sentences: int
    cited: int
    set_aside: dict[str, int]
    unaccounted: int


class NoticedOut(Published):
    """How many mutants a check notices, of how many it was asked of."""

    caught: int
    asked: int


class MutantsOut(Published):
    """The mutants of one kind: each is caught, survived, or apart since nothing can tell it."""

    made: int
    caught: int
    by: dict[str, NoticedOut]
    equivalent: int
    same: int
    survived: int


class EquivalentOut(Published):
    """A condition that no possible case tells from the one that is there: of a rule, a reading, a derivation and so on.

    Empty where a derivation is changed as a whole.
    """

    of: str
    kind: str
    condition: dict[str, Any]


class SameOut(Published):
    """A changed citation after which everything that is spoken of is still named, with these names."""

    statement: str
    kind: str
    change: str
    names: list[str]


class MutationsOut(Published):
    """Which check notices which mutants; what could not be asked (`without`): proofs, texts or names."""

    groups: dict[str, dict[str, MutantsOut]]
    equivalent: list[EquivalentOut]
    same: list[SameOut]
    without: list[str]


class NotAskedOut(Published):
    """Nothing: mutants were not asked for, or something was wrong without any."""


class CheckOut(Published):
    """What `mbc check --json` gives: what was verified, proven and tried, in numbers, and what is wrong."""

    schema_version: str
    disclaimer: str
    verified: dict[str, int]
    engines: list[str]
    accounts: list[AccountOut]
    proven: dict[str, int]
    mutations: MutationsOut | NotAskedOut
    problems: list[ProblemOut]


MODELS: dict[str, type[Published]] = {
    "report": ReportOut,
    "why": WhyOut,
    "why-not": WhyNotOut,
    "what-if": WhatIfOut,
    "compare": ComparedOut,
    "missing": MissingOut,
    "nearest": NearestOut,
    "pairs": PairsOut,
    "readings": ReadingsOut,
    "map": MapOut,
    "matrix": MatrixOut,
    "check": CheckOut,
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
