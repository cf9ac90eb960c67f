"""Long polling: what waits, what is confirmed, who may ask."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.bot.simulator.world import BOT, Client, World, aiogram_client, ptb_client


async def test_a_waiting_poll_is_answered_at_once(world: World, client: Client) -> None:
    amal = await world.resident()
    poll = asyncio.create_task(client.bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await amal.send(text="hello")
    (update,) = await poll
    assert update.message.text == "hello"
    assert time.monotonic() - began < 1


async def test_a_poll_without_news_ends_after_its_time(world: World, client: Client) -> None:
    began = time.monotonic()
    assert list(await client.bot.get_updates(timeout=1)) == []
    assert 0.9 < time.monotonic() - began < 3


async def test_updates_wait_until_an_offset_confirms_them(world: World, client: Client) -> None:
    amal = await world.resident()
    for n in range(3):
        await amal.send(text=f"{n}")
    first = await client.bot.get_updates()
    assert [update.message.text for update in first] == ["0", "1", "2"]
    assert [update.update_id for update in await client.bot.get_updates()] == [update.update_id for update in first]
    rest = await client.bot.get_updates(offset=first[1].update_id)
    assert [update.message.text for update in rest] == ["1", "2"]
    assert (await client.bot.get_webhook_info()).pending_update_count == 2
    assert list(await client.bot.get_updates(offset=first[2].update_id + 1)) == []
    assert (await client.bot.get_webhook_info()).pending_update_count == 0


async def test_a_negative_offset_forgets_all_but_the_latest(world: World, client: Client) -> None:
    amal = await world.resident()
    for n in range(5):
        await amal.send(text=f"{n}")
    assert [update.message.text for update in await client.bot.get_updates(offset=-2)] == ["3", "4"]
    assert [update.message.text for update in await client.bot.get_updates()] == ["3", "4"]


async def test_one_answer_holds_a_hundred_updates(world: World, client: Client) -> None:
    amal = await world.resident()
    for n in range(103):
        await amal.send(text=f"{n}")
    assert len(await client.bot.get_updates()) == 100
    assert len(await client.bot.get_updates(limit=7)) == 7
    assert len(await world.updates(limit=1000)) == 100
    assert len(await world.updates(limit=-5)) == 1


async def test_the_kinds_of_updates_are_remembered(world: World, client: Client) -> None:
    amal = await world.resident()
    await client.bot.get_updates(allowed_updates=["callback_query", "my_chat_member"])
    assert await amal.send(text="not wanted") == {"message_id": 1, "update_id": None}
    await client.bot.get_updates()
    await amal.send(text="nor this")
    await amal.act("block")
    (update,) = await client.bot.get_updates()
    change = update.my_chat_member
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    assert change.from_user.id == amal.id
    assert list((await client.bot.get_webhook_info()).allowed_updates) == ["callback_query", "my_chat_member"]
    await client.bot.get_updates(offset=update.update_id + 1, allowed_updates=[])
    await amal.act("unblock")
    await amal.send(text="wanted again")
    member, message = await client.bot.get_updates()
    assert member.my_chat_member.new_chat_member.status == "member"
    assert message.message.text == "wanted again"


async def test_a_correction_is_an_update(world: World, client: Client) -> None:
    amal = await world.resident()
    await amal.send(text="ja")
    await amal.act("edit", message_id=1, text="nein")
    edited = (await client.bot.get_updates())[1].edited_message
    assert (edited.text, edited.message_id) == ("nein", 1)
    assert edited.edit_date is not None
    assert (await amal.messages())[0]["text"] == "nein"


async def test_the_second_poller_ends_the_first(world: World) -> None:
    async with aiogram_client(world) as first, ptb_client(world) as second:
        for older, newer in ((first, second), (second, first)):
            poll = asyncio.create_task(older.bot.get_updates(timeout=5))
            await asyncio.sleep(0.1)
            taken_over = asyncio.create_task(newer.bot.get_updates(timeout=1))
            with older.refused(409, "Conflict: terminated by other getUpdates request"):
                await poll
            assert list(await taken_over) == []


async def test_a_poller_that_is_gone_is_no_rival(world: World) -> None:
    amal = await world.resident()
    async with aiogram_client(world) as client:
        poll = asyncio.create_task(client.bot.get_updates(timeout=30))
        await asyncio.sleep(0.1)
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
    await asyncio.sleep(0.1)
    await amal.send(text="kept")
    assert [update["message"]["text"] for update in await world.updates()] == ["kept"]
    calls = (await world.control.get("/sim/calls", params={"method": "getupdates"})).json()["calls"]
    assert [call["ok"] for call in calls] == [True]


async def test_update_ids_jump_up_and_down(world: World) -> None:
    amal = await world.resident()
    path = f"/sim/bots/{BOT.username}/jump"
    for target in (2_000_000_000, 17):
        answer = await world.control.post(path, json={"update_id": target})
        assert answer.json() == {"update_id": target}
        assert (await amal.send(text="x"))["update_id"] == target
        refused = await world.control.post(path, json={"update_id": target})
        assert refused.status_code == 409
        await world.updates(offset=target + 1)
    random = (await world.control.post(path, json={})).json()["update_id"]
    assert (await amal.send(text="x"))["update_id"] == random
    assert (await world.control.post(path, json={"update_id": 2**31})).status_code == 400
    assert (await world.control.post("/sim/bots/nobody/jump", json={})).status_code == 404


async def test_waiting_updates_can_be_dropped(world: World, client: Client) -> None:
    amal = await world.resident()
    await amal.send(text="x")
    assert await client.bot.delete_webhook(drop_pending_updates=True) is True
    assert list(await client.bot.get_updates()) == []
