"""The cookies: what each is called and how it is set."""

from fastapi import Request, Response

from review.settings import ReviewSettings

SESSION = "session"
"""Who signed in."""
FORM = "form"
"""The token of forms before anybody signed in."""
LANGUAGE = "language"
NOTICE = "notice"
"""What the next page says was done."""
SIGN_ON = "sign-on"
"""What has to come back from the single sign-on provider."""


def name_of(settings: ReviewSettings, cookie: str) -> str:
    """Return the cookie's name in the browser; ``__Host-`` lets no other host and no plain HTTP set it."""
    return f"__Host-mingcha-{cookie}" if settings.secure else f"mingcha-{cookie}"


def read(request: Request, cookie: str) -> str | None:
    """Return the cookie's value, if the browser sent one."""
    return request.cookies.get(name_of(request.app.state.settings, cookie))


def put(request: Request, response: Response, cookie: str, value: str, *, max_age_s: int | None = None) -> None:
    """Set a cookie, unreadable to scripts; without an age it ends with the browser."""
    settings: ReviewSettings = request.app.state.settings
    response.set_cookie(
        name_of(settings, cookie), value, max_age=max_age_s, secure=settings.secure, httponly=True, samesite="lax"
    )


def drop(request: Request, response: Response, cookie: str) -> None:
    """Have the browser forget a cookie."""
    settings: ReviewSettings = request.app.state.settings
    response.delete_cookie(name_of(settings, cookie), secure=settings.secure, httponly=True, samesite="lax")
