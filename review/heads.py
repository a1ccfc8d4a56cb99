"""HEAD on every page, as monitors and link checkers ask: what GET would answer, without the page itself."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Has HEAD answered as GET is, and keeps the body back.

    References
    ----------
    RFC 9110, section 9.3.2, https://www.rfc-editor.org/rfc/rfc9110#name-head
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, without a body if HEAD was asked."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)
