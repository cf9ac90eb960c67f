"""What is read in one snapshot is from one moment, whatever others write meanwhile."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.database import Database
from storage.models import Area
from storage.services.towns import found_town


async def test_a_snapshot_does_not_see_what_is_written_while_it_is_read(database: Database) -> None:
    async def found(name: str) -> None:
        async with database.write() as connection:
            await found_town(
                connection, name=name, office=None, language="de", timezone="Europe/Berlin", areas=["Nord", "Süd"]
            )

    await found("Aue")
    areas = select(func.count()).select_from(Area)
    async with database.snapshot() as connection:
        before = await connection.scalar(areas)
        await found("Berg")
        assert await connection.scalar(areas) == before == 2
    async with database.read() as connection:
        assert await connection.scalar(areas) == 4
