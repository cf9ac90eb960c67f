"""Who does what for a bot: one process alone, or several on PostgreSQL, each with its part.

Lanes and claims live in a process's memory, so two processes with the same would do everything twice. On SQLite a lock
file beside the database says that somebody serves. On PostgreSQL it is the writer's own connection that holds locks:
who has lost it can write nothing more, and who gets a lock knows that the last transaction of the one before is over.
"""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import IO, Any

import structlog
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database import Database

PATIENCE_SECONDS = 5.0
"""How long we wait for one that is just about to end, as at a restart."""
_AGAIN_SECONDS = 0.1
_WHOLE, _POLLING, _FIRST_BUNDLE, _FIRST_SENDER, _FIRST_WORKER, _MOST = 0, 1, 100, 1_000, 2_000, 1_000
"""The second keys of the advisory locks; the first stands for the schema and the bot. Towns that share a database in
schemas of their own do not hinder each other."""
log = structlog.get_logger()


class Part(StrEnum):
    """What a process does for a bot, where several share the work."""

    RECEIVER = "receiver"
    WORKER = "worker"
    DELIVERY = "delivery"


class ServedElsewhereError(SQLAlchemyError):
    """Another process does what only one may do for this bot."""


class Place:
    """The right to do a part of the work for a bot, and its transactions. Taken by ``enter``, given back by ``leave``.

    ``part`` None: all of it, alone. ``number``: of this process among those of its part, from 1; 0: alone.
    ``bundles``: of a worker, the bundles of lanes that are its own now; a lost connection loses them.
    """

    def __init__(self, database: Database, bot_id: int, part: Part | None = None, *, polls: bool = True) -> None:
        """``polls``: a receiver asks for updates, and only one may; webhooks can be received by many.

        Raises:
            ValueError: several processes on an embedded database.
        """
        if part is not None and database.path:
            raise ValueError("several processes need PostgreSQL")
        self._database = database
        self._part = part
        self._polls = polls
        self._name = f"mitsprache bot {bot_id}"
        self._file: IO[str] | None = None
        self._engine = None if database.path else self._holding(database.over_one_connection())
        self.number = 0
        self.bundles: set[int] = set()

    async def enter(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Take the place; wait for it up to ``patience`` seconds.

        Raises:
            ServedElsewhereError: another process has it.
        """
        end = time.monotonic() + patience
        is_told = False
        while True:
            try:
                if self._database.path:
                    self._file = _lock(self._database.path)
                else:
                    async with self.write():
                        pass
            except ServedElsewhereError:
                if time.monotonic() >= end:
                    raise
                if not is_told:
                    log.info("another process serves this bot: waiting for its end", seconds=patience)
                    is_told = True
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def leave(self) -> None:
        """Give the place back."""
        if self._file:
            self._file.close()
        if self._engine:
            await self._engine.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction as ``Database.write`` gives it.

        Raises:
            ServedElsewhereError: the connection was lost, and another process has been faster than we.
        """
        if self._engine is None:
            async with self._database.write() as connection:
                yield connection
        else:
            async with self._engine.begin() as connection:
                yield connection

    def _holding(self, engine: AsyncEngine) -> AsyncEngine:
        """Let each connection of an engine hold our locks from its first to its last moment."""

        @event.listens_for(engine.sync_engine, "connect")
        def take(connection: Any, _record: object) -> None:
            self.bundles.clear()
            cursor = connection.cursor()
            is_ours = self._take(cursor)
            cursor.close()
            connection.commit()
            if not is_ours:
                connection.close()
                raise ServedElsewhereError("another process serves this bot")

        return engine

    def _take(self, cursor: Any) -> bool:
        def take(key: int, *, shared: bool = False) -> bool:
            how = "_shared" if shared else ""
            cursor.execute(
                f"SELECT pg_try_advisory_lock{how}(hashtext(current_schema() || ' ' || %s), %s)",
                (self._name, key),
            )
            return bool(cursor.fetchone()[0])

        if self._part is None:
            return take(_WHOLE)
        if not take(_WHOLE, shared=True):
            return False
        if self._part is Part.RECEIVER:
            return not self._polls or take(_POLLING)
        first = _FIRST_SENDER if self._part is Part.DELIVERY else _FIRST_WORKER
        usual = [self.number] if self.number else []
        self.number = next((number for number in (*usual, *range(1, _MOST)) if take(first + number)), 0)
        return self.number != 0

    # --- within the writer's transaction ---

    async def share_out(self, connection: AsyncConnection, *, bundles: int, idle: set[int], chance: Random) -> None:
        """Take and give back bundles of lanes until this worker has its share of ``bundles``.

        ``idle``: those of ours in whose lanes nothing waits: only these can be given to another worker.
        """
        workers = await connection.scalar(_WORKERS, {"name": self._name, "first": _FIRST_WORKER, "most": _MOST}) or 1
        share = -(-bundles // workers)
        for bundle in sorted(idle & self.bundles)[: max(0, len(self.bundles) - share)]:
            self.bundles.discard(bundle)  # first: whoever takes it may be faster than the answer
            try:
                await connection.execute(_UNLOCK, {"name": self._name, "key": _FIRST_BUNDLE + bundle})
            except SQLAlchemyError:
                self.bundles.add(bundle)  # nobody else can take it: it is locked still, or the connection is lost
                raise
        free = [bundle for bundle in range(bundles) if bundle not in self.bundles]
        chance.shuffle(free)
        for bundle in free:
            if len(self.bundles) >= share:
                return
            if await connection.scalar(_LOCK, {"name": self._name, "key": _FIRST_BUNDLE + bundle}):
                self.bundles.add(bundle)

    async def is_left(self, connection: AsyncConnection, number: int) -> bool:
        """Whether nobody sends from this place any more, and nobody begins to until the transaction is over."""
        if number == self.number:
            return False
        if number == 0:  # of who did everything alone: we would not be here if they still were
            return True
        return bool(await connection.scalar(_LOCK_FOR_NOW, {"name": self._name, "key": _FIRST_SENDER + number}))


_KEY = "hashtext(current_schema() || ' ' || CAST(:name AS text))"
_LOCK = text(f"SELECT pg_try_advisory_lock({_KEY}, CAST(:key AS integer))")
_LOCK_FOR_NOW = text(f"SELECT pg_try_advisory_xact_lock({_KEY}, CAST(:key AS integer))")
_UNLOCK = text(f"SELECT pg_advisory_unlock({_KEY}, CAST(:key AS integer))")
_WORKERS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"  # noqa: S608 (ours)
    f" AND classid = CAST({_KEY}::bigint & 4294967295 AS oid)"
    " AND objid::bigint > CAST(:first AS bigint) AND objid::bigint < CAST(:first AS bigint) + CAST(:most AS bigint)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _lock(database: Path) -> IO[str]:
    file = database.with_name(database.name + ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ServedElsewhereError("another process serves from this database") from None
    return file
