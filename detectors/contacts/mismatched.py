"""Interviews through numbers that the dealer itself does not have for the customer.

The pattern. A dealer's own system knows how to reach a customer, for the next service and for the invoice. Where an
interview under the customer's name was given through another number, the number was replaced on the way.

Why it matters. It shows replaced numbers whoever they belong to: friends, relatives, fresh cards.

What honest thing can look the same. Customers change numbers, give the driver's or the spouse's, and clerks mistype. It
happens everywhere, at some dealers more than at others; both the rate and how much dealers differ are learnt from the
network. Mistyped and outdated numbers mostly reach nobody, and whoever replaces a number wants it to answer: so only
interviews are looked at (all numbers, where what came of the calls is not told). A spreadsheet that fills in the number
of the row above hands over a number of another customer: numbers that the dealer's transactions have for anybody are
left out. A customer with several numbers in the dealer's system matches with any of them. Because a changed system can
mask or renumber all customers at once, this evidence alone opens no case.

References
----------
Quirk's (consultants' account of dealers' false customer data, in the study of TrueDelta). Spiegelhalter (2005),
Statistics in Medicine 24, on over-dispersed funnel limits.

Examples
--------
Forty dealers, of whose fifty customers one has changed the number; at D00 twenty were called on another number.

>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> place = np.arange(2000)
>>> truth = pd.DataFrame({
...     "dealer_id": [f"D{p // 50:02d}" for p in place], "customer_id": [f"K{p}" for p in place],
...     "phone": [f"number {p}" for p in place],
... })
>>> replaced = (place % 50 == 7) | (place < 20)
>>> other = truth["phone"].where(~replaced, "another " + truth["phone"])
>>> listed = truth.assign(contact_id=truth["customer_id"], phone=other)
>>> seen, detector = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": truth}), Mismatched()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 0 < 8 < units.loc["D00", "bits"]), units.loc["D00", "reason"]
(True, '20 of 50 customers were interviewed through a number that its own transactions do not have; dealers like this \
one have 0 to 4.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from detectors.contacts.calls import COMPLETED, ended
from detectors.contacts.listing import (
    Honest,
    Marked,
    differing_numbers,
    learn_honest,
    of_another_customer,
    weigh_list,
)
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Mismatched(Detector):
    """Interviews through numbers that the dealer itself does not have for the customer.

    Parameters
    ----------
    fewest_customers
        A dealer with fewer interviews of customers whom its transactions have is not judged.
    potency
        Share of false numbers that stand under a real customer's name.
    habits
        Least standard deviation, in log-odds, between honest dealers: one in twenty has four times as many.
    """

    fewest_customers: int = 10
    potency: float = 0.8
    habits: float = 0.8

    title: ClassVar[Said] = Said("Interviews through numbers its transactions lack", "经业务记录中没有的号码完成访问")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Customers change numbers, name the driver's or the spouse's, and clerks mistype: how often, and how much "
            "dealers differ in it, is learnt from the network.",
            "客户会换号，会留司机或配偶的号码，录入也会出错：这种情况有多常见、各经销商差异多大，都从全网学得。",
        ),
        Said(
            "A customer with several numbers in the dealer's system matches with any of them.",
            "客户在经销商系统中有多个号码的，与其中任何一个相符即视为一致。",
        ),
        Said(
            "Mistyped and outdated numbers mostly reach nobody: only numbers through which an interview came are "
            "looked at.",
            "录错或过时的号码大多无法接通：只看完成了访问的号码。",
        ),
        Said(
            "A spreadsheet may fill in the number of the row above: numbers of the dealer's other customers are left "
            "out.",
            "表格可能误填上一行的号码：属于该经销商其他客户的号码不计入。",
        ),
        Said(
            "A changed system can mask or renumber all customers at once: so this evidence opens no case by itself.",
            "更换系统可能一次性遮盖或改变所有客户的号码：因此这项证据不单独立案。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("phone",), "transactions": ("phone",)}

    def _learn(self, network: Observations) -> Honest:
        return learn_honest(network, network.shared(_interviewed), potency=self.potency, habits=self.habits)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(_interviewed),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=Said(
                "{hits} of {total} customers were interviewed through a number that its own transactions do not have; "
                "dealers like this one have {low} to {high}.",
                "{total} 位受访客户中，有 {hits} 位是通过该经销商自己的业务记录中查不到的号码接受访问的；"
                "同类经销商为 {low} 至 {high} 位。",
            ),
            record_reason=Said(
                "The dealer's own transactions have another number for this customer.",
                "该经销商自己的业务记录中，这位客户留的是另一个号码。",
            ),
        )


def _interviewed(observations: Observations) -> Marked:
    """Mark customers who were interviewed through a number that nobody has in the dealer's transactions."""
    marked = observations.shared(differing_numbers)
    looked = marked.looked
    if observations.has("contacts", "disposition"):
        looked = looked & ended(observations, COMPLETED)
    return Marked("contacts", looked, looked & marked.hit & ~of_another_customer(observations))
