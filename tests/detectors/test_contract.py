"""Every check on every detector that is discovered: a new file is tested by being there."""

import dataclasses
import importlib
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest

from detectors.core.detector import Detector, discover
from detectors.core.evidence import RECORD_COLUMNS, UNIT_COLUMNS, Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sentences import Said
from detectors.core.sources import SOURCES
from simulation import World, WorldSettings, simulate

HONEST_SEEDS = (101, 102, 103, 104)
CHEATING_SEEDS = (201, 202)


@cache
def world(seed: int, *, honest: bool) -> World:
    return simulate(WorldSettings(seed=seed, dealers=150, honest=honest, end="2026-10", scheme_share=0.06))


@cache
def observed(seed: int, *, honest: bool) -> Observations:
    return world(seed, honest=honest).observations()


@pytest.fixture(params=discover(), ids=lambda detector: f"{detector.family}/{detector.name}")
def detector(request: pytest.FixtureRequest) -> Detector:
    found: Detector = request.param
    return found


@pytest.fixture
def cheating() -> Observations:
    return observed(CHEATING_SEEDS[0], honest=False)


def fingerprints(observations: Observations) -> dict[str, int]:
    return {
        source: hash((tuple(frame.columns), tuple(pd.util.hash_pandas_object(frame, index=True))))
        for source, frame in observations.frames.items()
    }


def assert_same(one: Weighed, other: Weighed) -> None:
    pd.testing.assert_frame_equal(one.units, other.units, rtol=1e-9)
    by_record = list(RECORD_COLUMNS)
    pd.testing.assert_frame_equal(
        one.records.sort_values(by_record, ignore_index=True), other.records.sort_values(by_record, ignore_index=True)
    )


def figures(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:\.\d+)?", text))


def assert_said_in_both_languages(said: Said) -> None:
    """The same is said twice, with the same figures, and nobody is accused."""
    assert len(said.en) > 10
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", said.en), said.en
    assert len(re.findall(r"[\u4e00-\u9fff]", said.zh)) > 3, said
    assert not re.search(r"[{}]|[,;?!]|\.$|nan\b", said.zh), said.zh
    assert not re.search(r"[{}]|\bnan\b", said.en), said.en
    assert figures(said.en) == figures(said.zh), said
    assert not re.search(r"fraud|fake|guilty|cheat", said.en, re.IGNORECASE), said.en
    assert not re.search(r"欺诈|造假|作弊|舞弊|虚假|骗|违规|撒谎", said.zh), said.zh


def all_said(frame: pd.DataFrame) -> list[Said]:
    """Return every sentence of units or records, once."""
    return [Said(*both) for both in dict.fromkeys(zip(frame["reason"], frame["reason_zh"], strict=True))]


def test_it_is_a_frozen_dataclass_and_says_what_it_needs(detector: Detector) -> None:
    assert dataclasses.is_dataclass(detector)
    assert type(detector).__dataclass_params__.frozen
    assert detector.schemes
    assert len({scheme.unit_kind for scheme in detector.schemes}) == 1
    for source, columns in detector.needs.items():
        for column in columns:
            known = SOURCES[source].column(column) or [f for f in SOURCES[source].families if f.name == column]
            assert known, f"{source} has no column {column}"


def test_its_docstring_tells_a_reviewer_what_honest_thing_looks_the_same(detector: Detector) -> None:
    text = importlib.import_module(type(detector).__module__).__doc__ or ""
    assert len(text.split()) > 60
    assert "onest" in text
    assert "References" in text
    assert ">>>" in text or ">>>" in (type(detector).__doc__ or "")


def test_it_has_a_title_and_says_which_honest_explanations_were_considered(detector: Detector) -> None:
    assert_said_in_both_languages(detector.title)
    assert len(detector.title.en.split()) <= 12
    assert len(detector.title.zh) <= 20
    assert not detector.title.en.endswith(".")
    assert len(detector.honest) == len(set(detector.honest)) > 0
    for explanation in detector.honest:
        assert_said_in_both_languages(explanation)
        assert explanation.en.endswith(".")
        assert explanation.zh.endswith("。")
        assert explanation.en.count(".") == explanation.zh.count("。") == 1, "one sentence each"


def test_it_answers_every_unit_once_with_finite_bits_and_a_reason(detector: Detector, cheating: Observations) -> None:
    weighed = detector.weigh(cheating, detector.learn(cheating))
    assert weighed.units.index.equals(cheating.units(detector.unit_kind))
    assert {name: str(dtype) for name, dtype in weighed.units.dtypes.items()} == UNIT_COLUMNS
    assert np.isfinite(weighed.units["bits"]).all()
    assert (weighed.units.loc[weighed.units["abstained"], "bits"] == 0).all()
    for said in all_said(weighed.units):
        assert_said_in_both_languages(said)
        assert said.en.endswith(".")
        assert said.zh.endswith("。")
    assert not weighed.units["abstained"].all(), "it abstains everywhere in a world that has every source"


def test_the_honest_range_that_it_quotes_is_the_one_it_gives(detector: Detector, cheating: Observations) -> None:
    units = detector.weigh(cheating, detector.learn(cheating)).units
    known = units["fair_low"].notna()
    assert (known == units["fair_high"].notna()).all()
    assert (known == units["reason"].str.contains(r"\d to \d")).all()
    assert not (known & units["abstained"]).any()
    ranged = units[known]
    assert (ranged["fair_low"] <= ranged["fair_high"]).all()
    # Bounds are whole numbers around the expectation.
    assert ranged["expected"].between(ranged["fair_low"] - 1, ranged["fair_high"] + 1).all()
    for low, high, said in zip(ranged["fair_low"], ranged["fair_high"], ranged["reason"], strict=True):
        assert f"{low:.0f} to {high:.0f}" in said


def test_its_records_exist_and_belong_to_the_units_they_name(detector: Detector, cheating: Observations) -> None:
    records = detector.weigh(cheating, detector.learn(cheating)).records
    assert list(records.columns) == list(RECORD_COLUMNS)
    assert records["probability"].between(0, 1).all()
    assert not records.duplicated(["source", "record_id", "unit_id"]).any()
    for said in all_said(records):
        assert_said_in_both_languages(said)
    for source, part in records.groupby("source"):
        rows = cheating[str(source)]
        own = rows.set_index(SOURCES[str(source)].key)[f"{detector.unit_kind}_id"]
        assert (own.loc[part["record_id"]].to_numpy() == part["unit_id"].to_numpy()).all()


def test_it_leaves_its_inputs_untouched_and_answers_the_same_again(detector: Detector, cheating: Observations) -> None:
    before = fingerprints(cheating)
    reference = detector.learn(cheating)
    first = detector.weigh(cheating, reference)
    other = observed(HONEST_SEEDS[0], honest=True)
    detector.weigh(other, detector.learn(other))
    assert_same(first, detector.weigh(cheating, reference))
    assert fingerprints(cheating) == before


def test_it_judges_a_unit_the_same_in_any_order_and_company(detector: Detector, cheating: Observations) -> None:
    reference = detector.learn(cheating)
    whole = detector.weigh(cheating, reference)
    units = cheating.units(detector.unit_kind)[::3]
    shuffled = dataclasses.replace(
        cheating,
        frames={
            name: frame.sample(frac=1, random_state=5, ignore_index=True) for name, frame in cheating.frames.items()
        },
    )
    few = detector.weigh(shuffled.of(detector.unit_kind, units), reference)
    few_units = few.units.loc[few.units.index.intersection(units)]
    pd.testing.assert_frame_equal(few_units, whole.units.loc[few_units.index], rtol=1e-9)
    assert len(few_units) == len(units)


def test_on_honest_worlds_its_e_values_average_at_most_one(detector: Detector) -> None:
    e_values = []
    for seed in HONEST_SEEDS:
        network = observed(seed, honest=True)
        units = detector.weigh(network, detector.learn(network)).units
        e_values.append(np.exp2(units.loc[~units["abstained"], "bits"].to_numpy()))
    e = np.concatenate(e_values)
    assert len(e) > 0
    # A capped e-value is an e-value, and its standard error is not blown up by the very outlier it should reveal.
    capped = np.minimum(e, 64.0)
    assert capped.mean() <= 1 + 2 * capped.std() / np.sqrt(len(e)), (
        f"mean {capped.mean():.2f} over {len(e)} honest units"
    )
    # Markov: one of N honest units reaches 10 N with probability at most 1/10.
    assert e.max() <= 10 * len(e), f"an honest unit has {np.log2(e.max()):.1f} bits"


def test_planted_units_stand_above_honest_ones(detector: Detector) -> None:
    planted, honest = [], []
    for seed in CHEATING_SEEDS:
        network, truth = observed(seed, honest=False), world(seed, honest=False).truth.units
        units = detector.weigh(network, detector.learn(network)).units
        units = units[~units["abstained"]]
        own = truth[truth["scheme"].isin(detector.schemes)]["unit_id"]
        planted.append(units.loc[units.index.isin(own), "bits"])
        honest.append(units.loc[~units.index.isin(truth["unit_id"]), "bits"])
    above = np.subtract.outer(pd.concat(planted).to_numpy(), pd.concat(honest).to_numpy())
    chance_above = float(((above > 0) + 0.5 * (above == 0)).mean())
    assert chance_above > 0.55, f"a planted unit stands above an honest one with probability {chance_above:.2f}"


def hostile() -> Iterator[tuple[str, Observations]]:
    """Yield networks that nobody would want to meet, each with the reason in its name."""
    base = observed(CHEATING_SEEDS[0], honest=False)

    def with_surveys(surveys: pd.DataFrame) -> Observations:
        return dataclasses.replace(base, frames={**base.frames, "surveys": surveys.reset_index(drop=True)})

    surveys = base["surveys"]
    items = [name for name in surveys.columns if name.startswith(("q_", "fact_"))]
    yield "nothing at all", dataclasses.replace(base, frames={})
    yield "no rows", dataclasses.replace(base, frames={name: frame.head(0) for name, frame in base.frames.items()})
    yield "one dealer", base.of(UnitKind.DEALER, [base.units(UnitKind.DEALER)[0]])
    yield "one interviewer", with_surveys(surveys[surveys["interviewer_id"] == surveys["interviewer_id"].iloc[0]])
    yield "one interview", with_surveys(surveys.head(1))
    yield (
        "all answers equal",
        with_surveys(surveys.assign(overall=np.float32(10), **dict.fromkeys(items, np.float32(1)))),
    )
    yield "all items empty", with_surveys(surveys.assign(**dict.fromkeys(items, np.float32("nan")), verbatim=None))
    yield "nobody answered one item", with_surveys(surveys.assign(**{items[0]: np.float32("nan")}))
    yield "identical verbatims", with_surveys(surveys.assign(verbatim="服务特别满意，顾问很专业，什么都给十分"))
    two_points = dict.fromkeys(["overall", *[name for name in items if name.startswith("q_")]])
    yield (
        "a two-point scale",
        dataclasses.replace(
            with_surveys(surveys.assign(**{name: (surveys[name] > 8).astype("float32") for name in two_points})),
            scales=dict.fromkeys(surveys["survey"].unique(), (0, 1)),
        ),
    )


@pytest.mark.timeout(60)
def test_hostile_networks_get_an_answer_or_an_abstention_with_its_reason(detector: Detector) -> None:
    for name, network in hostile():
        weighed = detector.weigh(network, detector.learn(network))
        assert weighed.units.index.equals(network.units(detector.unit_kind)), name
        assert np.isfinite(weighed.units["bits"]).all(), name
        for said in all_said(weighed.units):
            assert_said_in_both_languages(said)
