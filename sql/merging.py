"""Cases that belong together: linked, each worked on its own, or merged and worked as one.

A merged case follows its leading case in status, assignee and sleep. Its findings stay its own, are decided one by one
as before, and nights go on appending to it. Only open cases can be merged, so that merging neither reopens nor closes
any; a case that was closed with its leading case stays closed when it is unmerged.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from sql import tables
from sql.changes import DecisionError, any_case, leading, open_case, record, said, with_merged
from sql.events import Event
from sql.times import as_text

_FOLLOWS = ("status", "assignee", "snoozed_until")
"""What a merged case has of its leading case."""


def link(
    connection: Connection,
    case_id: int,
    other_case_id: int,
    *,
    version: int | None,
    actor: str,
    reason: str,
    at: datetime,
) -> None:
    """Link two cases, open or closed.

    Raises
    ------
    DecisionError
        They are one case, are linked already, one is not there, or actor or reason is empty.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    _two_cases(connection, case_id, other_case_id, version)
    if _are_linked(connection, case_id, other_case_id):
        raise DecisionError(
            "Cases {case_id} and {other} are linked already.",
            remedy="Say more in a comment.",
            case_id=case_id,
            other=other_case_id,
        )
    first, second = sorted((case_id, other_case_id))
    connection.execute(insert(tables.case_links).values(case_id=first, other_case_id=second))
    record(connection, _on_both(case_id, other_case_id, "linked", actor=actor, reason=reason, at=at))


def unlink(
    connection: Connection,
    case_id: int,
    other_case_id: int,
    *,
    version: int | None,
    actor: str,
    reason: str,
    at: datetime,
) -> None:
    """Take the link between two cases away.

    Raises
    ------
    DecisionError
        They are not linked, or actor or reason is empty.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    _two_cases(connection, case_id, other_case_id, version)
    if not _are_linked(connection, case_id, other_case_id):
        raise DecisionError(
            "Cases {case_id} and {other} are not linked.",
            remedy="There is nothing to take away.",
            case_id=case_id,
            other=other_case_id,
        )
    first, second = sorted((case_id, other_case_id))
    of = tables.case_links.c
    connection.execute(delete(tables.case_links).where(of.case_id == first, of.other_case_id == second))
    record(connection, _on_both(case_id, other_case_id, "unlinked", actor=actor, reason=reason, at=at))


def merge(
    connection: Connection, case_id: int, into: int, *, version: int | None, actor: str, reason: str, at: datetime
) -> None:
    """Merge an open case into another open one, the leading case, with which it is worked from then on.

    The leading case is due when the first of the two was.

    Raises
    ------
    DecisionError
        They are one case, one is not there or closed, one is merged into another already, others are merged into the
        first, or actor or reason is empty.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    _two_cases(connection, case_id, into, version)
    held, leader = leading(open_case(connection, case_id, None)), leading(open_case(connection, into, None))
    if len(with_merged(connection, held)) > 1:
        raise DecisionError(
            "Other cases are merged into case {case_id}.",
            remedy="Merge case {into} into it instead, or unmerge them first.",
            case_id=case_id,
            into=into,
        )
    values = {"merged_into": into, **{name: leader._mapping[name] for name in _FOLLOWS}}
    due_on = min((due for due in (held.due_on, leader.due_on) if due is not None), default=None)
    case = tables.cases
    connection.execute(update(case).where(case.c.case_id == case_id).values(values))
    connection.execute(update(case).where(case.c.case_id == into).values(due_on=due_on))
    when, was = as_text(at), {name: held._mapping[name] for name in values}
    record(
        connection,
        [
            Event(case_id, when, actor, "merged", was, {**values, "reason": reason}),
            Event(
                into,
                when,
                actor,
                "joined",
                {"due_on": leader.due_on},
                {"due_on": due_on, "case_id": case_id, "reason": reason},
            ),
        ],
    )


def unmerge(
    connection: Connection, case_id: int, *, version: int | None, actor: str, reason: str, at: datetime
) -> None:
    """Make a merged case one of its own again: while it is open, with the status and assignee of before.

    It sleeps or not as its leading case does, since a night may have woken both.

    Raises
    ------
    DecisionError
        It is not merged into another, or actor or reason is empty.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    held = any_case(connection, case_id, version)
    if held.merged_into is None:
        raise DecisionError(
            "Case {case_id} is not merged into another.",
            remedy="It can be worked on as it is.",
            case_id=case_id,
        )
    values: dict[str, object] = {"merged_into": None}
    if held.status != "closed":
        before = _before_merging(connection, case_id)
        values |= {"status": before["status"], "assignee": before["assignee"]}
    case, when = tables.cases, as_text(at)
    connection.execute(update(case).where(case.c.case_id == case_id).values(values))
    was = {name: held._mapping[name] for name in values}
    record(
        connection,
        [
            Event(case_id, when, actor, "unmerged", was, {**values, "reason": reason}),
            Event(held.merged_into, when, actor, "left", {}, {"case_id": case_id, "reason": reason}),
        ],
    )


def _two_cases(connection: Connection, case_id: int, other_case_id: int, version: int | None) -> None:
    if case_id == other_case_id:
        raise DecisionError("Case {case_id} is one case.", remedy="Name another one.", case_id=case_id)
    any_case(connection, case_id, version)
    any_case(connection, other_case_id, None)


def _before_merging(connection: Connection, case_id: int) -> dict[str, Any]:
    event = tables.events.c
    query = select(event.before).where(event.case_id == case_id, event.action == "merged")
    before: dict[str, Any] = json.loads(connection.execute(query.order_by(event.event_id.desc()).limit(1)).scalar_one())
    return before


def _are_linked(connection: Connection, case_id: int, other_case_id: int) -> bool:
    first, second = sorted((case_id, other_case_id))
    of = tables.case_links.c
    query = select(of.case_id).where(and_(of.case_id == first, of.other_case_id == second))
    return connection.execute(query).first() is not None


def _on_both(case_id: int, other: int, action: str, *, actor: str, reason: str, at: datetime) -> list[Event]:
    when = as_text(at)
    return [
        Event(one, when, actor, action, {}, {"case_id": another, "reason": reason})
        for one, another in ((case_id, other), (other, case_id))
    ]
