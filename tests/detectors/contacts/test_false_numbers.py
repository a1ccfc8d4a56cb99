"""Numbers on the list that are not the customer's: staff's, recycled, in sequence, replaced, or nobody's."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detectors.contacts.mismatched import Mismatched
from detectors.contacts.phantoms import Phantoms
from detectors.contacts.recycled import Recycled
from detectors.contacts.sequences import Sequences
from detectors.contacts.staff import Staff
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind

_DEALERS, _LISTED = 40, 50
_OWN, _FLEET = slice(0, 15), slice(_LISTED, _LISTED + 15)


def _network(how: str = "honest") -> Observations:
    """Return honest dealers; D00 hands over false numbers `how`, D01 has a fleet of fifteen, D02 a staff customer."""
    rows = np.arange(_DEALERS * _LISTED)
    truth = pd.DataFrame(
        {
            "dealer_id": [f"D{row // _LISTED:02d}" for row in rows],
            "customer_id": [f"K{row}" for row in rows],
            "phone": [f"number {row}" for row in rows],
            "phone_block": [f"block {row}" for row in rows],
            "phone_last2": rows * 7 % 100 + 0.0,
        }
    ).astype({"customer_id": "object", "phone": "object", "phone_block": "object"})
    truth.loc[rows[_FLEET], ["phone", "phone_block"]] = ["the fleet's", "the fleet's block"]
    truth.loc[rows[_FLEET][:3], "phone"] = ["fleet 1", "fleet 2", "fleet 3"]
    truth.loc[2 * _LISTED, "phone"] = "adviser of D02"
    listed = truth.copy()
    own = rows[_OWN]
    if how == "staff":
        listed.loc[own, "phone"] = "adviser of D00"
    elif how == "friend":
        listed.loc[own, ["phone", "phone_block"]] = ["a friend's", "a friend's block"]
    elif how == "row":
        listed.loc[own, "phone"] = [f"fresh {row}" for row in own]
        listed.loc[own, "phone_block"] = "one block"
    elif how == "nobody":
        listed.loc[own, "customer_id"] = [f"invented {row}" for row in own]
    interviews = listed.assign(response_id=[f"R{row}" for row in rows], survey="CSI", overall=10.0)
    frames = {
        "contacts": listed.assign(contact_id=[f"C{row}" for row in rows], wave="2026-10", disposition="completed"),
        "transactions": truth.assign(transaction_id=[f"T{row}" for row in rows]),
        "surveys": interviews,
        "staff": pd.DataFrame(
            {"dealer_id": ["D00", "D02"], "staff_id": ["S0", "S2"], "phone": ["adviser of D00", "adviser of D02"]}
        ),
    }
    return Observations(
        date(2026, 10, 31), {name: frame.astype("str") if name == "staff" else frame for name, frame in frames.items()}
    )


def _weigh(detector: Detector, seen: Observations) -> Weighed:
    return detector.weigh(seen, detector.learn(seen))


_FALSE = [
    pytest.param(Staff(), "staff", id="staff"),
    pytest.param(Recycled(), "friend", id="recycled"),
    pytest.param(Sequences(), "row", id="sequences"),
    pytest.param(Mismatched(), "friend", id="mismatched"),
    pytest.param(Phantoms(), "nobody", id="phantoms"),
]


@pytest.mark.parametrize(("detector", "how"), _FALSE)
def test_false_numbers_are_found_and_the_calls_through_them_named(detector: Detector, how: str) -> None:
    weighed = _weigh(detector, _network(how))
    assert weighed.units["bits"]["D00"] > 6
    assert weighed.units["observed"]["D00"] == 15
    assert "15 of 50" in weighed.units["reason"]["D00"]
    named = weighed.records.groupby("source")["record_id"].agg(set).to_dict()
    assert named == {
        "contacts": {f"C{row}" for row in range(15)},
        "surveys": {f"R{row}" for row in range(15)},
    }
    assert weighed.records["probability"].min() > 0.8


@pytest.mark.parametrize(("detector", "how"), _FALSE)
def test_fleets_and_staff_who_are_customers_are_spared(detector: Detector, how: str) -> None:
    bits = _weigh(detector, _network(how)).units["bits"]
    assert bits.drop("D00").max() < 0
    assert _weigh(detector, _network()).units["bits"].max() < 0


@pytest.mark.parametrize(("detector", "how"), _FALSE)
def test_a_dealer_judged_alone_is_judged_as_in_company(detector: Detector, how: str) -> None:
    seen = _network(how)
    reference = detector.learn(seen)
    for dealer in ("D00", "D01"):
        alone = detector.weigh(seen.of(UnitKind.DEALER, [dealer]), reference).units
        pd.testing.assert_frame_equal(alone, detector.weigh(seen, reference).units.loc[[dealer]])


@pytest.mark.parametrize("detector", [Recycled(), Mismatched(), Phantoms()], ids=lambda detector: detector.name)
def test_a_dealer_that_delivered_no_transactions_is_not_judged_by_the_others(detector: Detector) -> None:
    seen = _network()
    transactions = seen["transactions"]
    kept = transactions[transactions["dealer_id"] != "D01"].reset_index(drop=True)
    silent = Observations(seen.business_date, {**seen.frames, "transactions": kept})
    units = _weigh(detector, silent).units
    assert units["abstained"]["D01"]
    assert not units["abstained"]["D03"]


def test_staff_who_are_customers_are_expected_where_no_transactions_can_spare_them() -> None:
    seen = _network("staff")
    dealers = seen["contacts"]["dealer_id"].unique()
    # Two of every dealer's fifty customers are its own staff, and its transactions say so, but D00's and D01's.
    theirs = np.concatenate([np.arange(2) + 30 + place * _LISTED for place in range(_DEALERS)])
    frames = {}
    for source in ("contacts", "surveys", "transactions"):
        frame = seen[source].copy()
        frame.loc[theirs, "phone"] = [f"seller {row}" for row in theirs]
        frames[source] = frame
    delivered = ~frames["transactions"]["dealer_id"].isin(["D00", "D01"])
    frames["transactions"] = frames["transactions"][delivered].reset_index(drop=True)
    sellers = pd.DataFrame({"dealer_id": np.repeat(dealers, 2), "phone": [f"seller {row}" for row in theirs]})
    staff = pd.concat([seen["staff"], sellers.assign(staff_id=sellers["phone"])], ignore_index=True).astype("str")
    units = _weigh(Staff(), Observations(seen.business_date, {**frames, "staff": staff})).units
    assert units["observed"][["D00", "D01", "D05"]].tolist() == [17, 2, 0]
    assert units["expected"]["D01"] > 1 > units["expected"]["D05"]
    assert units["bits"]["D01"] < 0
    assert units["bits"]["D00"] > 4


def test_numbers_that_were_not_split_into_blocks_cannot_be_in_sequence() -> None:
    seen = _network()
    contacts = seen["contacts"].drop(columns=["phone_block", "phone_last2"])
    units = _weigh(Sequences(), Observations(seen.business_date, {"contacts": contacts})).units
    assert set(units["reason"]) == {"The numbers were not split into blocks, so none can be seen to be in sequence."}


def test_customers_of_visits_before_the_window_are_nobodys_fault() -> None:
    seen = _network()
    early = seen["contacts"]["customer_id"].str[-1].isin(list("012"))
    contacts = seen["contacts"].assign(wave=np.where(early, "2026-05", "2026-10"))
    transactions = seen["transactions"][~early].reset_index(drop=True)
    units = _weigh(
        Phantoms(), Observations(seen.business_date, {"contacts": contacts, "transactions": transactions})
    ).units
    assert units["observed"].sum() == 0
    assert units["bits"].max() < 0
