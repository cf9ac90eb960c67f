"""Broadcasts: what is said to whom, in which languages it is released, and each pass over the people it is for."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown, Json


class AttachmentKind(StrEnum):
    """What is sent with a text."""

    PHOTO = "photo"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    DATA = "data"
    """A table of a questionnaire. It is never sent."""


class Attachment(InTown, Base):
    """A file, without what it said about its maker: of a broadcast, or of a questionnaire (`QuestionnaireFile`)."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`AttachmentKind`."""
    name: Mapped[str]
    """The name under which a document is received, or by which its questionnaire calls it."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    file_ids: Mapped[dict[str, Any]]
    """By bot id (as text), under which name Telegram knows the file: it is uploaded once."""


class Broadcast(InTown, Base):
    """A message to many, as it is being written. What has been sent of it stands in `Sending`."""

    __tablename__ = "broadcast"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    """For the office only: residents never see it."""
    audience: Mapped[dict[str, Any]]
    """`storage.queries.audience.Audience` as JSON."""
    fallback: Mapped[dict[str, Any]]
    """By language without a text of its own: the language whose text its readers get instead."""
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    """The survey that a button opens."""
    shows_event_id: Mapped[int | None]
    """The event that a button shows. No reference: an event has a broadcast, and tables must not refer in a circle;
    who discards an event takes the button away (`storage.services.events.discard_event`)."""
    links: Mapped[dict[str, Any]]
    """The address that a button opens, by language; the key "" holds the one for all others."""
    place: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """``title``, ``address``, ``latitude``, ``longitude`` of the place that a button shows."""
    said_on: Mapped[date | None]
    """The day that ``{date}`` stands for."""
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    """Rises with every change: who changes it says which one was seen."""


class BroadcastText(InTown, Base):
    """What a broadcast says in one language, with the signs of `dialogues.markdown`."""

    __tablename__ = "broadcast_text"

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    """Empty: a translation is asked for, and none has come."""
    released: Mapped[bool] = mapped_column(default=False)
    """Somebody has approved it for sending. Every change takes that back."""
    released_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime | None]
    """Mediators are asked to translate it since then."""
    told: Mapped[bool] = mapped_column(default=False)
    """Mediators have been written to about this request."""


class SendingKind(StrEnum):
    """What a pass over people does."""

    SEND = "send"
    TRIAL = "trial"
    """To the chat of whoever tries it out, in every language that has a text."""
    EDIT = "edit"
    """What was sent is corrected in its place."""
    DELETE = "delete"
    """What was sent is taken back."""


class SendingState(StrEnum):
    """Where a pass stands. Done and cancelled are its ends; a doubtful message that is sent again makes it run anew."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Sending(InTown, Base):
    """One pass over the people of a broadcast. What it says is kept as it was when it began."""

    __tablename__ = "sending"
    __table_args__ = (Index("ix_sending_state", "town_id", "state"), Index("ix_sending_broadcast_id", "broadcast_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"))
    kind: Mapped[str]
    """`SendingKind`."""
    state: Mapped[str]
    """`SendingState`."""
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    """Who sends it; a trial goes to their chat."""
    original_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"))
    """Edits and deletions: the pass whose messages they mean."""
    content: Mapped[dict[str, Any]]
    """`dialogues.broadcast.Content` as JSON."""
    content_revision: Mapped[int] = mapped_column(default=0)
    """Rises when what is still to be sent is corrected."""
    audience: Mapped[dict[str, Any]]
    """As it was chosen."""
    wall: Mapped[str | None]
    """The town's wall time at which it shall begin, ``2026-11-28T10:00``; None: at once."""
    zone: Mapped[str]
    """IANA zone of ``wall``."""
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(BigInteger, default=-1)
    """Up to here (contact id; edits and deletions: delivery) people have been put into the outbox."""
    expanded: Mapped[bool] = mapped_column(default=False)
    """Everybody has been."""
    expected: Mapped[int | None]
    """How many people it was for when it began."""
    tally: Mapped[dict[str, Any]]
    """Counts by language and state of deliveries that are no longer kept: ``{"ar": {"sent": 12}}``."""
