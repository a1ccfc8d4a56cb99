"""What the forms send, as it may be used."""

from datetime import date
from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator

from sql.changes import DecisionError


def plain(text: str) -> str:
    r"""Return a text as it is kept: without white space around it, lines ended by one character, no zero byte.

    Examples
    --------
    >>> plain(" ten recordings,\r\nall\0 alike ")
    'ten recordings,\nall alike'
    """
    return text.replace("\0", "").replace("\r\n", "\n").strip()


Text = Annotated[str, Form(), AfterValidator(plain)]
"""Something a person wrote or chose."""

Version = Annotated[int, Form()]
"""The version of the case that the person saw."""


def day_of(text: str) -> date:
    """Return a day that a form sent.

    Raises
    ------
    DecisionError
        It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DecisionError("A day is missing.", remedy="Give it as 2026-10-31.") from None


def case_number(text: str) -> int:
    """Return the number of a case that a form sent.

    Raises
    ------
    DecisionError
        It is none.

    Examples
    --------
    >>> case_number("#1234"), case_number("1234")
    (1234, 1234)
    """
    number = text.lstrip("#")
    if not (number.isdecimal() and number.isascii() and len(number) < 10 and int(number) > 0):
        raise DecisionError("The number of the other case is missing.", remedy="Give it as 1234.")
    return int(number)
