"""Signing up for a date of an event: one locked transaction each, so that places are given out once.

Whoever changes who holds places locks the date's row first (`hold`), and what is free is offered on in the same
transaction. On SQLite there is one writer, and the lock costs nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.event import NEEDS
from dialogues.waiting_list import MOST_PERSONS, Party, Standing, advance, come, expire, leave, wait_for_all
from dialogues.wall_clock import QuietHours, before, minutes_between
from storage.models import (
    Event,
    EventState,
    Occurrence,
    Participation,
    Resident,
    SignUp,
    Survey,
    SurveyState,
    Town,
    WalkIn,
    stands,
)
from storage.queries.attendance import walk_ins_of
from storage.queries.events import SIGN_UP, SignUpFacts, sign_up_of

_AT_ONCE = 50
"""So many of those who wait are looked at in one go when places become free."""
DETAILS_KEPT = timedelta(days=2)
"""How long after a date it is remembered who was on its list by name, and what they needed."""
SIGN_UPS_KEPT = timedelta(days=90)
"""How long after a date it is remembered who had signed up; then figures stay."""
_CODES = 10_000
"""Codes at the door have four digits, and five where a date has more than half as many sign-ups."""


class Refusal(StrEnum):
    """Why something that was said about a date cannot be so."""

    CANCELLED = "cancelled"
    BEGUN = "begun"
    """It has begun, or is over."""
    CLOSED = "closed"
    """Nobody can sign up any more, or bring more people."""
    FEWER = "fewer"
    """There are too few places for so many more people: who comes already stays as before."""
    WANTED = "wanted"
    """Others wait: what this party holds would be gone at once, so it is asked first."""


@dataclass(frozen=True, slots=True)
class Held:
    """A date that nobody else changes until the transaction is over, with what its event says about places."""

    id: int
    town_id: int
    event_id: int
    starts_at: datetime
    cancelled: bool
    sequence: int
    next_number: int
    capacity: int | None
    closes_at: datetime
    offer: timedelta
    quiet: QuietHours
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of something that was said. ``room``: how many places this party could have; None: any number.

    ``place``: on the waiting list, counted from 1.
    """

    sign_up: SignUpFacts
    refusal: Refusal | None = None
    room: int | None = None
    place: int | None = None


_LOCK = select(Occurrence.id).where(Occurrence.id == bindparam("occurrence_id")).with_for_update(key_share=True)
_DATE = (
    select(
        Occurrence.id,
        Occurrence.town_id,
        Occurrence.event_id,
        Occurrence.starts_at,
        Occurrence.cancelled,
        Occurrence.sequence,
        Occurrence.next_number,
        Event.capacity,
        Event.closes_before,
        Event.offer_minutes,
        Event.state,
        Town.quiet_from,
        Town.quiet_to,
        Town.timezone,
    )
    .join(Event, Event.id == Occurrence.event_id)
    .join(Town, Town.id == Occurrence.town_id)
    .where(Occurrence.id == bindparam("occurrence_id"))
)


async def hold(connection: AsyncConnection, occurrence_id: int) -> Held | None:
    """Lock a date; None: there is none."""
    given = {"occurrence_id": occurrence_id}
    if connection.dialect.name == "postgresql":  # and then look: what is read while it waits may be of the time before
        await connection.execute(_LOCK, given)
    row = (await connection.execute(_DATE, given)).one_or_none()
    if row is None:
        return None
    return Held(
        id=row.id,
        town_id=row.town_id,
        event_id=row.event_id,
        starts_at=row.starts_at,
        cancelled=row.cancelled or row.state != EventState.OPEN,
        sequence=row.sequence,
        next_number=row.next_number,
        capacity=row.capacity,
        closes_at=before(row.starts_at, row.closes_before, ZoneInfo(row.timezone)),
        offer=timedelta(minutes=row.offer_minutes),
        quiet=QuietHours.parse(row.quiet_from, row.quiet_to),
        zone=ZoneInfo(row.timezone),
    )


def _held_of(condition: Any) -> Any:
    """How many places are held, as a query."""
    held = case((SignUp.state == Standing.COMING, SignUp.persons), else_=SignUp.offered)
    return select(func.sum(held)).where(condition, stands(SignUp.state, Standing.COMING, Standing.OFFERED))


_HELD = _held_of(SignUp.occurrence_id == bindparam("occurrence_id"))
_FIND = select(*SIGN_UP).where(
    SignUp.occurrence_id == bindparam("occurrence_id"), SignUp.resident_id == bindparam("resident_id")
)
_PLACE = select(func.count()).where(
    SignUp.occurrence_id == bindparam("occurrence_id"),
    stands(SignUp.state, Standing.WAITING),
    SignUp.number <= bindparam("number"),
)
_WAITS = select(
    exists().where(SignUp.occurrence_id == bindparam("occurrence_id"), stands(SignUp.state, Standing.WAITING))
)
_CODES_OF = select(SignUp.code).where(SignUp.occurrence_id == bindparam("occurrence_id"), SignUp.code.is_not(None))


async def free_places(connection: AsyncConnection, date: Held) -> int | None:
    """How many places nobody holds; None: there is room for all. Below 0 where the office has taken some away."""
    if date.capacity is None:
        return None
    return date.capacity - (await connection.scalar(_HELD, {"occurrence_id": date.id}) or 0)


async def free_now(connection: AsyncConnection, occurrence_id: int) -> int | None:
    """The same, looked at without a lock: only to be said, the next moment it is another number."""
    event = select(Event.capacity).join(Occurrence, Occurrence.event_id == Event.id)
    capacity = await connection.scalar(event.where(Occurrence.id == occurrence_id))
    if capacity is None:
        return None
    return capacity - (await connection.scalar(_HELD, {"occurrence_id": occurrence_id}) or 0)


async def find_sign_up(connection: AsyncConnection, occurrence_id: int, resident_id: int) -> SignUpFacts | None:
    """What a resident has said about a date, or None."""
    given = {"occurrence_id": occurrence_id, "resident_id": resident_id}
    row = (await connection.execute(_FIND, given)).one_or_none()
    return sign_up_of(row) if row else None


# --- what residents say ---------------------------------------------------------------------------------------------


async def sign_up(
    connection: AsyncConnection,
    *,
    occurrence_id: int,
    resident_id: int,
    persons: int,
    now: datetime,
    shown: int | None = None,
) -> Answered | None:
    """Let so many persons come, or wait; returns what became of it, or None where there is no such date.

    ``shown``: the sequence of the date as this resident sees it.

    After the end of signing up only who has been offered places gets in, and nobody brings more people.
    """
    date = await hold(connection, occurrence_id)
    if date is None:
        return None
    free = await settle(connection, date, now)  # nobody passes those who wait
    known = await find_sign_up(connection, occurrence_id, resident_id)
    party = known.party if known else Party()
    persons = max(1, min(persons, MOST_PERSONS))
    room = None if free is None else max(0, free) + party.held
    refusal = _refused(date, party, persons, now)
    if refusal is not None:
        return await _answer(connection, known or _nobody(date, resident_id), refusal, room)
    after = come(party, persons, free=free, number=date.next_number, until=_until(date, now))
    if party.standing is Standing.COMING and after == party and persons > party.persons:
        return await _answer(connection, known or _nobody(date, resident_id), Refusal.FEWER, room)
    if after.number == date.next_number:
        await connection.execute(
            update(Occurrence).where(Occurrence.id == date.id).values(next_number=date.next_number + 1)
        )
    kept = await _keep(connection, date, resident_id, known, after, now, shown)
    if after.held < party.held:
        await settle(connection, date, now)
    return await _answer(connection, kept, None, room)


def _refused(date: Held, party: Party, persons: int, now: datetime) -> Refusal | None:
    if date.cancelled:
        return Refusal.CANCELLED
    if now >= date.starts_at:
        return Refusal.BEGUN
    is_offered = party.standing is Standing.OFFERED and persons <= party.offered
    comes_with_no_more = party.standing is Standing.COMING and persons <= party.persons
    if now >= date.closes_at and not is_offered and not comes_with_no_more:
        return Refusal.CLOSED
    return None


def _until(date: Held, now: datetime) -> datetime:
    """Until when an offer holds that is made now: not to an hour at which people sleep."""
    until = now + date.offer
    return min(date.quiet.end_after(until, date.zone) or until, date.starts_at)


def _nobody_hears(date: Held, now: datetime) -> bool:
    """Whether nobody can be told of an offer before the date begins: it would only keep places from who asks."""
    ends = date.quiet.end_after(now, date.zone)
    return now >= date.starts_at or (ends is not None and ends >= date.starts_at)


async def say_no(
    connection: AsyncConnection,
    *,
    occurrence_id: int,
    resident_id: int,
    standing: Standing,
    now: datetime,
    shown: int | None = None,
    asks: bool = False,
) -> Answered | None:
    """Take note that somebody does not come, or perhaps (``standing``); what was held is offered on.

    ``asks``: not yet, where somebody waits to whom the places of who comes would go at once.
    """
    date = await hold(connection, occurrence_id)
    if date is None:
        return None
    known = await find_sign_up(connection, occurrence_id, resident_id)
    refusal = Refusal.CANCELLED if date.cancelled else Refusal.BEGUN if now >= date.starts_at else None
    if refusal is not None:
        return await _answer(connection, known or _nobody(date, resident_id), refusal, None)
    party = known.party if known else Party()
    if known is not None and party.standing is standing:
        return await _answer(connection, known, None, None)
    if asks and known is not None and await _is_wanted(connection, date, party, now):
        return await _answer(connection, known, Refusal.WANTED, None)
    kept = await _keep(connection, date, resident_id, known, leave(party, standing), now, shown)
    if party.held:
        await settle(connection, date, now)
    return await _answer(connection, kept, None, None)


async def _is_wanted(connection: AsyncConnection, date: Held, party: Party, now: datetime) -> bool:
    """Whether what a party that comes holds would be offered to others as soon as it says no."""
    if party.standing is not Standing.COMING or date.capacity is None or _nobody_hears(date, now):
        return False
    return bool(await connection.scalar(_WAITS, {"occurrence_id": date.id}))


async def wait_longer(
    connection: AsyncConnection, *, occurrence_id: int, resident_id: int, now: datetime, shown: int | None = None
) -> Answered | None:
    """Take note that somebody waits until there is room for all of the party; the few places are offered on."""
    date = await hold(connection, occurrence_id)
    known = await find_sign_up(connection, occurrence_id, resident_id) if date else None
    if date is None or known is None:
        return None
    after = wait_for_all(known.party)
    if after == known.party:
        return await _answer(connection, known, None, None)
    kept = await _keep(connection, date, resident_id, known, after, now, shown)
    await settle(connection, date, now)  # with what has become free since, that may be room for all
    return await _answer(connection, await find_sign_up(connection, occurrence_id, resident_id) or kept, None, None)


async def set_details(
    connection: AsyncConnection,
    *,
    occurrence_id: int,
    resident_id: int,
    children: int | None = None,
    need: tuple[str, bool] | None = None,
    name: str | None = None,
) -> Answered | None:
    """Change what does not touch places: how many are children, what is needed, a first name ("" takes it back)."""
    date = await hold(connection, occurrence_id)
    known = await find_sign_up(connection, occurrence_id, resident_id) if date else None
    if date is None or known is None:
        return None
    if known.party.standing is not Standing.COMING:  # nothing is kept of who does not come
        return await _answer(connection, known, None, None)
    values: dict[str, Any] = {}
    if children is not None:
        values["children"] = max(0, min(children, known.party.persons))
    if need is not None and need[0] in NEEDS:
        wanted = {*known.needs, need[0]} if need[1] else {*known.needs} - {need[0]}
        values["needs"] = [each for each in NEEDS if each in wanted]
    if name is not None:
        values["name"] = name or None
    if values:
        await connection.execute(update(SignUp).where(SignUp.id == known.id).values(values))
        known = await find_sign_up(connection, occurrence_id, resident_id) or known
    return await _answer(connection, known, None, None)


async def await_words(connection: AsyncConnection, *, resident_id: int, occurrence_id: int) -> None:
    """Take what a resident writes next for an answer about a date."""
    await connection.execute(update(Resident).where(Resident.id == resident_id).values(naming_id=occurrence_id))


async def look_up(connection: AsyncConnection, *, occurrence_id: int, resident_id: int) -> Answered | None:
    """How a sign-up stands, without changing anything; None: nothing was said."""
    known = await find_sign_up(connection, occurrence_id, resident_id)
    return await _answer(connection, known, None, None) if known else None


async def _answer(
    connection: AsyncConnection, known: SignUpFacts, refusal: Refusal | None, room: int | None
) -> Answered:
    place = None
    if known.party.standing is Standing.WAITING and known.party.number is not None:
        given = {"occurrence_id": known.occurrence_id, "number": known.party.number}
        place = await connection.scalar(_PLACE, given)
    return Answered(known, refusal, room, place)


def _nobody(date: Held, resident_id: int) -> SignUpFacts:
    """Stands for who has said nothing about a date."""
    return SignUpFacts(0, date.id, resident_id, Party(), 0, (), None, None, None, date.sequence, None)


async def _keep(
    connection: AsyncConnection,
    date: Held,
    resident_id: int,
    known: SignUpFacts | None,
    party: Party,
    now: datetime,
    shown: int | None,
) -> SignUpFacts:
    """Keep what a party has come to. Who has a place has a code; who has said something knows the date as it was
    ``shown`` (its sequence then; None: as it is now). Of who does not come nothing else is kept.

    Reminders whose time is over are none any more for who says this late to come, or to whom the date was another one.
    """
    keeps = party.standing in (Standing.COMING, Standing.OFFERED, Standing.WAITING)
    code = known.code if known else None
    if party.standing is Standing.COMING and code is None:
        code = await _new_code(connection, date)
    kept = replace(
        known or _nobody(date, resident_id),
        party=party,
        children=min(known.children, party.persons) if known and keeps else 0,
        needs=known.needs if known and keeps else (),
        code=code if keeps else None,
        name=known.name if known and keeps else None,
        told_sequence=date.sequence if shown is None else min(shown, date.sequence),
        reminded=_reminded(date, known, now),
    )
    values: dict[str, Any] = {
        **_columns(party),
        "children": kept.children,
        "needs": list(kept.needs),
        "code": kept.code,
        "name": kept.name,
        "told_sequence": kept.told_sequence,
        "reminded": kept.reminded,
    }
    if party.standing is not Standing.COMING:
        values["arrived"] = None
    if known is not None:
        await connection.execute(update(SignUp).where(SignUp.id == known.id).values(values))
        return kept
    kept = replace(kept, id=secrets.randbits(62))
    values |= {"id": kept.id, "town_id": date.town_id, "occurrence_id": date.id, "resident_id": resident_id}
    await connection.execute(insert(SignUp).values(values))
    return kept


def _reminded(date: Held, known: SignUpFacts | None, now: datetime) -> int | None:
    """The last reminder that somebody has had, or need not have any more, in minutes before the beginning."""
    expects = known is not None and known.party.standing in (Standing.COMING, Standing.MAYBE)
    if known is not None and expects and known.told_sequence >= date.sequence:
        return known.reminded
    return minutes_between(now, date.starts_at, date.zone)


def _columns(party: Party) -> dict[str, Any]:
    return {
        "state": party.standing,
        "persons": party.persons,
        "number": party.number,
        "refused": party.refused,
        "offered": party.offered,
        "offered_until": party.until,
    }


async def _new_code(connection: AsyncConnection, date: Held) -> str:
    taken = frozenset(await connection.scalars(_CODES_OF, {"occurrence_id": date.id}))
    digits = 4 if len(taken) < _CODES // 2 else len(str(len(taken))) + 1
    while True:
        code = str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))
        if code not in taken:
            return code


# --- what happens by itself -----------------------------------------------------------------------------------------


async def settle(connection: AsyncConnection, date: Held, now: datetime) -> int | None:
    """Offer what is free to those who wait, in the order of their numbers; returns what is free then (`free_places`).

    They are told later (`begin_offers`), and their time begins then. A date that has begun offers nothing, nor does
    one that begins before the end of the quiet hours that it is now.
    """
    after = -1
    while True:
        free = await free_places(connection, date)
        if (free is not None and free <= 0) or date.cancelled or _nobody_hears(date, now):
            return free
        rows = [
            sign_up_of(row)
            for row in await connection.execute(
                select(*SIGN_UP)
                .where(
                    SignUp.occurrence_id == date.id,
                    stands(SignUp.state, Standing.WAITING),
                    SignUp.number > after,
                    *([] if free is None else [or_(SignUp.persons <= free, SignUp.refused < free)]),
                )
                .order_by(SignUp.number)
                .limit(_AT_ONCE)
            )
        ]
        is_gone = False
        for place, party in advance([row.party for row in rows], free).items():
            offered = await connection.execute(
                update(SignUp).where(SignUp.id == rows[place].id).values(**_columns(party))
            )
            is_gone = is_gone or not offered.rowcount
        if is_gone:  # somebody was erased just now, which takes no lock: what was theirs is for the next
            continue
        if len(rows) < _AT_ONCE:
            return await free_places(connection, date) if rows else free
        after = rows[-1].party.number or after


async def _offered(connection: AsyncConnection, date: Held, condition: ColumnElement[bool]) -> list[SignUpFacts]:
    """Those of a date whose offers are so, in the order of their numbers."""
    wanted = select(*SIGN_UP).where(SignUp.occurrence_id == date.id, stands(SignUp.state, Standing.OFFERED), condition)
    return [sign_up_of(row) for row in await connection.execute(wanted.order_by(SignUp.number))]


async def expire_offers(connection: AsyncConnection, *, occurrence_id: int, now: datetime) -> list[SignUpFacts]:
    """Let offers lapse whose time has passed, and offer their places on; returns the sign-ups as they are then."""
    date = await hold(connection, occurrence_id)
    if date is None:
        return []
    rows = await _offered(connection, date, SignUp.offered_until <= now)
    for row in rows:
        await connection.execute(update(SignUp).where(SignUp.id == row.id).values(_columns(expire(row.party))))
    await settle(connection, date, now)
    if not rows:
        return []
    wanted = select(*SIGN_UP).where(SignUp.id.in_([row.id for row in rows])).order_by(SignUp.id)
    return [sign_up_of(row) for row in await connection.execute(wanted)]


async def begin_offers(
    connection: AsyncConnection, *, occurrence_id: int, now: datetime
) -> tuple[Held | None, list[SignUpFacts]]:
    """Let the time of all offers begin that nobody has been told of yet; returns them, to be told in this
    transaction."""
    date = await hold(connection, occurrence_id)
    if date is None or date.cancelled or now >= date.starts_at:
        return date, []
    rows = await _offered(connection, date, SignUp.offered_until.is_(None))
    until = _until(date, now)
    await connection.execute(update(SignUp).where(SignUp.id.in_([row.id for row in rows])).values(offered_until=until))
    return date, [replace(row, party=replace(row.party, until=until)) for row in rows]


async def dates_to_settle(connection: AsyncConnection, town_id: int, *, now: datetime) -> list[int]:
    """The dates on which somebody waits for places that are free: somebody was erased, or there are more places now."""
    # What is held is counted once a date, and what those who wait want is one row a date: never each for each.
    wanted = (
        select(
            SignUp.occurrence_id,
            func.min(SignUp.persons).label("fewest"),
            func.min(SignUp.refused).label("refused"),
        )
        .where(SignUp.town_id == town_id, stands(SignUp.state, Standing.WAITING))
        .group_by(SignUp.occurrence_id)
        .subquery()
    )
    held = _held_of(SignUp.occurrence_id == Occurrence.id).correlate(Occurrence).scalar_subquery()
    dates = (
        select(Occurrence.id, Event.capacity, func.coalesce(held, 0).label("held"), wanted.c.fewest, wanted.c.refused)
        .join(Event, Event.id == Occurrence.event_id)
        .join(wanted, wanted.c.occurrence_id == Occurrence.id)
        .where(Occurrence.starts_at > now, Occurrence.cancelled.is_(False), Event.state == EventState.OPEN)
        .order_by(Occurrence.id)
    )
    found = []
    for row in await connection.execute(dates):
        free = None if row.capacity is None else row.capacity - row.held
        if free is None or (free > 0 and (row.fewest <= free or row.refused < free)):
            found.append(row.id)
    return found


# --- forgetting -----------------------------------------------------------------------------------------------------


async def forget_sign_ups(connection: AsyncConnection, *, now: datetime) -> int:
    """Let figures stand for the sign-ups of dates that have been over for `SIGN_UPS_KEPT`; returns of how many dates.

    ``occurrence.tally`` then says how many persons came by their word (``coming``, of them ``children``, in ``parties``
    sign-ups), how many of them were seen at the door (``arrived``) and how many were not (``absent``), how many
    sign-ups there were in each language, and how many came without one (``walk_ins``).
    """
    held = or_(*(exists().where(each.occurrence_id == Occurrence.id) for each in (SignUp, WalkIn)))
    wanted = select(Occurrence.id).where(Occurrence.ends_at < now - SIGN_UPS_KEPT, held).limit(_AT_ONCE)
    old = (await connection.scalars(wanted)).all()
    columns = (SignUp.occurrence_id, SignUp.persons, SignUp.children, SignUp.state, SignUp.arrived)
    rows = await connection.execute(
        select(*columns, Resident.language)
        .join(Resident, Resident.id == SignUp.resident_id)
        .where(SignUp.occurrence_id.in_(old))
    )
    walk_ins = await walk_ins_of(connection, old)
    tallies: dict[int, dict[str, Any]] = {
        occurrence_id: {
            "parties": 0,
            "coming": 0,
            "children": 0,
            "arrived": 0,
            "absent": 0,
            "languages": {},
            "walk_ins": dict(walk_ins.get(occurrence_id, {})),
        }
        for occurrence_id in old
    }
    for row in rows:
        tally = tallies[row.occurrence_id]
        if row.state == Standing.COMING:
            tally["parties"] += 1
            tally["coming"] += row.persons
            tally["children"] += row.children
            tally["languages"][row.language] = tally["languages"].get(row.language, 0) + 1
            tally["absent"] += max(0, row.persons - (row.arrived or 0))
        tally["arrived"] += row.arrived or 0
    for occurrence_id, tally in tallies.items():
        await connection.execute(update(Occurrence).where(Occurrence.id == occurrence_id).values(tally=tally))
        for kept in (SignUp, WalkIn):
            await connection.execute(delete(kept).where(kept.occurrence_id == occurrence_id))
    await _forget_who_answered(connection, now=now)
    return len(tallies)


async def _forget_who_answered(connection: AsyncConnection, *, now: datetime) -> None:
    """Keep no longer who has answered the closed survey of an event: it says who was there."""
    recent = exists().where(Occurrence.event_id == Event.id, Occurrence.ends_at >= now - SIGN_UPS_KEPT)
    closed = (
        select(Survey.id).join(Event, Event.survey_id == Survey.id).where(Survey.state == SurveyState.CLOSED, ~recent)
    )
    await connection.execute(delete(Participation).where(Participation.survey_id.in_(closed)))


async def forget_details(connection: AsyncConnection, *, now: datetime) -> int:
    """Wipe names, needs and codes of dates that have been over for `DETAILS_KEPT`; returns of how many sign-ups."""
    over = select(Occurrence.id).where(Occurrence.ends_at < now - DETAILS_KEPT)
    has_some = or_(SignUp.code.is_not(None), SignUp.name.is_not(None), SignUp.needs.cast(String) != "[]")
    wiped = await connection.execute(
        update(SignUp)
        .where(SignUp.occurrence_id.in_(over), has_some)
        .values(name=None, needs=[], code=None, door_keys=[])
    )
    return wiped.rowcount
