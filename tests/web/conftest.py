"""The web app in a real browser, against a whole stack with demo data.

`web` opens pages: `page = await web.open("/contacts", locale="fa", width=360, dark=True)`, signed in unless told
otherwise. When the test ends, everything its pages wrote to the console as an error has made it fail.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from cli.stack.settings import ROOT
from tests.system.conftest import Stack, free_block
from tests.web.browser import Web, chromium, launched

DIST = ROOT / "web" / "dist"
# Beyond the ports of tests/system.
FIRST_PORT = 24000


@pytest.fixture(scope="session")
def web_stack(run_folder: Path) -> Iterator[Stack]:
    """One running stack with demo data for all tests of this level, served with this checkout's web app."""
    if not (DIST / "index.html").is_file():
        pytest.fail("The web app is not built: run `make install`.")
    up = (sys.executable, "-m", "cli.main", "up", "--demo")
    running = Stack(run_folder / "web", free_block(FIRST_PORT), *up, CRM_WEB_FOLDER=str(DIST))
    try:
        running.wait_for("Demo data:")
        yield running
    finally:
        running.end()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; the test fails with the command that installs it where there is none."""
    chromium()
    async with async_playwright() as playwright, launched(playwright) as running:
        yield running


@pytest.fixture
async def web(browser: Browser, web_stack: Stack) -> AsyncIterator[Web]:
    """Pages of this test, in contexts of its own."""
    made = Web(browser, web_stack.address, administrator_password(web_stack))
    yield made
    await made.close()
    assert made.errors == [], "the console of the browser has errors"


def administrator_password(stack: Stack) -> str:
    """The first password of admin@example.com."""
    return (stack.data / "secrets" / "admin.password").read_text().strip()
