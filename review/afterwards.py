"""What is made ready once the first page was answered: before, it would only take the processor from that page."""

from collections.abc import Callable
from threading import Thread

from starlette.types import ASGIApp, Receive, Scope, Send


class Afterwards:
    """Answers as the application does, and after the first answer begins to make ready what later ones need.

    Parameters
    ----------
    app
        The application.
    make_ready
        Is called once, in a thread of its own.
    """

    def __init__(self, app: ASGIApp, make_ready: Callable[[], None]) -> None:
        self.app = app
        self.readying = Thread(target=make_ready, daemon=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then begin."""
        await self.app(scope, receive, send)
        if scope["type"] == "http" and self.readying.ident is None:
            self.readying.start()
