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
from detectors.core.instruments.once import once

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
_WORTH_COMPARING = 0.15
_TEXTS_AT_ONCE = 20_000
_PAIRS_AT_ONCE = 100_000
_LEADER_ROUNDS = 8


@dataclass(frozen=True)
class Clusters:
    """Which texts of a network are alike.

    Parameters
    ----------
    leader
        Fingerprint of the cluster's leader, by the fingerprint of each text that has one other than itself.
    """

    leader: "pd.Series[int]"

    def keys(self, fingerprints: "pd.Series[int]") -> "pd.Series[int]":
        """Return the cluster of each fingerprint: its leader's, or its own if no text of the network is like it."""
        found = self.leader.index.get_indexer(pd.Index(fingerprints.to_numpy()))
        leaders = self.leader.to_numpy()
        own = fingerprints.to_numpy()
        keys = np.where(found >= 0, leaders[found], own) if len(leaders) else own
        return pd.Series(keys, index=fingerprints.index)


@once
def fingerprint(texts: "pd.Series[str]") -> pd.DataFrame:
    """Return a number for each text that is equal for texts of the same letters, and how many letters it has.

    Parameters
    ----------
    texts
        Texts, missing ones allowed.

    Returns
    -------
    pandas.DataFrame
        Index of the texts that have a letter; columns ``fingerprint`` (int64) and ``letters`` (int64).

    Examples
    --------
    >>> prints = fingerprint(pd.Series(["服务很好！", "服務 很好", None, "？", "环境很好"]))
    >>> prints["letters"].to_dict()
    {0: 4, 1: 4, 4: 4}
    >>> bool(prints["fingerprint"][0] == prints["fingerprint"][1] != prints["fingerprint"][4])
    True
    """
    row_texts, unique = _distinct(texts)
    folded = fold(unique)
    return _by_row(texts, row_texts, _fingerprints(folded), folded.lengths)


@once
def cluster(texts: "pd.Series[str]") -> Clusters:
    """Find the texts that are alike.

    Parameters
    ----------
    texts
        The texts of a network, missing ones allowed.

    Returns
    -------
    Clusters
        The same whatever the order of the texts.

    Examples
    --------
    >>> texts = pd.Series([
    ...     "服务顾问很热情，讲解很专业，环境舒适，非常满意",
    ...     "讲解很专业，服务顾问很热情，环境舒适，我非常满意",
    ...     "等了两个小时才有人接待，下次不来了",
    ... ])
    >>> keys = cluster(texts).keys(fingerprint(texts)["fingerprint"])
    >>> bool(keys[0] == keys[1] != keys[2])
    True
    """
    row_texts, unique = _distinct(texts)
    folded = fold(unique)
    prints, lengths = _fingerprints(folded), folded.lengths
    rows = np.bincount(row_texts[row_texts >= 0], minlength=len(unique))
    # One place for each fingerprint, the commonest first, so that leaders do not depend on the order of the texts.
    distinct, first, place = np.unique(prints, return_index=True, return_inverse=True)
    commonness = np.bincount(place, weights=rows, minlength=len(distinct))
    long = np.flatnonzero(lengths[first] >= SHORTEST)
    ranked = long[np.lexsort((distinct[long], -commonness[long]))]
    leaders = _leaders(folded, first[ranked])
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    index = pd.Index(distinct[ranked[followers]])
    return Clusters(pd.Series(distinct[ranked[leaders[followers]]], index=index))


def _distinct(texts: "pd.Series[str]") -> tuple[Places, list[str]]:
    """Return the place of each row's text among the distinct texts (-1 for a missing one), and those."""
    row_texts, unique = pd.factorize(texts)
    return row_texts.astype(np.int64), unique.tolist()


def _by_row(texts: "pd.Series[str]", row_texts: Places, prints: Places, lengths: Places) -> pd.DataFrame:
    kept = row_texts >= 0
    kept[kept] = lengths[row_texts[kept]] > 0
    chosen = row_texts[kept]
    return pd.DataFrame({"fingerprint": prints[chosen], "letters": lengths[chosen]}, index=texts.index[kept])


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
    """Return hashes of the shingles of those texts, end to end, and where each text's begin."""
    sizes = folded.lengths[texts] - (_SHINGLE - 1)
    starts = np.cumsum(sizes) - sizes
    at = np.arange(int(sizes.sum())) + np.repeat(folded.starts[texts] - starts, sizes)
    codes = folded.codes
    packed = codes[at].astype(np.uint64)
    for offset in range(1, _SHINGLE):
        packed = (packed << np.uint64(21)) | codes[at + offset]
    return _mix(packed), starts


def _signatures(folded: Folded, texts: Places) -> NDArray[np.uint32]:
    """Return the minhashes of each text, shape (texts, hashes)."""
    count = _BANDS * _HASHES_PER_BAND
    factors = np.random.default_rng(20260101).integers(1 << 62, dtype=np.uint64, size=count) | np.uint64(1)
    signatures = np.empty((len(texts), count), dtype=np.uint32)
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        part = texts[first : first + _TEXTS_AT_ONCE]
        hashes, starts = _shingles(folded, part)
        for number, factor in enumerate(factors):
            high = ((hashes * factor) >> np.uint64(32)).astype(np.uint32)
            signatures[first : first + len(part), number] = np.minimum.reduceat(high, starts)
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
    own = np.arange(len(texts))
    if len(texts) < 2:
        return own
    signatures = _signatures(folded, texts)
    # A byte of each minhash is enough to see roughly how many agree.
    bytewise = signatures.astype(np.uint8)
    close_pairs = []
    for low, high in _candidates(signatures):
        agree = np.concatenate(
            [
                (bytewise[low[at : at + _PAIRS_AT_ONCE]] == bytewise[high[at : at + _PAIRS_AT_ONCE]]).mean(axis=1)
                for at in range(0, len(low), _PAIRS_AT_ONCE)
            ]
            or [np.empty(0)]
        )
        close = agree >= _WORTH_COMPARING
        close_pairs.append(low[close] * len(texts) + high[close])
    pairs = np.sort(np.concatenate(close_pairs))
    low, high = np.divmod(pairs[np.diff(pairs, prepend=-1) != 0], len(texts))
    alike = _resemblance(folded, texts, low, high) >= ALIKE
    return _stars(len(texts), low[alike], high[alike])


def _resemblance(folded: Folded, texts: Places, low: Places, high: Places) -> NDArray[np.float64]:
    """Return the Jaccard likeness of the shingles of each pair."""
    from scipy import sparse  # noqa: PLC0415 - not needed by those who only fingerprint

    used, places = np.unique(np.concatenate([low, high]), return_inverse=True)
    hashes, starts = _shingles(folded, texts[used])
    counts = np.diff(np.append(starts, len(hashes)))
    # 2**31 columns: two shingles of one pair collide about once in ten million pairs.
    columns = (hashes >> np.uint64(33)).astype(np.int32)
    matrix = sparse.csr_array(
        (np.ones(len(columns), dtype=np.int16), columns, np.append(starts, len(hashes))), shape=(len(counts), 1 << 31)
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1
    sizes = np.diff(matrix.indptr)
    shared = np.empty(len(low))
    for at in range(0, len(low), _PAIRS_AT_ONCE):
        part = slice(at, at + _PAIRS_AT_ONCE)
        left, right = places[: len(low)][part], places[len(low) :][part]
        shared[part] = matrix[left].multiply(matrix[right]).sum(axis=1)
    return np.asarray(shared / (sizes[places[: len(low)]] + sizes[places[len(low) :]] - shared), dtype=np.float64)


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
