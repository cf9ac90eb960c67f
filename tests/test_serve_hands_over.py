"""``mitsprache serve --only admin`` hands answers over, also the one that is started after another was killed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select, update

from storage.database import Database
from storage.models import Area, HandOver, Town
from tests.admin.handed_over import begun, counts
from tests.admin.office import site_of
from tests.admin.openrosa_server import OpenRosaServer, hangs
from tests.admin.test_handing_over import closed, people
from tests.bot.processes import free_port
from tests.test_serve import Town as Served
from tests.test_serve import town

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
__all__ = ["town"]


async def test_an_admin_that_is_killed_in_the_middle_leaves_the_rest_to_the_next(
    town: Served, database: Database
) -> None:
    async with database.write() as connection:
        town_id = await connection.scalar(select(Town.id))
        assert town_id is not None
        await connection.execute(insert(Area).values(town_id=town_id, name="Nordstadt", position=0))
    site = site_of(database, town_id)
    async with OpenRosaServer(flavour="kobo", signs_in="token").running() as server:
        town.environment["MITSPRACHE_HAND_OVER"] = f"127.0.0.1:{server.port}"
        first = await town.serve("--only", "admin", port=free_port(), webhook=False)
        server.fails = [server.store] * 4 + [hangs] * 4
        hand_over = await begun(site, server, await closed(site, people(20)))

        async def is_at_it() -> bool:
            return not server.fails

        await town.until(is_at_it)
        await first.kill()
        town.processes.remove(first)
        assert (await counts(site, hand_over)) == {"accepted": 4, "started": 4, "waiting": 12}
        async with database.write() as connection:  # a minute later
            await connection.execute(update(HandOver).values(held_until=datetime.now(UTC) - timedelta(seconds=1)))
        second = await town.serve("--only", "admin", port=free_port(), webhook=False)
        await town.until(partial(_is_there, server, 20))

        async def is_over() -> bool:
            return set(await counts(site, hand_over)) == {"accepted"}

        await town.until(is_over)
        assert len(server.posts) == 20
        await town.end(second)


async def _is_there(server: OpenRosaServer, number: int) -> bool:
    return len(server.held) == number


async def test_names_of_servers_that_are_none_are_told_of_at_the_start(town: Served) -> None:
    process = town.start("serve", "--only", "admin", MITSPRACHE_HAND_OVER="https://user:secret@*")
    assert await process.ends() != 0
    assert "MITSPRACHE_HAND_OVER does not hold names of servers." in process.said()
    town.processes.remove(process)
