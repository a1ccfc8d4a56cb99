"""Likeness: which short texts say the same in nearly the same words, found in near-linear time.

Texts are compared by the three-letter pieces (shingles) they are made of, so that a script that was trimmed, slightly
reworded or told in another order is still the same script. Equal texts are one from the start; then a few smallest
hashes of each text's shingles put like texts into common buckets, whose members are compared with the commonest text of
the bucket and with their neighbour there, never all with all. A **cluster** is a text and those like it; its leader is
the commonest.

References
----------
Broder (1997), "On the resemblance and containment of documents".
Leskovec, Rajaraman & Ullman, "Mining of massive datasets", chapter 3 (shingles, minhashing, banding).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.instruments.folding import Folded, Places, fold

Hashes = NDArray[np.uint64]

ALIKE = 0.27
"""Two texts are alike if they share at least this part of the shingles that either has (Jaccard).

One word of two letters, changed, breaks four shingles: two sentences that share half their words share a quarter of
their shingles. What unlike customers have in common by chance is common elsewhere, too, and is discounted there.
"""

SHORTEST = 8
"""Texts of fewer letters are compared for equality only: between short texts likeness means nothing."""

_SHINGLE = 3
_BANDS = 16
_HASHES_PER_BAND = 2
_WORTH_COMPARING = 5
"""Of the minhashes of two texts, so many must agree before their shingles are compared."""
_WORDS = 4
"""Length of a text's bitmap, in words of 64 bits."""
_TEXTS_AT_ONCE = 20_000
_SHINGLES_AT_ONCE = 1 << 16
_PAIRS_AT_ONCE = 50_000
_LEADER_ROUNDS = 8


@dataclass(frozen=True)
class Texts:
    """A column of texts: what its rows say, and which of them say the same.

    Parameters
    ----------
    places
        Place of each row's text in `unique`, -1 where it is missing, shape (rows,).
    unique
        The texts as they were typed, each once.
    folded
        Their letters.
    prints
        A number for each of `unique` that is equal for texts of the same letters.
    """

    places: Places
    unique: "pd.Index[str]"
    folded: Folded
    prints: Places

    @property
    def letters(self) -> Places:
        """Letters of each row's text, 0 where it is missing, shape (rows,)."""
        return self.of_rows(self.folded.lengths, 0)

    @property
    def fingerprints(self) -> Places:
        """Fingerprint of each row's text, 0 where it is missing, shape (rows,)."""
        return self.of_rows(self.prints, 0)

    def of_rows(self, of_unique: Places, missing: int) -> Places:
        """Return for each row what is known of its text."""
        return np.append(of_unique, missing)[self.places]


@dataclass(frozen=True)
class Clusters:
    """Which texts of a network are alike.

    Parameters
    ----------
    leader
        Fingerprint of the cluster's leader, by the fingerprint of each text that has one other than itself.
    """

    leader: "pd.Series[int]"

    def keys(self, texts: Texts) -> Places:
        """Return the cluster of each row: its leader's fingerprint, or its own if no text of the network is like it.

        Rows without a text have 0.
        """
        found = self.leader.index.get_indexer(pd.Index(texts.prints))
        known = found >= 0
        keys = texts.prints.copy()
        keys[known] = self.leader.to_numpy()[found[known]]
        return texts.of_rows(keys, 0)


def read_texts(column: "pd.Series[str]") -> Texts:
    """Tell the texts of a column apart by their letters.

    Parameters
    ----------
    column
        Texts, missing ones allowed.

    Examples
    --------
    >>> texts = read_texts(pd.Series(["服务很好！", "服務 很好", None, "？", "环境很好"], dtype="str"))
    >>> texts.letters.tolist()
    [4, 4, 0, 0, 4]
    >>> bool(texts.fingerprints[0] == texts.fingerprints[1] != texts.fingerprints[4])
    True
    """
    places, unique = pd.factorize(column)
    folded = fold(unique.tolist())
    return Texts(places.astype(np.int64), pd.Index(unique), folded, _fingerprints(folded))


def cluster(texts: Texts) -> Clusters:
    """Find the texts that are alike.

    Parameters
    ----------
    texts
        The texts of a network.

    Returns
    -------
    Clusters
        The same whatever the order of the texts.

    Examples
    --------
    >>> texts = read_texts(pd.Series([
    ...     "服务顾问很热情，讲解很专业，环境舒适，非常满意",
    ...     "讲解很专业，服务顾问很热情，环境舒适，我非常满意",
    ...     "等了两个小时才有人接待，下次不来了",
    ... ], dtype="str"))
    >>> keys = cluster(texts).keys(texts)
    >>> bool(keys[0] == keys[1] != keys[2])
    True
    """
    rows = np.bincount(texts.places[texts.places >= 0], minlength=len(texts.unique))
    # One place for each fingerprint, the commonest first, so that leaders do not depend on the order of the texts.
    distinct, first, place = np.unique(texts.prints, return_index=True, return_inverse=True)
    commonness = np.bincount(place, weights=rows, minlength=len(distinct))
    long = np.flatnonzero(texts.folded.lengths[first] >= SHORTEST)
    ranked = long[np.lexsort((distinct[long], -commonness[long]))]
    leaders = _leaders(texts.folded, first[ranked])
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    index = pd.Index(distinct[ranked[followers]])
    return Clusters(pd.Series(distinct[ranked[leaders[followers]]], index=index))


def _mix(values: Hashes) -> Hashes:
    """Scramble 64-bit numbers (the finaliser of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)), dtype=np.uint64)


def _fingerprints(folded: Folded) -> Places:
    """Return a 64-bit hash of each text: the sum of its letters' hashes, each scrambled with its place."""
    lengths = folded.lengths
    total = np.zeros(len(lengths), dtype=np.uint64)
    for first in range(0, len(lengths), _TEXTS_AT_ONCE):
        last = min(first + _TEXTS_AT_ONCE, len(lengths))
        begin, end = folded.starts[first], folded.starts[last]
        if begin == end:
            continue
        own = lengths[first:last]
        within = np.arange(end - begin) - np.repeat(folded.starts[first:last] - begin, own)
        letters = folded.codes[begin:end].astype(np.uint64)
        hashed = _mix((within.astype(np.uint64) << np.uint64(32)) + letters + np.uint64(0x9E3779B97F4A7C15))
        some = np.flatnonzero(own > 0)
        total[first + some] = np.add.reduceat(hashed, folded.starts[first:last][some] - begin)
    return total.view(np.int64)


def _shingles(folded: Folded, texts: Places) -> tuple[Hashes, Places]:
    """Return hashes of the shingles of those texts, end to end, and where each text's begin and the last one's end."""
    sizes = folded.lengths[texts] - (_SHINGLE - 1)
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    hashes = np.empty(bounds[-1], dtype=np.uint64)
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        part = slice(first, first + _TEXTS_AT_ONCE)
        begin, end = bounds[first], bounds[min(first + _TEXTS_AT_ONCE, len(texts))]
        at = np.arange(begin, end) + np.repeat(folded.starts[texts[part]] - bounds[:-1][part], sizes[part])
        packed = folded.codes[at].astype(np.uint64)
        for offset in range(1, _SHINGLE):
            packed = (packed << np.uint64(21)) | folded.codes[at + offset]
        hashes[begin:end] = _mix(packed)
    return hashes, bounds


def _signatures(hashes: Hashes, bounds: Places) -> NDArray[np.uint32]:
    """Return the minhashes of each text, shape (texts, hashes)."""
    count = _BANDS * _HASHES_PER_BAND
    factors = np.random.default_rng(20260101).integers(1 << 62, dtype=np.uint64, size=count) | np.uint64(1)
    sizes = np.diff(bounds)
    # Texts of like length side by side, one a column, shorter ones filled up with their last shingle, whose hash can
    # change no minimum: rows are compared at once, which is several times faster than text by text.
    order = np.argsort(-sizes, kind="stable")
    signatures = np.empty((len(sizes), count), dtype=np.uint32)
    first = 0
    while first < len(order):
        longest = sizes[order[first]]
        part = order[first : first + max(1, _SHINGLES_AT_ONCE // longest)]
        within = np.minimum(np.arange(longest)[:, None], sizes[part] - 1)
        side_by_side = hashes[bounds[part] + within]
        product = np.empty_like(side_by_side)
        for number, factor in enumerate(factors):
            np.multiply(side_by_side, factor, out=product)
            signatures[part, number] = product.min(axis=0) >> np.uint64(32)
        first += len(part)
    return signatures


def _candidates(signatures: NDArray[np.uint32]) -> Iterator[tuple[Places, Places]]:
    """Yield pairs of texts that share a bucket, band by band: each with the bucket's first and with its neighbour."""
    for band in range(_BANDS):
        pair = signatures[:, band * _HASHES_PER_BAND : (band + 1) * _HASHES_PER_BAND].astype(np.uint64)
        bucket = _mix((pair[:, 0] << np.uint64(32)) | pair[:, 1]) & ~np.uint64(0xFFFFFFFF)
        # Bucket and place in one number: sorting numbers is much faster than sorting places by number.
        both = np.sort(bucket | np.arange(len(bucket), dtype=np.uint64))
        order = (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
        opens = np.ones(len(both), dtype=bool)
        opens[1:] = (both[1:] ^ both[:-1]) >> np.uint64(32) > 0
        first = order[np.maximum.accumulate(np.where(opens, np.arange(len(both)), 0))]
        previous = np.concatenate([order[:1], order[:-1]])
        yield first[~opens], order[~opens]
        third = ~opens & (previous != first)
        yield previous[third], order[third]


def _leaders(folded: Folded, texts: Places) -> Places:
    """Return for each text, in order of commonness, the place of its cluster's leader."""
    if len(texts) < 2:
        return np.arange(len(texts))
    hashes, bounds = _shingles(folded, texts)
    low, high = _worth_comparing(_signatures(hashes, bounds))
    low, high = _alike(hashes, bounds, low, high)
    return _stars(len(texts), low, high)


def _worth_comparing(signatures: NDArray[np.uint32]) -> tuple[Places, Places]:
    """Return the pairs of texts that share a bucket and several minhashes, each once and in order."""
    # A byte of each minhash is enough to see roughly how many agree.
    bytewise = signatures.astype(np.uint8)
    found = [np.empty(0, dtype=np.int64)]
    for low, high in _candidates(signatures):
        for at in range(0, len(low), _PAIRS_AT_ONCE):
            one, other = low[at : at + _PAIRS_AT_ONCE], high[at : at + _PAIRS_AT_ONCE]
            # `take` gathers rows twenty times faster than an index does.
            agree = bytewise.take(one, axis=0) == bytewise.take(other, axis=0)
            close = _count_bits(agree.view(np.uint64)) >= _WORTH_COMPARING
            found.append(one[close] * len(signatures) + other[close])
    pairs = np.sort(np.concatenate(found))
    low, high = np.divmod(pairs[np.diff(pairs, prepend=-1) != 0], len(signatures))
    return low, high


def _alike(hashes: Hashes, bounds: Places, low: Places, high: Places) -> tuple[Places, Places]:
    """Return those of the pairs whose shingles' Jaccard likeness is at least `ALIKE`."""
    from scipy import sparse  # noqa: PLC0415 - not needed by those who only fingerprint

    # 2**31 columns: two shingles of one pair collide about once in ten million pairs.
    cells = np.repeat(np.arange(len(bounds) - 1, dtype=np.uint64) << np.uint64(31), np.diff(bounds))
    cells |= hashes >> np.uint64(33)
    cells.sort()
    cells = cells[np.diff(cells, prepend=~np.uint64(0)) != 0]
    columns = (cells & np.uint64((1 << 31) - 1)).astype(np.int32)
    sizes = np.bincount((cells >> np.uint64(31)).view(np.int64), minlength=len(bounds) - 1)
    del cells
    starts = np.concatenate([[0], np.cumsum(sizes)])
    matrix = sparse.csr_array((np.ones(len(columns), dtype=np.int16), columns, starts), shape=(len(sizes), 1 << 31))
    bitmaps = _bitmaps(columns, starts[:-1])
    # Shingles that share a bit with another of their text.
    hidden = sizes - _count_bits(bitmaps)
    kept = np.zeros(len(low), dtype=bool)
    for at in range(0, len(low), _PAIRS_AT_ONCE):
        one, other = low[at : at + _PAIRS_AT_ONCE], high[at : at + _PAIRS_AT_ONCE]
        both = sizes.take(one) + sizes.take(other)
        # So many shingles are shared at most; most pairs need no closer look.
        most = _count_bits(bitmaps.take(one, axis=0) & bitmaps.take(other, axis=0))
        most += np.minimum(hidden.take(one), hidden.take(other))
        some = np.flatnonzero(most / (both - most) >= ALIKE)
        shared = matrix[one[some]].multiply(matrix[other[some]]).sum(axis=1)
        kept[at + some] = shared / (both[some] - shared) >= ALIKE
    return low[kept], high[kept]


def _count_bits(words: NDArray[np.uint64]) -> Places:
    """Return the number of bits that are set in each row."""
    counts = np.bitwise_count(words).astype(np.uint16)
    return np.asarray(counts @ np.ones(words.shape[1], dtype=np.uint16), dtype=np.int64)


def _bitmaps(columns: NDArray[np.int32], starts: Places) -> NDArray[np.uint64]:
    """Return for each text one bit for each of its shingles, shape (texts, words)."""
    bit = np.uint64(1) << (columns & 63).astype(np.uint64)
    word = (columns >> 6) % _WORDS
    return np.stack(
        [np.bitwise_or.reduceat(np.where(word == number, bit, np.uint64(0)), starts) for number in range(_WORDS)],
        axis=1,
    )


def _stars(texts: int, low: Places, high: Places) -> Places:
    """Let the commonest texts lead: each text joins the first leader it is like, and leads if it is like none."""
    leader = np.full(texts, -1)
    for _ in range(_LEADER_ROUNDS):
        waiting = leader < 0
        open_pair = waiting[low] & waiting[high]
        # A text leads once no text before it that is like it is still waiting.
        held = np.zeros(texts, dtype=bool)
        held[high[open_pair]] = True
        leads = waiting & ~held
        leader[leads] = np.flatnonzero(leads)
        joins = leads[low] & waiting[high] & ~leads[high]
        best = np.full(texts, texts)
        np.minimum.at(best, high[joins], low[joins])
        leader = np.where((leader < 0) & (best < texts), best, leader)
        if not (leader < 0).any():
            break
    return np.where(leader < 0, np.arange(texts), leader)
