"""The one file the simulated Telegram lives in.

Every accepted call is committed before it is answered, so a killed simulator comes back with every id it gave and
every update it took. It outlives its process, not a power cut: nobody's answers depend on it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (
    id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT, username TEXT, language_code TEXT,
    deactivated INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS extra (person INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS meeting (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS migration (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS membership (
    meeting INTEGER NOT NULL, person INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (meeting, person)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL, username TEXT NOT NULL, name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS webhook (
    bot INTEGER PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, max_connections INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS bot (
    id INTEGER PRIMARY KEY, next_update INTEGER NOT NULL, allowed_updates TEXT
);
CREATE TABLE IF NOT EXISTS chat (
    bot INTEGER NOT NULL, id INTEGER NOT NULL, next_message INTEGER NOT NULL, blocked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bot, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    bot INTEGER NOT NULL, chat INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (bot, chat, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
    bot INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (bot, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS query (
    id TEXT PRIMARY KEY, bot INTEGER NOT NULL, person INTEGER NOT NULL, asked REAL NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS query_by_age ON query (asked);
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, bot INTEGER NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_by_path ON file (bot, path);
CREATE TABLE IF NOT EXISTS profile (
    bot INTEGER NOT NULL, field TEXT NOT NULL, language TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (bot, field, language)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command_list (
    bot INTEGER NOT NULL, scope TEXT NOT NULL, language TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (bot, scope, language)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS menu_button (
    bot INTEGER NOT NULL, chat INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (bot, chat)
) WITHOUT ROWID;
"""


class Database:
    """One SQLite connection, used from the event loop's thread only; a statement takes microseconds."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; the simulator is over."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; never await inside."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a changing statement; how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of an answer; none where a number asked for is larger than any that can be stored."""
        try:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        except OverflowError:
            return None
        return row

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of an answer."""
        return self._connection.execute(sql, values).fetchall()

    def count_up(self, name: str, spread: int) -> int:
        """The next number of a counter.

        A new counter starts at a random place below ``spread``, so that a fresh file hands out none of the numbers of
        the file before it.
        """
        self.execute("INSERT INTO counter VALUES (?, ?) ON CONFLICT DO NOTHING", (name, 1 + secrets.randbelow(spread)))
        row = self.row("UPDATE counter SET next = next + 1 WHERE name = ? RETURNING next - 1", (name,))
        assert row is not None  # noqa: S101 (the line above has written it)
        return int(row[0])
