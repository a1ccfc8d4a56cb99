"""Customers who complained and yet gave full marks on everything."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.crosschecks.complaints import Complaints


def _network(*, stand_ins: float = 0.0, filed_on: str = "2026-09-10") -> Observations:
    """Return forty dealers, one customer in eight complaining; D01 is excellent, D00 has others answer for them."""
    rng = np.random.default_rng(9)
    dealer = np.repeat(np.arange(40), 100)
    rows = len(dealer)
    complained = rng.random(rows) < 0.125
    level = rng.normal(-0.5, 0.5, 40)
    level[:2] = -0.5, 3.5
    full = rng.random(rows) < 1 / (1 + np.exp(-level[dealer] + 2.0 * complained))
    full |= (dealer == 0) & complained & (rng.random(rows) < stand_ins)
    surveys = pd.DataFrame(
        {
            "response_id": [f"R{row}" for row in range(rows)],
            "survey": "CSI",
            "dealer_id": [f"D{place:02d}" for place in dealer],
            "customer_id": [f"K{row}" for row in range(rows)],
            "called_at": pd.Timestamp("2026-09-20 15:00"),
            "overall": np.where(full, 10.0, 7.0),
            "q_attitude": np.where(full, 10.0, 8.0),
        }
    )
    filed = surveys.loc[complained, ["dealer_id", "customer_id"]].assign(filed_on=pd.Timestamp(filed_on))
    frames = {"surveys": surveys, "complaints": filed.reset_index(drop=True)}
    return Observations(date(2026, 10, 31), frames)


def _weigh(seen: Observations) -> Weighed:
    return Complaints().weigh(seen, Complaints().learn(seen))


def test_complainers_with_full_marks_are_found_and_their_calls_named() -> None:
    weighed = _weigh(_network(stand_ins=0.9))
    assert weighed.units["bits"]["D00"] > 5
    assert weighed.units["bits"].drop("D00").max() < 5
    assert "had complained before the call gave full marks on everything" in weighed.units["reason"]["D00"]
    own = weighed.records[weighed.records["unit_id"] == "D00"]
    assert len(own) == weighed.units["observed"]["D00"]
    assert own["probability"].min() > 0.7


def test_the_excellent_dealer_with_whom_even_complainers_are_content_is_spared() -> None:
    units = _weigh(_network()).units
    assert units["observed"]["D01"] >= 5
    assert units["bits"]["D01"] < 2
    assert np.exp2(units["bits"]).mean() < 1.2


def test_a_complaint_filed_after_the_call_contradicts_nothing() -> None:
    units = _weigh(_network(stand_ins=0.9, filed_on="2026-09-25")).units
    assert units["abstained"].all()


def test_a_dealer_without_complaints_and_one_judged_alone_are_judged_as_in_company() -> None:
    seen = _network(stand_ins=0.9)
    complaints = seen["complaints"][seen["complaints"]["dealer_id"] != "D05"].reset_index(drop=True)
    seen = Observations(seen.business_date, {**seen.frames, "complaints": complaints})
    reference = Complaints().learn(seen)
    whole = Complaints().weigh(seen, reference)
    assert (
        whole.units["reason"]["D05"] == "0 of its interviewed customers complained before the call: too few to judge."
    )
    for dealer in ("D00", "D05"):
        alone = Complaints().weigh(seen.of(UnitKind.DEALER, [dealer]), reference)
        pd.testing.assert_frame_equal(alone.units, whole.units.loc[[dealer]], rtol=1e-9)
