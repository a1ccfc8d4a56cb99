"""The first administrator, who else may come in, and which services."""

import re

from review.security.permissions import Role
from review.serving import prepare
from sql import accounts
from sql.connection import reading
from tests.review.conftest import Console, csrf_of

PASSWORD = "a long enough password"  # noqa: S105 - of invented people


def link_in(page: str) -> str:
    found = re.search(r"http://127\.0\.0\.1(/welcome/[\w-]+)</code>", page)
    assert found is not None
    return found[1]


def test_the_first_start_makes_a_link_for_the_first_administrator_which_works_once(empty_console: Console) -> None:
    link = prepare(empty_console.app, "http://127.0.0.1")
    assert link is not None
    path, client = link.removeprefix("http://127.0.0.1"), empty_console.visitor()
    form = {"csrf": csrf_of(client.get(path).text), "account": "zhao.lei", "name": "赵磊"}

    differ = client.post(path, data=form | {"password": PASSWORD, "again": "another"})
    made = client.post(path, data=form | {"password": PASSWORD, "again": PASSWORD})

    assert (differ.status_code, made.status_code) == (422, 303)
    assert client.get("/people").status_code == 200
    assert empty_console.visitor().get(path).status_code == 410
    assert prepare(empty_console.app, "http://127.0.0.1") is None


def test_a_new_start_makes_a_new_link_and_the_old_one_lapses(empty_console: Console) -> None:
    links = [prepare(empty_console.app, "") or "" for _ in range(2)]

    assert [empty_console.visitor().get(link).status_code for link in links] == [410, 200]


def test_the_link_of_the_first_start_ends_after_a_day(empty_console: Console) -> None:
    link = prepare(empty_console.app, "http://127.0.0.1")
    assert link is not None
    empty_console.clock.forward(hours=25)

    assert empty_console.visitor().get(link.removeprefix("http://127.0.0.1")).status_code == 410


def test_somebody_who_is_added_chooses_a_password_by_the_link(console: Console) -> None:
    admin, added = console.as_(Role.ADMIN), console.visitor("zh")
    form = {"csrf": csrf_of(admin.get("/people").text), "account": "sun.li", "name": "孙丽", "role": "lead"}
    path = link_in(admin.post("/people", data=form).text)

    page = added.get(path)
    come = added.post(path, data={"csrf": csrf_of(page.text), "password": PASSWORD, "again": PASSWORD})

    assert "孙丽，欢迎。" in page.text
    assert come.status_code == 303
    assert "审核组长" in added.get("/account").text


def test_a_role_holds_at_once_and_whoever_is_kept_out_is_out_at_once(console: Console) -> None:
    admin, reviewer = console.as_(Role.ADMIN), console.as_(Role.REVIEWER)
    csrf = {"csrf": csrf_of(admin.get("/people").text)}
    with reading(console.engine) as connection:
        person = accounts.find_person(connection, "li.na")
    assert person is not None

    admin.post(f"/people/{person.person_id}/role", data=csrf | {"role": "admin"})
    promoted = reviewer.get("/people").status_code
    admin.post(f"/people/{person.person_id}/active", data=csrf | {"active": "false"})

    assert (promoted, reviewer.get("/people").status_code) == (200, 303)


def test_the_last_administrator_cannot_leave(console: Console) -> None:
    admin = console.as_(Role.ADMIN)
    with reading(console.engine) as connection:
        person = accounts.find_person(connection, "zhao.lei")
    assert person is not None

    form = {"csrf": csrf_of(admin.get("/people").text), "role": "auditor"}
    answer = admin.post(f"/people/{person.person_id}/role", data=form)

    assert answer.status_code == 409
    assert "zhao.lei is the last active admin." in answer.text


def test_a_name_with_markup_is_only_text(console: Console) -> None:
    admin = console.as_(Role.ADMIN)
    form = {"csrf": csrf_of(admin.get("/people").text), "role": "auditor"}

    page = admin.post("/people", data=form | {"account": "mal", "name": "<script>alert(1)</script>\"'"}).text
    refused = admin.post("/people", data=form | {"account": '"><script>alert(2)</script>', "name": "Mal"}).text

    assert "<script>alert" not in page + refused
    assert "&lt;script&gt;alert(1)" in page


def test_a_services_token_opens_the_api_alone_until_it_is_revoked(console: Console) -> None:
    admin, service = console.as_(Role.ADMIN), console.visitor()
    csrf = {"csrf": csrf_of(admin.get("/people/services").text)}
    page = admin.post("/people/services", data=csrf | {"name": "bi-dashboard", "role": "auditor"}).text
    token = re.search(r"mingcha_[\w-]{40,}", page)
    assert token is not None
    service.headers["Authorization"] = f"Bearer {token[0]}"

    known = service.get("/api/v1/cases").status_code
    on_a_page = service.get("/account").status_code
    with reading(console.engine) as connection:
        used = accounts.all_services(connection)[0].used_at
    admin.post("/people/services/bi-dashboard/revoke", data=csrf)

    refused = service.get("/api/v1/cases")

    assert (known, on_a_page, refused.status_code) == (200, 303, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert token[0] not in admin.get("/people/services").text
    assert used is not None
