"""The error that every room raises when it cannot go on: what happened, and what to do."""


class MingchaError(Exception):
    """Something that a person has to mend before the work can go on.

    Parameters
    ----------
    what
        One sentence: the file, row, column, what was found and what was expected.
    remedy
        One sentence: what to do about it.

    Examples
    --------
    >>> print(MingchaError("surveys.csv is empty.", remedy="Ask the agency to deliver it again."))
    surveys.csv is empty. Ask the agency to deliver it again.
    """

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
