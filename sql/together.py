"""Many cases at once, with one reason: all of them, or none and a list of those that could not be done."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from sql.changes import DecisionError, leading, open_case, with_merged
from sql.decisions import close, decide, findings_of
from sql.work import assign, snooze

BULK_OUTCOMES = ("refuted", "inconclusive")
"""How undecided findings may be decided with many others; confirming is one finding's matter, and two people's."""

Versions = Mapping[int, int | None]
"""Cases, and the version in which each was seen."""


class BulkDecisionError(DecisionError):
    """Some of many cases could not be done, and so none was; ``refused`` says why, by case."""

    def __init__(self, refused: Mapping[int, DecisionError], asked: int) -> None:
        cases = ", ".join(str(case_id) for case_id in refused)
        super().__init__(
            "{count} of {asked} cases cannot be done, and so none was: {cases}.",
            remedy="Take them out of the selection, or see to them first.",
            count=len(refused),
            asked=asked,
            cases=cases,
        )
        self.refused = dict(refused)


def snooze_cases(
    connection: Connection, cases: Versions, until: date, *, actor: str, reason: str, at: datetime
) -> None:
    """Let cases sleep until a day: `sql.work.snooze` of each.

    Raises
    ------
    BulkDecisionError
        One of them cannot; nothing is changed.
    """

    def one(case_id: int) -> None:
        snooze(connection, case_id, until, version=cases[case_id], actor=actor, reason=reason, at=at)

    _all_or_none(connection, cases, one)


def assign_cases(
    connection: Connection, cases: Versions, assignee: str, *, actor: str, reason: str, at: datetime
) -> None:
    """Give cases to somebody who works cases: `sql.work.assign` of each that is not with them already.

    Raises
    ------
    BulkDecisionError
        One of them cannot be given; nothing is changed.
    """

    def one(case_id: int) -> None:
        held = open_case(connection, case_id, cases[case_id])
        if held.assignee != assignee:
            assign(connection, case_id, assignee, version=None, actor=actor, reason=reason, at=at)

    _all_or_none(connection, cases, one)


def close_cases(
    connection: Connection, cases: Versions, outcome: str, *, actor: str, reason: str, at: datetime
) -> None:
    """Close cases, deciding what is undecided in them and in cases merged into them with one outcome.

    Parameters
    ----------
    connection
        In a writing transaction.
    cases
        Cases, and the version in which each was seen.
    outcome
        ``refuted`` or ``inconclusive``.
    actor, reason, at
        Who closes them, why and when.

    Raises
    ------
    DecisionError
        The outcome is another.
    BulkDecisionError
        One of them cannot be closed, a proposal to confirm among its findings for one; nothing is changed.
    """
    if outcome not in BULK_OUTCOMES:
        raise DecisionError(
            "Findings cannot be decided as {outcome!r} with many others.",
            remedy="Choose one of {known}.",
            outcome=outcome,
            known=", ".join(BULK_OUTCOMES),
        )

    def one(case_id: int) -> None:
        held = leading(open_case(connection, case_id, cases[case_id]))
        for row in with_merged(connection, held):
            for finding in findings_of(connection, row.case_id):
                if finding.proposed_by is not None:
                    raise DecisionError(
                        "{proposer} proposes to confirm {scheme} in case {case_id}.",
                        remedy="Confirm or refuse that first.",
                        proposer=finding.proposed_by,
                        scheme=finding.scheme,
                        case_id=row.case_id,
                    )
                if finding.outcome is None:
                    decide(
                        connection, row.case_id, finding.scheme, outcome,
                        version=None, actor=actor, reason=reason, at=at,
                    )  # fmt: skip
        close(connection, case_id, version=None, actor=actor, reason=reason, at=at)

    _all_or_none(connection, cases, one)


def _all_or_none(connection: Connection, cases: Iterable[int], one: Callable[[int], None]) -> None:
    asked = sorted(set(cases))
    refused: dict[int, DecisionError] = {}
    with connection.begin_nested():
        for case_id in asked:
            try:
                one(case_id)
            except DecisionError as error:
                refused[case_id] = error
        if refused:
            raise BulkDecisionError(refused, len(asked))
