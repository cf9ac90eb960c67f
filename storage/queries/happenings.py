"""The events behind broadcasts, as the dialogues know them: what an invitation says beside its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.event import Event as Happening
from dialogues.event import Occasion, Offers
from storage.models import Area, Event, EventState, Occurrence


async def happenings(
    connection: AsyncConnection, town_id: int, areas: Mapping[int, Collection[int]]
) -> dict[int, Happening]:
    """The events of these broadcasts, by broadcast; one without an event is missing from the result.

    ``areas``: by broadcast, the ids of those it is for.
    """
    rows = (
        await connection.execute(
            select(
                Event.broadcast_id,
                Event.id,
                Event.uid,
                Event.state,
                Event.zone,
                Event.offers,
                Event.contact,
                Event.capacity,
                Event.closes_before,
                Event.changed_at,
            ).where(Event.town_id == town_id, Event.broadcast_id.in_(list(areas)))
        )
    ).all()
    if not rows:
        return {}
    dates = await _occasions(connection, [row.id for row in rows])
    names = {
        row.id: row.name
        for row in await connection.execute(
            select(Area.id, Area.name).where(Area.town_id == town_id).order_by(Area.position, Area.id)
        )
    }
    return {
        row.broadcast_id: Happening(
            id=row.id,
            uid=row.uid,
            zone=row.zone,
            occasions=dates.get(row.id, ()),
            offers=Offers.from_json(row.offers),
            areas=tuple(name for area, name in names.items() if area in areas[row.broadcast_id]),
            contact=row.contact,
            capacity=row.capacity,
            closes_before=row.closes_before,
            cancelled=row.state == EventState.CANCELLED,
            changed_at=row.changed_at,
        )
        for row in rows
    }


async def _occasions(connection: AsyncConnection, event_ids: Collection[int]) -> dict[int, tuple[Occasion, ...]]:
    found: dict[int, list[Occasion]] = {}
    for row in await connection.execute(
        select(
            Occurrence.event_id,
            Occurrence.id,
            Occurrence.wall,
            Occurrence.wall_end,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.cancelled,
            Occurrence.sequence,
        )
        .where(Occurrence.event_id.in_(event_ids))
        .order_by(Occurrence.starts_at, Occurrence.id)
    ):
        found.setdefault(row[0], []).append(Occasion(*row[1:]))
    return {event_id: tuple(dates) for event_id, dates in found.items()}
