"""Signing in and out: sessions by the digest of their token, and how many failures are too many.

A failure is written down before the password is looked at, and taken back when it was right: so attempts side by side,
in several processes too, are never more than the limit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import FailedSignIn, Staff, StaffSession, Town
from storage.queries.staff import digest, plain_name

IDLE = timedelta(hours=12)
"""A session ends when nothing was done for so long: over night, not over lunch."""
LONGEST = timedelta(days=7)
"""And after this time in any case."""
WINDOW = timedelta(minutes=15)
"""Failures that are older count no more."""
FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 30
"""More than for a name: a whole office may come from one address."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that may go on. ``ids``: the failures that were written down for it."""

    name: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many failures: nobody may try before ``until``."""

    until: datetime


async def begin_attempt(
    connection: AsyncConnection, *, town_id: int, name: str, address: str, now: datetime
) -> Attempt | Wait:
    """Whether somebody may try to sign in now. What is too old is cleared."""
    # The writer's turn to count: on SQLite it has it already, on PostgreSQL it waits for whoever counts now.
    await connection.execute(select(Town.id).where(Town.id == town_id).with_for_update(key_share=True))
    await connection.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - WINDOW))
    plain = plain_name(name)
    limits = {_subject("name", plain): FAILURES_PER_NAME, _subject("address", address): FAILURES_PER_ADDRESS}
    waits = [await _until(connection, town_id, subject, limit) for subject, limit in limits.items()]
    if any(waits):
        return Wait(max(until for until in waits if until))
    ids = [
        await connection.scalar(
            insert(FailedSignIn).values(town_id=town_id, subject=subject, at=now).returning(FailedSignIn.id)
        )
        for subject in limits
    ]
    return Attempt(plain, tuple(id for id in ids if id is not None))


async def _until(connection: AsyncConnection, town_id: int, subject: bytes, limit: int) -> datetime | None:
    """When the newest ``limit`` failures are no longer all within the window; None: they are fewer."""
    of_subject = FailedSignIn.town_id == town_id, FailedSignIn.subject == subject
    if (await connection.scalar(select(func.count()).select_from(FailedSignIn).where(*of_subject)) or 0) < limit:
        return None
    newest = select(FailedSignIn.at).where(*of_subject).order_by(FailedSignIn.at.desc()).offset(limit - 1).limit(1)
    oldest = (await connection.scalars(newest)).one()
    return oldest + WINDOW


def _subject(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}:{text}".encode()).digest()


async def open_session(
    connection: AsyncConnection, *, town_id: int, staff_id: int, token: str, attempt: Attempt, now: datetime
) -> None:
    """Sign somebody in under a new token. The failures of this name are forgotten, of the address only this attempt."""
    forgiven = (FailedSignIn.id.in_(attempt.ids)) | (FailedSignIn.subject == _subject("name", attempt.name))
    await connection.execute(delete(FailedSignIn).where(FailedSignIn.town_id == town_id, forgiven))
    await connection.execute(delete(StaffSession).where(StaffSession.ends_at <= now))
    await connection.execute(
        insert(StaffSession).values(
            digest=digest(token), town_id=town_id, staff_id=staff_id, began_at=now, ends_at=now + IDLE
        )
    )


async def prolong_session(connection: AsyncConnection, *, token: str, began_at: datetime, now: datetime) -> None:
    """Somebody is at work: the session ends later."""
    ends_at = min(now + IDLE, began_at + LONGEST)
    await connection.execute(update(StaffSession).where(StaffSession.digest == digest(token)).values(ends_at=ends_at))


async def close_session(connection: AsyncConnection, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    await connection.execute(delete(StaffSession).where(StaffSession.digest == digest(token)))


async def renew_password_hash(connection: AsyncConnection, *, staff_id: int, password_hash: str) -> None:
    """Keep the same password under a hash of today's strength."""
    await connection.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=password_hash))
