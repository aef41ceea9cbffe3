"""The app installed on a device, and what it can do without a network."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.browser import Web, check_accessible, check_no_sideways_scroll, ready

# The records of which this browser keeps answers: "contacts/0198…".
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("peyvand");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const names = [...opening.result.objectStoreNames];
    if (!names.includes("kept")) return resolve([]);
    const all = opening.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => resolve(all.result.map((one) => one.record).filter(Boolean));
  };
})"""


async def _open_first_contact(page: Page) -> str:
    """Opens the first customer of the table; returns the name."""
    link = page.locator("tbody a").first
    name = await link.locator("bdi").inner_text()
    await link.click()
    await page.wait_for_url("**/contacts/*")
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    await ready(page)
    return name


async def _installed(page: Page) -> None:
    """Waits until the worker has kept the app's files and answers for them."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")


async def _keeps(page: Page, count: int) -> None:
    """Waits until this browser keeps so many records."""
    for _ in range(100):
        if len(set(await page.evaluate(KEPT))) == count:
            return
        # The database has no event that tells a test; a frame later is soon enough.
        await page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError(f"kept: {await page.evaluate(KEPT)}")


async def _go_offline(web: Web, page: Page) -> None:
    await page.context.set_offline(True)
    web.errors.clear()


def _only_network_errors(web: Web) -> None:
    """Browsers write every request that found no network to the console; nothing else may be there."""
    others = [error for error in web.errors if "net::ERR_INTERNET_DISCONNECTED" not in error]
    web.errors[:] = others


async def test_a_customer_opened_lately_is_read_without_a_network_after_a_fresh_start(web: Web) -> None:
    page = await web.open("/contacts", worker=True)
    name = await _open_first_contact(page)
    await _installed(page)
    await _keeps(page, 1)
    await _go_offline(web, page)
    await page.reload()
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    await expect(page.get_by_text("You are offline since")).to_be_visible()
    await page.get_by_role("link", name="Customers on this device").click()
    await expect(page.get_by_role("heading", name="Customers on this device")).to_be_visible()
    await page.get_by_role("list", name="Customers on this device").get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("You are offline since")).to_have_count(0)
    _only_network_errors(web)


async def test_signing_out_without_a_network_forgets_everything_and_ends_the_session_when_it_is_back(web: Web) -> None:
    page = await web.open("/contacts", worker=True)
    await _open_first_contact(page)
    await _installed(page)
    await _keeps(page, 1)
    await _go_offline(web, page)
    await page.locator("header button[aria-haspopup=menu]").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await _keeps(page, 0)
    assert await page.evaluate("localStorage.getItem('peyvand.me')") is None
    async with page.expect_response("**/auth/signOut") as told:
        await page.context.set_offline(False)
    assert (await told.value).ok
    assert await page.context.cookies() == []
    _only_network_errors(web)


async def test_what_one_person_opened_is_gone_when_another_signs_in(web: Web) -> None:
    page = await web.open("/contacts")
    await _open_first_contact(page)
    await _keeps(page, 1)
    # As if the session had ended and somebody else had signed in here.
    await page.evaluate(
        "const kept = JSON.parse(localStorage['peyvand.me']); kept.me.user.id = 'someone-else';"
        "localStorage['peyvand.me'] = JSON.stringify(kept)"
    )
    await page.goto("/nowhere")
    await _keeps(page, 0)


async def test_a_server_that_does_not_answer_is_told_with_the_time_and_changes_are_closed(web: Web) -> None:
    page = await web.open("/offline")
    await expect(page.get_by_role("heading", name="Customers on this device")).to_be_visible()
    await page.context.route("**/healthz", lambda route: route.abort())
    await page.context.route("**/v1/**", lambda route: route.abort())
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill("ali")
    await expect(page.get_by_text("You are offline since")).to_be_visible()
    await page.context.unroute("**/healthz")
    await page.context.unroute("**/v1/**")
    await expect(page.get_by_text("You are offline since")).to_have_count(0)
    web.errors[:] = [error for error in web.errors if "net::ERR_FAILED" not in error]


async def test_a_newer_version_is_offered_and_comes_with_a_reload(web: Web) -> None:
    page = await web.open("/contacts", worker=True)
    await _installed(page)
    await expect(page.get_by_text("A new version of Peyvand")).to_have_count(0)
    await page.evaluate(
        "navigator.serviceWorker.dispatchEvent(new MessageEvent('message', {data: {entry: '/assets/newer.js'}}))"
    )
    await expect(page.get_by_text("A new version of Peyvand")).to_be_visible()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Reload").click()
    await expect(page.get_by_text("A new version of Peyvand")).to_have_count(0)


@pytest.mark.parametrize(("locale", "name"), [("en", "Peyvand"), ("fa", "پیوند")])
async def test_the_browser_would_install_it_under_its_name_in_the_persons_language(
    web: Web, locale: str, name: str
) -> None:
    page = await web.open("/contacts", locale=locale, worker=True)
    await _installed(page)
    href = await page.locator("link[rel=manifest]").get_attribute("href")
    manifest: dict[str, Any] = await (await page.request.get(str(href))).json()
    assert (manifest["name"], manifest["lang"]) == (name, locale)
    for icon in manifest["icons"]:
        answer = await page.request.get(icon["src"])
        assert answer.ok
        assert answer.headers["content-type"].startswith("image/")
    session = await page.context.new_cdp_session(page)
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    # A context of a test counts as a private window, where nothing is installed.
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "fa"])
async def test_what_is_kept_is_accessible_and_fits_a_telephone(web: Web, locale: str, dark: bool) -> None:
    page = await web.open("/contacts", locale=locale, dark=dark, width=360)
    await page.locator('main a[href^="/contacts/"]:not([href$="/create"])').first.click()
    await page.wait_for_url("**/contacts/*")
    await ready(page)
    await _keeps(page, 1)
    await page.goto("/offline")
    await expect(page.locator("main ul a")).to_have_count(1)
    await _go_offline(web, page)
    await expect(page.locator("main ul a")).to_be_visible()
    await check_accessible(page)
    await check_no_sideways_scroll(page)
    _only_network_errors(web)
