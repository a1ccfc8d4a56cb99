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
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.likeness import Clusters
from detectors.core.instruments.phrases import Commonness, Phrased, find_recited, learn_commonness, phrases_of
from detectors.core.instruments.repeats import Rarity, find_repeats, learn_rarity, not_first
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.core.verbatims import verbatim_clusters, verbatims


@dataclass(frozen=True)
class _Learnt:
    clusters: Clusters
    rarity: Rarity
    common: Commonness
    usual: Usual


@dataclass(frozen=True)
class _Answers:
    """The open answers long enough to be a script: their rows, dealers and clusters."""

    rows: NDArray[np.int64]
    dealer: Coded
    key: NDArray[np.int64]


_FEW = Said(
    "It has {{trials}} open answers; with fewer than {fewest} a dealer is not judged.",
    "有 {{trials}} 条开放题回答；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} customers with an open answer said nearly what another customer had said, in sentences hardly "
    "heard at other dealers; dealers like this one have {fewest} to {most}.",
    "{trials} 位有开放题回答的客户中，有 {hits} 位说的与另一位客户几乎一样，而这样的句子在其他经销商处几乎听不到；"
    "同类经销商为 {fewest} 至 {most} 位。",
)
_SEVERAL = Said(
    "{more:.0f} other customers of the dealer said nearly the same.", "该经销商另有 {more:.0f} 位客户说得几乎一样。"
)
_ANOTHER = Said("Another customer of the dealer said nearly the same.", "该经销商另有一位客户说得几乎一样。")


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

    title: ClassVar[Said] = Said("Open answers that follow a script", "开放题回答像同一套话术")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Short praise is said a thousand times over: short answers never count, and of longer ones only those "
            "that chance hardly brings twice to a dealer of this size.",
            "简短的好话人人都说：短回答从不计入，较长的也只计入在同等规模的经销商处几乎不会因巧合而重复的。",
        ),
        Said(
            "An interviewer may write everything down in the same words: what only one interviewer wrote of a dealer "
            "that several called does not count.",
            "访员可能习惯用同样的话记录：多位访员回访的经销商中，只出自一位访员之手的不计入。",
        ),
        Said(
            "Two honest customers say the same now and then: how often, for a dealer with so many answers, is learnt "
            "from the network.",
            "两位正常客户偶尔也会说得一样：对回答数量相当的经销商来说多常见，从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.COACHED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("dealer_id", "verbatim")}

    def _learn(self, network: Observations) -> _Learnt:
        clusters = network.shared(verbatim_clusters)
        if np.count_nonzero(_said(network).count()) < 2:
            raise NotEnough(
                "The open answers of one dealer cannot be compared with another's.",
                "只有一家经销商的开放题回答，无法与其他经销商相比较。",
            )
        answers = self._answers(network, clusters)
        rarity = learn_rarity(answers.dealer, answers.key)
        common = learn_commonness(network.shared(self._phrased))
        counts = _counts(network, self._echoes(network, answers, rarity, common))
        ease = (counts["trials"] - 1).clip(lower=0)
        return _Learnt(
            clusters, rarity, common, learn_usual(counts["hits"], counts["trials"], ease, potency=self.potency)
        )

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        echoes = self._echoes(
            observations, self._answers(observations, learned.clusters), learned.rarity, learned.common
        )
        counts = _counts(observations, echoes)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=(counts["trials"] - 1).clip(lower=0),
            fewest=self.fewest_answers,
            few=_FEW.filled(fewest=self.fewest_answers),
            sentence=_TOLD,
        )
        return Weighed(units, self._records(echoes, units))

    def _answers(self, observations: Observations, clusters: Clusters) -> _Answers:
        rows, dealer = self._long_answers(observations)
        return _Answers(rows, dealer, clusters.keys(observations.shared(verbatims))[rows])

    def _long_answers(self, observations: Observations) -> tuple[NDArray[np.int64], Coded]:
        texts, dealer = observations.shared(verbatims), observations.coded("surveys", "dealer_id")
        rows = np.flatnonzero((texts.letters >= self.shortest_script) & (dealer.places >= 0))
        return rows, Coded(dealer.places[rows], dealer.names)

    def _phrased(self, observations: Observations) -> Phrased:
        return phrases_of(observations.shared(verbatims), *self._long_answers(observations))

    def _echoes(
        self, observations: Observations, answers: _Answers, rarity: Rarity, common: Commonness
    ) -> pd.DataFrame:
        """Return the answers that echo another, and whether they repeat an earlier one."""
        surveys = observations["surveys"]
        ids = surveys["response_id"].array
        found = find_repeats(answers.dealer, answers.key, ids.take(answers.rows), rarity, steady=True)
        writer = _writers(observations)[answers.rows] if "interviewer_id" in surveys.columns else None
        holds, later = find_recited(observations.shared(self._phrased), common, ids.take(answers.rows), writer)
        echo = np.flatnonzero(found.echo | holds)
        rows = answers.rows[echo]
        dealer = answers.dealer.places[echo]
        echoes = pd.DataFrame(
            {
                "response_id": ids.take(rows),
                "dealer_id": answers.dealer.names.take(dealer),
                "dealer": dealer,
                "key": answers.key[echo],
                "repeats": found.count[echo],
                "phrase": holds[echo],
                "later": later[echo],
            }
        )
        if "interviewer_id" in surveys.columns:
            echoes = echoes[
                echoes["phrase"] | ~_one_writer(observations, echoes.assign(writer=_writers(observations)[rows]))
            ]
        script = echoes.groupby(["dealer", "key"], sort=False).ngroup().to_numpy()
        return echoes.assign(again=echoes["later"] | not_first(script, echoes["response_id"].array))

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
                }
            ),
            [_SEVERAL.filled(more=more) if more > 1 else _ANOTHER for more in others],
        )


def _said(observations: Observations) -> Coded:
    """Return the dealers of the open answers that say anything, others left out."""
    dealer = observations.coded("surveys", "dealer_id")
    return Coded(np.where(observations.shared(verbatims).letters > 0, dealer.places, -1), dealer.names)


def _writers(observations: Observations) -> NDArray[np.int64]:
    return observations.coded("surveys", "interviewer_id").places


def _one_writer(observations: Observations, echoes: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which echoes were all written down by one interviewer, at dealers that more than one called."""
    dealer, writer = _said(observations), _writers(observations)
    known = (dealer.places >= 0) & (writer >= 0)
    most = int(writer.max(initial=0)) + 1
    pairs = np.flatnonzero(np.bincount(dealer.places[known] * most + writer[known]))
    callers = np.bincount(pairs // most, minlength=len(dealer.names))
    several = callers[echoes["dealer"]] > 1
    known_writer = echoes["writer"].where(echoes["writer"] >= 0)
    writers = known_writer.groupby([echoes["dealer"], echoes["key"]], sort=False).transform("nunique")
    return np.asarray(several & (writers == 1) & known_writer.notna(), dtype=bool)


def _counts(observations: Observations, echoes: pd.DataFrame) -> pd.DataFrame:
    """Count each dealer's open answers, and those that repeat an earlier one."""
    said = _said(observations)
    hits = np.bincount(echoes.loc[echoes["again"], "dealer"], minlength=len(said.names))
    counts = pd.DataFrame({"hits": hits, "trials": said.count()}, index=said.names)
    return counts[counts["trials"] > 0]
