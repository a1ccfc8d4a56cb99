"""Columns of text, built whole: pyarrow arrays put together part by part."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
_LONGEST = 24


def take(words: Sequence[str] | pa.Array, places: npt.NDArray[np.integer]) -> pa.Array:
    """Return the word at each place."""
    return _words(words).take(pa.array(places))


def _words(words: Sequence[str] | pa.Array) -> pa.Array:
    return words if isinstance(words, pa.Array) else pa.array(words, TEXT)


def join(*parts: pa.Array | str, between: str = "") -> pa.Array:
    """Write the parts of each row one after another.

    Examples
    --------
    >>> join(pa.array(["挺", "太"], TEXT), pa.array(["好", "慢"], TEXT), "。").to_pylist()
    ['挺好。', '太慢。']
    """
    scalars = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, pa.scalar(between, TEXT))


def where(chosen: npt.NDArray[np.bool_], yes: pa.Array | str, no: pa.Array | str | None) -> pa.Array:
    """Return the row of `yes` where chosen, the row of `no` elsewhere."""
    parts = [part if isinstance(part, pa.Array) else pa.scalar(part, TEXT) for part in (yes, no)]
    return pc.if_else(pa.array(chosen), *parts)


def column(words: pa.Array) -> pd.Series:
    """Return the words as a pandas column of dtype ``str``."""
    return pd.Series(pd.array(words, dtype="str"))


def numbered(prefix: str, numbers: npt.NDArray[np.integer], width: int) -> pa.Array:
    """Write a prefix and each number with leading zeros.

    Examples
    --------
    >>> numbered("D", np.array([7, 42]), 4).to_pylist()
    ['D0007', 'D0042']
    """
    return fixed_width(_digits(prefix, numbers, width))


def _digits(prefix: str, numbers: npt.NDArray[np.integer], width: int) -> npt.NDArray[np.uint8]:
    rest = np.array(numbers, dtype=np.int64)
    written = np.empty((len(rest), len(prefix) + width), dtype=np.uint8)
    written[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    for place in range(written.shape[1] - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        written[:, place] = digit + ord("0")
    return written


def fixed_width(letters: npt.NDArray[np.uint8]) -> pa.Array:
    """Read rows of ASCII codes as words, all of one length."""
    rows, width = letters.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int64)[: rows + 1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))]
    return pa.LargeStringArray.from_buffers(rows, buffers[1], buffers[2])


def phone_numbers(phones: npt.NDArray[np.int64]) -> pa.Array:
    """Write phone numbers kept as integers; those below 0 are missing, and landlines get their leading zero back.

    Examples
    --------
    >>> phone_numbers(np.array([13812345678, 1012345678, -1])).to_pylist()
    ['13812345678', '01012345678', None]
    """
    mobile = (phones >= 13_000_000_000) & (phones < 20_000_000_000)
    known = np.where(mobile, phones, 13_000_000_000)
    written = fixed_width(_digits("", known, 11))
    rest = ~mobile & (phones >= 0)
    if rest.any():
        landlines = pc.cast(pa.array(np.where(rest, phones, 0)), TEXT)
        written = where(rest, join("0", landlines), written)
    return where(phones >= 0, written, None)


def opaque(words: pd.Series, key: str) -> pa.Array:
    """Replace words of at most 24 ASCII letters with opaque tokens: equal words, equal tokens; missing stays missing.

    Examples
    --------
    >>> one, other, same, none = opaque(pd.Series(["C1", "C2", "C1", None], dtype="str"), "key").to_pylist()
    >>> one == same, one == other, none is None
    (True, False, True)
    """
    known = pa.array(words, TEXT, from_pandas=True)
    padded = pc.ascii_rpad(pc.fill_null(known, ""), _LONGEST, " ")
    letters = np.frombuffer(padded.buffers()[2], dtype="<u8", count=len(padded) * _LONGEST // 8)
    factors = np.random.default_rng(list(key.encode())).integers(0, 2**64, _LONGEST // 8, dtype=np.uint64) | np.uint64(
        1
    )
    mixed = (letters.reshape(len(padded), _LONGEST // 8) * factors).sum(axis=1, dtype=np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    written = np.frombuffer(mixed.astype(">u8").tobytes().hex().encode("ascii"), dtype=np.uint8).reshape(-1, 16)
    return where(words.notna().to_numpy(), fixed_width(written), None)
