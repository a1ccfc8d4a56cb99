"""Joining e-values: averages of dependent ones, capped products of independent ones, and e-BH.

References
----------
Vovk & Wang (2021), Annals of Statistics 49: averages of e-values are e-values under any dependence.
Wang & Ramdas (2022), "False discovery rate control with e-values", JRSS B 84: e-BH under any dependence.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from detectors.core.instruments.spread import Floats


def average_bits(bits: ArrayLike) -> float:
    """Return the bits of the average of e-values, valid however they depend on one another.

    Parameters
    ----------
    bits
        Bits of each e-value, at least one.

    Examples
    --------
    >>> average_bits([3.0, 3.0])
    3.0
    >>> round(average_bits([10.0, 0.0]), 2)
    9.0
    """
    values = np.asarray(bits, dtype=np.float64) * np.log(2.0)
    return float((logsumexp(values) - np.log(len(values))) / np.log(2.0))


def capped_sum(bits: ArrayLike, cap: float) -> float:
    """Return the bits of the product of independent e-values, none counting for more than `cap` bits.

    A smaller e-value is still an e-value, so a cap costs power and never validity.

    Examples
    --------
    >>> capped_sum([30.0, 4.0, -1.0], cap=12.0)
    15.0
    """
    return float(np.minimum(np.asarray(bits, dtype=np.float64), cap).sum())


def e_bh_q_values(bits: ArrayLike) -> Floats:
    """Return each unit's q-value by e-BH: the smallest false discovery rate at which it is named.

    Parameters
    ----------
    bits
        Evidence of every unit that was looked at, flagged or not, shape (units,).

    Returns
    -------
    numpy.ndarray
        Shape (units,), from 0 to 1.

    Examples
    --------
    Ten units; the first alone has ten bits, so naming it has a false discovery rate of 10 / 2**10.

    >>> e_bh_q_values([10.0] + [0.0] * 9).round(4).tolist()[:2]
    [0.0098, 1.0]
    """
    values = np.asarray(bits, dtype=np.float64)
    if values.size == 0:
        return values
    order = np.argsort(-values, kind="stable")
    rank = np.arange(1, values.size + 1)
    bound = values.size / rank * np.exp2(-np.clip(values[order], -60.0, 1000.0))
    q = np.minimum(np.minimum.accumulate(bound[::-1])[::-1], 1.0)
    out = np.empty_like(q)
    out[order] = q
    return out
