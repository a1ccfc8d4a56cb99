"""Every page in both languages: charts drawn under the policy, nothing from elsewhere, nobody kept out, no overflow."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from review.security.permissions import Role
from tests.review.browser.pages import DRAWN, pages
from tests.review.browser.windows import NARROW, SEEN, complaints_of, grave_faults, is_as_wide_as_its_window, window
from tests.review.conftest import NAMES, Console

pytestmark = pytest.mark.xdist_group("browser")

LANGUAGES = {"en": "en", "zh": "zh-Hans"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_shows_all_it_has_and_keeps_nobody_out(browser: Browser, read_only: Console, language: str) -> None:
    wrong: dict[str, object] = {}
    asked: set[str] = set()
    for role in (Role.LEAD, Role.ADMIN):
        with signed_in(browser, read_only, role, language) as context:
            context.on("request", lambda request: asked.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
            for name, path in pages(read_only, role).items():
                found = look_at(context, path, language)
                wrong |= {f"{name} {what}": value for what, value in found.items() if value}
    with window(browser, read_only.base_url, language=language) as context:
        wrong |= {f"login {what}": value for what, value in look_at(context, "/login", language).items() if value}
    assert wrong == {}
    assert asked == {read_only.base_url}


def signed_in(browser: Browser, console: Console, role: Role, language: str) -> BrowserContext:
    return window(browser, console.base_url, session=console.session(NAMES[role][0]), language=language)


def look_at(context: BrowserContext, path: str, language: str) -> dict[str, object]:
    """Return what is wrong with a page on a desk in the light and on a telephone in the dark.

    Every rule of axe-core is asked once for each language; what depends on colours and width, in both lights.
    """
    page = context.new_page()
    complaints = complaints_of(page)
    answer = page.goto(path)
    assert answer is not None
    page.wait_for_function(DRAWN)
    page.locator("main details:not(.menu)").evaluate_all("all => all.forEach(details => { details.open = true })")
    found: dict[str, object] = {
        "status": answer.status if answer.status != 200 else None,
        "charts without a picture": page.locator(".chart:not(:has(svg))").count(),
        "another language": page.locator("html").get_attribute("lang") != LANGUAGES[language],
        "too wide on a desk": not is_as_wide_as_its_window(page),
        "in the light": grave_faults(page) if language == "en" else [],
    }
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.wait_for_function(DRAWN)
    found |= {
        "too wide on a telephone": not is_as_wide_as_its_window(page),
        "in the dark": grave_faults(page, SEEN if language == "en" else ()),
        "complaints": list(complaints),
    }
    page.close()
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_case_file_for_a_hearing_is_one_page_that_asks_for_nothing(
    browser: Browser, read_only: Console, language: str
) -> None:
    with signed_in(browser, read_only, Role.LEAD, language) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        asked: list[str] = []
        page.route("**/file", shown_in_place)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{pages(read_only, Role.LEAD)['case']}/file")

        assert page.locator("svg").count() >= 3
        assert page.locator("script").count() == 0
        assert is_as_wide_as_its_window(page)
        assert grave_faults(page) == []
        assert [url for url in asked if not url.startswith("data:")] == [page.url]
        assert complaints == []


def shown_in_place(route: Route) -> None:
    """Let the browser show what it would save."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "content-disposition"}
    route.fulfill(response=answer, headers=headers)
