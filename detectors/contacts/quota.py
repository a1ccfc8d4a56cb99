"""Which share of a dealer's visits reaches the list, given how many there were.

An agency that calls so many of a dealer's customers a month and no more is given, or draws, a smaller part of a large
dealer's visits. The more visits, the smaller the share; the list itself never gets shorter. Between these two the share
is learnt for each kind of visit from dealers of like size.

References
----------
Barlow, Bartholomew, Bremner & Brunk (1972), "Statistical inference under order restrictions".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detectors.contacts.visits import Visits, Whole
from detectors.core.instruments.spread import Floats

_LIKE = 25
"""Dealers of like size that are taken together."""

_MOST_SIZES = 8


@dataclass(frozen=True)
class Listing:
    """Share of visits that honest lists have.

    Parameters
    ----------
    curves
        By kind of visit, the logarithms of dealers' visits in a month and of the share that is listed there.
    months
        By month and kind, how many times as many are listed as the curve says.
    """

    curves: Mapping[str, tuple[Floats, Floats]]
    months: pd.DataFrame

    def expected(self, visits: Visits) -> Floats:
        """Return the share expected to be listed, shape (dealers, months, kinds); NaN where nothing was learnt."""
        factor = self.months.reindex(index=visits.months, columns=visits.kinds).to_numpy()
        return np.asarray(np.clip(self._by_size(visits) * factor, 0.005, 0.995))

    def _by_size(self, visits: Visits) -> Floats:
        size = visits.counts.sum(axis=(3, 4))[:, :, :-1]
        share = np.full(size.shape, np.nan)
        for place, kind in enumerate(visits.kinds):
            if kind in self.curves:
                share[:, :, place] = np.exp(_follow(*self.curves[kind], np.log(np.maximum(size[:, :, place], 1))))
        return share

    def highest(self, kinds: "pd.Index[str]") -> Floats:
        """Return the share that is listed of small dealers' visits, by kind."""
        return np.array([np.exp(self.curves[kind][1][0]) if kind in self.curves else np.nan for kind in kinds])


def _follow(sizes: Floats, shares: Floats, size: Floats) -> Floats:
    """Return the logarithm of the share at a size; beyond the largest that was seen the list gets no longer."""
    steep = np.diff(shares[-2:]) / np.diff(sizes[-2:]) if len(sizes) > 1 else np.zeros(1)
    return np.asarray(np.interp(size, sizes, shares) + steep * np.maximum(size - sizes[-1], 0))


def learn_listing(visits: Visits) -> Listing:
    """Learn which share of visits is listed, by kind, dealer's size and month.

    Parameters
    ----------
    visits
        Of the months that were called.
    """
    counts = visits.listed[:, :, :-1]
    listed, total = counts[..., 1], counts.sum(axis=3)
    curves = {}
    for place, kind in enumerate(visits.kinds):
        part, whole = listed[:, :, place].ravel(), total[:, :, place].ravel()
        if whole.any():
            curves[str(kind)] = _curve(part, whole, total.shape[1])
    plain = Listing(curves, pd.DataFrame(1.0, index=visits.months, columns=visits.kinds))
    foreseen = np.nansum(plain.expected(visits) * total, axis=0)
    factor = (listed.sum(axis=0) + 0.5) / (foreseen + 0.5)
    return Listing(curves, pd.DataFrame(factor, index=visits.months, columns=visits.kinds))


def _curve(listed: Whole, total: Whole, months: int) -> tuple[Floats, Floats]:
    """Return sizes and the shares listed at them, of months of dealers of like size."""
    order = np.argsort(total, kind="stable")
    order = order[total[order] > 0]
    groups = max(1, min(_MOST_SIZES, len(order) // (_LIKE * months)))
    listed, total = listed[order], total[order]
    starts = np.linspace(0, len(order), groups, endpoint=False).astype(np.int64)
    visits = np.add.reduceat(total, starts)
    # The size at which most visits of the group happen, since they weigh in its share.
    size = np.log(np.add.reduceat(total * total, starts) / visits)
    share = np.log((np.add.reduceat(listed, starts) + 0.5) / (visits + 1.0))
    apart = np.append(np.diff(size) > 0, True)
    size, share = size[apart], share[apart]
    for place in range(1, len(size)):
        no_longer = share[place - 1] - (size[place] - size[place - 1])
        share[place] = np.clip(share[place], no_longer, share[place - 1])
    return size, share
