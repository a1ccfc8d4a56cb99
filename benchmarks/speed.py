"""Speed: the whole nightly run against what merely reading and writing the same data costs.

A world is written as plain CSV files. Then, in one go on one machine: pyarrow reads those files and deltalake writes
them (the yardstick); ``mingcha nightly`` runs on them from an empty home (the first night); one more day is delivered
and it runs again (the second night).

    python -m benchmarks.speed                # 1,000,000 interviews, about ten minutes in all
    python -m benchmarks.speed --small        # a fiftieth of it, about a minute

Times are wall-clock seconds; memory is the largest resident set of the command and its children, sampled ten times a
second.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import psutil
import pyarrow.csv
from deltalake import write_deltalake

from benchmarks.tables import quote
from simulation import WorldSettings, simulate, write_inbox

GOAL_TIMES, GOAL_SECOND_NIGHT, GOAL_GB = 6.0, 1 / 3, 8.0


def yardstick_s(inbox: Path, scratch: Path) -> float:
    """Return the seconds that pyarrow and deltalake need to read and write the inbox's CSV files."""
    started = time.perf_counter()
    for path in sorted(inbox.glob("*.csv")):
        write_deltalake(str(scratch / path.stem), pyarrow.csv.read_csv(path))
    return time.perf_counter() - started


def timed(command: Sequence[str]) -> tuple[float, float]:
    """Run a command and return its seconds and the largest memory, in GB, of it and its children together."""
    started = time.perf_counter()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    peak_bytes = 0
    while process.poll() is None:
        resident = 0
        for one in [process, *_children(process)]:
            try:
                resident += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak_bytes = max(peak_bytes, resident)
        time.sleep(0.1)
    elapsed_s = time.perf_counter() - started
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}.")
    return elapsed_s, peak_bytes / 1e9


def _children(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def one_more_day(inbox: Path, night: pd.Timestamp) -> None:
    """Deliver the day after the last: a copy of the last day's rows under new keys, one file a source."""
    keys = {
        "surveys": "response_id",
        "contacts": "contact_id",
        "transactions": "transaction_id",
        "reviews": "review_id",
    }
    times = {"surveys": "called_at", "contacts": "attempted_at", "transactions": "happened_on", "reviews": "posted_at"}
    for source, key in keys.items():
        rows = pd.read_csv(inbox / f"{source}.csv", dtype="str")
        when = pd.to_datetime(rows[times[source]], format="ISO8601")
        last = rows[when >= when.max().normalize()].copy()
        last[key] = last[key] + "-next"
        last[times[source]] = (when.loc[last.index] + pd.Timedelta(days=1)).dt.strftime("%Y-%m-%dT%H:%M:%S")
        last.to_csv(inbox / f"{source}_{night:%Y-%m-%d}.csv", index=False)


def main() -> None:
    """Run the benchmark and quote its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a fiftieth of the size; writes no table")
    parser.add_argument("--keep", type=Path, help="keep the inbox and the homes there")
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp(prefix="mingcha-speed-"))
    inbox, home = root / "inbox", root / "home"
    settings = WorldSettings.large()
    if arguments.small:
        settings = replace(settings, dealers=settings.dealers // 50)
    world = simulate(settings)
    rows = {source: len(frame) for source, frame in world.frames.items()}
    last_day = world.frames["surveys"]["called_at"].max().normalize()
    write_inbox(world, inbox, plain=True)
    del world

    yardstick = yardstick_s(inbox, root / "yardstick")
    mingcha = [str(Path(sys.executable).parent / "mingcha"), "nightly", "--inbox", str(inbox), "--home", str(home)]
    first_s, first_gb = timed([*mingcha, "--date", f"{last_day:%Y-%m-%d}"])
    next_day = last_day + pd.Timedelta(days=1)
    one_more_day(inbox, next_day)
    second_s, second_gb = timed([*mingcha, "--date", f"{next_day:%Y-%m-%d}"])
    if not arguments.keep:
        shutil.rmtree(root)

    table = pd.DataFrame(
        [
            ("rows: " + ", ".join(f"{count:,} {source}" for source, count in rows.items()), "", ""),
            ("read by pyarrow and written by deltalake, s", f"{yardstick:.1f}", ""),
            ("first night, s", f"{first_s:.1f}", ""),
            ("first night ÷ yardstick", f"{first_s / yardstick:.1f}", f"≤ {GOAL_TIMES:.0f}"),
            ("second night, s", f"{second_s:.1f}", ""),
            ("second night ÷ first night", f"{second_s / first_s:.2f}", f"≤ {GOAL_SECOND_NIGHT:.2f}"),
            ("largest memory, GB", f"{max(first_gb, second_gb):.1f}", f"≤ {GOAL_GB:.0f}"),
        ],
        columns=["measure", "measured", "goal"],
    )
    if arguments.small:
        print(table.to_string(index=False))
    else:
        print(quote("speed", table, "python -m benchmarks.speed"))


if __name__ == "__main__":
    main()
