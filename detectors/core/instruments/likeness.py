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
from dataclasses import dataclass, replace

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
_FACTORS = np.random.default_rng(20260101).integers(1 << 62, dtype=np.uint64, size=_BANDS * _HASHES_PER_BAND)
_FACTORS |= np.uint64(1)
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
        The texts as they were typed, each once; there may be some that no row has.
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

    def of(self, rows: Places) -> "Texts":
        """Return the texts of some rows."""
        return replace(self, places=self.places.take(rows))

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


@dataclass(frozen=True)
class Sketches:
    """What texts are compared by; each follows from one text alone.

    Parameters
    ----------
    place
        Place of each of `Texts.unique` among the sketches, -1 if it is too short, shape (texts,).
    prints
        Fingerprint of each sketched text, which no other has, shape (sketches,).
    minhashes
        The least hashes of its shingles, shape (sketches, hashes).
    shingles, bounds
        Its different shingles, rising, end to end; and where each text's begin and the last one's end.
    bitmaps
        One bit for each of its shingles, some of them the same, shape (sketches, words).
    """

    place: Places
    prints: Places
    minhashes: NDArray[np.uint32]
    shingles: NDArray[np.int32]
    bounds: Places
    bitmaps: NDArray[np.uint64]


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


def sketch(texts: Texts) -> Sketches:
    """Draw what texts are compared by.

    Parameters
    ----------
    texts
        From `read_texts`.
    """
    folded = texts.folded
    prints, first, place = np.unique(texts.prints, return_index=True, return_inverse=True)
    sizes = folded.lengths[first] - (_SHINGLE - 1)
    # Texts of like length stand together: see `_side_by_side`.
    drawn = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes > SHORTEST - _SHINGLE)]
    among_drawn = np.full(len(prints), -1)
    among_drawn[drawn] = np.arange(len(drawn))
    minhashes = np.empty((len(drawn), len(_FACTORS)), dtype=np.uint32)
    bitmaps = np.empty((len(drawn), _WORDS), dtype=np.uint64)
    counts = np.zeros(len(drawn), dtype=np.int64)
    shingles = [np.empty(0, dtype=np.int32)]
    starts, sizes = folded.starts[first[drawn]], sizes[drawn]
    at = 0
    while at < len(drawn):
        part = slice(at, at + max(1, _SHINGLES_AT_ONCE // int(sizes[at])))
        hashes = _side_by_side(folded, starts[part], sizes[part])
        minhashes[part] = _least(hashes)
        # 2**31 shingles: two of one pair collide about once in ten million pairs.
        columns = np.sort((hashes >> np.uint64(33)).astype(np.int32).T, axis=1)
        different = np.ones(columns.shape, dtype=bool)
        different[:, 1:] = columns[:, 1:] != columns[:, :-1]
        shingles.append(columns[different])
        counts[part] = np.count_nonzero(different, axis=1)
        bitmaps[part] = _bitmaps(columns)
        at = part.stop
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return Sketches(among_drawn[place], prints[drawn], minhashes, np.concatenate(shingles), bounds, bitmaps)


def cluster(texts: Texts, sketches: Sketches | None = None) -> Clusters:
    """Find the texts that are alike.

    Parameters
    ----------
    texts
        The texts of a network.
    sketches
        From `sketch`, of the same texts or of more of which these are some rows; drawn now if None.

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
    sketches = sketches or sketch(texts)
    place = texts.of_rows(sketches.place, -1)
    rows = np.bincount(place[place >= 0], minlength=len(sketches.prints))
    # The commonest first, so that leaders do not depend on the order of the texts.
    said = np.flatnonzero(rows)
    ranked = said[np.lexsort((sketches.prints[said], -rows[said]))]
    prints = sketches.prints[ranked]
    leaders = _leaders(sketches, ranked)
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    return Clusters(pd.Series(prints[leaders[followers]], index=pd.Index(prints[followers])))


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


def _side_by_side(folded: Folded, starts: Places, sizes: Places) -> Hashes:
    """Return hashes of the shingles of some texts, one text a column, shape (shingles of the longest, texts).

    Shorter texts are filled up with their last shingle, which changes neither a minimum nor a set, so that many texts
    are worked on at once, which is several times faster than text by text.
    """
    at = np.minimum(np.arange(sizes[0])[:, None], sizes - 1) + starts
    packed = folded.codes.take(at).astype(np.uint64)
    for _ in range(1, _SHINGLE):
        at += 1
        packed <<= np.uint64(21)
        packed |= folded.codes.take(at)
    return _mix(packed)


def _least(hashes: Hashes) -> NDArray[np.uint32]:
    """Return the minhashes of each column, shape (texts, hashes)."""
    least = np.empty((hashes.shape[1], len(_FACTORS)), dtype=np.uint32)
    product = np.empty_like(hashes)
    for number, factor in enumerate(_FACTORS):
        np.multiply(hashes, factor, out=product)
        least[:, number] = product.min(axis=0) >> np.uint64(32)
    return least


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


def _leaders(sketches: Sketches, texts: Places) -> Places:
    """Return for each sketch, in order of commonness, the place of its cluster's leader in that order."""
    if len(texts) < 2:
        return np.arange(len(texts))
    low, high = _worth_comparing(sketches.minhashes.take(texts, axis=0))
    alike = _alike(sketches, texts[low], texts[high])
    return _stars(len(texts), low[alike], high[alike])


def _worth_comparing(signatures: NDArray[np.uint32]) -> tuple[Places, Places]:
    """Return the pairs of texts that share a bucket and several minhashes, each once and in order."""
    # A byte of each minhash is enough to see roughly how many agree; `take` gathers eight at once the quickest.
    bytewise = signatures.astype(np.uint8).view(np.uint64)
    found = [np.empty(0, dtype=np.int64)]
    for low, high in _candidates(signatures):
        for at in range(0, len(low), _PAIRS_AT_ONCE):
            one, other = low[at : at + _PAIRS_AT_ONCE], high[at : at + _PAIRS_AT_ONCE]
            mine, theirs = (bytewise.take(side, axis=0).view(np.uint8) for side in (one, other))
            close = _count_bits((mine == theirs).view(np.uint64)) >= _WORTH_COMPARING
            found.append(one[close] * len(signatures) + other[close])
    pairs = np.sort(np.concatenate(found))
    low, high = np.divmod(pairs[np.diff(pairs, prepend=-1) != 0], len(signatures))
    return low, high


def _alike(sketches: Sketches, low: Places, high: Places) -> NDArray[np.bool_]:
    """Tell which pairs of sketches have a Jaccard likeness of at least `ALIKE`."""
    from scipy import sparse  # noqa: PLC0415 - not needed by those who only fingerprint

    shingles, bitmaps = sketches.shingles, sketches.bitmaps
    sizes = np.diff(sketches.bounds)
    there = np.ones(len(shingles), dtype=np.int16)
    matrix = sparse.csr_array((there, shingles, sketches.bounds), shape=(len(sizes), 1 << 31))
    # Shingles that share a bit with another of their text.
    hidden = sizes - _count_bits(bitmaps)
    alike = np.zeros(len(low), dtype=bool)
    for at in range(0, len(low), _PAIRS_AT_ONCE):
        one, other = low[at : at + _PAIRS_AT_ONCE], high[at : at + _PAIRS_AT_ONCE]
        both = sizes.take(one) + sizes.take(other)
        # So many shingles are shared at most; most pairs need no closer look.
        most = _count_bits(bitmaps.take(one, axis=0) & bitmaps.take(other, axis=0))
        most += np.minimum(hidden.take(one), hidden.take(other))
        some = np.flatnonzero(most / (both - most) >= ALIKE)
        shared = matrix[one[some]].multiply(matrix[other[some]]).sum(axis=1)
        alike[at + some] = shared / (both[some] - shared) >= ALIKE
    return alike


def _count_bits(words: NDArray[np.uint64]) -> Places:
    """Return the number of bits that are set in each row."""
    # A sum over so short an axis is slower than adding its columns up.
    total = np.zeros(len(words), dtype=np.int64)
    for counts in np.bitwise_count(words).T:
        total += counts
    return total


def _bitmaps(shingles: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return for each row one bit for each of its shingles, shape (texts, words)."""
    bit = np.uint64(1) << (shingles & 63).astype(np.uint64)
    word = (shingles >> 6) % _WORDS
    return np.stack(
        [np.bitwise_or.reduce(np.where(word == number, bit, np.uint64(0)), axis=1) for number in range(_WORDS)], axis=1
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
