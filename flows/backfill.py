"""A range of days closed one after the other, the oldest first, as nights would have done."""

from datetime import date, timedelta
from pathlib import Path

from prefect import flow

from detectors.core.errors import MingchaError
from flows.nightly import nightly


def days(first: date, last: date, step_days: int = 1) -> list[date]:
    """Return the days from `first` to `last`, every `step_days`, the last one always among them.

    Raises
    ------
    MingchaError
        The range or the step runs backwards.

    Examples
    --------
    >>> [day.day for day in days(date(2026, 10, 1), date(2026, 10, 10), step_days=4)]
    [1, 5, 9, 10]
    """
    if last < first or step_days < 1:
        raise MingchaError(
            f"From {first} to {last} in steps of {step_days} days there is no day to close.",
            remedy="Name the oldest day first, and a step of at least one day.",
        )
    inside = [first + timedelta(days=offset) for offset in range(0, (last - first).days, step_days)]
    return [*inside, last]


@flow(name="backfill", persist_result=False)
def backfill(
    first: date, last: date, step_days: int = 1, home: Path | None = None, inbox: Path | None = None
) -> list[str]:
    """Close every day of a range.

    A day that was closed on the same deliveries and settings is left as it is, so a backfill that was interrupted can
    simply be run again.

    Parameters
    ----------
    first, last
        The range, both ends included.
    step_days
        7 closes one day a week.
    home, inbox
        See `flows.nightly.nightly`.

    Returns
    -------
    list of str
        The run of each day.
    """
    return [nightly(day, home, inbox).summary.run_id for day in days(first, last, step_days)]
