"""What is known of a dealer's quality without looking at what is to be explained, such as its full marks.

Each proxy is a mean over rows (answers below the top, process facts, reviews, audits, complaints), compared with its
own kind everywhere. It is shrunk by how well so many rows measure it and scaled by how much dealers truly differ, so
that a proxy that measures nothing counts for nothing and an unmeasured dealer is an average one.

References
----------
Efron & Morris (1975), "Data analysis using Stein's estimator and its generalizations", JASA 70, on the shrinkage.
Carroll, Ruppert, Stefanski & Crainiceanu (2006), "Measurement error in nonlinear models", on calibrated proxies.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detectors.core.codes import Coded
from detectors.core.instruments.spread import Floats
from detectors.core.interviews import kind_of_interview, level
from detectors.core.observations import Observations

BELOW_TOP = 0.9
"""Interviews with a mean answer below this (0 to 1 between the ends of the scale) tell of quality whoever coached."""


@dataclass(frozen=True)
class Measure:
    """One proxy as the network taught it.

    Parameters
    ----------
    usual
        Mean of the proxy by kind of row (questionnaire and agency, platform, kind of audit).
    noise
        Variance of one row around its dealer's mean.
    truth
        Variance of dealers' true means; 0 if they do not differ.
    """

    usual: "pd.Series[float]"
    noise: float
    truth: float


@dataclass(frozen=True)
class Rest:
    """What is looked at beside that which is to be explained.

    Parameters
    ----------
    answers_from, answers_below
        Interviews with a mean answer between these (0 to 1 between the ends of the scale) are a proxy.
    sources
        Further sources that are.
    """

    answers_from: float = 0.0
    answers_below: float = BELOW_TOP
    sources: tuple[str, ...] = ("reviews", "audits", "complaints")


FULL_MARKS_APART = Rest()
"""What is known of a dealer without looking at a single full mark."""


@dataclass(frozen=True)
class Quality:
    """Every proxy that tells dealers apart, how heavy each failed fact weighs by questionnaire, and what was read."""

    measures: Mapping[str, Measure]
    fact_weights: "FactWeights"
    rest: Rest = FULL_MARKS_APART


def learn_quality(network: Observations, rest: Rest = FULL_MARKS_APART) -> Quality:
    """Learn what is usual, how noisy each proxy is, and how much dealers differ in it."""
    weights = network.shared(fact_weights)
    measures = {}
    for name, rows in network.shared(_Reading(weights, rest)).items():
        usual = rows.kind.sum(rows.value) / np.maximum(rows.kind.sum(np.ones(len(rows.value))), 1)
        centred = rows.value - usual[rows.kind.places]
        sizes = rows.dealer.count().astype(np.float64)
        seen = sizes > 0
        means = np.divide(rows.dealer.sum(centred), sizes, out=np.zeros_like(sizes), where=seen)
        within = rows.dealer.sum((centred - means[rows.dealer.places]) ** 2).sum()
        noise = float(within / max(sizes.sum() - seen.sum(), 1))
        # DerSimonian & Laird's moment estimate of the variance between dealers.
        weight = sizes[seen] / max(noise, 1e-12)
        spread = (weight * means[seen] ** 2).sum() - (seen.sum() - 1)
        truth = spread / max(float(weight.sum() - (weight**2).sum() / weight.sum()), 1e-12)
        if truth > 0 and noise > 0:
            measures[name] = Measure(pd.Series(usual, index=rows.kind.names), noise, float(truth))
    return Quality(measures, weights, rest)


def proxies(
    observations: Observations, quality: Quality, dealers: "pd.Index[str]"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each dealer's proxies in standard deviations of true quality, and how uncertain they remain.

    Parameters
    ----------
    observations
        Rows of the dealers.
    quality
        From `learn_quality`, on the network.
    dealers
        Whom to answer for.

    Returns
    -------
    pandas.DataFrame
        One row a dealer, one column a measure of `quality`; higher is better, shrunk towards 0, the average dealer.
    pandas.DataFrame
        Of the same shape: the variance that remains, 0 (measured perfectly) to 1 (not measured at all).

    Examples
    --------
    >>> from datetime import date
    >>> audits = pd.DataFrame({"dealer_id": [f"D{i % 20:02}" for i in range(80)], "kind": "mystery_shop"})
    >>> audits["score"] = 70.0 + np.arange(80) % 20 + np.random.default_rng(1).normal(0, 1, 80)
    >>> seen = Observations(date(2026, 10, 31), {"audits": audits})
    >>> found, doubt = proxies(seen, learn_quality(seen), pd.Index(["D00", "D19", "D77"]))
    >>> found["audits"].round(1).tolist(), doubt["audits"].round(2).tolist()
    ([-1.6, 1.6, 0.0], [0.01, 0.01, 1.0])
    """
    known, doubt = {}, {}
    rows = observations.shared(_Reading(quality.fact_weights, quality.rest))
    for name, measure in quality.measures.items():
        known[name], doubt[name] = np.zeros(len(dealers)), np.ones(len(dealers))
        if name in rows:
            usual = measure.usual.reindex(rows[name].kind.names).fillna(float(measure.usual.mean())).to_numpy()
            sizes = rows[name].dealer.count().astype(np.float64)
            sums = rows[name].dealer.sum(rows[name].value - usual[rows[name].kind.places])
            means = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
            trust = measure.truth * sizes / (measure.truth * sizes + measure.noise)
            place = rows[name].dealer.names.get_indexer(dealers)
            # One more at the end for dealers without rows, who are average and unmeasured.
            known[name] = np.append(trust * means / np.sqrt(measure.truth), 0.0)[place]
            doubt[name] = np.append(1 - trust, 1.0)[place]
    return pd.DataFrame(known, index=dealers), pd.DataFrame(doubt, index=dealers)


def burden(observations: Observations, weights: "FactWeights") -> Floats:
    """Return how heavily each interview's failed facts weigh; NaN where none that matters was answered."""
    return observations.shared(weights)


@dataclass(frozen=True, eq=False)
class FactWeights:
    """How much lower the answers lie where each fact failed, never below 0; what an interview's facts weigh by them.

    Parameters
    ----------
    drops
        By questionnaire and fact.
    """

    drops: "Mapping[str, pd.Series[float]]"

    def __call__(self, observations: Observations) -> Floats:
        """Return the burden of each interview; see `burden`."""
        surveys = observations["surveys"]
        total, known = np.zeros(len(surveys)), np.zeros(len(surveys), dtype=bool)
        survey = observations.coded("surveys", "survey")
        for fact in observations.members("surveys", "fact_"):
            happened = surveys[fact].to_numpy(dtype=np.float32)
            of_survey = [self.drops[name].get(fact, np.nan) if name in self.drops else np.nan for name in survey.names]
            weight = np.array([*of_survey, np.nan])
            known |= ~np.isnan(happened) & ~np.isnan(weight)[survey.places]
            total += np.where(happened == 0, np.nan_to_num(weight)[survey.places], 0.0)
        return np.where(known, total, np.nan)


@dataclass(frozen=True)
class _Rows:
    """The rows of a proxy: whose they are, what they are compared with, and their value (higher is better)."""

    dealer: Coded
    kind: Coded
    value: Floats


@dataclass(frozen=True)
class _Reading:
    """Reads the rows of every proxy: what is read to learn is read to weigh."""

    weights: FactWeights
    rest: Rest

    def __call__(self, observations: Observations) -> dict[str, _Rows]:
        found = {}
        if observations.has("surveys", "q_"):
            dealer, kind = observations.coded("surveys", "dealer_id"), observations.shared(kind_of_interview)
            height, rest = observations.shared(level), self.rest
            inside = (height >= rest.answers_from) & (height < rest.answers_below)
            found["answers"] = _known(dealer, kind, np.where(inside, height, np.nan))
            if self.weights.drops:
                found["facts"] = _known(dealer, kind, -burden(observations, self.weights))
        others = observations.shared(_other_rows)
        found |= {source: rows for source, rows in others.items() if source in self.rest.sources}
        return {name: rows for name, rows in found.items() if len(rows.value)}


def _other_rows(observations: Observations) -> dict[str, _Rows]:
    """Return the rows of the proxies that are no interviews, by source."""
    found = {}
    for source, kind_column, score in (("reviews", "platform", "rating"), ("audits", "kind", "score")):
        if observations.has(source):
            dealer, worth = observations.coded(source, "dealer_id"), observations[source][score].to_numpy(np.float64)
            known_kind = kind_column in observations[source].columns
            kind = observations.coded(source, kind_column) if known_kind else _one_kind(len(worth))
            found[source] = _known(dealer, kind, worth)
    if observations.has("complaints") and observations.has("transactions"):
        happened = observations.coded("transactions", "dealer_id")
        filed = observations.coded("complaints", "dealer_id")
        # A complaint is a transaction that went wrong: so many zeros, and a minus one for each complaint.
        everyone = happened.names.union(filed.names)
        places = np.concatenate([happened.among(everyone), filed.among(everyone)])
        value = np.repeat([0.0, -1.0], [len(happened.places), len(filed.places)])
        found["complaints"] = _known(Coded(places, everyone), _one_kind(len(value)), value)
    return found


def _one_kind(rows: int) -> Coded:
    return Coded(np.zeros(rows, dtype=np.int64), pd.Index(["any"], dtype="str"))


def _known(dealer: Coded, kind: Coded, value: Floats) -> _Rows:
    known = ~np.isnan(value) & (dealer.places >= 0)
    # A missing kind is compared with the first; it is as good as any.
    kinds = np.maximum(kind.places[known], 0)
    return _Rows(Coded(dealer.places[known], dealer.names), Coded(kinds, kind.names), value[known])


def fact_weights(network: Observations) -> FactWeights:
    """Learn how much lower the answers lie where each fact failed."""
    if not network.has("surveys", "q_", "fact_"):
        return FactWeights({})
    survey, height = network.coded("surveys", "survey"), network.shared(level)
    measured = ~np.isnan(height)
    drops: dict[str, dict[str, float]] = {name: {} for name in survey.names}
    for fact in network.members("surveys", "fact_"):
        happened = network["surveys"][fact].to_numpy(dtype=np.float32)
        done, failed = ((happened == outcome) & measured for outcome in (1, 0))
        sums = [np.bincount(survey.places[part], height[part], len(survey.names)) for part in (done, failed)]
        counts = [survey.count(part) for part in (done, failed)]
        for place, name in enumerate(survey.names):
            if counts[0][place] and counts[1][place]:
                drops[name][fact] = max(sums[0][place] / counts[0][place] - sums[1][place] / counts[1][place], 0.0)
    return FactWeights({name: pd.Series(of_fact, dtype="float64") for name, of_fact in drops.items()})
