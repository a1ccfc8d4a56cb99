"""The gate: bad rows are set aside with the reason, the rest goes on, and too many bad rows stop the run."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from detectors.core.sources import SOURCES, Kind
from expectations.context import Context, Rows
from expectations.masking import masked
from expectations.verdict import GateClosed, Note, RuleBroken, RuleResult, Verdict

if TYPE_CHECKING:
    from expectations.quarantine import BrokenCells
    from expectations.rule import Rule

_RULES_NAMED = 3
_VALUES_NAMED = 10


def judge(source: str, frame: pd.DataFrame, unparsed: pd.DataFrame, context: Context) -> Verdict:
    """Hold one source's rows of a night against its suite.

    Parameters
    ----------
    source
        Name of the source.
    frame
        Its rows from all files in the order of delivery: columns and dtypes of `detectors.core.sources`, ``file_name``
        (category) and ``row_number``, and a ``RangeIndex``.
    unparsed
        Cells that could not be read: ``row`` (label in `frame`), ``column``, ``value``, ``problem``.
    context
        What the rows are judged against.

    Returns
    -------
    Verdict
        The rows accepted and the rows quarantined, each rule's counts, and what is said of rows that were kept.

    Raises
    ------
    RuleBroken
        The frame is not as described, or a rule cannot be asked of it: a fault of the program, never of a row.

    Examples
    --------
    >>> from datetime import date
    >>> audits = pd.DataFrame(
    ...     {
    ...         "audit_id": pd.Series(["A1", "A2"], dtype="str"),
    ...         "dealer_id": pd.Series(["D1", "D1"], dtype="str"),
    ...         "kind": pd.Series(["mystery_shop", "mystery_shop"], dtype="str"),
    ...         "audited_on": pd.to_datetime(["2026-10-01", "2026-10-02"]).astype("datetime64[us]"),
    ...         "score": [88.0, 880.0],
    ...         "file_name": pd.Categorical(["audits.csv", "audits.csv"]),
    ...         "row_number": [2, 3],
    ...     }
    ... )
    >>> unparsed = pd.DataFrame(columns=["row", "column", "value", "problem"])
    >>> verdict = judge("audits", audits, unparsed, Context(today=date(2026, 10, 31)))
    >>> verdict.accepted["audit_id"].tolist(), verdict.share_quarantined
    (['A1'], 0.5)
    >>> verdict.quarantine[["row_number", "rule", "value_masked"]].to_dict("records")
    [{'row_number': 3, 'rule': 'score.range', 'value_masked': '880'}]
    """
    # Great Expectations takes seconds to import: only a run that judges pays for it.
    from expectations.quarantine import cells_that_broke, cells_unread, quarantine  # noqa: PLC0415
    from expectations.running import run  # noqa: PLC0415
    from expectations.suites import SUITES  # noqa: PLC0415

    rows = Rows(SOURCES[source], frame, unparsed, context)
    _refuse_unlike_the_contract(rows)
    suite = SUITES[source]
    excuses = {rule.name: rule.not_checked_because(rows) for rule in suite}
    asked = [rule for rule in suite if not excuses[rule.name]]
    with ThreadPoolExecutor() as pool:  # arrow and numpy leave the other core free
        shown = pool.map(lambda rule: rule.shown(rows), asked)
        sheet = pd.DataFrame(dict(zip([rule.name for rule in asked], shown, strict=True)), frame.index, copy=False)
    answers = run(source, sheet, {rule.name: rule.expects(rule.name, context) for rule in asked})
    del sheet

    broken: list[BrokenCells] = []
    odd: dict[Rule, npt.NDArray[np.int64]] = {}
    results: list[RuleResult] = []
    for rule in suite:
        checked, failed = 0, np.array([], dtype="int64")
        if rule.name in answers:
            checked, failed = answers[rule.name].rows_checked, answers[rule.name].failed
        if not rule.is_about_reading:
            # A cell that could not be read is missing in the frame: that it is missing is not said twice.
            failed = np.setdiff1d(failed, rows.unread(rule.column), assume_unique=True)
        results += _results(rows, rule, checked, len(failed), excuses[rule.name])
        if rule.severity == "note":
            odd[rule] = failed
        elif len(failed):
            broken += cells_unread(rows, rule) if rule.is_about_reading else cells_that_broke(rows, rule, failed)
    cells = quarantine(rows, broken)
    bad = np.zeros(len(frame), dtype=bool)
    bad[cells.index.to_numpy(dtype="int64")] = True
    return Verdict(
        source,
        accepted=(frame[~bad] if broken else frame).reset_index(drop=True),
        quarantine=cells.reset_index(drop=True),
        notes=tuple(_note(rows, rule, kept) for rule, failed in odd.items() if len(kept := failed[~bad[failed]])),
        results=tuple(results),
        files=_files(frame["file_name"], bad),
        rows_read=len(frame),
    )


def halts(verdicts: Iterable[Verdict], threshold: float, report: Path | None = None) -> GateClosed | None:
    """Return the error to halt with if a source's quarantined share is over the threshold, else None.

    Parameters
    ----------
    verdicts
        What became of each source.
    threshold
        Largest share of a source's rows, 0 to 1, that may be quarantined.
    report
        Where the validation report is, for the remedy.
    """
    closed = [verdict for verdict in verdicts if verdict.share_quarantined > threshold]
    if not closed:
        return None
    described = "; ".join(map(_described, closed))
    return GateClosed(
        f"{described}; at most {threshold:.2%} of a source may be.",
        remedy=f"Read {report or 'the validation report'}, have the delivery mended and run again, or raise "
        "quarantine_threshold if the rest is to be weighed all the same.",
        sources=tuple(verdict.source for verdict in closed),
    )


def _described(verdict: Verdict) -> str:
    rules = ", ".join(f"{result.rule} ({result.rows_failed:,})" for result in verdict.worst[:_RULES_NAMED])
    return (
        f"{verdict.rows_quarantined:,} of {verdict.rows_read:,} rows of {verdict.source} "
        f"({verdict.share_quarantined:.2%}) were quarantined, most by {rules}"
    )


def _refuse_unlike_the_contract(rows: Rows) -> None:
    dtypes = {
        Kind.NUMBER: "float64",
        Kind.RATING: "float32",
        Kind.FLAG: "float32",
        Kind.TIME: "datetime64[us]",
        Kind.DATE: "datetime64[us]",
    }
    frame, source = rows.frame, rows.source
    missing = [name for name in (*source.required, "file_name", "row_number") if name not in frame.columns]
    missing += [name for name in ("row", "column", "value", "problem") if name not in rows.unparsed.columns]
    found = [f"no column {name}" for name in missing]
    for column in source.known(frame.columns):
        expected = dtypes.get(column.kind, "str")
        if frame[column.name].dtype != expected:
            found.append(f"{column.name} as {frame[column.name].dtype}, not {expected}")
    if "file_name" in frame.columns and not isinstance(frame["file_name"].dtype, pd.CategoricalDtype):
        found.append("file_name not as a category")
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.start == 0 and frame.index.step == 1):
        found.append("no RangeIndex")
    if found:
        raise RuleBroken(
            f"The rows of {source.name} came to the gate with {'; '.join(found)}.",
            remedy="This is a fault in the reading of deliveries, not in a delivery: run its tests.",
        )


def _results(rows: Rows, rule: "Rule", checked: int, failed: int, excuse: str) -> list[RuleResult]:
    result = RuleResult(rule.name, rule.must, rule.reason, rule.severity, checked, failed, excuse)
    if rule.column != "*" or not failed:
        return [result]
    cells = rows.unparsed.loc[rows.unparsed["column"] != "", "column"].value_counts(sort=False)
    return [replace(result, rule=f"{column}.{rule.what}", rows_failed=int(count)) for column, count in cells.items()]


def _note(rows: Rows, rule: "Rule", kept: npt.NDArray[np.int64]) -> Note:
    sentence = f"{len(kept):,} {'row is' if len(kept) == 1 else 'rows are'} kept although {rule.column} {rule.must}."
    if not rule.names_values:
        return Note(rule.name, len(kept), sentence)
    found = masked(rows.frame[rule.column].take(kept), rows.source.column(rule.column)).value_counts()
    named = ", ".join(f"{value} ({count:,})" for value, count in found.head(_VALUES_NAMED).items())
    more = f" and {len(found) - _VALUES_NAMED:,} more" if len(found) > _VALUES_NAMED else ""
    return Note(rule.name, len(kept), f"{sentence} Named there: {named}{more}.")


def _files(names: pd.Series, bad: npt.NDArray[np.bool_]) -> pd.DataFrame:
    count = len(names.cat.categories)
    read = np.bincount(names.cat.codes, minlength=count)
    quarantined = np.bincount(names.cat.codes[bad], minlength=count)
    return pd.DataFrame(
        {
            "file_name": names.cat.categories.astype("str"),
            "rows_read": read,
            "rows_accepted": read - quarantined,
            "rows_quarantined": quarantined,
        }
    )
