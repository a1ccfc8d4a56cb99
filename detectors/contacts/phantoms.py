"""Customers on the list whom the dealer's own transactions do not know.

The pattern. Instead of replacing a customer's number, a dealer invents the customer: a name, a vehicle and a number
that no sale and no service of its own stands behind.

Why it matters. Nobody was served, and yet somebody is satisfied.

What honest thing can look the same. A visit before the window, a purchase registered elsewhere, a mistyped vehicle. The
first is common in the first weeks of the window: fieldwork months in which it is common are left out. The others are
learnt from the network with the spread among honest dealers. Where a dealer's transactions fall silent for a while (a
system that is down, a delivery that is missing), customers of that time are known to nobody and are left out. A dealer
without transactions is not judged, and one whose system is delivered in part may stand out honestly, so this evidence
alone opens no case.

References
----------
Subaru of America v. South Coast Subaru (alleged: bogus customers). Spiegelhalter (2005), Statistics in Medicine 24.

Examples
--------
Forty dealers, one of whose fifty listed customers is in no transaction; at D00 it is twenty.

>>> from datetime import date
>>> import pandas as pd
>>> place = np.arange(2000)
>>> listed = pd.DataFrame({
...     "contact_id": [f"C{p}" for p in place], "dealer_id": [f"D{p // 50:02d}" for p in place],
...     "customer_id": [f"K{p}" for p in place], "wave": "2026-10", "phone": [f"number {p}" for p in place],
... })
>>> unknown = (place % 50 == 7) | (place < 20)
>>> seen = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": listed[~unknown]})
>>> units = Phantoms().weigh(seen, Phantoms().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 0 < 2 < units.loc["D00", "bits"]), units.loc["D00", "reason"]
(True, '20 of 50 customers on its list are in none of its own transactions; dealers like this one have 0 to 4.')
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detectors.contacts.listing import Honest, Marked, contacts_by, learn_honest, weigh_list
from detectors.contacts.matching import IDENTITIES, match
from detectors.contacts.silences import after_silence
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed
from detectors.core.keys import token
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class _Learnt:
    waves: frozenset[str]
    honest: Honest


@dataclass(frozen=True)
class Phantoms(Detector):
    """Customers on the list whom the dealer's own transactions do not know.

    Parameters
    ----------
    fewest_customers
        A dealer with fewer identified customers on its list is not judged.
    potency
        Share of false customers that are invented rather than real with another's number.
    incomplete
        Share of honest dealers whose system delivers only a part, whatever part.
    twice_the_usual
        Fieldwork months with more unknown customers than this multiple of the least come too early to tell.
    """

    fewest_customers: int = 10
    potency: float = 0.4
    incomplete: float = 0.08
    twice_the_usual: float = 2.0

    title: ClassVar[Said] = Said("Customers whom its own transactions do not know", "业务记录中查不到的客户")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "The visit may lie before the window: fieldwork months in which unknown customers are common are left out.",
            "到店可能早于观察期：查不到的客户普遍较多的执行月份不计入。",
        ),
        Said(
            "A system may be down for weeks: customers called after a silence of the dealer's transactions are left "
            "out.",
            "系统可能停用数周：业务记录中断之后回访的客户不计入。",
        ),
        Said(
            "A purchase may be registered elsewhere or a vehicle mistyped: how often, and how much dealers differ in "
            "it, is learnt from the network.",
            "购车可能登记在别处，车辆信息也可能录错：这种情况有多常见、各经销商差异多大，都从全网学得。",
        ),
        Said(
            "A dealer whose system delivers only a part may stand out honestly: so this evidence opens no case by "
            "itself, and a dealer without transactions is not judged.",
            "系统只送达部分数据的经销商也会显得突出：因此这项证据不单独立案，没有业务记录的经销商不作判断。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("dealer_id",), "transactions": ("dealer_id",)}

    def _learn(self, network: Observations) -> _Learnt:
        marked = network.shared(_unknown)
        if not marked.looked.any():
            raise NotEnough(
                "No customer of the lists has a customer number or vehicle that transactions have too.",
                "联系名单上没有一位客户的客户编号或车辆同时出现在业务记录中。",
            )
        wave = contacts_by(network, "wave")
        rows, unknown = wave.count(marked.looked), wave.count(marked.hit)
        names, share = wave.names[rows > 0], (unknown / np.maximum(rows, 1))[rows > 0]
        waves = frozenset(names[share <= self.twice_the_usual * (share.min() + 0.02)])
        return _Learnt(
            waves, learn_honest(network, _within(network, waves), potency=self.potency, incidents=self.incomplete)
        )

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        return weigh_list(
            observations,
            _within(observations, learned.waves),
            learned.honest,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=Said(
                "{hits} of {total} customers on its list are in none of its own transactions; dealers like this one "
                "have {low} to {high}.",
                "其名单上 {total} 位客户中，有 {hits} 位不在该经销商自己的任何业务记录中；"
                "同类经销商为 {low} 至 {high} 位。",
            ),
            record_reason=Said(
                "The customer is in none of the dealer's own transactions.",
                "该经销商自己的业务记录中没有这位客户。",
            ),
        )


def _unknown(observations: Observations) -> Marked:
    """Mark the identified customers of the lists whom no transaction knows.

    Only identities that both sources use count, and only dealers that have transactions.
    """
    dealers, theirs = (observations.coded(source, "dealer_id") for source in ("contacts", "transactions"))
    told = np.zeros(len(dealers.places), dtype=bool)
    for identity in IDENTITIES:
        if observations.has("transactions", identity):
            told |= token(observations, "contacts", identity) != 0
    told &= (dealers.among(theirs.names) >= 0) & ~after_silence(observations)
    return Marked("contacts", told, told & ~match(observations, "contacts").known)


def _within(observations: Observations, waves: Collection[str]) -> Marked:
    """Return the marks in these fieldwork months."""
    marked, wave = observations.shared(_unknown), contacts_by(observations, "wave")
    inside = wave.names.isin(list(waves))[wave.places]
    return Marked(marked.source, marked.looked & inside, marked.hit & inside)
