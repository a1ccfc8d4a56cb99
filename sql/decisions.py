"""What people decide: outcomes of findings, closing and reopening of cases.

Every decision is a change of a row and an event, in one transaction. Confirming a finding and reopening a case need a
second person; every decision needs a reason.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update
from sqlalchemy.exc import IntegrityError

from sql import tables
from sql.changes import SERVICE, DecisionError, any_case, change, leading, open_case, record, said, with_merged
from sql.events import Event
from sql.severity import due_on
from sql.times import as_text

__all__ = ["OUTCOMES", "DecisionError", "close", "confirm", "decide", "refuse", "reopen", "withdraw"]

OUTCOMES = ("confirmed", "refuted", "inconclusive")


def decide(
    connection: Connection,
    case_id: int,
    scheme: str,
    outcome: str,
    *,
    version: int | None,
    actor: str,
    reason: str,
    at: datetime,
) -> None:
    """Decide a finding of an open case.

    ``refuted`` and ``inconclusive`` hold at once; ``confirmed`` is a proposal until `confirm` by a second person.

    Raises
    ------
    DecisionError
        There is no such open case or finding, the outcome is unknown, somebody else proposes to confirm it, or actor
        or reason is empty.
    Conflict
        The case is no longer in that version.
    """
    if outcome not in OUTCOMES:
        raise DecisionError(
            "{outcome!r} is not an outcome.",
            remedy="Choose one of {known}.",
            outcome=outcome,
            known=", ".join(OUTCOMES),
        )
    said(actor, reason)
    finding = _finding(connection, case_id, scheme, version)
    if finding.proposed_by is not None and finding.proposed_by != actor:
        raise DecisionError(
            "{proposer} proposes to confirm {scheme} in case {case_id}.",
            remedy="Confirm or refuse that first.",
            proposer=finding.proposed_by,
            scheme=scheme,
            case_id=case_id,
        )
    if outcome == "confirmed":
        _propose(connection, finding, actor, reason, at)
    else:
        _change(connection, finding, _decided(finding, outcome, actor, None, at))
        before = {"scheme": scheme, "outcome": finding.outcome}
        after = {"scheme": scheme, "outcome": outcome, "reason": reason}
        record(connection, [Event(case_id, as_text(at), actor, "decided", before, after)])


def confirm(
    connection: Connection, case_id: int, scheme: str, *, version: int | None, actor: str, reason: str, at: datetime
) -> None:
    """Confirm, as the second person, a finding that another has proposed to confirm.

    Raises
    ------
    DecisionError
        Nobody has proposed it, or the actor is the one who did or another system.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    _is_person(actor)
    finding = _proposed(connection, case_id, scheme, version)
    if finding.proposed_by == actor:
        raise DecisionError(
            "{actor} proposed to confirm {scheme} in case {case_id}, and cannot be the second person.",
            remedy="Ask somebody else to confirm it.",
            actor=actor,
            scheme=scheme,
            case_id=case_id,
        )
    _change(connection, finding, _decided(finding, "confirmed", finding.proposed_by, actor, at))
    before = {"scheme": scheme, "outcome": finding.outcome}
    after = {"scheme": scheme, "outcome": "confirmed", "proposed_by": finding.proposed_by, "reason": reason}
    record(connection, [Event(case_id, as_text(at), actor, "confirmed", before, after)])


def refuse(
    connection: Connection, case_id: int, scheme: str, *, version: int | None, actor: str, reason: str, at: datetime
) -> None:
    """Refuse, as the second person, to confirm a finding: what it was before the proposal holds.

    Raises
    ------
    DecisionError
        Nobody has proposed it, or the actor is the one who did.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    finding = _proposed(connection, case_id, scheme, version)
    if finding.proposed_by == actor:
        raise DecisionError(
            "{actor} proposed to confirm {scheme} in case {case_id}.",
            remedy="Withdraw the proposal instead.",
            actor=actor,
            scheme=scheme,
            case_id=case_id,
        )
    _drop_proposal(connection, finding, "refused", actor=actor, reason=reason, at=at)


def withdraw(
    connection: Connection, case_id: int, scheme: str, *, version: int | None, actor: str, reason: str, at: datetime
) -> None:
    """Withdraw one's own proposal to confirm a finding: what it was before holds.

    Raises
    ------
    DecisionError
        Nobody has proposed it, or somebody else has.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    finding = _proposed(connection, case_id, scheme, version)
    if finding.proposed_by != actor:
        raise DecisionError(
            "{proposer} proposed to confirm {scheme} in case {case_id}, and only that person can withdraw it.",
            remedy="Confirm or refuse it.",
            proposer=finding.proposed_by,
            scheme=scheme,
            case_id=case_id,
        )
    _drop_proposal(connection, finding, "withdrawn", actor=actor, reason=reason, at=at)


def close(connection: Connection, case_id: int, *, version: int | None, actor: str, reason: str, at: datetime) -> None:
    """Close a case whose every finding is decided, and with it the cases merged into it.

    Raises
    ------
    DecisionError
        There is no such open case, a finding of it or of a merged case is undecided, it is merged into another, or the
        reason is empty.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    held = any_case(connection, case_id, version)
    if held.status == "closed":
        raise DecisionError("Case {case_id} is closed already.", remedy="Reopen it to change it.", case_id=case_id)
    for row in with_merged(connection, leading(held)):
        undecided = [
            finding.scheme
            for finding in findings_of(connection, row.case_id)
            if finding.outcome is None or finding.proposed_by is not None
        ]
        if undecided:
            raise DecisionError(
                "Case {case_id} cannot be closed: {undecided} undecided.",
                remedy="Decide every finding first; inconclusive is an outcome too.",
                case_id=row.case_id,
                undecided=", ".join(undecided),
            )
    values = {"status": "closed", "closed_by": actor, "snoozed_until": None}
    change(connection, held, "closed", values, actor=actor, at=at, reason=reason)


def reopen(connection: Connection, case_id: int, *, version: int | None, actor: str, reason: str, at: datetime) -> None:
    """Reopen a closed case and those merged into it, as another person than the one who closed it.

    Raises
    ------
    DecisionError
        It is not closed, the actor closed it or is another system, it is merged into another, or its unit or that of a
        merged case has another open case.
    Conflict
        The case is no longer in that version.
    """
    said(actor, reason)
    _is_person(actor)
    held = leading(any_case(connection, case_id, version))
    if held.status != "closed":
        raise DecisionError("Case {case_id} is not closed.", remedy="It can be worked on as it is.", case_id=case_id)
    if held.closed_by == actor:
        raise DecisionError(
            "{actor} closed case {case_id}, and cannot be the one to reopen it.",
            remedy="Ask somebody else.",
            actor=actor,
            case_id=case_id,
        )
    values = {"status": "investigating", "closed_by": None, "due_on": due_on(held.severity, as_text(at))}
    try:
        with connection.begin_nested():
            change(connection, held, "reopened", values, actor=actor, at=at, reason=reason)
    except IntegrityError as error:
        raise DecisionError(
            "Case {case_id} cannot be reopened: its unit, or that of a case merged into it, has another open case.",
            remedy="Work on that one.",
            case_id=case_id,
        ) from error


def findings_of(connection: Connection, case_id: int) -> list[Row[Any]]:
    """Return the findings of a case, with the name of each one's scheme."""
    query = (
        select(tables.findings, tables.schemes.c.scheme)
        .join(tables.schemes, tables.findings.c.scheme_key == tables.schemes.c.scheme_key)
        .where(tables.findings.c.case_id == case_id)
        .order_by(tables.schemes.c.scheme)
    )
    return list(connection.execute(query))


def _finding(connection: Connection, case_id: int, scheme: str, version: int | None) -> Row[Any]:
    open_case(connection, case_id, version)
    held = {row.scheme: row for row in findings_of(connection, case_id)}
    if scheme not in held:
        raise DecisionError(
            "Case {case_id} has no finding {scheme!r}.",
            remedy="It has {known}.",
            case_id=case_id,
            scheme=scheme,
            known=", ".join(held),
        )
    return held[scheme]


def _proposed(connection: Connection, case_id: int, scheme: str, version: int | None) -> Row[Any]:
    finding = _finding(connection, case_id, scheme, version)
    if finding.proposed_by is None:
        raise DecisionError(
            "Nobody has proposed to confirm {scheme} in case {case_id}.",
            remedy="Decide it as confirmed first; a second person confirms it then.",
            scheme=scheme,
            case_id=case_id,
        )
    return finding


def _propose(connection: Connection, finding: Row[Any], actor: str, reason: str, at: datetime) -> None:
    scheme = finding.scheme
    if finding.outcome == "confirmed":
        raise DecisionError(
            "{scheme} in case {case_id} is confirmed already.",
            remedy="There is nothing to propose.",
            scheme=scheme,
            case_id=finding.case_id,
        )
    if finding.proposed_by == actor:
        raise DecisionError(
            "{actor} has proposed to confirm {scheme} in case {case_id} already.",
            remedy="Ask somebody else to confirm it.",
            actor=actor,
            scheme=scheme,
            case_id=finding.case_id,
        )
    _change(connection, finding, {"proposed_by": actor})
    before = {"scheme": scheme, "outcome": finding.outcome}
    after = {"scheme": scheme, "proposed_outcome": "confirmed", "reason": reason}
    record(connection, [Event(finding.case_id, as_text(at), actor, "proposed", before, after)])


def _drop_proposal(
    connection: Connection, finding: Row[Any], action: str, *, actor: str, reason: str, at: datetime
) -> None:
    _change(connection, finding, {"proposed_by": None})
    before = {"scheme": finding.scheme, "proposed_outcome": "confirmed", "proposed_by": finding.proposed_by}
    after = {"scheme": finding.scheme, "proposed_outcome": None, "reason": reason}
    record(connection, [Event(finding.case_id, as_text(at), actor, action, before, after)])


def _is_person(actor: str) -> None:
    """Refuse a system for the second person: whoever proposed may hold its token."""
    if actor.startswith(SERVICE):
        raise DecisionError("A system cannot be the second person.", remedy="Ask somebody to log in and do it.")


def _decided(
    finding: Row[Any], outcome: str, decided_by: str, confirmed_by: str | None, at: datetime
) -> dict[str, object]:
    return {
        "outcome": outcome,
        "proposed_by": None,
        "decided_by": decided_by,
        "confirmed_by": confirmed_by,
        "decided_at": as_text(at),
        "decided_probability": finding.probability,
    }


def _change(connection: Connection, finding: Row[Any], values: dict[str, object]) -> None:
    columns = tables.findings.c
    this = and_(columns.case_id == finding.case_id, columns.scheme_key == finding.scheme_key)
    connection.execute(update(tables.findings).where(this).values(values))
