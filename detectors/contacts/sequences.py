"""Numbers in sequence on a dealer's own list of customers.

The pattern. Cards bought together, or numbers invented in a row, differ in their last digits only. Customers' numbers
do not: they come from years of different shops.

Why it matters. A run of neighbouring numbers is nobody's customers.

What honest thing can look the same. A company's landlines and its employees' cards come in blocks, and such a fleet is
a good customer: numbers that the dealer's own transactions have for the same customer are spared, landlines altogether.
Two neighbours meet by chance now and then, the more the larger the list and the smaller the town; how often is learnt
from the network.

References
----------
Automotive News (2010) on invented customer data. Feller (1968), vol. 1, section II.3, on coincidences.

Examples
--------
Thirty dealers; twelve numbers of D00 stand in one block of a hundred.

>>> from datetime import date
>>> import pandas as pd
>>> place = np.arange(1200)
>>> contacts = pd.DataFrame({
...     "contact_id": [f"C{p}" for p in place], "dealer_id": [f"D{p // 40:02d}" for p in place],
...     "phone": [f"number {p}" for p in place], "phone_last2": (place * 7 % 100).astype(float),
...     "phone_block": ["one block" if p < 12 else f"block {p}" for p in place], "phone_kind": "mobile",
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"contacts": contacts}), Sequences()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units.loc["D00", "bits"] > 8), units.loc["D00", "reason"]
(True, '12 of 40 numbers on its list differ from another of its numbers in the last two digits only, and are not its \
customers in its own transactions; dealers like this one have 0 to 1.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detectors.contacts.listing import Honest, Marked, learn_honest, weigh_list
from detectors.contacts.matching import match, of_several
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed
from detectors.core.keys import token
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class Sequences(Detector):
    """Numbers in sequence on a dealer's own list of customers.

    Parameters
    ----------
    fewest_numbers
        A dealer that handed over fewer mobile numbers is not judged.
    potency
        Share of false numbers that stand in a row.
    """

    fewest_numbers: int = 10
    potency: float = 0.5

    title: ClassVar[Said] = Said("Numbers in sequence", "名单上的连号")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "A company's employees have cards of one block: numbers that the dealer's own transactions have for the "
            "same customer are spared.",
            "企业员工的号码常在同一号段：经销商自己的业务记录中属于同一客户的号码不计入。",
        ),
        Said(
            "Landlines of a company come in blocks: landlines are left out altogether.",
            "企业固定电话往往成段：固定电话一律不计入。",
        ),
        Said(
            "Two neighbouring numbers meet by chance now and then: how often is learnt from the network.",
            "偶尔会有两个相邻号码巧合出现：多常见从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("phone",)}

    def _learn(self, network: Observations) -> Honest:
        if not network.has("contacts", "phone_block", "phone_last2"):
            raise NotEnough(
                "The numbers were not split into blocks, so none can be seen to be in sequence.",
                "号码未拆分号段，因此无法看出是否连号。",
            )
        return learn_honest(network, network.shared(_in_sequence), potency=self.potency)

    def _weigh(self, observations: Observations, learned: Honest) -> Weighed:
        return weigh_list(
            observations,
            observations.shared(_in_sequence),
            learned,
            potency=self.potency,
            fewest_rows=self.fewest_numbers,
            sentence=Said(
                "{hits} of {total} numbers on its list differ from another of its numbers in the last two digits only, "
                "and are not its customers in its own transactions; dealers like this one have {low} to {high}.",
                "其名单上 {total} 个号码中，有 {hits} 个与名单上另一号码仅末两位不同，且在其自己的业务记录中"
                "不属于相应客户；同类经销商为 {low} 至 {high} 个。",
            ),
            record_reason=Said(
                "The number differs from another of this dealer's list in the last two digits only.",
                "这个号码与该经销商名单上另一号码仅末两位不同。",
            ),
        )


def _in_sequence(observations: Observations) -> Marked:
    """Mark numbers that share a block with another number of the same dealer, landlines and own customers left out."""
    number, block = (token(observations, "contacts", column) for column in ("phone", "phone_block"))
    looked = (number != 0) & (block != 0)
    if "phone_kind" in observations["contacts"].columns:
        kind = observations.coded("contacts", "phone_kind")
        looked &= np.append(kind.names != "landline", True)[kind.places]
    (shared,) = of_several(np.where(looked, block, 0), number)
    return Marked("contacts", looked, shared & ~match(observations, "contacts").own)
