"""Callback queries: each tap on an inline button is a question that a bot has to answer soon."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from bot.simulator.database import Database

_KEPT = 24 * 3600


class Queries:
    """The open and the answered ones; their age counts on through a restart."""

    def __init__(self, database: Database, age: float, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._age = age
        self._clock = clock

    def ask(self, bot: int, person: int) -> str:
        """A new query; its id."""
        now = self._clock()
        self._database.execute("DELETE FROM query WHERE asked < ?", (now - _KEPT,))
        query = str(secrets.randbits(62) + 2**62)
        self._database.execute("INSERT INTO query VALUES (?, ?, ?, ?, 0)", (query, bot, person, now))
        return query

    def answer(self, bot: int, query: str) -> tuple[int, bool] | None:
        """Answer a query: the chat it came from, and whether this was the first answer; None where it is too late."""
        row = self._database.row("SELECT person, asked, answered FROM query WHERE id = ? AND bot = ?", (query, bot))
        if row is None or (self._age and self._clock() - row[1] > self._age):
            return None
        self._database.execute("UPDATE query SET answered = 1 WHERE id = ?", (query,))
        return int(row[0]), not row[2]
