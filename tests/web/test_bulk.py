"""What is done with many records of a table at once, and undone."""

import asyncio
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from playwright.async_api import Route, expect

from tests.system.conftest import Stack
from tests.web.browser import Web, check_accessible, ready
from tests.web.people import make_user
from tests.web.tables import create, toast


async def test_selected_people_are_assigned_to_a_colleague_and_go_back(web: Web) -> None:
    name = f"Olga {uuid4().hex[:6]}"
    await make_user(web, "representative", name)
    page = await web.open("/nowhere")
    await create(page, web, 2, source="tables assign")
    await page.goto("/contacts?filter=" + quote('source = "tables assign"'))
    await ready(page)
    await page.get_by_role("checkbox", name="Select this page").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Assign").click()
    dialog = page.get_by_role("dialog", name="Assign")
    await dialog.get_by_role("combobox", name="Owner").fill(name)
    await page.get_by_role("option", name=name).click()
    await dialog.get_by_role("button", name="Assign").click()
    await expect(toast(page)).to_contain_text("2 records were assigned")
    await expect(page.locator("tbody").get_by_text(name)).to_have_count(2)
    await toast(page).get_by_role("button", name="Undo").click()
    await expect(page.locator("tbody").get_by_text("Administrator")).to_have_count(2)


async def test_all_that_match_get_a_stage_with_progress_and_lose_it_by_undo(
    web: Web, web_stack: Stack, tmp_path: Path
) -> None:
    # More than are changed while one waits.
    file = tmp_path / "many.csv"
    people = "".join(f"Many,Person {number},many{number}@tables.example,tables many\n" for number in range(1200))
    file.write_text("Given name,Family name,Email,Source\n" + people)
    await asyncio.to_thread(web_stack.crm, "import", str(file), "--mode", "create", "--json")
    page = await web.open("/contacts?filter=" + quote('source = "tables many"'))
    stages = page.locator("tbody tr td:nth-child(6)")
    await expect(stages.first).to_have_text("Lead")
    await page.get_by_role("checkbox", name="Select this page").check()
    await page.get_by_role("button", name="Select all 1,200 that match").click()
    await expect(page.get_by_text("1,200 selected")).to_be_visible()
    await page.get_by_role("toolbar").get_by_role("button", name="Stage").click()
    seen = asyncio.Event()

    async def hold(route: Route) -> None:
        await seen.wait()
        await route.continue_()

    # The server is quick: what is shown while it works stays until it has been looked at.
    await page.route("**/v1/contactOperations/*", hold)
    await page.get_by_role("menuitem", name="Customer", exact=True).click()
    await expect(page.get_by_role("progressbar", name="The change is running")).to_be_visible()
    seen.set()
    await expect(toast(page)).to_contain_text("1,200 records have a new stage")
    await expect(stages.filter(has_text="Customer")).to_have_count(50)
    await toast(page).get_by_role("button", name="Undo").click()
    await expect(toast(page)).to_contain_text("Undone for 1,200 records")
    await expect(stages.filter(has_text="Lead")).to_have_count(50)


async def test_tags_are_given_to_many_and_taken_back(web: Web) -> None:
    page = await web.open("/nowhere")
    await create(page, web, 3, source="tables bulk")
    await page.goto("/contacts?filter=" + quote('source = "tables bulk"'))
    await ready(page)
    await page.get_by_role("checkbox", name="Select this page").check()
    await expect(page.get_by_text("3 selected")).to_be_visible()
    await page.get_by_role("button", name="Tag", exact=True).click()
    box = page.get_by_role("dialog").get_by_role("combobox", name="Add")
    await box.fill("keepsake")
    await box.press("Enter")
    await check_accessible(page)
    await page.get_by_role("button", name="Change", exact=True).click()
    await expect(toast(page)).to_contain_text("Tags of 3 records were changed")
    await expect(page.locator("tbody").get_by_text("keepsake")).to_have_count(3)
    await toast(page).get_by_role("button", name="Undo").click()
    await expect(page.locator("tbody").get_by_text("keepsake")).to_have_count(0)
    await expect(toast(page)).to_contain_text("Undone for 3 records")


async def test_what_is_deleted_comes_back_by_undo_and_out_of_the_bin(web: Web) -> None:
    page = await web.open("/nowhere")
    await create(page, web, 2, source="tables bin", familyName="Binned")
    await page.goto("/contacts?filter=" + quote('source = "tables bin"'))
    await ready(page)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await toast(page).get_by_role("button", name="Undo").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_role("checkbox", name="Select this page").check()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Bin").click()
    await expect(page.locator("tbody th").filter(has_text="Binned")).to_have_count(2)
    await page.locator("tbody tr").filter(has_text="Binned").get_by_role("checkbox").first.check()
    await page.get_by_role("button", name="Restore").click()
    await expect(page.locator("tbody th").filter(has_text="Binned")).to_have_count(1)
    await expect(toast(page)).to_contain_text("1 record was restored")
