"""Codes: a text column as places in the list of its values, which is what can be counted and matched quickly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Coded:
    """A text column in codes.

    Parameters
    ----------
    places
        Place of each row's value in `names`, -1 where it is missing, shape (rows,).
    names
        The values, sorted, each once.
    """

    places: NDArray[np.int64]
    names: "pd.Index[str]"

    def count(self, rows: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return how many rows (those marked, or all) have each of `names`."""
        places = self.places if rows is None else self.places[rows]
        return np.bincount(places + 1, minlength=len(self.names) + 1)[1:]

    def sum(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the sum of the values of each of `names`, missing ones left out.

        Examples
        --------
        >>> code(pd.Series(["D2", "D1", "D2"], dtype="str")).sum([1.0, 5.0, np.nan]).tolist()
        [5.0, 1.0]
        """
        weights = np.asarray(values, dtype=np.float64)
        missing = np.isnan(weights)
        if missing.any():
            weights = np.where(missing, 0.0, weights)
        return np.bincount(self.places + 1, weights, minlength=len(self.names) + 1)[1:].astype(np.float64)

    def of(self, rows: NDArray[np.int64]) -> "Coded":
        """Return the codes of some rows, as if there were no others: values that none of them has are left out.

        Examples
        --------
        >>> some = code(pd.Series(["D2", "D1", None, "D3"], dtype="str")).of(np.array([2, 3, 0]))
        >>> some.places.tolist(), some.names.tolist()
        ([-1, 1, 0], ['D2', 'D3'])
        """
        places = self.places.take(rows)
        there = np.bincount(places + 1, minlength=len(self.names) + 1)[1:] > 0
        if there.all():
            return Coded(places, self.names)
        # One more at the end for missing values, which -1 finds.
        renumbered = np.append(np.cumsum(there) - 1, -1)
        return Coded(renumbered[places], self.names[there])

    def among(self, others: "pd.Index[str]") -> NDArray[np.int64]:
        """Return the place of each row's value in another list of unique values, -1 where it is not there."""
        # One more at the end for missing values, which -1 finds.
        return np.append(others.get_indexer(self.names), -1)[self.places]


def code(texts: "pd.Series[str]") -> Coded:
    """Code a text column.

    Parameters
    ----------
    texts
        Of dtype ``str``, shape (rows,).

    Examples
    --------
    >>> code(pd.Series(["D2", "D1", None, "D2"], dtype="str")).places.tolist()
    [1, 0, -1, 1]
    """
    array = pa.array(texts.array, from_pandas=True)
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    encoded = (whole.cast(pa.string()) if pa.types.is_null(whole.type) else whole).dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    places = rank[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]
    return Coded(places, pd.Index(pd.array(encoded.dictionary.take(order), dtype="str")))


def places_among(wanted: "pd.Series[str]", values: "pd.Series[str]") -> NDArray[np.int64]:
    """Return the place of each wanted text among values, the first if it is there twice, -1 where it is not.

    Examples
    --------
    >>> places_among(pd.Series(["b", None, "x"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [1, -1, -1]
    """
    known = pa.array(values.array, pa.large_string(), from_pandas=True)
    found = pc.index_in(pa.array(wanted.array, pa.large_string(), from_pandas=True), value_set=known, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)
