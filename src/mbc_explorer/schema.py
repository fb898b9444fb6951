"""The shape of the knowledge and rule files, field by field. Only loading reads it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

_CITATION = re.compile(r"([a-z0-9-]+):([0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*)")
MOST_SENTENCES = 500
"""So many sentences does one citation name."""
MOST_WORDS = 2000
"""So many words has one sentence."""
_MOST = 9999
"""The largest number that a condition asks for; no profile states a larger one."""
_OPERATORS = ("include", "at_least", "at_most")


def _citation(text: str) -> str:
    if not _CITATION.fullmatch(text):
        raise ValueError("a citation is written source:sentence, such as 'cancercare-2024:13-14,20'")
    spans = [span.partition("-") for span in text.partition(":")[2].split(",")]
    lengths = [int(last or first) - int(first) + 1 for first, _, last in spans]
    if min(lengths) < 1 or sum(lengths) > MOST_SENTENCES:
        raise ValueError(f"a citation goes from a sentence to a later one, and names at most {MOST_SENTENCES}")
    return text


def _condition(data: Any) -> Any:
    if not isinstance(data, dict) or len(data) != 1:
        raise ValueError("a condition is a mapping of one key: all, any, not, or an attribute")
    (key, value), *_ = data.items()
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"'{key}' holds a list of conditions")
        for part in value:
            _condition(part)
    elif key == "not":
        _condition(value)
    elif isinstance(value, dict):
        if len(value) != 1 or next(iter(value)) not in _OPERATORS:
            raise ValueError(f"'{key}' is asked with one of {', '.join(_OPERATORS)}")
        (operator, operand), *_ = value.items()
        wanted = str if operator == "include" else int
        if not isinstance(operand, wanted) or isinstance(operand, bool):
            raise ValueError(f"'{operator}' takes {'a word' if wanted is str else 'a whole number'}")
        if isinstance(operand, int) and not 0 <= operand <= _MOST:
            raise ValueError(f"'{operator}' takes a whole number from 0 to {_MOST}")
    elif not (isinstance(value, str) or (isinstance(value, list) and value and all(isinstance(v, str) for v in value))):
        raise ValueError(f"'{key}' is given a value, a list of values, or one of {', '.join(_OPERATORS)}")
    return data


def citation_parts(text: str) -> tuple[str, tuple[int, ...]]:
    """`cancercare-2024:13-14,20` as the source and its sentence numbers."""
    source, _, spans = text.partition(":")
    numbers: list[int] = []
    for span in spans.split(","):
        first, _, last = span.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return source, tuple(numbers)


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=100)]
Text = Annotated[str, Field(min_length=1)]
Cite = Annotated[str, AfterValidator(_citation)]
ConditionData = Annotated[dict[str, Any], AfterValidator(_condition)]


Kind = Literal[
    "treatment", "mechanism", "administration", "definition", "testing", "monitoring", "side_effect", "management",
    "supportive", "lifestyle", "fertility", "trial", "symptom", "outlook", "decision", "epidemiology", "background",
]  # fmt: skip
"""What a statement is about."""
Reason = Literal[
    "heading", "lead_in", "navigation", "biography", "advertisement", "reader_comment", "editorial_slip", "legal",
    "personal_story", "repeat", "no_claim",
]  # fmt: skip
"""Why a sentence is cited by no statement."""


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SectionData(Model):
    id: Slug
    first: int = Field(alias="from")
    name: Text


class SourceData(Model):
    id: Slug
    filename: Annotated[str, Field(pattern=r"^\w[\w.() +-]*$", max_length=200)]
    """In the corpus folder itself."""
    title: str | None
    publisher: Text
    publisher_basis: Literal["stated", "attributed"]
    people: list[str]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None
    date_precision: Literal["day", "month", "year", "none"]
    date_basis: Text
    url: str | None
    url_status: Literal["established", "not_verified"]
    disclosure: str | None
    sections: list[SectionData]

    @model_validator(mode="after")
    def _url_is_established(self) -> SourceData:
        if (self.url is None) != (self.url_status == "not_verified"):
            raise ValueError("a url is given exactly when its url_status is established")
        return self

    @model_validator(mode="after")
    def _sections_cover(self) -> SourceData:
        starts = [section.first for section in self.sections]
        if starts[:1] != [1] or any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValueError("sections begin with sentence 1 and follow one another")
        return self


class SourcesFile(Model):
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    sources: list[SourceData]


Length = Annotated[int, Field(ge=1, le=MOST_WORDS)]
LedgerRow = Annotated[tuple[int, Length, Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]], Strict(False)]
"""The number of a sentence, how many words it has, and their fingerprint."""


class LedgerFile(Model):
    source: Slug
    sentences: list[LedgerRow]


class ValueData(Model):
    id: Name
    aliases: list[str] = []
    implies: list[Name] = []
    unasked: str | None = None


class NotInDocumentsData(Model):
    words: list[str]
    answer: Text


class FromData(Model):
    regimens: Name
    including: Name | None = None
    setting: Literal["neoadjuvant", "adjuvant", "metastatic"] | None = None
    stopped: Literal["progression", "completed", "side_effects", "choice"] | None = None
    last: Literal["months"] | None = None


class AttributeData(Model):
    id: Name
    name: Text
    label: Text
    group: Name
    kind: Literal["choice", "list", "therapies", "regimens", "count", "months"]
    about: Text
    cites: list[Cite]
    aliases: list[str] = []
    values: list[ValueData] = []
    not_in_documents: list[NotInDocumentsData] = []
    applies_when: ConditionData | None = None
    applies_because: str | None = None
    from_: FromData | None = Field(default=None, alias="from")
    minimum: Annotated[int, Field(ge=0, le=_MOST)] = 0
    alters: Literal["freely", "grows", "never"] = "freely"

    @model_validator(mode="after")
    def _values_fit_kind(self) -> AttributeData:
        if (self.kind in ("choice", "list")) != bool(self.values):
            raise ValueError("values are listed exactly for the kinds choice and list")
        if (self.applies_when is None) != (self.applies_because is None):
            raise ValueError("applies_because says why, exactly where applies_when is given")
        return self


class ImplicationData(Model):
    if_: ConditionData = Field(alias="if")
    then: ConditionData


class DerivationData(Model):
    id: Slug
    definition: Name | None = None
    values: dict[Name, ConditionData] = {}
    implication: ImplicationData | None = None
    because: Text
    basis: Literal["stated", "curator"]
    basis_note: str | None = None
    cites: list[Cite]

    @model_validator(mode="after")
    def _one_form(self) -> DerivationData:
        if (self.definition is None) == (self.implication is None) or bool(self.definition) != bool(self.values):
            raise ValueError("a derivation is either a definition with values or an implication")
        if (self.basis == "stated") != bool(self.cites):
            raise ValueError("a derivation is cited exactly when its basis is stated")
        return self


class NoteData(Model):
    id: Slug
    when: ConditionData
    note: Text
    cites: list[Cite]


def _patterns(data: Any) -> Any:
    patterns = [data] if isinstance(data, str) else data
    for pattern in patterns if isinstance(patterns, list) else ():
        try:
            re.compile(pattern)
        except (re.error, TypeError, OverflowError, RecursionError) as reason:
            raise ValueError(f"{str(pattern)[:200]!r} is no regular expression: {reason}") from None
    return patterns


Patterns = Annotated[list[Text], BeforeValidator(_patterns), Field(min_length=1)]
"""Regular expressions each of which has to be found; one may stand without a list."""


class NamedTherapyData(Model):
    of: Name
    within: Name | None = None
    in_paraphrase: Patterns
    in_text: Patterns


class NamedTermData(Model):
    name: Text
    kin: Name | None = None
    asks: ConditionData | None = None
    left_out: bool = False
    in_paraphrase: Patterns
    in_text: Patterns


class NamedCriterionData(Model):
    of: Name | ConditionData
    in_text: Patterns


class NamedStanceData(Model):
    of: Literal["describes_as_not_used", "investigational"]
    in_paraphrase: Patterns
    in_text: Patterns


class NamedPartnersData(Model):
    in_paraphrase: Patterns
    in_text: Patterns


class NamingFile(Model):
    therapies: list[NamedTherapyData]
    terms: list[NamedTermData]
    words: list[Annotated[str, Field(pattern=r"^[a-z]{4,}$")]] = []
    criteria: list[NamedCriterionData]
    partners: NamedPartnersData | None = None
    stances: list[NamedStanceData]


class GroupData(Model):
    id: Name
    name: Text


class ProfileFile(Model):
    groups: list[GroupData] = []
    not_known: list[ValueData]
    attributes: list[AttributeData]
    derivations: list[DerivationData]
    nothing_known: Text
    notes: list[NoteData]


class CategoryData(Model):
    id: Name
    name: Text
    parent: Name | None = None
    therapy: bool = False
    aliases: list[str] = []


class OptionData(Model):
    id: Name
    name: Text
    category: Name
    kind: Literal["class", "agent", "combination", "procedure", "care"]
    agents: list[Name] = []
    aliases: list[str] = []


class CategoriesFile(Model):
    categories: list[CategoryData]
    options: list[OptionData]


class NamedData(Model):
    name: Text
    cites: list[Cite] = Field(min_length=1)


class FiledData(Model):
    category: Name
    cites: list[Cite] = Field(min_length=1)


class WordsData(Model):
    words: Text
    cites: list[Cite] = Field(min_length=1)


class RouteData(Model):
    route: Literal["oral", "intravenous", "injection"]
    words: Text
    cites: list[Cite] = Field(min_length=1)


class AgentData(Model):
    id: Name
    name: Text
    names: list[NamedData]
    brands: list[NamedData]
    categories: list[FiledData]
    as_given: list[WordsData]
    routes: list[RouteData]
    mentions: list[Cite] = Field(min_length=1)
    notes: list[Text]


class AgentsFile(Model):
    agents: list[AgentData]


class StatementData(Model):
    id: Slug
    kind: Kind = "treatment"
    sentences: list[int] = Field(min_length=1)
    paraphrase: Text
    agents: list[Name] = []
    categories: list[Name] = []
    attributes: list[Name] = []
    context: list[int] = []
    in_passing: list[Name] = []
    means: list[Name] = []
    further: list[Name] = []
    leaves_out: list[Text] = []
    when: ConditionData | None = None
    worded_for: str | None = None
    note: str | None = None


class SetAsideData(Model):
    reason: Reason
    sentences: list[int] = Field(min_length=1)


class SetAsideFile(Model):
    source: Slug
    set_aside: list[SetAsideData]


class StatementsFile(Model):
    source: Slug
    statements: list[StatementData]


class SideData(Model):
    source: Slug
    sentences: list[int] = Field(min_length=1)
    says: Text


class DifferenceData(Model):
    id: Slug
    kind: Literal["conditions", "scope", "dated", "wording", "classification", "silence", "internal"]
    title: Text
    sides: list[SideData] = Field(min_length=1)
    silent: list[Slug] = []
    why: Text
    options: list[Name] = []
    categories: list[Name] = []
    attributes: list[Name] = []


class DifferencesFile(Model):
    differences: list[DifferenceData]


class TermData(Model):
    id: Slug
    term: Text
    aliases: list[str] = []
    statements: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]] = Field(min_length=1)


class GlossaryFile(Model):
    terms: list[TermData]


class PointData(Model):
    id: Slug
    name: Text
    profile: dict[Name, Any]


class AxisData(Model):
    id: Slug
    name: Text
    values: list[PointData] = Field(min_length=1)


class MatrixFile(Model):
    axes: list[AxisData] = Field(min_length=1)


class ReadingData(Model):
    id: Slug
    because: Text
    when: ConditionData | None = None
    always: bool = False

    @model_validator(mode="after")
    def _has_condition(self) -> ReadingData:
        if (self.when is None) != self.always:
            raise ValueError("another reading has a condition ('when'), or says 'always: true'")
        return self


class RuleData(Model):
    id: Slug
    statement: Slug
    option: Name
    stance: Literal["describes", "describes_as_not_used", "investigational"]
    context: list[int] = []
    partners: list[Name] = Field(default=[], alias="with")
    when: ConditionData | None = None
    always: bool = False
    other_readings: list[ReadingData] = []
    note: str | None = None

    @model_validator(mode="after")
    def _has_condition(self) -> RuleData:
        if self.when is None and not self.always:
            raise ValueError("a rule has a condition ('when'), or says 'always: true'")
        return self


class RulesFile(Model):
    source: Slug
    rules: list[RuleData]


class ExceptionData(Model):
    rule: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
    because: Text
    cites: list[Cite] = Field(min_length=1)


class InvariantData(Model):
    """What holds of every case: of the options of some category, option or source, or of all."""

    id: Slug
    says: Text
    given: ConditionData | None = None
    claims: Literal["never_described", "always_described", "unchanged_by", "kept_when", "kept_with_more"]
    each: Literal["rule", "option"] = "rule"
    attributes: list[Name] = []
    becomes: ConditionData | None = None
    categories: list[Name] = []
    options: list[Name] = []
    sources: list[Slug] = []
    asking: list[Name] = []
    stance: Literal["describes", "describes_as_not_used", "investigational"] = "describes"
    exceptions: list[ExceptionData] = Field(default=[], alias="except")
    cites: list[Cite] = []
    basis: Literal["stated", "curator"] = "stated"

    @model_validator(mode="after")
    def _whole(self) -> InvariantData:
        if (self.claims in ("unchanged_by", "kept_when", "kept_with_more")) != bool(self.attributes):
            raise ValueError("attributes are named exactly where cases are compared")
        if (self.claims == "kept_when") != (self.becomes is not None):
            raise ValueError("becomes is given exactly for kept_when")
        if self.claims in ("never_described", "kept_when") and self.given is None:
            raise ValueError("given says for which cases this holds")
        if self.each == "option" and not self.attributes:
            raise ValueError("each is given only where cases are compared")
        if self.exceptions and (self.each == "option" or self.claims == "always_described"):
            raise ValueError("rules are excepted only from what is claimed of each rule")
        if (self.basis == "stated") != bool(self.cites):
            raise ValueError("an invariant is cited exactly when its basis is stated")
        return self


class TogetherData(Model):
    """Rules of one source and option that hold together, and why that is as it should be."""

    rules: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]] = Field(min_length=2)
    because: Text


class InvariantsFile(Model):
    invariants: list[InvariantData]
    overlaps: list[TogetherData] = []
    contradictions: list[TogetherData] = []


class ChangeData(Model):
    name: Text
    set: dict[Name, Any] = Field(min_length=1)
    truth: Literal["met", "not_met", "unknown"]
    missing: list[Name] | None = None


class ProfilesData(Model):
    """A profile on which something is met, and changes of it."""

    met: Text
    profile: dict[Name, Any]
    changes: list[ChangeData] = []


class CaseData(ProfilesData):
    """What a rule comes to, or other readings of rules: each written as rule/reading."""

    rule: Slug | None = None
    readings: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]] = []

    @model_validator(mode="after")
    def _of_one_thing(self) -> CaseData:
        if (self.rule is None) == (not self.readings):
            raise ValueError("a case is of a rule, or of other readings")
        return self


class CasesFile(Model):
    source: Slug
    cases: list[CaseData]


class ExpectationData(ProfilesData):
    """What a condition comes to by the derivations, or the condition of a note or of statements."""

    asks: ConditionData | None = None
    note: Slug | None = None
    statements: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]] = []

    @model_validator(mode="after")
    def _of_one_thing(self) -> ExpectationData:
        if [self.asks is None, self.note is None, not self.statements].count(False) != 1:
            raise ValueError("a case asks a condition, or is of a note, or of statements")
        return self


class ExpectationsFile(Model):
    cases: list[ExpectationData]
