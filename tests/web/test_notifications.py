"""The bell: what becomes mine is heard at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from playwright.async_api import expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll
from tests.web.people import PASSWORD, make_user


async def assign(web: Web, email: str, name: str) -> None:
    """A new contact whose owner is this person."""
    found: dict[str, Any] = await web.call("GET", f"/v1/colleagues?query={email}")
    owner = found["colleagues"][0]["id"]
    await web.call("POST", "/v1/contacts", {"contact": {"givenName": name, "familyName": "Test", "ownerId": owner}})


async def test_an_assignment_rings_the_bell_live_and_reading_it_leads_to_the_contact(web: Web) -> None:
    email = await make_user(web, "representative", "Bell Ringer")
    page = await web.open("/profile", user=email, password=PASSWORD)
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    name = f"Nigar {uuid4().hex[:6]}"
    await assign(web, email, name)
    bell = page.get_by_role("button", name="Notifications: 1 unread")
    await expect(bell).to_be_visible()
    await bell.click()
    panel = page.get_by_role("dialog", name="Notifications")
    await expect(panel.get_by_role("heading", name="Today")).to_be_visible()
    await check_accessible(page)
    await panel.get_by_role("link", name=name).click()
    await page.wait_for_url("**/contacts/*")
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


async def test_all_are_read_at_once_in_persian_on_a_telephone(web: Web) -> None:
    email = await make_user(web, "representative", "سارا")
    for _ in range(2):
        await assign(web, email, f"Ali {uuid4().hex[:6]}")
    page = await web.open("/profile", user=email, password=PASSWORD, locale="fa", width=360)
    await page.get_by_role("button", name="اعلان‌ها: ۲ نخوانده").click()
    await page.wait_for_url("**/notifications")
    await expect(page.get_by_role("heading", name="امروز")).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)
    await page.get_by_role("button", name="همه خوانده شد").click()
    await expect(page.get_by_role("button", name="اعلان‌ها", exact=True)).to_be_visible()
    await page.get_by_role("button", name="نخوانده", exact=True).click()
    await expect(page.get_by_text("همه را خوانده‌اید")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="اعلان‌ها", exact=True)).to_be_visible()
