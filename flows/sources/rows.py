"""What a file holds before anything is known of its meaning: headings, cells, and the place of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """The rows of a file as found.

    Parameters
    ----------
    table : pyarrow.Table
        Cells under the headings as found, text as ``large_string``. Broken rows are rows without a value.
    numbers : ndarray of int64, shape (n_rows,)
        The place of each row as a person counts it.
    broken
        What is wrong with a row as a whole, by its position in `table`.
    """

    table: pa.Table
    numbers: NDArray[np.int64]
    broken: Mapping[int, str] = field(default_factory=dict)


def with_broken_rows(table: pa.Table, numbers: NDArray[np.int64], broken: Mapping[int, str]) -> Rows:
    """Put rows that could not be read back in their place, without a value.

    Parameters
    ----------
    table, numbers
        The rows that could be read, and their places.
    broken
        What is wrong with each of the others, by its place.
    """
    if not broken:
        return Rows(table, numbers)
    places = np.array(sorted(broken), dtype=np.int64)
    # By position: two headings may be the same, as the empty ones after the last delimiter are.
    empty = pa.table([pa.nulls(len(places), column.type) for column in table.schema], schema=table.schema)
    together = np.concatenate([numbers, places])
    order = np.argsort(together, kind="stable")
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    whole = pa.concat_tables([table, empty]).take(pa.array(order))
    return Rows(
        whole,
        together[order],
        {int(where): broken[int(place)] for where, place in zip(position[len(numbers) :], places, strict=True)},
    )
