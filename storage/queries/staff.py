"""Reading who is of the staff, who is signed in, and what was done."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import AuditEntry, Staff, StaffSession, Survey, Town

NO_PASSWORD = ""
"""Instead of a hash: this person signs in no more."""


def plain_name(name: str) -> str:
    """A name as it is stored and compared: in small letters, without spaces around it or control characters."""
    return "".join(filter(str.isprintable, unicodedata.normalize("NFKC", name))).strip().casefold()


def digest(token: str) -> bytes:
    """What is stored of a session's token, or of a code that links a chat."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not ended, with whose it is, the town's office, and since when its bot is stopped."""

    staff_id: int
    town_id: int
    name: str
    language: str
    rights: tuple[str, ...]
    office: str
    timezone: str
    stopped_at: datetime | None
    began_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is compared with."""

    staff_id: int
    password_hash: str
    language: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may sign in."""

    name: str
    rights: tuple[str, ...]
    language: str
    added_on: date
    translates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody of the staff settles for themselves: whether a chat is linked, the languages of a mediator."""

    is_linked: bool
    translates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log. ``name`` None: the command line. ``titles``: of the survey it is about, if of one."""

    id: int
    at: datetime
    name: str | None
    action: str
    survey_id: int | None
    titles: Mapping[str, str] | None
    detail: Mapping[str, Any]


async def find_session(connection: AsyncConnection, *, town_id: int, token: str, now: datetime) -> Session | None:
    """The session of a token, unless it has ended."""
    row = (
        await connection.execute(
            select(
                Staff.id,
                Staff.town_id,
                Staff.name,
                Staff.language,
                Staff.rights,
                Town.office,
                Town.name.label("town"),
                Town.timezone,
                Town.stopped_at,
                StaffSession.began_at,
                StaffSession.ends_at,
            )
            .join(Staff, Staff.id == StaffSession.staff_id)
            .join(Town, Town.id == Staff.town_id)
            .where(StaffSession.digest == digest(token), StaffSession.ends_at > now, Staff.town_id == town_id)
        )
    ).one_or_none()
    if row is None:
        return None
    return Session(
        staff_id=row.id,
        town_id=row.town_id,
        name=row.name,
        language=row.language,
        rights=tuple(row.rights),
        office=row.office or row.town,
        timezone=row.timezone,
        stopped_at=row.stopped_at,
        began_at=row.began_at,
        ends_at=row.ends_at,
    )


async def find_credentials(connection: AsyncConnection, *, town_id: int, name: str) -> Credentials | None:
    """With what somebody signs in; None: there is nobody of this name who does."""
    row = (
        await connection.execute(
            select(Staff.id, Staff.password_hash, Staff.language).where(
                Staff.town_id == town_id, Staff.name == plain_name(name), Staff.password_hash != NO_PASSWORD
            )
        )
    ).one_or_none()
    return Credentials(*row) if row else None


async def list_staff(connection: AsyncConnection, town_id: int) -> list[Colleague]:
    """Everybody who may sign in, by name."""
    rows = await connection.execute(
        select(Staff.name, Staff.rights, Staff.language, Staff.added_on, Staff.translates)
        .where(Staff.town_id == town_id, Staff.password_hash != NO_PASSWORD)
        .order_by(Staff.name)
    )
    return [Colleague(row.name, tuple(row.rights), row.language, row.added_on, tuple(row.translates)) for row in rows]


async def find_profile(connection: AsyncConnection, staff_id: int) -> Profile:
    """The profile of somebody who is signed in."""
    row = (await connection.execute(select(Staff.contact_id, Staff.translates).where(Staff.id == staff_id))).one()
    return Profile(row.contact_id is not None, tuple(row.translates))


async def list_entries(connection: AsyncConnection, *, town_id: int, before: int | None, limit: int) -> list[Entry]:
    """The audit log, newest first. ``before``: only entries older than this id."""
    wanted = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            Staff.name,
            AuditEntry.action,
            AuditEntry.survey_id,
            Survey.titles,
            AuditEntry.detail,
        )
        .outerjoin(Staff, Staff.id == AuditEntry.staff_id)
        .outerjoin(Survey, Survey.id == AuditEntry.survey_id)
        .where(AuditEntry.town_id == town_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    rows = await connection.execute(wanted if before is None else wanted.where(AuditEntry.id < before))
    return [Entry(*row) for row in rows]
