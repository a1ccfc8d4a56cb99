"""What the cheats do to lists, calls and customers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands import calls as calling
from benchmarks.other_hands.answers import Answers
from benchmarks.other_hands.chance import Flags, Floats, Integers, logistic, stream
from benchmarks.other_hands.conduct import Act
from benchmarks.other_hands.network import Network, mobiles
from benchmarks.other_hands.questionnaire import FIXED
from benchmarks.other_hands.visits import Visits
from detectors.core.schemes import Scheme

HONEST, FULL_MARKS, RAISED, STAND_IN, INVENTED, COPIED, FILLED = range(7)
"""How an interview came about."""

FAKE_OUTCOMES: dict[str, Floats] = {
    "staff phones": np.array([0.80, 0.0, 0.12, 0.03, 0.05, 0.0, 0.0, 0.0, 0.0]),
    "friends' phones": np.array([0.60, 0.02, 0.23, 0.05, 0.06, 0.01, 0.01, 0.02, 0.0]),
    "pool of the group": np.array([0.66, 0.01, 0.2, 0.05, 0.05, 0.01, 0.0, 0.02, 0.0]),
    "ghosts": np.array([0.64, 0.01, 0.22, 0.04, 0.05, 0.01, 0.01, 0.02, 0.0]),
    "own SIM cards": np.array([0.84, 0.0, 0.1, 0.03, 0.03, 0.0, 0.0, 0.0, 0.0]),
    "invented numbers": np.array([0.0, 0.05, 0.18, 0.03, 0.02, 0.5, 0.2, 0.02, 0.0]),
}

_COMPLIES = {
    "phone script": 1.2,
    "card at the handover": 0.0,
    "one adviser": 1.3,
    "weak plea": -0.1,
    "pleads the fine": 0.7,
    "gift, told": 1.0,
    "gift, hushed up": 1.0,
    "voucher for a screenshot": 0.4,
    "points after the call": -0.2,
    "last week's calls": 1.2,
    "end of the quarter": 1.0,
    "when behind": 1.2,
    "gifts of the last days": 1.0,
}
"""Log-odds that a middling customer whose visit went well does what is asked."""

_POOL_SIZES = {
    "friends' phones": (10, 45),
    "pool of the group": (40, 90),
    "ghosts": (60, 200),
    "invented numbers": (3000, 3001),
}
_WAITS_FOR_THE_CALL = 0.15


@dataclass
class Played:
    """What the agencies are given, and what comes of it.

    Parameters
    ----------
    listed, number, ghost
        By visit: on the list, the number there, the customer does not exist.
    asked, outcome
        By visit: called, and what came of it.
    manner
        By visit: how the interview came about.
    act
        By visit: the act that manipulated it, -1 none.
    plea
        By visit: the act by which the customer was asked for marks, whether it worked or not; -1 none.
    second
        By visit: when on the day the call is said to have been.
    """

    listed: Flags
    number: Integers
    ghost: Flags
    asked: Flags
    outcome: Integers
    manner: Integers
    act: Integers
    plea: Integers
    second: Integers

    @property
    def interviewed(self) -> Flags:
        """By visit: there is an interview."""
        return np.asarray(self.asked & (self.outcome == calling.COMPLETED))


def play(
    network: Network,
    visits: Visits,
    lists: pd.DataFrame,
    calls: pd.DataFrame,
    truly: Answers,
    acts: list[Act],
) -> Played:
    """Let the acts happen: lists first, then calls, then what customers are asked for, then the interviewers.

    Parameters
    ----------
    network, visits, lists, calls
        What would happen honestly.
    truly
        What customers would answer honestly.
    acts
        `conduct.decide`.

    Returns
    -------
    Played
        What happens; with no acts, the honest course.
    """
    count = len(visits.rows)
    none = np.full(count, -1, dtype=np.int64)
    played = Played(
        listed=lists["listed"].to_numpy().copy(),
        number=lists["number"].to_numpy().copy(),
        ghost=np.zeros(count, dtype=np.bool_),
        asked=np.zeros(count, dtype=np.bool_),
        outcome=calling.outcome(visits, lists, calls),
        manner=np.zeros(count, dtype=np.int64),
        act=none.copy(),
        plea=none.copy(),
        second=calls["second"].to_numpy().copy(),
    )
    of_dealer = _places_by_dealer(network, visits)
    dice = {act.place: stream(network.plan.seed, f"act {act.place}") for act in acts}
    for act in _practising(acts, Scheme.WITHHELD):
        _withhold(dice[act.place], visits, truly, played, act, of_dealer[act.unit])
    pools: dict[int, Integers] = {}
    for act in _practising(acts, Scheme.FAKE_CONTACTS):
        if act.pool not in pools:
            pools[act.pool] = _phones(dice[act.place], network, act)
        _fake(dice[act.place], visits, played, act, of_dealer[act.unit], pools[act.pool])
    played.asked = calling.asked(visits, calls, played.listed, played.number, len(network.plan.dates) - 1)
    for act in _practising(acts, Scheme.TARGET_GAMING, Scheme.INCENTIVISED, Scheme.COACHED):
        _ask(dice[act.place], network, visits, calls, truly, played, act, of_dealer[act.unit])
    for act in _practising(acts, Scheme.FABRICATED):
        _fabricate(dice[act.place], calls, played, act)
    return played


def _practising(acts: list[Act], *schemes: Scheme) -> list[Act]:
    return [act for scheme in schemes for act in acts if act.scheme is scheme]


def _places_by_dealer(network: Network, visits: Visits) -> list[Integers]:
    """Return the places of each dealer's visits."""
    dealer = visits.rows["dealer"].to_numpy()
    order = np.argsort(dealer, kind="stable")
    return np.split(order, np.searchsorted(dealer[order], np.arange(1, network.plan.dealers)))


def _withhold(
    rng: np.random.Generator, visits: Visits, truly: Answers, played: Played, act: Act, mine: Integers
) -> None:
    """Keep the unhappy from being heard."""
    rows = visits.rows.iloc[mine]
    inside = rows["day"].between(act.first, act.last).to_numpy()
    style, zeal = act.style, 0.45 + 0.85 * act.share
    content = rows["content"].to_numpy()
    seen_unhappy = content + rng.normal(0, 0.7, len(mine)) < 7.6
    unhappy = {
        "leaves off complainers": rows["angry"].to_numpy() | (content + rng.normal(0, 0.4, len(mine)) < 7.0),
        "forgets comebacks": rows["comeback"].to_numpy()
        | (visits.did[mine, FIXED] == 0) & (rows["questionnaire"] == 0).to_numpy(),
        "declares not customer": seen_unhappy,
        "breaks a digit": seen_unhappy,
        "asks first": truly.overall[mine] + rng.normal(0, 0.8, len(mine)) < 7.6,
    }[style]
    hit = mine[inside & unhappy & played.listed[mine] & (rng.random(len(mine)) < zeal)]
    played.act[hit] = act.place
    if style == "declares not customer":
        played.outcome[hit] = calling.NOT_CUSTOMER
    elif style == "breaks a digit":
        played.number[hit] += 10 ** rng.integers(0, 6, len(hit)) * rng.choice([-1, 1, 2], len(hit))
        nobody = rng.random(len(hit)) < 0.6
        played.outcome[hit] = np.where(nobody, calling.OUT_OF_SERVICE, calling.WRONG_NUMBER)
        quiet = rng.random(len(hit)) < 0.25
        played.outcome[hit[quiet]] = calling.NO_ANSWER
    else:
        played.listed[hit] = False


def _phones(rng: np.random.Generator, network: Network, act: Act) -> Integers:
    """Return the numbers that a dealer puts in the place of its customers'."""
    style = act.style
    if style == "staff phones":
        staff = network.staff[network.staff["dealer"] == act.unit]["number"].to_numpy()
        private = mobiles(rng, max(2, len(staff) // 4))
        return np.concatenate([rng.permutation(staff)[: max(4, int(0.7 * len(staff)))], private])
    if style == "own SIM cards":
        start = int(mobiles(rng, 1)[0] // 1000 * 1000 + rng.integers(0, 800))
        cards = np.arange(start, start + 40)
        return cards[rng.random(40) < 0.7]
    sizes = {
        "friends' phones": (10, 45),
        "pool of the group": (40, 90),
        "ghosts": (60, 200),
        "invented numbers": (3000, 3001),
    }
    return mobiles(rng, int(rng.integers(*sizes[style])))


def _fake(rng: np.random.Generator, visits: Visits, played: Played, act: Act, mine: Integers, pool: Integers) -> None:
    """Put other numbers in the place of customers', the less content ones' before others'."""
    rows = visits.rows.iloc[mine]
    inside = rows["day"].between(act.first, act.last).to_numpy() & played.listed[mine] & (played.act[mine] < 0)
    eager = np.where(rows["content"].to_numpy() < 8.2, 1.5, 0.75) * act.share
    hit = mine[inside & (rng.random(len(mine)) < eager)]
    played.act[hit] = act.place
    played.number[hit] = rng.choice(pool, len(hit))
    played.outcome[hit] = rng.choice(9, len(hit), p=FAKE_OUTCOMES[act.style])
    played.manner[hit] = STAND_IN
    played.ghost[hit] = act.style == "ghosts"


def _ask(
    rng: np.random.Generator,
    network: Network,
    visits: Visits,
    calls: pd.DataFrame,
    truly: Answers,
    played: Played,
    act: Act,
    mine: Integers,
) -> None:
    """Ask customers for marks; they do as they are asked if they are that kind, and if the visit went well enough."""
    rows, style = visits.rows.iloc[mine], act.style
    share = act.share
    inside = rows["day"].between(act.first, act.last).to_numpy()
    if act.scheme is Scheme.TARGET_GAMING:
        inside = inside & _closing(network, calls, truly, played, act, mine)
        reach = 0.35 + share
    elif style == "one adviser":
        busiest = rows["adviser"].value_counts().index[:3]
        inside = inside & (rows["adviser"] == busiest[int(rng.integers(len(busiest)))]).to_numpy()
        reach = 0.9
    else:
        reach = min(1.0, share / float(logistic(np.array([_COMPLIES[style]]))[0]) * 1.2)
    told = mine[inside & (played.act[mine] < 0) & (played.plea[mine] < 0) & (rng.random(len(mine)) < reach)]
    played.plea[told] = act.place
    if style not in ("card at the handover", "weak plea"):
        late = (played.outcome[told] == calling.NO_ANSWER) & (rng.random(len(told)) < _WAITS_FOR_THE_CALL)
        played.outcome[told[late]] = calling.COMPLETED
    agreeable = visits.people["agreeable"].to_numpy()[visits.rows["customer"].to_numpy()[told]]
    content = visits.rows["content"].to_numpy()[told]
    complies = told[rng.random(len(told)) < logistic(_COMPLIES[style] + 0.8 * agreeable + 0.9 * (content - 8.3))]
    played.act[complies] = act.place
    played.manner[complies] = RAISED if style == "weak plea" else FULL_MARKS


def _closing(network: Network, calls: pd.DataFrame, truly: Answers, played: Played, act: Act, mine: Integers) -> Flags:
    """Return which visits are asked about when the bonus period closes, as this style understands it."""
    plan = network.plan
    called = np.minimum(calls["called"].to_numpy()[mine], len(plan.dates) - 1)
    left = plan.month_end[called] - called
    if act.style == "last week's calls":
        return np.asarray(left < 7)
    if act.style == "gifts of the last days":
        return np.asarray(left < 5)
    if act.style == "end of the quarter":
        closes = (plan.dates[called].astype("datetime64[M]").astype(np.int64) % 12 + 1) % 3 == 0
        return np.asarray(closes & (left < 13))
    month = plan.month_of_day[called]
    target = float(network.dealers["target_score"].iloc[act.unit])
    behind = np.zeros(len(mine), dtype=np.bool_)
    for one in range(plan.months):
        known = (month == one) & (left >= 10) & played.interviewed[mine]
        if known.any() and truly.overall[mine][known].mean() < target:
            behind |= (month == one) & (left < 10)
    return behind


def _fabricate(rng: np.random.Generator, calls: pd.DataFrame, played: Played, act: Act) -> None:
    """Let an interviewer make interviews of calls that nobody took, or of the beginnings of those that somebody did."""
    theirs = (calls["interviewer"].to_numpy() == act.unit) & played.asked
    theirs &= (calls["called"].to_numpy() >= act.first) & (calls["called"].to_numpy() <= act.last)
    real = np.flatnonzero(theirs & (played.outcome == calling.COMPLETED))
    share = act.share
    if act.style == "fills in the rest":
        hit = real[rng.random(len(real)) < share]
        played.manner[hit] = FILLED
    else:
        missed = np.isin(played.outcome, [calling.NO_ANSWER, calling.REFUSED, calling.BUSY, calling.CALLBACK])
        free = np.flatnonzero(theirs & missed)
        wanted = min(len(free), round(share / (1 - share) * len(real)))
        hit = rng.choice(free, wanted, replace=False)
        played.outcome[hit] = calling.COMPLETED
        played.manner[hit] = COPIED if act.style == "copies" else INVENTED
        if act.style == "invents at night":
            played.second[hit] = rng.integers(18 * 3600, 20 * 3600 + 1800, len(hit))
    played.act[hit] = act.place
