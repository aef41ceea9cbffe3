"""`python -m tests.web.page_change ADDRESS PASSWORD_FILE`: how long a table takes to show the next page.

Against a running system with whatever data it has. A change counts from the click until the other rows are painted:
with the next page read ahead, as when a person has looked at the page, and with the click as soon as there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.web.browser import Web, launched

CHANGES = 20
# Milliseconds a person looks at a page at least.
LOOKING = 500
# Milliseconds from the click to the frame in which the first row is another one, measured inside the page.
_CHANGE = """() => new Promise((done) => {
  const first = () => document.querySelector("tbody th")?.textContent;
  const before = first(), next = document.querySelector("nav[aria-label=Pages] button:last-of-type");
  const look = () => first() === before ? requestAnimationFrame(look) : done(performance.now() - begun);
  const begun = performance.now();
  next.click();
  requestAnimationFrame(look);
})"""


async def measure(page: Page, *, read_ahead: bool) -> list[float]:
    """Milliseconds of each of up to 20 changes."""
    times: list[float] = []
    following = page.get_by_role("button", name="Next")
    while len(times) < CHANGES and await following.is_enabled():
        if read_ahead:
            await page.wait_for_timeout(LOOKING)
        times.append(await page.evaluate(_CHANGE))
        await expect(page.locator("table")).to_have_attribute("aria-busy", "false")
    return times


async def run(address: str, password: str) -> None:
    """Prints a line for each way of turning pages."""
    async with async_playwright() as playwright, launched(playwright) as browser:
        web = Web(browser, address, password)
        for read_ahead in (True, False):
            page = await web.open("/contacts?sort=display_name")
            times = await measure(page, read_ahead=read_ahead)
            how = "read ahead" if read_ahead else "at once"
            middle, most = statistics.median(times), max(times)
            sys.stdout.write(f"{how}: {len(times)} changes, median {middle:.0f} ms, most {most:.0f} ms\n")
            await web.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("address")
    arguments.add_argument("password_file", type=Path)
    chosen = arguments.parse_args()
    asyncio.run(run(chosen.address.rstrip("/"), chosen.password_file.read_text().strip()))


if __name__ == "__main__":
    main()
