"""Peers are asked the same question on the same worlds, and answer it for every dealer."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.dealer_features import usual_features
from benchmarks.peer_rankings import averaged, dealer_peers, perfect_interviews, repeated_answers
from benchmarks.peers import expected_in_top, measure, measure_interviews
from detectors.core.observations import Observations
from simulation import World, WorldSettings, simulate


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(
        WorldSettings(dealers=24, months=2, end="2026-10", interviews_per_dealer=(12, 30), scheme_share=0.1)
    )


def test_every_ranking_covers_every_dealer_and_has_a_figure_for_every_scheme(world: World) -> None:
    table = measure(world, bound_s=5.0)
    assert table["method"].is_unique
    assert {"Mingcha, one ranking", "PyOD ECOD", "careless-py IRV", "FRAUDAR, reviews"} <= set(table["method"])
    assert np.isfinite(table.drop(columns="method").to_numpy(dtype=float)).all()
    assert (table["any cheating"] > 0).all()


def test_interviews_are_ranked_by_whoever_judges_interviews(world: World) -> None:
    table = measure_interviews(world).set_index("method")["average precision"]
    assert {"Mingcha", "perfect interviews", "careless-py IRV", "datasketch near-duplicates"} <= set(table.index)
    assert table.between(0, 1).all()


def test_a_peer_changes_nothing_of_what_it_reads(world: World) -> None:
    observations = world.observations()
    before = {name: frame.copy() for name, frame in observations.frames.items()}
    for peer in dealer_peers(bound_s=5.0):
        peer(observations)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(observations[name], frame)


def test_features_have_no_holes_and_say_what_their_names_say() -> None:
    surveys = pd.DataFrame(
        {
            "dealer_id": ["D1", "D1", "D2"],
            "survey": "SSI",
            "overall": [10.0, 8.0, 10.0],
            "q_a": [10.0, 8.0, 10.0],
            "q_b": [10.0, 6.0, np.nan],
        }
    )
    observations = Observations(pd.Timestamp("2026-10-31").date(), {"surveys": surveys})
    features = usual_features(observations)
    assert not features.isna().to_numpy().any()
    named = ["overall", "top", "perfect", "interviews"]
    assert features.loc[["D1"], named].to_numpy().tolist() == [[9.0, 0.5, 0.5, 2.0]]
    assert averaged(perfect_interviews)(observations).to_numpy().ravel().tolist() == [0.5, 1.0]


def test_near_duplicates_count_at_the_same_dealer_only() -> None:
    script = "服务顾问小王非常热情周到讲解得特别清楚我很满意"
    said = [
        ("D1", script),
        ("D1", script + "谢谢"),
        ("D2", script),
        ("D2", "空调修了三次还是不制冷"),
        ("D3", "等了两个小时"),
    ]
    surveys = pd.DataFrame(said, columns=["dealer_id", "verbatim"], dtype="str")
    repeated = repeated_answers(Observations(pd.Timestamp("2026-10-31").date(), {"surveys": surveys}))
    assert repeated["datasketch near-duplicates"].tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]


def test_ties_at_the_edge_of_the_top_are_drawn_by_lot() -> None:
    ranked = pd.Series({"a": 3.0, "b": 1.0, "c": 1.0, "d": 0.0})
    assert [expected_in_top(ranked, pd.Index([name]), 0.5) for name in ranked.index] == [1.0, 0.5, 0.5, 0.0]
