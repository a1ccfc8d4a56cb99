"""Stretches of time in which a dealer's own transactions do not flow: its system was down, or a delivery is missing.

Customers who came then are in no transaction, and it is nobody's fault.
"""

import numpy as np
from numpy.typing import NDArray

from detectors.contacts.matching import Flags
from detectors.core.observations import Observations

_TOO_MANY = 8.0
"""Transactions to be expected of a stretch that has none, from which it is a silence: chance has e^-8 of it."""

_CALLED_WITHIN_US = 45 * 86_400_000_000
"""A customer is called within so long of the visit."""

Moments = NDArray[np.int64]

_NEVER, _ALWAYS = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def after_silence(observations: Observations) -> Flags:
    """Tell which contacts were called about a visit that may lie in a silence of the dealer's transactions."""
    if not observations.has("contacts", "attempted_at") or not observations.has("transactions", "happened_on"):
        return np.zeros(len(observations["contacts"]), dtype=bool)
    theirs, dealers = (observations.coded(source, "dealer_id") for source in ("transactions", "contacts"))
    happened = _moments(observations, "transactions", "happened_on")
    there = (theirs.places >= 0) & (happened != _NEVER)
    dealer, start, end = _silences(theirs.places[there], happened[there])
    called = _moments(observations, "contacts", "attempted_at")
    # Silences of a dealer do not overlap, so the latest that began before a call is the one that ended last.
    place = dealers.among(theirs.names)
    order = np.lexsort((start, dealer))
    dealer, start, end = dealer[order], start[order], end[order]
    first = np.searchsorted(dealer, place)
    found = np.zeros(len(called), dtype=bool)
    for later in range(np.bincount(dealer).max(initial=0)):
        at = np.minimum(first + later, max(len(dealer) - 1, 0))
        near = (dealer[at] == place) & (start[at] < called) & (end[at] > called - _CALLED_WITHIN_US)
        found |= near & (first + later < len(dealer))
    return np.asarray(found & (place >= 0) & (called != _NEVER))


def _silences(dealer: Moments, moment: Moments) -> tuple[Moments, Moments, Moments]:
    """Return dealer, start and end of each silence; time before the first transaction and after the last is one."""
    order = np.lexsort((moment, dealer))
    dealer, moment = dealer[order], moment[order]
    opens = np.diff(dealer, prepend=-1) != 0
    closes = np.append(opens[1:], True)[: len(dealer)]
    size = np.bincount(dealer)
    span = np.zeros(len(size))
    span[dealer[opens]] = moment[closes] - moment[opens]
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = np.where(size > 1, span / np.maximum(size - 1, 1), np.inf)
    silent = np.zeros(len(dealer), dtype=bool)
    silent[1:] = ~opens[1:] & (np.diff(moment) > _TOO_MANY * usual[dealer[1:]])
    after = np.flatnonzero(silent)
    return (
        np.concatenate([dealer[after], dealer[opens], dealer[closes]]),
        np.concatenate([moment[after - 1], np.full(opens.sum(), _NEVER // 2), moment[closes]]),
        np.concatenate([moment[after], moment[opens], np.full(closes.sum(), _ALWAYS // 2)]),
    )


def _moments(observations: Observations, source: str, column: str) -> Moments:
    return observations[source][column].to_numpy(dtype="datetime64[us]").view(np.int64)
