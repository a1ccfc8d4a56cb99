"""Settings drawn at random stay within what was promised, and a world of them can be measured."""

import numpy as np

from benchmarks.random_worlds import DEALERS, INTERVIEWS, SCALES, described, draw, run


def test_settings_are_drawn_from_the_whole_range_and_worlds_stay_within_the_bound() -> None:
    drawn = [draw(np.random.default_rng(number), 40_000) for number in range(300)]
    for settings in drawn:
        fewest, most = settings.interviews_per_dealer
        assert INTERVIEWS[0] <= fewest <= most <= INTERVIEWS[1]
        assert DEALERS[0] <= settings.dealers <= DEALERS[1]
        assert settings.dealers * fewest <= 40_000
        assert settings.interviewers >= settings.vendors
    assert {settings.scale for settings in drawn} == set(SCALES)
    assert {settings.facts for settings in drawn} == {True, False}
    assert {settings.vendors for settings in drawn} == {1, 2, 3, 4}
    assert (min(s.items for s in drawn), max(s.items for s in drawn)) == (5, 30)
    assert min(s.tens_share for s in drawn) < 0.2
    assert max(s.tens_share for s in drawn) > 0.55


def test_the_same_number_draws_the_same_world() -> None:
    assert draw(np.random.default_rng(3), 10_000) == draw(np.random.default_rng(3), 10_000)


def test_a_small_world_is_measured_with_and_without_cheats() -> None:
    drawn, figures = run(worlds=1, most_interviews=600)
    assert drawn.to_dict("records") == [described(draw(np.random.default_rng(0), 600))]
    assert 0 < figures["any cheating AP"].iloc[0] <= 1
    assert figures["false cases"].iloc[0] >= 0
