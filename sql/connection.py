"""How a database is connected to, read and written, alike for SQLite and PostgreSQL.

SQLite keeps its rollback journal (not WAL): an auditor with nothing but the right to read the file can then read it,
even from a read-only folder, which WAL forbids. Readers wait only while a night is committed, because the writer
keeps its pages in memory until then.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from sql.errors import StoreError, explained

_WRITER_LOCK = 0x6D696E67
"""The number of PostgreSQL's advisory lock that serialises writers: the letters ``ming``."""


def connect(url: str | URL, *, busy_timeout_s: float = 60.0, connections: int = 5) -> Engine:
    """Return an engine for the database; nothing is read or changed yet.

    Parameters
    ----------
    url
        ``sqlite:///path/to/mingcha.db`` or ``postgresql://user:password@host/name``.
    busy_timeout_s
        How many seconds to wait for another writer before saying that the database is locked.
    connections
        How many are kept open once they were needed; beyond them, connections are made for one use.

    Raises
    ------
    StoreError
        The URL does not parse, or names another kind of database.

    Examples
    --------
    >>> connect("postgresql://auditor@db.example/mingcha").dialect.name
    'postgresql'
    >>> connect("mysql://localhost/mingcha")
    Traceback (most recent call last):
    sql.errors.StoreError: The database URL begins with mysql. Use sqlite:///FILE or postgresql://USER@HOST/NAME.
    """
    remedy = "Use sqlite:///FILE or postgresql://USER@HOST/NAME."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("The database URL cannot be understood.", remedy=remedy) from error
    backend = parsed.get_backend_name()
    # Parameters hold values of rows; an error that prints them would put them in a log.
    if backend == "sqlite":
        waits = {"timeout": busy_timeout_s}
        engine = create_engine(parsed, hide_parameters=True, connect_args=waits, pool_size=connections)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif backend in {"postgresql", "postgres"}:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=connections,
        )
        event.listen(engine, "connect", partial(_prepare_postgresql, busy_timeout_s))
    else:
        raise StoreError(f"The database URL begins with {backend}.", remedy=remedy)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection for reading."""
    with explained(engine.url), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction as the one writer; all of it becomes visible at its end, or none if anything is raised.

    Raises
    ------
    StoreError
        Another writer did not end within the busy timeout, or the database cannot be written.
    """
    with explained(engine.url), engine.connect() as opened:
        connection = opened.execution_options(mingcha_writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
            yield connection


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun by _begin_sqlite: left to itself, the driver begins one too late to hold the lock.
    connection.isolation_level = None
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma cache_spill = off")


def _prepare_postgresql(busy_timeout_s: float, connection: DBAPIConnection, _record: object) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"set lock_timeout = {round(busy_timeout_s * 1000)}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("mingcha_writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")
