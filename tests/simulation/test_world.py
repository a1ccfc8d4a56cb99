"""A world keeps the data contract, is the same for the same seed, and obeys its settings."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES, Kind
from simulation import SettingsError, World, WorldSettings, simulate

DTYPES = {
    Kind.TEXT: "str",
    Kind.MONTH: "str",
    Kind.TIME: "datetime64[us]",
    Kind.DATE: "datetime64[us]",
    Kind.NUMBER: "float64",
    Kind.RATING: "float32",
    Kind.FLAG: "float32",
}


def keeps_the_contract(world: World) -> None:
    for name, frame in world.frames.items():
        source = SOURCES[name]
        known = source.known(frame.columns)
        assert [column.name for column in known] == list(frame.columns)
        assert {column.name: str(frame[column.name].dtype) for column in known} == {
            column.name: DTYPES[column.kind] for column in known
        }
        assert isinstance(frame.index, pd.RangeIndex)
        assert frame[source.key].is_unique
        assert frame[list(source.required)].notna().all(axis=None)
        for column in known:
            if column.choices:
                assert set(frame[column.name].unique()) <= set(column.choices)
        if source.when and source.when in frame.columns:
            assert (frame[source.when] < pd.Timestamp(world.settings.last_day) + pd.Timedelta(days=1)).all()


def test_every_source_has_the_columns_and_dtypes_of_the_contract(cheating: World) -> None:
    assert list(cheating.frames) == list(SOURCES)
    keeps_the_contract(cheating)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    dealers=st.integers(1, 60),
    months=st.integers(1, 13),
    fewest=st.integers(1, 20),
    spread=st.integers(0, 60),
    tens_share=st.floats(0.15, 0.6),
    items=st.integers(3, 30),
    vendors=st.integers(1, 4),
    scale=st.sampled_from([(1, 5), (0, 10), (1, 10)]),
    facts=st.booleans(),
    closing_months=st.sampled_from([1, 3]),
)
def test_any_settings_give_a_world_that_keeps_the_contract(
    *, seed: int, dealers: int, months: int, fewest: int, spread: int, tens_share: float, items: int, vendors: int,
    scale: tuple[int, int], facts: bool, closing_months: int,
) -> None:  # fmt: skip
    world = simulate(
        WorldSettings(
            seed=seed,
            dealers=dealers,
            months=months,
            end="2026-03",
            interviews_per_dealer=(fewest, fewest + spread),
            tens_share=tens_share,
            items=items,
            vendors=vendors,
            scale=scale,
            facts=facts,
            closing_months=closing_months,
        )
    )
    keeps_the_contract(world)
    surveys = world.frames["surveys"]
    rated = surveys.filter(regex="^q_|^overall").to_numpy()
    assert np.nanmin(rated, initial=scale[0]) >= scale[0]
    assert np.nanmax(rated, initial=scale[1]) <= scale[1]
    assert any(name.startswith("fact_") for name in surveys.columns) == facts


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    first, again, other = (
        simulate(WorldSettings(seed=seed, dealers=20, months=2, end="2026-10", interviews_per_dealer=(5, 20)))
        for seed in (1, 1, 2)
    )
    for name, frame in first.frames.items():
        pd.testing.assert_frame_equal(frame, again.frames[name])
    pd.testing.assert_frame_equal(first.truth.records, again.truth.records)
    assert not first.frames["surveys"].head(50).equals(other.frames["surveys"].head(50))


@pytest.mark.parametrize("tens_share", [0.15, 0.35, 0.6])
@pytest.mark.parametrize("scale", [(1, 5), (0, 10), (1, 10)])
def test_the_share_of_tens_is_as_set_on_every_scale(tens_share: float, scale: tuple[int, int]) -> None:
    world = simulate(WorldSettings(dealers=40, end="2026-10", tens_share=tens_share, scale=scale, honest=True))
    assert (world.frames["surveys"]["overall"] == scale[1]).mean() == pytest.approx(tens_share, abs=0.02)


def test_counts_are_as_set(honest: World) -> None:
    rows = {name: len(frame) for name, frame in honest.frames.items()}
    per_dealer = honest.frames["surveys"].groupby("dealer_id").size()
    assert rows["contacts"] / rows["surveys"] == pytest.approx(2.0, rel=0.05)
    assert rows["transactions"] / rows["surveys"] == pytest.approx(3.0, rel=0.08)
    assert rows["reviews"] / rows["surveys"] == pytest.approx(0.5, rel=0.15)
    assert per_dealer.quantile([0.1, 0.9]).between(20, 150).all()


def test_when_nobody_cheats_the_genuine_score_is_the_reported_one(honest: World) -> None:
    reported = honest.frames["surveys"].groupby(["dealer_id", "survey"])["overall"].mean()
    genuine = honest.truth.scores.set_index(["dealer_id", "survey"])["genuine_score"]
    assert len(honest.truth.units) == len(honest.truth.records) == 0
    np.testing.assert_allclose(genuine.sort_index(), reported.sort_index(), rtol=1e-5)


def test_the_honest_world_is_the_twin_of_the_cheating_one(honest: World, cheating: World) -> None:
    for name in ("transactions", "staff", "dealers", "complaints", "audits"):
        pd.testing.assert_frame_equal(honest.frames[name], cheating.frames[name])
    pd.testing.assert_frame_equal(honest.truth.scores, cheating.truth.scores)


def test_unhappy_customers_complain_come_back_and_say_so(honest: World) -> None:
    surveys, complaints = honest.frames["surveys"], honest.frames["complaints"]
    complained = surveys["customer_id"].isin(complaints["customer_id"].dropna())
    missed = (surveys.filter(regex="^fact_") == 0).sum(axis=1)
    grumbles = surveys["verbatim"].str.contains("没人管|不及时|失望|敷衍|太差|改进").fillna(False)
    assert surveys["overall"][complained].mean() < surveys["overall"][~complained].mean() - 0.5
    assert surveys["overall"].groupby(missed.clip(upper=4)).mean().is_monotonic_decreasing
    assert surveys["overall"][grumbles].mean() < surveys["overall"][~grumbles].mean() - 1


def test_reviews_and_audits_follow_what_customers_feel(honest: World) -> None:
    felt = honest.truth.scores.groupby("dealer_id")["genuine_score"].mean()
    stars = honest.frames["reviews"].groupby("dealer_id")["rating"].mean()
    audited = honest.frames["audits"].groupby("dealer_id")["score"].mean()
    assert 0.3 < felt.corr(stars) < 0.95
    assert 0.3 < felt.corr(audited) < 0.95


def test_only_the_wanted_sources_are_produced() -> None:
    world = simulate(WorldSettings(dealers=20, months=2, end="2026-10", sources=("surveys", "reviews")))
    assert set(world.frames) == {"surveys", "reviews"}
    assert set(world.truth.records["source"]) <= {"surveys", "reviews"}
    assert "withheld" in set(world.truth.units["scheme"])


def test_observations_hold_tokens_and_what_may_be_seen_of_a_phone(cheating: World) -> None:
    observed = cheating.observations(business_date=date(2026, 9, 30), window_months=2)
    contacts, raw = observed["contacts"], cheating.frames["contacts"]
    raw = raw[(raw["attempted_at"] >= "2026-08-01") & (raw["attempted_at"] < "2026-10-01")].reset_index(drop=True)
    assert contacts["contact_id"].tolist() == raw["contact_id"].tolist()
    assert not set(contacts["phone"]) & set(raw["phone"])
    assert contacts["phone"].factorize()[0].tolist() == raw["phone"].factorize()[0].tolist()
    assert contacts["phone_last2"].tolist() == [float(phone[-2:]) for phone in raw["phone"]]
    assert contacts["phone_block"].factorize()[0].tolist() == raw["phone"].str[:-2].factorize()[0].tolist()
    assert set(contacts["phone_kind"]) == {"mobile", "landline"}
    known = set(observed["transactions"]["phone"].dropna())
    assert contacts["phone"].isin(known).mean() > 0.7
    assert observed.units(UnitKind.DEALER).isin(cheating.frames["dealers"]["dealer_id"]).all()


def test_nightly_deliveries_together_are_the_world(cheating: World) -> None:
    nights = [
        cheating.of_days(date(2026, 3, 1), date(2026, 10, 29)),
        cheating.of_days(date(2026, 10, 30), date(2026, 10, 30)),
        cheating.of_days(date(2026, 10, 31), date(2026, 10, 31)),
    ]
    for name in ("surveys", "contacts", "transactions", "reviews", "complaints"):
        together = pd.concat([night.frames[name] for night in nights], ignore_index=True)
        pd.testing.assert_frame_equal(together, cheating.frames[name])
    assert len(nights[1].frames["contacts"]) > 0
    assert len(nights[1].frames["dealers"]) == len(cheating.frames["dealers"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scale": (10, 1)}, "no room"),
        ({"items": 2}, "items is 2; it lies between 3 and 30"),
        ({"tens_share": 1.5}, "tens_share is 1.5"),
        ({"sources": ("surveys", "gossip")}, "no source named gossip"),
        ({"interviews_per_dealer": (9, 3)}, "no range of interviews"),
        ({"vendors": 9, "interviewers": 3}, "interviewers is 3"),
        ({"end": "2026-13"}, "no month"),
    ],
)
def test_settings_that_make_no_world_are_refused_with_a_remedy(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        WorldSettings(**wrong)  # type: ignore[arg-type]
    assert refused.value.remedy


def test_without_an_end_the_window_closes_with_the_last_complete_month() -> None:
    last = WorldSettings().last_day
    assert (last + pd.Timedelta(days=1)).day == 1
    assert last < date.today()  # noqa: DTZ011 - any clock will do for a day this long past


def test_a_window_without_rows_has_empty_frames(cheating: World) -> None:
    observed = cheating.observations(business_date=date(2020, 1, 31), window_months=1)
    assert {len(observed[name]) for name in ("surveys", "contacts", "reviews")} == {0}
    assert not observed.has("contacts", "phone")
