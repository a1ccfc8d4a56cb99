import multiprocessing
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake
from filelock import FileLock

import lake.landing
from lake import LakeBusy, LakeUnreadable, LakeUnwritable, land, observe, versions
from tests.lake.deliveries import KEY, PHONE, VIN, surveys

FIRST = surveys("a.csv", ("R1", "2026-10-01 09:00", 9.0))
SECOND = surveys("b.csv", ("R2", "2026-10-02 09:00", 9.0))
CORRECTION = surveys("c.csv", ("R1", "2026-10-01 09:00", 1.0))


def log_entry(root: Path, version: int) -> Path:
    return root / "surveys" / "_delta_log" / f"{version:020}.json"


@pytest.mark.parametrize("harm", ["cut", "gone", "parquet gone", "not json"])
def test_a_broken_table_is_named_with_what_to_do_and_never_written_over(tmp_path: Path, harm: str) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    land(tmp_path, "surveys", SECOND, KEY)
    if harm == "cut":
        log_entry(tmp_path, 0).write_text(log_entry(tmp_path, 0).read_text()[:100])
    elif harm == "gone":
        log_entry(tmp_path, 0).unlink()
    elif harm == "not json":
        log_entry(tmp_path, 0).write_text("not json")
    else:
        for part in (tmp_path / "surveys").glob("*.parquet"):
            part.unlink()
    with pytest.raises(LakeUnreadable, match=r"surveys.* cannot be read: .*Restore the folder") as error:
        land(tmp_path, "surveys", CORRECTION, KEY)
    assert PHONE not in str(error.value)
    with pytest.raises(LakeUnreadable, match="surveys"):
        observe(tmp_path, business_date=date(2026, 10, 31))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LakeUnwritable, match=r"file/lake.* cannot be written: .*Make room or mend the permissions"):
        land(tmp_path / "file" / "lake", "surveys", FIRST, KEY)


FULL = """
import resource, sys
import pandas as pd
from lake import LakeUnwritable, land
from tests.lake.deliveries import KEY, surveys
rows = surveys("b.csv", *((f"N{i}", "2026-10-02 09:00", 9.0) for i in range(5000)))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    land(sys.argv[1], "surveys", rows, KEY)
except LakeUnwritable as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert f"The table {tmp_path}/surveys cannot be written: " in told
    assert "Make room" in told
    assert PHONE not in told
    assert VIN not in told
    assert versions(tmp_path) == {"surveys": 0}
    assert land(tmp_path, "surveys", SECOND, KEY).table_version == 1


def test_a_table_that_another_process_holds_is_waited_for_and_then_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake.landing, "_LOCK_WAIT_S", 0.1)
    with FileLock(tmp_path / ".surveys.lock"), pytest.raises(LakeBusy, match=r"landing surveys .* Let it finish"):
        land(tmp_path, "surveys", FIRST, KEY)
    assert versions(tmp_path) == {}


@pytest.mark.parametrize("delivery", [SECOND, CORRECTION], ids=["append", "merge"])
def test_a_writer_that_took_no_lock_makes_the_landing_fail_instead_of_landing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delivery: pd.DataFrame
) -> None:
    land(tmp_path, "surveys", FIRST, KEY)
    look_up = lake.landing._known

    def slow_look_up(table: DeltaTable, *others: object) -> object:
        found = look_up(table, *others)  # type: ignore[arg-type]
        write_deltalake(tmp_path / "surveys", table.to_pyarrow_table(), mode="append")
        return found

    monkeypatch.setattr(lake.landing, "_known", slow_look_up)
    with pytest.raises(LakeBusy, match=r"surveys.* Let it finish and run again"):
        land(tmp_path, "surveys", delivery, KEY)
    assert versions(tmp_path) == {"surveys": 1}


def land_both(root: Path, turn: int) -> None:
    for number in range(3):
        land(
            root, "surveys", surveys(f"{number}.csv", (f"R{number}", "2026-10-01", 9.0), ("R", "2026-10-01", turn)), KEY
        )


def test_two_processes_that_land_at_once_take_turns(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=land_both, args=(tmp_path, turn)) for turn in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    frame = observe(tmp_path, business_date=date(2026, 10, 31))["surveys"]
    assert sorted(frame["response_id"]) == ["R", "R0", "R1", "R2"]
