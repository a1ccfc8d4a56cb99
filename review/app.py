"""The console as an ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from review import assets
from review.api import cases as api_cases
from review.api import description as api_description
from review.api import health
from review.api import runs as api_runs
from review.api import units as api_units
from review.faults import explain_faults
from review.heads import Heads
from review.pages import account, audit, case, decisions, guide, overview, people, queue, sign_on, signing_in, units
from review.rendering import Pages
from review.security.door import Door
from review.security.headers import SecurityHeaders
from review.security.oidc import Provider
from review.security.roles import undeclared
from review.settings import ReviewSettings
from review.timing import ServerTiming
from sql.connection import connect
from sql.times import now

_MODULES = (
    overview, queue, case, decisions, units, audit, people, account, guide, signing_in, sign_on,
    api_description, api_cases, api_units, api_runs, health, assets,
)  # fmt: skip

_PATIENCE_S = 0.2
"""How long a page waits for a night's writing only to note that somebody is there."""


_PAGES_AT_ONCE = 8
"""Pages that are made at the same time, each with a connection of its own; others wait for their turn.

More would finish none of them earlier, because Python runs one at a time and only the databases do not.
"""


@asynccontextmanager
async def _few_at_once(_app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _PAGES_AT_ONCE
    yield


def create_app(settings: ReviewSettings, *, clock: Callable[[], datetime] = now) -> FastAPI:
    """Return the console, which reads nothing until it is asked for a page.

    Parameters
    ----------
    settings
        Where things are and how the console is reached.
    clock
        What time it is, in Shanghai.

    Raises
    ------
    RuntimeError
        A route does not say who may call it.
    """
    app = FastAPI(title="Mingcha", version=version("mingcha"), docs_url=None, redoc_url=None, openapi_url=None)
    app.router.lifespan_context = _few_at_once
    app.state.settings = settings
    app.state.clock = clock
    url = settings.database_url.get_secret_value()
    app.state.engine = connect(url, busy_timeout_s=settings.database_wait_s, connections=_PAGES_AT_ONCE)
    app.state.patient_engine = connect(url, busy_timeout_s=_PATIENCE_S, connections=1)
    app.state.provider = Provider(settings.single_sign_on) if settings.single_sign_on else None
    app.state.assets = assets.Assets(settings.cache)
    app.router.redirect_slashes = False
    routes = [route for module in _MODULES for route in module.router.routes]
    if open_to_anyone := undeclared(routes):
        raise RuntimeError(f"these routes do not say who may call them: {', '.join(open_to_anyone)}")
    for module in _MODULES:
        app.include_router(module.router)
    app.state.routes = routes
    app.state.pages = Pages(app, app.state.assets)
    explain_faults(app)
    app.add_middleware(Door, settings=settings)
    app.add_middleware(Heads)
    app.add_middleware(SecurityHeaders, secure=settings.secure)
    app.add_middleware(ServerTiming)
    return app
