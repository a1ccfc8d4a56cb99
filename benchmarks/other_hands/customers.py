"""People and their cars: how somebody answers stays with them from visit to visit."""

import numpy as np
import pandas as pd

from benchmarks.other_hands.chance import Integers
from benchmarks.other_hands.network import REGION_NAMES, Network, mobiles

_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789", dtype="S1")
_LANDLINES = 0.02
MONTHS_BETWEEN_VISITS = 7


def draw(rng: np.random.Generator, network: Network, dealer: Integers) -> pd.DataFrame:
    """Draw one person and car for each place of `dealer`.

    Parameters
    ----------
    rng
        Source of chance.
    network
        Where they live.
    dealer
        Their dealers, ascending.

    Returns
    -------
    pandas.DataFrame
        ``dealer``, ``vin``, ``number`` (phone), ``leniency`` and ``wavering`` (points), ``one_number``, ``never_ten``,
        ``round_numbers``, ``agreeable``, ``talkative``, ``english``, ``dialect`` (region), ``patience`` (log-odds of
        taking a call), ``tempo``, ``posts`` (how readily they write reviews), ``staff`` (-1: not employed there),
        ``owner`` (place of who owns the car).
    """
    count, region = len(dealer), network.traits["region"].to_numpy()[dealer]
    number = mobiles(rng, count)
    lands = rng.random(count) < _LANDLINES * (1 + 2 * network.traits["rural"].to_numpy()[dealer])
    number[lands] = network.traits["area"].to_numpy()[dealer[lands]] * 10**8 + rng.integers(
        2 * 10**7, 9 * 10**7, lands.sum()
    )
    elsewhere = rng.random(count) < 0.12
    people = pd.DataFrame(
        {
            "dealer": dealer,
            "vin": _vins(rng, count),
            "number": number,
            "leniency": 0.55 * rng.standard_t(6, count),
            "wavering": rng.gamma(4, 0.13, count),
            "one_number": rng.random(count) < 0.07,
            "never_ten": rng.random(count) < 0.09,
            "round_numbers": rng.random(count) < 0.12,
            "agreeable": rng.normal(0, 1, count),
            "talkative": rng.normal(0, 1, count),
            "english": rng.random(count) < 0.03,
            "dialect": np.where(elsewhere, rng.integers(0, len(REGION_NAMES), count), region),
            "patience": rng.normal(0, 0.8, count),
            "tempo": np.exp(rng.normal(0, 0.16, count)),
            "posts": np.exp(rng.normal(0, 1.0, count)),
            "staff": np.full(count, -1),
            "owner": np.arange(count),
        }
    )
    return _share(rng, network, people)


def _vins(rng: np.random.Generator, count: int) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    makers = np.array([b"LSG", b"LFV", b"LHG"])[rng.integers(0, 3, count)].astype("S17")
    rest = _LETTERS[rng.integers(0, len(_LETTERS), (count, 8))]
    serial = np.frombuffer(b"0123456789", dtype="S1")[rng.integers(0, 10, (count, 6))]
    tail = np.ascontiguousarray(np.hstack([rest, serial])).view("S14").ravel()
    return np.char.add(makers, tail).astype(str).astype(object)


def _share(rng: np.random.Generator, network: Network, people: pd.DataFrame) -> pd.DataFrame:
    """Let families share a phone, and fleets an owner and a phone."""
    dealer = people["dealer"].to_numpy()
    number, owner = people["number"].to_numpy().copy(), people["owner"].to_numpy().copy()
    before = np.arange(len(people)) - 1
    rural = network.traits["rural"].to_numpy()[dealer]
    family = (rng.random(len(people)) < np.where(rural, 0.06, 0.03)) & (before >= 0)
    family[family] &= dealer[before[family]] == dealer[family]
    number[family] = number[before[family]]
    many = (network.traits["story"] == "fleets").to_numpy()[dealer]
    begins = np.flatnonzero(rng.random(len(people)) < np.where(many, 0.006, 0.0007))
    sizes = np.where(many[begins], rng.integers(12, 45, len(begins)), rng.integers(3, 10, len(begins)))
    for first, size in zip(begins, sizes, strict=True):
        rows = np.arange(first, min(first + size, len(people)))
        rows = rows[dealer[rows] == dealer[first]]
        number[rows], owner[rows] = number[first], first
    return people.assign(number=number, owner=owner)


def park(rng: np.random.Generator, network: Network) -> pd.DataFrame:
    """Draw the cars that come for service: the dealer's past customers, some of its own staff among them."""
    size = np.ceil(network.traits["services"].to_numpy() * MONTHS_BETWEEN_VISITS).astype(np.int64)
    people = draw(rng, network, np.repeat(np.arange(len(size)), size))
    start = np.concatenate([[0], np.cumsum(size)])
    drivers = network.staff[network.staff["drives"]]
    seat = drivers.groupby("dealer").cumcount().to_numpy()
    fits = seat < size[drivers["dealer"].to_numpy()] // 4
    places = (start[drivers["dealer"].to_numpy()] + seat)[fits]
    return employ(people, places, drivers.index.to_numpy()[fits], network)


def employ(people: pd.DataFrame, places: Integers, staff: Integers, network: Network) -> pd.DataFrame:
    """Make people of a dealer's own staff, who like their shop and have its phone numbers."""
    people.loc[people.index[places], "staff"] = staff
    people.loc[people.index[places], "number"] = network.staff["number"].to_numpy()[staff]
    people.loc[people.index[places], "owner"] = places
    people.loc[people.index[places], "leniency"] += 0.5
    return people
