"""Phrases: strings of letters that several rows of a unit share and that are rare everywhere else.

A script that is trimmed, told in another order and joined with the customer's own words is no near-duplicate of itself
any more, but its phrases survive. A text's phrases are all its strings of so many letters. A phrase is **concentrated**
in a unit if chance hardly brings it into so many of the unit's rows, given in how many rows it stands *outside* the
unit; phrases that everybody uses are never concentrated, however many rows of a unit have them. A row **recites** if
concentrated phrases make up most of it: whoever names the event that brought him here, or the adviser who served him,
says the rest in words of his own.

Phrases are numbers, hashes of 64 bits, and everything is sorting and searching, so that millions of rows take seconds.

References
----------
Schleimer, Wilkerson & Aiken (2003), "Winnowing: local algorithms for document fingerprinting", SIGMOD.
Feller (1968), "An introduction to probability theory and its applications", vol. 1, section II.3 (coincidences).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from scipy.stats import binom

from detectors.core.codes import Coded
from detectors.core.instruments.folding import Places
from detectors.core.instruments.grams import Hashes, Small, mix, read_grams
from detectors.core.instruments.likeness import Texts

UNLIKELY = 1e-5
"""A phrase is concentrated if chance brings it into so many rows with less than this probability.

A unit has about a thousand phrases, so that one honest unit in a hundred has a concentrated one by chance alone.
"""

FEWEST_ROWS = 3
"""Two customers share a phrase too easily."""

MOST = 0.5
"""A row recites if concentrated phrases make up at least so much of its letters."""

Flags = NDArray[np.bool_]

_TABLE_BITS, _SLOT_BITS = 22, 24
_ROWS_AT_ONCE = 4_000


@dataclass(frozen=True)
class Commonness:
    """In how many rows those phrases stand that some unit of the network has in several rows.

    Parameters
    ----------
    phrases, phrase_rows
        Hashes of the phrases, rising, and the rows of the network that hold each.
    pairs, pair_rows
        Hashes of the units and phrases, rising, and the rows of the unit that hold each.
    unit_rows
        Rows by unit.
    total
        Rows of the network.
    """

    phrases: Hashes
    phrase_rows: Places
    pairs: Hashes
    pair_rows: Places
    unit_rows: "pd.Series[int]"
    total: int


@dataclass(frozen=True)
class Phrased:
    """The phrases of rows, one entry a row and place in it, of those that enough rows of a unit may share.

    Parameters
    ----------
    row, begins, letters
        Place of the row among those asked about, where the phrase begins among all letters and how long it is, shape
        (entries,); by row, then by beginning.
    phrase, pair
        Hash of the phrase, and of the unit and the phrase, shape (entries,).
    order, groups
        The entries by pair, and where in that order each pair's entries begin, and the end of the last.
    units
        Unit of each row.
    lengths
        Letters of each row.
    grams, said
        Hash of every phrase of every text, and how many of the rows say it there, shape (phrases,).
    """

    row: Small
    begins: Small
    letters: Small
    phrase: Hashes
    pair: Hashes
    order: Small
    groups: Places
    units: Coded
    lengths: Places
    grams: Hashes
    said: Small


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
    grams = read_grams(texts.folded)
    place = texts.places[rows]
    sizes = (grams.bounds[place + 1] - grams.bounds[place]) * (place >= 0)
    ends = np.cumsum(sizes)
    names = np.asarray(units.names, dtype=object)
    hashed = (pd.util.hash_array(names) if len(names) else np.empty(0, dtype=np.uint64))[units.places]
    pair = np.empty(sizes.sum(), dtype=np.uint64)
    for part in _parts(len(rows), _ROWS_AT_ONCE):
        own = grams.hashes.take(_runs(grams.bounds[place[part]], sizes[part]))
        pair[ends[part.start] - sizes[part.start] : ends[part.stop - 1]] = mix(
            own ^ np.repeat(hashed[part], sizes[part])
        )
    # Most phrases stand in one row of their unit alone: only those are sorted whose slot in a table is full enough.
    slot = (pair & np.uint64((1 << _SLOT_BITS) - 1)).view(np.int64)
    kept = np.flatnonzero((np.bincount(slot, minlength=1) >= FEWEST_ROWS)[slot])
    pair = pair[kept]
    order = np.argsort(pair).astype(np.int32)
    ordered = pair[order]
    groups = np.append(np.flatnonzero(np.diff(ordered, prepend=~ordered[:1])), len(ordered))
    row = np.searchsorted(ends, kept, side="right").astype(np.int32)
    entry = kept - (ends - sizes)[row] + grams.bounds[place[row]]
    times = np.bincount(place[place >= 0], minlength=len(texts.unique))
    return Phrased(
        row,
        grams.begins[entry],
        grams.letters[entry],
        grams.hashes[entry],
        pair,
        order,
        groups,
        units,
        texts.letters[rows],
        grams.hashes,
        np.repeat(times.astype(np.int32), np.diff(grams.bounds)),
    )


def learn_commonness(phrased: Phrased) -> Commonness:
    """Count the phrases of a network."""
    sizes = np.diff(phrased.groups)
    several = sizes >= FEWEST_ROWS
    first = phrased.order[phrased.groups[:-1][several]]
    phrases = np.unique(phrased.phrase[first])
    # A small table of bits sends most entries away before they are looked up.
    wanted = np.zeros(1 << _TABLE_BITS, dtype=bool)
    wanted[_slot(phrases)] = True
    held = np.flatnonzero(wanted[_slot(phrased.grams)])
    place, known = _look_up(phrases, phrased.grams[held])
    rows = np.bincount(place[known], phrased.said[held[known]], minlength=len(phrases)).astype(np.int64)
    units = phrased.units
    unit_rows = pd.Series(units.count(), index=units.names)
    return Commonness(phrases, rows, phrased.pair[first], sizes[several], unit_rows, len(units.places))


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
    row, begins, letters = (
        values[entries].astype(np.int64) for values in (phrased.row, phrased.begins, phrased.letters)
    )
    until_next = np.append(begins[1:] - begins[:-1], np.iinfo(np.int64).max)
    until_next[np.flatnonzero(np.diff(row))] = np.iinfo(np.int64).max
    covered = np.bincount(row, np.minimum(letters, until_next), rows)
    recites = covered >= MOST * np.maximum(phrased.lengths, 1)
    again = np.bincount(row[later], minlength=rows) > 0
    return recites, recites & again


def _concentrated(phrased: Phrased, common: Commonness, rank: Places, writer: Places | None) -> tuple[Places, Flags]:
    """Return the entries of concentrated phrases, rising, and which of them a row of lower rank holds too."""
    begins, sizes = phrased.groups[:-1], np.diff(phrased.groups)
    # Most phrases stand in one row of their unit.
    many = np.flatnonzero(sizes >= FEWEST_ROWS)
    entries, group, bounds = _entries(phrased, begins[many], sizes[many])
    # A phrase said twice in a row is there once.
    fresh = np.ones(len(entries), dtype=bool)
    fresh[1:] = (phrased.row[entries[1:]] != phrased.row[entries[:-1]]) | (group[1:] != group[:-1])
    holders = np.bincount(group[fresh], minlength=len(many))
    several = many[holders >= FEWEST_ROWS]
    holders = holders[holders >= FEWEST_ROWS]
    first = phrased.order[begins[several]]
    unit = phrased.units.places[phrased.row[first]]
    own = common.unit_rows.reindex(phrased.units.names).fillna(0).to_numpy(dtype=np.int64)[unit]
    place, known = _look_up(common.phrases, phrased.phrase[first])
    everywhere = np.append(common.phrase_rows, 0)[place]
    place, there = _look_up(common.pairs, phrased.pair[first])
    within = np.where(there, np.append(common.pair_rows, 0)[place], 0)
    elsewhere = np.maximum(everywhere - within, 0)
    share = np.minimum((elsewhere + 0.5) / (np.maximum(common.total - own, 1) + 1.0), 1.0)
    rows = phrased.units.count()[unit]
    kept = several[known & (binom.sf(holders - 2, rows - 1, share) < UNLIKELY)]
    entries, group, bounds = _entries(phrased, begins[kept], sizes[kept])
    if writer is not None and len(kept):
        kept = kept[_several_writers(phrased, writer, entries, group, bounds)]
        entries, group, bounds = _entries(phrased, begins[kept], sizes[kept])
    ranks = rank[phrased.row[entries]]
    lowest = np.minimum.reduceat(ranks, bounds[:-1]) if len(kept) else bounds[:-1]
    rising = np.argsort(entries)
    return entries[rising].astype(np.int64), (ranks != lowest[group])[rising]


def _entries(phrased: Phrased, begins: Places, sizes: Places) -> tuple[Small, Places, Places]:
    """Return the entries of groups, each group's rising; the group of each entry; and where each group begins."""
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    group = np.repeat(np.arange(len(sizes)), sizes)
    entries = phrased.order[_runs(begins, sizes)]
    # Group and entry in one number: sorting numbers is much faster than sorting by two.
    both = np.sort((group << 32) | entries)
    return (both & ((1 << 32) - 1)).astype(np.int32), group, bounds


def _several_writers(phrased: Phrased, writer: Places, entries: Small, group: Places, bounds: Places) -> Flags:
    """Tell which phrases more than one writer of the unit wrote, or belong to a unit with a single writer."""
    units = phrased.units
    known = writer >= 0
    most = int(writer.max(initial=0)) + 1
    pairs = np.unique(units.places[known] * most + writer[known])
    callers = np.bincount(pairs // most, minlength=len(units.names))
    of_entry = writer[phrased.row[entries]]
    told = of_entry >= 0
    different = np.bincount(np.unique(group[told] * most + of_entry[told]) // most, minlength=len(bounds) - 1)
    unit = units.places[phrased.row[entries[bounds[:-1]]]]
    return np.asarray((callers[unit] < 2) | (different != 1), dtype=bool)


def _look_up(rising: Hashes, wanted: Hashes) -> tuple[Places, Flags]:
    """Return the place of each wanted value among rising ones, and whether it is there."""
    if not len(rising):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    return place, rising[place] == wanted


def _slot(hashes: Hashes) -> Places:
    return (hashes & np.uint64((1 << _TABLE_BITS) - 1)).astype(np.int64)


def _runs(begins: Places, sizes: Places) -> Places:
    """Return the places of runs, end to end."""
    return np.asarray(np.repeat(begins - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum()), dtype=np.int64)


def _parts(count: int, at_once: int) -> Iterator[slice]:
    return (slice(first, min(first + at_once, count)) for first in range(0, count, at_once))
