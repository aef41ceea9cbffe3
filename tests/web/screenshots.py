"""`python -m tests.web.screenshots FOLDER`: every page in four languages, two widths and two themes, to look at.

Starts a stack of its own with demo data. `--only contacts` takes the pages whose name contains the word, `--locale fa`
and `--width 360` a part of them.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Page, async_playwright

from cli.stack.settings import ROOT
from tests.system.conftest import Stack, free_block
from tests.web.browser import ADMINISTRATOR, Web, launched, ready
from tests.web.conftest import DIST, FIRST_PORT, administrator_password
from tests.web.pages import real_address

LOCALES = ("en", "fa", "az", "ms")
WIDTHS = {1280: 800, 360: 740}
Step = Callable[[Page], Awaitable[None]]


async def _palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill("ali")
    await page.locator("[role=option][id^=palette-]").nth(3).wait_for()


async def _me(page: Page) -> None:
    await page.locator("header button[aria-haspopup=menu]").click()


async def _file_checked(page: Page) -> None:
    await page.locator("input[type=file]").set_input_files(ROOT / "tests" / "data" / "contacts" / "contacts-fa.csv")
    await page.locator("table").wait_for()


async def _file_tried(page: Page) -> None:
    await _file_checked(page)
    await page.locator("main .MuiButton-contained").click()
    await page.locator("[data-record]").first.wait_for()


async def _filter(page: Page) -> None:
    await page.locator("[role=search] button[aria-haspopup=dialog]").click()
    await page.get_by_role("dialog").wait_for()


async def _selected(page: Page) -> None:
    for row in (1, 2):
        await page.locator("main input[type=checkbox]").nth(row).check()
    await page.get_by_role("toolbar").wait_for()


async def _beside(page: Page) -> None:
    await page.keyboard.press("j")
    await page.keyboard.press("Space")


# A filter that chips, builder and text all show.
_FILTERED = "/contacts?" + urlencode(
    {"filter": 'lifecycle_stage = customer AND (tags:"vip" OR create_time >= 2025-01-01)'}
)


# name: address, signed in, what to do there first. A further page adds its line; test_every_page.py finds it missing.
# ":id" is that of the first record of the list.
PAGES: dict[str, tuple[str, bool, Step | None]] = {
    "sign-in": ("/", False, None),
    "contacts": ("/contacts", True, None),
    "contacts-filter": (_FILTERED, True, _filter),
    "contacts-filtered": (_FILTERED, True, None),
    "contacts-selected": ("/contacts", True, _selected),
    "contacts-beside": ("/contacts", True, _beside),
    "contacts-bin": ("/contacts?view=bin", True, None),
    "companies": ("/companies", True, None),
    "contact": ("/contacts/:id", True, None),
    "contact-new": ("/contacts/create", True, None),
    "company": ("/companies/:id", True, None),
    "company-new": ("/companies/create", True, None),
    "palette": ("/contacts", True, _palette),
    "me": ("/contacts", True, _me),
    "import-file": ("/imports/create", True, None),
    "import-check": ("/imports/create", True, _file_checked),
    "import-result": ("/imports/create", True, _file_tried),
    "imports": ("/imports", True, None),
    "profile": ("/profile", True, None),
    "notifications": ("/notifications", True, None),
    "users": ("/administration", True, None),
    "user": ("/administration/users/:id", True, None),
    "roles": ("/administration/roles", True, None),
    "teams": ("/administration/teams", True, None),
    "system": ("/administration/system", True, None),
    "api": ("/administration/api", True, None),
    "offline": ("/offline", True, None),
    "not-found": ("/nowhere", True, None),
}


async def take(stack: Stack, folder: Path, only: str, locales: Iterable[str], widths: Iterable[int]) -> None:
    """Writes NAME-LOCALE-WIDTH-THEME.png for every page."""
    async with async_playwright() as playwright, launched(playwright) as browser:
        web = Web(browser, stack.address, administrator_password(stack))
        for locale, width, dark in product(locales, widths, (False, True)):
            for name, (path, signed_in, step) in PAGES.items():
                if only not in name:
                    continue
                user = ADMINISTRATOR if signed_in else None
                look: dict[str, Any] = {"locale": locale, "width": width, "height": WIDTHS[width], "dark": dark}
                page = await web.open("/" if path.endswith("/:id") else path, user=user, **look)
                if path.endswith("/:id"):
                    await page.goto(await real_address(page, path))
                    await ready(page)
                if step:
                    await step(page)
                theme = "dark" if dark else "light"
                await page.screenshot(path=folder / f"{name}-{locale}-{width}-{theme}.png", animations="disabled")
                await web.close()
        for error in web.errors:
            sys.stderr.write(f"{error}\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--only", default="", help="pages whose name contains this")
    arguments.add_argument("--locale", choices=LOCALES, help="this language alone")
    arguments.add_argument("--width", type=int, choices=list(WIDTHS), help="this width alone")
    chosen = arguments.parse_args()
    locales = [chosen.locale] if chosen.locale else LOCALES
    widths = [chosen.width] if chosen.width else WIDTHS
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="peyvand-screenshots-") as data:
        Path(data).chmod(0o755)
        up = (sys.executable, "-m", "cli.main", "up", "--demo")
        stack = Stack(Path(data) / "crm", free_block(FIRST_PORT), *up, CRM_WEB_FOLDER=str(DIST))
        try:
            stack.wait_for("Demo data:")
            asyncio.run(take(stack, chosen.folder, chosen.only, locales, widths))
        finally:
            stack.end()


if __name__ == "__main__":
    main()
