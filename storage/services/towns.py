"""Founding a town, and giving it areas and links."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Area, Link, Town
from storage.queries.links import find_link
from storage.queries.town import touch

CODE_BYTES = 9
"""12 characters of A–Z a–z 0–9 _ -: what /start may carry, too long to guess, short enough to print."""


async def found_town(
    connection: AsyncConnection,
    *,
    name: str,
    office: str | None,
    contact: str | None = None,
    language: str,
    timezone: str,
    areas: Sequence[str],
) -> int:
    """Create a town with its top-level areas and return its id. ``contact``: how to reach the office."""
    town_id = await connection.scalar(
        insert(Town)
        .values(name=name, office=office, contact=contact, default_language=language, timezone=timezone, revision=0)
        .returning(Town.id)
    )
    assert town_id is not None  # noqa: S101 (an insert that returns nothing would have raised)
    for position, area in enumerate(areas):
        await connection.execute(insert(Area).values(town_id=town_id, name=area, position=position))
    return int(town_id)


async def areas_by_name(connection: AsyncConnection, town_id: int) -> Mapping[str, int]:
    """The ids of a town's areas by name; where a name stands twice, the one nearer to the town."""
    rows = await connection.execute(select(Area.name, Area.id).where(Area.town_id == town_id).order_by(Area.id.desc()))
    return {row[0]: row[1] for row in rows}


async def link_to(
    connection: AsyncConnection, *, town_id: int, area_id: int | None = None, survey_id: int | None = None
) -> str:
    """The code that leads into the chat to this area and survey; it is made if there is none."""
    known = await find_link(connection, town_id=town_id, area_id=area_id, survey_id=survey_id)
    if known is not None:
        return known
    code = secrets.token_urlsafe(CODE_BYTES)
    await connection.execute(insert(Link).values(town_id=town_id, code=code, area_id=area_id, survey_id=survey_id))
    await touch(connection, town_id)
    return code


async def first_code(connection: AsyncConnection, town_id: int) -> str:
    """The code of the town's first link."""
    return (await connection.scalars(select(Link.code).where(Link.town_id == town_id).order_by(Link.id).limit(1))).one()
