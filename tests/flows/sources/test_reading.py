"""Reading whole files: formats, encodings, broken rows, and what is refused."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence

import pandas as pd
import pytest
import xlsxwriter

from detectors.core.errors import MingchaError
from flows.sources import DeliveredFile, Delivery, load_vendor_maps, read

Deliver = Callable[[str, bytes | str], DeliveredFile]

HEADINGS = "review_id,dealer_id,posted_at,rating,text"
CSV = f'{HEADINGS}\nV1,0012,2026-03-05 14:02:00,5,挺好\nV2,D2,2026-03-06 09:00:00,4,"贵, 但是\n值得"\n'
REVIEWS = [
    {"review_id": "V1", "dealer_id": "0012", "posted_at": "2026-03-05 14:02:00", "rating": 5, "text": "挺好"},
    {"review_id": "V2", "dealer_id": "D2", "posted_at": "2026-03-06 09:00:00", "rating": 4, "text": "贵, 但是\n值得"},
]


def workbook(
    rows: Sequence[Sequence[object]],
    *,
    first_row: int = 0,
    first_column: int = 0,
    sheets: tuple[str, ...] = ("Sheet1",),
) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for sheet_name in sheets:
            sheet = book.add_worksheet(sheet_name)
            for place, row in enumerate(rows, start=first_row):
                sheet.write_row(place, first_column, row)
    return content.getvalue()


def zipped(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_csv", ".csv"), text)
    return content.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    pd.DataFrame(REVIEWS).to_parquet(content, index=False)
    return content.getvalue()


XLSX = workbook([HEADINGS.split(","), *[list(row.values()) for row in REVIEWS]])
JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in REVIEWS)


def refusal(file: DeliveredFile) -> str:
    with pytest.raises(MingchaError) as refused:
        read(file, load_vendor_maps())
    assert file.name in refused.value.what
    assert refused.value.remedy
    return refused.value.what


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("reviews.csv", CSV.encode()),
        ("reviews.csv", CSV.encode("utf-8-sig")),
        ("reviews.csv", CSV.encode("gb18030")),
        ("reviews.csv", CSV.replace(",", ";").replace("贵;", "贵,").encode()),
        ("reviews.csv", CSV.replace(",", "\t").replace("贵\t", "贵,").encode()),
        ("reviews.csv", CSV.replace('"\n', '"').encode()),
        ("reviews.csv.gz", gzip.compress(CSV.encode("gb18030"))),
        ("reviews.csv.zip", zipped(reviews_csv=CSV)),
        ("reviews.zip", zipped(reviews_csv=CSV, __MACOSX_x="").replace(b"__MACOSX_x", b"__MACOSX/x")),
        ("reviews.xlsx", XLSX),
        ("reviews.xlsx.gz", gzip.compress(XLSX)),
        ("reviews.jsonl", JSONL.encode()),
        ("reviews.jsonl.gz", gzip.compress(JSONL.encode("gb18030"))),
        ("reviews.parquet", parquet()),
        ("reviews.parquet.gz", gzip.compress(parquet())),
    ],
)
def test_every_format_encoding_and_delimiter_gives_the_same_rows(deliver: Deliver, name: str, content: bytes) -> None:
    delivery = read(deliver(name, content))
    first = 1 if ".jsonl" in name else 2
    expected = pd.DataFrame(REVIEWS).astype({"posted_at": "datetime64[us]", "rating": "float64"})
    expected.insert(0, "row_number", [first, first + 1])
    pd.testing.assert_frame_equal(delivery.frame[expected.columns], expected)
    assert isinstance(delivery.frame.index, pd.RangeIndex)
    assert delivery.unparsed.empty
    assert (delivery.rows_read, dict(delivery.repaired), delivery.unknown_columns) == (2, {}, ())


def test_a_broken_row_is_kept_in_its_place_without_a_value_and_said_so(deliver: Deliver) -> None:
    delivery = read(
        deliver("reviews.csv", f"{HEADINGS}\nV1,D1,2026-03-05,5\n\nV3,D1,2026-03-05,5,好\nV4,D1,2026-03-05,5,x,y\n")
    )
    assert delivery.frame["row_number"].to_list() == [2, 4, 5]
    assert delivery.frame["review_id"].fillna("").to_list() == ["", "V3", ""]
    assert delivery.unparsed[["row", "column", "problem"]].to_numpy().tolist() == [
        [0, "", "the row has 4 fields where the headings have 5"],
        [2, "", "the row has 6 fields where the headings have 5"],
    ]
    assert delivery.rows_read == 3


def test_a_row_may_be_broken_in_a_file_whose_lines_end_in_delimiters(deliver: Deliver) -> None:
    delivery = read(deliver("reviews.csv", f"{HEADINGS},,\nV1,D1,2026-03-05,5,好,,\nV2,D1\n"))
    assert (delivery.frame["row_number"].to_list(), delivery.unparsed["row"].to_list()) == ([2, 3], [1])
    assert delivery.unknown_columns == ()


def test_rows_are_numbered_right_across_blocks_of_a_long_file(deliver: Deliver) -> None:
    rows = [f"V{row},D1,2026-03-05,5,{'很好' * 40}" for row in range(2, 40_002)]
    rows[39_000] = "broken"
    delivery = read(deliver("reviews.csv", "\n".join([HEADINGS, *rows]) + "\n"))
    assert delivery.unparsed["row"].to_list() == [39_000]
    good = delivery.frame.drop(index=39_000)
    assert (good["review_id"] == "V" + good["row_number"].astype("str")).all()
    assert delivery.frame["row_number"].is_monotonic_increasing


def test_a_cell_that_does_not_parse_is_named_with_its_row_and_the_rest_goes_on(deliver: Deliver) -> None:
    delivery = read(deliver("reviews.csv", f"{HEADINGS}\nV1,D1,soon,5,\nV2,D1,2026-03-05,four,\n"))
    assert delivery.unparsed.to_numpy().tolist() == [
        [0, "posted_at", "soon", "is not a time such as 2026-03-05 14:02"],
        [1, "rating", "four", "is not a number"],
    ]
    assert delivery.frame["review_id"].to_list() == ["V1", "V2"]


def test_a_line_that_is_no_object_is_a_broken_row_and_numbers_are_lines(deliver: Deliver) -> None:
    lines = [
        '{"review_id": "V1", "dealer_id": 12, "posted_at": "2026-03-05T06:02:00Z", "rating": 5}',
        "",
        '{"review_id": "V3", ',
        '{"review_id": "V4", "dealer_id": "12", "posted_at": "2026-03-05", "rating": "4", "text": "\\ud83d好"}',
    ]
    delivery = read(deliver("reviews.jsonl", "\n".join(lines)))
    assert delivery.frame["row_number"].to_list() == [1, 3, 4]
    assert delivery.frame["dealer_id"].fillna("").to_list() == ["12", "", "12"]
    assert delivery.frame["text"].fillna("").to_list() == ["", "", "?好"]
    assert delivery.unparsed[["row", "problem"]].to_numpy().tolist() == [[1, "the line is not a JSON object"]]


def test_the_offset_of_a_time_in_jsonl_is_not_lost(deliver: Deliver) -> None:
    line = '{"review_id": "V1", "dealer_id": "D1", "posted_at": "2026-03-05T06:02:00Z", "rating": 5}\n'
    assert read(deliver("reviews.jsonl", line)).frame["posted_at"].to_list() == [pd.Timestamp("2026-03-05 14:02")]


def test_a_sheet_may_begin_lower_down_and_its_numbers_and_dates_are_repaired(deliver: Deliver) -> None:
    headings = ["transaction_id", "dealer_id", "phone", "kind", "happened_on", "amount"]
    row: list[object] = [1001, "0012", 1062345678, "Sale", 46086, 99.5]
    delivery = read(deliver("transactions.xlsx", workbook([headings, row, [], [*row[:4], "soon", 1]], first_row=3)))
    assert delivery.frame["row_number"].to_list() == [5, 7]
    first = delivery.frame.iloc[0]
    assert first[["transaction_id", "dealer_id", "phone", "kind"]].to_list() == ["1001", "0012", "01062345678", "sale"]
    assert first["happened_on"] == pd.Timestamp("2026-03-05")
    assert delivery.repaired == {
        "phone: a landline whose leading zero Excel had dropped": 2,
        "happened_on: a date that Excel stored as a serial number": 1,
    }
    assert delivery.unparsed["problem"].to_list() == ["is not a date such as 2026-03-05"]


def test_of_several_sheets_the_one_named_like_the_source_is_read_and_otherwise_none(deliver: Deliver) -> None:
    rows: list[list[object]] = [list(HEADINGS.split(",")), *[list(row.values()) for row in REVIEWS]]
    assert read(deliver("reviews.xlsx", workbook(rows, sheets=("说明", "Reviews")))).rows_read == 2
    assert "2 sheets with data (说明, 数据)" in refusal(
        deliver("reviews.xlsx", workbook(rows, sheets=("说明", "数据")))
    )


def test_columns_that_are_not_ours_are_named_and_left_out(deliver: Deliver) -> None:
    text = f"{HEADINGS},colour,13812345678,\nV1,D1,2026-03-05,5,好,red,x,\n"
    delivery = read(deliver("reviews.csv", text))
    assert delivery.unknown_columns == ("colour", "…")
    assert "colour" not in delivery.frame


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("reviews.csv", f"{HEADINGS}\n".encode()),
        ("reviews.csv", HEADINGS.encode()),
        ("reviews.jsonl", b""),
        ("reviews.xlsx", workbook([HEADINGS.split(",")])),
    ],
)
def test_a_file_of_zero_rows_is_a_delivery_of_zero_rows(deliver: Deliver, name: str, content: bytes) -> None:
    delivery: Delivery = read(deliver(name, content))
    assert (delivery.rows_read, len(delivery.frame), len(delivery.unparsed)) == (0, 0, 0)
    assert {"row_number", "review_id", "dealer_id", "posted_at", "rating"} <= set(delivery.frame.columns)
    assert delivery.frame["posted_at"].dtype == "datetime64[us]"


OPEN_QUOTE = f'{HEADINGS}\nV1,D1,2026-03-05,5,x\nV2,D1,2026-03-05,5,"好\n'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("reviews.csv", b"", "has no headings in row 1: the file is empty"),
        ("reviews.csv", b"\n" + CSV.encode(), "has no headings in row 1: row 1 is blank"),
        ("reviews.csv", b"review_id\nV1\n", "not separated by a comma, a tab or a semicolon"),
        ("reviews.csv", CSV.encode("utf-16"), "is in UTF-16"),
        ("reviews.csv", CSV.replace("值得", "很貴").encode("big5", "ignore"), "is neither UTF-8"),
        ("reviews.csv", f"{HEADINGS}\nV1,D1,2026-03-05,5,café là\n".encode("latin-1"), "byte 64 (line 2)"),
        ("reviews.csv", CSV.encode() + b"V3,D1,2026-03-05,5,\xe6\x8c", "is UTF-8, but damaged at byte 147 (line 5)"),
        ("reviews.csv", CSV.encode() + b"V3,\0", "has a NUL byte in line 5"),
        ("reviews.csv", CSV.replace("text", "rating").encode(), "has the heading rating twice"),
        ("reviews.csv", (OPEN_QUOTE + "V3,D1,2026-03-05,5,x\n").encode(), "a quote opened in row 3"),
        ("reviews.csv", (OPEN_QUOTE + 'V3,D1,2026-03-05,5,"x"\n').encode(), "a quote opened in row 3"),
        ("reviews.csv", (OPEN_QUOTE + "V3,D1,2026-03-05,5,x\n" * 300_000).encode(), "a quote opened in row 3"),
        (
            "reviews.csv",
            f'{HEADINGS}\nV1,"D1,2026-03-05,5,x\nV2,D1,2026-03-05,5,x\n'.encode(),
            "a quote opened in row 2",
        ),
        ("reviews.csv.gz", gzip.compress(CSV.encode())[:-12], "is cut off"),
        ("reviews.csv.gz", b"no gzip", "is damaged"),
        (
            "reviews.csv.gz",
            gzip.compress((f"{HEADINGS}\n" + "x" * 999_999 + "\n").encode() + (b"x" * 999_999 + b"\n") * 80),
            "grows to more than 200 times",
        ),
        ("reviews.zip", zipped(a_csv=CSV, b_csv=CSV), "holds 2 files (a.csv, b.csv) where one was expected"),
        ("reviews.zip", zipped(a_txt=CSV), "holds a_txt, which is none of .csv, .xlsx"),
        ("reviews.zip", zipped(a_csv=CSV)[:-20], "is cut off or is not a zip"),
        ("reviews.xlsx", XLSX[: len(XLSX) // 2], "is cut off or is no xlsx workbook"),
        (
            "reviews.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600,
            "is locked with a password, or is an old .xls",
        ),
        ("reviews.xlsx", workbook([]), "has no data where one sheet was expected"),
        ("reviews.xlsx", workbook([["x"]], first_row=1_048_575, first_column=99), "reaches to cell CV1048576"),
        ("reviews.parquet", parquet()[:-100], "is cut off or is no parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    deliver: Deliver, name: str, content: bytes, words: str
) -> None:
    assert words in refusal(deliver(name, content))


def test_a_sentence_with_commas_and_line_breaks_is_no_stray_quote(deliver: Deliver) -> None:
    text = "Hi,\nI came at 9, waited, waited, left, came back, paid 200, left,\n1, 2, 3, 4, 5, 6"
    assert read(deliver("reviews.csv", f'{HEADINGS}\nV1,D1,2026-03-05,5,"{text}"\n')).frame["text"].to_list() == [text]


def test_a_line_of_200_megabytes_is_refused_without_being_held_in_memory(deliver: Deliver) -> None:
    file = deliver("reviews.csv", f"{HEADINGS}\nV1,D1,2026-03-05,5,")
    with file.path.open("ab") as stream:
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    tracemalloc.start()
    try:
        assert "line 2 is longer than 1,048,576 bytes" in refusal(file)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_the_shipped_vendor_map_reads_chinese_headings(deliver: Deliver) -> None:
    text = (
        "样本编号,问卷类型,调查月份,经销商代码,联系电话,访问时间,访问时长（秒）,总体满意度,评分_态度,评分_b,评分_c,事实_绕车,开放题\n"
        "R1,销售满意度,2026年10月,0012,138 1234 5678,2026/10/5 9:03,300,10,9,8,无,是,无\n"
    )
    delivery = read(deliver("surveys_vendor_b_2026-10.csv", text.encode("gb18030")), load_vendor_maps())
    row = delivery.frame.iloc[0]
    assert row[["survey", "wave", "dealer_id", "phone", "vendor", "verbatim"]].to_list() == [
        "SSI",
        "2026-10",
        "0012",
        "13812345678",
        "B",
        "无",
    ]
    assert row[["duration_s", "overall", "q_态度", "q_b", "fact_绕车"]].to_list() == [300, 10, 9, 8, 1]
    assert pd.isna(row["q_c"])


def test_an_unmapped_required_column_names_the_nearest_heading_and_the_remedy(deliver: Deliver) -> None:
    file = deliver("surveys_vendor_b_2.csv", "样本编号,问卷类型,调查月份,经销商编码,访问时间,总体满意度\n")
    with pytest.raises(MingchaError) as refused:
        read(file, load_vendor_maps())
    assert str(refused.value) == (
        "surveys_vendor_b_2.csv has no column dealer_id (as 经销商代码), which every row of surveys needs; "
        'the nearest headings are 经销商编码. Name the heading in a vendor map (docs/sources.md): dealer_id = "...".'
    )


def test_surveys_with_fewer_than_three_rated_items_are_refused(deliver: Deliver) -> None:
    file = deliver("surveys.csv", "response_id,survey,wave,dealer_id,called_at,overall,q_a,q_b\n")
    assert "has 2 columns q_<code> where surveys need at least 3" in refusal(file)


def test_two_headings_for_one_column_are_refused(deliver: Deliver) -> None:
    file = deliver("surveys_vendor_b_1.csv", "样本编号,response_id\n")
    assert "has two headings for the column response_id: 样本编号 and response_id" in refusal(file)


def test_a_refusal_shows_no_number_of_a_customer_where_headings_are_missing(deliver: Deliver) -> None:
    assert "13812345678" not in refusal(deliver("staff.csv", "13812345678,D1,S1\n13912345678,D1,S2\n"))
