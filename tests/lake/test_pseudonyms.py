import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.core.sources import SOURCES
from lake import pseudonymise
from lake.free_text import scrub
from lake.phones import describe
from tests.lake.deliveries import KEY, PHONE, VIN, surveys


def test_no_personal_value_is_left_anywhere_in_the_frame() -> None:
    frame = pseudonymise("surveys", surveys("a.csv", ("R1", "2026-10-01", 9.0)), KEY)
    everything = frame.to_csv()
    assert PHONE not in everything
    assert VIN not in everything
    assert "C1," not in everything
    assert frame["verbatim"].tolist() == ["挺好，请打[号码]"]


def test_a_number_has_one_token_in_every_source_and_case_of_a_vin_does_not_matter() -> None:
    survey = pseudonymise("surveys", surveys("a.csv", ("R1", "2026-10-01", 9.0)), KEY)
    staff = pseudonymise("staff", pd.DataFrame({"dealer_id": ["D1"], "staff_id": ["S1"], "phone": [PHONE]}), KEY)
    sale = pseudonymise("transactions", pd.DataFrame({"transaction_id": ["T1"], "vin": [VIN.lower()]}), KEY)
    assert survey["phone"].tolist() == staff["phone"].tolist()
    assert survey["vin"].tolist() == sale["vin"].tolist()


def test_equal_digits_of_two_kinds_share_no_token() -> None:
    frame = pd.DataFrame({"transaction_id": ["T1"], "customer_id": [PHONE], "phone": [PHONE]})
    tokens = pseudonymise("transactions", frame, KEY)
    assert tokens["customer_id"].tolist() != tokens["phone"].tolist()


def test_missing_stays_missing_and_columns_nobody_knows_are_left_out() -> None:
    frame = pd.DataFrame(
        {
            "complaint_id": ["X1", "X2"],
            "phone": pd.Series([None, PHONE], dtype="str"),
            "vin": pd.Series([None, None], dtype="str"),
            "text": pd.Series([None, "好"], dtype="str"),
            "mother": ["张三", "李四"],
        }
    )
    landed = pseudonymise("complaints", frame, KEY)
    assert "mother" not in landed.columns
    assert landed.loc[0].isna().sum() == len(landed.columns) - 1
    assert landed["vin"].isna().all()


def test_every_column_keeps_the_dtype_of_its_kind() -> None:
    frame = pseudonymise("surveys", surveys("a.csv", ("R1", "2026-10-01", 9.0)), KEY)
    expected = {"text": "str", "month": "str", "time": "datetime64[us]", "number": "float64", "rating": "float32"}
    for column in SOURCES["surveys"].known(frame.columns):
        assert str(frame[column.name].dtype) == expected[column.kind], column.name


@pytest.mark.parametrize(
    ("number", "kind", "carrier", "last2", "shown"),
    [
        ("13812345678", "mobile", "China Mobile", 78.0, "138****5678"),
        ("18600000001", "mobile", "China Unicom", 1.0, "186****0001"),
        ("13312345600", "mobile", "China Telecom", 0.0, "133****5600"),
        ("01062345678", "landline", None, 78.0, "010****5678"),
        ("057187654321", "landline", None, 21.0, "057****4321"),
        ("12012345678", "invalid", None, 78.0, "120****5678"),
        ("1381234567", "invalid", None, 67.0, "138****4567"),
        ("4008201234", "invalid", None, 34.0, "400****1234"),
        ("12345", "invalid", None, None, "****"),
        ("no number", "invalid", None, None, "****"),
    ],
)
def test_a_number_tells_its_kind_and_its_last_digits(
    number: str, kind: str, carrier: str | None, last2: float | None, shown: str
) -> None:
    facts = {name: values[0].as_py() for name, values in describe(pa.array([number]), KEY).items()}
    assert facts.pop("phone_block") == (
        None if last2 is None else KEY.tokens("phone block", pa.array([number[:-2]]))[0].as_py()
    )
    assert facts == {"phone_kind": kind, "phone_carrier": carrier, "phone_last2": last2, "phone_shown": shown}


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138-1234-5678",
        "１３８１２３４５６７８",
        "1 3 8 1 2 3 4 5 6 7 8",
        "一三八一二三四五六七八",
        "010-62345678",
        "(0571) 8765 4321",
        "62345678",
        "400-820-1234",
        "11010519491231002X",
        "LSVAA49J132047371",
        "lsvaa49j132047371",
        "京A12345",
        "粤B·D12345",
        "wang.li@example.cn",
    ],
)
def test_numbers_that_lead_to_a_person_are_scrubbed_from_free_text(text: str) -> None:
    assert scrub(pa.array([f"请联系{text}，谢谢"])).to_pylist() == ["请联系[号码]，谢谢"]


def test_the_name_of_an_account_is_scrubbed_and_what_it_is_stays() -> None:
    assert scrub(pa.array(["微信号：li_wang88", "加QQ123456吧"])).to_pylist() == ["微信[号码]", "加QQ[号码]吧"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "花了128000元，跑了50000公里",
        "2026-10-31去的",
        "10点半到12点",
        "打10分，全部10分",
        "一二三都好",
        "Model3和BMW X5都试了",
    ],
)
def test_prices_dates_and_scores_stay_in_free_text(text: str) -> None:
    assert scrub(pa.array([text])).to_pylist() == [text]


@settings(deadline=None)  # a busy machine is not a failure
@given(st.text(alphabet="好的我 ，-abX0123456789", max_size=12), st.integers(13_000_000_000, 19_999_999_999))
def test_no_mobile_number_survives_whatever_stands_around_it(around: str, number: int) -> None:
    assert str(number) not in scrub(pa.array([f"{around}{number}{around}"]))[0].as_py()
