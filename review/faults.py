"""What a visitor is told when a page cannot be shown, as a page or under /api as JSON (RFC 9457)."""

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from review.language import mark, words_of
from review.rendering import render
from review.security.csrf import Forged
from review.security.sessions import Anonymous, NotAllowed
from sql.errors import StoreError

_TITLES = {
    404: mark("There is nothing here"),
    405: mark("This cannot be done here"),
    409: mark("Somebody was faster"),
}

log = logging.getLogger("mingcha.review")


def answer(request: Request, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return the page, or under /api the problem, that says why there is nothing else."""
    if request.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(problem, status, headers, media_type="application/problem+json")
    response = render(request, "error.html", status, title=title, detail=detail)
    response.headers.update(headers or {})
    return response


def explain_faults(app: FastAPI) -> None:
    """Give every fault its answer."""
    app.add_exception_handler(Anonymous, _anonymous)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _anonymous(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        _ = words_of(request).gettext
        detail = _("Send a service token as Authorization: Bearer TOKEN.")
        return answer(request, 401, _("Not signed in"), detail, {"WWW-Authenticate": "Bearer"})
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"/login?next={quote(asked, safe='/')}" if request.method == "GET" and asked != "/" else "/login"
    return RedirectResponse(to, 303)


def _not_allowed(request: Request, _error: Exception) -> Response:
    _ = words_of(request).gettext
    return answer(request, 403, _("Not for your role"), _("Your role does not include this."))


def _forged(request: Request, _error: Exception) -> Response:
    _ = words_of(request).gettext
    return answer(
        request, 403, _("The form has expired"), _("Nothing was changed. Go back, reload the page and send it again.")
    )


def _store(request: Request, error: Exception) -> Response:
    log.error("database: %s", error)
    _ = words_of(request).gettext
    return answer(
        request,
        503,
        _("The database cannot be used now"),
        _("Nothing was changed. Try again in a minute."),
        {"Retry-After": "30"},
    )


def _invalid(request: Request, _error: Exception) -> Response:
    _ = words_of(request).gettext
    return answer(
        request,
        422,
        _("The address or form is not understood"),
        _("A value is missing or has another form than expected."),
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    _ = words_of(request).gettext
    known = {
        404: mark("There is nothing here"),
        405: mark("This cannot be done here"),
        409: mark("Somebody was faster"),
    }
    title = _(known.get(error.status_code, mark("This cannot be shown")))
    return answer(request, error.status_code, title, "", dict(error.headers or {}))


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("a fault in Mingcha itself: %s", type(error).__name__)
    _ = words_of(request).gettext
    return answer(request, 500, _("A fault in Mingcha itself"), _("It has been logged. Nothing is half-written."))
