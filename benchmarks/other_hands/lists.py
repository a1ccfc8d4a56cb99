"""What the dealer's system holds of a visit, and the list that a clerk makes of it for the agency."""

import numpy as np
import pandas as pd

from benchmarks.other_hands.chance import Flags, Integers, stream
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.visits import ACCIDENT, Visits

REST_DAYS = 90
"""Nobody is put on the list twice within so many days."""

GOOD, DEAD, STRANGER, ANOTHER = range(4)
"""Where a number leads: to the customer, to nobody, to somebody who knows nothing, to another customer of the shop."""

_UNLABELLED, _OPTED_OUT = 0.02, 0.03
_MOVED = 0.02
_DEAD, _DEAD_IN_THE_COUNTRY = 0.025, 0.08
_OUTAGE_DAYS = (4, 11)


def honest(network: Network, visits: Visits) -> pd.DataFrame:
    """Make the honest list.

    Parameters
    ----------
    network
        The dealers, with the habits of their clerks.
    visits
        What happened.

    Returns
    -------
    pandas.DataFrame
        By visit: ``entered`` (the system has the visit), ``recorded`` (the number in the system, -1 none), ``number``
        (that on the list, -1 none), ``leads`` (where it leads), ``listed``, ``owed`` (what a faultless clerk would have
        listed).
    """
    rng = stream(network.plan.seed, "lists")
    rows, people, traits = visits.rows, visits.people, network.traits
    dealer, count = rows["dealer"].to_numpy(), len(rows)
    customer = rows["customer"].to_numpy()
    own = people["number"].to_numpy()[customer]
    outage = _outage(rng, network, rows)
    recorded = np.where(rng.random(count) < _UNLABELLED + 0.5 * outage, -1, own)
    moved = rng.random(count) < _MOVED
    former = own + rng.integers(10, 10**6, count) * np.where(own % 10**8 < 5 * 10**7, 1, -1)
    recorded = np.where(moved & (recorded >= 0), former, recorded)
    updated = rng.random(count) < 0.6
    number = np.where(moved & ~updated, former, own)
    rural = traits["rural"].to_numpy()[dealer]
    leads = np.where(rng.random(count) < np.where(rural, _DEAD_IN_THE_COUNTRY, _DEAD), DEAD, GOOD)
    leads = np.where(moved & ~updated, np.where(rng.random(count) < 0.6, DEAD, STRANGER), leads)
    number, leads = _mistype(rng, traits["typo"].to_numpy()[dealer], number, leads)
    number, leads = _copy_down(rng, rows, traits["copied"].to_numpy()[dealer], number, leads)
    known = (recorded >= 0) | (rng.random(count) < 0.5 * outage)
    owed = known & (rng.random(count) >= _OPTED_OUT) & (rows["reason"] != ACCIDENT).to_numpy() & ~_rests(rows)
    staff = people["staff"].to_numpy()[customer] >= 0
    owed &= ~staff | (rng.random(count) < traits["leak"].to_numpy()[dealer])
    listed = owed & (rng.random(count) < traits["upload"].to_numpy()[dealer])
    return pd.DataFrame(
        {
            "entered": ~outage | (rng.random(count) < 0.5),
            "recorded": recorded,
            "number": number,
            "leads": leads,
            "listed": listed,
            "owed": owed,
        }
    )


def _outage(rng: np.random.Generator, network: Network, rows: pd.DataFrame) -> Flags:
    """Return the visits during which the dealer's system was down and paper was used."""
    turn = network.traits["turn"].to_numpy()
    length = rng.integers(*_OUTAGE_DAYS, len(turn)) * (network.traits["story"] == "dms_outage").to_numpy()
    dealer, day = rows["dealer"].to_numpy(), rows["day"].to_numpy()
    return np.asarray((day >= turn[dealer]) & (day < (turn + length)[dealer]))


def _mistype(
    rng: np.random.Generator, share: "np.ndarray[tuple[int], np.dtype[np.float64]]", number: Integers, leads: Integers
) -> tuple[Integers, Integers]:
    """Let a digit be wrong, behind the prefix: mostly nobody answers there."""
    wrong = rng.random(len(number)) < share
    digit = 10 ** rng.integers(0, 7, len(number))
    changed = number + np.where(number // digit % 10 < 5, 1, -1) * rng.integers(1, 5, len(number)) * digit
    where = np.where(rng.random(len(number)) < 0.55, DEAD, STRANGER)
    return np.where(wrong, changed, number), np.where(wrong, where, leads)


def _copy_down(
    rng: np.random.Generator,
    rows: pd.DataFrame,
    share: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    number: Integers,
    leads: Integers,
) -> tuple[Integers, Integers]:
    """Let the clerk's spreadsheet fill in the number of the row above."""
    order = np.lexsort((rows["customer"], rows["day"], rows["dealer"]))
    above = np.empty(len(rows), dtype=np.int64)
    above[order[1:]], above[order[0]] = order[:-1], order[0]
    same = rows["dealer"].to_numpy()[above] == rows["dealer"].to_numpy()
    copied = same & (rng.random(len(rows)) < share) & (above != np.arange(len(rows)))
    return np.where(copied, number[above], number), np.where(copied, ANOTHER, leads)


def _rests(rows: pd.DataFrame) -> Flags:
    """Return the visits of customers who came less than so many days before."""
    order = np.lexsort((rows["day"], rows["customer"]))
    customer, day = rows["customer"].to_numpy()[order], rows["day"].to_numpy()[order]
    soon = np.zeros(len(rows), dtype=np.bool_)
    soon[order[1:]] = (customer[1:] == customer[:-1]) & (day[1:] - day[:-1] < REST_DAYS)
    return soon
