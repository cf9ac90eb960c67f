"""The town that a database holds, and what the command line adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from gettext import NullTranslations

import click

from admin.command import no_database, no_town, older_database
from storage.database import Database
from storage.queries.town import first_town
from storage.schema import is_current
from storage.services import towns
from storage.services.audit import record

ENGLISH = NullTranslations()


async def must_be_current(database: Database, words: NullTranslations = ENGLISH) -> None:
    """Refuse a database that nobody has set up; a file that is not there is not made.

    Raises:
        click.ClickException: there is none, or it is not at the newest schema; said in ``words``.
    """
    if database.path and not database.path.exists():
        raise click.ClickException(no_database(words.gettext, database.path))
    if not await is_current(database):
        raise click.ClickException(older_database(words.gettext))


async def ready_town(database: Database, words: NullTranslations = ENGLISH) -> int:
    """The id of its town.

    Raises:
        click.ClickException: there is no town, or no database at the newest schema; said in ``words``.
    """
    await must_be_current(database, words)
    async with database.read() as connection:
        town_id = await first_town(connection)
    if town_id is None:
        raise click.ClickException(no_town(words.gettext))
    return town_id


async def add_areas(database: Database, town_id: int, *, paths: Sequence[str], now: datetime) -> list[str]:
    """Give the town more areas, which stands in the log; returns their paths. Raises as `towns.add_areas` does."""
    async with database.write() as connection:
        added = await towns.add_areas(connection, town_id, paths)
        await record(connection, town_id=town_id, staff_id=None, action="area.add", now=now, areas=added)
        return added
