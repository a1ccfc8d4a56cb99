"""The usual features of a dealer: what an analyst puts into an outlier detector when asked who cheats."""

import numpy as np
import pandas as pd

from detectors.core.interviews import perfect
from detectors.core.observations import Observations


def usual_features(observations: Observations) -> pd.DataFrame:
    """Return the usual features of every dealer that has interviews.

    Parameters
    ----------
    observations
        The window. Contacts and reviews may be absent, and so are their features then.

    Returns
    -------
    pandas.DataFrame
        One row a dealer, one column a feature: interviews, mean and standard deviation of overall, shares of top and
        of perfect interviews, mean standard deviation of the items within interviews, median duration and its
        spread, share and length of open answers, response rate, share of dead numbers, count and mean of reviews,
        share of five stars. Without holes: a missing value is the median of the others, as PyOD requires.

    Examples
    --------
    >>> from simulation import WorldSettings, simulate
    >>> world = simulate(WorldSettings(dealers=12, months=2, end="2026-10", interviews_per_dealer=(5, 9)))
    >>> usual_features(world.observations()).shape
    (12, 15)
    """
    surveys = observations["surveys"]
    top = observations.scale_of(surveys["survey"])["high"]
    rows = pd.DataFrame(
        {
            "dealer_id": surveys["dealer_id"],
            "overall": surveys["overall"].astype("float64"),
            "top": (surveys["overall"] >= top).astype("float64"),
            "perfect": perfect(observations).astype("float64"),
            "item_sd": surveys[observations.members("surveys", "q_")].std(axis=1).astype("float64"),
        }
    )
    if "duration_s" in surveys.columns:
        rows["duration_s"] = surveys["duration_s"]
    if "verbatim" in surveys.columns:
        rows["said"] = surveys["verbatim"].notna().astype("float64")
        rows["letters"] = surveys["verbatim"].str.len().astype("float64")
    by_dealer = rows.groupby("dealer_id")
    features = by_dealer.mean()
    features["interviews"] = by_dealer.size()
    features["overall_sd"] = by_dealer["overall"].std()
    if "duration_s" in rows.columns:
        features["duration_sd_s"] = by_dealer["duration_s"].std()
    if observations.has("contacts", "disposition"):
        contacts = observations["contacts"]
        came = contacts["disposition"]
        rates = pd.DataFrame(
            {
                "dealer_id": contacts["dealer_id"],
                "response_rate": came.eq("completed"),
                "dead_share": came.isin(["out_of_service", "wrong_number", "not_customer"]),
            }
        )
        features = features.join(rates.groupby("dealer_id").mean())
    if observations.has("reviews"):
        stars = observations["reviews"].groupby("dealer_id")["rating"]
        features["reviews"] = stars.size()
        features["stars"] = stars.mean()
        features["five_stars"] = stars.agg(lambda rating: rating.eq(5).mean())
    known = features.dropna(axis=1, how="all")
    filled: pd.DataFrame = known.fillna(known.median()).astype(np.float64)
    return filled
