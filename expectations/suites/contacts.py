"""The rules of contacts: one number handed to the agency a row."""

from detectors.core.sources import DISPOSITIONS
from expectations import checks
from expectations.rule import Severity, holds, not_in_future, plausible, present, vocabulary
from expectations.suites.shared import KNOWN_DEALER, READABLE, VALID_PHONE, identity

RULES = (
    *READABLE,
    *identity("contact_id", "contact"),
    vocabulary("survey", (), "A number handed over for an unknown questionnaire belongs to no sample that is weighed."),
    holds(
        "wave",
        "matches_attempted_at",
        "must be the month of attempted_at, the one before or the one after",
        "Lists are worked off late, and attempts on old lists happen. Who was on the list is evidence whatever the "
        "date says, so the row is kept.",
        lambda rows, _: checks.wave_matches(rows, "attempted_at"),
        severity=Severity.NOTE,
        also=("attempted_at",),
    ),
    present("dealer_id", "A number that no dealer supplied is evidence about nobody."),
    KNOWN_DEALER,
    holds(
        "customer_id",
        "in_transactions",
        "must be a customer of that dealer's transactions",
        "A customer whom the dealer's own records do not know is what a made-up contact looks like. It is evidence, "
        "and setting it aside here would hide the very thing that is looked for.",
        checks.customer_is_known,
        severity=Severity.NOTE,
        needs="customers",
    ),
    not_in_future("attempted_at", "Nobody was called tomorrow: a clock, a time zone or day and month are mixed up."),
    plausible(
        "attempted_at", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."
    ),
    present("disposition", "What came of the call is all that a contact tells: dead numbers are counted by it."),
    vocabulary(
        "disposition",
        DISPOSITIONS,
        "A code that nobody mapped would count as reached or not reached by chance. Map it in the vendor's TOML file.",
    ),
    VALID_PHONE,
)
"""Every rule of contacts."""
