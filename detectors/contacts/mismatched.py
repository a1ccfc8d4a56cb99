"""Numbers that differ from those the dealer itself has for the customer.

The pattern. A dealer's own system knows how to reach a customer, for the next service and for the invoice. Where the
list handed to the agency has another number for the same customer, it was replaced on the way.

Why it matters. It shows replaced numbers whoever they belong to: friends, fresh cards, or nobody.

What honest thing can look the same. Customers change numbers, give the driver's or the spouse's, and clerks mistype. It
happens everywhere, at some dealers more than at others; both the rate and how much dealers differ are learnt from the
network. A customer with several numbers in the dealer's system matches with any of them. Because a changed system can
mask or renumber all customers at once, this evidence alone opens no case.

References
----------
Quirk's (consultants' account of dealers' false customer data, in the study of TrueDelta). Spiegelhalter (2005),
Statistics in Medicine 24, on over-dispersed funnel limits.

Examples
--------
Forty dealers, of whose fifty customers one has changed the number; at D00 twenty have another number on the list.

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
(True, '20 of 50 customers on its list have a number that its own transactions do not have for them; dealers like this \
one have 0 to 3.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from detectors.contacts.listing import Honest, differing_numbers, learn_honest, weigh_list
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Mismatched(Detector):
    """Numbers that differ from those the dealer itself has for the customer.

    Parameters
    ----------
    fewest_customers
        A dealer of whose list fewer customers are in its transactions is not judged.
    potency
        Share of false numbers that stand under a real customer's name.
    """

    fewest_customers: int = 10
    potency: float = 0.8

    title: ClassVar[Said] = Said("Numbers that its own transactions do not have", "号码与自己的业务记录不一致")
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
            "A changed system can mask or renumber all customers at once: so this evidence opens no case by itself.",
            "更换系统可能一次性遮盖或改变所有客户的号码：因此这项证据不单独立案。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("phone",), "transactions": ("phone",)}

    def _learn(self, network: Observations) -> Honest:
        return learn_honest(network, network.shared(differing_numbers), potency=self.potency)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(differing_numbers),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=Said(
                "{hits} of {total} customers on its list have a number that its own transactions do not have for them; "
                "dealers like this one have {low} to {high}.",
                "其名单上 {total} 位客户中，有 {hits} 位的号码在该经销商自己的业务记录中查不到；"
                "同类经销商为 {low} 至 {high} 位。",
            ),
            record_reason=Said(
                "The dealer's own transactions have another number for this customer.",
                "该经销商自己的业务记录中，这位客户留的是另一个号码。",
            ),
        )
