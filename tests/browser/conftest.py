"""A real browser for the tests of pages: phone and desk, and nothing that a page complains of goes unseen.

One browser serves all tests; each page has a context of its own, which ends with its test. A module whose tests use
this says so: ``pytestmark = pytest.mark.asyncio(loop_scope="session")``, and its fixtures too.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Request, ViewportSize, async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
IS_MISSING = not CHROMIUM.exists()

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}


class Pages:
    """Opens pages in the browser and listens to them.

    ``complaints`` collects errors on the console, exceptions in scripts and requests that would leave this machine; the
    test fails at its end when there are any. A test that causes one by intention names it to ``forgive``.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._forgiven: list[str] = []
        self.complaints: list[str] = []

    async def open(self, address: str, *, screen: ViewportSize = PHONE, **options: Any) -> Page:
        """A page in a context of its own; ``options`` are Playwright's for a context (locale, color_scheme, …)."""
        is_phone = screen["width"] < 600
        settings = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "has_touch": is_phone, **options}
        context = await self._browser.new_context(viewport=screen, **settings)
        self._contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("request", self._look_at)
        await page.goto(address)
        return page

    def forgive(self, part: str) -> None:
        """Complaints with these words in them are meant."""
        self._forgiven.append(part)

    async def close(self) -> None:
        """Close all pages, and forget what they have stored."""
        for context in self._contexts:
            await context.close()

    @property
    def unforgiven(self) -> list[str]:
        """The complaints that nobody meant."""
        return [text for text in self.complaints if not any(part in text for part in self._forgiven)]

    def _look_at(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self._complain(f"a request to another host: {request.url}")

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; without it the test is skipped, in CI it fails."""
    if IS_MISSING and not os.environ.get("CI"):
        pytest.skip(f"no {CHROMIUM} here: the pages were not looked at")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    """The way to open pages; at the end nothing may have been complained of."""
    pages = Pages(browser)
    yield pages
    complaints = pages.unforgiven
    await pages.close()
    assert complaints == []
