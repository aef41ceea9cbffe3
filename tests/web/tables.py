"""What tests of tables do and look at."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.web.browser import Web


def names(page: Page) -> Locator:
    """The first column, without the initials beside the names."""
    return page.locator("tbody th a bdi")


def toast(page: Page) -> Locator:
    return page.locator(".MuiSnackbarContent-root")


async def create(page: Page, web: Web, count: int, **fields: object) -> list[str]:
    """Contacts of this test alone; their ids."""
    ids = []
    for number in range(count):
        body = {"contact": {"givenName": f"Person {number}", **fields}, "allowDuplicate": True}
        answer = await page.context.request.post("/v1/contacts", data=body, headers={"origin": web.address})
        assert answer.ok, await answer.text()
        ids.append((await answer.json())["id"])
    return ids


async def open_filter(page: Page) -> Locator:
    await page.get_by_role("button", name="Filter", exact=True).click()
    dialog = page.get_by_role("dialog", name="Filter")
    await expect(dialog).to_be_visible()
    return dialog


async def choose(page: Page, within: Locator, label: str, option: str) -> None:
    await within.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=option, exact=True).click()
