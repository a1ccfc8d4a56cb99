"""Usual: how often a trait turns up at honest units, learnt from counts of which some are a cheat's.

Beside `counts`: there the expected share is given, here it is learnt too, up to what is known of each unit: how
*easily* the trait comes about there, as the chance that two customers say the same grows with their number.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, on funnel limits that outliers do not widen.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import poisson

from detectors.core.evidence import answer
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Floats, Spread
from detectors.core.sentences import Said

_HIGHEST_RATE = 0.6
_LOWEST_RATE = 3e-4
"""Whatever the trait, three honest rows in ten thousand have it by accident; no network is large enough to deny it."""

_OUTLIER = 1e-3
_ROUNDS = 8
_CENTRED = 0.1  # log-odds


@dataclass(frozen=True)
class Usual:
    """How often honest units have a trait.

    Parameters
    ----------
    rate
        Share of rows with it where the ease is 1.
    spread
        How much honest units differ beyond that.
    potency
        Probability that a manipulated row has the trait.
    """

    rate: float
    spread: Spread
    potency: float

    def expected_share(self, ease: ArrayLike) -> Floats:
        """Return the share expected at each unit."""
        return _share(self.rate, np.asarray(ease, dtype=np.float64))


def learn_usual(hits: ArrayLike, trials: ArrayLike, ease: ArrayLike = 1.0, *, potency: float = 0.9) -> Usual:
    """Learn how often honest units of the network have the trait.

    Parameters
    ----------
    hits, trials
        Rows with the trait and all rows of each unit, shape (units,).
    ease
        How easily the trait comes about at each unit, compared with one another, shape (units,) or a number.
    potency
        Probability that a manipulated row has the trait.

    Examples
    --------
    Ninety units with one hit in fifty rows, ten with twenty: those do not raise what is usual.

    >>> usual = learn_usual([1] * 90 + [20] * 10, [50] * 100)
    >>> 0.01 < usual.rate < 0.03
    True

    Nor do twenty cheats with two or three hits each, where nobody else has any.

    >>> learn_usual([0] * 180 + [2, 3] * 10, [50] * 200).rate < 0.002
    True
    """
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    easily = np.broadcast_to(np.asarray(ease, dtype=np.float64), n.shape)
    chances = n * easily
    kept = np.ones(len(k), dtype=bool)
    rate = 0.0
    for _ in range(_ROUNDS):
        rate = float((k[kept].sum() + 0.5) / (chances[kept].sum() + 0.5))
        # Honest units differ: twice the usual and a little chance on top is nothing to leave out.
        now = poisson.sf(k - 1, 2 * rate * chances) > _OUTLIER
        if (now == kept).all():
            break
        kept = now
    some = n > 0
    k, n, easily = k[some], n[some], easily[some]
    lowest = 0.5 / (float(n @ easily) + 0.5)
    for _ in range(_ROUNDS):
        spread = learn_counts(k, n, _share(rate, easily), potency=potency)
        # What the cheats' few hits added to the rate, the mixture takes from its centre.
        if spread.centre > -_CENTRED or rate <= lowest:
            break
        rate = max(rate * math.exp(spread.centre), lowest)
    return Usual(rate, spread, potency)


def _share(rate: float, ease: Floats) -> Floats:
    return np.clip(rate * ease, _LOWEST_RATE, _HIGHEST_RATE)


def weigh_excess(
    counts: pd.DataFrame, usual: Usual, *, fewest: int, few: Said, sentence: Said, ease: ArrayLike = 1.0
) -> pd.DataFrame:
    """Answer for each unit how far its hits exceed what is usual.

    Parameters
    ----------
    counts
        Columns ``hits`` and ``trials``, index the units.
    usual
        From `learn_usual`, of the network.
    fewest
        Units with fewer trials abstain.
    few
        Why they do, with ``{trials}`` in it.
    sentence
        The reason, with ``{hits}``, ``{trials}``, ``{fewest}`` and ``{most}`` in it.
    ease
        As in `learn_usual`.

    Returns
    -------
    pandas.DataFrame
        As `detectors.core.evidence.answer` lays it out.
    """
    hits, trials = counts["hits"].to_numpy(dtype=np.float64), counts["trials"].to_numpy(dtype=np.float64)
    share = np.broadcast_to(usual.expected_share(ease), hits.shape)
    likely = count_range(trials, share, usual.spread)
    abstained = trials < fewest
    reason = [
        few.filled(trials=f"{n:.0f}")
        if silent
        else sentence.filled(hits=f"{k:.0f}", trials=f"{n:.0f}", fewest=f"{low:.0f}", most=f"{high:.0f}")
        for k, n, low, high, silent in zip(hits, trials, likely["fewest"], likely["most"], abstained, strict=True)
    ]
    return answer(
        counts.index.astype("str"),
        n=trials,
        observed=hits,
        expected=likely["expected"].to_numpy(),
        fair_low=likely["fewest"].to_numpy(),
        fair_high=likely["most"].to_numpy(),
        bits=count_bits(hits, trials, share, usual.spread, potency=usual.potency),
        abstained=abstained,
        reason=reason,
    )
