"""Matching the numbers handed to the agency with the dealer's own transactions, its staff and its customers.

All values are opaque tokens. A pair such as (dealer, phone) becomes one 64-bit key, so that millions of rows are
matched in a second; that two different pairs share a key has a chance of about one in a million at ten million pairs.
"""

from dataclasses import dataclass
from functools import partial

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
        found[part == _MISSING] = _MISSING
    return found


def _mixed(found: Keys, part: Keys) -> Keys:
    mixed = found ^ part
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(29)
    return mixed


def among(wanted: Keys, known: Keys) -> Flags:
    """Tell which keys are among the known ones; a missing value never is."""
    if 4 * len(wanted) < len(known):
        # Looking many up in a table of few is cheaper than making a table of many.
        known = known[np.asarray(pd.Series(known).isin(wanted))]
    found = np.array(pd.Series(wanted).isin(known), dtype=bool)
    return np.asarray(found & (wanted != _MISSING), dtype=bool)


def of_several(groups: Keys, *members: Keys) -> list[Flags]:
    """Tell which rows' group has several different members; rows without either count for nothing.

    Returns
    -------
    list of numpy.ndarray
        One a kind of members, shape (rows,).

    Examples
    --------
    >>> groups = np.array([7, 7, 8, 8, 9], dtype=np.uint64)
    >>> of_several(groups, np.array([1, 2, 3, 3, 0], dtype=np.uint64))[0].tolist()
    [True, True, False, False, False]
    """
    order = np.argsort(groups)
    inside = groups[order]
    # Only groups of several rows can have several members.
    same = inside[1:] == inside[:-1]
    shared = np.append(same, False) | np.insert(same, 0, False)
    order = order[shared & (inside != _MISSING)]
    starts = np.flatnonzero(np.diff(groups[order], prepend=_MISSING))
    sizes = np.diff(np.append(starts, len(order)))
    several = []
    for member in members:
        found, value = np.zeros(len(groups), dtype=bool), member[order]
        if len(order):
            most = np.maximum.reduceat(value, starts)
            # The largest key stands for a missing one, which then is never the least.
            least = np.minimum.reduceat(value - np.uint64(1), starts) + np.uint64(1)
            found[order] = np.repeat((least < most) & (least != _MISSING), sizes)
        several.append(found)
    return several


def token(observations: Observations, source: str, column: str) -> Keys:
    """Return the key of (dealer, value) of each row; missing everywhere if source or column were never delivered."""
    return observations.shared(_TOKENS[source, column])


def _token(observations: Observations, source: str, column: str) -> Keys:
    if source not in observations.frames or column not in observations[source].columns:
        return np.zeros(len(observations.frames.get(source, ())), dtype=np.uint64)
    dealers = observations.coded(source, "dealer_id")
    dealer = np.append(hashed(dealers.names.to_series()), _MISSING)[dealers.places]
    return joined(dealer, hashed(observations[source][column]))


def number_of(observations: Observations, source: str) -> Keys:
    """Return the key of each row's phone, whoever the dealer is."""
    return observations.shared(_NUMBERS[source])


def _number_of(observations: Observations, source: str) -> Keys:
    if "phone" not in observations[source].columns:
        return np.zeros(len(observations[source]), dtype=np.uint64)
    return hashed(observations[source]["phone"])


@dataclass(frozen=True)
class Match:
    """What the dealers' own transactions know of the rows of a source, each of shape (rows,).

    Parameters
    ----------
    known
        The dealer has a transaction of this customer or vehicle.
    reachable
        It has one with a phone.
    own
        It has one with this very phone.
    """

    known: Flags
    reachable: Flags
    own: Flags


def match(observations: Observations, source: str) -> Match:
    """Return what the dealers' own transactions know of the rows of contacts or surveys."""
    return observations.shared(_MATCHES[source])


def _match(observations: Observations, source: str) -> Match:
    number, theirs = token(observations, source, "phone"), token(observations, "transactions", "phone")
    has_phone = theirs != _MISSING
    known, reachable, own = np.zeros((3, len(number)), dtype=bool)
    for identity in IDENTITIES:
        who, whose = token(observations, source, identity), token(observations, "transactions", identity)
        known |= among(who, whose[~has_phone])
        open_rows = np.flatnonzero(~reachable)
        reachable[open_rows] = among(who[open_rows], whose[has_phone])
        open_rows = np.flatnonzero(~own)
        pairs = joined(number[open_rows], who[open_rows])
        own[open_rows] = among(pairs, joined(theirs[has_phone], whose[has_phone]))
    return Match(known | reachable, reachable, own)


_TOKENS = {
    (source, column): partial(_token, source=source, column=column)
    for source in ("contacts", "surveys", "transactions", "complaints")
    for column in (*IDENTITIES, "phone", "phone_block")
}
_NUMBERS = {source: partial(_number_of, source=source) for source in ("contacts", "surveys")}
_MATCHES = {source: partial(_match, source=source) for source in ("contacts", "surveys")}
