"""The console's benchmark in small: its history is whole, its walk finds every page, and none reads all of it."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from benchmarks.console import Measured, Visit, pages, sign_in, table
from benchmarks.stored_history import Size, write_history
from review.app import create_app
from review.settings import ReviewSettings
from sql.accounts.sessions import SEEN_EVERY
from sql.connection import reading
from sql.store import open_store

BIG = ("evidence", "scores", "records", "dealer_scores", "finding_nights")
"""Tables that grow with every night."""

MOST_STATEMENTS = 20
"""Of one page: more would be one for each row of something."""

Statement = tuple[str, tuple[object, ...]]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A history of forty dealers and six nights."""
    written = f"sqlite:///{tmp_path_factory.mktemp('history') / 'mingcha.db'}"
    write_history(written, Size(dealers=40, interviewers=12, nights=6, cases=90, records=30))
    return written


@pytest.fixture(scope="module")
def app(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A console on it."""
    made = create_app(ReviewSettings(database_url=url, home=tmp_path_factory.mktemp("home")))  # type: ignore[arg-type]
    yield made
    made.state.engine.dispose()
    made.state.patient_engine.dispose()


@pytest.fixture(scope="module")
def asked(app: FastAPI, url: str) -> dict[str, list[Statement]]:
    """What every kind of page asked of the database, seen by an auditor."""
    auditor = next(visitor for visitor in sign_in(url, 4) if visitor.role == "auditor")
    browser = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    browser.cookies.update({"mingcha-session": auditor.session, "mingcha-language": "zh"})
    heard: list[Statement] = []
    event.listen(
        app.state.engine, "after_cursor_execute", lambda _1, _2, text, values, _3, _4: heard.append((text, values))
    )
    found = {}
    for page in pages(url, np.random.default_rng(1)):
        for path in dict.fromkeys(page.addresses[:4]):
            heard.clear()
            bearer = {"Authorization": f"Bearer {auditor.token}"} if path.startswith("/api/") else {}
            answer = browser.get(path, headers=bearer)
            assert answer.status_code == 200, path
            assert re.fullmatch(r"app;dur=\d+\.\d", answer.headers["server-timing"])
            found[path] = list(heard)
    return found


def test_the_history_is_one_that_an_auditor_finds_whole(url: str) -> None:
    with open_store(url) as store:
        assert store.verify() == []
        with reading(store.engine) as connection:
            counts = connection.exec_driver_sql("select status, count(*) from audit_cases group by status").all()
            nights = connection.exec_driver_sql("select count(*) from audit_runs").scalar_one()
    held = {str(status): int(count) for status, count in counts}
    assert sum(held.values()) == 90
    assert held["closed"] > 45
    assert nights == 6


def test_no_page_asks_the_database_for_each_row_of_something(asked: dict[str, list[Statement]]) -> None:
    assert {path: len(said) for path, said in asked.items() if len(said) > MOST_STATEMENTS} == {}


def test_no_page_reads_all_of_a_table_that_grows_with_every_night(
    app: FastAPI, asked: dict[str, list[Statement]]
) -> None:
    whole = re.compile(rf"SCAN ({'|'.join(BIG)})\b")
    with app.state.engine.connect() as connection:
        plans = [
            (path, row[3])
            for path, said in asked.items()
            for text, values in said
            for row in connection.exec_driver_sql(f"explain query plan {text}", values)
        ]
    assert [(path, plan) for path, plan in plans if whole.match(plan)] == []


@pytest.mark.parametrize("kind", ["/cases/", "/dealers/", "/interviewers/", "/api/v1/cases/", "/api/v1/dealers/"])
def test_a_page_of_one_unit_reads_its_evidence_and_not_that_of_the_night(
    app: FastAPI, asked: dict[str, list[Statement]], kind: str
) -> None:
    of_evidence = []
    with app.state.engine.connect() as connection:
        for path, said in asked.items():
            if re.fullmatch(rf"{kind}\w+", path):
                for text, values in said:
                    rows = connection.exec_driver_sql(f"explain query plan {text}", values)
                    of_evidence += [row[3] for row in rows if row[3].startswith("SEARCH evidence")]
    assert of_evidence
    assert [plan for plan in of_evidence if "unit_key=?" not in plan and "detector_key=?" not in plan] == []


def test_the_session_is_not_written_down_again_on_every_page(app: FastAPI, url: str) -> None:
    visitor = sign_in(url, 1)[0]
    browser = TestClient(app, base_url="http://127.0.0.1")
    browser.cookies.set("mingcha-session", visitor.session)
    written: list[str] = []
    for engine in (app.state.engine, app.state.patient_engine):
        event.listen(engine, "before_cursor_execute", lambda _1, _2, text, _3, _4, _5: written.append(text))
    browser.get("/cases")
    assert SEEN_EVERY.total_seconds() >= 60
    assert [text for text in written if not text.lower().startswith(("select", "begin"))] == []


def test_the_table_says_how_many_kinds_of_page_keep_the_goal() -> None:
    quick = [Visit("queue", 20.0, 25.0, 1000), Visit("queue", 40.0, 45.0, 1000)]
    slow = [Visit("queue", 200.0, 205.0, 1000), Visit("case", 20.0, 25.0, 1000)]
    measured = Measured(1.0, 200.0, ("case", 300.0), (quick, 2.0), (slow, 2.0))
    rows = table({"SQLite": measured}).set_index("median / 95th percentile, ms")
    assert list(rows.loc["queue"]) == ["30 / 39", "200 / 200"]
    assert list(rows.loc["kinds of page within the goal"]) == ["1 of 1", "1 of 2"]
    assert list(rows.loc["pages a second"]) == ["1", "1"]
