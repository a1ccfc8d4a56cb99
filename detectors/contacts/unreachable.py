"""Numbers of nobody: dead ones on the list, where the dealer's own transactions have another.

The pattern. Whoever has no friends to hand over invents numbers. Most of them are nobody's, the calls fail, and of the
dealer's customers the agency reaches those whose numbers were left as they are.

Why it matters. A list half of which cannot be called looks like bad luck, and its other half was chosen.

What honest thing can look the same. Clerks mistype, customers give a wrong number, an old one stands in the phone book
after a change of systems. It happens everywhere; how much is learnt from the network, and the careless are allowed many
times the usual, since there are some everywhere. Numbers that are dead in the dealer's transactions too are no sign.
This evidence alone opens no case.

References
----------
Automotive News (2010) on invented customer data. AAPOR (2023), "Standard definitions", on numbers out of service.

Examples
--------
Forty dealers, of whose fifty customers one has a mistyped number; at D00 it is twenty.

>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> place = np.arange(2000)
>>> truth = pd.DataFrame({
...     "dealer_id": [f"D{p // 50:02d}" for p in place], "customer_id": [f"K{p}" for p in place],
...     "phone": [f"number {p}" for p in place],
... })
>>> wrong = (place % 50 == 7) | (place < 20)
>>> listed = truth.assign(
...     contact_id=truth["customer_id"], phone=truth["phone"].where(~wrong, "wrong " + truth["phone"]),
...     disposition=np.where(wrong, "out_of_service", "completed"))
>>> seen, detector = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": truth}), Unreachable()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 0 < 3 < units.loc["D00", "bits"]), units.loc["D00", "reason"]
(True, '20 of 50 customers on its list have a dead number where its own transactions have another; dealers like this \
one have 0 to 4.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from detectors.contacts.calls import broken
from detectors.contacts.listing import Honest, Marked, learn_honest, weigh_list
from detectors.contacts.matching import match, token
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Unreachable(Detector):
    """Numbers of nobody: dead ones on the list, where the dealer's own transactions have another.

    Parameters
    ----------
    fewest_customers
        A dealer of whose list fewer customers are in its transactions is not judged.
    potency
        Share of invented numbers that are nobody's.
    habits
        Least standard deviation, in log-odds, between honest dealers: one in twenty mistypes nine times as often.
    """

    fewest_customers: int = 10
    potency: float = 0.8
    habits: float = 1.3

    title: ClassVar[Said] = Said("Dead numbers that its own transactions do not have", "与业务记录不符的无效号码")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Clerks mistype and customers give wrong numbers: how often is learnt from the network, and the careless "
            "are allowed many times the usual.",
            "录入会出错，客户也会留错号码：这种情况有多常见从全网学得，并容许粗心者数倍于常态。",
        ),
        Said(
            "Numbers that are dead in the dealer's own transactions too are no sign.",
            "在经销商自己的业务记录中同样无法接通的号码不算迹象。",
        ),
        Said(
            "An old phone book after a change of systems looks the same: so this evidence opens no case by itself.",
            "更换系统后沿用旧电话簿，看上去与此相同：因此这项证据不单独立案。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contacts": ("phone", "disposition"),
        "transactions": ("phone",),
    }

    def _learn(self, network: Observations) -> Honest:
        return learn_honest(network, network.shared(_invented), potency=self.potency, habits=self.habits)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(_invented),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=Said(
                "{hits} of {total} customers on its list have a dead number where its own transactions have another; "
                "dealers like this one have {low} to {high}.",
                "其名单上 {total} 位客户中，有 {hits} 位的号码无法接通，而其自己的业务记录中另有号码；"
                "同类经销商为 {low} 至 {high} 位。",
            ),
            record_reason=Said(
                "The number is dead, and the dealer's own transactions have another for this customer.",
                "这个号码无法接通，而该经销商自己的业务记录中有这位客户的另一个号码。",
            ),
        )


def _invented(observations: Observations) -> Marked:
    """Mark dead numbers of customers for whom the transactions have another."""
    looked = match(observations, "contacts").reachable & (token(observations, "contacts", "phone") != 0)
    return Marked("contacts", looked, looked & broken(observations))
