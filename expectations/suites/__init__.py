"""The rules of every source, in the order in which they are told. A new rule is one more line in its source's file."""

from collections.abc import Mapping

from expectations.rule import Rule
from expectations.suites import audits, complaints, contacts, dealers, reviews, staff, surveys, transactions

SUITES: Mapping[str, tuple[Rule, ...]] = {
    "surveys": surveys.RULES,
    "contacts": contacts.RULES,
    "transactions": transactions.RULES,
    "reviews": reviews.RULES,
    "dealers": dealers.RULES,
    "staff": staff.RULES,
    "complaints": complaints.RULES,
    "audits": audits.RULES,
}
"""The suite of each source, in the order of `detectors.core.sources.SOURCES`."""
