"""The rules of transactions: one sale or service a row, as the dealer's own system recorded it."""

from expectations.rule import Severity, between, not_in_future, plausible, present, vocabulary
from expectations.suites.shared import KNOWN_DEALER, READABLE, VALID_PHONE, identity

RULES = (
    *READABLE,
    *identity("transaction_id", "transaction"),
    present("dealer_id", "Without the dealer nobody knows whose customer it was."),
    KNOWN_DEALER,
    present("kind", "Sales are held against SSI and services against CSI; without the kind it is neither."),
    vocabulary(
        "kind", ("sale", "service"), "Sales are held against SSI and services against CSI; another word is neither."
    ),
    present("happened_on", "Whether a customer should have been on the list depends on the day of the transaction."),
    not_in_future("happened_on", "What has not happened yet is an appointment, and nobody is withheld for it."),
    plausible("happened_on", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."),
    between(
        "amount",
        0,
        None,
        "A negative amount is a credit note: an honest record, kept, but not one more customer.",
        severity=Severity.NOTE,
    ),
    VALID_PHONE,
)
"""Every rule of transactions."""
