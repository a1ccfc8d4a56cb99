"""Replaced numbers that answer more readily than the dealer's other numbers.

The pattern. Of a hundred real customers many do not answer and a good part of those who do has no time. Friends,
staff and cards in a drawer answer at once and finish every interview. So where the list has another number for a
customer than the dealer itself has, and just those numbers nearly always complete, they were chosen for it.

Why it matters. It tells replaced numbers from renewed ones: a dealer that changed its system has many numbers that
differ, and they answer like any others.

What honest thing can look the same. Content customers answer more readily, and an excellent dealer has many of them,
but on all its numbers: only the difference between its differing numbers and its others counts, by conditional odds. A
renewed number is reached a little better than an old one, a mistyped one not at all; the network shows how they do. Of
a few numbers chance decides who answers.

References
----------
AAPOR (2023), "Standard definitions: final dispositions of case codes and outcome rates for surveys".
McCullagh & Nelder (1989), section 7.3, on conditional odds.

Examples
--------
Forty dealers have another number for one customer in ten; at D00 those numbers always complete.

>>> from datetime import date
>>> import numpy as np
>>> rng, place = np.random.default_rng(6), np.arange(6000)
>>> differs, first = place % 10 == 0, place < 150
>>> completes = rng.random(6000) < np.where(differs & first, 0.98, 0.45)
>>> truth = pd.DataFrame({
...     "dealer_id": [f"D{p // 150:02d}" for p in place], "customer_id": [f"K{p}" for p in place],
...     "phone": [f"number {p}" for p in place],
... })
>>> listed = truth.assign(
...     contact_id=truth["customer_id"], phone=truth["phone"].where(~differs, "another " + truth["phone"]),
...     disposition=np.where(completes, "completed", "no_answer"))
>>> seen = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": truth})
>>> units = Willing().weigh(seen, Willing().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 4 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.contacts.listing import contacts_by, differing_numbers
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
    centre: float
    spread: Spread


_FEW = Said(
    "{differs} of its numbers differ from those in its own transactions: too few to judge.",
    "其名单上有 {differs} 个号码与自己的业务记录不一致：数量太少，不作判断。",
)
_TOLD = Said(
    "{hits} of {differs} numbers that differ from those in its own transactions completed an interview, {other_hits} "
    "of {others} others; dealers like this one have {low:.0f} to {high:.0f}.",
    "与其自己的业务记录不一致的 {differs} 个号码中，有 {hits} 个完成了访问，其余 {others} 个号码中有 {other_hits} 个；"
    "同类经销商前者为 {low:.0f} 至 {high:.0f} 个。",
)


@dataclass(frozen=True)
class Willing(Detector):
    """Replaced numbers that answer more readily than the dealer's other numbers.

    Parameters
    ----------
    fewest_differing
        A dealer of whose numbers fewer differ from its own transactions' is not judged.
    teaching_share
        Share of dealers, those with the fewest differing numbers, from which honest odds are learnt.
    """

    fewest_differing: int = 6
    teaching_share: float = 0.8

    title: ClassVar[Said] = Said("Numbers that differ, and answer more readily", "不一致的号码更容易完成访问")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Content customers answer more readily, but on all a dealer's numbers: only the difference between its "
            "differing numbers and its others counts.",
            "满意的客户更愿意接受访问，但这应体现在该经销商的所有号码上：只看不一致的号码与其余号码之间的差别。",
        ),
        Said(
            "A renewed number is reached a little better than an old one: how much is learnt from the network.",
            "新换的号码比旧号码稍易接通：差多少从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contacts": ("phone", "disposition"),
        "transactions": ("phone",),
    }

    def _learn(self, network: Observations) -> _Learnt:
        calls = network.shared(_calls)
        # Who has most differing numbers would teach that such numbers answer readily. How many there are is given (a
        # margin), so choosing by it leaves the odds of the chosen as they are.
        exposed, others = calls.counts[:, :, :2].sum(axis=1).T
        there = exposed + others > 0
        share = exposed[there] / (exposed + others)[there]
        usual = np.flatnonzero(there)[share <= np.quantile(share, self.teaching_share)] if there.any() else []
        tables = telling_tables(calls.counts[usual], calls.dealers[usual], calls.surveys)
        if tables.empty:
            raise NotEnough(
                "No dealer has numbers that differ from its transactions' beside others, some completed.",
                "没有一家经销商同时有与业务记录不一致和一致的号码，且其中有完成访问的。",
            )
        centre = pooled_log_odds_ratio(tables)
        return _Learnt(centre, learn_odds(tables, centre))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        calls = observations.shared(_calls)
        tables = telling_tables(calls.counts, calls.dealers, calls.surveys)
        exposed, others, hits, other_hits = calls.counts.sum(axis=1).T
        counts = pd.DataFrame(
            {"calls": exposed + others, "differs": exposed, "hits": hits, "completed": hits + other_hits},
            index=calls.dealers,
        )
        counts = counts[counts["calls"] > 0]
        bits = odds_bits(tables, learned.centre, learned.spread).reindex(counts.index)
        likely = odds_range(tables, learned.centre, learned.spread).reindex(counts.index)
        few = (counts["differs"] < self.fewest_differing) | bits.isna()
        units = answer(
            counts.index,
            n=counts["calls"],
            observed=counts["hits"],
            expected=likely["expected"],
            fair_low=likely["fewest"],
            fair_high=likely["most"],
            bits=bits.fillna(0.0),
            abstained=few,
            reason=[
                _FEW.filled(differs=differs)
                if silent
                else _TOLD.filled(
                    hits=hits, differs=differs, other_hits=completed - hits, others=calls - differs, low=low, high=high
                )
                for calls, differs, silent, hits, completed, low, high in zip(
                    counts["calls"],
                    counts["differs"],
                    few,
                    counts["hits"],
                    counts["completed"],
                    likely["fewest"],
                    likely["most"],
                    strict=True,
                )
            ],
        )
        return Weighed(units, no_records())


@dataclass(frozen=True)
class _Calls:
    """Calls of customers whom the dealer's transactions can reach, shape (dealers, questionnaires, `TABLE`)."""

    dealers: "pd.Index[str]"
    surveys: "pd.Index[str]"
    counts: NDArray[np.int64]


def _calls(observations: Observations) -> _Calls:
    """Count numbers that differ and others, and how many of each completed."""
    marked = observations.shared(differing_numbers)
    dealers, disposition = (observations.coded("contacts", column) for column in ("dealer_id", "disposition"))
    surveys = contacts_by(observations, "survey")
    completed = np.append(disposition.names == "completed", False)[disposition.places]
    shape = (len(dealers.names), len(surveys.names))
    cells = dealers.places * shape[1] + surveys.places
    differs, others = marked.hit, marked.looked & ~marked.hit
    counts = [
        np.bincount(cells[rows], minlength=shape[0] * shape[1])
        for rows in (differs, others, differs & completed, others & completed)
    ]
    return _Calls(dealers.names, surveys.names, np.stack(counts, axis=1).reshape(*shape, len(TABLE)))
