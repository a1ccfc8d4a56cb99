"""Who may do what: every route of the console, every role, and nobody at all."""

import re

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from review import app as review_app
from review.app import create_app
from review.security.permissions import GRANTS, Permission, Role
from review.security.roles import permissions_of, requires
from review.settings import ReviewSettings
from sql import accounts
from sql.connection import writing
from tests.review.conftest import AT, Console, csrf_of

ROUTES = {
    Permission.PUBLIC: {
        "GET /api/v1/health",
        "POST /language",
        "GET /login",
        "POST /login",
        "POST /logout",
        "GET /sign-on",
        "GET /sign-on/back",
        "GET /static/{digest}/{name}",
        "GET /welcome/{token}",
        "POST /welcome/{token}",
    },
    Permission.SIGNED_IN: {
        "GET /account",
        "POST /account/password",
        "POST /account/sessions",
        "GET /api/v1/docs",
        "GET /api/v1/openapi.json",
        "GET /help",
    },
    Permission.CASE_READ: {
        "GET /",
        "GET /agencies",
        "GET /agencies/{vendor:path}",
        "GET /api/v1/agencies",
        "GET /api/v1/cases",
        "GET /api/v1/cases/{case_id}",
        "GET /api/v1/dealers",
        "GET /api/v1/dealers/{dealer_id:path}",
        "GET /api/v1/interviewers",
        "GET /api/v1/interviewers/{interviewer_id:path}",
        "GET /cases",
        "GET /cases/export.{form}",
        "POST /cases/views",
        "POST /cases/views/delete",
        "GET /cases/{case_id:int}",
        "GET /cases/{case_id:int}/file",
        "GET /cases/{case_id:int}/records",
        "GET /dealers",
        "GET /dealers/{dealer_id:path}",
        "GET /dealers/{dealer_id:path}/said",
        "GET /interviewers",
        "GET /interviewers/{interviewer_id:path}",
        "GET /interviewers/{interviewer_id:path}/said",
        "GET /reports/{run_id}",
    },
    Permission.CASE_WORK: {
        "POST /cases/next",
        "POST /cases/{case_id:int}/close",
        "POST /cases/{case_id:int}/comment",
        "POST /cases/{case_id:int}/findings/{scheme}/decide",
        "POST /cases/{case_id:int}/findings/{scheme}/second",
        "POST /cases/{case_id:int}/link",
        "POST /cases/{case_id:int}/release",
        "POST /cases/{case_id:int}/reopen",
        "POST /cases/{case_id:int}/resume",
        "POST /cases/{case_id:int}/snooze",
        "POST /cases/{case_id:int}/take",
        "POST /cases/{case_id:int}/unlink",
        "POST /cases/{case_id:int}/wait",
        "POST /cases/{case_id:int}/wake",
    },
    Permission.CASE_ASSIGN_OTHERS: {
        "POST /cases/{case_id:int}/assign",
    },
    Permission.CASE_BULK: {
        "POST /cases/bulk",
    },
    Permission.CASE_MERGE: {
        "POST /cases/{case_id:int}/merge",
        "POST /cases/{case_id:int}/unmerge",
    },
    Permission.AUDIT_READ: {
        "GET /api/v1/runs",
        "GET /api/v1/runs/{run_id}",
        "GET /audit",
        "GET /audit/runs",
        "GET /audit/runs/{run_id}",
        "GET /audit/verification",
        "GET /audit/views/{view}",
        "GET /audit/views/{view}/export",
    },
    Permission.PEOPLE_MANAGE: {
        "GET /people",
        "POST /people",
        "GET /people/services",
        "POST /people/services",
        "POST /people/services/{name}/revoke",
        "POST /people/{person_id}/active",
        "POST /people/{person_id}/link",
        "POST /people/{person_id}/role",
    },
}
"""What each route asks for. A route that is new or changes what it asks for has to be written down here too."""

MAY = {
    Role.REVIEWER: {Permission.PUBLIC, Permission.SIGNED_IN, Permission.CASE_READ, Permission.CASE_WORK},
    Role.LEAD: {
        Permission.PUBLIC,
        Permission.SIGNED_IN,
        Permission.CASE_READ,
        Permission.CASE_WORK,
        Permission.CASE_ASSIGN_OTHERS,
        Permission.CASE_BULK,
        Permission.CASE_MERGE,
        Permission.AUDIT_READ,
    },
    Role.AUDITOR: {Permission.PUBLIC, Permission.SIGNED_IN, Permission.CASE_READ, Permission.AUDIT_READ},
    Role.ADMIN: {
        Permission.PUBLIC,
        Permission.SIGNED_IN,
        Permission.CASE_READ,
        Permission.AUDIT_READ,
        Permission.PEOPLE_MANAGE,
    },
}

ALL = [(permission, route) for permission, routes in ROUTES.items() for route in sorted(routes)]


def ask(client: TestClient, route: str, csrf: str = "") -> int | str:
    """Return how a route answers: its status, or the page that one is sent to."""
    method, path = route.split(" ", 1)
    path = re.sub(r"\{[^}]+\}", "1", path)
    answer = client.request(method, path, data={"csrf": csrf} if method == "POST" else None)
    place = answer.headers.get("location", "")
    return "login" if place.startswith("/login") and path != "/logout" else int(answer.status_code)


def test_the_table_names_every_route_and_what_it_asks_for(console: Console) -> None:
    declared: dict[Permission, set[str]] = {}
    for route in console.app.state.routes:
        for method in route.methods:
            declared.setdefault(permissions_of(route)[0], set()).add(f"{method} {route.path}")

    assert declared == ROUTES


def test_each_role_may_do_what_the_table_says_and_nothing_else() -> None:
    assert GRANTS == MAY


@pytest.mark.parametrize("role", Role)
def test_every_route_lets_a_role_in_or_refuses_it_as_the_table_says(console: Console, role: Role) -> None:
    wrong = []
    for permission, route in ALL:
        client = console.as_(role)
        refused = ask(client, route, csrf_of(client.get("/help").text)) in {401, 403, "login"}
        if refused != (permission not in MAY[role]):
            wrong.append(route)

    assert wrong == []


def test_nobody_gets_past_the_door_unless_a_route_is_for_everybody(console: Console) -> None:
    wrong = []
    for permission, route in ALL:
        client = console.visitor()
        answer = ask(client, route, csrf_of(client.get("/login").text))
        expected = 401 if "/api/" in route else "login"
        if (answer == expected) != (permission is not Permission.PUBLIC):
            wrong.append((route, answer))

    assert wrong == []


def test_nothing_is_changed_without_the_token_of_a_form_whoever_asks(console: Console) -> None:
    changing = [route for _permission, route in ALL if not route.startswith("GET ") and "/api/" not in route]

    assert {ask(console.as_(Role.LEAD), route) for route in changing} == {403}


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_a_services_token_counts_under_the_api_alone_and_as_its_role(console: Console, role: str) -> None:
    with writing(console.engine) as connection:
        token = accounts.create_service_token(connection, "feed", role, actor="tests", at=AT)
    client, wrong = console.visitor(), []
    client.headers["Authorization"] = f"Bearer {token}"
    for permission, route in ALL:
        if permission is Permission.PUBLIC:
            continue
        may = "/api/" in route and permission in MAY[Role(role)]
        if (ask(client, route) not in {401, 403, "login"}) != may:
            wrong.append(route)

    assert wrong == []


def test_a_route_that_does_not_say_what_it_asks_for_keeps_the_console_from_starting(
    monkeypatch: pytest.MonkeyPatch, console: Console
) -> None:
    router = APIRouter()
    router.add_api_route("/open", lambda: "anybody")
    monkeypatch.setattr(review_app, "_MODULES", (type("Module", (), {"router": router}),))

    with pytest.raises(RuntimeError, match="/open"):
        create_app(console.app.state.settings)


def test_two_permissions_are_as_wrong_as_none(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    router = APIRouter()
    both = [requires(Permission.PUBLIC), requires(Permission.CASE_WORK)]
    router.add_api_route("/both", lambda: "anybody", dependencies=both)
    monkeypatch.setattr(review_app, "_MODULES", (type("Module", (), {"router": router}),))
    settings: ReviewSettings = console.app.state.settings

    with pytest.raises(RuntimeError, match="/both"):
        create_app(settings)
