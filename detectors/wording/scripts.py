"""Scripts: customers of one dealer who say the same sentences, which nobody says elsewhere.

The pattern. A dealer that tells its customers what to answer often tells them in words, and some repeat those words
into the open answer: trimmed, in another order, a synonym here and there. So at that dealer several customers say
nearly the same long sentences, and at no other dealer does anybody.

Why it matters. A script in the open answer means that the ratings beside it were recited too.

What honest thing can look the same. "挺好" and "没什么意见" are said a thousand times over: short answers never
count, and of longer ones only those that chance hardly brings twice to a dealer of this size, given how common they
are at all other dealers. An interviewer who writes everything down in the same words does so at every dealer; and
what only one interviewer wrote of a dealer that several called is that interviewer's style, and does not count
either. Now and then two honest customers do say the same: how often, for a dealer with so many answers, is learnt
from the network.

References
----------
Broder (1997), "On the resemblance and containment of documents". Kuriakose & Robbins (2016), "Don't get duped", and
the Pew Research Center's reply: likeness means something only against what this questionnaire makes likely.

Examples
--------
>>> from datetime import date
>>> letters = np.random.default_rng(5).integers(0x4E00, 0x5200, (1000, 20), dtype=np.uint32)
>>> said = np.array([row.tobytes().decode("utf-32-le") for row in letters], dtype=object)
>>> said[:12] = "顾问很专业，交车很仔细，环境也好，特别满意"
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(1000)], "survey": "SSI", "overall": 10.0,
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(25)], 40), "verbatim": pd.Series(said, dtype="str"),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Scripts()
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
from detectors.core.instruments.concentration import Commonness, learn_commonness, rare_echoes
from detectors.core.instruments.likeness import Clusters, cluster, fingerprint
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme


@dataclass(frozen=True)
class _Learnt:
    clusters: Clusters
    commonness: Commonness
    usual: Usual


@dataclass(frozen=True)
class Scripts(Detector):
    """Customers of one dealer who say the same sentences, which nobody says elsewhere.

    Parameters
    ----------
    fewest_answers
        A dealer with fewer open answers is not judged.
    shortest_script
        Letters; shorter answers are never a script.
    potency
        Probability that a coached customer's open answer follows a script.
    """

    fewest_answers: int = 12
    shortest_script: int = 10
    potency: float = 0.9

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.COACHED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("dealer_id", "verbatim")}

    def _learn(self, network: Observations) -> _Learnt:
        surveys = network["surveys"]
        clusters = cluster(surveys["verbatim"])
        answers = self._answers(surveys, clusters)
        if answers["dealer_id"].nunique() < 2:
            raise NotEnough("The open answers of one dealer cannot be compared with another's.")
        long = answers[answers["long"]]
        commonness = learn_commonness(long["dealer_id"], long["key"])
        counts = _counts(self._echoes(answers, commonness))
        ease = (counts["trials"] - 1).clip(lower=0)
        return _Learnt(clusters, commonness, learn_usual(counts["hits"], counts["trials"], ease, potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        answers = self._echoes(self._answers(observations["surveys"], learned.clusters), learned.commonness)
        counts = _counts(answers)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=(counts["trials"] - 1).clip(lower=0),
            fewest=self.fewest_answers,
            few=f"It has {{trials}} open answers; with fewer than {self.fewest_answers} a dealer is not judged.",
            sentence="{hits} of {trials} customers with an open answer said nearly what another customer had said, in "
            "sentences hardly heard at other dealers; dealers like this one have {fewest} to {most}.",
        )
        return Weighed(units, self._records(answers[answers["echo"]], units))

    def _answers(self, surveys: pd.DataFrame, clusters: Clusters) -> pd.DataFrame:
        """Return the open answers that say anything, each with its cluster."""
        prints = fingerprint(surveys["verbatim"])
        said = surveys.loc[prints.index, ["response_id", "dealer_id"]]
        who = surveys["interviewer_id"].loc[prints.index] if "interviewer_id" in surveys.columns else None
        return said.assign(
            interviewer_id=who if who is not None else pd.Series(np.nan, index=said.index, dtype="str"),
            key=clusters.keys(prints["fingerprint"]),
            long=prints["letters"] >= self.shortest_script,
        )

    def _echoes(self, answers: pd.DataFrame, commonness: Commonness) -> pd.DataFrame:
        """Mark the answers that echo another, and those that repeat an earlier one."""
        long = answers[answers["long"]]
        found = rare_echoes(long["dealer_id"], long["key"], commonness)
        echoes = found.loc[found["echo"], ["repeats"]].join(long)
        echoes = echoes[~_one_writer(echoes, answers)]
        again = echoes.sort_values("response_id").duplicated(["dealer_id", "key"])
        return answers.assign(
            echo=answers.index.isin(echoes.index),
            again=answers.index.isin(again.index[again]),
            repeats=echoes["repeats"].reindex(answers.index),
        )

    def _records(self, echoes: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
        by_chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.02, 1.0)
        once = echoes["dealer_id"].map(by_chance).to_numpy(dtype=np.float64)
        others = echoes["repeats"].to_numpy(dtype=np.float64) - 1.0
        return records(
            "surveys",
            pd.DataFrame(
                {
                    "record_id": echoes["response_id"],
                    "unit_id": echoes["dealer_id"],
                    # Each further customer who said the same makes chance a worse explanation.
                    "probability": np.clip(1.0 - once**others, 0.0, 0.98),
                    "reason": [
                        f"{more:.0f} other customers of the dealer said nearly the same."
                        if more > 1
                        else "Another customer of the dealer said nearly the same."
                        for more in others
                    ],
                }
            ),
        )


def _one_writer(echoes: pd.DataFrame, answers: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which echoes were all written down by one interviewer, at dealers that more than one called."""
    callers = answers.groupby("dealer_id", sort=False)["interviewer_id"].nunique()
    several = echoes["dealer_id"].map(callers) > 1
    writers = echoes.groupby(["dealer_id", "key"], sort=False)["interviewer_id"].transform("nunique")
    return several & (writers == 1) & echoes["interviewer_id"].notna()


def _counts(answers: pd.DataFrame) -> pd.DataFrame:
    """Count each dealer's open answers, and those that repeat an earlier one."""
    by_dealer = answers.groupby("dealer_id", sort=True)["again"]
    return pd.DataFrame({"hits": by_dealer.sum(), "trials": by_dealer.size()})
