"""The rules of staff: one employee of a dealer a row."""

from expectations.rule import present
from expectations.suites.shared import KNOWN_DEALER, READABLE, VALID_PHONE, identity

RULES = (
    *READABLE,
    present("dealer_id", "A number tells of staff among the customers only if the employer is known."),
    KNOWN_DEALER,
    *identity("staff_id", "employee"),
    VALID_PHONE,
)
"""Every rule of staff."""
