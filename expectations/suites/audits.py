"""The rules of audits: one visit of an auditor a row."""

from expectations.rule import between, not_in_future, plausible, present, vocabulary
from expectations.suites.shared import KNOWN_DEALER, READABLE, identity

RULES = (
    *READABLE,
    *identity("audit_id", "audit"),
    present("dealer_id", "An audit of no dealer contradicts nobody's scores."),
    KNOWN_DEALER,
    present("kind", "A mystery shop is held against SSI, a service audit against CSI; without the kind it is neither."),
    vocabulary(
        "kind",
        ("mystery_shop", "service_audit"),
        "A mystery shop is held against SSI, a service audit against CSI; another word is neither.",
    ),
    present("audited_on", "An audit speaks against the interviews of its own time only."),
    not_in_future("audited_on", "Nobody was audited tomorrow: day and month are mixed up, or it is a plan."),
    plausible("audited_on", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."),
    present("score", "An audit without a score cannot contradict one."),
    between("score", 0, 100, "Audits are scored in percent; another scale would make every dealer fail or pass."),
)
"""Every rule of audits."""
