"""The instruments keep the one promise that everything rests on: an honest unit's e-value averages at most one."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from detectors.core.codes import Coded
from detectors.core.instruments.calibration import conformal_p, p_to_bits
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.joining import closed_e_bh_q_values
from detectors.core.instruments.odds import TABLE, expected_hits, learn_odds, odds_bits, pooled_log_odds_ratio
from detectors.core.instruments.repeats import find_repeats, learn_rarity
from detectors.core.instruments.usual import learn_usual


def honest_counts(rng: np.random.Generator, units: int, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    trials = rng.integers(10, 200, size=units)
    rate = rng.uniform(0.05, 0.6, size=units)
    hits = rng.binomial(trials, expit(logit(rate) + rng.normal(0, spread, size=units)))
    return hits, trials, rate


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.8])
def test_count_evidence_about_honest_units_averages_at_most_one(spread: float) -> None:
    rng = np.random.default_rng(3)
    averages = []
    for _ in range(20):
        hits, trials, rate = honest_counts(rng, 150, spread)
        averages.append(np.exp2(count_bits(hits, trials, rate, learn_counts(hits, trials, rate))).mean())
    assert np.mean(averages) <= 1.05


def test_cheats_in_the_network_do_not_hide_one_another() -> None:
    rng = np.random.default_rng(4)
    hits, trials, rate = honest_counts(rng, 200, 0.3)
    cheats = np.arange(30)
    hits[cheats] = rng.binomial(trials[cheats], 0.5 * 0.9 + 0.5 * rate[cheats])
    found = count_bits(hits, trials, rate, learn_counts(hits, trials, rate))
    assert np.median(found[cheats]) > 4
    assert found[30:].max() < 8


def test_a_few_units_give_few_bits_because_little_is_known_of_honest_variety() -> None:
    alone = learn_counts([30], [60], 0.2)
    many = learn_counts(np.full(300, 12), np.full(300, 60), 0.2)
    assert alone.width > 3 * many.width
    assert count_bits([30], [60], 0.2, alone)[0] < 3 < count_bits([30], [60], 0.2, many)[0]


@pytest.mark.parametrize("fading", [False, True])
@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_odds_evidence_about_honest_units_averages_at_most_one_however_good_they_are(
    spread: float, fading: bool
) -> None:
    rng = np.random.default_rng(5)
    averages = []
    for _ in range(10):
        exposed, others = rng.integers(5, 60, size=200), rng.integers(20, 150, size=200)
        level = rng.normal(-0.5, 1.2, size=200)
        table = pd.DataFrame(
            {
                "exposed": exposed,
                "others": others,
                "exposed_hits": rng.binomial(exposed, expit(level - 1.5 + rng.normal(0, spread, size=200))),
                "other_hits": rng.binomial(others, expit(level)),
            },
            index=[f"D{i:03}" for i in range(200)],
        )[list(TABLE)]
        centre = pooled_log_odds_ratio(table)
        learnt = learn_odds(table, centre)
        averages.append(np.exp2(odds_bits(table, centre, learnt, fading=fading)).mean())
    assert np.mean(averages) <= 1.05


def test_a_few_rows_lose_no_bet_on_an_effect_that_could_only_fade() -> None:
    rng = np.random.default_rng(8)
    table = pd.DataFrame(
        {
            "exposed": 6,
            "others": 30,
            "exposed_hits": rng.binomial(6, 0.4, 200),
            "other_hits": rng.binomial(30, 0.5, 200),
        },
        index=[f"D{i:03}" for i in range(200)],
    )[list(TABLE)]
    centre = pooled_log_odds_ratio(table)
    fading = odds_bits(table, centre, learn_odds(table, centre), fading=True)
    shifted = odds_bits(table, centre, learn_odds(table, centre))
    assert fading.mean() > -0.3 > -0.6 > shifted.mean()


def test_cheats_with_a_hit_or_two_do_not_raise_what_is_usual() -> None:
    rng = np.random.default_rng(9)
    hits = np.concatenate([rng.binomial(50, 0.0005, 250), rng.binomial(50, 0.04, 50)])
    usual = learn_usual(hits, np.full(300, 50), potency=0.25)
    assert usual.rate < 0.002
    bits = count_bits(hits, np.full(300, 50), usual.expected_share(np.ones(300)), usual.spread, potency=0.25)
    assert np.exp2(bits[:250]).mean() <= 1.0
    assert bits[hits >= 3].min() > 4


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12
    )
)
@settings(max_examples=50, deadline=None)
def test_any_table_gets_finite_bits(rows: list[tuple[int, int, float, float]]) -> None:
    table = pd.DataFrame(
        [(n, m, round(n * p), round(m * q)) for n, m, p, q in rows],
        columns=list(TABLE),
        index=[f"D{i % 5}" for i in range(len(rows))],
    )
    centre = pooled_log_odds_ratio(table)
    assert np.isfinite(odds_bits(table, centre, learn_odds(table, centre))).all()
    assert (expected_hits(table, centre) >= -1e-9).all()


def test_common_praise_is_no_echo_and_a_script_is() -> None:
    rng = np.random.default_rng(6)
    units = Coded(rng.integers(0, 50, size=5000), pd.Index([f"D{i:02}" for i in range(50)], dtype="str"))
    keys = np.where(rng.random(5000) < 0.3, 1, np.arange(10, 5010))
    script = np.flatnonzero(units.places == 7)[:12]
    keys[script] = 2
    ids = pd.array([f"R{i:04}" for i in range(5000)])
    found = find_repeats(units, keys, ids, learn_rarity(units, keys))
    assert np.flatnonzero(found.echo).tolist() == script.tolist()
    assert np.flatnonzero(found.again).tolist() == script[1:].tolist()


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=50))
def test_calibrated_p_values_are_monotone(p: list[float]) -> None:
    ordered = np.sort(p)
    assert (np.diff(p_to_bits(ordered)) <= 1e-9).all()


def test_calibrated_uniform_p_values_average_at_most_one() -> None:
    p = (np.arange(100_000) + 0.5) / 100_000
    assert np.exp2(p_to_bits(p)).mean() <= 1.0


def test_conformal_p_values_of_the_reference_itself_are_valid() -> None:
    scores = np.random.default_rng(1).normal(size=999)
    assert (conformal_p(scores, scores) > 0).all()
    assert abs((conformal_p(scores, scores) <= 0.1).mean() - 0.1) < 0.01


def test_closed_e_bh_names_no_honest_unit_of_a_thousand_with_bits_as_markov_allows() -> None:
    rng = np.random.default_rng(2)
    named = [(closed_e_bh_q_values(-np.log2(rng.random(1000))) <= 0.05).any() for _ in range(200)]
    assert np.mean(named) <= 0.08


@given(st.lists(st.floats(-6, 12), min_size=1, max_size=7, unique=True))
@settings(max_examples=60, deadline=None)
def test_closed_e_bh_is_the_closure_and_never_behind_e_bh(bits: list[float]) -> None:
    e, order = np.exp2(bits), np.argsort(-np.array(bits))
    lists = [order[: size + 1] for size in range(len(bits)) if e[order[size]] > 1]
    honest = [np.array(units) for size in range(1, len(bits) + 1) for units in combinations(range(len(bits)), size)]
    rates = [max(np.isin(named, units).sum() / (len(named) * e[units].mean()) for units in honest) for named in lists]
    of_e_bh = [len(bits) / (len(named) * e[named].min()) for named in lists]
    expected, behind = np.ones(len(bits)), np.ones(len(bits))
    for named, rate, older in zip(lists, rates, of_e_bh, strict=True):
        expected[named] = np.minimum(expected[named], rate)
        behind[named] = np.minimum(behind[named], older)
    found = closed_e_bh_q_values(bits)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert (found <= behind * (1 + 1e-9)).all()
