"""What is known of a dealer's quality without looking at a single full mark.

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

from detectors.core.interviews import level
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
class Quality:
    """Every proxy that tells dealers apart, and how heavy each failed fact weighs, by questionnaire."""

    measures: Mapping[str, Measure]
    fact_weights: Mapping[str, "pd.Series[float]"]


def learn_quality(network: Observations) -> Quality:
    """Learn what is usual, how noisy each proxy is, and how much dealers differ in it."""
    weights = _fact_weights(network)
    measures = {}
    for name, rows in _rows(network, weights).items():
        usual = rows.groupby("kind")["value"].mean()
        centred = rows["value"] - rows["kind"].map(usual)
        by_dealer = centred.groupby(rows["dealer_id"]).agg(["size", "mean", "var"])
        freedom = by_dealer["size"] - 1
        noise = float((by_dealer["var"].fillna(0) * freedom).sum() / max(freedom.sum(), 1))
        # DerSimonian & Laird's moment estimate of the variance between dealers.
        weight = by_dealer["size"] / max(noise, 1e-12)
        spread = (weight * by_dealer["mean"] ** 2).sum() - (len(by_dealer) - 1)
        truth = spread / max(float(weight.sum() - (weight**2).sum() / weight.sum()), 1e-12)
        if truth > 0 and noise > 0:
            measures[name] = Measure(usual, noise, float(truth))
    return Quality(measures, weights)


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
    rows = _rows(observations, quality.fact_weights)
    for name, measure in quality.measures.items():
        known[name], doubt[name] = np.zeros(len(dealers)), np.ones(len(dealers))
        if name in rows:
            centred = rows[name]["value"] - rows[name]["kind"].map(measure.usual).astype("float64").fillna(
                float(measure.usual.mean())
            )
            means = centred.groupby(rows[name]["dealer_id"]).agg(["size", "mean"]).reindex(dealers)
            trust = measure.truth / (measure.truth + measure.noise / means["size"])
            known[name] = (trust * means["mean"] / np.sqrt(measure.truth)).fillna(0.0).to_numpy()
            doubt[name] = 1 - trust.fillna(0.0).to_numpy()
    return pd.DataFrame(known, index=dealers), pd.DataFrame(doubt, index=dealers)


def kind_of_interview(surveys: pd.DataFrame) -> "pd.Series[str]":
    """Return questionnaire and agency of each interview: what its answers are compared with."""
    vendor = surveys["vendor"].fillna("") if "vendor" in surveys.columns else ""
    return surveys["survey"] + " " + vendor


def burden(surveys: pd.DataFrame, weights: Mapping[str, "pd.Series[float]"]) -> "pd.Series[float]":
    """Return how heavily each interview's failed facts weigh; NaN where none that matters was answered."""
    total = pd.Series(0.0, index=surveys.index)
    known = pd.Series(data=False, index=surveys.index)
    for survey, of_facts in weights.items():
        inside = surveys["survey"] == survey
        for fact, weight in of_facts.items():
            if fact in surveys.columns:
                total += weight * (inside & (surveys[str(fact)] == 0))
                known |= inside & surveys[str(fact)].notna()
    return total.where(known)


def _rows(observations: Observations, weights: Mapping[str, "pd.Series[float]"]) -> dict[str, pd.DataFrame]:
    """Return the rows of every proxy: ``dealer_id``, ``kind``, ``value`` (higher is better)."""
    found = {}
    if observations.has("surveys", "q_"):
        surveys = observations["surveys"]
        kind, height = kind_of_interview(surveys), pd.Series(level(observations), index=surveys.index)
        found["answers"] = _laid_out(surveys["dealer_id"], kind, height.where(height < BELOW_TOP))
        found["facts"] = _laid_out(surveys["dealer_id"], kind, -burden(surveys, weights))
    if observations.has("reviews"):
        reviews = observations["reviews"]
        platform = reviews["platform"].fillna("") if "platform" in reviews.columns else "anywhere"
        found["reviews"] = _laid_out(reviews["dealer_id"], platform, reviews["rating"])
    if observations.has("audits"):
        audits = observations["audits"]
        found["audits"] = _laid_out(audits["dealer_id"], audits["kind"], audits["score"])
    if observations.has("complaints") and observations.has("transactions"):
        happened, filed = observations["transactions"]["dealer_id"], observations["complaints"]["dealer_id"]
        # A complaint is a transaction that went wrong: so many zeros, and a minus one for each complaint.
        both = pd.concat([happened, filed], ignore_index=True)
        value = pd.Series(np.repeat([0.0, -1.0], [len(happened), len(filed)]))
        found["complaints"] = _laid_out(both, "transaction", value)
    return {name: rows for name, rows in found.items() if len(rows)}


def _laid_out(dealers: "pd.Series[str]", kind: "pd.Series[str] | str", value: "pd.Series[float]") -> pd.DataFrame:
    rows = pd.DataFrame({"dealer_id": dealers, "kind": kind, "value": value.astype("float64")})
    return rows[rows["value"].notna() & rows["dealer_id"].notna()]


def _fact_weights(network: Observations) -> dict[str, "pd.Series[float]"]:
    """Return, by questionnaire, how much lower the answers lie where each fact failed, never below 0."""
    if not network.has("surveys", "q_", "fact_"):
        return {}
    surveys = network["surveys"]
    height = pd.Series(level(network), index=surveys.index)
    facts = network.members("surveys", "fact_")
    weights = {}
    for survey, rows in surveys.groupby("survey", sort=True):
        drops = {
            fact: float(height[rows.index][rows[fact] == 1].mean() - height[rows.index][rows[fact] == 0].mean())
            for fact in facts
            if (rows[fact] == 0).any() and (rows[fact] == 1).any()
        }
        weights[str(survey)] = pd.Series(drops, dtype="float64").clip(lower=0.0)
    return weights
