"""Users, roles, teams and the state of the system, as an administrator works with them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll
from tests.web.people import PASSWORD, make_user

PAGES = ("", "/roles", "/teams", "/system", "/api")


async def test_a_user_is_created_signs_in_and_her_rights_come_from_both_roles(web: Web) -> None:
    email = f"sevda-{uuid4().hex[:8]}@test.example"
    page = await web.open("/administration")
    await page.get_by_role("button", name="Add user").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Add user").click()
    await expect(dialog.get_by_text("This is required.")).to_be_visible()
    await dialog.get_by_label("Name").fill("Sevda Quliyeva")
    await dialog.get_by_label("E-mail").fill(email)
    await dialog.get_by_label("Roles").click()
    await page.get_by_role("option", name="Marketer").click()
    await page.keyboard.press("Escape")
    await check_accessible(page)
    await dialog.get_by_role("button", name="Add user").click()
    password = await dialog.get_by_label("New password").inner_text()
    await dialog.get_by_role("button", name="Done").click()

    await page.get_by_label("Search by name or address").fill("sevda")
    await page.get_by_role("link", name="Sevda Quliyeva").first.click()
    rights = page.get_by_role("table", name=re.compile("Effective rights"))
    contacts = rights.get_by_role("row", name=re.compile("^Contacts"))
    await expect(contacts.get_by_role("cell").first).to_contain_text("All")
    await expect(contacts.get_by_role("cell").first).to_contain_text("Marketer")
    await expect(contacts.get_by_role("cell").nth(3)).to_contain_text("Sales representative")

    hers = await web.open("/", user=None)
    await hers.locator("[name=email]").fill(email)
    await hers.locator("[name=password]").fill(password)
    await hers.keyboard.press("Enter")
    await expect(hers.get_by_role("heading", name="Choose a password of your own")).to_be_visible()


async def test_a_deactivated_user_is_out_at_once_and_comes_back_when_reactivated(web: Web) -> None:
    email = await make_user(web, "viewer", f"Leaver {uuid4().hex[:6]}")
    theirs = await web.open("/profile", user=email, password=PASSWORD)
    page = await web.open("/administration")
    await page.get_by_label("Search by name or address").fill(email)
    await page.get_by_role("link", name=re.compile("Leaver")).click()
    await page.get_by_role("button", name="Deactivate", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("signed out at once")
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    await expect(page.get_by_text("Deactivated", exact=True)).to_be_visible()
    await theirs.reload()
    await expect(theirs.get_by_role("button", name="Sign in")).to_be_visible()
    await page.get_by_role("button", name="Reactivate").click()
    await expect(page.get_by_role("button", name="Deactivate", exact=True)).to_be_visible()
    again = await web.open("/profile", user=email, password=PASSWORD)
    await expect(again.get_by_role("heading", name="Profile", exact=True)).to_be_visible()


async def test_a_locked_user_is_unlocked_and_signs_in_with_the_same_password(web: Web) -> None:
    name = f"Forgetful {uuid4().hex[:6]}"
    email = await make_user(web, "viewer", name)
    for _ in range(10):
        assert await web.sign_in_fails(email, "not-the-password") == "SIGN_IN_FAILED"
    assert await web.sign_in_fails(email, PASSWORD) == "LOCKED_OUT"
    page = await web.open("/administration")
    await page.get_by_label("Search by name or address").fill(email)
    await page.get_by_role("link", name=name).click()
    await expect(page.get_by_text("Too many wrong passwords")).to_be_visible()
    await check_accessible(page)
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("dialog")).to_contain_text("with the password as it is")
    await page.get_by_role("dialog").get_by_role("button", name="Unlock").click()
    await expect(page.get_by_text(f"{name}\u2069 can sign in again.")).to_be_visible()
    await expect(page.get_by_text("Too many wrong passwords")).to_have_count(0)
    theirs = await web.open("/profile", user=email, password=PASSWORD)
    await expect(theirs.get_by_role("heading", name="Profile", exact=True)).to_be_visible()


async def test_a_user_is_signed_out_everywhere_and_signs_in_again(web: Web) -> None:
    name = f"Traveller {uuid4().hex[:6]}"
    email = await make_user(web, "viewer", name)
    first = await web.open("/profile", user=email, password=PASSWORD)
    second = await web.open("/profile", user=email, password=PASSWORD)
    page = await web.open("/administration")
    await page.get_by_label("Search by name or address").fill(email)
    await page.get_by_role("link", name=name).click()
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_role("dialog")).to_contain_text("All sessions end at once")
    await check_accessible(page)
    await page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_text(re.compile(f"2 sessions of .?{name}.? ended"))).to_be_visible()
    for theirs in (first, second):
        await theirs.reload()
        await expect(theirs.get_by_role("button", name="Sign in")).to_be_visible()
    again = await web.open("/profile", user=email, password=PASSWORD)
    await expect(again.get_by_role("heading", name="Profile", exact=True)).to_be_visible()


async def test_a_right_given_in_the_matrix_is_in_force_and_what_is_discarded_is_not(web: Web) -> None:
    email = await make_user(web, "viewer", "Watcher")
    page = await web.open("/administration/roles")
    await page.get_by_role("button", name="Viewer").click()
    cell = page.get_by_role("combobox", name=re.compile("^Companies: Create"))
    await cell.select_option("All")
    await expect(page.get_by_text("1 change is not saved")).to_be_visible()
    await check_accessible(page)
    await page.get_by_role("button", name="Discard").click()
    await expect(cell).to_have_value("SCOPE_NONE")
    await cell.select_option("Own")
    try:
        await page.get_by_role("button", name="Save all").click()
        await expect(page.get_by_text("The new rights are in force at once.")).to_be_visible()
        await expect(page.get_by_role("button", name="Save all")).to_have_count(0)
        company = {"company": {"name": f"Works {uuid4().hex[:6]}"}}
        await web.call("POST", "/v1/companies", company, user=email, password=PASSWORD)
    finally:
        roles = await web.call("GET", "/v1/roles")
        viewer = next(role for role in roles["roles"] if role["id"] == "viewer")
        kept = [right for right in viewer["rights"] if (right["object"], right["action"]) != ("company", "create")]
        body = {"role": {"id": "viewer", "rights": kept}, "updateMask": "rights"}
        await web.call("PATCH", "/v1/roles/viewer", body)


async def test_a_team_is_made_moved_and_deleted_by_keyboard_and_its_member_goes_where_it_says(web: Web) -> None:
    name = f"Team {uuid4().hex[:6]}"
    page = await web.open("/administration/teams")
    await page.get_by_role("button", name="Add team").click()
    await page.get_by_label("Name").fill(name)
    await page.keyboard.press("Enter")
    row = page.get_by_role("treeitem", name=re.compile(name))
    await expect(row).to_have_attribute("aria-level", "1")
    await row.focus()
    await page.keyboard.press("F2")
    await page.get_by_label("Belongs to").click()
    await page.get_by_role("option", name="Caspian").click()
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(row).to_have_attribute("aria-level", "2")
    teams = (await web.call("GET", "/v1/teams"))["teams"]
    await make_user(web, "agent", "Lone Member", team_id=next(team["id"] for team in teams if team["name"] == name))
    await page.reload()
    await expect(page.get_by_role("treeitem", name=re.compile(f"{name} 1 member"))).to_be_visible()
    await row.focus()
    await page.keyboard.press("Delete")
    await expect(page.get_by_role("dialog")).to_contain_text("Its 1 member goes where you choose below.")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)


async def test_the_system_page_shows_every_service_and_one_that_is_down(web: Web) -> None:
    page = await web.open("/administration/system")
    for name in ("Activities", "Contacts", "Identity"):
        part = page.get_by_role("region", name=name, exact=True)
        await expect(part.get_by_text("PostgreSQL")).to_be_visible()
        await expect(part.get_by_text("Running").first).to_be_visible()

    async def broken(route: Any) -> None:
        answer = await route.fetch()
        body = await answer.json()
        part = next(one for one in body["services"] if one["name"] == "contacts")
        del part["status"]
        part.update(health="UNREACHABLE", error={"code": "UNAVAILABLE", "message": "no connection"})
        await route.fulfill(response=answer, json={**body, "status": "DEGRADED"})

    await page.route("**/v1/system/status", broken)
    await expect(page.get_by_text("1 service is down.")).to_be_visible()
    await expect(page.get_by_role("region", name="Contacts", exact=True).get_by_text("Down")).to_be_visible()


async def test_who_has_no_right_sees_no_administration(web: Web) -> None:
    email = await make_user(web, "representative", "Seller")
    page = await web.open("/contacts", user=email, password=PASSWORD)
    await expect(page.get_by_role("navigation").get_by_role("link", name="Contacts")).to_be_visible()
    await expect(page.get_by_role("link", name="Administration")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "width", "dark"), [("en", 1280, False), ("fa", 360, False), ("fa", 1280, True), ("en", 360, True)]
)
async def test_the_pages_of_administration_are_accessible_and_fit(
    web: Web, locale: str, width: int, dark: bool
) -> None:
    page = await web.open("/administration", locale=locale, width=width, dark=dark)
    for path in PAGES:
        await page.goto(f"/administration{path}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator(".MuiSkeleton-root")).to_have_count(0)
        await check_accessible(page)
        await check_no_sideways_scroll(page)
