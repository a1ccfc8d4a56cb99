"""A detector that is left out is missed where it spoke, and those that stay say what they said."""

import pandas as pd
import pytest

from benchmarks.ablation import remembering, without_each, worth
from detectors.core.detector import Detector, discover
from detectors.core.weighing import weigh
from simulation import World, WorldSettings, simulate

PLAYERS = ("staff", "phantoms", "authors", "copies")


@pytest.fixture(scope="module")
def world() -> World:
    settings = WorldSettings(dealers=30, months=2, end="2026-10", interviews_per_dealer=(12, 30), scheme_share=0.1)
    return simulate(settings)


@pytest.fixture(scope="module")
def players() -> list[Detector]:
    return [detector for detector in discover() if detector.name in PLAYERS]


def test_remembering_changes_nothing_of_what_is_said(world: World, players: list[Detector]) -> None:
    straight = weigh(world.observations(), detectors=players)
    remembered = weigh(world.observations(), detectors=[remembering(player) for player in players])
    pd.testing.assert_frame_equal(remembered.evidence, straight.evidence)
    pd.testing.assert_frame_equal(remembered.scores, straight.scores)
    pd.testing.assert_frame_equal(remembered.records, straight.records)


def test_what_is_left_out_is_what_the_same_weighing_without_it_says(world: World, players: list[Detector]) -> None:
    figures = without_each(world, players)
    assert {"", "contacts/", "contacts/staff", "reviews/authors", "interviewers/copies"} <= set(figures.index)
    fewer = [player for player in players if player.name != "staff"]
    alone = without_each(world, fewer)
    expected = alone.loc[[""]].rename(index={"": "contacts/staff"})
    pd.testing.assert_frame_equal(figures.loc[["contacts/staff"]], expected)
    lost = worth(figures, players)
    assert not lost.isna().to_numpy().any()
    assert lost["its schemes' AP"]["contacts/"] > 0
    assert lost["manipulated interviews AP"]["reviews/authors"] == 0
