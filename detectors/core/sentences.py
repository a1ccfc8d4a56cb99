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

    def filled(self, **figures: object) -> "Said":
        """Return the sentence with its figures, the same in both languages.

        Parameters
        ----------
        figures
            What stands in the sentence's braces, by name.

        Examples
        --------
        >>> Said("{n:.0f} interviews are too few.", "{n:.0f} 份访问太少。").filled(n=9.0)
        Said(en='9 interviews are too few.', zh='9 份访问太少。')
        """
        return Said(self.en.format(**figures), self.zh.format(**figures))
