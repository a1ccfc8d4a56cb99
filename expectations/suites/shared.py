"""Rules that hold for more than one source: cells that can be read, ids that are unique, dealers and numbers known."""

from expectations import checks
from expectations.rule import WHOLE_ROW, Rule, Severity, holds, present

READABLE = (
    holds(
        WHOLE_ROW,
        "readable",
        "must have as many fields as there are headings",
        "In a row with a field too many or too few, a stray delimiter or quote as a rule, nothing tells which value "
        "belongs under which heading.",
        checks.row_was_read,
    ),
    holds(
        "*",
        "type",
        "must be readable as what the column holds",
        "A cell that cannot be read, a number without digits or a phone that a spreadsheet rounded to 1.38E+10, is "
        "neither a value nor a missing one: guessing it would put invented data among the observations.",
        checks.was_read,
    ),
)
"""Expect rows and cells that could be read."""


def identity(key: str, row: str) -> tuple[Rule, ...]:
    """Expect every row to have an id, and each file to use an id once.

    Parameters
    ----------
    key
        The column that identifies a row.
    row
        What a row is, in a word.
    """
    return (
        present(key, f"Without an id the {row} cannot be corrected by a later delivery, nor shown to a reviewer."),
        holds(
            key,
            "unique",
            "must not repeat an earlier row of the same file",
            f"The same {row} twice would count twice. The first is kept, its copies are set aside. In a newer file the "
            "same id is a correction and no fault.",
            checks.is_not_repeated,
        ),
        holds(
            key,
            "consistent",
            "must not stand for two different rows in one file",
            f"One id with contradictory values in one file: nothing tells which {row} is true, so none is kept.",
            checks.is_not_contradicted,
        ),
    )


KNOWN_DEALER = holds(
    "dealer_id",
    "known",
    "must be in the dealer list",
    "A dealer that the list lacks is new, closed or misspelt. Its rows are evidence all the same, so they are kept and "
    "the dealer is named; it is weighed without region and target.",
    checks.dealer_is_known,
    severity=Severity.NOTE,
    needs="dealers",
    names_values=True,
)

VALID_PHONE = holds(
    "phone",
    "valid",
    "must be a Chinese mobile or landline number",
    "A number that cannot exist may be a slip or a number made up to keep the agency from the customer. Which of the "
    "two is for the detectors to weigh, so the row is kept.",
    checks.is_phone,
    severity=Severity.NOTE,
)
