"""Public reviews: those of customers, of car clubs, and those that somebody bought or organised."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands import posts
from benchmarks.other_hands.chance import Dice, Integers, stream
from benchmarks.other_hands.conduct import Act
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.tellers import tellers
from benchmarks.other_hands.visits import Visits
from detectors.core.schemes import Scheme

PLATFORMS = ("口碑", "车圈", "地图")

_POSTS = 0.055
_COUNTRY_POSTS = 0.03
_PROMOTED_POSTS = 4.0
_COLUMNS = ["platform", "account", "dealer", "day", "second", "rating", "text", "wrote", "age", "act"]


@dataclass(frozen=True)
class _Accounts:
    """How old the accounts of customers are, and how much they wrote."""

    wrote: Integers
    age: Integers
    platform: Integers


def written(network: Network, visits: Visits, acts: list[Act]) -> pd.DataFrame:
    """Return every review in the order in which they were posted.

    Parameters
    ----------
    network, visits
        What there is to write about.
    acts
        `conduct.decide`.

    Returns
    -------
    pandas.DataFrame
        ``platform`` (place), ``account``, ``dealer``, ``day``, ``second``, ``rating``, ``text``, ``wrote`` (reviews the
        author has written), ``age`` (days of the account on the day of the review), ``act`` (-1: genuine).
    """
    accounts = _accounts(network, visits)
    genuine = pd.concat([_of_customers(network, visits, accounts), _of_clubs(network)], ignore_index=True)
    genuine = genuine[genuine["day"] < len(network.plan.dates)]
    parts = [genuine]
    mine = [act for act in acts if act.scheme is Scheme.REVIEW_MANIPULATION]
    pool = _agency(stream(network.plan.seed, "review agency"))
    for act in mine:
        rng = stream(network.plan.seed, f"act {act.place}")
        parts.append(_organised(rng, network, visits, accounts, genuine, act, pool).assign(act=act.place))
    every = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return every.sort_values(["day", "second", "account"], kind="stable").reset_index(drop=True)


def _accounts(network: Network, visits: Visits) -> _Accounts:
    rng = stream(network.plan.seed, "accounts")
    count = len(visits.people)
    new = rng.random(count) < 0.07
    wrote = np.where(new, 1, np.floor(np.exp(rng.normal(1.6, 1.2, count))) + 1).astype(np.int64)
    age = np.where(new, rng.integers(0, 20, count), np.floor(rng.gamma(1.6, 600, count)) + 5).astype(np.int64)
    return _Accounts(wrote, age, rng.choice(len(PLATFORMS), count, p=[0.5, 0.2, 0.3]))


def _of_customers(network: Network, visits: Visits, accounts: _Accounts) -> pd.DataFrame:
    """Let customers post who are the kind, above all the delighted and the angry."""
    rng = stream(network.plan.seed, "reviews")
    rows, people = visits.rows, visits.people
    customer, dealer = rows["customer"].to_numpy(), rows["dealer"].to_numpy()
    felt = rows["content"].to_numpy() + 0.5 * people["leniency"].to_numpy()[customer]
    rate = np.where(network.traits["rural"].to_numpy()[dealer], _COUNTRY_POSTS, _POSTS)
    rate = rate * people["posts"].to_numpy()[customer] * (1 + 1.2 * np.maximum(7 - felt, 0) + 0.7 * (felt > 9.3))
    rate = rate * np.where(rows["promoted"], _PROMOTED_POSTS, 1) * np.where(rows["questionnaire"] == 1, 1.6, 0.8)
    posts_it = np.flatnonzero(rng.random(len(rows)) < 1 - np.exp(-rate))
    lag = np.floor(rng.exponential(np.where(rows["promoted"].to_numpy()[posts_it], 1.2, 4.0))).astype(np.int64)
    stars = np.select([felt > 7.9, felt > 7.0, felt > 6.0, felt > 4.8], [5, 4, 3, 2], 1)[posts_it]
    stars = np.clip(stars + rng.choice([-1, 0, 1], len(posts_it), p=[0.08, 0.84, 0.08]), 1, 5)
    seeds = rng.integers(0, 2**62, len(posts_it))
    who = tellers(network, visits, posts_it, felt[posts_it], [""] * len(posts_it), chattier=1.5)
    texts = [posts.honest(teller, Dice(int(seed))) for teller, seed in zip(who, seeds, strict=True)]
    return _frame(
        platform=accounts.platform[customer[posts_it]],
        account=[f"K{person}" for person in people["owner"].to_numpy()[customer[posts_it]]],
        dealer=dealer[posts_it],
        day=rows["day"].to_numpy()[posts_it] + lag,
        second=rng.integers(8 * 3600, 23 * 3600, len(posts_it)),
        rating=stars,
        text=texts,
        wrote=accounts.wrote[customer[posts_it]],
        age=accounts.age[customer[posts_it]],
        act=-1,
    )


def _of_clubs(network: Network) -> pd.DataFrame:
    """Let car clubs write after their day at a dealer's: many at once, all of them old hands."""
    rng = stream(network.plan.seed, "clubs")
    parts = []
    for dealer in np.flatnonzero(network.traits["story"] == "car_club"):
        count = int(rng.integers(9, 26))
        dice = Dice(int(rng.integers(2**62)))
        parts.append(
            _frame(
                platform=np.full(count, 1),
                account=[f"club{dealer}-{member}" for member in range(count)],
                dealer=np.full(count, dealer),
                day=int(network.traits["turn"].iloc[dealer]) + rng.integers(0, 3, count),
                second=rng.integers(10 * 3600, 23 * 3600, count),
                rating=rng.choice([4, 5], count, p=[0.2, 0.8]),
                text=[posts.club(dice) for _ in range(count)],
                wrote=rng.integers(5, 120, count),
                age=rng.integers(300, 3000, count),
                act=-1,
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def _agency(rng: np.random.Generator) -> pd.DataFrame:
    """Return the accounts of an agency that sells reviews: half of them registered in bulk, half bought up."""
    count = 160
    bulk = rng.random(count) < 0.5
    return pd.DataFrame(
        {
            "account": [f"Q{rng.integers(10**7)}" for _ in range(count)],
            "wrote": np.where(bulk, rng.integers(1, 12, count), rng.integers(8, 80, count)),
            "born": np.where(bulk, -rng.integers(20, 45, count), -rng.integers(200, 1800, count)),
        }
    )


def _organised(
    rng: np.random.Generator,
    network: Network,
    visits: Visits,
    accounts: _Accounts,
    genuine: pd.DataFrame,
    act: Act,
    pool: pd.DataFrame,
) -> pd.DataFrame:
    """Return the reviews that a dealer buys or organises, in its style."""
    dealer, style, share = act.unit, act.style, act.share
    first, last = act.first, min(act.last, len(network.plan.dates) - 2)
    there = genuine[(genuine["dealer"] == dealer) & genuine["day"].between(first, last)]
    count = max(5, round(share / (1 - share) * len(there)))
    dice = Dice(int(rng.integers(2**62)))
    if style == "contest":
        return _contest(rng, network, visits, accounts, dealer, (first, last), count, dice)
    if style == "agency accounts":
        chosen = pool.iloc[rng.choice(len(pool), count, replace=count > len(pool) // 2)]
        day = np.sort(rng.integers(first, last + 1, count))
        return _posted(
            rng,
            dealer,
            day,
            chosen["account"].tolist(),
            [posts.bought(dice) for _ in range(count)],
            chosen["wrote"].to_numpy(),
            day - chosen["born"].to_numpy(),
        )
    if style == "friends' accounts":
        friends = max(3, int(count / 1.5))
        who = rng.integers(0, friends, count)
        age = np.where(rng.random(friends) < 0.4, rng.integers(0, 60, friends), rng.integers(60, 2500, friends))[who]
        return _posted(
            rng,
            dealer,
            rng.integers(first, last + 1, count),
            [f"F{dealer}-{one}" for one in who],
            [posts.friendly(dice) for _ in range(count)],
            rng.integers(1, 5, friends)[who],
            age,
        )
    bad = there[there["rating"] <= 2]["day"].to_numpy().astype(np.int64)
    bad = bad if len(bad) else np.array([(first + last) // 2])
    day = np.minimum(rng.choice(bad, count) + rng.integers(0, 4, count), last + 1)
    return _posted(
        rng,
        dealer,
        day,
        [f"V{dealer}-{one}" for one in range(count)],
        [posts.burying(dice) for _ in range(count)],
        rng.integers(1, 9, count),
        np.floor(rng.gamma(0.8, 150, count)).astype(np.int64),
    )


def _contest(
    rng: np.random.Generator,
    network: Network,
    visits: Visits,
    accounts: _Accounts,
    dealer: int,
    period: tuple[int, int],
    count: int,
    dice: Dice,
) -> pd.DataFrame:
    """Let real customers post for a prize, all in the weeks of the contest."""
    length = int(rng.integers(8, 18))
    start = int(rng.integers(period[0], max(period[1] - length, period[0] + 1)))
    rows = visits.rows
    near = rows[(rows["dealer"] == dealer) & rows["day"].between(start - 25, start + length)]
    near = near.drop_duplicates("customer")
    chosen = near.iloc[rng.choice(len(near), min(count, len(near)), replace=False)]
    who = chosen["customer"].to_numpy()
    fresh = rng.random(len(who)) < 0.25
    day = np.minimum(np.maximum(chosen["day"].to_numpy(), start) + rng.integers(0, 4, len(who)), start + length)
    owner = visits.people["owner"].to_numpy()[who]
    shop = str(network.dealers["name"].iloc[dealer])
    return _posted(
        rng,
        dealer,
        day,
        [f"K{person}" for person in owner],
        [posts.contest(shop, dice) for _ in who],
        np.where(fresh, 1, accounts.wrote[who]),
        np.where(fresh, rng.integers(0, 3, len(who)), accounts.age[who]),
    )


def _posted(
    rng: np.random.Generator,
    dealer: int,
    day: Integers,
    account: list[str],
    text: list[str],
    wrote: Integers,
    age: Integers,
) -> pd.DataFrame:
    count = len(text)
    return _frame(
        platform=rng.choice(len(PLATFORMS), count, p=[0.7, 0.1, 0.2]),
        account=account,
        dealer=np.full(count, dealer),
        day=day,
        second=rng.integers(9 * 3600, 22 * 3600, count),
        rating=rng.choice([4, 5], count, p=[0.06, 0.94]),
        text=text,
        wrote=wrote,
        age=age,
        act=-1,
    )


def _frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)[_COLUMNS]
