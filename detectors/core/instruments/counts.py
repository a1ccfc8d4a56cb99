"""Over-dispersed count excess: more rows with a trait than units like this one have.

A unit has `hits` rows with the trait among `trials`. If it is honest, each row has it with probability `rate` (what is
expected of a unit like this), moved on the log-odds scale by the unit's own honest effect (`spread`). If a share
π of its rows is manipulated, those rows have the trait with probability `potency`. π is unknown and mixed over.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, on over-dispersed funnel limits.
Shafer (2021), "Testing by betting", JRSS A 184, on likelihood ratios as bets.
"""

from functools import lru_cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import ArrayLike
from scipy.special import expit

from detectors.core.instruments.spread import EFFECTS, INCIDENTS, Floats, Spread, bits, learn_spread

SHARES: Floats = np.array([0.0, 0.02, 0.035, 0.055, 0.08, 0.115, 0.16, 0.215, 0.28, 0.36, 0.45, 0.56, 0.7, 0.85])
"""Shares π of manipulated rows that the alternative mixes. The share 0 keeps the loss of a lost bet below 2.4 bits.

Neighbours lie within a third of each other: on a coarser grid a unit of 500 rows whose share falls between two of them
fits neither, and counts as honest variety.
"""

SHARE_WEIGHTS: Floats = np.array([0.2, 0.05, 0.06, 0.06, 0.07, 0.08, 0.08, 0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.02])
"""Prior weight of each of `SHARES`."""

_SMALLEST_RATE = 1e-6
_LARGEST_LOG_ODDS = 30.0
# So few that their terms (shares × nodes × effects) stay in the processor's cache.
_UNITS_AT_ONCE = 32


def learn_counts(
    hits: ArrayLike,
    trials: ArrayLike,
    rate: ArrayLike,
    *,
    rate_sd: ArrayLike = 0.0,
    potency: float = 0.9,
    incidents: float = INCIDENTS,
) -> Spread:
    """Learn how much honest units differ beyond what chance and `rate` explain.

    Parameters
    ----------
    hits, trials
        Rows with the trait and all rows of each unit of the network, shape (units,).
    rate
        Expected share of rows with the trait in an honest unit like this one, shape (units,) or a number.
    rate_sd
        How uncertain `rate` is for each unit, as a standard deviation in log-odds, shape (units,) or a number. What is
        known of a unit may be measured badly, and its own honest variety comes on top.
    potency
        Probability that a manipulated row has the trait.
    incidents
        Share of honest units whose effect may be anything.

    Returns
    -------
    Spread
        The spread of honest units' effects.
    """
    return learn_spread(*_log_likelihoods(hits, trials, rate, rate_sd, potency), incidents=incidents)


def count_bits(
    hits: ArrayLike,
    trials: ArrayLike,
    rate: ArrayLike,
    spread: Spread,
    *,
    rate_sd: ArrayLike = 0.0,
    potency: float = 0.9,
) -> Floats:
    """Return the evidence in bits that part of each unit's rows is manipulated.

    Parameters
    ----------
    hits, trials, rate, rate_sd, potency
        As in `learn_counts`.
    spread
        The honest spread, from `learn_counts`.

    Returns
    -------
    numpy.ndarray
        Shape (units,), log2 of the e-value. Never below ``log2(0.2)``, about -2.3.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> network = rng.binomial(80, 0.1, size=200)
    >>> spread = learn_counts(network, np.full(200, 80), 0.1)
    >>> count_bits([8, 40], [80, 80], 0.1, spread).round().tolist()
    [-2.0, 10.0]
    """
    return bits(*_log_likelihoods(hits, trials, rate, rate_sd, potency), spread)


def _log_likelihoods(
    hits: ArrayLike, trials: ArrayLike, rate: ArrayLike, rate_sd: ArrayLike, potency: float
) -> tuple[Floats, Floats]:
    """Return log-likelihoods, shape (units, effects), of honesty and of manipulation with its share mixed out."""
    given = (np.asarray(values, dtype=np.float64).tobytes() for values in (hits, trials, rate, rate_sd))
    return _of_units(*given, potency)


# What is learnt from is weighed next, so the newest are kept; arrays are no keys, but their bytes are.
@lru_cache(maxsize=8)
def _of_units(hits: bytes, trials: bytes, rate: bytes, rate_sd: bytes, potency: float) -> tuple[Floats, Floats]:
    # Shape (units, 1), or (1, 1) where all units are alike, whose logarithms are then taken once.
    k, n, base, doubt = (np.frombuffer(values).reshape(-1, 1) for values in (hits, trials, rate, rate_sd))
    rest, base = n - k, np.clip(base, _SMALLEST_RATE, 1 - _SMALLEST_RATE)
    nodes, weights = hermegauss(5 if doubt.any() else 1)
    log_weights = np.log(weights / weights.sum())[:, None, None]
    centre, doubt = np.broadcast_arrays(np.log(base / (1 - base)), doubt)
    alike = _log_chances(centre, doubt, nodes, potency) if len(centre) == 1 else None
    honest, manipulated = np.empty((2, len(k), len(EFFECTS)))
    for first in range(0, len(k), _UNITS_AT_ONCE):
        part = slice(first, first + _UNITS_AT_ONCE)
        hit, miss = alike or _log_chances(centre[part], doubt[part], nodes, potency)
        terms = k[part] * hit + rest[part] * miss + log_weights
        honest[part] = _log_sum(terms[0])
        manipulated[part] = _log_sum((terms + np.log(SHARE_WEIGHTS)[:, None, None, None]).reshape(-1, *terms.shape[2:]))
    honest.flags.writeable = manipulated.flags.writeable = False
    return honest, manipulated


def _log_chances(centre: Floats, doubt: Floats, nodes: Floats, potency: float) -> tuple[Floats, Floats]:
    """Return the logarithm of a row's chance to be a hit, and to be none, shape (shares, nodes, units, effects)."""
    honest = expit(np.clip(centre + doubt * nodes[:, None, None] + EFFECTS, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS))
    share = SHARES[:, None, None, None]
    mixed = share * potency + (1 - share) * honest
    return np.log(mixed), np.log1p(-mixed)


def _log_sum(terms: Floats) -> Floats:
    """Return the logarithm of the sum of the terms' exponentials over the first axis."""
    peak = terms.max(axis=0)
    return np.asarray(peak + np.log(np.exp(terms - peak).sum(axis=0)), dtype=np.float64)
