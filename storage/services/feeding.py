"""Putting the people of a broadcast into the outbox, a few hundred at a time, and noticing when it is through.

What waits in the outbox is bounded whatever the size of an audience; where we are stands in the database, and moves on
in the transaction that puts people there: whoever is killed goes on at the same place, and nobody is put there twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Content
from dialogues.texts import LANGUAGES
from dialogues.wall_clock import QuietHours
from storage.models import (
    Contact,
    Delivery,
    DeliveryState,
    Event,
    EventState,
    Occurrence,
    Resident,
    Sending,
    SendingKind,
    SendingState,
    Staff,
    Survey,
    SurveyState,
    Town,
    stands,
)
from storage.queries.audience import Rules, count_audience, next_people
from storage.queries.broadcasts import SendingFacts, SendingRules, find_sending
from storage.queries.outbox import BULK, KEPT, KEPT_BULK, REMINDER, new_delivery
from storage.queries.town import AreaFacts
from storage.statements import INSERT_DELIVERY, Row, Write, execute

BATCH = 500
"""So many people are put into the outbox in one transaction."""
WINDOW = 2_000
"""With more than this of a pass in the outbox nobody is added: it stays short, and who decides to pause is heard."""
_OPEN = (DeliveryState.WAITING, DeliveryState.STARTED)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What feeding needs to know of a town. ``name``: said where a reader's area is not known. ``trials``: the message
    that introduces a trial to oneself, by the language of somebody of the staff."""

    town_id: int
    name: str
    bot_id: int
    rules: SendingRules
    areas: Mapping[int, AreaFacts]
    trials: Mapping[str, Mapping[str, Any]]


async def feed(
    connection: AsyncConnection, *, sending_id: int, around: Surroundings, now: datetime, window: int = WINDOW
) -> bool:
    """Do what a pass has to do at ``now``: begin, hold back in quiet hours, put more people into the outbox, end.

    A message whose button leads to a survey that takes no answers, or to an event that nobody can come to, is paused,
    begun or not, and so is one to those who have signed up for a cancelled event: somebody has to decide.

    Returns whether there is more to do at once. Whoever else does the same just now is left alone.
    """
    locked = await connection.scalar(
        select(Sending.id).where(Sending.id == sending_id).with_for_update(skip_locked=True)
    )
    sending = await find_sending(connection, around.town_id, sending_id) if locked is not None else None
    if sending is None or sending.state not in (SendingState.PLANNED, SendingState.RUNNING):
        return False
    is_quiet = sending.kind == SendingKind.SEND and _quiet(around.rules, now)
    if sending.state == SendingState.PLANNED:
        if is_quiet or sending.due_at > now:
            return False
        if await _is_pointless(connection, sending, now):
            await _pause(connection, sending_id)
            return False
        await _begin(connection, sending, around, now)
    await _hold(connection, sending_id, hold=is_quiet)
    if is_quiet:
        return False
    on_the_way = await _count(connection, sending_id)
    if (on_the_way or not sending.expanded) and await _is_pointless(connection, sending, now):
        await _pause(connection, sending_id)
        return False
    if sending.expanded:
        if not on_the_way:
            await connection.execute(
                update(Sending).where(Sending.id == sending_id).values(state=SendingState.DONE, ended_at=now)
            )
        return False
    if on_the_way > window - BATCH:
        return False
    # One pass at a time: each must see whom the other has written to, for the weekly share.
    await connection.execute(select(Town.id).where(Town.id == around.town_id).with_for_update())
    await _expand(connection, sending, around, now)
    return True


def quiet_until(rules: SendingRules, at: datetime) -> datetime | None:
    """Until when a message of our own accord waits that would leave at ``at``; None: it does not wait."""
    return QuietHours.parse(rules.quiet_from, rules.quiet_to).end_after(at, ZoneInfo(rules.timezone))


def _quiet(rules: SendingRules, now: datetime) -> bool:
    return quiet_until(rules, now) is not None


async def _is_pointless(connection: AsyncConnection, sending: SendingFacts, now: datetime) -> bool:
    """Whether a button leads nowhere, and whoever pressed it would only be told so; or whether it goes to those who
    have signed up for an event that does not take place."""
    if sending.kind != SendingKind.SEND:
        return False
    if sending.audience.signed_up is not None and not await _is_open(connection, sending.audience.signed_up):
        return True
    survey_id, event_id = sending.content.survey_id, sending.content.shown_event_id
    if survey_id is not None and not await _takes_answers(connection, survey_id, now):
        return True
    return event_id is not None and not await _is_coming(connection, event_id, now)


async def _takes_answers(connection: AsyncConnection, survey_id: int, now: datetime) -> bool:
    running = select(Survey.id).where(
        Survey.id == survey_id,
        Survey.state == SurveyState.OPEN,
        or_(Survey.opens_at.is_(None), Survey.opens_at <= now),
        or_(Survey.closes_at.is_(None), Survey.closes_at > now),
    )
    return await connection.scalar(running) is not None


async def _is_open(connection: AsyncConnection, event_id: int) -> bool:
    wanted = select(Event.id).where(Event.id == event_id, Event.state == EventState.OPEN)
    return await connection.scalar(wanted) is not None


async def _is_coming(connection: AsyncConnection, event_id: int, now: datetime) -> bool:
    date = exists().where(Occurrence.event_id == Event.id, Occurrence.cancelled.is_(False), Occurrence.starts_at > now)
    coming = select(Event.id).where(Event.id == event_id, Event.state == EventState.OPEN, date)
    return await connection.scalar(coming) is not None


async def _pause(connection: AsyncConnection, sending_id: int) -> None:
    await connection.execute(update(Sending).where(Sending.id == sending_id).values(state=SendingState.PAUSED))
    await _hold(connection, sending_id, hold=True)


async def _begin(connection: AsyncConnection, sending: SendingFacts, around: Surroundings, now: datetime) -> None:
    match sending.kind:
        case SendingKind.SEND:
            reach = await count_audience(
                connection,
                town_id=around.town_id,
                audience=sending.audience,
                rules=_rules(sending, around),
                areas=around.areas,
                now=now,
            )
            expected = sum(
                number for language, number in reach.by_language.items() if sending.content.said_in(language)
            )
        case SendingKind.TRIAL:
            expected = len(sending.content.texts)
        case _:
            expected = await connection.scalar(_sent(sending, now).with_only_columns(func.count())) or 0
    await connection.execute(
        update(Sending)
        .where(Sending.id == sending.id)
        .values(state=SendingState.RUNNING, began_at=now, expected=expected)
    )


async def _hold(connection: AsyncConnection, sending_id: int, *, hold: bool) -> None:
    before, after = DeliveryState.WAITING, DeliveryState.HELD
    if not hold:
        before, after = after, before
    await connection.execute(
        update(Delivery).where(Delivery.sending_id == sending_id, stands(Delivery.state, before)).values(state=after)
    )


async def _count(connection: AsyncConnection, sending_id: int) -> int:
    return (
        await connection.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(Delivery.sending_id == sending_id, stands(Delivery.state, *_OPEN))
        )
        or 0
    )


async def _expand(connection: AsyncConnection, sending: SendingFacts, around: Surroundings, now: datetime) -> None:
    match sending.kind:
        case SendingKind.SEND:
            rows, cursor = await _to_people(connection, sending, around, now)
        case SendingKind.TRIAL:
            rows, cursor = await _to_oneself(connection, sending, around, now), None
        case _:
            rows, cursor = await _to_what_was_sent(connection, sending, around, now)
    await execute(connection, [Write(INSERT_DELIVERY, rows)])
    values: dict[str, Any] = {"expanded": True} if cursor is None else {"cursor": cursor}
    await connection.execute(update(Sending).where(Sending.id == sending.id).values(values))


async def _to_people(
    connection: AsyncConnection, sending: SendingFacts, around: Surroundings, now: datetime
) -> tuple[list[Row], int | None]:
    content = sending.content
    people = (
        await connection.execute(
            next_people(
                town_id=around.town_id,
                bot_id=around.bot_id,
                audience=sending.audience,
                rules=_rules(sending, around),
                areas=around.areas,
                languages=[language for language in LANGUAGES if content.said_in(language)],
                after=sending.cursor,
                most=BATCH,
                now=now,
            )
        )
    ).all()
    rows = [
        _row(sending, around, now, contact_id=contact_id, language=language, payload=_differs(around, area_id))
        for contact_id, language, area_id, gets_it in people
        if gets_it
    ]
    return rows, people[-1][0] if len(people) == BATCH else None


async def _to_oneself(
    connection: AsyncConnection, sending: SendingFacts, around: Surroundings, now: datetime
) -> list[Row]:
    row = (
        await connection.execute(
            select(Staff.contact_id, Staff.language, Resident.area_id)
            .select_from(Staff)
            .outerjoin(Contact, Contact.id == Staff.contact_id)
            .outerjoin(Resident, Resident.id == Contact.resident_id)
            .where(Staff.id == sending.staff_id)
        )
    ).one_or_none()
    if row is None or row.contact_id is None:
        return []
    introduction = new_delivery(
        town_id=around.town_id,
        bot_id=around.bot_id,
        contact_id=row.contact_id,
        method="sendMessage",
        payload=around.trials[row.language],
        now=now,
        priority=REMINDER,
    )
    return [
        introduction,
        *(
            _row(
                sending,
                around,
                now,
                contact_id=row.contact_id,
                language=language,
                payload=_differs(around, row.area_id),
                priority=REMINDER,
            )
            for language in LANGUAGES
            if language in sending.content.texts
        ),
    ]


async def _to_what_was_sent(
    connection: AsyncConnection, sending: SendingFacts, around: Surroundings, now: datetime
) -> tuple[list[Row], int | None]:
    sent = (
        await connection.execute(
            _sent(sending, now).where(Delivery.seq > sending.cursor).order_by(Delivery.seq).limit(BATCH)
        )
    ).all()
    is_edit = sending.kind == SendingKind.EDIT
    rows = [
        _row(
            sending,
            around,
            now,
            contact_id=row.contact_id,
            language=row.language,
            payload={**row.payload, "message_id": row.message_id} if is_edit else {"message_ids": [row.message_id]},
        )
        for row in sent
    ]
    return rows, sent[-1].seq if len(sent) == BATCH else None


def _sent(sending: SendingFacts, now: datetime) -> Any:
    """What of the original pass is known to stand in a chat, and can still be edited or deleted there."""
    wanted = select(Delivery.seq, Delivery.contact_id, Delivery.language, Delivery.message_id, Delivery.payload).where(
        Delivery.sending_id == sending.original_id,
        stands(Delivery.state, DeliveryState.SENT),
        Delivery.message_id.is_not(None),
    )
    # what is older is forgotten sooner or later: a correction reaches the same people whether that has been done or not
    return wanted.where(Delivery.finished_at > now - (KEPT_BULK if sending.kind == SendingKind.EDIT else KEPT))


def _rules(sending: SendingFacts, around: Surroundings) -> Rules:
    return Rules(around.rules.weekly_share, adults=sending.content.survey_id is not None)


def _row(
    sending: SendingFacts,
    around: Surroundings,
    now: datetime,
    *,
    contact_id: int,
    language: str,
    payload: Mapping[str, Any],
    priority: int = BULK,
) -> Row:
    return new_delivery(
        town_id=around.town_id,
        bot_id=around.bot_id,
        contact_id=contact_id,
        method=method_of(sending.kind, sending.content),
        payload=payload,
        now=now,
        priority=priority,
        sending_id=sending.id,
        language=language,
    )


def method_of(kind: str, content: Content) -> str:
    """The Bot API method by which a pass of a kind does its work."""
    has_file = content.attachment_id is not None
    match kind:
        case SendingKind.EDIT:
            return "editMessageMedia" if has_file else "editMessageText"
        case SendingKind.DELETE:
            return "deleteMessages"
    if not has_file:
        return "sendMessage"
    return "sendPhoto" if content.is_photo else "sendDocument"


def _differs(around: Surroundings, area_id: int | None) -> dict[str, Any]:
    """What is said to this reader and not to all: the quarter. A correction may name it, if the first text did not."""
    seen: set[int] = set()
    name = around.name
    while area_id is not None and area_id in around.areas and area_id not in seen:
        seen.add(area_id)
        name = around.areas[area_id].name
        area_id = around.areas[area_id].parent_id
    return {"area": name}
