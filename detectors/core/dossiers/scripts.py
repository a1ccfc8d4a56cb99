"""Scripts side by side: a unit's texts that say nearly the same, with what they share marked.

A group is a cluster of likeness of which chance hardly brings two to a unit of this size, as common as it is elsewhere,
so that "fine, thank you" never fills a dossier.
"""

from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.dossiers.segments import shared_part, shared_segments
from detectors.core.dossiers.units import Places, Units, own_rows
from detectors.core.dossiers.words import words_of
from detectors.core.instruments.repeats import find_repeats, learn_rarity
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES
from detectors.core.verbatims import review_clusters, review_texts, verbatim_clusters, verbatims

MOST_GROUPS, MOST_TEXTS = 5, 6
"""How many groups of texts a reviewer is shown, and how many texts of each."""

SHORTEST = 10
"""Letters; shorter texts are said alike by chance."""

MOSTLY = 0.5
"""A text is shown in its group if at least this part of it stands in another of the group."""

_GROUP = ["unit", "key"]

Group = dict[str, Any]


def script_groups(observations: Observations, units: Units) -> list[list[Group]]:
    """Return for each unit its groups of near-duplicate texts, the largest first.

    Parameters
    ----------
    observations
        The window.
    units
        Of dealers open answers and reviews are compared, of interviewers the open answers they wrote down.

    Returns
    -------
    list of list of dict
        Each group has ``records`` (``source``, ``record_id`` and ``segments``, see `detectors.core.dossiers.segments`)
        and ``n``, how many texts are alike in all.
    """
    found: list[list[Group]] = [[] for _ in units]
    if observations.has("surveys", "verbatim", units.column):
        _lay_out(found, _alike_verbatims(observations, units), observations, "surveys")
    if units.kind is UnitKind.DEALER and observations.has("reviews", "text"):
        _lay_out(found, _alike_reviews(observations, units), observations, "reviews")
    return [sorted(groups, key=lambda group: -group["n"])[:MOST_GROUPS] for groups in found]


def _alike_verbatims(observations: Observations, units: Units) -> pd.DataFrame:
    """Return ``unit``, ``key`` and ``row`` of the open answers that repeat another of their unit.

    What only one interviewer wrote of a dealer is that interviewer's style, and what only one dealer's customers told
    an interviewer may be that dealer's script: neither is the unit's.
    """
    texts = observations.shared(verbatims)
    long = np.flatnonzero(texts.letters >= SHORTEST)
    keys = observations.shared(verbatim_clusters).keys(texts)
    alike = _echoes(observations, "surveys", units, long, keys[long])
    other = "interviewer_id" if units.kind is UnitKind.DEALER else "dealer_id"
    if not observations.has("surveys", other):
        return alike
    beside, own = observations.coded("surveys", other).places, own_rows(observations, "surveys", units)
    met = pd.Series(beside[own.rows]).where(lambda places: places >= 0).groupby(own.unit).nunique()
    partner = pd.Series(beside[alike["row"]], index=alike.index)
    partners = partner.where(partner >= 0).groupby([alike["unit"], alike["key"]]).transform("nunique")
    alone = (partners == 1) & (alike["unit"].map(met) > 1)
    return alike[~alone]


def _alike_reviews(observations: Observations, units: Units) -> pd.DataFrame:
    """Return ``unit``, ``key`` and ``row`` of the reviews that repeat another of their dealer."""
    texts = observations.shared(review_texts)
    long = np.flatnonzero(texts.letters >= SHORTEST)
    return _echoes(observations, "reviews", units, long, observations.shared(review_clusters).keys(texts)[long])


def _echoes(
    observations: Observations, source: str, units: Units, rows: Places, keys: NDArray[np.int64]
) -> pd.DataFrame:
    """Return ``unit``, ``key`` and ``row`` of the units' rows that echo another, judged against all of those rows."""
    everybody = observations.coded(source, units.column)
    named = everybody.places[rows] >= 0
    rows, keys = rows[named], keys[named]
    rarity = learn_rarity(Coded(everybody.places[rows], everybody.names), keys)
    unit = everybody.among(units.ids)[rows]
    rows, keys, unit = rows[unit >= 0], keys[unit >= 0], unit[unit >= 0]
    ids = observations[source][SOURCES[source].key].array.take(rows)
    echo = find_repeats(Coded(unit, units.ids), keys, ids, rarity).echo
    return pd.DataFrame({"unit": unit[echo], "key": keys[echo], "row": rows[echo]})


def _lay_out(found: list[list[Group]], alike: pd.DataFrame, observations: Observations, source: str) -> None:
    """Add each unit's largest groups, their texts side by side."""
    sized = alike.assign(n=alike.groupby(_GROUP)["row"].transform("size"))
    sized = sized[sized["n"] > 1].sort_values(["unit", "n", "key", "row"], ascending=[True, False, True, True])
    largest = sized.drop_duplicates(_GROUP)
    largest = largest[largest.groupby("unit").cumcount() < 2 * MOST_GROUPS]
    shown = sized[sized.groupby(_GROUP).cumcount() < MOST_TEXTS].merge(largest[_GROUP], on=_GROUP)
    # Thousands of groups of a few rows each: lists are cut up many times faster than frames.
    ids = observations[source][SOURCES[source].key].array.take(shown["row"])
    texts = words_of(observations, source, shown["row"].to_numpy())
    rows = zip(*(shown[name].tolist() for name in (*_GROUP, "n")), ids.tolist(), texts.tolist(), strict=True)
    for (unit, _, n), group in groupby(rows, itemgetter(0, 1, 2)):
        _, _, _, record_ids, said = zip(*group, strict=True)
        records = [
            {"source": source, "record_id": record_id, "segments": segments}
            for record_id, segments in zip(record_ids, shared_segments(said), strict=True)
            if shared_part(segments) >= MOSTLY
        ]
        if len(records) > 1:
            found[unit].append({"n": n - (len(said) - len(records)), "records": records})
