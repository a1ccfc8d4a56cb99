"""A unit's answers beside those of others: month by month, and level by level of every item.

Everything is counted for the whole network at once, and each unit's share of it looked up.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.dossiers.peers import candidates
from detectors.core.dossiers.trend import read_months
from detectors.core.dossiers.units import Places, Units
from detectors.core.observations import DEFAULT_SCALE, Observations
from detectors.core.weighing import Weighing

Counts = NDArray[np.float64]


def survey_blocks(
    observations: Observations, weighing: Weighing, units: Units, window_months: int
) -> list[list[dict[str, Any]]]:
    """Return for each unit a block for each questionnaire of which it has interviews.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    units
        The units.
    window_months
        Length of the window.

    Returns
    -------
    list of list of dict
        ``survey``, ``low``, ``high``; ``items``: the rated items that were asked; ``months``: see
        `detectors.core.dossiers.trend`; ``heat``: for overall and then each item the share of each answer from low to
        high, of the ``unit`` (``unit_n`` interviews) and of its ``peers`` (``peer_units`` units with ``peers_n``
        interviews); ``peers_said``: who they are, in both languages.
    """
    blocks: list[list[dict[str, Any]]] = [[] for _ in units]
    if not observations.has("surveys", "survey", units.column):
        return blocks
    unit, survey = (observations.coded("surveys", name) for name in (units.column, "survey"))
    wanted = unit.names.get_indexer(units.ids)
    months = read_months(observations, window_months)
    for place, name in enumerate(survey.names):
        rows = np.flatnonzero((survey.places == place) & (unit.places >= 0))
        low, high = observations.scales.get(name, DEFAULT_SCALE)
        sizes = np.bincount(unit.places[rows], minlength=len(unit.names))
        heat = _read_heat(observations, Coded(unit.places[rows], unit.names), rows, (low, high))
        trend = months.of(rows, unit.places[rows], len(sizes))
        crowd = candidates(observations, weighing, units.kind, name, sizes)
        for number in np.flatnonzero((wanted >= 0) & (sizes[wanted] > 0)):
            at = int(wanted[number])
            peers = crowd.peers_of(at)
            blocks[number].append(
                {
                    "survey": name,
                    "low": low,
                    "high": high,
                    "items": heat.items,
                    "months": trend.say(at),
                    "heat": {
                        "unit": _shares(heat.counts[at]),
                        "unit_n": int(sizes[at]),
                        "peers": _shares(heat.counts[peers.places].sum(axis=0)),
                        "peers_n": int(sizes[peers.places].sum()),
                        "peer_units": len(peers.places),
                    },
                    "peers_said": peers.said._asdict(),
                }
            )
    return blocks


@dataclass(frozen=True)
class _Heat:
    """How often each unit gave each answer.

    Parameters
    ----------
    items
        The items that were asked.
    counts
        Shape (units, overall and items, levels).
    """

    items: list[str]
    counts: Counts


def _read_heat(observations: Observations, unit: Coded, rows: Places, scale: tuple[int, int]) -> _Heat:
    """Count the answers of those rows, which are of those units."""
    surveys, (low, high) = observations["surveys"], scale
    units, levels = len(unit.names), high - low + 1
    items, counted = [], []
    for column in ("overall", *observations.members("surveys", "q_")):
        answer = surveys[column].to_numpy(dtype=np.float32)[rows] - low
        known = (answer >= 0) & (answer <= high - low)
        if column == "overall" or known.any():
            cell = unit.places[known] * levels + np.rint(answer[known]).astype(np.int64)
            counted.append(np.bincount(cell, minlength=units * levels).reshape(units, levels))
            items.append(column)
    return _Heat(items[1:], np.stack(counted, axis=1).astype(np.float64))


def _shares(counts: Counts) -> list[list[float]]:
    """Return the share of each answer, 0 throughout where nobody answered."""
    answered = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, answered, out=np.zeros_like(counts), where=answered > 0)
    rounded: list[list[float]] = shares.round(4).tolist()
    return rounded
