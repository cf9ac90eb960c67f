"""The state of things, for the page that a manager sees first: figures that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import InboxState, InboxUpdate, Resident, Town, stands
from storage.queries import inbox, outbox

ROUNDED_TO = 5
"""Participation while a survey runs is shown rounded, so that one more answer cannot be watched."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """An update that could not be worked off."""

    seq: int
    reason: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything the page shows.

    ``updates`` and ``deliveries``: how many are in which state, broadcasts left out.
    ``is_held_up``: Telegram has lately taken nothing.
    """

    towns: tuple[str, ...]
    residents: int
    updates: Mapping[str, int]
    deliveries: Mapping[str, int]
    aside: tuple[SetAside, ...]
    is_held_up: bool


def rounded(number: int) -> int:
    """To the nearest multiple of five."""
    return ROUNDED_TO * round(number / ROUNDED_TO)


async def load_state(connection: AsyncConnection, *, now: datetime) -> State:
    """Read the state of things."""
    aside = await connection.execute(
        select(InboxUpdate.seq, InboxUpdate.reason, InboxUpdate.received_at)
        .where(stands(InboxUpdate.state, InboxState.ASIDE))
        .order_by(InboxUpdate.seq.desc())
        .limit(20)
    )
    return State(
        towns=tuple(await connection.scalars(select(Town.name).order_by(Town.id))),
        residents=rounded(await connection.scalar(select(func.count()).select_from(Resident)) or 0),
        updates=await inbox.counts(connection),
        deliveries=await outbox.counts(connection),
        aside=tuple(SetAside(seq, reason or "", received_at) for seq, reason, received_at in aside),
        is_held_up=await outbox.is_held_up(connection, now=now),
    )
