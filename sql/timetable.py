"""What a night does to people's time: due dates come nearer, and sleeping cases wake."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from sql import events, tables
from sql.changes import NIGHTLY
from sql.events import Event
from sql.severity import due_on, is_worse


@dataclass(frozen=True)
class _Case:
    case_id: int
    severity: str
    due_on: str | None
    snoozed_until: str | None
    merged_into: int | None

    @property
    def leading(self) -> int:
        return self.case_id if self.merged_into is None else self.merged_into


def bring_nearer(connection: Connection, severities: Mapping[int, str], *, run_id: str, at: str) -> set[int]:
    """Let cases that become more severe be due earlier, and with them the cases that lead them.

    Call it before the severities are written.

    Parameters
    ----------
    connection
        In a writing transaction.
    severities
        What the severity of each open case becomes.
    run_id
        The run.
    at
        When it finished, as text.

    Returns
    -------
    set of int
        The cases that become more severe.
    """
    held = _open_cases(connection)
    due = {case.case_id: case.due_on for case in held.values()}
    worse = set()
    for case_id, severity in severities.items():
        case = held[case_id]
        rises = is_worse(severity, case.severity)
        if rises:
            worse.add(case_id)
        if rises or case.due_on is None:
            day = due_on(severity, at)
            for of_case in (case_id, case.leading):
                due[of_case] = min(day, due[of_case] or day)
    nearer = {case_id: day for case_id, day in due.items() if day != held[case_id].due_on}
    _write(connection, "due_on", nearer)
    events.append(
        connection,
        [
            Event(case_id, at, NIGHTLY, "dated", {"due_on": held[case_id].due_on}, {"due_on": day, "run_id": run_id})
            for case_id, day in sorted(nearer.items())
        ],
    )
    return worse


def wake(connection: Connection, stirred: Iterable[int], *, run_id: str, at: str) -> None:
    """Wake the sleeping cases that a night stirred, and those whose day has come.

    Parameters
    ----------
    connection
        In a writing transaction.
    stirred
        Cases to which the night brought a new scheme or a higher severity. One that is merged stirs its leading case.
    run_id
        The run.
    at
        When it finished, as text.
    """
    held = _open_cases(connection)
    leaders = {held[case_id].leading for case_id in stirred}
    woken = [
        case
        for case in held.values()
        if case.snoozed_until is not None and (case.snoozed_until <= at[:10] or case.leading in leaders)
    ]
    _write(connection, "snoozed_until", {case.case_id: None for case in woken})
    after = {"snoozed_until": None, "run_id": run_id}
    events.append(
        connection,
        [Event(case.case_id, at, NIGHTLY, "woken", {"snoozed_until": case.snoozed_until}, after) for case in woken],
    )


def _open_cases(connection: Connection) -> dict[int, _Case]:
    case = tables.cases.c
    query = (
        select(case.case_id, case.severity, case.due_on, case.snoozed_until, case.merged_into)
        .where(case.status != "closed")
        .order_by(case.case_id)
    )
    return {row.case_id: _Case(**row._mapping) for row in connection.execute(query)}


def _write(connection: Connection, name: str, values: Mapping[int, str | None]) -> None:
    if values:
        connection.execute(
            update(tables.cases).where(tables.cases.c.case_id == bindparam("of_case")).values({name: bindparam("new")}),
            [{"of_case": case_id, "new": value} for case_id, value in values.items()],
        )
