"""Phone numbers in one form: the digits as dialled inside the country."""

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from flows.sources.parsed import Parsed, first_note, is_null_spelling, parse_exceptions
from flows.sources.texts import ROUNDED_PROBLEM, unround

_MOBILE = r"^1[3-9]\d{9}$"
_MASKED = r"\d[*xX×]+\d*|^[*xX×]+\d"
_EXTENSION = r"\s*(?:转|ext\.?|x|#)\s*\d{1,6}$"
_DASHED_EXTENSION = r"^(\+?(?:86[- ]?)?\(?0?\d{2,3}\)?[- ]?\d{7,8})-\d{1,5}$"

MASKED_REPAIR = "a number that the sender had masked, left out"
NUMBER_REPAIR = "a number that Excel stored with decimals or as a power of ten"
ZERO_REPAIR = "a landline whose leading zero Excel had dropped"


def _fixed_line_pattern() -> str:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    if metadata is None or metadata.fixed_line is None:
        raise LookupError("phonenumbers knows no landlines of China")
    return f"^(?:{metadata.fixed_line.national_number_pattern})$"


def parse_phones(cells: pa.ChunkedArray) -> Parsed:
    """Parse phone numbers into digits as dialled inside China: ``13812345678``, ``01012345678``.

    ``+86``, ``0086``, spaces, dashes, brackets, full-width digits and extensions are taken off. A landline without its
    zero gets it back where it can be nothing else. A number that nobody can dial keeps its digits: it says something
    about the dealer. One that Excel rounded is lost, and a problem; one that the sender masked (``138****5678``) is
    left out, since ten thousand customers would share it.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray of large_string
        The cells.

    Returns
    -------
    Parsed
        ``large_string``.

    Examples
    --------
    >>> cells = ["+86 138-1234-5678", "010-12345678", "2112345678", "1.38E+10", "13812345678.0"]
    >>> parse_phones(pa.chunked_array([cells], pa.large_string())).found.to_pylist()
    ['13812345678', '01012345678', '02112345678', None, '13812345678']
    """
    return parse_exceptions(cells, pc.match_substring_regex(cells, _MOBILE), _parse_distinct)


def _parse_distinct(texts: pa.Array) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    number = unround(trimmed)
    masked = pc.match_substring_regex(number.found, _MASKED)
    without_extension = pc.replace_substring_regex(
        pc.replace_substring_regex(number.found, _EXTENSION, ""), _DASHED_EXTENSION, r"\1"
    )
    international = pc.match_substring_regex(without_extension, r"^\(?(?:\+|00)\)?\s*86")
    digits = pc.replace_substring_regex(without_extension, r"\D", "")
    national = pc.if_else(international, pc.replace_substring_regex(digits, r"^(?:00)?86", ""), digits)
    national = pc.replace_substring_regex(national, r"^(?:86|0)(1[3-9]\d{9})$", r"\1")
    lacks_zero = pc.match_substring_regex(national, _fixed_line_pattern())
    lacks_zero = pc.and_(lacks_zero, pc.match_substring_regex(national, r"^\d{9,11}$"))
    dialled = pc.if_else(lacks_zero, pc.utf8_replace_slice(national, 0, 0, "0"), national)
    given = pc.and_(pc.invert(pc.fill_null(masked, True)), pc.greater(pc.binary_length(dialled), 0))
    given = pc.and_(given, pc.invert(is_null_spelling(trimmed)))
    return Parsed(
        pc.if_else(given, dialled, None),
        first_note((pc.is_valid(number.problems), ROUNDED_PROBLEM)),
        first_note(
            (masked, MASKED_REPAIR),
            (pc.and_(lacks_zero, pc.invert(international)), ZERO_REPAIR),
            (pc.is_valid(number.repairs), NUMBER_REPAIR),
        ),
    )
