"""A whole night on a simulated network, on both databases: the same cases, every view filled, nothing twice."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pydantic import SecretStr

from flows.nightly import run
from flows.settings import Settings
from simulation import World, WorldSettings, simulate, write_inbox
from sql.audit import VIEWS
from sql.connection import connect


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(WorldSettings(seed=3, dealers=40, end="2026-10", scheme_share=0.08))


@pytest.fixture
def settings(world: World, tmp_path: Path, empty_database_url: str) -> Settings:
    write_inbox(world, tmp_path / "inbox")
    return Settings(home=tmp_path / "home", inbox=tmp_path / "inbox", database_url=SecretStr(empty_database_url))


def views(settings: Settings) -> dict[str, pd.DataFrame]:
    engine = connect(settings.database)
    found = {name: pd.read_sql(f"select * from {name}", engine) for name in VIEWS}
    engine.dispose()
    return found


def test_a_demo_night_opens_cases_on_cheats_alone_and_says_the_same_again(settings: Settings, world: World) -> None:
    first = run(settings, date(2026, 10, 31))
    found = views(settings)

    cases = found["audit_cases"]
    assert len(cases) >= 3
    assert set(cases["unit_id"]) <= set(world.truth.units["unit_id"])
    assert set(found["audit_inputs"]["source"]) == set(world.frames)
    assert found["audit_inputs"]["rows_accepted"].sum() == sum(len(frame) for frame in world.frames.values())
    scores = found["audit_scores"]
    assert not scores.duplicated(["unit_kind", "unit_id", "scheme"]).any()
    assert len(scores) == 40 * 6 + world.frames["surveys"]["interviewer_id"].nunique()
    assert found["audit_evidence"]["reason"].str.len().min() > 10
    assert set(found["audit_records"]["source"]) <= {"surveys", "reviews", "contacts"}

    again = run(settings, date(2026, 10, 31))
    assert not again.is_new
    assert again.summary.run_id == first.summary.run_id
    for name, before in found.items():
        pd.testing.assert_frame_equal(views(settings)[name], before)


def test_no_personal_value_of_the_deliveries_stands_in_any_view(settings: Settings, world: World) -> None:
    run(settings, date(2026, 10, 31))
    told = "\n".join(frame.to_csv() for frame in views(settings).values())
    personal = [
        value
        for source in ("surveys", "contacts", "staff")
        for column in ("phone", "vin", "customer_id")
        if column in world.frames[source].columns
        for value in world.frames[source][column].dropna().unique()[:400]
    ]
    assert len(personal) > 1000
    assert [value for value in personal if value in told] == []
