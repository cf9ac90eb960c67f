"""The town that a database holds."""

from __future__ import annotations

import click

from storage.database import Database
from storage.queries.town import first_town
from storage.schema import is_current


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
