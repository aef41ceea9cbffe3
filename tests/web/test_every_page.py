"""What is asked of every page of the app, found in the app's own registry: a new page cannot be forgotten.

The pages are those of `web/src/pages/*/index.ts`. A page with a parameter in its path, or a record's, is opened from
the place that leads to it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from cli.stack.settings import ROOT
from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready

AREAS = ROOT / "web" / "src" / "pages"
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


def addresses(folder: Path) -> list[str]:
    """The addresses of an area's pages, with `:id` where a record's id stands."""
    text = (folder / "index.ts").read_text()
    found = re.findall(r'path: "(/[^"]*)",\s*component', text)
    for block in re.findall(r'\{\s*name: "(\w+)",\s*((?:(?:list|create|record): [^\n]*,\s*)+)', text):
        name, views = block
        kinds = {"list": f"/{name}", "create": f"/{name}/create", "record": f"/{name}/:id"}
        found += [address for kind, address in kinds.items() if f"{kind}:" in views]
    return found


PAGES = sorted({address for folder in AREAS.iterdir() if folder.is_dir() for address in addresses(folder)})


def test_every_area_has_pages() -> None:
    areas = [folder for folder in AREAS.iterdir() if (folder / "index.ts").is_file()]
    assert areas
    assert [folder.name for folder in areas if not addresses(folder)] == []


async def _go(web: Web, page: Page, address: str) -> None:
    """Opens the page; a record's is that of the first record of its list."""
    if address.endswith("/:id"):
        place = address.removesuffix("/:id")
        kind = place.rsplit("/", 1)[1]
        answer = await page.context.request.get(f"/v1/{kind}?pageSize=1")
        body = await answer.json()
        address = f"{place}/{body[kind][0]['id']}"
    await page.goto(address)
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
