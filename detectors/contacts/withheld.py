"""Unhappy customers with whom the agency cannot speak.

The pattern. A dealer knows who complained and whose car came back a week later, and leaves them off the list that the
agency calls, or has it told that they are no customers, or writes a dead number for them. What remains are the happy
ones, and their honest answers.

Why it matters. Nobody hears of what went wrong, although everyone who was asked told the truth.

What honest thing can look the same. No list is complete: a dealer that misses a fifth of its customers at random misses
a fifth of the unhappy ones too, one that mistypes numbers mistypes theirs no more than others', and only the difference
between the two is looked at, by conditional odds. Everywhere customers who complained ask a little more often not to be
called, and a second visit for the same fault is not surveyed; both are in the network's own odds. Visits at the edges
of the window, whose calls lie outside it, are left out by the network's calendar. Complainers who may ask to be left in
peace are an honest reason that cannot be ruled out from the lists, so this evidence alone opens no case.

References
----------
Little & Rubin (2019), "Statistical analysis with missing data", on what is missing not at random. McCullagh & Nelder
(1989), section 7.3, on conditional odds.

Examples
--------
Forty dealers list two customers in three; D00 leaves off those who complained.

>>> from datetime import date
>>> rng, place = np.random.default_rng(4), np.arange(4800)
>>> visits = pd.DataFrame({
...     "dealer_id": [f"D{p // 120:02d}" for p in place], "customer_id": [f"K{p}" for p in place],
...     "vin": [f"V{p}" for p in place], "kind": "service",
...     "happened_on": pd.Timestamp("2026-08-01") + pd.to_timedelta(place % 40, unit="D"),
... })
>>> complained, listed = place % 12 == 0, rng.random(4800) < 0.67
>>> listed &= ~(complained & (place < 120))
>>> seen = Observations(date(2026, 10, 31), {
...     "transactions": visits, "contacts": visits[listed].assign(attempted_at=pd.Timestamp("2026-09-20")),
...     "complaints": visits[complained].assign(filed_on=pd.Timestamp("2026-09-12")),
... })
>>> detector = Withheld(fewest_troubled=10)
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 4 < units.loc["D00", "bits"]), units.loc["D00", "reason"][:84]
(True, '10 of 10 visits that brought a complaint, or the customer back within 30 days, did n')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.contacts.habits import no_narrower
from detectors.contacts.visits import COMEBACK_DAYS, Visits, months_called, told_by, visits_of
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.instruments.odds import TABLE, learn_odds, odds_bits, pooled_log_odds_ratio, telling_tables
from detectors.core.instruments.ranges import odds_range
from detectors.core.instruments.spread import Spread
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class _Learnt:
    """What names a customer, months whose customers were called within the window, and the honest odds by trouble."""

    identity: str
    months: frozenset[str]
    centres: Mapping[str, float]
    spread: Spread


_FEW = Said(
    "{troubled:.0f} of {total:.0f} visits brought a complaint or a comeback: too few to judge.",
    "{total:.0f} 次到店中有 {troubled:.0f} 次引起投诉或返店：数量太少，不作判断。",
)
_TOLD = Said(
    "{hits:.0f} of {troubled:.0f} visits that brought a complaint, or the customer back within {days} days, did not "
    "reach the agency, {other_hits:.0f} of {others:.0f} others; dealers like this one have {low:.0f} to {high:.0f}.",
    "有 {troubled:.0f} 次到店引起投诉或客户在 {days} 天内返店，其中 {hits:.0f} 次调研公司未能访问到，"
    "其余 {others:.0f} 次到店中有 {other_hits:.0f} 次；同类经销商前者为 {low:.0f} 至 {high:.0f} 次。",
)


@dataclass(frozen=True)
class Withheld(Detector):
    """Unhappy customers with whom the agency cannot speak.

    Parameters
    ----------
    fewest_visits
        A dealer with fewer visits is not judged.
    fewest_troubled
        Nor one after whose visits fewer customers complained or came back: of fewer, chance decides who is listed.
    habits
        Least standard deviation, in log-odds, of honest dealers' odds: complaints are taken down differently.
    """

    fewest_visits: int = 20
    fewest_troubled: int = 20
    habits: float = 0.5

    title: ClassVar[Said] = Said("Unhappy customers kept from the agency", "不满客户未能访问到")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "No list is complete: a dealer that misses customers at random misses the unhappy ones no more than the "
            "others, and only the difference counts.",
            "没有一份名单是完整的：随机漏掉客户的经销商，漏掉不满客户的比例不会更高，只看两者之间的差别。",
        ),
        Said(
            "Customers who complained ask more often not to be called, and a second visit for the same fault is not "
            "surveyed: both are in what is learnt from the network.",
            "投诉过的客户更常要求不被打扰，同一故障的再次到店也不作回访：这两点都已包含在从全网学得的常态之中。",
        ),
        Said(
            "Visits at the edges of the window are called about outside it: their months are left out.",
            "处于观察期两端的到店，其回访落在观察期之外：这些月份不计入。",
        ),
        Said(
            "That complainers asked to be left in peace cannot be ruled out from the lists: so this evidence opens no "
            "case by itself.",
            "仅凭名单无法排除投诉客户自己要求不被联系：因此这项证据不单独立案。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.WITHHELD,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contacts": ("attempted_at",),
        "transactions": ("happened_on",),
    }

    def _learn(self, network: Observations) -> _Learnt:
        identity = told_by(network)
        visits = visits_of(network, identity)
        months = months_called(visits)
        tables = _tables(visits.within(months))
        if tables.empty:
            raise NotEnough(
                "No dealer has customers who complained or came back beside others, some listed, some not.",
                "没有一家经销商既有投诉或返店的客户又有其他客户，且有的在名单上、有的不在。",
            )
        centres = {str(name): pooled_log_odds_ratio(part) for name, part in tables.groupby("comparison", sort=True)}
        spread = learn_odds(tables, tables["comparison"].map(centres).to_numpy())
        return _Learnt(identity, months, centres, no_narrower(spread, self.habits))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        visits = visits_of(observations, learned.identity).within(learned.months)
        tables = _tables(visits)
        tables = tables[tables["comparison"].isin(list(learned.centres))]
        centre = tables["comparison"].map(learned.centres).to_numpy(dtype=np.float64)
        by_dealer = visits.counts.sum(axis=(1, 2))
        by_dealer = np.stack([by_dealer[:, :2].sum(axis=1), by_dealer[:, 2]], axis=1)
        counts = pd.DataFrame(
            {
                "visits": by_dealer.sum(axis=(1, 2)),
                "troubled": by_dealer[:, :, 1:].sum(axis=(1, 2)),
                "hits": by_dealer[:, 0, 1:].sum(axis=1),
                "missing": by_dealer[:, 0].sum(axis=1),
            },
            index=visits.dealers,
        )
        counts = counts[counts["visits"] > 0]
        bits = odds_bits(tables, centre, learned.spread).reindex(counts.index)
        # Those who came back are compared among those who did not complain, so exposed rows are counted once.
        likely = odds_range(tables, centre, learned.spread).reindex(counts.index)
        sums = tables[list(TABLE)].groupby(level=0).sum().reindex(counts.index).fillna(0)
        few = (counts["visits"] < self.fewest_visits) | (counts["troubled"] < self.fewest_troubled)
        few |= bits.isna()
        shift = counts["hits"] - sums["exposed_hits"]
        units = answer(
            counts.index,
            n=counts["visits"],
            observed=counts["hits"],
            expected=likely["expected"] + shift,
            fair_low=likely["fewest"] + shift,
            fair_high=likely["most"] + shift,
            bits=bits.fillna(0.0),
            abstained=few,
            reason=[
                _FEW.filled(troubled=troubled, total=total)
                if silent
                else _TOLD.filled(
                    hits=hits,
                    troubled=troubled,
                    days=COMEBACK_DAYS,
                    other_hits=missing - hits,
                    others=total - troubled,
                    low=low,
                    high=high,
                )
                for total, troubled, hits, missing, silent, low, high in zip(
                    counts["visits"],
                    counts["troubled"],
                    counts["hits"],
                    counts["missing"],
                    few,
                    likely["fewest"] + shift,
                    likely["most"] + shift,
                    strict=True,
                )
            ],
        )
        return Weighed(units, no_records())


def _tables(visits: Visits) -> pd.DataFrame:
    """Count who is kept from the agency: complainers against all others, those who came back against the rest."""
    missing, listed = np.moveaxis(visits.kept_away, 2, 0)
    parts = []
    for place, trouble in ((2, "complained"), (1, "came_back")):
        exposed, others = missing[:, :, place], missing[:, :, :place].sum(axis=2)
        counts = np.stack(
            [exposed + listed[:, :, place], others + listed[:, :, :place].sum(axis=2), exposed, others], axis=2
        )
        counted = telling_tables(counts, visits.dealers, visits.kinds)
        parts.append(counted.assign(comparison=trouble + " " + counted["stratum"].astype("str")))
    return pd.concat(parts)
