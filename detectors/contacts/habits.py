"""Clerks' habits: how far honest lists differ from one another at the least.

Where nearly all clerks are careful, a network shows honest lists that hardly differ, and takes the one careless clerk
for something else. How much people differ who type and export lists is known beforehand, whatever this network shows.
"""

import numpy as np
from scipy.special import ndtr

from detectors.core.instruments.spread import EFFECTS, Spread


def no_narrower(spread: Spread, width: float) -> Spread:
    """Return a spread that is at least so wide, by what habits add to it.

    Parameters
    ----------
    spread
        What the network shows.
    width
        Least standard deviation of honest effects, in log-odds.

    Examples
    --------
    >>> narrow = Spread(np.eye(121)[60])
    >>> round(no_narrower(narrow, 0.5).width, 2)
    0.5
    >>> no_narrower(narrow, 0.0) is narrow
    True
    """
    if spread.width >= width:
        return spread
    habits = np.sqrt(width**2 - spread.width**2)
    edges = np.concatenate([[-np.inf], (EFFECTS[1:] + EFFECTS[:-1]) / 2, [np.inf]])
    moved = np.diff(ndtr((edges - EFFECTS[:, None]) / habits), axis=1)
    return Spread(np.asarray(spread.weights @ moved))
