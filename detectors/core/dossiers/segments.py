"""Segments: texts that are alike, each cut into what another of them has too and what is its own."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from detectors.core.instruments.folding import plain

PIECE = 3
"""Words that must stand together in two texts to be shared; a Chinese character is a word. Fewer meet by chance."""

Segment = list[str | bool]
"""A piece of a text, and whether another text has it too; a list, as JSON knows it."""

_TOKEN = re.compile(r"[A-Za-z'’]+|\d+|.", re.DOTALL)


def shared_segments(texts: Sequence[str]) -> list[list[Segment]]:
    """Cut texts that are alike into segments.

    Scripts are told in another order, so texts are not aligned from left to right: words are shared if they stand
    together in another text, wherever they do. Width, case and traditional characters do not matter.

    Parameters
    ----------
    texts
        The texts.

    Returns
    -------
    list of list
        The segments of each text in order; joined they are the text.

    Examples
    --------
    >>> shared_segments(["顾问很专业，环境也好。", "环境也好，顾问很專業！"])[1]
    [['环境也好', True], ['，', False], ['顾问很專業', True], ['！', False]]
    >>> shared_segments(["Please give full marks", "they said: give Full Marks"])[0]
    [['Please ', False], ['give full marks', True]]
    """
    tokens = [_TOKEN.findall(text) for text in texts]
    folded = iter(plain([token for of_text in tokens for token in of_text]))
    pieces = [_pieces(list(islice(folded, len(of_text)))) for of_text in tokens]
    held = Counter(words for of_text in pieces for words in {words for words, _, _ in of_text})
    segments = []
    for of_text, own in zip(tokens, pieces, strict=True):
        shared = [False] * len(of_text)
        for words, first, last in own:
            if held[words] > 1:
                shared[first : last + 1] = [True] * (last + 1 - first)
        segments.append(_joined(of_text, shared))
    return segments


def shared_part(segments: Sequence[Segment]) -> float:
    """Return how much of a text another has too, 0 to 1, counted in letters and digits.

    Examples
    --------
    >>> shared_part([["环境也好", True], ["，真的", False]])
    0.6666666666666666
    """
    letters = [sum(map(str.isalnum, str(text))) for text, _ in segments]
    shared = sum(count for count, (_, is_shared) in zip(letters, segments, strict=True) if is_shared)
    return shared / max(sum(letters), 1)


def _pieces(folded: Sequence[str]) -> list[tuple[tuple[str, ...], int, int]]:
    """Return every run of `PIECE` words, with the places of its first and last token."""
    places = [place for place, word in enumerate(folded) if word.isalnum()]
    ends = zip(places, places[PIECE - 1 :], strict=False)
    words = [folded[place] for place in places]
    return [(tuple(words[at : at + PIECE]), first, last) for at, (first, last) in enumerate(ends)]


def _joined(tokens: Sequence[str], shared: Sequence[bool]) -> list[Segment]:
    segments: list[Segment] = []
    for token, is_shared in zip(tokens, shared, strict=True):
        if segments and segments[-1][1] == is_shared:
            segments[-1][0] = f"{segments[-1][0]}{token}"
        else:
            segments.append([token, is_shared])
    return segments
