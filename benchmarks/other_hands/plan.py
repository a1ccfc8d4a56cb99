"""How large the network is, and when."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from benchmarks.other_hands.chance import Integers

LAST_MONTH = "2026-10"
LEAD_IN_DAYS = 35
"""Customers called in the first weeks of the window came before it."""

_GOLDEN_WEEK, _MAY_DAYS = ("10-01", "10-07"), ("05-01", "05-05")


@dataclass(frozen=True)
class Plan:
    """The size of a network.

    Parameters
    ----------
    seed
        Equal plans give equal networks. The honest network of a seed has the same people and the same visits.
    dealers, months
        How many; the last month is October 2026.
    honest
        Nobody cheats.
    """

    seed: int = 0
    dealers: int = 200
    months: int = 6
    honest: bool = False

    @cached_property
    def first_day(self) -> "np.datetime64[date]":
        """The first day of the window."""
        return np.datetime64(str(np.datetime64(LAST_MONTH, "M") - (self.months - 1)), "D")

    @cached_property
    def last_day(self) -> "np.datetime64[date]":
        """The last day of the window."""
        return np.datetime64(str(np.datetime64(LAST_MONTH, "M") + 1), "D") - 1

    @cached_property
    def dates(self) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
        """Every day from the first visit on; days are counted by their place in it."""
        return np.arange(self.first_day - LEAD_IN_DAYS, self.last_day + 1)

    @cached_property
    def month_of_day(self) -> Integers:
        """Month by day, counted from the first of the window; the weeks before it count to it."""
        months = (self.dates.astype("datetime64[M]") - self.first_day.astype("datetime64[M]")).astype(np.int64)
        return np.asarray(np.maximum(months, 0), dtype=np.int64)

    @cached_property
    def weekday(self) -> Integers:
        """Day of the week by day, Monday 0."""
        return np.asarray((self.dates.astype(np.int64) + 3) % 7, dtype=np.int64)

    @cached_property
    def holiday(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Whether the agencies rest: the week of 1 October, the first days of May."""
        day = np.array([str(one)[5:] for one in self.dates])
        in_october = (day >= _GOLDEN_WEEK[0]) & (day <= _GOLDEN_WEEK[1])
        return np.asarray(in_october | ((day >= _MAY_DAYS[0]) & (day <= _MAY_DAYS[1])), dtype=np.bool_)

    @cached_property
    def month_end(self) -> Integers:
        """Last day of the month, by day."""
        months = self.dates.astype("datetime64[M]")
        ends = (months + 1).astype("datetime64[D]") - 1
        return np.asarray((ends - self.dates[0]).astype(np.int64))
