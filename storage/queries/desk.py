"""Reading what the translation desk needs: whose chat it is, which texts wait, and who is to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.texts import LANGUAGES
from storage.models import Broadcast, BroadcastText, Contact, Staff, StaffLink
from storage.queries.staff import NO_PASSWORD, digest

MAY_TRANSLATE = frozenset({"translate", "manage"})
"""The rights (`admin.access.Right`) of which a mediator has one."""


@dataclass(frozen=True, slots=True)
class ChatStaff:
    """Somebody of the staff, seen from their own chat (`storage.models.Staff`)."""

    id: int
    name: str
    language: str
    rights: list[str]
    translates: list[str]
    translating: int | None
    translating_into: str | None
    """The language, and after a colon the mark of the text that was seen when the translation was asked for."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that this person may translate into and release."""
        return languages_of(self.rights, self.translates)


def languages_of(rights: Collection[str], translates: Collection[str]) -> tuple[str, ...]:
    """The languages that somebody with these rights may translate into; none without the right."""
    return tuple(each for each in LANGUAGES if each in translates) if MAY_TRANSLATE.intersection(rights) else ()


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """Whose a code is that links a chat."""

    staff_id: int
    name: str
    language: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text that mediators are asked to translate and that nobody has released. ``begun``: there is a draft."""

    broadcast_id: int
    title: str
    language: str
    asked_at: datetime
    begun: bool


@dataclass(frozen=True, slots=True)
class Mediator:
    """Somebody to be written to, in the language in which they use the admin."""

    staff_id: int
    contact_id: int
    bot_id: int
    language: str


@dataclass(frozen=True, slots=True)
class ToTell:
    """A text of which mediators have not been told, and those who have a chat and this language."""

    broadcast_id: int
    title: str
    language: str
    asked_at: datetime
    mediators: tuple[Mediator, ...]


async def find_codes(
    connection: AsyncConnection, *, town_id: int, codes: Collection[str], now: datetime
) -> dict[str, CodeFacts]:
    """Whose these codes are; one that is unknown, used or too old is missing from the result."""
    by_digest = {digest(code): code for code in codes}
    rows = await connection.execute(
        select(StaffLink.digest, Staff.id, Staff.name, Staff.language, Staff.rights, Staff.translates)
        .join(Staff, Staff.id == StaffLink.staff_id)
        .where(
            StaffLink.digest.in_(by_digest),
            StaffLink.ends_at > now,
            Staff.town_id == town_id,
            Staff.password_hash != NO_PASSWORD,
        )
    )
    return {
        by_digest[bytes(row.digest)]: CodeFacts(
            row.id, row.name, row.language, languages_of(row.rights, row.translates)
        )
        for row in rows
    }


def _waits() -> ColumnElement[bool]:
    return and_(BroadcastText.asked_at.is_not(None), BroadcastText.released.is_(False))


async def waiting_texts(connection: AsyncConnection, town_id: int) -> tuple[WaitingText, ...]:
    """The texts that wait for mediators in all languages, the one that was asked for first at the beginning."""
    rows = await connection.execute(
        select(
            Broadcast.id,
            Broadcast.title,
            BroadcastText.language,
            BroadcastText.asked_at,
            (BroadcastText.text != "").label("begun"),
        )
        .join(Broadcast, Broadcast.id == BroadcastText.broadcast_id)
        .where(BroadcastText.town_id == town_id, _waits())
        .order_by(BroadcastText.asked_at, Broadcast.id, BroadcastText.language)
    )
    return tuple(WaitingText(row.id, row.title, row.language, row.asked_at, bool(row.begun)) for row in rows)


async def count_mediators(connection: AsyncConnection, town_id: int, language: str) -> tuple[int, int]:
    """How many of the staff translate into a language, and how many of them have a chat."""
    people = await connection.execute(
        select(Staff.rights, Staff.translates, Staff.contact_id).where(
            Staff.town_id == town_id, Staff.password_hash != NO_PASSWORD
        )
    )
    chats = [each.contact_id for each in people if language in languages_of(each.rights, each.translates)]
    return len(chats), sum(chat is not None for chat in chats)


_UNTOLD = (
    select(Broadcast.id, Broadcast.title, BroadcastText.language, BroadcastText.asked_at)
    .join(Broadcast, Broadcast.id == BroadcastText.broadcast_id)
    .where(BroadcastText.town_id == bindparam("town_id"), _waits(), BroadcastText.told.is_(False))
    .order_by(BroadcastText.asked_at, Broadcast.id, BroadcastText.language)
)


async def to_tell(connection: AsyncConnection, town_id: int) -> tuple[ToTell, ...]:
    """The texts of which mediators are still to be told, each with those who can be; where nobody can, it stays."""
    texts = (await connection.execute(_UNTOLD, {"town_id": town_id})).all()
    if not texts:
        return ()
    people = (
        await connection.execute(
            select(
                Staff.id, Staff.language, Staff.rights, Staff.translates, Contact.id.label("contact"), Contact.bot_id
            )
            .join(Contact, Contact.id == Staff.contact_id)
            .where(Staff.town_id == town_id, Contact.blocked_on.is_(None))
            .order_by(Staff.id)
        )
    ).all()
    found = (
        ToTell(
            text.id,
            text.title,
            text.language,
            text.asked_at,
            tuple(
                Mediator(each.id, each.contact, each.bot_id, each.language)
                for each in people
                if text.language in languages_of(each.rights, each.translates)
            ),
        )
        for text in texts
    )
    return tuple(each for each in found if each.mediators)
