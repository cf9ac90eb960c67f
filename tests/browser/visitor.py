"""Somebody at the chat page of the demo, and the pictures that are kept of what stands on the screen.

``MITSPRACHE_TEST_IMAGES`` names the folder for the pictures (``docs/images``); without it none are taken.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Pages
from tests.browser.demo import Demo

IMAGES = os.environ.get("MITSPRACHE_TEST_IMAGES")
MOST_BYTES = 200_000


class Visitor:
    """A resident before the screen: reads what stands there, presses what it says, writes."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def taken_up(cls, pages: Pages, demo: Demo, *, screen: ViewportSize, name: str, language: str) -> Visitor:
        """From the first page of the demo to the chat of a new resident, and START."""
        page = await pages.open(demo.address, screen=screen)
        await page.get_by_role("link", name=re.compile("^(Als Bewohnerin oder Bewohner|As a resident)")).click()
        return await cls._begun(page, name, language)

    @classmethod
    async def at(cls, pages: Pages, address: str, *, screen: ViewportSize, name: str, language: str) -> Visitor:
        """From a link, as it stands on a poster of the demo, to the chat of a new resident, and START."""
        return await cls._begun(await pages.open(address, screen=screen), name, language)

    @classmethod
    async def _begun(cls, page: Page, name: str, language: str) -> Visitor:
        form = page.locator("#welcome-form:visible")
        add = page.get_by_role("button", name="New resident")
        await expect(form.or_(add)).to_be_visible()
        if await add.is_visible():
            await add.click()
        await page.get_by_label(language).check()
        await page.get_by_label("First name").fill(name)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        await page.get_by_role("button", name="Start", exact=True).click()
        return cls(page)

    @property
    def open_message(self) -> Locator:
        """The newest message with buttons: the one that waits for an answer."""
        return self.page.locator(".message.other.has-keyboard").last

    def button(self, label: str) -> Locator:
        return self.open_message.get_by_role("button", name=label, exact=True)

    async def is_asked(self, text: str) -> None:
        await expect(self.open_message.locator(".words")).to_contain_text(text)

    async def reads(self, text: str) -> None:
        await expect(self.page.locator(".message.other .words", has_text=text).last).to_be_visible()

    async def taps(self, label: str) -> None:
        await self.button(label).click()

    async def writes(self, text: str) -> None:
        line = self.page.get_by_role("textbox", name="Message")
        await line.fill(text)
        await line.press("Enter")

    async def answers(self, question: str, label: str) -> None:
        await self.is_asked(question)
        await self.taps(label)

    async def ticks(self, question: str, *labels: str) -> None:
        """Tick options of a question one after the other; an option that is ticked is pressed to take it back."""
        await self.is_asked(question)
        for label in labels:
            ticked = await self.button(f"☑ {label}").is_visible()
            before, after = ("☑", "☐") if ticked else ("☐", "☑")
            await self.taps(f"{before} {label}")
            await expect(self.button(f"{after} {label}")).to_be_visible()

    async def goes_to_the_newest_message(self) -> None:
        """Scroll down, where a message is too high for the screen and is therefore shown from its beginning."""
        await self.page.locator("#jump").click()
        await expect(self.page.locator("#jump")).to_be_hidden()

    async def is_photographed(self, name: str) -> None:
        """Keep a picture of the screen, where pictures are wanted, when it has come to rest."""
        await expect(self.page.locator('[aria-busy="true"], .toast')).to_have_count(0)
        await keep_picture(self.page, name)


async def keep_picture(page: Page, name: str, *, whole: bool = False, part: Locator | None = None) -> None:
    """Keep a picture of the screen, of the ``whole`` page or a ``part`` of it; without a folder for pictures, none."""
    if IMAGES is None:
        return
    await page.mouse.move(0, 0)
    path = Path(IMAGES) / name
    if part is None:
        await page.screenshot(path=path, animations="disabled", full_page=whole)
    else:
        await part.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < MOST_BYTES, f"{name} is too big for the repository"
