"""Matching the numbers handed to the agency with the dealer's own transactions, its staff and its customers.

All values are opaque tokens, and what is matched is their keys (`detectors.core.keys`).
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.keys import MISSING, Keys, hashed, joined, token
from detectors.core.observations import Observations

Flags = NDArray[np.bool_]

IDENTITIES = ("customer_id", "vin")
"""Columns that say whose visit it was; either is enough."""


def among(wanted: Keys, known: Keys) -> Flags:
    """Tell which keys are among the known ones; a missing value never is."""
    if 4 * len(wanted) < len(known):
        # Looking many up in a table of few is cheaper than making a table of many.
        known = known[np.asarray(pd.Series(known).isin(wanted))]
    found = np.array(pd.Series(wanted).isin(known), dtype=bool)
    return np.asarray(found & (wanted != MISSING), dtype=bool)


def of_several(groups: Keys, *members: Keys) -> list[Flags]:
    """Tell which rows' group has several different members; rows without either count for nothing.

    Returns
    -------
    list of numpy.ndarray
        One a kind of members, shape (rows,).

    Examples
    --------
    >>> groups = np.array([7, 7, 8, 8, 9], dtype=np.uint64)
    >>> of_several(groups, np.array([1, 2, 3, 3, 0], dtype=np.uint64))[0].tolist()
    [True, True, False, False, False]
    """
    order = np.argsort(groups)
    inside = groups[order]
    # Only groups of several rows can have several members.
    same = inside[1:] == inside[:-1]
    shared = np.append(same, False) | np.insert(same, 0, False)
    order = order[shared & (inside != MISSING)]
    starts = np.flatnonzero(np.diff(groups[order], prepend=MISSING))
    sizes = np.diff(np.append(starts, len(order)))
    several = []
    for member in members:
        found, value = np.zeros(len(groups), dtype=bool), member[order]
        if len(order):
            most = np.maximum.reduceat(value, starts)
            # The largest key stands for a missing one, which then is never the least.
            least = np.minimum.reduceat(value - np.uint64(1), starts) + np.uint64(1)
            found[order] = np.repeat((least < most) & (least != MISSING), sizes)
        several.append(found)
    return several


def number_of(observations: Observations, source: str) -> Keys:
    """Return the key of each row's phone, whoever the dealer is."""
    return observations.shared(_NUMBERS[source])


def _number_of(observations: Observations, source: str) -> Keys:
    if "phone" not in observations[source].columns:
        return np.zeros(len(observations[source]), dtype=np.uint64)
    return hashed(observations[source]["phone"])


@dataclass(frozen=True)
class Match:
    """What the dealers' own transactions know of the rows of a source, each of shape (rows,).

    Parameters
    ----------
    known
        The dealer has a transaction of this customer or vehicle.
    reachable
        It has one with a phone.
    own
        It has one with this very phone.
    """

    known: Flags
    reachable: Flags
    own: Flags


def match(observations: Observations, source: str) -> Match:
    """Return what the dealers' own transactions know of the rows of contacts or surveys."""
    return observations.shared(_MATCHES[source])


def _match(observations: Observations, source: str) -> Match:
    number, theirs = token(observations, source, "phone"), token(observations, "transactions", "phone")
    has_phone = theirs != MISSING
    known, reachable, own = np.zeros((3, len(number)), dtype=bool)
    for identity in IDENTITIES:
        who, whose = token(observations, source, identity), token(observations, "transactions", identity)
        known |= among(who, whose[~has_phone])
        open_rows = np.flatnonzero(~reachable)
        reachable[open_rows] = among(who[open_rows], whose[has_phone])
        open_rows = np.flatnonzero(~own)
        pairs = joined(number[open_rows], who[open_rows])
        own[open_rows] = among(pairs, joined(theirs[has_phone], whose[has_phone]))
    return Match(known | reachable, reachable, own)


_NUMBERS = {source: partial(_number_of, source=source) for source in ("contacts", "surveys")}
_MATCHES = {source: partial(_match, source=source) for source in ("contacts", "surveys")}
