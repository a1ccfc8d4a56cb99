"""A whole dossier: plain JSON, the same whatever order rows come in, and there for a unit of which little is known."""

import json

import pandas as pd
import pytest

from detectors.core.dossiers import Dossier, build
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.weighing import Weighing
from simulation import WorldSettings, simulate
from tests.detectors.core.dossiers.networks import DAY, found, observed


@pytest.fixture(scope="module")
def world() -> Observations:
    frames = simulate(WorldSettings(seed=5, dealers=12, months=3, end="2026-10")).frames
    return Observations(DAY, {name: frame.reset_index(drop=True) for name, frame in frames.items()})


def weighed(world: Observations) -> Weighing:
    surveys = world["surveys"]
    named = [
        ("surveys", record_id, dealer_id, "coached", 0.9)
        for record_id, dealer_id in surveys[["response_id", "dealer_id"]].iloc[::7].itertuples(index=False)
    ]
    return found(named, flagged=[("dealer", surveys["dealer_id"].iloc[0])])


def everybody(world: Observations) -> list[tuple[str, str]]:
    return [(str(kind), unit_id) for kind in UnitKind for unit_id in world.units(kind)[:8]]


def test_every_unit_asked_for_has_a_dossier_of_plain_json(world: Observations) -> None:
    dossiers = build(world, weighed(world), everybody(world), window_months=3)
    assert list(dossiers) == everybody(world)
    for dossier in dossiers.values():
        assert json.loads(json.dumps(dossier, allow_nan=False)) == dossier
        assert dossier["surveys"]
        assert dossier["topics"]


def test_the_order_of_the_rows_and_the_company_of_the_units_change_nothing(world: Observations) -> None:
    shuffled = Observations(
        DAY,
        {name: frame.sample(frac=1.0, random_state=1).reset_index(drop=True) for name, frame in world.frames.items()},
    )
    together = build(world, weighed(world), everybody(world), window_months=3)
    alone = build(shuffled, weighed(world), everybody(world)[3:4], window_months=3)
    (unit,) = alone
    assert ordered(alone[unit]) == ordered(together[unit])


def ordered(dossier: Dossier) -> Dossier:
    """Leave out of account in which order a group's texts stand, which is that of the rows."""
    groups = [sorted(record["record_id"] for record in group["records"]) for group in dossier["scripts"]]
    return dossier | {"scripts": sorted(groups)}


@pytest.mark.parametrize(
    "seen",
    [
        Observations(DAY, {"reviews": pd.DataFrame({"review_id": ["V1"], "dealer_id": ["D1"], "text": ["很好"]})}),
        Observations(
            DAY,
            {
                "surveys": pd.DataFrame(
                    {"response_id": ["R0"], "dealer_id": ["D1"], "survey": ["SSI"], "overall": [10.0]}
                )
            },
        ),
        observed([{"dealer_id": "D2", "verbatim": "很好"}]),
    ],
    ids=["reviews alone", "interviews with nothing but a score", "no row of the unit"],
)
@pytest.mark.parametrize("unit", [("dealer", "D1"), ("interviewer", "A9")], ids=["dealer", "interviewer"])
def test_where_little_is_known_a_dossier_says_little_and_is_there(seen: Observations, unit: tuple[str, str]) -> None:
    dossier = build(seen, found(), [unit], window_months=1)[unit]
    assert dossier["scripts"] == dossier["records"] == dossier["controls"] == dossier["topics"] == []
    assert dossier["unit_id"] == unit[1]
    assert json.dumps(dossier, allow_nan=False)
