"""Folding: one spelling for texts that differ only in how they were typed.

Width, case, traditional or simplified characters, and separators are typing, not meaning. Everything is done on one
long array of code points, with a table of the few thousand characters that occur.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

_SEPARATOR = "\x1e"
_ZERO = ord("0")
_FEW = 10_000
"""Characters; of fewer, those that occur are found by sorting."""


@dataclass(frozen=True)
class Folded:
    """The letters of many texts, end to end.

    Parameters
    ----------
    codes
        Code points of the letters, spaces and punctuation left out, every run of digits one ``0``.
    starts
        Where each text begins in `codes`, and the end of the last, shape (texts + 1,).
    """

    codes: Codes
    starts: Places

    @property
    def lengths(self) -> Places:
        """Letters of each text, shape (texts,)."""
        return np.diff(self.starts)

    def text(self, place: int) -> str:
        """Return one folded text."""
        return self.codes[self.starts[place] : self.starts[place + 1]].tobytes().decode("utf-32-le")


def plain(texts: Sequence[str]) -> list[str]:
    """Return the texts in normal width (NFKC), lower case and simplified characters, punctuation kept.

    Parameters
    ----------
    texts
        Any texts.

    Examples
    --------
    >>> plain(["服務態度，很好！", "ＶＥＲＹ  Good"])
    ['服务态度,很好!', 'very  good']
    """
    if not texts:
        return []
    return _decode(_simple(_code_points(texts))).split(_SEPARATOR)


def fold(texts: Sequence[str]) -> Folded:
    """Return the letters of the texts in one spelling.

    Parameters
    ----------
    texts
        Any texts.

    Examples
    --------
    >>> folded = fold(["服務態度，很好！", "Very good: 10/10", "…"])
    >>> [folded.text(place) for place in range(3)]
    ['服务态度很好', 'verygood00', '']
    """
    codes = _code_points(texts) if len(texts) else np.empty(0, dtype=np.uint32)
    letters = _translated(codes, lambda code: _letter(_simple_form(code)))
    again = np.zeros(len(letters), dtype=bool)
    again[1:] = (letters[1:] == _ZERO) & (letters[:-1] == _ZERO)
    kept = (letters > 0) & ~again
    letters = letters[kept]
    ends = np.flatnonzero(letters == ord(_SEPARATOR))
    # Each separator stood before its text's end was counted: text i loses the i separators before it.
    starts = np.concatenate([[0], ends - np.arange(len(ends)), [len(letters) - len(ends)]])
    if not len(texts):
        starts = np.zeros(1)
    return Folded(np.delete(letters, ends), starts.astype(np.int64))


def _code_points(texts: Sequence[str]) -> Codes:
    joined = _SEPARATOR.join(texts)
    if joined.count(_SEPARATOR) != len(texts) - 1:
        joined = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    # Nearly every character has a normal form of one character, which a table gives ten times faster; of those that
    # have a longer one ("…") only a few different ones occur.
    longer = [chr(code) for code in _present(codes).tolist() if _is_odd(code)]
    if any(_joins(character) for character in longer):
        joined, longer = _normal(_decode(codes)), [""]
    for character in filter(None, longer):
        joined = joined.replace(character, _normal(character))
    return np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32) if longer else codes


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _simple(codes: Codes) -> Codes:
    return _translated(codes, _simple_form)


def _translated(codes: Codes, form: Callable[[int], int]) -> Codes:
    """Return the form of each code point, worked out once for each that occurs."""
    if len(codes) < _FEW:
        present, place = np.unique(codes, return_inverse=True)
        return np.fromiter(map(form, present.tolist()), dtype=np.uint32, count=len(present))[place]
    occurring = _present(codes)
    table = np.zeros(int(occurring[-1]) + 1, dtype=np.uint32)
    table[occurring] = np.fromiter(map(form, occurring.tolist()), dtype=np.uint32, count=len(occurring))
    return table[codes]


def _present(codes: Codes) -> NDArray[np.integer]:
    if len(codes) < _FEW:  # for one sentence a mark for every code point that there is would be far too many
        return np.unique(codes)
    seen = np.zeros(int(codes.max()) + 1, dtype=bool)
    seen[codes] = True
    return np.flatnonzero(seen)


def _decode(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le")


@cache
def _is_odd(code: int) -> bool:
    """Tell whether a character's normal form is longer than one, or depends on its neighbours."""
    return len(_normal(chr(code))) != 1 or _joins(chr(code))


def _joins(character: str) -> bool:
    return unicodedata.combining(character) > 0 or "\u1100" <= character < "\u1200"


@cache
def _simple_form(code: int) -> int:
    """Return the character in lower case and simplified form, itself where that is not one character."""
    character = chr(code)
    normal = _normal(character)
    character = normal if len(normal) == 1 else character
    if character.isascii():
        return ord(character.lower())
    for form in (character.lower(), _simplify(character)):
        character = form if len(form) == 1 else character
    return ord(character)


def _simplify(character: str) -> str:
    # One character at a time: a table is as fast as looking up, and a word's context would make one spelling two.
    return str(_converter().convert(character))


@cache
def _converter() -> Any:
    import opencc  # noqa: PLC0415 - its dictionaries take a moment to load, and English texts never need them

    return opencc.OpenCC("t2s")


@cache
def _letter(code: int) -> int:
    """Return the code point kept for a character: 0 for a digit, nothing for what is not a letter."""
    character = chr(code)
    if character == _SEPARATOR:
        return code
    category = unicodedata.category(character)
    if category.startswith("N"):
        return _ZERO
    return code if category.startswith("L") else 0
