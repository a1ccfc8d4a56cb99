"""Repeats: rows that repeat another row of their unit though what they repeat is rare everywhere else.

What `concentration` asks, for millions of rows: keys are 64-bit numbers (see `likeness.fingerprint`), units are
hashed into them, and everything is sorting and searching.

References
----------
Feller (1968), "An introduction to probability theory and its applications", vol. 1, section II.3 (coincidences).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.instruments.concentration import LIKELY

Keys = NDArray[np.integer]


@dataclass(frozen=True)
class _Counted:
    """Sorted distinct values and how often each occurs."""

    distinct: Keys
    rows: Keys

    def of(self, values: Keys) -> Keys:
        if not len(self.distinct):
            return np.zeros(len(values), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.distinct, values), len(self.distinct) - 1)
        return np.where(self.distinct[at] == values, self.rows[at], 0)


@dataclass(frozen=True)
class Rarity:
    """How often each key turns up in the network, and in each unit of it.

    Parameters
    ----------
    keys, pairs
        Counts of the keys, and of the keys within units.
    unit_rows
        Rows by unit.
    total
        Rows of the network.
    """

    keys: _Counted
    pairs: _Counted
    unit_rows: "pd.Series[int]"
    total: int


def learn_rarity(units: "pd.Series[str]", keys: "pd.Series[int]") -> Rarity:
    """Count the keys of a network.

    Parameters
    ----------
    units, keys
        Unit and key of each row, none missing, with one index.
    """
    values = keys.to_numpy(dtype=np.int64)
    pairs = _within(units, values)
    return Rarity(_count(values), _count(pairs), units.value_counts(sort=False), len(values))


def find_repeats(
    units: "pd.Series[str]", keys: "pd.Series[int]", ids: "pd.Series[str]", rarity: Rarity
) -> pd.DataFrame:
    """Mark the rows that repeat another row of their unit though chance hardly brings that about.

    Parameters
    ----------
    units, keys, ids
        Unit, key and name of each row, none missing, with one index.
    rarity
        From `learn_rarity`, of the network.

    Returns
    -------
    pandas.DataFrame
        With the index of `units`: ``echo`` (another row of the unit has this rare key), ``again`` (and
        this is not the first of them, by name), ``repeats`` (rows of the unit with the key, itself included).

    Examples
    --------
    >>> units = pd.Series(["D1"] * 4 + ["D2"] * 4)
    >>> keys = pd.Series([1, 1, 2, 2, 1, 1, 1, 3])
    >>> found = find_repeats(units, keys, pd.Series(list("abcdefgh")), learn_rarity(units, keys))
    >>> found["echo"].tolist(), found["again"].tolist()
    ([False, False, True, True, False, False, False, False], [False, False, False, True, False, False, False, False])
    """
    values = keys.to_numpy(dtype=np.int64)
    codes, _ = pd.factorize(units)
    pairs = _within(units, values)
    # Most rows repeat nothing: looking all up among the few that do is looking them up in a small table.
    several = _several(pairs)
    repeats = np.maximum(several.of(pairs), 1)
    echo = np.zeros(len(values), dtype=bool)
    some = np.flatnonzero(repeats > 1)
    size = np.bincount(codes)[codes[some]].astype(np.float64) if len(codes) else np.empty(0)
    own_rows = units.iloc[some].map(rarity.unit_rows).fillna(0).to_numpy(dtype=np.float64)
    elsewhere = rarity.keys.of(values[some]) - rarity.pairs.of(pairs[some])
    share = np.clip(elsewhere / np.maximum(rarity.total - own_rows, 1.0), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        chance = -np.expm1((size - 1.0) * np.log1p(-share))
    echo[some] = chance < LIKELY
    found = pd.DataFrame({"echo": echo, "again": False, "repeats": repeats}, index=units.index)
    rare = np.flatnonzero(echo)
    named = pd.DataFrame({"pair": pairs[rare], "id": ids.iloc[rare].to_numpy(), "at": rare}).sort_values(["pair", "id"])
    again = np.zeros(len(values), dtype=bool)
    again[named.loc[named.duplicated("pair"), "at"].to_numpy()] = True
    return found.assign(again=again)


def _within(units: "pd.Series[str]", keys: Keys) -> Keys:
    """Return a number for each unit and key together."""
    codes, names = pd.factorize(units)
    hashed = pd.util.hash_array(np.asarray(names, dtype=object)) if len(names) else np.empty(0, dtype=np.uint64)
    mixed = (keys.view(np.uint64) ^ hashed[codes]) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(mixed ^ (mixed >> np.uint64(29)) ^ hashed[codes], dtype=np.uint64).view(np.int64)


def _count(values: Keys) -> _Counted:
    ordered = np.sort(values)
    opens = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.empty(0, int)
    return _Counted(ordered[opens], np.diff(np.append(opens, len(ordered))))


def _several(values: Keys) -> _Counted:
    """Count only the values that occur more than once."""
    counted = _count(values)
    often = counted.rows > 1
    return _Counted(counted.distinct[often], counted.rows[often])
