"""A browser for tests and screenshots: finding it, opening pages in it, and what to ask of any page."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect

from cli.stack.settings import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ADMINISTRATOR = "admin@example.com"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Browsers write every refused request to the console; refusals are part of what is tested.
_REFUSED = "Failed to load resource: the server responded with a status of 4"
# The system page asks anew every few seconds, and a busy machine takes its time: what is awaited ends the wait.
expect.set_options(timeout=20_000)


def chromium() -> str:
    """The path of the browser; fails with the command that installs one."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("There is no Chromium. Run: apt-get install chromium")
    return str(found)


@asynccontextmanager
async def launched(playwright: Playwright) -> AsyncIterator[Browser]:
    """The browser without a window."""
    browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS, headless=True)
    try:
        yield browser
    finally:
        await browser.close()


class Web:
    """Opens pages. `errors` is what they wrote to the console as errors, and exceptions nobody caught."""

    def __init__(self, browser: Browser, address: str, password: str) -> None:
        self.address, self.password = address, password
        self.errors: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._callers: dict[str, BrowserContext] = {}

    async def open(
        self,
        path: str = "/",
        *,
        locale: str = "en",
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        user: str | None = ADMINISTRATOR,
        password: str = "",
        worker: bool = False,
        own_preferences: bool = False,
    ) -> Page:
        """A page in a browser of its own (cookies, storage), signed in as `user`; None: not signed in.

        `worker`: with the service worker, which answers instead of the server where it can. `own_preferences`: it looks
        as the user's profile says; else the profile is emptied and `locale` rules.
        """
        context = await self._browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            has_touch=width < 600,
            service_workers="allow" if worker else "block",
            timezone_id="Asia/Tehran" if locale == "fa" else "UTC",
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        if user is not None:
            await self._sign_in(context, user, password or self.password)
            if not own_preferences:
                await self._forget_preferences(context, locale)
        page = await context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(path)
        await ready(page)
        return page

    async def _sign_in(self, context: BrowserContext, user: str, password: str) -> None:
        """Signs in by the API, as the form does; the form itself has its own test."""
        answer = await context.request.post(
            "/auth/signIn", data={"email": user, "password": password}, headers={"origin": self.address}
        )
        assert answer.ok, await answer.text()
        await context.add_init_script("localStorage.setItem('peyvand.signedIn', 'yes')")

    async def sign_in_fails(self, user: str, password: str) -> str:
        """The reason for which signing in is refused."""
        context = await self._browser.new_context(base_url=self.address)
        self._contexts.append(context)
        answer = await context.request.post(
            "/auth/signIn", data={"email": user, "password": password}, headers={"origin": self.address}
        )
        assert not answer.ok, "signing in has worked"
        details: list[dict[str, str]] = (await answer.json())["details"]
        return next(detail["reason"] for detail in details if "reason" in detail)

    async def _forget_preferences(self, context: BrowserContext, locale: str) -> None:
        names = "language,timeZone,calendar,digits,theme,weekStart"
        body = {"preferences": {}, "updateMask": names}
        answer = await context.request.patch("/v1/me/preferences", data=body, headers={"origin": self.address})
        assert answer.ok, await answer.text()
        # A profile without a language takes the one chosen in the browser.
        chosen = json.dumps(json.dumps({"locale": locale, "localeChosen": True}))
        await context.add_init_script(f"localStorage['peyvand.preferences'] ??= {chosen}")

    async def call(
        self, method: str, path: str, body: Any = None, *, user: str = ADMINISTRATOR, password: str = ""
    ) -> Any:
        """What the API answers to this user: for what a test needs to be there, and what others do meanwhile."""
        context = self._callers.get(user)
        if context is None:
            context = self._callers[user] = await self._browser.new_context(base_url=self.address)
            self._contexts.append(context)
            await self._sign_in(context, user, password or self.password)
        answer = await context.request.fetch(path, method=method, data=body, headers={"origin": self.address})
        assert answer.ok, await answer.text()
        return await answer.json()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_REFUSED):
            self.errors.append(message.text)

    async def close(self) -> None:
        for context in self._contexts:
            for page in context.pages:
                # A request that a failed test left half answered would fail the next one.
                await page.unroute_all(behavior="ignoreErrors")
            await context.close()
        self._contexts.clear()
        self._callers.clear()


async def ready(page: Page) -> None:
    """Waits until the page shows something, and no skeleton."""
    await expect(page.locator("main").first).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    await expect(page.locator(".MuiSkeleton-root")).to_have_count(0)


async def choose_language(page: Page, name: str) -> None:
    """By the menu of one's own account: "فارسی"."""
    await page.locator("header button[aria-haspopup=menu]").click()
    await page.get_by_role("menuitemradio", name=name).click()
    await expect(page.get_by_role("menu")).to_have_count(0)


async def check_accessible(page: Page) -> None:
    """Asks axe for violations of WCAG 2.2 AA on the page as it is."""
    # Not as a script tag: the page's policy would refuse it.
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    wrong = [
        (violation["id"], violation["help"], [node["html"][:200] for node in violation["nodes"][:3]])
        for violation in found["violations"]
    ]
    assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)


async def check_no_sideways_scroll(page: Page) -> None:
    """The page fits its width."""
    extra = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert extra <= 0, f"the page is {extra} px wider than the window"
