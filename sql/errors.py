"""What can go wrong with the database, each said in a sentence with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from detectors.core.errors import MingchaError


class StoreError(MingchaError):
    """The database cannot be used as it is."""


class StoreUnavailableError(StoreError):
    """The database cannot be used now, but may be later: it is locked, out of reach, or out of connections."""


_LOCKED = ("is locked by another process", "Wait for the other run or reader to end, or stop it, and run again.")
_READ_ONLY = ("is read-only", "Give the account that runs this the right to write to it, and run again.")
_FULL = ("has no space left on its disk", "Free some space and run again; nothing was written.")
_DISK = ("met a fault of its disk", "Check the disk and its free space and run again; nothing was written.")
_DAMAGED = ("is not a usable database", "Restore it from a backup, or name another file or URL.")
_REFUSED = ("refuses this account", "Check the user and password of the database URL, and the rights granted to it.")
_UNREACHABLE = ("cannot be reached", "Check the database URL, and that the server is running and reachable.")
_CANNOT_OPEN = ("cannot be opened", "Check that its folder exists and that this account may read and write there.")

_NO_CONNECTION = ("has no free connection", "Close other clients or raise max_connections on the server.")
_EMPTY = ("has no tables of Mingcha", "Run `mingcha nightly` on it once, or name another database.")

_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _DISK,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CANTOPEN": _CANNOT_OPEN,
    "SQLITE_PERM": _REFUSED,
    "SQLITE_AUTH": _REFUSED,
}
_POSTGRESQL = {
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "25006": _READ_ONLY,
    "53100": _FULL,
    "3D000": ("does not exist", "Create it on the server (createdb), or correct the database URL."),
    "28000": _REFUSED,
    "28P01": _REFUSED,
    "42501": _REFUSED,
    "42P01": _EMPTY,
    "53300": _NO_CONNECTION,
}
_MAY_PASS = (_LOCKED, _UNREACHABLE, _NO_CONNECTION)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what a driver says about the state of a database into a `StoreError`; let every other error pass.

    Parameters
    ----------
    url
        The database, for naming it (its password is never shown).

    Raises
    ------
    StoreUnavailableError
        The database is locked, unreachable or out of connections: trying again may help.
    StoreError
        It is read-only, full, damaged, missing or empty, or refuses the account.
    """
    try:
        yield
    except DBAPIError as error:
        known = _explanation(error)
        if known is None:
            raise
        what, remedy = known
        kind = StoreUnavailableError if known in _MAY_PASS else StoreError
        raise kind(f"The database {name_of(url)} {what}.", remedy=remedy) from error


def name_of(url: URL) -> str:
    """Return the URL as it may be shown: without its password and its options."""
    return url.set(query={}).render_as_string(hide_password=True)


def _explanation(error: DBAPIError) -> tuple[str, str] | None:
    sqlite_name = getattr(error.orig, "sqlite_errorname", None)
    if sqlite_name == "SQLITE_ERROR" and "no such table" in str(error.orig):
        return _EMPTY
    if sqlite_name is not None:
        # Extended names begin with the plain one: SQLITE_READONLY_DBMOVED, SQLITE_BUSY_SNAPSHOT.
        return next((said for name, said in _SQLITE.items() if sqlite_name.startswith(name)), None)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state, _UNREACHABLE if state.startswith(("08", "57P")) else None)
    # psycopg fails to connect with no SQLSTATE, and only says why in words.
    words = str(error.orig)
    if "does not exist" in words and "database" in words:
        return _POSTGRESQL["3D000"]
    if "authentication failed" in words or "pg_hba.conf" in words or ("role" in words and "does not exist" in words):
        return _REFUSED
    return _UNREACHABLE if type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout"} else None
