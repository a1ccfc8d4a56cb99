"""What a finished run found, read back from the auditors' views: a screen never says what the records do not."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, text

from sql.connection import reading

_RUN = """
select run_id, business_date, status, started_at, finished_at, cases_opened, cases_updated
from audit_runs
where run_id = :run_id
"""

_SOURCES = """
select source, count(*), sum(rows_read), sum(rows_accepted), sum(rows_quarantined)
from audit_inputs
where run_id = :run_id
group by source
order by source
"""

_UNITS = """
select unit_kind, count(distinct unit_id)
from audit_scores
where run_id = :run_id
group by unit_kind
order by unit_kind
"""

_FLAGGED = "select count(*) from audit_scores where run_id = :run_id and flagged = 1"

_FINDINGS = """
with flagged as (
    select unit_kind, unit_id, scheme, bits, probability
    from audit_scores
    where run_id = :run_id and flagged = 1
    order by bits desc, affected_share desc, unit_id
    limit :most
),

told as (
    select unit_kind, unit_id, scheme, reason,
        row_number() over (partition by unit_kind, unit_id, scheme order by bits desc, detector) as place
    from audit_evidence
    where run_id = :run_id and abstained = 0
)

select flagged.unit_kind, flagged.unit_id, flagged.scheme, flagged.bits, flagged.probability, told.reason
from flagged
left join told
    on told.unit_kind = flagged.unit_kind
    and told.unit_id = flagged.unit_id
    and told.scheme = flagged.scheme
    and told.place = 1
order by flagged.bits desc, flagged.unit_id, flagged.scheme
"""

_QUARANTINE = """
select source, rule, count(*), min(file_name), min(row_number)
from audit_quarantine
where run_id = :run_id
group by source, rule
order by count(*) desc, source, rule
"""

_SILENT = """
select scheme, min(reason)
from audit_evidence
where run_id = :run_id
group by scheme
having min(abstained) = 1
order by scheme
"""


@dataclass(frozen=True)
class SourceRows:
    """How many rows of a source came in, over all its files."""

    source: str
    files: int
    read: int
    accepted: int
    quarantined: int


@dataclass(frozen=True)
class Finding:
    """A unit flagged for a scheme, with the strongest reason."""

    unit_kind: str
    unit_id: str
    scheme: str
    bits: float
    probability: float
    reason: str


@dataclass(frozen=True)
class BrokenRule:
    """How many rows broke a rule, and where the first of them stands."""

    source: str
    rule: str
    rows: int
    file_name: str
    row_number: int


@dataclass(frozen=True)
class Summary:
    """What a run did and found."""

    run_id: str
    business_date: str
    status: str
    started_at: str
    finished_at: str
    cases_opened: int
    cases_updated: int
    sources: tuple[SourceRows, ...]
    units: tuple[tuple[str, int], ...]
    flagged: int
    findings: tuple[Finding, ...]
    broken_rules: tuple[BrokenRule, ...]
    silent_schemes: tuple[tuple[str, str], ...]


def read_summary(engine: Engine, run_id: str, *, most_findings: int = 10) -> Summary:
    """Read what a run did and found.

    Parameters
    ----------
    engine
        The database of decisions.
    run_id
        The run.
    most_findings
        How many findings to list, the heaviest first.
    """
    with reading(engine) as connection:

        def rows_of(query: str) -> list[Row[Any]]:
            return list(connection.execute(text(query), {"run_id": run_id, "most": most_findings}))

        run = rows_of(_RUN)[0]
        return Summary(
            **run._asdict(),
            sources=tuple(SourceRows(*row) for row in rows_of(_SOURCES)),
            units=tuple((str(row[0]), int(row[1])) for row in rows_of(_UNITS)),
            flagged=rows_of(_FLAGGED)[0][0],
            findings=tuple(Finding(*row) for row in rows_of(_FINDINGS)),
            broken_rules=tuple(BrokenRule(*row) for row in rows_of(_QUARANTINE)),
            silent_schemes=tuple((str(row[0]), str(row[1])) for row in rows_of(_SILENT)),
        )
