"""Several bots in one simulator, and one more while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.simulator.app import create_simulator
from tests.bot.simulator.world import BOT, OTHER, World, aiogram_client, ptb_client, running

NEW = {"username": "third_bot", "name": "Third"}


async def _add(world: World, **what: str) -> tuple[int, dict[str, Any]]:
    answer = await world.control.post("/sim/bots", json={**NEW, **what})
    return answer.status_code, answer.json()


async def test_a_bot_that_was_added_is_a_bot_like_the_others(world: World) -> None:
    group = (await world.control.post("/sim/groups", json={"title": "Nordmarkt"})).json()["id"]
    status, bot = await _add(world)
    assert (status, bot["username"]) == (201, "third_bot")
    token = bot["token"]
    async with aiogram_client(world, token) as client:
        me = await client.bot.get_me()
        assert (me.id, me.first_name) == (bot["id"], "Third")
    amal = await world.resident()
    await amal.act("send", bot="third_bot", start="")
    async with ptb_client(world, token) as client:
        (update,) = await client.bot.get_updates()
        assert update.message.text == "/start"
        sent = await client.bot.send_message(chat_id=amal.id, text="hello")
        assert sent.message_id == 2
        await client.bot.send_message(chat_id=group, text="to all")
    assert await world.updates() == []
    assert await amal.messages() == []
    assert not (await world.call("sendMessage", chat_id=amal.id, text="x"))["ok"]


async def test_a_bot_may_bring_its_token(world: World) -> None:
    status, bot = await _add(world, token="7000000001:mine")
    assert (status, bot["id"], bot["token"]) == (201, 7000000001, "7000000001:mine")
    assert (await world.call("getMe", token="7000000001:mine"))["ok"]


async def test_nobody_is_there_twice(world: World) -> None:
    for taken in ({"username": BOT.username.upper()}, {"token": f"{OTHER.id}:x"}):
        status, body = await _add(world, **taken)
        assert (status, "already" in body["detail"]) == (409, True)
    for wrong in ({"username": "bot"}, {"username": "third"}, {"token": "x"}, {"token": "123456:a\n"}, {"name": ""}):
        assert (await _add(world, **wrong))[0] == 400, wrong


async def test_a_bot_that_was_added_stays(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        _, bot = await _add(world)
        amal = await world.resident()
        await amal.act("send", bot="third_bot", text="x")
    async with running(tmp_path) as world:
        assert [each["username"] for each in (await world.control.get("/sim/bots")).json()][-1] == "third_bot"
        assert len(await world.updates(token=bot["token"])) == 1


async def test_the_simulator_says_which_bots_there_are(tmp_path: Path) -> None:
    simulator = create_simulator(tmp_path, bots=[BOT])
    assert simulator.bots == (BOT,)
    await simulator.start()
    try:
        assert simulator.bots == (BOT,)
    finally:
        await simulator.stop()
