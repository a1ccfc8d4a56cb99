"""What the API answers with. A field is called as in the views of docs/data.md, where it is the same."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Reads its fields from what the database returned."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    type: str = Field(description="about:blank: the status says what kind of problem it is")
    title: str = Field(description="what is wrong, in the language asked for")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what to do about it; may be empty")


class NamedUnit(Answer):
    """A dealer or an interviewer, and what the newest run knows of it."""

    unit_kind: str = Field(description="dealer or interviewer")
    unit_id: str = Field(description="the dealer's or interviewer's id")
    name: str | None = Field(description="the dealer's name")
    region: str | None = Field(description="the dealer's sales region")
    vendor: str | None = Field(description="the interviewer's survey agency")


class DescribedUnit(NamedUnit):
    """The same, with all that tells dealers of one name apart."""

    brand: str | None = Field(description="the dealer's brand")
    city: str | None = Field(description="the dealer's city")
    dealer_group: str | None = Field(description="the dealer's group")


class Case(DescribedUnit):
    """A case, as the newest night that appended to it and people left it."""

    case_id: int = Field(description="the case")
    version: int = Field(description="grows with each change of the case")
    severity: str = Field(description="low; medium from 10 affected rows; high from 50")
    affected: float | None = Field(description="rows affected, in expectation")
    probability: float | None = Field(description="the highest of its findings' (0 to 1)")
    status: str = Field(description="new, investigating, waiting or closed")
    assignee: str | None = Field(description="account of who works on it")
    opened_at: str = Field(description="ISO 8601")
    updated_at: str = Field(description="ISO 8601")
    due_on: str | None = Field(description="the day by which it should be decided")
    snoozed_until: str | None = Field(description="the day on which it comes back to the queue")


class CaseSummary(Case):
    """A case as the queue shows it."""

    lead_scheme: str = Field(description="the finding with most bits")
    schemes: list[str] = Field(description="all its findings")
    urgency: float = Field(description="probability × weight of the severity (0 to 3), by which the queue is in order")
    is_overdue: bool = Field(description="whether the day by which it should be decided has passed")
    is_snoozed: bool = Field(description="whether it sleeps today")
    reason: str | None = Field(description="the strongest reason of the lead finding, in English")
    reason_zh: str | None = Field(description="the same in Chinese")


class CaseList(Answer):
    """A page of the queue."""

    cases: list[CaseSummary] = Field(description="at most fifty", validation_alias="rows")
    total: int = Field(description="cases that the filter lets through")
    page: int = Field(description="this page, from 1; beyond the last it is the last")
    pages: int = Field(description="the last page")
    counts: dict[str, int] = Field(description="by status, how many cases the rest of the filter lets through")


class EvidenceSaid(Answer):
    """What one detector said that night."""

    detector: str = Field(description="the detector")
    title: str = Field(description="what it looks for, in English")
    title_zh: str = Field(description="the same in Chinese")
    n: int | None = Field(description="rows that it looked at")
    observed: float | None = Field(description="what it counted or measured")
    expected: float | None = Field(description="what honest units like this one have")
    fair_low: float | None = Field(description="the least that nine in ten honest units like this one have")
    fair_high: float | None = Field(description="the most that nine in ten honest units like this one have")
    bits: float = Field(description="log2 of its e-value")
    abstained: bool = Field(description="whether it could not tell; the reason says why")
    reason: str | None = Field(description="one sentence that can be read aloud, in English")
    reason_zh: str | None = Field(description="the same in Chinese")


class FamilyBits(Answer):
    """What a family of evidence adds: a bar of the waterfall."""

    name: str = Field(description="the family")
    bits: float = Field(description="averaged over its detectors and capped; not their sum")
    evidence: list[EvidenceSaid] = Field(description="what its detectors said, the strongest first")


class Weight(Answer):
    """What a scheme weighs."""

    n: int | None = Field(description="rows weighed")
    bits: float = Field(description="log2 of an e-value: an honest unit shows k bits with probability at most 2^-k")
    probability: float | None = Field(description="prior odds × 2^bits, shared with what else explains it (0 to 1)")
    affected_share: float | None = Field(description="share of the unit's rows affected (0 to 1)")


class AffectedBetween(Answer):
    """How sure the affected share is."""

    affected_low: float | None = Field(description="lower end of its interval")
    affected_high: float | None = Field(description="upper end of its interval")


class Night(Answer):
    """The run of a night."""

    run_id: str = Field(description="the run")
    business_date: str = Field(description="the day it closed")


class FindingNight(Night, Weight):
    """What a night said of a finding."""

    flagged: bool = Field(description="whether the night flagged the unit for the scheme")


class FindingDetail(Weight, AffectedBetween):
    """A scheme that the unit was flagged for."""

    scheme: str = Field(description="the scheme")
    prior_bits: float | None = Field(description="log2 of the prior odds, where it can be told")
    outcome: str | None = Field(description="confirmed, refuted, inconclusive, or null while undecided")
    proposed_by: str | None = Field(description="who proposes to confirm it, while nobody has seconded that")
    decided_by: str | None = Field(description="who decided it")
    confirmed_by: str | None = Field(description="the second person, if confirmed")
    decided_at: str | None = Field(description="ISO 8601")
    families: list[FamilyBits] = Field(description="what each family adds, the most first")
    nights: list[FindingNight] = Field(description="at most the sixty newest, newest first")


class CaseEvent(Answer):
    """Something that happened to the case."""

    event_id: int = Field(description="its place in the chain")
    at: str = Field(description="ISO 8601")
    actor: str = Field(description="a person's account, a service, or nightly")
    action: str = Field(description="what was done")
    before: dict[str, Any] = Field(description="what it changed")
    after: dict[str, Any] = Field(description="what it changed that to, with the reason a person gave")


class RelatedCase(Answer):
    """Another case that this one has to do with."""

    case_id: int = Field(description="the case")
    unit_kind: str = Field(description="dealer or interviewer")
    unit_id: str = Field(description="the dealer's or interviewer's id")
    lead_scheme: str = Field(description="the finding with most bits")
    severity: str = Field(description="low, medium or high")
    status: str = Field(description="new, investigating, waiting or closed")
    opened_at: str = Field(description="ISO 8601")
    outcomes: dict[str, str | None] = Field(description="the outcome of each of its findings by scheme")


class RecordToHear(BaseModel):
    """A record that carries the pattern. Personal data is masked; answers and texts are on the case page alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source: str = Field(description="surveys, reviews or contacts")
    record_id: str = Field(description="response_id, review_id or contact_id")
    at: str | None = Field(default=None, description="when it happened, ISO 8601")
    probability: float | None = Field(default=None, description="that this record is affected (0 to 1)")
    schemes: list[str] = Field(default_factory=list, description="for which schemes")
    reasons: str | None = Field(default=None, description="why, in English")
    reasons_zh: str | None = Field(default=None, description="the same in Chinese")


class CaseDetail(Case):
    """All of a case."""

    merged_into: int | None = Field(description="the case that it is worked with, if it was merged")
    run_id: str = Field(description="the newest run that appended to it")
    business_date: str = Field(description="the day that run closed")
    findings: list[FindingDetail] = Field(description="the lead first, then by bits")
    events: list[CaseEvent] = Field(description="oldest first")
    earlier: list[RelatedCase] = Field(description="other cases of the same unit, newest first")
    linked: list[RelatedCase] = Field(description="cases that people linked to it")
    merged: list[RelatedCase] = Field(description="cases that are worked with it")
    records: list[RecordToHear] = Field(description="at most forty, the likeliest first: listen to these first")


class UnitSummary(NamedUnit):
    """A dealer or an interviewer, with the newest night's heaviest scheme."""

    scheme: str | None = Field(description="the scheme with most bits, null if it was not weighed")
    n: int | None = Field(description="rows weighed for it")
    bits: float | None = Field(description="log2 of the e-value")
    probability: float | None = Field(description="0 to 1")
    case_id: int | None = Field(description="its open case")


class UnitList(Answer):
    """A page of units, in the order of their ids."""

    units: list[UnitSummary] = Field(description="at most fifty")
    total: int = Field(description="how many are found")
    page: int = Field(description="this page, from 1")
    pages: int = Field(description="the last page")


class ScoreOfNight(FindingNight, AffectedBetween):
    """What a night weighed of a unit for one scheme, as in audit_scores."""

    scheme: str = Field(description="the scheme")
    q_value: float | None = Field(description="smallest false discovery rate at which closed e-BH names the unit")


class IndexOfNight(Night):
    """A dealer's scores of one questionnaire on one night, as in audit_dealers."""

    survey: str = Field(description="the questionnaire")
    n: int = Field(description="interviews in the window")
    reported_score: float | None = Field(description="mean of overall, in points of its scale")
    adjusted_score: float | None = Field(description="that mean, each interview weighted by being genuine")
    adjusted_low: float | None = Field(description="lower end of its interval, in points")
    adjusted_high: float | None = Field(description="upper end of its interval, in points")


class UnitCaseSummary(Answer):
    """A case of the unit."""

    case_id: int = Field(description="the case")
    lead_scheme: str = Field(description="the finding with most bits")
    severity: str = Field(description="low, medium or high")
    probability: float | None = Field(description="0 to 1")
    status: str = Field(description="new, investigating, waiting or closed")
    opened_at: str = Field(description="ISO 8601")
    outcomes: dict[str, str] = Field(description="outcome by scheme, of the findings that have one")


class UnitDetail(DescribedUnit):
    """What is kept of a dealer or an interviewer: every recent night, and the last of each month before."""

    province: str | None = Field(description="the dealer's province")
    target_score: float | None = Field(description="points from which the dealer's bonus is paid")
    scores: list[ScoreOfNight] = Field(description="by night, then scheme")
    index: list[IndexOfNight] = Field(description="by night, then questionnaire; empty for an interviewer")
    cases: list[UnitCaseSummary] = Field(description="newest first")


class AgencySummary(Answer):
    """A survey agency on the newest night."""

    vendor: str = Field(description="its name")
    interviewers: int = Field(description="how many have ever called for it")
    weighed: int = Field(description="interviewers that the newest night weighed")
    flagged: int = Field(description="interviewers that it flagged")
    interviews: int = Field(description="interviews of theirs in its window")
    open_cases: int = Field(description="open cases of its interviewers")


class AgencyList(Answer):
    """Every survey agency."""

    agencies: list[AgencySummary] = Field(description="in the order of their names")


class RunSummary(Answer):
    """A run, as in audit_runs."""

    run_id: str = Field(description="the run")
    business_date: str = Field(description="the day it closed")
    status: str = Field(description="done; halted: stopped at the validation gate; failed")
    problem: str | None = Field(description="why it halted or failed")
    started_at: str = Field(description="ISO 8601")
    finished_at: str = Field(description="ISO 8601")
    code_version: str = Field(description="the release that ran")
    settings_sha256: str = Field(description="SHA-256 of the settings it ran with")
    fingerprint: str = Field(description="SHA-256 of what decides the result: inputs, settings, code")
    cases_opened: int = Field(description="cases that began with it")
    cases_updated: int = Field(description="cases that were open already and were flagged again")
    rows_read: int = Field(description="rows of all its inputs")
    rows_quarantined: int = Field(description="rows kept back")


class RunList(Answer):
    """A page of runs, newest first."""

    runs: list[RunSummary] = Field(description="at most fifty")
    before: int | None = Field(description="ask for the next page with before set to this; null on the last")


class InputOfRun(Answer):
    """A delivered file of a run, as in audit_inputs."""

    source: str = Field(description="one of the eight sources")
    file_name: str = Field(description="the delivered file, or the table behind a URL")
    file_sha256: str | None = Field(description="SHA-256 of its bytes")
    rows_read: int = Field(description="rows in it")
    rows_accepted: int = Field(description="rows that went on")
    rows_quarantined: int = Field(description="rows kept back")
    table_version: int | None = Field(description="version of the source's table that the run weighed")


class BrokenRuleOfRun(Answer):
    """A rule that kept rows of a run back."""

    source: str = Field(description="the source")
    rule: str = Field(description="the rule")
    rows: int = Field(description="how many times it was broken")


class RunDetail(RunSummary):
    """A run with its inputs, its settings and what it kept back."""

    settings: dict[str, Any] = Field(description="the settings it ran with, without secrets")
    inputs: list[InputOfRun] = Field(description="in the order in which they were read")
    quarantined: list[BrokenRuleOfRun] = Field(description="the most often broken first")
