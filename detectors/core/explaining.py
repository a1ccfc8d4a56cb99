"""Explaining away: how probable each scheme is, when several of them would explain the same evidence.

Full marks that nothing else implies speak for coaching, for gifts and for friends on the list alike; customers who name
the gift speak for gifts alone. Once a gift explains the full marks, they say little for coaching any more. So the
schemes of a unit are weighed together: every set of them is a hypothesis, its prior odds are the product of its
schemes', and each piece of evidence counts once if any scheme of the set explains it.

A unit with one scheme alone in question has its prior odds × 2^bits, whatever the others.

References
----------
Pearl (1988), "Probabilistic reasoning in intelligent systems", section 2.2.4, on explaining away.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logsumexp

from detectors.core.instruments.spread import Floats


def explain(units: pd.DataFrame, families: pd.DataFrame, priors: Mapping[str, float]) -> pd.DataFrame:
    """Return how probable each scheme is of each unit, and that the unit practises any.

    Parameters
    ----------
    units
        ``unit_kind``, ``unit_id`` and ``scheme``: every unit with each scheme that it is weighed for.
    families
        ``unit_kind``, ``unit_id``, ``scheme``, ``told_by`` and ``family_bits``. What has the same ``told_by`` for
        several schemes of a unit is one piece of evidence.
    priors
        Share of units that practise each scheme.

    Returns
    -------
    pandas.DataFrame
        With the index of `units`: ``probability`` of the scheme, and ``any_probability`` of the unit, 0 to 1.

    Examples
    --------
    Five bits of full marks speak for either scheme, eight bits of named gifts for one.

    >>> units = pd.DataFrame(
    ...     [("dealer", "D1", "coached"), ("dealer", "D1", "incentivised")], columns=["unit_kind", "unit_id", "scheme"])
    >>> families = units.assign(told_by="crosschecks", family_bits=5.0)
    >>> told = units.tail(1).assign(told_by="wording", family_bits=8.0)
    >>> priors = {"coached": 0.03, "incentivised": 0.03}
    >>> explain(units, families, priors)["probability"].round(2).tolist()
    [0.34, 0.34]
    >>> explain(units, pd.concat([families, told]), priors)["probability"].round(2).tolist()
    [0.03, 0.99]
    """
    parts = [_of_kind(part, families, priors) for _, part in units.groupby("unit_kind", sort=False)]
    return pd.concat([pd.DataFrame(columns=["probability", "any_probability"], dtype="float64"), *parts]).loc[
        units.index
    ]


def _of_kind(units: pd.DataFrame, families: pd.DataFrame, priors: Mapping[str, float]) -> pd.DataFrame:
    kind = units["unit_kind"].iloc[0]
    schemes, names = pd.Index(units["scheme"].unique()), pd.Index(units["unit_id"].unique())
    # Every set of schemes: shape (sets, schemes), the empty set first.
    sets = (np.arange(1 << len(schemes))[:, None] >> np.arange(len(schemes))) & 1 == 1
    odds = np.array([np.log(priors[scheme] / (1 - priors[scheme])) for scheme in schemes])
    log_weight = np.repeat((sets @ odds)[None, :], len(names), axis=0)
    for piece, explains in _pieces(families[families["unit_kind"] == kind], schemes):
        log_e = piece.reindex(names).fillna(0.0).to_numpy(dtype=np.float64) * np.log(2.0)
        log_weight += log_e[:, None] * (sets & explains).any(axis=1)
    total = logsumexp(log_weight, axis=1)
    nobody = np.exp(log_weight[:, 0] - total)
    by_scheme = np.stack([_share(log_weight[:, sets[:, place]], total) for place in range(len(schemes))], axis=1)
    row, column = names.get_indexer(units["unit_id"]), schemes.get_indexer(units["scheme"])
    return pd.DataFrame(
        {"probability": by_scheme[row, column], "any_probability": 1.0 - nobody[row]}, index=units.index
    )


def _pieces(families: pd.DataFrame, schemes: "pd.Index[str]") -> Iterator[tuple["pd.Series[float]", NDArray[np.bool_]]]:
    """Yield pieces of evidence: bits by unit, and the schemes that explain them."""
    if families.empty:
        return
    column = schemes.get_indexer(pd.Index(families["scheme"]))
    cells = families.assign(bit=1 << column).groupby(["unit_id", "told_by"], sort=False)
    # After a decision a family may say another thing of one scheme than of the next: then it is a piece for each.
    alike = cells["family_bits"].transform("nunique").to_numpy() == 1
    explains = np.where(alike, cells["bit"].transform("sum"), 1 << column)
    pieces = families[["unit_id", "told_by", "family_bits"]].assign(explains=explains).drop_duplicates()
    for _, piece in pieces.groupby(["told_by", "explains"], sort=False):
        mask = int(piece["explains"].iloc[0])
        yield piece.set_index("unit_id")["family_bits"], (mask >> np.arange(len(schemes))) & 1 == 1


def _share(log_weight: Floats, log_total: Floats) -> NDArray[np.float64]:
    return np.asarray(np.exp(logsumexp(log_weight, axis=1) - log_total), dtype=np.float64)
