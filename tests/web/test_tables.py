"""The tables of contacts and companies, as one works in them."""

import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready
from tests.web.people import PASSWORD, make_user
from tests.web.tables import choose, create, names, open_filter, toast


async def test_a_part_of_a_name_finds_in_any_script_and_the_address_keeps_it(web: Web) -> None:
    page = await web.open("/contacts")
    await page.get_by_role("searchbox").fill("ali")
    await expect(page.locator("tbody th").filter(has_text="علی").first).to_be_visible()
    await expect(page).to_have_url(re.compile(r"q=ali"))
    await page.reload()
    await expect(page.get_by_role("searchbox")).to_have_value("ali")
    await expect(page.locator("tbody th").filter(has_text="علی").first).to_be_visible()


async def test_a_filter_that_is_built_reads_as_a_sentence_and_can_be_taken_away(web: Web) -> None:
    page = await web.open("/contacts")
    dialog = await open_filter(page)
    await choose(page, dialog, "Field", "Stage")
    await choose(page, dialog, "Value", "Customer")
    await dialog.get_by_role("button", name="Add condition").click()
    second = dialog.get_by_role("group", name="Condition").nth(1)
    await choose(page, second, "Field", "E-mail")
    await choose(page, second, "Comparison", "is known")
    await expect(dialog.get_by_text("lifecycle_stage = customer AND email:*")).to_be_visible()
    await check_accessible(page)
    await dialog.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("button", name="Stage is Customer")).to_be_visible()
    stages = page.locator("tbody tr td:nth-child(6)")
    await expect(stages.first).to_have_text("Customer")
    assert set(await stages.all_inner_texts()) == {"Customer"}
    await page.get_by_role("button", name="Stage is Customer").locator(".MuiChip-deleteIcon").click()
    await expect(page.get_by_role("button", name="Stage is Customer")).to_have_count(0)
    await expect(page.get_by_role("button", name="E-mail is known")).to_be_visible()


async def test_a_filter_that_is_written_is_checked_at_its_place(web: Web) -> None:
    page = await web.open("/contacts")
    dialog = await open_filter(page)
    await dialog.get_by_role("button", name="Text").click()
    box = dialog.get_by_role("textbox", name="Filter as text")
    await box.fill("lifecycle_stage = customer AND colour = red")
    await box.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("There is no field colour")
    await expect(dialog.locator("mark")).to_have_text("colour")
    await box.fill("create_time > 31/31/2025")
    await box.press("Enter")
    await page.locator("[role=search] .MuiChip-root").click()
    again = page.get_by_role("dialog", name="Filter")
    await again.get_by_role("button", name="Text").click()
    await expect(again.locator("mark")).to_have_text("31/31/2025")
    await again.get_by_role("textbox", name="Filter as text").fill("lifecycle_stage = lead OR tags:*")
    await again.get_by_role("button", name="Builder").click()
    await expect(again.get_by_role("combobox", name="How the conditions are joined")).to_have_text(
        "At least one of these is true"
    )
    await again.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("button", name="Tags are there")).to_be_visible()


async def test_a_head_sorts_and_pages_follow(web: Web) -> None:
    page = await web.open("/contacts")
    await page.get_by_role("button", name="Name", exact=True).click()
    await expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    await expect(page).to_have_url(re.compile("sort=display_name"))
    await expect(page.locator("table")).to_have_attribute("aria-busy", "false")
    first = await names(page).first.inner_text()
    await page.get_by_role("combobox", name="Rows on a page").click()
    await page.get_by_role("option", name="25").click()
    await expect(page.locator("tbody tr")).to_have_count(25)
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Page 2")).to_be_visible()
    await expect(names(page).first).not_to_have_text(first)
    await page.go_back()
    await expect(names(page).first).to_have_text(first)


async def test_columns_are_chosen_moved_and_remembered(web: Web) -> None:
    page = await web.open("/contacts")
    await page.get_by_role("button", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    await dialog.get_by_role("checkbox", name="Source").check()
    await dialog.get_by_role("checkbox", name="E-mail").uncheck()
    await dialog.get_by_role("button", name="Move Telephone up").click()
    await check_accessible(page)
    await page.keyboard.press("Escape")
    heads = page.locator("thead th")
    await expect(heads).to_have_text(
        ["", "Name", "Telephone", "Company", "Stage", "Owner", "Tags", "Changed", "Source"]
    )
    edge = page.get_by_role("separator", name="Width of Telephone")
    before = int(await edge.get_attribute("aria-valuenow") or 0)
    await edge.press("ArrowRight")
    await expect(edge).to_have_attribute("aria-valuenow", str(before + 16))
    await page.reload()
    await expect(heads.nth(2)).to_have_text("Telephone")
    await expect(edge).to_have_attribute("aria-valuenow", str(before + 16))


async def test_a_view_is_saved_found_again_changed_and_deleted_with_undo(web: Web) -> None:
    page = await web.open("/contacts?filter=" + quote("lifecycle_stage = customer"))
    await page.get_by_role("button", name="Save as view").click()
    dialog = page.get_by_role("dialog", name="Save as a new view")
    await dialog.get_by_role("textbox", name="Name").fill("Our customers")
    await dialog.get_by_role("button", name="Save").click()
    tabs = page.get_by_role("navigation", name="Views")
    await expect(tabs.get_by_role("button", name="Our customers")).to_have_attribute("aria-current", "page")
    await tabs.get_by_role("button", name="All").click()
    await expect(page.get_by_role("button", name="Stage is Customer")).to_have_count(0)
    await tabs.get_by_role("button", name="Our customers").click()
    await expect(page.get_by_role("button", name="Stage is Customer")).to_be_visible()
    await page.get_by_role("button", name="Name", exact=True).click()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("button", name="Discard changes")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    await page.get_by_role("button", name="Settings of the view Our customers").click()
    await page.get_by_role("button", name="Delete view").click()
    await toast(page).get_by_role("button", name="Undo").click()
    await expect(tabs.get_by_role("button", name="Our customers")).to_be_visible()


async def test_a_view_shared_with_everybody_is_seen_by_another_who_may_look_and_not_change_it(web: Web) -> None:
    page = await web.open("/contacts?filter=" + quote("lifecycle_stage = customer"))
    name = f"For all {uuid4().hex[:6]}"
    await page.get_by_role("button", name="Save as view").click()
    dialog = page.get_by_role("dialog", name="Save as a new view")
    await dialog.get_by_role("textbox", name="Name").fill(name)
    await choose(page, dialog, "Who sees it", "Everybody")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name=f"Settings of the view {name}")).to_be_visible()
    email = await make_user(web, "representative", "View Reader")
    own = {"contact": {"givenName": "Of the reader", "lifecycleStage": "LIFECYCLE_STAGE_CUSTOMER"}}
    await web.call("POST", "/v1/contacts", own, user=email, password=PASSWORD)
    other = await web.open("/contacts", user=email, password=PASSWORD)
    await other.get_by_role("navigation", name="Views").get_by_role("button", name=name).click()
    await expect(other.get_by_role("button", name="Stage is Customer")).to_be_visible()
    await other.get_by_role("button", name="Name", exact=True).click()
    await expect(other.get_by_role("button", name="Discard changes")).to_be_visible()
    await expect(other.get_by_role("button", name=f"Settings of the view {name}")).to_have_count(0)
    await expect(other.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    await expect(other.get_by_role("button", name="Save as view")).to_be_visible()


async def test_a_date_of_the_filter_is_picked_from_the_persons_calendar(web: Web) -> None:
    page = await web.open("/contacts", locale="fa")
    await page.get_by_role("button", name="فیلتر", exact=True).click()
    dialog = page.get_by_role("dialog", name="فیلتر")
    await choose(page, dialog, "فیلد", "زمان ساخت")
    box = dialog.get_by_role("textbox", name="مقدار")
    await box.fill("۱۴۰۴/۰۱/۱۵")
    await box.press("Alt+ArrowDown")
    month = page.get_by_role("dialog", name="مقدار")
    await expect(month.get_by_role("button", pressed=True)).to_have_text("۱۵")
    await check_accessible(page)
    await month.get_by_role("button", pressed=True).press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(month).to_have_count(0)
    await expect(box).to_have_value("۱۴۰۴/۰۱/۱۶")
    await dialog.get_by_role("button", name="نمایش").click()
    await expect(page).to_have_url(re.compile("2025-04-05"))
    await expect(page.locator("[role=search] .MuiChip-root")).to_contain_text("۱۶ فروردین ۱۴۰۴")


async def test_keys_move_select_show_at_the_side_and_open(web: Web) -> None:
    page = await web.open("/contacts")
    for key in ("j", "j", "k"):
        await page.keyboard.press(key)
    await expect(page.locator("tbody tr").first).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("1 selected")).to_have_count(0)
    name = await names(page).first.inner_text()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()
    await check_accessible(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("tbody tr").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/contacts/[0-9a-f-]{36}"))


async def test_owners_have_names_and_companies_the_same_table(web: Web) -> None:
    page = await web.open("/companies")
    await expect(page.locator("tbody tr").first.get_by_text("Administrator")).to_be_visible()
    await page.get_by_role("button", name="Name", exact=True).click()
    await expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")


async def test_what_is_filtered_can_be_downloaded(web: Web) -> None:
    page = await web.open("/nowhere")
    await create(page, web, 2, source="tables export")
    await page.goto("/contacts?filter=" + quote('source = "tables export"'))
    await ready(page)
    await page.get_by_role("button", name="More", exact=True).click()
    async with page.expect_download() as saved:
        await page.get_by_role("menuitem", name="Download as CSV").click()
    lines = (await (await saved.value).path()).read_text().splitlines()
    assert len(lines) == 3
    assert "tables export" in lines[1]


async def test_companies_are_downloaded_as_filtered(web: Web) -> None:
    name = f"Exporter {uuid4().hex[:8]}"
    await web.call("POST", "/v1/companies", {"company": {"name": name, "domains": ["exporter.example"]}})
    page = await web.open("/companies?filter=" + quote(f'name = "{name}"'))
    await page.get_by_role("button", name="More", exact=True).click()
    async with page.expect_download() as saved:
        await page.get_by_role("menuitem", name="Download as CSV").click()
    download = await saved.value
    assert download.suggested_filename == "companies.csv"
    header, line = (await download.path()).read_text().splitlines()
    assert header.lstrip("\ufeff").startswith("id,name,")
    assert f",{name},,exporter.example," in line


async def test_on_a_telephone_in_persian_cards_are_filtered_and_selected(web: Web) -> None:
    page = await web.open("/contacts", locale="fa", width=360, height=740)
    cards = page.get_by_role("list", name="مخاطبان").get_by_role("listitem")
    await expect(cards.first).to_be_visible()
    await page.get_by_role("button", name="فیلتر", exact=True).tap()
    dialog = page.get_by_role("dialog", name="فیلتر")
    await choose(page, dialog, "فیلد", "مرحله")
    await choose(page, dialog, "مقدار", "مشتری")
    await check_accessible(page)
    await dialog.get_by_role("button", name="نمایش").tap()
    await expect(page.get_by_role("button", name="مرحله مشتری است")).to_be_visible()
    await expect(cards.first).to_contain_text("مشتری")
    await cards.first.get_by_role("checkbox").tap()
    await expect(page.get_by_text("۱ مورد انتخاب شده")).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)
    await cards.nth(1).get_by_role("link").first.tap()
    await expect(page).to_have_url(re.compile("/contacts/[0-9a-f-]{36}"))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("path", ["/contacts", "/companies"])
async def test_tables_are_accessible_and_fit(web: Web, path: str, locale: str, dark: bool) -> None:
    page = await web.open(path, locale=locale, dark=dark)
    await expect(page.locator("tbody tr").first).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)
