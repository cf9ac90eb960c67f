"""The chat page in a real browser: what a resident sees and does, and what reaches the bot."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect

from bot import simulator
from bot.simulator.samples import sample
from tests.bot.simulator.world import BOT, Resident, World, running
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.line import Line

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = Path(simulator.__file__).parent / "page"
ARABIC = "منذ متى تعيشون في الحي؟"
LONG_BULGARIAN = "Живея тук повече от пет години заедно със семейството си и децата"
LONG_ARABIC = "أفضّل عدم الإجابة عن هذا السؤال الآن، ربما في وقت لاحق من الأسبوع"


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as world:
        yield world


class Phone:
    """The chat page as one resident holds it."""

    def __init__(self, world: World, resident: Resident, page: Page, next_update: int) -> None:
        self.world = world
        self._next_update = next_update
        self.resident = resident
        self.page = page
        self.input = page.get_by_role("textbox", name="Message")

    def message(self, text: str) -> Locator:
        return self.page.locator(".message", has_text=text)

    def button(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label, exact=True)

    async def write(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    async def bot_says(self, text: str, *rows: list[str], **parameters: Any) -> int:
        """The bot writes; rows of labels become inline buttons. The message's id."""
        if rows:
            buttons = [[{"text": label, "callback_data": f"choice {label[:10]}"} for label in row] for row in rows]
            parameters["reply_markup"] = {"inline_keyboard": buttons}
        return await self.bot_sends("sendMessage", text=text, **parameters)

    async def bot_sends(self, method: str, **parameters: Any) -> int:
        answer = await self.world.call(method, chat_id=self.resident.id, **parameters)
        assert answer["ok"], answer
        message_id: int = answer["result"]["message_id"]
        return message_id

    async def bot_receives(self) -> dict[str, Any]:
        """The next update for the bot."""
        [update, *_] = await self.world.updates(offset=self._next_update, timeout=15)
        self._next_update = update["update_id"] + 1
        return update

    async def bot_answers(self, update: dict[str, Any], **what: Any) -> None:
        answer = await self.world.call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], **what)
        assert answer["ok"], answer


Opens = Callable[..., Any]


@pytest.fixture
def hold(world: World, pages: Pages) -> Opens:
    """Opens the page of a resident who has pressed START already."""

    async def hold(screen: ViewportSize = PHONE, *, language: str = "ar", address: str = "", **options: Any) -> Phone:
        resident = await world.guest(first_name="Amal", language_code=language)
        [start] = await world.updates()
        page = await pages.open(f"{address or world.address}/chat?user={resident.id}", screen=screen, **options)
        await expect(page.locator(".message")).to_have_count(1)
        return Phone(world, resident, page, start["update_id"] + 1)

    return hold


async def size(locator: Locator) -> tuple[float, float]:
    box = await locator.bounding_box()
    assert box is not None
    return box["width"], box["height"]


# Coming in


async def test_a_first_visitor_makes_up_a_resident_and_starts_the_bot(world: World, pages: Pages) -> None:
    await world.call("setMyDescription", description="نسأل سكان الحي عن رأيهم.", language_code="ar")
    page = await pages.open(f"{world.address}/chat")
    await page.get_by_label("Bulgarian").check()
    await expect(page.get_by_label("First name")).to_have_value("Иван")
    await page.get_by_label("First name").fill("Amal <3")
    await page.get_by_label("Arabic").check()
    await expect(page.get_by_label("First name")).to_have_value("Amal <3")
    await page.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("heading", name="Quarter").first).to_be_visible()
    await expect(page.locator("#start-description")).to_have_attribute("dir", "rtl")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".message.own")).to_contain_text("/start")
    sender = (await world.updates())[-1]["message"]["from"]
    assert (sender["first_name"], sender["language_code"]) == ("Amal <3", "ar")


async def test_a_phone_without_a_language_sends_none(world: World, pages: Pages) -> None:
    page = await pages.open(f"{world.address}/chat")
    await page.get_by_label("not set").check()
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".message.own")).to_have_count(1)
    assert "language_code" not in (await world.updates())[-1]["message"]["from"]


async def test_a_link_with_a_code_starts_with_that_code_once(world: World, pages: Pages) -> None:
    resident = await world.guest()
    page = await pages.open(f"{world.address}/chat?bot={BOT.username}&user={resident.id}&start=q7-Nord_1")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator(".message.own").last).to_contain_text("/start q7-Nord_1")
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    assert "start=" not in page.url
    assert (await world.updates())[-1]["message"]["text"] == "/start q7-Nord_1"


async def test_the_page_speaks_german_to_a_german_browser(world: World, pages: Pages) -> None:
    page = await pages.open(f"{world.address}/chat", locale="de-AT")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("banner")).to_have_text("Simulator: Nichts hier verlässt diesen Rechner.")
    await expect(page.get_by_role("heading", name="Wer hält das Telefon?")).to_be_visible()


async def test_the_page_is_strict_about_where_things_come_from(world: World, hold: Opens) -> None:
    policy = (await world.control.get("/chat")).headers["content-security-policy"]
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert {"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    phone = await hold()
    assert BOT.token not in await phone.page.content()


# What a message looks like


async def test_formats_sit_on_the_right_letters_after_emoji(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says(
        "👩‍👩‍👧 <b>fett</b> <i>x <u>y</u></i> <s>weg</s> <code>c</code> <blockquote>z</blockquote>", parse_mode="HTML"
    )
    message = phone.page.locator(".message.other")
    for tag, words in {"strong": "fett", "em": "x y", "em u": "y", "s": "weg", "code": "c", "blockquote": "z"}.items():
        await expect(message.locator(tag)).to_have_text(words)


async def test_a_spoiler_opens_by_key_and_a_link_leaves_safely(hold: Opens) -> None:
    phone = await hold()
    text = '<tg-spoiler>geheim</tg-spoiler> <a href="https://example.org/a?b=1">mehr</a>'
    await phone.bot_says(text, parse_mode="HTML")
    await phone.page.get_by_role("button", name="Hidden text").press("Enter")
    await expect(phone.page.locator(".spoiler-open")).to_have_text("geheim")
    link = phone.page.get_by_role("link", name="mehr")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))
    await expect(link).to_have_attribute("href", "https://example.org/a?b=1")


async def test_markup_in_a_text_is_shown_as_it_was_written(hold: Opens) -> None:
    phone = await hold()
    hostile = "<img src=x onerror=alert(1)> <script>alert(2)</script>"
    await phone.bot_says(hostile, ["<b>ja</b>"])
    await expect(phone.page.locator(".message.other .words")).to_have_text(hostile)
    await expect(phone.button("<b>ja</b>")).to_be_visible()
    await expect(phone.page.locator(".message img, .message script")).to_have_count(0)


async def test_the_first_letter_of_the_sentence_gives_the_direction(hold: Opens) -> None:
    directions = {
        ARABIC: "rtl",
        "اكتبوا رقمًا، مثلاً 4.": "rtl",
        "\u2068Ivan\u2069، أهلاً بكم.": "rtl",
        "/help للمساعدة": "rtl",
        "3 — نعم": "rtl",
        "Schreiben Sie eine Zahl, zum Beispiel ٤.": "ltr",
        "\u2068أمل\u2069, willkommen.": "ltr",
        "12": "rtl",
    }
    phone = await hold(language="ar")
    for text in directions:
        await phone.bot_says(text)
    texts = phone.page.locator(".message.other .text")
    await expect(texts).to_have_count(len(directions))
    shown = [await text.get_attribute("dir") for text in await texts.all()]
    assert dict(zip(directions, shown, strict=True)) == directions


async def test_each_paragraph_runs_in_its_own_direction(hold: Opens) -> None:
    """As on a phone: of a German text with an Arabic line before it, the full stop stays at its end."""
    phone = await hold(language="ar")
    notice = "هذه الرسالة متاحة بالألمانية فقط."
    text = f"{notice}\n\nSperrmüll kommt am Montag."
    await phone.bot_says(text, entities=[{"type": "italic", "offset": 0, "length": len(notice)}])
    words = phone.page.locator(".message.other .words").last
    await expect(words).to_have_text(text)
    await expect(words.locator("em")).to_have_css("font-style", "normal")
    places = await words.evaluate(PLACES)
    assert places["ه"] > places["."], "Arabic begins at the right"
    assert places["S"] < places["g"] < places["."], "German begins at the left"


PLACES = """words => {
  const places = {}, walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) [...walker.currentNode.data].forEach((letter, at) => {
    range.setStart(walker.currentNode, at); range.setEnd(walker.currentNode, at + 1);
    if (letter.trim()) places[letter] = range.getBoundingClientRect().left;
  });
  return places;
}"""
"""Where the last of each letter stands."""


async def test_arabic_stands_on_the_right_of_its_bubble_in_our_font(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says(f"{ARABIC}\nنعم")
    # Waiting by wait_for_function would evaluate a text in the page, which its own policy forbids.
    font = "'16px \"Noto Sans Arabic Page\"', 'ع'"
    await phone.page.evaluate(f"document.fonts.load({font}).then(() => true)")
    assert await phone.page.evaluate(f"document.fonts.check({font})")
    short = phone.page.locator(".message.other .words")
    words, bubble = await short.bounding_box(), await phone.page.locator(".message.other .bubble").bounding_box()
    assert words is not None
    assert bubble is not None
    assert bubble["x"] + bubble["width"] - (words["x"] + words["width"]) < 20


async def test_an_edit_of_the_bot_s_shows_in_place_without_a_mark(hold: Opens) -> None:
    phone = await hold()
    first = await phone.bot_says("Alt")
    await phone.bot_says("Danach")
    await phone.world.call("editMessageText", chat_id=phone.resident.id, message_id=first, text="Neu")
    await expect(phone.page.locator(".message.other .words")).to_have_text(["Neu", "Danach"])
    await expect(phone.message("Neu")).not_to_contain_text("edited")


async def test_a_deleted_message_disappears(hold: Opens) -> None:
    phone = await hold()
    gone = await phone.bot_says("Verschwindet")
    await expect(phone.message("Verschwindet")).to_be_visible()
    await phone.world.call("deleteMessage", chat_id=phone.resident.id, message_id=gone)
    await expect(phone.message("Verschwindet")).to_have_count(0)


async def test_a_picture_can_be_enlarged(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="Attach").click()
    await phone.page.get_by_role("menuitem", name="Sample picture").click()
    picture = phone.page.get_by_role("button", name="Enlarge the picture")
    await picture.click()
    large = phone.page.get_by_role("dialog", name="Picture").get_by_role("img")
    await expect(large).to_be_visible()
    assert await large.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    await phone.page.keyboard.press("Escape")
    await expect(phone.page.get_by_role("dialog")).to_have_count(0)
    assert (await phone.bot_receives())["message"]["photo"]


async def test_a_picture_of_this_device_reaches_the_bot(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="Attach").click()
    async with phone.page.expect_file_chooser() as chooser:
        await phone.page.get_by_role("menuitem", name="Picture from this device").click()
    payload = {"name": "hof.jpg", "mimeType": "image/jpeg", "buffer": sample("photo.jpg")}
    await (await chooser.value).set_files([payload])
    await expect(phone.page.get_by_role("button", name="Enlarge the picture")).to_be_visible()
    assert (await phone.bot_receives())["message"]["photo"][-1]["file_size"] == len(sample("photo.jpg"))


async def test_a_film_is_sent_and_shown_and_any_file_of_this_device_is_attached(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="Attach").click()
    await phone.page.get_by_role("menuitem", name="Sample video").click()
    film = phone.page.locator("video")
    await expect(film).to_be_visible()
    assert (
        await film.evaluate(
            "film => film.videoWidth || new Promise(done => film.onloadedmetadata = () => done(film.videoWidth))"
        )
        == 320
    )
    assert (await phone.bot_receives())["message"]["video"]["mime_type"] == "video/mp4"
    for name, kind, sent in (("plan.pdf", "application/pdf", "document"), ("song.mp3", "audio/mpeg", "audio")):
        await phone.page.get_by_role("button", name="Attach").click()
        async with phone.page.expect_file_chooser() as chooser:
            await phone.page.get_by_role("menuitem", name="File from this device").click()
        content = sample("document.pdf" if sent == "document" else "audio.mp3")
        await (await chooser.value).set_files([{"name": name, "mimeType": kind, "buffer": content}])
        message = (await phone.bot_receives())["message"]
        assert (message[sent]["file_name"], message[sent]["mime_type"]) == (name, kind)
    await expect(phone.page.get_by_role("link", name="plan.pdf")).to_be_visible()
    await expect(phone.page.get_by_role("button", name="Play: song.mp3")).to_be_visible()


async def test_without_a_microphone_a_sample_is_sent_and_can_be_played(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="Record a voice message").click()
    await expect(phone.page.get_by_role("status")).to_contain_text("No microphone here")
    await phone.page.get_by_role("button", name="Play: Voice message").click()
    await expect(phone.page.get_by_role("button", name="Pause: Voice message")).to_be_visible()
    assert (await phone.bot_receives())["message"]["voice"]["mime_type"] == "audio/ogg"


async def test_a_voice_message_is_recorded_where_there_is_a_microphone(hold: Opens) -> None:
    phone = await hold(permissions=["microphone"])
    await phone.button("Record a voice message").click()
    await expect(phone.page.locator("#record-time")).to_have_text(re.compile("^0:0[1-9]$"))
    await phone.button("Send").click()
    await expect(phone.page.get_by_role("button", name="Play: Voice message")).to_be_visible()
    voice = (await phone.bot_receives())["message"]["voice"]
    assert voice["mime_type"] == "audio/mp4"
    await phone.button("Record a voice message").click()
    await phone.button("Cancel").click()
    await expect(phone.input).to_be_visible()
    assert len(await phone.resident.messages()) == 2


async def test_a_location_a_contact_and_a_document_are_cards(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_sends("sendLocation", latitude=51.5, longitude=12.25)
    await expect(phone.page.get_by_role("img", name="Location: 51.50000, 12.25000")).to_be_visible()
    await phone.resident.send(contact={"phone_number": "+49 30 1", "first_name": "Amal"})
    await expect(phone.page.locator(".message.own").last).to_contain_text("+49 30 1")
    files = {"document": ("Bericht.pdf", b"%PDF", "application/pdf")}
    answer = await phone.world.control.post(
        f"/bot{BOT.token}/sendDocument", data={"chat_id": str(phone.resident.id)}, files=files
    )
    assert answer.json()["ok"]
    await expect(phone.page.get_by_role("link", name="Bericht.pdf")).to_have_attribute("download", "Bericht.pdf")


# Buttons


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_long_labels_wrap_and_every_button_fits_a_thumb(hold: Opens, screen: ViewportSize) -> None:
    phone = await hold(screen)
    await phone.bot_says("Откога?", [LONG_BULGARIAN], [LONG_ARABIC, LONG_BULGARIAN], ["1", "2", "3", "4", "5"])
    buttons = phone.page.locator(".inline-keyboard button")
    await expect(buttons).to_have_count(8)
    for button in await buttons.all():
        assert (await size(button))[1] >= 44
        assert await button.evaluate(
            "node => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight"
        )
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_thirty_buttons_keep_the_rows_of_the_bot_from_left_to_right(hold: Opens) -> None:
    phone = await hold()
    rows = [[str(row * 5 + column) for column in range(5)] for row in range(6)]
    await phone.bot_says(ARABIC, *rows)
    await expect(phone.page.locator(".keyboard-row")).to_have_count(6)
    labels = await phone.page.locator(".keyboard-row").nth(2).locator("button").all()
    lefts = [(await label.bounding_box() or {})["x"] for label in labels]
    assert lefts == sorted(lefts)
    assert [await label.inner_text() for label in labels] == rows[2]
    await phone.button("29").click()
    assert (await phone.bot_receives())["callback_query"]["data"] == "choice 29"


async def test_a_button_waits_for_its_answer_and_takes_no_second_press(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says(ARABIC, ["نعم", "لا"])
    yes = phone.button("نعم")
    await yes.dblclick()
    await expect(yes).to_have_attribute("aria-busy", "true")
    await expect(phone.button("لا")).not_to_have_attribute("aria-busy", "true")
    update = await phone.bot_receives()
    await phone.bot_answers(update, text="تم حفظ إجابتكم.")
    await expect(phone.page.locator(".toast")).to_have_attribute("dir", "rtl")
    await expect(yes).not_to_have_attribute("aria-busy", "true")
    presses = [update for update in await phone.world.updates() if "callback_query" in update]
    assert len(presses) == 1


async def test_an_alert_waits_for_a_press(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("Löschen?", ["Ja"])
    await phone.button("Ja").click()
    await phone.bot_answers(await phone.bot_receives(), text="Alles wird gelöscht.", show_alert=True)
    alert = phone.page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Alles wird gelöscht.")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_have_count(0)


async def test_a_toggled_keyboard_keeps_focus_and_place(hold: Opens) -> None:
    phone = await hold()
    choices = [["☐ Wohnen"], ["☐ Sicherheit"], ["Fertig"]]
    message = await phone.bot_says("Was ist wichtig?", *choices)
    await phone.button("☐ Sicherheit").focus()
    await phone.page.keyboard.press("Enter")
    bubble = await phone.page.locator(".message.other .bubble").element_handle()
    chosen = {"inline_keyboard": [[{"text": row[0].replace("☐ S", "☑ S"), "callback_data": "x"}] for row in choices]}
    await phone.world.call("editMessageReplyMarkup", chat_id=phone.resident.id, message_id=message, reply_markup=chosen)
    await expect(phone.button("☑ Sicherheit")).to_be_focused()
    assert bubble is not None
    await expect(phone.message("Was ist wichtig?")).not_to_contain_text("edited")


async def test_a_link_button_to_the_bot_itself_is_followed_here(hold: Opens) -> None:
    phone = await hold()
    link = f"https://t.me/{BOT.username}?start=markt"
    await phone.bot_says("Zur Umfrage", reply_markup={"inline_keyboard": [[{"text": "Öffnen", "url": link}]]})
    await phone.page.get_by_role("link", name="Öffnen").click()
    await phone.page.get_by_role("button", name="Start", exact=True).click()
    await expect(phone.page.locator(".message.own").last).to_contain_text("/start markt")


async def test_a_reply_keyboard_writes_its_label_and_can_be_folded(hold: Opens) -> None:
    phone = await hold()
    keyboard = {
        "keyboard": [[{"text": "نعم"}, {"text": "لا"}]],
        "resize_keyboard": True,
        "input_field_placeholder": "Ja oder nein",
    }
    await phone.bot_says("?", reply_markup=keyboard)
    await expect(phone.input).to_have_attribute("placeholder", "Ja oder nein")
    await phone.button("لا").click()
    await expect(phone.page.locator(".message.own").last).to_contain_text("لا")
    await phone.button("Hide the buttons").click()
    await expect(phone.button("نعم")).to_be_hidden()
    await phone.button("Show the buttons").click()
    await phone.bot_says("Danke", reply_markup={"remove_keyboard": True})
    await expect(phone.button("نعم")).to_be_hidden()
    await expect(phone.page.locator("#keyboard-toggle")).to_be_hidden()


async def test_a_one_time_keyboard_folds_after_the_answer(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("?", reply_markup={"keyboard": [[{"text": "Ja"}]], "one_time_keyboard": True})
    await phone.button("Ja").click()
    await expect(phone.button("Ja")).to_be_hidden()
    await phone.button("Show the buttons").click()
    await expect(phone.button("Ja")).to_be_visible()


async def test_a_keyboard_can_ask_for_place_and_number(hold: Opens) -> None:
    phone = await hold()
    buttons = [[{"text": "Mein Ort", "request_location": True}], [{"text": "Meine Nummer", "request_contact": True}]]
    await phone.bot_says("?", reply_markup={"keyboard": buttons})
    await phone.button("Mein Ort").click()
    await phone.page.get_by_label("Latitude").fill("51.5")
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    assert (await phone.bot_receives())["message"]["location"]["latitude"] == 51.5
    await phone.button("Meine Nummer").click()
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.page.locator(".message.own")).to_have_count(3)
    assert (await phone.bot_receives())["message"]["contact"]["user_id"] == phone.resident.id


async def test_the_contact_of_somebody_else_carries_no_id(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="Attach").click()
    await phone.page.get_by_role("menuitem", name="Contact").click()
    await phone.page.get_by_label("Somebody else's contact").check()
    await phone.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(phone.page.locator(".message.own")).to_have_count(2)
    assert "user_id" not in (await phone.bot_receives())["message"]["contact"]


async def test_a_forced_reply_puts_the_cursor_into_the_line(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("Ihre Straße?", reply_markup={"force_reply": True, "input_field_placeholder": "Straße"})
    await expect(phone.input).to_be_focused()
    await expect(phone.input).to_have_attribute("placeholder", "Straße")


# Writing


async def test_enter_sends_and_shift_enter_begins_a_line(hold: Opens) -> None:
    phone = await hold()
    low = (await size(phone.input))[1]
    await phone.input.fill("مرحبا")
    await expect(phone.input).to_have_attribute("dir", "rtl")
    await phone.input.press("Shift+Enter")
    await phone.page.keyboard.type("سطر ثان")
    assert (await size(phone.input))[1] > low
    await phone.input.press("Enter")
    await expect(phone.input).to_have_value("")
    assert (await phone.bot_receives())["message"]["text"] == "مرحبا\nسطر ثان"
    assert (await size(phone.input))[1] == low


async def test_messages_written_fast_arrive_in_order_and_in_view(hold: Opens) -> None:
    phone = await hold()
    for number in range(12):
        await phone.write(f"Nummer {number}\nund eine zweite Zeile" if number % 2 else f"Nummer {number}")
        await phone.bot_says(f"Antwort {number}", ["Ja"], ["Nein"])
    await expect(phone.page.locator(".message.own")).to_have_count(13)
    await expect(phone.page.locator(".message").last).to_be_in_viewport()
    await expect(phone.page.locator("#jump")).to_be_hidden()
    texts = [message["text"].split("\n")[0] for message in await phone.resident.messages()]
    assert [text for text in texts if text.startswith("Nummer")] == [f"Nummer {number}" for number in range(12)]


async def test_the_up_arrow_edits_the_last_own_message(hold: Opens) -> None:
    phone = await hold()
    await phone.write("Fierzig")
    await expect(phone.message("Fierzig")).to_be_visible()
    await phone.input.press("ArrowUp")
    await expect(phone.input).to_have_value("Fierzig")
    assert (await phone.bot_receives())["message"]["text"] == "Fierzig"
    await phone.write("Vierzig")
    await expect(phone.message("Vierzig")).to_contain_text("edited")
    assert (await phone.bot_receives())["edited_message"]["text"] == "Vierzig"


async def test_a_slash_opens_the_commands_and_enter_sends_the_chosen_one(hold: Opens) -> None:
    phone = await hold()
    commands = [{"command": "help", "description": "مساعدة"}, {"command": "language", "description": "تغيير اللغة"}]
    await phone.world.call("setMyCommands", commands=commands, language_code="ar")
    await expect(phone.button("Commands")).to_be_visible()
    await phone.input.press("/")
    options = phone.page.get_by_role("option")
    await expect(options).to_have_count(2)
    await phone.input.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await phone.input.press("Enter")
    await expect(phone.page.locator(".message.own").last).to_contain_text("/language")
    await phone.button("Commands").click()
    await options.first.click()
    await expect(phone.page.locator(".message.own").last).to_contain_text("/help")


async def test_a_command_in_a_text_can_be_pressed(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("اكتبوا /help في أي وقت.")
    await expect(phone.button("/help")).to_have_css("direction", "ltr")
    await phone.button("/help").click()
    await expect(phone.page.locator(".message.own").last).to_contain_text("/help")


async def test_a_blocked_bot_can_be_unblocked(hold: Opens) -> None:
    phone = await hold()
    await phone.page.get_by_role("button", name="More").click()
    await phone.page.get_by_role("menuitem", name="Block the bot").click()
    await expect(phone.page.get_by_text("You have blocked this bot.")).to_be_visible()
    assert (await phone.bot_receives())["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    await phone.page.locator("#blocked-unblock").click()
    await expect(phone.input).to_be_visible()


async def test_the_empty_line_shows_what_it_is_for_right_after_the_start(world: World, pages: Pages) -> None:
    resident = await world.guest()
    page = await pages.open(f"{world.address}/chat?user={resident.id}&start=q7")
    await page.get_by_role("button", name="Start", exact=True).click()
    line = page.get_by_role("textbox", name="Message")
    await expect(line).to_be_visible()
    assert await line.evaluate("node => node.clientHeight >= node.scrollHeight && node.clientHeight >= 40")


# A chat that lives


async def test_a_chat_of_yesterday_is_shown_under_its_day(world: World, hold: Opens) -> None:
    phone = await hold()
    page = phone.page
    await page.clock.install(time=datetime.now(UTC) + timedelta(days=1))
    await page.reload()
    await expect(page.locator(".day-name")).to_have_text("Yesterday")


async def test_the_bot_is_seen_writing_until_it_has_written(hold: Opens) -> None:
    phone = await hold()
    await phone.world.call("sendChatAction", chat_id=phone.resident.id, action="typing")
    state = phone.page.locator("#bot-state")
    await expect(state).to_contain_text("writing")
    await phone.bot_says("Fertig")
    await expect(state).not_to_contain_text("writing")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_another_resident_s_messages_are_marked_until_they_are_seen(
    world: World, hold: Opens, screen: ViewportSize
) -> None:
    phone = await hold(screen)
    ivan = await world.guest(first_name="Иван", language_code="bg")
    await world.call("sendMessage", chat_id=ivan.id, text="Откога живеете тук?")
    tab = phone.page.get_by_role("tab", name="Иван")
    await expect(tab).to_contain_text("Unread messages: 1")
    await expect(phone.page).to_have_title(re.compile(r"^\(1\)"))
    await phone.page.get_by_role("tab", name="Amal").press("ArrowRight")
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(phone.page.locator(".message.other")).to_contain_text("Откога живеете тук?")
    await expect(tab.locator(".badge")).to_be_hidden()
    await phone.page.reload()
    await expect(phone.page.locator(".message.other")).to_contain_text("Откога живеете тук?")
    await expect(tab.locator(".badge")).to_be_hidden()


async def test_a_reader_who_scrolled_up_stays_there(hold: Opens) -> None:
    phone = await hold()
    for number in range(30):
        await phone.bot_says(f"Nachricht {number}")
    scroller = phone.page.locator("#scroller")
    await expect(phone.message("Nachricht 29")).to_be_in_viewport()
    await scroller.evaluate("node => { node.scrollTop = 200 }")
    await expect(phone.page.locator("#jump")).to_be_visible()
    place = await scroller.evaluate("node => node.scrollTop")
    await phone.bot_says("Neu unten")
    await phone.button("New messages: 1").click()
    assert place == 200
    await expect(phone.message("Neu unten")).to_be_in_viewport()
    await phone.bot_says("Noch neuer")
    await expect(phone.message("Noch neuer")).to_be_in_viewport()


async def test_a_reader_who_scrolls_up_just_when_the_chat_grows_stays_there(hold: Opens) -> None:
    phone = await hold()
    for number in range(30):
        await phone.bot_says(f"Nachricht {number}")
    await expect(phone.message("Nachricht 29")).to_be_in_viewport()
    await phone.page.locator("#scroller").evaluate(
        "node => { document.querySelector('.message:last-child').style.paddingBottom = '60px'; node.scrollTop = 200; }"
    )
    await expect(phone.page.locator("#jump")).to_be_visible()
    assert await phone.page.locator("#scroller").evaluate("node => node.scrollTop") == 200


async def test_a_message_higher_than_the_screen_is_read_from_its_beginning(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("Anfang\n" + "Zeile\n" * 60 + "Ende", ["Ja"])
    message = phone.message("Anfang")
    await expect(message).to_be_visible()
    head, place = await phone.page.locator("#scroller").bounding_box(), await message.bounding_box()
    assert head is not None
    assert place is not None
    assert 0 <= place["y"] - head["y"] <= 20
    await expect(phone.page.get_by_role("tab", name="Amal").locator(".badge")).to_be_hidden()
    await phone.button("To the newest message").click()
    await expect(phone.button("Ja")).to_be_in_viewport()


async def test_a_high_message_that_comes_again_below_is_read_from_its_beginning(hold: Opens) -> None:
    phone = await hold()
    lines = "Zeile\n" * 60
    gone = await phone.bot_says(f"Anfang\n{lines}", ["Ja"])
    await phone.write("Vielleicht")
    await expect(phone.message("Vielleicht")).to_be_visible()
    await phone.world.call("deleteMessages", chat_id=phone.resident.id, message_ids=[gone])
    await phone.bot_says(f"Noch einmal\n{lines}", ["Ja"])
    await expect(phone.message("Anfang")).to_have_count(0)
    head = await phone.page.locator("#scroller").bounding_box()
    place = await phone.message("Noch einmal").bounding_box()
    assert head is not None
    assert place is not None
    assert 0 <= place["y"] - head["y"] <= 20


async def test_a_very_long_chat_is_there_as_far_as_it_is_read(hold: Opens, world: World) -> None:
    phone = await hold()
    for number in range(300):
        await phone.bot_says(f"Zeile {number}")
    await expect(phone.message("Zeile 299")).to_be_in_viewport()
    assert await phone.page.locator(".message").count() <= 240
    await phone.page.reload()
    await expect(phone.message("Zeile 299")).to_be_in_viewport()
    assert await phone.page.locator(".message").count() <= 80
    scroller = phone.page.locator("#scroller")
    first = phone.page.locator(".message .words").first
    for _ in range(400):
        await scroller.evaluate("node => { node.scrollTop = 0 }")
        if await first.inner_text() == "/start":
            break
        await asyncio.sleep(0.05)
    lines = await phone.page.locator(".message.other .words").all_inner_texts()
    assert lines == [f"Zeile {number}" for number in range(300)]


async def test_older_messages_come_in_above_without_moving_what_is_read(hold: Opens) -> None:
    phone = await hold()
    for number in range(200):
        await phone.bot_says(f"Zeile {number}")
    await phone.page.reload()
    await expect(phone.message("Zeile 199")).to_be_in_viewport()
    scroller = phone.page.locator("#scroller")
    await scroller.evaluate("node => { node.scrollTop = 900 }")
    await expect(phone.page.locator("#jump")).to_be_visible()
    await phone.page.evaluate("document.fonts.ready.then(() => true)")
    count = await phone.page.locator(".message").count()
    line = phone.page.locator('.message:has(.words:text-is("Zeile 140"))')
    before = await line.bounding_box()
    await scroller.evaluate("node => { node.scrollTop -= 500 }")
    await expect(phone.page.locator(".message")).not_to_have_count(count)
    after = await line.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"] - 500) <= 2


async def test_after_a_broken_line_nothing_is_missing_and_nothing_doubled(
    world: World, hold: Opens, pages: Pages
) -> None:
    pages.forgive("net::ERR_")
    async with Line.to(world.address) as line:
        phone = await hold(address=line.address)
        await phone.bot_says("Davor", ["Ja"])
        gone = await phone.bot_says("Gelöscht")
        await expect(phone.message("Gelöscht")).to_be_visible()
        await line.cut()
        await expect(phone.page.locator("#bot-state")).to_have_text("Connecting…")
        await phone.bot_says("Dazwischen")
        await world.call("deleteMessage", chat_id=phone.resident.id, message_id=gone)
        line.mend()
        await expect(phone.message("Dazwischen")).to_be_visible()
        await phone.bot_says("Danach")
        await expect(phone.page.locator(".message.other .words")).to_have_text(["Davor", "Dazwischen", "Danach"])


@pytest.mark.parametrize(
    ("locale", "name", "words"),
    [
        ("en-GB", "Message", "The simulator cannot be reached. Please try again in a moment."),
        ("de-DE", "Nachricht", "Der Simulator ist nicht erreichbar. Bitte versuchen Sie es gleich noch einmal."),
    ],
)
async def test_what_could_not_be_sent_comes_back_into_the_line(
    world: World, hold: Opens, pages: Pages, locale: str, name: str, words: str
) -> None:
    pages.forgive("net::ERR_")
    async with Line.to(world.address) as line:
        phone = await hold(address=line.address, locale=locale)
        phone.input = phone.page.get_by_role("textbox", name=name)
        await expect(phone.page.locator("#bot-state")).to_have_text(re.compile("^Bot", re.IGNORECASE))
        await line.cut()
        await phone.write("Mehr Bäume")
        await expect(phone.page.locator(".toast")).to_have_text(words)
        await expect(phone.input).to_have_value("Mehr Bäume")
        line.mend()
        await phone.input.press("Enter")
        await expect(phone.message("Mehr Bäume")).to_be_visible()
        await expect(phone.input).to_have_value("")
        assert (await phone.bot_receives())["message"]["text"] == "Mehr Bäume"


async def test_a_notice_stands_above_the_messages_and_stays_under_the_pointer(hold: Opens) -> None:
    phone = await hold(DESK)
    await phone.bot_says("Frage?", ["Ja"])
    await phone.button("Ja").click()
    await phone.bot_answers(await phone.bot_receives(), text="Sehr lange Mitteilung, " * 8)
    toast = phone.page.locator(".toast")
    await toast.hover()
    await asyncio.sleep(4.5)
    await expect(toast).to_be_visible()
    notice, messages = await toast.bounding_box(), await phone.page.locator("#scroller").bounding_box()
    assert notice is not None
    assert messages is not None
    assert notice["y"] >= 0
    assert notice["y"] + notice["height"] <= messages["y"]
    await phone.page.mouse.move(0, 0)
    await expect(toast).to_have_count(0, timeout=10_000)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_time_of_a_contact_stands_below_its_number(hold: Opens, screen: ViewportSize) -> None:
    phone = await hold(screen)
    await phone.resident.send(contact={"phone_number": "+49 30 23125 000", "first_name": "Amal"})
    contact = phone.page.locator(".message.own").last
    number = await contact.get_by_text("+49 30 23125 000").bounding_box()
    time = await contact.locator("time").bounding_box()
    assert number is not None
    assert time is not None
    assert time["y"] >= number["y"] + number["height"] - 2


@pytest.mark.parametrize("over", [5, 60])
async def test_a_question_little_higher_than_the_screen_shows_its_beginning(hold: Opens, over: int) -> None:
    phone = await hold(DESK)
    scroller = phone.page.locator("#scroller")
    room = (await size(scroller))[1]
    await phone.bot_says("Frage", ["Ja"])
    low = (await size(phone.message("Frage")))[1]
    line = float(
        await phone.message("Frage").locator(".words").evaluate("n => parseFloat(getComputedStyle(n).lineHeight)")
    )
    lines = int((room - low + over) // line) + 1
    await phone.bot_says("Anfang" + "\nZeile" * lines, ["Nein"])
    message = phone.message("Anfang")
    await expect(message.locator(".words")).to_be_visible()
    for _ in range(2):
        await asyncio.sleep(0.5)  # whatever would still move it has happened by then
        head, place = await scroller.bounding_box(), await message.bounding_box()
        assert head is not None
        assert place is not None
        assert 0 <= place["y"] - head["y"] <= 20
        await phone.page.reload()
        await expect(message.locator(".words")).to_be_visible()


async def test_a_cleared_chat_begins_anew(hold: Opens) -> None:
    phone = await hold()
    await phone.resident.act("clear")
    await expect(phone.button("Start")).to_be_visible()
    await expect(phone.page.locator(".message")).to_have_count(0)


# The page as a whole


async def test_every_module_is_announced_at_the_head_of_the_page() -> None:
    """Otherwise the browser finds them one after the other, each a round trip later."""
    head = (PAGE / "index.html").read_text()
    assert {path.name for path in PAGE.glob("*.js")} == set(re.findall(r'(?:href|src)="/chat/([a-z0-9-]+\.js)"', head))


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_nothing_runs_out_of_the_page(hold: Opens, screen: ViewportSize) -> None:
    phone = await hold(screen)
    await phone.bot_says("Donaudampfschifffahrtsgesellschaft" * 12, ["W" * 60])
    await expect(phone.page.locator(".message.other")).to_be_visible()
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await phone.page.locator("#scroller").evaluate("node => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_what_can_be_pressed_is_big_enough(hold: Opens, screen: ViewportSize) -> None:
    phone = await hold(screen)
    await phone.world.call("setMyCommands", commands=[{"command": "help", "description": "Hilfe"}])
    await phone.bot_says("?", reply_markup={"keyboard": [[{"text": "Ja"}]]})
    await expect(phone.button("Commands")).to_be_visible()
    await expect(phone.button("Ja")).to_be_visible()
    small = []
    for button in await phone.page.locator("button:not(.command-link):visible").all():
        width, height = await size(button)
        if width < 44 or height < 44:
            small.append((await button.inner_text(), width, height))
    assert small == []


async def test_the_sample_pictures_of_the_simulator_are_shown_from_base64_too(hold: Opens) -> None:
    phone = await hold()
    await phone.resident.send(photo=base64.b64encode(sample("photo.jpg")).decode(), caption="الساحة")
    await expect(phone.page.locator(".message.own .words").last).to_have_text("الساحة")
    await expect(phone.page.get_by_role("img", name="الساحة")).to_be_visible()


# Albums, places, answers


async def test_an_album_is_one_block_of_pictures(hold: Opens) -> None:
    phone = await hold()
    file = await _uploaded(phone)
    media = [{"type": "photo", "media": file} for _ in range(3)]
    answer = await phone.world.call(
        "sendMediaGroup", chat_id=phone.resident.id, media=[{**media[0], "caption": "Der neue Platz"}, *media[1:]]
    )
    assert answer["ok"], answer
    tiles = phone.page.locator(".message.in-album")
    await expect(tiles).to_have_count(3)
    assert len({round((await size(tiles.nth(n)))[0]) for n in range(3)}) == 1
    pictures = phone.page.locator(".in-album .picture img")
    assert len({round((await size(pictures.nth(n)))[1]) for n in range(3)}) == 1
    await expect(phone.page.locator(".in-album .meta:visible")).to_have_count(1)


async def _uploaded(phone: Phone) -> str:
    """The id of a picture that the bot has; the message it came with is gone again."""
    sent = await phone.world.control.post(
        f"/bot{BOT.token}/sendPhoto",
        data={"chat_id": str(phone.resident.id)},
        files={"photo": ("a.jpg", sample("photo.jpg"), "image/jpeg")},
    )
    message = sent.json()["result"]
    await phone.world.call("deleteMessage", chat_id=phone.resident.id, message_id=message["message_id"])
    file_id: str = message["photo"][-1]["file_id"]
    return file_id


async def test_a_venue_shows_its_name_and_address(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_sends("sendVenue", latitude=51.52, longitude=7.46, title="مركز الحي", address="Nordmarkt 1")
    card = phone.page.get_by_role("img", name="مركز الحي: Nordmarkt 1")
    await expect(card).to_be_visible()
    await expect(card.locator("strong")).to_have_attribute("dir", "rtl")


async def test_a_resident_answers_a_message_of_the_bot(hold: Opens) -> None:
    phone = await hold()
    asked = await phone.bot_says("Bitte übersetzen: Sommerfest")
    await phone.message("Bitte übersetzen").hover()
    await phone.button("Reply").last.click()
    await expect(phone.page.locator("#reply-line")).to_contain_text("Bitte übersetzen: Sommerfest")
    await phone.write("Yaz şenliği")
    message = (await phone.bot_receives())["message"]
    assert (message["text"], message["reply_to_message"]["message_id"]) == ("Yaz şenliği", asked)
    own = phone.page.locator(".message.own", has_text="Yaz şenliği")
    await expect(own.locator(".quote")).to_contain_text("Bitte übersetzen: Sommerfest")
    await expect(phone.page.locator("#reply-line")).to_be_hidden()
    await phone.write("Noch etwas")
    assert "reply_to_message" not in (await phone.bot_receives())["message"]


async def test_an_answer_is_given_up(hold: Opens) -> None:
    phone = await hold()
    await phone.bot_says("Ihre Straße?", reply_markup={"force_reply": True})
    await expect(phone.page.locator("#reply-line")).to_contain_text("Ihre Straße?")
    await phone.input.press("Escape")
    await expect(phone.page.locator("#reply-line")).to_be_hidden()
    await phone.write("Hallo")
    assert "reply_to_message" not in (await phone.bot_receives())["message"]


async def test_who_is_asked_for_an_answer_gives_one(hold: Opens) -> None:
    phone = await hold()
    asked = await phone.bot_says("Ihre Straße?", reply_markup={"force_reply": True})
    await expect(phone.page.locator("#reply-line")).to_be_visible()
    await phone.write("Mallinckrodtstraße")
    assert (await phone.bot_receives())["message"]["reply_to_message"]["message_id"] == asked
