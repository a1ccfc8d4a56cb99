"""What the gate says about a source's rows of a night, and the error with which it closes."""

from dataclasses import dataclass

import pandas as pd

from detectors.core.errors import MingchaError


@dataclass(frozen=True)
class RuleResult:
    """How one rule fared.

    Parameters
    ----------
    rule
        Name of the rule, ``<column>.<what>``. Where cells could not be read, ``*.type`` is told column by column.
    must, reason
        What must hold, and why.
    severity
        ``quarantine`` or ``note``.
    rows_checked
        Rows that have a value to check.
    rows_failed
        Rows that break the rule.
    not_checked_because
        Why the rule was not asked at all; empty if it was.
    """

    rule: str
    must: str
    reason: str
    severity: str
    rows_checked: int
    rows_failed: int
    not_checked_because: str = ""


@dataclass(frozen=True)
class Note:
    """Something said of rows that were kept.

    Parameters
    ----------
    rule
        The rule that they break.
    rows
        How many they are.
    sentence
        What is said, with no personal value.
    """

    rule: str
    rows: int
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What became of one source's rows.

    Parameters
    ----------
    source
        Its name.
    accepted
        The rows that break no rule, in the order and with the columns they came in, labelled anew.
    quarantine
        One row per broken rule and cell: ``source``, ``file_name``, ``row_number``, ``rule``, ``column_name``,
        ``value_masked``, ``reason``; in the order of the rows, words as categories.
    notes
        What is said of rows that were kept.
    results
        How each rule fared, in the order of the suite.
    files
        By file in the order of delivery: ``file_name``, ``rows_read``, ``rows_accepted``, ``rows_quarantined``.
    rows_read
        Rows judged.
    """

    source: str
    accepted: pd.DataFrame
    quarantine: pd.DataFrame
    notes: tuple[Note, ...]
    results: tuple[RuleResult, ...]
    files: pd.DataFrame
    rows_read: int

    @property
    def rows_quarantined(self) -> int:
        """Rows that break a rule, each counted once."""
        return self.rows_read - len(self.accepted)

    @property
    def share_quarantined(self) -> float:
        """Quarantined rows as a share of the rows read, 0 to 1; 0 of no rows."""
        return self.rows_quarantined / self.rows_read if self.rows_read else 0.0

    @property
    def worst(self) -> list[RuleResult]:
        """The rules that quarantined rows, those that failed most first."""
        failed = [result for result in self.results if result.severity == "quarantine" and result.rows_failed]
        return sorted(failed, key=lambda result: -result.rows_failed)


class GateClosed(MingchaError):  # noqa: N818 (what happened, as the other errors here)
    """Too many rows of a source are bad for the rest to be weighed.

    Parameters
    ----------
    what, remedy
        See `MingchaError`.
    sources
        The sources that are over the threshold.
    """

    def __init__(self, what: str, *, remedy: str, sources: tuple[str, ...]) -> None:
        super().__init__(what, remedy=remedy)
        self.sources = sources


class RuleBroken(MingchaError):  # noqa: N818
    """A rule could not be asked: a fault of the program or of the frame it was given, never of a row."""
