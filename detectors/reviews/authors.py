"""Authors: praise by accounts with no past.

The pattern. Accounts that praise for money are thrown away: opened last week, one or two reviews, never seen again.
At a dealer that buys, far more of the five-star reviews come from such accounts than at other dealers.

Why it matters. It is the sign that stays when the orders are spread over months and every text is written anew.

What honest thing can look the same. Most honest authors write once, too, and a young platform has young accounts:
what is usual is learnt from this network's five-star reviews, with how much honest dealers differ in it. A promotion
brings newcomers all at once: reviews in a burst are not looked at here (`copied_bursts` does), nor those written while
the dealer's own sales or services surge. Where the platform tells nothing of its authors, what the network's own
reviews show of them is used: how many, over how many days.

References
----------
Mukherjee, Venkataraman, Liu & Glance (2013), "What Yelp fake review filter might be doing?", ICWSM. Rayana & Akoglu
(2015), "Collective opinion spam detection", KDD.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(1)
>>> written = np.exp(rng.normal(2, 1, 2400)).round() + 1
>>> written[:30] = 1
>>> reviews = pd.DataFrame({
...     "review_id": [f"V{row}" for row in range(2400)], "author_id": [f"U{row}" for row in range(2400)],
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(40)], 60), "rating": 5.0, "author_reviews": written,
...     "posted_at": pd.Timestamp("2026-05-01") + pd.to_timedelta(rng.integers(0, 180, 2400), unit="D"),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"reviews": reviews}), ThrowawayAuthors()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 2 < 8 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.reviews.signs import RULES, Learnt, Rules, Signs, learn_authors, read_signs, review_doubt


@dataclass(frozen=True)
class _Learnt:
    signs: Learnt
    usual: Usual


_FEW = Said(
    "It has {{trials}} five-star reviews on days without a burst; with fewer than {fewest} a dealer is not judged.",
    "在没有集中发布的日子里有 {{trials}} 条五星评价；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} five-star reviews on days without a burst come from accounts with hardly a past; dealers like "
    "this one have {fewest} to {most}.",
    "在没有集中发布的日子里，{trials} 条五星评价中有 {hits} 条来自几乎没有历史的账号；"
    "同类经销商为 {fewest} 至 {most} 条。",
)
_RECORD = Said("Five stars, from an account with hardly a past.", "五星评价，来自几乎没有历史的账号。")


@dataclass(frozen=True)
class ThrowawayAuthors(Detector):
    """Praise by accounts with no past.

    Parameters
    ----------
    fewest_reviews
        A dealer with fewer five-star reviews is not judged.
    potency
        Probability that a bought review's author has hardly a past: some accounts are kept and aged.
    doubtful_at
        Doubt (log-odds, see `signs`) at which a review of a dealer that buys is as likely bought as not.
    rules
        What counts as a sign.
    """

    fewest_reviews: int = 10
    potency: float = 0.8
    doubtful_at: float = -1.5
    rules: Rules = RULES

    title: ClassVar[Said] = Said("Five stars from accounts with hardly a past", "五星评价来自几乎没有历史的账号")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Most honest authors write once too, and a young platform has young accounts: what is usual, and how much "
            "honest dealers differ in it, is learnt from the network's five-star reviews.",
            "多数正常作者也只写一次，新平台上多是新账号：常态如何、正常经销商差异多大，都从全网的五星评价学得。",
        ),
        Said(
            "A promotion brings newcomers: reviews in bursts, and those written while the dealer's own sales or "
            "services surge, are not looked at.",
            "促销活动会一下子带来许多新用户：集中发布的，以及经销商自己的销售或售后业务激增期间的评价不看。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.REVIEW_MANIPULATION,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"reviews": ("dealer_id", "rating", "posted_at", "author_id")}

    def _learn(self, network: Observations) -> _Learnt:
        # Texts are not looked at here.
        learnt = Learnt(learn_authors(network, self.rules.doubtful_share), None, None, None)
        if learnt.silent:
            raise NotEnough("Nothing is known of any review's author.", "所有评价的作者情况均未知。")
        counts = _counts(network, read_signs(network, learnt, self.rules))
        usual = learn_usual(counts["hits"], counts["trials"], potency=self.potency)
        return _Learnt(learnt, usual)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        signs = read_signs(observations, learned.signs, self.rules)
        counts = _counts(observations, signs)
        units = weigh_excess(
            counts,
            learned.usual,
            fewest=self.fewest_reviews,
            few=_FEW.filled(fewest=self.fewest_reviews),
            sentence=_TOLD,
        )
        return Weighed(units, self._records(observations, signs, units, learned))

    def _records(self, observations: Observations, signs: Signs, units: pd.DataFrame, learned: _Learnt) -> pd.DataFrame:
        named = units.index[~units["abstained"] & (units["bits"] > 0)]
        place = observations.coded("reviews", "dealer_id").among(named)
        rows = np.flatnonzero((place >= 0) & signs.top & signs.throwaway)
        doubt = review_doubt(observations, learned.signs.authors)[rows]
        return records(
            "reviews",
            pd.DataFrame(
                {
                    "record_id": observations["reviews"]["review_id"].array.take(rows),
                    "unit_id": named.take(place[rows]),
                    "probability": expit(doubt - self.doubtful_at),
                }
            ),
            _RECORD,
        )


def _counts(observations: Observations, signs: Signs) -> pd.DataFrame:
    """Count each dealer's five-star reviews of ordinary days, and those of them by throw-away authors."""
    dealer = observations.coded("reviews", "dealer_id")
    ordinary = signs.top & ~signs.burst & ~signs.occasion
    trials = dealer.count(ordinary)
    return pd.DataFrame({"hits": dealer.count(ordinary & signs.throwaway), "trials": trials}, index=dealer.names)[
        trials > 0
    ]
