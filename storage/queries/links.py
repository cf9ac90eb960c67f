"""The codes on posters."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Link


async def find_link(
    connection: AsyncConnection,
    *,
    town_id: int,
    area_id: int | None,
    survey_id: int | None,
    event_id: int | None = None,
) -> str | None:
    """The code that leads into the chat to this area, survey and event, if one has been made."""
    return await connection.scalar(
        select(Link.code).where(
            Link.town_id == town_id,
            Link.area_id.is_not_distinct_from(area_id),
            Link.survey_id.is_not_distinct_from(survey_id),
            Link.event_id.is_not_distinct_from(event_id),
        )
    )


async def links_of(
    connection: AsyncConnection, *, town_id: int, survey_id: int | None = None, event_id: int | None = None
) -> dict[int | None, str]:
    """The codes that lead to a survey or event, by area (None: no area in particular)."""
    rows = await connection.execute(
        select(Link.area_id, Link.code)
        .where(
            Link.town_id == town_id,
            Link.survey_id.is_not_distinct_from(survey_id),
            Link.event_id.is_not_distinct_from(event_id),
        )
        .order_by(Link.id.desc())
    )
    return {row[0]: row[1] for row in rows}
