"""A dealer's script is found however it is told; what everybody says and what one interviewer writes is not one."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.wording.scripts import Scripts

DEALERS, EACH = 40, 50
SCRIPT = ("服务顾问全程陪同讲解", "交车仪式很有心意", "休息区干净又舒适", "整体特别满意")


def honest(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = DEALERS * EACH
    letters = rng.integers(0x4E00, 0x5400, (size, 22), dtype=np.uint32)
    said = np.array([row.tobytes().decode("utf-32-le") for row in letters], dtype=object)
    said[rng.random(size) < 0.4] = "挺好，没什么意见"
    return pd.DataFrame(
        {
            "response_id": [f"R{row:05d}" for row in range(size)],
            "dealer_id": np.repeat([f"D{place:02d}" for place in range(DEALERS)], EACH),
            "interviewer_id": [f"I{row % 7}" for row in range(size)],
            "verbatim": pd.Series(said, dtype="str"),
        }
    )


def told(count: int, seed: int = 2) -> list[str]:
    """Tell the script as customers do: in another order, with a sentence left out now and then."""
    rng = np.random.default_rng(seed)
    kept = [rng.permutation(4)[: rng.integers(3, 5)] for _ in range(count)]
    return ["，".join(SCRIPT[place] for place in places) for places in kept]


def weigh(surveys: pd.DataFrame) -> Weighed:
    seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Scripts()
    return detector.weigh(seen, detector.learn(seen))


def test_a_script_told_in_other_orders_and_in_part_is_found_and_its_interviews_are_named() -> None:
    surveys = honest()
    surveys.loc[:11, "verbatim"] = told(12)
    weighed = weigh(surveys)
    assert weighed.units["bits"]["D00"] > 8
    assert weighed.units["bits"].drop("D00").max() < 1
    assert (
        "of 50 customers with an open answer said nearly what another customer had said"
        in (weighed.units["reason"]["D00"])
    )
    assert len(weighed.records) >= 10
    assert set(weighed.records["record_id"]) <= {f"R{row:05d}" for row in range(12)}


def test_a_script_that_three_dealers_share_is_found_at_each_of_them() -> None:
    surveys = honest()
    for place in range(3):
        surveys.loc[place * EACH : place * EACH + 11, "verbatim"] = told(12, seed=place)
    bits = weigh(surveys).units["bits"]
    assert bits[["D00", "D01", "D02"]].min() > 5
    assert bits.drop(["D00", "D01", "D02"]).max() < 1


def test_long_praise_that_all_dealers_hear_is_no_script() -> None:
    surveys = honest()
    some = np.random.default_rng(5).random(len(surveys)) < 0.15
    surveys.loc[some, "verbatim"] = told(int(some.sum()))
    assert weigh(surveys).units["bits"].max() < 1


def test_what_only_one_of_several_interviewers_wrote_is_not_held_against_the_dealer() -> None:
    surveys = honest()
    by_one = surveys.index[(surveys["dealer_id"] == "D00") & (surveys["interviewer_id"] == "I3")]
    surveys.loc[by_one, "verbatim"] = told(len(by_one))
    assert weigh(surveys).units["bits"]["D00"] < 1


def test_one_dealer_alone_and_few_answers_are_not_judged() -> None:
    alone = weigh(honest().head(EACH)).units
    assert alone["abstained"].all()
    surveys = honest()
    surveys.loc[9 : EACH - 1, "verbatim"] = None
    few = weigh(surveys).units
    assert few.loc["D00", "abstained"]
    assert few["abstained"].sum() == 1
