"""What becomes of a cell."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.core.sources import SOURCES, Column
from flows.sources.cells import parse_cells
from flows.sources.parsed import Parsed


def column(name: str, source: str = "surveys") -> Column:
    found = SOURCES[source].column(name)
    assert found is not None
    return found


def parse(name: str, *cells: object, source: str = "surveys") -> Parsed:
    return parse_cells(pa.chunked_array([pa.array(cells)]), column(name, source))


def value(name: str, cell: object, source: str = "surveys") -> object:
    return parse(name, cell, source=source).found[0].as_py()


def problem(name: str, cell: object, source: str = "surveys") -> str | None:
    problems = parse(name, cell, source=source).problems
    return None if problems is None else str(problems[0].as_py())


def repair(name: str, cell: object, source: str = "surveys") -> str | None:
    repairs = parse(name, cell, source=source).repairs
    return None if repairs is None else str(repairs[0].as_py())


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("(+86)13812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("013812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("1.3812345678E+10", "13812345678"),
        (13812345678, "13812345678"),
        (13812345678.0, "13812345678"),
        ("010-62345678", "01062345678"),
        ("+86 10 6234 5678", "01062345678"),
        ("(021) 62345678 转 801", "02162345678"),
        ("0571-87654321-801", "057187654321"),
        ("1062345678", "01062345678"),
        (57187654321, "057187654321"),
        ("400-800-1234", "4008001234"),
        ("12345", "12345"),
        ("无", None),
        ("未提供", None),
        ("138****5678", None),
    ],
)
def test_a_phone_number_becomes_the_digits_that_one_dials(written: object, dialled: str | None) -> None:
    parsed = parse("phone", written)
    assert parsed.found.to_pylist() == [dialled]
    assert parsed.problems is None


def test_a_phone_number_that_excel_rounded_is_refused_and_says_how_to_export_it() -> None:
    assert value("phone", "1.38E+10") is None
    assert problem("phone", "1.38E+10") == "was rounded by Excel; format the column as text and export again"


@pytest.mark.parametrize(
    ("name", "cell", "what"),
    [
        ("phone", "13812345678.0", "a number that Excel stored with decimals or as a power of ten"),
        ("phone", 1062345678, "a landline whose leading zero Excel had dropped"),
        ("phone", "138****5678", "a number that the sender had masked, left out"),
        ("dealer_id", "1001.0", "an id that Excel stored with decimals or as a power of ten"),
        ("called_at", "45931.5", "a date that Excel stored as a serial number"),
        ("wave", "Oct-26", "a month that Excel turned into a date"),
        ("wave", pd.Timestamp("2026-10-01"), "a month that Excel turned into a date"),
        ("phone", "010-62345678", None),
        ("called_at", "2026/10/5 9:03", None),
        ("wave", "2026/10", None),
    ],
)
def test_what_excel_mangled_is_repaired_and_counted(name: str, cell: object, what: str | None) -> None:
    assert repair(name, cell) == what


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0007", "0007"),
        ("1001.0", "1001"),
        (1001.0, "1001"),
        ("Ｄ７", "D7"),
        (" D1 ", "D1"),
        ("V1.0", "V1.0"),
        ("NA", None),
    ],
)
def test_an_id_stays_as_it_is_written(written: object, read: str | None) -> None:
    assert value("dealer_id", written) == read


def test_an_id_that_excel_rounded_is_refused() -> None:
    assert problem("customer_id", "1.23457E+17") == "was rounded by Excel; format the column as text and export again"
    assert problem("customer_id", 2.0**70) == "was rounded by Excel; format the column as text and export again"


def test_in_free_text_nothing_is_taken_for_a_missing_value() -> None:
    assert parse("verbatim", "无", "NA", "10.0", "  挺好\n", "").found.to_pylist() == ["无", "NA", "10.0", "挺好", None]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05 14:02:00",
        "2026-03-05T14:02",
        "2026-03-05T06:02:00Z",
        "2026-03-05T14:02:00+08:00",
        "2026-03-05 01:02:00-0500",
        "2026/3/5 14:02",
        "2026.3.5 14:02:00",
        "2026年3月5日 14时02分",
        "2026年3月5日 下午2:02",
        "2026/3/5 2:02 PM",
        "２０２６/３/５ １４:０２",
        "20260305140200",
        "46086.584722222222",
        46086.584722222222,
        pd.Timestamp("2026-03-05 14:02"),
    ],
)
def test_a_time_becomes_wall_clock_time_in_shanghai(written: object) -> None:
    assert value("called_at", written) == pd.Timestamp("2026-03-05 14:02")


@pytest.mark.parametrize("written", ["3/5/2026 14:02", "2026-02-30 10:00", "2026-03-05 25:00", "soon", "1790000000000"])
def test_a_time_that_nobody_can_be_sure_of_is_a_problem(written: str) -> None:
    assert value("called_at", written) is None
    assert problem("called_at", written) == "is not a time such as 2026-03-05 14:02"


def test_a_time_that_excel_did_not_show_says_so() -> None:
    assert problem("called_at", "########") == "was hidden by Excel (#####); widen the column and export again"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026.3.5", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("2026-03-05 23:59:59", "2026-03-05"),
        ("2026-03-05T20:00:00Z", "2026-03-06"),
        ("20260305", "2026-03-05"),
        ("46086", "2026-03-05"),
    ],
)
def test_a_date_is_midnight_of_that_day_in_shanghai(written: str, day: str) -> None:
    assert value("happened_on", written, source="transactions") == pd.Timestamp(day)


@pytest.mark.parametrize(
    "written",
    ["2026-10", "2026/10", "202610", "2026年10月", 202610, 202610.0, "2026-10-01", "46296", "Oct-26", "２０２６－１０"],
)
def test_a_wave_becomes_year_and_month(written: object) -> None:
    assert value("wave", written) == "2026-10"


@pytest.mark.parametrize("written", ["2026-13", "October", "2026", "2026-10-15", "10-2026"])
def test_a_wave_that_is_no_month_is_a_problem(written: str) -> None:
    assert problem("wave", written) == "is not a month such as 2026-10"


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("overall", "１０", 10.0),
        ("overall", "9分", 9.0),
        ("overall", "", None),
        ("duration_s", "1,234.5", 1234.5),
        ("fact_walkround", "是", 1.0),
        ("fact_walkround", "no", 0.0),
        ("fact_walkround", True, 1.0),
        ("q_attitude", "-", None),
    ],
)
def test_numbers_and_facts_are_read_as_people_write_them(name: str, written: object, read: float | None) -> None:
    assert value(name, written) == read
    assert problem(name, written) is None


@pytest.mark.parametrize("written", ["often", "inf", "7,5", "1e999", "00:05:32"])
def test_a_number_that_is_none_is_a_problem(written: str) -> None:
    assert value("duration_s", written) is None
    assert problem("duration_s", written) == "is not a number"


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=5),
    st.sampled_from(["phone", "called_at", "wave", "overall", "dealer_id", "fact_x"]),
)
def test_any_text_is_a_value_or_missing_or_a_problem_and_is_judged_alone(cells: list[str], name: str) -> None:
    together = parse(name, *[cell.encode("utf-8", "replace").decode() for cell in cells])
    alone = [parse(name, cell.encode("utf-8", "replace").decode()) for cell in cells]
    assert together.found.to_pylist() == [one.found[0].as_py() for one in alone]
    problems = together.problems.to_pylist() if together.problems is not None else [None] * len(cells)
    assert all(found is None for found, what in zip(together.found.to_pylist(), problems, strict=True) if what)


@settings(deadline=None, max_examples=50)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+86", "+86 ", "0086", "86", "0"]),
    st.booleans(),
)
def test_a_mobile_number_is_the_same_however_it_is_written(number: str, prefix: str, dashed: bool) -> None:
    written = prefix + (f"{number[:3]}-{number[3:7]} {number[7:]}" if dashed else number)
    assert value("phone", written) == number


@settings(deadline=None, max_examples=50)
@given(st.integers(800_000_000, 4_000_000_000).map(lambda second: pd.Timestamp(second, unit="s")))
def test_every_way_of_writing_a_time_reads_the_same(time: pd.Timestamp) -> None:
    serial = (time - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    ways = [
        time.isoformat(),
        f"{time.isoformat(' ')}+08:00",
        f"{time.year}/{time.month}/{time.day} {time.hour}:{time.minute}:{time.second}",
        f"{time.year}年{time.month}月{time.day}日 {time.hour}时{time.minute}分{time.second}秒",
        f"{serial:.8f}",
    ]
    assert parse("called_at", *ways).found.to_pylist() == [time] * len(ways)
