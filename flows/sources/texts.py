"""Text: ids kept as they are written, closed vocabularies, and free text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.sources import Column, Personal
from flows.sources.parsed import Parsed, first_note, is_null_spelling, parse_exceptions

ROUNDED_PROBLEM = "was rounded by Excel; format the column as text and export again"
NUMBER_REPAIR = "an id that Excel stored with decimals or as a power of ten"

_DECIMALS = r"^\d+\.0+$"
_POWER = r"^\d(\.\d+)?[Ee]\+\d{2,3}$"
_EXACT_DIGITS = 15  # Excel keeps no more.


def parse_texts(cells: pa.ChunkedArray, column: Column) -> Parsed:
    """Parse text, stripped of outer white space.

    In free text nothing else is done. Elsewhere the usual spellings of "nothing" are missing values, full-width
    letters and digits become plain ones, and numbers that Excel made of ids are undone (``1001.0``) or refused
    (``1.23E+17``). Vehicle numbers become upper case, words of a closed vocabulary lower case.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.
    column
        What they are.

    Returns
    -------
    Parsed
        ``large_string``.

    Examples
    --------
    >>> from detectors.core.sources import SOURCES
    >>> cells = pa.chunked_array([["0007", "1001.0", "1.23E+17", "Ｄ７ ", "-"]], pa.large_string())
    >>> parse_texts(cells, SOURCES["surveys"].column("dealer_id")).found.to_pylist()
    ['0007', '1001', None, 'D7', None]
    """
    if column.personal is Personal.FREE_TEXT:
        return _parse_free_text(pc.utf8_trim_whitespace(cells))
    # All cells at once: most columns of ids have nothing odd anywhere, and to look into each cell takes ten times.
    simple = all(_is_simple(chunk.buffers()[2]) for chunk in cells.chunks)
    texts = cells if simple else pc.utf8_trim_whitespace(cells)
    if column.personal is Personal.VEHICLE:
        texts = pc.ascii_upper(texts) if simple else pc.utf8_upper(texts)
    if column.choices:
        texts = pc.ascii_lower(texts) if simple else pc.utf8_lower(texts)
    plain = pc.invert(is_null_spelling(texts))
    return parse_exceptions(texts, plain if simple else pc.and_(plain, _is_plain(texts)), _parse_distinct)


def _parse_free_text(texts: pa.ChunkedArray) -> Parsed:
    # PostgreSQL has no NUL in a text, and nobody means one.
    without_nul = pc.replace_substring(texts, "\0", "") if pc.any(pc.match_substring(texts, "\0")).as_py() else texts
    return Parsed(pc.if_else(pc.equal(without_nul, ""), None, without_nul))


def _is_simple(characters: pa.Buffer | None) -> bool:
    """Tell whether there is neither white space nor anything of what `_is_plain` looks for."""
    if not characters:
        return True
    codes = np.frombuffer(characters, np.uint8)
    return bool(codes.min() > ord(" ") and codes.max() < 127) and not any((codes == ord(mark)).any() for mark in "+.")


def _is_plain(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    odd = pc.or_(pc.match_substring(texts, ".0"), pc.match_substring(texts, "+"))
    odd = pc.or_(odd, pc.match_substring(texts, "\0"))
    return pc.and_(pc.string_is_ascii(texts), pc.invert(odd))


def _parse_distinct(texts: pa.Array) -> Parsed:
    number = unround(pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC")))
    nul = pc.match_substring(number.found, "\0")
    values = pc.if_else(pc.or_(nul, is_null_spelling(number.found)), None, number.found)
    problems = first_note((pc.is_valid(number.problems), ROUNDED_PROBLEM), (nul, "has a NUL character in it"))
    return Parsed(values, problems, first_note((pc.is_valid(number.repairs), NUMBER_REPAIR)))


def unround(texts: pa.Array) -> Parsed:
    """Undo what happens to a long number that Excel takes for a quantity, if no digit was lost.

    Parameters
    ----------
    texts : pyarrow.Array of large_string
        Trimmed texts.

    Returns
    -------
    Parsed
        ``large_string``. Texts that are no such numbers are as before.

    Examples
    --------
    >>> unround(pa.array(["1001.0", "1.38E+10", "1.3812345678E+10", "D1"], pa.large_string())).found.to_pylist()
    ['1001', None, '13812345678', 'D1']
    """
    decimals = pc.match_substring_regex(texts, _DECIMALS)
    power = pc.match_substring_regex(texts, _POWER)
    values = pc.if_else(decimals, pc.replace_substring_regex(texts, r"\.0+$", ""), texts)
    if not pc.any(power).as_py():
        return Parsed(values, first_note((pa.array([False] * len(texts)), "")), first_note((decimals, NUMBER_REPAIR)))
    parts = pc.extract_regex(pc.if_else(power, texts, None), r"^\d(?:\.(?P<shown>\d+))?[Ee]\+(?P<exponent>\d+)$")
    shown = pc.fill_null(pc.utf8_length(pc.struct_field(parts, "shown")), 0)
    exponent = pc.struct_field(parts, "exponent").cast(pa.int32())
    exact = pc.and_(pc.equal(shown, exponent), pc.less(exponent, _EXACT_DIGITS))
    exact = pc.and_(power, pc.fill_null(exact, False))
    whole = pc.if_else(exact, texts, None).cast(pa.float64()).cast(pa.int64()).cast(pa.large_string())
    rounded = pc.and_(power, pc.invert(exact))
    return Parsed(
        pc.if_else(rounded, None, pc.if_else(exact, whole, values)),
        first_note((rounded, ROUNDED_PROBLEM)),
        first_note((pc.or_(decimals, exact), NUMBER_REPAIR)),
    )
