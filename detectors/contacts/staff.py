"""Numbers of staff on a dealer's own list of customers.

The pattern. The agency calls the numbers a dealer hands over. A dealer that wants better answers hands over the number
of a colleague under a customer's name, and the colleague gives full marks.

Why it matters. Nothing about such an interview is true, and no other explanation is left once the number is known to
belong to staff and not to that customer. So this evidence may open a case by itself.

What honest thing can look the same. Staff buy cars and have them serviced too: a number that the dealer's own
transactions have for the same customer or vehicle is spared. Where a dealer's transactions were not delivered nobody
can be spared, and as many are expected as stand on lists altogether, customers in their own right included. A spouse's
car, a number typed wrong, a staff list out of date leave a few matches at honest dealers; how many is learnt from the
network, and one or two say little.

References
----------
Subaru of America v. South Coast Subaru (alleged: employees filled in their customers' surveys). Spiegelhalter (2005),
Statistics in Medicine 24, on over-dispersed funnel limits.

Examples
--------
Thirty dealers hand over forty numbers each; D00 names its adviser's number under twelve customers' names.

>>> from datetime import date
>>> import pandas as pd
>>> contacts = pd.DataFrame(
...     {
...         "contact_id": [f"C{place}" for place in range(1200)],
...         "dealer_id": [f"D{place // 40:02d}" for place in range(1200)],
...         "phone": ["adviser" if place < 12 else f"customer {place}" for place in range(1200)],
...         "disposition": "completed",
...     }
... )
>>> staff = pd.DataFrame({"dealer_id": ["D00"], "staff_id": ["S1"], "phone": ["adviser"]})
>>> seen, detector = Observations(date(2026, 10, 31), {"contacts": contacts, "staff": staff}), Staff()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units.loc["D00", "bits"] > 8), units.loc["D00", "reason"]
(True, "12 of 40 numbers on its list are of dealers' staff and, in its own transactions, of no customer of that name; \
dealers like this one have 0 to 1.")
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detectors.contacts.listing import Honest, Marked, at_known_dealers, learn_honest, number_source, weigh_list
from detectors.contacts.matching import among, match, number_of
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed
from detectors.core.keys import Keys, hashed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said


@dataclass(frozen=True)
class _Learnt:
    source: str
    staff_phones: Keys
    honest: Honest


@dataclass(frozen=True)
class Staff(Detector):
    """Numbers of staff on a dealer's own list of customers.

    Parameters
    ----------
    fewest_numbers
        A dealer that handed over fewer numbers is not judged.
    potency
        Share of false numbers that are staff's; the others are friends' or nobody's.
    """

    fewest_numbers: int = 10
    potency: float = 0.5

    title: ClassVar[Said] = Said("Numbers of staff on the list", "名单上的员工号码")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Staff buy cars and have them serviced too: a number that the dealer's own transactions have for the same "
            "customer or vehicle is spared.",
            "员工自己也会购车和售后：经销商自己的业务记录中属于同一客户或车辆的号码不计入。",
        ),
        Said(
            "A spouse's car, a mistyped number or a staff list out of date leave a few matches at honest dealers: how "
            "many is learnt from the network, and one or two say little.",
            "配偶的车、录错的号码或过时的员工名单，会在正常经销商处留下少数吻合：数量从全网学得，一两例说明不了什么。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    # The numbers stand in contacts or in surveys; a dealer without staff of its own is judged by the others' staff.
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        if not network.has("staff", "phone"):
            raise NotEnough("No list of staff with their phones was delivered.", "没有送达含电话的员工名单。")
        source = number_source(network)
        staff_phones = np.unique(hashed(network["staff"]["phone"]))
        marked = _staff_numbers(network, source, staff_phones)
        return _Learnt(source, staff_phones, learn_honest(network, marked, potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        return weigh_list(
            observations,
            _staff_numbers(observations, learned.source, learned.staff_phones),
            learned.honest,
            potency=self.potency,
            fewest_rows=self.fewest_numbers,
            sentence=Said(
                "{hits} of {total} numbers on its list are of dealers' staff and, in its own transactions, of no "
                "customer of that name; dealers like this one have {low} to {high}.",
                "其名单上 {total} 个号码中，有 {hits} 个是经销商员工的号码，且在其自己的业务记录中不属于所列客户；"
                "同类经销商为 {low} 至 {high} 个。",
            ),
            record_reason=Said(
                "The number belongs to staff of a dealer and, in the transactions, not to this customer.",
                "这个号码属于经销商员工，而在业务记录中不属于这位客户。",
            ),
        )


def _staff_numbers(observations: Observations, source: str, staff_phones: Keys) -> Marked:
    """Mark numbers of staff, those spared who are customers themselves."""
    number = number_of(observations, source)
    of_staff = among(number, staff_phones)
    return Marked(
        source,
        looked=number != 0,
        hit=of_staff & ~match(observations, source).own,
        unchecked=~at_known_dealers(observations, source),
        unspared=of_staff,
    )
