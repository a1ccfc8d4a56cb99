"""What becomes of cells when they are parsed: values, what could not be parsed, and what was repaired."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

NULL_SPELLINGS = ("", "NA", "N/A", "#N/A", "NULL", "null", "None", "nan", "NaN", "-", "--", "/", "无")
"""What people write where there is no value (not in free text, where 无 is an answer)."""


@dataclass(frozen=True)
class Parsed:
    """Values parsed from cells.

    Parameters
    ----------
    found : pyarrow.Array or pyarrow.ChunkedArray
        One value a cell, null where there is none or where it could not be parsed.
    problems : pyarrow.Array of string, or None
        What is wrong with each cell, null where nothing is; None if nothing is with any.
    repairs : pyarrow.Array of string, or None
        What was undone in each cell, null where nothing was; None if nothing was in any.
    """

    found: pa.Array
    problems: pa.Array | None = None
    repairs: pa.Array | None = None


def parse_distinct(cells: pa.ChunkedArray, parse: Callable[[pa.Array], Parsed]) -> Parsed:
    """Parse every distinct text once.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.
    parse
        From distinct texts (no null among them) to what they are.
    """
    encoded = cells.combine_chunks().dictionary_encode()
    distinct = parse(encoded.dictionary)
    return Parsed(
        distinct.found.take(encoded.indices),
        _spread(distinct.problems, encoded.indices),
        _spread(distinct.repairs, encoded.indices),
    )


def parse_exceptions(cells: pa.ChunkedArray, plain: pa.ChunkedArray, parse: Callable[[pa.Array], Parsed]) -> Parsed:
    """Keep plain texts as they are, and parse every distinct other text once.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.
    plain : pyarrow.ChunkedArray of bool
        Which of them are the value already; null where there is no cell.
    parse
        From distinct texts (no null among them) to ``large_string``.
    """
    exceptions = pc.fill_null(pc.invert(plain), False).combine_chunks()
    if not pc.any(exceptions).as_py():
        return Parsed(cells)
    parsed = parse_distinct(cells.filter(exceptions), parse)
    values = pc.replace_with_mask(cells.combine_chunks(), exceptions, parsed.found)
    return Parsed(values, _in_place(parsed.problems, exceptions), _in_place(parsed.repairs, exceptions))


def _in_place(notes: pa.Array | None, exceptions: pa.Array) -> pa.Array | None:
    if notes is None:
        return None
    return pc.replace_with_mask(pa.nulls(len(exceptions), notes.type), exceptions, notes)


def _spread(notes: pa.Array | None, indices: pa.Array) -> pa.Array | None:
    if notes is None or notes.null_count == len(notes):
        return None
    return notes.take(indices)


def first_note(*notes: tuple[pa.Array, str]) -> pa.Array:
    """Return, for each cell, the text of the first mask that holds, or null.

    Parameters
    ----------
    notes
        Masks (null counts as false), each with its text.

    Examples
    --------
    >>> first_note((pa.array([True, False, None]), "odd"), (pa.array([True, True, False]), "late")).to_pylist()
    ['odd', 'late', None]
    """
    masks = [pc.fill_null(mask, False) for mask, _ in notes]
    return pc.case_when(pc.make_struct(*masks), *(pa.scalar(text, pa.string()) for _, text in notes))


def is_null_spelling(texts: pa.Array) -> pa.Array:
    """Tell which trimmed texts say that there is no value."""
    return pc.is_in(texts, value_set=pa.array(NULL_SPELLINGS, texts.type))
