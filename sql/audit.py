"""What every column of every audit view means: the auditors' contract, which docs/data.md and exports follow."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import TableClause, column, table

Type = Literal["text", "whole number", "number"]


@dataclass(frozen=True)
class AuditColumn:
    """A column of a view.

    Parameters
    ----------
    name
        Its name.
    type
        What its values are; times and dates are text in ISO 8601.
    meaning
        One line for a person, with the unit if there is one.
    """

    name: str
    type: Type
    meaning: str


@dataclass(frozen=True)
class View:
    """A view that auditors may read.

    Parameters
    ----------
    name
        Its name.
    grain
        What one row is.
    columns
        In the view's order.
    """

    name: str
    grain: str
    columns: tuple[AuditColumn, ...]

    @property
    def readable(self) -> TableClause:
        """The view as SQLAlchemy selects from it: ``select(VIEWS["audit_runs"].readable)`` names every column."""
        return table(self.name, *(column(described.name) for described in self.columns))


def _text(name: str, meaning: str) -> AuditColumn:
    return AuditColumn(name, "text", meaning)


def _whole(name: str, meaning: str) -> AuditColumn:
    return AuditColumn(name, "whole number", meaning)


def _number(name: str, meaning: str) -> AuditColumn:
    return AuditColumn(name, "number", meaning)


_RUN = _text("run_id", "the run")
_UNIT = (
    _text("unit_kind", "dealer or interviewer"),
    _text("unit_id", "the dealer's or interviewer's id"),
)
_SCHEME = _text("scheme", "what the unit is weighed for")
_BITS = _number("bits", "log2 of an e-value: an honest unit shows k bits with probability at most 2^-k")
_PROBABILITY = _number(
    "probability", "probability that the unit does it: prior odds × 2^bits, shared with what else explains it (0 to 1)"
)
_AFFECTED = (
    _number("affected_share", "estimated share of the unit's rows that are affected (0 to 1)"),
    _number("affected_low", "lower end of its interval (0 to 1)"),
    _number("affected_high", "upper end of its interval (0 to 1)"),
)
_N = _whole("n", "rows of the unit that were weighed")

_VIEWS = (
    View(
        "audit_runs",
        "run",
        (
            _RUN,
            _text("business_date", "the day the run is for (YYYY-MM-DD)"),
            _text("status", "done; halted: stopped at the validation gate; failed"),
            _text("problem", "why it halted or failed, or empty"),
            _text("code_version", "the release that ran"),
            _text("settings_sha256", "SHA-256 of the settings it ran with"),
            _text("settings_json", "those settings, as JSON, without secrets"),
            _text("fingerprint", "SHA-256 of what decides the result: inputs, settings, code"),
            _whole("cases_opened", "cases that began with it"),
            _whole("cases_updated", "cases that were open already and were flagged again"),
            _text("started_at", "when it began"),
            _text("finished_at", "when it ended"),
        ),
    ),
    View(
        "audit_inputs",
        "run × delivered file",
        (
            _RUN,
            _text("source", "one of the eight sources"),
            _text("file_name", "the delivered file, or the table behind a URL"),
            _text("file_sha256", "SHA-256 of its bytes"),
            _whole("rows_read", "rows in it"),
            _whole("rows_accepted", "rows that went on"),
            _whole("rows_quarantined", "rows kept back"),
            _whole("table_version", "version of the source's table that the run weighed"),
        ),
    ),
    View(
        "audit_quarantine",
        "run × quarantined row × rule it breaks",
        (
            _RUN,
            _text("source", "one of the eight sources"),
            _text("file_name", "the delivered file"),
            _whole("row_number", "the row's place in the file, as a person counts: the heading is row 1"),
            _text("rule", "the rule it breaks"),
            _text("column_name", "the column the rule is about"),
            _text("value_masked", "the offending value, masked where personal"),
            _text("reason", "what is wrong with it, in words"),
        ),
    ),
    View(
        "audit_scores",
        "run × unit × scheme: every unit, flagged or not",
        (
            _RUN,
            _text("business_date", "the day the run is for (YYYY-MM-DD)"),
            *_UNIT,
            _SCHEME,
            _N,
            _BITS,
            _PROBABILITY,
            _number("q_value", "smallest false discovery rate at which closed e-BH names the unit (0 to 1)"),
            *_AFFECTED,
            _whole("flagged", "1 if the run flagged the unit for the scheme, else 0"),
            _number("prior", "share of such units that do it, before any evidence (0 to 1)"),
        ),
    ),
    View(
        "audit_evidence",
        "run × unit × scheme × detector",
        (
            _RUN,
            *_UNIT,
            _SCHEME,
            _text("family", "family of detectors; within one, e-values are averaged"),
            _text("detector", "the detector"),
            _N,
            _number("observed", "what the detector counted or measured"),
            _number("expected", "what honest units like this one have"),
            _BITS,
            _whole("abstained", "1 if the detector could not tell (bits are 0 then), else 0"),
            _text("reason", "one sentence a reviewer can read aloud; why it abstained, if it did"),
            _text("reason_zh", "the same sentence in Chinese"),
            _number("fair_low", "the least that nine in ten honest units like this one have, where there is a range"),
            _number("fair_high", "the most that nine in ten honest units like this one have"),
            _number("family_bits", "what its family as a whole adds to the scheme's bits, averaged and capped"),
        ),
    ),
    View(
        "audit_records",
        "run × suspicious record × scheme",
        (
            _RUN,
            _text("source", "surveys, reviews or contacts"),
            _text("record_id", "response_id, review_id or contact_id"),
            _text("dealer_id", "the record's dealer"),
            _SCHEME,
            _number("probability", "probability that this record is affected (0 to 1)"),
            _text("reasons", "why"),
            _text("reasons_zh", "the same in Chinese"),
        ),
    ),
    View(
        "audit_cases",
        "case: a unit has one while it is open",
        (
            _whole("case_id", "the case"),
            *_UNIT,
            _text("lead_scheme", "the finding with most bits; ties by affected_share"),
            _text("schemes", "all its findings, apart by a comma and a space"),
            _text("severity", "low; medium from 10 affected rows; high from 50"),
            _number("affected", "rows affected, in expectation: n × affected_share × probability, most of any finding"),
            _number("probability", "the highest of its findings' (0 to 1)"),
            _text("status", "new, investigating, waiting or closed"),
            _text("assignee", "who works on it, or empty"),
            _text("first_run_id", "the run that opened it"),
            _text("last_run_id", "the newest run, by business date, whose values it shows"),
            _text("opened_at", "when it was opened"),
            _text("updated_at", "when a night or a person last changed it"),
            _text("due_on", "the day by which it should be decided, by its severity (YYYY-MM-DD)"),
            _text("snoozed_until", "the day on which it comes back to the queue, if it sleeps (YYYY-MM-DD)"),
            _whole("merged_into", "the case that it is worked with, if it was merged"),
        ),
    ),
    View(
        "audit_findings",
        "case × scheme",
        (
            _whole("case_id", "the case"),
            _SCHEME,
            _N,
            _BITS,
            _PROBABILITY,
            *_AFFECTED,
            _text("outcome", "confirmed, refuted, inconclusive, or empty while undecided"),
            _text("proposed_by", "who proposes to confirm it, while nobody has seconded that"),
            _text("decided_by", "who decided it"),
            _text("confirmed_by", "the second person, if confirmed"),
            _text("decided_at", "when it was decided"),
        ),
    ),
    View(
        "audit_events",
        "event of a case",
        (
            _whole("event_id", "1, 2, 3 … without gaps"),
            _whole("case_id", "the case"),
            _text("at", "when it happened"),
            _text("actor", "who did it: a person's account, or nightly"),
            _text("action", "what was done: one of the actions listed below"),
            _text("before", "what it changed, as JSON"),
            _text("after", "what it changed that to, as JSON, with the reason a person gave"),
            _text("previous_hash", "hash of the event before, sixty-four zeros for the first"),
            _text("hash", "SHA-256 of this event's other columns"),
        ),
    ),
    View(
        "audit_dealers",
        "run × dealer × questionnaire",
        (
            _RUN,
            _text("dealer_id", "the dealer"),
            _text("survey", "questionnaire"),
            _whole("n", "interviews in the window"),
            _number("reported_score", "mean of overall, in points of its scale"),
            _number("adjusted_score", "that mean with each interview weighted by the probability that it is genuine"),
            _number("adjusted_low", "lower end of its interval, in points"),
            _number("adjusted_high", "upper end of its interval, in points"),
        ),
    ),
)

VIEWS: dict[str, View] = {view.name: view for view in _VIEWS}
"""Every view by name, in the order of docs/data.md."""
