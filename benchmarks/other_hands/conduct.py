"""Who cheats, in which style, how much, and from when to when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.other_hands.agencies import Agencies
from benchmarks.other_hands.chance import stream
from benchmarks.other_hands.network import Network
from detectors.core.schemes import Scheme, UnitKind

FRIENDS, POOL = "friends' phones", "pool of the group"

STYLES: dict[Scheme, tuple[str, ...]] = {
    Scheme.COACHED: ("phone script", "card at the handover", "one adviser", "weak plea", "pleads the fine"),
    Scheme.INCENTIVISED: ("gift, told", "gift, hushed up", "voucher for a screenshot", "points after the call"),
    Scheme.FAKE_CONTACTS: ("staff phones", FRIENDS, "invented numbers", POOL, "own SIM cards", "ghosts"),
    Scheme.WITHHELD: (
        "leaves off complainers",
        "forgets comebacks",
        "declares not customer",
        "breaks a digit",
        "asks first",
    ),
    Scheme.TARGET_GAMING: ("last week's calls", "end of the quarter", "when behind", "gifts of the last days"),
    Scheme.REVIEW_MANIPULATION: ("contest", "agency accounts", "friends' accounts", "buries bad ones"),
    Scheme.FABRICATED: ("invents at night", "copies", "fills in the rest"),
}
"""How each scheme is practised."""

_SHARE_OF_DEALERS = 0.045
_SHARE_OF_INTERVIEWERS = 0.07
_SECOND_SCHEME = 0.12
_STOPS_OR_STARTS = 0.35
_INTENSITY = (0.10, 0.60)


@dataclass(frozen=True)
class Act:
    """Somebody practises a scheme.

    Parameters
    ----------
    place
        Number of the act.
    scheme, style
        What, and how.
    unit
        Place of the dealer or the interviewer.
    share
        How much of what could be touched.
    first, last
        From which day to which.
    pool
        Acts of one pool share their phones.
    """

    place: int
    scheme: Scheme
    style: str
    unit: int
    share: float
    first: int
    last: int
    pool: int


def decide(network: Network, agencies: Agencies) -> list[Act]:
    """Decide who cheats how: the worse a dealer's processes, the more it is tempted.

    Parameters
    ----------
    network, agencies
        Who could.

    Returns
    -------
    list of Act
        Nothing in an honest network. Every style of a scheme is practised in turn.
    """
    if network.plan.honest:
        return []
    rng = stream(network.plan.seed, "conduct")
    wanted = max(2, round(_SHARE_OF_DEALERS * network.plan.dealers))
    tempted = -0.7 * network.traits["quality"].to_numpy() + rng.gumbel(0, 1, network.plan.dealers)
    order = np.argsort(-tempted).tolist()
    acts: list[Act] = []
    for scheme, known in STYLES.items():
        if scheme.unit_kind is UnitKind.INTERVIEWER:
            acts += _fabricators(rng, network, agencies, len(acts))
            continue
        styles, mine = _styles(rng, known, wanted), set[int]()
        while len(mine) < wanted:
            style, pool = next(styles), len(acts)
            busy = {act.unit for act in acts}
            members = _members(rng, network, busy, wanted - len(mine)) if style == POOL else []
            style = FRIENDS if style == POOL and not members else style
            for dealer in members or [_one(rng, order, busy, mine)]:
                acts.append(
                    Act(len(acts), scheme, style, dealer, rng.uniform(*_INTENSITY), *_period(rng, network), pool)
                )
                mine.add(dealer)
    return acts


def _one(rng: np.random.Generator, order: list[int], busy: set[int], mine: set[int]) -> int:
    """Return the most tempted dealer that does not cheat yet; now and then one that does, in another scheme."""
    others = sorted(busy - mine)
    if others and rng.random() < _SECOND_SCHEME:
        return int(rng.choice(others))
    free = [dealer for dealer in order if dealer not in busy] or [dealer for dealer in order if dealer not in mine]
    return free[0]


def _styles(rng: np.random.Generator, styles: tuple[str, ...], wanted: int) -> Iterator[str]:
    """Return so many styles, every one in turn, in an order of chance."""
    rounds = -(-wanted // len(styles))
    return iter([styles[place] for _ in range(rounds) for place in rng.permutation(len(styles))])


def _members(rng: np.random.Generator, network: Network, taken: set[int], most: int) -> list[int]:
    """Return two dealers of one group that do not cheat yet; none where no group has them."""
    group = network.traits["group"].to_numpy()
    for number in rng.permutation(int(group.max(initial=-1)) + 1):
        free = [int(dealer) for dealer in np.flatnonzero(group == number) if int(dealer) not in taken]
        if len(free) >= 2 and most >= 2:
            return free[:2]
    return []


def _period(rng: np.random.Generator, network: Network) -> tuple[int, int]:
    days = len(network.plan.dates)
    if rng.random() >= _STOPS_OR_STARTS:
        return 0, days
    turn = int(rng.uniform(0.35, 0.65) * days)
    return (turn, days) if rng.random() < 0.5 else (0, turn)


def _fabricators(rng: np.random.Generator, network: Network, agencies: Agencies, first: int) -> list[Act]:
    people = agencies.interviewers
    steady = np.flatnonzero((people["first"] == 0) & (people["last"] >= network.plan.months - 1))
    wanted = min(max(1, round(_SHARE_OF_INTERVIEWERS * len(people))), len(steady))
    styles = _styles(rng, STYLES[Scheme.FABRICATED], wanted)
    return [
        Act(first + place, Scheme.FABRICATED, next(styles), unit, rng.uniform(0.15, 0.6), *_period(rng, network), -1)
        for place, unit in enumerate(rng.choice(steady, wanted, replace=False).tolist())
    ]
