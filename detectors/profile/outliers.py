"""Outliers: a dealer whose figures, taken together, are like nobody else's.

The pattern. Each way of gaming leaves its traces in several figures at once, most of them too faint to say anything
alone: a few eights and nines too few, answers that follow the facts a little less, calls a little short. An isolation
forest (PyOD) sees dealers that are easily told apart from all others.

Why it matters. It sees combinations that nobody thought of. It cannot say what they mean: it **adds** to other
evidence and never decides.

What honest thing can look the same. The best dealer of the network is an outlier in every plain figure. So every
figure is what is left beside the dealer's own level of satisfaction and size (`features`): the excellent dealer lies
where excellent dealers lie. How strange is strange is a rank among this network's dealers, cheats and all: one dealer
in a hundred is the strangest of a hundred, and the bits are what such a rank is worth, which is never much.

References
----------
Liu, Ting & Zhou (2008), "Isolation forest", ICDM. Zhao, Nasrullah & Li (2019), "PyOD", JMLR 20. Bates, Candès, Lei,
Romano & Sesia (2023), "Testing for outliers with conformal p-values", Annals of Statistics 51.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(1)
>>> mood = rng.normal(8, 1, (6000, 1)) + np.repeat(rng.normal(0, 0.7, (60, 1)), 100, axis=0)
>>> answers = np.clip(np.round(mood + rng.normal(0, 1, (6000, 6))), 1, 10)
>>> answers[:100] = np.where(mood[:100] > 8, 10, answers[:100])
>>> surveys = pd.DataFrame(answers, columns=["overall", *(f"q_{letter}" for letter in "abcde")]).assign(
...     response_id=[f"R{place}" for place in range(6000)], survey="SSI",
...     dealer_id=np.repeat([f"D{place:02d}" for place in range(60)], 100),
...     called_at=pd.Timestamp("2026-10-01") + pd.to_timedelta(rng.integers(0, 31, 6000), unit="D"))
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Outliers()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> units["bits"].idxmax(), bool(units["bits"].max() < 4)
('D00', True)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.instruments.calibration import conformal_p, p_to_bits
from detectors.core.instruments.spread import Floats
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.profile.features import WORDS, Yardstick, figures_of, learn_yardstick, usual_durations


@dataclass(frozen=True)
class _Learnt:
    usual_log_s: "pd.Series[float]"
    yardstick: Yardstick
    forest: Any
    scores: Floats


_FEW = Said(
    "It has {n:.0f} interviews; with fewer than {fewest} a dealer is not judged.",
    "有 {n:.0f} 份访问；不足 {fewest} 份的经销商不作判断。",
)
_TOLD = Said(
    "Of {dealers} dealers {odd:.0f} have figures at least as odd for their level; oddest are {one.en} and {two.en}.",
    "{dealers} 家经销商中，有 {odd:.0f} 家的各项指标就其水平而言至少同样少见；最少见的是{one.zh}和{two.zh}。",
)


@dataclass(frozen=True)
class Outliers(Detector):
    """A dealer whose figures, taken together, are like nobody else's.

    Parameters
    ----------
    fewest_interviews
        A dealer with fewer interviews is not judged.
    fewest_dealers
        Among fewer dealers nobody can be called strange.
    trees
        Size of the forest.
    seed
        Seed of the forest, so that the same question has the same answer.
    """

    fewest_interviews: int = 20
    fewest_dealers: int = 40
    trees: int = 200
    seed: int = 20260101

    title: ClassVar[Said] = Said("Figures unlike those of dealers of its level", "各项指标与同水平经销商不同")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "The best dealer is an outlier in every plain figure: every figure is what is left beside the dealer's "
            "own level and size, so that an excellent dealer lies where excellent dealers lie.",
            "最好的经销商在每项原始指标上都与众不同：每项指标都先扣除该经销商自身的水平和规模，"
            "因此出色的经销商与出色者同列。",
        ),
        Said(
            "Somebody is always the strangest: it is a rank among this network's dealers, worth little, which adds to "
            "other evidence and never decides.",
            "总有一家最与众不同：这只是全网经销商中的名次，分量很轻，只补充其他证据，从不单独定论。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (
        Scheme.COACHED,
        Scheme.INCENTIVISED,
        Scheme.FAKE_CONTACTS,
        Scheme.TARGET_GAMING,
    )
    independent: ClassVar[bool] = False
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_", "called_at")}

    def _learn(self, network: Observations) -> _Learnt:
        # PyOD takes seconds to import, and only this detector needs it.
        from pyod.models.iforest import IForest  # noqa: PLC0415

        usual_log_s = usual_durations(network)
        figures = self._judged(figures_of(network, usual_log_s))
        if len(figures) < self.fewest_dealers:
            raise NotEnough(
                f"Among fewer than {self.fewest_dealers} dealers nobody can be called strange.",
                f"不足 {self.fewest_dealers} 家经销商时，无法说谁与众不同。",
            )
        yardstick = learn_yardstick(figures)
        if len(yardstick.width) < 2:
            raise NotEnough("All dealers' figures are the same.", "所有经销商的指标都相同。")
        profile = yardstick.residuals(figures).to_numpy()
        forest = IForest(n_estimators=self.trees, random_state=self.seed, n_jobs=1).fit(profile)
        return _Learnt(usual_log_s, yardstick, forest, np.asarray(forest.decision_scores_, dtype=np.float64))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        everyone = figures_of(observations, learned.usual_log_s)
        figures = self._judged(everyone)
        few = everyone.index.difference(figures.index)
        profile = learned.yardstick.residuals(figures)
        bits = np.zeros(0)
        p = np.ones(0)
        if len(profile):
            p = conformal_p(learned.forest.decision_function(profile.to_numpy()), learned.scores)
            bits = p_to_bits(p)
        strangest = profile.abs().to_numpy().argsort(axis=1)[:, ::-1][:, :2]
        names = profile.columns.tolist()
        reason = [
            _TOLD.filled(
                dealers=len(learned.scores),
                odd=share * (len(learned.scores) + 1) - 1,
                one=WORDS[names[places[0]]],
                two=WORDS[names[places[1]]],
            )
            for share, places in zip(p, strangest, strict=True)
        ]
        units = answer(
            [*figures.index, *few],
            n=[*figures["n"], *everyone.loc[few, "n"]],
            observed=[*p, *[np.nan] * len(few)],
            expected=[*[0.5] * len(p), *[np.nan] * len(few)],
            bits=[*bits, *[0.0] * len(few)],
            abstained=[*[False] * len(p), *[True] * len(few)],
            reason=[
                *reason,
                *(_FEW.filled(n=n, fewest=self.fewest_interviews) for n in everyone.loc[few, "n"]),
            ],
        )
        return Weighed(units, no_records())

    def _judged(self, figures: pd.DataFrame) -> pd.DataFrame:
        return figures[(figures["n"] >= self.fewest_interviews) & figures["level"].notna()]
