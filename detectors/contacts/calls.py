"""What came of the calls, beside what the dealers' own transactions know of the number.

There are two ways to keep a customer from the agency who stands on the list: to say that there is no such customer, and
to write a number that reaches nobody. Either way two records contradict each other: the transactions, which have the
customer and the number, and what came of the call.
"""

import numpy as np

from detectors.contacts.matching import Flags, match
from detectors.core.keys import token
from detectors.core.observations import Observations

COMPLETED = ("completed",)
"""What came of a call that became an interview."""

NO_CUSTOMER = ("not_customer",)
"""What came of a call to somebody who is, or is said to be, no customer."""

DEAD = ("out_of_service", "wrong_number")
"""What came of a call to a number that is not the customer's."""


def ended(observations: Observations, dispositions: tuple[str, ...]) -> Flags:
    """Tell which calls ended in one of these ways; none where it was not delivered."""
    if not observations.has("contacts", "disposition"):
        return np.zeros(len(observations["contacts"]), dtype=bool)
    disposition = observations.coded("contacts", "disposition")
    return np.asarray(np.append(disposition.names.isin(dispositions), False)[disposition.places])


def broken(observations: Observations) -> Flags:
    """Tell which contacts have a dead number, where the dealer's transactions have another for the customer."""
    found = match(observations, "contacts")
    differs = found.reachable & ~found.own & (token(observations, "contacts", "phone") != 0)
    return np.asarray(ended(observations, DEAD) & differs)


def lost(observations: Observations) -> Flags:
    """Tell which contacts are broken, or no customer's by the call and a customer's by the transactions."""
    denied = ended(observations, NO_CUSTOMER) & match(observations, "contacts").own
    return np.asarray(denied | broken(observations))
