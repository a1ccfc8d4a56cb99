"""The queue: which cases wait for a person, in which order, and how many of each status.

A case that was merged into another is worked with the leading case, and the queue shows leading cases only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select

from detectors.core.schemes import UnitKind
from sql import tables

PAGE_ROWS = 50
"""Cases on a page."""

SEVERITY_WEIGHT = {"low": 1, "medium": 2, "high": 3}
"""What a case's probability is multiplied with to give its urgency, by which the queue is in order."""

STATUSES = ("open", "new", "investigating", "waiting", "snoozed", "closed", "all")
"""What `QueueFilter.status` may be. A snoozed case is in none of the first four."""

ORDERS = ("urgency", "due", "oldest", "newest", "probability", "affected")
"""What `QueueFilter.order` may be."""

DUES = ("overdue", "today", "week")
"""What `QueueFilter.due` may be: before today, until today, within seven days."""

NOBODY = "nobody"
"""The assignee of a case that nobody works on, as a filter."""


@dataclass(frozen=True)
class QueueFilter:
    """Which cases are wanted; an empty text means any.

    Parameters
    ----------
    today
        The day in Shanghai, which decides what is snoozed, overdue or old.
    status
        One of `STATUSES`.
    scheme
        Cases with a finding of this scheme.
    region, brand, dealer_group
        Of the dealer; an interviewer has none.
    vendor
        The survey agency of the interviewer; a dealer has none.
    assignee
        An account, or `NOBODY`.
    unit_kind
        ``dealer`` or ``interviewer``.
    severity
        ``low``, ``medium`` or ``high``.
    age_days
        Opened at least so many days ago.
    due
        One of `DUES`.
    text
        Part of the unit's id or the dealer's name, in any case of letters.
    order
        One of `ORDERS`. Urgency is probability × `SEVERITY_WEIGHT`; ties by rows affected, then the older case.
    page
        From 1.
    """

    today: date
    status: str = "open"
    scheme: str = ""
    region: str = ""
    brand: str = ""
    dealer_group: str = ""
    vendor: str = ""
    assignee: str = ""
    unit_kind: str = ""
    severity: str = ""
    age_days: int = 0
    due: str = ""
    text: str = ""
    order: str = "urgency"
    page: int = 1


@dataclass(frozen=True)
class QueueRow:
    """A case as the queue shows it.

    Parameters
    ----------
    name
        The dealer's name, if it is known.
    vendor
        The survey agency of an interviewer, if it is known.
    urgency
        probability × weight of the severity (0 to 3).
    affected
        Rows affected, in expectation.
    reason, reason_zh
        The strongest reason of the lead finding, in both languages.
    is_overdue, is_snoozed
        As of the filter's day.
    """

    case_id: int
    version: int
    unit_kind: str
    unit_id: str
    name: str | None
    brand: str | None
    region: str | None
    city: str | None
    dealer_group: str | None
    vendor: str | None
    lead_scheme: str
    schemes: tuple[str, ...]
    severity: str
    affected: float | None
    probability: float | None
    urgency: float
    status: str
    assignee: str | None
    opened_at: str
    updated_at: str
    due_on: str | None
    snoozed_until: str | None
    is_overdue: bool
    is_snoozed: bool
    reason: str | None
    reason_zh: str | None


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue.

    Parameters
    ----------
    rows
        At most `PAGE_ROWS`.
    total
        Cases that the filter lets through.
    page, pages
        This page and the last one, from 1.
    counts
        By status, how many cases the rest of the filter lets through.
    """

    rows: list[QueueRow]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Choices:
    """What the filters can be set to, each in order."""

    regions: tuple[str, ...]
    brands: tuple[str, ...]
    dealer_groups: tuple[str, ...]
    vendors: tuple[str, ...]


def search(connection: Connection, wanted: QueueFilter) -> QueuePage:
    """Return a page of the cases that a filter lets through; beyond the last page, the last one."""
    counts = _counts(connection, wanted)
    total = counts[wanted.status]
    pages = max(1, math.ceil(total / PAGE_ROWS))
    page = min(max(1, wanted.page), pages)
    keys = in_order(wanted).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
    case_ids = list(connection.execute(keys).scalars())
    return QueuePage(_rows(connection, case_ids, wanted.today), total, page, pages, counts)


def every(connection: Connection, wanted: QueueFilter) -> list[QueueRow]:
    """Return all the cases that a filter lets through, whatever its page, for an export."""
    case_ids = list(connection.execute(in_order(wanted)).scalars())
    rows: list[QueueRow] = []
    for start in range(0, len(case_ids), 500):
        rows += _rows(connection, case_ids[start : start + 500], wanted.today)
    return rows


def choices(connection: Connection) -> Choices:
    """Return what the filters can be set to, as the newest run knows the units."""
    dealer = tables.dealers.c

    def known(column: ColumnElement[Any]) -> tuple[str, ...]:
        query = select(column).where(column.is_not(None)).distinct().order_by(column)
        return tuple(connection.execute(query).scalars())

    return Choices(
        known(dealer.region), known(dealer.brand), known(dealer.dealer_group), known(tables.interviewers.c.vendor)
    )


def newest_run(connection: Connection) -> int:
    """Return the key of the newest run, 0 before the first: what is known of the units changes with it alone."""
    return int(connection.execute(select(func.coalesce(func.max(tables.runs.c.run_key), 0))).scalar_one())


def is_asleep(today: date) -> ColumnElement[bool]:
    """Return the condition that a case is snoozed on a day: it sleeps until the day before ``snoozed_until``."""
    held = tables.cases.c
    return and_(held.status != "closed", held.snoozed_until.is_not(None), held.snoozed_until > today.isoformat())


def urgency() -> ColumnElement[float]:
    """Return probability × weight of the severity, as the database works it out."""
    held = tables.cases.c
    weight = case(SEVERITY_WEIGHT, value=held.severity, else_=1)
    return func.coalesce(held.probability, 0.0) * weight


def matching(wanted: QueueFilter) -> Select[tuple[int]]:
    """Return the query for the ids of the cases that a filter lets through, in no order."""
    return _filtered(wanted, select(tables.cases.c.case_id)).where(_of_status(wanted.status, wanted.today))


def in_order(wanted: QueueFilter) -> Select[tuple[int]]:
    """Return the query for the ids of the cases that a filter lets through, in its order."""
    return matching(wanted).order_by(*_order(wanted))


def neighbours(connection: Connection, wanted: QueueFilter, case_id: int) -> tuple[int | None, int | None]:
    """Return the cases before and after a case in the order of a filter, each None at the end.

    A case that the filter does not let through, or no longer, has the neighbours of the place where it would stand.
    """
    held, order = tables.cases.c, _order(wanted)
    before, after = (step(held.case_id).over(order_by=order) for step in (func.lag, func.lead))
    listed = select(held.case_id, before.label("before"), after.label("after"))
    listed = listed.where(or_(held.case_id.in_(matching(wanted)), held.case_id == case_id))
    placed = listed.subquery()
    found = connection.execute(select(placed.c.before, placed.c.after).where(placed.c.case_id == case_id)).first()
    return (None, None) if found is None else (found.before, found.after)


def _order(wanted: QueueFilter) -> list[ColumnElement[Any]]:
    held = tables.cases.c
    orders: dict[str, list[ColumnElement[Any]]] = {
        "urgency": [urgency().desc(), func.coalesce(held.affected, 0.0).desc()],
        "due": [held.due_on.is_(None), held.due_on, urgency().desc()],
        "oldest": [held.opened_at],
        "newest": [held.opened_at.desc()],
        "probability": [func.coalesce(held.probability, 0.0).desc()],
        "affected": [func.coalesce(held.affected, 0.0).desc()],
    }
    return [*orders[wanted.order], held.case_id]


def _counts(connection: Connection, wanted: QueueFilter) -> dict[str, int]:
    asleep = case((is_asleep(wanted.today), 1), else_=0)
    status = tables.cases.c.status
    query = _filtered(wanted, select(status, asleep, func.count()).select_from(tables.cases)).group_by(status, asleep)
    counts = dict.fromkeys(STATUSES, 0)
    for status_held, is_snoozed, count in connection.execute(query):
        counts["all"] += count
        counts["snoozed" if is_snoozed else status_held] += count
        if not is_snoozed and status_held != "closed":
            counts["open"] += count
    return counts


def _of_status(status: str, today: date) -> ColumnElement[bool]:
    held = tables.cases.c
    if status == "all":
        return held.case_id.is_not(None)
    if status == "closed":
        return held.status == "closed"
    if status == "snoozed":
        return is_asleep(today)
    is_awake = or_(held.snoozed_until.is_(None), held.snoozed_until <= today.isoformat())
    return and_(held.status != "closed" if status == "open" else held.status == status, is_awake)


def _filtered(wanted: QueueFilter, query: Select[Any]) -> Select[Any]:
    """Add every condition but the status; a table is joined only where a condition needs it."""
    held, unit, dealer = tables.cases.c, tables.units.c, tables.dealers.c
    query = query.where(held.merged_into.is_(None))
    if wanted.unit_kind:
        query = query.join(tables.units, held.unit_key == unit.unit_key)
    of_dealer = {"region": wanted.region, "brand": wanted.brand, "dealer_group": wanted.dealer_group}
    if any(of_dealer.values()):
        query = query.join(tables.dealers, held.unit_key == dealer.unit_key)
        query = query.where(*(dealer[name] == value for name, value in of_dealer.items() if value))
    if wanted.vendor:
        query = query.join(tables.interviewers, held.unit_key == tables.interviewers.c.unit_key)
        query = query.where(tables.interviewers.c.vendor == wanted.vendor)
    return query.where(*_conditions(wanted))


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    held, unit, dealer = tables.cases.c, tables.units.c, tables.dealers.c
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        # The units are looked through once, and not again for each of their cases.
        alike = select(unit.unit_key).where(unit.unit_id.icontains(wanted.text, autoescape=True))
        named = select(dealer.unit_key).where(dealer.name.icontains(wanted.text, autoescape=True))
        found.append(held.unit_key.in_(alike.union(named)))
    if wanted.unit_kind:
        found.append(unit.unit_kind == UnitKind(wanted.unit_kind).value)
    if wanted.scheme:
        finding = tables.findings.c
        of_scheme = (
            select(tables.schemes.c.scheme_key).where(tables.schemes.c.scheme == wanted.scheme).scalar_subquery()
        )
        found.append(exists().where(finding.case_id == held.case_id, finding.scheme_key == of_scheme))
    if wanted.severity:
        found.append(held.severity == wanted.severity)
    if wanted.assignee:
        found.append(held.assignee.is_(None) if wanted.assignee == NOBODY else held.assignee == wanted.assignee)
    if wanted.age_days:
        found.append(held.opened_at < (wanted.today - timedelta(days=wanted.age_days - 1)).isoformat())
    if wanted.due:
        first_after = {
            "overdue": wanted.today,
            "today": wanted.today + timedelta(days=1),
            "week": wanted.today + timedelta(days=7),
        }[wanted.due]
        found += [held.due_on < first_after.isoformat(), held.status != "closed"]
    return found


def _rows(connection: Connection, case_ids: Sequence[int], today: date) -> list[QueueRow]:
    held, unit, dealer = tables.cases.c, tables.units.c, tables.dealers.c
    query = (
        select(
            *(held.case_id, held.version, held.schemes, held.severity, held.affected, held.probability, held.status),
            *(held.assignee, held.opened_at, held.updated_at, held.due_on, held.snoozed_until),
            *(unit.unit_kind, unit.unit_id, tables.schemes.c.scheme.label("lead_scheme")),
            *(dealer.name, dealer.brand, dealer.region, dealer.city, dealer.dealer_group),
            *(tables.interviewers.c.vendor, urgency().label("urgency")),
        )
        .join(tables.units, held.unit_key == unit.unit_key)
        .join(tables.schemes, held.lead_scheme_key == tables.schemes.c.scheme_key)
        .outerjoin(tables.dealers, held.unit_key == dealer.unit_key)
        .outerjoin(tables.interviewers, held.unit_key == tables.interviewers.c.unit_key)
        .where(held.case_id.in_(case_ids))
    )
    reasons = _reasons(connection, case_ids)
    found = {row.case_id: _row(row, reasons.get(row.case_id, (None, None)), today) for row in connection.execute(query)}
    return [found[case_id] for case_id in case_ids]


def _row(row: Row[Any], reason: tuple[str | None, str | None], today: date) -> QueueRow:
    values = dict(row._mapping)
    is_open = row.status != "closed"
    values["schemes"] = tuple(row.schemes.split(", "))
    return QueueRow(
        **values,
        is_overdue=is_open and row.due_on is not None and row.due_on < today.isoformat(),
        is_snoozed=is_open and row.snoozed_until is not None and row.snoozed_until > today.isoformat(),
        reason=reason[0],
        reason_zh=reason[1],
    )


def _reasons(connection: Connection, case_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Return what the strongest evidence of each lead finding says, in the case's newest run."""
    held, said = tables.cases.c, tables.evidence.c
    query = (
        select(held.case_id, said.reason, said.reason_zh)
        .select_from(tables.cases)
        .join(
            tables.evidence,
            and_(
                said.run_key == held.last_run_key,
                said.unit_key == held.unit_key,
                said.scheme_key == held.lead_scheme_key,
            ),
        )
        .where(held.case_id.in_(case_ids), said.abstained == 0)
        .order_by(said.bits, said.detector_key.desc())
    )
    return {row.case_id: (row.reason, row.reason_zh) for row in connection.execute(query)}
