"""How much honest units differ from one another, learnt from a network that holds some cheats.

Every unit has an effect (how far its log-odds lie from what is expected of it). Honest effects follow a normal
distribution whose centre and width are unknown; a unit's data tell of its effect through a likelihood on a grid. The
network is taken as a mixture of honest and of manipulated units (Efron's two groups) whose shares are unknown too, so
that cheats do not raise the bar; the posterior over all of these gives the *predictive* spread of an honest unit's
effect. It is wide when few units are there to learn from, so that little data means few bits.

References
----------
Efron (2004), "Large-scale simultaneous hypothesis testing: the choice of a null hypothesis", JASA 99.
Berger & Berliner (1986), "Robust Bayes and empirical Bayes analysis with epsilon-contaminated priors", Annals of
Statistics 14.
Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in Medicine 24.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

Floats = NDArray[np.float64]

EFFECTS: Floats = np.sinh(np.linspace(-4.0, 4.0, 121)) * (6.0 / np.sinh(4.0))
"""Grid of unit effects in log-odds, from -6 to 6, finest around 0."""

INCIDENTS = 0.002
"""Share of honest units to which something happened that no model foresees (a broken export, a fair, a clerk's habit).

Their effect may be anything (Berger's contamination), so that a trait which hardly any honest unit has is worth some
eleven bits and never twenty, however many of a unit's rows have it.
"""

_CENTRES: Floats = np.linspace(-1.5, 1.5, 31)
_WIDTHS: Floats = np.geomspace(0.02, 1.6, 16)
_CENTRE_PRIOR_SD = 0.5
_WIDTH_PRIOR_SD = 0.6
_TAIL_SHARE, _TAIL_STRETCH = 0.05, 2.0
# So few that what is computed of them stays in the processor's cache.
_UNITS_AT_ONCE = 256

_CHEATING_SHARES: Floats = np.array([0.0, 0.01, 0.03, 0.08, 0.16, 0.3])
_CHEATING_WEIGHTS: Floats = np.array([0.4, 0.15, 0.15, 0.1, 0.1, 0.1])


@dataclass(frozen=True)
class Spread:
    """The predictive distribution of an honest unit's effect.

    Parameters
    ----------
    weights
        Probability of each of `EFFECTS`, shape (effects,), summing to 1.
    """

    weights: Floats

    @property
    def centre(self) -> float:
        """Mean effect, in log-odds."""
        return float(self.weights @ EFFECTS)

    @property
    def width(self) -> float:
        """Standard deviation of the effect, in log-odds."""
        return float(np.sqrt(self.weights @ (EFFECTS - self.centre) ** 2))


def bits(honest: Floats, manipulated: Floats, spread: Spread) -> Floats:
    """Return log2 of the e-value of each unit.

    Parameters
    ----------
    honest, manipulated
        Log-likelihood of each unit's data at each of `EFFECTS`, shape (units, effects), if it is honest and if it is
        manipulated.
    spread
        The honest spread of effects.

    Returns
    -------
    numpy.ndarray
        Shape (units,), in bits: the marginal likelihood under manipulation over that under honesty.
    """
    with np.errstate(divide="ignore"):
        log_weights = np.log(spread.weights)
    ratio = logsumexp(manipulated + log_weights, axis=1) - logsumexp(honest + log_weights, axis=1)
    return np.asarray(ratio / np.log(2.0), dtype=np.float64)


def learn_spread(honest: Floats, manipulated: Floats, *, incidents: float = INCIDENTS) -> Spread:
    """Learn the honest spread from a network of which some units may be manipulated.

    Parameters
    ----------
    honest, manipulated
        As in `bits`. Shape (units, effects); no units at all give the prior spread.
    incidents
        Share of honest units whose effect may be anything.

    Returns
    -------
    Spread
        The posterior predictive distribution of an honest unit's effect.

    Examples
    --------
    Sixty units whose counts of 100 vary as chance alone makes them vary: the spread is narrow.

    >>> rng = np.random.default_rng(1)
    >>> hits = rng.binomial(100, 0.3, size=60)[:, None]
    >>> log_p = -np.logaddexp(0, -(np.log(3 / 7) + EFFECTS))
    >>> log_q = -np.logaddexp(0, np.log(3 / 7) + EFFECTS)
    >>> honest = hits * log_p + (100 - hits) * log_q
    >>> bool(learn_spread(honest, honest).width < 0.2)
    True
    """
    centres, widths, candidates = _candidates(incidents)
    # One scale for both, or their ratio would be lost.
    peak = np.maximum(honest.max(axis=1), manipulated.max(axis=1))[:, None] if len(honest) else honest
    if_honest, if_manipulated = (np.exp(part - peak) @ candidates.T for part in (honest, manipulated))
    mixed = np.zeros((len(_CHEATING_SHARES), len(candidates)))
    for first in range(0, len(honest), _UNITS_AT_ONCE):
        part = slice(first, first + _UNITS_AT_ONCE)
        for place, share in enumerate(_CHEATING_SHARES):
            chance = (1 - share) * if_honest[part] + share * if_manipulated[part] + 1e-300
            mixed[place] += np.log(chance).sum(axis=0)
    log_posterior = mixed + np.log(_CHEATING_WEIGHTS)[:, None] - 0.5 * (centres / _CENTRE_PRIOR_SD) ** 2
    log_posterior = log_posterior - 0.5 * (widths / _WIDTH_PRIOR_SD) ** 2
    posterior = np.exp(log_posterior - logsumexp(log_posterior)).sum(axis=0)
    return Spread(posterior @ candidates)


@cache
def _candidates(incidents: float) -> tuple[Floats, Floats, Floats]:
    """Return centre and width of each spread that honest effects may have, and the spread itself on the grid."""
    centres, widths = (axis.ravel() for axis in np.meshgrid(_CENTRES, _WIDTHS, indexing="ij"))
    spreads = [_normal_on_grid(centre, width, incidents) for centre, width in zip(centres, widths, strict=True)]
    return centres, widths, np.stack(spreads)


def _normal_on_grid(centre: float, width: float, incidents: float) -> Floats:
    """Return a normal distribution on the grid, a small part of it stretched so that honest outliers stay honest."""
    edges = np.concatenate([[-np.inf], (EFFECTS[1:] + EFFECTS[:-1]) / 2, [np.inf]])

    core, tail = (np.diff(ndtr((edges - centre) / sd)) for sd in (width, width * _TAIL_STRETCH))
    anything = np.diff(np.clip(edges, EFFECTS[0], EFFECTS[-1])) / (EFFECTS[-1] - EFFECTS[0])
    foreseen = (1 - _TAIL_SHARE) * core + _TAIL_SHARE * tail
    return np.asarray((1 - incidents) * foreseen + incidents * anything, dtype=np.float64)
