"""An event as those see it who are invited, on their phones, and as the office sees who comes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.sample.meal import TEXTS, TITLE
from dialogues.texts import Voice
from tests.bot.chat import seen
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.visitor import Visitor, keep_picture
from wiring.files import load_texts

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEXTS_OF_OURS = load_texts()
PHONES = {"tr": "Turkish", "ro": "Romanian"}
NAMES = {"tr": "Ayşe", "ro": "Ioana"}


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, sample_town: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path, town=sample_town) as demo:
        yield demo


async def settles_in(pages: Pages, demo: Demo, language: str) -> tuple[Visitor, Voice]:
    """Somebody whose phone speaks this language agrees, having come by a code of Nordstadt."""
    voice = TEXTS_OF_OURS.speak(language)
    somebody = await Visitor.taken_up(pages, demo, screen=PHONE, name=NAMES[language], language=PHONES[language])
    await somebody.taps("✅ " + seen(voice.plain("I agree, go on")))
    await somebody.taps(seen(voice.plain("Yes")))
    return somebody, voice


async def test_two_are_invited_in_their_languages_and_the_office_knows_for_how_many_to_cook(
    demo: Demo, pages: Pages
) -> None:
    pages.forgive("401 (Unauthorized)")
    office = await pages.open(f"{demo.address}/admin", screen=DESK, locale="de-DE")
    await sign_in(office)
    await office.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Veranstaltungen").click()
    await office.get_by_role("link", name=TITLE).click()
    expected = office.locator(".figure strong").first
    before = int(re.findall(r"\d+", await expected.inner_text())[0])
    for language, persons in (("tr", 3), ("ro", 2)):  # there are four places
        somebody, voice = await settles_in(pages, demo, language)
        await somebody.writes("/events")
        await somebody.reads(seen(voice.plain("These events are coming:")))
        title = TEXTS[language].split("\n")[0]
        await somebody.open_message.get_by_role("button", name=re.compile(re.escape(title))).click()
        await somebody.is_asked(title)
        await keep_picture(somebody.page, f"invitation-{language}-390.png")
        await somebody.taps("✅ " + seen(voice.plain("I'll come")))
        await somebody.taps(str(persons))
        if language == "ro":
            await somebody.is_asked(voice.plural("There is only {n} place.", "There are only {n} places.", 1))
            label = voice.plain("Come with this many people: {n}", n=1)
            await somebody.open_message.get_by_role("button", name=f"✅ {label}").click()
        await somebody.is_asked(seen(voice.plain("You are on the list.")))
        if language == "tr":
            await somebody.taps("☐ " + seen(voice.plain("I need an interpreter")))
            await expect(somebody.button("☑ " + seen(voice.plain("I need an interpreter")))).to_be_visible()
        await keep_picture(somebody.page, f"sign-up-{language}-390.png")
        async with somebody.page.expect_download() as download:
            await somebody.taps("📅 " + seen(voice.plain("For my calendar")))
            await somebody.page.get_by_role("link", name=re.compile(r"\.ics")).last.click()
        file = (await (await download.value).path()).read_text()
        assert title in file.replace("\r\n ", "")
        assert "TZID:Europe/Berlin" in file
    await office.reload()
    await expect(expected).to_contain_text(str(before + 4))
