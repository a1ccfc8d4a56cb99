"""How a database stands to this release's tables and views, and bringing it up to them when it is older."""

import hashlib
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from sql.connection import reading, writing
from sql.errors import StoreError, name_of
from sql.tables import view_texts

_HERE = Path(__file__).parent
MIGRATIONS = _HERE / "migrations"
"""One file a migration, called by its revision: ``0005_prior.py``. Each follows on the one before."""

_VIEWS = _HERE / "views"
_REVISIONS = table("alembic_version", column("version_num"))


class Standing(StrEnum):
    """How a database stands to this release."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


def migrate(engine: Engine) -> None:
    """Bring the tables and the views of the database to those of this code, in one transaction, unless they are.

    Two processes may do so at once: the second waits for the first, and finds nothing left to do.

    Parameters
    ----------
    engine
        From `sql.connection.connect`.

    Raises
    ------
    StoreError
        The database was made by a newer release, or it is locked, read-only, full or unreachable.
    """
    with reading(engine) as connection:
        if _is_current(connection):
            return
    # Alembic takes a tenth of a second, and most databases are current.
    from sql.bringing_up import bring_up  # noqa: PLC0415

    with writing(engine) as connection:
        if not _is_current(connection):
            bring_up(connection)


def standing(connection: Connection) -> Standing:
    """Return how the database stands to this release, reading alone."""
    revision = _revision(connection)
    if revision is None:
        return Standing.EMPTY
    known = [path.name.partition("_")[0] for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))]
    if revision not in known:
        return Standing.NEWER
    held = connection.execute(select(view_texts.c.sha256)).scalar()
    return Standing.CURRENT if revision == known[-1] and held == views_sha256() else Standing.OLDER


def _is_current(connection: Connection) -> bool:
    found = standing(connection)
    if found is Standing.NEWER:
        raise StoreError(
            f"The database {name_of(connection.engine.url)} was made by a newer release "
            f"(schema {_revision(connection)}).",
            remedy="Install that release or a later one, or name another database.",
        )
    return found is Standing.CURRENT


def _revision(connection: Connection) -> str | None:
    """Return the newest migration that the database has been through, as Alembic notes it."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    revision: str | None = connection.execute(select(_REVISIONS.c.version_num)).scalar()
    return revision


def view_files() -> list[Path]:
    """Return the files of the views, in order."""
    return sorted(_VIEWS.glob("*.sql"))


def views_sha256() -> str:
    """Return the digest of the views of this release."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in view_files())).hexdigest()
