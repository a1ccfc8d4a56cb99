"""Full marks that surge as the bonus period closes."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.timing.period_end import PeriodEnd

_DAYS = pd.date_range("2026-05-01", "2026-10-31")
_LEFT = _DAYS.days_in_month.to_numpy() - _DAYS.day.to_numpy()


def _network(leaning: "np.ndarray[tuple[int], np.dtype[np.bool_]]", *, surge: float = 0.0) -> Observations:
    """Return forty dealers called daily; D00 leans on its customers on those days, D01 is excellent.

    All dealers' log-odds of full marks rise by `surge` in the last week of each month.
    """
    rng = np.random.default_rng(5)
    dealers = 40
    dealer, day = np.repeat(np.arange(dealers), len(_DAYS)), np.tile(np.arange(len(_DAYS)), dealers)
    level = rng.normal(-0.8, 0.5, dealers)
    level[:2] = -0.8, 3.0
    full = rng.random(len(day)) < 1 / (1 + np.exp(-level[dealer] - surge * (_LEFT[day] < 7)))
    full |= (dealer == 0) & leaning[day] & (rng.random(len(day)) < 0.8)
    surveys = pd.DataFrame(
        {
            "response_id": [f"R{row}" for row in range(len(day))],
            "survey": "CSI",
            "dealer_id": [f"D{place:02d}" for place in dealer],
            "called_at": _DAYS[day] + pd.Timedelta(hours=10),
            "overall": np.where(full, 10.0, 8.0),
            "q_attitude": np.where(full, 10.0, 9.0),
        }
    )
    return Observations(date(2026, 10, 31), {"surveys": surveys})


def _weigh(seen: Observations) -> Weighed:
    return PeriodEnd().weigh(seen, PeriodEnd().learn(seen))


@pytest.mark.parametrize(
    ("leaning", "said"),
    [
        pytest.param(_LEFT < 7, "days of a month", id="every month"),
        pytest.param((_LEFT < 10) & np.isin(_DAYS.month, (6, 9)), "days of a quarter", id="every quarter"),
    ],
)
def test_a_dealer_that_leans_on_customers_as_the_period_closes_is_found(
    leaning: "np.ndarray[tuple[int], np.dtype[np.bool_]]", said: str
) -> None:
    weighed = _weigh(_network(leaning))
    assert weighed.units["bits"]["D00"] > 3
    assert weighed.units["bits"].drop("D00").max() < 3
    assert said in weighed.units["reason"]["D00"]
    own = weighed.records[weighed.records["unit_id"] == "D00"]
    day = pd.Series(np.tile(np.arange(len(_DAYS)), 40))[own["record_id"].str[1:].astype(int)]
    assert leaning[day].mean() > 0.6
    assert own["probability"].min() > 0.4


def test_a_month_end_that_is_better_everywhere_is_held_against_nobody() -> None:
    bits = _weigh(_network(np.zeros(len(_DAYS), dtype=bool), surge=0.8)).units["bits"]
    assert bits.max() < 4
    assert bits["D01"] < 1
    assert np.exp2(bits).mean() < 1.1


def test_a_dealer_judged_alone_is_judged_as_in_company() -> None:
    seen = _network(_LEFT < 7)
    reference = PeriodEnd().learn(seen)
    alone = PeriodEnd().weigh(seen.of(UnitKind.DEALER, ["D00"]), reference)
    together = PeriodEnd().weigh(seen, reference)
    pd.testing.assert_frame_equal(alone.units, together.units.loc[["D00"]])
    own = together.records[together.records["unit_id"] == "D00"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.records, own)


def test_few_interviews_and_one_level_everywhere_bring_an_abstention_that_says_so() -> None:
    seen = _network(_LEFT < 7)
    few = seen["surveys"].groupby("dealer_id").head(12).reset_index(drop=True)
    surveys = pd.concat([few[few["dealer_id"] == "D00"], seen["surveys"][seen["surveys"]["dealer_id"] != "D00"]])
    units = _weigh(Observations(seen.business_date, {"surveys": surveys.reset_index(drop=True)})).units
    assert units["abstained"]["D00"]
    assert units["reason"]["D00"] == "12 interviews; fewer than 30, or all alike, are not judged."
    alike = Observations(seen.business_date, {"surveys": seen["surveys"].assign(overall=10.0, q_attitude=10.0)})
    assert _weigh(alike).units["abstained"].all()
