"""Asking those who have been to an event how it was: once for each event, however many of its dates they come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from dialogues.waiting_list import Standing
from storage.models import (
    Event,
    EventState,
    Interview,
    Occurrence,
    Resident,
    SignUp,
    Survey,
    SurveyState,
    WalkIn,
    stands,
)
from storage.queries.events import SIGN_UP, sign_up_of
from storage.queries.town import touch
from storage.services.surveys import discard_unasked, draft_survey, open_survey
from storage.services.telling import AT_ONCE, ToTell, is_reached, people_of

ASKED_AFTER = timedelta(hours=1)
"""So long after its end people are asked about a date: they are at home, and remember."""
ASKED_UNTIL = timedelta(days=7)
"""Who could not be asked by then is not."""


async def begin_asking(
    connection: AsyncConnection, *, town_id: int, event_id: int, questionnaire_id: int, titles: Mapping[str, str]
) -> int | None:
    """Open an anonymous survey that asks those who come to an event, when it is over; returns its id.

    None: the event is not open, or has one already.
    """
    known = (
        await connection.execute(
            select(Event.state, Event.survey_id).where(Event.town_id == town_id, Event.id == event_id).with_for_update()
        )
    ).one_or_none()
    if known is None or known.state != EventState.OPEN or known.survey_id is not None:
        return None
    survey_id = await draft_survey(connection, town_id=town_id, questionnaire_id=questionnaire_id, titles=titles)
    await open_survey(connection, town_id=town_id, survey_id=survey_id)
    await connection.execute(update(Event).where(Event.id == event_id).values(survey_id=survey_id))
    await touch(connection, town_id)
    return survey_id


async def give_up_asking(connection: AsyncConnection, *, town_id: int, event_id: int) -> None:
    """Delete the survey of an event that does not take place, unless somebody has answered about an earlier date."""
    survey_id = await connection.scalar(
        select(Event.survey_id).where(Event.town_id == town_id, Event.id == event_id).with_for_update()
    )
    if survey_id is None:
        return
    await connection.execute(update(Event).where(Event.id == event_id).values(survey_id=None))
    if not await discard_unasked(connection, town_id=town_id, survey_id=survey_id):
        await connection.execute(update(Event).where(Event.id == event_id).values(survey_id=survey_id))


@dataclass(frozen=True, slots=True)
class Asking:
    """A date that is over, and the survey that asks about its event."""

    occurrence_id: int
    survey_id: int


def _waits(bot_id: int) -> Any:
    """Who has not been asked about a date yet, can be, and was there: seen at the door, or, where nobody was counted
    there, on the list."""
    other = aliased(SignUp)
    counted = or_(
        exists().where(other.occurrence_id == SignUp.occurrence_id, other.arrived.is_not(None)),
        exists().where(WalkIn.occurrence_id == SignUp.occurrence_id, WalkIn.persons > 0),
    )
    return and_(
        stands(SignUp.state, Standing.COMING),
        SignUp.asked.is_(False),
        or_(SignUp.arrived.is_not(None), ~counted),
        is_reached(bot_id, spare_paused=True),
    )


async def askings_due(connection: AsyncConnection, town_id: int, *, bot_id: int, now: datetime) -> list[Asking]:
    """The dates that have been over for a while, about which somebody is still to be asked."""
    waits = exists().where(SignUp.occurrence_id == Occurrence.id, _waits(bot_id)).correlate(Occurrence)
    rows = await connection.execute(
        select(Occurrence.id, Survey.id)
        .join(Event, Event.id == Occurrence.event_id)
        .join(Survey, Survey.id == Event.survey_id)
        .where(
            Occurrence.town_id == town_id,
            Occurrence.cancelled.is_(False),
            Occurrence.ends_at <= now - ASKED_AFTER,
            Occurrence.ends_at > now - ASKED_UNTIL,
            Event.state == EventState.OPEN,
            Survey.state == SurveyState.OPEN,
            or_(Survey.closes_at.is_(None), Survey.closes_at > now),
            waits,
        )
        .order_by(Occurrence.id)
    )
    return [Asking(*row) for row in rows]


async def take_askings(connection: AsyncConnection, *, asking: Asking, bot_id: int) -> tuple[list[ToTell], bool]:
    """The next people who are to be asked, and whether there may be more.

    Left out is who is known to be too young, has begun that survey, or was asked about another date of the event.
    """
    await connection.execute(
        select(Occurrence.id).where(Occurrence.id == asking.occurrence_id).with_for_update(key_share=True)
    )
    wanted = select(*SIGN_UP).where(SignUp.occurrence_id == asking.occurrence_id, _waits(bot_id))
    found = await connection.execute(wanted.order_by(SignUp.id).limit(AT_ONCE))
    rows = [sign_up_of(row) for row in found]
    await connection.execute(update(SignUp).where(SignUp.id.in_([each.id for each in rows])).values(asked=True))
    left_out = set(await connection.scalars(_left_out(asking, [each.resident_id for each in rows])))
    kept = [each for each in rows if each.resident_id not in left_out]
    return await people_of(connection, kept, bot_id=bot_id, spare_paused=True), len(rows) == AT_ONCE


async def were_asked(
    connection: AsyncConnection, residents: Collection[int], surveys: Collection[int]
) -> frozenset[tuple[int, int]]:
    """Who of these residents may answer which of these surveys of events: whoever was asked, by resident and survey."""
    rows = await connection.execute(
        select(SignUp.resident_id, Event.survey_id)
        .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
        .join(Event, Event.id == Occurrence.event_id)
        .where(SignUp.resident_id.in_(residents), SignUp.asked.is_(True), Event.survey_id.in_(surveys))
    )
    return frozenset((resident, survey) for resident, survey in rows if survey is not None)


def _left_out(asking: Asking, residents: Sequence[int]) -> Any:
    event = select(Occurrence.event_id).where(Occurrence.id == asking.occurrence_id).scalar_subquery()
    asked = (
        exists()
        .where(SignUp.resident_id == Resident.id, SignUp.asked.is_(True))
        .where(SignUp.occurrence_id == Occurrence.id, Occurrence.id != asking.occurrence_id)
        .where(Occurrence.event_id == event)
    )
    begun = exists().where(Interview.resident_id == Resident.id, Interview.survey_id == asking.survey_id)
    return select(Resident.id).where(Resident.id.in_(residents), or_(Resident.adult.is_(False), begun, asked))
