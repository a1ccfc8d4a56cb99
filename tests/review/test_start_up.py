"""The console starts light."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HEAVY = (
    "alembic",
    "altair",
    "authlib",
    "deltalake",
    "great_expectations",
    "numpy",
    "pandas",
    "prefect",
    "pyarrow",
    "vl_convert",
)

STARTED = """
import sys, time
from review.app import create_app
from review.settings import ReviewSettings
create_app(ReviewSettings(database_url="sqlite://", home="."))
print(time.process_time(), *sys.modules)
"""


def test_starting_takes_less_than_a_second_and_loads_nothing_heavy() -> None:
    said = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in HEAVY if name in said] == []
    assert float(said[0]) < 1.5, "seconds of one processor, with half as much again for a slow machine"
