"""Many cases at once: all or none."""

from datetime import date

import pytest

from sql import work
from sql.connection import writing
from sql.decisions import DecisionError, decide
from sql.merging import merge
from sql.store import Store
from sql.together import BulkDecisionError, assign_cases, close_cases, snooze_cases
from sql.work import Conflict
from tests.sql.cases import NOON, actions, case, with_cases, with_people
from tests.sql.views import rows

UNTIL = date(2026, 11, 9)


@pytest.fixture
def five(store: Store) -> Store:
    """A store with five cases."""
    return with_cases(store, 5)


def test_cases_sleep_together(five: Store) -> None:
    with writing(five.engine) as connection:
        snooze_cases(connection, {1: 0, 2: 0}, UNTIL, actor="wang.fang", reason="a holiday", at=NOON)
    assert [case(five, number)["snoozed_until"] for number in (1, 2, 3)] == ["2026-11-09", "2026-11-09", None]
    assert five.verify() == []


def test_cases_are_given_to_one_person_together_and_those_that_are_with_them_stay_as_they_are(five: Store) -> None:
    with_people(five)
    with writing(five.engine) as connection:
        work.take(connection, 1, version=0, actor="li.wei", at=NOON)
        work.take(connection, 2, version=0, actor="zhang.min", at=NOON)
        assign_cases(connection, {1: 1, 2: 1, 3: 0}, "li.wei", actor="wang.fang", reason="a holiday", at=NOON)
    assert [case(five, number)["assignee"] for number in (1, 2, 3, 4)] == ["li.wei", "li.wei", "li.wei", None]
    assert [actions(five, number) for number in (1, 2, 3)] == [["taken"], ["taken", "assigned"], ["assigned"]]
    with writing(five.engine) as connection, pytest.raises(BulkDecisionError, match="3 of 3 cases cannot be done"):
        assign_cases(
            connection, {1: 1, 2: 2, 3: 1}, "chen.jie", actor="wang.fang", reason="auditors work none", at=NOON
        )
    assert five.verify() == []


def test_cases_close_together_with_what_is_undecided_and_what_is_merged(five: Store) -> None:
    with writing(five.engine) as connection:
        decide(connection, 1, "coached", "inconclusive", version=0, actor="li.wei", reason="no recordings", at=NOON)
        merge(connection, 3, 2, version=0, actor="wang.fang", reason="one owner", at=NOON)
        close_cases(connection, {1: 1, 2: 1}, "refuted", actor="wang.fang", reason="a campaign", at=NOON)
    assert rows(five.engine, "select case_id, outcome, decided_by from audit_findings order by case_id") == [
        {"case_id": 1, "outcome": "inconclusive", "decided_by": "li.wei"},
        {"case_id": 2, "outcome": "refuted", "decided_by": "wang.fang"},
        {"case_id": 3, "outcome": "refuted", "decided_by": "wang.fang"},
        {"case_id": 4, "outcome": None, "decided_by": None},
        {"case_id": 5, "outcome": None, "decided_by": None},
    ]
    assert [case(five, number)["status"] for number in (1, 2, 3, 4)] == ["closed", "closed", "closed", "new"]
    assert actions(five, 3) == ["merged", "decided", "closed"]
    assert five.verify() == []


def test_one_that_cannot_be_done_keeps_all_from_being_done_and_each_is_named(five: Store) -> None:
    with writing(five.engine) as connection:
        decide(connection, 2, "coached", "confirmed", version=0, actor="li.wei", reason="recordings", at=NOON)
        merge(connection, 4, 5, version=0, actor="wang.fang", reason="one owner", at=NOON)
        work.comment(connection, 3, "wait", version=0, actor="zhang.min", at=NOON)
    head = five.head()
    seen = dict.fromkeys((1, 2, 3, 4, 9), 0) | {4: 1, 2: 1}
    refusal = pytest.raises(BulkDecisionError, match="4 of 5 cases cannot be done, and so none was: 2, 3, 4, 9")
    with writing(five.engine) as connection, refusal as caught:
        close_cases(connection, seen, "refuted", actor="wang.fang", reason="a campaign", at=NOON)
    assert five.head() == head
    assert case(five, 1)["status"] == "new"
    why = {case_id: error.what for case_id, error in caught.value.refused.items()}
    assert why[2] == "li.wei proposes to confirm coached in case 2."
    assert isinstance(caught.value.refused[3], Conflict)
    assert why[4] == "Case 4 is merged into case 5, and is worked with it."
    assert why[9] == "There is no case 9."


@pytest.mark.parametrize("outcome", ["confirmed", "guilty"])
def test_nothing_is_confirmed_with_many_others(five: Store, outcome: str) -> None:
    refusal = pytest.raises(DecisionError, match="Choose one of refuted, inconclusive")
    with writing(five.engine) as connection, refusal:
        close_cases(connection, {1: 0}, outcome, actor="wang.fang", reason="all of them", at=NOON)
