import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.core.sources import SOURCES, Column
from expectations.masking import LONGEST, masked
from tests.expectations.deliveries import PHONE, VIN


def column(source: str, name: str) -> Column:
    found = SOURCES[source].column(name)
    assert found is not None
    return found


def shown(value: str | None, name: str, *, source: str = "surveys", unread: bool = False) -> str:
    return str(masked(pd.Series([value], dtype="str"), column(source, name), unread=unread).iloc[0])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("phone", "13812345678", "138****5678"),
        ("phone", "+86 138-1234-5678", "138****5678"),
        ("phone", "138123456", "*********"),
        ("vin", VIN, "L****1"),
        ("customer_id", "C-000123", "C****3"),
        ("customer_id", "C123", "****"),
        ("verbatim", "销售叫小王，电话是13812345678", "(20 characters)"),
        ("response_id", "R1\x00\n\u202e7", "R1 7"),
        ("vendor", "call 13812345678", "call 138****5678"),
        ("vendor", "021-62345678", "021****5678"),
        ("vendor", f"car {VIN}", "car L****1"),
        ("vendor", "x" * 200, "x" * 79 + "…"),
        ("vendor", None, ""),
    ],
)
def test_a_value_is_shown_as_its_column_allows(name: str, value: str | None, expected: str) -> None:
    assert shown(value, name) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("duration_s", "abc", "abc"),
        ("duration_s", PHONE, "138****5678"),
        ("called_at", "销售答应送我一次保养，让我都打十分，不然他要扣钱，所以我就每一项都打了满分", "(37 characters)"),
        ("phone", "1.38E+10", "********"),
    ],
)
def test_a_cell_that_slipped_into_another_column_shows_no_person(name: str, value: str, expected: str) -> None:
    assert shown(value, name, unread=True) == expected


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.sampled_from(["phone", "vendor", "response_id", "interviewer_id"]))
def test_the_middle_of_a_phone_number_is_shown_in_no_column(number: str, name: str) -> None:
    assert shown(number, name) == f"{number[:3]}****{number[-4:]}"


@given(st.text(max_size=300), st.sampled_from([column.name for column in SOURCES["surveys"].columns]), st.booleans())
def test_what_is_shown_is_short_and_has_no_control_characters(value: str, name: str, unread: bool) -> None:
    written = masked(pd.Series([value], dtype="str"), Column(name, column("surveys", "vendor").kind, ""), unread=unread)
    assert len(written.iloc[0]) <= LONGEST
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in written.iloc[0])


@given(st.text(min_size=1, max_size=60))
def test_of_free_text_only_its_length_is_shown(value: str) -> None:
    assert shown(value, "verbatim") == f"({len(value)} characters)"
