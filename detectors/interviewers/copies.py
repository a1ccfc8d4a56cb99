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

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.repeats import Rarity, find_repeats, learn_rarity
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme

_PARTS = 4
_UNANSWERED = 1_000_003


@dataclass(frozen=True)
class _Learnt:
    rarities: tuple[Rarity, ...]
    usual: Usual


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

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "q_")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        interviews, keys = self._keys(network)
        if interviews["interviewer_id"].nunique() < 2:
            raise NotEnough("The answers given to one interviewer cannot be compared with another's.")
        rarities = tuple(learn_rarity(interviews["interviewer_id"], keys[part]) for part in keys.columns)
        counts = _counts(self._copies(interviews, keys, rarities))
        usual = learn_usual(counts["hits"], counts["trials"], counts["trials"] - 1, potency=self.potency)
        return _Learnt(rarities, usual)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        interviews = self._copies(*self._keys(observations), learned.rarities)
        counts = _counts(interviews)
        units = weigh_excess(
            counts,
            learned.usual,
            ease=counts["trials"] - 1,
            fewest=self.fewest_interviews,
            few=f"{{trials}} interviews with at least {self.fewest_answers} answers; with fewer than "
            f"{self.fewest_interviews} an interviewer is not judged.",
            sentence="{hits} of {trials} interviews repeat the answers of another interview by the same interviewer, "
            "all or all but a part, though hardly anybody gives those answers to others; interviewers like this one "
            "have {fewest} to {most}.",
        )
        return Weighed(units, self._records(interviews[interviews["echo"]], units))

    def _keys(self, observations: Observations) -> tuple[pd.DataFrame, "pd.DataFrame"]:
        """Return the interviews to compare, each with a number for all its answers and for all but each part."""
        surveys = observations["surveys"]
        items = ["overall", *observations.members("surveys", "q_")]
        answered = np.zeros(len(surveys), dtype=np.int64)
        hashed = np.zeros((_PARTS, len(surveys)), dtype=np.uint64)
        for place, item in enumerate(items):
            rating = surveys[item].to_numpy(dtype=np.float64)
            known = ~np.isnan(rating)
            answered += known
            code = np.where(known, np.round(np.where(known, rating, 0) * 100), _UNANSWERED).astype(np.int64)
            # Parts are dealt in turn, so that neighbours in the questionnaire are in different parts.
            hashed[place % _PARTS] += _scramble(code, place)
        codes, names = pd.factorize(surveys["survey"])
        questionnaire = pd.util.hash_array(np.asarray(names, dtype=object))[codes]
        whole = hashed.sum(axis=0, dtype=np.uint64) + questionnaire
        keys = {"all": whole} | {
            f"without {part}": whole - hashed[part] + np.uint64(part + 1) for part in range(_PARTS)
        }
        # `overall` is one of the answers, and not one of the items.
        kept = (answered - 1 >= self.fewest_answers) & surveys["interviewer_id"].notna().to_numpy()
        columns = ["response_id", "interviewer_id"]
        numbers = pd.DataFrame({name: key.view(np.int64) for name, key in keys.items()}, index=surveys.index)
        return surveys.loc[kept, columns], numbers.loc[kept]

    def _copies(self, interviews: pd.DataFrame, keys: pd.DataFrame, rarities: tuple[Rarity, ...]) -> pd.DataFrame:
        """Mark the interviews that copy another, and those that are not the first of their kind."""
        echo, again = np.zeros(len(interviews), dtype=bool), np.zeros(len(interviews), dtype=bool)
        repeats = np.ones(len(interviews))
        for part, rarity in zip(keys.columns, rarities, strict=True):
            found = find_repeats(interviews["interviewer_id"], keys[part], interviews["response_id"], rarity)
            echo |= found["echo"].to_numpy()
            again |= found["again"].to_numpy()
            repeats = np.maximum(repeats, np.where(found["echo"], found["repeats"], 1))
        return interviews.assign(echo=echo, again=again, repeats=repeats)

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
                    "reason": "The answers are those of another interview of this interviewer, all or all but a part.",
                }
            ),
        )


def _scramble(code: "NDArray[np.int64]", place: int) -> "NDArray[np.uint64]":
    """Return a 64-bit hash of an answer to the item at that place (the finaliser of splitmix64)."""
    mixed = code.astype(np.uint64) + np.uint64((place + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _counts(interviews: pd.DataFrame) -> pd.DataFrame:
    """Count each interviewer's interviews, and those that repeat an earlier one."""
    by_interviewer = interviews.groupby("interviewer_id", sort=True)["again"]
    return pd.DataFrame({"hits": by_interviewer.sum(), "trials": by_interviewer.size()})
