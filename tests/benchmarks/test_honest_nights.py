"""Every night's flags count, and the window moves with the nights."""

import pandas as pd

from benchmarks.honest_nights import Nights, summary, watch
from detectors.core.weighing import weigh
from simulation import WorldSettings, simulate


def test_nights_are_those_before_the_last_day_and_the_most_of_them_is_kept() -> None:
    settings = WorldSettings(seed=1, dealers=12, months=3, end="2026-10", honest=True, interviews_per_dealer=(5, 15))
    nights = watch(settings, 2)
    world = simulate(settings)
    both = [weigh(world.observations(settings.last_day - pd.Timedelta(days=days))).scores for days in (1, 0)]
    expected = pd.concat(both).groupby(["unit_id", "scheme"])["bits"].max()
    pd.testing.assert_series_equal(nights.most_bits, expected)
    assert nights.flagged.empty


def test_a_unit_that_is_flagged_twice_is_one_case_in_one_world() -> None:
    flagged = pd.DataFrame(
        [("D1", "coached", 14.0, 3), ("D1", "coached", 15.0, 4)], columns=["unit_id", "scheme", "bits", "night"]
    )
    most = pd.Series([15.0, 1.0, 3.0, 0.0], name="bits")
    e = pd.Series({"coached": 0.5})
    table = summary([Nights(flagged, most, e), Nights(flagged.head(0), most.tail(2), e)]).set_index("figure")[
        "measured"
    ]
    assert table["worlds with any case"] == "1"
    assert table["units with a case"] == "1"
    assert table["most bits of any unit on any night"] == "15.0"
    assert table["units × schemes that ever showed 3 bits (one look allows 12.50%)"] == "50.00%"
    assert table["coached mean 2^bits"] == "0.500"
