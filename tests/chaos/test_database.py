"""The database cuts every connection, or takes nothing for ten seconds, while 3,000 people are written to."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from tests.bot.test_killed import seeded
from tests.chaos.city import CROWD, SECONDS, City, named
from tests.chaos.city import city as built
from tests.conftest import POSTGRESQL

NAME = f"mitsprache-chaos-{os.getpid()}"
"""Nobody else's connections bear it."""
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
CUTS = 3
LOCKED_SECONDS = 10.5
"""A little longer than a writer waits (`storage.database.BUSY_TIMEOUT_MS`)."""


@pytest.fixture
async def named_city(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[City]:
    """A town whose processes are known to the server by ``NAME``."""
    async with built(tmp_path, database, database_url) as city:
        city.environment["MITSPRACHE_DATABASE"] = named(database_url, NAME)
        yield city


@ON_POSTGRESQL
async def test_when_the_server_cuts_every_connection_the_bot_goes_on_and_nothing_is_in_doubt(named_city: City) -> None:
    city, chance = named_city, seeded()
    async with asyncio.timeout(SECONDS):
        bot = await city.serve()
        await city.begin()
        for moment in sorted(chance.sample(range(1, CROWD - 500), CUTS)):
            await city.arrives(moment)
            assert await asyncio.to_thread(cut_connections)
        await city.ends()
    assert bot.is_alive
    fate = await city.fate()
    assert fate.account.sent == CROWD


def cut_connections() -> int:
    """Cut every connection of the processes, and of nobody else; returns how many that were."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", (NAME,)
        )
        return len(cut.fetchall())


@ON_SQLITE
async def test_while_somebody_holds_the_write_lock_for_ten_seconds_nothing_leaves_and_then_all_goes_on(
    city: City,
) -> None:
    async with asyncio.timeout(SECONDS):
        bot = await city.serve()
        await city.begin()
        await city.arrives(CROWD // 3)
        assert city.database.path is not None
        async with write_lock(city.database.path):
            await asyncio.sleep(1)
            arrived = city.arrived
            await asyncio.sleep(LOCKED_SECONDS - 1)
            assert city.arrived == arrived < CROWD
        await city.ends()
    assert bot.is_alive
    fate = await city.fate()
    assert fate.account.sent == CROWD


@asynccontextmanager
async def write_lock(path: Path) -> AsyncIterator[None]:
    """Another program's hold of SQLite's write lock."""
    connection = sqlite3.connect(path, timeout=SECONDS, isolation_level=None, check_same_thread=False)
    try:
        await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()
