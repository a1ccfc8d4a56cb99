"""A whole night on a simulated network, on both databases: the same cases, every view filled, nothing twice."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import SecretStr

from detectors.core.detector import discover
from detectors.core.weighing import Weighing, weigh
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


def kept(settings: Settings, name: str) -> pd.DataFrame:
    engine = connect(settings.database)
    found = pd.read_sql_table(name, engine)
    engine.dispose()
    return found


def dossiers(settings: Settings) -> dict[tuple[str, str], dict[str, Any]]:
    told = [json.loads(text) for text in kept(settings, "dossiers")["dossier_json"]]
    return {(dossier["unit_kind"], dossier["unit_id"]): dossier for dossier in told}


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

    told = dossiers(settings)
    assert set(told) == set(zip(cases["unit_kind"], cases["unit_id"], strict=True))
    listed = set(found["audit_records"]["record_id"])
    for dossier in told.values():
        assert dossier["surveys"][0]["heat"]["peer_units"] >= 8
        assert {record["record_id"] for record in dossier["records"]} <= listed
        assert not {record["record_id"] for record in dossier["controls"]} & listed
    assert len(kept(settings, "dealers")) == 40
    assert set(kept(settings, "interviewers")["vendor"]) == set(world.frames["surveys"]["vendor"])
    words = kept(settings, "detector_wordings")
    assert len(words) == len(discover())
    assert all(json.loads(honest) for honest in [*words["honest"], *words["honest_zh"]])

    again = run(settings, date(2026, 10, 31))
    assert not again.is_new
    assert again.summary.run_id == first.summary.run_id
    for name, before in found.items():
        pd.testing.assert_frame_equal(views(settings)[name], before)


def test_no_personal_value_of_the_deliveries_stands_in_any_view_or_dossier(settings: Settings, world: World) -> None:
    run(settings, date(2026, 10, 31))
    told = "\n".join(frame.to_csv() for frame in views(settings).values())
    told += "\n".join(kept(settings, "dossiers")["dossier_json"])
    assert "****" in told
    personal = [
        value
        for source in ("surveys", "contacts", "staff")
        for column in ("phone", "vin", "customer_id")
        if column in world.frames[source].columns
        for value in world.frames[source][column].dropna().unique()[:400]
    ]
    assert len(personal) > 1000
    assert [value for value in personal if value in told] == []


def test_a_case_that_is_open_still_has_a_dossier_of_tonight_though_nothing_flags_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settings, date(2026, 9, 30))
    before = dossiers(settings)

    def nobody_flagged(*arguments: Any, **settings: Any) -> Weighing:
        weighing = weigh(*arguments, **settings)
        return replace(weighing, scores=weighing.scores.assign(flagged=0))

    monkeypatch.setattr("flows.steps.weigh_observations", nobody_flagged)
    run(settings, date(2026, 10, 31))
    after = dossiers(settings)
    assert before
    assert set(after) == set(before)
    assert {dossier["business_date"] for dossier in after.values()} == {"2026-10-31"}
