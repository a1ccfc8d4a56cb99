"""Conditional odds: a circumstance that lifts a unit's hits more than it lifts them elsewhere.

Rows of a unit fall into two groups (say, interviews on the closing days and the others) and are hits or not (all tens
or not). Given how many hits the unit has in all, the hits among the exposed rows follow Fisher's noncentral
hypergeometric distribution, which depends on the unit's log odds ratio alone: **how many hits the unit has, and so how
good it is, is conditioned away**. Honest units' log odds ratios spread around the network's. Manipulation either shifts
them up without a bound (hits are made on the closing days), or lets the network's effect fade, mostly to nothing at
most (where hits are made, failed process steps no longer make them rarer). Few rows can tell little of a small effect
that fades, and then the evidence is near 0 bits rather than a lost bet on a shift that cannot be.

References
----------
Fisher (1935), "The logic of inductive inference", JRSS 98. McCullagh & Nelder (1989), section 7.3.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.special import gammaln

from detectors.core.codes import Coded, code
from detectors.core.instruments.spread import EFFECTS, Floats, Spread, bits, learn_spread

SHIFTS: Floats = np.array([0.0, 0.4, 0.8, 1.2, 1.8, 2.6, 3.6])
"""Upward shifts of the log odds ratio that the alternative mixes."""

SHIFT_WEIGHTS: Floats = np.array([0.2, 0.14, 0.16, 0.16, 0.14, 0.12, 0.08])
"""Prior weight of each of `SHIFTS`."""

FADED: Floats = np.array([0.0, 0.15, 0.3, 0.5, 0.7, 0.9, 1.1, 1.6, 2.4])
"""Parts of the network's log odds ratio that are gone, which the alternative mixes where the circumstance fades.

More than all of it: hits are made where the circumstance is, and it turns round.
"""

FADED_WEIGHTS: Floats = np.array([0.2, 0.13, 0.15, 0.14, 0.12, 0.1, 0.07, 0.05, 0.04])
"""Prior weight of each of `FADED`."""

_NODES: Floats = np.linspace(-12.0, 14.0, 66)

TABLE = ("exposed", "others", "exposed_hits", "other_hits")
"""Columns of a table of two-by-two counts."""


def two_by_two(
    units: "pd.Series[str] | Coded", strata: "pd.Series[str] | Coded", exposed: ArrayLike, hits: ArrayLike
) -> pd.DataFrame:
    """Count the rows of each unit and stratum into two-by-two tables.

    Tables that can tell nothing (nobody exposed, all exposed, no hit or nothing but hits) are left out.

    Parameters
    ----------
    units, strata
        Unit and stratum of each row, as text or in codes; rows without either are left out.
    exposed, hits
        Whether the row is exposed, and whether it is a hit, shape (rows,).

    Returns
    -------
    pandas.DataFrame
        Columns `TABLE`, and ``stratum``; the index names the unit.

    Examples
    --------
    >>> unit, stratum = pd.Series(["D1"] * 5), pd.Series(["SSI"] * 5)
    >>> two_by_two(unit, stratum, [1, 1, 1, 0, 0], [1, 1, 0, 1, 0])[list(TABLE)].to_numpy().tolist()
    [[3, 2, 2, 1]]
    """
    inside, hit = np.asarray(exposed, dtype=bool), np.asarray(hits, dtype=bool)
    unit, stratum = (given if isinstance(given, Coded) else code(given) for given in (units, strata))
    known = (unit.places >= 0) & (stratum.places >= 0)
    shape = (len(unit.names), len(stratum.names), 2, 2)
    cells = ((unit.places * shape[1] + stratum.places) * 2 + inside) * 2 + hit
    counts = np.bincount(cells if known.all() else cells[known], minlength=int(np.prod(shape))).reshape(shape)
    others, exposed = np.moveaxis(counts.sum(axis=3), 2, 0)
    table = np.stack([exposed, others, counts[:, :, 1, 1], counts[:, :, 0, 1]], axis=2)
    return telling_tables(table, unit.names, stratum.names)


def telling_tables(counts: NDArray[np.int64], units: "pd.Index[str]", strata: "pd.Index[str]") -> pd.DataFrame:
    """Lay out counted tables as `two_by_two` does, without those that can tell nothing.

    Parameters
    ----------
    counts
        Counts in the order of `TABLE`, shape (units, strata, 4).
    units, strata
        Their names.

    Examples
    --------
    >>> telling_tables(np.array([[[3, 2, 2, 1], [3, 0, 2, 0]]]), pd.Index(["D1"]), pd.Index(["SSI", "CSI"]))
        exposed  others  exposed_hits  other_hits stratum
    D1        3       2             2           1     SSI
    """
    exposed, others, exposed_hits, other_hits = np.moveaxis(counts, 2, 0)
    found = exposed_hits + other_hits
    unit, stratum = np.nonzero((exposed > 0) & (others > 0) & (found > 0) & (found < exposed + others))
    tables = pd.DataFrame(counts[unit, stratum], columns=list(TABLE), index=units[unit])
    return tables.assign(stratum=strata[stratum])


def learn_odds(tables: pd.DataFrame, centre: ArrayLike) -> Spread:
    """Learn how far honest units' log odds ratios lie from `centre`.

    Cheats are told apart by shifts even where manipulation fades: an effect that is half gone looks too much like wide
    honest variety to learn that variety without it.

    Parameters
    ----------
    tables
        Rows (unit, stratum), the index naming the unit, columns `TABLE`: rows exposed and not, hits among each.
    centre
        The network's log odds ratio, as `pooled_log_odds_ratio` gives it: one for all tables, or one a table where
        strata differ.

    Returns
    -------
    Spread
        The spread of honest units around the centre.
    """
    _, honest, manipulated = _log_likelihoods(tables, centre, fading=False)
    return learn_spread(honest, manipulated)


def odds_bits(tables: pd.DataFrame, centre: ArrayLike, spread: Spread, *, fading: bool = False) -> "pd.Series[float]":
    """Return the evidence in bits that the circumstance lifts the unit's hits beyond honest variety.

    Parameters
    ----------
    tables, centre
        As in `learn_odds`.
    spread
        The honest spread, from `learn_odds`.
    fading
        Whether manipulation lets the network's log odds ratio fade; it shifts it up if not.

    Returns
    -------
    pandas.Series
        Bits by unit, sorted by unit; never below ``log2(0.2)``.

    Examples
    --------
    Half the hits are expected among the exposed half; the second unit has nearly all of them there.

    >>> even = pd.DataFrame([(50, 50, 20, 20)] * 100, columns=TABLE, index=[f"D{i}" for i in range(100)])
    >>> spread = learn_odds(even, 0.0)
    >>> two = pd.DataFrame([(50, 50, 20, 20), (50, 50, 36, 4)], columns=TABLE, index=["D1", "D2"])
    >>> odds_bits(two, 0.0, spread).round().tolist()
    [-2.0, 9.0]

    Where hits are usually rarer among the exposed, a unit at which they are not has lost that effect and no more.

    >>> rarer = pd.DataFrame([(50, 50, 10, 30)] * 100, columns=TABLE, index=[f"D{i}" for i in range(100)])
    >>> centre = pooled_log_odds_ratio(rarer)
    >>> two = pd.DataFrame([(90, 90, 18, 54), (90, 90, 45, 45)], columns=TABLE, index=["D1", "D2"])
    >>> odds_bits(two, centre, learn_odds(rarer, centre), fading=True).round().tolist()
    [-2.0, 10.0]
    """
    units, honest, manipulated = _log_likelihoods(tables, centre, fading=fading)
    return pd.Series(bits(honest, manipulated, spread), index=units)


def pooled_log_odds_ratio(tables: pd.DataFrame) -> float:
    """Return the Mantel-Haenszel log odds ratio of the tables, halves added where a margin is empty.

    Examples
    --------
    >>> table = pd.DataFrame([(50, 50, 25, 25)], columns=TABLE, index=["D1"])
    >>> pooled_log_odds_ratio(table)
    0.0
    """
    exposed, others, exposed_hits, other_hits = (tables[name].to_numpy(dtype=np.float64) for name in TABLE)
    total = np.maximum(exposed + others, 1.0)
    up = (exposed_hits * (others - other_hits) / total).sum() + 0.5
    down = ((exposed - exposed_hits) * other_hits / total).sum() + 0.5
    return float(np.log(up / down))


def expected_hits(tables: pd.DataFrame, centre: ArrayLike) -> "pd.Series[float]":
    """Return how many hits an honest unit with the same margins has among its exposed rows, by unit, sorted.

    Uses the mean of the noncentral hypergeometric distribution by its quadratic approximation (Levin 1984), exact to a
    fraction of a hit.

    Examples
    --------
    >>> table = pd.DataFrame([(50, 50, 36, 4)], columns=TABLE, index=["D1"])
    >>> expected_hits(table, 0.0).tolist()
    [20.0]
    """
    exposed, others, exposed_hits, other_hits = (tables[name].to_numpy(dtype=np.float64) for name in TABLE)
    hits = exposed_hits + other_hits
    ratio = np.exp(np.broadcast_to(np.asarray(centre, dtype=np.float64), len(tables)))
    even = np.abs(ratio - 1.0) < 1e-9
    safe = np.where(even, 2.0, ratio)
    b = (exposed + hits) * safe + others - hits
    root = (b - np.sqrt(np.maximum(b * b - 4 * safe * (safe - 1) * exposed * hits, 0.0))) / (2 * (safe - 1))
    mean = np.where(even, hits * exposed / np.maximum(exposed + others, 1.0), root)
    return pd.Series(mean, index=tables.index).groupby(level=0).sum()


def _log_likelihoods(
    tables: pd.DataFrame, centre: ArrayLike, *, fading: bool
) -> tuple["pd.Index[str]", Floats, Floats]:
    """Return the units and their log-likelihoods, shape (units, effects), if honest and if manipulated."""
    units = code(tables.index.to_series().astype("str"))
    counts = np.ascontiguousarray(tables[list(TABLE)], dtype=np.int64)
    centres = np.ascontiguousarray(np.broadcast_to(np.asarray(centre, dtype=np.float64), len(tables)))
    found = _by_unit(counts.tobytes(), centres.tobytes(), units.places.tobytes(), len(units.names), fading=fading)
    return units.names, *found


# What is learnt from is weighed next, so the newest are kept; arrays are no keys, but their bytes are.
@lru_cache(maxsize=8)
def _by_unit(counts: bytes, centres: bytes, places: bytes, units: int, *, fading: bool) -> tuple[Floats, Floats]:
    honest, manipulated = np.zeros((2, units, len(EFFECTS)))
    if units:
        ways, unit = (
            _count_ways(np.frombuffer(counts, dtype=np.int64).reshape(-1, len(TABLE))),
            np.frombuffer(places, np.int64),
        )
        network = np.frombuffer(centres)
        curve = _curve(ways, network, unit, units)
        honest += curve(EFFECTS)
        manipulated -= np.inf
        for by, weight in zip(*((FADED, FADED_WEIGHTS) if fading else (SHIFTS, SHIFT_WEIGHTS)), strict=True):
            if fading:
                moved = _curve(ways, network * (1 - by), unit, units)(EFFECTS) if by else honest
            else:
                moved = curve(np.clip(EFFECTS + by, _NODES[0], _NODES[-1]))
            np.logaddexp(manipulated, moved + np.log(weight), out=manipulated)
    honest.flags.writeable = manipulated.flags.writeable = False
    return honest, manipulated


def _curve(ways: "_Ways", centre: Floats, unit: NDArray[np.int64], units: int) -> CubicSpline:
    """Return each unit's log-likelihood as a function of its effect."""
    by_node = [np.bincount(unit, at_node, minlength=units) for at_node in _log_pmf(ways, centre)]
    return CubicSpline(_NODES, np.stack(by_node, axis=1), axis=1)


@dataclass(frozen=True)
class _Ways:
    """In how many ways the hits of each table can fall, for every number of exposed hits that its margins allow.

    Parameters
    ----------
    table, beyond, log_ways
        The table, how many more exposed hits than were observed, and the logarithm of the ways, shape (numbers,).
    starts, observed
        Where each table's numbers begin, and where its observed number stands, shape (tables,).
    """

    table: NDArray[np.int64]
    beyond: Floats
    log_ways: Floats
    starts: NDArray[np.int64]
    observed: NDArray[np.int64]


def _count_ways(tables: NDArray[np.int64]) -> _Ways:
    exposed, others, exposed_hits, other_hits = tables.T
    hits = exposed_hits + other_hits
    lowest, highest = np.maximum(0, hits - others), np.minimum(hits, exposed)
    sizes = highest - lowest + 1
    starts = np.cumsum(sizes) - sizes
    table = np.repeat(np.arange(len(tables)), sizes)
    k = np.arange(sizes.sum()) - starts[table] + lowest[table]
    log_ways = _log_choose(exposed[table], k) + _log_choose(others[table], hits[table] - k)
    # Relative to the observed count, so that large odds ratios cannot overflow before they cancel.
    beyond = (k - exposed_hits[table]).astype(np.float64)
    return _Ways(table, beyond, log_ways, starts, starts + exposed_hits - lowest)


def _log_pmf(ways: _Ways, centre: Floats) -> Floats:
    """Return log P(exposed hits | margins) at each of `_NODES` beyond its centre, shape (nodes, tables)."""
    at_centre = ways.log_ways + ways.beyond * centre[ways.table]
    at_centre -= at_centre[ways.observed][ways.table]
    log_pmf = np.empty((len(_NODES), len(centre)))
    for place, node in enumerate(_NODES if len(centre) else ()):
        terms = at_centre + ways.beyond * node
        peak = np.maximum.reduceat(terms, ways.starts)
        terms -= peak[ways.table]
        log_pmf[place] = -peak - np.log(np.add.reduceat(np.exp(terms, out=terms), ways.starts))
    return log_pmf


def _log_choose(
    n: "np.ndarray[tuple[int], np.dtype[np.int64]]", k: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> Floats:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0), dtype=np.float64)
