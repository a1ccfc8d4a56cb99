"""Keys: what identifies a customer, as numbers that are matched quickly.

All values are opaque tokens. A pair such as (dealer, phone) becomes one 64-bit key, so that millions of rows are
matched in a second; that two different pairs share a key has a chance of about one in a million at ten million pairs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from detectors.core.observations import Observations

Keys = NDArray[np.uint64]

MISSING = np.uint64(0)
"""Key of a missing value."""

_MIX = np.uint64(0x9E3779B97F4A7C15)


def hashed(texts: "pd.Series[str]") -> Keys:
    """Return one key for the value of each row, 0 where it is missing.

    Tokens are many and nearly all different, and of one length; hashing them one by one takes most of a night. So they
    are read eight bytes at a time straight from Arrow's buffer.

    Examples
    --------
    >>> found = hashed(pd.Series(["a", "b", None, "a"], dtype="str"))
    >>> bool(found[0] == found[3]), bool(found[0] == found[1]), bool(found[2] == 0)
    (True, False, True)
    """
    arrow = pa.array(texts.astype("str"), from_pandas=True)
    chunks = arrow.chunks if isinstance(arrow, pa.ChunkedArray) else [arrow]
    return np.concatenate([np.zeros(0, dtype=np.uint64), *(_hashed(chunk) for chunk in chunks)])


def _hashed(texts: pa.Array) -> Keys:
    known = texts.drop_null().cast(pa.large_string())
    found = np.zeros(len(texts), dtype=np.uint64)
    if not len(known):
        return found
    starts = np.frombuffer(known.buffers()[1], dtype=np.int64)[known.offset : known.offset + len(known) + 1]
    data = np.frombuffer(known.buffers()[2] or b"", dtype=np.uint8)
    lengths = np.diff(starts)
    # Scrambled, so that a short text's own bytes do not cancel its length.
    mixed = (lengths + 1).astype(np.uint64) * _MIX
    if lengths.min() == lengths.max():
        mixed = _read(data[starts[0] : starts[-1]].reshape(len(known), -1), mixed)
    else:
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            mixed[rows] = _read(data[starts[rows][:, None] + np.arange(length)], mixed[rows])
    found[texts.is_valid().to_numpy(zero_copy_only=False)] = np.maximum(mixed, np.uint64(1))
    return found


def _read(letters: NDArray[np.uint8], mixed: Keys) -> Keys:
    """Mix texts of one length, shape (texts, bytes), into the keys."""
    padded = np.zeros((len(letters), -(-letters.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : letters.shape[1]] = letters
    for word in padded.view(np.uint64).T:
        mixed = _mixed(mixed, word)
    return mixed


def joined(*parts: Keys) -> Keys:
    """Return one key for the keys of each row, 0 where one of them is missing.

    Examples
    --------
    >>> dealer, phone = (np.array(part, dtype=np.uint64) for part in ([1, 1, 2, 2], [7, 7, 7, 0]))
    >>> found = joined(dealer, phone)
    >>> bool(found[0] == found[1]), bool(found[0] == found[2]), bool(found[3] == 0)
    (True, False, True)
    """
    found = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        found = _mixed(found, part)
    found ^= found >> np.uint64(32)
    np.maximum(found, np.uint64(1), out=found)
    for part in parts:
        found[part == MISSING] = MISSING
    return found


def _mixed(found: Keys, part: Keys) -> Keys:
    mixed = found ^ part
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(29)
    return mixed


def token(observations: Observations, source: str, column: str) -> Keys:
    """Return the key of (dealer, value) of each row; missing everywhere if source or column were never delivered."""
    return observations.shared(_Token(source, column))


@dataclass(frozen=True)
class _Token:
    source: str
    column: str

    def __call__(self, observations: Observations) -> Keys:
        source, column = self.source, self.column
        if source not in observations.frames or column not in observations[source].columns:
            return np.zeros(len(observations.frames.get(source, ())), dtype=np.uint64)
        dealers = observations.coded(source, "dealer_id")
        dealer = np.append(hashed(dealers.names.to_series()), MISSING)[dealers.places]
        return joined(dealer, hashed(observations[source][column]))
