"""A message in six languages, from the first word to what became of it, in a browser: on a phone and at a desk.

The demo runs as a newcomer starts it, with the bot and a simulated Telegram, in which a few people have agreed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect
from sqlalchemy import update

from storage.database import Database
from storage.models import Sending, SendingState
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.residents import LOOKS_EVERY, PATIENCE, Phone
from tests.browser.test_admin_axe import barriers
from tests.browser.visitor import keep_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = {
    "de": "**Fest in {Quartier}** am {Datum}: kommen Sie vorbei!\n- Musik\n- Essen",
    "ar": "**احتفال في {Quartier}** يوم {Datum}: أهلًا بكم!\n- موسيقى\n- طعام",
    "tr": "{Datum} günü {Quartier} içinde şenlik var. Bekleriz!",
    "bg": "Празник в {Quartier} на {Datum}. Заповядайте!",
}
"""Romanian comes from a mediator. Not in English: those who read it get the German text, with a line that says so."""
GO_ON = "Bot wieder senden lassen"
IN_ROMANIAN = "Sărbătoare în {Quartier} pe {Datum}. Vă așteptăm!"
ARRIVED = {"de": "kommen Sie vorbei", "ar": "أهلًا بكم", "en": "kommen Sie vorbei"}


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, sample_town: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path, town=sample_town) as demo:
        await demo.leaves_nobody_a_phone()
        yield demo


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_message_from_its_first_word_to_its_end(demo: Demo, pages: Pages, screen: ViewportSize) -> None:
    pages.forgive("401 (Unauthorized)")
    page = await pages.open(f"{demo.address}/admin", screen=screen, locale="de-DE")
    await sign_in(page)
    async with httpx.AsyncClient(base_url=demo.address, timeout=PATIENCE) as control:
        phones = {language: await has_agreed(control, language) for language in ARRIVED}
        await begins(page)
        await marks_words(page)
        await sees_how_it_arrives(page)
        await writes_and_releases(page)
        await has_it_translated(page, demo, await has_agreed(control, "de"))
        await chooses_recipients(page)
        it = page.url
        await plans_and_cancels(page)
        assert await barriers(page, screen) == []
        await no_hour_is_quiet(page, demo)
        await page.goto(it)
        await sends(page, demo, control, phones, later=screen is DESK)
        assert await barriers(page, screen) == []
        await corrects(page, phones)
        await takes_back(page, phones)
        assert await barriers(page, screen) == []


async def has_agreed(control: httpx.AsyncClient, language: str) -> Phone:
    phone = await Phone.new(control, "Somebody", language)
    await phone.acts("send", text="/start")
    await phone.taps_key("ok")
    await phone.taps_key("age:yes")
    return phone


def width(page: Page) -> int:
    return (page.viewport_size or DESK)["width"]


async def begins(page: Page) -> None:
    await page.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Nachrichten").click()
    await page.get_by_label("Name der Nachricht").fill("Sommerfest")
    await page.get_by_role("button", name="Nachricht schreiben").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sommerfest")


async def marks_words(page: Page) -> None:
    """The buttons and the keyboard put signs around what is marked, and it can be undone."""
    box, bar = page.locator("#text-de"), page.get_by_role("toolbar", name="Gestalten: Deutsch")
    await box.fill("Fest heute")
    await box.evaluate("box => box.setSelectionRange(0, 5)")
    await bar.get_by_role("button", name="Fett (Strg+B)").click()
    await expect(box).to_have_value("**Fest** heute")
    await box.press("Control+z")
    await expect(box).to_have_value("Fest heute")
    await box.evaluate("box => box.setSelectionRange(0, 4)")
    await box.press("Control+i")
    await expect(box).to_have_value("*Fest* heute")
    await box.press("Control+i")
    await expect(box).to_have_value("Fest heute")
    await box.press("Control+k")
    await expect(box).to_have_value("[Fest](https://) heute")
    await box.fill("Musik\nEssen")
    await box.evaluate("box => box.setSelectionRange(0, 11)")
    await bar.get_by_role("button", name="Liste").click()
    await expect(box).to_have_value("- Musik\n- Essen")
    await bar.get_by_role("button", name="Fett (Strg+B)").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(bar.get_by_role("button", name="Datum")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("- Musik\n- Essen{Datum}")


async def sees_how_it_arrives(page: Page) -> None:
    """Arabic begins at the right edge of its bubble, which hangs at the right of its chat; too long is said at once."""
    await page.locator("#text-ar").fill(TEXTS["ar"])
    bubble = page.locator("#arrives-ar .bubble")
    await expect(bubble).to_contain_text("أهلًا بكم")
    await expect(bubble.locator("b")).to_contain_text("احتفال")
    await expect(bubble).to_have_css("direction", "rtl")
    chat, inside = await page.locator("#arrives-ar .chat").bounding_box(), await bubble.bounding_box()
    assert chat is not None
    assert inside is not None
    assert chat["x"] + chat["width"] - (inside["x"] + inside["width"]) < 16
    edge = await bubble.evaluate(
        "each => { const all = document.createRange(); all.selectNodeContents(each);"
        " return Math.max(...[...all.getClientRects()].map(each => each.right)); }"
    )
    assert edge == pytest.approx(inside["x"] + inside["width"], abs=20)
    await page.locator("#text-de").fill("x" * 4100)
    await expect(page.locator("#gauge-de")).to_contain_text("4 Zeichen zu viel: 4100 von 4096")


async def writes_and_releases(page: Page) -> None:
    for language, text in TEXTS.items():
        await page.locator(f"#text-{language}").fill(text)
        await page.get_by_label(f"Freigegeben ({name_of(language)})").check()
    await page.locator("#text-tr").press("End")
    await page.keyboard.type("!")
    tick = page.locator("#released-tr")
    await expect(tick).not_to_be_checked()  # who has changed it releases it again
    await tick.check()
    await page.locator("#said-on").fill("2026-12-05")
    await page.locator("#said-on").blur()
    await expect(page.locator("#arrives-ar .bubble")).not_to_contain_text("{Datum}")
    await expect(page.locator("#arrives-de .bubble")).to_contain_text("Musik")
    await page.locator("#box-ar").evaluate("each => each.scrollIntoView()")
    await keep_picture(page, f"broadcast-{width(page)}.png")


async def has_it_translated(page: Page, demo: Demo, mediator: Phone) -> None:
    """The office asks for Romanian; whoever translates it is told in the chat, writes it there, and releases it."""
    await page.get_by_role("button", name="Speichern", exact=True).last.click()
    compose = page.url
    await page.goto(f"{demo.address}/admin/profile")
    await page.get_by_label("Rumänisch").check()
    await page.get_by_role("button", name="Speichern").click()
    await page.get_by_role("button", name="Chat verbinden").click()
    link = await page.locator(".scan-code a[dir=ltr]").inner_text()
    await mediator.acts("send", start=link.partition("start=")[2])
    await reads(mediator, partial(_has, "demo"))
    await page.goto(compose)
    await page.get_by_role("button", name="Übersetzung anfragen (Rumänisch)").click()
    await expect(page.get_by_role("status").first).to_contain_text(
        "Wer in diese Sprache übersetzt, bekommt eine Nachricht"
    )
    await expect(page.locator("#box-ro")).to_contain_text("Übersetzung angefragt")
    told = await mediator.open_message("Sommerfest")
    await mediator.taps(told, lambda button: button.data.startswith("s:desk:"))
    await reads(mediator, partial(_has, "kommen Sie vorbei"))
    await mediator.acts("send", text=IN_ROMANIAN)
    shown = await mediator.open_message("Vă așteptăm")
    await mediator.taps(shown, lambda button: button.data.startswith("s:desk:ok:"))
    await mediator.open_message("")
    for _ in range(round(PATIENCE / LOOKS_EVERY)):
        await page.goto(compose)
        if await page.locator("#released-ro").is_checked():
            break
        await asyncio.sleep(LOOKS_EVERY)
    await expect(page.locator("#text-ro")).to_have_value(IN_ROMANIAN)
    await page.get_by_role("button", name="Speichern und weiter: An wen?").click()


def name_of(language: str) -> str:
    return {"de": "Deutsch", "ar": "Arabisch", "tr": "Türkisch", "bg": "Bulgarisch", "ro": "Rumänisch"}[language]


async def chooses_recipients(page: Page) -> None:
    size = page.locator("#size")
    await expect(size).to_contain_text("weniger als 5")
    await expect(size).to_contain_text("Englisch: weniger als 5 – Text fehlt")
    await page.get_by_label("Arabisch").check()
    await expect(size).not_to_contain_text("Englisch")
    await page.get_by_label("Arabisch").uncheck()
    await page.get_by_label("Englisch", exact=True).select_option("bekommt den Text auf Deutsch")
    await expect(size).to_contain_text("bekommt den Text auf Deutsch, mit einem Hinweis darauf")
    await page.get_by_role("button", name="Speichern und weiter").click()
    await expect(page.get_by_role("main")).to_contain_text("Die Nachricht geht an weniger als 5 Menschen")


async def plans_and_cancels(page: Page) -> None:
    await plans(page, "22:00")
    await expect(page.locator("#leaves")).to_contain_text("Das liegt in der Ruhezeit (20:00 bis 08:00).")
    await plans(page, "10:00")
    await expect(page.locator("#leaves")).not_to_contain_text("Ruhezeit")
    await page.get_by_role("button", name="Nachricht planen").click()
    await expect(page.get_by_role("main")).to_contain_text("Noch ist nichts verschickt.")
    await page.get_by_role("link", name="Endgültig abbrechen").click()
    await page.get_by_role("button", name="Endgültig abbrechen").click()
    await expect(page.locator("#progress")).to_contain_text("abgebrochen")
    await expect(page.get_by_role("main")).to_contain_text("Es wurde nichts verschickt.")


async def plans(page: Page, time: str) -> None:
    """Choose tomorrow at this time."""
    tomorrow = datetime.now(ZoneInfo("Europe/Berlin")).date() + timedelta(days=1)
    await page.get_by_label("Später, zu dieser Zeit:").check()
    await page.locator("#wall").fill(f"{tomorrow}T{time}")


async def no_hour_is_quiet(page: Page, demo: Demo) -> None:
    """The test runs at night, too."""
    await page.goto(f"{demo.address}/admin/settings")
    await page.get_by_label("Von").fill("00:00")
    await page.get_by_label("Bis").fill("00:00")
    await page.get_by_role("button", name="Speichern").click()
    await expect(page.get_by_role("status").first).to_contain_text("Gespeichert.")


async def sends(page: Page, demo: Demo, control: httpx.AsyncClient, phones: dict[str, Phone], *, later: bool) -> None:
    """Now, or ``later``: planned, and its time comes."""
    await stops_and_goes_on(page, demo, control, later=later)
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    all_languages = page.locator("#progress tr.all")
    await expect(all_languages).to_contain_text("weniger als 5")
    few = "weniger als 5"
    assert await ledger(page) == {
        "Deutsch": {"verschickt": few},
        "Englisch": {"verschickt": few},
        "Arabisch": {"verschickt": few},
        "alle Sprachen": {"verschickt": few},
    }
    await keep_picture(page, f"ledger-{width(page)}.png")
    for language, words in ARRIVED.items():
        await reads(phones[language], partial(_has, words))
    await reads(phones["en"], lambda said: "We have this message in German only." in said)


async def stops_and_goes_on(page: Page, demo: Demo, control: httpx.AsyncClient, *, later: bool) -> None:
    """Send while the bot is stopped, pause, let the bot go on: nothing leaves before the message goes on, too."""
    sending, progress = page.url, page.locator("#progress")
    await stops_the_bot(page, demo)
    await page.goto(sending)
    if later:
        await plans(page, "10:00")
    await page.get_by_role("button", name="Nachricht planen" if later else "Nachricht senden").click()
    if later:
        await expect(progress).to_contain_text("wenn der Not-Aus bis dahin beendet ist")
        await its_time_comes(demo)
        await page.reload()
    await expect(progress).to_contain_text("geht hinaus, sobald der Bot wieder sendet")
    it = page.url
    await page.get_by_role("button", name="Anhalten").click()
    await expect(progress).to_contain_text("angehalten")
    await lets_the_bot_go_on(page, it)
    await expect(progress).to_contain_text("angehalten")
    await takes_nothing(control)
    await page.get_by_role("button", name="Fortsetzen").click()
    await sees_the_bar(page, demo, control)


async def sees_the_bar(page: Page, demo: Demo, control: httpx.AsyncClient) -> None:
    """While Telegram takes nothing and while the bot is stopped the bar stands; then it moves to its end by itself."""
    it, progress, bar = page.url, page.locator("#progress"), page.get_by_role("progressbar")
    await expect(progress).to_contain_text("wird verschickt")
    await expect(bar).to_be_visible()
    await expect(progress).to_contain_text("Erledigt: niemand von weniger als 5")
    await stops_the_bot(page, demo)
    await page.goto(it)
    await expect(progress).to_contain_text("geht hinaus, sobald der Bot wieder sendet")
    await expect(bar).to_be_visible()
    await lets_the_bot_go_on(page, it)
    await expect(bar).to_be_visible()
    await takes_all_again(control)
    await expect(progress).to_contain_text("fertig")


async def stops_the_bot(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.address}/admin")
    await page.get_by_role("button", name="Bot anhalten").click()
    await expect(page.get_by_role("button", name=GO_ON)).to_be_visible()


async def lets_the_bot_go_on(page: Page, back: str) -> None:
    await page.get_by_role("button", name=GO_ON).click()
    await page.goto(back)
    await expect(page.get_by_role("button", name=GO_ON)).to_have_count(0)


async def takes_nothing(control: httpx.AsyncClient) -> None:
    """From now on Telegram says to whoever sends that it is too much."""
    fault = {"kind": "status", "status": 429, "retry_after": 1, "methods": ["sendMessage"]}
    answer = await control.post("/sim/faults", json=fault)
    assert answer.status_code < 300, answer.text


async def takes_all_again(control: httpx.AsyncClient) -> None:
    answer = await control.delete("/sim/faults")
    assert answer.status_code == 200, answer.text


async def its_time_comes(demo: Demo) -> None:
    """As if it were the time for which the message is planned: nobody waits until tomorrow."""
    database = Database.in_folder(demo.data)
    try:
        async with database.write() as connection:
            planned = update(Sending).where(Sending.state == SendingState.PLANNED)
            assert (await connection.execute(planned.values(due_at=datetime.now(UTC)))).rowcount == 1
    finally:
        await database.close()


async def ledger(page: Page) -> dict[str, dict[str, str]]:
    """The rows of the ledger by their language: what stands in each column, where it is not nobody."""
    rows = await page.locator("#progress table.ledger tbody tr").evaluate_all(
        "rows => rows.map(row => [row.querySelector('th').innerText,"
        " [...row.querySelectorAll('td')].map(cell => [cell.dataset.label, cell.innerText])])"
    )
    return {
        language.strip(): {name: number.strip() for name, number in cells if number.strip() != "niemand"}
        for language, cells in rows
    }


def _has(words: str, said: str) -> bool:
    return words in said


async def reads(phone: Phone, fits: Callable[[str], bool]) -> None:
    """Wait until all that stands in a chat fits."""
    said = ""
    for _ in range(round(PATIENCE / LOOKS_EVERY)):
        said = "\n".join(each.text for each in await phone.messages())
        if fits(said):
            return
        await asyncio.sleep(LOOKS_EVERY)
    raise AssertionError(said)


async def corrects(page: Page, phones: dict[str, Phone]) -> None:
    sending = page.url
    await page.get_by_role("link", name="Sommerfest").first.click()
    await page.locator("#text-de").fill("Das Fest fällt aus.")
    await page.locator("#released-de").check()
    await page.get_by_role("button", name="Speichern", exact=True).click()
    await page.goto(f"{sending}/correct")
    await page.get_by_role("button", name="Korrektur an alle schicken, die sie schon haben").click()
    await expect(page.get_by_role("heading", name=re.compile("^Korrektur vom"))).to_be_visible()
    await reads(phones["de"], lambda said: "fällt aus" in said and "vorbei" not in said)
    await reads(phones["en"], lambda said: "fällt aus" in said)
    await reads(phones["ar"], lambda said: ARRIVED["ar"] in said)


async def takes_back(page: Page, phones: dict[str, Phone]) -> None:
    await page.get_by_role("link", name="Zurücknehmen").click()
    await page.get_by_label("Ich habe verstanden, dass sich das nicht rückgängig machen lässt.").check()
    await page.get_by_role("button", name="Zurücknehmen").click()
    await expect(page.get_by_role("heading", name=re.compile("^Rücknahme vom"))).to_be_visible()
    await reads(phones["de"], lambda said: "fällt aus" not in said)
    await reads(phones["ar"], lambda said: ARRIVED["ar"] not in said)
