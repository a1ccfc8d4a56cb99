"""Accepted rows arrive: a re-delivery changes nothing, a correction wins, and what it corrected stays readable."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import ColumnProperties, CommitProperties, DeltaTable, WriterProperties, write_deltalake
from filelock import FileLock, Timeout

from detectors.core.sources import SOURCES, Source
from lake.content import content_of
from lake.deliveries import Deliveries, commit_of, deliveries_of, known_deliveries
from lake.errors import KeyMismatch, LakeBusy
from lake.keys import Key
from lake.pseudonyms import DERIVED, pseudonymous_table
from lake.tables import (
    BOOKKEEPING,
    CONTENT,
    DELIVERED_FILE,
    DELIVERED_ROW,
    address,
    delivered,
    has_table,
    is_local,
    open_table,
    read,
    told,
)

_FINGERPRINT = "key fingerprint "
_LOCK_WAIT_S = 60
_KEEP_EVERYTHING = {
    "delta.enableExpiredLogCleanup": "false",  # else versions older than 30 days can no longer be read
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
_DISTINCT = {
    *(source.key for source in SOURCES.values() if source.key != "dealer_id"),
    *(column.name for source in SOURCES.values() for column in source.columns if column.personal),
    *("phone_block", "phone_shown", CONTENT, DELIVERED_ROW),
}
_WRITING = WriterProperties(
    compression="ZSTD",
    compression_level=1,
    # What differs in nearly every row costs a quarter more, in time and size, if it is put into a dictionary first.
    column_properties=dict.fromkeys(sorted(_DISTINCT), ColumnProperties(dictionary_enabled=False)),
)
_FILE_BYTES = 32 * 2**20  # a correction rewrites the files that its rows are in, and deliveries mostly go by time


@dataclass(frozen=True)
class Landed:
    """What became of the rows of one landing.

    Parameters
    ----------
    table_version
        The table's version afterwards; the same as before if nothing changed.
    inserted, updated, unchanged
        Rows that were new, that corrected an older one, and that were there already.
    """

    table_version: int
    inserted: int
    updated: int
    unchanged: int


def land(
    root: Path | str,
    source: str,
    frame: pd.DataFrame,
    key: Key,
    *,
    storage_options: dict[str, str] | None = None,
) -> Landed:
    """Pseudonymise accepted rows and merge them into the source's table by its key.

    Either every row is landed or the run can simply be repeated: each version of a table appears whole or not at all.

    Parameters
    ----------
    root
        The lake: a folder, or the URL of an object store.
    source
        The source's name.
    frame
        Accepted rows in the order in which they were delivered, with canonical columns and dtypes, ``file_name`` and
        ``row_number``. A key may come several times; each time is a version of its own, and the last one wins.
    key
        The key of the lake.
    storage_options
        Credentials and the like for an object store.

    Returns
    -------
    Landed
        The table's version and the counts; ``updated`` counts every version that took an older one's place.

    Raises
    ------
    KeyMismatch
        If the lake's tokens were made with another key; nothing is written then.
    LakeBusy
        If another process is writing to the same table.
    LakeUnreadable, LakeUnwritable
        If the table is broken, the disk full or the folder read-only.
    """
    described = SOURCES[source]
    _check_key(root, key, storage_options)
    rows = _rows(described, frame, key)
    with _alone(root, source):
        files = deliveries_of(rows, described.key)
        table = open_table(root, source, None, storage_options) if has_table(root, source, storage_options) else None
        if table is not None and (had := files.among(known_deliveries(table))).any():
            rows, files = rows.filter(pa.array(~had)), files.where(~had)
        inserted = updated = 0
        for turn, completed in _turns(rows, files, described.key):
            if table is None:
                _begin(address(root, source), turn, key, commit_of(completed), storage_options)
                table, new, corrected = open_table(root, source, None, storage_options), turn.num_rows, 0
            else:
                new, corrected = _merge(table, described, turn, commit_of(completed))
            inserted, updated = inserted + new, updated + corrected
        version = open_table(root, source, None, storage_options).version()
    return Landed(version, inserted, updated, len(frame) - inserted - updated)


def _check_key(root: Path | str, key: Key, storage_options: dict[str, str] | None) -> None:
    for source in delivered(root, storage_options):
        stamp = open_table(root, source, None, storage_options).metadata().description
        if stamp != _FINGERPRINT + key.fingerprint:
            raise KeyMismatch(
                f"The key from {key.origin} (fingerprint {key.fingerprint}) is not the one that the table"
                f" {address(root, source)} was made with ({stamp or 'no fingerprint'}).",
                remedy="Restore the key that belongs to this lake; nothing was written.",
            )


def _rows(source: Source, frame: pd.DataFrame, key: Key) -> pa.Table:
    table = pseudonymous_table(source, frame, key)
    table = table.rename_columns({"file_name": DELIVERED_FILE, "row_number": DELIVERED_ROW})
    tokens = frozenset(c.name for c in source.columns if c.personal and c.personal != "free_text")
    # Not hashed: the key, by which rows are matched; where the row stood; and what is derived from a number.
    values = [name for name in table.column_names if name not in {source.key, *BOOKKEEPING, *DERIVED}]
    return table.append_column(CONTENT, content_of(table.select(values), tokens))


def _turns(rows: pa.Table, files: Deliveries, key: str) -> Iterator[tuple[pa.Table, list[str]]]:
    """Split rows so that a key comes once in each part: first deliveries first, for each to get its version.

    With each part come the files that are whole once it has landed.
    """
    keys = rows.column(key).combine_chunks()
    # Ids mostly ascend, and then none repeats: that is seen much sooner than by looking each of them up.
    if pc.all(pc.greater(keys[1:], keys[:-1]), skip_nulls=False).as_py():
        yield rows, files.digests
        return
    codes = pd.Series(keys.dictionary_encode().indices.to_numpy())
    if not codes.duplicated().any():
        yield rows, files.digests
        return
    turn_of_row = codes.groupby(codes).cumcount().to_numpy(np.int64)
    for turn in range(turn_of_row.max() + 1):
        yield rows.filter(pa.array(turn_of_row == turn)), files.completed_by(turn_of_row, turn)


def _begin(
    where: str, rows: pa.Table, key: Key, commit: CommitProperties, storage_options: dict[str, str] | None
) -> None:
    with told(where, "written"):
        write_deltalake(
            where,
            rows,
            mode="error",
            description=_FINGERPRINT + key.fingerprint,
            configuration=_KEEP_EVERYTHING,
            storage_options=storage_options,
            commit_properties=commit,
            target_file_size=_FILE_BYTES,
            writer_properties=_WRITING,
        )


def _merge(table: DeltaTable, source: Source, rows: pa.Table, commit: CommitProperties) -> tuple[int, int]:
    """Bring rows of distinct keys in as one version, or none if all are there; return how many are new and other."""
    known = _known(table, source, rows)
    is_new = pc.is_null(known[CONTENT])
    is_other = pc.fill_null(pc.not_equal(rows.column(CONTENT), known[CONTENT]), False)
    inserted, updated = pc.sum(is_new).as_py() or 0, pc.sum(is_other).as_py() or 0
    with told(table.table_uri, "written"):
        if updated:
            changes = rows.filter(pc.or_(is_new, is_other))
            _update(table, source.key, changes, _span(source, known.filter(is_other)), commit)
        elif inserted:
            write_deltalake(
                table,
                rows.filter(is_new),
                mode="append",
                schema_mode="merge",
                commit_properties=commit,
                target_file_size=_FILE_BYTES,
                writer_properties=_WRITING,
            )
    return inserted, updated


def _known(table: DeltaTable, source: Source, rows: pa.Table) -> pa.Table:
    """Look up what the table holds for each of `rows`: its content and time, null where the key is new."""
    columns = [source.key, CONTENT] + ([source.when] if source.when in _names(table) else [])
    held = read(table, columns)
    # The shorter side is hashed: a night's rows are few beside the table.
    place = pc.index_in(held.column(source.key), value_set=rows.column(source.key).combine_chunks()).combine_chunks()
    held = held.filter(pc.is_valid(place))
    back = np.full(rows.num_rows, -1)
    back[place.drop_null().to_numpy()] = np.arange(held.num_rows)
    return held.select(columns[1:]).take(pa.array(back, mask=back < 0))


def _span(source: Source, corrected: pa.Table) -> tuple[str, datetime, datetime] | None:
    """Return the time column and the first and last time of the rows to correct, if all have one."""
    if source.when is None or source.when not in corrected.column_names or corrected.column(source.when).null_count:
        return None
    first_last = pc.min_max(corrected.column(source.when)).as_py()
    return source.when, first_last["min"], first_last["max"]


def _update(
    table: DeltaTable,
    key: str,
    changes: pa.Table,
    span: tuple[str, datetime, datetime] | None,
    commit: CommitProperties,
) -> None:
    absent = [field for field in pa.schema(table.schema().to_arrow()) if field.name not in changes.column_names]
    for field in absent:  # the newest delivery of a row wins as a whole
        changes = changes.append_column(field, pa.nulls(changes.num_rows, field.type))
    predicate = f"held.{key} = new.{key}"
    if span is not None:  # lets files be left alone that hold no row to correct
        column, first, last = span
        predicate += f" and held.{column} between timestamp '{first}' and timestamp '{last}'"
    merger = table.merge(
        changes,
        predicate,
        source_alias="new",
        target_alias="held",
        merge_schema=True,
        commit_properties=commit,
        writer_properties=_WRITING,
    )
    merger.when_matched_update_all().when_not_matched_insert_all().execute()


def _names(table: DeltaTable) -> list[str]:
    return [field.name for field in table.schema().fields]


@contextmanager
def _alone(root: Path | str, source: str) -> Iterator[None]:
    """Keep other processes on this machine from landing the same source; an object store has only Delta's own guard."""
    if not is_local(root):
        yield
        return
    lock = FileLock(Path(root, f".{source}.lock"), timeout=_LOCK_WAIT_S)
    with told(address(root, source), "written"):
        try:
            Path(root).mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise LakeBusy(
                f"Another process has been landing {source} in {root} for more than {_LOCK_WAIT_S} seconds.",
                remedy="Let it finish and run again.",
            ) from None
    try:
        yield
    finally:
        lock.release()
