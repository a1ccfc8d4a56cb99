"""Cheats are counted by what they really manipulated, and found or not."""

import pandas as pd

from benchmarks.power import cheats, figure, power
from simulation import WorldSettings, simulate


def test_every_cheating_dealer_is_counted_once_with_what_it_manipulated() -> None:
    world = simulate(WorldSettings(dealers=24, months=3, end="2026-10", interviews_per_dealer=(10, 30)))
    found = cheats(world)
    dealers = world.truth.units[world.truth.units["unit_kind"] == "dealer"]
    assert sorted(found["scheme"]) == sorted(dealers["scheme"])
    coached = dealers.loc[dealers["scheme"] == "coached", "unit_id"]
    marked = world.truth.records[world.truth.records["dealer_id"].isin(coached)]
    marked = marked[(marked["source"] == "surveys") & (marked["scheme"] == "coached")]
    assert found.loc[found["scheme"] == "coached", "rows"].sum() == len(marked)
    assert (found["rows"] > 0).all()


def test_shares_are_of_the_cheats_with_so_many_rows() -> None:
    found = pd.DataFrame({"scheme": "coached", "rows": [1, 5, 6, 41, 300], "flagged": [False, True, False, True, True]})
    shares = power(found)
    assert shares["rows"].tolist() == ["1 to 5", "6 to 10", "41 or more"]
    assert shares["n"].tolist() == [2, 1, 2]
    assert shares["flagged"].tolist() == [0.5, 0.0, 1.0]
    assert "coached" in figure(shares).to_json()
