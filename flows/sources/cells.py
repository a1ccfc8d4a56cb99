"""From a column of cells, whatever the file stored them as, to values of the column's kind."""

import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.sources import Column, Kind, Personal
from flows.sources.numbers import parse_flags, parse_numbers
from flows.sources.parsed import Parsed
from flows.sources.phones import parse_phones
from flows.sources.texts import parse_texts
from flows.sources.times import at_midnight, in_shanghai, parse_dates, parse_months, parse_times

ARROW_TYPE = {
    Kind.TEXT: pa.large_string(),
    Kind.MONTH: pa.large_string(),
    Kind.TIME: pa.timestamp("us"),
    Kind.DATE: pa.timestamp("us"),
    Kind.NUMBER: pa.float64(),
    Kind.RATING: pa.float32(),
    Kind.FLAG: pa.float32(),
}
"""What the values of each kind are in Arrow; in pandas they become the dtypes of `detectors.core.sources.Kind`."""


def parse_cells(cells: pa.ChunkedArray, column: Column) -> Parsed:
    """Parse the cells of a column.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray
        The cells, of any scalar type.
    column
        What they are.

    Returns
    -------
    Parsed
        Values of the type that `ARROW_TYPE` names.
    """
    if pa.types.is_null(cells.type):
        return Parsed(pa.chunked_array([pa.nulls(len(cells), ARROW_TYPE[column.kind])]))
    typed = _typed_already(cells, column.kind)
    parsed = Parsed(typed) if typed is not None else _parse_text(as_text(cells), column)
    return Parsed(parsed.found.cast(ARROW_TYPE[column.kind]), parsed.problems, parsed.repairs)


def _parse_text(cells: pa.ChunkedArray, column: Column) -> Parsed:
    match column.kind:
        case Kind.TEXT if column.personal is Personal.PHONE:
            return parse_phones(cells)
        case Kind.TEXT:
            return parse_texts(cells, column)
        case Kind.MONTH:
            return parse_months(cells)
        case Kind.TIME:
            return parse_times(cells)
        case Kind.DATE:
            return parse_dates(cells)
        case Kind.FLAG:
            return parse_flags(cells)
        case Kind.NUMBER | Kind.RATING:
            return parse_numbers(cells)


def _typed_already(cells: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray | None:
    """Return cells that the file stored as what they are (parquet, xlsx, a database), or None."""
    stored = cells.type
    if kind in (Kind.TIME, Kind.DATE) and (pa.types.is_timestamp(stored) or pa.types.is_date(stored)):
        if pa.types.is_timestamp(stored) and stored.tz is not None:
            cells = in_shanghai(cells)
        times = cells.cast(pa.timestamp("us"), safe=False)
        return at_midnight(times) if kind is Kind.DATE else times
    if kind in (Kind.NUMBER, Kind.RATING, Kind.FLAG):
        if pa.types.is_boolean(stored):
            cells = cells.cast(pa.int8())
        if pa.types.is_integer(cells.type) or pa.types.is_floating(stored) or pa.types.is_decimal(stored):
            numbers = cells.cast(pa.float64(), safe=False)
            numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
            return None if pc.any(pc.is_inf(numbers)).as_py() else numbers
    return None


def as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return cells of any scalar type as text: whole numbers without a point."""
    stored = cells.type
    if pa.types.is_dictionary(stored):
        return as_text(cells.cast(stored.value_type))
    if pa.types.is_floating(stored):
        return _numbers_as_text(cells.cast(pa.float64()))
    try:
        return cells.cast(pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        # Lists, objects, durations, bytes that are no text: nothing of ours, and the parsers say so cell by cell.
        texts = [None if cell is None else str(cell) for cell in cells.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.large_string())])


def _numbers_as_text(numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    # Beyond 2^53 a float no longer tells one whole number from the next: as a power of ten it is refused as rounded.
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), 2.0**53))
    as_whole = pc.if_else(whole, numbers, None).cast(pa.int64()).cast(pa.large_string())
    return pc.if_else(whole, as_whole, numbers.cast(pa.large_string()))
