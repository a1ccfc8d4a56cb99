"""Too little variation: interviews whose answers are all alike, more of them than such customers give.

The pattern. Whoever invents an interview at a desk ticks along: nines and tens all the way down. Real customers were
pleased with one thing and less with another, so that their answers differ by some points even where they are content.

Why it matters. It needs neither a second copy nor a clock, and it is seen in a handful of interviews each night.

What honest thing can look the same. Contented customers differ little in their answers, because the scale ends at ten:
an interview is compared with those of the same questionnaire whose answers are as high on average, and full marks
throughout are not looked at. Some customers always give one number; they are met by every interviewer alike. How much
honest interviewers differ (one reads slowly, another is handed a brisk region), is learnt from the network.

References
----------
Dunn, Heggestad, Shanock & Theilgard (2018), "Intra-individual response variability as an indicator of insufficient
effort responding", Journal of Business and Psychology 33. Simonsohn (2013), "Just post it", Psychological Science 24.
Menold et al. (2013), "How do interviewers who conduct interviews in accordance with the instructions differ from those
who falsify?", Methodology 9.

Examples
--------
Forty interviewers, of whom I00 invents half of his interviews and ticks along.

>>> from datetime import date
>>> rng = np.random.default_rng(1)
>>> interviewer = np.repeat(np.arange(40), 60)
>>> answers = np.round(rng.normal(7.5, 0.8, (2400, 1)) + rng.normal(0, 1.2, (2400, 8))).clip(1, 10)
>>> ticked = (interviewer == 0) & (rng.random(2400) < 0.5)
>>> answers[ticked] = answers[ticked][:, :1] - (rng.random((ticked.sum(), 8)) < 0.1)
>>> surveys = pd.DataFrame(answers, columns=[f"q_{place}" for place in range(8)]).assign(
...     response_id=[f"R{place}" for place in range(2400)], survey="SSI", overall=answers[:, 0],
...     dealer_id="D1", interviewer_id=[f"I{place:02d}" for place in interviewer])
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Variation()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("I00").max() < 3 < 8 < units.loc["I00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.carelessness import response_variability
from detectors.core.instruments.spread import Floats
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.interviews import level
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

_LEVELS = 20
_FULL = 0.97
"""Height of the mean answer, 0 to 1 between the ends of the scale, from which there is no room to vary."""

_FEW = Said(
    "{{trials}} interviews with answers below full marks; with fewer than {fewest} an interviewer is not judged.",
    "未给满分的访问有 {{trials}} 份；不足 {fewest} 份的访员不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} interviews have answers more alike than customers as content mostly give; interviewers like "
    "this one have {fewest} to {most}.",
    "{trials} 份访问中，有 {hits} 份的各题回答比同样满意的客户通常给出的更为一致；同类访员为 {fewest} 至 {most} 份。",
)
_RECORD = Said(
    "Its answers are more alike than customers as content mostly give.", "各题回答比同样满意的客户通常给出的更为一致。"
)


@dataclass(frozen=True)
class _Learnt:
    """By questionnaire and level: how little variation is flat, and the share of interviews that are; and the usual."""

    flat: pd.DataFrame
    usual: Usual


@dataclass(frozen=True)
class Variation(Detector):
    """Interviews whose answers are all alike, more of them than such customers give.

    Parameters
    ----------
    fewest_interviews
        An interviewer with fewer interviews below full marks is not judged.
    fewest_alike
        Interviews of one questionnaire and level that are needed to say what is flat there.
    flat_share
        Share of these that are called flat.
    potency
        Probability that an invented interview is flat.
    """

    fewest_interviews: int = 20
    fewest_alike: int = 60
    flat_share: float = 0.08
    potency: float = 0.6

    title: ClassVar[Said] = Said("Answers more alike than such customers give", "各题回答过于一致")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Contented customers differ little in their answers: an interview is compared with those of the same "
            "questionnaire that are as high on average, and full marks are not looked at.",
            "满意的客户各题差别本来就小：一份访问只与同一问卷、平均分同样高的访问相比，全部满分的不看。",
        ),
        Said(
            "Some customers always give one number, and every interviewer meets them.",
            "有的客户总是给同一个分数，每位访员都会遇到。",
        ),
        Said(
            "How much honest interviewers differ is learnt from the network.",
            "正常访员之间差异多大，从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "overall", "q_")}

    def _learn(self, network: Observations) -> _Learnt:
        looked = network.shared(_looked)
        alike = looked.frame.groupby(["survey", "level"], sort=True)["variation"]
        flat = alike.agg(interviews="size", below=lambda each: each.quantile(self.flat_share, interpolation="lower"))
        flat = flat[flat["interviews"] >= self.fewest_alike]
        if flat.empty or np.count_nonzero(looked.interviewer.count()) < 2:
            raise NotEnough(
                f"No questionnaire has {self.fewest_alike} interviews that are as content as one another.",
                f"没有哪份问卷有 {self.fewest_alike} 份同样满意的访问可供比较。",
            )
        is_flat, judged, _ = _read(looked, flat.assign(share=0.0))
        place = looked.frame.loc[judged, ["survey", "level"]].assign(flat=is_flat[judged])
        flat = flat.assign(share=place.groupby(["survey", "level"])["flat"].mean())
        counts = _counts(looked, *_read(looked, flat))
        return _Learnt(flat, learn_usual(counts["hits"], counts["trials"], counts["ease"], potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        looked = observations.shared(_looked)
        is_flat, judged, share = _read(looked, learned.flat)
        counts = _counts(looked, is_flat, judged, share)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=counts["ease"],
            fewest=self.fewest_interviews,
            few=_FEW.filled(fewest=self.fewest_interviews),
            sentence=_TOLD,
        )
        named = observations["surveys"].loc[looked.rows[is_flat], ["response_id", "interviewer_id"]]
        chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.05, 1.0)
        said = named.set_axis(["record_id", "unit_id"], axis=1).assign(
            probability=named["interviewer_id"].map(1.0 - chance).astype("float64")
        )
        return Weighed(units, records("surveys", said, _RECORD))


@dataclass(frozen=True)
class _Looked:
    """The interviews that leave room to vary: where they stand, whose they are, how high and how varied."""

    rows: NDArray[np.int64]
    interviewer: Coded
    frame: pd.DataFrame


def _looked(observations: Observations) -> _Looked:
    surveys, interviewer = observations["surveys"], observations.coded("surveys", "interviewer_id")
    height = observations.shared(level)
    items = np.stack([surveys[item].to_numpy() for item in observations.members("surveys", "q_")])
    variation = response_variability(items.T)
    rows = np.flatnonzero((interviewer.places >= 0) & (height < _FULL) & ~np.isnan(variation))
    survey = observations.coded("surveys", "survey")
    frame = pd.DataFrame(
        {
            "survey": survey.names.take(survey.places[rows]),
            "level": np.floor(height[rows] * _LEVELS).astype(np.int64),
            "variation": variation[rows].round(9),
        }
    )
    return _Looked(rows, Coded(interviewer.places[rows], interviewer.names), frame)


def _read(looked: _Looked, flat: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Return which interviews are flat, which can be judged, and the share that is flat among those like each."""
    known = flat.reindex(pd.MultiIndex.from_frame(looked.frame[["survey", "level"]]))
    below, share = known["below"].to_numpy(dtype=np.float64), known["share"].to_numpy(dtype=np.float64)
    judged = ~np.isnan(below)
    with np.errstate(invalid="ignore"):
        return judged & (looked.frame["variation"].to_numpy() <= below), judged, np.nan_to_num(share)


def _counts(looked: _Looked, is_flat: NDArray[np.bool_], judged: NDArray[np.bool_], share: Floats) -> pd.DataFrame:
    trials = looked.interviewer.count(judged)
    counts = pd.DataFrame(
        {
            "hits": looked.interviewer.count(is_flat),
            "trials": trials,
            "ease": looked.interviewer.sum(np.where(judged, share, 0.0)) / np.maximum(trials, 1),
        },
        index=looked.interviewer.names,
    )
    return counts[trials > 0]
