"""Who is called when, by whom, and what comes of it."""

import numpy as np
import pandas as pd

from benchmarks.other_hands.agencies import APP, Agencies
from benchmarks.other_hands.chance import Flags, Floats, Integers, logistic, stream
from benchmarks.other_hands.lists import ANOTHER, DEAD, STRANGER
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.plan import LEAD_IN_DAYS
from benchmarks.other_hands.visits import Visits

OUTCOMES = (
    "completed",
    "refused",
    "no_answer",
    "busy",
    "callback",
    "out_of_service",
    "wrong_number",
    "not_customer",
    "screened_out",
)
COMPLETED, REFUSED, NO_ANSWER, BUSY, CALLBACK, OUT_OF_SERVICE, WRONG_NUMBER, NOT_CUSTOMER, SCREENED = range(9)

QUOTA = (84, 42)
"""Numbers that are called of a dealer's list in a wave, by questionnaire."""

_LAG_DAYS = ((3, 11), (6, 26))
_APP_SHARE = 0.11
_CONTROL_SHARE = 0.10
_NOT_REACHED = np.array([0.0, 0.22, 0.47, 0.09, 0.13, 0.0, 0.0, 0.025, 0.065])
_BY_LEAD = {
    DEAD: np.array([0.0, 0.0, 0.22, 0.02, 0.0, 0.76, 0.0, 0.0, 0.0]),
    STRANGER: np.array([0.0, 0.12, 0.22, 0.03, 0.02, 0.0, 0.55, 0.06, 0.0]),
    ANOTHER: np.array([0.18, 0.10, 0.25, 0.05, 0.07, 0.0, 0.2, 0.1, 0.05]),
}


def arrange(network: Network, agencies: Agencies, visits: Visits) -> pd.DataFrame:
    """Arrange when each visit would be asked about, and by whom; whether it is, the list decides.

    Returns
    -------
    pandas.DataFrame
        By visit: ``called`` (day; after the last: never), ``second`` (of the day), ``wave`` (month), ``vendor``,
        ``interviewer`` (-1: the app), ``turn`` (place in the queue, 0 to 1), ``chance`` (of what comes of it, 0 to 1).
    """
    rng = stream(network.plan.seed, "calls")
    rows, plan = visits.rows, network.plan
    count, questionnaire = len(rows), rows["questionnaire"].to_numpy()
    lag = np.array([rng.integers(*days, count) for days in _LAG_DAYS])[questionnaire, np.arange(count)]
    called = _workday(plan.weekday, plan.holiday, rows["day"].to_numpy() + lag, rng.random(count))
    inside = np.minimum(called, len(plan.dates) - 1)
    month_start = plan.dates[inside].astype("datetime64[M]").astype("datetime64[D]")
    early = ((plan.dates[inside] - month_start).astype(np.int64) < 3) & (lag > 4)
    wave = np.maximum(plan.month_of_day[inside] - early, 0)
    region = network.traits["region"].to_numpy()[rows["dealer"].to_numpy()]
    vendor = agencies.main[region, questionnaire]
    vendor = np.where(rng.random(count) < _CONTROL_SHARE, 1 - vendor, vendor)
    vendor = np.where(rng.random(count) < _APP_SHARE, APP, vendor)
    hour = rng.choice([9, 10, 11, 13, 14, 15, 16, 17, 18, 19], count, p=_HOURS)
    return pd.DataFrame(
        {
            "called": called,
            "second": hour * 3600 + rng.integers(0, 3600, count),
            "wave": wave,
            "vendor": vendor,
            "interviewer": _who(rng, agencies, plan.month_of_day[inside], vendor, region),
            "turn": rng.random(count),
            "chance": rng.random(count),
        }
    )


_HOURS = np.array([0.06, 0.13, 0.12, 0.06, 0.12, 0.12, 0.12, 0.11, 0.09, 0.07])


def _workday(weekday: Integers, holiday: Flags, day: Integers, luck: Floats) -> Integers:
    """Move a call to the next day on which agencies work: seldom a Sunday, never a holiday."""
    last = len(weekday)
    for _ in range(8):
        inside = np.minimum(day, last - 1)
        rests = (day < last) & (holiday[inside] | ((weekday[inside] == 6) & (luck < 0.85)))
        day = day + rests
    return day


def _who(rng: np.random.Generator, agencies: Agencies, month: Integers, vendor: Integers, region: Integers) -> Integers:
    """Give each call to somebody who works there then, mostly somebody of the region."""
    people, luck = agencies.interviewers, rng.random(len(month))
    who = np.full(len(month), -1, dtype=np.int64)
    key = (month * 2 + np.minimum(vendor, 1)) * (region.max() + 1) + region
    key = np.where(vendor == APP, -1, key)
    for one in np.unique(key[key >= 0]):
        rows = np.flatnonzero(key == one)
        works = (
            (people["vendor"] == vendor[rows[0]])
            & (people["first"] <= month[rows[0]])
            & (people["last"] >= month[rows[0]])
        )
        weight = (people["working"] * works * np.where(people["home"] == region[rows[0]], 5.0, 1.0)).to_numpy()
        who[rows] = np.searchsorted(np.cumsum(weight) / weight.sum(), luck[rows], side="right")
    return who


def outcome(visits: Visits, lists: pd.DataFrame, calls: pd.DataFrame) -> Integers:
    """Return what comes of calling each number, honestly.

    Parameters
    ----------
    visits
        Who is called.
    lists, calls
        By visit, from `lists.honest` and `arrange`.
    """
    customer = visits.rows["customer"].to_numpy()
    patience = visits.people["patience"].to_numpy()[customer] * 0.5
    patience = patience + 0.12 * (visits.rows["content"].to_numpy() - 8.7)
    patience = patience - 0.35 * (visits.rows["questionnaire"].to_numpy() == 0)
    patience = np.where(calls["vendor"] == APP, patience - 0.9, patience)
    shares = np.where(np.arange(9) == COMPLETED, 1.0, _NOT_REACHED)[None, :].repeat(len(customer), axis=0)
    takes = logistic(0.12 + patience)
    shares[:, 0] = takes
    shares[:, 1:] *= (1 - takes)[:, None]
    for leads, by_lead in _BY_LEAD.items():
        shares[lists["leads"].to_numpy() == leads] = by_lead
    cumulated = np.cumsum(shares, axis=1)
    return np.asarray((calls["chance"].to_numpy()[:, None] >= cumulated).sum(axis=1).clip(0, 8), dtype=np.int64)


def asked(visits: Visits, calls: pd.DataFrame, listed: Flags, number: Integers, last: int) -> Flags:
    """Return whom the agencies really call in the window: the first of each queue.

    Parameters
    ----------
    visits, calls
        Who, and when. One of the agencies calls a number only once a wave.
    listed
        By visit: the agency was given the customer.
    number
        By visit: the number that it was given.
    last
        The last day.
    """
    due = np.flatnonzero(listed & calls["called"].between(LEAD_IN_DAYS, last).to_numpy())
    queue = pd.DataFrame(
        {
            "dealer": visits.rows["dealer"].to_numpy()[due],
            "questionnaire": visits.rows["questionnaire"].to_numpy()[due],
            "wave": calls["wave"].to_numpy()[due],
            "number": number[due],
            "turn": calls["turn"].to_numpy()[due],
        },
        index=due,
    ).sort_values("turn")
    place = queue.groupby(["dealer", "questionnaire", "wave"]).cumcount()
    queue = queue[place < np.array(QUOTA)[queue["questionnaire"]]]
    looks = calls["vendor"].to_numpy()[queue.index] == 0
    queue = queue[~(queue.duplicated(["wave", "number"]) & looks)]
    called = np.zeros(len(visits.rows), dtype=np.bool_)
    called[queue.index] = True
    return called
