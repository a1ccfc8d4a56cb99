"""Many rows at once: COPY in PostgreSQL, one prepared statement in SQLite, inside the caller's transaction."""

import io
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import WriteOptions, write_csv
from sqlalchemy import Column, Connection, Integer, Table, Text, func, select
from sqlalchemy.exc import DBAPIError

from sql.errors import StoreError


def insert_frame(connection: Connection, table: Table, frame: pd.DataFrame, constants: Mapping[str, str | int]) -> None:
    """Insert every row of a frame.

    Parameters
    ----------
    connection
        In a writing transaction.
    table
        Where to.
    frame
        Columns of `table`, by name; others are an error. Missing values become null.
    constants
        Columns that have one value in every row.
    """
    if frame.empty:
        return
    names = [*frame.columns, *constants]
    unknown = set(names) - set(table.columns.keys())
    if unknown:
        raise StoreError(
            f"The table {table.name} has no column {', '.join(sorted(unknown))}.",
            remedy=f"Its columns are {', '.join(table.columns.keys())}.",
        )
    # In the order of their key: SQLite appends to a tree faster than it grows in the middle, and PostgreSQL keeps rows
    # as they come, so that those of neighbouring keys lie together.
    frame = frame.sort_values([column.name for column in table.primary_key if column.name in frame.columns])
    if connection.dialect.name == "postgresql":
        _copy(connection, table, frame.assign(**constants))
    else:
        columns = [_values(frame[name], table.c[name]) for name in frame.columns]
        rows = zip(*columns, *([value] * len(frame) for value in constants.values()), strict=True)
        places = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"insert into {table.name} ({', '.join(names)}) values ({places})", list(rows))  # noqa: S608


def _values(values: pd.Series, column: Column[Any]) -> list[object]:
    if isinstance(column.type, Integer):
        values = _whole(values)
    return values.astype(object).where(values.notna(), None).tolist()


def _copy(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Send the frame as the CSV that Arrow writes and COPY reads: null is nothing, and empty text is quoted."""
    rows = io.BytesIO()
    arrays = [_array(frame[name], table.c[name]) for name in frame.columns]
    write_csv(pa.table(arrays, names=list(frame.columns)), rows, WriteOptions(include_header=False))
    statement = f"copy {table.name} ({', '.join(frame.columns)}) from stdin (format csv)"
    try:
        with closing(connection.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            copy.write(rows.getvalue())
    except psycopg.Error as error:
        # COPY goes round SQLAlchemy, but its errors are to be those of every other statement.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _array(values: pd.Series, column: Column[Any]) -> pa.Array:
    if isinstance(column.type, Integer):
        return pa.array(_whole(values), type=pa.int64())
    if isinstance(column.type, Text):
        texts = pa.array(values, type=pa.string(), from_pandas=True)
        # PostgreSQL has no text with a zero byte in it, and a broken file may have one in a quarantined value.
        return pc.replace_substring(texts, "\0", "\N{REPLACEMENT CHARACTER}")
    return pa.array(values.astype("float64"), from_pandas=True)


def _whole(values: pd.Series) -> pd.Series:
    """Return whole numbers: missing values make pandas hold counts as floats, and flags are truth values there."""
    return pd.to_numeric(values).astype("Int64")


def keys_of(connection: Connection, table: Table, names: pd.DataFrame) -> "pd.Series[int]":
    """Return the integer key of each row's name, giving new names the next keys.

    Parameters
    ----------
    connection
        In a writing transaction, whose lock keeps two writers from giving one key twice.
    table
        Its first column is the key, the rest are the name.
    names
        The columns of the name; repeats are usual.

    Returns
    -------
    pandas.Series
        A key for each row of `names`, with its index.
    """
    key, *parts = table.columns.keys()
    known = pd.DataFrame(connection.execute(select(table)).all(), columns=[key, *parts])
    wanted = pd.MultiIndex.from_frame(names[parts].astype(object))
    held = pd.MultiIndex.from_frame(known[parts].astype(object))
    new = wanted.unique().difference(held)
    if len(new):
        start = int(connection.execute(select(func.coalesce(func.max(table.c[key]), 0))).scalar_one()) + 1
        fresh = new.to_frame(index=False)
        fresh.insert(0, key, range(start, start + len(fresh)))
        insert_frame(connection, table, fresh, {})
        known = pd.concat([known, fresh]) if len(known) else fresh
        held = pd.MultiIndex.from_frame(known[parts].astype(object))
    return pd.Series(known[key].to_numpy(dtype="int64")[held.get_indexer(wanted)], index=names.index)
