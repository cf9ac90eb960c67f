"""Groups: their limit, their members, and the change of a basic group into a supergroup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiogram.exceptions
import pytest
import telegram.error

from bot.simulator.settings import Limits
from tests.bot.simulator.world import BOT, CLIENTS, OTHER, Client, World, running

MIGRATED = (aiogram.exceptions.TelegramMigrateToChat, telegram.error.ChatMigrated)


async def _group(world: World, **what: Any) -> int:
    answer = await world.control.post("/sim/groups", json={"title": "Nordmarkt", **what})
    assert answer.status_code == 201, answer.text
    group_id: int = answer.json()["id"]
    return group_id


async def _migrate(world: World, group: int, expect: int = 200) -> dict[str, Any]:
    answer = await world.control.post(f"/sim/groups/{group}/migrate")
    assert answer.status_code == expect, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_a_basic_group_goes_on_as_a_supergroup(world: World, client: Client) -> None:
    old = await _group(world, basic=True)
    assert (await client.bot.get_chat(chat_id=old)).type == "group"
    await client.bot.send_message(chat_id=old, text="before")
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    with pytest.raises(MIGRATED) as caught:
        await client.bot.send_message(chat_id=old, text="x")
    error = caught.value
    assert new in (getattr(error, "migrate_to_chat_id", None), getattr(error, "new_chat_id", None))
    sent = await client.bot.send_message(chat_id=new, text="after")
    assert (sent.chat.type, sent.chat.title) == ("supergroup", "Nordmarkt")


async def test_the_refusal_names_the_new_chat(world: World) -> None:
    old = await _group(world, basic=True)
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    for method, parameters in (("sendMessage", {"text": "x"}), ("editMessageText", {"text": "x"}), ("getChat", {})):
        assert await world.call(method, chat_id=old, **parameters) == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new},
        }


async def test_all_bots_are_told_in_both_chats(world: World, client: Client) -> None:
    old = await _group(world, basic=True)
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    left, entered = [update.message for update in await client.bot.get_updates()]
    assert (left.chat.id, left.migrate_to_chat_id, left.chat.type) == (old, new, "group")
    assert (entered.chat.id, entered.migrate_from_chat_id, entered.chat.type) == (new, old, "supergroup")
    assert entered.sender_chat.id == new
    assert len(await world.updates(token=OTHER.token)) == 2


async def test_service_messages_can_not_be_copied(world: World, client: Client) -> None:
    amal = await world.guest()
    old = await _group(world, basic=True)
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    with client.refused(400, "the message can't be copied"):
        await client.bot.copy_message(chat_id=amal.id, from_chat_id=new, message_id=1)


async def test_residents_go_on_in_the_new_chat_too(world: World) -> None:
    amal = await world.resident()
    old = await _group(world, basic=True)
    await amal.send(text="here", group=old)
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    refused = await amal.act("send", expect=409, text="x", group=old)
    assert refused["detail"] == f"This group has become the supergroup {new}."
    await amal.send(text="there", group=new)
    assert (await world.call("getChatMember", chat_id=new, user_id=amal.id))["result"]["status"] == "member"


async def test_a_group_migrates_once(world: World) -> None:
    old = await _group(world, basic=True)
    new = (await _migrate(world, old))["migrate_to_chat_id"]
    assert "already" in (await _migrate(world, old, expect=409))["detail"]
    assert "already" in (await _migrate(world, new, expect=409))["detail"]
    await _migrate(world, -5, expect=404)


@pytest.mark.parametrize("library", list(CLIENTS))
async def test_a_group_takes_twenty_messages_a_minute(
    tmp_path: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with running(tmp_path, limits=Limits(per_bot=0)) as world, CLIENTS[library](world) as client:
        group, other = await _group(world), await _group(world, basic=True)
        for n in range(20):
            await client.bot.send_message(chat_id=group, text=f"{n}")
        with client.refused(429, "retry") as caught:
            await client.bot.send_message(chat_id=group, text="too much")
        wait = caught.value.retry_after
        assert 1 <= getattr(wait, "seconds", wait) <= 3
        await client.bot.send_message(chat_id=other, text="another group")


async def test_a_bot_asks_who_is_in_a_group(world: World, client: Client) -> None:
    amal, ion = await world.guest(), await world.guest()
    group = await _group(world)
    await amal.send(text="I am here", group=group)

    async def status(user_id: int) -> Any:
        member = await client.bot.get_chat_member(chat_id=group, user_id=user_id)
        assert member.user.id == user_id
        return member.status

    assert await status(amal.id) == "member"
    assert await status(ion.id) == "left"
    assert await status(int(BOT.token.partition(":")[0])) == "member"
    for state in ("creator", "administrator", "member", "left", "kicked"):
        body = {"user": amal.id, "status": state}
        assert (await world.control.post(f"/sim/groups/{group}/members", json=body)).json() == body
        assert await status(amal.id) == state
    with client.refused(400, "PARTICIPANT_ID_INVALID"):
        await status(77)
    nobody = await world.control.post(f"/sim/groups/{group}/members", json={"user": 77, "status": "member"})
    assert (nobody.status_code, nobody.json()["detail"]) == (404, "There is no user 77.")
    wrong = await world.control.post(f"/sim/groups/{group}/members", json={"user": amal.id, "status": "king"})
    assert wrong.status_code == 400


async def test_in_private_both_are_members(world: World, client: Client) -> None:
    amal, ion = await world.guest(), await world.resident()
    assert (await client.bot.get_chat_member(chat_id=amal.id, user_id=amal.id)).status == "member"
    assert (await client.bot.get_chat_member(chat_id=amal.id, user_id=BOT.id)).user.is_bot
    with client.refused(400, "member not found"):
        await client.bot.get_chat_member(chat_id=amal.id, user_id=ion.id)
    with client.refused(400, "chat not found"):
        await client.bot.get_chat_member(chat_id=ion.id, user_id=ion.id)
