"""A town with a crowd that a broadcast is for, and processes that serve it: as the broadcast benchmark runs them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event

from sqlalchemy import update

from bot.api import connect
from bot.service import Service
from dialogues.broadcast import Content
from storage.database import Database
from storage.models import Sending, SendingKind, Town
from storage.places import Part
from storage.queries.audience import Audience
from storage.queries.broadcasts import list_sendings, load_ledger
from storage.queries.outbox import Pace
from storage.queries.town import first_town
from storage.services import broadcasts
from storage.statements import PUT_CONTACT, PUT_RESIDENT, Write, execute
from tests.benchmarks.ours import TOKEN, contact, found, resident
from tests.benchmarks.stub import FIRST_OF_CROWD
from wiring.files import load_texts

TEXTS = {
    "en": "Dear neighbours in {area},\n\non **Saturday** our summer party is in the yard. There is food, music and"
    " games for children.\n\n- Begins: 14:00\n- Where: Lindenstraße 5\n\nDo come!",
    "ar": "جيراننا الأعزاء في {area}،\n\nيوم **السبت** سنقيم حفلنا الصيفي في الساحة. هناك طعام وموسيقى وألعاب للأطفال.",
    "tr": "{area} mahallesindeki sevgili komşular,\n\n**Cumartesi** günü avluda yaz şenliğimiz var.",
}


async def prepare(database_url: str, *, talking: int, crowd: int) -> None:
    """Found the town: ``talking`` residents who answer a survey, and a ``crowd`` of adults who read three languages."""
    database = Database(database_url)
    town_id = await found(database, load_texts(), talking)
    languages = list(TEXTS)
    async with database.write() as connection:
        await connection.execute(update(Town).values(quiet_from="00:00", quiet_to="00:00"))  # the day has 24 hours here
        for start in range(0, crowd, 500):
            numbers = range(start, min(start + 500, crowd))
            people = [
                asdict(resident(10_000_000 + number, town_id, 1))
                | {"language": languages[number % 3], "current_survey_id": None}
                for number in numbers
            ]
            chats = [
                asdict(contact(10_000_000 + number, town_id)) | {"chat_id": FIRST_OF_CROWD + number}
                for number in numbers
            ]
            await execute(connection, [Write(PUT_RESIDENT, people), Write(PUT_CONTACT, chats)])
        now = datetime.now(UTC)
        broadcast_id = await broadcasts.draft_broadcast(connection, town_id=town_id, title="Sommerfest", now=now)
        await broadcasts.begin_sending(
            connection,
            town_id=town_id,
            broadcast_id=broadcast_id,
            kind=SendingKind.SEND,
            staff_id=None,
            content=Content(TEXTS),
            audience=Audience(languages=frozenset(TEXTS)),
            zone="Europe/Berlin",
            wall=None,
            due_at=now + timedelta(days=1),
            now=now,
        )
    await database.close()


async def begin(database_url: str) -> None:
    """Let the sending begin now."""
    database = Database(database_url)
    async with database.write() as connection:
        await connection.execute(update(Sending).values(due_at=datetime.now(UTC)))
    await database.close()


async def settled(database_url: str) -> dict[str, int]:
    """What the ledger says of the sending."""
    database = Database(database_url)
    async with database.read() as connection:
        town_id = await first_town(connection) or 0
        [sending] = await list_sendings(connection, town_id)
        total = (await load_ledger(connection, sending)).total
    await database.close()
    return {"sent": total.sent, "queued": total.queued, "uncertain": total.uncertain, "failed": total.failed}


async def serve(base: str, database_url: str, rate: float, only: str, is_ready: Event) -> None:
    """A process of the bot: all of it, or one part. It says when it ``is_ready``."""
    database = Database(database_url)
    async with database.read() as connection:
        town_id = await first_town(connection) or 0
    async with Service(
        bot=connect(TOKEN, base),
        database=database,
        texts=load_texts(),
        town_id=town_id,
        pace=Pace(rate, 0),
        only=Part(only) if only else None,
    ) as service:
        is_ready.set()
        await service.wait()
