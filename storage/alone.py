"""One process serves a bot: lanes and claims live in its memory, and a second process would do everything twice.

On SQLite a lock file beside the database says who it is. On PostgreSQL it is the writer's own connection that holds the
lock: who has lost it can write nothing, and who gets it knows that the last transaction of the one before is over.
"""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

import structlog
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database import Database

PATIENCE_SECONDS = 5.0
"""How long we wait for one that is just about to end, as at a restart."""
_AGAIN_SECONDS = 0.1
log = structlog.get_logger()


class ServedElsewhereError(SQLAlchemyError):
    """Another process serves this bot, and there must be only one."""


class Alone:
    """The right to serve a bot from a database, and its transactions. Taken by ``enter``, given back by ``leave``."""

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._file: IO[str] | None = None
        self._engine = None if database.path else _holding(database.over_one_connection(), f"mitsprache bot {bot_id}")

    async def enter(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Take the right; wait for it up to ``patience`` seconds.

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
        """Give the right back."""
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


def _lock(database: Path) -> IO[str]:
    file = database.with_name(database.name + ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ServedElsewhereError("another process serves from this database") from None
    return file


def _holding(engine: AsyncEngine, name: str) -> AsyncEngine:
    """Let each connection of an engine hold an advisory lock from its first to its last moment."""

    @event.listens_for(engine.sync_engine, "connect")
    def take(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        # Within the schema: towns that share a database in schemas of their own do not hinder each other.
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' ' || %s, 0))", (name,))
        is_ours = cursor.fetchone()[0]
        cursor.close()
        connection.commit()
        if not is_ours:
            connection.close()
            raise ServedElsewhereError("another process serves this bot")

    return engine
