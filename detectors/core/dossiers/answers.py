"""A unit's answers beside those of others: month by month, and level by level of every item.

Everything is counted for the whole network at once, and each unit's share of it looked up.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.dossiers.closing import closing
from detectors.core.dossiers.peers import Peers, choose_peers
from detectors.core.interviews import perfect
from detectors.core.observations import DEFAULT_SCALE, Observations
from detectors.core.schemes import UnitKind
from detectors.core.weighing import Weighing

Counts = NDArray[np.float64]


def survey_blocks(
    observations: Observations, weighing: Weighing, kind: UnitKind, ids: "pd.Index[str]", window_months: int
) -> list[list[dict[str, Any]]]:
    """Return for each unit a block for each questionnaire of which it has interviews.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    kind, ids
        The units.
    window_months
        Length of the window.

    Returns
    -------
    list of list of dict
        ``survey``, ``low``, ``high``; ``items``: the rated items; ``months``: for each month of the window ``month``,
        interviews ``n``, ``mean`` of overall, share ``full`` with full marks on everything, the same of the network
        (``network_mean``, ``network_full``) and of the closing days (``closing_n``, ``closing_full``,
        ``network_closing_full``), null where there is nothing to average; ``heat``: for overall and then each item the
        share of each answer from low to high, of the ``unit`` (``unit_n`` interviews) and of its ``peers``
        (``peer_units`` units with ``peers_n`` interviews); ``peers_said``: who they are.
    """
    blocks: list[list[dict[str, Any]]] = [[] for _ in ids]
    if not observations.has("surveys", "survey") or f"{kind}_id" not in observations["surveys"].columns:
        return blocks
    unit = observations.coded("surveys", f"{kind}_id")
    survey = observations.coded("surveys", "survey")
    wanted = unit.names.get_indexer(ids)
    trend = _Trend(observations, window_months)
    for place, name in enumerate(survey.names):
        rows = np.flatnonzero((survey.places == place) & (unit.places >= 0))
        low, high = observations.scales.get(name, DEFAULT_SCALE)
        items, levels = _levels(observations, rows, unit.places[rows], len(unit.names), low, high)
        sizes = np.bincount(unit.places[rows], minlength=len(unit.names))
        months = trend.of(rows, unit.places[rows], len(unit.names))
        asked = [number for number, at in enumerate(wanted) if at >= 0 and sizes[at] > 0]
        chosen = choose_peers(observations, weighing, kind, unit.names, name, sizes, wanted[asked])
        pooled = _pooled(levels, chosen)
        for number, peers, peer_levels in zip(asked, chosen, pooled, strict=True):
            at = wanted[number]
            blocks[number].append(
                {
                    "survey": name,
                    "low": low,
                    "high": high,
                    "items": items,
                    "months": months.say(at),
                    "heat": {
                        "unit": _shares(levels[at]),
                        "unit_n": int(sizes[at]),
                        "peers": _shares(peer_levels),
                        "peers_n": int(sizes[peers.places].sum()),
                        "peer_units": len(peers.places),
                    },
                    "peers_said": peers.said._asdict(),
                }
            )
    return blocks


def _levels(
    observations: Observations, rows: NDArray[np.int64], unit: NDArray[np.int64], units: int, low: int, high: int
) -> tuple[list[str], Counts]:
    """Return the items that were asked, and how often each unit gave each answer, shape (units, 1 + items, levels)."""
    surveys, many = observations["surveys"], high - low + 1
    items, counted = [], []
    for column in ("overall", *observations.members("surveys", "q_")):
        answer = surveys[column].to_numpy(dtype=np.float32)[rows] - low
        known = (answer >= 0) & (answer <= high - low)
        if column == "overall" or known.any():
            cell = unit[known] * many + np.rint(answer[known]).astype(np.int64)
            counted.append(np.bincount(cell, minlength=units * many).reshape(units, many))
            items.append(column)
    return items[1:], np.stack(counted, axis=1).astype(np.float64)


def _pooled(levels: Counts, chosen: list[Peers]) -> Counts:
    """Return the answers of each unit's peers together, shape (units, 1 + items, levels)."""
    among = np.zeros((len(chosen), len(levels)))
    for place, peers in enumerate(chosen):
        among[place, peers.places] = 1.0
    return (among @ levels.reshape(len(levels), -1)).reshape(len(chosen), *levels.shape[1:])


def _shares(levels: Counts) -> list[list[float]]:
    """Return the share of each answer, 0 throughout where nobody answered."""
    answered = levels.sum(axis=1, keepdims=True)
    shares = np.divide(levels, answered, out=np.zeros_like(levels), where=answered > 0)
    found: list[list[float]] = shares.round(4).tolist()
    return found


class _Trend:
    """Interviews by month of the window, with what is averaged over them."""

    def __init__(self, observations: Observations, window_months: int) -> None:
        surveys = observations["surveys"]
        end = pd.Timestamp(observations.business_date)
        first = end - pd.DateOffset(months=window_months) + pd.Timedelta(days=1)
        self.months = pd.period_range(first, end, freq="M")
        when = pd.Series(pd.NaT, index=surveys.index, dtype="datetime64[us]")
        when = surveys["called_at"] if "called_at" in surveys.columns else when
        month = when.dt.year * 12 + when.dt.month
        if "wave" in surveys.columns and when.isna().any():
            wave = pd.to_datetime(surveys["wave"], format="%Y-%m", errors="coerce")
            month = month.fillna(wave.dt.year * 12 + wave.dt.month)
        place = month - (first.year * 12 + first.month)
        inside = place.between(0, len(self.months) - 1)
        self.place = place.where(inside, -1).to_numpy(dtype=np.int64)
        self.overall = surveys["overall"].to_numpy(dtype=np.float64)
        self.full = np.asarray(observations.shared(perfect), dtype=np.float64)
        self.closes = np.asarray(closing(when, observations.closing_months), dtype=np.float64)

    def of(self, rows: NDArray[np.int64], unit: NDArray[np.int64], units: int) -> "_Months":
        """Count the rows by unit and month."""
        inside = self.place[rows] >= 0
        rows, many = rows[inside], len(self.months)
        cell = unit[inside] * many + self.place[rows]

        def total(values: Counts) -> Counts:
            return np.bincount(cell, values, minlength=units * many).reshape(units, many)

        rated = ~np.isnan(self.overall[rows])
        full, closes = self.full[rows], self.closes[rows]
        sums = [np.ones(len(rows)), rated, np.where(rated, self.overall[rows], 0.0), full, closes, full * closes]
        return _Months(self.months, np.stack([total(np.asarray(values, dtype=np.float64)) for values in sums]))


class _Months:
    """Sums by unit and month, and the network's."""

    def __init__(self, months: pd.PeriodIndex, sums: Counts) -> None:
        self.months = [str(month) for month in months]
        self.sums = sums
        self.network = sums.sum(axis=1)

    def say(self, at: int) -> list[dict[str, Any]]:
        """Return the months of one unit."""
        _, mean, full, _, closing_full = _averages(self.network)
        n, own_mean, own_full, closing_n, own_closing_full = _averages(self.sums[:, at])
        return [
            {
                "month": month,
                "n": int(n[place]),
                "mean": own_mean[place],
                "full": own_full[place],
                "network_mean": mean[place],
                "network_full": full[place],
                "closing_n": int(closing_n[place]),
                "closing_full": own_closing_full[place],
                "network_closing_full": closing_full[place],
            }
            for place, month in enumerate(self.months)
        ]


def _averages(
    sums: Counts,
) -> tuple[Counts, list[float | None], list[float | None], Counts, list[float | None]]:
    n, rated, total, full, closes, closing_full = sums
    return n, _ratios(total, rated), _ratios(full, n), closes, _ratios(closing_full, closes)


def _ratios(above: Iterable[float], below: Iterable[float]) -> list[float | None]:
    return [round(float(one / of), 4) if of else None for one, of in zip(above, below, strict=True)]
