"""The case file: everything that is stored of one case, as the newest night that appended to it left it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from detectors.core.errors import MingchaError
from sql import tables
from sql.units import Unit, of_unit
from sql.waterfall import Change, Finding, read_findings


class UnknownCaseError(MingchaError):
    """There is no such case."""


@dataclass(frozen=True)
class Head(Unit):
    """The case itself, and its unit.

    Parameters
    ----------
    business_date
        Of the newest night that appended to it.
    """

    case_id: int
    version: int
    lead_scheme: str
    schemes: str
    severity: str
    affected: float | None
    probability: float | None
    status: str
    assignee: str | None
    opened_at: str
    updated_at: str
    closed_by: str | None
    due_on: str | None
    snoozed_until: str | None
    merged_into: int | None
    last_run_key: int
    run_id: str
    business_date: str


@dataclass(frozen=True)
class OtherCase:
    """Another case that this one has to do with.

    Parameters
    ----------
    outcomes
        The outcome of each of its findings by scheme; None while undecided.
    """

    case_id: int
    unit_kind: str
    unit_id: str
    name: str | None
    lead_scheme: str
    schemes: str
    severity: str
    probability: float | None
    status: str
    assignee: str | None
    opened_at: str
    updated_at: str
    outcomes: Mapping[str, str | None]


@dataclass(frozen=True)
class Happened:
    """An event of the case."""

    event_id: int
    at: str
    actor: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class CaseFile:
    """Everything of one case.

    Parameters
    ----------
    findings
        The lead first, then by bits.
    earlier
        Other cases of the same unit, newest first.
    merged, linked
        Cases that are worked with this one, and cases that it was linked to.
    leading
        The case that this one was merged into.
    changes
        Evidence that moved by at least half a bit since the night before, the most first.
    dossier
        What a reviewer reads and hears (see docs); None if the night kept none.
    """

    head: Head
    findings: tuple[Finding, ...]
    events: tuple[Happened, ...]
    earlier: tuple[OtherCase, ...]
    merged: tuple[OtherCase, ...]
    linked: tuple[OtherCase, ...]
    leading: OtherCase | None
    changes: tuple[Change, ...]
    dossier: Mapping[str, Any] | None

    @property
    def lead(self) -> Finding:
        """The finding that the case is named after."""
        return self.findings[0]


def read(connection: Connection, case_id: int) -> CaseFile:
    """Read all of a case.

    Raises
    ------
    UnknownCaseError
        There is no such case.
    """
    head = read_head(connection, case_id)
    findings, changes = read_findings(
        connection,
        case_id=case_id,
        lead_scheme=head.lead_scheme,
        unit_key=head.unit_key,
        run_key=head.last_run_key,
    )
    return CaseFile(
        head=head,
        findings=findings,
        events=events_of(connection, case_id),
        **_others(connection, head),
        changes=changes,
        dossier=read_dossier(connection, case_id),
    )


def read_head(connection: Connection, case_id: int) -> Head:
    """Read the case itself, without what was found.

    Raises
    ------
    UnknownCaseError
        There is no such case.
    """
    held, unit, dealer, run = tables.cases.c, tables.units.c, tables.dealers.c, tables.runs.c
    query = (
        select(
            *(*of_unit(), held.case_id, held.version, tables.schemes.c.scheme.label("lead_scheme")),
            *(held.schemes, held.severity, held.affected, held.probability, held.status, held.assignee),
            *(held.opened_at, held.updated_at, held.closed_by, held.due_on, held.snoozed_until, held.merged_into),
            *(held.last_run_key, run.run_id, run.business_date),
        )
        .select_from(tables.cases)
        .join(tables.units, held.unit_key == unit.unit_key)
        .join(tables.schemes, held.lead_scheme_key == tables.schemes.c.scheme_key)
        .join(tables.runs, held.last_run_key == run.run_key)
        .outerjoin(tables.dealers, held.unit_key == dealer.unit_key)
        .outerjoin(tables.interviewers, held.unit_key == tables.interviewers.c.unit_key)
        .where(held.case_id == case_id)
    )
    row = connection.execute(query).first()
    if row is None:
        raise UnknownCaseError(f"There is no case {case_id}.", remedy="The queue lists the cases.")
    return Head(**row._mapping)


def events_of(connection: Connection, case_id: int) -> tuple[Happened, ...]:
    """Return what happened to a case, oldest first."""
    event = tables.events.c
    query = select(event.event_id, event.at, event.actor, event.action, event.before, event.after)
    rows = connection.execute(query.where(event.case_id == case_id).order_by(event.event_id))
    return tuple(
        Happened(row.event_id, row.at, row.actor, row.action, json.loads(row.before), json.loads(row.after))
        for row in rows
    )


def _others(connection: Connection, head: Head) -> dict[str, Any]:
    held, link = tables.cases.c, tables.case_links.c
    linked = select(link.other_case_id).where(link.case_id == head.case_id)
    linking = select(link.case_id).where(link.other_case_id == head.case_id)
    linked_ids = set(connection.execute(linked.union(linking)).scalars())
    unit, dealer, lead = tables.units.c, tables.dealers.c, tables.schemes.alias()
    query = (
        select(held.case_id, held.unit_key, unit.unit_kind, unit.unit_id, dealer.name, held.merged_into)
        .add_columns(lead.c.scheme.label("lead_scheme"), held.schemes, held.severity, held.probability, held.status)
        .add_columns(held.assignee, held.opened_at, held.updated_at)
        .join(tables.units, held.unit_key == unit.unit_key)
        .join(lead, held.lead_scheme_key == lead.c.scheme_key)
        .outerjoin(tables.dealers, held.unit_key == dealer.unit_key)
        .where(
            held.case_id != head.case_id,
            or_(
                held.unit_key == head.unit_key,
                held.merged_into == head.case_id,
                held.case_id.in_(sorted(linked_ids | ({head.merged_into} if head.merged_into else set()))),
            ),
        )
        .order_by(held.case_id.desc())
    )
    rows = connection.execute(query).all()
    outcomes = _outcomes(connection, [row.case_id for row in rows])
    others = {row.case_id: _other(row, outcomes.get(row.case_id, {})) for row in rows}
    return {
        "earlier": tuple(others[row.case_id] for row in rows if row.unit_key == head.unit_key),
        "merged": tuple(others[row.case_id] for row in rows if row.merged_into == head.case_id),
        "linked": tuple(others[row.case_id] for row in rows if row.case_id in linked_ids),
        "leading": others.get(head.merged_into) if head.merged_into else None,
    }


def _other(row: Row[Any], outcomes: Mapping[str, str | None]) -> OtherCase:
    values = dict(row._mapping)
    del values["unit_key"], values["merged_into"]
    return OtherCase(**values, outcomes=outcomes)


def _outcomes(connection: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, str | None]]:
    held = tables.findings.c
    query = (
        select(held.case_id, tables.schemes.c.scheme, held.outcome)
        .join(tables.schemes, held.scheme_key == tables.schemes.c.scheme_key)
        .where(held.case_id.in_(case_ids))
        .order_by(held.case_id, held.scheme_key)
    )
    found: dict[int, dict[str, str | None]] = {}
    for row in connection.execute(query):
        found.setdefault(row.case_id, {})[row.scheme] = row.outcome
    return found


def read_dossier(connection: Connection, case_id: int) -> Mapping[str, Any] | None:
    """Read what a reviewer reads and hears of a case; None if the night kept nothing."""
    query = select(tables.dossiers.c.dossier_json).where(tables.dossiers.c.case_id == case_id)
    held = connection.execute(query).scalar()
    found: Mapping[str, Any] | None = None if held is None else json.loads(held)
    return found
