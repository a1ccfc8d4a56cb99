"""When a bonus period closes."""

import numpy as np
import pandas as pd


def days_left(when: pd.Series, months: int) -> "pd.Series[float]":
    """Return how many days of the bonus period are left after each moment.

    Parameters
    ----------
    when
        Wall-clock times, missing ones allowed.
    months
        Length of a bonus period, which ends with a month whose number is a multiple of it.

    Returns
    -------
    pandas.Series
        Days: 0 on the last day of a period; infinite in months in which none ends; NaN without a time.

    Examples
    --------
    >>> when = pd.to_datetime(pd.Series(["2026-09-30", "2026-09-21", "2026-08-31"]))
    >>> days_left(when, 3).tolist(), days_left(when, 1).tolist()
    ([0.0, 9.0, inf], [0.0, 9.0, 0.0])
    """
    last: pd.Series[float] = (when.dt.days_in_month - when.dt.day).astype("float64")
    return last.where((when.dt.month % months) == 0, np.inf)
