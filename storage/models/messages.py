"""What came in and what goes out: the inbox, the outbox, and the limits under which the outbox sends."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, UniqueConstraint, literal, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from storage.models.base import Base, BigKey, InTown


def stands(column: InstrumentedAttribute[str], *states: StrEnum) -> ColumnElement[bool]:
    """``column`` is one of ``states``, and they stand in the statement itself.

    Neither database uses an index over a part of a table for a state that is a parameter: SQLite never, PostgreSQL not
    once it has prepared the statement.
    """
    values = [literal(state.value, literal_execute=True) for state in states]
    return column == values[0] if len(values) == 1 else column.in_(values)


class InboxState(StrEnum):
    """What became of an update."""

    NEW = "new"
    DONE = "done"
    ASIDE = "aside"
    """Could not be understood or worked off; kept for a person to look at, in nobody's way."""


_NEW, _ASIDE = text("state = 'new'"), text("state = 'aside'")


class InboxUpdate(InTown, Base):
    """An update as Telegram sent it. Its payload is wiped when it is done; the key stays three days against repeats."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_new", "bot_id", "seq", postgresql_where=_NEW, sqlite_where=_NEW),
        Index("ix_inbox_aside", "bot_id", "seq", postgresql_where=_ASIDE, sqlite_where=_ASIDE),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    """Our own order of arrival: Telegram's update ids may start anew anywhere after a quiet week."""
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    received_at: Mapped[datetime]
    lane: Mapped[int]
    """Which of the lanes' bundles its chat belongs to (`bot.lanes.bundle_of`): one process works off a bundle."""


class DeliveryState(StrEnum):
    """What is known of a message on its way out."""

    WAITING = "waiting"
    STARTED = "started"
    """The request may be on the wire: committed before it is made."""
    SENT = "sent"
    HELD = "held"
    """Of a broadcast that is paused: nobody claims it, and it stands in nobody's way."""
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """It may have arrived and may not; only a person resends it."""


_OPEN, _WAITING = text("state IN ('waiting', 'started')"), text("state = 'waiting'")
_BULK = text("sending_id IS NOT NULL")


class Delivery(InTown, Base):
    """One message, edit or deletion on its way to one contact. Its content is wiped when it is sent; of a broadcast,
    what differs for its reader stays, so that it can be corrected."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_open", "contact_id", "priority", "seq", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_delivery_waiting", "bot_id", "priority", "seq", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_delivery_prompt", "contact_id", "prompt"),
        Index("ix_delivery_sending", "sending_id", "state", "language", postgresql_where=_BULK, sqlite_where=_BULK),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    """Its contact's: what waits for a bot is found without looking at all its contacts."""
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    method: Mapped[str]
    """The Bot API method, for example sendMessage."""
    payload: Mapped[dict[str, Any]]
    """The method's parameters without the chat; of what is no broadcast, empty once it is sent or has failed."""
    priority: Mapped[int]
    """0 a reply, 1 a reminder, 2 bulk: the lower goes first."""
    prompt: Mapped[int | None]
    """sendMessage: this message is prompt number n of its contact. Edits, deletions: they mean that message."""
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    sender: Mapped[int | None]
    """The place of the process that has started it (`storage.places`)."""
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"))
    """The pass of a broadcast that it belongs to: that knows what is said. ``payload`` then holds what differs."""
    language: Mapped[str | None]
    """Of a broadcast: the reader's language, when it was put here."""
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"))
    """Of our own accord about this date of an event: not sent any more when that is no longer so."""
    told_sequence: Mapped[int | None]
    """Of the same: the state of the date that its reader knew before (`SignUp.told_sequence`), and knows still if it
    never goes."""


class SendingPace(InTown, Base):
    """One row a bot: hands out the times at which it may send (GCRA), and a pause that holds for every process."""

    __tablename__ = "sending_pace"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    next_at: Mapped[datetime]
    """Theoretical arrival time of the next request."""
    paused_until: Mapped[datetime | None]
