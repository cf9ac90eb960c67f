"""No barrier that axe-core can find on any page of the admin, in either language, on a phone and at a desk.

The pages are found as a reader finds them: from the overview by links. Of addresses that differ in a number only, the
first two are looked at. What no link leads to stands in ``UNLINKED``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
UNLINKED = ("/admin", "/admin/nowhere")
MOST_PAGES = 80


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path) as demo:
        yield demo


async def barriers(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen. Chromium runs it in spite of the page's policy."""
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    violations = [
        f"{page.url}: {each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]
    ]
    return [*violations, *([f"{page.url}: {wider} pixels wider than the screen"] if wider > 0 else [])]


async def speak(page: Page, language: str) -> None:
    """Choose the language of the pages."""
    await page.click(f'button[name="language"][value="{language}"]')
    await page.wait_for_function(f"document.documentElement.lang === '{language}'")


async def walk(page: Page, address: str) -> tuple[list[str], set[str]]:
    """Look at all pages that links lead to; returns what was found, and the kinds of pages that were seen."""
    waiting, seen, kinds, found = list(UNLINKED), set(UNLINKED), Counter[str](), []
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = re.sub(r"\d+", "N", path.partition("?")[0])
        kinds[kind] += 1
        if kinds[kind] > 2:
            continue
        answer = await page.request.get(address + path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        await page.goto(address + path)
        found += await barriers(page)
        links = await page.eval_on_selector_all("a[href]", "all => all.map(each => each.getAttribute('href'))")
        fresh = {link.partition("#")[0] for link in links if link.startswith("/admin")} - seen
        seen |= fresh
        waiting += sorted(fresh)
    return found, set(kinds)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_page_has_a_barrier(pages: Pages, demo: Demo, language: str, screen: ViewportSize) -> None:
    pages.forgive("404 (Not Found)")
    pages.forgive("401 (Unauthorized)")
    page = await pages.open(f"{demo.address}/", screen=screen, locale="de-DE")
    await speak(page, language)
    found = await barriers(page)
    await page.goto(f"{demo.address}/admin")
    found += await barriers(page)
    await page.fill("#name", "nobody")
    await page.fill("#password", "wrong")
    await page.press("#password", "Enter")
    await page.wait_for_selector('[role="alert"]')
    found += await barriers(page)
    await sign_in(page)
    await speak(page, language)
    walked, kinds = await walk(page, demo.address)
    assert [*found, *walked] == []
    assert {"/admin", "/admin/surveys", "/admin/surveys/N", "/admin/questionnaires", "/admin/audit"} <= kinds
