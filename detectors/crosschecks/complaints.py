"""Customers who complained and yet gave full marks on everything.

The pattern. A customer files a complaint with the maker and, when the agency calls about the same visit, is perfectly
satisfied with every single thing. Either somebody else answered, or the customer was talked or paid into it.

Why it matters. The maker holds both papers: what was complained about, and the perfect score beside it.

What honest thing can look the same. A complaint that was handled well can leave a delighted customer, and some
customers give one number whatever happens. It happens at every dealer; how much a complaint lowers full marks is
learnt from the network, and a dealer is judged by its own complainers against its own other customers, so that an
excellent dealer, at which even complainers are content, is compared with itself. Only complaints filed before the
call count.

References
----------
Tax, Brown & Chandrashekaran (1998), "Customer evaluations of service complaint experiences", Journal of Marketing 62.
McCullagh & Nelder (1989), section 7.3, on conditional odds.

Examples
--------
Forty dealers whose complainers hardly ever give full marks, and D00 whose complainers do.

>>> from datetime import date
>>> rng, place = np.random.default_rng(5), np.arange(4000)
>>> complained, dealer = place % 10 == 0, place // 100
>>> full = rng.random(4000) < np.where(complained & (dealer > 0), 0.05, np.where(dealer > 0, 0.4, 0.9))
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{p}" for p in place], "survey": "CSI", "dealer_id": [f"D{d:02d}" for d in dealer],
...     "vin": [f"V{p}" for p in place], "called_at": pd.Timestamp("2026-09-20 10:00"),
...     "overall": np.where(full, 10.0, 7.0), "q_attitude": np.where(full, 10.0, 8.0),
... })
>>> filed = surveys.loc[complained, ["dealer_id", "vin"]].assign(filed_on=pd.Timestamp("2026-09-10"))
>>> seen = Observations(date(2026, 10, 31), {"surveys": surveys, "complaints": filed})
>>> units = Complaints().weigh(seen, Complaints().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 3 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, records
from detectors.core.instruments.attribution import manipulated_given_hit
from detectors.core.instruments.odds import TABLE, learn_odds, odds_bits, pooled_log_odds_ratio, two_by_two
from detectors.core.instruments.ranges import odds_range
from detectors.core.instruments.spread import Spread
from detectors.core.interviews import perfect
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said

Flags = NDArray[np.bool_]

_IDENTITIES = ("vin", "customer_id", "phone")


@dataclass(frozen=True)
class _Learnt:
    centre: float
    spread: Spread


_FEW = Said(
    "{complainers} of its interviewed customers complained before the call: too few to judge.",
    "受访客户中有 {complainers} 位在访问前投诉过：数量太少，不作判断。",
)
_TOLD = Said(
    "{hits} of {complainers} customers who had complained before the call gave full marks on everything; dealers like "
    "this one have {low:.0f} to {high:.0f}.",
    "访问前投诉过的 {complainers} 位客户中，有 {hits} 位各项都给了满分；同类经销商为 {low:.0f} 至 {high:.0f} 位。",
)
_RECORD = Said(
    "Full marks on everything, from a customer who had complained before the call.",
    "各项都是满分，而这位客户在访问前投诉过。",
)


@dataclass(frozen=True)
class Complaints(Detector):
    """Customers who complained and yet gave full marks on everything.

    Parameters
    ----------
    before_days
        A complaint counts if it was filed at most so many days before the call.
    fewest_complainers
        A dealer of whose interviewed customers fewer complained is not judged.
    records_from_bits
        Records are named for dealers with at least this much evidence.
    """

    before_days: int = 90
    fewest_complainers: int = 2
    records_from_bits: float = 1.0

    title: ClassVar[Said] = Said("Full marks after a complaint", "投诉之后的满分")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "A complaint that was handled well can leave a delighted customer: how much a complaint lowers full marks "
            "is learnt from the network.",
            "处理得当的投诉也会换来满意的客户：投诉会使满分减少多少，从全网学得。",
        ),
        Said(
            "At an excellent dealer even complainers are content: a dealer's complainers are compared with its own "
            "other customers.",
            "在出色的经销商处，连投诉过的客户也满意：投诉客户只与该经销商自己的其他客户相比。",
        ),
        Said(
            "Some customers give one number whatever happens: they exist at every dealer and are part of what is "
            "usual.",
            "有的客户无论如何都给同一个分数：每家经销商都有这样的客户，已包含在常态之中。",
        ),
        Said(
            "A complaint may be filed after the call: only those filed before it count.",
            "投诉可能发生在访问之后：只计入访问之前提出的投诉。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (
        Scheme.COACHED,
        Scheme.INCENTIVISED,
        Scheme.FAKE_CONTACTS,
        Scheme.TARGET_GAMING,
    )
    # Complaints are a dealer's good fortune to lack: without any it is not judged, but the network must have some.
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall", "q_", "called_at")}

    def _learn(self, network: Observations) -> _Learnt:
        if not network.has("complaints", "filed_on"):
            raise NotEnough("No complaints with their dates were delivered.", "没有送达带日期的投诉数据。")
        complained = self._complained(network)
        tables = _tables(network, complained)
        if tables.empty:
            raise NotEnough(
                "No dealer has interviews of customers who complained beside others, some with full marks.",
                "没有一家经销商既访问到投诉过的客户又访问到其他客户，且其中有给满分的。",
            )
        centre = min(pooled_log_odds_ratio(tables), 0.0)
        return _Learnt(centre, learn_odds(tables, centre))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        complained = self._complained(observations)
        full = observations.shared(perfect).to_numpy()
        tables = _tables(observations, complained)
        dealers = observations.coded("surveys", "dealer_id")
        counts = pd.DataFrame(
            {"complained": dealers.count(complained), "hits": dealers.count(complained & full)}, index=dealers.names
        )
        bits = odds_bits(tables, learned.centre, learned.spread, fading=True).reindex(counts.index)
        likely = odds_range(tables, learned.centre, learned.spread).reindex(counts.index)
        few = (counts["complained"] < self.fewest_complainers) | bits.isna()
        units = answer(
            counts.index,
            n=counts["complained"],
            observed=counts["hits"],
            expected=likely["expected"],
            fair_low=likely["fewest"],
            fair_high=likely["most"],
            bits=bits.fillna(0.0),
            abstained=few,
            reason=[
                _FEW.filled(complainers=complainers)
                if silent
                else _TOLD.filled(hits=hits, complainers=complainers, low=low, high=high)
                for complainers, silent, hits, low, high in zip(
                    counts["complained"], few, counts["hits"], likely["fewest"], likely["most"], strict=True
                )
            ],
        )
        return Weighed(units, self._records(observations, complained & full, tables, units, learned))

    def _complained(self, observations: Observations) -> Flags:
        """Tell which interviewed customers had complained about the same dealer shortly before the call."""
        found = np.zeros(len(observations["surveys"]), dtype=bool)
        filed = observations.shared(_filed)
        found[filed.loc[(filed["days"] >= 0) & (filed["days"] <= self.before_days), "row"]] = True
        return found

    def _records(
        self,
        observations: Observations,
        hit: Flags,
        tables: pd.DataFrame,
        units: pd.DataFrame,
        learned: _Learnt,
    ) -> pd.DataFrame:
        named = units.index[~units["abstained"] & (units["bits"] >= self.records_from_bits)]
        sums = tables[list(TABLE)].groupby(level=0).sum().reindex(named)
        rows, hits = sums[["others", "exposed"]].to_numpy(), sums[["other_hits", "exposed_hits"]].to_numpy()
        probability = pd.Series(manipulated_given_hit(rows, hits, [0.0, learned.centre])[:, 1], index=named)
        surveys = observations["surveys"]
        carried = surveys.loc[hit, ["response_id", "dealer_id"]]
        carried = carried[carried["dealer_id"].isin(named)]
        return records(
            "surveys",
            pd.DataFrame(
                {
                    "record_id": carried["response_id"],
                    "unit_id": carried["dealer_id"],
                    "probability": carried["dealer_id"].map(probability),
                }
            ),
            _RECORD,
        )


def _filed(observations: Observations) -> pd.DataFrame:
    """Return each interview's ``row`` beside each complaint of the same customer and dealer, filed ``days`` before."""
    pairs = [pd.DataFrame({"row": np.zeros(0, dtype=np.int64), "days": np.zeros(0)})]
    if not observations.has("complaints", "filed_on"):
        return pairs[0]
    for identity in _IDENTITIES:
        if not observations.has("complaints", identity) or not observations.has("surveys", identity):
            continue
        by = ["dealer_id", identity]
        filed = observations["complaints"][[*by, "filed_on"]].dropna().astype({"filed_on": "datetime64[us]"})
        # Complainers are few: only their interviews are matched.
        theirs = pc.is_in(pa.array(observations["surveys"][identity].array), pa.array(filed[identity].array))
        rows = np.flatnonzero(theirs.to_numpy(zero_copy_only=False))
        calls = observations["surveys"][[*by, "called_at"]].take(rows).assign(row=rows).dropna()
        found = calls.astype({"called_at": "datetime64[us]"}).merge(filed, on=by)
        days = (found["called_at"] - found["filed_on"]).dt.total_seconds() / 86_400
        pairs.append(pd.DataFrame({"row": found["row"], "days": days}))
    return pd.concat(pairs, ignore_index=True)


def _tables(observations: Observations, complained: Flags) -> pd.DataFrame:
    dealers, questionnaires = (observations.coded("surveys", column) for column in ("dealer_id", "survey"))
    return two_by_two(dealers, questionnaires, complained, observations.shared(perfect))
