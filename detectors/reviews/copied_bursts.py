"""Copied bursts: days full of praise, written by nobody or copied from one another.

The pattern. Bought reviews come in orders: twenty in a few days, from accounts opened last week, in the words of five
templates. So on days when a dealer has far more five-star reviews than on its other days, the authors have no past or
the texts are one another's, more than at other times.

Why it matters. Public praise moves buyers; bought praise hides what the maker's own interviews would show.

What honest thing can look the same. A real promotion brings a real burst: many customers, each with words of their
own, most with an account of their own, some new to the platform. So a burst alone is never evidence: looked at is how
many of the reviews *inside* bursts are by throw-away authors or in copied words. How many that are among five-star
reviews on ordinary days, and how much honest dealers differ in it, is learnt from the network; and since an occasion
brings newcomers, an honest burst is allowed twice the odds.

Two independent kinds of evidence have to agree here, so this one may open a case by itself.

References
----------
Fei et al. (2013), "Exploiting burstiness in reviews for review spammer detection", ICWSM. Jacob & Levitt (2003),
"Rotten apples", on asking for two kinds of evidence at once. Mukherjee et al. (2013), ICWSM.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(1)
>>> dealer = np.repeat([f"D{place:02d}" for place in range(40)], 60)
>>> day = rng.integers(0, 180, 2400)
>>> day[:25] = 90 + rng.integers(0, 3, 25)
>>> promotion = slice(60, 85)
>>> day[promotion] = 40 + rng.integers(0, 3, 25)
>>> written = np.exp(rng.normal(2, 1, 2400)).round() + 1
>>> written[:25] = 1
>>> reviews = pd.DataFrame({
...     "review_id": [f"V{row}" for row in range(2400)], "author_id": [f"U{row}" for row in range(2400)],
...     "dealer_id": dealer, "posted_at": pd.Timestamp("2026-05-01") + pd.to_timedelta(day, unit="D"),
...     "rating": 5.0, "author_reviews": written,
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"reviews": reviews}), CopiedBursts()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 2 < 8 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, records
from detectors.core.instruments.counts import count_bits
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.usual import Usual, learn_usual
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.reviews.signs import RULES, Learnt, Rules, learn_signs, read_signs


@dataclass(frozen=True)
class _Learnt:
    signs: Learnt
    ordinary: Usual


@dataclass(frozen=True)
class CopiedBursts(Detector):
    """Days full of praise, written by nobody or copied from one another.

    Parameters
    ----------
    fewest_reviews
        A dealer with fewer reviews is not judged.
    newcomers
        How many times higher the odds of a doubtful review may be in an honest burst than on ordinary days.
    rules
        What counts as a sign.
    """

    fewest_reviews: int = 10
    newcomers: float = 2.0
    rules: Rules = RULES

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.REVIEW_MANIPULATION,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"reviews": ("dealer_id", "rating", "posted_at")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        learnt = learn_signs(network, self.rules)
        if learnt.silent:
            raise NotEnough("Reviews have neither a text nor anything about their authors.")
        signs = read_signs(network["reviews"], learnt, self.rules)
        ordinary = signs[signs["top"] & ~signs["burst"]].groupby("dealer_id", sort=True)["doubtful"]
        return _Learnt(learnt, learn_usual(ordinary.sum(), ordinary.size()))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        signs = read_signs(observations["reviews"], learned.signs, self.rules)
        by_dealer = signs.assign(doubtful_in_burst=signs["doubtful"] & signs["burst"]).groupby("dealer_id", sort=True)
        sums = by_dealer[["burst", "doubtful_in_burst"]].sum()
        n = by_dealer.size()
        odds = self.newcomers * learned.ordinary.rate / (1 - min(learned.ordinary.rate, 0.9))
        share = odds / (1 + odds)
        likely = count_range(sums["burst"], share, learned.ordinary.spread)
        abstained = n < self.fewest_reviews
        reason = [
            f"It has {total} reviews; with fewer than {self.fewest_reviews} a dealer is not judged."
            if silent
            else "No day has more five-star reviews than the dealer's own rhythm brings."
            if not burst
            else f"{hits:.0f} of {burst:.0f} five-star reviews in a burst repeat another's words or come from accounts "
            f"with hardly a past; honest bursts like this one have {low:.0f} to {high:.0f}."
            for total, silent, burst, hits, low, high in zip(
                n, abstained, sums["burst"], sums["doubtful_in_burst"], likely["fewest"], likely["most"], strict=True
            )
        ]
        units = answer(
            n.index.astype("str"),
            n=n,
            observed=sums["doubtful_in_burst"],
            expected=likely["expected"],
            bits=count_bits(sums["doubtful_in_burst"], sums["burst"], share, learned.ordinary.spread),
            abstained=abstained,
            reason=reason,
        )
        return Weighed(units, self._records(signs, units))

    def _records(self, signs: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
        named = units.index[~units["abstained"] & (units["bits"] > 0)]
        rows = signs[signs["dealer_id"].isin(named) & (signs["burst"] | signs["doubtful"])]
        signs_seen = rows["burst"].astype(int) + rows["throwaway"] + rows["copied"]
        probability = np.choose(signs_seen.clip(upper=3), [0.0, 0.3, 0.85, 0.97])
        words = {
            (True, False, False): "It stands in a burst of five-star reviews.",
            (False, True, False): "Its author has hardly a past.",
            (False, False, True): "Its words are those of another review of the dealer.",
            (True, True, False): "It stands in a burst of five-star reviews, and its author has hardly a past.",
            (True, False, True): "It stands in a burst of five-star reviews, in the words of another review.",
            (
                False,
                True,
                True,
            ): "Its author has hardly a past, and its words are another review's.",
            (True, True, True): "In a burst of five-star reviews, in another's words, by an author with hardly a past.",
        }
        seen = zip(rows["burst"], rows["throwaway"], rows["copied"], strict=True)
        return records(
            "reviews",
            pd.DataFrame(
                {
                    "record_id": rows["review_id"],
                    "unit_id": rows["dealer_id"],
                    "probability": probability,
                    "reason": pd.Series([words[sign] for sign in seen], index=rows.index, dtype="str"),
                }
            ),
        )
