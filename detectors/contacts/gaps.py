"""Lists with more gaps than honest dealers' lists have.

The pattern. Whoever keeps unhappy customers off the list hands over a shorter one: of a hundred visits, sixty reach
the agency at an honest dealer, and forty at this one.

Why it matters. It is the trace that is left where nobody complained and nobody came back.

What honest thing can look the same. No list is complete, and dealers differ: how much is learnt from the network,
each month and each kind of visit by its own rate, months whose calls lie outside the window left out. A dealer with a
sloppy clerk misses many at random, which this detector cannot tell from choice: `withheld` looks at whom it misses.
So this evidence alone opens no case. Where the agency draws a sample of the lists, honest dealers differ widely, and
the gaps of one say little.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, on over-dispersed funnel limits. Groves & Peytcheva (2008), "The impact
of nonresponse rates on nonresponse bias", Public Opinion Quarterly 72: a gap alone is no bias.

Examples
--------
Forty dealers list two visits in three; D00 one in five.

>>> from datetime import date
>>> rng, place = np.random.default_rng(4), np.arange(4800)
>>> visits = pd.DataFrame({
...     "dealer_id": [f"D{p // 120:02d}" for p in place], "vin": [f"V{p}" for p in place], "kind": "service",
...     "happened_on": pd.Timestamp("2026-08-01") + pd.to_timedelta(place % 40, unit="D"),
... })
>>> listed = rng.random(4800) < np.where(place < 120, 0.2, 0.67)
>>> contacts = visits[listed].assign(attempted_at=pd.Timestamp("2026-09-20"))
>>> seen = Observations(date(2026, 10, 31), {"transactions": visits, "contacts": contacts})
>>> units = Gaps().weigh(seen, Gaps().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 5 < 15 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.contacts.visits import months_called, told_by, visits_of
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Spread
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme


@dataclass(frozen=True)
class _Learnt:
    """What names a customer, how many visits are missing by month and kind, and how honest dealers differ."""

    identity: str
    rates: "pd.Series[float]"
    spread: Spread


@dataclass(frozen=True)
class Gaps(Detector):
    """Lists with more gaps than honest dealers' lists have.

    Parameters
    ----------
    fewest_visits
        A dealer with fewer visits is not judged.
    potency
        Probability that a visit that the dealer wants to hide is missing.
    """

    fewest_visits: int = 20
    potency: float = 0.95

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.WITHHELD,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contacts": ("attempted_at",),
        "transactions": ("happened_on",),
    }

    def _learn(self, network: Observations) -> _Learnt:
        identity = told_by(network)
        visits = visits_of(network, identity)
        visits = visits[visits["month"].isin(list(months_called(visits)))]
        # The median dealer, so that cheats' gaps do not become the rule; its months and kinds as the network's.
        shares = 1 - visits.groupby("dealer_id")["listed"].mean()
        rates = 1 - visits.groupby(["month", "kind"])["listed"].mean()
        usual = float(np.clip(shares.median(), 0.005, 0.995))
        overall = float(np.clip(1 - visits["listed"].mean(), 0.005, 0.995))
        log_odds = np.log(rates.clip(0.005, 0.995) / (1 - rates.clip(0.005, 0.995)))
        moved = log_odds + np.log(usual / (1 - usual)) - np.log(overall / (1 - overall))
        rates = 1 / (1 + np.exp(-moved))
        counts = _count(visits, rates)
        spread = learn_counts(counts["missing"], counts["visits"], counts["rate"], potency=self.potency)
        return _Learnt(identity, rates, spread)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        counts = _count(visits_of(observations, learned.identity), learned.rates)
        few = counts["visits"] < self.fewest_visits
        likely = count_range(counts["visits"], counts["rate"], learned.spread)
        bits = count_bits(counts["missing"], counts["visits"], counts["rate"], learned.spread, potency=self.potency)
        units = answer(
            counts.index,
            n=counts["visits"],
            observed=counts["missing"],
            expected=likely["expected"],
            bits=bits,
            abstained=few,
            reason=[
                f"{visits:.0f} visits could have been called about; fewer than {self.fewest_visits} are not judged."
                if silent
                else f"{missing:.0f} of {visits:.0f} visits never reached its list; dealers like this one miss "
                f"{low:.0f} to {high:.0f}."
                for visits, silent, missing, low, high in zip(
                    counts["visits"], few, counts["missing"], likely["fewest"], likely["most"], strict=True
                )
            ],
        )
        return Weighed(units, no_records())


def _count(visits: pd.DataFrame, rates: "pd.Series[float]") -> pd.DataFrame:
    """Return ``visits``, ``missing`` and the expected ``rate`` of each dealer, in the months that have a rate."""
    rate = pd.Series(rates.reindex(pd.MultiIndex.from_frame(visits[["month", "kind"]])).to_numpy(), index=visits.index)
    known = visits.assign(rate=rate, missing=~visits["listed"])[rate.notna()]
    return known.groupby("dealer_id", sort=True).agg(
        visits=("missing", "size"), missing=("missing", "sum"), rate=("rate", "mean")
    )
