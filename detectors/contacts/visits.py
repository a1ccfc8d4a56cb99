"""The dealers' visits, and which of them reached the list that the agency was given."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.contacts.calls import lost
from detectors.contacts.matching import Flags
from detectors.core.codes import Coded
from detectors.core.detector import NotEnough
from detectors.core.keys import token
from detectors.core.observations import Observations

COMEBACK_DAYS = 30
"""A service within so many days of the customer's last visit is a comeback."""

FOLLOW_DAYS = 60
"""A call or a complaint belongs to the customer's last visit, unless that lies further back."""

Whole = NDArray[np.int64]

_DAY_US = 86_400_000_000
_CALLED, _LOST, _COMPLAINED = range(1, 4)
_ENTRY_BITS, _PLACE_BITS = 8, 32
_NEVER = np.iinfo(np.int64).min
# Millions of entries are sorted a part of the customers at a time: the memory of one part serves the next.
_PARTS = 4  # a power of two
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
        Visits by dealer, month, kind (those of unknown kind in one more, the last), what became of them (not on the
        list; on it, but lost to the agency; called), and what followed: nothing, a comeback, or a complaint. Shape
        (dealers, months, kinds + 1, 3, 3).
    """

    dealers: "pd.Index[str]"
    months: "pd.Index[str]"
    kinds: "pd.Index[str]"
    counts: Whole

    @property
    def listed(self) -> Whole:
        """Visits that are not on the list, and that are, whatever followed; shape (dealers, months, kinds + 1, 2)."""
        became = self.counts.sum(axis=4)
        return np.stack([became[..., 0], became[..., 1:].sum(axis=3)], axis=3)

    @property
    def kept_away(self) -> Whole:
        """Visits that the agency could not ask about, and that it could; shape (dealers, kinds, 2, 3), kinds known."""
        became = self.counts.sum(axis=1)[:, :-1]
        return np.stack([became[:, :, :2].sum(axis=2), became[:, :, 2]], axis=2)

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
    raise NotEnough(
        "Lists and transactions name their customers differently: no number, vehicle or phone is in both.",
        "联系名单与业务记录对客户的标识方式不同：没有任何客户编号、车辆或电话同时出现在两者之中。",
    )


def months_called(visits: Visits) -> frozenset[str]:
    """Return the months whose visits were called within the window: those listed nearly as often as the best month's.

    Raises
    ------
    NotEnough
        If no visit is on any list.
    """
    missing, listed = visits.listed.sum(axis=(0, 2)).T
    if not listed.any():
        raise NotEnough(
            "No customer of the transactions is found on the lists.", "业务记录中的客户无一出现在联系名单上。"
        )
    size = missing + listed
    share, busy = listed / np.maximum(size, 1), size >= _BUSY_SHARE * size.max()
    return frozenset(visits.months[busy & (share >= _LISTED_SHARE * share[busy].max())])


def visits_of(observations: Observations, identity: str) -> Visits:
    """Count each dealer's visits, told apart by `identity` (from `told_by`); needs transactions and contacts."""
    return observations.shared(_VISITS[identity])


def _visits_of(observations: Observations, identity: str) -> Visits:
    transactions, dealers = observations["transactions"], observations.coded("transactions", "dealer_id")
    if "kind" in transactions.columns:
        kinds = observations.coded("transactions", "kind")
    else:
        kinds = Coded(np.zeros(len(transactions), dtype=np.int64), pd.Index(["service"], dtype="str"))
    unknown = len(kinds.names)
    kind = np.where(kinds.places < 0, unknown, kinds.places)
    months = _months(transactions["happened_on"])
    shape = (len(dealers.names), len(months.names), unknown + 1, 3, 3)
    counts = np.zeros(int(np.prod(shape)), dtype=np.int64)
    for part in range(_PARTS):
        diary = _diary(observations, identity, kind, unknown + 1, part)
        visits = np.flatnonzero(diary.entry <= unknown)
        comeback = np.diff(diary.customer[visits], prepend=-1) == 0
        comeback &= np.diff(diary.moment_us[visits], prepend=0) < (COMEBACK_DAYS + 1) * _DAY_US
        comeback &= np.append(kinds.names == "service", False)[diary.entry[visits]]
        came_back = np.append(comeback[1:], False)[~comeback]
        visits = visits[~comeback]
        called, gone, complained = (
            diary.followed(visits, np.flatnonzero(diary.entry == unknown + entry))
            for entry in (_CALLED, _LOST, _COMPLAINED)
        )
        row = diary.row[visits]
        cells = dealers.places[row]
        by = (months.places[row], kind[row], np.where(called, 2, gone), np.where(complained, 2, came_back))
        for size, place in zip(shape[1:], by, strict=True):
            cells = cells * size + place
        counts += np.bincount(cells, minlength=len(counts))
    return Visits(dealers.names, months.names, kinds.names, counts.reshape(shape))


def _months(days: pd.Series) -> Coded:
    """Return the month of each day in codes."""
    known = days.notna().to_numpy()
    month = days.to_numpy(dtype="datetime64[M]").astype(np.int64)
    earliest = month[known].min(initial=np.iinfo(np.int64).max)
    seen = np.bincount(month[known] - earliest) > 0
    places = np.full(len(days), -1)
    places[known] = (np.cumsum(seen) - 1)[month[known] - earliest]
    return Coded(places, pd.Index((np.flatnonzero(seen) + earliest).astype("datetime64[M]").astype(str), dtype="str"))


@dataclass(frozen=True)
class _Diary:
    """Every visit, call and complaint of part of the customers, by customer, time and entry.

    Parameters
    ----------
    row
        Row of the entry in its own source.
    customer
        The customer's number, from 0.
    moment_us
        When it was.
    entry
        What it was: the kind of a visit, or what follows visits.
    """

    row: Whole
    customer: Whole
    moment_us: Whole
    entry: Whole

    def followed(self, visits: Whole, later: Whole) -> Flags:
        """Tell which visits are the customer's latest before a later entry, all given as places in the diary."""
        found = np.zeros(len(visits), dtype=bool)
        place = np.searchsorted(visits, later) - 1
        later, place = later[place >= 0], place[place >= 0]
        before = visits[place]
        near = self.customer[before] == self.customer[later]
        near &= self.moment_us[later] - self.moment_us[before] <= FOLLOW_DAYS * _DAY_US
        found[place[near]] = True
        return found


def _diary(observations: Observations, identity: str, kind: Whole, first_follower: int, part: int) -> _Diary:
    sources = [("transactions", "happened_on", kind)]
    if observations.has("contacts", identity, "attempted_at"):
        came_of_it = np.where(observations.shared(lost), _LOST, _CALLED) - 1
        sources.append(("contacts", "attempted_at", first_follower + came_of_it))
    if observations.has("complaints", identity, "filed_on"):
        filed = np.full(len(observations["complaints"]), first_follower + _COMPLAINED - 1)
        sources.append(("complaints", "filed_on", filed))
    entries = []
    for source, column, entry in sources:
        who = token(observations, source, identity)
        moment_us = observations[source][column].to_numpy(dtype="datetime64[us]").view(np.int64)
        row = np.flatnonzero((who & np.uint64(_PARTS - 1)) == part)
        row = row[(who[row] != 0) & (moment_us[row] != _NEVER)]
        # What happens at one moment is in the order of entries: a visit, then what follows it.
        entries.append((row, who[row], (moment_us[row] << _ENTRY_BITS) | entry[row]))
    rows, who, stamp = (np.concatenate(column) for column in zip(*entries, strict=True))
    in_time = np.argsort(stamp)
    who = who[in_time]
    by_customer = np.argsort(who)
    who = who[by_customer]
    number = np.cumsum(np.diff(who, prepend=who[:1]) != 0)
    # Sorting place in time below the customer's number is many times quicker than a stable sort by customer.
    by_customer |= number << _PLACE_BITS
    by_customer.sort()
    order = in_time[by_customer & ((1 << _PLACE_BITS) - 1)]
    stamp = stamp[order]
    return _Diary(rows[order], number, stamp >> _ENTRY_BITS, stamp & ((1 << _ENTRY_BITS) - 1))


_VISITS = {identity: partial(_visits_of, identity=identity) for identity in ("vin", "customer_id", "phone")}
