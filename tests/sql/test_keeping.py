"""What a night keeps for the console: dossiers of open cases, the detectors' words, and who the units are."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from sql.runs import RunResult
from sql.store import Store
from tests.sql.cases import refute_and_close
from tests.sql.nights import COACHED, HONEST, night
from tests.sql.views import rows

FABRICATED = ("A1", "fabricated", 14.0, 1, 0.9, 0.5)


def with_dossiers(run: RunResult, *units: tuple[str, str]) -> RunResult:
    return replace(run, dossiers={unit: {"unit_id": unit[1], "seen": run.run_id, "say": "挺好"} for unit in units})


def dossiers(store: Store) -> dict[int, Any]:
    with store.engine.connect() as connection:
        kept = connection.execute(text("select case_id, dossier_json from dossiers order by case_id"))
        return {row.case_id: json.loads(row.dossier_json) for row in kept}


def test_dossiers_are_kept_for_open_cases_alone(store: Store) -> None:
    first = night("run-1", [COACHED, HONEST, FABRICATED])
    store.write_run(with_dossiers(first, ("dealer", "D1"), ("dealer", "D2"), ("interviewer", "A1"), ("dealer", "A1")))
    kept = dossiers(store)
    assert {told["unit_id"] for told in kept.values()} == {"D1", "A1"}
    assert kept[1] == {"unit_id": kept[1]["unit_id"], "seen": "run-1", "say": "挺好"}


def test_a_later_night_replaces_the_dossier_and_an_older_one_does_not(store: Store) -> None:
    for run_id, day in (("run-1", "2026-10-30"), ("run-2", "2026-11-01"), ("run-3", "2026-10-31")):
        store.write_run(with_dossiers(night(run_id, [COACHED], day), ("dealer", "D1")))
    assert dossiers(store)[1]["seen"] == "run-2"
    assert rows(store.engine, "select run_id from dossiers join runs on runs.run_key = dossiers.run_key") == [
        {"run_id": "run-2"}
    ]


def test_a_night_without_a_dossier_of_a_case_leaves_the_one_it_has(store: Store) -> None:
    store.write_run(with_dossiers(night("run-1", [COACHED]), ("dealer", "D1")))
    store.write_run(night("run-2", [COACHED], "2026-11-01"))
    assert dossiers(store)[1]["seen"] == "run-1"


def test_units_with_an_open_case_are_named_until_it_is_closed(store: Store) -> None:
    assert store.open_units() == []
    store.write_run(night("run-1", [COACHED, HONEST, FABRICATED]))
    assert store.open_units() == [("dealer", "D1"), ("interviewer", "A1")]
    with store.engine.connect() as connection:
        case_id = connection.execute(text("select case_id from audit_cases where unit_id = 'D1'")).scalar_one()
    refute_and_close(store, case_id)
    assert store.open_units() == [("interviewer", "A1")]


def test_a_dossier_that_json_does_not_know_fails_the_run_and_nothing_of_it_stays(store: Store) -> None:
    broken = replace(night("run-1", [COACHED]), dossiers={("dealer", "D1"): {"mean": float("nan")}})
    with pytest.raises(ValueError, match="JSON"):
        store.write_run(broken)
    assert rows(store.engine, "select * from audit_runs") == []


def worded(run: RunResult, title: str) -> RunResult:
    said = {"title": title, "title_zh": "话术", "honest": '["A generous region."]', "honest_zh": '["大方的区域。"]'}
    known = {"family": "wording", "detector": "scripts"} | said
    other = {"family": "ratings", "detector": "facts", **said, "title": "Facts"}
    return replace(run, wordings=pd.DataFrame([known, other]))


def test_words_of_a_detector_are_written_when_they_change_and_only_then(store: Store) -> None:
    for run_id, title in (("run-1", "Scripts"), ("run-2", "Scripts"), ("run-3", "Shared words"), ("run-4", "Scripts")):
        store.write_run(worded(night(run_id, [HONEST]), title))
    found = rows(
        store.engine,
        "select run_id, detector, title, honest_zh from detector_wordings w join runs on run_key = from_run_key "
        "join detectors d on d.detector_key = w.detector_key order by run_id, detector",
    )
    assert [tuple(row.values()) for row in found] == [
        ("run-1", "facts", "Facts", '["大方的区域。"]'),
        ("run-1", "scripts", "Scripts", '["大方的区域。"]'),
        ("run-3", "scripts", "Shared words", '["大方的区域。"]'),
        ("run-4", "scripts", "Scripts", '["大方的区域。"]'),
    ]


def network(run: RunResult, region: str, vendor: str, *dealers: str) -> RunResult:
    facts = pd.DataFrame({"dealer_id": dealers, "name": "明察", "region": region, "opened_on": "unused"})
    facts["target_score"] = [9.1, *[float("nan")] * (len(dealers) - 1)]
    return replace(run, dealer_facts=facts, agencies=pd.DataFrame({"interviewer_id": ["A1"], "vendor": [vendor]}))


def known(store: Store) -> list[tuple[object, ...]]:
    query = (
        "select unit_id, coalesce(region, vendor) as place, target_score, brand from units "
        "left join dealers on dealers.unit_key = units.unit_key "
        "left join interviewers on interviewers.unit_key = units.unit_key order by unit_id"
    )
    return [tuple(row.values()) for row in rows(store.engine, query) if row["place"]]


def test_who_the_units_are_is_as_the_newest_night_knows(store: Store) -> None:
    store.write_run(network(night("run-1", [HONEST]), "east", "north", "D1", "D2"))
    assert known(store) == [("A1", "north", None, None), ("D1", "east", 9.1, None), ("D2", "east", None, None)]
    store.write_run(network(night("run-2", [HONEST], "2026-11-01"), "west", "south", "D1"))
    assert known(store) == [("A1", "south", None, None), ("D1", "west", 9.1, None), ("D2", "east", None, None)]
    store.write_run(network(night("run-3", [HONEST]), "south", "north", "D1", "D3"))
    assert known(store) == [("A1", "south", None, None), ("D1", "west", 9.1, None), ("D2", "east", None, None)]


def test_thousands_of_dealers_are_replaced_at_once(store: Store) -> None:
    many = [f"D{place:05}" for place in range(2_300)]
    store.write_run(network(night("run-1", [HONEST]), "east", "north", *many))
    store.write_run(network(night("run-2", [HONEST]), "west", "north", *many))
    assert rows(store.engine, "select region, count(*) as n from dealers group by region") == [
        {"region": "west", "n": 2_300}
    ]
