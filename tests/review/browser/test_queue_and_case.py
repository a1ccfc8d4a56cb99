"""The queue by its keys: choosing, searching, taking the next, and back."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from review.security.permissions import Role
from tests.review.browser.windows import WIDE, complaints_of, window
from tests.review.conftest import NAMES, Console
from tests.review.filed import case_of, fill

pytestmark = pytest.mark.xdist_group("browser")


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
        page.wait_for_url(f"**/cases/{case_of(filed, 'D2')}?q=D2")
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
