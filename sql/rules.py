"""What the rules do not allow, said so that it can be said in another language too."""

from detectors.core.errors import MingchaError


class RuleError(MingchaError):
    """Something a person asked for that the rules do not allow; nothing was changed.

    Parameters
    ----------
    sentence
        What is not allowed, as a template: the names of `values` in braces.
    remedy
        What to do about it, as a template of the same values.
    **values
        What fills the templates.

    Examples
    --------
    >>> error = RuleError("Case {case_id} is closed.", remedy="Reopen it first.", case_id=4)
    >>> print(error)
    Case 4 is closed. Reopen it first.
    >>> error.sentence, error.advice, error.values
    ('Case {case_id} is closed.', 'Reopen it first.', {'case_id': 4})
    """

    def __init__(self, sentence: str, *, remedy: str, **values: object) -> None:
        super().__init__(sentence.format(**values), remedy=remedy.format(**values))
        self.sentence = sentence
        self.advice = remedy
        self.values = values
