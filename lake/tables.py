"""The Delta tables of a lake: where they are, how they are typed, and how their trouble is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from detectors.core.sources import SOURCES, Kind
from lake.errors import LakeBusy, LakeUnreadable, LakeUnwritable

CONTENT = "content"
"""Column that sums a row's values up in 64 bits: equal for a re-delivery, different for a correction."""

DELIVERED_FILE, DELIVERED_ROW = "delivered_file", "delivered_row"
"""Columns that say which file brought this version of the row, and where it stood there."""

BOOKKEEPING = (CONTENT, DELIVERED_FILE, DELIVERED_ROW)
"""Columns of a table that were not in the delivery."""

_ARROW_TYPES = {
    Kind.TEXT: pa.large_string(),
    Kind.MONTH: pa.large_string(),
    Kind.TIME: pa.timestamp("us"),
    Kind.DATE: pa.timestamp("us"),
    Kind.NUMBER: pa.float64(),
    Kind.RATING: pa.float32(),
    Kind.FLAG: pa.float32(),
}


def arrow_type(kind: Kind) -> pa.DataType:
    """Return the type in which values of this kind are stored."""
    return _ARROW_TYPES[kind]


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a frame with the dtypes of `detectors.core.sources.Kind`; strings stay in Arrow's memory."""
    text = pd.StringDtype(na_value=np.nan)
    strings = {pa.string(): text, pa.large_string(): text}
    frame: pd.DataFrame = table.to_pandas(types_mapper=strings.get, split_blocks=True, self_destruct=True)
    return frame


def string_field(name: str) -> pc.Expression:
    """Return a column of strings to filter by.

    Files that a merge has rewritten hold Arrow's string views, which pyarrow compares with nothing unless cast.
    """
    return pc.field(name).cast(pa.large_string())


def address(root: Path | str, source: str) -> str:
    """Return the path or URL of a source's table."""
    return f"{str(root).rstrip('/')}/{source}"


def is_local(root: Path | str) -> bool:
    """Tell a folder from an object store's URL."""
    return "://" not in str(root)


def delivered(root: Path | str, storage_options: dict[str, str] | None = None) -> list[str]:
    """Return the sources that have a table, broken tables included."""
    return [source for source in SOURCES if has_table(root, source, storage_options)]


def has_table(root: Path | str, source: str, storage_options: dict[str, str] | None = None) -> bool:
    """Tell whether a source has a table, be it a broken one."""
    if is_local(root):  # a log without its first entries is a broken table, not an absent one
        log = Path(address(root, source), "_delta_log")
        return log.is_dir() and any(not entry.name.startswith((".", "_")) for entry in log.iterdir())
    with told(address(root, source), "read"):
        return DeltaTable.is_deltatable(address(root, source), storage_options)


def open_table(
    root: Path | str, source: str, version: int | None = None, storage_options: dict[str, str] | None = None
) -> DeltaTable:
    """Open a source's table as it is, or as it was at a version.

    Raises
    ------
    LakeUnreadable
        If there is no such table or version, or its log is broken.
    """
    with told(address(root, source), "read"):
        return DeltaTable(address(root, source), version=version, storage_options=storage_options)


def read(table: DeltaTable, columns: list[str], where: pc.Expression | None = None) -> pa.Table:
    """Read some columns of the rows where a condition holds; files whose statistics exclude it are not opened."""
    with told(table.table_uri, "read"):
        local = table.table_uri.startswith("file://")
        return dataset_of(table).to_table(columns=columns, filter=where, use_threads=local)


def dataset_of(table: DeltaTable) -> ds.Dataset:
    """Return the files of a table as one dataset, its strings of 64-bit offsets as pandas wants them.

    A folder is read through Arrow's own file system. Deltalake's calls back into Python from Arrow's threads, which
    aborts the interpreter when it exits soon after; an object store, which needs it, is read without threads.
    """
    uri = urlsplit(table.table_uri)
    folder = SubTreeFileSystem(unquote(uri.path), LocalFileSystem()) if uri.scheme == "file" else None
    return table.to_pyarrow_dataset(filesystem=folder, as_large_types=True)


def versions(root: Path | str, *, storage_options: dict[str, str] | None = None) -> dict[str, int]:
    """Return the present version of every table, for a run to record what it read."""
    tables = ((source, open_table(root, source, None, storage_options)) for source in delivered(root, storage_options))
    return {source: table.version() for source, table in tables}


@contextmanager
def told(table: str, doing: str) -> Iterator[None]:
    """Turn the storage libraries' errors into ours.

    Parameters
    ----------
    table
        The table's address, as given or as Delta writes it.
    doing
        What is being done to it: ``read`` or ``written``.
    """
    table = unquote(table.removeprefix("file://")).rstrip("/")
    try:
        yield
    except CommitFailedError as error:
        raise LakeBusy(
            f"Another process wrote to the table {table} at the same time.",
            remedy="Let it finish and run again: nothing of this delivery was written to that table.",
        ) from error
    except (DeltaError, OSError, pa.ArrowException) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        if doing == "read":
            raise LakeUnreadable(
                f"The table {table} cannot be read: {why}.",
                remedy="Restore the folder from its backup, or remove it and deliver its files again.",
            ) from error
        raise LakeUnwritable(
            f"The table {table} cannot be written: {why}.",
            remedy="Make room or mend the permissions, then run again; what was landed before is whole.",
        ) from error
