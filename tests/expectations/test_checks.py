from collections.abc import Mapping
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.core.sources import SOURCES
from expectations.checks import is_phone, wave_matches
from expectations.context import Rows
from tests.expectations.deliveries import CONTEXT, rows, unread


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("13812345678", True),
        ("+86 138-1234-5678", True),
        ("0086 13812345678", True),
        ("(010) 6234 5678", True),
        ("021-62345678", True),
        ("0755 8234 5678", True),
        ("1381234567", False),
        ("12812345678", False),
        ("11111111111", False),
        ("abc", False),
        (None, True),
    ],
)
def test_a_number_is_valid_however_it_is_written(number: str | None, valid: bool) -> None:
    assert is_phone(of("staff", {"phone": number}), "phone").tolist() == [valid]


@given(st.lists(st.from_regex(r"\A(1[3-9][0-9]{9}|0[2-9][0-9]{8,10})\Z"), min_size=1, max_size=30))
def test_the_fast_pattern_agrees_with_the_library_s_parser(numbers: list[str]) -> None:
    kinds = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE}
    slow = [phonenumbers.number_type(phonenumbers.parse(number, "CN")) in kinds for number in numbers]
    assert is_phone(of("staff", *({"phone": number} for number in numbers)), "phone").tolist() == slow


@given(st.integers(2000, 2030), st.integers(1, 12), st.integers(-14, 14))
def test_a_wave_matches_within_one_month_across_the_turn_of_the_year(year: int, month: int, months_off: int) -> None:
    turned = year * 12 + month - 1 + months_off
    wave = f"{turned // 12:04}-{turned % 12 + 1:02}"
    called = of("surveys", {"wave": wave, "called_at": f"{year:04}-{month:02}-28 10:00"})
    assert wave_matches(called, "called_at").tolist() == [abs(months_off) <= 1]


@pytest.mark.parametrize("wave", ["2026-13", "October", "2026"])
def test_a_wave_that_is_no_month_matches_nothing(wave: str) -> None:
    assert wave_matches(of("surveys", {"wave": wave}), "called_at").tolist() == [False]


def of(source: str, *changes: Mapping[str, Any]) -> Rows:
    return Rows(SOURCES[source], rows(source, *changes), unread(), CONTEXT)
