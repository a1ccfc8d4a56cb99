"""Where chance comes from: streams that know their purpose, and dice for texts."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_MULTIPLIER, _INCREMENT, _MASK = 6364136223846793005, 1442695040888963407, 2**64 - 1


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return a generator of its own for one purpose, so that what one part draws never moves another part.

    Parameters
    ----------
    seed
        Seed of the network.
    purpose
        What is drawn with it.

    Examples
    --------
    >>> float(stream(1, "visits").random()) == float(stream(1, "visits").random())
    True
    >>> float(stream(1, "visits").random()) == float(stream(1, "calls").random())
    False
    """
    return np.random.default_rng([seed, *purpose.encode()])


class Dice:
    """Choices for one text: a linear congruential generator, for there are many texts of a dozen draws each.

    Parameters
    ----------
    seed
        Equal seeds make equal choices.

    Examples
    --------
    >>> Dice(7).pick("abcdef") == Dice(7).pick("abcdef")
    True
    """

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2 + 1) & _MASK
        self.number()

    def number(self) -> float:
        """Return a number from 0 to below 1."""
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return (self._state >> 11) / 2**53

    def happens(self, share: float) -> bool:
        """Return whether something of this probability happens."""
        return self.number() < share

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options, all equally likely."""
        return options[int(self.number() * len(options))]

    def favour(self, options: Sequence[T]) -> T:
        """Return one of the options, the first ones far more often than the last."""
        return options[int(self.number() ** 2.2 * len(options))]


def logistic(x: Floats) -> Floats:
    """Return the probability whose log-odds are given."""
    return np.asarray(1 / (1 + np.exp(-x)), dtype=np.float64)
