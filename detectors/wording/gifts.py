"""Gifts: customers who say what they were promised for full marks.

The pattern. "打满分送保养", "说给十分就送一次洗车", "a voucher for a perfect score": a customer tells the interviewer
what the score was worth.

Why it matters. A bought score says nothing of the service, and who pays once pays every month.

What honest thing can look the same. Dealers give things honestly: floor mats with the car, a free first service, a
birthday present, points. A gift counts only when it is tied to the answer in the same breath ("满分 … 送"), as a
promise or a demand; "没收什么礼品，就是服务好" denies it, and praise beside a gift ("给个好评，送的脚垫不错") is a
list and no bargain (`grammar` says how). How often honest customers are misunderstood is learnt from the network.

References
----------
Chapman et al. (2001), "A simple algorithm for identifying negated findings", Journal of Biomedical Informatics 34.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> said = pd.Series(["没收什么礼品，就是服务好", "提车送了脚垫，给个好评"] * 600, dtype="str")
>>> said[[0, 2, 4, 6]] = "他们说打十分送保养"
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(1200)], "survey": "SSI", "overall": 10.0,
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(30)], 40), "verbatim": said,
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Gifts()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 1 < 8 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from detectors.core.detector import Detector
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.wording.grammar import Tale
from detectors.wording.telling import count_tales

_FEW = Said(
    "It has {{trials}} open answers; with fewer than {fewest} a dealer is not judged.",
    "有 {{trials}} 条开放题回答；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} customers with an open answer said what they were promised for full marks; dealers like this "
    "one have {fewest} to {most}.",
    "{trials} 位有开放题回答的客户中，有 {hits} 位提到给满分所许诺的好处；同类经销商为 {fewest} 至 {most} 位。",
)
_RECORD = Said("The customer said what they were promised for full marks.", "客户提到给满分所许诺的好处。")


@dataclass(frozen=True)
class Gifts(Detector):
    """Customers who say what they were promised for full marks.

    Parameters
    ----------
    fewest_answers
        A dealer with fewer open answers is not judged.
    potency
        Probability that a rewarded customer tells. Few do: who tells may lose the gift.
    sureness
        Probability that an interview was bought if its customer says so and the dealer buys.
    """

    fewest_answers: int = 10
    potency: float = 0.25
    sureness: float = 0.95

    title: ClassVar[Said] = Said("Customers who tell of gifts for full marks", "客户提到给满分有好处")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Dealers give things honestly: a gift counts only when it is tied to the answer in the same breath, as a "
            "promise or a demand.",
            "经销商也会正常赠送：只有在同一句话里与评分挂钩，作为许诺或要求时才计入。",
        ),
        Said(
            "A customer may deny it, or praise beside a gift: a denial never counts, and a list is no bargain.",
            "客户可能是在否认，或在提到礼品的同时称赞：否认从不计入，并列提及也不算交换。",
        ),
        Said(
            "Honest customers are misunderstood now and then: how often is learnt from the network.",
            "正常客户的话偶尔会被误解：多常见从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.INCENTIVISED,)
    decisive: ClassVar[bool] = True
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("dealer_id", "verbatim")}

    def _learn(self, network: Observations) -> Usual:
        counts = count_tales(network, Tale.GIFT)[0]
        return learn_usual(counts["hits"], counts["trials"], potency=self.potency)

    def _weigh(self, observations: Observations, learned: Usual) -> Weighed:
        counts, telling = count_tales(observations, Tale.GIFT)
        units = weigh_excess(
            counts,
            learned,
            fewest=self.fewest_answers,
            few=_FEW.filled(fewest=self.fewest_answers),
            sentence=_TOLD,
        )
        return Weighed(units, records("surveys", telling.assign(probability=self.sureness), _RECORD))
