"""The rules of complaints: one complaint to headquarters a row."""

from expectations.rule import not_in_future, plausible, present
from expectations.suites.shared import KNOWN_DEALER, READABLE, VALID_PHONE, identity

RULES = (
    *READABLE,
    *identity("complaint_id", "complaint"),
    present("dealer_id", "A complaint about no dealer contradicts nobody's scores."),
    KNOWN_DEALER,
    present("filed_on", "A complaint speaks against the interviews of its own time only."),
    not_in_future("filed_on", "Nobody complained tomorrow: a clock, a time zone or day and month are mixed up."),
    plausible("filed_on", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."),
    VALID_PHONE,
)
"""Every rule of complaints."""
