"""What honest clerks, spreadsheets, systems and agencies do to a list, and what looks like it and is not."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from detectors.contacts.gaps import Gaps
from detectors.contacts.mismatched import Mismatched
from detectors.contacts.phantoms import Phantoms
from detectors.contacts.recycled import Recycled
from detectors.contacts.unheard import Unheard
from detectors.contacts.withheld import Withheld
from detectors.core.detector import Detector
from detectors.core.observations import Observations

_DEALERS, _LISTED = 40, 120


def _truth() -> pd.DataFrame:
    rows = np.arange(_DEALERS * _LISTED)
    return pd.DataFrame(
        {
            "dealer_id": [f"D{row // _LISTED:02d}" for row in rows],
            "customer_id": [f"K{row}" for row in rows],
            "phone": [f"number {row}" for row in rows],
            "happened_on": pd.Timestamp("2026-07-01") + pd.to_timedelta(rows % _LISTED, unit="D"),
        }
    )


def _seen(truth: pd.DataFrame, **changed: "pd.Series[str] | NDArray[np.str_] | str") -> Observations:
    """Return a network whose lists are the truth but for what `changed`, column by column."""
    listed = truth.assign(
        contact_id=truth["customer_id"],
        wave="2026-10",
        attempted_at=truth["happened_on"] + pd.Timedelta(days=10),
        disposition=np.where(np.arange(len(truth)) % 2 == 0, "completed", "no_answer"),
    )
    for column, values in changed.items():
        listed[column] = values
    return Observations(date(2026, 11, 30), {"contacts": listed, "transactions": truth})


def _units(detector: Detector, seen: Observations) -> pd.DataFrame:
    return detector.weigh(seen, detector.learn(seen)).units


@pytest.mark.parametrize("detector", [Mismatched(), Recycled()], ids=lambda detector: detector.name)
def test_numbers_copied_from_the_row_above_are_nobodys_scheme(detector: Detector) -> None:
    truth = _truth()
    place = np.arange(len(truth))
    copied = (place < _LISTED) & (place % 10 == 9)
    above = truth["phone"].where(~copied, truth["phone"].shift())
    units = _units(detector, _seen(truth, phone=above, disposition="completed"))
    assert units["observed"]["D00"] == 0
    assert units["bits"].max() < 0


def test_a_number_dragged_down_the_list_counts_only_where_it_was_answered() -> None:
    truth = _truth()
    place = np.arange(len(truth))
    dragged = truth["phone"].where((place == 0) | (place >= 15), "number 0")
    answered = np.where(place < 15, "completed", "no_answer")
    found = _units(Recycled(), _seen(truth, phone=dragged, disposition=answered))
    assert found["observed"]["D00"] == 14
    assert found["bits"]["D00"] > 4
    spared = _units(Recycled(), _seen(truth, phone=dragged, disposition="wrong_number"))
    assert spared["observed"]["D00"] == 0


def test_an_old_phone_book_that_nobody_answers_gave_no_false_interview() -> None:
    truth = _truth()
    old = np.arange(len(truth)) < 40
    number = truth["phone"].where(~old, "old " + truth["phone"])
    silent = _seen(truth, phone=number, disposition=np.where(old, "out_of_service", "completed"))
    assert _units(Mismatched(), silent)["observed"]["D00"] == 0
    assert _units(Mismatched(), _seen(truth, phone=number, disposition="completed"))["observed"]["D00"] == 40


@pytest.mark.parametrize(
    ("said", "wrong", "found"),
    [("not_customer", False, True), ("out_of_service", True, True), ("out_of_service", False, False)],
    ids=["said to be no customer", "a digit broken", "dead in the transactions too"],
)
def test_customers_who_are_lost_to_the_agency_count_where_records_contradict(
    said: str, *, wrong: bool, found: bool
) -> None:
    truth = _truth()
    place = np.arange(len(truth))
    mine, usual = place < 40, place % _LISTED == 77
    number = truth["phone"].where(~((mine & wrong) | usual), "wrong " + truth["phone"])
    dispositions = np.where(mine, said, np.where(usual, "wrong_number", "completed"))
    units = _units(Unheard(), _seen(truth, phone=number, disposition=dispositions))
    assert units["observed"]["D00"] == (41 if found else 1)
    assert (units["bits"]["D00"] > 4) == found
    assert units["bits"].drop("D00").max() < 0


def test_a_clerk_who_mistypes_one_number_in_fifteen_stands_not_far_out() -> None:
    truth = _truth()
    place = np.arange(len(truth))
    wrong = (place % _LISTED == 77) | (place < 8)
    number = truth["phone"].where(~wrong, "wrong " + truth["phone"])
    seen = _seen(truth, phone=number, disposition=np.where(wrong, "wrong_number", "completed"))
    assert _units(Unheard(), seen)["bits"]["D00"] < 3


def test_customers_of_a_time_when_the_system_was_down_are_not_invented() -> None:
    truth = _truth()
    days = (truth["happened_on"] - pd.Timestamp("2026-07-01")).dt.days
    down = truth["dealer_id"].eq("D00") & days.between(50, 80)
    seen = _seen(truth)
    delivered = truth[~down].reset_index(drop=True)
    silent = Observations(seen.business_date, {"contacts": seen["contacts"], "transactions": delivered})
    assert _units(Phantoms(), silent)["observed"]["D00"] == 0
    invented = truth["customer_id"].where(~down, "invented " + truth["customer_id"])
    assert _units(Phantoms(), _seen(truth, customer_id=invented))["observed"]["D00"] == 31


def test_a_large_dealer_of_whose_list_a_quota_is_called_has_no_gaps() -> None:
    rng = np.random.default_rng(3)
    size = np.linspace(20, 200, 60).astype(int)
    dealer = np.repeat(np.arange(60), 3 * size)
    month = np.concatenate([np.repeat(np.arange(3), one) for one in size])
    visits = pd.DataFrame(
        {
            "dealer_id": [f"D{place:02d}" for place in dealer],
            "vin": [f"V{place}" for place in range(len(dealer))],
            "kind": "service",
            "happened_on": np.array(["2026-07-03", "2026-08-03", "2026-09-03"], dtype="datetime64[us]")[month],
            "turn": rng.random(len(dealer)),
        }
    )
    listed = rng.random(len(visits)) < np.where(dealer == 5, 0.3, 0.9)
    drawn = visits[listed].sort_values("turn").groupby(["dealer_id", "happened_on"]).head(60)
    calls = drawn.assign(attempted_at=drawn["happened_on"] + pd.Timedelta(days=9)).reset_index(drop=True)
    units = _units(Gaps(), Observations(date(2026, 10, 31), {"transactions": visits, "contacts": calls}))
    assert units["bits"].drop("D05").max() < 2
    assert units["bits"]["D05"] > 3


def test_complainers_with_dead_numbers_or_said_to_be_no_customers_are_kept_away() -> None:
    rng = np.random.default_rng(5)
    place = np.arange(9600)
    visits = pd.DataFrame(
        {
            "dealer_id": [f"D{p // 240:02d}" for p in place],
            "vin": [f"V{p}" for p in place],
            "phone": [f"number {p}" for p in place],
            "kind": "service",
            "happened_on": pd.Timestamp("2026-08-01") + pd.to_timedelta(place % 40, unit="D"),
        }
    )
    complained, listed = place % 8 == 0, rng.random(len(place)) < 0.67
    mine = complained & (place < 240)
    number = visits["phone"].where(~(mine & (place % 16 == 0)), "broken " + visits["phone"])
    said = np.where(mine, np.where(place % 16 == 0, "out_of_service", "not_customer"), "completed")
    contacts = visits.assign(phone=number, disposition=said, attempted_at=pd.Timestamp("2026-09-20"))
    seen = Observations(
        date(2026, 10, 31),
        {
            "transactions": visits,
            "contacts": contacts[listed].reset_index(drop=True),
            "complaints": visits[complained].assign(filed_on=pd.Timestamp("2026-09-12")).reset_index(drop=True),
        },
    )
    units = _units(Withheld(), seen)
    assert units["observed"]["D00"] == 30
    assert units["bits"]["D00"] > 4 > units["bits"].drop("D00").max()
