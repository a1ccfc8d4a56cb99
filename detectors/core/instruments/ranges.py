"""Ranges: how many hits honest units like this one mostly have, for the sentence a reviewer reads."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detectors.core.instruments.odds import TABLE, expected_hits
from detectors.core.instruments.spread import Spread

RANGE = ("expected", "fewest", "most")
"""Columns of a range: hits expected of an honest unit, and the fewest and most that nine in ten of them have."""

_NINE_IN_TEN = 1.645


def count_range(trials: ArrayLike, rate: ArrayLike, spread: Spread) -> pd.DataFrame:
    """Return how many of `trials` are hits at honest units, as `counts.count_bits` judges them.

    Parameters
    ----------
    trials, rate
        Rows of each unit, and the share of hits expected of it, shape (units,).
    spread
        The honest spread, from `counts.learn_counts`.

    Returns
    -------
    pandas.DataFrame
        Columns `RANGE`, chance and honest variety both allowed for.

    Examples
    --------
    >>> count_range([100], [0.1], Spread(np.eye(121)[60])).to_numpy().round(6).tolist()
    [[10.0, 5.0, 15.0]]
    """
    rows = np.asarray(trials, dtype=np.float64)
    share = np.clip(np.broadcast_to(np.asarray(rate, dtype=np.float64), rows.shape), 1e-9, 1 - 1e-9)
    moved = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + spread.centre)))
    return _range(rows * moved, rows * moved * (1 - moved), rows, spread)


def odds_range(tables: pd.DataFrame, centre: ArrayLike, spread: Spread) -> pd.DataFrame:
    """Return how many exposed rows are hits at honest units with the same margins, as `odds.odds_bits` judges them.

    Parameters
    ----------
    tables, centre, spread
        As in `odds.odds_bits`.

    Returns
    -------
    pandas.DataFrame
        Columns `RANGE`, by unit, sorted.

    Examples
    --------
    >>> table = pd.DataFrame([(50, 50, 36, 4)], columns=TABLE, index=["D1"])
    >>> odds_range(table, 0.0, Spread(np.eye(121)[60])).round(6).to_numpy().tolist()
    [[20.0, 15.0, 25.0]]
    """
    exposed, others, exposed_hits, other_hits = (tables[name].to_numpy(dtype=np.float64) for name in TABLE)
    moved = np.broadcast_to(np.asarray(centre, dtype=np.float64), len(tables)) + spread.centre
    # A table's expectation by itself: units are numbered so that no two tables share one.
    apart = tables.set_axis(pd.RangeIndex(len(tables)))
    mean = expected_hits(apart, moved).to_numpy()
    cells = np.stack(
        [mean, exposed - mean, exposed_hits + other_hits - mean, others - exposed_hits - other_hits + mean]
    )
    variance = 1 / (1 / np.maximum(cells, 1e-3)).sum(axis=0)
    sums = (
        pd.DataFrame({"mean": mean, "variance": variance, "exposed": exposed}, index=tables.index)
        .groupby(level=0)
        .sum()
    )
    return _range(sums["mean"], sums["variance"], sums["exposed"], spread).set_axis(sums.index)


def _range(mean: ArrayLike, variance: ArrayLike, rows: ArrayLike, spread: Spread) -> pd.DataFrame:
    # A unit's effect moves its expectation by the variance per unit of log-odds.
    centre, chance = np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    reach = _NINE_IN_TEN * np.sqrt(chance + (spread.width * chance) ** 2)
    fewest, most = np.maximum(np.floor(centre - reach), 0.0), np.minimum(np.ceil(centre + reach), np.asarray(rows))
    return pd.DataFrame({"expected": centre, "fewest": fewest, "most": most})
