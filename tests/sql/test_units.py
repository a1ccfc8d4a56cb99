"""What is kept of a dealer, an interviewer and an agency, and of all of them together."""

from datetime import datetime

import pytest
from sqlalchemy import select

from detectors.core.schemes import UnitKind
from sql import agencies, network, nights, tables, units
from sql.connection import reading, writing
from sql.network import SchemeOutcomes
from sql.nights import Night
from sql.store import Store
from sql.times import SHANGHAI
from tests.sql.cases import refute
from tests.sql.nights import COACHED, HONEST, STAFF_NUMBERS, facts, inputs, night, quarantine

AT = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
CALLER = ("C7", "fabricated", 8.0, 1, 0.9, 0.2)
QUIET_CALLER = ("C8", "fabricated", -2.0, 0, 0.01, 0.0)


@pytest.fixture
def written(store: Store) -> Store:
    """Two nights, of which the later was closed first, and what the newest knows of dealers and interviewers."""
    store.write_run(night("run-1", [COACHED, HONEST, CALLER, QUIET_CALLER], "2026-10-31"))
    store.write_run(night("run-2", [HONEST, ("D1", "coached", 3.0, 0, 0.2, 0.1)], "2026-10-30"))
    store.write_halted(facts("run-3", "2026-11-01"), inputs(), quarantine(), problem="too many rows were kept back")
    with writing(store.engine) as connection:
        keys = {row.unit_id: row.unit_key for row in connection.execute(select(tables.units))}
        connection.execute(
            tables.dealers.insert(),
            [
                {"unit_key": keys["D1"], "name": "安徽明达", "brand": "A", "region": "华东", "province": "安徽",
                 "city": "合肥", "dealer_group": "明达集团", "target_score": 9.2},
            ],
        )  # fmt: skip
        callers = [{"unit_key": keys[caller], "vendor": "vendor_b"} for caller in ("C7", "C8")]
        connection.execute(tables.interviewers.insert(), callers)
        connection.execute(
            tables.detector_wordings.insert().values(
                detector_key=1, from_run_key=1, title="Shared scripts", title_zh="雷同话术", honest="-", honest_zh="-"
            )
        )
    return store


def test_a_dealers_history_is_in_the_order_of_the_days_closed_and_not_of_the_runs(written: Store) -> None:
    with reading(written.engine) as connection:
        found = units.read(connection, UnitKind.DEALER, "D1")
    assert found is not None
    assert [(score.business_date, score.bits, score.flagged) for score in found.scores] == [
        ("2026-10-30", 3.0, 0),
        ("2026-10-31", 12.0, 1),
    ]
    assert [(said.business_date, said.reported_score, said.adjusted_score) for said in found.index] == [
        ("2026-10-30", 9.4, 8.1),
        ("2026-10-31", 9.4, 8.1),
    ]
    assert (found.unit.name, found.unit.region, found.unit.vendor) == ("安徽明达", "华东", None)
    assert [(said.detector, said.title_zh, said.reason) for said in found.evidence] == [
        ("shared_scripts", "雷同话术", "31 of 100 said so")
    ]


def test_a_units_cases_say_what_was_decided(written: Store) -> None:
    with writing(written.engine) as connection:
        refute(connection, 1)
    with reading(written.engine) as connection:
        found = units.read(connection, UnitKind.DEALER, "D1")
    assert found is not None
    assert [(case.case_id, case.lead_scheme, case.status, case.outcomes) for case in found.cases] == [
        (1, "coached", "new", (("coached", "refuted"),))
    ]


def test_a_unit_is_found_by_its_kind_and_id_alone(written: Store) -> None:
    with reading(written.engine) as connection:
        assert units.read(connection, UnitKind.INTERVIEWER, "D1") is None
        assert units.read(connection, UnitKind.DEALER, "nobody") is None


def test_dealers_are_searched_by_id_name_and_region_and_show_their_heaviest_scheme(written: Store) -> None:
    with reading(written.engine) as connection:
        everyone = units.search(connection, UnitKind.DEALER)
        named = units.search(connection, UnitKind.DEALER, text="明达")
        by_id = units.search(connection, UnitKind.DEALER, text="d2")
        eastern = units.search(connection, UnitKind.DEALER, within="华东")
        none = units.search(connection, UnitKind.DEALER, text="%")
        of_agency = units.search(connection, UnitKind.INTERVIEWER, within="vendor_b", limit=1, offset=1)
    assert [(row.unit.unit_id, row.scheme, row.bits, row.case_id, row.severity) for row in everyone] == [
        ("D1", "coached", 12.0, 1, "medium"),
        ("D2", "coached", -1.5, None, None),
    ]
    assert [[row.unit.unit_id for row in found] for found in (named, by_id, eastern, none, of_agency)] == [
        ["D1"], ["D2"], ["D1"], [], ["C8"],
    ]  # fmt: skip


def test_an_agency_is_its_interviewers_on_the_newest_night(written: Store) -> None:
    with reading(written.engine) as connection:
        found = agencies.agencies(connection)
        history = agencies.history(connection, "vendor_b")
        callers = agencies.callers(connection, "vendor_b")
        nobody = agencies.agencies(connection, vendor="vendor_z")
    assert [(agency.vendor, agency.interviewers, agency.weighed, agency.flagged) for agency in found] == [
        ("vendor_b", 2, 2, 1)
    ]
    assert (found[0].interviews, found[0].open_cases) == (200, 1)
    assert [(said.business_date, said.weighed, said.interviews, said.most_bits) for said in history] == [
        ("2026-10-31", 2, 200, 8.0)
    ]
    assert [(caller.unit_id, caller.bits, caller.case_id) for caller in callers] == [("C7", 8.0, 2), ("C8", -2.0, None)]
    assert nobody == []


def test_the_index_of_a_region_is_weighted_by_interviews(written: Store) -> None:
    with reading(written.engine) as connection:
        regions = network.regions(connection)
        cases = network.region_cases(connection)
        counts = network.case_counts(connection)
    assert [(row.region, row.survey, row.dealers, row.interviews) for row in regions] == [("华东", "SSI", 1, 100)]
    assert (regions[0].reported_score, regions[0].adjusted_score) == pytest.approx((9.4, 8.1))
    assert [(row.region, row.high, row.medium, row.low) for row in cases] == [("华东", 0, 1, 0)]
    assert [(count.status, count.severity, count.cases) for count in counts] == [("new", "medium", 2)]


def test_a_scheme_has_no_precision_before_five_outcomes(written: Store) -> None:
    with writing(written.engine) as connection:
        refute(connection, 1)
    with reading(written.engine) as connection:
        coached = next(row for row in network.outcomes(connection) if row.scheme == "coached")
    assert (coached.confirmed, coached.refuted, coached.settled) == (0, 1, 1)
    assert coached.said == pytest.approx(0.8)
    assert (coached.precision, coached.interval) == (None, None)
    enough = SchemeOutcomes("coached", 4, 1, 2, 0, 0.8)
    assert enough.precision == 0.8
    assert enough.interval == pytest.approx((0.3755, 0.9638), abs=1e-4)


def test_a_history_shows_each_recent_night_and_the_last_of_each_month_before() -> None:
    every = [Night(key, f"run-{key}", day) for key, day in enumerate(
        ["2026-08-30", "2026-08-31", "2026-09-15", "2026-09-30", "2026-10-01", "2026-10-02"]
    )]  # fmt: skip
    assert [night.business_date for night in nights.thinned(every, 2)] == [
        "2026-08-31", "2026-09-30", "2026-10-01", "2026-10-02",
    ]  # fmt: skip
    assert [night.business_date for night in nights.thinned(every, 1)] == ["2026-08-31", "2026-09-30", "2026-10-02"]


def test_a_date_closed_twice_is_shown_as_it_was_closed_last(store: Store) -> None:
    store.write_run(night("run-1", [HONEST]))
    store.write_run(night("run-2", [HONEST, STAFF_NUMBERS]))
    with reading(store.engine) as connection:
        assert [said.run_id for said in nights.nights(connection)] == ["run-2"]
        newest = nights.newest(connection)
    assert newest is not None
    assert newest.run_id == "run-2"


def test_a_run_says_what_it_read_what_it_kept_back_and_which_came_before(written: Store) -> None:
    with reading(written.engine) as connection:
        halted = nights.run(connection, "run-3")
        assert halted is not None
        before = nights.run_before(connection, halted.run_key)
        broken = nights.broken_rules(connection, halted.run_key)
        read = nights.inputs(connection, halted.run_key)
        assert nights.run(connection, "run-9") is None
        assert nights.settings_of(connection, halted.run_key) == "{}"
        assert [found.run_id for found in nights.runs(connection, limit=2)] == ["run-3", "run-2"]
        assert [found.run_id for found in nights.runs(connection, limit=9, status="halted")] == ["run-3"]
    assert (halted.status, halted.problem, halted.rows_read, halted.rows_quarantined) == (
        "halted", "too many rows were kept back", 3, 1,
    )  # fmt: skip
    assert before is not None
    assert before.run_id == "run-2"
    assert [(rule.source, rule.rule, rule.rows) for rule in broken] == [("surveys", "in_range", 1)]
    assert [(file.file_name, file.rows_accepted, file.table_version) for file in read] == [
        ("surveys_vendor_b.csv", 2, 7)
    ]
