"""What a rule may know beside the rows: the day, the questionnaires, and whom the other sources name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.observations import DEFAULT_SCALE
from detectors.core.sources import Source


@dataclass(frozen=True, eq=False)
class Context:
    """What the rules of a night are judged against.

    Parameters
    ----------
    today
        The later of the calendar day and the business date; what happened after its end is in the future.
    surveys
        The questionnaires that may be delivered.
    scales
        Lowest and highest answer by questionnaire; 1 to 10 where it is not named.
    dealers
        Every known dealer_id, or None if no dealer list was ever delivered.
    customers
        Columns ``dealer_id`` and ``customer_id``: whom the dealers' transactions name, as the contacts name them; or
        None if no transactions were ever delivered.

    Examples
    --------
    >>> Context(date(2026, 10, 31)).scale("CSI")
    (1, 10)
    """

    today: date
    surveys: tuple[str, ...] = ("SSI", "CSI")
    scales: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    dealers: Collection[str] | None = None
    customers: pd.DataFrame | None = None

    def scale(self, survey: str) -> tuple[int, int]:
        """Return the lowest and highest answer of a questionnaire."""
        return self.scales.get(survey, DEFAULT_SCALE)


@dataclass(frozen=True, eq=False)
class Rows:
    """One source's rows of a night, with what a rule may ask about them.

    Parameters
    ----------
    source
        Which columns the rows have.
    frame
        The rows, with a ``RangeIndex``, and ``file_name`` and ``row_number`` beside the source's columns.
    unparsed
        Cells that could not be read: ``row`` (label in `frame`), ``column``, ``value``, ``problem``.
    context
        What the rules are judged against.
    """

    source: Source
    frame: pd.DataFrame
    unparsed: pd.DataFrame
    context: Context

    def __len__(self) -> int:
        return len(self.frame)

    def values(self, column: str) -> npt.NDArray[Any]:
        """Return a column of numbers or times as an array."""
        values: npt.NDArray[Any] = self.frame[column].to_numpy()
        return values

    def unread(self, column: str) -> npt.NDArray[np.int64]:
        """Return the labels of rows whose cell in a column could not be read, or which are broken as a whole."""
        is_unread = self.unparsed["column"].isin(["", column])
        return np.unique(self.unparsed.loc[is_unread, "row"].to_numpy(dtype="int64"))

    def members(self, column: str) -> list[str]:
        """Return the delivered columns that a rule's column names: itself, a family (``q_*``) or all (``*``)."""
        known = [known.name for known in self.source.known(self.frame.columns)]
        if column.endswith("*"):
            return [name for name in known if name.startswith(column[:-1])]
        return [name for name in known if name == column]

    def take(self, labels: npt.NDArray[np.int64]) -> "Rows":
        """Return only the rows with these labels, labelled anew from 0."""
        position = pd.Series(np.arange(len(labels)), index=labels)
        unparsed = self.unparsed[self.unparsed["row"].isin(labels)]
        return Rows(
            self.source,
            self.frame.take(labels).reset_index(drop=True),
            unparsed.assign(row=position.reindex(unparsed["row"]).to_numpy()),
            self.context,
        )

    @cached_property
    def scale(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Lowest and highest answer of each row's questionnaire."""
        codes, surveys = encoded(self.frame["survey"])
        low, high = np.array([*map(self.context.scale, surveys.to_pylist()), DEFAULT_SCALE], dtype="float32").T
        return low[codes], high[codes]

    @cached_property
    def repeats(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Rows that repeat an earlier row of their file word for word, and rows whose id their file contradicts.

        A file contradicts an id if rows with that id differ. The same id in another file is a correction, no fault.
        """
        repeated, contradicted = np.zeros(len(self), dtype=bool), np.zeros(len(self), dtype=bool)
        if _ascends(arrow(self.frame[self.source.key])):
            return repeated, contradicted
        codes, keys = encoded(self.frame[self.source.key])
        if len(keys) == int((codes >= 0).sum()):
            return repeated, contradicted
        file_codes = self.frame["file_name"].cat.codes.to_numpy().astype("int64")
        delivered = pd.Series(file_codes * len(keys) + codes)
        again = np.flatnonzero(delivered.duplicated(keep=False).to_numpy() & (codes >= 0))
        contents = self.frame.drop(columns=["file_name", "row_number"]).take(again)
        versions = pd.DataFrame(
            {
                "delivered": delivered.to_numpy()[again],
                "content": pd.util.hash_pandas_object(contents, index=False).to_numpy(),
            }
        )
        differs = versions.groupby("delivered")["content"].transform("nunique").to_numpy() > 1
        contradicted[again[differs]] = True
        repeated[again[~differs & versions.duplicated().to_numpy()]] = True
        return repeated, contradicted


def _ascends(keys: pa.Array) -> bool:
    # Ids mostly ascend, and then none repeats: that is seen thirty times sooner than by looking each of them up.
    return len(keys) > 1 and bool(pc.all(pc.greater(keys[1:], keys[:-1]), skip_nulls=False).as_py())


def encoded(texts: pd.Series) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Return the place of each text in a list of distinct texts (-1 if missing), and that list.

    Examples
    --------
    >>> codes, distinct = encoded(pd.Series(["b", "a", None, "b"], dtype="str"))
    >>> codes.tolist(), distinct.to_pylist()
    ([0, 1, -1, 0], ['b', 'a'])
    """
    dictionary = pc.dictionary_encode(arrow(texts))
    codes = np.asarray(dictionary.indices.fill_null(-1)).astype("int64")
    return codes, dictionary.dictionary


def arrow(texts: pd.Series) -> pa.Array:
    """Return texts as one arrow array of strings."""
    strings = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return strings.combine_chunks() if isinstance(strings, pa.ChunkedArray) else strings
