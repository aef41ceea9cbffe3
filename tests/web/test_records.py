"""The page of a customer and its forms, as people use them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready
from tests.web.people import PASSWORD, make_user


async def _made(page: Page, web: Web, **fields: Any) -> dict[str, Any]:
    """A contact of this test alone."""
    name = uuid4().hex[:8]
    contact = {"givenName": "Mina", "familyName": name, "jobTitle": "Cook", "language": "en", **fields}
    answer = await page.context.request.post("/v1/contacts", data={"contact": contact}, headers={"origin": web.address})
    assert answer.ok, await answer.text()
    made: dict[str, Any] = await answer.json()
    return made


async def _changed(page: Page, web: Web, contact_id: str, **fields: Any) -> None:
    """As another person does it, by the API."""
    body = {"contact": {"id": contact_id, **fields}, "updateMask": ",".join(fields)}
    answer = await page.context.request.patch(f"/v1/contacts/{contact_id}", data=body, headers={"origin": web.address})
    assert answer.ok, await answer.text()


async def _opened(web: Web, **how: Any) -> tuple[Page, dict[str, Any]]:
    """The page of a new contact."""
    fields = how.pop("fields", {})
    page = await web.open("/contacts", **how)
    await expect(page.locator("table, main li").first).to_be_visible()
    contact = await _made(page, web, **fields)
    await page.goto(f"/contacts/{contact['id']}")
    await expect(page.get_by_role("heading", name=contact["displayName"])).to_be_visible()
    await ready(page)
    return page, contact


async def test_a_new_contact_is_compared_with_those_who_are_there(web: Web) -> None:
    page = await web.open("/contacts")
    await expect(page.locator("table")).to_be_visible()
    address = f"{uuid4().hex[:8]}@mina.example"
    there = await _made(page, web, emails=[{"address": address}], jobTitle="")
    await page.goto("/contacts/create")
    await page.get_by_label("Given name").fill("Somebody")
    await page.get_by_role("textbox", name="E-mail 1", exact=True).fill(address)
    await expect(page.get_by_text("Same address or number")).to_be_visible()
    await page.get_by_role("button", name="Create contact").click()
    await expect(page.get_by_role("alert").filter(has_text="Nothing was created")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Given name")).to_have_value("Somebody")
    await page.get_by_label("Job title").fill("Pilot")
    await page.get_by_role("button", name="Use this instead").click()
    await expect(page).to_have_url(re.compile(f"/contacts/{there['id']}"))
    await page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Edit Job title")).to_be_visible()
    await expect(page.locator("main [data-field=jobTitle]")).to_contain_text("Pilot")


async def test_a_fact_is_edited_in_place_and_the_change_undone(web: Web) -> None:
    page, _ = await _opened(web)
    await page.get_by_role("button", name="Edit Job title").focus()
    await page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Job title")
    await expect(field).to_be_focused()
    await field.fill("nothing")
    await page.keyboard.press("Escape")
    facts = page.locator("[data-field=jobTitle]")
    await expect(facts).to_contain_text("Cook")
    await page.get_by_role("button", name="Edit Job title").click()
    await field.fill("Chef")
    await page.keyboard.press("Enter")
    await expect(facts).to_contain_text("Chef")
    await page.get_by_role("button", name="Undo").click()
    await expect(facts).to_contain_text("Cook")


async def test_what_is_no_address_is_told_at_its_field(web: Web) -> None:
    page, _ = await _opened(web)
    facts = page.locator("[data-field=emails]")
    await page.get_by_role("button", name="E-mail", exact=True).click()
    await facts.get_by_role("textbox", name="E-mail 1").fill("nobody")
    await facts.get_by_role("button", name="Save").click()
    await expect(facts.get_by_text("This is not a valid e-mail address.")).to_be_visible()
    await expect(facts.get_by_role("textbox", name="E-mail 1")).to_have_value("nobody")
    await facts.get_by_role("textbox", name="E-mail 1").fill(f"{uuid4().hex[:8]}@mina.example")
    await facts.get_by_role("button", name="Save").click()
    await expect(facts.get_by_role("link")).to_be_visible()


async def test_when_another_saved_first_each_field_is_chosen(web: Web) -> None:
    page, contact = await _opened(web)
    other = await web.open("/contacts")
    await page.get_by_role("button", name="Edit", exact=True).click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Job title").fill("Mine")
    await form.get_by_label("Given name").fill("Minoo")
    await _changed(other, web, contact["id"], jobTitle="Theirs", source="a fair")
    await form.get_by_role("button", name="Save", exact=True).click()
    conflict = page.get_by_role("dialog", name="Someone else saved first")
    await expect(conflict.get_by_text("Cook")).to_be_visible()
    await check_accessible(page)
    await conflict.get_by_role("radio", name="Theirs Theirs").check()
    await conflict.get_by_role("button", name="Save this").click()
    await expect(page.get_by_role("heading", name=re.compile("^Minoo"))).to_be_visible()
    await expect(page.locator("[data-field=jobTitle]")).to_contain_text("Theirs")
    await expect(page.locator("[data-field=source]")).to_contain_text("a fair")


async def test_two_people_change_one_contact_and_choose_what_holds(web: Web) -> None:
    page, contact = await _opened(web)
    email = await make_user(web, "agent", "Second Person")
    other = await web.open(f"/contacts/{contact['id']}", user=email, password=PASSWORD)
    await page.get_by_role("button", name="Edit", exact=True).click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Job title").fill("Mine")
    await form.get_by_label("Given name").fill("Minoo")
    await other.get_by_role("button", name="Edit Job title").click()
    await other.get_by_role("textbox", name="Job title").fill("Theirs")
    await other.keyboard.press("Enter")
    await expect(other.get_by_text("Saved", exact=True)).to_be_visible()
    await form.get_by_role("button", name="Save", exact=True).click()
    conflict = page.get_by_role("dialog", name="Someone else saved first")
    await conflict.get_by_role("radio", name="Yours Mine").check()
    await conflict.get_by_role("button", name="Save this").click()
    # What the first one chose reaches the second one, who has touched nothing more.
    for one in (page, other):
        await expect(one.get_by_role("heading", name=re.compile("^Minoo"))).to_be_visible()
        await expect(one.locator("main [data-field=jobTitle]")).to_contain_text("Mine")
    timeline = other.get_by_role("region", name="Timeline")
    for name in ("Administrator", "Second Person"):
        await expect(timeline.get_by_text(re.compile(f"{name}.? made changes"))).to_be_visible()


async def test_what_its_people_do_comes_to_the_timeline_of_a_company(web: Web) -> None:
    name = f"Harbour {uuid4().hex[:8]}"
    company = await web.call("POST", "/v1/companies", {"company": {"name": name}})
    page = await web.open(f"/companies/{company['id']}")
    timeline = page.get_by_role("region", name="Timeline")
    await expect(timeline.get_by_text("created this")).to_be_visible()
    contact = await _made(page, web, companies=[{"companyId": company["id"], "role": "Pilot", "primary": True}])
    await expect(timeline.get_by_text("added a person")).to_be_visible()
    await _changed(page, web, contact["id"], jobTitle="Captain")
    line = timeline.get_by_role("listitem").filter(has_text="made changes")
    await expect(line.get_by_role("link", name=contact["displayName"])).to_be_visible()
    await expect(line).to_contain_text("Captain")
    await expect(line).to_contain_text("Job title")
    await check_accessible(page)
    note = {"subjectType": "SUBJECT_TYPE_CONTACT", "subjectId": contact["id"], "body": "Wants a berth"}
    await web.call("POST", "/v1/notes", {"note": note})
    await expect(timeline.get_by_role("listitem").filter(has_text="Wants a berth")).to_be_visible()


async def test_two_browsers_follow_each_other_and_an_edit_is_not_disturbed(web: Web) -> None:
    page, contact = await _opened(web)
    other = await web.open(f"/contacts/{contact['id']}")
    await ready(other)
    await page.get_by_role("button", name="Edit Job title").click()
    await page.get_by_role("textbox", name="Job title").fill("Half writ")
    await other.get_by_role("button", name="Edit Job title").click()
    await other.get_by_role("textbox", name="Job title").fill("Captain")
    await other.keyboard.press("Enter")
    await expect(page.get_by_text("Someone else has just changed this to:")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Job title")).to_have_value("Half writ")
    await page.get_by_role("button", name="Use theirs").click()
    await expect(page.get_by_role("textbox", name="Job title")).to_have_value("Captain")


async def test_a_note_mentions_a_colleague_and_its_draft_survives(web: Web) -> None:
    page, _ = await _opened(web)
    note = page.get_by_role("textbox", name="Note")
    await note.fill("Kept words")
    await page.reload()
    await expect(note).to_have_value("Kept words")
    await note.fill("Ask @")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type("soon")
    await page.keyboard.press("Control+Enter")
    timeline = page.get_by_role("region", name="Timeline")
    await expect(timeline.get_by_role("listitem").locator(".MuiChip-label", has_text="@")).to_be_visible()
    await expect(note).to_have_value("")
    await timeline.get_by_role("button", name="Delete note").click()
    await expect(timeline.get_by_role("button", name="Delete note")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(timeline.get_by_role("listitem").locator(".MuiChip-label", has_text="@")).to_be_visible()


async def test_a_pinned_note_stands_above_the_timeline_in_every_browser(web: Web) -> None:
    page, contact = await _opened(web)
    other = await web.open(f"/contacts/{contact['id']}")
    await page.get_by_role("textbox", name="Note").fill("Pays late: ask for half in advance")
    await page.keyboard.press("Control+Enter")
    timeline = page.get_by_role("region", name="Timeline")
    await timeline.get_by_role("button", name="Pin", exact=True).click()
    for one in (page, other):
        pinned = one.get_by_role("region", name="Pinned")
        await expect(pinned.get_by_text("Pays late")).to_be_visible()
    await check_accessible(page)
    await page.get_by_role("region", name="Pinned").get_by_role("button", name="Unpin").click()
    await expect(other.get_by_role("region", name="Pinned")).to_have_count(0)
    await expect(other.get_by_text("Pays late")).to_be_visible()


async def test_while_a_company_is_written_down_others_like_it_are_shown(web: Web) -> None:
    name = f"Harbour {uuid4().hex[:8]}"
    host = f"{uuid4().hex[:8]}.example"
    await web.call("POST", "/v1/companies", {"company": {"name": name, "domains": [host]}})
    page = await web.open("/companies/create")
    form = page.locator("form")
    await form.get_by_role("textbox", name="Name", exact=True).fill(name.removeprefix("Harbour "))
    found = page.get_by_role("status").filter(has_text="A company like this is here already")
    await expect(found).to_contain_text("Similar name")
    await form.get_by_role("textbox", name="Name", exact=True).fill("Something else")
    await expect(found).to_have_count(0)
    await form.get_by_role("combobox", name="Domains").fill(f"https://www.{host}/about")
    await page.keyboard.press("Enter")
    await expect(found).to_contain_text("Same domain")
    await check_accessible(page)
    await found.get_by_role("link", name=re.compile("^Open")).click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()


async def test_a_deleted_contact_comes_back(web: Web) -> None:
    page, _ = await _opened(web)
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(page.get_by_text("This is in the bin.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("This is in the bin.")).to_have_count(0)


async def test_a_birthday_is_written_in_the_jalali_calendar_at_telephone_width(web: Web) -> None:
    page, _ = await _opened(web, locale="fa", width=360, height=740, fields={"language": "fa"})
    await page.get_by_role("tab", name="مشخصات").click()
    await page.get_by_role("button", name="تاریخ تولد").click()
    facts = page.locator("[data-field=birthday]")
    await facts.get_by_role("textbox").fill("۱۴۰۳/۰۱/۱۵")
    await facts.get_by_role("button", name="ذخیره").click()
    await expect(facts).to_contain_text("۱۵ فروردین ۱۴۰۳")
    await check_no_sideways_scroll(page)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "fa"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_the_pages_are_accessible_and_fit(web: Web, locale: str, dark: bool, width: int) -> None:
    page, _ = await _opened(web, locale=locale, dark=dark, width=width)
    await check_accessible(page)
    await check_no_sideways_scroll(page)
    await page.goto("/contacts/create")
    await expect(page.locator("form")).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)
