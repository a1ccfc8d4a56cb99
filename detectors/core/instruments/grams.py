"""Grams: the strings of letters that texts are made of, as numbers.

A string is a hash of 64 bits, worked out from the one before it, so that millions of texts take a second.

References
----------
Karp & Rabin (1987), "Efficient randomized pattern-matching algorithms", IBM Journal of Research and Development 31.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.core.instruments.folding import Codes, Folded, Places

PHRASE_LETTERS = 6
"""Letters of a phrase in Chinese, about three words; in Latin script it has three times as many."""

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Small = NDArray[np.signedinteger]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_LATIN_BEFORE = 0x2E80
_LETTERS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Grams:
    """The strings of letters of which texts are made, text by text.

    Parameters
    ----------
    hashes, begins, letters
        A hash of each, where it begins among all letters and how many it has, shape (strings,).
    bounds
        Where each text's begin, and the last one's end.
    """

    hashes: Hashes
    begins: Small
    letters: Small
    bounds: Places


def read_grams(folded: Folded) -> Grams:
    """Return all the strings of a phrase's length that are in texts.

    Parameters
    ----------
    folded
        The letters of the texts.

    Examples
    --------
    >>> from detectors.core.instruments.folding import fold
    >>> grams = read_grams(fold(["旧件还给我看了", "老件还给我看", "短"]))
    >>> grams.begins.tolist(), grams.bounds.tolist(), bool(grams.hashes[1] == grams.hashes[2])
    ([0, 1, 7], [0, 2, 3, 3], False)
    """
    hashes, begins, letters = [np.empty(0, np.uint64)], [np.empty(0, np.int32)], [np.empty(0, np.int8)]
    counts = np.zeros(len(folded.lengths), dtype=np.int64)
    # Texts of some tens of thousands of letters at a time: what is reckoned of them stays in the processor's cache.
    edges = np.unique(
        np.searchsorted(folded.starts, np.arange(0, len(folded.codes) + _LETTERS_AT_ONCE, _LETTERS_AT_ONCE))
    )
    for first, last in zip(edges[:-1], np.minimum(edges[1:], len(counts)), strict=True):
        begin, end = folded.starts[first], folded.starts[last]
        codes, lengths = folded.codes[begin:end], folded.lengths[first:last]
        short, long = _rolled(codes)
        is_latin = _mostly_latin(codes)
        size = np.where(is_latin, np.int8(3 * PHRASE_LETTERS), np.int8(PHRASE_LETTERS))
        left = np.repeat(folded.starts[first + 1 : last + 1], lengths) - np.arange(begin, end)
        whole = left >= size
        counts[first:last] = np.diff(np.append(0, np.cumsum(whole))[folded.starts[first : last + 1] - begin])
        hashes.append(mix(np.where(is_latin, long ^ _BASE, short)[whole]))
        begins.append((np.flatnonzero(whole) + begin).astype(np.int32))
        letters.append(size[whole])
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return Grams(np.concatenate(hashes), np.concatenate(begins), np.concatenate(letters), bounds)


def _rolled(codes: Codes) -> tuple[Hashes, Hashes]:
    """Return a polynomial hash of each letter and those after it, of a phrase's length and of three times that.

    The last ones lack some.
    """
    values = codes.astype(np.uint64)
    short = np.zeros(len(values), dtype=np.uint64)
    for ahead in range(PHRASE_LETTERS):
        short *= _BASE
        short[: max(len(values) - ahead, 0)] += values[ahead:]
    long, factor = short.copy(), np.uint64(pow(int(_BASE), PHRASE_LETTERS, 1 << 64))
    for ahead in (PHRASE_LETTERS, 2 * PHRASE_LETTERS):
        long *= factor
        long[: max(len(values) - ahead, 0)] += short[ahead:]
    return short, long


def _mostly_latin(codes: Codes) -> Flags:
    """Tell of each letter whether most of those that make a phrase with it are Latin."""
    latin = np.concatenate([[0], np.cumsum(codes < _LATIN_BEFORE, dtype=np.int32)])
    ahead = np.append(latin[PHRASE_LETTERS:], np.full(min(PHRASE_LETTERS - 1, len(codes)), latin[-1]))[: len(codes)]
    return np.asarray(ahead - latin[:-1] > PHRASE_LETTERS // 2, dtype=bool)


def mix(values: Hashes) -> Hashes:
    """Scramble numbers, so that every bit of them matters to every bit of the result."""
    values = (values ^ (values >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.asarray(values ^ (values >> np.uint64(32)), dtype=np.uint64)
