"""What people do in the console, from the first click to the last: in a real browser, on two real nights."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from review.security.permissions import Role
from tests.review.browser.network import LI, PASSWORD, WANG, open_cases
from tests.review.browser.windows import complaints_of, window
from tests.review.conftest import NAMES, Console

pytestmark = pytest.mark.xdist_group("browser")


def sign_in(page: Page, account: str) -> None:
    page.goto("/login")
    page.get_by_label("Account").fill(account)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".top .menu")).to_be_visible()


def deciding(page: Page) -> Locator:
    return page.get_by_role("region", name="Decide")


def decide(page: Page, outcome: str, reason: str) -> None:
    page.get_by_role("radio", name=outcome).check()
    deciding(page).get_by_label("Reason").fill(reason)
    deciding(page).get_by_role("button", name="Decide").click()


def test_two_people_take_a_case_from_the_queue_to_confirmed_and_closed(browser: Browser, lived: Console) -> None:
    with window(browser, lived.base_url) as lis, window(browser, lived.base_url) as wangs:
        li, wang = lis.new_page(), wangs.new_page()
        complaints = complaints_of(li)
        sign_in(li, LI)
        li.get_by_role("link", name="Queue", exact=True).click()
        li.get_by_role("button", name="Take the next case").click()
        expect(li.get_by_role("status")).to_have_text("The case is yours.")
        case = f"/cases/{li.url.rpartition('/')[2]}"
        expect(li.locator(".why-panel .lead")).to_contain_text("dealers like this one have")
        decide(li, "confirmed", "Ten recordings, eight of them promise a gift.")
        expect(li.get_by_role("status")).to_have_text("Proposed: a second person confirms it.")
        expect(li.get_by_role("button", name="Confirm", exact=True)).to_have_count(0)

        sign_in(wang, WANG)
        wang.goto(case)
        expect(deciding(wang)).to_contain_text("李娜 proposes to confirm this.")
        deciding(wang).get_by_label("Reason").fill("I heard four of them.")
        deciding(wang).get_by_role("button", name="Confirm", exact=True).click()
        expect(wang.get_by_role("status")).to_have_text("The finding is confirmed.")

        li.reload()
        expect(li.locator("#decisions .badge-confirmed")).to_be_visible()
        deciding(li).get_by_label("Reason").last.fill("Told to the region.")
        li.get_by_role("button", name="Close the case").click()
        expect(li.get_by_role("status")).to_have_text("The case is closed.")
        told = li.locator(".events").inner_text()
        assert [
            name for name in ("李娜 took", "李娜 proposed", "王芳 confirmed", "李娜 closed") if name not in told
        ] == []
        li.goto("/cases?status=closed")
        expect(li.locator(row_of(case))).to_be_visible()
        assert complaints == []


def test_nobody_confirms_what_they_proposed_even_with_a_form_that_was_tampered_with(
    browser: Browser, lived: Console
) -> None:
    with window(browser, lived.base_url, session=lived.session(LI)) as context:
        page = context.new_page()
        page.goto(f"/cases/{open_cases(lived)[0]}")
        decide(page, "confirmed", "Ten recordings.")
        expect(page.locator("#decisions")).to_contain_text("nobody confirms alone")
        page.get_by_role("button", name="Withdraw the proposal").evaluate("button => button.value = 'confirm'")
        deciding(page).get_by_label("Reason").fill("I am sure.")
        with page.expect_response(re.compile("/second$")) as answered:
            page.get_by_role("button", name="Withdraw the proposal").click()

        assert answered.value.status == 422
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was changed")
        expect(page.get_by_label("Your text")).to_have_value("I am sure.")
        page.get_by_role("link", name="Look at the case again").click()
        expect(page.locator("#decisions .badge-confirmed")).to_have_count(0)


def test_a_snoozed_case_leaves_the_queue_and_comes_back_on_its_day(browser: Browser, lived: Console) -> None:
    case_id = open_cases(lived)[0]
    with window(browser, lived.base_url, session=lived.session(LI)) as context:
        page = context.new_page()
        row = page.locator(row_of(f"/cases/{case_id}"))
        page.goto(f"/cases/{case_id}")
        page.get_by_text("Snooze", exact=True).click()
        page.get_by_label("Until").fill("2026-11-05")
        page.locator("details").filter(has=page.get_by_label("Until")).get_by_label("Reason").fill("They move house.")
        page.get_by_role("button", name="Snooze the case").click()
        expect(page.get_by_role("status")).to_have_text("The case sleeps and comes back.")

        page.goto("/cases")
        expect(row).to_have_count(0)
        page.goto("/cases?status=snoozed")
        expect(row).to_be_visible()
        lived.clock.forward(days=3)
        context.add_cookies([{"name": "mingcha-session", "value": lived.session(LI), "url": lived.base_url}])
        page.goto("/cases")
        expect(row).to_be_visible()


def test_of_two_tabs_the_slower_one_is_told_what_happened_and_keeps_its_text(browser: Browser, lived: Console) -> None:
    case = f"/cases/{open_cases(lived)[0]}"
    with window(browser, lived.base_url, session=lived.session(LI)) as context:
        first, second = context.new_page(), context.new_page()
        first.goto(case)
        second.goto(case)
        second.get_by_role("button", name="Take the case").click()
        expect(second.get_by_role("status")).to_have_text("The case is yours.")
        first.get_by_role("radio", name="refuted").check()
        deciding(first).get_by_label("Reason").fill("厂家自己的活动。")
        with first.expect_response(re.compile("/decide$")) as answered:
            deciding(first).get_by_role("button", name="Decide").click()

        assert answered.value.status == 409
        expect(first.locator("main .events")).to_contain_text("李娜 took")
        expect(first.get_by_label("Your text")).to_have_value("厂家自己的活动。")
        first.get_by_role("button", name="I have read that: send mine now").click()
        expect(first.get_by_role("status")).to_have_text("The finding is decided.")


def test_the_language_is_switched_on_the_spot_and_stays(browser: Browser, lived: Console) -> None:
    case = f"/cases/{open_cases(lived)[0]}"
    with window(browser, lived.base_url, session=lived.session(LI)) as context:
        page = context.new_page()
        page.goto(case)
        page.get_by_role("button", name="简体中文").click()
        page.wait_for_url(f"**{case}")
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        expect(page.locator(".why-panel .lead")).to_contain_text("同类经销商")
        expect(page.get_by_role("heading", name="裁决")).to_be_visible()
        page.get_by_role("link", name="案件队列").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("案件队列")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


def test_a_reviewer_signs_in_opens_a_case_and_decides_without_a_mouse(browser: Browser, lived: Console) -> None:
    with window(browser, lived.base_url) as context:
        page = context.new_page()
        page.goto("/cases")
        page.get_by_label("Account").focus()
        page.keyboard.type(LI)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
        first = page.locator("[data-row]").first
        expect(first).to_have_attribute("aria-current", "true")
        opened = first.locator("[data-open]").get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{opened}")
        following = page.locator("a[rel=next]").get_attribute("href")
        page.keyboard.press("j")
        page.wait_for_url(f"**{following}")
        page.keyboard.press("k")
        page.wait_for_url(f"**{opened}")

        tab_to(page, 'input[name="outcome"]')
        page.keyboard.press("ArrowDown")
        tab_to(page, "textarea")
        page.keyboard.type("A promotion of the maker's own.")
        tab_to(page, "button")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("The finding is decided.")
        expect(page.locator("#decisions .badge-refuted")).to_be_visible()


def row_of(case: str) -> str:
    """Return what selects the link to a case in the queue, under whatever filter."""
    return f'[data-row] a:is([href="{case}"], [href^="{case}?"])'


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus fits, and see that the focus shows."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"no way to {selector} by Tab")


def test_without_scripts_a_case_is_read_and_decided_all_the_same(browser: Browser, lived: Console) -> None:
    case = f"/cases/{open_cases(lived)[0]}"
    with browser.new_context(base_url=lived.base_url, java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        sign_in(page, LI)
        page.goto("/cases")
        page.get_by_label("Dealer or interviewer").fill("D00")
        page.get_by_role("button", name="Show", exact=True).click()
        page.locator(row_of(case)).click()
        page.get_by_text("The numbers").first.click()
        expect(page.get_by_role("row", name=re.compile("Before any evidence")).first).to_be_visible()
        decide(page, "inconclusive", "No recordings were kept.")
        expect(page.get_by_role("status")).to_have_text("The finding is decided.")


def test_what_is_stored_as_html_is_read_as_text(browser: Browser, lived: Console) -> None:
    case_id = open_cases(lived)[0]
    hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>{{7*7}}'
    with lived.engine.begin() as connection:
        unit_id, dossier = connection.exec_driver_sql(
            f"select unit_id, dossier_json from audit_cases join dossiers using (case_id) where case_id = {case_id}"
        ).one()
        told = dossier.replace('"verbatim": "', '"verbatim": "' + hostile.replace('"', '\\"'))
        assert told != dossier
        for statement, values in (
            ("update dossiers set dossier_json = ? where case_id = ?", (told, case_id)),
            (
                "update dealers set name = ?, city = ? where unit_key = (select unit_key from units where unit_id = ?)",
                (hostile, hostile, unit_id),
            ),
        ):
            connection.exec_driver_sql(statement, values)
    with window(browser, lived.base_url, session=lived.session(NAMES[Role.LEAD][0])) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(f"/cases/{case_id}")
        page.get_by_label("Comment", exact=True).fill(hostile)
        page.get_by_role("button", name="Add the comment").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(hostile)
        expect(page.locator(".events blockquote").first).to_have_text(hostile)
        expect(page.locator(".record blockquote").first).to_contain_text(hostile)
        page.wait_for_function("document.querySelectorAll('.chart:not([data-drawn])').length === 0")
        page.goto("/cases")
        expect(page.locator(row_of(f"/cases/{case_id}"))).to_contain_text(hostile)
        assert page.locator("main img, main script:not([type='application/json'])").count() == 0
        assert page.title() != "1"
        assert complaints == []
