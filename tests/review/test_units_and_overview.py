"""Overview, dealers, interviewers and agencies: what the nights kept of them, in both languages."""

import html
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from review.security.permissions import Role
from sql.connection import writing
from sql.decisions import decide
from sql.store import Store
from sql.tables import dealers
from tests.review.conftest import AT, Console
from tests.sql.filed import filed_night, two_nights


@pytest.fixture
def stocked(console: Console) -> Console:
    """A console with two nights of nine dealers and an interviewer."""
    two_nights(Store(console.engine))
    return console


def specs(page: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    """Return the rows of each chart of a page."""
    found = re.findall(r'<script type="application/json" id="([^"]+)-spec">(.*?)</script>', page, re.DOTALL)
    return {name: json.loads(spec)["datasets"] for name, spec in found}


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def test_an_empty_database_has_an_overview_that_says_what_fills_it(console: Console) -> None:
    answer = console.as_(Role.REVIEWER).get("/")
    assert answer.status_code == 200
    assert "The first run of mingcha nightly fills these pages." in answer.text


def test_the_overview_shows_cases_regions_and_runs(stocked: Console) -> None:
    page = stocked.as_(Role.REVIEWER).get("/").text
    said = text_of(page)
    assert "As of the night that closed 2026-10-31" in said
    assert "3 open cases" in said
    assert specs(page)["regions-1"]["regions"] == [
        {
            "region": "East",
            "reported": 9.4,
            "adjusted": 8.1,
            "gap": "−1.30",
            "left": 8.1,
            "dealers": 1,
            "interviews": 100,
        }
    ]
    assert 'href="/cases?status=new&amp;severity=high"' in page
    assert "run-2" in said
    assert "/audit/runs" not in page
    assert "/audit/runs/run-2" in stocked.as_(Role.AUDITOR).get("/").text


def test_the_index_is_the_newest_nights_as_soon_as_it_is_closed(stocked: Console) -> None:
    client = stocked.as_(Role.REVIEWER)
    assert specs(client.get("/").text)["regions-1"]["regions"][0]["adjusted"] == 8.1
    night = filed_night("run-3", "2026-11-01")
    Store(stocked.engine).write_run(replace(night, dealers=night.dealers.assign(adjusted_score=8.4)))
    assert specs(client.get("/").text)["regions-1"]["regions"][0]["adjusted"] == 8.4


def test_a_scheme_has_no_precision_before_five_of_its_findings_are_settled(stocked: Console) -> None:
    with writing(stocked.engine) as connection:
        for case_id in (1, 2):
            decide(connection, case_id, "coached", "refuted", actor="li.na", reason="called back", at=AT, version=None)
    page = stocked.as_(Role.LEAD).get("/").text
    assert "Coached customers 0 2 0 0 too few yet" in text_of(page)
    assert "precision" not in specs(page)


def test_a_report_is_shown_under_a_policy_that_lets_its_own_style_through(stocked: Console) -> None:
    reports = stocked.app.state.settings.home / "reports"
    reports.mkdir()
    style = "p { margin: 0 }"
    (reports / "run-2.html").write_text(f'<style>{style}</style><p style="width: 3%">rows</p>', "utf-8")
    answer = stocked.as_(Role.REVIEWER).get("/reports/run-2")
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == 2
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("run_id", ["nothing", "..%2fkey", "..%2f..%2fkey", "%2fetc%2fpasswd", "key%00"])
def test_no_run_id_leads_out_of_the_folder_of_reports(stocked: Console, run_id: str) -> None:
    home: Path = stocked.app.state.settings.home
    (home / "reports").mkdir()
    (home / "key.html").write_text("secret", "utf-8")
    answer = stocked.as_(Role.REVIEWER).get(f"/reports/{run_id}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_dealers_page_shows_every_scheme_over_time_its_scores_and_cases(stocked: Console) -> None:
    page = stocked.as_(Role.REVIEWER).get("/dealers/D1").text
    said, charts = text_of(page), specs(page)
    assert "明达汽车" in said
    assert "+12.0 bits, probability 99.0" in said
    assert [(row["day"], row["bits"], row["flagged"]) for row in charts["evidence-1"]["nights"]] == [
        ("2026-10-30", 12.0, 1),
        ("2026-10-31", 12.0, 1),
    ]
    assert [row["points"] for row in charts["score-1"]["lines"]] == [9.4, 9.4, 8.1, 8.1]
    assert charts["score-1"]["targets"][0]["points"] == 9.2
    assert charts["score-1"]["bands"][0] == {"day": "2026-10-30", "low": 7.9, "high": 8.3}
    assert "23 of 200 numbers are of dealers' staff." in said
    assert "Numbers of staff" in said
    assert 'href="/cases/1"' in page


def test_the_page_is_chinese_for_whoever_reads_chinese(stocked: Console) -> None:
    page = stocked.as_(Role.REVIEWER, "zh").get("/dealers/D1").text
    assert "200 个号码中有 23 个属于经销商员工。" in page
    assert "员工号码" in page


def test_interviewers_and_agencies_lead_to_each_other(stocked: Console) -> None:
    client = stocked.as_(Role.REVIEWER)
    caller, agency = client.get("/interviewers/B7").text, client.get("/agencies/Agency%20B").text
    assert 'href="/agencies/Agency%20B"' in caller
    assert "9 of 100 interviews were too short." in caller
    assert 'href="/interviewers/B7"' in agency
    assert specs(agency)["callers"]["callers"] == [{"id": "B7", "n": 100, "bits": 11.0, "flagged": 1}]


@pytest.mark.parametrize("path", ["/dealers/nobody", "/interviewers/D1", "/agencies/none", "/dealers/nobody/said"])
def test_whoever_no_run_has_named_is_not_there(stocked: Console, path: str) -> None:
    assert stocked.as_(Role.REVIEWER).get(path).status_code == 404


def test_dealers_are_found_by_name_id_and_region(stocked: Console) -> None:
    client = stocked.as_(Role.REVIEWER)
    found = {
        query: set(re.findall(r'href="/dealers/(D\d)"', client.get(f"/dealers?{query}").text))
        for query in ("text=明达", "text=d3", "region=North", "text=%25", "region=East&page=2")
    }
    assert found == {
        "text=明达": {"D1"}, "text=d3": {"D3"}, "region=North": {"D2"}, "text=%25": set(), "region=East&page=2": set(),
    }  # fmt: skip


def test_an_id_with_a_slash_a_question_mark_or_a_percent_sign_has_a_page(console: Console) -> None:
    from sql.tables import units  # noqa: PLC0415

    odd = "D/1?a=b #c%"
    with writing(console.engine) as connection:
        connection.execute(units.insert().values(unit_key=1, unit_kind="dealer", unit_id=odd))
        connection.execute(dealers.insert().values(unit_key=1, name="Odd"))
    client = console.as_(Role.REVIEWER)
    (path,) = re.findall(r'href="(/dealers/[^"]+)"', client.get("/dealers").text)
    page = client.get(path)
    assert page.status_code == 200
    assert odd in html.unescape(page.text)


def said_in_the_lake(console: Console) -> None:
    """Put three interviews and a review into the lake."""
    lake = Path(console.app.state.settings.lake)
    at = [datetime(2026, 10, day) for day in (1, 2, 3)]  # noqa: DTZ001 - as the lake keeps times
    surveys = {
        "response_id": ["R1", "R2", "R3"], "dealer_id": ["D1", "D1", "D2"], "interviewer_id": ["B7", "B7", "B8"],
        "called_at": pa.array(at, pa.timestamp("us")), "overall": pa.array([10, 6, 9], pa.float32()),
        "verbatim": ["都挺好", "等了两个小时 <b>", "价格公道"], "phone": ["t1", "t2", "t3"],
    }  # fmt: skip
    reviews = {
        "review_id": ["V1"], "dealer_id": ["D1"], "posted_at": pa.array(at[:1], pa.timestamp("us")),
        "rating": [2.0], "text": ["排队太久"],
    }  # fmt: skip
    write_deltalake(str(lake / "surveys"), pa.table(surveys))
    write_deltalake(str(lake / "reviews"), pa.table(reviews))


def test_what_customers_said_is_read_from_the_lake_by_topic(stocked: Console) -> None:
    said_in_the_lake(stocked)
    client = stocked.as_(Role.REVIEWER)
    everything = client.get("/dealers/D1/said").text
    waiting = client.get("/dealers/D1/said?topic=1").text
    assert re.findall(r"<code>([RV]\d)</code>", everything) == ["R2", "V1", "R1"]
    assert re.findall(r"<code>([RV]\d)</code>", waiting) == ["R2", "V1"]
    assert "等了两个小时 &lt;b&gt;" in waiting
    assert "价格公道" not in everything
    assert re.findall(r"<code>([RV]\d)</code>", client.get("/interviewers/B7/said").text) == ["R2", "R1"]


def test_a_new_delivery_is_read_at_once(stocked: Console) -> None:
    said_in_the_lake(stocked)
    client = stocked.as_(Role.REVIEWER)
    assert "新的话" not in client.get("/dealers/D1/said").text
    late = {
        "review_id": ["V2"], "dealer_id": ["D1"], "rating": [5.0], "text": ["新的话"],
        "posted_at": pa.array([datetime(2026, 10, 9)], pa.timestamp("us")),  # noqa: DTZ001
    }  # fmt: skip
    lake = Path(stocked.app.state.settings.lake)
    write_deltalake(str(lake / "reviews"), pa.table(late), mode="append")
    assert "新的话" in client.get("/dealers/D1/said").text


def test_a_lake_that_cannot_be_read_is_said_and_one_that_is_not_there_is_empty(stocked: Console) -> None:
    client = stocked.as_(Role.REVIEWER)
    assert "Nobody said anything in these months." in client.get("/dealers/D1/said").text
    log = Path(stocked.app.state.settings.lake) / "surveys" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("not json", "utf-8")
    assert "The observations cannot be read now." in client.get("/dealers/D1/said").text
