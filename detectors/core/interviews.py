"""Interviews as several families read them: which are perfect, and how high the answers of the others lie.

The top of the scale is the questionnaire's own, never the literal 10, so that a questionnaire from 1 to 5 is read the
same way.
"""

import numpy as np
import pandas as pd

from detectors.core.codes import Coded
from detectors.core.deriving import row_by_row
from detectors.core.instruments.spread import Floats
from detectors.core.observations import Observations


@row_by_row(lambda full, rows: full.take(rows).reset_index(drop=True))
def perfect(observations: Observations) -> "pd.Series[bool]":
    """Tell which interviews have the highest possible answer in ``overall`` and in every item that was answered.

    An interview in which no item was answered is not perfect: full marks need something to be full.

    Parameters
    ----------
    observations
        Rows of the window, with interviews.

    Returns
    -------
    pandas.Series
        With the index of the interviews.

    Examples
    --------
    >>> from datetime import date
    >>> surveys = pd.DataFrame(
    ...     {"survey": ["SSI"] * 3, "overall": [10.0, 10.0, 9.0], "q_a": [10.0, 9.0, 10.0], "q_b": [np.nan, 10.0, 10.0]}
    ... )
    >>> perfect(Observations(date(2026, 10, 31), {"surveys": surveys})).tolist()
    [True, False, False]
    """
    surveys = observations["surveys"]
    high = observations.scale_of(surveys["survey"])["high"].to_numpy(dtype=np.float32)
    full = surveys["overall"].to_numpy(dtype=np.float32) >= high
    answered = np.zeros(len(surveys), dtype=bool)
    for item in observations.members("surveys", "q_"):
        rating = surveys[item].to_numpy(dtype=np.float32)
        known = ~np.isnan(rating)
        answered |= known
        full &= ~known | (rating >= high)
    return pd.Series(full & answered, index=surveys.index, name="perfect")


@row_by_row(np.take)
def level(observations: Observations) -> Floats:
    """Return how high each interview's answers lie between the ends of the scale, 0 to 1, the mean over its answers.

    Parameters
    ----------
    observations
        Rows of the window, with interviews.

    Returns
    -------
    numpy.ndarray
        Shape (interviews,); NaN where nothing was answered.

    Examples
    --------
    >>> from datetime import date
    >>> surveys = pd.DataFrame({"survey": ["SSI"], "overall": [10.0], "q_a": [1.0]})
    >>> level(Observations(date(2026, 10, 31), {"surveys": surveys})).tolist()
    [0.5]
    """
    surveys = observations["surveys"]
    scale = observations.scale_of(surveys["survey"]).to_numpy(dtype=np.float64)
    total, answers = np.zeros(len(surveys)), np.zeros(len(surveys))
    for name in ("overall", *observations.members("surveys", "q_")):
        rating = surveys[name].to_numpy(dtype=np.float64)
        known = ~np.isnan(rating)
        answers += known
        total[known] += rating[known]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((total / answers - scale[:, 0]) / (scale[:, 1] - scale[:, 0]), dtype=np.float64)


def kind_of_interview(observations: Observations) -> Coded:
    """Return questionnaire and agency of each interview: what its answers are compared with."""
    survey = observations.coded("surveys", "survey")
    if "vendor" not in observations["surveys"].columns:
        return survey
    vendor = observations.coded("surveys", "vendor")
    pairs = [f"{questionnaire} {agency}" for questionnaire in survey.names for agency in (*vendor.names, "")]
    agencies = len(vendor.names)
    agency = np.where(vendor.places < 0, agencies, vendor.places)
    return Coded(survey.places * (agencies + 1) + agency, pd.Index(pairs, dtype="str"))
