"""Any view, a page at a time: the rows of the view itself, narrowed, sorted, and never a whole history by accident."""

import csv
import io

import pytest
from sqlalchemy import text

from sql.audit import VIEWS
from sql.browse import (
    DEEPEST,
    ROWS_A_PAGE,
    BrowseError,
    Filter,
    Operator,
    Sort,
    bounds,
    browse,
    export,
    selection,
    where_clause,
)
from sql.connection import reading
from sql.store import Store
from tests.sql.nights import COACHED, HONEST, STAFF_NUMBERS, facts, inputs, night, quarantine
from tests.sql.views import rows

LAST = "run-2"
BOUND = {"run_id": LAST, "unit_id": "D1", "dealer_id": "D1"}


@pytest.fixture
def written(store: Store) -> Store:
    """A store with two nights, a halted run, and a case."""
    store.write_run(night("run-1", [COACHED, HONEST], "2026-10-30"))
    store.write_run(night(LAST, [COACHED, HONEST, STAFF_NUMBERS]))
    store.write_halted(facts("run-3"), inputs(), quarantine(), problem="too many rows were kept back")
    return store


def bound_of(view: str, column: int = 0) -> list[Filter]:
    return [Filter(name, Operator.IS, BOUND[name]) for name in bounds(view)[column : column + 1]]


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_browsed_is_what_the_view_says(written: Store, view: str) -> None:
    names = [column.name for column in VIEWS[view].columns]
    for column in range(max(1, len(bounds(view)))):
        filters = bound_of(view, column)
        with reading(written.engine) as connection:
            page = browse(connection, view, filters)
            said = [tuple(row) for row in connection.execute(text(where_clause(view, filters)))]
        shown = [dict(zip(names, row, strict=True)) for row in page.rows]
        expected = [row for row in rows(written.engine, f"select * from {view}") if _holds(row, filters)]
        assert sorted(map(str, shown)) == sorted(map(str, expected))
        assert sorted(map(str, said)) == sorted(map(str, page.rows))
        assert page.count == len(expected) > 0


def _holds(row: dict[str, object], filters: list[Filter]) -> bool:
    return all(row[condition.column] == condition.value for condition in filters)


SCORES = [Filter("run_id", Operator.IS, LAST)]
NARROWED = [
    ("audit_scores", [*SCORES, Filter("scheme", Operator.IS, "coached")], {"D1", "D2"}),
    ("audit_scores", [*SCORES, Filter("scheme", Operator.IS_NOT, "coached")], {"D1"}),
    ("audit_scores", [*SCORES, Filter("bits", Operator.AT_LEAST, "12.0")], {"D1"}),
    ("audit_scores", [*SCORES, Filter("bits", Operator.AT_MOST, "-1")], {"D2"}),
    ("audit_scores", [*SCORES, Filter("unit_id", Operator.HAS, "d2")], {"D2"}),
    ("audit_scores", [*SCORES, Filter("scheme", Operator.HAS, "_c")], {"D1"}),
    ("audit_scores", [*SCORES, Filter("scheme", Operator.HAS, "%")], set()),
    ("audit_scores", [*SCORES, Filter("q_value", Operator.EMPTY)], set()),
    ("audit_evidence", [*SCORES, Filter("reason", Operator.HAS, "20 NEEDED")], {"D2"}),
    ("audit_evidence", [*SCORES, Filter("reason_zh", Operator.FILLED)], set()),
    ("audit_scores", [*SCORES, Filter("unit_id", Operator.IS, "D1' or '1'='1")], set()),
]  # fmt: skip


@pytest.mark.parametrize(("view", "filters", "expected"), NARROWED)
def test_conditions_narrow_as_their_sql_does(
    written: Store, view: str, filters: list[Filter], expected: set[str]
) -> None:
    place = [column.name for column in VIEWS[view].columns].index("unit_id")
    with reading(written.engine) as connection:
        page = browse(connection, view, filters)
        said = [tuple(row) for row in connection.execute(text(where_clause(view, filters)))]
    assert {row[place] for row in page.rows} == expected
    assert sorted(map(str, said)) == sorted(map(str, page.rows))


def test_a_record_of_no_known_dealer_is_found_by_that_and_is_not_another_dealers(written: Store) -> None:
    with reading(written.engine) as connection:
        unknown = browse(connection, "audit_records", [*SCORES, Filter("dealer_id", Operator.EMPTY)])
        others = browse(connection, "audit_records", [*SCORES, Filter("dealer_id", Operator.IS_NOT, "D1")])
    assert [row[2] for row in unknown.rows] == [row[2] for row in others.rows] == ["V1"]


def test_rows_are_sorted_by_any_column_with_the_empty_last(written: Store) -> None:
    names = [column.name for column in VIEWS["audit_evidence"].columns]
    for descending in (False, True):
        with reading(written.engine) as connection:
            page = browse(connection, "audit_evidence", SCORES, Sort("observed", descending=descending))
            said = connection.execute(text(where_clause("audit_evidence", SCORES, Sort("observed", descending)))).all()
        assert [row[names.index("observed")] for row in page.rows] == [31.0, None]
        assert [tuple(row) for row in said] == list(page.rows)
    with reading(written.engine) as connection:
        by_name = browse(connection, "audit_scores", SCORES, Sort("scheme", descending=True))
    assert [row[4] for row in by_name.rows] == ["fake_contacts", "coached", "coached"]


def test_the_newest_events_cases_and_runs_come_first(written: Store) -> None:
    with reading(written.engine) as connection:
        events = [row[0] for row in browse(connection, "audit_events").rows]
        runs = [row[0] for row in browse(connection, "audit_runs").rows]
    assert events == sorted(events, reverse=True)
    assert runs == ["run-3", "run-2", "run-1"]


def test_pages_follow_one_another_without_a_gap(store: Store) -> None:
    units = [(f"D{number:04}", "coached", -1.0, 0, 0.01, 0.0) for number in range(ROWS_A_PAGE + 20)]
    store.write_run(night(LAST, units))
    with reading(store.engine) as connection:
        first, second = (browse(connection, "audit_scores", SCORES, page=number) for number in (1, 2))
    assert (first.count, first.last, len(first.rows), len(second.rows)) == (ROWS_A_PAGE + 20, 2, ROWS_A_PAGE, 20)
    assert [row[3] for row in (*first.rows, *second.rows)] == [unit[0] for unit in units]


REFUSED = [
    ("audit_nothing", [], None, "The views are audit_runs"),
    ("audit_evidence", [], None, "Name one of run_id, unit_id"),
    ("audit_evidence", [Filter("run_id", Operator.HAS, "run")], None, "Name one of run_id, unit_id"),
    ("audit_cases", [Filter("password_hash", Operator.IS, "x")], None, "has no column 'password_hash'"),
    ("audit_cases", [], Sort("case_id; drop table cases"), "has no column"),
    ("audit_cases", [Filter("probability", Operator.AT_LEAST, "high")], None, "Type a number"),
    ("audit_cases", [Filter("probability", Operator.AT_LEAST, "nan")], None, "Type a number"),
    ("audit_cases", [Filter("case_id", Operator.HAS, "1")], None, "at least or at most"),
]


@pytest.mark.parametrize(("view", "filters", "sort", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    written: Store, view: str, filters: list[Filter], sort: Sort | None, said: str
) -> None:
    with reading(written.engine) as connection, pytest.raises(BrowseError, match=said):
        browse(connection, view, filters, sort)


@pytest.mark.parametrize("page", [0, DEEPEST // ROWS_A_PAGE + 1])
def test_a_page_before_the_first_or_too_deep_is_refused(written: Store, page: int) -> None:
    with reading(written.engine) as connection, pytest.raises(BrowseError, match="export it"):
        browse(connection, "audit_cases", page=page)


def test_no_value_of_a_condition_is_part_of_the_query(written: Store) -> None:
    query = selection("audit_scores", [*SCORES, Filter("unit_id", Operator.HAS, "'; drop table cases; --")])
    assert "drop table" not in str(query.compile(written.engine))


def test_a_selection_is_exported_with_all_its_rows_and_as_text_that_runs_nothing(written: Store) -> None:
    stream = io.BytesIO()
    query = selection("audit_records", [*SCORES, Filter("reasons", Operator.HAS, "hyperlink")])
    assert export(query, written.engine, "audit_records", stream, "csv") == 1
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode()))
    assert (row["record_id"], row["reasons"]) == ("V1", "'=HYPERLINK(...)")
