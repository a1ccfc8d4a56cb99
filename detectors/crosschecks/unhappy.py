"""Fewer unhappy customers than everything else about the dealer implies.

The pattern. Every dealer has customers for whom it went wrong, and some of them answer the call: how many, follows from
how good the dealer is. Where unhappy customers are kept off the list, or others answer in their place, the lowest
answers are missing, while the happy ones, the reviews, the audits and the complaints are those of a dealer that has
some.

Why it matters. The unhappy customers are the ones who know what to mend.

What honest thing can look the same. An excellent dealer has few unhappy customers, and everything else about it says
so: fewer are expected of it. Generous regions, brands, agencies and lenient interviewers are expected to have fewer.
Dealers differ for reasons that no proxy shows; how much is learnt from the network and allowed to every dealer. An
agency that reaches contented customers more easily does so at every dealer.

References
----------
Groves & Peytcheva (2008), "The impact of nonresponse rates on nonresponse bias", Public Opinion Quarterly 72.
McCullagh & Nelder (1989), section 4.5, on quasi-binomial fits.

Examples
--------
Sixty dealers whose lowest answers follow their other answers, and one of the middle that has none.

>>> from datetime import date
>>> import pandas as pd
>>> rng = np.random.default_rng(3)
>>> dealer = np.repeat(np.arange(61), 200)
>>> felt = 7.5 + np.where(dealer == 60, 0.0, np.linspace(-1, 1, 61)[dealer]) + rng.normal(0, 1.2, len(dealer))
>>> answers = np.clip(np.round(felt[:, None] + rng.normal(0, 0.5, (len(dealer), 5))), 1, 10)
>>> kept = (dealer < 60) | (felt > 7)
>>> surveys = pd.DataFrame(answers, columns=["overall", "q_a", "q_b", "q_c", "q_d"]).assign(
...     response_id=[f"R{i}" for i in range(len(dealer))], survey="SSI", dealer_id=[f"D{d:02}" for d in dealer])
>>> seen = Observations(date(2026, 10, 31), {"surveys": surveys[kept].reset_index(drop=True)})
>>> units = Unhappy().weigh(seen, Unhappy().learn(seen)).units
>>> bool(units["bits"].drop("D60").max() < 2.5 < 3 < units.loc["D60", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.interviews import level
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.crosschecks.quality import Rest
from detectors.crosschecks.regression import Implication, learn_implication

_GONE = 0.0
"""Probability that a customer who was kept off the list answers low: nobody called."""


_FEW = Said(
    "{n} interviews are fewer than {fewest}, too few to compare.", "{n} 份访问不足 {fewest} 份，太少，无法比较。"
)
_TOLD = Said(
    "{hits} of {n} customers were unhappy (among the lowest {lowest:.0%} of all); what else is known of this dealer "
    "implies {low:.0f} to {high:.0f}.",
    "{n} 位客户中有 {hits} 位不满意（属于全网最低的 {lowest:.0%}）；而从该经销商的其他情况推断，"
    "应为 {low:.0f} 至 {high:.0f} 位。",
)


_NOT_ENOUGH = Said(
    "Only {dealers} dealers have {interviews} interviews; {fewest} have to before their unhappy customers can be "
    "compared with the rest.",
    "只有 {dealers} 家经销商有 {interviews} 份访问；至少要有 {fewest} 家，才能把不满意的客户与其他情况相比较。",
)
_ALIKE = Said("All answers are alike, so nobody is less happy than others.", "所有回答都一样，没有谁比别人更不满意。")


@dataclass(frozen=True)
class _Learnt:
    """Below which height an interview is unhappy, and what implies how many of them there are."""

    low: float
    implication: Implication


@dataclass(frozen=True)
class Unhappy(Detector):
    """Fewer unhappy customers than everything else about the dealer implies.

    Parameters
    ----------
    lowest_share
        The lowest answers are those of this share of all interviews.
    fewest_interviews
        A dealer with fewer is not judged.
    fewest_dealers
        A network with fewer has nothing to compare with.
    """

    lowest_share: float = 0.2
    fewest_interviews: int = 20
    fewest_dealers: int = 12

    title: ClassVar[Said] = Said("Fewer unhappy customers than the rest implies", "不满意的客户少于其他情况所能说明的")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "An excellent dealer has few unhappy customers; its reviews, audits and complaints say so too, and fewer "
            "are expected of it.",
            "出色的经销商很少有不满意的客户，其公开评价、现场审核和投诉也印证这一点：对它的预期因此更少。",
        ),
        Said(
            "Generous regions, agencies and lenient interviewers are expected to have fewer.",
            "打分宽松的区域、调研公司和访员，预期的不满意客户本来就较少。",
        ),
        Said(
            "Dealers differ for reasons that nothing else shows; as much as honest dealers do is allowed to each.",
            "经销商之间还有其他情况显示不出的差异；正常经销商之间差异多大，就给每一家留出多大余地。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.WITHHELD,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_")}

    def _learn(self, network: Observations) -> _Learnt:
        height = network.shared(level)
        if np.isnan(height).all():
            raise NotEnough("No interview has an answer.", "没有任何访问有回答。")
        low = float(np.nanquantile(height, self.lowest_share))
        implication = learn_implication(
            network,
            _unhappy(network, low),
            fewest_interviews=self.fewest_interviews,
            fewest_dealers=self.fewest_dealers,
            few=_NOT_ENOUGH,
            alike=_ALIKE,
            rest=Rest(answers_from=low, answers_below=np.inf),
            potency=_GONE,
        )
        return _Learnt(low, implication)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        found = learned.implication.weigh(observations, _unhappy(observations, learned.low))
        abstained = found["n"] < self.fewest_interviews
        units = answer(
            found.index,
            n=found["n"],
            observed=found["hits"],
            expected=found["expected"],
            fair_low=found["fewest"],
            fair_high=found["most"],
            bits=found["bits"],
            abstained=abstained,
            reason=[
                _FEW.filled(n=n, fewest=self.fewest_interviews)
                if silent
                else _TOLD.filled(hits=hits, n=n, lowest=self.lowest_share, low=low, high=high)
                for n, hits, silent, low, high in zip(
                    found["n"], found["hits"], abstained, found["fewest"], found["most"], strict=True
                )
            ],
        )
        return Weighed(units, no_records())


def _unhappy(observations: Observations, low: float) -> NDArray[np.bool_]:
    return np.asarray(observations.shared(level) < low)
