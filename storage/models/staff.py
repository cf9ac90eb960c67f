"""The people in the town hall: who may sign in, what they may do, and what they did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigKey, InTown, Json


class Staff(InTown, Base):
    """Somebody who signs in to the admin."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("town_id", "name"), Index("ix_staff_contact_id", "contact_id", unique=True))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    """What is typed at sign-in, in small letters."""
    password_hash: Mapped[str]
    rights: Mapped[list[str]] = mapped_column(Json)
    """Names of rights (`admin.access.Right`); one that is unknown grants nothing."""
    language: Mapped[str]
    """Of the admin's pages: de or en."""
    added_on: Mapped[date]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    """Their own chat with the bot, where they get trials and texts to translate."""
    translates: Mapped[list[str]] = mapped_column(Json, default=list)
    """The languages that a mediator translates into and releases."""
    translating: Mapped[int | None] = mapped_column(ForeignKey("broadcast.id"))
    """The broadcast whose translation is awaited from their chat: the next text that they write."""
    translating_into: Mapped[str | None]


class StaffLink(InTown, Base):
    """A code that links somebody of the staff to the chat from which it comes, once."""

    __tablename__ = "staff_link"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the code."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True)
    """Only the latest code of somebody works."""
    ends_at: Mapped[datetime]


class StaffSession(InTown, Base):
    """A browser that is signed in. The cookie's token itself is not kept: who reads the table can sign in nowhere."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_staff_id", "staff_id"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the token."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Moves on with use, but not for ever (`storage.services.sessions`)."""


class FailedSignIn(InTown, Base):
    """A sign-in that failed: too many for one name or from one address, and both have to wait."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_subject", "subject", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the name or of the address: a password typed into the wrong field is not kept."""
    at: Mapped[datetime]


class AuditEntry(InTown, Base):
    """What somebody of the staff did that others may have to answer for. Only ever added to."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """None: the command line."""
    action: Mapped[str]
    """For example survey.close, rows.export."""
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    detail: Mapped[dict[str, Any]]
    """For example the purpose of an export. Nothing of residents."""
