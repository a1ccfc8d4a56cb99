"""The quarantine: which cell of which row broke which rule, with the value masked and the reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations.context import Rows
from expectations.masking import masked
from expectations.rule import WHOLE_ROW, Rule

QUARANTINE_COLUMNS = ("source", "file_name", "row_number", "rule", "column_name", "value_masked", "reason")

_MOST_PROBLEMS = 100
_SHORTEST_QUOTE = 4


@dataclass(frozen=True)
class BrokenCells:
    """Cells of one column that broke one rule for one reason.

    Parameters
    ----------
    labels
        Labels of their rows.
    shown
        Their values, masked.
    rule, column, reason
        What is said of all of them.
    """

    labels: npt.NDArray[np.int64]
    shown: "pd.Series[str]"
    rule: str
    column: str
    reason: str


def cells_that_broke(rows: Rows, rule: Rule, failed: npt.NDArray[np.int64]) -> Iterator[BrokenCells]:
    """Find in rows that break a rule the cells that do.

    Parameters
    ----------
    rows
        All rows.
    rule
        The rule, which is not about reading.
    failed
        Labels of the rows that break it.
    """
    taken = rows.take(failed)
    for name, is_broken in rule.broken_cells(taken).items():
        values = masked(taken.frame.loc[is_broken, name], rows.source.column(name))
        yield BrokenCells(failed[is_broken], values, rule.name, name, f"{name} {rule.must}. {rule.reason}")


def cells_unread(rows: Rows, rule: Rule) -> Iterator[BrokenCells]:
    """Find the cells that could not be read, or with the rule about whole rows the rows that could not.

    Parameters
    ----------
    rows
        All rows.
    rule
        Which of the two.
    """
    is_whole = rows.unparsed["column"].to_numpy(dtype=object) == ""
    unread = rows.unparsed[is_whole if rule.column == WHOLE_ROW else ~is_whole]
    for name, cells in unread.groupby("column", sort=False):
        column = rows.source.column(str(name))
        problems = cells["problem"].astype("str")
        if problems.nunique() > _MOST_PROBLEMS or (column and column.personal and _quotes(cells["value"], problems)):
            problems = pd.Series(rule.must, index=cells.index, dtype="str")
        for problem, alike in cells.groupby(problems.to_numpy(), sort=False):
            yield BrokenCells(
                alike["row"].to_numpy(dtype="int64"),
                masked(alike["value"], column, unread=True),
                rule.name if rule.column == WHOLE_ROW else f"{name}.{rule.what}",
                str(name),
                f"{name or 'The row:'} {problem}. {rule.reason}",
            )


def quarantine(rows: Rows, broken: Iterable[BrokenCells]) -> pd.DataFrame:
    """Lay broken cells out as one table, in the order of the rows.

    Parameters
    ----------
    rows
        All rows.
    broken
        The cells, in the order of the rules.

    Returns
    -------
    pandas.DataFrame
        `QUARANTINE_COLUMNS`; the labels of `rows` are its index. All but the row's number and the value are categories.
    """
    groups = list(broken)
    if not groups:
        return pd.DataFrame(columns=QUARANTINE_COLUMNS, dtype="str").astype({"row_number": "int64"})
    labels = np.concatenate([group.labels for group in groups])
    order = np.argsort(labels, kind="stable")
    which = np.repeat(np.arange(len(groups)), [len(group.labels) for group in groups])[order]
    labels = labels[order]
    place = rows.frame[["file_name", "row_number"]].take(labels)
    return pd.DataFrame(
        {
            "source": pd.Categorical.from_codes(np.zeros(len(labels), dtype="int8"), pd.Index([rows.source.name])),
            "file_name": place["file_name"].array,
            "row_number": place["row_number"].to_numpy(dtype="int64"),
            "rule": _said([group.rule for group in groups], which),
            "column_name": _said([group.column for group in groups], which),
            "value_masked": pd.concat([group.shown for group in groups], ignore_index=True).take(order).array,
            "reason": _said([group.reason for group in groups], which),
        },
        index=labels,
    )


def _said(words: list[str], which: npt.NDArray[np.int64]) -> "pd.Categorical[str]":
    codes, distinct = pd.factorize(np.array(words, dtype=object))
    return pd.Categorical.from_codes(codes[which], pd.Index(distinct, dtype="str"))


def _quotes(values: pd.Series, problems: pd.Series) -> bool:
    # A reader's words may quote the cell, which must not be passed on.
    pairs = zip(values.astype("str"), problems, strict=True)
    return any(len(value) >= _SHORTEST_QUOTE and value in problem for value, problem in pairs)
