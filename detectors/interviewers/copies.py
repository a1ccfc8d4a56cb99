"""Copies: interviews of one interviewer whose answers are another's, item by item.

The pattern. An interviewer who invents interviews seldom invents every answer anew: the last interview is filled in
again, with one or two answers changed. So two customers, of different dealers, gave the same ten or twelve answers.

Why it matters. Invented interviews raise or lower dealers that never knew of it. They are to be found, and taken out,
before any dealer is weighed.

What honest thing can look the same. Satisfied customers answer alike: full marks on everything are the commonest
answers there are, and a lenient interviewer, or a short questionnaire, makes more answers equal. A match is therefore
never judged by a fixed share of equal answers, but by how often just these answers (or all but one part of them) are
given to *other* interviewers in the same questionnaire: what an interviewer with so many interviews meets twice by
chance does not count. How often honest interviewers have a rare match all the same is learnt from the network, and
how much they differ in it.

Copied answers cannot come about by a manner of asking, so they may open a case by themselves.

References
----------
Kuriakose & Robbins (2016), "Don't get duped: fraud through duplication in public opinion surveys"; Simmons et al.
(2016), Pew Research Center, on why a fixed share of 85 % condemns honest surveys. De Haas & Winker (2016),
Statistical Journal of the IAOS 32.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> answers = np.random.default_rng(2).integers(5, 11, size=(1000, 9)).astype(np.float32)
>>> answers[1:30] = answers[0]
>>> surveys = pd.DataFrame(answers, columns=["overall", *(f"q_{letter}" for letter in "abcdefgh")]).assign(
...     response_id=[f"R{place}" for place in range(1000)], survey="SSI",
...     dealer_id=[f"D{place % 7}" for place in range(1000)],
...     interviewer_id=[f"I{place // 100}" for place in range(1000)])
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Copies()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("I0").max() < 1 < 10 < units.loc["I0", "bits"])
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
from detectors.core.instruments.repeats import Rarity, Repeats, find_repeats, learn_rarity
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

_PARTS = 4
_UNANSWERED = 1_000_003


@dataclass(frozen=True)
class _Learnt:
    rarities: tuple[Rarity, ...]
    usual: Usual


_FEW = Said(
    "{{trials}} interviews with at least {answers} answers; with fewer than {fewest} an interviewer is not judged.",
    "至少有 {answers} 个回答的访问有 {{trials}} 份；不足 {fewest} 份的访员不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} interviews repeat the answers of another interview by the same interviewer, all or all but a "
    "part, though hardly anybody gives those answers to others; interviewers like this one have {fewest} to {most}.",
    "{trials} 份访问中有 {hits} 份的回答与同一访员的另一份访问全部相同或仅一部分不同，"
    "而这样的回答几乎没有人给过其他访员；同类访员为 {fewest} 至 {most} 份。",
)
_RECORD = Said(
    "The answers are those of another interview of this interviewer, all or all but a part.",
    "回答与该访员的另一份访问全部相同或仅一部分不同。",
)


@dataclass(frozen=True)
class Copies(Detector):
    """Interviews of one interviewer whose answers are another's, item by item.

    Parameters
    ----------
    fewest_interviews
        An interviewer with fewer interviews is not judged.
    fewest_answers
        Interviews with fewer answered items are left out: in a short questionnaire equal answers mean nothing.
    potency
        Probability that an invented interview is a copy.
    """

    fewest_interviews: int = 20
    fewest_answers: int = 5
    potency: float = 0.9

    title: ClassVar[Said] = Said("Interviews whose answers are another's", "回答与另一份访问相同")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Satisfied customers answer alike, and full marks on everything are common: a match counts only if hardly "
            "anybody gives those answers to other interviewers.",
            "满意的客户回答往往相似，全部满分也很常见：只有当这样的回答几乎没有人给过其他访员时，相同才计入。",
        ),
        Said(
            "A lenient interviewer or a short questionnaire makes more answers equal: what so many interviews bring "
            "twice by chance does not count.",
            "宽松的访员或较短的问卷会使更多回答相同：这么多访问中因巧合而重复的不计入。",
        ),
        Said(
            "Honest interviewers have a rare match now and then: how often, and how much they differ in it, is learnt "
            "from the network.",
            "正常访员偶尔也会有罕见的相同：多常见、彼此差异多大，都从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "q_")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        rows, interviewer = self._compared(network)
        if np.count_nonzero(interviewer.count()) < 2:
            raise NotEnough(
                "The answers given to one interviewer cannot be compared with another's.",
                "只有一位访员的回答，无法与其他访员相比较。",
            )
        keys = network.shared(_answers).keys
        rarities = tuple(learn_rarity(interviewer, part[rows]) for part in keys)
        counts = _counts(interviewer, self._copies(network, rows, interviewer, rarities).again)
        usual = learn_usual(counts["hits"], counts["trials"], counts["trials"] - 1, potency=self.potency)
        return _Learnt(rarities, usual)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        rows, interviewer = self._compared(observations)
        copies = self._copies(observations, rows, interviewer, learned.rarities)
        counts = _counts(interviewer, copies.again)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=counts["trials"] - 1,
            fewest=self.fewest_interviews,
            few=_FEW.filled(answers=self.fewest_answers, fewest=self.fewest_interviews),
            sentence=_TOLD,
        )
        echo = np.flatnonzero(copies.echo)
        echoes = observations["surveys"].loc[rows[echo], ["response_id", "interviewer_id"]]
        return Weighed(units, self._records(echoes.assign(repeats=copies.count[echo]), units))

    def _compared(self, observations: Observations) -> tuple[NDArray[np.int64], Coded]:
        """Return the rows of the interviews that are compared, and their interviewers."""
        interviewer = observations.coded("surveys", "interviewer_id")
        # `overall` is one of the answers, and not one of the items.
        enough = observations.shared(_answers).answered - 1 >= self.fewest_answers
        rows = np.flatnonzero(enough & (interviewer.places >= 0))
        return rows, Coded(interviewer.places[rows], interviewer.names)

    def _copies(
        self, observations: Observations, rows: NDArray[np.int64], interviewer: Coded, rarities: tuple[Rarity, ...]
    ) -> Repeats:
        """Mark the interviews that copy another, and those that are not the first of their kind."""
        ids = observations["surveys"]["response_id"].array.take(rows)
        echo, again = np.zeros((2, len(rows)), dtype=bool)
        count = np.ones(len(rows), dtype=np.int64)
        for key, rarity in zip(observations.shared(_answers).keys, rarities, strict=True):
            found = find_repeats(interviewer, key[rows], ids, rarity)
            echo |= found.echo
            again |= found.again
            count = np.maximum(count, np.where(found.echo, found.count, 1))
        return Repeats(echo, again, count)

    def _records(self, echoes: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
        by_chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.02, 1.0)
        once = echoes["interviewer_id"].map(by_chance).to_numpy(dtype=np.float64)
        others = echoes["repeats"].to_numpy() - 1.0
        return records(
            "surveys",
            pd.DataFrame(
                {
                    "record_id": echoes["response_id"],
                    "unit_id": echoes["interviewer_id"],
                    "probability": np.clip(1.0 - once**others, 0.0, 0.98),
                }
            ),
            _RECORD,
        )


@dataclass(frozen=True)
class _Answers:
    """How many answers each interview has, and numbers for all of them and for all but each part."""

    answered: NDArray[np.int64]
    keys: tuple[NDArray[np.int64], ...]


def _answers(observations: Observations) -> _Answers:
    surveys = observations["surveys"]
    answered = np.zeros(len(surveys), dtype=np.int64)
    hashed = np.zeros((_PARTS, len(surveys)), dtype=np.uint64)
    for place, item in enumerate(["overall", *observations.members("surveys", "q_")]):
        rating = surveys[item].to_numpy(dtype=np.float64)
        known = ~np.isnan(rating)
        answered += known
        code = np.where(known, np.round(np.where(known, rating, 0) * 100), _UNANSWERED).astype(np.int64)
        # Parts are dealt in turn, so that neighbours in the questionnaire are in different parts.
        hashed[place % _PARTS] += _scramble(code, place)
    survey = observations.coded("surveys", "survey")
    questionnaire = pd.util.hash_array(np.asarray(survey.names, dtype=object))[survey.places]
    whole = hashed.sum(axis=0, dtype=np.uint64) + questionnaire
    keys = [whole, *(whole - hashed[part] + np.uint64(part + 1) for part in range(_PARTS))]
    return _Answers(answered, tuple(key.view(np.int64) for key in keys))


def _scramble(code: "NDArray[np.int64]", place: int) -> "NDArray[np.uint64]":
    """Return a 64-bit hash of an answer to the item at that place (the finaliser of splitmix64)."""
    mixed = code.astype(np.uint64) + np.uint64((place + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _counts(interviewer: Coded, again: NDArray[np.bool_]) -> pd.DataFrame:
    """Count each interviewer's interviews, and those that repeat an earlier one."""
    counts = pd.DataFrame({"hits": interviewer.count(again), "trials": interviewer.count()}, index=interviewer.names)
    return counts[counts["trials"] > 0]
