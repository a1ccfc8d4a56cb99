"""Debian's Chromium for the tests of pages: nothing is downloaded, and no network but this machine's is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)
WIDE, NARROW = (1440, 900), (390, 844)
"""A desk's screen and a telephone's."""
SEEN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
"""What of axe-core's rules looks at the page as it is drawn, and not only at what stands in it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def window(
    browser: Browser,
    base_url: str,
    *,
    session: str = "",
    size: tuple[int, int] = WIDE,
    dark: bool = False,
    language: str = "en",
) -> BrowserContext:
    """Open a window, in which somebody signed in if the token of a session is given."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="zh-CN" if language == "zh" else "en-GB",
    )
    context.set_default_timeout(20_000)
    if session:
        context.add_cookies([{"name": "mingcha-session", "value": session, "url": base_url}])
    return context


def complaints_of(page: Page) -> list[str]:
    """Return a list that what the browser refuses or finds wrong in a page is added to."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def is_as_wide_as_its_window(page: Page) -> bool:
    """Tell whether nobody has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def grave_faults(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe-core finds serious or critical, and where; by all its rules, or by some."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    return [
        f"{fault['id']}: {node['target']}"
        for fault in Axe().run(page, options=options).response["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"][:3]
    ]
