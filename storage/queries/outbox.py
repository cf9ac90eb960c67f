"""Claiming what may be sent now, under the limits, and marking what became of it.

Only a chat's oldest unsent delivery can be claimed, by exactly one worker; claiming commits the mark "started" before
any request is made. The limits are GCRA: each claim moves the bot's and the chat's theoretical arrival time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from storage.models import Contact, Delivery, DeliveryState, SendingPace, stands
from storage.statements import Row, with_lists

OPEN = (DeliveryState.WAITING, DeliveryState.STARTED)
BOT_BURST = timedelta(seconds=1)
"""A bot that has rested may send this much of its allowance at once."""
KEPT = timedelta(hours=48)
"""How long we remember what we sent: as long as Telegram lets a bot delete it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast may be sent. Rates are per second; 0 means no limit. ``chat_burst``: messages a chat may get at once."""

    per_bot: float = 30.0
    per_chat: float = 1.0
    chat_burst: int = 5


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


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed, and when to look again if nothing else happens (None: when something new comes)."""

    claimed: list[Claimed]
    again_at: datetime | None


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
) -> Row:
    """A row for ``INSERT_DELIVERY``: something to be sent as soon as the limits allow.

    ``sending_id``, ``language``: of a broadcast, whose text is not in the ``payload``.
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
    }


def _started(delivery: type[Delivery]) -> ColumnElement[bool]:
    """Found by the index over all that is open: so few are started that they need none of their own."""
    return and_(stands(delivery.state, *OPEN), delivery.state == DeliveryState.STARTED)


_earlier = aliased(Delivery)
_target = aliased(Delivery)
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
    .where(
        Delivery.bot_id == bindparam("bot_id"),
        stands(Delivery.state, DeliveryState.WAITING),
        Delivery.due_at <= bindparam("now"),
        ~exists().where(
            _earlier.contact_id == Delivery.contact_id, _earlier.seq < Delivery.seq, stands(_earlier.state, *OPEN)
        ),
        or_(
            Contact.next_send_at.is_(None),
            Contact.next_send_at <= bindparam("chat_until"),
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
        .values(state=DeliveryState.STARTED, attempts=Delivery.attempts + 1)
    )
)
_SPACE = update(Contact).where(Contact.id == bindparam("key_id")).values(next_send_at=bindparam("next_send_at"))


async def claim(
    connection: AsyncConnection, *, bot_id: int, town_id: int, most: int, pace: Pace, now: datetime
) -> Claim:
    """Mark up to ``most`` deliveries as started and return them, each with its place under the limits.

    The bot's rate lets a second's worth go at once after a rest; the chat's rate a burst of ``pace.chat_burst``.
    """
    row = (
        await connection.execute(
            select(SendingPace.next_at, SendingPace.paused_until).where(SendingPace.bot_id == bot_id).with_for_update()
        )
    ).one_or_none()
    if row is None:
        await connection.execute(insert(SendingPace).values(bot_id=bot_id, town_id=town_id, next_at=now))
    elif row.paused_until is not None and row.paused_until > now:
        return Claim([], row.paused_until)
    next_at = max(row.next_at, now) if row else now
    spacing = timedelta(seconds=1 / pace.per_bot) if pace.per_bot else timedelta()
    allowed = min(most, int((now + BOT_BURST - next_at) / spacing)) if spacing else most
    if allowed <= 0:
        return Claim([], now + spacing)
    burst = timedelta(seconds=(pace.chat_burst - 1) / pace.per_chat) if pace.per_chat else timedelta()
    rows = (
        await connection.execute(_CLAIMABLE, {"bot_id": bot_id, "now": now, "chat_until": now + burst, "most": allowed})
    ).all()
    if not rows:
        return Claim([], await _next_due(connection, bot_id=bot_id, burst=burst))
    await connection.execute(_START[connection.dialect.name], {"seqs": [row.seq for row in rows]})
    spaced = [
        {
            "key_id": row.contact_id,
            "next_send_at": max(row.next_send_at or now, now) + timedelta(seconds=1 / pace.per_chat),
        }
        for row in rows
        if pace.per_chat and row.method.startswith("send")
    ]
    if spaced:
        await connection.execute(_SPACE, spaced)
    if spacing:
        await connection.execute(
            update(SendingPace).where(SendingPace.bot_id == bot_id).values(next_at=next_at + spacing * len(rows))
        )
    again_at = now + spacing if len(rows) == allowed else None
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
        )
        for row in rows
    ]
    return Claim(claimed, again_at)


async def _next_due(connection: AsyncConnection, *, bot_id: int, burst: timedelta) -> datetime | None:
    """When the earliest waiting delivery may go: not before it is due, nor before its chat may get another."""
    row = (
        await connection.execute(
            select(Delivery.due_at, Contact.next_send_at)
            .join(Contact, Contact.id == Delivery.contact_id)
            .where(Delivery.bot_id == bot_id, stands(Delivery.state, DeliveryState.WAITING))
            .where(~exists().where(_earlier.contact_id == Delivery.contact_id, _started(_earlier)))
            .order_by(case((Contact.next_send_at > Delivery.due_at, Contact.next_send_at), else_=Delivery.due_at))
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    due: datetime = row.due_at
    return due if row.next_send_at is None else max(due, row.next_send_at - burst)


_ERASED = (
    Contact.resident_id.is_(None),
    ~exists().where(and_(Delivery.contact_id == Contact.id, stands(Delivery.state, *OPEN))),
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


async def give_up(connection: AsyncConnection, *, contact_id: int, reason: str, now: datetime) -> None:
    """Fail everything that waits for a contact who cannot be reached any more."""
    await connection.execute(
        update(Delivery)
        .where(Delivery.contact_id == contact_id, stands(Delivery.state, DeliveryState.WAITING))
        .values(state=DeliveryState.FAILED, payload={}, reason=reason, finished_at=now)
    )


async def interrupted(connection: AsyncConnection, *, bot_id: int) -> list[Row]:
    """The deliveries that were started by a process that is no more: what became of them is not known."""
    rows = await connection.execute(
        select(Delivery.seq, Delivery.method, Delivery.payload, Delivery.priority, Delivery.attempts).where(
            Delivery.bot_id == bot_id, _started(Delivery)
        )
    )
    return [dict(row._mapping) for row in rows]


async def put_back(connection: AsyncConnection, *, bot_id: int, sending: Collection[int]) -> None:
    """Let what was claimed wait again, but for the deliveries of ``sending``: nobody has made a request for it.

    Only the one process that serves the bot can know that: its claim was committed and the answer to the commit lost,
    or nobody waited for it any more.
    """
    await connection.execute(
        update(Delivery)
        .where(_started(Delivery), Delivery.bot_id == bot_id, Delivery.seq.not_in(sending))
        .values(state=DeliveryState.WAITING, attempts=Delivery.attempts - 1)
    )


async def forget_sent(connection: AsyncConnection, *, now: datetime) -> int:
    """Drop what was finished more than 48 hours ago, and contacts without a resident; returns how many.

    The message that asks now stays: its question is still to be redrawn when the resident comes back after a week.
    """
    asks = exists().where(
        Contact.id == Delivery.contact_id, Contact.prompt == Delivery.prompt, Delivery.method.like("send%")
    )
    old = await connection.execute(
        delete(Delivery).where(
            Delivery.state.not_in(OPEN),
            Delivery.finished_at < now - KEPT,
            Delivery.state != DeliveryState.UNCERTAIN,
            ~asks,
        )
    )
    gone = await connection.execute(delete(Contact).where(*_ERASED))
    return old.rowcount + gone.rowcount


async def forget_contact(connection: AsyncConnection, contact_id: int) -> None:
    """Drop a contact of whose resident nothing is held, unless something is still to be sent there."""
    await connection.execute(delete(Contact).where(Contact.id == contact_id, *_ERASED))


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many deliveries are in which state."""
    rows = await connection.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return {row[0]: row[1] for row in rows}
