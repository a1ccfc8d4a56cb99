"""How people work cases: who has which, what waits or sleeps, and what is said of it.

Every function works inside `sql.connection.writing`, whose lock makes it one at a time: what is read there stays true
until it is written. `version` is that of the case as the person saw it (None: whatever it is now).
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Select

from sql import tables
from sql.accounts import assignable
from sql.changes import Change, Conflict, DecisionError, any_case, change, leading, open_case, record, said
from sql.events import Event
from sql.times import as_text

__all__ = [
    "Change", "Conflict", "DecisionError", "assign", "comment", "release", "resume", "snooze", "take", "take_next",
    "wait", "wake",
]  # fmt: skip

LONGEST_SNOOZE_DAYS = 92
"""What should rest longer than a quarter should be decided."""


def take(connection: Connection, case_id: int, *, version: int | None, actor: str, at: datetime) -> None:
    """Take a case that nobody has, or that was assigned to the actor, and begin to work on it; it wakes if it slept.

    Raises
    ------
    DecisionError
        It is closed, merged into another, or somebody's.
    Conflict
        It is no longer in that version.
    """
    held = leading(open_case(connection, case_id, version))
    if held.assignee not in {None, actor}:
        raise DecisionError(
            "{assignee} works on case {case_id}.",
            remedy="Take another one, or have it assigned to you.",
            assignee=held.assignee,
            case_id=case_id,
        )
    values: dict[str, object] = {"assignee": actor, "status": "investigating"}
    if held.snoozed_until is not None:
        values["snoozed_until"] = None
    if all(held._mapping[name] == value for name, value in values.items()):
        raise DecisionError("Case {case_id} is yours already.", remedy="Go on with it.", case_id=case_id)
    change(connection, held, "taken", values, actor=actor, at=at)


def take_next(connection: Connection, queue: Select[tuple[int]], *, actor: str, at: datetime) -> int | None:
    """Take the first case of a queue that nobody has and that is not asleep. Two people never get the same.

    Parameters
    ----------
    connection
        In a writing transaction.
    queue
        Selects `cases.case_id` from `sql.tables.cases` in the order in which cases are to be taken.
    actor, at
        Who takes it and when.

    Returns
    -------
    int or None
        The case, or None if there is none to take.
    """
    case = tables.cases.c
    awake = case.snoozed_until.is_(None) | (case.snoozed_until <= _day(at).isoformat())
    free = queue.where(case.status != "closed", case.assignee.is_(None), case.merged_into.is_(None), awake)
    case_id = connection.execute(free.limit(1)).scalar()
    if case_id is not None:
        take(connection, case_id, version=None, actor=actor, at=at)
    return case_id


def assign(
    connection: Connection,
    case_id: int,
    assignee: str,
    *,
    version: int | None,
    actor: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Give an open case to somebody who works cases.

    Raises
    ------
    DecisionError
        There is no such active reviewer or lead, it is theirs already, or the case is closed or merged into another.
    Conflict
        It is no longer in that version.
    """
    if reason is not None:
        said(actor, reason)
    held = leading(open_case(connection, case_id, version))
    if assignee not in {person.account for person in assignable(connection)}:
        raise DecisionError(
            "{assignee} is no active reviewer or lead.", remedy="Choose somebody who works cases.", assignee=assignee
        )
    if held.assignee == assignee:
        raise DecisionError(
            "Case {case_id} is with {assignee} already.",
            remedy="Choose somebody else.",
            case_id=case_id,
            assignee=assignee,
        )
    change(connection, held, "assigned", {"assignee": assignee}, actor=actor, at=at, reason=reason)


def release(
    connection: Connection, case_id: int, *, version: int | None, actor: str, at: datetime, reason: str | None = None
) -> None:
    """Give a case back to the queue, as new.

    Raises
    ------
    DecisionError
        Nobody works on it, or it is closed or merged into another.
    Conflict
        It is no longer in that version.
    """
    if reason is not None:
        said(actor, reason)
    held = leading(open_case(connection, case_id, version))
    if held.assignee is None:
        raise DecisionError("Nobody works on case {case_id}.", remedy="There is nothing to give back.", case_id=case_id)
    change(connection, held, "released", {"assignee": None, "status": "new"}, actor=actor, at=at, reason=reason)


def wait(connection: Connection, case_id: int, *, version: int | None, actor: str, reason: str, at: datetime) -> None:
    """Say that a case waits for something: recordings, an answer.

    Raises
    ------
    DecisionError
        Nobody works on it, it waits already, is closed or merged into another, or actor or reason is empty.
    Conflict
        It is no longer in that version.
    """
    said(actor, reason)
    held = leading(open_case(connection, case_id, version))
    if held.assignee is None:
        raise DecisionError("Nobody works on case {case_id}.", remedy="Take it first.", case_id=case_id)
    if held.status == "waiting":
        raise DecisionError("Case {case_id} waits already.", remedy="Say more in a comment.", case_id=case_id)
    change(connection, held, "paused", {"status": "waiting"}, actor=actor, at=at, reason=reason)


def resume(connection: Connection, case_id: int, *, version: int | None, actor: str, at: datetime) -> None:
    """Go on with a case that waited.

    Raises
    ------
    DecisionError
        It does not wait, is closed or merged into another.
    Conflict
        It is no longer in that version.
    """
    held = leading(open_case(connection, case_id, version))
    if held.status != "waiting":
        raise DecisionError("Case {case_id} does not wait.", remedy="It can be worked on as it is.", case_id=case_id)
    change(connection, held, "resumed", {"status": "investigating"}, actor=actor, at=at)


def snooze(
    connection: Connection,
    case_id: int,
    until: date,
    *,
    version: int | None,
    actor: str,
    reason: str,
    at: datetime,
) -> None:
    """Let a case sleep until a day, or until a night brings it a new scheme or makes it more severe.

    Raises
    ------
    DecisionError
        The day is not after today or is too far away, the case is closed or merged into another, or actor or reason
        is empty.
    Conflict
        It is no longer in that version.
    """
    said(actor, reason)
    held = leading(open_case(connection, case_id, version))
    first, last = _day(at) + timedelta(days=1), _day(at) + timedelta(days=LONGEST_SNOOZE_DAYS)
    if not first <= until <= last:
        raise DecisionError(
            "A case cannot sleep until {until}.",
            remedy="Choose a day from {first} to {last}.",
            until=until.isoformat(),
            first=first.isoformat(),
            last=last.isoformat(),
        )
    values = {"snoozed_until": until.isoformat()}
    change(connection, held, "snoozed", values, actor=actor, at=at, reason=reason)


def wake(connection: Connection, case_id: int, *, version: int | None, actor: str, at: datetime) -> None:
    """Bring a sleeping case back to the queue.

    Raises
    ------
    DecisionError
        It does not sleep, is closed or merged into another.
    Conflict
        It is no longer in that version.
    """
    held = leading(open_case(connection, case_id, version))
    if held.snoozed_until is None:
        raise DecisionError("Case {case_id} does not sleep.", remedy="It can be worked on as it is.", case_id=case_id)
    change(connection, held, "woken", {"snoozed_until": None}, actor=actor, at=at)


def comment(connection: Connection, case_id: int, text: str, *, version: int | None, actor: str, at: datetime) -> None:
    """Say something of a case, open, closed or merged.

    Raises
    ------
    DecisionError
        There is no such case, or actor or text is empty.
    Conflict
        It is no longer in that version.
    """
    said(actor, text)
    any_case(connection, case_id, version)
    record(connection, [Event(case_id, as_text(at), actor, "commented", {}, {"comment": text})])


def _day(at: datetime) -> date:
    return date.fromisoformat(as_text(at)[:10])
