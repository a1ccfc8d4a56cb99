"""The console starts light."""

import subprocess
import sys
import threading
from pathlib import Path

import httpx
from fastapi import FastAPI

from review.afterwards import Afterwards
from tests.review.conftest import served

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
    "sqlalchemy.orm",
    "vl_convert",
)

STARTED = """
import sys, time
from review.serving import create_app
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


def test_what_later_pages_need_is_made_ready_after_the_first_answer_and_once() -> None:
    happened: list[str] = []
    made_ready = threading.Event()

    def make_ready() -> None:
        happened.append("made ready")
        made_ready.set()

    app = FastAPI()
    app.add_api_route("/", lambda: happened.append("answered"))
    with served(Afterwards(app, make_ready)) as address:
        assert not made_ready.is_set()
        for _ in range(2):
            httpx.get(address)
            assert made_ready.wait(10)

    assert happened == ["answered", "made ready", "answered"]
