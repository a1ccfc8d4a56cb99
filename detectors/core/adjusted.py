"""Reported and adjusted scores: the mean of ``overall`` with and without what is probably not genuine."""

import numpy as np
import pandas as pd

from detectors.core.codes import code, places_among

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
    dealer, survey = code(surveys["dealer_id"]), code(surveys["survey"])
    value = surveys["overall"].to_numpy(dtype=np.float64)
    answered = np.flatnonzero(~np.isnan(value) & (dealer.places >= 0) & (survey.places >= 0))
    value = value[answered]
    place = places_among(surveys["response_id"], pd.Series(manipulated.index, dtype="str"))[answered]
    # One more at the end for interviews that are not named.
    doubt = np.append(np.nan_to_num(manipulated.to_numpy(dtype=np.float64)), 0.0)[place].clip(0.0, 1.0)
    weight = 1.0 - doubt
    cells, cell = np.unique(dealer.places[answered] * len(survey.names) + survey.places[answered], return_inverse=True)
    n = np.bincount(cell)
    reported = np.bincount(cell, value) / n
    weights, weighted = np.bincount(cell, weight), np.bincount(cell, value * weight)
    # Where everything is in doubt there is nothing genuine to average: the reported score stands, with all its doubt.
    adjusted = np.where(weights > 0.5, weighted / np.maximum(weights, 1e-300), reported)
    # Chance of the sample, and doubt about which interviews are genuine.
    share = weight**2 + weight * (1 - weight)
    spread = np.bincount(cell, share * (value - adjusted[cell]) ** 2)
    half = _Z_95 * np.sqrt(spread / np.maximum(weights, 1.0) ** 2)
    of_dealer, of_survey = np.divmod(cells, max(len(survey.names), 1))
    return pd.DataFrame(
        {
            "dealer_id": dealer.names.take(of_dealer).array,
            "survey": survey.names.take(of_survey).array,
            "n": n,
            "reported_score": reported,
            "adjusted_score": adjusted,
            "adjusted_low": adjusted - half,
            "adjusted_high": adjusted + half,
        }
    )
