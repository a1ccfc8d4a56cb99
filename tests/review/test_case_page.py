"""The case page: why, what speaks for and against, what to listen to, and nothing stored that comes alive."""

import json
import re
from pathlib import Path

import altair as alt
import pytest

from review.charts.ahead import draw_ahead
from review.security.permissions import Role
from sql import tables
from sql.connection import writing
from tests.review.conftest import NAMES, Console, made
from tests.review.filed import case_of, fill, send
from tests.sql.filed import dossier


@pytest.fixture
def filed(console: Console) -> Console:
    return fill(console)


def page_of(console: Console, unit_id: str, role: Role = Role.REVIEWER, language: str = "en") -> str:
    answer = console.as_(role, language).get(f"/cases/{case_of(console, unit_id)}")
    assert answer.status_code == 200
    return str(answer.text)


def section(page: str, heading: str) -> str:
    """Return what follows a heading, until the next section."""
    _, found, after = page.partition(f">{heading}</h")
    assert found, heading
    return after.partition("</section>")[0]


def specs_of(page: str) -> dict[str, dict[str, object]]:
    found = re.findall(r'<script type="application/json" id="([^"]+)-spec">(.*?)</script>', page, re.DOTALL)
    return {name: json.loads(text) for name, text in found}


def test_the_page_opens_with_the_strongest_reason_in_the_visitors_language(filed: Console) -> None:
    english, chinese = page_of(filed, "D1"), page_of(filed, "D1", language="zh")

    assert '<p class="lead">23 of 200 numbers are of dealers&#39; staff.</p>' in english
    assert '<p class="lead">200 个号码中有 23 个属于经销商员工。</p>' in chinese


def test_every_chart_is_valid_vega_lite_with_its_numbers_in_a_table(filed: Console) -> None:
    page = page_of(filed, "D1")
    specs = specs_of(page)

    assert set(specs) == {"waterfall-1", "waterfall-2", "funnel", "trend-1", "heat-1-SSI", "heat-2-SSI"}
    for spec in specs.values():
        alt.Chart.from_dict(spec)
    assert page.count('<div class="chart"') == page.count("<summary>The numbers</summary>") == len(specs)


def test_charts_drawn_ahead_leave_only_rows_to_fill_in(monkeypatch: pytest.MonkeyPatch, filed: Console) -> None:
    draw_ahead()

    def again(*_: object, **__: object) -> None:
        raise AssertionError("a shape was drawn up again")

    monkeypatch.setattr(alt.Chart, "__init__", again)
    assert len(specs_of(page_of(filed, "D1"))) == len(specs_of(page_of(filed, "D1", language="zh"))) == 6


def test_the_waterfall_steps_from_the_prior_over_each_family_to_the_probability(filed: Console) -> None:
    steps = specs_of(page_of(filed, "D1"))["waterfall-1"]["datasets"]["steps"]  # type: ignore[index]

    assert [(step["name"], step["label"], step["kind"]) for step in steps] == [
        ("Before any evidence", "2.4\u202f%", "end"),
        ("Contact list", "+12.5", "for"),
        ("Cross-checks", "−0.5", "against"),
        ("All together", "99.0\u202f%", "end"),
    ]
    assert [step["from"] for step in steps[1:3]] == [step["to"] for step in steps[:2]]


def test_the_funnel_marks_this_dealer_among_all_of_that_night(filed: Console) -> None:
    drawn = specs_of(page_of(filed, "D1"))["funnel"]["datasets"]
    assert isinstance(drawn, dict)

    assert drawn["this"] == [{"unit": "D1", "n": 200, "share": 0.115, "low": 0.0, "high": 0.005}]
    assert sum(dot["units"] for dot in drawn["dots"]) == 8
    assert [limit["high"] for limit in drawn["limits"]] == sorted(
        (limit["high"] for limit in drawn["limits"]), reverse=True
    )


def test_honest_explanations_are_named_with_what_speaks_for_them(filed: Console) -> None:
    considered = section(page_of(filed, "D1"), "Honest explanations that were considered")

    assert "40 of 100 interviews give full marks; the rest implies 33 to 49." in considered
    assert "Families share a phone." in considered
    assert "3 reviews are too few." in considered
    assert "一家人共用一部电话。" in page_of(filed, "D1", language="zh")


def test_suspicious_records_stand_beside_random_ones_and_are_masked(filed: Console) -> None:
    heard = section(page_of(filed, "D1"), "Listen to these first")

    assert heard.index("R1") < heard.index("R9")
    assert "138****5678" in heard
    assert "The number belongs to staff." in heard
    assert "97\u202f%" in heard


def test_all_records_have_a_page_of_their_own_when_the_case_shows_some_of_them(filed: Console) -> None:
    case_id = case_of(filed, "D1")
    told = dict(dossier("D1"))
    told["records"] = [{**told["records"][0], "record_id": f"R{number:03d}"} for number in range(40)]
    with writing(filed.engine) as connection:
        connection.execute(tables.dossiers.update().values(dossier_json=json.dumps(told)))
    browser = filed.as_(Role.AUDITOR)
    page, records = browser.get(f"/cases/{case_id}").text, browser.get(f"/cases/{case_id}/records").text

    assert (page.count("<strong>R0"), records.count("<strong>R0")) == (5, 40)
    assert f'href="/cases/{case_id}/records">All 41 records' in page
    assert "&lt;script&gt;alert(1)" in records
    assert browser.get("/cases/99/records").status_code == 404


def test_shared_words_are_marked_side_by_side(filed: Console) -> None:
    assert section(page_of(filed, "D1"), "The same words").count("<mark>打十分</mark>") == 2


def test_what_moved_since_the_night_before_is_said(filed: Console) -> None:
    news = section(page_of(filed, "D1"), "Since the night before")

    assert "Numbers of staff" in news
    assert "+11.0 → +13.0" in news


def test_stored_text_is_inert(filed: Console) -> None:
    page = page_of(filed, "D1")

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;都挺好" in page
    assert "said <b>what</b>" not in page


def test_an_interviewers_case_blames_no_dealer(filed: Console) -> None:
    page = page_of(filed, "B7")

    assert "Agency B" in page
    assert "Interviews that may not have happened" in page
    assert "Listen to these first" not in page


def test_whoever_only_reads_is_offered_no_form_of_the_case(filed: Console) -> None:
    page = page_of(filed, "D1", Role.AUDITOR)

    assert "/decide" not in page
    assert 'name="version"' not in page
    assert "undecided" in page


def test_the_timeline_tells_what_people_and_nights_did(filed: Console) -> None:
    browser = filed.as_(Role.REVIEWER)
    case_id = case_of(filed, "D1")
    send(browser, case_id, "take")
    send(browser, case_id, "comment", text="asked for the <i>recordings</i>")
    told = section(browser.get(f"/cases/{case_id}").text, "What happened")

    assert re.findall(r"<strong>(.*?)</strong> (.*?)\n", told) == [
        ("李娜", "commented"),
        ("李娜", "took the case"),
        ("the night", "found: Coached customers (+6.0 bits)"),
        ("the night", "found: Contacts who are not the customer (+12.0 bits)"),
        ("the night", "opened the case"),
    ]
    assert "asked for the &lt;i&gt;recordings&lt;/i&gt;" in told


@pytest.mark.parametrize("path", ["/cases/99", "/cases/0", "/cases/99999999999999999999", "/cases/x"])
def test_a_case_that_is_not_there_is_a_page_that_says_so(filed: Console, path: str) -> None:
    answer = filed.as_(Role.REVIEWER).get(path)

    assert answer.status_code in {404, 422}
    assert "<h1>" in answer.text


def test_a_case_leads_to_those_beside_it_in_the_queue_it_was_opened_from_and_stays_in_it(filed: Console) -> None:
    browser = filed.as_(Role.REVIEWER)
    d1, d2, b7 = (case_of(filed, unit) for unit in ("D1", "D2", "B7"))

    assert f'href="/cases/{d1}?order=newest" data-open' in browser.get("/cases?order=newest").text
    page = browser.get(f"/cases/{b7}").text
    assert f'<a rel="prev" href="/cases/{d1}" data-key="k"' in page
    assert f'<a rel="next" href="/cases/{d2}" data-key="j"' in page
    page = browser.get(f"/cases/{d1}?unit=dealer").text
    assert 'rel="prev"' not in page
    assert f'<a rel="next" href="/cases/{d2}?unit=dealer" data-key="j"' in page
    assert '<a href="/cases?unit=dealer">Queue</a>' in page
    taken = send(browser, d1, "take", query="unit=dealer&nonsense=1")
    assert taken.headers["location"] == f"/cases/{d1}?unit=dealer"
    refused = send(browser, d1, "wait", query="unit=dealer")
    assert refused.status_code == 422
    assert f'href="/cases/{d1}?unit=dealer"' in refused.text
    assert 'name="query" value="unit=dealer"' in refused.text


def test_items_and_facts_are_called_as_the_settings_name_them_and_by_their_code_otherwise(
    empty_database: Path, tmp_path: Path
) -> None:
    titles = {
        "q_attitude": {"en": "Attitude of the staff", "zh": "服务态度"},
        "fact_greeted_promptly": {"en": "Greeted at once", "zh": "及时接待"},
    }
    for console in made(empty_database, tmp_path, items=titles):
        console.add_person(*NAMES[Role.REVIEWER], Role.REVIEWER)
        fill(console)
        pages = {language: page_of(console, "D1", language=language) for language in ("en", "zh")}
        document = console.as_(Role.REVIEWER, "zh").get(f"/cases/{case_of(console, 'D1')}/file").text

    for language, item, fact in (("en", "Attitude of the staff", "Greeted at once"), ("zh", "服务态度", "及时接待")):
        assert f'<span class="answer">{item} <strong>10</strong></span>' in pages[language]
        assert f'<span class="answer">{fact} <strong>' in pages[language]
        assert item in json.dumps(specs_of(pages[language])["heat-1-SSI"], ensure_ascii=False)
    assert "服务态度" in document
