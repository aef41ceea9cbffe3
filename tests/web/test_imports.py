"""Importing contacts, as a person does it: file, check, try out, import, mend, import again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, Route, expect

from cli.stack.settings import ROOT
from tests.system.conftest import Stack
from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready

SAMPLES = ROOT / "tests" / "data" / "contacts"
COUNTS = ("created", "updated", "unchanged", "rejected")
WESTERN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789", "٬,")


def expected(language: str) -> dict[str, Any]:
    return dict(json.loads((SAMPLES / f"contacts-{language}.expected.json").read_text()))


def words(locale: str) -> dict[str, str]:
    """The texts of the pages in a language."""
    return dict(json.loads((ROOT / "web" / "src" / "i18n" / locale / "imports.json").read_text()))


@pytest.fixture
async def _nobody_stays(web: Web) -> AsyncIterator[None]:
    """Puts what a test imported into the bin: the next one begins as this did."""
    newest = await web.call("GET", "/v1/contacts?pageSize=1&orderBy=create_time%20desc")
    since = newest["contacts"][0]["audit"]["createTime"]
    yield
    selection = {"selection": {"filter": f'create_time > "{since}"'}}
    answer = await web.call("POST", "/v1/contacts:bulkDelete", selection)
    assert answer["state"] == "STATE_SUCCEEDED"


async def chosen(page: Page, file: Path | dict[str, Any]) -> None:
    """Chooses a file and waits for what was understood of it."""
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type] # a payload is a dict
    await page.wait_for_url("**/imports/create?file=*")
    await ready(page)
    await expect(page.locator("table")).to_be_visible()


def text_file(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


async def tried(page: Page, locale: str = "en") -> None:
    """Tries out what was understood, and waits for the result."""
    await page.get_by_role("button", name=words(locale)["check.try"]).click()
    await expect(page.locator(".MuiAlert-colorInfo")).to_be_visible()
    await ready(page)


async def imported(page: Page, locale: str = "en") -> None:
    """Imports what was tried out, and waits for the result."""
    await page.get_by_role("button", name=words(locale)["result.import"]).click()
    await expect(page.locator(".MuiAlert-colorSuccess")).to_be_visible()
    await ready(page)


async def counts(page: Page) -> dict[str, int]:
    return {name: int((await page.locator(f"[data-count={name}]").inner_text()).translate(WESTERN)) for name in COUNTS}


async def rejected(page: Page, locale: str, fields: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of the result page as expected.json has them; `fields`: of which field a column is."""
    reasons = {text: key.removeprefix("reasons.") for key, text in words(locale).items() if key.startswith("reasons.")}
    found = []
    for row in await page.locator("[data-record]").all():
        cells = [cell.strip() for cell in await row.locator("th, td").all_text_contents()]
        found.append(
            {
                "record": int(cells[0].translate(WESTERN)),
                "column": fields[cells[2]] if cells[2] else None,
                "reason": reasons[cells[-1]],
            }
        )
    return found


async def fields_of(page: Page, locale: str) -> dict[str, str]:
    """The field that each column feeds, as the check page says it."""
    names = {text: key.removeprefix("fields.") for key, text in words(locale).items() if key.startswith("fields.")}
    found = {}
    for row in await page.locator("section li").all():
        column = (await row.locator("bdi").first.inner_text()).strip()
        found[column] = names[await row.get_by_role("combobox").input_value()]
    return found


async def check_result(page: Page, locale: str, told: dict[str, Any], fields: dict[str, str]) -> None:
    wanted = {"created": told["created"], "updated": told["updated"], "unchanged": 0}
    assert await counts(page) == {**wanted, "rejected": len(told["rejected"])}
    assert await rejected(page, locale, fields) == told["rejected"]


@pytest.mark.parametrize("language", ["en", "fa", "az", "ms"])
@pytest.mark.usefixtures("_nobody_stays")
async def test_a_messy_export_is_imported_exactly_as_expected(web: Web, language: str) -> None:
    told = expected(language)
    page = await web.open("/imports/create")
    await chosen(page, SAMPLES / f"contacts-{language}.csv")
    fields = await fields_of(page, "en")
    assert list(fields.values())[:4] == ["given_name", "family_name", "email", "phone"]
    await tried(page)
    await check_result(page, "en", told, fields)
    await imported(page)
    await check_result(page, "en", told, fields)


@pytest.mark.usefixtures("_nobody_stays")
async def test_a_persian_export_is_imported_in_persian_at_telephone_width(web: Web) -> None:
    told = expected("fa")
    page = await web.open("/imports", locale="fa", width=360, height=740)
    await page.get_by_role("link", name="درون‌ریزی پرونده").click()
    await chosen(page, SAMPLES / "contacts-fa.csv")
    fields = await fields_of(page, "fa")
    await tried(page, "fa")
    await imported(page, "fa")
    await check_result(page, "fa", told, fields)
    await check_no_sideways_scroll(page)
    await page.goto("/imports")
    await ready(page)
    await expect(page.get_by_role("row").nth(1)).to_contain_text("۴۰۰ تازه")


@pytest.mark.parametrize(
    ("locale", "dark", "width"),
    [("en", False, 1280), ("en", True, 360), ("fa", False, 360), ("fa", True, 1280)],
)
async def test_every_step_is_accessible_and_fits(web: Web, locale: str, dark: bool, width: int) -> None:
    page = await web.open("/imports/create", locale=locale, dark=dark, width=width)

    async def looks_right() -> None:
        await check_accessible(page)
        await check_no_sideways_scroll(page)

    await looks_right()
    await chosen(page, SAMPLES / f"contacts-{locale}.csv")
    await looks_right()
    await tried(page, locale)
    await looks_right()
    await page.goto("/imports")
    await ready(page)
    await looks_right()


async def test_a_workbook_is_refused_before_it_is_sent(web: Web) -> None:
    page = await web.open("/imports/create")
    workbook = {"name": "contacts.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04"}
    await page.locator("input[type=file]").set_input_files(workbook)  # type: ignore[arg-type] # a payload is a dict
    await expect(page.get_by_role("alert")).to_contain_text("save it as “CSV UTF-8”")
    disguised = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04" + bytes(100)}
    await page.locator("input[type=file]").set_input_files(disguised)  # type: ignore[arg-type]
    await expect(page.get_by_role("alert")).to_contain_text("save it as “CSV UTF-8”")


async def test_an_upload_can_be_cancelled(web: Web) -> None:
    page = await web.open("/imports/create")

    async def never_arrives(_: Route) -> None:
        """Neither answered nor refused."""

    await page.route("**/v1/files?*", never_arrives)
    await page.locator("input[type=file]").set_input_files(SAMPLES / "contacts-en.csv")
    await expect(page.get_by_role("progressbar", name="Uploading")).to_be_visible()
    await page.get_by_role("link", name="Contacts").click()
    await expect(page.get_by_role("dialog", name="Stop the upload?")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.unroute_all(behavior="ignoreErrors")


def field_of(page: Page, column: str) -> Locator:
    return page.get_by_role("combobox", name=f"Field for the column {column}")


@pytest.mark.usefixtures("_nobody_stays")
async def test_what_was_misunderstood_is_corrected_in_place_and_stays_after_a_reload(web: Web) -> None:
    page = await web.open("/imports/create")
    await chosen(page, text_file("people.csv", "Who,Mail,Size,Notes\nAda King,ada@sizes.example,XL,secret\n"))
    await page.get_by_role("combobox", name="Cells are separated by").click()
    await page.get_by_role("option", name="Tab").click()
    await expect(page.get_by_role("cell", name="Ada King,ada@sizes.example,XL,secret")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("Choose a column for e-mail or telephone")
    await expect(page.get_by_role("button", name="Try it out")).to_be_disabled()
    await page.get_by_role("combobox", name="Cells are separated by").click()
    await page.get_by_role("option", name="Comma").click()
    await expect(page.get_by_role("cell", name="ada@sizes.example", exact=True)).to_be_visible()

    await field_of(page, "Who").fill("full name")
    await page.keyboard.press("Enter")
    await field_of(page, "Size").fill("Shirt size")
    await page.get_by_role("option", name="Custom field: shirt_size").click()
    await field_of(page, "Notes").click()
    await page.get_by_role("option", name="Leave out").click()
    await page.reload()
    await expect(field_of(page, "Size")).to_have_value("Custom field: shirt_size")
    await expect(field_of(page, "Notes")).to_have_value("Leave out")

    await tried(page)
    await imported(page)
    found = await page.context.request.get("/v1/contacts:search?query=ada@sizes.example")
    [hit] = (await found.json())["results"]
    assert hit["contact"]["displayName"] == "Ada King"
    assert hit["contact"]["custom"] == {"shirt_size": "XL"}


async def test_quoting_and_header_are_shown_as_understood_and_corrected(web: Web) -> None:
    page = await web.open("/imports/create")
    text = "Name,Mail,Note\nAda King,ada@quoted.example,'x, y'\nBob Byte,bob@quoted.example,'z, w'\n"
    await chosen(page, text_file("people.csv", text))
    quoting, header = (page.get_by_role("combobox", name=name) for name in ("Quotation marks", "First row"))
    await expect(quoting).to_have_text("Single ('…')")
    await expect(header).to_have_text("Names of the columns")
    await expect(page.get_by_role("cell", name="x, y", exact=True)).to_be_visible()
    await quoting.click()
    await page.get_by_role("option", name="None: they belong to the text").click()
    await expect(page.get_by_role("cell", name="'x", exact=True)).to_be_visible()
    await header.click()
    await page.get_by_role("option", name="A record like the others").click()
    await expect(page.get_by_role("columnheader", name="Column 1")).to_be_visible()
    await expect(page.get_by_role("cell", name="Mail", exact=True)).to_be_visible()
    await page.reload()
    await expect(header).to_have_text("A record like the others")
    await expect(page.get_by_role("cell", name="Mail", exact=True)).to_be_visible()


async def test_two_columns_cannot_feed_one_field(web: Web) -> None:
    page = await web.open("/imports/create")
    await chosen(page, text_file("people.csv", "First name,Nick,Email\nAda,Addie,ada@twice.example\n"))
    await field_of(page, "Nick").fill("Given name")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Another column feeds this field already")).to_have_count(2)
    await expect(page.get_by_role("button", name="Try it out")).to_be_disabled()


async def test_only_updating_rejects_people_who_are_not_known(web: Web) -> None:
    page = await web.open("/imports/create")
    await chosen(page, text_file("people.csv", "Full name,Email\nNobody Yet,nobody@new.example\n"))
    await page.get_by_role("radio", name="Only update").check()
    await tried(page)
    await expect(page.locator("[data-record]")).to_contain_text("Nobody matches")
    assert await counts(page) == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 1}
    await page.get_by_role("link", name="Correct how it is read").click()
    await expect(page.get_by_role("radio", name="Only update")).to_be_checked()


@pytest.mark.usefixtures("_nobody_stays")
async def test_rejected_rows_are_downloaded_mended_and_imported(web: Web) -> None:
    page = await web.open("/imports/create")
    text = "Full name,Email,Phone\nAda King,ada-at-mend,+12025550101\nBob Byte,,\n"
    await chosen(page, text_file("people.csv", text))
    await tried(page)
    await imported(page)
    await page.get_by_role("button", name="Neither e-mail nor telephone").click()
    await expect(page.locator("[data-record]")).to_have_count(1)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download as CSV").click()
    saved = await (await download.value).path()
    rows = list(csv.DictReader(io.StringIO(saved.read_bytes().decode("utf-8-sig"))))
    assert [row["reason"] for row in rows] == ["EMAIL_INVALID", "NO_IDENTITY"]

    rows[0]["Email"], rows[1]["Email"] = "ada@mend.example", "bob@mend.example"
    mended = io.StringIO()
    writer = csv.DictWriter(mended, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    await page.get_by_role("link", name="Upload the corrected file").click()
    await chosen(page, text_file("mended.csv", mended.getvalue()))
    await tried(page)
    await imported(page)
    assert await counts(page) == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}


async def test_an_import_is_taken_back(web: Web) -> None:
    page = await web.open("/imports/create")
    await chosen(page, text_file("people.csv", "Full name,Email\nAda Undone,ada@undone.example\n"))
    await tried(page)
    await imported(page)
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("This import was undone: 1 contact.")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    found = await page.context.request.get("/v1/contacts:search?query=ada@undone.example")
    assert (await found.json())["results"] == []


@pytest.mark.usefixtures("_nobody_stays")
async def test_a_running_import_is_followed_and_its_end_reaches_the_list(web: Web) -> None:
    # A try-out changes nothing; it is counted piece by piece.
    total = 40_000
    rows = "".join(f"Person {number},person{number}@followed.example\n" for number in range(total))
    page = await web.open("/imports/create")
    watching = await web.open("/imports")
    await chosen(page, text_file("people.csv", f"Full name,Email\n{rows}"))
    await page.get_by_role("button", name=words("en")["check.try"]).click()
    await expect(page.get_by_text(re.compile("^[1-9][0-9,]* records so far"))).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    await expect(page.get_by_text(f"{total:,} records were tried out.", exact=False)).to_be_visible()

    name = f"followed-{uuid4().hex[:8]}.csv"
    await page.goto("/imports/create")
    await chosen(page, text_file(name, "Full name,Email\nAda Followed,ada@followed.example\n"))
    await tried(page)
    await imported(page)
    row = watching.get_by_role("row").filter(has_text=name).filter(has_text="Imported")
    await expect(row).to_contain_text("1 new")


async def test_who_may_not_import_is_told_so(web: Web, web_stack: Stack) -> None:
    password = web_stack.wait_for("The new users' password is").rsplit(" ", 1)[1]
    page = await web.open("/imports/create", user="meiling@demo.example", password=password)
    await expect(page.get_by_text("You do not have the right to do this")).to_be_visible()
    await expect(page.locator("input[type=file]")).to_have_count(0)
    navigation = page.get_by_role("navigation", name="Main navigation")
    await expect(navigation.get_by_role("link", name="Contacts")).to_be_visible()
    await expect(navigation.get_by_role("link", name="Imports")).to_have_count(0)
