"""The console behind a server: started, and until somebody can sign in, with a link to make the first administrator."""

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import uvicorn
from fastapi import FastAPI

from detectors.core.errors import MingchaError
from review.afterwards import Afterwards
from review.app import create_app
from review.charts import scripts
from review.charts.ahead import draw_ahead
from review.settings import ReviewSettings
from sql import accounts
from sql.connection import reading, writing
from sql.errors import StoreUnavailableError
from sql.schema import migrate

SET_UP = timedelta(hours=24)
"""How long the link for the first administrator can be used."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger("mingcha.review")


def serve(settings: ReviewSettings, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the console until it is told to stop.

    Parameters
    ----------
    settings
        Where things are and how the console is reached.
    host, port
        Where to listen.
    say
        Shows a line to whoever started it.

    Raises
    ------
    detectors.core.errors.MingchaError
        The port is taken.
    sql.errors.StoreError
        The database is of a newer release, or cannot be used for another reason that waiting does not mend.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    log.setLevel(logging.INFO)
    app = create_app(settings)
    listening = _listen(host, port)
    address = settings.public_url or f"http://{_bracketed(host)}:{listening.getsockname()[1]}"
    say(f"The console is at {address}")
    if not settings.secure and host not in _LOOPBACK:
        say("Passwords would cross the network unencrypted: put it behind HTTPS, and say so with public_url.")
    if settings.sees_no_key:
        log.warning("There are observations, but neither the file key in the home nor MINGCHA_KEY: restore the key.")
    link = prepare(app, address)
    if link is not None:
        say(f"Nobody can sign in yet. Make the first administrator, once and within 24 hours, at\n  {link}")
    server = uvicorn.Server(
        uvicorn.Config(
            Afterwards(app, partial(make_ready, app)),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=5,
        )
    )
    with suppress(KeyboardInterrupt):  # being told to stop is how serving ends
        server.run([listening])


def prepare(app: FastAPI, address: str) -> str | None:
    """Bring the database up to this release, and return a one-time link if nobody can sign in yet.

    A database that is out of reach is waited for: until it is back, every page says so.

    Parameters
    ----------
    app
        The console.
    address
        How people reach it.
    """
    engine, at = app.state.engine, app.state.clock()
    try:
        migrate(engine)
        with reading(engine) as connection:
            if accounts.has_people(connection):
                return None
        with writing(engine) as connection:
            token = accounts.invite_first_admin(connection, at=at, lasting=SET_UP)
    except StoreUnavailableError as error:
        log.warning("%s", error)
        return None
    return address.rstrip("/") + str(app.url_path_for("welcome", token=token))


def make_ready(app: FastAPI) -> None:
    """Have ready what the first page with a chart would wait for: the scripts that draw it, and its shape."""
    app.state.assets.read_ahead(scripts.NAME)
    draw_ahead()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise MingchaError(
            f"The console cannot listen on {_bracketed(host)}:{port}: {error.strerror or error}.",
            remedy="Stop what listens there, or choose another --host or --port.",
        ) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
