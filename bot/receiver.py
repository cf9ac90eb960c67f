"""Updates in: fetched by long polling or brought by webhooks, stored once, and only then acknowledged.

Does not understand updates: they are stored as they came, so an unknown kind cannot stop those behind it.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import AiogramError
from aiogram.methods import DeleteWebhook
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.lanes import Lanes, Waiting, bundle_of, lane_of
from bot.patience import read_at_last
from storage.database import Database
from storage.queries import inbox
from storage.writer import Writer

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
POLL_SECONDS = 30
MOST_AT_ONCE = 100
MOST_IN_LANES = 2_000
"""With more than this in the lanes nothing new is fetched: Telegram keeps it, and our memory stays flat."""
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds to wait after the first, second, … failure in a row."""
log = structlog.get_logger()


class PollingError(Exception):
    """Telegram refused a request for updates. ``retry_after``: seconds it asks us to wait, if it does."""

    def __init__(self, description: str, retry_after: float | None = None) -> None:
        super().__init__(description)
        self.retry_after = retry_after


class Receiver:
    """Feeds the inbox, and the lanes from the inbox.

    ``lanes`` None: the lanes are in other processes, which look into the inbox themselves.
    """

    def __init__(self, *, bot: Bot, database: Database, writer: Writer, lanes: Lanes | None, town_id: int) -> None:
        self._bot = bot
        self._database = database
        self._writer = writer
        self._lanes = lanes
        self._town_id = town_id
        self._brought: list[dict[str, Any]] = []
        self._storing: asyncio.Task[None] | None = None
        self._one_batch = asyncio.Lock()
        self._is_filled = False
        self._has_missed = False  # something was stored while the lanes were being filled

    async def refill(self) -> None:
        """Put what an earlier process left unfinished into the lanes, in its order, and then what came meanwhile."""
        after = 0
        while not self._is_filled:
            await self._room()
            self._has_missed = False
            unfinished = partial(inbox.unfinished, bot_id=self._bot.id, after=after, limit=500)
            rows = await read_at_last(self._database, unfinished)
            for row in rows:
                self._enter(row)
                after = row.seq
            self._is_filled = not rows and not self._has_missed

    async def poll(self) -> None:
        """Fetch updates until cancelled.

        The first request carries no offset: the inbox knows what it has, and after a quiet week Telegram's ids start
        anew anywhere, below an old offset too. For the same reason an offset is sent only to confirm a batch just
        stored, never again after an empty answer.
        """
        offset: int | None = None
        failures = 0
        while True:
            await self._room()
            try:
                updates = await self._fetch(offset)
                if updates:
                    await self.store(updates)
                offset = updates[-1]["update_id"] + 1 if updates else None
                failures = 0
            except (aiohttp.ClientError, TimeoutError, PollingError, SQLAlchemyError) as error:
                pause = getattr(error, "retry_after", None) or PAUSES[min(failures, len(PAUSES) - 1)]
                failures += 1
                log.warning("no updates for now", error=type(error).__name__, detail=_safe(error), seconds=pause)
                await asyncio.sleep(pause)

    async def store(self, updates: list[dict[str, Any]]) -> None:
        """Store updates that are new and put them into their lanes; when this returns they may be acknowledged."""
        now = datetime.now(UTC)
        rows = [(update["update_id"], json.dumps(update), bundle_of(update)) for update in updates]

        async def unit(connection: AsyncConnection) -> list[inbox.Incoming]:
            return await inbox.take_in(connection, town_id=self._town_id, bot_id=self._bot.id, updates=rows, now=now)

        for row in await self._writer.run(unit):
            if self._is_filled:
                self._enter(row)
            else:  # older ones of its chat may still lie in the inbox
                self._has_missed = True

    async def bring(self, update: dict[str, Any]) -> None:
        """Store an update that is brought, once there is room for it: who brings it waits, and keeps the others.

        What is brought while others are stored is stored together.

        Raises:
            SQLAlchemyError: it could not be stored.
        """
        await self._room()
        self._brought.append(update)
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_brought())
        await asyncio.shield(self._storing)

    async def _store_brought(self) -> None:
        async with self._one_batch:
            self._storing = None  # whatever comes from here on is of the next batch
            batch, self._brought = self._brought, []
            await self.store(batch)

    def _enter(self, row: inbox.Incoming) -> None:
        if self._lanes is not None:
            self._lanes.add(waiting(row))

    async def _room(self) -> None:
        while self._lanes is not None and self._lanes.size >= MOST_IN_LANES:  # noqa: ASYNC110 (rare, and looking again costs little)
            await asyncio.sleep(0.05)

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]]:
        """One getUpdates, past aiogram's own, which refuses a whole batch for one update it cannot parse."""
        session = self._bot.session
        assert isinstance(session, AiohttpSession)  # noqa: S101 (bot.api makes no other)
        http = await session.create_session()
        request: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": MOST_AT_ONCE, "allowed_updates": ALLOWED}
        if offset is not None:
            request["offset"] = offset
        async with http.post(
            session.api.api_url(self._bot.token, "getUpdates"),
            json=request,
            timeout=aiohttp.ClientTimeout(total=POLL_SECONDS + 15),
        ) as response:
            try:
                answer = await response.json(content_type=None)
            except ValueError:
                raise PollingError(f"not JSON, status {response.status}") from None
        if not answer.get("ok"):
            if "webhook" in str(answer.get("description")):  # while there is one, nobody may ask for updates
                with suppress(AiogramError):
                    await self._bot(DeleteWebhook())
            wait = answer.get("parameters", {}).get("retry_after")
            raise PollingError(str(answer.get("description", "no description")), wait)
        result: list[dict[str, Any]] = answer["result"]
        return result


def waiting(row: inbox.Incoming) -> Waiting:
    """An update of the inbox, as it stands in a lane."""
    content = json.loads(row.payload)
    return Waiting(row.seq, lane_of(row.seq, content), content, row.received_at)


def _safe(error: Exception) -> str | None:
    """What may be logged of an error: an HTTP client's message carries the address, and that the token."""
    return str(error) if isinstance(error, PollingError) else None
