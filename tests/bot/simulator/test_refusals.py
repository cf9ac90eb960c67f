"""What Telegram refuses, in its own words, provoked through both libraries."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram.error import InvalidToken

from bot.simulator.methods import METHODS
from bot.simulator.samples import sample
from bot.simulator.settings import Limits
from tests.bot.simulator.world import BOT, CLIENTS, OTHER, Client, World, aiogram_client, ptb_client, running

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_wrong_token_is_unauthorized(world: World) -> None:
    async with aiogram_client(world, "5000000017:wrong") as client:
        with client.refused(401, "Unauthorized"):
            await client.bot.get_me()
    with pytest.raises(InvalidToken, match="rejected by the server"):
        async with ptb_client(world, "5000000017:wrong"):
            pass
    for token in ("5000000017", "5000000017:a b"):
        assert await world.call("getMe", token=token) == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_an_unchanged_edit_is_refused(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_message(
        chat_id=amal.id, text="<b>x</b>", parse_mode="HTML", reply_markup=client.button()
    )
    with client.refused(400, NOT_MODIFIED):
        await client.bot.edit_message_text(
            chat_id=amal.id,
            message_id=sent.message_id,
            text="<b>x</b> ",
            parse_mode="HTML",
            reply_markup=client.button(),
        )
    with client.refused(400, NOT_MODIFIED):
        await client.bot.edit_message_reply_markup(
            chat_id=amal.id, message_id=sent.message_id, reply_markup=client.button()
        )


async def test_only_what_is_there_can_be_edited_or_deleted(world: World, client: Client) -> None:
    amal = await world.guest()
    with client.refused(400, "Bad Request: message to edit not found"):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=99, text="x")
    with client.refused(400, "Bad Request: message can't be edited"):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=1, text="x")
    with client.refused(400, "Bad Request: message to delete not found"):
        await client.bot.delete_message(chat_id=amal.id, message_id=99)
    photo = await client.bot.send_photo(chat_id=amal.id, photo=client.file(sample("photo.jpg"), "a.jpg"))
    with client.refused(400, "Bad Request: there is no text in the message to edit"):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=photo.message_id, text="x")
    text = await client.bot.send_message(chat_id=amal.id, text="x")
    with client.refused(400, "Bad Request: there is no caption in the message to edit"):
        await client.bot.edit_message_caption(chat_id=amal.id, message_id=text.message_id, caption="y")
    with client.refused(400, "Bad Request: message to be replied not found"):
        reply = client.types.ReplyParameters(message_id=99)
        await client.bot.send_message(chat_id=amal.id, text="x", reply_parameters=reply)


async def test_a_message_with_a_reply_keyboard_can_not_be_edited(world: World, client: Client) -> None:
    amal = await world.guest()
    keyboard = client.types.ReplyKeyboardMarkup(keyboard=[[client.types.KeyboardButton(text="a")]])
    sent = await client.bot.send_message(chat_id=amal.id, text="x", reply_markup=keyboard)
    with client.refused(400, "Bad Request: message can't be edited"):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=sent.message_id, text="y")


async def test_texts_have_a_length_in_utf16_units_after_their_tags(world: World, client: Client) -> None:
    amal = await world.guest()
    await client.bot.send_message(chat_id=amal.id, text="<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")
    with client.refused(400, "Bad Request: message is too long"):
        await client.bot.send_message(chat_id=amal.id, text="😀" * 2048 + "!")
    photo = client.file(sample("photo.jpg"), "a.jpg")
    with client.refused(400, "Bad Request: message caption is too long"):
        await client.bot.send_photo(chat_id=amal.id, photo=photo, caption="ب" * 1025)
    for empty in (" \n ", "<b> </b>"):
        with client.refused(400, "Bad Request: message text is empty"):
            await client.bot.send_message(chat_id=amal.id, text=empty, parse_mode="HTML")


async def test_unreadable_html_is_refused(world: World, client: Client) -> None:
    amal = await world.guest()
    with client.refused(400, 'Bad Request: can\'t parse entities: Unsupported start tag "3" at byte offset 5'):
        await client.bot.send_message(chat_id=amal.id, text="für <3>", parse_mode="HTML")
    sent = await client.bot.send_message(chat_id=amal.id, text="x")
    with client.refused(400, "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=sent.message_id, text="<b>x", parse_mode="HTML")


async def test_button_data_counts_bytes(world: World, client: Client) -> None:
    amal = await world.guest()
    await client.bot.send_message(chat_id=amal.id, text="x", reply_markup=client.button("ж" * 32))
    sent = await client.bot.send_message(chat_id=amal.id, text="x")
    for method, extra in (
        (client.bot.send_message, {}),
        (client.bot.edit_message_text, {"message_id": sent.message_id}),
    ):
        with client.refused(400, "BUTTON_DATA_INVALID"):
            await method(chat_id=amal.id, text="y", reply_markup=client.button("ж" * 32 + "x"), **extra)


async def test_a_bot_may_write_to_whom_it_knows(world: World, client: Client) -> None:
    amal = await world.resident()
    with client.refused(403, "Forbidden: bot can't initiate conversation with a user"):
        await client.bot.send_message(chat_id=amal.id, text="x")
    with client.refused(400, "Bad Request: chat not found"):
        await client.bot.send_message(chat_id=12345, text="x")
    with client.refused(400, "Bad Request: chat not found"):
        await client.bot.get_chat(chat_id="@nobody_here")
    await amal.send(start="")
    sent = await client.bot.send_message(chat_id=amal.id, text="x")
    await amal.act("block")
    blocked = "Forbidden: bot was blocked by the user"
    with client.refused(403, blocked):
        await client.bot.send_message(chat_id=amal.id, text="x")
    with client.refused(403, blocked):
        await client.bot.send_chat_action(chat_id=amal.id, action="typing")
    with client.refused(403, blocked):
        await client.bot.edit_message_text(chat_id=amal.id, message_id=sent.message_id, text="y")
    await amal.act("unblock")
    await client.bot.send_message(chat_id=amal.id, text="back")
    await amal.act("deactivate")
    with client.refused(403, "Forbidden: user is deactivated"):
        await client.bot.send_message(chat_id=amal.id, text="x")


async def test_an_unknown_query_is_too_old(world: World, client: Client) -> None:
    with client.refused(400, TOO_OLD):
        await client.bot.answer_callback_query(callback_query_id="123", text="x")


async def test_files_are_looked_at(world: World, client: Client) -> None:
    amal = await world.guest()
    with client.refused(400, "Bad Request: IMAGE_PROCESS_FAILED"):
        await client.bot.send_photo(chat_id=amal.id, photo=client.file(b"no picture", "a.jpg"))
    with client.refused(400, "Bad Request: wrong file identifier/HTTP URL specified"):
        await client.bot.send_photo(chat_id=amal.id, photo="AgACunknown")
    with client.refused(400, "Bad Request: VOICE_FILE_INVALID"):
        await client.bot.send_voice(chat_id=amal.id, voice=client.file(b"no sound", "a.oga"))
    voice = await client.bot.send_voice(chat_id=amal.id, voice=client.file(sample("voice.oga"), "a.oga"))
    with client.refused(400, "Bad Request: can't use file of type Voice as Photo"):
        await client.bot.send_photo(chat_id=amal.id, photo=voice.voice.file_id)
    with client.refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable"):
        await client.bot.get_file("AgACunknown")


async def test_a_query_can_be_answered_for_a_time(tmp_path: Path) -> None:
    async with (
        running(tmp_path, limits=Limits(per_bot=0, per_chat=0, query_age=0.3)) as world,
        aiogram_client(world) as client,
    ):
        amal = await world.guest()
        sent = await client.bot.send_message(chat_id=amal.id, text="x", reply_markup=client.button())
        early, late = await amal.tap(sent.message_id), await amal.tap(sent.message_id)
        assert await client.bot.answer_callback_query(early["callback_query_id"])
        await asyncio.sleep(0.35)
        with client.refused(400, TOO_OLD):
            await client.bot.answer_callback_query(late["callback_query_id"])


async def test_a_message_can_be_deleted_for_two_days(tmp_path: Path) -> None:
    async with (
        running(tmp_path, limits=Limits(per_bot=0, per_chat=0, delete_age=0.1)) as world,
        aiogram_client(world) as client,
    ):
        amal = await world.guest()
        await asyncio.sleep(2)
        with client.refused(400, "Bad Request: message can't be deleted for everyone"):
            await client.bot.delete_message(amal.id, 1)
        assert await client.bot.delete_messages(amal.id, [1]) is True
        assert len(await amal.messages()) == 1


async def test_one_chat_takes_one_message_a_second_after_a_burst(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(chat_burst=3)) as world, aiogram_client(world) as client:
        amal, ion = await world.guest(), await world.guest()
        sent = [await client.bot.send_message(amal.id, f"{n}") for n in range(3)]
        with client.refused(429, "Too Many Requests: retry after 1") as caught:
            await client.bot.send_message(amal.id, "too much")
        assert caught.value.retry_after == 1
        await client.bot.send_message(ion.id, "somebody else")
        await client.bot.edit_message_text("an edit", chat_id=amal.id, message_id=sent[0].message_id)
        body = await world.call("sendMessage", chat_id=amal.id, text="again at once")
        assert body["parameters"] == {"retry_after": 1}
        await asyncio.sleep(1.05)
        await client.bot.send_message(amal.id, "after the pause")
        assert [message["text"] for message in (await amal.messages())[1:]] == ["an edit", "1", "2", "after the pause"]


@pytest.mark.parametrize("library", list(CLIENTS))
async def test_one_bot_has_a_rate_over_all_chats_and_edits(
    tmp_path: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with running(tmp_path, limits=Limits(per_bot=0.2)) as world, CLIENTS[library](world) as client:
        amal, ion = await world.guest(), await world.guest()
        sent = await client.bot.send_message(chat_id=amal.id, text="first")
        with client.refused(429, "retry"):
            await client.bot.edit_message_text(chat_id=amal.id, message_id=sent.message_id, text="at once")
        with client.refused(429, "retry"):
            await client.bot.send_message(chat_id=ion.id, text="to somebody else")


async def test_the_other_bot_has_its_own_limits_files_and_chats(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(chat_burst=1)) as world, aiogram_client(world) as client:
        amal = await world.guest()
        await amal.act("send", bot=OTHER.username, start="")
        sent = await client.bot.send_photo(amal.id, client.file(sample("photo.jpg"), "a.jpg"))
        assert (await world.call("sendMessage", token=OTHER.token, chat_id=amal.id, text="x"))["ok"]
        body = await world.call("getFile", token=OTHER.token, file_id=sent.photo[0].file_id)
        assert body["error_code"] == 400


async def test_what_is_not_simulated_says_so(world: World) -> None:
    amal = await world.guest()
    body = await world.call("sendPoll", chat_id=amal.id, question="?", options=["a", "b"])
    assert (body["error_code"], body["description"]) == (404, "Not Found: method sendPoll is not simulated")
    body = await world.call("sendMessage", chat_id=amal.id, text="x", message_thread_id=3)
    assert (body["error_code"], body["description"]) == (
        400,
        "Bad Request: parameter 'message_thread_id' of sendMessage is not simulated",
    )
    button = {"text": "x", "web_app": {"url": "https://example.org"}}
    body = await world.call("sendMessage", chat_id=amal.id, text="x", reply_markup={"inline_keyboard": [[button]]})
    assert body["description"] == "Bad Request: button field 'web_app' is not simulated"
    body = await world.call("sendMessage", chat_id=amal.id, text="*x*", parse_mode="MarkdownV2")
    assert body["description"] == "Bad Request: parse mode 'MarkdownV2' is not simulated"
    body = await world.call("setWebhook", url="https://example.org/hook")
    assert body["description"] == "Bad Request: a webhook outside this machine is not simulated"


_PHOTO = {"type": "photo", "media": "AgACunknown"}

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x"}, "chat_id is empty"),
    ("sendMessage", {"text": ["x"]}, "parameter text must be a String"),
    ("sendMessage", {"text": "x", "parse_mode": "bbcode"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "reply_markup": {}}, "object expected as reply markup"),
    ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ("sendMessage", {"text": "x", "reply_markup": "[" * 100_000}, "can't parse reply_markup JSON object"),
    (
        "sendMessage",
        {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 5}]},
        "entity beginning at UTF-16",
    ),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
        "Text buttons are unallowed",
    ),
    ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": " ", "url": "a.b"}]]}}, "non-empty"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "nix"}]]}},
        "Wrong HTTP URL",
    ),
    ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [["a"], "b"]}}, "Array of Arrays"),
    ("sendMessage", {"text": "x", "link_preview_options": {"is_disabled": "no"}}, "wrong field 'is_disabled'"),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendVoice", {}, "there is no voice in the request"),
    ("sendAudio", {}, "there is no audio in the request"),
    ("sendVideo", {"video": "https://example.org/a.mp4"}, "not simulated"),
    ("sendDocument", {"document": "https://example.org/a.pdf"}, "not simulated"),
    ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong latitude"),
    ("sendLocation", {"latitude": "NaN", "longitude": 0}, "wrong latitude"),
    ("sendLocation", {"latitude": 1}, "longitude is empty"),
    ("sendVenue", {"latitude": 1, "longitude": 1, "address": "x"}, "title is empty"),
    ("sendVenue", {"latitude": 1, "longitude": 1, "title": "x"}, "address is empty"),
    ("sendVenue", {"title": "x", "address": "x"}, "latitude is empty"),
    ("sendMediaGroup", {}, 'parameter "media" is required'),
    ("sendMediaGroup", {"media": []}, "there are no messages to send"),
    ("sendMediaGroup", {"media": [_PHOTO]}, "an album of one is not simulated"),
    ("sendMediaGroup", {"media": [_PHOTO] * 11}, "too many messages to send as an album"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "type": "document"}]}, "document can't be mixed"),
    (
        "sendMediaGroup",
        {"media": [{**_PHOTO, "caption": "a"}, {**_PHOTO, "caption": "b", "show_caption_above_media": True}]},
        "parameter show_caption_above_media must be the same for all messages",
    ),
    (
        "sendMediaGroup",
        {"media": [_PHOTO, _PHOTO]},
        'failed to send message #1 with the error message "Wrong file identifier/HTTP URL specified"',
    ),
    ("sendMediaGroup", {"media": [_PHOTO, "x"]}, "can't parse InputMedia: expected an Object"),
    ("sendMediaGroup", {"media": [_PHOTO, {"type": "pony"}]}, "can't parse InputMedia: unsupported type"),
    ("sendMediaGroup", {"media": [_PHOTO, {"type": "video", "media": "x"}]}, "not simulated"),
    ("sendMediaGroup", {"media": [_PHOTO, {"type": ["photo"], "media": "x"}]}, "can't parse InputMedia"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "media": "attach://no"}]}, "media not found"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "media": "https://example.org/a.jpg"}]}, "failed to send"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "caption": "😀" * 513}]}, "message caption is too long"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "caption": 5}]}, "wrong type of a field of the caption"),
    ("sendMediaGroup", {"media": [_PHOTO, {**_PHOTO, "thumbnail": "x"}]}, "field 'thumbnail' of InputMedia"),
    ("sendMediaGroup", {"media": [_PHOTO] * 2, "reply_markup": {"force_reply": True}}, "not simulated"),
    ("copyMessage", {"message_id": 1}, "from_chat_id is empty"),
    ("copyMessage", {"message_id": 1, "from_chat_id": 77}, "chat not found"),
    ("editMessageMedia", {"message_id": 1}, "can't parse InputMedia"),
    ("editMessageMedia", {"message_id": 1, "media": _PHOTO}, "message can't be edited"),
    ("getChatMember", {}, "invalid user_id specified"),
    ("getChatMember", {"user_id": 77}, "member not found"),
    ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("editMessageCaption", {"message_id": 10**19, "caption": "x"}, "out of range"),
    ("editMessageCaption", {"message_id": "١", "caption": "x"}, "must be an Integer"),
    ("editMessageReplyMarkup", {"message_id": 1.5}, "must be an Integer"),
    ("deleteMessage", {"message_id": 0}, "message identifier is not specified"),
    ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
    ("deleteMessages", {"message_ids": ["1"]}, "invalid message identifier specified"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ("answerCallbackQuery", {"callback_query_id": "1", "url": "t.me/x"}, "not simulated"),
    ("getFile", {}, "wrong file_id"),
    ("getChat", {"chat_id": 10**30}, "chat not found"),
    ("getUpdates", {"allowed_updates": ["massage"]}, "unknown kind of update 'massage'"),
    ("getUpdates", {"allowed_updates": [[]]}, "unknown kind of update"),
    ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "help", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [], "language_code": "deu"}, "invalid language code specified"),
    ("setMyCommands", {"commands": [], "scope": {"type": "town"}}, "unsupported type specified"),
    ("deleteMyCommands", {"scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ("getMyCommands", {"scope": "[]"}, "object expected as scope"),
    ("setMyName", {"name": "x" * 65}, "name is too long"),
    ("setMyDescription", {"description": "x" * 513}, "description is too long"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
    ("getMyName", {"language_code": "x"}, "invalid language code"),
    ("getMyDescription", {"language_code": "x"}, "invalid language code"),
    ("getMyShortDescription", {"language_code": "x"}, "invalid language code"),
    ("setChatMenuButton", {"chat_id": 5}, "chat not found"),
    ("setChatMenuButton", {"menu_button": {"type": "pony"}}, "unsupported menu button type"),
    ("getChatMenuButton", {"chat_id": "²"}, "chat not found"),
    ("getMe", {"x": 1}, "not simulated"),
    ("getWebhookInfo", {"x": 1}, "not simulated"),
    ("deleteWebhook", {"x": 1}, "not simulated"),
    ("setWebhook", {"url": "https://example.org"}, "a webhook outside this machine is not simulated"),
    ("setWebhook", {"url": "http://127.0.0.1@example.org/"}, "a webhook outside this machine is not simulated"),
    ("setWebhook", {"url": "http://127.0.0.1\\@example.org/"}, "a webhook outside this machine is not simulated"),
    ("setWebhook", {"url": "http://127.0.0.1.example.org/"}, "a webhook outside this machine is not simulated"),
    ("setWebhook", {"url": "http://127.0.0.1:99999/"}, "bad webhook: invalid port specified"),
    ("setWebhook", {"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "http://127.0.0.1:1/", "secret_token": "ä"}, "secret token contains unallowed characters"),
    ("setWebhook", {"url": "http://127.0.0.1:1/", "secret_token": "x" * 257}, "secret token is too long"),
    ("setWebhook", {"url": "http://127.0.0.1:1/", "allowed_updates": ["massage"]}, "unknown kind of update"),
    ("setWebhook", {"url": "http://127.0.0.1:1/", "ip_address": "127.0.0.1"}, "not simulated"),
]


async def test_wrong_parameters_are_refused(world: World) -> None:
    amal = await world.guest()
    for method, parameters, words in WRONG:
        chat = {"chat_id": amal.id} if _takes_chat(method) and words != "chat_id is empty" else {}
        body = await world.call(method, **{**chat, **parameters})
        assert (body["ok"], body.get("error_code")) == (False, 400), (method, parameters)
        assert body["description"].startswith("Bad Request: ")
        assert words in body["description"], (method, parameters)


def _takes_chat(method: str) -> bool:
    known = METHODS.get(method.lower())
    return known is not None and "chat_id" in known.takes and "MenuButton" not in method


def test_every_method_has_a_refusal_in_the_table() -> None:
    assert {known.name for known in METHODS.values()} - {method for method, _, _ in WRONG} == set()


async def test_requests_that_are_no_calls(world: World) -> None:
    address = f"/bot{BOT.token}/sendMessage"
    headers = {"content-type": "application/json"}
    for body, kind in [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"text": "\\ud800"}', "application/json"),
        (b'{"text": NaN}', "application/json"),
        (b"text=%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense", "multipart/form-data"),
        (b"x", "text/plain"),
    ]:
        answer = await world.control.post(address, content=body, headers={**headers, "content-type": kind})
        assert (answer.status_code, answer.json()["ok"]) == (400, False), (body, answer.text)


async def test_a_request_has_a_size(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(upload=1000)) as world:
        answer = await world.control.post(f"/bot{BOT.token}/sendMessage", content=b"text=" + b"x" * 1000)
        assert answer.json()["description"] == "Request Entity Too Large"
        assert answer.status_code == 413
