"""What is asked of every page of the app, found in the app's own registry: a new page cannot be forgotten.

A page with a parameter in its path, or a record's, is opened with the first record of its list.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.web import screenshots
from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready
from tests.web.pages import AREAS, PAGES, addresses, real_address

# Pages that need something to be there first, which their own area's tests make; each looks at its accessibility.
ELSEWHERE = {"/imports/:id"}
LOOKS = [("en", False), ("en", True), ("fa", False), ("fa", True)]
# The smallest side of what a finger presses, as the design has it; WCAG 2.2 asks for 24.
FINGER = 44
TOO_SMALL = """(least) => [...document.querySelectorAll("button, [role=button], [role=tab], input[type=checkbox]")]
  .map((one) => one.matches("input") ? one.closest("label, .MuiButtonBase-root") ?? one : one)
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .map((one) => [one.getAttribute("aria-label") || one.textContent, one.getBoundingClientRect()])
  .filter(([, {width, height}]) => width > 1 && (height < least || width < 24))
  .map(([name, {width, height}]) => `${name}: ${Math.round(width)} x ${Math.round(height)}`)"""


def test_every_area_has_pages() -> None:
    areas = [folder for folder in AREAS if (folder / "index.ts").is_file()]
    assert areas
    assert [folder.name for folder in areas if not addresses(folder)] == []


def test_every_page_has_its_picture() -> None:
    pictured = {urlsplit(address).path for address, _, _ in screenshots.PAGES.values()}
    assert set(PAGES) - ELSEWHERE - pictured == set()


async def _go(web: Web, page: Page, address: str) -> None:
    """Opens the page; a record's is that of the first record of its list."""
    await page.goto(await real_address(page, address))
    await ready(page)
    await expect(page.get_by_role("heading").first).to_be_visible()


@pytest.mark.parametrize(("locale", "dark"), LOOKS)
async def test_every_page_is_accessible_and_fits_a_telephone(web: Web, locale: str, dark: bool) -> None:
    page = await web.open("/", locale=locale, dark=dark, width=360)
    wrong = {}
    for address in PAGES:
        if address in ELSEWHERE:
            continue
        await _go(web, page, address)
        try:
            await check_accessible(page)
            await check_no_sideways_scroll(page)
        except AssertionError as error:
            wrong[address] = str(error)
    assert wrong == {}


@pytest.mark.parametrize("locale", ["en", "fa"])
async def test_every_page_is_accessible_on_a_wide_screen(web: Web, locale: str) -> None:
    page = await web.open("/", locale=locale)
    wrong = {}
    for address in PAGES:
        if address in ELSEWHERE:
            continue
        await _go(web, page, address)
        try:
            await check_accessible(page)
            await check_no_sideways_scroll(page)
        except AssertionError as error:
            wrong[address] = str(error)
    assert wrong == {}


async def test_what_is_pressed_is_large_enough_for_a_finger_on_every_page(web: Web) -> None:
    page = await web.open("/", width=360)
    small = {}
    for address in PAGES:
        if address in ELSEWHERE:
            continue
        await _go(web, page, address)
        if found := await page.evaluate(TOO_SMALL, FINGER):
            small[address] = found
    assert small == {}
