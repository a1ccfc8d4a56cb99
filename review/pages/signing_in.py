"""Signing in and out, one-time links, and choosing the language."""

from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.language import LANGUAGES, words_of
from review.language.rules import told
from review.rendering import render
from review.security import cookies
from review.security.addresses import path_of_ours
from review.security.roles import Permission, Person, requires
from review.security.sessions import sign_in, sign_out
from review.standing import make_sure
from sql import accounts
from sql.connection import reading, writing

_LANGUAGE_S = 365 * 24 * 3600
_HASHING = BoundedSemaphore(4)
"""Looking at a password takes 64 MB for a tenth of a second; a crowd of guesses must not take all there is."""

router = APIRouter(include_in_schema=False)

Typed = Annotated[str, Form(max_length=2000)]


@router.get("/login", name="login")
def ask(
    request: Request,
    person: Annotated[Person | None, requires(Permission.PUBLIC)],
    next: str = "/",  # noqa: A002
) -> Response:
    """Ask who is there."""
    if person is not None:
        return RedirectResponse(path_of_ours(next), 303)
    return _login(request, next)


@router.post("/login", name="log_in", dependencies=[requires(Permission.PUBLIC)])
def come_in(request: Request, account: Typed, password: Typed, next: Typed = "/") -> Response:  # noqa: A002
    """Let somebody in who types an account and its password, unless there were too many failures."""
    _ = words_of(request).gettext
    state, at = request.app.state, request.app.state.clock()
    address = request.client.host if request.client else ""
    with writing(state.engine) as connection:
        make_sure(request.app, connection)
        wait = accounts.count_attempt(connection, account, address, at=at)
    if wait:
        seconds = max(1, round(wait.total_seconds()))
        problem = words_of(request).ngettext(
            "There were too many failed attempts. Try again in %(num)s second.",
            "There were too many failed attempts. Try again in %(num)s seconds.",
            seconds,
        ) % {"num": seconds}
        response = _login(request, next, account=account, problem=problem, status=429)
        response.headers["Retry-After"] = str(seconds)
        return response
    with _HASHING, reading(state.engine) as connection:
        person = accounts.verify_password(connection, account, password)
    with writing(state.engine) as connection:
        if person is None:
            accounts.note_refused(connection, account, at=at)
        else:
            accounts.forget_failures(connection, account, address)
            accounts.refresh_password_hash(connection, person.person_id, password)
    if person is None:
        problem = _("Account and password do not belong together.")
        return _login(request, next, account=account, problem=problem, status=401)
    response = RedirectResponse(path_of_ours(next), 303)
    sign_in(request, response, person.person_id)
    return response


@router.post("/logout", name="logout", dependencies=[requires(Permission.PUBLIC)])
def leave(request: Request) -> Response:
    """Sign out."""
    response = RedirectResponse("/login", 303)
    sign_out(request, response)
    return response


@router.get("/welcome/{token}", name="welcome", dependencies=[requires(Permission.PUBLIC)])
def invited(request: Request, token: str) -> Response:
    """Show what a one-time link is for: the first admin's account, or choosing a password."""
    return _welcome(request, token)


@router.post("/welcome/{token}", name="accept", dependencies=[requires(Permission.PUBLIC)])
def accept(
    request: Request, token: str, password: Typed, again: Typed, account: Typed = "", name: Typed = ""
) -> Response:
    """Keep the password that was chosen, use the link up, and sign in."""
    _ = words_of(request).gettext
    if password != again:
        return _welcome(request, token, account, name, _("The two passwords are not the same."))
    at = request.app.state.clock()
    try:
        with writing(request.app.state.engine) as connection:
            if accounts.invited_person(connection, token, at=at) is None:
                person = accounts.set_up_first_admin(connection, token, account, name, password, at=at)
            else:
                person = accounts.accept_invitation(connection, token, password, at=at)
    except accounts.AccountError as error:
        return _welcome(request, token, account, name, told(words_of(request), error))
    response = RedirectResponse("/", 303)
    sign_in(request, response, person.person_id)
    return response


@router.post("/language", name="language")
def choose_language(
    request: Request,
    person: Annotated[Person | None, requires(Permission.PUBLIC)],
    to: Typed,
    next: Typed = "/",  # noqa: A002
) -> Response:
    """Speak another language from now on, on the page where it was asked for."""
    response = RedirectResponse(path_of_ours(next), 303)
    if to in LANGUAGES:
        cookies.put(request, response, cookies.LANGUAGE, to, max_age_s=_LANGUAGE_S)
        if person is not None and person.person_id is not None and person.language != to:
            with writing(request.app.state.engine) as connection:
                accounts.set_language(connection, person.person_id, to)
    return response


def _login(request: Request, to: str, *, account: str = "", problem: str = "", status: int = 200) -> Response:
    on = request.app.state.settings.single_sign_on is not None
    return render(
        request, "login.html", status, next=path_of_ours(to), account=account, problem=problem, single_sign_on=on
    )


def _welcome(request: Request, token: str, account: str = "", name: str = "", problem: str = "") -> Response:
    _ = words_of(request).gettext
    state = request.app.state
    try:
        with reading(state.engine) as connection:
            make_sure(request.app, connection)
            person = accounts.invited_person(connection, token, at=state.clock())
    except accounts.AccountError as error:
        detail = told(words_of(request), error)
        return render(request, "error.html", 410, status_code=410, title=_("This link cannot be used"), detail=detail)
    on = state.settings.single_sign_on is not None and person is not None
    template = "setup.html" if person is None else "password.html"
    return render(
        request, template, 422 if problem else 200,
        token=token, invited=person, account=account, name=name, problem=problem, single_sign_on=on,
    )  # fmt: skip
