"""Senders who have lost their connections come back to each other's places."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from bot import delivery
from bot.api import connect
from bot.broadcasts import Broadcasts
from bot.delivery import Deliverer
from bot.uploads import Uploads
from storage.database import Database
from storage.models import Delivery, DeliveryState
from storage.places import Part, Place
from storage.queries.outbox import Pace, new_delivery
from storage.services.towns import found_town
from storage.statements import INSERT_DELIVERY, Write, execute
from storage.writer import Writer
from tests.bot.sending import eventually
from tests.bot.sessions import closing_at_once
from tests.bot.stub import Answer, Stub, stubbed
from tests.chaos.city import named
from tests.conftest import POSTGRESQL
from tests.storage.conftest import BOT
from tests.storage.conftest import Place as Home
from wiring.files import load_texts

NAME = f"mitsprache-places-{os.getpid()}"
SLOW = 1.5
"""Seconds after which Telegram answers."""


@asynccontextmanager
async def sender(url: str, stub: Stub, town_id: int) -> AsyncIterator[tuple[Deliverer, Place]]:
    """A sender with connections and a place of its own; it does not send yet."""
    database = Database(named(url, NAME))
    bot = closing_at_once(connect(f"{BOT}:a-token-of-the-stub", stub.base))
    place = Place(database, BOT, Part.DELIVERY)
    await place.enter()
    writer = Writer(place)
    writing = asyncio.create_task(writer.serve())
    deliverer = Deliverer(
        bot=bot,
        writer=writer,
        town_id=town_id,
        pace=Pace(0, 0),
        broadcasts=Broadcasts(database=database, texts=load_texts()),
        uploads=Uploads(database=database, writer=writer, bot_id=BOT),
        place=place,
    )
    try:
        await deliverer.recover()
        yield deliverer, place
    finally:
        await deliverer.stop(patience=0)
        await ended(writing)
        await place.leave()
        await bot.session.close()
        await database.close()


async def ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def cut_connections() -> None:
    """Cut the connections of the senders, and of nobody else, and wait until the server has let go of their locks."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s", (NAME,)
        )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_comes_back_to_anothers_place_does_not_send_again_what_that_one_has_on_the_wire(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "RETRY_PAUSE", timedelta(seconds=0.1))
    async with AsyncExitStack() as stack:
        stub = await stack.enter_async_context(stubbed())
        town_id = await with_a_message(database)
        first, first_place = await stack.enter_async_context(sender(database_url, stub, town_id))
        second, second_place = await stack.enter_async_context(sender(database_url, stub, town_id))
        assert (first_place.number, second_place.number) == (1, 2)
        stub.plan("sendMessage", Answer(delay=SLOW))
        sending = [asyncio.create_task(second.serve())]
        await eventually(lambda: asyncio.sleep(0, bool(stub.texts)), lambda: "a request")
        cut_connections()
        with psycopg.connect(database_url, autocommit=True) as somebody:
            somebody.execute(
                "SELECT pg_advisory_lock(hashtext(current_schema() || ' ' || %s), 1001)", (f"mitsprache bot {BOT}",)
            )
            sending.append(asyncio.create_task(first.serve()))
            await eventually(lambda: asyncio.sleep(0, first_place.number == 2), lambda: "the other place")
            assert not await is_sent(database)
            await eventually(lambda: is_sent(database), lambda: "an answer that is written down")
        await ended(*sending)
        assert len(stub.texts) == 1
        assert second_place.number == 3


async def with_a_message(database: Database) -> int:
    """A town with somebody to whom something of a broadcast's priority is to be sent; returns its id."""
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=[]
        )
    writer = Writer(database)
    writing = asyncio.create_task(writer.serve())
    await Home(database, writer, town_id).contact(1)
    await ended(writing)
    message = new_delivery(
        town_id=town_id,
        bot_id=BOT,
        contact_id=1,
        method="sendMessage",
        payload={"text": "Hello"},
        now=datetime.now(UTC),
        priority=2,
    )
    async with database.write() as connection:
        await execute(connection, [Write(INSERT_DELIVERY, [message])])
    return town_id


async def is_sent(database: Database) -> bool:
    async with database.read() as connection:
        return await connection.scalar(select(Delivery.state)) == DeliveryState.SENT
