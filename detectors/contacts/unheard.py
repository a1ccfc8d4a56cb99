"""Customers who stand on the list, and with whom nobody could speak.

The pattern. The dealer's transactions have the customer and a number. Either the agency calls this very number and is
told that there is no such customer; or the list has another number, and that one is dead. One digit is enough.

Why it matters. The call counts as made, nobody is missing from the list, and still the customer is not heard.

What honest thing can look the same. Cars are sold on, carriers give numbers to others, a driver answers who knows of no
visit, clerks mistype. All of that happens at every dealer, more at some than at others: how often is learnt from the
network, with the spread among dealers, and never less spread than clerks' habits make, of whom the careless mistype
several times as often as the careful. Numbers that the transactions have for several customers (fleets, families,
resellers) are left out, and so are those that are dead in the transactions too, as many are in the country. A dealer
who sells through resellers, or whose clerk cannot type, may still stand out: so this evidence alone opens no case.

References
----------
AAPOR (2023), "Standard definitions: final dispositions of case codes and outcome rates for surveys", on cases that are
not eligible. Spiegelhalter (2005), Statistics in Medicine 24, on over-dispersed funnel limits.

Examples
--------
Forty dealers, one of whose fifty customers is said to be none; at D00 it is fifteen.

>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> place = np.arange(2000)
>>> truth = pd.DataFrame({
...     "dealer_id": [f"D{p // 50:02d}" for p in place], "customer_id": [f"K{p}" for p in place],
...     "phone": [f"number {p}" for p in place],
... })
>>> said = np.where((place % 50 == 27) | (place < 15), "not_customer", "completed")
>>> listed = truth.assign(contact_id=truth["customer_id"], disposition=said)
>>> seen, detector = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": truth}), Unheard()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 0 < 3 < units.loc["D00", "bits"]), units.loc["D00", "reason"]
(True, '16 of 50 customers of its own transactions stand on its list and were called no customer, or under a dead \
number that its transactions do not have; dealers like this one have 0 to 4.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detectors.contacts.calls import lost
from detectors.contacts.listing import Honest, Marked, learn_honest, weigh_list
from detectors.contacts.matching import IDENTITIES, among, match, of_several
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.keys import token
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Unheard(Detector):
    """Customers who stand on the list, and with whom nobody could speak.

    Parameters
    ----------
    fewest_customers
        A dealer of whose list fewer customers are in its transactions is not judged.
    potency
        Probability that nobody can speak with a customer whom the dealer wants to keep from the agency.
    habits
        Least standard deviation, in log-odds, between honest dealers: one in twenty loses five times as many.
    """

    fewest_customers: int = 10
    potency: float = 0.8
    habits: float = 1.0

    title: ClassVar[Said] = Said("Customers on the list with whom nobody could speak", "名单上却无从访问的客户")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Cars are sold on, numbers are given to others, clerks mistype: how often, and how much dealers differ in "
            "it, is learnt from the network, and the careless are allowed several times the usual.",
            "车辆会转卖，号码会易主，录入会出错：这种情况有多常见、各经销商差异多大，都从全网学得，并容许粗心者数倍于常态。",
        ),
        Said(
            "Numbers that several customers share in the dealer's transactions, of fleets, families and resellers, "
            "are left out.",
            "在经销商业务记录中由多位客户共用的号码（车队、家人、二级网点）不计入。",
        ),
        Said(
            "Numbers that are dead in the dealer's own transactions too are left out, as many are in the country.",
            "在经销商自己的业务记录中同样无法接通的号码不计入，这在县乡地区很常见。",
        ),
        Said(
            "Customers of resellers under changing names, or a clerk who cannot type, look the same: so this evidence "
            "opens no case by itself.",
            "二级网点以不同名义购车，或录入极不仔细，看上去与此相同：因此这项证据不单独立案。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.WITHHELD,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contacts": ("phone", "disposition"),
        "transactions": ("phone",),
    }

    def _learn(self, network: Observations) -> Honest:
        return learn_honest(network, network.shared(_unheard), potency=self.potency, habits=self.habits)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(_unheard),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=Said(
                "{hits} of {total} customers of its own transactions stand on its list and were called no customer, or "
                "under a dead number that its transactions do not have; dealers like this one have {low} to {high}.",
                "其业务记录中有 {total} 位客户列于联系名单，其中 {hits} 位被称为非本店客户，"
                "或所列号码无法接通且与业务记录不符；同类经销商为 {low} 至 {high} 位。",
            ),
            record_reason=Said(
                "Nobody could speak with this customer, whom the dealer's own transactions know under a number.",
                "未能访问到这位客户，而该经销商自己的业务记录中有这位客户及其号码。",
            ),
        )


def _unheard(observations: Observations) -> Marked:
    """Mark the customers that the transactions know whose call was lost; numbers of several customers are left out."""
    theirs = token(observations, "transactions", "phone")
    members = [token(observations, "transactions", identity) for identity in IDENTITIES]
    shared = np.unique(theirs[np.any(of_several(theirs, *members), axis=0)])
    number = token(observations, "contacts", "phone")
    looked = match(observations, "contacts").reachable & (number != 0) & ~among(number, shared)
    return Marked("contacts", looked, looked & observations.shared(lost))
