"""Reported and adjusted scores: the mean of ``overall`` with and without what is probably not genuine."""

import numpy as np
import pandas as pd

_Z_95 = 1.959963984540054


def adjusted_scores(surveys: pd.DataFrame, manipulated: "pd.Series[float]") -> pd.DataFrame:
    """Weight each interview by the probability that it is genuine.

    Dropping suspicious interviews would make the sample less representative; weighting keeps each for what it is worth.

    Parameters
    ----------
    surveys
        Interviews of the window: ``response_id``, ``dealer_id``, ``survey`` and ``overall``.
    manipulated
        Probability that an interview is manipulated, by ``response_id``; interviews it does not name are genuine.

    Returns
    -------
    pandas.DataFrame
        One row a dealer and survey: ``n``, ``reported_score``, ``adjusted_score``, ``adjusted_low`` and
        ``adjusted_high`` (95 %), on the questionnaire's scale.

    Examples
    --------
    >>> surveys = pd.DataFrame(
    ...     {"response_id": ["R1", "R2", "R3"], "dealer_id": "D1", "survey": "SSI", "overall": [10.0, 7.0, 8.0]})
    >>> row = adjusted_scores(surveys, pd.Series({"R1": 1.0})).iloc[0]
    >>> round(float(row["reported_score"]), 2), round(float(row["adjusted_score"]), 2)
    (8.33, 7.5)
    """
    answered = surveys.loc[surveys["overall"].notna(), ["response_id", "dealer_id", "survey", "overall"]]
    doubt = answered["response_id"].map(manipulated).astype("float64").fillna(0.0).clip(0.0, 1.0)
    rows = pd.DataFrame(
        {
            "dealer_id": answered["dealer_id"],
            "survey": answered["survey"],
            "value": answered["overall"].astype("float64"),
            "weight": 1.0 - doubt,
        }
    )
    rows["weighted"] = rows["value"] * rows["weight"]
    sums = rows.groupby(["dealer_id", "survey"], sort=True).agg(
        n=("value", "size"), reported_score=("value", "mean"), weight=("weight", "sum"), weighted=("weighted", "sum")
    )
    # Where everything is in doubt there is nothing genuine to average: the reported score stands, with all its doubt.
    sums["adjusted_score"] = (sums["weighted"] / sums["weight"]).where(sums["weight"] > 0.5, sums["reported_score"])
    rows = rows.join(sums["adjusted_score"], on=["dealer_id", "survey"])
    # Chance of the sample, and doubt about which interviews are genuine.
    share = rows["weight"] ** 2 + rows["weight"] * (1 - rows["weight"])
    rows["spread"] = share * (rows["value"] - rows["adjusted_score"]) ** 2
    variance = rows.groupby(["dealer_id", "survey"], sort=True)["spread"].sum() / sums["weight"].clip(lower=1.0) ** 2
    half = _Z_95 * np.sqrt(variance)
    return pd.DataFrame(
        {
            "n": sums["n"],
            "reported_score": sums["reported_score"],
            "adjusted_score": sums["adjusted_score"],
            "adjusted_low": sums["adjusted_score"] - half,
            "adjusted_high": sums["adjusted_score"] + half,
        }
    ).reset_index()
