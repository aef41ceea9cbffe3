"""What is around every page."""

import pytest
from playwright.async_api import expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_the_frame_is_accessible_and_fits(web: Web, locale: str, dark: bool, width: int) -> None:
    page = await web.open("/contacts", locale=locale, dark=dark, width=width)
    await expect(page.locator("main a[href^='/contacts/']").first).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)


async def test_the_palette_finds_a_customer_in_another_script_by_the_keyboard_alone(web: Web) -> None:
    page = await web.open("/contacts")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox")).to_be_focused()
    await page.keyboard.type("ali")
    await expect(page.get_by_role("option").first).to_be_visible()
    await expect(page.get_by_role("group", name="Contacts")).to_be_visible()
    await expect(page.get_by_role("option", name="علی").first).to_be_visible()
    await check_accessible(page)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="How to reach them")).to_be_visible()


async def test_the_question_mark_shows_the_keys_and_g_with_a_letter_goes(web: Web) -> None:
    page = await web.open("/nowhere")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await check_accessible(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await expect(page.get_by_role("heading", name="Contacts")).to_be_visible()


async def test_being_offline_is_said_until_it_is_over(web: Web) -> None:
    page = await web.open("/contacts")
    await page.context.set_offline(True)
    await expect(page.get_by_text("You are offline since")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("You are offline since")).to_have_count(0)


async def test_the_next_page_of_a_table_follows_and_the_previous_comes_back(web: Web) -> None:
    page = await web.open("/contacts")
    first = await page.locator("tbody a bdi").first.inner_text()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Page 2")).to_be_visible()
    await expect(page.locator("tbody a bdi").first).not_to_have_text(first)
    await page.get_by_role("button", name="Previous").click()
    await expect(page.locator("tbody a bdi").first).to_have_text(first)


async def test_what_another_saves_is_seen_without_a_reload(web: Web) -> None:
    page = await web.open("/contacts")
    await page.locator("tbody a").first.click()
    await expect(page.get_by_role("heading", name="How to reach them")).to_be_visible()
    contact_id = page.url.rsplit("/", 1)[1]
    body = {"contact": {"id": contact_id, "jobTitle": "Keeper of the lighthouse"}, "updateMask": "jobTitle"}
    async with page.expect_response(lambda answer: contact_id in answer.url):
        answer = await page.context.request.patch(
            f"/v1/contacts/{contact_id}", data=body, headers={"origin": web.address}
        )
        assert answer.ok, await answer.text()
    await expect(page.get_by_text("Keeper of the lighthouse").first).to_be_visible()
