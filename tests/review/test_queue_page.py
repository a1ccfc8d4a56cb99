"""The page of the queue: what it shows, what the address keeps, and many cases at once."""

import csv
import io
from zipfile import ZipFile

import pytest

from review.security.permissions import Role
from sql.connection import reading, writing
from tests.review.conftest import Console
from tests.review.filed import case_of, fill, send, value_of


@pytest.fixture
def filed(console: Console) -> Console:
    return fill(console)


def order_of(page: str, *units: str) -> list[str]:
    """Return the units that a page's table names, in its order."""
    _, _, table = page.partition("data-rows")
    places = {unit: place for unit in units for form in (f">{unit}<", f" {unit}<") if (place := table.find(form)) >= 0}
    return sorted(places, key=places.__getitem__)


def test_the_queue_shows_the_most_urgent_first_with_the_reason_in_the_visitors_language(filed: Console) -> None:
    english, chinese = (filed.as_(Role.REVIEWER, language).get("/cases").text for language in ("en", "zh"))

    assert order_of(english, "D1", "B7", "D2") == ["D1", "B7", "D2"]
    assert "23 of 200 numbers are of dealers&#39; staff." in english
    assert "200 个号码中有 23 个属于经销商员工。" in chinese
    assert "案件队列" in chinese


def test_the_address_keeps_the_filter_and_each_tab_says_its_count(filed: Console) -> None:
    page = filed.as_(Role.LEAD).get("/cases?scheme=coached&region=North&order=due").text

    assert order_of(page, "D1", "B7", "D2") == ["D2"]
    assert 'href="/cases?status=closed&amp;scheme=coached&amp;region=North&amp;order=due"' in page
    assert 'href="/cases/export.csv?scheme=coached&amp;region=North&amp;order=due"' in page


def test_an_address_that_makes_no_sense_is_the_plain_queue(filed: Console) -> None:
    answer = filed.as_(Role.LEAD).get("/cases?status=x&page=-1&age=ten&due=%00&severity=1%27--&order=drop&assignee=%00")

    assert answer.status_code == 200
    assert order_of(answer.text, "D1", "B7", "D2") == ["D1", "B7", "D2"]


def test_what_is_searched_for_is_shown_as_text(filed: Console) -> None:
    page = filed.as_(Role.LEAD).get("/cases?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text

    assert "<script>alert" not in page
    assert "No case fits these filters." in page


def test_an_overdue_case_is_marked(filed: Console) -> None:
    assert "badge-overdue" not in filed.as_(Role.LEAD).get("/cases").text
    filed.clock.forward(days=1)
    assert "badge-overdue" in filed.as_(Role.LEAD).get("/cases").text


def test_the_next_case_is_taken_from_what_is_shown(filed: Console) -> None:
    browser = filed.as_(Role.REVIEWER)
    page = browser.get("/cases?region=North").text
    taken = browser.post("/cases/next", data={"csrf": value_of(page, "csrf"), "query": value_of(page, "query")})

    assert (taken.status_code, taken.headers["location"]) == (303, f"/cases/{case_of(filed, 'D2')}?region=North")
    assert order_of(browser.get("/cases?assignee=me").text, "D1", "B7", "D2") == ["D2"]
    again = browser.post("/cases/next", data={"csrf": value_of(page, "csrf"), "query": value_of(page, "query")})
    assert again.headers["location"].startswith("/cases?region=North&assignee=nobody")


def test_a_view_is_saved_under_a_name_shown_to_its_owner_and_deleted(filed: Console) -> None:
    browser = filed.as_(Role.REVIEWER)
    form = {"csrf": value_of(browser.get("/cases?region=North").text, "csrf"), "name": "North, mine"}
    saved = browser.post("/cases/views", data={**form, "query": "region=North&assignee=me&page=7"})
    page = browser.get("/cases").text

    assert saved.headers["location"] == "/cases?region=North&assignee=me"
    assert '<a href="/cases?region=North&amp;assignee=me">North, mine</a>' in page
    assert "North, mine" not in filed.as_(Role.LEAD).get("/cases").text
    browser.post("/cases/views/delete", data=form)
    assert "North, mine" not in browser.get("/cases").text
    refused = browser.post("/cases/views", data={**form, "name": " "})
    assert (refused.status_code, "A view has a name of 1 to 60 characters." in refused.text) == (422, True)


def test_many_cases_are_snoozed_with_one_reason_or_none_is(filed: Console) -> None:
    browser = filed.as_(Role.LEAD)
    page = browser.get("/cases").text
    first, second = case_of(filed, "D1"), case_of(filed, "D2")
    form = {"csrf": value_of(page, "csrf"), "action": "snooze", "until": "2026-11-09", "reason": "one audit for both"}
    with writing(filed.engine) as connection:
        connection.exec_driver_sql(f"update cases set version = 5 where case_id = {second}")
    refused = browser.post("/cases/bulk", data={**form, "case": [f"{first}:0", f"{second}:0"]})

    assert refused.status_code == 422
    assert "1 of 2 cases cannot be done, and so none was" in refused.text
    assert 'value="one audit for both"' in refused.text
    assert f'value="{first}:0" form="bulk" checked' in refused.text
    done = browser.post("/cases/bulk", data={**form, "case": [f"{first}:0", f"{second}:5"]})
    assert done.status_code == 303
    assert order_of(browser.get("/cases").text, "D1", "B7", "D2") == ["B7"]
    assert order_of(browser.get("/cases?status=snoozed").text, "D1", "B7", "D2") == ["D1", "D2"]


def test_many_cases_are_given_to_somebody_with_one_reason(filed: Console) -> None:
    browser = filed.as_(Role.LEAD)
    cases = [case_of(filed, unit) for unit in ("D1", "D2")]
    form = {"csrf": value_of(browser.get("/cases").text, "csrf"), "action": "assign", "reason": "a holiday"}
    chosen = {"case": [f"{case_id}:0" for case_id in cases]}

    refused = browser.post("/cases/bulk", data={**form, **chosen, "assignee": "chen.jie"})
    assert (refused.status_code, "chen.jie is no active reviewer or lead." in refused.text) == (422, True)
    assert browser.post("/cases/bulk", data={**form, **chosen, "assignee": "li.na"}).status_code == 303
    assert order_of(browser.get("/cases?assignee=li.na").text, "D1", "B7", "D2") == ["D1", "D2"]


def test_many_cases_are_closed_and_what_was_undecided_is_inconclusive(filed: Console) -> None:
    browser = filed.as_(Role.LEAD)
    case_id = case_of(filed, "D2")
    form = {
        "csrf": value_of(browser.get("/cases").text, "csrf"),
        "action": "inconclusive",
        "reason": "dealer has closed",
    }

    assert browser.post("/cases/bulk", data=form).status_code == 422
    assert browser.post("/cases/bulk", data={**form, "case": f"{case_id}:0"}).status_code == 303
    with reading(filed.engine) as connection:
        found = connection.exec_driver_sql(f"select outcome from audit_findings where case_id = {case_id}").scalar_one()
    assert found == "inconclusive"


def test_the_export_has_every_case_that_is_shown_and_no_formula(filed: Console) -> None:
    with writing(filed.engine) as connection:
        connection.exec_driver_sql("update dealers set name = '=cmd|calc' where name = '明达汽车'")
    browser = filed.as_(Role.AUDITOR)
    written = browser.get("/cases/export.csv?scheme=coached")
    rows = list(csv.DictReader(io.StringIO(written.content.decode())))
    book = browser.get("/cases/export.xlsx?scheme=coached")

    assert [(row["unit_id"], row["name"], row["severity"]) for row in rows] == [
        ("D1", "'=cmd|calc", "high"), ("D2", "Dealer D2", "low"),
    ]  # fmt: skip
    assert 'filename="mingcha-cases-2026-11-02.csv"' in written.headers["content-disposition"]
    with ZipFile(io.BytesIO(book.content)) as sheet:
        assert "<f>" not in sheet.read("xl/worksheets/sheet1.xml").decode()
    assert browser.get("/cases/export.exe").status_code == 404


def test_a_closed_case_is_found_in_its_tab(filed: Console) -> None:
    browser = filed.as_(Role.REVIEWER)
    case_id = case_of(filed, "D2")
    send(browser, case_id, "take")
    send(browser, case_id, "findings/coached/decide", outcome="refuted", reason="a promotion")
    assert send(browser, case_id, "close", reason="done").status_code == 303

    assert order_of(browser.get("/cases").text, "D1", "B7", "D2") == ["D1", "B7"]
    assert order_of(browser.get("/cases?status=closed").text, "D1", "B7", "D2") == ["D2"]
