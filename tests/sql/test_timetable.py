"""By when a case should be decided."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from sql.connection import writing
from sql.decisions import reopen
from sql.store import Store
from tests.sql.cases import NOON, ZHANG, actions, case, refute_and_close
from tests.sql.nights import Score, night


@pytest.mark.parametrize(
    ("affected_share", "due_on"), [(0.9, "2026-11-04"), (0.4, "2026-11-08"), (0.1, "2026-11-15")], ids=str
)
def test_a_case_is_due_in_three_seven_or_fourteen_days_by_its_severity(
    store: Store, affected_share: float, due_on: str
) -> None:
    store.write_run(night("run-1", [("D1", "coached", 12.0, 1, 0.8, affected_share)], "2026-11-01"))
    assert case(store, 1)["due_on"] == due_on
    assert store.verify() == []


@pytest.mark.parametrize(
    ("nights_later", "affected_share", "due_on"),
    [(1, 0.9, "2026-11-05"), (6, 0.9, "2026-11-08"), (1, 0.4, "2026-11-08"), (1, 0.1, "2026-11-08")],
    ids=["more severe", "more severe when it was nearly due", "as severe", "less severe"],
)
def test_it_is_due_earlier_when_it_becomes_more_severe_and_never_later(
    store: Store, nights_later: int, affected_share: float, due_on: str
) -> None:
    store.write_run(night("run-1", [("D1", "coached", 12.0, 1, 0.8, 0.4)], "2026-11-01"))
    later = (NOON.date() + timedelta(days=nights_later - 1)).isoformat()
    store.write_run(night("run-2", [("D1", "coached", 12.0, 1, 0.8, affected_share)], later))
    assert case(store, 1)["due_on"] == due_on
    assert actions(store, 1) == (["dated"] if due_on < "2026-11-08" else [])
    assert store.verify() == []


def test_a_case_from_before_there_were_due_dates_gets_one_at_night(store: Store) -> None:
    coached: Score = ("D1", "coached", 12.0, 1, 0.8, 0.4)
    store.write_run(night("run-1", [coached], "2026-11-01"))
    with store.engine.begin() as connection:
        connection.execute(text("update cases set due_on = null"))
    store.write_run(night("run-2", [coached], "2026-11-02"))
    assert case(store, 1)["due_on"] == "2026-11-09"


def test_a_reopened_case_is_due_as_if_it_were_new(store: Store) -> None:
    store.write_run(night("run-1", [("D1", "coached", 12.0, 1, 0.8, 0.4)], "2026-11-01"))
    refute_and_close(store, 1)
    with writing(store.engine) as connection:
        reopen(connection, 1, **ZHANG | {"at": NOON + timedelta(days=30)})
    assert case(store, 1)["due_on"] == "2026-12-09"
    assert store.verify() == []
