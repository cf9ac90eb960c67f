"""Webhooks: what is posted, in which order, and what becomes of updates that nobody takes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import telegram

from bot.simulator.posting import SECRET_HEADER
from bot.simulator.settings import Limits
from tests.bot.processes import free_port
from tests.bot.simulator.world import CLIENTS, OTHER, Client, World, ptb_client, running
from tests.serving import served

Json = dict[str, Any]


@dataclass
class Hook:
    """A bot's end of a webhook: keeps what comes, and answers each post as ``answer`` says, at once with 200."""

    address: str = ""
    posts: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    answer: Callable[[Json], int] = lambda _: 200
    seconds: float = 0.0

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        update = json.loads(body)
        self.posts.append(update)
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        await send({"type": "http.response.start", "status": self.answer(update), "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.posts]

    async def gets(self, count: int) -> None:
        await until(lambda: len(self.posts) >= count)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 (the other end is a server)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook = Hook()
    async with served(hook.asgi) as address:
        hook.address = f"{address}/updates?x=1"
        yield hook


async def set_webhook(world: World, hook: Hook, **parameters: Any) -> None:
    body = await world.call("setWebhook", url=hook.address, **parameters)
    assert body == {"ok": True, "result": True}


async def info(world: World) -> Json:
    result: Json = (await world.call("getWebhookInfo"))["result"]
    return result


async def nothing_waits(world: World) -> None:
    async with asyncio.timeout(20):
        while (await info(world))["pending_update_count"]:  # noqa: ASYNC110 (the other end is a server)
            await asyncio.sleep(0.01)


async def test_updates_come_with_the_secret(world: World, client: Client) -> None:
    async with hooked() as hook:
        amal = await world.guest()
        assert await client.bot.set_webhook(url=hook.address, secret_token="Secret_-1", max_connections=7)
        await amal.send(text="hello")
        await hook.gets(2)
        assert hook.texts == ["/start", "hello"]
        assert {headers[SECRET_HEADER.lower()] for headers in hook.headers} == {"Secret_-1"}
        assert {headers["content-type"] for headers in hook.headers} == {"application/json"}
        await nothing_waits(world)
        told = await client.bot.get_webhook_info()
        assert (told.url, told.max_connections, told.pending_update_count) == (hook.address, 7, 0)
        assert told.last_error_message is None


async def test_there_is_no_secret_unless_one_is_set(world: World) -> None:
    async with hooked() as hook:
        await world.guest()
        await set_webhook(world, hook)
        await hook.gets(1)
        assert SECRET_HEADER.lower() not in hook.headers[0]


async def test_a_chat_gets_its_order_though_every_update_fails_at_first(world: World) -> None:
    async with hooked() as hook:
        seen: set[int] = set()

        def at_the_second_time(update: Json) -> int:
            known = update["update_id"] in seen
            seen.add(update["update_id"])
            return 200 if known else 500

        hook.answer = at_the_second_time
        amal, ion = await world.resident(), await world.resident()
        await set_webhook(world, hook)
        for n in range(4):
            await amal.send(text=f"a{n}")
            await ion.send(text=f"i{n}")
        await nothing_waits(world)
        for name in "ai":
            assert [text for text in hook.texts if text[0] == name] == [
                f"{name}{n}" for n in range(4) for _ in range(2)
            ]
        told = await info(world)
        assert told["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
        assert abs(told["last_error_date"] - time.time()) < 10


async def test_a_chat_that_fails_holds_up_no_other(world: World) -> None:
    async with hooked() as hook:
        amal, ion = await world.resident(), await world.resident()
        hook.answer = lambda update: 503 if update["message"]["from"]["id"] == amal.id else 200
        await set_webhook(world, hook)
        await amal.send(text="stuck")
        await amal.send(text="behind it")
        for n in range(5):
            await ion.send(text=f"{n}")
        await until(lambda: {"0", "1", "2", "3", "4"} <= set(hook.texts))
        assert "behind it" not in hook.texts
        assert (await info(world))["pending_update_count"] == 2
        hook.answer = lambda _: 204
        await nothing_waits(world)
        assert hook.texts[-1] == "behind it"


async def test_pauses_between_attempts_grow(world: World) -> None:
    async with hooked() as hook:
        times: list[float] = []

        def note(_: Json) -> int:
            times.append(time.monotonic())
            return 500

        hook.answer = note
        await world.guest()
        await set_webhook(world, hook)
        await hook.gets(4)
        first, second, third = (after - before for before, after in pairwise(times[:4]))
        assert 0.08 < first < second < third


async def test_chats_go_side_by_side_over_so_many_connections(world: World) -> None:
    async with hooked() as hook:
        hook.seconds = 0.1
        residents = [await world.resident(f"R{n}") for n in range(12)]
        for resident in residents:
            await resident.send(text="x")
            await resident.send(text="y")
        await set_webhook(world, hook, max_connections=5)
        await nothing_waits(world)
        assert hook.most_at_once == 5
        assert len(hook.posts) == 24


async def test_one_chat_is_posted_one_after_the_other(world: World) -> None:
    async with hooked() as hook:
        hook.seconds = 0.02
        amal = await world.resident()
        for n in range(5):
            await amal.send(text=f"{n}")
        await set_webhook(world, hook)
        await nothing_waits(world)
        assert (hook.most_at_once, hook.texts) == (1, ["0", "1", "2", "3", "4"])


async def test_who_is_not_there_gets_it_later(world: World) -> None:
    amal = await world.resident()
    port = free_port()
    assert (await world.call("setWebhook", url=f"http://localhost:{port}/"))["ok"]
    await amal.send(text="kept")
    async with asyncio.timeout(20):
        while "last_error_message" not in await info(world):  # noqa: ASYNC110 (the other end is a server)
            await asyncio.sleep(0.01)
    told = await info(world)
    assert (told["last_error_message"], told["pending_update_count"]) == ("Connection refused", 1)
    async with hooked() as hook:
        await set_webhook(world, hook)
        assert "last_error_message" not in await info(world)
        await hook.gets(1)
        assert hook.texts == ["kept"]


async def test_a_redirect_is_not_followed(world: World) -> None:
    async with hooked() as hook:
        hook.answer = lambda _: 302
        await world.guest()
        await set_webhook(world, hook)
        await hook.gets(2)
        assert (await info(world))["last_error_message"] == "Wrong response from the webhook: 302 Found"


async def test_who_takes_too_long_gets_it_again(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(webhook_time=0.2)) as world, hooked() as hook:
        hook.seconds = 0.4
        await world.guest()
        await set_webhook(world, hook)
        await hook.gets(2)
        assert (await info(world))["last_error_message"] == "Read timeout expired"
        await world.call("deleteWebhook")


async def test_nobody_polls_while_a_webhook_is_set(world: World, client: Client) -> None:
    amal = await world.resident()
    async with hooked() as hook:
        poll = asyncio.create_task(client.bot.get_updates(timeout=5))
        await asyncio.sleep(0.1)
        await set_webhook(world, hook)
        with client.refused(409, "Conflict: terminated by setWebhook request"):
            await poll
        active = (
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
        )
        with client.refused(409, active):
            await client.bot.get_updates()
        assert await client.bot.delete_webhook() is True
        await amal.send(text="by polling")
        (update,) = await client.bot.get_updates()
        assert (update.message.text, hook.posts) == ("by polling", [])
        assert (await info(world))["url"] == ""


async def test_an_empty_address_ends_it(world: World) -> None:
    async with hooked() as hook:
        await set_webhook(world, hook)
        assert (await world.call("setWebhook", url=""))["ok"]
        assert await world.updates() == []


@pytest.mark.parametrize("how", ["set", "delete"])
async def test_what_waits_can_be_dropped(world: World, how: str) -> None:
    async with hooked() as hook:
        hook.answer = lambda update: 200 if update["message"]["text"] == "new" else 500
        amal = await world.guest()
        await set_webhook(world, hook)
        await hook.gets(1)
        if how == "delete":
            await world.call("deleteWebhook", drop_pending_updates=True)
            assert await world.updates() == []
            await set_webhook(world, hook)
        else:
            await set_webhook(world, hook, drop_pending_updates=True)
        assert (await info(world))["pending_update_count"] == 0
        await amal.send(text="new")
        await nothing_waits(world)
        assert hook.texts[-1] == "new"


async def test_only_the_kinds_that_are_wanted_are_posted(world: World) -> None:
    async with hooked() as hook:
        amal = await world.resident()
        await set_webhook(world, hook, allowed_updates=["my_chat_member", "callback_query"])
        assert (await amal.send(start=""))["update_id"] is None
        keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
        sent = await world.call("sendMessage", chat_id=amal.id, text="x", reply_markup=keyboard)
        await amal.tap(sent["result"]["message_id"])
        await amal.act("block")
        await hook.gets(2)
        assert [next(key for key in update if key != "update_id") for update in hook.posts] == [
            "callback_query",
            "my_chat_member",
        ]
        assert (await info(world))["allowed_updates"] == ["my_chat_member", "callback_query"]


async def test_each_bot_has_its_own(world: World) -> None:
    async with hooked() as hook:
        await set_webhook(world, hook)
        amal = await world.guest()
        await amal.act("send", bot=OTHER.username, text="to the other")
        await hook.gets(1)
        assert [update["message"]["text"] for update in await world.updates(token=OTHER.token)] == ["to the other"]
        assert hook.texts == ["/start"]


async def test_ids_may_jump_down(world: World) -> None:
    async with hooked() as hook:
        amal = await world.guest()
        await set_webhook(world, hook)
        for target in (2_000_000_000, 17):
            await nothing_waits(world)
            await world.control.post("/sim/bots/quarter_bot/jump", json={"update_id": target})
            await amal.send(text=f"{target}")
        await hook.gets(3)
        assert [update["update_id"] for update in hook.posts[1:]] == [2_000_000_000, 17]


async def test_a_webhook_is_kept_through_a_restart(tmp_path: Path) -> None:
    async with hooked() as hook:
        hook.answer = lambda _: 500
        async with running(tmp_path) as world:
            await world.guest()
            await set_webhook(world, hook, secret_token="s")
            await hook.gets(1)
        hook.answer = lambda _: 200
        async with running(tmp_path) as world:
            await nothing_waits(world)
            assert hook.headers[-1][SECRET_HEADER.lower()] == "s"
            assert (await info(world))["url"] == hook.address


async def test_a_backlog_is_posted_whole_and_once(world: World) -> None:
    async with hooked() as hook:
        residents = [await world.resident(f"R{n}") for n in range(10)]
        for n in range(60):
            for resident in residents:
                await resident.send(text=f"{n}")
        await set_webhook(world, hook)
        await nothing_waits(world)
        assert len({update["update_id"] for update in hook.posts}) == len(hook.posts) == 600
        for resident in residents:
            mine = [update for update in hook.posts if update["message"]["from"]["id"] == resident.id]
            assert [update["message"]["text"] for update in mine] == [f"{n}" for n in range(60)]


@pytest.mark.parametrize("library", list(CLIENTS))
async def test_a_certificate_is_refused_rather_than_forgotten(world: World, library: str) -> None:
    async with CLIENTS[library](world) as client:
        with client.refused(400, "is not simulated"):
            await client.bot.set_webhook(url="http://127.0.0.1:9/", certificate=client.file(b"x", "a.pem"))


async def test_the_other_library_takes_updates_from_it(world: World) -> None:
    """python-telegram-bot reads what is posted as what is polled."""
    async with hooked() as hook, ptb_client(world) as client:
        amal = await world.guest(first_name="أمل")
        await client.bot.set_webhook(url=hook.address)
        await amal.send(photo=True, caption="x")
        await hook.gets(2)
        update = telegram.Update.de_json(hook.posts[-1], client.bot)
        assert update.message is not None
        assert update.message.caption == "x"
