"""The indices of careless answering are those of the literature, and the mixture finds who does not read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detectors.core.instruments.carelessness import (
    even_odd_consistency,
    half_consistency,
    learn_usual_answers,
    longstring,
    mahalanobis_distance,
    response_variability,
)
from detectors.core.instruments.inattention import careless_log_odds, learn_respondents

ANSWERS = arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 9)),
    elements=st.sampled_from([1.0, 2.0, 5.0, 10.0, np.nan]),
)


def runs_of_tens() -> np.ndarray:
    """Return ten rows that begin with 10, 20 … 90 ones and 10 ones, and then alternate."""
    rows = np.tile(np.arange(100.0) % 2, (10, 1))
    for row, length in enumerate([*range(10, 100, 10), 10]):
        rows[row, :length] = 1.0
    return rows


def test_longstring_finds_the_runs_that_were_put_there() -> None:
    assert longstring(runs_of_tens()).tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90, 10]


@given(ANSWERS)
def test_longstring_is_what_a_loop_over_the_given_answers_counts(answers: np.ndarray) -> None:
    def longest(row: list[float]) -> int:
        best = run = 0
        for place, answer in enumerate(row):
            run = run + 1 if place and answer == row[place - 1] else 1
            best = max(best, run)
        return best

    expected = [longest([answer for answer in row if not np.isnan(answer)]) for row in answers]
    assert longstring(answers).tolist() == expected


@given(ANSWERS)
def test_variability_is_the_sample_standard_deviation_of_what_was_answered(answers: np.ndarray) -> None:
    expected = [
        np.std(row[~np.isnan(row)], ddof=1) if np.count_nonzero(~np.isnan(row)) > 1 else np.nan for row in answers
    ]
    np.testing.assert_allclose(response_variability(answers), expected, atol=1e-12)


def test_distance_is_mahalanobis_and_a_missing_answer_is_a_usual_one() -> None:
    answers = np.random.default_rng(1).multivariate_normal([5, 6, 7], [[2, 1, 0], [1, 2, 0], [0, 0, 1]], size=50)
    off = answers - answers.mean(axis=0)
    expected = np.sqrt(np.einsum("ij,jk,ik->i", off, np.linalg.inv(np.cov(answers.T)), off))
    usual = learn_usual_answers(answers)
    np.testing.assert_allclose(mahalanobis_distance(answers, usual), expected, rtol=1e-10)
    gap, mean = answers[:1].copy(), answers[:1].copy()
    gap[0, 2], mean[0, 2] = np.nan, usual.mean[2]
    np.testing.assert_allclose(mahalanobis_distance(gap, usual), mahalanobis_distance(mean, usual))


def test_an_item_that_everybody_answers_alike_adds_no_distance() -> None:
    answers = np.column_stack([np.arange(10.0), np.full(10, 7.0)])
    alone = mahalanobis_distance(answers[:, :1], learn_usual_answers(answers[:, :1]))
    np.testing.assert_allclose(mahalanobis_distance(answers, learn_usual_answers(answers)), alone, atol=1e-9)


def test_consistency_is_the_corrected_correlation_of_half_means_and_silent_where_nothing_varies() -> None:
    answers = np.array(
        [
            [1, 2, 1, 4, 5, 4, 2, 2, 3.0],
            [3, 3, 3, 3, 3, 3, 3, 3, 3.0],
            [1, np.nan, 1, 4, 5, 4, 2, 2, 3.0],
            [1, 2, 1, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan],
        ]
    )
    scales = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    odd, even = np.array([1.0, 4.0, 2.5]), np.array([2.0, 5.0, 2.0])
    r = np.corrcoef(odd, even)[0, 1]
    np.testing.assert_allclose(
        even_odd_consistency(answers, scales), [2 * r / (1 + r), np.nan, 1.0, np.nan], atol=1e-12
    )
    np.testing.assert_allclose(half_consistency(answers[:1], [(s[::2], s[1::2]) for s in scales]), [r], atol=1e-12)


@given(ANSWERS)
def test_any_answers_have_a_consistency_between_the_ends(answers: np.ndarray) -> None:
    scales = np.array_split(np.arange(answers.shape[1]), 3)
    found = even_odd_consistency(answers, [scale.tolist() for scale in scales])
    assert ((found >= -1) & (found <= 1) | np.isnan(found)).all()


def test_who_does_not_read_is_found_without_labels_and_with_gaps() -> None:
    rng = np.random.default_rng(2)
    reads = np.round(3 + rng.normal(0, 1, size=(300, 1)) + rng.normal(0, 0.6, size=(300, 12)))
    answers = np.vstack([reads, rng.integers(1, 6, size=(30, 12))]).clip(1, 5)
    answers[rng.random(answers.shape) < 0.03] = np.nan
    odds = careless_log_odds(answers, learn_respondents(answers))
    assert np.mean(odds[300:, None] > odds[None, :300]) > 0.97


@pytest.mark.parametrize("answers", [np.full((20, 4), 10.0), np.full((20, 4), np.nan), np.eye(20)[:, :3]])
def test_answers_that_tell_nothing_give_finite_odds(answers: np.ndarray) -> None:
    assert np.isfinite(careless_log_odds(answers, learn_respondents(answers))).all()


def test_too_few_to_learn_from_are_refused() -> None:
    with pytest.raises(ValueError, match="9 interviews of 4 items"):
        learn_respondents(np.zeros((9, 4)))
