"""docs/data.md says what the code does: every column of every source and view, and what an auditor's role may read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from detectors.core.sources import SOURCES
from sql import schema
from sql.audit import VIEWS
from sql.connection import connect
from sql.export import Format, export
from sql.store import Store, open_store
from sql.tables import metadata
from tests.postgres import PostgresServer
from tests.sql.data_tables import source_table, view_table
from tests.sql.nights import COACHED, night

DATA = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")


def section(heading: str) -> str:
    """Return what stands under a third-level heading."""
    found = re.search(rf"^### `{heading}`[^\n]*\n(.*?)(?=^##|\Z)", DATA, re.DOTALL | re.MULTILINE)
    assert found, f"docs/data.md has no section ### `{heading}`"
    return found.group(1)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_source_is_documented_as_it_is_read(source: object) -> None:
    name = next(name for name, known in SOURCES.items() if known is source)
    assert source_table(SOURCES[name]) in section(name)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_documented_as_it_is_described_for_auditors(view: str) -> None:
    assert view_table(VIEWS[view]) in section(view)
    assert f"One row: {VIEWS[view].grain}." in section(view)


def test_no_source_or_view_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^### `(\w+)`", DATA, re.MULTILINE)) == {*SOURCES, *VIEWS}


@pytest.fixture
def auditor(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Engine]:
    """A connection with the rights that docs/data.md grants to an auditor, and one run to read."""
    found = re.search(r"```sql\n(create role auditor.*?)```", DATA, re.DOTALL)
    assert found, "docs/data.md has no statements for an auditor's role"
    postgres_server.execute(f"create database mingcha template {postgres_template}")
    try:
        with open_store(postgres_server.url("mingcha").render_as_string()) as store:
            store.write_run(night("run-1", [COACHED]))
        for statement in found.group(1).split(";"):
            if statement.strip():
                postgres_server.execute(statement, "mingcha")
        engine = connect(postgres_server.url("mingcha", user="auditor"))
        yield engine
        engine.dispose()
    finally:
        postgres_server.execute("drop database mingcha with (force)")
        postgres_server.execute("drop role if exists auditor")


def test_an_auditor_reads_exports_and_verifies_every_view_and_nothing_else(auditor: Engine, tmp_path: Path) -> None:
    for view in VIEWS:
        assert export(auditor, view, tmp_path / f"{view}.csv", Format.CSV) >= 1
    assert Store(auditor).verify() == []
    assert Store(auditor).head()[0] == 2
    for table in [*metadata.tables, "alembic_version"]:
        with auditor.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"select * from {table}"))
    for statement in (
        "delete from audit_runs",
        "create table mine (x int)",
        "update audit_runs set status = 'failed'",
    ):
        with auditor.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))


def test_an_auditor_keeps_reading_after_the_views_were_made_anew(
    auditor: Engine, postgres_server: PostgresServer
) -> None:
    postgres_server.execute("delete from view_texts", "mingcha")
    open_store(postgres_server.url("mingcha").render_as_string()).close()
    with auditor.connect() as connection:
        assert connection.execute(text("select count(*) from audit_runs")).scalar() == 1


def test_no_view_reads_another_or_selects_everything() -> None:
    for path in (Path(schema.__file__).parent / "views").glob("*.sql"):
        body = path.read_text("utf-8").partition(" as\n")[2]
        assert "audit_" not in body
        assert "*" not in body
