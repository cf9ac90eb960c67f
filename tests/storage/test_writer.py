"""Many lanes share a commit; a broken piece of work fails alone."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Participation, Resident
from storage.statements import PUT_PARTICIPATION, Write
from tests.storage.conftest import Place


async def residents(place: Place) -> int:
    async with place.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(Resident)) or 0


async def test_fifty_lanes_write_at_once(place: Place) -> None:
    await asyncio.gather(*(place.contact(number) for number in range(50)))
    assert await residents(place) == 50


async def test_a_broken_piece_fails_alone(place: Place) -> None:
    broken = Write(PUT_PARTICIPATION, [{"survey_id": 999, "resident_id": 1, "town_id": place.town_id}])
    results = await asyncio.gather(
        place.contact(1), place.writer.write([broken]), place.contact(2), return_exceptions=True
    )
    assert [type(result) for result in results] == [int, IntegrityError, int]
    assert await residents(place) == 2
    async with place.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Participation)) == 0


async def test_a_unit_sees_the_rows_of_its_batch_and_returns_its_result(place: Place) -> None:
    async def count(connection: AsyncConnection) -> int | None:
        return await connection.scalar(select(func.count()).select_from(Resident))

    _, seen = await asyncio.gather(place.contact(1), place.writer.run(count))
    assert seen == 1


async def test_the_read_side_can_change_nothing(place: Place) -> None:
    await place.contact(1)
    async with place.database.read() as connection:
        with pytest.raises(Exception, match=r"read-only|readonly"):
            await connection.exec_driver_sql("DELETE FROM contact")
