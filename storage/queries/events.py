"""Events as the office writes them and as residents see them, their dates, and who has signed up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Place
from dialogues.event import Event as Happening
from dialogues.event import Occasion, Offers, read_wording
from dialogues.waiting_list import Party, Standing
from storage.models import Broadcast, Event, EventState, Occurrence, SignUp
from storage.queries.broadcasts import BroadcastFacts, find_broadcast, list_broadcasts


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event (`storage.models.Event`) with its dates and what it says."""

    id: int
    broadcast_id: int
    uid: str
    state: str
    starts: str | None
    ends: str | None
    zone: str
    rule: str | None
    exceptions: list[str]
    capacity: int | None
    closes_before: int
    offer_minutes: int
    reminders: list[int]
    offers: Offers
    contact: str | None
    survey_id: int | None
    changed_at: datetime
    broadcast: BroadcastFacts

    def title(self, language: str) -> str:
        """What it is called in a language, else in any; until it has a text, what the office calls it."""
        texts = self.broadcast.texts
        for each in (language, *texts):
            if each in texts and (title := read_wording(texts[each].text).title):
                return title
        return self.broadcast.title

    @property
    def happening(self) -> Happening:
        """The event as the dialogues know it."""
        assert self.broadcast.event is not None  # noqa: S101 (a broadcast that was read with its event)
        return self.broadcast.event

    @property
    def occasions(self) -> tuple[Occasion, ...]:
        """Its dates, in their order."""
        return self.happening.occasions

    def told_by(self, now: datetime) -> Occasion | None:
        """The date that it is known by: the one that runs or comes next, else one that would have, else the last."""
        ahead = [each for each in self.occasions if each.ends_at > now]
        left = [each for each in ahead if not each.cancelled]
        return next(iter((*left, *ahead, *reversed(self.occasions))), None)


_EVENT = (
    Event.id,
    Event.broadcast_id,
    Event.uid,
    Event.state,
    Event.starts,
    Event.ends,
    Event.zone,
    Event.rule,
    Event.exceptions,
    Event.capacity,
    Event.closes_before,
    Event.offer_minutes,
    Event.reminders,
    Event.offers,
    Event.contact,
    Event.survey_id,
    Event.changed_at,
)


async def find_event(
    connection: AsyncConnection, town_id: int, event_id: int, *, hold: bool = False
) -> EventFacts | None:
    """One event, or None. ``hold``: nobody else changes it or its texts until the transaction is over."""
    wanted = select(*_EVENT).where(Event.town_id == town_id, Event.id == event_id)
    row = (await connection.execute(wanted.with_for_update() if hold else wanted)).one_or_none()
    if row is None:
        return None
    broadcast = await find_broadcast(connection, town_id, row.broadcast_id, hold=hold)
    return _event(row, broadcast) if broadcast else None


async def event_of(connection: AsyncConnection, town_id: int, broadcast_id: int) -> EventFacts | None:
    """The event that a broadcast speaks of, or None."""
    event_id = await connection.scalar(
        select(Event.id).where(Event.town_id == town_id, Event.broadcast_id == broadcast_id)
    )
    return await find_event(connection, town_id, event_id) if event_id is not None else None


async def list_events(
    connection: AsyncConnection,
    town_id: int,
    *,
    since: datetime | None = None,
    states: Collection[str] = (),
    besides: Collection[int] = (),
) -> tuple[EventFacts, ...]:
    """The events of a town, the newest first. ``since``: with a date that ends later, or with none yet; ``states``:
    only these; ``besides``: the ids of some that are wanted whatever they are."""
    conditions: list[ColumnElement[bool]] = [true()]
    if states:
        conditions.append(Event.state.in_(states))
    if since is not None:
        over = select(Occurrence.event_id).where(Occurrence.town_id == town_id, Occurrence.ends_at > since)
        conditions.append(Event.id.in_(over))
    wanted = select(*_EVENT).where(Event.town_id == town_id, or_(and_(*conditions), Event.id.in_(besides)))
    rows = (await connection.execute(wanted.order_by(Event.id.desc()))).all()
    if not rows:
        return ()
    broadcasts = {
        each.id: each for each in await list_broadcasts(connection, town_id, among=[row.broadcast_id for row in rows])
    }
    return tuple(_event(row, broadcasts[row.broadcast_id]) for row in rows)


def _event(row: Any, broadcast: BroadcastFacts) -> EventFacts:
    fields = dict(row._mapping)
    return EventFacts(**{**fields, "offers": Offers.from_json(fields["offers"])}, broadcast=broadcast)


@dataclass(frozen=True, slots=True)
class Taken:
    """A date of another open event. ``walls``: beginning and end as wall time."""

    event_id: int
    title: str
    walls: tuple[str, str]


async def taken_by(
    connection: AsyncConnection,
    town_id: int,
    place: Place,
    spans: Collection[tuple[datetime, datetime]],
    *,
    besides: int,
) -> tuple[Taken, ...]:
    """The dates at a place that lie in one of these spans of time at least in part: of the open events of a town,
    without one of this id."""
    if not spans:
        return ()
    rows = await connection.execute(
        select(
            Event.id,
            Broadcast.title,
            Broadcast.place,
            Occurrence.wall,
            Occurrence.wall_end,
            Occurrence.starts_at,
            Occurrence.ends_at,
        )
        .join(Event, Event.id == Occurrence.event_id)
        .join(Broadcast, Broadcast.id == Event.broadcast_id)
        .where(
            Occurrence.town_id == town_id,
            Occurrence.starts_at < max(end for _, end in spans),
            Occurrence.ends_at > min(start for start, _ in spans),
            Occurrence.cancelled.is_(False),
            Event.state == EventState.OPEN,
            Event.id != besides,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return tuple(
        Taken(row.id, row.title, (row.wall, row.wall_end))
        for row in rows
        if row.place
        and all(row.place[each].casefold() == getattr(place, each).casefold() for each in ("title", "address"))
        and any(row.starts_at < end and row.ends_at > start for start, end in spans)
    )


# --- who has signed up ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignUpFacts:
    """What somebody has said about a date (`storage.models.SignUp`)."""

    id: int
    occurrence_id: int
    resident_id: int
    party: Party
    children: int
    needs: tuple[str, ...]
    code: str | None
    name: str | None
    reminded: int | None
    told_sequence: int
    arrived: int | None


SIGN_UP = (
    SignUp.id,
    SignUp.occurrence_id,
    SignUp.resident_id,
    SignUp.state,
    SignUp.persons,
    SignUp.number,
    SignUp.refused,
    SignUp.offered,
    SignUp.offered_until,
    SignUp.children,
    SignUp.needs,
    SignUp.code,
    SignUp.name,
    SignUp.reminded,
    SignUp.told_sequence,
    SignUp.arrived,
)


def sign_up_of(row: Any) -> SignUpFacts:
    """What a row of ``SIGN_UP`` says."""
    return SignUpFacts(
        id=row.id,
        occurrence_id=row.occurrence_id,
        resident_id=row.resident_id,
        party=Party(Standing(row.state), row.persons, row.number, row.refused, row.offered, row.offered_until),
        children=row.children,
        needs=tuple(row.needs),
        code=row.code,
        name=row.name,
        reminded=row.reminded,
        told_sequence=row.told_sequence,
        arrived=row.arrived,
    )


async def find_sign_ups(
    connection: AsyncConnection, resident_ids: Collection[int]
) -> dict[int, tuple[SignUpFacts, ...]]:
    """All that these residents have said about dates, in the order of the dates."""
    found: dict[int, list[SignUpFacts]] = {}
    for row in await connection.execute(
        select(*SIGN_UP)
        .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
        .where(SignUp.resident_id.in_(resident_ids))
        .order_by(Occurrence.starts_at, SignUp.id)
    ):
        found.setdefault(row.resident_id, []).append(sign_up_of(row))
    return {resident_id: tuple(rows) for resident_id, rows in found.items()}


_OF_RESIDENT = (
    select(*SIGN_UP)
    .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
    .where(SignUp.resident_id == bindparam("resident_id"), Occurrence.ends_at > bindparam("since"))
    .order_by(Occurrence.starts_at, SignUp.id)
)


async def sign_ups_of(connection: AsyncConnection, resident_id: int, *, since: datetime) -> tuple[SignUpFacts, ...]:
    """What a resident has said about dates that are over later than ``since``, in the order of the dates."""
    rows = await connection.execute(_OF_RESIDENT, {"resident_id": resident_id, "since": since})
    return tuple(sign_up_of(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Head:
    """How many persons a date has, exactly: only for whoever cooks, seats and interprets.

    ``parties``: sign-ups of those who come. ``offered``: places that are kept for who has not answered. ``maybe``: who
    may come, each as one person if no number was said.
    """

    parties: int = 0
    coming: int = 0
    children: int = 0
    offered: int = 0
    waiting: int = 0
    maybe: int = 0

    @property
    def held(self) -> int:
        """Places that nobody else can have."""
        return self.coming + self.offered


async def heads(connection: AsyncConnection, event_id: int) -> dict[int, Head]:
    """How many persons each date of an event has; a date for which nobody has signed up is missing."""
    comes, waits = SignUp.state == Standing.COMING, SignUp.state == Standing.WAITING

    def persons(condition: Any, what: Any = SignUp.persons) -> Any:
        return func.coalesce(func.sum(case((condition, what), else_=0)), 0)

    rows = await connection.execute(
        select(
            SignUp.occurrence_id,
            persons(comes, 1),
            persons(comes),
            persons(comes, SignUp.children),
            persons(SignUp.state == Standing.OFFERED, SignUp.offered),
            persons(waits),
            persons(SignUp.state == Standing.MAYBE, case((SignUp.persons > 1, SignUp.persons), else_=1)),
        )
        .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
        .where(Occurrence.event_id == event_id)
        .group_by(SignUp.occurrence_id)
    )
    return {row[0]: Head(*(int(each) for each in row[1:])) for row in rows}
