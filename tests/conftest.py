"""What several rooms' tests need: stores in both databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sql.store import Store, open_store
from tests.postgres import PostgresServer, running_postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, one for each worker of the tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with every table and view, from which others are copied in no time."""
    postgres_server.execute("create database mingcha_template")
    open_store(postgres_server.url("mingcha_template").render_as_string()).close()
    return "mingcha_template"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mingcha.db'}"
    else:
        yield from _new_postgres_database(request.getfixturevalue("postgres_server"), "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with every table and view, and no rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'mingcha.db'}"
        open_store(url).close()
        yield url
    else:
        template = request.getfixturevalue("postgres_template")
        yield from _new_postgres_database(request.getfixturevalue("postgres_server"), template)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with no rows, in each kind of database."""
    with open_store(database_url) as opened:
        yield opened


def _new_postgres_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"mingcha_{uuid.uuid4().hex}"
    server.execute(f"create database {name} template {template}")
    yield server.url(name).render_as_string()
    server.execute(f"drop database {name} with (force)")
