"""The two databases behind one face: engines, their settings, and the two ways in, to read and to write.

Nobody else opens a connection. Beside the command line one process serves a bot (`storage.places`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Result = TypeVar("Result")
BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another process's write on SQLite."""
_WRITE_KEYS_ANEW = "ALTER TABLE survey_key ALTER COLUMN key TYPE bytea USING key || ''"
"""Copies the living rows into a new file. VACUUM would take destroyed ones along for who still sees an older state."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged survives a power cut; group commit makes it cheap
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten
    f"busy_timeout={BUSY_TIMEOUT_MS}",
)


class Database:
    """A database with a read side and a write side.

    ``read()`` can change nothing, and ``snapshot()`` sees one moment besides. ``write()`` is a short transaction that
    ends in a commit, or in a rollback if its block raises; no network call and no file belongs inside.
    """

    def __init__(self, url: str) -> None:
        """Connect lazily to ``url``: ``sqlite:///path/to/file`` or ``postgresql://user@host:port/name``.

        Raises:
            ValueError: another kind of database.
        """
        self._keys_owed = True  # a process before us may have been killed between destroying a key and scrubbing
        parsed = make_url(url)
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            self._url = parsed.set(drivername="sqlite+aiosqlite")
            self._reader = _sqlite_engine(self._url, "DEFERRED", query_only=True, pool_size=4)
            # One connection, so that our own writers queue in this process instead of waiting for SQLite's lock.
            self._writer = _sqlite_engine(self._url, "IMMEDIATE", query_only=False, pool_size=1)
            self._still = self._reader
        elif self.dialect == "postgresql":
            self._url = parsed.set(drivername="postgresql+psycopg")
            self._writer = create_async_engine(self._url, pool_pre_ping=True)
            self._reader = self._writer.execution_options(postgresql_readonly=True)
            self._still = self._reader.execution_options(isolation_level="REPEATABLE READ")
        else:
            raise ValueError(f"neither SQLite nor PostgreSQL: {self.dialect}")

    @property
    def path(self) -> Path | None:
        """The file of an embedded database; None on a server."""
        return Path(self._url.database) if self.dialect == "sqlite" and self._url.database else None

    def over_one_connection(self) -> AsyncEngine:
        """An engine of its own for this database on a server, which never has more than one connection.

        A lost connection is noticed by the transaction that fails, not by a question before each.
        """
        return create_async_engine(self._url, pool_size=1, max_overflow=0)

    @staticmethod
    def path_in(folder: Path) -> Path:
        """Where a data folder has its embedded database."""
        return folder / "mitsprache.sqlite"

    @classmethod
    def in_folder(cls, folder: Path) -> Database:
        """The embedded database of a data folder."""
        return cls(f"sqlite:///{cls.path_in(folder)}")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, and whose statements all see the same moment (on SQLite they always do).

        Not for keys: while `scrub` writes them anew, who looks at the moment before sees none.
        """
        async with self._still.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; commits at the end of the block."""
        async with self._writer.begin() as connection:
            yield connection

    async def scrub(self, *, keys: bool = False) -> bool:
        """Leave nothing of what was erased in the files; returns whether that succeeded, and never fails.

        What it could not do it does the next time. A service scrubs when it begins and again and again, so neither a
        full disk nor a killed process leaves for good what was to go.

        ``secure_delete`` overwrites in SQLite's file itself; its write-ahead log keeps old pages until it is emptied,
        which cannot be while somebody reads. PostgreSQL's log is a matter of its own settings and backups.

        ``keys``: a survey's key was destroyed. PostgreSQL leaves it in the file until it vacuums, which it would not do
        with so few rows: the file is written anew.
        """
        self._keys_owed = self._keys_owed or keys
        try:
            return await (whole(self._empty_log()) if self.dialect == "sqlite" else self._rewrite_keys())
        except (SQLAlchemyError, sqlite3.Error):
            return False

    async def _empty_log(self) -> bool:
        async with self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            async with driver.execute("PRAGMA busy_timeout") as cursor:
                (patience,) = await cursor.fetchone()
            try:
                async with driver.execute("PRAGMA busy_timeout=100"):  # no writer waits for this longer
                    pass
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    busy, *_ = await cursor.fetchone()
            finally:
                async with driver.execute(f"PRAGMA busy_timeout={patience}"):
                    pass
            return not busy

    async def _rewrite_keys(self) -> bool:
        if not self._keys_owed:
            return True
        self._keys_owed = False  # from here on somebody else may destroy another
        try:
            async with self._writer.begin() as connection:
                await connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")  # others wait behind us
                await connection.exec_driver_sql(_WRITE_KEYS_ANEW)
        except BaseException:
            self._keys_owed = True
            raise
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        if self.dialect == "sqlite":
            await self._reader.dispose()


async def whole(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work to its end, even if cancelled meanwhile.

    On SQLite what is cut off in mid-query keeps the database locked, or the connection from committing, until its
    cursor is collected.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _sqlite_engine(url: Any, begin: str, *, query_only: bool, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver would begin too late
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    return engine
