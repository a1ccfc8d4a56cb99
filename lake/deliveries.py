"""Which deliveries a table has had, so that an old file delivered again does not undo what came after it.

Each commit of a table carries the digests of the files that it made whole. They are taken of the rows as they are
stored, so that the digest of a file tells nothing about the persons in it.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from numpy.typing import NDArray

from lake.tables import CONTENT, DELIVERED_FILE

_DELIVERIES = "deliveries"


@dataclass(frozen=True)
class Deliveries:
    """The files that rows came in.

    Parameters
    ----------
    digests
        One for each file, of its keys and contents in order.
    of_row
        Place in `digests` of each row's file, shape (rows,).
    """

    digests: list[str]
    of_row: NDArray[np.int64]

    def among(self, known: Collection[str]) -> NDArray[np.bool_]:
        """Tell which rows belong to a known delivery, shape (rows,)."""
        return np.array([digest in known for digest in self.digests], dtype=bool)[self.of_row]

    def where(self, kept: NDArray[np.bool_]) -> "Deliveries":
        """Follow a selection of rows."""
        return Deliveries(self.digests, self.of_row[kept])

    def completed_by(self, turn_of_row: NDArray[np.integer[Any]], turn: int) -> list[str]:
        """Return the files whose last rows land in this turn, shape of `turn_of_row` (rows,)."""
        last = np.full(len(self.digests), -1)
        np.maximum.at(last, self.of_row, turn_of_row)
        return [digest for digest, last_turn in zip(self.digests, last, strict=True) if last_turn == turn]


def deliveries_of(rows: pa.Table, key: str) -> Deliveries:
    """Find the files in rows that stand file by file, in the order in which they were delivered.

    Parameters
    ----------
    rows
        Rows as they are stored.
    key
        The column that identifies a row.
    """
    if rows.num_rows == 0:
        return Deliveries([], np.empty(0, dtype=np.int64))
    files = rows.column(DELIVERED_FILE).combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    is_first = np.append(True, files[1:] != files[:-1])
    bounds = [*np.flatnonzero(is_first).tolist(), rows.num_rows]
    digests = [_digest(rows.slice(first, after - first), key) for first, after in pairwise(bounds)]
    return Deliveries(digests, np.cumsum(is_first) - 1)


def _digest(rows: pa.Table, key: str) -> str:
    keys = rows.column(key).combine_chunks()
    offsets = np.frombuffer(keys.buffers()[1], np.int64)[keys.offset : keys.offset + len(keys) + 1]
    digest = hashlib.sha256(np.diff(offsets).tobytes())
    digest.update(memoryview(keys.buffers()[2])[offsets[0] : offsets[-1]])
    digest.update(rows.column(CONTENT).combine_chunks().to_numpy(zero_copy_only=False))
    return digest.hexdigest()[:32]


def known_deliveries(table: DeltaTable) -> set[str]:
    """Return the digests of all deliveries that a table has had."""
    return {digest for commit in table.history() for digest in json.loads(commit.get(_DELIVERIES, "[]"))}


def commit_of(digests: Collection[str]) -> CommitProperties:
    """Make a commit carry the deliveries that it completes, and fail if another process has written meanwhile."""
    return CommitProperties(custom_metadata={_DELIVERIES: json.dumps(sorted(digests))}, max_commit_retries=0)
