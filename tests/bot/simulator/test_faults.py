"""Faults on demand: what goes wrong, with which calls, and whether the call had its effect."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiogram.exceptions
import httpx
import pytest
import telegram.error

from bot.simulator.faults import Fault, Faults
from tests.bot.simulator.world import BOT, OTHER, Client, Resident, World, running

FAULTS = "/sim/faults"
LOST = (aiogram.exceptions.TelegramNetworkError, telegram.error.NetworkError)


async def _post(world: World, **fault: Any) -> dict[str, Any]:
    answer = await world.control.post(FAULTS, json=fault)
    assert answer.status_code == 201, answer.text
    posted: dict[str, Any] = answer.json()
    return posted


async def _struck(world: World) -> list[tuple[int, bool]]:
    return [(fault["struck"], fault["active"]) for fault in (await world.control.get(FAULTS)).json()]


async def _texts(resident: Resident) -> list[str]:
    return [message.get("text", "") for message in (await resident.messages())[1:]]


async def test_a_status_is_answered_and_nothing_done(world: World, client: Client) -> None:
    amal = await world.guest()
    await _post(world, kind="status", status=403, description="Forbidden: bot was blocked by the user", count=1)
    with client.refused(403, "Forbidden: bot was blocked by the user"):
        await client.bot.send_message(chat_id=amal.id, text="refused")
    await client.bot.send_message(chat_id=amal.id, text="well")
    assert await _texts(amal) == ["well"]
    assert await _struck(world) == [(1, False)]


@pytest.mark.parametrize(("carried_out", "texts"), [(False, []), (True, ["x"])])
async def test_a_server_error_may_come_before_or_after(
    world: World, client: Client, carried_out: bool, texts: list[str]
) -> None:
    amal = await world.guest()
    await _post(world, kind="status", status=502, carried_out=carried_out, methods=["sendMessage"])
    with pytest.raises((aiogram.exceptions.TelegramServerError, telegram.error.NetworkError), match="Bad Gateway"):
        await client.bot.send_message(chat_id=amal.id, text="x")
    assert await _texts(amal) == texts


async def test_a_429_says_how_long_to_wait(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    amal = await world.guest()
    await _post(world, kind="status", status=429, retry_after=7, methods=["sendmessage"])
    with client.refused(429, "retry") as caught:
        await client.bot.send_message(chat_id=amal.id, text="x")
    wait = caught.value.retry_after
    assert getattr(wait, "seconds", wait) == 7
    body = await world.call("sendMessage", chat_id=amal.id, text="x")
    assert body["description"] == "Too Many Requests: retry after 7"
    assert body["parameters"] == {"retry_after": 7}


async def test_a_call_is_handled_later(world: World, client: Client) -> None:
    amal = await world.guest()
    await _post(world, kind="delay", delay=0.3, count=1)
    began = time.monotonic()
    await client.bot.send_message(chat_id=amal.id, text="late")
    assert time.monotonic() - began >= 0.3
    assert await _texts(amal) == ["late"]


async def test_who_gives_up_waiting_is_written_for_all_the_same(world: World) -> None:
    amal = await world.guest()
    await _post(world, kind="delay", delay=1)
    with pytest.raises(httpx.ReadTimeout):
        await world.control.post(f"/bot{BOT.token}/sendMessage", json={"chat_id": amal.id, "text": "late"}, timeout=0.4)
    assert await _texts(amal) == []
    async with asyncio.timeout(20):
        while await _texts(amal) != ["late"]:  # noqa: ASYNC110 (the other end is a server)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("carried_out", "texts"), [(None, ["x"]), (False, [])])
async def test_an_answer_never_comes(world: World, carried_out: bool | None, texts: list[str]) -> None:
    amal = await world.guest()
    await _post(world, kind="hang", count=1, **({} if carried_out is None else {"carried_out": carried_out}))
    with pytest.raises(httpx.ReadTimeout):
        await world.control.post(f"/bot{BOT.token}/sendMessage", json={"chat_id": amal.id, "text": "x"}, timeout=1)
    assert await _texts(amal) == texts
    assert (await world.call("sendMessage", chat_id=amal.id, text="again"))["ok"]


@pytest.mark.parametrize(("carried_out", "texts"), [(None, ["x"]), (False, [])])
async def test_a_connection_is_reset(world: World, client: Client, carried_out: bool | None, texts: list[str]) -> None:
    amal = await world.guest()
    await _post(world, kind="reset", count=1, **({} if carried_out is None else {"carried_out": carried_out}))
    with pytest.raises(LOST):
        await client.bot.send_message(chat_id=amal.id, text="x")
    assert await _texts(amal) == texts
    await client.bot.send_message(chat_id=amal.id, text="again")
    assert await _texts(amal) == [*texts, "again"]


async def test_a_reset_sends_nothing_back(world: World) -> None:
    await _post(world, kind="reset")
    port = int(world.address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /bot{BOT.token}/getMe HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 5)
    writer.close()


async def test_updates_may_get_lost_on_their_way_and_come_again(world: World) -> None:
    amal = await world.guest()
    await _post(world, kind="reset", methods=["getUpdates"], count=1)
    with pytest.raises(httpx.HTTPError):
        await world.updates()
    assert [update["message"]["from"]["id"] for update in await world.updates()] == [amal.id]


async def test_only_the_calls_that_are_meant_are_struck(world: World) -> None:
    amal, ion = await world.guest(), await world.guest()
    await _post(
        world, kind="status", status=500, methods=["sendMessage", "sendPhoto"], chat=amal.id, bot=f"@{BOT.username}"
    )
    assert not (await world.call("sendMessage", chat_id=f"{amal.id}", text="x"))["ok"]
    assert (await world.call("sendMessage", chat_id=ion.id, text="x"))["ok"]
    assert (await world.call("sendChatAction", chat_id=amal.id, action="typing"))["ok"]
    assert (await world.call("getMe", token=OTHER.token))["ok"]
    await amal.act("send", bot=OTHER.username, start="")
    assert (await world.call("sendMessage", token=OTHER.token, chat_id=amal.id, text="x"))["ok"]
    assert await _struck(world) == [(1, True)]


async def test_the_first_fault_asked_for_strikes_first(world: World) -> None:
    await _post(world, kind="status", status=500, count=1)
    await _post(world, kind="status", status=502, count=2)
    codes = [(await world.call("getMe")).get("error_code") for _ in range(4)]
    assert codes == [500, 502, 502, None]


async def test_a_share_with_a_seed_strikes_the_same_calls_again(world: World) -> None:
    rounds = []
    for _ in range(2):
        await _post(world, kind="status", status=500, share=0.3, seed=5)
        rounds.append([(await world.call("getMe"))["ok"] for _ in range(60)])
        assert (await world.control.delete(FAULTS)).json() == {"cleared": True}
    assert rounds[0] == rounds[1]
    assert 8 <= rounds[0].count(False) <= 28
    assert await _struck(world) == []


def test_a_fault_ends_with_its_time() -> None:
    now = 100.0
    faults = Faults(clock=lambda: now)
    faults.add(Fault("hang", duration=5))
    assert faults.strike("bot", "getMe", "") is not None
    now = 105.0
    assert faults.strike("bot", "getMe", "") is None
    assert not faults
    assert [(struck, active) for _, _, struck, active in faults.listed()] == [(1, False)]


def test_finished_faults_are_forgotten_in_the_end() -> None:
    faults = Faults()
    for _ in range(300):
        faults.add(Fault("hang", count=1))
        assert faults.strike("bot", "getMe", "") is not None
    assert [number for number, *_ in faults.listed()] == list(range(201, 301))


async def test_the_record_of_calls_tells_of_faults(world: World) -> None:
    amal = await world.guest()
    await _post(world, kind="status", status=500, methods=["getMe"])
    await _post(world, kind="reset", count=1, methods=["sendMessage"])
    await world.call("getMe")
    for _ in range(2):
        try:
            await world.call("sendMessage", chat_id=amal.id, text="x")
        except httpx.HTTPError:
            continue
    calls = (await world.control.get("/sim/calls")).json()["calls"]
    assert [(call["method"], call["ok"], call["fault"]) for call in calls] == [
        ("getMe", False, 1),
        ("sendMessage", True, 2),
        ("sendMessage", True, None),
    ]


async def test_a_simulator_ends_though_answers_hang(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        await _post(world, kind="hang", methods=["getMe"])
        await _post(world, kind="delay", delay=600)
        calls = [asyncio.create_task(world.call(method)) for method in ("getMe", "getMyName")]
        await asyncio.sleep(0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, httpx.HTTPError) for each in ended)


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({}, "kind"),
    ({"kind": "fire"}, "kind"),
    ({"kind": "status"}, "needs a status"),
    ({"kind": "status", "status": 200}, "400"),
    ({"kind": "hang", "status": 500}, "no other kind has one"),
    ({"kind": "hang", "description": "x"}, "Only a fault of the kind status"),
    ({"kind": "status", "status": 500, "retry_after": 3}, "429"),
    ({"kind": "delay"}, "needs delay"),
    ({"kind": "delay", "delay": -1}, "delay"),
    ({"kind": "delay", "delay": 1, "carried_out": False}, "carried out after it"),
    ({"kind": "hang", "methods": ["sendPoll"]}, "There is no method 'sendPoll' here."),
    ({"kind": "hang", "methods": "sendMessage"}, "methods"),
    ({"kind": "hang", "bot": "nobody"}, "There is no bot 'nobody'"),
    ({"kind": "hang", "count": 0}, "count"),
    ({"kind": "hang", "share": 1.5}, "share"),
    ({"kind": "hang", "seed": 3}, "with a share only"),
    ({"kind": "hang", "duration": 0}, "duration"),
    ({"kind": "hang", "often": True}, "often"),
]


async def test_a_fault_that_makes_no_sense_is_refused(world: World) -> None:
    for fault, words in IMPOSSIBLE:
        answer = await world.control.post(FAULTS, json=fault)
        assert answer.status_code in {400, 404}, fault
        said = f"{answer.json()['detail']} {answer.json().get('extra', '')}"
        assert words in said, (fault, said)
    assert (await world.control.get(FAULTS)).json() == []


async def test_there_are_not_endlessly_many_faults(world: World) -> None:
    for _ in range(100):
        await _post(world, kind="hang", methods=["getMe"])
    assert (await world.control.post(FAULTS, json={"kind": "hang"})).status_code == 409
