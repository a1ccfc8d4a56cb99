"""What happened: sales and services, what was done and what was not, and how content the customer went home."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands import customers
from benchmarks.other_hands.chance import Floats, Integers, logistic, stream
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.questionnaire import FIXED, QUESTIONNAIRES

MAINTENANCE, REPAIR, ACCIDENT = range(3)

_SEASON = (
    {5: 1.0, 6: 1.05, 7: 1.12, 8: 1.1, 9: 1.02, 10: 0.95},
    {5: 0.95, 6: 1.05, 7: 0.85, 8: 0.9, 9: 1.2, 10: 1.15},
)
_WEEK = ((0.9, 0.9, 0.9, 0.9, 1.0, 1.3, 1.1), (0.7, 0.7, 0.7, 0.8, 0.9, 1.7, 1.5))
_COMES_BACK = 0.55
_BASE_POINTS = 9.05
_QUARREL, _QUARREL_POINTS = 0.012, 3.0
PROMOTION_DAYS = 4


@dataclass(frozen=True)
class Visits:
    """Every sale and service, by place.

    Parameters
    ----------
    rows
        ``dealer``, ``customer``, ``questionnaire`` (0 service, 1 sale), ``day``, ``adviser``, ``reason``, ``amount``,
        ``content`` (points, before anybody asks), ``angry`` (complains), ``comeback`` (of an earlier repair),
        ``promoted``.
    did
        Visit x process: 1 done, 0 not done, NaN does not apply.
    people
        The customers.
    """

    rows: pd.DataFrame
    did: Floats
    people: pd.DataFrame


def happen(network: Network) -> Visits:
    """Let customers come.

    Parameters
    ----------
    network
        The dealers.

    Returns
    -------
    Visits
        Every sale and service from the weeks before the window to its end.
    """
    rng = stream(network.plan.seed, "visits")
    park = customers.park(rng, network)
    first = np.concatenate([[0], np.cumsum(np.bincount(park["dealer"], minlength=len(network.traits)))])
    size = np.diff(first)
    services, sales = _days(rng, network, 0), _days(rng, network, 1)
    buyers = customers.draw(rng, network, sales["dealer"].to_numpy())
    buyers = buyers.assign(owner=buyers["owner"] + len(park))
    people = pd.concat([park, buyers], ignore_index=True)
    people = _staff_buys(rng, network, people, len(park), sales)
    dealer = services["dealer"].to_numpy()
    services["customer"] = first[dealer] + (rng.random(len(dealer)) * size[dealer]).astype(np.int64)
    services["reason"] = rng.choice([MAINTENANCE, REPAIR, ACCIDENT], len(dealer), p=[0.58, 0.28, 0.14])
    sales["customer"] = np.arange(len(sales)) + len(park)
    rows = pd.concat([services, sales], ignore_index=True).fillna({"reason": MAINTENANCE}).astype({"reason": "int64"})
    rows["adviser"] = _advisers(rng, network, rows)
    did = _done(rng, network, rows)
    rows, did = _come_back(rng, network, rows, did)
    return Visits(_feel(rng, network, rows, did, people), did, people)


def _days(rng: np.random.Generator, network: Network, questionnaire: int) -> pd.DataFrame:
    """Draw how many come on each day to each dealer."""
    plan, traits = network.plan, network.traits
    month = plan.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    season = np.array([_SEASON[questionnaire].get(int(m), 1.0) for m in month])
    rate = season * np.array(_WEEK[questionnaire])[plan.weekday] * np.where(plan.holiday, 0.7, 1.0) / 30.4
    daily = traits["sales" if questionnaire else "services"].to_numpy()[:, None] * rate
    days = np.arange(len(plan.dates))
    daily[days < traits["opened"].to_numpy()[:, None]] = 0
    busy = (days >= traits["turn"].to_numpy()[:, None]) & (days < traits["turn"].to_numpy()[:, None] + PROMOTION_DAYS)
    busy &= (traits["story"] == "promotion").to_numpy()[:, None]
    if questionnaire:
        daily = np.where(busy, daily * 5, daily)
    count = rng.poisson(daily)
    dealer, day = np.nonzero(count)
    often = count[dealer, day]
    return pd.DataFrame(
        {
            "dealer": np.repeat(dealer, often),
            "day": np.repeat(day, often),
            "questionnaire": questionnaire,
            "promoted": np.repeat(busy[dealer, day], often),
        }
    )


def _staff_buys(
    rng: np.random.Generator, network: Network, people: pd.DataFrame, first_buyer: int, sales: pd.DataFrame
) -> pd.DataFrame:
    """Let staff buy cars: some everywhere, many at once where there was a purchase programme."""
    generous = (network.traits["story"] == "staff_purchase").to_numpy()
    for dealer in np.flatnonzero(generous | (rng.random(len(generous)) < 0.3)):
        turn = int(network.traits["turn"].iloc[dealer])
        when = sales["day"].between(turn, turn + 25) if generous[dealer] else sales["day"] >= 0
        bought = np.flatnonzero((sales["dealer"] == dealer) & when)
        staff = network.staff.index[network.staff["dealer"] == dealer].to_numpy()
        wanted = int(rng.integers(4, 8)) if generous[dealer] else 1
        number = min(wanted, len(bought), len(staff))
        chosen = rng.choice(bought, number, replace=False) if number else bought[:0]
        people = customers.employ(people, chosen + first_buyer, rng.choice(staff, number, replace=False), network)
    return people


def _advisers(rng: np.random.Generator, network: Network, rows: pd.DataFrame) -> Integers:
    unit = rows["dealer"].to_numpy() * 2 + rows["questionnaire"].to_numpy()
    start, count = network.adviser_start[unit], np.diff(network.adviser_start)[unit]
    return np.asarray(start + (rng.random(len(unit)) ** 1.2 * count).astype(np.int64))


def _done(rng: np.random.Generator, network: Network, rows: pd.DataFrame) -> Floats:
    """Draw what was done in each visit."""
    dealer, month = rows["dealer"].to_numpy(), network.plan.month_of_day[rows["day"].to_numpy()]
    skill = network.advisers["skill"].to_numpy()[rows["adviser"].to_numpy()]
    sale = rows["questionnaire"].to_numpy() == 1
    odds = np.where(sale[:, None], network.odds[1][dealer, month], network.odds[0][dealer, month])
    hurry = -0.5 * rows["promoted"].to_numpy()
    done = (rng.random(odds.shape) < logistic(odds + (skill + hurry)[:, None])).astype(np.float64)
    reason = rows["reason"].to_numpy()
    easy = ~sale & (reason == MAINTENANCE)
    done[easy, FIXED] = np.maximum(done[easy, FIXED], rng.random(easy.sum()) < 0.85)
    done[~sale & (rng.random(len(rows)) < 0.45), 0] = np.nan
    return np.asarray(done)


def _come_back(
    rng: np.random.Generator, network: Network, rows: pd.DataFrame, did: Floats
) -> tuple[pd.DataFrame, Floats]:
    """Let those come back whose car was not repaired."""
    unfixed = (rows["questionnaire"].to_numpy() == 0) & (did[:, FIXED] == 0)
    failed = unfixed & (rng.random(len(rows)) < _COMES_BACK)
    again = rows[failed].copy()
    again["day"] += rng.integers(3, 25, len(again))
    inside = (again["day"] < len(network.plan.dates)).to_numpy()
    again = again[inside].assign(reason=REPAIR)
    done = _done(rng, network, again)
    done[:, 0] = np.nan
    both = pd.concat([rows.assign(comeback=False), again.assign(comeback=True)])
    both, done = both.reset_index(drop=True), np.vstack([did, done])
    order = np.lexsort((both["customer"], both["day"]))
    return both.iloc[order].reset_index(drop=True), done[order]


def _feel(
    rng: np.random.Generator, network: Network, rows: pd.DataFrame, did: Floats, people: pd.DataFrame
) -> pd.DataFrame:
    """Draw how content customers are with what was done, with their adviser and with the bill."""
    count, sale = len(rows), rows["questionnaire"].to_numpy() == 1
    loss = np.where(sale[:, None], QUESTIONNAIRES[1].losses(), QUESTIONNAIRES[0].losses())
    content = _BASE_POINTS - np.nansum((1 - did) * loss, axis=1)
    content += network.advisers["warmth"].to_numpy()[rows["adviser"].to_numpy()]
    content += rng.normal(0, 0.5, count) - 0.5 * rows["comeback"].to_numpy()
    content -= _QUARREL_POINTS * (rng.random(count) < _QUARREL)
    amount = np.where(
        sale,
        np.exp(rng.normal(11.9, 0.3, count)),
        np.exp(rng.normal(6.6, 0.6, count)) * np.array([1.0, 1.7, 4.0])[rows["reason"].to_numpy()],
    )
    content -= 0.25 * np.maximum(np.log(amount / np.where(sale, 1.5e5, 1.5e3)), 0)
    content = np.where(content < 7, 7 - 1.4 * (7 - content), content)
    felt = content + 0.5 * people["leniency"].to_numpy()[rows["customer"].to_numpy()]
    angry = rng.random(count) < 0.4 * logistic(2.2 * (5.2 - felt))
    return rows.assign(content=content, angry=angry, amount=np.round(amount, 2))
