"""The runs, read: which nights a history shows, what a run read, and with which settings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from sql import tables

DAILY = 31
"""How many of the newest nights a history shows one by one; of those before, it shows the last of each month."""


@dataclass(frozen=True)
class Night:
    """The newest finished run of a business date.

    Parameters
    ----------
    run_key, run_id
        The run.
    business_date
        The day it closed, as text.
    """

    run_key: int
    run_id: str
    business_date: str


@dataclass(frozen=True)
class Run:
    """A run and how many rows it read.

    Parameters
    ----------
    run_key, run_id, business_date, status, problem, started_at, finished_at, code_version, settings_sha256, fingerprint
        As in ``audit_runs``.
    cases_opened, cases_updated
        What it did to the cases.
    rows_read, rows_quarantined
        Of all its inputs together.
    """

    run_key: int
    run_id: str
    business_date: str
    status: str
    problem: str | None
    started_at: str
    finished_at: str
    code_version: str
    settings_sha256: str
    fingerprint: str
    cases_opened: int
    cases_updated: int
    rows_read: int
    rows_quarantined: int


@dataclass(frozen=True)
class RunInput:
    """A delivered file of a run, as in ``audit_inputs``."""

    source: str
    file_name: str
    file_sha256: str | None
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    table_version: int | None


@dataclass(frozen=True)
class BrokenRule:
    """How many rows of a source a rule kept back.

    Parameters
    ----------
    source, rule
        The rule.
    rows
        How many times it was broken.
    reason
        One of the sentences that say what was wrong.
    """

    source: str
    rule: str
    rows: int
    reason: str | None


def nights(connection: Connection, *, daily: int = DAILY) -> list[Night]:
    """Return the nights that a history shows, oldest first.

    Parameters
    ----------
    connection
        For reading.
    daily
        How many of the newest are shown one by one; of those before, only the last of each month, so that years of
        nights stay a few dozen points.

    Examples
    --------
    >>> from sql.store import open_store
    >>> with open_store("sqlite://") as store, store.engine.connect() as connection:
    ...     nights(connection)
    []
    """
    run = tables.runs.c
    newest = select(func.max(run.run_key)).where(run.status == "done").group_by(run.business_date)
    query = (
        select(run.run_key, run.run_id, run.business_date).where(run.run_key.in_(newest)).order_by(run.business_date)
    )
    return thinned([Night(*row) for row in connection.execute(query.order_by(run.business_date))], daily)


def newest(connection: Connection) -> Night | None:
    """Return the newest night by business date, or None if there is none."""
    run = tables.runs.c
    query = (
        select(run.run_key, run.run_id, run.business_date)
        .where(run.status == "done")
        .order_by(run.business_date.desc(), run.run_key.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Night(*row)


def runs(connection: Connection, *, limit: int, before: int | None = None, status: str | None = None) -> list[Run]:
    """Return runs, newest first.

    Parameters
    ----------
    connection
        For reading.
    limit
        At most so many.
    before
        Only runs with a smaller key, for the next page.
    status
        Only those that ended so.
    """
    query = _runs().order_by(tables.runs.c.run_key.desc()).limit(limit)
    if before is not None:
        query = query.where(tables.runs.c.run_key < before)
    if status is not None:
        query = query.where(tables.runs.c.status == status)
    return [Run(*row) for row in connection.execute(query)]


def run(connection: Connection, run_id: str) -> Run | None:
    """Return a run, or None if there is none of that id."""
    row = connection.execute(_runs().where(tables.runs.c.run_id == run_id)).first()
    return None if row is None else Run(*row)


def settings_of(connection: Connection, run_key: int) -> str:
    """Return the settings of a run, as the JSON text that was kept."""
    return str(
        connection.execute(select(tables.runs.c.settings_json).where(tables.runs.c.run_key == run_key)).scalar_one()
    )


def run_before(connection: Connection, run_key: int) -> Run | None:
    """Return the run that was made before this one, whatever became of it."""
    found = runs(connection, limit=1, before=run_key)
    return found[0] if found else None


def inputs(connection: Connection, run_key: int) -> list[RunInput]:
    """Return what a run read, in the order it did."""
    held = tables.run_inputs.c
    query = select(
        held.source,
        held.file_name,
        held.file_sha256,
        held.rows_read,
        held.rows_accepted,
        held.rows_quarantined,
        held.table_version,
    )
    return [RunInput(*row) for row in connection.execute(query.where(held.run_key == run_key).order_by(held.position))]


def broken_rules(connection: Connection, run_key: int) -> list[BrokenRule]:
    """Return the rules that kept rows of a run back, the most often broken first."""
    held = tables.quarantined_rows.c
    rows = func.count()
    query = (
        select(held.source, held.rule, rows, func.min(held.reason))
        .where(held.run_key == run_key)
        .group_by(held.source, held.rule)
        .order_by(rows.desc(), held.source, held.rule)
    )
    return [BrokenRule(*row) for row in connection.execute(query)]


def thinned(every: Sequence[Night], daily: int) -> list[Night]:
    """Return the newest nights, and of those before the last of each month; all are oldest first."""
    recent = list(every[-daily:])
    months = {night.business_date[:7]: night for night in every[: len(every) - len(recent)]}
    if recent:
        months.pop(recent[0].business_date[:7], None)
    return [*months.values(), *recent]


def _runs() -> Select[Any]:
    held, read = tables.runs.c, tables.run_inputs.c
    of_it = read.run_key == held.run_key
    counts = [
        # PostgreSQL adds whole numbers of eight bytes up to a decimal.
        select(cast(func.coalesce(func.sum(column), 0), BigInteger)).where(of_it).scalar_subquery()
        for column in (read.rows_read, read.rows_quarantined)
    ]
    # The settings are left out: they are long, and wanted of one run at a time.
    names = [field.name for field in fields(Run) if field.name in held]
    return select(*(held[name] for name in names), *counts)
