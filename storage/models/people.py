"""Residents, and the one place where a Telegram id lives."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown


class Resident(InTown, Base):
    """Somebody who talks with us: no name, no number, no Telegram id. The id is random and says nothing."""

    __tablename__ = "resident"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str]
    """The language we speak with this resident."""
    language_chosen: Mapped[bool] = mapped_column(default=False)
    """True: their own choice. False: taken from the phone or the town, and replaced when the phone says better."""
    consented_on: Mapped[date | None]
    """The day on which the notice was agreed to."""
    adult: Mapped[bool | None]
    """Answer to "Are you 16 or older?"; None: not asked yet, as of who has come for an event."""
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    elsewhere: Mapped[bool] = mapped_column(default=False)
    """Lives in none of the areas on offer: surveys of the whole town only."""
    wanted_survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    """The survey that a poster's code asked for, until it starts."""
    wanted_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The event that a poster's code asked for, until it has been shown."""
    naming_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"))
    """The date about which the next text that is written is an answer: the first name of who comes, or how many want
    to come."""
    current_survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    """The survey whose interview gets what is typed."""
    paused: Mapped[bool] = mapped_column(default=False)
    """Wants no messages of ours own accord (/stop)."""
    arrived_on: Mapped[date]


class Contact(InTown, Base):
    """The link between a resident and a chat: nothing else knows a Telegram id for longer than a moment."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), unique=True)
    """None: nothing is held of the resident (not begun, not agreed, erased); the row goes with its last delivery."""
    prompt: Mapped[int] = mapped_column(default=0)
    """Number of the message that asks now (`delivery.prompt`); 0: none does."""
    commands_language: Mapped[str | None]
    """The language in which this chat's command menu was last set."""
    blocked_on: Mapped[date | None]
    next_send_at: Mapped[datetime | None]
    """When the next message may go to this chat (its own rate limit)."""
