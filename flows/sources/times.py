"""Times, dates and months, as people and Excel write them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flows.sources.parsed import Parsed, first_note, is_null_spelling, parse_distinct

CHINA_OFFSET_MINUTES = 8 * 60
"""Asia/Shanghai has been at UTC+8 without a break since 1991."""

_EXCEL_EPOCH = np.datetime64("1899-12-30", "s")
_EXCEL_DAYS = (20_000.0, 80_000.0)  # 1954 to 2119
_SERIAL = r"^\d{5}(\.\d+)?$"
_DATE = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?"
_CLOCK = (
    r"(?P<before>上午|下午|晚上)?\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})"
    r"(?:[:分](?P<second>\d{1,2})(?P<part>\.\d{1,6})?\d*)?[分秒]?\s*(?P<after>AM|PM|am|pm)?"
)
_WRITTEN = rf"^{_DATE}(?:[T\s]*{_CLOCK})?\s*(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?$"
_COMPACT = (
    r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T\s]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2}))?$"
)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

SERIAL_REPAIR = "a date that Excel stored as a serial number"
MONTH_REPAIR = "a month that Excel turned into a date"


def parse_times(cells: pa.ChunkedArray) -> Parsed:
    """Parse times into wall-clock time in Asia/Shanghai.

    ISO 8601 with or without an offset, ``2026/3/5 14:02``, ``2026年3月5日 下午2:02``, ``20260305140211`` and Excel's
    serial numbers (``46086.585``) are understood; ``3/5/2026`` is not, because nobody can tell which is the month.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.

    Returns
    -------
    Parsed
        ``timestamp[us]``.

    Examples
    --------
    >>> cells = pa.chunked_array([["2026-03-05T14:02:11Z", "2026/3/5 14:02", "46086.5", "3/5/2026"]], pa.large_string())
    >>> parsed = parse_times(cells)
    >>> [str(value) for value in parsed.found.to_pylist()]
    ['2026-03-05 22:02:11', '2026-03-05 14:02:00', '2026-03-05 12:00:00', 'None']
    >>> parsed.problems[3].as_py()
    'is not a time such as 2026-03-05 14:02'
    """
    try:
        return Parsed(cells.cast(pa.timestamp("us")))
    except pa.ArrowInvalid:
        pass
    try:
        return Parsed(in_shanghai(cells.cast(pa.timestamp("us", tz="UTC"))))
    except pa.ArrowInvalid:
        return parse_distinct(cells, lambda texts: _parse_distinct(texts, "time such as 2026-03-05 14:02"))


def parse_dates(cells: pa.ChunkedArray) -> Parsed:
    """Parse dates, written as times may be; the time of day is dropped.

    Returns
    -------
    Parsed
        ``timestamp[us]`` at midnight.
    """
    parsed = parse_distinct(cells, lambda texts: _parse_distinct(texts, "date such as 2026-03-05"))
    return Parsed(at_midnight(parsed.found), parsed.problems, parsed.repairs)


def in_shanghai(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the wall-clock time in Asia/Shanghai of instants with a time zone, as ``timestamp[us]``."""
    return pc.local_timestamp(instants.cast(pa.timestamp("us", tz="Asia/Shanghai")))


def at_midnight(times: pa.Array) -> pa.Array:
    """Return the beginning of the day of each time, as ``timestamp[us]``."""
    return pc.floor_temporal(times, unit="day").cast(pa.timestamp("us"))


def _parse_distinct(texts: pa.Array, expected: str) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    serial = pc.if_else(pc.match_substring_regex(trimmed, _SERIAL), trimmed, None).cast(pa.float64())
    serial = pc.if_else(pc.and_(pc.greater(serial, _EXCEL_DAYS[0]), pc.less(serial, _EXCEL_DAYS[1])), serial, None)
    values = pc.coalesce(_written_times(trimmed, _WRITTEN), _written_times(trimmed, _COMPACT), _serial_times(serial))
    hidden = pc.match_substring_regex(trimmed, r"^#+$")
    unread = pc.and_(pc.is_null(values), pc.invert(is_null_spelling(trimmed)))
    return Parsed(
        values,
        first_note(
            (pc.and_(hidden, unread), "was hidden by Excel (#####); widen the column and export again"),
            (unread, f"is not a {expected}"),
        ),
        first_note((pc.is_valid(serial), SERIAL_REPAIR)),
    )


def _written_times(texts: pa.Array, pattern: str) -> pa.Array:
    found = pc.extract_regex(texts, pattern)
    names = {field.name for field in found.type}

    def part(name: str) -> "pd.Series[str]":
        values = pc.struct_field(found, name) if name in names else pa.nulls(len(texts), pa.large_string())
        return pd.Series(values.to_pandas(), dtype="str").fillna("")

    def number(name: str) -> "pd.Series[float]":
        return pd.to_numeric(part(name).replace("", "0")).astype("float64")

    if found.null_count == len(texts):
        return pa.nulls(len(texts), pa.timestamp("us"))
    written = pd.DataFrame({name: number(name) for name in ("year", "month", "day")})
    days = pd.to_datetime(written, errors="coerce").dt.as_unit("us")
    hour = number("hour")
    afternoon = part("before").isin(["下午", "晚上"]) | (part("after").str.lower() == "pm")
    midnight = ((part("before") == "上午") | (part("after").str.lower() == "am")) & (hour == 12)
    hour = hour.where(~(afternoon & (hour < 12)), hour + 12).where(~midnight, 0)
    minute, second = number("minute"), number("second")
    seconds = hour * 3600 + minute * 60 + second
    zone = part("zone").str.replace(":", "").replace("Z", "+0000")
    offset = pd.to_numeric(zone.where(zone != "", "+0800"))
    offset_minutes = np.sign(offset) * (offset.abs() // 100 * 60 + offset.abs() % 100)
    microseconds = (
        (seconds + (CHINA_OFFSET_MINUTES - offset_minutes) * 60) * 1_000_000
        + pd.to_numeric(part("part").replace("", "0")) * 1_000_000
    ).round()
    times = days + pd.to_timedelta(microseconds, unit="us")
    real = (hour < 24) & (minute < 60) & (second < 60)
    return pa.array(times.where(real).dt.as_unit("us"), pa.timestamp("us"))


def _serial_times(days: pa.Array) -> pa.Array:
    numbers = days.to_numpy(zero_copy_only=False)
    known = np.isfinite(numbers)
    seconds = np.round(np.where(known, numbers, 0.0) * 86_400).astype("timedelta64[s]")
    return pa.array((_EXCEL_EPOCH + seconds).astype("datetime64[us]"), pa.timestamp("us"), mask=~known)


def parse_months(cells: pa.ChunkedArray) -> Parsed:
    """Parse months into ``YYYY-MM``: ``2026/10``, ``202610``, ``2026年10月``, and what Excel makes of them.

    Returns
    -------
    Parsed
        ``large_string``.

    Examples
    --------
    >>> cells = ["2026-10", "202609", "2026年8月", "2026-07-01", "Jun-26", "autumn"]
    >>> parse_months(pa.chunked_array([cells], pa.large_string())).found.to_pylist()
    ['2026-10', '2026-09', '2026-08', '2026-07', '2026-06', None]
    """
    return parse_distinct(cells, _parse_distinct_months)


def _parse_distinct_months(texts: pa.Array) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    written = pc.extract_regex(trimmed, r"^(?P<year>(?:19|20)\d{2})[-/.年]?(?P<month>0?[1-9]|1[0-2])月?(?:\.0+)?$")
    named = pc.extract_regex(pc.utf8_lower(trimmed), r"^(?:1-)?(?P<month>[a-z]{3})-(?P<year>\d{2})$")
    month_number = pc.index_in(pc.struct_field(named, "month"), value_set=pa.array(_MONTH_NAMES, trimmed.type))
    from_name = _month(
        pc.utf8_replace_slice(pc.struct_field(named, "year"), 0, 0, "20"),
        pc.add(month_number, 1).cast(pa.large_string()),
    )
    as_written = _month(pc.struct_field(written, "year"), pc.struct_field(written, "month"))
    days = _parse_distinct(pc.if_else(pc.is_valid(as_written), None, trimmed), "month").found
    # Excel makes the first of the month of a month; any other day is a date that somebody meant.
    first_days = pc.if_else(pc.equal(pc.day(days), 1), days, None)
    from_date = pc.strftime(first_days, format="%Y-%m").cast(pa.large_string())
    values = pc.coalesce(as_written, from_name, from_date)
    unread = pc.and_(pc.is_null(values), pc.invert(is_null_spelling(trimmed)))
    return Parsed(
        values,
        first_note((unread, "is not a month such as 2026-10")),
        first_note((pc.and_(pc.is_null(as_written), pc.is_valid(values)), MONTH_REPAIR)),
    )


def _month(year: pa.Array, month: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(year, pc.utf8_lpad(month, 2, "0"), pa.scalar("-", pa.large_string()))
