"""Closing tales: customers called as the bonus period closes who say what they were told or promised.

The pattern. A dealer that leans on its customers only when the bonus is at stake leans on those who are called in the
last days of the period, and some of them tell: "他们说这两天会来电话，让我打十分", "月底冲业绩，送了张洗车券".

Why it matters. A surge of full marks in the closing days may have many reasons; customers who say in those days that
they were asked for them leave few.

What honest thing can look the same. Customers who tell are rare everywhere, in closing days as on others: how rare, is
learnt from the whole network's closing days. What counts as telling is what `telling` and `gifts` count: negation,
questions, suppositions and praise do not. A dealer where customers tell all month long is a matter for those two, and
the surge of full marks, which this scheme needs beside it, is missing there. So this evidence alone opens no case.

References
----------
Oyer (1998), "Fiscal year ends and nonlinear incentive contracts", Quarterly Journal of Economics 113. Chapman et al.
(2001), Journal of Biomedical Informatics 34, on negation.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> called_at = pd.Timestamp("2026-10-01") + pd.to_timedelta(np.tile(np.arange(30), 40), unit="D")
>>> said = pd.Series(["服务让我非常满意"] * 1200, dtype="str")
>>> said[[24, 25, 26, 27]] = "店里让我说特别满意"
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(1200)], "survey": "SSI", "overall": 10.0,
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(40)], 30), "verbatim": said, "called_at": called_at,
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), ClosingTales()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 1 < 6 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.core.closing import days_left
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.wording.grammar import Tale
from detectors.wording.telling import count_tales

_FEW = Said(
    "It has {{trials}} open answers from the last {days} days of a bonus period; with fewer than {fewest} a dealer is "
    "not judged.",
    "奖金考核期最后 {days} 天有 {{trials}} 条开放题回答；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{{hits}} of {{trials}} customers called in the last {days} days of a bonus period said what they were told to "
    "answer or promised for it; dealers like this one have {{fewest}} to {{most}}.",
    "奖金考核期最后 {days} 天受访的 {{trials}} 位客户中，有 {{hits}} 位提到被告知怎样回答，或给满分所许诺的好处；"
    "同类经销商为 {{fewest}} 至 {{most}} 位。",
)
_RECORD = Said(
    "Called as the bonus period closed, the customer said what they were told to answer or promised for it.",
    "在奖金考核期临近结束时受访，客户提到被告知怎样回答，或给满分所许诺的好处。",
)


@dataclass(frozen=True)
class ClosingTales(Detector):
    """Customers called as the bonus period closes who say what they were told or promised.

    Parameters
    ----------
    closing_days
        The last days of a bonus period that are looked at.
    fewest_answers
        A dealer with fewer open answers from those days is not judged.
    potency
        Probability that a customer who was leaned on tells.
    sureness
        Probability that an interview was leaned on if its customer says so and the dealer leans.
    """

    closing_days: int = 10
    fewest_answers: int = 5
    potency: float = 0.25
    sureness: float = 0.95

    title: ClassVar[Said] = Said("Customers who tell as the bonus period closes", "奖金考核期末客户提到被告知或被许诺")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Customers who tell are rare everywhere; how rare in closing days, is learnt from the whole network.",
            "会这样说的客户到处都少：期末几天有多少，从全网学得。",
        ),
        Said(
            "Denials, questions, suppositions and praise do not count.",
            "否认、反问、假设和单纯的称赞都不计入。",
        ),
        Said(
            "Where customers tell all month long, the surge of full marks that this scheme needs beside it is missing.",
            "如果客户整个月都这样说，就没有这一做法还须具备的满分突增。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.TARGET_GAMING,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("dealer_id", "verbatim", "called_at")}

    def _learn(self, network: Observations) -> Usual:
        counts, _ = self._count(network)
        if counts.empty:
            raise NotEnough(
                f"No open answer is from the last {self.closing_days} days of a bonus period.",
                f"没有任何开放题回答来自奖金考核期的最后 {self.closing_days} 天。",
            )
        return learn_usual(counts["hits"], counts["trials"], potency=self.potency)

    def _weigh(self, observations: Observations, learned: Usual) -> Weighed:
        counts, telling = self._count(observations)
        units = weigh_excess(
            counts,
            learned,
            fewest=self.fewest_answers,
            few=_FEW.filled(days=self.closing_days, fewest=self.fewest_answers),
            sentence=_TOLD.filled(days=self.closing_days),
        )
        return Weighed(units, records("surveys", telling.assign(probability=self.sureness), _RECORD))

    def _count(self, observations: Observations) -> tuple[pd.DataFrame, pd.DataFrame]:
        left = days_left(observations["surveys"]["called_at"], observations.closing_months)
        closing = np.asarray(left < self.closing_days)
        told, promised = (count_tales(observations, tale, closing) for tale in (Tale.TOLD, Tale.GIFT))
        telling = pd.concat([told[1], promised[1]]).drop_duplicates("record_id")
        counts = told[0].assign(hits=telling["unit_id"].value_counts().reindex(told[0].index).fillna(0).astype("int64"))
        return counts, telling
