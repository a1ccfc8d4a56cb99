"""How long the server took for an answer, said on every answer: what a page costs is seen in any browser."""

from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ServerTiming:
    """Adds ``Server-Timing: app;dur=12.3``: milliseconds from the request's arrival to the answer's first byte.

    What a file costs while it is being sent is not in it.

    References
    ----------
    W3C, Server Timing, https://www.w3.org/TR/server-timing/
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the header."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = perf_counter()

        async def send_with_timing(message: Message) -> None:
            if message["type"] == "http.response.start":
                took_ms = (perf_counter() - arrived) * 1000
                MutableHeaders(scope=message)["Server-Timing"] = f"app;dur={took_ms:.1f}"
            await send(message)

        await self.app(scope, receive, send_with_timing)
