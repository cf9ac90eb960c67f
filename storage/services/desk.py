"""Keeping and releasing translations, and noting that mediators have been told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.desk import mark
from storage.models import BroadcastText
from storage.queries.broadcasts import find_broadcast
from storage.services.broadcasts import put_text


async def mark_told(
    connection: AsyncConnection, *, town_id: int, broadcast_id: int, language: str, asked_at: datetime
) -> None:
    """Note that mediators have been told of a request, unless it has been made anew since ``asked_at``."""
    await connection.execute(
        update(BroadcastText)
        .where(
            BroadcastText.town_id == town_id,
            BroadcastText.broadcast_id == broadcast_id,
            BroadcastText.language == language,
            BroadcastText.asked_at == asked_at,
        )
        .values(told=True)
    )


async def put_translation(
    connection: AsyncConnection,
    *,
    town_id: int,
    broadcast_id: int,
    language: str,
    seen: str,
    text: str,
    released_by: int | None,
) -> bool:
    """Keep a translation that was asked for. ``seen``: the mark of the text it replaces (`dialogues.desk.mark`).

    False: it is not that text any more, or nobody asks for it.
    """
    broadcast = await find_broadcast(connection, town_id, broadcast_id, hold=True)
    held = broadcast.texts.get(language) if broadcast else None
    if held is None or held.asked_at is None or mark(held.text, is_released=held.released) != seen:
        return False
    await put_text(
        connection,
        town_id=town_id,
        broadcast_id=broadcast_id,
        language=language,
        text=text,
        released_by=released_by,
    )
    return True
