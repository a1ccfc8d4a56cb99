"""One's own account: language, password, sessions."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from review.language import words_of
from review.language.rules import told
from review.rendering import redirect, render
from review.security.roles import Permission, Person, requires
from sql import accounts
from sql.connection import reading, writing

router = APIRouter(include_in_schema=False)

SignedIn = Annotated[Person, requires(Permission.SIGNED_IN)]
Typed = Annotated[str, Form(max_length=2000)]


@router.get("/account", name="account")
def show(request: Request, person: SignedIn) -> Response:
    """Show one's own account."""
    return _page(request, person)


@router.post("/account/password", name="change_password")
def change_password(request: Request, person: SignedIn, current: Typed, password: Typed, again: Typed) -> Response:
    """Give oneself another password, knowing the one of now; every other session ends."""
    _ = words_of(request).gettext
    state, at = request.app.state, request.app.state.clock()
    if person.person_id is None:
        return _page(request, person)
    if password != again:
        return _page(request, person, _("The two passwords are not the same."))
    with reading(state.engine) as connection:
        mine = accounts.person_of_id(connection, person.person_id)
        known = not mine.has_password or accounts.verify_password(connection, person.account, current) is not None
    if not known:
        return _page(request, person, _("The present password is another one."))
    try:
        with writing(state.engine) as connection:
            accounts.set_password(connection, person.person_id, password, actor=person.account, at=at)
            accounts.end_sessions(connection, person.person_id, actor=person.account, at=at, but=request.state.session)
    except accounts.AccountError as error:
        return _page(request, person, told(words_of(request), error))
    return redirect(request, "/account", _("The new password holds. Sessions in other browsers have ended."))


@router.post("/account/sessions", name="end_other_sessions")
def end_other_sessions(request: Request, person: SignedIn) -> Response:
    """Sign out wherever else one is signed in."""
    words = words_of(request)
    ended = 0
    if person.person_id is not None:
        with writing(request.app.state.engine) as connection:
            ended = accounts.end_sessions(
                connection,
                person.person_id,
                actor=person.account,
                at=request.app.state.clock(),
                but=request.state.session,
            )
    said = words.ngettext("%(num)s other session has ended.", "%(num)s other sessions have ended.", ended)
    return redirect(request, "/account", said % {"num": ended})


def _page(request: Request, person: Person, problem: str = "") -> Response:
    with reading(request.app.state.engine) as connection:
        mine = accounts.person_of_id(connection, person.person_id) if person.person_id is not None else None
    return render(request, "account.html", 422 if problem else 200, mine=mine, problem=problem)
