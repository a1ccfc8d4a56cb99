"""Chance: one stream of random numbers per subject, so that a change in one subject leaves the others as they were."""

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, subject: str) -> np.random.Generator:
    """Return the generator of a subject.

    Examples
    --------
    >>> drawn = [stream(1, subject).random() for subject in ("reviews", "reviews", "staff")]
    >>> drawn[0] == drawn[1], drawn[1] == drawn[2]
    (True, False)
    """
    return np.random.Generator(np.random.SFC64([seed, crc32(subject.encode())]))


def normal(rng: np.random.Generator, size: int | tuple[int, ...], spread: float = 1.0) -> Floats:
    """Draw centred normal numbers of that standard deviation."""
    drawn = rng.standard_normal(size, dtype=np.float32)
    return (drawn * np.float32(spread)).astype(np.float32, copy=False)


def happens(rng: np.random.Generator, probability: npt.NDArray[np.floating] | float, size: int) -> Flags:
    """Draw whether each of `size` things happens."""
    return rng.random(size, dtype=np.float32) < probability


def logistic(logit: npt.NDArray[np.floating] | float) -> Floats:
    """Return the probability of a log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(logit, dtype=np.float32))), dtype=np.float32)


def choose(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Integers:
    """Draw positions in `weights`, each as often as its weight says."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)


def integers(rng: np.random.Generator, below: npt.NDArray[np.integer] | int, size: int) -> Integers:
    """Draw whole numbers from 0 to below `below`, which may differ by place."""
    return np.asarray(rng.random(size) * below, dtype=np.int64)


def within(starts: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> Integers:
    """Count through the members of groups that stand one after another.

    Examples
    --------
    >>> within(np.array([0, 2]), np.array([2, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    total = int(counts.sum())
    return np.arange(total, dtype=np.int64) - np.repeat(starts, counts)
