"""Claiming what may be sent now, under the limits, and marking what became of it.

Only a chat's oldest unsent delivery can be claimed, by exactly one worker; claiming commits the mark "started" before
any request is made. The limits are GCRA: each claim moves the bot's and the chat's theoretical arrival time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from storage.models import (
    Contact,
    Delivery,
    DeliveryState,
    Resident,
    Sending,
    SendingPace,
    SendingState,
    Staff,
    Town,
    stands,
)
from storage.statements import Row, with_lists

REMINDER, BULK = 1, 2
"""Priorities (`storage.models.Delivery.priority`)."""
OPEN = (DeliveryState.WAITING, DeliveryState.STARTED)
BOT_BURST = timedelta(seconds=0.5)
"""A bot that has rested may send this much of its allowance at once. Telegram seems to allow a second's worth; what is
left over takes up that requests which leave evenly do not arrive evenly."""
PORTION = timedelta(seconds=0.05)
"""At its limit a bot waits for this much of its allowance before it takes the next deliveries: several a claim."""
LOOK_AGAIN = timedelta(seconds=1)
"""While everything is stopped: so often we look whether it still is."""
LATELY = timedelta(minutes=1)
"""So long after a pause it is said that there was one: between two attempts of a request nothing is paused."""
KEPT = timedelta(hours=48)
"""How long we remember what we sent: as long as Telegram lets a bot delete it."""
KEPT_BULK = timedelta(days=7)
"""How long we remember what we sent to many: as long as it counts for a resident's weekly share."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast may be sent. Rates are per second, ``per_group`` a minute; 0 means no limit.

    ``chat_burst``: messages a chat may get at once after a rest; a group gets one after the other.
    """

    per_bot: float = 30.0
    per_chat: float = 1.0
    chat_burst: int = 5
    per_group: float = 20.0

    def spacing(self, chat_id: int) -> timedelta | None:
        """The time between two messages to a chat; None: no limit. Groups have negative ids (Bot API)."""
        per_second = self.per_group / 60 if chat_id < 0 else self.per_chat
        return timedelta(seconds=1 / per_second) if per_second else None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process, and no other, is to send now."""

    seq: int
    contact_id: int
    chat_id: int
    method: str
    payload: Mapping[str, Any]
    priority: int
    attempts: int
    message_id: int | None
    """Edits: the message they mean; None where it was never sent."""
    bare: bool
    """Nothing is held of whoever is in this chat: the contact goes with its last delivery (``forget_contact``)."""
    sending: tuple[int, int] | None = None
    """Of a broadcast: its pass, and the revision of what that says."""
    language: str = ""
    """Of a broadcast: the reader's language."""


LEFT = "left"
"""The reason of a doubtful delivery that somebody has decided to leave as it is."""
BLOCKED = "blocked"
"""The reason of a delivery to a chat that cannot be reached any more: blocked, deactivated or gone."""
ACCOUNTED = ("queued", "held", "sent", "blocked", "failed", "uncertain", "left")
"""What deliveries of a broadcast are counted as; those that were ``left`` are among the uncertain ones, too."""


def account_columns() -> list[ColumnElement[int]]:
    """How many deliveries of a group are what ``ACCOUNTED`` names, in its order."""
    state = Delivery.state
    is_failed = state == DeliveryState.FAILED
    conditions = (
        state.in_(OPEN),
        state == DeliveryState.HELD,
        state == DeliveryState.SENT,
        and_(is_failed, Delivery.reason == BLOCKED),
        and_(is_failed, Delivery.reason.is_distinct_from(BLOCKED)),
        state == DeliveryState.UNCERTAIN,
        and_(state == DeliveryState.UNCERTAIN, Delivery.reason == LEFT),
    )
    return [func.sum(case((condition, 1), else_=0)) for condition in conditions]


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed, and when to look again if nothing else happens (None: when something new comes).

    ``is_at_limit``: before that there is no use in looking, whatever happens.
    """

    claimed: list[Claimed]
    again_at: datetime | None
    is_at_limit: bool = False


def new_delivery(
    *,
    town_id: int,
    bot_id: int,
    contact_id: int,
    method: str,
    payload: Mapping[str, Any],
    now: datetime,
    prompt: int | None = None,
    priority: int = 0,
    sending_id: int | None = None,
    language: str | None = None,
    occurrence_id: int | None = None,
    told_sequence: int | None = None,
) -> Row:
    """A row for ``INSERT_DELIVERY``: something to be sent as soon as the limits allow.

    ``sending_id``, ``language``: of a broadcast, whose text is not in the ``payload``. ``occurrence_id``: it is of our
    own accord about this date of an event, of which its reader knows ``told_sequence`` so far.
    """
    return {
        "town_id": town_id,
        "bot_id": bot_id,
        "contact_id": contact_id,
        "method": method,
        "payload": dict(payload),
        "priority": priority,
        "prompt": prompt,
        "message_id": None,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "due_at": now,
        "sending_id": sending_id,
        "language": language,
        "occurrence_id": occurrence_id,
        "told_sequence": told_sequence,
    }


def _started(delivery: type[Delivery]) -> ColumnElement[bool]:
    """Found by the index over all that is open: so few are started that they need none of their own."""
    return and_(stands(delivery.state, *OPEN), delivery.state == DeliveryState.STARTED)


_other = aliased(Delivery)
_is_on_its_way = exists().where(
    _other.contact_id == Delivery.contact_id, stands(_other.state, *OPEN), _other.state == DeliveryState.STARTED
)
_late = aliased(Delivery)


def _may_mean_the_same(one: type[Delivery], another: type[Delivery]) -> ColumnElement[bool]:
    """Whether two requests of a chat may change the same thing: then the later one must stay the later one."""
    of_one, of_another = (each.payload["message_id"].as_string() for each in (one, another))
    return and_(
        one.method == another.method,
        or_(one.prompt.is_(None), another.prompt.is_(None), one.prompt == another.prompt),
        or_(of_one.is_(None), of_another.is_(None), of_one == of_another),
    )


_is_put_off = exists().where(
    _late.contact_id == _other.contact_id,
    stands(_late.state, DeliveryState.WAITING),
    or_(_late.due_at > bindparam("now"), _late.seq.in_(bindparam("held", expanding=True))),
    tuple_(_late.priority, _late.seq) <= tuple_(_other.priority, _other.seq),
    _may_mean_the_same(_late, _other),
)
_stands_before = exists().where(
    _other.contact_id == Delivery.contact_id,
    stands(_other.state, *OPEN),
    tuple_(_other.priority, _other.seq) < tuple_(Delivery.priority, Delivery.seq),
    or_(_other.method.like("send%"), _may_mean_the_same(_other, Delivery), ~_is_put_off),
)
"""Something else is to go to the same chat first. A reply does not wait behind a broadcast.

Nor does anything wait behind a change (an edit, a deletion, a menu) that waits for its next attempt, or behind what
waits for that: a change which Telegram never takes must not close a chat. Only what may change the same thing does.
Messages keep their order. What is passed over cannot be claimed itself, so a chat still has one request at a time.
"""
_target = aliased(Delivery)
_PACE = (
    select(SendingPace.next_at, SendingPace.paused_until, Town.stopped_at)
    .join(Town, Town.id == SendingPace.town_id)
    .where(SendingPace.bot_id == bindparam("bot_id"))
    .with_for_update(of=SendingPace)
)
_CLAIMABLE = (
    select(
        Delivery.seq,
        Delivery.contact_id,
        Contact.chat_id,
        Contact.next_send_at,
        Contact.resident_id,
        Delivery.method,
        Delivery.payload,
        Delivery.priority,
        Delivery.attempts,
        Delivery.sending_id,
        Sending.content_revision,
        Delivery.language,
        select(func.max(_target.message_id))
        .where(
            _target.contact_id == Delivery.contact_id,
            _target.prompt == Delivery.prompt,
            _target.method.like("send%"),
        )
        .scalar_subquery()
        .label("target"),
    )
    .join(Contact, Contact.id == Delivery.contact_id)
    .outerjoin(Sending, Sending.id == Delivery.sending_id)
    .where(
        Delivery.bot_id == bindparam("bot_id"),
        stands(Delivery.state, DeliveryState.WAITING),
        Delivery.due_at <= bindparam("now"),
        Delivery.seq.not_in(bindparam("held", expanding=True)),
        ~_is_on_its_way,
        ~_stands_before,
        or_(
            Contact.next_send_at.is_(None),
            Contact.next_send_at <= bindparam("now"),
            and_(Contact.chat_id > 0, Contact.next_send_at <= bindparam("chat_until")),
            ~Delivery.method.like("send%"),
        ),
    )
    .order_by(Delivery.priority, Delivery.seq)
    .limit(bindparam("most"))
    .with_for_update(of=Delivery, skip_locked=True)
)
_START = with_lists(
    lambda among: (
        update(Delivery)
        .where(among(Delivery.seq, "seqs"))
        .values(state=DeliveryState.STARTED, attempts=Delivery.attempts + 1, sender=bindparam("sender"))
    )
)
_FIRST = {
    "sqlite": sqlite.insert(SendingPace).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(SendingPace).on_conflict_do_nothing(),
}
_SPACE = update(Contact).where(Contact.id == bindparam("key_id")).values(next_send_at=bindparam("next_send_at"))


async def claim(
    connection: AsyncConnection,
    *,
    bot_id: int,
    town_id: int,
    sender: int,
    most: int,
    pace: Pace,
    now: datetime,
    held: Collection[int] = (),
) -> Claim:
    """Mark up to ``most`` deliveries as started by ``sender`` and return them, each with its place under the limits.

    ``held``: what waits, but is not to be claimed yet, due or not.

    The bot's rate lets ``BOT_BURST`` go at once after a rest; the chat's rate a burst of ``pace.chat_burst``.
    """
    row = (await connection.execute(_PACE, {"bot_id": bot_id})).one_or_none()
    if row is None:
        first = {"bot_id": bot_id, "town_id": town_id, "next_at": now}
        await connection.execute(_FIRST[connection.dialect.name], first)  # several senders may be the first
    elif row.stopped_at is not None:
        return Claim([], now + LOOK_AGAIN)
    elif row.paused_until is not None and row.paused_until > now:
        return Claim([], row.paused_until)
    next_at = max(row.next_at, now) if row else now
    spacing = timedelta(seconds=1 / pace.per_bot) if pace.per_bot else timedelta()
    allowed = most
    if spacing:
        portion = max(1, PORTION // spacing)
        allowed = (now + BOT_BURST - next_at) // spacing
        if allowed < portion:
            return Claim([], next_at + portion * spacing - BOT_BURST, is_at_limit=True)
        allowed = min(most, allowed)
    burst = timedelta(seconds=(pace.chat_burst - 1) / pace.per_chat) if pace.per_chat else timedelta()
    those = {"bot_id": bot_id, "now": now, "held": [0, *held]}
    rows = (await connection.execute(_CLAIMABLE, {**those, "chat_until": now + burst, "most": allowed})).all()
    if not rows:
        return Claim([], await _next_due(connection, bot_id=bot_id, burst=burst, now=now, held=held))
    await connection.execute(_START[connection.dialect.name], {"seqs": [row.seq for row in rows], "sender": sender})
    spaced = [
        {"key_id": row.contact_id, "next_send_at": max(row.next_send_at or now, now) + apart}
        for row in sorted(rows, key=lambda row: row.contact_id)  # the order in which whoever else writes takes them
        if row.method.startswith("send") and (apart := pace.spacing(row.chat_id))
    ]
    if spaced:
        await connection.execute(_SPACE, spaced)
    if spacing:
        await connection.execute(
            update(SendingPace).where(SendingPace.bot_id == bot_id).values(next_at=next_at + spacing * len(rows))
        )
    again_at = now if len(rows) == allowed else None
    claimed = [
        Claimed(
            seq=row.seq,
            contact_id=row.contact_id,
            chat_id=row.chat_id,
            method=row.method,
            payload=row.payload,
            priority=row.priority,
            attempts=row.attempts + 1,
            message_id=row.target,
            bare=row.resident_id is None,
            sending=None if row.sending_id is None else (row.sending_id, row.content_revision),
            language=row.language or "",
        )
        for row in rows
    ]
    return Claim(claimed, again_at)


async def _next_due(
    connection: AsyncConnection, *, bot_id: int, burst: timedelta, now: datetime, held: Collection[int] = ()
) -> datetime | None:
    """When the earliest waiting delivery may go: not before it is due, nor before its chat may get another.

    What waits behind another one says nothing: it may be long due.
    """
    row = (
        await connection.execute(
            select(Delivery.due_at, Contact.next_send_at)
            .join(Contact, Contact.id == Delivery.contact_id)
            .where(Delivery.bot_id == bot_id, stands(Delivery.state, DeliveryState.WAITING))
            .where(Delivery.seq.not_in(bindparam("held", expanding=True)), ~_is_on_its_way, ~_stands_before)
            .order_by(case((Contact.next_send_at > Delivery.due_at, Contact.next_send_at), else_=Delivery.due_at))
            .limit(1),
            {"now": now, "held": [0, *held]},
        )
    ).one_or_none()
    if row is None:
        return None
    due: datetime = row.due_at
    return due if row.next_send_at is None else max(due, row.next_send_at - burst)


_ERASED = (
    Contact.resident_id.is_(None),
    ~exists().where(Staff.contact_id == Contact.id),
    ~exists().where(and_(_other.contact_id == Contact.id, stands(_other.state, *OPEN))),
)


async def pause(connection: AsyncConnection, *, bot_id: int, until: datetime) -> None:
    """Let no process send for this bot before ``until`` (Telegram said: too many requests)."""
    await connection.execute(
        update(SendingPace)
        .where(
            SendingPace.bot_id == bot_id,
            or_(SendingPace.paused_until.is_(None), SendingPace.paused_until < until),
        )
        .values(paused_until=until)
    )


async def is_held_up(connection: AsyncConnection, *, now: datetime) -> bool:
    """Whether Telegram has lately given no answers, or said that it takes nothing: sending pauses then, and goes on by
    itself."""
    lately = exists().where(SendingPace.paused_until > now - LATELY)
    return bool(await connection.scalar(select(lately)))


async def drop_unwanted(connection: AsyncConnection, seq: int) -> None:
    """See to a delivery that waits again after an attempt that was none: its pass may have been paused or cancelled
    meanwhile, and its reader may want no messages any more."""
    waits = (Delivery.seq == seq, stands(Delivery.state, DeliveryState.WAITING))

    def its_pass_is(state: SendingState) -> ColumnElement[bool]:
        return exists().where(Sending.id == Delivery.sending_id, Sending.state == state)

    is_willing = exists().where(
        Contact.id == Delivery.contact_id, Resident.id == Contact.resident_id, Resident.paused.is_(False)
    )
    is_of_staff = exists().where(Staff.contact_id == Delivery.contact_id)
    is_unwanted = and_(Delivery.method.like("send%"), ~is_willing, ~is_of_staff)
    await connection.execute(delete(Delivery).where(*waits, or_(its_pass_is(SendingState.CANCELLED), is_unwanted)))
    await connection.execute(
        update(Delivery).where(*waits, its_pass_is(SendingState.PAUSED)).values(state=DeliveryState.HELD)
    )


async def give_up(connection: AsyncConnection, *, contact_id: int, reason: str, now: datetime) -> None:
    """Fail everything that waits for a contact who cannot be reached any more."""
    await connection.execute(
        update(Delivery)
        .where(
            Delivery.contact_id == contact_id,
            stands(Delivery.state, DeliveryState.WAITING, DeliveryState.HELD),
        )
        .values(state=DeliveryState.FAILED, payload={}, reason=reason, finished_at=now)
    )


async def move_contact(connection: AsyncConnection, *, contact_id: int, chat_id: int) -> None:
    """Follow a chat to its new id (a group has become a supergroup). If we know that chat, its contact takes over."""
    known = await connection.scalar(
        select(_there.id)
        .join(Contact, and_(Contact.bot_id == _there.bot_id, Contact.id == contact_id))
        .where(_there.chat_id == chat_id)
    )
    if known is None:
        await connection.execute(update(Contact).where(Contact.id == contact_id).values(chat_id=chat_id))
    elif known != contact_id:
        await connection.execute(
            update(Delivery).where(Delivery.contact_id == contact_id).values(contact_id=known, prompt=None)
        )


_there = aliased(Contact)


async def started_by(connection: AsyncConnection, *, bot_id: int) -> frozenset[int]:
    """The places of the processes that have something on its way."""
    senders = await connection.scalars(
        select(func.coalesce(Delivery.sender, 0)).where(Delivery.bot_id == bot_id, _started(Delivery)).distinct()
    )
    return frozenset(senders)


async def interrupted(connection: AsyncConnection, *, bot_id: int, sender: int) -> list[Row]:
    """The deliveries that were started from a place by a process that is no more: what became of them is not known."""
    rows = await connection.execute(
        select(Delivery.seq, Delivery.method, Delivery.payload, Delivery.priority, Delivery.attempts).where(
            Delivery.bot_id == bot_id, _started(Delivery), func.coalesce(Delivery.sender, 0) == sender
        )
    )
    return [dict(row._mapping) for row in rows]


async def put_back(connection: AsyncConnection, *, bot_id: int, sender: int, seqs: Collection[int]) -> None:
    """Let wait again what of ``seqs`` was started from the place ``sender``: nobody has made a request for it.

    Only the process that has this place can know that: its claim was committed and the answer to the commit lost, or
    nobody waited for it any more.
    """
    await connection.execute(
        update(Delivery)
        .where(
            _started(Delivery),
            Delivery.bot_id == bot_id,
            func.coalesce(Delivery.sender, 0) == sender,
            Delivery.seq.in_(seqs),
        )
        .values(state=DeliveryState.WAITING, attempts=Delivery.attempts - 1)
    )


async def forget_sent(connection: AsyncConnection, *, now: datetime) -> int:
    """Drop what was finished more than 48 hours ago, of broadcasts more than 7 days, and contacts without a resident.

    Returns how many. The message that asks now stays: its question is still to be redrawn when the resident comes back
    after a week. Of broadcasts the counts stay; what is unclear by then can no longer be sent again.
    """
    asks = exists().where(
        Contact.id == Delivery.contact_id, Contact.prompt == Delivery.prompt, Delivery.method.like("send%")
    )
    old = await connection.execute(
        delete(Delivery).where(
            Delivery.sending_id.is_(None),
            Delivery.state.not_in((*OPEN, DeliveryState.HELD)),
            Delivery.finished_at < now - KEPT,
            ~asks,
        )
    )
    bulk = await _forget_counted(connection, Delivery.finished_at < now - KEPT_BULK)
    await _forget_counted(connection, Delivery.contact_id.in_(select(Contact.id).where(*_ERASED)))
    gone = await connection.execute(delete(Contact).where(*_ERASED))
    return old.rowcount + bulk + gone.rowcount


async def _forget_counted(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    """Drop what was sent to many, and add it to what its passes have counted. What never left is left alone."""
    is_over = stands(Delivery.state, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    over = (Delivery.sending_id.is_not(None), is_over, *which)
    passes = list(await connection.scalars(select(Delivery.sending_id).where(*over).distinct()))
    if not passes:
        return 0
    # Held before anything is counted: two who tidy up must not count the same.
    held = await connection.execute(
        select(Sending.id, Sending.tally).where(Sending.id.in_(passes)).order_by(Sending.id).with_for_update()
    )
    tallies = {sending_id: dict(tally or {}) for sending_id, tally in held}
    over = (*over, Delivery.sending_id.in_(tallies))
    counted = await connection.execute(
        select(Delivery.sending_id, Delivery.language, *account_columns())
        .where(*over)
        .group_by(Delivery.sending_id, Delivery.language)
    )
    for sending_id, language, *numbers in counted:
        new = dict(zip(ACCOUNTED, numbers, strict=True))
        new["left"] = new["uncertain"]  # of what is forgotten, nobody can decide any more that it is sent again
        known = tallies[sending_id or 0].get(language or "", {})
        merged = {name: known.get(name, 0) + new[name] for name in ACCOUNTED}
        tallies[sending_id or 0][language or ""] = merged
    for sending_id, tally in tallies.items():
        await connection.execute(update(Sending).where(Sending.id == sending_id).values(tally=tally))
    return (await connection.execute(delete(Delivery).where(*over))).rowcount


async def forget_contact(connection: AsyncConnection, contact_id: int) -> None:
    """Drop a contact of whose resident nothing is held, unless something is still to be sent there. What it was sent
    of broadcasts stays counted."""
    await _forget_counted(
        connection,
        Delivery.contact_id == contact_id,
        Delivery.contact_id.in_(select(Contact.id).where(*_ERASED)),
    )
    await connection.execute(delete(Contact).where(Contact.id == contact_id, *_ERASED))


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many deliveries are in which state, but for broadcasts: exact numbers of these would tell who took part."""
    rows = await connection.execute(
        select(Delivery.state, func.count()).where(Delivery.sending_id.is_(None)).group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in rows}
