"""Phrases: strings of letters that several rows of a unit share and that are rare everywhere else.

A script that is trimmed, told in another order and joined with the customer's own words is no near-duplicate of itself
any more, but its phrases survive. A text's phrases are all its strings of so many letters. A phrase is **concentrated**
in a unit if chance hardly brings it into so many of the unit's rows, given in how many rows it stands *outside* the
unit; phrases that everybody uses are never concentrated, however many rows of a unit have them. A row **recites** if
concentrated phrases make up most of it: whoever names the event that brought him here, or the adviser who served him,
says the rest in words of his own.

Phrases are counted in tables of hashes, which at worst make a phrase look more common than it is, so that millions of
rows take seconds and no phrase has to be kept.

References
----------
Schleimer, Wilkerson & Aiken (2003), "Winnowing: local algorithms for document fingerprinting", SIGMOD.
Cormode & Muthukrishnan (2005), "An improved data stream summary: the count-min sketch", Journal of Algorithms 55.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from scipy.stats import binom

from detectors.core.codes import Coded
from detectors.core.instruments.folding import Folded, Places
from detectors.core.instruments.likeness import Texts

PHRASE_LETTERS = 6
"""Letters of a phrase in Chinese, about three words; in Latin script it has three times as many."""

UNLIKELY = 1e-5
"""A phrase is concentrated if chance brings it into so many rows with less than this probability.

A unit has about a thousand phrases, so that one honest unit in a hundred has a concentrated one by chance alone.
"""

FEWEST_ROWS = 3
"""Two customers share a phrase too easily."""

MOST = 0.5
"""A row recites if concentrated phrases make up at least so much of its letters."""

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

_SMALLEST_TABLE, _LARGEST_TABLE = 10, 25
"""Entries of a table of hashes, as powers of two: rows of other phrases hardly ever fall on one's entry."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_LATIN_BEFORE = 0x2E80


@dataclass(frozen=True)
class Commonness:
    """In how many rows each phrase stands, in the network and in each unit of it.

    Parameters
    ----------
    everywhere, within
        Rows by hash of the phrase, and of the unit and the phrase; the lengths are powers of two.
    unit_rows
        Rows by unit.
    total
        Rows of the network.
    """

    everywhere: NDArray[np.int32]
    within: NDArray[np.int32]
    unit_rows: "pd.Series[int]"
    total: int


@dataclass(frozen=True)
class Phrased:
    """The phrases of rows: one entry a row and place in it.

    Parameters
    ----------
    row, begins, letters
        Place of the row among those asked about, where the phrase begins in it and how long it is, shape (entries,);
        by row, then by beginning.
    phrase, pair
        Hash of the phrase, and of the unit and the phrase, shape (entries,).
    units
        Unit of each row.
    lengths
        Letters of each row.
    """

    row: Places
    begins: Places
    letters: Places
    phrase: Hashes
    pair: Hashes
    units: Coded
    lengths: Places


def phrases_of(texts: Texts, rows: Places, units: Coded) -> Phrased:
    """Return the phrases of rows.

    Parameters
    ----------
    texts
        From `likeness.read_texts`.
    rows
        Which rows to read, shape (rows,).
    units
        Unit of each of those rows, none missing.
    """
    grams, begins, letters, bounds = _grams(texts.folded)
    place = texts.places[rows]
    sizes = (bounds[place + 1] - bounds[place]) * (place >= 0)
    row = np.repeat(np.arange(len(rows)), sizes)
    entry = np.repeat(bounds[place], sizes) + _within(sizes)
    phrase = grams[entry]
    names = np.asarray(units.names, dtype=object)
    hashed = pd.util.hash_array(names) if len(names) else np.empty(0, dtype=np.uint64)
    pair = _mix(phrase ^ hashed[units.places[row]])
    return Phrased(row, begins[entry], letters[entry], phrase, pair, units, texts.letters[rows])


def learn_commonness(phrased: Phrased) -> Commonness:
    """Count the phrases of a network."""
    size = 1 << min(max((16 * len(phrased.phrase)).bit_length(), _SMALLEST_TABLE), _LARGEST_TABLE)
    everywhere, within = (np.bincount(_slot(hashes, size), minlength=size).astype(np.int32) for hashes in
                          (phrased.phrase, phrased.pair))  # fmt: skip
    rows = phrased.units
    return Commonness(everywhere, within, pd.Series(rows.count(), index=rows.names), len(rows.places))


def find_recited(
    phrased: Phrased, common: Commonness, ids: ExtensionArray, writer: Places | None = None
) -> tuple[Flags, Flags]:
    """Mark the rows that recite what is concentrated in their unit.

    Parameters
    ----------
    phrased
        From `phrases_of`, of the units to judge.
    common
        From `learn_commonness`, of the network.
    ids
        Name of each row, shape (rows,).
    writer
        Who wrote each row, -1 if unknown, shape (rows,): what a single writer wrote is a style of that writer and not
        counted, in units that have several.

    Returns
    -------
    tuple of numpy.ndarray
        Which rows recite, and which of these are not the first, by name, in the unit with one of their phrases; each
        of shape (rows,).

    Examples
    --------
    >>> from detectors.core.instruments.likeness import read_texts
    >>> rng = np.random.default_rng(0)
    >>> said = ["".join(chr(code) for code in rng.integers(0x4E00, 0x5200, 16)) for _ in range(400)]
    >>> said[:5] = [text[:3] + "轮胎旧件还给我看" + text[5:9] for text in said[:5]]
    >>> said[5:10] = [text[:7] + "老客户答谢日" + text[7:] for text in said[5:10]]
    >>> units = Coded(np.arange(400) // 40, pd.Index([f"D{place}" for place in range(10)], dtype="str"))
    >>> phrased = phrases_of(read_texts(pd.Series(said, dtype="str")), np.arange(400), units)
    >>> ids = pd.array([f"{row:03d}" for row in range(400)])
    >>> recites, again = find_recited(phrased, learn_commonness(phrased), ids)
    >>> np.flatnonzero(recites).tolist(), np.flatnonzero(again).tolist()
    ([0, 1, 2, 3, 4], [1, 2, 3, 4])
    """
    rows = len(phrased.units.places)
    rank = np.empty(rows, dtype=np.int64)
    rank[np.asarray(ids.argsort())] = np.arange(rows)
    entries, later = _concentrated(phrased, common, rank, writer)
    row, begins, letters = phrased.row[entries], phrased.begins[entries], phrased.letters[entries]
    until_next = np.append(begins[1:] - begins[:-1], np.iinfo(np.int64).max)
    until_next[np.flatnonzero(np.diff(row))] = np.iinfo(np.int64).max
    covered = np.bincount(row, np.minimum(letters, until_next), rows)
    recites = covered >= MOST * np.maximum(phrased.lengths, 1)
    again = np.bincount(row[later], minlength=rows) > 0
    return recites, recites & again


def _concentrated(phrased: Phrased, common: Commonness, rank: Places, writer: Places | None) -> tuple[Places, Flags]:
    """Return the entries of concentrated phrases, rising, and which of them a row of lower rank holds too."""
    order = np.argsort(phrased.pair, kind="stable")
    ordered, row = phrased.pair[order], phrased.row[order]
    opens = np.ones(len(ordered), dtype=bool)
    opens[1:] = ordered[1:] != ordered[:-1]
    # A phrase said twice in a row is there once.
    fresh = opens.copy()
    fresh[1:] |= row[1:] != row[:-1]
    begins = np.flatnonzero(opens)
    sizes = np.diff(np.append(begins, len(ordered)))
    holders = np.add.reduceat(fresh, begins, dtype=np.int64) if len(begins) else sizes
    several = np.flatnonzero(holders >= FEWEST_ROWS)
    first = order[begins[several]]
    unit = phrased.units.places[phrased.row[first]]
    unit_rows = phrased.units.count()[unit]
    own = common.unit_rows.reindex(phrased.units.names).fillna(0).to_numpy(dtype=np.int64)[unit]
    everywhere = common.everywhere[_slot(phrased.phrase[first], len(common.everywhere))]
    within = common.within[_slot(phrased.pair[first], len(common.within))]
    elsewhere = np.maximum(everywhere - within, 0)
    share = np.minimum((elsewhere + 0.5) / (np.maximum(common.total - own, 1) + 1.0), 1.0)
    kept = several[binom.sf(holders[several] - 2, unit_rows - 1, share) < UNLIKELY]
    if writer is not None and len(kept):
        kept = kept[_several_writers(phrased, writer, order, begins[kept], sizes[kept])]
    entries = order[np.repeat(begins[kept], sizes[kept]) + _within(sizes[kept])]
    ranks = rank[phrased.row[entries]]
    starts = np.cumsum(sizes[kept]) - sizes[kept]
    lowest = np.minimum.reduceat(ranks, starts) if len(starts) else starts
    rising = np.argsort(entries)
    return entries[rising], (ranks != np.repeat(lowest, sizes[kept]))[rising]


def _several_writers(phrased: Phrased, writer: Places, order: Places, begins: Places, sizes: Places) -> Flags:
    """Tell which phrases more than one writer of the unit wrote, or belong to a unit with a single writer."""
    units = phrased.units
    known = writer >= 0
    most = int(writer.max(initial=0)) + 1
    pairs = np.unique(units.places[known] * most + writer[known])
    callers = np.bincount(pairs // most, minlength=len(units.names))
    entries = order[np.repeat(begins, sizes) + _within(sizes)]
    group = np.repeat(np.arange(len(sizes)), sizes)
    of_entry = writer[phrased.row[entries]]
    told = of_entry >= 0
    different = np.bincount(np.unique(group[told] * most + of_entry[told]) // most, minlength=len(sizes))
    unit = units.places[phrased.row[order[begins]]]
    return np.asarray((callers[unit] < 2) | (different != 1), dtype=bool)


def _within(sizes: Places) -> Places:
    return np.asarray(np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes), dtype=np.int64)


def _slot(hashes: Hashes, size: int) -> Places:
    return (hashes & np.uint64(size - 1)).astype(np.int64)


def _mix(values: Hashes) -> Hashes:
    values = (values ^ (values >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.asarray(values ^ (values >> np.uint64(32)), dtype=np.uint64)


def _grams(folded: Folded) -> tuple[Hashes, Places, Places, Places]:
    """Return the phrases of texts, end to end: hash, beginning and length of each, and where each text's begin."""
    codes, lengths = folded.codes, folded.lengths
    short = _rolling(codes.astype(np.uint64), PHRASE_LETTERS)
    factor, long = _power(PHRASE_LETTERS), short.copy()
    for ahead in (PHRASE_LETTERS, 2 * PHRASE_LETTERS):
        long *= factor
        long[: max(len(codes) - ahead, 0)] += short[ahead:]
    latin = np.concatenate([[0], np.cumsum(codes < _LATIN_BEFORE)])
    ahead_of = np.minimum(np.arange(len(codes)) + PHRASE_LETTERS, len(codes))
    is_latin = latin[ahead_of] - latin[:-1] > PHRASE_LETTERS // 2
    letters = np.where(is_latin, 3 * PHRASE_LETTERS, PHRASE_LETTERS)
    left = np.repeat(folded.starts[1:], lengths) - np.arange(len(codes))
    whole = np.flatnonzero(left >= letters)
    text = np.repeat(np.arange(len(lengths)), lengths)[whole]
    hashes = _mix(np.where(is_latin[whole], long[whole] ^ _BASE, short[whole]))
    bounds = np.concatenate([[0], np.cumsum(np.bincount(text, minlength=len(lengths)))])
    return hashes, whole - folded.starts[text], letters[whole], bounds


def _rolling(values: Hashes, length: int) -> Hashes:
    """Return a polynomial hash of each value and the `length` - 1 after it; the last ones lack some."""
    total = np.zeros(len(values), dtype=np.uint64)
    for ahead in range(length):
        total *= _BASE
        total[: max(len(values) - ahead, 0)] += values[ahead:]
    return total


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(int(_BASE), exponent, 1 << 64))
