"""Calibrators: what a p-value is worth as evidence.

References
----------
Shafer, Shen, Vereshchagin & Vovk (2011), "Test martingales, Bayes factors and p-values", Statistical Science 26.
Vovk & Wang (2021), "E-values: calibration, combination and applications", Annals of Statistics 49.
Bates, Candès, Lei, Romano & Sesia (2023), "Testing for outliers with conformal p-values", Annals of Statistics 51.
"""

import numpy as np
from numpy.typing import ArrayLike

from detectors.core.instruments.spread import Floats


def p_to_bits(p: ArrayLike) -> Floats:
    """Return log2 of the e-value ``∫ κ p**(κ-1) dκ``, which needs no choice of κ.

    Parameters
    ----------
    p
        p-values in (0, 1].

    Returns
    -------
    numpy.ndarray
        ``log2((1 - p + p ln p) / (p ln² p))``, 0.5 at ``p = 1`` before the logarithm.

    Raises
    ------
    ValueError
        If a p-value lies outside (0, 1].

    Examples
    --------
    >>> p_to_bits([1.0, 0.5, 0.001]).round(2).tolist()
    [-1.0, -0.65, 4.38]
    """
    values = np.asarray(p, dtype=np.float64)
    if not ((values > 0) & (values <= 1)).all():
        raise ValueError("A p-value lies outside (0, 1].")
    near_one = values > 1 - 1e-4
    safe = np.where(near_one, 0.5, values)
    log_p = np.log(safe)
    e = (1 - safe + safe * log_p) / (safe * log_p**2)
    # Near 1 both parts vanish; the expansion is 1/2 + (1 - p)/6.
    return np.asarray(np.log2(np.where(near_one, 0.5 + (1 - values) / 6, e)), dtype=np.float64)


def conformal_p(scores: ArrayLike, reference: ArrayLike) -> Floats:
    """Return the share of the reference, the unit itself added, that scores at least as high.

    Parameters
    ----------
    scores
        Outlier scores of the units, higher is stranger, shape (units,).
    reference
        Scores of the reference, shape (reference units,).

    Examples
    --------
    >>> conformal_p([5.0, 1.5], [1.0, 2.0, 3.0]).tolist()
    [0.25, 0.75]
    """
    ordered = np.sort(np.asarray(reference, dtype=np.float64))
    at_least = len(ordered) - np.searchsorted(ordered, np.asarray(scores, dtype=np.float64), side="left")
    return np.asarray((at_least + 1.0) / (len(ordered) + 1.0), dtype=np.float64)
