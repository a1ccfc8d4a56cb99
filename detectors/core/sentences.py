"""What is said to a person, in both of the console's languages."""

from typing import NamedTuple


class Said(NamedTuple):
    """One sentence.

    Parameters
    ----------
    en
        In English.
    zh
        In Simplified Chinese, saying the same.

    Examples
    --------
    >>> few = Said("Nine interviews are too few.", "九次访问太少。")
    >>> few.en
    'Nine interviews are too few.'
    """

    en: str
    zh: str
