"""What the simulator remembers, through stops and kills."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from bot.simulator.settings import DEMO_BOT, Limits
from tests.bot.processes import Process, free_port
from tests.bot.simulator.world import World, aiogram_client, running


async def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        amal = await world.guest()
        await world.call("sendMessage", chat_id=amal.id, text="x")
        await world.call("getUpdates", allowed_updates=["message"])
        before, waiting = await amal.messages(), await world.updates()
    async with running(tmp_path) as world:
        amal.world = world
        assert await amal.messages() == before
        assert await world.updates() == waiting
        assert (await world.call("sendMessage", chat_id=amal.id, text="y"))["result"]["message_id"] == 3
        assert (await amal.send(text="z"))["update_id"] == waiting[-1]["update_id"] + 1
        assert (await amal.act("block"))["update_id"] is None
        assert (await world.resident()).id != amal.id


async def test_a_new_file_hands_out_no_old_ids(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        async with running(tmp_path / name) as world:
            ids |= {(await world.resident()).id for _ in range(5)}
    assert len(ids) == 10


async def test_a_tap_grows_too_old_through_a_restart(tmp_path: Path) -> None:
    limits = Limits(per_bot=0, per_chat=0, query_age=0.5)
    async with running(tmp_path, limits=limits) as world:
        amal = await world.guest()
        button = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
        await world.call("sendMessage", chat_id=amal.id, text="x", reply_markup=button)
        query = (await amal.tap(2))["callback_query_id"]
    await asyncio.sleep(0.5)
    async with running(tmp_path, limits=limits) as world, aiogram_client(world) as client:
        with client.refused(400, "query is too old and response timeout expired or query ID is invalid"):
            await client.bot.answer_callback_query(query)


@asynccontextmanager
async def _process(folder: Path) -> AsyncIterator[tuple[Process, World]]:
    port = free_port()
    arguments = ["simulator", "--port", str(port), "--data", str(folder / "data"), "--per-bot", "0", "--per-chat", "0"]
    process = Process(arguments, log=folder / f"{port}.log")
    try:
        await process.listens(port)
        async with asyncio.timeout(10):
            while not (found := re.search(r"http://127\.0\.0\.1:\d+\n", process.said())):  # noqa: ASYNC110 (a log)
                await asyncio.sleep(0.01)  # it listens, and says so the next moment
        address = found.group().strip()
        async with httpx.AsyncClient(base_url=address, timeout=10) as control:
            yield process, World(address, control)
    finally:
        await process.kill()


async def test_a_killed_simulator_loses_no_update_and_gives_no_id_twice(tmp_path: Path) -> None:
    """Whatever it has acknowledged is there again; whatever it gives afterwards is new."""
    updates: list[int] = []
    people: list[int] = []
    for round_ in range(3):
        async with _process(tmp_path) as (process, world):

            async def write(world: World = world, round_: int = round_) -> None:
                for n in range(10_000):
                    resident = await world.resident(f"{round_}.{n}")
                    people.append(resident.id)
                    sent = await resident.act("send", bot=DEMO_BOT.username, text=f"{n}")
                    updates.append(sent["update_id"])

            writers = [asyncio.create_task(write()) for _ in range(4)]
            await asyncio.sleep(0.4 + round_ * 0.13)
            await process.kill()
            results = await asyncio.gather(*writers, return_exceptions=True)
            assert all(isinstance(result, httpx.HTTPError) for result in results)
    assert len(updates) > 20
    assert len(set(updates)) == len(updates)
    assert len(set(people)) == len(people)
    async with _process(tmp_path) as (_, world):
        waiting: list[int] = []
        while True:
            batch = (await world.call("getUpdates", token=DEMO_BOT.token, offset=waiting[-1] + 1 if waiting else 0))[
                "result"
            ]
            if not batch:
                break
            waiting += [update["update_id"] for update in batch]
    assert set(updates) <= set(waiting)
    assert waiting == sorted(waiting)


async def test_a_signal_ends_it_though_somebody_waits(tmp_path: Path) -> None:
    async with _process(tmp_path) as (process, world):
        poll = asyncio.create_task(world.call("getUpdates", token=DEMO_BOT.token, timeout=30))
        await asyncio.sleep(0.3)
        process.terminate()
        async with asyncio.timeout(2.5):
            assert (await poll)["result"] == []
            with suppress(httpx.HTTPError):
                await world.call("getUpdates", token=DEMO_BOT.token, timeout=30)
            assert await process.ends() == 0
