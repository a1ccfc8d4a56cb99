"""Too short interviews and repeated sentences are found; fast, lenient and consistent interviewers are spared."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.interviewers.pace import Pace
from detectors.interviewers.wording import RepeatedWording

INTERVIEWERS, EACH = 30, 100
SAID = "顾问很专业，交车很仔细，环境也好，特别满意"


def honest(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = INTERVIEWERS * EACH
    manner = np.repeat(rng.normal(0, 0.1, INTERVIEWERS), EACH)
    letters = rng.integers(0x4E00, 0x5400, (size, 20), dtype=np.uint32)
    return pd.DataFrame(
        {
            "response_id": [f"R{row:05d}" for row in range(size)],
            "survey": "SSI",
            "wave": "2026-10",
            "vendor": np.where(np.arange(size) < size / 2, "A", "B"),
            "interviewer_id": np.repeat([f"I{place:02d}" for place in range(INTERVIEWERS)], EACH),
            "dealer_id": [f"D{row % 41:02d}" for row in range(size)],
            "overall": 9.0,
            "q_attitude": 9.0,
            "duration_s": np.exp(rng.normal(6, 0.25, size) + manner).round(),
            "verbatim": pd.Series([row.tobytes().decode("utf-32-le") for row in letters], dtype="str"),
        }
    )


def weigh(detector: Detector, surveys: pd.DataFrame) -> Weighed:
    seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    return detector.weigh(seen, detector.learn(seen))


def test_interviews_filled_in_at_the_desk_are_found_and_named() -> None:
    surveys = honest()
    surveys.loc[:29, "duration_s"] = 70.0
    weighed = weigh(Pace(), surveys)
    assert weighed.units["bits"].idxmax() == "I00"
    assert weighed.units["bits"]["I00"] > 6
    assert weighed.units["bits"].drop("I00").max() < 2
    assert "30 of 100 interviews were too short for their items and text" in weighed.units["reason"]["I00"]
    assert {f"R{row:05d}" for row in range(30)} <= set(weighed.records["record_id"])
    assert "It took 70 seconds; such interviews mostly take" in weighed.records["reason"].iloc[0]


def test_a_fast_interviewer_is_spared() -> None:
    surveys = honest()
    surveys.loc[surveys["interviewer_id"] == "I04", "duration_s"] *= 0.6
    assert weigh(Pace(), surveys).units["bits"]["I04"] < 1


def test_an_agency_whose_questionnaire_is_shorter_is_compared_with_itself() -> None:
    surveys = honest()
    surveys.loc[surveys["vendor"] == "B", "duration_s"] *= 0.3
    assert weigh(Pace(), surveys).units["bits"].max() < 3


def test_sentences_repeated_for_customers_of_several_dealers_are_found() -> None:
    surveys = honest()
    surveys.loc[:39, "verbatim"] = np.repeat(surveys["verbatim"].iloc[:10].to_numpy(), 4)
    weighed = weigh(RepeatedWording(), surveys)
    assert weighed.units["bits"]["I00"] > 8
    assert weighed.units["bits"].drop("I00").max() < 1
    assert len(weighed.records) == 40


def test_an_interviewers_few_sentences_for_whoever_has_nothing_to_say_do_not_count() -> None:
    surveys = honest()
    surveys.loc[:24, "verbatim"] = SAID
    assert weigh(RepeatedWording(), surveys).units["bits"]["I00"] < 0


def test_a_dealers_script_and_what_everybody_says_do_not_count_against_interviewers() -> None:
    surveys = honest()
    surveys.loc[:24, "verbatim"] = SAID
    surveys.loc[:24, "dealer_id"] = "D07"
    surveys.loc[surveys.index % 5 == 3, "verbatim"] = "总体来说都挺好的，没什么意见，谢谢"
    assert weigh(RepeatedWording(), surveys).units["bits"].max() < 1


def test_few_timed_interviews_say_nothing() -> None:
    units = weigh(Pace(), honest().head(400)).units
    assert units["abstained"].all()
    assert "nobody can say what is short" in units["reason"].iloc[0]
