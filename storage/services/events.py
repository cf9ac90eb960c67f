"""Events of the office: written, opened for sign-ups, moved, cancelled. Each service is one piece in the caller's
transaction. What an event says is its broadcast's (`storage.services.broadcasts`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Place
from dialogues.event import Occasion, Offers
from dialogues.series import Fault, SeriesError, dates
from dialogues.waiting_list import Standing
from dialogues.wall_clock import moment
from storage.models import (
    ELSEWHERE,
    Broadcast,
    BroadcastText,
    Contact,
    Delivery,
    DeliveryState,
    Event,
    EventState,
    Link,
    Occurrence,
    Resident,
    SendingKind,
    SignUp,
    WalkIn,
    stands,
)
from storage.queries.broadcasts import list_sendings
from storage.queries.events import EventFacts, find_event
from storage.queries.town import touch
from storage.services.broadcasts import discard_broadcast, draft_broadcast, pause_sending

REMINDERS = (24 * 60, 2 * 60)
"""Minutes before a date begins at which people are reminded, unless the office settles otherwise."""


Walls = tuple[str, str]
"""Beginning and end of a date, as wall times."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the office settles about an event (`storage.models.Event`), beside its texts. ``place``: where it is."""

    title: str
    starts: str | None
    ends: str | None
    rule: str | None
    exceptions: tuple[str, ...]
    capacity: int | None
    closes_before: int
    offer_minutes: int
    reminders: tuple[int, ...]
    offers: Offers
    contact: str | None
    place: Place | None


async def draft_event(connection: AsyncConnection, *, town_id: int, title: str, zone: str, now: datetime) -> int:
    """Begin an event and return its id."""
    broadcast_id = await draft_broadcast(connection, town_id=town_id, title=title, now=now)
    return await _insert(
        connection,
        town_id=town_id,
        broadcast_id=broadcast_id,
        zone=zone,
        changed_at=now,
        reminders=list(REMINDERS),
        offers=Offers().as_json(),
        exceptions=[],
    )


async def _insert(connection: AsyncConnection, **values: Any) -> int:
    created = await connection.scalar(
        insert(Event).values(uid=str(uuid4()), state=EventState.DRAFT, **values).returning(Event.id)
    )
    assert created is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(created)


async def duplicate_event(
    connection: AsyncConnection, *, town_id: int, event_id: int, title: str, now: datetime
) -> int | None:
    """Begin an event like another one, without its dates; its texts have to be released anew. None: it is not there."""
    event = await find_event(connection, town_id, event_id)
    if event is None:
        return None
    broadcast = event.broadcast
    copy = await draft_broadcast(connection, town_id=town_id, title=title, now=now)
    await connection.execute(
        update(Broadcast)
        .where(Broadcast.id == copy)
        .values(
            audience=broadcast.audience.as_json(),
            fallback=dict(broadcast.fallback),
            links=dict(broadcast.links),
            place=broadcast.place.as_json() if broadcast.place else None,
            attachment_id=broadcast.attachment_id,
        )
    )
    texts = [
        {
            "town_id": town_id,
            "broadcast_id": copy,
            "language": language,
            "text": text.text,
            "released": False,
            "told": False,
        }
        for language, text in broadcast.texts.items()
    ]
    if texts:
        await connection.execute(insert(BroadcastText), texts)
    return await _insert(
        connection,
        town_id=town_id,
        broadcast_id=copy,
        zone=event.zone,
        changed_at=now,
        capacity=event.capacity,
        closes_before=event.closes_before,
        offer_minutes=event.offer_minutes,
        reminders=event.reminders,
        offers=event.offers.as_json(),
        contact=event.contact,
        exceptions=[],
    )


async def change_event(
    connection: AsyncConnection, *, town_id: int, event_id: int, seen: int, settled: Settled, now: datetime
) -> bool:
    """Settle an event anew; False: its broadcast is not at the revision that was ``seen``, or it is cancelled.

    Of an event that is open, dates that are moved, and all when the place is another, rise in sequence: who has signed
    up is told. A date that is no longer there is cancelled if anybody has said something about it. Of a series, dates
    that were moved by hand stay as they are (`moved_by_hand`).

    Raises:
        dialogues.series.SeriesError: the rule gives no dates.
    """
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state == EventState.CANCELLED or event.broadcast.revision != seen:
        return False
    is_elsewhere = event.state == EventState.OPEN and settled.place != event.broadcast.place
    await connection.execute(
        update(Event)
        .where(Event.id == event_id)
        .values(
            starts=settled.starts,
            ends=settled.ends,
            rule=settled.rule,
            exceptions=list(settled.exceptions),
            capacity=settled.capacity,
            closes_before=settled.closes_before,
            offer_minutes=settled.offer_minutes,
            reminders=sorted(set(settled.reminders), reverse=True),
            offers=settled.offers.as_json(),
            contact=settled.contact,
            changed_at=now,
        )
    )
    await connection.execute(
        update(Broadcast)
        .where(Broadcast.id == event.broadcast_id)
        .values(
            title=settled.title,
            place=settled.place.as_json() if settled.place else None,
            revision=Broadcast.revision + 1,
        )
    )
    await _set_dates(connection, event, settled, town_id=town_id, now=now, is_elsewhere=is_elsewhere)
    await _hold_invitations(connection, event, town_id=town_id)
    await touch(connection, town_id)
    return True


def given_dates(settled: Settled | EventFacts) -> Sequence[Walls]:
    """Beginning and end of the dates that are settled; without those that are moved by hand, there may be none.

    Raises:
        dialogues.series.SeriesError: the rule is none that an event can have.
    """
    if settled.starts is None or settled.ends is None:
        return ()
    try:
        return dates(settled.starts, settled.ends, settled.rule, settled.exceptions)
    except SeriesError as error:
        if error.fault is Fault.NONE:
            return ()
        raise


def moved_by_hand(event: EventFacts, now: datetime) -> tuple[Occasion, ...]:
    """The dates of a series, still to come, that stand at another time than its rule gives (`move_date`).

    A date that is moved leaves an exception on its day, as calendars do (RFC 5545, section 3.8.5.1), and stays as a
    date of its own: every other one that is to come is the rule's. One on the day of a cancelled date is none of these.
    """
    if event.rule is None:
        return ()
    off = {each.start[:10] for each in event.occasions if each.cancelled}
    given = {walls for walls in given_dates(event) if walls[0][:10] not in off}
    return tuple(each for each in event.happening.coming(now) if (each.start, each.end) not in given)


async def _set_dates(
    connection: AsyncConnection,
    event: EventFacts,
    settled: Settled,
    *,
    town_id: int,
    now: datetime,
    is_elsewhere: bool,
) -> None:
    """Bring the dates of an event to what is wanted; those that are over stay as they were, and none is added to them.

    What was cancelled does not come again because something else is changed, nor what has begun: of a series that day,
    of what is once that time. What was moved by hand stays, and is the only date of its day, as long as it is a series.
    """
    zone = ZoneInfo(event.zone)
    present = [each for each in event.occasions if each.starts_at > now and not each.cancelled]
    shown = 10 if event.rule else 16
    kept = moved_by_hand(event, now) if settled.rule else ()
    days = {each.start[:10] for each in kept}
    days |= {each.start[:10] for each in event.occasions if each.starts_at <= now and (event.rule or settled.rule)}
    begun = {each.start for each in event.occasions if each.starts_at <= now}
    cancelled = {each.start[:shown] for each in event.occasions if each.cancelled}
    cancelled &= {walls[0][:shown] for walls in given_dates(event)}
    coming = [
        walls
        for walls in given_dates(settled)
        if _times(walls, zone)["starts_at"] > now
        and walls[0] not in begun
        and walls[0][:10] not in days
        and walls[0][:shown] not in cancelled
    ]
    pairs = _matched([each for each in present if each not in kept], coming, was_once=event.rule is None)
    pairs |= {each.id: (each.start, each.end) for each in kept}
    for occasion in present:
        await _lock(connection, occasion.id)
        walls = pairs.get(occasion.id)
        if walls is None:
            await _drop(connection, occasion)
        elif walls != (occasion.start, occasion.end) or is_elsewhere:
            times = _times(walls, zone)
            if event.state == EventState.OPEN:
                await _alter(connection, occasion.id, is_elsewhere=is_elsewhere, **times)
            else:
                await connection.execute(update(Occurrence).where(Occurrence.id == occasion.id).values(**times))
    rows = [
        {
            "town_id": town_id,
            "event_id": event.id,
            "cancelled": False,
            "sequence": 0,
            "earlier": [],
            "tally": {},
            "next_number": 1,
            **_times(walls, zone),
        }
        for walls in coming
        if walls not in pairs.values()
    ]
    if rows:
        await connection.execute(insert(Occurrence), rows)


def _matched(present: Sequence[Occasion], coming: Sequence[Walls], *, was_once: bool) -> dict[int, Walls]:
    """Which present date becomes which: the same day stays the same date. Where the only one has another day now, it
    has been moved there: to the one that there is, or to the first where what ``was_once`` repeats now."""
    by_day = {walls[0][:10]: walls for walls in coming}
    same = {each.id: by_day[each.start[:10]] for each in present if each.start[:10] in by_day}
    if not same and len(present) == 1 and coming and (was_once or len(coming) == 1):
        return {present[0].id: coming[0]}
    return same


def _times(walls: Walls, zone: ZoneInfo) -> Mapping[str, Any]:
    starts_at, ends_at = (moment(wall, zone) for wall in walls)
    assert starts_at is not None and ends_at is not None  # noqa: PT018, S101 (a series gives wall times)
    return {"wall": walls[0], "wall_end": walls[1], "starts_at": starts_at, "ends_at": ends_at}


async def _lock(connection: AsyncConnection, occurrence_id: int) -> None:
    await connection.execute(
        select(Occurrence.id).where(Occurrence.id == occurrence_id).with_for_update(key_share=True)
    )


async def _drop(connection: AsyncConnection, occasion: Occasion) -> None:
    """Take a date away that nobody has said anything about, or come to; cancel another."""
    known = [
        await connection.scalar(select(each.occurrence_id).where(each.occurrence_id == occasion.id).limit(1))
        for each in (SignUp, WalkIn)
    ]
    if known == [None, None]:
        await _forget(connection, [occasion.id])
        await connection.execute(delete(Occurrence).where(Occurrence.id == occasion.id))
    else:
        await _cancel(connection, occasion.id)


async def _hold_invitations(connection: AsyncConnection, before: EventFacts, *, town_id: int) -> None:
    """Pause invitations that are planned or under way, and name a date or place that is no longer so: the office
    corrects them, or cancels them and plans new ones."""
    after = await find_event(connection, town_id, before.id)
    is_right = after is not None and {*before.occasions} <= {*after.occasions}
    if before.state != EventState.OPEN or is_right:
        return
    for sending in await list_sendings(connection, town_id, broadcast_id=before.broadcast_id):
        if sending.kind == SendingKind.SEND:
            await pause_sending(connection, town_id=town_id, sending_id=sending.id)


async def _cancel(connection: AsyncConnection, occurrence_id: int) -> None:
    await _alter(connection, occurrence_id, cancelled=True)


async def _alter(connection: AsyncConnection, occurrence_id: int, *, is_elsewhere: bool = False, **values: Any) -> None:
    """Let a date be another one: whoever knows it as it was is told, and how it was is kept for that."""
    known = select(Occurrence.wall, Occurrence.earlier, Occurrence.sequence).where(Occurrence.id == occurrence_id)
    before = (await connection.execute(known.with_for_update(key_share=True))).one()
    was = before.wall + (ELSEWHERE if is_elsewhere else "")
    await connection.execute(
        update(Occurrence)
        .where(Occurrence.id == occurrence_id)
        .values(**values, sequence=before.sequence + 1, earlier=[*before.earlier, was])
    )
    await _unsay(connection, occurrence_id)


async def _unsay(connection: AsyncConnection, occurrence_id: int) -> None:
    """Send nothing more of what was to be said about a date as it was before: what is new is told. Whom it has not
    reached knows what they knew. Whose offer has lapsed hears that all the same: of what is new they are not told."""
    waits = (Delivery.occurrence_id == occurrence_id, stands(Delivery.state, DeliveryState.WAITING))
    known = await connection.scalars(
        select(Delivery.told_sequence).where(*waits, Delivery.told_sequence.is_not(None)).distinct()
    )
    for sequence in known.all():
        readers = (
            select(Contact.resident_id)
            .join(Delivery, Delivery.contact_id == Contact.id)
            .where(*waits, Delivery.told_sequence == sequence)
        )
        await connection.execute(
            update(SignUp)
            .where(
                SignUp.occurrence_id == occurrence_id,
                SignUp.told_sequence > sequence,
                SignUp.resident_id.in_(readers),
            )
            .values(told_sequence=sequence)
        )
    lapsed = (
        select(Contact.id)
        .join(SignUp, SignUp.resident_id == Contact.resident_id)
        .where(SignUp.occurrence_id == occurrence_id, stands(SignUp.state, Standing.LAPSED))
    )
    await connection.execute(delete(Delivery).where(*waits, Delivery.contact_id.not_in(lapsed)))


async def _forget(connection: AsyncConnection, occurrence_ids: Collection[int]) -> None:
    """Let nothing point to these dates any more."""
    await connection.execute(update(Resident).where(Resident.naming_id.in_(occurrence_ids)).values(naming_id=None))
    await connection.execute(
        update(Delivery).where(Delivery.occurrence_id.in_(occurrence_ids)).values(occurrence_id=None)
    )


async def open_event(connection: AsyncConnection, *, town_id: int, event_id: int, now: datetime) -> bool:
    """Let residents see an event and sign up; False: it is no draft, or has no date for which one still can."""
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state != EventState.DRAFT:
        return False
    if not any(event.happening.closes_at(each) > now for each in event.happening.coming(now)):
        return False
    await connection.execute(update(Event).where(Event.id == event_id).values(state=EventState.OPEN, changed_at=now))
    await touch(connection, town_id)
    return True


async def cancel_event(connection: AsyncConnection, *, town_id: int, event_id: int, now: datetime) -> bool:
    """Let an event not take place, for good; who has signed up is told. False: it is not open."""
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state != EventState.OPEN:
        return False
    for occasion in event.happening.coming(now):
        await _lock(connection, occasion.id)
        await _cancel(connection, occasion.id)
    await connection.execute(
        update(Event).where(Event.id == event_id).values(state=EventState.CANCELLED, changed_at=now)
    )
    await touch(connection, town_id)
    return True


async def cancel_date(
    connection: AsyncConnection, *, town_id: int, event_id: int, occurrence_id: int, now: datetime
) -> bool:
    """Let one date of a series not take place, for good; who has signed up is told. False: it is not to come."""
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state == EventState.CANCELLED:
        return False
    if occurrence_id not in {each.id for each in event.happening.coming(now)}:
        return False
    await _lock(connection, occurrence_id)
    await _cancel(connection, occurrence_id)
    await _hold_invitations(connection, event, town_id=town_id)
    await connection.execute(update(Event).where(Event.id == event_id).values(changed_at=now))
    await touch(connection, town_id)
    return True


async def move_date(
    connection: AsyncConnection, *, town_id: int, event_id: int, occurrence_id: int, walls: Walls, now: datetime
) -> bool:
    """Let one date of a series be at another time, whatever its rule says; who has signed up is told.

    False: it is not to come, or is none of a series that is open; or its new day has a date already, or it would lie in
    the past.
    """
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state != EventState.OPEN or event.rule is None:
        return False
    found = [each for each in event.happening.coming(now) if each.id == occurrence_id]
    times = _times(walls, ZoneInfo(event.zone))
    if not found or times["starts_at"] <= now or day_is_taken(event, occurrence_id, walls[0][:10]):
        return False
    [occasion] = found
    if walls == (occasion.start, occasion.end):
        return True
    await _lock(connection, occurrence_id)
    await _alter(connection, occurrence_id, **times)
    exceptions = sorted(_without(event, occasion, walls, now))
    await connection.execute(update(Event).where(Event.id == event_id).values(exceptions=exceptions, changed_at=now))
    await _hold_invitations(connection, event, town_id=town_id)
    await touch(connection, town_id)
    return True


def day_is_taken(event: EventFacts, occurrence_id: int, day: str) -> bool:
    """Whether another date of an event takes place on that day."""
    return any(each.start[:10] == day for each in event.occasions if each.id != occurrence_id and not each.cancelled)


def _without(event: EventFacts, occasion: Occasion, walls: Walls, now: datetime) -> set[str]:
    """The days that the rule must not give when a date is moved: the one it leaves, and not the one to which the rule
    itself would bring it back."""
    day, off = walls[0][:10], {each.start[:10] for each in event.occasions if each.cancelled}
    left = {*event.exceptions} if occasion in moved_by_hand(event, now) else {*event.exceptions, occasion.start[:10]}
    is_back = walls in dates(event.starts or "", event.ends or "", event.rule) and day not in off
    return left - {day} if is_back else left


async def discard_event(connection: AsyncConnection, *, town_id: int, event_id: int) -> bool:
    """Delete a draft with its texts; False: it is open or was, or its message has been sent."""
    event = await find_event(connection, town_id, event_id, hold=True)
    if event is None or event.state != EventState.DRAFT:
        return False
    if not all(each.is_void for each in await list_sendings(connection, town_id, broadcast_id=event.broadcast_id)):
        return False
    await _forget(connection, [each.id for each in event.occasions])
    await connection.execute(update(Resident).where(Resident.wanted_event_id == event_id).values(wanted_event_id=None))
    await connection.execute(delete(Link).where(Link.event_id == event_id))
    await connection.execute(
        update(Broadcast)
        .where(Broadcast.shows_event_id == event_id)
        .values(shows_event_id=None, revision=Broadcast.revision + 1)
    )
    await connection.execute(delete(Event).where(Event.id == event_id))
    await touch(connection, town_id)
    return await discard_broadcast(connection, town_id=town_id, broadcast_id=event.broadcast_id)
