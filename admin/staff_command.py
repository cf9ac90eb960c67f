"""``mitsprache staff``: who may sign in is said on the command line, and stands in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.command import CommandError
from admin.sessions import MAX_NAME, MAX_PASSWORD, MIN_PASSWORD, hash_password
from storage.database import Database
from storage.queries.desk import MAY_TRANSLATE
from storage.queries.staff import list_staff
from storage.services import staff
from storage.services.audit import Detail, record
from storage.services.staff import NameTakenError

AskPassword = Callable[[], str]
"""Where a password comes from: whoever typed the command is asked for it only when nothing else stands against it."""


async def add(
    database: Database,
    town_id: int,
    *,
    name: str,
    ask_password: AskPassword,
    rights: Iterable[str],
    language: str,
    now: datetime,
    translates: Iterable[str] = (),
) -> None:
    """Let somebody sign in. ``translates``: the languages that a mediator translates into.

    Raises:
        CommandError: the name or the password is not acceptable, the name has been given already, or languages are
            named for somebody who may not translate.
    """
    rights, translates = sorted(rights), sorted(set(translates))
    if translates and not MAY_TRANSLATE.intersection(rights):
        raise CommandError("Whoever translates needs the right to: --right translate.")
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise CommandError(f"A name has at least one character, at most {MAX_NAME}.")
    password_hash = _hashed(ask_password())
    async with database.write() as connection:
        try:
            await staff.add_staff(
                connection,
                town_id=town_id,
                name=name,
                password_hash=password_hash,
                rights=rights,
                language=language,
                today=now.date(),
                translates=translates,
            )
        except NameTakenError:
            raise CommandError(f"There is, or was, somebody called {name}: take another name.") from None
        more: dict[str, Detail] = {"translates": translates} if translates else {}
        await record(
            connection,
            town_id=town_id,
            staff_id=None,
            action="staff.add",
            survey_id=None,
            now=now,
            **{"name": name, "rights": rights, **more},
        )


async def change_password(
    database: Database, town_id: int, *, name: str, ask_password: AskPassword, now: datetime
) -> None:
    """Give somebody another password. Whoever is signed in under this name must sign in again.

    Raises:
        CommandError: the password is not acceptable, or there is nobody of this name.
    """
    password_hash = _hashed(ask_password())
    async with database.write() as connection:
        done = await staff.set_password(connection, town_id=town_id, name=name, password_hash=password_hash)
        await _record(connection, town_id, "staff.password", name, now, done=done)


async def remove(database: Database, town_id: int, *, name: str, now: datetime) -> None:
    """Let somebody sign in no more.

    Raises:
        CommandError: there is nobody of this name.
    """
    async with database.write() as connection:
        done = await staff.remove_staff(connection, town_id=town_id, name=name)
        await _record(connection, town_id, "staff.remove", name, now, done=done)


async def listed(database: Database, town_id: int) -> list[str]:
    """Who may sign in, and what they may do, a line each."""
    async with database.read() as connection:
        people = await list_staff(connection, town_id)
    return [
        f"{each.name}: {', '.join(each.rights) or 'no rights'}"
        f"{', translates into ' + ', '.join(each.translates) if each.translates else ''}, since {each.added_on}"
        for each in people
    ]


async def _record(
    connection: AsyncConnection, town_id: int, action: str, name: str, now: datetime, *, done: bool
) -> None:
    if not done:
        raise CommandError(f"There is nobody called {name}.")
    await record(connection, town_id=town_id, staff_id=None, action=action, now=now, name=name)


def _hashed(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise CommandError(f"A password has at least {MIN_PASSWORD} characters, at most {MAX_PASSWORD}.")
    return hash_password(password)
