"""The control: what residents can do, what a page is told, and who is kept out."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from bot.simulator.app import Extra
from bot.simulator.samples import sample
from tests.bot.simulator.world import BOT, OTHER, Page, Resident, World, running


async def test_the_bots_are_listed(world: World) -> None:
    assert (await world.control.get("/sim/bots")).json() == [
        {"id": bot.id, "username": bot.username, "token": bot.token} for bot in (BOT, OTHER)
    ]


async def test_residents_have_ids_of_both_sizes_in_the_order_of_their_coming(world: World) -> None:
    ids = [(await world.resident(f"R{n}")).id for n in range(4)]
    assert len(set(ids)) == 4
    assert any(each > 2**32 for each in ids)
    assert any(each < 2**32 for each in ids)
    listed = (await world.control.get("/sim/users")).json()
    assert [user["first_name"] for user in listed] == ["R0", "R1", "R2", "R3"]


async def test_a_page_is_told_what_happens(world: World) -> None:
    amal = await world.guest()
    async with amal.page() as page:
        await amal.send(text="hello")
        name, message = await page.next()
        assert (name, message["text"], message["message_id"]) == ("message", "hello", 2)
        sent = (await world.call("sendMessage", chat_id=amal.id, text="one"))["result"]
        assert await page.next() == ("message", sent)
        edited = (await world.call("editMessageText", chat_id=amal.id, message_id=3, text="two"))["result"]
        assert await page.next() == ("edited", edited)
        await world.call("deleteMessage", chat_id=amal.id, message_id=3)
        assert await page.next() == ("deleted", {"message_id": 3})
        await amal.act("clear")
        assert await page.next() == ("cleared", {})
    assert await amal.messages() == []


async def test_one_stream_tells_of_all_chats(world: World) -> None:
    amal, ion = await world.guest(), await world.guest()
    async with world.control.stream("GET", "/sim/events", params={"bot": BOT.username}) as answer:
        page = Page(answer.aiter_lines())
        assert await page.next() == ("hello", {})
        await amal.send(text="a")
        await ion.send(text="b")
        (_, first), (_, second) = await page.next(), await page.next()
        assert (first["user"], first["data"]["text"]) == (amal.id, "a")
        assert (second["user"], second["data"]["text"]) == (ion.id, "b")


async def test_own_pictures_are_sent_and_shown(world: World) -> None:
    amal = await world.resident()
    data = base64.b64encode(sample("photo.jpg")).decode()
    await amal.send(photo=f"data:image/jpeg;base64,{data}", caption="mine")
    (message,) = await amal.messages()
    shown = await world.control.get(f"/sim/files/{message['photo'][-1]['file_id']}")
    assert shown.content == sample("photo.jpg")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-security-policy"] == "sandbox"
    assert (await world.control.get("/sim/files/AgACx")).status_code == 404


async def test_a_file_with_a_hostile_name_is_a_plain_download(world: World) -> None:
    amal = await world.guest()
    name = 'x"\r\nset-cookie: a=b; .html'
    sent = await world.control.post(
        f"/bot{BOT.token}/sendDocument",
        data={"chat_id": str(amal.id)},
        files={"document": (name, b"<script>", "text/html")},
    )
    file_id = sent.json()["result"]["document"]["file_id"]
    shown = await world.control.get(f"/sim/files/{file_id}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "application/octet-stream")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "set-cookie" not in shown.headers
    path = (await world.call("getFile", file_id=file_id))["result"]["file_path"]
    assert (await world.control.get(f"/file/bot{BOT.token}/{path}")).content == b"<script>"
    for outside in ("../simulator.sqlite3", "documents/../../../simulator.sqlite3", "documents/%2e%2e/x", path + "/"):
        assert (await world.control.get(f"/file/bot{BOT.token}/{outside}")).status_code == 404
    assert (await world.control.get(f"/file/bot{OTHER.token}/{path}")).status_code == 404
    assert (await world.control.get(f"/file/bot1:2/{path}")).status_code == 401


IMPOSSIBLE: list[tuple[str, dict[str, Any], int, str]] = [
    ("send", {}, 400, "Exactly one of"),
    ("send", {"text": "a", "photo": True}, 400, "Exactly one of"),
    ("send", {"text": " \n"}, 400, "The text is empty."),
    ("send", {"text": "ا" * 4097}, 400, "4096 are allowed"),
    ("send", {"text": "x", "reply_to": 99}, 400, "There is no message 99 in this chat."),
    ("send", {"album": [True]}, 400, "album"),
    ("send", {"album": [True, "no base64!"]}, 400, "base64"),
    ("send", {"photo": "no base64!"}, 400, "base64"),
    ("send", {"photo": base64.b64encode(b"no picture").decode()}, 400, "IMAGE_PROCESS_FAILED"),
    ("send", {"location": {"latitude": 95, "longitude": 0}}, 400, "Latitude"),
    ("send", {"text": "x", "sticker": 1}, 400, "sticker"),
    ("send", {"text": "x", "bot": "nobody"}, 404, "There is no bot 'nobody'"),
    ("send", {"text": "x", "group": -5}, 404, "There is no group -5."),
    ("tap", {"message_id": 1, "button": [0, 0]}, 400, "Message 1 has no button in row 0, column 0."),
    ("tap", {"message_id": 2, "button": [0, 1]}, 400, "Message 2 has no button in row 0, column 1."),
    ("tap", {"message_id": 2, "button": [-1, 0]}, 400, "no button"),
    ("tap", {"message_id": 9, "button": [0, 0]}, 400, "There is no message 9 in this chat."),
    ("tap", {"message_id": 10**30, "button": [0, 0]}, 400, ""),
    ("tap", {"message_id": 2, "button": [0]}, 400, "button"),
    ("edit", {"message_id": 2, "text": "x"}, 400, "Message 2 is not a text of this user."),
    ("edit", {"message_id": 1, "text": ""}, 400, "The text is empty."),
]


async def test_what_a_person_could_not_do_is_refused(world: World) -> None:
    amal = await world.guest()
    button = {"text": "a", "callback_data": "b"}
    await world.call("sendMessage", chat_id=amal.id, text="x", reply_markup={"inline_keyboard": [[button]]})
    for what, body, status, words in IMPOSSIBLE:
        answer = await amal.act(what, expect=status, **body)
        assert words in f"{answer['detail']} {answer.get('extra', '')}", (what, body)


async def test_nobody_acts_who_is_not_there(world: World) -> None:
    for person in (1, 10**30):
        answer = await world.control.post(f"/sim/users/{person}/send", json={"bot": BOT.username, "text": "x"})
        assert answer.status_code == 404


async def test_who_has_blocked_the_bot_writes_to_it_no_more(world: World) -> None:
    amal = await world.resident()
    assert "not started" in (await amal.act("block", expect=400))["detail"]
    await amal.send(start="")
    assert (await amal.act("block"))["update_id"] is not None
    assert await amal.act("block") == {"blocked": True, "update_id": None}
    assert "unblock it first" in (await amal.act("send", expect=409, text="x"))["detail"]
    assert (await amal.view())["blocked"] is True
    await amal.act("unblock")
    await amal.send(text="x")


async def test_buttons_that_the_phone_itself_answers(world: World) -> None:
    amal = await world.guest()
    row = [{"text": "a", "url": "https://example.org/x"}, {"text": "b", "copy_text": {"text": "123"}}]
    await world.call("sendMessage", chat_id=amal.id, text="x", reply_markup={"inline_keyboard": [row]})
    assert await amal.tap(2, 0, 0) == {"url": "https://example.org/x"}
    assert await amal.tap(2, 0, 1) == {"copy_text": {"text": "123"}}
    assert len(await world.updates()) == 1


async def test_a_payload_telegram_would_drop_is_dropped(world: World) -> None:
    amal = await world.resident()
    for payload in ("Ab_9-", "ä", "x" * 65, True):
        await amal.send(start=payload)
    texts = [update["message"]["text"] for update in await world.updates()]
    assert texts == ["/start Ab_9-", "/start", "/start", "/start"]


async def test_a_bot_is_spoken_to_in_a_group(world: World) -> None:
    amal = await world.resident()
    group = (await world.control.post("/sim/groups", json={"title": "Nordmarkt"})).json()
    assert group["type"] == "supergroup"
    await amal.send(text="/start@quarter_bot", group=group["id"])
    (update,) = await world.updates()
    assert (update["message"]["chat"], update["message"]["from"]["id"]) == (group, amal.id)
    button = {"text": "a", "callback_data": "b"}
    sent = await world.call("sendMessage", chat_id=group["id"], text="x", reply_markup={"inline_keyboard": [[button]]})
    assert sent["result"]["chat"] == group
    await amal.act("tap", message_id=2, button=[0, 0], group=group["id"])
    assert (await world.updates(offset=-1))[0]["callback_query"]["message"]["chat"] == group
    assert (await world.call("getChat", chat_id=group["id"]))["result"]["title"] == "Nordmarkt"
    chat = await world.control.get(f"/sim/users/{amal.id}/chat", params={"bot": BOT.username, "group": group["id"]})
    assert len(chat.json()["messages"]) == 2
    assert await amal.messages() == []


async def test_calls_are_recorded_without_tokens(world: World) -> None:
    amal = await world.guest()
    await world.call("sendmessage", chat_id=amal.id, text="x")
    before = (await world.control.get("/sim/calls")).json()
    assert [(call["n"], call["method"], call["ok"]) for call in before["calls"]] == [(1, "sendMessage", True)]
    await world.call("deleteMessage", chat_id=amal.id, message_id=77)
    await world.call("getMe")
    answer = await world.control.get("/sim/calls", params={"since": before["next"], "method": "deleteMessage"})
    (call,) = answer.json()["calls"]
    assert call["parameters"] == {"chat_id": amal.id, "message_id": 77}
    assert (call["ok"], call["error_code"], call["bot"]) == (False, 400, BOT.username)
    assert call["description"] == "Bad Request: message to delete not found"
    assert BOT.token not in answer.text


FOREIGN = [
    {"host": "evil.example:8000"},
    {"host": "127.0.0.1.evil.example"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:1"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
]


async def test_other_sites_are_kept_out(world: World) -> None:
    for headers in FOREIGN:
        answer = await world.control.post("/sim/users", json={"first_name": "Eve"}, headers=headers)
        assert answer.status_code == 403, headers
    assert (await world.control.get("/sim/users")).json() == []


async def test_the_own_page_may_act(world: World) -> None:
    for headers in ({"origin": world.address}, {"sec-fetch-site": "same-origin", "origin": world.address}):
        answer = await world.control.post("/sim/users", json={"first_name": "Amal"}, headers=headers)
        assert answer.status_code == 201


async def test_the_page_is_served_under_a_strict_policy(world: World) -> None:
    answer = await world.control.get("/chat")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_extras_are_in_no_list_until_somebody_picks_up_their_phone(tmp_path: Path) -> None:
    amal, ion = Extra(2_000_000_000, "Amal", "K.", "ar"), Extra(6_000_000_001, "Ion", "B.", "ro", blocked=True)
    async with running(tmp_path, extras=[amal, ion]) as world:
        guest = await world.guest()
        assert await names(world) == ["Amal"]
        assert await names(world, extras=True) == ["Amal", "Ion"]
        assert [update["message"]["from"]["id"] for update in await world.updates()] == [guest.id]
        async with world.control.stream("GET", "/sim/events", params={"bot": BOT.username}) as answer:
            page = Page(answer.aiter_lines())
            assert await page.next() == ("hello", {})
            assert (await world.call("sendMessage", chat_id=amal.id, text="unseen"))["ok"]
            assert (await world.call("sendMessage", chat_id=ion.id, text="x"))["error_code"] == 403
            picked_up = await world.control.post(f"/sim/users/{amal.id}/pick-up")
            assert (picked_up.status_code, picked_up.json()["last_name"]) == (200, "K.")
            await world.call("sendMessage", chat_id=amal.id, text="seen")
            _, event = await page.next()
            assert (event["user"], event["data"]["text"]) == (amal.id, "seen")
        assert [message["text"] for message in await Resident(world, amal.id).messages()] == ["unseen", "seen"]
        await Resident(world, ion.id).act("unblock")
        assert await names(world) == ["Amal", "Amal"]
        assert (await world.control.post("/sim/users/5/pick-up")).status_code == 404
    async with running(tmp_path, extras=[amal, ion]) as world:
        assert await names(world, extras=True) == ["Ion"]
        assert (await world.call("sendMessage", chat_id=ion.id, text="x"))["ok"]


async def names(world: World, *, extras: bool = False) -> list[str]:
    listed = await world.control.get("/sim/users", params={"extras": extras})
    return [user["first_name"] for user in listed.json()]
