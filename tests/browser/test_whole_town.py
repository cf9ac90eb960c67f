"""A message to everybody in the demo's town, from the office and on the phones of its invented residents."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.residents import BOT, PATIENCE
from tests.browser.test_admin_axe import barriers
from tests.browser.test_broadcast import begins, ledger, no_hour_is_quiet
from tests.browser.visitor import keep_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = {
    "de": "Am Samstag ist Sommerfest.",
    "ar": "يوم السبت احتفال الصيف.",
    "tr": "Cumartesi günü yaz şenliği var.",
    "bg": "В събота има летен празник.",
    "ro": "Sâmbătă este sărbătoarea de vară.",
    "en": "There is a summer party on Saturday.",
}
SENT_WITHIN = 60_000
"""Milliseconds; thirty a second leave, however busy the machine."""


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, sample_town: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path, town=sample_town) as demo:
        yield demo


async def test_a_message_reaches_the_town_and_can_be_read_on_a_phone_in_it(demo: Demo, pages: Pages) -> None:
    chat = await pages.open(f"{demo.address}/chat", screen=PHONE)
    await chat.get_by_role("button", name="Add").click()
    await expect(chat.get_by_role("tab")).to_have_count(1)
    office = await pages.open(f"{demo.address}/admin", screen=DESK, locale="de-DE")
    await sign_in(office)
    await no_hour_is_quiet(office, demo)
    await sends_to_all(office, demo)
    await expect(chat.get_by_role("tab")).to_have_count(1)
    await reads_it_on_a_phone_in_town(chat, demo)
    await knows_who_is_in_hand(demo)


async def sends_to_all(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.address}/admin/broadcasts")
    await begins(page)
    for language, text in TEXTS.items():
        await page.locator(f"#text-{language}").fill(text)
        await page.locator(f"#released-{language}").check()
    await page.get_by_role("button", name="Speichern und weiter: An wen?").click()
    await expect(page.locator("#size")).to_contain_text("etwa 295")
    await keep_picture(page, "whole-town-audience.png", whole=True)
    await page.get_by_role("button", name="Speichern und weiter").click()
    await page.get_by_role("button", name="Nachricht senden").click()
    progress, bar = page.locator("#progress"), page.get_by_role("progressbar")
    await expect(bar).to_be_visible()
    await expect(bar).not_to_have_attribute("value", "0")
    await keep_picture(page, "whole-town-running.png", whole=True)
    await expect(progress).to_contain_text("fertig", timeout=SENT_WITHIN)
    await keep_picture(page, "whole-town-ledger.png", whole=True)
    reached = await ledger(page)
    assert reached.pop("alle Sprachen")["blockiert"] == "etwa 10"
    assert len(reached) == len(TEXTS)
    assert all(re.match(r"etwa \d+", numbers["verschickt"]) for numbers in reached.values())


async def reads_it_on_a_phone_in_town(page: Page, demo: Demo) -> None:
    await page.get_by_role("button", name="A phone in town").click()
    sheet = page.get_by_role("dialog")
    assert await barriers(page, PHONE) == []
    await keep_picture(page, "whole-town-phones.png")
    people = [await value(each) for each in await sheet.locator("optgroup[label=Romanian] option").all()]
    await sheet.get_by_label("Person").select_option(await who_was_reached(demo, people))
    await sheet.get_by_role("button", name="Pick up").click()
    await expect(page.get_by_role("tab")).to_have_count(2)
    await expect(page.get_by_role("log")).to_contain_text(TEXTS["ro"])
    await keep_picture(page, "whole-town-phone.png")
    await page.reload()
    await expect(page.get_by_role("tab")).to_have_count(2)
    await expect(page.get_by_role("log")).to_contain_text(TEXTS["ro"])


async def who_was_reached(demo: Demo, people: Sequence[str]) -> str:
    """The first of these people who has not blocked the bot, as a few in the town have."""
    async with httpx.AsyncClient(base_url=demo.address, timeout=PATIENCE) as control:
        for person in people:
            chat = (await control.get(f"/sim/users/{person}/chat", params={"bot": BOT})).json()
            if TEXTS["ro"] in str(chat):
                return person
    raise AssertionError("nobody was reached")


async def value(option: Locator) -> str:
    return str(await option.get_attribute("value"))


async def knows_who_is_in_hand(demo: Demo) -> None:
    async with httpx.AsyncClient(base_url=demo.address, timeout=PATIENCE) as control:
        assert len((await control.get("/sim/users")).json()) == 2
        assert len((await control.get("/sim/users", params={"extras": True})).json()) == 299
