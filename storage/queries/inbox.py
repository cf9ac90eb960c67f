"""Taking updates in, once each, and finding those that are not worked off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import InboxState, InboxUpdate, stands
from storage.statements import TAKE_IN, run

KEPT = timedelta(days=3)
"""How long the key of a finished update guards against its repetition; Telegram keeps updates for a day."""
KEPT_ASIDE = timedelta(days=14)
"""How long an update that was set aside waits for a person to look at it: it holds what somebody wrote."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update in the inbox. ``seq`` is our own order of arrival."""

    seq: int
    update_id: int
    payload: str
    received_at: datetime


_INCOMING = [getattr(InboxUpdate, name) for name in Incoming.__slots__]


async def take_in(
    connection: AsyncConnection, *, town_id: int, bot_id: int, updates: Sequence[tuple[int, str, int]], now: datetime
) -> list[Incoming]:
    """Store ``(update id, payload, lane)`` and return those that were not there before, in order of arrival.

    ``lane``: the bundle that the update's chat belongs to (`storage.models.InboxUpdate.lane`).
    """
    payloads: dict[int, tuple[str, int]] = {}
    for update_id, payload, lane in updates:
        payloads.setdefault(update_id, (payload, lane))
    rows: list[dict[str, Any]] = [
        {
            "town_id": town_id,
            "bot_id": bot_id,
            "update_id": update_id,
            "payload": payload,
            "state": InboxState.NEW,
            "received_at": now,
            "lane": lane,
        }
        for update_id, (payload, lane) in payloads.items()
    ]
    stored = await run(connection, TAKE_IN, rows)
    return [
        Incoming(seq, update_id, payloads[update_id][0], now) for seq, update_id in sorted(tuple(row) for row in stored)
    ]


async def unfinished(connection: AsyncConnection, *, bot_id: int, after: int, limit: int) -> list[Incoming]:
    """The next ``limit`` updates behind ``after`` that wait to be worked off (after a restart)."""
    rows = await connection.execute(
        select(*_INCOMING)
        .where(stands(InboxUpdate.state, InboxState.NEW), InboxUpdate.bot_id == bot_id, InboxUpdate.seq > after)
        .order_by(InboxUpdate.seq)
        .limit(limit)
    )
    return [Incoming(*row) for row in rows]


async def waiting_in(connection: AsyncConnection, *, bot_id: int, bundles: Collection[int], limit: int) -> list[int]:
    """The first ``limit`` updates in these bundles of lanes that wait to be worked off, by our order of arrival."""
    return list(
        await connection.scalars(
            select(InboxUpdate.seq)
            .where(
                stands(InboxUpdate.state, InboxState.NEW),
                InboxUpdate.bot_id == bot_id,
                InboxUpdate.lane.in_(sorted(bundles)),
            )
            .order_by(InboxUpdate.seq)
            .limit(limit)
        )
    )


async def find_waiting(connection: AsyncConnection, numbers: Sequence[int]) -> list[Incoming]:
    """These updates, as far as they still wait, in order of arrival."""
    rows = await connection.execute(
        select(*_INCOMING)
        .where(InboxUpdate.seq.in_(numbers), stands(InboxUpdate.state, InboxState.NEW))
        .order_by(InboxUpdate.seq)
    )
    return [Incoming(*row) for row in rows]


async def forget_keys(connection: AsyncConnection, *, now: datetime) -> int:
    """Drop the keys of updates finished more than three days ago, and what lay aside for long; returns how many."""
    done = and_(InboxUpdate.state == InboxState.DONE, InboxUpdate.received_at < now - KEPT)
    aside = and_(InboxUpdate.state == InboxState.ASIDE, InboxUpdate.received_at < now - KEPT_ASIDE)
    result = await connection.execute(delete(InboxUpdate).where(or_(done, aside)))
    return result.rowcount


async def lying_aside(connection: AsyncConnection, *, bot_id: int) -> list[Incoming]:
    """The updates that were set aside, with their content."""
    rows = await connection.execute(
        select(*_INCOMING).where(InboxUpdate.bot_id == bot_id, stands(InboxUpdate.state, InboxState.ASIDE))
    )
    return [Incoming(*row) for row in rows]


async def wipe_aside(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Wipe what is in these updates; that they were set aside stays known."""
    await connection.execute(update(InboxUpdate).where(InboxUpdate.seq.in_(numbers)).values(payload="{}"))


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many updates are in which state."""
    rows = await connection.execute(select(InboxUpdate.state, func.count()).group_by(InboxUpdate.state))
    return {row[0]: row[1] for row in rows}
