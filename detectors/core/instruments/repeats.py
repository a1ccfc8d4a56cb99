"""Repeats: rows that repeat another row of their unit though what they repeat is rare everywhere else.

A script, a vector of answers: whatever can be given a *key*, a 64-bit number. A row is an **echo** if another row of
its unit has the same key. Common things echo by chance, and how easily follows from how common the key is *outside* the
unit: among ``n - 1`` other rows it turns up ``k`` times with a binomial probability. Only echoes that chance makes
unlikely are counted, so that "fine" said a thousand times over never counts. Units are hashed into the keys, and
everything is sorting and searching, for millions of rows.

References
----------
Feller (1968), "An introduction to probability theory and its applications", vol. 1, section II.3 (coincidences).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from scipy.stats import binom

from detectors.core.codes import Coded

LIKELY = 0.05
"""An echo that chance brings with at least this probability is not counted."""

_OUT_OF_PROPORTION = 1e-4

Keys = NDArray[np.integer]
Flags = NDArray[np.bool_]


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


@dataclass(frozen=True)
class Repeats:
    """Which rows repeat another row of their unit, though what they repeat is rare; each of shape (rows,).

    Parameters
    ----------
    echo
        Another row of the unit has this rare key.
    again
        And this is not the first of them, by name.
    count
        Rows of the unit with the key, itself included.
    """

    echo: Flags
    again: Flags
    count: Keys


def learn_rarity(units: Coded, keys: Keys) -> Rarity:
    """Count the keys of a network.

    Parameters
    ----------
    units, keys
        Unit and key of each row, none missing.
    """
    unit_rows = pd.Series(units.count(), index=units.names)
    return Rarity(_count(keys), _count(_within(units, keys)), unit_rows, len(keys))


def find_repeats(units: Coded, keys: Keys, ids: ExtensionArray, rarity: Rarity, *, steady: bool = False) -> Repeats:
    """Mark the rows that repeat another row of their unit though chance hardly brings that about.

    Parameters
    ----------
    units, keys, ids
        Unit, key and name of each row, none missing.
    rarity
        From `learn_rarity`, of the network.
    steady
        Whether a key turns up as easily in every honest unit. Then what a few other units know as well may still be an
        echo, if there is far more of it here than there.

    Examples
    --------
    >>> units = Coded(np.array([0, 0, 0, 0, 1, 1, 1, 1]), pd.Index(["D1", "D2"], dtype="str"))
    >>> keys = np.array([1, 1, 2, 2, 1, 1, 1, 3])
    >>> found = find_repeats(units, keys, pd.array(list("abcdefgh")), learn_rarity(units, keys))
    >>> np.flatnonzero(found.echo).tolist(), np.flatnonzero(found.again).tolist()
    ([2, 3], [3])
    """
    pairs = _within(units, keys)
    order, begins, sizes = _groups(pairs)
    # Most rows repeat nothing, and whether what repeats is rare is the same for all rows of a group.
    several = np.flatnonzero(sizes > 1)
    first = order[begins[several]]
    unit = units.places[first]
    rows = units.count()[unit].astype(np.float64)
    own_rows = rarity.unit_rows.reindex(units.names).fillna(0).to_numpy(dtype=np.float64)[unit]
    elsewhere = rarity.keys.of(keys[first]) - rarity.pairs.of(pairs[first])
    share = np.clip(elsewhere / np.maximum(rarity.total - own_rows, 1.0), 0.0, 1.0)
    chance = binom.sf(0, rows - 1, share)
    if steady:
        # A script that a few units share: known elsewhere, yet so many others are out of all proportion.
        shared = (rows - 1) * share < 1
        chance[shared & (binom.sf(sizes[several] - 2, rows - 1, share) < _OUT_OF_PROPORTION)] = 0.0
    rare_group = np.zeros(len(sizes), dtype=bool)
    rare_group[several] = chance < LIKELY
    count = np.empty(len(keys), dtype=np.int64)
    echo, again = np.zeros((2, len(keys)), dtype=bool)
    count[order], echo[order] = np.repeat(sizes, sizes), np.repeat(rare_group, sizes)
    rare = np.flatnonzero(echo)
    again[rare] = not_first(pairs[rare], ids.take(rare))
    return Repeats(echo, again, count)


def not_first(keys: Keys, ids: ExtensionArray) -> Flags:
    """Tell which rows are not the first, by name, of those with their key.

    Examples
    --------
    >>> not_first(np.array([7, 7, 8]), pd.array(["b", "a", "c"])).tolist()
    [True, False, False]
    """
    named = pd.DataFrame({"key": keys, "id": ids}).sort_values(["key", "id"])
    return np.asarray(named.duplicated("key").sort_index(), dtype=bool)


def _within(units: Coded, keys: Keys) -> Keys:
    """Return a number for each unit and key together."""
    names = np.asarray(units.names, dtype=object)
    hashed = (pd.util.hash_array(names) if len(names) else np.empty(0, dtype=np.uint64))[units.places]
    mixed = (keys.view(np.uint64) ^ hashed) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(mixed ^ (mixed >> np.uint64(29)) ^ hashed, dtype=np.uint64).view(np.int64)


def _count(values: Keys) -> _Counted:
    ordered = np.sort(values)
    begins, sizes = _runs(ordered)
    return _Counted(ordered[begins], sizes)


def _groups(values: Keys) -> tuple[Keys, Keys, Keys]:
    """Return the rows in order of their values, where each value begins there, and how many rows have it."""
    order = np.argsort(values)
    return order, *_runs(values.take(order))


def _runs(ordered: Keys) -> tuple[Keys, Keys]:
    begins = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
    return begins, np.diff(np.append(begins, len(ordered)))
