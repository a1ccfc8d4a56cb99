"""What is derived of observations once, and what a narrowed copy of them need not derive again."""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from detectors.core.observations import Observations

T = TypeVar("T")

Derive = Callable[["Observations"], T]
"""A function of a module, which reads nothing but the observations."""


class Once:
    """What was made, each thing once however many threads ask.

    Examples
    --------
    >>> once = Once()
    >>> once.get("two", lambda: 1 + 1), once.get("two", lambda: 3)
    (2, 2)
    """

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}
        self._making: dict[object, Lock] = {}
        self._lock = Lock()

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what was made for the key; whoever asks while it is being made waits for it."""
        with self._lock:
            lock = self._making.setdefault(key, Lock())
        with lock:
            if key not in self._made:
                self._made[key] = make()
        return self._made[key]


def row_by_row(narrow: Callable[[Any, NDArray[np.int64]], Any]) -> Callable[[Derive[T]], Derive[T]]:
    """Mark what is derived of each interview by itself: of fewer interviews it need not be derived again.

    Parameters
    ----------
    narrow
        Takes what was derived of all interviews and the places of some; returns what would be derived of those alone.

    Examples
    --------
    >>> @row_by_row(np.take)
    ... def doubled(observations):
    ...     return observations["surveys"]["overall"].to_numpy() * 2
    >>> doubled.narrow is np.take
    True
    """

    def marked(derive: Derive[T]) -> Derive[T]:
        derive.narrow = narrow  # type: ignore[attr-defined]
        return derive

    return marked


def of_source(source: str) -> Callable[[Derive[T]], Derive[T]]:
    """Mark what is derived of one source alone: wherever its rows are the same, it need not be derived again.

    Parameters
    ----------
    source
        The only source that is read.
    """

    def marked(derive: Derive[T]) -> Derive[T]:
        derive.source = source  # type: ignore[attr-defined]
        return derive

    return marked
