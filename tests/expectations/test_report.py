import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from expectations.gate import halts, judge
from expectations.report import write_report
from tests.expectations.deliveries import CONTEXT, judged, rows, unread

FACTS = {"Business date": "2026-10-31", "Run": "r-1"}

PERSONAL = {
    "customer_id": "KUNDE-4711",
    "vin": "LFV2A21J5H3081234",
    "phone": "13998765432",
    "verbatim": "销售小王让我打十分",
}


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data.strip()} "


def test_the_page_says_what_was_read_set_aside_kept_and_not_delivered(tmp_path: Path) -> None:
    bad = judged("surveys", {}, {"overall": 11}, {"dealer_id": "D9"})
    path = write_report([judged("staff", {}), bad], FACTS, tmp_path / "reports" / "r-1.html", threshold=0.1)
    text = re.sub(r"\s+", " ", Page(path.read_text(encoding="utf-8")).text)
    assert "4 rows read 3 accepted 1 quarantined, 25.00%" in text
    assert "The run halted here, before anything was weighed. surveys has more than 10.00% of rows quarantined." in text
    assert "surveys 1 3 2 1 33.33% staff 1 1 1 0 0.00%" in text
    assert "Not delivered: contacts, transactions, reviews, dealers, complaints, audits." in text
    assert "1 row is kept although dealer_id must be in the dealer list. Named there: D9 (1)." in text
    assert "surveys.csv 3 overall.range overall 11" in text
    for result in bad.results:
        assert result.reason in text


def test_the_page_needs_nothing_from_elsewhere_and_no_script(tmp_path: Path) -> None:
    page = write_report([judged("surveys", {"overall": 11})], FACTS, tmp_path / "r.html").read_text(encoding="utf-8")
    tags = Page(page).tags
    assert {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags} == set()
    assert [attrs["href"] for _, attrs in tags if "href" in attrs] == ["#surveys"]
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bon[a-z]+=", page)
    assert "prefers-color-scheme: dark" in page


def test_what_a_file_says_is_text_on_the_page_and_never_markup(tmp_path: Path) -> None:
    delivered = rows("surveys", {"survey": "<b>PDI</b>"}, file_names=["<em>a</em>.csv"])
    verdict = judge("surveys", delivered, unread(), CONTEXT)
    page = write_report([verdict], {"Run": "<u>1</u>"}, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;PDI&lt;/b&gt;" in page
    assert {"em", "u"} & {tag for tag, _ in Page(page).tags} == set()


def test_the_same_verdicts_make_the_same_page_and_leave_nothing_beside_it(tmp_path: Path) -> None:
    verdicts = [judged("audits", {"score": 880}, {})]
    first = write_report(verdicts, FACTS, tmp_path / "r.html").read_bytes()
    assert write_report(verdicts, FACTS, tmp_path / "r.html").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_no_personal_value_leaves_the_gate_whatever_is_broken(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"overall": 11, "q_attitude": 99, "called_at": "2027-01-01", "duration_s": -1, "dealer_id": "D9"}
    broken |= {"survey": PERSONAL["phone"], "fact_walk_round": 7}
    cells = unread(
        *((1, name, value, f"{value} cannot be read") for name, value in PERSONAL.items()),
        (2, "called_at", PERSONAL["phone"], "is not a time"),
        (2, "duration_s", PERSONAL["vin"], "is not a number"),
    )
    twice = {"response_id": "R1"}
    changes: list[dict[str, Any]] = [PERSONAL | broken, {}, {}, PERSONAL | twice, PERSONAL | twice | {"overall": 2}]
    verdict = judge("surveys", rows("surveys", *changes), cells, replace(CONTEXT, customers=None))
    closed = halts([verdict], 0.0)
    page = write_report([verdict], FACTS, tmp_path / "r.html").read_text(encoding="utf-8")
    everything = [verdict.quarantine.to_csv(), repr(verdict.notes), repr(verdict.results), str(closed), page]
    everything += [*capfd.readouterr(), caplog.text]
    assert verdict.rows_quarantined == 5
    for value in PERSONAL.values():
        assert [told for told in everything if value in told] == []


def test_a_night_of_no_deliveries_has_a_page_too(tmp_path: Path) -> None:
    page = Page(write_report([], FACTS, tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "Nothing was delivered." in page.text
