"""Attribution: which hits of a unit are manipulated, given that it cheats.

A manipulated row is a hit whatever its circumstances; an honest row is one the less often, the worse they were. So the
hits of rows in bad circumstances are the ones to listen to. The unit's share π of manipulated rows and its honest level
are unknown; both follow from how its hits fall over the groups of circumstances.

References
----------
McLachlan & Peel (2000), "Finite mixture models", on posterior probabilities of membership.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, softmax

from detectors.core.instruments.spread import Floats

SHARES: Floats = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8])
"""Shares π of manipulated rows, equally likely before the unit's rows are seen."""

_LEVELS: Floats = np.linspace(-7.0, 7.0, 71)
_LEVEL_SD = 2.0


def manipulated_given_hit(rows: ArrayLike, hits: ArrayLike, offsets: ArrayLike) -> Floats:
    """Return the probability that a hit is manipulated, given that its unit cheats.

    Parameters
    ----------
    rows, hits
        Rows and hits of each unit in each group of circumstances, shape (units, groups).
    offsets
        How much rarer (negative) hits are in each group than in the first at honest units, in log-odds, shape (groups,)
        or (units, groups).

    Returns
    -------
    numpy.ndarray
        Shape (units, groups).

    Examples
    --------
    Where honest customers hardly ever give full marks, half the interviews have them: those are mostly manipulated.

    >>> manipulated_given_hit([[50, 50]], [[40, 25]], [0.0, -3.0]).round(1).tolist()
    [[0.5, 0.9]]
    """
    n, k = np.asarray(rows, dtype=np.float64), np.asarray(hits, dtype=np.float64)
    shifts = np.broadcast_to(np.asarray(offsets, dtype=np.float64), n.shape)
    log_posterior = np.zeros((len(n), len(SHARES), len(_LEVELS)))
    log_posterior -= 0.5 * (_LEVELS / _LEVEL_SD) ** 2
    for group in range(n.shape[1]):
        p = _hit_probability(shifts[:, group])
        log_posterior += k[:, group, None, None] * np.log(p) + (n - k)[:, group, None, None] * np.log1p(-p)
    posterior = softmax(log_posterior, axis=(1, 2))
    manipulated = [
        (posterior * (SHARES[:, None] / _hit_probability(shifts[:, group]))).sum(axis=(1, 2))
        for group in range(n.shape[1])
    ]
    return np.clip(np.stack(manipulated, axis=1), 0.0, 1.0) if manipulated else np.zeros(n.shape)


def _hit_probability(shift: Floats) -> Floats:
    """Return the probability of a hit by unit, share and level."""
    honest = expit(_LEVELS + shift[:, None])[:, None, :]
    return np.asarray(np.clip(SHARES[:, None] + (1 - SHARES[:, None]) * honest, 1e-9, 1 - 1e-9), dtype=np.float64)
