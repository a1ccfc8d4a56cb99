"""Inattention: which respondents answer each item for itself, as somebody does who does not read.

Whoever reads the questions answers related items in related ways; whoever does not gives answers that do not go
together, about another mean. Respondents are taken as a mixture of the two kinds, both unknown and learnt from the
answers alone (no label says who is careless): attentive answers follow a normal distribution with a covariance,
careless ones a normal distribution in which items are independent. What `carelessness` says in four indices (how far,
how varied, how consistent) is here weighed together, each as far as these items bear it.

References
----------
Ulitzsch, Yildirim-Erbasli, Gorgun & Bulut (2022), "An explanatory mixture IRT model for careless and insufficient
effort responding", British Journal of Mathematical and Statistical Psychology 75.
Dempster, Laird & Rubin (1977), JRSS B 39, on the EM algorithm.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from detectors.core.instruments.carelessness import learn_usual_answers, mahalanobis_distance
from detectors.core.instruments.spread import Floats

_SHRINK = 0.1
"""How far the attentive covariance is drawn towards independent items: few respondents tell little of many pairs."""

_FIRST_SUSPECTS = 0.2
"""Share of respondents, the farthest from the usual answers, with whom the search begins."""

_LEARN_FROM = 20_000
_ROUNDS = 200
_SETTLED = 1e-6
_SMALLEST_VARIANCE = 1e-6
_FEWEST = 10


@dataclass(frozen=True)
class Respondents:
    """The two kinds of respondents, in standard deviations of each item.

    Parameters
    ----------
    centre, width
        Mean and standard deviation of each item, shape (items,).
    mean, precision, log_volume
        Attentive answers: mean, inverse covariance (items, items), and half the covariance's log-determinant.
    careless_mean, careless_variance
        Careless answers, shape (items,).
    share
        Share of careless respondents.
    """

    centre: Floats
    width: Floats
    mean: Floats
    precision: Floats
    log_volume: float
    careless_mean: Floats
    careless_variance: Floats
    share: float


def learn_respondents(answers: ArrayLike) -> Respondents:
    """Learn both kinds of respondents from answers of which nobody knows who gave them how.

    Parameters
    ----------
    answers
        Shape (interviews, items), NaN where there is no answer. At least ten interviews and two items; of very many,
        20,000 are learnt from, evenly spaced.

    Raises
    ------
    ValueError
        If there are fewer interviews or items.
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.shape[0] < _FEWEST or given.shape[1] < 2:
        raise ValueError(f"{given.shape[0]} interviews of {given.shape[1]} items are too few to learn from.")
    given = given[:: -(-len(given) // _LEARN_FROM)]
    usual = learn_usual_answers(given)
    width = np.sqrt(np.diag(usual.covariance))
    width = np.where(width > 0, width, 1.0)
    known = ~np.isnan(given)
    standing = np.where(known, (given - usual.mean) / width, 0.0)
    distance = mahalanobis_distance(given, usual)
    careless = np.where(distance > np.quantile(distance, 1 - _FIRST_SUSPECTS), 0.9, 0.05)
    for _ in range(_ROUNDS):
        found = _fit(standing, known, careless, usual.mean, width)
        before, careless = careless, expit(careless_log_odds(given, found))
        if np.abs(careless - before).max() < _SETTLED:
            break
    return found


def careless_log_odds(answers: ArrayLike, respondents: Respondents) -> Floats:
    """Return how likely each interview's answers are those of somebody who does not read.

    An item without an answer counts as answered as either kind usually does.

    Parameters
    ----------
    answers
        Shape (interviews, items).
    respondents
        From `learn_respondents`, of the same items.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,), natural log-odds, the share of careless respondents included.

    Examples
    --------
    Two hundred respondents whose ten answers go together, and twenty who answer as it comes.

    >>> rng = np.random.default_rng(5)
    >>> attentive = rng.normal(0, 1, size=(200, 1)) + rng.normal(0, 0.5, size=(200, 10))
    >>> answers = np.vstack([attentive, rng.normal(0, 1.2, size=(20, 10))])
    >>> suspected = careless_log_odds(answers, learn_respondents(answers)) > 0
    >>> int(suspected[:200].sum()), int(suspected[200:].sum())
    (0, 17)
    """
    given = np.asarray(answers, dtype=np.float64)
    known = ~np.isnan(given)
    standing = np.where(known, (given - respondents.centre) / respondents.width, 0.0)
    off = np.where(known, standing - respondents.mean, 0.0)
    attentive = -0.5 * ((off @ respondents.precision) * off).sum(axis=1) - respondents.log_volume
    strayed = np.where(known, standing - respondents.careless_mean, 0.0) ** 2 / respondents.careless_variance
    careless = -0.5 * (strayed + np.log(respondents.careless_variance)).sum(axis=1)
    share = respondents.share
    return np.asarray(np.log(share / (1 - share)) + careless - attentive, dtype=np.float64)


def _fit(standing: Floats, known: Floats, careless: Floats, centre: Floats, width: Floats) -> Respondents:
    """Fit both kinds to standings of shape (interviews, items), each interview careless with a known probability."""
    attentive = (1 - careless)[:, None] * known
    weight = np.maximum(attentive.sum(axis=0), 1e-9)
    mean = (attentive * standing).sum(axis=0) / weight
    off = np.where(known, standing - mean, 0.0)
    shared = (off * (1 - careless)[:, None]).T @ off
    # Missing answers shrink a covariance; the variances over answered items mend it, and it stays a covariance.
    sd = np.sqrt(np.maximum(np.diag(shared), 1e-300))
    spread = np.sqrt(np.maximum(np.diag(shared) / weight, _SMALLEST_VARIANCE))
    correlation = (1 - _SHRINK) * shared / np.outer(sd, sd)
    np.fill_diagonal(correlation, 1.0)
    covariance = correlation * np.outer(spread, spread)
    # One more respondent, as usual as can be, keeps a kind that nobody belongs to.
    suspected = careless[:, None] * known
    count = suspected.sum(axis=0) + 1.0
    careless_mean = (suspected * standing).sum(axis=0) / count
    careless_variance = ((suspected * (standing - careless_mean) ** 2).sum(axis=0) + 1.0) / count
    return Respondents(
        centre,
        width,
        mean,
        np.linalg.inv(covariance),
        float(np.linalg.slogdet(covariance)[1] / 2),
        careless_mean,
        np.maximum(careless_variance, _SMALLEST_VARIANCE),
        float(np.clip(careless.mean(), 1e-4, 0.5)),
    )
