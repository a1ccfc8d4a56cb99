"""Copied answers are found, and full marks, short questionnaires and lenient interviewers are not mistaken for them."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.interviewers.copies import Copies

PER_INTERVIEWER = 120


def network(seed: int = 1, interviewers: int = 30, items: int = 10) -> pd.DataFrame:
    """Interviews whose items move together, as satisfied people's do, many of them full marks."""
    rng = np.random.default_rng(seed)
    rows = interviewers * PER_INTERVIEWER
    mood = rng.normal(8.8, 1.2, rows)[:, None]
    answers = np.clip(np.round(mood + rng.normal(0, 0.9, (rows, items + 1))), 1, 10).astype(np.float32)
    names = ["overall", *(f"q_{place}" for place in range(items))]
    return pd.DataFrame(answers, columns=names).assign(
        response_id=[f"R{row:05d}" for row in range(rows)],
        survey="SSI",
        dealer_id=[f"D{row % 37:02d}" for row in range(rows)],
        interviewer_id=[f"I{row // PER_INTERVIEWER:02d}" for row in range(rows)],
    )


def weigh(surveys: pd.DataFrame) -> Weighed:
    seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Copies()
    return detector.weigh(seen, detector.learn(seen))


def answers_of(surveys: pd.DataFrame) -> list[str]:
    return [name for name in surveys.columns if name == "overall" or name.startswith("q_")]


def test_answers_filled_in_again_with_one_changed_are_found_and_said() -> None:
    surveys = network()
    columns = answers_of(surveys)
    rng = np.random.default_rng(4)
    for row in range(1, 40):
        copied = surveys.loc[0, columns].to_numpy(dtype=np.float32).copy()
        copied[rng.integers(len(copied))] = rng.integers(5, 11)
        surveys.loc[row, columns] = copied
    weighed = weigh(surveys)
    assert weighed.units["bits"].idxmax() == "I00"
    assert weighed.units["bits"].max() > 10
    assert weighed.units["bits"].drop("I00").max() < 2
    assert " of 120 interviews repeat the answers of another interview by the same interviewer" in str(
        weighed.units.loc["I00", "reason"]
    )
    named = weighed.records[weighed.records["unit_id"] == "I00"]
    copies = {f"R{row:05d}" for row in range(40)}
    assert len(copies & set(named["record_id"])) >= 38
    assert len(set(named["record_id"]) - copies) <= 4


def test_a_lenient_interviewer_whose_customers_all_give_full_marks_is_spared() -> None:
    surveys = network()
    columns = answers_of(surveys)
    lenient = surveys["interviewer_id"] == "I05"
    surveys.loc[lenient, columns] = np.minimum(surveys.loc[lenient, columns] + 2, 10)
    surveys.loc[surveys.index[lenient][:60], columns] = 10
    assert weigh(surveys).units["bits"]["I05"] < 1


def test_customers_who_give_one_number_to_everything_are_spared() -> None:
    surveys = network()
    columns = answers_of(surveys)
    rng = np.random.default_rng(8)
    some = rng.random(len(surveys)) < 0.15
    one_number = np.repeat(rng.integers(5, 11, (int(some.sum()), 1)), len(columns), axis=1)
    surveys.loc[some, columns] = one_number.astype(np.float32)
    assert weigh(surveys).units["bits"].max() < 1


def test_a_short_questionnaire_and_few_interviews_are_not_judged() -> None:
    short = weigh(network(items=4)).units
    assert short["abstained"].all()
    few = network(interviewers=3)
    units = weigh(pd.concat([few, few.head(5).assign(interviewer_id="I99", response_id=list("abcde"))])).units
    assert units.loc["I99", "abstained"]
    assert "fewer than 20" in str(units.loc["I99", "reason"])
