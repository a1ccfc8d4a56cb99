"""Unhappy customers who are missing, and dealers that have few for good reasons."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.observations import Observations
from detectors.crosschecks.unhappy import Unhappy

DEALERS, INTERVIEWS = 60, 200


def units_of(quality: "np.ndarray[tuple[int], np.dtype[np.float64]]", kept_from: float) -> pd.DataFrame:
    """Dealers of that quality; the first one's customers who felt worse than `kept_from` are never called."""
    rng = np.random.default_rng(8)
    dealer = np.repeat(np.arange(DEALERS), INTERVIEWS)
    felt = 7.5 + quality[dealer] + rng.normal(0, 1.2, len(dealer))
    answers = np.clip(np.round(felt[:, None] + rng.normal(0, 0.5, (len(dealer), 5))), 1, 10)
    surveys = pd.DataFrame(answers, columns=["overall", "q_a", "q_b", "q_c", "q_d"]).assign(
        response_id=[f"R{place}" for place in range(len(dealer))],
        survey="SSI",
        dealer_id=[f"D{place:02d}" for place in dealer],
    )
    called = (dealer > 0) | (felt > kept_from)
    seen = Observations(date(2026, 10, 31), {"surveys": surveys[called].reset_index(drop=True)})
    return Unhappy().weigh(seen, Unhappy().learn(seen)).units


def test_a_middling_dealer_without_its_unhappy_customers_stands_out() -> None:
    quality = np.linspace(-1, 1, DEALERS)
    quality[0] = 0.0
    units = units_of(quality, kept_from=7.0)
    assert units["bits"].drop("D00").max() < 3 < units["bits"]["D00"]
    assert "customers were unhappy" in units["reason"]["D00"]


def test_the_best_dealer_of_all_has_few_unhappy_customers_and_is_spared() -> None:
    quality = np.linspace(-1, 1, DEALERS)
    quality[0] = 1.6
    assert units_of(quality, kept_from=-np.inf)["bits"]["D00"] < 1
