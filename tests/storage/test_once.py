"""Whatever goes wrong around a commit, an update takes effect once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Delivery, InboxState
from storage.queries import inbox
from storage.queries.outbox import new_delivery
from storage.statements import FINISH_UPDATE, INSERT_DELIVERY, StaleRowError, Write
from tests.storage.conftest import BOT, NOW, Place


async def arrived(place: Place, *update_ids: int) -> list[int]:
    updates = [(update_id, "{}", 0) for update_id in update_ids]
    rows = await place.writer.run(
        lambda c: inbox.take_in(c, town_id=place.town_id, bot_id=BOT, updates=updates, now=NOW)
    )
    return [row.seq for row in rows]


def turn(place: Place, seq: int) -> list[Write]:
    reply = new_delivery(
        town_id=place.town_id, bot_id=BOT, contact_id=1, method="sendMessage", payload={"text": "?"}, now=NOW
    )
    done = {"key_seq": seq, "state": InboxState.DONE, "payload": "", "reason": None}
    return [Write(FINISH_UPDATE, [done]), Write(INSERT_DELIVERY, [reply])]


async def replies(place: Place) -> int:
    async with place.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(Delivery)) or 0


async def test_a_turn_that_is_stored_twice_is_refused_whole_and_disturbs_nobody(place: Place) -> None:
    await place.contact(1)
    first, second = await arrived(place, 10, 11)
    await place.writer.write(turn(place, first))
    again, other = await asyncio.gather(
        place.writer.write(turn(place, first)), place.writer.write(turn(place, second)), return_exceptions=True
    )
    assert isinstance(again, StaleRowError)
    assert other is None
    assert await replies(place) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_work_on_a_lost_connection_is_given_back_and_not_repeated(place: Place) -> None:
    await place.contact(1)
    [seq] = await arrived(place, 10)

    async def lose_the_connection(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    results = await asyncio.gather(
        place.writer.write(turn(place, seq)), place.writer.run(lose_the_connection), return_exceptions=True
    )
    assert all(isinstance(result, DBAPIError) for result in results)
    assert await replies(place) == 0
    await place.writer.write(turn(place, seq))
    assert await replies(place) == 1
