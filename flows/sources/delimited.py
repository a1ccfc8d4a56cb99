"""Reading csv: either of two encodings, any of three delimiters, fast, and broken rows set apart."""

import csv
import io
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from detectors.core.errors import MingchaError
from flows.sources.opened import OpenedFile
from flows.sources.rows import Rows, with_broken_rows
from flows.sources.text_stream import LINE_LIMIT_BYTES, NotThisEncodingError, TextStream, unknown_encoding

DELIMITERS = ",\t;"
_BLOCK_BYTES = 4 * LINE_LIMIT_BYTES
T = TypeVar("T")


def read_delimited(opened: OpenedFile) -> Rows:
    """Read a csv file, every cell as text.

    Rows are counted as records: a quoted text may span lines and still is one row. Empty lines are counted and left
    out. A row with the wrong number of fields is kept as a broken row.

    Raises
    ------
    MingchaError
        If the file is empty, in no encoding that is read, or damaged, or if a stray quote swallows its lines.
    """
    return in_known_encoding(opened, lambda open_text: _read(opened.file.name, open_text))


def in_known_encoding(opened: OpenedFile, read: Callable[[Callable[[], TextStream]], T]) -> T:
    """Read text as UTF-8 and, where it proves not to be that, from the beginning as GB18030.

    Parameters
    ----------
    opened
        The file.
    read
        What to do with it, given a way to open it at its beginning.

    Raises
    ------
    MingchaError
        If it is neither.
    """
    name = opened.file.name
    try:
        return read(lambda: TextStream(name, opened.stream(), "utf-8"))
    except NotThisEncodingError as not_utf8:
        try:
            return read(lambda: TextStream(name, opened.stream(), "gb18030"))
        except NotThisEncodingError as not_gb18030:
            with opened.stream() as stream:
                sample = stream.read(LINE_LIMIT_BYTES)
            raise unknown_encoding(name, sample, str(not_utf8), str(not_gb18030)) from None


def _read(name: str, open_text: Callable[[], TextStream]) -> Rows:
    delimiter, headings, has_rows = _look_at_headings(name, open_text)
    if not has_rows:
        return Rows(pa.table([pa.nulls(0)] * len(headings), names=headings), np.empty(0, dtype=np.int64))
    table, broken, line_feeds = _parse(name, open_text, delimiter, headings, count_rows=False)
    if broken:
        # Only a single thread knows the numbers of the rows; broken ones are too rare to read every file that way.
        table, broken, line_feeds = _parse(name, open_text, delimiter, headings, count_rows=True)
    numbers = np.setdiff1d(
        np.arange(2, table.num_rows + len(broken) + 2), np.fromiter(broken, np.int64, len(broken)), assume_unique=True
    )
    if line_feeds > table.num_rows + len(broken) + 1:
        _refuse_stray_quote(name, table, numbers, delimiter)
    table, numbers = _without_empty_lines(table, numbers)
    problems = {
        number: f"the row has {row.actual_columns} fields where the headings have {row.expected_columns}"
        for number, row in broken.items()
    }
    return with_broken_rows(table, numbers, problems)


def _look_at_headings(name: str, open_text: Callable[[], TextStream]) -> tuple[str, list[str], bool]:
    """Return the delimiter, the headings, and whether any row follows."""
    with open_text() as stream:
        lines = io.TextIOWrapper(io.BufferedReader(stream, 2**16), encoding="utf-8", newline="")
        first = lines.readline()
        if not first.strip(",;\t \r\n"):
            raise MingchaError(
                f"{name} has no headings in row 1: {'row 1 is blank' if first else 'the file is empty'}.",
                remedy="Deliver it with the column headings in its first row.",
            )
        try:
            delimiter = csv.Sniffer().sniff(first, delimiters=DELIMITERS).delimiter
        except csv.Error as error:
            raise MingchaError(
                f"{name}: the headings in row 1 are not separated by a comma, a tab or a semicolon.",
                remedy="Export it again as csv, with the column headings in its first row.",
            ) from error
        rest = (line for part in ([first], lines) for line in part)
        try:
            headings = next(csv.reader(rest, delimiter=delimiter))
            return delimiter, headings, next(lines, None) is not None
        except csv.Error as error:
            raise _stray_quote(name, 1) from error


def _parse(
    name: str, open_text: Callable[[], TextStream], delimiter: str, headings: list[str], *, count_rows: bool
) -> tuple[pa.Table, dict[int, pa.csv.InvalidRow], int]:
    """Return the rows, the broken ones by number, and how many line feeds the file has."""
    broken: list[pa.csv.InvalidRow] = []

    def set_apart(row: pa.csv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    try:
        with open_text() as stream:
            table = pa.csv.read_csv(
                pa.PythonFile(stream, mode="r"),
                pa.csv.ReadOptions(use_threads=not count_rows, block_size=_BLOCK_BYTES),
                pa.csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=set_apart,
                ),
                pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(headings, pa.large_string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    # TextStream has proved it already.
                    check_utf8=False,
                ),
            )
    except pa.ArrowInvalid as error:
        # A record longer than a block, while no line is: only a quote that stays open does that.
        raise _stray_quote(name, _row_of_longest_record(open_text, delimiter)) from error
    if table.column_names != headings:
        raise MingchaError(
            f"{name}: the headings in row 1 cannot be told apart, probably because of a stray quote in them.",
            remedy="Take the quotes out of the headings and deliver it again.",
        )
    for row in broken:
        if count_rows and "\n" in row.text and row.text.count('"') % 2:
            raise _stray_quote(name, row.number)
    if count_rows:
        return table, {row.number: row for row in broken}, stream.line_feeds
    return table, dict(enumerate(broken)), stream.line_feeds


def _row_of_longest_record(open_text: Callable[[], TextStream], delimiter: str) -> int:
    with open_text() as stream:
        lines = io.TextIOWrapper(io.BufferedReader(stream, 2**16), encoding="utf-8", newline="")
        previous = csv.field_size_limit(LINE_LIMIT_BYTES)
        row = 0
        try:
            for _ in csv.reader(lines, delimiter=delimiter):
                row += 1
        except csv.Error:
            pass
        finally:
            csv.field_size_limit(previous)
        return row + 1


def _stray_quote(name: str, row: int) -> MingchaError:
    return MingchaError(
        f"{name}: a quote opened in row {row:,} is not closed there and swallows the lines after it.",
        remedy='Write a quote inside a text as two quotes (""), or export the file again as xlsx.',
    )


def _refuse_stray_quote(name: str, table: pa.Table, numbers: np.ndarray, delimiter: str) -> None:
    for place, column in enumerate(table.columns):
        spans_lines = pc.fill_null(pc.match_substring(column, "\n"), False)
        if not pc.any(spans_lines).as_py():
            continue
        # A swallowed row brings at least the fields before the one that swallowed it.
        least_delimiters = min(max(place, 2), table.num_columns - 1)
        rows = np.flatnonzero(spans_lines.to_numpy())
        texts = column.filter(spans_lines)
        suspect = pc.greater_equal(pc.count_substring(texts, delimiter), least_delimiters)
        for row, text in zip(rows[suspect.to_numpy()], texts.filter(suspect).to_pylist(), strict=True):
            if any(_is_a_row(line, delimiter, least_delimiters) for line in text.split("\n")[1:]):
                raise _stray_quote(name, int(numbers[row]))


def _is_a_row(line: str, delimiter: str, least_delimiters: int) -> bool:
    """Tell whether a line inside a quoted text is a swallowed row rather than a sentence with commas.

    Unlike the clauses of a sentence, the fields of a row have no space in front, and half of them at least are empty or
    have digits: ids, times, answers.
    """
    fields = line.rstrip("\r").split(delimiter)
    if len(fields) <= least_delimiters:
        return False
    fields = fields[: least_delimiters + 1]
    like_cells = [not field or any(character.isdigit() for character in field) for field in fields]
    return not any(field.startswith(" ") for field in fields) and 2 * sum(like_cells) >= len(fields)


def _without_empty_lines(table: pa.Table, numbers: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    empty = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        if not column.null_count:
            return table, numbers
        empty &= column.is_null().to_numpy()
        if not empty.any():
            return table, numbers
    return table.filter(pa.array(~empty)), numbers[~empty]
