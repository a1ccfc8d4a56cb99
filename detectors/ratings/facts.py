"""Full marks against the process facts of the same interview.

The pattern. An interview asks what happened ("was the walk-round done?", "was it fixed the first time?") beside how
satisfied the customer is. A customer who was told to give all tens still reports honestly that the walk-round was
skipped: nobody coaches the facts. So at a dealer that coaches, rewards, or hands over friends' numbers, full marks are
nearly as common where things went wrong as where they went well.

Why it matters. The facts are what the dealer can mend. Full marks over failed facts hide them.

What honest thing can look the same. An excellent dealer has full marks everywhere: only how full marks *move* with the
facts is looked at, by conditional odds, so the dealer's level cancels. Which facts matter, and how much, is learnt from
the network for each questionnaire (some facts change nobody's mind, and customers forgive); agencies are compared with
themselves. Customers who give one number whatever happened exist everywhere, and are part of the learnt variety.

References
----------
Fornell et al. (1996), "The American Customer Satisfaction Index", Journal of Marketing 60, on process quality driving
satisfaction. McCullagh & Nelder (1989), section 7.3, on conditional odds.

Examples
--------
Forty dealers whose full marks halve where the walk-round was skipped, and one where they do not.

>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> dealer = np.repeat([f"D{place:02d}" for place in range(41)], 160)
>>> skipped = np.tile([0, 1], 41 * 80).astype(bool)
>>> chance = np.where(dealer == "D40", 0.75, np.where(skipped, 0.2, 0.6))
>>> full = np.random.default_rng(1).random(len(dealer)) < chance
>>> surveys = pd.DataFrame(
...     {
...         "response_id": [f"R{place}" for place in range(len(dealer))], "survey": "SSI", "dealer_id": dealer,
...         "overall": np.where(full, 10.0, 8.0), "q_attitude": np.where(full, 10.0, 9.0),
...         "fact_walkaround_done": 1.0 - skipped,
...     }
... )
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Facts()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D40").max() < 3 < 6 < units.loc["D40", "bits"])
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
from detectors.core.evidence import Weighed, answer, no_records, records
from detectors.core.instruments.attribution import manipulated_given_hit
from detectors.core.instruments.odds import (
    learn_odds,
    odds_bits,
    pooled_log_odds_ratio,
    two_by_two,
)
from detectors.core.instruments.ranges import odds_range
from detectors.core.instruments.spread import Floats, Spread
from detectors.core.interviews import kind_of_interview, perfect
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

_SPLITS = ("high from low", "within low", "within high")
_FEW = Said(
    "{total} interviews answered a telling process fact; fewer than {fewest}, or all alike, are not judged.",
    "回答了有区分力的过程事实的访问有 {total} 份；不足 {fewest} 份或回答全都相同的，不作判断。",
)
_TOLD = Said(
    "{hits:.0f} of {exposed:.0f} customers with whom more process steps failed than with most still gave full marks on "
    "everything; dealers like this one have {low:.0f} to {high:.0f}.",
    "有 {exposed:.0f} 位客户遇到的流程缺失多于多数客户，其中仍有 {hits:.0f} 位各项都给了满分；"
    "同类经销商为 {low:.0f} 至 {high:.0f} 位。",
)
_FAILED = Said(
    "Full marks on everything though more process steps failed than with most customers.",
    "流程缺失多于多数客户，各项仍是满分。",
)
_UNMOVED = Said(
    "Full marks, at a dealer whose full marks do not follow what happened.",
    "满分，而该经销商的满分并不随实际过程变化。",
)


@dataclass(frozen=True)
class _Questionnaire:
    """What the failed facts of one questionnaire do to full marks.

    Parameters
    ----------
    weights
        How much each fact's failure lowers the share of full marks, by fact; only those that do.
    cuts
        Quartiles of the burden (sum of the weights of an interview's failed facts).
    centres
        The network's log odds ratio at each of `_SPLITS`.
    offsets
        Log-odds of full marks in each quarter of burden against the first.
    """

    weights: Mapping[str, float]
    cuts: Floats
    centres: Mapping[str, float]
    offsets: Floats


@dataclass(frozen=True)
class _Learnt:
    questionnaires: Mapping[str, _Questionnaire]
    spread: Spread


@dataclass(frozen=True)
class Facts(Detector):
    """Full marks against the process facts of the same interview.

    Parameters
    ----------
    fewest_interviews
        A dealer with fewer interviews that answered a telling fact is not judged.
    least_weight
        A fact counts if its failure lowers the share of full marks by at least this much, other facts equal.
    least_sureness
        And by at least so many standard errors.
    records_from_bits
        Records are named for dealers with at least this much evidence.
    """

    fewest_interviews: int = 20
    least_weight: float = 0.01
    least_sureness: float = 3.0
    records_from_bits: float = 1.0

    title: ClassVar[Said] = Said("Full marks against the process facts", "满分与过程事实不符")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "An excellent dealer has full marks everywhere: only how full marks move with the facts is looked at, so "
            "its level cancels.",
            "出色的经销商处处都是满分：只看满分如何随过程事实变化，其自身水平因此抵消。",
        ),
        Said(
            "Some facts change nobody's mind, and customers forgive: which facts matter, and how much, is learnt from "
            "the network for each questionnaire.",
            "有些过程事实并不影响评价，客户也会谅解：哪些事实有影响、影响多大，按每份问卷从全网学得。",
        ),
        Said(
            "Agencies ask in their own manner: each is compared with itself.",
            "各调研公司问法不同：每家只与自己相比。",
        ),
        Said(
            "Some customers give one number whatever happened: they exist at every dealer and are part of what is "
            "usual.",
            "有的客户无论过程如何都给同一个分数：每家经销商都有这样的客户，已包含在常态之中。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.COACHED, Scheme.INCENTIVISED, Scheme.TARGET_GAMING)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_", "fact_")}

    def _learn(self, network: Observations) -> _Learnt:
        questionnaires: dict[str, _Questionnaire] = {}
        tables = []
        for survey, rows in network.shared(_rows).items():
            learnt = self._read_questionnaire(rows)
            if learnt is not None:
                questionnaires[survey] = learnt
                tables.append(_tables(rows, learnt))
        if not tables:
            raise NotEnough(
                "No process fact of any questionnaire makes full marks rarer when it fails.",
                "没有任何问卷的过程事实会在未做到时使满分变少。",
            )
        everything = pd.concat(tables)
        return _Learnt(questionnaires, learn_odds(everything, everything["centre"].to_numpy()))

    def _read_questionnaire(self, rows: "_Rows") -> _Questionnaire | None:
        weights = self._weigh_facts(rows)
        if not weights:
            return None
        burden = _burden(rows, weights)
        known = ~np.isnan(burden)
        cuts = np.quantile(burden[known], [0.25, 0.5, 0.75])
        quarter = np.where(known, np.searchsorted(cuts, burden, side="left"), -1)
        centres = {
            split: pooled_log_odds_ratio(rows.tables(inside, exposed))
            for split, (inside, exposed) in _split(quarter).items()
        }
        offsets = np.zeros(4)
        for place in (1, 2, 3):
            pair = (quarter == 0) | (quarter == place)
            if (quarter == 0).any() and (quarter == place).any():
                offsets[place] = pooled_log_odds_ratio(rows.tables(pair, quarter == place))
        return _Questionnaire(weights, cuts, centres, np.minimum.accumulate(offsets))

    def _weigh_facts(self, rows: "_Rows") -> dict[str, float]:
        """Regress full marks on failed facts within dealer and agency, and keep the facts that clearly matter."""
        facts = [fact for fact, happened in rows.facts.items() if (happened == 0).any()]
        occupied, cell = np.unique(rows.dealer.places * len(rows.kind.names) + rows.kind.places, return_inverse=True)
        freedom = len(cell) - len(occupied) - len(facts)
        if not facts or freedom <= 0:
            return {}
        values = np.stack([rows.full, *(rows.facts[fact] == 0 for fact in facts)]).astype(np.float64)
        size = np.bincount(cell)
        centred = np.stack([value - (np.bincount(cell, value) / size)[cell] for value in values], axis=1)
        y, x = centred[:, 0], centred[:, 1:]
        inverse = np.linalg.pinv(x.T @ x)
        effect = inverse @ (x.T @ y)
        noise = ((y - x @ effect) ** 2).sum() / freedom
        error = np.sqrt(noise * np.diag(inverse))
        matters = (effect <= -self.least_weight) & (effect <= -self.least_sureness * error) & (error > 0)
        return {fact: float(-drop) for fact, drop, kept in zip(facts, effect, matters, strict=True) if kept}

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        parts = {
            survey: rows for survey, rows in observations.shared(_rows).items() if survey in learned.questionnaires
        }
        tables = [_tables(rows, learned.questionnaires[survey]) for survey, rows in parts.items()]
        if not tables:
            return Weighed(answer([], n=0, observed=0, expected=0, bits=0, reason=[]), no_records())
        everything = pd.concat(tables)
        quarter = np.full(len(observations["surveys"]), -1, dtype=np.int64)
        for survey, rows in parts.items():
            quarter[rows.row] = _quarters(rows, learned.questionnaires[survey])
        dealer = observations.coded("surveys", "dealer_id")
        answered = dealer.count(quarter >= 0)
        n = pd.Series(answered, index=dealer.names)[answered > 0]
        bits = odds_bits(everything, everything["centre"].to_numpy(), learned.spread, fading=True).reindex(n.index)
        first = everything[everything["split"] == _SPLITS[0]]
        sums = first[["exposed", "exposed_hits", "others", "other_hits"]].groupby(level=0).sum().reindex(n.index)
        likely = odds_range(first, first["centre"].to_numpy(), learned.spread).reindex(n.index)
        abstained = (n < self.fewest_interviews) | bits.isna() | likely["expected"].isna()
        reason = self._reasons(n, sums, likely, abstained)
        units = answer(
            n.index,
            n=n,
            observed=sums["exposed_hits"].fillna(0.0),
            expected=likely["expected"],
            fair_low=likely["fewest"],
            fair_high=likely["most"],
            bits=bits.fillna(0.0),
            abstained=abstained,
            reason=reason,
        )
        return Weighed(units, self._records(observations, quarter, units, learned))

    def _reasons(
        self, n: "pd.Series[int]", sums: pd.DataFrame, likely: pd.DataFrame, abstained: "pd.Series[bool]"
    ) -> list[Said]:
        return [
            _FEW.filled(total=total, fewest=self.fewest_interviews)
            if silent
            else _TOLD.filled(hits=hits, exposed=exposed, low=low, high=high)
            for total, silent, hits, exposed, low, high in zip(
                n, abstained, sums["exposed_hits"], sums["exposed"], likely["fewest"], likely["most"], strict=True
            )
        ]

    def _records(
        self, observations: Observations, quarter: "NDArray[np.int64]", units: pd.DataFrame, learned: _Learnt
    ) -> pd.DataFrame:
        """Name the full marks of dealers with evidence, likelier manipulated the more had gone wrong."""
        named = units.index[~units["abstained"] & (units["bits"] >= self.records_from_bits)]
        place = observations.coded("surveys", "dealer_id").among(named)
        chosen = (place >= 0) & (quarter >= 0)
        shape = (len(named), 4)
        cell = np.ravel_multi_index((place[chosen], quarter[chosen]), shape) if chosen.any() else np.zeros(0, dtype=int)
        hit = observations.shared(perfect).to_numpy()[chosen]
        total = np.bincount(cell, minlength=shape[0] * 4).reshape(shape)
        hits = np.bincount(cell[hit], minlength=shape[0] * 4).reshape(shape)
        offsets = np.mean([learnt.offsets for learnt in learned.questionnaires.values()], axis=0)
        probability = manipulated_given_hit(total, hits, offsets).ravel()[cell[hit]]
        carried = observations["surveys"].loc[np.flatnonzero(chosen)[hit], ["response_id", "dealer_id"]]
        failed = quarter[chosen][hit] >= 2
        return records(
            "surveys",
            pd.DataFrame(
                {
                    "record_id": carried["response_id"],
                    "unit_id": carried["dealer_id"],
                    "probability": probability,
                }
            ),
            [_FAILED if some else _UNMOVED for some in failed],
        )


@dataclass(frozen=True)
class _Rows:
    """The interviews of one questionnaire: where each stands, whose it is, what happened, whether it is perfect."""

    row: "NDArray[np.int64]"
    dealer: Coded
    kind: Coded
    facts: Mapping[str, "NDArray[np.float32]"]
    full: "NDArray[np.bool_]"

    def of(self, kept: "NDArray[np.bool_]") -> "_Rows":
        """Return only the interviews that are marked."""
        return _Rows(
            self.row[kept],
            Coded(self.dealer.places[kept], self.dealer.names),
            Coded(self.kind.places[kept], self.kind.names),
            {fact: happened[kept] for fact, happened in self.facts.items()},
            self.full[kept],
        )

    def tables(self, inside: "NDArray[np.bool_]", exposed: "NDArray[np.bool_]") -> pd.DataFrame:
        """Count full marks among the exposed and the others of the interviews inside, by dealer and agency."""
        dealer, kind = (Coded(coded.places[inside], coded.names) for coded in (self.dealer, self.kind))
        return two_by_two(dealer, kind, exposed[inside], self.full[inside])


def _rows(observations: Observations) -> dict[str, _Rows]:
    """Return the interviews by questionnaire."""
    survey, surveys = observations.coded("surveys", "survey"), observations["surveys"]
    everything = _Rows(
        np.arange(len(surveys)),
        observations.coded("surveys", "dealer_id"),
        observations.shared(kind_of_interview),
        {fact: surveys[fact].to_numpy(dtype=np.float32) for fact in observations.members("surveys", "fact_")},
        observations.shared(perfect).to_numpy(),
    )
    return {name: everything.of(survey.places == place) for place, name in enumerate(survey.names)}


def _burden(rows: _Rows, weights: Mapping[str, float]) -> Floats:
    """Return the weight of each interview's failed facts; NaN where it answered none of those that matter."""
    burden, known = np.zeros(len(rows.row)), np.zeros(len(rows.row), dtype=bool)
    for fact, weight in weights.items():
        if fact in rows.facts:
            burden += weight * (rows.facts[fact] == 0)
            known |= ~np.isnan(rows.facts[fact])
    return np.where(known, burden, np.nan)


def _quarters(rows: _Rows, questionnaire: _Questionnaire) -> "NDArray[np.int64]":
    """Return the quarter of burden of each interview, 0 to 3, or -1 where it is unknown."""
    burden = _burden(rows, questionnaire.weights)
    return np.where(np.isnan(burden), -1, np.searchsorted(questionnaire.cuts, burden, side="left"))


def _split(quarter: "NDArray[np.int64]") -> dict[str, tuple["NDArray[np.bool_]", "NDArray[np.bool_]"]]:
    """Return which interviews each split compares, and which of them are the worse half.

    The halves first, then the quarters inside each: given the hits of a half, how they fall inside it is independent of
    the first split, so the three likelihoods multiply.
    """
    known = quarter >= 0
    return {
        _SPLITS[0]: (known, quarter >= 2),
        _SPLITS[1]: (known & (quarter < 2), quarter == 1),
        _SPLITS[2]: (quarter >= 2, quarter == 3),
    }


def _tables(rows: _Rows, questionnaire: _Questionnaire) -> pd.DataFrame:
    """Count full marks by burden: a table for each dealer, agency and split, each with the network's centre."""
    quarter = _quarters(rows, questionnaire)
    return pd.concat(
        [
            rows.tables(inside, exposed).assign(split=split, centre=questionnaire.centres[split])
            for split, (inside, exposed) in _split(quarter).items()
        ]
    )
