"""Reading a table or a query behind a SQLAlchemy URL."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from detectors.core.errors import MingchaError
from flows.sources.delivery import Delivery, delivery_of
from flows.sources.rows import Rows
from flows.sources.vendor_maps import VendorMap, map_for

_CHUNK_ROWS = 100_000
_TABLE_NAME = re.compile(r"(?:(?P<schema>\w+)\.)?(?P<table>\w+)")


def read_table(url: str, table_or_query: str, source: str, vendor_maps: Sequence[VendorMap] = ()) -> Delivery:
    """Read a source from a database.

    Parameters
    ----------
    url
        A SQLAlchemy URL. It is never printed: it may hold a password.
    table_or_query
        ``surveys``, ``crm.surveys``, or a select statement.
    source
        Which source it is.
    vendor_maps
        What vendors call our columns; the delivery is named ``table:surveys``, or ``query:<source>`` for a statement.

    Returns
    -------
    Delivery
        Rows are counted from 2 in the order in which the database gives them, as if headings stood before them.

    Raises
    ------
    MingchaError
        If the database cannot be reached, or knows no such table or column.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     url = f"sqlite:///{folder}/dms.db"
    ...     engine = sa.create_engine(url)
    ...     _ = pd.DataFrame({"dealer_id": ["D1"], "staff_id": ["S1"], "phone": [1012345678]}).to_sql("staff", engine)
    ...     engine.dispose()
    ...     delivery = read_table(url, "select dealer_id, staff_id, phone from staff", "staff")
    >>> delivery.file_name, delivery.frame["phone"].to_list()
    ('query:staff', ['01012345678'])
    """
    named = _TABLE_NAME.fullmatch(table_or_query.strip())
    name = f"table:{table_or_query.strip()}" if named else f"query:{source}"
    statement: sa.Select[tuple[str]] | sa.TextClause
    if named:
        statement = sa.select(sa.text("*")).select_from(sa.table(named["table"], schema=named["schema"]))
    else:
        statement = sa.text(table_or_query)
    try:
        engine = sa.create_engine(url, hide_parameters=True)
        try:
            table = _stream(name, engine, statement)
        finally:
            engine.dispose()
    except (SQLAlchemyError, pd.errors.DatabaseError, ImportError) as error:
        raise MingchaError(
            f"{name} cannot be read: {_without_secrets(error, url)}.",
            remedy="Check the database URL, the name of the table, and the right to select from it.",
        ) from None
    rows = Rows(table, np.arange(2, table.num_rows + 2))
    return delivery_of(rows, source, name, _content_sha256(table), map_for(name, vendor_maps))


def _stream(name: str, engine: sa.Engine, statement: sa.Select[tuple[str]] | sa.TextClause) -> pa.Table:
    with engine.connect().execution_options(stream_results=True, max_row_buffer=_CHUNK_ROWS) as connection:
        chunks = pd.read_sql_query(statement, connection, chunksize=_CHUNK_ROWS, dtype_backend="pyarrow")
        parts = [_table(name, chunk) for chunk in chunks]
    return _one_table(parts)


def _table(name: str, chunk: pd.DataFrame) -> pa.Table:
    if not chunk.columns.is_unique:
        raise MingchaError(f"{name} gives two columns of one name.", remedy="Name each column in the query.")
    return pa.Table.from_pandas(chunk, preserve_index=False)


def _one_table(parts: list[pa.Table]) -> pa.Table:
    try:
        return pa.concat_tables(parts, promote_options="permissive").replace_schema_metadata()
    except pa.ArrowTypeError:
        # A database without strict types gave numbers in one chunk and text in the next.
        as_text = [part.cast(pa.schema({name: pa.large_string() for name in part.column_names})) for part in parts]
        return pa.concat_tables(as_text).replace_schema_metadata()


def _content_sha256(table: pa.Table) -> str:
    """Digest the content, whatever the order in which the database gives its rows."""
    rows = pd.util.hash_pandas_object(table.to_pandas(), index=False).sort_values()
    digest = hashlib.sha256("\n".join(table.column_names).encode())
    digest.update(rows.to_numpy().tobytes())
    return digest.hexdigest()


def _without_secrets(error: Exception, url: str) -> str:
    """Return the driver's words without the URL, its password, or the statement that SQLAlchemy appends."""
    if isinstance(error, pd.errors.DatabaseError) and isinstance(error.__cause__, SQLAlchemyError):
        error = error.__cause__
    cause = getattr(error, "orig", None) or error
    words = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    try:
        password = sa.make_url(url).password
    except SQLAlchemyError:
        return "the database URL is not one that SQLAlchemy understands"
    return words.replace(url, "the database").replace(str(password), "***") if password else words
