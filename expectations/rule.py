"""A rule: what the machine computes, what must hold, and why a person should care."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations.context import Context, Rows, encoded
from expectations.library import (
    Expectation,
    ExpectColumnValuesToBeBetween,
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToNotBeNull,
)

Booleans = npt.NDArray[np.bool_]
Shown: TypeAlias = "npt.NDArray[Any] | pd.Categorical[str]"

EARLIEST = datetime(2000, 1, 1)  # noqa: DTZ001 (wall-clock times of Asia/Shanghai bear no offset)
WHOLE_ROW = "row"
"""Stands for the row itself where a rule is about no column."""

_MISSING = {"dealers": "no dealer list was delivered", "customers": "no transactions were delivered"}
_DAY = np.timedelta64(1, "D")


class Severity(StrEnum):
    """What becomes of a row that breaks a rule."""

    QUARANTINE = "quarantine"
    NOTE = "note"


@dataclass(frozen=True)
class Rule:
    """What holds for every valid row of a source.

    Great Expectations copies the frame it is given for every expectation, and keeps what it finds. So it is never given
    the rows: each rule shows it one small column under the rule's name (a mark, a number, a category, a yes or no), and
    expects something of that.

    Parameters
    ----------
    column
        The column it is about; ``q_*`` names a family, ``*`` every column.
    what
        What is asked of the column, in a word: ``range``, ``unique``.
    must
        What must hold, to be read after the column's name: "must be between 0 and 100".
    reason
        Why the rule exists, and what a broken one would do further on.
    shows
        From the rows and a column, what Great Expectations is shown: one value per row.
    expects
        From the shown column's name and the context, the typed expectation.
    severity
        Whether a row that breaks the rule is quarantined, or kept and spoken of.
    by_member
        Whether a family's members are asked one by one; the row breaks the rule if any member does.
    also
        Other columns that must have been delivered for the rule to apply.
    needs
        What the context must have for the rule to apply: ``dealers`` or ``customers``.
    names_values
        Whether a note names the values found, which must not be personal.
    """

    column: str
    what: str
    must: str
    reason: str
    shows: Callable[[Rows, str], Shown]
    expects: Callable[[str, Context], Expectation]
    severity: Severity = Severity.QUARANTINE
    by_member: bool = True
    also: tuple[str, ...] = ()
    needs: str | None = None
    names_values: bool = False

    @property
    def name(self) -> str:
        """The rule's name, ``<column>.<what>``."""
        return f"{self.column}.{self.what}"

    @property
    def is_about_reading(self) -> bool:
        """Whether it is about cells or rows that could not be read, and not about what was read."""
        return self.what in {"type", "readable"}

    def not_checked_because(self, rows: Rows) -> str:
        """Return why the rule cannot be asked of these rows; empty if it can."""
        if self.needs is not None and getattr(rows.context, self.needs) is None:
            return {"dealers": "no dealer list was delivered", "customers": "no transactions were delivered"}[
                self.needs
            ]
        columns = [column for column in (self.column, *self.also) if column != WHOLE_ROW]
        missing = [column for column in columns if not rows.members(column)]
        return f"{missing[0]} was not delivered" if missing else ""

    def shown(self, rows: Rows) -> Shown:
        """Return what Great Expectations is shown of the rows."""
        if not self.column.endswith("*") or not self.by_member:
            return self.shows(rows, self.column)
        kept = [np.asarray(self.shows(rows, member), dtype=bool) for member in rows.members(self.column)]
        return np.asarray(np.logical_and.reduce(kept), dtype=bool)

    def broken_cells(self, rows: Rows) -> dict[str, Booleans]:
        """Tell in which columns rows that break the rule break it."""
        if not self.column.endswith("*") or not self.by_member:
            return {self.column: np.ones(len(rows), dtype=bool)}
        return {member: ~np.asarray(self.shows(rows, member), dtype=bool) for member in rows.members(self.column)}


def present(column: str, reason: str) -> Rule:
    """Expect a value in every row."""
    return Rule(
        column,
        "present",
        "must have a value",
        reason,
        shows=lambda rows, name: np.where(rows.frame[name].isna(), np.nan, 1.0),
        expects=lambda shown, _: ExpectColumnValuesToNotBeNull(column=shown),
    )


def vocabulary(column: str, choices: tuple[str, ...], reason: str) -> Rule:
    """Expect one of a few words; no `choices` stands for the questionnaires that the settings allow."""
    return Rule(
        column,
        "vocabulary",
        f"must be one of {', '.join(choices)}" if choices else "must be a questionnaire that the settings allow",
        reason,
        shows=_words,
        expects=lambda shown, context: ExpectColumnValuesToBeInSet(
            column=shown, value_set=list(choices or context.surveys)
        ),
    )


def between(
    column: str,
    low: float | None,
    high: float | None,
    reason: str,
    severity: Severity = Severity.QUARANTINE,
) -> Rule:
    """Expect a number from `low` to `high`, both allowed."""
    bounds = f"between {low:,} and {high:,}" if high is not None else f"at least {low:,}"
    return Rule(
        column,
        "range",
        f"must be {bounds}",
        reason,
        shows=lambda rows, name: rows.values(name),
        expects=lambda shown, _: ExpectColumnValuesToBeBetween(column=shown, min_value=low, max_value=high),
        severity=severity,
    )


def not_in_future(column: str, reason: str, severity: Severity = Severity.QUARANTINE) -> Rule:
    """Expect nothing after the end of the day."""
    return Rule(
        column,
        "not_in_future",
        "must not be after the day of the run",
        reason,
        shows=lambda rows, name: _days_since(rows, name, np.datetime64(rows.context.today + timedelta(days=1), "us")),
        expects=lambda shown, _: ExpectColumnValuesToBeBetween(column=shown, max_value=0, strict_max=True),
        severity=severity,
    )


def plausible(column: str, reason: str) -> Rule:
    """Expect nothing before the year 2000."""
    return Rule(
        column,
        "plausible",
        f"must not be before {EARLIEST:%Y-%m-%d}",
        reason,
        shows=lambda rows, name: _days_since(rows, name, np.datetime64(EARLIEST, "us")),
        expects=lambda shown, _: ExpectColumnValuesToBeBetween(column=shown, min_value=0),
    )


def holds(
    column: str,
    what: str,
    must: str,
    reason: str,
    test: Callable[[Rows, str], Booleans],
    *,
    severity: Severity = Severity.QUARANTINE,
    **when: Any,
) -> Rule:
    """Expect that a vectorised test of ours holds, where no expectation of the library's is as fast or as apt."""
    return Rule(
        column,
        what,
        must,
        reason,
        shows=test,
        expects=lambda shown, _: ExpectColumnValuesToBeInSet(column=shown, value_set=[True]),
        severity=severity,
        **when,
    )


def _words(rows: Rows, column: str) -> "pd.Categorical[str]":
    codes, words = encoded(rows.frame[column])
    return pd.Categorical.from_codes(codes, pd.Index(words.to_pylist(), dtype="str"))


def _days_since(rows: Rows, column: str, start: np.datetime64) -> npt.NDArray[np.float64]:
    # Great Expectations compares dates one by one, numbers all at once.
    days: npt.NDArray[np.float64] = (rows.values(column) - start) / _DAY
    return days
