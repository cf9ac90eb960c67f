"""The town that a database holds, and what the command line adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from storage.database import Database
from storage.queries.town import first_town
from storage.schema import is_current
from storage.services import towns
from storage.services.audit import record


async def ready_town(database: Database) -> int:
    """The id of its town.

    Raises:
        click.ClickException: the database is not at the newest schema, or there is no town.
    """
    if not await is_current(database):
        raise click.ClickException("The database has an older schema, or none: run `mitsprache db upgrade`.")
    async with database.read() as connection:
        town_id = await first_town(connection)
    if town_id is None:
        raise click.ClickException('There is no town yet: run `mitsprache town found NAME --area "QUARTER"`.')
    return town_id


async def add_areas(database: Database, town_id: int, *, paths: Sequence[str], now: datetime) -> list[str]:
    """Give the town more areas, which stands in the log; returns their paths. Raises as `towns.add_areas` does."""
    async with database.write() as connection:
        added = await towns.add_areas(connection, town_id, paths)
        await record(connection, town_id=town_id, staff_id=None, action="area.add", now=now, areas=added)
        return added
