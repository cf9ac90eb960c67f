"""Events: when and where something happens, its dates, who has signed up for them, and who came.

What an event says stands in a broadcast of its own: so it is written, translated, released and sent as all messages.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown, Json

ELSEWHERE: Final = " elsewhere"
"""Stands behind a wall time of `Occurrence.earlier`."""


class EventState(StrEnum):
    """Where an event stands, and each of its dates."""

    DRAFT = "draft"
    OPEN = "open"
    """Residents see it and sign up."""
    CANCELLED = "cancelled"


class Event(InTown, Base):
    """Something that residents are invited to; it may repeat."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("broadcast_id"), UniqueConstraint("survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"))
    """What it says, to whom (its areas), with which picture and place."""
    uid: Mapped[str]
    """By which calendars know it, for ever (RFC 5545, section 3.8.4.7)."""
    state: Mapped[str]
    """`EventState`."""
    starts: Mapped[str | None]
    """Wall time of the first date, ``2026-11-28T15:00``; None: not settled yet."""
    ends: Mapped[str | None]
    """Wall time at which the first date is over."""
    zone: Mapped[str]
    """IANA zone of the wall times."""
    rule: Mapped[str | None]
    """How it repeats, as in RFC 5545, section 3.3.10, in wall time; None: once."""
    exceptions: Mapped[list[str]] = mapped_column(Json, default=list)
    """Days of the series on which there is none, ``2026-12-24``."""
    capacity: Mapped[int | None]
    """For how many persons there is room on each date; None: for all who come."""
    closes_before: Mapped[int] = mapped_column(default=0)
    """So many minutes before a date begins nobody can sign up any more."""
    offer_minutes: Mapped[int] = mapped_column(default=720)
    """So long a freed place is kept for whoever it is offered to."""
    reminders: Mapped[list[int]] = mapped_column(Json, default=list)
    """Minutes before a date begins at which those who come are reminded, the longest first."""
    offers: Mapped[dict[str, Any]]
    """`dialogues.invitation.Offers` as JSON."""
    contact: Mapped[str | None]
    """Whom to ask, as the office writes it."""
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    """Asks those who have been there how it was, and nobody else; None: nobody is asked."""
    changed_at: Mapped[datetime]


class Occurrence(InTown, Base):
    """One date of an event. Whoever changes who holds its places locks this row first."""

    __tablename__ = "occurrence"
    __table_args__ = (
        Index("ix_occurrence_event_id", "event_id"),
        Index("ix_occurrence_starts_at", "town_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    wall: Mapped[str]
    """Wall time of its beginning."""
    wall_end: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    """Rises when it is moved or cancelled: who knows an earlier state of it is told, and calendars take the later one
    (RFC 5545, section 3.8.7.4)."""
    earlier: Mapped[list[str]] = mapped_column(Json, default=list)
    """Wall time of its beginning at each earlier sequence, from 0 on; with `ELSEWHERE` if the place was another."""
    tally: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Figures that stay when the sign-ups are no longer kept."""
    next_number: Mapped[int] = mapped_column(default=1)
    """The number that the next one gets who signs up."""


_HOLDING, _WAITING = text("state IN ('coming', 'offered')"), text("state = 'waiting'")
_OFFERED = text("state = 'offered'")


class SignUp(InTown, Base):
    """What somebody has said about one date."""

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "resident_id"),
        Index("ix_sign_up_resident_id", "resident_id"),
        Index("ix_sign_up_holding", "occurrence_id", postgresql_where=_HOLDING, sqlite_where=_HOLDING),
        Index("ix_sign_up_waiting", "occurrence_id", "number", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_sign_up_offered", "offered_until", postgresql_where=_OFFERED, sqlite_where=_OFFERED),
        Index("ix_sign_up_code", "occurrence_id", "code"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random: it says nothing about who was first."""
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id", ondelete="CASCADE"))
    state: Mapped[str]
    """`dialogues.waiting_list.Standing`."""
    number: Mapped[int | None]
    """Whose turn it is: given out under the lock of the date."""
    persons: Mapped[int]
    """How many shall come, all ages."""
    children: Mapped[int] = mapped_column(default=0)
    """How many of them are children."""
    needs: Mapped[list[str]] = mapped_column(Json, default=list)
    """Of `dialogues.invitation.NEEDS`."""
    refused: Mapped[int] = mapped_column(default=0)
    """So few places this party does not want: it waits for all."""
    offered: Mapped[int] = mapped_column(default=0)
    """So many places are kept for it until it has answered."""
    offered_until: Mapped[datetime | None]
    """None: it has not been told yet, and its time has not begun."""
    code: Mapped[str | None]
    """What is shown at the door, in digits; unique for the date."""
    name: Mapped[str | None]
    """A first name for the list, of who wants to give one."""
    reminded: Mapped[int | None]
    """The last reminder that was sent: minutes before the beginning. None: none was."""
    told_sequence: Mapped[int] = mapped_column(default=0)
    """The state of the date that this resident knows (`Occurrence.sequence`)."""
    arrived: Mapped[int | None]
    """How many of them were seen at the door; None: nobody has been."""
    door_keys: Mapped[list[str]] = mapped_column(Json, default=list)
    """Keys of the entries that said so, the latest: one that the page sends again changes nothing."""
    asked: Mapped[bool] = mapped_column(default=False)
    """Whether this resident has been asked how it was, or need not be."""


class WalkIn(InTown, Base):
    """People who came without having signed up, as they were counted at the door."""

    __tablename__ = "walk_in"
    __table_args__ = (Index("ix_walk_in_occurrence_id", "occurrence_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    """Made up by the page at the door: what it sends twice counts once."""
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    language: Mapped[str]
    """One of ours, or ``other``."""
    persons: Mapped[int]
    """Below 0: as many were counted by mistake."""
