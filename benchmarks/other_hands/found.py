"""Which cheats are found, style by style."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.accuracy import suspicion
from benchmarks.other_hands.world import Invented
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.weighing import Weighing

ABOVE = 0.95
"""A cheat counts as found that is flagged, or ranks above so many of the honest units within its scheme."""


def cheats(invented: Invented, weighing: Weighing) -> pd.DataFrame:
    """Say of every cheat whether it was found.

    Parameters
    ----------
    invented
        The network.
    weighing
        What `weigh` said of it.

    Returns
    -------
    pandas.DataFrame
        ``styles`` of the network with ``bits`` within the scheme, ``flagged`` (for whatever scheme), ``above`` (ranks
        above `ABOVE` of the honest units) and ``found`` (one of the two).
    """
    scores, styles = weighing.scores, invented.styles
    guilty = invented.world.truth.units.groupby("unit_kind")["unit_id"].agg(set)
    flagged = set(scores.loc[scores["flagged"] == 1, "unit_id"])
    parts = []
    for scheme in Scheme:
        ranked = suspicion(scores, scheme)
        honest = ranked[~ranked.index.isin(guilty.get(str(scheme.unit_kind), set()))]
        mine = styles[styles["scheme"] == str(scheme)]
        bits = mine["unit_id"].map(ranked).fillna(-np.inf)
        parts.append(mine.assign(bits=bits, above=bits > honest.quantile(ABOVE)))
    every = pd.concat(parts, ignore_index=True)
    every["flagged"] = every["unit_id"].isin(flagged)
    every["found"] = every["flagged"] | every["above"]
    return every


def by_style(every: pd.DataFrame) -> pd.DataFrame:
    """Return one row a style: how many cheats, what they touched, and what share of them was found."""
    order = [str(scheme) for scheme in Scheme]
    grouped = every.assign(place=every["scheme"].map(order.index)).groupby(["place", "scheme", "style"])
    told = grouped.agg(
        cheats=("unit_id", "size"),
        affected=("affected_share", "median"),
        flagged=("flagged", "mean"),
        above=("above", "mean"),
        found=("found", "mean"),
    ).reset_index()
    shares = {name: told[name].map("{:.0%}".format) for name in ("affected", "flagged", "above", "found")}
    return (
        told.assign(**shares)
        .drop(columns="place")
        .rename(columns={"affected": "touched", "above": "above 95% of honest units", "found": "either"})
    )


def flagged_honest(worlds: Sequence[tuple[Invented, Weighing]]) -> pd.DataFrame:
    """List the honest units that were flagged, with their stories."""
    rows = []
    for invented, weighing in worlds:
        truth, scores = invented.world.truth, weighing.scores
        stories = truth.look_alikes.groupby("unit_id")["look_alike"].agg(", ".join)
        for kind in UnitKind:
            guilty = truth.units.loc[truth.units["unit_kind"] == str(kind), "unit_id"]
            wrong = scores[
                (scores["unit_kind"] == str(kind)) & (scores["flagged"] == 1) & ~scores["unit_id"].isin(guilty)
            ]
            for row in wrong.itertuples():
                world = f"{invented.world.settings.seed}{' (honest)' if invented.world.settings.honest else ''}"
                rows.append((world, str(row.unit_id), str(row.scheme), row.bits, stories.get(row.unit_id, "no story")))
    return pd.DataFrame(rows, columns=["seed", "unit", "scheme", "bits", "story"])
