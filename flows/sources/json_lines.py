"""Reading jsonl: one object a line."""

import io
import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.json

from detectors.core.sources import SOURCES, Source
from flows.sources.delimited import in_known_encoding
from flows.sources.opened import OpenedFile
from flows.sources.rows import Rows, with_broken_rows
from flows.sources.text_stream import LINE_LIMIT_BYTES, TextStream


def read_json_lines(opened: OpenedFile) -> Rows:
    """Read a jsonl file; a row's place is its line. A line that is no JSON object is kept as a broken row.

    Raises
    ------
    MingchaError
        If the file is in no encoding that is read, or damaged.
    """
    rows = in_known_encoding(opened, _read)
    if rows.table.num_columns:
        return rows
    # No object, no names: an empty delivery is one of the columns that were expected.
    expected = pa.table({name: pa.nulls(0) for name in _least_columns(SOURCES[opened.file.source])})
    broken = {int(rows.numbers[row]): what for row, what in rows.broken.items()}
    return with_broken_rows(expected, np.empty(0, dtype=np.int64), broken)


def _least_columns(source: Source) -> list[str]:
    families = [f"{prefix}{code}" for prefix, minimum in source.family_minimum for code in range(1, minimum + 1)]
    return [*source.required, *families]


def _read(open_text: Callable[[], TextStream]) -> Rows:
    try:
        table = _parse(open_text, {})
        times = {field.name: pa.string() for field in table.schema if pa.types.is_timestamp(field.type)}
        if times:
            # Arrow makes times of texts on its own, and drops their offset without a word.
            table = _parse(open_text, times)
    except pa.ArrowInvalid:
        # Broken lines, or a column that mixes numbers and text: slower, and forgiving.
        return _read_line_by_line(open_text)
    if table.num_rows != _line_count(open_text):
        return _read_line_by_line(open_text)
    return Rows(table, np.arange(1, table.num_rows + 1))


def _parse(open_text: Callable[[], TextStream], types: dict[str, pa.DataType]) -> pa.Table:
    with open_text() as stream:
        return pa.json.read_json(
            pa.PythonFile(stream, mode="r"),
            pa.json.ReadOptions(block_size=4 * LINE_LIMIT_BYTES),
            pa.json.ParseOptions(explicit_schema=pa.schema(types)),
        )


def _line_count(open_text: Callable[[], TextStream]) -> int:
    lines, last = 0, b"\n"
    with open_text() as stream:
        while found := stream.read(2**20):
            lines += found.count(b"\n")
            last = found[-1:]
    return lines + (last != b"\n")


def _read_line_by_line(open_text: Callable[[], TextStream]) -> Rows:
    cells: dict[str, list[str | None]] = {}
    places: list[int] = []
    broken: dict[int, str] = {}
    with open_text() as stream:
        for place, line in enumerate(io.BufferedReader(stream, 2**20), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                broken[place] = "the line is not a JSON object"
                continue
            for name, value in row.items():
                # A column first seen here was absent from every earlier row.
                cells.setdefault(name, [None] * len(places)).append(_as_text(value))
            places.append(place)
            for column in cells.values():
                if len(column) < len(places):
                    column.append(None)
    table = pa.table({name: pa.array(column, pa.large_string()) for name, column in cells.items()})
    return with_broken_rows(table, np.array(places, dtype=np.int64), broken)


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # JSON can spell half a character (\\ud83d), and no encoding can write it.
    return text.encode("utf-8", "replace").decode()
