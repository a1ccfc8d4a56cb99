"""Cases that are linked, and cases that are worked as one."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection

from sql import decisions, merging, work
from sql.connection import writing
from sql.decisions import DecisionError
from sql.store import Store
from sql.work import Conflict
from tests.sql.cases import LI, NOON, ZHANG, actions, case, count, refute, with_cases, with_people
from tests.sql.nights import night
from tests.sql.views import rows

D2_WORSE = ("D2", "coached", 14.0, 1, 0.95, 0.9)


@pytest.fixture
def merged(store: Store) -> Store:
    """A store where case 2 is merged into case 1, which li.wei works on, and case 3 is on its own."""
    with_people(with_cases(store))
    with writing(store.engine) as connection:
        work.take(connection, 1, version=0, actor="li.wei", at=NOON)
        merging.merge(connection, 2, 1, version=0, actor="wang.fang", reason="one owner", at=NOON)
    return store


def test_cases_are_linked_once_whichever_is_named_first(store: Store) -> None:
    with_cases(store)
    with writing(store.engine) as connection:
        merging.link(connection, 2, 1, version=0, actor="li.wei", reason="the same phone numbers", at=NOON)
        with pytest.raises(DecisionError, match="linked already"):
            merging.link(connection, 1, 2, version=1, actor="li.wei", reason="again", at=NOON)
        with pytest.raises(DecisionError, match="is one case"):
            merging.link(connection, 1, 1, version=1, actor="li.wei", reason="itself", at=NOON)
    assert rows(store.engine, "select * from case_links") == [{"case_id": 1, "other_case_id": 2}]
    with writing(store.engine) as connection:
        merging.unlink(connection, 1, 2, version=1, actor="li.wei", reason="a misreading", at=NOON)
        with pytest.raises(DecisionError, match="are not linked"):
            merging.unlink(connection, 1, 2, version=2, actor="li.wei", reason="again", at=NOON)
    assert count(store, "case_links") == 0
    assert actions(store, 1) == actions(store, 2) == ["linked", "unlinked"]


def test_a_merged_case_follows_its_leading_case_and_keeps_its_own_version(merged: Store) -> None:
    assert case(merged, 2) == case(merged, 1) | {"merged_into": 1, "version": 1}
    with writing(merged.engine) as connection:
        work.wait(connection, 1, version=2, actor="li.wei", reason="recordings", at=NOON)
        work.snooze(connection, 1, date(2026, 11, 9), version=3, actor="li.wei", reason="later", at=NOON)
        work.assign(connection, 1, "zhang.min", version=4, actor="wang.fang", at=NOON)
    assert case(merged, 2) == case(merged, 1) | {"merged_into": 1, "version": 4}
    assert case(merged, 2)["assignee"] == "zhang.min"
    assert actions(merged, 1) == ["taken", "joined", "paused", "snoozed", "assigned"]
    assert actions(merged, 2) == ["merged", "paused", "snoozed", "assigned"]
    assert merged.verify() == []


def test_a_merged_case_is_decided_finding_by_finding_and_closes_with_its_leading_case(merged: Store) -> None:
    with writing(merged.engine) as connection:
        refute(connection, 1)
        with pytest.raises(DecisionError, match="Case 2 cannot be closed: coached undecided"):
            decisions.close(connection, 1, **LI)
        refute(connection, 2)
        decisions.close(connection, 1, **LI)
    assert [case(merged, number)["status"] for number in (1, 2, 3)] == ["closed", "closed", "new"]
    with writing(merged.engine) as connection:
        with pytest.raises(DecisionError, match="merged into case 1"):
            decisions.reopen(connection, 2, **ZHANG)
        decisions.reopen(connection, 1, **ZHANG)
    assert [case(merged, number)["status"] for number in (1, 2)] == ["investigating", "investigating"]
    assert merged.verify() == []


def test_merging_is_no_way_round_the_second_person(merged: Store) -> None:
    with writing(merged.engine) as connection:
        decisions.decide(connection, 2, "coached", "confirmed", **LI)
        refute(connection, 1)
        with pytest.raises(DecisionError, match="cannot be the second person"):
            decisions.confirm(connection, 2, "coached", **LI)
        with pytest.raises(DecisionError, match="Case 2 cannot be closed"):
            decisions.close(connection, 1, **LI)
        merging.unmerge(connection, 2, **LI)
        with pytest.raises(DecisionError, match="cannot be the second person"):
            decisions.confirm(connection, 2, "coached", **LI)
        decisions.close(connection, 1, **LI)
        for case_id, into in ((1, 3), (3, 1)):
            with pytest.raises(DecisionError, match="Case 1 is closed"):
                merging.merge(connection, case_id, into, **LI)
    assert rows(merged.engine, "select outcome from audit_findings order by case_id") == [
        {"outcome": "refuted"},
        {"outcome": None},
        {"outcome": None},
    ]


def test_who_closed_cases_together_cannot_reopen_one_of_them_apart(merged: Store) -> None:
    with writing(merged.engine) as connection:
        refute(connection, 1, 2)
        decisions.close(connection, 1, **LI)
        merging.unmerge(connection, 2, **LI)
    assert case(merged, 2)["status"] == "closed"
    with writing(merged.engine) as connection:
        with pytest.raises(DecisionError, match="cannot be the one to reopen"):
            decisions.reopen(connection, 2, **LI)
        decisions.reopen(connection, 2, **ZHANG)
    assert [case(merged, number)["status"] for number in (1, 2)] == ["closed", "investigating"]
    assert merged.verify() == []


def test_cases_are_not_reopened_while_the_unit_of_a_merged_one_has_an_open_case(merged: Store) -> None:
    with writing(merged.engine) as connection:
        refute(connection, 1, 2)
        decisions.close(connection, 1, **LI)
    merged.write_run(night("run-2", [D2_WORSE], "2026-11-03"))
    with writing(merged.engine) as connection, pytest.raises(DecisionError, match="has another open case"):
        decisions.reopen(connection, 1, **ZHANG)
    assert [case(merged, number)["status"] for number in (1, 2, 4)] == ["closed", "closed", "new"]


def test_nights_append_to_a_merged_case_and_what_they_bring_wakes_and_hurries_the_leading_one(merged: Store) -> None:
    with writing(merged.engine) as connection:
        work.snooze(connection, 1, date(2026, 11, 20), version=2, actor="li.wei", reason="later", at=NOON)
    merged.write_run(night("run-2", [D2_WORSE], "2026-11-03"))
    for number in (1, 2):
        held = case(merged, number)
        assert (held["due_on"], held["snoozed_until"]) == ("2026-11-06", None)
    assert rows(merged.engine, "select severity, schemes from audit_cases where case_id < 3 order by case_id") == [
        {"severity": "medium", "schemes": "coached"},
        {"severity": "high", "schemes": "coached"},
    ]
    assert merged.verify() == []


def test_the_leading_case_is_due_when_the_first_of_them_was(store: Store) -> None:
    store.write_run(night("run-1", [("D1", "coached", 12.0, 1, 0.8, 0.1), ("D2", "coached", 12.0, 1, 0.9, 0.9)]))
    with writing(store.engine) as connection:
        merging.merge(connection, 2, 1, version=0, actor="wang.fang", reason="one owner", at=NOON)
    assert case(store, 1)["due_on"] == case(store, 2)["due_on"] == "2026-11-03"
    assert store.verify() == []


def test_an_unmerged_case_is_worked_on_its_own_again(merged: Store) -> None:
    with writing(merged.engine) as connection:
        work.take(connection, 3, version=0, actor="zhang.min", at=NOON)
        merging.merge(connection, 3, 1, version=1, actor="wang.fang", reason="one owner", at=NOON)
        work.wait(connection, 1, version=3, actor="li.wei", reason="recordings", at=NOON)
    assert case(merged, 3)["assignee"] == "li.wei"
    with writing(merged.engine) as connection:
        for case_id, version in ((2, 2), (3, 3)):
            merging.unmerge(connection, case_id, version=version, actor="wang.fang", reason="two owners", at=NOON)
        work.snooze(connection, 1, date(2026, 11, 9), version=6, actor="li.wei", reason="later", at=NOON)
    assert [(case(merged, number)["status"], case(merged, number)["assignee"]) for number in (1, 2, 3)] == [
        ("waiting", "li.wei"),
        ("new", None),
        ("investigating", "zhang.min"),
    ]
    assert case(merged, 3)["snoozed_until"] is None
    assert (actions(merged, 1)[-3:], actions(merged, 2)[-1]) == (["left", "left", "snoozed"], "unmerged")
    assert merged.verify() == []


@pytest.mark.parametrize(
    "doing",
    [
        lambda c: work.take(c, 2, version=None, actor="zhang.min", at=NOON),
        lambda c: work.assign(c, 2, "zhang.min", version=None, actor="wang.fang", at=NOON),
        lambda c: work.release(c, 2, version=None, actor="li.wei", at=NOON),
        lambda c: work.wait(c, 2, version=None, actor="li.wei", reason="x", at=NOON),
        lambda c: work.snooze(c, 2, date(2026, 11, 9), version=None, actor="li.wei", reason="x", at=NOON),
        lambda c: decisions.close(c, 2, version=None, actor="li.wei", reason="x", at=NOON),
        lambda c: merging.merge(c, 2, 3, version=None, actor="li.wei", reason="x", at=NOON),
        lambda c: merging.merge(c, 3, 2, version=None, actor="li.wei", reason="x", at=NOON),
    ],
)
def test_a_merged_case_is_worked_with_its_leading_case_only(merged: Store, doing: Callable[[Connection], None]) -> None:
    with writing(merged.engine) as connection, pytest.raises(DecisionError, match="Case 2 is merged into case 1"):
        doing(connection)


def test_merging_refuses_chains_strangers_and_what_was_changed_meanwhile(merged: Store) -> None:
    with writing(merged.engine) as connection:
        for case_id, into, message in (
            (1, 3, "Other cases are merged into case 1"),
            (3, 3, "is one case"),
            (3, 9, "There is no case 9"),
        ):
            with pytest.raises(DecisionError, match=message):
                merging.merge(connection, case_id, into, version=None, actor="wang.fang", reason="x", at=NOON)
        with pytest.raises(DecisionError, match="is not merged"):
            merging.unmerge(connection, 3, version=None, actor="wang.fang", reason="x", at=NOON)
        work.comment(connection, 3, "wait", version=0, actor="li.wei", at=NOON)
        with pytest.raises(Conflict, match=r"li\.wei: commented"):
            merging.merge(connection, 3, 1, version=0, actor="wang.fang", reason="x", at=NOON)
