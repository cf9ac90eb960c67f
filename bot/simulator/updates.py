"""Updates: what happened, kept for a bot until it confirms it, and the long polling that hands it out.

One poller a bot: a second one ends the first with a conflict, as Telegram does.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from bot.simulator.database import Database
from bot.simulator.errors import ApiError, RefusedError, second_poller

_MAX_LIMIT = 100
_MAX_TIMEOUT = 50
_MAX_UPDATE_ID = 2**31 - 1


class Updates:
    """The queues of all bots."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pollers: dict[int, asyncio.Future[None]] = {}
        self._listeners: dict[int, Callable[[], None]] = {}
        self._closing = False

    def register(self, bot: int) -> None:
        """Give a new bot its queue; its first update id is random."""
        first = secrets.randbelow(900_000_000) + 1
        self._database.execute("INSERT INTO bot VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", (bot, first))

    def add(self, bot: int, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update; its id, or None where the bot does not want this kind."""
        row = self._database.row("SELECT next_update, allowed_updates FROM bot WHERE id = ?", (bot,))
        assert row is not None  # noqa: S101 (every bot is registered at the start)
        if row[1] is not None and kind not in json.loads(row[1]):
            return None
        update_id = int(row[0])
        self._database.execute("UPDATE bot SET next_update = ? WHERE id = ?", (update_id + 1, bot))
        update = json.dumps({"update_id": update_id, kind: body})
        self._database.execute("INSERT INTO pending VALUES (?, ?, ?)", (bot, update_id, update))
        poller = self._pollers.get(bot)
        if poller is not None and not poller.done():
            poller.set_result(None)
        listener = self._listeners.get(bot)
        if listener is not None:
            listener()
        return update_id

    def listen(self, bot: int, listener: Callable[[], None] | None) -> None:
        """Call this for every new update of a bot, from within the transaction that adds it; None ends that."""
        if listener is None:
            self._listeners.pop(bot, None)
        else:
            self._listeners[bot] = listener

    def after(self, bot: int, update_id: int, limit: int) -> list[tuple[int, str]]:
        """Ids and JSON of the waiting updates with higher ids, the lowest first."""
        rows = self._database.rows(
            "SELECT id, body FROM pending WHERE bot = ? AND id > ? ORDER BY id LIMIT ?", (bot, update_id, limit)
        )
        return [(row[0], row[1]) for row in rows]

    def body(self, bot: int, update_id: int) -> str | None:
        """The JSON of a waiting update."""
        row = self._database.row("SELECT body FROM pending WHERE bot = ? AND id = ?", (bot, update_id))
        return str(row[0]) if row else None

    def forget(self, bot: int, update_id: int) -> None:
        """An update has arrived."""
        self._database.execute("DELETE FROM pending WHERE bot = ? AND id = ?", (bot, update_id))

    def pending_count(self, bot: int) -> int:
        """How many updates wait to be confirmed."""
        row = self._database.row("SELECT count(*) FROM pending WHERE bot = ?", (bot,))
        return int(row[0]) if row else 0

    def drop(self, bot: int) -> None:
        """Forget all waiting updates."""
        self._database.execute("DELETE FROM pending WHERE bot = ?", (bot,))

    def jump(self, bot: int, update_id: int | None = None) -> int:
        """Let the next update have this id, or a random one, as Telegram does after a week without updates.

        Raises RefusedError where the id is out of range or not above those that still wait.
        """
        target = secrets.randbelow(_MAX_UPDATE_ID // 2) + 1 if update_id is None else update_id
        if not 0 < target <= _MAX_UPDATE_ID:
            raise RefusedError(400, f"An update id lies between 1 and {_MAX_UPDATE_ID}.")
        row = self._database.row("SELECT max(id) FROM pending WHERE bot = ?", (bot,))
        if row and row[0] is not None and row[0] >= target:
            raise RefusedError(409, "Updates with higher ids still wait to be confirmed; jump when the queue is empty.")
        self._database.execute("UPDATE bot SET next_update = ? WHERE id = ?", (target, bot))
        return target

    def allow(self, bot: int, kinds: Sequence[str] | None) -> None:
        """Remember which kinds the bot wants from now on; None changes nothing, an empty list means the usual ones."""
        if kinds is not None:
            chosen = json.dumps(list(kinds)) if kinds else None
            self._database.execute("UPDATE bot SET allowed_updates = ? WHERE id = ?", (chosen, bot))

    def allowed(self, bot: int) -> list[str] | None:
        """The kinds the bot has chosen, None for the usual ones."""
        row = self._database.row("SELECT allowed_updates FROM bot WHERE id = ?", (bot,))
        chosen: list[str] | None = json.loads(row[0]) if row and row[0] is not None else None
        return chosen

    async def poll(
        self, bot: int, *, offset: int, limit: int, timeout: float, allowed: Sequence[str] | None
    ) -> list[dict[str, Any]]:
        """Confirm what lies before ``offset`` and hand out what waits, waiting up to ``timeout`` seconds for it.

        A negative offset keeps only that many of the latest. Raises ApiError 409 when another poller comes.
        """
        self.end_poller(bot, second_poller())
        with self._database.transaction():
            self.allow(bot, allowed)
            self._confirm(bot, offset)
        limit = min(max(limit, 1), _MAX_LIMIT)
        waiting = self._waiting(bot, limit)
        timeout = min(timeout, _MAX_TIMEOUT)
        if waiting or timeout <= 0 or self._closing:
            return waiting
        await self._wait(bot, timeout)
        return self._waiting(bot, limit)

    def end_poller(self, bot: int, reason: ApiError) -> None:
        """Whoever waits for updates of this bot is refused for this reason."""
        poller = self._pollers.pop(bot, None)
        if poller is not None and not poller.done():
            poller.set_exception(reason)

    def hang_up(self) -> None:
        """End all waiting polls with what there is; from now on none waits."""
        self._closing = True
        for poller in self._pollers.values():
            if not poller.done():
                poller.set_result(None)

    async def _wait(self, bot: int, timeout: float) -> None:
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pollers[bot] = poller
        try:
            await asyncio.wait({poller}, timeout=timeout)
            if poller.done():
                poller.result()
        finally:
            if self._pollers.get(bot) is poller:
                del self._pollers[bot]

    def _confirm(self, bot: int, offset: int) -> None:
        if offset > 0:
            self._database.execute("DELETE FROM pending WHERE bot = ? AND id < ?", (bot, offset))
        elif offset < 0:
            self._database.execute(
                "DELETE FROM pending WHERE bot = ?1 AND id NOT IN"
                " (SELECT id FROM pending WHERE bot = ?1 ORDER BY id DESC LIMIT ?2)",
                (bot, -offset),
            )

    def _waiting(self, bot: int, limit: int) -> list[dict[str, Any]]:
        rows = self._database.rows("SELECT body FROM pending WHERE bot = ? ORDER BY id LIMIT ?", (bot, limit))
        return [json.loads(row[0]) for row in rows]
