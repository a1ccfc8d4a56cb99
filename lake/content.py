"""A row's values in 64 bits, by which a re-delivery is told from a correction."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lake.keys import TOKEN_LENGTH


def content_of(table: pa.Table, tokens: frozenset[str]) -> pa.Array:
    """Hash each row, whatever the order of its columns, a missing value being the same as a missing column.

    Parameters
    ----------
    table
        Columns of strings, floats and timestamps.
    tokens
        The columns that hold tokens, which are hashes already.

    Returns
    -------
    pyarrow.Array
        ``int64``, one number a row.

    Examples
    --------
    >>> one = content_of(pa.table({"a": [1.0, None], "b": pa.array(["x", "x"])}), frozenset())
    >>> other = content_of(pa.table({"c": [None, None], "b": ["x", "x"], "a": [1.0, 2.0]}), frozenset())
    >>> one[0] == other[0], one[1] == other[1]
    (True, False)
    """
    total = np.zeros(table.num_rows, dtype=np.uint64)
    for name in table.column_names:
        values = table.column(name).combine_chunks()
        if values.null_count == len(values):
            continue
        seed = np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
        hashed = pd.util.hash_array(_numbers(values, name in tokens) ^ seed)
        # A sum knows no order of columns, and a missing value adds nothing to it.
        total += np.where(pc.is_valid(values).to_numpy(zero_copy_only=False), hashed, np.uint64(0))
    return pa.array(total.view(np.int64))


def _numbers(values: pa.Array, token: bool) -> NDArray[np.uint64]:
    """Return 64 bits that stand for each value; those of missing ones are meaningless."""
    if token:
        return _folded(values)
    if pa.types.is_large_string(values.type) or pa.types.is_string(values.type):
        encoded = values.dictionary_encode()
        distinct = pd.util.hash_array(encoded.dictionary.to_numpy(zero_copy_only=False), categorize=False)
        codes: NDArray[np.int32] = _plain(encoded.indices)
        return np.asarray(distinct[codes], np.uint64)
    if pa.types.is_timestamp(values.type):
        return _plain(values.cast(pa.int64())).view(np.uint64)
    return (_plain(values.cast(pa.float64())) + 0.0).view(np.uint64)  # minus zero is zero


def _plain(values: pa.Array) -> NDArray[Any]:
    plain: NDArray[Any] = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
    return plain


def _folded(tokens: pa.Array) -> NDArray[np.uint64]:
    """Fold each token's 16 characters into 8: an HMAC needs no further mixing, and all are done at once."""
    present = tokens.drop_null()
    offsets, characters = np.frombuffer(present.buffers()[1], np.int64), present.buffers()[2]
    start = int(offsets[present.offset])
    words = np.frombuffer(characters, np.uint64, count=len(present) * TOKEN_LENGTH // 8, offset=start).reshape(-1, 2)
    folded = np.zeros(len(tokens), dtype=np.uint64)
    folded[pc.is_valid(tokens).to_numpy(zero_copy_only=False)] = words[:, 0] ^ (words[:, 1] << np.uint64(1))
    return folded
