"""A person's change of a case: what it must be for that, whether it is still what they saw, and the events it leaves.

Every event of a person raises its case's version by one, so the newest events tell whoever saw an older version what
they have missed. Cases that are merged are worked as one: what becomes of the leading case becomes of all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from sql import events, tables
from sql.events import Event
from sql.personal import leads_to_a_person
from sql.rules import RuleError
from sql.times import as_text

NIGHTLY = "nightly"
"""The actor of what a run does to a case."""

SERVICE = "service:"
"""How the actor of what another system does begins; no account does."""

LONGEST_TEXT = 4000
"""Characters of a reason or a comment: it stays in the log for ever."""


class DecisionError(RuleError):
    """A decision that the rules do not allow."""


@dataclass(frozen=True)
class Change:
    """What somebody did to a case.

    Parameters
    ----------
    at
        When, as text.
    actor
        Who.
    action
        What, as `sql.events.Event` says it.
    after
        What it was changed to.
    """

    at: str
    actor: str
    action: str
    after: Mapping[str, Any]


class Conflict(DecisionError):  # noqa: N818 - the word for it
    """The case was changed since the person saw it; ``changes`` says by whom and how, oldest first."""

    def __init__(self, case_id: int, changes: Sequence[Change]) -> None:
        done = ", ".join(f"{change.actor}: {change.action} ({change.at})" for change in changes)
        if changes:
            sentence = "Case {case_id} was changed since you saw it: {done}."
        else:  # a database that was restored from before
            sentence = "Case {case_id} is not what you saw."
        super().__init__(sentence, remedy="Look at it again, then decide.", case_id=case_id, done=done)
        self.case_id = case_id
        self.changes = tuple(changes)


def said(actor: str, reason: str) -> None:
    """Refuse what has no person or no reason, or one that the log should not keep."""
    if not actor.strip():
        raise DecisionError("A decision without a person.", remedy="Say who decides.")
    if not reason.strip():
        raise DecisionError("A decision without a reason.", remedy="Say why, for whoever reads the case later.")
    if len(reason) > LONGEST_TEXT:
        raise DecisionError(
            "The text has {length} characters, and may have {most}.",
            remedy="Say it shorter.",
            length=len(reason),
            most=LONGEST_TEXT,
        )
    if leads_to_a_person(reason):
        raise DecisionError(
            "The text holds what looks like a phone number, a VIN, an identity number or an e-mail address.",
            remedy="Leave it out or mask it (138****5678): the text is kept for ever.",
        )


def any_case(connection: Connection, case_id: int, version: int | None) -> Row[Any]:
    """Return a case as it is.

    Raises
    ------
    DecisionError
        There is no such case.
    Conflict
        It is no longer in the version that the person saw.
    """
    row = connection.execute(select(tables.cases).where(tables.cases.c.case_id == case_id)).first()
    if row is None:
        raise DecisionError(
            "There is no case {case_id}.", remedy="The view audit_cases lists the cases.", case_id=case_id
        )
    if version is not None and version != row.version:
        raise Conflict(case_id, changes_since(connection, case_id, version, row.version))
    return row


def open_case(connection: Connection, case_id: int, version: int | None) -> Row[Any]:
    """Return a case as `any_case` does, refusing one that is closed."""
    held = any_case(connection, case_id, version)
    if held.status == "closed":
        raise DecisionError("Case {case_id} is closed.", remedy="Reopen it first.", case_id=case_id)
    return held


def leading(held: Row[Any]) -> Row[Any]:
    """Refuse a case that is merged into another, whose status and assignee it follows."""
    if held.merged_into is not None:
        raise DecisionError(
            "Case {case_id} is merged into case {into}, and is worked with it.",
            remedy="Do it there, or unmerge it first.",
            case_id=held.case_id,
            into=held.merged_into,
        )
    return held


def with_merged(connection: Connection, held: Row[Any]) -> list[Row[Any]]:
    """Return a leading case, and the cases that are merged into it."""
    merged = select(tables.cases).where(tables.cases.c.merged_into == held.case_id).order_by(tables.cases.c.case_id)
    return [held, *connection.execute(merged)]


def change(
    connection: Connection,
    held: Row[Any],
    action: str,
    values: Mapping[str, object],
    *,
    actor: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Change a leading case and all that is merged into it, with an event for each of them.

    Parameters
    ----------
    connection
        In a writing transaction.
    held
        The leading case, from `open_case` or `any_case`.
    action
        What is done, in the past tense.
    values
        Columns of the case and what they become.
    actor, at, reason
        Who does it, when and why.
    """
    group = with_merged(connection, held)
    why = {} if reason is None else {"reason": reason}
    connection.execute(
        update(tables.cases).where(tables.cases.c.case_id.in_([row.case_id for row in group])).values(dict(values))
    )
    happened = []
    for row in group:
        before = {name: row._mapping[name] for name in values}
        with_case = {} if row.case_id == held.case_id else {"with_case": held.case_id}
        happened.append(Event(row.case_id, as_text(at), actor, action, before, {**values, **why, **with_case}))
    record(connection, happened)


def record(connection: Connection, happened: Sequence[Event]) -> None:
    """Append what a person did to the log, and raise the version of its cases."""
    events.append(connection, happened)
    case = tables.cases
    connection.execute(
        update(case)
        .where(case.c.case_id == bindparam("of_case"))
        .values(version=case.c.version + 1, updated_at=bindparam("new_updated_at")),
        [{"of_case": event.case_id, "new_updated_at": event.at} for event in happened],
    )


def changes_since(connection: Connection, case_id: int, seen: int, version: int) -> list[Change]:
    """Return what people did to a case after the version that somebody saw, oldest first."""
    event = tables.events.c
    query = (
        select(event.at, event.actor, event.action, event.after)
        .where(event.case_id == case_id, event.actor != NIGHTLY)
        .order_by(event.event_id.desc())
        .limit(max(version - seen, 0))
    )
    return [Change(row.at, row.actor, row.action, json.loads(row.after)) for row in connection.execute(query)][::-1]
