"""Dossiers drawn up: for each unit asked for, its answers over time, its scripts, its records and its customers' words.

A dossier is plain JSON, because it is stored as it is and shown as it was that night.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from detectors.core.dossiers.answers import survey_blocks
from detectors.core.dossiers.listening import records_and_controls
from detectors.core.dossiers.scripts import script_groups
from detectors.core.dossiers.topics import topics_of
from detectors.core.dossiers.trend import CLOSING_DAYS
from detectors.core.dossiers.units import Units
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.weighing import Weighing

Dossier = dict[str, Any]
"""One unit's dossier: text, numbers, lists and dictionaries, none of them NaN."""


def build(
    observations: Observations,
    weighing: Weighing,
    units: Collection[tuple[str, str]],
    *,
    window_months: int,
    seed: int = 0,
) -> dict[tuple[str, str], Dossier]:
    """Draw up the dossiers of some units.

    Parameters
    ----------
    observations
        The window that was weighed, whole: the other units are what these are compared with.
    weighing
        What was found in it.
    units
        Kind and id of each unit; one without any row in the window has a dossier all the same, with nothing in it.
    window_months
        Length of the window in months.
    seed
        Which random records stand beside the suspicious ones. The same seed chooses the same records every night, as
        long as they lie in the window.

    Returns
    -------
    dict
        By kind and id of the unit:

        ``unit_kind``, ``unit_id``, ``business_date``, ``window_months``, ``closing_months``, ``closing_days``.

        ``surveys``
            A block for each questionnaire that the unit has interviews of: ``survey``, ``low``, ``high``, ``items``,
            ``months``, ``heat`` and ``peers_said`` (see `detectors.core.dossiers.answers`).
        ``scripts``
            Groups of texts in nearly the same words (see `detectors.core.dossiers.scripts`).
        ``records``, ``controls``
            What to listen to first, and as many others of the same unit that no detector named.
        ``topics``, ``texts``
            What its customers speak of, and how many texts there are (see `detectors.core.dossiers.topics`).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from detectors.core.weighing import weigh
    >>> surveys = pd.DataFrame({
    ...     "response_id": ["R1", "R2"], "survey": "SSI", "dealer_id": ["D1", "D2"], "overall": [10.0, 7.0],
    ...     "called_at": pd.to_datetime(["2026-10-30", "2026-10-02"]), "q_attitude": [10.0, 8.0],
    ... })
    >>> seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    >>> dossier = build(seen, weigh(seen, detectors=()), [("dealer", "D1")], window_months=1)["dealer", "D1"]
    >>> dossier["surveys"][0]["months"][0]["full"], dossier["surveys"][0]["months"][0]["network_full"]
    (1.0, 0.5)
    """
    dossiers: dict[tuple[str, str], Dossier] = {}
    for kind in UnitKind:
        of_kind = Units.of(kind, units)
        if not len(of_kind):
            continue
        # Half of the work is Arrow's and numpy's, which leave Python's lock to the other part.
        with ThreadPoolExecutor(2) as pool:
            told = pool.submit(records_and_controls, observations, weighing, of_kind, seed)
            alike = pool.submit(script_groups, observations, of_kind)
            answered = pool.submit(survey_blocks, observations, weighing, of_kind, window_months)
            touched = pool.submit(topics_of, observations, of_kind)
        heard, scripts, blocks, topics = told.result(), alike.result(), answered.result(), touched.result()
        for place, unit_id in enumerate(of_kind):
            dossiers[str(kind), unit_id] = {
                "unit_kind": str(kind),
                "unit_id": unit_id,
                "business_date": observations.business_date.isoformat(),
                "window_months": window_months,
                "closing_months": observations.closing_months,
                "closing_days": CLOSING_DAYS,
                "surveys": blocks[place],
                "scripts": scripts[place],
                **heard[place],
                **topics[place],
            }
    return dossiers
