"""What is turned away before anything looks at it: names that are not ours, and bodies that are too large."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.faults import answer, unforeseen
from review.language import words_of
from review.settings import ReviewSettings

LARGEST_BODY = 1_000_000
"""Bytes of a form: a reason is 4,000 characters, and a thousand cases at once are ticked with 20 kB."""

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})


class TooLarge(Exception):  # noqa: N818 - what happened
    """A body that did not say its length is larger than it may be."""


class Door:
    """Lets a request in that names this console and has a body of reasonable size.

    A name that is not ours is a sign of another site that made its own name point here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, settings: ReviewSettings) -> None:
        self.app = app
        ours = {settings.host} if settings.host else _THIS_MACHINE
        self.hosts = {name.lower() for name in (*ours, *settings.allowed_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        _ = words_of(request).gettext
        if _host(request.headers.get("host", "")) not in self.hosts:
            detail = _("The console does not answer to this name.")
            await answer(request, 421, _("Another address"), detail)(scope, receive, send)
            return
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            await self._refuse(request, send)
            return
        taken, begun = 0, False

        async def measured() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise TooLarge
            return message

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, measured, noticed)
        except TooLarge:
            await self._refuse(request, send)
        except Exception as error:
            if begun:
                raise
            await unforeseen(request, error)(scope, receive, send)

    async def _refuse(self, request: Request, send: Send) -> None:
        _ = words_of(request).gettext
        response = answer(request, 413, _("That is too much at once"), _("Nothing was changed. Send less."))
        await response(request.scope, request.receive, send)


def _host(header: str) -> str:
    """Return the name without the port."""
    name, _, port = header.rpartition(":")
    return (name if port.isdecimal() and name else header).lower()
