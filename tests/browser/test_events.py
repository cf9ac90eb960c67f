"""The day of an event: two residents get their places, are reminded and come; somebody counts them at the door, also
while the connection is gone; afterwards they are asked how it was, and the office reads who came."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from sqlalchemy import select, update

from bot.sample.meal import TEXTS, TITLE
from dialogues.texts import Voice
from dialogues.wall_clock import wall_time
from storage.database import Database
from storage.models import Event, Occurrence, Town
from storage.queries.town import touch
from tests.bot.chat import seen
from tests.browser.conftest import PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.test_admin_axe import barriers
from tests.browser.visitor import Visitor, keep_picture
from wiring.files import load_texts

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEXTS_OF_OURS = load_texts()
PHONES = {"tr": "Turkish", "ro": "Romanian"}
NAMES = {"tr": "Ayşe", "ro": "Ioana"}
ZONE = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


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


async def is_at(demo: Demo, starts_at: datetime, ends_at: datetime) -> int:
    """Let the event of the demo be at this time, in a town without quiet hours; returns its date. Nobody is told."""
    database = Database.in_folder(demo.data)
    walls = {"wall": wall_time(starts_at, ZONE), "wall_end": wall_time(ends_at, ZONE)}
    try:
        async with database.write() as connection:
            date = (await connection.scalars(select(Occurrence.id))).one()
            await connection.execute(update(Occurrence).values(starts_at=starts_at, ends_at=ends_at, **walls))
            await connection.execute(update(Town).values(quiet_from="08:00", quiet_to="08:00"))
            [town_id] = await connection.scalars(select(Event.town_id))
            await touch(connection, town_id)
    finally:
        await database.close()
    return int(date)


async def signs_up(somebody: Visitor, language: str, yes: str, persons: int) -> None:
    await somebody.writes("/events")
    title = TEXTS[language].split("\n")[0]
    await somebody.open_message.get_by_role("button", name=re.compile(re.escape(title))).click()
    await somebody.is_asked(title)
    await keep_picture(somebody.page, f"invitation-{language}-390.png")
    await somebody.taps("✅ " + yes)
    await somebody.taps(str(persons))


async def code_of(somebody: Visitor, voice: Voice) -> str:
    """The number for the door, as it stands in the chat."""
    before = seen(voice.plain("Please show this number at the door: {code}", code="#")).partition("#")[0].strip()
    words = "\n".join(await somebody.page.locator(".message.other .words").all_inner_texts())
    found: list[str] = re.findall(rf"{re.escape(before)}\D*(\d{{4}})", words)
    return found[-1]


async def counts(door: Page, code: str) -> None:
    await door.fill("#code", code)
    await door.press("#code", "Enter")


async def test_the_day_of_an_event(demo: Demo, pages: Pages) -> None:
    pages.forgive("401 (Unauthorized)")
    pages.forgive("ERR_INTERNET_DISCONNECTED")
    now = datetime.now(UTC)
    date = await is_at(demo, now + 3 * HOUR, now + 5 * HOUR)
    ayse, turkish = await settles_in(pages, demo, "tr")
    ioana, romanian = await settles_in(pages, demo, "ro")

    # There are four places. Three are taken, two are wanted: Ioana waits, Ayşe gives hers back, and Ioana is told.
    await signs_up(ayse, "tr", seen(turkish.plain("I'll come")), 3)
    await ayse.is_asked(seen(turkish.plain("You are on the list.")))
    await signs_up(ioana, "ro", seen(romanian.plain("I'll come")), 2)
    await ioana.taps(romanian.plain("Wait for more places: {n}", n=2))
    await ioana.reads(seen(romanian.plain("You are on the waiting list.")))
    await ayse.taps(seen(turkish.plain("I can't come after all")))
    await ayse.taps(seen(turkish.plain("Yes, I can't come")))
    offered = romanian.plural("There is {n} place for you now.", "There are {n} places for you now.", 2)
    await ioana.is_asked(offered)
    await keep_picture(ioana.page, "offer-ro-390.png")
    await ioana.taps("✅ " + seen(romanian.plain("I'll come")))
    await ioana.is_asked(seen(romanian.plain("You are on the list.")))
    await signs_up(ayse, "tr", seen(turkish.plain("I'll come")), 2)
    await ayse.is_asked(seen(turkish.plain("You are on the list.")))
    await ayse.taps("☐ " + seen(turkish.plain("I need an interpreter")))
    await expect(ayse.button("☑ " + seen(turkish.plain("I need an interpreter")))).to_be_visible()
    await keep_picture(ayse.page, "sign-up-tr-390.png")
    async with ayse.page.expect_download() as download:
        await ayse.taps("📅 " + seen(turkish.plain("For my calendar")))
        await ayse.page.get_by_role("link", name=re.compile(r"\.ics")).last.click()
    file = (await (await download.value).path()).read_text().replace("\r\n ", "")
    assert TEXTS["tr"].split("\n")[0] in file
    assert "TZID:Europe/Berlin" in file

    # Two hours before it begins both are reminded.
    now = datetime.now(UTC)
    await is_at(demo, now + 1.9 * HOUR, now + 4 * HOUR)
    await ayse.is_asked(seen(turkish.plain("It is today:")))
    await ioana.is_asked(seen(romanian.plain("It is today:")))
    await keep_picture(ayse.page, "reminder-tr-390.png")
    codes = [await code_of(ayse, turkish), await code_of(ioana, romanian)]

    # At the door, and for a while without a connection.
    door = await pages.open(f"{demo.address}/admin", screen=PHONE, locale="de-DE")
    await sign_in(door)
    await door.goto(f"{demo.address}/admin/events")
    await door.get_by_role("link", name=TITLE).click()
    await door.get_by_role("button", name="Danach drei Fragen stellen").click()
    await expect(door.locator("[role=status]")).to_contain_text("Wer kommt, bekommt danach drei Fragen.")
    await door.get_by_role("link", name="Am Eingang").first.click()
    await expect(door.locator("#expected")).to_have_text("40")
    await expect(door.locator("#needs + dl")).to_contain_text("Dolmetschen: Türkisch")
    await counts(door, codes[0])
    await expect(door.locator("#found")).to_contain_text(f"{codes[0]}")
    await expect(door.locator("#found")).to_contain_text("2 Personen sind da")
    await expect(door.locator("#present")).to_have_text("2")
    assert await barriers(door, PHONE) == []
    await keep_picture(door, "door-390.png")
    await door.context.set_offline(True)
    await counts(door, codes[1])
    await door.get_by_role("button", name="Bulgarisch: eine Person mehr").click()
    await door.get_by_role("button", name="Bulgarisch: eine Person mehr").click()
    await door.get_by_role("button", name="Bulgarisch: eine Person weniger").click()
    await expect(door.locator("#present")).to_have_text("5")
    await expect(door.locator("#wire")).to_contain_text("noch nicht gesendet")
    entries = "Object.keys(localStorage).filter(each => each.startsWith('door-')).length"
    assert await door.evaluate(entries) == 4  # each by itself: a second tab takes none away
    await keep_picture(door, "door-offline-390.png")
    await door.context.set_offline(False)
    await expect(door.locator("#wire")).to_be_empty()
    assert await door.evaluate(entries) == 0
    await door.reload()
    await expect(door.locator("#present")).to_have_text("5")
    await counts(door, "99999")
    await expect(door.locator("#found")).to_contain_text("Niemand auf der Liste hat die Nummer 99999")
    await counts(door, codes[1])
    await expect(door.locator("#found")).to_contain_text("war schon da")
    await door.get_by_role("button", name="eine Person weniger", exact=True).click()
    await expect(door.locator("#present")).to_have_text("4")
    await expect(door.locator("#wire")).to_be_empty()
    # A stray tap on the list takes nobody back: it shows how many are here.
    line = door.locator(f".guests li[data-code='{codes[1]}']")
    await line.get_by_role("button", name=codes[1]).click()
    await expect(line.locator(".stepper .number")).to_have_text("1")
    await keep_picture(door, "door-list-390.png", part=line)
    more = line.get_by_role("button", name="eine Person mehr")
    await more.click()
    await expect(line.locator(".stepper .number")).to_have_text("2")
    await expect(more).to_be_focused()
    await line.get_by_role("button", name="Zurücknehmen").click()
    await expect(line.locator(".stepper")).to_have_count(0)
    await expect(door.locator("#present")).to_have_text("3")
    await line.get_by_role("button", name=codes[1]).click()
    await line.get_by_role("button", name=codes[1]).click()
    await line.get_by_role("button", name="eine Person weniger").click()
    await expect(door.locator("#present")).to_have_text("4")
    await expect(door.locator("#wire")).to_be_empty()

    # It is over. Who was there is asked.
    now = datetime.now(UTC)
    await is_at(demo, now - 3 * HOUR, now - 1.1 * HOUR)
    for somebody, voice in ((ayse, turkish), (ioana, romanian)):
        await somebody.is_asked(seen(voice.plain("How was it?")))
    await keep_picture(ioana.page, "afterwards-ro-390.png")
    await ioana.taps("📋 " + seen(romanian.plain("Answer the questions")))
    for answer in ("Da, foarte mult", "Da, tot", "Da"):
        await ioana.taps(answer)
    await ioana.taps("✅ " + seen(romanian.plain("Send my answers")))
    await ioana.reads(seen(romanian.plain("Thank you! Your answers have arrived.")))

    # The office reads the figures.
    await door.goto(f"{demo.address}/admin/events")
    await door.get_by_role("link", name=TITLE).click()
    day = door.locator(f"section[aria-labelledby=date-{date}]")
    await expect(day.locator(".figure")).to_have_text("4 Personen sind gekommen")
    await expect(day).to_contain_text("40 Personen")
    await expect(day).to_contain_text("37 Personen")  # of these did not come
    await keep_picture(door, "attendance-390.png", part=day)
    async with door.expect_download() as download:
        await door.get_by_role("link", name="Alle Zahlen als Tabelle").click()
    table = (await (await download.value).path()).read_text("utf-8-sig").splitlines()
    assert ";37;1;4;" in table[1]
    assert await barriers(door, PHONE) == []
