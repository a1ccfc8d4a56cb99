"""Concentration: things that repeat inside one unit and are rare everywhere else.

A script, a phone number, a vector of answers: whatever can be given a *key*. A row is an **echo** if another row of
its unit has the same key. Common things echo by chance, and how easily follows from how common the key is *outside*
the unit: among ``n - 1`` other rows the key turns up with probability ``1 - (1 - f)**(n - 1)``. Only echoes that chance
makes unlikely are counted, so that "fine" said a thousand times over never counts.

References
----------
Feller (1968), "An introduction to probability theory and its applications", vol. 1, section II.3 (coincidences).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

LIKELY = 0.05
"""An echo that chance brings with at least this probability is not counted."""


@dataclass(frozen=True)
class Commonness:
    """How often each key turns up in the network, and in how many units.

    Parameters
    ----------
    rows
        Rows by key.
    total
        Rows of the network that have a key.
    by_unit
        Rows by (unit, key), for leaving a unit's own rows out.
    unit_rows
        Rows by unit.
    """

    rows: "pd.Series[int]"
    total: int
    by_unit: "pd.Series[int]"
    unit_rows: "pd.Series[int]"


def learn_commonness(units: "pd.Series[str]", keys: pd.Series) -> Commonness:
    """Count the keys of a network.

    Parameters
    ----------
    units, keys
        Unit and key of each row, with one index; rows without a unit or a key are left out.
    """
    known = units.notna() & keys.notna()
    frame = pd.DataFrame({"unit": units[known].to_numpy(), "key": keys[known].to_numpy()})
    return Commonness(
        rows=frame["key"].value_counts(sort=False),
        total=len(frame),
        by_unit=frame.groupby(["unit", "key"], sort=False).size(),
        unit_rows=frame["unit"].value_counts(sort=False),
    )


def rare_echoes(units: "pd.Series[str]", keys: pd.Series, commonness: Commonness) -> pd.DataFrame:
    """Mark the rows that echo another row of their unit though their key is rare outside it.

    Parameters
    ----------
    units, keys
        Unit and key of each row, with one index. Rows without either are never echoes.
    commonness
        From `learn_commonness`, of the network.

    Returns
    -------
    pandas.DataFrame
        With the index of `units`: ``echo`` (bool), ``repeats`` (rows of the unit with the row's key, itself included),
        ``chance`` (probability that an honest unit of this size echoes this row).

    Examples
    --------
    >>> units = pd.Series(["D1"] * 4 + ["D2"] * 4)
    >>> keys = pd.Series(["fine", "fine", "our script", "our script", "fine", "fine", "fine", "late again"])
    >>> rare_echoes(units, keys, learn_commonness(units, keys))["echo"].tolist()
    [False, False, True, True, False, False, False, False]
    """
    known = units.notna() & keys.notna()
    frame = pd.DataFrame({"unit": units[known], "key": keys[known]})
    repeats = frame.groupby(["unit", "key"], sort=False)["key"].transform("size").to_numpy()
    size = frame["unit"].map(frame["unit"].value_counts(sort=False)).to_numpy(dtype=np.float64)
    pairs = pd.MultiIndex.from_frame(frame)
    own = commonness.by_unit.reindex(pairs).fillna(0).to_numpy(dtype=np.float64)
    own_rows = frame["unit"].map(commonness.unit_rows).fillna(0).to_numpy(dtype=np.float64)
    everywhere = frame["key"].map(commonness.rows).fillna(0).to_numpy(dtype=np.float64)
    share = np.clip((everywhere - own) / np.maximum(commonness.total - own_rows, 1.0), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        chance = -np.expm1((size - 1.0) * np.log1p(-share))
    found = pd.DataFrame(
        {"echo": (repeats > 1) & (chance < LIKELY), "repeats": repeats, "chance": chance}, index=frame.index
    )
    return found.reindex(units.index).assign(
        echo=lambda rows: rows["echo"].fillna(value=False).astype(bool), repeats=lambda rows: rows["repeats"].fillna(1)
    )
