"""The business date: the day that a run closes (docs/decisions/0002-business-date.md)."""

from collections.abc import Iterable
from datetime import date

from detectors.core.errors import MingchaError

LATE_AFTER_DAYS = 3
"""A feed this many days behind is said to be late: a weekend and the Monday on which it is delivered are not."""


def business_date(asked: date | None, newest: date | None, today: date, remarks: Iterable[str] = ()) -> date:
    """Return the day to close: the one that was asked for, else the newest day that was observed.

    Parameters
    ----------
    asked
        The date that was asked for, or None.
    newest
        The newest day on which an interview or a review was observed, or None.
    today
        The calendar day in Shanghai.
    remarks
        What is known of the deliveries, for the error.

    Raises
    ------
    MingchaError
        Neither an interview nor a review was ever accepted.

    Examples
    --------
    >>> business_date(None, date(2026, 10, 31), date(2026, 11, 2))
    datetime.date(2026, 10, 31)
    """
    if newest is None:
        raise MingchaError(
            " ".join([*remarks, "No interview and no review has ever been accepted, so there is nothing to weigh."]),
            remedy="Deliver surveys or reviews with at least one good row; the validation report says what is wrong.",
        )
    return asked or min(newest, today)


def lateness(asked: date | None, newest: date, today: date) -> str | None:
    """Return the sentence about a feed that is late or has stopped, or None.

    Examples
    --------
    >>> lateness(None, date(2026, 10, 31), date(2026, 11, 21))
    'The newest interview or review is of 2026-10-31, 21 days before 2026-11-21: a feed is late or has stopped.'
    """
    due = min(asked or today, today)
    behind = (due - newest).days
    if behind <= LATE_AFTER_DAYS:
        return None
    return f"The newest interview or review is of {newest}, {behind} days before {due}: a feed is late or has stopped."
