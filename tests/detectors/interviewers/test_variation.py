"""Answers that are all alike: an inventor's, and customers' who are simply content."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.interviewers.variation import Variation

INTERVIEWERS, EACH, ITEMS = 40, 60, 8


def answers(content: float = 7.5) -> pd.DataFrame:
    """Interviews of customers who are about as content as that, and differ from item to item."""
    rng = np.random.default_rng(4)
    size = INTERVIEWERS * EACH
    given = np.round(rng.normal(content, 0.9, (size, 1)) + rng.normal(0, 1.2, (size, ITEMS))).clip(1, 10)
    return pd.DataFrame(given, columns=[f"q_{place}" for place in range(ITEMS)]).assign(
        response_id=[f"R{place}" for place in range(size)],
        survey="SSI",
        overall=given[:, 0],
        dealer_id="D1",
        interviewer_id=np.repeat([f"I{place:02d}" for place in range(INTERVIEWERS)], EACH),
    )


def weigh(surveys: pd.DataFrame) -> Weighed:
    seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Variation()
    return detector.weigh(seen, detector.learn(seen))


def flatten(surveys: pd.DataFrame, rows: "pd.Series[bool]") -> pd.DataFrame:
    """Let those interviews have one number throughout, as high as before."""
    items = [f"q_{place}" for place in range(ITEMS)]
    number = surveys.loc[rows, items].mean(axis=1).round()
    return surveys.assign(**{item: surveys[item].where(~rows, number) for item in items})


def test_an_interviewer_who_ticks_along_stands_out_and_those_interviews_are_named() -> None:
    surveys = answers()
    ticked = surveys["interviewer_id"].eq("I00") & (np.arange(len(surveys)) % 2 == 0)
    weighed = weigh(flatten(surveys, ticked))
    assert weighed.units["bits"].drop("I00").max() < 3
    assert weighed.units["bits"]["I00"] > 7
    named = weighed.records.loc[weighed.records["unit_id"] == "I00", "record_id"]
    assert surveys.loc[ticked, "response_id"].isin(named).mean() > 0.9


def test_customers_who_always_give_one_number_are_met_by_everybody() -> None:
    surveys = answers()
    flat = pd.Series(np.random.default_rng(1).random(len(surveys)) < 0.2, index=surveys.index)
    assert weigh(flatten(surveys, flat)).units["bits"].max() < 3


def test_an_interviewer_of_contented_customers_is_compared_with_contented_customers() -> None:
    surveys = answers()
    items = [f"q_{place}" for place in range(ITEMS)]
    lucky = surveys["interviewer_id"].isin(["I00", "I01", "I02"])
    raised = (surveys[items] + 2).clip(upper=10)
    surveys = surveys.assign(**{item: surveys[item].where(~lucky, raised[item]) for item in items})
    assert weigh(surveys).units["bits"][["I00", "I01", "I02"]].max() < 2


def test_full_marks_throughout_are_not_looked_at() -> None:
    surveys = answers()
    full = surveys["interviewer_id"].eq("I00") & (np.arange(len(surveys)) % 2 == 0)
    perfect = surveys.assign(overall=surveys["overall"].where(~full, 10.0))
    perfect = perfect.assign(**{f"q_{place}": perfect[f"q_{place}"].where(~full, 10.0) for place in range(ITEMS)})
    assert weigh(perfect).units["bits"]["I00"] < 1
