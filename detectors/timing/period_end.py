"""Full marks that surge as the bonus period closes.

The pattern. Bonuses are paid on the mean of a month or a quarter. A dealer that stands below its target leans on
customers in the last days: it asks for tens, rewards them, or hands over friends' numbers, and stops when the target is
met. Its full marks pile up at the end of each period.

Why it matters. The score of the period says what the dealer needed, not what its customers felt.

What honest thing can look the same. The whole network is busier, and perhaps better or worse, as a month closes; the
same days elsewhere are what a dealer is compared with. An excellent dealer has full marks on every day: its level
cancels, only the difference between its closing days and its other days counts. Dealers' good and bad weeks differ, and
how much they do is learnt. Nobody knows how many days before the end the leaning begins: several windows, and both
monthly and quarterly closing, are tried, and their e-values averaged, which pays for the choice.

References
----------
Oyer (1998), "Fiscal year ends and nonlinear incentive contracts", Quarterly Journal of Economics 113.
Vovk & Wang (2021), Annals of Statistics 49, on averages of e-values.

Examples
--------
Forty dealers with as many full marks on any day, and D00, whose last week of each month is full of them.

>>> from datetime import date
>>> days = pd.date_range("2026-05-01", "2026-10-31")
>>> dealer, day = np.repeat([f"D{place:02d}" for place in range(40)], len(days)), np.tile(np.arange(len(days)), 40)
>>> called_at = days[day]
>>> leaning = (dealer == "D00") & (called_at.days_in_month - called_at.day < 7)
>>> full = np.random.default_rng(3).random(len(dealer)) < np.where(leaning, 0.95, 0.3)
>>> surveys = pd.DataFrame(
...     {
...         "response_id": [f"R{place}" for place in range(len(dealer))], "survey": "SSI", "dealer_id": dealer,
...         "called_at": called_at, "overall": np.where(full, 10.0, 8.0), "q_attitude": np.where(full, 10.0, 9.0),
...     }
... )
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), PeriodEnd()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 4 < 8 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, logsumexp

from detectors.core.closing import days_left
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records, records
from detectors.core.instruments.odds import TABLE, learn_odds, odds_bits, pooled_log_odds_ratio, two_by_two
from detectors.core.instruments.ranges import odds_range
from detectors.core.instruments.spread import Spread
from detectors.core.interviews import kind_of_interview, perfect
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

Window = tuple[int, int]
"""Months of the bonus period, and how many of its last days are looked at."""


_FEW = Said(
    "{total} interviews; fewer than {fewest}, or all alike, are not judged.",
    "有 {total} 份访问；不足 {fewest} 份或回答全都相同的，不作判断。",
)
_TOLD = Said(
    "{hits:.0f} of {exposed:.0f} interviews in the last {days} days of a {period.en} have full marks on everything, "
    "{other_hits:.0f} of {others:.0f} on the other days; dealers like this one have {low:.0f} to {high:.0f} in those "
    "last days.",
    "{period.zh}最后 {days} 天的 {exposed:.0f} 份访问中，有 {hits:.0f} 份各项满分，其余日子的 {others:.0f} 份中有 "
    "{other_hits:.0f} 份；同类经销商在这最后几天为 {low:.0f} 至 {high:.0f} 份。",
)
_PERIODS = {1: Said("month", "每月"), 3: Said("quarter", "每季度"), 12: Said("year", "每年")}
_PERIOD = Said("period", "每个考核期")
_RECORD = Said(
    "Full marks on everything in the last days of the bonus period, when this dealer's surge.",
    "各项满分，时间在奖金考核期的最后几天，该经销商的满分在此时集中增多。",
)


@dataclass(frozen=True)
class _Learnt:
    """For each window, the network's log odds ratio and the spread of honest dealers around it."""

    centres: Mapping[Window, float]
    spreads: Mapping[Window, Spread]
    closing_months: int


@dataclass(frozen=True)
class PeriodEnd(Detector):
    """Full marks that surge as the bonus period closes.

    Parameters
    ----------
    closing_days
        Windows before the end of the period, in days.
    periods_months
        Lengths of bonus periods that are tried.
    announced_weight
        Weight of the period that the settings announce; the others share the rest.
    fewest_interviews
        A dealer with fewer interviews is not judged.
    records_from_bits
        Records are named for dealers with at least this much evidence.
    """

    closing_days: tuple[int, ...] = (5, 8, 12)
    periods_months: tuple[int, ...] = (1, 3)
    announced_weight: float = 0.8
    fewest_interviews: int = 30
    records_from_bits: float = 0.0

    title: ClassVar[Said] = Said("Full marks as the bonus period closes", "奖金考核期末的满分")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "The whole network is busier, and perhaps better or worse, as a month closes: the same days elsewhere are "
            "what a dealer is compared with.",
            "月末全网都更忙，表现也可能更好或更差：经销商只与其他经销商的同一时段相比。",
        ),
        Said(
            "An excellent dealer has full marks on every day: only the difference between its closing days and its "
            "other days counts.",
            "出色的经销商天天都有满分：只看其期末几天与其他日子之间的差别。",
        ),
        Said(
            "Dealers have good and bad weeks: how much they differ is learnt from the network.",
            "经销商有好的时候也有差的时候：差异多大从全网学得。",
        ),
        Said(
            "Nobody knows how many days before the end to look at: several windows are tried, and the choice is paid "
            "for.",
            "没有人知道该看期末多少天：会尝试多个时段，并为这种选择相应打折。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.TARGET_GAMING,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_", "called_at")}

    def _learn(self, network: Observations) -> _Learnt:
        centres, spreads = {}, {}
        for window, tables in network.shared(self._tables).items():
            if len(tables):
                centres[window] = pooled_log_odds_ratio(tables)
                spreads[window] = learn_odds(tables, centres[window])
        if not centres:
            raise NotEnough(
                "No dealer has full marks and others, on the last days of a period and on other days.",
                "没有一家经销商在考核期最后几天和其他日子都既有满分又有非满分。",
            )
        return _Learnt(centres, spreads, network.closing_months)

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        tables = observations.shared(self._tables)
        dealer = observations.coded("surveys", "dealer_id")
        n = pd.Series(dealer.count(), index=dealer.names)
        windows = list(learned.centres)
        bits = np.stack(
            [
                odds_bits(tables[window], learned.centres[window], learned.spreads[window]).reindex(n.index).to_numpy()
                for window in windows
            ],
            axis=1,
        )
        weights = self._weights(windows, learned.closing_months)
        # A window in which nothing can be seen is an e-value of 1.
        log_e = np.nan_to_num(bits) * np.log(2.0)
        joined = logsumexp(log_e, b=weights, axis=1) / np.log(2.0)
        strongest = np.asarray((log_e + np.log(weights)).argmax(axis=1), dtype=np.int64)
        abstained = np.isnan(bits).all(axis=1) | (n < self.fewest_interviews).to_numpy()
        sums, likely = _compare(tables, learned, windows, strongest, pd.Index(n.index))
        units = answer(
            n.index,
            n=n,
            observed=sums["exposed_hits"],
            expected=likely["expected"],
            fair_low=likely["fewest"],
            fair_high=likely["most"],
            bits=joined,
            abstained=abstained,
            reason=self._reasons(n, sums, likely, [windows[place] for place in strongest], abstained),
        )
        told = units.index[~abstained & (joined >= self.records_from_bits)]
        window_of = pd.Series(strongest, index=n.index)[told].map(dict(enumerate(windows)))
        return Weighed(units, _records(observations, sums.loc[told], window_of, learned))

    def _weights(self, windows: list[Window], closing_months: int) -> "NDArray[np.float64]":
        announced = np.array([months == closing_months for months, _ in windows])
        if announced.all() or not announced.any():
            return np.full(len(windows), 1 / len(windows))
        shares = np.where(
            announced, self.announced_weight / announced.sum(), (1 - self.announced_weight) / (~announced).sum()
        )
        return np.asarray(shares, dtype=np.float64)

    def _tables(self, observations: Observations) -> dict[Window, pd.DataFrame]:
        surveys, full = observations["surveys"], observations.shared(perfect)
        dealer, kind = observations.coded("surveys", "dealer_id"), observations.shared(kind_of_interview)
        left = {months: days_left(surveys["called_at"], months) for months in self.periods_months}
        return {
            (months, days): two_by_two(dealer, kind, left[months] < days, full)
            for months in self.periods_months
            for days in self.closing_days
        }

    def _reasons(
        self,
        n: "pd.Series[int]",
        sums: pd.DataFrame,
        likely: pd.DataFrame,
        windows: list[Window],
        abstained: "NDArray[np.bool_]",
    ) -> list[Said]:
        return [
            _FEW.filled(total=total, fewest=self.fewest_interviews)
            if silent
            else _TOLD.filled(
                hits=hits,
                exposed=exposed,
                days=days,
                period=_PERIODS.get(months, _PERIOD),
                other_hits=other_hits,
                others=others,
                low=low,
                high=high,
            )
            for total, silent, hits, exposed, other_hits, others, (months, days), low, high in zip(
                n,
                abstained,
                sums["exposed_hits"],
                sums["exposed"],
                sums["other_hits"],
                sums["others"],
                windows,
                likely["fewest"],
                likely["most"],
                strict=True,
            )
        ]


def _compare(
    tables: Mapping[Window, pd.DataFrame],
    learned: _Learnt,
    windows: list[Window],
    strongest: "NDArray[np.int64]",
    units: "pd.Index[str]",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return counts and honest ranges of each dealer in its most telling window."""
    sums, likely = [], []
    for place, window in enumerate(windows):
        wanted = units[strongest == place]
        own = tables[window].loc[tables[window].index.isin(wanted)]
        sums.append(own[list(TABLE)].groupby(level=0).sum().reindex(wanted).fillna(0))
        likely.append(odds_range(own, learned.centres[window], learned.spreads[window]).reindex(wanted))
    return pd.concat(sums).loc[units], pd.concat(likely).loc[units]


def _records(observations: Observations, sums: pd.DataFrame, window_of: pd.Series, learned: _Learnt) -> pd.DataFrame:
    """Name the full marks of the closing days, as likely manipulated as they exceed the other days'."""
    if sums.empty:
        return no_records()
    share = (sums["exposed_hits"] + 0.5) / (sums["exposed"] + 1.0)
    elsewhere = (sums["other_hits"] + 0.5) / (sums["others"] + 1.0)
    usual = expit(logit(elsewhere) + window_of.map(learned.centres).astype("float64"))
    probability = ((share - usual) / (1 - usual) / share).clip(0.05, 0.95)

    unit = observations.coded("surveys", "dealer_id").among(pd.Index(sums.index))
    rows = np.flatnonzero(observations.shared(perfect).to_numpy() & (unit >= 0))
    called_at = observations["surveys"]["called_at"].take(rows)
    windows = list(learned.centres)
    own = np.array([windows.index(window) for window in window_of])[unit[rows]]
    closing = np.zeros(len(rows), dtype=bool)
    for place, (months, days) in enumerate(windows):
        closing |= (own == place) & (days_left(called_at, months) < days).to_numpy()
    carried = observations["surveys"][["response_id", "dealer_id"]].take(rows[closing])
    return records(
        "surveys",
        pd.DataFrame(
            {
                "record_id": carried["response_id"],
                "unit_id": carried["dealer_id"],
                "probability": probability.to_numpy()[unit[rows[closing]]],
            }
        ),
        _RECORD,
    )
