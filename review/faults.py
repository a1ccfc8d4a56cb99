"""What a visitor is told when a page cannot be shown, as a page or under /api as JSON (RFC 9457)."""

import logging
from contextlib import suppress
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from detectors.core.errors import MingchaError
from review.language import mark, words_of
from review.language.rules import told
from review.rendering import render
from review.security.csrf import Forged
from review.security.sessions import Anonymous, NotAllowed, identify
from review.standing import SchemaDiffersError
from sql.errors import StoreError, StoreUnavailableError
from sql.rules import RuleError

_TITLES = {
    400: mark("The address or form is not understood"),
    404: mark("There is nothing here"),
    405: mark("This cannot be done here"),
    413: mark("That is too much at once"),
}
_DETAILS = {
    404: mark("The case or page may have been moved, or the address has a slip in it."),
    405: mark("Go back, and use the buttons of the page."),
}
_STANDINGS = {
    "empty": mark("The database has no tables of Mingcha yet. Starting the console anew makes them."),
    "older": mark("The tables of the database are of an older release. Starting the console anew updates them."),
    "newer": mark("The tables of the database are of a newer release, to which the console has to be updated."),
}

log = logging.getLogger("mingcha.review")


def answer(
    request: Request, status: int, title: str, detail: str = "", headers: dict[str, str] | None = None
) -> Response:
    """Return the page, or under /api the problem, that says why there is nothing else."""
    if request.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(problem, status, headers, media_type="application/problem+json")
    response = render(request, "error.html", status, status_code=status, title=title, detail=detail)
    response.headers.update(headers or {})
    return response


def explain_faults(app: FastAPI) -> None:
    """Give every fault its answer."""
    app.add_exception_handler(Anonymous, _anonymous)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(RuleError, _against_a_rule)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(MingchaError, _cannot)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, unforeseen)


def _anonymous(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        _ = words_of(request).gettext
        detail = _("Send a valid service token as Authorization: Bearer TOKEN.")
        return answer(request, 401, _("Not signed in"), detail, {"WWW-Authenticate": "Bearer"})
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"/login?next={quote(asked, safe='/')}" if request.method == "GET" and asked != "/" else "/login"
    return RedirectResponse(to, 303)


def _not_allowed(request: Request, _error: Exception) -> Response:
    _ = words_of(request).gettext
    detail = _("Your role does not include this. An administrator can give you another one.")
    return answer(request, 403, _("Not for your role"), detail)


def _forged(request: Request, _error: Exception) -> Response:
    _ = words_of(request).gettext
    detail = _("Nothing was changed. Go back, reload the page and send it again.")
    return answer(request, 403, _("The form has expired"), detail)


def _against_a_rule(request: Request, error: Exception) -> Response:
    assert isinstance(error, RuleError)  # noqa: S101 - what the handler is registered for
    _ = words_of(request).gettext
    return answer(request, 409, _("This cannot be done"), told(words_of(request), error))


def _store(request: Request, error: Exception) -> Response:
    log.error("%s", error)
    _ = words_of(request).gettext
    if isinstance(error, SchemaDiffersError):
        detail = _(_STANDINGS[error.standing])
    elif isinstance(error, StoreUnavailableError):
        detail = _("It is out of reach, or another program is writing. Nothing was changed. Try again in a minute.")
    else:
        detail = _("Nothing was changed. Whoever operates the console finds the cause in its log.")
    return answer(request, 503, _("The database cannot be used now"), detail, {"Retry-After": "30"})


def _cannot(request: Request, error: Exception) -> Response:
    """Answer for the lake and its key: what is wrong there only whoever operates it can mend."""
    log.error("%s", error)
    _ = words_of(request).gettext
    if type(error).__name__ in {"KeyLost", "KeyInvalid", "KeyMismatch"}:
        detail = _("The key of this installation is missing or is another one. It has to be restored from its backup.")
    else:
        detail = _("What the page is made of cannot be read. Whoever operates the console finds the cause in its log.")
    return answer(request, 503, _("This cannot be shown now"), detail, {"Retry-After": "30"})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what the handler is registered for
    _ = words_of(request).gettext
    if any(fault["loc"][0] == "path" for fault in error.errors()) and not request.url.path.startswith("/api/"):
        return _http(request, HTTPException(404))
    names = ", ".join(str(fault["loc"][-1]) for fault in error.errors())
    detail = _("A value is missing or has another form than expected: {names}.").format(names=names)
    return answer(request, 422, _("The address or form is not understood"), detail)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what the handler is registered for
    if not hasattr(request.state, "person"):
        # No route was there to ask who it is; the page still has their language and their menu.
        with suppress(StoreError):
            identify(request)
    _ = words_of(request).gettext
    title = _(_TITLES.get(error.status_code, mark("This cannot be shown")))
    detail = _(_DETAILS[error.status_code]) if error.status_code in _DETAILS else ""
    return answer(request, error.status_code, title, detail, dict(error.headers or {}))


def unforeseen(request: Request, error: Exception) -> Response:
    """Answer for a fault of ours, without saying more than that it is one."""
    # What a library says may quote a value of a row, so only where it happened is logged.
    log.error("a fault in Mingcha itself at %s: %s", request.url.path, where(error))
    _ = words_of(request).gettext
    return answer(request, 500, _("A fault in Mingcha itself"), _("It has been logged. Nothing is half-written."))


def where(error: BaseException) -> str:
    """Return an error's kind and the lines it came through, without what it says."""
    lines = []
    trace = error.__traceback__
    while trace is not None:
        lines.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(lines[-8:]))}"
