"""Customers who never reach the list: the unhappy ones above all."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.contacts.gaps import Gaps
from detectors.contacts.withheld import Withheld
from detectors.core.detector import Detector
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind

_DEALERS, _VISITS = 40, 300


def _network(*, hidden: float = 0.0, sloppy: float = 0.0) -> Observations:
    """Return dealers that list two visits in three; D00 hides a share of the troubled, D01 misses a share at random."""
    rng = np.random.default_rng(8)
    rows = np.arange(_DEALERS * _VISITS)
    dealer = rows // _VISITS
    happened = pd.Timestamp("2026-07-01") + pd.to_timedelta(rng.integers(0, 60, len(rows)), unit="D")
    visits = pd.DataFrame(
        {
            "transaction_id": [f"T{row}" for row in rows],
            "dealer_id": [f"D{place:02d}" for place in dealer],
            "vin": [f"V{row}" for row in rows],
            "kind": np.where(rng.random(len(rows)) < 0.3, "sale", "service"),
            "happened_on": happened,
        }
    )
    complained, came_back = rng.random(len(rows)) < 0.06, rng.random(len(rows)) < 0.05
    listed = rng.random(len(rows)) < np.where(complained, 0.6, 0.67)
    listed &= ~((dealer == 0) & (complained | came_back) & (rng.random(len(rows)) < hidden))
    listed &= ~((dealer == 1) & (rng.random(len(rows)) < sloppy))
    again = visits[came_back].assign(
        transaction_id=lambda rows: rows["transaction_id"] + "b",
        kind="service",
        happened_on=lambda rows: rows["happened_on"] + pd.Timedelta(days=6),
    )
    contacts = visits[listed].assign(attempted_at=lambda rows: rows["happened_on"] + pd.Timedelta(days=20))
    complaints = visits[complained].assign(filed_on=lambda rows: rows["happened_on"] + pd.Timedelta(days=3))
    frames = {
        "transactions": pd.concat([visits, again]),
        "contacts": contacts[["dealer_id", "vin", "attempted_at"]],
        "complaints": complaints[["dealer_id", "vin", "filed_on"]],
    }
    return Observations(date(2026, 9, 30), {name: frame.reset_index(drop=True) for name, frame in frames.items()})


def _units(detector: Detector, seen: Observations) -> pd.DataFrame:
    return detector.weigh(seen, detector.learn(seen)).units


def test_a_dealer_that_leaves_the_unhappy_off_its_list_is_found() -> None:
    units = _units(Withheld(), _network(hidden=0.95))
    assert units["bits"]["D00"] > 6
    assert units["bits"].drop("D00").max() < 6
    assert "or the customer back within 30 days, did not reach the agency" in units["reason"]["D00"]
    assert units["expected"]["D00"] < units["observed"]["D00"]


def test_a_dealer_that_misses_a_fifth_at_random_hides_nobody() -> None:
    seen = _network(sloppy=0.2)
    assert _units(Withheld(), seen)["bits"]["D01"] < 2
    assert np.exp2(_units(Withheld(), seen)["bits"]).mean() < 1.2


def test_a_list_full_of_gaps_is_seen_by_its_gaps() -> None:
    units = _units(Gaps(), _network(sloppy=0.6))
    assert units["bits"]["D01"] > 4
    assert units["bits"].drop("D01").max() < 3
    assert "visits never reached its list; dealers like this one miss" in units["reason"]["D01"]
    assert _units(Gaps(), _network())["bits"].max() < 3


def test_visits_too_late_to_be_called_about_are_no_gap() -> None:
    seen = _network()
    late = (
        seen["transactions"]
        .head(2000)
        .assign(vin=lambda rows: "late " + rows["vin"], happened_on=pd.Timestamp("2026-09-28"))
    )
    visits = pd.concat([seen["transactions"], late], ignore_index=True)
    units = _units(Gaps(), Observations(seen.business_date, {**seen.frames, "transactions": visits}))
    pd.testing.assert_frame_equal(units, _units(Gaps(), seen))


def test_a_dealer_judged_alone_is_judged_as_in_company() -> None:
    seen = _network(hidden=0.95)
    for detector in (Withheld(), Gaps()):
        reference = detector.learn(seen)
        alone = detector.weigh(seen.of(UnitKind.DEALER, ["D00"]), reference).units
        pd.testing.assert_frame_equal(alone, detector.weigh(seen, reference).units.loc[["D00"]], rtol=1e-9)


def test_lists_without_any_name_for_the_customer_say_so() -> None:
    seen = _network()
    contacts = seen["contacts"].drop(columns="vin")
    units = _units(Withheld(), Observations(seen.business_date, {**seen.frames, "contacts": contacts}))
    assert units["abstained"].all()
    assert units["reason"].iloc[0].startswith("Lists and transactions name their customers differently")
