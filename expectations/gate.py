"""The gate: bad rows are set aside with the reason, the rest goes on, and too many bad rows stop the run."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from detectors.core.sources import SOURCES, Kind
from expectations.context import Context, Rows
from expectations.masking import masked
from expectations.verdict import QUARANTINE_COLUMNS, GateClosed, Note, RuleBroken, RuleResult, Verdict

if TYPE_CHECKING:
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
    from expectations.running import run  # noqa: PLC0415
    from expectations.suites import SUITES  # noqa: PLC0415

    rows = Rows(SOURCES[source], frame, unparsed, context)
    _refuse_unlike_the_contract(rows)
    excuses = {rule.name: rule.not_checked_because(rows) for rule in SUITES[source]}
    asked = {rule.name: rule for rule in SUITES[source] if not excuses[rule.name]}
    sheet = pd.DataFrame({name: rule.shown(rows) for name, rule in asked.items()}, index=frame.index, copy=False)
    answers = run(source, sheet, {name: rule.expects(name, context) for name, rule in asked.items()})
    del sheet

    unread = _unread_cells(rows)
    broken: list[pd.DataFrame] = []
    notes: list[Note] = []
    results: list[RuleResult] = []
    for rule in SUITES[source]:
        checked, failed = 0, np.array([], dtype="int64")
        if rule.name in asked:
            checked, failed = answers[rule.name].rows_checked, answers[rule.name].failed
        if rule.name != "*.type":
            # A cell that could not be read is missing in the frame: that it is missing is not said twice.
            failed = failed[~np.isin(failed, unread.get(rule.column, []))]
        results.append(
            RuleResult(rule.name, rule.must, rule.reason, rule.severity.value, checked, len(failed), excuses[rule.name])
        )
        if len(failed) and rule.severity == "quarantine":
            broken.append(_unread(rows) if rule.name == "*.type" else _broken(rows, rule, failed))
        elif len(failed):
            notes.append(Note(rule.name, len(failed), _sentence(rows, rule, failed, checked)))
    return _verdict(rows, broken, tuple(notes), tuple(results))


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
        f"{described}; at most {threshold:.1%} of a source may be.",
        remedy=f"Read {report or 'the validation report'}, have the delivery mended and run again, or raise "
        "quarantine_threshold if the rest is to be weighed all the same.",
        sources=tuple(verdict.source for verdict in closed),
    )


def _described(verdict: Verdict) -> str:
    rules = ", ".join(f"{result.rule} ({result.rows_failed:,})" for result in verdict.worst[:_RULES_NAMED])
    return (
        f"{verdict.rows_quarantined:,} of {verdict.rows_read:,} rows of {verdict.source} "
        f"({verdict.share_quarantined:.1%}) were quarantined, most by {rules}"
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


def _unread_cells(rows: Rows) -> dict[str, npt.NDArray[np.int64]]:
    return {str(column): cells["row"].to_numpy(dtype="int64") for column, cells in rows.unparsed.groupby("column")}


def _unread(rows: Rows) -> pd.DataFrame:
    pieces = []
    for name, cells in rows.unparsed.groupby("column", sort=False):
        column = rows.source.column(str(name))
        # A reader's words may quote the cell, which for a personal column must not be passed on.
        problem = "could not be read" if column is None or column.personal else cells["problem"].astype("str")
        pieces.append(
            pd.DataFrame(
                {
                    "label": cells["row"].to_numpy(dtype="int64"),
                    "rule": f"{name}.type",
                    "column_name": str(name),
                    "value_masked": masked(cells["value"], column, unread=True),
                    "reason": problem,
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def _broken(rows: Rows, rule: "Rule", failed: npt.NDArray[np.int64]) -> pd.DataFrame:
    taken = rows.take(failed)
    pieces = []
    for name, is_broken in rule.broken_cells(taken).items():
        values = taken.frame.loc[is_broken, name]
        pieces.append(
            pd.DataFrame(
                {
                    "label": failed[is_broken],
                    "rule": rule.name,
                    "column_name": name,
                    "value_masked": masked(values, rows.source.column(name)),
                    "reason": f"{name} {rule.must}. {rule.reason}",
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def _sentence(rows: Rows, rule: "Rule", failed: npt.NDArray[np.int64], checked: int) -> str:
    sentence = f"{len(failed):,} of {checked:,} rows were kept although {rule.column} {rule.must}."
    if not rule.names_values:
        return sentence
    found = masked(rows.frame[rule.column].take(failed), rows.source.column(rule.column)).value_counts()
    named = ", ".join(f"{value} ({count:,})" for value, count in found.head(_VALUES_NAMED).items())
    more = f" and {len(found) - _VALUES_NAMED:,} more" if len(found) > _VALUES_NAMED else ""
    return f"{sentence} Named there: {named}{more}."


def _verdict(
    rows: Rows, broken: Sequence[pd.DataFrame], notes: tuple[Note, ...], results: tuple[RuleResult, ...]
) -> Verdict:
    frame = rows.frame
    bad = np.zeros(len(frame), dtype=bool)
    quarantine = pd.DataFrame(columns=QUARANTINE_COLUMNS, dtype="str").astype({"row_number": "int64"})
    if broken:
        cells = pd.concat(broken, ignore_index=True).sort_values("label", kind="stable", ignore_index=True)
        bad[cells["label"]] = True
        place = frame[["file_name", "row_number"]].take(cells["label"].to_numpy()).reset_index(drop=True)
        cells["file_name"], cells["row_number"] = place["file_name"].astype("str"), place["row_number"]
        quarantine = cells.assign(source=rows.source.name)[list(QUARANTINE_COLUMNS)]
    accepted = frame[~bad] if broken else frame
    return Verdict(
        rows.source.name,
        accepted.reset_index(drop=True),
        quarantine,
        notes,
        results,
        _files(frame["file_name"], bad),
        len(frame),
    )


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
