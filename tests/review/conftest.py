"""A console on a database of its own, with a person of each role, asked in the process or from a browser."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from review.app import create_app
from review.security.permissions import Role
from review.settings import ReviewSettings
from sql import accounts
from sql.connection import writing
from sql.store import open_store
from sql.times import SHANGHAI

AT = datetime(2026, 11, 2, 9, 30, tzinfo=SHANGHAI)
"""A Monday morning, when every test begins."""
NAMES = {
    Role.REVIEWER: ("li.na", "李娜"),
    Role.LEAD: ("wang.fang", "王芳"),
    Role.AUDITOR: ("chen.jie", "陈洁"),
    Role.ADMIN: ("zhao.lei", "赵磊"),
}
"""Account and name of the person of each role."""


@dataclass
class Clock:
    """A clock that stands until a test moves it."""

    at: datetime = AT

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **length: float) -> None:
        """Move it on: ``forward(days=3)``."""
        self.at += timedelta(**length)


@dataclass
class Console:
    """A console under test.

    Parameters
    ----------
    app
        The application.
    clock
        What time it believes it is.
    base_url
        How it is reached.
    """

    app: FastAPI
    clock: Clock
    base_url: str = "http://127.0.0.1"
    _people: dict[str, int] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """Its database."""
        engine: Engine = self.app.state.engine
        return engine

    def add_person(self, account: str, name: str, role: Role) -> None:
        """Add somebody who may sign in with no password."""
        with writing(self.engine) as connection:
            added = accounts.create_person(connection, account, name, role, actor="tests", at=AT)
        self._people[account] = added.person_id

    def know(self, account: str, person_id: int) -> None:
        """Learn of somebody who is there already."""
        self._people[account] = person_id

    def session(self, account: str) -> str:
        """Return the token of a new session of somebody."""
        with writing(self.engine) as connection:
            return accounts.begin_session(
                connection, self._people[account], at=self.clock(), lasting=timedelta(days=365)
            )

    def visitor(self, language: str = "en") -> TestClient:
        """Return a browser in which nobody signed in, which does not follow redirects."""
        return TestClient(
            self.app, base_url=self.base_url, follow_redirects=False, headers={"Accept-Language": language}
        )

    def as_(self, who: Role | str, language: str = "en") -> TestClient:
        """Return a browser in which the person of a role, or of an account, signed in."""
        client = self.visitor(language)
        client.cookies.set("mingcha-session", self.session(NAMES[Role(who)][0] if who in set(Role) else who))
        return client


def csrf_of(page: str) -> str:
    """Return the token in a page's form."""
    _, _, after = page.partition('name="csrf" value="')
    return after.partition('"')[0]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with every table and no row, to be copied."""
    path = tmp_path_factory.mktemp("console") / "mingcha.db"
    open_store(f"sqlite:///{path}").close()
    return path


def made(database: Path, home: Path, **settings: object) -> Iterator[Console]:
    """Make a console on a copy of a database."""
    shutil.copy(database, home / "mingcha.db")
    clock = Clock()
    told = {"database_url": f"sqlite:///{home / 'mingcha.db'}", "home": home, "lake": home / "lake"}
    app = create_app(ReviewSettings.model_validate(told | settings), clock=clock)
    console = Console(app, clock)
    yield console
    app.state.engine.dispose()
    app.state.patient_engine.dispose()


@pytest.fixture
def empty_console(empty_database: Path, tmp_path: Path) -> Iterator[Console]:
    """A console on an empty database, where nobody can sign in yet."""
    yield from made(empty_database, tmp_path)


@pytest.fixture
def console(empty_console: Console) -> Console:
    """A console on an empty database, with a person of each role."""
    for role, (account, name) in NAMES.items():
        empty_console.add_person(account, name, role)
    return empty_console


@pytest.fixture
def secure_console(empty_database: Path, tmp_path: Path) -> Iterator[Console]:
    """The same console, reached by HTTPS under a name of its own."""
    for console in made(empty_database, tmp_path, public_url="https://mingcha.example"):
        console.base_url = "https://mingcha.example"
        for role, (account, name) in NAMES.items():
            console.add_person(account, name, role)
        yield console


@pytest.fixture
def running_console(console: Console) -> Iterator[Console]:
    """The same console behind a real server on a free port of this machine; its ``base_url`` is where."""
    with served(console.app) as address:
        console.base_url = address
        yield console


class served:  # noqa: N801 - reads as a verb
    """Serve an application on a free port while the block runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        ready = threading.Event()
        while not self.server.started and self.thread.is_alive():
            ready.wait(0.01)
        host, port = self.server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
