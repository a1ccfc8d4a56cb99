"""What every answer carries, and what is turned away at the door."""

import pytest

from review.security.headers import CONTENT_SECURITY_POLICY
from review.security.permissions import Role
from tests.review.conftest import Console, csrf_of


@pytest.mark.parametrize("path", ["/login", "/help", "/nothing", "/api/v1/nothing", "/static/x/style.css"])
def test_every_answer_tells_the_browser_what_to_refuse(console: Console, path: str) -> None:
    headers = console.visitor().get(path).headers

    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


def test_the_policy_lets_nothing_in_from_elsewhere_and_runs_nothing_inline() -> None:
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))

    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert not any(word in CONTENT_SECURITY_POLICY for word in ("unsafe", "*", "http"))


def test_under_https_browsers_are_told_to_stay_there(secure_console: Console) -> None:
    assert secure_console.visitor().get("/login").headers["strict-transport-security"] == "max-age=31536000"


def test_pages_are_kept_nowhere_and_files_for_a_year_under_an_address_that_changes_with_them(console: Console) -> None:
    page = console.visitor().get("/login")
    address = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    stylesheet, other = console.visitor().get(address), console.visitor().get("/static/000000000000/style.css")

    assert page.headers["cache-control"] == "no-store"
    assert stylesheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"
    assert stylesheet.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("path", ["/static/x/../app.py", "/static/x/%2e%2e%2fapp.py", "/static/x/nothing.css"])
def test_no_other_file_than_those_of_the_pages_can_be_fetched(console: Console, path: str) -> None:
    assert console.visitor().get(path).status_code == 404


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
def test_a_name_that_is_not_the_consoles_is_turned_away(console: Console, name: str) -> None:
    assert console.visitor().get("/login", headers={"Host": name}).status_code == 421


def test_the_console_answers_to_its_public_name_and_no_longer_to_this_machines(secure_console: Console) -> None:
    visitor = secure_console.visitor()

    names = ("mingcha.example", "MINGCHA.EXAMPLE:443", "127.0.0.1")
    assert [visitor.get("/login", headers={"Host": name}).status_code for name in names] == [200, 200, 421]


def test_a_body_that_is_too_large_is_turned_away_whether_it_says_so_or_not(console: Console) -> None:
    client = console.as_(Role.ADMIN)
    csrf = csrf_of(client.get("/people").text)
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    said = client.post("/people", data={"csrf": csrf, "name": "x" * 1_000_001})
    unsaid = client.post("/people", content=(b"x" * 100_000 for _ in range(11)), headers=form)

    assert said.status_code == 413
    assert unsaid.status_code in {400, 413}
