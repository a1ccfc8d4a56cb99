"""Single sign-on: off to the provider, and back."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from review.language import words_of
from review.language.rules import told
from review.rendering import render
from review.security import cookies
from review.security.addresses import path_of_ours
from review.security.oidc import WAITING_S, Provider, SignOnError, Vouched
from review.security.roles import Permission, requires
from review.security.sessions import sign_in
from sql import accounts
from sql.connection import writing

log = logging.getLogger("mingcha.review")

router = APIRouter(include_in_schema=False)

Asked = Annotated[str, Query(max_length=2000)]


@router.get("/sign-on", name="sign_on", dependencies=[requires(Permission.PUBLIC)])
def begin(request: Request, next: Asked = "/", invitation: Asked = "") -> Response:  # noqa: A002
    """Go to the provider."""
    provider = _provider(request)
    try:
        address, waiting = provider.begin(_callback(request), path_of_ours(next), invitation)
    except SignOnError as error:
        return _failed(request, error)
    response = RedirectResponse(address, 303)
    cookies.put(request, response, cookies.SIGN_ON, waiting, max_age_s=WAITING_S)
    return response


@router.get("/sign-on/back", name="sign_on_back", dependencies=[requires(Permission.PUBLIC)])
def back(request: Request, state: Asked = "", code: Asked = "", error: Asked = "") -> Response:
    """Come back from the provider: sign in whom it vouches for, if the console knows them."""
    _ = words_of(request).gettext
    if error:
        log.warning("single sign-on: the provider refused")
        return _refused(request, _("The provider of single sign-on did not let you in."))
    try:
        vouched = _provider(request).finish(cookies.read(request, cookies.SIGN_ON) or "", state, code)
    except SignOnError as fault:
        return _failed(request, fault)
    try:
        person = _person(request, vouched)
    except accounts.AccountError as fault:
        return _refused(request, told(words_of(request), fault))
    if person is None:
        return _refused(request, _("You are known to the provider, but not here. An administrator can invite you."))
    response = RedirectResponse(path_of_ours(vouched.to), 303)
    sign_in(request, response, person.person_id)
    cookies.drop(request, response, cookies.SIGN_ON)
    return response


def _person(request: Request, vouched: Vouched) -> accounts.Person | None:
    at = request.app.state.clock()
    role = request.app.state.settings.single_sign_on.new_people
    with writing(request.app.state.engine) as connection:
        if vouched.invitation:
            invited = accounts.invited_person(connection, vouched.invitation, at=at)
            if invited is not None:
                return accounts.accept_invitation_by_subject(
                    connection, vouched.invitation, vouched.issuer, vouched.subject, at=at
                )
        return accounts.person_of_subject(
            connection,
            vouched.issuer,
            vouched.subject,
            account=vouched.account,
            name=vouched.name,
            default_role=role,
            at=at,
        )


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise HTTPException(404)
    return provider


def _callback(request: Request) -> str:
    base = request.app.state.settings.public_url or str(request.base_url)
    return base.rstrip("/") + str(request.app.url_path_for("sign_on_back"))


def _failed(request: Request, error: SignOnError) -> Response:
    log.warning("single sign-on: %s", error)
    _ = words_of(request).gettext
    detail = _("Single sign-on did not work. Begin again; if it stays so, an administrator finds the cause in the log.")
    return render(request, "error.html", 502, status_code=502, title=_("Not signed in"), detail=detail)


def _refused(request: Request, detail: str) -> Response:
    _ = words_of(request).gettext
    return render(request, "error.html", 403, status_code=403, title=_("Not signed in"), detail=detail)
