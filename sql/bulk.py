"""Many rows at once: COPY in PostgreSQL, one prepared statement in SQLite, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import pandas as pd
import psycopg
from sqlalchemy import Column, Connection, Integer, Table, func, select
from sqlalchemy.exc import DBAPIError

from sql.errors import StoreError


def insert_frame(connection: Connection, table: Table, frame: pd.DataFrame, constants: Mapping[str, object]) -> None:
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
    columns = [_values(frame[name], table.c[name]) for name in frame.columns] + [
        [value] * len(frame) for value in constants.values()
    ]
    rows = zip(*columns, strict=True)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"copy {table.name} ({', '.join(names)}) from stdin", rows)
    else:
        places = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"insert into {table.name} ({', '.join(names)}) values ({places})", list(rows))  # noqa: S608


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    try:
        with closing(connection.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # COPY goes round SQLAlchemy, but its errors are to be those of every other statement.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _values(values: pd.Series, column: Column[Any]) -> list[object]:
    if isinstance(column.type, Integer):
        # Missing values make pandas hold counts as floats, and flags are truth values there.
        values = pd.to_numeric(values).astype("Int64")
    return values.astype(object).where(values.notna(), None).tolist()


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
