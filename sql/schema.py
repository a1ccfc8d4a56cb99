"""Bringing a database to the newest tables and views: migrations change tables, views are files created afterwards."""

import hashlib
from enum import StrEnum
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, select, text

from sql.connection import reading, writing
from sql.errors import StoreError, name_of
from sql.tables import view_texts

_HERE = Path(__file__).parent
_MIGRATIONS = _HERE / "migrations"
_VIEWS = _HERE / "views"

_GRANTS = """
    select relname, case grantee when 0 then 'public' else grantee::regrole::text end, privilege_type
    from pg_class cross join aclexplode(relacl)
    where relkind = 'v' and relname like 'audit\\_%' and grantee <> relowner
    order by 1, 2, 3
"""


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
    script = ScriptDirectory(str(_MIGRATIONS))
    with reading(engine) as connection:
        if _is_current(connection, script):
            return
    with writing(engine) as connection:
        if not _is_current(connection, script):
            _bring_up(connection, script)


def standing(connection: Connection) -> Standing:
    """Return how the database stands to this release, reading alone."""
    return _standing(connection, ScriptDirectory(str(_MIGRATIONS)))


def _is_current(connection: Connection, script: ScriptDirectory) -> bool:
    found = _standing(connection, script)
    if found is Standing.NEWER:
        revision = MigrationContext.configure(connection).get_current_revision()
        raise StoreError(
            f"The database {name_of(connection.engine.url)} was made by a newer release (schema {revision}).",
            remedy="Install that release or a later one, or name another database.",
        )
    return found is Standing.CURRENT


def _standing(connection: Connection, script: ScriptDirectory) -> Standing:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return Standing.EMPTY
    try:
        script.get_revision(revision)
    except CommandError:
        return Standing.NEWER
    held = connection.execute(select(view_texts.c.sha256)).scalar()
    current = revision == script.get_current_head() and held == _views_sha256()
    return Standing.CURRENT if current else Standing.OLDER


def _bring_up(connection: Connection, script: ScriptDirectory) -> None:
    grants = connection.execute(text(_GRANTS)).all() if connection.dialect.name == "postgresql" else []
    for name in inspect(connection).get_view_names():
        if name.startswith("audit_"):
            connection.exec_driver_sql(f"drop view {name}")
    context = MigrationContext.configure(connection)
    pending = list(script.iterate_revisions("head", context.get_current_revision() or "base"))
    with Operations.context(context):
        for revision in reversed(pending):
            revision.module.upgrade()
            context.stamp(script, revision.revision)
    for path in _view_files():
        connection.exec_driver_sql(path.read_text("utf-8"))
    # A dropped view loses what was granted on it, and the auditors their reading.
    kept = {path.stem for path in _view_files()}
    for view, grantee, privilege in grants:
        if view in kept:
            connection.exec_driver_sql(f"grant {privilege} on {view} to {grantee}")
    connection.execute(view_texts.delete())
    connection.execute(view_texts.insert().values(sha256=_views_sha256()))


def _view_files() -> list[Path]:
    return sorted(_VIEWS.glob("*.sql"))


def _views_sha256() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in _view_files())).hexdigest()
