"""`python -m bench.web`: what the web app costs in a browser, on the data of `make bench`.

    python -m bench.web [--address http://localhost:8080] [--only loads|changes]

Loads the sign-in page and the first table in Chromium through the gateway with an empty cache, as Lighthouse does: the
processor slowed four times (a middling telephone) and a line of 10 Mbit/s with 40 ms to the server; then changes the
page of the table, without slowing: after half a second's look at each page, and as soon as each is painted. With
`--address` it looks at a system that runs already, whose data folder is CRM_DATA_DIR; else it starts one on
CRM_BENCH_DIR (.crm-bench), at CRM_BENCH_PORT (18080).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.stack import running
from cli.stack.settings import ROOT

LOADS = 5
PAGES = 20
SLOWER = 4
LINE = {"offline": False, "latency": 40, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
# Collects what a page's load is judged by, from its first moment on. `blocked` is what long tasks took beyond 50 ms.
COLLECT = """
window.figures = {paint: 0, largest: 0, shift: 0, blocked: 0};
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({type, buffered: true});
watch("paint", (one) => { if (one.name === "first-contentful-paint") figures.paint = one.startTime; });
watch("largest-contentful-paint", (one) => { figures.largest = one.startTime; });
watch("layout-shift", (one) => { if (!one.hadRecentInput) figures.shift += one.value; });
watch("longtask", (one) => { figures.blocked += one.duration - 50; });
"""
# Presses "Next", and resolves with the milliseconds until the rows of the other page are painted; null when it is the
# last page. People have the same names, so rows are told apart by the records they lead to. The task after a frame's
# callbacks begins when the frame has been painted.
NEXT = """() => new Promise((resolve) => {
  const shown = () => [...document.querySelectorAll("tbody th a")].map((one) => one.getAttribute("href")).join();
  const button = [...document.querySelectorAll("button")].find((one) =>
    (one.getAttribute("aria-label") ?? one.textContent).trim() === "Next");
  if (!button || button.disabled) return resolve(null);
  const before = shown(), begun = performance.now();
  const watcher = new MutationObserver(() => {
    if (shown() === before || shown() === "") return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
  });
  watcher.observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ["href"]});
  button.click();
})"""
# Milliseconds that a person looks at a page at least; the next one is read meanwhile.
LOOK = 500
Figures = dict[str, float]


async def load(context: BrowserContext, address: str, shown: str) -> Figures:
    """One load with an empty cache, until `shown` (a selector) is there and the network is quiet."""
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    received = 0.0

    def count(event: dict[str, Any]) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    session.on("Network.loadingFinished", count)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.emulateNetworkConditions", LINE)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector(shown)
    ready = await page.evaluate("performance.now()")
    # Live updates never end, so the page is never idle: what shifts or blocks later is of the seconds after.
    await page.wait_for_timeout(1500)
    found: Figures = await page.evaluate("figures")
    await page.close()
    return {**found, "ready": ready, "kilobytes": received / 1000}


async def median_load(context: BrowserContext, address: str, shown: str) -> Figures:
    """The median of each figure over the loads, after one to warm up the server."""
    await load(context, address, shown)
    loads = [await load(context, address, shown) for _ in range(LOADS)]
    return {name: statistics.median(one[name] for one in loads) for name in loads[0]}


async def page_changes(page: Page, address: str, look: int) -> list[float]:
    """Milliseconds of each change to the next page, after one to warm up; fewer where the table ends before.

    `look`: milliseconds to wait on each page.
    """
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("tbody th a")
    found: list[float] = []
    while len(found) <= PAGES:
        await page.wait_for_timeout(look)
        changed = await page.evaluate(NEXT)
        if changed is None:
            break
        found.append(changed)
    return found[1:]


async def measure(browser: Browser, address: str, password: str, only: str) -> str:
    """The tables of figures, in Markdown."""
    options: dict[str, Any] = {"base_url": address, "viewport": {"width": 1280, "height": 800}, "locale": "en"}
    context = await browser.new_context(**options, service_workers="block")
    await context.add_init_script(COLLECT)
    rows = [] if only == "changes" else [("sign-in page", await median_load(context, "/", "form input"))]
    answer = await context.request.post(
        "/auth/signIn", data={"email": "admin@example.com", "password": password}, headers={"origin": address}
    )
    if not answer.ok:
        sys.exit(f"bench: sign-in was refused: {await answer.text()}")
    await context.add_init_script("localStorage.setItem('peyvand.signedIn', 'yes')")
    if only != "changes":
        rows.append(("first table (contacts)", await median_load(context, "/contacts", "tbody th a")))
    lines = [
        "| page | first paint | largest paint | ready | blocked by long tasks | layout shift | received |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, one in rows:
        times = " | ".join(f"{one[figure]:.0f} ms" for figure in ("paint", "largest", "ready", "blocked"))
        lines.append(f"| {name} | {times} | {one['shift']:.3f} | {one['kilobytes']:.0f} KB |")
    if only == "loads":
        return "\n".join(lines)
    lines += ["", "| next page, painted | median | slowest |", "|---|---|---|"]
    for how, look in ((f"after a look of {LOOK} ms", LOOK), ("as soon as the one before is painted", 0)):
        changes = await page_changes(await context.new_page(), "/contacts", look)
        lines.append(f"| {how}, {len(changes)} changes | {statistics.median(changes):.0f} ms | {max(changes):.0f} ms |")
    return "\n".join(lines if rows else lines[3:])


@contextlib.contextmanager
def at_hand(address: str) -> Iterator[tuple[str, Path]]:
    """The address of the system and its data folder."""
    if address:
        yield address, Path(os.environ.get("CRM_DATA_DIR", ROOT / ".crm"))
        return
    folder = Path(os.environ.get("CRM_BENCH_DIR", ROOT / ".crm-bench"))
    port = int(os.environ.get("CRM_BENCH_PORT", "18080"))
    with running(folder, port, {"CRM_RATE_LIMIT": "1000000", "CRM_LOG_LEVEL": "warning"}):
        yield f"http://localhost:{port}", folder


async def main(address: str, folder: Path, only: str) -> None:
    password = (folder / "secrets" / "admin.password").read_text().strip()
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        print(await measure(browser, address, password, only))
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--address", default="", help="a system that runs already")
    parser.add_argument("--only", default="", choices=["", "loads", "changes"], help="not both")
    chosen = parser.parse_args()
    with at_hand(chosen.address) as (where, data):
        asyncio.run(main(where, data, chosen.only))
