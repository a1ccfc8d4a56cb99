"""What must not stand in a reason or a comment, because the event log keeps it for ever and auditors read it."""

import re
import unicodedata

_NUMBERS = re.compile(
    "|".join(
        (
            r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",  # e-mail
            r"(?<![A-Za-z0-9])\d{17}[\dXx](?![A-Za-z0-9])",  # resident identity number
            r"(?<![A-Za-z0-9])(?i:(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17})(?![A-Za-z0-9])",  # VIN
        )
    )
)


def leads_to_a_person(text: str) -> bool:
    """Return whether a text holds what looks like a phone number, a VIN, an identity number or an e-mail address.

    Ids of records and cases may stand in it, and so may numbers that are masked.

    Examples
    --------
    >>> leads_to_a_person("listened to 20261031000123 and 138****5678 on 2026-11-02")
    False
    >>> leads_to_a_person("电话是138 1234 5678"), leads_to_a_person("LSVAU2180N2183294")
    (True, True)
    """
    from phonenumbers import PhoneNumberMatcher, PhoneNumberType, number_type  # noqa: PLC0415 - a tenth of a second

    text = unicodedata.normalize("NFKC", text)
    persons = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    found = (number_type(match.number) for match in PhoneNumberMatcher(text, "CN"))
    return _NUMBERS.search(text) is not None or any(kind in persons for kind in found)
