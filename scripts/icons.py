"""`python scripts/icons.py`: draws the app's icons in web/public/icons from web/public/icon.svg, by Chromium.

Run it after the mark was changed; what it draws is committed.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from playwright.async_api import async_playwright

PUBLIC = Path(__file__).resolve().parent.parent / "web" / "public"
# Name: pixels, and the part of the side that the mark takes. Systems cut a maskable icon to a circle of 80 %, and
# round a touch icon's corners themselves: both are filled to the edge.
ICONS = {"icon-192": (192, 1.0), "icon-512": (512, 1.0), "maskable-512": (512, 0.72), "touch-180": (180, 0.86)}


def drawing(size: int, part: float) -> str:
    """A page that is the icon."""
    mark = (PUBLIC / "icon.svg").read_text()
    ground = re.search(r'fill="(#[0-9a-f]{6})"', mark)
    if ground is None:
        raise SystemExit("icons: the mark has no ground")
    inner, colour = round(size * part), "transparent" if part == 1 else ground[1]
    style = f"margin:0;background:{colour};width:{size}px;height:{size}px;display:grid;place-items:center"
    return f'<body style="{style}">{mark.replace("<svg ", f"<svg width={inner} height={inner} ", 1)}</body>'


async def main() -> None:
    (PUBLIC / "icons").mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (size, part) in ICONS.items():
            page = await browser.new_page(viewport={"width": size, "height": size})
            await page.set_content(drawing(size, part))
            await page.screenshot(path=PUBLIC / "icons" / f"{name}.png", omit_background=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
