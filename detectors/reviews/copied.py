"""Copied praise: reviews of one dealer in the same words, which nobody uses elsewhere.

The pattern. Whoever orders praise hands out texts to post, and the same few texts come back, trimmed, turned round, a
word changed.

Why it matters. Copied words need no burst and no new account to be seen, and a reader cannot see them: each reader
reads three reviews.

What honest thing can look the same. "此用户没有填写评价", "五星好评" and the platform's own default texts are
everywhere: short texts never count, and of longer ones only those that chance hardly brings twice to a dealer with so
many reviews. Slogans of a promotion that all its dealers share are common elsewhere, and reviews written while the
dealer's own sales or services surge, by people who came for one thing, are not looked at. One author who posts the same
text again counts once. How often honest reviews of one dealer are alike all the same is learnt from the network.

References
----------
Jindal & Liu (2008), "Opinion spam and analysis", WSDM: near-duplicates as the surest sign. Broder (1997).

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> letters = np.random.default_rng(5).integers(0x4E00, 0x5200, (1000, 20), dtype=np.uint32)
>>> said = np.array([row.tobytes().decode("utf-32-le") for row in letters], dtype=object)
>>> said[:12] = "店里服务一流，价格实在，下次还来"
>>> reviews = pd.DataFrame({
...     "review_id": [f"V{row}" for row in range(1000)], "rating": 5.0, "posted_at": pd.Timestamp("2026-05-01"),
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(25)], 40), "text": pd.Series(said, dtype="str"),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"reviews": reviews}), CopiedPraise()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 1 < 10 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.reviews.signs import RULES, Learnt, Rules, Signs, learn_signs, read_signs


@dataclass(frozen=True)
class _Learnt:
    signs: Learnt
    usual: Usual


_FEW = Said(
    "It has {{trials}} five-star reviews of some length; with fewer than {fewest} a dealer is not judged.",
    "有一定长度的五星评价有 {{trials}} 条；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} five-star reviews repeat another's words, which are hardly used at other dealers; dealers like "
    "this one have {fewest} to {most}.",
    "{trials} 条五星评价中，有 {hits} 条与另一条评价用语相同，而其他经销商的评价几乎不用这样的话；"
    "同类经销商为 {fewest} 至 {most} 条。",
)
_RECORD = Said("Its words are those of another review of the dealer.", "用语与该经销商的另一条评价相同。")


@dataclass(frozen=True)
class CopiedPraise(Detector):
    """Reviews of one dealer in the same words, which nobody uses elsewhere.

    Parameters
    ----------
    fewest_texts
        A dealer with fewer five-star reviews of some length is not judged.
    potency
        Probability that a bought review repeats another: the rest are the first of their kind, or written anew.
    rules
        What counts as a sign.
    """

    fewest_texts: int = 10
    potency: float = 0.8
    rules: Rules = RULES

    title: ClassVar[Said] = Said("Praise in another review's words", "评价用语雷同")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Default texts and short praise are everywhere: short texts never count, and of longer ones only those "
            "that chance hardly brings twice to a dealer with so many reviews.",
            "默认文字和简短好评随处可见：短文字从不计入，"
            "较长的也只计入在评价数量相当的经销商处几乎不会因巧合而重复的。",
        ),
        Said(
            "Slogans of a promotion are shared by all its dealers: words that are common elsewhere do not count.",
            "促销口号为所有参与的经销商共用：在别处也常见的用语不计入。",
        ),
        Said(
            "People who came for one promotion write of one thing: reviews written while the dealer's own sales or "
            "services surge are not looked at.",
            "为同一活动而来的人写的是同一件事：经销商自己的销售或售后业务激增期间的评价不作判断。",
        ),
        Said(
            "An author may post the same text again: one author counts once.",
            "同一作者可能重复发布同样的文字：一位作者只计一次。",
        ),
        Said(
            "Honest reviews of one dealer are alike now and then: how often is learnt from the network.",
            "同一经销商的正常评价偶尔也会相似：多常见从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.REVIEW_MANIPULATION,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"reviews": ("dealer_id", "rating", "posted_at", "text")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        learnt = learn_signs(network, self.rules)
        counts = _counts(network, read_signs(network, learnt, self.rules))
        if len(counts) < 2:
            raise NotEnough(
                "The reviews of one dealer cannot be compared with another's.",
                "只有一家经销商的评价，无法与其他经销商相比较。",
            )
        ease = (counts["trials"] - 1).clip(lower=0)
        return _Learnt(learnt, learn_usual(counts["hits"], counts["trials"], ease, potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        signs = read_signs(observations, learned.signs, self.rules)
        counts = _counts(observations, signs)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=(counts["trials"] - 1).clip(lower=0),
            fewest=self.fewest_texts,
            few=_FEW.filled(fewest=self.fewest_texts),
            sentence=_TOLD,
        )
        by_chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.02, 1.0)
        rows = np.flatnonzero(signs.copied & signs.top & ~signs.occasion)
        dealer = observations["reviews"]["dealer_id"].iloc[rows]
        said = pd.DataFrame(
            {
                "record_id": observations["reviews"]["review_id"].iloc[rows],
                "unit_id": dealer,
                "probability": 1.0 - dealer.map(by_chance).astype("float64").fillna(1.0),
            }
        )
        return Weighed(units, records("reviews", said, _RECORD))


def _counts(observations: Observations, signs: Signs) -> pd.DataFrame:
    """Count each dealer's worded five-star reviews, and those that repeat another author's words."""
    dealer = observations.coded("reviews", "dealer_id")
    worded = signs.top & signs.worded & ~signs.occasion
    again = worded & signs.again
    if "author_id" in observations["reviews"].columns:
        author = observations.coded("reviews", "author_id")
        rows = np.flatnonzero(worded & (author.places >= 0))
        writer = dealer.places[rows] * len(author.names) + author.places[rows]
        again[rows[pd.Series(writer).duplicated()]] = False
    counts = pd.DataFrame({"hits": dealer.count(again), "trials": dealer.count(worded)}, index=dealer.names)
    return counts[counts["trials"] > 0]
