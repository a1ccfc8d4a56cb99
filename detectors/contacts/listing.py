"""The list a dealer hands to the agency, and how many of its numbers have a trait beyond what honest lists have.

The detectors of this family differ in the trait (a staff number, one number for several customers ...); what they do
with the marked rows is the same, and stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from detectors.contacts.matching import (
    IDENTITIES,
    Flags,
    among,
    interviews_through,
    keys,
    own_customer,
    transactions_of,
)
from detectors.core.detector import NotEnough
from detectors.core.evidence import Weighed, answer, no_records, records
from detectors.core.instruments.counts import SHARES, count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Floats, Spread
from detectors.core.observations import Observations
from detectors.core.sources import SOURCES

_CAP_QUANTILE, _ROUNDS = 0.99, 12

Sentence = Callable[[int, int, int, int], str]
"""Told hits, rows, and the fewest and most hits of honest lists, it writes the reason."""


@dataclass(frozen=True)
class Honest:
    """How often rows of honest lists have the trait.

    Parameters
    ----------
    rate
        Share of rows with the trait.
    spread
        How much honest dealers differ.
    """

    rate: float
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
    raise NotEnough("No row of contacts or surveys has a value in phone.")


def numbers(observations: Observations, source: str) -> pd.DataFrame:
    """Return the rows of a source that have a phone, ``record_id`` beside their columns, with a fresh index."""
    if not observations.has(source, "phone"):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("record_id", "dealer_id", "phone")})
    frame = observations[source]
    rows = frame[frame["phone"].notna()].reset_index(drop=True)
    return rows.rename(columns={SOURCES[source].key: "record_id"})


def reachable_customers(observations: Observations) -> tuple[pd.DataFrame, Flags]:
    """Return the numbers of customers whom the dealer's transactions can reach, and which differ from theirs."""
    rows, transactions = numbers(observations, "contacts"), transactions_of(observations)
    if transactions is None:
        return rows.head(0), np.zeros(0, dtype=bool)
    reachable = transactions[transactions["phone"].notna()]
    known = np.zeros(len(rows), dtype=bool)
    for identity in IDENTITIES:
        known |= among(keys(rows, "dealer_id", identity), keys(reachable, "dealer_id", identity))
    rows = rows[known].reset_index(drop=True)
    return rows, np.asarray(~own_customer(rows, reachable), dtype=bool)


def learn_honest(dealers: pd.Series, hit: Flags, *, potency: float) -> Honest:
    """Learn how often rows of honest lists have the trait, from a network that holds some cheats.

    A dealer's hits count at most as many as the 99 % quantile of chance allows, so that a few lists full of the trait
    do not make it look common.

    Parameters
    ----------
    dealers, hit
        Dealer of each row, and whether the row has the trait.
    potency
        Probability that a manipulated row has the trait.

    Raises
    ------
    NotEnough
        If there are no rows.
    """
    tally = tally_rows(dealers, hit)
    if tally.empty:
        raise NotEnough("No list has a number to look at.")
    rows, hits = tally["rows"].to_numpy(), tally["hits"].to_numpy()
    rate = float(hits.sum() / rows.sum())
    for _ in range(_ROUNDS):
        rate = float((np.minimum(hits, binom.ppf(_CAP_QUANTILE, rows, rate)).sum() + 0.5) / (rows.sum() + 1.0))
    return Honest(rate, learn_counts(hits, rows, rate, potency=potency))


def tally_rows(dealers: pd.Series, hit: Flags) -> pd.DataFrame:
    """Return ``rows`` and ``hits`` of each dealer, sorted by dealer."""
    codes, names = pd.factorize(dealers, sort=True)
    return pd.DataFrame(
        {"rows": np.bincount(codes, minlength=len(names)), "hits": np.bincount(codes[hit], minlength=len(names))},
        index=pd.Index(names, dtype="str"),
    )


def weigh_list(
    observations: Observations,
    source: str,
    rows: pd.DataFrame,
    hit: Flags,
    honest: Honest,
    *,
    potency: float,
    fewest_rows: int,
    sentence: Sentence,
    record_reason: str,
) -> Weighed:
    """Weigh how many rows of each dealer's list have a trait.

    Parameters
    ----------
    observations
        The units' rows, for naming the interviews that were held through the marked numbers.
    source
        Where `rows` come from.
    rows
        Columns ``record_id``, ``dealer_id`` and ``phone``; the rows that could have the trait.
    hit
        Which of them have it.
    honest
        From `learn_honest`.
    potency
        As there.
    fewest_rows
        A dealer with fewer rows is not judged.
    sentence
        Writes the reason.
    record_reason
        What is said of each marked row.
    """
    tally = tally_rows(rows["dealer_id"], hit)
    n, hits = tally["rows"].to_numpy(), tally["hits"].to_numpy()
    few = n < fewest_rows
    likely = count_range(n, honest.rate, honest.spread)
    units = answer(
        tally.index,
        n=n,
        observed=hits,
        expected=likely["expected"],
        bits=count_bits(hits, n, honest.rate, honest.spread, potency=potency),
        abstained=few,
        reason=[
            f"Its list has {total} numbers that can be looked at; fewer than {fewest_rows} are not judged."
            if silent
            else sentence(int(found), int(total), int(low), int(high))
            for total, found, low, high, silent in zip(n, hits, likely["fewest"], likely["most"], few, strict=True)
        ],
    )
    probability = pd.Series(_manipulated(n, hits, honest, potency), index=tally.index)[~few]
    named = rows.loc[hit & rows["dealer_id"].isin(probability.index).to_numpy(), ["record_id", "dealer_id", "phone"]]
    return Weighed(units, _named(observations, source, named, probability, record_reason))


def _manipulated(
    rows: "np.ndarray[tuple[int], np.dtype[np.int64]]", hits: Floats, honest: Honest, potency: float
) -> Floats:
    """Return the probability that a marked row is manipulated, given that the unit cheats, by unit."""
    rate = honest.rate
    marked = np.asarray(hits, dtype=np.float64) / np.maximum(np.asarray(rows, dtype=np.float64), 1.0)
    share = np.clip((marked - rate) / potency, SHARES[1], SHARES[-1])
    return np.asarray(share * potency / (share * potency + (1 - share) * rate), dtype=np.float64)


def _named(
    observations: Observations, source: str, named: pd.DataFrame, probability: "pd.Series[float]", reason: str
) -> pd.DataFrame:
    """Name the marked rows, and the interviews that the same dealer's customers gave through the same numbers."""
    if named.empty:
        return no_records()
    parts = [(source, named)]
    if source != "surveys":
        through = interviews_through(observations, set(named["phone"]))
        held = through.rename(columns={"response_id": "record_id"}).merge(
            named[["dealer_id", "phone"]].drop_duplicates(), on=["dealer_id", "phone"]
        )
        parts.append(("surveys", held))
    return pd.concat(
        [
            records(
                where,
                pd.DataFrame(
                    {
                        "record_id": part["record_id"],
                        "unit_id": part["dealer_id"],
                        "probability": part["dealer_id"].map(probability),
                        "reason": reason,
                    }
                ),
            )
            for where, part in parts
        ],
        ignore_index=True,
    )
