"""e-BH: which units may be named, at a bounded share of honest ones among them.

References
----------
Wang & Ramdas (2022), "False discovery rate control with e-values", JRSS B 84: valid under any dependence.
"""

import numpy as np
from numpy.typing import ArrayLike

from detectors.core.instruments.spread import Floats


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
