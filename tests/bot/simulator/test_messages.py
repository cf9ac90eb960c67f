"""What bots send and residents see, through two unrelated libraries."""

from __future__ import annotations

from typing import Any

import aiogram
import pytest
import telegram

from bot.simulator.samples import sample
from tests.bot.simulator.world import Client, World


async def test_a_bot_learns_who_it_is(client: Client) -> None:
    me = await client.bot.get_me()
    assert (me.username, me.first_name, me.is_bot, me.id) == ("quarter_bot", "Quarter", True, 5000000017)


async def test_a_resident_starts_the_bot_and_gets_an_answer(world: World, client: Client) -> None:
    amal = await world.resident(first_name="أمل", last_name="Haddad", username="amal_h", language_code="ar")
    await amal.send(start="poster-7")
    (update,) = await client.bot.get_updates()
    message = update.message
    assert message.text == "/start poster-7"
    assert [(entity.type, entity.offset, entity.length) for entity in message.entities] == [("bot_command", 0, 6)]
    sender = message.from_user
    assert (sender.id, sender.first_name, sender.last_name) == (amal.id, "أمل", "Haddad")
    assert (sender.username, sender.language_code) == ("amal_h", "ar")
    assert (message.chat.id, message.chat.type) == (amal.id, "private")

    answer = await client.bot.send_message(chat_id=amal.id, text="أهلا", reply_markup=client.button("yes"))
    assert answer.message_id == message.message_id + 1
    assert answer.from_user.is_bot
    seen = (await amal.messages())[-1]
    assert seen["text"] == "أهلا"
    assert seen["reply_markup"]["inline_keyboard"] == [[{"text": "Yes", "callback_data": "yes"}]]


async def test_html_becomes_entities_that_count_utf16_units(world: World, client: Client) -> None:
    amal = await world.guest()
    html = (
        '😀 <b>bold <i>both</i></b> <u>u</u> <s>s</s> <a href="https://example.org/?a=1&amp;b=2">link</a> '
        '<code>x&lt;y</code> <tg-spoiler>secret</tg-spoiler>\n<pre><code class="language-python">1</code></pre>\n'
        "<blockquote>quote</blockquote>"
    )
    message = await client.bot.send_message(chat_id=amal.id, text=html, parse_mode="HTML")
    assert message.text == "😀 bold both u s link x<y secret\n1\nquote"
    found = [
        (str(entity.type), entity.offset, entity.length, entity.url, entity.language) for entity in message.entities
    ]
    assert found == [
        ("bold", 3, 9, None, None),
        ("italic", 8, 4, None, None),
        ("underline", 13, 1, None, None),
        ("strikethrough", 15, 1, None, None),
        ("text_link", 17, 4, "https://example.org/?a=1&b=2", None),
        ("code", 22, 3, None, None),
        ("spoiler", 26, 6, None, None),
        ("pre", 33, 1, None, "python"),
        ("blockquote", 35, 5, None, None),
    ]


async def test_a_message_is_edited_in_its_place(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_message(chat_id=amal.id, text="one", reply_markup=client.button())
    edited = await client.bot.edit_message_text(
        chat_id=amal.id,
        message_id=sent.message_id,
        text="<b>two</b>",
        parse_mode="HTML",
        reply_markup=client.button("z"),
    )
    assert (edited.text, edited.message_id) == ("two", sent.message_id)
    assert edited.edit_date is not None
    seen = (await amal.messages())[-1]
    assert (seen["text"], seen["entities"][0]["type"]) == ("two", "bold")
    assert seen["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "z"

    await client.bot.edit_message_reply_markup(chat_id=amal.id, message_id=sent.message_id)
    assert "reply_markup" not in (await amal.messages())[-1]


async def test_a_tap_reaches_the_bot_with_the_whole_message(world: World, client: Client) -> None:
    amal = await world.guest(language_code="tr")
    sent = await client.bot.send_message(
        chat_id=amal.id,
        text="Yes?",
        reply_markup=client.inline(
            [{"text": "a", "callback_data": "a"}],
            [{"text": "b", "callback_data": "b"}, {"text": "ج", "callback_data": "ج"}],
        ),
    )
    async with amal.page() as page:
        tapped = await amal.tap(sent.message_id, 1, 1)
        query = (await client.bot.get_updates(offset=-1))[0].callback_query
        assert (query.data, query.id, query.from_user.id) == ("ج", tapped["callback_query_id"], amal.id)
        assert (query.from_user.language_code, query.message.message_id) == ("tr", sent.message_id)
        assert query.message.reply_markup.inline_keyboard[1][0].callback_data == "b"
        await client.bot.answer_callback_query(callback_query_id=query.id, text="شكرا", show_alert=True)
        toast = {"callback_query_id": query.id, "text": "شكرا", "show_alert": True}
        assert await page.next() == ("toast", toast)


async def test_pictures_voice_and_documents_travel_both_ways(world: World, client: Client) -> None:
    amal = await world.guest()
    photo = await client.bot.send_photo(
        chat_id=amal.id,
        photo=client.file(sample("photo.jpg"), "square.jpg"),
        caption="<b>The square</b>",
        parse_mode="HTML",
    )
    assert [(size.width, size.height) for size in photo.photo] == [(90, 60), (320, 213), (800, 533), (960, 640)]
    assert (photo.caption, photo.caption_entities[0].type) == ("The square", "bold")
    again = await client.bot.send_photo(chat_id=amal.id, photo=photo.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == photo.photo[-1].file_unique_id
    caption = await client.bot.edit_message_caption(chat_id=amal.id, message_id=photo.message_id, caption="New")
    assert caption.caption == "New"

    voice = await client.bot.send_voice(chat_id=amal.id, voice=client.file(sample("voice.oga"), "read.oga"))
    assert voice.voice.mime_type == "audio/ogg"
    assert (await amal.messages())[-1]["voice"]["duration"] == 4
    document = await client.bot.send_document(
        chat_id=amal.id, document=client.file(b"%PDF-1.4", 'تقرير "<1>.pdf'), disable_notification=True
    )
    assert document.document.file_size == 8
    assert document.document.file_name.endswith(".pdf")

    await amal.send(photo=True, caption="here")
    await amal.send(voice=True)
    heard = (await client.bot.get_updates(offset=-1))[0].message.voice
    assert await _download(client, heard.file_id) == sample("voice.oga")
    assert await _download(client, document.document.file_id) == b"%PDF-1.4"


async def _download(client: Client, file_id: str) -> bytes:
    file = await client.bot.get_file(file_id)
    if client.types is aiogram.types:
        return (await client.bot.download_file(file.file_path)).read()  # type: ignore[no-any-return]
    return bytes(await file.download_as_bytearray())


async def test_places_and_contacts_travel(world: World, client: Client) -> None:
    amal = await world.guest()
    place = await client.bot.send_location(chat_id=amal.id, latitude=51.51, longitude=7.46)
    assert (place.location.latitude, place.location.longitude) == (51.51, 7.46)
    await amal.send(location={"latitude": -33.5, "longitude": 151.25})
    await amal.send(contact={"phone_number": "+49 231 1", "first_name": "Ion", "user_id": amal.id})
    seen, shared = [update.message for update in await client.bot.get_updates(offset=-2)]
    assert (seen.location.latitude, seen.location.longitude) == (-33.5, 151.25)
    assert (shared.contact.first_name, shared.contact.user_id) == ("Ion", amal.id)


async def test_reply_keyboards_reach_the_resident_and_not_the_bot(world: World, client: Client) -> None:
    amal = await world.guest()
    types = client.types
    keyboard = types.ReplyKeyboardMarkup(
        keyboard=[
            [types.KeyboardButton(text="Place", request_location=True)],
            [types.KeyboardButton(text="Phone", request_contact=True), types.KeyboardButton(text="No")],
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
        input_field_placeholder="Where?",
    )
    sent = await client.bot.send_message(chat_id=amal.id, text="Where?", reply_markup=keyboard)
    assert sent.reply_markup is None
    expected = {
        "keyboard": [
            [{"text": "Place", "request_location": True}],
            [{"text": "Phone", "request_contact": True}, {"text": "No"}],
        ],
        "resize_keyboard": True,
        "one_time_keyboard": True,
        "input_field_placeholder": "Where?",
    }
    view = await amal.view()
    assert view["keyboard"] == view["messages"][-1]["reply_keyboard"] == expected

    await client.bot.send_message(chat_id=amal.id, text="Thanks", reply_markup=types.ReplyKeyboardRemove())
    assert (await amal.view())["keyboard"] is None
    await client.bot.send_message(chat_id=amal.id, text="Why?", reply_markup=types.ForceReply())
    assert (await amal.view())["keyboard"] == {"force_reply": True}


async def test_a_message_answers_another(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_message(
        chat_id=amal.id, text="Welcome", reply_parameters=client.types.ReplyParameters(message_id=1)
    )
    assert sent.reply_to_message.text == "/start"


async def test_messages_are_deleted(world: World, client: Client) -> None:
    amal = await world.guest()
    ids = [(await client.bot.send_message(chat_id=amal.id, text=f"{n}")).message_id for n in range(4)]
    assert await client.bot.delete_message(chat_id=amal.id, message_id=ids[0]) is True
    assert await client.bot.delete_messages(chat_id=amal.id, message_ids=[1, ids[2], 9999]) is True
    assert [message["message_id"] for message in await amal.messages()] == [ids[1], ids[3]]


async def test_links_keep_their_preview_options(world: World, client: Client) -> None:
    amal = await world.guest()
    options = client.types.LinkPreviewOptions(is_disabled=True)
    sent = await client.bot.send_message(
        chat_id=amal.id, text="See https://example.org/a.", link_preview_options=options
    )
    assert sent.link_preview_options.is_disabled is True
    assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [("url", 4, 21)]


async def test_a_chat_says_whose_it_is(world: World, client: Client) -> None:
    amal = await world.guest(first_name="Ivan", last_name="Петров")
    chat = await client.bot.get_chat(chat_id=amal.id)
    assert (chat.id, chat.type, chat.first_name, chat.last_name) == (amal.id, "private", "Ivan", "Петров")


async def test_typing_is_shown(world: World, client: Client) -> None:
    amal = await world.guest()
    async with amal.page() as page:
        assert await client.bot.send_chat_action(chat_id=amal.id, action="typing") is True
        assert await page.next() == ("typing", {"action": "typing"})


async def test_every_kind_of_message_reads_the_same_in_both_libraries(world: World) -> None:
    """Neither library meets a field it does not know in what the simulator makes."""
    amal = await world.guest(language_code="ro")
    contents: list[dict[str, Any]] = [
        {"text": "/help me@example.org #here @somebody_else"},
        {"photo": True, "caption": "/x"},
        {"voice": True},
        {"location": {"latitude": 1, "longitude": 2}},
        {"contact": {"phone_number": "1", "first_name": "A", "last_name": "B"}},
    ]
    for content in contents:
        await amal.send(**content)
    await amal.act("edit", message_id=2, text="changed")
    await amal.act("block")
    await amal.act("unblock")
    for update in await world.updates():
        parsed = telegram.Update.de_json(update, bot=None)
        assert parsed.to_dict()["update_id"] == update["update_id"]
        assert not parsed.api_kwargs
        read = aiogram.types.Update.model_validate(update)
        assert not read.model_extra
        message = read.message or read.edited_message
        if message is not None:
            assert not message.model_extra
            assert parsed.effective_message is not None
            assert not parsed.effective_message.api_kwargs


@pytest.mark.parametrize("code", ["ar", None])
async def test_a_phone_may_send_no_language(world: World, client: Client, code: str | None) -> None:
    amal = await world.resident(language_code=code)
    await amal.send(start="", language_code=None)
    await amal.send(text="again")
    first, second = [update.message.from_user.language_code for update in await client.bot.get_updates()]
    assert (first, second) == (None, code)
