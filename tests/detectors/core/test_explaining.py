"""Schemes that explain the same evidence share its probability out among them."""

import pandas as pd
import pytest

from detectors.core.explaining import explain

PRIORS = {"coached": 0.03, "incentivised": 0.03, "fake_contacts": 0.03}


def explained(*said: tuple[str, str, float]) -> "pd.Series[float]":
    """Probabilities by scheme of one dealer, of whom each scheme has a piece of evidence told by something."""
    families = pd.DataFrame(said, columns=["scheme", "told_by", "family_bits"]).assign(unit_kind="dealer", unit_id="D1")
    units = pd.DataFrame({"unit_kind": "dealer", "unit_id": "D1", "scheme": list(PRIORS)})
    return explain(units, families, PRIORS).set_axis(list(PRIORS))["probability"]


def test_a_scheme_without_rivals_has_its_prior_odds_times_two_to_its_bits() -> None:
    odds = 0.03 / 0.97 * 2**6
    assert explained(("coached", "wording telling", 6.0))["coached"] == pytest.approx(odds / (1 + odds))


def test_evidence_that_several_schemes_explain_is_shared_out() -> None:
    shared = explained(*[(scheme, "crosschecks implied", 9.0) for scheme in PRIORS])
    assert shared.max() == pytest.approx(shared.min())
    assert 0.3 < shared["coached"] < 0.4


def test_a_scheme_that_explains_more_takes_what_is_shared_from_the_others() -> None:
    shared = [(scheme, "crosschecks implied", 9.0) for scheme in PRIORS]
    found = explained(*shared, ("incentivised", "wording gifts", 8.0))
    assert found["incentivised"] > 0.98
    assert found["coached"] < 0.05


def test_a_dealer_may_practise_two_schemes_if_each_has_evidence_of_its_own() -> None:
    found = explained(("incentivised", "wording gifts", 12.0), ("fake_contacts", "contacts staff", 12.0))
    assert found[["incentivised", "fake_contacts"]].min() > 0.98


def test_where_a_decision_lies_between_what_was_said_of_two_schemes_each_keeps_its_own() -> None:
    found = explained(("coached", "ratings facts", 10.0), ("incentivised", "ratings facts", -2.0))
    assert found["coached"] > 0.95
    assert found["incentivised"] < 0.03
