"""Signing in and out, and the language, as a person does it."""

import re

import pytest
from playwright.async_api import expect

from tests.web.browser import ADMINISTRATOR, Web, check_accessible, check_no_sideways_scroll, choose_language


async def test_a_wrong_password_is_told_and_the_right_one_opens_the_app(web: Web) -> None:
    page = await web.open("/contacts", user=None)
    await page.get_by_label("E-mail address").fill(ADMINISTRATOR)
    await page.get_by_role("textbox", name="Password").fill("wrong password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong")
    await page.get_by_role("textbox", name="Password").fill(web.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Contacts")).to_be_visible()
    assert page.url.endswith("/contacts"), "one lands where one wanted to go"


async def test_the_language_can_be_chosen_before_signing_in(web: Web) -> None:
    page = await web.open("/", user=None)
    await page.get_by_role("button", name="فارسی").click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.locator("html")).to_have_attribute("lang", "fa")
    await expect(page.get_by_role("button", name="ورود")).to_be_visible()


async def test_persian_turns_the_app_round_and_stays_after_a_reload(web: Web) -> None:
    page = await web.open("/contacts")
    await choose_language(page, "فارسی")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.get_by_role("heading", name="مخاطبان")).to_be_visible()
    await expect(page.get_by_text(re.compile("[۰-۹]+ مخاطب"))).to_be_visible()
    navigation = await page.get_by_role("navigation").first.bounding_box()
    assert navigation is not None
    assert navigation["x"] > 640, "the navigation stands at the right"
    await page.reload()
    await expect(page.get_by_role("heading", name="مخاطبان")).to_be_visible()


async def test_signing_out_ends_the_session(web: Web) -> None:
    page = await web.open("/contacts")
    await page.locator("header button[aria-haspopup=menu]").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert await page.context.cookies() == []


async def test_an_access_token_that_ran_out_is_renewed_without_notice(web: Web) -> None:
    page = await web.open("/contacts")
    await page.context.clear_cookies(name="crm_access")
    await page.locator("tbody a").first.click()
    await expect(page.get_by_role("heading", name="How to reach them")).to_be_visible()


async def test_a_session_that_ended_leads_to_the_sign_in_and_back_to_the_same_page(web: Web) -> None:
    page = await web.open("/contacts")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Your session has ended")).to_be_visible()
    await page.get_by_label("E-mail address").fill(ADMINISTRATOR)
    await page.get_by_role("textbox", name="Password").fill(web.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Page 2")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_the_sign_in_page_is_accessible_and_fits(web: Web, locale: str, dark: bool, width: int) -> None:
    page = await web.open("/", user=None, locale=locale, dark=dark, width=width)
    await check_accessible(page)
    await check_no_sideways_scroll(page)
