"""A town with one resident in one chat, in each of the databases."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from storage.database import Database
from storage.services.towns import found_town
from storage.statements import PUT_CONTACT, PUT_RESIDENT, Write
from storage.writer import Writer

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BOT = 42


@dataclass
class Place:
    """A town and the ways to it."""

    database: Database
    writer: Writer
    town_id: int

    async def contact(self, number: int) -> int:
        """A resident with a chat; the contact's id is ``number``, the chat's id 1000 more."""
        resident: dict[str, Any] = {
            "id": number,
            "town_id": self.town_id,
            "language": "de",
            "language_chosen": False,
            "consented_on": None,
            "adult": None,
            "area_id": None,
            "elsewhere": False,
            "wanted_survey_id": None,
            "current_survey_id": None,
            "paused": False,
            "arrived_on": date(2026, 11, 25),
        }
        contact: dict[str, Any] = {
            "id": number,
            "town_id": self.town_id,
            "bot_id": BOT,
            "chat_id": 1000 + number,
            "resident_id": number,
            "prompt": 0,
            "commands_language": None,
            "blocked_on": None,
        }
        await self.writer.write([Write(PUT_RESIDENT, [resident]), Write(PUT_CONTACT, [contact])])
        return number


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Place]:
    writer = Writer(database)
    task = asyncio.create_task(writer.serve())
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=["Nordstadt"]
        )
    yield Place(database, writer, town_id)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
