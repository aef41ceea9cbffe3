"""The pages of the web app, found in its own registry (`web/src/pages/*/index.ts`): a new page cannot be forgotten."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Page

from cli.stack.settings import ROOT

AREAS = sorted(folder for folder in (ROOT / "web" / "src" / "pages").iterdir() if folder.is_dir())


def addresses(folder: Path) -> list[str]:
    """The addresses of an area's pages, with `:id` where a record's id stands."""
    text = (folder / "index.ts").read_text()
    found = re.findall(r'path: "(/[^"]*)",\s*component', text)
    for block in re.findall(r'\{\s*name: "(\w+)",\s*((?:(?:list|create|record): [^\n]*,\s*)+)', text):
        name, views = block
        kinds = {"list": f"/{name}", "create": f"/{name}/create", "record": f"/{name}/:id"}
        found += [address for kind, address in kinds.items() if f"{kind}:" in views]
    return found


PAGES = sorted({address for folder in AREAS for address in addresses(folder)})


async def real_address(page: Page, address: str) -> str:
    """`/contacts/:id` with the id of the first contact the page's user may see; other addresses as they are."""
    if not address.endswith("/:id"):
        return address
    place = address.removesuffix("/:id")
    kind = place.rsplit("/", 1)[1]
    answer = await page.context.request.get(f"/v1/{kind}?pageSize=1")
    body = await answer.json()
    return f"{place}/{body[kind][0]['id']}"
