"""Carelessness: what the answers of one interview, looked at alone, say about how they came to be.

Every index takes answers of shape (interviews, items), with NaN where an item was not asked or not answered. None is
evidence by itself: a customer who is content with everything gives the same answer throughout and is not careless, so
an index counts only beside what this questionnaire and this level of satisfaction make likely.

====================== ============================ ====================================================
index                  odd when                     the same as
====================== ============================ ====================================================
longstring             long, or short               ``careless::longstring`` (R), where nothing is missing
response_variability   low, or high                 ``careless::irv`` (R)
mahalanobis_distance   far                          the root of ``careless::mahad`` (R)
even_odd_consistency   low                          ``careless::evenodd`` (R), with its sign before 1.2.0
====================== ============================ ====================================================

References
----------
Meade & Craig (2012), "Identifying careless responses in survey data", Psychological Methods 17.
Dunn, Heggestad, Shanock & Theilgard (2018), "Intra-individual response variability as an indicator of insufficient
effort responding", Journal of Business and Psychology 33.
Yentes & Wilhelm (2023), the R package careless 1.2.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.core.instruments.spread import Floats

Halves = tuple[Sequence[int], Sequence[int]]
"""Places of the items in one half of a scale, and in the other."""


def longstring(answers: ArrayLike) -> NDArray[np.int64]:
    """Return the length of the longest run of equal answers.

    An item without an answer neither continues a run nor ends it.

    Parameters
    ----------
    answers
        Shape (interviews, items), the items in the order in which they were asked.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,); 0 where nothing was answered.

    Examples
    --------
    >>> longstring([[9, 9, 9, 8], [9, 8, 8, 9], [9, np.nan, 9, 8], [np.nan] * 4]).tolist()
    [3, 2, 2, 0]
    """
    given = np.asarray(answers, dtype=np.float64)
    last = np.full(len(given), np.nan)
    run, longest = np.zeros((2, len(given)), dtype=np.int64)
    for answer in given.T:
        known = ~np.isnan(answer)
        run = np.where(known, np.where(answer == last, run + 1, 1), run)
        last = np.where(known, answer, last)
        longest = np.maximum(longest, run)
    return longest


def response_variability(answers: ArrayLike) -> Floats:
    """Return the sample standard deviation of each interview's answers (intra-individual response variability, IRV).

    Parameters
    ----------
    answers
        Shape (interviews, items).

    Returns
    -------
    numpy.ndarray
        Shape (interviews,), in points of the scale; NaN where fewer than two items were answered.

    Examples
    --------
    >>> response_variability([[1, 2, 3, 4, 5], [4, 4, 4, 4, np.nan], [np.nan, np.nan, np.nan, np.nan, 3]]).round(3)
    array([1.581, 0.   ,   nan])
    """
    given = np.asarray(answers)
    count, total, squares = np.zeros((3, len(given)))
    # Item by item: the interviews are many and the items few.
    for answer in given.T:
        known = ~np.isnan(answer)
        count += known
        total += np.where(known, answer, 0.0)
    mean = total / np.maximum(count, 1)
    for answer in given.T:
        off = answer - mean
        squares += np.where(np.isnan(off), 0.0, off * off)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)


@dataclass(frozen=True)
class UsualAnswers:
    """Where answers usually lie, and how they go together.

    Parameters
    ----------
    mean
        Mean answer of each item, shape (items,).
    covariance
        Of the items, over interviews that answered both of a pair, shape (items, items).
    """

    mean: Floats
    covariance: Floats


def learn_usual_answers(answers: ArrayLike) -> UsualAnswers:
    """Learn the mean answers and their covariance.

    Parameters
    ----------
    answers
        Shape (interviews, items), at least two interviews.

    Examples
    --------
    >>> learn_usual_answers([[1, 2], [3, 2], [2, np.nan]]).mean.tolist()
    [2.0, 2.0]
    """
    given = np.asarray(answers, dtype=np.float64)
    known = ~np.isnan(given)
    mean = np.where(known, given, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    off = np.where(known, given - mean, 0.0)
    pairs = known.astype(np.float64).T @ known
    return UsualAnswers(mean, off.T @ off / np.maximum(pairs - 1, 1))


def mahalanobis_distance(answers: ArrayLike, usual: UsualAnswers) -> Floats:
    """Return how far each interview's answers lie from the usual ones, given how answers usually go together.

    An item without an answer counts as answered in the usual way, and a covariance that cannot be inverted is inverted
    where it can be (an item that everybody answers alike says nothing).

    Parameters
    ----------
    answers
        Shape (interviews, items).
    usual
        From `learn_usual_answers`, of the same items.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,), the distance itself, not its square.

    Examples
    --------
    >>> answers = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0], [1.0, 4.0]])
    >>> mahalanobis_distance(answers, learn_usual_answers(answers)).round(2).tolist()
    [1.41, 0.63, 0.63, 1.41, 1.79]
    """
    given = np.asarray(answers, dtype=np.float64)
    off = np.where(np.isnan(given), 0.0, given - usual.mean)
    squares = ((off @ np.linalg.pinv(usual.covariance, hermitian=True)) * off).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), dtype=np.float64)


def half_consistency(answers: ArrayLike, halves: Sequence[Halves]) -> Floats:
    """Return the correlation, within each interview and over its scales, of one half of a scale with the other.

    Parameters
    ----------
    answers
        Shape (interviews, items).
    halves
        For each scale, the places of its items in either half.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,), from -1 to 1; NaN where fewer than two scales were answered in both halves, and where one
        half's means are all equal.

    Examples
    --------
    >>> half_consistency([[1, 1, 5, 5, 3, 4], [1, 5, 5, 1, 3, 3]], [([0], [1]), ([2], [3]), ([4], [5])]).round(3)
    array([ 0.961, -1.   ])
    """
    given = np.asarray(answers, dtype=np.float64)
    if not halves:
        return np.full(len(given), np.nan)
    first, second = (np.stack([_mean(given[:, list(half[side])]) for half in halves], axis=1) for side in (0, 1))
    both = ~(np.isnan(first) | np.isnan(second))
    count = np.maximum(both.sum(axis=1), 1)[:, None]
    first, second = (np.where(both, side, 0.0) for side in (first, second))
    first, second = (np.where(both, side - side.sum(axis=1, keepdims=True) / count, 0.0) for side in (first, second))
    # Equal means differ by rounding; what is left of them is no variation.
    norms = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    told = (both.sum(axis=1) > 1) & (norms > 1e-12)
    correlation = (first * second).sum(axis=1) / np.where(told, norms, 1.0)
    return np.where(told, np.clip(correlation, -1.0, 1.0), np.nan)


def even_odd_consistency(answers: ArrayLike, scales: Sequence[Sequence[int]]) -> Floats:
    """Return how well the even items of each scale agree with its odd ones, within each interview.

    The correlation over scales, corrected by Spearman and Brown for half the length, and no lower than -1.

    Parameters
    ----------
    answers
        Shape (interviews, items).
    scales
        Places of the items of each scale, in order. A scale of one item is left out.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,), from -1 (careless) to 1 (consistent); NaN as in `half_consistency`.

    Examples
    --------
    >>> even_odd_consistency([[1, 1, 5, 5, 3, 4], [1, 5, 5, 1, 3, 3]], [[0, 1], [2, 3], [4, 5]]).round(3)
    array([ 0.98, -1.  ])
    """
    found = half_consistency(answers, [(scale[0::2], scale[1::2]) for scale in scales if len(scale) > 1])
    doubled = 1.0 + found
    return np.where(doubled > 0, np.maximum(2 * found / np.where(doubled > 0, doubled, 1.0), -1.0), found)


def _mean(answers: Floats) -> Floats:
    """Return the mean of each row's answers; NaN where it has none."""
    known = ~np.isnan(answers)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, answers, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
