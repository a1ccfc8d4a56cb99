"""What a dealer's proxies and place imply: a robust fit of how often its rows have a trait.

References
----------
McCullagh & Nelder (1989), "Generalized linear models", section 4.5, on quasi-binomial fits. Huber (1964), "Robust
estimation of a location parameter", Annals of Mathematical Statistics 35.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from detectors.core.detector import NotEnough
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Floats, Spread
from detectors.core.interviews import kind_of_interview
from detectors.core.observations import Observations
from detectors.core.sentences import Said
from detectors.crosschecks.quality import FULL_MARKS_APART, Quality, Rest, learn_quality, proxies

_PLACES = ("region", "brand")
_PULL = 2.0
"""Standard errors beyond which a dealer pulls no harder on the fit."""


@dataclass(frozen=True)
class Fitted:
    """Log-odds for each standard deviation of a proxy, for each place, and the intercept; and their covariance."""

    coefficients: "pd.Series[float]"
    covariance: Floats


@dataclass(frozen=True)
class Implication:
    """How many of a dealer's interviews have a trait, as everything else about the dealer implies.

    Parameters
    ----------
    quality
        The proxies.
    usual
        Share of interviews with the trait by kind of interview.
    leniency
        Log-odds by which an interviewer's share exceeds the usual, shrunk.
    fitted
        What a dealer's proxies and place imply.
    spread
        How much honest dealers differ beyond all this.
    potency
        Probability that a manipulated interview has the trait.
    """

    quality: Quality
    usual: "pd.Series[float]"
    leniency: "pd.Series[float]"
    fitted: Fitted
    spread: Spread
    potency: float

    def weigh(self, observations: Observations, hit: NDArray[np.bool_]) -> pd.DataFrame:
        """Return ``n``, ``hits``, ``expected``, ``fewest``, ``most`` and ``bits`` by dealer.

        Parameters
        ----------
        observations
            Interviews of the dealers to weigh.
        hit
            Which of them have the trait, shape (interviews,).
        """
        counts = count_interviews(observations, hit, self.usual, self.leniency)
        features, doubt = features_of(observations, self.quality, counts.index)
        rate, rate_sd = implied_share(counts["offset"], features, doubt, self.fitted)
        likely = count_range(counts["n"], rate, self.spread).set_axis(counts.index)
        bits = count_bits(counts["hits"], counts["n"], rate, self.spread, rate_sd=rate_sd, potency=self.potency)
        return counts[["n", "hits"]].join(likely).assign(bits=bits)


def learn_implication(
    network: Observations,
    hit: NDArray[np.bool_],
    *,
    fewest_interviews: int,
    fewest_dealers: int,
    few: Said,
    alike: Said,
    rest: Rest = FULL_MARKS_APART,
    potency: float = 0.9,
) -> Implication:
    """Learn from a network what implies a trait.

    Parameters
    ----------
    network
        Every interview of the window.
    hit
        Which of them have the trait, shape (interviews,).
    fewest_interviews
        A dealer with fewer teaches nothing.
    fewest_dealers
        A network with fewer of the others has nothing to compare with.
    few, alike
        What is said of such a network, with ``{dealers}``, ``{interviews}`` and ``{fewest}``; and of one in which all
        interviews have the trait, or none.
    rest
        What is looked at.
    potency
        Probability that a manipulated interview has the trait.

    Raises
    ------
    NotEnough
        The network cannot teach it.
    """
    kind = network.shared(kind_of_interview)
    usual = pd.Series((kind.sum(hit) + 0.5) / (kind.count() + 1.0), index=kind.names)
    leniency = leniency_of(network, hit, usual)
    counts = count_interviews(network, hit, usual, leniency)
    judged = counts[counts["n"] >= fewest_interviews]
    if len(judged) < fewest_dealers:
        raise NotEnough(*few.filled(dealers=len(judged), interviews=fewest_interviews, fewest=fewest_dealers))
    if not 0 < judged["hits"].sum() < judged["n"].sum():
        raise NotEnough(*alike)
    quality = learn_quality(network, rest)
    features, doubt = features_of(network, quality, judged.index)
    fitted = fit(features, judged)
    rate, rate_sd = implied_share(judged["offset"], features, doubt, fitted)
    spread = learn_counts(judged["hits"], judged["n"], rate, rate_sd=rate_sd, potency=potency)
    return Implication(quality, usual, leniency, fitted, spread, potency)


def leniency_of(
    network: Observations, hit: NDArray[np.bool_], usual: "pd.Series[float]", trust_rows: float = 40.0
) -> "pd.Series[float]":
    """Return each interviewer's excess of hits over the usual, in log-odds, shrunk by `trust_rows` usual ones."""
    if "interviewer_id" not in network["surveys"].columns:
        return pd.Series(dtype="float64")
    interviewer = network.coded("surveys", "interviewer_id")
    rows = interviewer.count().astype(np.float64)
    mean = interviewer.sum(usual.to_numpy()[network.shared(kind_of_interview).places]) / rows
    shrunk = (interviewer.sum(hit) + trust_rows * mean) / (rows + trust_rows)
    return pd.Series(logit(shrunk) - logit(mean), index=interviewer.names)


def count_interviews(
    observations: Observations, hit: NDArray[np.bool_], usual: "pd.Series[float]", leniency: "pd.Series[float]"
) -> pd.DataFrame:
    """Count each dealer's interviews and hits, and average the log-odds that an average dealer would have."""
    kind, dealer = observations.shared(kind_of_interview), observations.coded("surveys", "dealer_id")
    offset = logit(usual.reindex(kind.names).fillna(float(usual.mean())).to_numpy())[kind.places]
    if "interviewer_id" in observations["surveys"].columns:
        interviewer = observations.coded("surveys", "interviewer_id")
        # One more at the end for interviews of nobody known, who is as lenient as the average.
        offset = offset + np.append(leniency.reindex(interviewer.names).fillna(0.0), 0.0)[interviewer.places]
    n = dealer.count()
    counts = pd.DataFrame({"n": n, "hits": dealer.sum(hit).astype(np.int64), "offset": dealer.sum(offset) / n})
    return counts.set_axis(dealer.names)


def features_of(
    observations: Observations, quality: Quality, dealers: "pd.Index[str]"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is known of each dealer (the intercept, its proxies, where it belongs), and the proxies' doubt."""
    features, doubt = proxies(observations, quality, dealers)
    # A trait near the top of the scale grows faster than the answers below it as quality grows: the relation may bend.
    features = features.join((features**2).add_suffix(" squared"))
    features.insert(0, "everyone", 1.0)
    for place in _PLACES:
        if observations.has("dealers", place):
            of_dealer = (
                observations["dealers"].drop_duplicates("dealer_id").set_index("dealer_id")[place].reindex(dealers)
            )
            features = features.join(pd.get_dummies(of_dealer, prefix=place, dtype="float64"))
    return features, doubt


def implied_share(
    offset: "pd.Series[float]", features: pd.DataFrame, doubt: pd.DataFrame, fitted: Fitted
) -> tuple[Floats, Floats]:
    """Return the implied share of hits of each dealer, and how uncertain its log-odds are.

    They are uncertain because proxies are measured on few rows, and because dealers as extreme as this one are rare.
    """
    names = fitted.coefficients.index
    x = features.reindex(columns=names).fillna(0.0)
    rate = expit((offset + x @ fitted.coefficients).to_numpy(dtype=np.float64))
    slope = fitted.coefficients[doubt.columns].to_numpy() + 2 * features[doubt.columns].to_numpy() * (
        fitted.coefficients[[f"{name} squared" for name in doubt.columns]].to_numpy()
    )
    unmeasured = (slope**2 * doubt.to_numpy()).sum(axis=1)
    extreme = np.einsum("ij,jk,ik->i", x.to_numpy(), fitted.covariance, x.to_numpy())
    return rate, np.sqrt(unmeasured + extreme)


def fit(features: pd.DataFrame, counts: pd.DataFrame, rounds: int = 25) -> Fitted:
    """Fit log-odds by ridge-penalised quasi-binomial scoring in which no dealer pulls harder than `_PULL` allows.

    Whoever lies far above the fit may cheat or may excel, so that nobody is left out: a fit without the excellent
    dealers would call them cheats.
    """
    x, n, k = features.to_numpy(), counts["n"].to_numpy(dtype=np.float64), counts["hits"].to_numpy(dtype=np.float64)
    offset = counts["offset"].to_numpy()
    penalty = np.diag([0.0 if name == "everyone" else 1.0 for name in features.columns])
    beta, trust, between = np.zeros(x.shape[1]), np.ones(len(n)), 0.2
    for _ in range(rounds):
        p = np.clip(expit(offset + x @ beta), 1e-6, 1 - 1e-6)
        information = n * p * (1 - p)
        weight = trust * information / (1 + between * information)
        residual = (k - n * p) / information
        normal = (x.T * weight) @ x + penalty
        beta = np.clip(beta + np.linalg.solve(normal, x.T @ (weight * residual) - penalty @ beta), -6.0, 6.0)
        standardised = residual * np.sqrt(information / (1 + between * information))
        # Huber's weights.
        trust = np.minimum(1.0, _PULL / np.maximum(np.abs(standardised), 1e-9))
        between = _variance_between(residual, information, trust)
    return Fitted(pd.Series(beta, index=features.columns), np.linalg.inv(normal))


def _variance_between(residual: Floats, information: Floats, trust: Floats) -> float:
    """Return the variance of dealers' log-odds beyond chance, by moments, of those that are trusted."""
    excess = np.clip(residual, -3.0, 3.0) ** 2 - 1 / information
    weight = trust * information / (1 + 0.2 * information)
    return float(np.clip((weight * excess).sum() / max(weight.sum(), 1e-9), 0.01, 1.5))
