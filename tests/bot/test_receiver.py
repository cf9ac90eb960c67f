"""Updates that are brought come into their lanes in the order of their arrival, and not more than there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bot import receiver
from bot.api import connect
from bot.lanes import Lanes
from bot.receiver import Receiver
from storage.writer import Writer
from tests.bot.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOM = 50


def told(number: int, chat: int = 7_000_001) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": str(number)}}


@asynccontextmanager
async def receiving(town: Town, lanes: Lanes, bot_id: int) -> AsyncIterator[Receiver]:
    """A receiver for a bot that has just been started. ``bot_id``: one of the test's own, since inboxes stay."""
    writer = Writer(town.database)
    serving = asyncio.create_task(writer.serve())
    try:
        bot = connect(f"{bot_id}:a-token-that-opens-nothing", town.ground.address)
        yield Receiver(bot=bot, database=town.database, writer=writer, lanes=lanes, town_id=town.id)
        await bot.session.close()
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def worked_off(lanes: Lanes, most: int) -> list[int]:
    """Take ``most`` updates out of the lanes; their numbers."""
    numbers: list[int] = []
    while len(numbers) < most:
        for waiting in await lanes.take(10):
            numbers.append(waiting.content["update_id"])
            lanes.release(waiting)
    return numbers


async def test_what_is_brought_while_the_lanes_are_filled_overtakes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "MOST_IN_LANES", ROOM)
    earlier = range(1, 1_201)  # more than is read at once, and than there is room for
    async with receiving(town, Lanes(), 991) as before:
        await before.store([told(number) for number in earlier])
    lanes = Lanes()
    async with receiving(town, lanes, 991) as now:
        filling = asyncio.create_task(now.refill())
        await asyncio.sleep(0)
        await now.store([told(1_201)])
        async with asyncio.timeout(20):
            assert await worked_off(lanes, 1_201) == list(range(1, 1_202))
            await filling
        await now.store([told(1_202)])
        assert await worked_off(lanes, 1) == [1_202]


async def test_nothing_is_taken_from_who_brings_it_before_there_is_room(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "MOST_IN_LANES", ROOM)
    lanes = Lanes()
    async with receiving(town, lanes, 992) as now:
        await now.refill()
        await now.store([told(number, chat=number) for number in range(2_001, 2_001 + ROOM)])
        bringing = asyncio.create_task(now.bring(told(2_100)))
        done, _ = await asyncio.wait([bringing], timeout=0.3)
        assert not done
        async with asyncio.timeout(20):
            assert len(await worked_off(lanes, ROOM + 1)) == ROOM + 1
            await bringing
