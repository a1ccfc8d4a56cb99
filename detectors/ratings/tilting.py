"""What the answers short of full marks say about how many full marks to expect.

The levels of one dealer's other interviews follow the network's distribution *tilted*: ``h(x) exp(t x)``, the larger
t the better the dealer. However good a dealer is, t can be read from the interviews that fell short of full marks,
because tilting and cutting off the top commute. The log-odds of full marks rise with t along a straight line, which
the network shows. The fewer interviews fell short, the less is known of t: an excellent dealer's full marks are then
expected to be anything, and nothing is held against it.

References
----------
Efron (1981), "Nonparametric standard errors and confidence intervals", Canadian Journal of Statistics 9, on exponential
tilting. Fuller (1987), "Measurement error models", on slopes attenuated by noise.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logsumexp

from detectors.core.instruments.counts import SHARE_WEIGHTS, SHARES
from detectors.core.instruments.spread import EFFECTS, Floats, Spread

EXPECTED: Floats = np.linspace(-8.0, 8.0, 65)
"""Log-odds of full marks that a dealer's other answers may lead one to expect."""

_FINE = 5
"""How many times finer the log-odds are on which counts are weighed, so that effects fall between `EXPECTED`."""

_BINS = 51
_TILTS: Floats = np.linspace(-60.0, 60.0, 1201)
_FEWEST_OTHERS, _FEWEST_DEALERS, _ROUNDS, _HUBER = 8, 10, 12, 1.5
_SLOPE_QUANTILES: Floats = np.array([-1.4, -0.5, 0.0, 0.5, 1.4])


@dataclass(frozen=True)
class Tilting:
    """How full marks follow from the other answers, in one questionnaire.

    Parameters
    ----------
    log_base
        The network's distribution of the level of interviews short of full marks, in `_BINS` steps from 0 to 1.
    centre
        Tilt of a dealer in the middle of the network.
    at_centre
        Log-odds of full marks there.
    slopes
        How much the log-odds rise with the tilt: equally likely values, as far apart as the network leaves in doubt.
    """

    log_base: Floats
    centre: float
    at_centre: float
    slopes: Floats

    def expects(self, others: Floats, total: Floats) -> Floats:
        """Return how likely each of `EXPECTED` is, given the other interviews, shape (dealers, expected).

        Parameters
        ----------
        others, total
            How many interviews of each dealer fell short of full marks, and the sum of their levels.
        """
        found = np.zeros((len(others), len(EXPECTED)))
        for slope in self.slopes:
            tilt = self.centre + (EXPECTED - self.at_centre) / slope
            log_weight = total[:, None] * tilt - others[:, None] * _log_sum(self.log_base, tilt)
            found += np.exp(log_weight - logsumexp(log_weight, axis=1, keepdims=True)) / len(self.slopes)
        return found


def tally(dealers: pd.Series, full: "pd.Series[bool]", levels: Floats) -> pd.DataFrame:
    """Return ``rows``, ``full``, ``others`` (with a level) and their ``total`` level of each dealer, sorted."""
    codes, names = pd.factorize(dealers, sort=True)
    other = ~full.to_numpy() & ~np.isnan(levels)
    size = len(names)
    return pd.DataFrame(
        {
            "rows": np.bincount(codes, minlength=size),
            "full": np.bincount(codes[full.to_numpy()], minlength=size),
            "others": np.bincount(codes[other], minlength=size),
            "total": np.bincount(codes[other], levels[other], minlength=size),
        },
        index=pd.Index(names, dtype="str"),
    ).astype("float64")


def learn_tilting(tallies: pd.DataFrame, levels: Floats) -> Tilting | None:
    """Learn how full marks follow from the other answers.

    The line is fitted to dealers, robustly (Huber), so that those with full marks beyond the line hardly move it, and
    its slope freed of the attenuation by chance in the tilts (Fuller 1987, section 1.2).

    Parameters
    ----------
    tallies
        From `tally`, of the network.
    levels
        Levels of the network's interviews that fell short of full marks.

    Returns
    -------
    Tilting or None
        None if the other answers tell nothing: too few dealers, or all alike.
    """
    place = np.clip(np.round(levels * (_BINS - 1)), 0, _BINS - 1).astype(int)
    with np.errstate(divide="ignore"):
        log_base = np.log(np.bincount(place, minlength=_BINS) / max(len(place), 1))
    many = tallies[(tallies["others"] >= _FEWEST_OTHERS) & (tallies["rows"] >= 2 * _FEWEST_OTHERS)]
    if len(many) < _FEWEST_DEALERS or np.isfinite(log_base).sum() < 3:
        return None
    mean_at = np.gradient(_log_sum(log_base, _TILTS), _TILTS)
    tilt = np.interp(many["total"] / many["others"], mean_at, _TILTS)
    information = np.interp(tilt, _TILTS, np.gradient(mean_at, _TILTS)) * many["others"].to_numpy()
    chance = 1 / np.maximum(information, 1e-6)
    full, rows, size = (many[name].to_numpy() for name in ("full", "rows", "others"))
    log_odds = np.log((full + 0.5) / (rows - full + 0.5))

    weight = size
    for _ in range(_ROUNDS):
        centre = np.average(tilt, weights=weight)
        variance = np.average((tilt - centre) ** 2, weights=weight)
        genuine = variance - np.average(chance, weights=weight)
        if genuine <= 0.05 * variance:
            return None
        lean = np.average((tilt - centre) * log_odds, weights=weight) / genuine
        rest = log_odds - lean * (tilt - centre)
        middle = _weighted_median(rest, weight)
        scale = 1.4826 * _weighted_median(np.abs(rest - middle), weight) + 1e-9
        weight = size * np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(rest - middle), 1e-9))
    # Sandwich error of the slope, enlarged as the slope itself was for the chance in the tilts.
    error = np.sqrt(np.sum((weight * (tilt - centre) * (rest - middle)) ** 2)) / (weight.sum() * genuine)
    slopes = lean + error * _SLOPE_QUANTILES
    return Tilting(log_base, float(centre), middle, np.maximum(slopes, 0.1 * lean)) if lean > 0 else None


def full_marks_log_likelihoods(tallies: pd.DataFrame, expects: Floats, potency: float) -> tuple[Floats, Floats]:
    """Return log-likelihoods, shape (dealers, effects), of the count of full marks, if honest and if manipulated.

    Parameters
    ----------
    tallies
        From `tally`.
    expects
        From `Tilting.expects`, shape (dealers, expected).
    potency
        Probability that a manipulated interview has full marks.
    """
    step = (EXPECTED[1] - EXPECTED[0]) / _FINE
    reach = int(np.ceil(EFFECTS[-1] / step))
    fine = np.arange(-reach, (len(EXPECTED) - 1) * _FINE + reach + 1) * step + EXPECTED[0]
    hits, rest = tallies["full"].to_numpy()[:, None], (tallies["rows"] - tallies["full"]).to_numpy()[:, None]
    by_share = np.empty((len(SHARES), len(tallies), len(fine)))
    for place, share in enumerate(SHARES):
        p = np.clip(share * potency + (1 - share) * expit(fine), 1e-12, 1 - 1e-12)
        by_share[place] = hits * np.log(p) + rest * np.log1p(-p)
    mixed = logsumexp(by_share + np.log(SHARE_WEIGHTS)[:, None, None], axis=0)
    shifts = np.round(EFFECTS / step).astype(int) + reach
    found = []
    for log_likelihood in (by_share[0], mixed):
        peak = log_likelihood.max(axis=1, keepdims=True)
        likelihood = np.exp(log_likelihood - peak)
        at = [
            np.einsum("de,de->d", expects, likelihood[:, shift : shift + len(EXPECTED) * _FINE - _FINE + 1 : _FINE])
            for shift in shifts
        ]
        found.append(np.log(np.stack(at, axis=1) + 1e-300) + peak)
    return found[0], found[1]


def expected_share(expects: Floats, spread: Spread) -> tuple[Floats, Floats]:
    """Return the mean and the variance of an honest dealer's probability of full marks, shape (dealers,) each."""
    p = expit(EXPECTED[:, None] + EFFECTS)
    mean = expects @ (p @ spread.weights)
    return np.asarray(mean), np.maximum(expects @ (p**2 @ spread.weights) - mean**2, 0.0)


def _log_sum(log_base: Floats, tilt: Floats) -> Floats:
    """Return ``log Σ h(x) exp(t x)`` at each tilt."""
    return np.asarray(logsumexp(log_base + np.outer(tilt, np.linspace(0.0, 1.0, _BINS)), axis=1), dtype=np.float64)


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])
