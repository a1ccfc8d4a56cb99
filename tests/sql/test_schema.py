"""Opening a database: brought up once, whatever state it is in, and views that follow their files."""

import shutil
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from sql import account_tables, schema
from sql.audit import VIEWS
from sql.connection import connect, writing
from sql.errors import StoreError, StoreUnavailableError
from sql.store import Store, open_store
from tests.postgres import PostgresServer
from tests.sql.nights import COACHED, night
from tests.sql.views import rows


def test_an_empty_database_gets_the_tables_that_the_code_describes(empty_database_url: str) -> None:
    with open_store(empty_database_url) as store, store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), account_tables.people.metadata) == []


def test_every_view_has_the_columns_described_for_auditors_in_that_order(store: Store) -> None:
    inspected = inspect(store.engine)
    assert set(inspected.get_view_names()) == set(VIEWS)
    for view in VIEWS.values():
        assert [column["name"] for column in inspected.get_columns(view.name)] == [c.name for c in view.columns]


def test_every_view_file_says_its_grain_in_line_one_and_names_itself() -> None:
    for path in (Path(schema.__file__).parent / "views").glob("*.sql"):
        first, second, *_ = path.read_text("utf-8").splitlines()
        assert first.startswith("-- one row per ")
        assert second == f"create view {path.stem} as"


def test_processes_that_open_an_empty_database_together_all_succeed(empty_database_url: str) -> None:
    def open_and_close(_: int) -> int:
        with open_store(empty_database_url) as store:
            return store.head()[0]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_and_close, range(4))) == [0, 0, 0, 0]


def test_reading_a_database_that_was_never_brought_up_says_so(empty_database_url: str) -> None:
    with Store(connect(empty_database_url)) as store, pytest.raises(StoreError, match="has no tables of Mingcha"):
        store.verify()


def test_opening_again_changes_nothing(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    open_store(store.engine.url.render_as_string()).close()
    assert len(rows(store.engine, "select run_id from audit_runs")) == 1


def test_a_view_whose_file_changed_is_made_anew_and_keeps_its_grants(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = store.engine.url.render_as_string()
    on_postgres = store.engine.dialect.name == "postgresql"
    if on_postgres:
        with store.engine.begin() as connection:
            connection.execute(text("grant select on audit_runs to public"))
    views = tmp_path / "views"
    shutil.copytree(Path(schema.__file__).parent / "views", views)
    changed = views / "audit_runs.sql"
    changed.write_text(changed.read_text("utf-8").replace("    status,\n", "    status,\n    'x' as extra,\n"), "utf-8")
    monkeypatch.setattr(schema, "_VIEWS", views)
    open_store(url).close()
    names = [column["name"] for column in inspect(store.engine).get_columns("audit_runs")]
    assert names[2:4] == ["status", "extra"]
    if on_postgres:
        held = "select has_table_privilege('public', 'audit_runs', 'select') as may"
        assert rows(store.engine, held) == [{"may": True}]


def test_evidence_that_an_older_release_wrote_is_all_there_when_it_lies_in_another_order(
    empty_database_url: str,
) -> None:
    engine = connect(empty_database_url)
    script = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    with writing(engine) as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            for revision in reversed(list(script.iterate_revisions("0003", "base"))):
                revision.module.upgrade()
                context.stamp(script, revision.revision)
        said = "insert into evidence (run_key, unit_key, scheme_key, detector_key, abstained, n, bits, reason_zh)"
        connection.execute(text(f"{said} values (1, 7, 2, 3, 0, 40, 5.5, '理由'), (1, 6, 2, 3, 1, null, 0, null)"))
    engine.dispose()
    names = "unit_key, scheme_key, detector_key, abstained, n, bits, reason_zh"
    with open_store(empty_database_url) as store:
        held = rows(store.engine, f"select {names} from evidence order by unit_key")
    assert [tuple(row.values()) for row in held] == [(6, 2, 3, 1, None, 0.0, None), (7, 2, 3, 0, 40, 5.5, "理由")]


def test_the_newest_file_of_a_migration_is_alembics_head_and_each_is_called_by_its_revision() -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))
    revisions = list(script.walk_revisions())
    files = sorted(Path(revision.path).name for revision in revisions)
    assert files == sorted(path.name for path in (schema.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert [name.partition("_")[0] for name in files] == [revision.revision for revision in reversed(revisions)]
    assert script.get_heads() == [files[-1].partition("_")[0]]


def test_a_schema_newer_than_the_code_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer release \(schema 9999\)\. Install that release"):
        open_store(store.engine.url.render_as_string())


def test_a_locked_sqlite_file_is_said_to_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "mingcha.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(StoreUnavailableError, match="is locked by another process"):
        open_store(f"sqlite:///{path}", busy_timeout_s=0.1)
    holder.close()


def test_a_postgres_writer_that_waits_too_long_says_the_database_is_locked(
    postgres_server: PostgresServer, postgres_template: str
) -> None:
    postgres_server.execute(f"create database locked template {postgres_template}")
    url = postgres_server.url("locked").render_as_string()
    with open_store(url, busy_timeout_s=0.1) as store, store.engine.begin() as holder:
        holder.execute(text("select pg_advisory_xact_lock(1835626087)"))
        with pytest.raises(StoreError, match="is locked by another process"):
            store.write_run(night("run-1", [COACHED]))


def test_a_read_only_sqlite_file_can_be_read_and_refuses_a_run(tmp_path: Path) -> None:
    path = tmp_path / "mingcha.db"
    with open_store(f"sqlite:///{path}") as store:
        store.write_run(night("run-1", [COACHED]))
    path.chmod(stat.S_IREAD)
    with open_store(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.verify() == []
        with pytest.raises(StoreError, match="is read-only"):
            store.write_run(night("run-2", [COACHED]))


def test_a_read_only_database_that_needs_migrating_is_said_to_be_read_only(tmp_path: Path) -> None:
    path = tmp_path / "mingcha.db"
    path.touch()
    with pytest.raises(StoreError, match="is read-only"):
        open_store(f"sqlite:///file:{path}?mode=ro&uri=true")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////nowhere/at/all/mingcha.db", "cannot be opened. Check that its folder exists"),
        ("postgresql://auditor:secret@127.0.0.1:1/mingcha", "cannot be reached"),
        ("nonsense", "cannot be understood"),
        ("mysql://localhost/x", "Use sqlite:///FILE"),
    ],
)
def test_a_database_that_cannot_be_had_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        open_store(url)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "mingcha.db"
    path.write_text("response_id,survey,wave\n" * 1000)
    with pytest.raises(StoreError, match="is not a usable database"):
        open_store(f"sqlite:///{path}")


def test_a_postgres_database_or_account_that_does_not_exist_is_said(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        open_store(postgres_server.url("nothing").render_as_string())
    with pytest.raises(StoreError, match="refuses this account"):
        open_store(postgres_server.url("postgres", user="nobody").render_as_string())


def test_a_full_disk_is_said_and_leaves_nothing_of_the_run(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'mingcha.db'}") as store:
        with store.engine.connect() as connection:
            # The pool hands the same connection to the writer, so the limit holds there.
            connection.exec_driver_sql("pragma max_page_count = 1")
        many = [(f"D{unit}", "coached", 1.0, 0, 0.1, 0.1) for unit in range(5_000)]
        with pytest.raises(StoreError, match="has no space left on its disk"):
            store.write_run(night("run-1", many))
        assert rows(store.engine, "select run_id from audit_runs") == []
