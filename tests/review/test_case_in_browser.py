"""Queue and case in a real browser: by keyboard alone, with two tabs in conflict, and with every chart drawn."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from review.security.permissions import Role
from tests.review.browser.windows import NARROW, WIDE, chromium, complaints_of, is_as_wide_as_its_window, window
from tests.review.conftest import NAMES, Console
from tests.review.filed import case_of, fill


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def filed(running_console: Console) -> Console:
    return fill(running_console)


def seen_by(
    browser: Browser, console: Console, role: Role, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> BrowserContext:
    """Return a window in which the person of a role signed in."""
    return window(browser, console.base_url, session=console.session(NAMES[role][0]), size=size, dark=dark)


def test_from_the_queue_to_a_proposal_by_keyboard_alone(browser: Browser, filed: Console) -> None:
    with seen_by(browser, filed, Role.LEAD) as opened:
        page = opened.new_page()
        complaints = complaints_of(page)
        page.goto("/cases")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        for key in "jjk":
            page.keyboard.press(key)
        here = page.locator("[data-row][aria-current]")
        expect(here).to_contain_text("D1")
        page.keyboard.press("x")
        expect(here.get_by_role("checkbox")).to_be_checked()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{case_of(filed, 'B7')}")
        page.go_back()
        page.keyboard.press("/")
        page.keyboard.type("D2")
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases?q=D2*")
        page.keyboard.press("n")
        page.wait_for_url(f"**/cases/{case_of(filed, 'D2')}")
        expect(page.get_by_role("status")).to_have_text("The case is yours.")

        page.get_by_role("radio", name="confirmed").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("ten recordings")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Proposed: a second person confirms it.")
        expect(page.locator("#decisions")).to_contain_text("nobody confirms alone")
        assert complaints == []


def test_two_tabs_in_conflict_lose_no_word(browser: Browser, filed: Console) -> None:
    address = f"/cases/{case_of(filed, 'D2')}"
    with seen_by(browser, filed, Role.REVIEWER) as lis, seen_by(browser, filed, Role.LEAD) as wangs:
        li, wang = lis.new_page(), wangs.new_page()
        for page in (li, wang):
            page.goto(address)
        wang.get_by_label("Comment", exact=True).fill("The recordings are ordered.")
        wang.get_by_role("button", name="Add the comment").click()
        li.get_by_role("radio", name="refuted").check()
        li.get_by_label("Reason", exact=True).first.fill("A promotion of the maker's own.")
        li.locator("#decisions").get_by_role("button", name="Decide").click()

        expect(li.get_by_role("heading", level=1)).to_contain_text("Somebody was faster")
        expect(li.get_by_role("listitem")).to_contain_text("王芳 commented")
        expect(li.get_by_label("Your text")).to_have_value("A promotion of the maker's own.")
        li.get_by_role("button", name="I have read that: send mine now").click()
        expect(li.get_by_role("status")).to_have_text("The finding is decided.")
        expect(li.locator("#decisions")).to_contain_text(re.compile("refuted"))


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (NARROW, True)])
def test_every_chart_is_drawn_under_the_policy_and_no_page_keeps_anybody_out(
    browser: Browser, filed: Console, size: tuple[int, int], dark: bool
) -> None:
    with seen_by(browser, filed, Role.LEAD, size=size, dark=dark) as opened:
        page = opened.new_page()
        complaints = complaints_of(page)
        for path, charts in (("/cases", 0), (f"/cases/{case_of(filed, 'D1')}", 6)):
            page.goto(path)
            expect(page.locator(".chart svg")).to_have_count(charts)
            for summary in page.locator("main details:not(.menu) > summary").all():
                summary.evaluate("summary => summary.parentElement.open = true")
            faults = Axe().run(page).response["violations"]
            grave = [fault["id"] for fault in faults if fault["impact"] in {"serious", "critical"}]
            assert (path, grave, is_as_wide_as_its_window(page)) == (path, [], True)
        assert complaints == []
