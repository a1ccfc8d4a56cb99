"""The shell in a real browser: charts under the policy, signing in and out, the language by keyboard."""

from pathlib import Path

import pytest
from fastapi import APIRouter, Request, Response
from playwright.sync_api import Browser, expect

from review import app as review_app
from review import rendering
from review.rendering import render
from review.security.permissions import Permission, Role
from review.security.roles import requires
from sql import accounts
from sql.connection import writing
from tests.review.browser.windows import complaints_of, grave_faults, window
from tests.review.conftest import NAMES, Console

pytestmark = pytest.mark.xdist_group("browser")
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "width": "container",
    "height": 120,
    "data": {"values": [{"month": "2026-08", "share": 0.2}, {"month": "2026-09", "share": 0.7}]},
    "transform": [{"calculate": "round(datum.share * 100) + '</script>%'", "as": "said"}],
    "layer": [
        {"mark": {"type": "bar", "color": "var(--accent)"}},
        {"mark": {"type": "text", "dy": -6}, "encoding": {"text": {"field": "said"}}},
    ],
    "encoding": {
        "x": {"field": "month", "type": "ordinal", "axis": {"labelExpr": "substring(datum.label, 5)"}},
        "y": {"field": "share", "type": "quantitative"},
        "opacity": {"condition": {"test": "datum.share > 0.5", "value": 1}, "value": 0.4},
        "tooltip": {"field": "said"},
    },
}
TABLE = {"headings": ["month", "share"], "rows": [["2026-08", "20 %"], ["2026-09", "70 %"]]}
PAGE = """
{% extends "base.html" %}{% from "partials/macros.html" import chart %}{% block title %}A chart{% endblock %}
{% block content %}<h1>A chart</h1>{{ chart("shares", spec, "Shares by month", table) }}{% endblock %}
"""


@pytest.fixture
def with_a_chart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page with a chart whose expressions would need eval, were they not interpreted."""
    router = APIRouter()

    def show(request: Request) -> Response:
        return render(request, "chart.html", spec=SPEC, table=TABLE)

    router.add_api_route("/chart", show, dependencies=[requires(Permission.PUBLIC)], response_model=None)
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "chart.html").write_text(PAGE)
    monkeypatch.setattr(rendering, "TEMPLATES", (rendering.TEMPLATES[0], templates))
    monkeypatch.setattr(review_app, "_MODULES", (*review_app._MODULES, type("Module", (), {"router": router})))


@pytest.mark.usefixtures("with_a_chart")
def test_a_chart_is_drawn_under_the_policy_in_the_pages_own_colours(running_console: Console, browser: Browser) -> None:
    fills = []
    for dark in (False, True):
        with window(browser, running_console.base_url, dark=dark) as context:
            page = context.new_page()
            complaints = complaints_of(page)
            page.goto("/chart")
            page.wait_for_selector(".chart[data-drawn]", state="attached")
            fills.append(page.locator(".chart .mark-rect path").first.get_attribute("fill"))
            assert page.locator(".chart .mark-text.role-mark text").all_text_contents() == [
                "20</script>%",
                "70</script>%",
            ]
            page.hover(".chart .mark-rect path >> nth=1")
            expect(page.locator(".vg-tooltip")).to_contain_text("70")
            assert page.locator("style").count() == 0
            assert complaints == []

    assert fills == ["#1d5f6e", "#84c8d4"]


@pytest.mark.usefixtures("with_a_chart")
def test_without_scripts_the_numbers_of_a_chart_are_read_in_its_table(
    running_console: Console, browser: Browser
) -> None:
    with browser.new_context(base_url=running_console.base_url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/chart")
        page.get_by_text("The numbers").click()

        expect(page.get_by_role("row", name="2026-09 70 %")).to_be_visible()


def test_the_language_is_switched_by_keyboard_alone_and_stays_for_the_account(
    running_console: Console, browser: Browser
) -> None:
    session = running_console.session(NAMES[Role.REVIEWER][0])
    with window(browser, running_console.base_url, session=session) as context:
        page = context.new_page()
        page.goto("/help?part=bits")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the content")
        while page.locator(":focus").get_attribute("lang") != "zh-Hans":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/help?part=bits")

        expect(page.get_by_role("heading", level=1)).to_have_text("如何读懂证据")
    with window(browser, running_console.base_url, session=session) as context:
        page = context.new_page()
        page.goto("/account")

        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_somebody_signs_in_in_a_browser_and_out_again(running_console: Console, browser: Browser) -> None:
    with writing(running_console.engine) as connection:
        accounts.set_password(connection, 1, "four words are enough", actor="tests", at=running_console.clock())
    with window(browser, running_console.base_url) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto("/account")
        page.get_by_label("Account").fill("li.na")
        page.get_by_label("Password").fill("four words are enough")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("My account")
        page.get_by_text("李娜", exact=True).first.click()
        page.get_by_role("button", name="Sign out", exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert complaints == []


def test_a_page_that_says_the_database_is_away_looks_like_the_others(
    running_console: Console, browser: Browser
) -> None:
    session = running_console.session(NAMES[Role.REVIEWER][0])
    with writing(running_console.engine) as connection:
        connection.exec_driver_sql("alter table sessions rename to gone")
    with window(browser, running_console.base_url, session=session) as context:
        page = context.new_page()
        answer = page.goto("/account")

        assert answer is not None
        assert answer.status == 503
        expect(page.get_by_role("heading", level=1)).to_have_text("The database cannot be used now")
        expect(page.locator(".top")).to_have_css("display", "flex")
        assert grave_faults(page) == []
