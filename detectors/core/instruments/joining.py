"""Closed e-BH: which units may be named, at a bounded share of honest ones among them.

References
----------
Wang & Ramdas (2022), "False discovery rate control with e-values", JRSS B 84.
Xu, Fischer & Ramdas (2025), "Bringing closure to FDR control: beating the e-Benjamini-Hochberg procedure",
arXiv:2504.11759; Goeman, de Heide & Solari (2025), "The e-partitioning principle of false discovery rate control",
arXiv:2504.15946.
"""

import numpy as np
from numpy.typing import ArrayLike

from detectors.core.instruments.spread import Floats

_LARGEST_BITS = 60.0


def closed_e_bh_q_values(bits: ArrayLike) -> Floats:
    """Return each unit's q-value: the smallest false discovery rate at which it is named.

    A list of units may be named at a rate if, whichever units were the honest ones, the mean of their e-values is at
    least their share of the list over that rate: that mean is an e-value itself however units depend on one another,
    so the expected share of honest units in the list is at most the rate. The list is the longest of those with the
    most evidence. Every unit that e-BH (Wang & Ramdas 2022) names is named at the same rate or a lower one.

    Parameters
    ----------
    bits
        Evidence of every unit that was looked at, flagged or not, shape (units,).

    Returns
    -------
    numpy.ndarray
        Shape (units,), from 0 to 1; 1 for units without evidence.

    Examples
    --------
    Ten units; the first alone has ten bits, so naming it has a false discovery rate of 10 / (2**10 + 9).

    >>> closed_e_bh_q_values([10.0] + [0.0] * 9).round(4).tolist()[:2]
    [0.0097, 1.0]
    """
    values = np.asarray(bits, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    e = np.exp2(np.clip(values[order], -_LARGEST_BITS, _LARGEST_BITS))
    units, with_evidence = len(e), int(np.count_nonzero(e > 1))
    below = np.concatenate([[0.0], np.cumsum(e)])
    of_list = np.zeros(with_evidence + 1)
    for honest in range(1, with_evidence + 1):
        # The worst case of so many honest units in the list: those with the least evidence, and beside them such units
        # outside the list as lower the mean.
        named = np.arange(honest, with_evidence + 1)
        theirs = below[units - named + honest] - below[units - named]
        lowering = np.searchsorted((honest + np.arange(units)) * e - below[:-1], theirs)
        lowering = np.minimum(lowering, units - named)
        mean = (theirs + below[lowering]) / (honest + lowering)
        of_list[honest:] = np.maximum(of_list[honest:], honest / (named * mean))
    rising = np.ones(units)
    rising[units - with_evidence :] = np.minimum.accumulate(np.minimum(of_list[:0:-1], 1.0))
    q = np.empty(units)
    q[order] = rising[np.searchsorted(e, e)]  # the same for units with the same evidence
    return q
