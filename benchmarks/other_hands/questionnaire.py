"""What customers are asked: processes that happen or fail in a visit, and the items that are rated."""

from dataclasses import dataclass

import numpy as np

from benchmarks.other_hands.chance import Floats


@dataclass(frozen=True)
class Process:
    """Something that a dealer is to do in every visit.

    Parameters
    ----------
    name
        Name of its fact.
    odds
        Log-odds that a middling dealer does it.
    loss
        Points of satisfaction lost where it is not done.
    hurts
        Items that lose as much again.
    """

    name: str
    odds: float
    loss: float
    hurts: tuple[str, ...]


@dataclass(frozen=True)
class Questionnaire:
    """One survey's questions.

    Parameters
    ----------
    survey
        Its code.
    processes, items
        What may happen, and what is rated.
    retired, added
        Items that the second agency stops and begins to ask when it changes its questionnaire.
    """

    survey: str
    processes: tuple[Process, ...]
    items: tuple[str, ...]
    retired: tuple[str, ...]
    added: tuple[str, ...]

    def losses(self) -> Floats:
        """Return the loss by process."""
        return np.array([process.loss for process in self.processes])

    def hurt(self) -> Floats:
        """Return the further loss by process and item."""
        return np.array([[process.loss * (item in process.hurts) for item in self.items] for process in self.processes])

    def odds(self) -> Floats:
        """Return the log-odds by process."""
        return np.array([process.odds for process in self.processes])


SERVICE = Questionnaire(
    "CSI",
    (
        Process("appointment_kept", 2.2, 0.45, ("booking", "keeping_promises")),
        Process("received_promptly", 1.6, 0.45, ("greeting",)),
        Process("walk_round", 1.0, 0.15, ("adviser_care",)),
        Process("cost_told_before", 1.9, 0.75, ("cost_clarity", "value")),
        Process("fixed_first_time", 2.6, 2.0, ("repair_quality", "keeping_promises")),
        Process("ready_on_time", 1.4, 0.8, ("time_taken", "keeping_promises")),
        Process("car_washed", 1.3, 0.25, ("car_cleanliness",)),
        Process("work_explained", 1.2, 0.45, ("explanation", "cost_clarity")),
        Process("follow_up_call", 0.9, 0.12, ("aftercare",)),
    ),
    (
        "booking",
        "greeting",
        "adviser_care",
        "cost_clarity",
        "value",
        "repair_quality",
        "time_taken",
        "keeping_promises",
        "lounge",
        "car_cleanliness",
        "explanation",
        "aftercare",
        "app",
        "parking",
    ),
    retired=("lounge", "value"),
    added=("app", "parking"),
)
SALE = Questionnaire(
    "SSI",
    (
        Process("greeted_at_once", 2.0, 0.3, ("showroom",)),
        Process("needs_asked", 1.3, 0.3, ("consultant",)),
        Process("test_drive", 1.0, 0.3, ("test_drive",)),
        Process("contract_explained", 1.7, 0.7, ("deal", "paperwork")),
        Process("delivered_on_time", 1.6, 0.9, ("delivery_time",)),
        Process("car_spotless", 2.1, 0.8, ("car_condition",)),
        Process("functions_explained", 1.6, 0.5, ("explanation", "delivery")),
        Process("workshop_introduced", 0.7, 0.12, ("aftercare",)),
        Process("call_after_delivery", 1.2, 0.2, ("aftercare",)),
    ),
    (
        "showroom",
        "consultant",
        "knowledge",
        "test_drive",
        "deal",
        "paperwork",
        "delivery_time",
        "delivery",
        "car_condition",
        "explanation",
        "aftercare",
        "finance",
    ),
    retired=("knowledge",),
    added=("finance",),
)
QUESTIONNAIRES = (SERVICE, SALE)
"""By their place: 0 service, 1 sale."""

FIXED = 4
"""Place of the repair among the processes of a service."""
