"""What customers are asked: topics, rated items and process facts of the two questionnaires."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Floats, Integers, stream

TOPICS = (
    "reception", "adviser", "explanation", "price", "time", "facility", "followup",
    "delivery", "test_drive", "repair", "parts", "washing",
)  # fmt: skip
TOPICS_OF = ((0, 1, 2, 3, 4, 5, 6, 7, 8), (0, 1, 2, 3, 4, 5, 6, 9, 10, 11))
SURVEYS = ("SSI", "CSI")

_SSI = (
    "attitude adviser|test_drive test_drive|price_clarity price|handover_explained explanation|wait_time time|"
    "greeting reception|car_condition delivery|facility facility|promise_kept followup|knowledge explanation|"
    "delivery_time delivery|negotiation price|follow_up followup|needs adviser|ceremony delivery|paperwork delivery|"
    "lounge facility|insurance price|parking facility|phone_manner reception|no_pressure adviser|finance price|"
    "showroom facility|accessories price|app_help followup|appearance adviser|privacy reception|contract price|"
    "product_range explanation|farewell reception"
)
_CSI = (
    "attitude adviser|fixed_right repair|cost_fairness price|work_explained explanation|wait_time time|"
    "greeting reception|work_quality repair|facility facility|promise_kept followup|diagnosis repair|"
    "booking time|cost_estimate price|follow_up followup|listening adviser|cleanliness washing|parts_stock parts|"
    "lounge facility|invoice price|parking facility|phone_manner reception|technician repair|time_promise time|"
    "drinks facility|parts_price parts|app_help followup|pick_up reception|workshop_view facility|roadside followup|"
    "progress_updates explanation|farewell reception"
)
_FACTS = (
    "greeted_promptly reception 2.2|needs_asked adviser 1.7|test_drive_offered test_drive 1.4|"
    "price_explained price 2.0|walkaround_done delivery 1.3|functions_shown explanation 1.2|"
    "delivered_on_time delivery 2.1|contacted_after followup 1.0",
    "greeted_promptly reception 2.2|walkaround_done adviser 1.2|cost_quoted price 2.0|work_explained explanation 1.6|"
    "fixed_first_time repair 2.3|ready_on_time time 1.7|car_washed washing 1.5|contacted_after followup 0.8",
)
MOST_ITEMS = 30


@dataclass(frozen=True)
class Questionnaire:
    """The items and facts of one survey, with what a world's customers make of them.

    Parameters
    ----------
    survey
        SSI or CSI.
    items, item_topics
        Codes of the rated items, and the topic of each (a place in `TOPICS`).
    item_ease
        How much better than overall satisfaction each item is usually rated, in standard deviations.
    item_unknown
        Share of customers who cannot say.
    facts, fact_topics, fact_logits
        Codes of the process facts, their topics, and the log-odds that each happens at an average dealer.
    fact_weights
        How much satisfaction is lost, in standard deviations, where it did not happen.
    """

    survey: str
    items: tuple[str, ...]
    item_topics: Integers
    item_ease: Floats
    item_unknown: Floats
    facts: tuple[str, ...]
    fact_topics: Integers
    fact_logits: Floats
    fact_weights: Floats


def questionnaires(seed: int, items: int) -> tuple[Questionnaire, Questionnaire]:
    """Return the questionnaires of a world: SSI, then CSI."""
    rng = stream(seed, "questionnaire")
    ssi, csi = (_questionnaire(rng, place, items) for place in range(2))
    return ssi, csi


def _questionnaire(rng: np.random.Generator, place: int, items: int) -> Questionnaire:
    rated = [entry.split() for entry in (_SSI, _CSI)[place].split("|")][:items]
    facts = [entry.split() for entry in _FACTS[place].split("|")]
    return Questionnaire(
        SURVEYS[place],
        tuple(code for code, _ in rated),
        np.array([TOPICS.index(topic) for _, topic in rated]),
        (0.25 * rng.standard_normal(items)).astype(np.float32),
        rng.choice([0.005, 0.01, 0.02, 0.08], size=items, p=[0.3, 0.3, 0.3, 0.1]).astype(np.float32),
        tuple(code for code, _, _ in facts),
        np.array([TOPICS.index(topic) for _, topic, _ in facts]),
        np.array([float(logit) for _, _, logit in facts], dtype=np.float32)
        + rng.normal(0, 0.2, len(facts)).astype(np.float32),
        rng.uniform(0.15, 0.5, len(facts)).astype(np.float32),
    )
