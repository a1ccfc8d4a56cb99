"""The rules of reviews: one public review a row."""

from expectations import checks
from expectations.rule import Severity, between, holds, not_in_future, plausible, present
from expectations.suites.shared import KNOWN_DEALER, READABLE, identity

RULES = (
    *READABLE,
    *identity("review_id", "review"),
    present("dealer_id", "A review of no dealer is evidence about nobody."),
    KNOWN_DEALER,
    present("posted_at", "Bursts are found by when reviews were published."),
    not_in_future("posted_at", "Nothing was published tomorrow: a clock, a time zone or day and month are mixed up."),
    plausible("posted_at", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."),
    present("rating", "A review without stars neither praises nor complains as far as counting goes."),
    between(
        "rating", 1, 5, "Platforms give one to five stars (halves too); more is another scale that was not converted."
    ),
    between("author_reviews", 0, None, "Nobody wrote fewer than no reviews: the count is a code for unknown."),
    not_in_future("author_joined_on", "An account that will be opened tomorrow cannot have written anything."),
    holds(
        "author_joined_on",
        "before_posted_at",
        "must not be after posted_at",
        "Platforms show some accounts as younger than what they wrote, after accounts were merged or bought. "
        "That may be evidence, so the review is kept.",
        checks.joined_before_posting,
        severity=Severity.NOTE,
        also=("posted_at",),
    ),
)
"""Every rule of reviews."""
