"""One's own account: preferences that follow the person, password, sessions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready
from tests.web.people import PASSWORD, make_user


async def choose(page: Page, setting: str, option: str | re.Pattern[str]) -> None:
    """Takes an option of one of the settings."""
    await page.locator(f"[data-setting={setting}]").click()
    async with page.expect_response(lambda answer: "/v1/me/preferences" in answer.url):
        await page.get_by_role("option", name=option).click()


async def test_language_calendar_and_digits_apply_at_once_and_are_there_in_another_browser(web: Web) -> None:
    email = await make_user(web, "representative", "Sara Karimi")
    page = await web.open("/profile", user=email, password=PASSWORD)
    await choose(page, "calendar", "Jalali")
    await choose(page, "digits", re.compile("Persian"))
    await expect(page.get_by_text(re.compile("[۰-۹],[۰-۹]{3}|[۰-۹]٬[۰-۹]{3}"))).to_be_visible()
    await choose(page, "language", "فارسی")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.get_by_role("heading", name="نمایه")).to_be_visible()
    other = await web.open("/profile", user=email, password=PASSWORD, locale="ms", own_preferences=True)
    await expect(other.locator("html")).to_have_attribute("lang", "fa")
    await expect(other.locator("[data-setting=calendar]")).to_have_text("خورشیدی (جلالی)")
    await expect(other.locator("[data-setting=digits]")).to_have_text(re.compile("۰۱۲۳"))
    # Today in the Jalali calendar with Persian digits: a year 14…
    await expect(other.get_by_text(re.compile("۱۴[۰-۹]{2}")).first).to_be_visible()


async def test_what_was_never_chosen_follows_the_browser(web: Web) -> None:
    email = await make_user(web, "viewer", "Aysel")
    page = await web.open("/profile", user=email, password=PASSWORD, locale="az", own_preferences=True)
    await expect(page.locator("html")).to_have_attribute("lang", "az")
    page = await web.open("/profile", user=email, password=PASSWORD, locale="fa", own_preferences=True)
    await expect(page.locator("html")).to_have_attribute("lang", "fa")
    await expect(page.get_by_role("combobox", name="منطقهٔ زمانی")).to_have_value(re.compile("Asia/Tehran"))


async def test_the_language_chosen_at_the_door_is_the_persons_from_then_on(web: Web) -> None:
    email = await make_user(web, "viewer", "Siti")
    page = await web.open("/profile", user=None)
    await page.get_by_role("button", name="Bahasa Melayu").click()
    await page.locator("[name=email]").fill(email)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Profil", exact=True)).to_be_visible()
    other = await web.open("/profile", user=email, password=PASSWORD, own_preferences=True)
    await expect(other.locator("html")).to_have_attribute("lang", "ms")


async def test_a_time_zone_is_found_by_its_country_and_the_theme_turns_at_once(web: Web) -> None:
    email = await make_user(web, "viewer", "Zone")
    page = await web.open("/profile", user=email, password=PASSWORD)
    zone = page.get_by_role("combobox", name="Time zone")
    await zone.fill("azerbaijan")
    async with page.expect_response(lambda answer: "/v1/me/preferences" in answer.url):
        await page.get_by_role("option", name=re.compile("Asia.Baku")).click()
    await expect(zone).to_have_value(re.compile("Asia/Baku"))
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_css("color-scheme", "dark")
    await page.reload()
    await ready(page)
    await expect(page.locator("html")).to_have_css("color-scheme", "dark")
    await expect(page.get_by_role("combobox", name="Time zone")).to_have_value(re.compile("Asia/Baku"))


async def test_a_new_password_is_checked_where_it_is_typed_and_then_opens_the_door(web: Web) -> None:
    email = await make_user(web, "viewer", "Pass Word")
    page = await web.open("/profile", user=email, password=PASSWORD)
    await page.get_by_label("Current password").fill("not the right one")
    await page.get_by_label("New password", exact=True).fill("short")
    await page.get_by_label("New password again").fill("shorter")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_text("This does not follow the rules below.")).to_be_visible()
    await expect(page.get_by_text("This is not the same as the new password above.")).to_be_visible()
    fresh = "violet-anchor-8812-soup"
    await page.get_by_label("New password", exact=True).fill(fresh)
    await page.get_by_label("New password again").fill(fresh)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_text("This is not your current password.")).to_be_visible()
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    again = await web.open("/profile", user=email, password=fresh)
    await expect(again.get_by_role("heading", name="Profile", exact=True)).to_be_visible()


async def test_another_session_can_be_ended_from_here(web: Web) -> None:
    email = await make_user(web, "viewer", "Two Places")
    other = await web.open("/profile", user=email, password=PASSWORD)
    page = await web.open("/profile", user=email, password=PASSWORD)
    sessions = page.get_by_role("region", name="Where you are signed in")
    await expect(sessions.get_by_text("This browser")).to_have_count(1)
    await sessions.get_by_role("button", name="End all others").click()
    await check_accessible(page)
    await page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    await expect(page.get_by_text(re.compile("sessions? ended"))).to_be_visible()
    await expect(sessions.get_by_role("listitem")).to_have_count(1)
    await other.reload()
    await expect(other.get_by_role("button", name="Sign in")).to_be_visible()


async def test_the_first_password_has_to_be_changed_before_anything_else(web: Web) -> None:
    email = await make_user(web, "representative", "New Here", temporary=True)
    page = await web.open("/contacts", user=None)
    await page.locator("[name=email]").fill(email)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
    await check_accessible(page)
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_label("New password", exact=True).fill("violet-anchor-8812-soup")
    await page.get_by_label("New password again").fill("violet-anchor-8812-soup")
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()


LOOKS: list[dict[str, Any]] = [
    {"locale": "en", "width": 1280, "dark": False},
    {"locale": "fa", "width": 360, "dark": False},
    {"locale": "fa", "width": 1280, "dark": True},
    {"locale": "en", "width": 360, "dark": True},
]


@pytest.mark.parametrize("look", LOOKS)
async def test_the_profile_is_accessible_and_fits(web: Web, look: dict[str, Any]) -> None:
    page = await web.open("/profile", **look)
    await check_accessible(page)
    await check_no_sideways_scroll(page)
