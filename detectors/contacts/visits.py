"""The dealers' visits, and which of them reached the list that the agency was given."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.contacts.matching import Flags, Keys, token
from detectors.core.detector import NotEnough
from detectors.core.observations import Observations

COMEBACK_DAYS = 14
"""A service within so many days of the customer's last visit is a comeback."""

FOLLOW_DAYS = 60
"""A call or a complaint belongs to the customer's last visit, unless that lies further back."""

Counts = NDArray[np.int64]

_DAY_US = 86_400_000_000
_FOLLOWERS = (("contacts", "attempted_at"), ("complaints", "filed_on"))
_ROW_BITS = np.int64(32)
_LISTED_SHARE = 0.8
_BUSY_SHARE = 0.2


@dataclass(frozen=True)
class Visits:
    """How many visits each dealer had.

    A number on the list, like a complaint, belongs to the customer's latest visit before it. The visit that brought the
    customer back is none of its own: it is the same visit's second half.

    Parameters
    ----------
    dealers, months, kinds
        The dealers, the months (``YYYY-MM``) and what the visits were (sale, service).
    counts
        Visits by dealer, month, kind (those of unknown kind in one more, the last), whether they were listed, and what
        followed: nothing, a comeback, or a complaint. Shape (dealers, months, kinds + 1, 2, 3).
    """

    dealers: "pd.Index[str]"
    months: "pd.Index[str]"
    kinds: "pd.Index[str]"
    counts: Counts

    def within(self, months: Collection[str]) -> "Visits":
        """Return the visits of these months alone."""
        kept = self.months.isin(list(months))
        return Visits(self.dealers, self.months[kept], self.kinds, self.counts[:, kept])


def told_by(network: Observations) -> str:
    """Return the column that tells whose visit it was, on the lists and in the transactions.

    Raises
    ------
    NotEnough
        If there is none.
    """
    for column in ("vin", "customer_id", "phone"):
        if network.has("contacts", column) and network.has("transactions", column):
            share = min(network[source][column].notna().mean() for source in ("contacts", "transactions"))
            if share >= 0.5:
                return column
    raise NotEnough("Lists and transactions name their customers differently: no number, vehicle or phone is in both.")


def months_called(visits: Visits) -> frozenset[str]:
    """Return the months whose visits were called within the window: those listed nearly as often as the best month's.

    Raises
    ------
    NotEnough
        If no visit is on any list.
    """
    missing, listed = visits.counts.sum(axis=(0, 2, 4)).T
    if not listed.any():
        raise NotEnough("No customer of the transactions is found on the lists.")
    size = missing + listed
    share, busy = listed / size, size >= _BUSY_SHARE * size.max()
    return frozenset(visits.months[busy & (share >= _LISTED_SHARE * share[busy].max())])


def visits_of(observations: Observations, identity: str) -> Visits:
    """Count each dealer's visits, told apart by `identity` (from `told_by`); needs transactions and contacts."""
    return observations.shared(_VISITS[identity])


def _visits_of(observations: Observations, identity: str) -> Visits:
    transactions, dealers = observations["transactions"], observations.coded("transactions", "dealer_id")
    if "kind" in transactions.columns:
        coded = observations.coded("transactions", "kind")
        kinds, kind = coded.names, np.where(coded.places < 0, len(coded.names), coded.places)
    else:
        kinds, kind = pd.Index(["service"], dtype="str"), np.zeros(len(transactions), dtype=np.int64)
    # Every visit, call and complaint of every customer, in one diary.
    who, when = [token(observations, "transactions", identity)], [_moments(transactions["happened_on"])]
    what = [kind]
    for place, (source, column) in enumerate(_FOLLOWERS, start=len(kinds) + 1):
        if observations.has(source, identity, column):
            who.append(token(observations, source, identity))
            when.append(_moments(observations[source][column]))
            what.append(np.full(len(when[-1]), place))
    rows, customer = _diary(np.concatenate(who), np.concatenate(when), np.concatenate(what))
    moment, entry = np.concatenate(when)[rows], np.concatenate(what)[rows]

    visit = np.flatnonzero(entry <= len(kinds))
    again = np.diff(customer[visit], prepend=-1) == 0
    again &= np.diff(moment[visit], prepend=0) < (COMEBACK_DAYS + 1) * _DAY_US
    again &= np.append(kinds == "service", False)[entry[visit]]
    first = visit[~again]
    came_back = np.append(again[1:], False)[~again]
    row, month = rows[first], moment[first].astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    listed, complained = (
        _followed(first, np.flatnonzero(entry == place), customer, moment)
        for place in range(len(kinds) + 1, len(kinds) + 1 + len(_FOLLOWERS))
    )
    trouble = np.where(complained, 2, came_back)
    earliest = month.min() if len(month) else 0
    seen = np.bincount(month - earliest) > 0
    shape = (len(dealers.names), int(seen.sum()), len(kinds) + 1, 2, 3)
    cells = np.ravel_multi_index(
        (dealers.places[row], np.cumsum(seen)[month - earliest] - 1, kind[row], listed.astype(np.int64), trouble), shape
    )
    months = (np.flatnonzero(seen) + earliest).astype("datetime64[M]").astype(str)
    return Visits(
        dealers.names,
        pd.Index(months, dtype="str"),
        kinds,
        np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape),
    )


def _moments(times: pd.Series) -> NDArray[np.int64]:
    return times.to_numpy(dtype="datetime64[us]").astype(np.int64)


def _diary(who: Keys, when: NDArray[np.int64], what: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that have a customer and a time, by customer, time and entry, and each one's customer."""
    rows = np.flatnonzero((who != 0) & (when != np.iinfo(np.int64).min))
    rows = rows[np.argsort(when[rows] * (what.max(initial=0) + 1) + what[rows])]
    by_customer = np.argsort(who[rows])
    ordered = who[rows][by_customer]
    customer = np.cumsum(np.diff(ordered, prepend=ordered[:1]) != 0)
    # Sorting place in time below the customer's number is many times quicker than a stable sort by customer.
    place = np.sort((customer << _ROW_BITS) | by_customer) & ((1 << _ROW_BITS) - 1)
    return rows[place], customer


def _followed(
    visits: NDArray[np.int64], later: NDArray[np.int64], customer: NDArray[np.int64], moment: NDArray[np.int64]
) -> Flags:
    """Tell which visits are the customer's latest before a later entry, all given as places in the diary."""
    found = np.zeros(len(visits), dtype=bool)
    place = np.searchsorted(visits, later) - 1
    later, place = later[place >= 0], place[place >= 0]
    before = visits[place]
    near = (customer[before] == customer[later]) & (moment[later] - moment[before] <= FOLLOW_DAYS * _DAY_US)
    found[place[near]] = True
    return found


_VISITS = {identity: partial(_visits_of, identity=identity) for identity in ("vin", "customer_id", "phone")}
