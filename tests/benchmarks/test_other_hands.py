"""The network by other hands keeps the data contract, its truth speaks of its rows, and only cheats part the twins."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy import honest_e_values, measure
from benchmarks.other_hands import Invented, Plan, invent
from benchmarks.other_hands.conduct import STYLES
from benchmarks.other_hands.found import by_style, cheats, flagged_honest
from detectors.core.schemes import Scheme
from detectors.core.sources import SOURCES, Kind
from detectors.core.weighing import weigh
from expectations.context import Context
from expectations.gate import judge

PLAN = Plan(seed=4, dealers=40, months=4)
_DTYPES = {
    Kind.TEXT: "str",
    Kind.MONTH: "str",
    Kind.TIME: "datetime64[us]",
    Kind.DATE: "datetime64[us]",
    Kind.NUMBER: "float64",
    Kind.RATING: "float32",
    Kind.FLAG: "float32",
}


@pytest.fixture(scope="module")
def cheating() -> Invented:
    return invent(PLAN)


@pytest.fixture(scope="module")
def twin() -> Invented:
    return invent(Plan(seed=4, dealers=40, months=4, honest=True))


def test_the_same_plan_gives_the_same_network(cheating: Invented) -> None:
    again = invent(PLAN)
    for source, frame in cheating.world.frames.items():
        pd.testing.assert_frame_equal(frame, again.world.frames[source])
    pd.testing.assert_frame_equal(cheating.styles, again.styles)


def test_another_seed_gives_another_network(cheating: Invented) -> None:
    other = invent(Plan(seed=5, dealers=40, months=4))
    assert not other.world.frames["dealers"].equals(cheating.world.frames["dealers"])


@pytest.mark.parametrize("source", SOURCES)
def test_the_gate_of_the_night_quarantines_nothing(source: str, cheating: Invented) -> None:
    world = cheating.world
    frame = world.frames[source]
    assert {column: str(frame[column].dtype) for column in frame} == {
        column.name: _DTYPES[column.kind] for column in SOURCES[source].known(frame.columns)
    }
    delivered = frame.assign(
        file_name=pd.Categorical([f"{source}.csv"] * len(frame)), row_number=range(2, len(frame) + 2)
    )
    unread = pd.DataFrame({"row": pd.Series(dtype="int64"), "column": "", "value": "", "problem": ""})
    context = Context(
        world.settings.last_day,
        dealers=set(world.frames["dealers"]["dealer_id"]),
        customers=world.frames["transactions"][["dealer_id", "customer_id"]].drop_duplicates(),
    )
    verdict = judge(source, delivered, unread, context)
    assert len(verdict.quarantine) == 0
    assert len(verdict.accepted) == len(frame) > 0


def test_the_truth_speaks_of_rows_that_are_there(cheating: Invented) -> None:
    frames, truth = cheating.world.frames, cheating.world.truth
    assert set(truth.records["source"]) == {"surveys", "contacts", "transactions", "reviews"}
    for source, records in truth.records.groupby("source"):
        known = frames[str(source)].set_index(SOURCES[str(source)].key)["dealer_id"]
        assert records["record_id"].is_unique
        assert known.reindex(records["record_id"]).tolist() == records["dealer_id"].tolist()
    assert set(truth.units.loc[truth.units["unit_kind"] == "dealer", "unit_id"]) <= set(frames["dealers"]["dealer_id"])
    interviewers = truth.units.loc[truth.units["unit_kind"] == "interviewer", "unit_id"]
    assert set(interviewers) <= set(frames["surveys"]["interviewer_id"])
    assert set(truth.scores["dealer_id"]) <= set(frames["dealers"]["dealer_id"])


def test_every_scheme_is_practised_and_only_in_its_own_styles(cheating: Invented) -> None:
    assert set(cheating.styles["scheme"]) == set(Scheme)
    for scheme, styles in cheating.styles.groupby("scheme")["style"]:
        assert set(styles) <= set(STYLES[Scheme(str(scheme))])
    assert cheating.styles["affected_share"].between(0, 1, inclusive="right").all()


def test_the_honest_twin_has_the_same_people_and_what_its_customers_say_is_the_truth(
    cheating: Invented, twin: Invented
) -> None:
    assert twin.world.truth.units.empty
    assert twin.world.truth.records.empty
    for source in ("dealers", "staff", "audits", "transactions", "complaints"):
        pd.testing.assert_frame_equal(cheating.world.frames[source], twin.world.frames[source])
    pd.testing.assert_frame_equal(cheating.world.truth.scores, twin.world.truth.scores)
    surveys = twin.world.frames["surveys"]
    said = surveys.groupby(["dealer_id", "survey"])["overall"].mean().to_numpy()
    np.testing.assert_allclose(said, twin.world.truth.scores["genuine_score"], rtol=1e-6)


def test_what_no_cheat_touched_is_the_same_in_both_worlds(cheating: Invented, twin: Invented) -> None:
    touched = cheating.world.truth.records.query("source == 'surveys'")["record_id"]
    surveys = cheating.world.frames["surveys"]
    untouched = surveys[~surveys["response_id"].isin(touched)].set_index("response_id")
    honest = twin.world.frames["surveys"].set_index("response_id")
    both = untouched.index.intersection(honest.index)
    assert len(both) > 0.75 * len(honest)
    pd.testing.assert_series_equal(untouched.loc[both, "overall"], honest.loc[both, "overall"])


def test_a_small_network_is_weighed_and_every_cheat_is_told_by_its_style(cheating: Invented, twin: Invented) -> None:
    weighed, honest = weigh(cheating.world.observations()), weigh(twin.world.observations())
    assert 0 < measure(cheating.world, weighed)["any cheating AP"] <= 1
    assert honest_e_values(honest)["false cases"] >= 0
    every = cheats(cheating, weighed)
    assert len(every) == len(cheating.styles)
    assert (every["found"] == (every["flagged"] | every["above"])).all()
    assert by_style(every)["cheats"].sum() == len(every)
    wronged = flagged_honest([(cheating, weighed)])
    assert not set(wronged["unit"]) & set(cheating.styles["unit_id"])
    assert len(flagged_honest([(twin, honest)])) == (honest.scores["flagged"] == 1).sum()
