import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from detectors.core.sources import SOURCES
from lake import Key, KeyMismatch, Landed, history, land, observe, versions
from tests.lake.deliveries import KEY, surveys

FIRST = surveys("a.csv", ("R1", "2026-10-01 09:00", 9.0), ("R2", "2026-10-02 10:00", 8.0))
CORRECTION = surveys("b.csv", ("R1", "2026-10-01 09:00", 4.0), ("R3", "2026-10-03 11:00", 10.0))


def scores(lake: Path, version: int | None = None) -> dict[str, float]:
    at = None if version is None else {"surveys": version}
    frame = observe(lake, business_date=date(2026, 10, 31), versions=at)["surveys"]
    return dict(sorted(zip(frame["response_id"].tolist(), frame["overall"].tolist(), strict=True)))


def test_a_correction_wins_and_what_it_corrected_stays_readable(tmp_path: Path) -> None:
    assert land(tmp_path, "surveys", FIRST, KEY) == Landed(0, inserted=2, updated=0, unchanged=0)
    assert land(tmp_path, "surveys", CORRECTION, KEY) == Landed(1, inserted=1, updated=1, unchanged=0)
    assert scores(tmp_path) == {"R1": 4.0, "R2": 8.0, "R3": 10.0}
    assert scores(tmp_path, version=0) == {"R1": 9.0, "R2": 8.0}
    seen = history(tmp_path, "surveys", "R1")
    assert seen[["table_version", "overall", "delivered_file", "delivered_row"]].to_numpy().tolist() == [
        [0, 9.0, "a.csv", 2],
        [1, 4.0, "b.csv", 2],
    ]


def test_a_delivery_that_comes_again_makes_no_version_whatever_it_is_called(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    again = FIRST.iloc[::-1].assign(file_name="copy.csv", row_number=[7, 8])[sorted(FIRST.columns)]
    for delivery in (FIRST, again):
        assert land(tmp_path, "surveys", delivery, KEY) == Landed(0, inserted=0, updated=0, unchanged=2)


def test_a_corrected_file_that_comes_again_does_not_undo_its_correction(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    land(tmp_path, "surveys", CORRECTION, KEY)
    assert land(tmp_path, "surveys", FIRST, KEY) == Landed(1, inserted=0, updated=0, unchanged=2)
    assert scores(tmp_path)["R1"] == 4.0


def test_a_new_file_may_correct_a_correction_back(tmp_path: Path) -> None:
    for delivery in (FIRST, CORRECTION, surveys("c.csv", ("R1", "2026-10-01 09:00", 9.0))):
        land(tmp_path, "surveys", delivery, KEY)
    assert history(tmp_path, "surveys", "R1")["overall"].tolist() == [9.0, 4.0, 9.0]


def test_of_two_files_in_one_night_the_later_wins_and_both_are_in_history(tmp_path: Path) -> None:
    both = pd.concat([FIRST, CORRECTION], ignore_index=True)
    assert land(tmp_path, "surveys", both, KEY) == Landed(1, inserted=3, updated=1, unchanged=0)
    assert scores(tmp_path) == {"R1": 4.0, "R2": 8.0, "R3": 10.0}
    assert history(tmp_path, "surveys", "R1")["overall"].tolist() == [9.0, 4.0]
    assert land(tmp_path, "surveys", both, KEY) == Landed(1, inserted=0, updated=0, unchanged=4)


def test_a_new_item_is_a_new_column_and_older_rows_have_no_answer_to_it(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    wider = surveys("b.csv", ("R2", "2026-10-02 10:00", 8.0), ("R3", "2026-10-03 10:00", 8.0)).assign(q_new=7.0)
    assert land(tmp_path, "surveys", wider.astype({"q_new": "float32"}), KEY).updated == 1
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["surveys"].sort_values("response_id")
    assert frame["q_new"].fillna(-1).tolist() == [-1, 7, 7]
    assert frame["q_new"].dtype == "float32"
    assert (
        "q_new" not in observe(tmp_path, business_date=date(2026, 10, 31), versions={"surveys": 0})["surveys"].columns
    )


def test_a_row_delivered_without_a_column_it_had_loses_that_value(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    shorter = CORRECTION.drop(columns=["verbatim", "duration_s"])
    land(tmp_path, "surveys", shorter, KEY)
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["surveys"].set_index("response_id")
    assert frame["verbatim"].isna().to_dict() == {"R1": True, "R2": False, "R3": True}


def test_a_row_may_move_in_time_or_lose_its_time(tmp_path: Path) -> None:
    contacts = pd.DataFrame(
        {
            "contact_id": ["K1", "K2"],
            "wave": ["2026-10", "2026-10"],
            "dealer_id": ["D1", "D1"],
            "attempted_at": pd.Series(pd.to_datetime(["2026-10-01", "NaT"])).astype("datetime64[us]"),
            "disposition": ["busy", "busy"],
            "file_name": ["a.csv", "a.csv"],
            "row_number": [2, 3],
        }
    )
    land(tmp_path, "contacts", contacts, KEY)
    moved = contacts.assign(
        attempted_at=pd.Series(pd.to_datetime(["NaT", "2026-10-05"])).astype("datetime64[us]"), file_name="b.csv"
    )
    assert land(tmp_path, "contacts", moved, KEY) == Landed(1, inserted=0, updated=2, unchanged=0)
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["contacts"].set_index("contact_id")
    assert frame["attempted_at"].isna().to_dict() == {"K1": True, "K2": False}


@pytest.mark.parametrize("source", SOURCES)
def test_a_delivery_of_no_rows_makes_an_empty_table_once(tmp_path: Path, source: str) -> None:
    columns = {column: pd.Series([], dtype="str") for column in SOURCES[source].required}
    empty = pd.DataFrame(
        columns | {"file_name": pd.Series([], dtype="str"), "row_number": pd.Series([], dtype="int64")}
    )
    for _ in range(2):
        assert land(tmp_path, source, empty, KEY) == Landed(0, inserted=0, updated=0, unchanged=0)
    assert versions(tmp_path) == {source: 0}
    assert observe(tmp_path, business_date=date(2026, 10, 31))[source].empty


def test_another_key_is_found_out_before_anything_is_written(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    before = sorted(tmp_path.rglob("*"))
    other = Key(bytes(32), origin="home/key")
    staff = pd.DataFrame({"dealer_id": ["D1"], "staff_id": ["S1"], "file_name": ["s.csv"], "row_number": [2]})
    for source, delivery in (("surveys", CORRECTION), ("staff", staff)):
        with pytest.raises(KeyMismatch, match=r"key from home/key .* Restore the key that belongs to this lake"):
            land(tmp_path, source, delivery, other)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_personal_value_is_on_the_disk(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    land(tmp_path, "surveys", CORRECTION, KEY)
    frame = DeltaTable(tmp_path / "surveys").to_pyarrow_table().to_pandas()
    log = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    for personal in ("13812345678", "LSVAA49J132047371"):
        assert personal not in frame.to_csv()
        assert personal not in log
    assert bytes(range(32)).hex() not in log


KILLED = """
import os, signal, sys
import pandas as pd
from pathlib import Path
from lake import land
import lake.landing as landing
from tests.lake.deliveries import KEY
from tests.lake.test_landing import CORRECTION, FIRST

step, root = sys.argv[1], Path(sys.argv[2])
commits = 0
merge, write = landing._merge, landing.write_deltalake
def killing_merge(*arguments):
    if step == "before the second commit":
        os.kill(os.getpid(), signal.SIGKILL)
    result = merge(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
def killing_write(*arguments, **options):
    if step == "before the first commit":
        Path(root, "surveys", "_delta_log").mkdir(parents=True)
        Path(root, "surveys", "part-0000.parquet").write_bytes(b"PAR1 half a fi")
        os.kill(os.getpid(), signal.SIGKILL)
    write(*arguments, **options)
landing._merge, landing.write_deltalake = killing_merge, killing_write
land(root, "surveys", pd.concat([FIRST, CORRECTION], ignore_index=True), KEY)
"""


@pytest.mark.parametrize("step", ["before the first commit", "before the second commit", "after the second commit"])
def test_after_a_kill_at_any_step_the_lake_is_readable_and_a_second_run_completes(tmp_path: Path, step: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(tmp_path)], env=os.environ | {"PYTHONPATH": "."}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert versions(tmp_path) in ({}, {"surveys": 0}, {"surveys": 1})
    assert land(tmp_path, "surveys", pd.concat([FIRST, CORRECTION], ignore_index=True), KEY).table_version == 1
    assert scores(tmp_path) == {"R1": 4.0, "R2": 8.0, "R3": 10.0}
    assert history(tmp_path, "surveys", "R1")["overall"].tolist() == [9.0, 4.0]
