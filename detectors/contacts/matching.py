"""Matching the numbers handed to the agency with the dealer's own transactions, its staff and its customers.

All values are opaque tokens. A pair such as (dealer, phone) becomes one 64-bit key, so that millions of rows are
matched in a second; that two different pairs share a key has a chance of about one in a million at ten million pairs.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from detectors.core.observations import Observations

Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

IDENTITIES = ("customer_id", "vin")
"""Columns that say whose visit it was; either is enough."""

_MISSING = np.uint64(0)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def keys(frame: pd.DataFrame, *columns: str) -> Keys:
    """Return one key for the values of the columns in each row, 0 where one of them is missing.

    Parameters
    ----------
    frame
        Any rows.
    columns
        Text columns; one that the frame lacks is missing everywhere.

    Examples
    --------
    >>> frame = pd.DataFrame({"dealer_id": ["D1", "D1", "D2"], "phone": ["a", "a", None]}, dtype="str")
    >>> found = keys(frame, "dealer_id", "phone")
    >>> bool(found[0] == found[1]), bool(found[2] == 0), bool((keys(frame, "vin") == 0).all())
    (True, True, True)
    """
    joined = np.zeros(len(frame), dtype=np.uint64)
    complete = np.ones(len(frame), dtype=bool)
    for column in columns:
        if column not in frame.columns:
            return np.zeros(len(frame), dtype=np.uint64)
        joined = (joined ^ _hashed(frame[column])) * _MIX
        joined ^= joined >> np.uint64(29)
        complete &= frame[column].notna().to_numpy()
    spread = np.maximum(joined ^ (joined >> np.uint64(32)), np.uint64(1))
    return np.asarray(np.where(complete, spread, _MISSING), dtype=np.uint64)


def _hashed(texts: pd.Series) -> Keys:
    """Return a 64-bit hash of each text, read eight bytes at a time straight from Arrow's buffer.

    Tokens are many and nearly all different, and of one length; hashing them one by one takes most of a night.
    """
    arrow = pa.array(texts.astype("str"), from_pandas=True)
    whole = arrow.combine_chunks() if isinstance(arrow, pa.ChunkedArray) else arrow
    whole = whole.cast(pa.large_string())
    hashed = np.zeros(len(whole), dtype=np.uint64)
    if whole.buffers()[2] is None:
        return hashed
    starts = np.frombuffer(whole.buffers()[1], dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1]
    data = np.frombuffer(whole.buffers()[2], dtype=np.uint8)
    lengths = np.diff(starts)
    for length in np.flatnonzero(np.bincount(lengths)):
        rows = np.flatnonzero(lengths == length)
        padded = np.zeros((len(rows), -(-int(length) // 8) * 8), dtype=np.uint8)
        if len(rows) == len(whole):
            padded[:, :length] = data[starts[0] : starts[-1]].reshape(len(rows), length)
        else:
            padded[:, :length] = data[starts[rows][:, None] + np.arange(length)]
        mixed = np.full(len(rows), length + 1, dtype=np.uint64)
        for word in padded.view(np.uint64).T:
            mixed = (mixed ^ word) * _MIX
            mixed ^= mixed >> np.uint64(29)
        hashed[rows] = mixed
    return hashed


def among(wanted: Keys, known: Keys) -> Flags:
    """Tell which keys are among the known ones; a missing value never is."""
    found = np.array(pd.Series(wanted).isin(known[known != _MISSING]), dtype=bool)
    return np.asarray(found & (wanted != _MISSING), dtype=bool)


def of_several(groups: Keys, members: Keys) -> Flags:
    """Tell which rows' group has several different members; rows without either count for nothing.

    Examples
    --------
    >>> of_several(np.array([7, 7, 8, 8, 9], dtype=np.uint64), np.array([1, 2, 3, 3, 0], dtype=np.uint64)).tolist()
    [True, True, False, False, False]
    """
    known = (groups != _MISSING) & (members != _MISSING)
    codes, names = pd.factorize(groups)
    least = np.full(len(names), np.iinfo(np.uint64).max, dtype=np.uint64)
    most = np.zeros(len(names), dtype=np.uint64)
    np.minimum.at(least, codes[known], members[known])
    np.maximum.at(most, codes[known], members[known])
    return np.asarray((least < most)[codes] & (groups != _MISSING), dtype=bool)


def own_customer(rows: pd.DataFrame, transactions: pd.DataFrame | None) -> Flags:
    """Tell which rows' number the dealer's own transactions have for this very customer or vehicle.

    Parameters
    ----------
    rows
        Columns ``dealer_id``, ``phone`` and any of `IDENTITIES`.
    transactions
        The dealers' own transactions, or None.
    """
    found = np.zeros(len(rows), dtype=bool)
    if transactions is None:
        return found
    for identity in IDENTITIES:
        columns = ("dealer_id", "phone", identity)
        found |= among(keys(rows, *columns), keys(transactions, *columns))
    return found


def transactions_of(observations: Observations) -> pd.DataFrame | None:
    """Return the dealers' own transactions if any has a phone."""
    return observations["transactions"] if observations.has("transactions", "phone") else None


def interviews_through(observations: Observations, numbers: Collection[str]) -> pd.DataFrame:
    """Return the interviews (``response_id``, ``dealer_id``, ``phone``) that were held through these numbers."""
    if not observations.has("surveys", "phone"):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("response_id", "dealer_id", "phone")})
    surveys = observations["surveys"]
    return surveys.loc[surveys["phone"].isin(list(numbers)), ["response_id", "dealer_id", "phone"]]
