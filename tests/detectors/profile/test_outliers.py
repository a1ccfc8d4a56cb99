"""The profile sees what is odd for a dealer's level, spares the excellent, and never says much."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.profile.outliers import Outliers

DEALERS, EACH = 80, 80
ITEMS = ["overall", *(f"q_{letter}" for letter in "abcdef")]


def network(seed: int = 1, lift: float = 0.0) -> pd.DataFrame:
    """Eighty dealers of different level whose customers' answers follow a process fact; D00 is lifted."""
    rng = np.random.default_rng(seed)
    size = DEALERS * EACH
    quality = rng.normal(0, 0.5, DEALERS)
    quality[0] = lift if lift else quality[0]
    done = (rng.random(size) < 0.7).astype(float)
    mood = 7.6 + np.repeat(quality, EACH) + done + rng.normal(0, 0.9, size)
    answers = np.clip(np.round(mood[:, None] + rng.normal(0, 0.8, (size, len(ITEMS)))), 1, 10).astype(np.float32)
    return pd.DataFrame(answers, columns=ITEMS).assign(
        response_id=[f"R{row:05d}" for row in range(size)],
        survey="CSI",
        dealer_id=np.repeat([f"D{place:02d}" for place in range(DEALERS)], EACH),
        called_at=pd.Timestamp("2026-10-01") + pd.to_timedelta(rng.integers(0, 31, size), unit="D"),
        fact_done=done.astype(np.float32),
    )


def weigh(surveys: pd.DataFrame) -> Weighed:
    seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Outliers()
    return detector.weigh(seen, detector.learn(seen))


def test_full_marks_that_follow_no_fact_stand_out_and_are_said_in_words() -> None:
    surveys = network()
    coached = (surveys["dealer_id"] == "D00") & (np.arange(len(surveys)) % 5 < 2)
    surveys.loc[coached, ITEMS] = 10.0
    weighed = weigh(surveys)
    assert weighed.units["bits"].idxmax() == "D00"
    assert 1 < weighed.units["bits"]["D00"] < 4
    assert "interviews with full marks on everything" in weighed.units["reason"]["D00"]
    assert weighed.records.empty


def test_the_best_dealer_of_the_network_does_not_stand_out_for_being_good() -> None:
    bits = [weigh(network(seed, lift=1.3)).units["bits"]["D00"] for seed in range(2, 6)]
    assert float(np.mean(np.exp2(bits))) < 1.3


def test_the_e_values_of_honest_dealers_average_at_most_one() -> None:
    assert np.exp2(weigh(network(9)).units["bits"]).mean() <= 1.0


def test_among_few_dealers_or_with_few_interviews_nobody_is_judged() -> None:
    few = weigh(network().head(30 * EACH)).units
    assert few["abstained"].all()
    surveys = network()
    new = weigh(surveys[(surveys["dealer_id"] != "D03") | (np.arange(len(surveys)) % EACH < 9)]).units
    assert new.loc["D03", "abstained"]
    assert new["abstained"].sum() == 1
