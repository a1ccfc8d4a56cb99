"""What every page of the console has."""

import httpx
import pytest

from review.security.permissions import Role
from tests.review.conftest import Console


def test_whoever_did_not_sign_in_is_asked_to_and_comes_back(console: Console) -> None:
    answer = console.visitor().get("/help?part=bits")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/help%3Fpart%3Dbits")


def test_a_person_of_each_role_reads_the_guide(console: Console) -> None:
    assert [console.as_(role).get("/help").status_code for role in Role] == [200] * 4


def test_a_real_server_answers_on_a_port_of_its_own(running_console: Console) -> None:
    assert httpx.get(f"{running_console.base_url}/login").status_code == 200


@pytest.mark.parametrize(
    "path", ["/login", "/cases", "/help", "/nothing", "/cases/1/take", "/api/v1/health", "/static/x/style.css"]
)
def test_head_is_answered_as_get_is_without_the_body(console: Console, path: str) -> None:
    browser = console.as_(Role.REVIEWER)
    asked, told = browser.get(path), browser.head(path)

    assert told.content == b""
    assert told.status_code == asked.status_code
    changing = {"server-timing", "set-cookie"}
    assert {name: value for name, value in told.headers.items() if name not in changing} == {
        name: value for name, value in asked.headers.items() if name not in changing
    }


def test_a_real_server_answers_head_and_goes_on_with_the_connection(running_console: Console) -> None:
    with httpx.Client(base_url=running_console.base_url) as browser:
        assert [browser.head("/login").status_code, browser.get("/login").status_code] == [200, 200]


def test_a_file_that_the_browser_has_is_not_sent_again(console: Console) -> None:
    address = console.app.state.assets.path_of("style.css")
    browser = console.visitor()
    tag = browser.get(address).headers["etag"]

    again = browser.get(address, headers={"If-None-Match": f'"another", {tag}'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "immutable" in again.headers["cache-control"]
    assert browser.get(address, headers={"If-None-Match": 'W/"another"'}).status_code == 200
