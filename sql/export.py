"""Writing a view to a file, a part at a time, however many rows it has."""

import csv
import io
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from difflib import get_close_matches
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from sqlalchemy import Engine, select

from sql.audit import VIEWS, View
from sql.connection import reading
from sql.errors import StoreError
from sql.store import Store

_ROWS_AT_ONCE = 20_000
_XLSX_ROWS = 1_048_575
"""A sheet's rows, the heading's aside."""

_ARROW = {"text": pa.string(), "whole number": pa.int64(), "number": pa.float64()}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Part = Sequence[tuple[object, ...]]


class Format(StrEnum):
    """What a view can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


def export(source: Store | Engine, view: str, to: Path | BinaryIO, form: Format) -> int:
    """Write a view.

    In csv and xlsx no text becomes a formula: csv puts an apostrophe before text that begins with ``=``, ``+``, ``-``,
    ``@``, a tab or a carriage return; xlsx marks every text as text. Csv is UTF-8 with a heading, null is empty.

    Parameters
    ----------
    source
        A store, or, for an auditor who may read nothing but the views, an engine of `sql.connection.connect`.
    view
        One of `sql.audit.VIEWS`.
    to
        A path (written beside it first, so that an interrupted export leaves nothing) or a binary stream.
    form
        The format.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    StoreError
        There is no such view, it has more rows than a sheet can hold, or the database cannot be read.
    """
    described = _known(view)
    engine = source.engine if isinstance(source, Store) else source
    with closing(_parts(engine, described)) as parts:
        if not isinstance(to, Path):
            return write(described, parts, to, form)
        unfinished = to.with_name(f".{to.name}.part")
        try:
            with unfinished.open("wb") as file:
                written = write(described, parts, file, form)
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)
        return written


def write(view: View, parts: Iterator[Part], to: BinaryIO, form: Format) -> int:
    """Write rows that are read already, as `export` does, and return how many.

    Parameters
    ----------
    view
        What the columns are called and hold; its name is the sheet's.
    parts
        The rows, some at a time.
    to
        A binary stream.
    form
        The format.
    """
    return _WRITERS[form](view, parts, to)


def _known(view: str) -> View:
    if view not in VIEWS:
        near = get_close_matches(view, VIEWS, n=1, cutoff=0.0)[0]
        raise StoreError(
            f"There is no view {view!r}.", remedy=f"Did you mean {near}? The views are {', '.join(VIEWS)}."
        )
    return VIEWS[view]


def _parts(engine: Engine, view: View) -> Generator[Part, None, None]:
    with reading(engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        with streamed.execute(select(view.readable)) as result:
            for part in result.partitions():
                yield [tuple(row) for row in part]


def _write_csv(view: View, parts: Iterator[Part], to: BinaryIO) -> int:
    written = 0
    texts = [described.type == "text" for described in view.columns]
    wrapped = io.TextIOWrapper(to, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(wrapped)
    writer.writerow([described.name for described in view.columns])
    for part in parts:
        writer.writerows(
            [_defused(value) if text else value for value, text in zip(row, texts, strict=True)] for row in part
        )
        written += len(part)
    wrapped.detach()
    return written


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write_xlsx(view: View, parts: Iterator[Part], to: BinaryIO) -> int:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    written = 0
    with xlsxwriter.Workbook(to, options) as book:
        sheet = book.add_worksheet(view.name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [described.name for described in view.columns])
        for row in chain.from_iterable(parts):
            written += 1
            if written > _XLSX_ROWS:
                raise StoreError(
                    f"{view.name} has more rows than a sheet can hold ({_XLSX_ROWS:,}).",
                    remedy="Export it as csv or parquet.",
                )
            sheet.write_row(written, 0, row)
    return written


def _write_parquet(view: View, parts: Iterator[Part], to: BinaryIO) -> int:
    schema = pa.schema([(described.name, _ARROW[described.type]) for described in view.columns])
    written = 0
    with pq.ParquetWriter(to, schema) as writer:
        for part in parts:
            columns = zip(*part, strict=True)
            arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.table(arrays, schema=schema))
            written += len(part)
    return written


_WRITERS = {Format.CSV: _write_csv, Format.XLSX: _write_xlsx, Format.PARQUET: _write_parquet}
