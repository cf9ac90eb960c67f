"""The phones of the invented residents: chats in the simulated Telegram, so that a message to many reaches somebody.

They are given at a start, not at the founding: the demos that were founded without get them at their next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sample.town import RESIDENTS
from bot.simulator.settings import Extra
from bot.turn import new_id, row_of
from storage.database import Database
from storage.queries.town import residents_without_chat
from storage.queries.turns import ContactFacts, load_chats
from storage.statements import PUT_CONTACT, PUT_RESIDENT, Write, execute

_SMALL_IDS, _LARGE_IDS = 2_000_000_000, 6_000_000_000
_BLOCKED_EVERY, _PAUSED_EVERY = 33, 40
"""Of so many one has blocked the bot, without our knowing it yet; one has paused its messages."""
_FIRST_NAMES: Mapping[str, str] = {
    "ar": "أمل كريم ليلى سامر نور هدى عمر رنا يوسف سلمى خالد مريم باسل دينا طارق هبة زياد",
    "bg": "Иван Мария Георги Елена Петър Десислава Николай Радка Стоян Цветелина Димитър Ива Калин Милена Тодор Вяра "
    "Асен",
    "de": "Jana Peter Sabine Karl Lena Uwe Heike Jonas Renate Tim Monika Bernd Anke Paul Ute Frank Nele",
    "en": "Alex Grace Samuel Joy Daniel Ruth Kofi Amy Chidi Hannah Sunil Priya Liam Esther Noah Farah Tom",
    "ro": "Ioana Andrei Elena Mihai Maria Vlad Ana Radu Cristina Ion Raluca Florin Daniela Sorin Alina Dan Oana",
    "tr": "Ayşe Mehmet Zeynep Mustafa Elif Hasan Fatma Emre Hatice Murat Selin Ali Derya Kemal Meryem Can Leyla",
}
_INITIALS: Mapping[str, str] = {
    "ar": "ابتجحخدرزسشصطعغفقك",
    "bg": "АБВГДЕЖЗИКЛМНОПРСТ",
}
_LATIN_INITIALS = "ABCDEFGHIJKLMNOPRST"


async def give_phones(database: Database, town_id: int, *, bot_id: int) -> list[Extra]:
    """Those of the invented residents who have a chat with the bot; before that everybody gets one, if none has."""
    ids = [_chat_id(number) for number in range(RESIDENTS)]
    async with database.write() as connection:
        if not await load_chats(connection, bot_id=bot_id, chat_ids=ids, keys={}):
            await _hand_out(connection, town_id, bot_id, ids)
        chats = await load_chats(connection, bot_id=bot_id, chat_ids=ids, keys={})
    owners = {chat_id: chat.resident for chat_id, chat in chats.items()}
    return [_extra(number, owner.language) for number, id in enumerate(ids) if (owner := owners.get(id)) is not None]


async def _hand_out(connection: AsyncConnection, town_id: int, bot_id: int, ids: Sequence[int]) -> None:
    people = await residents_without_chat(connection, town_id)
    contacts = [
        _contact(town_id, bot_id, resident_id, chat_id) for resident_id, chat_id in zip(people, ids, strict=False)
    ]
    await execute(connection, [Write(PUT_CONTACT, [row_of(contact) for contact in contacts])])
    some = await load_chats(connection, bot_id=bot_id, chat_ids=ids[_PAUSED_EVERY // 2 :: _PAUSED_EVERY], keys={})
    paused = [replace(chat.resident, paused=True) for chat in some.values() if chat.resident is not None]
    await execute(connection, [Write(PUT_RESIDENT, [row_of(resident) for resident in paused])])


def _chat_id(number: int) -> int:
    """An id that the simulator gives to nobody else; every other one is above 2**32, as today's are."""
    return number + (_LARGE_IDS if number % 2 else _SMALL_IDS)


def _contact(town_id: int, bot_id: int, resident_id: int, chat_id: int) -> ContactFacts:
    return ContactFacts(
        id=new_id(),
        bot_id=bot_id,
        chat_id=chat_id,
        town_id=town_id,
        resident_id=resident_id,
        prompt=0,
        commands_language=None,
        blocked_on=None,
    )


def _extra(number: int, language: str) -> Extra:
    """Whose phone this is. First names and initials are so many that nobody is called as somebody else."""
    names, initials = _FIRST_NAMES[language].split(), _INITIALS.get(language, _LATIN_INITIALS)
    return Extra(
        id=_chat_id(number),
        first_name=names[number % len(names)],
        last_name=f"{initials[number % len(initials)]}.",
        language_code=language,
        blocked=number % _BLOCKED_EVERY == _BLOCKED_EVERY // 2,
    )
