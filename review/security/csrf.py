"""Forms of other sites are refused: each form of ours carries a token that only our pages know."""

import secrets
from urllib.parse import urlsplit

from fastapi import Request

from review.security.cookies import FORM, read

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(Exception):  # noqa: N818 - what happened, not an error of ours
    """A form came without the token of the page that it should be from."""


async def sent_token(request: Request) -> str | None:
    """Return the token in the form, if a form was sent."""
    if request.method in _SAFE or request.url.path.startswith("/api/"):
        return None
    value = (await request.form()).get("csrf")
    return value if isinstance(value, str) else None


def expected_token(request: Request) -> str | None:
    """Return the token that a form must carry: the session's, or before one the cookie's."""
    token: str | None = getattr(request.state, "csrf_token", None)
    return token or read(request, FORM)


def refuse_forgery(request: Request, sent: str | None) -> None:
    """Refuse a change that no page of ours asked for.

    The API takes a token in a header, which no other site can send, and is not asked for another.

    Raises
    ------
    Forged
        The token is missing or another one, or the browser says that the form is another site's.
    """
    if request.method in _SAFE or request.url.path.startswith("/api/"):
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forged
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forged
    expected = expected_token(request)
    if not expected or not sent or not secrets.compare_digest(expected.encode(), sent.encode()):
        raise Forged
