"""One number handed over for several customers.

The pattern. A dealer that does not want its customers called writes a friend's number, or a few friends' numbers, under
many names. The same number then comes back under several customers of its list.

Why it matters. One person answers for many who were never asked. The dealer's own records contradict its list, customer
by customer, so this evidence may open a case by itself.

What honest thing can look the same. A fleet's manager answers for thirty vehicles, families share a phone, and a call
centre number stands on many invoices. Those numbers belong to the several customers in the dealer's own transactions
too, and are spared. A spreadsheet that fills in the number of the row above puts a customer's number under the next
one: it stands under one wrong name only, and if it is dragged down further, the calls find the wrong person; so of the
dealer's other customers' numbers only those count that stand under several wrong names and gave interviews. What
remains at honest dealers (a family whose visit lies before the window, a slip of the hand) is learnt from the network.

References
----------
Automotive News (2010) on relatives' and own contacts substituted for customers'. Spiegelhalter (2005), Statistics in
Medicine 24, on over-dispersed funnel limits.

Examples
--------
Thirty dealers; D00 writes one number under ten customers, D01 has a fleet of ten that its transactions know.

>>> from datetime import date
>>> import pandas as pd
>>> place = np.arange(1200)
>>> truth = pd.DataFrame({"dealer_id": [f"D{p // 40:02d}" for p in place], "customer_id": [f"K{p}" for p in place]})
>>> phone = np.array([f"number {p}" for p in place], dtype=object)
>>> phone[40:50] = "the fleet's"
>>> listed = phone.copy()
>>> listed[:10] = "a friend's"
>>> seen = Observations(date(2026, 10, 31), {
...     "contacts": truth.assign(contact_id=truth["customer_id"], phone=listed),
...     "transactions": truth.assign(phone=phone),
... })
>>> units = Recycled().weigh(seen, Recycled().learn(seen)).units
>>> bool(units.loc["D00", "bits"] > 8), bool(units.loc["D01", "bits"] < 0), units.loc["D00", "reason"]
(True, True, '10 of 40 numbers on its list stand under other customers too, who do not share them in its own \
transactions; dealers like this one have 0 to 1.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detectors.contacts.calls import COMPLETED, ended
from detectors.contacts.listing import Honest, Marked, at_known_dealers, learn_honest, of_another_customer, weigh_list
from detectors.contacts.matching import IDENTITIES, match, of_several
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.keys import token
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Recycled(Detector):
    """One number handed over for several customers.

    Parameters
    ----------
    fewest_numbers
        A dealer that handed over fewer numbers is not judged.
    potency
        Share of false numbers that are used more than once.
    habits
        Least standard deviation, in log-odds, between honest dealers.
    """

    fewest_numbers: int = 10
    potency: float = 0.5
    habits: float = 1.0

    title: ClassVar[Said] = Said("One number for several customers", "一个号码登记多位客户")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "A fleet's manager answers for many vehicles and families share a phone: numbers that those customers "
            "share in the dealer's own transactions are spared.",
            "车队负责人代表多辆车，家人共用一部电话：在经销商自己的业务记录中也由这些客户共用的号码不计入。",
        ),
        Said(
            "A spreadsheet may fill in the number of the row above: another customer's number counts only under "
            "several wrong names, and where an interview came of it.",
            "表格可能误填上一行的号码：其他客户的号码只有列在多个不符的姓名下、且完成了访问时才计入。",
        ),
        Said(
            "A family whose visit lies before the window, or a slip of the hand, leaves a few at honest dealers: how "
            "many is learnt from the network.",
            "到店早于观察期的家庭或录入失误，会在正常经销商处留下少数几例：数量从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("phone",), "transactions": ("phone",)}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> Honest:
        return learn_honest(network, network.shared(_recycled), potency=self.potency, habits=self.habits)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(_recycled),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_numbers,
            sentence=Said(
                "{hits} of {total} numbers on its list stand under other customers too, who do not share them in its "
                "own transactions; dealers like this one have {low} to {high}.",
                "其名单上 {total} 个号码中，有 {hits} 个还登记在其他客户名下，而在其自己的业务记录中"
                "这些客户并不共用号码；同类经销商为 {low} 至 {high} 个。",
            ),
            record_reason=Said(
                "The number stands under several customers who do not share it in the transactions.",
                "这个号码登记在多位客户名下，而业务记录中这些客户并不共用号码。",
            ),
        )


def _recycled(observations: Observations) -> Marked:
    """Mark numbers that stand under several customers of whom the dealer's transactions explain none."""
    number, explained = token(observations, "contacts", "phone"), match(observations, "contacts").own
    looked = (number != 0) & at_known_dealers(observations, "contacts")
    customers = [token(observations, "contacts", identity) for identity in IDENTITIES]
    hit = looked & ~explained & np.any([who != 0 for who in customers], axis=0)
    # A slip of the spreadsheet puts a customer's number under the next one, and that call finds the wrong person.
    if observations.has("contacts", "disposition"):
        hit &= ~of_another_customer(observations) | ended(observations, COMPLETED)
    suspect = np.where(hit, number, 0)
    for who, several in zip(customers, of_several(suspect, *customers), strict=True):
        # A fleet is one customer with many vehicles, and a customer may change the car: every identity must differ.
        hit &= several | (who == 0)
    return Marked("contacts", looked, hit)
