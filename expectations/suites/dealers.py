"""The rules of dealers: one dealer a row."""

from expectations import checks
from expectations.rule import Severity, holds, not_in_future
from expectations.suites.shared import READABLE, identity

RULES = (
    *READABLE,
    *identity("dealer_id", "dealer"),
    not_in_future(
        "opened_on",
        "A dealer may be listed before it opens. Dropping it would make its first interviews an unknown dealer's.",
        severity=Severity.NOTE,
    ),
    holds(
        "target_score",
        "range",
        "must be on the scale of a questionnaire",
        "A target on another scale, 90 of 100, can never be just missed or just met, so detectors of aiming at it "
        "abstain. The dealer itself is kept.",
        checks.is_on_some_scale,
        severity=Severity.NOTE,
    ),
)
"""Every rule of dealers."""
