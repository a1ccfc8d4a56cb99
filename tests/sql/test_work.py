"""Who works on which case, what waits and sleeps, and that nobody overwrites anybody."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Select, select

from sql import tables, work
from sql.connection import writing
from sql.decisions import DecisionError, decide
from sql.store import Store
from sql.work import Conflict
from tests.sql.cases import NOON, actions, at_once, case, refute_and_close, with_cases, with_people
from tests.sql.nights import COACHED, night

LIKELIEST: Select[tuple[int]] = select(tables.cases.c.case_id).order_by(tables.cases.c.probability.desc())


@pytest.fixture
def working(store: Store) -> Store:
    """A store with three cases, and people."""
    return with_people(with_cases(store))


def test_a_case_is_taken_paused_resumed_and_given_back(working: Store) -> None:
    with writing(working.engine) as connection:
        work.take(connection, 1, version=0, actor="li.wei", at=NOON)
        work.wait(connection, 1, version=1, actor="li.wei", reason="recordings asked for", at=NOON)
    assert case(working, 1)["status"] == "waiting"
    with writing(working.engine) as connection:
        work.resume(connection, 1, version=2, actor="li.wei", at=NOON)
    assert case(working, 1) == {
        "status": "investigating",
        "assignee": "li.wei",
        "due_on": "2026-11-08",
        "snoozed_until": None,
        "merged_into": None,
        "version": 3,
    }
    with writing(working.engine) as connection:
        work.release(connection, 1, version=3, actor="li.wei", reason="on leave", at=NOON)
    assert case(working, 1)["status"] == "new"
    assert case(working, 1)["assignee"] is None
    assert actions(working, 1) == ["taken", "paused", "resumed", "released"]
    assert working.verify() == []


def test_an_event_says_what_it_changed_and_why(working: Store) -> None:
    with writing(working.engine) as connection:
        work.assign(connection, 1, "li.wei", version=0, actor="wang.fang", reason="knows the dealer", at=NOON)
        work.snooze(connection, 1, date(2026, 11, 9), version=1, actor="li.wei", reason="audit on the 8th", at=NOON)
    with working.engine.connect() as connection:
        query = select(tables.events.c.before, tables.events.c.after).order_by(tables.events.c.event_id.desc())
        snoozed, assigned = connection.execute(query.limit(2)).all()
    assert assigned == ('{"assignee":null}', '{"assignee":"li.wei","reason":"knows the dealer"}')
    assert snoozed == ('{"snoozed_until":null}', '{"reason":"audit on the 8th","snoozed_until":"2026-11-09"}')


def test_who_was_assigned_a_case_begins_by_taking_it(working: Store) -> None:
    with writing(working.engine) as connection:
        work.assign(connection, 1, "li.wei", version=0, actor="wang.fang", at=NOON)
    assert case(working, 1)["status"] == "new"
    with writing(working.engine) as connection:
        work.take(connection, 1, version=1, actor="li.wei", at=NOON)
    assert case(working, 1)["status"] == "investigating"


def test_taking_a_sleeping_case_wakes_it(working: Store) -> None:
    with writing(working.engine) as connection:
        work.snooze(connection, 1, date(2026, 11, 9), version=0, actor="li.wei", reason="later", at=NOON)
        work.take(connection, 1, version=1, actor="li.wei", at=NOON)
    assert case(working, 1)["snoozed_until"] is None


def test_the_next_case_is_the_first_that_is_free_and_awake(working: Store) -> None:
    with writing(working.engine) as connection:
        work.take(connection, 1, version=0, actor="zhang.min", at=NOON)
        work.snooze(connection, 2, date(2026, 11, 9), version=0, actor="li.wei", reason="later", at=NOON)
        assert work.take_next(connection, LIKELIEST, actor="li.wei", at=NOON) == 3
        assert work.take_next(connection, LIKELIEST, actor="li.wei", at=NOON) is None
        assert work.take_next(connection, LIKELIEST, actor="li.wei", at=NOON + timedelta(days=7)) == 2
    assert case(working, 2) == case(working, 3) | {"version": 2}


def test_two_people_never_take_the_same_case(store: Store) -> None:
    with_cases(store, 6)

    def taking(actor: str) -> Callable[[Connection], int | None]:
        return lambda connection: work.take_next(connection, LIKELIEST, actor=actor, at=NOON)

    taken = at_once(store, [taking(f"person.{number}") for number in range(8)])
    assert sorted(case_id for case_id in taken if isinstance(case_id, int)) == [1, 2, 3, 4, 5, 6]
    assert taken.count(None) == 2
    assert store.verify() == []


def test_of_two_who_saw_the_same_version_one_is_told_what_the_other_did(working: Store) -> None:
    def deciding(actor: str) -> Callable[[Connection], None]:
        return lambda connection: decide(
            connection, 1, "coached", "refuted", version=0, actor=actor, reason=f"said {actor}", at=NOON
        )

    results = at_once(working, [deciding("li.wei"), deciding("zhang.min")])
    (lost,) = [result for result in results if result is not None]
    winner = ("li.wei", "zhang.min")[results.index(None)]
    assert isinstance(lost, Conflict)
    assert str(lost) == (
        f"Case 1 was changed since you saw it: {winner}: decided (2026-11-02T12:00:00+08:00). "
        "Look at it again, then decide."
    )
    (change,) = lost.changes
    assert (change.actor, change.action, change.after["reason"]) == (winner, "decided", f"said {winner}")
    assert case(working, 1)["version"] == 1


def test_a_conflict_tells_of_people_since_the_version_seen_and_not_of_nights(working: Store) -> None:
    with writing(working.engine) as connection:
        work.take(connection, 1, version=0, actor="li.wei", at=NOON)
        work.comment(connection, 1, "recordings are there", version=1, actor="zhang.min", at=NOON)
    working.write_run(night("run-2", [("D1", "fake_contacts", 15.0, 1, 0.9, 0.8)], "2026-11-02"))
    with writing(working.engine) as connection:
        work.wait(connection, 1, version=2, actor="li.wei", reason="an answer", at=NOON)
        with pytest.raises(Conflict) as caught:
            work.release(connection, 1, version=1, actor="wang.fang", at=NOON)
        work.release(connection, 1, version=None, actor="wang.fang", at=NOON)
    assert [(change.actor, change.action) for change in caught.value.changes] == [
        ("zhang.min", "commented"),
        ("li.wei", "paused"),
    ]


@pytest.mark.parametrize(
    ("doing", "message"),
    [
        (lambda c: work.take(c, 2, version=None, actor="zhang.min", at=NOON), "li.wei works on case 2"),
        (lambda c: work.take(c, 2, version=None, actor="li.wei", at=NOON), "is yours already"),
        (lambda c: work.take(c, 9, version=None, actor="li.wei", at=NOON), "There is no case 9"),
        (lambda c: work.take(c, 3, version=None, actor="li.wei", at=NOON), "Case 3 is closed. Reopen it first"),
        (lambda c: work.assign(c, 1, "nobody.here", version=None, actor="w", at=NOON), "no active reviewer or lead"),
        (lambda c: work.assign(c, 1, "chen.jie", version=None, actor="w", at=NOON), "no active reviewer or lead"),
        (lambda c: work.assign(c, 2, "li.wei", version=None, actor="w", at=NOON), "with li.wei already"),
        (lambda c: work.release(c, 1, version=None, actor="li.wei", at=NOON), "Nobody works on case 1"),
        (lambda c: work.wait(c, 1, version=None, actor="li.wei", reason="x", at=NOON), "Take it first"),
        (lambda c: work.wait(c, 2, version=None, actor="li.wei", reason=" ", at=NOON), "Say why"),
        (lambda c: work.resume(c, 2, version=None, actor="li.wei", at=NOON), "does not wait"),
        (lambda c: work.wake(c, 1, version=None, actor="li.wei", at=NOON), "does not sleep"),
        (lambda c: work.comment(c, 1, "", version=None, actor="li.wei", at=NOON), "Say why"),
        (lambda c: work.comment(c, 1, "打１３８-1234-5678", version=None, actor="li.wei", at=NOON), "mask it"),
        (lambda c: work.release(c, 2, version=None, actor="li.wei", reason="ask li@example.com", at=NOON), "mask it"),
        (lambda c: work.comment(c, 1, "长" * 4001, version=None, actor="li.wei", at=NOON), "may have 4000"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    working: Store, doing: Callable[[Connection], None], message: str
) -> None:
    with writing(working.engine) as connection:
        work.take(connection, 2, version=0, actor="li.wei", at=NOON)
    refute_and_close(working, 3)
    head = working.head()
    with pytest.raises(DecisionError, match=message), writing(working.engine) as connection:
        doing(connection)
    assert working.head() == head


@pytest.mark.parametrize("until", [date(2026, 11, 2), date(2027, 2, 3)])
def test_sleep_has_an_end_after_today_and_within_a_quarter(working: Store, until: date) -> None:
    choose = pytest.raises(DecisionError, match="Choose a day from 2026-11-03 to 2027-02-02")
    with choose, writing(working.engine) as connection:
        work.snooze(connection, 1, until, version=0, actor="li.wei", reason="later", at=NOON)


@pytest.mark.parametrize(
    ("tonight", "business_date", "is_woken"),
    [
        ([COACHED], "2026-11-03", False),
        ([("D1", "coached", 13.0, 1, 0.8, 0.45)], "2026-11-03", False),
        ([("D1", "coached", 14.0, 1, 0.95, 0.6)], "2026-11-03", True),
        ([COACHED, ("D1", "fake_contacts", 9.0, 1, 0.1, 0.1)], "2026-11-03", True),
        ([("D2", "coached", 14.0, 1, 0.95, 0.6)], "2026-11-03", False),
        ([], "2026-11-08", False),
        ([], "2026-11-09", True),
    ],
    ids=["the same", "more of it", "more severe", "a new scheme", "another unit", "the day before", "the day"],
)
def test_a_sleeping_case_wakes_on_its_day_and_by_a_night_that_says_something_new(
    working: Store, tonight: list[tuple[str, str, float, int, float, float]], business_date: str, *, is_woken: bool
) -> None:
    with writing(working.engine) as connection:
        work.snooze(connection, 1, date(2026, 11, 9), version=0, actor="li.wei", reason="later", at=NOON)
    working.write_run(night("run-2", tonight, business_date))
    assert (case(working, 1)["snoozed_until"] is None) is is_woken
    assert ("woken" in actions(working, 1)) is is_woken
    assert case(working, 1)["version"] == 1
    assert working.verify() == []


def test_somebody_may_wake_a_case_early(working: Store) -> None:
    with writing(working.engine) as connection:
        work.snooze(connection, 1, date(2026, 11, 9), version=0, actor="li.wei", reason="later", at=NOON)
        work.wake(connection, 1, version=1, actor="li.wei", at=NOON)
    assert case(working, 1)["snoozed_until"] is None
