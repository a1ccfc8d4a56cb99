"""Who may work here, and which services may read."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from review.language import words_of
from review.language.rules import told
from review.rendering import redirect, render
from review.security.roles import Permission, Person, Role, requires
from sql import accounts
from sql.connection import reading, writing

router = APIRouter(include_in_schema=False)

Admin = Annotated[Person, requires(Permission.PEOPLE_MANAGE)]
Typed = Annotated[str, Form(max_length=2000)]


@router.get("/people", name="people")
def show(request: Request, _person: Admin) -> Response:
    """List everybody."""
    return _people(request)


@router.post("/people", name="add_person")
def add(request: Request, person: Admin, account: Typed, name: Typed, role: Annotated[Role, Form()]) -> Response:
    """Add somebody, and show the one-time link by which they choose a password."""
    at = request.app.state.clock()
    try:
        with writing(request.app.state.engine) as connection:
            added = accounts.create_person(connection, account, name, role, actor=person.account, at=at)
            token = accounts.invite(connection, added.person_id, actor=person.account, at=at)
    except accounts.AccountError as error:
        problem = told(words_of(request), error)
        return _people(request, problem=problem, typed={"account": account, "name": name, "role": role}, status=422)
    return _people(request, invited=added, link=link_of(request, token))


@router.post("/people/{person_id}/link", name="invite_person")
def invite(request: Request, person: Admin, person_id: int) -> Response:
    """Show a new one-time link for somebody who has lost the password."""
    with writing(request.app.state.engine) as connection:
        token = accounts.invite(connection, person_id, actor=person.account, at=request.app.state.clock())
        invited = accounts.person_of_id(connection, person_id)
    return _people(request, invited=invited, link=link_of(request, token))


@router.post("/people/{person_id}/role", name="change_role")
def change_role(request: Request, person: Admin, person_id: int, role: Annotated[Role, Form()]) -> Response:
    """Give somebody another role."""
    _ = words_of(request).gettext
    with writing(request.app.state.engine) as connection:
        accounts.set_role(connection, person_id, role, actor=person.account, at=request.app.state.clock())
    return redirect(request, "/people", _("The role holds from the next page on."))


@router.post("/people/{person_id}/active", name="change_active")
def change_active(request: Request, person: Admin, person_id: int, active: Annotated[bool, Form()]) -> Response:
    """Keep somebody out, or let them in again."""
    _ = words_of(request).gettext
    change = accounts.reactivate if active else accounts.deactivate
    with writing(request.app.state.engine) as connection:
        change(connection, person_id, actor=person.account, at=request.app.state.clock())
    return redirect(
        request, "/people", _("They may sign in again.") if active else _("They are signed out and kept out.")
    )


@router.get("/people/services", name="services")
def show_services(request: Request, _person: Admin) -> Response:
    """List the services that may use the API."""
    return _services(request)


@router.post("/people/services", name="add_service")
def add_service(request: Request, person: Admin, name: Typed, role: Typed) -> Response:
    """Make a token for a service, and show it this once."""
    try:
        with writing(request.app.state.engine) as connection:
            token = accounts.create_service_token(
                connection, name, role, actor=person.account, at=request.app.state.clock()
            )
    except accounts.AccountError as error:
        return _services(request, problem=told(words_of(request), error), typed=name, status=422)
    return _services(request, made=name, token=token)


@router.post("/people/services/{name}/revoke", name="revoke_service")
def revoke_service(request: Request, person: Admin, name: str) -> Response:
    """Refuse a service's token from now on."""
    _ = words_of(request).gettext
    with writing(request.app.state.engine) as connection:
        accounts.revoke_service_token(connection, name, actor=person.account, at=request.app.state.clock())
    return redirect(request, "/people/services", _("The token is refused from now on."))


def link_of(request: Request, token: str) -> str:
    """Return the whole address of a one-time link."""
    base = request.app.state.settings.public_url or str(request.base_url)
    return base.rstrip("/") + str(request.app.url_path_for("welcome", token=token))


def _people(
    request: Request,
    *,
    invited: accounts.Person | None = None,
    link: str = "",
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with reading(request.app.state.engine) as connection:
        everybody = accounts.all_people(connection)
    return render(
        request, "people.html", status,
        people=everybody, roles=list(Role), invited=invited, link=link, problem=problem, typed=typed or {},
    )  # fmt: skip


def _services(
    request: Request, *, made: str = "", token: str = "", problem: str = "", typed: str = "", status: int = 200
) -> Response:
    with reading(request.app.state.engine) as connection:
        services = accounts.all_services(connection)
    return render(
        request, "tokens.html", status,
        services=services, roles=accounts.SERVICE_ROLES, made=made, token=token, problem=problem, typed=typed,
    )  # fmt: skip
