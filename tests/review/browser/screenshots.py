"""The pictures of the pages in ``docs/console/``: ``python -m tests.review.browser.screenshots`` makes them anew."""

import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from review.security.permissions import Role
from tests.review.browser.network import LI, lived_in, write_network
from tests.review.browser.pages import DRAWN, pages
from tests.review.browser.windows import NARROW, WIDE, chromium, window
from tests.review.conftest import NAMES, Console, served

HERE = Path("docs/console")
FURTHER_NIGHTS = (date(2026, 8, 31), date(2026, 9, 15), date(2026, 10, 15))
TALLEST = {WIDE: 1400, NARROW: 2200}
"""In pixels; what is below is cut off."""
COLOURS = 256


@dataclass(frozen=True)
class Look:
    """How a page is looked at.

    Parameters
    ----------
    size
        Of the window.
    dark
        Whether the system is dark.
    language
        ``en`` or ``zh``.
    """

    size: tuple[int, int] = WIDE
    dark: bool = False
    language: str = "en"

    @property
    def name(self) -> str:
        """What a picture's name ends with."""
        parts = (self.language, "phone" if self.size == NARROW else "", "dark" if self.dark else "")
        return "".join(f"-{part}" for part in parts if part not in {"", "en"})


LOOKS = {
    Look(): None,
    Look(language="zh"): ("overview", "queue", "case"),
    Look(dark=True): ("case",),
    Look(size=NARROW): ("queue", "dealer"),
    Look(size=NARROW, dark=True, language="zh"): ("case",),
}
"""Which pages are looked at how; None: all of them."""


def take(browser: Browser, console: Console, look: Look, names: tuple[str, ...] | None, into: Path) -> None:
    """Take the pictures of one look.

    Parameters
    ----------
    browser
        A browser.
    console
        A console behind a server.
    look
        How its pages are looked at.
    names
        Which of them; None: all, and those that only a visitor or an unlucky person sees.
    into
        Where the pictures go.
    """
    opened = partial(window, browser, console.base_url, size=look.size, dark=look.dark, language=look.language)
    for role in (Role.LEAD, Role.ADMIN):
        with opened(session=console.session(NAMES[role][0])) as context:
            for name, path in pages(console, role).items():
                if names is None or name in names:
                    page = context.new_page()
                    page.goto(path)
                    keep(page, look, into / f"{name}{look.name}.png")
                    page.close()
    if names is None:
        with opened() as context:
            page = context.new_page()
            page.goto("/login")
            keep(page, look, into / f"login{look.name}.png")
        with opened(session=console.session(LI)) as context:
            case = pages(console, Role.LEAD)["case"]
            page = context.new_page()
            page.goto(case)
            page.locator(".evidence-column > .finding").evaluate_all("all => all.forEach(finding => finding.remove())")
            keep(page, look, into / "case-charts.png")
            keep(overtaken(page, case), look, into / "conflict.png")


def overtaken(page: Page, case: str) -> Page:
    """Decide a case that was changed in another tab meanwhile."""
    page.goto(case)
    other = page.context.new_page()
    other.goto(case)
    other.get_by_label("Comment", exact=True).fill("区域经理已到店，三位客户说没有礼品。")
    other.get_by_role("button", name="Add the comment").click()
    page.get_by_role("radio", name="confirmed").check()
    page.get_by_role("region", name="Decide").get_by_label("Reason").fill("十段录音里八段提到礼品。")
    page.get_by_role("region", name="Decide").get_by_role("button", name="Decide").click()
    return page


def keep(page: Page, look: Look, path: Path) -> None:
    """Keep a picture of a page as tall as it is, in few colours."""
    page.wait_for_function(DRAWN)
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": look.size[0], "height": min(max(height, look.size[1]), TALLEST[look.size])})
    page.wait_for_function(DRAWN)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def main(into: Path) -> None:
    """Write a network, and take every picture."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        write_network(Path(place) / "written" / "home", FURTHER_NIGHTS)
        for number, (look, names) in enumerate(LOOKS.items()):
            copy = Path(place) / f"copy-{number}"
            with lived_in(Path(place) / "written" / "home", copy) as console, served(console.app) as address:
                console.base_url = address
                take(browser, console, look, names, into)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
