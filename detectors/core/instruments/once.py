"""Once: what is a function of a column of text alone is worked out once for each column, not by every detector again.

Several detectors ask the same of the same open answers. Text columns are immutable Arrow memory, so that the same
memory means the same texts; the memory is held while its answer is, and so cannot become another column's.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

Answer = TypeVar("Answer")

_KEPT = 4


def once(answer: "Callable[[pd.Series[str]], Answer]") -> "Callable[[pd.Series[str]], Answer]":
    """Remember the last few answers of a pure function of a text column.

    Parameters
    ----------
    answer
        The function. What it returns must not be changed by those who get it.

    Examples
    --------
    >>> asked = []
    >>> @once
    ... def letters(texts):
    ...     asked.append(len(texts))
    ...     return int(texts.str.len().sum())
    >>> frame = pd.DataFrame({"text": pd.Series(["good", "bad"], dtype="str")})
    >>> letters(frame["text"]), letters(frame["text"]), letters(frame["text"].copy().iloc[:1]), asked
    (7, 7, 4, [2, 1])
    """
    kept: OrderedDict[object, tuple[pa.ChunkedArray, Answer]] = OrderedDict()
    lock = Lock()

    @wraps(answer)
    def remembering(texts: "pd.Series[str]") -> Answer:
        memory, identity = _identity(texts)
        with lock:
            if identity in kept:
                kept.move_to_end(identity)
                return kept[identity][1]
        found = answer(texts)
        with lock:
            kept[identity] = (memory, found)
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return found

    return remembering


def _identity(texts: "pd.Series[str]") -> tuple[pa.ChunkedArray, object]:
    """Return the column's memory, and what tells it from other memory."""
    array = pa.array(texts.array, from_pandas=True)
    memory = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    where = tuple(
        (chunk.offset, len(chunk), *(buffer.address if buffer is not None else 0 for buffer in chunk.buffers()))
        for chunk in memory.chunks
    )
    index = texts.index
    labels = (index.start, index.stop, index.step) if isinstance(index, pd.RangeIndex) else tuple(np.asarray(index))
    return memory, (where, labels)
