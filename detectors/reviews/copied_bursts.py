"""Copied bursts: days full of praise in one another's words.

The pattern. Bought reviews come in orders: twenty in a few days, in the words of five templates. So on days when a
dealer has far more five-star reviews than on its other days, many of them are one another's copies, more than at other
times. Where reviews have no text, what is left to see are their authors: accounts opened for the occasion.

Why it matters. Public praise moves buyers; bought praise hides what the maker's own interviews would show.

What honest thing can look the same. A real promotion brings a real burst: many customers, each with words of their
own, and most of them new to the platform. Where the dealer's own sales or services surge in those days, the burst has
its occasion and is not looked at. Not every occasion shows there, so neither a burst nor its newcomers are evidence
where there are words to compare; looked at is how many of the reviews *inside* bursts are in copied words. How many
that are among five-star reviews on ordinary days, and how much honest dealers differ in it, is learnt from the network;
customers of one promotion write of the same things, so an honest burst is allowed six times the odds, and two copies in
it say nothing. Without words newcomers are counted, and an honest burst is allowed twenty times their odds.

Two kinds of evidence have to agree here, a burst and copies inside it, so this one may open a case by itself.

References
----------
Fei et al. (2013), "Exploiting burstiness in reviews for review spammer detection", ICWSM. Jacob & Levitt (2003),
"Rotten apples", on asking for two kinds of evidence at once. Mukherjee et al. (2013), ICWSM.

Examples
--------
Forty dealers; D00's burst is in the words of one template, D01's promotion brings newcomers who say what they think.

>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(1)
>>> dealer = np.repeat([f"D{place:02d}" for place in range(40)], 60)
>>> day = rng.integers(0, 180, 2400)
>>> bought, promotion = slice(0, 25), slice(60, 85)
>>> day[bought], day[promotion] = 90 + rng.integers(0, 3, 25), 40 + rng.integers(0, 3, 25)
>>> letters = rng.integers(0x4E00, 0x5200, (2400, 20), dtype=np.uint32)
>>> said = np.array([row.tobytes().decode("utf-32-le") for row in letters], dtype=object)
>>> said[bought] = "店里服务一流，价格实在，下次还来"
>>> written = np.exp(rng.normal(2, 1, 2400)).round() + 1
>>> written[bought] = written[promotion] = 1
>>> reviews = pd.DataFrame({
...     "review_id": [f"V{row}" for row in range(2400)], "author_id": [f"U{row}" for row in range(2400)],
...     "dealer_id": dealer, "posted_at": pd.Timestamp("2026-05-01") + pd.to_timedelta(day, unit="D"),
...     "rating": 5.0, "author_reviews": written, "text": pd.Series(said, dtype="str"),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"reviews": reviews}), CopiedBursts()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 1 < 8 < units.loc["D00", "bits"])
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
from detectors.core.instruments.repeats import Flags
from detectors.core.instruments.usual import Usual, learn_usual
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.reviews.signs import RULES, Learnt, Rules, Signs, learn_signs, read_signs

_WORDS = (
    Said("", ""),
    Said("It stands in a burst of five-star reviews.", "发布于五星评价集中出现的时段。"),
    Said("Its author has hardly a past.", "作者账号几乎没有历史。"),
    Said(
        "It stands in a burst of five-star reviews, and its author has hardly a past.",
        "发布于五星评价集中出现的时段，且作者账号几乎没有历史。",
    ),
    Said("Its words are those of another review of the dealer.", "用语与该经销商的另一条评价相同。"),
    Said(
        "It stands in a burst of five-star reviews, in the words of another review.",
        "发布于五星评价集中出现的时段，用语与另一条评价相同。",
    ),
    Said(
        "Its author has hardly a past, and its words are another review's.",
        "作者账号几乎没有历史，且用语与另一条评价相同。",
    ),
    Said(
        "In a burst of five-star reviews, in another's words, by an author with hardly a past.",
        "发布于五星评价集中出现的时段，用语与另一条评价相同，且作者账号几乎没有历史。",
    ),
)
"""What is said of a review, by its signs: 1 for a burst, 2 for a throw-away author, 4 for copied words."""

_FEW = Said(
    "It has {total} reviews; with fewer than {fewest} a dealer is not judged.",
    "有 {total} 条评价；不足 {fewest} 条的经销商不作判断。",
)
_CALM = Said(
    "No day has more five-star reviews than the dealer's own rhythm brings.",
    "没有哪一天的五星评价多于该经销商平日节奏所应有的。",
)
_TOLD = Said(
    "{doubtful} of {burst} five-star reviews in a burst repeat another's words; honest bursts like this one have "
    "{low:.0f} to {high:.0f}.",
    "集中出现的 {burst} 条五星评价中，有 {doubtful} 条重复了他人用语；"
    "同类的正常集中时段为 {low:.0f} 至 {high:.0f} 条。",
)
_TOLD_WITHOUT_WORDS = Said(
    "{doubtful} of {burst} five-star reviews in a burst come from accounts with hardly a past; honest bursts like this "
    "one have {low:.0f} to {high:.0f}.",
    "集中出现的 {burst} 条五星评价中，有 {doubtful} 条来自几乎没有历史的账号；"
    "同类的正常集中时段为 {low:.0f} 至 {high:.0f} 条。",
)


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
    fewest_copies
        A burst with fewer copied reviews is no evidence: two may be a couple's, or one customer's on two accounts.
    occasion
        How many times higher the odds of copied words may be in an honest burst than on ordinary days.
    newcomers
        And those of an author with hardly a past, which are looked at where no review has a text.
    rules
        What counts as a sign.
    """

    fewest_reviews: int = 10
    fewest_copies: int = 3
    occasion: float = 6.0
    newcomers: float = 20.0
    rules: Rules = RULES

    title: ClassVar[Said] = Said("Bursts of copied praise", "集中出现的雷同好评")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "A real promotion brings a real burst: a burst alone is never evidence, only how many of the reviews "
            "inside it repeat another's words.",
            "真实的促销会带来真实的集中好评：集中本身从不是证据，只看其中有多少重复他人用语。",
        ),
        Said(
            "A burst while the dealer's own sales or services surge has its occasion: it is not looked at.",
            "经销商自己的销售或售后业务同时激增时，集中好评事出有因，不作判断。",
        ),
        Said(
            "Customers of one promotion write of the same things: an honest burst is allowed six times the odds of "
            "ordinary days, and two copies say nothing.",
            "同一促销的客户写的事情相近：正常的集中时段允许有平日六倍的几率，且两条雷同说明不了什么。",
        ),
        Said(
            "An occasion brings newcomers: they are looked at only where no review has a text, and an honest burst is "
            "allowed twenty times their odds on ordinary days.",
            "活动会带来新用户：只有在评价都没有正文时才看新账号，且正常的集中时段允许有平日二十倍的几率。",
        ),
        Said(
            "Dealers differ on ordinary days too: how much is learnt from the network's five-star reviews.",
            "平日里各经销商也有差异：差异多大从全网的五星评价学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.REVIEW_MANIPULATION,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"reviews": ("dealer_id", "rating", "posted_at")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        learnt = learn_signs(network, self.rules)
        if learnt.silent:
            raise NotEnough(
                "Reviews have neither a text nor anything about their authors.", "评价既没有正文，也没有作者信息。"
            )
        signs, dealer = read_signs(network, learnt, self.rules), network.coded("reviews", "dealer_id")
        ordinary = signs.top & ~signs.burst & ~signs.occasion
        trials = dealer.count(ordinary)
        seen = trials > 0
        return _Learnt(learnt, learn_usual(dealer.count(ordinary & _doubtful(signs, learnt))[seen], trials[seen]))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        signs = read_signs(observations, learned.signs, self.rules)
        dealer = observations.coded("reviews", "dealer_id")
        bursts, hits = dealer.count(signs.burst), dealer.count(_doubtful(signs, learned.signs) & signs.burst)
        n = dealer.count()
        wordless = learned.signs.clusters is None
        more, told = (self.newcomers, _TOLD_WITHOUT_WORDS) if wordless else (self.occasion, _TOLD)
        usual = float(learned.ordinary.expected_share(1.0))
        odds = more * usual / (1 - usual)
        share = odds / (1 + odds)
        likely = count_range(bursts, share, learned.ordinary.spread)
        abstained = n < self.fewest_reviews
        reason = [
            _FEW.filled(total=total, fewest=self.fewest_reviews)
            if silent
            else _CALM
            if not burst
            else told.filled(doubtful=doubtful, burst=burst, low=low, high=high)
            for total, silent, burst, doubtful, low, high in zip(
                n, abstained, bursts, hits, likely["fewest"], likely["most"], strict=True
            )
        ]
        bits = count_bits(hits, bursts, share, learned.ordinary.spread)
        units = answer(
            dealer.names,
            n=n,
            observed=hits,
            expected=likely["expected"],
            fair_low=likely["fewest"].where(bursts > 0),
            fair_high=likely["most"].where(bursts > 0),
            bits=np.where(hits < self.fewest_copies, np.minimum(bits, 0.0), bits),
            abstained=abstained,
            reason=reason,
        )
        return Weighed(units, self._records(observations, signs, units))

    def _records(self, observations: Observations, signs: Signs, units: pd.DataFrame) -> pd.DataFrame:
        named = units.index[~units["abstained"] & (units["bits"] > 0)]
        place = observations.coded("reviews", "dealer_id").among(named)
        rows = np.flatnonzero((place >= 0) & (signs.burst | signs.doubtful))
        seen = np.stack([signs.burst[rows], signs.throwaway[rows], signs.copied[rows]]).astype(np.int64)
        return records(
            "reviews",
            pd.DataFrame(
                {
                    "record_id": observations["reviews"]["review_id"].array.take(rows),
                    "unit_id": named.take(place[rows]),
                    "probability": np.array([0.0, 0.3, 0.85, 0.97])[seen.sum(axis=0)],
                }
            ),
            [_WORDS[signs_seen] for signs_seen in np.array([1, 2, 4]) @ seen],
        )


def _doubtful(signs: Signs, learnt: Learnt) -> Flags:
    """Tell which reviews are in copied words, or where there are no words, by an author with hardly a past."""
    return signs.throwaway if learnt.clusters is None else signs.copied
