"""Month by month: a unit's answers beside the network's, with the last days of the bonus period told apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.closing import days_left
from detectors.core.dossiers.units import Places
from detectors.core.interviews import perfect
from detectors.core.observations import Observations

CLOSING_DAYS = 8
"""How many days before the bonus period ends count as its closing: the middle of the windows that are weighed."""

Sums = NDArray[np.float64]


@dataclass(frozen=True)
class Trend:
    """What is averaged over the interviews of each month.

    Parameters
    ----------
    months
        The months of the window, as text.
    sums
        Shape (6, units, months): interviews, those with an answer to overall, the sum of these answers, interviews with
        full marks on everything, interviews in closing days, and those of them with full marks.
    """

    months: list[str]
    sums: Sums

    @cached_property
    def _network(self) -> dict[str, list[float | None]]:
        return _averages(self.sums.sum(axis=1))

    def say(self, at: int) -> list[dict[str, Any]]:
        """Return the months of one unit.

        Returns
        -------
        list of dict
            For each month of the window ``month``, interviews ``n``, ``mean`` of overall, share ``full`` with full
            marks on everything, the same of the network (``network_mean``, ``network_full``) and of the closing days
            (``closing_n``, ``closing_full``, ``network_closing_full``); null where there is nothing to average.
        """
        own, network = _averages(self.sums[:, at]), self._network
        n, closing_n = self.sums[0, at], self.sums[4, at]
        return [
            {
                "month": month,
                "n": int(n[place]),
                "mean": own["mean"][place],
                "full": own["full"][place],
                "network_mean": network["mean"][place],
                "network_full": network["full"][place],
                "closing_n": int(closing_n[place]),
                "closing_full": own["closing_full"][place],
                "network_closing_full": network["closing_full"][place],
            }
            for place, month in enumerate(self.months)
        ]


def _averages(sums: Sums) -> dict[str, list[float | None]]:
    n, rated, total, full, closes, closing_full = sums
    return {
        "mean": _ratios(total, rated),
        "full": _ratios(full, n),
        "closing_full": _ratios(closing_full, closes),
    }


def _ratios(above: Iterable[float], below: Iterable[float]) -> list[float | None]:
    return [round(float(one / of), 4) if of else None for one, of in zip(above, below, strict=True)]


@dataclass(frozen=True)
class Months:
    """What is averaged of each interview, and in which month it falls.

    Parameters
    ----------
    months
        The months of the window.
    place
        The month of each interview, -1 outside the window, shape (interviews,).
    values
        See `Trend`, shape (6, interviews).
    """

    months: list[str]
    place: Places
    values: Sums

    def of(self, rows: Places, unit: Places, units: int) -> Trend:
        """Sum those rows by unit and month."""
        inside = self.place[rows] >= 0
        many = len(self.months)
        cell = unit[inside] * many + self.place[rows[inside]]
        summed = [np.bincount(cell, values[rows[inside]], minlength=units * many) for values in self.values]
        return Trend(self.months, np.stack(summed).astype(np.float64).reshape(len(summed), units, many))


def read_months(observations: Observations, window_months: int) -> Months:
    """Read in which month each interview was made: by its time, or by its wave where that is missing.

    Parameters
    ----------
    observations
        The window.
    window_months
        Its length.
    """
    surveys = observations["surveys"]
    end = pd.Timestamp(observations.business_date)
    first = end - pd.DateOffset(months=window_months) + pd.Timedelta(days=1)
    months = [str(month) for month in pd.period_range(first, end, freq="M")]
    when = surveys["called_at"] if "called_at" in surveys.columns else pd.Series(pd.NaT, index=surveys.index)
    month = when.dt.year * 12 + when.dt.month
    if "wave" in surveys.columns and when.isna().any():
        wave = pd.to_datetime(surveys["wave"], format="%Y-%m", errors="coerce")
        month = month.fillna(wave.dt.year * 12 + wave.dt.month)
    place = month - (first.year * 12 + first.month)
    overall = surveys["overall"].to_numpy(dtype=np.float64)
    full = np.asarray(observations.shared(perfect), dtype=np.float64)
    closes = np.asarray(days_left(when, observations.closing_months) < CLOSING_DAYS, dtype=np.float64)
    values = [np.ones(len(surveys)), ~np.isnan(overall), np.nan_to_num(overall), full, closes, full * closes]
    return Months(
        months,
        place.where(place.between(0, len(months) - 1), -1).to_numpy(dtype=np.int64),
        np.stack([np.asarray(one, dtype=np.float64) for one in values]),
    )
