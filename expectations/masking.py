"""How an offending value is shown to people: enough to find the fault, too little to find the person."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from detectors.core.sources import Column, Kind, Personal

LONGEST = 80
"""Characters of a value that is shown."""

LONGEST_UNREAD = 32
"""Characters of a cell that could not be read: a longer one is likely a sentence that slipped into the column."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
# What may stand in any column when a row is shifted by a stray delimiter: numbers and vehicles.
_NUMBER_LIKE = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d){8}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
_VIN_LIKE = re.compile(r"(?<![A-Z0-9])(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", re.IGNORECASE)


def masked(values: pd.Series, column: Column | None, *, unread: bool = False) -> "pd.Series[str]":
    """Return each value as it may be shown.

    Parameters
    ----------
    values
        Values of one column; a missing one is shown as nothing.
    column
        The column, which says whether it can identify a person; None if it is not one column's value.
    unread
        Whether the values are cells as they were delivered, because they could not be read.

    Examples
    --------
    >>> from detectors.core.sources import SOURCES
    >>> phones = pd.Series(["+86 138-1234-5678", "12", None])
    >>> masked(phones, SOURCES["contacts"].column("phone")).tolist()
    ['138****5678', '**', '']
    >>> masked(pd.Series(["太贵了，服务也差"]), SOURCES["surveys"].column("verbatim")).tolist()
    ['(8 characters)']
    >>> masked(pd.Series([11.0, 7.5]), SOURCES["surveys"].column("overall")).tolist()
    ['11', '7.5']
    """
    show = _mask_of(column, unread)
    texts = _texts(values, None if unread else column)
    shown = {text: show(text) for text in texts.dropna().unique()}
    return texts.map(shown).astype("str").fillna("")


def _texts(values: pd.Series, column: Column | None) -> "pd.Series[str]":
    kind = column.kind if column else Kind.TEXT
    if kind in (Kind.TIME, Kind.DATE):
        precision = "D" if kind is Kind.DATE else "s"
        written = np.datetime_as_string(values.to_numpy().astype(f"datetime64[{precision}]"))
        return pd.Series(written, index=values.index, dtype="str").str.replace("T", " ").where(values.notna())
    if kind in (Kind.NUMBER, Kind.RATING, Kind.FLAG):
        numbers = {number: f"{number:.10g}" for number in values.dropna().unique()}
        return values.map(numbers).astype("str")
    return values.astype("str")


def _mask_of(column: Column | None, unread: bool) -> Callable[[str], str]:
    match column.personal if column else None:
        case Personal.PHONE:
            return _phone
        case Personal.CUSTOMER | Personal.VEHICLE:
            return _ends
        case Personal.FREE_TEXT:
            return _length
        case _:
            return _unread if unread else _plain


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else "*" * min(len(text), 11)


def _ends(text: str) -> str:
    text = _CONTROL.sub(" ", text)
    return f"{text[0]}****{text[-1]}" if len(text) > 4 else "*" * len(text)


def _length(text: str) -> str:
    return f"({len(text):,} characters)"


def _unread(text: str) -> str:
    return _plain(text) if len(text) <= LONGEST_UNREAD else _length(text)


def _plain(text: str) -> str:
    text = _NUMBER_LIKE.sub(lambda found: _phone(found.group()), _CONTROL.sub(" ", text))
    text = _VIN_LIKE.sub(lambda found: _ends(found.group()), text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
