"""Coming in by account and password, and going out."""

import pytest
from httpx import Response
from starlette.testclient import TestClient

from review.security.permissions import Role
from sql import accounts
from sql.connection import reading, writing
from tests.review.conftest import AT, NAMES, Console, csrf_of

PASSWORD = "四个词语组成的一句话 correct horse"  # noqa: S105 - of invented people


def with_password(console: Console, role: Role = Role.REVIEWER) -> str:
    """Give the person of a role a password, and return the account."""
    account = NAMES[role][0]
    with writing(console.engine) as connection:
        person = accounts.find_person(connection, account)
        assert person is not None
        accounts.set_password(connection, person.person_id, PASSWORD, actor="tests", at=AT)
    return account


def log_in(client: TestClient, account: str, password: str = PASSWORD, to: str = "/help") -> Response:
    csrf = csrf_of(client.get("/login").text)
    answer: Response = client.post("/login", data={"csrf": csrf, "account": account, "password": password, "next": to})
    return answer


def test_an_account_and_its_password_lead_to_the_page_that_was_asked_for(console: Console) -> None:
    account, client = with_password(console), console.visitor()

    answer = log_in(client, account)

    assert (answer.status_code, answer.headers["location"]) == (303, "/help")
    assert "李娜" in client.get("/help").text


def test_a_wrong_password_and_an_unknown_account_are_refused_in_the_same_words(console: Console) -> None:
    account = with_password(console)

    answers = [log_in(console.visitor(), typed, "another password") for typed in (account, "nobody.here")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("Account and password do not belong together." in answer.text for answer in answers)
    assert "another password" not in answers[0].text


def test_whoever_guesses_has_to_wait_and_is_told_how_long(console: Console) -> None:
    account, client = with_password(console), console.visitor()
    for _ in range(5):
        log_in(client, account, "a guess that is wrong")

    refused = log_in(client, account)
    console.clock.forward(seconds=2)
    let_in = log_in(client, account)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 second." in refused.text
    assert let_in.status_code == 303


def test_a_session_that_somebody_slipped_in_before_the_login_is_worth_nothing_after_it(console: Console) -> None:
    account, client = with_password(console), console.visitor()
    before = console.session(account)
    client.cookies.set("mingcha-session", before)
    csrf = csrf_of(client.get("/account").text)

    client.post("/login", data={"csrf": csrf, "account": account, "password": PASSWORD})

    after = client.cookies.get("mingcha-session", domain="127.0.0.1") or client.cookies.get("mingcha-session", path="/")
    with reading(console.engine) as connection:
        assert accounts.session_of(connection, before, at=AT) is None
    assert after != before


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site_after_the_login(console: Console, elsewhere: str) -> None:
    assert log_in(console.visitor(), with_password(console), to=elsewhere).headers["location"] == "/"


def test_signing_out_takes_a_form_and_ends_the_session_at_the_server(console: Console) -> None:
    client = console.as_(Role.REVIEWER)
    token = client.cookies["mingcha-session"]
    csrf = csrf_of(client.get("/help").text)

    by_a_link = client.get("/logout")
    by_the_form = client.post("/logout", data={"csrf": csrf})

    assert (by_a_link.status_code, by_the_form.headers["location"]) == (405, "/login")
    with reading(console.engine) as connection:
        assert accounts.session_of(connection, token, at=AT) is None


def test_a_session_ends_when_nobody_used_it_for_two_hours(console: Console) -> None:
    client = console.as_(Role.REVIEWER)
    console.clock.forward(hours=1.5)
    still = client.get("/help").status_code
    console.clock.forward(hours=1.5)
    used_meanwhile = client.get("/help").status_code
    console.clock.forward(hours=2.5)

    assert (still, used_meanwhile, client.get("/help").status_code) == (200, 200, 303)


def test_a_form_of_another_site_is_refused(console: Console) -> None:
    client = console.as_(Role.ADMIN)
    csrf = csrf_of(client.get("/people").text)
    form = {"account": "mallory", "name": "Mallory", "role": "admin"}

    refused = [
        client.post("/people", data=form),
        client.post("/people", data=form | {"csrf": "x" * 43}),
        client.post("/people", data=form | {"csrf": csrf}, headers={"Origin": "https://evil.example"}),
        client.post("/people", data=form | {"csrf": csrf}, headers={"Sec-Fetch-Site": "cross-site"}),
    ]

    assert [answer.status_code for answer in refused] == [403] * 4
    with reading(console.engine) as connection:
        assert accounts.find_person(connection, "mallory") is None


def test_a_login_that_no_page_of_ours_asked_for_is_refused(console: Console) -> None:
    account, client = with_password(console), console.visitor()

    answer = client.post("/login", data={"account": account, "password": PASSWORD})

    assert answer.status_code == 403
    assert "mingcha-session" not in answer.headers.get("set-cookie", "")


def test_cookies_are_out_of_reach_of_scripts_and_bound_to_the_host_under_https(secure_console: Console) -> None:
    client = secure_console.visitor()
    answer = log_in(client, with_password(secure_console))

    cookies = answer.headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-mingcha-session="))
    assert {part.strip().lower() for part in session.split(";")[1:]} == {"httponly", "secure", "samesite=lax", "path=/"}
    assert client.get("/help").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(console: Console) -> None:
    account = with_password(console)
    here, elsewhere = console.as_(account), console.as_(account)
    form = {"csrf": csrf_of(here.get("/account").text), "current": PASSWORD}

    too_short = here.post("/account/password", data=form | {"password": "short", "again": "short"})
    wrong = here.post("/account/password", data=form | {"current": "?", "password": "x" * 12, "again": "x" * 12})
    changed = here.post("/account/password", data=form | {"password": "a new long one", "again": "a new long one"})

    assert [too_short.status_code, wrong.status_code, changed.status_code] == [422, 422, 303]
    assert "at least 12 characters" in too_short.text
    assert "The new password holds." in here.get("/account").text
    assert elsewhere.get("/account").status_code == 303


def test_the_language_is_the_accounts_else_the_cookies_else_the_browsers(console: Console) -> None:
    client = console.visitor("zh-CN,zh;q=0.9,en;q=0.5")
    by_browser = client.get("/login")
    form = {"csrf": csrf_of(by_browser.text), "to": "en", "next": "/login?next=/cases%3Fstatus%3Dnew"}

    back = client.post("/language", data=form)
    by_cookie = client.get("/login")
    person = console.as_(Role.REVIEWER, "en")
    person.post("/language", data={"csrf": csrf_of(person.get("/help").text), "to": "zh", "next": "/help"})
    by_account = console.as_(Role.REVIEWER, "en").get("/help")

    assert 'lang="zh-Hans"' in by_browser.text
    assert "登录" in by_browser.text
    assert back.headers["location"] == "/"
    assert 'lang="en"' in by_cookie.text
    assert by_account.headers["content-language"] == "zh-Hans"


def test_the_switch_of_language_keeps_the_address(console: Console) -> None:
    client = console.as_(Role.REVIEWER)
    page = client.get("/help?part=bits").text

    answer = client.post("/language", data={"csrf": csrf_of(page), "to": "zh", "next": "/help?part=bits"})

    assert 'name="next" value="/help?part=bits"' in page
    assert answer.headers["location"] == "/help?part=bits"
