"""Single sign-on, against an OpenID Connect provider that runs as a process of its own."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx import Response
from starlette.testclient import TestClient

from review.security.permissions import Role
from sql import accounts
from sql.connection import reading, writing
from tests.review.conftest import AT, Console, made

CLIENT = {"client_id": "mingcha", "client_secret": "shared with the provider"}
USERS = (
    {"sub": "u-1001", "email": "sun.li@maker.example", "name": "孙丽", "preferred_username": "sun.li"},
    {"sub": "u-1002", "email": "zhao.lei@maker.example", "name": "Mallory", "preferred_username": "zhao.lei"},
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The issuer of a provider that knows two people, on a free port of this machine."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    for user in USERS:
        command += ["--user-claims", json.dumps(user)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while not _answers(issuer):
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < until, "the provider does not answer"
            time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def strict(provider: str, empty_database: Path, tmp_path: Path) -> Iterator[Console]:
    """A console that lets in only whom it knows."""
    yield from made(empty_database, tmp_path, single_sign_on={"issuer": provider, **CLIENT})


@pytest.fixture
def welcoming(provider: str, empty_database: Path, tmp_path: Path) -> Iterator[Console]:
    """A console that makes a reviewer of whomever the provider vouches for."""
    on = {"issuer": provider, **CLIENT, "new_people": "reviewer"}
    yield from made(empty_database, tmp_path, single_sign_on=on)


def at_the_provider(
    client: TestClient, subject: str, start: str = "/sign-on?next=/help", change: tuple[str, str] = ("", "")
) -> str:
    """Go to the provider, say who one is there, and return the path by which it sends one back."""
    address = client.get(start).headers["location"].replace(*change)
    with httpx.Client() as browser:
        sent = browser.post(address, data={"sub": subject})
    assert sent.status_code == 302, sent.text
    return sent.headers["location"].removeprefix("http://127.0.0.1")


def sign_on(client: TestClient, subject: str, start: str = "/sign-on?next=/help") -> Response:
    answer: Response = client.get(at_the_provider(client, subject, start))
    return answer


def test_whoever_is_unknown_here_is_refused_in_plain_words(strict: Console) -> None:
    client = strict.visitor()

    answer = sign_on(client, "u-1001")

    assert answer.status_code == 403
    assert "You are known to the provider, but not here." in answer.text
    assert client.get("/help").status_code == 303


def test_whoever_is_unknown_gets_an_account_where_that_is_wanted(welcoming: Console) -> None:
    client = welcoming.visitor()

    first, again = sign_on(client, "u-1001"), sign_on(welcoming.visitor(), "u-1001")

    assert (first.status_code, first.headers["location"], again.status_code) == (303, "/help", 303)
    assert "孙丽" in client.get("/account").text
    with reading(welcoming.engine) as connection:
        known = accounts.all_people(connection)
    assert [(person.account, person.role, person.has_password) for person in known] == [("sun.li", "reviewer", False)]


def test_nobody_takes_over_an_account_by_choosing_its_name_at_the_provider(welcoming: Console) -> None:
    welcoming.add_person("zhao.lei", "赵磊", Role.ADMIN)

    answer = sign_on(welcoming.visitor(), "u-1002")

    assert answer.status_code == 403
    assert "There is an account of this name already" in answer.text


def test_an_invitation_is_taken_by_single_sign_on_once_and_the_person_comes_by_it_from_then_on(strict: Console) -> None:
    with writing(strict.engine) as connection:
        person = accounts.create_person(connection, "sun.li", "孙丽", "lead", actor="tests", at=AT)
        token = accounts.invite(connection, person.person_id, actor="tests", at=AT)

    taken = sign_on(strict.visitor(), "u-1001", f"/sign-on?invitation={token}")
    client = strict.visitor()
    again = sign_on(client, "u-1001")

    assert (taken.status_code, again.status_code) == (303, 303)
    assert client.get("/help").status_code == 200
    assert strict.visitor().get(f"/welcome/{token}").status_code == 410


def test_an_answer_that_another_browser_asked_for_is_worth_nothing(welcoming: Console) -> None:
    path = at_the_provider(welcoming.visitor(), "u-1001")

    without_cookie = welcoming.visitor().get(path)
    other = welcoming.visitor()
    at_the_provider(other, "u-1001")

    assert [without_cookie.status_code, other.get(path).status_code] == [502, 502]


def test_an_identity_that_was_made_for_another_request_is_not_believed(welcoming: Console) -> None:
    client = welcoming.visitor()

    path = at_the_provider(client, "u-1001", change=("nonce=", "nonce=another"))

    assert client.get(path).status_code == 502


def test_an_answer_works_once(welcoming: Console) -> None:
    client = welcoming.visitor()
    path = at_the_provider(client, "u-1001")
    waiting = client.cookies["mingcha-sign-on"]

    first = client.get(path)
    client.cookies.set("mingcha-sign-on", waiting)

    assert (first.status_code, client.get(path).status_code) == (303, 502)


def test_the_request_carries_state_nonce_and_a_challenge_and_leads_back_here(strict: Console, provider: str) -> None:
    answer = strict.visitor().get("/sign-on?next=//evil.example")

    address = answer.headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(provider)
    assert asked["redirect_uri"] == "http://127.0.0.1/sign-on/back"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(len(asked[name]) >= 40 for name in ("state", "nonce", "code_challenge"))
    assert "httponly" in answer.headers["set-cookie"].lower()


def test_a_provider_that_refuses_or_is_away_is_said(strict: Console, empty_database: Path, tmp_path: Path) -> None:
    refused = strict.visitor().get("/sign-on/back?error=access_denied&error_description=%3Cscript%3E")
    (tmp_path / "other").mkdir()
    on = {"issuer": "http://127.0.0.1:9", **CLIENT}
    for console in made(empty_database, tmp_path / "other", single_sign_on=on):
        away = console.visitor().get("/sign-on")

    assert (refused.status_code, away.status_code) == (403, 502)
    assert "<script>" not in refused.text


def test_the_login_page_offers_single_sign_on_only_where_there_is_one(strict: Console, console: Console) -> None:
    assert 'href="/sign-on?next=/"' in strict.visitor().get("/login").text
    assert "/sign-on" not in console.visitor().get("/login").text
    assert console.visitor().get("/sign-on").status_code == 404


def _answers(issuer: str) -> bool:
    try:
        return httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200
    except httpx.TransportError:
        return False
