import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from detectors.core.sources import SOURCES
from lake import LakeUnreadable, land, newest, observe, versions
from tests.lake.deliveries import KEY, surveys

AROUND = surveys(
    "a.csv",
    ("before", "2026-04-30 23:59:59", 9.0),
    ("first", "2026-05-01 00:00:00", 9.0),
    ("last", "2026-10-31 23:59:59", 9.0),
    ("after", "2026-11-01 00:00:00", 9.0),
)


def seen(lake: Path, day: date, months: int = 6) -> list[str]:
    frame = observe(lake, business_date=day, window_months=months)["surveys"]
    return frame["response_id"].tolist()


def test_the_window_is_whole_days_up_to_and_with_the_business_date(tmp_path: Path) -> None:
    land(tmp_path, "surveys", AROUND, KEY)
    assert seen(tmp_path, date(2026, 10, 31)) == ["first", "last"]
    assert seen(tmp_path, date(2026, 10, 30)) == ["first"]
    assert seen(tmp_path, date(2026, 10, 29)) == ["before", "first"]
    assert seen(tmp_path, date(2026, 10, 31), months=1) == ["last"]
    assert seen(tmp_path, date(2026, 11, 30), months=12) == ["before", "first", "last", "after"]


def test_a_contact_without_a_time_is_placed_by_its_wave_and_left_out_without_one(tmp_path: Path) -> None:
    contacts = pd.DataFrame(
        {
            "contact_id": ["K1", "K2", "K3", "K4"],
            "wave": pd.Series(["2026-10", "2026-04", None, "2026-04"], dtype="str"),
            "dealer_id": ["D1"] * 4,
            "attempted_at": pd.Series(pd.to_datetime(["NaT", "NaT", "NaT", "2026-05-01"])).astype("datetime64[us]"),
            "disposition": ["no_answer"] * 4,
            "file_name": ["a.csv"] * 4,
            "row_number": [2, 3, 4, 5],
        }
    )
    land(tmp_path, "contacts", contacts, KEY)
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["contacts"]
    assert frame["contact_id"].tolist() == ["K1", "K4"]


def test_contacts_that_never_had_a_time_column_are_placed_by_wave(tmp_path: Path) -> None:
    contacts = pd.DataFrame(
        {
            "contact_id": ["K1", "K2"],
            "wave": ["2026-10", "2026-04"],
            "dealer_id": ["D1"] * 2,
            "disposition": ["completed"] * 2,
            "file_name": ["a.csv"] * 2,
            "row_number": [2, 3],
        }
    )
    land(tmp_path, "contacts", contacts, KEY)
    land(tmp_path, "contacts", contacts.assign(disposition="refused", file_name="b.csv"), KEY)
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["contacts"]
    assert frame[["contact_id", "disposition"]].to_numpy().tolist() == [["K1", "refused"]]


def test_dealers_and_staff_are_read_whole(tmp_path: Path) -> None:
    dealers = pd.DataFrame({"dealer_id": ["D1"], "name": ["明"], "file_name": ["d.csv"], "row_number": [2]})
    land(tmp_path, "dealers", dealers, KEY)
    assert observe(tmp_path, business_date=date(1999, 1, 1))["dealers"]["name"].tolist() == ["明"]


def test_only_the_columns_asked_for_are_read_and_a_prefix_asks_for_its_family(tmp_path: Path) -> None:
    land(tmp_path, "surveys", AROUND, KEY)
    land(tmp_path, "dealers", pd.DataFrame({"dealer_id": ["D1"], "file_name": ["d.csv"], "row_number": [2]}), KEY)
    wanted = {"surveys": ["dealer_id", "q_", "fact_", "vendor"], "reviews": ["rating"]}
    observations = observe(tmp_path, business_date=date(2026, 10, 31), columns=wanted)
    assert {name: list(frame.columns) for name, frame in observations.frames.items()} == {
        "surveys": ["dealer_id", "q_attitude"]
    }


def test_frames_hold_what_was_delivered_in_the_dtypes_of_the_contract(tmp_path: Path) -> None:
    land(tmp_path, "surveys", AROUND, KEY)
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["surveys"]
    assert isinstance(frame.index, pd.RangeIndex)
    expected = {"text": "str", "month": "str", "time": "datetime64[us]", "number": "float64", "rating": "float32"}
    for column in SOURCES["surveys"].known(frame.columns):
        assert str(frame[column.name].dtype) == expected[column.kind], column.name
    assert frame["phone_last2"].tolist() == [78.0, 78.0]
    assert set(frame.columns).isdisjoint({"content", "delivered_file", "delivered_row"})


def test_an_older_run_can_be_read_again_as_it_was(tmp_path: Path) -> None:
    land(tmp_path, "surveys", AROUND, KEY)
    recorded = versions(tmp_path)
    land(tmp_path, "surveys", surveys("b.csv", ("first", "2026-05-01", 1.0), ("new", "2026-06-01", 1.0)), KEY)
    land(tmp_path, "dealers", pd.DataFrame({"dealer_id": ["D1"], "file_name": ["d.csv"], "row_number": [2]}), KEY)
    again = observe(tmp_path, business_date=date(2026, 10, 31), versions=recorded)
    assert list(again.frames) == ["surveys"]
    assert again["surveys"]["overall"].tolist() == [9.0, 9.0]
    with pytest.raises(LakeUnreadable, match=r"surveys.*cannot be read"):
        observe(tmp_path, business_date=date(2026, 10, 31), versions={"surveys": 9})


def test_the_newest_day_is_that_of_an_interview_or_a_review(tmp_path: Path) -> None:
    assert newest(tmp_path) is None
    assert newest(tmp_path / "absent") is None
    land(tmp_path, "surveys", AROUND.head(3), KEY)
    assert newest(tmp_path) == date(2026, 10, 31)
    review = pd.DataFrame(
        {
            "review_id": ["V1"],
            "dealer_id": ["D1"],
            "posted_at": pd.Series(pd.to_datetime(["2026-11-03 08:00"])).astype("datetime64[us]"),
            "rating": [5.0],
            "file_name": ["r.csv"],
            "row_number": [2],
        }
    )
    land(tmp_path, "reviews", review.head(0), KEY)
    assert newest(tmp_path) == date(2026, 10, 31)
    land(tmp_path, "reviews", review, KEY)
    assert newest(tmp_path) == date(2026, 11, 3)


def test_a_program_that_ends_right_after_reading_ends_well(tmp_path: Path) -> None:
    land(tmp_path, "surveys", AROUND, KEY)
    program = (
        "import sys; from datetime import date; from lake import observe;"
        "observe(sys.argv[1], business_date=date(2026, 10, 31))"
    )
    for _ in range(4):
        assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0
