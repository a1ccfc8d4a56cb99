"""Wording: customers of different dealers who say the same, always to one interviewer.

The pattern. Who invents interviews has to invent what customers said, and soon repeats the same sentences, for
customers of dealers that have nothing to do with one another.

Why it matters. Such answers tell the maker nothing, and praise or blame dealers at random.

What honest thing can look the same. Interviewers write down in their own manner ("客户表示 …"), and customers say
"挺好": short answers never count, of longer ones only those that hardly anybody says to other interviewers, and
likeness is that of the whole answer, not of how it begins. Many have a few sentences of their own for whoever has
nothing to say ("客户对服务表示认可，无其他意见"): the five that an interviewer repeats most never count. A dealer's own
script is said by that dealer's customers: answers count only if customers of at least two dealers gave them. How often
honest interviewers hear the same twice is learnt from the network.

References
----------
Menold, Winker, Storfinger & Kemper (2013), "A method for ex-post identification of falsifications in survey data".
Broder (1997), "On the resemblance and containment of documents".

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> letters = np.random.default_rng(5).integers(0x4E00, 0x5200, (1000, 20), dtype=np.uint32)
>>> said = np.array([row.tobytes().decode("utf-32-le") for row in letters], dtype=object)
>>> said[:40] = np.repeat(said[:10], 4)
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(1000)], "survey": "SSI", "overall": 10.0,
...     "dealer_id": [f"D{place % 9}" for place in range(1000)], "verbatim": pd.Series(said, dtype="str"),
...     "interviewer_id": np.repeat([f"I{place:02d}" for place in range(20)], 50),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), RepeatedWording()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("I00").max() < 1 < 8 < units.loc["I00", "bits"])
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
from detectors.core.instruments.repeats import Rarity, find_repeats, learn_rarity
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.core.verbatims import verbatim_clusters, verbatims


@dataclass(frozen=True)
class _Learnt:
    clusters: Clusters
    rarity: Rarity
    usual: Usual


@dataclass(frozen=True)
class _Answers:
    """The longer open answers: their rows, interviewers and clusters."""

    rows: NDArray[np.int64]
    interviewer: Coded
    key: NDArray[np.int64]


_FEW = Said(
    "{{trials}} open answers of some length; with fewer than {fewest} an interviewer is not judged.",
    "有一定长度的开放题回答有 {{trials}} 条；不足 {fewest} 条的访员不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} longer open answers say what a customer of another dealer had said to the same interviewer, in "
    "words that others hardly hear; interviewers like this one have {fewest} to {most}.",
    "{trials} 条较长的开放题回答中，有 {hits} 条与另一家经销商的客户对同一访员所说的相同，"
    "而其他访员几乎听不到这样的话；同类访员为 {fewest} 至 {most} 条。",
)
_RECORD = Said(
    "A customer of another dealer said the same to this interviewer.", "另一家经销商的客户对该访员说过同样的话。"
)


@dataclass(frozen=True)
class RepeatedWording(Detector):
    """Customers of different dealers who say the same, always to one interviewer.

    Parameters
    ----------
    fewest_answers
        An interviewer with fewer open answers of some length is not judged.
    shortest_answer
        Letters; shorter answers never count.
    set_phrases
        Sentences, those an interviewer repeats most, that are taken for a habit of noting and never count.
    potency
        Probability that an invented answer repeats another.
    """

    fewest_answers: int = 15
    shortest_answer: int = 10
    set_phrases: int = 5
    potency: float = 0.9

    title: ClassVar[Said] = Said("The same words from customers of different dealers", "不同经销商的客户说法相同")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Customers say short things alike: short answers never count, and of longer ones only those that hardly "
            "anybody says to other interviewers.",
            "简短的话人人相似：短回答从不计入，较长的也只计入几乎没有人对其他访员说过的。",
        ),
        Said(
            "Interviewers write down in their own manner: likeness is that of the whole answer, not of how it begins.",
            "访员各有记录习惯：比的是整条回答，而不是开头的套话。",
        ),
        Said(
            "Many have a few sentences of their own for customers with nothing to say: the five that an interviewer "
            "repeats most never count.",
            "不少访员对没什么可说的客户有几句惯用语：每位访员重复最多的五句从不计入。",
        ),
        Said(
            "A dealer's script is said by that dealer's customers: answers count only if customers of at least two "
            "dealers gave them.",
            "某家经销商的话术只会出自该店客户之口：至少两家经销商的客户都说过的才计入。",
        ),
        Said(
            "Honest interviewers hear the same twice now and then: how often is learnt from the network.",
            "正常访员偶尔也会两次听到同样的话：多常见从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "verbatim")}

    def _learn(self, network: Observations) -> _Learnt:
        clusters = network.shared(verbatim_clusters)
        answers = self._answers(network, clusters)
        if np.count_nonzero(answers.interviewer.count()) < 2:
            raise NotEnough(
                "What one interviewer wrote down cannot be compared with another's.",
                "只有一位访员的记录，无法与其他访员相比较。",
            )
        rarity = learn_rarity(answers.interviewer, answers.key)
        counts = _counts(answers, _repeated(network, answers, rarity, self.set_phrases))
        usual = learn_usual(counts["hits"], counts["trials"], counts["trials"] - 1, potency=self.potency)
        return _Learnt(clusters, rarity, usual)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        answers = self._answers(observations, learned.clusters)
        rows = _repeated(observations, answers, learned.rarity, self.set_phrases)
        counts = _counts(answers, rows)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=counts["trials"] - 1,
            fewest=self.fewest_answers,
            few=_FEW.filled(fewest=self.fewest_answers),
            sentence=_TOLD,
        )
        by_chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.02, 1.0)
        # Whoever invents has invented what is repeated most, too: set phrases are no evidence, but go with it.
        once = rows["interviewer_id"].map(by_chance).to_numpy(dtype=np.float64)
        said = pd.DataFrame(
            {
                "record_id": rows["response_id"],
                "unit_id": rows["interviewer_id"],
                "probability": np.clip(1.0 - once ** (rows["repeats"].to_numpy() - 1.0), 0.0, 0.98),
            }
        )
        return Weighed(units, records("surveys", said, _RECORD))

    def _answers(self, observations: Observations, clusters: Clusters) -> _Answers:
        texts, interviewer = observations.shared(verbatims), observations.coded("surveys", "interviewer_id")
        rows = np.flatnonzero((texts.letters >= self.shortest_answer) & (interviewer.places >= 0))
        return _Answers(rows, Coded(interviewer.places[rows], interviewer.names), clusters.keys(texts)[rows])


def _repeated(observations: Observations, answers: _Answers, rarity: Rarity, set_phrases: int) -> pd.DataFrame:
    """Return the answers that another dealer's customer gave to the same interviewer, set phrases not to be counted."""
    surveys = observations["surveys"]
    ids = surveys["response_id"].array
    found = find_repeats(answers.interviewer, answers.key, ids.take(answers.rows), rarity)
    echo = np.flatnonzero(found.echo)
    rows, interviewer = answers.rows[echo], answers.interviewer.places[echo]
    echoes = pd.DataFrame(
        {
            "response_id": ids.take(rows),
            "interviewer_id": answers.interviewer.names.take(interviewer),
            "interviewer": interviewer,
            "dealer_id": surveys["dealer_id"].array.take(rows),
            "key": answers.key[echo],
            "repeats": found.count[echo],
            "again": found.again[echo],
        }
    )
    said = echoes.groupby(["interviewer", "key"], sort=True)["dealer_id"]
    echoes = echoes.assign(sentence=said.ngroup(), dealers=said.transform("nunique"), times=said.transform("size"))
    by_times = echoes.drop_duplicates("sentence").sort_values(["times", "sentence"], ascending=False)
    own = by_times.groupby("interviewer").head(set_phrases)["sentence"]
    return echoes[echoes["dealers"] > 1].assign(counts=~echoes["sentence"].isin(own))


def _counts(answers: _Answers, echoes: pd.DataFrame) -> pd.DataFrame:
    """Count each interviewer's longer open answers, and those that repeat an earlier one."""
    interviewer = answers.interviewer
    counted = echoes.loc[echoes["again"] & echoes["counts"], "interviewer"]
    hits = np.bincount(counted, minlength=len(interviewer.names))
    counts = pd.DataFrame({"hits": hits, "trials": interviewer.count()}, index=interviewer.names)
    return counts[counts["trials"] > 0]
