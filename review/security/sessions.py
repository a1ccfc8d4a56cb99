"""Who is asking: the session behind a browser's cookie, or the service behind a token."""

import logging
from datetime import datetime

from fastapi import Request, Response
from sqlalchemy import Engine

from review.security import cookies
from review.security.permissions import Permission, Person, Role
from review.standing import make_sure
from sql import accounts
from sql.connection import reading, writing
from sql.errors import StoreUnavailableError

_SAFE = frozenset({"GET", "HEAD"})
_BEARER = "bearer "

log = logging.getLogger("mingcha.review")


class Anonymous(Exception):  # noqa: N818 - who is asking, not an error of ours
    """Nobody signed in, and the route asks for somebody."""


class NotAllowed(Exception):  # noqa: N818
    """Somebody signed in whose role does not grant what the route asks for."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


def identify(request: Request) -> Person | None:
    """Return who is asking, and remember on the request who, and the token that forms of that session carry.

    A service's token counts only under ``/api``. A browser's session counts there for reading alone, because its cookie
    comes with requests of other sites too.
    """
    person = None
    bearer = request.headers.get("authorization", "")
    if request.url.path.startswith("/api/") and bearer.lower().startswith(_BEARER):
        person = _service(request, bearer[len(_BEARER) :].strip())
    elif not request.url.path.startswith("/api/") or request.method in _SAFE:
        token = cookies.read(request, cookies.SESSION)
        person = _visitor(request, token) if token else None
    request.state.person = person
    return person


def sign_in(request: Request, response: Response, person_id: int) -> None:
    """Begin a session of somebody who showed who they are; one that the browser had before ends."""
    at = request.app.state.clock()
    before = cookies.read(request, cookies.SESSION)
    with writing(request.app.state.engine) as connection:
        if before:
            accounts.end_session(connection, before, at=at)
        lasting = request.app.state.settings.session_length
        token = accounts.begin_session(connection, person_id, at=at, lasting=lasting)
    cookies.put(request, response, cookies.SESSION, token)
    cookies.drop(request, response, cookies.FORM)


def sign_out(request: Request, response: Response) -> None:
    """End the browser's session."""
    token = cookies.read(request, cookies.SESSION)
    if token:
        with writing(request.app.state.engine) as connection:
            accounts.end_session(connection, token, at=request.app.state.clock())
    cookies.drop(request, response, cookies.SESSION)


def _visitor(request: Request, token: str) -> Person | None:
    state = request.app.state
    at: datetime = state.clock()
    with reading(state.engine) as connection:
        make_sure(request.app, connection)
        session = accounts.session_of(connection, token, at=at, idle=state.settings.idle_length)
    if session is None:
        return None
    if accounts.is_to_be_seen(session, at):
        _write_down(state.patient_engine, session, at)
    request.state.session = session
    request.state.csrf_token = session.csrf_token
    who = session.person
    return Person(who.account, who.name, Role(who.role), who.language, who.person_id)


def _service(request: Request, token: str) -> Person | None:
    state = request.app.state
    at: datetime = state.clock()
    with reading(state.engine) as connection:
        make_sure(request.app, connection)
        service = accounts.service_of(connection, token)
    if service is None:
        return None
    if accounts.is_to_be_used(service, at):
        _write_down(state.patient_engine, service, at)
    return Person(service.actor, service.name, Role(service.role), None, None)


def _write_down(engine: Engine, used: accounts.Session | accounts.Service, at: datetime) -> None:
    """Write down that a session or a token is in use, unless a night is being written: nobody waits for that."""
    try:
        with writing(engine) as connection:
            if isinstance(used, accounts.Session):
                accounts.see_session(connection, used, at=at)
            else:
                accounts.use_service(connection, used.name, at=at)
    except StoreUnavailableError:
        log.info("who is in use was not written down: another writer is at work")
