"""Bringing a database up: migrations change tables, and the views are dropped before and made anew after them."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sql.schema import MIGRATIONS, view_files, views_sha256
from sql.tables import view_texts

_GRANTS = """
    select relname, case grantee when 0 then 'public' else grantee::regrole::text end, privilege_type
    from pg_class cross join aclexplode(relacl)
    where relkind = 'v' and relname like 'audit\\_%' and grantee <> relowner
    order by 1, 2, 3
"""


def bring_up(connection: Connection) -> None:
    """Run the migrations that a database lacks, and make its views those of this release.

    Parameters
    ----------
    connection
        In a writing transaction.
    """
    script = ScriptDirectory(str(MIGRATIONS))
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
    for path in view_files():
        connection.exec_driver_sql(path.read_text("utf-8"))
    # A dropped view loses what was granted on it, and the auditors their reading.
    kept = {path.stem for path in view_files()}
    for view, grantee, privilege in grants:
        if view in kept:
            connection.exec_driver_sql(f"grant {privilege} on {view} to {grantee}")
    connection.execute(view_texts.delete())
    connection.execute(view_texts.insert().values(sha256=views_sha256()))
