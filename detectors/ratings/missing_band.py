"""More full marks than the dealer's own other answers let expect: the missing band below the top.

The pattern. Satisfaction is a slope: a dealer with many tens also has many nines and eights, and few fives. Coaching
and gifts turn some customers' sevens into full marks and leave the others as they were. What remains is full marks
above middling answers, with the band of nines and eights thin.

Why it matters. The other answers show how good the dealer is without the help.

What honest thing can look the same. An excellent dealer has full marks and, beside them, other answers close to the
top; where hardly any fell short, nothing can be expected of the rest, and nothing is held against it. A generous
region, a lenient interviewer and another agency's mode lift all answers alike, full marks and the others. Customers
who give one number exist everywhere. How dealers differ beyond that is learnt from the network, apart for dealers of
whom much and little is known.

References
----------
Jacob & Levitt (2003), "Rotten apples", Quarterly Journal of Economics 118, on answers that contradict one another.
Simonsohn (2013), "Just post it", Psychological Science 24.

Examples
--------
Sixty dealers of differing quality; D00 is middling and has half of its customers coached.

>>> from datetime import date
>>> rng = np.random.default_rng(2)
>>> dealer = np.repeat(np.arange(60), 120)
>>> quality = np.where(np.arange(60) == 0, 0.0, rng.normal(0, 0.5, 60))
>>> felt = 8.3 + 1.5 * (quality[dealer] + rng.normal(size=len(dealer)))
>>> felt = np.where((dealer == 0) & (rng.random(len(dealer)) < 0.5), 10, np.clip(np.round(felt), 1, 10))
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(len(dealer))], "survey": "SSI",
...     "dealer_id": [f"D{place:02d}" for place in dealer], "overall": felt, "q_attitude": felt,
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), MissingBand()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 3 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records, records
from detectors.core.instruments.spread import Floats, Spread, bits, learn_spread
from detectors.core.interviews import level, perfect
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.ratings.tilting import (
    Tilting,
    expected_share,
    full_marks_log_likelihoods,
    learn_tilting,
    tally,
)


@dataclass(frozen=True)
class _Learnt:
    """The line of each questionnaire, and the honest spread of dealers by how many of their interviews fell short."""

    questionnaires: Mapping[str, Tilting]
    cuts: Floats
    spreads: tuple[Spread, ...]


@dataclass(frozen=True)
class MissingBand(Detector):
    """More full marks than the dealer's own other answers let expect.

    Parameters
    ----------
    fewest_others
        A dealer with fewer interviews short of full marks is not judged: nothing says what to expect of it.
    fewest_dealers
        A network with fewer dealers shows no line.
    potency
        Probability that a manipulated interview has full marks.
    records_from_bits
        Records are named for dealers with at least this much evidence.
    """

    fewest_others: int = 12
    fewest_dealers: int = 20
    potency: float = 0.9
    records_from_bits: float = 0.0

    schemes: ClassVar[tuple[Scheme, ...]] = (
        Scheme.COACHED,
        Scheme.INCENTIVISED,
        Scheme.TARGET_GAMING,
        Scheme.FAKE_CONTACTS,
    )
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_")}

    def _learn(self, network: Observations) -> _Learnt:
        surveys, full, levels = network["surveys"], perfect(network), level(network)
        questionnaires = {}
        for survey, rows in surveys["survey"].groupby(surveys["survey"], sort=True).groups.items():
            own = levels[surveys.index.get_indexer(rows)]
            short = ~full[rows].to_numpy() & ~np.isnan(own)
            learnt = learn_tilting(tally(surveys.loc[rows, "dealer_id"], full[rows], own), own[short])
            if learnt is not None:
                questionnaires[str(survey)] = learnt
        cells = self._cells(network, questionnaires)
        judged = cells.others >= self.fewest_others
        if judged.sum() < self.fewest_dealers:
            raise NotEnough("Too few dealers have interviews enough, or their other answers say nothing of full marks.")
        cuts = (
            np.quantile(cells.others[judged], [1 / 3, 2 / 3])
            if judged.sum() >= 3 * self.fewest_dealers
            else np.zeros(0)
        )
        group = np.searchsorted(cuts, cells.others)
        spreads = tuple(
            learn_spread(cells.honest[judged & (group == place)], cells.manipulated[judged & (group == place)])
            for place in range(len(cuts) + 1)
        )
        return _Learnt(questionnaires, cuts, spreads)

    def _cells(self, observations: Observations, questionnaires: Mapping[str, Tilting]) -> "_Cells":
        """Sum each dealer's log-likelihoods over questionnaires, each with expectations of its own."""
        surveys, full, levels = observations["surveys"], perfect(observations), level(observations)
        parts = []
        for survey, tilting in questionnaires.items():
            inside = (surveys["survey"] == survey).to_numpy(dtype=bool)
            if inside.any():
                tallies = tally(surveys["dealer_id"][inside], full[inside], levels[inside])
                expects = tilting.expects(tallies["others"].to_numpy(), tallies["total"].to_numpy())
                parts.append((tallies, expects, *full_marks_log_likelihoods(tallies, expects, self.potency)))
        return _Cells.joined(parts)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        cells = self._cells(observations, learned.questionnaires)
        group = np.searchsorted(learned.cuts, cells.others)
        found, mean, variance = (np.zeros(len(cells.units)) for _ in range(3))
        for place, spread in enumerate(learned.spreads):
            own = group == place
            if own.any():
                found[own] = bits(cells.honest[own], cells.manipulated[own], spread)
                mean[own], variance[own] = (part[own] for part in cells.expected(spread))
        few = cells.others < self.fewest_others
        reach = 1.645 * np.sqrt(variance)
        units = answer(
            cells.units,
            n=cells.rows,
            observed=cells.full,
            expected=mean,
            bits=found,
            abstained=few,
            reason=[
                f"{others:.0f} interviews fell short of full marks; fewer than {self.fewest_others} do not say what to "
                "expect."
                if silent
                else f"{full:.0f} of {rows:.0f} customers gave full marks on everything; the answers of the others let "
                f"expect {max(np.floor(low), 0):.0f} to {min(np.ceil(high), rows):.0f} at a dealer like this one."
                for others, silent, full, rows, low, high in zip(
                    cells.others, few, cells.full, cells.rows, mean - reach, mean + reach, strict=True
                )
            ],
        )
        return Weighed(units, self._records(observations, units))

    def _records(self, observations: Observations, units: pd.DataFrame) -> pd.DataFrame:
        """Name all full marks of dealers with evidence, each as likely manipulated as they exceed what is expected."""
        named = units[~units["abstained"] & (units["bits"] >= self.records_from_bits)]
        if named.empty:
            return no_records()
        usual, share = named["expected"] / named["n"], (named["observed"] / named["n"]).clip(lower=1e-9)
        probability = ((share - usual) / (1 - usual) / share).clip(0.05, 0.95)
        surveys = observations["surveys"]
        carried = surveys.loc[
            perfect(observations) & surveys["dealer_id"].isin(named.index), ["response_id", "dealer_id"]
        ]
        return records(
            "surveys",
            pd.DataFrame(
                {
                    "record_id": carried["response_id"],
                    "unit_id": carried["dealer_id"],
                    "probability": carried["dealer_id"].map(probability),
                    "reason": "Full marks on everything, at a dealer whose other answers let expect fewer of them.",
                }
            ),
        )


@dataclass(frozen=True)
class _Cells:
    """Each dealer's counts and log-likelihoods over all questionnaires; arrays over units."""

    units: "pd.Index[str]"
    rows: Floats
    full: Floats
    others: Floats
    honest: Floats
    manipulated: Floats
    parts: tuple[tuple["np.ndarray[tuple[int], np.dtype[np.intp]]", Floats, Floats], ...]

    @classmethod
    def joined(cls, parts: list[tuple[pd.DataFrame, Floats, Floats, Floats]]) -> "_Cells":
        """Join the questionnaires' tallies, expectations and log-likelihoods."""
        names: set[str] = set().union(*(tallies.index for tallies, *_ in parts))
        units = pd.Index(sorted(names), dtype="str")
        shape = (len(units), parts[0][2].shape[1]) if parts else (0, 1)
        counts = np.zeros((len(units), 3))
        honest, manipulated = np.zeros(shape), np.zeros(shape)
        kept = []
        for tallies, expects, of_honest, of_manipulated in parts:
            place = units.get_indexer(tallies.index)
            counts[place] += tallies[["rows", "full", "others"]].to_numpy()
            honest[place] += of_honest
            manipulated[place] += of_manipulated
            kept.append((place, expects, tallies["rows"].to_numpy()))
        return cls(units, counts[:, 0], counts[:, 1], counts[:, 2], honest, manipulated, tuple(kept))

    def expected(self, spread: Spread) -> tuple[Floats, Floats]:
        """Return the mean and the variance of the number of full marks at honest dealers."""
        mean, variance = np.zeros(len(self.units)), np.zeros(len(self.units))
        for place, expects, rows in self.parts:
            p, varies = expected_share(expects, spread)
            mean[place] += rows * p
            variance[place] += rows * p * (1 - p) + rows * np.maximum(rows - 1, 0) * varies
        return mean, variance
