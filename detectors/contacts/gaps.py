"""Lists with more gaps than honest dealers' lists have.

The pattern. Whoever keeps unhappy customers off the list hands over a shorter one: of a hundred visits, sixty reach
the agency at an honest dealer, and forty at this one.

Why it matters. It is the trace that is left where nobody complained and nobody came back.

What honest thing can look the same. No list is complete, and dealers differ: how much is learnt from the network, each
month and each kind of visit by its own rate, months whose calls lie outside the window left out. Agencies call so many
customers of a dealer in a month and no more, so the more visits, the smaller the part that is listed: what is expected
follows from the number of visits, and months in which the agency took only a part count for nothing. A dealer with a
sloppy clerk misses many at random, which this detector cannot tell from choice: `withheld` looks at whom it misses. So
this evidence alone opens no case, and clerks are taken to differ at least a little in any network.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24, on over-dispersed funnel limits. Groves & Peytcheva (2008), "The impact
of nonresponse rates on nonresponse bias", Public Opinion Quarterly 72: a gap alone is no bias.

Examples
--------
Forty dealers list two visits in three; D00 one in five.

>>> from datetime import date
>>> rng, place = np.random.default_rng(4), np.arange(4800)
>>> visits = pd.DataFrame({
...     "dealer_id": [f"D{p // 120:02d}" for p in place], "vin": [f"V{p}" for p in place], "kind": "service",
...     "happened_on": pd.Timestamp("2026-08-01") + pd.to_timedelta(place % 40, unit="D"),
... })
>>> listed = rng.random(4800) < np.where(place < 120, 0.2, 0.67)
>>> contacts = visits[listed].assign(attempted_at=pd.Timestamp("2026-09-20"))
>>> seen = Observations(date(2026, 10, 31), {"transactions": visits, "contacts": contacts})
>>> units = Gaps().weigh(seen, Gaps().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 4 < 7 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.contacts.habits import no_narrower
from detectors.contacts.quota import Listing, learn_listing
from detectors.contacts.visits import Visits, months_called, told_by, visits_of
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Spread
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

_WHOLE = 0.8
"""Share, of what is listed of small dealers' visits, from which a month's whole list counts as called."""


@dataclass(frozen=True)
class _Learnt:
    """What names a customer, which share of visits is listed, and how honest dealers differ."""

    identity: str
    usual: Listing
    spread: Spread


_FEW = Said(
    "{visits:.0f} visits could have been called about; fewer than {fewest} are not judged.",
    "可供回访的到店有 {visits:.0f} 次；不足 {fewest} 次的不作判断。",
)
_TOLD = Said(
    "{missing:.0f} of {visits:.0f} visits never reached its list; dealers like this one miss {low:.0f} to {high:.0f}.",
    "{visits:.0f} 次到店中有 {missing:.0f} 次没有进入其联系名单；同类经销商为 {low:.0f} 至 {high:.0f} 次。",
)


@dataclass(frozen=True)
class Gaps(Detector):
    """Lists with more gaps than honest dealers' lists have.

    Parameters
    ----------
    fewest_visits
        A dealer with fewer visits is not judged.
    potency
        Probability that a visit that the dealer wants to hide is missing.
    habits
        Least standard deviation, in log-odds, that honest dealers' clerks make.
    """

    fewest_visits: int = 20
    potency: float = 0.95
    habits: float = 0.25

    title: ClassVar[Said] = Said("Visits missing from the list", "到店记录未进入联系名单")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "No list is complete, and dealers differ in it: how much, and how often each month and kind of visit is "
            "missing, is learnt from the network.",
            "没有一份名单是完整的，各经销商也不尽相同：差异有多大、各月份各类到店缺失的比例，都从全网学得。",
        ),
        Said(
            "Visits at the edges of the window are called about outside it: their months are left out.",
            "处于观察期两端的到店，其回访落在观察期之外：这些月份不计入。",
        ),
        Said(
            "A careless clerk loses customers at random, which the gaps alone cannot tell from choice: so they open "
            "no case by themselves.",
            "粗心的办事员会随机漏掉客户，仅凭缺口无法与有意挑选区分：因此缺口本身不单独立案。",
        ),
        Said(
            "An agency calls so many customers a month and no more: what is expected follows from the number of "
            "visits, and months in which it took only a part are left out.",
            "调研公司每月对一家店回访的数量有限：预期按到店数量推算，只抽取了一部分的月份不计入。",
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
        visits = visits.within(months_called(visits))
        usual = learn_listing(visits)
        counts = _count(visits, usual)
        if counts.empty:
            raise NotEnough(
                "Everywhere the agency calls no more than so many of a dealer's customers, however many there are.",
                "调研公司对每家经销商回访的数量有限，与到店多少无关。",
            )
        spread = learn_counts(counts["missing"], counts["visits"], counts["rate"], potency=self.potency)
        return _Learnt(identity, usual, no_narrower(spread, self.habits))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        counts = _count(visits_of(observations, learned.identity), learned.usual)
        few = counts["visits"] < self.fewest_visits
        likely = count_range(counts["visits"], counts["rate"], learned.spread)
        bits = count_bits(
            counts["missing"],
            counts["visits"],
            counts["rate"],
            learned.spread,
            potency=self.potency,
        )
        units = answer(
            counts.index,
            n=counts["visits"],
            observed=counts["missing"],
            expected=likely["expected"],
            fair_low=likely["fewest"],
            fair_high=likely["most"],
            bits=bits,
            abstained=few,
            reason=[
                _FEW.filled(visits=visits, fewest=self.fewest_visits)
                if silent
                else _TOLD.filled(missing=missing, visits=visits, low=low, high=high)
                for visits, silent, missing, low, high in zip(
                    counts["visits"], few, counts["missing"], likely["fewest"], likely["most"], strict=True
                )
            ],
        )
        return Weighed(units, no_records())


def _count(visits: Visits, usual: Listing) -> pd.DataFrame:
    """Return ``visits``, ``missing`` and the expected ``rate`` of each dealer, where its whole list is called."""
    counts = visits.listed[:, :, :-1]
    missing, total = counts[..., 0], counts.sum(axis=3)
    share = usual.expected(visits)
    whole = (total > 0) & (share >= _WHOLE * usual.highest(visits.kinds))
    missing, total, share = (np.where(whole, part, 0).reshape(len(total), -1) for part in (missing, total, share))
    n = total.sum(axis=1)
    there = n > 0
    rate = 1 - (total * share).sum(axis=1)[there] / n[there]
    return pd.DataFrame(
        {"visits": n[there], "missing": missing.sum(axis=1)[there], "rate": np.clip(rate, 0.005, 0.995)},
        index=visits.dealers[there],
    )
