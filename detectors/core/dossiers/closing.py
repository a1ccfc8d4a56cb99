"""The last days of the bonus period, as a reviewer sees them in the trend."""

import pandas as pd

CLOSING_DAYS = 8
"""How many days before the bonus period ends count as its closing: the middle of the windows that are weighed."""


def closing(when: "pd.Series[pd.Timestamp]", closing_months: int) -> "pd.Series[bool]":
    """Tell which moments lie in the last days of a bonus period.

    Parameters
    ----------
    when
        Moments; a missing one lies nowhere.
    closing_months
        Length of the bonus period in months, counted from January.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2026-09-23", "2026-09-22", "2026-10-31", None]))
    >>> closing(days, 1).tolist(), closing(days, 3).tolist()
    ([True, False, True, False], [True, False, False, False])
    """
    left = when.dt.days_in_month - when.dt.day
    return (left < CLOSING_DAYS) & (when.dt.month % closing_months == 0)
