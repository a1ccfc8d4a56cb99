"""Full marks against the process facts of the same interview."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.ratings.facts import Facts

_FACTS = ("fact_walkaround_done", "fact_fixed_first_time", "fact_car_washed")


def _network(
    coached: float = 0.0, dealers: int = 60, interviews: int = 200, scale: tuple[int, int] = (1, 10)
) -> Observations:
    """Return honest dealers D00 ...; D00 coaches a share, D01 is excellent, D02 to D11 lie in a generous region."""
    rng = np.random.default_rng(11)
    place = np.repeat(np.arange(dealers), interviews)
    rows = len(place)
    second = rng.random(rows) < 0.3
    level = rng.normal(0, 0.4, dealers) + np.where(np.isin(np.arange(dealers), range(2, 12)), 0.9, 0.0)
    level[0], level[1] = 0.0, 3.0
    failed = rng.random((rows, 3)) < [0.3, 0.2, 0.25]
    logit = level[place] + 0.5 * second - failed @ [2.2, 2.6, 0.0]
    full = rng.random(rows) < 1 / (1 + np.exp(-logit))
    full |= (place == 0) & (rng.random(rows) < coached)
    low, high = scale
    facts = {name: 1.0 - failed[:, column] for column, name in enumerate(_FACTS)}
    surveys = pd.DataFrame(
        {
            "response_id": [f"R{row:05d}" for row in range(rows)],
            "survey": np.where(rng.random(rows) < 0.5, "SSI", "CSI"),
            "vendor": np.where(second, "B", "A"),
            "dealer_id": [f"D{number:02d}" for number in place],
            "overall": np.where(full, high, high - 1.0),
            "q_attitude": np.where(full, high, rng.integers(low, high, rows)).astype(float),
            **facts,
        }
    )
    return Observations(date(2026, 10, 31), {"surveys": surveys}, scales={"SSI": scale, "CSI": scale})


def _weigh(seen: Observations) -> Weighed:
    return Facts().weigh(seen, Facts().learn(seen))


def test_a_dealer_whose_full_marks_ignore_failed_steps_is_found_and_its_worst_calls_come_first() -> None:
    weighed = _weigh(_network(coached=0.6))
    assert weighed.units["bits"]["D00"] > 6
    assert weighed.units["bits"].drop("D00").max() < 6
    reason = weighed.units["reason"]["D00"]
    assert "customers with whom more process steps failed than with most still gave full marks" in reason
    own = weighed.records[weighed.records["unit_id"] == "D00"]
    though = own["reason"].str.contains("though more process steps failed")
    assert own.loc[though, "probability"].mean() > own.loc[~though, "probability"].mean() + 0.1


def test_the_excellent_dealer_the_generous_region_and_the_other_agency_are_spared() -> None:
    bits = _weigh(_network()).units["bits"]
    assert bits.max() < 6
    assert bits["D01"] < 1
    assert bits[[f"D{place:02d}" for place in range(2, 12)]].mean() < 0
    assert np.exp2(bits).mean() < 1.1


def test_a_fact_that_changes_nobodys_mind_is_not_held_against_anyone() -> None:
    weights = [learnt.weights for learnt in Facts().learn(_network()).learned.questionnaires.values()]
    assert [set(found) for found in weights] == [set(_FACTS[:2])] * 2


def test_a_five_point_scale_is_read_by_its_own_top() -> None:
    assert _weigh(_network(coached=0.6, scale=(1, 5))).units["bits"].idxmax() == "D00"


def test_a_dealer_judged_alone_is_judged_as_in_company() -> None:
    seen = _network(coached=0.6)
    reference = Facts().learn(seen)
    alone = Facts().weigh(seen.of(Facts().unit_kind, ["D00"]), reference)
    together = Facts().weigh(seen, reference)
    pd.testing.assert_frame_equal(alone.units, together.units.loc[["D00"]])
    own = together.records[together.records["unit_id"] == "D00"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.records, own)


def test_few_interviews_or_no_telling_fact_bring_an_abstention_that_says_so() -> None:
    small = _weigh(_network(interviews=9)).units
    assert small["abstained"].all()
    seen = _network()
    surveys = seen["surveys"].assign(**dict.fromkeys(_FACTS, 1.0))
    silent = _weigh(Observations(seen.business_date, {"surveys": surveys})).units
    assert set(silent["reason"]) == {"No process fact of any questionnaire makes full marks rarer when it fails."}
