"""What a visitor is told when a page cannot be shown."""

import logging
import sqlite3
import time
from pathlib import Path

import pytest
from fastapi import APIRouter
from pydantic import SecretStr
from starlette.testclient import TestClient

from lake.errors import KeyLost
from review import app as review_app
from review.app import create_app
from review.security.permissions import Permission, Role
from review.security.roles import requires
from review.settings import ReviewSettings
from sql import accounts
from sql.connection import writing
from tests.review.conftest import Console, csrf_of

SECRET = "13800138000"  # noqa: S105 - an invented number


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes that fail in ways a page of the console may."""
    router = APIRouter()

    def fail() -> None:
        raise ValueError(f"cannot parse {SECRET}")

    def lose_the_key() -> None:
        raise KeyLost("The key is gone.", remedy="Restore it.")

    for path in ("/fails", "/api/v1/fails"):
        router.add_api_route(path, fail, dependencies=[requires(Permission.PUBLIC)])
    router.add_api_route("/locked", lose_the_key, dependencies=[requires(Permission.PUBLIC)])
    module = type("Module", (), {"router": router})
    monkeypatch.setattr(review_app, "_MODULES", (*review_app._MODULES, module))


@pytest.mark.usefixtures("faulty")
def test_a_fault_of_ours_is_a_page_without_details_and_a_line_in_the_log_without_values(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    page, problem = console.visitor().get("/fails"), console.visitor().get("/api/v1/fails")

    assert (page.status_code, problem.status_code) == (500, 500)
    assert "A fault in Mingcha itself" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert SECRET not in page.text + problem.text + caplog.text
    assert "ValueError at tests.review.test_faults" in caplog.text


@pytest.mark.usefixtures("faulty")
def test_a_key_that_is_lost_is_said_and_logged(console: Console, caplog: pytest.LogCaptureFixture) -> None:
    page = console.visitor("zh").get("/locked")

    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "本系统的密钥缺失" in page.text
    assert "The key is gone." in caplog.text


def test_a_missing_key_is_said_to_who_can_have_it_restored_before_the_night_stops_for_it(
    console: Console, tmp_path: Path
) -> None:
    (tmp_path / "lake" / "surveys").mkdir(parents=True)
    missing = [console.as_(role).get("/help").text for role in (Role.ADMIN, Role.REVIEWER)]
    (tmp_path / "key").write_text("5e" * 32)
    there = console.as_(Role.ADMIN).get("/help").text

    said = ["The key of this installation is missing" in page for page in (*missing, there)]
    assert said == [True, False, False]


def test_what_is_not_there_is_a_page_in_the_visitors_language_and_a_problem_under_the_api(console: Console) -> None:
    page, problem = console.visitor("zh").get("/nothing"), console.visitor("zh").get("/api/v1/nothing")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert "这里没有内容" in page.text
    assert problem.json() | {"detail": ""} == {
        "type": "about:blank",
        "title": "这里没有内容",
        "status": 404,
        "detail": "",
    }


def test_whoever_signed_in_keeps_their_menu_and_language_where_nothing_is(console: Console) -> None:
    with writing(console.engine) as connection:
        accounts.set_language(connection, 1, "zh")

    page = console.as_("li.na", "en").get("/nothing").text

    assert "李娜" in page
    assert "这里没有内容" in page


def test_nobody_waits_for_a_night_that_is_being_written_only_to_be_seen(console: Console) -> None:
    client = console.as_(Role.REVIEWER)
    console.clock.forward(minutes=10)
    begun = time.monotonic()
    with writing(console.engine):
        page = client.get("/help")

    assert page.status_code == 200
    assert time.monotonic() - begun < 5  # a page that waited would wait ten seconds


def test_whoever_is_not_allowed_is_told_so_and_whoever_is_unknown_is_asked_for_a_token(console: Console) -> None:
    refused = console.as_(Role.REVIEWER).get("/people")

    assert refused.status_code == 403
    assert "Your role does not include this." in refused.text


def test_a_form_that_lacks_something_says_what(console: Console) -> None:
    client = console.as_(Role.ADMIN)

    answer = client.post("/people", data={"csrf": csrf_of(client.get("/people").text)})

    assert answer.status_code == 422
    assert "account, name, role" in answer.text


def test_a_database_that_is_away_is_a_page_that_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    away = SecretStr("postgresql://mingcha:secret@127.0.0.1:9/mingcha")
    client = TestClient(create_app(ReviewSettings(database_url=away, home=tmp_path)), base_url="http://127.0.0.1")
    client.cookies.set("mingcha-session", "x" * 43)

    page, problem = client.get("/help", headers={"Accept-Language": "zh"}), client.get("/api/v1/nothing")

    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "数据库暂时不可用" in page.text
    assert "cannot be reached" in caplog.text
    assert "secret" not in page.text + caplog.text
    assert problem.status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("delete from alembic_version", "has no tables of Mingcha yet"),
        ("update alembic_version set version_num = '9999'", "of a newer release"),
        ("delete from view_texts", "of an older release"),
    ],
)
def test_tables_of_another_release_are_said_and_logged(
    console: Console, tmp_path: Path, caplog: pytest.LogCaptureFixture, change: str, said: str
) -> None:
    client = console.as_(Role.REVIEWER)
    with sqlite3.connect(tmp_path / "mingcha.db") as database:
        database.execute(change)
    database.close()

    page = client.get("/help")

    assert page.status_code == 503
    assert said in page.text
    assert [record.levelno for record in caplog.records if record.name == "mingcha.review"] == [logging.ERROR]


def test_an_empty_file_in_place_of_the_database_is_said(tmp_path: Path) -> None:
    settings = ReviewSettings(database_url=SecretStr(f"sqlite:///{tmp_path / 'new.db'}"), home=tmp_path)
    client = TestClient(create_app(settings), base_url="http://127.0.0.1")
    client.cookies.set("mingcha-session", "x" * 43)

    page = client.get("/help")

    assert page.status_code == 503
    assert "has no tables of Mingcha yet" in page.text
