"""Reading of hand-overs: where each stands, and how many responses have come to which end. Never what signs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import HandOver, HandOverItem, HandOverState, ItemState, Staff

REASONS_SHOWN = 20
"""Different answers of a server that one page names."""


@dataclass(frozen=True, slots=True)
class HandOverFacts:
    """A hand-over as its page shows it (`storage.models.HandOver`)."""

    id: int
    survey_id: int
    purpose: str
    server: str
    place: str
    place_digest: str
    with_files: bool
    staff_id: int | None
    forms: list[dict[str, Any]]
    form_id: str | None
    state: str
    reason: str | None
    said: str | None
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    troubles: int
    next_at: datetime | None
    by: str | None
    """Who prepared it, or took it up again."""


@dataclass(frozen=True, slots=True)
class SaidOften:
    """What a server answered, and about how many responses."""

    state: str
    status: int | None
    reason: str | None
    number: int


def _facts(town_id: int) -> Select[Any]:
    columns = [getattr(HandOver, name) for name in HandOverFacts.__dataclass_fields__ if name != "by"]
    return (
        select(*columns, Staff.name.label("by"))
        .outerjoin(Staff, Staff.id == HandOver.staff_id)
        .where(HandOver.town_id == town_id)
    )


async def find_hand_over(connection: AsyncConnection, town_id: int, hand_over_id: int) -> HandOverFacts | None:
    """A hand-over of the town; None: there is none."""
    row = (await connection.execute(_facts(town_id).where(HandOver.id == hand_over_id))).one_or_none()
    return HandOverFacts(*row) if row else None


async def hand_overs_of(connection: AsyncConnection, town_id: int, survey_id: int) -> tuple[HandOverFacts, ...]:
    """The hand-overs of a survey that have begun, the newest first."""
    rows = await connection.execute(
        _facts(town_id)
        .where(HandOver.survey_id == survey_id, HandOver.state != HandOverState.READY)
        .order_by(HandOver.id.desc())
    )
    return tuple(HandOverFacts(*row) for row in rows)


async def outcomes(connection: AsyncConnection, hand_over_id: int) -> Mapping[ItemState, int]:
    """How many responses stand where."""
    rows = await connection.execute(
        select(HandOverItem.state, func.count())
        .where(HandOverItem.hand_over_id == hand_over_id)
        .group_by(HandOverItem.state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in ItemState}


async def reasons(connection: AsyncConnection, hand_over_id: int) -> tuple[SaidOften, ...]:
    """Why responses were refused or are uncertain, the most frequent first."""
    what = (HandOverItem.state, HandOverItem.status, HandOverItem.reason)
    rows = await connection.execute(
        select(*what, func.count())
        .where(
            HandOverItem.hand_over_id == hand_over_id,
            HandOverItem.state.in_([ItemState.REFUSED, ItemState.UNCERTAIN]),
        )
        .group_by(*what)
        .order_by(func.count().desc(), *what)
        .limit(REASONS_SHOWN)
    )
    return tuple(SaidOften(*row) for row in rows)
