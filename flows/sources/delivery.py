"""A delivery: one file or table, read, with our column names and typed values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from detectors.core.errors import MingchaError
from detectors.core.sources import SOURCES, Column, Source
from flows.sources.cells import as_text, parse_cells
from flows.sources.columnar import read_parquet
from flows.sources.delimited import read_delimited
from flows.sources.headings import match_headings
from flows.sources.inbox import DeliveredFile
from flows.sources.json_lines import read_json_lines
from flows.sources.opened import OpenedFile
from flows.sources.parsed import Parsed
from flows.sources.rows import Rows
from flows.sources.vendor_maps import VendorMap, map_for
from flows.sources.workbooks import read_workbook

_READERS: dict[str, Callable[[OpenedFile], Rows]] = {
    "csv": read_delimited,
    "xlsx": read_workbook,
    "jsonl": read_json_lines,
    "parquet": read_parquet,
}
_UNPARSED = pa.schema(
    {"row": pa.int64(), "column": pa.large_string(), "value": pa.large_string(), "problem": pa.large_string()}
)


@dataclass(frozen=True)
class Delivery:
    """The rows of one file or table.

    Parameters
    ----------
    source
        Which source it is.
    file_name
        The file's name, or ``table:<name>``.
    file_sha256
        Digest of the file, or of a table's content whatever the order of its rows.
    frame
        Our columns, typed as `detectors.core.sources.Kind` says, a ``RangeIndex``, and ``row_number``, the row's place
        in the file as a person counts it.
    unparsed
        Cells that could not be parsed: ``row`` (label in `frame`), ``column``, ``value``, ``problem``. A row that is
        broken as a whole has an empty ``column``, and no value in `frame`.
    repaired
        How many cells were repaired, by column and what was undone.
    unknown_columns
        Headings that are none of ours, left out.
    rows_read
        How many rows the file has, broken ones included.
    """

    source: str
    file_name: str
    file_sha256: str
    frame: pd.DataFrame
    unparsed: pd.DataFrame
    repaired: Mapping[str, int] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    rows_read: int = 0


def read(file: DeliveredFile, vendor_maps: Sequence[VendorMap] = ()) -> Delivery:
    r"""Read a delivered file.

    Parameters
    ----------
    file
        The file, as `flows.sources.discover` found it.
    vendor_maps
        What vendors call our columns; the first whose pattern fits the file's name is used.

    Raises
    ------
    MingchaError
        If the file cannot be read as a whole, or a required column is not among its headings. Single cells and rows
        that cannot be read are in ``unparsed`` instead.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from flows.sources import discover
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "reviews.csv").write_text(
    ...         "review_id,dealer_id,posted_at,rating\nV1,D1,2026/3/5 14:02,5\nV2,D1,soon,4\n")
    ...     delivery = read(discover(Path(folder)).files[0])
    >>> delivery.frame[["row_number", "review_id", "posted_at"]]
       row_number review_id           posted_at
    0           2        V1 2026-03-05 14:02:00
    1           3        V2                 NaT
    >>> delivery.unparsed
       row     column value                                   problem
    0    1  posted_at  soon  is not a time such as 2026-03-05 14:02
    """
    return delivery_of(_rows_in(file), file.source, file.name, file.sha256, map_for(file.name, vendor_maps))


def _rows_in(file: DeliveredFile) -> Rows:
    try:
        opened = OpenedFile.of(file)
        return _READERS[opened.format](opened)
    except OSError as error:
        raise MingchaError(
            f"{file.name} cannot be read ({error.strerror or error}).",
            remedy="Give the user that runs Mingcha the right to read it, or deliver it again.",
        ) from error


def delivery_of(rows: Rows, source_name: str, file_name: str, sha256: str, vendor_map: VendorMap) -> Delivery:
    """Give rows as found our column names and types.

    Parameters
    ----------
    rows
        What the file or table holds.
    source_name, file_name, sha256
        What it is.
    vendor_map
        What it calls our columns.

    Raises
    ------
    MingchaError
        If a required column is not among the headings.
    """
    source = SOURCES[source_name]
    place, unknown = _our_columns(rows.table, source, file_name, vendor_map)
    columns: dict[str, pa.ChunkedArray] = {"row_number": pa.chunked_array([pa.array(rows.numbers)])}
    unparsed = [_broken_rows(rows)]
    repaired: dict[str, int] = {}
    rows_read, found = rows.table.num_rows, dict(enumerate(rows.table.columns))
    del rows
    for column in source.known(place):
        cells = found.pop(place[column.name])  # what one column leaves behind is room for the next
        parsed = parse_cells(_in_our_words(cells, vendor_map.values_of(column.name)), column)
        columns[column.name] = parsed.found
        unparsed.append(_unparsed_cells(cells, parsed, column))
        repaired |= _repairs(parsed, column)
    for name, constant in vendor_map.constants.items():
        filled = source.column(name)
        if filled is not None and name not in place:
            cells = pa.chunked_array([pa.repeat(pa.scalar(constant, pa.large_string()), rows_read)])
            columns[name] = parse_cells(cells, filled).found
    return Delivery(
        source=source_name,
        file_name=file_name,
        file_sha256=sha256,
        frame=pa.table(columns).to_pandas(split_blocks=True, self_destruct=True),
        unparsed=pa.concat_tables(unparsed).to_pandas(),
        repaired=repaired,
        unknown_columns=unknown,
        rows_read=rows_read,
    )


def _our_columns(
    table: pa.Table, source: Source, file_name: str, vendor_map: VendorMap
) -> tuple[dict[str, int], tuple[str, ...]]:
    mapped = match_headings(file_name, source, table.column_names, vendor_map)
    unknown = [
        heading
        for position, heading in mapped.unknown.items()
        # What a delimiter at the end of every line leaves behind is no column.
        if table.column_names[position].strip() or table.column(position).null_count < table.num_rows
    ]
    return mapped.place, tuple(unknown)


def _in_our_words(cells: pa.ChunkedArray, ours: Mapping[str, str]) -> pa.ChunkedArray:
    if not ours:
        return cells
    encoded = as_text(cells).combine_chunks().dictionary_encode()
    translated = pa.array([ours.get(text.strip(), text) for text in encoded.dictionary.to_pylist()], pa.large_string())
    return pa.chunked_array([translated.take(encoded.indices)])


def _unparsed_cells(cells: pa.ChunkedArray, parsed: Parsed, column: Column) -> pa.Table:
    if parsed.problems is None:
        return _UNPARSED.empty_table()
    positions = np.flatnonzero(parsed.problems.is_valid().to_numpy(zero_copy_only=False))
    return pa.table(
        [
            pa.array(positions),
            pa.repeat(pa.scalar(column.name, pa.large_string()), len(positions)),
            as_text(cells.take(pa.array(positions))),
            parsed.problems.take(pa.array(positions)).cast(pa.large_string()),
        ],
        schema=_UNPARSED,
    )


def _broken_rows(rows: Rows) -> pa.Table:
    return pa.table(
        [
            pa.array(rows.broken, pa.int64()),
            pa.array([""] * len(rows.broken), pa.large_string()),
            # The row's text would show a customer's number.
            pa.nulls(len(rows.broken), pa.large_string()),
            pa.array(rows.broken.values(), pa.large_string()),
        ],
        schema=_UNPARSED,
    )


def _repairs(parsed: Parsed, column: Column) -> dict[str, int]:
    if parsed.repairs is None:
        return {}
    counts = parsed.repairs.drop_null().value_counts().to_pylist()
    return {f"{column.name}: {count['values']}": count["counts"] for count in counts}
