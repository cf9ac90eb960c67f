"""The state of things, for the page that a manager sees first: figures that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import InboxState, InboxUpdate, Participation, Resident, Survey, Town, stands
from storage.queries import inbox, outbox

ROUNDED_TO = 5
"""Participation while a survey runs is shown rounded, so that one more answer cannot be watched."""


@dataclass(frozen=True, slots=True)
class SurveyState:
    """A survey with how many have answered it to the end, rounded."""

    id: int
    titles: Mapping[str, str]
    state: str
    completed: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """An update that could not be worked off."""

    seq: int
    reason: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything the page shows.

    ``surveys``: the newest first. ``updates`` and ``deliveries``: how many are in which state.
    """

    towns: tuple[str, ...]
    residents: int
    surveys: tuple[SurveyState, ...]
    updates: Mapping[str, int]
    deliveries: Mapping[str, int]
    aside: tuple[SetAside, ...]


def rounded(number: int) -> int:
    """To the nearest multiple of five."""
    return ROUNDED_TO * round(number / ROUNDED_TO)


async def load_state(connection: AsyncConnection) -> State:
    """Read the state of things."""
    taken = (
        select(Participation.survey_id, func.count().label("number"))
        .group_by(Participation.survey_id)
        .subquery("taken")
    )
    surveys = await connection.execute(
        select(Survey.id, Survey.titles, Survey.state, func.coalesce(taken.c.number, 0))
        .outerjoin(taken, taken.c.survey_id == Survey.id)
        .order_by(Survey.id.desc())
    )
    aside = await connection.execute(
        select(InboxUpdate.seq, InboxUpdate.reason, InboxUpdate.received_at)
        .where(stands(InboxUpdate.state, InboxState.ASIDE))
        .order_by(InboxUpdate.seq.desc())
        .limit(20)
    )
    return State(
        towns=tuple(await connection.scalars(select(Town.name).order_by(Town.id))),
        residents=rounded(await connection.scalar(select(func.count()).select_from(Resident)) or 0),
        surveys=tuple(SurveyState(id, titles, state, rounded(number)) for id, titles, state, number in surveys),
        updates=await inbox.counts(connection),
        deliveries=await outbox.counts(connection),
        aside=tuple(SetAside(seq, reason or "", received_at) for seq, reason, received_at in aside),
    )
