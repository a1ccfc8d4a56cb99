"""Customers who tell as the bonus period closes."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.wording.closing_tales import ClosingTales

CLOSING = [24, 25, 26, 27]
EARLY = [2, 5, 9, 12]


def network(told: list[int], text: str, closing_months: int = 1) -> Weighed:
    """Forty dealers with an interview on each day of October; D00's customers of those days say the text."""
    said = pd.Series(["服务让我非常满意"] * 1200, dtype="str")
    said[told] = text
    surveys = pd.DataFrame(
        {
            "response_id": [f"R{place}" for place in range(1200)],
            "survey": "SSI",
            "overall": 10.0,
            "dealer_id": np.repeat([f"D{place:02d}" for place in range(40)], 30),
            "verbatim": said,
            "called_at": pd.Timestamp("2026-10-01") + pd.to_timedelta(np.tile(np.arange(30), 40), unit="D"),
        }
    )
    seen = Observations(date(2026, 10, 31), {"surveys": surveys}, {}, closing_months)
    return ClosingTales().weigh(seen, ClosingTales().learn(seen))


def test_told_and_promised_marks_count_in_the_last_days_alone() -> None:
    assert network(CLOSING, "店里让我说特别满意").units["bits"]["D00"] > 6
    assert network(CLOSING, "打十分送了我一次保养").units["bits"]["D00"] > 6
    assert network(EARLY, "店里让我说特别满意").units["bits"]["D00"] < 0


def test_who_says_that_nobody_told_him_is_spared() -> None:
    assert network(CLOSING, "没人让我打满分").units["bits"]["D00"] < 0


def test_the_interviews_that_tell_are_named_and_no_others() -> None:
    named = network([*EARLY, *CLOSING], "店里让我说特别满意").records
    assert named["record_id"].tolist() == [f"R{place}" for place in CLOSING]


def test_in_a_month_in_which_no_period_ends_it_abstains() -> None:
    units = network(CLOSING, "店里让我说特别满意", closing_months=3).units
    assert units["abstained"].all()
    assert units["reason"].iloc[0] == "No open answer is from the last 10 days of a bonus period."
