"""Who is to be told about a date now, of our own accord: reminders, changes, offers that begin or end.

Told is whom the bot reaches. Who is away (has blocked it) is told when they are back, of what is still so then.

Each service marks whom it returns as told, in the transaction in which the messages are put into the outbox: so nobody
is told twice, whenever a process is killed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.waiting_list import Standing
from dialogues.wall_clock import QuietHours, before, minutes_between, moment
from storage.models import (
    ELSEWHERE,
    Contact,
    Delivery,
    DeliveryState,
    Event,
    EventState,
    Occurrence,
    Resident,
    SignUp,
    Town,
    stands,
)
from storage.queries.events import SIGN_UP, SignUpFacts, sign_up_of
from storage.queries.outbox import REMINDER
from storage.services.sign_ups import begin_offers

AT_ONCE = 500
"""So many people are told in one transaction."""
SETTING_OFF = timedelta(hours=1)
"""So long before a date begins somebody may be on the way."""
LAST_CALL = timedelta(minutes=10)
"""So long before quiet hours begin goes what they would push past the beginning of a date."""
_CONCERNED = (Standing.COMING, Standing.OFFERED, Standing.WAITING, Standing.MAYBE)
_REMINDED = (Standing.COMING, Standing.MAYBE)


@dataclass(frozen=True, slots=True)
class ToTell:
    """Somebody to be told, in their chat and language, with their sign-up as it is now. ``before``: the wall time at
    which they believe that the date begins; None: when it does. ``is_elsewhere``: they do not know the place."""

    sign_up: SignUpFacts
    contact_id: int
    bot_id: int
    language: str
    before: str | None = None
    is_elsewhere: bool = False


async def people_of(
    connection: AsyncConnection, sign_ups: Sequence[SignUpFacts], *, bot_id: int, spare_paused: bool = False
) -> list[ToTell]:
    """Those of whom these sign-ups are, as far as the bot reaches them. ``spare_paused``: not those who want no
    messages."""
    if not sign_ups:
        return []
    wanted = (
        select(Contact.id, Contact.bot_id, Resident.id.label("resident_id"), Resident.language)
        .join(Resident, Resident.id == Contact.resident_id)
        .where(
            Resident.id.in_([each.resident_id for each in sign_ups]),
            Contact.bot_id == bot_id,
            Contact.blocked_on.is_(None),
        )
    )
    if spare_paused:
        wanted = wanted.where(Resident.paused.is_(False))
    chats = {row.resident_id: row for row in await connection.execute(wanted)}
    return [
        ToTell(each, chats[each.resident_id].id, chats[each.resident_id].bot_id, chats[each.resident_id].language)
        for each in sign_ups
        if each.resident_id in chats
    ]


def is_reached(bot_id: int, *, spare_paused: bool = False) -> ColumnElement[bool]:
    """Whether the bot reaches whoever's sign-up it is: what is asked where it is looked what is due, too, or that would
    be due for ever."""
    chat = select(Contact.id).where(
        Contact.resident_id == SignUp.resident_id, Contact.bot_id == bot_id, Contact.blocked_on.is_(None)
    )
    if spare_paused:
        chat = chat.join(Resident, Resident.id == Contact.resident_id).where(Resident.paused.is_(False))
    return chat.correlate(SignUp).exists()


# --- what is due ----------------------------------------------------------------------------------------------------


async def offers_due(connection: AsyncConnection, town_id: int, *, now: datetime) -> tuple[list[int], list[int]]:
    """The dates that have offers whose time has passed, and those that have some nobody has been told of."""
    wanted = (
        select(SignUp.occurrence_id, SignUp.offered_until.is_(None))
        .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            SignUp.town_id == town_id,
            stands(SignUp.state, Standing.OFFERED),
            Occurrence.cancelled.is_(False),
            Event.state == EventState.OPEN,
            or_(SignUp.offered_until <= now, and_(SignUp.offered_until.is_(None), Occurrence.starts_at > now)),
        )
        .distinct()
    )
    over: list[int] = []
    untold: list[int] = []
    for occurrence_id, is_untold in await connection.execute(wanted):
        (untold if is_untold else over).append(occurrence_id)
    return sorted(over), sorted(untold)


async def changes_due(
    connection: AsyncConnection,
    town_id: int,
    *,
    bot_id: int,
    now: datetime,
    night: datetime | None = None,
) -> list[int]:
    """The dates that have changed, of which somebody does not know it yet.

    ``night``: the end of the quiet hours that it is now. Then only what cannot wait is due: dates that begin before
    they end; and those that somebody believes to begin then, or so soon after that they would set off.
    """
    rows = await connection.execute(
        select(
            Occurrence.id,
            Occurrence.starts_at,
            Occurrence.earlier,
            Event.zone,
            func.min(SignUp.told_sequence).label("told"),
        )
        .join(Event, Event.id == Occurrence.event_id)
        .join(SignUp, SignUp.occurrence_id == Occurrence.id)
        .where(
            Occurrence.town_id == town_id,
            Occurrence.sequence > 0,
            Occurrence.ends_at > now,
            SignUp.told_sequence < Occurrence.sequence,
            SignUp.state.in_(_CONCERNED),
            is_reached(bot_id),
        )
        .group_by(Occurrence.id, Event.zone)
        .order_by(Occurrence.id)
    )

    def cannot_wait(starts_at: datetime, believed: Sequence[str], zone: ZoneInfo) -> bool:
        if night is None or starts_at < night:
            return True
        begins = (moment(wall, zone) for wall in believed)
        return any(each is not None and now < each < night + SETTING_OFF for each in begins)

    return [row.id for row in rows if cannot_wait(row.starts_at, _walls(row.earlier[row.told :]), ZoneInfo(row.zone))]


@dataclass(frozen=True, slots=True)
class Reminding:
    """A date whose reminder is due: ``minutes`` before it begins."""

    occurrence_id: int
    minutes: int


async def reminders_due(
    connection: AsyncConnection, town_id: int, *, bot_id: int, quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> list[Reminding]:
    """The dates of which somebody is to be reminded now; of several reminders that are due the last one counts."""
    rows = await connection.execute(
        select(Occurrence.id, Occurrence.starts_at, Event.reminders)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.town_id == town_id,
            Occurrence.starts_at > now,
            Occurrence.starts_at < now + timedelta(days=16),
            Occurrence.cancelled.is_(False),
            Event.state == EventState.OPEN,
        )
        .order_by(Occurrence.id)
    )
    due = []
    for occurrence_id, starts_at, reminders in rows:
        reached = [each for each in reminders if _goes_at(starts_at, each, quiet, zone) <= now]
        if reached:
            due.append(Reminding(occurrence_id, min(reached)))
    if not due:
        return []
    wanted = select(SignUp.occurrence_id).where(or_(*(_waits_for(each, bot_id) for each in due))).distinct()
    waiting = set(await connection.scalars(wanted))
    return [each for each in due if each.occurrence_id in waiting]


def _waits_for(due: Reminding, bot_id: int) -> ColumnElement[bool]:
    """Whose sign-up has not had this reminder, nor a later one."""
    return and_(
        SignUp.occurrence_id == due.occurrence_id,
        SignUp.state.in_(_REMINDED),
        is_reached(bot_id, spare_paused=True),
        or_(SignUp.reminded.is_(None), SignUp.reminded > due.minutes),
    )


def _goes_at(starts_at: datetime, minutes: int, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """When a reminder goes: at its time, after the quiet hours it falls in; and before them, where after them it has
    begun already."""
    at = before(starts_at, minutes, zone)
    ends, begins = quiet.end_after(at, zone), quiet.begin_before(at, zone)
    if ends is None or begins is None:
        return at
    return ends if ends < starts_at else begins - LAST_CALL


# --- telling --------------------------------------------------------------------------------------------------------


async def take_offers(connection: AsyncConnection, *, occurrence_id: int, bot_id: int, now: datetime) -> list[ToTell]:
    """Those who are to be told that places are kept for them, and so how the date stands.

    The time of every offer begins, also of those whom the bot does not reach: nothing is kept for ever.
    """
    date, offered = await begin_offers(connection, occurrence_id=occurrence_id, now=now)
    people = await people_of(connection, offered, bot_id=bot_id)
    if date is not None and people:
        told = [each.sign_up.id for each in people]
        await connection.execute(update(SignUp).where(SignUp.id.in_(told)).values(told_sequence=date.sequence))
    return people


async def take_changes(
    connection: AsyncConnection, *, occurrence_id: int, bot_id: int, now: datetime
) -> tuple[list[ToTell], bool]:
    """The next people who are to be told that a date has changed, and whether there may be more."""
    date = (
        await connection.execute(
            select(Occurrence.sequence, Occurrence.starts_at, Occurrence.wall, Occurrence.earlier, Town.timezone)
            .join(Town, Town.id == Occurrence.town_id)
            .where(Occurrence.id == occurrence_id)
            .with_for_update(key_share=True, of=Occurrence)
        )
    ).one_or_none()
    if date is None:
        return [], False
    rows = [
        sign_up_of(row)
        for row in await connection.execute(
            select(*SIGN_UP)
            .where(
                SignUp.occurrence_id == occurrence_id,
                SignUp.told_sequence < date.sequence,
                SignUp.state.in_(_CONCERNED),
                is_reached(bot_id),
            )
            .order_by(SignUp.id)
            .limit(AT_ONCE)
        )
    ]
    # Reminders whose time is over by now are none any more: who hears of the change this late knows.
    reminded = minutes_between(now, date.starts_at, ZoneInfo(date.timezone))
    await connection.execute(
        update(SignUp)
        .where(SignUp.id.in_([each.id for each in rows]))
        .values(told_sequence=date.sequence, reminded=reminded)
    )
    people = await people_of(connection, rows, bot_id=bot_id)
    told = [_knowing(each, date.earlier[each.sign_up.told_sequence :], date.wall) for each in people]
    return told, len(rows) == AT_ONCE


def _walls(earlier: Sequence[str]) -> list[str]:
    """When a date was to begin before each of its changes."""
    return [each.removesuffix(ELSEWHERE) for each in earlier]


def _knowing(person: ToTell, unknown: Sequence[str], wall: str) -> ToTell:
    """Somebody with what they believe of a date that begins at ``wall``; ``unknown``: how it was before the changes
    that they have not heard of."""
    believed = next(iter(_walls(unknown)), wall)
    is_elsewhere = any(each.endswith(ELSEWHERE) for each in unknown)
    return replace(person, before=believed if believed != wall else None, is_elsewhere=is_elsewhere)


async def take_reminders(connection: AsyncConnection, *, due: Reminding, bot_id: int) -> tuple[list[ToTell], bool]:
    """The next people who are to be reminded, and whether there may be more."""
    date = (
        await connection.execute(
            select(Occurrence.cancelled, Event.state)
            .join(Event, Event.id == Occurrence.event_id)
            .where(Occurrence.id == due.occurrence_id)
            .with_for_update(key_share=True, of=Occurrence)
        )
    ).one_or_none()
    if date is None or date.cancelled or date.state != EventState.OPEN:  # since it was looked what is due
        return [], False
    wanted = select(*SIGN_UP).where(_waits_for(due, bot_id)).order_by(SignUp.id).limit(AT_ONCE)
    rows = [sign_up_of(row) for row in await connection.execute(wanted)]
    await connection.execute(
        update(SignUp).where(SignUp.id.in_([each.id for each in rows])).values(reminded=due.minutes)
    )
    return await people_of(connection, rows, bot_id=bot_id, spare_paused=True), len(rows) == AT_ONCE


async def unsay(connection: AsyncConnection, *, occurrence_id: int, resident_id: int, now: datetime) -> None:
    """Send nothing more of our own accord about a date to somebody who has just said not to come."""
    chats = select(Contact.id).where(Contact.resident_id == resident_id)
    await connection.execute(
        update(Delivery)
        .where(
            Delivery.contact_id.in_(chats),
            Delivery.occurrence_id == occurrence_id,
            Delivery.priority == REMINDER,
            stands(Delivery.state, DeliveryState.WAITING),
        )
        .values(state=DeliveryState.FAILED, reason="not so any more", payload={}, finished_at=now)
    )


async def find_dates(connection: AsyncConnection, town_id: int, ids: Collection[int]) -> dict[int, int]:
    """The events of these dates, by date."""
    rows = await connection.execute(
        select(Occurrence.id, Occurrence.event_id).where(Occurrence.town_id == town_id, Occurrence.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}
