"""The list a dealer hands to the agency, and how many of its numbers have a trait beyond what honest lists have.

The detectors of this family differ in the trait (a staff number, one number for several customers ...); what they do
with the marked rows is the same, and stands here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from detectors.contacts.habits import no_narrower
from detectors.contacts.matching import Flags, among, match
from detectors.core.codes import Coded
from detectors.core.detector import NotEnough
from detectors.core.evidence import Weighed, answer, no_records, records
from detectors.core.instruments.counts import SHARES, count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Floats, Spread
from detectors.core.keys import token
from detectors.core.observations import Observations
from detectors.core.sentences import Said
from detectors.core.sources import SOURCES

_CAP_QUANTILE, _ROUNDS = 0.99, 12

_ACCIDENTS = 5e-4
"""Whatever the trait, five honest rows in ten thousand have it by accident; no network is large enough to deny it."""

_FEW = Said(
    "Its list has {total} numbers that can be looked at; fewer than {fewest} are not judged.",
    "其名单上有 {total} 个号码可供核对；不足 {fewest} 个的不作判断。",
)


MISHAPS = 0.004
"""Share of honest dealers whose list a mishap filled with such rows: lists are exported, merged and typed."""


@dataclass(frozen=True)
class Marked:
    """The rows of a source that have a trait, each of shape (rows,).

    Parameters
    ----------
    source
        Contacts or surveys.
    looked
        Which rows could have the trait.
    hit
        Which of them have it.
    unchecked
        Rows that nothing could spare, since the dealer's own transactions are not there to explain them; none if None.
    unspared
        Which rows would have the trait if none were spared: how often the unchecked have it. The hits if None.
    """

    source: str
    looked: Flags
    hit: Flags
    unchecked: Flags | None = None
    unspared: Flags | None = None


@dataclass(frozen=True)
class Rates:
    """Share of rows of honest lists that have the trait.

    Parameters
    ----------
    checked
        Among rows that the dealer's transactions could explain.
    unchecked
        Among those that nothing could spare.
    """

    checked: float
    unchecked: float

    def expected(self, tally: pd.DataFrame) -> Floats:
        """Return the share expected at each honest dealer of a tally."""
        unspareable = (tally["unchecked"] / tally["rows"]).to_numpy()
        return np.asarray(self.checked + (self.unchecked - self.checked) * unspareable)


@dataclass(frozen=True)
class Honest:
    """How often rows of honest lists have the trait, and how much honest dealers differ in it."""

    rates: Rates
    spread: Spread


def number_source(network: Observations) -> str:
    """Return the source that holds the numbers: contacts, or surveys where contacts have none.

    Raises
    ------
    NotEnough
        If neither has a phone.
    """
    for source in ("contacts", "surveys"):
        if network.has(source, "phone"):
            return source
    raise NotEnough(
        "No row of contacts or surveys has a value in phone.", "联系名单和访问数据中没有一行填有电话（phone）。"
    )


def contacts_by(observations: Observations, column: str) -> Coded:
    """Return a column of contacts in codes, rows without a value under the last name: ``""``."""
    nowhere = pd.Index([""], dtype="str")
    if column not in observations["contacts"].columns:
        return Coded(np.zeros(len(observations["contacts"]), dtype=np.int64), nowhere)
    coded = observations.coded("contacts", column)
    return Coded(np.where(coded.places < 0, len(coded.names), coded.places), coded.names.append(nowhere))


def at_known_dealers(observations: Observations, source: str) -> Flags:
    """Tell which rows are of dealers whose own transactions, having phones, can tell families, fleets and staff."""
    dealers = observations.coded(source, "dealer_id")
    if not observations.has("transactions"):
        return np.zeros(len(dealers.places), dtype=bool)
    theirs = observations.coded("transactions", "dealer_id")
    with_phone = theirs.names[theirs.count(token(observations, "transactions", "phone") != 0) > 0]
    return dealers.among(with_phone) >= 0


def of_another_customer(observations: Observations) -> Flags:
    """Tell which contacts' numbers are, in the dealer's own transactions, those of another of its customers."""
    number = token(observations, "contacts", "phone")
    known = among(number, token(observations, "transactions", "phone"))
    return np.asarray(known & ~match(observations, "contacts").own)


def differing_numbers(observations: Observations) -> Marked:
    """Mark the numbers that differ from those the dealer's transactions have, where they have any for the customer."""
    found = match(observations, "contacts")
    looked = found.reachable & (token(observations, "contacts", "phone") != 0)
    return Marked("contacts", looked, looked & ~found.own)


def learn_honest(
    network: Observations, marked: Marked, *, potency: float, incidents: float = MISHAPS, habits: float = 0.0
) -> Honest:
    """Learn how often rows of honest lists have the trait, from a network that holds some cheats.

    A dealer's hits count at most as many as the 99 % quantile of chance allows, so that a few lists full of the trait
    do not make it look common.

    Parameters
    ----------
    network
        Every row of the window.
    marked
        The rows that could have the trait, and those that have it.
    potency
        Probability that a manipulated row has the trait.
    incidents
        Share of honest dealers that may have any number of such rows.
    habits
        Least standard deviation, in log-odds, that honest dealers' clerks make: see `no_narrower`.

    Raises
    ------
    NotEnough
        If there are no rows.
    """
    tally = _tally(network, marked)
    if tally.empty:
        raise NotEnough("No list has a number to look at.", "没有任何名单含有可供核对的号码。")
    checked = tally["rows"] - tally["unchecked"]
    unchecked_rate = _usual_rate(tally["rows"], tally["unspared"])
    checked_rate = _usual_rate(checked, tally["hits"] - tally["unchecked_hits"]) if checked.any() else unchecked_rate
    rates = Rates(checked_rate, unchecked_rate)
    spread = learn_counts(tally["hits"], tally["rows"], rates.expected(tally), potency=potency, incidents=incidents)
    return Honest(rates, no_narrower(spread, habits))


def _usual_rate(rows: "pd.Series[int]", hits: "pd.Series[int]") -> float:
    """Return the share of hits, those of a dealer counted as far as chance allows."""
    rate = float(hits.sum() / rows.sum())
    for _ in range(_ROUNDS):
        capped = np.minimum(hits, binom.ppf(_CAP_QUANTILE, rows, rate)).sum()
        before, rate = rate, max(float((capped + 0.5) / (rows.sum() + 1.0)), _ACCIDENTS)
        if rate == before:
            break
    return rate


def _tally(observations: Observations, marked: Marked) -> pd.DataFrame:
    """Count the rows, hits and unchecked rows of each dealer that has rows, sorted by dealer."""
    dealers = observations.coded(marked.source, "dealer_id")
    unchecked = np.zeros(len(marked.looked), dtype=bool) if marked.unchecked is None else marked.unchecked
    kinds = {
        "rows": marked.looked,
        "hits": marked.hit,
        "unchecked": marked.looked & unchecked,
        "unchecked_hits": marked.hit & unchecked,
        "unspared": marked.hit if marked.unspared is None else marked.unspared,
    }
    tally = pd.DataFrame({name: dealers.count(rows) for name, rows in kinds.items()}, index=dealers.names)
    return tally[tally["rows"] > 0]


def weigh_list(
    observations: Observations,
    marked: Marked,
    honest: Honest,
    *,
    potency: float,
    fewest_rows: int,
    sentence: Said,
    record_reason: Said,
) -> Weighed:
    """Weigh how many rows of each dealer's list have a trait.

    Parameters
    ----------
    observations
        The units' rows, for naming the interviews that were held through the marked numbers.
    marked
        The rows that could have the trait, and those that have it.
    honest
        From `learn_honest`.
    potency
        As there.
    fewest_rows
        A dealer with fewer rows is not judged.
    sentence
        The reason, with ``{hits}``, ``{total}``, ``{low}`` and ``{high}`` in it.
    record_reason
        What is said of each marked row.
    """
    tally = _tally(observations, marked)
    n, hits = tally["rows"].to_numpy(), tally["hits"].to_numpy()
    few = n < fewest_rows
    share = honest.rates.expected(tally)
    likely = count_range(n, share, honest.spread)
    units = answer(
        tally.index,
        n=n,
        observed=hits,
        expected=likely["expected"],
        fair_low=likely["fewest"],
        fair_high=likely["most"],
        bits=count_bits(hits, n, share, honest.spread, potency=potency),
        abstained=few,
        reason=[
            _FEW.filled(total=total, fewest=fewest_rows)
            if silent
            else sentence.filled(hits=found, total=total, low=int(low), high=int(high))
            for total, found, low, high, silent in zip(n, hits, likely["fewest"], likely["most"], few, strict=True)
        ],
    )
    probability = pd.Series(_manipulated(n, hits, share, potency), index=tally.index)[~few]
    return Weighed(units, _named(observations, marked, probability, record_reason))


def _manipulated(
    rows: "np.ndarray[tuple[int], np.dtype[np.int64]]", hits: Floats, rate: Floats, potency: float
) -> Floats:
    """Return the probability that a marked row is manipulated, given that the unit cheats, by unit."""
    marked = np.asarray(hits, dtype=np.float64) / np.maximum(np.asarray(rows, dtype=np.float64), 1.0)
    share = np.clip((marked - rate) / potency, SHARES[1], SHARES[-1])
    return np.asarray(share * potency / (share * potency + (1 - share) * rate), dtype=np.float64)


def _named(observations: Observations, marked: Marked, probability: "pd.Series[float]", reason: Said) -> pd.DataFrame:
    """Name the marked rows, and the interviews that the same dealer's customers gave through the same numbers."""
    dealers = observations.coded(marked.source, "dealer_id")
    judged = np.append(dealers.names.isin(probability.index), False)
    rows = np.flatnonzero(marked.hit)
    rows = rows[judged[dealers.places[rows]]]
    if not len(rows):
        return no_records()
    parts = [(marked.source, rows)]
    if marked.source != "surveys" and observations.has("surveys", "phone"):
        numbers = token(observations, marked.source, "phone")[rows]
        parts.append(("surveys", np.flatnonzero(among(token(observations, "surveys", "phone"), numbers))))
    named = []
    for source, places in parts:
        part = observations[source][[SOURCES[source].key, "dealer_id"]].take(places)
        part = part.set_axis(["record_id", "unit_id"], axis=1)
        named.append(records(source, part.assign(probability=part["unit_id"].map(probability)), reason))
    return pd.concat(named, ignore_index=True)
