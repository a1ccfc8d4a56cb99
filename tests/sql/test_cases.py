"""Cases: one open per unit, appended to every night, never duplicated."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sql.runs import Written
from sql.store import Store
from tests.sql.cases import refute_and_close
from tests.sql.nights import COACHED, HONEST, STAFF_NUMBERS, night
from tests.sql.views import rows


def test_flags_of_one_unit_make_one_case_with_a_finding_for_each_scheme(store: Store) -> None:
    store.write_run(night("run-1", [COACHED, STAFF_NUMBERS, HONEST, ("D1", "withheld", 3.0, 0, 0.1, 0.1)]))
    cases = rows(store.engine, "select * from audit_cases")
    assert cases == [
        {
            "case_id": 1,
            "unit_kind": "dealer",
            "unit_id": "D1",
            "lead_scheme": "fake_contacts",
            "schemes": "coached, fake_contacts",
            "severity": "medium",
            "affected": pytest.approx(100 * 0.4 * 0.8),
            "probability": 0.9,
            "status": "new",
            "assignee": None,
            "first_run_id": "run-1",
            "last_run_id": "run-1",
            "opened_at": "2026-10-31T02:18:00+08:00",
            "updated_at": "2026-10-31T02:18:00+08:00",
            "due_on": "2026-11-07",
            "snoozed_until": None,
            "merged_into": None,
        }
    ]
    found = rows(store.engine, "select case_id, scheme, bits, outcome from audit_findings order by scheme")
    assert [tuple(row.values()) for row in found] == [(1, "coached", 12.0, None), (1, "fake_contacts", 15.0, None)]


def test_the_next_night_appends_to_the_open_case_instead_of_opening_another(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    stronger = ("D1", "coached", 14.0, 1, 0.95, 0.6)
    assert store.write_run(night("run-2", [stronger, STAFF_NUMBERS], "2026-11-01")) == Written("run-2", 0, 1)
    (case,) = rows(store.engine, "select * from audit_cases")
    assert (case["first_run_id"], case["last_run_id"], case["severity"]) == ("run-1", "run-2", "high")
    assert case["lead_scheme"] == "fake_contacts"
    nights = rows(store.engine, "select scheme_key, run_key, bits from finding_nights order by run_key, bits")
    assert [row["bits"] for row in nights] == [12.0, 14.0, 15.0]


def test_a_quiet_night_lowers_the_finding_and_closes_nothing(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    assert store.write_run(night("run-2", [("D1", "coached", 2.0, 0, 0.05, 0.0)], "2026-11-01")).cases_updated == 0
    (case,) = rows(store.engine, "select status, probability, last_run_id, severity from audit_cases")
    assert case == {"status": "new", "probability": 0.05, "last_run_id": "run-2", "severity": "low"}


def test_a_night_that_does_not_see_the_unit_leaves_its_case_alone(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    store.write_run(night("run-2", [HONEST], "2026-11-01"))
    assert rows(store.engine, "select last_run_id, probability from audit_cases") == [
        {"last_run_id": "run-1", "probability": 0.8}
    ]


def test_an_older_night_run_later_adds_history_but_not_current_values(store: Store) -> None:
    store.write_run(night("run-1", [COACHED], "2026-10-31"))
    store.write_run(night("run-2", [("D1", "coached", 5.0, 1, 0.2, 0.1)], "2026-10-01"))
    assert rows(store.engine, "select bits from audit_findings") == [{"bits": 12.0}]
    assert rows(store.engine, "select last_run_id from audit_cases") == [{"last_run_id": "run-1"}]
    assert len(rows(store.engine, "select run_key from finding_nights")) == 2


def test_a_flag_after_the_case_was_closed_opens_another(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    refute_and_close(store, 1)
    assert store.write_run(night("run-2", [COACHED], "2026-12-31")) == Written("run-2", 1, 0)
    statuses = rows(store.engine, "select case_id, status from audit_cases order by case_id")
    assert [tuple(row.values()) for row in statuses] == [(1, "closed"), (2, "new")]


def test_units_of_one_name_and_different_kinds_have_cases_of_their_own(store: Store) -> None:
    store.write_run(night("run-1", [COACHED, ("D1", "fabricated", 20.0, 1, 0.9, 0.9)]))
    kinds = rows(store.engine, "select unit_kind, unit_id from audit_cases order by unit_kind")
    assert [tuple(row.values()) for row in kinds] == [("dealer", "D1"), ("interviewer", "D1")]


def test_affected_share_may_be_unknown(store: Store) -> None:
    store.write_run(night("run-1", [("D1", "withheld", 12.0, 1, 0.8, float("nan"))]))
    assert rows(store.engine, "select severity, affected from audit_cases") == [{"severity": "low", "affected": None}]


def test_the_database_itself_refuses_a_second_open_case_of_a_unit(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    columns = "unit_key, lead_scheme_key, schemes, severity, status, opened_at, updated_at, first_run_key, last_run_key"
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(text(f"insert into cases (case_id, {columns}) select 9, {columns} from cases"))
