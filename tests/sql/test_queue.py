"""The queue: its order, its filters, and what it counts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import bindparam, insert, update

from sql import accounts, merging, queue, tables, work
from sql.connection import reading, writing
from sql.queue import PAGE_ROWS, QueueFilter, QueuePage
from sql.store import Store
from sql.times import SHANGHAI
from tests.sql.cases import refute_and_close
from tests.sql.filed import two_nights

TODAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 9, 30, tzinfo=SHANGHAI)
ALL = QueueFilter(TODAY)


@pytest.fixture
def filed(store: Store) -> Store:
    two_nights(store)
    return store


def search(store: Store, wanted: QueueFilter) -> QueuePage:
    with reading(store.engine) as connection:
        return queue.search(connection, wanted)


def units(store: Store, **wanted: object) -> list[str]:
    return [row.unit_id for row in search(store, replace(ALL, **wanted)).rows]  # type: ignore[arg-type]


def case_of(store: Store, unit_id: str) -> int:
    return next(row.case_id for row in search(store, replace(ALL, status="all")).rows if row.unit_id == unit_id)


def test_likely_and_severe_cases_come_first(filed: Store) -> None:
    page = search(filed, ALL)

    # high × 0.99; medium × 0.98; low × 0.8
    assert [(row.unit_id, row.severity, round(row.urgency, 2)) for row in page.rows] == [
        ("D1", "high", 2.97), ("B7", "medium", 1.96), ("D2", "low", 0.8),
    ]  # fmt: skip


def test_a_row_says_who_why_and_by_when(filed: Store) -> None:
    row = search(filed, ALL).rows[0]

    assert (row.name, row.region, row.brand, row.dealer_group, row.vendor) == ("明达汽车", "East", "星野", "G1", None)
    assert row.reason == "23 of 200 numbers are of dealers' staff."
    assert row.reason_zh == "200 个号码中有 23 个属于经销商员工。"
    assert row.schemes == ("coached", "fake_contacts")
    assert (row.due_on, row.is_overdue) == ("2026-11-02", False)


FOUND: list[tuple[dict[str, object], list[str]]] = [
    ({"scheme": "coached"}, ["D1", "D2"]),
    ({"region": "North"}, ["D2"]),
    ({"brand": "星野"}, ["D1", "D2"]),
    ({"dealer_group": "G1", "severity": "low"}, ["D2"]),
    ({"vendor": "Agency B"}, ["B7"]),
    ({"unit_kind": "interviewer"}, ["B7"]),
    ({"severity": "medium"}, ["B7"]),
    ({"text": "d2"}, ["D2"]),
    ({"text": "明达"}, ["D1"]),
    ({"text": "%"}, []),
    ({"text": "b7", "unit_kind": "dealer"}, []),
    ({"age_days": 3}, ["D1", "B7", "D2"]),
    ({"age_days": 4}, []),
    ({"due": "today"}, ["D1"]),
    ({"due": "week"}, ["D1", "B7"]),
    ({"due": "overdue"}, []),
    ({"due": "overdue", "today": date(2026, 11, 3)}, ["D1"]),
    ({"assignee": queue.NOBODY}, ["D1", "B7", "D2"]),
    ({"assignee": "li.na"}, []),
    ({"order": "due"}, ["D1", "B7", "D2"]),
    ({"order": "probability"}, ["D1", "B7", "D2"]),
    ({"order": "affected"}, ["D1", "B7", "D2"]),
    ({"order": "oldest"}, ["D1", "D2", "B7"]),
]


def test_a_filter_lets_through_what_it_names(filed: Store) -> None:
    assert [(wanted, units(filed, **wanted)) for wanted, _ in FOUND] == FOUND


def test_an_overdue_case_is_marked_until_it_is_closed(filed: Store) -> None:
    late = replace(ALL, today=date(2026, 11, 20))
    assert [row.is_overdue for row in search(filed, late).rows] == [True, True, True]
    refute_and_close(filed, case_of(filed, "D2"))
    closed = search(filed, replace(late, status="closed"))
    assert [(row.unit_id, row.is_overdue) for row in closed.rows] == [("D2", False)]


def test_every_status_is_counted_under_the_rest_of_the_filter(filed: Store) -> None:
    with writing(filed.engine) as connection:
        accounts.create_person(connection, "li.na", "李娜", "reviewer", actor="tests", at=AT)
        work.take(connection, case_of(filed, "D2"), version=None, actor="li.na", at=AT)
        work.snooze(
            connection, case_of(filed, "B7"), date(2026, 11, 9), version=None, actor="li.na", reason="later", at=AT
        )
    counts = {"open": 2, "new": 1, "investigating": 1, "waiting": 0, "snoozed": 1, "closed": 0, "all": 3}
    assert search(filed, ALL).counts == counts
    assert search(filed, replace(ALL, status="snoozed", region="North")).counts == dict.fromkeys(counts, 0) | {
        "open": 1, "investigating": 1, "all": 1,
    }  # fmt: skip
    assert units(filed, assignee="li.na") == ["D2"]


def test_a_snoozed_case_comes_back_on_its_day(filed: Store) -> None:
    case_id = case_of(filed, "B7")
    with writing(filed.engine) as connection:
        work.snooze(connection, case_id, date(2026, 11, 9), version=None, actor="li.na", reason="later", at=AT)

    assert units(filed, today=date(2026, 11, 8)) == ["D1", "D2"]
    assert units(filed, today=date(2026, 11, 8), status="snoozed") == ["B7"]
    assert units(filed, today=date(2026, 11, 9)) == ["D1", "B7", "D2"]
    assert units(filed, today=date(2026, 11, 9), status="snoozed") == []


def test_a_merged_case_is_found_with_its_leading_case_only(filed: Store) -> None:
    first, second = case_of(filed, "D1"), case_of(filed, "D2")
    with writing(filed.engine) as connection:
        merging.merge(connection, second, first, version=None, actor="li.na", reason="one owner", at=AT)
    assert units(filed) == ["D1", "B7"]
    with writing(filed.engine) as connection:
        merging.unmerge(connection, second, version=None, actor="li.na", reason="two owners", at=AT)
    assert units(filed) == ["D1", "B7", "D2"]


def test_a_page_has_fifty_cases_and_the_last_page_stands_for_any_beyond_it(filed: Store) -> None:
    add_closed_cases(filed, range(100, 173))
    closed = replace(ALL, status="closed")
    first, second, beyond = (search(filed, replace(closed, page=page)) for page in (1, 2, 99))

    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (73, 2, PAGE_ROWS, 73 - PAGE_ROWS)
    assert beyond == second
    assert [row.case_id for row in first.rows + second.rows] == list(range(100, 173))
    with reading(filed.engine) as connection:
        assert queue.every(connection, closed) == first.rows + second.rows


def test_the_choices_are_what_the_newest_run_knows(filed: Store) -> None:
    with reading(filed.engine) as connection:
        choices = queue.choices(connection)
        newest = queue.newest_run(connection)

    assert (choices.regions, choices.brands, choices.vendors) == (("East", "North"), ("星野",), ("Agency B",))
    assert newest == 2


def test_a_case_has_neighbours_in_the_order_of_a_filter_whether_or_not_it_is_let_through(filed: Store) -> None:
    by_unit = {unit: case_of(filed, unit) for unit in ("D1", "B7", "D2")}

    def beside(unit: str, **wanted: object) -> tuple[str | None, str | None]:
        with reading(filed.engine) as connection:
            found = queue.neighbours(connection, replace(ALL, **wanted), by_unit[unit])  # type: ignore[arg-type]
        before, after = (next((name for name, key in by_unit.items() if key == each), None) for each in found)
        return before, after

    assert [beside(unit) for unit in ("D1", "B7", "D2")] == [(None, "B7"), ("D1", "D2"), ("B7", None)]
    assert beside("B7", order="oldest", unit_kind="interviewer") == (None, None)
    assert [beside(unit, unit_kind="dealer") for unit in ("D1", "B7")] == [(None, "D2"), ("D1", "D2")]
    refute_and_close(filed, by_unit["D2"])
    assert [beside(unit) for unit in ("B7", "D2")] == [("D1", None), ("B7", None)]
    with reading(filed.engine) as connection:
        assert queue.neighbours(connection, ALL, 999) == (None, None)


def test_the_next_case_is_the_first_of_the_filtered_queue_that_nobody_has(filed: Store) -> None:
    with writing(filed.engine) as connection:
        wanted = queue.in_order(replace(ALL, scheme="coached"))
        taken = [work.take_next(connection, wanted, actor=actor, at=AT) for actor in ("li.na", "li.na", "wang.fang")]

    assert taken == [case_of(filed, "D1"), case_of(filed, "D2"), None]


def add_closed_cases(store: Store, case_ids: Sequence[int]) -> None:
    """Closed cases of D9, all alike."""
    with writing(store.engine) as connection:
        model = connection.execute(tables.cases.select().order_by(tables.cases.c.case_id)).first()
        assert model is not None
        row = {**model._mapping, "status": "closed", "probability": 0.5}
        connection.execute(insert(tables.cases), [{**row, "case_id": case_id} for case_id in case_ids])
        connection.execute(
            update(tables.cases).where(tables.cases.c.case_id == bindparam("of")).values(severity="low"),
            [{"of": case_id} for case_id in case_ids],
        )
