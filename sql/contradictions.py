"""Whether cases and findings are what the event log says became of them.

Somebody who changes an outcome in its table leaves no event, and so no word of why.
"""

import json
from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, select

from sql.audit import VIEWS

_FOLLOWED = ("status", "assignee", "due_on", "snoozed_until", "merged_into")
"""Columns of a case of which every change is an event."""

_AT_FIRST = {"status": "new"}

_Logged = dict[tuple[int, str], object]


def contradictions(connection: Connection) -> list[str]:
    """Return a sentence for whatever cases or findings say that the event log does not.

    Parameters
    ----------
    connection
        For reading, the views alone: an auditor can do this.
    """
    cases, findings = VIEWS["audit_cases"].readable, VIEWS["audit_findings"].readable
    of_cases, outcomes, proposals = _replayed(connection)
    found = []
    for row in connection.execute(select(cases).order_by(cases.c.case_id)):
        for name, value, logged in _differences(row.case_id, row._mapping, of_cases):
            what = f"Case {row.case_id} is {value}" if name == "status" else f"{name} of case {row.case_id} is {value}"
            found.append(f"{what}, but the log says {logged}.")
    for row in connection.execute(select(findings).order_by(findings.c.case_id, findings.c.scheme)):
        key = (row.case_id, row.scheme)
        what = f"The finding {row.scheme} of case {row.case_id}"
        if row.outcome != outcomes.get(key):
            said = outcomes.get(key) or "undecided"
            found.append(f"{what} is {row.outcome or 'undecided'}, but the log says {said}.")
        if row.proposed_by != proposals.get(key):
            said = proposals.get(key) or "nobody"
            found.append(f"{what} is proposed by {row.proposed_by or 'nobody'}, but the log says {said}.")
    return found


def _replayed(connection: Connection) -> tuple[_Logged, _Logged, _Logged]:
    """Return what the log says of each case's columns, each finding's outcome, and who proposes to confirm it."""
    log = VIEWS["audit_events"].readable
    of_cases: _Logged = {}
    outcomes: _Logged = {}
    proposals: _Logged = {}
    for row in connection.execute(select(log).order_by(log.c.event_id)):
        after = json.loads(row.after)
        for name in _FOLLOWED:
            if name in after:
                of_cases[row.case_id, name] = after[name]
        if "scheme" in after and row.action != "found":
            key = (row.case_id, after["scheme"])
            proposals[key] = row.actor if row.action == "proposed" else None
            if "outcome" in after:
                outcomes[key] = after["outcome"]
    return of_cases, outcomes, proposals


def _differences(case_id: int, held: RowMapping, of_cases: _Logged) -> Iterator[tuple[str, object, object]]:
    for name in _FOLLOWED:
        logged = of_cases.get((case_id, name), _AT_FIRST.get(name))
        if held[name] != logged:
            yield name, held[name] or "empty", logged or "empty"
