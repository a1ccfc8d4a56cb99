"""Replaced numbers that answer more readily than the dealer's other numbers."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.contacts.willing import Willing
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind

_DEALERS, _LISTED = 40, 120


def _network(*, in_a_drawer: float = 0.0) -> Observations:
    """Return dealers with a few renewed numbers; D00 replaced a quarter, D01 changed its system, D02 is excellent."""
    rng = np.random.default_rng(12)
    rows = np.arange(_DEALERS * _LISTED)
    dealer = rows // _LISTED
    differs = rng.random(len(rows)) < np.select([dealer == 0, dealer == 1], [0.25, 0.6], 0.05)
    completes = rng.random(len(rows)) < np.where(dealer == 2, 0.8, 0.45)
    completes |= (dealer == 0) & differs & (rng.random(len(rows)) < in_a_drawer)
    truth = pd.DataFrame(
        {
            "dealer_id": [f"D{place:02d}" for place in dealer],
            "vin": [f"V{row}" for row in rows],
            "phone": [f"number {row}" for row in rows],
        }
    )
    listed = truth.assign(
        contact_id=[f"C{row}" for row in rows],
        phone=truth["phone"].where(~differs, "another " + truth["phone"]),
        disposition=np.where(completes, "completed", "no_answer"),
    )
    return Observations(date(2026, 10, 31), {"contacts": listed, "transactions": truth})


def test_replaced_numbers_that_always_complete_are_found() -> None:
    seen = _network(in_a_drawer=0.95)
    units = Willing().weigh(seen, Willing().learn(seen)).units
    assert units["bits"]["D00"] > 4
    assert units["bits"].drop("D00").max() < 3
    assert "numbers that differ from those in its own transactions completed an interview" in units["reason"]["D00"]


def test_a_changed_system_renewed_numbers_and_an_excellent_dealer_are_spared() -> None:
    seen = _network()
    units = Willing().weigh(seen, Willing().learn(seen)).units
    assert units["bits"][["D00", "D01", "D02"]].max() < 2
    assert np.exp2(units["bits"]).mean() < 1.2


def test_a_dealer_judged_alone_is_judged_as_in_company() -> None:
    seen = _network(in_a_drawer=0.95)
    reference = Willing().learn(seen)
    whole = Willing().weigh(seen, reference).units
    for dealer in ("D00", "D03"):
        alone = Willing().weigh(seen.of(UnitKind.DEALER, [dealer]), reference).units
        pd.testing.assert_frame_equal(alone, whole.loc[[dealer]], rtol=1e-9)
