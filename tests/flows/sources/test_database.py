"""Reading tables and queries."""

from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from detectors.core.errors import MingchaError
from flows.sources import VendorMap, database, read_table

STAFF = pd.DataFrame({"dealer_id": ["0012", "D2"], "staff_id": [1, 2], "phone": [13812345678, 1062345678]})


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/dms.db"
    engine = sa.create_engine(url)
    STAFF.to_sql("staff", engine, index=False)
    STAFF.iloc[::-1].to_sql("reversed", engine, index=False)
    engine.dispose()
    return url


def test_a_table_is_read_like_a_file(url: str) -> None:
    delivery = read_table(url, "staff", "staff")
    assert delivery.file_name == "table:staff"
    assert delivery.frame.to_numpy().tolist() == [[2, "0012", "1", "13812345678"], [3, "D2", "2", "01062345678"]]
    assert delivery.frame.columns.to_list() == ["row_number", "dealer_id", "staff_id", "phone"]


def test_a_query_may_rename_columns_or_leave_that_to_a_vendor_map(url: str) -> None:
    vendor_map = VendorMap(file_pattern=("query:staff",), columns={"staff_id": "工号"})
    query = 'select dealer_id, staff_id as "工号" from staff where staff_id = 2'
    delivery = read_table(url, query, "staff", [vendor_map])
    assert (delivery.file_name, delivery.frame["staff_id"].to_list()) == ("query:staff", ["2"])


def test_the_digest_is_of_the_content_whatever_the_order_and_the_chunks(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = read_table(url, "staff", "staff").file_sha256
    monkeypatch.setattr(database, "_CHUNK_ROWS", 1)
    assert read_table(url, "reversed", "staff").file_sha256 == digest
    assert read_table(url, "select * from staff where staff_id = 1", "staff").file_sha256 != digest


def test_an_empty_table_is_a_delivery_of_zero_rows(url: str) -> None:
    assert read_table(url, "select * from staff where staff_id = 3", "staff").rows_read == 0


def test_a_column_that_holds_numbers_and_texts_is_read_as_text(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_CHUNK_ROWS", 1)
    query = "select 'D1' as dealer_id, 7 as staff_id union all select 'D1', 'S8'"
    assert read_table(url, query, "staff").frame["staff_id"].to_list() == ["7", "S8"]


def test_a_query_that_gives_one_name_twice_is_refused(url: str) -> None:
    with pytest.raises(MingchaError, match="query:staff gives two columns of one name"):
        read_table(url, "select a.dealer_id, b.dealer_id, a.staff_id from staff a, staff b", "staff")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("sqlite://", "no such table: staff"),
        ("postgresql+psycopg://mingcha:hunter2@127.0.0.1:1/dms", "table:staff cannot be read"),
        ("not a url hunter2", "the database URL is not one that SQLAlchemy understands"),
    ],
)
def test_a_database_that_cannot_be_read_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(MingchaError) as refused:
        read_table(url, "staff", "staff")
    assert words in str(refused.value)
    assert "hunter2" not in str(refused.value)
