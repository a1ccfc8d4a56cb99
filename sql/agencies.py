"""The survey agencies, read: who calls for each, what the nights weighed of them, and how much they asked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from detectors.core.schemes import Scheme
from sql import tables
from sql.nights import newest, nights

_NIGHTS, _DAILY = 13, 1
"""An agency's history shows the newest night and the last of each of the twelve months before: each is read whole."""


@dataclass(frozen=True)
class Agency:
    """A survey agency on the newest night.

    Parameters
    ----------
    vendor
        Its name.
    interviewers
        How many have ever called for it.
    weighed, flagged
        How many the newest night weighed, and flagged.
    interviews
        Rows of theirs that it weighed.
    open_cases
        Cases of its interviewers that are open.
    """

    vendor: str
    interviewers: int
    weighed: int
    flagged: int
    interviews: int
    open_cases: int


@dataclass(frozen=True)
class AgencyNight:
    """What a night weighed of all an agency's interviewers together.

    Parameters
    ----------
    business_date
        The night.
    weighed, flagged
        Interviewers.
    interviews
        Rows of theirs in the window.
    most_bits
        The heaviest evidence of any of them.
    """

    business_date: str
    weighed: int
    flagged: int
    interviews: int
    most_bits: float


@dataclass(frozen=True)
class Caller:
    """An interviewer's evidence on the newest night.

    Parameters
    ----------
    unit_id
        The interviewer.
    n, bits, probability, affected_share, flagged
        As in ``audit_scores``; None if the newest night did not weigh it.
    case_id
        The open case, if there is one.
    """

    unit_id: str
    n: int | None
    bits: float | None
    probability: float | None
    affected_share: float | None
    flagged: int
    case_id: int | None


def agencies(connection: Connection, *, vendor: str | None = None) -> list[Agency]:
    """Return every survey agency, or the one of that name, in the order of their names.

    Examples
    --------
    >>> from sql.store import open_store
    >>> with open_store("sqlite://") as store, store.engine.connect() as connection:
    ...     agencies(connection)
    []
    """
    caller, case = tables.interviewers.c, tables.cases.c
    night = newest(connection)
    weighed = _heaviest(night.run_key if night else 0).subquery()
    open_cases = select(case.unit_key).where(case.status != "closed").subquery()
    query = (
        select(
            caller.vendor,
            func.count(caller.unit_key),
            func.count(weighed.c.unit_key),
            func.coalesce(func.sum(weighed.c.flagged), 0),
            # PostgreSQL adds whole numbers of eight bytes up to a decimal, which is no number in JSON.
            cast(func.coalesce(func.sum(weighed.c.n), 0), BigInteger),
            func.count(open_cases.c.unit_key),
        )
        .select_from(tables.interviewers)
        .outerjoin(weighed, weighed.c.unit_key == caller.unit_key)
        .outerjoin(open_cases, open_cases.c.unit_key == caller.unit_key)
        .where(caller.vendor.is_not(None) if vendor is None else caller.vendor == vendor)
        .group_by(caller.vendor)
        .order_by(caller.vendor)
    )
    return [Agency(*row) for row in connection.execute(query)]


def history(connection: Connection, vendor: str) -> list[AgencyNight]:
    """Return what the newest nights weighed of the agency's interviewers, oldest first."""
    caller, score, run = tables.interviewers.c, tables.scores.c, tables.runs.c
    shown = [night.run_key for night in nights(connection, daily=_DAILY)[-_NIGHTS:]]
    query = (
        select(run.business_date, func.count(), func.sum(score.flagged))
        .add_columns(cast(func.sum(score.n), BigInteger), func.max(score.bits))
        .select_from(tables.interviewers)
        .join(tables.scores, score.unit_key == caller.unit_key)
        .join(tables.runs, run.run_key == score.run_key)
        .where(caller.vendor == vendor, score.run_key.in_(shown))
        .group_by(run.business_date)
        .order_by(run.business_date)
    )
    return [AgencyNight(*row) for row in connection.execute(query)]


def callers(connection: Connection, vendor: str, *, limit: int = 50, offset: int = 0) -> list[Caller]:
    """Return the agency's interviewers with the newest night's evidence, heaviest first."""
    caller, unit, case = tables.interviewers.c, tables.units.c, tables.cases.c
    night = newest(connection)
    weighed = _heaviest(night.run_key if night else 0).subquery()
    opened = select(case.unit_key, case.case_id).where(case.status != "closed").subquery()
    query = (
        select(
            unit.unit_id,
            weighed.c.n,
            weighed.c.bits,
            weighed.c.probability,
            weighed.c.affected_share,
            func.coalesce(weighed.c.flagged, 0),
            opened.c.case_id,
        )
        .select_from(tables.interviewers)
        .join(tables.units, unit.unit_key == caller.unit_key)
        .outerjoin(weighed, weighed.c.unit_key == caller.unit_key)
        .outerjoin(opened, opened.c.unit_key == caller.unit_key)
        .where(caller.vendor == vendor)
        .order_by(weighed.c.bits.desc().nulls_last(), unit.unit_id)
        .limit(limit)
        .offset(offset)
    )
    return [Caller(*row) for row in connection.execute(query)]


def _heaviest(run_key: int) -> Select[Any]:
    """Return what that run weighed of each interviewer; they are weighed for one scheme."""
    score = tables.scores.c
    return (
        select(score.unit_key, score.n, score.bits, score.probability, score.affected_share, score.flagged)
        .join(tables.interviewers, tables.interviewers.c.unit_key == score.unit_key)
        .join(tables.schemes, tables.schemes.c.scheme_key == score.scheme_key)
        .where(score.run_key == run_key, tables.schemes.c.scheme == Scheme.FABRICATED.value)
    )
