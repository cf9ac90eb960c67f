"""The people of the staff: adding somebody, another language or password, their chat, and taking a sign-in away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Staff, StaffLink, StaffSession
from storage.queries.staff import NO_PASSWORD, digest, plain_name

CODE_LASTS = timedelta(minutes=15)
"""How long the code that links a chat can be used."""


class NameTakenError(Exception):
    """Somebody of the staff has this name, or had it: what they did stands in the audit log under it."""


async def add_staff(
    connection: AsyncConnection,
    *,
    town_id: int,
    name: str,
    password_hash: str,
    rights: Iterable[str],
    language: str,
    today: date,
    translates: Iterable[str] = (),
) -> int:
    """Let somebody sign in, and return their id. ``password_hash``: as `admin.sessions` makes it.

    ``translates``: the languages that a mediator translates into.

    Raises:
        NameTakenError: there is, or was, somebody of this name.
    """
    plain = plain_name(name)
    if await _id_of(connection, town_id, plain) is not None:
        raise NameTakenError
    staff_id = await connection.scalar(
        insert(Staff)
        .values(
            town_id=town_id,
            name=plain,
            password_hash=password_hash,
            rights=sorted(set(rights)),
            language=language,
            added_on=today,
            translates=sorted(set(translates)),
        )
        .returning(Staff.id)
    )
    assert staff_id is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(staff_id)


async def set_password(connection: AsyncConnection, *, town_id: int, name: str, password_hash: str) -> bool:
    """Give somebody another password and end their sessions; False: there is nobody of this name who signs in."""
    staff_id = await _id_of(connection, town_id, plain_name(name), only_active=True)
    if staff_id is None:
        return False
    await connection.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=password_hash))
    await connection.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
    return True


async def remove_staff(connection: AsyncConnection, *, town_id: int, name: str) -> bool:
    """Take password, rights, sessions and chat from somebody; False: there is nobody of this name who signs in.

    The name stays, because the audit log says who did what.
    """
    staff_id = await _id_of(connection, town_id, plain_name(name), only_active=True)
    if staff_id is None:
        return False
    await connection.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=NO_PASSWORD, rights=[]))
    await connection.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
    await unlink_chat(connection, staff_id=staff_id)
    return True


async def set_language(connection: AsyncConnection, *, staff_id: int, language: str) -> None:
    """The language in which somebody of the staff reads the admin."""
    await connection.execute(update(Staff).where(Staff.id == staff_id).values(language=language))


async def offer_link(connection: AsyncConnection, *, town_id: int, staff_id: int, code: str, now: datetime) -> None:
    """Let a code link somebody to the chat from which it comes, once, for ``CODE_LASTS``; earlier ones work no more."""
    await connection.execute(delete(StaffLink).where(StaffLink.staff_id == staff_id))
    await connection.execute(
        insert(StaffLink).values(digest=digest(code), town_id=town_id, staff_id=staff_id, ends_at=now + CODE_LASTS)
    )


async def unlink_chat(connection: AsyncConnection, *, staff_id: int) -> bool:
    """Let no chat belong to somebody any more, and no code link one; returns whether one did."""
    await connection.execute(delete(StaffLink).where(StaffLink.staff_id == staff_id))
    done = await connection.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.contact_id.is_not(None))
        .values(contact_id=None, translating=None, translating_into=None)
    )
    return done.rowcount == 1


async def set_translates(connection: AsyncConnection, *, staff_id: int, languages: Iterable[str]) -> None:
    """The languages that a mediator translates into and releases."""
    await connection.execute(update(Staff).where(Staff.id == staff_id).values(translates=sorted(set(languages))))


async def _id_of(connection: AsyncConnection, town_id: int, plain: str, *, only_active: bool = False) -> int | None:
    wanted = select(Staff.id).where(Staff.town_id == town_id, Staff.name == plain)
    return await connection.scalar(wanted.where(Staff.password_hash != NO_PASSWORD) if only_active else wanted)
