"""Broadcasts as the office sees them: what is written, what is being sent, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Content, Place, event_titles
from dialogues.event import Event as Happening
from storage.models import (
    Attachment,
    AttachmentKind,
    Broadcast,
    BroadcastText,
    Delivery,
    DeliveryState,
    Event,
    Sending,
    SendingKind,
    SendingState,
    Staff,
    Survey,
    Town,
    stands,
)
from storage.queries.audience import Audience
from storage.queries.happenings import happenings
from storage.queries.outbox import KEPT_BULK, LEFT, account_columns


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What a broadcast says in one language (`storage.models.BroadcastText`)."""

    text: str
    released: bool
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BroadcastFacts:
    """A broadcast as it is being written. ``texts``: by language. ``attachment``: kind and name. ``event``: that it
    invites to; ``shown_event``: that a button shows, with its released titles by the language of their readers."""

    id: int
    title: str
    audience: Audience
    fallback: Mapping[str, str]
    survey_id: int | None
    survey_titles: Mapping[str, str]
    survey_state: str | None
    links: Mapping[str, str]
    place: Place | None
    said_on: date | None
    attachment_id: int | None
    attachment: tuple[str, str] | None
    created_at: datetime
    revision: int
    texts: Mapping[str, TextFacts]
    event: Happening | None = None
    shown_event_id: int | None = None
    shown_event_titles: Mapping[str, str] = field(default_factory=dict)

    def content(self, *, released: bool) -> Content:
        """What it says: with ``released`` only texts that may be sent."""
        return Content(
            texts={
                language: text.text
                for language, text in self.texts.items()
                if text.text.strip() and (text.released or not released)
            },
            fallback=self.fallback,
            survey_id=self.survey_id,
            survey_titles=self.survey_titles,
            links=self.links,
            place=self.place,
            said_on=self.said_on,
            attachment_id=self.attachment_id,
            is_photo=self.attachment is not None and self.attachment[0] == AttachmentKind.PHOTO,
            event=self.event,
            shown_event_id=self.shown_event_id,
            shown_event_titles=self.shown_event_titles,
        )


@dataclass(frozen=True, slots=True)
class SendingFacts:
    """A pass over the people of a broadcast (`storage.models.Sending`)."""

    id: int
    broadcast_id: int
    kind: str
    state: str
    staff_id: int | None
    original_id: int | None
    content: Content
    content_revision: int
    audience: Audience
    wall: str | None
    zone: str
    due_at: datetime
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    cursor: int
    expanded: bool
    expected: int | None
    tally: Mapping[str, Mapping[str, int]]

    @property
    def is_void(self) -> bool:
        """Whether it was cancelled before it began: nobody got anything, as if there were none."""
        return self.state == SendingState.CANCELLED and self.began_at is None


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the messages of one language, or of all. Exact: only rounded numbers may be shown.

    ``queued``: on their way. ``held``: waiting while the pass is paused. ``blocked``: the chat cannot be reached any
    more. ``failed``: refused for another reason. ``uncertain``: may have arrived; ``left`` of them somebody has decided
    to leave as they are.
    """

    queued: int = 0
    held: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    uncertain: int = 0
    left: int = 0

    @property
    def settled(self) -> int:
        """Of how many it is known what became of them, as far as it ever will be."""
        return self.sent + self.blocked + self.failed + self.uncertain

    @property
    def total(self) -> int:
        """All of them."""
        return self.settled + self.queued + self.held

    def __add__(self, other: Account) -> Account:
        return Account(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of a pass. ``to_come``: people who have not been put into the outbox yet, as counted at its start."""

    by_language: Mapping[str, Account]
    to_come: int

    @property
    def total(self) -> Account:
        """All languages together."""
        return sum(self.by_language.values(), Account())


@dataclass(frozen=True, slots=True)
class SendingRules:
    """What a town has settled about messages of our own accord (`storage.models.Town`)."""

    timezone: str
    quiet_from: str
    quiet_to: str
    weekly_share: int
    stopped_at: datetime | None


_BROADCAST = (
    Broadcast.id,
    Broadcast.title,
    Broadcast.audience,
    Broadcast.fallback,
    Broadcast.survey_id,
    Broadcast.shows_event_id,
    Broadcast.links,
    Broadcast.place,
    Broadcast.said_on,
    Broadcast.attachment_id,
    Broadcast.created_at,
    Broadcast.revision,
)
_SENDING = tuple(getattr(Sending, name) for name in SendingFacts.__slots__)


async def sending_rules(connection: AsyncConnection, town_id: int) -> SendingRules:
    """The rules of a town."""
    columns = [getattr(Town, name) for name in SendingRules.__slots__]
    return SendingRules(*(await connection.execute(select(*columns).where(Town.id == town_id))).one())


async def list_broadcasts(
    connection: AsyncConnection, town_id: int, *, among: Collection[int] | None = None
) -> tuple[BroadcastFacts, ...]:
    """The broadcasts of a town that invite to no event, or those ``among`` these ids; the newest first."""
    return await _load(connection, town_id, among)


async def find_broadcast(
    connection: AsyncConnection, town_id: int, broadcast_id: int, *, hold: bool = False
) -> BroadcastFacts | None:
    """One broadcast of a town, or None. ``hold``: nobody else changes it until the transaction is over."""
    if hold:
        await connection.execute(select(Broadcast.id).where(Broadcast.id == broadcast_id).with_for_update())
    found = await _load(connection, town_id, [broadcast_id])
    return found[0] if found else None


async def _load(connection: AsyncConnection, town_id: int, among: Collection[int] | None) -> tuple[BroadcastFacts, ...]:
    wanted = (
        select(*_BROADCAST, Survey.titles, Survey.state, Attachment.kind, Attachment.name)
        .outerjoin(Survey, Survey.id == Broadcast.survey_id)
        .outerjoin(Attachment, Attachment.id == Broadcast.attachment_id)
        .where(Broadcast.town_id == town_id)
        .order_by(Broadcast.id.desc())
    )
    texts_wanted = select(
        BroadcastText.broadcast_id,
        BroadcastText.language,
        BroadcastText.text,
        BroadcastText.released,
        BroadcastText.asked_at,
    ).where(BroadcastText.town_id == town_id)
    if among is None:
        wanted = wanted.where(~exists().where(Event.broadcast_id == Broadcast.id))
    else:
        wanted = wanted.where(Broadcast.id.in_(among))
        texts_wanted = texts_wanted.where(BroadcastText.broadcast_id.in_(among))
    texts: dict[int, dict[str, TextFacts]] = {}
    for owner, language, text, released, asked_at in await connection.execute(texts_wanted):
        texts.setdefault(owner, {})[language] = TextFacts(text, released, asked_at)
    rows = (await connection.execute(wanted)).all()
    titles = await _titles_of_events(connection, {row.shows_event_id for row in rows if row.shows_event_id is not None})
    events = {}
    if among is not None:
        aims = {row.id: Audience.from_json(row.audience).areas for row in rows}
        events = await happenings(connection, town_id, aims)
    return tuple(
        BroadcastFacts(
            id=row.id,
            title=row.title,
            audience=Audience.from_json(row.audience),
            fallback=row.fallback,
            survey_id=row.survey_id,
            survey_titles=row.titles or {},
            survey_state=row.state,
            links=row.links,
            place=Place(**row.place) if row.place else None,
            said_on=row.said_on,
            attachment_id=row.attachment_id,
            attachment=(row.kind, row.name) if row.kind else None,
            created_at=row.created_at,
            revision=row.revision,
            texts=texts.get(row.id, {}),
            event=events.get(row.id),
            shown_event_id=row.shows_event_id,
            shown_event_titles=titles.get(row.shows_event_id, {}),
        )
        for row in rows
    )


async def _titles_of_events(connection: AsyncConnection, event_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What these events are called, by the language of whoever can read what is released of them."""
    if not event_ids:
        return {}
    texts: dict[int, dict[str, str]] = {}
    fallbacks: dict[int, Mapping[str, str]] = {}
    for event_id, fallback, language, text in await connection.execute(
        select(Event.id, Broadcast.fallback, BroadcastText.language, BroadcastText.text)
        .join(Broadcast, Broadcast.id == Event.broadcast_id)
        .join(BroadcastText, BroadcastText.broadcast_id == Broadcast.id)
        .where(Event.id.in_(event_ids), BroadcastText.released)
    ):
        texts.setdefault(event_id, {})[language] = text
        fallbacks[event_id] = fallback
    return {event_id: event_titles(Content(texts[event_id], fallbacks[event_id])) for event_id in texts}


async def list_sendings(
    connection: AsyncConnection, town_id: int, *, broadcast_id: int | None = None, trials: bool = False
) -> tuple[SendingFacts, ...]:
    """The passes of a town or of one broadcast, the newest first."""
    wanted = select(*_SENDING).where(Sending.town_id == town_id).order_by(Sending.id.desc())
    if broadcast_id is not None:
        wanted = wanted.where(Sending.broadcast_id == broadcast_id)
    if not trials:
        wanted = wanted.where(Sending.kind != SendingKind.TRIAL)
    return tuple(_sending(row) for row in await connection.execute(wanted))


async def unfinished_sendings(connection: AsyncConnection, town_id: int) -> tuple[tuple[str, SendingFacts], ...]:
    """The passes to people that have not ended, the oldest first, each with the title of its broadcast."""
    rows = await connection.execute(
        select(Broadcast.title, *_SENDING)
        .join(Broadcast, Broadcast.id == Sending.broadcast_id)
        .where(
            Sending.town_id == town_id,
            Sending.kind == SendingKind.SEND,
            Sending.state.in_((SendingState.PLANNED, SendingState.RUNNING, SendingState.PAUSED)),
        )
        .order_by(Sending.id)
    )
    return tuple((title, _sending(row)) for title, *row in rows)


async def doubtful_sendings(
    connection: AsyncConnection, town_id: int, *, now: datetime
) -> tuple[tuple[str, SendingFacts, int], ...]:
    """The passes to people of which it is unclear whether something has arrived, and nobody has decided about it yet:
    each with the title of its broadcast and how many messages these are."""
    late = select(Sending.id).where(
        Sending.town_id == town_id,
        Sending.kind == SendingKind.SEND,
        or_(Sending.ended_at.is_(None), Sending.ended_at > now - KEPT_BULK),
    )
    doubts = (
        select(Delivery.sending_id, func.count().label("number"))
        .where(
            Delivery.sending_id.in_(late),
            stands(Delivery.state, DeliveryState.UNCERTAIN),
            Delivery.reason.is_distinct_from(LEFT),
        )
        .group_by(Delivery.sending_id)
        .subquery()
    )
    rows = await connection.execute(
        select(Broadcast.title, doubts.c.number, *_SENDING)
        .join(Sending, Sending.id == doubts.c.sending_id)
        .join(Broadcast, Broadcast.id == Sending.broadcast_id)
        .order_by(Sending.id)
    )
    return tuple((title, _sending(row), number) for title, number, *row in rows)


async def find_sending(
    connection: AsyncConnection, town_id: int, sending_id: int, *, hold: bool = False
) -> SendingFacts | None:
    """One pass, or None. ``hold``: nobody else changes it until the transaction is over."""
    wanted = select(*_SENDING).where(Sending.town_id == town_id, Sending.id == sending_id)
    row = (await connection.execute(wanted.with_for_update() if hold else wanted)).one_or_none()
    return _sending(row) if row else None


_ACTIVE = (
    select(*_SENDING)
    .where(
        Sending.town_id == bindparam("town_id"),
        (Sending.state == SendingState.RUNNING)
        | ((Sending.state == SendingState.PLANNED) & (Sending.due_at <= bindparam("now"))),
    )
    .order_by(Sending.id)
)


async def active_sendings(connection: AsyncConnection, town_id: int, *, now: datetime) -> tuple[SendingFacts, ...]:
    """The passes that have something to do at ``now``: those that run, and those whose time has come."""
    rows = await connection.execute(_ACTIVE, {"town_id": town_id, "now": now})
    return tuple(_sending(row) for row in rows)


def _sending(row: Any) -> SendingFacts:
    fields = dict(zip(SendingFacts.__slots__, row, strict=True))
    return SendingFacts(
        **{
            **fields,
            "content": Content.from_json(fields["content"]),
            "audience": Audience.from_json(fields["audience"]),
        }
    )


async def load_ledger(connection: AsyncConnection, sending: SendingFacts) -> Ledger:
    """What became of a pass so far."""
    rows = await connection.execute(
        select(Delivery.language, *account_columns())
        .where(Delivery.sending_id == sending.id)
        .group_by(Delivery.language)
    )
    found: dict[str, Account] = {language: Account(**numbers) for language, numbers in sending.tally.items()}
    for language, *numbers in rows:
        found[language or ""] = found.get(language or "", Account()) + Account(*numbers)
    known = sum(account.total for account in found.values())
    is_open = sending.state not in (SendingState.DONE, SendingState.CANCELLED) and not sending.expanded
    return Ledger(found, max(0, (sending.expected or 0) - known) if is_open else 0)


async def staff_chat(connection: AsyncConnection, staff_id: int) -> int | None:
    """The contact of somebody of the staff; None: no chat is linked."""
    return await connection.scalar(select(Staff.contact_id).where(Staff.id == staff_id))


async def find_attachment(connection: AsyncConnection, attachment_id: int) -> tuple[str, str, bytes] | None:
    """Kind, name and content of a file."""
    row = (
        await connection.execute(
            select(Attachment.kind, Attachment.name, Attachment.content).where(Attachment.id == attachment_id)
        )
    ).one_or_none()
    return (row.kind, row.name, row.content) if row else None
