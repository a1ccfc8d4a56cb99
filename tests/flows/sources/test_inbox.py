"""What is found in the inbox."""

import hashlib
import os
from pathlib import Path

import pytest

from detectors.core.errors import MingchaError
from flows.sources import discover


def put(inbox: Path, name: str, modified_s: int, content: bytes = b"x") -> None:
    (inbox / name).write_bytes(content)
    os.utime(inbox / name, (modified_s, modified_s))


def test_files_come_in_order_of_delivery_and_then_of_name(tmp_path: Path) -> None:
    put(tmp_path, "surveys_b.csv", 20)
    put(tmp_path, "surveys_a.xlsx", 20)
    put(tmp_path, "contacts.jsonl.gz", 10, b"abc")
    put(tmp_path, "Reviews.ZIP", 30)
    files, ignored = discover(tmp_path)
    assert [(file.source, file.name) for file in files] == [
        ("contacts", "contacts.jsonl.gz"),
        ("surveys", "surveys_a.xlsx"),
        ("surveys", "surveys_b.csv"),
        ("reviews", "Reviews.ZIP"),
    ]
    assert (files[0].sha256, files[0].size_bytes) == (hashlib.sha256(b"abc").hexdigest(), 3)
    assert ignored == []


def test_a_file_that_is_no_delivery_is_named_with_the_reason_and_temporary_ones_are_not(tmp_path: Path) -> None:
    for name in ("surveys.csv", "interviews.csv", "surveys.xls", "surveys.gz", "~$surveys.xlsx", ".surveys.csv"):
        put(tmp_path, name, 10)
    (tmp_path / "truth").mkdir()
    files, ignored = discover(tmp_path)
    assert [file.name for file in files] == ["surveys.csv"]
    assert {file.name: file.reason.split(" (")[0] for file in ignored} == {
        "interviews.csv": "its name begins with no source",
        "surveys.xls": "its format is none of .csv, .xlsx, .jsonl, .parquet, by itself or in .gz or .zip",
        "surveys.gz": "its format is none of .csv, .xlsx, .jsonl, .parquet, by itself or in .gz or .zip",
    }


@pytest.mark.parametrize(("names", "words"), [([], "nothing was found"), (["contacts.csv"], "only contacts.csv was")])
def test_an_inbox_without_surveys_and_reviews_is_refused(tmp_path: Path, names: list[str], words: str) -> None:
    for name in names:
        put(tmp_path, name, 10)
    with pytest.raises(MingchaError, match=words):
        discover(tmp_path)


def test_an_inbox_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MingchaError, match="is not a folder"):
        discover(tmp_path / "inbox")
