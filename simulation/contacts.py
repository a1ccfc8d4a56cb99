"""What honest dealers hand to the agencies, and what comes of each call."""

from dataclasses import dataclass

import numpy as np

from detectors.core.sources import DISPOSITIONS
from simulation.chance import Flags, Floats, Integers, choose, happens, integers, logistic, normal, stream
from simulation.network import random_phones
from simulation.visits import Scene

COMPLETED = DISPOSITIONS.index("completed")
NO_ANSWER = DISPOSITIONS.index("no_answer")
_NOT_CUSTOMER = DISPOSITIONS.index("not_customer")
_BAD_NUMBER = ("out_of_service", "wrong_number", "not_customer")
_UNSUCCESSFUL = {"refused": 0.26, "no_answer": 0.44, "busy": 0.08, "callback": 0.09, "screened_out": 0.13}
_BY_HOUR = (0.5, 1.2, 1.3, 0.7, 0.4, 0.9, 1.2, 1.2, 1.1, 1.0, 0.8, 0.3)
_FIRST_HOUR = 9
EVERY = slice(None)


@dataclass(frozen=True)
class Calls:
    """The agencies' lists and calls; arrays over visits.

    Parameters
    ----------
    listed
        The dealer handed the customer over.
    phone
        The number that was handed over.
    luck
        The drawn number that decides whether the interview is completed: below the probability it is.
    logit
        Log-odds of completing.
    bad_number
        Place in `DISPOSITIONS` for numbers that reach nobody, else -1.
    otherwise
        Place in `DISPOSITIONS` of what comes of it when it is not completed.
    second
        Second of the day of the call.
    """

    listed: Flags
    phone: Integers
    luck: Floats
    logit: Floats
    bad_number: Integers
    otherwise: Integers
    second: Integers

    def disposition(self, visit: Integers | slice = EVERY, boost: float = 0.0) -> Integers:
        """Return what comes of the calls of those visits, if willingness is `boost` (log-odds) higher than usual."""
        bad = self.bad_number[visit]
        completed = (self.luck[visit] < logistic(self.logit[visit] + boost)) & (bad < 0)
        return np.where(completed, COMPLETED, np.where(bad >= 0, bad, self.otherwise[visit]))


def honest_calls(scene: Scene) -> Calls:
    """Draw the lists of honest dealers, and how each call would go.

    Customers who are satisfied answer a little more readily; those whose visit went wrong ask a little more often not
    to be called, which is honest too.

    Parameters
    ----------
    scene
        What happened.
    """
    settings, network, customers, visits = scene.settings, scene.network, scene.customers, scene.visits
    rng, size = stream(settings.seed, "calls"), len(visits)
    due = (visits.called_day >= 0) & (visits.called_day <= scene.last) & ~visits.comeback
    wanted = float(network.interviews.sum()) * settings.contacts_per_interview
    tendency = network.listing[visits.dealer] - 0.1 * visits.incident
    listed = due & (rng.random(size, dtype=np.float32) < logistic(_level(tendency[due], wanted) + tendency))

    phone = customers.phone[visits.customer].copy()
    changed = happens(rng, 0.012 * network.carelessness[visits.dealer], size) & ~customers.staff[visits.customer]
    phone[changed] = random_phones(rng, int(changed.sum()))
    bad = happens(rng, 0.04 * network.carelessness[visits.dealer], size)
    never_asked = happens(rng, 0.002 * network.carelessness[visits.dealer], size)
    phone[never_asked] = network.switchboard[visits.dealer[never_asked]]
    bad_number = np.array([DISPOSITIONS.index(name) for name in _BAD_NUMBER])[choose(rng, [0.4, 0.4, 0.2], size)]
    outcomes = np.array([DISPOSITIONS.index(name) for name in _UNSUCCESSFUL])
    logit = (
        0.22 * visits.felt
        + customers.willingness[scene.person]
        + np.where(visits.vendor == 1, 0.2, 0.0)
        + normal(rng, settings.dealers, 0.15)[visits.dealer]
    )
    answers = float(network.interviews.sum()) / max(float((~bad)[listed].sum()), 1.0)
    level = _level(logit[listed & ~bad], answers * float((listed & ~bad).sum()))
    hour = choose(rng, _BY_HOUR, size) + _FIRST_HOUR
    return Calls(
        listed=listed,
        phone=phone,
        luck=rng.random(size, dtype=np.float32),
        logit=(logit + level).astype(np.float32),
        bad_number=np.where(never_asked, _NOT_CUSTOMER, np.where(bad, bad_number, -1)),
        otherwise=outcomes[choose(rng, list(_UNSUCCESSFUL.values()), size)],
        second=hour * 3600 + integers(rng, 3600, size),
    )


def _level(tendency: Floats, wanted: float) -> float:
    """Find the log-odds at which so many of them happen, as far as possible."""
    low, high = -12.0, 4.0
    for _ in range(30):
        level = (low + high) / 2
        low, high = (level, high) if float(logistic(tendency + level).sum()) < wanted else (low, level)
    return level
