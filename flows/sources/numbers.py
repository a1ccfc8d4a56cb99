"""Numbers, answers on a scale, and yes-or-no facts."""

import pyarrow as pa
import pyarrow.compute as pc

from flows.sources.parsed import Parsed, first_note, is_null_spelling, parse_distinct

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_YES = ("1", "1.0", "y", "yes", "true", "t", "是", "对", "√")
_NO = ("0", "0.0", "n", "no", "false", "f", "否", "不", "×")


def parse_numbers(cells: pa.ChunkedArray) -> Parsed:
    """Parse numbers: full-width digits, thousands separators and the signs ¥, 元 and 分 are understood.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.

    Returns
    -------
    Parsed
        ``float64``.

    Examples
    --------
    >>> cells = ["7", "１０分", "¥1,234.50", "无", "often"]
    >>> parse_numbers(pa.chunked_array([cells], pa.large_string())).found.to_pylist()
    [7.0, 10.0, 1234.5, None, None]
    """
    try:
        values = cells.cast(pa.float64())
    except pa.ArrowInvalid:
        return parse_distinct(cells, _parse_distinct_numbers)
    if pc.all(pc.is_finite(values)).as_py() is False:
        return parse_distinct(cells, _parse_distinct_numbers)
    return Parsed(values)


def _parse_distinct_numbers(texts: pa.Array) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    bare = pc.replace_substring_regex(trimmed, r"^[¥$]\s*|\s*[元分]$", "")
    grouped = pc.match_substring_regex(bare, r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
    bare = pc.if_else(grouped, pc.replace_substring(bare, ",", ""), bare)
    good = pc.match_substring_regex(bare, _NUMBER)
    values = pc.if_else(good, bare, None).cast(pa.float64())
    finite = pc.is_finite(values)
    values = pc.if_else(pc.fill_null(finite, False), values, None)
    unread = pc.and_(pc.is_null(values), pc.invert(is_null_spelling(trimmed)))
    return Parsed(values, first_note((unread, "is not a number")))


def parse_flags(cells: pa.ChunkedArray) -> Parsed:
    """Parse facts: 1 and 0, yes and no, 是 and 否, true and false.

    Returns
    -------
    Parsed
        ``float64``: 1, 0, or whatever other number was found, for the gate to judge.
    """
    return parse_distinct(cells, _parse_distinct_flags)


def _parse_distinct_flags(texts: pa.Array) -> Parsed:
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    digits = pc.if_else(
        pc.is_in(plain, value_set=pa.array(_YES, plain.type)),
        "1",
        pc.if_else(pc.is_in(plain, value_set=pa.array(_NO, plain.type)), "0", plain),
    )
    parsed = _parse_distinct_numbers(digits)
    return Parsed(parsed.found, first_note((pc.is_valid(parsed.problems), "is neither 1 nor 0")))
