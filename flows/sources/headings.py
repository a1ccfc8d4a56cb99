"""From a file's headings to our columns."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from detectors.core.errors import MingchaError
from detectors.core.sources import Source
from flows.sources.vendor_maps import VendorMap

_NAME_SUGGESTIONS = 3
_ALIKE_PERCENT = 50
_HEADING_CHARACTERS = 30


@dataclass(frozen=True)
class Mapped:
    """Which column of the file is which of ours.

    Parameters
    ----------
    place
        Position in the file, by our column.
    unknown
        Headings that are none of ours, by position.
    """

    place: dict[str, int]
    unknown: dict[int, str]


def match_headings(file_name: str, source: Source, headings: Sequence[str], vendor_map: VendorMap) -> Mapped:
    """Find our columns among the headings of a file.

    Our own names always count; the vendor's headings count as well where a vendor map is for the file. Case, white
    space and full-width forms do not matter.

    Parameters
    ----------
    file_name
        For errors.
    source
        What the file is a delivery of.
    headings
        As found, in order.
    vendor_map
        What the vendor calls our columns.

    Raises
    ------
    MingchaError
        If two headings name one column, or a required column or enough of a family is missing.

    Examples
    --------
    >>> from detectors.core.sources import SOURCES
    >>> from flows.sources.vendor_maps import PLAIN
    >>> match_headings("staff.csv", SOURCES["staff"], ["Dealer ID", "staff_id", "mood"], PLAIN)
    Mapped(place={'dealer_id': 0, 'staff_id': 1}, unknown={2: 'mood'})
    """
    repeated = [heading for heading, count in Counter(filter(None, map(_plain, headings))).items() if count > 1]
    if repeated:
        raise MingchaError(
            f"{file_name} has the heading {_shown(repeated[0])} twice in row 1.",
            remedy="Keep one of the two columns, or give the other another heading.",
        )
    place: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for position, heading in enumerate(headings):
        column = _column_of(heading, source, vendor_map)
        if column is None:
            unknown[position] = _shown(heading) or f"(column {position + 1}, no heading)"
        elif column in place:
            raise MingchaError(
                f"{file_name} has two headings for the column {column}: {_shown(headings[place[column]])} and "
                f"{_shown(heading)}.",
                remedy="Keep one of the two columns, or correct the vendor map.",
            )
        else:
            place[column] = position
    _require_columns(file_name, source, place, list(unknown.values()), vendor_map)
    return Mapped(place, unknown)


def _plain(heading: str) -> str:
    return re.sub(r"[\s_]+", "_", unicodedata.normalize("NFKC", heading).strip("\ufeff \t\r\n")).casefold()


def _shown(heading: str) -> str:
    """Return a heading as it may be printed: in a file without headings row 1 has a customer's number."""
    return re.sub(r"\d{4,}", "…", unicodedata.normalize("NFKC", heading)).strip()[:_HEADING_CHARACTERS]


def _column_of(heading: str, source: Source, vendor_map: VendorMap) -> str | None:
    plain = _plain(heading)
    for column, vendors_heading in vendor_map.columns.items():
        if plain == _plain(vendors_heading) and source.column(column):
            return column
    for family, prefix in vendor_map.families.items():
        code = plain.removeprefix(_plain(prefix))
        if code and code != plain and source.column(family + code):
            return family + code
    return plain if source.column(plain) else None


def _require_columns(
    file_name: str, source: Source, place: dict[str, int], unknown: list[str], vendor_map: VendorMap
) -> None:
    for required in source.required:
        if required not in place and required not in vendor_map.constants:
            expected = vendor_map.columns.get(required)
            called = f"{required} (as {expected})" if expected else required
            raise MingchaError(
                f"{file_name} has no column {called}, which every row of {source.name} needs; "
                f"{_candidates([required, expected or required], unknown)}.",
                remedy=_map_remedy(required),
            )
    for prefix, minimum in source.family_minimum:
        members = [column for column in place if column.startswith(prefix) and len(column) > len(prefix)]
        if len(members) < minimum:
            expected = vendor_map.families.get(prefix, prefix)
            raise MingchaError(
                f"{file_name} has {len(members)} columns {prefix}<code> where {source.name} need at least {minimum}; "
                f"{_candidates([prefix, expected], unknown)}.",
                remedy=_map_remedy(prefix),
            )


def _candidates(wanted: Sequence[str], unknown: Sequence[str]) -> str:
    if not unknown:
        return "no heading is left that could be it"
    score = {heading: max(fuzz.WRatio(_plain(heading), _plain(name)) for name in wanted) for heading in unknown}
    alike = [
        heading for heading in sorted(unknown, key=lambda heading: -score[heading]) if score[heading] >= _ALIKE_PERCENT
    ]
    if alike:
        return f"the nearest headings are {', '.join(alike[:_NAME_SUGGESTIONS])}"
    return f"headings found that are not ours: {', '.join(unknown[:10])}"


def _map_remedy(column: str) -> str:
    return f'Name the heading in a vendor map (docs/sources.md): {column} = "...".'
