"""Runs: all of one or nothing, and what the views then show."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sql.runs import Written
from sql.store import Store
from tests.sql.nights import COACHED, HONEST, STAFF_NUMBERS, facts, inputs, night, quarantine
from tests.sql.views import rows


def test_a_finished_run_is_seen_whole_in_every_view(store: Store) -> None:
    assert store.write_run(night("run-1", [COACHED, HONEST])) == Written("run-1", cases_opened=1, cases_updated=0)
    assert rows(store.engine, "select * from audit_runs") == [
        {
            "run_id": "run-1",
            "business_date": "2026-10-31",
            "status": "done",
            "problem": None,
            "code_version": "0.1.0",
            "settings_sha256": "5e" * 32,
            "settings_json": "{}",
            "fingerprint": "fingerprint of run-1",
            "cases_opened": 1,
            "cases_updated": 0,
            "started_at": "2026-10-31T02:17:00+08:00",
            "finished_at": "2026-10-31T02:18:00+08:00",
        }
    ]
    assert rows(store.engine, "select * from audit_inputs") == [{"run_id": "run-1"} | inputs().iloc[0].to_dict()]
    assert rows(store.engine, "select * from audit_quarantine") == [
        {"run_id": "run-1"} | quarantine().iloc[0].to_dict()
    ]
    scored = rows(store.engine, "select unit_id, scheme, n, bits, flagged from audit_scores order by unit_id")
    assert scored == [
        {"unit_id": "D1", "scheme": "coached", "n": 100, "bits": 12.0, "flagged": 1},
        {"unit_id": "D2", "scheme": "coached", "n": 100, "bits": -1.5, "flagged": 0},
    ]
    weighed = "select unit_id, detector, n, observed, abstained, reason from audit_evidence order by unit_id"
    assert [tuple(row.values()) for row in rows(store.engine, weighed)] == [
        ("D1", "shared_scripts", 100, 31.0, 0, "31 of 100 said so"),
        ("D2", "shared_scripts", None, None, 1, "9 interviews, 20 needed"),
    ]
    suspects = "select source, record_id, dealer_id, scheme, probability from audit_records order by source"
    assert [tuple(row.values()) for row in rows(store.engine, suspects)] == [
        ("reviews", "V1", None, "review_manipulation", 0.5),
        ("surveys", "R1", "D1", "coached", 0.9),
    ]
    assert [tuple(row.values()) for row in rows(store.engine, "select * from audit_dealers")] == [
        ("run-1", "D1", "SSI", 100, 9.4, 8.1, 7.9, 8.3)
    ]


def test_a_finished_run_is_found_by_its_date_and_fingerprint_only(store: Store) -> None:
    store.write_run(night("run-1", [HONEST]))
    store.write_failed(facts("run-2"), inputs(), quarantine(), "the disk was full")
    assert store.finished_run(date(2026, 10, 31), "fingerprint of run-1") == "run-1"
    assert store.finished_run(date(2026, 10, 30), "fingerprint of run-1") is None
    assert store.finished_run(date(2026, 10, 31), "fingerprint of run-2") is None


def test_a_run_that_halted_shows_its_inputs_and_quarantine_and_nothing_else(store: Store) -> None:
    store.write_halted(facts("run-1"), inputs(), quarantine(), "33 % of surveys quarantined")
    seen = rows(store.engine, "select run_id, status, problem, cases_opened from audit_runs")
    assert [tuple(row.values()) for row in seen] == [("run-1", "halted", "33 % of surveys quarantined", 0)]
    counts = {
        view: rows(store.engine, f"select count(*) as rows from {view}")[0]["rows"]
        for view in (
            "audit_inputs",
            "audit_quarantine",
            "audit_scores",
            "audit_evidence",
            "audit_records",
            "audit_cases",
        )
    }
    assert list(counts.values()) == [1, 1, 0, 0, 0, 0]


def test_a_run_that_fails_early_is_written_with_no_inputs_at_all(store: Store) -> None:
    store.write_failed(facts("run-1"), problem="the inbox was empty")
    assert rows(store.engine, "select status, problem from audit_runs") == [
        {"status": "failed", "problem": "the inbox was empty"}
    ]


def test_a_run_that_finds_nothing_at_all_is_done(store: Store) -> None:
    full = night("run-1", [COACHED])
    nothing = {name: getattr(full, name).head(0) for name in ("evidence", "scores", "records", "dealers", "quarantine")}
    unlanded = full.inputs.assign(table_version=None)
    assert store.write_run(replace(full, **nothing, inputs=unlanded)).cases_opened == 0
    assert rows(store.engine, "select table_version from audit_inputs") == [{"table_version": None}]
    assert rows(store.engine, "select status from audit_runs") == [{"status": "done"}]


def test_nothing_of_a_run_stays_when_its_last_row_is_refused(store: Store) -> None:
    twice = night("run-1", [STAFF_NUMBERS, COACHED, COACHED])
    with pytest.raises(IntegrityError) as refused:
        store.write_run(twice)
    assert "D1" not in str(refused.value)
    with store.engine.connect() as connection:
        for table in ("runs", "run_inputs", "units", "scores", "cases", "events"):
            assert connection.execute(text(f"select count(*) from {table}")).scalar() == 0


def test_one_run_id_is_written_once(store: Store) -> None:
    store.write_run(night("run-1", [HONEST]))
    with pytest.raises(IntegrityError):
        store.write_run(night("run-1", [HONEST], "2026-11-01"))


def test_whatever_stands_in_a_quarantined_value_is_kept_as_it_is(store: Store) -> None:
    values = ["", " ", "a,b", 'say "ten"', "two\nlines\r\n", "\\N", "\\.", "明察", "'; drop table runs", "1e400", None]
    bad = pd.concat([quarantine()] * len(values), ignore_index=True).assign(
        value_masked=pd.Series(values, dtype="object")
    )
    store.write_halted(facts("run-1"), inputs(), bad)
    with store.engine.connect() as connection:
        kept = connection.execute(text("select value_masked from quarantined_rows order by position")).scalars().all()
    assert kept == values


def test_a_zero_byte_in_a_quarantined_value_does_not_stop_the_run(store: Store) -> None:
    store.write_halted(facts("run-1"), inputs(), quarantine().assign(value_masked="13\x0058"))
    (kept,) = rows(store.engine, "select value_masked from audit_quarantine")
    assert kept["value_masked"] in {"13\x0058", "13\N{REPLACEMENT CHARACTER}58"}


def test_numbers_come_back_to_the_last_bit(store: Store) -> None:
    bits = [1 / 3, -1e-300, 123456789.123456789, 5e-324]
    store.write_run(night("run-1", [(f"D{place}", "coached", value, 0, 0.1, 0.1) for place, value in enumerate(bits)]))
    assert [row["bits"] for row in rows(store.engine, "select bits from audit_scores order by unit_id")] == bits
