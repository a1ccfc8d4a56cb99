"""The inbox holds what real inboxes hold, says what the world says, and is the same to the byte."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from simulation import VENDOR_B_HEADINGS, World, WorldSettings, simulate, write_inbox
from simulation.typed_returns import write_typed_returns


def test_every_source_comes_in_a_format_of_its_own(cheating: World, tmp_path: Path) -> None:
    names = [path.name for path in write_inbox(cheating, tmp_path)]
    assert names == [
        "surveys_vendor_a_2026-10.csv",
        "surveys_vendor_b_2026-10.csv",
        "contacts_2026-10.csv.gz",
        "transactions_2026-10.parquet",
        "reviews_2026-10.jsonl",
        "dealers.xlsx",
        "staff.csv",
        "complaints_2026-10.csv",
        "audits.xlsx",
    ]
    frames = cheating.frames
    second = pd.read_csv(tmp_path / "surveys_vendor_b_2026-10.csv", encoding="gb18030", dtype="str")
    first = pd.read_csv(tmp_path / "surveys_vendor_a_2026-10.csv", dtype="str")
    assert set(VENDOR_B_HEADINGS.values()) <= set(second.columns)
    assert {"评分_attitude", "事实_greeted_promptly"} <= set(second.columns)
    assert sorted([*first["response_id"], *second["样本编号"]]) == frames["surveys"]["response_id"].tolist()
    assert second["开放题"].dropna().tolist() == (
        frames["surveys"][frames["surveys"]["vendor"] == "Vendor B"]["verbatim"].dropna().tolist()
    )
    assert (tmp_path / "staff.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    staff = pd.read_csv(tmp_path / "staff.csv", sep=";", dtype="str", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(staff, frames["staff"])
    assert len(pd.read_csv(tmp_path / "complaints_2026-10.csv", sep="\t")) == len(frames["complaints"])
    contacts = gzip.decompress((tmp_path / "contacts_2026-10.csv.gz").read_bytes()).decode("utf-8")
    assert contacts.count("\n") == len(frames["contacts"]) + 1
    assert pq.read_table(tmp_path / "transactions_2026-10.parquet").num_rows == len(frames["transactions"])
    reviews = [json.loads(line) for line in (tmp_path / "reviews_2026-10.jsonl").read_text("utf-8").splitlines()]
    assert [review["text"] for review in reviews] == frames["reviews"]["text"].tolist()
    assert reviews[0]["posted_at"].endswith("+08:00")


def test_the_second_agency_writes_phones_as_people_do(cheating: World, tmp_path: Path) -> None:
    write_inbox(cheating, tmp_path)
    second = pd.read_csv(tmp_path / "surveys_vendor_b_2026-10.csv", encoding="gb18030", dtype="str")
    phone = second["联系电话"]
    digits = phone.str.replace(r"\+86 |-", "", regex=True)
    told = cheating.frames["surveys"].set_index("response_id")["phone"][second["样本编号"]]
    assert phone.str.startswith("+86 ").any()
    assert phone.str.contains("-").any()
    assert digits.tolist() == told.tolist()


def test_the_truth_lies_beside_the_inbox(cheating: World, tmp_path: Path) -> None:
    write_inbox(cheating, tmp_path)
    units = pd.read_csv(tmp_path / "truth" / "units.csv")
    pd.testing.assert_frame_equal(units, cheating.truth.units)
    assert len(pd.read_csv(tmp_path / "truth" / "records.csv")) == len(cheating.truth.records)
    assert len(pd.read_csv(tmp_path / "truth" / "scores.csv")) == len(cheating.truth.scores)


def test_equal_worlds_are_equal_bytes(cheating: World, tmp_path: Path) -> None:
    first, again = (write_inbox(cheating, tmp_path / name) for name in ("first", "again"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


def test_the_plain_inbox_is_one_csv_per_source(cheating: World, tmp_path: Path) -> None:
    written = write_inbox(cheating, tmp_path, plain=True)
    assert [path.name for path in written] == [f"{name}.csv" for name in cheating.frames]
    surveys = pd.read_csv(tmp_path / "surveys.csv", dtype={"phone": "str"}, parse_dates=["called_at"])
    told = cheating.frames["surveys"]
    assert surveys.columns.tolist() == told.columns.tolist()
    assert surveys["overall"].tolist() == told["overall"].tolist()
    assert surveys["called_at"].tolist() == told["called_at"].tolist()


def test_returns_typed_by_hand_lie_beside_a_world_that_stays_as_it_is(cheating: World, tmp_path: Path) -> None:
    before = {name: frame.copy(deep=True) for name, frame in cheating.frames.items()}
    written = write_typed_returns(cheating, tmp_path)
    assert [path.name for path in written] == ["surveys_typed_2026-10.csv", "contacts_typed_2026-10.csv"]
    interviews, contacts = (pd.read_csv(path) for path in written)
    assert (len(interviews), len(contacts)) == (9, 3)
    assert not set(interviews["response_id"]) & set(cheating.frames["surveys"]["response_id"])
    for name, frame in before.items():
        pd.testing.assert_frame_equal(cheating.frames[name], frame)


def test_a_network_of_few_interviews_is_not_halted_by_returns_typed_by_hand(tmp_path: Path) -> None:
    few = simulate(WorldSettings(dealers=4, months=1, end="2026-10", interviews_per_dealer=(5, 20)))
    assert [path.name for path in write_typed_returns(few, tmp_path)] == []
