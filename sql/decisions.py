"""What people decide: outcomes of findings, closing and reopening of cases, and what can be learnt from them.

Every decision is a change of a row and an event, in one transaction. Confirming a finding and reopening a case need a
second person; every decision needs a reason.
"""

import json
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, Row, Select, and_, case, func, select, update
from sqlalchemy.exc import IntegrityError

from detectors.core.errors import MingchaError
from sql import events, tables
from sql.audit import VIEWS
from sql.events import Event
from sql.times import as_text

OUTCOMES = ("confirmed", "refuted", "inconclusive")


class DecisionError(MingchaError):
    """A decision that the rules do not allow."""


def decide(
    connection: Connection, case_id: int, scheme: str, outcome: str, *, actor: str, reason: str, at: datetime
) -> None:
    """Decide a finding of an open case.

    ``refuted`` and ``inconclusive`` hold at once; ``confirmed`` is a proposal until `confirm` by a second person.

    Raises
    ------
    DecisionError
        There is no such open case or finding, the outcome is unknown, or actor or reason is empty.
    """
    if outcome not in OUTCOMES:
        raise DecisionError(f"{outcome!r} is not an outcome.", remedy=f"Choose one of {', '.join(OUTCOMES)}.")
    _said(actor, reason)
    finding = _finding(connection, case_id, scheme)
    if outcome == "confirmed":
        _change(connection, finding, {"proposed_by": actor})
        action = "proposed"
    else:
        _change(connection, finding, _decided(finding, outcome, actor, None, at))
        action = "decided"
    before = {"scheme": scheme, "outcome": finding.outcome}
    named = "proposed_outcome" if action == "proposed" else "outcome"
    after = {"scheme": scheme, named: outcome, "reason": reason}
    events.append(connection, [Event(case_id, as_text(at), actor, action, before, after)])


def confirm(connection: Connection, case_id: int, scheme: str, *, actor: str, reason: str, at: datetime) -> None:
    """Confirm, as the second person, a finding that another has proposed to confirm.

    Raises
    ------
    DecisionError
        Nobody has proposed it, or the actor is the one who did.
    """
    _said(actor, reason)
    finding = _finding(connection, case_id, scheme)
    if finding.proposed_by is None:
        raise DecisionError(
            f"Nobody has proposed to confirm {scheme} in case {case_id}.",
            remedy="Decide it as confirmed first; a second person confirms it then.",
        )
    if finding.proposed_by == actor:
        raise DecisionError(
            f"{actor} proposed to confirm {scheme} in case {case_id}, and cannot be the second person.",
            remedy="Ask somebody else to confirm it.",
        )
    _change(connection, finding, _decided(finding, "confirmed", finding.proposed_by, actor, at))
    before = {"scheme": scheme, "outcome": finding.outcome}
    after = {"scheme": scheme, "outcome": "confirmed", "proposed_by": finding.proposed_by, "reason": reason}
    events.append(connection, [Event(case_id, as_text(at), actor, "confirmed", before, after)])


def close(connection: Connection, case_id: int, *, actor: str, reason: str, at: datetime) -> None:
    """Close a case whose every finding is decided.

    Raises
    ------
    DecisionError
        There is no such open case, a finding is undecided, or the reason is empty.
    """
    _said(actor, reason)
    held = _case(connection, case_id)
    if held.status == "closed":
        raise DecisionError(f"Case {case_id} is closed already.", remedy="Reopen it to change it.")
    undecided = [row.scheme for row in connection.execute(_findings_of(case_id)) if row.outcome is None]
    if undecided:
        raise DecisionError(
            f"Case {case_id} cannot be closed: {', '.join(undecided)} undecided.",
            remedy="Decide every finding first; inconclusive is an outcome too.",
        )
    _set_status(connection, case_id, "closed", actor, at)
    after = {"status": "closed", "reason": reason}
    events.append(connection, [Event(case_id, as_text(at), actor, "closed", {"status": held.status}, after)])


def reopen(connection: Connection, case_id: int, *, actor: str, reason: str, at: datetime) -> None:
    """Reopen a closed case, as another person than the one who closed it.

    Raises
    ------
    DecisionError
        It is not closed, the actor closed it, or the unit has another open case.
    """
    _said(actor, reason)
    held = _case(connection, case_id)
    if held.status != "closed":
        raise DecisionError(f"Case {case_id} is not closed.", remedy="It can be worked on as it is.")
    if held.closed_by == actor:
        raise DecisionError(
            f"{actor} closed case {case_id}, and cannot be the one to reopen it.", remedy="Ask somebody else."
        )
    try:
        with connection.begin_nested():
            _set_status(connection, case_id, "investigating", None, at)
    except IntegrityError as error:
        raise DecisionError(
            f"Case {case_id} cannot be reopened: its unit has another open case.", remedy="Work on that one."
        ) from error
    after = {"status": "investigating", "reason": reason}
    events.append(connection, [Event(case_id, as_text(at), actor, "reopened", {"status": "closed"}, after)])


def decided(connection: Connection) -> pd.DataFrame:
    """Return the newest decision of each unit and scheme, on closed cases.

    Returns
    -------
    pandas.DataFrame
        unit_kind, unit_id, scheme, outcome, decided_at (wall-clock time in Asia/Shanghai, no offset).
    """
    finding, held = tables.findings, tables.cases
    newest_first = func.row_number().over(
        partition_by=(held.c.unit_key, finding.c.scheme_key),
        order_by=(finding.c.decided_at.desc(), finding.c.case_id.desc()),
    )
    ranked = (
        select(held.c.unit_key, finding.c.scheme_key, finding.c.outcome, finding.c.decided_at, newest_first.label("r"))
        .join(held, finding.c.case_id == held.c.case_id)
        .where(held.c.status == "closed", finding.c.outcome.is_not(None))
        .cte("ranked")
    )
    query = (
        select(tables.units.c.unit_kind, tables.units.c.unit_id, tables.schemes.c.scheme)
        .add_columns(ranked.c.outcome, ranked.c.decided_at)
        .select_from(ranked)
        .join(tables.units, ranked.c.unit_key == tables.units.c.unit_key)
        .join(tables.schemes, ranked.c.scheme_key == tables.schemes.c.scheme_key)
        .where(ranked.c.r == 1)
        .order_by(tables.units.c.unit_kind, tables.units.c.unit_id, tables.schemes.c.scheme)
    )
    names = ["unit_kind", "unit_id", "scheme", "outcome", "decided_at"]
    frame = pd.DataFrame(connection.execute(query).all(), columns=names).astype("str")
    at = pd.to_datetime(frame["decided_at"].str.slice(0, 19), format="%Y-%m-%dT%H:%M:%S")
    frame["decided_at"] = at.astype("datetime64[us]")
    return frame


def outcomes(connection: Connection) -> pd.DataFrame:
    """Count what reviewers decided on closed cases, for learning the prior of each scheme.

    Returns
    -------
    pandas.DataFrame
        scheme; confirmed, refuted and inconclusive (counts); expected_confirmed: the sum of the probabilities, as they
        stood when decided, of the confirmed and refuted findings.
    """
    finding = tables.findings.c
    settled = finding.outcome.in_(("confirmed", "refuted"))
    counts = [func.sum(case((finding.outcome == outcome, 1), else_=0)).label(outcome) for outcome in OUTCOMES]
    expected = func.sum(case((settled, func.coalesce(finding.decided_probability, 0.0)), else_=0.0))
    query = (
        select(tables.schemes.c.scheme, *counts, expected.label("expected_confirmed"))
        .select_from(tables.findings)
        .join(tables.schemes, finding.scheme_key == tables.schemes.c.scheme_key)
        .join(tables.cases, finding.case_id == tables.cases.c.case_id)
        .where(tables.cases.c.status == "closed", finding.outcome.is_not(None))
        .group_by(tables.schemes.c.scheme)
        .order_by(tables.schemes.c.scheme)
    )
    frame = pd.DataFrame(connection.execute(query).all(), columns=["scheme", *OUTCOMES, "expected_confirmed"])
    whole = dict.fromkeys(OUTCOMES, "int64")
    return frame.astype({"scheme": "str", "expected_confirmed": "float64"} | whole)


def contradictions(connection: Connection) -> list[str]:
    """Return a sentence for whatever cases or findings say that the event log does not.

    Somebody who changes an outcome in its table leaves no event, and so no word of why.
    """
    log, cases, findings = (VIEWS[name].readable for name in ("audit_events", "audit_cases", "audit_findings"))
    logged: dict[tuple[int, str], str] = {}
    for row in connection.execute(select(log.c.case_id, log.c.after).order_by(log.c.event_id)):
        after = json.loads(row.after)
        if "status" in after:
            logged[row.case_id, "status"] = after["status"]
        if "outcome" in after:
            logged[row.case_id, after["scheme"]] = after["outcome"]
    found = []
    for row in connection.execute(select(cases.c.case_id, cases.c.status).order_by(cases.c.case_id)):
        said = logged.get((row.case_id, "status"), "new")
        if row.status != said:
            found.append(f"Case {row.case_id} is {row.status}, but the log says {said}.")
    query = select(findings.c.case_id, findings.c.scheme, findings.c.outcome)
    for row in connection.execute(query.order_by(findings.c.case_id, findings.c.scheme)):
        said = logged.get((row.case_id, row.scheme), "undecided")
        if (row.outcome or "undecided") != said:
            what = f"The finding {row.scheme} of case {row.case_id}"
            found.append(f"{what} is {row.outcome or 'undecided'}, but the log says {said}.")
    return found


def _said(actor: str, reason: str) -> None:
    if not actor.strip():
        raise DecisionError("A decision without a person.", remedy="Say who decides.")
    if not reason.strip():
        raise DecisionError("A decision without a reason.", remedy="Say why, for whoever reads the case later.")


def _case(connection: Connection, case_id: int) -> Row[tuple[object, ...]]:
    row = connection.execute(select(tables.cases).where(tables.cases.c.case_id == case_id)).first()
    if row is None:
        raise DecisionError(f"There is no case {case_id}.", remedy="The view audit_cases lists the cases.")
    return row


def _findings_of(case_id: int) -> Select[tuple[object, ...]]:
    return (
        select(tables.findings, tables.schemes.c.scheme)
        .join(tables.schemes, tables.findings.c.scheme_key == tables.schemes.c.scheme_key)
        .where(tables.findings.c.case_id == case_id)
        .order_by(tables.schemes.c.scheme)
    )


def _finding(connection: Connection, case_id: int, scheme: str) -> Row[tuple[object, ...]]:
    if _case(connection, case_id).status == "closed":
        raise DecisionError(f"Case {case_id} is closed.", remedy="Reopen it first.")
    held = {row.scheme: row for row in connection.execute(_findings_of(case_id))}
    if scheme not in held:
        raise DecisionError(f"Case {case_id} has no finding {scheme!r}.", remedy=f"It has {', '.join(held)}.")
    return held[scheme]


def _decided(
    finding: Row[tuple[object, ...]], outcome: str, decided_by: str, confirmed_by: str | None, at: datetime
) -> dict[str, object]:
    return {
        "outcome": outcome,
        "proposed_by": None,
        "decided_by": decided_by,
        "confirmed_by": confirmed_by,
        "decided_at": as_text(at),
        "decided_probability": finding.probability,
    }


def _change(connection: Connection, finding: Row[tuple[object, ...]], values: dict[str, object]) -> None:
    columns = tables.findings.c
    this = and_(columns.case_id == finding.case_id, columns.scheme_key == finding.scheme_key)
    connection.execute(update(tables.findings).where(this).values(values))


def _set_status(connection: Connection, case_id: int, status: str, closed_by: str | None, at: datetime) -> None:
    values = {"status": status, "closed_by": closed_by, "updated_at": as_text(at)}
    connection.execute(update(tables.cases).where(tables.cases.c.case_id == case_id).values(values))
