"""Full marks beyond what everything else about the dealer implies.

The pattern. A good dealer's full marks come with much else: its other customers' answers lie high too, its process
steps are done, its reviews are kind, its audits pass, few complain. Where full marks are told, bought or supplied, they
come alone. So the number of (nearly) full interviews is compared with what the rest implies.

Why it matters. This is the gap between the score that is paid for and the quality that customers get.

What honest thing can look the same. An excellent dealer has many full marks, and everything else about it says so: its
expectation is as high as its score. A share of full marks is never evidence by itself. Generous regions, brands,
agencies and lenient interviewers are expected to have more. Dealers differ for reasons that no proxy shows; how much is
learnt from the network and allowed to every dealer. A proxy that is missing or measured on few rows is trusted that
much less.

References
----------
Jacob & Levitt (2003), "Rotten apples", QJE 118, on scores that nothing else about a class explains. Spiegelhalter
(2005), Statistics in Medicine 24, on over-dispersion. McCullagh & Nelder (1989), section 4.5, on quasi-binomial fits.

Examples
--------
Sixty dealers whose full marks follow their other answers, and one that has as many as the best without the rest.

>>> from datetime import date
>>> rng = np.random.default_rng(3)
>>> dealer = np.repeat(np.arange(61), 120)
>>> quality = np.where(dealer == 60, 0.0, np.linspace(-1, 1, 61)[dealer])
>>> told = (dealer == 60) & (rng.random(len(dealer)) < 0.4)
>>> answers = np.clip(np.round(8 + quality[:, None] + rng.normal(0, 1.2, (len(dealer), 1))
...     + rng.normal(0, 0.5, (len(dealer), 5))), 1, 10)
>>> answers[told] = 10
>>> surveys = pd.DataFrame(answers, columns=["overall", "q_a", "q_b", "q_c", "q_d"]).assign(
...     response_id=[f"R{i}" for i in range(len(dealer))], survey="SSI", dealer_id=[f"D{d:02}" for d in dealer])
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Implied()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D60").max() < 6 < 10 < units.loc["D60", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from detectors.core.detector import Detector
from detectors.core.evidence import Weighed, answer, records
from detectors.core.instruments.attribution import manipulated_given_hit
from detectors.core.interviews import level
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.crosschecks.quality import Quality, burden
from detectors.crosschecks.regression import Implication, learn_implication

_FEW = Said(
    "{n} interviews are fewer than {fewest}, too few to compare.", "{n} 份访问不足 {fewest} 份，太少，无法比较。"
)
_TOLD = Said(
    "{full} of {n} interviews give full marks or nearly so; what else is known of this dealer ({rest}) implies "
    "{low:.0f} to {high:.0f}.",
    "{n} 份访问中有 {full} 份给了满分或接近满分；而从该经销商的其他情况（{rest}）推断，"
    "应为 {low:.0f} 至 {high:.0f} 份。",
)
_REST = {
    "answers": Said("other customers' answers", "其他客户的回答"),
    "facts": Said("process steps", "流程步骤"),
    "reviews": Said("reviews", "公开评价"),
    "audits": Said("audits", "现场审核"),
    "complaints": Said("complaints", "投诉"),
}
_PLACE = Said("region and agency", "所在区域和调研公司")
_RECORD = Said(
    "Full marks, at a dealer that has more than the rest implies.", "满分，而该经销商的满分多于其他情况所能说明的。"
)


_NOT_ENOUGH = Said(
    "Only {dealers} dealers have {interviews} interviews; {fewest} have to before full marks can be compared with the "
    "rest.",
    "只有 {dealers} 家经销商满 {interviews} 份访问；至少要有 {fewest} 家，才能把满分与其他情况作比较。",
)
_ALIKE = Said(
    "Nobody gives full marks, or everybody does, so nothing implies them.",
    "没有人给满分，或者人人都给满分，因此无从推断。",
)


@dataclass(frozen=True)
class _Learnt:
    """What implies full marks, and how much rarer they are where many process steps failed.

    Parameters
    ----------
    implication
        How many full marks a dealer's other data imply.
    heavy_from
        Burden of failed facts from which an interview counts as heavily burdened.
    heavy_offset
        How much rarer full marks are there, in log-odds.
    """

    implication: Implication
    heavy_from: float
    heavy_offset: float


@dataclass(frozen=True)
class Implied(Detector):
    """Full marks beyond what everything else about the dealer implies.

    Parameters
    ----------
    nearly_full
        Height of an interview's mean answer, 0 to 1 between the ends of the scale, from which its marks count as full:
        whoever recites is allowed one slip among a dozen answers.
    fewest_interviews
        A dealer with fewer is not judged.
    fewest_dealers
        A network with fewer has nothing to compare with.
    records_from_bits
        Records are named for dealers with at least this much evidence.
    """

    nearly_full: float = 0.95
    fewest_interviews: int = 20
    fewest_dealers: int = 12
    records_from_bits: float = 0.0

    title: ClassVar[Said] = Said("Full marks beyond what the rest implies", "满分多于其他情况所能说明的")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "An excellent dealer has many full marks, and everything else about it says so: its expectation is as "
            "high as its score.",
            "出色的经销商满分很多，其他各方面也印证这一点：对它的预期与它的得分一样高。",
        ),
        Said(
            "Generous regions, brands and agencies and lenient interviewers have more full marks: they are expected "
            "to.",
            "有的区域、品牌、调研公司评分偏高，有的访员偏宽松：预期中已计入。",
        ),
        Said(
            "Dealers differ for reasons that nothing else shows: how much is learnt from the network and allowed to "
            "every dealer.",
            "经销商之间还有其他数据看不出的差异：差异多大从全网学得，并给每家经销商留出余地。",
        ),
        Said(
            "What is missing or measured on few rows is trusted that much less.",
            "缺失的或样本很少的信息，相应地少采信。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (
        Scheme.COACHED,
        Scheme.INCENTIVISED,
        Scheme.FAKE_CONTACTS,
        Scheme.TARGET_GAMING,
    )
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_")}

    def _learn(self, network: Observations) -> _Learnt:
        full = self._full(network)
        implication = learn_implication(
            network,
            full,
            fewest_interviews=self.fewest_interviews,
            fewest_dealers=self.fewest_dealers,
            few=_NOT_ENOUGH,
            alike=_ALIKE,
        )
        weight = burden(network, implication.quality.fact_weights)
        heavy_from = max(float(np.nanquantile(weight, 0.6)), 1e-9) if not np.isnan(weight).all() else np.inf
        heavy = weight >= heavy_from
        light_share, heavy_share = ((full[part].sum() + 0.5) / (part.sum() + 1.0) for part in (~heavy, heavy))
        return _Learnt(implication, heavy_from, min(float(logit(heavy_share) - logit(light_share)), 0.0))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        full = self._full(observations)
        found = learned.implication.weigh(observations, full)
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
            reason=self._reasons(found, abstained, learned.implication.quality),
        )
        return Weighed(units, self._records(observations, full, units, learned))

    def _full(self, observations: Observations) -> NDArray[np.bool_]:
        overall = observations["surveys"]["overall"].notna().to_numpy()
        return np.asarray(overall & (observations.shared(level) >= self.nearly_full))

    def _reasons(self, found: pd.DataFrame, abstained: "pd.Series[bool]", quality: Quality) -> list[Said]:
        known = [words for name, words in _REST.items() if name in quality.measures] or [_PLACE]
        rest = Said(", ".join(words.en for words in known), "、".join(words.zh for words in known))
        told = Said(_TOLD.en.replace("{rest}", rest.en), _TOLD.zh.replace("{rest}", rest.zh))
        return [
            _FEW.filled(n=n, fewest=self.fewest_interviews)
            if silent
            else told.filled(n=n, full=full, low=low, high=high)
            for n, full, silent, low, high in zip(
                found["n"], found["hits"], abstained, found["fewest"], found["most"], strict=True
            )
        ]

    def _records(
        self, observations: Observations, full: NDArray[np.bool_], units: pd.DataFrame, learned: _Learnt
    ) -> pd.DataFrame:
        """Name the full marks of dealers with evidence, likelier manipulated where more process steps failed."""
        named = units.index[~units["abstained"] & (units["bits"] >= self.records_from_bits)]
        place = observations.coded("surveys", "dealer_id").among(named)
        heavy = burden(observations, learned.implication.quality.fact_weights) >= learned.heavy_from
        inside, hit = place >= 0, full & (place >= 0)
        cell = place * 2 + heavy
        total, hits = (np.bincount(cell[part], minlength=2 * len(named)).reshape(-1, 2) for part in (inside, hit))
        offsets = np.array([0.0, learned.heavy_offset])
        probability = manipulated_given_hit(total, hits, offsets).ravel()[cell[hit]]
        carried = observations["surveys"].loc[hit, ["response_id", "dealer_id"]]
        return records(
            "surveys",
            carried.rename(columns={"response_id": "record_id", "dealer_id": "unit_id"}).assign(
                probability=probability
            ),
            _RECORD,
        )
