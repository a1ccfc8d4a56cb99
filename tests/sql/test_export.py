"""Views as files that a spreadsheet can open without running anything."""

import csv
import io
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import load_workbook

from sql import export as exporting
from sql.audit import VIEWS
from sql.errors import StoreError
from sql.export import Format, export
from sql.store import Store
from tests.sql.nights import COACHED, HONEST, night
from tests.sql.views import rows


@pytest.fixture
def written(store: Store) -> Store:
    """A store with one run, in which a review's reason looks like a formula."""
    store.write_run(night("run-1", [COACHED, HONEST]))
    return store


def test_csv_puts_an_apostrophe_before_what_would_be_a_formula_and_leaves_numbers_alone(written: Store) -> None:
    stream = io.BytesIO()
    assert export(written, "audit_records", stream, Format.CSV) == 2
    records = {row["record_id"]: row for row in csv.DictReader(io.StringIO(stream.getvalue().decode()))}
    assert records["V1"]["reasons"] == "'=HYPERLINK(...)"
    assert records["V1"]["dealer_id"] == ""
    stream = io.BytesIO()
    export(written, "audit_scores", stream, Format.CSV)
    bits = {row["unit_id"]: row["bits"] for row in csv.DictReader(io.StringIO(stream.getvalue().decode()))}
    assert bits == {"D1": "12.0", "D2": "-1.5"}


def test_xlsx_holds_text_as_text_and_no_formula(written: Store, tmp_path: Path) -> None:
    path = tmp_path / "records.xlsx"
    assert export(written, "audit_records", path, Format.XLSX) == 2
    heading, *records = load_workbook(path).get_sheet_by_name("audit_records").to_python()
    assert heading == [column.name for column in VIEWS["audit_records"].columns]
    assert "=HYPERLINK(...)" in {record[heading.index("reasons")] for record in records}
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("view", VIEWS)
def test_parquet_of_every_view_has_its_rows_and_types(written: Store, tmp_path: Path, view: str) -> None:
    path = tmp_path / "view.parquet"
    expected = rows(written.engine, f"select * from {view}")
    assert export(written, view, path, Format.PARQUET) == len(expected)
    read = pq.read_table(path)
    types = {"text": "string", "whole number": "int64", "number": "double"}
    assert {field.name: str(field.type) for field in read.schema} == {
        column.name: types[column.type] for column in VIEWS[view].columns
    }
    assert read.to_pylist() == expected


def test_an_unknown_view_is_answered_with_the_nearest_and_leaves_no_file(written: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Did you mean audit_findings"):
        export(written, "findings", tmp_path / "out.csv", Format.CSV)
    assert list(tmp_path.glob("*out*")) == []


def test_a_sheet_that_cannot_hold_the_rows_leaves_no_file(
    written: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_XLSX_ROWS", 1)
    with pytest.raises(StoreError, match="Export it as csv or parquet"):
        export(written, "audit_scores", tmp_path / "out.xlsx", Format.XLSX)
    assert list(tmp_path.glob("*out*")) == []
